/* SPDX-License-Identifier: MIT */
/* rates.h - rates and the rule set: dated data, by when they take effect and when they were known.
 *
 * The base amount G (R1) comes from the ledger, so that next year's G is added without a rebuild; the
 * factors, limits and dates of the law (R2, R8, R14, R16) are the rule set, compiled in, each with the
 * date it takes effect. A run records which of both it used.
 */
#ifndef STONAD_RATES_H
#define STONAD_RATES_H

#include "stonad/base.h"
#include "stonad/date.h"
#include "stonad/money.h"

#define ST_RATE_MAX_NOK INT64_C(1000000000)

/* One value of a rate. Names today: "G", kroner a year. */
struct st_rate {
    st_date effect;
    st_date known;
    int64_t value_nok;
    const char *source;
};

/* The G of folketrygdloven § 1-4 that a new ledger starts with, oldest first. */
const struct st_rate *st_rate_initial(size_t *count) ST_NONNULL;

/* The G in effect on `day` among `rates` known on or before `known`: the latest effect date not after
 * `day`; of two with the same effect date the one known last. NULL when none is. Any order; `rates` may
 * be NULL when there are none. */
const struct st_rate *st_rate_on(const struct st_rate *rates, size_t count, st_date day,
                                 st_date known);

/* The rule set in force: factors and their dates. */
struct st_rule_set {
    const char *name; /* recorded by every run */
    st_date old_law_before;       /* permits granted before: introduksjonsloven 2003 (Act § 52) */
    int young_age;                /* § 20: under 25 */
    st_fraction young_factor, young_with_parents_factor;
    st_date couple_from;          /* FOR-2024-06-25-1215 */
    st_fraction couple_factor;
    st_date part_time_from, part_time_to; /* collective protection, permit e */
    st_fraction single_parent_share;      /* § 22: 40 % of what exceeds ... */
    st_fraction single_parent_base;       /* ... half of G */
    int fallback_percent_until_2024, fallback_percent;
    int half_tax_from_year;       /* SBF § 5-7-2 as changed from 2026: half, not free */
    int first_payment_year;       /* earlier payment dates are refused */
};
const struct st_rule_set *st_rule_set_current(void);

#endif
