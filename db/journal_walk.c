/* SPDX-License-Identifier: MIT */
/* journal_walk.c - the journal as the leaves of its tree. See journal_walk.h. */
#include "db/journal_walk.h"

#include <inttypes.h>
#include <string.h>

enum { PREVIOUS_HASH = ST_ENTRY_COLUMN_COUNT - 1 };

enum st_status st_journal_walk_open(struct st_journal_walk *walk, struct st_ledger *ledger,
                                    bool is_checked, struct st_error *error) {
    *walk = (struct st_journal_walk){.ledger = ledger, .is_checked = is_checked};
    memset(walk->hash, '0', ST_DIGEST_TEXT_SIZE - 1);
    walk->hasher = st_tree_hasher_new();
    if (walk->hasher == NULL)
        return st_db_fail_memory(error);
    st_tree_begin(&walk->tree, walk->hasher);
    return st_prepare(ledger, &walk->row,
                      "SELECT " ST_ENTRY_COLUMNS ", hash FROM journal ORDER BY entry", error);
}

void st_journal_walk_close(struct st_journal_walk *walk) {
    st_statement_finalize(&walk->row);
    st_bytes_free(&walk->bytes);
    st_tree_hasher_free(walk->hasher);
    walk->hasher = NULL;
}

/* Numbers without a gap, each on the hash of the one before, and its own hash that of its bytes. */
static enum st_status check_chain(const struct st_journal_walk *walk, struct st_error *error) {
    char hex[ST_DIGEST_TEXT_SIZE];
    struct st_tree_hash hash;
    if (!st_tree_sha256(walk->hasher, walk->bytes.data, walk->bytes.size, &hash))
        return st_db_fail_memory(error);
    st_tree_hex(&hash, hex);
    if (walk->entry == (int64_t)walk->tree.leaf_count + 1 &&
        strcmp(st_column_text(walk->row, PREVIOUS_HASH), walk->hash) == 0 &&
        strcmp(st_column_text(walk->row, ST_WALK_HASH), hex) == 0)
        return ST_OK;
    return st_db_fail(error, ST_DAMAGED, "ledger.chain",
                      "The journal of %s does not hang together at entry %" PRId64
                      "; verify it, and restore the ledger from a copy.",
                      walk->ledger->path, walk->entry);
}

enum st_status st_journal_walk_next(struct st_journal_walk *walk, bool *found,
                                    struct st_error *error) {
    enum st_status status = st_step(walk->ledger, walk->row, found, error);
    if (status != ST_OK || !*found)
        return status;
    walk->entry = sqlite3_column_int64(walk->row, ST_WALK_ENTRY);
    st_entry_bytes(walk->row, &walk->bytes);
    if (walk->bytes.failed ||
        !st_tree_leaf(walk->hasher, NULL, 0, walk->bytes.data, walk->bytes.size, &walk->leaf))
        return st_db_fail_memory(error);
    return walk->is_checked ? check_chain(walk, error) : ST_OK;
}

void st_journal_walk_add(struct st_journal_walk *walk) {
    st_tree_add(&walk->tree, &walk->leaf);
    st_column_copy(walk->row, ST_WALK_HASH, walk->hash, sizeof walk->hash);
}

enum st_status st_journal_walk_head(const struct st_journal_walk *walk,
                                    char head[ST_DIGEST_TEXT_SIZE], struct st_error *error) {
    struct st_tree_hash root;
    if (!st_tree_root(&walk->tree, &root))
        return st_db_fail_memory(error);
    st_tree_hex(&root, head);
    return ST_OK;
}
