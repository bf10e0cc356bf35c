/* SPDX-License-Identifier: MIT */
/* csv.c - rows and fields out of bytes, in place. See csv.h.
 *
 * Invariants between calls:
 * 1. buffer[begin .. end) is what was read and not yet given, and buffer[end] is a line feed: every
 *    scan stops there at the latest, so no loop looks for the end of the buffer.
 * 2. `begin` is the start of a physical line (unless is_skipping), and next_line is its number.
 * 3. A row that is not wholly in the buffer is scanned again after more was read; nothing is
 *    changed in the buffer before the whole row is there.
 * 4. Limits are judged where a field ends, so that the same bytes give the same problem wherever
 *    the blocks happen to meet.
 */
#include "formats/csv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* The longest row not yet whole, a carriage return that may be half a line end, a block, the
 * sentinel. */
enum { LEFT_MAX = ST_CSV_ROW_MAX + 1, BUFFER_SIZE = LEFT_MAX + ST_CSV_READ_SIZE + 1 };

enum scan_result { SCAN_FIELD, SCAN_ROW, SCAN_MORE, SCAN_BROKEN };

/* Where the scan of one row stands. */
struct scan {
    char *at;
    int64_t line;
    char *field; /* as it stands in the file, its opening quote included */
    int64_t field_line;
};

enum st_status st_csv_begin(struct st_csv *csv, struct st_byte_source *source,
                            struct st_error *error) {
    memset(csv, 0, sizeof *csv);
    csv->buffer = malloc(BUFFER_SIZE);
    if (csv->buffer == NULL)
        return st_bytes_no_memory(error);
    csv->source = source;
    csv->next_line = 1;
    csv->buffer[0] = '\n';
    return ST_OK;
}

void st_csv_end(struct st_csv *csv) {
    free(csv->buffer);
    csv->buffer = NULL;
}

/* Moves what is left to the front and reads a block behind it. */
static bool fill(struct st_csv *csv, struct st_error *error) {
    size_t left = csv->end - csv->begin;
    assert(left <= LEFT_MAX && !csv->at_end);
    memmove(csv->buffer, csv->buffer + csv->begin, left);
    csv->begin = 0;
    csv->end = left;
    ssize_t got = st_bytes_read(csv->source, csv->buffer + left, ST_CSV_READ_SIZE, error);
    if (got < 0)
        return false;
    csv->end += (size_t)got;
    csv->at_end = got < ST_CSV_READ_SIZE;
    csv->buffer[csv->end] = '\n';
    return true;
}

static enum st_csv_event give_problem(struct st_csv *csv, int64_t line, const char *code,
                                      const char *text) {
    csv->line = line;
    csv->problem = (struct st_csv_problem){ST_CSV_NO_FIELD, code, text};
    return ST_CSV_PROBLEM;
}

/* ---- the beginning of the file -------------------------------------------------------------- */

/* The header tells the separator: whichever of the two it has more of. No column has either in its
 * name, so a header with both is wrong anyway. */
static char find_separator(const char *text, const char *end) {
    size_t commas = 0, semicolons = 0;
    while (text < end && (*text == '\r' || *text == '\n' || *text == ' ' || *text == '\t'))
        text++; /* blank lines */
    for (; text < end && *text != '\n'; text++) {
        commas += *text == ',';
        semicolons += *text == ';';
    }
    return semicolons > commas ? ';' : ',';
}

/* Passes a byte order mark and finds the separator. False: the bytes are no UTF-8 at all. */
static bool begin_file(struct st_csv *csv) {
    const unsigned char *bytes = (const unsigned char *)csv->buffer;
    bool has_two = csv->end >= 2;
    csv->is_begun = true;
    if (has_two &&
        ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF)))
        return false;
    if (csv->end >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF)
        csv->begin = 3;
    csv->separator = find_separator(csv->buffer + csv->begin, csv->buffer + csv->end);
    csv->stops[(unsigned char)csv->separator] = true;
    csv->stops['\n'] = csv->stops['\r'] = csv->stops['"'] = csv->stops['\0'] = true;
    return true;
}

/* ---- one row -------------------------------------------------------------------------------- */

static enum scan_result broken(struct st_csv *csv, const struct scan *scan, const char *code,
                               const char *text) {
    csv->line = scan->field_line;
    csv->problem = (struct st_csv_problem){(int)csv->field_count, code, text};
    return SCAN_BROKEN;
}

/* Limits first, so that they do not depend on what comes after them (invariant 4). */
static enum scan_result check_limits(struct st_csv *csv, const struct scan *scan) {
    if (scan->at - scan->field > ST_CSV_FIELD_MAX)
        return broken(
            csv, scan, "csv.field_size",
            "the field is longer than 4096 bytes; shorten it, or close its quote if one is "
            "missing");
    if (scan->at - (csv->buffer + csv->begin) > ST_CSV_ROW_MAX)
        return broken(
            csv, scan, "csv.row_size",
            "the row is longer than 65536 bytes; shorten it, or close its quote if one is "
            "missing");
    return SCAN_FIELD;
}

/* What stands at the end of a field: the next field, the end of the row, or something wrong. */
static enum scan_result scan_field_end(struct st_csv *csv, struct scan *scan, bool was_quoted) {
    const char *end = csv->buffer + csv->end;
    if (check_limits(csv, scan) == SCAN_BROKEN)
        return SCAN_BROKEN;
    if (*scan->at == csv->separator) {
        scan->at++;
        return SCAN_FIELD;
    }
    if (scan->at >= end - (*scan->at == '\r') && !csv->at_end)
        return SCAN_MORE;
    switch (*scan->at) {
    case '\r':
        if (scan->at[1] != '\n')
            return broken(
                csv, scan, "csv.line_end",
                "a carriage return stands without a line feed; save the file with line ends "
                "LF or CRLF");
        scan->at++;
        /* fall through */
    case '\n':
        scan->at += scan->at < end;
        scan->line++;
        return SCAN_ROW;
    case '\0':
        return broken(csv, scan, "csv.nul",
                      "there is a NUL byte; the file is damaged or not text, save it again as CSV "
                      "UTF-8");
    default:
        if (was_quoted)
            return broken(
                csv, scan, "csv.quote_text",
                "text follows a closing quote; write a quote inside a quoted field twice");
        return broken(csv, scan, "csv.quote_inside",
                      "a quote stands inside a field that is not quoted; put the whole field in "
                      "quotes and write the inner ones twice");
    }
}

static enum scan_result scan_unquoted(struct st_csv *csv, struct scan *scan) {
    struct st_csv_field *field = &csv->fields[csv->field_count];
    const bool *stops = csv->stops;
    const char *at = scan->at;
    unsigned char seen = 0;
    for (; !stops[(unsigned char)*at]; at++)
        seen |= (unsigned char)*at;
    *field = (struct st_csv_field){.text = scan->field,
                                   .size = (size_t)(at - scan->field),
                                   .bad_byte = ST_CSV_UTF8,
                                   .is_ascii = seen < 0x80};
    scan->at += field->size;
    return scan_field_end(csv, scan, false);
}

static enum scan_result unclosed_quote(struct st_csv *csv, struct scan *scan) {
    if (check_limits(csv, scan) == SCAN_BROKEN)
        return SCAN_BROKEN;
    if (!csv->at_end)
        return SCAN_MORE;
    return broken(csv, scan, "csv.quote_open",
                  "a quote opens here and is not closed before the end of the file; close it");
}

static enum scan_result scan_quoted(struct st_csv *csv, struct scan *scan) {
    struct st_csv_field *field = &csv->fields[csv->field_count];
    const char *end = csv->buffer + csv->end;
    unsigned char seen = 0;
    bool is_doubled = false;
    for (scan->at++;; scan->at++) {
        char byte = *scan->at;
        seen |= (unsigned char)byte;
        if (byte == '"') {
            if (scan->at[1] != '"')
                break;
            is_doubled = true;
            scan->at++;
        } else if (byte == '\n') {
            if (scan->at == end || scan->at - scan->field > ST_CSV_FIELD_MAX)
                return unclosed_quote(csv, scan);
            scan->line++;
        } else if (byte == '\0')
            return scan_field_end(csv, scan, true);
    }
    *field = (struct st_csv_field){.text = scan->field + 1,
                                   .size = (size_t)(scan->at - scan->field - 1),
                                   .bad_byte = ST_CSV_UTF8,
                                   .is_ascii = seen < 0x80,
                                   .is_quoted = true,
                                   .has_doubled_quotes = is_doubled};
    scan->at++;
    return scan_field_end(csv, scan, true);
}

static enum scan_result scan_row(struct st_csv *csv, struct scan *scan) {
    scan->at = csv->buffer + csv->begin;
    scan->line = csv->next_line;
    for (csv->field_count = 0;;) {
        scan->field = scan->at;
        scan->field_line = scan->line;
        if (csv->field_count == ST_CSV_COLUMN_MAX)
            return broken(csv, scan, "csv.column_count",
                          "the row has more than 64 fields; look for separators too many, or for a "
                          "missing line end");
        enum scan_result result =
            *scan->at == '"' ? scan_quoted(csv, scan) : scan_unquoted(csv, scan);
        if (result == SCAN_FIELD || result == SCAN_ROW)
            csv->field_count++;
        if (result != SCAN_FIELD)
            return result;
    }
}

static void undouble_quotes(struct st_csv_field *field) {
    size_t kept = 0;
    for (size_t i = 0; i < field->size; i++) {
        field->text[kept++] = field->text[i];
        i += field->text[i] == '"'; /* its twin */
    }
    field->size = kept;
}

static int find_bad_byte(const char *text, size_t size) {
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    for (size_t i = 0; i < size;) {
        utf8proc_int32_t character;
        utf8proc_ssize_t length =
            utf8proc_iterate(bytes + i, (utf8proc_ssize_t)(size - i), &character);
        if (length <= 0)
            return (int)i;
        i += (size_t)length;
    }
    return ST_CSV_UTF8;
}

/* The row is whole: takes doubled quotes apart, looks at the UTF-8, ends each field with a NUL
 * (over the separator, the closing quote or the line end, none of which is needed any more). */
static void finish_row(struct st_csv *csv, const struct scan *scan) {
    for (size_t i = 0; i < csv->field_count; i++) {
        struct st_csv_field *field = &csv->fields[i];
        if (field->has_doubled_quotes)
            undouble_quotes(field);
        if (!field->is_ascii)
            field->bad_byte = find_bad_byte(field->text, field->size);
        field->text[field->size] = '\0';
    }
    csv->line = csv->next_line;
    csv->next_line = scan->line;
    csv->begin = (size_t)(scan->at - csv->buffer);
}

static bool is_blank(const struct st_csv *csv) {
    const struct st_csv_field *only = &csv->fields[0];
    return csv->field_count == 1 && !only->is_quoted && strspn(only->text, " \t") == only->size;
}

/* ---- going on after a broken line ----------------------------------------------------------- */

/* Passes the rest of the physical line in which the broken field began. */
static void skip_line(struct st_csv *csv, char *from) {
    char *line_end = memchr(from, '\n', (size_t)(csv->buffer + csv->end - from));
    csv->is_skipping = line_end == NULL;
    csv->begin = line_end == NULL ? csv->end : (size_t)(line_end + 1 - csv->buffer);
}

enum st_csv_event st_csv_next(struct st_csv *csv, struct st_error *error) {
    for (;;) {
        if (csv->begin == csv->end) {
            if (csv->at_end)
                return ST_CSV_END;
            if (!fill(csv, error))
                return ST_CSV_FAILED;
        }
        if (!csv->is_begun && !begin_file(csv)) {
            csv->begin = csv->end;
            csv->at_end = true;
            return give_problem(csv, 1, "csv.utf16",
                                "the file is UTF-16; save it as CSV UTF-8 and import it again");
        }
        if (csv->is_skipping) {
            skip_line(csv, csv->buffer + csv->begin);
            continue;
        }
        if (csv->begin == csv->end)
            continue; /* nothing but a byte order mark */
        struct scan scan;
        switch (scan_row(csv, &scan)) {
        case SCAN_MORE:
            if (!fill(csv, error))
                return ST_CSV_FAILED;
            continue;
        case SCAN_BROKEN:
            csv->next_line = scan.field_line + 1;
            skip_line(csv, scan.field);
            return ST_CSV_PROBLEM;
        case SCAN_ROW:
        case SCAN_FIELD:
            break;
        }
        finish_row(csv, &scan);
        if (!is_blank(csv))
            return ST_CSV_ROW;
    }
}
