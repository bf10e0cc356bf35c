/* SPDX-License-Identifier: MIT */
/* calendar.c - days off and working days (R9, integreringsforskriften § 17). See calendar.h. */
#include "stonad/calendar.h"

enum { SATURDAY = 5, SUNDAY = 6 };

struct fixed_holiday {
    int month, day;
    const char *name_nb;
};

struct movable_holiday {
    int days_after_easter;
    const char *name_nb;
};

static const struct fixed_holiday fixed_holidays[] = {
    {1, 1, "1. nyttårsdag"}, {5, 1, "1. mai"},       {5, 17, "17. mai"},
    {12, 25, "1. juledag"},  {12, 26, "2. juledag"},
};

/* Easter Sunday and Whit Sunday are days off as Sundays; they stand here for their names. */
static const struct movable_holiday movable_holidays[] = {
    {-3, "skjærtorsdag"},          {-2, "langfredag"},  {0, "1. påskedag"},  {1, "2. påskedag"},
    {39, "Kristi himmelfartsdag"}, {49, "1. pinsedag"}, {50, "2. pinsedag"},
};

/* The computus of the Gregorian calendar (Meeus, Jones, Butcher): the Sunday after the
 * ecclesiastical full moon on or after 21 March. */
st_date st_easter_sunday(int year) {
    int golden = year % 19, century = year / 100, of_century = year % 100;
    int epact_shift = (century - (century + 8) / 25 + 1) / 3;
    int full_moon = (19 * golden + century - century / 4 - epact_shift + 15) % 30;
    int to_sunday =
        (32 + 2 * (century % 4) + 2 * (of_century / 4) - full_moon - of_century % 4) % 7;
    int late = (golden + 11 * full_moon + 22 * to_sunday) / 451;
    int days_after_22_march = full_moon + to_sunday - 7 * late;
    return st_date_make(year, 3, 22) + days_after_22_march;
}

static const char *holiday_name_nb(st_date date) {
    int year, month, day;
    st_date_split(date, &year, &month, &day);
    for (size_t i = 0; i < ST_COUNT_OF(fixed_holidays); i++)
        if (fixed_holidays[i].month == month && fixed_holidays[i].day == day)
            return fixed_holidays[i].name_nb;
    if (month < 3 || month > 6) /* Maundy Thursday is after 18 March, Whit Monday before 15 June */
        return NULL;
    st_date days_after_easter = date - st_easter_sunday(year);
    for (size_t i = 0; i < ST_COUNT_OF(movable_holidays); i++)
        if (movable_holidays[i].days_after_easter == days_after_easter)
            return movable_holidays[i].name_nb;
    return NULL;
}

bool st_is_day_off(st_date date) {
    return st_date_weekday(date) >= SATURDAY || holiday_name_nb(date) != NULL;
}

const char *st_day_off_name_nb(st_date date) {
    const char *name = holiday_name_nb(date);
    if (name)
        return name;
    switch (st_date_weekday(date)) {
    case SATURDAY:
        return "lørdag";
    case SUNDAY:
        return "søndag";
    default:
        return NULL;
    }
}

st_date st_next_working_day(st_date date) {
    do
        date++;
    while (st_is_day_off(date));
    return date;
}
