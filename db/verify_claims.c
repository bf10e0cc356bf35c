/* SPDX-License-Identifier: MIT */
/* verify_claims.c - what goes over all runs: what each person owes, movement by movement (R12); and
 * what corrections say was paid for an earlier month (R11), against what earlier runs booked for it, so
 * that no month is paid twice.
 *
 * What a discarded run did is nothing: its movements begin with what was owed before it, and the next
 * run's do too.
 */
#include "db/run_internal.h"
#include "db/verify_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(int64_t *sum, int64_t ore) {
    if (__builtin_add_overflow(*sum, ore, sum))
        *sum = INT64_MAX; /* of a damaged ledger: it stays wrong, and says so */
}

/* ---- movements ----------------------------------------------------------------------------- */

/* What was decided is looked up as the run saw it: the row recorded last before the run's entry. */
enum { C_PERSON, C_RUN, C_NUMBER, C_KIND, C_AMOUNT, C_REMAINING, C_DECIDED, C_DISCARDED, C_REASON };
static const char claims_sql[] =
    "SELECT person_id, run, number, kind, amount_ore, remaining_ore, decided,"
    " EXISTS (SELECT 1 FROM journal AS d WHERE d.run = c.run AND d.kind = 'discard'),"
    " (SELECT CASE r.withdrawn WHEN 0 THEN r.reason END FROM recovery AS r"
    "  WHERE r.person_id = c.person_id AND r.decided = c.decided"
    "  AND r.entry < (SELECT entry FROM run WHERE run.run = c.run)"
    "  ORDER BY r.entry DESC LIMIT 1)"
    " FROM claim AS c ORDER BY person_id, run, number";

/* The kinds of movements: what each does to what is owed, and which decisions it follows. */
static const struct movement_kind {
    const char *name;
    int sign;
    const char *reasons[3]; /* none: it follows no decision */
    bool may_be_undecided;
} movement_kinds[] = {{"arisen", 1, {NULL}, true},
                      {"recovered", -1, {"overpayment", "wrong_information", NULL}, true},
                      {"refunded", -1, {"refund", NULL}, false},
                      {"written_off", -1, {"written_off", NULL}, false},
                      {"agency", 0, {"refund", NULL}, false}};
enum { MOVEMENT_KIND_COUNT = sizeof movement_kinds / sizeof movement_kinds[0] };

struct claims {
    struct st_verify *verify;
    sqlite3_stmt *rows;
    char person_id[64];
    int64_t run, number;
    bool is_discarded;
    int64_t settled;   /* owed after the last run that counts */
    int64_t remaining; /* owed now */
};

static int kind_of(const char *name) {
    for (int i = 0; i < MOVEMENT_KIND_COUNT; i++)
        if (strcmp(movement_kinds[i].name, name) == 0)
            return i;
    return -1;
}

/* A movement under a decision follows one that stood when the run was computed. */
static enum st_status check_decision(struct claims *claims, const struct movement_kind *kind,
                                     const char *key) {
    sqlite3_stmt *rows = claims->rows;
    const char *reason = st_column_text(rows, C_REASON);
    bool is_decided = sqlite3_column_type(rows, C_DECIDED) != SQLITE_NULL;
    char found[120];
    for (int i = 0; is_decided && kind->reasons[i] != NULL; i++)
        if (strcmp(kind->reasons[i], reason) == 0)
            return ST_OK;
    if (!is_decided && kind->may_be_undecided)
        return ST_OK;
    (void)snprintf(found, sizeof found, "%.40s: %s", st_verify_value(rows, C_DECIDED),
                   reason[0] == '\0' ? "no such decision stood then" : reason);
    const struct st_verify_row row = {
        .table = "claim",
        .row = key,
        .field = "decided",
        .expected = kind->reasons[0] == NULL ? "NULL"
                                             : "the date of a decision in recovery, of its kind",
        .found = found,
        .has_amount = true,
        .amount = {sqlite3_column_int64(rows, C_AMOUNT)}};
    return st_verify_tell(claims->verify, ST_VERIFY_REFERENCE, &row);
}

static void end_run(struct claims *claims) {
    if (claims->run != 0 && !claims->is_discarded)
        claims->settled = claims->remaining;
}

static void begin_run(struct claims *claims) {
    const char *person_id = st_column_text(claims->rows, C_PERSON);
    end_run(claims);
    if (strcmp(person_id, claims->person_id) != 0)
        claims->settled = 0;
    (void)snprintf(claims->person_id, sizeof claims->person_id, "%s", person_id);
    claims->run = sqlite3_column_int64(claims->rows, C_RUN);
    claims->is_discarded = sqlite3_column_int(claims->rows, C_DISCARDED) != 0;
    claims->remaining = claims->settled;
    claims->number = 0;
}

static enum st_status check_owed(struct claims *claims, const char *key) {
    sqlite3_stmt *rows = claims->rows;
    struct st_verify_row row = {.table = "claim", .row = key, .field = "remaining_ore"};
    enum st_status status =
        st_verify_same_number(claims->verify, ST_VERIFY_CLAIM, &row, claims->remaining,
                              sqlite3_column_int64(rows, C_REMAINING), true);
    row.field = "amount_ore";
    row.expected = "no more than is owed";
    row.found = st_column_text(rows, C_AMOUNT);
    if (status == ST_OK && claims->remaining < 0)
        status = st_verify_tell(claims->verify, ST_VERIFY_CLAIM, &row);
    return status;
}

static enum st_status take_movement(struct claims *claims) {
    struct st_verify *verify = claims->verify;
    sqlite3_stmt *rows = claims->rows;
    char key[ST_VERIFY_KEY_SIZE];
    int kind = kind_of(st_column_text(rows, C_KIND));
    int64_t amount = sqlite3_column_int64(rows, C_AMOUNT);
    struct st_verify_row row = {.table = "claim", .row = key, .field = "number"};
    st_verify_key(rows, 3, key);
    enum st_status status =
        st_verify_same_number(verify, ST_VERIFY_CLAIM, &row, claims->number + 1,
                              sqlite3_column_int64(rows, C_NUMBER), false);
    claims->number = sqlite3_column_int(rows, C_NUMBER);
    row.field = "kind";
    row.expected = "a kind of movement";
    row.found = st_verify_value(rows, C_KIND);
    if (status == ST_OK && kind < 0)
        return st_verify_tell(verify, ST_VERIFY_CLAIM, &row);
    if (status != ST_OK)
        return status;
    if (movement_kinds[kind].sign != 0)
        add(&claims->remaining, movement_kinds[kind].sign * amount);
    status = check_owed(claims, key);
    return status == ST_OK ? check_decision(claims, &movement_kinds[kind], key) : status;
}

/* All movements are walked, for what is owed follows from the first; those of a sealed run are told of
 * no less. */
static enum st_status check_movements(struct st_verify *verify) {
    struct claims claims = {.verify = verify};
    bool found = false;
    enum st_status status = st_verify_query(verify, &claims.rows, claims_sql, 0);
    while (status == ST_OK && (status = st_verify_next(verify, claims.rows, &found)) == ST_OK &&
           found) {
        if (sqlite3_column_int64(claims.rows, C_RUN) != claims.run ||
            strcmp(st_column_text(claims.rows, C_PERSON), claims.person_id) != 0)
            begin_run(&claims);
        status = take_movement(&claims);
    }
    st_statement_finalize(&claims.rows);
    return status;
}

/* ---- what was paid for an earlier month ----------------------------------------------------- */

/* The runs, oldest first, and when they were discarded. */
struct earlier_run {
    int64_t run, entry, discarded; /* 0: it was not */
};

struct corrections {
    struct st_verify *verify;
    sqlite3_stmt *rows, *lines;
    struct earlier_run *runs;
    size_t run_count;
};

static enum st_status read_runs(struct corrections *corrections) {
    ST_FINALIZED sqlite3_stmt *runs = NULL;
    struct st_verify *verify = corrections->verify;
    size_t room = 0;
    bool found = false;
    enum st_status status =
        st_verify_query(verify, &runs,
                        "SELECT run, entry, ifnull((SELECT min(entry) FROM journal AS d"
                        " WHERE d.run = r.run AND d.kind = 'discard'), 0) FROM run AS r"
                        " ORDER BY run",
                        0);
    while (status == ST_OK && (status = st_verify_next(verify, runs, &found)) == ST_OK && found) {
        if (corrections->run_count == room) {
            room = 2 * room + 64;
            struct earlier_run *larger = realloc(corrections->runs, room * sizeof *larger);
            if (larger == NULL)
                return st_db_fail_memory(verify->error);
            corrections->runs = larger;
        }
        corrections->runs[corrections->run_count++] =
            (struct earlier_run){sqlite3_column_int64(runs, 0), sqlite3_column_int64(runs, 1),
                                 sqlite3_column_int64(runs, 2)};
    }
    return status;
}

/* Whether a kind of line is about a month's entitlement, or its correction. */
static bool is_entitlement(const char *kind) {
    for (int i = ST_LINE_BENEFIT; i <= ST_LINE_CORRECTION_ABSENCE_MONTH; i++)
        if (strcmp(st_line_kind_name((enum st_line_kind)i), kind) == 0)
            return true;
    return false;
}

enum { K_RUN, K_PERSON, K_MONTH, K_PAID, K_ENTRY };

/* Adds what one earlier run booked for the person and month. */
static enum st_status add_booked(struct corrections *corrections, int64_t run, int64_t *sum) {
    struct st_verify *verify = corrections->verify;
    sqlite3_stmt *lines = corrections->lines;
    bool found = false;
    (void)sqlite3_reset(lines);
    if (sqlite3_bind_int64(lines, 1, run) != SQLITE_OK ||
        sqlite3_bind_value(lines, 2, sqlite3_column_value(corrections->rows, K_PERSON)) !=
            SQLITE_OK ||
        sqlite3_bind_value(lines, 3, sqlite3_column_value(corrections->rows, K_MONTH)) !=
            SQLITE_OK)
        return st_db_fail_sqlite(verify->ledger, verify->error);
    enum st_status status = ST_OK;
    while ((status = st_verify_next(verify, lines, &found)) == ST_OK && found) {
        int64_t amount = sqlite3_column_int64(lines, 1);
        bool is_away = strcmp(st_column_text(lines, 2), "person") == 0;
        if (is_entitlement(st_column_text(lines, 0)))
            add(sum, is_away && amount > INT64_MIN ? -amount : amount);
    }
    (void)sqlite3_reset(lines);
    return status;
}

static enum st_status check_paid(struct corrections *corrections) {
    struct st_verify *verify = corrections->verify;
    sqlite3_stmt *rows = corrections->rows;
    int64_t entry = sqlite3_column_int64(rows, K_ENTRY), booked = 0;
    char key[ST_VERIFY_KEY_SIZE];
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < corrections->run_count; i++) {
        const struct earlier_run *run = &corrections->runs[i];
        if (run->entry < entry && (run->discarded == 0 || run->discarded > entry))
            status = add_booked(corrections, run->run, &booked);
    }
    st_verify_key(rows, 3, key);
    const struct st_verify_row row = {.table = "correction", .row = key, .field = "paid_ore"};
    return status == ST_OK ? st_verify_same_number(verify, ST_VERIFY_CORRECTION, &row, booked,
                                                   sqlite3_column_int64(rows, K_PAID), true)
                           : status;
}

static enum st_status walk_corrections(struct corrections *corrections) {
    struct st_verify *verify = corrections->verify;
    bool found = false;
    enum st_status status = read_runs(corrections);
    if (status == ST_OK)
        status = st_prepare(verify->ledger, &corrections->lines,
                            "SELECT kind, amount_ore, from_account FROM line"
                            " WHERE run = ?1 AND person_id = ?2 AND month = ?3"
                            " AND (SELECT state FROM payslip WHERE run = ?1 AND person_id = ?2)"
                            "  = 'due'",
                            verify->error);
    if (status == ST_OK)
        status = st_verify_query(verify, &corrections->rows,
                                 "SELECT run, person_id, month, paid_ore,"
                                 " (SELECT entry FROM run WHERE run.run = c.run)"
                                 " FROM correction AS c WHERE run >= ?"
                                 " ORDER BY run, person_id, month",
                                 verify->first_run);
    while (status == ST_OK &&
           (status = st_verify_next(verify, corrections->rows, &found)) == ST_OK && found)
        if (sqlite3_column_type(corrections->rows, K_ENTRY) != SQLITE_NULL)
            status = check_paid(corrections);
    return status;
}

static enum st_status check_corrections(struct st_verify *verify) {
    struct corrections corrections = {.verify = verify};
    enum st_status status = walk_corrections(&corrections);
    st_statement_finalize(&corrections.rows);
    st_statement_finalize(&corrections.lines);
    free(corrections.runs);
    return status;
}

enum st_status st_verify_claims(struct st_verify *verify) {
    enum st_status status = check_movements(verify);
    return status == ST_OK ? check_corrections(verify) : status;
}
