/* SPDX-License-Identifier: MIT */
/* test_calendar_command.c - `stonad calendar`: every day of every year 1990-2100 against days off
 * made here by other means (Easter by Oudin's rule, weekdays by counting on), and the text form.
 */
#define _XOPEN_SOURCE 700

#include "tests/unit/program_fixture.h"

static const int month_lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static const char *const weekdays[7] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};

static bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int length_of(int year, int month) {
    return month_lengths[month - 1] + (month == 2 && is_leap(year));
}

/* 1 January is day 1. */
static int day_of_year(int year, int month, int day) {
    for (int before = 1; before < month; before++)
        day += length_of(year, before);
    return day;
}

/* Oudin (1940): the age of the moon, put right for the long centuries, then on to the Sunday. */
static int easter_day_of_year(int year) {
    int century = year / 100, golden = year % 19;
    int skipped = (century - 17) / 25;
    int moon = (century - century / 4 - (century - skipped) / 3 + 19 * golden + 15) % 30;
    moon -= moon / 28 * (1 - moon / 28 * (29 / (moon + 1)) * ((21 - golden) / 11));
    int weekday = (year + year / 4 + moon + 2 - century + century / 4) % 7;
    int offset = moon - weekday;
    int month = 3 + (offset + 40) / 44;
    return day_of_year(year, month, offset + 28 - 31 * (month / 4));
}

/* The name of the day's holiday; NULL on any other day. */
static const char *holiday(int year, int month, int day) {
    static const struct {
        int month, day;
        const char *name;
    } fixed[] = {{1, 1, "1. nyttårsdag"},
                 {5, 1, "1. mai"},
                 {5, 17, "17. mai"},
                 {12, 25, "1. juledag"},
                 {12, 26, "2. juledag"}};
    static const struct {
        int after;
        const char *name;
    } moving[] = {{-3, "skjærtorsdag"}, {-2, "langfredag"},  {0, "1. påskedag"},
                  {1, "2. påskedag"},   {39, "Kristi himmelfartsdag"},
                  {49, "1. pinsedag"},  {50, "2. pinsedag"}};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (fixed[i].month == month && fixed[i].day == day)
            return fixed[i].name;
    for (size_t i = 0; i < sizeof moving / sizeof moving[0]; i++)
        if (day_of_year(year, month, day) == easter_day_of_year(year) + moving[i].after)
            return moving[i].name;
    return NULL;
}

/* A year as CSV; *weekday is 1 January's (0 Monday) and goes on to the next year's. */
static void make_year(int year, int *weekday, char *text) {
    size_t used = (size_t)snprintf(text, OUTPUT_MAX, "date,weekday,kind,name\n");
    for (int month = 1; month <= 12; month++)
        for (int day = 1; day <= length_of(year, month); day++) {
            const char *name = holiday(year, month, day);
            if (name == NULL && *weekday >= 5)
                name = *weekday == 5 ? "lørdag" : "søndag";
            used += (size_t)snprintf(text + used, OUTPUT_MAX - used, "%04d-%02d-%02d,%s,%s,%s\n",
                                     year, month, day, weekdays[*weekday],
                                     name == NULL ? "programme_day" : "day_off",
                                     name == NULL ? "" : name);
            *weekday = (*weekday + 1) % 7;
        }
}

static void every_day_of_1990_to_2100(void **state) {
    (void)state;
    static char expected[OUTPUT_MAX];
    int weekday = 0; /* 1 January 1990 was a Monday */
    for (int year = 1990; year <= 2100; year++) {
        make_year(year, &weekday, expected);
        run("stonad calendar --year %d --format csv", year);
        expect(0);
        if (strcmp(out, expected) != 0)
            print_message("the calendar of %d is not the one expected\n", year);
        assert_string_equal(out, expected);
    }
}

/* Known Easter Sundays, so that the rule above is not the only witness. */
static void known_easters(void **state) {
    (void)state;
    static const char *const sundays[] = {"1990-04-15", "2000-04-23", "2008-03-23", "2011-04-24",
                                          "2019-04-21", "2024-03-31", "2026-04-05", "2038-04-25",
                                          "2049-04-18", "2076-04-19", "2100-03-28"};
    for (size_t i = 0; i < sizeof sundays / sizeof sundays[0]; i++) {
        run("stonad calendar --year %.4s --format csv | grep '1. påskedag'", sundays[i]);
        expect(0);
        assert_memory_equal(out, sundays[i], 10);
    }
}

static void a_year_for_people(void **state) {
    (void)state;
    run("stonad calendar --year 2026");
    expect(0);
    has(out, "integreringsforskriften § 17");
    has(out, "2026-05     31              18        13\n");
    has(out, "year       365             253       112\n");
    has(out, "2026-05-14  thursday   Kristi himmelfartsdag\n");
    has(out, "8 in all");
    has_not(out, "lørdag");
    has_not(out, "2026-05-17"); /* a Sunday */
    run("stonad calendar --year 2028");
    has(out, "year       366 ");
    run("stonad calendar --year 2026 --format json");
    expect(0);
    has(out, "{\"date\": \"2026-12-24\", \"weekday\": \"thursday\", \"kind\": \"programme_day\", "
             "\"name\": null}");
}

/* The counts of the text are those of the rows. */
static void counts_are_of_the_rows(void **state) {
    (void)state;
    for (int year = 2020; year <= 2032; year++) {
        run("stonad calendar --year %d > year.txt; "
            "stonad calendar --year %d --format csv > year.csv; "
            "test \"$(awk '$1 == \"year\" {print $3}' year.txt)\" = "
            "\"$(grep -c ,programme_day, year.csv)\" && "
            "for month in 01 02 05 12; do test \"$(awk -v m=%d-$month '$1 == m {print $4}' year.txt)\""
            " = \"$(grep -c \"^%d-$month.*,day_off,\" year.csv)\" || exit 1; done",
            year, year, year, year);
        expect(0);
    }
}

static void years_there_are(void **state) {
    (void)state;
    static const char *const good[] = {"1900", "2199"}, *const bad[] = {"1899", "2200", "0", "26"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        run("stonad calendar --year %s", good[i]);
        expect(0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        run("stonad calendar --year %s", bad[i]);
        expect(2);
        has(err, "[calendar.year]");
    }
    refuses(2, "[option.value]", "stonad calendar --year soon");
    refuses(2, "[option.missing]", "stonad calendar");
    refuses(2, "[argument.extra]", "stonad calendar 2026 --year 2026");
}

int main(void) {
    if (!find_program())
        return 1;
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_day_of_1990_to_2100), IN_FOLDER(known_easters),
        IN_FOLDER(a_year_for_people),         IN_FOLDER(counts_are_of_the_rows),
        IN_FOLDER(years_there_are),
    };
    return cmocka_run_group_tests_name("calendar command", tests, NULL, NULL);
}
