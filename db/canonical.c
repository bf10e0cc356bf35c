/* SPDX-License-Identifier: MIT */
/* canonical.c - canonical bytes of stored rows; the leaves of payslips; the head of the journal's
 * tree. See canonical.h. */
#include "db/canonical.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes --------------------------------------------------------------------------------- */

void st_bytes_free(struct st_bytes *bytes) {
    free(bytes->data);
    *bytes = (struct st_bytes){0};
}

static void add(struct st_bytes *bytes, const char *data, size_t size) {
    if (bytes->room - bytes->size < size) {
        size_t room = 2 * (bytes->size + size) + 1024;
        char *larger = realloc(bytes->data, room);
        if (larger == NULL) {
            bytes->failed = true;
            return;
        }
        bytes->data = larger;
        bytes->room = room;
    }
    if (size > 0)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static void empty(struct st_bytes *bytes) {
    bytes->size = 0;
    bytes->failed = false;
}

void st_bytes_null(struct st_bytes *bytes) { add(bytes, "n;", 2); }

void st_bytes_integer(struct st_bytes *bytes, int64_t number) {
    char text[32];
    add(bytes, text, (size_t)snprintf(text, sizeof text, "i%" PRId64 ";", number));
}

void st_bytes_text(struct st_bytes *bytes, const char *text, size_t size) {
    char head[32];
    add(bytes, head, (size_t)snprintf(head, sizeof head, "t%zu:", size));
    add(bytes, text, size);
    add(bytes, ";", 1);
}

void st_bytes_column(struct st_bytes *bytes, sqlite3_stmt *row, int column) {
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
        st_bytes_null(bytes);
        break;
    case SQLITE_INTEGER:
        st_bytes_integer(bytes, sqlite3_column_int64(row, column));
        break;
    case SQLITE_TEXT: {
        const unsigned char *text = sqlite3_column_text(row, column);
        bytes->failed = bytes->failed || text == NULL;
        st_bytes_text(bytes, text == NULL ? "" : (const char *)text,
                      (size_t)sqlite3_column_bytes(row, column));
        break;
    }
    default:
        add(bytes, "x;", 2);
        break;
    }
}

/* ---- journal entries ----------------------------------------------------------------------- */

void st_entry_bytes(sqlite3_stmt *row, struct st_bytes *bytes) {
    empty(bytes);
    for (int i = 0; i < ST_ENTRY_COLUMN_COUNT; i++)
        st_bytes_column(bytes, row, i);
}

static enum st_status add_entries(struct st_ledger *ledger, sqlite3_stmt *entries,
                                  struct st_tree *tree, struct st_error *error) {
    struct st_bytes bytes = {0};
    struct st_tree_hash leaf;
    bool row = true;
    enum st_status status = ST_OK;
    while (status == ST_OK && (status = st_step(ledger, entries, &row, error)) == ST_OK && row) {
        st_entry_bytes(entries, &bytes);
        if (bytes.failed || !st_tree_leaf(tree->hasher, "", 0, bytes.data, bytes.size, &leaf))
            status = st_db_fail_memory(error);
        else
            st_tree_add(tree, &leaf);
    }
    st_bytes_free(&bytes);
    return status;
}

enum st_status st_ledger_head(struct st_ledger *ledger, int64_t before_entry,
                              char head[ST_HASH_TEXT_SIZE], int64_t *entry_count,
                              struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *entries = NULL;
    struct st_tree_hasher *hasher = st_tree_hasher_new();
    struct st_tree tree;
    struct st_tree_hash root;
    if (hasher == NULL)
        return st_db_fail_memory(error);
    st_tree_begin(&tree, hasher);
    enum st_status status =
        st_prepare(ledger, &entries,
                   "SELECT " ST_ENTRY_COLUMNS " FROM journal WHERE entry < ? ORDER BY entry", error);
    if (status == ST_OK &&
        sqlite3_bind_int64(entries, 1, before_entry == 0 ? INT64_MAX : before_entry) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    if (status == ST_OK)
        status = add_entries(ledger, entries, &tree, error);
    if (status == ST_OK && !st_tree_root(&tree, &root))
        status = st_db_fail_memory(error);
    if (status == ST_OK) {
        st_tree_hex(&root, head);
        *entry_count = (int64_t)tree.leaf_count;
    }
    st_tree_hasher_free(hasher);
    return status;
}

/* ---- leaves of payslips -------------------------------------------------------------------- */

enum st_status st_leaf_maker_open(struct st_leaf_maker *maker, struct st_ledger *ledger,
                                  struct st_error *error) {
    struct st_municipality municipality;
    *maker = (struct st_leaf_maker){.hasher = st_tree_hasher_new()};
    if (maker->hasher == NULL)
        return st_db_fail_memory(error);
    enum st_status status = st_ledger_municipality(ledger, &municipality, error);
    if (status == ST_OK && !st_tree_from_hex(municipality.secret, &maker->secret))
        status = st_db_fail(error, ST_DAMAGED, "ledger.secret",
                            "The ledger %s has no secret of 64 hexadecimal digits for its payslips; "
                            "restore it from a copy.",
                            ledger->path);
    return status;
}

void st_leaf_maker_close(struct st_leaf_maker *maker) {
    st_tree_hasher_free(maker->hasher);
    st_bytes_free(&maker->name);
    *maker = (struct st_leaf_maker){0};
}

enum st_status st_payslip_salt(struct st_leaf_maker *maker, int64_t run, const char *person_id,
                               struct st_tree_hash *salt, struct st_error *error) {
    struct st_bytes *name = &maker->name;
    empty(name);
    st_bytes_integer(name, run);
    st_bytes_text(name, person_id, strlen(person_id));
    if (name->failed || !st_tree_hmac(maker->hasher, maker->secret.bytes, sizeof maker->secret.bytes,
                                      name->data, name->size, salt))
        return st_db_fail_memory(error);
    return ST_OK;
}

bool st_table_digest_hide(struct st_leaf_maker *maker, int64_t entry, const char *table,
                          char hex[ST_DIGEST_TEXT_SIZE]) {
    struct st_bytes *name = &maker->name;
    struct st_tree_hash hidden;
    empty(name);
    st_bytes_integer(name, entry);
    st_bytes_text(name, table, strlen(table));
    st_bytes_text(name, hex, ST_DIGEST_TEXT_SIZE - 1);
    if (name->failed || !st_tree_hmac(maker->hasher, maker->secret.bytes, sizeof maker->secret.bytes,
                                      name->data, name->size, &hidden))
        return false;
    st_tree_hex(&hidden, hex);
    return true;
}

enum st_status st_payslip_leaf_hash(struct st_leaf_maker *maker, const struct st_tree_hash *salt,
                                    const char *bytes, size_t size, struct st_tree_hash *leaf,
                                    struct st_error *error) {
    if (!st_tree_leaf(maker->hasher, salt->bytes, sizeof salt->bytes, bytes, size, leaf))
        return st_db_fail_memory(error);
    return ST_OK;
}

enum st_status st_leaf_reader_open(struct st_leaf_reader *reader, struct st_ledger *ledger,
                                   struct st_error *error) {
    *reader = (struct st_leaf_reader){.ledger = ledger};
    enum st_status status = st_leaf_maker_open(&reader->maker, ledger, error);
    for (int i = 0; status == ST_OK && i < ST_LEAF_TABLE_COUNT; i++) {
        static const char *const orders[] = {"run", "line", "month", "number", "number"};
        char sql[128]; /* by what is left of the key */
        (void)snprintf(sql, sizeof sql,
                       "SELECT * FROM %s WHERE run = ?1 AND person_id = ?2 ORDER BY %s",
                       st_table_name((enum st_table)(ST_TABLE_PAYSLIP + i)), orders[i]);
        status = st_prepare(ledger, &reader->rows[i], sql, error);
    }
    return status;
}

void st_leaf_reader_close(struct st_leaf_reader *reader) {
    for (int i = 0; i < ST_LEAF_TABLE_COUNT; i++)
        st_statement_finalize(&reader->rows[i]);
    st_bytes_free(&reader->table);
    st_bytes_free(&reader->bytes);
    st_leaf_maker_close(&reader->maker);
}

/* Head and rows of one table; *row_count is how many. */
static enum st_status add_table(struct st_leaf_reader *reader, int table, int64_t run,
                                const char *person_id, int64_t *row_count,
                                struct st_error *error) {
    sqlite3_stmt *rows = reader->rows[table];
    struct st_bytes *gathered = &reader->table;
    const char *name = st_table_name((enum st_table)(ST_TABLE_PAYSLIP + table));
    bool row = true;
    enum st_status status = ST_OK;
    if (sqlite3_bind_int64(rows, 1, run) != SQLITE_OK ||
        sqlite3_bind_text(rows, 2, person_id, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_sqlite(reader->ledger, error);
    empty(gathered);
    for (*row_count = 0;
         (status = st_step(reader->ledger, rows, &row, error)) == ST_OK && row; ++*row_count)
        for (int i = 0; i < sqlite3_column_count(rows); i++)
            st_bytes_column(gathered, rows, i);
    (void)sqlite3_reset(rows);
    if (status != ST_OK)
        return status;
    st_bytes_text(&reader->bytes, name, strlen(name));
    st_bytes_integer(&reader->bytes, *row_count);
    add(&reader->bytes, gathered->data, gathered->size);
    return gathered->failed || reader->bytes.failed ? st_db_fail_memory(error) : ST_OK;
}

enum st_status st_payslip_leaf(struct st_leaf_reader *reader, int64_t run, const char *person_id,
                               struct st_payslip_leaf *leaf, struct st_error *error) {
    int64_t row_count = 0;
    *leaf = (struct st_payslip_leaf){0};
    empty(&reader->bytes);
    enum st_status status = add_table(reader, 0, run, person_id, &row_count, error);
    if (status != ST_OK || row_count == 0)
        return status;
    for (int i = 1; status == ST_OK && i < ST_LEAF_TABLE_COUNT; i++)
        status = add_table(reader, i, run, person_id, &row_count, error);
    if (status == ST_OK)
        status = st_payslip_salt(&reader->maker, run, person_id, &leaf->salt, error);
    if (status == ST_OK)
        status = st_payslip_leaf_hash(&reader->maker, &leaf->salt, reader->bytes.data,
                                      reader->bytes.size, &leaf->hash, error);
    leaf->is_there = status == ST_OK;
    leaf->bytes = reader->bytes.data;
    leaf->size = reader->bytes.size;
    return status;
}
