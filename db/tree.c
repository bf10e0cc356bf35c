/* SPDX-License-Identifier: MIT */
/* tree.c - roots of Merkle trees (RFC 6962 section 2.1), while the leaves go by. See tree.h.
 *
 * A tree of n leaves is a row of complete subtrees, one for each bit set in n, largest first:
 * levels holds their roots. A new leaf is a subtree of one; it merges with the last one as long as
 * they are of equal size, which is as often as n ends in one bits. The root merges what waits from
 * the right.
 */
#include "db/tree.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

struct st_tree_hasher {
    EVP_MD *sha256;
    EVP_MD_CTX *context;
    EVP_MAC *hmac;
    EVP_MAC_CTX *hmac_context;
};

/* Set once, on the context: given with each key, the digest would be looked up again each time. */
static bool make_hmac(struct st_tree_hasher *hasher) {
    char name[] = "SHA256";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                               OSSL_PARAM_construct_end()};
    hasher->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (hasher->hmac == NULL)
        return false;
    hasher->hmac_context = EVP_MAC_CTX_new(hasher->hmac);
    return hasher->hmac_context != NULL &&
           EVP_MAC_CTX_set_params(hasher->hmac_context, parameters) == 1;
}

struct st_tree_hasher *st_tree_hasher_new(void) {
    struct st_tree_hasher *hasher = calloc(1, sizeof *hasher);
    if (hasher == NULL)
        return NULL;
    hasher->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hasher->context = EVP_MD_CTX_new();
    if (hasher->sha256 == NULL || hasher->context == NULL || !make_hmac(hasher)) {
        st_tree_hasher_free(hasher);
        return NULL;
    }
    return hasher;
}

void st_tree_hasher_free(struct st_tree_hasher *hasher) {
    if (hasher == NULL)
        return;
    EVP_MAC_CTX_free(hasher->hmac_context);
    EVP_MAC_free(hasher->hmac);
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->sha256);
    free(hasher);
}

/* ---- hashes -------------------------------------------------------------------------------- */

static bool begin(struct st_tree_hasher *hasher) {
    return EVP_DigestInit_ex2(hasher->context, hasher->sha256, NULL) == 1;
}

static bool add(struct st_tree_hasher *hasher, const void *bytes, size_t size) {
    return size == 0 || EVP_DigestUpdate(hasher->context, bytes, size) == 1;
}

static bool end(struct st_tree_hasher *hasher, struct st_tree_hash *out) {
    return EVP_DigestFinal_ex(hasher->context, out->bytes, NULL) == 1;
}

/* A leaf and a node differ in their first byte, so that no node can be shown as a leaf. */
bool st_tree_leaf(struct st_tree_hasher *hasher, const void *prefix, size_t prefix_size,
                  const void *bytes, size_t size, struct st_tree_hash *out) {
    static const unsigned char leaf_tag = 0;
    return begin(hasher) && add(hasher, &leaf_tag, 1) && add(hasher, prefix, prefix_size) &&
           add(hasher, bytes, size) && end(hasher, out);
}

bool st_tree_node(struct st_tree_hasher *hasher, const struct st_tree_hash *left,
                  const struct st_tree_hash *right, struct st_tree_hash *out) {
    unsigned char bytes[1 + 2 * ST_TREE_HASH_SIZE] = {1};
    memcpy(bytes + 1, left->bytes, ST_TREE_HASH_SIZE);
    memcpy(bytes + 1 + ST_TREE_HASH_SIZE, right->bytes, ST_TREE_HASH_SIZE);
    return st_tree_sha256(hasher, bytes, sizeof bytes, out);
}

bool st_tree_sha256(struct st_tree_hasher *hasher, const void *bytes, size_t size,
                    struct st_tree_hash *out) {
    return begin(hasher) && add(hasher, bytes, size) && end(hasher, out);
}

bool st_tree_hmac(struct st_tree_hasher *hasher, const void *key, size_t key_size,
                  const void *bytes, size_t size, struct st_tree_hash *out) {
    static const unsigned char no_bytes[1] = {0}; /* a NULL key would stand for the last one */
    const unsigned char *key_bytes = key_size == 0 ? no_bytes : key;
    const unsigned char *text = size == 0 ? no_bytes : bytes;
    size_t written;
    return EVP_MAC_init(hasher->hmac_context, key_bytes, key_size, NULL) == 1 &&
           EVP_MAC_update(hasher->hmac_context, text, size) == 1 &&
           EVP_MAC_final(hasher->hmac_context, out->bytes, &written, sizeof out->bytes) == 1 &&
           written == sizeof out->bytes;
}

/* ---- the tree ------------------------------------------------------------------------------ */

void st_tree_begin(struct st_tree *tree, struct st_tree_hasher *hasher) {
    tree->hasher = hasher;
    tree->leaf_count = 0;
    tree->level_count = 0;
    tree->failed = false;
    tree->watch = NULL;
}

/* A subtree that waits at `level` is about to be merged with the one on its right: whichever of the
 * two is watched, the other is its neighbour on the way to the root. */
static void see_merge(struct st_tree_watch *watch, int level, const struct st_tree_hash *left,
                      const struct st_tree_hash *right) {
    if (watch->level != level && watch->level != level + 1)
        return;
    assert(watch->path.count < ST_TREE_PATH_MAX);
    watch->path.hashes[watch->path.count++] = watch->level == level ? *right : *left;
    watch->level = level;
}

void st_tree_add(struct st_tree *tree, const struct st_tree_hash *leaf) {
    struct st_tree_hash subtree = *leaf;
    assert(tree->leaf_count < UINT64_MAX);
    for (uint64_t rest = tree->leaf_count; (rest & 1) != 0; rest >>= 1) {
        assert(tree->level_count > 0);
        const struct st_tree_hash *left = &tree->levels[--tree->level_count];
        if (tree->watch != NULL)
            see_merge(tree->watch, tree->level_count, left, &subtree);
        if (!st_tree_node(tree->hasher, left, &subtree, &subtree))
            tree->failed = true;
    }
    assert(tree->level_count < ST_TREE_LEVEL_MAX);
    tree->levels[tree->level_count++] = subtree;
    tree->leaf_count++;
}

bool st_tree_root(const struct st_tree *tree, struct st_tree_hash *out) {
    int level = tree->level_count - 1;
    if (tree->failed)
        return false;
    if (tree->leaf_count == 0)
        return st_tree_sha256(tree->hasher, NULL, 0, out);
    struct st_tree_hash root = tree->levels[level];
    while (level-- > 0)
        if (!st_tree_node(tree->hasher, &tree->levels[level], &root, &root))
            return false;
    *out = root;
    return true;
}

/* ---- text ---------------------------------------------------------------------------------- */

void st_tree_hex(const struct st_tree_hash *hash, char hex[65]) {
    for (size_t i = 0; i < ST_TREE_HASH_SIZE; i++) {
        hex[2 * i] = "0123456789abcdef"[hash->bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[hash->bytes[i] & 15];
    }
    hex[2 * ST_TREE_HASH_SIZE] = '\0';
}

static int digit_value(char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Small letters only: a hash has one spelling. */
bool st_tree_from_hex(const char *hex, struct st_tree_hash *out) {
    struct st_tree_hash hash;
    for (size_t i = 0; i < ST_TREE_HASH_SIZE; i++) {
        int high = digit_value(hex[2 * i]);
        int low = high < 0 ? -1 : digit_value(hex[2 * i + 1]);
        if (low < 0)
            return false;
        hash.bytes[i] = (unsigned char)(high * 16 + low);
    }
    if (hex[2 * ST_TREE_HASH_SIZE] != '\0')
        return false;
    *out = hash;
    return true;
}
