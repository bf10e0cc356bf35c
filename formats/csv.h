/* SPDX-License-Identifier: MIT */
/* csv.h - comma- or semicolon-separated rows out of bytes: RFC 4180 quoting, UTF-8, LF or CRLF.
 *
 * The reader knows rows and fields, not what they mean. It takes the bytes block by block into one
 * buffer made at the start and gives the fields in place, so nothing is copied and nothing
 * allocated for a row. A line that breaks the form is given as a problem, and reading goes on with
 * the physical line after the one where the broken field began: one lost quote costs one line.
 *
 * Order of calls: st_csv_begin, st_csv_next until ST_CSV_END or ST_CSV_FAILED, st_csv_end.
 */
#ifndef STONAD_FORMATS_CSV_H
#define STONAD_FORMATS_CSV_H

#include "formats/bytes.h"

enum {
    ST_CSV_READ_SIZE = 65536, /* bytes taken at a time */
    ST_CSV_ROW_MAX = 65536,   /* bytes of a row, quotes and separators included */
    ST_CSV_FIELD_MAX = 4096,  /* bytes of a field as it stands in the file */
    ST_CSV_COLUMN_MAX = 64,   /* fields of a row */
    ST_CSV_NO_FIELD = -1,
    ST_CSV_UTF8 = -1 /* bad_byte: every byte is fine */
};

struct st_csv_field {
    char *text; /* NUL-terminated, quotes taken off; may be changed, lives until the next call */
    size_t size;
    int bad_byte; /* where UTF-8 breaks, or ST_CSV_UTF8 */
    bool is_ascii;
    bool is_quoted;
    bool has_doubled_quotes; /* the reader's own */
};

enum st_csv_event {
    ST_CSV_ROW,     /* line, fields, field_count */
    ST_CSV_PROBLEM, /* line, problem */
    ST_CSV_END,
    ST_CSV_FAILED /* *error says why */
};

struct st_csv_problem {
    int field; /* counted from 0, or ST_CSV_NO_FIELD */
    const char *code;
    const char *text;
};

struct st_csv {
    /* What the last event gave. */
    int64_t line; /* physical line where the row begins, or where the broken field begins */
    size_t field_count;
    struct st_csv_field fields[ST_CSV_COLUMN_MAX];
    struct st_csv_problem problem;
    char separator;

    /* The reader's own. */
    struct st_byte_source *source;
    char *buffer;
    size_t begin, end; /* what is not yet given lies in between; buffer[end] is a line feed */
    int64_t next_line; /* physical line of `begin` */
    bool is_begun;     /* byte order mark and separator are known */
    bool at_end;       /* the source has no more */
    bool is_skipping;  /* the rest of a broken line is still to come */
    bool stops[256];   /* bytes that end the scan of an unquoted field */
};

/* ST_IO when memory ran out. `source` is borrowed until st_csv_end. */
enum st_status st_csv_begin(struct st_csv *csv, struct st_byte_source *source,
                            struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The next row or problem. Blank lines are passed over. */
enum st_csv_event st_csv_next(struct st_csv *csv, struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_csv_end(struct st_csv *csv) ST_NONNULL;

#endif
