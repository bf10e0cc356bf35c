/* SPDX-License-Identifier: MIT */
/* seal.c - `stonad seal` makes keys and seals, outside the ledger; `stonad verify --seal` and
 * `--since` hold a seal against it.
 */
#include "cli/new_file.h"
#include "cli/verify.h"

#include "stonad/seal.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

/* ---- a new key ----------------------------------------------------------------------------- */

static enum st_status write_secret_half(FILE *out, const void *pair, struct st_error *error) {
    return st_key_pair_write(out, pair, error);
}

static enum st_status write_public_half(FILE *out, const void *what, struct st_error *error) {
    const struct st_key_pair *pair = what;
    return st_public_key_write(out, pair->public_key, error);
}

static enum st_status check_new_key(const struct st_invocation *invocation,
                                    struct st_error *error) {
    if (st_option_given(invocation, ST_OPTION_KEY))
        return st_cli_fail(error, ST_USAGE, "option.alone",
                           "--new-key makes a key and --key uses one; leave one of them out.");
    if (st_option_given(invocation, ST_OPTION_FORCE))
        return st_cli_fail(error, ST_USAGE, "option.alone",
                           "A key is never overwritten, for seals are checked with it; leave out "
                           "--force and name another file.");
    if (!st_option_given(invocation, ST_OPTION_OUTPUT))
        return st_cli_fail(error, ST_USAGE, "option.missing",
                           "--new-key needs --output PATH as well: where the key is to be kept.");
    return ST_OK;
}

static enum st_status write_half(const struct st_invocation *invocation, const char *path,
                                 st_cli_writer *write, const struct st_key_pair *pair,
                                 struct st_error *error) {
    enum st_status status = st_cli_write_file(invocation, path, write, pair, error);
    if (status != ST_REFUSED)
        return status;
    return st_cli_fail(error, ST_REFUSED, "key.exists",
                       "%s exists, and a key is never overwritten; name another file.", path);
}

/* The public half first: a secret half without it would be of no use, and this one does no harm. */
static enum st_status write_pair(const struct st_invocation *invocation, const char *public_path,
                                 const struct st_key_pair *pair, struct st_error *error) {
    const char *path = invocation->values[ST_OPTION_OUTPUT];
    enum st_status status = write_half(invocation, public_path, write_public_half, pair, error);
    if (status != ST_OK)
        return status;
    status = write_half(invocation, path, write_secret_half, pair, error);
    if (status != ST_OK && !invocation->act.dry_run)
        (void)remove(public_path);
    return status;
}

static enum st_status print_key(const struct st_invocation *invocation, const char *public_path,
                                const char *fingerprint, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"key", NULL, ST_CELL_TEXT, 20, false},
        {"public_key", NULL, ST_CELL_TEXT, 24, false},
        {"fingerprint", NULL, ST_CELL_TEXT, 64, false},
    };
    const char *path = invocation->values[ST_OPTION_OUTPUT];
    struct st_report *report;
    if (invocation->format == ST_FORMAT_TEXT) {
        st_cli_pair("key", "%s (keep it where nobody who can change the ledger can read it)", path);
        st_cli_pair("public key", "%s (give it to the auditor)", public_path);
        st_cli_pair("fingerprint", "%s", fingerprint);
        return ST_OK;
    }
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    st_report_text(report, path);
    st_report_text(report, public_path);
    st_report_text(report, fingerprint);
    return st_cli_report_end(report, ST_OK, error);
}

static enum st_status make_key(const struct st_invocation *invocation, struct st_error *error) {
    struct st_key_pair pair;
    char public_path[PATH_SIZE], fingerprint[ST_HASH_TEXT_SIZE];
    enum st_status status = check_new_key(invocation, error);
    if (status != ST_OK)
        return status;
    int size =
        snprintf(public_path, sizeof public_path, "%s.pub", invocation->values[ST_OPTION_OUTPUT]);
    if (size < 0 || (size_t)size >= sizeof public_path)
        return st_cli_fail(error, ST_USAGE, "option.long", "--output is too long; shorten it.");
    status = st_key_pair_make(&pair, error);
    if (status == ST_OK)
        status = st_key_fingerprint(pair.public_key, fingerprint, error);
    if (status == ST_OK)
        status = write_pair(invocation, public_path, &pair, error);
    st_key_pair_wipe(&pair);
    if (status != ST_OK)
        return status;
    st_cli_say_dry_run(invocation);
    return print_key(invocation, public_path, fingerprint, error);
}

/* ---- a seal -------------------------------------------------------------------------------- */

static void print_accounts(const struct st_seal_totals *totals) {
    for (int i = 0; i < ST_SEAL_ACCOUNT_COUNT; i++) {
        const struct st_seal_account *account = &totals->accounts[i];
        char in[ST_AMOUNT_TEXT_SIZE], gone[ST_AMOUNT_TEXT_SIZE];
        st_amount_for_people(account->in, in);
        st_amount_for_people(account->out, gone);
        st_cli_pair(account->name, "%16s in, %16s out", in, gone);
    }
}

static void print_seal_text(const struct st_seal *seal, const char *path, const char *fingerprint) {
    const struct st_seal_totals *totals = &seal->totals;
    if (path != NULL)
        st_cli_pair("file", "%s, a seal: keep it away from the ledger", path);
    st_cli_pair("municipality", "%s", seal->organisation_number);
    st_cli_pair("entries", "%lld, the last of %s", (long long)seal->entry_count, seal->time);
    st_cli_pair("head", "%s", seal->head);
    st_cli_pair("last hash", "%s", seal->last_hash);
    st_cli_pair("runs", "%lld, with %lld payslips that are due", (long long)totals->run_count,
                (long long)totals->payslip_count);
    st_cli_pair_amount("net paid", totals->net_paid);
    st_cli_pair_amount("claims", totals->claims_outstanding);
    print_accounts(totals);
    if (fingerprint[0] != '\0')
        st_cli_pair("fingerprint", "%s", fingerprint);
    else
        st_cli_pair("signature",
                    "none: give --key FILE and -o FILE for a seal that can be checked");
}

static enum st_status print_seal(const struct st_invocation *invocation, const struct st_seal *seal,
                                 const char *fingerprint, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"file", NULL, ST_CELL_TEXT, 20, false},
        {"organisation_number", NULL, ST_CELL_TEXT, 9, false},
        {"entries", NULL, ST_CELL_INTEGER, 7, false},
        {"head", NULL, ST_CELL_TEXT, 64, false},
        {"last_hash", NULL, ST_CELL_TEXT, 64, false},
        {"time", NULL, ST_CELL_TEXT, 20, false},
        {"runs", NULL, ST_CELL_INTEGER, 5, false},
        {"payslips", NULL, ST_CELL_INTEGER, 8, false},
        {"net_paid", NULL, ST_CELL_AMOUNT, 14, false},
        {"claims_outstanding", NULL, ST_CELL_AMOUNT, 14, false},
        {"fingerprint", NULL, ST_CELL_TEXT, 64, false},
    };
    const char *path = invocation->values[ST_OPTION_OUTPUT];
    struct st_report *report;
    if (invocation->format == ST_FORMAT_TEXT) {
        print_seal_text(seal, path, fingerprint);
        return ST_OK;
    }
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    st_report_text(report, path == NULL ? "" : path);
    st_report_text(report, seal->organisation_number);
    st_report_integer(report, seal->entry_count);
    st_report_text(report, seal->head);
    st_report_text(report, seal->last_hash);
    st_report_text(report, seal->time);
    st_report_integer(report, seal->totals.run_count);
    st_report_integer(report, seal->totals.payslip_count);
    st_report_amount(report, seal->totals.net_paid);
    st_report_amount(report, seal->totals.claims_outstanding);
    st_report_text(report, fingerprint);
    return st_cli_report_end(report, ST_OK, error);
}

static enum st_status read_key(const struct st_invocation *invocation, struct st_key_pair *pair,
                               struct st_error *error) {
    const char *path = invocation->values[ST_OPTION_KEY];
    bool is_open = false;
    enum st_status status = st_key_pair_read(path, pair, &is_open, error);
    if (status == ST_OK && is_open)
        st_cli_message("stonad: others may read the key in %s; `chmod 600` it", path);
    return status;
}

static enum st_status sign(const struct st_invocation *invocation, struct st_seal *seal,
                           char fingerprint[ST_HASH_TEXT_SIZE], struct st_error *error) {
    struct st_key_pair pair;
    enum st_status status = read_key(invocation, &pair, error);
    if (status == ST_OK)
        status = st_seal_sign(seal, &pair, error);
    if (status == ST_OK)
        status = st_key_fingerprint(seal->public_key, fingerprint, error);
    st_key_pair_wipe(&pair);
    return status;
}

static enum st_status write_seal(FILE *out, const void *seal, struct st_error *error) {
    (void)error;
    st_seal_write(out, seal);
    return ST_OK;
}

static enum st_status check_options(const struct st_invocation *invocation,
                                    struct st_error *error) {
    bool has_key = st_option_given(invocation, ST_OPTION_KEY);
    bool has_path = st_option_given(invocation, ST_OPTION_OUTPUT);
    if (has_path && !has_key)
        return st_cli_fail(
            error, ST_USAGE, "option.missing",
            "A seal needs --key FILE as well; make one with `stonad seal --new-key -o "
            "FILE`.");
    if (has_key && !has_path && invocation->format == ST_FORMAT_CSV)
        return st_cli_fail(error, ST_USAGE, "option.alone",
                           "A seal is JSON; give -o FILE for it as well, or leave out --format.");
    return ST_OK;
}

enum st_status st_command_seal(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    const char *path = invocation->values[ST_OPTION_OUTPUT];
    bool has_key = st_option_given(invocation, ST_OPTION_KEY);
    char fingerprint[ST_HASH_TEXT_SIZE] = "";
    struct st_seal seal;
    if (st_option_given(invocation, ST_OPTION_NEW_KEY))
        return make_key(invocation, error);
    enum st_status status = check_options(invocation, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, &ledger, error);
    if (status == ST_OK)
        status = st_ledger_seal(ledger, &seal, error);
    if (status == ST_OK && has_key)
        status = sign(invocation, &seal, fingerprint, error);
    if (status == ST_OK && path != NULL)
        status = st_cli_write_file(invocation, path, write_seal, &seal, error);
    if (status != ST_OK)
        return status;
    if (has_key && path == NULL) {
        st_seal_write(stdout, &seal);
        return ST_OK;
    }
    st_cli_say_dry_run(invocation);
    return print_seal(invocation, &seal, fingerprint, error);
}

/* ---- verify -------------------------------------------------------------------------------- */

/* The key of --public-key; *given NULL without one. */
static enum st_status read_public_key(const struct st_invocation *invocation,
                                      unsigned char key[ST_KEY_SIZE], const unsigned char **given,
                                      struct st_error *error) {
    *given = NULL;
    if (!st_option_given(invocation, ST_OPTION_PUBLIC_KEY))
        return ST_OK;
    *given = key;
    return st_public_key_read(invocation->values[ST_OPTION_PUBLIC_KEY], key, error);
}

/* Without a key known beforehand a seal shows only that somebody made it. */
static enum st_status say_key(const struct st_seal *seal, bool is_pinned, struct st_error *error) {
    char fingerprint[ST_HASH_TEXT_SIZE];
    enum st_status status = ST_OK;
    if (is_pinned)
        return ST_OK;
    status = st_key_fingerprint(seal->public_key, fingerprint, error);
    if (status == ST_OK)
        st_cli_message("stonad: whose key signed the seal was not checked; compare its fingerprint "
                       "with the one you know, or give --public-key FILE: %s",
                       fingerprint);
    return status;
}

enum st_status st_cli_verify_seal(const struct st_invocation *invocation, enum st_option option,
                                  const struct st_cli_findings *findings, int64_t *sealed_count,
                                  struct st_error *error) {
    struct st_seal seal;
    unsigned char key[ST_KEY_SIZE];
    const unsigned char *given;
    int64_t finding_count = 0;
    *sealed_count = 0;
    enum st_status status = st_seal_read(invocation->values[option], &seal, error);
    if (status == ST_OK)
        status = read_public_key(invocation, key, &given, error);
    if (status == ST_OK)
        status = st_ledger_check_seal(invocation->ledger_path, &seal, given, findings->visit,
                                      findings->context, &finding_count, error);
    if (status == ST_OK)
        status = say_key(&seal, given != NULL, error);
    if (status != ST_OK || finding_count > 0)
        return status;
    *sealed_count = seal.entry_count;
    if (invocation->format == ST_FORMAT_TEXT)
        (void)printf("the seal holds: the first %lld entries, to %s, and what they paid are as "
                     "they were sealed\n",
                     (long long)seal.entry_count, seal.time);
    return ST_OK;
}

enum st_status st_cli_seal_head(const struct st_invocation *invocation,
                                const struct st_cli_findings *findings, char *head,
                                int64_t *entry_count, bool *is_good, struct st_error *error) {
    struct st_seal seal;
    unsigned char key[ST_KEY_SIZE];
    const unsigned char *given;
    int64_t finding_count = 0;
    enum st_status status = st_seal_read(invocation->values[ST_OPTION_SEAL], &seal, error);
    if (status == ST_OK)
        status = read_public_key(invocation, key, &given, error);
    if (status == ST_OK)
        status = st_seal_check_signature(&seal, given, findings->visit, findings->context,
                                         &finding_count, error);
    if (status == ST_OK)
        status = say_key(&seal, given != NULL, error);
    if (status != ST_OK)
        return status;
    *is_good = finding_count == 0;
    *entry_count = seal.entry_count;
    memcpy(head, seal.head, ST_HASH_TEXT_SIZE);
    return ST_OK;
}
