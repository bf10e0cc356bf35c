/* SPDX-License-Identifier: MIT */
/* audit_report.h - between the files of the bundle's report: audit_sections.c says what a section
 * is and fills its rows, audit_report.c writes them to HTML, JSON and CSV side by side,
 * audit_html.c makes HTML of text.
 */
#ifndef STONAD_FORMATS_AUDIT_REPORT_H
#define STONAD_FORMATS_AUDIT_REPORT_H

#include "stonad/audit.h"
#include "stonad/output.h"

/* What HTML shows of a text: all of it; a number of a person after six digits starred; an account
 * but its last four digits starred; every number of eleven digits in it starred as a person's is.
 */
enum st_audit_mask { ST_MASK_NONE, ST_MASK_PERSON, ST_MASK_ACCOUNT, ST_MASK_NUMBERS };

struct st_audit_column {
    const char *name, *heading; /* heading NULL: not in HTML */
    enum st_cell_type type;
    enum st_audit_mask mask;
};
struct st_audit_layout {
    const char *name;  /* of the JSON array, the CSV file and the anchor */
    const char *title; /* in HTML */
    const char *intro; /* a sentence or two below it */
    const char *none;  /* instead of a table without rows */
    const struct st_audit_column *columns;
    size_t column_count;
};
enum { ST_AUDIT_REPORT_COLUMN_MAX = 26 };
/* audit_sections.c */
const struct st_audit_layout *st_audit_layout(enum st_audit_section section);

/* Cells in the order of the section's columns; the last one of a row ends it. */
void st_audit_cell_text(struct st_audit_report *report, const char *text) ST_NONNULL;
void st_audit_cell_integer(struct st_audit_report *report, int64_t number) ST_NONNULL;
void st_audit_cell_amount(struct st_audit_report *report, st_amount amount) ST_NONNULL;
void st_audit_cell_date(struct st_audit_report *report, st_date date) ST_NONNULL;
void st_audit_cell_month(struct st_audit_report *report, st_month month) ST_NONNULL;
void st_audit_cell_decimal(struct st_audit_report *report, st_fraction number) ST_NONNULL;
void st_audit_cell_null(struct st_audit_report *report) ST_NONNULL;

/* audit_html.c: text as HTML, masked; what is no character becomes U+FFFD, a control a blank. */
void st_html_text(FILE *out, const char *text, enum st_audit_mask mask) ST_NONNULL;
void st_html_begin(FILE *out, const struct st_audit_about *about) ST_NONNULL;
void st_html_end(FILE *out) ST_NONNULL;

#endif
