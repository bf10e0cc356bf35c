/* SPDX-License-Identifier: MIT */
/* output.h - reports as text for people, CSV and JSON; the payslip as text; files all or nothing.
 *
 * A report is a list of rows under named columns, streamed: begin, cells row by row, end. Text is
 * aligned and grouped ("22 758,17"); CSV (comma, LF, no BOM, header) and JSON (an array of objects) give
 * plain numbers ("22758.17"). Text cells that a spreadsheet would run as a formula are neutralised in CSV.
 */
#ifndef STONAD_OUTPUT_H
#define STONAD_OUTPUT_H

#include "stonad/base.h"
#include "stonad/date.h"
#include "stonad/money.h"
#include "stonad/record.h"

#include <stdio.h>

enum st_report_format { ST_FORMAT_TEXT, ST_FORMAT_CSV, ST_FORMAT_JSON };

enum st_cell_type { ST_CELL_TEXT, ST_CELL_INTEGER, ST_CELL_AMOUNT, ST_CELL_DATE, ST_CELL_MONTH,
                    ST_CELL_DECIMAL };

struct st_report_column {
    const char *name;    /* machine name: CSV header, JSON key */
    const char *heading; /* for people; NULL: the name */
    enum st_cell_type type;
    int width;           /* characters in text form; longer cells push the row, never are cut */
    bool machine_only;   /* left out of the text form */
};

struct st_report;
/* `out` stays the caller's. NULL when memory ran out. */
struct st_report *st_report_begin(FILE *out, enum st_report_format format,
                                  const struct st_report_column *columns, size_t column_count)
    ST_MUST_CHECK ST_NONNULL;
/* Cells in column order; the last one of a row ends it. The call must fit the column's type. */
void st_report_text(struct st_report *report, const char *text) ST_NONNULL;
void st_report_integer(struct st_report *report, int64_t number) ST_NONNULL;
void st_report_amount(struct st_report *report, st_amount amount) ST_NONNULL;
void st_report_date(struct st_report *report, st_date date) ST_NONNULL; /* OPEN and NONE: empty */
void st_report_month(struct st_report *report, st_month month) ST_NONNULL;
/* A fraction as a decimal number with up to `digits` digits, rounded half up, trailing zeros cut. */
void st_report_decimal(struct st_report *report, st_fraction number, int digits) ST_NONNULL;
void st_report_null(struct st_report *report) ST_NONNULL;
/* Ends the report and frees it. ST_IO when anything could not be written. */
enum st_status st_report_end(struct st_report *report, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;

enum { ST_AMOUNT_TEXT_SIZE = 40 };
/* "22 758,17" (people) and "22758.17" (machines); `text` holds ST_AMOUNT_TEXT_SIZE bytes. */
void st_amount_for_people(st_amount amount, char *text) ST_NONNULL;
void st_amount_for_machines(st_amount amount, char *text) ST_NONNULL;
/* "22758.17", "22758,17", "22 758,17", "22758": what a person may type. No sign, at most two decimals. */
bool st_amount_from_person(const char *text, st_amount *out) ST_MUST_CHECK ST_NONNULL;

/* The payslip itself, as text for the person (SBF § 5-10-20: name and number, period, table or percent,
 * gross, basis, withholding, payer's name and organisation number). Lines are given in order between,
 * and after them a paragraph for each month put right (R11). `inputs` of a line may be anything. */
void st_payslip_text_begin(FILE *out, const struct st_municipality *payer,
                           const struct st_run_row *run, const struct st_payslip_row *payslip)
    ST_NONNULL;
void st_payslip_text_line(FILE *out, enum st_language language, const struct st_line_row *line)
    ST_NONNULL;
/* "Mai 2026: utbetalt 21 693,33, riktig beløp 22 758,17, forskjell 1 064,84. Årsak: …", after a blank
 * line. The cause stands as the ledger keeps it. */
void st_payslip_text_correction(FILE *out, enum st_language language,
                                const struct st_correction_row *row) ST_NONNULL;
void st_payslip_text_end(FILE *out, const struct st_run_row *run,
                         const struct st_payslip_row *payslip) ST_NONNULL;

/* A file that appears whole or not at all, and never over an existing one unless `replace`.
 * begin -> write to st_new_file_stream -> [st_new_file_seal -> look at it under st_new_file_path] ->
 * release. free without release leaves nothing behind. */
struct st_new_file;
enum st_status st_new_file_begin(const char *path, bool replace, struct st_new_file **out,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;
FILE *st_new_file_stream(struct st_new_file *file) ST_NONNULL;
const char *st_new_file_path(struct st_new_file *file) ST_NONNULL; /* the temporary name */
/* Flushes to the disk and gives size and SHA-256 (64 hex digits and NUL) of what was written. */
enum st_status st_new_file_seal(struct st_new_file *file, char *sha256, int64_t *byte_count,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_new_file_release(struct st_new_file *file, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
void st_new_file_free(struct st_new_file *file);

#endif
