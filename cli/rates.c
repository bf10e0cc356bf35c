/* SPDX-License-Identifier: MIT */
/* rates.c - `stonad rates` and `rates add`: the rates by date, and by when they were known. */
#include "cli/cli.h"
#include "cli/known.h"

#include <string.h>

struct walk {
    struct st_report *report;
    struct st_error *error;
};

static enum st_status rate_row(void *context, const char *name, const struct st_rate *rate) {
    struct walk *walk = context;
    st_report_text(walk->report, name);
    st_report_date(walk->report, rate->effect);
    st_report_date(walk->report, rate->known);
    st_report_integer(walk->report, rate->value_nok);
    st_report_text(walk->report, rate->source);
    return st_cli_output_works(walk->error);
}

static enum st_status print_rates(const struct st_invocation *invocation, struct st_ledger *ledger,
                                  st_date known, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"name", NULL, ST_CELL_TEXT, 4, false},    {"effect", NULL, ST_CELL_DATE, 10, false},
        {"known", NULL, ST_CELL_DATE, 10, false},  {"value", NULL, ST_CELL_INTEGER, 9, false},
        {"source", NULL, ST_CELL_TEXT, 30, false},
    };
    struct walk walk = {.error = error};
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &walk.report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_each_rate(ledger, known, rate_row, &walk, error);
    return st_cli_report_end(walk.report, status, error);
}

/* What a run of that day used. A ledger is made with rates that were known before it: of a day before
 * its first they are shown too, as far as they were known. */
static enum st_status go_back(struct st_ledger *ledger, st_date known, struct st_error *error) {
    st_date first;
    enum st_status status = st_ledger_first_day(ledger, &first, error);
    return status == ST_OK ? st_ledger_as_of(ledger, known > first ? known : first, error) : status;
}

/* A rate may be recorded long after it was known: whoever looks for it is told. */
static enum st_status tell_late_rates(struct st_ledger *ledger, st_date known,
                                      struct st_error *error) {
    char date[ST_DATE_TEXT_SIZE];
    int64_t count = 0;
    enum st_status status = st_ledger_count_late_rates(ledger, known, &count, error);
    if (status != ST_OK || count == 0)
        return status;
    st_date_format(known, date);
    st_cli_message(
        "stonad: %lld rate%s known by %s but recorded later %s left out: nothing computed"
        " that day used %s",
        (long long)count, count == 1 ? "" : "s", date, count == 1 ? "is" : "are",
        count == 1 ? "it" : "them");
    return ST_OK;
}

static enum st_status list_rates(const struct st_invocation *invocation, struct st_error *error) {
    static const enum st_option only_add[] = {ST_OPTION_NAME, ST_OPTION_VALUE, ST_OPTION_EFFECT,
                                              ST_OPTION_SOURCE};
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    bool is_known_given = st_option_given(invocation, ST_OPTION_KNOWN);
    st_date known;
    for (size_t i = 0; i < ST_COUNT_OF(only_add); i++)
        if (st_option_given(invocation, only_add[i]))
            return st_cli_fail(error, ST_USAGE, "option.not_here",
                               "--%s goes with `stonad rates add`; to add a rate, say so.",
                               st_option_name(only_add[i]));
    enum st_status status = st_cli_known_day(invocation, &known, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, &ledger, error);
    if (status == ST_OK && is_known_given)
        status = go_back(ledger, known, error);
    if (status == ST_OK)
        status = print_rates(invocation, ledger, known, error);
    return status == ST_OK && is_known_given ? tell_late_rates(ledger, known, error) : status;
}

/* ---- rates add -------------------------------------------------------------------------------- */

static enum st_status read_rate(const struct st_invocation *invocation, struct st_rate *out,
                                char *source, size_t source_size, struct st_error *error) {
    static const enum st_option needed[] = {ST_OPTION_NAME, ST_OPTION_VALUE, ST_OPTION_EFFECT,
                                            ST_OPTION_KNOWN, ST_OPTION_SOURCE};
    for (size_t i = 0; i < ST_COUNT_OF(needed); i++)
        if (!st_option_given(invocation, needed[i]))
            return st_cli_fail(error, ST_USAGE, "option.missing",
                               "rates add needs --%s as well; see stonad rates --help.",
                               st_option_name(needed[i]));
    if (strcmp(invocation->values[ST_OPTION_NAME], "G") != 0)
        return st_cli_fail(error, ST_USAGE, "rates.name",
                           "--name %.40s is no rate; the rate there is is G.",
                           invocation->values[ST_OPTION_NAME]);
    enum st_status status = st_cli_value_integer(invocation, ST_OPTION_VALUE, ST_RATE_MAX_NOK,
                                                 &out->value_nok, error);
    if (status == ST_OK)
        status = st_cli_value_date(invocation, ST_OPTION_EFFECT, &out->effect, error);
    if (status == ST_OK)
        status = st_cli_value_date(invocation, ST_OPTION_KNOWN, &out->known, error);
    if (status == ST_OK)
        status = st_cli_value_text(invocation, ST_OPTION_SOURCE, source, source_size, error);
    out->source = source;
    return status;
}

static enum st_status add_rate(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    char source[ST_TEXT_MAX + 1] = "";
    struct st_rate rate;
    bool is_new = false;
    enum st_status status = read_rate(invocation, &rate, source, sizeof source, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_WRITE, &ledger, error);
    if (status == ST_OK)
        status = st_ledger_add_rate(ledger, &invocation->act, "G", &rate, &is_new, error);
    if (status != ST_OK)
        return status;
    st_cli_say_dry_run(invocation);
    if (!is_new)
        st_cli_message("stonad: the ledger holds this rate already; nothing changed");
    return print_rates(invocation, ledger, invocation->act.today, error);
}

enum st_status st_command_rates(const struct st_invocation *invocation, struct st_error *error) {
    if (invocation->operand_count == 0)
        return list_rates(invocation, error);
    if (strcmp(invocation->operands[0], "add") == 0)
        return add_rate(invocation, error);
    return st_cli_fail(error, ST_USAGE, "rates.operand",
                       "rates %.40s is nothing rates can do; write `stonad rates` or `stonad rates add`.",
                       invocation->operands[0]);
}
