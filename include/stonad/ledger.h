/* SPDX-License-Identifier: MIT */
/* ledger.h - the ledger: one SQLite file that holds facts, rates, the journal, runs and payslips.
 *
 * The journal is the spine: every command that writes appends one entry, in one transaction, with the
 * digest of the rows it wrote and the hash of the entry before. Rows are only ever added. A run's state
 * is what the last journal entry that names it says.
 *
 * Conventions: functions return enum st_status and, when it is not ST_OK, fill *error. Text in structs
 * handed to a visitor is borrowed until the visitor returns; a visitor that returns other than ST_OK
 * stops the walk and that status is passed on. `dry_run` does all the work, then rolls it back.
 */
#ifndef STONAD_LEDGER_H
#define STONAD_LEDGER_H

#include "stonad/base.h"
#include "stonad/date.h"
#include "stonad/engine.h"
#include "stonad/fact.h"
#include "stonad/money.h"
#include "stonad/record.h"

struct st_ledger;

enum { ST_TIME_TEXT_SIZE = 21, ST_HASH_TEXT_SIZE = 65 };

/* Who acts and when: recorded in the journal entry. */
struct st_act {
    const char *actor;             /* 1-64 characters */
    char time[ST_TIME_TEXT_SIZE];  /* "YYYY-MM-DDTHH:MM:SSZ" */
    st_date today;                 /* the date of `time` */
    bool dry_run;
};

enum st_open_mode { ST_OPEN_READ, ST_OPEN_WRITE };

/* Creates the file (mode 0600; refused when it exists), the schema, the initial rates and entry 1.
 * The municipality's secret is to be 64 lower-case hexadecimal digits. */
enum st_status st_ledger_create(const char *path, const struct st_municipality *municipality,
                                const struct st_act *act, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
/* The same with the rates that a ledger began with, oldest first: it is made once more. */
enum st_status st_ledger_create_with_rates(const char *path,
                                           const struct st_municipality *municipality,
                                           const struct st_rate *rates, size_t rate_count,
                                           const struct st_act *act, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 5, 6);
/* Opens and checks application id and version. ST_IO no file or no permission; ST_DAMAGED not a ledger,
 * or of a newer version. `busy` waits are short: a ledger in use gives ST_LOCKED. */
enum st_status st_ledger_open(const char *path, enum st_open_mode mode, struct st_ledger **out,
                              struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_ledger_close(struct st_ledger *ledger);
enum st_status st_ledger_municipality(struct st_ledger *ledger, struct st_municipality *out,
                                      struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- as of a day --------------------------------------------------------------------------- */

/* The day of the ledger's first entry. */
enum st_status st_ledger_first_day(struct st_ledger *ledger, st_date *out,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* From here on the ledger answers from what was known on `date` (UTC, the whole day counts): what
 * later entries recorded is not seen - facts, rates, runs, what became of them - nor what is recorded
 * after this call. Of a ledger opened to be read. ST_REFUSED when it begins after that day. */
enum st_status st_ledger_as_of(struct st_ledger *ledger, st_date date,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- journal ------------------------------------------------------------------------------- */

struct st_journal_entry {
    int64_t entry;
    const char *time, *actor, *kind; /* init, import, run, approve, discard, export, rates */
    int64_t run;                     /* 0: names no run */
    const char *detail;              /* what was asked, one line of text */
    const char *tables;              /* "name count digest;name count digest" of the rows it wrote */
    const char *digest, *previous, *hash; /* 64 hex digits */
    const char *root;                /* of the tree over a run's payslips; "" for other entries */
};
enum st_status st_ledger_each_entry(struct st_ledger *ledger,
                                    enum st_status (*visit)(void *, const struct st_journal_entry *),
                                    void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 4);

/* The RFC 6962 tree head over the entries before `before_entry` (0: over all), 64 hex digits, and how
 * many they are; docs/ledger.md says what a leaf is. Of no entry: the SHA-256 of no bytes. */
enum st_status st_ledger_head(struct st_ledger *ledger, int64_t before_entry,
                              char head[ST_HASH_TEXT_SIZE], int64_t *entry_count,
                              struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- rates --------------------------------------------------------------------------------- */

/* Every rate as known on `known`, by effect date; as of a day (st_ledger_as_of), of those recorded
 * until then: what a run of that day uses. */
enum st_status st_ledger_each_rate(struct st_ledger *ledger, st_date known,
                                   enum st_status (*visit)(void *, const char *name,
                                                           const struct st_rate *),
                                   void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 3, 5);

/* How many rates known on `known` were recorded after the day of st_ledger_as_of. */
enum st_status st_ledger_count_late_rates(struct st_ledger *ledger, st_date known, int64_t *out,
                                          struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* Adds a rate. *is_new false: the ledger holds it already, nothing was written. ST_REFUSED when it
 * contradicts: another value with the same effect and known date, or known after the recorded time. */
enum st_status st_ledger_add_rate(struct st_ledger *ledger, const struct st_act *act,
                                  const char *name, const struct st_rate *rate, bool *is_new,
                                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- import: st_import_begin, then files, facts and problems in any order, then finish, free --- */

struct st_import;
struct st_import_result {
    int64_t entry;      /* the journal entry; 0 when nothing changed (or dry run) */
    int64_t row_count;  /* rows read */
    int64_t added_count, replaced_count, withdrawn_count, unchanged_count, left_out_count;
    int64_t problem_count;
};
struct st_import_problem {
    const char *file;
    int64_t line;       /* 1-based, in the file */
    const char *column; /* the column's name, or "" for the whole line or file */
    const char *code, *text;
};
enum st_status st_import_begin(struct st_ledger *ledger, const struct st_act *act,
                               struct st_import **out, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
/* Announces a file; `name` as it is shown in messages, `sha256` 64 hex digits of its bytes (kept). */
enum st_status st_import_file(struct st_import *import, const char *name, const char *kind,
                              const char *sha256, int *file_number, struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* For an import that is made once more from other files with the same facts (docs/audit.md): its entry
 * says `detail`, and records the files of the calls below instead of those announced. */
enum st_status st_import_as_recorded(struct st_import *import, const char *detail,
                                     struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_import_recorded_file(struct st_import *import, const char *name, const char *kind,
                                       const char *sha256, int64_t row_count,
                                       struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Stages one row that passed st_fact_check. */
enum st_status st_import_add(struct st_import *import, int file_number, int64_t line,
                             const struct st_fact *fact, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
/* Records what is wrong with a row (nothing will be written) ... */
enum st_status st_import_add_problem(struct st_import *import, int file_number, int64_t line,
                                     const char *column, const char *code, const char *text,
                                     struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* ... or what was left out without harm (a tax card of somebody not in the register). */
enum st_status st_import_add_note(struct st_import *import, int file_number, int64_t line,
                                  const char *code, const char *text, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
/* Checks the rows against each other and the register (keys twice, unknown persons, overlaps), then
 * writes all or nothing. ST_BAD_INPUT: problems are to be visited. The same content again: ST_OK, entry 0. */
enum st_status st_import_finish(struct st_import *import, struct st_import_result *result,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Problems (or notes), by file in the order announced, line, column. After st_import_finish. */
enum st_status st_import_each_problem(struct st_import *import, bool notes,
                                      enum st_status (*visit)(void *,
                                                              const struct st_import_problem *),
                                      void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 3, 5);
/* Ends the import; rolls back what was not finished. NULL is fine. */
void st_import_free(struct st_import *import);

/* ---- runs ---------------------------------------------------------------------------------- */

/* Computes a month (R1-R7, R9, R10, R14-R16) for everyone in the register, in person order, in one
 * transaction. *out is filled (text borrowed until the next call on the ledger).
 * `progress` (may be NULL) is told how many persons are done, of how many. */
enum st_status st_ledger_run(struct st_ledger *ledger, const struct st_act *act, st_month month,
                             st_date payday, void (*progress)(void *, int64_t done, int64_t all),
                             void *context, struct st_run_row *out, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 7, 8);
/* A dry run's rows are gone when st_ledger_run returns; `look` is called just before, and may read them
 * with the functions below. Not ST_OK from it is what st_ledger_run then returns. */
void st_ledger_look_at_dry_run(struct st_ledger *ledger,
                               enum st_status (*look)(void *context, const struct st_run_row *run,
                                                      struct st_error *error),
                               void *context) ST_NONNULL_ARGS(1);
/* From here on st_ledger_run looks at everybody's earlier months, not only at those of people something
 * was recorded of since the last run (R11). It finds the same; a test shows it. */
void st_ledger_recompute_all(struct st_ledger *ledger, bool all) ST_NONNULL;
/* Approves a computed run: another actor than the one who ran it, `payments` and `sum` as confirmed,
 * not after the payday. Fixes the message id. */
enum st_status st_ledger_approve(struct st_ledger *ledger, const struct st_act *act, int64_t run,
                                 int64_t payments, st_amount sum, struct st_run_row *out,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* A computed run will not be paid. */
enum st_status st_ledger_discard(struct st_ledger *ledger, const struct st_act *act, int64_t run,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;

enum st_status st_ledger_each_run(struct st_ledger *ledger,
                                  enum st_status (*visit)(void *, const struct st_run_row *),
                                  void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 4);
/* One run; ST_REFUSED when there is no such run, or was none yet (st_ledger_as_of). Text borrowed
 * until the next call on the ledger. */
enum st_status st_ledger_find_run(struct st_ledger *ledger, int64_t run, struct st_run_row *out,
                                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* Payslips of a run by person_id; `person_id` NULL for all. */
enum st_status st_ledger_each_payslip(struct st_ledger *ledger, int64_t run, const char *person_id,
                                      enum st_status (*visit)(void *, const struct st_payslip_row *),
                                      void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 4, 6);

enum st_status st_ledger_each_line(struct st_ledger *ledger, int64_t run, const char *person_id,
                                   enum st_status (*visit)(void *, const struct st_line_row *),
                                   void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 4, 6);

/* Earlier months that a run put right (R11), by person and month; `person_id` NULL: of everybody. */
enum st_status st_ledger_each_correction(struct st_ledger *ledger, int64_t run,
                                         const char *person_id,
                                         enum st_status (*visit)(void *,
                                                                 const struct st_correction_row *),
                                         void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 4, 6);
/* What moved claims (R12), by person, oldest first; `person_id` NULL: of everybody. */
enum st_status st_ledger_each_claim(struct st_ledger *ledger, const char *person_id,
                                    enum st_status (*visit)(void *, const struct st_claim_row *),
                                    void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 3, 5);

/* The findings a run printed, kept with it. */
enum st_status st_ledger_each_finding(struct st_ledger *ledger, int64_t run, const char *person_id,
                                      enum st_status (*visit)(void *, const struct st_finding_row *),
                                      void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 4, 6);

/* ---- payment files ------------------------------------------------------------------------- */

/* Whether a payment file of the run may be released: ST_REFUSED unless approved or exported. */
enum st_status st_ledger_may_export(struct st_ledger *ledger, int64_t run, struct st_run_row *out,
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Records that a payment file was written. When the run was exported in this form and content before,
 * the digest must be the same (ST_DAMAGED otherwise) and nothing is written. ST_REFUSED when another
 * payment file of the run pays, or leaves out, the tax in another way (R17): it would be paid twice. */
enum st_status st_ledger_record_export(struct st_ledger *ledger, const struct st_act *act,
                                       int64_t run, const struct st_export_file *file,
                                       struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;

/* ---- the register -------------------------------------------------------------------------- */

/* Everyone in the register by person_id, with the facts as they stand, or stood (st_ledger_as_of). */
enum st_status st_ledger_each_person(struct st_ledger *ledger,
                                     enum st_status (*visit)(void *, const struct st_participant *),
                                     void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 4);
/* The rows of one person, kind by kind, oldest entry first: the history, replaced rows too. */
struct st_history_row {
    const struct st_fact *fact;
    int64_t entry;
    const char *time, *actor;
    bool current; /* no later row has the same key */
};
enum st_status st_ledger_person_history(struct st_ledger *ledger, const char *person_id,
                                        enum st_status (*visit)(void *,
                                                                const struct st_history_row *),
                                        void *context, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 3, 5);

#endif
