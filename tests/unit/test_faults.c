/* SPDX-License-Identifier: MIT */
/* test_faults.c - a ledger with everything in it, damaged in every way that can be thought of: one value
 * changed in every column of every table, rows deleted, exchanged and cut short, bits flipped anywhere
 * in the file, a chain made anew, a tail cut off, a payment redirected or made twice. Each must be
 * found, and named: table, row and field. Figures are printed.
 *
 * The ledger is changed with SQLite itself, as somebody who means it would: triggers dropped, limits and
 * types ignored, and everything put back.
 */
#define _XOPEN_SOURCE 700
#include "program_fixture.h"

#include "stonad/ledger.h"
#include "stonad/replay.h"
#include "stonad/seal.h"
#include "stonad/verify.h"

#include <sqlite3.h>

#define CLEAN "clean.db"
#define CHANGED "changed.db"

static struct st_error error;

/* ---- what verify finds --------------------------------------------------------------------- */

enum { SHOWN = 6 };
struct findings {
    /* sought: any finding about the table that names one of the rows, and the field */
    const char *table, *field;
    const char *rows[2];
    int count, naming_table, naming_row, naming_field;
    int64_t naming[2]; /* each of the rows */
    char codes[4000];
    char shown[SHOWN][400];
};

static bool names(const char *list, const char *name) {
    size_t size = strlen(name);
    for (const char *at = strstr(list, name); at != NULL; at = strstr(at + 1, name))
        if ((at == list || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
            return true;
    return false;
}

/* The key itself, or its place: what was removed is told by its neighbours. */
static bool is_row(const char *found, const char *sought) {
    return sought != NULL && strcmp(found, sought) == 0;
}

static enum st_status take(void *context, const struct st_verify_row *row) {
    struct findings *found = context;
    size_t used = strlen(found->codes);
    assert_true(row->code != NULL && strncmp(row->code, "VERIFY-", 7) == 0);
    assert_true(strlen(row->text) > 0);
    if (found->count < SHOWN)
        (void)snprintf(found->shown[found->count], sizeof found->shown[0], "%s|%s|%s|%s|%s|%s",
                       row->code, row->table, row->row, row->field, row->expected, row->found);
    found->count++;
    if (used < sizeof found->codes - 32)
        (void)snprintf(found->codes + used, sizeof found->codes - used, "%s ", row->code);
    if (found->table == NULL || !names(row->table, found->table))
        return ST_OK;
    found->naming_table++;
    bool is_named = false;
    for (int i = 0; i < 2; i++)
        if (is_row(row->row, found->rows[i])) {
            found->naming[i]++;
            is_named = true;
        }
    found->naming_row += is_named;
    if (is_named && found->field != NULL && strcmp(row->field, found->field) == 0) {
        found->naming_field++;
        assert_true(strlen(row->expected) + strlen(row->found) > 0);
    }
    return ST_OK;
}

static struct findings verify_for(const char *path, struct findings sought) {
    struct st_verify_summary summary;
    enum st_status status = st_ledger_verify(path, take, &sought, &summary, &error);
    if (status != ST_OK)
        fail_msg("%s: %d %s: %s", path, (int)status, error.code, error.text);
    return sought;
}

static void show(const struct findings *found) {
    for (int i = 0; i < SHOWN && i < found->count; i++)
        print_message("  %s\n", found->shown[i]);
}

static void is_clean(const char *path) {
    struct findings found = verify_for(path, (struct findings){.table = NULL});
    if (found.count == 0)
        return;
    show(&found);
    fail_msg("%s: %d findings in a ledger that nobody changed", path, found.count);
}

/* ---- a ledger with everything in it -------------------------------------------------------- */

static int commands;

/* A command, and a ledger that is as clean after it as before. */
static void act(const char *line) {
    run("%s", line);
    expect(0);
    is_clean("demo/ledger.db");
    commands++;
}

#define AT " --db demo/ledger.db --actor kari --today "
#define BY_OLA " --db demo/ledger.db --actor ola --today "

static void approve(int number, const char *today) {
    char line[COMMAND_MAX], whole[COMMAND_MAX + 100];
    run("stonad show %d --db demo/ledger.db", number);
    expect(0);
    const char *command = strstr(out, "stonad approve ");
    assert_non_null(command);
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(command, "\n"), command);
    (void)snprintf(whole, sizeof whole, "%s --actor ola --today %s", line, today);
    act(whole);
}

/* Known after May was paid: corrections both ways, claims and everything that may become of them. */
static void write_june(void) {
    assert_int_equal(mkdir("june", 0700), 0);
    write_file("june/absences.csv", "person_id,from,to,kind,hours,permission,withdrawn\n"
                                    "01899447405,2026-05-05,2026-05-07,unapproved,,,\n"
                                    "03869720029,2026-05-05,2026-05-05,unapproved,,,\n"
                                    "01819641141,2026-05-05,2026-05-07,unapproved,,,yes\n");
    write_file("june/benefits.csv",
               "person_id,from,to,kind,amount_per_month,earned_before_programme\n"
               "08888646931,2026-05-01,2026-05-31,sykepenger,5000.00,yes\n"
               "09849632792,2026-05-01,2026-05-31,sykepenger,20000.00,yes\n");
    write_file("june/recoveries.csv", "person_id,decided,reason,amount,max_per_month\n"
                                      "08888646931,2026-06-10,refund,5000.00,\n"
                                      "03869720029,2026-06-11,written_off,500.00,\n"
                                      "01899447405,2026-06-12,overpayment,2275.82,400.00\n");
    write_file("june/decisions.csv", "person_id,decided,kind,until\n"
                                     "01899447405,2026-06-12,recovery,\n");
    write_file("june/employment.csv", "person_id,from,to,hours_per_week\n"
                                      "04919030769,2026-05-01,,7.5\n");
    write_file("june/settlement.csv",
               "person_id,settled,first_municipality,by_agreement,withdrawn\n"
               "05908747161,2025-07-30,yes,yes,yes\n");
}

static void write_july(void) {
    assert_int_equal(mkdir("july", 0700), 0);
    write_file("july/recoveries.csv", "person_id,decided,reason,amount,max_per_month\n"
                                      "09849632792,2026-07-01,refund,4000.00,\n");
    write_file("july/participants.csv", "person_id,name,birth_date,account,language\n"
                                        "01819641141,Hassan Mahmoud Jama,1996-01-01,12345678903,en\n");
    write_file("july/taxcards.csv", "person_id,year,kind,table,percent,exempt_amount,months,extra\n"
                                    "04919030769,2026,table,8010,,,,\n");
}

/* May paid, June discarded and computed again, July; nothing is found after any command. */
static int make_ledger(void **state) {
    if (enter_folder(state) != 0)
        return -1;
    run("sh '%s/fixtures/pay-demo.sh' '%s' demo", project, program);
    expect(0);
    is_clean("demo/ledger.db");
    act("stonad export 1 --as pain.001.001.03 -o p1b.xml" BY_OLA "2026-06-02");
    write_june();
    act("stonad import june --dry-run" AT "2026-06-20");
    act("stonad import june" AT "2026-06-20");
    act("stonad rates add --name G --value 142000 --effect 2027-05-01 --known 2026-06-20"
        " --source test" AT "2026-06-20");
    act("stonad run --month 2026-06 --payday 2026-07-03" AT "2026-06-29");
    act("stonad discard 2" AT "2026-06-29");
    act("stonad run --month 2026-06 --payday 2026-07-06 --dry-run" AT "2026-06-30");
    act("stonad run --month 2026-06 --payday 2026-07-06" AT "2026-06-30");
    approve(3, "2026-06-30 --db demo/ledger.db");
    act("stonad export 3 --as pain.001.001.09 --tax-kid 1234567897 -o p3.xml" BY_OLA "2026-06-30");
    write_july();
    act("stonad import july" AT "2026-07-10");
    act("stonad run --month 2026-07 --payday 2026-08-05" AT "2026-07-28");
    approve(4, "2026-07-29 --db demo/ledger.db");
    act("stonad export 4 --as pain.001.001.09 -o p4.xml" BY_OLA "2026-07-29");
    run("cp demo/ledger.db " CLEAN);
    expect(0);
    return 0;
}

static int64_t query_number(const char *path, const char *sql) {
    sqlite3 *db;
    sqlite3_stmt *row;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
    return number;
}

/* Otherwise the figures below would say less than they seem to. */
static void test_everything_is_in_it(void **state) {
    static const struct {
        const char *sql;
        int64_t least;
    } contents[] = {
        {"SELECT count(DISTINCT kind) FROM claim", 5},
        {"SELECT count(*) FROM correction WHERE difference_ore > 0", 1},
        {"SELECT count(*) FROM correction WHERE difference_ore < 0", 1},
        {"SELECT count(*) FROM payslip WHERE state = 'held'", 1},
        {"SELECT count(*) FROM absence WHERE withdrawn", 1},
        {"SELECT count(*) FROM taxcard", 2},
        {"SELECT count(*) FROM authority_card", 2},
        {"SELECT count(*) FROM journal WHERE kind = 'discard'", 1},
        {"SELECT count(*) FROM rate WHERE entry > 1", 1},
        {"SELECT count(DISTINCT content) FROM export", 2},
        {"SELECT count(DISTINCT kind) FROM journal", 7},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT_OF(contents); i++)
        if (query_number(CLEAN, contents[i].sql) < contents[i].least)
            fail_msg("%s: less than %d", contents[i].sql, (int)contents[i].least);
    is_clean(CLEAN);
    print_message("a ledger with everything: %d commands, clean after each\n", commands);
}

/* ---- the tables ---------------------------------------------------------------------------- */

enum { TABLES_MAX = 40, COLUMNS_MAX = 24, NAME_SIZE = 48, SQL_SIZE = 6000, KEY_SIZE = 400 };
struct table {
    char name[NAME_SIZE];
    int column_count, key_count;
    char columns[COLUMNS_MAX][NAME_SIZE];
    bool is_text[COLUMNS_MAX], is_key[COLUMNS_MAX];
    int key[COLUMNS_MAX];
    char keys[600], others[1500], order[700]; /* lists for SQL */
    bool has_rowid;
    char sql[SQL_SIZE], loose[SQL_SIZE]; /* as shipped; without types and NOT NULL */
    char triggers[2][400];
    int trigger_count;
};
static struct table tables[TABLES_MAX];
static int table_count;

static const char *column_text(sqlite3_stmt *row, int column) {
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text == NULL ? "" : text;
}

/* Text that must fit. */
static void write_text(char *out_text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void write_text(char *out_text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(out_text, size, format, arguments);
    va_end(arguments);
    assert_true(written >= 0 && (size_t)written < size);
}

static void add_name(char *list, size_t size, const char *name, bool falls) {
    size_t used = strlen(list);
    write_text(list + used, size - used, "%s\"%s\"%s", used == 0 ? "" : ", ", name,
               falls ? " DESC" : "");
}

static void describe_columns(sqlite3 *db, struct table *table) {
    sqlite3_stmt *row;
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT name, type, pk FROM pragma_table_info('%s')", table->name);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW) {
        int i = table->column_count++, place = sqlite3_column_int(row, 2);
        assert_in_range(i, 0, COLUMNS_MAX - 1);
        (void)snprintf(table->columns[i], NAME_SIZE, "%s", column_text(row, 0));
        table->is_text[i] = strcmp(column_text(row, 1), "TEXT") == 0;
        table->is_key[i] = place != 0;
        table->key_count += place != 0;
        if (place != 0)
            table->key[place - 1] = i;
        else
            add_name(table->others, sizeof table->others, table->columns[i], false);
    }
    sqlite3_finalize(row);
    for (int i = 0; i < table->key_count; i++) {
        const char *name = table->columns[table->key[i]];
        bool falls = table->key_count > 1 && strcmp(name, "entry") == 0 && i > 0;
        add_name(table->keys, sizeof table->keys, name, false);
        add_name(table->order, sizeof table->order, name, falls);
    }
}

static void replace_all(char *text, const char *what, const char *with) {
    for (char *at = strstr(text, what); at != NULL; at = strstr(at, what)) {
        memmove(at + strlen(with), at + strlen(what), strlen(at + strlen(what)) + 1);
        memcpy(at, with, strlen(with));
        at += strlen(with);
    }
}

static void describe(sqlite3 *db, struct table *table) {
    sqlite3_stmt *row;
    char sql[200];
    describe_columns(db, table);
    memcpy(table->loose, table->sql, SQL_SIZE);
    table->has_rowid = strstr(table->sql, "WITHOUT ROWID") == NULL;
    replace_all(table->loose, "TEXT NOT NULL", "TEXT");
    replace_all(table->loose, "INTEGER NOT NULL", "INTEGER");
    replace_all(table->loose, ") STRICT, WITHOUT ROWID", ") WITHOUT ROWID");
    replace_all(table->loose, ") STRICT", ")");
    write_text(sql, sizeof sql,
                   "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '%s'",
                   table->name);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW)
        write_text(table->triggers[table->trigger_count++], 400, "%s", column_text(row, 0));
    sqlite3_finalize(row);
    assert_int_equal(table->trigger_count, 2);
}

static void read_tables(void) {
    sqlite3 *db;
    sqlite3_stmt *row;
    assert_int_equal(sqlite3_open_v2(CLEAN, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT name, sql FROM sqlite_schema WHERE type = 'table'"
                                        " ORDER BY rootpage",
                                        -1, &row, NULL),
                     SQLITE_OK);
    for (table_count = 0; sqlite3_step(row) == SQLITE_ROW; table_count++) {
        assert_in_range(table_count, 0, TABLES_MAX - 1);
        struct table *table = &tables[table_count];
        write_text(table->name, NAME_SIZE, "%s", column_text(row, 0));
        write_text(table->sql, SQL_SIZE, "%s", column_text(row, 1));
        describe(db, table);
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
    assert_true(table_count >= 27);
}

/* ---- changing a copy ----------------------------------------------------------------------- */

static char *clean_bytes;
static size_t clean_size;

static void read_clean(void) {
    FILE *file = fopen(CLEAN, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    clean_size = (size_t)ftell(file);
    rewind(file);
    clean_bytes = malloc(clean_size);
    assert_non_null(clean_bytes);
    assert_int_equal(fread(clean_bytes, 1, clean_size, file), clean_size);
    assert_int_equal(fclose(file), 0);
}

static void write_copy(void) {
    FILE *file = fopen(CHANGED, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(clean_bytes, 1, clean_size, file), clean_size);
    assert_int_equal(fclose(file), 0);
}

static bool try_sql(sqlite3 *db, const char *sql) {
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int execute(sqlite3 *db, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int execute(sqlite3 *db, const char *format, ...) {
    char sql[3 * SQL_SIZE], *message = NULL;
    va_list arguments;
    va_start(arguments, format);
    assert_true(vsnprintf(sql, sizeof sql, format, arguments) < (int)sizeof sql);
    va_end(arguments);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    return sqlite3_changes(db);
}

static void set_sql(sqlite3 *db, const struct table *table, const char *sql, const char *after) {
    char *text = sqlite3_mprintf("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = %Q"
                                 " WHERE type = 'table' AND name = %Q; %s",
                                 sql, table->name, after);
    assert_true(try_sql(db, text));
    sqlite3_free(text);
}

static sqlite3 *open_copy(void) {
    sqlite3 *db;
    write_copy();
    assert_int_equal(sqlite3_open(CHANGED, &db), SQLITE_OK);
    execute(db, "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;"
                " PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; BEGIN");
    return db;
}

/* A copy in which the table takes anything; and the same made to look as if nothing had been. */
static sqlite3 *open_loose(const struct table *table, const char *sql) {
    sqlite3 *db = open_copy();
    execute(db, "DROP TRIGGER %s_no_update; DROP TRIGGER %s_no_delete", table->name, table->name);
    set_sql(db, table, sql, "PRAGMA writable_schema = RESET");
    return db;
}
static void close_loose(sqlite3 *db, const struct table *table) {
    execute(db, "%s; %s", table->triggers[0], table->triggers[1]);
    set_sql(db, table, table->sql, "COMMIT");
    sqlite3_close(db);
}

/* The key of one row, as findings write it. */
static void row_key(sqlite3 *db, const struct table *table, const char *where,
                    char key[KEY_SIZE]) {
    sqlite3_stmt *row;
    char *sql = sqlite3_mprintf("SELECT %s FROM %s WHERE %s", table->keys, table->name, where);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    sqlite3_free(sql);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    size_t used = 0;
    for (int i = 0; i < table->key_count; i++)
        used += (size_t)snprintf(key + used, KEY_SIZE - used, "%s%s %.60s", i == 0 ? "" : ", ",
                                 table->columns[table->key[i]], column_text(row, i));
    sqlite3_finalize(row);
}

/* ---- one value ----------------------------------------------------------------------------- */

enum change { OTHER, CUT, NOTHING, OTHER_TYPE, CHANGE_COUNT };
static const char *const change_names[] = {"another value", "cut short", "NULL", "another type"};

/* Another value, as near as can be: the last character of a text, one more or a million more. */
static void new_value(const struct table *table, int column, enum change change, char sql[400]) {
    const char *name = table->columns[column];
    bool is_text = table->is_text[column];
    if (change == OTHER && is_text)
        write_text(sql, 400,
                       "substr(ifnull(\"%s\", ''), 1, length(ifnull(\"%s\", '')) - 1) ||"
                       " CASE WHEN \"%s\" LIKE '%%7' THEN '3' ELSE '7' END",
                       name, name, name);
    else if (change == OTHER)
        write_text(sql, 400, "ifnull(\"%s\", 0) + %d", name,
                       table->is_key[column] ? 1000000 : 1);
    else if (change == CUT)
        write_text(sql, 400, is_text ? "substr(\"%s\", 1, length(\"%s\") / 2)" : "\"%s\" / 10",
                       name, name);
    else if (change == NOTHING)
        write_text(sql, 400, "NULL");
    else
        write_text(sql, 400, is_text ? "CAST(\"%s\" AS BLOB)" : "'x'", name);
}

/* Changes one row in which the value becomes another, the first, the middle or a later one. False:
 * there is none, or SQLite keeps the value out. */
static bool change_value(sqlite3 *db, const struct table *table, int column, enum change change,
                         char keys[2][KEY_SIZE]) {
    static const int quarters[CHANGE_COUNT] = {2, 0, 3, 1};
    const char *name = table->columns[column];
    char value[400], where[2000], sql[4000];
    sqlite3_stmt *row;
    new_value(table, column, change, value);
    write_text(sql, sizeof sql, "SELECT count(*) FROM %s WHERE \"%s\" IS NOT (%s)", table->name,
                   name, value);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    int count = sqlite3_column_int(row, 0);
    sqlite3_finalize(row);
    if (count == 0)
        return false;
    write_text(where, sizeof where,
                   "(%s) = (SELECT %s FROM %s WHERE \"%s\" IS NOT (%s) ORDER BY %s LIMIT 1 OFFSET %d)",
                   table->keys, table->keys, table->name, name, value, table->order,
                   count * quarters[change] / 4);
    row_key(db, table, where, keys[0]);
    write_text(sql, sizeof sql,
                   "CREATE TEMP TABLE was AS SELECT * FROM %s WHERE %s", table->name, where);
    execute(db, "%s", sql);
    write_text(sql, sizeof sql, "UPDATE %s SET \"%s\" = %s WHERE %s", table->name, name, value,
                   where);
    if (!try_sql(db, sql))
        return false;
    assert_int_equal(sqlite3_changes(db), 1);
    /* The row is where its other values still are. */
    write_text(where, sizeof where, "1");
    for (int i = 0; i < table->key_count; i++) {
        const char *key = table->columns[table->key[i]];
        size_t used = strlen(where);
        if (table->key[i] != column)
            write_text(where + used, sizeof where - used,
                           " AND \"%s\" IS (SELECT \"%s\" FROM temp.was)", key, key);
        else
            write_text(where + used, sizeof where - used,
                           " AND \"%s\" IS (SELECT %s FROM temp.was)", key, value);
    }
    row_key(db, table, where, keys[1]);
    return true;
}

static void test_every_value(void **state) {
    int tried[CHANGE_COUNT] = {0}, impossible = 0, unnamed = 0, all = 0;
    (void)state;
    for (int t = 0; t < table_count; t++)
        for (int c = 0; c < tables[t].column_count; c++)
            for (int change = 0; change < CHANGE_COUNT; change++) {
                const struct table *table = &tables[t];
                char keys[2][KEY_SIZE];
                sqlite3 *db = open_loose(table, table->loose);
                if (!change_value(db, table, c, (enum change)change, keys)) {
                    impossible++;
                    sqlite3_close(db);
                    continue;
                }
                close_loose(db, table);
                struct findings found =
                    verify_for(CHANGED, (struct findings){.table = table->name,
                                                          .field = table->columns[c],
                                                          .rows = {keys[0], keys[1]}});
                tried[change]++;
                all++;
                if (found.naming_field > 0)
                    continue;
                unnamed++;
                print_message("%s.%s, %s, row %s: %d findings, %d name the table, %d the row\n",
                              table->name, table->columns[c], change_names[change], keys[0],
                              found.count, found.naming_table, found.naming_row);
                show(&found);
            }
    print_message("one value changed: %d tried (%d another value, %d cut short, %d NULL, %d another"
                  " type; %d more that SQLite or the data does not allow), %d found with table, row"
                  " and field\n",
                  all, tried[OTHER], tried[CUT], tried[NOTHING], tried[OTHER_TYPE], impossible,
                  all - unnamed);
    assert_int_equal(unnamed, 0);
    assert_true(tried[OTHER] >= 270);
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* A row by its place among all: the first, the middle, the last. */
static void place_of(const struct table *table, int half, char where[1500]) {
    write_text(where, 1500,
                   "(%s) = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET"
                   " (SELECT (count(*) - 1) * %d / 2 FROM %s))",
                   table->keys, table->keys, table->name, table->order, half, table->name);
}

static bool begins(const char *text, const char *beginning) {
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* What a finding may say of a row that is gone: its key, or the rows of the same entry beside which it
 * stood; where the entry has no others, the entry. */
struct gone {
    const char *table;
    char key[KEY_SIZE], before[KEY_SIZE + 10], after[KEY_SIZE + 10], entry[40];
    int named;
};

static enum st_status take_gone(void *context, const struct st_verify_row *row) {
    struct gone *gone = context;
    bool is_missing = strcmp(row->code, "VERIFY-MISSING") == 0 ||
                      strcmp(row->code, "VERIFY-ENTRY") == 0;
    if (!names(row->table, gone->table))
        return ST_OK;
    gone->named += strcmp(row->row, gone->key) == 0;
    if (is_missing)
        gone->named += strcmp(row->row, gone->before) == 0 || strcmp(row->row, gone->after) == 0 ||
                       begins(row->row, gone->entry);
    return ST_OK;
}

/* The row at a place, and its neighbours among those of its entry. */
static void find_gone(sqlite3 *db, const struct table *table, const char *where,
                      struct gone *gone) {
    sqlite3_stmt *row;
    char before[KEY_SIZE] = "", key[KEY_SIZE];
    *gone = (struct gone){.table = table->name, .before = "?", .after = "?", .entry = "?"};
    row_key(db, table, where, gone->key);
    if (strstr(table->sql, " entry ") == NULL)
        return; /* a payslip and what belongs to it: the row itself is named */
    char *sql = sqlite3_mprintf("SELECT %s, (%s), entry FROM %s WHERE entry ="
                                " (SELECT entry FROM %s WHERE %s) ORDER BY %s",
                                table->keys, where, table->name, table->name, where, table->order);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    sqlite3_free(sql);
    for (bool was_it = false; sqlite3_step(row) == SQLITE_ROW;) {
        size_t used = 0;
        for (int i = 0; i < table->key_count; i++)
            used += (size_t)snprintf(key + used, KEY_SIZE - used, "%s%s %.60s", i == 0 ? "" : ", ",
                                     table->columns[table->key[i]], column_text(row, i));
        bool is_it = sqlite3_column_int(row, table->key_count) != 0;
        if (was_it)
            write_text(gone->before, sizeof gone->before, "before %s", key);
        if (is_it && before[0] != '\0')
            write_text(gone->after, sizeof gone->after, "after %s", before);
        else if (is_it)
            write_text(gone->entry, sizeof gone->entry, "entry %s",
                       column_text(row, table->key_count + 1));
        was_it = is_it;
        memcpy(before, key, sizeof key);
    }
    sqlite3_finalize(row);
    if (strcmp(gone->before, "?") != 0 && strcmp(table->name, "journal") != 0)
        write_text(gone->entry, sizeof gone->entry, "?");
}

static void test_rows_deleted(void **state) {
    int tried = 0, unnamed = 0;
    (void)state;
    for (int t = 0; t < table_count; t++)
        for (int half = 0; half <= 2; half++) {
            const struct table *table = &tables[t];
            char where[1500];
            struct gone gone;
            struct st_verify_summary summary;
            sqlite3 *db = open_loose(table, table->sql);
            place_of(table, half, where);
            find_gone(db, table, where, &gone);
            execute(db, "DELETE FROM %s WHERE %s", table->name, where);
            assert_int_equal(sqlite3_changes(db), 1);
            close_loose(db, table);
            assert_int_equal(st_ledger_verify(CHANGED, take_gone, &gone, &summary, &error), ST_OK);
            tried++;
            if (gone.named > 0)
                continue;
            unnamed++;
            struct findings found = verify_for(CHANGED, (struct findings){.table = table->name});
            print_message("%s, %s deleted (%s; %s): %d findings, %d name the table\n", table->name,
                          gone.key, gone.before, gone.after, found.count, found.naming_table);
            show(&found);
        }
    print_message("rows deleted: %d tried, %d found with table and place\n", tried, tried - unnamed);
    assert_int_equal(unnamed, 0);
}

/* The values of two rows exchanged, their keys kept; their codes go with the values or stay. */
static bool exchange_rows(sqlite3 *db, const struct table *table, bool with_codes,
                          char keys[2][KEY_SIZE]) {
    char kept[2][3000] = {"", ""}, others[1500];
    memcpy(others, table->others, sizeof others);
    if (!with_codes)
        replace_all(others, ", \"codes\"", "");
    execute(db, "CREATE TEMP TABLE a AS SELECT * FROM %s ORDER BY %s LIMIT 1", table->name,
            table->order);
    execute(db,
            "CREATE TEMP TABLE b AS SELECT * FROM %s WHERE (%s) IS NOT (SELECT %s FROM temp.a)"
            " AND (%s) <> (SELECT %s FROM temp.a) ORDER BY %s LIMIT 1",
            table->name, others, others, table->keys, table->keys, table->order);
    char where[1500];
    write_text(where, sizeof where, "(%s) IN (SELECT %s FROM temp.b)", table->keys, table->keys);
    execute(db, "CREATE TEMP TABLE c AS SELECT count(*) AS n FROM temp.b");
    sqlite3_stmt *row;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT n FROM temp.c", -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    int count = sqlite3_column_int(row, 0);
    sqlite3_finalize(row);
    if (count == 0)
        return false;
    row_key(db, table, where, keys[1]);
    write_text(where, sizeof where, "(%s) IN (SELECT %s FROM temp.a)", table->keys, table->keys);
    row_key(db, table, where, keys[0]);
    execute(db, "DELETE FROM %s WHERE (%s) IN (SELECT %s FROM temp.b) OR (%s) IN"
                " (SELECT %s FROM temp.a)",
            table->name, table->keys, table->keys, table->keys, table->keys);
    for (int i = 0; i < table->column_count; i++) {
        bool is_kept = table->is_key[i] ||
                       (!with_codes && strcmp(table->columns[i], "codes") == 0);
        for (int side = 0; side < 2; side++) {
            size_t used = strlen(kept[side]);
            write_text(kept[side] + used, sizeof kept[side] - used, "%s%s.\"%s\"",
                           i == 0 ? "" : ", ", is_kept ? "k" : "v", table->columns[i]);
        }
    }
    execute(db, "INSERT INTO %s SELECT %s FROM temp.a AS k, temp.b AS v", table->name, kept[0]);
    execute(db, "INSERT INTO %s SELECT %s FROM temp.b AS k, temp.a AS v", table->name, kept[1]);
    return true;
}

static void test_rows_exchanged(void **state) {
    int tried = 0, unnamed = 0;
    (void)state;
    for (int t = 0; t < table_count; t++)
        for (int with_codes = 0; with_codes < 2; with_codes++) {
            const struct table *table = &tables[t];
            char keys[2][KEY_SIZE];
            sqlite3 *db = open_loose(table, table->sql);
            bool is_exchanged = exchange_rows(db, table, with_codes != 0, keys);
            close_loose(db, table);
            if (!is_exchanged) {
                assert_string_equal(table->name, "municipality"); /* it has one row */
                continue;
            }
            struct findings found = verify_for(
                CHANGED, (struct findings){.table = table->name, .rows = {keys[0], keys[1]}});
            tried++;
            if (found.naming[0] > 0 && found.naming[1] > 0)
                continue;
            unnamed++;
            print_message("%s, %s and %s exchanged: %d findings, %d and %d name them\n",
                          table->name, keys[0], keys[1], found.count, (int)found.naming[0],
                          (int)found.naming[1]);
            show(&found);
        }
    print_message("rows exchanged: %d pairs tried, %d found with both rows\n", tried,
                  tried - unnamed);
    assert_int_equal(unnamed, 0);
    assert_true(tried >= 52);
}

/* The table as it would be without its last columns: what is written then ends before them. */
static void short_sql(const struct table *table, int column_count, char sql[SQL_SIZE]) {
    size_t used = (size_t)snprintf(sql, SQL_SIZE, "CREATE TABLE %s (", table->name);
    for (int i = 0; i < column_count; i++) {
        bool is_rowid = table->has_rowid && table->is_key[i];
        const char *unique = strcmp(table->name, "approval") == 0 &&
                                     (strcmp(table->columns[i], "run") == 0 ||
                                      strcmp(table->columns[i], "message_id") == 0)
                                 ? " UNIQUE"
                                 : "";
        used += (size_t)snprintf(sql + used, SQL_SIZE - used, "%s\"%s\"%s%s", i == 0 ? "" : ", ",
                                 table->columns[i], is_rowid ? " INTEGER PRIMARY KEY" : "", unique);
    }
    if (strcmp(table->name, "export") == 0)
        used += (size_t)snprintf(sql + used, SQL_SIZE - used, ", UNIQUE (run, form, content)");
    write_text(sql + used, SQL_SIZE - used, table->has_rowid ? ")" : ", PRIMARY KEY (%s)) WITHOUT ROWID",
                   table->order);
}

/* The record itself cut short, as a write that was torn leaves it: its last columns are not there. */
static void test_rows_cut_short(void **state) {
    int tried = 0, unnamed = 0;
    (void)state;
    for (int t = 0; t < table_count; t++)
        for (int lost = 1; lost <= 2; lost++) {
            const struct table *table = &tables[t];
            char key[KEY_SIZE], where[1500], sql[SQL_SIZE], columns[2000] = "";
            int count = table->column_count;
            for (int i = 0; i < lost; i++)
                do
                    count--;
                while (table->is_key[count]);
            for (int i = count; i < table->column_count; i++)
                if (table->is_key[i])
                    count = table->column_count; /* entry stands after what is lost */
            if (count == table->column_count)
                count--;
            short_sql(table, count, sql);
            sqlite3 *db = open_loose(table, table->sql);
            place_of(table, lost, where);
            row_key(db, table, where, key);
            execute(db, "CREATE TEMP TABLE was AS SELECT * FROM %s WHERE %s", table->name, where);
            execute(db, "DELETE FROM %s WHERE %s", table->name, where);
            set_sql(db, table, sql, "PRAGMA writable_schema = RESET");
            for (int i = 0; i < count; i++)
                add_name(columns, sizeof columns, table->columns[i], false);
            execute(db, "INSERT INTO %s SELECT %s FROM temp.was", table->name, columns);
            close_loose(db, table);
            struct findings found =
                verify_for(CHANGED, (struct findings){.table = table->name,
                                                      .field = table->columns[count],
                                                      .rows = {key, NULL}});
            tried++;
            if (found.naming_field > 0)
                continue;
            unnamed++;
            print_message("%s, %s without its last %d columns: %d findings, %d name table and row\n",
                          table->name, key, table->column_count - count, found.count,
                          found.naming_row);
            show(&found);
        }
    print_message("rows cut short: %d tried, %d found with table, row and the first field that is"
                  " gone\n",
                  tried, tried - unnamed);
    assert_int_equal(unnamed, 0);
}

static int make_all(void **state) {
    if (make_ledger(state) != 0)
        return -1;
    read_clean();
    read_tables();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_in_it),
        cmocka_unit_test(test_every_value),
        cmocka_unit_test(test_rows_deleted),
        cmocka_unit_test(test_rows_exchanged),
        cmocka_unit_test(test_rows_cut_short),
    };
    if (!find_program())
        return 1;
    return cmocka_run_group_tests(tests, make_all, leave_folder);
}
