/* SPDX-License-Identifier: MIT */
/* report.c - rows under named columns as text for people, CSV or JSON, written as they come.
 *
 * begin -> cells in column order, row after row -> end. The columns are borrowed until the end. A
 * write that fails is remembered and told at the end, so that callers need not look at every cell.
 */
#include "formats/amount_text.h"
#include "formats/output_error.h"
#include "stonad/output.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

struct st_report {
    FILE *out;
    enum st_report_format format;
    const struct st_report_column *columns;
    size_t column_count;
    size_t column; /* the one the next cell belongs to */
    bool has_rows;
    int padding;     /* text: spaces owed before the next cell; never written at a row's end */
    int write_errno; /* of the first write that failed; 0 when none did */
};

static void put(struct st_report *report, const char *text, size_t size) {
    if (fwrite(text, 1, size, report->out) != size && report->write_errno == 0)
        report->write_errno = errno != 0 ? errno : EIO;
}

static void put_string(struct st_report *report, const char *text) {
    put(report, text, strlen(text));
}

/* ---- text for people ----------------------------------------------------------------------- */

static bool is_number(enum st_cell_type type) {
    return type == ST_CELL_INTEGER || type == ST_CELL_AMOUNT || type == ST_CELL_DECIMAL;
}

static const char *heading_of(const struct st_report_column *column) {
    return column->heading != NULL ? column->heading : column->name;
}

static int width_of(const struct st_report_column *column) {
    int heading = st_text_columns(heading_of(column));
    return column->width > heading ? column->width : heading;
}

static void put_spaces(struct st_report *report, int count) {
    static const char spaces[] = "                                ";
    for (; count > 0; count -= (int)sizeof spaces - 1)
        put(report, spaces, count < (int)sizeof spaces - 1 ? (size_t)count : sizeof spaces - 1);
}

/* The bytes as they are, but no control character: a cell can neither break the row nor speak to
 * the terminal. */
static void put_visible(struct st_report *report, const char *text) {
    for (;;) {
        size_t plain = 0;
        while ((unsigned char)text[plain] >= 0x20 && text[plain] != 0x7f && text[plain] != '\xc2')
            plain++;
        put(report, text, plain);
        text += plain;
        if (*text == '\0')
            return;
        if (*text != '\xc2') {
            put(report, " ", 1);
        } else if ((unsigned char)text[1] >= 0x80 && (unsigned char)text[1] < 0xa0) {
            put(report, " ", 1); /* U+0080 to U+009F are controls too */
            text++;
        } else {
            put(report, text, 1);
        }
        text++;
    }
}

static void put_text_cell(struct st_report *report, const struct st_report_column *column,
                          const char *text) {
    if (column->machine_only)
        return;
    int missing = width_of(column) - st_text_columns(text);
    if (missing < 0)
        missing = 0;
    if (text[0] == '\0') {
        report->padding += missing + 2;
        return;
    }
    put_spaces(report, report->padding + (is_number(column->type) ? missing : 0));
    put_visible(report, text);
    report->padding = 2 + (is_number(column->type) ? 0 : missing);
}

static void end_text_row(struct st_report *report) {
    put(report, "\n", 1);
    report->padding = 0;
}

static void put_rule(struct st_report *report) {
    bool first = true;
    for (size_t i = 0; i < report->column_count; i++) {
        if (report->columns[i].machine_only)
            continue;
        if (!first)
            put(report, "  ", 2);
        first = false;
        for (int width = width_of(&report->columns[i]); width > 0; width--)
            put(report, "-", 1);
    }
    put(report, "\n", 1);
}

/* ---- CSV ----------------------------------------------------------------------------------- */

/* Text that a spreadsheet would take for a formula is made text by an apostrophe in front. Numbers
 * are never touched: theirs is the sign. */
static void put_csv_text(struct st_report *report, const char *text) {
    bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        if (formula)
            put(report, "'", 1);
        put_string(report, text);
        return;
    }
    put_string(report, formula ? "\"'" : "\"");
    for (;;) {
        size_t plain = strcspn(text, "\"");
        put(report, text, plain);
        text += plain;
        if (*text == '\0')
            break;
        put(report, "\"\"", 2);
        text++;
    }
    put(report, "\"", 1);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void put_json_control(struct st_report *report, char c) {
    char escape[8];
    switch (c) {
    case '"':
    case '\\':
        snprintf(escape, sizeof escape, "\\%c", c);
        break;
    case '\n':
        snprintf(escape, sizeof escape, "\\n");
        break;
    case '\r':
        snprintf(escape, sizeof escape, "\\r");
        break;
    case '\t':
        snprintf(escape, sizeof escape, "\\t");
        break;
    default:
        snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(unsigned char)c);
    }
    put_string(report, escape);
}

/* A byte that is not UTF-8 (a file's name may hold one) becomes U+FFFD, so that the whole stays
 * JSON. */
static void put_json_text(struct st_report *report, const char *text) {
    put(report, "\"", 1);
    while (*text != '\0') {
        size_t plain = 0;
        while (text[plain] >= 0x20 && text[plain] < 0x7f && text[plain] != '"' &&
               text[plain] != '\\')
            plain++;
        put(report, text, plain);
        text += plain;
        if (*text == '\0')
            break;
        utf8proc_int32_t character;
        utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &character);
        if (size == 1)
            put_json_control(report, *text);
        else if (size > 1)
            put(report, text, (size_t)size);
        else
            put_string(report, "\\ufffd");
        text += size > 0 ? size : 1;
    }
    put(report, "\"", 1);
}

static void put_json_key(struct st_report *report, const struct st_report_column *column) {
    if (report->column == 0)
        put_string(report, report->has_rows ? ",\n{" : "[\n{");
    else
        put_string(report, ", ");
    put_json_text(report, column->name);
    put_string(report, ": ");
}

/* ---- cells --------------------------------------------------------------------------------- */

static void end_cell(struct st_report *report) {
    if (++report->column < report->column_count)
        return;
    report->column = 0;
    report->has_rows = true;
    if (report->format == ST_FORMAT_TEXT)
        end_text_row(report);
    else
        put_string(report, report->format == ST_FORMAT_CSV ? "\n" : "}");
}

/* One cell. `quoted`: JSON takes it as a string, CSV as text that may look like a formula. NULL is
 * no value. */
static void put_cell(struct st_report *report, const char *text, bool quoted) {
    const struct st_report_column *column = &report->columns[report->column];
    switch (report->format) {
    case ST_FORMAT_TEXT:
        put_text_cell(report, column, text != NULL ? text : "");
        break;
    case ST_FORMAT_CSV:
        if (report->column > 0)
            put(report, ",", 1);
        if (text != NULL && quoted)
            put_csv_text(report, text);
        else if (text != NULL)
            put_string(report, text);
        break;
    case ST_FORMAT_JSON:
        put_json_key(report, column);
        if (text == NULL)
            put_string(report, "null");
        else if (quoted)
            put_json_text(report, text);
        else
            put_string(report, text);
    }
    end_cell(report);
}

static bool has_type(const struct st_report *report, enum st_cell_type type) {
    return report->columns[report->column].type == type;
}

void st_report_text(struct st_report *report, const char *text) {
    assert(has_type(report, ST_CELL_TEXT));
    put_cell(report, text, true);
}

void st_report_integer(struct st_report *report, int64_t number) {
    assert(has_type(report, ST_CELL_INTEGER));
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    put_cell(report, text, false);
}

void st_report_amount(struct st_report *report, st_amount amount) {
    assert(has_type(report, ST_CELL_AMOUNT));
    char text[ST_AMOUNT_TEXT_SIZE];
    if (report->format == ST_FORMAT_TEXT)
        st_amount_for_people(amount, text);
    else
        st_amount_for_machines(amount, text);
    put_cell(report, text, false);
}

void st_report_date(struct st_report *report, st_date date) {
    assert(has_type(report, ST_CELL_DATE));
    char text[ST_DATE_TEXT_SIZE];
    bool is_day = date != ST_DATE_OPEN && date != ST_DATE_NONE;
    if (is_day)
        st_date_format(date, text);
    put_cell(report, is_day ? text : NULL, true);
}

void st_report_month(struct st_report *report, st_month month) {
    assert(has_type(report, ST_CELL_MONTH));
    char text[ST_MONTH_TEXT_SIZE];
    st_month_format(month, text);
    put_cell(report, text, true);
}

void st_report_decimal(struct st_report *report, st_fraction number, int digits) {
    assert(has_type(report, ST_CELL_DECIMAL));
    char text[ST_DECIMAL_TEXT_SIZE];
    st_decimal_text(number, digits, report->format == ST_FORMAT_TEXT, text);
    put_cell(report, text, false);
}

void st_report_null(struct st_report *report) {
    put_cell(report, NULL, false);
}

/* ---- begin and end ------------------------------------------------------------------------- */

static void put_header(struct st_report *report) {
    for (size_t i = 0; i < report->column_count; i++) {
        const struct st_report_column *column = &report->columns[i];
        if (report->format == ST_FORMAT_TEXT) {
            put_text_cell(report, column, heading_of(column));
        } else {
            put_string(report, i > 0 ? "," : "");
            put_csv_text(report, column->name);
        }
    }
    if (report->format == ST_FORMAT_TEXT) {
        end_text_row(report);
        put_rule(report);
    } else {
        put(report, "\n", 1);
    }
}

struct st_report *st_report_begin(FILE *out, enum st_report_format format,
                                  const struct st_report_column *columns, size_t column_count) {
    assert(column_count > 0);
    struct st_report *report = malloc(sizeof *report);
    if (report == NULL)
        return NULL;
    *report = (struct st_report){
        .out = out, .format = format, .columns = columns, .column_count = column_count};
    if (format != ST_FORMAT_JSON)
        put_header(report);
    return report;
}

enum st_status st_report_end(struct st_report *report, struct st_error *error) {
    assert(report->column == 0 && "a row was left unfinished");
    if (report->format == ST_FORMAT_JSON)
        put_string(report, report->has_rows ? "\n]\n" : "[]\n");
    if (fflush(report->out) != 0 && report->write_errno == 0)
        report->write_errno = errno;
    if (ferror(report->out) && report->write_errno == 0)
        report->write_errno = EIO; /* somebody else's write failed before ours */
    int write_errno = report->write_errno;
    free(report);
    if (write_errno == 0)
        return ST_OK;
    return st_output_fail(error, ST_IO, "output.write",
                          "The report could not be written to its end: %s; what was written is not "
                          "complete, make room or choose another place and ask again.",
                          strerror(write_errno));
}
