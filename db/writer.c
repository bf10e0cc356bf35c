/* SPDX-License-Identifier: MIT */
/* writer.c - a row bound to its INSERT, added to its digest and coded in one go, so that what is
 * written, digested and coded cannot differ. Several short rows go with one statement: that halves
 * the time a row takes. */
#include "db/ledger_internal.h"

#include <assert.h>
#include <string.h>

enum { FRACTION_TEXT_SIZE = 42 };

void st_writer_open(struct st_writer *writer, struct st_ledger *ledger, enum st_table table) {
    writer->ledger = ledger;
    writer->table = table;
    writer->columns = st_table_column_count(table);
    writer->has_codes = st_table_has_codes(table);
    if (writer->has_codes)
        st_codes_open(&writer->codes, table);
    memset(writer->inserts, 0, sizeof writer->inserts);
    writer->insert = NULL;
}

void st_writer_close(struct st_writer *writer) {
    for (size_t i = 0; i < ST_COUNT_OF(writer->inserts); i++)
        st_statement_finalize(&writer->inserts[i]);
}

enum st_status st_writer_begin(struct st_writer *writer, int rows, struct st_error *error) {
    assert(rows >= 1 && rows <= ST_WRITER_ROWS_MAX);
    sqlite3_stmt **insert = &writer->inserts[rows - 1];
    if (*insert == NULL) {
        struct st_sql sql = {0};
        st_sql_insert(&sql, st_table_name(writer->table), writer->columns, rows);
        enum st_status status = st_prepare(writer->ledger, insert, sql.text, error);
        if (status != ST_OK)
            return status;
    }
    writer->insert = *insert;
    writer->parameter = 0;
    writer->rc = SQLITE_OK;
    writer->scratch_used = 0;
    return ST_OK;
}

void st_writer_row(struct st_writer *writer) {
    assert(writer->parameter % writer->columns == 0);
    st_digest_row(writer->ledger->digest, writer->table);
}

static void keep(struct st_writer *writer, int rc) {
    if (rc != SQLITE_OK && writer->rc == SQLITE_OK)
        writer->rc = rc;
}

static char *scratch(struct st_writer *writer, size_t size) {
    assert(writer->scratch_used + size <= sizeof writer->scratch);
    char *text = writer->scratch + writer->scratch_used;
    writer->scratch_used += size;
    return text;
}

/* After the last value of a row come its codes. */
static void end_value(struct st_writer *writer) {
    if (!writer->has_codes || !st_codes_is_whole(&writer->codes))
        return;
    char *text = scratch(writer, ST_CODES_TEXT_SIZE);
    size_t size = st_codes_finish(&writer->codes, text);
    keep(writer,
         sqlite3_bind_text(writer->insert, ++writer->parameter, text, (int)size, SQLITE_STATIC));
}

void st_writer_null(struct st_writer *writer) {
    keep(writer, sqlite3_bind_null(writer->insert, ++writer->parameter));
    st_digest_null(writer->ledger->digest);
    if (writer->has_codes)
        st_codes_null(&writer->codes);
    end_value(writer);
}

void st_writer_integer(struct st_writer *writer, int64_t number) {
    keep(writer, sqlite3_bind_int64(writer->insert, ++writer->parameter, number));
    st_digest_integer(writer->ledger->digest, number);
    if (writer->has_codes)
        st_codes_integer(&writer->codes, number);
    end_value(writer);
}

void st_writer_bytes(struct st_writer *writer, const char *text, size_t size) {
    assert(size <= INT32_MAX);
    keep(writer,
         sqlite3_bind_text(writer->insert, ++writer->parameter, text, (int)size, SQLITE_STATIC));
    st_digest_text(writer->ledger->digest, text, size);
    if (writer->has_codes)
        st_codes_text(&writer->codes, text, size);
    end_value(writer);
}

void st_writer_text(struct st_writer *writer, const char *text) {
    st_writer_bytes(writer, text, strlen(text));
}

void st_writer_date(struct st_writer *writer, st_date date) {
    if (date == ST_DATE_OPEN || date == ST_DATE_NONE) {
        st_writer_null(writer);
        return;
    }
    char *text = scratch(writer, ST_DATE_TEXT_SIZE);
    st_date_format(date, text);
    st_writer_bytes(writer, text, ST_DATE_TEXT_SIZE - 1);
}

void st_writer_month(struct st_writer *writer, st_month month) {
    char *text = scratch(writer, ST_MONTH_TEXT_SIZE);
    st_month_format(month, text);
    st_writer_bytes(writer, text, ST_MONTH_TEXT_SIZE - 1);
}

/* Writes the digits in front of `end`; returns where they begin. */
static char *put_digits(char *end, int64_t number) {
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do
        *--end = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        *--end = '-';
    return end;
}

void st_writer_fraction(struct st_writer *writer, st_fraction number) {
    char *text = scratch(writer, FRACTION_TEXT_SIZE);
    char *end = text + FRACTION_TEXT_SIZE;
    char *at = put_digits(end, number.denominator);
    *--at = '/';
    at = put_digits(at, number.numerator);
    st_writer_bytes(writer, at, (size_t)(end - at));
}

void st_writer_column(struct st_writer *writer, sqlite3_stmt *source, int column) {
    switch (sqlite3_column_type(source, column)) {
    case SQLITE_NULL:
        st_writer_null(writer);
        break;
    case SQLITE_INTEGER:
        st_writer_integer(writer, sqlite3_column_int64(source, column));
        break;
    default: {
        const char *text = st_column_text(source, column);
        st_writer_bytes(writer, text, (size_t)sqlite3_column_bytes(source, column));
        break;
    }
    }
}

enum st_status st_writer_flush(struct st_writer *writer, struct st_error *error) {
    bool row;
    sqlite3_stmt *insert = writer->insert;
    assert(writer->rc != SQLITE_OK || writer->parameter == sqlite3_bind_parameter_count(insert));
    if (writer->rc != SQLITE_OK)
        return st_db_fail_sqlite(writer->ledger, error);
    enum st_status status = st_step(writer->ledger, insert, &row, error);
    if (status == ST_OK)
        (void)sqlite3_reset(insert);
    return status;
}
