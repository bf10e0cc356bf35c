/* SPDX-License-Identifier: MIT */
/* run_report.c - how a run is shown: one row of `runs`, or its totals, who is held, the findings,
 * and the command that comes next.
 */
#include "cli/cli.h"

#include "stonad/identifier.h"

void st_cli_run_keep(const struct st_run_row *row, struct st_kept_run *out) {
    const char **texts[] = {&out->row.actor,       &out->row.time,       &out->row.approved_by,
                            &out->row.approved_at, &out->row.message_id, &out->row.rule_set,
                            &out->row.table_digest};
    _Static_assert(ST_COUNT_OF(texts) == ST_COUNT_OF(out->text), "a place for each text");
    out->row = *row;
    for (size_t i = 0; i < ST_COUNT_OF(texts); i++) {
        (void)snprintf(out->text[i], sizeof out->text[i], "%s", *texts[i] == NULL ? "" : *texts[i]);
        *texts[i] = out->text[i];
    }
}

enum st_status st_cli_run_find(struct st_ledger *ledger, int64_t run, struct st_kept_run *out,
                               struct st_error *error) {
    struct st_run_row row;
    enum st_status status = st_ledger_find_run(ledger, run, &row, error);
    if (status == ST_OK)
        st_cli_run_keep(&row, out);
    return status;
}

static enum st_status count_payslip(void *context, const struct st_payslip_row *row) {
    (void)row;
    ++*(int64_t *)context;
    return ST_OK;
}

/* Asked for one person: there must be a payslip, before anything is printed. */
static enum st_status check_person(struct st_ledger *ledger, int64_t run, const char *person_id,
                                   struct st_error *error) {
    char masked[ST_PERSON_NUMBER_SIZE];
    int64_t count = 0;
    enum st_status status =
        st_ledger_each_payslip(ledger, run, person_id, count_payslip, &count, error);
    if (status != ST_OK || count > 0)
        return status;
    st_person_number_mask(person_id, masked);
    return st_cli_fail(
        error, ST_BAD_INPUT, "person.payslip",
        "%s has no payslip in run %lld; `stonad payslips %lld --format csv` lists who"
        " has.",
        masked, (long long)run, (long long)run);
}

enum st_status st_cli_run_open(const struct st_invocation *invocation, struct st_ledger **ledger,
                               struct st_kept_run *kept, const char **person_id,
                               struct st_error *error) {
    int64_t run = 0;
    enum st_status status = st_cli_operand_run(invocation, &run, error);
    if (status == ST_OK)
        status = st_cli_value_person(invocation, person_id, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, ledger, error);
    if (status == ST_OK)
        status = st_cli_run_find(*ledger, run, kept, error);
    if (status == ST_OK && *person_id != NULL)
        status = check_person(*ledger, run, *person_id, error);
    return status;
}

const struct st_report_column st_cli_run_columns[] = {
    {"run", NULL, ST_CELL_INTEGER, 4, false},      {"month", NULL, ST_CELL_MONTH, 7, false},
    {"payday", NULL, ST_CELL_DATE, 10, false},     {"state", NULL, ST_CELL_TEXT, 9, false},
    {"persons", NULL, ST_CELL_INTEGER, 7, false},  {"held", NULL, ST_CELL_INTEGER, 4, false},
    {"payments", NULL, ST_CELL_INTEGER, 8, false}, {"benefit", NULL, ST_CELL_AMOUNT, 14, false},
    {"taxable", NULL, ST_CELL_AMOUNT, 14, false},  {"tax", NULL, ST_CELL_AMOUNT, 14, false},
    {"net", NULL, ST_CELL_AMOUNT, 14, false},      {"journal", NULL, ST_CELL_INTEGER, 7, false},
};
const size_t st_cli_run_column_count = ST_COUNT_OF(st_cli_run_columns);

void st_cli_run_cells(struct st_report *report, const struct st_run_row *row) {
    st_report_integer(report, row->run);
    st_report_month(report, row->month);
    st_report_date(report, row->payday);
    st_report_text(report, st_run_state_name(row->state));
    st_report_integer(report, row->person_count);
    st_report_integer(report, row->held_count);
    st_report_integer(report, row->payment_count);
    st_report_amount(report, row->benefit);
    st_report_amount(report, row->taxable);
    st_report_amount(report, row->tax);
    st_report_amount(report, row->net);
    st_report_integer(report, row->journal_entry);
}

static void print_totals(const struct st_run_row *row) {
    char month[ST_MONTH_TEXT_SIZE], payday[ST_DATE_TEXT_SIZE];
    st_month_format(row->month, month);
    st_date_format(row->payday, payday);
    st_cli_pair("run", "%lld, %s", (long long)row->run, st_run_state_name(row->state));
    st_cli_pair("month", "%s", month);
    st_cli_pair("payday", "%s", payday);
    st_cli_pair("persons", "%lld", (long long)row->person_count);
    st_cli_pair("held", "%lld", (long long)row->held_count);
    st_cli_pair("payments", "%lld", (long long)row->payment_count);
    st_cli_pair_amount("benefit", row->benefit);
    st_cli_pair_amount("deductions", (st_amount){row->taxable.ore - row->benefit.ore -
                                                 row->corrections.ore - row->recovery.ore});
    st_cli_pair_amount("corrections", row->corrections);
    st_cli_pair_amount("recovery", row->recovery);
    st_cli_pair_amount("taxable", row->taxable);
    st_cli_pair_amount("held back", (st_amount){row->net.ore + row->tax.ore - row->taxable.ore});
    st_cli_pair_amount("tax", (st_amount){-row->tax.ore});
    st_cli_pair_amount("net", row->net);
    if (row->corrected_count > 0)
        st_cli_pair("put right", "earlier months of %lld persons (R11)",
                    (long long)row->corrected_count);
    if (row->claims.ore > 0)
        st_cli_pair_amount("new claims", row->claims);
    st_cli_pair("computed", "%s by %s", row->time, row->actor);
    if (row->approved_by[0] != '\0')
        st_cli_pair("approved", "%s by %s", row->approved_at, row->approved_by);
    if (row->message_id[0] != '\0')
        st_cli_pair("message id", "%s", row->message_id);
    st_cli_pair("findings", "%lld", (long long)row->finding_count);
}

enum st_status st_cli_run_print(const struct st_invocation *invocation,
                                const struct st_run_row *row, struct st_error *error) {
    struct st_report *report;
    enum st_status status;
    if (invocation->format == ST_FORMAT_TEXT) {
        print_totals(row);
        return ST_OK;
    }
    status = st_cli_report(invocation, st_cli_run_columns, st_cli_run_column_count, &report, error);
    if (status != ST_OK)
        return status;
    st_cli_run_cells(report, row);
    return st_cli_report_end(report, ST_OK, error);
}

/* ---- held persons and findings ------------------------------------------------------------- */

struct listing {
    bool in_full;
    int64_t left; /* held persons still to be met */
    struct st_error *error;
};

static const char *shown_id(const struct listing *listing, const char *person_id,
                            char masked[ST_PERSON_NUMBER_SIZE]) {
    if (listing->in_full || person_id[0] == '\0')
        return person_id;
    st_person_number_mask(person_id, masked);
    return masked;
}

static enum st_status print_held(void *context, const struct st_payslip_row *row) {
    struct listing *listing = context;
    char masked[ST_PERSON_NUMBER_SIZE];
    if (row->state != ST_PAYSLIP_HELD)
        return ST_OK;
    (void)printf("  held: %s %s: %s\n", shown_id(listing, row->person_id, masked), row->name,
                 row->held_reason);
    /* The last one ends the walk: a register may be long. */
    return --listing->left > 0 ? st_cli_output_works(listing->error) : ST_FOUND;
}

enum st_status st_cli_run_print_held(struct st_ledger *ledger, const struct st_run_row *row,
                                     bool in_full, struct st_error *error) {
    struct listing listing = {in_full, row->held_count, error};
    enum st_status status;
    if (row->held_count == 0)
        return ST_OK;
    status = st_ledger_each_payslip(ledger, row->run, NULL, print_held, &listing, error);
    return status == ST_FOUND ? ST_OK : status;
}

static enum st_status print_finding(void *context, const struct st_finding_row *row) {
    const struct listing *listing = context;
    char masked[ST_PERSON_NUMBER_SIZE];
    const char *person_id = shown_id(listing, row->person_id, masked);
    (void)printf("  %s: %s%s%s%s%s (%s, %s) [%s]\n", row->severity, person_id,
                 row->name[0] == '\0' ? "" : " ", row->name, person_id[0] == '\0' ? "" : ": ",
                 row->text, row->rule, row->citation, row->code);
    return st_cli_output_works(listing->error);
}

enum st_status st_cli_run_print_findings(struct st_ledger *ledger, const struct st_run_row *row,
                                         bool in_full, struct st_error *error) {
    struct listing listing = {in_full, 0, error};
    if (row->finding_count == 0)
        return ST_OK;
    return st_ledger_each_finding(ledger, row->run, NULL, print_finding, &listing, error);
}

void st_cli_run_print_next(const struct st_invocation *invocation, const struct st_run_row *row) {
    char db_option[256], sum[ST_AMOUNT_TEXT_SIZE];
    long long run = (long long)row->run;
    (void)st_cli_db_option(invocation, db_option, sizeof db_option);
    st_amount_for_machines(row->net, sum);
    if (row->state == ST_RUN_COMPUTED)
        (void)printf("\nAnother person than %s approves it with:\n"
                     "  stonad approve %lld --payments %lld --sum %s%s\n",
                     row->actor, run, (long long)row->payment_count, sum, db_option);
    else if (row->state == ST_RUN_APPROVED)
        (void)printf("\nIts payment file is written with:\n"
                     "  stonad export %lld --as pain.001.001.09 -o payment-%lld.xml%s\n",
                     run, run, db_option);
}
