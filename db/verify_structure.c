/* SPDX-License-Identifier: MIT */
/* verify_structure.c - the file, its tables, indexes and triggers: the marks in its head, SQLite's
 * own checks, and every statement of the schema against that of an empty ledger made now. */
#include "db/verify_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- the head of the file ------------------------------------------------------------------ */

static enum st_status read_number(struct st_verify *verify, sqlite3 *db, const char *sql,
                                  int64_t *out) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        return db == verify->ledger->db ? st_db_fail_sqlite(verify->ledger, verify->error)
                                        : st_db_fail_memory(verify->error);
    *out = sqlite3_column_int64(statement, 0);
    return ST_OK;
}

static enum st_status check_marks(struct st_verify *verify) {
    static const struct {
        const char *field, *sql;
    } marks[] = {{"application_id", "PRAGMA application_id"},
                 {"user_version", "PRAGMA user_version"}};
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < ST_COUNT_OF(marks); i++) {
        int64_t expected = 0, found = 0;
        struct st_verify_row row = {.field = marks[i].field};
        status = read_number(verify, verify->model, marks[i].sql, &expected);
        if (status == ST_OK)
            status = read_number(verify, verify->ledger->db, marks[i].sql, &found);
        if (status == ST_OK)
            status = st_verify_same_number(verify, ST_VERIFY_IDENTITY, &row, expected, found,
                                           false);
    }
    return status;
}

/* ---- what SQLite says ---------------------------------------------------------------------- */

/* "... in table.column", or "... in table": where SQLite says so; "" otherwise. */
static void find_place(const char *message, char table[40], char field[40]) {
    const char *at = message;
    table[0] = field[0] = '\0';
    for (const char *next = strstr(at, " in "); next != NULL; next = strstr(at, " in "))
        at = next + strlen(" in ");
    if (at > message)
        (void)sscanf(at, "%39[a-z_].%39[a-z_0-9]", table, field);
    for (unsigned t = 0; t < ST_TABLE_COUNT; t++)
        if (strcmp(table, st_table_name((enum st_table)t)) == 0)
            return;
    if (strcmp(table, "journal") != 0)
        table[0] = field[0] = '\0';
}

static enum st_status check_integrity(struct st_verify *verify) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool found = false;
    enum st_status status = st_verify_query(verify, &statement, "PRAGMA integrity_check", 0);
    while (status == ST_OK && (status = st_verify_next(verify, statement, &found)) == ST_OK &&
           found) {
        const char *message = st_column_text(statement, 0);
        char table[40], field[40];
        const struct st_verify_row row = {
            .table = table, .field = field, .expected = "ok", .found = message};
        find_place(message, table, field);
        if (strcmp(message, "ok") != 0)
            status = st_verify_tell(verify, ST_VERIFY_INTEGRITY, &row);
    }
    return status;
}

/* Columns: table, rowid, the table named, number of the reference. */
static enum st_status check_foreign_keys(struct st_verify *verify) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool found = false;
    enum st_status status = st_verify_query(verify, &statement, "PRAGMA foreign_key_check", 0);
    while (status == ST_OK && (status = st_verify_next(verify, statement, &found)) == ST_OK &&
           found) {
        char key[60] = "";
        if (sqlite3_column_type(statement, 1) != SQLITE_NULL)
            (void)snprintf(key, sizeof key, "row %" PRId64,
                           (int64_t)sqlite3_column_int64(statement, 1));
        struct st_verify_row row = {.table = st_column_text(statement, 0),
                                    .row = key,
                                    .expected = st_column_text(statement, 2),
                                    .found = "no such row"};
        status = st_verify_tell(verify, ST_VERIFY_FOREIGN_KEY, &row);
    }
    return status;
}

/* ---- the schema ---------------------------------------------------------------------------- */

static const char schema_sql[] = "SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_schema"
                                 " ORDER BY type, name";

/* Of two names in the order of the query: which comes first. */
static int compare(sqlite3_stmt *a, sqlite3_stmt *b) {
    int order = strcmp(st_column_text(a, 0), st_column_text(b, 0));
    return order != 0 ? order : strcmp(st_column_text(a, 1), st_column_text(b, 1));
}

static enum st_status tell_schema(struct st_verify *verify, sqlite3_stmt *object,
                                  const char *expected, const char *found) {
    char key[200];
    (void)snprintf(key, sizeof key, "%.40s %.120s", st_column_text(object, 0),
                   st_column_text(object, 1));
    struct st_verify_row row = {.table = st_column_text(object, 2),
                                .row = key,
                                .field = "sql",
                                .expected = expected,
                                .found = found};
    return st_verify_tell(verify, ST_VERIFY_SCHEMA, &row);
}

/* Two walks side by side, as one merges two sorted lists. */
static enum st_status check_schema(struct st_verify *verify) {
    ST_FINALIZED sqlite3_stmt *ours = NULL;
    ST_FINALIZED sqlite3_stmt *model = NULL;
    bool has_ours = false;
    enum st_status status = st_verify_query(verify, &ours, schema_sql, 0);
    if (status == ST_OK)
        status = st_verify_next(verify, ours, &has_ours);
    if (status == ST_OK &&
        sqlite3_prepare_v2(verify->model, schema_sql, -1, &model, NULL) != SQLITE_OK)
        status = st_db_fail_memory(verify->error);
    if (status != ST_OK)
        return status;
    bool has_model = sqlite3_step(model) == SQLITE_ROW;
    while (status == ST_OK && (has_ours || has_model)) {
        int order = !has_model ? -1 : !has_ours ? 1 : compare(ours, model);
        if (order < 0)
            status = tell_schema(verify, ours, "", st_column_text(ours, 3));
        else if (order > 0)
            status = tell_schema(verify, model, st_column_text(model, 3), "");
        else if (strcmp(st_column_text(ours, 3), st_column_text(model, 3)) != 0)
            status = tell_schema(verify, ours, st_column_text(model, 3), st_column_text(ours, 3));
        if (order >= 0)
            has_model = sqlite3_step(model) == SQLITE_ROW;
        if (status == ST_OK && order <= 0)
            status = st_verify_next(verify, ours, &has_ours);
    }
    return status;
}

enum st_status st_verify_structure(struct st_verify *verify) {
    enum st_status status = check_marks(verify);
    if (status == ST_OK)
        status = check_schema(verify);
    if (status == ST_OK)
        status = check_integrity(verify);
    if (status == ST_OK)
        status = check_foreign_keys(verify);
    return status;
}
