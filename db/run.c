/* SPDX-License-Identifier: MIT */
/* run.c - a month computed for everyone in the register, in one transaction: may it be made at all,
 * the walk in person order, the run's own row with its totals.
 */
#include "db/run_internal.h"

#include "stonad/rates.h"
#include "stonad/withholding.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATES_MAX = 10000, PROGRESS_STEP = 1000 };

struct run {
    struct st_ledger *ledger;
    struct st_entry entry;
    struct st_municipality municipality;
    int64_t number;
    struct st_run_terms terms;
    struct st_run_rates rates;
    struct st_facts_reader *reader;
    struct st_calculator *calculator;
    struct st_payslip_writer *writer;
    bool everyone; /* R11: look back at everybody, touched or not */
};

/* ---- may it be made ------------------------------------------------------------------------ */

static enum st_status refuse_before(const struct run *run, const struct st_run_row *earlier,
                                    struct st_error *error) {
    char month[ST_MONTH_TEXT_SIZE], earlier_month[ST_MONTH_TEXT_SIZE];
    st_month_format(run->terms.month, month);
    st_month_format(earlier->month, earlier_month);
    if (earlier->state == ST_RUN_COMPUTED)
        return st_db_fail(error, ST_REFUSED, "run.pending",
                          "Run %" PRId64
                          " (%s) is computed and waits; approve or discard it first.",
                          earlier->run, earlier_month);
    if (earlier->month == run->terms.month)
        return st_db_fail(error, ST_REFUSED, "run.month_done",
                          "%s has run %" PRId64
                          " already; what has changed since is corrected by the next month's run.",
                          month, earlier->run);
    if (earlier->month > run->terms.month)
        return st_db_fail(error, ST_REFUSED, "run.month_passed",
                          "%s lies before %s, the month of run %" PRId64
                          "; a later month's run pays what was skipped.",
                          month, earlier_month, earlier->run);
    return ST_OK;
}

struct earlier_check {
    const struct run *run;
    struct st_error *error;
};
static enum st_status check_earlier_run(void *context, const struct st_run_row *row) {
    const struct earlier_check *check = context;
    return row->state == ST_RUN_DISCARDED ? ST_OK : refuse_before(check->run, row, check->error);
}

static enum st_status check_month(const struct run *run, struct st_error *error) {
    struct earlier_check check = {run, error};
    char first[ST_MONTH_TEXT_SIZE];
    enum st_status status = st_ledger_each_run(run->ledger, check_earlier_run, &check, error);
    if (status != ST_OK)
        return status;
    if (run->terms.month < run->municipality.first_month) {
        st_month_format(run->municipality.first_month, first);
        return st_db_fail(error, ST_REFUSED, "run.before_first",
                          "The ledger begins with %s; a month before it was paid elsewhere.",
                          first);
    }
    return st_run_terms_check(&run->terms, error);
}

/* ---- rates --------------------------------------------------------------------------------- */

static enum st_status keep_rate(struct st_run_rates *rates, sqlite3_stmt *row) {
    if (strcmp(st_column_text(row, 0), "G") != 0 || rates->count >= RATES_MAX)
        return ST_OK;
    struct st_rate *items = realloc(rates->items, (rates->count + 1) * sizeof *items);
    if (items == NULL)
        return ST_IO;
    rates->items = items;
    int64_t *entries = realloc(rates->entries, (rates->count + 1) * sizeof *entries);
    if (entries == NULL)
        return ST_IO;
    rates->entries = entries;
    entries[rates->count] = sqlite3_column_int64(row, 5);
    rates->items[rates->count++] = (struct st_rate){
        .effect = st_column_date(row, 1, ST_DATE_NONE),
        .known = st_column_date(row, 2, ST_DATE_NONE),
        .value_nok = sqlite3_column_int64(row, 3),
        .source = "" /* the calculation has no use for it */
    };
    return ST_OK;
}

static void digest_rate(struct st_digest *digest, sqlite3_stmt *row) {
    st_digest_row(digest, ST_TABLE_RATE);
    for (int i = 0; i < 6; i++) {
        const char *text = st_column_text(row, i);
        if (i == 3 || i == 5)
            st_digest_integer(digest, sqlite3_column_int64(row, i));
        else
            st_digest_text(digest, text, strlen(text));
    }
}

static enum st_status walk_rates(struct st_ledger *ledger, sqlite3_stmt *statement,
                                 struct st_run_rates *rates, struct st_error *error) {
    struct st_digest *digest = ledger->digest;
    bool row = true;
    enum st_status status = ST_OK;
    st_digest_reset(digest);
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        digest_rate(digest, statement);
        if (keep_rate(rates, statement) != ST_OK)
            status = st_db_fail_memory(error);
    }
    if (status == ST_OK && !st_digest_table(digest, ST_TABLE_RATE, rates->digest))
        status = st_db_fail_memory(error);
    st_digest_reset(digest);
    return status;
}

void st_run_rates_free(struct st_run_rates *rates) {
    free(rates->items);
    free(rates->entries);
    rates->items = NULL;
    rates->entries = NULL;
}

enum st_status st_run_rates_read(struct st_ledger *ledger, st_date known, int64_t before,
                                 struct st_run_rates *rates, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    char known_text[ST_DATE_TEXT_SIZE];
    enum st_status status = st_prepare(ledger, &statement,
                                       "SELECT name, effect, known, value_nok, source, entry"
                                       " FROM rate WHERE known <= ?1 AND entry < ?2"
                                       " ORDER BY name, effect, known, entry DESC",
                                       error);
    if (status != ST_OK)
        return status;
    st_date_format(known, known_text);
    if (sqlite3_bind_text(statement, 1, known_text, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, before) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    return walk_rates(ledger, statement, rates, error);
}

static enum st_status read_rates(struct run *run, struct st_error *error) {
    enum st_status status = st_run_rates_read(run->ledger, run->terms.known, run->entry.number,
                                              &run->rates, error);
    run->terms.rates = run->rates.items;
    run->terms.rate_count = run->rates.count;
    return status;
}

/* ---- the walk ------------------------------------------------------------------------------ */

static enum st_status read_one_number(struct st_ledger *ledger, const char *sql, int64_t *out,
                                      struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = false;
    enum st_status status = st_prepare(ledger, &statement, sql, error);
    if (status == ST_OK)
        status = st_step(ledger, statement, &row, error);
    if (status == ST_OK)
        *out = row ? sqlite3_column_int64(statement, 0) : 0;
    return status;
}

struct progress {
    void (*tell)(void *, int64_t done, int64_t all);
    void *context;
    int64_t done, all;
};

static void tell_progress(struct progress *progress, bool is_last) {
    if (progress->tell != NULL && (is_last || progress->done % PROGRESS_STEP == 0))
        progress->tell(progress->context, progress->done, progress->all);
}

static enum st_status compute_everyone(struct run *run, struct progress *progress,
                                       struct st_error *error) {
    struct st_person_facts facts;
    struct st_payslip payslip;
    for (;;) {
        bool found = false;
        enum st_status status = st_facts_reader_next(run->reader, &facts, &found, error);
        if (status == ST_OK && !found) {
            progress->all = progress->done;
            tell_progress(progress, true);
            return ST_OK;
        }
        if (status == ST_OK)
            status = st_calculate_month(run->calculator, &run->terms, &facts, &payslip, error);
        if (status == ST_OK)
            status = st_payslip_write(run->writer, &facts.participant, &payslip, error);
        if (status != ST_OK)
            return status;
        progress->done++;
        tell_progress(progress, false);
    }
}

/* Sorts before every person, so it is written first. */
static enum st_status write_run_findings(struct run *run, struct st_error *error) {
    struct st_finding findings[ST_RUN_FINDING_MAX];
    size_t count = st_run_findings(&run->terms, findings);
    return st_payslip_write_findings(run->writer, "", findings, count, error);
}

static enum st_status write_run(struct run *run, struct st_error *error) {
    const struct st_run_totals *totals = &run->writer->totals;
    struct st_writer row;
    st_writer_open(&row, run->ledger, ST_TABLE_RUN);
    enum st_status status = st_writer_begin(&row, 1, error);
    if (status == ST_OK) {
        st_writer_row(&row);
        st_writer_integer(&row, run->number);
        st_writer_integer(&row, run->entry.number);
        st_writer_month(&row, run->terms.month);
        st_writer_date(&row, run->terms.payday);
        st_writer_date(&row, run->terms.known);
        st_writer_integer(&row, run->entry.number - 1);
        st_writer_integer(&row, run->terms.half_tax_month);
        st_writer_text(&row, run->terms.rules->name);
        st_writer_text(&row, st_withholding_year_digest(st_date_year(run->terms.payday)));
        st_writer_text(&row, run->rates.digest);
        st_writer_integer(&row, totals->person_count);
        st_writer_integer(&row, totals->held_count);
        st_writer_integer(&row, totals->payment_count);
        st_writer_integer(&row, totals->finding_count);
        st_writer_integer(&row, totals->benefit.ore);
        st_writer_integer(&row, totals->taxable.ore);
        st_writer_integer(&row, totals->tax.ore);
        st_writer_integer(&row, totals->net.ore);
        st_writer_integer(&row, totals->corrected_count);
        st_writer_integer(&row, totals->corrections.ore);
        st_writer_integer(&row, totals->recovery.ore);
        st_writer_integer(&row, totals->claims.ore);
        status = st_writer_flush(&row, error);
    }
    st_writer_close(&row);
    return status;
}

/* ---- the command --------------------------------------------------------------------------- */

void st_end_to_end_prefix(const char *organisation_number, st_date payday, int64_t run,
                          char text[ST_TEXT_ID_SIZE]) {
    int year, month, day;
    st_date_split(payday, &year, &month, &day);
    (void)snprintf(text, ST_TEXT_ID_SIZE, "%s-%04d%02d%02d-%" PRId64 "-", organisation_number, year,
                   month, day, run);
}

enum st_status st_run_reader_new(struct st_ledger *ledger, struct st_run_terms *terms, int64_t entry,
                                 st_month first_month, const struct st_run_rates *rates,
                                 bool everyone, struct st_facts_reader **out,
                                 struct st_error *error) {
    struct st_facts_terms facts = {.before = entry,
                                   .payday = terms->payday,
                                   .history = {.with_corrections = true,
                                               .everyone = everyone,
                                               .month = terms->month,
                                               .first_month = first_month,
                                               .rates_digest = rates->digest,
                                               .rule_set = terms->rules->name}};
    enum st_status status = st_facts_reader_new(ledger, &facts, out, error);
    if (status == ST_OK)
        terms->first_month = st_run_history_first_month(st_facts_reader_history(*out));
    return status;
}

static enum st_status prepare(struct run *run, struct st_error *error) {
    enum st_status status = st_ledger_municipality(run->ledger, &run->municipality, error);
    if (status == ST_OK)
        status = check_month(run, error);
    if (status == ST_OK)
        status = read_one_number(run->ledger, "SELECT ifnull(max(run), 0) + 1 FROM run",
                                 &run->number, error);
    if (status == ST_OK)
        status = read_rates(run, error);
    if (status != ST_OK)
        return status;
    run->terms.half_tax_month = run->municipality.half_tax_month;
    run->terms.recover = run->municipality.recover;
    status = st_run_reader_new(run->ledger, &run->terms, run->entry.number,
                               run->municipality.first_month, &run->rates, run->everyone,
                               &run->reader, error);
    if (status != ST_OK)
        return status;
    run->calculator = st_calculator_new();
    run->writer = calloc(1, sizeof *run->writer);
    if (run->calculator == NULL || run->writer == NULL)
        return st_db_fail_memory(error);
    status = st_payslip_writer_open(run->writer, run->ledger, error);
    if (status != ST_OK)
        return status;
    run->writer->run = run->number;
    run->writer->month = run->terms.month;
    run->writer->reader = run->reader;
    run->writer->rates = &run->rates;
    st_end_to_end_prefix(run->municipality.organisation_number, run->terms.payday, run->number,
                         run->writer->end_to_end_prefix);
    return ST_OK;
}

static void release(struct run *run) {
    if (run->writer != NULL)
        st_payslip_writer_close(run->writer);
    free(run->writer);
    st_calculator_free(run->calculator);
    st_facts_reader_free(run->reader);
    run->writer = NULL;
    run->calculator = NULL;
    run->reader = NULL;
}

static void describe(const struct run *run, char detail[ST_DETAIL_SIZE]) {
    char month[ST_MONTH_TEXT_SIZE], payday[ST_DATE_TEXT_SIZE];
    st_month_format(run->terms.month, month);
    st_date_format(run->terms.payday, payday);
    (void)snprintf(detail, ST_DETAIL_SIZE, "month %s, payday %s", month, payday);
}

/* What the caller is told: the run as it was just written; on a dry run too. */
static void fill_row(const struct run *run, struct st_run_row *out) {
    const struct st_run_totals *totals = &run->writer->totals;
    struct st_run_text *text = &run->ledger->run_text;
    memset(text, 0, sizeof *text);
    (void)snprintf(text->actor, sizeof text->actor, "%s", run->entry.act->actor);
    (void)snprintf(text->time, sizeof text->time, "%s", run->entry.act->time);
    (void)snprintf(text->rule_set, sizeof text->rule_set, "%s", run->terms.rules->name);
    (void)snprintf(text->table_digest, sizeof text->table_digest, "%s",
                   st_withholding_year_digest(st_date_year(run->terms.payday)));
    *out = (struct st_run_row){.run = run->number,
                               .month = run->terms.month,
                               .payday = run->terms.payday,
                               .state = ST_RUN_COMPUTED,
                               .person_count = totals->person_count,
                               .held_count = totals->held_count,
                               .payment_count = totals->payment_count,
                               .finding_count = totals->finding_count,
                               .benefit = totals->benefit,
                               .taxable = totals->taxable,
                               .tax = totals->tax,
                               .net = totals->net,
                               .corrected_count = totals->corrected_count,
                               .corrections = totals->corrections,
                               .recovery = totals->recovery,
                               .claims = totals->claims,
                               .journal_entry = run->entry.number,
                               .actor = text->actor,
                               .time = text->time,
                               .approved_by = text->approved_by,
                               .approved_at = text->approved_at,
                               .message_id = text->message_id,
                               .rule_set = text->rule_set,
                               .table_digest = text->table_digest};
}

void st_ledger_look_at_dry_run(struct st_ledger *ledger,
                               enum st_status (*look)(void *context, const struct st_run_row *run,
                                                      struct st_error *error),
                               void *context) {
    ledger->look_at_dry_run = look;
    ledger->look_context = context;
}

void st_ledger_recompute_all(struct st_ledger *ledger, bool all) { ledger->recompute_all = all; }

enum st_status st_ledger_run(struct st_ledger *ledger, const struct st_act *act, st_month month,
                             st_date payday, void (*progress)(void *, int64_t done, int64_t all),
                             void *context, struct st_run_row *out, struct st_error *error) {
    struct run run = {
        .ledger = ledger,
        .everyone = ledger->recompute_all,
        .terms = {
            .month = month, .payday = payday, .known = act->today, .rules = st_rule_set_current()}};
    struct progress told = {.tell = progress, .context = context};
    char detail[ST_DETAIL_SIZE];
    enum st_status status = st_entry_begin(ledger, act, &run.entry, error);
    if (status == ST_OK)
        status = prepare(&run, error);
    if (status == ST_OK && progress != NULL)
        status = read_one_number(ledger, "SELECT count(DISTINCT person_id) FROM participant",
                                 &told.all, error);
    if (status == ST_OK)
        status = write_run_findings(&run, error);
    if (status == ST_OK)
        status = compute_everyone(&run, &told, error);
    if (status == ST_OK)
        status = write_run(&run, error);
    if (status == ST_OK)
        status = st_payslip_writer_root(run.writer, run.entry.root, error);
    if (status == ST_OK)
        fill_row(&run, out);
    if (status == ST_OK && act->dry_run && ledger->look_at_dry_run != NULL)
        status = ledger->look_at_dry_run(ledger->look_context, out, error);
    release(&run);
    if (status == ST_OK) {
        describe(&run, detail);
        status = st_entry_commit(&run.entry, "run", run.number, detail, error);
    }
    st_entry_rollback(&run.entry);
    st_run_rates_free(&run.rates);
    return status;
}
