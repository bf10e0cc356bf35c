/* SPDX-License-Identifier: MIT */
/* audit_table.c - see audit_table.h. */
#define _POSIX_C_SOURCE 200809L
#include "formats/audit_table.h"

#include "formats/output_error.h"
#include "stonad/output.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static enum st_status fail_line(struct st_audit_table *table, const char *code, const char *column,
                                const char *what) {
    return st_output_fail(
        table->error, ST_BAD_INPUT, code,
        "%.300s:%" PRId64 ": %s%s%.200s; take the bundle as it was written, whole "
        "and unchanged.",
        table->path, table->csv.line, column, column[0] == '\0' ? "" : ": ", what);
}

enum st_status st_audit_table_fail(struct st_audit_table *table, size_t column, const char *what) {
    if (table->status == ST_OK)
        table->status = fail_line(table, "bundle.value", table->columns[column], what);
    return table->status;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static enum st_status next_row(struct st_audit_table *table, bool *found) {
    *found = false;
    switch (st_csv_next(&table->csv, table->error)) {
    case ST_CSV_ROW:
        *found = true;
        return ST_OK;
    case ST_CSV_END:
        return ST_OK;
    case ST_CSV_PROBLEM:
        return fail_line(table, "bundle.csv", "", table->csv.problem.text);
    case ST_CSV_FAILED:
        break;
    }
    return table->error->status;
}

static enum st_status check_header(struct st_audit_table *table) {
    bool found = false;
    enum st_status status = next_row(table, &found);
    if (status != ST_OK)
        return status;
    bool is_same =
        found && (table->columns == NULL || table->csv.field_count == table->column_count);
    if (table->columns == NULL) {
        table->column_count = table->csv.field_count;
        return is_same ? ST_OK : fail_line(table, "bundle.header", "", "the header is missing");
    }
    for (size_t i = 0; is_same && i < table->column_count; i++)
        is_same = strcmp(table->csv.fields[i].text, table->columns[i]) == 0;
    return is_same ? ST_OK
                   : fail_line(table, "bundle.header", "",
                               "the header does not name the columns "
                               "that this file has");
}

enum st_status st_audit_table_open(struct st_audit_table *table, const char *path,
                                   const char *const *columns, size_t column_count,
                                   struct st_error *error) {
    *table = (struct st_audit_table){
        .path = path, .columns = columns, .column_count = column_count, .error = error};
    if (access(path, F_OK) != 0)
        return st_output_fail(error, ST_BAD_INPUT, "bundle.missing",
                              "%.400s is not there; give the folder that audit wrote, whole.",
                              path);
    enum st_status status = st_bytes_open(path, &table->source, error);
    if (status != ST_OK)
        return status;
    status = st_csv_begin(&table->csv, &table->source, error);
    table->is_open = true;
    table->csv.line = 1;
    if (status == ST_OK)
        status = check_header(table);
    if (status != ST_OK)
        st_audit_table_close(table);
    return status;
}

void st_audit_table_close(struct st_audit_table *table) {
    if (!table->is_open)
        return;
    table->is_open = false;
    st_csv_end(&table->csv);
    st_bytes_close(&table->source);
}

enum st_status st_audit_table_next(struct st_audit_table *table, bool *found,
                                   struct st_error *error) {
    table->error = error;
    table->status = ST_OK;
    enum st_status status = next_row(table, found);
    if (status == ST_OK && *found && table->csv.field_count != table->column_count)
        status =
            fail_line(table, "bundle.csv", "", "the row has more fields than the header, or fewer");
    return status;
}

/* ---- fields -------------------------------------------------------------------------------- */

static const struct st_csv_field *field_of(const struct st_audit_table *table, size_t column) {
    return &table->csv.fields[column];
}

bool st_audit_field_is_null(const struct st_audit_table *table, size_t column) {
    return field_of(table, column)->size == 0;
}

const char *st_audit_field_text(struct st_audit_table *table, size_t column, size_t least,
                                size_t most) {
    const struct st_csv_field *field = field_of(table, column);
    if (field->size >= least && field->size <= most)
        return field->text;
    (void)st_audit_table_fail(
        table, column, field->size < least ? "the text is too short" : "the text is too long");
    return "";
}

int64_t st_audit_field_integer(struct st_audit_table *table, size_t column, int64_t least,
                               int64_t most) {
    const struct st_csv_field *field = field_of(table, column);
    int64_t value = 0;
    bool is_number = field->size > 0 && (field->size == 1 || field->text[0] != '0');
    for (size_t i = 0; is_number && i < field->size; i++)
        is_number = field->text[i] >= '0' && field->text[i] <= '9' &&
                    !__builtin_mul_overflow(value, 10, &value) &&
                    !__builtin_add_overflow(value, field->text[i] - '0', &value);
    if (is_number && value >= least && value <= most)
        return value;
    (void)st_audit_table_fail(table, column, "this is no whole number that can stand here");
    return 0;
}

st_date st_audit_field_date(struct st_audit_table *table, size_t column) {
    const struct st_csv_field *field = field_of(table, column);
    st_date date;
    if (st_date_parse(field->text, field->size, &date))
        return date;
    (void)st_audit_table_fail(table, column, "this is no date");
    return ST_DATE_NONE;
}

st_month st_audit_field_month(struct st_audit_table *table, size_t column, bool may_be_null) {
    const struct st_csv_field *field = field_of(table, column);
    st_month month;
    if (may_be_null && field->size == 0)
        return 0;
    if (st_month_parse(field->text, field->size, &month))
        return month;
    (void)st_audit_table_fail(table, column, "this is no month");
    return 0;
}

st_amount st_audit_field_amount(struct st_audit_table *table, size_t column) {
    st_amount amount;
    if (st_amount_from_person(field_of(table, column)->text, &amount))
        return amount;
    (void)st_audit_table_fail(table, column, "this is no amount");
    return ST_ZERO;
}

const char *st_audit_field_hash(struct st_audit_table *table, size_t column, bool may_be_null) {
    const struct st_csv_field *field = field_of(table, column);
    if ((may_be_null && field->size == 0) ||
        (field->size == 64 && strspn(field->text, "0123456789abcdef") == 64))
        return field->text;
    (void)st_audit_table_fail(table, column, "64 hexadecimal digits (0-9, a-f) are expected here");
    return "";
}

int st_audit_field_choice(struct st_audit_table *table, size_t column, const char *const *choices) {
    const struct st_csv_field *field = field_of(table, column);
    for (int i = 0; choices[i] != NULL; i++)
        if (strcmp(choices[i], field->text) == 0)
            return i;
    (void)st_audit_table_fail(table, column, "this is none of the words that can stand here");
    return 0;
}
