/* SPDX-License-Identifier: MIT */
/* seal.c - a seal made: the values of a ledger, their canonical bytes, the signature over them. */
#include "db/seal_internal.h"

#include <string.h>

static void put_text(struct st_bytes *out, const char *text) {
    st_bytes_text(out, text, strlen(text));
}

void st_seal_bytes(const struct st_seal *seal, struct st_bytes *out) {
    const struct st_seal_totals *totals = &seal->totals;
    put_text(out, "stonad-seal-1");
    put_text(out, seal->organisation_number);
    st_bytes_integer(out, seal->entry_count);
    put_text(out, seal->head);
    put_text(out, seal->last_hash);
    put_text(out, seal->time);
    st_bytes_integer(out, ST_SEAL_ACCOUNT_COUNT);
    for (int i = 0; i < ST_SEAL_ACCOUNT_COUNT; i++) {
        put_text(out, totals->accounts[i].name);
        st_bytes_integer(out, totals->accounts[i].in.ore);
        st_bytes_integer(out, totals->accounts[i].out.ore);
    }
    st_bytes_integer(out, totals->run_count);
    st_bytes_integer(out, totals->payslip_count);
    st_bytes_integer(out, totals->net_paid.ore);
    st_bytes_integer(out, totals->claims_outstanding.ore);
}

/* ---- the values ---------------------------------------------------------------------------- */

static enum st_status read_journal(struct st_ledger *ledger, struct st_seal *out,
                                   struct st_error *error) {
    struct st_journal_walk walk;
    bool found = true;
    enum st_status status = st_journal_walk_open(&walk, ledger, true, error);
    while (status == ST_OK && (status = st_journal_walk_next(&walk, &found, error)) == ST_OK &&
           found) {
        st_column_copy(walk.row, ST_WALK_TIME, out->time, sizeof out->time);
        st_journal_walk_add(&walk);
    }
    if (status == ST_OK)
        status = st_journal_walk_head(&walk, out->head, error);
    out->entry_count = (int64_t)walk.tree.leaf_count;
    memcpy(out->last_hash, walk.hash, sizeof out->last_hash);
    st_journal_walk_close(&walk);
    return status;
}

static enum st_status read_values(struct st_ledger *ledger, struct st_seal *out,
                                  struct st_error *error) {
    struct st_municipality municipality;
    bool is_whole = false;
    enum st_status status = st_ledger_municipality(ledger, &municipality, error);
    if (status == ST_OK)
        status = read_journal(ledger, out, error);
    if (status == ST_OK)
        status = st_seal_add_up(ledger, out->entry_count, &out->totals, &is_whole, error);
    if (status != ST_OK)
        return status;
    memcpy(out->organisation_number, municipality.organisation_number,
           sizeof out->organisation_number);
    if (is_whole)
        return ST_OK;
    return st_db_fail(
        error, ST_DAMAGED, "seal.totals",
        "The payslips of %s cannot be added up; verify the ledger, and restore it from "
        "a copy.",
        ledger->path);
}

enum st_status st_ledger_seal(struct st_ledger *ledger, struct st_seal *out,
                              struct st_error *error) {
    *out = (struct st_seal){.entry_count = 0};
    enum st_status status = st_execute(ledger, "BEGIN", error);
    if (status != ST_OK)
        return status;
    status = read_values(ledger, out, error);
    (void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* ---- the signature ------------------------------------------------------------------------- */

enum st_status st_seal_sign(struct st_seal *seal, const struct st_key_pair *pair,
                            struct st_error *error) {
    struct st_bytes bytes = {0};
    st_seal_bytes(seal, &bytes);
    enum st_status status = bytes.failed
                                ? st_db_fail_memory(error)
                                : st_sign(pair, bytes.data, bytes.size, seal->signature, error);
    memcpy(seal->public_key, pair->public_key, sizeof seal->public_key);
    st_bytes_free(&bytes);
    return status;
}
