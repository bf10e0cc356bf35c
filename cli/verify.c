/* SPDX-License-Identifier: MIT */
/* verify.c - `stonad verify`: whether the ledger is still what its journal says was written. */
#include "cli/verify.h"

struct walk {
    const struct st_invocation *invocation;
    struct st_report *report; /* NULL: not begun */
    int64_t count;
    struct st_error *error;
};

/* Begun with the first row, or at the end: a file that is no ledger prints nothing. */
static enum st_status begin_report(struct walk *walk) {
    static const struct st_report_column columns[] = {
        {"code", NULL, ST_CELL_TEXT, 18, false},     {"table", NULL, ST_CELL_TEXT, 12, false},
        {"row", NULL, ST_CELL_TEXT, 32, false},      {"field", NULL, ST_CELL_TEXT, 14, false},
        {"expected", NULL, ST_CELL_TEXT, 20, false}, {"found", NULL, ST_CELL_TEXT, 20, false},
        {"amount", NULL, ST_CELL_AMOUNT, 12, false}, {"text", NULL, ST_CELL_TEXT, 40, false},
    };
    if (walk->report != NULL)
        return ST_OK;
    return st_cli_report(walk->invocation, columns, ST_COUNT_OF(columns), &walk->report,
                         walk->error);
}

static enum st_status report_row(void *context, const struct st_verify_row *row) {
    struct walk *walk = context;
    enum st_status status = begin_report(walk);
    if (status != ST_OK)
        return status;
    walk->count++;
    st_report_text(walk->report, row->code);
    st_report_text(walk->report, row->table);
    st_report_text(walk->report, row->row);
    st_report_text(walk->report, row->field);
    st_report_text(walk->report, row->expected);
    st_report_text(walk->report, row->found);
    if (row->has_amount)
        st_report_amount(walk->report, row->amount);
    else
        st_report_null(walk->report);
    st_report_text(walk->report, row->text);
    return st_cli_output_works(walk->error);
}

/* A damaged ledger may hold any bytes: control characters must not reach the terminal. */
static void print_clean(const char *text) {
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++)
        (void)putchar(*byte < ' ' || *byte == 0x7f ? ' ' : *byte);
}

static enum st_status print_row(void *context, const struct st_verify_row *row) {
    const char *const parts[] = {row->table, row->row, row->field};
    struct walk *walk = context;
    char amount[ST_AMOUNT_TEXT_SIZE];
    const char *separator = "";
    walk->count++;
    for (size_t i = 0; i < ST_COUNT_OF(parts); i++) {
        if (parts[i][0] == '\0')
            continue;
        (void)fputs(separator, stdout);
        print_clean(parts[i]);
        separator = ", ";
    }
    (void)printf("%s%s [%s]\n", separator[0] == '\0' ? "" : ": ", row->text, row->code);
    if (row->expected[0] != '\0' || row->found[0] != '\0') {
        (void)fputs("  expected: ", stdout);
        print_clean(row->expected);
        (void)fputs("\n  found:    ", stdout);
        print_clean(row->found);
        (void)putchar('\n');
    }
    if (row->has_amount) {
        st_amount_for_people(row->amount, amount);
        (void)printf("  at stake: %s\n", amount);
    }
    return st_cli_output_works(walk->error);
}

static void print_count(int64_t count, const char *one, const char *more, const char *after) {
    (void)printf("%lld %s%s", (long long)count, count == 1 ? one : more, after);
}

static void print_checked(const struct st_verify_summary *summary) {
    print_count(summary->entry_count, "entry", "entries", ", ");
    print_count(summary->run_count, "run", "runs", ", ");
    print_count(summary->payslip_count, "payslip", "payslips", ", ");
    print_count(summary->line_count, "line", "lines", ", ");
    print_count(summary->row_count, "row", "rows", " in all\n");
}

static void print_summary(const struct walk *walk, const struct st_verify_summary *summary) {
    const char *separator = ": ";
    if (walk->count == 0) {
        (void)fputs("nothing found: ", stdout);
        print_checked(summary);
        return;
    }
    (void)putchar('\n');
    print_count(walk->count, "finding", "findings", "");
    for (int i = 0; i < ST_VERIFY_CLASS_COUNT; i++) {
        if (summary->finding_counts[i] == 0)
            continue;
        (void)printf("%s%s %lld", separator, st_verify_class_name((enum st_verify_class)i),
                     (long long)summary->finding_counts[i]);
        separator = ", ";
    }
    (void)fputs("; checked ", stdout);
    print_checked(summary);
}

/* ---- what is verified ---------------------------------------------------------------------- */

static enum st_status refuse_together(enum st_option one, enum st_option other,
                                      struct st_error *error) {
    return st_cli_fail(error, ST_USAGE, "option.alone",
                       "--%s and --%s do not go together; give one of them.", st_option_name(one),
                       st_option_name(other));
}

static enum st_status check_options(const struct st_invocation *invocation,
                                    struct st_error *error) {
    static const enum st_option pairs[][2] = {{ST_OPTION_PROOF, ST_OPTION_CONSISTENCY},
                                              {ST_OPTION_PROOF, ST_OPTION_SINCE},
                                              {ST_OPTION_CONSISTENCY, ST_OPTION_SINCE},
                                              {ST_OPTION_CONSISTENCY, ST_OPTION_SEAL},
                                              {ST_OPTION_SEAL, ST_OPTION_SINCE}};
    for (size_t i = 0; i < ST_COUNT_OF(pairs); i++)
        if (st_option_given(invocation, pairs[i][0]) && st_option_given(invocation, pairs[i][1]))
            return refuse_together(pairs[i][0], pairs[i][1], error);
    if (st_option_given(invocation, ST_OPTION_HEAD) &&
        !st_option_given(invocation, ST_OPTION_PROOF) &&
        !st_option_given(invocation, ST_OPTION_CONSISTENCY))
        return st_cli_fail(error, ST_USAGE, "option.missing",
                           "--head is what a proof is held against; give --proof FILE or "
                           "--consistency FILE as well.");
    if (st_option_given(invocation, ST_OPTION_PUBLIC_KEY) &&
        !st_option_given(invocation, ST_OPTION_SEAL) &&
        !st_option_given(invocation, ST_OPTION_SINCE))
        return st_cli_fail(error, ST_USAGE, "option.missing",
                           "--public-key is the key of a seal; give --seal FILE or --since FILE as "
                           "well.");
    return ST_OK;
}

/* A proof, of which the count of findings is all there is to sum up. */
static enum st_status verify_file(struct walk *walk, const struct st_cli_findings *findings) {
    const struct st_invocation *invocation = walk->invocation;
    enum st_status status =
        st_option_given(invocation, ST_OPTION_PROOF)
            ? st_cli_verify_proof(invocation, findings, walk->error)
            : st_cli_verify_consistency(invocation, findings, walk->error);
    if (status == ST_OK && walk->count > 0 && invocation->format == ST_FORMAT_TEXT) {
        (void)putchar('\n');
        print_count(walk->count, "finding", "findings", ": the proof does not hold\n");
    }
    return status;
}

static enum st_status verify_ledger(struct walk *walk, const struct st_cli_findings *findings) {
    const struct st_invocation *invocation = walk->invocation;
    bool is_since = st_option_given(invocation, ST_OPTION_SINCE);
    enum st_option seal = is_since ? ST_OPTION_SINCE : ST_OPTION_SEAL;
    struct st_verify_summary summary;
    int64_t sealed_count = 0;
    enum st_status status = ST_OK;
    if (st_option_given(invocation, seal))
        status = st_cli_verify_seal(invocation, seal, findings, &sealed_count, walk->error);
    int64_t seal_count = walk->count;
    int64_t since_entry = is_since ? sealed_count : 0; /* a seal that does not hold has no word */
    if (status == ST_OK)
        status = st_ledger_verify_since(invocation->ledger_path, since_entry, findings->visit, walk,
                                        &summary, walk->error);
    if (status != ST_OK || invocation->format != ST_FORMAT_TEXT)
        return status;
    summary.finding_counts[ST_VERIFY_JOURNAL] += seal_count;
    print_summary(walk, &summary);
    if (since_entry > 0)
        (void)printf("the rows of the first %lld entries were not looked at: the seal's word was "
                     "taken for them\n",
                     (long long)since_entry);
    return ST_OK;
}

enum st_status st_command_verify(const struct st_invocation *invocation, struct st_error *error) {
    struct walk walk = {.invocation = invocation, .error = error};
    bool is_text = invocation->format == ST_FORMAT_TEXT;
    bool is_file = st_option_given(invocation, ST_OPTION_PROOF) ||
                   st_option_given(invocation, ST_OPTION_CONSISTENCY);
    const struct st_cli_findings findings = {is_text ? print_row : report_row, &walk, &walk.count};
    enum st_status status = check_options(invocation, error);
    if (status == ST_OK)
        status = is_file ? verify_file(&walk, &findings) : verify_ledger(&walk, &findings);
    if (status == ST_OK && !is_text)
        status = begin_report(&walk);
    if (walk.report != NULL)
        status = st_cli_report_end(walk.report, status, error);
    return status == ST_OK && walk.count > 0 ? ST_FOUND : status;
}
