/* SPDX-License-Identifier: MIT */
/* deductions.c - what is taken from the month's benefit, in R10's order: other public benefits (R5,
 * Act § 22), paid work inside the programme (R6, § 23), unapproved absence (R7, §§ 21 and 24) and what
 * is past a limit (R8).
 *
 * Within a rule the records come in the order of their keys (from, kind). Each line is cut to what
 * remains of the benefit, and says so.
 */
#include "engine/calculator.h"

#include <assert.h>

/* Days past a limit in one month: far more than its days, for hours of several kinds. */
enum { PAST_MAX = 4096 };

#define SECTION_22 "integreringsloven § 22"
#define SECTION_23 "integreringsloven § 23"
#define SECTION_21 "integreringsloven § 21"

static st_date later_of(st_date a, st_date b) { return a > b ? a : b; }
static st_date earlier_of(st_date a, st_date b) { return a < b ? a : b; }

/* The part of a period that lies in the month; false when none does. */
static bool part_of_month(const struct st_calculator *calculator, st_date from, st_date to,
                          st_date *first, st_date *last) {
    st_date month_first = calculator->days[0].date;
    *first = later_of(from, month_first);
    *last = earlier_of(to, month_first + calculator->day_count - 1);
    return *first <= *last;
}

static struct st_text inputs_of(struct st_line *line) {
    return st_text_into(line->inputs, sizeof line->inputs);
}

/* ---- R5: other public benefits --------------------------------------------------------------- */

enum benefit_rule { BENEFIT_NEVER, BENEFIT_WHEN_EARNED_BEFORE, BENEFIT_ALWAYS, BENEFIT_SINGLE_PARENT };

static enum benefit_rule rule_of_benefit(enum st_benefit_kind kind) {
    switch (kind) {
    case ST_BENEFIT_DAGPENGER:
    case ST_BENEFIT_SYKEPENGER:
    case ST_BENEFIT_FORELDREPENGER:
        return BENEFIT_WHEN_EARNED_BEFORE;
    case ST_BENEFIT_UFORETRYGD:
    case ST_BENEFIT_ARBEIDSAVKLARINGSPENGER:
        return BENEFIT_ALWAYS;
    case ST_BENEFIT_OVERGANGSSTONAD:
        return BENEFIT_SINGLE_PARENT;
    case ST_BENEFIT_BARNETRYGD:
    case ST_BENEFIT_KONTANTSTOTTE:
    case ST_BENEFIT_BARNETILSYN:
    case ST_BENEFIT_ENGANGSSTONAD:
    case ST_BENEFIT_GRUNNSTONAD:
    case ST_BENEFIT_HJELPESTONAD:
    case ST_BENEFIT_BOSTOTTE:
    case ST_BENEFIT_SOSIALHJELP:
    case ST_BENEFIT_BARNEBIDRAG:
        break;
    }
    return BENEFIT_NEVER;
}

static bool is_deducted(const struct st_other_benefit *record) {
    enum benefit_rule rule = rule_of_benefit(record->kind);
    return rule != BENEFIT_NEVER &&
           (rule != BENEFIT_WHEN_EARNED_BEFORE || record->earned_before_programme);
}

/* What counts of a month's payment: all of it, or of overgangsstønad 40 % of what the year's exceeds
 * half of G (§ 22 second paragraph), a twelfth a month. */
static enum st_status countable_monthly(struct st_calculator *calculator,
                                        const struct st_other_benefit *record,
                                        const struct st_rate *g, st_fraction *out) {
    const struct st_rule_set *rules = calculator->terms->rules;
    st_fraction year, free;
    *out = st_fraction_from_amount(record->monthly_amount);
    if (rule_of_benefit(record->kind) != BENEFIT_SINGLE_PARENT)
        return ST_OK;
    ST_EXACT(calculator, st_fraction_scale(*out, 12, 1, &year));
    ST_EXACT(calculator, st_fraction_scale(rules->single_parent_base, g->value_nok, 1, &free));
    if (st_fraction_compare(year, free) <= 0) {
        *out = ST_FRACTION_ZERO;
        return ST_OK;
    }
    ST_EXACT(calculator, st_fraction_subtract(year, free, &year));
    ST_EXACT(calculator, st_fraction_multiply(year, rules->single_parent_share, &year));
    ST_EXACT(calculator, st_fraction_scale(year, 1, 12, out));
    return ST_OK;
}

/* The record's units and its exact amount: each day's monthly amount by that day's units / 30, so that
 * a new G inside the month splits it. */
static enum st_status sum_benefit(struct st_calculator *calculator,
                                  const struct st_other_benefit *record, st_date first,
                                  st_date last, int *units, st_fraction *exact) {
    const struct st_rate *g = NULL;
    st_fraction monthly = ST_FRACTION_ZERO, part;
    int pending = 0;
    *units = 0;
    *exact = ST_FRACTION_ZERO;
    for (st_date date = first; date <= last; date++) {
        const struct day *day = st_day_at(calculator, date);
        if (day->units == 0)
            continue;
        if (g != day->make.g) {
            ST_EXACT(calculator, st_fraction_scale(monthly, pending, 30, &part));
            ST_EXACT(calculator, st_fraction_add(*exact, part, exact));
            pending = 0;
            g = day->make.g;
            ST_TRY(countable_monthly(calculator, record, g, &monthly));
        }
        pending += day->units;
        *units += day->units;
    }
    ST_EXACT(calculator, st_fraction_scale(monthly, pending, 30, &part));
    ST_EXACT(calculator, st_fraction_add(*exact, part, exact));
    return ST_OK;
}

static enum st_status deduct_benefit(struct st_calculator *calculator,
                                     const struct st_other_benefit *record) {
    st_date first, last;
    st_fraction exact;
    int units;
    if (!part_of_month(calculator, record->from, record->to, &first, &last))
        return ST_OK;
    const char *name = st_fact_describe(ST_FACT_BENEFIT)->columns[3].choices[record->kind];
    if (!is_deducted(record))
        return calculator->programme_day_count == 0
                   ? ST_OK
                   : st_finding_add(calculator, "R5-NOT-DEDUCTED", name);
    ST_TRY(sum_benefit(calculator, record, first, last, &units, &exact));
    if (units == 0)
        return ST_OK;
    struct st_line *line = st_line_new(calculator, ST_LINE_OFFSET);
    if (line == NULL)
        return ST_IO;
    line->from = first;
    line->to = last;
    line->rule = "R5";
    line->citation = SECTION_22;
    line->unit = ST_UNIT_MONTH_SHARE;
    line->exact = exact;
    ST_EXACT(calculator, st_fraction_make(units, 30, &line->quantity));
    ST_EXACT(calculator, st_fraction_scale(exact, 30, units, &line->rate));
    struct st_text text = inputs_of(line);
    st_text_add(&text, name);
    st_text_add(&text, "=");
    st_text_add_amount(&text, record->monthly_amount);
    st_text_add(&text, " a month; units=");
    st_text_add_integer(&text, units);
    st_text_add(&text, "/30");
    if (rule_of_benefit(record->kind) == BENEFIT_SINGLE_PARENT)
        st_text_add(&text, "; counts=40 % of what 12 months exceed G/2, a twelfth");
    if (rule_of_benefit(record->kind) == BENEFIT_WHEN_EARNED_BEFORE)
        st_text_add(&text, "; earned before the programme=yes");
    return st_line_deduct(calculator, line);
}

/* ---- R6: paid work inside the programme ------------------------------------------------------ */

static enum st_status deduct_work(struct st_calculator *calculator, const struct st_work *record) {
    const struct day *day = st_day_at(calculator, record->from);
    if (!record->in_programme || day == NULL)
        return ST_OK;
    if (!day->is_entitled || day->is_day_off)
        return st_finding_add(calculator, "R6-OUTSIDE", "");
    struct st_line *line = st_line_new(calculator, ST_LINE_WORK);
    if (line == NULL)
        return ST_IO;
    st_fraction by_hours, wage = st_fraction_from_amount(record->gross_wage);
    line->from = record->from;
    line->to = record->to;
    line->rule = "R6";
    line->citation = SECTION_23;
    line->unit = ST_UNIT_HOUR;
    ST_EXACT(calculator, st_fraction_make(record->hours_hundredths, 100, &line->quantity));
    ST_TRY(st_hour_rate(calculator, day, &line->rate));
    ST_EXACT(calculator, st_fraction_multiply(line->quantity, line->rate, &by_hours));
    /* Krone for krone when that favours the participant; the law of 2003 has no such sentence. */
    bool by_wage = !day->make.is_old_law && st_fraction_compare(wage, by_hours) < 0;
    line->exact = by_wage ? wage : by_hours;
    struct st_text text = inputs_of(line);
    st_text_add(&text, "hours=");
    st_text_add_hundredths(&text, record->hours_hundredths);
    st_text_add(&text, "; gross wage=");
    st_text_add_amount(&text, record->gross_wage);
    st_text_add(&text, by_wage ? "; taken=the wage, krone for krone" : "; taken=hours at A/1850");
    st_text_add(&text, "; ");
    st_day_explain(calculator, day, &text);
    return st_line_deduct(calculator, line);
}

/* ---- R7: unapproved absence ------------------------------------------------------------------- */

static bool is_chargeable(const struct day *day) { return day->is_entitled && !day->is_day_off; }

/* A set of days of one record to be charged: all of an unapproved absence, or what is past a limit. */
struct charge {
    const struct st_absence *record;
    const struct st_past *past; /* NULL: unapproved absence (R7) */
    bool days[DAYS_MAX];
};

/* "holiday; past the limit: 25 days a programme year; without permission" */
static void explain_past(struct st_text *text, const struct st_absence *record,
                         const struct st_past *past) {
    st_text_add(text, st_absence_rule_of(record->kind)->name);
    st_text_add(text, "; past the limit: ");
    if (past->reason == ST_PAST_DAYS) {
        st_text_add_integer(text, past->limit_days);
        st_text_add(text, " days ");
        st_text_add(text, past->window);
    } else {
        st_text_add(text, st_past_reason_text(past->reason));
    }
    st_text_add(text, record->permission ? "; permitted, past the limit" : "; without permission");
    st_text_add(text, "; recorded");
}

static enum st_status add_absence_line(struct st_calculator *calculator, enum st_line_kind kind,
                                       const struct charge *charge, const struct day *first,
                                       const struct day *last, struct st_line **out) {
    const struct st_absence *record = charge->record;
    struct st_line *line = st_line_new(calculator, kind);
    if (line == NULL)
        return ST_IO;
    line->from = first->date;
    line->to = last->date;
    line->rule = charge->past == NULL ? "R7" : "R8";
    line->citation = charge->past == NULL ? SECTION_21 : st_absence_rule_of(record->kind)->citation;
    line->unit = kind == ST_LINE_ABSENCE_HOURS ? ST_UNIT_HOUR : ST_UNIT_DAY;
    struct st_text text = inputs_of(line);
    if (charge->past != NULL)
        explain_past(&text, record, charge->past);
    else
        st_text_add(&text, st_absence_rule_of(record->kind)->name);
    st_text_add(&text, " from ");
    st_text_add_date(&text, record->from);
    st_text_add(&text, " to ");
    st_text_add_date(&text, record->to);
    st_text_add(&text, "; ");
    st_day_explain(calculator, first, &text);
    *out = line;
    return ST_OK;
}

/* Whole days missed: that day's A/360 each, one line for each rate. A rate's days need not be
 * neighbours: the first day not yet charged takes all of its rate with it. */
static enum st_status charge_days(struct st_calculator *calculator, const struct charge *charge,
                                  bool *charged_any) {
    for (int i = 0; i < calculator->day_count; i++) {
        const struct day *first = &calculator->days[i], *last = first;
        if (!charge->days[i] || !is_chargeable(first) || first->is_charged_whole)
            continue;
        int day_count = 0;
        for (int j = i; j < calculator->day_count; j++) {
            struct day *day = &calculator->days[j];
            if (!charge->days[j] || !is_chargeable(day) || day->is_charged_whole ||
                !st_fraction_equal(day->annual, first->annual))
                continue;
            day->is_charged_whole = true;
            last = day;
            day_count++;
        }
        struct st_line *line;
        ST_TRY(add_absence_line(calculator, ST_LINE_ABSENCE_DAYS, charge, first, last, &line));
        line->quantity = (st_fraction){day_count, 1};
        ST_TRY(st_day_rate(calculator, first, &line->rate));
        ST_EXACT(calculator, st_fraction_scale(line->rate, day_count, 1, &line->exact));
        ST_TRY(st_line_deduct(calculator, line));
        *charged_any = true;
    }
    return ST_OK;
}

/* Parts of a day: hours at A/1850; one day's hours together never cost more than its A/360. */
static enum st_status charge_hours(struct st_calculator *calculator, const struct charge *charge,
                                   struct day *day, int64_t hours_hundredths, bool *charged_any) {
    st_fraction whole_day, room;
    struct st_line *line;
    if (day == NULL || !is_chargeable(day))
        return ST_OK;
    ST_TRY(add_absence_line(calculator, ST_LINE_ABSENCE_HOURS, charge, day, day, &line));
    ST_EXACT(calculator, st_fraction_make(hours_hundredths, 100, &line->quantity));
    ST_TRY(st_hour_rate(calculator, day, &line->rate));
    ST_EXACT(calculator, st_fraction_multiply(line->quantity, line->rate, &line->exact));
    ST_TRY(st_day_rate(calculator, day, &whole_day));
    ST_EXACT(calculator, st_fraction_subtract(whole_day, day->charged, &room));
    if (st_fraction_compare(line->exact, room) > 0) {
        struct st_text text = {line->inputs, sizeof line->inputs, 0, false};
        while (line->inputs[text.length] != '\0')
            text.length++;
        st_text_add(&text, "; the hours of one day cost at most A/360");
        line->exact = room;
    }
    ST_EXACT(calculator, st_fraction_add(day->charged, line->exact, &day->charged));
    *charged_any = true;
    return st_line_deduct(calculator, line);
}

static enum st_status charge_unapproved(struct st_calculator *calculator,
                                        const struct st_absence *record, st_date first,
                                        st_date last) {
    struct charge charge = {.record = record};
    bool charged_any = false;
    if (record->hours_hundredths > 0) {
        ST_TRY(charge_hours(calculator, &charge, st_day_at(calculator, first),
                            record->hours_hundredths, &charged_any));
    } else {
        for (st_date date = first; date <= last; date++)
            charge.days[date - calculator->days[0].date] = true;
        ST_TRY(charge_days(calculator, &charge, &charged_any));
    }
    return charged_any ? ST_OK : st_finding_add(calculator, "R7-NO-EFFECT", "");
}

/* ---- R8: past a limit -------------------------------------------------------------------------- */

static enum st_status keep_past(void *context, const struct st_past *past) {
    struct st_calculator *calculator = context;
    void *array = calculator->past;
    if (past->date < calculator->days[0].date)
        return ST_OK;
    if (!st_make_room(&array, &calculator->past_room, calculator->past_count,
                      sizeof(struct st_past), PAST_MAX))
        return st_fail_room(calculator);
    calculator->past = array;
    calculator->past[calculator->past_count++] = *past;
    return ST_OK;
}

/* Kinds whose days R8 counts against something. */
static bool is_limited(enum st_absence_kind kind) {
    return st_absence_rule_of(kind)->with_benefit && kind != ST_ABSENCE_UNAPPROVED &&
           kind != ST_ABSENCE_CERTIFIED_SICK && kind != ST_ABSENCE_PREGNANCY_CHECK &&
           kind != ST_ABSENCE_PERMITTED;
}

/* Which days of the month are past a limit; the history is walked only when it matters. */
static enum st_status find_past(struct st_calculator *calculator) {
    const struct st_person_facts *facts = calculator->facts;
    st_date last = calculator->days[0].date + calculator->day_count - 1, from, to;
    bool matters = false;
    calculator->past_count = 0;
    for (size_t i = 0; i < facts->absence_count && !matters; i++)
        matters = is_limited(facts->absences[i].kind) &&
                  part_of_month(calculator, facts->absences[i].from, facts->absences[i].to, &from,
                                &to);
    return matters ? st_limits_walk(facts, last, keep_past, calculator) : ST_OK;
}

static bool same_reason(const struct st_past *a, const struct st_past *b) {
    return a->reason == b->reason && a->limit_days == b->limit_days;
}

/* What of the record is past its limit for the reason of past[first]: one set of days, or one day's
 * hours. */
static enum st_status charge_past_from(struct st_calculator *calculator, size_t first,
                                       bool *charged_any) {
    const struct st_past *past = &calculator->past[first];
    struct charge charge = {.record = past->record, .past = past};
    if (past->hours_hundredths > 0)
        return charge_hours(calculator, &charge, st_day_at(calculator, past->date),
                            past->hours_hundredths, charged_any);
    for (size_t i = first; i < calculator->past_count; i++)
        if (calculator->past[i].record == past->record && same_reason(&calculator->past[i], past))
            charge.days[calculator->past[i].date - calculator->days[0].date] = true;
    return charge_days(calculator, &charge, charged_any);
}

static enum st_status charge_past(struct st_calculator *calculator,
                                  const struct st_absence *record) {
    bool charged_any = false;
    const struct st_past *before = NULL;
    for (size_t i = 0; i < calculator->past_count; i++) {
        const struct st_past *past = &calculator->past[i];
        if (past->record != record || (before != NULL && same_reason(before, past)))
            continue;
        before = past;
        ST_TRY(charge_past_from(calculator, i, &charged_any));
    }
    return charged_any ? st_finding_add(calculator, "R8-PAST-LIMIT",
                                        st_absence_rule_of(record->kind)->name)
                       : ST_OK;
}

/* What the limits had to be applied without: the care row of the day, or the child's birth. */
static enum st_status find_missing_care(struct st_calculator *calculator,
                                        const struct st_absence *record, st_date first,
                                        st_date last) {
    if (!st_limit_needs_care(record->kind))
        return ST_OK;
    for (st_date date = first; date <= last; date++) {
        const struct st_care *care = st_care_on(calculator->facts, date);
        if (!is_chargeable(st_day_at(calculator, date)))
            continue;
        if (record->kind == ST_ABSENCE_BREASTFEEDING
                ? care == NULL || care->youngest_born == ST_DATE_NONE
                : care == NULL)
            return st_finding_add(calculator, "R8-NO-CARE",
                                  st_absence_rule_of(record->kind)->name);
    }
    return ST_OK;
}

static enum st_status charge_absence(struct st_calculator *calculator,
                                     const struct st_absence *record) {
    st_date first, last;
    if (!part_of_month(calculator, record->from, record->to, &first, &last) ||
        calculator->programme_day_count == 0)
        return ST_OK;
    if (record->kind == ST_ABSENCE_UNAPPROVED)
        return charge_unapproved(calculator, record, first, last);
    ST_TRY(find_missing_care(calculator, record, first, last));
    return charge_past(calculator, record);
}

/* § 24: paid on attendance. Who missed every day there was to attend gets nothing for the month. */
static enum st_status charge_month(struct st_calculator *calculator) {
    int chargeable = 0, charged = 0;
    for (int i = 0; i < calculator->day_count; i++) {
        chargeable += is_chargeable(&calculator->days[i]);
        charged += calculator->days[i].is_charged_whole;
    }
    if (chargeable == 0 || charged < chargeable || calculator->remaining.ore == 0)
        return ST_OK;
    struct st_line *line = st_line_new(calculator, ST_LINE_ABSENCE_MONTH);
    if (line == NULL)
        return ST_IO;
    line->from = calculator->first_programme_day;
    line->to = calculator->last_programme_day;
    line->rule = "R7";
    line->citation = "integreringsloven § 24";
    line->unit = ST_UNIT_PAYMENT;
    line->quantity = (st_fraction){1, 1};
    line->rate = line->exact = st_fraction_from_amount(calculator->remaining);
    struct st_text text = inputs_of(line);
    st_text_add(&text, "missed=all ");
    st_text_add_integer(&text, chargeable);
    st_text_add(&text, " days of the month that were to be attended; taken=what remains of it");
    return st_line_deduct(calculator, line);
}

enum st_status st_deduct(struct st_calculator *calculator) {
    const struct st_person_facts *facts = calculator->facts;
    for (size_t i = 0; i < facts->benefit_count; i++)
        ST_TRY(deduct_benefit(calculator, &facts->benefits[i]));
    for (size_t i = 0; i < facts->work_count; i++)
        ST_TRY(deduct_work(calculator, &facts->work[i]));
    ST_TRY(find_past(calculator));
    for (size_t i = 0; i < facts->absence_count; i++)
        ST_TRY(charge_absence(calculator, &facts->absences[i]));
    ST_TRY(charge_month(calculator));
    assert(calculator->remaining.ore >= 0);
    return ST_OK;
}
