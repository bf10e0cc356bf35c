/* SPDX-License-Identifier: MIT */
/* test_calendar.c - Easter, days off, working days (R9), by almanacs and a second computus. */
#include "stonad/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static st_date day(const char *text) {
    st_date date = ST_DATE_NONE;
    assert_true(st_date_parse(text, strlen(text), &date));
    return date;
}

static void easter_of_known_years(void **state) {
    (void)state;
    static const char *const sundays[] = {
        "1913-03-23", "1943-04-25", "1954-04-18", "1961-04-02", "1981-04-19", "2000-04-23",
        "2008-03-23", "2011-04-24", "2016-03-27", "2019-04-21", "2020-04-12", "2021-04-04",
        "2022-04-17", "2023-04-09", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28",
        "2028-04-16", "2038-04-25", "2049-04-18", "2076-04-19", "2100-03-28",
    };
    for (size_t i = 0; i < ST_COUNT_OF(sundays); i++)
        assert_int_equal(st_easter_sunday(st_date_year(day(sundays[i]))), day(sundays[i]));
}

/* Gauss' rule with its two exceptions; M and N hold for a century each. */
static st_date easter_by_gauss(int year) {
    int m = 24, n = year < 2100 ? 5 : 6;
    int a = year % 19, b = year % 4, c = year % 7;
    int d = (19 * a + m) % 30;
    int e = (2 * b + 4 * c + 6 * d + n) % 7;
    if (d == 29 && e == 6)
        return st_date_make(year, 4, 19);
    if (d == 28 && e == 6 && a > 10)
        return st_date_make(year, 4, 18);
    return st_date_make(year, 3, 22) + d + e;
}

static void easter_by_another_rule(void **state) {
    (void)state;
    for (int year = 1900; year <= 2199; year++) {
        assert_int_equal(st_easter_sunday(year), easter_by_gauss(year));
        assert_int_equal(st_date_weekday(st_easter_sunday(year)), 6);
    }
}

static void the_days_off_of_2026(void **state) {
    (void)state;
    static const struct {
        const char *date, *name;
    } days[] = {
        {"2026-01-01", "1. nyttårsdag"},
        {"2026-04-02", "skjærtorsdag"},
        {"2026-04-03", "langfredag"},
        {"2026-04-05", "1. påskedag"},
        {"2026-04-06", "2. påskedag"},
        {"2026-05-01", "1. mai"},
        {"2026-05-14", "Kristi himmelfartsdag"},
        {"2026-05-17", "17. mai"},
        {"2026-05-24", "1. pinsedag"},
        {"2026-05-25", "2. pinsedag"},
        {"2026-12-25", "1. juledag"},
        {"2026-12-26", "2. juledag"},
        {"2026-05-09", "lørdag"},
        {"2026-05-10", "søndag"},
    };
    for (size_t i = 0; i < ST_COUNT_OF(days); i++) {
        assert_true(st_is_day_off(day(days[i].date)));
        assert_string_equal(st_day_off_name_nb(day(days[i].date)), days[i].name);
    }
}

static void programme_days_that_look_like_days_off(void **state) {
    (void)state;
    static const char *const days[] = {"2026-12-24", "2026-12-31", "2026-04-01",
                                       "2026-04-07", "2026-05-15", "2026-01-02"};
    for (size_t i = 0; i < ST_COUNT_OF(days); i++) {
        assert_false(st_is_day_off(day(days[i])));
        assert_null(st_day_off_name_nb(day(days[i])));
    }
}

/* Ten holidays of R9 a year; on weekdays they are days off beside Saturdays and Sundays, and two
 * may meet on one day (Ascension Day on 1 or 17 May, Whit Monday on 17 May). */
static bool is_holiday(st_date date) {
    int year, month, of_month;
    st_date_split(date, &year, &month, &of_month);
    int from_easter = date - easter_by_gauss(year);
    int month_and_day = month * 100 + of_month;
    return from_easter == -3 || from_easter == -2 || from_easter == 1 || from_easter == 39 ||
           from_easter == 50 || month_and_day == 101 || month_and_day == 501 ||
           month_and_day == 517 || month_and_day == 1225 || month_and_day == 1226;
}

static void every_day_of_three_centuries(void **state) {
    (void)state;
    for (st_date date = day("1900-01-01"); date <= day("2199-12-31"); date++) {
        bool expected = st_date_weekday(date) >= 5 || is_holiday(date);
        assert_int_equal(st_is_day_off(date), expected);
        assert_int_equal(st_day_off_name_nb(date) != NULL, expected);
    }
}

static void the_next_working_day(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"2026-06-10", "2026-06-11"}, /* an ordinary Wednesday */
        {"2026-06-12", "2026-06-15"}, /* a Friday */
        {"2026-06-13", "2026-06-15"}, /* a Saturday */
        {"2026-04-01", "2026-04-07"}, /* over Easter */
        {"2026-04-30", "2026-05-04"}, /* 1 May is a Friday */
        {"2026-12-23", "2026-12-24"}, /* Christmas Eve is a working day */
        {"2026-12-24", "2026-12-28"}, {"2026-12-30", "2026-12-31"},
        {"2026-12-31", "2027-01-04"}, {"2021-05-12", "2021-05-14"}, /* Ascension Day */
        {"2021-05-14", "2021-05-18"},                               /* 17 May is a Monday */
    };
    for (size_t i = 0; i < ST_COUNT_OF(pairs); i++)
        assert_int_equal(st_next_working_day(day(pairs[i][0])), day(pairs[i][1]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(easter_of_known_years),
        cmocka_unit_test(easter_by_another_rule),
        cmocka_unit_test(the_days_off_of_2026),
        cmocka_unit_test(programme_days_that_look_like_days_off),
        cmocka_unit_test(every_day_of_three_centuries),
        cmocka_unit_test(the_next_working_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
