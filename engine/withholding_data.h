/* SPDX-License-Identifier: MIT */
/* withholding_data.h - the shape of the published withholding figures, private to the engine.
 *
 * engine/withholding/compile.awk writes the objects declared here from the data files. They hold
 * integers only; engine/withholding_table.c alone turns them into binary64. A percent is in basis
 * points, `_bp`: hundredths of a percent. A factor is a ratio of two integers: 12.12 is 1212/100,
 * and 91*10.5/12 is 9555/120. Both are exact, so one correctly rounded division yields the same
 * binary64 number as the decimal literal, or as the published expression, whose product is exact.
 */
#ifndef STONAD_ENGINE_WITHHOLDING_DATA_H
#define STONAD_ENGINE_WITHHOLDING_DATA_H

#include "stonad/withholding.h"

/* Which pair of factors a table takes from its period. */
enum st_withholding_factors {
    ST_FACTORS_ORDINARY,
    ST_FACTORS_PENSIONER,
    ST_FACTORS_OTHER,
    ST_FACTORS_COUNT
};

enum st_withholding_kind {
    ST_KIND_ORDINARY,
    ST_KIND_PENSIONER,
    ST_KIND_STANDARD_DEDUCTION, /* standardfradrag */
    ST_KIND_FINNMARK,           /* tiltakssonen, with the standard deduction */
    ST_KIND_SEAFARER,
    ST_KIND_SPECIAL
};

enum st_withholding_allowance { ST_ALLOWANCE_ORDINARY, ST_ALLOWANCE_FINNMARK };

enum st_withholding_insurance { ST_INSURANCE_NONE, ST_INSURANCE_LOW, ST_INSURANCE_HIGH };

struct st_withholding_ratio {
    int32_t numerator;
    int32_t denominator;
};

struct st_withholding_period {
    const char *name;
    int32_t step_nok;
    int32_t excess_above_nok; /* for tables with an excess percent */
    struct st_withholding_ratio income_factor[ST_FACTORS_COUNT];
    struct st_withholding_ratio withholding_factor[ST_FACTORS_COUNT];
};

struct st_withholding_bracket {
    int32_t from_nok;
    int32_t percent_bp;
};

/* How a minimum deduction is bounded. */
struct st_withholding_minimum {
    int32_t percent_bp;
    int32_t max_nok;
    int32_t floor_nok;
    int32_t wage_deduction_nok; /* a second floor */
};

enum { ST_WITHHOLDING_BRACKETS_MAX = 8 };

struct st_withholding_year {
    int income_year;
    const char *digest;
    const struct st_withholding_table *tables;
    size_t table_count;

    int32_t personal_allowance_nok[ST_ALLOWANCE_FINNMARK + 1];
    int bracket_count;
    struct st_withholding_bracket brackets[ST_WITHHOLDING_BRACKETS_MAX];
    bool has_finnmark_bracket_3; /* Finnmark has a percent of its own in bracket 3 */
    int32_t finnmark_bracket_3_bp;
    int32_t common_tax_bp;
    int32_t common_tax_finnmark_bp;
    int32_t municipal_tax_bp;
    int32_t insurance_free_below_nok;
    int32_t insurance_phase_in_bp;
    int32_t insurance_bp[ST_INSURANCE_HIGH + 1];
    struct st_withholding_minimum minimum_wage;
    bool has_pension; /* a year without has no table of the pensioner kind */
    struct st_withholding_minimum minimum_pension;
    struct st_withholding_minimum minimum_seafarer;
    int32_t standard_deduction_bp;
    int32_t standard_deduction_max_nok;
    int32_t seafarer_deduction_bp;
    int32_t seafarer_deduction_max_nok;
};

struct st_withholding_table {
    const struct st_withholding_year *year;
    char name[8];
    enum st_withholding_kind kind;
    int32_t table_deduction_nok; /* negative: an addition */
    enum st_withholding_allowance allowance;
    enum st_withholding_insurance insurance;
    bool withholding_12_months;
    bool has_excess;
    int32_t excess_bp;
};

extern const struct st_withholding_period st_withholding_periods[ST_TAX_PERIOD_COUNT];
extern const char st_withholding_periods_sha256[];

/* Ascending, without a gap. */
extern const struct st_withholding_year st_withholding_years[];
extern const size_t st_withholding_year_count;

#endif
