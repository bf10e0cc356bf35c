/* SPDX-License-Identifier: MIT */
/* signature.c - Ed25519 keys and signatures (RFC 8032), by libcrypto. See stonad/seal.h. */
#include "stonad/seal.h"

#include "db/ledger_internal.h"
#include "db/tree.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

/* The library's refusals are ours to tell; what it noted of them is not kept. */
static enum st_status fail_crypto(struct st_error *error) {
    ERR_clear_error();
    return st_db_fail(error, ST_IO, "key.crypto",
                      "The cryptographic library refused to work (Ed25519); see that the system's "
                      "libcrypto is whole and allows it.");
}

static enum st_status read_public(EVP_PKEY *key, unsigned char public_key[ST_KEY_SIZE],
                                  struct st_error *error) {
    size_t size = ST_KEY_SIZE;
    bool is_read = key != NULL && EVP_PKEY_get_raw_public_key(key, public_key, &size) == 1 &&
                   size == ST_KEY_SIZE;
    return is_read ? ST_OK : fail_crypto(error);
}

enum st_status st_key_pair_make(struct st_key_pair *out, struct st_error *error) {
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    size_t size = ST_KEY_SIZE;
    enum st_status status = read_public(key, out->public_key, error);
    if (status == ST_OK &&
        (EVP_PKEY_get_raw_private_key(key, out->secret_key, &size) != 1 || size != ST_KEY_SIZE))
        status = fail_crypto(error);
    EVP_PKEY_free(key);
    return status;
}

void st_key_pair_wipe(struct st_key_pair *pair) {
    OPENSSL_cleanse(pair, sizeof *pair);
}

static EVP_PKEY *open_secret(const struct st_key_pair *pair) {
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, pair->secret_key, ST_KEY_SIZE);
}

enum st_status st_key_pair_complete(struct st_key_pair *pair, struct st_error *error) {
    EVP_PKEY *key = open_secret(pair);
    enum st_status status = read_public(key, pair->public_key, error);
    EVP_PKEY_free(key);
    return status;
}

enum st_status st_key_fingerprint(const unsigned char public_key[ST_KEY_SIZE],
                                  char text[ST_HASH_TEXT_SIZE], struct st_error *error) {
    /* SubjectPublicKeyInfo of RFC 8410: the algorithm 1.3.101.112, then the key's 32 bytes. */
    static const unsigned char head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                         0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    unsigned char bytes[sizeof head + ST_KEY_SIZE];
    struct st_tree_hash hash;
    struct st_tree_hasher *hasher = st_tree_hasher_new();
    memcpy(bytes, head, sizeof head);
    memcpy(bytes + sizeof head, public_key, ST_KEY_SIZE);
    bool done = hasher != NULL && st_tree_sha256(hasher, bytes, sizeof bytes, &hash);
    st_tree_hasher_free(hasher);
    if (!done)
        return st_db_fail_memory(error);
    st_tree_hex(&hash, text);
    return ST_OK;
}

enum st_status st_sign(const struct st_key_pair *pair, const void *bytes, size_t size,
                       unsigned char signature[ST_SIGNATURE_SIZE], struct st_error *error) {
    EVP_PKEY *key = open_secret(pair);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t written = ST_SIGNATURE_SIZE;
    bool done = key != NULL && context != NULL &&
                EVP_DigestSignInit_ex(context, NULL, NULL, NULL, NULL, key, NULL) == 1 &&
                EVP_DigestSign(context, signature, &written, bytes, size) == 1 &&
                written == ST_SIGNATURE_SIZE;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return done ? ST_OK : fail_crypto(error);
}

/* A public key that is no point of the curve, or a signature past the group's order, is an invalid
 * signature like any other. */
enum st_status st_signature_check(const unsigned char public_key[ST_KEY_SIZE], const void *bytes,
                                  size_t size, const unsigned char signature[ST_SIGNATURE_SIZE],
                                  bool *is_valid, struct st_error *error) {
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, ST_KEY_SIZE);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_ready = key != NULL && context != NULL &&
                    EVP_DigestVerifyInit_ex(context, NULL, NULL, NULL, NULL, key, NULL) == 1;
    *is_valid =
        is_ready && EVP_DigestVerify(context, signature, ST_SIGNATURE_SIZE, bytes, size) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return is_ready ? ST_OK : fail_crypto(error);
}
