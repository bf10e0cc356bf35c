/* SPDX-License-Identifier: MIT */
/* money.c - checked amounts and exact fractions. See money.h.
 *
 * Nearly every product here fits 64 bits, so each operation first tries the machine's integers
 * with overflow checked, and only an overflow goes to GMP. The intermediate of a sum may be large
 * although the reduced result is small; both ways give the same answer, and the tests hold them to
 * it.
 */
#include "stonad/money.h"

#include <assert.h>
#include <gmp.h>

bool st_amount_add(st_amount a, st_amount b, st_amount *out) {
    int64_t sum;
    if (__builtin_add_overflow(a.ore, b.ore, &sum))
        return false;
    out->ore = sum;
    return true;
}

bool st_amount_subtract(st_amount a, st_amount b, st_amount *out) {
    int64_t difference;
    if (__builtin_sub_overflow(a.ore, b.ore, &difference))
        return false;
    out->ore = difference;
    return true;
}

/* ---- between 64 bits and GMP ---------------------------------------------------------------- */

/* By halves: GMP takes a long, which has 64 bits only on some machines. */
static void mpz_set_int64(mpz_ptr z, int64_t value) {
    uint64_t bits = (uint64_t)value;
    mpz_set_si(z, (long)(value < 0 ? -(int64_t)(~bits >> 32) - 1 : (int64_t)(bits >> 32)));
    mpz_mul_2exp(z, z, 32);
    mpz_add_ui(z, z, (unsigned long)(bits & UINT32_MAX));
}

/* False when the value does not fit 64 bits with sign. */
static bool mpz_get_int64(mpz_srcptr z, int64_t *out) {
    uint64_t magnitude = 0;
    if (mpz_sizeinbase(z, 2) > 64)
        return false;
    mpz_export(&magnitude, NULL, -1, sizeof magnitude, 0, 0, z);
    if (mpz_sgn(z) < 0) {
        if (magnitude > (uint64_t)INT64_MAX + 1)
            return false;
        *out = -(int64_t)(magnitude - 1) - 1;
        return true;
    }
    if (magnitude > INT64_MAX)
        return false;
    *out = (int64_t)magnitude;
    return true;
}

static void mpq_init_int64(mpq_ptr q, int64_t numerator, int64_t denominator) {
    mpq_init(q);
    mpz_set_int64(mpq_numref(q), numerator);
    mpz_set_int64(mpq_denref(q), denominator);
    mpq_canonicalize(q);
}

typedef void gmp_operation(mpq_ptr, mpq_srcptr, mpq_srcptr);

/* One operation in GMP on a and numerator/denominator; false when the result does not fit. */
static bool operate_exactly(gmp_operation *operation, st_fraction a, int64_t numerator,
                            int64_t denominator, st_fraction *out) {
    mpq_t x, y;
    mpq_init_int64(x, a.numerator, a.denominator);
    mpq_init_int64(y, numerator, denominator);
    operation(x, x, y);
    st_fraction result;
    bool fits = mpz_get_int64(mpq_numref(x), &result.numerator) &&
                mpz_get_int64(mpq_denref(x), &result.denominator);
    mpq_clear(x);
    mpq_clear(y);
    if (fits)
        *out = result;
    return fits;
}

/* ---- fractions ------------------------------------------------------------------------------ */

static uint64_t magnitude_of(int64_t value) {
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b) {
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

bool st_fraction_make(int64_t numerator, int64_t denominator, st_fraction *out) {
    if (denominator == 0)
        return false;
    bool negative = (numerator < 0) != (denominator < 0);
    uint64_t top = magnitude_of(numerator), bottom = magnitude_of(denominator);
    uint64_t divisor = greatest_common_divisor(top, bottom);
    top /= divisor;
    bottom /= divisor;
    if (bottom > INT64_MAX || top > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    out->numerator = negative && top > 0 ? -(int64_t)(top - 1) - 1 : (int64_t)top;
    out->denominator = (int64_t)bottom;
    return true;
}

bool st_fraction_add(st_fraction a, st_fraction b, st_fraction *out) {
    assert(a.denominator > 0 && b.denominator > 0);
    int64_t left, right, top, bottom;
    if (a.denominator == b.denominator) {
        if (!__builtin_add_overflow(a.numerator, b.numerator, &top))
            return st_fraction_make(top, a.denominator, out);
    } else if (!__builtin_mul_overflow(a.numerator, b.denominator, &left) &&
               !__builtin_mul_overflow(b.numerator, a.denominator, &right) &&
               !__builtin_add_overflow(left, right, &top) &&
               !__builtin_mul_overflow(a.denominator, b.denominator, &bottom)) {
        return st_fraction_make(top, bottom, out);
    }
    return operate_exactly(mpq_add, a, b.numerator, b.denominator, out);
}

bool st_fraction_subtract(st_fraction a, st_fraction b, st_fraction *out) {
    if (b.numerator == INT64_MIN) /* the one numerator without a negative */
        return operate_exactly(mpq_sub, a, b.numerator, b.denominator, out);
    return st_fraction_add(a, (st_fraction){-b.numerator, b.denominator}, out);
}

bool st_fraction_multiply(st_fraction a, st_fraction b, st_fraction *out) {
    assert(b.denominator > 0);
    return st_fraction_scale(a, b.numerator, b.denominator, out);
}

bool st_fraction_scale(st_fraction a, int64_t numerator, int64_t denominator, st_fraction *out) {
    assert(a.denominator > 0);
    if (denominator == 0)
        return false;
    int64_t top, bottom;
    if (!__builtin_mul_overflow(a.numerator, numerator, &top) &&
        !__builtin_mul_overflow(a.denominator, denominator, &bottom))
        return st_fraction_make(top, bottom, out);
    return operate_exactly(mpq_mul, a, numerator, denominator, out);
}

int st_fraction_compare(st_fraction a, st_fraction b) {
    assert(a.denominator > 0 && b.denominator > 0);
    int64_t left, right;
    if (!__builtin_mul_overflow(a.numerator, b.denominator, &left) &&
        !__builtin_mul_overflow(b.numerator, a.denominator, &right))
        return (left > right) - (left < right);
    mpq_t x, y;
    mpq_init_int64(x, a.numerator, a.denominator);
    mpq_init_int64(y, b.numerator, b.denominator);
    int order = mpq_cmp(x, y);
    mpq_clear(x);
    mpq_clear(y);
    return (order > 0) - (order < 0);
}

bool st_fraction_equal(st_fraction a, st_fraction b) {
    return a.numerator == b.numerator && a.denominator == b.denominator;
}

st_fraction st_fraction_from_amount(st_amount amount) {
    st_fraction kroner = ST_FRACTION_ZERO;
    bool fits = st_fraction_make(amount.ore, 100, &kroner);
    assert(fits); /* reducing by a hundred never makes a number larger */
    (void)fits;
    return kroner;
}

/* ---- rounding ------------------------------------------------------------------------------- */

/* Half up of rest * 100 / denominator, for a rest below the denominator: 0 ... 100 ore. */
static uint64_t round_rest_to_ore(uint64_t rest, uint64_t denominator) {
    uint64_t hundredfold;
    if (!__builtin_mul_overflow(rest, UINT64_C(100), &hundredfold)) {
        uint64_t ore = hundredfold / denominator;
        uint64_t left = hundredfold % denominator;
        return left >= denominator - left ? ore + 1 : ore;
    }
    /* floor((200 * rest + denominator) / (2 * denominator)) */
    mpz_t top, bottom;
    mpz_init(top);
    mpz_init(bottom);
    mpz_set_int64(top, (int64_t)rest);
    mpz_set_int64(bottom, (int64_t)denominator);
    mpz_mul_ui(top, top, 200);
    mpz_add(top, top, bottom);
    mpz_mul_ui(bottom, bottom, 2);
    mpz_fdiv_q(top, top, bottom);
    uint64_t ore = mpz_get_ui(top);
    mpz_clear(top);
    mpz_clear(bottom);
    return ore;
}

bool st_round_to_ore(st_fraction kroner, st_amount *out) {
    assert(kroner.denominator > 0);
    bool negative = kroner.numerator < 0;
    uint64_t magnitude = magnitude_of(kroner.numerator);
    uint64_t denominator = (uint64_t)kroner.denominator;
    uint64_t ore;
    if (__builtin_mul_overflow(magnitude / denominator, UINT64_C(100), &ore) ||
        __builtin_add_overflow(ore, round_rest_to_ore(magnitude % denominator, denominator), &ore))
        return false;
    if (ore > INT64_MAX) /* -2^63 ore is refused too: an amount then always has its negative */
        return false;
    out->ore = negative ? -(int64_t)ore : (int64_t)ore;
    return true;
}
