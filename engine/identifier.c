/* SPDX-License-Identifier: MIT */
/* identifier.c - check digits, and what a person number says about birth. See identifier.h. */
#include "stonad/identifier.h"

#include <string.h>

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_upper_letter(char c) {
    return c >= 'A' && c <= 'Z';
}

static bool are_digits(const char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (!is_digit(text[i]))
            return false;
    return true;
}

static bool are_zeros(const char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (text[i] != '0')
            return false;
    return true;
}

static int number_of(const char *digits, int count) {
    int number = 0;
    for (int i = 0; i < count; i++)
        number = number * 10 + (digits[i] - '0');
    return number;
}

/* What the digits times their weights leave modulo 11; the check digit counts with weight 1. */
static int weighted_rest(const char *digits, const int8_t *weights, size_t count) {
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (digits[i] - '0') * weights[i];
    return sum % 11;
}

/* ---- persons -------------------------------------------------------------------------------- */

enum {
    D_NUMBER_DAY_SHIFT = 40,
    SYNTHETIC_MONTH_SHIFT = 80,
    OLD_SYNTHETIC_MONTH_SHIFT = 40, /* of the welfare administration's test numbers */
    LAST_FIRST_CHECK_REST = 3,      /* from 2032 the first check digit may leave 0-3 */
    NEW_RULES_FROM_YEAR = 2032
};

/* The year of birth under the rules until 2032; 0 when the ranges leave it open. */
static int birth_year(int year_of_century, int individual_number) {
    if (individual_number <= 499)
        return 1900 + year_of_century;
    if (year_of_century <= 39)
        return 2000 + year_of_century;
    if (individual_number <= 749 && year_of_century >= 54)
        return 1800 + year_of_century;
    if (individual_number >= 900)
        return 1900 + year_of_century;
    return 0;
}

bool st_person_number_check(const char *text, size_t size, struct st_person_number *out) {
    static const int8_t first_weights[10] = {3, 7, 6, 1, 8, 9, 4, 5, 2, 1};
    static const int8_t second_weights[11] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
    if (size != ST_PERSON_NUMBER_SIZE - 1 || !are_digits(text, size))
        return false;
    int first_rest = weighted_rest(text, first_weights, ST_COUNT_OF(first_weights));
    if (first_rest > LAST_FIRST_CHECK_REST ||
        weighted_rest(text, second_weights, ST_COUNT_OF(second_weights)) != 0)
        return false;

    int day = number_of(text, 2), month = number_of(text + 2, 2);
    int year_of_century = number_of(text + 4, 2);
    bool is_d_number = day > D_NUMBER_DAY_SHIFT;
    if (is_d_number)
        day -= D_NUMBER_DAY_SHIFT;
    bool is_synthetic = month > OLD_SYNTHETIC_MONTH_SHIFT;
    if (is_synthetic)
        month -= month > SYNTHETIC_MONTH_SHIFT ? SYNTHETIC_MONTH_SHIFT : OLD_SYNTHETIC_MONTH_SHIFT;
    /* Of the two centuries only 2000 has every leap day that either may have. */
    if (!st_date_is_valid(2000 + year_of_century, month, day))
        return false;

    int year = birth_year(year_of_century, number_of(text + 6, 3));
    bool is_2032_only = first_rest != 0;
    bool gives_birth_date =
        !is_2032_only && year != 0 && day <= st_month_days(st_month_make(year, month));
    *out = (struct st_person_number){
        .is_d_number = is_d_number,
        .is_synthetic = is_synthetic,
        .is_2032_only = is_2032_only,
        .gives_birth_date = gives_birth_date,
        .birth_date = gives_birth_date ? st_date_make(year, month, day) : ST_DATE_NONE,
    };
    return true;
}

bool st_person_number_contradicts_birth(const struct st_person_number *number, st_date birth) {
    if (!number->gives_birth_date || birth >= st_date_make(NEW_RULES_FROM_YEAR, 1, 1))
        return false;
    return number->birth_date != birth;
}

void st_person_number_mask(const char *id, char out[ST_PERSON_NUMBER_SIZE]) {
    enum { SHOWN = 6 };
    memset(out, '*', ST_PERSON_NUMBER_SIZE - 1);
    out[ST_PERSON_NUMBER_SIZE - 1] = '\0';
    for (size_t i = 0; i < SHOWN && id[i] != '\0'; i++)
        if (is_digit(id[i]))
            out[i] = id[i];
}

/* ---- organisations and accounts ------------------------------------------------------------- */

bool st_organisation_number_check(const char *text, size_t size) {
    static const int8_t weights[9] = {3, 2, 7, 6, 5, 4, 3, 2, 1};
    return size == ST_COUNT_OF(weights) && are_digits(text, size) && !are_zeros(text, size) &&
           weighted_rest(text, weights, size) == 0;
}

static bool is_bban(const char *digits) {
    static const int8_t weights[11] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
    return are_digits(digits, ST_COUNT_OF(weights)) && !are_zeros(digits, ST_COUNT_OF(weights)) &&
           weighted_rest(digits, weights, ST_COUNT_OF(weights)) == 0;
}

bool st_bban_check(const char *text, size_t size, char out[ST_BBAN_SIZE]) {
    enum { PLAIN = 11, DOTTED = 13 };
    char digits[PLAIN];
    if (size == PLAIN) {
        memcpy(digits, text, PLAIN);
    } else if (size == DOTTED && text[4] == '.' && text[7] == '.') {
        memcpy(digits, text, 4);
        memcpy(digits + 4, text + 5, 2);
        memcpy(digits + 6, text + 8, 5);
    } else {
        return false;
    }
    if (!is_bban(digits))
        return false;
    memcpy(out, digits, PLAIN);
    out[PLAIN] = '\0';
    return true;
}

/* The rest modulo 97 with the country and check digits moved to the end and N = 23, O = 24. */
static int iban_rest(const char *bban, const char *check_digits) {
    char moved[11 + 4 + 2];
    memcpy(moved, bban, 11);
    memcpy(moved + 11, "2324", 4);
    memcpy(moved + 15, check_digits, 2);
    int rest = 0;
    for (size_t i = 0; i < sizeof moved; i++)
        rest = (rest * 10 + (moved[i] - '0')) % 97;
    return rest;
}

bool st_iban_no_check(const char *text, size_t size, char out[ST_BBAN_SIZE]) {
    enum { PLAIN = 15, PRINTED = 18, GROUP = 4 };
    char iban[PLAIN];
    if (size == PRINTED) {
        for (size_t group = 0; group * (GROUP + 1) < PRINTED; group++) {
            size_t at = group * (GROUP + 1), rest = PRINTED - at;
            if (rest > GROUP && text[at + GROUP] != ' ')
                return false;
            memcpy(iban + group * GROUP, text + at, rest < GROUP ? rest : GROUP);
        }
    } else if (size == PLAIN) {
        memcpy(iban, text, PLAIN);
    } else {
        return false;
    }
    if (iban[0] != 'N' || iban[1] != 'O' || !are_digits(iban + 2, 2) || !is_bban(iban + 4) ||
        iban_rest(iban + 4, iban + 2) != 1)
        return false;
    return st_bban_check(iban + 4, ST_BBAN_SIZE - 1, out);
}

bool st_account_normalise(const char *text, size_t size, char out[ST_BBAN_SIZE]) {
    return st_bban_check(text, size, out) || st_iban_no_check(text, size, out);
}

/* ---- payments ------------------------------------------------------------------------------- */

static char kid_mod10_check(const char *digits, size_t count) {
    int sum = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = digits[count - 1 - i] - '0';
        int product = i % 2 == 0 ? digit * 2 : digit;
        sum += product > 9 ? product - 9 : product;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static char kid_mod11_check(const char *digits, size_t count) {
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (digits[count - 1 - i] - '0') * (int)(2 + i % 6);
    int check = (11 - sum % 11) % 11;
    return check == 10 ? '-' : (char)('0' + check);
}

enum st_kid st_kid_check(const char *text, size_t size) {
    enum { LENGTH_MIN = 2, LENGTH_MAX = 25 };
    if (size < LENGTH_MIN || size > LENGTH_MAX || !are_digits(text, size - 1))
        return ST_KID_INVALID;
    char check = text[size - 1];
    unsigned passed = ST_KID_INVALID;
    if (check == kid_mod10_check(text, size - 1))
        passed |= ST_KID_MOD10;
    if (check == kid_mod11_check(text, size - 1))
        passed |= ST_KID_MOD11;
    return (enum st_kid)passed;
}

bool st_bic_is_well_formed(const char *text, size_t size) {
    if (size != 8 && size != 11)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_upper_letter(text[i]) && (i < 6 || !is_digit(text[i])))
            return false;
    return true;
}
