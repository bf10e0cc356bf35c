/* SPDX-License-Identifier: MIT */
/* test_ledger.c - the ledger file itself: made whole and private, opened with suspicion, never
 * changed; its tables as fact.c describes them; digests and chain recomputed from docs/ledger.md
 * alone.
 */
#define _DEFAULT_SOURCE
#include "ledger_fixture.h"

#include <dirent.h>

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
    act.dry_run = true;
    municipality.half_tax_month = 12;
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
    assert_int_equal(tamper("PRAGMA user_version = 2"), SQLITE_OK);
    assert_open_fails(ST_DAMAGED, "ledger.newer");
    assert_non_null(strstr(error.text, "version 2"));
    assert_int_equal(tamper("PRAGMA user_version = 0"), SQLITE_OK);
    assert_open_fails(ST_DAMAGED, "ledger.version");
    assert_int_equal(tamper("PRAGMA user_version = 1; PRAGMA application_id = 1"), SQLITE_OK);
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
    assert_string_equal(query("SELECT count(*) FROM sqlite_schema WHERE type = 'table'"), "25");
    assert_int_equal(tamper("UPDATE journal SET actor = 'ola'"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("DELETE FROM journal"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("UPDATE rate SET value_nok = 1"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("DELETE FROM municipality"), SQLITE_CONSTRAINT);
}

/* What NULL would leave undecided is refused by CHECK. */
static void test_null_is_refused(void **state) {
    (void)state;
    assert_int_equal(tamper("INSERT INTO participant VALUES ('" ANNA "', 'A', '1970-01-01',"
                            " '15030000002', NULL, NULL, 1)"),
                     SQLITE_CONSTRAINT);
    assert_int_equal(tamper("INSERT INTO participant VALUES ('" ANNA "', NULL, '1970-01-01',"
                            " '15030000002', NULL, 0, 1)"),
                     SQLITE_CONSTRAINT);
    assert_int_equal(
        tamper("INSERT INTO rate VALUES ('G', '2027-05-01', '2027-05-01', NULL, '', 1)"),
        SQLITE_CONSTRAINT);
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
                       " FROM pragma_table_info('%s')",
                       kind->table);
        assert_string_equal(query(sql), wanted);
    }
}

/* Every choice fact.c knows is one the schema takes, and nothing else is. */
static void test_choices_are_as_described(void **state) {
    char sql[1024];
    (void)state;
    assert_int_equal(tamper("INSERT INTO absence VALUES"
                            " ('" ANNA "', '2026-01-01', NULL, 'nap', NULL, NULL, 0, 1)"),
                     SQLITE_CONSTRAINT);
    for (int i = 0; i < ST_ABSENCE_KIND_COUNT; i++) {
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO absence VALUES ('%s', '2026-01-01', NULL, '%s', NULL, NULL, 0,"
                       " 1)",
                       ANNA, st_absence_rule_of((enum st_absence_kind)i)->name);
        assert_int_equal(tamper(sql), SQLITE_OK);
    }
    const struct st_fact_description *benefit = st_fact_describe(ST_FACT_BENEFIT);
    for (int i = 0; benefit->columns[3].choices[i] != NULL; i++) {
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO benefit VALUES ('%s', '2026-01-01', NULL, '%s', 1, NULL, 0, 1)",
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

/* Adds table, count and digest of the rows of one entry, if there are any. */
static void put_table(struct bytes *entry_bytes, sqlite3 *db, const char *table, int64_t entry) {
    static struct bytes rows;
    char sql[256], hex[65];
    int64_t count = 0;
    sqlite3_stmt *row;
    rows.size = 0;
    (void)snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE entry = %lld ORDER BY 1, 2, 3, 4",
                   table, (long long)entry);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    for (; sqlite3_step(row) == SQLITE_ROW; count++)
        for (int i = 0; i < sqlite3_column_count(row); i++)
            put_column(&rows, row, i);
    sqlite3_finalize(row);
    if (count == 0)
        return;
    sha256_hex(rows.data, rows.size, hex);
    put_text(entry_bytes, table);
    put(entry_bytes, "i%lld;", (long long)count);
    put_text(entry_bytes, hex);
}

static void test_chain_by_the_book(void **state) {
    static struct bytes bytes;
    static const char *const tables[] = {
        "municipality", "rate",    "participant", "programme",  "living",         "care",
        "absence",      "benefit", "work",        "taxcard",    "authority_card", "recovery",
        "decision",     "ending",  "content",     "employment", "settlement",     "import_file"};
    const struct csv files[] = {
        {"programmes", PROGRAMMES_HEADER PROGRAMME(BORIS) PROGRAMME(ANNA)},
        {"participants", PARTICIPANTS_HEADER PARTICIPANT(BORIS) PARTICIPANT(ANNA)},
        {NULL, NULL}};
    char digest[65], hash[65], previous[65];
    sqlite3 *db;
    sqlite3_stmt *row;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, "2026-01-03T08:00:00Z", files);
    st_ledger_close(ledger);
    memset(previous, '0', 64);
    previous[64] = '\0';
    assert_int_equal(sqlite3_open(ledger_path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT * FROM journal ORDER BY entry", -1, &row, NULL),
                     SQLITE_OK);
    int count = 0;
    for (; sqlite3_step(row) == SQLITE_ROW; count++) {
        bytes.size = 0;
        for (size_t i = 0; i < ST_COUNT_OF(tables); i++)
            put_table(&bytes, db, tables[i], sqlite3_column_int64(row, 0));
        sha256_hex(bytes.data, bytes.size, digest);
        assert_string_equal((const char *)sqlite3_column_text(row, 6), digest);
        assert_string_equal((const char *)sqlite3_column_text(row, 7), previous);
        bytes.size = 0;
        for (int i = 0; i < 8; i++)
            put_column(&bytes, row, i);
        sha256_hex(bytes.data, bytes.size, hash);
        assert_string_equal((const char *)sqlite3_column_text(row, 8), hash);
        (void)snprintf(previous, sizeof previous, "%s", hash);
    }
    assert_int_equal(count, 2);
    assert_string_equal(query("PRAGMA integrity_check"), "ok");
    sqlite3_finalize(row);
    sqlite3_close(db);
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
        cmocka_unit_test_setup_teardown(test_chain_by_the_book, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_time_never_goes_back, make_ledger, remove_folder),
        cmocka_unit_test_setup_teardown(test_rates_as_known, make_ledger, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
