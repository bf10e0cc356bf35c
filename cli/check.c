/* SPDX-License-Identifier: MIT */
/* check.c - `stonad check`: what is to be looked at in a month, person by person. */
#include "cli/cli.h"
#include "cli/known.h"

#include "stonad/check.h"

#include <string.h>

struct walk {
    const struct st_invocation *invocation;
    struct st_report *report; /* NULL: not begun */
    char person_id[ST_PERSON_ID_SIZE];
    int64_t count;
    int64_t counts[ST_SEVERITY_ERROR + 1]; /* by severity */
    struct st_error *error;
};

static void count_row(struct walk *walk, const char *severity) {
    walk->count++;
    for (int i = 0; i <= ST_SEVERITY_ERROR; i++)
        walk->counts[i] += strcmp(severity, st_severity_name((enum st_severity)i)) == 0;
}

/* Under a heading for each person; the ledger's own come first. */
static enum st_status print_row(void *context, const struct st_check_row *row) {
    struct walk *walk = context;
    if (walk->count == 0 || strcmp(walk->person_id, row->person_id) != 0) {
        (void)printf("%s%s%s%s\n", walk->count == 0 ? "" : "\n", row->person_id,
                     row->person_id[0] == '\0' ? "The ledger" : " ", row->name);
        (void)snprintf(walk->person_id, sizeof walk->person_id, "%s", row->person_id);
    }
    (void)printf("  %s: %s (%s, %s) [%s]\n", row->severity, row->text, row->rule, row->citation,
                 row->code);
    count_row(walk, row->severity);
    return st_cli_output_works(walk->error);
}

/* Begun with the first row, or at the end: a month that is refused prints nothing. */
static enum st_status begin_report(struct walk *walk) {
    static const struct st_report_column columns[] = {
        {"person_id", NULL, ST_CELL_TEXT, 11, false}, {"name", NULL, ST_CELL_TEXT, 24, false},
        {"month", NULL, ST_CELL_MONTH, 7, false},     {"code", NULL, ST_CELL_TEXT, 20, false},
        {"severity", NULL, ST_CELL_TEXT, 8, false},   {"rule", NULL, ST_CELL_TEXT, 4, false},
        {"citation", NULL, ST_CELL_TEXT, 24, false},  {"text", NULL, ST_CELL_TEXT, 40, false},
    };
    if (walk->report != NULL)
        return ST_OK;
    return st_cli_report(walk->invocation, columns, ST_COUNT_OF(columns), &walk->report,
                         walk->error);
}

static enum st_status report_row(void *context, const struct st_check_row *row) {
    struct walk *walk = context;
    enum st_status status = begin_report(walk);
    if (status != ST_OK)
        return status;
    st_report_text(walk->report, row->person_id);
    st_report_text(walk->report, row->name);
    st_report_month(walk->report, row->month);
    st_report_text(walk->report, row->code);
    st_report_text(walk->report, row->severity);
    st_report_text(walk->report, row->rule);
    st_report_text(walk->report, row->citation);
    st_report_text(walk->report, row->text);
    count_row(walk, row->severity);
    return st_cli_output_works(walk->error);
}

static void print_summary(const struct walk *walk, st_month month) {
    char text[ST_MONTH_TEXT_SIZE];
    const char *separator = "";
    st_month_format(month, text);
    if (walk->count == 0) {
        (void)printf("nothing to look at in %s\n", text);
        return;
    }
    (void)printf("\n%s: ", text);
    for (int i = ST_SEVERITY_ERROR; i >= 0; i--) {
        if (walk->counts[i] == 0)
            continue;
        (void)printf("%s%lld %s%s", separator, (long long)walk->counts[i],
                     st_severity_name((enum st_severity)i), walk->counts[i] == 1 ? "" : "s");
        separator = ", ";
    }
    (void)putchar('\n');
}

enum st_status st_command_check(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct walk walk = {.invocation = invocation, .error = error};
    bool is_text = invocation->format == ST_FORMAT_TEXT;
    st_month month = 0, checked = 0;
    st_date day;
    enum st_status status = st_cli_known_day(invocation, &day, error);
    if (status == ST_OK && st_option_given(invocation, ST_OPTION_MONTH))
        status = st_cli_value_month(invocation, ST_OPTION_MONTH, &month, error);
    if (status == ST_OK)
        status = st_cli_known_open(invocation, &ledger, error);
    if (status == ST_OK)
        status = st_ledger_check(ledger, month, day, is_text ? print_row : report_row, &walk,
                                 &checked, error);
    if (status == ST_OK && is_text)
        print_summary(&walk, checked);
    else if (status == ST_OK)
        status = begin_report(&walk);
    if (walk.report != NULL)
        status = st_cli_report_end(walk.report, status, error);
    return status == ST_OK && walk.count > 0 ? ST_FOUND : status;
}
