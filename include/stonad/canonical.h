/* SPDX-License-Identifier: MIT */
/* canonical.h - canonical bytes, in which the ledger's rows are hashed and signed, as text that can
 * be taken apart again: a value is `n;` (nothing), `i<decimal>;` (an integer) or
 * `t<byte count>:<UTF-8>;` (text). docs/ledger.md says which values follow each other.
 */
#ifndef STONAD_CANONICAL_H
#define STONAD_CANONICAL_H

#include "stonad/base.h"

enum st_canonical_type { ST_CANONICAL_NULL, ST_CANONICAL_INTEGER, ST_CANONICAL_TEXT };
struct st_canonical_value {
    enum st_canonical_type type;
    int64_t integer;
    const char *text; /* not NUL-terminated */
    size_t size;
};

/* Takes the next value off the bytes from *at to `end`; its text is borrowed from them. False, and
 * *at where it was, when there is none that is spelled as it must be. */
bool st_canonical_next(const char **at, const char *end,
                       struct st_canonical_value *out) ST_MUST_CHECK ST_NONNULL;
bool st_canonical_is_text(const struct st_canonical_value *value,
                          const char *text) ST_MUST_CHECK ST_NONNULL;

/* Bytes that grow; begins zeroed. `failed`: memory ran out, and they are not whole. */
struct st_canonical_bytes {
    char *bytes;
    size_t size, room;
    bool failed;
};
void st_canonical_put(struct st_canonical_bytes *out,
                      const struct st_canonical_value *value) ST_NONNULL;
void st_canonical_put_integer(struct st_canonical_bytes *out, int64_t number) ST_NONNULL;
void st_canonical_put_text(struct st_canonical_bytes *out, const char *text) ST_NONNULL;
/* Bytes as they are, no value. */
void st_canonical_put_bytes(struct st_canonical_bytes *out, const char *bytes, size_t size)
    ST_NONNULL_ARGS(1);
void st_canonical_free(struct st_canonical_bytes *bytes) ST_NONNULL;

#endif
