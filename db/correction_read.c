/* SPDX-License-Identifier: MIT */
/* correction_read.c - earlier months put right (R11) and claims with their history (R12), read back. */
#include "db/run_internal.h"

#include <string.h>

enum st_status st_ledger_each_correction(struct st_ledger *ledger, int64_t run,
                                         const char *person_id,
                                         enum st_status (*visit)(void *,
                                                                 const struct st_correction_row *),
                                         void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = true;
    enum st_status status = st_prepare(
        ledger, &statement,
        "SELECT person_id, (SELECT name FROM payslip WHERE payslip.run = correction.run"
        "  AND payslip.person_id = correction.person_id), month, paid_ore, due_ore,"
        " difference_ore, cause, cause_entry FROM correction"
        " WHERE run = ?1 AND (?2 IS NULL OR person_id = ?2)"
        " AND (SELECT run.entry FROM run WHERE run.run = ?1) < ?3 ORDER BY person_id, month",
        error);
    if (status == ST_OK &&
        (sqlite3_bind_int64(statement, 1, run) != SQLITE_OK ||
         (person_id != NULL &&
          sqlite3_bind_text(statement, 2, person_id, -1, SQLITE_STATIC) != SQLITE_OK) ||
         sqlite3_bind_int64(statement, 3, ledger->horizon) != SQLITE_OK))
        status = st_db_fail_sqlite(ledger, error);
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        struct st_correction_row correction = {.person_id = st_column_text(statement, 0),
                                               .name = st_column_text(statement, 1),
                                               .month = st_column_month(statement, 2),
                                               .paid = {sqlite3_column_int64(statement, 3)},
                                               .due = {sqlite3_column_int64(statement, 4)},
                                               .difference = {sqlite3_column_int64(statement, 5)},
                                               .cause = st_column_text(statement, 6),
                                               .cause_entry = sqlite3_column_int64(statement, 7)};
        status = visit(context, &correction);
    }
    return status;
}

/* Movements of runs that were discarded never counted: they are not told. */
enum st_status st_ledger_each_claim(struct st_ledger *ledger, const char *person_id,
                                    enum st_status (*visit)(void *, const struct st_claim_row *),
                                    void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = true;
    enum st_status status = st_prepare(
        ledger, &statement,
        "SELECT claim.person_id, (SELECT name FROM payslip WHERE payslip.run = claim.run"
        "  AND payslip.person_id = claim.person_id), claim.run, run.payday, claim.kind,"
        " claim.decided, claim.amount_ore, claim.remaining_ore FROM claim"
        " JOIN run ON run.run = claim.run"
        " WHERE (?1 IS NULL OR claim.person_id = ?1) AND run.entry < ?2"
        " AND (SELECT kind FROM journal WHERE journal.run = run.run AND journal.entry < ?2"
        "  ORDER BY journal.entry DESC LIMIT 1) <> 'discard'"
        " ORDER BY claim.person_id, claim.run, claim.number",
        error);
    if (status == ST_OK &&
        ((person_id != NULL &&
          sqlite3_bind_text(statement, 1, person_id, -1, SQLITE_STATIC) != SQLITE_OK) ||
         sqlite3_bind_int64(statement, 2, ledger->horizon) != SQLITE_OK))
        status = st_db_fail_sqlite(ledger, error);
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        struct st_claim_row claim = {.person_id = st_column_text(statement, 0),
                                     .name = st_column_text(statement, 1),
                                     .run = sqlite3_column_int64(statement, 2),
                                     .payday = st_column_date(statement, 3, ST_DATE_NONE),
                                     .kind = st_column_text(statement, 4),
                                     .decided = st_column_date(statement, 5, ST_DATE_NONE),
                                     .amount = {sqlite3_column_int64(statement, 6)},
                                     .remaining = {sqlite3_column_int64(statement, 7)}};
        status = visit(context, &claim);
    }
    return status;
}
