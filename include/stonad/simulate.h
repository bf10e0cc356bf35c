/* SPDX-License-Identifier: MIT */
/* simulate.h - what a month, or the months ahead, would cost with another G, other shares or more
 * participants, against what they cost as things stand. Nothing is written.
 *
 * Both sides are what the engine computes (R2-R9) from the facts as they stand, those to come too:
 * programmes end when their rows say so, and go on when these name no end. Corrections of earlier
 * months, recovery and tax are no part of it (docs/simulate.md).
 */
#ifndef STONAD_SIMULATE_H
#define STONAD_SIMULATE_H

#include "stonad/base.h"
#include "stonad/date.h"
#include "stonad/ledger.h"
#include "stonad/money.h"

enum {
    ST_SIMULATED_MONTHS_MAX = 60, /* five years: as long as a programme lasts (R19) */
    ST_ASSUMED_MAX = 32           /* of each kind of assumption */
};
#define ST_NEWCOMERS_MAX INT64_C(100000)

/* ---- assumptions ------------------------------------------------------------------------- */

/* A G that takes effect and counts as known. One known with the same effect date is replaced. */
struct st_assumed_rate {
    st_date effect;
    int64_t value_nok; /* 1 ... ST_RATE_MAX_NOK */
};

/* The shares of the law that may be assumed otherwise. */
enum st_share {
    ST_SHARE_YOUNG,              /* § 20: under 25, not with parents */
    ST_SHARE_YOUNG_WITH_PARENTS, /* § 20: under 25, with parents */
    ST_SHARE_COUPLE,             /* § 20: both of a couple in the programme, no children */
    ST_SHARE_SINGLE_PARENT,      /* § 22: what counts of overgangsstønad above half of G */
    ST_SHARE_COUNT
};
/* "young", "young_with_parents", "couple", "single_parent" */
const char *st_share_name(enum st_share share);
/* In words, with its paragraph. */
const char *st_share_meaning(enum st_share share);
/* What the rule set in force says. */
st_fraction st_share_in_force(enum st_share share);

struct st_assumed_share {
    enum st_share share;
    st_fraction factor; /* 0 ... 1 */
};

/* What the new participants are: which share of a full benefit each of them gets (R2). */
enum st_newcomer {
    ST_NEWCOMER_FULL,               /* 25 or older, not one of a couple in the programme */
    ST_NEWCOMER_YOUNG,              /* alone, under 25 in all the months */
    ST_NEWCOMER_YOUNG_WITH_PARENTS, /* with parents, under 25 in all the months */
    ST_NEWCOMER_COUPLE,             /* of a couple, the other takes part too, no children */
    ST_NEWCOMER_COUNT
};
/* "full", "young", "young_with_parents", "couple" */
const char *st_newcomer_name(enum st_newcomer kind);
/* In words. */
const char *st_newcomer_meaning(enum st_newcomer kind);

/* New participants with a programme from a day on, without an end, and no other facts. */
struct st_assumed_newcomers {
    enum st_newcomer kind;
    int64_t count; /* 1 ... ST_NEWCOMERS_MAX */
    st_date start;
};

/* What is asked. Arrays are borrowed for the time of the call, each at most ST_ASSUMED_MAX long;
 * no two rates have one effect date, and no share is given twice. */
struct st_simulation {
    st_month first_month;
    int month_count; /* 1 ... ST_SIMULATED_MONTHS_MAX */
    st_date today;   /* rates known later do not count */
    const struct st_assumed_rate *rates;
    size_t rate_count;
    const struct st_assumed_share *shares;
    size_t share_count;
    const struct st_assumed_newcomers *newcomers;
    size_t newcomers_count;
};

/* ---- what it comes to -------------------------------------------------------------------- */

/* What a month costs the municipality, by kind. benefit is 0 or more, the three after it 0 or less;
 * cost is their sum, what is paid before tax. Of a difference the sum holds, not the signs. */
struct st_cost {
    int64_t person_count; /* with a day that gives benefit; of several months: person-months */
    st_amount benefit, offsets, work, absence, cost;
};

struct st_compared_cost {
    st_month month;
    struct st_cost today, simulated, difference; /* difference = simulated - today */
};

struct st_simulated {
    struct st_compared_cost months[ST_SIMULATED_MONTHS_MAX];
    size_t month_count;
    struct st_compared_cost total; /* of all months; its month is the first one */
    int64_t today_person_count, simulated_person_count; /* different persons in all the months */
    struct {
        int64_t instead_of_nok; /* the G as things stand on its effect date; 0: none is known */
        bool counts;            /* false: it is the G of no day of the months */
    } rates[ST_ASSUMED_MAX];    /* of each assumed rate */
};

/* Computes both sides for everyone in the register in one walk; all is of one moment, and memory
 * does not grow with the register. `progress` (may be NULL) is told how many persons are done, of
 * how many. ST_REFUSED when no G is known for a month; ST_BAD_INPUT when an amount leaves 64 bits. */
enum st_status st_ledger_simulate(struct st_ledger *ledger, const struct st_simulation *simulation,
                                  void (*progress)(void *, int64_t done, int64_t all),
                                  void *context, struct st_simulated *out, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 5, 6);

#endif
