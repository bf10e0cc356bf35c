/* SPDX-License-Identifier: MIT */
/* verify_codes.c - which field of a row was changed, and before which row one is missing or too many:
 * the codes of a row against its fields. The digests say whether; the codes only say where.
 */
#include "db/verify_internal.h"

#include <stdio.h>

static enum st_status tell_field(struct st_verify *verify, enum st_table table, sqlite3_stmt *row,
                                 int column, const char *key) {
    struct st_verify_row told = {
        .table = table == ST_TABLE_JOURNAL ? "journal" : st_table_name(table),
        .row = key,
        .field = sqlite3_column_name(row, column),
        .found = st_column_text(row, column)};
    return st_verify_tell(verify, ST_VERIFY_CODE, &told);
}

/* All that is wrong with a row's codes themselves: nothing can be said of its fields. */
static enum st_status tell_codes(struct st_verify *verify, enum st_table table, sqlite3_stmt *row,
                                 int column, const char *key) {
    char expected[60];
    (void)snprintf(expected, sizeof expected, "%d hexadecimal digits",
                   ST_CODE_SIZE * st_table_column_count(table));
    struct st_verify_row told = {
        .table = table == ST_TABLE_JOURNAL ? "journal" : st_table_name(table),
        .row = key,
        .field = "codes",
        .expected = expected,
        .found = st_column_text(row, column)};
    return st_verify_tell(verify, ST_VERIFY_CODE, &told);
}

static enum st_status tell_link(struct st_verify *verify, enum st_table table, const char *key) {
    struct st_verify_row told = {
        .table = table == ST_TABLE_JOURNAL ? "journal" : st_table_name(table),
        .row = key,
        .field = "codes"};
    return st_verify_tell(verify, ST_VERIFY_LINK, &told);
}

enum st_status st_verify_codes(struct st_verify *verify, enum st_table table,
                               struct st_codes *codes, sqlite3_stmt *row, int first,
                               const char *key) {
    struct st_codes_verdict verdict;
    int column_count = st_table_column_count(table) - 1;
    enum st_status status = ST_OK;
    st_codes_check(codes, row, first, &verdict);
    if (!verdict.is_readable)
        return tell_codes(verify, table, row, first + column_count, key);
    for (int i = 0; status == ST_OK && i < column_count; i++)
        if ((verdict.unfit_columns >> i & 1) != 0)
            status = tell_field(verify, table, row, first + i, key);
    if (status == ST_OK && !verdict.link_fits)
        status = tell_link(verify, table, key);
    return status;
}
