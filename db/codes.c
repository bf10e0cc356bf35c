/* SPDX-License-Identifier: MIT */
/* codes.c - the codes of a row, made and checked. See codes.h. */
#include "db/codes.h"

#include <assert.h>
#include <string.h>

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* ---- tables -------------------------------------------------------------------------------- */

bool st_table_has_codes(enum st_table table) {
    return !(table >= ST_TABLE_PAYSLIP && table <= ST_TABLE_FINDING);
}

int st_table_column_count(enum st_table table) {
    switch ((unsigned)table) {
    case ST_TABLE_JOURNAL:
        return 12;
    case ST_TABLE_MUNICIPALITY:
        return 13;
    case ST_TABLE_RATE:
    case ST_TABLE_IMPORT_FILE:
    case ST_TABLE_APPROVAL:
        return 7;
    case ST_TABLE_RUN:
        return 23;
    case ST_TABLE_PAYSLIP:
        return 20;
    case ST_TABLE_LINE:
        return 18;
    case ST_TABLE_CORRECTION:
        return 8;
    case ST_TABLE_CLAIM:
        return 7;
    case ST_TABLE_FINDING:
        return 8;
    case ST_TABLE_EXPORT:
        return 8;
    default: /* a fact's columns, withdrawn, entry, codes */
        return (int)st_fact_describe((enum st_fact_kind)((unsigned)table - ST_TABLE_FACT))
                   ->column_count +
               3;
    }
}

static uint32_t key_columns_of_fact(enum st_fact_kind kind) {
    const struct st_fact_description *description = st_fact_describe(kind);
    uint32_t columns = UINT32_C(1) << (description->column_count + 1); /* entry */
    for (size_t i = 0; i < description->column_count; i++)
        if ((description->columns[i].flags & ST_COLUMN_KEY) != 0)
            columns |= UINT32_C(1) << i;
    return columns;
}

static uint32_t key_columns_of(enum st_table table) {
    switch ((unsigned)table) {
    case ST_TABLE_JOURNAL:
    case ST_TABLE_MUNICIPALITY:
    case ST_TABLE_RUN:
    case ST_TABLE_APPROVAL:
    case ST_TABLE_EXPORT:
        return 1;
    case ST_TABLE_RATE: /* name, effect, known, entry */
        return 1 | 2 | 4 | 32;
    case ST_TABLE_IMPORT_FILE: /* entry, number */
        return 1 | 2;
    default:
        return key_columns_of_fact((enum st_fact_kind)((unsigned)table - ST_TABLE_FACT));
    }
}

void st_codes_open(struct st_codes *codes, enum st_table table) {
    assert(st_table_has_codes(table));
    *codes = (struct st_codes){.key_columns = key_columns_of(table),
                               .column_count = st_table_column_count(table) - 1,
                               .value = FNV_BASIS,
                               .key = FNV_BASIS};
    assert(codes->column_count <= ST_CODES_COLUMN_MAX);
}

/* ---- hashing ------------------------------------------------------------------------------- */

static uint64_t hash(uint64_t running, const char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        running = (running ^ (unsigned char)bytes[i]) * FNV_PRIME;
    return running;
}

static uint16_t fold(uint64_t running) {
    return (uint16_t)(running ^ running >> 16 ^ running >> 32 ^ running >> 48);
}

/* Bytes of the column that is being taken. */
static void add(struct st_codes *codes, const char *bytes, size_t size) {
    assert(codes->column < codes->column_count);
    codes->value = hash(codes->value, bytes, size);
    if ((codes->key_columns >> codes->column & 1) != 0)
        codes->key = hash(codes->key, bytes, size);
}

static void end_column(struct st_codes *codes) {
    codes->codes[codes->column++] = fold(codes->value);
    codes->value = FNV_BASIS;
}

/* <tag><decimal><end> */
static void add_number(struct st_codes *codes, char tag, int64_t number, char end) {
    char digits[24]; /* sign and 19 digits, with tag and end */
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    digits[--at] = end;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        digits[--at] = '-';
    digits[--at] = tag;
    add(codes, digits + at, sizeof digits - at);
}

void st_codes_null(struct st_codes *codes) {
    add(codes, "n;", 2);
    end_column(codes);
}

void st_codes_integer(struct st_codes *codes, int64_t number) {
    add_number(codes, 'i', number, ';');
    end_column(codes);
}

void st_codes_text(struct st_codes *codes, const char *text, size_t size) {
    add_number(codes, 't', (int64_t)size, ':');
    add(codes, text, size);
    add(codes, ";", 1);
    end_column(codes);
}

/* A type that no table takes has bytes of its own, so that it fits no code. */
void st_codes_column(struct st_codes *codes, sqlite3_stmt *row, int column) {
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
        st_codes_null(codes);
        break;
    case SQLITE_INTEGER:
        st_codes_integer(codes, sqlite3_column_int64(row, column));
        break;
    case SQLITE_TEXT: {
        const unsigned char *text = sqlite3_column_text(row, column);
        st_codes_text(codes, text == NULL ? "" : (const char *)text,
                      (size_t)sqlite3_column_bytes(row, column));
        break;
    }
    default:
        add(codes, "x;", 2);
        end_column(codes);
        break;
    }
}

void st_codes_open_journal(struct st_codes *codes, int64_t entry) {
    st_codes_open(codes, ST_TABLE_JOURNAL);
    if (entry <= 1)
        return;
    st_codes_integer(codes, entry - 1);
    codes->link = codes->codes[0];
    codes->column = 0;
    codes->key = FNV_BASIS;
}

/* ---- text ---------------------------------------------------------------------------------- */

bool st_codes_is_whole(const struct st_codes *codes) {
    return codes->column == codes->column_count;
}

static char *put_code(char *text, uint16_t code) {
    for (int shift = 12; shift >= 0; shift -= 4)
        *text++ = "0123456789abcdef"[code >> shift & 15];
    return text;
}

size_t st_codes_finish(struct st_codes *codes, char text[ST_CODES_TEXT_SIZE]) {
    char *end = text;
    assert(st_codes_is_whole(codes));
    for (int i = 0; i < codes->column_count; i++)
        end = put_code(end, codes->codes[i]);
    end = put_code(end, codes->link);
    *end = '\0';
    codes->link = fold(codes->key);
    codes->key = FNV_BASIS;
    codes->column = 0;
    return (size_t)(end - text);
}

void st_codes_check(struct st_codes *codes, sqlite3_stmt *row, int first,
                    struct st_codes_verdict *verdict) {
    char expected[ST_CODES_TEXT_SIZE];
    for (int i = 0; i < codes->column_count; i++)
        st_codes_column(codes, row, first + i);
    const unsigned char *stored = sqlite3_column_text(row, first + codes->column_count);
    const char *text = stored == NULL ? "" : (const char *)stored;
    size_t size = st_codes_finish(codes, expected);
    *verdict = (struct st_codes_verdict){.is_readable = strlen(text) == size &&
                                                        strspn(text, "0123456789abcdef") == size};
    if (!verdict->is_readable)
        return;
    for (int i = 0; i < codes->column_count; i++)
        if (memcmp(text + ST_CODE_SIZE * i, expected + ST_CODE_SIZE * i, ST_CODE_SIZE) != 0)
            verdict->unfit_columns |= UINT32_C(1) << i;
    verdict->link_fits = memcmp(text + size - ST_CODE_SIZE, expected + size - ST_CODE_SIZE,
                                ST_CODE_SIZE) == 0;
}
