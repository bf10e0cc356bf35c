/* SPDX-License-Identifier: MIT */
/* run_read.c - runs, payslips, lines and findings read back as records: what the ledger's horizon
 * lets be seen of them (st_ledger_as_of). A run's rows all belong to its own journal entry; its
 * state and its approval come from later ones.
 */
#include "db/run_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

const char *st_run_state_name(enum st_run_state state) {
    static const char *const names[] = {"computed", "approved", "exported", "discarded"};
    assert((unsigned)state < ST_COUNT_OF(names));
    return names[state];
}

/* What the last entry that names a run made of it; false for a kind that names no run. */
static bool state_after(const char *kind, enum st_run_state *out) {
    static const struct {
        const char *kind;
        enum st_run_state state;
    } states[] = {{"run", ST_RUN_COMPUTED},
                  {"approve", ST_RUN_APPROVED},
                  {"export", ST_RUN_EXPORTED},
                  {"discard", ST_RUN_DISCARDED}};
    for (size_t i = 0; i < ST_COUNT_OF(states); i++)
        if (strcmp(states[i].kind, kind) == 0) {
            *out = states[i].state;
            return true;
        }
    return false;
}

/* ---- runs ---------------------------------------------------------------------------------- */

/* As of the entries before ?1; the run itself may be a later one. */
#define RUN_COLUMNS                                                                                \
    "SELECT run.run, run.month, run.payday, run.person_count, run.held_count, run.payment_count,"  \
    " run.benefit_ore, run.taxable_ore, run.tax_ore, run.net_ore, run.entry, journal.actor,"       \
    " journal.time, approved.actor, approved.time, approval.message_id, run.rule_set,"             \
    " run.table_digest, run.finding_count, run.corrected_count, run.corrections_ore,"            \
    " run.recovery_ore, run.claims_ore,"                                                        \
    " (SELECT kind FROM journal WHERE journal.run = run.run AND journal.entry < ?1"                \
    "  ORDER BY entry DESC LIMIT 1)"                                                               \
    " FROM run LEFT JOIN journal ON journal.entry = run.entry"                                     \
    " LEFT JOIN approval ON approval.run = run.run AND approval.entry < ?1"                        \
    " LEFT JOIN journal AS approved ON approved.entry = approval.entry"

static enum st_status read_run(struct st_ledger *ledger, sqlite3_stmt *row, struct st_run_row *out,
                               struct st_error *error) {
    struct st_run_text *text = &ledger->run_text;
    st_column_copy(row, 11, text->actor, sizeof text->actor);
    st_column_copy(row, 12, text->time, sizeof text->time);
    st_column_copy(row, 13, text->approved_by, sizeof text->approved_by);
    st_column_copy(row, 14, text->approved_at, sizeof text->approved_at);
    st_column_copy(row, 15, text->message_id, sizeof text->message_id);
    st_column_copy(row, 16, text->rule_set, sizeof text->rule_set);
    st_column_copy(row, 17, text->table_digest, sizeof text->table_digest);
    *out = (struct st_run_row){.run = sqlite3_column_int64(row, 0),
                               .month = st_column_month(row, 1),
                               .payday = st_column_date(row, 2, ST_DATE_NONE),
                               .person_count = sqlite3_column_int64(row, 3),
                               .held_count = sqlite3_column_int64(row, 4),
                               .payment_count = sqlite3_column_int64(row, 5),
                               .benefit = {sqlite3_column_int64(row, 6)},
                               .taxable = {sqlite3_column_int64(row, 7)},
                               .tax = {sqlite3_column_int64(row, 8)},
                               .net = {sqlite3_column_int64(row, 9)},
                               .journal_entry = sqlite3_column_int64(row, 10),
                               .finding_count = sqlite3_column_int64(row, 18),
                               .corrected_count = sqlite3_column_int64(row, 19),
                               .corrections = {sqlite3_column_int64(row, 20)},
                               .recovery = {sqlite3_column_int64(row, 21)},
                               .claims = {sqlite3_column_int64(row, 22)},
                               .actor = text->actor,
                               .time = text->time,
                               .approved_by = text->approved_by,
                               .approved_at = text->approved_at,
                               .message_id = text->message_id,
                               .rule_set = text->rule_set,
                               .table_digest = text->table_digest};
    if (!state_after(st_column_text(row, 23), &out->state))
        return st_db_fail(error, ST_DAMAGED, "ledger.run_state",
                          "No journal entry says what became of run %" PRId64
                          "; verify the ledger and restore it from a copy.",
                          out->run);
    return ST_OK;
}

enum st_status st_ledger_each_run(struct st_ledger *ledger,
                                  enum st_status (*visit)(void *, const struct st_run_row *),
                                  void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    struct st_run_row run;
    bool row = true;
    enum st_status status =
        st_prepare(ledger, &statement, RUN_COLUMNS " WHERE run.entry < ?1 ORDER BY run.run", error);
    if (status == ST_OK && sqlite3_bind_int64(statement, 1, ledger->horizon) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        status = read_run(ledger, statement, &run, error);
        if (status == ST_OK)
            status = visit(context, &run);
    }
    return status;
}

/* A run that came after the day the ledger is read as of. */
static enum st_status refuse_later_run(int64_t run, sqlite3_stmt *row, struct st_error *error) {
    const char *time = st_column_text(row, 12);
    int64_t entry = sqlite3_column_int64(row, 10);
    return st_db_fail(error, ST_REFUSED, "run.not_yet",
                      "There was no run %" PRId64
                      " on that day: it was computed on %s (journal entry %" PRId64
                      "); ask for what was known on %.10s or later.",
                      run, time, entry, time);
}

enum st_status st_run_find(struct st_ledger *ledger, int64_t run, struct st_run_row *out,
                           struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = false;
    enum st_status status =
        st_prepare(ledger, &statement, RUN_COLUMNS " WHERE run.run = ?2", error);
    if (status != ST_OK)
        return status;
    if (sqlite3_bind_int64(statement, 1, ledger->horizon) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, run) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    status = st_step(ledger, statement, &row, error);
    if (status != ST_OK)
        return status;
    if (!row)
        return st_db_fail(error, ST_REFUSED, "run.unknown",
                          "There is no run %" PRId64 "; see what there is with runs.", run);
    if (sqlite3_column_int64(statement, 10) >= ledger->horizon)
        return refuse_later_run(run, statement, error);
    return read_run(ledger, statement, out, error);
}

enum st_status st_ledger_find_run(struct st_ledger *ledger, int64_t run, struct st_run_row *out,
                                  struct st_error *error) {
    return st_run_find(ledger, run, out, error);
}

/* ---- what a run wrote ---------------------------------------------------------------------- */

static enum st_status bind_rows(struct st_ledger *ledger, sqlite3_stmt *statement, int64_t run,
                                const char *person_id, struct st_error *error) {
    if (sqlite3_bind_int64(statement, 1, run) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, ledger->horizon) != SQLITE_OK ||
        (person_id != NULL &&
         sqlite3_bind_text(statement, 3, person_id, -1, SQLITE_TRANSIENT) != SQLITE_OK))
        return st_db_fail_sqlite(ledger, error);
    return ST_OK;
}

/* The rows of a run, of one person or of all; none of a run that is not to be seen. `sql` ends
 * after "WHERE run = ?1". */
static enum st_status prepare_rows(struct st_ledger *ledger, const char *sql, const char *order,
                                   int64_t run, const char *person_id, sqlite3_stmt **out,
                                   struct st_error *error) {
    struct st_sql text = {0};
    st_sql_add(&text, "%s AND (SELECT run.entry FROM run WHERE run.run = ?1) < ?2%s ORDER BY %s",
               sql, person_id == NULL ? "" : " AND person_id = ?3", order);
    enum st_status status = st_prepare(ledger, out, text.text, error);
    return status == ST_OK ? bind_rows(ledger, *out, run, person_id, error) : status;
}

static enum st_language read_language(sqlite3_stmt *row, int column) {
    const char *const *names =
        st_fact_describe(ST_FACT_PARTICIPANT)->columns[ST_LANGUAGE_COLUMN].choices;
    const char *text = st_column_text(row, column);
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], text) == 0)
            return (enum st_language)i;
    return ST_LANGUAGE_NB;
}

static struct st_payslip_row read_payslip(sqlite3_stmt *row) {
    bool is_held = strcmp(st_column_text(row, 3), "held") == 0;
    return (struct st_payslip_row){.person_id = st_column_text(row, 0),
                                   .name = st_column_text(row, 1),
                                   .month = st_column_month(row, 2),
                                   .state = is_held ? ST_PAYSLIP_HELD : ST_PAYSLIP_DUE,
                                   .held_reason = st_column_text(row, 4),
                                   .tax_basis = st_column_text(row, 5),
                                   .benefit = {sqlite3_column_int64(row, 6)},
                                   .offsets = {sqlite3_column_int64(row, 7)},
                                   .work = {sqlite3_column_int64(row, 8)},
                                   .absence = {sqlite3_column_int64(row, 9)},
                                   .corrections = {sqlite3_column_int64(row, 10)},
                                   .recovery = {sqlite3_column_int64(row, 11)},
                                   .taxable = {sqlite3_column_int64(row, 12)},
                                   .tax = {sqlite3_column_int64(row, 13)},
                                   .net = {sqlite3_column_int64(row, 14)},
                                   .account = st_column_text(row, 15),
                                   .end_to_end_id = st_column_text(row, 16),
                                   .language = read_language(row, 17)};
}

enum st_status st_ledger_each_payslip(struct st_ledger *ledger, int64_t run, const char *person_id,
                                      enum st_status (*visit)(void *,
                                                              const struct st_payslip_row *),
                                      void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = true;
    enum st_status status = prepare_rows(
        ledger,
        "SELECT person_id, name, month, state, held_reason, tax_basis, benefit_ore, offsets_ore,"
        " work_ore, absence_ore, corrections_ore, recovery_ore, taxable_ore, tax_ore, net_ore,"
        " account, end_to_end_id, language FROM payslip WHERE run = ?1",
        "person_id", run, person_id, &statement, error);
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        struct st_payslip_row payslip = read_payslip(statement);
        status = visit(context, &payslip);
    }
    return status;
}

/* Signed as st_line_signed: money away from the person's account is negative, what does not touch it is
 * 0. The column `to_account` follows `from_account`. */
static st_amount signed_amount(sqlite3_stmt *row, int amount, int from_account) {
    int64_t ore = sqlite3_column_int64(row, amount);
    const char *person = st_account_name(ST_ACCOUNT_PERSON);
    if (strcmp(st_column_text(row, from_account), person) == 0)
        return (st_amount){-ore};
    return strcmp(st_column_text(row, from_account + 1), person) == 0 ? (st_amount){ore} : ST_ZERO;
}

static struct st_line_row read_line(sqlite3_stmt *row) {
    return (struct st_line_row){.person_id = st_column_text(row, 0),
                                .month = st_column_month(row, 1),
                                .line = sqlite3_column_int64(row, 2),
                                .kind = st_column_text(row, 3),
                                .from = st_column_date(row, 4, ST_DATE_NONE),
                                .to = st_column_date(row, 5, ST_DATE_OPEN),
                                .quantity = st_column_fraction(row, 6),
                                .unit = st_column_text(row, 7),
                                .rate = st_column_fraction(row, 8),
                                .exact = st_column_fraction(row, 9),
                                .amount = signed_amount(row, 10, 11),
                                .from_account = st_column_text(row, 11),
                                .to_account = st_column_text(row, 12),
                                .cut = sqlite3_column_int(row, 13) != 0,
                                .rule = st_column_text(row, 14),
                                .citation = st_column_text(row, 15),
                                .inputs = st_column_text(row, 16)};
}

static const char select_lines[] =
    "SELECT person_id, month, line, kind, from_date, to_date, quantity, unit, rate, exact,"
    " amount_ore, from_account, to_account, cut, rule, citation, inputs"
    " FROM line WHERE run = ?1";

static enum st_status visit_lines(struct st_ledger *ledger, sqlite3_stmt *statement,
                                  enum st_status (*visit)(void *, const struct st_line_row *),
                                  void *context, struct st_error *error) {
    enum st_status status = ST_OK;
    bool row = true;
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        struct st_line_row line = read_line(statement);
        status = visit(context, &line);
    }
    return status;
}

/* Asked for each person of a run, preparing the statement would cost more than running it: the ledger
 * keeps it. NULL: it is in use (a visitor asked again), or there is none yet. */
static sqlite3_stmt *take_kept_lines(struct st_ledger *ledger, int64_t run, const char *person_id,
                                     struct st_error *error) {
    sqlite3_stmt *kept = ledger->lines_of_person;
    ledger->lines_of_person = NULL;
    if (kept != NULL && bind_rows(ledger, kept, run, person_id, error) != ST_OK)
        st_statement_finalize(&kept);
    return kept;
}

static void keep_lines(struct st_ledger *ledger, sqlite3_stmt *statement) {
    (void)sqlite3_reset(statement);
    st_statement_finalize(&ledger->lines_of_person);
    ledger->lines_of_person = statement;
}

enum st_status st_ledger_each_line(struct st_ledger *ledger, int64_t run, const char *person_id,
                                   enum st_status (*visit)(void *, const struct st_line_row *),
                                   void *context, struct st_error *error) {
    sqlite3_stmt *statement =
        person_id == NULL ? NULL : take_kept_lines(ledger, run, person_id, error);
    enum st_status status = ST_OK;
    if (statement == NULL)
        status = prepare_rows(ledger, select_lines, "person_id, line", run, person_id, &statement,
                              error);
    if (status == ST_OK)
        status = visit_lines(ledger, statement, visit, context, error);
    if (status == ST_OK && person_id != NULL)
        keep_lines(ledger, statement);
    else
        st_statement_finalize(&statement);
    return status;
}

enum st_status st_ledger_each_finding(struct st_ledger *ledger, int64_t run, const char *person_id,
                                      enum st_status (*visit)(void *,
                                                              const struct st_finding_row *),
                                      void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = true;
    enum st_status status =
        prepare_rows(ledger,
                     "SELECT person_id, code, severity, rule, citation, text,"
                     " ifnull((SELECT name FROM payslip WHERE payslip.run = finding.run"
                     "  AND payslip.person_id = finding.person_id), '') FROM finding"
                     " WHERE run = ?1",
                     "person_id, number", run, person_id, &statement, error);
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        struct st_finding_row finding = {.person_id = st_column_text(statement, 0),
                                         .code = st_column_text(statement, 1),
                                         .severity = st_column_text(statement, 2),
                                         .rule = st_column_text(statement, 3),
                                         .citation = st_column_text(statement, 4),
                                         .text = st_column_text(statement, 5),
                                         .name = st_column_text(statement, 6)};
        status = visit(context, &finding);
    }
    return status;
}
