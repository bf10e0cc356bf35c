/* SPDX-License-Identifier: MIT */
/* digest.h - the canonical bytes of ledger rows, and the SHA-256 over them. docs/ledger.md is the
 * full description; in short:
 *
 *   value   n;                    NULL
 *           i<decimal>;           integer
 *           t<byte count>:<text>; text, UTF-8
 *   row     its values, in the order of the table's columns
 *   table   SHA-256 over the rows one entry wrote to it, by primary key; then, keyed by the ledger's
 *           secret, HMAC-SHA-256 over entry, name and that digest (canonical.h)
 *   entry   SHA-256 over, for each table it wrote to, in the order of enum st_table:
 *           t name, i row count, t table digest (64 hex digits)
 *   hash    SHA-256 over the values entry, time, actor, kind, run, detail, tables, digest, root,
 *           previous hash
 *   payslip for each of payslip, line, correction, claim, finding, in this order: t name, i row
 *           count, then its rows of one run and person
 *
 * `codes` (codes.h) is no part of a row's bytes.
 *
 * Order of calls: st_digest_new; for each entry st_digest_reset, rows in any mixture of tables (but
 * by primary key within each), st_digest_finish; st_digest_free. A row: st_digest_row, then a value
 * for each column. The algorithm is fetched once; nothing is allocated after st_digest_new but for
 * the bytes of the longest payslip.
 */
#ifndef STONAD_DB_DIGEST_H
#define STONAD_DB_DIGEST_H

#include "stonad/base.h"
#include "stonad/fact.h"

/* The ledger's tables in the order of db/schema.sql; the journal is not among them, the chain
 * covers it. The table of a fact kind is ST_TABLE_FACT + kind. */
enum st_table {
    ST_TABLE_MUNICIPALITY,
    ST_TABLE_RATE,
    ST_TABLE_FACT,
    ST_TABLE_IMPORT_FILE = ST_TABLE_FACT + ST_FACT_KIND_COUNT,
    ST_TABLE_RUN,
    ST_TABLE_PAYSLIP,
    ST_TABLE_LINE,
    ST_TABLE_CORRECTION,
    ST_TABLE_CLAIM,
    ST_TABLE_FINDING,
    ST_TABLE_APPROVAL,
    ST_TABLE_EXPORT,
    ST_TABLE_COUNT
};
static inline enum st_table st_table_of(enum st_fact_kind kind) {
    return (enum st_table)((unsigned)ST_TABLE_FACT + (unsigned)kind);
}
const char *st_table_name(enum st_table table);

/* 64 hexadecimal digits and a NUL. */
enum { ST_DIGEST_TEXT_SIZE = 65 };

struct st_digest;
struct st_digest *st_digest_new(void) ST_MUST_CHECK; /* NULL when memory ran out */
void st_digest_free(struct st_digest *digest);
void st_digest_reset(struct st_digest *digest) ST_NONNULL;

/* Begins a row; the values that follow are its columns. */
void st_digest_row(struct st_digest *digest, enum st_table table) ST_NONNULL;
void st_digest_null(struct st_digest *digest) ST_NONNULL;
void st_digest_integer(struct st_digest *digest, int64_t number) ST_NONNULL;
void st_digest_text(struct st_digest *digest, const char *text, size_t size) ST_NONNULL;

/* Rows written to a table since the reset. */
int64_t st_digest_row_count(const struct st_digest *digest, enum st_table table) ST_NONNULL;
/* The digest of one table's rows, and that of the whole entry; false when the library failed.
 * Nothing but st_digest_reset may follow. `hide` turns a digest of rows into the one that is written
 * (st_table_digest_hide). */
bool st_digest_table(struct st_digest *digest, enum st_table table,
                     char hex[ST_DIGEST_TEXT_SIZE]) ST_MUST_CHECK ST_NONNULL;
/* "name count digest;name count digest": what journal.tables says of the rows written. */
enum { ST_TABLES_TEXT_SIZE = ST_TABLE_COUNT * (20 + 20 + ST_DIGEST_TEXT_SIZE + 2) };
bool st_digest_finish(struct st_digest *digest,
                      bool (*hide)(void *context, const char *table,
                                   char hex[ST_DIGEST_TEXT_SIZE]),
                      void *context, char tables[ST_TABLES_TEXT_SIZE],
                      char hex[ST_DIGEST_TEXT_SIZE]) ST_MUST_CHECK ST_NONNULL;

/* The tables of a run's rows that make up a payslip, in the order of its canonical bytes. */
static inline bool st_table_is_of_payslip(enum st_table table) {
    return table >= ST_TABLE_PAYSLIP && table <= ST_TABLE_FINDING;
}
/* What is written between the two is one payslip too: its rows by table, in the order above. _end
 * gives its canonical bytes, borrowed until the next _begin; false when memory ran out. */
void st_digest_payslip_begin(struct st_digest *digest) ST_NONNULL;
bool st_digest_payslip_end(struct st_digest *digest, const char **bytes,
                           size_t *size) ST_MUST_CHECK ST_NONNULL;

/* The fields of a journal entry that its hash covers, in their order. run 0: names no run (NULL);
 * root "": none (NULL). */
struct st_chained {
    int64_t entry, run;
    const char *time, *actor, *kind, *detail, *tables, *digest, *root, *previous_hash;
};
bool st_digest_chain(struct st_digest *digest, const struct st_chained *entry,
                     char hex[ST_DIGEST_TEXT_SIZE]) ST_MUST_CHECK ST_NONNULL;

#endif
