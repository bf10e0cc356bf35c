/* SPDX-License-Identifier: MIT */
/* audit.h - the evidence bundle that `stonad audit` writes, and what a ledger is rebuilt from.
 *
 * A bundle is a folder: the report (HTML, JSON, CSV), the inputs from which the whole ledger can
 * be made once more, the rows each entry wrote, proofs of a sample, and SQL an auditor would run.
 * docs/audit.md describes every file. The ledger gives records, the formats write and read them;
 * the command line joins the two. All is streamed: memory does not grow with the register.
 *
 * What is read from a ledger here lies before its horizon (st_ledger_as_of), so that a bundle is
 * of one moment. Text in records is borrowed until the visitor returns, or until the next call.
 */
#ifndef STONAD_AUDIT_H
#define STONAD_AUDIT_H

#include "stonad/canonical.h"
#include "stonad/ledger.h"
#include "stonad/verify.h"

#include <stdio.h>

/* ---- records ------------------------------------------------------------------------------- */

/* A journal entry with what was asked for: the fields of its kind are set, the others are zero, ""
 * or ST_DATE_NONE. An import's files and init's values have records of their own. */
struct st_audit_command {
    struct st_journal_entry entry;
    const char *head; /* RFC 6962, over the entries up to this one */
    /* run */
    st_month month;
    st_date payday;
    const char *rule_set, *table_digest;
    /* approve */
    int64_t payments;
    st_amount sum;
    /* export */
    struct st_export_file file;
    /* rates */
    const char *rate_name;
    struct st_rate rate;
};

/* A file that an import read. */
struct st_audit_file {
    int64_t number; /* in the order read, from 1 */
    const char *name, *kind, *sha256;
    int64_t row_count;
};

struct st_audit_rate {
    int64_t entry;
    const char *time, *actor, *name;
    struct st_rate rate;
};

struct st_audit_export {
    int64_t run, entry;
    const char *time, *actor, *form, *content, *tax_kid, *sha256;
    int64_t byte_count;
};

/* What one actor did, by kind of entry. */
struct st_audit_actor {
    const char *actor, *kind;
    int64_t entry_count;
    const char *first, *last; /* times */
};

/* A participant's account that became another. "" before or after: the person was taken out of the
 * register, or came back to it. */
struct st_audit_account {
    const char *person_id, *name;
    int64_t entry, earlier_entry; /* of the change, and of the row that held until then */
    const char *time, *actor, *before, *after;
};

/* A payslip that is shown with its proof. */
struct st_audit_sample {
    int number; /* 1, 2, 3 ... */
    int64_t run;
    const char *person_id;
    const char *why; /* "first", "largest", "drawn 1" */
};

/* A row of one of the ledger's tables as it is digested: its columns without `codes`; of
 * municipality without `secret` too. */
enum { ST_AUDIT_COLUMN_MAX = 24 };
struct st_audit_row {
    int64_t entry; /* whose row it is */
    size_t column_count;
    const char *const *columns;
    const bool *is_key; /* of each column: whether it is the primary key's */
    const struct st_canonical_value *values;
};

/* ---- from the ledger (db/) ----------------------------------------------------------------- */

/* The journal entry by entry, with the tree's head growing. May be asked while the ledger is
 * written to: next gives the entry after the last one, once it is there. */
struct st_command_walk;
enum st_status st_command_walk_new(struct st_ledger *ledger, struct st_command_walk **out,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* *found false: there is no further entry. Text lives until the next call. */
enum st_status st_command_walk_next(struct st_command_walk *walk, bool *found,
                                    struct st_audit_command *out,
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_command_walk_free(struct st_command_walk *walk);

/* The files of the import that is entry `entry`, in the order read. */
enum st_status st_ledger_each_import_file(struct st_ledger *ledger, int64_t entry,
                                          enum st_status (*visit)(void *,
                                                                  const struct st_audit_file *),
                                          void *context, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 3, 5);
/* Every rate with the entry that recorded it, by entry, effect and known date; `entry` 0: of all.
 */
enum st_status st_ledger_each_recorded_rate(struct st_ledger *ledger, int64_t entry,
                                            enum st_status (*visit)(void *,
                                                                    const struct st_audit_rate *),
                                            void *context, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 3, 5);
enum st_status
st_ledger_each_export(struct st_ledger *ledger,
                      enum st_status (*visit)(void *, const struct st_audit_export *),
                      void *context, struct st_error *error) ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 4);
/* By actor and kind. */
enum st_status st_ledger_each_actor(struct st_ledger *ledger,
                                    enum st_status (*visit)(void *, const struct st_audit_actor *),
                                    void *context, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 4);
/* By person, oldest first. */
enum st_status st_ledger_each_account_change(
    struct st_ledger *ledger, enum st_status (*visit)(void *, const struct st_audit_account *),
    void *context, struct st_error *error) ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 4);

/* Facts of a kind that entries first ... last recorded, by key; withdrawn rows too. */
enum st_status
st_ledger_each_fact(struct st_ledger *ledger, enum st_fact_kind kind, int64_t first, int64_t last,
                    enum st_status (*visit)(void *, int64_t entry, const struct st_fact *),
                    void *context, struct st_error *error) ST_MUST_CHECK ST_NONNULL_ARGS(1, 5, 7);

/* The ledger's tables, as journal.tables names them; NULL past the last one. */
const char *st_audit_table_name(size_t index);
/* The rows that entries first ... last wrote to a table, in the order of its primary key: so for
 * each entry in the order in which they are digested. */
enum st_status st_ledger_each_row(struct st_ledger *ledger, const char *table, int64_t first,
                                  int64_t last,
                                  enum st_status (*visit)(void *, const struct st_audit_row *),
                                  void *context, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 5, 7);

/* Payslips of runs that were not discarded: the first, the one with the largest net, and up to
 * ST_AUDIT_DRAWN_MAX that `head` picks, so that nobody chooses (docs/audit.md). None twice. */
enum { ST_AUDIT_DRAWN_MAX = 10 };
enum st_status st_ledger_each_sample(struct st_ledger *ledger, const char *head,
                                     enum st_status (*visit)(void *,
                                                             const struct st_audit_sample *),
                                     void *context, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 3, 5);

/* Questions to a ledger in SQL: "01-journal.sql" and its text. NULL past the last one. */
struct st_audit_sql {
    const char *name, *text;
};
const struct st_audit_sql *st_audit_sql_at(size_t index);

/* ---- the folder (formats/audit_bundle.c) --------------------------------------------------- */

/* A folder that appears whole or not at all, readable by its owner alone: begin -> create, write,
 * close, file by file (some may be open together) -> release. free without release leaves nothing
 * behind. */
struct st_bundle;
/* ST_REFUSED when `path` exists, unless it is an empty folder, or `replace` and an earlier
 * bundle. */
enum st_status st_bundle_begin(const char *path, bool replace, struct st_bundle **out,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* A new file in it ("inputs/001/command.txt"); folders are made as needed. */
enum st_status st_bundle_create(struct st_bundle *bundle, const char *name, FILE **out,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* ST_IO when anything of it could not be written. The stream is closed in any case. */
enum st_status st_bundle_close(struct st_bundle *bundle, FILE *file,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Lists the files with their digests in SHA256SUMS and gives the folder its name. */
enum st_status st_bundle_release(struct st_bundle *bundle,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_bundle_free(struct st_bundle *bundle);

/* ---- inputs, written (formats/audit_inputs.c) ---------------------------------------------- */

/* Errors of writing are the stream's: st_bundle_close tells them. CSV here is exact: nothing is
 * neutralised, NULL is an empty field, and an empty text is quoted. */
void st_audit_put_journal_header(FILE *out) ST_NONNULL;
void st_audit_put_journal_row(FILE *out, const struct st_audit_command *command) ST_NONNULL;
/* The command a person would type. */
void st_audit_put_command(FILE *out, const struct st_audit_command *command,
                          const struct st_municipality *municipality) ST_NONNULL;
void st_audit_put_municipality(FILE *out, const struct st_municipality *municipality) ST_NONNULL;
void st_audit_put_rate_header(FILE *out) ST_NONNULL;
void st_audit_put_rate_row(FILE *out, const struct st_audit_rate *rate) ST_NONNULL;
void st_audit_put_file_header(FILE *out) ST_NONNULL;
void st_audit_put_file_row(FILE *out, const struct st_audit_file *file) ST_NONNULL;
/* A file that `import` takes: CSV, or XML of ST_FACT_AUTHORITY_CARD. ST_DAMAGED when a row is none
 * that could have been imported. */
void st_audit_put_facts_begin(FILE *out, enum st_fact_kind kind,
                              const char *organisation_number) ST_NONNULL;
enum st_status st_audit_put_fact(FILE *out, const struct st_fact *fact,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_audit_put_facts_end(FILE *out, enum st_fact_kind kind) ST_NONNULL;
/* "participants.csv", "cards.xml" */
const char *st_audit_fact_file(enum st_fact_kind kind, char *text, size_t size) ST_NONNULL;
/* Rows of a table, with the names of their columns before the first. */
void st_audit_put_row(FILE *out, const struct st_audit_row *row, bool is_first) ST_NONNULL;

/* ---- inputs, read back (formats/audit_read.c) ---------------------------------------------- */

/* Everything here is ST_BAD_INPUT with file and line when it is not as written above. `path` is
 * that of the file; it is borrowed. */
struct st_audit_reader;
enum st_status st_audit_journal_open(const char *path, struct st_audit_reader **out,
                                     struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* *found false: the file is at its end. Text lives until the next call. */
enum st_status st_audit_journal_next(struct st_audit_reader *reader, bool *found,
                                     struct st_audit_command *out,
                                     struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Of the last row. */
int64_t st_audit_reader_line(const struct st_audit_reader *reader) ST_NONNULL;
void st_audit_reader_free(struct st_audit_reader *reader);
/* Everything but the secret. */
enum st_status st_audit_read_municipality(const char *path, struct st_municipality *out,
                                          struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* 64 hexadecimal digits and a newline. */
enum st_status st_audit_read_secret(const char *path, char secret[ST_HASH_TEXT_SIZE],
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_audit_read_rates(const char *path,
                                   enum st_status (*visit)(void *, const struct st_audit_rate *),
                                   void *context, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 4);
enum st_status st_audit_read_files(const char *path,
                                   enum st_status (*visit)(void *, const struct st_audit_file *),
                                   void *context, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 4);

/* ---- rows compared (formats/audit_compare.c) ----------------------------------------------- */

enum { ST_AUDIT_VALUE_SIZE = 1200 };
/* The first row or column in which a table differs. */
struct st_audit_difference {
    bool found;
    char row[ST_AUDIT_VALUE_SIZE];    /* its key: "person_id 01819000049, line 2" */
    char column[48];                  /* "": the whole row is on one side alone */
    char stored[ST_AUDIT_VALUE_SIZE]; /* in the bundle */
    char rebuilt[ST_AUDIT_VALUE_SIZE];
};
/* Rows that were rebuilt are held, one after the other, against the file that has the stored ones:
 * open -> row ... -> end, which fills *out -> free. A file that is not there has no rows. */
struct st_audit_comparison;
enum st_status st_audit_compare_open(const char *path, struct st_audit_comparison **out,
                                     struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_audit_compare_row(struct st_audit_comparison *comparison,
                                    const struct st_audit_row *row,
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_audit_compare_end(struct st_audit_comparison *comparison,
                          struct st_audit_difference *out) ST_NONNULL;
void st_audit_compare_free(struct st_audit_comparison *comparison);

/* ---- the report (formats/audit_report.c, formats/audit_sections.c) ------------------------- */

/* What the whole bundle is about. */
struct st_audit_about {
    struct st_municipality municipality; /* the secret is not used */
    int64_t entry_count;
    char head[ST_HASH_TEXT_SIZE], last_hash[ST_HASH_TEXT_SIZE];
    char first_time[ST_TIME_TEXT_SIZE], last_time[ST_TIME_TEXT_SIZE];
    bool is_past; /* --known: the ledger has later entries, or may have */
};

/* index.html, report.json and a CSV file a section, written side by side: begin; section by
 * section, in any order, st_audit_section and its rows; end. In HTML numbers of persons are
 * masked after six digits, accounts before the last four, and of a long table the first rows
 * stand; CSV and JSON have everything, in full. */
enum st_audit_section {
    ST_AUDIT_VERIFICATION,
    ST_AUDIT_RUNS,
    ST_AUDIT_EXPORTS,
    ST_AUDIT_ACTORS,
    ST_AUDIT_JOURNAL,
    ST_AUDIT_ACCOUNTS,
    ST_AUDIT_FINDINGS,
    ST_AUDIT_CLAIMS,
    ST_AUDIT_RATES,
    ST_AUDIT_SAMPLES,
    ST_AUDIT_LINES, /* of the samples */
    ST_AUDIT_SECTION_COUNT
};
struct st_audit_report;
enum st_status st_audit_report_begin(struct st_bundle *bundle, const struct st_audit_about *about,
                                     struct st_audit_report **out,
                                     struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Ends the section before, and begins this one. */
enum st_status st_audit_section(struct st_audit_report *report, enum st_audit_section section,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_audit_report_verified(struct st_audit_report *report,
                              const struct st_verify_row *row) ST_NONNULL;
/* What was looked at; after the last finding. Ends the section. */
enum st_status st_audit_report_summary(struct st_audit_report *report,
                                       const struct st_verify_summary *summary,
                                       struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_audit_report_run(struct st_audit_report *report, const struct st_run_row *row) ST_NONNULL;
void st_audit_report_export(struct st_audit_report *report,
                            const struct st_audit_export *row) ST_NONNULL;
void st_audit_report_actor(struct st_audit_report *report,
                           const struct st_audit_actor *row) ST_NONNULL;
void st_audit_report_entry(struct st_audit_report *report,
                           const struct st_audit_command *row) ST_NONNULL;
void st_audit_report_account(struct st_audit_report *report,
                             const struct st_audit_account *row) ST_NONNULL;
void st_audit_report_finding(struct st_audit_report *report, const struct st_run_row *run,
                             const struct st_finding_row *row) ST_NONNULL;
void st_audit_report_claim(struct st_audit_report *report,
                           const struct st_claim_row *row) ST_NONNULL;
void st_audit_report_rate(struct st_audit_report *report,
                          const struct st_audit_rate *row) ST_NONNULL;
/* `proof`: the file's name in the bundle; "" when the payslip could not be proved. */
void st_audit_report_sample(struct st_audit_report *report, const struct st_audit_sample *sample,
                            const struct st_payslip_row *row, const char *proof) ST_NONNULL;
void st_audit_report_line(struct st_audit_report *report, int sample,
                          const struct st_line_row *row) ST_NONNULL;
enum st_status st_audit_report_end(struct st_audit_report *report,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_audit_report_free(struct st_audit_report *report);
/* README.txt: what each file is, and how it is checked. */
void st_audit_put_readme(FILE *out, const struct st_audit_about *about) ST_NONNULL;

#endif
