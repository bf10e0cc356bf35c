/* SPDX-License-Identifier: MIT */
/* verify_trees.c - the tree over each run's payslips, made again from the rows: its root against the
 * one the run's journal entry has. The leaves come from the rows as stored, not from the writer.
 */
#include "db/canonical.h"
#include "db/verify_internal.h"

#include <inttypes.h>
#include <stdio.h>

static enum st_status recompute_root(struct st_verify *verify, struct st_leaf_reader *reader,
                                     sqlite3_stmt *persons, int64_t run, char hex[65]) {
    struct st_tree tree;
    struct st_tree_hash root;
    struct st_payslip_leaf leaf;
    bool found = false;
    enum st_status status = ST_OK;
    st_tree_begin(&tree, reader->maker.hasher);
    (void)sqlite3_reset(persons);
    if (sqlite3_bind_int64(persons, 1, run) != SQLITE_OK)
        return st_db_fail_sqlite(verify->ledger, verify->error);
    while (status == ST_OK && (status = st_verify_next(verify, persons, &found)) == ST_OK && found) {
        status = st_payslip_leaf(reader, run, st_column_text(persons, 0), &leaf, verify->error);
        if (status == ST_OK)
            st_tree_add(&tree, &leaf.hash);
    }
    if (status == ST_OK && !st_tree_root(&tree, &root))
        status = st_db_fail_memory(verify->error);
    if (status == ST_OK)
        st_tree_hex(&root, hex);
    return status;
}

static enum st_status check_roots(struct st_verify *verify, struct st_leaf_reader *reader,
                                  sqlite3_stmt *runs, sqlite3_stmt *persons) {
    bool found = false;
    enum st_status status = ST_OK;
    while (status == ST_OK && (status = st_verify_next(verify, runs, &found)) == ST_OK && found) {
        char key[ST_VERIFY_KEY_SIZE], hex[65];
        struct st_verify_row row = {.table = "journal", .row = key, .field = "root"};
        st_verify_key(runs, 2, key);
        status = recompute_root(verify, reader, persons, sqlite3_column_int64(runs, 1), hex);
        if (status == ST_OK)
            status = st_verify_same_text(verify, ST_VERIFY_ROOT, &row, hex,
                                         st_column_text(runs, 2));
    }
    return status;
}

enum st_status st_verify_trees(struct st_verify *verify) {
    ST_FINALIZED sqlite3_stmt *runs = NULL;
    ST_FINALIZED sqlite3_stmt *persons = NULL;
    struct st_leaf_reader reader;
    enum st_status status = st_leaf_reader_open(&reader, verify->ledger, verify->error);
    if (status == ST_OK)
        status = st_verify_query(verify, &runs,
                                 "SELECT entry, run, root FROM journal WHERE kind = 'run'"
                                 " AND entry >= ? ORDER BY entry",
                                 verify->first_entry);
    if (status == ST_OK)
        status = st_verify_query(verify, &persons,
                                 "SELECT person_id FROM payslip WHERE run = ? ORDER BY person_id",
                                 0);
    if (status == ST_OK)
        status = check_roots(verify, &reader, runs, persons);
    st_leaf_reader_close(&reader);
    return status;
}
