/* SPDX-License-Identifier: MIT */
/* calendar.c - `stonad calendar`: the programme days and days off of a year (R9). */
#include "cli/cli.h"

#include "stonad/calendar.h"

enum { FIRST_YEAR = 1900, LAST_YEAR = 2199, SATURDAY = 5 };

static const char *const weekday_names[7] = {"monday", "tuesday",  "wednesday", "thursday",
                                             "friday", "saturday", "sunday"};

static enum st_status read_year(const struct st_invocation *invocation, int *out,
                                struct st_error *error) {
    int64_t year = 0;
    enum st_status status = st_cli_value_integer(invocation, ST_OPTION_YEAR, INT32_MAX, &year,
                                                 error);
    if (status == ST_OK && (year < FIRST_YEAR || year > LAST_YEAR))
        return st_cli_fail(error, ST_USAGE, "calendar.year",
                           "There is no calendar for --year %lld; give one of %d to %d.",
                           (long long)year, FIRST_YEAR, LAST_YEAR);
    *out = (int)year;
    return status;
}

/* ---- every day ----------------------------------------------------------------------------- */

static void report_day(struct st_report *report, st_date day) {
    bool is_day_off = st_is_day_off(day);
    st_report_date(report, day);
    st_report_text(report, weekday_names[st_date_weekday(day)]);
    st_report_text(report, is_day_off ? "day_off" : "programme_day");
    if (is_day_off)
        st_report_text(report, st_day_off_name_nb(day));
    else
        st_report_null(report);
}

static enum st_status report_days(const struct st_invocation *invocation, int year,
                                  struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"date", NULL, ST_CELL_DATE, 10, false},
        {"weekday", NULL, ST_CELL_TEXT, 9, false},
        {"kind", NULL, ST_CELL_TEXT, 13, false},
        {"name", NULL, ST_CELL_TEXT, 21, false},
    };
    struct st_report *report;
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    for (st_date day = st_date_make(year, 1, 1); day <= st_date_make(year, 12, 31); day++)
        report_day(report, day);
    return st_cli_report_end(report, ST_OK, error);
}

/* ---- the year for people ------------------------------------------------------------------- */

static int count_programme_days(st_month month) {
    int count = 0;
    for (st_date day = st_month_first(month); day <= st_month_last(month); day++)
        count += !st_is_day_off(day);
    return count;
}

static void print_counts(const char *label, int days, int programme_days) {
    (void)printf("%-8s  %4d  %14d  %8d\n", label, days, programme_days, days - programme_days);
}

static void print_months(int year) {
    int days = 0, programme_days = 0;
    (void)puts("month     days  programme days  days off\n"
               "--------  ----  --------------  --------");
    for (st_month month = st_month_make(year, 1); month <= st_month_make(year, 12); month++) {
        char label[ST_MONTH_TEXT_SIZE];
        int count = count_programme_days(month);
        st_month_format(month, label);
        print_counts(label, st_month_days(month), count);
        days += st_month_days(month);
        programme_days += count;
    }
    print_counts("year", days, programme_days);
}

static void print_weekdays_off(int year) {
    int count = 0;
    (void)puts("\nDays off that fall on weekdays:");
    for (st_date day = st_date_make(year, 1, 1); day <= st_date_make(year, 12, 31); day++) {
        char date[ST_DATE_TEXT_SIZE];
        if (!st_is_day_off(day) || st_date_weekday(day) >= SATURDAY)
            continue;
        st_date_format(day, date);
        (void)printf("%s  %-9s  %s\n", date, weekday_names[st_date_weekday(day)],
                     st_day_off_name_nb(day));
        count++;
    }
    (void)printf("%d in all; all other days off are Saturdays and Sundays.\n", count);
}

enum st_status st_command_calendar(const struct st_invocation *invocation,
                                   struct st_error *error) {
    int year = 0;
    enum st_status status = read_year(invocation, &year, error);
    if (status != ST_OK)
        return status;
    if (invocation->format != ST_FORMAT_TEXT)
        return report_days(invocation, year, error);
    (void)printf("%d, days off by integreringsforskriften § 17 (R9). Programme days are also the\n"
                 "working days by which payments move (R17).\n\n",
                 year);
    print_months(year);
    print_weekdays_off(year);
    return st_cli_output_works(error);
}
