/* SPDX-License-Identifier: MIT */
/* withholding.h - the tax authority's withholding tables (tabelltrekk), computed as published.
 *
 * A basis and a table give the tax of one pay period, to the krone as Skatteetaten publishes it.
 * Which table, period and basis a payment has is decided elsewhere (R14, R15); this room knows no
 * payslips. The figures are data of each income year (engine/withholding/YYYY.csv), compiled in
 * with the digest of their file, so that a run can record exactly which figures it used (R1).
 *
 * Everything returned is constant and lives as long as the program; there is nothing to free.
 */
#ifndef STONAD_WITHHOLDING_H
#define STONAD_WITHHOLDING_H

#include "stonad/base.h"

/* The periods the tables are published for (SBF § 5-10-2). */
enum st_tax_period {
    ST_TAX_MONTH,
    ST_TAX_FORTNIGHT,
    ST_TAX_WEEK,
    ST_TAX_4_DAYS,
    ST_TAX_3_DAYS,
    ST_TAX_2_DAYS,
    ST_TAX_1_DAY,
    ST_TAX_PERIOD_COUNT
};

/* The largest basis a table is asked for: a milliard kroner for one period. */
#define ST_WITHHOLDING_BASIS_MAX_NOK INT64_C(1000000000)

/* One table of one income year. */
struct st_withholding_table;

/* "month", "fortnight", "week", "4_days", "3_days", "2_days", "1_day"; NULL for no period. */
const char *st_tax_period_name(enum st_tax_period period);

/* The period of exactly that name; false, and *out untouched, when there is none. */
bool st_tax_period_find(const char *text, size_t size, enum st_tax_period *out)
    ST_MUST_CHECK ST_NONNULL;

/* The width of a step of the period's tables in whole kroner: every basis of a step has the same
 * tax, as long as that is not more than the basis itself. 0 for no period. */
int st_tax_period_step_nok(enum st_tax_period period);

/* The income years known, from the first to the last without a gap. */
int st_withholding_first_year(void);
int st_withholding_last_year(void);
bool st_withholding_year_known(int year);

/* SHA-256 of the year's data file, 64 hexadecimal digits; NULL for an unknown year. */
const char *st_withholding_year_digest(int year);
/* SHA-256 of the file of the periods, which all years share. */
const char *st_withholding_periods_digest(void);

/* The tables of a year in the order of its file; count 0 for an unknown year. NULL where there is
 * no such table. */
size_t st_withholding_table_count(int year);
const struct st_withholding_table *st_withholding_table_at(int year, size_t index);
/* The table of exactly that name: "8100", "7100P", "0100". */
const struct st_withholding_table *st_withholding_table_find(int year, const char *name)
    ST_NONNULL;

const char *st_withholding_table_name(const struct st_withholding_table *table) ST_NONNULL;

/* Whether the table spreads the year's tax over twelve months instead of leaving some free of it,
 * so that it gives no exemption before Christmas (R16, SBF § 5-7-2). */
bool st_withholding_table_is_12_months(const struct st_withholding_table *table) ST_NONNULL;

/* The tax in whole kroner on `basis_nok` whole kroner of pay for one period: 0 ... basis_nok. -1
 * when the basis is outside 0 ... ST_WITHHOLDING_BASIS_MAX_NOK, or there is no such period. */
int64_t st_withholding_tax_nok(const struct st_withholding_table *table, enum st_tax_period period,
                               int64_t basis_nok) ST_NONNULL_ARGS(1);

#endif
