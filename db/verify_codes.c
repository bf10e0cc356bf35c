/* SPDX-License-Identifier: MIT */
/* verify_codes.c - which field of a row was changed, and whether the row before it is the one that was
 * written before it: the codes of a row against its fields. The digests say whether; the codes only
 * say where.
 *
 * A code is too short to give a value back. But where only a few values are possible (a choice, a
 * year, an entry) the one that fits is the one that was written; otherwise the code itself is told.
 */
#include "db/verify_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- codes --------------------------------------------------------------------------------- */

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t hash(uint64_t running, const char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        running = (running ^ (unsigned char)bytes[i]) * FNV_PRIME;
    return running;
}

static uint16_t fold(uint64_t running) {
    return (uint16_t)(running ^ running >> 16 ^ running >> 32 ^ running >> 48);
}

static uint16_t code_of(const char *bytes, size_t size) {
    return fold(hash(FNV_BASIS, bytes, size));
}

/* Four small hexadecimal digits; false when they are none. */
static bool read_code(const unsigned char *text, uint16_t *code) {
    static const signed char digits[256] = {
        ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
        ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16};
    unsigned read = 0;
    for (int i = 0; i < ST_CODE_SIZE; i++) {
        int digit = digits[text[i]] - 1;
        if (digit < 0)
            return false;
        read = read << 4 | (unsigned)digit;
    }
    *code = (uint16_t)read;
    return true;
}

/* The code of the key of the row that was added last: its key columns, in the order of the table. */
static uint16_t key_code(const struct st_layout *layout, const struct st_row_bytes *bytes) {
    uint64_t running = FNV_BASIS;
    uint32_t is_key = 0;
    for (int i = 0; i < layout->key_count; i++)
        is_key |= UINT32_C(1) << layout->key[i];
    for (int i = 0; is_key >> i != 0; i++) {
        size_t begin = i == 0 ? bytes->row : bytes->ends[i - 1];
        if ((is_key >> i & 1) != 0)
            running = hash(running, bytes->data + begin, bytes->ends[i] - begin);
    }
    return fold(running);
}

bool st_codes_fit(const struct st_layout *layout, struct st_code_walk *walk,
                  const struct st_row_bytes *bytes, sqlite3_stmt *row,
                  struct st_code_verdict *verdict) {
    int count = layout->column_count - 1; /* but `codes` */
    uint16_t link = walk->link, code;
    bool is_text = sqlite3_column_type(row, count) == SQLITE_TEXT; /* before it is read as such */
    const unsigned char *text = sqlite3_column_text(row, count);
    *verdict = (struct st_code_verdict){.link_fits = true, .link_before = link};
    walk->link = key_code(layout, bytes);
    if (text == NULL || !is_text ||
        sqlite3_column_bytes(row, count) != ST_CODE_SIZE * (count + 1))
        return false;
    for (int i = 0; i < count; i++) {
        size_t begin = i == 0 ? bytes->row : bytes->ends[i - 1];
        if (!read_code(text + (ptrdiff_t)ST_CODE_SIZE * i, &code))
            return false;
        if (code != code_of(bytes->data + begin, bytes->ends[i] - begin))
            verdict->unfit_columns |= UINT32_C(1) << i;
    }
    if (!read_code(text + (ptrdiff_t)ST_CODE_SIZE * count, &verdict->link))
        return false;
    verdict->is_readable = true;
    verdict->link_fits = verdict->link == link;
    return verdict->link_fits && verdict->unfit_columns == 0;
}

/* ---- what a column may have been ----------------------------------------------------------- */

/* The one candidate that fits a code: told in words; two that fit tell nothing. */
struct guess {
    uint16_t code;
    struct st_row_bytes bytes;
    bool failed;
    int fit_count;
    char text[80];
};

static void weigh(struct guess *guess, const char *text) {
    if (code_of(guess->bytes.data, guess->bytes.size) != guess->code ||
        (guess->fit_count > 0 && strcmp(guess->text, text) == 0))
        return;
    guess->fit_count++;
    (void)snprintf(guess->text, sizeof guess->text, "%s", text);
}

static void try_text(struct guess *guess, const char *text) {
    guess->bytes.size = 0;
    if (!st_row_bytes_text(&guess->bytes, text, strlen(text)))
        guess->failed = true;
    else
        weigh(guess, text);
}

static void try_number(struct guess *guess, int64_t number) {
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    guess->bytes.size = 0;
    if (!st_row_bytes_number(&guess->bytes, number))
        guess->failed = true;
    else
        weigh(guess, text);
}

static void try_null(struct guess *guess) {
    guess->bytes.size = 0;
    if (!st_row_bytes_copy(&guess->bytes, "n;", 2))
        guess->failed = true;
    else
        weigh(guess, "NULL");
}

enum { RANGE_MAX = 255 }; /* more numbers would fit a code by chance */

static void try_fact(struct guess *guess, const struct st_fact_column *column) {
    for (size_t i = 0; column->choices != NULL && column->choices[i] != NULL; i++)
        try_text(guess, column->choices[i]);
    if (column->type == ST_COLUMN_INTEGER && column->maximum - column->minimum <= RANGE_MAX)
        for (int64_t number = column->minimum; number <= column->maximum; number++)
            try_number(guess, number);
}

/* Columns of other tables that take a few values only. */
static void try_known(struct guess *guess, const struct st_layout *layout, int column) {
    static const struct {
        const char *column, *texts[8];
    } choices[] = {
        {"kind", {"init", "import", "rates", "run", "approve", "discard", "export", NULL}},
        {"recover", {"auto", "ask", NULL}},
        {"content", {"benefits", "benefits+tax", "tax", NULL}},
        {"name", {"G", NULL}}};
    const char *name = layout->names[column];
    for (size_t i = 0; i < ST_COUNT_OF(choices); i++)
        for (size_t j = 0; strcmp(choices[i].column, name) == 0 && choices[i].texts[j] != NULL; j++)
            try_text(guess, choices[i].texts[j]);
    if (strcmp(name, "half_tax_month") == 0 || strcmp(name, "test") == 0 ||
        strcmp(name, "withdrawn") == 0)
        for (int64_t number = 0; number <= 12; number++)
            try_number(guess, number);
}

static void try_all(struct guess *guess, const struct st_layout *layout, int column,
                    const struct st_code_candidate *candidates, size_t candidate_count) {
    bool is_fact = layout->table >= ST_TABLE_FACT && layout->table < ST_TABLE_IMPORT_FILE;
    try_null(guess);
    for (size_t i = 0; i < candidate_count; i++) {
        if (candidates[i].column != column)
            continue;
        if (candidates[i].is_number)
            try_number(guess, candidates[i].number);
        else
            try_text(guess, candidates[i].text);
    }
    if (is_fact) {
        const struct st_fact_description *kind =
            st_fact_describe((enum st_fact_kind)((unsigned)layout->table - ST_TABLE_FACT));
        if ((size_t)column < kind->column_count)
            try_fact(guess, &kind->columns[column]);
    }
    if (!is_fact || strcmp(layout->names[column], "withdrawn") == 0)
        try_known(guess, layout, column);
}

/* ---- telling ------------------------------------------------------------------------------- */

static enum st_status tell_field(struct st_verify *verify, const struct st_layout *layout,
                                 sqlite3_stmt *row, int column, const char *key,
                                 const struct st_code_candidate *candidates,
                                 size_t candidate_count) {
    struct guess guess = {.code = 0};
    const char *codes = st_column_text(row, layout->column_count - 1);
    char expected[100];
    (void)read_code((const unsigned char *)codes + (ptrdiff_t)ST_CODE_SIZE * column, &guess.code);
    try_all(&guess, layout, column, candidates, candidate_count);
    st_row_bytes_free(&guess.bytes);
    if (guess.failed)
        return st_db_fail_memory(verify->error);
    if (guess.fit_count == 1)
        (void)snprintf(expected, sizeof expected, "%s", guess.text);
    else
        (void)snprintf(expected, sizeof expected, "what its code %04x says", guess.code);
    const struct st_verify_row told = {.table = layout->name,
                                       .row = key,
                                       .field = layout->names[column],
                                       .expected = expected,
                                       .found = st_verify_value(row, column)};
    return st_verify_tell(verify, ST_VERIFY_CODE, &told);
}

/* The codes themselves: of the row's fields nothing can be said but that one is not there at all. */
static enum st_status tell_unreadable(struct st_verify *verify, const struct st_layout *layout,
                                      sqlite3_stmt *row, const char *key) {
    char expected[60];
    int last = layout->column_count - 1;
    (void)snprintf(expected, sizeof expected, "%d hexadecimal digits",
                   ST_CODE_SIZE * layout->column_count);
    struct st_verify_row told = {.table = layout->name,
                                 .row = key,
                                 .field = layout->names[last],
                                 .expected = expected,
                                 .found = st_verify_value(row, last)};
    enum st_status status = st_verify_tell(verify, ST_VERIFY_CODE, &told);
    told.expected = "a value";
    told.text = "The field has no value, and must have one: the row was cut short, or changed.";
    for (int i = 0; status == ST_OK && i < last; i++) {
        if ((layout->not_null >> i & 1) == 0 || sqlite3_column_type(row, i) != SQLITE_NULL)
            continue;
        told.field = layout->names[i];
        told.found = "NULL";
        status = st_verify_tell(verify, ST_VERIFY_CODE, &told);
    }
    return status;
}

/* The row is as its entry's digest has it: then the code was changed, and not the field. */
static enum st_status tell_code(struct st_verify *verify, const struct st_layout *layout,
                                const char *of, uint16_t code, uint16_t stored, const char *key) {
    char expected[80], found[80];
    (void)snprintf(expected, sizeof expected, "%04x for %s", code, of);
    (void)snprintf(found, sizeof found, "%04x", stored);
    const struct st_verify_row told = {
        .table = layout->name,
        .row = key,
        .field = layout->names[layout->column_count - 1],
        .expected = expected,
        .found = found,
        .text = "The row is as the digest of its entry has it, and not as its codes: they were "
                "changed, or the digest was made anew."};
    return st_verify_tell(verify, ST_VERIFY_CODE, &told);
}

static enum st_status tell_wrong_codes(struct st_verify *verify, const struct st_layout *layout,
                                       const struct st_code_verdict *verdict,
                                       const struct st_row_bytes *bytes, sqlite3_stmt *row,
                                       const char *key) {
    const unsigned char *text =
        (const unsigned char *)st_column_text(row, layout->column_count - 1);
    enum st_status status = ST_OK;
    for (int i = 0; status == ST_OK && i < layout->column_count - 1; i++) {
        size_t begin = i == 0 ? bytes->row : bytes->ends[i - 1];
        uint16_t stored = 0;
        if ((verdict->unfit_columns >> i & 1) == 0 ||
            !read_code(text + (ptrdiff_t)ST_CODE_SIZE * i, &stored))
            continue;
        status = tell_code(verify, layout, layout->names[i],
                           code_of(bytes->data + begin, bytes->ends[i] - begin), stored, key);
    }
    if (status == ST_OK && !verdict->link_fits)
        status = tell_code(verify, layout, "the row before", verdict->link_before, verdict->link,
                           key);
    return status;
}

enum st_status st_verify_tell_codes(struct st_verify *verify, const struct st_layout *layout,
                                    const struct st_code_verdict *verdict,
                                    const struct st_row_bytes *bytes, sqlite3_stmt *row,
                                    bool fields_are_right,
                                    const struct st_code_candidate *candidates,
                                    size_t candidate_count) {
    char key[ST_VERIFY_KEY_SIZE];
    enum st_status status = ST_OK;
    st_layout_row(layout, row, key);
    if (!verdict->is_readable)
        return tell_unreadable(verify, layout, row, key);
    if (fields_are_right)
        return tell_wrong_codes(verify, layout, verdict, bytes, row, key);
    for (int i = 0; status == ST_OK && i < layout->column_count - 1; i++)
        if ((verdict->unfit_columns >> i & 1) != 0)
            status = tell_field(verify, layout, row, i, key, candidates, candidate_count);
    return status;
}
