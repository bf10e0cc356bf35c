/* SPDX-License-Identifier: MIT */
/* identifier.h - numbers of persons, organisations, accounts and payments: well formed or not.
 *
 * Every check takes bytes with a length, accepts one canonical form or says so, and decides on
 * digits alone; whether anybody has the number is for its register to say. On refusal nothing is
 * written.
 */
#ifndef STONAD_IDENTIFIER_H
#define STONAD_IDENTIFIER_H

#include "stonad/date.h"

/* Sizes with the NUL. */
enum { ST_PERSON_NUMBER_SIZE = 12, ST_BBAN_SIZE = 12 };

/* What a fødselsnummer or D-number of the population register says about itself. */
struct st_person_number {
    bool is_d_number;  /* day + 40 */
    bool is_synthetic; /* month + 80 (Skatteetaten, Tenor) or + 40: a test person */
    bool is_2032_only; /* first check digit off by 1-3: valid only when given out from 2032 */
    /* Whether the digits name a birth date under the rules until 2032, and that date. A 2032-only
     * number never does; nor do digits without a century (individual number 500-899 and no year of
     * its ranges), or a 29 February that their century did not have. */
    bool gives_birth_date;
    st_date birth_date; /* ST_DATE_NONE when it gives none */
};

/* Whether the text is eleven digits of a fødselsnummer or D-number with both check digits right:
 * the second leaves 0 modulo 11, the first 0, or 0-3 for numbers given out from 2032. Day and
 * month must exist; 29 February asks for a two-digit year divisible by four, since the century may
 * be unknown. */
bool st_person_number_check(const char *text, size_t size, struct st_person_number *out)
    ST_MUST_CHECK ST_NONNULL;

/* Whether the recorded birth date cannot be that of the number. Never for a number that gives no
 * birth date, nor for a birth from 2032, whose number was given out under the new rules and names
 * no century. */
bool st_person_number_contradicts_birth(const struct st_person_number *number, st_date birth)
    ST_NONNULL;

/* The number as error texts and logs show it: the first six digits, then stars up to eleven
 * characters. `id` is NUL-terminated and may be anything; what is no digit becomes a star. */
void st_person_number_mask(const char *id, char out[ST_PERSON_NUMBER_SIZE]) ST_NONNULL;

/* Nine digits, weights 3 2 7 6 5 4 3 2, modulo 11; not all zeros. */
bool st_organisation_number_check(const char *text, size_t size) ST_MUST_CHECK ST_NONNULL;

/* A Norwegian account: eleven digits, weights 5 4 3 2 7 6 5 4 3 2, modulo 11, not all zeros;
 * plain, or with dots as printed (1234.56.78903). Writes the eleven digits and a NUL. */
bool st_bban_check(const char *text, size_t size, char out[ST_BBAN_SIZE]) ST_MUST_CHECK ST_NONNULL;

/* A Norwegian IBAN: "NO", two check digits (ISO 13616, modulo 97), a valid BBAN; plain, or in
 * groups of four with single spaces as printed. Writes the BBAN and a NUL. */
bool st_iban_no_check(const char *text, size_t size, char out[ST_BBAN_SIZE])
    ST_MUST_CHECK ST_NONNULL;

/* Either of the two; writes the BBAN and a NUL. */
bool st_account_normalise(const char *text, size_t size, char out[ST_BBAN_SIZE])
    ST_MUST_CHECK ST_NONNULL;

/* Which check a KID passes. The creditor's agreement decides which one counts; a text alone may
 * pass both. */
enum st_kid { ST_KID_INVALID = 0, ST_KID_MOD10 = 1, ST_KID_MOD11 = 2, ST_KID_BOTH = 3 };

/* A payment reference: 2-25 characters, digits, the last one the check: modulo 10 (Luhn), or
 * modulo 11 with weights 2-7 from the right, where a check of ten is written "-". */
enum st_kid st_kid_check(const char *text, size_t size) ST_MUST_CHECK ST_NONNULL;

/* ISO 9362: six letters (bank and country), two letters or digits, and none or three more; upper
 * case. Says nothing about whether the bank exists. */
bool st_bic_is_well_formed(const char *text, size_t size) ST_MUST_CHECK ST_NONNULL;

#endif
