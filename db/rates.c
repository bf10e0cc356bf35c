/* SPDX-License-Identifier: MIT */
/* rates.c - a rate added to the ledger, with the date it takes effect and the date it was known. */
#include "db/ledger_internal.h"

#include <inttypes.h>
#include <stdio.h>

/* Whether the ledger holds a rate of that name, effect and known date, and its value. */
static enum st_status find_rate(struct st_ledger *ledger, const char *name,
                                const struct st_rate *rate, bool *found, int64_t *value_nok,
                                struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    char effect[ST_DATE_TEXT_SIZE], known[ST_DATE_TEXT_SIZE];
    enum st_status status = st_prepare(ledger, &statement,
                                       "SELECT value_nok FROM rate WHERE name = ? AND effect = ?"
                                       " AND known = ? ORDER BY entry DESC LIMIT 1",
                                       error);
    if (status != ST_OK)
        return status;
    st_date_format(rate->effect, effect);
    st_date_format(rate->known, known);
    if (sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_text(statement, 2, effect, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_text(statement, 3, known, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    status = st_step(ledger, statement, found, error);
    if (status == ST_OK && *found)
        *value_nok = sqlite3_column_int64(statement, 0);
    return status;
}

static enum st_status check_rate(const struct st_act *act, const struct st_rate *rate,
                                 struct st_error *error) {
    if (rate->value_nok < 1 || rate->value_nok > ST_RATE_MAX_NOK)
        return st_db_fail(error, ST_BAD_INPUT, "rates.value",
                          "A rate is 1 to %" PRId64 " whole kroner; write the value as decided.",
                          ST_RATE_MAX_NOK);
    if (rate->known > act->today)
        return st_db_fail(error, ST_REFUSED, "rates.known_later",
                          "A rate cannot be known later than today; add it on the day it is known.");
    return ST_OK;
}

static enum st_status write_rate(const struct st_entry *entry, const char *name,
                                 const struct st_rate *rate, struct st_error *error) {
    struct st_writer writer;
    st_writer_open(&writer, entry->ledger, ST_TABLE_RATE);
    enum st_status status = st_writer_begin(&writer, 1, error);
    if (status == ST_OK) {
        st_writer_row(&writer);
        st_writer_text(&writer, name);
        st_writer_date(&writer, rate->effect);
        st_writer_date(&writer, rate->known);
        st_writer_integer(&writer, rate->value_nok);
        st_writer_text(&writer, rate->source);
        st_writer_integer(&writer, entry->number);
        status = st_writer_flush(&writer, error);
    }
    st_writer_close(&writer);
    return status;
}

static enum st_status commit_rate(struct st_entry *entry, const char *name,
                                  const struct st_rate *rate, struct st_error *error) {
    char detail[ST_DETAIL_SIZE], effect[ST_DATE_TEXT_SIZE], known[ST_DATE_TEXT_SIZE];
    enum st_status status = write_rate(entry, name, rate, error);
    if (status != ST_OK)
        return status;
    st_date_format(rate->effect, effect);
    st_date_format(rate->known, known);
    (void)snprintf(detail, sizeof detail, "%s %" PRId64 " from %s, known %s", name,
                   rate->value_nok, effect, known);
    return st_entry_commit(entry, "rates", 0, detail, error);
}

enum st_status st_ledger_add_rate(struct st_ledger *ledger, const struct st_act *act,
                                  const char *name, const struct st_rate *rate, bool *is_new,
                                  struct st_error *error) {
    struct st_entry entry;
    bool found = false;
    int64_t value_nok = 0;
    enum st_status status = st_entry_begin(ledger, act, &entry, error);
    if (status == ST_OK)
        status = check_rate(act, rate, error);
    if (status == ST_OK)
        status = find_rate(ledger, name, rate, &found, &value_nok, error);
    if (status == ST_OK && found && value_nok != rate->value_nok)
        status = st_db_fail(error, ST_REFUSED, "rates.contradicts",
                            "The ledger holds %" PRId64
                            " with the same dates; a corrected rate has a known date of its own.",
                            value_nok);
    *is_new = !found;
    if (status == ST_OK && !found)
        status = commit_rate(&entry, name, rate, error);
    st_entry_rollback(&entry);
    return status;
}
