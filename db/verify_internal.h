/* SPDX-License-Identifier: MIT */
/* verify_internal.h - what the files of `verify` share. Each looks at the ledger from one side:
 *
 *   verify.c            the walk over all of them, how a finding is told
 *   verify_structure.c  the file, its tables and triggers
 *   verify_rows.c       the journal: numbers, times, chain; and every row against its entry's digest
 *   verify_codes.c      the codes of a row: which field, which row
 *   verify_trees.c      the tree over each run's payslips
 *   verify_states.c     what names what; the states of a run; approvals and exports
 *   verify_books.c      transfers, payslips, totals
 *   verify_claims.c     corrections, and what persons owe
 *
 * A part returns other than ST_OK only when it cannot go on. What SQLite finds damaged on the way
 * (ST_DAMAGED) becomes a finding in verify.c, and the other parts still have their turn.
 */
#ifndef STONAD_DB_VERIFY_INTERNAL_H
#define STONAD_DB_VERIFY_INTERNAL_H

#include "db/ledger_internal.h"
#include "stonad/verify.h"

struct st_verify {
    struct st_ledger *ledger;
    sqlite3 *model; /* an empty ledger in memory, made from the shipped schema */
    enum st_status (*visit)(void *, const struct st_verify_row *);
    void *context;
    bool stopped; /* by the visitor */
    /* Rows of earlier entries, and of earlier runs, are taken on a seal's word; INT64_MIN: none. */
    int64_t first_entry, first_run;
    struct st_verify_summary *summary;
    struct st_error *error;
};

/* Codes, in the order of docs/verify.md; sentences and classes stand in verify.c. */
enum st_verify_code {
    ST_VERIFY_READ,
    ST_VERIFY_IDENTITY,
    ST_VERIFY_INTEGRITY,
    ST_VERIFY_SCHEMA,
    ST_VERIFY_FOREIGN_KEY,
    ST_VERIFY_ENTRY,
    ST_VERIFY_TIME,
    ST_VERIFY_KIND,
    ST_VERIFY_CHAIN,
    ST_VERIFY_HASH,
    ST_VERIFY_TABLES,
    ST_VERIFY_DIGEST,
    ST_VERIFY_ROOT,
    ST_VERIFY_CODE,
    ST_VERIFY_LINK,
    ST_VERIFY_CONTENT,
    ST_VERIFY_ORPHAN,
    ST_VERIFY_REFERENCE,
    ST_VERIFY_STATE,
    ST_VERIFY_FOUR_EYES,
    ST_VERIFY_APPROVAL,
    ST_VERIFY_DETAIL,
    ST_VERIFY_MONTH,
    ST_VERIFY_RATES,
    ST_VERIFY_PERSON,
    ST_VERIFY_TRANSFER,
    ST_VERIFY_ROUNDING,
    ST_VERIFY_BALANCE,
    ST_VERIFY_COLUMN,
    ST_VERIFY_PAYMENT_ID,
    ST_VERIFY_TOTAL,
    ST_VERIFY_CORRECTION,
    ST_VERIFY_CLAIM,
    ST_VERIFY_CODE_COUNT
};

/* Tells a finding; `row->text` NULL is the code's own sentence. Code and class are filled in; NULL
 * texts become "". */
enum st_status st_verify_tell(struct st_verify *verify, enum st_verify_code code,
                              const struct st_verify_row *row) ST_MUST_CHECK ST_NONNULL;

/* Tells a finding when the two differ. `amount` says that they are ore. */
enum st_status st_verify_same_number(struct st_verify *verify, enum st_verify_code code,
                                     const struct st_verify_row *row, int64_t expected,
                                     int64_t found, bool amount) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_same_text(struct st_verify *verify, enum st_verify_code code,
                                   const struct st_verify_row *row, const char *expected,
                                   const char *found) ST_MUST_CHECK ST_NONNULL;

enum { ST_VERIFY_KEY_SIZE = 400 };
/* "run 1, person_id 01819000049, line 2": the statement's first `count` columns, with their names. */
void st_verify_key(sqlite3_stmt *statement, int count, char key[ST_VERIFY_KEY_SIZE]) ST_NONNULL;

/* A walk: prepare, bind up to one number, then [st_verify_next]... */
enum st_status st_verify_query(struct st_verify *verify, sqlite3_stmt **out, const char *sql,
                               int64_t parameter) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_next(struct st_verify *verify, sqlite3_stmt *statement,
                              bool *row) ST_MUST_CHECK ST_NONNULL;

/* Tells of the fields of a row that do not fit its codes, and of a row missing before it, or too many.
 * The row's columns are those from `first` on; `codes` is carried from row to row of an entry. */
enum st_status st_verify_codes(struct st_verify *verify, enum st_table table,
                               struct st_codes *codes, sqlite3_stmt *row, int first,
                               const char *key) ST_MUST_CHECK ST_NONNULL;

enum st_status st_verify_structure(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_rows(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_trees(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_states(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_books(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_claims(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;

#endif
