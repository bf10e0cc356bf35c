/* SPDX-License-Identifier: MIT */
/* audit_table.h - a CSV file of known columns read back, row by row, without trust: what is not
 * exactly as it was written is ST_BAD_INPUT with file, line and column.
 *
 * Order of calls: st_audit_table_open, st_audit_table_next until *found is false, with the fields
 * of the row in between, st_audit_table_close whatever came of it.
 */
#ifndef STONAD_FORMATS_AUDIT_TABLE_H
#define STONAD_FORMATS_AUDIT_TABLE_H

#include "formats/csv.h"
#include "stonad/date.h"
#include "stonad/money.h"

struct st_audit_table {
    const char *path; /* borrowed */
    const char *const *columns;
    size_t column_count;
    struct st_byte_source source;
    struct st_csv csv;
    bool is_open;
    struct st_error *error; /* of the call that is going on */
    enum st_status status;  /* of the fields of the row, the first that was wrong */
};

/* `columns` NULL: whatever the header names; they then stand in table->csv until the next row. */
enum st_status st_audit_table_open(struct st_audit_table *table, const char *path,
                                   const char *const *columns, size_t column_count,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 5);
enum st_status st_audit_table_next(struct st_audit_table *table, bool *found,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_audit_table_close(struct st_audit_table *table) ST_NONNULL;

/* Fields of the row. When one is wrong table->status says so, and the value is 0, NONE or "". */
bool st_audit_field_is_null(const struct st_audit_table *table, size_t column) ST_NONNULL;
const char *st_audit_field_text(struct st_audit_table *table, size_t column, size_t least,
                                size_t most) ST_NONNULL;
int64_t st_audit_field_integer(struct st_audit_table *table, size_t column, int64_t least,
                               int64_t most) ST_NONNULL;
st_date st_audit_field_date(struct st_audit_table *table, size_t column) ST_NONNULL;
st_month st_audit_field_month(struct st_audit_table *table, size_t column,
                              bool may_be_null) ST_NONNULL;
st_amount st_audit_field_amount(struct st_audit_table *table, size_t column) ST_NONNULL;
/* 64 hexadecimal digits. */
const char *st_audit_field_hash(struct st_audit_table *table, size_t column,
                                bool may_be_null) ST_NONNULL;
/* Its index among `choices`, which NULL ends. */
int st_audit_field_choice(struct st_audit_table *table, size_t column,
                          const char *const *choices) ST_NONNULL;
/* Fails at a column of the row. */
enum st_status st_audit_table_fail(struct st_audit_table *table, size_t column,
                                   const char *what) ST_NONNULL;

#endif
