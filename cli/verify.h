/* SPDX-License-Identifier: MIT */
/* verify.h - the parts of `stonad verify` that hold files against each other or against the ledger:
 * proofs (proof.c) and seals (seal.c). Findings go to the report that verify.c keeps; what holds is
 * said in words, in the text form. Each returns ST_OK whether anything was found or not.
 */
#ifndef STONAD_CLI_VERIFY_H
#define STONAD_CLI_VERIFY_H

#include "cli/cli.h"

#include "stonad/verify.h"

struct st_cli_findings {
    enum st_status (*visit)(void *, const struct st_verify_row *);
    void *context;
    const int64_t *count; /* of those that were visited */
};

/* --proof FILE with --head HASH or --seal FILE; no ledger is opened. */
enum st_status st_cli_verify_proof(const struct st_invocation *invocation,
                                   const struct st_cli_findings *findings,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* --consistency FILE with two heads; no ledger is opened. */
enum st_status st_cli_verify_consistency(const struct st_invocation *invocation,
                                         const struct st_cli_findings *findings,
                                         struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The seal of --seal or --since, given by `option`, against the ledger. *sealed_count is how many
 * entries it vouches for; 0 when it does not hold. */
enum st_status st_cli_verify_seal(const struct st_invocation *invocation, enum st_option option,
                                  const struct st_cli_findings *findings, int64_t *sealed_count,
                                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The head and number of entries of the seal of --seal, once its signature was found good; *is_good
 * false: findings were told. `head` holds ST_HASH_TEXT_SIZE bytes. */
enum st_status st_cli_seal_head(const struct st_invocation *invocation,
                                const struct st_cli_findings *findings, char *head,
                                int64_t *entry_count, bool *is_good,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;

#endif
