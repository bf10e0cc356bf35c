/* SPDX-License-Identifier: MIT */
/* fact_value.h - one field of a CSV file into one value of a fact, by the type of its column.
 *
 * Refusal over repair: what could be meant in two ways is refused with a sentence that says how to
 * write it. No function here reads anything but its arguments.
 */
#ifndef STONAD_FORMATS_FACT_VALUE_H
#define STONAD_FORMATS_FACT_VALUE_H

#include "formats/csv.h"
#include "stonad/fact.h"
#include "stonad/input.h"

enum { ST_FIELD_PROBLEM_TEXT_MAX = 640, ST_SHOWN_SIZE = 64 };

struct st_field_problem {
    const char *code;
    char text[ST_FIELD_PROBLEM_TEXT_MAX];
};

/* Parses one field; true with *out filled, or false with *problem. An empty field is null. Text in
 * *out lies in the field or in `room` (ST_TEXT_MAX + 1 bytes) and lives as long as both. */
bool st_fact_value_parse(const struct st_fact_column *column, struct st_csv_field *field,
                         const struct st_input_terms *terms, char *room, struct st_value *out,
                         struct st_field_problem *problem) ST_MUST_CHECK ST_NONNULL;

/* Takes spaces and tabs away at both ends, in place. */
void st_field_trim(struct st_csv_field *field) ST_NONNULL;

/* What stands in a file as an error text may show it: short, without control characters and broken
 * UTF-8, and with a number of eleven digits or more starred from the seventh digit on, in whatever
 * column it strayed. `out` holds ST_SHOWN_SIZE bytes. */
void st_value_show(const char *text, size_t size, char *out) ST_NONNULL;

/* The one of `count` names that `text` was probably meant to be; NULL when none is near. */
const char *st_name_nearest(const char *text, size_t size, const char *const *names,
                            size_t count) ST_NONNULL;

#endif
