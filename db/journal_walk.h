/* SPDX-License-Identifier: MIT */
/* journal_walk.h - the journal's entries one by one, as canonical bytes and leaves, and the tree
 * over them as it grows: what proofs and seals are made of, and held against.
 *
 * Order of calls: st_journal_walk_open; then st_journal_walk_next, perhaps st_tree_watch_leaf, and
 * st_journal_walk_add, until there is no entry; st_journal_walk_close, whatever came of it. One
 * walk is of one moment: the caller holds a transaction.
 */
#ifndef STONAD_DB_JOURNAL_WALK_H
#define STONAD_DB_JOURNAL_WALK_H

#include "db/canonical.h"

enum {
    ST_WALK_ENTRY = 0,
    ST_WALK_TIME = 1,
    ST_WALK_KIND = 3,
    ST_WALK_RUN = 4,
    ST_WALK_ROOT = 8,
    ST_WALK_HASH = ST_ENTRY_COLUMN_COUNT
};

struct st_journal_walk {
    struct st_ledger *ledger;
    sqlite3_stmt *row; /* stands on the entry: ST_ENTRY_COLUMNS, then the hash */
    struct st_tree_hasher *hasher;
    struct st_tree tree;
    struct st_bytes bytes;    /* of the entry stood on */
    struct st_tree_hash leaf; /* of it */
    bool is_checked;
    int64_t entry;                  /* the one stood on */
    char hash[ST_DIGEST_TEXT_SIZE]; /* of the last one that was added */
};
/* `is_checked`: an entry that does not hang together with the one before ends the walk
 * (ST_DAMAGED); otherwise it is taken as it stands. */
enum st_status st_journal_walk_open(struct st_journal_walk *walk, struct st_ledger *ledger,
                                    bool is_checked,
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_journal_walk_next(struct st_journal_walk *walk, bool *found,
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_journal_walk_add(struct st_journal_walk *walk) ST_NONNULL;
/* The head over what was added, 64 hexadecimal digits. */
enum st_status st_journal_walk_head(const struct st_journal_walk *walk,
                                    char head[ST_DIGEST_TEXT_SIZE],
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_journal_walk_close(struct st_journal_walk *walk) ST_NONNULL;

#endif
