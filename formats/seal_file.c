/* SPDX-License-Identifier: MIT */
/* seal_file.c - seals as JSON: written, and read back without trust. docs/proofs.md describes the
 * form field by field.
 */
#include "formats/json_file.h"
#include "stonad/seal.h"

#include <inttypes.h>
#include <string.h>

#define SEAL_FORM "stonad-seal-1"
enum { FILE_SIZE_MAX = 64 * 1024 };

/* ---- written ------------------------------------------------------------------------------- */

static void put_hex(FILE *out, const char *name, const unsigned char *bytes, size_t size) {
    (void)fprintf(out, "  \"%s\": \"", name);
    for (size_t i = 0; i < size; i++)
        (void)fprintf(out, "%02x", bytes[i]);
    (void)putc('"', out);
}

static void put_number(FILE *out, const char *name, int64_t number) {
    (void)fprintf(out, "  \"%s\": %" PRId64 ",\n", name, number);
}

static void put_text(FILE *out, const char *name, const char *text) {
    (void)fprintf(out, "  \"%s\": ", name);
    st_json_put_text(out, text, strlen(text));
    (void)fputs(",\n", out);
}

void st_seal_write(FILE *out, const struct st_seal *seal) {
    const struct st_seal_totals *totals = &seal->totals;
    (void)fputs("{\n", out);
    put_text(out, "form", SEAL_FORM);
    put_text(out, "organisation_number", seal->organisation_number);
    put_number(out, "entries", seal->entry_count);
    put_text(out, "head", seal->head);
    put_text(out, "last_hash", seal->last_hash);
    put_text(out, "time", seal->time);
    (void)fputs("  \"accounts\": [", out);
    for (int i = 0; i < ST_SEAL_ACCOUNT_COUNT; i++)
        (void)fprintf(
            out, "%s\n    {\"account\": \"%s\", \"in_ore\": %" PRId64 ", \"out_ore\": %" PRId64 "}",
            i == 0 ? "" : ",", totals->accounts[i].name, totals->accounts[i].in.ore,
            totals->accounts[i].out.ore);
    (void)fputs("],\n", out);
    put_number(out, "runs", totals->run_count);
    put_number(out, "payslips", totals->payslip_count);
    put_number(out, "net_paid_ore", totals->net_paid.ore);
    put_number(out, "claims_outstanding_ore", totals->claims_outstanding.ore);
    put_hex(out, "public_key", seal->public_key, sizeof seal->public_key);
    (void)fputs(",\n", out);
    put_hex(out, "signature", seal->signature, sizeof seal->signature);
    (void)fputs("\n}\n", out);
}

/* ---- read ---------------------------------------------------------------------------------- */

static bool take_amount(struct st_json *json, const char *name, st_amount *out) {
    return st_json_key(json, name) && st_json_integer(json, INT64_MIN, INT64_MAX, &out->ore);
}

static bool take_number(struct st_json *json, const char *name, int64_t least, int64_t *out) {
    return st_json_key(json, name) && st_json_integer(json, least, INT64_MAX, out);
}

static bool take_account(struct st_json *json, enum st_account account,
                         struct st_seal_account *out) {
    char name[24];
    out->name = st_account_name(account);
    if (!st_json_begin(json, '{') || !st_json_key(json, "account") ||
        !st_json_text(json, name, sizeof name))
        return false;
    if (strcmp(name, out->name) != 0)
        return st_json_fail(json, "json.value", "the account \"%s\" is expected here.", out->name);
    return take_amount(json, "in_ore", &out->in) && take_amount(json, "out_ore", &out->out) &&
           st_json_end(json, '}');
}

static bool take_accounts(struct st_json *json, struct st_seal_totals *out) {
    bool taken = st_json_key(json, "accounts") && st_json_begin(json, '[');
    for (int i = 0; taken && i < ST_SEAL_ACCOUNT_COUNT; i++)
        taken = st_json_more(json) && take_account(json, (enum st_account)i, &out->accounts[i]);
    return taken && st_json_end(json, ']');
}

static bool take_bytes(struct st_json *json, const char *name, unsigned char *out, size_t size) {
    char text[ST_SIGNATURE_TEXT_SIZE];
    if (!st_json_key(json, name) || !st_json_hex(json, text, 2 * size))
        return false;
    for (size_t i = 0; i < size; i++) {
        static const char digits[] = "0123456789abcdef";
        out[i] = (unsigned char)((strchr(digits, text[2 * i]) - digits) * 16 +
                                 (strchr(digits, text[2 * i + 1]) - digits));
    }
    return true;
}

static bool take_seal(struct st_json *json, struct st_seal *out) {
    struct st_seal_totals *totals = &out->totals;
    return st_json_begin(json, '{') && st_json_form(json, SEAL_FORM, "a seal") &&
           st_json_key(json, "organisation_number") &&
           st_json_text(json, out->organisation_number, sizeof out->organisation_number) &&
           take_number(json, "entries", 1, &out->entry_count) && st_json_key(json, "head") &&
           st_json_hex(json, out->head, 64) && st_json_key(json, "last_hash") &&
           st_json_hex(json, out->last_hash, 64) && st_json_key(json, "time") &&
           st_json_text(json, out->time, sizeof out->time) && take_accounts(json, totals) &&
           take_number(json, "runs", 0, &totals->run_count) &&
           take_number(json, "payslips", 0, &totals->payslip_count) &&
           take_amount(json, "net_paid_ore", &totals->net_paid) &&
           take_amount(json, "claims_outstanding_ore", &totals->claims_outstanding) &&
           take_bytes(json, "public_key", out->public_key, sizeof out->public_key) &&
           take_bytes(json, "signature", out->signature, sizeof out->signature) &&
           st_json_end(json, '}') && st_json_finish(json);
}

enum st_status st_seal_read(const char *path, struct st_seal *out, struct st_error *error) {
    struct st_json json;
    *out = (struct st_seal){.entry_count = 0};
    bool is_read = st_json_open(&json, path, FILE_SIZE_MAX, error) && take_seal(&json, out);
    /* An array that ends too early is no error of its own. */
    if (!is_read && json.status == ST_OK)
        (void)st_json_fail(&json, "json.value", "there are fewer accounts here than %d.",
                           ST_SEAL_ACCOUNT_COUNT);
    st_json_close(&json);
    return json.status;
}
