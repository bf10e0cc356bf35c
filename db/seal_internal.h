/* SPDX-License-Identifier: MIT */
/* seal_internal.h - what making a seal and checking one share: the bytes that are signed, and the
 * totals of a ledger as of an entry.
 */
#ifndef STONAD_DB_SEAL_INTERNAL_H
#define STONAD_DB_SEAL_INTERNAL_H

#include "stonad/seal.h"

#include "db/journal_walk.h"

/* Canonical bytes of the seal's values, appended; docs/proofs.md has them. */
void st_seal_bytes(const struct st_seal *seal, struct st_bytes *out) ST_NONNULL;

/* Totals as of entry `entry_count`: runs and what became of them until then. *is_whole false: a
 * line names an account that there is not, or the sums leave 64 bits; the totals are then not to be
 * used. */
enum st_status st_seal_add_up(struct st_ledger *ledger, int64_t entry_count,
                              struct st_seal_totals *out, bool *is_whole,
                              struct st_error *error) ST_MUST_CHECK ST_NONNULL;

#endif
