/* SPDX-License-Identifier: MIT */
/* seal_check.c - a seal held against a ledger: what was sealed must still be its beginning, word
 * for word. Finds what the chain alone cannot: a ledger written anew after an edit, or cut off at
 * its end.
 */
#include "db/seal_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_TEXT_SIZE = 40, ROW_TEXT_SIZE = 80 };

struct check {
    const struct st_seal *seal;
    struct st_ledger *ledger;
    enum st_status (*visit)(void *, const struct st_verify_row *);
    void *context;
    int64_t *finding_count;
    struct st_error *error;
    /* what the ledger has */
    int64_t entry_count;
    bool has_head; /* it reaches to the seal */
    char head[ST_HASH_TEXT_SIZE], last_hash[ST_HASH_TEXT_SIZE], time[ST_TIME_TEXT_SIZE + 8];
};

/* ---- findings ------------------------------------------------------------------------------ */

static enum st_status tell(struct check *check, const struct st_verify_row *row) {
    struct st_verify_row told = *row;
    told.kind = ST_VERIFY_JOURNAL;
    told.table = told.table == NULL ? "" : told.table;
    told.row = told.row == NULL ? "" : told.row;
    told.field = told.field == NULL ? "" : told.field;
    ++*check->finding_count;
    return check->visit(check->context, &told);
}

static void to_hex(const unsigned char *bytes, size_t size, char *text) {
    for (size_t i = 0; i < size; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

/* ---- the signature ------------------------------------------------------------------------- */

static enum st_status check_signature(struct check *check, const unsigned char *public_key) {
    const struct st_seal *seal = check->seal;
    struct st_bytes bytes = {0};
    bool is_valid = false;
    char found[ST_KEY_TEXT_SIZE], expected[ST_KEY_TEXT_SIZE], signature[ST_SIGNATURE_TEXT_SIZE];
    st_seal_bytes(seal, &bytes);
    enum st_status status = bytes.failed
                                ? st_db_fail_memory(check->error)
                                : st_signature_check(seal->public_key, bytes.data, bytes.size,
                                                     seal->signature, &is_valid, check->error);
    st_bytes_free(&bytes);
    if (status != ST_OK)
        return status;
    if (!is_valid) {
        to_hex(seal->signature, sizeof seal->signature, signature);
        const struct st_verify_row row = {
            .code = "VERIFY-SEAL-SIGNATURE",
            .table = "seal",
            .field = "signature",
            .expected = "a signature over the values of the seal",
            .found = signature,
            .text = "The signature is not that of the seal's key over its values: the seal was "
                    "changed, and says nothing."};
        status = tell(check, &row);
    }
    if (status != ST_OK || public_key == NULL ||
        memcmp(public_key, seal->public_key, ST_KEY_SIZE) == 0)
        return status;
    to_hex(public_key, ST_KEY_SIZE, expected);
    to_hex(seal->public_key, ST_KEY_SIZE, found);
    const struct st_verify_row row = {
        .code = "VERIFY-SEAL-KEY",
        .table = "seal",
        .field = "public_key",
        .expected = expected,
        .found = found,
        .text = "The seal is signed with another key than the one given: anybody could have made "
                "it."};
    return tell(check, &row);
}

enum st_status
st_seal_check_signature(const struct st_seal *seal, const unsigned char *public_key,
                        enum st_status (*visit)(void *, const struct st_verify_row *),
                        void *context, int64_t *finding_count, struct st_error *error) {
    struct check check = {.seal = seal,
                          .visit = visit,
                          .context = context,
                          .finding_count = finding_count,
                          .error = error};
    *finding_count = 0;
    return check_signature(&check, public_key);
}

/* ---- the journal --------------------------------------------------------------------------- */

/* Head, hash and time as of the seal's last entry; all entries are counted. */
static enum st_status read_journal(struct check *check) {
    struct st_journal_walk walk;
    bool found = true;
    enum st_status status = st_journal_walk_open(&walk, check->ledger, false, check->error);
    while (status == ST_OK &&
           (status = st_journal_walk_next(&walk, &found, check->error)) == ST_OK && found) {
        if (++check->entry_count > check->seal->entry_count)
            continue;
        st_journal_walk_add(&walk);
        st_column_copy(walk.row, ST_WALK_TIME, check->time, sizeof check->time);
    }
    check->has_head = check->entry_count >= check->seal->entry_count;
    if (status == ST_OK)
        status = st_journal_walk_head(&walk, check->head, check->error);
    memcpy(check->last_hash, walk.hash, sizeof check->last_hash);
    st_journal_walk_close(&walk);
    return status;
}

static enum st_status tell_cut(struct check *check) {
    int64_t sealed = check->seal->entry_count, missing = sealed - check->entry_count;
    char row[ROW_TEXT_SIZE], expected[NUMBER_TEXT_SIZE], found[NUMBER_TEXT_SIZE], text[160];
    if (missing == 1) {
        (void)snprintf(row, sizeof row, "entry %" PRId64, sealed);
        (void)snprintf(text, sizeof text,
                       "The ledger ends before the seal: the last entry was cut "
                       "off, or this is a copy from before.");
    } else {
        (void)snprintf(row, sizeof row, "entries %" PRId64 " to %" PRId64, check->entry_count + 1,
                       sealed);
        (void)snprintf(text, sizeof text,
                       "The ledger ends before the seal: the last %" PRId64
                       " entries were cut off, or this is a copy from before.",
                       missing);
    }
    (void)snprintf(expected, sizeof expected, "%" PRId64 " entries", sealed);
    (void)snprintf(found, sizeof found, "%" PRId64 " entries", check->entry_count);
    const struct st_verify_row told = {.code = "VERIFY-SEAL-CUT",
                                       .table = "journal",
                                       .row = row,
                                       .field = "entry",
                                       .expected = expected,
                                       .found = found,
                                       .text = text};
    return tell(check, &told);
}

static enum st_status same_text(struct check *check, const char *code, const char *row,
                                const char *field, const char *expected, const char *found,
                                const char *text) {
    const struct st_verify_row told = {.code = code,
                                       .table = "journal",
                                       .row = row,
                                       .field = field,
                                       .expected = expected,
                                       .found = found,
                                       .text = text};
    return strcmp(expected, found) == 0 ? ST_OK : tell(check, &told);
}

static enum st_status check_journal(struct check *check) {
    const struct st_seal *seal = check->seal;
    char all[ROW_TEXT_SIZE], last[ROW_TEXT_SIZE];
    if (!check->has_head)
        return tell_cut(check);
    (void)snprintf(all, sizeof all, "entries 1 to %" PRId64, seal->entry_count);
    (void)snprintf(last, sizeof last, "entry %" PRId64, seal->entry_count);
    enum st_status status =
        same_text(check, "VERIFY-SEAL-HEAD", all, "head", seal->head, check->head,
                  "These entries are not those that were sealed: the journal was changed after the "
                  "seal was made, and its hashes may have been computed anew to hide it.");
    if (status == ST_OK)
        status = same_text(check, "VERIFY-SEAL-HASH", last, "hash", seal->last_hash,
                           check->last_hash, "The hash of this entry is not the one sealed.");
    if (status == ST_OK)
        status = same_text(check, "VERIFY-SEAL-TIME", last, "time", seal->time, check->time,
                           "The time of this entry is not the one sealed.");
    return status;
}

/* ---- the totals ---------------------------------------------------------------------------- */

static void format_number(int64_t number, bool is_amount, char text[NUMBER_TEXT_SIZE]) {
    uint64_t size = number < 0 ? -(uint64_t)number : (uint64_t)number;
    const char *sign = number < 0 ? "-" : "";
    if (is_amount)
        (void)snprintf(text, NUMBER_TEXT_SIZE, "%s%" PRIu64 ".%02u", sign, size / 100,
                       (unsigned)(size % 100));
    else
        (void)snprintf(text, NUMBER_TEXT_SIZE, "%s%" PRIu64, sign, size);
}

static enum st_status same_number(struct check *check, const char *field, int64_t expected,
                                  int64_t found, bool is_amount) {
    char row[ROW_TEXT_SIZE], expected_text[NUMBER_TEXT_SIZE], found_text[NUMBER_TEXT_SIZE];
    if (expected == found)
        return ST_OK;
    (void)snprintf(row, sizeof row, "entries 1 to %" PRId64, check->seal->entry_count);
    format_number(expected, is_amount, expected_text);
    format_number(found, is_amount, found_text);
    struct st_verify_row told = {.code = "VERIFY-SEAL-TOTAL",
                                 .table = "payslip line claim",
                                 .row = row,
                                 .field = field,
                                 .expected = expected_text,
                                 .found = found_text,
                                 .text = "The payslips of these entries no longer come to what was "
                                         "sealed."};
    if (is_amount)
        told.has_amount =
            st_amount_subtract((st_amount){found}, (st_amount){expected}, &told.amount);
    return tell(check, &told);
}

static enum st_status same_account(struct check *check, const struct st_seal_account *expected,
                                   const struct st_seal_account *found) {
    char field[NUMBER_TEXT_SIZE];
    (void)snprintf(field, sizeof field, "%.20s in", expected->name);
    enum st_status status = same_number(check, field, expected->in.ore, found->in.ore, true);
    (void)snprintf(field, sizeof field, "%.20s out", expected->name);
    return status == ST_OK ? same_number(check, field, expected->out.ore, found->out.ore, true)
                           : status;
}

static enum st_status check_totals(struct check *check) {
    const struct st_seal_totals *sealed = &check->seal->totals;
    struct st_seal_totals found;
    bool is_whole = false;
    enum st_status status =
        st_seal_add_up(check->ledger, check->seal->entry_count, &found, &is_whole, check->error);
    if (status == ST_OK && !is_whole)
        status =
            tell(check,
                 &(struct st_verify_row){.code = "VERIFY-SEAL-TOTAL",
                                         .table = "line",
                                         .expected = "",
                                         .found = "",
                                         .text = "The lines of these entries cannot be added up."});
    if (!is_whole)
        return status;
    for (int i = 0; status == ST_OK && i < ST_SEAL_ACCOUNT_COUNT; i++)
        status = same_account(check, &sealed->accounts[i], &found.accounts[i]);
    if (status == ST_OK)
        status = same_number(check, "runs", sealed->run_count, found.run_count, false);
    if (status == ST_OK)
        status = same_number(check, "payslips", sealed->payslip_count, found.payslip_count, false);
    if (status == ST_OK)
        status = same_number(check, "net paid", sealed->net_paid.ore, found.net_paid.ore, true);
    if (status == ST_OK)
        status = same_number(check, "claims outstanding", sealed->claims_outstanding.ore,
                             found.claims_outstanding.ore, true);
    return status;
}

/* ---- all of it ----------------------------------------------------------------------------- */

/* Another number with the same entries was changed in the ledger; with other entries it is simply
 * the seal of another one. */
static enum st_status check_municipality(struct check *check) {
    struct st_municipality municipality;
    const char *sealed = check->seal->organisation_number;
    enum st_status status = st_ledger_municipality(check->ledger, &municipality, check->error);
    if (status != ST_OK || strcmp(municipality.organisation_number, sealed) == 0)
        return status;
    if (!check->has_head || strcmp(check->head, check->seal->head) != 0)
        return st_db_fail(check->error, ST_BAD_INPUT, "seal.other_ledger",
                          "The seal is of the ledger of %s, and this is the ledger of %s; give the "
                          "seal of this ledger.",
                          sealed, municipality.organisation_number);
    const struct st_verify_row row = {.code = "VERIFY-SEAL-MUNICIPALITY",
                                      .table = "municipality",
                                      .field = "organisation_number",
                                      .expected = sealed,
                                      .found = municipality.organisation_number,
                                      .text = "The ledger names another municipality than when it "
                                              "was sealed."};
    return tell(check, &row);
}

static enum st_status check_ledger(struct check *check) {
    enum st_status status = read_journal(check);
    if (status == ST_OK)
        status = check_municipality(check);
    if (status == ST_OK)
        status = check_journal(check);
    if (status == ST_OK && check->has_head)
        status = check_totals(check);
    return status;
}

/* What cannot be read is a finding: the ordinary verification, which follows, says more. */
static enum st_status tell_unreadable(struct check *check) {
    const struct st_verify_row row = {.code = "VERIFY-SEAL-READ",
                                      .expected = "",
                                      .found = check->error->text,
                                      .text = "The ledger could not be read so far that the seal "
                                              "could be held against it."};
    return tell(check, &row);
}

/* A ledger whose mark was changed is still looked at; what has no journal is none. */
static enum st_status open_ledger(const char *path, struct st_ledger **out,
                                  struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *journal = NULL;
    struct st_error ignored;
    enum st_status status = st_ledger_open(path, ST_OPEN_READ, out, error);
    if (status != ST_DAMAGED || st_ledger_connect(path, false, out, &ignored) != ST_OK)
        return status;
    if (st_prepare(*out, &journal, "SELECT " ST_ENTRY_COLUMNS ", hash FROM journal", &ignored) ==
        ST_OK)
        return ST_OK;
    return status;
}

enum st_status st_ledger_check_seal(const char *path, const struct st_seal *seal,
                                    const unsigned char *public_key,
                                    enum st_status (*visit)(void *, const struct st_verify_row *),
                                    void *context, int64_t *finding_count, struct st_error *error) {
    struct check check = {.seal = seal,
                          .visit = visit,
                          .context = context,
                          .finding_count = finding_count,
                          .error = error};
    *finding_count = 0;
    enum st_status status = check_signature(&check, public_key);
    if (status != ST_OK || *finding_count > 0)
        return status; /* such a seal says nothing about a ledger */
    status = open_ledger(path, &check.ledger, error);
    if (status == ST_OK)
        status = st_execute(check.ledger, "BEGIN", error);
    if (status == ST_OK) {
        status = check_ledger(&check);
        if (status == ST_DAMAGED)
            status = tell_unreadable(&check);
    }
    st_ledger_close(check.ledger);
    return status;
}
