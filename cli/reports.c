/* SPDX-License-Identifier: MIT */
/* reports.c - `stonad runs`, `show`, `payslips` and `lines`: what the ledger tells about runs; with
 * --known, as it would have on that day. */
#include "cli/cli.h"
#include "cli/known.h"

/* What a walk over rows carries. */
struct walk {
    struct st_report *report;
    struct st_ledger *ledger;
    const struct st_municipality *payer;
    const struct st_run_row *run;
    int64_t count; /* of payslips printed */
    enum st_language language; /* of the payslip being printed */
    struct st_error *error;
};

/* ---- runs and show ------------------------------------------------------------------------- */

static enum st_status run_row(void *context, const struct st_run_row *row) {
    struct walk *walk = context;
    st_cli_run_cells(walk->report, row);
    return st_cli_output_works(walk->error);
}

enum st_status st_command_runs(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct walk walk = {.error = error};
    enum st_status status = st_cli_known_open(invocation, &ledger, error);
    if (status == ST_OK)
        status = st_cli_report(invocation, st_cli_run_columns, st_cli_run_column_count,
                               &walk.report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_each_run(ledger, run_row, &walk, error);
    return st_cli_report_end(walk.report, status, error);
}

/* One row a person that fits a screen: what is due, what is taken, what is paid. */
static enum st_status person_row(void *context, const struct st_payslip_row *row) {
    struct walk *walk = context;
    bool held = row->state == ST_PAYSLIP_HELD;
    st_report_text(walk->report, row->person_id);
    st_report_text(walk->report, row->name);
    st_report_amount(walk->report, row->benefit);
    st_report_amount(walk->report, (st_amount){row->taxable.ore - row->benefit.ore});
    st_report_amount(walk->report, (st_amount){-row->tax.ore});
    st_report_amount(walk->report, held ? ST_ZERO : row->net);
    st_report_text(walk->report, held ? "held back" : "");
    return st_cli_output_works(walk->error);
}

static enum st_status print_people(const struct st_invocation *invocation,
                                   struct st_ledger *ledger, const struct st_run_row *run,
                                   struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"person_id", NULL, ST_CELL_TEXT, 11, false},
        {"name", NULL, ST_CELL_TEXT, 26, false},
        {"benefit", NULL, ST_CELL_AMOUNT, 10, false},
        {"deductions", NULL, ST_CELL_AMOUNT, 10, false},
        {"tax", NULL, ST_CELL_AMOUNT, 10, false},
        {"paid", NULL, ST_CELL_AMOUNT, 10, false},
        {"remark", "", ST_CELL_TEXT, 1, false},
    };
    struct walk walk = {.error = error};
    (void)putchar('\n');
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &walk.report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_each_payslip(ledger, run->run, NULL, person_row, &walk, error);
    return st_cli_report_end(walk.report, status, error);
}

enum st_status st_command_show(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_kept_run kept;
    const char *person_id = NULL; /* show takes no --person */
    enum st_status status = st_cli_known_run_open(invocation, &ledger, &kept, &person_id, error);
    if (status == ST_OK)
        status = st_cli_run_print(invocation, &kept.row, error);
    if (status != ST_OK || invocation->format != ST_FORMAT_TEXT)
        return status;
    status = st_cli_run_print_held(ledger, &kept.row, true, error);
    if (status == ST_OK)
        status = st_cli_run_print_findings(ledger, &kept.row, true, error);
    if (status == ST_OK)
        status = st_cli_run_print_corrections(invocation, ledger, &kept.row, true, error);
    if (status == ST_OK && st_option_given(invocation, ST_OPTION_PEOPLE))
        status = print_people(invocation, ledger, &kept.row, error);
    /* What was to be done next on an earlier day is no advice for today. */
    if (status == ST_OK && !st_option_given(invocation, ST_OPTION_KNOWN))
        st_cli_run_print_next(invocation, &kept.row);
    return status;
}

/* ---- payslips ------------------------------------------------------------------------------ */

static enum st_status payslip_row(void *context, const struct st_payslip_row *row) {
    struct walk *walk = context;
    const st_amount amounts[] = {row->benefit, row->offsets,     row->work,
                                 row->absence, row->corrections, row->recovery,
                                 row->taxable, row->tax,         row->net};
    st_report_text(walk->report, row->person_id);
    st_report_text(walk->report, row->name);
    st_report_month(walk->report, row->month);
    for (size_t i = 0; i < ST_COUNT_OF(amounts); i++)
        st_report_amount(walk->report, amounts[i]);
    st_report_text(walk->report, row->state == ST_PAYSLIP_HELD ? "held"
                                                               : st_run_state_name(walk->run->state));
    return st_cli_output_works(walk->error);
}

static enum st_status payslip_text_line(void *context, const struct st_line_row *line) {
    const struct walk *walk = context;
    st_payslip_text_line(stdout, walk->language, line);
    return st_cli_output_works(walk->error);
}

static enum st_status payslip_text_correction(void *context, const struct st_correction_row *row) {
    const struct walk *walk = context;
    st_payslip_text_correction(stdout, walk->language, row);
    return st_cli_output_works(walk->error);
}

static enum st_status payslip_text(void *context, const struct st_payslip_row *row) {
    struct walk *walk = context;
    enum st_status status;
    if (walk->count++ > 0)
        (void)putchar('\n');
    walk->language = row->language;
    st_payslip_text_begin(stdout, walk->payer, walk->run, row);
    status = st_ledger_each_line(walk->ledger, walk->run->run, row->person_id, payslip_text_line,
                                 walk, walk->error);
    if (status == ST_OK && walk->run->corrected_count > 0)
        status = st_ledger_each_correction(walk->ledger, walk->run->run, row->person_id,
                                           payslip_text_correction, walk, walk->error);
    if (status == ST_OK)
        st_payslip_text_end(stdout, walk->run, row);
    return status;
}

static enum st_status print_payslips(const struct st_invocation *invocation, const char *person_id,
                                     struct walk *walk) {
    static const struct st_report_column columns[] = {
        {"person_id", NULL, ST_CELL_TEXT, 11, false},
        {"name", NULL, ST_CELL_TEXT, 24, false},
        {"month", NULL, ST_CELL_MONTH, 7, false},
        {"benefit", NULL, ST_CELL_AMOUNT, 11, false},
        {"offsets", NULL, ST_CELL_AMOUNT, 11, false},
        {"work", NULL, ST_CELL_AMOUNT, 11, false},
        {"absence", NULL, ST_CELL_AMOUNT, 11, false},
        {"corrections", NULL, ST_CELL_AMOUNT, 11, false},
        {"recovery", NULL, ST_CELL_AMOUNT, 11, false},
        {"taxable", NULL, ST_CELL_AMOUNT, 11, false},
        {"tax", NULL, ST_CELL_AMOUNT, 11, false},
        {"net", NULL, ST_CELL_AMOUNT, 11, false},
        {"state", NULL, ST_CELL_TEXT, 5, false},
    };
    struct st_error *error = walk->error;
    int64_t run = walk->run->run;
    enum st_status status;
    if (invocation->format == ST_FORMAT_TEXT)
        return st_ledger_each_payslip(walk->ledger, run, person_id, payslip_text, walk, error);
    status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &walk->report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_each_payslip(walk->ledger, run, person_id, payslip_row, walk, error);
    return st_cli_report_end(walk->report, status, error);
}

enum st_status st_command_payslips(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_municipality payer = {0};
    struct st_kept_run kept;
    struct walk walk = {.payer = &payer, .run = &kept.row, .error = error};
    const char *person_id = NULL;
    enum st_status status = st_cli_known_run_open(invocation, &ledger, &kept, &person_id, error);
    if (status == ST_OK)
        status = st_ledger_municipality(ledger, &payer, error);
    if (status != ST_OK)
        return status;
    walk.ledger = ledger;
    return print_payslips(invocation, person_id, &walk);
}

/* ---- lines --------------------------------------------------------------------------------- */

static enum st_status line_row(void *context, const struct st_line_row *line) {
    struct walk *walk = context;
    st_report_text(walk->report, line->person_id);
    st_report_month(walk->report, line->month);
    st_report_integer(walk->report, line->line);
    st_report_text(walk->report, line->kind);
    st_report_date(walk->report, line->from);
    st_report_date(walk->report, line->to);
    st_report_decimal(walk->report, line->quantity, 6);
    st_report_text(walk->report, line->unit);
    st_report_decimal(walk->report, line->rate, 2);
    st_report_amount(walk->report, line->amount);
    st_report_text(walk->report, line->rule);
    st_report_text(walk->report, line->citation);
    return st_cli_output_works(walk->error);
}

enum st_status st_command_lines(const struct st_invocation *invocation, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"person_id", NULL, ST_CELL_TEXT, 11, false},  {"month", NULL, ST_CELL_MONTH, 7, false},
        {"line", NULL, ST_CELL_INTEGER, 4, false},     {"kind", NULL, ST_CELL_TEXT, 24, false},
        {"from", NULL, ST_CELL_DATE, 10, false},       {"to", NULL, ST_CELL_DATE, 10, false},
        {"quantity", NULL, ST_CELL_DECIMAL, 9, false}, {"unit", NULL, ST_CELL_TEXT, 11, false},
        {"rate", NULL, ST_CELL_DECIMAL, 10, false},    {"amount", NULL, ST_CELL_AMOUNT, 12, false},
        {"rule", NULL, ST_CELL_TEXT, 4, false},        {"citation", NULL, ST_CELL_TEXT, 30, false},
    };
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_kept_run kept;
    struct walk walk = {.error = error};
    const char *person_id = NULL;
    enum st_status status = st_cli_known_run_open(invocation, &ledger, &kept, &person_id, error);
    if (status == ST_OK)
        status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &walk.report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_each_line(ledger, kept.row.run, person_id, line_row, &walk, error);
    return st_cli_report_end(walk.report, status, error);
}
