/* SPDX-License-Identifier: MIT */
/* test_withholding.c - the withholding tables against the published results, and against sense. */
#include "stonad/withholding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

static const char vectors_path[] = "fixtures/withholding/vectors.csv";
enum { VECTOR_COUNT = 53051, STEPS_PER_TABLE = 2000 };

/* ---- published results ---------------------------------------------------------------------- */

struct vector {
    char *table, *period;
    int income_year;
    int64_t basis_nok, tax_nok;
};

/* Takes the next cell of a comma separated line, and ends it. */
static char *next_cell(char **rest) {
    char *cell = *rest;
    size_t length = strcspn(cell, ",\n");
    *rest = cell + length + (cell[length] != '\0');
    cell[length] = '\0';
    assert_true(length > 0);
    return cell;
}

static struct vector read_vector(char *line) {
    struct vector v;
    v.income_year = atoi(next_cell(&line));
    v.table = next_cell(&line);
    v.period = next_cell(&line);
    v.basis_nok = strtoll(next_cell(&line), NULL, 10);
    v.tax_nok = strtoll(next_cell(&line), NULL, 10);
    return v;
}

static bool meets(const struct vector *v) {
    enum st_tax_period period;
    const struct st_withholding_table *table = st_withholding_table_find(v->income_year, v->table);
    assert_non_null(table);
    assert_true(st_tax_period_find(v->period, strlen(v->period), &period));
    int64_t tax_nok = st_withholding_tax_nok(table, period, v->basis_nok);
    if (tax_nok != v->tax_nok)
        print_error("%d %s %s %lld: published %lld, computed %lld\n", v->income_year, v->table,
                    v->period, (long long)v->basis_nok, (long long)v->tax_nok, (long long)tax_nok);
    return tax_nok == v->tax_nok;
}

static void every_published_result_is_met(void **state) {
    (void)state;
    char line[128];
    int rows = 0, missed = 0;
    FILE *file = fopen(vectors_path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "income_year,table,period,basis,withholding\n");
    while (fgets(line, sizeof line, file)) {
        struct vector v = read_vector(line);
        missed += !meets(&v);
        rows++;
    }
    fclose(file);
    assert_int_equal(rows, VECTOR_COUNT);
    assert_int_equal(missed, 0);
}

static int64_t tax_nok(int year, const char *name, enum st_tax_period period, int64_t basis_nok) {
    const struct st_withholding_table *table = st_withholding_table_find(year, name);
    assert_non_null(table);
    return st_withholding_tax_nok(table, period, basis_nok);
}

static void figures_everybody_knows(void **state) {
    (void)state;
    assert_int_equal(tax_nok(2026, "8000", ST_TAX_MONTH, 21600), 3291);
    assert_int_equal(tax_nok(2026, "8100", ST_TAX_MONTH, 21600), 1958);
    assert_int_equal(tax_nok(2026, "8000", ST_TAX_MONTH, 30000), 6427);
    /* Exact arithmetic gives 26131 here: the published binary64 result binds. */
    assert_int_equal(tax_nok(2024, "7104", ST_TAX_MONTH, 75500), 26130);
}

/* ---- every table, period and step ----------------------------------------------------------- */

/* Tax never falls, never exceeds the basis, and is the same on every basis of a step. */
static void check_steps(const struct st_withholding_table *table, enum st_tax_period period) {
    int step_nok = st_tax_period_step_nok(period);
    int64_t before_nok = 0;
    for (int step = 0; step <= STEPS_PER_TABLE; step++) {
        int64_t basis_nok = (int64_t)step * step_nok;
        int64_t at_start_nok = st_withholding_tax_nok(table, period, basis_nok);
        int64_t at_end_nok = st_withholding_tax_nok(table, period, basis_nok + step_nok - 1);
        if (at_start_nok < before_nok || at_start_nok > basis_nok)
            fail_msg("%s %s %lld: %lld after %lld", st_withholding_table_name(table),
                     st_tax_period_name(period), (long long)basis_nok, (long long)at_start_nok,
                     (long long)before_nok);
        if (at_start_nok < basis_nok)
            assert_int_equal(at_start_nok, at_end_nok);
        before_nok = at_start_nok;
    }
}

static void tax_grows_with_the_basis_and_stays_below_it(void **state) {
    (void)state;
    int tables = 0;
    for (int year = st_withholding_first_year(); year <= st_withholding_last_year(); year++)
        for (size_t i = 0; i < st_withholding_table_count(year); i++, tables++)
            for (int period = 0; period < ST_TAX_PERIOD_COUNT; period++)
                check_steps(st_withholding_table_at(year, i), (enum st_tax_period)period);
    assert_true(tables >= 4 * 83 + 2 * 96); /* 2021-2024, 2025-2026 */
}

static void the_basis_has_limits(void **state) {
    (void)state;
    const struct st_withholding_table *table = st_withholding_table_find(2026, "8000");
    for (int period = 0; period < ST_TAX_PERIOD_COUNT; period++) {
        enum st_tax_period p = (enum st_tax_period)period;
        assert_int_equal(st_withholding_tax_nok(table, p, 0), 0);
        assert_int_equal(st_withholding_tax_nok(table, p, -1), -1);
        assert_int_equal(st_withholding_tax_nok(table, p, ST_WITHHOLDING_BASIS_MAX_NOK + 1), -1);
        int64_t most_nok = st_withholding_tax_nok(table, p, ST_WITHHOLDING_BASIS_MAX_NOK);
        assert_true(most_nok > 0 && most_nok < ST_WITHHOLDING_BASIS_MAX_NOK);
    }
    assert_int_equal(st_withholding_tax_nok(table, ST_TAX_PERIOD_COUNT, 100), -1);
}

/* ---- names and digests ---------------------------------------------------------------------- */

static void periods_have_names_and_steps(void **state) {
    (void)state;
    static const char *const names[] = {"month",  "fortnight", "week", "4_days",
                                        "3_days", "2_days",    "1_day"};
    static const int steps_nok[] = {100, 50, 20, 20, 20, 20, 20};
    assert_int_equal(ST_COUNT_OF(names), ST_TAX_PERIOD_COUNT);
    for (unsigned i = 0; i < ST_TAX_PERIOD_COUNT; i++) {
        enum st_tax_period found = ST_TAX_PERIOD_COUNT;
        assert_string_equal(st_tax_period_name((enum st_tax_period)i), names[i]);
        assert_int_equal(st_tax_period_step_nok((enum st_tax_period)i), steps_nok[i]);
        assert_true(st_tax_period_find(names[i], strlen(names[i]), &found));
        assert_int_equal(found, i);
    }
    enum st_tax_period untouched = ST_TAX_WEEK;
    assert_false(st_tax_period_find("wee", 3, &untouched));
    assert_false(st_tax_period_find("weeks", 5, &untouched));
    assert_false(st_tax_period_find("", 0, &untouched));
    assert_int_equal(untouched, ST_TAX_WEEK);
    assert_null(st_tax_period_name(ST_TAX_PERIOD_COUNT));
    assert_int_equal(st_tax_period_step_nok(ST_TAX_PERIOD_COUNT), 0);
}

static void tables_are_found_by_exact_name(void **state) {
    (void)state;
    for (int year = st_withholding_first_year(); year <= st_withholding_last_year(); year++)
        for (size_t i = 0; i < st_withholding_table_count(year); i++) {
            const struct st_withholding_table *table = st_withholding_table_at(year, i);
            const char *name = st_withholding_table_name(table);
            assert_ptr_equal(st_withholding_table_find(year, name), table);
        }
    assert_true(st_withholding_table_is_12_months(st_withholding_table_find(2026, "7350")));
    assert_true(st_withholding_table_is_12_months(st_withholding_table_find(2021, "0101")));
    assert_false(st_withholding_table_is_12_months(st_withholding_table_find(2026, "8000")));
    assert_false(st_withholding_table_is_12_months(st_withholding_table_find(2026, "7300")));
    assert_null(st_withholding_table_find(2026, "100")); /* 0100 is not 100 */
    assert_null(st_withholding_table_find(2026, "7100"));
    assert_null(st_withholding_table_find(2025, "7100P"));
    assert_null(st_withholding_table_find(2024, "8000"));
    assert_null(st_withholding_table_find(2026, ""));
}

static void unknown_years_have_nothing(void **state) {
    (void)state;
    assert_int_equal(st_withholding_first_year(), 2021);
    assert_true(st_withholding_last_year() >= 2026);
    const int unknown[] = {0, -1, 2020, st_withholding_last_year() + 1};
    for (size_t i = 0; i < ST_COUNT_OF(unknown); i++) {
        assert_false(st_withholding_year_known(unknown[i]));
        assert_null(st_withholding_year_digest(unknown[i]));
        assert_int_equal(st_withholding_table_count(unknown[i]), 0);
        assert_null(st_withholding_table_at(unknown[i], 0));
        assert_null(st_withholding_table_find(unknown[i], "8000"));
    }
    assert_true(st_withholding_year_known(2021));
    assert_null(st_withholding_table_at(2021, st_withholding_table_count(2021)));
}

static void assert_digest_of(const char *path, const char *digest) {
    unsigned char bytes[64 * 1024], hash[EVP_MAX_MD_SIZE];
    unsigned hash_size;
    char text[2 * EVP_MAX_MD_SIZE + 1];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    assert_true(feof(file) && size > 0);
    fclose(file);
    assert_true(EVP_Digest(bytes, size, hash, &hash_size, EVP_sha256(), NULL));
    for (unsigned i = 0; i < hash_size; i++)
        snprintf(text + (size_t)i * 2, 3, "%02x", hash[i]);
    assert_string_equal(digest, text);
}

static void digests_are_those_of_the_files(void **state) {
    (void)state;
    char path[64];
    assert_digest_of("engine/withholding/periods.csv", st_withholding_periods_digest());
    for (int year = st_withholding_first_year(); year <= st_withholding_last_year(); year++) {
        snprintf(path, sizeof path, "engine/withholding/%d.csv", year);
        assert_non_null(st_withholding_year_digest(year));
        assert_digest_of(path, st_withholding_year_digest(year));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_result_is_met),
        cmocka_unit_test(figures_everybody_knows),
        cmocka_unit_test(tax_grows_with_the_basis_and_stays_below_it),
        cmocka_unit_test(the_basis_has_limits),
        cmocka_unit_test(periods_have_names_and_steps),
        cmocka_unit_test(tables_are_found_by_exact_name),
        cmocka_unit_test(unknown_years_have_nothing),
        cmocka_unit_test(digests_are_those_of_the_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
