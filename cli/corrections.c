/* SPDX-License-Identifier: MIT */
/* corrections.c - `stonad corrections` and `claims`: earlier months put right by a run, and what
 * participants owe because of it. The same list is the preview of `run --dry-run`.
 */
#include "cli/cli.h"
#include "cli/known.h"

#include "stonad/identifier.h"

struct walk {
    struct st_report *report;
    struct st_error *error;
    bool in_full;
    int64_t count;
    st_amount owed; /* claims: of the last row met */
};

/* ---- corrections ----------------------------------------------------------------------------- */

static const struct st_report_column correction_columns[] = {
    {"run", NULL, ST_CELL_INTEGER, 3, true},
    {"person_id", NULL, ST_CELL_TEXT, 11, false},
    {"name", NULL, ST_CELL_TEXT, 24, false},
    {"month", NULL, ST_CELL_MONTH, 7, false},
    {"paid", NULL, ST_CELL_AMOUNT, 12, false},
    {"due", NULL, ST_CELL_AMOUNT, 12, false},
    {"difference", NULL, ST_CELL_AMOUNT, 12, false},
    {"cause_entry", NULL, ST_CELL_INTEGER, 5, true},
    {"cause", NULL, ST_CELL_TEXT, 1, false},
};

struct correction_walk {
    struct walk walk;
    int64_t run;
};

static enum st_status correction_row(void *context, const struct st_correction_row *row) {
    struct correction_walk *of_run = context;
    struct walk *walk = &of_run->walk;
    char masked[ST_PERSON_NUMBER_SIZE];
    st_person_number_mask(row->person_id, masked);
    st_report_integer(walk->report, of_run->run);
    st_report_text(walk->report, walk->in_full ? row->person_id : masked);
    st_report_text(walk->report, row->name);
    st_report_month(walk->report, row->month);
    st_report_amount(walk->report, row->paid);
    st_report_amount(walk->report, row->due);
    st_report_amount(walk->report, row->difference);
    st_report_integer(walk->report, row->cause_entry);
    st_report_text(walk->report, row->cause);
    return st_cli_output_works(walk->error);
}

enum st_status st_cli_run_report_corrections(const struct st_invocation *invocation,
                                             struct st_ledger *ledger, int64_t run,
                                             const char *person_id, bool in_full,
                                             struct st_error *error) {
    struct correction_walk of_run = {.walk = {.error = error, .in_full = in_full}, .run = run};
    enum st_status status =
        st_cli_report(invocation, correction_columns, ST_COUNT_OF(correction_columns),
                      &of_run.walk.report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_each_correction(ledger, run, person_id, correction_row, &of_run, error);
    return st_cli_report_end(of_run.walk.report, status, error);
}

enum st_status st_cli_run_print_corrections(const struct st_invocation *invocation,
                                            struct st_ledger *ledger,
                                            const struct st_run_row *row, bool in_full,
                                            struct st_error *error) {
    if (row->corrected_count == 0)
        return ST_OK;
    (void)printf("\nEarlier months put right (before tax; a sum below zero becomes a claim):\n");
    return st_cli_run_report_corrections(invocation, ledger, row->run, NULL, in_full, error);
}

enum st_status st_command_corrections(const struct st_invocation *invocation,
                                      struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_kept_run kept;
    const char *person_id = NULL;
    enum st_status status = st_cli_known_run_open(invocation, &ledger, &kept, &person_id, error);
    return status == ST_OK ? st_cli_run_report_corrections(invocation, ledger, kept.row.run,
                                                           person_id, true, error)
                           : status;
}

/* ---- claims ---------------------------------------------------------------------------------- */

static enum st_status claim_row(void *context, const struct st_claim_row *row) {
    struct walk *walk = context;
    walk->count++;
    st_report_text(walk->report, row->person_id);
    st_report_text(walk->report, row->name);
    st_report_integer(walk->report, row->run);
    st_report_date(walk->report, row->payday);
    st_report_text(walk->report, row->kind);
    st_report_date(walk->report, row->decided);
    st_report_amount(walk->report, row->amount);
    st_report_amount(walk->report, row->remaining);
    return st_cli_output_works(walk->error);
}

enum st_status st_command_claims(const struct st_invocation *invocation, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"person_id", NULL, ST_CELL_TEXT, 11, false}, {"name", NULL, ST_CELL_TEXT, 24, false},
        {"run", NULL, ST_CELL_INTEGER, 3, false},     {"payday", NULL, ST_CELL_DATE, 10, false},
        {"kind", NULL, ST_CELL_TEXT, 11, false},      {"decided", NULL, ST_CELL_DATE, 10, false},
        {"amount", NULL, ST_CELL_AMOUNT, 12, false},  {"remaining", NULL, ST_CELL_AMOUNT, 12, false},
    };
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct walk walk = {.error = error, .in_full = true};
    const char *person_id = NULL;
    enum st_status status = st_cli_value_person(invocation, &person_id, error);
    if (status == ST_OK)
        status = st_cli_known_open(invocation, &ledger, error);
    if (status == ST_OK)
        status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &walk.report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_each_claim(ledger, person_id, claim_row, &walk, error);
    return st_cli_report_end(walk.report, status, error);
}
