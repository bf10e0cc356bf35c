/* SPDX-License-Identifier: MIT */
/* seal_totals.c - what a ledger comes to, as of an entry: by account, over the lines of payslips
 * that are due in runs that were not discarded until then.
 */
#include "db/seal_internal.h"

#include <string.h>

struct totals {
    struct st_ledger *ledger;
    int64_t entry_count;
    struct st_seal_totals *out;
    bool is_whole;
    sqlite3_stmt *payslips, *lines; /* of a run */
    struct st_error *error;
};

static void add(struct totals *totals, int64_t ore, st_amount *sum) {
    if (!st_amount_add(*sum, (st_amount){ore}, sum))
        totals->is_whole = false;
}

static struct st_seal_account *find_account(struct totals *totals, const char *name) {
    for (size_t i = 0; i < ST_SEAL_ACCOUNT_COUNT; i++)
        if (strcmp(totals->out->accounts[i].name, name) == 0)
            return &totals->out->accounts[i];
    totals->is_whole = false;
    return NULL;
}

static void add_line(struct totals *totals) {
    struct st_seal_account *from = find_account(totals, st_column_text(totals->lines, 0));
    struct st_seal_account *to = find_account(totals, st_column_text(totals->lines, 1));
    int64_t amount_ore = sqlite3_column_int64(totals->lines, 2);
    if (from == NULL || to == NULL)
        return;
    add(totals, amount_ore, &from->out);
    add(totals, amount_ore, &to->in);
}

static enum st_status bind_run(struct totals *totals, sqlite3_stmt *statement, int64_t run) {
    (void)sqlite3_reset(statement);
    return sqlite3_bind_int64(statement, 1, run) == SQLITE_OK
               ? ST_OK
               : st_db_fail_sqlite(totals->ledger, totals->error);
}

static enum st_status add_run(struct totals *totals, int64_t run, bool is_paid) {
    bool row = true;
    enum st_status status = bind_run(totals, totals->payslips, run);
    while (status == ST_OK &&
           (status = st_step(totals->ledger, totals->payslips, &row, totals->error)) == ST_OK &&
           row) {
        totals->out->payslip_count++;
        if (is_paid)
            add(totals, sqlite3_column_int64(totals->payslips, 0), &totals->out->net_paid);
    }
    if (status == ST_OK)
        status = bind_run(totals, totals->lines, run);
    while (status == ST_OK &&
           (status = st_step(totals->ledger, totals->lines, &row, totals->error)) == ST_OK && row)
        add_line(totals);
    totals->out->run_count++;
    return status;
}

/* A run is what the last entry that names it, among the first ones, made of it. */
#define KIND_OF_RUN                                                                                \
    "(SELECT kind FROM journal WHERE journal.run = run.run AND journal.entry <= ?1"                \
    " ORDER BY journal.entry DESC LIMIT 1)"

static enum st_status add_runs(struct totals *totals) {
    ST_FINALIZED sqlite3_stmt *runs = NULL;
    bool row = true;
    enum st_status status = st_prepare(
        totals->ledger, &runs,
        "SELECT run, " KIND_OF_RUN " FROM run WHERE entry <= ?1 ORDER BY run", totals->error);
    if (status == ST_OK && sqlite3_bind_int64(runs, 1, totals->entry_count) != SQLITE_OK)
        status = st_db_fail_sqlite(totals->ledger, totals->error);
    while (status == ST_OK &&
           (status = st_step(totals->ledger, runs, &row, totals->error)) == ST_OK && row) {
        const char *kind = st_column_text(runs, 1);
        bool is_paid = strcmp(kind, "approve") == 0 || strcmp(kind, "export") == 0;
        if (strcmp(kind, "discard") != 0)
            status = add_run(totals, sqlite3_column_int64(runs, 0), is_paid);
    }
    return status;
}

/* Of each person, what remained after the last movement that counts. */
static enum st_status add_claims(struct totals *totals) {
    ST_FINALIZED sqlite3_stmt *claims = NULL;
    char person_id[ST_PERSON_ID_SIZE] = "";
    int64_t remaining_ore = 0;
    bool row = true;
    enum st_status status =
        st_prepare(totals->ledger, &claims,
                   "SELECT person_id, remaining_ore FROM claim JOIN run USING (run)"
                   " JOIN payslip USING (run, person_id)"
                   " WHERE run.entry <= ?1 AND payslip.state = 'due' AND " KIND_OF_RUN
                   " <> 'discard' ORDER BY person_id, run, number",
                   totals->error);
    if (status == ST_OK && sqlite3_bind_int64(claims, 1, totals->entry_count) != SQLITE_OK)
        status = st_db_fail_sqlite(totals->ledger, totals->error);
    while (status == ST_OK &&
           (status = st_step(totals->ledger, claims, &row, totals->error)) == ST_OK && row) {
        if (strcmp(person_id, st_column_text(claims, 0)) != 0)
            add(totals, remaining_ore, &totals->out->claims_outstanding);
        st_column_copy(claims, 0, person_id, sizeof person_id);
        remaining_ore = sqlite3_column_int64(claims, 1);
    }
    add(totals, remaining_ore, &totals->out->claims_outstanding);
    return status;
}

enum st_status st_seal_add_up(struct st_ledger *ledger, int64_t entry_count,
                              struct st_seal_totals *out, bool *is_whole, struct st_error *error) {
    struct totals totals = {
        .ledger = ledger, .entry_count = entry_count, .out = out, .is_whole = true, .error = error};
    _Static_assert((int)ST_SEAL_ACCOUNT_COUNT == (int)ST_ACCOUNT_COUNT, "every account");
    *out = (struct st_seal_totals){.run_count = 0};
    for (int i = 0; i < ST_SEAL_ACCOUNT_COUNT; i++)
        out->accounts[i].name = st_account_name((enum st_account)i);
    enum st_status status =
        st_prepare(ledger, &totals.payslips,
                   "SELECT net_ore FROM payslip WHERE run = ? AND state = 'due'", error);
    if (status == ST_OK)
        status = st_prepare(ledger, &totals.lines,
                            "SELECT from_account, to_account, amount_ore FROM payslip"
                            " CROSS JOIN line USING (run, person_id)"
                            " WHERE payslip.run = ? AND payslip.state = 'due'",
                            error);
    if (status == ST_OK)
        status = add_runs(&totals);
    if (status == ST_OK)
        status = add_claims(&totals);
    st_statement_finalize(&totals.payslips);
    st_statement_finalize(&totals.lines);
    *is_whole = totals.is_whole;
    return status;
}
