/* SPDX-License-Identifier: MIT */
/* check.c - a month looked at without writing: what its run would find, and what no run can see:
 * programmes as a whole (R18-R22), old tax cards, people left unpaid in earlier months, facts
 * outside every programme or to come.
 *
 * One walk over the register in person order, in step with the payslips of every month's run; all
 * in one read transaction, so that a run made meanwhile is seen whole or not at all. Entries from
 * the ledger's horizon on (st_ledger_as_of) are not seen anywhere.
 */
#include "db/run_internal.h"
#include "stonad/check.h"

#include "stonad/programme.h"
#include "stonad/rates.h"
#include "stonad/withholding.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUNS_MAX = 10000,
    CARD_DAYS_MAX = 31 /* R14: before a first run, how old tax cards may be */
};

/* ---- the findings: codes (stable, never reused), severity, paragraph, sentence -------------- */

struct finding_kind {
    const char *code;
    enum st_severity severity;
    const char *rule;
    const char *citation;
    const char *sentence; /* what is so and what to do; a detail may follow it */
};

enum { CARD_AGE, UNPAID, FACT_OUTSIDE, FACT_FUTURE, FACT_NO_PROGRAMME };

static const struct finding_kind finding_kinds[] = {
    [CARD_AGE] =
        {"R14-CARD-AGE", ST_SEVERITY_WARNING, "R14", "skattebetalingsloven § 5-1 second paragraph",
         "tax cards are to be up to date before every run; fetch them anew and import them. "
         "Last imported"},
    [UNPAID] =
        {"R11-UNPAID", ST_SEVERITY_ERROR, "R11", "integreringsloven §§ 20, 24",
         "entitled to benefit in a month that was not paid; settle the reason, then a later run "
         "is to pay it. Unpaid is"},
    [FACT_OUTSIDE] =
        {"FACT-OUTSIDE", ST_SEVERITY_NOTE, "R4", "integreringsloven § 20",
         "a row lies outside every programme of the person, so it changes nothing; check "
         "its dates:"},
    [FACT_FUTURE] = {"FACT-FUTURE", ST_SEVERITY_NOTE, "R4", "integreringsloven § 24",
                     "a row begins after today; check that its date is right:"},
    [FACT_NO_PROGRAMME] =
        {"FACT-NO-PROGRAMME", ST_SEVERITY_NOTE, "R4", "integreringsloven § 20",
         "in the register without a programme, so nothing is paid; import the row of "
         "programmes.csv, or withdraw the participant"},
};

/* ---- what a check carries ------------------------------------------------------------------ */

/* A run that was not discarded. */
struct kept_run {
    int64_t run, entry;
    st_month month;
    st_date payday;
};

/* A month in which whoever is entitled was to be paid, and the payslips of its run. */
struct past_month {
    st_month month;
    int64_t run; /* 0: it never had one */
    st_date payday;
    sqlite3_stmt *payslips; /* person_id, state; by person */
    bool has_row;
};

struct check {
    struct st_ledger *ledger;
    struct st_error *error;
    enum st_status (*visit)(void *, const struct st_check_row *);
    void *context;
    st_date today;
    struct st_municipality municipality;
    struct st_run_terms terms;
    struct st_run_rates rates;
    struct kept_run *runs;
    size_t run_count;
    struct past_month *past;
    size_t past_count;
    struct st_known_files files;
    sqlite3_stmt *paid_later; /* whether a run put a month of a person right, and paid it */
    struct st_facts_reader *reader;
    struct st_calculator *calculator;
};

/* `participant` NULL: about the ledger. `detail` follows the kind's sentence ("" for none). */
static enum st_status tell(const struct check *check, const struct st_participant *participant,
                           st_month month, int kind_number, const char *detail) {
    const struct finding_kind *kind = &finding_kinds[kind_number];
    char text[ST_FINDING_TEXT_MAX];
    int size =
        snprintf(text, sizeof text, "%s%s%s", kind->sentence, detail[0] == '\0' ? "" : " ", detail);
    assert(size > 0 && (size_t)size < sizeof text);
    (void)size;
    return check->visit(
        check->context,
        &(struct st_check_row){.person_id = participant == NULL ? "" : participant->person_id,
                               .name = participant == NULL ? "" : participant->name,
                               .month = month,
                               .code = kind->code,
                               .severity = st_severity_name(kind->severity),
                               .rule = kind->rule,
                               .citation = kind->citation,
                               .text = text});
}

/* ---- which month, on which terms ------------------------------------------------------------ */

static enum st_status keep_run(void *context, const struct st_run_row *row) {
    struct check *check = context;
    if (row->state == ST_RUN_DISCARDED)
        return ST_OK;
    struct kept_run *runs = check->run_count >= RUNS_MAX
                                ? NULL
                                : realloc(check->runs, (check->run_count + 1) * sizeof *runs);
    if (runs == NULL)
        return st_db_fail_memory(check->error);
    check->runs = runs;
    check->runs[check->run_count++] = (struct kept_run){
        .run = row->run, .entry = row->journal_entry, .month = row->month, .payday = row->payday};
    return ST_OK;
}

static const struct kept_run *run_of(const struct check *check, st_month month) {
    for (size_t i = 0; i < check->run_count; i++)
        if (check->runs[i].month == month)
            return &check->runs[i];
    return NULL;
}

static enum st_status refuse_month(const struct check *check) {
    char month[ST_MONTH_TEXT_SIZE];
    st_month_format(check->terms.month, month);
    return st_db_fail(
        check->error, ST_REFUSED, "check.month",
        "%s would be paid in %d, but the withholding tables are those of %d to %d, so "
        "it cannot be computed; check a month that is paid in these years.",
        month, st_date_year(check->terms.payday), st_withholding_first_year(),
        st_withholding_last_year());
}

/* The month's own payday, or the earliest it could still be paid in arrears (§ 24). */
static enum st_status settle_terms(struct check *check, st_month month) {
    struct st_error refusal;
    if (month == 0)
        month = check->run_count > 0 ? check->runs[check->run_count - 1].month
                                     : st_month_of(check->today);
    const struct kept_run *run = run_of(check, month);
    st_date last = st_month_last(month);
    check->terms = (struct st_run_terms){.month = month,
                                         .payday = check->today > last ? check->today : last,
                                         .known = check->today,
                                         .rules = st_rule_set_current(),
                                         .half_tax_month = check->municipality.half_tax_month,
                                         .recover = check->municipality.recover};
    if (run != NULL)
        check->terms.payday = run->payday;
    if (st_run_terms_check(&check->terms, &refusal) != ST_OK)
        return refuse_month(check);
    enum st_status status = st_run_rates_read(check->ledger, check->today, check->ledger->horizon,
                                              &check->rates, check->error);
    check->terms.rates = check->rates.items;
    check->terms.rate_count = check->rates.count;
    return status;
}

/* ---- months that were to be paid ------------------------------------------------------------ */

static enum st_status step_payslips(const struct check *check, struct past_month *past) {
    return st_step(check->ledger, past->payslips, &past->has_row, check->error);
}

static enum st_status open_payslips(const struct check *check, struct past_month *past) {
    enum st_status status = st_prepare(
        check->ledger, &past->payslips,
        "SELECT person_id, state FROM payslip WHERE run = ? ORDER BY person_id", check->error);
    if (status == ST_OK && sqlite3_bind_int64(past->payslips, 1, past->run) != SQLITE_OK)
        status = st_db_fail_sqlite(check->ledger, check->error);
    return status == ST_OK ? step_payslips(check, past) : status;
}

/* A month without a run was skipped once it is over, or a later month was run. */
static bool was_skipped(const struct check *check, st_month month) {
    bool is_overtaken = check->run_count > 0 && month < check->runs[check->run_count - 1].month;
    return is_overtaken || (month < check->terms.month && st_month_last(month) < check->today);
}

/* From the ledger's first month to the one checked. */
static enum st_status find_past_months(struct check *check) {
    st_month first = check->municipality.first_month;
    if (first == 0 && check->run_count > 0)
        first = check->runs[0].month;
    if (first == 0 || first > check->terms.month)
        return ST_OK;
    check->past = calloc((size_t)(check->terms.month - first) + 1, sizeof *check->past);
    if (check->past == NULL)
        return st_db_fail_memory(check->error);
    enum st_status status = ST_OK;
    for (st_month month = first; status == ST_OK && month <= check->terms.month; month++) {
        const struct kept_run *run = run_of(check, month);
        if (run == NULL && !was_skipped(check, month))
            continue;
        struct past_month *past = &check->past[check->past_count++];
        past->month = month;
        past->run = run == NULL ? 0 : run->run;
        past->payday = run == NULL ? check->terms.payday : run->payday;
        if (run != NULL)
            status = open_payslips(check, past);
    }
    return status;
}

/* Passes over the payslips of people before this one. */
static enum st_status find_payslip(const struct check *check, struct past_month *past,
                                   const char *person_id, bool *is_paid, bool *is_held) {
    enum st_status status = ST_OK;
    *is_paid = *is_held = false;
    while (status == ST_OK && past->has_row &&
           strcmp(st_column_text(past->payslips, 0), person_id) < 0)
        status = step_payslips(check, past);
    if (status != ST_OK || !past->has_row ||
        strcmp(st_column_text(past->payslips, 0), person_id) != 0)
        return status;
    *is_held = strcmp(st_column_text(past->payslips, 1), "held") == 0;
    *is_paid = !*is_held;
    return ST_OK;
}

static bool touches_programme(const struct st_person_facts *facts, st_date from, st_date to) {
    for (size_t i = 0; i < facts->programme_count; i++)
        if (facts->programmes[i].start <= to && from <= facts->programmes[i].end)
            return true;
    return false;
}

/* Whether the person was entitled in the month, as known now: the engine says. Its payslip and
 * findings of that month are of no interest here. */
static enum st_status was_due(const struct check *check, const struct past_month *past,
                              const struct st_person_facts *facts, bool *is_due) {
    struct st_run_terms terms = check->terms;
    struct st_payslip payslip;
    terms.month = past->month;
    terms.payday = past->payday;
    enum st_status status =
        st_calculate_benefit(check->calculator, &terms, facts, &payslip, check->error);
    *is_due = status == ST_OK && payslip.is_due;
    return status;
}

/* A later run that counts paid it: its corrections name the month. */
static enum st_status was_paid_later(const struct check *check, st_month month,
                                     const char *person_id, bool *paid) {
    char month_text[ST_MONTH_TEXT_SIZE];
    enum st_status status = ST_OK;
    st_month_format(month, month_text);
    *paid = false;
    for (size_t i = 0; status == ST_OK && !*paid && i < check->run_count; i++) {
        sqlite3_stmt *row = check->paid_later;
        (void)sqlite3_reset(row);
        if (sqlite3_bind_int64(row, 1, check->runs[i].run) != SQLITE_OK ||
            sqlite3_bind_text(row, 2, person_id, -1, SQLITE_STATIC) != SQLITE_OK ||
            sqlite3_bind_text(row, 3, month_text, -1, SQLITE_STATIC) != SQLITE_OK)
            return st_db_fail_sqlite(check->ledger, check->error);
        status = st_step(check->ledger, row, paid, check->error);
        (void)sqlite3_reset(row);
    }
    return status;
}

static enum st_status tell_unpaid(const struct check *check, const struct past_month *past,
                                  const struct st_participant *participant, bool is_held) {
    char month[ST_MONTH_TEXT_SIZE], detail[120];
    st_month_format(past->month, month);
    if (past->run == 0)
        (void)snprintf(detail, sizeof detail, "%s: the month never had a run", month);
    else if (is_held)
        (void)snprintf(detail, sizeof detail,
                       "%s: held back in run %" PRId64 ", whose payslip says why", month,
                       past->run);
    else
        (void)snprintf(detail, sizeof detail, "%s: no payslip in run %" PRId64, month, past->run);
    return tell(check, participant, past->month, UNPAID, detail);
}

/* R11: the engine is asked only of months without a paid payslip. */
static enum st_status check_past_months(const struct check *check,
                                        const struct st_person_facts *facts) {
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < check->past_count; i++) {
        struct past_month *past = &check->past[i];
        bool is_paid = false, is_held = false, is_due = false;
        if (past->run != 0)
            status = find_payslip(check, past, facts->participant.person_id, &is_paid, &is_held);
        if (status != ST_OK || is_paid ||
            !touches_programme(facts, st_month_first(past->month), st_month_last(past->month)))
            continue;
        bool is_paid_later = false;
        status = was_paid_later(check, past->month, facts->participant.person_id, &is_paid_later);
        if (status != ST_OK || is_paid_later)
            continue;
        status = was_due(check, past, facts, &is_due);
        if (status == ST_OK && is_due)
            status = tell_unpaid(check, past, &facts->participant, is_held);
    }
    return status;
}

/* ---- facts outside programmes, or not yet --------------------------------------------------- */

/* The word a file has for a choice: "alone", "barnetrygd". */
static const char *choice_name(enum st_fact_kind kind, const char *column, int choice) {
    const struct st_fact_description *description = st_fact_describe(kind);
    for (size_t i = 0; i < description->column_count; i++)
        if (strcmp(description->columns[i].name, column) == 0)
            return description->columns[i].choices[choice];
    assert(false);
    return "";
}

/* "absence unapproved, 2026-05-05 to 2026-05-07". */
static void describe_row(enum st_fact_kind kind, const char *word, st_date from, st_date to,
                         char *text, size_t size) {
    char first[ST_DATE_TEXT_SIZE], last[ST_DATE_TEXT_SIZE] = "open";
    st_date_format(from, first);
    if (to != ST_DATE_OPEN)
        st_date_format(to, last);
    (void)snprintf(text, size, "%s%s%s, %s%s%s", st_fact_describe(kind)->noun,
                   word[0] == '\0' ? "" : " ", word, first, to == ST_DATE_OPEN ? ", " : " to ",
                   last);
}

/* Whoever has no programme is told so once (FACT-NO-PROGRAMME), not row by row. */
static enum st_status check_row(const struct check *check, const struct st_person_facts *facts,
                                enum st_fact_kind kind, const char *word, st_date from,
                                st_date to) {
    bool is_outside = facts->programme_count > 0 && !touches_programme(facts, from, to);
    enum st_status status = ST_OK;
    char detail[160];
    if (!is_outside && from <= check->today)
        return ST_OK;
    describe_row(kind, word, from, to, detail, sizeof detail);
    if (is_outside)
        status = tell(check, &facts->participant, check->terms.month, FACT_OUTSIDE, detail);
    if (status == ST_OK && from > check->today)
        status = tell(check, &facts->participant, check->terms.month, FACT_FUTURE, detail);
    return status;
}

static enum st_status check_rows(const struct check *check, const struct st_person_facts *facts) {
    enum st_status status = ST_OK;
    if (facts->programme_count == 0)
        status = tell(check, &facts->participant, check->terms.month, FACT_NO_PROGRAMME, "");
    for (size_t i = 0; status == ST_OK && i < facts->living_count; i++) {
        const struct st_living *row = &facts->living[i];
        const char *word = choice_name(ST_FACT_LIVING, "situation", (int)row->situation);
        status = check_row(check, facts, ST_FACT_LIVING, word, row->from, row->to);
    }
    for (size_t i = 0; status == ST_OK && i < facts->absence_count; i++) {
        const struct st_absence *row = &facts->absences[i];
        status = check_row(check, facts, ST_FACT_ABSENCE, st_absence_rule_of(row->kind)->name,
                           row->from, row->to);
    }
    for (size_t i = 0; status == ST_OK && i < facts->benefit_count; i++) {
        const struct st_other_benefit *row = &facts->benefits[i];
        const char *word = choice_name(ST_FACT_BENEFIT, "kind", (int)row->kind);
        status = check_row(check, facts, ST_FACT_BENEFIT, word, row->from, row->to);
    }
    for (size_t i = 0; status == ST_OK && i < facts->work_count; i++)
        status = check_row(check, facts, ST_FACT_WORK, "", facts->work[i].from, facts->work[i].to);
    return status;
}

/* ---- the age of the tax cards ---------------------------------------------------------------- */

/* The newest import that brought cards of the authority, changed or not; *entry 0: none did. */
static enum st_status find_cards(const struct check *check, int64_t *entry, st_date *imported) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = false;
    enum st_status status =
        st_prepare(check->ledger, &statement,
                   "SELECT journal.entry, substr(journal.time, 1, 10) FROM import_file"
                   " JOIN journal ON journal.entry = import_file.entry"
                   " WHERE import_file.kind = ?1 AND import_file.row_count > 0"
                   " AND import_file.entry < ?2 ORDER BY import_file.entry DESC LIMIT 1",
                   check->error);
    const char *kind = st_fact_describe(ST_FACT_AUTHORITY_CARD)->table;
    if (status == ST_OK && (sqlite3_bind_text(statement, 1, kind, -1, SQLITE_STATIC) != SQLITE_OK ||
                            sqlite3_bind_int64(statement, 2, check->ledger->horizon) != SQLITE_OK))
        status = st_db_fail_sqlite(check->ledger, check->error);
    if (status == ST_OK)
        status = st_step(check->ledger, statement, &row, check->error);
    *entry = status == ST_OK && row ? sqlite3_column_int64(statement, 0) : 0;
    *imported = row ? st_column_date(statement, 1, ST_DATE_NONE) : ST_DATE_NONE;
    return status;
}

/* The last run before the month checked: what its cards were is no news for this month. */
static const struct kept_run *run_before(const struct check *check) {
    for (size_t i = check->run_count; i > 0; i--)
        if (check->runs[i - 1].month < check->terms.month)
            return &check->runs[i - 1];
    return NULL;
}

/* SBL § 5-1 second paragraph: looked up before every run, so since the one before. */
static enum st_status check_card_age(const struct check *check) {
    const struct kept_run *before = run_before(check);
    char date[ST_DATE_TEXT_SIZE], detail[120];
    int64_t entry;
    st_date imported;
    enum st_status status = find_cards(check, &entry, &imported);
    if (status != ST_OK || entry == 0 || imported == ST_DATE_NONE)
        return status;
    int days = imported < check->today ? check->today - imported : 0;
    if (before == NULL ? days <= CARD_DAYS_MAX : entry > before->entry)
        return ST_OK;
    st_date_format(imported, date);
    (void)snprintf(detail, sizeof detail, "%s, %d day%s ago", date, days, days == 1 ? "" : "s");
    if (before != NULL) {
        size_t used = strlen(detail);
        (void)snprintf(detail + used, sizeof detail - used, ", before run %" PRId64, before->run);
    }
    return tell(check, NULL, check->terms.month, CARD_AGE, detail);
}

/* ---- the optional files ------------------------------------------------------------------------ */

/* Whether anybody ever had a row of the kind, a withdrawn one too: then the file is in use. */
static enum st_status is_known(const struct check *check, enum st_fact_kind kind, bool *known) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    struct st_sql sql = {0};
    st_sql_add(&sql, "SELECT 1 FROM %s WHERE entry < ? LIMIT 1", st_fact_describe(kind)->table);
    enum st_status status = st_prepare(check->ledger, &statement, sql.text, check->error);
    if (status == ST_OK && sqlite3_bind_int64(statement, 1, check->ledger->horizon) != SQLITE_OK)
        status = st_db_fail_sqlite(check->ledger, check->error);
    return status == ST_OK ? st_step(check->ledger, statement, known, check->error) : status;
}

static enum st_status find_known_files(struct check *check) {
    const struct {
        enum st_fact_kind kind;
        bool *known;
    } files[] = {{ST_FACT_DECISION, &check->files.decisions},
                 {ST_FACT_ENDING, &check->files.endings},
                 {ST_FACT_CONTENT, &check->files.content},
                 {ST_FACT_EMPLOYMENT, &check->files.employment},
                 {ST_FACT_SETTLEMENT, &check->files.settlement}};
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < ST_COUNT_OF(files); i++)
        status = is_known(check, files[i].kind, files[i].known);
    return status;
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* Whose findings of the engine are told. */
struct told {
    const struct check *check;
    const struct st_participant *participant;
};

static enum st_status tell_finding(void *context, const struct st_finding *finding) {
    const struct told *told = context;
    return told->check->visit(
        told->check->context,
        &(struct st_check_row){.person_id = told->participant->person_id,
                               .name = told->participant->name,
                               .month = told->check->terms.month,
                               .code = finding->code,
                               .severity = st_severity_name(finding->severity),
                               .rule = finding->rule,
                               .citation = finding->citation,
                               .text = finding->text});
}

/* What a run of the month would find. */
static enum st_status check_month(const struct check *check, const struct st_person_facts *facts) {
    struct told told = {check, &facts->participant};
    struct st_payslip payslip;
    enum st_status status =
        st_calculate_month(check->calculator, &check->terms, facts, &payslip, check->error);
    for (size_t i = 0; status == ST_OK && i < payslip.finding_count; i++)
        status = tell_finding(&told, &payslip.findings[i]);
    return status;
}

/* What no run looks at: the programmes as a whole, as of today. */
static enum st_status check_programmes(const struct check *check,
                                       const struct st_person_facts *facts) {
    struct told told = {check, &facts->participant};
    return st_check_programmes(facts, &check->files, check->terms.month, check->today, tell_finding,
                               &told);
}

static enum st_status check_everyone(const struct check *check) {
    struct st_person_facts facts;
    for (;;) {
        bool found = false;
        enum st_status status = st_facts_reader_next(check->reader, &facts, &found, check->error);
        if (status != ST_OK || !found)
            return status;
        status = check_month(check, &facts);
        if (status == ST_OK && facts.is_withdrawn)
            continue;
        if (status == ST_OK)
            status = check_programmes(check, &facts);
        if (status == ST_OK)
            status = check_past_months(check, &facts);
        if (status == ST_OK)
            status = check_rows(check, &facts);
        if (status != ST_OK)
            return status;
    }
}

/* What the month's run would meet, or met, of earlier runs: those before it. A month that was skipped gets no
 * run of its own, so no corrections are looked for in it. */
static enum st_status open_walk(struct check *check) {
    const struct kept_run *run = run_of(check, check->terms.month);
    bool is_skipped = run == NULL && check->run_count > 0 &&
                      check->terms.month < check->runs[check->run_count - 1].month;
    struct st_facts_terms terms = {
        .before = check->ledger->horizon,
        .payday = check->terms.payday,
        .with_programme_checks = true,
        .history = {.before = run == NULL ? check->ledger->horizon : run->entry,
                    .with_corrections = !is_skipped,
                    .month = check->terms.month,
                    .first_month = check->municipality.first_month,
                    .rates_digest = check->rates.digest,
                    .rule_set = check->terms.rules->name}};
    check->calculator = st_calculator_new();
    if (check->calculator == NULL)
        return st_db_fail_memory(check->error);
    enum st_status status =
        st_prepare(check->ledger, &check->paid_later,
                   "SELECT 1 FROM correction JOIN payslip USING (run, person_id)"
                   " WHERE run = ?1 AND person_id = ?2 AND correction.month = ?3"
                   " AND state = 'due' AND due_ore > 0",
                   check->error);
    if (status == ST_OK)
        status = st_facts_reader_new(check->ledger, &terms, &check->reader, check->error);
    if (status == ST_OK && !is_skipped)
        check->terms.first_month =
            st_run_history_first_month(st_facts_reader_history(check->reader));
    return status;
}

static void release(struct check *check) {
    st_statement_finalize(&check->paid_later);
    st_facts_reader_free(check->reader);
    st_calculator_free(check->calculator);
    for (size_t i = 0; i < check->past_count; i++)
        st_statement_finalize(&check->past[i].payslips);
    free(check->past);
    free(check->runs);
    st_run_rates_free(&check->rates);
}

static enum st_status check_all(struct check *check, st_month month, st_month *checked) {
    enum st_status status =
        st_ledger_municipality(check->ledger, &check->municipality, check->error);
    if (status == ST_OK)
        status = st_ledger_each_run(check->ledger, keep_run, check, check->error);
    if (status == ST_OK)
        status = settle_terms(check, month);
    if (status != ST_OK)
        return status;
    *checked = check->terms.month;
    status = find_past_months(check);
    if (status == ST_OK)
        status = find_known_files(check);
    if (status == ST_OK)
        status = open_walk(check);
    if (status == ST_OK)
        status = check_card_age(check);
    return status == ST_OK ? check_everyone(check) : status;
}

enum st_status st_ledger_check(struct st_ledger *ledger, st_month month, st_date today,
                               enum st_status (*visit)(void *, const struct st_check_row *),
                               void *context, st_month *checked, struct st_error *error) {
    struct check check = {
        .ledger = ledger, .error = error, .visit = visit, .context = context, .today = today};
    struct st_error end_error;
    enum st_status status = st_execute(ledger, "BEGIN", error);
    if (status != ST_OK)
        return status;
    status = check_all(&check, month, checked);
    release(&check);
    /* Nothing was written, so there is nothing to lose; what went wrong before is told. */
    if (st_execute(ledger, "ROLLBACK", &end_error) != ST_OK && status == ST_OK) {
        *error = end_error;
        status = end_error.status;
    }
    return status;
}
