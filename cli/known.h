/* SPDX-License-Identifier: MIT */
/* known.h - --known DATE: a report answers from what the ledger held on that day (docs/as-of.md). */
#ifndef STONAD_CLI_KNOWN_H
#define STONAD_CLI_KNOWN_H

#include "cli/cli.h"

/* The day a report speaks of: --known, else the day of the recorded time. */
enum st_status st_cli_known_day(const struct st_invocation *invocation, st_date *out,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Opens the ledger to read it, as of the day of --known when that is given. */
enum st_status st_cli_known_open(const struct st_invocation *invocation, struct st_ledger **ledger,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* As st_cli_run_open, as of the day of --known: refused when the run came later. */
enum st_status st_cli_known_run_open(const struct st_invocation *invocation,
                                     struct st_ledger **ledger, struct st_kept_run *kept,
                                     const char **person_id,
                                     struct st_error *error) ST_MUST_CHECK ST_NONNULL;

#endif
