/* SPDX-License-Identifier: MIT */
/* test_ledger.c - the ledger file itself: made whole and private, opened with suspicion, never
 * changed; its tables as fact.c describes them; digests, chain, trees and codes recomputed from
 * docs/ledger.md alone.
 */
#define _DEFAULT_SOURCE
#include "ledger_fixture.h"

#include "db/codes.h"

#include <dirent.h>
#include <openssl/hmac.h>

/* ---- creating ------------------------------------------------------------------------------ */

static enum st_status create(void) {
    struct st_municipality municipality = test_municipality();
    struct st_act act = act_of("kari", "2026-01-02T08:00:00Z");
    return st_ledger_create(ledger_path, &municipality, &act, &error);
}

static void assert_folder_holds(int wanted) {
    int count = 0;
    DIR *folder = opendir(ledger_folder);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    (void)closedir(folder);
    assert_int_equal(count, wanted);
}

static void test_private_file(void **state) {
    struct stat file;
    (void)state;
    static const mode_t masks[] = {0, 022, 0777};
    for (size_t i = 0; i < ST_COUNT_OF(masks); i++) {
        mode_t before = umask(masks[i]);
        enum st_status status = create();
        (void)umask(before);
        assert_int_equal(status, ST_OK);
        assert_int_equal(stat(ledger_path, &file), 0);
        assert_int_equal(file.st_mode & 07777, 0600);
        assert_folder_holds(1);
        assert_int_equal(unlink(ledger_path), 0);
    }
}

static void test_never_over_a_file(void **state) {
    char before[65], after[65];
    (void)state;
    assert_int_equal(create(), ST_OK);
    file_digest(before);
    assert_int_equal(create(), ST_REFUSED);
    assert_string_equal(error.code, "ledger.exists");
    file_digest(after);
    assert_string_equal(before, after);
    assert_folder_holds(1);
}

static void test_failed_create_leaves_nothing(void **state) {
    struct st_municipality municipality = test_municipality();
    struct st_act act = act_of("kari", "2026-01-02T08:00:00Z");
    (void)state;
    municipality.half_tax_month = 7; /* breaks a limit of the schema */
    assert_int_equal(st_ledger_create(ledger_path, &municipality, &act, &error), ST_BAD_INPUT);
    assert_folder_holds(0);
    municipality.half_tax_month = 12;
    municipality.secret[3] = 'A'; /* so does a capital letter, and a secret too short */
    assert_int_equal(st_ledger_create(ledger_path, &municipality, &act, &error), ST_BAD_INPUT);
    municipality.secret[0] = '\0';
    assert_int_equal(st_ledger_create(ledger_path, &municipality, &act, &error), ST_BAD_INPUT);
    assert_folder_holds(0);
    municipality = test_municipality();
    act.dry_run = true;
    assert_int_equal(st_ledger_create(ledger_path, &municipality, &act, &error), ST_OK);
    assert_folder_holds(0);
}

static void test_stray_journal(void **state) {
    char journal[80];
    (void)state;
    (void)snprintf(journal, sizeof journal, "%s-journal", ledger_path);
    FILE *file = fopen(journal, "w");
    assert_non_null(file);
    (void)fclose(file);
    assert_int_equal(create(), ST_REFUSED);
    assert_string_equal(error.code, "ledger.stray_journal");
}

static void test_municipality_comes_back(void **state) {
    struct st_municipality wanted = test_municipality(), got;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_READ);
    assert_int_equal(st_ledger_municipality(ledger, &got, &error), ST_OK);
    assert_string_equal(got.organisation_number, wanted.organisation_number);
    assert_string_equal(got.name, wanted.name);
    assert_string_equal(got.account, wanted.account);
    assert_string_equal(got.postcode, "0001");
    assert_int_equal(got.first_month, wanted.first_month);
    assert_int_equal(got.recover, ST_RECOVER_AUTO);
    assert_true(got.test);
    assert_string_equal(got.secret, TEST_SECRET);
    st_ledger_close(ledger);
}

/* ---- opening ------------------------------------------------------------------------------- */

static void assert_open_fails(enum st_status status, const char *code) {
    struct st_ledger *ledger = NULL;
    assert_int_equal(st_ledger_open(ledger_path, ST_OPEN_WRITE, &ledger, &error), status);
    assert_string_equal(error.code, code);
    assert_int_equal(error.status, status);
    assert_null(ledger);
}

static void write_file(const char *bytes, size_t size) {
    FILE *file = fopen(ledger_path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void test_open_refusals(void **state) {
    (void)state;
    assert_open_fails(ST_IO, "ledger.missing");
    char junk[4096];
    memset(junk, 'x', sizeof junk);
    write_file(junk, sizeof junk);
    assert_open_fails(ST_DAMAGED, "ledger.not_a_ledger");
    write_file("", 0);
    assert_open_fails(ST_DAMAGED, "ledger.not_a_ledger");
    assert_int_equal(tamper("CREATE TABLE journal (entry)"), SQLITE_OK);
    assert_open_fails(ST_DAMAGED, "ledger.not_a_ledger");
}

static void test_versions(void **state) {
    (void)state;
    assert_int_equal(tamper("PRAGMA user_version = 3"), SQLITE_OK);
    assert_open_fails(ST_DAMAGED, "ledger.newer");
    assert_non_null(strstr(error.text, "version 3"));
    assert_int_equal(tamper("PRAGMA user_version = 1"), SQLITE_OK);
    assert_open_fails(ST_DAMAGED, "ledger.version");
    assert_non_null(strstr(error.text, "made before corrections existed; make a new one with init"));
    assert_int_equal(tamper("PRAGMA user_version = 0"), SQLITE_OK);
    assert_open_fails(ST_DAMAGED, "ledger.version");
    assert_non_null(strstr(error.text, "never was"));
    assert_int_equal(tamper("PRAGMA user_version = 2; PRAGMA application_id = 1"), SQLITE_OK);
    assert_open_fails(ST_DAMAGED, "ledger.not_a_ledger");
}

static void test_locked(void **state) {
    sqlite3 *db;
    struct st_import *import = NULL;
    struct st_act act = act_of("kari", "2026-01-03T08:00:00Z");
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(sqlite3_open(ledger_path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(st_import_begin(ledger, &act, &import, &error), ST_LOCKED);
    assert_string_equal(error.code, "ledger.locked");
    assert_null(import);
    struct st_municipality municipality; /* a reader sees the old state meanwhile */
    assert_int_equal(st_ledger_municipality(ledger, &municipality, &error), ST_OK);
    assert_int_equal(sqlite3_exec(db, "COMMIT; BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(st_ledger_municipality(ledger, &municipality, &error), ST_LOCKED);
    sqlite3_close(db);
    st_ledger_close(ledger);
}

/* ---- the tables ---------------------------------------------------------------------------- */

static void test_nothing_is_ever_changed(void **state) {
    (void)state;
    assert_string_equal(query("SELECT count(*) FROM sqlite_schema AS t WHERE type = 'table'"
                              " AND (SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"
                              "  AND tbl_name = t.name AND (name = t.name || '_no_update'"
                              "  OR name = t.name || '_no_delete')) <> 2"),
                        "0");
    assert_string_equal(query("SELECT count(*) FROM sqlite_schema WHERE type = 'table'"), "27");
    assert_int_equal(tamper("UPDATE journal SET actor = 'ola'"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("DELETE FROM journal"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("UPDATE rate SET value_nok = 1"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("DELETE FROM municipality"), SQLITE_CONSTRAINT);
}

/* What NULL would leave undecided is refused by CHECK. */
static void test_null_is_refused(void **state) {
    (void)state;
    assert_int_equal(tamper("INSERT INTO participant VALUES ('" ANNA "', 'A', '1970-01-01',"
                            " '15030000002', NULL, NULL, 1, printf('%032d', 0))"),
                     SQLITE_CONSTRAINT);
    assert_int_equal(tamper("INSERT INTO participant VALUES ('" ANNA "', NULL, '1970-01-01',"
                            " '15030000002', NULL, 0, 1, printf('%032d', 0))"),
                     SQLITE_CONSTRAINT);
    assert_int_equal(
        tamper("INSERT INTO rate VALUES ('G', '2027-05-01', '2027-05-01', NULL, '', 1,"
               " printf('%028d', 0))"),
        SQLITE_CONSTRAINT);
}

/* What is right, and each way in which it is not. */
static void test_limits_of_corrections_and_claims(void **state) {
    static const char *const corrections[] = {
        "(1, '" ANNA "', '2026-01', 200, 100, -100, 'absence', 2)",
        "(1, '" ANNA "', '2026-02', 100, 100, 0, 'kinds that cancel', 2)",
        NULL,
        "(1, '" ANNA "', '2026-03', 200, 100, 100, 'absence', 2)", /* the other way round */
        "(1, '" ANNA "', '2026-03', 200, 100, -100, '', 2)",
        "(1, '" ANNA "', '2026-03', 200, 100, -100, 'absence', NULL)",
        "(1, '" ANNA "', 'march', 200, 100, -100, 'absence', 2)"};
    static const char *const claims[] = {
        "('" ANNA "', 1, 1, 'arisen', NULL, 100, 100)",
        "('" ANNA "', 1, 2, 'recovered', '2026-01-05', 100, 0)",
        "('" ANNA "', 1, 3, 'agency', NULL, 1, 0)",
        NULL,
        "('" ANNA "', 1, 4, 'forgotten', NULL, 100, 100)",
        "('" ANNA "', 1, 4, 'arisen', NULL, 0, 0)",
        "('" ANNA "', 1, 4, 'recovered', NULL, 100, -100)",
        "('" ANNA "', 1, 4, 'recovered', 'today', 100, 0)",
        "('" ANNA "', 1, 1, 'arisen', NULL, 100, 100)"};
    char sql[300];
    bool is_right = true;
    (void)state;
    for (size_t i = 0; i < ST_COUNT_OF(corrections); i++) {
        (void)snprintf(sql, sizeof sql, "INSERT INTO correction VALUES %s",
                       corrections[i] == NULL ? "" : corrections[i]);
        if (corrections[i] == NULL)
            is_right = false;
        else
            assert_int_equal(tamper(sql), is_right ? SQLITE_OK : SQLITE_CONSTRAINT);
    }
    is_right = true;
    for (size_t i = 0; i < ST_COUNT_OF(claims); i++) {
        (void)snprintf(sql, sizeof sql, "INSERT INTO claim VALUES %s",
                       claims[i] == NULL ? "" : claims[i]);
        if (claims[i] == NULL)
            is_right = false;
        else
            assert_int_equal(tamper(sql), is_right ? SQLITE_OK : SQLITE_CONSTRAINT);
    }
    assert_int_equal(tamper("UPDATE claim SET amount_ore = 1"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("DELETE FROM correction"), SQLITE_CONSTRAINT);
}

/* What writes, digests and codes rows counts the columns the schema has. */
static void test_columns_are_counted(void **state) {
    char sql[200], count[16];
    (void)state;
    for (unsigned t = 0; t <= ST_TABLE_JOURNAL; t++) {
        const char *name = t == ST_TABLE_JOURNAL ? "journal" : st_table_name((enum st_table)t);
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('%s')", name);
        (void)snprintf(count, sizeof count, "%d", st_table_column_count((enum st_table)t));
        if (strcmp(query(sql), count) != 0)
            fail_msg("%s has %s columns, not %s", name, query(sql), count);
        (void)snprintf(sql, sizeof sql,
                       "SELECT name = 'codes' FROM pragma_table_info('%s') ORDER BY cid DESC LIMIT 1",
                       name);
        assert_string_equal(query(sql), st_table_has_codes((enum st_table)t) ? "1" : "0");
    }
}

static const char *type_of(enum st_column_type type) {
    return type == ST_COLUMN_AMOUNT || type == ST_COLUMN_HUNDREDTHS || type == ST_COLUMN_INTEGER
               ? "INTEGER"
               : "TEXT";
}

/* Name, type and place in the primary key of every column are what fact.c says. */
static void test_tables_are_as_described(void **state) {
    (void)state;
    for (unsigned k = 0; k < ST_FACT_KIND_COUNT; k++) {
        const struct st_fact_description *kind = st_fact_describe((enum st_fact_kind)k);
        char wanted[2048], sql[256];
        size_t used = 0;
        int key = 0;
        for (size_t i = 0; i < kind->column_count; i++) {
            bool is_key = (kind->columns[i].flags & ST_COLUMN_KEY) != 0;
            used += (size_t)snprintf(wanted + used, sizeof wanted - used, "%s %s %d,",
                                     kind->columns[i].column, type_of(kind->columns[i].type),
                                     is_key ? ++key : 0);
        }
        (void)snprintf(wanted + used, sizeof wanted - used, "withdrawn INTEGER 0,entry INTEGER %d",
                       key + 1);
        (void)snprintf(sql, sizeof sql,
                       "SELECT group_concat(name || ' ' || type || ' ' || pk)"
                       " FROM pragma_table_info('%s') WHERE name <> 'codes'",
                       kind->table);
        assert_string_equal(query(sql), wanted);
    }
}

/* Every choice fact.c knows is one the schema takes, and nothing else is. */
static void test_choices_are_as_described(void **state) {
    char sql[1024];
    (void)state;
    assert_int_equal(tamper("INSERT INTO absence VALUES"
                            " ('" ANNA "', '2026-01-01', NULL, 'nap', NULL, NULL, 0, 1,"
                            " printf('%036d', 0))"),
                     SQLITE_CONSTRAINT);
    for (int i = 0; i < ST_ABSENCE_KIND_COUNT; i++) {
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO absence VALUES ('%s', '2026-01-01', NULL, '%s', NULL, NULL, 0,"
                       " 1, printf('%%036d', 0))",
                       ANNA, st_absence_rule_of((enum st_absence_kind)i)->name);
        assert_int_equal(tamper(sql), SQLITE_OK);
    }
    const struct st_fact_description *benefit = st_fact_describe(ST_FACT_BENEFIT);
    for (int i = 0; benefit->columns[3].choices[i] != NULL; i++) {
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO benefit VALUES ('%s', '2026-01-01', NULL, '%s', 1, NULL, 0, 1,"
                       " printf('%%036d', 0))",
                       ANNA, benefit->columns[3].choices[i]);
        assert_int_equal(tamper(sql), SQLITE_OK);
    }
}

/* ---- digests and chain, from the document alone -------------------------------------------- */

struct bytes {
    char data[65536];
    size_t size;
};
static void put(struct bytes *bytes, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct bytes *bytes, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size =
        vsnprintf(bytes->data + bytes->size, sizeof bytes->data - bytes->size, format, arguments);
    va_end(arguments);
    assert_true(size >= 0 && (size_t)size < sizeof bytes->data - bytes->size);
    bytes->size += (size_t)size;
}
static void put_text(struct bytes *bytes, const char *text) {
    put(bytes, "t%zu:%s;", strlen(text), text);
}
static void put_column(struct bytes *bytes, sqlite3_stmt *row, int column) {
    int type = sqlite3_column_type(row, column);
    if (type == SQLITE_NULL)
        put(bytes, "n;");
    else if (type == SQLITE_INTEGER)
        put(bytes, "i%lld;", (long long)sqlite3_column_int64(row, column));
    else
        put_text(bytes, (const char *)sqlite3_column_text(row, column));
}

static const char *const tables[] = {
    "municipality", "rate",       "participant", "programme",  "living",         "care",
    "absence",      "benefit",    "work",        "taxcard",    "authority_card", "recovery",
    "decision",     "ending",     "content",     "employment", "settlement",     "import_file",
    "run",          "payslip",    "line",        "correction", "claim",          "finding",
    "approval",     "export"};
enum { FIRST_OF_PAYSLIP = 19, LAST_OF_PAYSLIP = 23 };

static bool is_of_payslip(const char *table) {
    for (int i = FIRST_OF_PAYSLIP; i <= LAST_OF_PAYSLIP; i++)
        if (strcmp(tables[i], table) == 0)
            return true;
    return false;
}

/* Rows by primary key; `codes` comes as the last column where there is one. */
static sqlite3_stmt *rows_of(sqlite3 *db, const char *table, const char *where) {
    char sql[600];
    sqlite3_stmt *rows;
    (void)snprintf(sql, sizeof sql, "SELECT group_concat('\"' || name || '\"') FROM"
                   " (SELECT name FROM pragma_table_info('%s') WHERE pk > 0 ORDER BY pk)", table);
    (void)snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s ORDER BY %.200s", table, where,
                   query(sql));
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), SQLITE_OK);
    return rows;
}

static int value_count(sqlite3_stmt *row) {
    int count = sqlite3_column_count(row);
    return count - (strcmp(sqlite3_column_name(row, count - 1), "codes") == 0);
}

/* ---- codes, the plain way ---- */

static void put_code(char text[5], const char *bytes, size_t size) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < size; i++) {
        hash ^= (unsigned char)bytes[i];
        hash *= UINT64_C(1099511628211);
    }
    uint64_t folded = (hash ^ (hash >> 16) ^ (hash >> 32) ^ (hash >> 48)) & 0xffff;
    (void)snprintf(text, 5, "%04x", (unsigned)folded);
}

/* Holds the codes of a row against its values; `link` is that of the row before and becomes its own. */
static void check_codes(const char *table, sqlite3_stmt *row, char link[5]) {
    static struct bytes key, one;
    char expected[200] = "", code[5], sql[200];
    key.size = 0;
    for (int i = 0; i < value_count(row); i++) {
        one.size = 0;
        put_column(&one, row, i);
        put_code(code, one.data, one.size);
        (void)snprintf(expected + strlen(expected), 5, "%s", code);
        (void)snprintf(sql, sizeof sql, "SELECT pk > 0 FROM pragma_table_info('%s') WHERE cid = %d",
                       table, i);
        if (strcmp(query(sql), "1") == 0)
            put_column(&key, row, i);
    }
    (void)snprintf(expected + strlen(expected), 5, "%s", link);
    if (strcmp(expected, (const char *)sqlite3_column_text(row, value_count(row))) != 0)
        fail_msg("%s: codes %s, expected %s", table, sqlite3_column_text(row, value_count(row)),
                 expected);
    put_code(link, key.data, key.size);
}

/* ---- trees, the plain way ---- */

struct hash {
    unsigned char bytes[32];
};

/* SHA-256 over up to three parts. */
static struct hash sha256(const void *a, size_t a_size, const void *b, size_t b_size, const void *c,
                          size_t c_size) {
    struct hash hash;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_non_null(context);
    assert_int_equal(EVP_DigestInit_ex(context, EVP_sha256(), NULL), 1);
    assert_int_equal(EVP_DigestUpdate(context, a, a_size), 1);
    assert_int_equal(EVP_DigestUpdate(context, b, b_size), 1);
    assert_int_equal(EVP_DigestUpdate(context, c, c_size), 1);
    assert_int_equal(EVP_DigestFinal_ex(context, hash.bytes, NULL), 1);
    EVP_MD_CTX_free(context);
    return hash;
}

/* RFC 6962, 2.1, word for word. */
static struct hash tree_of(const struct hash *leaves, size_t count) {
    size_t left = 1;
    if (count == 0)
        return sha256("", 0, "", 0, "", 0);
    if (count == 1)
        return leaves[0];
    while (2 * left < count)
        left *= 2;
    struct hash first = tree_of(leaves, left), rest = tree_of(leaves + left, count - left);
    return sha256("\1", 1, first.bytes, 32, rest.bytes, 32);
}

static const char *hash_hex(struct hash hash) {
    static char hex[65];
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", hash.bytes[i]);
    return hex;
}

static struct hash payslip_leaf(sqlite3 *db, int64_t run, const char *person_id) {
    static struct bytes payslip, rows, name;
    char where[100];
    unsigned char secret[32], salted[33] = {0};
    unsigned size = 0;
    payslip.size = name.size = 0;
    for (int t = FIRST_OF_PAYSLIP; t <= LAST_OF_PAYSLIP; t++) {
        int64_t count = 0;
        rows.size = 0;
        (void)snprintf(where, sizeof where, "run = %lld AND person_id = '%s'", (long long)run,
                       person_id);
        sqlite3_stmt *row = rows_of(db, tables[t], where);
        for (; sqlite3_step(row) == SQLITE_ROW; count++)
            for (int i = 0; i < sqlite3_column_count(row); i++)
                put_column(&rows, row, i);
        sqlite3_finalize(row);
        put_text(&payslip, tables[t]);
        put(&payslip, "i%lld;", (long long)count);
        assert_true(payslip.size + rows.size < sizeof payslip.data);
        memcpy(payslip.data + payslip.size, rows.data, rows.size);
        payslip.size += rows.size;
    }
    for (int i = 0; i < 32; i++)
        secret[i] = (unsigned char)i; /* TEST_SECRET */
    put(&name, "i%lld;", (long long)run);
    put_text(&name, person_id);
    assert_non_null(HMAC(EVP_sha256(), secret, sizeof secret, (const unsigned char *)name.data,
                         name.size, salted + 1, &size));
    return sha256(salted, sizeof salted, payslip.data, payslip.size, "", 0);
}

static struct hash payslip_root(sqlite3 *db, int64_t run) {
    struct hash leaves[16];
    size_t count = 0;
    char where[40];
    (void)snprintf(where, sizeof where, "run = %lld", (long long)run);
    sqlite3_stmt *row = rows_of(db, "payslip", where);
    while (sqlite3_step(row) == SQLITE_ROW) {
        assert_true(count < ST_COUNT_OF(leaves));
        leaves[count++] = payslip_leaf(db, run, (const char *)sqlite3_column_text(row, 1));
    }
    sqlite3_finalize(row);
    return tree_of(leaves, count);
}

/* ---- entries ---- */

/* The digest of rows, keyed. */
static void hide_digest(int64_t entry, const char *table, char hex[65]) {
    static struct bytes name;
    unsigned char secret[32];
    struct hash hidden;
    unsigned size = 0;
    for (int i = 0; i < 32; i++)
        secret[i] = (unsigned char)i; /* TEST_SECRET */
    name.size = 0;
    put(&name, "i%lld;", (long long)entry);
    put_text(&name, table);
    put_text(&name, hex);
    assert_non_null(HMAC(EVP_sha256(), secret, sizeof secret, (const unsigned char *)name.data,
                         name.size, hidden.bytes, &size));
    (void)memcpy(hex, hash_hex(hidden), 65);
}

/* Adds table, count and digest of the rows of one entry, if there are any; to the list too. */
static void put_table(struct bytes *entry_bytes, struct bytes *list, sqlite3 *db, const char *table,
                      int64_t entry) {
    static struct bytes rows;
    char where[100], hex[65], link[5] = "0000";
    int64_t count = 0;
    rows.size = 0;
    (void)snprintf(where, sizeof where,
                   is_of_payslip(table) ? "run IN (SELECT run FROM run WHERE entry = %lld)"
                                        : "entry = %lld",
                   (long long)entry);
    sqlite3_stmt *row = rows_of(db, table, where);
    for (; sqlite3_step(row) == SQLITE_ROW; count++) {
        for (int i = 0; i < value_count(row); i++)
            put_column(&rows, row, i);
        if (value_count(row) < sqlite3_column_count(row))
            check_codes(table, row, link);
    }
    sqlite3_finalize(row);
    if (count == 0)
        return;
    sha256_hex(rows.data, rows.size, hex);
    hide_digest(entry, table, hex);
    put_text(entry_bytes, table);
    put(entry_bytes, "i%lld;", (long long)count);
    put_text(entry_bytes, hex);
    put(list, "%s%s %lld %s", list->size == 0 ? "" : ";", table, (long long)count, hex);
}

enum { TABLES = 6, DIGEST, ROOT, PREVIOUS, HASH };

static void check_entry(sqlite3 *db, sqlite3_stmt *row, char previous[65], char link[5],
                        struct hash *leaf) {
    static struct bytes bytes, list;
    char hex[65];
    bytes.size = list.size = 0;
    list.data[0] = '\0';
    for (size_t i = 0; i < ST_COUNT_OF(tables); i++)
        put_table(&bytes, &list, db, tables[i], sqlite3_column_int64(row, 0));
    sha256_hex(bytes.data, bytes.size, hex);
    assert_string_equal((const char *)sqlite3_column_text(row, TABLES), list.data);
    assert_string_equal((const char *)sqlite3_column_text(row, DIGEST), hex);
    assert_string_equal((const char *)sqlite3_column_text(row, PREVIOUS), previous);
    if (strcmp((const char *)sqlite3_column_text(row, 3), "run") == 0)
        assert_string_equal((const char *)sqlite3_column_text(row, ROOT),
                            hash_hex(payslip_root(db, sqlite3_column_int64(row, 4))));
    else
        assert_int_equal(sqlite3_column_type(row, ROOT), SQLITE_NULL);
    bytes.size = 0;
    for (int i = 0; i < HASH; i++)
        put_column(&bytes, row, i);
    sha256_hex(bytes.data, bytes.size, previous);
    assert_string_equal((const char *)sqlite3_column_text(row, HASH), previous);
    *leaf = sha256("", 1, bytes.data, bytes.size, "", 0);
    check_codes("journal", row, link);
}

static void expect_ok(enum st_status status) {
    if (status != ST_OK)
        fail_msg("%s: %s", error.code, error.text);
}

static void run_month(struct st_ledger *ledger, const char *time, int month, int64_t person_count,
                      struct st_run_row *run) {
    struct st_act act = act_of("kari", time);
    expect_ok(st_ledger_run(ledger, &act, st_month_make(2026, month),
                            st_date_make(2026, month, 27), NULL, NULL, run, &error));
    assert_int_equal(run->person_count, person_count);
}

/* A run of nobody, discarded; January of three persons, approved; then what puts it right, and a
 * February with a correction, discarded too. */
static void fill(struct st_ledger *ledger) {
    const struct csv first[] = {
        {"programmes", PROGRAMMES_HEADER PROGRAMME(CLARA) PROGRAMME(BORIS) PROGRAMME(ANNA)},
        {"participants",
         PARTICIPANTS_HEADER PARTICIPANT(CLARA) PARTICIPANT(BORIS) PARTICIPANT(ANNA)},
        {NULL, NULL}};
    const struct csv later[] = {
        {"absences", ABSENCES_HEADER BORIS ",2026-01-12,2026-01-13,unapproved,,no,\n"},
        {NULL, NULL}};
    struct st_run_row run;
    struct st_act kari = act_of("kari", "2026-01-03T08:00:00Z");
    struct st_act ola = act_of("ola", "2026-01-20T09:00:00Z");
    run_month(ledger, "2026-01-02T09:00:00Z", 1, 0, &run);
    expect_ok(st_ledger_discard(ledger, &kari, 1, &error));
    import_ok(ledger, "2026-01-04T08:00:00Z", first);
    run_month(ledger, "2026-01-20T08:00:00Z", 1, 3, &run);
    expect_ok(st_ledger_approve(ledger, &ola, 2, run.payment_count, run.net, &run, &error));
    import_ok(ledger, "2026-02-03T08:00:00Z", later);
    run_month(ledger, "2026-02-20T08:00:00Z", 2, 3, &run);
    kari = act_of("kari", "2026-02-21T08:00:00Z");
    expect_ok(st_ledger_discard(ledger, &kari, 3, &error));
}

/* st_ledger_head over every beginning of the journal. */
static void check_heads(const struct hash *leaves, size_t count) {
    char head[ST_HASH_TEXT_SIZE];
    int64_t entry_count = -1;
    struct st_ledger *ledger = open_ledger(ST_OPEN_READ);
    for (size_t i = 0; i <= count; i++) {
        assert_int_equal(
            st_ledger_head(ledger, (int64_t)i + 1, head, &entry_count, &error), ST_OK);
        assert_int_equal(entry_count, i);
        assert_string_equal(head, hash_hex(tree_of(leaves, i)));
    }
    assert_int_equal(st_ledger_head(ledger, 0, head, &entry_count, &error), ST_OK);
    assert_int_equal(entry_count, count);
    assert_string_equal(head, hash_hex(tree_of(leaves, count)));
    st_ledger_close(ledger);
}

static void test_journal_by_the_book(void **state) {
    char previous[65], link[5] = "0000";
    struct hash leaves[16];
    size_t count = 0;
    sqlite3 *db;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    fill(ledger);
    st_ledger_close(ledger);
    memset(previous, '0', 64);
    previous[64] = '\0';
    assert_int_equal(sqlite3_open(ledger_path, &db), SQLITE_OK);
    sqlite3_stmt *row = rows_of(db, "journal", "1");
    while (sqlite3_step(row) == SQLITE_ROW) {
        assert_true(count < ST_COUNT_OF(leaves));
        check_entry(db, row, previous, link, &leaves[count++]);
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
    assert_int_equal(count, 9);
    check_heads(leaves, count);
    /* The root of no payslips; an entry without rows; all five tables are in the trees. */
    assert_string_equal(query("SELECT root FROM journal WHERE run = 1 AND kind = 'run'"),
                        hash_hex(sha256("", 0, "", 0, "", 0)));
    assert_string_equal(query("SELECT tables FROM journal WHERE entry = 9"), "");
    assert_string_equal(query("SELECT (SELECT count(*) FROM correction) > 0 AND"
                              " (SELECT count(*) FROM claim) > 0 AND"
                              " (SELECT count(*) FROM finding AS f JOIN payslip USING (run, person_id))"
                              " > 0"),
                        "1");
    assert_string_equal(query("PRAGMA integrity_check"), "ok");
}

/* Another secret, other roots; the same secret, the same. */
static void test_the_secret_salts(void **state) {
    char root[65], hash[65];
    (void)state;
    struct st_municipality municipality = test_municipality();
    for (int i = 0; i < 3; i++) {
        struct st_act act = act_of("kari", "2026-01-02T08:00:00Z");
        if (i == 2)
            municipality.secret[0] = 'f';
        assert_int_equal(st_ledger_create(ledger_path, &municipality, &act, &error), ST_OK);
        struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
        fill(ledger);
        st_ledger_close(ledger);
        const char *again = query("SELECT root FROM journal WHERE run = 2 AND kind = 'run'");
        if (i > 0)
            assert_int_equal(strcmp(root, again) == 0, i == 1);
        (void)snprintf(root, sizeof root, "%.64s", again);
        again = query("SELECT hash FROM journal ORDER BY entry DESC LIMIT 1");
        if (i > 0)
            assert_int_equal(strcmp(hash, again) == 0, i == 1);
        (void)snprintf(hash, sizeof hash, "%.64s", again);
        assert_int_equal(unlink(ledger_path), 0);
    }
}

/* ---- who and when -------------------------------------------------------------------------- */

static void test_time_never_goes_back(void **state) {
    struct st_import *import = NULL;
    struct st_act act = act_of("kari", "2026-01-02T07:59:59Z");
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(st_import_begin(ledger, &act, &import, &error), ST_REFUSED);
    assert_string_equal(error.code, "time.before_last");
    act = act_of("", "2026-01-03T08:00:00Z");
    assert_int_equal(st_import_begin(ledger, &act, &import, &error), ST_USAGE);
    act = act_of("1234567890123456789012345678901234567890123456789012345678901234ø",
                 "2026-01-03T08:00:00Z");
    assert_int_equal(st_import_begin(ledger, &act, &import, &error), ST_USAGE);
    act = act_of("kari", "2026-01-03T08:00:00");
    assert_int_equal(st_import_begin(ledger, &act, &import, &error), ST_USAGE);
    assert_string_equal(error.code, "time.form");
    st_ledger_close(ledger);
}

static enum st_status keep_rate(void *context, const char *name, const struct st_rate *rate) {
    int64_t *last = context;
    assert_string_equal(name, "G");
    *last = rate->value_nok;
    return ST_OK;
}

static void test_rates_as_known(void **state) {
    int64_t last = 0;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_READ);
    assert_int_equal(
        st_ledger_each_rate(ledger, st_date_make(2026, 5, 21), keep_rate, &last, &error), ST_OK);
    assert_int_equal(last, 130160);
    assert_int_equal(
        st_ledger_each_rate(ledger, st_date_make(2026, 5, 22), keep_rate, &last, &error), ST_OK);
    assert_int_equal(last, 136549);
    st_ledger_close(ledger);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_private_file, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_never_over_a_file, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_failed_create_leaves_nothing, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_stray_journal, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_municipality_comes_back, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_open_refusals, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_versions, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_locked, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_nothing_is_ever_changed, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_null_is_refused, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_tables_are_as_described, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_choices_are_as_described, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_limits_of_corrections_and_claims, make_ledger,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_columns_are_counted, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_journal_by_the_book, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_the_secret_salts, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_time_never_goes_back, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_rates_as_known, make_ledger, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
