/* SPDX-License-Identifier: MIT */
/* proof_file.c - proofs as JSON: written, and read back without trust. docs/proofs.md describes
 * both forms field by field.
 *
 * Rows stand in the file twice: readable, column by column, and as the canonical bytes that are
 * hashed. Reading makes canonical bytes of the readable rows too, so that the check can hold one
 * against the other: nobody reads another payslip than the one that is proved.
 */
#include "formats/json_file.h"
#include "formats/output_error.h"
#include "stonad/proof.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define PROOF_FORM "stonad-proof-1"
#define CONSISTENCY_FORM "stonad-consistency-1"
enum { FILE_SIZE_MAX = 64 * 1024 * 1024 };

/* ---- what the rows are --------------------------------------------------------------------- */

static const char *const payslip_columns[] = {
    "run",         "person_id",       "name",          "month",       "state",
    "held_reason", "tax_basis",       "benefit_ore",   "offsets_ore", "work_ore",
    "absence_ore", "corrections_ore", "recovery_ore",  "taxable_ore", "tax_ore",
    "net_ore",     "account",         "end_to_end_id", "language",    "tax_period"};
static const char *const line_columns[] = {
    "run",          "person_id",  "line", "kind", "month",    "from_date",
    "to_date",      "quantity",   "unit", "rate", "exact",    "amount_ore",
    "from_account", "to_account", "cut",  "rule", "citation", "inputs"};
static const char *const correction_columns[] = {
    "run", "person_id", "month", "paid_ore", "due_ore", "difference_ore", "cause", "cause_entry"};
static const char *const claim_columns[] = {"person_id", "run",        "number",       "kind",
                                            "decided",   "amount_ore", "remaining_ore"};
static const char *const finding_columns[] = {"run",      "person_id", "number",   "code",
                                              "severity", "rule",      "citation", "text"};
static const char *const entry_columns[] = {"entry",  "time",   "actor",  "kind", "run",
                                            "detail", "tables", "digest", "root", "previous_hash"};

const struct st_proof_table st_proof_tables[ST_PROOF_TABLE_COUNT] = {
    {"payslip", payslip_columns, ST_COUNT_OF(payslip_columns)},
    {"line", line_columns, ST_COUNT_OF(line_columns)},
    {"correction", correction_columns, ST_COUNT_OF(correction_columns)},
    {"claim", claim_columns, ST_COUNT_OF(claim_columns)},
    {"finding", finding_columns, ST_COUNT_OF(finding_columns)},
};
const struct st_proof_table st_proof_entry = {"entry", entry_columns, ST_COUNT_OF(entry_columns)};

bool st_proof_take_table(const char **at, const char *end, const struct st_proof_table *table,
                         int64_t *row_count) {
    struct st_canonical_value name, count;
    if (!st_canonical_next(at, end, &name) || !st_canonical_is_text(&name, table->name) ||
        !st_canonical_next(at, end, &count) || count.type != ST_CANONICAL_INTEGER ||
        count.integer < 0)
        return false;
    *row_count = count.integer;
    return true;
}

void st_proof_free(struct st_proof *proof) {
    st_canonical_free(&proof->payslip.hashed);
    st_canonical_free(&proof->payslip.readable);
    st_canonical_free(&proof->entry.hashed);
    st_canonical_free(&proof->entry.readable);
}

/* ---- written ------------------------------------------------------------------------------- */

static void put_value(FILE *out, const struct st_canonical_value *value) {
    if (value->type == ST_CANONICAL_TEXT)
        st_json_put_text(out, value->text, value->size);
    else if (value->type == ST_CANONICAL_INTEGER)
        (void)fprintf(out, "%" PRId64, value->integer);
    else
        (void)fputs("null", out);
}

/* One row as an object; false when the bytes do not hold one. */
static bool put_row(FILE *out, const struct st_proof_table *table, const char **at,
                    const char *end) {
    for (size_t i = 0; i < table->column_count; i++) {
        struct st_canonical_value value;
        if (!st_canonical_next(at, end, &value))
            return false;
        (void)fprintf(out, "%s\"%s\": ", i == 0 ? "{" : ", ", table->columns[i]);
        put_value(out, &value);
    }
    (void)putc('}', out);
    return true;
}

static bool put_payslip(FILE *out, const struct st_canonical_bytes *bytes) {
    const char *at = bytes->bytes, *end = at + bytes->size;
    for (size_t i = 0; i < ST_PROOF_TABLE_COUNT; i++) {
        int64_t row_count;
        if (!st_proof_take_table(&at, end, &st_proof_tables[i], &row_count))
            return false;
        (void)fprintf(out, "%s    \"%s\": [", i == 0 ? "" : ",\n", st_proof_tables[i].name);
        for (int64_t row = 0; row < row_count; row++) {
            (void)fputs(row == 0 ? "\n      " : ",\n      ", out);
            if (!put_row(out, &st_proof_tables[i], &at, end))
                return false;
        }
        (void)putc(']', out);
    }
    return at == end;
}

static void put_path(FILE *out, const char *name, const struct st_proof_path *path) {
    (void)fprintf(out, "  \"%s\": [", name);
    for (int i = 0; i < path->count; i++)
        (void)fprintf(out, "%s\n    \"%s\"", i == 0 ? "" : ",", path->hashes[i]);
    (void)fputs("]", out);
}

static void put_bytes(FILE *out, const char *name, const struct st_canonical_bytes *bytes) {
    (void)fprintf(out, "  \"%s\": ", name);
    st_json_put_text(out, bytes->bytes, bytes->size);
    (void)fputs(",\n", out);
}

static enum st_status refuse_bytes(struct st_error *error) {
    return st_output_fail(error, ST_DAMAGED, "proof.bytes",
                          "The ledger holds a payslip or entry that cannot be what stonad wrote; "
                          "verify it, and restore it from a copy.");
}

enum st_status st_proof_write(FILE *out, const struct st_proof *proof, struct st_error *error) {
    const struct st_canonical_bytes *entry = &proof->entry.hashed;
    const char *at = entry->bytes, *end = at + entry->size;
    if (!st_json_can_hold(proof->payslip.hashed.bytes, proof->payslip.hashed.size) ||
        !st_json_can_hold(entry->bytes, entry->size))
        return refuse_bytes(error);
    (void)fputs("{\n  \"form\": \"" PROOF_FORM "\",\n  \"payslip\": {\n", out);
    if (!put_payslip(out, &proof->payslip.hashed))
        return refuse_bytes(error);
    (void)fputs("\n  },\n", out);
    put_bytes(out, "payslip_bytes", &proof->payslip.hashed);
    (void)fprintf(out,
                  "  \"salt\": \"%s\",\n  \"index\": %" PRId64 ",\n  \"count\": %" PRId64 ",\n",
                  proof->salt, proof->index, proof->count);
    put_path(out, "path", &proof->path);
    (void)fputs(",\n  \"entry\": ", out);
    if (!put_row(out, &st_proof_entry, &at, end) || at != end)
        return refuse_bytes(error);
    (void)fputs(",\n", out);
    put_bytes(out, "entry_bytes", entry);
    (void)fprintf(out, "  \"entries\": %" PRId64 ",\n", proof->entry_count);
    put_path(out, "entry_path", &proof->entry_path);
    (void)fprintf(out, ",\n  \"head\": \"%s\"\n}\n", proof->head);
    return ST_OK;
}

void st_consistency_write(FILE *out, const struct st_consistency *proof) {
    (void)fprintf(out,
                  "{\n  \"form\": \"" CONSISTENCY_FORM "\",\n  \"old_entries\": %" PRId64
                  ",\n  \"old_head\": \"%s\",\n  \"new_entries\": %" PRId64
                  ",\n  \"new_head\": \"%s\",\n",
                  proof->old_count, proof->old_head, proof->new_count, proof->new_head);
    put_path(out, "path", &proof->path);
    (void)fputs("\n}\n", out);
}

/* ---- read ---------------------------------------------------------------------------------- */

/* A row as canonical bytes. */
static bool take_row(struct st_json *json, const struct st_proof_table *table,
                     struct st_canonical_bytes *out) {
    if (!st_json_begin(json, '{'))
        return false;
    for (size_t i = 0; i < table->column_count; i++) {
        struct st_canonical_value value;
        if (!st_json_key(json, table->columns[i]) || !st_json_value(json, &value))
            return false;
        st_canonical_put(out, &value);
    }
    return !out->failed ? st_json_end(json, '}') : st_json_fail_memory(json);
}

/* The rows of one table; its head, which has their number, goes before them. */
static bool take_table(struct st_json *json, const struct st_proof_table *table,
                       struct st_canonical_bytes *out) {
    struct st_canonical_bytes rows = {0};
    int64_t row_count = 0;
    bool taken = st_json_key(json, table->name) && st_json_begin(json, '[');
    for (; taken && st_json_more(json); row_count++)
        taken = take_row(json, table, &rows);
    taken = taken && st_json_end(json, ']');
    st_canonical_put_text(out, table->name);
    st_canonical_put_integer(out, row_count);
    st_canonical_put_bytes(out, rows.bytes, rows.size);
    st_canonical_free(&rows);
    return taken && (!out->failed || st_json_fail_memory(json));
}

static bool take_payslip(struct st_json *json, struct st_canonical_bytes *out) {
    if (!st_json_key(json, "payslip") || !st_json_begin(json, '{'))
        return false;
    for (size_t i = 0; i < ST_PROOF_TABLE_COUNT; i++)
        if (!take_table(json, &st_proof_tables[i], out))
            return false;
    return st_json_end(json, '}');
}

static bool take_bytes(struct st_json *json, const char *name, struct st_canonical_bytes *out) {
    struct st_canonical_value value;
    if (!st_json_key(json, name) || !st_json_value(json, &value))
        return false;
    if (value.type != ST_CANONICAL_TEXT)
        return st_json_fail(json, "json.value", "a text is expected here.");
    st_canonical_put_bytes(out, value.text, value.size);
    return !out->failed || st_json_fail_memory(json);
}

static bool take_path(struct st_json *json, const char *name, struct st_proof_path *path) {
    if (!st_json_key(json, name) || !st_json_begin(json, '['))
        return false;
    while (st_json_more(json)) {
        if (path->count == ST_PROOF_PATH_MAX)
            return st_json_fail(json, "json.value", "there are more than %d hashes here.",
                                ST_PROOF_PATH_MAX);
        if (!st_json_hex(json, path->hashes[path->count++], 64))
            return false;
    }
    return st_json_end(json, ']');
}

static bool take_number(struct st_json *json, const char *name, int64_t least, int64_t *out) {
    return st_json_key(json, name) && st_json_integer(json, least, INT64_MAX, out);
}

static bool take_hash(struct st_json *json, const char *name, char out[ST_HASH_TEXT_SIZE]) {
    return st_json_key(json, name) && st_json_hex(json, out, 64);
}

enum st_status st_proof_read(const char *path, struct st_proof *out, struct st_error *error) {
    struct st_json json;
    *out = (struct st_proof){0};
    bool is_read =
        st_json_open(&json, path, FILE_SIZE_MAX, error) && st_json_begin(&json, '{') &&
        st_json_form(&json, PROOF_FORM, "the proof of a payslip") &&
        take_payslip(&json, &out->payslip.readable) &&
        take_bytes(&json, "payslip_bytes", &out->payslip.hashed) &&
        take_hash(&json, "salt", out->salt) && take_number(&json, "index", 0, &out->index) &&
        take_number(&json, "count", 1, &out->count) && take_path(&json, "path", &out->path) &&
        st_json_key(&json, "entry") && take_row(&json, &st_proof_entry, &out->entry.readable) &&
        take_bytes(&json, "entry_bytes", &out->entry.hashed) &&
        take_number(&json, "entries", 1, &out->entry_count) &&
        take_path(&json, "entry_path", &out->entry_path) && take_hash(&json, "head", out->head) &&
        st_json_end(&json, '}') && st_json_finish(&json);
    st_json_close(&json);
    if (!is_read)
        st_proof_free(out);
    return json.status;
}

enum st_status st_consistency_read(const char *path, struct st_consistency *out,
                                   struct st_error *error) {
    struct st_json json;
    *out = (struct st_consistency){0};
    (void)(st_json_open(&json, path, FILE_SIZE_MAX, error) && st_json_begin(&json, '{') &&
           st_json_form(&json, CONSISTENCY_FORM, "the proof that one head continues another") &&
           take_number(&json, "old_entries", 1, &out->old_count) &&
           take_hash(&json, "old_head", out->old_head) &&
           take_number(&json, "new_entries", 1, &out->new_count) &&
           take_hash(&json, "new_head", out->new_head) && take_path(&json, "path", &out->path) &&
           st_json_end(&json, '}') && st_json_finish(&json));
    st_json_close(&json);
    return json.status;
}
