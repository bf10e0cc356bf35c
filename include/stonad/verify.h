/* SPDX-License-Identifier: MIT */
/* verify.h - whether a ledger is still what its journal says was written: structure, chain, the digest
 * of every entry's rows, references, states, sums.
 *
 * Nothing is believed that can be computed again, and nothing is written. docs/verify.md lists the
 * codes and says what cannot be found without a head of the chain kept elsewhere.
 */
#ifndef STONAD_VERIFY_H
#define STONAD_VERIFY_H

#include "stonad/base.h"
#include "stonad/money.h"

enum st_verify_class {
    ST_VERIFY_STRUCTURE,  /* the file, its tables and triggers */
    ST_VERIFY_JOURNAL,    /* numbers, times, chain */
    ST_VERIFY_ROWS,       /* rows against the digest of their entry */
    ST_VERIFY_REFERENCES, /* what names what; states; approvals */
    ST_VERIFY_SUMS,       /* transfers, payslips, totals */
    ST_VERIFY_CLASS_COUNT
};
const char *st_verify_class_name(enum st_verify_class kind);

/* One finding. Text is borrowed until the visitor returns. */
struct st_verify_row {
    const char *code;  /* "VERIFY-CHAIN": stable, never reused */
    const char *table; /* several, with a space between, where one digest covers them */
    const char *row;   /* its key: "run 1, person_id 01819000049"; "" for a whole table */
    const char *field, *expected, *found;
    bool has_amount;
    st_amount amount; /* at stake: by how much a sum is wrong, or what the row moves */
    const char *text; /* one sentence; names no person */
    enum st_verify_class kind;
};

/* What was looked at. */
struct st_verify_summary {
    int64_t entry_count, run_count, payslip_count, line_count;
    int64_t row_count; /* of all tables, the journal too */
    int64_t finding_counts[ST_VERIFY_CLASS_COUNT];
};

/* Verifies the ledger at `path`, all of one moment. ST_OK whether anything was found or not;
 * ST_DAMAGED only when the file cannot be read as a ledger at all; ST_LOCKED, ST_IO as when it is
 * opened. Memory does not grow with the register. A visitor that returns other than ST_OK stops the
 * walk and that status is passed on. */
enum st_status st_ledger_verify(const char *path,
                                enum st_status (*visit)(void *, const struct st_verify_row *),
                                void *context, struct st_verify_summary *summary,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 4, 5);
/* The same, but what the first `since_entry` entries wrote is not looked at, row by row: a seal over
 * them, held against the ledger before, vouches for what was written, and is taken on its word. The
 * whole journal, the file and its tables, and what names what are looked at as always. */
enum st_status st_ledger_verify_since(const char *path, int64_t since_entry,
                                      enum st_status (*visit)(void *,
                                                              const struct st_verify_row *),
                                      void *context, struct st_verify_summary *summary,
                                      struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 3, 5, 6);

#endif
