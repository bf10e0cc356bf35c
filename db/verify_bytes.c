/* SPDX-License-Identifier: MIT */
/* verify_bytes.c - tables as the shipped schema lays them out, the canonical bytes of their rows, and
 * SHA-256 over them. From docs/ledger.md, and not from the code that writes. */
#include "db/verify_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- layouts ------------------------------------------------------------------------------- */

enum st_status st_layout_read(struct st_verify *verify, enum st_table table,
                              struct st_layout *layout) {
    ST_FINALIZED sqlite3_stmt *info = NULL;
    bool is_journal = table == ST_TABLE_JOURNAL;
    *layout = (struct st_layout){.table = table,
                                 .name = is_journal ? "journal" : st_table_name(table),
                                 .has_codes = st_table_has_codes(table)};
    if (sqlite3_prepare_v2(verify->model, "SELECT name, pk, \"notnull\" FROM pragma_table_info(?)",
                           -1, &info, NULL) != SQLITE_OK ||
        sqlite3_bind_text(info, 1, layout->name, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_memory(verify->error);
    while (sqlite3_step(info) == SQLITE_ROW) {
        int i = layout->column_count++, place = sqlite3_column_int(info, 1);
        assert(i < ST_VERIFY_COLUMN_MAX && place < ST_VERIFY_COLUMN_MAX);
        st_column_copy(info, 0, layout->names[i], sizeof layout->names[i]);
        layout->not_null |= (uint32_t)(sqlite3_column_int(info, 2) != 0) << i;
        if (place > 0) {
            layout->key[place - 1] = i;
            layout->key_count++;
        }
    }
    if (layout->key_count == 0)
        return st_db_fail_memory(verify->error);
    layout->newest_first =
        layout->key_count > 1 &&
        strcmp(layout->names[layout->key[layout->key_count - 1]], "entry") == 0;
    return ST_OK;
}

void st_layout_select(const struct st_layout *layout, struct st_sql *sql) {
    for (int i = 0; i < layout->column_count; i++)
        st_sql_add(sql, "%s\"%s\"", i == 0 ? "SELECT " : ", ", layout->names[i]);
    st_sql_add(sql, " FROM %s", layout->name);
}

void st_layout_order(const struct st_layout *layout, struct st_sql *sql) {
    for (int i = 0; i < layout->key_count; i++)
        st_sql_add(sql, "%s\"%s\"", i == 0 ? " ORDER BY " : ", ", layout->names[layout->key[i]]);
    if (layout->newest_first)
        st_sql_add(sql, " DESC");
}

int st_layout_column(const struct st_layout *layout, const char *name) {
    int column = 0;
    while (column < layout->column_count && strcmp(layout->names[column], name) != 0)
        column++;
    assert(column < layout->column_count);
    return column;
}

void st_layout_row(const struct st_layout *layout, sqlite3_stmt *row,
                   char key[ST_VERIFY_KEY_SIZE]) {
    key[0] = '\0';
    for (int i = 0; i < layout->key_count; i++)
        st_verify_add_key(key, "%s%s %.60s", i == 0 ? "" : ", ", layout->names[layout->key[i]],
                          st_column_text(row, layout->key[i]));
}

/* ---- canonical bytes ----------------------------------------------------------------------- */

static bool make_room(struct st_row_bytes *bytes, size_t size) {
    if (bytes->room - bytes->size >= size)
        return true;
    size_t room = 2 * (bytes->size + size) + 1024;
    char *larger = realloc(bytes->data, room);
    if (larger == NULL)
        return false;
    bytes->data = larger;
    bytes->room = room;
    return true;
}

enum { NUMBER_SIZE = 24 }; /* a tag, a sign, 19 digits, an end */

/* There is room for it. */
static void put_number(struct st_row_bytes *bytes, char tag, int64_t number, char end) {
    char digits[NUMBER_SIZE];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    digits[--at] = end;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        digits[--at] = '-';
    digits[--at] = tag;
    memcpy(bytes->data + bytes->size, digits + at, sizeof digits - at);
    bytes->size += sizeof digits - at;
}

bool st_row_bytes_number(struct st_row_bytes *bytes, int64_t number) {
    if (!make_room(bytes, NUMBER_SIZE))
        return false;
    put_number(bytes, 'i', number, ';');
    return true;
}

bool st_row_bytes_copy(struct st_row_bytes *bytes, const char *data, size_t size) {
    if (!make_room(bytes, size))
        return false;
    if (size > 0)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
    return true;
}

bool st_row_bytes_text(struct st_row_bytes *bytes, const char *text, size_t size) {
    if (!make_room(bytes, size + NUMBER_SIZE + 1))
        return false;
    put_number(bytes, 't', (int64_t)size, ':');
    if (size > 0)
        memcpy(bytes->data + bytes->size, text, size);
    bytes->data[bytes->size + size] = ';';
    bytes->size += size + 1;
    return true;
}

/* The value itself is asked for once: that is cheaper than by column, and the connection is used by
 * one thread alone. */
static bool put_column(struct st_row_bytes *bytes, sqlite3_stmt *row, int column) {
    sqlite3_value *value = sqlite3_column_value(row, column);
    switch (sqlite3_value_type(value)) {
    case SQLITE_TEXT: {
        const char *text = (const char *)sqlite3_value_text(value);
        return text != NULL && st_row_bytes_text(bytes, text, (size_t)sqlite3_value_bytes(value));
    }
    case SQLITE_INTEGER:
        return st_row_bytes_number(bytes, sqlite3_value_int64(value));
    case SQLITE_NULL:
        return st_row_bytes_copy(bytes, "n;", 2);
    default:
        return st_row_bytes_copy(bytes, "x;", 2);
    }
}

bool st_row_bytes_add(struct st_row_bytes *bytes, sqlite3_stmt *row, int count) {
    assert(count <= ST_VERIFY_COLUMN_MAX);
    bytes->row = bytes->size;
    for (int i = 0; i < count; i++) {
        if (!put_column(bytes, row, i))
            return false;
        bytes->ends[i] = bytes->size;
    }
    return true;
}

void st_row_bytes_free(struct st_row_bytes *bytes) {
    free(bytes->data);
    *bytes = (struct st_row_bytes){0};
}

/* ---- rows of a table ----------------------------------------------------------------------- */

bool st_verify_hide(struct st_verify *verify, int64_t entry, const char *table,
                    char hex[ST_DIGEST_TEXT_SIZE]) {
    const struct st_tree_hash *secret = &verify->leaves.secret;
    struct st_row_bytes bytes = {.size = 0};
    struct st_tree_hash hidden;
    if (!verify->has_secret)
        return true;
    bool is_made = st_row_bytes_number(&bytes, entry) &&
                   st_row_bytes_text(&bytes, table, strlen(table)) &&
                   st_row_bytes_text(&bytes, hex, strlen(hex)) &&
                   st_tree_hmac(verify->leaves.hasher, secret->bytes, sizeof secret->bytes,
                                bytes.data, bytes.size, &hidden);
    st_row_bytes_free(&bytes);
    if (is_made)
        st_tree_hex(&hidden, hex);
    return is_made;
}

void st_table_rows_format(const struct st_table_rows *rows, char text[ST_ROWS_TEXT_SIZE]) {
    (void)snprintf(text, ST_ROWS_TEXT_SIZE, "%" PRId64 " row%s, digest %s", rows->count,
                   rows->count == 1 ? "" : "s", rows->count == 0 ? "none" : rows->digest);
}

bool st_table_rows_equal(const struct st_table_rows *a, const struct st_table_rows *b) {
    return a->count == b->count && strcmp(a->digest, b->digest) == 0;
}

/* ---- SHA-256 ------------------------------------------------------------------------------- */

struct st_sha256 {
    EVP_MD *algorithm;
    struct st_sha256_run *run; /* for st_sha256_of */
};

struct st_sha256_run {
    EVP_MD_CTX *context;
};

struct st_sha256 *st_sha256_new(void) {
    struct st_sha256 *sha256 = calloc(1, sizeof *sha256);
    if (sha256 == NULL)
        return NULL;
    sha256->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (sha256->algorithm != NULL)
        return sha256;
    st_sha256_free(sha256);
    return NULL;
}

void st_sha256_free(struct st_sha256 *sha256) {
    if (sha256 == NULL)
        return;
    st_sha256_run_free(sha256->run);
    EVP_MD_free(sha256->algorithm);
    free(sha256);
}

bool st_sha256_begin(struct st_sha256 *sha256, struct st_sha256_run **run) {
    if (*run == NULL) {
        *run = calloc(1, sizeof **run);
        if (*run == NULL)
            return false;
        (*run)->context = EVP_MD_CTX_new();
    }
    return (*run)->context != NULL &&
           EVP_DigestInit_ex2((*run)->context, sha256->algorithm, NULL) == 1;
}

bool st_sha256_add(struct st_sha256_run *run, const char *bytes, size_t size) {
    return EVP_DigestUpdate(run->context, bytes, size) == 1;
}

bool st_sha256_end(struct st_sha256_run *run, char hex[ST_DIGEST_TEXT_SIZE]) {
    unsigned char digest[(ST_DIGEST_TEXT_SIZE - 1) / 2];
    if (EVP_DigestFinal_ex(run->context, digest, NULL) != 1)
        return false;
    for (size_t i = 0; i < sizeof digest; i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    hex[ST_DIGEST_TEXT_SIZE - 1] = '\0';
    return true;
}

void st_sha256_run_free(struct st_sha256_run *run) {
    if (run == NULL)
        return;
    EVP_MD_CTX_free(run->context);
    free(run);
}

bool st_sha256_of(struct st_sha256 *sha256, const char *bytes, size_t size,
                  char hex[ST_DIGEST_TEXT_SIZE]) {
    return st_sha256_begin(sha256, &sha256->run) && st_sha256_add(sha256->run, bytes, size) &&
           st_sha256_end(sha256->run, hex);
}
