/* SPDX-License-Identifier: MIT */
/* calculator.h - the engine's workbench: one person's month while it is being computed.
 *
 * The files of the engine each do one step of R10's order on it:
 *   days.c        R2, R4, R9   what each day is worth          st_days_build
 *   limits.c      R8           which days are past a limit     st_limits_walk
 *   deductions.c  R5-R8        what is taken from it           st_deduct
 *   tax.c         R14-R16      the card, the period, the tax   st_withhold
 *   calculate.c   R4, R10      the order, the benefit's lines, the sums
 * and workbench.c holds what all of them use: new lines and findings, the cut (R10), failures.
 *
 * Invariants, asserted where they are made:
 *  1. The units of all days are the units of the month (R4).
 *  2. `remaining` is never negative, and is taxable pay when st_deduct returns.
 *  3. Every line moves a non-negative amount between two accounts.
 */
#ifndef STONAD_ENGINE_CALCULATOR_H
#define STONAD_ENGINE_CALCULATOR_H

#include "engine/limits.h"
#include "engine/text.h"
#include "stonad/engine.h"

enum { DAYS_MAX = 31 };

/* The factors of R2 that made a day's annual amount; two days with the same make are worth the same. */
struct day_make {
    const struct st_rate *g;
    const struct st_programme *programme;
    bool is_young, lives_with_parents, is_old_law, is_couple;
};

struct day {
    st_date date;
    bool is_programme, is_entitled, is_day_off;
    bool is_charged_whole;   /* R7: missed, and charged with the whole day */
    int units;               /* thirtieths of the month dealt to the day (R4) */
    struct day_make make;
    st_fraction annual;      /* A(day) in kroner (R2) */
    st_fraction charged;     /* R7: kroner charged for absence on this day so far */
};

struct st_calculator {
    /* the person and the terms of this call */
    const struct st_run_terms *terms;
    const struct st_person_facts *facts;
    struct st_error *error;

    /* the calendar of one month, kept from person to person: it depends on nothing else */
    bool has_calendar;
    st_month calendar_month;
    bool is_day_off[DAYS_MAX];

    st_date young_until;      /* the birthday of R2: the first day not "under 25" */
    const struct st_rate *g_of_month; /* NULL when another G takes effect inside the month */
    struct day days[DAYS_MAX];
    int day_count;            /* calendar days of the month */
    int programme_day_count, entitled_day_count, unit_count;
    st_date first_programme_day, last_programme_day; /* when programme_day_count > 0 */

    st_amount remaining;      /* benefit less what is deducted so far (R10) */
    st_fraction benefit_exact, deducted_exact; /* for R13 */

    struct st_past *past;     /* R8: days of the month past a limit */
    size_t past_count, past_room;

    struct st_payslip *payslip;
    struct st_line *lines;
    size_t line_count, line_room;
    struct st_finding *findings;
    size_t finding_count, finding_room;
};

/* Every step returns ST_OK, or fills calculator->error and returns its status. */
enum st_status st_days_build(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;
enum st_status st_deduct(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;
enum st_status st_withhold(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;

/* The day in the month under work; NULL when the date lies outside it. */
struct day *st_day_at(struct st_calculator *calculator, st_date date) ST_NONNULL;
/* A/360 and A/1850 of a day (R3). */
enum st_status st_day_rate(struct st_calculator *calculator, const struct day *day,
                           st_fraction *out) ST_MUST_CHECK ST_NONNULL;
enum st_status st_hour_rate(struct st_calculator *calculator, const struct day *day,
                            st_fraction *out) ST_MUST_CHECK ST_NONNULL;
/* Adds "G=136549 from 2026-05-01; f=2/3 under 25 ..." to a line's inputs. */
void st_day_explain(const struct st_calculator *calculator, const struct day *day,
                    struct st_text *text) ST_NONNULL;

/* Makes room for one more element of a growing array; false when memory ran out or `limit` is reached. */
bool st_make_room(void **array, size_t *room, size_t count, size_t size, size_t limit)
    ST_MUST_CHECK ST_NONNULL;
enum st_status st_fail_room(struct st_calculator *calculator) ST_NONNULL;

/* A new line, zeroed, at the end; NULL (and the error filled) when memory ran out. The pointer holds
 * until the next new line. */
struct st_line *st_line_new(struct st_calculator *calculator, enum st_line_kind kind)
    ST_MUST_CHECK ST_NONNULL;
/* Rounds line->exact into line->amount, cut to `remaining`, which it lowers (R10). */
enum st_status st_line_deduct(struct st_calculator *calculator, struct st_line *line)
    ST_MUST_CHECK ST_NONNULL;
/* Adds a finding of engine/finding.c's table; `detail` follows its sentence ("" for none). */
enum st_status st_finding_add(struct st_calculator *calculator, const char *code,
                              const char *detail) ST_MUST_CHECK ST_NONNULL;

/* Fills one finding from the table; the code must be in it. */
void st_finding_fill(struct st_finding *finding, const char *code, const char *detail) ST_NONNULL;

void st_error_fill(struct st_error *error, enum st_status status, const char *code,
                   const char *sentence) ST_NONNULL;
/* The same, naming the person with a masked number. */
enum st_status st_fail(struct st_calculator *calculator, enum st_status status, const char *code,
                       const char *text) ST_NONNULL;
/* An amount left 64 bits: the input limits make it impossible, so it is refused, not repaired. */
enum st_status st_fail_overflow(struct st_calculator *calculator) ST_NONNULL;

/* Passes a failure on; for straight happy paths. */
#define ST_TRY(call)                                                                               \
    do {                                                                                           \
        enum st_status try_status_ = (call);                                                       \
        if (try_status_ != ST_OK)                                                                  \
            return try_status_;                                                                    \
    } while (0)
/* Passes an arithmetic overflow on. */
#define ST_EXACT(calculator, call)                                                                 \
    do {                                                                                           \
        if (!(call))                                                                               \
            return st_fail_overflow(calculator);                                                   \
    } while (0)

#endif
