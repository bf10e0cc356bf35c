/* SPDX-License-Identifier: MIT */
/* hledger.h - the books of runs as a plain-text journal for hledger, double entry: one transaction
 * a payslip, two postings a line, and after each run the balance of every account as an assertion,
 * so that hledger itself proves the totals. docs/hledger.md: the accounts, and what is not in them.
 *
 * Streamed: begin, then for each run st_hledger_run, its payslips (each followed by its lines) and
 * st_hledger_run_end, then st_hledger_finish; st_hledger_free at any point. Runs come by payday,
 * then number: hledger checks balances in the order of dates. The same records give the same bytes.
 *
 * No name, and no number of a person unless asked for: the books go to other people than the
 * payslips. After anything but ST_OK nothing is to be written but st_hledger_free.
 */
#ifndef STONAD_HLEDGER_H
#define STONAD_HLEDGER_H

#include "stonad/base.h"
#include "stonad/record.h"

#include <stdio.h>

/* What the journal is about. Borrowed until st_hledger_free. */
struct st_hledger_scope {
    const struct st_municipality *municipality;
    int64_t run;              /* the one run it holds; 0: every run that is not discarded */
    const int64_t *discarded; /* with run 0: the runs left out, for the comment at the top */
    size_t discarded_count;
    bool with_people; /* an account a person for clearing and claims, named by the person number */
};

struct st_hledger;
/* Writes the head: what it is, the commodity, the accounts. `out` stays the caller's. ST_IO when
 * memory ran out. */
enum st_status st_hledger_begin(FILE *out, const struct st_hledger_scope *scope,
                                struct st_hledger **books, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
/* A run begins. Its texts are borrowed until the call returns. ST_REFUSED when it is discarded. */
enum st_status st_hledger_run(struct st_hledger *books, const struct st_run_row *run,
                              struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The next payslip of the run, then its lines. A payslip without lines makes no transaction.
 * ST_DAMAGED when the lines of the one before do not balance, or a line names a kind or an account
 * that there is not. */
enum st_status st_hledger_payslip(struct st_hledger *books, const struct st_payslip_row *payslip,
                                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_hledger_line(struct st_hledger *books, const struct st_line_row *line,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The balances after the run. ST_DAMAGED when its payslips and lines do not come to the totals that
 * the run recorded. */
enum st_status st_hledger_run_end(struct st_hledger *books, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
/* The tail, and whether all could be written (ST_IO). Does not close the stream. */
enum st_status st_hledger_finish(struct st_hledger *books, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
/* Transactions so far: of payslips, not those of balances. */
int64_t st_hledger_transaction_count(const struct st_hledger *books) ST_NONNULL;
void st_hledger_free(struct st_hledger *books);

#endif
