/* SPDX-License-Identifier: MIT */
/* calculator.h - the engine's workbench: one person's month while it is being computed.
 *
 * The files of the engine each do one step of R10's order on it:
 *   days.c        R2, R4, R9   what each day is worth          st_days_build
 *   limits.c      R8           which days are past a limit     st_limits_walk
 *   deductions.c  R5-R8        what is taken from it           st_deduct
 *   correct.c     R11          earlier months put right        st_look_back, st_correct
 *   recover.c     R12          claims, recovery, refund        st_refund, st_raise_claim, st_recover
 *   tax.c         R14-R16      the card, the period, the tax   st_card_find, st_withhold
 *   calculate.c   R4, R10, R13 the order, the benefit's lines, the sums
 * and workbench.c holds what all of them use: new lines and findings, the cut (R10), failures.
 *
 * Invariants, asserted where they are made:
 *  1. The units of all days are the units of the month (R4).
 *  2. `remaining` is never negative, and is taxable pay before st_withhold.
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

/* R15: the days a payment is for, which pick the table: those of its own month and those of earlier
 * months that are paid for the first time. */
struct period {
    int whole_month_count;
    int part_days;  /* of the other months, from the first to the last programme day of each */
    int total_days; /* of all of them */
    int paid_days;  /* total_days without days that are not paid */
};

/* R14: how the payment is to be taxed. */
enum withholding_method { METHOD_NONE, METHOD_TABLE, METHOD_PERCENT, METHOD_EXEMPT, METHOD_HELD };
struct withholding {
    enum withholding_method method;
    const char *citation;
    const struct st_withholding_table *table;
    int64_t percent_hundredths; /* of METHOD_PERCENT, and of an exemption card's excess */
    bool exempt_is_limited;
    st_amount exempt_amount;
    bool has_12_months;         /* R16: twelve withholding months leave none exempt */
    bool is_of_year;            /* a card, or an answer, of the payment year: January may be put right by it */
    int64_t extra_nok;
    const char *why;            /* for the basis text: "tax card" ... */
    const char *held_reason;
};

/* R11: what one kind of line of an earlier month came to, and what it is as known now. */
struct difference {
    st_month month;
    int kind;
    st_amount paid, due;
};

/* R12: what is left of a claim, by what it came of. */
struct owed_claim {
    int64_t offsets_ore, others_ore;
};

enum { CALENDARS_KEPT = 64 };
struct calendar_of_month {
    bool is_there;
    st_month month;
    bool is_day_off[DAYS_MAX];
};

struct st_calculator {
    /* the person and the terms of this call */
    const struct st_run_terms *terms;
    const struct st_person_facts *facts;
    struct st_error *error;

    /* calendars of months, kept from person to person: they depend on nothing else */
    struct calendar_of_month calendars[CALENDARS_KEPT];
    const struct calendar_of_month *calendar; /* of the month under work */

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

    struct period arrears;    /* R15: earlier months that are paid for the first time */
    struct difference *differences; /* R11: by month, kind */
    size_t difference_count, difference_room;
    struct st_correction *corrections;
    size_t correction_count, correction_room;
    st_amount corrected;      /* R11: the net plus of the corrections, what is paid of them */
    st_amount owed;           /* R12: the person's claims, movements of this payslip included */
    struct st_claim_movement *movements;
    size_t movement_count, movement_room;
    struct owed_claim *owed_claims; /* R12: scratch for what is left of each claim */
    size_t owed_claim_room;

    struct withholding card;  /* R14; st_card_find */

    struct st_payslip *payslip;
    struct st_line *lines;
    size_t line_count, line_room;
    struct st_finding *findings;
    size_t finding_count, finding_room;
};

/* Every step returns ST_OK, or fills calculator->error and returns its status. */
enum st_status st_days_build(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;
enum st_status st_deduct(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;
/* R2-R8 of the month of calculator->terms: days, lines of benefit and deductions, findings, `remaining`. What
 * was there of another month is overwritten. */
enum st_status st_entitlement(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;
/* R11: earlier months computed anew; fills `differences` and `arrears`. Works on lines and days, so it comes
 * before the month's own st_entitlement. */
enum st_status st_look_back(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;
/* Correction lines of the differences; *sum is what they come to, over all months and kinds. */
enum st_status st_correct(struct st_calculator *calculator, st_amount *sum) ST_MUST_CHECK ST_NONNULL;
/* R12. st_claims_begin reads what is owed; then, of a payslip that is not held: st_refund adds to *sum what
 * another agency pays, st_raise_claim makes a net minus a claim, st_recover lowers `remaining`; at last
 * st_claims_report tells what is left to be decided. */
void st_claims_begin(struct st_calculator *calculator) ST_NONNULL;
/* Whether there is a claim, and a decision that may settle some of it without a payment. */
bool st_claims_are_decided(const struct st_calculator *calculator) ST_NONNULL;
enum st_status st_refund(struct st_calculator *calculator, st_amount *sum) ST_MUST_CHECK ST_NONNULL;
enum st_status st_raise_claim(struct st_calculator *calculator, st_amount sum) ST_MUST_CHECK ST_NONNULL;
enum st_status st_recover(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;
enum st_status st_claims_report(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;
/* R13: P/2 and G/12 of this payment; *is_known false when no G is known for the payday. */
enum st_status st_large_deduction_limits(struct st_calculator *calculator, st_fraction *half,
                                         st_fraction *twelfth,
                                         bool *is_known) ST_MUST_CHECK ST_NONNULL;
/* "deductions 11379.08 (136549/12)": rounded to read, exact to prove. */
enum st_status st_add_exact_amount(struct st_calculator *calculator, struct st_text *text,
                                   const char *label, st_fraction exact) ST_MUST_CHECK ST_NONNULL;
/* R14: which card counts; fills calculator->card, and the findings about it. */
enum st_status st_card_find(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;
/* R14-R16: the tax of taxable pay by calculator->card, or the line that holds the payment back. */
enum st_status st_withhold(struct st_calculator *calculator) ST_MUST_CHECK ST_NONNULL;
/* R15: adds the month under work to a period. */
void st_period_add_month(const struct st_calculator *calculator, struct period *period) ST_NONNULL;

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
