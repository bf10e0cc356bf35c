/* SPDX-License-Identifier: MIT */
/* limits.h - R8: up to which limit an absence keeps the benefit (Act § 17, Reg. ch. 3-4).
 *
 * A walk over all of a person's absences in date order tells, day by day, which virkedager lie past the
 * limit of their kind and why. What lies past it does not use the limit up: the paragraphs count days
 * on which the benefit was kept (choice).
 */
#ifndef STONAD_ENGINE_LIMITS_H
#define STONAD_ENGINE_LIMITS_H

#include "stonad/engine.h"

enum st_past_reason {
    ST_PAST_EIGHT_WEEKS,   /* Reg. § 8: self-certified before eight weeks of programme */
    ST_PAST_THREE_DAYS,    /* Reg. § 8: more than three calendar days, the 16-day look-back counted */
    ST_PAST_BARRED,        /* Reg. § 9: self-certification barred by decision */
    ST_PAST_CHILD_AGE,     /* Reg. § 6: after the year the child turns 12, or 18 */
    ST_PAST_DAYS,          /* more than the limit's days in its window */
    ST_PAST_NOT_IN_FORCE,  /* before the rule took effect */
    ST_PAST_BREASTFEEDING, /* Reg. § 13: more than an hour a day, or after the first year */
    ST_PAST_REASON_COUNT
};

/* One virkedag past the limit of its kind. */
struct st_past {
    const struct st_absence *record;
    st_date date;
    enum st_past_reason reason;
    int limit_days;           /* of ST_PAST_DAYS */
    const char *window;       /* of ST_PAST_DAYS: "in the last 12 months" ... */
    int64_t hours_hundredths; /* what of the day is past it; 0: the whole day */
};

/* Visits every virkedag of a programme, up to and with `last`, that is past its limit; by kind, then
 * date. Not ST_OK from `visit` stops the walk and is passed on. */
enum st_status st_limits_walk(const struct st_person_facts *facts, st_date last,
                              enum st_status (*visit)(void *context, const struct st_past *past),
                              void *context) ST_MUST_CHECK ST_NONNULL_ARGS(1, 3);

/* "25 days in the programme year", "before eight weeks of programme" ...: what a line says. */
const char *st_past_reason_text(enum st_past_reason reason);

/* The care row of the day; NULL when there is none. */
const struct st_care *st_care_on(const struct st_person_facts *facts, st_date date)
    ST_NONNULL_ARGS(1);

/* Whether R8's limits ask for a care row (child kinds), or for a child's birth (breastfeeding). */
bool st_limit_needs_care(enum st_absence_kind kind);

#endif
