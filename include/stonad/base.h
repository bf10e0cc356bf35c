/* SPDX-License-Identifier: MIT */
/* base.h - what every room of stonad shares: compiler attributes, the error record and its codes.
 *
 * An error is a value, never an exit: the function that finds it fills a `struct st_error` and
 * returns its class; the command line turns the class into the exit code and prints the sentence.
 */
#ifndef STONAD_BASE_H
#define STONAD_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ST_MUST_CHECK __attribute__((warn_unused_result))
#define ST_NONNULL __attribute__((nonnull))
#define ST_NONNULL_ARGS(...) __attribute__((nonnull(__VA_ARGS__)))
#define ST_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define ST_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What a call came to. The numbers are the exit codes of the command line: they are part of the
 * outside contract and never change meaning. */
enum st_status {
    ST_OK = 0,
    ST_FOUND = 1,      /* a check found something; nothing is wrong with the call itself */
    ST_USAGE = 2,      /* the command line is wrong */
    ST_BAD_INPUT = 3,  /* the input is wrong; nothing was written */
    ST_REFUSED = 4,    /* a rule refuses: four eyes, wrong state, wrong confirmation, dates */
    ST_LOCKED = 5,     /* somebody else is writing to the ledger */
    ST_DAMAGED = 6,    /* the ledger is not what it should be */
    ST_IO = 7          /* the machine refused: disk, permission, memory */
};

enum { ST_ERROR_TEXT_MAX = 640, ST_ERROR_CODE_MAX = 24 };

/* One error: a stable code (never reused, listed in docs/errors.md), and one sentence that says what
 * is wrong and what to do. Numbers of persons are masked in it (first six digits). */
struct st_error {
    enum st_status status;
    char code[ST_ERROR_CODE_MAX];
    char text[ST_ERROR_TEXT_MAX];
};

#endif
