/* SPDX-License-Identifier: MIT */
/* audit_rows.c - the rows that entries wrote, table by table, as they are digested: all columns
 * but `codes`, by primary key. The municipality's secret is left out: it is kept in a file of its
 * own, so that a bundle can be handed on without it.
 */
#include "stonad/audit.h"

#include "db/ledger_internal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 40 };

/* A table's columns, and what of them makes its key. */
struct layout {
    size_t column_count;
    char names[ST_AUDIT_COLUMN_MAX][NAME_SIZE];
    const char *columns[ST_AUDIT_COLUMN_MAX]; /* into names */
    bool is_key[ST_AUDIT_COLUMN_MAX];
    size_t key_count;
    size_t key
        [ST_AUDIT_COLUMN_MAX]; /* the key's columns in its order; `entry` may not be among them */
};

const char *st_audit_table_name(size_t index) {
    return index < ST_TABLE_COUNT ? st_table_name((enum st_table)index) : NULL;
}

static bool is_of_run(const char *table) {
    for (int i = ST_TABLE_PAYSLIP; i <= ST_TABLE_FINDING; i++)
        if (strcmp(table, st_table_name((enum st_table)i)) == 0)
            return true;
    return false;
}

static bool is_left_out(const char *column) {
    return strcmp(column, "codes") == 0 || strcmp(column, "secret") == 0;
}

static void take_column(struct layout *layout, sqlite3_stmt *row) {
    size_t index = layout->column_count;
    int place = sqlite3_column_int(row, 1); /* in the key, from 1; 0: none */
    assert(index < ST_AUDIT_COLUMN_MAX);
    st_column_copy(row, 0, layout->names[index], NAME_SIZE);
    layout->columns[index] = layout->names[index];
    if (place > 0 && place <= ST_AUDIT_COLUMN_MAX) {
        layout->is_key[index] = true;
        layout->key[place - 1] = index;
        if ((size_t)place > layout->key_count)
            layout->key_count = (size_t)place;
    }
    layout->column_count++;
}

static enum st_status read_layout(struct st_ledger *ledger, const char *table,
                                  struct layout *layout, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *row = NULL;
    bool found = true;
    *layout = (struct layout){0};
    enum st_status status =
        st_prepare(ledger, &row, "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", error);
    if (status == ST_OK && sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    while (status == ST_OK && (status = st_step(ledger, row, &found, error)) == ST_OK && found) {
        if (is_left_out(st_column_text(row, 0)))
            continue;
        if (layout->column_count == ST_AUDIT_COLUMN_MAX)
            break;
        take_column(layout, row);
    }
    if (status == ST_OK && (layout->column_count == 0 || found))
        return st_db_fail(error, ST_DAMAGED, "ledger.damaged",
                          "The ledger %s has no table %.40s as stonad makes it; restore it from a "
                          "copy.",
                          ledger->path, table);
    return status;
}

/* The entry, then the columns. */
static enum st_status open_rows(struct st_ledger *ledger, const char *table,
                                const struct layout *layout, sqlite3_stmt **out,
                                struct st_error *error) {
    bool of_run = is_of_run(table);
    struct st_sql sql = {0};
    st_sql_add(&sql, of_run ? "SELECT (SELECT run.entry FROM run WHERE run.run = own.run)"
                            : "SELECT own.entry");
    for (size_t i = 0; i < layout->column_count; i++)
        st_sql_add(&sql, ", own.\"%s\"", layout->columns[i]);
    st_sql_add(&sql, " FROM %s AS own WHERE ", table);
    st_sql_add(&sql, of_run ? "own.run IN (SELECT run FROM run WHERE entry BETWEEN ?1 AND ?2)"
                            : "own.entry BETWEEN ?1 AND ?2");
    for (size_t i = 0; i < layout->key_count; i++) {
        const char *column = layout->columns[layout->key[i]];
        bool is_last_entry = i > 0 && i + 1 == layout->key_count && strcmp(column, "entry") == 0;
        st_sql_add(&sql, "%s own.\"%s\"%s", i == 0 ? " ORDER BY" : ",", column,
                   is_last_entry ? " DESC" : "");
    }
    return st_prepare(ledger, out, sql.text, error);
}

static struct st_canonical_value value_of(sqlite3_stmt *row, int column) {
    struct st_canonical_value value = {.type = ST_CANONICAL_NULL};
    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        return value;
    if (sqlite3_column_type(row, column) == SQLITE_INTEGER) {
        value.type = ST_CANONICAL_INTEGER;
        value.integer = sqlite3_column_int64(row, column);
        return value;
    }
    value.type = ST_CANONICAL_TEXT;
    value.text = st_column_text(row, column);
    value.size = (size_t)sqlite3_column_bytes(row, column);
    return value;
}

static enum st_status visit_rows(struct st_ledger *ledger, sqlite3_stmt *statement,
                                 const struct layout *layout,
                                 enum st_status (*visit)(void *, const struct st_audit_row *),
                                 void *context, struct st_error *error) {
    struct st_canonical_value values[ST_AUDIT_COLUMN_MAX];
    struct st_audit_row row = {.column_count = layout->column_count,
                               .columns = layout->columns,
                               .is_key = layout->is_key,
                               .values = values};
    enum st_status status = ST_OK;
    bool found = true;
    while (status == ST_OK && (status = st_step(ledger, statement, &found, error)) == ST_OK &&
           found) {
        row.entry = sqlite3_column_int64(statement, 0);
        for (size_t i = 0; i < layout->column_count; i++)
            values[i] = value_of(statement, (int)i + 1);
        status = visit(context, &row);
    }
    return status;
}

enum st_status st_ledger_each_row(struct st_ledger *ledger, const char *table, int64_t first,
                                  int64_t last,
                                  enum st_status (*visit)(void *, const struct st_audit_row *),
                                  void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    struct layout layout;
    int64_t seen = ledger->horizon - 1;
    enum st_status status = read_layout(ledger, table, &layout, error);
    if (status == ST_OK)
        status = open_rows(ledger, table, &layout, &statement, error);
    if (status == ST_OK &&
        (sqlite3_bind_int64(statement, 1, first) != SQLITE_OK ||
         sqlite3_bind_int64(statement, 2, last < seen ? last : seen) != SQLITE_OK))
        status = st_db_fail_sqlite(ledger, error);
    return status == ST_OK ? visit_rows(ledger, statement, &layout, visit, context, error) : status;
}
