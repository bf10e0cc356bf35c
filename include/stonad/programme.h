/* SPDX-License-Identifier: MIT */
/* programme.h - the introduction programme itself: who takes part, how long, with what content, and
 * whether pay follows a recorded decision (R18-R22). Findings, never silent changes of an amount.
 *
 * Pure, like all of the engine. The files decisions, endings, content, employment and settlement are
 * optional: until the ledger holds a first row of one, the checks that need it are silent.
 */
#ifndef STONAD_PROGRAMME_H
#define STONAD_PROGRAMME_H

#include "stonad/engine.h"

/* Which of the optional files the ledger holds at least one row of (of anybody). */
struct st_known_files {
    bool decisions, endings, content, employment, settlement;
};

/* What a programme may last (R19) and what may be added (R21). */
struct st_programme_time {
    st_date start;
    st_date recorded_end;   /* ST_DATE_OPEN when open */
    int base_months, extension_months;
    bool is_new_regime;     /* the regime from 2026-01-01 (R19: the date offered decides) */
    const char *regime;     /* one phrase: which row of R19, for people */
    const char *citation;
    int64_t used_days;      /* of earlier programmes that count (return within two years) */
    st_date base_end;       /* the last day of the base */
    st_date extended_end;   /* with the extension of R19 */
    int64_t absence_days;   /* R21: virkedager of approved absence, time off, leave; all kinds */
    int64_t added_working_days, added_calendar_days; /* 0 unless they together exceed ten */
    st_date longest_end;    /* extended_end and R21's days after it */
};
/* The time of one of the person's programmes, with what is recorded up to `today`. */
void st_programme_time(const struct st_person_facts *facts, size_t index, st_date today,
                       struct st_programme_time *out) ST_NONNULL;

/* Every finding of R13 (missing decisions), R18, R19, R20, R21, R22 and the findings of R8 about the
 * programme's absences as a whole, of one person, as of `today`. `add` is called for each; not ST_OK
 * stops. `month` is the month under check: programmes that ended before it are passed over. */
enum st_status st_check_programmes(const struct st_person_facts *facts,
                                   const struct st_known_files *files, st_month month, st_date today,
                                   enum st_status (*add)(void *context, const struct st_finding *),
                                   void *context) ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 5);

#endif
