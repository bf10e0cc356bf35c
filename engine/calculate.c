/* SPDX-License-Identifier: MIT */
/* calculate.c - one person's payslip in R10's order: benefit (R4), deductions (R5-R8), corrections (R11),
 * claims (R12), tax (R14-R16), payment; and the sums, which must agree with the lines.
 */
#include "engine/calculator.h"
#include "stonad/identifier.h"
#include "stonad/withholding.h"

#include <assert.h>
#include <string.h>

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
    case ST_LINE_CORRECTION_BENEFIT:
    case ST_LINE_CORRECTION_OFFSET:
    case ST_LINE_CORRECTION_WORK:
    case ST_LINE_CORRECTION_ABSENCE_DAYS:
    case ST_LINE_CORRECTION_ABSENCE_HOURS:
    case ST_LINE_CORRECTION_ABSENCE_MONTH:
    case ST_LINE_REFUND:
    case ST_LINE_CLAIM:
        return &payslip->corrections;
    case ST_LINE_RECOVERY:
        return &payslip->recovery;
    case ST_LINE_REFUND_CLAIM:
    case ST_LINE_WRITTEN_OFF:
    case ST_LINE_TAX:
    case ST_LINE_EXTRA_TAX:
    case ST_LINE_JANUARY_TAX:
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
        if (column == NULL) /* a claim moved without the person's account */
            continue;
        ST_EXACT(calculator, st_amount_add(*column, moved, column));
        ST_EXACT(calculator, st_amount_add(payslip->taxable, moved, &payslip->taxable));
    }
    assert(payslip->taxable.ore == calculator->remaining.ore);
    return ST_OK;
}

enum st_status st_add_exact_amount(struct st_calculator *calculator, struct st_text *text,
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

/* P is what is paid before deductions: the month's benefit and, where it is a net plus, what earlier
 * months were corrected by. */
enum st_status st_large_deduction_limits(struct st_calculator *calculator, st_fraction *half,
                                         st_fraction *twelfth, bool *is_known) {
    const struct st_run_terms *terms = calculator->terms;
    const struct st_rate *g =
        st_rate_on(terms->rates, terms->rate_count, terms->payday, terms->known);
    st_fraction payment;
    *is_known = g != NULL;
    *half = *twelfth = ST_FRACTION_ZERO;
    if (g == NULL)
        return ST_OK;
    ST_EXACT(calculator, st_fraction_add(calculator->benefit_exact,
                                         st_fraction_from_amount(calculator->corrected), &payment));
    ST_EXACT(calculator, st_fraction_scale(payment, 1, 2, half));
    ST_EXACT(calculator, st_fraction_make(g->value_nok, 12, twelfth));
    return ST_OK;
}

/* R13 (Act § 46): d >= max(P/2, G/12), exact, with G on the payment date. */
static enum st_status flag_large_deduction(struct st_calculator *calculator) {
    st_fraction half, twelfth;
    bool is_known;
    char detail[200];
    ST_TRY(st_large_deduction_limits(calculator, &half, &twelfth, &is_known));
    if (!is_known || calculator->deducted_exact.numerator == 0 ||
        st_fraction_compare(calculator->deducted_exact, half) < 0 ||
        st_fraction_compare(calculator->deducted_exact, twelfth) < 0)
        return ST_OK;
    struct st_text text = st_text_into(detail, sizeof detail);
    ST_TRY(st_add_exact_amount(calculator, &text, "deductions ", calculator->deducted_exact));
    ST_TRY(st_add_exact_amount(calculator, &text, ", half of the payment ", half));
    ST_TRY(st_add_exact_amount(calculator, &text, ", G/12 ", twelfth));
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
    calculator->correction_count = 0;
    calculator->corrected = ST_ZERO;
    memset(payslip, 0, sizeof *payslip);
    payslip->held_reason = "";
}

static void finish(struct st_calculator *calculator) {
    struct st_payslip *payslip = calculator->payslip;
    payslip->lines = calculator->lines;
    payslip->line_count = calculator->line_count;
    payslip->findings = calculator->findings;
    payslip->finding_count = calculator->finding_count;
    payslip->corrections_made = calculator->corrections;
    payslip->correction_count = calculator->correction_count;
    payslip->movements = calculator->movements;
    payslip->movement_count = calculator->movement_count;
}

enum st_status st_entitlement(struct st_calculator *calculator) {
    calculator->line_count = calculator->finding_count = 0;
    calculator->remaining = ST_ZERO;
    calculator->benefit_exact = calculator->deducted_exact = ST_FRACTION_ZERO;
    ST_TRY(st_days_build(calculator));
    if (calculator->entitled_day_count == 0) {
        calculator->finding_count = 0; /* nobody is paid: nothing to look at before paying */
        return ST_OK;
    }
    ST_TRY(check_birth_date(calculator));
    ST_TRY(add_benefit(calculator));
    return st_deduct(calculator);
}

enum st_status st_calculate_benefit(struct st_calculator *calculator, const struct st_run_terms *terms,
                                    const struct st_person_facts *facts, struct st_payslip *payslip,
                                    struct st_error *error) {
    begin(calculator, terms, facts, payslip, error);
    ST_TRY(st_entitlement(calculator));
    calculator->movement_count = calculator->finding_count = 0;
    payslip->is_due = calculator->entitled_day_count > 0;
    ST_TRY(sum_columns(calculator));
    finish(calculator);
    return ST_OK;
}

/* R11 and R12. A held payslip books nothing: it shows a net plus, and moves no claim. */
static enum st_status settle_earlier_months(struct st_calculator *calculator) {
    bool is_held = calculator->card.method == METHOD_HELD;
    st_amount sum;
    ST_TRY(st_correct(calculator, &sum));
    if (!is_held)
        ST_TRY(st_refund(calculator, &sum));
    if (sum.ore > 0) {
        calculator->corrected = sum;
        ST_EXACT(calculator, st_amount_add(calculator->remaining, sum, &calculator->remaining));
    } else if (sum.ore < 0 && !is_held) {
        ST_TRY(st_raise_claim(calculator, sum));
    }
    return is_held ? ST_OK : st_recover(calculator);
}

/* Who has an entitled day in the month, a correction of an earlier one, or a claim that a decision
 * settles, gets a payslip (R4, R11, R12). */
static bool has_payslip(const struct st_calculator *calculator) {
    return calculator->entitled_day_count > 0 || calculator->difference_count > 0 ||
           st_claims_are_decided(calculator);
}

enum st_status st_calculate_month(struct st_calculator *calculator, const struct st_run_terms *terms,
                                  const struct st_person_facts *facts, struct st_payslip *payslip,
                                  struct st_error *error) {
    begin(calculator, terms, facts, payslip, error);
    ST_TRY(st_look_back(calculator));
    ST_TRY(st_entitlement(calculator));
    st_claims_begin(calculator);
    if (has_payslip(calculator)) {
        ST_TRY(st_card_find(calculator));
        ST_TRY(settle_earlier_months(calculator));
        payslip->is_due = calculator->entitled_day_count > 0 || calculator->difference_count > 0 ||
                          calculator->movement_count > 0;
        if (!payslip->is_due)
            calculator->finding_count = 0;
    }
    if (payslip->is_due) {
        ST_TRY(sum_columns(calculator));
        ST_TRY(flag_large_deduction(calculator));
        ST_TRY(st_withhold(calculator));
        ST_TRY(add_payment(calculator));
        assert(person_balances(calculator));
    }
    ST_TRY(st_claims_report(calculator));
    finish(calculator);
    return ST_OK;
}

enum st_status st_run_terms_check(const struct st_run_terms *terms, struct st_error *error) {
    int year = st_date_year(terms->payday);
    if (year < terms->rules->first_payment_year) {
        st_error_fill(error, ST_REFUSED, "run.payday_too_early",
                   "the withholding tables begin with 2021; give a payment date from 2021-01-01");
        return ST_REFUSED;
    }
    if (!st_withholding_year_known(year)) {
        st_error_fill(error, ST_REFUSED, "run.no_tables",
                   "there are no withholding tables for the payment date's year; add the year's file to "
                   "engine/withholding and build, or give another payment date");
        return ST_REFUSED;
    }
    if (terms->payday < st_month_first(terms->month)) {
        st_error_fill(error, ST_REFUSED, "run.payday_before_month",
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
