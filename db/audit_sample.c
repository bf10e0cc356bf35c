/* SPDX-License-Identifier: MIT */
/* audit_sample.c - which payslips a bundle shows with their proofs: the first, the largest, and
 * some that the journal's head picks. The head is what it is only when everything is in the
 * journal, so nobody chooses; and whoever has the head and the ledger picks the same.
 */
#include "stonad/audit.h"

#include "db/ledger_internal.h"
#include "db/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLE_MAX = ST_AUDIT_DRAWN_MAX + 2, DRAW_MAX = 1000, WHY_SIZE = 24 };

struct chosen {
    int64_t run;
    char person_id[ST_PERSON_ID_SIZE];
};

struct sampling {
    struct st_ledger *ledger;
    enum st_status (*visit)(void *, const struct st_audit_sample *);
    void *context;
    struct chosen chosen[SAMPLE_MAX];
    int count;
    struct st_error *error;
};

/* Payslips of runs that were not discarded, as far as is seen: ?1 is the horizon. */
#define KEPT                                                                                       \
    " FROM payslip WHERE run IN (SELECT run.run FROM run WHERE run.entry < ?1 AND"                 \
    " (SELECT kind FROM journal WHERE journal.run = run.run AND journal.entry < ?1"                \
    "  ORDER BY entry DESC LIMIT 1) <> 'discard')"

/* Tells the payslip that the query finds, unless it was told before. */
static enum st_status choose(struct sampling *sampling, const char *sql, int64_t offset,
                             const char *why, bool *is_new) {
    ST_FINALIZED sqlite3_stmt *row = NULL;
    bool found = false;
    struct chosen *next = &sampling->chosen[sampling->count];
    *is_new = false;
    enum st_status status = st_prepare(sampling->ledger, &row, sql, sampling->error);
    if (status == ST_OK && (sqlite3_bind_int64(row, 1, sampling->ledger->horizon) != SQLITE_OK ||
                            sqlite3_bind_int64(row, 2, offset) != SQLITE_OK))
        status = st_db_fail_sqlite(sampling->ledger, sampling->error);
    if (status == ST_OK)
        status = st_step(sampling->ledger, row, &found, sampling->error);
    if (status != ST_OK || !found)
        return status;
    next->run = sqlite3_column_int64(row, 0);
    st_column_copy(row, 1, next->person_id, sizeof next->person_id);
    for (int i = 0; i < sampling->count; i++)
        if (sampling->chosen[i].run == next->run &&
            strcmp(sampling->chosen[i].person_id, next->person_id) == 0)
            return ST_OK;
    *is_new = true;
    sampling->count++;
    const struct st_audit_sample sample = {sampling->count, next->run, next->person_id, why};
    return sampling->visit(sampling->context, &sample);
}

static enum st_status count_payslips(struct st_ledger *ledger, int64_t *count,
                                     struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *row = NULL;
    bool found = false;
    enum st_status status = st_prepare(ledger, &row, "SELECT count(*)" KEPT, error);
    if (status == ST_OK && sqlite3_bind_int64(row, 1, ledger->horizon) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    if (status == ST_OK)
        status = st_step(ledger, row, &found, error);
    *count = status == ST_OK && found ? sqlite3_column_int64(row, 0) : 0;
    return status;
}

/* The first eight bytes of SHA-256("HEAD:draw") as a number, the highest byte first, modulo
 * `count`. */
static bool place_drawn(struct st_tree_hasher *hasher, const char *head, int draw, int64_t count,
                        int64_t *out) {
    char text[ST_HASH_TEXT_SIZE + 16];
    struct st_tree_hash hash;
    uint64_t number = 0;
    int size = snprintf(text, sizeof text, "%.64s:%d", head, draw);
    if (!st_tree_sha256(hasher, text, (size_t)size, &hash))
        return false;
    for (int i = 0; i < 8; i++)
        number = number << 8 | hash.bytes[i];
    *out = (int64_t)(number % (uint64_t)count);
    return true;
}

static enum st_status draw_all(struct sampling *sampling, struct st_tree_hasher *hasher,
                               const char *head, int64_t count) {
    enum st_status status = ST_OK;
    int drawn = 0;
    for (int draw = 1; status == ST_OK && draw <= DRAW_MAX && drawn < ST_AUDIT_DRAWN_MAX &&
                       sampling->count < count;
         draw++) {
        char why[WHY_SIZE];
        int64_t offset;
        bool is_new;
        if (!place_drawn(hasher, head, draw, count, &offset))
            return st_db_fail_memory(sampling->error);
        (void)snprintf(why, sizeof why, "drawn %d", draw);
        status = choose(sampling,
                        "SELECT run, person_id" KEPT " ORDER BY run, person_id LIMIT 1 OFFSET ?2",
                        offset, why, &is_new);
        drawn += status == ST_OK && is_new;
    }
    return status;
}

enum st_status st_ledger_each_sample(struct st_ledger *ledger, const char *head,
                                     enum st_status (*visit)(void *,
                                                             const struct st_audit_sample *),
                                     void *context, struct st_error *error) {
    struct sampling sampling = {
        .ledger = ledger, .visit = visit, .context = context, .error = error};
    int64_t count = 0;
    bool is_new;
    enum st_status status = count_payslips(ledger, &count, error);
    if (status != ST_OK || count == 0)
        return status;
    struct st_tree_hasher *hasher = st_tree_hasher_new();
    if (hasher == NULL)
        return st_db_fail_memory(error);
    status =
        choose(&sampling, "SELECT run, person_id" KEPT " ORDER BY run, person_id LIMIT 1 OFFSET ?2",
               0, "first", &is_new);
    if (status == ST_OK)
        status = choose(&sampling,
                        "SELECT run, person_id" KEPT " AND state = 'due'"
                        " ORDER BY net_ore DESC, run, person_id LIMIT 1 OFFSET ?2",
                        0, "largest", &is_new);
    if (status == ST_OK)
        status = draw_all(&sampling, hasher, head, count);
    st_tree_hasher_free(hasher);
    return status;
}
