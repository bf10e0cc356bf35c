/* SPDX-License-Identifier: MIT */
/* audit_read.c - the inputs of a bundle read back: the journal as commands, what the ledger was
 * made with, the files its imports recorded. */
#include "formats/audit_csv.h"
#include "formats/audit_table.h"
#include "formats/output_error.h"
#include "stonad/audit.h"
#include "stonad/identifier.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DETAIL_MAX = 999, ACTOR_MAX = 256, TABLES_MAX = 4000, SECRET_DIGITS = 64 };

/* ---- the journal --------------------------------------------------------------------------- */

struct st_audit_reader {
    struct st_audit_table table;
    int64_t entry; /* read last */
};

static const char *const kinds[] = {"init",    "import", "run",   "approve",
                                    "discard", "export", "rates", NULL};
enum { INIT, IMPORT, RUN, APPROVE, DISCARD, EXPORT, RATES };

enum st_status st_audit_journal_open(const char *path, struct st_audit_reader **out,
                                     struct st_error *error) {
    struct st_audit_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return st_output_out_of_memory(error);
    enum st_status status = st_audit_table_open(&reader->table, path, st_journal_columns,
                                                ST_JOURNAL_COLUMN_COUNT, error);
    if (status != ST_OK) {
        free(reader);
        return status;
    }
    *out = reader;
    return ST_OK;
}

void st_audit_reader_free(struct st_audit_reader *reader) {
    if (reader == NULL)
        return;
    st_audit_table_close(&reader->table);
    free(reader);
}

int64_t st_audit_reader_line(const struct st_audit_reader *reader) {
    return reader->table.csv.line;
}

static bool is_two_digits(const char *text, int most) {
    return text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9' &&
           (text[0] - '0') * 10 + text[1] - '0' <= most;
}

/* "YYYY-MM-DDTHH:MM:SSZ" */
static const char *take_time(struct st_audit_table *table) {
    const char *text = st_audit_field_text(table, ST_JOURNAL_TIME, 0, 64);
    st_date date;
    if (strlen(text) == ST_TIME_TEXT_SIZE - 1 && st_date_parse(text, 10, &date) &&
        text[10] == 'T' && is_two_digits(text + 11, 23) && text[13] == ':' &&
        is_two_digits(text + 14, 59) && text[16] == ':' && is_two_digits(text + 17, 59) &&
        text[19] == 'Z')
        return text;
    (void)st_audit_table_fail(table, ST_JOURNAL_TIME, "this is no time, as YYYY-MM-DDTHH:MM:SSZ");
    return "";
}

static void take_entry(struct st_audit_reader *reader, int kind, struct st_journal_entry *out) {
    struct st_audit_table *table = &reader->table;
    bool names_run = kind == RUN || kind == APPROVE || kind == DISCARD || kind == EXPORT;
    *out = (struct st_journal_entry){
        .entry = st_audit_field_integer(table, ST_JOURNAL_ENTRY, 1, INT64_MAX),
        .time = take_time(table),
        .actor = st_audit_field_text(table, ST_JOURNAL_ACTOR, 1, ACTOR_MAX),
        .kind = kinds[kind],
        .run = names_run ? st_audit_field_integer(table, ST_JOURNAL_RUN, 1, INT64_MAX) : 0,
        .detail = st_audit_field_text(table, ST_JOURNAL_DETAIL, 0, DETAIL_MAX),
        .tables = st_audit_field_text(table, ST_JOURNAL_TABLES, 0, TABLES_MAX),
        .digest = st_audit_field_hash(table, ST_JOURNAL_DIGEST, false),
        .root = st_audit_field_hash(table, ST_JOURNAL_ROOT, kind != RUN),
        .previous = st_audit_field_hash(table, ST_JOURNAL_PREVIOUS_HASH, false),
        .hash = st_audit_field_hash(table, ST_JOURNAL_HASH, false)};
    if (table->status == ST_OK && out->entry != reader->entry + 1)
        (void)st_audit_table_fail(table, ST_JOURNAL_ENTRY,
                                  "the entries are not numbered 1, 2, 3 ... without a gap");
    if (table->status == ST_OK && (out->entry == 1) != (kind == INIT))
        (void)st_audit_table_fail(table, ST_JOURNAL_KIND, "init is the first entry, and only that");
    if (table->status == ST_OK && !names_run && !st_audit_field_is_null(table, ST_JOURNAL_RUN))
        (void)st_audit_table_fail(table, ST_JOURNAL_RUN, "an entry of this kind names no run");
    reader->entry = out->entry;
}

static void take_export(struct st_audit_table *table, struct st_export_file *out) {
    static const char *const contents[] = {"benefits", "benefits+tax", "tax", NULL};
    *out = (struct st_export_file){
        .form = st_audit_field_text(table, ST_JOURNAL_FORM, 1, 60),
        .content =
            (enum st_export_content)st_audit_field_choice(table, ST_JOURNAL_CONTENT, contents),
        .tax_kid = st_audit_field_text(table, ST_JOURNAL_TAX_KID, 0, 25),
        .sha256 = st_audit_field_hash(table, ST_JOURNAL_SHA256, false),
        .byte_count = st_audit_field_integer(table, ST_JOURNAL_BYTES, 0, INT64_MAX)};
}

static void take_arguments(struct st_audit_table *table, int kind, struct st_audit_command *out) {
    out->payday = out->rate.effect = out->rate.known = ST_DATE_NONE;
    out->rule_set = out->table_digest = out->rate_name = out->rate.source = "";
    out->file = (struct st_export_file){.form = "", .tax_kid = "", .sha256 = ""};
    if (kind == RUN) {
        out->month = st_audit_field_month(table, ST_JOURNAL_MONTH, false);
        out->payday = st_audit_field_date(table, ST_JOURNAL_PAYDAY);
        out->rule_set = st_audit_field_text(table, ST_JOURNAL_RULE_SET, 1, 60);
        out->table_digest = st_audit_field_hash(table, ST_JOURNAL_TABLE_DIGEST, false);
    } else if (kind == APPROVE) {
        out->payments = st_audit_field_integer(table, ST_JOURNAL_PAYMENTS, 0, INT64_MAX);
        out->sum = st_audit_field_amount(table, ST_JOURNAL_SUM);
    } else if (kind == EXPORT) {
        take_export(table, &out->file);
    } else if (kind == RATES) {
        out->rate_name = st_audit_field_text(table, ST_JOURNAL_RATE, 1, 20);
        out->rate = (struct st_rate){
            .effect = st_audit_field_date(table, ST_JOURNAL_EFFECT),
            .known = st_audit_field_date(table, ST_JOURNAL_KNOWN),
            .value_nok = st_audit_field_integer(table, ST_JOURNAL_VALUE, 1, ST_RATE_MAX_NOK),
            .source = st_audit_field_text(table, ST_JOURNAL_SOURCE, 0, 1600)};
    }
}

enum st_status st_audit_journal_next(struct st_audit_reader *reader, bool *found,
                                     struct st_audit_command *out, struct st_error *error) {
    struct st_audit_table *table = &reader->table;
    enum st_status status = st_audit_table_next(table, found, error);
    if (status != ST_OK || !*found)
        return status;
    *out = (struct st_audit_command){0};
    int kind = st_audit_field_choice(table, ST_JOURNAL_KIND, kinds);
    take_entry(reader, kind, &out->entry);
    take_arguments(table, kind, out);
    out->head = st_audit_field_hash(table, ST_JOURNAL_HEAD, false);
    return table->status;
}

/* ---- what the ledger was made with --------------------------------------------------------- */

static void copy_field(struct st_audit_table *table, size_t column, char *out, size_t size) {
    (void)snprintf(out, size, "%s", st_audit_field_text(table, column, 0, size - 1));
}

static void take_municipality(struct st_audit_table *table, struct st_municipality *out) {
    static const char *const recover[] = {"auto", "ask", NULL}, *const answers[] = {"no", "yes",
                                                                                    NULL};
    *out = (struct st_municipality){0};
    copy_field(table, ST_MUNICIPALITY_ORGNR, out->organisation_number,
               sizeof out->organisation_number);
    copy_field(table, ST_MUNICIPALITY_NAME, out->name, sizeof out->name);
    copy_field(table, ST_MUNICIPALITY_ACCOUNT, out->account, sizeof out->account);
    copy_field(table, ST_MUNICIPALITY_BIC, out->bic, sizeof out->bic);
    copy_field(table, ST_MUNICIPALITY_TOWN, out->town, sizeof out->town);
    copy_field(table, ST_MUNICIPALITY_POSTCODE, out->postcode, sizeof out->postcode);
    out->half_tax_month =
        (int)st_audit_field_integer(table, ST_MUNICIPALITY_HALF_TAX_MONTH, 11, 12);
    out->recover = st_audit_field_choice(table, ST_MUNICIPALITY_RECOVER, recover) == 1
                       ? ST_RECOVER_ASK
                       : ST_RECOVER_AUTO;
    out->first_month = st_audit_field_month(table, ST_MUNICIPALITY_FIRST_MONTH, true);
    out->test = st_audit_field_choice(table, ST_MUNICIPALITY_TEST, answers) == 1;
    if (!st_organisation_number_check(out->organisation_number, strlen(out->organisation_number)))
        (void)st_audit_table_fail(table, ST_MUNICIPALITY_ORGNR, "this is no organisation number");
}

enum st_status st_audit_read_municipality(const char *path, struct st_municipality *out,
                                          struct st_error *error) {
    struct st_audit_table table;
    bool found = false;
    enum st_status status = st_audit_table_open(&table, path, st_municipality_columns,
                                                ST_MUNICIPALITY_COLUMN_COUNT, error);
    if (status != ST_OK)
        return status;
    status = st_audit_table_next(&table, &found, error);
    if (status == ST_OK && found) {
        take_municipality(&table, out);
        status = table.status;
    } else if (status == ST_OK) {
        status = st_audit_table_fail(&table, 0, "the municipality's row is missing");
    }
    st_audit_table_close(&table);
    return status;
}

enum st_status st_audit_read_secret(const char *path, char secret[ST_HASH_TEXT_SIZE],
                                    struct st_error *error) {
    char text[SECRET_DIGITS + 3] = "";
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return st_output_fail(error, errno == ENOENT ? ST_BAD_INPUT : ST_IO, "bundle.secret",
                              "%.400s cannot be read (%s); without the secret the ledger cannot be "
                              "made once more.",
                              path, strerror(errno));
    size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    if (size != SECRET_DIGITS + 1 || text[SECRET_DIGITS] != '\n' ||
        strspn(text, "0123456789abcdef") != SECRET_DIGITS)
        return st_output_fail(
            error, ST_BAD_INPUT, "bundle.secret",
            "%.400s:1: 64 hexadecimal digits (0-9, a-f) and a newline are expected "
            "here; take the bundle as it was written.",
            path);
    memcpy(secret, text, SECRET_DIGITS);
    secret[SECRET_DIGITS] = '\0';
    return ST_OK;
}

enum st_status st_audit_read_rates(const char *path,
                                   enum st_status (*visit)(void *, const struct st_audit_rate *),
                                   void *context, struct st_error *error) {
    struct st_audit_table table;
    bool found = true;
    enum st_status status =
        st_audit_table_open(&table, path, st_rate_columns, ST_RATE_COLUMN_COUNT, error);
    if (status != ST_OK)
        return status;
    while (status == ST_OK && (status = st_audit_table_next(&table, &found, error)) == ST_OK &&
           found) {
        struct st_audit_rate rate = {
            .entry = 1,
            .time = "",
            .actor = "",
            .name = st_audit_field_text(&table, ST_RATE_NAME, 1, 20),
            .rate = {.effect = st_audit_field_date(&table, ST_RATE_EFFECT),
                     .known = st_audit_field_date(&table, ST_RATE_KNOWN),
                     .value_nok = st_audit_field_integer(&table, ST_RATE_VALUE, 1, ST_RATE_MAX_NOK),
                     .source = st_audit_field_text(&table, ST_RATE_SOURCE, 0, 1600)}};
        if (table.status == ST_OK && strcmp(rate.name, "G") != 0)
            (void)st_audit_table_fail(&table, ST_RATE_NAME, "the rate there is is G");
        status = table.status == ST_OK ? visit(context, &rate) : table.status;
    }
    st_audit_table_close(&table);
    return status;
}

enum st_status st_audit_read_files(const char *path,
                                   enum st_status (*visit)(void *, const struct st_audit_file *),
                                   void *context, struct st_error *error) {
    struct st_audit_table table;
    bool found = true;
    int64_t number = 0;
    enum st_status status =
        st_audit_table_open(&table, path, st_file_columns, ST_FILE_COLUMN_COUNT, error);
    if (status != ST_OK)
        return status;
    while (status == ST_OK && (status = st_audit_table_next(&table, &found, error)) == ST_OK &&
           found) {
        struct st_audit_file file = {
            .number = st_audit_field_integer(&table, ST_FILE_NUMBER, 1, INT64_MAX),
            .name = st_audit_field_text(&table, ST_FILE_NAME, 1, 4096),
            .kind = st_audit_field_text(&table, ST_FILE_KIND, 1, 40),
            .sha256 = st_audit_field_hash(&table, ST_FILE_SHA256, false),
            .row_count = st_audit_field_integer(&table, ST_FILE_ROWS, 0, INT64_MAX)};
        if (table.status == ST_OK && file.number != ++number)
            (void)st_audit_table_fail(&table, ST_FILE_NUMBER,
                                      "the files are not numbered 1, 2, 3 ... without a gap");
        status = table.status == ST_OK ? visit(context, &file) : table.status;
    }
    st_audit_table_close(&table);
    return status;
}
