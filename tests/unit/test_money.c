/* SPDX-License-Identifier: MIT */
/* test_money.c - amounts and fractions; every operation against GMP on random and extreme values.
 *
 * The random operands have every width from 1 to 63 bits, so that results of the machine's integers
 * and of the fallback both meet the same reference.
 */
#include "stonad/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <gmp.h>

enum { ROUNDS = 200000 };

/* ---- random and extreme operands ------------------------------------------------------------ */

/* splitmix64: the same numbers in every run. */
static uint64_t next_random(uint64_t *seed) {
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int64_t random_int64(uint64_t *seed) {
    static const int64_t extremes[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - 1, 0, 1,
                                       -1};
    uint64_t choice = next_random(seed);
    if (choice % 16 == 0)
        return extremes[choice / 16 % ST_COUNT_OF(extremes)];
    int64_t magnitude = (int64_t)(next_random(seed) >> (1 + choice / 16 % 63));
    return choice >> 63 ? -magnitude : magnitude;
}

static st_fraction random_fraction(uint64_t *seed) {
    st_fraction fraction;
    while (!st_fraction_make(random_int64(seed), random_int64(seed), &fraction))
        continue;
    return fraction;
}

/* ---- the reference -------------------------------------------------------------------------- */

/* Through decimal text, which has nothing in common with how the engine talks to GMP. */
static void set(mpq_t q, int64_t numerator, int64_t denominator) {
    char text[64];
    snprintf(text, sizeof text, "%lld", (long long)numerator);
    assert_int_equal(mpz_set_str(mpq_numref(q), text, 10), 0);
    snprintf(text, sizeof text, "%lld", (long long)denominator);
    assert_int_equal(mpz_set_str(mpq_denref(q), text, 10), 0);
    mpq_canonicalize(q);
}

static bool text_is(mpz_srcptr z, int64_t value) {
    mpz_t expected;
    char text[64];
    snprintf(text, sizeof text, "%lld", (long long)value);
    mpz_init_set_str(expected, text, 10);
    bool same = mpz_cmp(z, expected) == 0;
    mpz_clear(expected);
    return same;
}

static bool fits_64_bits(mpz_srcptr z) {
    mpz_t bound;
    mpz_init_set_str(bound, "9223372036854775807", 10);
    bool fits = mpz_cmp(z, bound) <= 0;
    mpz_set_str(bound, "-9223372036854775808", 10);
    fits = fits && mpz_cmp(z, bound) >= 0;
    mpz_clear(bound);
    return fits;
}

/* A call and the reference agree: same value, reduced, or both say that it does not fit. */
static void assert_agrees(bool succeeded, st_fraction result, mpq_srcptr reference) {
    bool fits = fits_64_bits(mpq_numref(reference)) && fits_64_bits(mpq_denref(reference));
    assert_int_equal(succeeded, fits);
    if (succeeded) {
        assert_true(text_is(mpq_numref(reference), result.numerator));
        assert_true(text_is(mpq_denref(reference), result.denominator));
    } else { /* untouched */
        assert_true(result.numerator == 47 && result.denominator == 11);
    }
}

static const st_fraction mark = {47, 11};

static void arithmetic_agrees_with_gmp(void **state) {
    (void)state;
    uint64_t seed = 1;
    mpq_t x, y, z;
    mpq_inits(x, y, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        st_fraction a = random_fraction(&seed), b = random_fraction(&seed), result = mark;
        if (i % 4 == 0) /* what the engine does most: thirds to thirds, halves to halves */
            b = (st_fraction){random_int64(&seed), a.denominator};
        set(x, a.numerator, a.denominator);
        set(y, b.numerator, b.denominator);
        mpq_add(z, x, y);
        bool done = st_fraction_add(a, b, &result);
        assert_agrees(done, result, z);

        result = mark;
        mpq_sub(z, x, y);
        done = st_fraction_subtract(a, b, &result);
        assert_agrees(done, result, z);

        result = mark;
        mpq_mul(z, x, y);
        done = st_fraction_multiply(a, b, &result);
        assert_agrees(done, result, z);

        int order = mpq_cmp(x, y);
        assert_int_equal(st_fraction_compare(a, b), (order > 0) - (order < 0));
        assert_int_equal(st_fraction_compare(b, a), (order < 0) - (order > 0));
    }
    mpq_clears(x, y, z, NULL);
}

static void making_and_scaling_agree_with_gmp(void **state) {
    (void)state;
    uint64_t seed = 2;
    mpq_t x, y, z;
    mpq_inits(x, y, z, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        st_fraction a = random_fraction(&seed), result = mark;
        int64_t numerator = random_int64(&seed), denominator = random_int64(&seed);
        bool made = st_fraction_make(numerator, denominator, &result);
        if (denominator == 0) {
            assert_false(made);
            assert_false(st_fraction_scale(a, numerator, denominator, &result));
            continue;
        }
        set(y, numerator, denominator);
        assert_agrees(made, result, y);

        result = mark;
        set(x, a.numerator, a.denominator);
        mpq_mul(z, x, y);
        bool scaled = st_fraction_scale(a, numerator, denominator, &result);
        assert_agrees(scaled, result, z);
    }
    mpq_clears(x, y, z, NULL);
}

/* floor(|kroner| * 100 + 1/2), with the sign of the amount. */
static void round_by_gmp(mpz_t ore, mpq_srcptr kroner) {
    mpz_t top, bottom;
    mpz_inits(top, bottom, NULL);
    mpz_abs(top, mpq_numref(kroner));
    mpz_mul_ui(top, top, 200);
    mpz_add(top, top, mpq_denref(kroner));
    mpz_mul_ui(bottom, mpq_denref(kroner), 2);
    mpz_fdiv_q(ore, top, bottom);
    if (mpq_sgn(kroner) < 0)
        mpz_neg(ore, ore);
    mpz_clears(top, bottom, NULL);
}

static void rounding_agrees_with_gmp(void **state) {
    (void)state;
    uint64_t seed = 3;
    int refused = 0;
    mpq_t kroner;
    mpz_t ore;
    mpq_init(kroner);
    mpz_init(ore);
    for (int i = 0; i < ROUNDS; i++) {
        st_fraction a = random_fraction(&seed);
        st_amount rounded = {4711};
        set(kroner, a.numerator, a.denominator);
        round_by_gmp(ore, kroner);
        if (st_round_to_ore(a, &rounded)) {
            assert_true(text_is(ore, rounded.ore));
        } else {
            assert_true(!fits_64_bits(ore) || text_is(ore, INT64_MIN));
            assert_int_equal(rounded.ore, 4711);
            refused++;
        }
    }
    assert_true(refused > 0 && refused < ROUNDS);
    mpq_clear(kroner);
    mpz_clear(ore);
}

/* ---- cases by hand -------------------------------------------------------------------------- */

static void assert_rounds(int64_t numerator, int64_t denominator, int64_t ore) {
    st_fraction kroner;
    st_amount amount;
    assert_true(st_fraction_make(numerator, denominator, &kroner));
    assert_true(st_round_to_ore(kroner, &amount));
    assert_int_equal(amount.ore, ore);
}

static void halves_go_away_from_zero(void **state) {
    (void)state;
    assert_rounds(5, 1000, 1);
    assert_rounds(-5, 1000, -1);
    assert_rounds(15, 1000, 2);
    assert_rounds(25, 1000, 3);
    assert_rounds(-25, 1000, -3);
    assert_rounds(4999, 1000000, 0);
    assert_rounds(-4999, 1000000, 0);
    assert_rounds(5001, 1000000, 1);
    assert_rounds(1, 3, 33);
    assert_rounds(-2, 3, -67);
    assert_rounds(9999, 10000, 100);
    assert_rounds(0, 1, 0);
    /* Just below, at and above half an ore, where the denominator is as large as it can be. */
    assert_rounds(INT64_MAX / 200, INT64_MAX, 0);
    assert_rounds(INT64_MAX / 200 + 1, INT64_MAX, 1);
    assert_rounds(INT64_MAX - 1, INT64_MAX, 100);
    assert_rounds(1, INT64_MAX, 0);
}

/* 2 G / 12, / 360 and / 1850 of the G of 2026 (R3), and three whole days. */
static void the_benefit_of_2026(void **state) {
    (void)state;
    const int64_t annual_nok = INT64_C(2) * 136549;
    assert_rounds(annual_nok, 12, 2275817);
    assert_rounds(annual_nok, 360, 75861);
    assert_rounds(annual_nok, 1850, 14762);
    assert_rounds(annual_nok * 3, 360, 227582);
    assert_rounds(annual_nok * 5, 12 * 6, 1896514);
    assert_rounds(annual_nok * 2, 12 * 3, 1517211);
    assert_rounds(annual_nok, 12 * 3, 758606);
}

static void a_large_intermediate_is_no_overflow(void **state) {
    (void)state;
    st_fraction third = {INT64_C(4000000000000000000), 3}, result;
    assert_true(st_fraction_scale(third, 3000000000, 4000000000, &result));
    assert_true(st_fraction_equal(result, (st_fraction){INT64_C(1000000000000000000), 1}));
    assert_true(st_fraction_subtract((st_fraction){INT64_MAX, 2}, (st_fraction){INT64_MAX - 2, 2},
                                     &result));
    assert_true(st_fraction_equal(result, (st_fraction){1, 1}));
    assert_true(
        st_fraction_subtract((st_fraction){INT64_MIN, 1}, (st_fraction){INT64_MIN, 1}, &result));
    assert_true(st_fraction_equal(result, ST_FRACTION_ZERO));
}

static void overflow_and_zero_divisors_are_refused(void **state) {
    (void)state;
    st_fraction kept = mark;
    const st_fraction most = {INT64_MAX, 1}, one = {1, 1}, tiny = {1, INT64_MAX};
    assert_false(st_fraction_make(1, 0, &kept));
    assert_false(st_fraction_make(1, INT64_MIN, &kept));
    assert_false(st_fraction_make(INT64_MIN, -1, &kept));
    assert_false(st_fraction_scale(one, 1, 0, &kept));
    assert_false(st_fraction_add(most, one, &kept));
    assert_false(st_fraction_multiply(most, most, &kept));
    assert_false(st_fraction_multiply(tiny, tiny, &kept));
    assert_false(st_fraction_subtract((st_fraction){INT64_MIN, 1}, one, &kept));
    assert_true(st_fraction_equal(kept, mark));

    st_amount amount = {4711};
    assert_false(st_round_to_ore(most, &amount));
    assert_false(st_round_to_ore((st_fraction){INT64_MIN, 1}, &amount));
    assert_false(st_round_to_ore((st_fraction){INT64_MIN, 100}, &amount));
    assert_false(st_amount_add((st_amount){INT64_MAX}, (st_amount){1}, &amount));
    assert_false(st_amount_add((st_amount){INT64_MIN}, (st_amount){-1}, &amount));
    assert_false(st_amount_subtract((st_amount){INT64_MIN}, (st_amount){1}, &amount));
    assert_false(st_amount_subtract(ST_ZERO, (st_amount){INT64_MIN}, &amount));
    assert_int_equal(amount.ore, 4711);
}

static void amounts_add_and_compare(void **state) {
    (void)state;
    const st_amount a = {2275817}, b = {-227582};
    st_amount out;
    assert_true(st_amount_add(a, b, &out));
    assert_int_equal(out.ore, 2048235);
    assert_true(st_amount_subtract(a, b, &out));
    assert_int_equal(out.ore, 2503399);
    assert_true(st_amount_add((st_amount){INT64_MAX}, (st_amount){INT64_MIN}, &out));
    assert_int_equal(out.ore, -1);
    assert_int_equal(st_amount_compare(a, b), 1);
    assert_int_equal(st_amount_compare(b, a), -1);
    assert_int_equal(st_amount_compare(a, a), 0);
    assert_int_equal(st_amount_min(a, b).ore, b.ore);
    assert_int_equal(st_amount_whole_kroner(a), 22758);
}

static void amounts_are_hundredths_of_a_krone(void **state) {
    (void)state;
    assert_true(st_fraction_equal(st_fraction_from_amount((st_amount){2275817}),
                                  (st_fraction){2275817, 100}));
    assert_true(
        st_fraction_equal(st_fraction_from_amount((st_amount){-150}), (st_fraction){-3, 2}));
    assert_true(st_fraction_equal(st_fraction_from_amount(ST_ZERO), ST_FRACTION_ZERO));
    st_amount again;
    assert_true(st_round_to_ore(st_fraction_from_amount((st_amount){-INT64_MAX}), &again));
    assert_int_equal(again.ore, -INT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_agrees_with_gmp),
        cmocka_unit_test(making_and_scaling_agree_with_gmp),
        cmocka_unit_test(rounding_agrees_with_gmp),
        cmocka_unit_test(halves_go_away_from_zero),
        cmocka_unit_test(the_benefit_of_2026),
        cmocka_unit_test(a_large_intermediate_is_no_overflow),
        cmocka_unit_test(overflow_and_zero_divisors_are_refused),
        cmocka_unit_test(amounts_add_and_compare),
        cmocka_unit_test(amounts_are_hundredths_of_a_krone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
