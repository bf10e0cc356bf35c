/* SPDX-License-Identifier: MIT */
/* programme_internal.h - what programme_time.c and programme.c share: the dated data of R18-R20 in a
 * form that can be read, and which rows of a person are one programme.
 */
#ifndef STONAD_ENGINE_PROGRAMME_INTERNAL_H
#define STONAD_ENGINE_PROGRAMME_INTERNAL_H

#include "stonad/programme.h"

/* A date of the law as it is read, 20260101. 0 has no meaning of its own: tables give it one. */
typedef int32_t st_law_date;
st_date st_law_date_of(st_law_date written);

/* The rows `first` to `last` are one programme: each begins the day after the one before ended, and
 * all were offered on the same date (R19, choice: a change of share or goal asks for a new row, not
 * for a new programme). */
struct st_programme_span {
    size_t first, last;
    st_date start, end;
};
struct st_programme_span st_programme_span_of(const struct st_person_facts *facts,
                                              size_t index) ST_NONNULL;

/* "Education at upper-secondary level or higher" (Act § 13). */
bool st_is_educated(const struct st_programme *programme) ST_NONNULL;

/* Act § 8: over this age on the date of the permit the municipality may offer, the person has no
 * right. In whole years: 55 means that somebody is over it from the 56th birthday. */
int st_age_limit_on(st_date permit_granted);

#endif
