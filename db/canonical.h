/* SPDX-License-Identifier: MIT */
/* canonical.h - canonical bytes (digest.h) of rows that are stored, gathered in a buffer: of a journal
 * entry, as the chain hashes it and as a leaf of the journal's tree; of a payslip with all that belongs
 * to it. Made from the rows as they are read, and not by the code that writes them.
 */
#ifndef STONAD_DB_CANONICAL_H
#define STONAD_DB_CANONICAL_H

#include "db/digest.h"
#include "db/ledger_internal.h"
#include "db/tree.h"

/* Bytes that grow; begins zeroed. `failed`: memory ran out, the bytes are not whole. */
struct st_bytes {
    char *data;
    size_t size, room;
    bool failed;
};
void st_bytes_free(struct st_bytes *bytes) ST_NONNULL;
void st_bytes_null(struct st_bytes *bytes) ST_NONNULL;
void st_bytes_integer(struct st_bytes *bytes, int64_t number) ST_NONNULL;
void st_bytes_text(struct st_bytes *bytes, const char *text, size_t size) ST_NONNULL;
/* A column of a statement's row; a type that no table takes has bytes of its own, "x;". */
void st_bytes_column(struct st_bytes *bytes, sqlite3_stmt *row, int column) ST_NONNULL;

/* ---- journal entries ----------------------------------------------------------------------- */

/* The columns that canonical bytes of an entry are made of, for a SELECT; the hash is no part. */
#define ST_ENTRY_COLUMNS                                                                           \
    "entry, time, actor, kind, run, detail, tables, digest, root, previous_hash"
enum { ST_ENTRY_COLUMN_COUNT = 10 };
/* Canonical bytes of the entry a statement stands on, whose first columns are those; replaces what
 * `bytes` held. SHA-256 of them is journal.hash. */
void st_entry_bytes(sqlite3_stmt *row, struct st_bytes *bytes) ST_NONNULL;

/* ---- payslips ------------------------------------------------------------------------------ */

/* What makes the leaves of a run's tree: the municipality's secret and a context for the hashes. */
struct st_leaf_maker {
    struct st_tree_hasher *hasher; /* its own */
    struct st_tree_hash secret;    /* 32 bytes */
    struct st_bytes name;          /* canonical(run, person_id) */
};
/* Reads the secret of the ledger's last municipality row. ST_DAMAGED when it is none. To be closed
 * whatever came of it. */
enum st_status st_leaf_maker_open(struct st_leaf_maker *maker, struct st_ledger *ledger,
                                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_leaf_maker_close(struct st_leaf_maker *maker) ST_NONNULL;
/* HMAC-SHA-256(secret, canonical(run, person_id)). */
enum st_status st_payslip_salt(struct st_leaf_maker *maker, int64_t run, const char *person_id,
                               struct st_tree_hash *salt,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* SHA-256(0x00 || salt || canonical payslip). */
enum st_status st_payslip_leaf_hash(struct st_leaf_maker *maker, const struct st_tree_hash *salt,
                                    const char *bytes, size_t size, struct st_tree_hash *leaf,
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* The digest of a table as the journal has it, from that of its rows, in place: HMAC-SHA-256(secret,
 * canonical(entry, table, digest of the rows)). An entry is shown with every proof of a payslip, so that
 * nobody may hold guesses at the other rows against it. False when memory ran out. */
bool st_table_digest_hide(struct st_leaf_maker *maker, int64_t entry, const char *table,
                          char hex[ST_DIGEST_TEXT_SIZE]) ST_MUST_CHECK ST_NONNULL;

/* Leaves of stored payslips, recomputed from their rows. */
enum { ST_LEAF_TABLE_COUNT = ST_TABLE_FINDING - ST_TABLE_PAYSLIP + 1 };
struct st_leaf_reader {
    struct st_ledger *ledger;
    struct st_leaf_maker maker;
    sqlite3_stmt *rows[ST_LEAF_TABLE_COUNT]; /* of a run and person; the table's columns */
    struct st_bytes table, bytes;
};
struct st_payslip_leaf {
    bool is_there;            /* the run has a payslip of the person; otherwise nothing else is set */
    struct st_tree_hash salt; /* 32 raw bytes */
    struct st_tree_hash hash;
    const char *bytes;        /* canonical payslip, borrowed until the reader's next leaf */
    size_t size;
};
enum st_status st_leaf_reader_open(struct st_leaf_reader *reader, struct st_ledger *ledger,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_leaf_reader_close(struct st_leaf_reader *reader) ST_NONNULL;
enum st_status st_payslip_leaf(struct st_leaf_reader *reader, int64_t run, const char *person_id,
                               struct st_payslip_leaf *leaf,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;

#endif
