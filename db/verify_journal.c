/* SPDX-License-Identifier: MIT */
/* verify_journal.c - the journal's entries one by one: numbers, times, kinds, the chain, their codes;
 * and what an entry says it wrote, against the rows that are there.
 *
 * The list of tables, the digest over it and the rows themselves are three: where two agree, the third
 * is what was changed.
 */
#include "db/verify_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns of the journal, in its order. */
enum { ENTRY, TIME, ACTOR, KIND, RUN, DETAIL, TABLES, DIGEST, ROOT, PREVIOUS_HASH, HASH, CODES };

struct st_journal_check {
    struct st_verify *verify;
    struct st_sha256 *sha256; /* borrowed */
    sqlite3_stmt *row;        /* stands on the entry; columns as above */
    struct st_layout layout;
    struct st_row_bytes bytes;
    struct st_code_walk codes;
    /* of the entry before */
    int64_t entry_before;
    char time_before[ST_TIME_TEXT_SIZE + 8];
    char hash_before[ST_DIGEST_TEXT_SIZE];
};

/* ---- the list of tables -------------------------------------------------------------------- */

/* One "name count digest" at *text, which goes on past it. False when it is none, or when its table
 * does not come after `after`. */
static bool read_listed(const char **text, int after, struct st_table_rows *listed, int *table) {
    char name[24], digest[ST_DIGEST_TEXT_SIZE + 1];
    int64_t count;
    int size = 0;
    if (sscanf(*text, "%23[a-z_] %18" SCNd64 " %65[0-9a-f]%n", name, &count, digest, &size) != 3 ||
        strlen(digest) != ST_DIGEST_TEXT_SIZE - 1 || count < 1)
        return false;
    for (*table = after + 1; *table < ST_TABLE_COUNT; ++*table)
        if (strcmp(st_table_name((enum st_table) * table), name) == 0)
            break;
    if (*table == ST_TABLE_COUNT)
        return false;
    listed[*table].count = count;
    memcpy(listed[*table].digest, digest, ST_DIGEST_TEXT_SIZE);
    *text += size;
    return true;
}

static void write_list(const struct st_table_rows rows[ST_TABLE_COUNT],
                       char text[ST_TABLES_TEXT_SIZE]) {
    size_t used = 0;
    text[0] = '\0';
    for (int t = 0; t < ST_TABLE_COUNT && used < ST_TABLES_TEXT_SIZE; t++)
        if (rows[t].count > 0)
            used += (size_t)snprintf(text + used, ST_TABLES_TEXT_SIZE - used, "%s%s %" PRId64 " %s",
                                     used == 0 ? "" : ";", st_table_name((enum st_table)t),
                                     rows[t].count, rows[t].digest);
}

/* Written in one way only: what is read is written again. */
bool st_table_list_read(const char *text, struct st_table_rows listed[ST_TABLE_COUNT]) {
    char again[ST_TABLES_TEXT_SIZE];
    const char *rest = text;
    int table = -1;
    memset(listed, 0, ST_TABLE_COUNT * sizeof *listed);
    for (bool is_first = true; *rest != '\0'; is_first = false) {
        if (!is_first && *rest++ != ';')
            return false;
        if (!read_listed(&rest, table, listed, &table))
            return false;
    }
    write_list(listed, again);
    return strcmp(text, again) == 0;
}

bool st_table_list_digest(struct st_sha256 *sha256, const struct st_table_rows rows[ST_TABLE_COUNT],
                          char hex[ST_DIGEST_TEXT_SIZE]) {
    struct st_row_bytes bytes = {.size = 0};
    bool is_made = true;
    for (int t = 0; is_made && t < ST_TABLE_COUNT; t++) {
        const char *name = st_table_name((enum st_table)t);
        if (rows[t].count > 0)
            is_made = st_row_bytes_text(&bytes, name, strlen(name)) &&
                      st_row_bytes_number(&bytes, rows[t].count) &&
                      st_row_bytes_text(&bytes, rows[t].digest, strlen(rows[t].digest));
    }
    is_made = is_made && st_sha256_of(sha256, bytes.data == NULL ? "" : bytes.data, bytes.size, hex);
    st_row_bytes_free(&bytes);
    return is_made;
}

/* ---- an entry by itself -------------------------------------------------------------------- */

/* The kinds of entries, and whether they name a run. */
static const struct kind {
    const char *name;
    bool names_run;
} kinds[] = {{"init", false},   {"import", false}, {"rates", false}, {"run", true},
             {"approve", true}, {"discard", true}, {"export", true}};

static enum st_status check_kind(struct st_journal_check *check, const char *key) {
    const char *kind = st_column_text(check->row, KIND);
    bool names_run = sqlite3_column_type(check->row, RUN) != SQLITE_NULL;
    bool is_first = sqlite3_column_int64(check->row, ENTRY) == 1;
    struct st_verify_row told = {.table = "journal", .row = key, .field = "kind", .found = kind};
    for (size_t i = 0; i < ST_COUNT_OF(kinds); i++) {
        if (strcmp(kind, kinds[i].name) != 0)
            continue;
        if (kinds[i].names_run != names_run) {
            told.field = "run";
            told.expected = names_run ? "NULL" : "a run";
            told.found = st_verify_value(check->row, RUN);
            return st_verify_tell(check->verify, ST_VERIFY_KIND, &told);
        }
        if (is_first == (i == 0))
            return ST_OK;
    }
    told.expected = is_first ? "init" : "import, rates, run, approve, discard or export";
    return st_verify_tell(check->verify, ST_VERIFY_KIND, &told);
}

static bool time_exists(const char *text) {
    st_date date;
    return strlen(text) == ST_TIME_TEXT_SIZE - 1 && st_date_parse(text, 10, &date) &&
           text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == 'Z' &&
           strspn(text + 11, "0123456789") == 2 && strncmp(text + 11, "23", 2) <= 0 &&
           strspn(text + 14, "0123456789") == 2 && strncmp(text + 14, "59", 2) <= 0 &&
           strspn(text + 17, "0123456789") == 2 && strncmp(text + 17, "59", 2) <= 0;
}

/* Entries are 1, 2, 3 ...: those between this one and the one before are missing. */
static enum st_status check_number(struct st_journal_check *check) {
    int64_t entry = sqlite3_column_int64(check->row, ENTRY), next = check->entry_before + 1;
    char row[80], expected[40], found[60];
    if (entry == next)
        return ST_OK;
    (void)snprintf(expected, sizeof expected, "entry %" PRId64, next);
    (void)snprintf(found, sizeof found, "entry %" PRId64 " comes next", entry);
    if (entry > next + 1)
        (void)snprintf(row, sizeof row, "entries %" PRId64 " to %" PRId64, next, entry - 1);
    else
        (void)snprintf(row, sizeof row, "%s", expected);
    const struct st_verify_row told = {
        .table = "journal", .row = row, .field = "entry", .expected = expected, .found = found};
    return st_verify_tell(check->verify, ST_VERIFY_ENTRY, &told);
}

static enum st_status check_time(struct st_journal_check *check, const char *key) {
    const char *time = st_column_text(check->row, TIME);
    char expected[64];
    if (time_exists(time) && strcmp(time, check->time_before) >= 0)
        return ST_OK;
    (void)snprintf(expected, sizeof expected, "a time, %s or later",
                   check->time_before[0] == '\0' ? "any" : check->time_before);
    const struct st_verify_row told = {
        .table = "journal", .row = key, .field = "time", .expected = expected, .found = time};
    return st_verify_tell(check->verify, ST_VERIFY_TIME, &told);
}

/* `hash`: of the entry's fields as they stand. */
static enum st_status check_chain(struct st_journal_check *check, const char *key,
                                  const char *hash) {
    struct st_verify_row told = {.table = "journal", .row = key, .field = "previous_hash"};
    enum st_status status =
        st_verify_same_text(check->verify, ST_VERIFY_CHAIN, &told, check->hash_before,
                            st_column_text(check->row, PREVIOUS_HASH));
    told.field = "hash";
    return status == ST_OK ? st_verify_same_text(check->verify, ST_VERIFY_HASH, &told, hash,
                                                 st_column_text(check->row, HASH))
                           : status;
}

/* ---- the codes of an entry ----------------------------------------------------------------- */

/* The run that rows of the entry name. */
static enum st_status find_run(struct st_journal_check *check, int64_t *run, bool *found) {
    ST_FINALIZED sqlite3_stmt *runs = NULL;
    enum st_status status = st_verify_query(check->verify, &runs,
                                            "SELECT run FROM run WHERE entry = ?1 UNION"
                                            " SELECT run FROM approval WHERE entry = ?1 UNION"
                                            " SELECT run FROM export WHERE entry = ?1",
                                            sqlite3_column_int64(check->row, ENTRY));
    if (status == ST_OK)
        status = st_verify_next(check->verify, runs, found);
    if (status == ST_OK && *found)
        *run = sqlite3_column_int64(runs, 0);
    return status;
}

static enum st_status tell_link(struct st_journal_check *check, const char *key) {
    char found[40];
    (void)snprintf(found, sizeof found, "entry %" PRId64, check->entry_before);
    const struct st_verify_row told = {
        .table = "journal",
        .row = key,
        .field = "codes",
        .expected = "the entry that was written before it",
        .found = check->entry_before == 0 ? "no entry before it" : found};
    return st_verify_tell(check->verify, ST_VERIFY_LINK, &told);
}

/* The hash tells whether the fields or their codes were changed: when it fits the fields, and its own
 * code fits it, they are right. */
static enum st_status check_codes(struct st_journal_check *check, const char *key,
                                  const char *hash, const struct st_entry_said *said) {
    struct st_code_verdict verdict;
    char list_digest[ST_DIGEST_TEXT_SIZE] = "";
    int64_t run = 0;
    bool has_run = false;
    if (st_codes_fit(&check->layout, &check->codes, &check->bytes, check->row, &verdict))
        return ST_OK;
    bool is_right = strcmp(hash, st_column_text(check->row, HASH)) == 0 &&
                    (verdict.unfit_columns >> HASH & 1) == 0;
    bool is_next = sqlite3_column_int64(check->row, ENTRY) == check->entry_before + 1;
    if (said->list_is_readable &&
        !st_table_list_digest(check->sha256, said->listed, list_digest))
        return st_db_fail_memory(check->verify->error);
    enum st_status status = find_run(check, &run, &has_run);
    const struct st_code_candidate candidates[] = {
        {.column = ENTRY, .is_number = true, .number = check->entry_before + 1},
        {.column = PREVIOUS_HASH, .text = check->hash_before},
        {.column = HASH, .text = hash},
        {.column = DIGEST, .text = list_digest},
        {.column = RUN, .is_number = true, .number = run}};
    if (status == ST_OK && verdict.is_readable && !verdict.link_fits && !(is_right && is_next))
        status = tell_link(check, key);
    if (!is_next)
        verdict.link_fits = true; /* told */
    return status == ST_OK
               ? st_verify_tell_codes(check->verify, &check->layout, &verdict, &check->bytes,
                                      check->row, is_right, candidates,
                                      ST_COUNT_OF(candidates) - !has_run)
               : status;
}

/* ---- entry after entry --------------------------------------------------------------------- */

enum st_status st_journal_check_new(struct st_verify *verify, struct st_sha256 *sha256,
                                    struct st_journal_check **out) {
    struct st_sql sql = {0};
    struct st_journal_check *check = calloc(1, sizeof *check);
    if (check == NULL)
        return st_db_fail_memory(verify->error);
    *out = check;
    check->verify = verify;
    check->sha256 = sha256;
    memset(check->hash_before, '0', ST_DIGEST_TEXT_SIZE - 1);
    enum st_status status = st_layout_read(verify, ST_TABLE_JOURNAL, &check->layout);
    if (status != ST_OK)
        return status;
    assert(check->layout.column_count == CODES + 1);
    st_layout_select(&check->layout, &sql);
    st_layout_order(&check->layout, &sql);
    return st_verify_query(verify, &check->row, sql.text, 0);
}

void st_journal_check_free(struct st_journal_check *check) {
    if (check == NULL)
        return;
    st_statement_finalize(&check->row);
    st_row_bytes_free(&check->bytes);
    free(check);
}

static enum st_status read_said(struct st_journal_check *check, struct st_entry_said *said) {
    char digest[ST_DIGEST_TEXT_SIZE];
    said->number = sqlite3_column_int64(check->row, ENTRY);
    said->run = sqlite3_column_int64(check->row, RUN);
    st_column_copy(check->row, KIND, said->kind, sizeof said->kind);
    st_column_copy(check->row, DIGEST, said->digest, sizeof said->digest);
    st_column_copy(check->row, ROOT, said->root, sizeof said->root);
    said->list_is_readable =
        st_table_list_read(st_column_text(check->row, TABLES), said->listed);
    if (!said->list_is_readable)
        memset(said->listed, 0, sizeof said->listed);
    if (!st_table_list_digest(check->sha256, said->listed, digest))
        return st_db_fail_memory(check->verify->error);
    said->list_fits_digest = said->list_is_readable && strcmp(digest, said->digest) == 0;
    return ST_OK;
}

static enum st_status check_entry(struct st_journal_check *check, struct st_entry_said *said) {
    char key[60], hash[ST_DIGEST_TEXT_SIZE];
    struct st_row_bytes *bytes = &check->bytes;
    bytes->size = 0;
    (void)snprintf(key, sizeof key, "entry %" PRId64,
                   (int64_t)sqlite3_column_int64(check->row, ENTRY));
    /* Before any column is read as text, which would make text of what is none. */
    enum st_status status =
        st_row_bytes_add(bytes, check->row, CODES) &&
                st_sha256_of(check->sha256, bytes->data, bytes->ends[PREVIOUS_HASH], hash)
            ? read_said(check, said)
            : st_db_fail_memory(check->verify->error);
    if (status == ST_OK)
        status = check_number(check);
    if (status == ST_OK)
        status = check_time(check, key);
    if (status == ST_OK)
        status = check_kind(check, key);
    if (status == ST_OK)
        status = check_chain(check, key, hash);
    return status == ST_OK ? check_codes(check, key, hash, said) : status;
}

enum st_status st_journal_check_next(struct st_journal_check *check, struct st_entry_said *said,
                                     bool *found) {
    enum st_status status = st_verify_next(check->verify, check->row, found);
    if (status != ST_OK || !*found)
        return status;
    status = check_entry(check, said);
    check->entry_before = sqlite3_column_int64(check->row, ENTRY);
    st_column_copy(check->row, TIME, check->time_before, sizeof check->time_before);
    st_column_copy(check->row, HASH, check->hash_before, sizeof check->hash_before);
    return status;
}

/* ---- an entry's rows together -------------------------------------------------------------- */

/* How many rows of a table an entry of a kind may write. */
static void row_limits(const char *kind, enum st_table table, int64_t *least, int64_t *most) {
    bool is_fact = table >= ST_TABLE_FACT && table < ST_TABLE_IMPORT_FILE;
    *least = *most = 0;
    if (strcmp(kind, "init") == 0 && table == ST_TABLE_MUNICIPALITY)
        *least = *most = 1;
    else if ((strcmp(kind, "init") == 0 || strcmp(kind, "rates") == 0) && table == ST_TABLE_RATE)
        *least = 1, *most = INT64_MAX;
    else if (strcmp(kind, "import") == 0 && (is_fact || table == ST_TABLE_IMPORT_FILE))
        *least = table == ST_TABLE_IMPORT_FILE, *most = INT64_MAX;
    else if (strcmp(kind, "run") == 0 && table == ST_TABLE_RUN)
        *least = *most = 1;
    else if (strcmp(kind, "run") == 0 && st_table_is_of_payslip(table))
        *most = INT64_MAX;
    else if ((strcmp(kind, "approve") == 0 && table == ST_TABLE_APPROVAL) ||
             (strcmp(kind, "export") == 0 && table == ST_TABLE_EXPORT))
        *least = *most = 1;
}

static void format_entry(const struct st_entry_said *said, char key[80]) {
    (void)snprintf(key, 80, "entry %" PRId64 " (%s)", said->number, said->kind);
}

static enum st_status check_content(struct st_verify *verify, const struct st_entry_said *said,
                                    const struct st_table_rows found[ST_TABLE_COUNT]) {
    enum st_status status = ST_OK;
    char key[80], expected[60], found_text[40];
    format_entry(said, key);
    for (unsigned t = 0; status == ST_OK && t < ST_TABLE_COUNT; t++) {
        int64_t least, most;
        row_limits(said->kind, (enum st_table)t, &least, &most);
        if (found[t].count >= least && found[t].count <= most)
            continue;
        (void)snprintf(expected, sizeof expected, "%s%" PRId64 " row%s",
                       most > least ? "at least " : "", least, least == 1 ? "" : "s");
        (void)snprintf(found_text, sizeof found_text, "%" PRId64 " row%s", found[t].count,
                       found[t].count == 1 ? "" : "s");
        const struct st_verify_row row = {.table = st_table_name((enum st_table)t),
                                          .row = key,
                                          .field = "entry",
                                          .expected = expected,
                                          .found = found_text};
        status = st_verify_tell(verify, ST_VERIFY_CONTENT, &row);
    }
    return status;
}

/* The entry's list, where the rows and the digest agree without it. */
static enum st_status tell_list(struct st_verify *verify, const struct st_entry_said *said,
                                const char *expected) {
    ST_FINALIZED sqlite3_stmt *entry = NULL;
    char key[80];
    bool found = false;
    format_entry(said, key);
    enum st_status status = st_verify_query(
        verify, &entry, "SELECT tables FROM journal WHERE entry = ?", said->number);
    if (status == ST_OK)
        status = st_verify_next(verify, entry, &found);
    const struct st_verify_row row = {.table = "journal",
                                      .row = key,
                                      .field = "tables",
                                      .expected = expected,
                                      .found = found ? st_verify_value(entry, 0) : ""};
    return status == ST_OK ? st_verify_tell(verify, ST_VERIFY_TABLES, &row) : status;
}

static enum st_status check_tables(struct st_verify *verify, const struct st_entry_said *said,
                                   const struct st_table_rows found[ST_TABLE_COUNT]) {
    enum st_status status = ST_OK;
    char key[80], expected[ST_ROWS_TEXT_SIZE], found_text[ST_ROWS_TEXT_SIZE];
    format_entry(said, key);
    for (unsigned t = 0; status == ST_OK && t < ST_TABLE_COUNT; t++) {
        if (st_table_rows_equal(&said->listed[t], &found[t]))
            continue;
        st_table_rows_format(&said->listed[t], expected);
        st_table_rows_format(&found[t], found_text);
        const struct st_verify_row row = {.table = st_table_name((enum st_table)t),
                                          .row = key,
                                          .field = "tables",
                                          .expected = expected,
                                          .found = found_text};
        status = st_verify_tell(verify, ST_VERIFY_DIGEST, &row);
    }
    return status;
}

static enum st_status tell_digest(struct st_verify *verify, struct st_sha256 *sha256,
                                  const struct st_entry_said *said) {
    char key[80], digest[ST_DIGEST_TEXT_SIZE];
    const struct st_verify_row row = {.table = "journal", .row = key, .field = "digest"};
    format_entry(said, key);
    if (!st_table_list_digest(sha256, said->listed, digest))
        return st_db_fail_memory(verify->error);
    return st_verify_same_text(verify, ST_VERIFY_TABLES, &row, digest, said->digest);
}

enum st_status st_verify_entry_rows(struct st_verify *verify, struct st_sha256 *sha256,
                                    const struct st_entry_said *said,
                                    const struct st_table_rows found[ST_TABLE_COUNT]) {
    char digest[ST_DIGEST_TEXT_SIZE], list[ST_TABLES_TEXT_SIZE];
    enum st_status status = check_content(verify, said, found);
    if (status != ST_OK)
        return status;
    if (said->list_fits_digest)
        return check_tables(verify, said, found);
    if (!st_table_list_digest(sha256, found, digest))
        return st_db_fail_memory(verify->error);
    if (strcmp(digest, said->digest) == 0) {
        write_list(found, list);
        return tell_list(verify, said, list);
    }
    status = said->list_is_readable ? tell_digest(verify, sha256, said)
                                    : tell_list(verify, said, "name count digest;...");
    return status == ST_OK ? check_tables(verify, said, found) : status;
}
