/* SPDX-License-Identifier: MIT */
/* run_history.c - what earlier runs left of one person after the other: payments of the year (R14),
 * what was booked for earlier months (R11), claims (R12), January's tax by last year's card (R14);
 * and whether anything may have changed since the last run compared (R11).
 *
 * Only runs count that were not discarded, as of the entry the run is made with. After each of them,
 * what was booked for every month was what was due, for everybody who was not held back: so only who
 * was touched since the last one is to be looked at again. Everybody is, when the rates or the rules
 * are others, when a month was skipped, or when there was no run yet.
 *
 * Persons are asked for in order. What walks a table that the run writes to is read some rows at a
 * time: a place held in the table would have to be found again after every payslip.
 */
#include "db/run_internal.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_READ = 256, RUNS_MAX = 10000, BOOKED_MAX = 100000, FEBRUARY = 2, JANUARIES_MAX = 12 };

/* Rows of one run, person_id and a number, by person: read some at a time. */
struct run_rows {
    sqlite3_stmt *statement;
    bool is_at_end;
    size_t count, next;
    struct {
        char person_id[ST_PERSON_ID_SIZE];
        int64_t number;
    } rows[ROWS_READ];
};

struct kept_run {
    int64_t run, entry, held_count;
    st_month month;
    st_date payday, known;
    char rates_digest[ST_DIGEST_TEXT_SIZE], rule_set[64];
    struct run_rows *payments; /* of the payday's year; NULL for others */
    st_amount offsets; /* of the person being read: what its correction_offset lines took back */
};

struct st_run_history {
    struct st_ledger *ledger;
    struct st_history_terms terms;
    struct kept_run *runs;
    size_t run_count;
    st_month first_month;
    bool is_everyone;
    struct run_rows *held; /* who was held back by the last of them; NULL: nobody */
    sqlite3_stmt *booked_lines, *january, *january_done, *claim_rows;
    bool has_claim_row;
    struct st_booked *booked;
    size_t booked_count, booked_room;
    struct st_claim_movement *claims;
    size_t claim_count, claim_room;
    struct st_january januaries[JANUARIES_MAX];
    char january_periods[JANUARIES_MAX][ST_TAX_PERIOD_SIZE];
};

/* ---- rows of a run, by person ---------------------------------------------------------------- */

static enum st_status open_run_rows(struct st_ledger *ledger, const char *sql, int64_t run,
                                    struct run_rows **out, struct st_error *error) {
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return st_db_fail_memory(error);
    enum st_status status = st_prepare(ledger, &(*out)->statement, sql, error);
    if (status == ST_OK && sqlite3_bind_int64((*out)->statement, 1, run) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    return status;
}

static void close_run_rows(struct run_rows **rows) {
    if (*rows != NULL)
        st_statement_finalize(&(*rows)->statement);
    free(*rows);
    *rows = NULL;
}

static enum st_status read_some(struct st_ledger *ledger, struct run_rows *rows,
                                struct st_error *error) {
    rows->count = rows->next = 0;
    while (!rows->is_at_end && rows->count < ROWS_READ) {
        bool row;
        enum st_status status = st_step(ledger, rows->statement, &row, error);
        if (status != ST_OK)
            return status;
        if (!row) {
            rows->is_at_end = true;
            (void)sqlite3_reset(rows->statement);
            break;
        }
        st_column_copy(rows->statement, 0, rows->rows[rows->count].person_id, ST_PERSON_ID_SIZE);
        rows->rows[rows->count++].number = sqlite3_column_int64(rows->statement, 1);
    }
    return ST_OK;
}

/* The person's row, if there is one; passes over those before. */
static enum st_status find_row(struct st_ledger *ledger, struct run_rows *rows,
                               const char *person_id, bool *found, int64_t *number,
                               struct st_error *error) {
    *found = false;
    for (;;) {
        if (rows->next == rows->count && !rows->is_at_end) {
            enum st_status status = read_some(ledger, rows, error);
            if (status != ST_OK)
                return status;
        }
        if (rows->next == rows->count)
            return ST_OK;
        int order = strcmp(rows->rows[rows->next].person_id, person_id);
        if (order > 0)
            return ST_OK;
        *number = rows->rows[rows->next++].number;
        if (order == 0) {
            *found = true;
            return ST_OK;
        }
    }
}

/* ---- the runs that count --------------------------------------------------------------------- */

static enum st_status keep_run(struct st_run_history *history, sqlite3_stmt *row,
                               struct st_error *error) {
    struct kept_run *runs =
        history->run_count >= RUNS_MAX
            ? NULL
            : realloc(history->runs, (history->run_count + 1) * sizeof *runs);
    if (runs == NULL)
        return st_db_fail_memory(error);
    history->runs = runs;
    struct kept_run *run = &runs[history->run_count++];
    *run = (struct kept_run){.run = sqlite3_column_int64(row, 0),
                             .entry = sqlite3_column_int64(row, 1),
                             .month = st_column_month(row, 2),
                             .payday = st_column_date(row, 3, ST_DATE_NONE),
                             .held_count = sqlite3_column_int64(row, 4)};
    run->known = st_column_date(row, 7, ST_DATE_NONE);
    st_column_copy(row, 5, run->rates_digest, sizeof run->rates_digest);
    st_column_copy(row, 6, run->rule_set, sizeof run->rule_set);
    return ST_OK;
}

static enum st_status read_runs(struct st_run_history *history, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = true;
    enum st_status status =
        st_prepare(history->ledger, &statement,
                   "SELECT run, entry, month, payday, held_count, rates_digest, rule_set,"
               " known FROM run"
                   " WHERE entry < ?1 AND (SELECT kind FROM journal"
                   "  WHERE journal.run = run.run AND journal.entry < ?1"
                   "  ORDER BY journal.entry DESC LIMIT 1) <> 'discard' ORDER BY run",
                   error);
    if (status == ST_OK && sqlite3_bind_int64(statement, 1, history->terms.before) != SQLITE_OK)
        status = st_db_fail_sqlite(history->ledger, error);
    while (status == ST_OK &&
           (status = st_step(history->ledger, statement, &row, error)) == ST_OK && row)
        status = keep_run(history, statement, error);
    return status;
}

/* Earlier payments with a payday in the year of this one's. */
static enum st_status open_payments(struct st_run_history *history, struct st_error *error) {
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < history->run_count; i++)
        if (st_date_year(history->runs[i].payday) == st_date_year(history->terms.payday))
            status = open_run_rows(history->ledger,
                                   "SELECT person_id, taxable_ore FROM payslip WHERE run = ?"
                                   " AND state = 'due' ORDER BY person_id",
                                   history->runs[i].run, &history->runs[i].payments, error);
    return status;
}

/* ---- who is to be looked at ------------------------------------------------------------------ */

static const struct kept_run *last_run(const struct st_run_history *history) {
    return history->run_count == 0 ? NULL : &history->runs[history->run_count - 1];
}

/* The ledger's first month is said at init, or is that of its first run. */
static void settle_first_month(struct st_run_history *history) {
    history->first_month = history->terms.first_month;
    for (size_t i = 0; history->terms.first_month == 0 && i < history->run_count; i++)
        if (history->first_month == 0 || history->runs[i].month < history->first_month)
            history->first_month = history->runs[i].month;
}

static bool is_everyone(const struct st_run_history *history) {
    const struct kept_run *last = last_run(history);
    return history->terms.everyone || last == NULL || history->terms.month > last->month + 1 ||
           strcmp(last->rates_digest, history->terms.rates_digest) != 0 ||
           strcmp(last->rule_set, history->terms.rule_set) != 0;
}

static enum st_status open_corrections(struct st_run_history *history, struct st_error *error) {
    struct st_ledger *ledger = history->ledger;
    const struct kept_run *last = last_run(history);
    enum st_status status = ST_OK;
    settle_first_month(history);
    history->is_everyone = is_everyone(history);
    if (last != NULL && last->held_count > 0)
        status = open_run_rows(ledger,
                               "SELECT person_id, 1 FROM payslip WHERE run = ? AND state = 'held'"
                               " ORDER BY person_id",
                               last->run, &history->held, error);
    if (status == ST_OK)
        status = st_prepare(ledger, &history->booked_lines,
                            "SELECT month, kind, amount_ore, from_account FROM line"
                            " WHERE run = ?1 AND person_id = ?2 AND (SELECT state FROM payslip"
                            "  WHERE run = ?1 AND person_id = ?2) = 'due'",
                            error);
    if (status == ST_OK)
        status = st_prepare(ledger, &history->claim_rows,
                            "SELECT person_id, run, kind, decided, amount_ore, remaining_ore"
                            " FROM claim ORDER BY person_id, run, number",
                            error);
    if (status == ST_OK)
        status = st_prepare(ledger, &history->january,
                            "SELECT taxable_ore, tax_period, (SELECT amount_ore FROM line"
                            "  WHERE run = ?1 AND person_id = ?2 AND kind = 'tax') FROM payslip"
                            " WHERE run = ?1 AND person_id = ?2 AND state = 'due'"
                            " AND instr(tax_basis, 'last year''s tax card') > 0",
                            error);
    if (status == ST_OK)
        status = st_prepare(ledger, &history->january_done,
                            "SELECT 1 FROM line WHERE run = ?1 AND person_id = ?2"
                            " AND kind = 'january_tax'",
                            error);
    return status == ST_OK ? st_step(ledger, history->claim_rows, &history->has_claim_row, error)
                           : status;
}

enum st_status st_run_history_new(struct st_ledger *ledger, const struct st_history_terms *terms,
                                  struct st_run_history **out, struct st_error *error) {
    struct st_run_history *history = calloc(1, sizeof *history);
    if (history == NULL)
        return st_db_fail_memory(error);
    history->ledger = ledger;
    history->terms = *terms;
    enum st_status status = read_runs(history, error);
    if (status == ST_OK)
        status = open_payments(history, error);
    if (status == ST_OK && terms->with_corrections)
        status = open_corrections(history, error);
    if (status != ST_OK) {
        st_run_history_free(history);
        return status;
    }
    *out = history;
    return ST_OK;
}

void st_run_history_free(struct st_run_history *history) {
    if (history == NULL)
        return;
    for (size_t i = 0; i < history->run_count; i++)
        close_run_rows(&history->runs[i].payments);
    close_run_rows(&history->held);
    st_statement_finalize(&history->booked_lines);
    st_statement_finalize(&history->claim_rows);
    st_statement_finalize(&history->january);
    st_statement_finalize(&history->january_done);
    free(history->booked);
    free(history->claims);
    free(history->runs);
    free(history);
}

st_month st_run_history_first_month(const struct st_run_history *history) {
    return history->first_month;
}

int64_t st_run_history_since(const struct st_run_history *history) {
    const struct kept_run *last = last_run(history);
    return last == NULL ? 0 : last->entry;
}

st_date st_run_history_known(const struct st_run_history *history) {
    const struct kept_run *last = last_run(history);
    return last == NULL ? ST_DATE_NONE : last->known;
}

bool st_run_history_is_everyone(const struct st_run_history *history) {
    return history->is_everyone;
}

bool st_run_history_of_month(const struct st_run_history *history, st_month month, int64_t *run,
                             int64_t *entry) {
    for (size_t i = 0; i < history->run_count; i++)
        if (history->runs[i].month == month) {
            *run = history->runs[i].run;
            *entry = history->runs[i].entry;
            return true;
        }
    return false;
}

/* ---- of one person --------------------------------------------------------------------------- */

static enum st_status fail_overflow(struct st_error *error) {
    return st_db_fail(error, ST_BAD_INPUT, "run.overflow",
                      "The payments of a person are too large to add up; verify the ledger.");
}

static enum st_status read_payments(struct st_run_history *history, const char *person_id,
                                    st_amount *sum, struct st_error *error) {
    enum st_status status = ST_OK;
    *sum = ST_ZERO;
    for (size_t i = 0; status == ST_OK && i < history->run_count; i++) {
        bool found;
        int64_t taxable_ore = 0;
        if (history->runs[i].payments == NULL)
            continue;
        status = find_row(history->ledger, history->runs[i].payments, person_id, &found,
                          &taxable_ore, error);
        if (status == ST_OK && found && !st_amount_add(*sum, (st_amount){taxable_ore}, sum))
            status = fail_overflow(error);
    }
    return status;
}

static enum st_status bind_person(struct st_ledger *ledger, sqlite3_stmt *statement, int64_t run,
                                  const char *person_id, struct st_error *error) {
    (void)sqlite3_reset(statement);
    if (sqlite3_bind_int64(statement, 1, run) != SQLITE_OK ||
        sqlite3_bind_text(statement, 2, person_id, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    return ST_OK;
}

/* The kind of line a stored name stands for; a correction is of the kind it corrects. False for lines
 * that are no part of a month's entitlement. */
static bool booked_kind(const char *name, int *kind, bool *is_correction) {
    for (int i = ST_LINE_BENEFIT; i <= ST_LINE_CORRECTION_ABSENCE_MONTH; i++) {
        if (strcmp(st_line_kind_name((enum st_line_kind)i), name) != 0)
            continue;
        *is_correction = i >= ST_LINE_CORRECTION_BENEFIT;
        *kind = *is_correction ? i - ST_LINE_CORRECTION_BENEFIT : i;
        return true;
    }
    return false;
}

/* The sum of the month and kind, made when it is the first of them. */
static st_amount *booked_sum(struct st_run_history *history, st_month month, int kind) {
    for (size_t i = history->booked_count; i > 0; i--)
        if (history->booked[i - 1].month == month && history->booked[i - 1].kind == kind)
            return &history->booked[i - 1].amount;
    if (history->booked_count == history->booked_room) {
        size_t room = history->booked_room == 0 ? 64 : 2 * history->booked_room;
        struct st_booked *booked = room > BOOKED_MAX
                                       ? NULL
                                       : realloc(history->booked, room * sizeof *booked);
        if (booked == NULL)
            return NULL;
        history->booked = booked;
        history->booked_room = room;
    }
    history->booked[history->booked_count] = (struct st_booked){month, kind, ST_ZERO};
    return &history->booked[history->booked_count++].amount;
}

static enum st_status add_booked(struct st_run_history *history, sqlite3_stmt *row,
                                 struct kept_run *run, struct st_error *error) {
    bool is_correction;
    int kind;
    st_amount amount = {sqlite3_column_int64(row, 2)};
    if (!booked_kind(st_column_text(row, 1), &kind, &is_correction))
        return ST_OK;
    if (amount.ore < 0)
        return fail_overflow(error);
    bool is_away =
        strcmp(st_column_text(row, 3), st_account_name(ST_ACCOUNT_PERSON)) == 0;
    if (is_away)
        amount.ore = -amount.ore;
    if (is_correction && kind == ST_LINE_OFFSET &&
        !st_amount_subtract(run->offsets, amount, &run->offsets))
        return fail_overflow(error);
    st_amount *sum = booked_sum(history, st_column_month(row, 0), kind);
    if (sum == NULL)
        return st_db_fail_memory(error);
    return st_amount_add(*sum, amount, sum) ? ST_OK : fail_overflow(error);
}

static enum st_status read_booked(struct st_run_history *history, struct st_person_facts *facts,
                                  struct st_error *error) {
    enum st_status status = ST_OK;
    sqlite3_stmt *lines = history->booked_lines;
    history->booked_count = 0;
    for (size_t i = 0; status == ST_OK && i < history->run_count; i++) {
        struct kept_run *run = &history->runs[i];
        bool row = true;
        run->offsets = ST_ZERO;
        status = bind_person(history->ledger, lines, run->run, facts->participant.person_id,
                             error);
        while (status == ST_OK &&
               (status = st_step(history->ledger, lines, &row, error)) == ST_OK && row)
            status = add_booked(history, lines, run, error);
        if (status == ST_OK && !st_amount_add(facts->offset_taken_back, run->offsets,
                                              &facts->offset_taken_back))
            status = fail_overflow(error);
    }
    (void)sqlite3_reset(lines);
    facts->booked = history->booked;
    facts->booked_count = history->booked_count;
    return status;
}

/* ---- claims ---------------------------------------------------------------------------------- */

static struct kept_run *find_kept(struct st_run_history *history, int64_t run) {
    for (size_t i = 0; i < history->run_count; i++)
        if (history->runs[i].run == run)
            return &history->runs[i];
    return NULL;
}

static bool claim_kind(const char *name, enum st_claim_kind *out) {
    for (int i = ST_CLAIM_ARISEN; i <= ST_CLAIM_AGENCY; i++)
        if (strcmp(st_claim_kind_name((enum st_claim_kind)i), name) == 0) {
            *out = (enum st_claim_kind)i;
            return true;
        }
    return false;
}

static enum st_status keep_claim(struct st_run_history *history, struct st_error *error) {
    sqlite3_stmt *row = history->claim_rows;
    struct st_claim_movement movement = {
        .decided = st_column_date(row, 3, ST_DATE_NONE),
        .amount = {sqlite3_column_int64(row, 4)},
        .remaining = {sqlite3_column_int64(row, 5)}};
    struct kept_run *run = find_kept(history, sqlite3_column_int64(row, 1));
    if (run == NULL)
        return ST_OK;
    if (!claim_kind(st_column_text(row, 2), &movement.kind) || movement.amount.ore <= 0 ||
        movement.remaining.ore < 0)
        return st_db_fail(error, ST_DAMAGED, "ledger.claim",
                          "A row of table claim holds a value that never is written there; verify "
                          "the ledger and restore it from a copy.");
    if (history->claim_count == history->claim_room) {
        size_t room = history->claim_room == 0 ? 16 : 2 * history->claim_room;
        struct st_claim_movement *claims = realloc(history->claims, room * sizeof *claims);
        if (claims == NULL)
            return st_db_fail_memory(error);
        history->claims = claims;
        history->claim_room = room;
    }
    /* An agency's part of the run's offsets comes before the claim that the rest became. */
    if (movement.kind == ST_CLAIM_AGENCY)
        run->offsets.ore -= movement.amount.ore;
    if (movement.kind == ST_CLAIM_ARISEN && run->offsets.ore > 0)
        movement.offsets = st_amount_min(run->offsets, movement.amount);
    history->claims[history->claim_count++] = movement;
    return ST_OK;
}

/* Rows the run itself adds come after those of the persons it is done with: they are of no kept run. */
static enum st_status read_claims(struct st_run_history *history, struct st_person_facts *facts,
                                  struct st_error *error) {
    enum st_status status = ST_OK;
    history->claim_count = 0;
    while (status == ST_OK && history->has_claim_row) {
        int order = strcmp(st_column_text(history->claim_rows, 0), facts->participant.person_id);
        if (order > 0)
            break;
        if (order == 0)
            status = keep_claim(history, error);
        if (status == ST_OK)
            status = st_step(history->ledger, history->claim_rows, &history->has_claim_row, error);
        if (status == ST_OK && !history->has_claim_row)
            (void)sqlite3_reset(history->claim_rows);
    }
    facts->claims = history->claims;
    facts->claim_count = history->claim_count;
    return status;
}

/* ---- January's tax --------------------------------------------------------------------------- */

static int month_of(st_date date) {
    int year, month, day;
    st_date_split(date, &year, &month, &day);
    return month;
}

static bool is_paid_in(const struct st_run_history *history, const struct kept_run *run,
                       int month) {
    return st_date_year(run->payday) == st_date_year(history->terms.payday) &&
           month_of(run->payday) == month;
}

/* An earlier payment of January or February put it right already. */
static enum st_status is_january_done(struct st_run_history *history, const char *person_id,
                                      bool *done, struct st_error *error) {
    enum st_status status = ST_OK;
    *done = false;
    for (size_t i = 0; status == ST_OK && !*done && i < history->run_count; i++) {
        if (!is_paid_in(history, &history->runs[i], 1) &&
            !is_paid_in(history, &history->runs[i], FEBRUARY))
            continue;
        status = bind_person(history->ledger, history->january_done, history->runs[i].run,
                             person_id, error);
        if (status == ST_OK)
            status = st_step(history->ledger, history->january_done, done, error);
        (void)sqlite3_reset(history->january_done);
    }
    return status;
}

/* The person's payment of January by that run, if it was taxed by last year's card. */
static enum st_status read_january(struct st_run_history *history, int64_t run,
                                   struct st_person_facts *facts, struct st_error *error) {
    sqlite3_stmt *row = history->january;
    size_t index = facts->january_count;
    bool found = false;
    enum st_status status =
        bind_person(history->ledger, row, run, facts->participant.person_id, error);
    if (status == ST_OK)
        status = st_step(history->ledger, row, &found, error);
    if (status == ST_OK && found) {
        char *period = history->january_periods[index];
        st_column_copy(row, 1, period, ST_TAX_PERIOD_SIZE);
        history->januaries[index] = (struct st_january){.taxable = {sqlite3_column_int64(row, 0)},
                                                        .tax = {sqlite3_column_int64(row, 2)},
                                                        .period = period};
        facts->january_count++;
    }
    (void)sqlite3_reset(row);
    return status;
}

static enum st_status read_januaries(struct st_run_history *history,
                                     struct st_person_facts *facts, struct st_error *error) {
    enum st_status status = ST_OK;
    bool done = false;
    facts->januaries = history->januaries;
    facts->january_count = 0;
    if (month_of(history->terms.payday) > FEBRUARY)
        return ST_OK;
    for (size_t i = 0; status == ST_OK && i < history->run_count; i++)
        if (is_paid_in(history, &history->runs[i], 1) && facts->january_count < JANUARIES_MAX)
            status = read_january(history, history->runs[i].run, facts, error);
    if (status == ST_OK && facts->january_count > 0)
        status = is_january_done(history, facts->participant.person_id, &done, error);
    if (done)
        facts->january_count = 0;
    return status;
}

/* ---- one person after the other --------------------------------------------------------------- */

static bool has_refund(const struct st_person_facts *facts) {
    for (size_t i = 0; i < facts->recovery_count; i++)
        if (facts->recoveries[i].reason == ST_RECOVERY_REFUND)
            return true;
    return false;
}

/* Who was held back was paid nothing, and is owed it still. */
static enum st_status was_held(struct st_run_history *history, const char *person_id, bool *held,
                               struct st_error *error) {
    int64_t number;
    *held = false;
    return history->held == NULL
               ? ST_OK
               : find_row(history->ledger, history->held, person_id, held, &number, error);
}

enum st_status st_run_history_read(struct st_run_history *history, bool is_touched,
                                   struct st_person_facts *facts, struct st_error *error) {
    bool is_held = false;
    enum st_status status = read_payments(history, facts->participant.person_id,
                                          &facts->taxable_paid_this_year, error);
    facts->look_back = false;
    for (size_t i = 0; i < history->run_count; i++)
        history->runs[i].offsets = ST_ZERO;
    facts->booked = NULL;
    facts->claims = NULL;
    facts->januaries = NULL;
    facts->january_count = 0;
    facts->booked_count = facts->claim_count = 0;
    facts->offset_taken_back = ST_ZERO;
    if (status != ST_OK || !history->terms.with_corrections)
        return status;
    status = was_held(history, facts->participant.person_id, &is_held, error);
    facts->look_back = is_touched || is_held || history->is_everyone || has_refund(facts);
    if (status == ST_OK && facts->look_back)
        status = read_booked(history, facts, error);
    if (status == ST_OK)
        status = read_claims(history, facts, error);
    return status == ST_OK ? read_januaries(history, facts, error) : status;
}
