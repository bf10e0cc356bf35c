/* SPDX-License-Identifier: MIT */
/* audit.h - the parts of `stonad audit` and of its other half, `stonad replay --from-files`. */
#ifndef STONAD_CLI_AUDIT_H
#define STONAD_CLI_AUDIT_H

#include "cli/cli.h"

#include "stonad/audit.h"

/* Writes inputs/ and ledger/ of the bundle: what the ledger was made from, entry by entry, and the
 * rows each entry wrote (audit_inputs.c). */
enum st_status st_cli_audit_inputs(struct st_ledger *ledger, struct st_bundle *bundle,
                                   const struct st_municipality *municipality, int64_t entry_count,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* `stonad replay --from-files DIR [-o LEDGER]` (rebuild.c). */
enum st_status st_cli_replay_from_files(const struct st_invocation *invocation,
                                        struct st_error *error) ST_MUST_CHECK ST_NONNULL;

#endif
