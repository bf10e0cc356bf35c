/* SPDX-License-Identifier: MIT */
/* correct.c - R11: earlier months put right. Each earlier month is computed anew from what is known
 * now and held, kind by kind, against what was booked for it; the differences are this payslip's
 * correction lines. Netted per person: a net plus is paid, a net minus becomes a claim (recover.c).
 *
 * What a month came to, not how, is compared: the amounts as rounded, summed by kind. Whoever is held
 * back is shown the corrections of a net plus, but a held payslip books nothing, so that the next
 * run finds the same differences again.
 */
#include "engine/calculator.h"

#include <assert.h>
#include <string.h>

enum { DIFFERENCES_MAX = 100000, CORRECTED_KINDS = ST_LINE_ABSENCE_MONTH - ST_LINE_BENEFIT + 1 };
_Static_assert(ST_LINE_CORRECTION_ABSENCE_MONTH - ST_LINE_CORRECTION_BENEFIT + 1 == CORRECTED_KINDS,
               "a correction for each kind, in the same order");

/* ---- what was paid --------------------------------------------------------------------------- */

static enum st_status sum_booked(struct st_calculator *calculator, st_month month,
                                 st_amount paid[CORRECTED_KINDS], bool *is_booked) {
    const struct st_person_facts *facts = calculator->facts;
    *is_booked = false;
    for (size_t i = 0; i < facts->booked_count; i++) {
        const struct st_booked *row = &facts->booked[i];
        assert(row->kind >= ST_LINE_BENEFIT && row->kind <= ST_LINE_ABSENCE_MONTH);
        if (row->month != month)
            continue;
        *is_booked = true;
        ST_EXACT(calculator, st_amount_add(paid[row->kind], row->amount, &paid[row->kind]));
    }
    return ST_OK;
}

/* ---- what is due ----------------------------------------------------------------------------- */

static bool touches_programme(const struct st_person_facts *facts, st_month month) {
    st_date first = st_month_first(month), last = st_month_last(month);
    for (size_t i = 0; i < facts->programme_count; i++)
        if (facts->programmes[i].start <= last && first <= facts->programmes[i].end)
            return true;
    return false;
}

static enum st_status sum_due(struct st_calculator *calculator, st_month month,
                              st_amount due[CORRECTED_KINDS]) {
    const struct st_run_terms *terms = calculator->terms;
    struct st_run_terms of_month = *terms;
    of_month.month = month;
    calculator->terms = &of_month;
    enum st_status status = st_entitlement(calculator);
    calculator->terms = terms;
    if (status != ST_OK)
        return status;
    for (size_t i = 0; i < calculator->line_count; i++) {
        const struct st_line *line = &calculator->lines[i];
        ST_EXACT(calculator, st_amount_add(due[line->kind], st_line_signed(line), &due[line->kind]));
    }
    return ST_OK;
}

/* ---- the differences ------------------------------------------------------------------------- */

static enum st_status keep_difference(struct st_calculator *calculator, st_month month, int kind,
                                      st_amount paid, st_amount due) {
    void *array = calculator->differences;
    if (!st_make_room(&array, &calculator->difference_room, calculator->difference_count,
                      sizeof(struct difference), DIFFERENCES_MAX))
        return st_fail_room(calculator);
    calculator->differences = array;
    calculator->differences[calculator->difference_count++] =
        (struct difference){month, kind, paid, due};
    return ST_OK;
}

/* R15: a month never paid before that is paid now adds its days to the period of the tax. */
static void add_arrears(struct st_calculator *calculator, const st_amount due[CORRECTED_KINDS]) {
    int64_t sum_ore = 0;
    for (int kind = 0; kind < CORRECTED_KINDS; kind++)
        sum_ore += due[kind].ore;
    if (sum_ore > 0)
        st_period_add_month(calculator, &calculator->arrears);
}

static enum st_status look_at_month(struct st_calculator *calculator, st_month month) {
    st_amount paid[CORRECTED_KINDS] = {{0}}, due[CORRECTED_KINDS] = {{0}};
    bool is_booked;
    ST_TRY(sum_booked(calculator, month, paid, &is_booked));
    if (touches_programme(calculator->facts, month)) {
        ST_TRY(sum_due(calculator, month, due));
        if (!is_booked)
            add_arrears(calculator, due);
    } else if (!is_booked) {
        return ST_OK;
    }
    for (int kind = 0; kind < CORRECTED_KINDS; kind++)
        if (paid[kind].ore != due[kind].ore)
            ST_TRY(keep_difference(calculator, month, kind, paid[kind], due[kind]));
    return ST_OK;
}

enum st_status st_look_back(struct st_calculator *calculator) {
    const struct st_run_terms *terms = calculator->terms;
    calculator->difference_count = 0;
    calculator->arrears = (struct period){0};
    if (terms->first_month == 0 || !calculator->facts->look_back)
        return ST_OK;
    for (st_month month = terms->first_month; month < terms->month; month++)
        ST_TRY(look_at_month(calculator, month));
    return ST_OK;
}

/* ---- the lines ------------------------------------------------------------------------------- */

static enum st_status add_line(struct st_calculator *calculator,
                               const struct difference *difference) {
    st_amount change;
    ST_EXACT(calculator, st_amount_subtract(difference->due, difference->paid, &change));
    bool is_less = change.ore < 0;
    struct st_line *line = st_line_new(
        calculator, (enum st_line_kind)(ST_LINE_CORRECTION_BENEFIT + difference->kind));
    if (line == NULL)
        return ST_IO;
    line->month = difference->month;
    line->from = st_month_first(difference->month);
    line->to = st_month_last(difference->month);
    line->rule = "R11";
    line->citation = "integreringsloven §§ 20-24";
    line->unit = ST_UNIT_PAYMENT;
    line->quantity = (st_fraction){1, 1};
    line->amount = is_less ? (st_amount){-change.ore} : change;
    line->rate = line->exact = st_fraction_from_amount(line->amount);
    if (is_less) {
        line->debit_from = ST_ACCOUNT_PERSON;
        line->credit_to = ST_ACCOUNT_BENEFIT;
    }
    struct st_text text = st_text_into(line->inputs, sizeof line->inputs);
    st_text_add(&text, "due=");
    st_text_add_amount(&text, difference->due);
    st_text_add(&text, "; paid=");
    st_text_add_amount(&text, difference->paid);
    return ST_OK;
}

/* One record a month, of all its kinds. The months come in order. */
static enum st_status keep_correction(struct st_calculator *calculator,
                                      const struct difference *difference) {
    struct st_correction *last = calculator->correction_count == 0
                                     ? NULL
                                     : &calculator->corrections[calculator->correction_count - 1];
    if (last == NULL || last->month != difference->month) {
        void *array = calculator->corrections;
        st_amount paid[CORRECTED_KINDS] = {{0}};
        bool is_booked;
        if (!st_make_room(&array, &calculator->correction_room, calculator->correction_count,
                          sizeof *last, DIFFERENCES_MAX))
            return st_fail_room(calculator);
        calculator->corrections = array;
        last = &calculator->corrections[calculator->correction_count++];
        *last = (struct st_correction){.month = difference->month};
        ST_TRY(sum_booked(calculator, difference->month, paid, &is_booked));
        for (int kind = 0; kind < CORRECTED_KINDS; kind++)
            ST_EXACT(calculator, st_amount_add(last->paid, paid[kind], &last->paid));
        last->due = last->paid;
    }
    ST_EXACT(calculator, st_amount_add(last->due, difference->due, &last->due));
    ST_EXACT(calculator, st_amount_subtract(last->due, difference->paid, &last->due));
    return ST_OK;
}

enum st_status st_correct(struct st_calculator *calculator, st_amount *sum) {
    *sum = ST_ZERO;
    for (size_t i = 0; i < calculator->difference_count; i++) {
        const struct difference *difference = &calculator->differences[i];
        ST_EXACT(calculator, st_amount_add(*sum, difference->due, sum));
        ST_EXACT(calculator, st_amount_subtract(*sum, difference->paid, sum));
    }
    /* A held payslip books nothing: a net minus is left to the run that pays again. */
    if (calculator->difference_count == 0 ||
        (calculator->card.method == METHOD_HELD && sum->ore < 0))
        return ST_OK;
    for (size_t i = 0; i < calculator->difference_count; i++) {
        ST_TRY(add_line(calculator, &calculator->differences[i]));
        ST_TRY(keep_correction(calculator, &calculator->differences[i]));
    }
    return ST_OK;
}
