/* SPDX-License-Identifier: MIT */
/* fact_check.c - what can be wrong with one row by itself. Rows against each other and against the
 * register are the ledger's (db/import); the form of a field is the reader's (formats/fact_csv).
 */
#include "engine/text.h"
#include "stonad/fact.h"
#include "stonad/rates.h"
#include "stonad/withholding.h"

#include <string.h>

static bool wrong(struct st_fact_problem *problem, int column, const char *code, const char *text) {
    struct st_text out = st_text_into(problem->text, sizeof problem->text);
    problem->column = column;
    strncpy(problem->code, code, sizeof problem->code - 1);
    problem->code[sizeof problem->code - 1] = '\0';
    st_text_add(&out, text);
    return false;
}

static bool check_period(const struct st_fact *fact, struct st_fact_problem *problem) {
    const struct st_fact_description *kind = st_fact_describe(fact->kind);
    if (kind->to_column < 0)
        return true;
    const struct st_value *from = &fact->values[kind->from_column];
    const struct st_value *to = &fact->values[kind->to_column];
    if (!to->is_null && to->number < from->number)
        return wrong(problem, kind->to_column, "fact.to_before_from",
                     "the last day lies before the first; give the last day, or leave it empty if the "
                     "period is open");
    return true;
}

/* R2: a share below 100 % existed only for collective protection, while the rule was in force, and
 * what it does to the benefit depends on whose cause it is. */
static bool check_programme(const struct st_fact *fact, struct st_fact_problem *problem) {
    const struct st_rule_set *rules = st_rule_set_current();
    struct st_programme programme;
    st_programme_of(fact, &programme);
    if (programme.share_percent == 100)
        return true;
    if (programme.permit != 'e')
        return wrong(problem, 9, "programme.share",
                     "a share below 100 is only for collective protection (permit e); leave it empty "
                     "or correct the permit");
    if (programme.start < rules->part_time_from)
        return wrong(problem, 9, "programme.share",
                     "part-time programmes began on 2022-06-15; a programme that starts earlier has "
                     "share 100");
    if (programme.end > rules->part_time_to)
        return wrong(problem, 9, "programme.share",
                     "part-time programmes ended with 2025-12-31; give an end by then, and a row of its "
                     "own for the time after");
    if (programme.share_cause == ST_CAUSE_NONE)
        return wrong(problem, 10, "programme.share_cause",
                     "a share below 100 needs its cause: municipality (full benefit) or participant");
    return true;
}

static bool check_living(const struct st_fact *fact, struct st_fact_problem *problem) {
    struct st_living living;
    st_living_of(fact, &living);
    if (living.partner_id[0] != '\0' && strcmp(living.partner_id, fact->values[0].text) == 0)
        return wrong(problem, 4, "living.partner_self",
                     "partner_id is the person's own number; give the partner's");
    return true;
}

static bool check_absence(const struct st_fact *fact, struct st_fact_problem *problem) {
    const struct st_value *from = &fact->values[1], *to = &fact->values[2];
    const struct st_value *hours = &fact->values[4];
    struct st_absence absence;
    if (hours->is_null)
        return true;
    st_absence_of(fact, &absence);
    if (!st_absence_rule_of(absence.kind)->takes_hours)
        return wrong(problem, 4, "absence.no_hours",
                     "this kind is counted in whole days; leave hours empty");
    if (hours->number == 0)
        return wrong(problem, 4, "absence.zero_hours",
                     "hours must be more than 0; leave it empty for whole days");
    if (to->is_null || to->number != from->number)
        return wrong(problem, 2, "absence.hours_one_day",
                     "hours belong to one day; give a `to` equal to `from`, and one row a day");
    return true;
}

/* dagpenger, sykepenger and foreldrepenger count only when earned before the programme (Act § 22):
 * without the answer the row cannot be used either way. */
static bool check_benefit(const struct st_fact *fact, struct st_fact_problem *problem) {
    int64_t kind = fact->values[3].number;
    if (kind <= ST_BENEFIT_FORELDREPENGER && fact->values[5].is_null)
        return wrong(problem, 5, "benefit.earned_unknown",
                     "say yes or no: this benefit is deducted only when the right was earned before the "
                     "programme");
    return true;
}

static bool check_work(const struct st_fact *fact, struct st_fact_problem *problem) {
    struct st_work work;
    st_work_of(fact, &work);
    if (work.to == ST_DATE_OPEN || st_month_of(work.from) != st_month_of(work.to))
        return wrong(problem, 2, "work.one_month",
                     "a work row lies within one month; give one row a month");
    return true;
}

static bool check_taxcard(const struct st_fact *fact, struct st_fact_problem *problem) {
    struct st_taxcard card;
    st_taxcard_of(fact, &card);
    if (card.kind == ST_CARD_TABLE && card.table[0] == '\0')
        return wrong(problem, 3, "taxcard.no_table", "a table card needs its table, for example 8100");
    if (card.kind == ST_CARD_TABLE && st_withholding_year_known(card.year) &&
        st_withholding_table_find(card.year, card.table) == NULL)
        return wrong(problem, 3, "taxcard.table_unknown",
                     "there is no such table in that year; look at the tax card again");
    if (card.kind == ST_CARD_PERCENT && card.percent_hundredths < 0)
        return wrong(problem, 4, "taxcard.no_percent", "a percent card needs its percent");
    return true;
}

bool st_fact_check(const struct st_fact *fact, struct st_fact_problem *problem) {
    if (fact->withdrawn)
        return true;
    if (!check_period(fact, problem))
        return false;
    switch (fact->kind) {
    case ST_FACT_PROGRAMME:
        return check_programme(fact, problem);
    case ST_FACT_LIVING:
        return check_living(fact, problem);
    case ST_FACT_ABSENCE:
        return check_absence(fact, problem);
    case ST_FACT_BENEFIT:
        return check_benefit(fact, problem);
    case ST_FACT_WORK:
        return check_work(fact, problem);
    case ST_FACT_TAXCARD:
        return check_taxcard(fact, problem);
    case ST_FACT_PARTICIPANT:
    case ST_FACT_CARE:
    case ST_FACT_AUTHORITY_CARD:
    case ST_FACT_RECOVERY:
    case ST_FACT_DECISION:
    case ST_FACT_ENDING:
    case ST_FACT_CONTENT:
    case ST_FACT_EMPLOYMENT:
    case ST_FACT_SETTLEMENT:
    case ST_FACT_KIND_COUNT:
        break;
    }
    return true;
}
