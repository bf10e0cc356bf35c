/* SPDX-License-Identifier: MIT */
/* output_error.c - see output_error.h. */
#include "formats/output_error.h"

#include <stdarg.h>
#include <stdio.h>

enum st_status st_output_fail(struct st_error *error, enum st_status status, const char *code,
                              const char *format, ...) {
    error->status = status;
    snprintf(error->code, sizeof error->code, "%s", code);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return status;
}

enum st_status st_output_out_of_memory(struct st_error *error) {
    return st_output_fail(error, ST_IO, "memory",
                          "There is no memory left; close other programs and try again.");
}
