/* SPDX-License-Identifier: MIT */
/* verify_internal.h - what the files of `verify` share. Each looks at the ledger from one side:
 *
 *   verify.c            the walk over all of them, how a finding is told
 *   verify_structure.c  the file, its tables and triggers
 *   verify_bytes.c      a table's columns and key; the canonical bytes of its rows
 *   verify_journal.c    the journal: numbers, times, chain, what each entry says it wrote
 *   verify_rows.c       every row of every table against the digest of its entry
 *   verify_codes.c      the codes of a row: which field, which row
 *   verify_payslips.c   the rows of a run, person by person: their digests, the tree, and for
 *   verify_books.c      transfers, payslips, corrections, claims, totals
 *   verify_recompute.c  which rows of a run were changed: the run computed again
 *   verify_states.c     what names what; the states of a run; approvals and exports
 *   verify_claims.c     what earlier months were paid and what persons owe, over all runs
 *
 * A part returns other than ST_OK only when it cannot go on. What SQLite finds damaged on the way
 * (ST_DAMAGED) becomes a finding, and the other parts still have their turn.
 */
#ifndef STONAD_DB_VERIFY_INTERNAL_H
#define STONAD_DB_VERIFY_INTERNAL_H

#include "db/canonical.h"
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
    /* The ledger's secret: without it, or with one that was changed, no digest and no root can be
     * compared, and only rows are counted. */
    struct st_leaf_maker leaves;
    bool has_secret;
    struct st_verify_summary *summary;
    struct st_error *error;
};

/* ---- findings (verify.c) ------------------------------------------------------------------- */

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
    ST_VERIFY_MISSING,
    ST_VERIFY_ROW,
    ST_VERIFY_DIFFERS,
    ST_VERIFY_CONTENT,
    ST_VERIFY_ORPHAN,
    ST_VERIFY_REFERENCE,
    ST_VERIFY_STATE,
    ST_VERIFY_FOUR_EYES,
    ST_VERIFY_APPROVAL,
    ST_VERIFY_EXPORT,
    ST_VERIFY_DETAIL,
    ST_VERIFY_MONTH,
    ST_VERIFY_TWICE,
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
/* What was found damaged (verify->error) as a finding about a table. */
enum st_status st_verify_tell_damage(struct st_verify *verify, const char *table,
                                     const char *row) ST_MUST_CHECK ST_NONNULL;

enum { ST_VERIFY_AMOUNT_SIZE = 32, ST_VERIFY_KEY_SIZE = 400 };
/* "-1234.50" */
void st_verify_format_ore(int64_t ore, char text[ST_VERIFY_AMOUNT_SIZE]) ST_NONNULL;
/* "run 1, person_id 01819000049, line 2": the statement's first `count` columns, with their names. */
void st_verify_key(sqlite3_stmt *statement, int count, char key[ST_VERIFY_KEY_SIZE]) ST_NONNULL;
/* Adds ", " and the like; a key that is longer than its room is cut. */
void st_verify_add_key(char key[ST_VERIFY_KEY_SIZE], const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3))) ST_NONNULL_ARGS(1, 2);
/* A value for people: its text; "NULL" for none, "a number", "bytes" for types no table takes. */
const char *st_verify_value(sqlite3_stmt *statement, int column) ST_NONNULL;

/* A walk: prepare, bind up to one number, then [st_verify_next]... */
enum st_status st_verify_query(struct st_verify *verify, sqlite3_stmt **out, const char *sql,
                               int64_t parameter) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_next(struct st_verify *verify, sqlite3_stmt *statement,
                              bool *row) ST_MUST_CHECK ST_NONNULL;

/* ---- tables and rows (verify_bytes.c) ------------------------------------------------------ */

/* A table as the shipped schema has it, whatever the ledger's own says. */
enum { ST_VERIFY_COLUMN_MAX = 24 };
struct st_layout {
    enum st_table table;
    const char *name;
    bool has_codes;
    bool newest_first; /* the last of several key columns is `entry`, in falling order */
    int column_count;  /* `codes` too */
    int key_count;
    int key[ST_VERIFY_COLUMN_MAX]; /* the columns of the primary key, in its order */
    uint32_t not_null; /* bit i: column i always has a value */
    char names[ST_VERIFY_COLUMN_MAX][40];
};
enum st_status st_layout_read(struct st_verify *verify, enum st_table table,
                              struct st_layout *layout) ST_MUST_CHECK ST_NONNULL;
/* "SELECT <all columns> FROM <table>", and " ORDER BY <key>"; the statement's columns are the
 * table's. */
void st_layout_select(const struct st_layout *layout, struct st_sql *sql) ST_NONNULL;
void st_layout_order(const struct st_layout *layout, struct st_sql *sql) ST_NONNULL;
int st_layout_column(const struct st_layout *layout, const char *name) ST_MUST_CHECK ST_NONNULL;
/* "person_id 01819000049, from_date 2026-05-05, entry 3" of the row a statement stands on. */
void st_layout_row(const struct st_layout *layout, sqlite3_stmt *row,
                   char key[ST_VERIFY_KEY_SIZE]) ST_NONNULL;

/* Canonical bytes (docs/ledger.md) of rows, made here anew and not by the writer's code, so that a
 * fault in one of the two shows. Begins zeroed. */
struct st_row_bytes {
    char *data;
    size_t size, room;
    /* of the row added last: where each of its columns ends; the first begins at `row` */
    size_t row, ends[ST_VERIFY_COLUMN_MAX];
};
/* Adds a row: its first `count` columns. A value of a type that no table takes has bytes of its own
 * ("x;"), so that it is never mistaken. False when memory ran out. */
bool st_row_bytes_add(struct st_row_bytes *bytes, sqlite3_stmt *row,
                      int count) ST_MUST_CHECK ST_NONNULL;
bool st_row_bytes_number(struct st_row_bytes *bytes, int64_t number) ST_MUST_CHECK ST_NONNULL;
bool st_row_bytes_text(struct st_row_bytes *bytes, const char *text,
                       size_t size) ST_MUST_CHECK ST_NONNULL;
bool st_row_bytes_copy(struct st_row_bytes *bytes, const char *data,
                       size_t size) ST_MUST_CHECK ST_NONNULL;
void st_row_bytes_free(struct st_row_bytes *bytes) ST_NONNULL;

/* The rows of one table that an entry wrote: how many, and their digest ("" of none). */
struct st_table_rows {
    int64_t count;
    char digest[ST_DIGEST_TEXT_SIZE];
};
/* The digest of a table as the journal has it, from that of its rows (docs/ledger.md). */
bool st_verify_hide(struct st_verify *verify, int64_t entry, const char *table,
                    char hex[ST_DIGEST_TEXT_SIZE]) ST_MUST_CHECK ST_NONNULL;
/* The table's rows by number and digest, "12 rows, digest ..." */
enum { ST_ROWS_TEXT_SIZE = 120 };
void st_table_rows_format(const struct st_table_rows *rows,
                          char text[ST_ROWS_TEXT_SIZE]) ST_NONNULL;
bool st_table_rows_equal(const struct st_table_rows *a, const struct st_table_rows *b) ST_NONNULL;

/* ---- SHA-256 ------------------------------------------------------------------------------- */

/* The algorithm, fetched once; digests run in contexts of their own. */
struct st_sha256;
struct st_sha256_run;
struct st_sha256 *st_sha256_new(void) ST_MUST_CHECK;
void st_sha256_free(struct st_sha256 *sha256);
/* *run NULL: made. All three: false when memory ran out, or the library failed. */
bool st_sha256_begin(struct st_sha256 *sha256, struct st_sha256_run **run) ST_MUST_CHECK ST_NONNULL;
bool st_sha256_add(struct st_sha256_run *run, const char *bytes,
                   size_t size) ST_MUST_CHECK ST_NONNULL;
bool st_sha256_end(struct st_sha256_run *run,
                   char hex[ST_DIGEST_TEXT_SIZE]) ST_MUST_CHECK ST_NONNULL;
void st_sha256_run_free(struct st_sha256_run *run);
/* Of some bytes at once. */
bool st_sha256_of(struct st_sha256 *sha256, const char *bytes, size_t size,
                  char hex[ST_DIGEST_TEXT_SIZE]) ST_MUST_CHECK ST_NONNULL;

/* ---- codes (verify_codes.c) ---------------------------------------------------------------- */

/* Carried from row to row of one table and entry. */
struct st_code_walk {
    uint16_t link; /* the code of the key of the row before; 0 of none */
};
/* What is amiss with a row's codes; nothing of a row that fits them. */
struct st_code_verdict {
    bool is_readable;       /* otherwise nothing else is said */
    uint32_t unfit_columns; /* bit i: column i does not fit its code */
    bool link_fits;
    uint16_t link, link_before; /* what the link says; the code of the key of the row before */
};
/* Holds the row a statement stands on against its codes. `bytes` holds it, added last. True when
 * there is nothing to tell. */
bool st_codes_fit(const struct st_layout *layout, struct st_code_walk *walk,
                  const struct st_row_bytes *bytes, sqlite3_stmt *row,
                  struct st_code_verdict *verdict) ST_MUST_CHECK ST_NONNULL;
/* Tells of the fields that do not fit, or, where the fields are known to be right, of the codes. A
 * candidate is what a column may have been, when that can be found out: it is expected when it
 * fits the code. */
struct st_code_candidate {
    int column;
    bool is_number;
    int64_t number;
    const char *text;
};
enum st_status st_verify_tell_codes(struct st_verify *verify, const struct st_layout *layout,
                                    const struct st_code_verdict *verdict,
                                    const struct st_row_bytes *bytes, sqlite3_stmt *row,
                                    bool fields_are_right,
                                    const struct st_code_candidate *candidates,
                                    size_t candidate_count) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 3, 4, 5);

/* ---- the journal (verify_journal.c) -------------------------------------------------------- */

enum { ST_ENTRY_KIND_SIZE = 24 };
/* What an entry says of itself and of the rows it wrote. */
struct st_entry_said {
    int64_t number, run; /* 0: names no run */
    char kind[ST_ENTRY_KIND_SIZE];
    bool list_is_readable, list_fits_digest;
    char digest[ST_DIGEST_TEXT_SIZE], root[ST_DIGEST_TEXT_SIZE];
    struct st_table_rows listed[ST_TABLE_COUNT];
};
struct st_journal_check;
enum st_status st_journal_check_new(struct st_verify *verify, struct st_sha256 *sha256,
                                    struct st_journal_check **out) ST_MUST_CHECK ST_NONNULL;
void st_journal_check_free(struct st_journal_check *check);
/* Checks the next entry; false in *found when there is none. */
enum st_status st_journal_check_next(struct st_journal_check *check, struct st_entry_said *said,
                                     bool *found) ST_MUST_CHECK ST_NONNULL;
/* What an entry says it wrote, against what is there. */
enum st_status st_verify_entry_rows(struct st_verify *verify, struct st_sha256 *sha256,
                                    const struct st_entry_said *said,
                                    const struct st_table_rows found[ST_TABLE_COUNT]) ST_MUST_CHECK
    ST_NONNULL;
/* "name count digest;...", as journal.tables has it, read; and written, with its digest. False: it is
 * none. */
bool st_table_list_read(const char *text,
                        struct st_table_rows listed[ST_TABLE_COUNT]) ST_MUST_CHECK ST_NONNULL;
bool st_table_list_digest(struct st_sha256 *sha256, const struct st_table_rows rows[ST_TABLE_COUNT],
                          char hex[ST_DIGEST_TEXT_SIZE]) ST_MUST_CHECK ST_NONNULL;

/* ---- a run's rows (verify_payslips.c) ------------------------------------------------------ */

enum { ST_RUN_TABLE_COUNT = ST_TABLE_FINDING - ST_TABLE_PAYSLIP + 1, ST_RUN_TOTAL_COUNT = 12 };
/* A column of table run that its payslips and findings come to. */
struct st_run_total {
    const char *column;
    int64_t number;
};
/* What the rows of a run came to. */
struct st_run_found {
    int64_t run, entry;
    bool is_whole; /* false: some could not be read, and nothing is said of digests and root */
    struct st_table_rows tables[ST_RUN_TABLE_COUNT];
    char root[ST_DIGEST_TEXT_SIZE];
    struct st_run_total totals[ST_RUN_TOTAL_COUNT];
};
struct st_run_walk;
enum st_status st_run_walk_new(struct st_verify *verify, struct st_sha256 *sha256,
                               struct st_run_walk **out) ST_MUST_CHECK ST_NONNULL;
void st_run_walk_free(struct st_run_walk *walk);
/* The rows and books of each run computed by an entry from `first` to `last`. */
enum st_status st_run_walk_each(struct st_run_walk *walk, int64_t first, int64_t last,
                                enum st_status (*take)(void *context,
                                                       const struct st_run_found *found),
                                void *context) ST_MUST_CHECK ST_NONNULL_ARGS(1, 4);
/* Rows whose run is not there, or has no entry. */
enum st_status st_verify_stray_runs(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;

/* ---- the books of a run (verify_books.c) --------------------------------------------------- */

/* One run after the other; of a run one person after the other; of a person the rows by table. The
 * statements' columns are the tables'. */
struct st_books;
enum st_status st_books_new(struct st_verify *verify, struct st_books **out) ST_MUST_CHECK ST_NONNULL;
void st_books_free(struct st_books *books);
enum st_status st_books_begin_run(struct st_books *books, int64_t run,
                                  bool *found) ST_MUST_CHECK ST_NONNULL;
void st_books_begin_person(struct st_books *books, const char *person_id) ST_NONNULL;
/* The payslip stays where it is until st_books_end_person. */
void st_books_payslip(struct st_books *books, sqlite3_stmt *payslip) ST_NONNULL;
enum st_status st_books_row(struct st_books *books, enum st_table table,
                            sqlite3_stmt *row) ST_MUST_CHECK ST_NONNULL;
enum st_status st_books_end_person(struct st_books *books) ST_MUST_CHECK ST_NONNULL;
enum st_status st_books_end_run(struct st_books *books,
                                struct st_run_total totals[ST_RUN_TOTAL_COUNT]) ST_MUST_CHECK ST_NONNULL;

/* ---- the run computed again (verify_recompute.c) ------------------------------------------- */

/* Names what differs in the tables of the run whose rows are not those its entry lists: row, field,
 * both values. */
enum st_status st_verify_recompute(struct st_verify *verify, const struct st_entry_said *said,
                                   const struct st_run_found *found) ST_MUST_CHECK ST_NONNULL;

/* ---- the parts ----------------------------------------------------------------------------- */

enum st_status st_verify_structure(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_rows(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_states(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;
enum st_status st_verify_claims(struct st_verify *verify) ST_MUST_CHECK ST_NONNULL;

#endif
