/* SPDX-License-Identifier: MIT */
/* tree_proof.c - proofs in Merkle trees: made while the leaves go by, and checked. See tree.h.
 *
 * A proof of a leaf is the row of hashes that its subtree is merged with on the way to the root. A
 * consistency proof is the same row for the last complete subtree of the older tree: everything of
 * that tree stands to the left of it, so what the older root was made of is in the row too. Where
 * the older tree is one complete subtree its root is known; otherwise the subtree's own hash comes
 * first.
 */
#include "db/tree.h"

#include <assert.h>

/* ---- made ---------------------------------------------------------------------------------- */

void st_tree_watch_leaf(struct st_tree *tree, struct st_tree_watch *watch) {
    assert(tree->watch == NULL);
    watch->head_size = 0;
    watch->level = tree->level_count;
    watch->path.count = 0;
    tree->watch = watch;
}

void st_tree_watch_head(struct st_tree *tree, struct st_tree_watch *watch) {
    assert(tree->watch == NULL && tree->leaf_count > 0);
    watch->head_size = tree->leaf_count;
    watch->level = tree->level_count - 1;
    watch->path.count = 0;
    if (tree->level_count > 1)
        watch->path.hashes[watch->path.count++] = tree->levels[watch->level];
    tree->watch = watch;
}

/* What waits on the right merges to one hash; what waits on the left is merged with one by one. */
bool st_tree_watched_path(const struct st_tree *tree, struct st_tree_path *out) {
    const struct st_tree_watch *watch = tree->watch;
    int last = tree->level_count - 1;
    assert(watch != NULL && watch->level <= last);
    *out = watch->path;
    if (watch->head_size == tree->leaf_count)
        out->count = 0; /* nothing was added: the two heads are one */
    if (watch->head_size == tree->leaf_count || tree->failed)
        return !tree->failed;
    if (last > watch->level) {
        struct st_tree_hash right = tree->levels[last];
        while (--last > watch->level)
            if (!st_tree_node(tree->hasher, &tree->levels[last], &right, &right))
                return false;
        out->hashes[out->count++] = right;
    }
    for (int level = watch->level - 1; level >= 0; level--) {
        assert(out->count < ST_TREE_PATH_MAX);
        out->hashes[out->count++] = tree->levels[level];
    }
    return true;
}

/* ---- checked ------------------------------------------------------------------------------- */

/* The place of a subtree in its row, and that of the row's last one; both a row further up. */
struct place {
    uint64_t node, last;
};

static bool is_left(const struct place *place) {
    return (place->node & 1) == 0;
}

static void go_up(struct place *place) {
    place->node >>= 1;
    place->last >>= 1;
}

/* The last one of a row with nobody on its right stays itself, row by row, until it is a right one.
 */
static void go_up_alone(struct place *place) {
    while (is_left(place) && place->node > 0)
        go_up(place);
}

enum st_tree_result st_tree_root_of_leaf(struct st_tree_hasher *hasher,
                                         const struct st_tree_hash *leaf, uint64_t index,
                                         uint64_t leaf_count, const struct st_tree_path *path,
                                         struct st_tree_hash *root) {
    struct place place = {index, leaf_count - 1};
    struct st_tree_hash hash = *leaf;
    if (index >= leaf_count)
        return ST_TREE_OTHER_SHAPE;
    for (int i = 0; i < path->count; i++) {
        const struct st_tree_hash *other = &path->hashes[i];
        bool is_on_left = is_left(&place) && place.node != place.last;
        if (place.last == 0)
            return ST_TREE_OTHER_SHAPE;
        if (!st_tree_node(hasher, is_on_left ? &hash : other, is_on_left ? other : &hash, &hash))
            return ST_TREE_FAILED;
        if (!is_on_left)
            go_up_alone(&place);
        go_up(&place);
    }
    *root = hash;
    return place.last == 0 ? ST_TREE_DONE : ST_TREE_OTHER_SHAPE;
}

/* One step: a neighbour on the left belongs to both trees, one on the right only to the newer. */
static bool step(struct st_tree_hasher *hasher, struct place *place,
                 const struct st_tree_hash *other, struct st_tree_hash *old_root,
                 struct st_tree_hash *new_root) {
    bool done;
    if (is_left(place) && place->node != place->last) {
        done = st_tree_node(hasher, new_root, other, new_root);
    } else {
        done = st_tree_node(hasher, other, old_root, old_root) &&
               st_tree_node(hasher, other, new_root, new_root);
        go_up_alone(place);
    }
    go_up(place);
    return done;
}

enum st_tree_result st_tree_roots_of_consistency(struct st_tree_hasher *hasher,
                                                 const struct st_tree_hash *known,
                                                 uint64_t old_count, uint64_t new_count,
                                                 const struct st_tree_path *path,
                                                 struct st_tree_hash *old_root,
                                                 struct st_tree_hash *new_root) {
    struct place place = {old_count - 1, new_count - 1};
    bool is_complete = (old_count & (old_count - 1)) == 0;
    int next = is_complete ? 0 : 1;
    if (old_count == 0 || old_count > new_count)
        return ST_TREE_OTHER_SHAPE;
    *old_root = *new_root = *known;
    if (old_count == new_count)
        return path->count == 0 ? ST_TREE_DONE : ST_TREE_OTHER_SHAPE;
    if (path->count < 1)
        return ST_TREE_OTHER_SHAPE;
    if (!is_complete)
        *old_root = *new_root = path->hashes[0];
    while (!is_left(&place))
        go_up(&place);
    for (; next < path->count; next++) {
        if (place.last == 0)
            return ST_TREE_OTHER_SHAPE;
        if (!step(hasher, &place, &path->hashes[next], old_root, new_root))
            return ST_TREE_FAILED;
    }
    return place.last == 0 ? ST_TREE_DONE : ST_TREE_OTHER_SHAPE;
}
