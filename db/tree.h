/* SPDX-License-Identifier: MIT */
/* tree.h - Merkle trees as RFC 6962 section 2.1 has them: roots, audit paths, consistency proofs,
 * computed while the leaves go by, in memory that grows with the logarithm of their number.
 *
 * Order of calls: st_tree_hasher_new; st_tree_begin; st_tree_add for each leaf, before one of them
 * perhaps st_tree_watch_leaf (or st_tree_watch_head); st_tree_root, st_tree_watched_path;
 * st_tree_hasher_free. A hasher serves any number of trees, one call at a time.
 */
#ifndef STONAD_DB_TREE_H
#define STONAD_DB_TREE_H

#include "stonad/base.h"

enum { ST_TREE_HASH_SIZE = 32, ST_TREE_LEVEL_MAX = 64 };
struct st_tree_hash {
    unsigned char bytes[ST_TREE_HASH_SIZE];
};

/* Context for SHA-256 with the algorithm fetched once. NULL when memory ran out. */
struct st_tree_hasher;
struct st_tree_hasher *st_tree_hasher_new(void) ST_MUST_CHECK;
void st_tree_hasher_free(struct st_tree_hasher *hasher);
/* SHA-256(0x00 || prefix || bytes): a leaf. prefix_size may be 0. False when the library failed. */
bool st_tree_leaf(struct st_tree_hasher *hasher, const void *prefix, size_t prefix_size,
                  const void *bytes, size_t size, struct st_tree_hash *out) ST_MUST_CHECK;
/* SHA-256(0x01 || left || right): a node over two subtrees; `out` may be one of them. */
bool st_tree_node(struct st_tree_hasher *hasher, const struct st_tree_hash *left,
                  const struct st_tree_hash *right, struct st_tree_hash *out) ST_MUST_CHECK;
/* Plain SHA-256 and HMAC-SHA-256 (RFC 2104), for salts. */
bool st_tree_sha256(struct st_tree_hasher *hasher, const void *bytes, size_t size,
                    struct st_tree_hash *out) ST_MUST_CHECK;
bool st_tree_hmac(struct st_tree_hasher *hasher, const void *key, size_t key_size,
                  const void *bytes, size_t size, struct st_tree_hash *out) ST_MUST_CHECK;

struct st_tree_watch;
/* A tree while leaves are added. */
struct st_tree {
    struct st_tree_hasher *hasher; /* borrowed */
    uint64_t leaf_count;
    int level_count; /* complete subtrees waiting, largest first */
    struct st_tree_hash levels[ST_TREE_LEVEL_MAX];
    bool failed;
    struct st_tree_watch *watch; /* borrowed; NULL: none */
};
void st_tree_begin(struct st_tree *tree, struct st_tree_hasher *hasher);
void st_tree_add(struct st_tree *tree, const struct st_tree_hash *leaf);
/* The root of what was added so far (more may be added after). Of no leaf: SHA-256 of nothing. */
bool st_tree_root(const struct st_tree *tree, struct st_tree_hash *out) ST_MUST_CHECK;

/* ---- proofs (db/tree_proof.c) -------------------------------------------------------------- */

/* Hashes from which a root follows: of one leaf (RFC 6962 2.1.1), or of an older tree and its
 * extension (2.1.2). */
enum { ST_TREE_PATH_MAX = ST_TREE_LEVEL_MAX + 1 };
struct st_tree_path {
    int count;
    struct st_tree_hash hashes[ST_TREE_PATH_MAX];
};

/* What is seen while leaves are added: the hashes that one subtree is merged with. One a tree. */
struct st_tree_watch {
    uint64_t head_size; /* leaves of the older tree; 0: a leaf is watched */
    int level;          /* of tree.levels: where the subtree that is watched waits */
    struct st_tree_path path;
};
/* The leaf that is added next is the one to be proved. */
void st_tree_watch_leaf(struct st_tree *tree, struct st_tree_watch *watch);
/* The tree as it is, of one leaf at least, is the older one that is to be shown as a part. */
void st_tree_watch_head(struct st_tree *tree, struct st_tree_watch *watch);
/* The proof in the tree as it is now; more leaves may be added after. False when hashing failed. */
bool st_tree_watched_path(const struct st_tree *tree, struct st_tree_path *out) ST_MUST_CHECK;

/* The other way (RFC 9162 2.1.3.2 and 2.1.4.2): what a proof leads to. To be held against the root
 * that is known. */
enum st_tree_result {
    ST_TREE_DONE,
    ST_TREE_OTHER_SHAPE, /* a tree of that size has no proof of that length at that place */
    ST_TREE_FAILED       /* hashing failed */
};
enum st_tree_result st_tree_root_of_leaf(struct st_tree_hasher *hasher,
                                         const struct st_tree_hash *leaf, uint64_t index,
                                         uint64_t leaf_count, const struct st_tree_path *path,
                                         struct st_tree_hash *root) ST_MUST_CHECK;
/* 0 < old_count <= new_count. `known` is the root the older tree must have: it takes part where the
 * older tree is a complete subtree. Both roots must then be compared. */
enum st_tree_result
st_tree_roots_of_consistency(struct st_tree_hasher *hasher, const struct st_tree_hash *known,
                             uint64_t old_count, uint64_t new_count,
                             const struct st_tree_path *path, struct st_tree_hash *old_root,
                             struct st_tree_hash *new_root) ST_MUST_CHECK;

/* ---- text ---------------------------------------------------------------------------------- */

/* hex: 64 digits and NUL; read: small letters only, exactly 64 digits (false otherwise). */
void st_tree_hex(const struct st_tree_hash *hash, char hex[65]);
bool st_tree_from_hex(const char *hex, struct st_tree_hash *out) ST_MUST_CHECK;
#endif
