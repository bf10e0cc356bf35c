/* SPDX-License-Identifier: MIT */
/* seal.h - seals: what a ledger was when it was sealed, signed with Ed25519 (RFC 8032) by a key
 * that is kept elsewhere. Whoever keeps the seal finds a ledger that was written anew after an
 * edit, or cut off at its end. docs/proofs.md gives the signed bytes and the files exactly.
 */
#ifndef STONAD_SEAL_H
#define STONAD_SEAL_H

#include "stonad/ledger.h"
#include "stonad/verify.h"

#include <stdio.h>

/* ---- keys ---------------------------------------------------------------------------------- */

enum { ST_KEY_SIZE = 32, ST_SIGNATURE_SIZE = 64 };
enum { ST_KEY_TEXT_SIZE = 2 * ST_KEY_SIZE + 1, ST_SIGNATURE_TEXT_SIZE = 2 * ST_SIGNATURE_SIZE + 1 };
/* An Ed25519 key pair: RFC 8032's 32 bytes each. */
struct st_key_pair {
    unsigned char secret_key[ST_KEY_SIZE];
    unsigned char public_key[ST_KEY_SIZE];
};
/* Makes a pair from the system's random numbers; wipes one. */
enum st_status st_key_pair_make(struct st_key_pair *out,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_key_pair_wipe(struct st_key_pair *pair) ST_NONNULL;
/* Fills in the public key that belongs to the secret one. */
enum st_status st_key_pair_complete(struct st_key_pair *pair,
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* SHA-256 of the public key as it stands in a .pub file (DER SubjectPublicKeyInfo): what
 * `openssl pkey -pubin -outform DER | sha256sum` prints. */
enum st_status st_key_fingerprint(const unsigned char public_key[ST_KEY_SIZE],
                                  char text[ST_HASH_TEXT_SIZE],
                                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_sign(const struct st_key_pair *pair, const void *bytes, size_t size,
                       unsigned char signature[ST_SIGNATURE_SIZE],
                       struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* *is_valid says whether the signature is that of the key over the bytes. */
enum st_status st_signature_check(const unsigned char public_key[ST_KEY_SIZE], const void *bytes,
                                  size_t size, const unsigned char signature[ST_SIGNATURE_SIZE],
                                  bool *is_valid, struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- seals --------------------------------------------------------------------------------- */

/* What the lines of payslips that are due moved to and from an account. */
struct st_seal_account {
    const char *name; /* lives as long as the program */
    st_amount in, out;
};
enum { ST_SEAL_ACCOUNT_COUNT = 6 };

/* Sums over the runs that were not discarded. */
struct st_seal_totals {
    struct st_seal_account accounts[ST_SEAL_ACCOUNT_COUNT]; /* in the order of enum st_account */
    int64_t run_count, payslip_count;                       /* payslips that are due */
    st_amount net_paid;                                     /* by runs that were approved */
    st_amount claims_outstanding;                           /* what persons owe */
};

struct st_seal {
    char organisation_number[10];
    int64_t entry_count;
    char head[ST_HASH_TEXT_SIZE]; /* of the journal's tree (RFC 6962) */
    char last_hash[ST_HASH_TEXT_SIZE], time[ST_TIME_TEXT_SIZE]; /* of the last entry */
    struct st_seal_totals totals;
    unsigned char public_key[ST_KEY_SIZE], signature[ST_SIGNATURE_SIZE];
};

/* The values of the ledger as it is; without key and signature. ST_DAMAGED when the journal does
 * not hang together: what is not sound is not sealed. */
enum st_status st_ledger_seal(struct st_ledger *ledger, struct st_seal *out,
                              struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Signs the values: fills in public key and signature. */
enum st_status st_seal_sign(struct st_seal *seal, const struct st_key_pair *pair,
                            struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* Holds a seal against the ledger at `path`: signature (and public key, when `public_key` is not
 * NULL), number of entries, head, last entry, totals. Findings go to `visit` and are counted in
 * *finding_count. ST_BAD_INPUT when the seal is of another ledger; ST_OK whether anything was found
 * or not. */
enum st_status
st_ledger_check_seal(const char *path, const struct st_seal *seal, const unsigned char *public_key,
                     enum st_status (*visit)(void *, const struct st_verify_row *), void *context,
                     int64_t *finding_count, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 4, 6, 7);
/* The first half of it, without a ledger: signature and public key. */
enum st_status
st_seal_check_signature(const struct st_seal *seal, const unsigned char *public_key,
                        enum st_status (*visit)(void *, const struct st_verify_row *),
                        void *context, int64_t *finding_count, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 3, 5, 6);

/* ---- files (formats/seal_file.c, formats/key_file.c) --------------------------------------- */

/* Errors of writing are the stream's. */
void st_seal_write(FILE *out, const struct st_seal *seal) ST_NONNULL;
/* ST_BAD_INPUT with the place when the file is not exactly of that form. */
enum st_status st_seal_read(const char *path, struct st_seal *out,
                            struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* PEM: PKCS#8 without a passphrase, and SubjectPublicKeyInfo. */
enum st_status st_key_pair_write(FILE *out, const struct st_key_pair *pair,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_public_key_write(FILE *out, const unsigned char public_key[ST_KEY_SIZE],
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* ST_BAD_INPUT when the file holds no Ed25519 key, or the other half of one; *is_open says whether
 * others than its owner may read it. */
enum st_status st_key_pair_read(const char *path, struct st_key_pair *out, bool *is_open,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_public_key_read(const char *path, unsigned char out[ST_KEY_SIZE],
                                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;

#endif
