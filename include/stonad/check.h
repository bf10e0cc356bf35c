/* SPDX-License-Identifier: MIT */
/* check.h - what a person must look at before a month is paid, found without writing anything.
 *
 * The same findings a run of the month would print, and those a run cannot see: old tax cards,
 * people whom an earlier month left unpaid, facts outside every programme or still to come. Codes
 * are stable and never reused; docs/findings.md lists them.
 */
#ifndef STONAD_CHECK_H
#define STONAD_CHECK_H

#include "stonad/base.h"
#include "stonad/date.h"
#include "stonad/ledger.h"

struct st_check_row {
    const char *person_id, *name; /* "" when it is about the ledger */
    st_month month;               /* R11-UNPAID: the month unpaid; else the month checked */
    const char *code, *severity, *rule, *citation, *text;
};

/* Checks a month with the facts as they stand and the rates known on `today`. 0 is the month of the
 * last run that is not discarded, or of `today` when there is none. The month is computed for the
 * payday of its run, or, without one, for the later of `today` and the month's last day. What is
 * about the ledger comes first, then people in order. *checked holds the month before `visit` is
 * first called. ST_OK whether anything was found or not; ST_REFUSED when the month cannot be
 * computed. Memory does not grow with the register, and all that is told is of one moment. As of a
 * day (st_ledger_as_of) facts, rates and runs are those of that day, which is to be `today` then. */
enum st_status st_ledger_check(struct st_ledger *ledger, st_month month, st_date today,
                               enum st_status (*visit)(void *, const struct st_check_row *),
                               void *context, st_month *checked, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 4, 6, 7);

#endif
