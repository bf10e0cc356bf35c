/* SPDX-License-Identifier: MIT */
/* audit.c - what an auditor asks of a ledger beside its own reports: the files of imports, rates
 * and payment files with who recorded them, who did what, accounts that became others, facts by
 * the entry that brought them. All before the ledger's horizon.
 */
#include "stonad/audit.h"

#include "db/ledger_internal.h"

#include <string.h>

/* Prepares a walk over entries `first` ... `last`, those seen at most: ?1 and ?2. */
static enum st_status open_walk(struct st_ledger *ledger, const char *sql, int64_t first,
                                int64_t last, sqlite3_stmt **out, struct st_error *error) {
    int64_t seen = ledger->horizon - 1;
    enum st_status status = st_prepare(ledger, out, sql, error);
    if (status == ST_OK && (sqlite3_bind_int64(*out, 1, first) != SQLITE_OK ||
                            sqlite3_bind_int64(*out, 2, last < seen ? last : seen) != SQLITE_OK))
        status = st_db_fail_sqlite(ledger, error);
    return status;
}

/* ---- files, rates, exports ----------------------------------------------------------------- */

enum st_status st_ledger_each_import_file(struct st_ledger *ledger, int64_t entry,
                                          enum st_status (*visit)(void *,
                                                                  const struct st_audit_file *),
                                          void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *row = NULL;
    bool found = true;
    enum st_status status = open_walk(ledger,
                                      "SELECT number, name, kind, sha256, row_count"
                                      " FROM import_file WHERE entry BETWEEN ?1 AND ?2"
                                      " ORDER BY entry, number",
                                      entry, entry, &row, error);
    while (status == ST_OK && (status = st_step(ledger, row, &found, error)) == ST_OK && found) {
        struct st_audit_file file = {.number = sqlite3_column_int64(row, 0),
                                     .name = st_column_text(row, 1),
                                     .kind = st_column_text(row, 2),
                                     .sha256 = st_column_text(row, 3),
                                     .row_count = sqlite3_column_int64(row, 4)};
        status = visit(context, &file);
    }
    return status;
}

enum st_status st_ledger_each_recorded_rate(struct st_ledger *ledger, int64_t entry,
                                            enum st_status (*visit)(void *,
                                                                    const struct st_audit_rate *),
                                            void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *row = NULL;
    bool found = true;
    enum st_status status =
        open_walk(ledger,
                  "SELECT rate.entry, journal.time, journal.actor, rate.name, rate.effect,"
                  " rate.known, rate.value_nok, rate.source"
                  " FROM rate LEFT JOIN journal ON journal.entry = rate.entry"
                  " WHERE rate.entry BETWEEN ?1 AND ?2"
                  " ORDER BY rate.entry, rate.name, rate.effect, rate.known",
                  entry, entry == 0 ? INT64_MAX : entry, &row, error);
    while (status == ST_OK && (status = st_step(ledger, row, &found, error)) == ST_OK && found) {
        struct st_audit_rate rate = {.entry = sqlite3_column_int64(row, 0),
                                     .time = st_column_text(row, 1),
                                     .actor = st_column_text(row, 2),
                                     .name = st_column_text(row, 3),
                                     .rate = {.effect = st_column_date(row, 4, ST_DATE_NONE),
                                              .known = st_column_date(row, 5, ST_DATE_NONE),
                                              .value_nok = sqlite3_column_int64(row, 6),
                                              .source = st_column_text(row, 7)}};
        status = visit(context, &rate);
    }
    return status;
}

enum st_status st_ledger_each_export(struct st_ledger *ledger,
                                     enum st_status (*visit)(void *,
                                                             const struct st_audit_export *),
                                     void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *row = NULL;
    bool found = true;
    enum st_status status =
        open_walk(ledger,
                  "SELECT export.run, export.entry, journal.time, journal.actor, export.form,"
                  " export.content, export.tax_kid, export.sha256, export.byte_count"
                  " FROM export LEFT JOIN journal ON journal.entry = export.entry"
                  " WHERE export.entry BETWEEN ?1 AND ?2 ORDER BY export.entry",
                  0, INT64_MAX, &row, error);
    while (status == ST_OK && (status = st_step(ledger, row, &found, error)) == ST_OK && found) {
        struct st_audit_export file = {.run = sqlite3_column_int64(row, 0),
                                       .entry = sqlite3_column_int64(row, 1),
                                       .time = st_column_text(row, 2),
                                       .actor = st_column_text(row, 3),
                                       .form = st_column_text(row, 4),
                                       .content = st_column_text(row, 5),
                                       .tax_kid = st_column_text(row, 6),
                                       .sha256 = st_column_text(row, 7),
                                       .byte_count = sqlite3_column_int64(row, 8)};
        status = visit(context, &file);
    }
    return status;
}

/* ---- who did what -------------------------------------------------------------------------- */

enum st_status st_ledger_each_actor(struct st_ledger *ledger,
                                    enum st_status (*visit)(void *, const struct st_audit_actor *),
                                    void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *row = NULL;
    bool found = true;
    enum st_status status = open_walk(ledger,
                                      "SELECT actor, kind, count(*), min(time), max(time)"
                                      " FROM journal WHERE entry BETWEEN ?1 AND ?2"
                                      " GROUP BY actor, kind ORDER BY actor, kind",
                                      0, INT64_MAX, &row, error);
    while (status == ST_OK && (status = st_step(ledger, row, &found, error)) == ST_OK && found) {
        struct st_audit_actor actor = {.actor = st_column_text(row, 0),
                                       .kind = st_column_text(row, 1),
                                       .entry_count = sqlite3_column_int64(row, 2),
                                       .first = st_column_text(row, 3),
                                       .last = st_column_text(row, 4)};
        status = visit(context, &actor);
    }
    return status;
}

/* ---- accounts ------------------------------------------------------------------------------ */

/* A row of the register against the one of the same person before it. Who is withdrawn has no
 * account, so that leaving and coming back with another one is seen too. */
enum st_status
st_ledger_each_account_change(struct st_ledger *ledger,
                              enum st_status (*visit)(void *, const struct st_audit_account *),
                              void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *row = NULL;
    bool found = true;
    enum st_status status =
        open_walk(ledger,
                  "SELECT now.person_id, ifnull(now.name, before.name), now.entry, before.entry,"
                  " journal.time, journal.actor, before.account, now.account"
                  " FROM participant AS now JOIN participant AS before"
                  "  ON before.person_id = now.person_id AND before.entry ="
                  "   (SELECT max(earlier.entry) FROM participant AS earlier"
                  "    WHERE earlier.person_id = now.person_id AND earlier.entry < now.entry)"
                  " LEFT JOIN journal ON journal.entry = now.entry"
                  " WHERE now.entry BETWEEN ?1 AND ?2 AND now.account IS NOT before.account"
                  " ORDER BY now.person_id, now.entry",
                  0, INT64_MAX, &row, error);
    while (status == ST_OK && (status = st_step(ledger, row, &found, error)) == ST_OK && found) {
        struct st_audit_account account = {.person_id = st_column_text(row, 0),
                                           .name = st_column_text(row, 1),
                                           .entry = sqlite3_column_int64(row, 2),
                                           .earlier_entry = sqlite3_column_int64(row, 3),
                                           .time = st_column_text(row, 4),
                                           .actor = st_column_text(row, 5),
                                           .before = st_column_text(row, 6),
                                           .after = st_column_text(row, 7)};
        status = visit(context, &account);
    }
    return status;
}

/* ---- facts --------------------------------------------------------------------------------- */

enum st_status
st_ledger_each_fact(struct st_ledger *ledger, enum st_fact_kind kind, int64_t first, int64_t last,
                    enum st_status (*visit)(void *, int64_t entry, const struct st_fact *),
                    void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *row = NULL;
    const struct st_fact_description *description = st_fact_describe(kind);
    int entry_column = (int)description->column_count + 1;
    struct st_sql sql = {0};
    struct st_fact fact;
    bool found = true;
    st_sql_add(&sql, "SELECT ");
    st_sql_columns(&sql, kind, false, "");
    st_sql_add(&sql, ", withdrawn, entry FROM %s WHERE entry BETWEEN ?1 AND ?2 ORDER BY ",
               description->table);
    st_sql_columns(&sql, kind, true, "");
    st_sql_add(&sql, ", entry DESC");
    enum st_status status = open_walk(ledger, sql.text, first, last, &row, error);
    while (status == ST_OK && (status = st_step(ledger, row, &found, error)) == ST_OK && found) {
        if (!st_fact_read(row, kind, &fact))
            return st_db_fail_fact(kind, st_column_text(row, 0), error);
        status = visit(context, sqlite3_column_int64(row, entry_column), &fact);
    }
    return status;
}
