/* SPDX-License-Identifier: MIT */
/* test_date.c - the calendar against a count of every day, and the text forms. */
#include "stonad/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { DAYS_1900_TO_2199 = 109573 };

static st_date parse(const char *text) {
    st_date date = ST_DATE_NONE;
    assert_true(st_date_parse(text, strlen(text), &date));
    return date;
}

static void assert_date(st_date date, const char *expected) {
    char text[ST_DATE_TEXT_SIZE];
    st_date_format(date, text);
    assert_string_equal(text, expected);
}

static int days_in_month(int year, int month) {
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    switch (month) {
    case 2:
        return leap ? 29 : 28;
    case 4:
    case 6:
    case 9:
    case 11:
        return 30;
    default:
        return 31;
    }
}

/* One day after the other, counted, must be one number after the other, and come back from text. */
static void every_day_of_three_centuries_round_trips(void **state) {
    (void)state;
    int count = 0, weekday = 0; /* 1900-01-01 was a Monday */
    st_date expected = st_date_make(1900, 1, 1);
    for (int year = 1900; year <= 2199; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= days_in_month(year, month); day++) {
                int y, m, d;
                char text[ST_DATE_TEXT_SIZE];
                st_date date = st_date_make(year, month, day);
                assert_true(st_date_is_valid(year, month, day));
                assert_int_equal(date, expected);
                st_date_split(date, &y, &m, &d);
                assert_true(y == year && m == month && d == day);
                assert_int_equal(st_date_year(date), year);
                assert_int_equal(st_date_weekday(date), weekday);
                assert_int_equal(st_month_of(date), st_month_make(year, month));
                st_date_format(date, text);
                assert_int_equal(parse(text), date);
                expected++;
                count++;
                weekday = (weekday + 1) % 7;
            }
    assert_int_equal(count, DAYS_1900_TO_2199);
    assert_int_equal(st_date_make(1970, 1, 1), 0);
    assert_int_equal(st_date_make(2000, 1, 1), 10957);
}

static void days_that_do_not_exist(void **state) {
    (void)state;
    for (int year = 1900; year <= 2199; year++)
        for (int month = 1; month <= 12; month++) {
            assert_false(st_date_is_valid(year, month, 0));
            assert_false(st_date_is_valid(year, month, days_in_month(year, month) + 1));
        }
    assert_false(st_date_is_valid(2026, 0, 1));
    assert_false(st_date_is_valid(2026, 13, 1));
    assert_false(st_date_is_valid(1899, 12, 31));
    assert_false(st_date_is_valid(2200, 1, 1));
    assert_false(st_date_is_valid(-2026, 1, 1));
}

static void only_one_text_form_is_a_date(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",           "2026",       "2026-1-01",  "2026-01-1",   "2026-01-011", "2026/01/01",
        "01.01.2026", "20260101",   "2026-02-29", "1900-02-29",  "2026-04-31",  "2026-00-10",
        "2026-13-10", "2026-10-00", "1899-12-31", "2200-01-01",  " 2026-01-01", "2026-01-0a",
        "2O26-01-01", "+026-01-01", "2026--1-01", "2026-01-01 ", "-026-01-01",
    };
    for (size_t i = 0; i < ST_COUNT_OF(wrong); i++) {
        st_date untouched = 4711;
        assert_false(st_date_parse(wrong[i], strlen(wrong[i]), &untouched));
        assert_int_equal(untouched, 4711);
    }
    assert_date(parse("2000-02-29"), "2000-02-29");
    assert_date(parse("1900-01-01"), "1900-01-01");
    assert_date(parse("2199-12-31"), "2199-12-31");
}

static void what_is_no_date_is_written_as_nothing(void **state) {
    (void)state;
    assert_date(ST_DATE_OPEN, "");
    assert_date(ST_DATE_NONE, "");
    assert_int_equal(st_date_add_years(ST_DATE_OPEN, 1), ST_DATE_OPEN);
    assert_int_equal(st_date_add_months(ST_DATE_OPEN, -1), ST_DATE_OPEN);
    assert_int_equal(st_date_add_months(ST_DATE_NONE, 1), ST_DATE_NONE);
}

static void dates_outside_the_files_are_dates_too(void **state) {
    (void)state;
    assert_date(st_date_make(1854, 1, 1), "1854-01-01");
    assert_date(st_date_make(1, 1, 1), "0001-01-01");
    assert_int_equal(st_date_make(1, 1, 1), -719162);
    assert_date(st_date_add_years(parse("2199-06-30"), 25), "2224-06-30");
    assert_int_equal(st_date_weekday(st_date_make(1814, 5, 17)), 1); /* a Tuesday */
}

/* R2: who is born on 29 February is a year older on 28 February of a common year. */
static void leap_day_birthdays(void **state) {
    (void)state;
    st_date birth = parse("2000-02-29");
    assert_date(st_date_birthday(birth, 25), "2025-02-28");
    assert_date(st_date_birthday(birth, 24), "2024-02-29");
    assert_date(st_date_birthday(birth, 18), "2018-02-28");
    assert_date(st_date_birthday(birth, 100), "2100-02-28");
    assert_date(st_date_birthday(parse("2001-02-28"), 23), "2024-02-28");
    assert_date(st_date_birthday(parse("2001-03-01"), 25), "2026-03-01");
    assert_date(st_date_birthday(birth, 0), "2000-02-29");
    assert_date(st_date_add_years(parse("2024-02-29"), -1), "2023-02-28");
}

static void months_are_added_to_the_last_day_that_exists(void **state) {
    (void)state;
    assert_date(st_date_add_months(parse("2026-01-31"), 1), "2026-02-28");
    assert_date(st_date_add_months(parse("2024-01-31"), 1), "2024-02-29");
    assert_date(st_date_add_months(parse("2026-08-31"), 6), "2027-02-28");
    assert_date(st_date_add_months(parse("2026-03-31"), -1), "2026-02-28");
    assert_date(st_date_add_months(parse("2026-01-15"), -1), "2025-12-15");
    assert_date(st_date_add_months(parse("2026-01-15"), -25), "2023-12-15");
    assert_date(st_date_add_months(parse("2025-12-31"), 12), "2026-12-31");
    assert_date(st_date_add_months(parse("2026-05-31"), 0), "2026-05-31");
}

static void months_have_a_first_and_a_last_day(void **state) {
    (void)state;
    for (int year = 1900; year <= 2199; year++)
        for (int month = 1; month <= 12; month++) {
            st_month number = st_month_make(year, month), again;
            char text[ST_MONTH_TEXT_SIZE];
            assert_int_equal(st_month_first(number), st_date_make(year, month, 1));
            assert_int_equal(st_month_days(number), days_in_month(year, month));
            assert_int_equal(st_month_last(number) + 1, st_month_first(number + 1));
            st_month_format(number, text);
            assert_true(st_month_parse(text, strlen(text), &again));
            assert_int_equal(again, number);
        }
}

static void only_one_text_form_is_a_month(void **state) {
    (void)state;
    static const char *const wrong[] = {"",        "2026",    "2026-0",  "2026-00",
                                        "2026-13", "2026/01", "1899-12", "2026-01-01",
                                        "2200-01", "202601",  "2026-1 ", "2026-a1"};
    st_month month = 1;
    for (size_t i = 0; i < ST_COUNT_OF(wrong); i++)
        assert_false(st_month_parse(wrong[i], strlen(wrong[i]), &month));
    assert_int_equal(month, 1);
    char text[ST_MONTH_TEXT_SIZE];
    st_month_format(st_month_make(2026, 5), text);
    assert_string_equal(text, "2026-05");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_three_centuries_round_trips),
        cmocka_unit_test(days_that_do_not_exist),
        cmocka_unit_test(only_one_text_form_is_a_date),
        cmocka_unit_test(what_is_no_date_is_written_as_nothing),
        cmocka_unit_test(dates_outside_the_files_are_dates_too),
        cmocka_unit_test(leap_day_birthdays),
        cmocka_unit_test(months_are_added_to_the_last_day_that_exists),
        cmocka_unit_test(months_have_a_first_and_a_last_day),
        cmocka_unit_test(only_one_text_form_is_a_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
