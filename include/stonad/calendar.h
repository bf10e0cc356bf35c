/* SPDX-License-Identifier: MIT */
/* calendar.h - days off of the introduction programme, and working days (virkedager).
 *
 * Days off are Saturdays, Sundays and the public holidays of integreringsforskriften § 17 (R9); 24
 * and 31 December are programme days. The same calendar moves the due date of the withheld tax
 * (R17). Holds for 1900-2199; nothing here reads a clock.
 */
#ifndef STONAD_CALENDAR_H
#define STONAD_CALENDAR_H

#include "stonad/date.h"

/* Easter Sunday of a Gregorian year, 22 March ... 25 April. */
st_date st_easter_sunday(int year);

/* Whether the date is a day off (R9): paid, never charged, and no virkedag. */
bool st_is_day_off(st_date date);

/* Why the date is a day off, in Norwegian (bokmål), lower case: "skjærtorsdag", "17. mai",
 * "lørdag". A holiday on a weekend is named as the holiday. NULL for a working day. The text is
 * constant. */
const char *st_day_off_name_nb(st_date date);

/* The first working day strictly after the date (R17, SBL § 10-10). */
st_date st_next_working_day(st_date date);

#endif
