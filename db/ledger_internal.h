/* SPDX-License-Identifier: MIT */
/* ledger_internal.h - what the files of this room share: the open ledger, errors, statements, the
 * entry that is being written, and the writer that binds and digests a row in one go.
 *
 * How every command that writes is built:
 *
 *   st_entry_begin     BEGIN IMMEDIATE; refuses a time before the last entry's
 *   st_writer_*        rows, by primary key within each table
 *   st_entry_commit    the digest, the journal row, COMMIT (or ROLLBACK on a dry run)
 *   st_entry_rollback  on every other way out; does nothing after a commit
 */
#ifndef STONAD_DB_LEDGER_INTERNAL_H
#define STONAD_DB_LEDGER_INTERNAL_H

#include "db/codes.h"
#include "db/digest.h"
#include "stonad/ledger.h"

#include <sqlite3.h>

enum {
    ST_ACTOR_MAX = 64,         /* characters */
    ST_DETAIL_SIZE = 1000,     /* bytes, with the NUL */
    ST_BUSY_MS = 250,          /* how long a lock is waited for */
    ST_COMMIT_BUSY_MS = 10000, /* and at the end of work that would be lost */
    ST_TEXT_ID_SIZE = 36,      /* message and end-to-end ids: 35 and the NUL */
    ST_LANGUAGE_COLUMN = 4,    /* of participant: its choices are the payslips' languages */
    ST_FACT_ROW_MAX = ST_FACT_COLUMN_MAX + 2 /* columns of a fact table: withdrawn and entry too */
};

/* Text of the last st_run_row handed out: borrowed until the next call on the ledger. */
struct st_run_text {
    char actor[4 * ST_ACTOR_MAX + 1], time[ST_TIME_TEXT_SIZE];
    char approved_by[4 * ST_ACTOR_MAX + 1], approved_at[ST_TIME_TEXT_SIZE];
    char message_id[ST_TEXT_ID_SIZE];
    char rule_set[64], table_digest[ST_DIGEST_TEXT_SIZE];
};

struct st_ledger {
    enum st_status (*look_at_dry_run)(void *, const struct st_run_row *, struct st_error *);
    void *look_context;
    bool recompute_all; /* st_ledger_recompute_all */
    sqlite3_stmt *lines_of_person; /* kept: payslips ask for it once a person */
    sqlite3 *db;
    char *path;
    struct st_digest *digest;
    bool writable;
    int64_t horizon; /* entries from here on are not seen; INT64_MAX: all are (st_ledger_as_of) */
    struct st_run_text run_text;
};

/* ---- errors (db/error.c) ------------------------------------------------------------------- */

enum st_status st_db_fail(struct st_error *error, enum st_status status, const char *code,
                          const char *format, ...) __attribute__((__format__(__printf__, 4, 5)))
ST_NONNULL_ARGS(1, 3, 4);
enum st_status st_db_fail_memory(struct st_error *error) ST_NONNULL;
/* What SQLite last said on this connection, as an error of ours. */
enum st_status st_db_fail_sqlite(struct st_ledger *ledger, struct st_error *error) ST_NONNULL;
/* Who holds a lock on the file, for a sentence: "process 4711 (stonad, user kari)"; or "another
 * process" where the system does not tell. */
void st_lock_holder(const char *path, char *text, size_t size) ST_NONNULL;

/* ---- statements (db/ledger.c) -------------------------------------------------------------- */

void st_statement_finalize(sqlite3_stmt **statement);
#define ST_FINALIZED __attribute__((cleanup(st_statement_finalize)))

/* Opens a connection to an existing file with every pragma set; checks nothing. */
enum st_status st_ledger_connect(const char *path, bool writable, struct st_ledger **out,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_execute(struct st_ledger *ledger, const char *sql,
                          struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_prepare(struct st_ledger *ledger, sqlite3_stmt **out, const char *sql,
                          struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* One step; *row says whether there is a row. */
enum st_status st_step(struct st_ledger *ledger, sqlite3_stmt *statement, bool *row,
                       struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* Columns of a row. A text column of a damaged ledger may hold anything: "" and 0 stand for NULL.
 * */
const char *st_column_text(sqlite3_stmt *statement, int column);
st_date st_column_date(sqlite3_stmt *statement, int column, st_date null_date);
st_month st_column_month(sqlite3_stmt *statement, int column);
st_fraction st_column_fraction(sqlite3_stmt *statement, int column);
void st_column_copy(sqlite3_stmt *statement, int column, char *out, size_t size);

/* ---- SQL text built from the descriptions (db/sql.c) --------------------------------------- */

struct st_sql {
    char text[4096];
    size_t used;
};
void st_sql_add(struct st_sql *sql, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3))) ST_NONNULL_ARGS(1, 2);
/* "person_id", "from_date" ... of a kind, with `prefix` ("a.") before each; keys only, or all. */
void st_sql_columns(struct st_sql *sql, enum st_fact_kind kind, bool keys_only,
                    const char *prefix) ST_NONNULL;
/* INSERT INTO table VALUES (?, ...), ... of so many rows. */
void st_sql_insert(struct st_sql *sql, const char *table, int columns, int rows) ST_NONNULL;

/* ---- the entry being written (db/journal.c) ------------------------------------------------ */

struct st_entry {
    struct st_ledger *ledger;
    const struct st_act *act;
    int64_t number;
    char previous_hash[ST_DIGEST_TEXT_SIZE];
    char root[ST_DIGEST_TEXT_SIZE]; /* of a run's payslips, set before the commit; "" of others */
    bool open; /* the transaction is ours to end */
};

enum st_status st_act_check(const struct st_act *act,
                            struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_entry_begin(struct st_ledger *ledger, const struct st_act *act,
                              struct st_entry *entry,
                              struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_entry_commit(struct st_entry *entry, const char *kind, int64_t run,
                               const char *detail, struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_entry_rollback(struct st_entry *entry) ST_NONNULL;

/* ---- rows written (db/writer.c) ------------------------------------------------------------ */

/* Writes the rows of one table that one entry holds, some at most with one statement: st_writer_open,
 * then [st_writer_row, a value for each column]..., st_writer_flush, st_writer_close. Text is
 * borrowed until the flush. `codes`, where the table has it, is written by the writer itself. The statements of 1 ... row_max rows are prepared when first needed. */
enum { ST_WRITER_ROWS_MAX = 8 };
struct st_writer {
    struct st_ledger *ledger;
    enum st_table table;
    int columns;           /* `codes` too */
    bool has_codes;
    struct st_codes codes; /* of the row being written */
    sqlite3_stmt *inserts[ST_WRITER_ROWS_MAX];
    sqlite3_stmt *insert; /* of the statement being filled */
    int parameter;
    int rc; /* the first bind that failed */
    size_t scratch_used;
    char scratch[2048]; /* dates, fractions, codes as text, until the flush */
};
void st_writer_open(struct st_writer *writer, struct st_ledger *ledger,
                    enum st_table table) ST_NONNULL;
void st_writer_close(struct st_writer *writer) ST_NONNULL;
/* Begins a statement of `rows` rows, 1 to ST_WRITER_ROWS_MAX. */
enum st_status st_writer_begin(struct st_writer *writer, int rows,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_writer_row(struct st_writer *writer) ST_NONNULL;
void st_writer_null(struct st_writer *writer) ST_NONNULL;
void st_writer_integer(struct st_writer *writer, int64_t number) ST_NONNULL;
void st_writer_bytes(struct st_writer *writer, const char *text, size_t size) ST_NONNULL;
void st_writer_text(struct st_writer *writer, const char *text) ST_NONNULL;
void st_writer_date(struct st_writer *writer, st_date date) ST_NONNULL; /* OPEN and NONE: NULL */
void st_writer_month(struct st_writer *writer, st_month month) ST_NONNULL;
void st_writer_fraction(struct st_writer *writer, st_fraction number) ST_NONNULL;
/* The value of a column of another statement's row, as it is. */
void st_writer_column(struct st_writer *writer, sqlite3_stmt *source, int column) ST_NONNULL;
enum st_status st_writer_flush(struct st_writer *writer,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- fact rows (db/fact_row.c) ------------------------------------------------------------- */

/* The key of a fact row as bytes that order as the table's primary key does (without entry). */
enum { ST_FACT_KEY_MAX = 80 };
struct st_fact_key {
    size_t size;
    unsigned char bytes[ST_FACT_KEY_MAX];
};
int st_fact_key_compare(const struct st_fact_key *a, const struct st_fact_key *b) ST_NONNULL;
/* From a statement whose first columns are the kind's. False when the row cannot be one of ours. */
bool st_fact_key_read(sqlite3_stmt *statement, enum st_fact_kind kind,
                      struct st_fact_key *key) ST_MUST_CHECK ST_NONNULL;
bool st_fact_key_of(const struct st_fact *fact, struct st_fact_key *key) ST_MUST_CHECK ST_NONNULL;
/* The row as a fact, texts borrowed from the statement; column `columns` is `withdrawn`. False when
 * a value is not what its column's type allows. */
bool st_fact_read(sqlite3_stmt *statement, enum st_fact_kind kind,
                  struct st_fact *fact) ST_MUST_CHECK ST_NONNULL;
enum st_status st_db_fail_fact(enum st_fact_kind kind, const char *person_id,
                               struct st_error *error) ST_NONNULL;

/* Walks a fact table by primary key and meets, of each key, the row that counts: the last one. */
struct st_fact_cursor {
    struct st_ledger *ledger;
    enum st_fact_kind kind;
    sqlite3_stmt *statement; /* columns: the kind's, withdrawn, entry */
    bool has_row;            /* the statement stands on a row */
    bool is_met;             /* ... that was handed out */
    bool has_key;
    struct st_fact_key key; /* last met */
};
/* Everything recorded before entry `before`; with `only`, of the one person that is sought. */
enum st_status st_fact_cursor_open(struct st_fact_cursor *cursor, struct st_ledger *ledger,
                                   enum st_fact_kind kind, bool only, int64_t before,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Goes to the first row of `person_id` or of whoever comes after ("": the first of all). To be
 * called before rows are met; `person_id` is borrowed until the next seek. */
enum st_status st_fact_cursor_seek(struct st_fact_cursor *cursor, const char *person_id,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The next key's row that counts, of `person_id`, of anybody when that is NULL; *found says whether
 * there is one. Persons are to be asked for in order. The row stands in cursor->statement. */
enum st_status st_fact_cursor_meet(struct st_fact_cursor *cursor, const char *person_id,
                                   bool *found, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 3, 4);
bool st_fact_cursor_is_withdrawn(const struct st_fact_cursor *cursor) ST_NONNULL;
int64_t st_fact_cursor_entry(const struct st_fact_cursor *cursor) ST_NONNULL;
/* As meet, but passing over what is withdrawn, and as a fact that borrows from the cursor. */
enum st_status st_fact_cursor_next(struct st_fact_cursor *cursor, const char *person_id,
                                   struct st_fact *fact, bool *found,
                                   struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 3, 4, 5);
void st_fact_cursor_close(struct st_fact_cursor *cursor) ST_NONNULL;

#endif
