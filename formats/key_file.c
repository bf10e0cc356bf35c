/* SPDX-License-Identifier: MIT */
/* key_file.c - Ed25519 keys in files: PEM, the secret half as PKCS#8 without a passphrase, the
 * public half as SubjectPublicKeyInfo, as `openssl genpkey` and `openssl pkey` write and read them.
 */
#define _POSIX_C_SOURCE 200809L
#include "formats/bytes.h"
#include "formats/output_error.h"
#include "stonad/seal.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_SIZE_MAX = 16384 };

/* ---- written ------------------------------------------------------------------------------- */

/* What the library wrote goes out by the caller's stream, and is wiped. */
static enum st_status pass_on(FILE *out, BIO *memory, bool is_written, struct st_error *error) {
    char text[FILE_SIZE_MAX];
    int size = is_written ? BIO_read(memory, text, sizeof text) : -1;
    if (size > 0)
        (void)fwrite(text, 1, (size_t)size, out);
    OPENSSL_cleanse(text, sizeof text);
    ERR_clear_error();
    return size > 0 ? ST_OK : st_output_out_of_memory(error);
}

enum st_status st_key_pair_write(FILE *out, const struct st_key_pair *pair,
                                 struct st_error *error) {
    EVP_PKEY *key =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, pair->secret_key, ST_KEY_SIZE);
    BIO *memory = BIO_new(BIO_s_secmem());
    bool is_written = key != NULL && memory != NULL &&
                      PEM_write_bio_PKCS8PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) == 1;
    enum st_status status = pass_on(out, memory, is_written, error);
    BIO_free(memory);
    EVP_PKEY_free(key);
    return status;
}

enum st_status st_public_key_write(FILE *out, const unsigned char public_key[ST_KEY_SIZE],
                                   struct st_error *error) {
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, ST_KEY_SIZE);
    BIO *memory = BIO_new(BIO_s_mem());
    bool is_written = key != NULL && memory != NULL && PEM_write_bio_PUBKEY(memory, key) == 1;
    enum st_status status = pass_on(out, memory, is_written, error);
    BIO_free(memory);
    EVP_PKEY_free(key);
    return status;
}

/* ---- read ---------------------------------------------------------------------------------- */

/* The whole file; *size 0 when it is larger than any key. */
static enum st_status read_file(const char *path, char text[FILE_SIZE_MAX + 1], size_t *size,
                                struct st_error *error) {
    struct st_byte_source source;
    enum st_status status = st_bytes_open(path, &source, error);
    if (status != ST_OK)
        return status;
    ssize_t got = st_bytes_read(&source, text, FILE_SIZE_MAX + 1, error);
    st_bytes_close(&source);
    if (got < 0)
        return ST_IO;
    *size = got > FILE_SIZE_MAX ? 0 : (size_t)got;
    text[*size] = '\0';
    return ST_OK;
}

static enum st_status refuse_kind(const char *path, EVP_PKEY *key, struct st_error *error) {
    const char *name = EVP_PKEY_get0_type_name(key);
    return st_output_fail(
        error, ST_BAD_INPUT, "key.kind",
        "%.200s holds a key of kind %.20s, and a seal is signed with Ed25519; make "
        "one with `stonad seal --new-key`.",
        path, name == NULL ? "unknown" : name);
}

/* Nobody is asked for a passphrase: a seal is often made by a timer. */
static int refuse_passphrase(char *buffer, int size, int is_writing, void *was_asked) {
    (void)buffer, (void)size, (void)is_writing;
    *(bool *)was_asked = true;
    return -1;
}

static enum st_status refuse_secret(const char *path, const char *text, bool was_asked,
                                    struct st_error *error) {
    if (was_asked)
        return st_output_fail(error, ST_BAD_INPUT, "key.passphrase",
                              "The key in %.200s has a passphrase, which stonad does not ask for; "
                              "give a key without one, in a file that you alone can read.",
                              path);
    if (strstr(text, "BEGIN PUBLIC KEY") != NULL)
        return st_output_fail(
            error, ST_BAD_INPUT, "key.half",
            "%.200s holds the public half of a key, which signs nothing; give the "
            "secret one.",
            path);
    return st_output_fail(
        error, ST_BAD_INPUT, "key.read",
        "%.200s holds no key (PEM, PKCS#8); make one with `stonad seal --new-key`.", path);
}

enum st_status st_key_pair_read(const char *path, struct st_key_pair *out, bool *is_open,
                                struct st_error *error) {
    char text[FILE_SIZE_MAX + 1];
    size_t size = 0, secret_size = ST_KEY_SIZE, public_size = ST_KEY_SIZE;
    struct stat about;
    bool was_asked = false;
    enum st_status status = read_file(path, text, &size, error);
    if (status != ST_OK)
        return status;
    *is_open = stat(path, &about) == 0 && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    BIO *memory = BIO_new_mem_buf(text, (int)size);
    EVP_PKEY *key = memory == NULL
                        ? NULL
                        : PEM_read_bio_PrivateKey(memory, NULL, refuse_passphrase, &was_asked);
    if (memory == NULL)
        status = st_bytes_no_memory(error);
    else if (key == NULL)
        status = refuse_secret(path, text, was_asked, error);
    else if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519)
        status = refuse_kind(path, key, error);
    else if (EVP_PKEY_get_raw_private_key(key, out->secret_key, &secret_size) != 1 ||
             EVP_PKEY_get_raw_public_key(key, out->public_key, &public_size) != 1)
        status = refuse_secret(path, text, false, error);
    EVP_PKEY_free(key);
    BIO_free(memory);
    OPENSSL_cleanse(text, sizeof text);
    ERR_clear_error();
    return status;
}

enum st_status st_public_key_read(const char *path, unsigned char out[ST_KEY_SIZE],
                                  struct st_error *error) {
    char text[FILE_SIZE_MAX + 1];
    size_t size = 0, key_size = ST_KEY_SIZE;
    enum st_status status = read_file(path, text, &size, error);
    if (status != ST_OK)
        return status;
    BIO *memory = BIO_new_mem_buf(text, (int)size);
    EVP_PKEY *key = memory == NULL ? NULL : PEM_read_bio_PUBKEY(memory, NULL, NULL, NULL);
    if (memory == NULL)
        status = st_bytes_no_memory(error);
    else if (key == NULL && strstr(text, "PRIVATE KEY") != NULL)
        status =
            st_output_fail(error, ST_BAD_INPUT, "key.half",
                           "%.200s holds a secret key; keep it where it is, and give its public "
                           "half (%.200s.pub).",
                           path, path);
    else if (key == NULL)
        status =
            st_output_fail(error, ST_BAD_INPUT, "key.read",
                           "%.200s holds no public key (PEM); give the file ending in .pub that "
                           "was written beside the key.",
                           path);
    else if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519)
        status = refuse_kind(path, key, error);
    else if (EVP_PKEY_get_raw_public_key(key, out, &key_size) != 1)
        status = st_bytes_no_memory(error);
    EVP_PKEY_free(key);
    BIO_free(memory);
    OPENSSL_cleanse(text, sizeof text);
    ERR_clear_error();
    return status;
}
