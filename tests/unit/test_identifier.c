/* SPDX-License-Identifier: MIT */
/* test_identifier.c - person numbers, organisations, accounts and payment references.
 *
 * Every person number written here is synthetic: month + 80, or + 40 where a published test number
 * has it. Published vectors are read as well when they lie beside the project.
 */
#include "stonad/identifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool is_person_number(const char *text) {
    struct st_person_number ignored;
    return st_person_number_check(text, strlen(text), &ignored);
}

static struct st_person_number person(const char *text) {
    struct st_person_number number;
    if (!st_person_number_check(text, strlen(text), &number))
        fail_msg("%s was refused", text);
    return number;
}

static void assert_birth(const struct st_person_number *number, const char *expected) {
    char text[ST_DATE_TEXT_SIZE];
    assert_int_equal(number->gives_birth_date, expected[0] != '\0');
    st_date_format(number->birth_date, text); /* none is written as nothing */
    assert_string_equal(text, expected);
}

/* ---- persons -------------------------------------------------------------------------------- */

static void synthetic_numbers_and_what_they_say(void **state) {
    (void)state;
    static const struct {
        const char *number;
        bool is_d_number, is_2032_only;
        const char *birth;
    } numbers[] = {
        /* published by Skatteetaten and NAV */
        {"10915596784", false, false, "1955-11-10"},
        {"06859899852", false, false, "1998-05-06"},
        {"18896498858", false, false, "1964-09-18"},
        {"08842199736", false, false, "2021-04-08"},
        {"50846202355", true, false, "1962-04-10"},
        {"13527248013", false, false, "1972-12-13"}, /* month + 40 */
        {"68467038838", true, false, "1970-06-28"},  /* both */
        /* the ranges of individual numbers */
        {"01815450023", false, false, "1854-01-01"}, /* 500-749 and year 54-99 */
        {"01813950061", false, false, "2039-01-01"}, /* 500-999 and year 00-39 */
        {"01814090082", false, false, "1940-01-01"}, /* 900-999 and year 40-99 */
        {"62829810013", true, false, "1998-02-22"},
        /* no century */
        {"01814560089", false, false, ""}, /* 600, year 45 */
        {"01816080076", false, false, ""}, /* 800, year 60 */
        {"29824460092", false, false, ""}, /* 600, year 44: a leap day of some century */
        /* 1900 had no leap day, 2000 had */
        {"29820010092", false, false, ""},
        {"29820050043", false, false, "2000-02-29"},
        /* the first check digit leaves 1, 2, 3: given out from 2032 */
        {"06859810002", false, true, ""},
        {"06859810010", false, true, ""},
        {"06859810029", false, true, ""},
        {"46859810004", true, true, ""},
    };
    for (size_t i = 0; i < ST_COUNT_OF(numbers); i++) {
        struct st_person_number number = person(numbers[i].number);
        assert_true(number.is_synthetic);
        assert_int_equal(number.is_d_number, numbers[i].is_d_number);
        assert_int_equal(number.is_2032_only, numbers[i].is_2032_only);
        assert_birth(&number, numbers[i].birth);
    }
}

static void what_is_no_person_number(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",
        "0685989985",   /* ten digits */
        "068598998520", /* twelve */
        "0685989985A",
        "068598 99852",
        "06859899853", /* second check digit */
        "06859899842", /* both */
        "06859810037", /* the first leaves 4, the second is right */
        "00000000000",
        /* right check digits over days and months that do not exist */
        "29829710062",
        "29824510170",
        "31849510099",
        "00849510037",
        "40849510020",
        "72849510011",
        "01809510006",
        "01939510024",
        "01539510041",
        "01409510023",
        "01659510150",
    };
    for (size_t i = 0; i < ST_COUNT_OF(wrong); i++)
        if (is_person_number(wrong[i]))
            fail_msg("%s was accepted", wrong[i]);
}

/* Each check digit of every individual number of one day, against the rule in plain sums. */
static void exactly_the_right_check_digits(void **state) {
    (void)state;
    static const int w1[9] = {3, 7, 6, 1, 8, 9, 4, 5, 2}, w2[10] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    int today = 0, later = 0;
    for (int tail = 0; tail < 100000; tail++) {
        char text[16];
        struct st_person_number number = {.is_2032_only = false};
        snprintf(text, sizeof text, "068598%05d", tail);
        int sum1 = text[9] - '0', sum2 = text[10] - '0';
        for (int i = 0; i < 9; i++)
            sum1 += w1[i] * (text[i] - '0');
        for (int i = 0; i < 10; i++)
            sum2 += w2[i] * (text[i] - '0');
        bool valid = sum1 % 11 <= 3 && sum2 % 11 == 0;
        assert_int_equal(st_person_number_check(text, 11, &number), valid);
        if (valid)
            assert_int_equal(number.is_2032_only, sum1 % 11 != 0);
        today += valid && !number.is_2032_only;
        later += valid && number.is_2032_only;
    }
    assert_true(today > 800 && today < 850); /* of 1000, (10/11)^2 remain */
    assert_true(later > 2400 && later < 2550);
}

static void a_recorded_birth_may_contradict(void **state) {
    (void)state;
    struct st_person_number number = person("06859899852"), later = person("06859810002");
    struct st_person_number open = person("01816080076");
    assert_false(st_person_number_contradicts_birth(&number, st_date_make(1998, 5, 6)));
    assert_true(st_person_number_contradicts_birth(&number, st_date_make(1998, 5, 7)));
    assert_true(st_person_number_contradicts_birth(&number, st_date_make(2031, 12, 31)));
    /* Who is born from 2032 has a number that names no century. */
    assert_false(st_person_number_contradicts_birth(&number, st_date_make(2032, 1, 1)));
    assert_false(st_person_number_contradicts_birth(&later, st_date_make(1970, 1, 1)));
    assert_false(st_person_number_contradicts_birth(&open, st_date_make(1970, 1, 1)));
}

static void a_refusal_writes_nothing(void **state) {
    (void)state;
    struct st_person_number number = person("06859899852");
    assert_false(st_person_number_check("06859899853", 11, &number));
    assert_birth(&number, "1998-05-06");
    char bban[ST_BBAN_SIZE] = "unchanged";
    assert_false(st_account_normalise("12345678904", 11, bban));
    assert_string_equal(bban, "unchanged");
}

static void a_masked_number_shows_six_digits(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"06859899852", "068598*****"},  {"068598998521234", "068598*****"},
        {"0685", "0685*******"},         {"", "***********"},
        {"06\n5x899852", "06*5*8*****"}, {"Ola Nordmann", "***********"},
    };
    for (size_t i = 0; i < ST_COUNT_OF(pairs); i++) {
        char out[ST_PERSON_NUMBER_SIZE];
        st_person_number_mask(pairs[i][0], out);
        assert_string_equal(out, pairs[i][1]);
    }
}

/* ---- organisations, accounts, payments ------------------------------------------------------ */

static void organisation_numbers(void **state) {
    (void)state;
    assert_true(st_organisation_number_check("924616733", 9)); /* Skatteetaten, collection */
    assert_true(st_organisation_number_check("974760673", 9));
    assert_true(st_organisation_number_check("312485494", 9)); /* synthetic */
    assert_false(st_organisation_number_check("312485495", 9));
    assert_false(st_organisation_number_check("899205291", 9));
    assert_false(st_organisation_number_check("000000000", 9));
    assert_false(st_organisation_number_check("92461673", 8));
    assert_false(st_organisation_number_check("9246167330", 10));
    assert_false(st_organisation_number_check("92461673A", 9));
    assert_false(st_organisation_number_check("", 0));
}

static void accounts_become_eleven_digits(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"86011117947", "86011117947"},        {"76940524802", "76940524802"},
        {"8601.11.17947", "86011117947"},      {"NO9386011117947", "86011117947"},
        {"NO93 8601 1117 947", "86011117947"}, {"NO4276940524802", "76940524802"},
    };
    for (size_t i = 0; i < ST_COUNT_OF(pairs); i++) {
        char out[ST_BBAN_SIZE];
        const char *text = pairs[i][0];
        assert_true(st_account_normalise(text, strlen(text), out));
        assert_string_equal(out, pairs[i][1]);
        assert_int_equal(st_iban_no_check(text, strlen(text), out), text[0] == 'N');
        assert_int_equal(st_bban_check(text, strlen(text), out), text[0] != 'N');
    }
}

static void what_is_no_account(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",
        "12345678904",
        "15030123456",
        "98765432109",
        "00000000000",
        "8601111794",
        "860111179470",
        "8601 11 17947",
        "8601.1.117947",
        "8601.11.1794.",
        "86.0111.17947",
        "8601111794A",
        "NO9386011117948",
        "NO9486011117947",
        "no9386011117947",
        "SE9386011117947",
        "NO93860111179470",
        "NO938601111794",
        "NO93 8601 1117 9 7",
        "NO93 86011 117 947",
        "NO93-8601-1117-947",
        "NO93 8601.11.17947",
        "NO00000000000",
        "NO2100000000000",
        " 86011117947",
        "86011117947 ",
    };
    for (size_t i = 0; i < ST_COUNT_OF(wrong); i++) {
        char out[ST_BBAN_SIZE];
        if (st_account_normalise(wrong[i], strlen(wrong[i]), out))
            fail_msg("%s was accepted", wrong[i]);
    }
}

static void kids_pass_one_check_or_both(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum st_kid expected;
    } kids[] = {
        {"0010017", ST_KID_MOD10},
        {"1234567897", ST_KID_MOD10},
        {"0091500017705261012", ST_KID_MOD10},
        {"1234567892", ST_KID_MOD11},
        {"123456785", ST_KID_MOD11},
        {"6-", ST_KID_MOD11}, /* 6 * 2 = 12: remainder 1 */
        {"26", ST_KID_MOD10},
        {"27", ST_KID_MOD11},
        {"00", ST_KID_BOTH},
        {"12345678901", ST_KID_INVALID},
        {"5-", ST_KID_INVALID},
        {"-6", ST_KID_INVALID},
        {"6-6-", ST_KID_INVALID},
        {"-", ST_KID_INVALID},
        {"0", ST_KID_INVALID},
        {"", ST_KID_INVALID},
        {"001 0017", ST_KID_INVALID},
        {"0000000000000000000000000", ST_KID_BOTH},     /* 25 */
        {"00000000000000000000000000", ST_KID_INVALID}, /* 26 */
    };
    for (size_t i = 0; i < ST_COUNT_OF(kids); i++)
        assert_int_equal(st_kid_check(kids[i].text, strlen(kids[i].text)), kids[i].expected);
}

static void bics_have_eight_or_eleven_characters(void **state) {
    (void)state;
    static const char *const right[] = {"DNBANOKK", "DNBANOKKXXX", "NDEANOKK", "ABCDNO21123"};
    static const char *const wrong[] = {"",         "DNBANOK",     "DNBANOKKX", "DNBANOKKXX",
                                        "dnbanokk", "DNB1NOKK",    "DNBANO K",  "DNBANOKKXX-",
                                        "DNBA1OKK", "DNBANOKKXXXX"};
    for (size_t i = 0; i < ST_COUNT_OF(right); i++)
        assert_true(st_bic_is_well_formed(right[i], strlen(right[i])));
    for (size_t i = 0; i < ST_COUNT_OF(wrong); i++)
        assert_false(st_bic_is_well_formed(wrong[i], strlen(wrong[i])));
}

/* ---- published vectors, when they are there ------------------------------------------------- */

/* Cuts a line at its semicolons; empty cells stay cells. */
static int split(char *line, char *cells[], int count_max) {
    int count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *rest = line; rest && count < count_max; count++) {
        cells[count] = rest;
        rest = strchr(rest, ';');
        if (rest)
            *rest++ = '\0';
    }
    return count;
}

static void check_person_vector(char *cells[]) {
    const char *text = cells[0], *verdict = cells[1], *kind = cells[2], *birth = cells[3];
    struct st_person_number number;
    bool only_2032 = strcmp(verdict, "NEW2032_ONLY") == 0;
    bool valid = only_2032 || strcmp(verdict, "OLD+NEW") == 0;
    assert_int_equal(st_person_number_check(text, strlen(text), &number), valid);
    if (!valid)
        return;
    assert_int_equal(number.is_2032_only, only_2032);
    assert_int_equal(number.is_d_number, kind[0] == 'D');
    assert_int_equal(number.is_synthetic, strchr(kind, '+') != NULL);
    assert_birth(&number, only_2032 ? "" : birth);
}

static void published_person_numbers(void **state) {
    (void)state;
    char line[512], *cells[8];
    int rows = 0;
    FILE *file = fopen("../shared/samples/ids-person.csv", "r");
    if (!file)
        return;
    assert_non_null(fgets(line, sizeof line, file));
    for (; fgets(line, sizeof line, file); rows++) {
        assert_int_equal(split(line, cells, 8), 8);
        check_person_vector(cells);
    }
    fclose(file);
    assert_true(rows > 0);
}

static bool other_is_valid(const char *type, const char *value) {
    size_t size = strlen(value);
    char bban[ST_BBAN_SIZE];
    if (strcmp(type, "orgnr") == 0)
        return st_organisation_number_check(value, size);
    if (strcmp(type, "bban") == 0)
        return st_bban_check(value, size, bban);
    if (strcmp(type, "iban") == 0)
        return st_iban_no_check(value, size, bban);
    if (strcmp(type, "kid_mod10") == 0)
        return st_kid_check(value, size) & ST_KID_MOD10;
    assert_string_equal(type, "kid_mod11");
    return st_kid_check(value, size) & ST_KID_MOD11;
}

static void published_other_identifiers(void **state) {
    (void)state;
    char line[128], *cells[3];
    int rows = 0;
    FILE *file = fopen("../shared/samples/ids-other.csv", "r");
    if (!file)
        return;
    assert_non_null(fgets(line, sizeof line, file));
    for (; fgets(line, sizeof line, file); rows++) {
        assert_int_equal(split(line, cells, 3), 3);
        assert_int_equal(other_is_valid(cells[0], cells[1]), strcmp(cells[2], "True") == 0);
    }
    fclose(file);
    assert_true(rows > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(synthetic_numbers_and_what_they_say),
        cmocka_unit_test(what_is_no_person_number),
        cmocka_unit_test(exactly_the_right_check_digits),
        cmocka_unit_test(a_recorded_birth_may_contradict),
        cmocka_unit_test(a_refusal_writes_nothing),
        cmocka_unit_test(a_masked_number_shows_six_digits),
        cmocka_unit_test(organisation_numbers),
        cmocka_unit_test(accounts_become_eleven_digits),
        cmocka_unit_test(what_is_no_account),
        cmocka_unit_test(kids_pass_one_check_or_both),
        cmocka_unit_test(bics_have_eight_or_eleven_characters),
        cmocka_unit_test(published_person_numbers),
        cmocka_unit_test(published_other_identifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
