/* SPDX-License-Identifier: MIT */
/* audit_csv.h - CSV that is read back to the same values: comma, LF, a field quoted where it must
 * be (RFC 4180), nothing neutralised, NULL an empty field and an empty text "".
 */
#ifndef STONAD_FORMATS_AUDIT_CSV_H
#define STONAD_FORMATS_AUDIT_CSV_H

#include "stonad/canonical.h"
#include "stonad/date.h"
#include "stonad/money.h"

#include <stdio.h>

/* A row: begin, its fields in order, end. */
struct st_audit_csv {
    FILE *out;
    bool has_field;
};
static inline struct st_audit_csv st_audit_csv_row(FILE *out) {
    return (struct st_audit_csv){.out = out};
}
void st_audit_csv_null(struct st_audit_csv *row) ST_NONNULL;
void st_audit_csv_text(struct st_audit_csv *row, const char *text) ST_NONNULL;
void st_audit_csv_bytes(struct st_audit_csv *row, const char *text, size_t size) ST_NONNULL;
void st_audit_csv_integer(struct st_audit_csv *row, int64_t number) ST_NONNULL;
void st_audit_csv_date(struct st_audit_csv *row, st_date date) ST_NONNULL;    /* OPEN, NONE: null */
void st_audit_csv_month(struct st_audit_csv *row, st_month month) ST_NONNULL; /* 0: null */
void st_audit_csv_amount(struct st_audit_csv *row, st_amount amount) ST_NONNULL;
void st_audit_csv_end(struct st_audit_csv *row) ST_NONNULL;
/* A header: names that need no quoting. */
void st_audit_csv_header(FILE *out, const char *const *names, size_t count) ST_NONNULL;

/* The columns of the files that are read back (docs/audit.md), in their order. */
enum {
    ST_JOURNAL_ENTRY,
    ST_JOURNAL_TIME,
    ST_JOURNAL_ACTOR,
    ST_JOURNAL_KIND,
    ST_JOURNAL_RUN,
    ST_JOURNAL_DETAIL,
    ST_JOURNAL_MONTH,
    ST_JOURNAL_PAYDAY,
    ST_JOURNAL_RULE_SET,
    ST_JOURNAL_TABLE_DIGEST,
    ST_JOURNAL_PAYMENTS,
    ST_JOURNAL_SUM,
    ST_JOURNAL_FORM,
    ST_JOURNAL_CONTENT,
    ST_JOURNAL_TAX_KID,
    ST_JOURNAL_SHA256,
    ST_JOURNAL_BYTES,
    ST_JOURNAL_RATE,
    ST_JOURNAL_EFFECT,
    ST_JOURNAL_KNOWN,
    ST_JOURNAL_VALUE,
    ST_JOURNAL_SOURCE,
    ST_JOURNAL_TABLES,
    ST_JOURNAL_DIGEST,
    ST_JOURNAL_ROOT,
    ST_JOURNAL_PREVIOUS_HASH,
    ST_JOURNAL_HASH,
    ST_JOURNAL_HEAD,
    ST_JOURNAL_COLUMN_COUNT
};
extern const char *const st_journal_columns[ST_JOURNAL_COLUMN_COUNT];

enum {
    ST_MUNICIPALITY_ORGNR,
    ST_MUNICIPALITY_NAME,
    ST_MUNICIPALITY_ACCOUNT,
    ST_MUNICIPALITY_BIC,
    ST_MUNICIPALITY_TOWN,
    ST_MUNICIPALITY_POSTCODE,
    ST_MUNICIPALITY_HALF_TAX_MONTH,
    ST_MUNICIPALITY_RECOVER,
    ST_MUNICIPALITY_FIRST_MONTH,
    ST_MUNICIPALITY_TEST,
    ST_MUNICIPALITY_COLUMN_COUNT
};
extern const char *const st_municipality_columns[ST_MUNICIPALITY_COLUMN_COUNT];

enum {
    ST_RATE_NAME,
    ST_RATE_EFFECT,
    ST_RATE_KNOWN,
    ST_RATE_VALUE,
    ST_RATE_SOURCE,
    ST_RATE_COLUMN_COUNT
};
extern const char *const st_rate_columns[ST_RATE_COLUMN_COUNT];

enum {
    ST_FILE_NUMBER,
    ST_FILE_NAME,
    ST_FILE_KIND,
    ST_FILE_SHA256,
    ST_FILE_ROWS,
    ST_FILE_COLUMN_COUNT
};
extern const char *const st_file_columns[ST_FILE_COLUMN_COUNT];

#endif
