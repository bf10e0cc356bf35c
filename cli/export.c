/* SPDX-License-Identifier: MIT */
/* export.c - `stonad export`: a run's payment file. The books are in export_books.c.
 *
 * In this order, so that no file is ever there without a committed entry, and no reader sees half
 * of one: the run may be exported - built under a temporary name - sealed on the disk - checked
 * against our schema - recorded in the ledger - given its name.
 */
#include "cli/cli.h"

#include "stonad/calendar.h"
#include "stonad/identifier.h"
#include "stonad/payment.h"

#include <string.h>

enum { FORM_SIZE = 61, MESSAGE_ID_SIZE = 36, REMITTANCE_SIZE = 64 };

enum { FORM_PAIN_09, FORM_PAIN_03, FORM_HLEDGER };
static const char *const forms[] = {"pain.001.001.09", "pain.001.001.03", "hledger", NULL};

/* What was asked for, and the texts the order borrows. */
struct export_file {
    struct st_payment_order order;
    struct st_municipality payer;
    struct st_kept_run kept;
    const char *path;
    char form[FORM_SIZE]; /* as the ledger records it */
    char created[ST_TIME_TEXT_SIZE];
    char message_id[MESSAGE_ID_SIZE], tax_end_to_end_id[MESSAGE_ID_SIZE];
    char remittance[REMITTANCE_SIZE];
    char sha256[ST_HASH_TEXT_SIZE];
    int64_t byte_count;
};

/* ---- what is asked for --------------------------------------------------------------------- */

static enum st_status read_bank(const struct st_invocation *invocation,
                                const struct st_bank_profile **out, struct st_error *error) {
    const char *names[32] = {NULL};
    size_t chosen = 0;
    enum st_status status = ST_OK;
    for (size_t i = 0; i + 1 < ST_COUNT_OF(names) && st_bank_profile_at(i) != NULL; i++)
        names[i] = st_bank_profile_at(i)->name;
    *out = st_bank_profile_find("standard");
    if (st_option_given(invocation, ST_OPTION_BANK)) {
        status = st_cli_value_choice(invocation, ST_OPTION_BANK, names, &chosen, error);
        *out = st_bank_profile_at(chosen);
    }
    return status;
}

static enum st_status read_tax(const struct st_invocation *invocation,
                               struct st_payment_order *order, struct st_error *error) {
    const char *kid = invocation->values[ST_OPTION_TAX_KID];
    order->tax_kid = kid;
    order->with_benefits = !st_option_given(invocation, ST_OPTION_TAX_ONLY);
    if (kid == NULL && !order->with_benefits)
        return st_cli_fail(error, ST_USAGE, "option.missing",
                           "--tax-only needs --tax-kid KID as well, from the tax authority.");
    if (kid != NULL && st_kid_check(kid, strlen(kid)) == ST_KID_INVALID)
        return st_cli_fail(error, ST_BAD_INPUT, "export.kid",
                           "--tax-kid %.40s has a wrong check digit or length; copy it again from"
                           " the tax authority.",
                           kid);
    return ST_OK;
}

/* A payment file pays one run, and names people as the bank needs them. */
static enum st_status check_payment_options(const struct st_invocation *invocation,
                                            struct st_error *error) {
    if (invocation->operand_count == 0)
        return st_cli_fail(error, ST_USAGE, "argument.missing",
                           "A payment file needs the number of its run: stonad export RUN; only"
                           " --as hledger takes all runs.");
    if (st_option_given(invocation, ST_OPTION_PEOPLE))
        return st_cli_fail(error, ST_USAGE, "option.not_here",
                           "--people goes with --as hledger; leave it out.");
    return ST_OK;
}

static enum st_status read_options(const struct st_invocation *invocation, size_t form,
                                   int64_t *run, struct export_file *out, struct st_error *error) {
    enum st_status status = check_payment_options(invocation, error);
    if (status == ST_OK)
        status = st_cli_operand_run(invocation, run, error);
    if (status == ST_OK)
        status = read_bank(invocation, &out->order.bank, error);
    if (status == ST_OK)
        status = read_tax(invocation, &out->order, error);
    out->order.version = form == FORM_PAIN_09 ? ST_PAIN_09 : ST_PAIN_03;
    out->path = invocation->values[ST_OPTION_OUTPUT];
    return status;
}

/* ---- the order ----------------------------------------------------------------------------- */

/* The form as the ledger keeps it: another version, or another bank's wishes, make other bytes. */
static void describe_form(struct export_file *file) {
    const struct st_payment_order *order = &file->order;
    bool standard = strcmp(order->bank->name, "standard") == 0;
    (void)snprintf(file->form, sizeof file->form, "%s%s%s",
                   forms[order->version == ST_PAIN_09 ? FORM_PAIN_09 : FORM_PAIN_03],
                   standard ? "" : "@", standard ? "" : order->bank->name);
}

static struct st_export_file exported_file(const struct export_file *file) {
    const struct st_payment_order *order = &file->order;
    return (struct st_export_file){
        .form = file->form,
        .content = order->tax_kid == NULL   ? ST_EXPORT_BENEFITS
                   : order->with_benefits ? ST_EXPORT_BENEFITS_AND_TAX
                                            : ST_EXPORT_TAX,
        .tax_kid = order->tax_kid == NULL ? "" : order->tax_kid,
        .sha256 = file->sha256,
        .byte_count = file->byte_count};
}

static void name_messages(struct export_file *file) {
    static const char *const months[] = {"januar",    "februar", "mars",     "april",
                                         "mai",       "juni",    "juli",     "august",
                                         "september", "oktober", "november", "desember"};
    const struct st_run_row *run = &file->kept.row;
    (void)snprintf(file->message_id, sizeof file->message_id, "%.31s%s", run->message_id,
                   file->order.with_benefits ? "" : "-T");
    (void)snprintf(file->tax_end_to_end_id, sizeof file->tax_end_to_end_id, "%.31s-TAX",
                   run->message_id);
    (void)snprintf(file->remittance, sizeof file->remittance, "Introduksjonsstønad %s %d",
                   months[run->month % 12], run->month / 12);
    /* "YYYY-MM-DDTHH:MM:SSZ" without its Z. */
    (void)snprintf(file->created, sizeof file->created, "%.19s", run->approved_at);
}

static void fill_order(struct export_file *file) {
    const struct st_run_row *run = &file->kept.row;
    struct st_payment_order *order = &file->order;
    name_messages(file);
    describe_form(file);
    order->message_id = file->message_id;
    order->created = file->created;
    order->payment_count = order->with_benefits ? run->payment_count : 0;
    order->payment_sum = order->with_benefits ? run->net : ST_ZERO;
    order->debtor_name = file->payer.name;
    order->debtor_account = file->payer.account;
    order->debtor_bic = file->payer.bic;
    order->debtor_town = file->payer.town;
    order->debtor_postcode = file->payer.postcode;
    order->organisation_number = file->payer.organisation_number;
    order->payday = run->payday;
    order->remittance = file->remittance;
    order->tax_sum = order->tax_kid == NULL ? ST_ZERO : run->tax;
    order->tax_payday = st_tax_due_date(run->payday);
    order->tax_end_to_end_id = file->tax_end_to_end_id;
}

/* ---- the file ------------------------------------------------------------------------------ */

struct writing {
    struct st_payment_writer *writer;
    struct st_error *error;
};

static enum st_status add_payment(void *context, const struct st_payslip_row *row) {
    struct writing *writing = context;
    const struct st_payment payment = {row->end_to_end_id, row->name, row->account, row->net};
    if (row->state != ST_PAYSLIP_DUE || row->net.ore <= 0)
        return ST_OK;
    return st_payment_add(writing->writer, &payment, writing->error);
}

static enum st_status write_payments(struct st_ledger *ledger, struct st_new_file *new_file,
                                     const struct export_file *file, struct st_error *error) {
    struct writing writing = {NULL, error};
    enum st_status status =
        st_payment_begin(st_new_file_stream(new_file), &file->order, &writing.writer, error);
    if (status == ST_OK && file->order.with_benefits)
        status =
            st_ledger_each_payslip(ledger, file->kept.row.run, NULL, add_payment, &writing, error);
    if (status == ST_OK)
        status = st_payment_finish(writing.writer, error);
    st_payment_free(writing.writer);
    return status;
}

static enum st_status write_file(const struct st_invocation *invocation, struct st_ledger *ledger,
                                 struct export_file *file, struct st_error *error) {
    struct st_new_file *new_file = NULL;
    enum st_status status = st_new_file_begin(
        file->path, st_option_given(invocation, ST_OPTION_FORCE), &new_file, error);
    if (status != ST_OK)
        return status;
    st_cli_remove_on_signal(st_new_file_path(new_file));
    status = write_payments(ledger, new_file, file, error);
    if (status == ST_OK)
        status = st_new_file_seal(new_file, file->sha256, &file->byte_count, error);
    if (status == ST_OK)
        status = st_payment_file_check(st_new_file_path(new_file), file->order.version, error);
    const struct st_export_file exported = exported_file(file);
    if (status == ST_OK)
        status = st_ledger_record_export(ledger, &invocation->act, file->kept.row.run, &exported,
                                         error);
    if (status == ST_OK && !invocation->act.dry_run)
        status = st_new_file_release(new_file, error);
    st_cli_remove_on_signal(NULL);
    st_new_file_free(new_file);
    return status;
}

/* ---- the report ---------------------------------------------------------------------------- */

static void say_tax(const struct export_file *file) {
    const struct st_payment_order *order = &file->order;
    if (order->tax_kid == NULL)
        st_cli_message("stonad: the file holds the benefits alone, without the tax; pay it with"
                       " --tax-only --tax-kid KID, or by another way");
    else if (order->tax_sum.ore == 0)
        st_cli_message("stonad: the run withheld no tax, so the file holds no tax payment");
}

static void print_text(const struct export_file *file) {
    const struct st_payment_order *order = &file->order;
    char sum[ST_AMOUNT_TEXT_SIZE], day[ST_DATE_TEXT_SIZE];
    st_cli_pair("file", "%s, %s", file->path, file->form);
    st_cli_pair("message id", "%s", file->message_id);
    if (order->with_benefits) {
        st_amount_for_people(order->payment_sum, sum);
        st_date_format(order->payday, day);
        st_cli_pair("payments", "%lld, in all %s, on %s", (long long)order->payment_count, sum,
                    day);
    }
    if (order->tax_sum.ore > 0) {
        st_amount_for_people(order->tax_sum, sum);
        st_date_format(order->tax_payday, day);
        st_cli_pair("tax", "%s, on %s, KID %s", sum, day, order->tax_kid);
    }
    st_cli_pair("bytes", "%lld", (long long)file->byte_count);
    st_cli_pair("sha256", "%s", file->sha256);
}

static enum st_status print_file(const struct st_invocation *invocation,
                                 const struct export_file *file, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"file", NULL, ST_CELL_TEXT, 20, false},
        {"form", NULL, ST_CELL_TEXT, 15, false},
        {"message_id", NULL, ST_CELL_TEXT, 35, false},
        {"payments", NULL, ST_CELL_INTEGER, 8, false},
        {"sum", NULL, ST_CELL_AMOUNT, 14, false},
        {"payday", NULL, ST_CELL_DATE, 10, false},
        {"tax", NULL, ST_CELL_AMOUNT, 14, false},
        {"tax_payday", NULL, ST_CELL_DATE, 10, false},
        {"bytes", NULL, ST_CELL_INTEGER, 10, false},
        {"sha256", NULL, ST_CELL_TEXT, 64, false},
    };
    const struct st_payment_order *order = &file->order;
    struct st_report *report;
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    st_report_text(report, file->path);
    st_report_text(report, file->form);
    st_report_text(report, file->message_id);
    st_report_integer(report, order->payment_count);
    st_report_amount(report, order->payment_sum);
    st_report_date(report, order->payday);
    st_report_amount(report, order->tax_sum);
    st_report_date(report, order->tax_sum.ore > 0 ? order->tax_payday : ST_DATE_NONE);
    st_report_integer(report, file->byte_count);
    st_report_text(report, file->sha256);
    return st_cli_report_end(report, ST_OK, error);
}

static enum st_status export_payments(const struct st_invocation *invocation, size_t form,
                                      struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct export_file file = {0};
    struct st_run_row row;
    int64_t run = 0;
    enum st_status status = read_options(invocation, form, &run, &file, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_WRITE, &ledger, error);
    if (status == ST_OK)
        status = st_ledger_may_export(ledger, run, &row, error);
    if (status != ST_OK)
        return status;
    st_cli_run_keep(&row, &file.kept);
    status = st_ledger_municipality(ledger, &file.payer, error);
    if (status != ST_OK)
        return status;
    fill_order(&file);
    status = write_file(invocation, ledger, &file, error);
    if (status != ST_OK)
        return status;
    st_cli_say_dry_run(invocation);
    say_tax(&file);
    if (invocation->format == ST_FORMAT_TEXT) {
        print_text(&file);
        return ST_OK;
    }
    return print_file(invocation, &file, error);
}

enum st_status st_command_export(const struct st_invocation *invocation, struct st_error *error) {
    size_t form = 0;
    enum st_status status = st_cli_value_choice(invocation, ST_OPTION_AS, forms, &form, error);
    if (status != ST_OK)
        return status;
    return form == FORM_HLEDGER ? st_cli_export_books(invocation, error)
                                : export_payments(invocation, form, error);
}
