/* SPDX-License-Identifier: MIT */
/* json_file.h - the JSON files that stonad writes and reads back: seals and proofs. It takes
 * exactly the fields it asks for, in their order, with any blanks between; everything else is an
 * error with its place. Numbers are whole, of 64 bits.
 *
 * Order of calls: st_json_open; then what is expected, from outside in,
 *     st_json_begin(json, '{') && st_json_key(json, "form") && st_json_text(json, &value) && ...
 *     && st_json_end(json, '}'); at last st_json_finish, and st_json_close whatever came of it.
 * Every call is false at the first error, and after it; `status` and *error then say what it was.
 */
#ifndef STONAD_FORMATS_JSON_FILE_H
#define STONAD_FORMATS_JSON_FILE_H

#include "stonad/canonical.h"

#include <stdio.h>

struct st_json {
    enum st_status status;
    /* The reader's own. */
    const char *path; /* borrowed */
    char *bytes;      /* the whole file */
    size_t size, at, value_at;
    bool is_first; /* nothing stands before in the object or array that was begun last */
    struct st_canonical_bytes text; /* of the last string */
    struct st_error *error;
};

/* Reads the file, of `most` bytes at most, whole. */
bool st_json_open(struct st_json *json, const char *path, size_t most,
                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_json_close(struct st_json *json) ST_NONNULL;
bool st_json_begin(struct st_json *json, char bracket) ST_MUST_CHECK ST_NONNULL;
bool st_json_end(struct st_json *json, char bracket) ST_MUST_CHECK ST_NONNULL;
/* Whether an array has another element. */
bool st_json_more(struct st_json *json) ST_MUST_CHECK ST_NONNULL;
bool st_json_key(struct st_json *json, const char *name) ST_MUST_CHECK ST_NONNULL;
/* null, a whole number or a string. Text is borrowed until the next string is read. */
bool st_json_value(struct st_json *json, struct st_canonical_value *out) ST_MUST_CHECK ST_NONNULL;
bool st_json_integer(struct st_json *json, int64_t least, int64_t most,
                     int64_t *out) ST_MUST_CHECK ST_NONNULL;
/* A string of 1 to size - 1 bytes, copied. */
bool st_json_text(struct st_json *json, char *out, size_t size) ST_MUST_CHECK ST_NONNULL;
/* A string of exactly `digits` lower-case hexadecimal digits, copied. */
bool st_json_hex(struct st_json *json, char *out, size_t digits) ST_MUST_CHECK ST_NONNULL;
/* The field "form", which must be `form`; `what` says what the file should have been. */
bool st_json_form(struct st_json *json, const char *form,
                  const char *what) ST_MUST_CHECK ST_NONNULL;
/* Nothing but blanks may follow. */
bool st_json_finish(struct st_json *json) ST_MUST_CHECK ST_NONNULL;
/* Fails at the last value read. */
bool st_json_fail(struct st_json *json, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4))) ST_NONNULL_ARGS(1, 2, 3);
bool st_json_fail_memory(struct st_json *json) ST_NONNULL;

/* Whether the text can stand in such a file: whole UTF-8 without NUL. */
bool st_json_can_hold(const char *text, size_t size) ST_MUST_CHECK ST_NONNULL;
/* It, as a JSON string, quoted. */
void st_json_put_text(FILE *out, const char *text, size_t size) ST_NONNULL;

#endif
