/* SPDX-License-Identifier: MIT */
/* verify_recompute.c - which payslips, lines, corrections, claims and findings of a run were changed. They
 * have no codes: the run is computed again from what was known then, and says more.
 *
 * Twice. First only the digests of what comes out: where one is the digest the journal has, what was
 * computed again is what was written, and every row that says otherwise was changed (VERIFY-ROW).
 * Where it is not, facts, rates, earlier runs or the rules are no longer those of then, and a difference
 * may come of either (VERIFY-DIFFERS). The rows are written by the run's own writer, into a ledger
 * in memory that is emptied every so often: so memory does not grow, and nothing is stored.
 */
#include "db/run_internal.h"
#include "db/verify_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PERSONS_KEPT = 256, VALUE_SIZE = 64 };

struct recompute {
    struct st_verify *verify;
    const struct st_entry_said *said;
    const struct st_run_found *found;
    /* the first time */
    struct st_ledger store; /* on the model */
    struct st_payslip_writer writer;
    bool has_writer;
    int64_t person_count;
    struct st_table_rows computed[ST_RUN_TABLE_COUNT];
    bool is_whole; /* everybody could be computed */
    char refusal[ST_ERROR_TEXT_MAX];
    /* the second time */
    int64_t told[ST_RUN_TABLE_COUNT];
};

static int place_of(enum st_table table) { return (int)table - (int)ST_TABLE_PAYSLIP; }

/* Whether the stored rows of the table are others than the entry lists. */
static bool is_amiss(const struct recompute *recompute, enum st_table table) {
    return !st_table_rows_equal(&recompute->said->listed[table],
                                &recompute->found->tables[place_of(table)]);
}

/* Whether what was computed again is what was written then. */
static bool is_proved(const struct recompute *recompute, enum st_table table) {
    return recompute->is_whole && recompute->verify->has_secret &&
           st_table_rows_equal(&recompute->said->listed[table],
                               &recompute->computed[place_of(table)]);
}

/* ---- the digests of what comes out ---------------------------------------------------------- */

static enum st_status empty_store(struct recompute *recompute) {
    sqlite3 *db = recompute->store.db;
    if (!sqlite3_get_autocommit(db) &&
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
        return st_db_fail_memory(recompute->verify->error);
    return sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK
               ? ST_OK
               : st_db_fail_memory(recompute->verify->error);
}

/* The writer reads the secret of the ledger, and writes to the model. */
static enum st_status begin_writing(void *context, const struct st_replayed_run *run) {
    struct recompute *recompute = context;
    struct st_payslip_writer *writer = &recompute->writer;
    struct st_error *error = recompute->verify->error;
    enum st_status status = st_payslip_writer_open(writer, recompute->verify->ledger, error);
    recompute->has_writer = true;
    writer->payslip.ledger = writer->line.ledger = writer->correction.ledger =
        writer->claim.ledger = writer->finding.ledger = &recompute->store;
    writer->run = run->run;
    writer->month = run->month;
    writer->reader = run->reader;
    writer->rates = run->rates;
    (void)snprintf(writer->end_to_end_prefix, sizeof writer->end_to_end_prefix, "%s",
                   run->id_prefix);
    return status == ST_OK ? empty_store(recompute) : status;
}

static enum st_status write_person(void *context, const struct st_participant *participant,
                                   const struct st_payslip *payslip) {
    struct recompute *recompute = context;
    struct st_error *error = recompute->verify->error;
    enum st_status status =
        participant == NULL
            ? st_payslip_write_findings(&recompute->writer, "", payslip->findings,
                                        payslip->finding_count, error)
            : st_payslip_write(&recompute->writer, participant, payslip, error);
    if (status == ST_OK && ++recompute->person_count % PERSONS_KEPT == 0)
        status = empty_store(recompute);
    return status;
}

/* A person who cannot be computed again leaves nothing to compare with. */
static enum st_status note_refusal(void *context, const struct st_replay_place *place) {
    struct recompute *recompute = context;
    if (place->column[0] == '\0' && place->table == ST_TABLE_PAYSLIP &&
        place->recomputed.is_there && !place->recomputed.is_amount)
        recompute->is_whole = false;
    return ST_OK;
}

static enum st_status finish_writing(struct recompute *recompute) {
    struct st_digest *digest = recompute->store.digest;
    for (int i = 0; i < ST_RUN_TABLE_COUNT; i++) {
        enum st_table table = (enum st_table)((unsigned)ST_TABLE_PAYSLIP + (unsigned)i);
        struct st_table_rows *rows = &recompute->computed[i];
        rows->count = st_digest_row_count(digest, table);
        if (rows->count > 0 &&
            (!st_digest_table(digest, table, rows->digest) ||
             !st_verify_hide(recompute->verify, recompute->said->number, st_table_name(table),
                             rows->digest)))
            return st_db_fail_memory(recompute->verify->error);
    }
    return ST_OK;
}

/* What keeps the run from being computed again is kept, to be told: it is no failure of verify. */
static bool is_refusal(const struct recompute *recompute, enum st_status status) {
    return (status == ST_DAMAGED || status == ST_REFUSED || status == ST_BAD_INPUT) &&
           !recompute->verify->stopped;
}

static enum st_status compute_digests(struct recompute *recompute) {
    static char no_path[] = "";
    struct st_verify *verify = recompute->verify;
    const struct st_replay_watch watch = {recompute, begin_writing, write_person, note_refusal};
    recompute->store = (struct st_ledger){.db = verify->model,
                                          .path = no_path,
                                          .writable = true,
                                          .horizon = INT64_MAX,
                                          .digest = st_digest_new()};
    if (recompute->store.digest == NULL)
        return st_db_fail_memory(verify->error);
    st_digest_reset(recompute->store.digest);
    recompute->is_whole = true;
    enum st_status status =
        st_replay_rows(verify->ledger, recompute->found->run, &watch, verify->error);
    if (is_refusal(recompute, status)) {
        recompute->is_whole = false;
        (void)snprintf(recompute->refusal, sizeof recompute->refusal, "%s", verify->error->text);
        status = ST_OK;
    }
    if (status == ST_OK)
        status = finish_writing(recompute);
    if (recompute->has_writer)
        st_payslip_writer_close(&recompute->writer);
    (void)sqlite3_exec(verify->model, "ROLLBACK", NULL, NULL, NULL);
    st_digest_free(recompute->store.digest);
    return status;
}

/* ---- telling what differs ------------------------------------------------------------------- */

static enum st_status begin_telling(void *context, const struct st_replayed_run *run) {
    (void)context, (void)run;
    return ST_OK;
}

static enum st_status pass_person(void *context, const struct st_participant *participant,
                                  const struct st_payslip *payslip) {
    (void)context, (void)participant, (void)payslip;
    return ST_OK;
}

/* The last column of the key: what makes a row one too many, or one that is missing. */
static const char *key_field(enum st_table table) {
    switch ((unsigned)table) {
    case ST_TABLE_PAYSLIP:
        return "person_id";
    case ST_TABLE_LINE:
        return "line";
    case ST_TABLE_CORRECTION:
        return "month";
    default:
        return "number";
    }
}

/* "run 3, person_id 01819000049, line 2": in the order of the table's key. */
static void format_key(const struct st_replay_place *place, char key[ST_VERIFY_KEY_SIZE]) {
    char month[ST_MONTH_TEXT_SIZE] = "";
    key[0] = '\0';
    if (place->table == ST_TABLE_CLAIM)
        st_verify_add_key(key, "person_id %.60s, run %" PRId64, place->person_id, place->run);
    else
        st_verify_add_key(key, "run %" PRId64 ", person_id %.60s", place->run, place->person_id);
    if (place->table == ST_TABLE_PAYSLIP)
        return;
    if (place->stored_key != NULL) {
        st_verify_add_key(key, ", %s %.60s", key_field(place->table), place->stored_key);
        return;
    }
    if (place->table == ST_TABLE_CORRECTION) {
        if (place->number > 0 && place->number < INT32_MAX)
            st_month_format((st_month)place->number, month);
        st_verify_add_key(key, ", month %s", month);
        return;
    }
    st_verify_add_key(key, ", %s %" PRId64, key_field(place->table), place->number);
}

static const char *format_value(const struct st_replay_value *value, char text[VALUE_SIZE]) {
    char amount[ST_VERIFY_AMOUNT_SIZE];
    if (!value->is_amount)
        return value->text;
    st_verify_format_ore(value->amount.ore, amount);
    (void)snprintf(text, VALUE_SIZE, "%s", amount);
    return text;
}

/* A row that only one side has: what it comes to, or the code of a finding. */
static void format_row(const struct st_replay_value *value, char text[VALUE_SIZE + 16]) {
    char inner[VALUE_SIZE];
    if (!value->is_there)
        (void)snprintf(text, VALUE_SIZE + 16, "no such row");
    else
        (void)snprintf(text, VALUE_SIZE + 16, "a row: %.60s", format_value(value, inner));
}

static enum st_status tell(struct recompute *recompute, const struct st_replay_place *place,
                           struct st_verify_row *row) {
    row->table = st_table_name(place->table);
    recompute->told[place_of(place->table)]++;
    return st_verify_tell(recompute->verify,
                          is_proved(recompute, place->table) ? ST_VERIFY_ROW : ST_VERIFY_DIFFERS,
                          row);
}

static enum st_status tell_row(struct recompute *recompute, const struct st_replay_place *place) {
    char key[ST_VERIFY_KEY_SIZE], expected[VALUE_SIZE + 16], found[VALUE_SIZE + 16];
    struct st_verify_row row = {.row = key,
                                .field = place->is_stranger ? "person_id" : key_field(place->table),
                                .expected = expected,
                                .found = found};
    format_key(place, key);
    format_row(&place->recomputed, expected);
    format_row(&place->stored, found);
    if (place->recomputed.is_there && !place->recomputed.is_amount &&
        place->table == ST_TABLE_PAYSLIP)
        row.expected = place->recomputed.text; /* why it cannot be computed any more */
    row.has_amount = place->stored.is_amount || place->recomputed.is_amount;
    row.amount = place->stored.is_amount ? place->stored.amount : place->recomputed.amount;
    return tell(recompute, place, &row);
}

static const char *stored_value(const struct st_replay_place *place) {
    return place->row_type == SQLITE_BLOB ? "bytes that are no text"
                                          : st_verify_value(place->row, place->row_column);
}

/* Of an amount by how much it differs is at stake, of anything else what its row moves. */
static enum st_status tell_value(struct recompute *recompute, const struct st_replay_place *place) {
    char key[ST_VERIFY_KEY_SIZE], expected[VALUE_SIZE], found[VALUE_SIZE];
    bool is_truth = strcmp(place->column, "cut") == 0;
    struct st_verify_row row = {.row = key,
                                .field = place->column,
                                .expected = format_value(&place->recomputed, expected),
                                .found = stored_value(place),
                                .has_amount = place->has_amount,
                                .amount = place->amount};
    format_key(place, key);
    if (is_truth)
        row.expected = strcmp(place->recomputed.text, "yes") == 0 ? "1" : "0";
    else if (place->stored.is_there && place->stored.is_amount)
        row.found = format_value(&place->stored, found);
    if (place->recomputed.text[0] == '\0' && strcmp(place->column, "decided") == 0)
        row.expected = "NULL";
    if (place->stored.is_amount && place->recomputed.is_amount)
        row.has_amount = st_amount_subtract(place->stored.amount, place->recomputed.amount,
                                            &row.amount);
    return tell(recompute, place, &row);
}

static enum st_status take_difference(void *context, const struct st_replay_place *place) {
    struct recompute *recompute = context;
    if (!is_amiss(recompute, place->table))
        return ST_OK; /* the rows are as written; what they are computed from is not */
    return place->column[0] == '\0' ? tell_row(recompute, place) : tell_value(recompute, place);
}

/* The table as a whole: nothing, or nothing any more, says which row it is. */
static enum st_status tell_table(struct recompute *recompute, enum st_table table,
                                 const char *found, const char *text) {
    char key[60], expected[ST_ROWS_TEXT_SIZE];
    (void)snprintf(key, sizeof key, "run %" PRId64, recompute->found->run);
    st_table_rows_format(&recompute->said->listed[table], expected);
    const struct st_verify_row row = {
        .table = st_table_name(table), .row = key, .expected = expected, .found = found, .text = text};
    return st_verify_tell(recompute->verify, ST_VERIFY_DIFFERS, &row);
}

static enum st_status tell_tables(struct recompute *recompute) {
    enum st_status status = ST_OK;
    for (int i = 0; status == ST_OK && i < ST_RUN_TABLE_COUNT; i++) {
        enum st_table table = (enum st_table)((unsigned)ST_TABLE_PAYSLIP + (unsigned)i);
        if (!is_amiss(recompute, table) || recompute->told[i] > 0)
            continue;
        status = recompute->refusal[0] != '\0'
                     ? tell_table(recompute, table, recompute->refusal,
                                  "The run cannot be computed again, so that nothing tells which "
                                  "of its rows were changed.")
                     : tell_table(recompute, table, "the rows that the run computed again gives",
                                  "The run computed again gives the rows as they stand, which are "
                                  "not those the journal lists: facts were changed along with "
                                  "them, or the journal was.");
    }
    return status;
}

static enum st_status tell_differences(struct recompute *recompute) {
    struct st_verify *verify = recompute->verify;
    const struct st_replay_watch watch = {recompute, begin_telling, pass_person, take_difference};
    if (recompute->refusal[0] != '\0')
        return ST_OK;
    enum st_status status =
        st_replay_rows(verify->ledger, recompute->found->run, &watch, verify->error);
    return is_refusal(recompute, status) ? ST_OK : status;
}

enum st_status st_verify_recompute(struct st_verify *verify, const struct st_entry_said *said,
                                   const struct st_run_found *found) {
    struct recompute recompute = {.verify = verify, .said = said, .found = found};
    enum st_status status = compute_digests(&recompute);
    if (status == ST_OK)
        status = tell_differences(&recompute);
    return status == ST_OK ? tell_tables(&recompute) : status;
}
