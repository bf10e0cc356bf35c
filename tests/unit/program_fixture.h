/* SPDX-License-Identifier: MIT */
/* program_fixture.h - the built program run from a test, through the shell, so that a test reads like
 * a session: what it printed, its exit code, a folder of its own for each test, and a small
 * municipality of two participants to begin with. All persons are made up (month + 80).
 *
 * The program is $STONAD, else build/stonad. Include this first, with _XOPEN_SOURCE 700.
 */
#ifndef STONAD_TESTS_PROGRAM_FIXTURE_H
#define STONAD_TESTS_PROGRAM_FIXTURE_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { OUTPUT_MAX = 1 << 20, COMMAND_MAX = 8192 };

static char program[4096], project[4096]; /* the project: where the test was started */
static char folder[64];

/* What the last command came to. */
static int code;
static char out[OUTPUT_MAX], err[OUTPUT_MAX];

#define ANNA "01819000049"
#define BERA "15839500030"
#define CARL "24880150029"
#define INIT                                                                                       \
    "stonad init --orgnr 312345676 --name 'Eksempel kommune' --account 1234.56.78903 "             \
    "--bic DNBANOKK --town Eksempel --test --today 2026-05-01 --actor anna"

/* ---- running ------------------------------------------------------------------------------- */

static inline void slurp(const char *name, char *bytes) {
    FILE *file = fopen(name, "rb");
    size_t size = 0;
    if (file != NULL) {
        size = fread(bytes, 1, OUTPUT_MAX - 1, file);
        assert_int_equal(fclose(file), 0);
    }
    assert_true(size < OUTPUT_MAX - 1);
    bytes[size] = '\0';
}

/* Runs a line of shell in the test's folder; `stonad` is the program. Fills code, out and err. */
static inline void run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void run(const char *format, ...) {
    char line[COMMAND_MAX], command[2 * COMMAND_MAX];
    va_list arguments;
    int status;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    (void)snprintf(command, sizeof command,
                   "stonad() { '%s' \"$@\"; }; { %s\n} >out.txt 2>err.txt </dev/null", program,
                   line);
    status = system(command); /* NOLINT: the shell is the point */
    assert_true(WIFEXITED(status));
    code = WEXITSTATUS(status);
    slurp("out.txt", out);
    slurp("err.txt", err);
}

static inline void expect(int expected) {
    if (code != expected)
        print_message("exit code %d, expected %d\nstdout: %s\nstderr: %s\n", code, expected, out,
                      err);
    assert_int_equal(code, expected);
}

/* The texts are never null; said here too, for the compilers that instrument strstr. */
static inline void has(const char *text, const char *part) __attribute__((nonnull));
static inline void has(const char *text, const char *part) {
    if (strstr(text, part) == NULL)
        print_message("\"%s\" is not in: %s\n", part, text);
    assert_non_null(strstr(text, part));
}

static inline void has_not(const char *text, const char *part) {
    if (strstr(text, part) != NULL)
        print_message("\"%s\" is in: %s\n", part, text);
    assert_null(strstr(text, part));
}

/* The program refuses: the exit code, the stable error code, nothing on stdout. */
static inline void refuses(int expected, const char *error_code, const char *line) {
    run("%s", line);
    expect(expected);
    has(err, error_code);
    assert_string_equal(out, "");
}

static inline void write_file(const char *name, const char *text) {
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Whether two files hold the same bytes; a missing file is like no other. */
static inline bool same_bytes(const char *a, const char *b) {
    FILE *first = fopen(a, "rb"), *second = fopen(b, "rb");
    bool same = first != NULL && second != NULL;
    while (same) {
        int byte = getc(first);
        same = byte == getc(second);
        if (byte == EOF)
            break;
    }
    if (first != NULL)
        (void)fclose(first);
    if (second != NULL)
        (void)fclose(second);
    return same;
}

/* ---- a folder for each test ---------------------------------------------------------------- */

static inline int remove_entry(const char *path, const struct stat *about, int type,
                               struct FTW *where) {
    (void)about, (void)type, (void)where;
    return remove(path);
}

static inline int enter_folder(void **state) {
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/stonad-program-XXXXXX");
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return -1;
    unsetenv("STONAD_DB");
    return 0;
}

static inline int leave_folder(void **state) {
    (void)state;
    return chdir("/") != 0 || nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS) != 0;
}

/* Two participants of the whole of May, one of them with three days of unapproved absence. */
static inline void write_facts(void) {
    assert_int_equal(mkdir("may", 0700), 0);
    write_file("may/participants.csv", "person_id,name,birth_date,account,language\n" ANNA
                                       ",Anna Prøve,1990-01-01,1234.56.78903,nb\n" BERA
                                       ",Bera Prøve,1995-03-15,12345678903,en\n");
    write_file("may/programmes.csv",
               "person_id,start,offered,end,permit,permit_granted,settled,education,end_goal,"
               "share_percent,share_cause\n" ANNA
               ",2026-01-05,2026-01-02,,a,2025-11-01,2025-12-01,none,work,,\n" BERA
               ",2026-01-05,2026-01-02,,a,2025-11-01,2025-12-01,none,work,,\n");
    write_file("may/taxcards.csv", "person_id,year,kind,table,percent,exempt_amount,months\n" ANNA
                                   ",2026,table,8000,,,\n" BERA ",2026,table,8100,,,\n");
    write_file("may/absences.csv", "person_id,from,to,kind,hours,permission\n" BERA
                                   ",2026-05-04,2026-05-06,unapproved,,no\n");
}

/* A ledger with the facts imported: entries 1 and 2. */
static inline void start_ledger(void) {
    write_facts();
    run(INIT);
    expect(0);
    run("stonad import may --today 2026-05-20 --actor anna");
    expect(0);
}

static inline void compute_may(void) {
    start_ledger();
    run("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor anna");
    expect(0);
}

/* `show` prints the command to be typed; this types it, as another person. */
static inline void approve_as_shown(void) {
    char line[COMMAND_MAX];
    const char *command;
    run("stonad show 1");
    expect(0);
    command = strstr(out, "stonad approve 1 ");
    assert_non_null(command);
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(command, "\n"), command);
    run("%s --actor bo --today 2026-05-26", line);
    expect(0);
}

/* ---- the program --------------------------------------------------------------------------- */

/* For main: false, with a sentence, when there is nothing to test. */
static inline bool find_program(void) {
    const char *given = getenv("STONAD");
    if (realpath(given == NULL ? "build/stonad" : given, program) != NULL &&
        getcwd(project, sizeof project) != NULL)
        return true;
    (void)fprintf(stderr, "there is no program to test; build it, or name it in STONAD\n");
    return false;
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

#endif
