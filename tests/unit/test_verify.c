/* SPDX-License-Identifier: MIT */
/* test_verify.c - `stonad verify` on a real ledger of two months: nothing when nothing was done to
 * it, and what each part of it finds by itself. The ledger is changed with SQLite itself, as somebody who
 * means it would: triggers dropped, limits ignored, triggers put back. Every value of every column, and
 * the rest of what may befall a ledger: test_faults.c.
 */
#define _XOPEN_SOURCE 700
#include "program_fixture.h"

#include "stonad/ledger.h"
#include "stonad/verify.h"

#include <sqlite3.h>

#define CLEAN "clean.db"
#define CHANGED "changed.db"

/* ---- a ledger with everything in it -------------------------------------------------------- */

static void approve_and_export(int number, const char *today) {
    char line[COMMAND_MAX];
    run("stonad show %d --db demo/ledger.db", number);
    expect(0);
    const char *command = strstr(out, "stonad approve ");
    assert_non_null(command);
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(command, "\n"), command);
    run("%s --actor ola --today %s", line, today);
    expect(0);
    run("stonad export %d --as pain.001.001.09 -o p%d.xml --db demo/ledger.db --actor ola --today %s",
        number, number, today);
    expect(0);
}

/* The demo's May, imported, approved and exported; a June that was discarded, and one that was not. */
static int make_ledger(void **state) {
    if (enter_folder(state) != 0)
        return -1;
    run("sh '%s/fixtures/pay-demo.sh' '%s' demo", project, program);
    expect(0);
    write_file("recoveries.csv", "person_id,decided,reason,amount,max_per_month\n"
                                 "01819641141,2026-06-01,refund,1000.00,\n"
                                 "01888429634,2026-06-02,refund,2000.00,\n");
    run("stonad import recoveries.csv --db demo/ledger.db --actor kari --today 2026-06-19");
    expect(0);
    /* Known after May was paid: a correction each, claims, recoveries. */
    write_file("absences.csv", "person_id,from,to,kind,hours,permission\n"
                               "01899447405,2026-05-05,2026-05-07,unapproved,,\n"
                               "03869720029,2026-05-05,2026-05-05,unapproved,,\n"
                               "04849422974,2026-05-05,2026-05-06,unapproved,,\n");
    run("stonad import absences.csv --db demo/ledger.db --actor kari --today 2026-06-20");
    expect(0);
    run("stonad rates add --name G --value 142000 --effect 2027-05-01 --known 2026-06-20 "
        "--source test --db demo/ledger.db --actor kari --today 2026-06-20");
    expect(0);
    run("stonad run --month 2026-06 --payday 2026-07-03 --db demo/ledger.db --actor kari "
        "--today 2026-06-29");
    expect(0);
    run("stonad discard 2 --db demo/ledger.db --actor kari --today 2026-06-29");
    expect(0);
    run("stonad run --month 2026-06 --payday 2026-07-06 --db demo/ledger.db --actor kari "
        "--today 2026-06-30");
    expect(0);
    approve_and_export(3, "2026-06-30");
    run("cp demo/ledger.db " CLEAN);
    expect(0);
    return 0;
}

/* ---- what verify finds --------------------------------------------------------------------- */

enum { CODE_SIZE = 32 };
struct findings {
    const char *table, *field; /* sought */
    int count, naming_table, naming_field;
    char first[2000];
    char codes[2000];
};

static bool names(const char *list, const char *name) {
    size_t size = strlen(name);
    for (const char *at = strstr(list, name); at != NULL; at = strstr(at + 1, name))
        if ((at == list || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
            return true;
    return false;
}

static enum st_status take(void *context, const struct st_verify_row *row) {
    struct findings *found = context;
    size_t used = strlen(found->codes);
    assert_true(row->code != NULL && strncmp(row->code, "VERIFY-", 7) == 0);
    assert_true(strlen(row->text) > 0);
    if (found->count++ == 0)
        (void)snprintf(found->first, sizeof found->first, "%s|%s|%s|%s|%s|%s", row->code, row->table,
                       row->row, row->field, row->expected, row->found);
    if (used < sizeof found->codes - CODE_SIZE)
        (void)snprintf(found->codes + used, sizeof found->codes - used, "%s ", row->code);
    if (found->table != NULL && names(row->table, found->table)) {
        found->naming_table++;
        found->naming_field += strcmp(row->field, found->field) == 0;
    }
    return ST_OK;
}

static struct findings verify(const char *path, const char *table, const char *field) {
    struct findings found = {.table = table, .field = field};
    struct st_verify_summary summary;
    struct st_error error = {0};
    enum st_status status = st_ledger_verify(path, take, &found, &summary, &error);
    if (status != ST_OK)
        fail_msg("%s.%s: %d %s: %s", table, field, (int)status, error.code, error.text);
    int64_t sum = 0;
    for (int i = 0; i < ST_VERIFY_CLASS_COUNT; i++)
        sum += summary.finding_counts[i];
    assert_int_equal(sum, found.count);
    return found;
}

/* ---- changing a copy ----------------------------------------------------------------------- */

struct table {
    char name[64];
    char triggers[2][400];
    int trigger_count;
};

static sqlite3 *open_copy(void) {
    sqlite3 *db;
    char command[200];
    (void)snprintf(command, sizeof command, "cp " CLEAN " " CHANGED);
    assert_int_equal(system(command), 0); /* NOLINT: a copy */
    assert_int_equal(sqlite3_open(CHANGED, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON;"
                                      "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    return db;
}

static int execute(sqlite3 *db, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int execute(sqlite3 *db, const char *format, ...) {
    char sql[8000], *message = NULL;
    va_list arguments;
    va_start(arguments, format);
    assert_true(vsnprintf(sql, sizeof sql, format, arguments) < (int)sizeof sql);
    va_end(arguments);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    return sqlite3_changes(db);
}

static void describe(sqlite3 *db, struct table *table) {
    sqlite3_stmt *row;
    char sql[200];
    (void)snprintf(sql, sizeof sql,
                   "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '%s'",
                   table->name);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW)
        (void)snprintf(table->triggers[table->trigger_count++], 400, "%s",
                       (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    assert_int_equal(table->trigger_count, 2);
}

static void drop_triggers(sqlite3 *db, const struct table *table) {
    execute(db, "DROP TRIGGER %s_no_update; DROP TRIGGER %s_no_delete", table->name, table->name);
}
static void restore_triggers(sqlite3 *db, const struct table *table) {
    execute(db, "%s; %s", table->triggers[0], table->triggers[1]);
}

/* ---- tests --------------------------------------------------------------------------------- */

enum { TABLES_MAX = 40 };
static struct table tables[TABLES_MAX];
static int table_count;

static void read_tables(void) {
    sqlite3 *db = open_copy();
    sqlite3_stmt *row;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table'",
                                        -1, &row, NULL),
                     SQLITE_OK);
    memset(tables, 0, sizeof tables);
    for (table_count = 0; sqlite3_step(row) == SQLITE_ROW; table_count++) {
        assert_in_range(table_count, 0, TABLES_MAX - 1);
        (void)snprintf(tables[table_count].name, 64, "%s", (const char *)sqlite3_column_text(row, 0));
        describe(db, &tables[table_count]);
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
    assert_int_equal(table_count, 27);
}

static void test_clean(void **state) {
    (void)state;
    struct findings found = verify(CLEAN, NULL, "");
    if (found.count != 0)
        fail_msg("%d: %s", found.count, found.first);
    /* Dropping the triggers and putting them back is no change. */
    read_tables();
    sqlite3 *db = open_copy();
    for (int i = 0; i < table_count; i++) {
        drop_triggers(db, &tables[i]);
        restore_triggers(db, &tables[i]);
    }
    sqlite3_close(db);
    assert_int_equal(verify(CHANGED, NULL, "").count, 0);
}

/* The verifier of docs/ledger.md, as it stands there, in verifier.py. */
static void take_verifier(void) {
    run("awk '/^    import hashlib/ { on = 1 } on { print substr($0, 5) } /^    print\\(/ { exit }' "
        "'%s/docs/ledger.md' > verifier.py && test -s verifier.py", project);
    expect(0);
}

/* It finds the ledger whole and comes to our head; and it finds what was changed. */
static void test_the_documented_verifier(void **state) {
    static const struct {
        const char *sql, *finds;
    } changes[] = {
        {"UPDATE participant SET name = name || '.' WHERE person_id = '01899447405'", "codes"},
        {"UPDATE line SET rate = '1/1' WHERE run = 3 AND line = 1", "its rows were changed"},
        {"UPDATE claim SET remaining_ore = 1", "its rows were changed"},
        {"UPDATE journal SET root = tables WHERE run = 3 AND kind = 'run'", "codes"},
        {"DELETE FROM journal WHERE entry = 5", "codes"},
    };
    char head[ST_HASH_TEXT_SIZE], expected[200];
    int64_t entry_count = 0;
    struct st_ledger *ledger = NULL;
    struct st_error error = {0};
    (void)state;
    take_verifier();
    run("python3 verifier.py " CLEAN);
    expect(0);
    assert_int_equal(st_ledger_open(CLEAN, ST_OPEN_READ, &ledger, &error), ST_OK);
    assert_int_equal(st_ledger_head(ledger, 0, head, &entry_count, &error), ST_OK);
    st_ledger_close(ledger);
    (void)snprintf(expected, sizeof expected, "entries %d hash ", (int)entry_count);
    has(out, expected);
    (void)snprintf(expected, sizeof expected, " head %s\n", head);
    has(out, expected);
    for (size_t i = 0; i < ST_COUNT_OF(changes); i++) {
        sqlite3 *db = open_copy();
        for (int t = 0; t < table_count; t++)
            drop_triggers(db, &tables[t]);
        execute(db, "%s", changes[i].sql);
        assert_true(sqlite3_changes(db) > 0);
        sqlite3_close(db);
        run("python3 verifier.py " CHANGED);
        expect(1);
        has(err, changes[i].finds);
    }
}

/* With another secret no digest and no root fits any more: that is told once, at the secret. */
static void test_another_secret(void **state) {
    (void)state;
    sqlite3 *db = open_copy();
    execute(db, "DROP TRIGGER municipality_no_update");
    execute(db, "UPDATE municipality SET secret = substr(secret, 2) ||"
                " CASE WHEN substr(secret, 1, 1) = '0' THEN '1' ELSE '0' END;"
                "CREATE TRIGGER municipality_no_update BEFORE UPDATE ON municipality\n"
                "BEGIN SELECT RAISE(ABORT, 'rows of municipality are never changed'); END");
    sqlite3_close(db);
    struct findings found = verify(CHANGED, "municipality", "secret");
    assert_int_equal(found.naming_field, 1);
    assert_int_equal(found.count, 1);
}

#define SECRET "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef"

static void stored_secret(const char *path, char secret[ST_HASH_TEXT_SIZE]) {
    run("sqlite3 %s 'SELECT secret FROM municipality'", path);
    expect(0);
    (void)snprintf(secret, ST_HASH_TEXT_SIZE, "%.64s", out);
    assert_int_equal(strspn(secret, "0123456789abcdef"), 64);
}

/* Each ledger has a secret of its own, unless it is given; it is told to nobody. */
static void test_the_secret(void **state) {
    char first[ST_HASH_TEXT_SIZE], second[ST_HASH_TEXT_SIZE];
    (void)state;
    run(INIT " --db secret1.db");
    expect(0);
    run(INIT " --db secret2.db --format json");
    expect(0);
    stored_secret("secret1.db", first);
    stored_secret("secret2.db", second);
    assert_string_not_equal(first, second);
    write_file("secret", SECRET "\n");
    run(INIT " --db secret3.db --format json --secret-file secret");
    expect(0);
    has_not(out, SECRET);
    assert_string_equal(err, "");
    stored_secret("secret3.db", first);
    assert_string_equal(first, SECRET);
    run(INIT " --db secret4.db --secret-file secret && cmp secret3.db secret4.db");
    expect(0);
    assert_int_equal(verify("secret4.db", NULL, "").count, 0);
    refuses(7, "init.secret_file", INIT " --db s.db --secret-file none");
    static const char *const bad[] = {"", "\n", "00", SECRET "0\n", SECRET "\n\n",
                                      "G0112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef"};
    for (size_t i = 0; i < ST_COUNT_OF(bad); i++) {
        write_file("bad", bad[i]);
        refuses(3, "init.secret_form", INIT " --db s.db --secret-file bad");
    }
    run("test ! -e s.db");
    expect(0);
}

/* Claims and corrections that were changed along with the journal's digests would still not agree
 * with the lines: those checks are looked at by themselves here. */
static void test_claims_and_corrections(void **state) {
    static const struct {
        const char *sql, *code, *table, *field;
    } changes[] = {
        {"UPDATE claim SET remaining_ore = remaining_ore + 1 WHERE kind = 'arisen'", "VERIFY-CLAIM",
         "claim", "remaining_ore"},
        {"UPDATE claim SET amount_ore = amount_ore + 1 WHERE kind = 'arisen'", "VERIFY-CLAIM",
         "claim", "arisen"},
        {"UPDATE claim SET kind = 'agency' WHERE kind = 'recovered'", "VERIFY-CLAIM", "claim",
         "recovered"},
        {"UPDATE claim SET amount_ore = amount_ore * 1000 WHERE kind = 'recovered'", "VERIFY-CLAIM",
         "claim", "amount_ore"},
        {"DELETE FROM claim", "VERIFY-CLAIM", "line", "kind"},
        {"UPDATE claim SET run = 1 WHERE run = 3", "VERIFY-CLAIM", "claim", "arisen"},
        {"UPDATE claim SET run = 77 WHERE run = 3", "VERIFY-ORPHAN", "claim", "run"},
        {"UPDATE claim SET decided = '2026-01-01' WHERE kind = 'recovered'",
         "VERIFY-REFERENCE", "claim", "decided"},
        {"UPDATE correction SET due_ore = due_ore + 1, difference_ore = difference_ore + 1",
         "VERIFY-CORRECTION", "correction", "difference_ore"},
        {"UPDATE correction SET month = '2026-04'", "VERIFY-CORRECTION", "correction",
         "difference_ore"},
        {"DELETE FROM correction", "VERIFY-CORRECTION", "line", "month"},
        {"UPDATE correction SET run = 77 WHERE run = 3", "VERIFY-ORPHAN", "correction", "run"},
        {"UPDATE correction SET paid_ore = paid_ore - 1, due_ore = due_ore - 1", "VERIFY-CORRECTION",
         "correction", "paid_ore"},
        {"UPDATE correction SET cause_entry = 99", "VERIFY-REFERENCE", "correction", "cause_entry"},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT_OF(changes); i++) {
        sqlite3 *db = open_copy();
        for (int t = 0; t < table_count; t++)
            drop_triggers(db, &tables[t]);
        execute(db, "%s", changes[i].sql);
        assert_true(sqlite3_changes(db) > 0);
        sqlite3_close(db);
        struct findings found = verify(CHANGED, changes[i].table, changes[i].field);
        if (found.naming_field == 0 || strstr(found.codes, changes[i].code) == NULL)
            fail_msg("%s: no %s of %s.%s; first %s", changes[i].sql, changes[i].code,
                     changes[i].table, changes[i].field, found.first);
    }
}

static void finds(const char *sql, const char *expected) {
    sqlite3 *db = open_copy();
    execute(db, "%s", sql);
    sqlite3_close(db);
    struct findings found = verify(CHANGED, NULL, "");
    if (strstr(found.codes, expected) == NULL)
        fail_msg("%s: no %s among: %s", sql, expected, found.codes);
}

static void test_structure(void **state) {
    (void)state;
    finds("DROP TRIGGER line_no_update", "VERIFY-SCHEMA");
    finds("CREATE TABLE more (x INTEGER)", "VERIFY-SCHEMA");
    finds("DROP INDEX journal_of_run", "VERIFY-SCHEMA");
    finds("PRAGMA application_id = 1", "VERIFY-IDENTITY");
    finds("PRAGMA user_version = 0", "VERIFY-IDENTITY");
    finds("DROP TABLE settlement", "VERIFY-READ");
}

/* Rows that were added, to an entry or to none. */
static void test_rows_added(void **state) {
    (void)state;
    finds("INSERT INTO finding SELECT 77, person_id, number, code, severity, rule, citation, text"
          " FROM finding LIMIT 3",
          "VERIFY-ORPHAN");
    finds("INSERT INTO settlement VALUES ('01819000049', '2026-01-01', 'no', 'no', 0, 500, '')",
          "VERIFY-ORPHAN");
    finds("INSERT INTO settlement VALUES ('01819000049', '2026-01-01', 'no', 'no', 0, 2, '')",
          "VERIFY-DIGEST");
    finds("INSERT INTO settlement VALUES ('01819000049', '2026-01-01', 'no', 'no', 0, 1, '')",
          "VERIFY-CONTENT");
    finds("INSERT INTO journal SELECT 99, time, actor, kind, run, detail, tables, digest, root,"
          " previous_hash, hash, codes FROM journal WHERE kind = 'export' AND run = 1",
          "VERIFY-ENTRY");
    finds("INSERT INTO line SELECT run, '01819000049', line, kind, month, from_date, to_date, quantity,"
          " unit, rate, exact, amount_ore, from_account, to_account, cut, rule, citation, inputs"
          " FROM line WHERE run = 3 LIMIT 1",
          "VERIFY-REFERENCE");
}

/* What a change to one row says: the row, the field, both values, and the money. */
static void test_a_finding_says_where(void **state) {
    (void)state;
    run("cp " CLEAN " c.db && sqlite3 c.db \"DROP TRIGGER run_no_update;"
        " UPDATE run SET net_ore = net_ore + 100 WHERE run = 3;"
        " CREATE TRIGGER run_no_update BEFORE UPDATE ON run\n"
        "BEGIN SELECT RAISE(ABORT, 'rows of run are never changed'); END\"");
    expect(0);
    run("stonad verify --db c.db --format csv");
    expect(1);
    has(out, "code,table,row,field,expected,found,amount,text\n");
    has(out, "VERIFY-TOTAL,run,run 3,net_ore,");
    has(out, ",1.00,");
    /* The code agrees with what the payslips come to: that is what was written. */
    has(out, "VERIFY-CODE,run,run 3,net_ore,108004688,108004788,");
    has(out, "VERIFY-DIGEST,run,entry 11 (run),tables,\"1 row, digest ");
    has(out, "VERIFY-APPROVAL,approval,\"entry 12, run 3\",sum_ore,");
    has_not(out, "VERIFY-SCHEMA");
    run("stonad verify --db c.db");
    expect(1);
    has(out, "at stake: 1,00");
    has(out, "findings: rows 2, references 1, sums 1; checked 13 entries, 3 runs");
    run("stonad verify --db c.db --format json");
    expect(1);
    has(out, "\"code\": \"VERIFY-TOTAL\"");
}

static void test_command(void **state) {
    (void)state;
    run("stonad verify --db " CLEAN);
    expect(0);
    has(out, "nothing found: 13 entries, 3 runs, ");
    assert_string_equal(err, "");
    assert_int_equal(strchr(out, '\n') - out + 1, strlen(out));
    run("stonad verify --db " CLEAN " --format csv");
    expect(0);
    assert_string_equal(out, "code,table,row,field,expected,found,amount,text\n");
    refuses(7, "ledger.missing", "stonad verify --db none.db");
    write_file("text.db", "this is no database, but it is long enough to look like a file\n");
    refuses(6, "ledger.not_a_ledger", "stonad verify --db text.db");
    run("sqlite3 other.db 'CREATE TABLE x (y)'");
    refuses(6, "ledger.not_a_ledger", "stonad verify --db other.db");
    run("cp " CLEAN " newer.db && sqlite3 newer.db 'PRAGMA user_version = 3'");
    refuses(6, "ledger.newer", "stonad verify --db newer.db");
}

/* A page overwritten in the middle of the file is a finding, or refused, never passed over. */
static void test_damaged_pages(void **state) {
    int found = 0, refused = 0;
    (void)state;
    for (int page = 1; page < 60; page += 3) {
        struct findings seen = {0};
        struct st_verify_summary summary;
        struct st_error error = {0};
        run("cp " CLEAN " d.db && dd if=/dev/zero of=d.db bs=4096 seek=%d count=1 conv=notrunc", page);
        expect(0);
        if (same_bytes(CLEAN, "d.db"))
            continue;
        enum st_status status = st_ledger_verify("d.db", take, &seen, &summary, &error);
        assert_true(status == ST_OK || status == ST_DAMAGED);
        assert_true(status == ST_DAMAGED || seen.count > 0);
        found += status == ST_OK;
        refused += status == ST_DAMAGED;
    }
    print_message("pages overwritten: %d found, %d refused\n", found, refused);
    assert_true(found > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_the_documented_verifier),
        cmocka_unit_test(test_another_secret),
        cmocka_unit_test(test_the_secret),
        cmocka_unit_test(test_claims_and_corrections),
        cmocka_unit_test(test_structure),
        cmocka_unit_test(test_rows_added),
        cmocka_unit_test(test_a_finding_says_where),
        cmocka_unit_test(test_command),
        cmocka_unit_test(test_damaged_pages),
    };
    if (!find_program())
        return 1;
    return cmocka_run_group_tests(tests, make_ledger, leave_folder);
}
