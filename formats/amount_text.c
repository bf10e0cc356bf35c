/* SPDX-License-Identifier: MIT */
/* amount_text.c - amounts and fractions to text and back, without a float in between.
 *
 * People get "22 758,17", grouped by plain spaces so that it can be typed and searched; machines
 * get "22758.17". What a person types is taken in both forms, and only if the grouping is right:
 * "2 2758" is more likely a slip than an amount.
 */
#include "formats/amount_text.h"
#include "stonad/output.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <utf8proc.h>

static uint64_t magnitude_of(int64_t value) {
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* Digits in groups of three; returns what was written. */
static size_t put_grouped(uint64_t number, char *text) {
    char digits[24];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number), used = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            text[used++] = ' ';
        text[used++] = digits[i];
    }
    text[used] = '\0';
    return used;
}

void st_amount_for_people(st_amount amount, char *text) {
    uint64_t ore = magnitude_of(amount.ore);
    if (amount.ore < 0)
        *text++ = '-';
    size_t used = put_grouped(ore / 100, text);
    text[used++] = ',';
    text[used++] = (char)('0' + ore % 100 / 10);
    text[used++] = (char)('0' + ore % 10);
    text[used] = '\0';
}

/* By hand: a pay run writes millions of amounts. */
void st_amount_for_machines(st_amount amount, char *text) {
    uint64_t ore = magnitude_of(amount.ore);
    char reversed[24];
    size_t count = 0;
    for (; ore > 0 || count < 3; ore /= 10) {
        reversed[count++] = (char)('0' + ore % 10);
        if (count == 2)
            reversed[count++] = '.';
    }
    if (reversed[count - 1] == '.') /* below one krone */
        reversed[count++] = '0';
    if (amount.ore < 0)
        *text++ = '-';
    while (count > 0)
        *text++ = reversed[--count];
    *text = '\0';
}

/* ---- what a person types ------------------------------------------------------------------- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* A space between groups: plain, or one of the no-break spaces a spreadsheet copies. */
static size_t group_space(const char *text) {
    if (text[0] == ' ')
        return 1;
    if (strncmp(text, "\xc2\xa0", 2) == 0)
        return 2;
    return strncmp(text, "\xe2\x80\xaf", 3) == 0 ? 3 : 0;
}

static bool take_digit(const char **text, int64_t *number) {
    int64_t scaled;
    if (!is_digit(**text) || __builtin_mul_overflow(*number, 10, &scaled) ||
        __builtin_add_overflow(scaled, **text - '0', number))
        return false;
    ++*text;
    return true;
}

/* "22758" or "22 758". */
static bool take_kroner(const char **text, int64_t *kroner) {
    int first = 0;
    for (; is_digit(**text); first++)
        if (!take_digit(text, kroner))
            return false;
    size_t space = group_space(*text);
    if (first == 0 || (space > 0 && first > 3))
        return false;
    for (; (space = group_space(*text)) > 0;) {
        *text += space;
        for (int i = 0; i < 3; i++)
            if (!take_digit(text, kroner))
                return false;
        if (is_digit(**text))
            return false;
    }
    return true;
}

bool st_amount_from_person(const char *text, st_amount *out) {
    int64_t kroner = 0, decimals = 0, ore;
    if (!take_kroner(&text, &kroner))
        return false;
    if (*text == '.' || *text == ',') {
        text++;
        if (!take_digit(&text, &decimals))
            return false;
        if (*text == '\0')
            decimals *= 10;
        else if (!take_digit(&text, &decimals))
            return false;
    }
    if (*text != '\0' || __builtin_mul_overflow(kroner, 100, &ore) ||
        __builtin_add_overflow(ore, decimals, &ore))
        return false;
    out->ore = ore;
    return true;
}

/* ---- fractions ----------------------------------------------------------------------------- */

/* The next decimal of rest/denominator, by school's long division: the rest taken ten times, each
 * time less the denominator when it is full. Nothing here can exceed 64 bits. */
static int next_decimal(uint64_t *rest, uint64_t denominator) {
    uint64_t sum = 0;
    int digit = 0;
    for (int i = 0; i < 10; i++) {
        sum += *rest;
        if (sum >= denominator) {
            sum -= denominator;
            digit++;
        }
    }
    *rest = sum;
    return digit;
}

void st_decimal_text(st_fraction number, int digits, bool for_people, char *text) {
    assert(number.denominator > 0 && digits >= 0 && digits <= ST_DECIMAL_DIGITS_MAX);
    uint64_t denominator = (uint64_t)number.denominator;
    uint64_t whole = magnitude_of(number.numerator) / denominator;
    uint64_t rest = magnitude_of(number.numerator) % denominator;
    char decimals[ST_DECIMAL_DIGITS_MAX + 1] = "";
    for (int i = 0; i < digits; i++)
        decimals[i] = (char)('0' + next_decimal(&rest, denominator));
    if (rest >= denominator - rest) { /* half or more: one up, carried as far as it goes */
        int i = digits - 1;
        for (; i >= 0 && decimals[i] == '9'; i--)
            decimals[i] = '0';
        if (i >= 0)
            decimals[i]++;
        else
            whole++;
    }
    while (digits > 0 && decimals[digits - 1] == '0')
        decimals[--digits] = '\0';
    if (number.numerator < 0 && (whole > 0 || digits > 0))
        *text++ = '-';
    if (for_people)
        text += put_grouped(whole, text);
    else
        text += snprintf(text, 24, "%" PRIu64, whole);
    if (digits > 0)
        snprintf(text, ST_DECIMAL_DIGITS_MAX + 2, "%c%s", for_people ? ',' : '.', decimals);
}

int st_text_columns(const char *text) {
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    int columns = 0;
    while (*bytes != '\0') {
        utf8proc_int32_t character = -1;
        utf8proc_ssize_t size = utf8proc_iterate(bytes, -1, &character);
        columns += size > 0 ? utf8proc_charwidth(character) : 1;
        bytes += size > 0 ? size : 1;
    }
    return columns;
}
