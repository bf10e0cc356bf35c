/* SPDX-License-Identifier: MIT */
/* run_internal.h - a run between its files: run.c (may it be made; the walk; the totals),
 * run_facts.c (one person's facts, merged from the tables), run_history.c (what earlier runs left of
 * the person), run_cause.c (why an earlier month is put right), run_write.c (payslip, lines,
 * findings, checked).
 */
#ifndef STONAD_DB_RUN_INTERNAL_H
#define STONAD_DB_RUN_INTERNAL_H

#include "db/canonical.h"
#include "db/ledger_internal.h"
#include "stonad/replay.h"

/* ---- what earlier runs left (run_history.c) -------------------------------------------------- */

struct st_run_history;
struct st_history_terms {
    int64_t before; /* runs made, and what became of them, before this entry */
    st_date payday; /* earlier payments of its year count towards an exemption (R14) */
    /* R11, R12: without, nobody is looked back at, and there are no claims */
    bool with_corrections;
    bool everyone;          /* look at everybody, touched or not */
    st_month month;
    st_month first_month;   /* as said at init; 0: that of the first run */
    const char *rates_digest, *rule_set;
};
enum st_status st_run_history_new(struct st_ledger *ledger, const struct st_history_terms *terms,
                                  struct st_run_history **out,
                                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_run_history_free(struct st_run_history *history);
/* Fills what the engine is to know of earlier runs; persons in order. `is_touched`: something of the
 * person, or of a partner, was recorded since the last run. Borrowed until the next person. */
enum st_status st_run_history_read(struct st_run_history *history, bool is_touched,
                                   struct st_person_facts *facts,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* R11's first month: 0 while there is neither one said nor a run. */
st_month st_run_history_first_month(const struct st_run_history *history) ST_NONNULL;
/* The entry of the last run that counts; 0: none. */
int64_t st_run_history_since(const struct st_run_history *history) ST_NONNULL;
/* The date recorded for that run; ST_DATE_NONE: none. */
st_date st_run_history_known(const struct st_run_history *history) ST_NONNULL;
bool st_run_history_is_everyone(const struct st_run_history *history) ST_NONNULL;
/* The run of a month, and its entry; false when it had none. */
bool st_run_history_of_month(const struct st_run_history *history, st_month month, int64_t *run,
                             int64_t *entry) ST_NONNULL;

/* ---- facts in (run_facts.c) ---------------------------------------------------------------- */

/* Walks the register in person order. Everything it hands out is borrowed until the next person. Who
 * was withdrawn from it is met while there is something to put right. */
struct st_facts_reader;
struct st_facts_terms {
    int64_t before; /* facts recorded before this entry */
    st_date payday;
    bool with_programme_checks; /* the facts of R18-R22 too; a run has no use for them */
    struct st_history_terms history; /* its payday is this; its `before` too, unless it has one */
};
enum st_status st_facts_reader_new(struct st_ledger *ledger, const struct st_facts_terms *terms,
                                   struct st_facts_reader **out,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_facts_reader_free(struct st_facts_reader *reader);
enum st_status st_facts_reader_next(struct st_facts_reader *reader, struct st_person_facts *out,
                                    bool *found, struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* What was recorded of the person met last, or of a partner, since the last run that counts. */
struct st_fact_change {
    enum st_fact_kind kind;
    int64_t entry;
    st_date from, to; /* ST_DATE_NONE, ST_DATE_OPEN where the kind has no period, or it is gone */
    const char *word; /* of absences and other benefits: their kind; "" of others */
    bool is_withdrawn, is_partner;
};
const struct st_fact_change *st_facts_reader_changes(const struct st_facts_reader *reader,
                                                     size_t *count) ST_NONNULL;
const struct st_run_history *
st_facts_reader_history(const struct st_facts_reader *reader) ST_NONNULL;

struct st_run_rates;
/* The reader of a run on these terms, made with `entry`; fills terms->first_month (run.c). `first_month` as
 * said at init. */
enum st_status st_run_reader_new(struct st_ledger *ledger, struct st_run_terms *terms, int64_t entry,
                                 st_month first_month, const struct st_run_rates *rates,
                                 bool everyone, struct st_facts_reader **out,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- rates in (run.c) ---------------------------------------------------------------------- */

/* Every G known on `known` and recorded before entry `before`, and the digest of all rates of which
 * that is so, as docs/ledger.md says. `rates` begins zeroed; the caller frees its items. */
struct st_run_rates {
    struct st_rate *items;
    int64_t *entries; /* of each */
    size_t count;
    char digest[ST_DIGEST_TEXT_SIZE];
};
enum st_status st_run_rates_read(struct st_ledger *ledger, st_date known, int64_t before,
                                 struct st_run_rates *rates,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;

void st_run_rates_free(struct st_run_rates *rates) ST_NONNULL;

/* ---- why a month is put right (run_cause.c) -------------------------------------------------- */

enum { ST_CAUSE_SIZE = 400 };
struct st_cause {
    char text[ST_CAUSE_SIZE]; /* "absence unapproved, 2026-05-05 to 2026-05-07 (entry 12)" */
    int64_t entry;            /* the last that it names; 0: none recorded it */
};
/* Why the month of the person met last is not what was paid for it: a month never paid, a rate, facts
 * recorded since the last run. */
void st_run_cause(const struct st_facts_reader *reader, const struct st_run_rates *rates,
                  const struct st_correction *correction, struct st_cause *out) ST_NONNULL;

/* ---- payslips out (run_write.c) ------------------------------------------------------------ */

struct st_run_totals {
    int64_t person_count, held_count, payment_count, finding_count, corrected_count;
    st_amount benefit, taxable, tax, net, corrections, recovery, claims;
};
/* Adds a payslip that is due to the sums; false when they leave 64 bits. Findings are counted apart
 * (run_write.c). */
bool st_run_totals_add(struct st_run_totals *totals,
                       const struct st_payslip *payslip) ST_MUST_CHECK ST_NONNULL;
struct st_payslip_writer {
    struct st_writer payslip, line, correction, claim, finding;
    int64_t run;
    /* borrowed: for why an earlier month is put right */
    const struct st_facts_reader *reader;
    const struct st_run_rates *rates;
    st_month month;
    char end_to_end_prefix[ST_TEXT_ID_SIZE]; /* "<orgnr>-<YYYYMMDD>-<run>-" */
    struct st_run_totals totals;
    struct st_leaf_maker leaves; /* of the tree over the payslips */
    struct st_tree tree;
};
/* What the end-to-end ids of a run begin with (run.c); the payment's number follows, seven digits. */
void st_end_to_end_prefix(const char *organisation_number, st_date payday, int64_t run,
                          char text[ST_TEXT_ID_SIZE]) ST_NONNULL;
/* Reads the ledger's secret, for the tree; to be closed whatever came of it. */
enum st_status st_payslip_writer_open(struct st_payslip_writer *writer, struct st_ledger *ledger,
                                      struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The root of the tree over the payslips written so far: for st_entry.root, before the commit. */
enum st_status st_payslip_writer_root(const struct st_payslip_writer *writer,
                                      char root[ST_DIGEST_TEXT_SIZE],
                                      struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_payslip_writer_close(struct st_payslip_writer *writer) ST_NONNULL;
/* Findings of a person; of the run as a whole with person_id "". */
enum st_status st_payslip_write_findings(struct st_payslip_writer *writer, const char *person_id,
                                         const struct st_finding *findings, size_t count,
                                         struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 5);
/* Payslip (if one is due), lines and findings, in the order of enum st_table; a leaf of the tree.
 * ST_DAMAGED when they do not balance. */
enum st_status st_payslip_write(struct st_payslip_writer *writer,
                                const struct st_participant *participant,
                                const struct st_payslip *payslip,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- the rows of a run computed again (replay.c) --------------------------------------------- */

/* A value, or (column "") a row, of payslip, line, correction, claim or finding that is not what the
 * run computed again comes to. */
struct st_replay_place {
    enum st_table table;
    int64_t run;
    const char *person_id; /* "": the run as a whole */
    int64_t number;        /* line, number, or the month of a correction; 0 of a payslip */
    const char *stored_key; /* the same as it stands in a stored row that is one too many; or NULL */
    bool is_stranger;       /* nothing is recomputed of the person */
    const char *column;
    struct st_replay_value stored, recomputed;
    sqlite3_stmt *row; /* the stored row and the column's place in it; NULL with column "" */
    int row_column, row_type; /* the type before it was read */
    bool has_amount; /* what the stored row moves */
    st_amount amount;
};
/* What rows are made with, as st_payslip_writer has it; borrowed until the replay ends. */
struct st_replayed_run {
    int64_t run;
    st_month month;
    const char *id_prefix;
    const struct st_facts_reader *reader;
    const struct st_run_rates *rates;
};
/* Other than ST_OK ends the replay. */
struct st_replay_watch {
    void *context;
    enum st_status (*begin)(void *context, const struct st_replayed_run *run);
    /* What was recomputed, person by person; participant NULL: the findings of the run as a whole. */
    enum st_status (*person)(void *context, const struct st_participant *participant,
                             const struct st_payslip *payslip);
    enum st_status (*differ)(void *context, const struct st_replay_place *place);
};
/* Computes the run again from what was known then, inside the caller's transaction. ST_DAMAGED,
 * ST_REFUSED or ST_BAD_INPUT when that cannot be done any more. */
enum st_status st_replay_rows(struct st_ledger *ledger, int64_t run,
                              const struct st_replay_watch *watch,
                              struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- a run's row and state (run_read.c) ---------------------------------------------------- */

/* As st_ledger_find_run, inside a transaction. */
enum st_status st_run_find(struct st_ledger *ledger, int64_t run, struct st_run_row *out,
                           struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- four eyes (run_state.c) ---------------------------------------------------------------- */

/* The same person, however the name is written: case, composition and spaces do not count. */
bool st_is_same_actor(const char *a, const char *b) ST_NONNULL;

#endif
