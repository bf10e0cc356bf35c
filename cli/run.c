/* SPDX-License-Identifier: MIT */
/* run.c - `stonad run`, `approve` and `discard`: the steps of a run that change its state. */
#include "cli/cli.h"

static void show_progress(void *context, int64_t done, int64_t all) {
    (void)context;
    st_cli_progress("computing", done, all);
}

/* The totals, who is held, the findings; and, of a run that stays, what comes next. */
static enum st_status print_run(const struct st_invocation *invocation, struct st_ledger *ledger,
                                const struct st_run_row *row, struct st_error *error) {
    struct st_kept_run kept;
    st_cli_progress_end();
    st_cli_run_keep(row, &kept);
    st_cli_say_dry_run(invocation);
    if (st_option_given(invocation, ST_OPTION_CORRECTIONS))
        return st_cli_run_report_corrections(invocation, ledger, kept.row.run, NULL,
                                             invocation->format != ST_FORMAT_TEXT, error);
    enum st_status status = st_cli_run_print(invocation, &kept.row, error);
    if (status != ST_OK || invocation->format != ST_FORMAT_TEXT)
        return status;
    status = st_cli_run_print_held(ledger, &kept.row, false, error);
    if (status == ST_OK)
        status = st_cli_run_print_findings(ledger, &kept.row, false, error);
    if (status == ST_OK)
        status = st_cli_run_print_corrections(invocation, ledger, &kept.row, false, error);
    if (status == ST_OK && !invocation->act.dry_run)
        st_cli_run_print_next(invocation, &kept.row);
    return status;
}

struct look {
    const struct st_invocation *invocation;
    struct st_ledger *ledger;
};
static enum st_status look_at_dry_run(void *context, const struct st_run_row *row,
                                      struct st_error *error) {
    const struct look *look = context;
    return print_run(look->invocation, look->ledger, row, error);
}

enum st_status st_command_run(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_run_row row;
    st_month month = 0;
    st_date payday = 0;
    enum st_status status = st_cli_value_month(invocation, ST_OPTION_MONTH, &month, error);
    if (status == ST_OK)
        status = st_cli_value_date(invocation, ST_OPTION_PAYDAY, &payday, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_WRITE, &ledger, error);
    if (status != ST_OK)
        return status;
    struct look look = {invocation, ledger};
    st_ledger_look_at_dry_run(ledger, look_at_dry_run, &look);
    st_ledger_recompute_all(ledger, st_option_given(invocation, ST_OPTION_RECOMPUTE_ALL));
    status = st_ledger_run(ledger, &invocation->act, month, payday, show_progress, NULL, &row,
                           error);
    st_cli_progress_end();
    if (status != ST_OK || invocation->act.dry_run)
        return status;
    return print_run(invocation, ledger, &row, error);
}

enum st_status st_command_approve(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_run_row row;
    struct st_kept_run kept;
    int64_t run = 0, payments = 0;
    st_amount sum = ST_ZERO;
    enum st_status status = st_cli_operand_run(invocation, &run, error);
    if (status == ST_OK)
        status = st_cli_value_integer(invocation, ST_OPTION_PAYMENTS, INT64_MAX, &payments, error);
    if (status == ST_OK)
        status = st_cli_value_amount(invocation, ST_OPTION_SUM, &sum, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_WRITE, &ledger, error);
    if (status == ST_OK)
        status = st_ledger_approve(ledger, &invocation->act, run, payments, sum, &row, error);
    if (status != ST_OK)
        return status;
    st_cli_run_keep(&row, &kept);
    st_cli_say_dry_run(invocation);
    status = st_cli_run_print(invocation, &kept.row, error);
    if (status == ST_OK && invocation->format == ST_FORMAT_TEXT && !invocation->act.dry_run)
        st_cli_run_print_next(invocation, &kept.row);
    return status;
}

enum st_status st_command_discard(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_kept_run kept;
    int64_t run = 0;
    enum st_status status = st_cli_operand_run(invocation, &run, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_WRITE, &ledger, error);
    if (status == ST_OK)
        status = st_ledger_discard(ledger, &invocation->act, run, error);
    if (status == ST_OK)
        status = st_cli_run_find(ledger, run, &kept, error);
    if (status != ST_OK)
        return status;
    st_cli_say_dry_run(invocation);
    return st_cli_run_print(invocation, &kept.row, error);
}
