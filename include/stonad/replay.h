/* SPDX-License-Identifier: MIT */
/* replay.h - a run computed once more from what was known then, and compared with what it left.
 *
 * Known then: the facts and rates recorded before the run's own entry, the earlier runs of the year
 * as they stood, and the terms in the run's row. What was recorded since changes nothing. Every
 * column of every payslip, line and finding is compared, and the run's totals.
 */
#ifndef STONAD_REPLAY_H
#define STONAD_REPLAY_H

#include "stonad/base.h"
#include "stonad/date.h"
#include "stonad/ledger.h"
#include "stonad/money.h"

/* One side of a difference. */
struct st_replay_value {
    bool is_there;    /* false: this side has no such row */
    bool is_amount;   /* `amount` says it, otherwise `text` */
    st_amount amount; /* a column as the ledger keeps it; a whole line as the person sees it */
    const char *text;
};

struct st_replay_difference {
    int64_t run;
    const char *person_id, *name; /* "" when it is about the run as a whole */
    const char *what;             /* "payslip tax", "line 2 amount", "finding 1", "run net" */
    struct st_replay_value stored, recomputed;
    bool has_difference; /* both are amounts, or one is and the other is not there */
    st_amount difference;
};

struct st_replay_result {
    int64_t run;
    st_month month;
    int64_t payslip_count, line_count, finding_count; /* recomputed */
    int64_t difference_count, person_count;           /* persons with a difference */
    bool is_summed;       /* false: the sums below do not fit 64 bits */
    st_amount more, less; /* what would be paid beyond what is stored, and short of it; 0 or more */
};

/* Who is told. Text is borrowed until the call returns; other than ST_OK ends the replay. */
struct st_replay_sink {
    void *context;
    /* The run was computed by other rules or tables than this program's: one sentence. */
    enum st_status (*notice)(void *context, const char *sentence);
    enum st_status (*difference)(void *context, const struct st_replay_difference *difference);
    /* After the differences of a run's first person that differs: lines stored, then recomputed. */
    enum st_status (*line)(void *context, bool is_stored, const struct st_line_row *line);
    enum st_status (*finished)(void *context, const struct st_replay_result *result);
    void (*progress)(void *context, int64_t done, int64_t all);
};

/* Replays run `run`, or, when that is 0, every run that is not discarded, oldest first. Differences
 * come in person order, those of the run's totals last. ST_OK whether there were any or not;
 * ST_REFUSED when there is no such run. Writes nothing; memory does not grow with the register, and
 * all that is told is of one moment. */
enum st_status st_ledger_replay(struct st_ledger *ledger, int64_t run,
                                const struct st_replay_sink *sink,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;

#endif
