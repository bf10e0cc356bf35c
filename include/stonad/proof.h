/* SPDX-License-Identifier: MIT */
/* proof.h - proofs: that a payslip is the one a run made, and that one head of the journal
 * continues another. Made from a ledger, kept in files, and checked without the ledger.
 *
 * A payslip is a leaf of its run's tree, salted, so that it can be shown without showing a
 * neighbour; the tree's root stands in the run's journal entry; the entry is a leaf of the
 * journal's tree; and that tree's head is what a seal holds. docs/proofs.md gives files and checks
 * exactly.
 */
#ifndef STONAD_PROOF_H
#define STONAD_PROOF_H

#include "stonad/canonical.h"
#include "stonad/ledger.h"
#include "stonad/verify.h"

#include <stdio.h>

/* ---- records ------------------------------------------------------------------------------- */

/* Hashes of a path, 64 hexadecimal digits each; no tree of ours needs more. */
enum { ST_PROOF_PATH_MAX = 65 };
struct st_proof_path {
    int count;
    char hashes[ST_PROOF_PATH_MAX][ST_HASH_TEXT_SIZE];
};

/* Canonical bytes twice: as they are hashed, and as the form for people comes to. A proof made from
 * the ledger has the first alone; one read from a file has both, to be held against each other. */
struct st_proof_part {
    struct st_canonical_bytes hashed, readable;
};

struct st_proof {
    struct st_proof_part payslip, entry;
    char salt[ST_HASH_TEXT_SIZE];
    int64_t index, count;      /* the payslip's place in its run, from 0, and how many there are */
    struct st_proof_path path; /* to the run's root */
    int64_t entry_count;
    struct st_proof_path entry_path; /* to the head over so many entries */
    char head[ST_HASH_TEXT_SIZE];
};
void st_proof_free(struct st_proof *proof) ST_NONNULL;

struct st_consistency {
    int64_t old_count, new_count;
    char old_head[ST_HASH_TEXT_SIZE], new_head[ST_HASH_TEXT_SIZE];
    struct st_proof_path path;
};

/* The tables a payslip's canonical bytes are made of, in their order, and the columns of a row; and
 * those of a journal entry. */
struct st_proof_table {
    const char *name;
    const char *const *columns;
    size_t column_count;
};
enum { ST_PROOF_TABLE_COUNT = 5 };
extern const struct st_proof_table st_proof_tables[ST_PROOF_TABLE_COUNT];
extern const struct st_proof_table st_proof_entry;

/* Takes the head of the table off canonical bytes of a payslip: its name and how many rows follow.
 * False when it is not there. */
bool st_proof_take_table(const char **at, const char *end, const struct st_proof_table *table,
                         int64_t *row_count) ST_MUST_CHECK ST_NONNULL;

/* ---- made from a ledger -------------------------------------------------------------------- */

/* The proof of the payslip that `person_id` has in `run`, up to the head over the first
 * `entry_count` entries (0: all). ST_REFUSED when there is no such run; ST_BAD_INPUT when the
 * person has no payslip in it, or the entries do not reach to the run; ST_DAMAGED when the ledger
 * is not what its journal says. To be freed when ST_OK. */
enum st_status st_ledger_prove(struct st_ledger *ledger, int64_t run, const char *person_id,
                               int64_t entry_count, struct st_proof *out,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* The proof that the head over the first `from` entries is the beginning of that over the first
 * `to` (0: all). ST_BAD_INPUT when the ledger has not so many, or `from` is past `to`. */
enum st_status st_ledger_prove_consistency(struct st_ledger *ledger, int64_t from, int64_t to,
                                           struct st_consistency *out,
                                           struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- checked without one ------------------------------------------------------------------- */

/* What a proof that holds says, read from the hashed bytes. */
struct st_proved {
    int64_t run, entry;
    char person_id[12], name[160], month[8], state[8], time[ST_TIME_TEXT_SIZE], actor[300];
    st_amount benefit, taxable, tax, net;
};
/* Computes everything in the proof anew and compares it with what it says and with `head`, the one
 * known from elsewhere, over `entry_count` entries (0: their number is not known). Findings go to
 * `visit`; ST_OK whether there are any or not. *out is filled when there are none. */
enum st_status st_proof_check(const struct st_proof *proof, const char *head, int64_t entry_count,
                              enum st_status (*visit)(void *, const struct st_verify_row *),
                              void *context, struct st_proved *out,
                              struct st_error *error) ST_MUST_CHECK ST_NONNULL_ARGS(1, 2, 4, 6, 7);

/* The same for two heads known from elsewhere. */
enum st_status st_consistency_check(const struct st_consistency *proof, const char *old_head,
                                    const char *new_head,
                                    enum st_status (*visit)(void *, const struct st_verify_row *),
                                    void *context, struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 3, 4, 6);

/* 64 lower-case hexadecimal digits. */
bool st_hash_text_check(const char *text) ST_MUST_CHECK ST_NONNULL;

/* ---- files (formats/proof_file.c) ---------------------------------------------------------- */

/* Writes the file's text; errors are the stream's. ST_DAMAGED when canonical bytes cannot be taken
 * apart. */
enum st_status st_proof_write(FILE *out, const struct st_proof *proof,
                              struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_consistency_write(FILE *out, const struct st_consistency *proof) ST_NONNULL;
/* ST_BAD_INPUT with the place when the file is not exactly of that form, ST_IO when it cannot be
 * read. To be freed when ST_OK. */
enum st_status st_proof_read(const char *path, struct st_proof *out,
                             struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_consistency_read(const char *path, struct st_consistency *out,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;

#endif
