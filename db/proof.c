/* SPDX-License-Identifier: MIT */
/* proof.c - proofs made from a ledger: a payslip with its two paths, and one head as the beginning
 * of another. What does not fit its own journal is not proved.
 */
#include "stonad/proof.h"

#include "db/journal_walk.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static void copy_path(const struct st_tree_path *path, struct st_proof_path *out) {
    _Static_assert((int)ST_PROOF_PATH_MAX == (int)ST_TREE_PATH_MAX, "the same limit on both");
    out->count = path->count;
    for (int i = 0; i < path->count; i++)
        st_tree_hex(&path->hashes[i], out->hashes[i]);
}

static enum st_status keep_bytes(const char *bytes, size_t size, struct st_canonical_bytes *out,
                                 struct st_error *error) {
    st_canonical_put_bytes(out, bytes, size);
    return out->failed ? st_db_fail_memory(error) : ST_OK;
}

/* All reading is of one moment. */
static enum st_status begin_reading(struct st_ledger *ledger, struct st_error *error) {
    return st_execute(ledger, "BEGIN", error);
}
static void end_reading(struct st_ledger *ledger) {
    (void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
}

static enum st_status refuse_count(const struct st_ledger *ledger, int64_t wanted, int64_t held,
                                   struct st_error *error) {
    return st_db_fail(error, ST_BAD_INPUT, "proof.entries",
                      "The ledger %s has %" PRId64 " entries, not %" PRId64
                      "; give a number from 1 to %" PRId64 ".",
                      ledger->path, held, wanted, held);
}

/* ---- a payslip in its run's tree ----------------------------------------------------------- */

/* A run's tree while its payslips go by, in person order. */
struct payslip_walk {
    struct st_ledger *ledger;
    const char *person_id; /* whose is proved */
    struct st_leaf_reader reader;
    struct st_tree tree;
    struct st_tree_watch watch;
    struct st_proof *out;
    bool is_met;
    struct st_error *error;
};

static enum st_status meet_payslip(struct payslip_walk *walk, const struct st_payslip_leaf *leaf) {
    walk->is_met = true;
    walk->out->index = (int64_t)walk->tree.leaf_count;
    st_tree_hex(&leaf->salt, walk->out->salt);
    st_tree_watch_leaf(&walk->tree, &walk->watch);
    return keep_bytes(leaf->bytes, leaf->size, &walk->out->payslip.hashed, walk->error);
}

static enum st_status walk_payslips(struct payslip_walk *walk, int64_t run) {
    ST_FINALIZED sqlite3_stmt *persons = NULL;
    bool row = true;
    enum st_status status =
        st_prepare(walk->ledger, &persons,
                   "SELECT person_id FROM payslip WHERE run = ? ORDER BY person_id", walk->error);
    if (status == ST_OK && sqlite3_bind_int64(persons, 1, run) != SQLITE_OK)
        status = st_db_fail_sqlite(walk->ledger, walk->error);
    while (status == ST_OK &&
           (status = st_step(walk->ledger, persons, &row, walk->error)) == ST_OK && row) {
        struct st_payslip_leaf leaf;
        const char *person_id = st_column_text(persons, 0);
        status = st_payslip_leaf(&walk->reader, run, person_id, &leaf, walk->error);
        if (status == ST_OK && strcmp(person_id, walk->person_id) == 0)
            status = meet_payslip(walk, &leaf);
        if (status == ST_OK)
            st_tree_add(&walk->tree, &leaf.hash);
    }
    return status;
}

static enum st_status refuse_person(int64_t run, struct st_error *error) {
    return st_db_fail(
        error, ST_BAD_INPUT, "person.payslip",
        "This person has no payslip in run %" PRId64 "; `stonad payslips` lists who has.", run);
}

/* Fills in the payslip's part; *root is that of the tree as its rows give it. */
static enum st_status prove_payslip(struct st_ledger *ledger, int64_t run, const char *person_id,
                                    struct st_proof *out, char root[ST_DIGEST_TEXT_SIZE],
                                    struct st_error *error) {
    struct payslip_walk walk = {
        .ledger = ledger, .person_id = person_id, .out = out, .error = error};
    struct st_tree_path path;
    struct st_tree_hash hash;
    enum st_status status = st_leaf_reader_open(&walk.reader, ledger, error);
    st_tree_begin(&walk.tree, walk.reader.maker.hasher);
    if (status == ST_OK)
        status = walk_payslips(&walk, run);
    if (status == ST_OK && !walk.is_met)
        status = refuse_person(run, error);
    if (status == ST_OK &&
        !(st_tree_watched_path(&walk.tree, &path) && st_tree_root(&walk.tree, &hash)))
        status = st_db_fail_memory(error);
    if (status == ST_OK) {
        copy_path(&path, &out->path);
        out->count = (int64_t)walk.tree.leaf_count;
        st_tree_hex(&hash, root);
    }
    st_leaf_reader_close(&walk.reader);
    return status;
}

/* ---- the run's entry in the journal's tree ------------------------------------------------- */

/* The entry that computed the run, and that it has the root its payslips give. */
static enum st_status meet_entry(struct st_journal_walk *walk, const char *root,
                                 struct st_tree_watch *watch, struct st_proof *out,
                                 struct st_error *error) {
    if (strcmp(st_column_text(walk->row, ST_WALK_ROOT), root) != 0)
        return st_db_fail(error, ST_DAMAGED, "ledger.root",
                          "The payslips of the run are not those entry %" PRId64
                          " wrote; verify the ledger, and restore it from a copy.",
                          walk->entry);
    st_tree_watch_leaf(&walk->tree, watch);
    return keep_bytes(walk->bytes.data, walk->bytes.size, &out->entry.hashed, error);
}

static enum st_status walk_to(struct st_journal_walk *walk, int64_t run_entry, const char *root,
                              struct st_tree_watch *watch, struct st_proof *out,
                              struct st_error *error) {
    int64_t wanted = out->entry_count;
    enum st_status status = ST_OK;
    bool found = true;
    while (status == ST_OK && (wanted == 0 || (int64_t)walk->tree.leaf_count < wanted) &&
           (status = st_journal_walk_next(walk, &found, error)) == ST_OK && found) {
        if (walk->entry == run_entry)
            status = meet_entry(walk, root, watch, out, error);
        st_journal_walk_add(walk);
    }
    out->entry_count = (int64_t)walk->tree.leaf_count;
    if (status != ST_OK)
        return status;
    if (wanted > out->entry_count)
        return refuse_count(walk->ledger, wanted, out->entry_count, error);
    if (walk->tree.watch != NULL)
        return ST_OK;
    return st_db_fail(error, ST_BAD_INPUT, "proof.early",
                      "The run was computed by entry %" PRId64
                      ", which is not among the first %" PRId64 "; give --at %" PRId64 " or more.",
                      run_entry, out->entry_count, run_entry);
}

static enum st_status prove_entry(struct st_ledger *ledger, int64_t run_entry, const char *root,
                                  struct st_proof *out, struct st_error *error) {
    struct st_journal_walk walk;
    struct st_tree_watch watch;
    struct st_tree_path path;
    enum st_status status = st_journal_walk_open(&walk, ledger, true, error);
    if (status == ST_OK)
        status = walk_to(&walk, run_entry, root, &watch, out, error);
    if (status == ST_OK)
        status = st_journal_walk_head(&walk, out->head, error);
    if (status == ST_OK && !st_tree_watched_path(&walk.tree, &path))
        status = st_db_fail_memory(error);
    if (status == ST_OK)
        copy_path(&path, &out->entry_path);
    st_journal_walk_close(&walk);
    return status;
}

enum st_status st_ledger_prove(struct st_ledger *ledger, int64_t run, const char *person_id,
                               int64_t entry_count, struct st_proof *out, struct st_error *error) {
    struct st_run_row row;
    char root[ST_DIGEST_TEXT_SIZE];
    *out = (struct st_proof){.entry_count = entry_count};
    assert(entry_count >= 0);
    enum st_status status = begin_reading(ledger, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_find_run(ledger, run, &row, error);
    int64_t run_entry = status == ST_OK ? row.journal_entry : 0;
    if (status == ST_OK)
        status = prove_payslip(ledger, run, person_id, out, root, error);
    if (status == ST_OK)
        status = prove_entry(ledger, run_entry, root, out, error);
    end_reading(ledger);
    if (status != ST_OK)
        st_proof_free(out);
    return status;
}

/* ---- consistency --------------------------------------------------------------------------- */

static enum st_status walk_both(struct st_journal_walk *walk, int64_t from, int64_t to,
                                struct st_tree_watch *watch, struct st_consistency *out,
                                struct st_error *error) {
    enum st_status status = ST_OK;
    bool found = true;
    while (status == ST_OK && (to == 0 || (int64_t)walk->tree.leaf_count < to) &&
           (status = st_journal_walk_next(walk, &found, error)) == ST_OK && found) {
        st_journal_walk_add(walk);
        if ((int64_t)walk->tree.leaf_count != from)
            continue;
        st_tree_watch_head(&walk->tree, watch);
        status = st_journal_walk_head(walk, out->old_head, error);
    }
    out->old_count = from;
    out->new_count = (int64_t)walk->tree.leaf_count;
    if (status == ST_OK && (from > out->new_count || to > out->new_count))
        status = refuse_count(walk->ledger, to > out->new_count ? to : from, out->new_count, error);
    return status;
}

enum st_status st_ledger_prove_consistency(struct st_ledger *ledger, int64_t from, int64_t to,
                                           struct st_consistency *out, struct st_error *error) {
    struct st_journal_walk walk;
    struct st_tree_watch watch;
    struct st_tree_path path;
    *out = (struct st_consistency){0};
    if (from < 1 || (to != 0 && to < from))
        return st_db_fail(error, ST_BAD_INPUT, "proof.order",
                          "A head continues one over fewer entries, of which there is 1 at least; "
                          "give --from 1 or more, and --to that number or more.");
    enum st_status status = begin_reading(ledger, error);
    if (status != ST_OK)
        return status;
    status = st_journal_walk_open(&walk, ledger, true, error);
    if (status == ST_OK)
        status = walk_both(&walk, from, to, &watch, out, error);
    if (status == ST_OK)
        status = st_journal_walk_head(&walk, out->new_head, error);
    if (status == ST_OK && !st_tree_watched_path(&walk.tree, &path))
        status = st_db_fail_memory(error);
    if (status == ST_OK)
        copy_path(&path, &out->path);
    st_journal_walk_close(&walk);
    end_reading(ledger);
    return status;
}
