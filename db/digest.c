/* SPDX-License-Identifier: MIT */
/* digest.c - canonical bytes and their SHA-256. See digest.h.
 *
 * Rows of several tables arrive mixed (a payslip, its lines, its findings), so each table has a
 * running SHA-256 of its own; the bytes gather in one buffer that goes to the table in turn. One
 * slot past the tables serves the short sequences: the entry's digest and the chain.
 */
#include "db/digest.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEQUENCE = ST_TABLE_COUNT, /* the slot that is no table */
    SLOT_COUNT,
    BUFFER_SIZE = 16384,
    NUMBER_SIZE = 24, /* sign and 19 digits, with tag and end */
    SHA256_SIZE = 32
};

/* The canonical bytes of the payslip being written: of the tables before `table`, whole; then the
 * rows of `table`, whose head is set before them when their number is known. */
struct payslip_bytes {
    bool is_open;
    enum st_table table;
    size_t head; /* where the head of `table` goes */
    int64_t row_count;
    char *bytes;
    size_t size, room;
};

struct st_digest {
    EVP_MD *sha256;
    EVP_MD_CTX *slots[SLOT_COUNT];
    bool begun[SLOT_COUNT];
    int64_t row_counts[SLOT_COUNT];
    int slot; /* whose bytes are in the buffer */
    size_t used;
    bool failed;
    struct payslip_bytes payslip;
    char buffer[BUFFER_SIZE];
};

const char *st_table_name(enum st_table table) {
    assert((unsigned)table < ST_TABLE_COUNT);
    switch ((unsigned)table) {
    case ST_TABLE_MUNICIPALITY:
        return "municipality";
    case ST_TABLE_RATE:
        return "rate";
    case ST_TABLE_IMPORT_FILE:
        return "import_file";
    case ST_TABLE_RUN:
        return "run";
    case ST_TABLE_PAYSLIP:
        return "payslip";
    case ST_TABLE_LINE:
        return "line";
    case ST_TABLE_CORRECTION:
        return "correction";
    case ST_TABLE_CLAIM:
        return "claim";
    case ST_TABLE_FINDING:
        return "finding";
    case ST_TABLE_APPROVAL:
        return "approval";
    case ST_TABLE_EXPORT:
        return "export";
    default:
        return st_fact_describe((enum st_fact_kind)((unsigned)table - ST_TABLE_FACT))->table;
    }
}

struct st_digest *st_digest_new(void) {
    struct st_digest *digest = calloc(1, sizeof *digest);
    if (digest == NULL)
        return NULL;
    digest->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    bool complete = digest->sha256 != NULL;
    for (int i = 0; complete && i < SLOT_COUNT; i++) {
        digest->slots[i] = EVP_MD_CTX_new();
        /* Begun once here, so that the contexts allocate nothing later. */
        complete = digest->slots[i] != NULL &&
                   EVP_DigestInit_ex2(digest->slots[i], digest->sha256, NULL) == 1;
    }
    if (!complete) {
        st_digest_free(digest);
        return NULL;
    }
    st_digest_reset(digest);
    return digest;
}

void st_digest_free(struct st_digest *digest) {
    if (digest == NULL)
        return;
    for (int i = 0; i < SLOT_COUNT; i++)
        EVP_MD_CTX_free(digest->slots[i]);
    EVP_MD_free(digest->sha256);
    free(digest->payslip.bytes);
    free(digest);
}

void st_digest_reset(struct st_digest *digest) {
    memset(digest->begun, 0, sizeof digest->begun);
    memset(digest->row_counts, 0, sizeof digest->row_counts);
    digest->slot = SEQUENCE;
    digest->used = 0;
    digest->failed = false;
    digest->payslip.is_open = false;
}

/* ---- bytes --------------------------------------------------------------------------------- */

static void add_to_payslip(struct st_digest *digest, const char *bytes, size_t size) {
    struct payslip_bytes *payslip = &digest->payslip;
    if (payslip->room - payslip->size < size) {
        size_t room = 2 * (payslip->size + size) + BUFFER_SIZE;
        char *larger = realloc(payslip->bytes, room);
        if (larger == NULL) {
            digest->failed = true;
            return;
        }
        payslip->bytes = larger;
        payslip->room = room;
    }
    if (size > 0)
        memcpy(payslip->bytes + payslip->size, bytes, size);
    payslip->size += size;
}

static void add_to_slot(struct st_digest *digest, const char *bytes, size_t size) {
    int slot = digest->slot;
    if (digest->payslip.is_open && st_table_is_of_payslip((enum st_table)slot))
        add_to_payslip(digest, bytes, size);
    if (!digest->begun[slot]) {
        digest->begun[slot] = true;
        if (EVP_DigestInit_ex2(digest->slots[slot], digest->sha256, NULL) != 1)
            digest->failed = true;
    }
    if (EVP_DigestUpdate(digest->slots[slot], bytes, size) != 1)
        digest->failed = true;
}

static void flush(struct st_digest *digest) {
    if (digest->used > 0)
        add_to_slot(digest, digest->buffer, digest->used);
    digest->used = 0;
}

static void go_to_slot(struct st_digest *digest, int slot) {
    if (digest->slot == slot)
        return;
    flush(digest);
    digest->slot = slot;
}

/* Space for `size` more bytes (at most a few dozen: a number, a tag). */
static char *reserve(struct st_digest *digest, size_t size) {
    if (digest->used + size > BUFFER_SIZE)
        flush(digest);
    return digest->buffer + digest->used;
}

/* <tag><decimal><end> */
static void add_number(struct st_digest *digest, char tag, int64_t number, char end) {
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
    memcpy(reserve(digest, sizeof digits), digits + at, sizeof digits - at);
    digest->used += sizeof digits - at;
}

void st_digest_null(struct st_digest *digest) {
    memcpy(reserve(digest, 2), "n;", 2);
    digest->used += 2;
}

void st_digest_integer(struct st_digest *digest, int64_t number) {
    add_number(digest, 'i', number, ';');
}

void st_digest_text(struct st_digest *digest, const char *text, size_t size) {
    add_number(digest, 't', (int64_t)size, ':');
    if (digest->used + size + 1 > BUFFER_SIZE)
        flush(digest);
    if (size + 1 > BUFFER_SIZE) {
        add_to_slot(digest, text, size);
    } else {
        memcpy(digest->buffer + digest->used, text, size);
        digest->used += size;
    }
    *reserve(digest, 1) = ';';
    digest->used++;
}

static void add_text(struct st_digest *digest, const char *text) {
    st_digest_text(digest, text, strlen(text));
}

/* ---- rows, tables, entries ----------------------------------------------------------------- */

static void go_to_payslip_table(struct st_digest *digest, enum st_table table);

void st_digest_row(struct st_digest *digest, enum st_table table) {
    go_to_slot(digest, (int)table);
    digest->row_counts[table]++;
    if (digest->payslip.is_open && st_table_is_of_payslip(table)) {
        go_to_payslip_table(digest, table);
        digest->payslip.row_count++;
    }
}

int64_t st_digest_row_count(const struct st_digest *digest, enum st_table table) {
    return digest->row_counts[table];
}

/* Ends a slot; a slot nothing was written to is the digest of no bytes. */
static bool finish_slot(struct st_digest *digest, int slot, char hex[ST_DIGEST_TEXT_SIZE]) {
    unsigned char bytes[SHA256_SIZE];
    go_to_slot(digest, slot);
    flush(digest);
    add_to_slot(digest, "", 0);
    if (digest->failed || EVP_DigestFinal_ex(digest->slots[slot], bytes, NULL) != 1)
        return false;
    digest->begun[slot] = false;
    for (size_t i = 0; i < sizeof bytes; i++) {
        hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    hex[ST_DIGEST_TEXT_SIZE - 1] = '\0';
    return true;
}

bool st_digest_table(struct st_digest *digest, enum st_table table, char hex[ST_DIGEST_TEXT_SIZE]) {
    return finish_slot(digest, (int)table, hex);
}

bool st_digest_finish(struct st_digest *digest,
                      bool (*hide)(void *context, const char *table,
                                   char hex[ST_DIGEST_TEXT_SIZE]),
                      void *context, char tables[ST_TABLES_TEXT_SIZE],
                      char hex[ST_DIGEST_TEXT_SIZE]) {
    size_t used = 0;
    tables[0] = '\0';
    for (int i = 0; i < ST_TABLE_COUNT; i++) {
        char table_hex[ST_DIGEST_TEXT_SIZE];
        const char *name = st_table_name((enum st_table)i);
        if (digest->row_counts[i] == 0)
            continue;
        if (!finish_slot(digest, i, table_hex) || !hide(context, name, table_hex))
            return false;
        go_to_slot(digest, SEQUENCE);
        add_text(digest, name);
        st_digest_integer(digest, digest->row_counts[i]);
        add_text(digest, table_hex);
        int size = snprintf(tables + used, ST_TABLES_TEXT_SIZE - used, "%s%s %" PRId64 " %s",
                            used == 0 ? "" : ";", name, digest->row_counts[i], table_hex);
        assert(size > 0 && (size_t)size < ST_TABLES_TEXT_SIZE - used);
        used += (size_t)size;
    }
    return finish_slot(digest, SEQUENCE, hex);
}

/* ---- payslips ------------------------------------------------------------------------------ */

void st_digest_payslip_begin(struct st_digest *digest) {
    flush(digest); /* what stands in the buffer was written before */
    struct payslip_bytes *payslip = &digest->payslip;
    payslip->is_open = true;
    payslip->table = ST_TABLE_PAYSLIP;
    payslip->head = payslip->size = 0;
    payslip->row_count = 0;
}

/* The name of the table and the number of its rows, before them. */
static void set_head(struct st_digest *digest) {
    struct payslip_bytes *payslip = &digest->payslip;
    char head[64];
    const char *name = st_table_name(payslip->table);
    int size = snprintf(head, sizeof head, "t%zu:%s;i%" PRId64 ";", strlen(name), name,
                        payslip->row_count);
    assert(size > 0 && size < (int)sizeof head);
    size_t rows = payslip->size - payslip->head;
    add_to_payslip(digest, head, (size_t)size);
    if (digest->failed)
        return;
    memmove(payslip->bytes + payslip->head + size, payslip->bytes + payslip->head, rows);
    memcpy(payslip->bytes + payslip->head, head, (size_t)size);
}

/* Ends the tables before `table`; those without rows have a head alone. */
static void go_to_payslip_table(struct st_digest *digest, enum st_table table) {
    struct payslip_bytes *payslip = &digest->payslip;
    assert(table >= payslip->table);
    while (payslip->table < table) {
        set_head(digest);
        payslip->head = payslip->size;
        payslip->row_count = 0;
        payslip->table = (enum st_table)((unsigned)payslip->table + 1);
    }
}

bool st_digest_payslip_end(struct st_digest *digest, const char **bytes, size_t *size) {
    struct payslip_bytes *payslip = &digest->payslip;
    assert(payslip->is_open);
    flush(digest);
    go_to_payslip_table(digest, ST_TABLE_FINDING);
    set_head(digest);
    payslip->is_open = false;
    *bytes = payslip->bytes;
    *size = payslip->size;
    return !digest->failed;
}

/* ---- the chain ----------------------------------------------------------------------------- */

bool st_digest_chain(struct st_digest *digest, const struct st_chained *entry,
                     char hex[ST_DIGEST_TEXT_SIZE]) {
    st_digest_reset(digest);
    st_digest_integer(digest, entry->entry);
    add_text(digest, entry->time);
    add_text(digest, entry->actor);
    add_text(digest, entry->kind);
    if (entry->run == 0)
        st_digest_null(digest);
    else
        st_digest_integer(digest, entry->run);
    add_text(digest, entry->detail);
    add_text(digest, entry->tables);
    add_text(digest, entry->digest);
    if (entry->root[0] == '\0')
        st_digest_null(digest);
    else
        add_text(digest, entry->root);
    add_text(digest, entry->previous_hash);
    return finish_slot(digest, SEQUENCE, hex);
}
