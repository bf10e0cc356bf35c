/* SPDX-License-Identifier: MIT */
/* replay.c - `stonad replay`: runs computed anew from what was known then; what differs, person by
 * person, and the lines of the first one, stored and recomputed.
 */
#include "cli/audit.h"

#include "stonad/replay.h"

#include <string.h>

enum { SHOWN_MAX = 20 }; /* differences of a run in the text form */

struct walk {
    const struct st_invocation *invocation;
    struct st_report *report; /* NULL: text, or not begun */
    char person_id[ST_PERSON_ID_SIZE];
    int64_t run_count, difference_count;
    int64_t run_difference_count, shown_count; /* of the run that is replayed */
    int explained_side;                        /* -1: no line was shown yet */
    struct st_error *error;
};

/* What a damaged ledger holds may be anything: nothing of it may steer the terminal. */
static void print_clean(const char *text) {
    for (; *text != '\0'; text++)
        (void)putchar((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text);
}

static enum st_status say_notice(void *context, const char *sentence) {
    (void)context;
    st_cli_message("stonad: %s", sentence);
    return ST_OK;
}

static void show_progress(void *context, int64_t done, int64_t all) {
    (void)context;
    st_cli_progress("replay", done, all > done ? all : done);
}

/* ---- text ---------------------------------------------------------------------------------- */

static void print_value(const char *label, const struct st_replay_value *value) {
    char amount[ST_AMOUNT_TEXT_SIZE];
    (void)printf("%s ", label);
    if (!value->is_there)
        (void)printf("nothing");
    else if (value->is_amount) {
        st_amount_for_people(value->amount, amount);
        (void)printf("%s", amount);
    } else {
        (void)putchar('"');
        print_clean(value->text);
        (void)putchar('"');
    }
}

static void print_heading(struct walk *walk, const struct st_replay_difference *difference) {
    if (walk->shown_count > 0 && strcmp(walk->person_id, difference->person_id) == 0)
        return;
    if (difference->person_id[0] == '\0')
        (void)printf("run %lld as a whole\n", (long long)difference->run);
    else {
        (void)printf("run %lld, ", (long long)difference->run);
        print_clean(difference->person_id);
        (void)putchar(' ');
        print_clean(difference->name);
        (void)putchar('\n');
    }
    (void)snprintf(walk->person_id, sizeof walk->person_id, "%s", difference->person_id);
}

static enum st_status print_difference(void *context,
                                       const struct st_replay_difference *difference) {
    struct walk *walk = context;
    char amount[ST_AMOUNT_TEXT_SIZE];
    walk->run_difference_count++;
    if (walk->shown_count == SHOWN_MAX)
        return ST_OK;
    st_cli_progress_end();
    print_heading(walk, difference);
    (void)printf("  %s: ", difference->what);
    print_value("stored", &difference->stored);
    print_value(", recomputed", &difference->recomputed);
    if (difference->has_difference) {
        st_amount_for_people(difference->difference, amount);
        (void)printf(" (%s%s)", difference->difference.ore > 0 ? "+" : "", amount);
    }
    (void)putchar('\n');
    walk->shown_count++;
    return st_cli_output_works(walk->error);
}

static enum st_status print_line(void *context, bool is_stored, const struct st_line_row *line) {
    struct walk *walk = context;
    char amount[ST_AMOUNT_TEXT_SIZE];
    if (walk->explained_side != is_stored)
        (void)printf("  %s:\n", is_stored ? "the lines as stored" : "the lines as recomputed");
    walk->explained_side = is_stored;
    st_amount_for_people(line->amount, amount);
    (void)printf("  %3lld ", (long long)line->line);
    print_clean(line->kind);
    (void)printf(" %s (", amount);
    print_clean(line->rule);
    (void)printf("): ");
    print_clean(line->inputs);
    (void)printf("; exact %lld/%lld\n", (long long)line->exact.numerator,
                 (long long)line->exact.denominator);
    return st_cli_output_works(walk->error);
}

static void print_sums(const struct st_replay_result *result) {
    char more[ST_AMOUNT_TEXT_SIZE], less[ST_AMOUNT_TEXT_SIZE];
    st_amount_for_people(result->more, more);
    st_amount_for_people(result->less, less);
    if (!result->is_summed)
        (void)printf("; the amounts are too large to add up\n");
    else if (result->more.ore == 0 && result->less.ore == 0)
        (void)printf("; nobody is paid more or less\n");
    else
        (void)printf("; recomputed, %s kroner more and %s kroner less would be paid\n", more, less);
}

static enum st_status print_result(void *context, const struct st_replay_result *result) {
    struct walk *walk = context;
    long long run = (long long)result->run, left = 0;
    st_cli_progress_end();
    left = (long long)(walk->run_difference_count - walk->shown_count);
    if (left > 0)
        (void)printf("and %lld more; `stonad replay %lld --format csv` lists them all\n", left,
                     run);
    (void)printf("run %lld: %lld payslip%s, %lld line%s recomputed, ", run,
                 (long long)result->payslip_count, result->payslip_count == 1 ? "" : "s",
                 (long long)result->line_count, result->line_count == 1 ? "" : "s");
    if (result->difference_count == 0)
        (void)printf("all the same\n");
    else {
        (void)printf("%lld difference%s of %lld person%s", (long long)result->difference_count,
                     result->difference_count == 1 ? "" : "s", (long long)result->person_count,
                     result->person_count == 1 ? "" : "s");
        print_sums(result);
    }
    walk->run_count++;
    walk->difference_count += result->difference_count;
    walk->run_difference_count = walk->shown_count = 0;
    walk->explained_side = -1;
    return st_cli_output_works(walk->error);
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* Begun with the first row, or at the end: a run that is refused prints nothing. */
static enum st_status begin_report(struct walk *walk) {
    static const struct st_report_column columns[] = {
        {"run", NULL, ST_CELL_INTEGER, 4, false},      {"person_id", NULL, ST_CELL_TEXT, 11, false},
        {"name", NULL, ST_CELL_TEXT, 24, false},       {"what", NULL, ST_CELL_TEXT, 20, false},
        {"stored", NULL, ST_CELL_TEXT, 24, false},
        {"recomputed", NULL, ST_CELL_TEXT, 24, false},
        {"difference", NULL, ST_CELL_AMOUNT, 11, false},
    };
    if (walk->report != NULL)
        return ST_OK;
    return st_cli_report(walk->invocation, columns, ST_COUNT_OF(columns), &walk->report,
                         walk->error);
}

static void report_value(struct st_report *report, const struct st_replay_value *value) {
    char amount[ST_AMOUNT_TEXT_SIZE];
    if (!value->is_there)
        st_report_null(report);
    else if (value->is_amount) {
        st_amount_for_machines(value->amount, amount);
        st_report_text(report, amount);
    } else
        st_report_text(report, value->text);
}

static enum st_status report_difference(void *context,
                                        const struct st_replay_difference *difference) {
    struct walk *walk = context;
    enum st_status status = begin_report(walk);
    if (status != ST_OK)
        return status;
    st_report_integer(walk->report, difference->run);
    st_report_text(walk->report, difference->person_id);
    st_report_text(walk->report, difference->name);
    st_report_text(walk->report, difference->what);
    report_value(walk->report, &difference->stored);
    report_value(walk->report, &difference->recomputed);
    if (difference->has_difference)
        st_report_amount(walk->report, difference->difference);
    else
        st_report_null(walk->report);
    return st_cli_output_works(walk->error);
}

static enum st_status leave_line_out(void *context, bool is_stored,
                                     const struct st_line_row *line) {
    (void)context, (void)is_stored, (void)line;
    return ST_OK;
}

static enum st_status count_result(void *context, const struct st_replay_result *result) {
    struct walk *walk = context;
    walk->run_count++;
    walk->difference_count += result->difference_count;
    return ST_OK;
}

/* ---- the command --------------------------------------------------------------------------- */

static enum st_status replay_runs(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct walk walk = {.invocation = invocation, .explained_side = -1, .error = error};
    bool is_text = invocation->format == ST_FORMAT_TEXT;
    struct st_replay_sink sink = {.context = &walk,
                                  .notice = say_notice,
                                  .difference = is_text ? print_difference : report_difference,
                                  .line = is_text ? print_line : leave_line_out,
                                  .finished = is_text ? print_result : count_result,
                                  .progress = show_progress};
    int64_t run = 0;
    enum st_status status = ST_OK;
    if (invocation->operand_count > 0)
        status = st_cli_operand_run(invocation, &run, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, &ledger, error);
    if (status == ST_OK)
        status = st_ledger_replay(ledger, run, &sink, error);
    st_cli_progress_end();
    if (status == ST_OK && is_text && walk.run_count == 0)
        (void)puts("there is no run to replay");
    else if (status == ST_OK && !is_text)
        status = begin_report(&walk);
    if (walk.report != NULL)
        status = st_cli_report_end(walk.report, status, error);
    return status == ST_OK && walk.difference_count > 0 ? ST_FOUND : status;
}

enum st_status st_command_replay(const struct st_invocation *invocation, struct st_error *error) {
    if (st_option_given(invocation, ST_OPTION_FROM_FILES))
        return st_cli_replay_from_files(invocation, error);
    if (st_option_given(invocation, ST_OPTION_OUTPUT))
        return st_cli_fail(error, ST_USAGE, "option.not_here",
                           "--output goes with --from-files: where the ledger is to be kept; leave it "
                           "out.");
    return replay_runs(invocation, error);
}
