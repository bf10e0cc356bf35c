/* SPDX-License-Identifier: MIT */
/* proof.c - `stonad prove` and `stonad consistency` write proofs; `stonad verify --proof` and
 * `--consistency` check them without the ledger.
 */
#include "cli/new_file.h"
#include "cli/verify.h"

#include "stonad/identifier.h"
#include "stonad/proof.h"

#include <string.h>

/* A whole number of entries; 0 when the option was not given. */
static enum st_status read_count(const struct st_invocation *invocation, enum st_option option,
                                 int64_t *out, struct st_error *error) {
    *out = 0;
    if (!st_option_given(invocation, option))
        return ST_OK;
    enum st_status status = st_cli_value_integer(invocation, option, INT64_MAX, out, error);
    if (status == ST_OK && *out == 0)
        status = st_cli_fail(error, ST_USAGE, "option.value",
                             "--%s is a number of journal entries; write 1 or more.",
                             st_option_name(option));
    return status;
}

/* ---- prove --------------------------------------------------------------------------------- */

static enum st_status write_proof(FILE *out, const void *proof, struct st_error *error) {
    return st_proof_write(out, proof, error);
}

static enum st_status print_head(const struct st_invocation *invocation, const char *what,
                                 int64_t entry_count, const char *head, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"file", NULL, ST_CELL_TEXT, 20, false},
        {"entries", NULL, ST_CELL_INTEGER, 7, false},
        {"head", NULL, ST_CELL_TEXT, 64, false},
    };
    const char *path = invocation->values[ST_OPTION_OUTPUT];
    struct st_report *report;
    if (invocation->format == ST_FORMAT_TEXT) {
        st_cli_pair("file", "%s, %s", path, what);
        st_cli_pair("entries", "%lld", (long long)entry_count);
        st_cli_pair("head", "%s", head);
        return ST_OK;
    }
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    st_report_text(report, path);
    st_report_integer(report, entry_count);
    st_report_text(report, head);
    return st_cli_report_end(report, ST_OK, error);
}

enum st_status st_command_prove(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_proof proof;
    const char *person_id;
    int64_t run = 0, entry_count = 0;
    enum st_status status = st_cli_operand_run(invocation, &run, error);
    if (status == ST_OK)
        status = st_cli_value_person(invocation, &person_id, error);
    if (status == ST_OK)
        status = read_count(invocation, ST_OPTION_AT, &entry_count, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, &ledger, error);
    if (status == ST_OK)
        status = st_ledger_prove(ledger, run, person_id, entry_count, &proof, error);
    if (status != ST_OK)
        return status;
    status = st_cli_write_file(invocation, invocation->values[ST_OPTION_OUTPUT], write_proof,
                               &proof, error);
    st_cli_say_dry_run(invocation);
    if (status == ST_OK)
        status = print_head(invocation, "the proof of one payslip", proof.entry_count, proof.head,
                            error);
    st_proof_free(&proof);
    return status;
}

/* ---- consistency --------------------------------------------------------------------------- */

static enum st_status write_consistency(FILE *out, const void *proof, struct st_error *error) {
    (void)error;
    st_consistency_write(out, proof);
    return ST_OK;
}

enum st_status st_command_consistency(const struct st_invocation *invocation,
                                      struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_consistency proof;
    int64_t from = 0, to = 0;
    enum st_status status = read_count(invocation, ST_OPTION_FROM, &from, error);
    if (status == ST_OK)
        status = read_count(invocation, ST_OPTION_TO, &to, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, &ledger, error);
    if (status == ST_OK)
        status = st_ledger_prove_consistency(ledger, from, to, &proof, error);
    if (status == ST_OK)
        status = st_cli_write_file(invocation, invocation->values[ST_OPTION_OUTPUT],
                                   write_consistency, &proof, error);
    if (status != ST_OK)
        return status;
    st_cli_say_dry_run(invocation);
    if (invocation->format == ST_FORMAT_TEXT)
        st_cli_pair("from", "%lld entries, head %s", (long long)proof.old_count, proof.old_head);
    return print_head(invocation, "the proof that one head continues another", proof.new_count,
                      proof.new_head, error);
}

/* ---- verify -------------------------------------------------------------------------------- */

static enum st_status check_head(const char *head, struct st_error *error) {
    if (st_hash_text_check(head))
        return ST_OK;
    return st_cli_fail(
        error, ST_USAGE, "option.value",
        "--head %.80s is not a head; write its 64 digits (0-9, a-f) as a seal has them.", head);
}

static void say_proved(const struct st_proved *proved, const struct st_proof *proof,
                       bool is_count_known) {
    char masked[ST_PERSON_NUMBER_SIZE], amount[ST_AMOUNT_TEXT_SIZE];
    bool is_held = strcmp(proved->state, "held") == 0;
    st_person_number_mask(proved->person_id, masked);
    (void)printf("the proof holds: run %lld made this payslip, and the journal with the head given "
                 "has it\n",
                 (long long)proved->run);
    st_cli_pair("run", "%lld, computed %s by %s (entry %lld)", (long long)proved->run, proved->time,
                proved->actor, (long long)proved->entry);
    st_cli_pair("person", "%s", masked);
    st_cli_pair("month", "%s", proved->month);
    st_cli_pair_amount("benefit", proved->benefit);
    st_cli_pair_amount("taxable", proved->taxable);
    st_cli_pair_amount("tax", proved->tax);
    st_amount_for_people(proved->net, amount);
    st_cli_pair("net", "%s%s", amount, is_held ? " (held back: not paid)" : "");
    st_cli_pair("place", "%lld of %lld payslips", (long long)proof->index + 1,
                (long long)proof->count);
    st_cli_pair("head", "%s", proof->head);
    st_cli_pair("entries", "%lld%s", (long long)proof->entry_count,
                is_count_known ? ""
                               : " (as the file says; a head alone does not prove their number)");
}

static enum st_status read_known_head(const struct st_invocation *invocation,
                                      const struct st_cli_findings *findings,
                                      char head[ST_HASH_TEXT_SIZE], int64_t *entry_count,
                                      bool *is_known, struct st_error *error) {
    bool has_head = st_option_given(invocation, ST_OPTION_HEAD);
    bool has_seal = st_option_given(invocation, ST_OPTION_SEAL);
    const char *given = invocation->values[ST_OPTION_HEAD];
    *entry_count = 0;
    *is_known = true;
    if (has_head == has_seal || st_option_repeated(invocation, ST_OPTION_HEAD, 1) != NULL)
        return st_cli_fail(
            error, ST_USAGE, "option.missing",
            "--proof needs the head it is held against, from elsewhere than the file: "
            "give one --head HASH, or --seal FILE.");
    if (has_seal)
        return st_cli_seal_head(invocation, findings, head, entry_count, is_known, error);
    enum st_status status = check_head(given, error);
    if (status == ST_OK)
        (void)snprintf(head, ST_HASH_TEXT_SIZE, "%s", given);
    return status;
}

enum st_status st_cli_verify_proof(const struct st_invocation *invocation,
                                   const struct st_cli_findings *findings, struct st_error *error) {
    struct st_proof proof;
    struct st_proved proved;
    char head[ST_HASH_TEXT_SIZE];
    int64_t entry_count;
    bool is_known;
    enum st_status status =
        read_known_head(invocation, findings, head, &entry_count, &is_known, error);
    if (status != ST_OK || !is_known)
        return status;
    status = st_proof_read(invocation->values[ST_OPTION_PROOF], &proof, error);
    if (status != ST_OK)
        return status;
    status = st_proof_check(&proof, head, entry_count, findings->visit, findings->context, &proved,
                            error);
    if (status == ST_OK && *findings->count == 0 && invocation->format == ST_FORMAT_TEXT)
        say_proved(&proved, &proof, entry_count != 0);
    st_proof_free(&proof);
    return status;
}

enum st_status st_cli_verify_consistency(const struct st_invocation *invocation,
                                         const struct st_cli_findings *findings,
                                         struct st_error *error) {
    struct st_consistency proof;
    const char *old_head = st_option_repeated(invocation, ST_OPTION_HEAD, 0);
    const char *new_head = st_option_repeated(invocation, ST_OPTION_HEAD, 1);
    if (old_head == NULL || new_head == NULL ||
        st_option_repeated(invocation, ST_OPTION_HEAD, 2) != NULL)
        return st_cli_fail(error, ST_USAGE, "option.missing",
                           "--consistency needs the two heads, from elsewhere than the file: give "
                           "--head EARLIER --head LATER.");
    enum st_status status = check_head(old_head, error);
    if (status == ST_OK)
        status = check_head(new_head, error);
    if (status == ST_OK)
        status = st_consistency_read(invocation->values[ST_OPTION_CONSISTENCY], &proof, error);
    if (status == ST_OK)
        status = st_consistency_check(&proof, old_head, new_head, findings->visit,
                                      findings->context, error);
    if (status != ST_OK || *findings->count > 0 || invocation->format != ST_FORMAT_TEXT)
        return status;
    (void)puts("the proof holds: the later head continues the earlier one; nothing before it was "
               "changed or removed");
    st_cli_pair("earlier", "%lld entries, head %s", (long long)proof.old_count, proof.old_head);
    st_cli_pair("later", "%lld entries, head %s", (long long)proof.new_count, proof.new_head);
    return ST_OK;
}
