/* SPDX-License-Identifier: MIT */
/* calculate.c - one person's month in R10's order: benefit (R4), deductions (R5-R7), tax (R14-R16),
 * payment; and the books of it: lines, findings, sums.
 */
#include "engine/calculator.h"
#include "stonad/identifier.h"
#include "stonad/withholding.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A person's month has a few lines; more than this is not a month but a mistake in the facts. */
enum { LINES_MAX = 4096, FINDINGS_MAX = 4096 };

/* Where each kind of line moves money. The HELD line gives the benefit back to where it came from:
 * nothing was paid, so nothing may stand as spent. */
static const struct {
    const char *name;
    enum st_account from, to;
} line_kinds[ST_LINE_KIND_COUNT] = {
    [ST_LINE_BENEFIT] = {"benefit", ST_ACCOUNT_BENEFIT, ST_ACCOUNT_PERSON},
    [ST_LINE_OFFSET] = {"offset", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_WORK] = {"work", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_ABSENCE_DAYS] = {"absence_days", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_ABSENCE_HOURS] = {"absence_hours", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_ABSENCE_MONTH] = {"absence_month", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_CORRECTION] = {"correction", ST_ACCOUNT_BENEFIT, ST_ACCOUNT_PERSON},
    [ST_LINE_RECOVERY] = {"recovery", ST_ACCOUNT_PERSON, ST_ACCOUNT_CLAIM},
    [ST_LINE_TAX] = {"tax", ST_ACCOUNT_PERSON, ST_ACCOUNT_TAX},
    [ST_LINE_EXTRA_TAX] = {"extra_tax", ST_ACCOUNT_PERSON, ST_ACCOUNT_TAX},
    [ST_LINE_HELD] = {"held", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_PAYMENT] = {"payment", ST_ACCOUNT_PERSON, ST_ACCOUNT_BANK},
};

const char *st_line_kind_name(enum st_line_kind kind) {
    assert((unsigned)kind < ST_LINE_KIND_COUNT);
    return line_kinds[kind].name;
}

const char *st_account_name(enum st_account account) {
    static const char *const names[] = {"benefit", "person", "tax", "bank", "claim"};
    assert((unsigned)account < ST_COUNT_OF(names));
    return names[account];
}

const char *st_unit_name(enum st_unit unit) {
    static const char *const names[] = {"day", "hour", "month share", "krone", "payment"};
    assert((unsigned)unit < ST_COUNT_OF(names));
    return names[unit];
}

st_amount st_line_signed(const struct st_line *line) {
    return line->debit_from == ST_ACCOUNT_PERSON ? (st_amount){-line->amount.ore} : line->amount;
}

/* ---- the workbench ----------------------------------------------------------------------------- */

struct st_calculator *st_calculator_new(void) { return calloc(1, sizeof(struct st_calculator)); }

void st_calculator_free(struct st_calculator *calculator) {
    if (calculator == NULL)
        return;
    free(calculator->lines);
    free(calculator->findings);
    free(calculator->past);
    free(calculator);
}

static void fill_error(struct st_error *error, enum st_status status, const char *code,
                       const char *sentence) {
    struct st_text text = st_text_into(error->text, sizeof error->text);
    struct st_text code_text = st_text_into(error->code, sizeof error->code);
    error->status = status;
    st_text_add(&code_text, code);
    st_text_add(&text, sentence);
}

enum st_status st_fail(struct st_calculator *calculator, enum st_status status, const char *code,
                       const char *text) {
    char sentence[ST_ERROR_TEXT_MAX], masked[ST_PERSON_NUMBER_SIZE];
    struct st_text out = st_text_into(sentence, sizeof sentence);
    st_person_number_mask(calculator->facts->participant.person_id, masked);
    st_text_add(&out, "person ");
    st_text_add(&out, masked);
    st_text_add(&out, ": ");
    st_text_add(&out, text);
    fill_error(calculator->error, status, code, sentence);
    return status;
}

enum st_status st_fail_overflow(struct st_calculator *calculator) {
    return st_fail(calculator, ST_BAD_INPUT, "amount.overflow",
                   "an amount is too large to compute exactly; correct the facts of the month");
}

bool st_make_room(void **array, size_t *room, size_t count, size_t size, size_t limit) {
    if (count < *room)
        return true;
    if (count >= limit)
        return false;
    size_t wanted = *room == 0 ? 16 : *room * 2;
    void *larger = realloc(*array, wanted * size);
    if (larger == NULL)
        return false;
    *array = larger;
    *room = wanted;
    return true;
}

enum st_status st_fail_room(struct st_calculator *calculator) {
    return st_fail(calculator, ST_IO, "memory",
                   "there is no memory for the payslip's lines; free some and run again");
}

struct st_line *st_line_new(struct st_calculator *calculator, enum st_line_kind kind) {
    void *array = calculator->lines;
    if (!st_make_room(&array, &calculator->line_room, calculator->line_count, sizeof(struct st_line),
                   LINES_MAX)) {
        st_fail_room(calculator);
        return NULL;
    }
    calculator->lines = array;
    struct st_line *line = &calculator->lines[calculator->line_count++];
    memset(line, 0, offsetof(struct st_line, inputs));
    line->inputs[0] = '\0';
    line->kind = kind;
    line->month = calculator->terms->month;
    line->quantity = line->rate = line->exact = ST_FRACTION_ZERO;
    line->debit_from = line_kinds[kind].from;
    line->credit_to = line_kinds[kind].to;
    return line;
}

enum st_status st_finding_add(struct st_calculator *calculator, const char *code,
                              const char *detail) {
    void *array = calculator->findings;
    if (!st_make_room(&array, &calculator->finding_room, calculator->finding_count,
                   sizeof(struct st_finding), FINDINGS_MAX))
        return st_fail_room(calculator);
    calculator->findings = array;
    st_finding_fill(&calculator->findings[calculator->finding_count++], code, detail);
    return ST_OK;
}

enum st_status st_line_deduct(struct st_calculator *calculator, struct st_line *line) {
    st_fraction taken = line->exact;
    ST_EXACT(calculator, st_round_to_ore(line->exact, &line->amount));
    assert(line->amount.ore >= 0);
    if (st_amount_compare(line->amount, calculator->remaining) > 0) {
        line->amount = calculator->remaining;
        line->cut = true;
        taken = st_fraction_from_amount(line->amount);
    }
    ST_EXACT(calculator, st_fraction_add(calculator->deducted_exact, taken,
                                         &calculator->deducted_exact));
    ST_EXACT(calculator,
             st_amount_subtract(calculator->remaining, line->amount, &calculator->remaining));
    return ST_OK;
}

/* ---- R4: the benefit --------------------------------------------------------------------------- */

/* One line for each distinct rate: its units, from the first to the last entitled day it holds. */
static enum st_status add_benefit_line(struct st_calculator *calculator, int first_index,
                                       bool *is_done) {
    const struct day *first = &calculator->days[first_index], *last = first;
    int units = 0;
    for (int i = first_index; i < calculator->day_count; i++) {
        const struct day *day = &calculator->days[i];
        if (!day->is_entitled || !st_fraction_equal(day->annual, first->annual))
            continue;
        is_done[i] = true;
        units += day->units;
        last = day;
    }
    if (units == 0)
        return ST_OK;
    struct st_line *line = st_line_new(calculator, ST_LINE_BENEFIT);
    if (line == NULL)
        return ST_IO;
    line->from = first->date;
    line->to = last->date;
    line->rule = "R4";
    line->citation = "integreringsloven § 20";
    line->unit = ST_UNIT_DAY;
    line->quantity = (st_fraction){units, 1};
    ST_TRY(st_day_rate(calculator, first, &line->rate));
    ST_EXACT(calculator, st_fraction_scale(line->rate, units, 1, &line->exact));
    ST_EXACT(calculator, st_round_to_ore(line->exact, &line->amount));
    ST_EXACT(calculator, st_fraction_add(calculator->benefit_exact, line->exact,
                                         &calculator->benefit_exact));
    ST_EXACT(calculator,
             st_amount_add(calculator->remaining, line->amount, &calculator->remaining));
    struct st_text text = st_text_into(line->inputs, sizeof line->inputs);
    st_day_explain(calculator, first, &text);
    st_text_add(&text, "; units=");
    st_text_add_integer(&text, units);
    st_text_add(&text, " of ");
    st_text_add_integer(&text, calculator->unit_count);
    return ST_OK;
}

static enum st_status add_benefit(struct st_calculator *calculator) {
    bool is_done[DAYS_MAX] = {false};
    for (int i = 0; i < calculator->day_count; i++)
        if (calculator->days[i].is_entitled && !is_done[i])
            ST_TRY(add_benefit_line(calculator, i, is_done));
    return ST_OK;
}

/* ---- sums and the checks on them ---------------------------------------------------------------- */

static st_amount *column_of(struct st_payslip *payslip, enum st_line_kind kind) {
    switch (kind) {
    case ST_LINE_BENEFIT:
        return &payslip->benefit;
    case ST_LINE_OFFSET:
        return &payslip->offsets;
    case ST_LINE_WORK:
        return &payslip->work;
    case ST_LINE_ABSENCE_DAYS:
    case ST_LINE_ABSENCE_HOURS:
    case ST_LINE_ABSENCE_MONTH:
        return &payslip->absence;
    case ST_LINE_CORRECTION:
        return &payslip->corrections;
    case ST_LINE_RECOVERY:
        return &payslip->recovery;
    case ST_LINE_TAX:
    case ST_LINE_EXTRA_TAX:
    case ST_LINE_HELD:
    case ST_LINE_PAYMENT:
    case ST_LINE_KIND_COUNT:
        break;
    }
    return NULL;
}

/* The printed columns before tax; taxable is their sum, and what remains. */
static enum st_status sum_columns(struct st_calculator *calculator) {
    struct st_payslip *payslip = calculator->payslip;
    for (size_t i = 0; i < calculator->line_count; i++) {
        const struct st_line *line = &calculator->lines[i];
        st_amount *column = column_of(payslip, line->kind);
        st_amount moved = st_line_signed(line);
        assert(column != NULL);
        ST_EXACT(calculator, st_amount_add(*column, moved, column));
        ST_EXACT(calculator, st_amount_add(payslip->taxable, moved, &payslip->taxable));
    }
    assert(payslip->taxable.ore == calculator->remaining.ore);
    return ST_OK;
}

/* "deductions 11379.08 (136549/12)": rounded to read, exact to prove. */
static enum st_status add_exact_amount(struct st_calculator *calculator, struct st_text *text,
                                       const char *label, st_fraction exact) {
    st_amount rounded;
    ST_EXACT(calculator, st_round_to_ore(exact, &rounded));
    st_text_add(text, label);
    st_text_add_amount(text, rounded);
    st_text_add(text, " (");
    st_text_add_fraction(text, exact);
    st_text_add(text, ")");
    return ST_OK;
}

/* R13 (Act § 46): d >= max(P/2, G/12), exact, with G on the payment date. */
static enum st_status flag_large_deduction(struct st_calculator *calculator) {
    const struct st_run_terms *terms = calculator->terms;
    const struct st_rate *g =
        st_rate_on(terms->rates, terms->rate_count, terms->payday, terms->known);
    st_fraction half, twelfth;
    char detail[200];
    if (g == NULL || calculator->deducted_exact.numerator == 0)
        return ST_OK;
    ST_EXACT(calculator, st_fraction_scale(calculator->benefit_exact, 1, 2, &half));
    ST_EXACT(calculator, st_fraction_make(g->value_nok, 12, &twelfth));
    if (st_fraction_compare(calculator->deducted_exact, half) < 0 ||
        st_fraction_compare(calculator->deducted_exact, twelfth) < 0)
        return ST_OK;
    struct st_text text = st_text_into(detail, sizeof detail);
    ST_TRY(add_exact_amount(calculator, &text, "deductions ", calculator->deducted_exact));
    ST_TRY(add_exact_amount(calculator, &text, ", half of the payment ", half));
    ST_TRY(add_exact_amount(calculator, &text, ", G/12 ", twelfth));
    return st_finding_add(calculator, "R13-DECISION", detail);
}

static enum st_status check_birth_date(struct st_calculator *calculator) {
    const struct st_participant *participant = &calculator->facts->participant;
    struct st_person_number number;
    if (st_person_number_check(participant->person_id, strlen(participant->person_id), &number) &&
        st_person_number_contradicts_birth(&number, participant->birth_date))
        return st_finding_add(calculator, "R4-BIRTH-DATE", "");
    return ST_OK;
}

static enum st_status add_payment(struct st_calculator *calculator) {
    struct st_payslip *payslip = calculator->payslip;
    ST_EXACT(calculator, st_amount_subtract(payslip->taxable, payslip->tax, &payslip->net));
    assert(payslip->net.ore >= 0);
    if (payslip->state == ST_PAYSLIP_HELD || payslip->net.ore == 0)
        return ST_OK;
    struct st_line *line = st_line_new(calculator, ST_LINE_PAYMENT);
    if (line == NULL)
        return ST_IO;
    line->from = line->to = calculator->terms->payday;
    line->rule = "R10";
    line->citation = "integreringsloven § 24";
    line->unit = ST_UNIT_PAYMENT;
    line->quantity = (st_fraction){1, 1};
    line->rate = line->exact = st_fraction_from_amount(payslip->net);
    line->amount = payslip->net;
    struct st_text text = st_text_into(line->inputs, sizeof line->inputs);
    st_text_add(&text, "taxable=");
    st_text_add_amount(&text, payslip->taxable);
    st_text_add(&text, "; tax=");
    st_text_add_amount(&text, payslip->tax);
    return ST_OK;
}

#ifndef NDEBUG
/* No line is one-sided, so a person's account ends where it began. */
static bool person_balances(const struct st_calculator *calculator) {
    int64_t sum_ore = 0;
    for (size_t i = 0; i < calculator->line_count; i++)
        sum_ore += st_line_signed(&calculator->lines[i]).ore;
    return sum_ore == 0;
}
#endif

static void begin(struct st_calculator *calculator, const struct st_run_terms *terms,
                  const struct st_person_facts *facts, struct st_payslip *payslip,
                  struct st_error *error) {
    calculator->terms = terms;
    calculator->facts = facts;
    calculator->payslip = payslip;
    calculator->error = error;
    calculator->line_count = calculator->finding_count = 0;
    calculator->remaining = ST_ZERO;
    calculator->benefit_exact = calculator->deducted_exact = ST_FRACTION_ZERO;
    memset(payslip, 0, sizeof *payslip);
    payslip->held_reason = "";
}

enum st_status st_calculate_month(struct st_calculator *calculator, const struct st_run_terms *terms,
                                  const struct st_person_facts *facts, struct st_payslip *payslip,
                                  struct st_error *error) {
    begin(calculator, terms, facts, payslip, error);
    ST_TRY(st_days_build(calculator));
    payslip->is_due = calculator->entitled_day_count > 0;
    if (payslip->is_due) {
        ST_TRY(check_birth_date(calculator));
        ST_TRY(add_benefit(calculator));
        ST_TRY(st_deduct(calculator));
        ST_TRY(sum_columns(calculator));
        ST_TRY(flag_large_deduction(calculator));
        ST_TRY(st_withhold(calculator));
        ST_TRY(add_payment(calculator));
        assert(person_balances(calculator));
    } else {
        calculator->finding_count = 0; /* nobody is paid: nothing to look at before paying */
    }
    payslip->lines = calculator->lines;
    payslip->line_count = calculator->line_count;
    payslip->findings = calculator->findings;
    payslip->finding_count = calculator->finding_count;
    return ST_OK;
}

enum st_status st_run_terms_check(const struct st_run_terms *terms, struct st_error *error) {
    int year = st_date_year(terms->payday);
    if (year < terms->rules->first_payment_year) {
        fill_error(error, ST_REFUSED, "run.payday_too_early",
                   "the withholding tables begin with 2021; give a payment date from 2021-01-01");
        return ST_REFUSED;
    }
    if (!st_withholding_year_known(year)) {
        fill_error(error, ST_REFUSED, "run.no_tables",
                   "there are no withholding tables for the payment date's year; add the year's file to "
                   "engine/withholding and build, or give another payment date");
        return ST_REFUSED;
    }
    if (terms->payday < st_month_first(terms->month)) {
        fill_error(error, ST_REFUSED, "run.payday_before_month",
                   "the payment date lies before the month it pays; give a later one");
        return ST_REFUSED;
    }
    return ST_OK;
}

/* § 24: paid in arrears on registered attendance. A municipality may pay earlier; then somebody must
 * know that what happens in the rest of the month comes as a correction. */
size_t st_run_findings(const struct st_run_terms *terms,
                       struct st_finding findings[ST_RUN_FINDING_MAX]) {
    st_date last = st_month_last(terms->month);
    size_t count = 0;
    if (terms->known <= last)
        st_finding_fill(&findings[count++], "R4-RUN-EARLY", "");
    if (terms->payday < terms->known)
        st_finding_fill(&findings[count++], "R4-PAYDAY-PASSED", "");
    if (terms->payday <= last)
        st_finding_fill(&findings[count++], "R4-PAID-EARLY", "");
    return count;
}
