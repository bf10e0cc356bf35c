/* SPDX-License-Identifier: MIT */
/* date.c - the calendar as day numbers. See date.h.
 *
 * Making and splitting dates works far outside the years a file may name, so that a birth in 1854
 * or a birthday after 2199 is a date like any other; only st_date_is_valid and the parsers know
 * those limits. ST_DATE_OPEN and ST_DATE_NONE are no dates: adding to them changes nothing, they
 * are written as the empty text, as an open end is in every file, and they must not be split.
 */
#include "stonad/date.h"

#include <assert.h>

enum { YEAR_MIN = 1900, YEAR_MAX = 2199 };

/* Years are counted from 1 March, so that the leap day is the last day of its year; an era is the
 * 400 years after which the Gregorian calendar repeats. */
enum { DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400, DAYS_FROM_0000_03_01_TO_1970_01_01 = 719468 };

static int floor_divide(int dividend, int divisor) {
    int quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

static bool is_leap_year(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month) {
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

static bool is_a_date(st_date date) {
    return date != ST_DATE_OPEN && date != ST_DATE_NONE;
}

bool st_date_is_valid(int year, int month, int day) {
    return year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_in_month(year, month);
}

st_date st_date_make(int year, int month, int day) {
    assert(month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month));
    int march_year = month > 2 ? year : year - 1;
    int march_month = month > 2 ? month - 3 : month + 9;
    int era = floor_divide(march_year, YEARS_PER_ERA);
    int year_of_era = march_year - era * YEARS_PER_ERA;
    int day_of_year = (153 * march_month + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_FROM_0000_03_01_TO_1970_01_01;
}

void st_date_split(st_date date, int *year, int *month, int *day) {
    assert(is_a_date(date));
    int days = date + DAYS_FROM_0000_03_01_TO_1970_01_01;
    int era = floor_divide(days, DAYS_PER_ERA);
    int day_of_era = days - era * DAYS_PER_ERA;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * march_month + 2) / 5 + 1;
    *month = march_month < 10 ? march_month + 3 : march_month - 9;
    *year = year_of_era + era * YEARS_PER_ERA + (*month <= 2);
}

int st_date_year(st_date date) {
    int year, month, day;
    st_date_split(date, &year, &month, &day);
    return year;
}

int st_date_weekday(st_date date) {
    int days_from_monday = date % 7 + 3; /* 1970-01-01 was a Thursday */
    return (days_from_monday + 7) % 7;
}

st_date st_date_add_years(st_date date, int years) {
    return st_date_add_months(date, years * 12);
}

st_date st_date_add_months(st_date date, int months) {
    if (!is_a_date(date))
        return date;
    int year, month, day;
    st_date_split(date, &year, &month, &day);
    int month_number = year * 12 + month - 1 + months;
    year = floor_divide(month_number, 12);
    month = month_number - year * 12 + 1;
    int last_day = days_in_month(year, month);
    return st_date_make(year, month, day < last_day ? day : last_day);
}

st_date st_date_birthday(st_date birth, int years) {
    return st_date_add_years(birth, years);
}

/* ---- months --------------------------------------------------------------------------------- */

st_month st_month_make(int year, int month) {
    assert(month >= 1 && month <= 12);
    return year * 12 + month - 1;
}

st_month st_month_of(st_date date) {
    int year, month, day;
    st_date_split(date, &year, &month, &day);
    return st_month_make(year, month);
}

static void month_split(st_month number, int *year, int *month) {
    *year = floor_divide(number, 12);
    *month = number - *year * 12 + 1;
}

st_date st_month_first(st_month number) {
    int year, month;
    month_split(number, &year, &month);
    return st_date_make(year, month, 1);
}

st_date st_month_last(st_month number) {
    return st_month_first(number) + st_month_days(number) - 1;
}

int st_month_days(st_month number) {
    int year, month;
    month_split(number, &year, &month);
    return days_in_month(year, month);
}

/* ---- text ----------------------------------------------------------------------------------- */

/* The number that `count` digits write; -1 when one of them is none. */
static int read_digits(const char *text, int count) {
    int number = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

static void write_digits(char *text, int count, int number) {
    for (int i = count - 1; i >= 0; i--, number /= 10)
        text[i] = (char)('0' + number % 10);
}

/* "YYYY-MM" and its NUL; the empty text for a year that four digits cannot write. */
static void write_month(char *text, int year, int month) {
    text[0] = '\0';
    if (year < 0 || year > 9999)
        return;
    write_digits(text, 4, year);
    text[4] = '-';
    write_digits(text + 5, 2, month);
    text[7] = '\0';
}

bool st_date_parse(const char *text, size_t size, st_date *out) {
    if (size != ST_DATE_TEXT_SIZE - 1 || text[4] != '-' || text[7] != '-')
        return false;
    int year = read_digits(text, 4), month = read_digits(text + 5, 2);
    int day = read_digits(text + 8, 2);
    if (!st_date_is_valid(year, month, day))
        return false;
    *out = st_date_make(year, month, day);
    return true;
}

void st_date_format(st_date date, char *text) {
    text[0] = '\0';
    if (!is_a_date(date))
        return;
    int year, month, day;
    st_date_split(date, &year, &month, &day);
    write_month(text, year, month);
    if (text[0] == '\0')
        return;
    text[7] = '-';
    write_digits(text + 8, 2, day);
    text[10] = '\0';
}

bool st_month_parse(const char *text, size_t size, st_month *out) {
    if (size != ST_MONTH_TEXT_SIZE - 1 || text[4] != '-')
        return false;
    int year = read_digits(text, 4), month = read_digits(text + 5, 2);
    if (!st_date_is_valid(year, month, 1))
        return false;
    *out = st_month_make(year, month);
    return true;
}

void st_month_format(st_month number, char *text) {
    int year, month;
    month_split(number, &year, &month);
    write_month(text, year, month);
}
