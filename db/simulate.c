/* SPDX-License-Identifier: MIT */
/* simulate.c - months computed twice without writing: as things stand, and on assumed terms.
 *
 * One walk over the register in person order, in one read transaction. All months of a person are
 * computed while the facts are at hand; each month keeps a calculator, whose calendar then serves
 * everyone. Assumed participants are computed by the same engine, one of a group, times how many.
 */
#include "db/run_internal.h"
#include "stonad/simulate.h"

#include "stonad/rates.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_STEP = 1000, NEWCOMER_AGE = 30, YOUNGEST_AGE = 18 };

/* ---- names ------------------------------------------------------------------------------- */

const char *st_share_name(enum st_share share) {
    static const char *const names[ST_SHARE_COUNT] = {"young", "young_with_parents", "couple",
                                                      "single_parent"};
    assert((unsigned)share < ST_SHARE_COUNT);
    return names[share];
}

const char *st_share_meaning(enum st_share share) {
    static const char *const meanings[ST_SHARE_COUNT] = {
        "under 25, not with parents, § 20", "under 25, with parents, § 20",
        "couple without children, § 20", "overgangsstønad above half of G, § 22"};
    assert((unsigned)share < ST_SHARE_COUNT);
    return meanings[share];
}

/* The place of a share in a rule set. */
static st_fraction *share_in(struct st_rule_set *rules, enum st_share share) {
    switch (share) {
    case ST_SHARE_YOUNG:
        return &rules->young_factor;
    case ST_SHARE_YOUNG_WITH_PARENTS:
        return &rules->young_with_parents_factor;
    case ST_SHARE_COUPLE:
        return &rules->couple_factor;
    case ST_SHARE_SINGLE_PARENT:
    case ST_SHARE_COUNT:
        break;
    }
    assert(share == ST_SHARE_SINGLE_PARENT);
    return &rules->single_parent_share;
}

st_fraction st_share_in_force(enum st_share share) {
    struct st_rule_set rules = *st_rule_set_current();
    return *share_in(&rules, share);
}

const char *st_newcomer_name(enum st_newcomer kind) {
    static const char *const names[ST_NEWCOMER_COUNT] = {"full", "young", "young_with_parents",
                                                         "couple"};
    assert((unsigned)kind < ST_NEWCOMER_COUNT);
    return names[kind];
}

const char *st_newcomer_meaning(enum st_newcomer kind) {
    static const char *const meanings[ST_NEWCOMER_COUNT] = {
        "full rate", "under 25, not with parents", "under 25, with parents",
        "of a couple without children"};
    assert((unsigned)kind < ST_NEWCOMER_COUNT);
    return meanings[kind];
}

/* ---- what a simulation carries ----------------------------------------------------------- */

struct month {
    struct st_run_terms today, simulated;
    struct st_calculator *calculator;
};

struct simulation {
    struct st_ledger *ledger;
    const struct st_simulation *asked;
    struct st_simulated *out;
    struct st_error *error;
    struct st_run_rates known;
    struct st_rate *rates; /* known but for those replaced, then the assumed ones */
    size_t rate_count;
    struct st_rule_set rules;
    struct month months[ST_SIMULATED_MONTHS_MAX];
    struct st_facts_reader *reader;
};

/* ---- the terms of both sides ------------------------------------------------------------- */

static bool is_replaced(const struct st_simulation *asked, const struct st_rate *known) {
    for (size_t i = 0; i < asked->rate_count; i++)
        if (asked->rates[i].effect == known->effect)
            return true;
    return false;
}

static enum st_status assume_rates(struct simulation *simulation) {
    const struct st_simulation *asked = simulation->asked;
    const struct st_run_rates *known = &simulation->known;
    simulation->rates = calloc(known->count + asked->rate_count + 1, sizeof *simulation->rates);
    if (simulation->rates == NULL)
        return st_db_fail_memory(simulation->error);
    for (size_t i = 0; i < known->count; i++)
        if (!is_replaced(asked, &known->items[i]))
            simulation->rates[simulation->rate_count++] = known->items[i];
    for (size_t i = 0; i < asked->rate_count; i++)
        simulation->rates[simulation->rate_count++] =
            (struct st_rate){.effect = asked->rates[i].effect,
                             .known = asked->today,
                             .value_nok = asked->rates[i].value_nok,
                             .source = "" /* the calculation has no use for it */};
    return ST_OK;
}

static void assume_shares(struct simulation *simulation) {
    const struct st_simulation *asked = simulation->asked;
    simulation->rules = *st_rule_set_current();
    simulation->rules.name = "assumed";
    for (size_t i = 0; i < asked->share_count; i++)
        *share_in(&simulation->rules, asked->shares[i].share) = asked->shares[i].factor;
}

/* Both sides are computed for the month's last day: the payday moves nothing but tax. */
static void settle_month(struct simulation *simulation, st_month month, struct month *out) {
    const struct st_simulation *asked = simulation->asked;
    out->today = (struct st_run_terms){.month = month,
                                       .payday = st_month_last(month),
                                       .known = asked->today,
                                       .rates = simulation->known.items,
                                       .rate_count = simulation->known.count,
                                       .rules = st_rule_set_current(),
                                       .half_tax_month = 12};
    out->simulated = out->today;
    out->simulated.rates = simulation->rates;
    out->simulated.rate_count = simulation->rate_count;
    out->simulated.rules = &simulation->rules;
}

/* Without a G neither side can be computed; a month later than the first G has one. */
static enum st_status check_rate(const struct simulation *simulation, const struct month *month) {
    const struct st_run_terms *terms = &month->today;
    char month_text[ST_MONTH_TEXT_SIZE], today[ST_DATE_TEXT_SIZE];
    if (st_rate_on(terms->rates, terms->rate_count, st_month_first(terms->month), terms->known) !=
        NULL)
        return ST_OK;
    st_month_format(terms->month, month_text);
    st_date_format(terms->known, today);
    return st_db_fail(simulation->error, ST_REFUSED, "rate.unknown",
                      "No base amount G is known on %s for %s, so that month cannot be computed; "
                      "simulate later months, or add the rate with its source first.",
                      today, month_text);
}

static enum st_status settle_months(struct simulation *simulation) {
    enum st_status status = ST_OK;
    for (int i = 0; status == ST_OK && i < simulation->asked->month_count; i++) {
        struct month *month = &simulation->months[i];
        settle_month(simulation, simulation->asked->first_month + i, month);
        simulation->out->months[i].month = month->today.month;
        status = check_rate(simulation, month);
        if (status == ST_OK && (month->calculator = st_calculator_new()) == NULL)
            status = st_db_fail_memory(simulation->error);
    }
    return status;
}

/* What each assumed rate stands instead of, and whether any day of the months is computed by it. */
static void look_at_rates(const struct simulation *simulation) {
    const struct st_simulation *asked = simulation->asked;
    const struct st_rate *assumed =
        simulation->rates + (simulation->rate_count - asked->rate_count);
    for (size_t i = 0; i < asked->rate_count; i++) {
        const struct st_rate *known = st_rate_on(simulation->known.items, simulation->known.count,
                                                 asked->rates[i].effect, asked->today);
        simulation->out->rates[i].instead_of_nok = known == NULL ? 0 : known->value_nok;
    }
    st_date last = st_month_last(asked->first_month + asked->month_count - 1);
    for (st_date day = st_month_first(asked->first_month); day <= last; day++) {
        const struct st_rate *rate =
            st_rate_on(simulation->rates, simulation->rate_count, day, asked->today);
        if (rate != NULL && rate >= assumed)
            simulation->out->rates[rate - assumed].counts = true;
    }
}

/* ---- sums -------------------------------------------------------------------------------- */

enum { KIND_COUNT = 5 };

/* The amounts of a cost, so that every sum is made for all of them alike. */
static void amounts_of(struct st_cost *cost, st_amount *amounts[KIND_COUNT]) {
    amounts[0] = &cost->benefit;
    amounts[1] = &cost->offsets;
    amounts[2] = &cost->work;
    amounts[3] = &cost->absence;
    amounts[4] = &cost->cost;
}

static enum st_status fail_sum(const struct simulation *simulation) {
    return st_db_fail(simulation->error, ST_BAD_INPUT, "run.overflow",
                      "The cost is too large to add up; assume a smaller rate or fewer persons.");
}

/* sum += cost * times; `times` -1 subtracts. */
static enum st_status add_cost(const struct simulation *simulation, struct st_cost *sum,
                               struct st_cost cost, int64_t times) {
    st_amount *into[KIND_COUNT], *from[KIND_COUNT], product;
    int64_t persons;
    amounts_of(sum, into);
    amounts_of(&cost, from);
    for (int i = 0; i < KIND_COUNT; i++)
        if (__builtin_mul_overflow(from[i]->ore, times, &product.ore) ||
            !st_amount_add(*into[i], product, into[i]))
            return fail_sum(simulation);
    if (__builtin_mul_overflow(cost.person_count, times, &persons) ||
        __builtin_add_overflow(sum->person_count, persons, &sum->person_count))
        return fail_sum(simulation);
    return ST_OK;
}

#ifndef NDEBUG
/* Invariant: the kinds of every sum add up to its cost. */
static bool adds_up(const struct st_cost *cost) {
    return cost->benefit.ore + cost->offsets.ore + cost->work.ore + cost->absence.ore ==
           cost->cost.ore;
}
#endif

static enum st_status compare(const struct simulation *simulation, struct st_compared_cost *row) {
    row->difference = row->simulated;
    assert(adds_up(&row->today) && adds_up(&row->simulated));
    return add_cost(simulation, &row->difference, row->today, -1);
}

static enum st_status compare_all(const struct simulation *simulation) {
    struct st_simulated *out = simulation->out;
    enum st_status status = ST_OK;
    out->total.month = out->months[0].month;
    for (size_t i = 0; status == ST_OK && i < out->month_count; i++) {
        status = compare(simulation, &out->months[i]);
        if (status == ST_OK)
            status = add_cost(simulation, &out->total.today, out->months[i].today, 1);
        if (status == ST_OK)
            status = add_cost(simulation, &out->total.simulated, out->months[i].simulated, 1);
    }
    return status == ST_OK ? compare(simulation, &out->total) : status;
}

/* ---- one person's months ----------------------------------------------------------------- */

/* Adds what `count` such persons cost in a month on these terms. */
static enum st_status add_month(const struct simulation *simulation,
                                struct st_calculator *calculator, const struct st_run_terms *terms,
                                const struct st_person_facts *facts, int64_t count,
                                struct st_cost *sum, bool *is_paid) {
    struct st_payslip payslip;
    enum st_status status =
        st_calculate_benefit(calculator, terms, facts, &payslip, simulation->error);
    if (status != ST_OK || !payslip.is_due)
        return status;
    *is_paid = true;
    return add_cost(simulation, sum,
                    (struct st_cost){.person_count = 1,
                                     .benefit = payslip.benefit,
                                     .offsets = payslip.offsets,
                                     .work = payslip.work,
                                     .absence = payslip.absence,
                                     .cost = payslip.taxable},
                    count);
}

static enum st_status add_person(const struct simulation *simulation,
                                 const struct st_person_facts *facts) {
    struct st_simulated *out = simulation->out;
    bool is_paid_today = false, is_paid_simulated = false;
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < out->month_count; i++) {
        const struct month *month = &simulation->months[i];
        status = add_month(simulation, month->calculator, &month->today, facts, 1,
                           &out->months[i].today, &is_paid_today);
        if (status == ST_OK)
            status = add_month(simulation, month->calculator, &month->simulated, facts, 1,
                               &out->months[i].simulated, &is_paid_simulated);
    }
    out->today_person_count += is_paid_today;
    out->simulated_person_count += is_paid_simulated;
    return status;
}

/* ---- assumed participants ---------------------------------------------------------------- */

/* The facts of one: they point into each other, so it stays where it was made. */
struct newcomer {
    struct st_person_facts facts;
    struct st_programme programme;
    struct st_living living;
    struct st_partner partner;
};

/* Under 25 to the end of the months, or 25 long before them. */
static st_date birth_of(const struct simulation *simulation,
                        const struct st_assumed_newcomers *assumed) {
    const struct st_simulation *asked = simulation->asked;
    st_date last = st_month_last(asked->first_month + asked->month_count - 1);
    bool is_young =
        assumed->kind == ST_NEWCOMER_YOUNG || assumed->kind == ST_NEWCOMER_YOUNG_WITH_PARENTS;
    return is_young ? st_date_add_years(last, -YOUNGEST_AGE)
                    : st_date_add_years(assumed->start, -NEWCOMER_AGE);
}

/* A programme without an end and nothing else; a permit under the law in force, however early the
 * start. The other of a couple takes part as long. */
static void make_newcomer(const struct simulation *simulation,
                          const struct st_assumed_newcomers *assumed, struct newcomer *out) {
    static const char partner_id[] = "00000000001";
    const struct st_rule_set *rules = st_rule_set_current();
    st_date permit =
        assumed->start < rules->old_law_before ? rules->old_law_before : assumed->start;
    *out = (struct newcomer){
        .programme = {.start = assumed->start,
                      .offered = assumed->start,
                      .end = ST_DATE_OPEN,
                      .permit = 'a',
                      .permit_granted = permit,
                      .settled = ST_DATE_NONE,
                      .share_percent = 100,
                      .share_cause = ST_CAUSE_NONE},
        .living = {.from = assumed->start, .to = ST_DATE_OPEN, .children = ST_ANSWER_NO},
        .partner = {.in_register = true, .programme_count = 1}};
    memcpy(out->facts.participant.person_id, "00000000000", sizeof "00000000000");
    out->facts.participant.birth_date = birth_of(simulation, assumed);
    out->partner.programmes = &out->programme;
    memcpy(out->partner.person_id, partner_id, sizeof partner_id);
    if (assumed->kind == ST_NEWCOMER_YOUNG_WITH_PARENTS)
        out->living.situation = ST_SITUATION_PARENTS;
    if (assumed->kind == ST_NEWCOMER_COUPLE) {
        out->living.situation = ST_SITUATION_PARTNER;
        memcpy(out->living.partner_id, partner_id, sizeof partner_id);
        out->facts.partners = &out->partner;
        out->facts.partner_count = 1;
    }
    out->facts.programmes = &out->programme;
    out->facts.living = &out->living;
    out->facts.programme_count = out->facts.living_count = 1;
}

static enum st_status add_newcomers(const struct simulation *simulation,
                                    const struct st_assumed_newcomers *assumed) {
    struct st_simulated *out = simulation->out;
    struct newcomer newcomer;
    bool is_paid = false;
    enum st_status status = ST_OK;
    assert(assumed->count >= 1 && assumed->count <= ST_NEWCOMERS_MAX);
    make_newcomer(simulation, assumed, &newcomer);
    for (size_t i = 0; status == ST_OK && i < out->month_count; i++)
        status = add_month(simulation, simulation->months[i].calculator,
                           &simulation->months[i].simulated, &newcomer.facts, assumed->count,
                           &out->months[i].simulated, &is_paid);
    out->simulated_person_count += is_paid ? assumed->count : 0;
    return status;
}

/* ---- the walk ---------------------------------------------------------------------------- */

struct progress {
    void (*tell)(void *, int64_t done, int64_t all);
    void *context;
    int64_t done, all;
};

static void tell_progress(struct progress *progress) {
    if (progress->tell != NULL && ++progress->done % PROGRESS_STEP == 0)
        progress->tell(progress->context, progress->done, progress->all);
}

static enum st_status count_persons(const struct simulation *simulation,
                                    struct progress *progress) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = false;
    if (progress->tell == NULL)
        return ST_OK;
    enum st_status status =
        st_prepare(simulation->ledger, &statement,
                   "SELECT count(DISTINCT person_id) FROM participant", simulation->error);
    if (status == ST_OK)
        status = st_step(simulation->ledger, statement, &row, simulation->error);
    if (status == ST_OK && row)
        progress->all = sqlite3_column_int64(statement, 0);
    return status;
}

static enum st_status simulate_everyone(const struct simulation *simulation,
                                        struct progress *progress) {
    struct st_person_facts facts = {0};
    for (;;) {
        bool found = false;
        enum st_status status =
            st_facts_reader_next(simulation->reader, &facts, &found, simulation->error);
        if (status != ST_OK || !found)
            return status;
        status = add_person(simulation, &facts);
        if (status != ST_OK)
            return status;
        tell_progress(progress);
    }
}

/* A year without payments: what was paid earlier in one moves an exemption card's tax, no cost. */
static enum st_status open_walk(struct simulation *simulation) {
    struct st_facts_terms terms = {.before = INT64_MAX, .payday = st_date_make(1900, 1, 1)};
    return st_facts_reader_new(simulation->ledger, &terms, &simulation->reader, simulation->error);
}

static enum st_status simulate(struct simulation *simulation, struct progress *progress) {
    const struct st_simulation *asked = simulation->asked;
    enum st_status status = st_run_rates_read(simulation->ledger, asked->today, INT64_MAX,
                                              &simulation->known, simulation->error);
    if (status == ST_OK)
        status = assume_rates(simulation);
    assume_shares(simulation);
    if (status == ST_OK)
        status = settle_months(simulation);
    if (status != ST_OK)
        return status;
    look_at_rates(simulation);
    status = count_persons(simulation, progress);
    if (status == ST_OK)
        status = open_walk(simulation);
    if (status == ST_OK)
        status = simulate_everyone(simulation, progress);
    for (size_t i = 0; status == ST_OK && i < asked->newcomers_count; i++)
        status = add_newcomers(simulation, &asked->newcomers[i]);
    return status == ST_OK ? compare_all(simulation) : status;
}

static void release(struct simulation *simulation) {
    st_facts_reader_free(simulation->reader);
    for (size_t i = 0; i < ST_SIMULATED_MONTHS_MAX; i++)
        st_calculator_free(simulation->months[i].calculator);
    free(simulation->rates);
    st_run_rates_free(&simulation->known);
}

enum st_status st_ledger_simulate(struct st_ledger *ledger, const struct st_simulation *simulation,
                                  void (*progress)(void *, int64_t done, int64_t all),
                                  void *context, struct st_simulated *out, struct st_error *error) {
    struct simulation work = {.ledger = ledger, .asked = simulation, .out = out, .error = error};
    struct progress told = {.tell = progress, .context = context};
    struct st_error end_error;
    assert(simulation->month_count >= 1 && simulation->month_count <= ST_SIMULATED_MONTHS_MAX);
    assert(simulation->rate_count <= ST_ASSUMED_MAX && simulation->share_count <= ST_ASSUMED_MAX);
    *out = (struct st_simulated){.month_count = (size_t)simulation->month_count};
    enum st_status status = st_execute(ledger, "BEGIN", error);
    if (status != ST_OK)
        return status;
    status = simulate(&work, &told);
    release(&work);
    /* Nothing was written, so there is nothing to lose; what went wrong before is told. */
    if (st_execute(ledger, "ROLLBACK", &end_error) != ST_OK && status == ST_OK) {
        *error = end_error;
        status = end_error.status;
    }
    return status;
}
