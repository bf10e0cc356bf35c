/* SPDX-License-Identifier: MIT */
/* audit_csv.c - see audit_csv.h. */
#include "formats/audit_csv.h"

#include "stonad/output.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

const char *const st_journal_columns[ST_JOURNAL_COLUMN_COUNT] = {
    "entry",   "time",     "actor",        "kind",     "run",           "detail", "month",
    "payday",  "rule_set", "table_digest", "payments", "sum",           "form",   "content",
    "tax_kid", "sha256",   "bytes",        "rate",     "effect",        "known",  "value",
    "source",  "tables",   "digest",       "root",     "previous_hash", "hash",   "head"};
const char *const st_municipality_columns[ST_MUNICIPALITY_COLUMN_COUNT] = {
    "orgnr",    "name",           "account", "bic",         "town",
    "postcode", "half_tax_month", "recover", "first_month", "test"};
const char *const st_rate_columns[ST_RATE_COLUMN_COUNT] = {"name", "effect", "known", "value",
                                                           "source"};
const char *const st_file_columns[ST_FILE_COLUMN_COUNT] = {"number", "name", "kind", "sha256",
                                                           "rows"};

/* Errors of the stream are found when it is closed. */
static void begin_field(struct st_audit_csv *row) {
    if (row->has_field)
        (void)putc(',', row->out);
    row->has_field = true;
}

void st_audit_csv_null(struct st_audit_csv *row) {
    begin_field(row);
}

/* Blanks at the ends are quoted too, so that nobody takes them away. */
static bool needs_quotes(const char *text, size_t size) {
    if (size == 0 || text[0] == ' ' || text[0] == '\t' || text[size - 1] == ' ' ||
        text[size - 1] == '\t')
        return true;
    for (size_t i = 0; i < size; i++)
        if (strchr(",;\"\r\n", text[i]) != NULL) /* a NUL too */
            return true;
    return false;
}

void st_audit_csv_bytes(struct st_audit_csv *row, const char *text, size_t size) {
    begin_field(row);
    if (!needs_quotes(text, size)) {
        (void)fwrite(text, 1, size, row->out);
        return;
    }
    (void)putc('"', row->out);
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            (void)putc('"', row->out);
        (void)putc((unsigned char)text[i], row->out);
    }
    (void)putc('"', row->out);
}

void st_audit_csv_text(struct st_audit_csv *row, const char *text) {
    st_audit_csv_bytes(row, text, strlen(text));
}

void st_audit_csv_integer(struct st_audit_csv *row, int64_t number) {
    begin_field(row);
    (void)fprintf(row->out, "%" PRId64, number);
}

void st_audit_csv_date(struct st_audit_csv *row, st_date date) {
    char text[ST_DATE_TEXT_SIZE];
    begin_field(row);
    if (date == ST_DATE_OPEN || date == ST_DATE_NONE)
        return;
    st_date_format(date, text);
    (void)fputs(text, row->out);
}

void st_audit_csv_month(struct st_audit_csv *row, st_month month) {
    char text[ST_MONTH_TEXT_SIZE];
    begin_field(row);
    if (month == 0)
        return;
    st_month_format(month, text);
    (void)fputs(text, row->out);
}

void st_audit_csv_amount(struct st_audit_csv *row, st_amount amount) {
    char text[ST_AMOUNT_TEXT_SIZE];
    begin_field(row);
    st_amount_for_machines(amount, text);
    (void)fputs(text, row->out);
}

void st_audit_csv_end(struct st_audit_csv *row) {
    assert(row->has_field);
    (void)putc('\n', row->out);
    row->has_field = false;
}

void st_audit_csv_header(FILE *out, const char *const *names, size_t count) {
    struct st_audit_csv row = st_audit_csv_row(out);
    for (size_t i = 0; i < count; i++)
        st_audit_csv_text(&row, names[i]);
    st_audit_csv_end(&row);
}
