/* SPDX-License-Identifier: MIT */
/* money.h - amounts in whole ore, and exact fractions of a krone until a line is written.
 *
 * `st_amount` is a struct so that `+` cannot touch it; every operation is checked. A fraction is
 * always reduced, its denominator positive; the arithmetic behind it is GMP's, and a result that
 * would not fit 64 bits is an overflow, never a wrong number. There is one rounding function:
 * half up on the amount without sign, to ore (choice: docs/rules.md, "Rounding").
 */
#ifndef STONAD_MONEY_H
#define STONAD_MONEY_H

#include "stonad/base.h"

typedef struct {
    int64_t ore;
} st_amount;

/* An exact number of kroner (or of hours, units ...): numerator / denominator. */
typedef struct {
    int64_t numerator;
    int64_t denominator; /* > 0; the fraction is reduced */
} st_fraction;

#define ST_ZERO ((st_amount){0})
#define ST_FRACTION_ZERO ((st_fraction){0, 1})

/* The largest amount a file may name: 10 milliard kroner. Sums of a register stay far inside 64 bits. */
#define ST_AMOUNT_MAX_ORE INT64_C(1000000000000)

/* Checked sum and difference; false on overflow, and then *out is untouched. */
bool st_amount_add(st_amount a, st_amount b, st_amount *out) ST_MUST_CHECK ST_NONNULL;
bool st_amount_subtract(st_amount a, st_amount b, st_amount *out) ST_MUST_CHECK ST_NONNULL;

static inline int st_amount_compare(st_amount a, st_amount b) {
    return (a.ore > b.ore) - (a.ore < b.ore);
}
static inline st_amount st_amount_min(st_amount a, st_amount b) { return a.ore < b.ore ? a : b; }

/* The whole kroner of a non-negative amount, ore left out (SBF § 5-10-4: floored). */
static inline int64_t st_amount_whole_kroner(st_amount a) { return a.ore / 100; }

/* Exact arithmetic. Each returns false when the reduced result does not fit 64 bits, or on a zero
 * divisor; *out is then untouched. */
bool st_fraction_make(int64_t numerator, int64_t denominator, st_fraction *out)
    ST_MUST_CHECK ST_NONNULL;
bool st_fraction_add(st_fraction a, st_fraction b, st_fraction *out) ST_MUST_CHECK ST_NONNULL;
bool st_fraction_subtract(st_fraction a, st_fraction b, st_fraction *out) ST_MUST_CHECK ST_NONNULL;
bool st_fraction_multiply(st_fraction a, st_fraction b, st_fraction *out) ST_MUST_CHECK ST_NONNULL;
/* a * numerator / denominator in one step, without a fraction in between. */
bool st_fraction_scale(st_fraction a, int64_t numerator, int64_t denominator, st_fraction *out)
    ST_MUST_CHECK ST_NONNULL;
int st_fraction_compare(st_fraction a, st_fraction b);
bool st_fraction_equal(st_fraction a, st_fraction b);
/* The amount as a fraction of kroner. */
st_fraction st_fraction_from_amount(st_amount amount);

/* The one rounding: kroner to ore, half up on the amount without sign. False on overflow. */
bool st_round_to_ore(st_fraction kroner, st_amount *out) ST_MUST_CHECK ST_NONNULL;

#endif
