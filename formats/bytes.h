/* SPDX-License-Identifier: MIT */
/* bytes.h - where the readers' bytes come from: a file or memory, taken in order, nothing kept.
 *
 * Order of calls: st_bytes_open or st_bytes_of_memory, st_bytes_read until it gives 0,
 * st_bytes_close.
 */
#ifndef STONAD_FORMATS_BYTES_H
#define STONAD_FORMATS_BYTES_H

#include "stonad/base.h"

#include <sys/types.h>

struct st_byte_source {
    int file;           /* -1 when the bytes lie in memory */
    const char *path;   /* borrowed; for messages */
    const char *memory; /* borrowed: what is not yet read */
    size_t memory_size;
};

/* ST_IO when the file cannot be opened; then there is nothing to close. */
enum st_status st_bytes_open(const char *path, struct st_byte_source *out,
                             struct st_error *error) ST_MUST_CHECK ST_NONNULL;
struct st_byte_source st_bytes_of_memory(const char *bytes, size_t size) ST_NONNULL;

/* Fills `buffer` with the next bytes; fewer than `size` only at the end. -1 with *error filled when
 * the machine refuses. */
ssize_t st_bytes_read(struct st_byte_source *source, char *buffer, size_t size,
                      struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_bytes_close(struct st_byte_source *source) ST_NONNULL;

/* What every reader says when memory ran out. */
enum st_status st_bytes_no_memory(struct st_error *error) ST_NONNULL;

#endif
