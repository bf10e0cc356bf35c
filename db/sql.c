/* SPDX-License-Identifier: MIT */
/* sql.c - SQL text built from the descriptions of the fact kinds. Only names of our own tables and
 * columns are ever put into it; what people typed is bound. */
#include "db/ledger_internal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void st_sql_add(struct st_sql *sql, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(sql->text + sql->used, sizeof sql->text - sql->used, format, arguments);
    va_end(arguments);
    assert(size >= 0 && sql->used + (size_t)size < sizeof sql->text);
    sql->used += (size_t)size;
}

void st_sql_columns(struct st_sql *sql, enum st_fact_kind kind, bool keys_only,
                    const char *prefix) {
    const struct st_fact_description *description = st_fact_describe(kind);
    const char *comma = "";
    for (size_t i = 0; i < description->column_count; i++) {
        if (keys_only && (description->columns[i].flags & ST_COLUMN_KEY) == 0)
            continue;
        st_sql_add(sql, "%s%s\"%s\"", comma, prefix, description->columns[i].column);
        comma = ", ";
    }
}

/* A failure ends the whole transaction anyway; saying so (OR ROLLBACK) spares SQLite the copies of
 * pages with which it could take back one statement of several rows. */
void st_sql_insert(struct st_sql *sql, const char *table, int columns, int rows) {
    st_sql_add(sql, "INSERT OR ROLLBACK INTO %s VALUES ", table);
    for (int row = 0; row < rows; row++) {
        st_sql_add(sql, row == 0 ? "(?" : ", (?");
        for (int i = 1; i < columns; i++)
            st_sql_add(sql, ",?");
        st_sql_add(sql, ")");
    }
}
