/* SPDX-License-Identifier: MIT */
/* codes.h - the codes of a row: which of its fields was changed, and whether the row before it is
 * still there. They find a place, they defend nothing: that is what the digests are for.
 *
 * A row's codes are four lower-case hexadecimal digits for each column, in the columns' order, then
 * four for the link. A code is the 64-bit FNV-1a hash of the column's canonical bytes (digest.h),
 * its four 16-bit quarters combined by exclusive or. The link is the code of the canonical bytes of
 * the key of the row before it (its key columns one after the other), of the same table and entry;
 * of the first row it is "0000". In the journal the row before is the entry before.
 *
 * Order of calls: st_codes_open for the rows of a table that one entry writes; for each row a call
 * for each column but the last, then st_codes_finish.
 */
#ifndef STONAD_DB_CODES_H
#define STONAD_DB_CODES_H

#include "db/digest.h"

#include <sqlite3.h>

/* The journal's rows have codes, though no digest counts them among an entry's rows. */
#define ST_TABLE_JOURNAL ST_TABLE_COUNT

enum { ST_CODES_COLUMN_MAX = 24, ST_CODE_SIZE = 4,
       ST_CODES_TEXT_SIZE = ST_CODE_SIZE * (ST_CODES_COLUMN_MAX + 1) + 1 };

/* Whether rows of the table have codes; of a run's payslips and what belongs to them a replay says
 * more. */
bool st_table_has_codes(enum st_table table) ST_MUST_CHECK;
/* The table's columns, `codes` among them. */
int st_table_column_count(enum st_table table) ST_MUST_CHECK;

struct st_codes {
    uint32_t key_columns; /* bit i: column i is a key's */
    int column_count;     /* without `codes` */
    int column;           /* of the row, the next */
    uint64_t value, key;  /* running hashes: of the column, of the row's key */
    uint16_t link;        /* the code of the key of the row before; 0 of none */
    uint16_t codes[ST_CODES_COLUMN_MAX];
};
void st_codes_open(struct st_codes *codes, enum st_table table) ST_NONNULL;
/* For the journal from entry `entry` on: the row before is the entry before. */
void st_codes_open_journal(struct st_codes *codes, int64_t entry) ST_NONNULL;
void st_codes_null(struct st_codes *codes) ST_NONNULL;
void st_codes_integer(struct st_codes *codes, int64_t number) ST_NONNULL;
void st_codes_text(struct st_codes *codes, const char *text, size_t size) ST_NONNULL;
/* A column of a statement's row, as it is; any type. */
void st_codes_column(struct st_codes *codes, sqlite3_stmt *row, int column) ST_NONNULL;
/* Whether every column but `codes` was given. */
bool st_codes_is_whole(const struct st_codes *codes) ST_MUST_CHECK ST_NONNULL;
/* The codes of the row, as they are stored; returns their length. The next row may follow. */
size_t st_codes_finish(struct st_codes *codes, char text[ST_CODES_TEXT_SIZE]) ST_NONNULL;

/* What the codes of a stored row say about it. */
struct st_codes_verdict {
    bool is_readable;       /* so many hexadecimal digits; otherwise nothing else is said */
    uint32_t unfit_columns; /* bit i: column i does not fit its code */
    bool link_fits;
};
/* Holds the row a statement stands on against its codes; the table's columns are those from `first`
 * on, all of them, in order. `codes` was opened for the table, and is carried from row to row of one
 * entry, in the order of the primary key. */
void st_codes_check(struct st_codes *codes, sqlite3_stmt *row, int first,
                    struct st_codes_verdict *verdict) ST_NONNULL;

#endif
