/* SPDX-License-Identifier: MIT */
/* days.c - the month day by day: programme and entitled days, units, and what each day is worth.
 *
 * R2 (Act § 20): A(day) = 2 * G(day) * f(day). R3: day = A/360, hour = A/1850. R4: the units of a month
 * are dealt one per entitled day in date order; what is left goes to the last entitled day, so that a
 * full February pays thirty days. R9: days off are paid and never charged.
 */
#include "engine/calculator.h"
#include "engine/programme_internal.h"
#include "stonad/calendar.h"

#include <assert.h>
#include <string.h>

enum { MONTH_UNITS = 30, YEAR_UNITS = 360, YEAR_HOURS = 1850 };

struct day *st_day_at(struct st_calculator *calculator, st_date date) {
    st_date first = calculator->days[0].date;
    if (date < first || date >= first + calculator->day_count)
        return NULL;
    return &calculator->days[date - first];
}

static const struct st_programme *programme_on(const struct st_programme *programmes, size_t count,
                                               st_date date) {
    for (size_t i = 0; i < count; i++)
        if (programmes[i].start <= date && date <= programmes[i].end)
            return &programmes[i];
    return NULL;
}

static bool is_on_leave(const struct st_absence *absences, size_t count, st_date date) {
    for (size_t i = 0; i < count && absences[i].from <= date; i++)
        if (date <= absences[i].to && !st_absence_rule_of(absences[i].kind)->with_benefit)
            return true;
    return false;
}

static const struct st_living *living_on(const struct st_person_facts *facts, st_date date) {
    for (size_t i = 0; i < facts->living_count; i++)
        if (facts->living[i].from <= date && date <= facts->living[i].to)
            return &facts->living[i];
    return NULL;
}

/* R2, choice: a partner on leave without benefit, stopped, finished or unknown does not take part. */
static bool partner_takes_part(const struct st_person_facts *facts, const char *partner_id,
                               st_date date) {
    for (size_t i = 0; i < facts->partner_count; i++) {
        const struct st_partner *partner = &facts->partners[i];
        if (strcmp(partner->person_id, partner_id) != 0)
            continue;
        return partner->in_register &&
               programme_on(partner->programmes, partner->programme_count, date) != NULL &&
               !is_on_leave(partner->absences, partner->absence_count, date);
    }
    return false;
}

/* When the programme of a row began: rows that carry it on without a gap are one with it. */
static st_date begun(const struct st_person_facts *facts, const struct st_programme *programme) {
    return st_programme_span_of(facts, (size_t)(programme - facts->programmes)).start;
}

/* Which of R2's factors hold on the day. */
static struct day_make make_of(const struct st_calculator *calculator, const struct day *day,
                               const struct st_programme *programme) {
    const struct st_person_facts *facts = calculator->facts;
    const struct st_rule_set *rules = calculator->terms->rules;
    const struct st_living *living = living_on(facts, day->date);
    struct day_make make = {.programme = programme};

    make.g = calculator->g_of_month;
    if (make.g == NULL)
        make.g = st_rate_on(calculator->terms->rates, calculator->terms->rate_count, day->date,
                            calculator->terms->known);
    make.is_old_law = programme->permit_granted < rules->old_law_before;
    make.is_young = day->date < calculator->young_until;
    make.lives_with_parents = living != NULL && living->situation == ST_SITUATION_PARENTS;
    make.is_couple = !make.is_old_law && day->date >= rules->couple_from && living != NULL &&
                     living->partner_id[0] != '\0' && living->children == ST_ANSWER_NO &&
                     begun(facts, programme) >= rules->couple_from &&
                     partner_takes_part(facts, living->partner_id, day->date);
    return make;
}

static bool has_reduced_share(const struct st_rule_set *rules, const struct day *day) {
    const struct st_programme *programme = day->make.programme;
    return programme->share_percent < 100 && programme->share_cause == ST_CAUSE_PARTICIPANT &&
           day->date >= rules->part_time_from && day->date <= rules->part_time_to;
}

/* § 20 third paragraph; the law of 2003 knew only two thirds. */
static st_fraction age_factor(const struct st_rule_set *rules, const struct day_make *make) {
    if (!make->is_young)
        return (st_fraction){1, 1};
    if (make->lives_with_parents && !make->is_old_law)
        return rules->young_with_parents_factor;
    return rules->young_factor;
}

static enum st_status annual_amount(struct st_calculator *calculator, struct day *day) {
    const struct st_rule_set *rules = calculator->terms->rules;
    st_fraction annual;
    ST_EXACT(calculator,
             st_fraction_scale(age_factor(rules, &day->make), 2 * day->make.g->value_nok, 1, &annual));
    if (day->make.is_couple)
        ST_EXACT(calculator, st_fraction_multiply(annual, rules->couple_factor, &annual));
    if (has_reduced_share(rules, day))
        ST_EXACT(calculator, st_fraction_scale(annual, day->make.programme->share_percent, 100,
                                               &annual));
    day->annual = annual;
    return ST_OK;
}

static bool same_make(const struct day_make *a, const struct day_make *b) {
    return a->g == b->g && a->programme == b->programme && a->is_young == b->is_young &&
           a->lives_with_parents == b->lives_with_parents && a->is_old_law == b->is_old_law &&
           a->is_couple == b->is_couple;
}

static enum st_status no_rate_known(struct st_calculator *calculator, st_date date) {
    char sentence[160];
    struct st_text text = st_text_into(sentence, sizeof sentence);
    st_text_add(&text, "no base amount G is known for ");
    st_text_add_date(&text, date);
    st_text_add(&text, " on the date recorded for the run; add it with its source first");
    return st_fail(calculator, ST_REFUSED, "rate.unknown", sentence);
}

static enum st_status build_day(struct st_calculator *calculator, struct day *day,
                                const struct day *before) {
    const struct st_person_facts *facts = calculator->facts;
    const struct st_programme *programme =
        programme_on(facts->programmes, facts->programme_count, day->date);
    if (programme == NULL)
        return ST_OK;
    day->is_programme = true;
    day->is_entitled = !is_on_leave(facts->absences, facts->absence_count, day->date);
    day->make = make_of(calculator, day, programme);
    if (day->make.g == NULL)
        return no_rate_known(calculator, day->date);
    bool shares_end_between = before != NULL && before->is_programme &&
                              has_reduced_share(calculator->terms->rules, before) !=
                                  has_reduced_share(calculator->terms->rules, day);
    if (before != NULL && before->is_programme && same_make(&before->make, &day->make) &&
        !shares_end_between)
        day->annual = before->annual;
    else
        ST_TRY(annual_amount(calculator, day));
    return ST_OK;
}

static void count_days(struct st_calculator *calculator) {
    calculator->programme_day_count = calculator->entitled_day_count = 0;
    for (int i = 0; i < calculator->day_count; i++) {
        const struct day *day = &calculator->days[i];
        if (!day->is_programme)
            continue;
        if (calculator->programme_day_count++ == 0)
            calculator->first_programme_day = day->date;
        calculator->last_programme_day = day->date;
        calculator->entitled_day_count += day->is_entitled;
    }
}

/* R4: 30 for a month that is programme days all through, otherwise the days, at most 30; less one for
 * each day of leave or stop; 0 when no entitled day is left. */
static int units_of_month(const struct st_calculator *calculator) {
    int programme_days = calculator->programme_day_count;
    int leave_days = programme_days - calculator->entitled_day_count;
    int units = programme_days == calculator->day_count || programme_days > MONTH_UNITS
                    ? MONTH_UNITS
                    : programme_days;
    units -= leave_days;
    return units < 0 || calculator->entitled_day_count == 0 ? 0 : units;
}

static void deal_units(struct st_calculator *calculator) {
    int left = calculator->unit_count = units_of_month(calculator);
    struct day *last = NULL;
    for (int i = 0; i < calculator->day_count; i++) {
        struct day *day = &calculator->days[i];
        if (!day->is_entitled)
            continue;
        last = day;
        day->units = left > 0 ? 1 : 0;
        left -= day->units;
    }
    if (last != NULL)
        last->units += left;
    assert(last != NULL || left == 0);
}

/* What R2 leaves for a person to look at: missing and unknown answers. */
static enum st_status add_living_findings(struct st_calculator *calculator) {
    const struct st_person_facts *facts = calculator->facts;
    bool young_without_living = false, partner_unknown = false, children_unknown = false;
    bool municipal_share = false;
    for (int i = 0; i < calculator->day_count; i++) {
        const struct day *day = &calculator->days[i];
        if (!day->is_programme)
            continue;
        const struct st_living *living = living_on(facts, day->date);
        young_without_living |= day->make.is_young && living == NULL;
        municipal_share |= day->make.programme->share_percent < 100 &&
                           day->make.programme->share_cause == ST_CAUSE_MUNICIPALITY;
        if (living == NULL || living->partner_id[0] == '\0')
            continue;
        children_unknown |= living->children == ST_ANSWER_UNKNOWN;
        for (size_t j = 0; j < facts->partner_count; j++)
            partner_unknown |= strcmp(facts->partners[j].person_id, living->partner_id) == 0 &&
                               !facts->partners[j].in_register;
    }
    if (young_without_living)
        ST_TRY(st_finding_add(calculator, "R2-NO-LIVING", ""));
    if (partner_unknown)
        ST_TRY(st_finding_add(calculator, "R2-PARTNER-UNKNOWN", ""));
    if (children_unknown)
        ST_TRY(st_finding_add(calculator, "R2-CHILDREN-UNKNOWN", ""));
    if (municipal_share)
        ST_TRY(st_finding_add(calculator, "R2-SHARE-MUNICIPALITY", ""));
    return ST_OK;
}

/* What is the same on every day, looked up once a person instead of once a day. */
static void prepare_month(struct st_calculator *calculator, st_date first) {
    const struct st_run_terms *terms = calculator->terms;
    st_date last = first + calculator->day_count - 1;
    calculator->young_until =
        st_date_birthday(calculator->facts->participant.birth_date, terms->rules->young_age);
    calculator->g_of_month = st_rate_on(terms->rates, terms->rate_count, first, terms->known);
    for (size_t i = 0; i < terms->rate_count; i++)
        if (terms->rates[i].effect > first && terms->rates[i].effect <= last)
            calculator->g_of_month = NULL;
    struct calendar_of_month *calendar = &calculator->calendars[terms->month % CALENDARS_KEPT];
    calculator->calendar = calendar;
    if (calendar->is_there && calendar->month == terms->month)
        return;
    for (int i = 0; i < calculator->day_count; i++)
        calendar->is_day_off[i] = st_is_day_off(first + i);
    calendar->month = terms->month;
    calendar->is_there = true;
}

enum st_status st_days_build(struct st_calculator *calculator) {
    st_date first = st_month_first(calculator->terms->month);
    calculator->day_count = st_month_days(calculator->terms->month);
    assert(calculator->day_count <= DAYS_MAX);
    prepare_month(calculator, first);
    for (int i = 0; i < calculator->day_count; i++) {
        struct day *day = &calculator->days[i];
        *day = (struct day){.date = first + i,
                            .is_day_off = calculator->calendar->is_day_off[i],
                            .annual = {0, 1},
                            .charged = {0, 1}};
        ST_TRY(build_day(calculator, day, i > 0 ? day - 1 : NULL));
    }
    count_days(calculator);
    deal_units(calculator);
    return add_living_findings(calculator);
}

enum st_status st_day_rate(struct st_calculator *calculator, const struct day *day,
                           st_fraction *out) {
    ST_EXACT(calculator, st_fraction_scale(day->annual, 1, YEAR_UNITS, out));
    return ST_OK;
}

enum st_status st_hour_rate(struct st_calculator *calculator, const struct day *day,
                            st_fraction *out) {
    ST_EXACT(calculator, st_fraction_scale(day->annual, 1, YEAR_HOURS, out));
    return ST_OK;
}

void st_day_explain(const struct st_calculator *calculator, const struct day *day,
                    struct st_text *text) {
    const struct st_rule_set *rules = calculator->terms->rules;
    st_text_add(text, "G=");
    st_text_add_integer(text, day->make.g->value_nok);
    st_text_add(text, " from ");
    st_text_add_date(text, day->make.g->effect);
    if (day->make.is_young) {
        st_text_add(text, "; under 25=");
        st_text_add_fraction(text, age_factor(rules, &day->make));
        st_text_add(text, day->make.is_old_law           ? " (law of 2003)"
                          : day->make.lives_with_parents ? " with parents"
                                                         : " not with parents");
    }
    if (day->make.is_couple) {
        st_text_add(text, "; couple without children=");
        st_text_add_fraction(text, rules->couple_factor);
    }
    if (has_reduced_share(rules, day)) {
        st_text_add(text, "; programme share=");
        st_text_add_integer(text, day->make.programme->share_percent);
        st_text_add(text, " %");
    }
    st_text_add(text, "; A=");
    st_text_add_fraction(text, day->annual);
}
