/* SPDX-License-Identifier: MIT */
/* run_internal.h - a run between its files: run.c (may it be made; the walk; the totals),
 * run_facts.c (one person's facts, merged from the tables), run_write.c (payslip, lines, findings,
 * checked).
 */
#ifndef STONAD_DB_RUN_INTERNAL_H
#define STONAD_DB_RUN_INTERNAL_H

#include "db/ledger_internal.h"

/* ---- facts in (run_facts.c) ---------------------------------------------------------------- */

/* Walks the register in person order. Everything it hands out is borrowed until the next person. */
struct st_facts_reader;
struct st_facts_terms {
    int64_t before; /* facts recorded before this entry */
    st_date payday; /* earlier payments of its year count towards an exemption (R14) */
    bool with_programme_checks; /* the facts of R18-R22 too; a run has no use for them */
};
enum st_status st_facts_reader_new(struct st_ledger *ledger, const struct st_facts_terms *terms,
                                   struct st_facts_reader **out,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_facts_reader_free(struct st_facts_reader *reader);
enum st_status st_facts_reader_next(struct st_facts_reader *reader, struct st_person_facts *out,
                                    bool *found, struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- rates in (run.c) ---------------------------------------------------------------------- */

/* Every G known on `known` and recorded before entry `before`, and the digest of all rates of which
 * that is so, as docs/ledger.md says. `rates` begins zeroed; the caller frees its items. */
struct st_run_rates {
    struct st_rate *items;
    size_t count;
    char digest[ST_DIGEST_TEXT_SIZE];
};
enum st_status st_run_rates_read(struct st_ledger *ledger, st_date known, int64_t before,
                                 struct st_run_rates *rates,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- payslips out (run_write.c) ------------------------------------------------------------ */

struct st_run_totals {
    int64_t person_count, held_count, payment_count, finding_count;
    st_amount benefit, taxable, tax, net;
};
struct st_payslip_writer {
    struct st_writer payslip, line, finding;
    int64_t run;
    st_month month;
    char end_to_end_prefix[ST_TEXT_ID_SIZE]; /* "<orgnr>-<YYYYMMDD>-<run>-" */
    struct st_run_totals totals;
};
/* What the end-to-end ids of a run begin with (run.c); the payment's number follows, seven digits. */
void st_end_to_end_prefix(const char *organisation_number, st_date payday, int64_t run,
                          char text[ST_TEXT_ID_SIZE]) ST_NONNULL;
void st_payslip_writer_open(struct st_payslip_writer *writer, struct st_ledger *ledger) ST_NONNULL;
void st_payslip_writer_close(struct st_payslip_writer *writer) ST_NONNULL;
/* Findings of a person; of the run as a whole with person_id "". */
enum st_status st_payslip_write_findings(struct st_payslip_writer *writer, const char *person_id,
                                         const struct st_finding *findings, size_t count,
                                         struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 5);
/* Payslip (if one is due), lines and findings; ST_DAMAGED when they do not balance. */
enum st_status st_payslip_write(struct st_payslip_writer *writer,
                                const struct st_participant *participant,
                                const struct st_payslip *payslip,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- a run's row and state (run_read.c) ---------------------------------------------------- */

/* As st_ledger_find_run, inside a transaction. */
enum st_status st_run_find(struct st_ledger *ledger, int64_t run, struct st_run_row *out,
                           struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- four eyes (run_state.c) ---------------------------------------------------------------- */

/* The same person, however the name is written: case, composition and spaces do not count. */
bool st_is_same_actor(const char *a, const char *b) ST_NONNULL;

#endif
