/* SPDX-License-Identifier: MIT */
/* ledger_fixture.h - a small synthetic ledger for the tests of db/: made in a folder of its own,
 * filled from CSV text, looked at with plain SQL. The persons are made up (month + 80).
 */
#ifndef STONAD_TESTS_LEDGER_FIXTURE_H
#define STONAD_TESTS_LEDGER_FIXTURE_H

#include "stonad/input.h"
#include "stonad/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <sqlite3.h>

/* What stands for the SHA-256 of a file that a test only imagines. */
#define FILE_DIGEST "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

/* The secret of every ledger made here: the bytes 00 01 ... 1f. */
#define TEST_SECRET "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

#define ANNA "01817000092"
#define BORIS "01817000173"
#define CLARA "01817000254"
#define DINA "01817000335"
#define PARTICIPANTS_HEADER "person_id,name,birth_date,account,language,withdrawn\n"
#define PROGRAMMES_HEADER                                                                          \
    "person_id,start,offered,end,permit,permit_granted,settled,education,end_goal,share_percent,"  \
    "share_cause,withdrawn\n"
#define LIVING_HEADER "person_id,from,to,situation,partner_id,children,withdrawn\n"
#define ABSENCES_HEADER "person_id,from,to,kind,hours,permission,withdrawn\n"
#define TAXCARDS_HEADER "person_id,year,kind,table,percent,exempt_amount,months,extra,withdrawn\n"
#define PARTICIPANT(id) id ",Test Person,1970-01-01,15030000002,en,\n"
#define PROGRAMME(id) id ",2025-03-01,2025-02-10,2026-12-31,e,2025-01-15,2025-01-20,none,work,,,\n"

/* The first month said at init; 0: that of the first run. */
#ifndef FIXTURE_FIRST_MONTH
#define FIXTURE_FIRST_MONTH st_month_make(2026, 1)
#endif

static struct st_error error;
static char ledger_path[64], ledger_folder[48];

static inline struct st_act act_of(const char *actor, const char *time) {
    struct st_act act = {.actor = actor};
    (void)snprintf(act.time, sizeof act.time, "%s", time);
    assert_true(st_date_parse(time, 10, &act.today));
    return act;
}

static inline struct st_municipality test_municipality(void) {
    return (struct st_municipality){.organisation_number = "974760673",
                                    .name = "Testvik kommune",
                                    .account = "15030000002",
                                    .bic = "DNBANOKK",
                                    .town = "Testvik",
                                    .postcode = "0001",
                                    .half_tax_month = 12,
                                    .first_month = FIXTURE_FIRST_MONTH,
                                    .test = true,
                                    .secret = TEST_SECRET};
}

/* A folder of its own, and the path of a ledger in it that is not there yet. */
static inline int make_folder(void **state) {
    (void)state;
    (void)snprintf(ledger_folder, sizeof ledger_folder, "/tmp/stonad-test-XXXXXX");
    assert_non_null(mkdtemp(ledger_folder));
    (void)snprintf(ledger_path, sizeof ledger_path, "%s/ledger.db", ledger_folder);
    return 0;
}
static inline int remove_folder(void **state) {
    char journal[80];
    (void)state;
    (void)snprintf(journal, sizeof journal, "%s-journal", ledger_path);
    (void)unlink(journal);
    (void)unlink(ledger_path);
    return rmdir(ledger_folder); /* fails when anything else was left behind */
}

static inline int make_ledger(void **state) {
    struct st_municipality municipality = test_municipality();
    struct st_act act = act_of("kari", "2026-01-02T08:00:00Z");
    make_folder(state);
    assert_int_equal(st_ledger_create(ledger_path, &municipality, &act, &error), ST_OK);
    return 0;
}

static inline struct st_ledger *open_ledger(enum st_open_mode mode) {
    struct st_ledger *ledger = NULL;
    enum st_status status = st_ledger_open(ledger_path, mode, &ledger, &error);
    if (status != ST_OK)
        fail_msg("%s: %s", error.code, error.text);
    return ledger;
}

/* ---- import from text ---------------------------------------------------------------------- */

struct csv {
    const char *kind, *text;
};
struct reported {
    int count;
    char text[16][200]; /* "file:line: code" */
};
struct reading {
    struct st_import *import;
    int file;
};

static inline enum st_status add_fact(void *context, int64_t line, const struct st_fact *fact) {
    struct reading *reading = context;
    return st_import_add(reading->import, reading->file, line, fact, &error);
}
static inline enum st_status add_problem(void *context, int64_t line, const char *column,
                                         const char *code, const char *text) {
    struct reading *reading = context;
    return st_import_add_problem(reading->import, reading->file, line, column, code, text, &error);
}
static inline enum st_status add_note(void *context, int64_t line, const char *code,
                                      const char *text) {
    struct reading *reading = context;
    return st_import_add_note(reading->import, reading->file, line, code, text, &error);
}
static inline enum st_status keep_report(void *context, const struct st_import_problem *problem) {
    struct reported *reported = context;
    assert_in_range(reported->count, 0, 15);
    (void)snprintf(reported->text[reported->count++], sizeof reported->text[0], "%s:%lld: %s",
                   problem->file, (long long)problem->line, problem->code);
    assert_null(strstr(problem->text, ANNA)); /* masked */
    return ST_OK;
}

/* Imports CSV texts up to one without a kind; files are named "1.csv", "2.csv" ... */
static inline enum st_status import_texts(struct st_ledger *ledger, const struct st_act *act,
                                          const struct csv *files, struct st_import_result *result,
                                          struct reported *reported, bool notes) {
    struct st_import *import = NULL;
    struct st_input_terms terms = {.test = true, .organisation_number = "974760673"};
    enum st_status status = st_import_begin(ledger, act, &import, &error);
    if (status != ST_OK)
        return status;
    for (int i = 0; files[i].kind != NULL; i++) {
        struct reading reading = {.import = import};
        struct st_fact_sink sink = {&reading, add_fact, add_problem, add_note};
        enum st_fact_kind kind;
        char name[16];
        (void)snprintf(name, sizeof name, "%d.csv", i + 1);
        assert_true(st_fact_kind_of_file(files[i].kind, strlen(files[i].kind), &kind));
        assert_int_equal(st_import_file(import, name, files[i].kind, FILE_DIGEST, &reading.file, &error), ST_OK);
        assert_int_equal(st_read_fact_csv_memory(files[i].text, strlen(files[i].text), kind, &terms,
                                                 &sink, &error),
                         ST_OK);
    }
    status = st_import_finish(import, result, &error);
    if (reported != NULL) {
        reported->count = 0;
        assert_int_equal(st_import_each_problem(import, notes, keep_report, reported, &error),
                         ST_OK);
    }
    st_import_free(import);
    return status;
}

static inline void import_ok(struct st_ledger *ledger, const char *time, const struct csv *files) {
    struct st_import_result result;
    struct st_act act = act_of("kari", time);
    enum st_status status = import_texts(ledger, &act, files, &result, NULL, false);
    if (status != ST_OK)
        fail_msg("%s: %s", error.code, error.text);
}

/* ---- looking at the file ------------------------------------------------------------------- */

/* The one value of a query, as text. */
static inline const char *query(const char *sql) {
    static char value[4096];
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open_v2(ledger_path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const unsigned char *text = sqlite3_column_text(statement, 0);
    (void)snprintf(value, sizeof value, "%s", text == NULL ? "NULL" : (const char *)text);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

/* Executes SQL as somebody with the sqlite3 shell would; what SQLite says. */
static inline int tamper(const char *sql) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(ledger_path, &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return rc;
}

static inline void sha256_hex(const char *bytes, size_t size, char hex[65]) {
    unsigned char digest[32];
    assert_int_equal(EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL), 1);
    for (int i = 0; i < 32; i++)
        (void)snprintf(hex + (ptrdiff_t)2 * i, 3, "%02x", digest[i]);
}

/* The SHA-256 of the whole file: refusals and dry runs must leave it as it was. */
static inline void file_digest(char hex[65]) {
    FILE *file = fopen(ledger_path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size > 0);
    rewind(file);
    char *bytes = malloc((size_t)size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)size, file), size);
    (void)fclose(file);
    sha256_hex(bytes, (size_t)size, hex);
    free(bytes);
}

#endif
