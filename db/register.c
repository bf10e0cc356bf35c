/* SPDX-License-Identifier: MIT */
/* register.c - who is in the register, and everything that was ever recorded of one person; before
 * the ledger's horizon (st_ledger_as_of). */
#include "db/ledger_internal.h"

enum st_status st_ledger_each_person(struct st_ledger *ledger,
                                     enum st_status (*visit)(void *, const struct st_participant *),
                                     void *context, struct st_error *error) {
    struct st_fact_cursor cursor = {0};
    struct st_participant participant;
    struct st_fact fact;
    bool found = true;
    enum st_status status =
        st_fact_cursor_open(&cursor, ledger, ST_FACT_PARTICIPANT, false, ledger->horizon, error);
    if (status == ST_OK)
        status = st_fact_cursor_seek(&cursor, "", error);
    while (status == ST_OK &&
           (status = st_fact_cursor_next(&cursor, NULL, &fact, &found, error)) == ST_OK && found) {
        st_participant_of(&fact, &participant);
        status = visit(context, &participant);
    }
    st_fact_cursor_close(&cursor);
    return status;
}

/* Columns: the kind's, withdrawn, entry, time, actor, whether no later row has the same key. */
static enum st_status prepare_history(struct st_ledger *ledger, enum st_fact_kind kind,
                                      const char *person_id, sqlite3_stmt **out,
                                      struct st_error *error) {
    const char *table = st_fact_describe(kind)->table;
    struct st_sql sql = {0};
    st_sql_add(&sql, "SELECT ");
    st_sql_columns(&sql, kind, false, "row.");
    st_sql_add(&sql,
               ", row.withdrawn, row.entry, journal.time, journal.actor,"
               " NOT EXISTS (SELECT 1 FROM %s AS later WHERE (",
               table);
    st_sql_columns(&sql, kind, true, "later.");
    st_sql_add(&sql, ") = (");
    st_sql_columns(&sql, kind, true, "row.");
    st_sql_add(&sql,
               ") AND later.entry > row.entry AND later.entry < ?2) FROM %s AS row"
               " LEFT JOIN journal ON journal.entry = row.entry"
               " WHERE row.person_id = ?1 AND row.entry < ?2 ORDER BY row.entry, ",
               table);
    st_sql_columns(&sql, kind, true, "row.");
    enum st_status status = st_prepare(ledger, out, sql.text, error);
    if (status == ST_OK && (sqlite3_bind_text(*out, 1, person_id, -1, SQLITE_STATIC) != SQLITE_OK ||
                            sqlite3_bind_int64(*out, 2, ledger->horizon) != SQLITE_OK))
        status = st_db_fail_sqlite(ledger, error);
    return status;
}

static enum st_status
each_row_of_kind(struct st_ledger *ledger, enum st_fact_kind kind, const char *person_id,
                 enum st_status (*visit)(void *, const struct st_history_row *), void *context,
                 struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    int after = (int)st_fact_describe(kind)->column_count;
    struct st_fact fact;
    bool row = true;
    enum st_status status = prepare_history(ledger, kind, person_id, &statement, error);
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        if (!st_fact_read(statement, kind, &fact))
            return st_db_fail_fact(kind, person_id, error);
        struct st_history_row history = {.fact = &fact,
                                         .entry = sqlite3_column_int64(statement, after + 1),
                                         .time = st_column_text(statement, after + 2),
                                         .actor = st_column_text(statement, after + 3),
                                         .current = sqlite3_column_int(statement, after + 4) != 0};
        status = visit(context, &history);
    }
    return status;
}

enum st_status st_ledger_person_history(struct st_ledger *ledger, const char *person_id,
                                        enum st_status (*visit)(void *,
                                                                const struct st_history_row *),
                                        void *context, struct st_error *error) {
    enum st_status status = ST_OK;
    for (unsigned i = 0; status == ST_OK && i < ST_FACT_KIND_COUNT; i++)
        status = each_row_of_kind(ledger, (enum st_fact_kind)i, person_id, visit, context, error);
    return status;
}
