/* SPDX-License-Identifier: MIT */
/* init.c - `stonad init`: creates the ledger of one municipality. */
#define _DEFAULT_SOURCE /* getrandom */

#include "cli/cli.h"

#include "stonad/identifier.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum { SECRET_SIZE = 32, SECRET_DIGITS = 2 * SECRET_SIZE };

static enum st_status read_numbers(const struct st_invocation *invocation,
                                   struct st_municipality *out, struct st_error *error) {
    const char *orgnr = invocation->values[ST_OPTION_ORGNR];
    const char *account = invocation->values[ST_OPTION_ACCOUNT];
    const char *bic = invocation->values[ST_OPTION_BIC];
    if (!st_organisation_number_check(orgnr, strlen(orgnr)))
        return st_cli_fail(error, ST_BAD_INPUT, "init.orgnr",
                           "--orgnr %.40s is not an organisation number; write its nine digits and"
                           " check them.",
                           orgnr);
    (void)snprintf(out->organisation_number, sizeof out->organisation_number, "%s", orgnr);
    if (!st_account_normalise(account, strlen(account), out->account))
        return st_cli_fail(error, ST_BAD_INPUT, "init.account",
                           "--account %.40s is not a Norwegian account; write its eleven digits, or"
                           " its IBAN, and check them.",
                           account);
    if (!st_bic_is_well_formed(bic, strlen(bic)))
        return st_cli_fail(error, ST_BAD_INPUT, "init.bic",
                           "--bic %.40s is not a BIC; write 8 or 11 capital letters and digits.",
                           bic);
    (void)snprintf(out->bic, sizeof out->bic, "%s", bic);
    return ST_OK;
}

static enum st_status read_choices(const struct st_invocation *invocation,
                                   struct st_municipality *out, struct st_error *error) {
    static const char *const months[] = {"11", "12", NULL};
    static const char *const recover[] = {"auto", "ask", NULL};
    size_t month = 1, way = ST_RECOVER_AUTO;
    enum st_status status = ST_OK;
    if (st_option_given(invocation, ST_OPTION_HALF_TAX_MONTH))
        status = st_cli_value_choice(invocation, ST_OPTION_HALF_TAX_MONTH, months, &month, error);
    if (status == ST_OK && st_option_given(invocation, ST_OPTION_RECOVER))
        status = st_cli_value_choice(invocation, ST_OPTION_RECOVER, recover, &way, error);
    if (status == ST_OK && st_option_given(invocation, ST_OPTION_FIRST_MONTH))
        status = st_cli_value_month(invocation, ST_OPTION_FIRST_MONTH, &out->first_month, error);
    out->half_tax_month = 11 + (int)month;
    out->recover = (enum st_recover)way;
    out->test = st_option_given(invocation, ST_OPTION_TEST);
    return status;
}

/* A file of 64 hexadecimal digits, and a newline or none. */
static enum st_status read_secret(const char *path, char secret[SECRET_DIGITS + 1],
                                  struct st_error *error) {
    char text[SECRET_DIGITS + 3] = "";
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return st_cli_fail(error, ST_IO, "init.secret_file",
                           "The secret file %.200s cannot be read (%s); check its path.", path,
                           strerror(errno));
    size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    if (size == SECRET_DIGITS + 1 && text[SECRET_DIGITS] == '\n')
        text[--size] = '\0';
    if (size != SECRET_DIGITS || strspn(text, "0123456789abcdef") != SECRET_DIGITS)
        return st_cli_fail(error, ST_BAD_INPUT, "init.secret_form",
                           "The secret file %.200s does not hold 64 hexadecimal digits (0-9, a-f) "
                           "and a newline; give the file of the ledger made before.",
                           path);
    memcpy(secret, text, SECRET_DIGITS + 1);
    return ST_OK;
}

static enum st_status make_secret(char secret[SECRET_DIGITS + 1], struct st_error *error) {
    unsigned char bytes[SECRET_SIZE];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return st_cli_fail(error, ST_IO, "init.random",
                           "The system gives no random numbers (%s); try again.", strerror(errno));
    for (int i = 0; i < SECRET_SIZE; i++)
        (void)snprintf(secret + 2 * i, 3, "%02x", bytes[i]);
    return ST_OK;
}

static enum st_status read_municipality(const struct st_invocation *invocation,
                                        struct st_municipality *out, struct st_error *error) {
    enum st_status status = read_numbers(invocation, out, error);
    if (status == ST_OK)
        status = st_cli_value_text(invocation, ST_OPTION_NAME, out->name, sizeof out->name, error);
    if (status == ST_OK)
        status = st_cli_value_text(invocation, ST_OPTION_TOWN, out->town, sizeof out->town, error);
    if (status == ST_OK)
        status = st_cli_value_text(invocation, ST_OPTION_POSTCODE, out->postcode,
                                   sizeof out->postcode, error);
    if (status == ST_OK)
        status = read_choices(invocation, out, error);
    if (status == ST_OK)
        status = st_option_given(invocation, ST_OPTION_SECRET_FILE)
                     ? read_secret(invocation->values[ST_OPTION_SECRET_FILE], out->secret, error)
                     : make_secret(out->secret, error);
    return status;
}

static enum st_status print_created(const struct st_invocation *invocation,
                                    const struct st_municipality *municipality,
                                    struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"ledger", NULL, ST_CELL_TEXT, 20, false},
        {"orgnr", NULL, ST_CELL_TEXT, 9, false},
        {"name", NULL, ST_CELL_TEXT, 24, false},
        {"account", NULL, ST_CELL_TEXT, 11, false},
        {"bic", NULL, ST_CELL_TEXT, 11, false},
        {"half_tax_month", NULL, ST_CELL_INTEGER, 2, false},
        {"recover", NULL, ST_CELL_TEXT, 4, false},
        {"test", NULL, ST_CELL_TEXT, 3, false},
    };
    struct st_report *report;
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    st_report_text(report, invocation->ledger_path);
    st_report_text(report, municipality->organisation_number);
    st_report_text(report, municipality->name);
    st_report_text(report, municipality->account);
    st_report_text(report, municipality->bic);
    st_report_integer(report, municipality->half_tax_month);
    st_report_text(report, municipality->recover == ST_RECOVER_ASK ? "ask" : "auto");
    st_report_text(report, municipality->test ? "yes" : "no");
    return st_cli_report_end(report, ST_OK, error);
}

enum st_status st_command_init(const struct st_invocation *invocation, struct st_error *error) {
    struct st_municipality municipality = {0};
    char db_option[256];
    enum st_status status = read_municipality(invocation, &municipality, error);
    if (status == ST_OK)
        status = st_ledger_create(invocation->ledger_path, &municipality, &invocation->act, error);
    if (status != ST_OK)
        return status;
    st_cli_say_dry_run(invocation);
    if (invocation->format != ST_FORMAT_TEXT)
        return print_created(invocation, &municipality, error);
    st_cli_pair("ledger", "%s%s", invocation->ledger_path,
                municipality.test ? " (test: takes synthetic person numbers)" : "");
    st_cli_pair("municipality", "%s, %s", municipality.name, municipality.organisation_number);
    st_cli_pair("pays from", "%s, %s", municipality.account, municipality.bic);
    if (!invocation->act.dry_run)
        st_cli_pair("next", "stonad import FOLDER%s",
                    st_cli_db_option(invocation, db_option, sizeof db_option));
    return ST_OK;
}
