/* SPDX-License-Identifier: MIT */
/* withholding_table.c - the published withholding routine, met to the krone.
 *
 * The tax authority publishes results computed in IEEE binary64, and the published result binds.
 * One row in ten thousand differs by a krone from exact arithmetic (2024, table 7104, month,
 * basis 75500: published 26130, exact 26131). This is therefore the one file with floating point,
 * and its expressions stand in the order of the routine: do not rearrange them. Steps are numbered
 * as in docs/rules.md, "Withholding tables". Kroner are integers between the steps.
 */
#include "engine/withholding_data.h"

#include <float.h>
#include <string.h>

_Static_assert(FLT_RADIX == 2 && DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024, "double is binary64");
_Static_assert(FLT_EVAL_METHOD == 0, "binary64 without extended precision");
#ifdef __FAST_MATH__
#error "the published results need IEEE arithmetic: compile without -ffast-math"
#endif
#ifdef __clang__ /* gcc takes no such pragma: the build says -ffp-contract=off to both */
#pragma STDC FP_CONTRACT OFF
#endif

/* ---- the routine ---------------------------------------------------------------------------- */

static int64_t round_down(double x) {
    int64_t whole = (int64_t)x; /* towards zero; every value here is far inside 64 bits */
    return (double)whole > x ? whole - 1 : whole;
}

/* floor(x + 1/2), correctly rounded: the sum itself would round 0.49999999999999994 up to 1. The
 * distance to the whole number below is exact, or so near 1 that its rounding does not matter. */
static int64_t round_half_up(double x) {
    int64_t below = round_down(x);
    return x - (double)below >= 0.5 ? below + 1 : below;
}

/* The two divisions that make binary64 of the integer figures; see withholding_data.h. */
static double ratio(struct st_withholding_ratio r) {
    return (double)r.numerator / (double)r.denominator;
}
static double percent(int32_t bp) {
    return (double)bp / 100.0;
}

static double share(int64_t amount_nok, int32_t bp) {
    return (double)amount_nok * percent(bp) / 100.0;
}
static int64_t share_nok(int64_t amount_nok, int32_t bp) {
    return round_half_up(share(amount_nok, bp));
}

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}
static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* Step 3. */
static enum st_withholding_factors factors_of(enum st_withholding_kind kind) {
    switch (kind) {
    case ST_KIND_ORDINARY:
        return ST_FACTORS_ORDINARY;
    case ST_KIND_PENSIONER:
        return ST_FACTORS_PENSIONER;
    case ST_KIND_STANDARD_DEDUCTION:
    case ST_KIND_FINNMARK:
    case ST_KIND_SEAFARER:
    case ST_KIND_SPECIAL:
        break;
    }
    return ST_FACTORS_OTHER;
}

/* Step 5: minstefradrag. */
static int64_t minimum_deduction_nok(const struct st_withholding_table *table, int64_t pay_nok) {
    const struct st_withholding_year *year = table->year;
    const struct st_withholding_minimum *rule = &year->minimum_wage;
    if (table->kind == ST_KIND_PENSIONER)
        rule = &year->minimum_pension;
    else if (table->kind == ST_KIND_SEAFARER)
        rule = &year->minimum_seafarer;

    int64_t deduction_nok = smaller(share_nok(pay_nok, rule->percent_bp), rule->max_nok);
    deduction_nok = larger(deduction_nok, larger(rule->floor_nok, rule->wage_deduction_nok));
    return smaller(deduction_nok, pay_nok);
}

/* Step 6: standardfradrag and sjømannsfradrag. */
static int64_t other_deductions_nok(const struct st_withholding_table *table, int64_t pay_nok) {
    const struct st_withholding_year *year = table->year;
    bool seafarer = table->kind == ST_KIND_SEAFARER;
    int64_t deductions_nok = 0;
    if (seafarer || table->kind == ST_KIND_STANDARD_DEDUCTION || table->kind == ST_KIND_FINNMARK)
        deductions_nok += smaller(share_nok(pay_nok, year->standard_deduction_bp),
                                  year->standard_deduction_max_nok);
    if (seafarer)
        deductions_nok += smaller(share_nok(pay_nok, year->seafarer_deduction_bp),
                                  year->seafarer_deduction_max_nok);
    return deductions_nok;
}

/* Step 8: the municipal and the common tax on ordinary income (alminnelig inntekt). */
static int64_t income_tax_nok(const struct st_withholding_table *table, int64_t income_nok) {
    const struct st_withholding_year *year = table->year;
    if (income_nok <= 0)
        return 0;
    int32_t common_bp =
        table->kind == ST_KIND_FINNMARK ? year->common_tax_finnmark_bp : year->common_tax_bp;
    return share_nok(income_nok, year->municipal_tax_bp) + share_nok(income_nok, common_bp);
}

/* Step 9: trinnskatt. The order of the additions is part of the published result. */
static int64_t bracket_tax_nok(const struct st_withholding_table *table, int64_t pay_nok) {
    const struct st_withholding_year *year = table->year;
    double tax = 0.0;
    for (int i = 0; i < year->bracket_count && pay_nok >= year->brackets[i].from_nok; i++) {
        int64_t to_nok = pay_nok;
        if (i + 1 < year->bracket_count)
            to_nok = smaller(to_nok, year->brackets[i + 1].from_nok);
        int32_t bp = year->brackets[i].percent_bp;
        if (i == 2 && table->kind == ST_KIND_FINNMARK && year->has_finnmark_bracket_3)
            bp = year->finnmark_bracket_3_bp;
        tax += share(to_nok - year->brackets[i].from_nok, bp);
    }
    return round_half_up(tax);
}

/* Step 10: trygdeavgift, phased in from the amount that is free. */
static int64_t insurance_nok(const struct st_withholding_table *table, int64_t pay_nok) {
    const struct st_withholding_year *year = table->year;
    int64_t free_nok = year->insurance_free_below_nok;
    if (table->insurance == ST_INSURANCE_NONE || pay_nok < free_nok)
        return 0;
    int32_t rate_bp = year->insurance_bp[table->insurance];
    double phase_in = percent(year->insurance_phase_in_bp);
    int64_t limit_nok = round_half_up((double)free_nok * phase_in / (phase_in - percent(rate_bp)));
    if (pay_nok > limit_nok)
        return share_nok(pay_nok, rate_bp);
    return share_nok(pay_nok - free_nok, year->insurance_phase_in_bp);
}

/* Steps 5 to 10: the tax of a year with that pay. */
static int64_t year_tax_nok(const struct st_withholding_table *table, int64_t pay_nok) {
    int64_t income_nok = pay_nok - minimum_deduction_nok(table, pay_nok) -
                         table->table_deduction_nok - other_deductions_nok(table, pay_nok) -
                         table->year->personal_allowance_nok[table->allowance];
    return income_tax_nok(table, income_nok) + bracket_tax_nok(table, pay_nok) +
           insurance_nok(table, pay_nok);
}

int64_t st_withholding_tax_nok(const struct st_withholding_table *table, enum st_tax_period period,
                               int64_t basis_nok) {
    if (basis_nok < 0 || basis_nok > ST_WITHHOLDING_BASIS_MAX_NOK ||
        (unsigned)period >= ST_TAX_PERIOD_COUNT)
        return -1;
    const struct st_withholding_period *p = &st_withholding_periods[period];

    /* Step 1: the middle of the basis' step. */
    int64_t middle_nok = basis_nok / p->step_nok * p->step_nok + p->step_nok / 2;

    /* Step 2: what lies past the end of the table is taxed by a percent. */
    int64_t excess_tax_nok = 0;
    if (table->has_excess && middle_nok >= p->excess_above_nok) {
        excess_tax_nok = share_nok(middle_nok - p->excess_above_nok, table->excess_bp);
        if (excess_tax_nok > 0)
            middle_nok = p->excess_above_nok;
    }

    /* Steps 3 and 4. */
    enum st_withholding_factors factors = factors_of(table->kind);
    double income_factor = ratio(p->income_factor[factors]);
    double withholding_factor =
        table->withholding_12_months ? income_factor : ratio(p->withholding_factor[factors]);
    int64_t pay_nok = round_half_up((double)middle_nok * income_factor);

    /* Steps 11 and 12. */
    double part = (double)year_tax_nok(table, pay_nok) / withholding_factor;
    int64_t tax_nok = table->kind == ST_KIND_SEAFARER ? round_down(part) : round_half_up(part);
    tax_nok += excess_tax_nok;
    if (tax_nok > basis_nok && excess_tax_nok == 0)
        tax_nok = basis_nok;
    return tax_nok;
}

/* ---- periods, years and tables -------------------------------------------------------------- */

const char *st_tax_period_name(enum st_tax_period period) {
    return (unsigned)period < ST_TAX_PERIOD_COUNT ? st_withholding_periods[period].name : NULL;
}

bool st_tax_period_find(const char *text, size_t size, enum st_tax_period *out) {
    for (unsigned i = 0; i < ST_TAX_PERIOD_COUNT; i++) {
        const char *name = st_withholding_periods[i].name;
        if (strlen(name) == size && memcmp(name, text, size) == 0) {
            *out = (enum st_tax_period)i;
            return true;
        }
    }
    return false;
}

int st_tax_period_step_nok(enum st_tax_period period) {
    return (unsigned)period < ST_TAX_PERIOD_COUNT ? st_withholding_periods[period].step_nok : 0;
}

int st_withholding_first_year(void) {
    return st_withholding_years[0].income_year;
}

int st_withholding_last_year(void) {
    return st_withholding_years[st_withholding_year_count - 1].income_year;
}

bool st_withholding_year_known(int year) {
    return year >= st_withholding_first_year() && year <= st_withholding_last_year();
}

static const struct st_withholding_year *year_find(int year) {
    if (!st_withholding_year_known(year))
        return NULL;
    return &st_withholding_years[year - st_withholding_first_year()];
}

const char *st_withholding_year_digest(int year) {
    const struct st_withholding_year *found = year_find(year);
    return found ? found->digest : NULL;
}

const char *st_withholding_periods_digest(void) {
    return st_withholding_periods_sha256;
}

size_t st_withholding_table_count(int year) {
    const struct st_withholding_year *found = year_find(year);
    return found ? found->table_count : 0;
}

const struct st_withholding_table *st_withholding_table_at(int year, size_t index) {
    const struct st_withholding_year *found = year_find(year);
    return found && index < found->table_count ? &found->tables[index] : NULL;
}

const struct st_withholding_table *st_withholding_table_find(int year, const char *name) {
    const struct st_withholding_year *found = year_find(year);
    for (size_t i = 0; found && i < found->table_count; i++)
        if (strcmp(found->tables[i].name, name) == 0)
            return &found->tables[i];
    return NULL;
}

const char *st_withholding_table_name(const struct st_withholding_table *table) {
    return table->name;
}

bool st_withholding_table_is_12_months(const struct st_withholding_table *table) {
    return table->withholding_12_months;
}
