/* SPDX-License-Identifier: MIT */
/* test_tree.c - Merkle trees: the published roots of the leaves that every implementation of
 * Certificate Transparency is tried on, and the definition of RFC 6962 2.1, word for word, for
 * every size to 130, and so for every proof of a leaf or of an older head; HMAC by the vectors of
 * RFC 4231.
 */
#include "db/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LEAF_MAX = 130 };

static int new_hasher(void **state) {
    *state = st_tree_hasher_new();
    return *state == NULL;
}

static int free_hasher(void **state) {
    st_tree_hasher_free(*state);
    return 0;
}

static void is_hex(const struct st_tree_hash *hash, const char *expected) {
    char hex[65];
    st_tree_hex(hash, hex);
    assert_string_equal(hex, expected);
}

/* ---- published values ---------------------------------------------------------------------- */

/* The leaves, and the root of the tree over the first n of them for n from 0. */
static const char *const leaves[] = {"",
                                     "00",
                                     "10",
                                     "2021",
                                     "3031",
                                     "40414243",
                                     "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f"};
static const char *const roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static size_t from_hex(const char *hex, unsigned char *bytes) {
    size_t size = strlen(hex) / 2;
    for (size_t i = 0; i < size; i++) {
        unsigned value;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &value), 1);
        bytes[i] = (unsigned char)value;
    }
    return size;
}

static void roots_are_the_published_ones(void **state) {
    struct st_tree_hasher *hasher = *state;
    struct st_tree tree;
    st_tree_begin(&tree, hasher);
    for (size_t n = 0; n < ST_COUNT_OF(roots); n++) {
        struct st_tree_hash root, leaf;
        unsigned char bytes[16];
        assert_true(st_tree_root(&tree, &root));
        is_hex(&root, roots[n]);
        assert_int_equal(tree.leaf_count, n);
        if (n == ST_COUNT_OF(leaves))
            break;
        assert_true(st_tree_leaf(hasher, NULL, 0, bytes, from_hex(leaves[n], bytes), &leaf));
        st_tree_add(&tree, &leaf);
    }
}

/* A prefix is hashed before the bytes: where it ends makes no difference. */
static void a_prefix_goes_before_the_bytes(void **state) {
    struct st_tree_hasher *hasher = *state;
    struct st_tree_hash whole, parted;
    assert_true(st_tree_leaf(hasher, NULL, 0, "saltpayslip", 11, &whole));
    assert_true(st_tree_leaf(hasher, "salt", 4, "payslip", 7, &parted));
    assert_memory_equal(&whole, &parted, sizeof whole);
    assert_true(st_tree_leaf(hasher, "salt", 4, "payslix", 7, &parted));
    assert_memory_not_equal(&whole, &parted, sizeof whole);
}

static void plain_digests(void **state) {
    struct st_tree_hasher *hasher = *state;
    struct st_tree_hash hash;
    assert_true(st_tree_sha256(hasher, "abc", 3, &hash));
    is_hex(&hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    /* RFC 4231, test cases 1, 2 and 6 (a key longer than a block); then without key or text. */
    unsigned char key[131];
    memset(key, 0x0b, 20);
    assert_true(st_tree_hmac(hasher, key, 20, "Hi There", 8, &hash));
    is_hex(&hash, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_true(st_tree_hmac(hasher, "Jefe", 4, "what do ya want for nothing?", 28, &hash));
    is_hex(&hash, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    const char *text = "Test Using Larger Than Block-Size Key - Hash Key First";
    assert_true(st_tree_hmac(hasher, key, sizeof key, text, strlen(text), &hash));
    is_hex(&hash, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_true(st_tree_hmac(hasher, NULL, 0, NULL, 0, &hash));
    is_hex(&hash, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void hexadecimal_has_one_spelling(void **state) {
    struct st_tree_hash hash, other;
    char hex[67];
    (void)state;
    for (size_t i = 0; i < sizeof hash.bytes; i++)
        hash.bytes[i] = (unsigned char)(i * 37 + 5);
    st_tree_hex(&hash, hex);
    assert_int_equal(strlen(hex), 64);
    assert_true(st_tree_from_hex(hex, &other));
    assert_memory_equal(&hash, &other, sizeof hash);
    for (size_t i = 0; i < 64; i++) {
        static const char wrong[] = "gG`/:@ A";
        char kept = hex[i];
        for (size_t k = 0; k < sizeof wrong; k++) { /* the NUL too: too short */
            hex[i] = wrong[k];
            assert_false(st_tree_from_hex(hex, &other));
        }
        hex[i] = kept;
    }
    memcpy(hex + 64, "0", 2);
    assert_false(st_tree_from_hex(hex, &other));
    assert_memory_equal(&hash, &other, sizeof hash); /* nothing was written */
}

/* ---- the definition ------------------------------------------------------------------------ */

/* The largest power of two smaller than n. */
static size_t split(size_t n) {
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}

/* MTH of RFC 6962 2.1. */
static void definition(struct st_tree_hasher *hasher, const struct st_tree_hash *hashes, size_t n,
                       struct st_tree_hash *out) {
    struct st_tree_hash left, right;
    size_t k = split(n);
    if (n == 0) {
        assert_true(st_tree_sha256(hasher, "", 0, out));
        return;
    }
    if (n == 1) {
        *out = hashes[0];
        return;
    }
    definition(hasher, hashes, k, &left);
    definition(hasher, hashes + k, n - k, &right);
    assert_true(st_tree_node(hasher, &left, &right, out));
}

static void every_root_is_as_defined(void **state) {
    struct st_tree_hasher *hasher = *state;
    struct st_tree_hash hashes[LEAF_MAX], root, expected;
    struct st_tree tree;
    st_tree_begin(&tree, hasher);
    for (size_t n = 0; n <= LEAF_MAX; n++) {
        definition(hasher, hashes, n, &expected);
        assert_true(st_tree_root(&tree, &root));
        assert_memory_equal(&root, &expected, sizeof root);
        assert_true(st_tree_root(&tree, &root)); /* asking changes nothing */
        assert_memory_equal(&root, &expected, sizeof root);
        if (n == LEAF_MAX)
            break;
        assert_true(st_tree_leaf(hasher, NULL, 0, &n, sizeof n, &hashes[n]));
        st_tree_add(&tree, &hashes[n]);
    }
}

/* ---- proofs: the definition ---------------------------------------------------------------- */

static struct st_tree_hash leaf_hashes[LEAF_MAX];

static void append_root(struct st_tree_hasher *hasher, size_t first, size_t n,
                        struct st_tree_path *path) {
    definition(hasher, leaf_hashes + first, n, &path->hashes[path->count++]);
}

/* PATH(m, D[n]) of RFC 6962 2.1.1. */
static void define_path(struct st_tree_hasher *hasher, size_t m, size_t first, size_t n,
                        struct st_tree_path *path) {
    size_t k = split(n);
    if (n == 1)
        return;
    if (m < k) {
        define_path(hasher, m, first, k, path);
        append_root(hasher, first + k, n - k, path);
    } else {
        define_path(hasher, m - k, first + k, n - k, path);
        append_root(hasher, first, k, path);
    }
}

/* SUBPROOF(m, D[n], b) of RFC 6962 2.1.2. */
static void define_proof(struct st_tree_hasher *hasher, size_t m, size_t first, size_t n, bool b,
                         struct st_tree_path *path) {
    size_t k = split(n);
    if (m == n) {
        if (!b)
            append_root(hasher, first, n, path);
    } else if (m <= k) {
        define_proof(hasher, m, first, k, b, path);
        append_root(hasher, first + k, n - k, path);
    } else {
        define_proof(hasher, m - k, first + k, n - k, false, path);
        append_root(hasher, first, k, path);
    }
}

static void is_path(const struct st_tree_path *path, const struct st_tree_path *expected) {
    assert_int_equal(path->count, expected->count);
    assert_memory_equal(path->hashes, expected->hashes,
                        (size_t)path->count * sizeof path->hashes[0]);
}

static void make_leaves(struct st_tree_hasher *hasher) {
    for (size_t i = 0; i < LEAF_MAX; i++)
        assert_true(st_tree_leaf(hasher, "leaf", 4, &i, sizeof i, &leaf_hashes[i]));
}

/* ---- proofs of a leaf ---------------------------------------------------------------------- */

static bool leads_to(struct st_tree_hasher *hasher, const struct st_tree_hash *leaf, size_t index,
                     size_t n, const struct st_tree_path *path, const struct st_tree_hash *root) {
    struct st_tree_hash found;
    enum st_tree_result result = st_tree_root_of_leaf(hasher, leaf, index, n, path, &found);
    assert_int_not_equal(result, ST_TREE_FAILED);
    return result == ST_TREE_DONE && memcmp(&found, root, sizeof found) == 0;
}

/* On which side each neighbour stands: all that a path and a root can tell of index and size. */
static size_t sides(size_t m, size_t n, char *text) {
    size_t k = split(n), used = 0;
    if (n == 1)
        return 0;
    used = m < k ? sides(m, k, text) : sides(m - k, n - k, text);
    text[used++] = m < k ? 'R' : 'L';
    text[used] = '\0';
    return used;
}

/* A path holds for the places and sizes with the same sides, and for no other. */
static void try_other_places(struct st_tree_hasher *hasher, size_t m, size_t n,
                             const struct st_tree_path *path, const struct st_tree_hash *root) {
    char own[16] = "", other[16];
    (void)sides(m, n, own);
    for (size_t size = 1; size <= n + 3; size++)
        for (size_t index = 0; index < size; index++) {
            other[0] = '\0';
            (void)sides(index, size, other);
            assert_int_equal(leads_to(hasher, &leaf_hashes[m], index, size, path, root),
                             strcmp(own, other) == 0);
            assert_true(size != n || index == m || strcmp(own, other) != 0);
        }
    assert_false(leads_to(hasher, &leaf_hashes[m], n, n, path, root));
    assert_false(leads_to(hasher, &leaf_hashes[m], 0, 0, path, root));
    assert_false(leads_to(hasher, &leaf_hashes[m], UINT64_MAX, n, path, root));
}

/* Any byte of leaf, path or root. */
static void try_other_bytes(struct st_tree_hasher *hasher, size_t m, size_t n,
                            struct st_tree_path *path, struct st_tree_hash *root) {
    size_t path_size = (size_t)path->count * sizeof path->hashes[0];
    unsigned char *bytes = path->hashes[0].bytes;
    for (size_t i = 0; i < path_size; i++) {
        bytes[i] ^= (unsigned char)(1u << (i + m) % 8);
        assert_false(leads_to(hasher, &leaf_hashes[m], m, n, path, root));
        bytes[i] ^= (unsigned char)(1u << (i + m) % 8);
    }
    for (size_t i = 0; i < sizeof *root; i++) {
        struct st_tree_hash leaf = leaf_hashes[m];
        leaf.bytes[i] ^= 0x40;
        assert_false(leads_to(hasher, &leaf, m, n, path, root));
        root->bytes[i] ^= 0x40;
        assert_false(leads_to(hasher, &leaf_hashes[m], m, n, path, root));
        root->bytes[i] ^= 0x40;
    }
}

static void try_other_lengths(struct st_tree_hasher *hasher, size_t m, size_t n,
                              struct st_tree_path *path, const struct st_tree_hash *root) {
    struct st_tree_path longer = *path;
    longer.hashes[longer.count++] = *root;
    assert_false(leads_to(hasher, &leaf_hashes[m], m, n, &longer, root));
    if (path->count > 0) {
        path->count--;
        assert_false(leads_to(hasher, &leaf_hashes[m], m, n, path, root));
        path->count++;
    }
}

static void every_leaf_is_proved(void **state) {
    struct st_tree_hasher *hasher = *state;
    int proof_count = 0;
    make_leaves(hasher);
    for (size_t m = 0; m < LEAF_MAX; m++) {
        struct st_tree tree;
        struct st_tree_watch watch;
        st_tree_begin(&tree, hasher);
        for (size_t n = 1; n <= LEAF_MAX; n++) {
            struct st_tree_path path, expected = {.count = 0};
            struct st_tree_hash root;
            if (n - 1 == m)
                st_tree_watch_leaf(&tree, &watch);
            st_tree_add(&tree, &leaf_hashes[n - 1]);
            if (n <= m)
                continue;
            assert_true(st_tree_watched_path(&tree, &path));
            define_path(hasher, m, 0, n, &expected);
            is_path(&path, &expected);
            definition(hasher, leaf_hashes, n, &root);
            assert_true(leads_to(hasher, &leaf_hashes[m], m, n, &path, &root));
            proof_count++;
            try_other_lengths(hasher, m, n, &path, &root);
            if (n <= 24)
                try_other_places(hasher, m, n, &path, &root);
            if (n <= 40)
                try_other_bytes(hasher, m, n, &path, &root);
        }
    }
    assert_int_equal(proof_count, LEAF_MAX * (LEAF_MAX + 1) / 2);
    print_message("proofs of a leaf: %d\n", proof_count);
}

/* ---- one head as the beginning of another -------------------------------------------------- */

static bool is_consistent(struct st_tree_hasher *hasher, size_t m, size_t n,
                          const struct st_tree_path *path, const struct st_tree_hash *old_root,
                          const struct st_tree_hash *new_root) {
    struct st_tree_hash old_found, new_found;
    enum st_tree_result result =
        st_tree_roots_of_consistency(hasher, old_root, m, n, path, &old_found, &new_found);
    assert_int_not_equal(result, ST_TREE_FAILED);
    return result == ST_TREE_DONE && memcmp(&old_found, old_root, sizeof old_found) == 0 &&
           memcmp(&new_found, new_root, sizeof new_found) == 0;
}

static void try_other_heads(struct st_tree_hasher *hasher, size_t m, size_t n,
                            struct st_tree_path *path, struct st_tree_hash *roots_of) {
    size_t path_size = (size_t)path->count * sizeof path->hashes[0];
    unsigned char *parts[] = {path->hashes[0].bytes, roots_of[0].bytes, roots_of[1].bytes};
    size_t sizes[] = {path_size, sizeof roots_of[0], sizeof roots_of[1]};
    for (size_t part = 0; part < ST_COUNT_OF(parts); part++)
        for (size_t i = 0; i < sizes[part]; i++) {
            parts[part][i] ^= (unsigned char)(1u << (i + n) % 8);
            assert_false(is_consistent(hasher, m, n, path, &roots_of[0], &roots_of[1]));
            parts[part][i] ^= (unsigned char)(1u << (i + n) % 8);
        }
    assert_false(is_consistent(hasher, 0, n, path, &roots_of[0], &roots_of[1]));
    assert_false(is_consistent(hasher, n + 1, n, path, &roots_of[0], &roots_of[1]));
    assert_true(m == n || !is_consistent(hasher, m, n, path, &roots_of[1], &roots_of[0]));
    path->hashes[path->count] = roots_of[1];
    path->count++;
    assert_false(is_consistent(hasher, m, n, path, &roots_of[0], &roots_of[1]));
    path->count--;
    if (path->count > 0) {
        path->count--;
        assert_false(is_consistent(hasher, m, n, path, &roots_of[0], &roots_of[1]));
        path->count++;
    }
}

static void every_head_is_the_beginning_of_later_ones(void **state) {
    struct st_tree_hasher *hasher = *state;
    int proof_count = 0;
    make_leaves(hasher);
    for (size_t m = 1; m <= LEAF_MAX; m++) {
        struct st_tree tree;
        struct st_tree_watch watch;
        struct st_tree_hash both[2];
        st_tree_begin(&tree, hasher);
        definition(hasher, leaf_hashes, m, &both[0]);
        for (size_t n = 1; n <= LEAF_MAX; n++) {
            struct st_tree_path path, expected = {.count = 0};
            st_tree_add(&tree, &leaf_hashes[n - 1]);
            if (n == m)
                st_tree_watch_head(&tree, &watch);
            if (n < m)
                continue;
            assert_true(st_tree_watched_path(&tree, &path));
            define_proof(hasher, m, 0, n, true, &expected);
            is_path(&path, &expected);
            definition(hasher, leaf_hashes, n, &both[1]);
            assert_true(is_consistent(hasher, m, n, &path, &both[0], &both[1]));
            proof_count++;
            if (n <= 40)
                try_other_heads(hasher, m, n, &path, both);
        }
    }
    assert_int_equal(proof_count, LEAF_MAX * (LEAF_MAX + 1) / 2);
    print_message("proofs of consistency: %d\n", proof_count);
}

/* All that a proof and two roots can tell of the sizes: whether a hash of its own begins it, and on
 * which sides the neighbours stand. */
static size_t proof_sides(size_t m, size_t n, bool b, char *text) {
    size_t k = split(n), used = 0;
    if (m == n)
        used = b ? 0 : 1, text[0] = 'O';
    else {
        used = m <= k ? proof_sides(m, k, b, text) : proof_sides(m - k, n - k, false, text);
        text[used++] = m <= k ? 'R' : 'L';
    }
    text[used] = '\0';
    return used;
}

static void other_sizes_are_refused_as_far_as_can_be_told(void **state) {
    struct st_tree_hasher *hasher = *state;
    enum { MOST = 20 };
    make_leaves(hasher);
    for (size_t n = 2; n <= MOST; n++)
        for (size_t m = 1; m < n; m++) {
            struct st_tree_path path = {.count = 0};
            struct st_tree_hash old_root, new_root;
            char own[16], other[16];
            define_proof(hasher, m, 0, n, true, &path);
            definition(hasher, leaf_hashes, m, &old_root);
            definition(hasher, leaf_hashes, n, &new_root);
            (void)proof_sides(m, n, true, own);
            for (size_t size = 1; size <= MOST + 3; size++)
                for (size_t old_size = 1; old_size < size; old_size++) {
                    (void)proof_sides(old_size, size, true, other);
                    assert_int_equal(
                        is_consistent(hasher, old_size, size, &path, &old_root, &new_root),
                        strcmp(own, other) == 0);
                }
        }
}

/* Where one leaf of the older tree was another, no proof of the newer one fits the old head. */
static void a_changed_beginning_has_no_proof(void **state) {
    struct st_tree_hasher *hasher = *state;
    enum { OLD = 11, NEW = 21 };
    struct st_tree_hash kept[LEAF_MAX];
    make_leaves(hasher);
    memcpy(kept, leaf_hashes, sizeof kept);
    for (size_t changed = 0; changed < OLD; changed++) {
        struct st_tree_hash old_root, new_root;
        struct st_tree_path path = {.count = 0};
        definition(hasher, kept, OLD, &old_root);
        leaf_hashes[changed].bytes[0] ^= 1;
        definition(hasher, leaf_hashes, NEW, &new_root);
        define_proof(hasher, OLD, 0, NEW, true, &path);
        assert_false(is_consistent(hasher, OLD, NEW, &path, &old_root, &new_root));
        leaf_hashes[changed].bytes[0] ^= 1;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_the_published_ones),
        cmocka_unit_test(a_prefix_goes_before_the_bytes),
        cmocka_unit_test(plain_digests),
        cmocka_unit_test(hexadecimal_has_one_spelling),
        cmocka_unit_test(every_root_is_as_defined),
        cmocka_unit_test(every_leaf_is_proved),
        cmocka_unit_test(every_head_is_the_beginning_of_later_ones),
        cmocka_unit_test(other_sizes_are_refused_as_far_as_can_be_told),
        cmocka_unit_test(a_changed_beginning_has_no_proof),
    };
    return cmocka_run_group_tests(tests, new_hasher, free_hasher);
}
