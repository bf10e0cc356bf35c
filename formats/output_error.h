/* SPDX-License-Identifier: MIT */
/* output_error.h - how what writes files tells that it could not: one way to fill a struct
 * st_error. */
#ifndef STONAD_FORMATS_OUTPUT_ERROR_H
#define STONAD_FORMATS_OUTPUT_ERROR_H

#include "stonad/base.h"

/* Fills *error and returns `status`. */
enum st_status st_output_fail(struct st_error *error, enum st_status status, const char *code,
                              const char *format, ...)
    ST_NONNULL __attribute__((format(printf, 4, 5)));
enum st_status st_output_out_of_memory(struct st_error *error) ST_NONNULL;

#endif
