/* SPDX-License-Identifier: MIT */
/* date.h - calendar dates as day numbers, months as month numbers. No clock, no time zone.
 *
 * A date is the count of days since 1970-01-01 in the proleptic Gregorian calendar; dates therefore
 * compare and subtract as integers. Files may name 1900-01-01 to 2199-12-31.
 */
#ifndef STONAD_DATE_H
#define STONAD_DATE_H

#include "stonad/base.h"

typedef int32_t st_date;  /* days since 1970-01-01 */
typedef int32_t st_month; /* year * 12 + month - 1 */

/* "Open": a period without an end. Larger than every date a file may name. */
#define ST_DATE_OPEN INT32_MAX
#define ST_DATE_NONE INT32_MIN

enum { ST_DATE_TEXT_SIZE = 11, ST_MONTH_TEXT_SIZE = 8 };

bool st_date_is_valid(int year, int month, int day);
/* The date of a valid year, month 1-12 and day. */
st_date st_date_make(int year, int month, int day);
void st_date_split(st_date date, int *year, int *month, int *day) ST_NONNULL;
int st_date_year(st_date date);
/* 0 Monday ... 6 Sunday. */
int st_date_weekday(st_date date);
/* The same day `years` later; 29 February falls on 28 February in common years. */
st_date st_date_add_years(st_date date, int years);
/* The same day `months` later, the month's last day where it has no such day. */
st_date st_date_add_months(st_date date, int months);
/* The first day on which someone born on `birth` is `years` old (R2: 29 February falls on the 28th). */
st_date st_date_birthday(st_date birth, int years);

/* "YYYY-MM-DD" and nothing else; false when the text is not a date of 1900-2199. */
bool st_date_parse(const char *text, size_t size, st_date *out) ST_MUST_CHECK ST_NONNULL;
/* "YYYY-MM-DD" with its NUL; `text` holds ST_DATE_TEXT_SIZE bytes. */
void st_date_format(st_date date, char *text) ST_NONNULL;

st_month st_month_make(int year, int month);
st_month st_month_of(st_date date);
st_date st_month_first(st_month month);
st_date st_month_last(st_month month);
int st_month_days(st_month month);
/* "YYYY-MM". */
bool st_month_parse(const char *text, size_t size, st_month *out) ST_MUST_CHECK ST_NONNULL;
void st_month_format(st_month month, char *text) ST_NONNULL;

#endif
