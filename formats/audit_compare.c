/* SPDX-License-Identifier: MIT */
/* audit_compare.c - rows made once more against the rows that a bundle says the ledger has: two
 * lists in the order of the same key, merged until the first difference.
 */
#define _POSIX_C_SOURCE 200809L
#include "formats/audit_table.h"
#include "formats/output_error.h"
#include "stonad/audit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMN_NAME_SIZE = 48, KEY_SHOWN_MAX = 3 };

struct st_audit_comparison {
    char path[4096];
    bool has_file, has_row; /* a stored row stands in table.csv, not yet met */
    struct st_audit_table table;
    size_t column_count;
    char columns[ST_AUDIT_COLUMN_MAX][COLUMN_NAME_SIZE]; /* of the file */
    bool is_key[ST_AUDIT_COLUMN_MAX];
    bool knows_key;
    struct st_audit_difference difference;
};

/* ---- text ---------------------------------------------------------------------------------- */

static void append(char *text, size_t size, const char *piece, size_t piece_size) {
    size_t used = strlen(text);
    size_t left = size - 1 - used;
    if (piece_size > left)
        piece_size = left;
    memcpy(text + used, piece, piece_size);
    text[used + piece_size] = '\0';
}

static void append_pair(char *text, size_t size, const char *name, const char *value,
                        size_t value_size) {
    if (text[0] != '\0')
        append(text, size, ", ", 2);
    append(text, size, name, strlen(name));
    append(text, size, " ", 1);
    append(text, size, value, value_size);
}

static const char *value_text(const struct st_canonical_value *value, char digits[24],
                              size_t *size) {
    if (value->type == ST_CANONICAL_TEXT) {
        *size = value->size;
        return value->text;
    }
    digits[0] = '\0';
    if (value->type == ST_CANONICAL_INTEGER)
        (void)snprintf(digits, 24, "%" PRId64, value->integer);
    *size = strlen(digits);
    return digits;
}

/* Of one table and entry these two are the same everywhere. */
static bool tells_nothing(const char *column) {
    return strcmp(column, "entry") == 0 || strcmp(column, "run") == 0;
}

/* `keys_only`: what names the row; else all of it. */
static void describe_stored(const struct st_audit_comparison *comparison, bool keys_only,
                            char text[ST_AUDIT_VALUE_SIZE]) {
    size_t shown = 0;
    text[0] = '\0';
    for (size_t i = 0; i < comparison->column_count; i++) {
        const struct st_csv_field *field = &comparison->table.csv.fields[i];
        bool is_key = comparison->knows_key ? comparison->is_key[i] : shown < KEY_SHOWN_MAX;
        if (tells_nothing(comparison->columns[i]) || (keys_only && !is_key))
            continue;
        append_pair(text, ST_AUDIT_VALUE_SIZE, comparison->columns[i], field->text, field->size);
        shown++;
    }
}

static void describe_rebuilt(const struct st_audit_row *row, bool keys_only,
                             char text[ST_AUDIT_VALUE_SIZE]) {
    char digits[24];
    text[0] = '\0';
    for (size_t i = 0; i < row->column_count; i++) {
        size_t size;
        const char *value = value_text(&row->values[i], digits, &size);
        if (!tells_nothing(row->columns[i]) && (!keys_only || row->is_key[i]))
            append_pair(text, ST_AUDIT_VALUE_SIZE, row->columns[i], value, size);
    }
}

/* ---- the stored rows ----------------------------------------------------------------------- */

static enum st_status step(struct st_audit_comparison *comparison, struct st_error *error) {
    comparison->has_row = false;
    if (!comparison->has_file)
        return ST_OK;
    return st_audit_table_next(&comparison->table, &comparison->has_row, error);
}

static enum st_status open_file(struct st_audit_comparison *comparison, struct st_error *error) {
    if (access(comparison->path, F_OK) != 0)
        return ST_OK;
    enum st_status status =
        st_audit_table_open(&comparison->table, comparison->path, NULL, 0, error);
    if (status != ST_OK)
        return status;
    comparison->has_file = true;
    comparison->column_count = comparison->table.column_count;
    if (comparison->column_count > ST_AUDIT_COLUMN_MAX)
        return st_output_fail(
            error, ST_BAD_INPUT, "bundle.header",
            "%.300s:1: there are more columns than a table has; take the bundle as "
            "it was written, whole and unchanged.",
            comparison->path);
    for (size_t i = 0; i < comparison->column_count; i++)
        (void)snprintf(comparison->columns[i], COLUMN_NAME_SIZE, "%s",
                       comparison->table.csv.fields[i].text);
    return step(comparison, error);
}

enum st_status st_audit_compare_open(const char *path, struct st_audit_comparison **out,
                                     struct st_error *error) {
    struct st_audit_comparison *comparison = calloc(1, sizeof *comparison);
    if (comparison == NULL)
        return st_output_out_of_memory(error);
    (void)snprintf(comparison->path, sizeof comparison->path, "%s", path);
    enum st_status status = open_file(comparison, error);
    if (status != ST_OK) {
        st_audit_compare_free(comparison);
        return status;
    }
    *out = comparison;
    return ST_OK;
}

void st_audit_compare_free(struct st_audit_comparison *comparison) {
    if (comparison == NULL)
        return;
    if (comparison->has_file)
        st_audit_table_close(&comparison->table);
    free(comparison);
}

/* ---- rows held against each other ---------------------------------------------------------- */

static enum st_status check_columns(struct st_audit_comparison *comparison,
                                    const struct st_audit_row *row, struct st_error *error) {
    bool is_same = comparison->column_count == row->column_count;
    for (size_t i = 0; is_same && i < row->column_count; i++)
        is_same = strcmp(comparison->columns[i], row->columns[i]) == 0;
    if (!is_same)
        return st_output_fail(error, ST_BAD_INPUT, "bundle.header",
                              "%.300s:1: the header does not name the table's columns; take the "
                              "bundle as it was written, whole and unchanged.",
                              comparison->path);
    memcpy(comparison->is_key, row->is_key, row->column_count * sizeof *row->is_key);
    comparison->knows_key = true;
    return ST_OK;
}

/* NULL is an empty field, an empty text "". */
static bool is_same_value(const struct st_csv_field *stored,
                          const struct st_canonical_value *rebuilt) {
    char digits[24];
    size_t size;
    const char *text = value_text(rebuilt, digits, &size);
    if (stored->size != size || memcmp(stored->text, text, size) != 0)
        return false;
    return size > 0 || stored->is_quoted == (rebuilt->type == ST_CANONICAL_TEXT);
}

static int compare_values(const struct st_csv_field *stored,
                          const struct st_canonical_value *rebuilt) {
    char digits[24];
    size_t size;
    const char *text = value_text(rebuilt, digits, &size);
    if (rebuilt->type == ST_CANONICAL_INTEGER) {
        int64_t number = strtoll(stored->text, NULL, 10);
        return (number > rebuilt->integer) - (number < rebuilt->integer);
    }
    size_t least = stored->size < size ? stored->size : size;
    int order = memcmp(stored->text, text, least);
    return order != 0 ? order : (stored->size > size) - (stored->size < size);
}

static int compare_keys(const struct st_audit_comparison *comparison,
                        const struct st_audit_row *row) {
    int order = 0;
    for (size_t i = 0; order == 0 && i < row->column_count; i++)
        if (row->is_key[i])
            order = compare_values(&comparison->table.csv.fields[i], &row->values[i]);
    return order;
}

static void tell_stored_alone(struct st_audit_comparison *comparison) {
    struct st_audit_difference *difference = &comparison->difference;
    difference->found = true;
    describe_stored(comparison, true, difference->row);
    describe_stored(comparison, false, difference->stored);
}

static void tell_rebuilt_alone(struct st_audit_comparison *comparison,
                               const struct st_audit_row *row) {
    struct st_audit_difference *difference = &comparison->difference;
    difference->found = true;
    describe_rebuilt(row, true, difference->row);
    describe_rebuilt(row, false, difference->rebuilt);
}

static void compare_columns(struct st_audit_comparison *comparison,
                            const struct st_audit_row *row) {
    struct st_audit_difference *difference = &comparison->difference;
    for (size_t i = 0; !difference->found && i < row->column_count; i++) {
        const struct st_csv_field *stored = &comparison->table.csv.fields[i];
        char digits[24];
        size_t size;
        if (is_same_value(stored, &row->values[i]))
            continue;
        const char *rebuilt = value_text(&row->values[i], digits, &size);
        difference->found = true;
        describe_rebuilt(row, true, difference->row);
        (void)snprintf(difference->column, sizeof difference->column, "%s", row->columns[i]);
        append(difference->stored, sizeof difference->stored, stored->text, stored->size);
        append(difference->rebuilt, sizeof difference->rebuilt, rebuilt, size);
    }
}

enum st_status st_audit_compare_row(struct st_audit_comparison *comparison,
                                    const struct st_audit_row *row, struct st_error *error) {
    enum st_status status = ST_OK;
    if (comparison->difference.found)
        return ST_OK;
    if (comparison->has_file && !comparison->knows_key)
        status = check_columns(comparison, row, error);
    if (status != ST_OK)
        return status;
    int order = comparison->has_row ? compare_keys(comparison, row) : 1;
    if (order < 0)
        tell_stored_alone(comparison);
    else if (order > 0)
        tell_rebuilt_alone(comparison, row);
    else
        compare_columns(comparison, row);
    return comparison->difference.found ? ST_OK : step(comparison, error);
}

void st_audit_compare_end(struct st_audit_comparison *comparison, struct st_audit_difference *out) {
    if (!comparison->difference.found && comparison->has_row)
        tell_stored_alone(comparison);
    *out = comparison->difference;
}
