/* SPDX-License-Identifier: MIT */
/* audit_report.c - the bundle's report: the same rows at once to index.html, report.json and a
 * CSV file a section, as they come. What cannot be written is told when a file is closed.
 */
#include "formats/audit_report.h"

#include "formats/amount_text.h"
#include "formats/output_error.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

enum { HTML_ROW_MAX = 500, DECIMAL_DIGITS = 6 };

struct st_audit_report {
    struct st_bundle *bundle;
    FILE *html, *json, *csv;
    const struct st_audit_layout *layout; /* of the section that is open; NULL: none */
    struct st_report_column columns[ST_AUDIT_REPORT_COLUMN_MAX];
    struct st_report *to_json, *to_csv;
    size_t column;
    int64_t row_count;
};

/* ---- HTML ---------------------------------------------------------------------------------- */

static bool is_number(enum st_cell_type type) {
    return type == ST_CELL_INTEGER || type == ST_CELL_AMOUNT || type == ST_CELL_DECIMAL;
}

static void put_table_head(struct st_audit_report *report) {
    (void)fputs("<table>\n<thead><tr>", report->html);
    for (size_t i = 0; i < report->layout->column_count; i++) {
        const struct st_audit_column *column = &report->layout->columns[i];
        if (column->heading != NULL)
            (void)fprintf(report->html, "<th%s>%s</th>",
                          is_number(column->type) ? " class=\"n\"" : "", column->heading);
    }
    (void)fputs("</tr></thead>\n<tbody>\n", report->html);
}

/* A cell, or nothing of a row past the limit. */
static void put_html(struct st_audit_report *report, const char *text) {
    const struct st_audit_column *column = &report->layout->columns[report->column];
    if (report->row_count >= HTML_ROW_MAX)
        return;
    if (report->column == 0) {
        if (report->row_count == 0)
            put_table_head(report);
        (void)fputs("<tr>", report->html);
    }
    if (column->heading != NULL) {
        (void)fputs(is_number(column->type) ? "<td class=\"n\">" : "<td>", report->html);
        st_html_text(report->html, text, column->mask);
        (void)fputs("</td>", report->html);
    }
    if (report->column + 1 == report->layout->column_count)
        (void)fputs("</tr>\n", report->html);
}

static void end_cell(struct st_audit_report *report) {
    if (++report->column < report->layout->column_count)
        return;
    report->column = 0;
    report->row_count++;
}

/* ---- cells --------------------------------------------------------------------------------- */

void st_audit_cell_text(struct st_audit_report *report, const char *text) {
    st_report_text(report->to_csv, text);
    st_report_text(report->to_json, text);
    put_html(report, text);
    end_cell(report);
}

void st_audit_cell_integer(struct st_audit_report *report, int64_t number) {
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    st_report_integer(report->to_csv, number);
    st_report_integer(report->to_json, number);
    put_html(report, text);
    end_cell(report);
}

void st_audit_cell_amount(struct st_audit_report *report, st_amount amount) {
    char text[ST_AMOUNT_TEXT_SIZE];
    st_amount_for_people(amount, text);
    st_report_amount(report->to_csv, amount);
    st_report_amount(report->to_json, amount);
    put_html(report, text);
    end_cell(report);
}

void st_audit_cell_date(struct st_audit_report *report, st_date date) {
    char text[ST_DATE_TEXT_SIZE] = "";
    if (date != ST_DATE_NONE && date != ST_DATE_OPEN)
        st_date_format(date, text);
    st_report_date(report->to_csv, date);
    st_report_date(report->to_json, date);
    put_html(report, text);
    end_cell(report);
}

void st_audit_cell_month(struct st_audit_report *report, st_month month) {
    char text[ST_MONTH_TEXT_SIZE];
    st_month_format(month, text);
    st_report_month(report->to_csv, month);
    st_report_month(report->to_json, month);
    put_html(report, text);
    end_cell(report);
}

void st_audit_cell_decimal(struct st_audit_report *report, st_fraction number) {
    char text[ST_DECIMAL_TEXT_SIZE];
    st_decimal_text(number, DECIMAL_DIGITS, true, text);
    st_report_decimal(report->to_csv, number, DECIMAL_DIGITS);
    st_report_decimal(report->to_json, number, DECIMAL_DIGITS);
    put_html(report, text);
    end_cell(report);
}

void st_audit_cell_null(struct st_audit_report *report) {
    st_report_null(report->to_csv);
    st_report_null(report->to_json);
    put_html(report, "");
    end_cell(report);
}

/* ---- sections ------------------------------------------------------------------------------ */

static void end_table(struct st_audit_report *report) {
    int64_t more = report->row_count - HTML_ROW_MAX;
    if (report->row_count == 0)
        (void)fprintf(report->html, "<p>%s</p>\n", report->layout->none);
    else
        (void)fputs("</tbody>\n</table>\n", report->html);
    if (more > 0)
        (void)fprintf(report->html,
                      "<p>And %" PRId64 " more rows: <code>registers/%s.csv</code>.</p>\n", more,
                      report->layout->name);
}

static enum st_status end_report(struct st_report **report, enum st_status before,
                                 struct st_error *error) {
    struct st_error ending;
    if (*report == NULL)
        return before;
    enum st_status status = st_report_end(*report, &ending);
    *report = NULL;
    if (before != ST_OK || status == ST_OK)
        return before;
    *error = ending;
    return status;
}

static enum st_status end_section(struct st_audit_report *report, struct st_error *error) {
    enum st_status status = ST_OK;
    if (report->layout == NULL)
        return ST_OK;
    assert(report->column == 0);
    end_table(report);
    status = end_report(&report->to_json, status, error);
    status = end_report(&report->to_csv, status, error);
    if (report->csv != NULL) {
        FILE *csv = report->csv;
        struct st_error closing;
        report->csv = NULL;
        enum st_status closed = st_bundle_close(report->bundle, csv, &closing);
        if (status == ST_OK && closed != ST_OK) {
            *error = closing;
            status = closed;
        }
    }
    report->layout = NULL;
    return status;
}

static void describe_columns(struct st_audit_report *report) {
    assert(report->layout->column_count <= ST_AUDIT_REPORT_COLUMN_MAX);
    for (size_t i = 0; i < report->layout->column_count; i++) {
        const struct st_audit_column *column = &report->layout->columns[i];
        report->columns[i] = (struct st_report_column){.name = column->name, .type = column->type};
    }
}

static enum st_status open_section(struct st_audit_report *report, struct st_error *error) {
    const struct st_audit_layout *layout = report->layout;
    char name[64];
    (void)snprintf(name, sizeof name, "registers/%s.csv", layout->name);
    enum st_status status = st_bundle_create(report->bundle, name, &report->csv, error);
    if (status != ST_OK)
        return status;
    (void)fprintf(report->html, "<h2 id=\"%s\">%s</h2>\n<p>%s</p>\n", layout->name, layout->title,
                  layout->intro);
    (void)fprintf(report->json, ",\n\"%s\": ", layout->name);
    report->to_csv =
        st_report_begin(report->csv, ST_FORMAT_CSV, report->columns, layout->column_count);
    report->to_json =
        st_report_begin(report->json, ST_FORMAT_JSON, report->columns, layout->column_count);
    return report->to_csv == NULL || report->to_json == NULL ? st_output_out_of_memory(error)
                                                             : ST_OK;
}

enum st_status st_audit_section(struct st_audit_report *report, enum st_audit_section section,
                                struct st_error *error) {
    enum st_status status = end_section(report, error);
    if (status != ST_OK)
        return status;
    report->layout = st_audit_layout(section);
    report->row_count = 0;
    report->column = 0;
    describe_columns(report);
    return open_section(report, error);
}

/* ---- what verify looked at ----------------------------------------------------------------- */

static void put_json_counts(FILE *out, const struct st_verify_summary *summary) {
    (void)fprintf(out,
                  ",\n\"checked\": {\"entries\": %" PRId64 ", \"runs\": %" PRId64
                  ", \"payslips\": %" PRId64 ", \"lines\": %" PRId64 ", \"rows\": %" PRId64
                  ", \"findings\": {",
                  summary->entry_count, summary->run_count, summary->payslip_count,
                  summary->line_count, summary->row_count);
    for (int i = 0; i < ST_VERIFY_CLASS_COUNT; i++)
        (void)fprintf(out, "%s\"%s\": %" PRId64, i == 0 ? "" : ", ",
                      st_verify_class_name((enum st_verify_class)i), summary->finding_counts[i]);
    (void)fputs("}}", out);
}

/* Below the table; it is the section's last word, so the section ends here. */
enum st_status st_audit_report_summary(struct st_audit_report *report,
                                       const struct st_verify_summary *summary,
                                       struct st_error *error) {
    int64_t finding_count = 0;
    for (int i = 0; i < ST_VERIFY_CLASS_COUNT; i++)
        finding_count += summary->finding_counts[i];
    enum st_status status = end_section(report, error);
    if (status != ST_OK)
        return status;
    put_json_counts(report->json, summary);
    (void)fprintf(report->html,
                  "<p class=\"%s\">%" PRId64 " finding%s. Checked: %" PRId64 " entries, %" PRId64
                  " runs, %" PRId64 " payslips, %" PRId64 " lines, %" PRId64 " rows in all.</p>\n",
                  finding_count == 0 ? "good" : "bad", finding_count, finding_count == 1 ? "" : "s",
                  summary->entry_count, summary->run_count, summary->payslip_count,
                  summary->line_count, summary->row_count);
    return ST_OK;
}

/* ---- begin and end ------------------------------------------------------------------------- */

/* An array of one object, so that it is written by the same hands as all the others. */
static enum st_status put_json_about(FILE *out, const struct st_audit_about *about,
                                     struct st_error *error) {
    static const struct st_report_column columns[] = {
        {.name = "municipality", .type = ST_CELL_TEXT},
        {.name = "orgnr", .type = ST_CELL_TEXT},
        {.name = "test", .type = ST_CELL_TEXT},
        {.name = "entries", .type = ST_CELL_INTEGER},
        {.name = "head", .type = ST_CELL_TEXT},
        {.name = "last_hash", .type = ST_CELL_TEXT},
        {.name = "first_time", .type = ST_CELL_TEXT},
        {.name = "last_time", .type = ST_CELL_TEXT},
        {.name = "stonad", .type = ST_CELL_TEXT}};
    (void)fputs("{\"form\": \"stonad-audit-1\",\n\"about\": ", out);
    struct st_report *report = st_report_begin(out, ST_FORMAT_JSON, columns, ST_COUNT_OF(columns));
    if (report == NULL)
        return st_output_out_of_memory(error);
    st_report_text(report, about->municipality.name);
    st_report_text(report, about->municipality.organisation_number);
    st_report_text(report, about->municipality.test ? "yes" : "no");
    st_report_integer(report, about->entry_count);
    st_report_text(report, about->head);
    st_report_text(report, about->last_hash);
    st_report_text(report, about->first_time);
    st_report_text(report, about->last_time);
    st_report_text(report, STONAD_VERSION);
    return st_report_end(report, error);
}

enum st_status st_audit_report_begin(struct st_bundle *bundle, const struct st_audit_about *about,
                                     struct st_audit_report **out, struct st_error *error) {
    struct st_audit_report *report = calloc(1, sizeof *report);
    if (report == NULL)
        return st_output_out_of_memory(error);
    report->bundle = bundle;
    enum st_status status = st_bundle_create(bundle, "index.html", &report->html, error);
    if (status == ST_OK)
        status = st_bundle_create(bundle, "report.json", &report->json, error);
    if (status == ST_OK)
        status = put_json_about(report->json, about, error);
    if (status != ST_OK) {
        st_audit_report_free(report);
        return status;
    }
    st_html_begin(report->html, about);
    *out = report;
    return ST_OK;
}

static enum st_status close_stream(struct st_audit_report *report, FILE **stream,
                                   enum st_status before, struct st_error *error) {
    struct st_error closing;
    FILE *file = *stream;
    *stream = NULL;
    enum st_status status = st_bundle_close(report->bundle, file, &closing);
    if (before != ST_OK || status == ST_OK)
        return before;
    *error = closing;
    return status;
}

enum st_status st_audit_report_end(struct st_audit_report *report, struct st_error *error) {
    enum st_status status = end_section(report, error);
    (void)fputs("}\n", report->json);
    st_html_end(report->html);
    status = close_stream(report, &report->json, status, error);
    return close_stream(report, &report->html, status, error);
}

void st_audit_report_free(struct st_audit_report *report) {
    struct st_error ignored;
    if (report == NULL)
        return;
    report->column = 0; /* a row may have been left unfinished */
    (void)end_report(&report->to_json, ST_OK, &ignored);
    (void)end_report(&report->to_csv, ST_OK, &ignored);
    if (report->csv != NULL)
        (void)fclose(report->csv);
    if (report->json != NULL)
        (void)fclose(report->json);
    if (report->html != NULL)
        (void)fclose(report->html);
    free(report);
}
