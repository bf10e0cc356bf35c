/* SPDX-License-Identifier: MIT */
/* journal.c - the entry a command writes: its transaction, its place in the chain, and the walk
 * over all of them. */
#include "db/canonical.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- who acts, and when -------------------------------------------------------------------- */

/* Characters of UTF-8 text; -1 when there is a control character in it. */
static int count_characters(const char *text) {
    int count = 0;
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++) {
        if (*byte < ' ' || *byte == 0x7f)
            return -1;
        count += (*byte & 0xc0) != 0x80;
    }
    return count;
}

static bool time_is_well_formed(const struct st_act *act) {
    st_date date;
    int hour, minute, second, end = 0;
    if (strlen(act->time) != ST_TIME_TEXT_SIZE - 1 || !st_date_parse(act->time, 10, &date) ||
        sscanf(act->time + 10, "T%2d:%2d:%2dZ%n", &hour, &minute, &second, &end) != 3)
        return false;
    return end == 10 && date == act->today && hour >= 0 && hour < 24 && minute >= 0 &&
           minute < 60 && second >= 0 && second < 60;
}

enum st_status st_act_check(const struct st_act *act, struct st_error *error) {
    int characters = count_characters(act->actor);
    if (characters < 1 || characters > ST_ACTOR_MAX || strlen(act->actor) > 4 * ST_ACTOR_MAX ||
        act->actor[strspn(act->actor, " ")] == '\0')
        return st_db_fail(
            error, ST_USAGE, "actor.name",
            "Who acts must be named with 1 to %d characters and no control characters; "
            "give it with --actor.",
            ST_ACTOR_MAX);
    if (!time_is_well_formed(act))
        return st_db_fail(
            error, ST_USAGE, "time.form",
            "The recorded time must be a date, or a date and time, that exists; give it "
            "as YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ.");
    return ST_OK;
}

/* ---- the transaction ----------------------------------------------------------------------- */

/* The last entry's number and hash; of none, 0 and 64 zeros. Refuses an earlier time. */
static enum st_status follow_last_entry(struct st_entry *entry, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = false;
    enum st_status status =
        st_prepare(entry->ledger, &statement,
                   "SELECT entry, time, hash FROM journal ORDER BY entry DESC LIMIT 1", error);
    if (status == ST_OK)
        status = st_step(entry->ledger, statement, &row, error);
    if (status != ST_OK)
        return status;
    if (!row) {
        memset(entry->previous_hash, '0', ST_DIGEST_TEXT_SIZE - 1);
        entry->previous_hash[ST_DIGEST_TEXT_SIZE - 1] = '\0';
        entry->number = 1;
        return ST_OK;
    }
    const char *last_time = st_column_text(statement, 1);
    if (strcmp(entry->act->time, last_time) < 0)
        return st_db_fail(
            error, ST_REFUSED, "time.before_last",
            "The recorded time %s lies before that of the ledger's last entry (%s); give "
            "--today a later one, or set the clock.",
            entry->act->time, last_time);
    entry->number = sqlite3_column_int64(statement, 0) + 1;
    st_column_copy(statement, 2, entry->previous_hash, sizeof entry->previous_hash);
    return ST_OK;
}

enum st_status st_entry_begin(struct st_ledger *ledger, const struct st_act *act,
                              struct st_entry *entry, struct st_error *error) {
    *entry = (struct st_entry){.ledger = ledger, .act = act};
    enum st_status status = st_act_check(act, error);
    if (status == ST_OK)
        status = st_execute(ledger, "BEGIN IMMEDIATE", error);
    if (status != ST_OK)
        return status;
    entry->open = true;
    st_digest_reset(ledger->digest);
    status = follow_last_entry(entry, error);
    if (status != ST_OK)
        st_entry_rollback(entry);
    return status;
}

void st_entry_rollback(struct st_entry *entry) {
    if (!entry->open)
        return;
    entry->open = false;
    /* After some errors SQLite has rolled back already; a second time is refused and does no harm.
     * */
    (void)sqlite3_exec(entry->ledger->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Binds the value to its column and gives it to the codes, so that the two cannot differ. */
static bool bind_text(sqlite3_stmt *statement, int column, const char *text,
                      struct st_codes *codes) {
    if (text == NULL) {
        st_codes_null(codes);
        return sqlite3_bind_null(statement, column) == SQLITE_OK;
    }
    st_codes_text(codes, text, strlen(text));
    return sqlite3_bind_text(statement, column, text, -1, SQLITE_STATIC) == SQLITE_OK;
}

static bool bind_number(sqlite3_stmt *statement, int column, int64_t number, bool is_null,
                        struct st_codes *codes) {
    if (is_null)
        return bind_text(statement, column, NULL, codes);
    st_codes_integer(codes, number);
    return sqlite3_bind_int64(statement, column, number) == SQLITE_OK;
}

static enum st_status insert_entry(struct st_ledger *ledger, const struct st_chained *chained,
                                   const char *hash, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    struct st_codes codes;
    char text[ST_CODES_TEXT_SIZE];
    bool row;
    enum st_status status =
        st_prepare(ledger, &statement,
                   "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
    if (status != ST_OK)
        return status;
    const char *root = chained->root[0] == '\0' ? NULL : chained->root;
    const char *const texts[] = {chained->detail,        chained->tables, chained->digest, root,
                                 chained->previous_hash, hash};
    st_codes_open_journal(&codes, chained->entry);
    bool bound = bind_number(statement, 1, chained->entry, false, &codes) &&
                 bind_text(statement, 2, chained->time, &codes) &&
                 bind_text(statement, 3, chained->actor, &codes) &&
                 bind_text(statement, 4, chained->kind, &codes) &&
                 bind_number(statement, 5, chained->run, chained->run == 0, &codes);
    for (int i = 0; bound && i < (int)ST_COUNT_OF(texts); i++)
        bound = bind_text(statement, 6 + i, texts[i], &codes);
    if (!bound)
        return st_db_fail_sqlite(ledger, error);
    (void)st_codes_finish(&codes, text);
    if (sqlite3_bind_text(statement, 12, text, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    return st_step(ledger, statement, &row, error);
}

/* A reader may still be in its transaction: the work is done, so it is waited for longer. */
static enum st_status end_transaction(struct st_entry *entry, struct st_error *error) {
    struct st_ledger *ledger = entry->ledger;
    if (entry->act->dry_run) {
        st_entry_rollback(entry);
        return ST_OK;
    }
    (void)sqlite3_busy_timeout(ledger->db, ST_COMMIT_BUSY_MS);
    enum st_status status = st_execute(ledger, "COMMIT", error);
    (void)sqlite3_busy_timeout(ledger->db, ST_BUSY_MS);
    if (status == ST_OK)
        entry->open = false;
    else
        st_entry_rollback(entry);
    return status;
}

struct hiding {
    struct st_leaf_maker *maker;
    int64_t entry;
};
static bool hide_digest(void *context, const char *table, char hex[ST_DIGEST_TEXT_SIZE]) {
    const struct hiding *hiding = context;
    return st_table_digest_hide(hiding->maker, hiding->entry, table, hex);
}

/* The list of the tables the entry wrote, and the digest over it. */
static enum st_status finish_digest(struct st_entry *entry, char tables[ST_TABLES_TEXT_SIZE],
                                    char digest[ST_DIGEST_TEXT_SIZE], struct st_error *error) {
    struct st_leaf_maker maker;
    struct hiding hiding = {&maker, entry->number};
    enum st_status status = st_leaf_maker_open(&maker, entry->ledger, error);
    if (status == ST_OK &&
        !st_digest_finish(entry->ledger->digest, hide_digest, &hiding, tables, digest))
        status = st_db_fail_memory(error);
    st_leaf_maker_close(&maker);
    return status;
}

enum st_status st_entry_commit(struct st_entry *entry, const char *kind, int64_t run,
                               const char *detail, struct st_error *error) {
    struct st_ledger *ledger = entry->ledger;
    char tables[ST_TABLES_TEXT_SIZE], digest[ST_DIGEST_TEXT_SIZE], hash[ST_DIGEST_TEXT_SIZE];
    assert(entry->open && strlen(detail) < ST_DETAIL_SIZE);
    struct st_chained chained = {.entry = entry->number,
                                 .run = run,
                                 .time = entry->act->time,
                                 .actor = entry->act->actor,
                                 .kind = kind,
                                 .detail = detail,
                                 .tables = tables,
                                 .digest = digest,
                                 .root = entry->root,
                                 .previous_hash = entry->previous_hash};
    enum st_status status = finish_digest(entry, tables, digest, error);
    if (status == ST_OK && !st_digest_chain(ledger->digest, &chained, hash))
        status = st_db_fail_memory(error);
    if (status == ST_OK)
        status = insert_entry(ledger, &chained, hash, error);
    if (status == ST_OK)
        status = end_transaction(entry, error);
    st_entry_rollback(entry);
    return status;
}

/* ---- reading ------------------------------------------------------------------------------- */

enum st_status st_ledger_each_entry(struct st_ledger *ledger,
                                    enum st_status (*visit)(void *,
                                                            const struct st_journal_entry *),
                                    void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    enum st_status status =
        st_prepare(ledger, &statement,
                   "SELECT entry, time, actor, kind, run, detail, digest, previous_hash, hash,"
                   " tables, root FROM journal WHERE entry < ? ORDER BY entry",
                   error);
    bool row = true;
    if (status == ST_OK && sqlite3_bind_int64(statement, 1, ledger->horizon) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        struct st_journal_entry entry = {.entry = sqlite3_column_int64(statement, 0),
                                         .time = st_column_text(statement, 1),
                                         .actor = st_column_text(statement, 2),
                                         .kind = st_column_text(statement, 3),
                                         .run = sqlite3_column_int64(statement, 4),
                                         .detail = st_column_text(statement, 5),
                                         .digest = st_column_text(statement, 6),
                                         .previous = st_column_text(statement, 7),
                                         .hash = st_column_text(statement, 8),
                                         .tables = st_column_text(statement, 9),
                                         .root = st_column_text(statement, 10)};
        status = visit(context, &entry);
    }
    return status;
}

/* As known on a day: of one effect date the row known last, of one known date the entry last. */
enum st_status st_ledger_each_rate(struct st_ledger *ledger, st_date known,
                                   enum st_status (*visit)(void *, const char *name,
                                                           const struct st_rate *),
                                   void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    char known_text[ST_DATE_TEXT_SIZE];
    bool row = true;
    enum st_status status =
        st_prepare(ledger, &statement,
                   "SELECT name, effect, known, value_nok, source FROM rate AS r"
                   " WHERE known <= ?1 AND entry < ?2 AND NOT EXISTS (SELECT 1 FROM rate AS later"
                   "  WHERE later.name = r.name AND later.effect = r.effect AND later.known <= ?1"
                   "  AND later.entry < ?2 AND (later.known, later.entry) > (r.known, r.entry))"
                   " ORDER BY effect, name",
                   error);
    if (status != ST_OK)
        return status;
    st_date_format(known, known_text);
    if (sqlite3_bind_text(statement, 1, known_text, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, ledger->horizon) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        struct st_rate rate = {.effect = st_column_date(statement, 1, ST_DATE_NONE),
                               .known = st_column_date(statement, 2, ST_DATE_NONE),
                               .value_nok = sqlite3_column_int64(statement, 3),
                               .source = st_column_text(statement, 4)};
        status = visit(context, st_column_text(statement, 0), &rate);
    }
    return status;
}
