/* SPDX-License-Identifier: MIT */
/* as_of.c - the ledger read as it was known on a day: the first entry after that day is its horizon,
 * and whoever reads leaves out the entries from there on.
 *
 * Nothing is ever changed, and times never fall from entry to entry, so that the entries before the
 * horizon are the ledger as it stood at the end of that day.
 */
#include "db/ledger_internal.h"

#include <assert.h>

enum st_status st_ledger_first_day(struct st_ledger *ledger, st_date *out, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = false;
    enum st_status status =
        st_prepare(ledger, &statement,
                   "SELECT substr(time, 1, 10) FROM journal ORDER BY entry LIMIT 1", error);
    if (status == ST_OK)
        status = st_step(ledger, statement, &row, error);
    if (status != ST_OK)
        return status;
    *out = row ? st_column_date(statement, 0, ST_DATE_NONE) : ST_DATE_NONE;
    if (*out == ST_DATE_NONE)
        return st_db_fail(error, ST_DAMAGED, "ledger.no_begin",
                          "The journal of %s does not say when the ledger was made; verify it and "
                          "restore it from a copy.",
                          ledger->path);
    return ST_OK;
}

static enum st_status refuse_early(struct st_ledger *ledger, st_date date, struct st_error *error) {
    char first_text[ST_DATE_TEXT_SIZE], date_text[ST_DATE_TEXT_SIZE];
    st_date first;
    enum st_status status = st_ledger_first_day(ledger, &first, error);
    if (status != ST_OK)
        return status;
    st_date_format(first, first_text);
    st_date_format(date, date_text);
    return st_db_fail(error, ST_REFUSED, "known.before_ledger",
                      "The ledger begins on %s, so nothing was known in it on %s; ask for that day "
                      "or a later one.",
                      first_text, date_text);
}

/* What is recorded from now on is left out too, on the same day as well: the answers agree. */
enum st_status st_ledger_as_of(struct st_ledger *ledger, st_date date, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    char day_after[ST_DATE_TEXT_SIZE];
    bool row = false;
    assert(!ledger->writable);
    enum st_status status = st_prepare(
        ledger, &statement,
        "SELECT ifnull((SELECT entry FROM journal WHERE time >= ? ORDER BY entry LIMIT 1),"
        " (SELECT ifnull(max(entry), 0) + 1 FROM journal))",
        error);
    if (status != ST_OK)
        return status;
    st_date_format(date + 1, day_after);
    if (sqlite3_bind_text(statement, 1, day_after, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    status = st_step(ledger, statement, &row, error);
    if (status != ST_OK)
        return status;
    int64_t horizon = sqlite3_column_int64(statement, 0);
    if (horizon <= 1)
        return refuse_early(ledger, date, error);
    ledger->horizon = horizon;
    return ST_OK;
}

enum st_status st_ledger_count_late_rates(struct st_ledger *ledger, st_date known, int64_t *out,
                                          struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    char known_text[ST_DATE_TEXT_SIZE];
    bool row = false;
    enum st_status status = st_prepare(
        ledger, &statement, "SELECT count(*) FROM rate WHERE known <= ?1 AND entry >= ?2", error);
    if (status != ST_OK)
        return status;
    st_date_format(known, known_text);
    if (sqlite3_bind_text(statement, 1, known_text, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, ledger->horizon) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    status = st_step(ledger, statement, &row, error);
    *out = status == ST_OK && row ? sqlite3_column_int64(statement, 0) : 0;
    return status;
}
