/* SPDX-License-Identifier: MIT */
/* fact_row.c - rows of the fact tables: their keys, their values as facts, and the walk that meets
 * the rows that count. */
#include "db/ledger_internal.h"

#include "stonad/identifier.h"

#include <assert.h>
#include <string.h>

enum { NEAR_STEPS = 16 }; /* rows stepped over before it pays to seek */

/* ---- keys ---------------------------------------------------------------------------------- */

int st_fact_key_compare(const struct st_fact_key *a, const struct st_fact_key *b) {
    size_t size = a->size < b->size ? a->size : b->size;
    int order = memcmp(a->bytes, b->bytes, size);
    return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

/* Text ends with a NUL, which orders before every character, as the shorter text does in SQLite;
 * key numbers are never negative, so their bytes, the highest first, order as they do. */
static bool add_to_key(struct st_fact_key *key, const void *bytes, size_t size) {
    if (size > sizeof key->bytes - key->size)
        return false;
    memcpy(key->bytes + key->size, bytes, size);
    key->size += size;
    return true;
}

static bool add_number_to_key(struct st_fact_key *key, int64_t number) {
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)number >> (56 - 8 * i));
    return number >= 0 && add_to_key(key, bytes, sizeof bytes);
}

bool st_fact_key_read(sqlite3_stmt *statement, enum st_fact_kind kind, struct st_fact_key *key) {
    const struct st_fact_description *description = st_fact_describe(kind);
    key->size = 0;
    for (int i = 0; i < (int)description->column_count; i++) {
        const struct st_fact_column *column = &description->columns[i];
        bool fits;
        if ((column->flags & ST_COLUMN_KEY) == 0)
            continue;
        if (column->type == ST_COLUMN_INTEGER) {
            fits = sqlite3_column_type(statement, i) == SQLITE_INTEGER &&
                   add_number_to_key(key, sqlite3_column_int64(statement, i));
        } else {
            const char *text = st_column_text(statement, i);
            fits = add_to_key(key, text, strlen(text) + 1);
        }
        if (!fits)
            return false;
    }
    return true;
}

bool st_fact_key_of(const struct st_fact *fact, struct st_fact_key *key) {
    const struct st_fact_description *description = st_fact_describe(fact->kind);
    bool fits = true;
    key->size = 0;
    for (size_t i = 0; fits && i < description->column_count; i++) {
        const struct st_fact_column *column = &description->columns[i];
        const struct st_value *value = &fact->values[i];
        char date[ST_DATE_TEXT_SIZE];
        if ((column->flags & ST_COLUMN_KEY) == 0)
            continue;
        if (column->type == ST_COLUMN_INTEGER) {
            fits = add_number_to_key(key, value->number);
        } else if (column->type == ST_COLUMN_DATE) {
            st_date_format((st_date)value->number, date);
            fits = add_to_key(key, date, sizeof date);
        } else if (column->type == ST_COLUMN_CHOICE) {
            const char *choice = column->choices[value->number];
            fits = add_to_key(key, choice, strlen(choice) + 1);
        } else {
            fits = add_to_key(key, value->text, value->size) && add_to_key(key, "", 1);
        }
    }
    return fits;
}

/* ---- rows as facts ------------------------------------------------------------------------- */

static bool read_choice(const struct st_fact_column *column, const char *text, int64_t *out) {
    for (int64_t i = 0; column->choices[i] != NULL; i++)
        if (strcmp(column->choices[i], text) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static size_t text_max(enum st_column_type type) {
    switch (type) {
    case ST_COLUMN_PERSON:
    case ST_COLUMN_ACCOUNT:
        return 11;
    case ST_COLUMN_TABLE:
        return ST_TABLE_NAME_SIZE - 1;
    default:
        return ST_TEXT_MAX;
    }
}

static bool read_value(sqlite3_stmt *statement, int index, const struct st_fact_column *column,
                       struct st_value *value) {
    *value = (struct st_value){0};
    int type = sqlite3_column_type(statement, index);
    if (type == SQLITE_NULL) {
        value->is_null = true;
        return true;
    }
    if (type == SQLITE_INTEGER) {
        value->number = sqlite3_column_int64(statement, index);
        return column->type == ST_COLUMN_AMOUNT || column->type == ST_COLUMN_HUNDREDTHS ||
               column->type == ST_COLUMN_INTEGER;
    }
    const char *text = st_column_text(statement, index);
    size_t size = (size_t)sqlite3_column_bytes(statement, index);
    st_date date = 0;
    switch (column->type) {
    case ST_COLUMN_DATE:
        if (!st_date_parse(text, size, &date))
            return false;
        value->number = date;
        return true;
    case ST_COLUMN_CHOICE:
        return read_choice(column, text, &value->number);
    case ST_COLUMN_PERSON:
    case ST_COLUMN_TEXT:
    case ST_COLUMN_ACCOUNT:
    case ST_COLUMN_TABLE:
        value->text = text;
        value->size = size;
        return size <= text_max(column->type);
    default:
        return false;
    }
}

bool st_fact_read(sqlite3_stmt *statement, enum st_fact_kind kind, struct st_fact *fact) {
    const struct st_fact_description *description = st_fact_describe(kind);
    int count = (int)description->column_count;
    fact->kind = kind;
    fact->withdrawn = sqlite3_column_int(statement, count) != 0;
    for (int i = 0; i < count; i++) {
        const struct st_fact_column *column = &description->columns[i];
        if (!read_value(statement, i, column, &fact->values[i]))
            return false;
        if (fact->values[i].is_null && (column->flags & ST_COLUMN_REQUIRED) != 0 &&
            !(fact->withdrawn && (column->flags & ST_COLUMN_KEY) == 0))
            return false;
    }
    return true;
}

enum st_status st_db_fail_fact(enum st_fact_kind kind, const char *person_id,
                               struct st_error *error) {
    char masked[ST_PERSON_NUMBER_SIZE];
    st_person_number_mask(person_id, masked);
    return st_db_fail(
        error, ST_DAMAGED, "ledger.fact",
        "A row of table %s of person %s holds a value that never is written there; verify "
        "the ledger and restore it from a copy.",
        st_fact_describe(kind)->table, masked);
}

/* ---- walking ------------------------------------------------------------------------------- */

/* Columns: the kind's, withdrawn, entry. */
enum st_status st_fact_cursor_open(struct st_fact_cursor *cursor, struct st_ledger *ledger,
                                   enum st_fact_kind kind, bool only, int64_t before,
                                   struct st_error *error) {
    struct st_sql sql = {0};
    cursor->ledger = ledger;
    cursor->kind = kind;
    cursor->has_row = cursor->has_key = cursor->is_met = false;
    st_sql_add(&sql, "SELECT ");
    st_sql_columns(&sql, kind, false, "");
    st_sql_add(&sql, ", withdrawn, entry FROM %s WHERE person_id %s ?1 AND entry < ?2 ORDER BY ",
               st_fact_describe(kind)->table, only ? "=" : ">=");
    st_sql_columns(&sql, kind, true, "");
    st_sql_add(&sql, ", entry DESC");
    enum st_status status = st_prepare(ledger, &cursor->statement, sql.text, error);
    if (status == ST_OK && sqlite3_bind_int64(cursor->statement, 2, before) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    return status;
}

static enum st_status cursor_step(struct st_fact_cursor *cursor, struct st_error *error) {
    enum st_status status = st_step(cursor->ledger, cursor->statement, &cursor->has_row, error);
    /* A statement at its end is reset, so that it holds no place in a table that is written to. */
    if (status == ST_OK && !cursor->has_row)
        (void)sqlite3_reset(cursor->statement);
    return status;
}

enum st_status st_fact_cursor_seek(struct st_fact_cursor *cursor, const char *person_id,
                                   struct st_error *error) {
    (void)sqlite3_reset(cursor->statement);
    cursor->has_key = cursor->is_met = false;
    if (sqlite3_bind_text(cursor->statement, 1, person_id, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_sqlite(cursor->ledger, error);
    return cursor_step(cursor, error);
}

/* Whether the row the cursor stands on is an older one of the key just met; keeps its key if not.
 * */
static bool is_replaced(struct st_fact_cursor *cursor, bool *is_ours) {
    struct st_fact_key key;
    *is_ours = st_fact_key_read(cursor->statement, cursor->kind, &key);
    if (!*is_ours)
        return false;
    if (cursor->has_key && st_fact_key_compare(&cursor->key, &key) == 0)
        return true;
    cursor->has_key = true;
    cursor->key.size = key.size;
    memcpy(cursor->key.bytes, key.bytes, key.size);
    return false;
}

/* Passes over the rows of persons before `person_id`: by steps while it is near, by a seek after.
 * */
static enum st_status go_to_person(struct st_fact_cursor *cursor, const char *person_id,
                                   struct st_error *error) {
    enum st_status status = ST_OK;
    for (int steps = 0; status == ST_OK && cursor->has_row; steps++) {
        if (strcmp(st_column_text(cursor->statement, 0), person_id) >= 0)
            return ST_OK;
        if (steps == NEAR_STEPS)
            return st_fact_cursor_seek(cursor, person_id, error);
        status = cursor_step(cursor, error);
    }
    return status;
}

/* The row borrows its text from the statement, so the statement is stepped only when the next one
 * is asked for. */
enum st_status st_fact_cursor_meet(struct st_fact_cursor *cursor, const char *person_id,
                                   bool *found, struct st_error *error) {
    enum st_status status = ST_OK;
    *found = false;
    if (cursor->is_met && cursor->has_row)
        status = cursor_step(cursor, error);
    cursor->is_met = false;
    if (status == ST_OK && person_id != NULL)
        status = go_to_person(cursor, person_id, error);
    for (; status == ST_OK && cursor->has_row; status = cursor_step(cursor, error)) {
        const char *row_person = st_column_text(cursor->statement, 0);
        bool is_ours;
        if (person_id != NULL && strcmp(row_person, person_id) != 0)
            return ST_OK;
        if (is_replaced(cursor, &is_ours))
            continue;
        if (!is_ours)
            return st_db_fail_fact(cursor->kind, row_person, error);
        *found = cursor->is_met = true;
        return ST_OK;
    }
    return status;
}

bool st_fact_cursor_is_withdrawn(const struct st_fact_cursor *cursor) {
    return sqlite3_column_int(cursor->statement,
                              (int)st_fact_describe(cursor->kind)->column_count) != 0;
}

int64_t st_fact_cursor_entry(const struct st_fact_cursor *cursor) {
    return sqlite3_column_int64(cursor->statement,
                                (int)st_fact_describe(cursor->kind)->column_count + 1);
}

enum st_status st_fact_cursor_next(struct st_fact_cursor *cursor, const char *person_id,
                                   struct st_fact *fact, bool *found, struct st_error *error) {
    enum st_status status;
    do
        status = st_fact_cursor_meet(cursor, person_id, found, error);
    while (status == ST_OK && *found && st_fact_cursor_is_withdrawn(cursor));
    if (status == ST_OK && *found && !st_fact_read(cursor->statement, cursor->kind, fact))
        status = st_db_fail_fact(cursor->kind, st_column_text(cursor->statement, 0), error);
    return status;
}

void st_fact_cursor_close(struct st_fact_cursor *cursor) {
    st_statement_finalize(&cursor->statement);
}
