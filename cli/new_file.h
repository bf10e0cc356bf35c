/* SPDX-License-Identifier: MIT */
/* new_file.h - how a command writes one file beside the ledger: whole or not at all, over an
 * existing one only with --force, and not at all with --dry-run.
 */
#ifndef STONAD_CLI_NEW_FILE_H
#define STONAD_CLI_NEW_FILE_H

#include "cli/cli.h"

/* Writes to the stream; its errors are found afterwards. */
typedef enum st_status st_cli_writer(FILE *out, const void *what, struct st_error *error);
enum st_status st_cli_write_file(const struct st_invocation *invocation, const char *path,
                                 st_cli_writer *write, const void *what,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;

#endif
