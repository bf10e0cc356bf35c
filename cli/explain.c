/* SPDX-License-Identifier: MIT */
/* explain.c - `stonad explain`: how each line of one person's payslip came about, in words and in
 * exact numbers. Rules in words are explain_rule.c's. */
#include "cli/cli.h"
#include "cli/known.h"

#include "stonad/explain.h"

#include <stdlib.h>

struct walk {
    struct st_report *report; /* NULL: text */
    bool norwegian, english;  /* the sentences of the text form */
    struct st_error *error;
};

enum { FRACTION_TEXT_SIZE = 48 };

/* "45516333/200", or "22758". */
static void fraction_text(st_fraction number, char text[FRACTION_TEXT_SIZE]) {
    if (number.denominator == 1)
        (void)snprintf(text, FRACTION_TEXT_SIZE, "%lld", (long long)number.numerator);
    else
        (void)snprintf(text, FRACTION_TEXT_SIZE, "%lld/%lld", (long long)number.numerator,
                       (long long)number.denominator);
}

/* ---- text ---------------------------------------------------------------------------------- */

static void print_rounding(const struct st_line_row *line) {
    char exact[FRACTION_TEXT_SIZE], rounded_text[ST_AMOUNT_TEXT_SIZE], amount[ST_AMOUNT_TEXT_SIZE];
    st_amount rounded = ST_ZERO;
    fraction_text(line->exact, exact);
    st_amount_for_people(line->amount, amount);
    if (!st_round_to_ore(line->exact, &rounded)) {
        (void)printf("    exact     %s kroner\n", exact);
        return;
    }
    st_amount_for_people(rounded, rounded_text);
    (void)printf("    exact     %s kroner, rounded half up to %s\n", exact, rounded_text);
    if (line->cut)
        (void)printf("    cut       to what remained: %s (R10)\n", amount);
}

static void print_period(const struct st_line_row *line) {
    char from[ST_DATE_TEXT_SIZE], to[ST_DATE_TEXT_SIZE];
    if (line->from == ST_DATE_NONE || line->to == ST_DATE_NONE || line->to == ST_DATE_OPEN)
        return;
    st_date_format(line->from, from);
    st_date_format(line->to, to);
    (void)printf("  %s to %s", from, to);
}

static void print_sentences(const struct walk *walk, const struct st_line_row *line) {
    char sentence[ST_SENTENCE_SIZE];
    if (walk->norwegian) {
        st_line_sentence(line, ST_LANGUAGE_NB, sentence);
        (void)printf("\n%s", sentence);
    }
    if (walk->english) {
        st_line_sentence(line, ST_LANGUAGE_EN, sentence);
        (void)printf("\n%s", sentence);
    }
}

static void print_line(const struct walk *walk, const struct st_line_row *line) {
    char amount[ST_AMOUNT_TEXT_SIZE], quantity[FRACTION_TEXT_SIZE], rate[FRACTION_TEXT_SIZE];
    st_amount_for_people(line->amount, amount);
    fraction_text(line->quantity, quantity);
    fraction_text(line->rate, rate);
    print_sentences(walk, line);
    (void)printf("\n%3lld %s %s", (long long)line->line, line->kind, amount);
    print_period(line);
    (void)printf("\n    rule      %s, %s\n", line->rule, line->citation);
    if (line->inputs[0] != '\0')
        (void)printf("    inputs    %s\n", line->inputs);
    (void)printf("    quantity  %s, unit %s, at %s kroner\n", quantity, line->unit, rate);
    print_rounding(line);
    (void)printf("    transfer  from %s to %s\n", line->from_account, line->to_account);
}

static enum st_status payslip_head(void *context, const struct st_payslip_row *row) {
    const struct walk *walk = context;
    char month[ST_MONTH_TEXT_SIZE];
    st_month_format(row->month, month);
    (void)printf("%s %s, %s\n", row->person_id, row->name, month);
    if (row->state == ST_PAYSLIP_HELD)
        (void)printf("held: %s\n", row->held_reason);
    if (row->tax_basis[0] != '\0')
        (void)printf("tax by %s\n", row->tax_basis);
    return st_cli_output_works(walk->error);
}

/* ---- rows ---------------------------------------------------------------------------------- */

static const struct st_report_column columns[] = {
    {"person_id", NULL, ST_CELL_TEXT, 11, false}, {"month", NULL, ST_CELL_MONTH, 7, false},
    {"line", NULL, ST_CELL_INTEGER, 4, false},    {"kind", NULL, ST_CELL_TEXT, 13, false},
    {"from", NULL, ST_CELL_DATE, 10, false},      {"to", NULL, ST_CELL_DATE, 10, false},
    {"quantity", NULL, ST_CELL_TEXT, 9, false},   {"unit", NULL, ST_CELL_TEXT, 11, false},
    {"rate", NULL, ST_CELL_TEXT, 12, false},      {"exact", NULL, ST_CELL_TEXT, 16, false},
    {"rounded", NULL, ST_CELL_AMOUNT, 11, false}, {"cut", NULL, ST_CELL_TEXT, 3, false},
    {"amount", NULL, ST_CELL_AMOUNT, 11, false},  {"from_account", NULL, ST_CELL_TEXT, 8, false},
    {"to_account", NULL, ST_CELL_TEXT, 8, false}, {"rule", NULL, ST_CELL_TEXT, 4, false},
    {"citation", NULL, ST_CELL_TEXT, 30, false},  {"inputs", NULL, ST_CELL_TEXT, 40, false},
    {"severity", NULL, ST_CELL_TEXT, 8, false},   {"code", NULL, ST_CELL_TEXT, 20, false},
    {"text", NULL, ST_CELL_TEXT, 40, false},      {"sentence_nb", NULL, ST_CELL_TEXT, 80, false},
    {"sentence_en", NULL, ST_CELL_TEXT, 80, false},
};

static void nulls(struct st_report *report, size_t count) {
    while (count-- > 0)
        st_report_null(report);
}

static void report_line(struct st_report *report, const struct st_line_row *line) {
    char text[FRACTION_TEXT_SIZE], sentence[ST_SENTENCE_SIZE];
    st_amount rounded;
    st_report_text(report, line->person_id);
    st_report_month(report, line->month);
    st_report_integer(report, line->line);
    st_report_text(report, line->kind);
    st_report_date(report, line->from);
    st_report_date(report, line->to);
    fraction_text(line->quantity, text);
    st_report_text(report, text);
    st_report_text(report, line->unit);
    fraction_text(line->rate, text);
    st_report_text(report, text);
    fraction_text(line->exact, text);
    st_report_text(report, text);
    if (st_round_to_ore(line->exact, &rounded))
        st_report_amount(report, rounded);
    else
        st_report_null(report);
    st_report_text(report, line->cut ? "yes" : "no");
    st_report_amount(report, line->amount);
    st_report_text(report, line->from_account);
    st_report_text(report, line->to_account);
    st_report_text(report, line->rule);
    st_report_text(report, line->citation);
    st_report_text(report, line->inputs);
    nulls(report, 3);
    st_line_sentence(line, ST_LANGUAGE_NB, sentence);
    st_report_text(report, sentence);
    st_line_sentence(line, ST_LANGUAGE_EN, sentence);
    st_report_text(report, sentence);
}

/* A finding is a row of kind "finding": rule and citation, severity, code and text. */
static void report_finding(struct st_report *report, const struct st_finding_row *finding) {
    st_report_text(report, finding->person_id);
    nulls(report, 2);
    st_report_text(report, "finding");
    nulls(report, 11);
    st_report_text(report, finding->rule);
    st_report_text(report, finding->citation);
    st_report_null(report);
    st_report_text(report, finding->severity);
    st_report_text(report, finding->code);
    st_report_text(report, finding->text);
    nulls(report, 2);
}

/* ---- the walks ----------------------------------------------------------------------------- */

static enum st_status take_line(void *context, const struct st_line_row *line) {
    const struct walk *walk = context;
    if (walk->report == NULL)
        print_line(walk, line);
    else
        report_line(walk->report, line);
    return st_cli_output_works(walk->error);
}

static enum st_status take_finding(void *context, const struct st_finding_row *finding) {
    const struct walk *walk = context;
    if (walk->report == NULL)
        (void)printf("\n%s: %s (%s, %s) [%s]\n", finding->severity, finding->text, finding->rule,
                     finding->citation, finding->code);
    else
        report_finding(walk->report, finding);
    return st_cli_output_works(walk->error);
}

static enum st_status explain(struct st_ledger *ledger, int64_t run, const char *person_id,
                              struct walk *walk) {
    enum st_status status = ST_OK;
    if (walk->report == NULL)
        status = st_ledger_each_payslip(ledger, run, person_id, payslip_head, walk, walk->error);
    if (status == ST_OK)
        status = st_ledger_each_line(ledger, run, person_id, take_line, walk, walk->error);
    if (status == ST_OK)
        status = st_ledger_each_finding(ledger, run, person_id, take_finding, walk, walk->error);
    return status;
}

/* What is asked for: a person's lines in a run, or a rule alone. */
static enum st_status check_what(const struct st_invocation *invocation, struct st_error *error) {
    bool has_run = invocation->operand_count > 0;
    bool has_person = st_option_given(invocation, ST_OPTION_PERSON);
    bool has_known = st_option_given(invocation, ST_OPTION_KNOWN);
    if (st_option_given(invocation, ST_OPTION_RULE) && (has_run || has_person || has_known))
        return st_cli_fail(error, ST_USAGE, "option.alone",
                           "--rule explains a rule, whoever it is about; leave out %s.",
                           has_run      ? "the number of the run"
                           : has_person ? "--person"
                                        : "--known");
    if (st_option_given(invocation, ST_OPTION_RULE))
        return ST_OK;
    if (!has_run)
        return st_cli_fail(error, ST_USAGE, "argument.missing",
                           "explain needs an argument: stonad explain RUN --person ID, or stonad"
                           " explain --rule RULE.");
    if (!has_person)
        return st_cli_fail(error, ST_USAGE, "option.missing", "explain needs --person ID as well.");
    return ST_OK;
}

static enum st_status explain_person(const struct st_invocation *invocation, struct walk *walk,
                                     struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_kept_run kept;
    const char *person_id = NULL;
    enum st_status status = st_cli_known_run_open(invocation, &ledger, &kept, &person_id, error);
    if (status == ST_OK && invocation->format != ST_FORMAT_TEXT)
        status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &walk->report, error);
    if (status != ST_OK)
        return status;
    status = explain(ledger, kept.row.run, person_id, walk);
    return walk->report == NULL ? status : st_cli_report_end(walk->report, status, error);
}

enum st_status st_command_explain(const struct st_invocation *invocation, struct st_error *error) {
    struct walk walk = {.error = error};
    enum st_status status = check_what(invocation, error);
    if (status == ST_OK)
        status = st_cli_value_lang(invocation, &walk.norwegian, &walk.english, error);
    if (status != ST_OK)
        return status;
    if (st_option_given(invocation, ST_OPTION_RULE))
        return st_cli_explain_rule(invocation, error);
    return explain_person(invocation, &walk, error);
}
