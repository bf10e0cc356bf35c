/* SPDX-License-Identifier: MIT */
/* proof_check.c - proofs checked without a ledger: everything is computed again from the bytes that
 * are hashed, and nothing that the file says about itself is believed. The last word has the head,
 * which the reader knows from elsewhere.
 */
#include "stonad/proof.h"

#include "db/ledger_internal.h"
#include "db/tree.h"
#include "stonad/identifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_TEXT_SIZE = 200, ROW_TEXT_SIZE = 80 };

struct check {
    const struct st_proof *proof;
    struct st_tree_hasher *hasher;
    enum st_status (*visit)(void *, const struct st_verify_row *);
    void *context;
    int finding_count;
    struct st_proved proved;
    int64_t entry_run;                      /* the run that the entry names */
    int64_t payslip_count;                  /* how many it says it wrote */
    char kind[24], root[ST_HASH_TEXT_SIZE]; /* of the entry */
    struct st_error *error;
};

bool st_hash_text_check(const char *text) {
    struct st_tree_hash ignored;
    return st_tree_from_hex(text, &ignored);
}

/* ---- findings ------------------------------------------------------------------------------ */

/* What a finding is about; "" where it has no such part. */
struct place {
    const char *table, *row, *field;
};

static enum st_status tell(struct check *check, const char *code, const struct place *place,
                           const char *expected, const char *found, const char *text) {
    const struct st_verify_row row = {.code = code,
                                      .table = place->table,
                                      .row = place->row,
                                      .field = place->field,
                                      .expected = expected,
                                      .found = found,
                                      .text = text,
                                      .kind = ST_VERIFY_JOURNAL};
    check->finding_count++;
    return check->visit(check->context, &row);
}

static enum st_status tell_broken(struct check *check, const char *table, const char *field) {
    return tell(check, "VERIFY-PROOF-BYTES", &(struct place){table, "", field}, "", "",
                "The hashed bytes are not those of what they should be: the file was changed.");
}

/* Numbers of persons are masked: this may stand in a log. */
static void describe_value(const char *column, const struct st_canonical_value *value,
                           char text[VALUE_TEXT_SIZE]) {
    if (value->type == ST_CANONICAL_INTEGER) {
        (void)snprintf(text, VALUE_TEXT_SIZE, "%" PRId64, value->integer);
    } else if (value->type == ST_CANONICAL_NULL) {
        (void)snprintf(text, VALUE_TEXT_SIZE, "nothing");
    } else {
        size_t size = value->size < VALUE_TEXT_SIZE - 1 ? value->size : VALUE_TEXT_SIZE - 1;
        (void)snprintf(text, VALUE_TEXT_SIZE, "%.*s", (int)size, value->text);
        if (strcmp(column, "person_id") == 0) {
            char number[VALUE_TEXT_SIZE];
            memcpy(number, text, sizeof number);
            st_person_number_mask(number, text);
        }
    }
}

/* ---- the readable form against the hashed bytes -------------------------------------------- */

static bool is_same_value(const struct st_canonical_value *a, const struct st_canonical_value *b) {
    if (a->type != b->type)
        return false;
    if (a->type == ST_CANONICAL_TEXT)
        return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
    return a->type == ST_CANONICAL_NULL || a->integer == b->integer;
}

/* Two rows of values being read side by side. */
struct pair {
    const char *hashed, *hashed_end, *readable, *readable_end;
};

static struct pair open_pair(const struct st_proof_part *part) {
    return (struct pair){part->hashed.bytes, part->hashed.bytes + part->hashed.size,
                         part->readable.bytes, part->readable.bytes + part->readable.size};
}

/* *is_whole false: one of the two has no such row. */
static enum st_status compare_row(struct check *check, struct pair *pair,
                                  const struct st_proof_table *table, const char *key,
                                  bool *is_whole) {
    enum st_status status = ST_OK;
    *is_whole = true;
    for (size_t i = 0; status == ST_OK && i < table->column_count; i++) {
        struct st_canonical_value hashed, readable;
        char expected[VALUE_TEXT_SIZE], found[VALUE_TEXT_SIZE];
        if (!st_canonical_next(&pair->hashed, pair->hashed_end, &hashed) ||
            !st_canonical_next(&pair->readable, pair->readable_end, &readable)) {
            *is_whole = false;
            return tell_broken(check, table->name, "");
        }
        if (is_same_value(&hashed, &readable))
            continue;
        describe_value(table->columns[i], &hashed, expected);
        describe_value(table->columns[i], &readable, found);
        status = tell(check, "VERIFY-PROOF-READABLE",
                      &(struct place){table->name, key, table->columns[i]}, expected, found,
                      "The readable value is not the one that is hashed.");
    }
    return status;
}

static enum st_status compare_table(struct check *check, struct pair *pair,
                                    const struct st_proof_table *table, bool *is_whole) {
    int64_t hashed_count, readable_count;
    char expected[32], found[32], key[ROW_TEXT_SIZE];
    enum st_status status = ST_OK;
    *is_whole = st_proof_take_table(&pair->hashed, pair->hashed_end, table, &hashed_count) &&
                st_proof_take_table(&pair->readable, pair->readable_end, table, &readable_count);
    if (!*is_whole)
        return tell_broken(check, table->name, "");
    if (hashed_count != readable_count) {
        *is_whole = false;
        (void)snprintf(expected, sizeof expected, "%" PRId64 " rows", hashed_count);
        (void)snprintf(found, sizeof found, "%" PRId64 " rows", readable_count);
        return tell(check, "VERIFY-PROOF-READABLE", &(struct place){table->name, "", ""}, expected,
                    found, "The readable rows are not those that are hashed.");
    }
    for (int64_t row = 1; status == ST_OK && *is_whole && row <= hashed_count; row++) {
        (void)snprintf(key, sizeof key, "row %" PRId64, row);
        status = compare_row(check, pair, table, key, is_whole);
    }
    return status;
}

static enum st_status compare_payslip(struct check *check, bool *is_whole) {
    struct pair pair = open_pair(&check->proof->payslip);
    enum st_status status = ST_OK;
    *is_whole = true;
    for (size_t i = 0; status == ST_OK && *is_whole && i < ST_PROOF_TABLE_COUNT; i++)
        status = compare_table(check, &pair, &st_proof_tables[i], is_whole);
    if (status != ST_OK || !*is_whole || pair.hashed == pair.hashed_end)
        return status;
    *is_whole = false;
    return tell_broken(check, "payslip", "");
}

static enum st_status compare_entry(struct check *check, bool *is_whole) {
    struct pair pair = open_pair(&check->proof->entry);
    enum st_status status = compare_row(check, &pair, &st_proof_entry, "", is_whole);
    if (status != ST_OK || !*is_whole || pair.hashed == pair.hashed_end)
        return status;
    *is_whole = false;
    return tell_broken(check, "journal", "");
}

/* ---- what the hashed bytes say ------------------------------------------------------------- */

static bool copy_text(const struct st_canonical_value *value, char *out, size_t size) {
    if (value->type != ST_CANONICAL_TEXT || value->size >= size)
        return false;
    memcpy(out, value->text, value->size);
    out[value->size] = '\0';
    return true;
}

static bool copy_integer(const struct st_canonical_value *value, int64_t *out) {
    *out = value->integer;
    return value->type == ST_CANONICAL_INTEGER;
}

/* A value of the payslip's own row. */
static bool take_payslip_value(struct st_proved *out, const char *column,
                               const struct st_canonical_value *value) {
    const struct {
        const char *column;
        char *text;
        size_t size;
    } texts[] = {{"person_id", out->person_id, sizeof out->person_id},
                 {"name", out->name, sizeof out->name},
                 {"month", out->month, sizeof out->month},
                 {"state", out->state, sizeof out->state}};
    const struct {
        const char *column;
        int64_t *number;
    } numbers[] = {{"run", &out->run},
                   {"benefit_ore", &out->benefit.ore},
                   {"taxable_ore", &out->taxable.ore},
                   {"tax_ore", &out->tax.ore},
                   {"net_ore", &out->net.ore}};
    for (size_t i = 0; i < ST_COUNT_OF(texts); i++)
        if (strcmp(column, texts[i].column) == 0)
            return copy_text(value, texts[i].text, texts[i].size);
    for (size_t i = 0; i < ST_COUNT_OF(numbers); i++)
        if (strcmp(column, numbers[i].column) == 0)
            return copy_integer(value, numbers[i].number);
    return true;
}

/* Rows beside it belong to the same run and person. */
static bool is_of_payslip(const struct st_proved *payslip, const char *column,
                          const struct st_canonical_value *value) {
    if (strcmp(column, "run") == 0)
        return value->type == ST_CANONICAL_INTEGER && value->integer == payslip->run;
    return strcmp(column, "person_id") != 0 || st_canonical_is_text(value, payslip->person_id);
}

/* False when the bytes are not those of one payslip with its rows. They were taken apart before. */
static bool read_payslip(struct check *check) {
    const struct st_canonical_bytes *bytes = &check->proof->payslip.hashed;
    const char *at = bytes->bytes, *end = at + bytes->size;
    bool fits = true;
    for (size_t i = 0; i < ST_PROOF_TABLE_COUNT; i++) {
        const struct st_proof_table *table = &st_proof_tables[i];
        int64_t row_count;
        if (!st_proof_take_table(&at, end, table, &row_count) || (i == 0 && row_count != 1))
            return false;
        for (int64_t row = 0; row < row_count; row++)
            for (size_t column = 0; column < table->column_count; column++) {
                struct st_canonical_value value;
                const char *name = table->columns[column];
                if (!st_canonical_next(&at, end, &value))
                    return false;
                fits = fits && (i == 0 ? take_payslip_value(&check->proved, name, &value)
                                       : is_of_payslip(&check->proved, name, &value));
            }
    }
    return fits;
}

/* "run 1 DIGEST;payslip 68 DIGEST;line ...": how many payslips. */
static bool read_payslip_count(const struct st_canonical_value *tables, int64_t *out) {
    static const char name[] = "payslip ";
    const char *at = tables->text, *end = at + tables->size;
    int64_t count = 0;
    if (tables->type != ST_CANONICAL_TEXT)
        return false;
    while (at != NULL && (size_t)(end - at) >= sizeof name - 1 &&
           memcmp(at, name, sizeof name - 1) != 0) {
        at = memchr(at, ';', (size_t)(end - at));
        at = at == NULL ? NULL : at + 1;
    }
    if (at == NULL || (size_t)(end - at) < sizeof name - 1)
        return true; /* it wrote none */
    for (at += sizeof name - 1; at < end && *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(count, INT64_C(10), &count) ||
            __builtin_add_overflow(count, (int64_t)(*at - '0'), &count))
            return false;
    *out = count;
    return true;
}

static bool read_entry(struct check *check) {
    const struct st_canonical_bytes *bytes = &check->proof->entry.hashed;
    const char *at = bytes->bytes, *end = at + bytes->size;
    struct st_proved *out = &check->proved;
    for (size_t i = 0; i < st_proof_entry.column_count; i++) {
        struct st_canonical_value value;
        const char *name = st_proof_entry.columns[i];
        bool fits = st_canonical_next(&at, end, &value);
        if (fits && strcmp(name, "entry") == 0)
            fits = copy_integer(&value, &out->entry) && out->entry > 0;
        else if (fits && strcmp(name, "time") == 0)
            fits = copy_text(&value, out->time, sizeof out->time);
        else if (fits && strcmp(name, "actor") == 0)
            fits = copy_text(&value, out->actor, sizeof out->actor);
        else if (fits && strcmp(name, "kind") == 0)
            fits = copy_text(&value, check->kind, sizeof check->kind);
        else if (fits && strcmp(name, "run") == 0)
            fits = copy_integer(&value, &check->entry_run);
        else if (fits && strcmp(name, "tables") == 0)
            fits = read_payslip_count(&value, &check->payslip_count);
        else if (fits && strcmp(name, "root") == 0)
            fits = copy_text(&value, check->root, sizeof check->root);
        if (!fits)
            return false;
    }
    return true;
}

/* ---- hashes -------------------------------------------------------------------------------- */

/* False when a hash is none; files are read so that this cannot be, but a caller may fill in. */
static bool read_path(const struct st_proof_path *path, struct st_tree_path *out) {
    out->count = path->count;
    for (int i = 0; i < path->count; i++)
        if (!st_tree_from_hex(path->hashes[i], &out->hashes[i]))
            return false;
    return true;
}

/* Where a leaf's path leads, as text; "" when it cannot be one of that place. */
static enum st_status follow(struct check *check, const struct st_tree_hash *leaf, int64_t index,
                             int64_t count, const struct st_proof_path *path,
                             char found[ST_HASH_TEXT_SIZE]) {
    struct st_tree_path hashes;
    struct st_tree_hash root;
    found[0] = '\0';
    if (!read_path(path, &hashes) || index < 0 || count < 1)
        return ST_OK;
    enum st_tree_result result =
        st_tree_root_of_leaf(check->hasher, leaf, (uint64_t)index, (uint64_t)count, &hashes, &root);
    if (result == ST_TREE_FAILED)
        return st_db_fail_memory(check->error);
    if (result == ST_TREE_DONE)
        st_tree_hex(&root, found);
    return ST_OK;
}

static const char *or_no_tree(const char *hash) {
    return hash[0] == '\0' ? "a path of another length than this place has" : hash;
}

static enum st_status check_payslip_leaf(struct check *check) {
    const struct st_proof *proof = check->proof;
    struct st_tree_hash salt, leaf;
    char found[ST_HASH_TEXT_SIZE];
    if (!st_tree_from_hex(proof->salt, &salt))
        return tell_broken(check, "payslip", "salt");
    if (!st_tree_leaf(check->hasher, salt.bytes, sizeof salt.bytes, proof->payslip.hashed.bytes,
                      proof->payslip.hashed.size, &leaf))
        return st_db_fail_memory(check->error);
    enum st_status status = follow(check, &leaf, proof->index, proof->count, &proof->path, found);
    if (status != ST_OK || strcmp(found, check->root) == 0)
        return status;
    return tell(
        check, "VERIFY-PROOF-PAYSLIP", &(struct place){"payslip", "", "root"}, check->root,
        or_no_tree(found),
        "The payslip, its salt and its path do not lead to the root in the run's entry: one "
        "of them was changed, or the payslip is not of that run.");
}

/* A path alone leaves open how many leaves stand to the right of it; the entry says it. */
static enum st_status check_count(struct check *check) {
    char expected[32], found[32];
    if (check->proof->count == check->payslip_count)
        return ST_OK;
    (void)snprintf(expected, sizeof expected, "%" PRId64, check->payslip_count);
    (void)snprintf(found, sizeof found, "%" PRId64, check->proof->count);
    return tell(check, "VERIFY-PROOF-COUNT", &(struct place){"payslip", "", "count"}, expected,
                found, "The run's entry says another number of payslips.");
}

static enum st_status check_run(struct check *check) {
    char expected[40], found[64];
    if (strcmp(check->kind, "run") == 0 && check->entry_run == check->proved.run)
        return ST_OK;
    (void)snprintf(expected, sizeof expected, "run %" PRId64, check->proved.run);
    (void)snprintf(found, sizeof found, "%s %" PRId64, check->kind, check->entry_run);
    return tell(check, "VERIFY-PROOF-RUN", &(struct place){"journal", "", "run"}, expected, found,
                "The entry is not the one that computed the payslip's run.");
}

static enum st_status check_entry_leaf(struct check *check) {
    const struct st_proof *proof = check->proof;
    struct st_tree_hash leaf;
    char found[ST_HASH_TEXT_SIZE];
    if (!st_tree_leaf(check->hasher, NULL, 0, proof->entry.hashed.bytes, proof->entry.hashed.size,
                      &leaf))
        return st_db_fail_memory(check->error);
    enum st_status status = follow(check, &leaf, check->proved.entry - 1, proof->entry_count,
                                   &proof->entry_path, found);
    if (status != ST_OK || strcmp(found, proof->head) == 0)
        return status;
    return tell(check, "VERIFY-PROOF-ENTRY", &(struct place){"journal", "", "head"}, proof->head,
                or_no_tree(found),
                "The entry and its path do not lead to the head in the file: one of them was "
                "changed.");
}

static enum st_status check_head(struct check *check, const char *head, int64_t entry_count) {
    enum st_status status = ST_OK;
    char expected[32], found[32];
    if (strcmp(check->proof->head, head) != 0)
        status =
            tell(check, "VERIFY-PROOF-HEAD", &(struct place){"journal", "", "head"}, head,
                 check->proof->head,
                 "The proof leads to another head than the one given; where that is of fewer or "
                 "more entries, make the proof with --at and their number.");
    if (status != ST_OK || entry_count == 0 || entry_count == check->proof->entry_count)
        return status;
    (void)snprintf(expected, sizeof expected, "%" PRId64, entry_count);
    (void)snprintf(found, sizeof found, "%" PRId64, check->proof->entry_count);
    return tell(check, "VERIFY-PROOF-ENTRIES", &(struct place){"journal", "", "entries"}, expected,
                found, "The proof leads to a head over another number of entries.");
}

/* ---- the checks ---------------------------------------------------------------------------- */

static enum st_status check_all(struct check *check, const char *head, int64_t entry_count) {
    bool has_payslip, has_entry;
    enum st_status status = compare_payslip(check, &has_payslip);
    if (status == ST_OK && has_payslip && !read_payslip(check)) {
        has_payslip = false;
        status = tell_broken(check, "payslip", "");
    }
    if (status == ST_OK)
        status = compare_entry(check, &has_entry);
    if (status == ST_OK && has_entry && !read_entry(check)) {
        has_entry = false;
        status = tell_broken(check, "journal", "");
    }
    if (status == ST_OK && has_entry && has_payslip)
        status = check_run(check);
    if (status == ST_OK && has_entry && has_payslip)
        status = check_count(check);
    if (status == ST_OK && has_entry && has_payslip)
        status = check_payslip_leaf(check);
    if (status == ST_OK && has_entry)
        status = check_entry_leaf(check);
    return status == ST_OK ? check_head(check, head, entry_count) : status;
}

enum st_status st_proof_check(const struct st_proof *proof, const char *head, int64_t entry_count,
                              enum st_status (*visit)(void *, const struct st_verify_row *),
                              void *context, struct st_proved *out, struct st_error *error) {
    struct check check = {.proof = proof, .visit = visit, .context = context, .error = error};
    check.hasher = st_tree_hasher_new();
    if (check.hasher == NULL)
        return st_db_fail_memory(error);
    enum st_status status = check_all(&check, head, entry_count);
    st_tree_hasher_free(check.hasher);
    *out = check.proved;
    return status;
}

/* ---- consistency --------------------------------------------------------------------------- */

/* What one of the two heads comes to, against what the file says and what is known. */
static enum st_status check_one_head(struct check *check, const char *field, const char *known,
                                     const char *in_file, const char *found) {
    enum st_status status = ST_OK;
    if (strcmp(in_file, known) != 0)
        status = tell(check, "VERIFY-PROOF-HEAD", &(struct place){"journal", "", field}, known,
                      in_file, "The proof is of another head than the one given.");
    if (status != ST_OK || strcmp(found, in_file) == 0)
        return status;
    return tell(check, "VERIFY-PROOF-PATH", &(struct place){"journal", "", field}, in_file,
                or_no_tree(found),
                "The path does not lead to this head: the later head does not continue the earlier "
                "one, or the file was changed.");
}

static enum st_status check_consistency(struct check *check, const struct st_consistency *proof,
                                        const char *old_head, const char *new_head) {
    struct st_tree_path path;
    struct st_tree_hash known, old_root, new_root;
    char old_found[ST_HASH_TEXT_SIZE] = "", new_found[ST_HASH_TEXT_SIZE] = "";
    enum st_tree_result result = ST_TREE_OTHER_SHAPE;
    if (!st_tree_from_hex(proof->old_head, &known) || !read_path(&proof->path, &path))
        return tell_broken(check, "journal", "path");
    if (proof->old_count > 0 && proof->new_count > 0)
        result =
            st_tree_roots_of_consistency(check->hasher, &known, (uint64_t)proof->old_count,
                                         (uint64_t)proof->new_count, &path, &old_root, &new_root);
    if (result == ST_TREE_FAILED)
        return st_db_fail_memory(check->error);
    if (result == ST_TREE_DONE) {
        st_tree_hex(&old_root, old_found);
        st_tree_hex(&new_root, new_found);
    }
    enum st_status status = check_one_head(check, "old_head", old_head, proof->old_head, old_found);
    return status == ST_OK ? check_one_head(check, "new_head", new_head, proof->new_head, new_found)
                           : status;
}

enum st_status st_consistency_check(const struct st_consistency *proof, const char *old_head,
                                    const char *new_head,
                                    enum st_status (*visit)(void *, const struct st_verify_row *),
                                    void *context, struct st_error *error) {
    struct check check = {.visit = visit, .context = context, .error = error};
    check.hasher = st_tree_hasher_new();
    if (check.hasher == NULL)
        return st_db_fail_memory(error);
    enum st_status status = check_consistency(&check, proof, old_head, new_head);
    st_tree_hasher_free(check.hasher);
    return status;
}
