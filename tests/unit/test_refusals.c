/* SPDX-License-Identifier: MIT */
/* test_refusals.c - what the built program must not do: import a broken file, or let somebody do
 * what a rule forbids. Each time: the documented exit code, a message that says what to do, nothing
 * on stdout, and a ledger that is byte for byte what it was.
 *
 * fixtures/bad holds a directory for each error of an import (see its README.md).
 */
#define _XOPEN_SOURCE 700

#include "tests/unit/program_fixture.h"

#include "stonad/identifier.h"

#include <dirent.h>

enum { CODE_SIZE = 60, PATH_SIZE = 4500 };

/* ---- what every refusal leaves behind ------------------------------------------------------ */

/* No message carries a person number in full. */
static bool has_person_number(const char *text) {
    static const char digits[] = "0123456789";
    struct st_person_number number;
    while (*text != '\0') {
        size_t size = strspn(text, digits);
        if (st_person_number_check(text, size, &number))
            return true;
        text += size + strcspn(text + size, digits);
    }
    return false;
}

/* The ledger is what `before` is, and no journal of it was left. */
static bool ledger_is(const char *before) {
    return same_bytes("stonad.db", before) && access("stonad.db-journal", F_OK) != 0 &&
           access("stonad.db-wal", F_OK) != 0;
}

struct act {
    int exit;
    const char *code; /* of the error */
    const char *says; /* in the sentence: what is so, or what to do */
    const char *line; /* of shell */
};

/* One sentence on stderr, its code at the end. */
static void expect_sentence(const struct act *act) {
    char end[CODE_SIZE];
    (void)snprintf(end, sizeof end, " [%s]\n", act->code);
    has(err, act->says);
    has(err, end);
    assert_ptr_equal(strstr(err, "stonad: "), err);
    assert_ptr_equal(strchr(err, '\n'), err + strlen(err) - 1);
    assert_string_equal(err + strlen(err) - strlen(end), end);
    assert_false(has_person_number(err));
    assert_string_equal(out, "");
}

static void forbids_all(const struct act *acts, size_t count) {
    run("cp stonad.db before.db");
    for (size_t i = 0; i < count; i++) {
        run("%s", acts[i].line);
        if (code != acts[i].exit || !ledger_is("before.db"))
            print_message("%s\n", acts[i].line);
        expect(acts[i].exit);
        expect_sentence(&acts[i]);
        assert_true(ledger_is("before.db"));
    }
}
#define FORBIDS(...)                                                                               \
    do {                                                                                           \
        const struct act acts[] = {__VA_ARGS__};                                                   \
        forbids_all(acts, sizeof acts / sizeof acts[0]);                                           \
    } while (0)

/* ---- fixtures/bad -------------------------------------------------------------------------- */

static void remove_all(char *text, const char *part) {
    size_t size = strlen(part);
    for (char *at = text; (at = strstr(at, part)) != NULL;)
        memmove(at, at + size, strlen(at + size) + 1);
}

/* Notes are no errors: what was left out, such as expected.txt itself. */
static void remove_notes(char *text) {
    for (char *line = text; *line != '\0';) {
        char *next = line + strcspn(line, "\n");
        next += *next == '\n';
        char *note = strstr(line, ": note: ");
        if (note != NULL && note < next)
            memmove(line, next, strlen(next) + 1);
        else
            line = next;
    }
}

/* Adds the line that closes an import with problems: one a line so far. */
static void add_summary(char *expected) {
    int count = 0;
    for (const char *at = expected; *at != '\0'; at++)
        count += *at == '\n';
    (void)snprintf(expected + strlen(expected), OUTPUT_MAX - strlen(expected),
                   "stonad: %d problem%s; nothing was imported: correct the files and import again."
                   " [import.problems]\n",
                   count, count == 1 ? "" : "s");
}

static bool is_refused(const char *name) {
    static char expected[OUTPUT_MAX];
    char prefix[PATH_SIZE], path[PATH_SIZE];
    /* A synthetic number is wrong only where the ledger is no test ledger. */
    const char *fresh = strstr(name, "synthetic") == NULL ? "test.db" : "real.db";
    (void)snprintf(prefix, sizeof prefix, "%.4000s/fixtures/bad/%.255s/", project, name);
    (void)snprintf(path, sizeof path, "%.4300s/expected.txt", prefix);
    slurp(path, expected);
    add_summary(expected);
    run("cp %s stonad.db; stonad import '%s' --today 2026-05-20 --actor anna", fresh, prefix);
    remove_all(err, prefix);
    remove_notes(err);
    bool refused = code == 3 && out[0] == '\0' && strcmp(err, expected) == 0 && ledger_is(fresh) &&
                   !has_person_number(err);
    if (!refused)
        print_message("fixtures/bad/%s: exit code %d\n%s\nexpected:\n%s\n", name, code, err,
                      expected);
    return refused;
}

#define LEDGER_310000000                                                                           \
    "stonad init --orgnr 310000000 --name Prøvevik --account 12345678903 --bic DNBANOKK "         \
    "--today 2026-05-01 --actor anna "

/* Visits the directories of fixtures/bad; returns how many there are. */
static int each_case(bool (*visit)(const char *name), int *refused) {
    char path[PATH_SIZE];
    struct dirent **entries;
    int cases = 0;
    (void)snprintf(path, sizeof path, "%.4000s/fixtures/bad", project);
    int count = scandir(path, &entries, NULL, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (name[0] != '.' && strcmp(name, "README.md") != 0) {
            cases++;
            *refused += visit(name);
        }
        free(entries[i]);
    }
    free(entries);
    return cases;
}

static void test_every_broken_file_is_refused(void **state) {
    (void)state;
    int refused = 0;
    run(LEDGER_310000000 "--db test.db --test && " LEDGER_310000000 "--db real.db");
    expect(0);
    int cases = each_case(is_refused, &refused);
    print_message("%d of %d broken imports refused\n", refused, cases);
    assert_int_equal(refused, cases);
    assert_true(cases > 70);
}

/* ---- every code has its case --------------------------------------------------------------- */

/* Whoever can find something wrong with what is imported. */
static const char *const import_sources[] = {
    "formats/bytes.c",       "formats/csv.c",       "formats/fact_csv.c",  "formats/fact_value.c",
    "formats/taxcard_xml.c", "formats/xml_input.c", "engine/fact_check.c", "db/fact_row.c",
    "db/import.c",           "db/import_merge.c",   "cli/import.c"};

/* Codes that are not of the content of a file: notes, what the paths of the command say (tested
 * below), and what the machine does. */
static const char *const no_directory[] = {"taxcard.person_invalid",
                                           "taxcard.synthetic",
                                           "taxcard.no_year",
                                           "import.other_file",
                                           "import.unknown_card_person",
                                           "import.problems",
                                           "import.missing",
                                           "import.nothing",
                                           "import.name",
                                           "import.not_a_file",
                                           "import.too_many_files",
                                           "import.read",
                                           "import.changed",
                                           "import.file_name",
                                           "import.path",
                                           "import.detail", /* of a bundle: docs/audit.md */
                                           "ledger.fact",
                                           "input.open",
                                           "input.read",
                                           "input.memory"};

static bool needs_directory(const char *error_code) {
    for (size_t i = 0; i < sizeof no_directory / sizeof no_directory[0]; i++)
        if (strcmp(no_directory[i], error_code) == 0)
            return false;
    return true;
}

/* The next literal "word.word" at or after `at` that is a code, not the name of a file. */
static const char *next_code(const char *at, char error_code[CODE_SIZE]) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    for (; (at = strchr(at, '"')) != NULL; at++) {
        size_t first = strspn(at + 1, letters);
        size_t second = at[1 + first] == '.' ? strspn(at + 2 + first, letters) : 0;
        size_t size = first + 1 + second;
        if (first == 0 || second == 0 || at[1] <= '9' || at[1 + size] != '"' || size >= CODE_SIZE)
            continue;
        (void)snprintf(error_code, CODE_SIZE, "%.*s", (int)size, at + 1);
        const char *extension = strchr(error_code, '.');
        if (strcmp(extension, ".csv") != 0 && strcmp(extension, ".xml") != 0)
            return at + 1 + size;
    }
    return NULL;
}

/* The code's directory is there and its expected.txt shows it. */
static bool has_case(const char *error_code) {
    static char expected[OUTPUT_MAX];
    char path[PATH_SIZE], shown[CODE_SIZE + 4];
    (void)snprintf(path, sizeof path, "%.4000s/fixtures/bad/%s/expected.txt", project, error_code);
    (void)snprintf(shown, sizeof shown, "[%s]\n", error_code);
    slurp(path, expected);
    return strstr(expected, shown) != NULL;
}

static void test_every_code_has_its_broken_file(void **state) {
    (void)state;
    static char source[OUTPUT_MAX];
    char path[PATH_SIZE], error_code[CODE_SIZE];
    int codes = 0, missing = 0;
    for (size_t i = 0; i < sizeof import_sources / sizeof import_sources[0]; i++) {
        (void)snprintf(path, sizeof path, "%.4000s/%s", project, import_sources[i]);
        slurp(path, source);
        assert_true(source[0] != '\0');
        for (const char *at = source; (at = next_code(at, error_code)) != NULL; codes++) {
            if (!needs_directory(error_code) || has_case(error_code))
                continue;
            print_message("%s: %s has no directory in fixtures/bad\n", import_sources[i],
                          error_code);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
    assert_true(codes > 80);
}

/* ---- imports against the register, and paths ----------------------------------------------- */

#define PROGRAMMES                                                                                 \
    "person_id,start,offered,end,permit,permit_granted,settled,education,end_goal,"                \
    "share_percent,share_cause\n"
#define ABSENCES "person_id,from,to,kind,hours,permission\n"
#define AT " --today 2026-05-20 --actor anna"

static void refuses_import(const char *paths, const char *message) {
    run("stonad import %s" AT, paths);
    expect(3);
    has(err, message);
    has(err, "; nothing was imported: correct the files and import again. [import.problems]\n");
    assert_false(has_person_number(err));
    assert_string_equal(out, "");
    assert_true(ledger_is("before.db"));
}

/* The same key in two files of one import, each right by itself. */
static void test_the_same_row_in_two_files(void **state) {
    (void)state;
    start_ledger();
    run("cp stonad.db before.db; mkdir one two");
    write_file("one/absences.csv", ABSENCES BERA ",2026-05-11,2026-05-11,unapproved,,no\n");
    write_file("two/absences.csv", ABSENCES BERA ",2026-05-11,2026-05-12,unapproved,,no\n");
    refuses_import("one two", "two/absences.csv:2: The same absence (the same key) stands in "
                              "one/absences.csv line 2 too");
    refuses_import("one one", "too; keep one of the two rows. [import.duplicate]\n");
    run("stonad import one" AT " && stonad import two" AT);
    expect(0);
    has(out, "replaced        1\n");
}

/* A row may be right by itself and wrong against what is known already. */
static void test_rows_against_the_register(void **state) {
    (void)state;
    start_ledger();
    run("cp stonad.db before.db");
    write_file("absences.csv", ABSENCES BERA ",2026-05-06,2026-05-08,certified_sick,,\n");
    refuses_import("absences.csv",
                   "absences.csv:2: from: This absence overlaps another of the same "
                   "person (the one in the register, 2026-05-04 to 2026-05-06)");
    write_file("programmes.csv", PROGRAMMES ANNA ",2026-06-01,,,a,2025-11-01,,none,work,,\n");
    refuses_import("programmes.csv",
                   "programmes.csv:2: start: This programme overlaps another of "
                   "the same person (the one in the register, 2026-01-05 to open");
    write_file("absences.csv", ABSENCES CARL ",2026-05-06,2026-05-08,certified_sick,,\n");
    refuses_import("absences.csv", "absences.csv:2: person_id: 248801***** is neither in the "
                                   "register nor in this import");
}

/* Who is withdrawn from the register is no longer in it. */
static void test_a_withdrawn_participant_is_unknown(void **state) {
    (void)state;
    start_ledger();
    write_file("participants.csv",
               "person_id,name,birth_date,account,language,withdrawn\n" ANNA ",,,,,yes\n");
    run("stonad import participants.csv" AT " && cp stonad.db before.db");
    expect(0);
    write_file("absences.csv", ABSENCES ANNA ",2026-05-06,2026-05-08,certified_sick,,\n");
    refuses_import("absences.csv", "absences.csv:2: person_id: 018190***** is neither in the "
                                   "register nor in this import");
}

static void test_paths_of_an_import(void **state) {
    (void)state;
    start_ledger();
    run("mkdir empty other full; touch other/notes.txt empty/.participants.csv lunch.csv; "
        "ln -s loop.csv loop.csv; ln -s nothing.csv dangling.csv; mkfifo work.csv; cd full; "
        "seq 4097 | sed 's/$/.xml/' | xargs touch");
    expect(0);
    FORBIDS({3, "import.missing", "check the path", "stonad import nowhere" AT},
            {3, "import.missing", "check the path", "stonad import may nowhere/work.csv" AT},
            {3, "import.missing", "check the path", "stonad import may/work.csv/more" AT},
            {3, "import.missing", "check the path", "stonad import dangling.csv" AT},
            {3, "import.missing", "check the path", "stonad import ''" AT},
            {3, "import.nothing", "import --help", "stonad import empty" AT},
            {3, "import.nothing", "import --help", "stonad import may empty" AT},
            {3, "import.name", "participants.csv, ", "stonad import lunch.csv" AT},
            {3, "import.not_a_file", "save it as a file", "stonad import work.csv" AT},
            {3, "import.not_a_file", "save it as a file", "stonad import /dev/zero" AT},
            {3, "import.too_many_files", "import them in parts", "stonad import full" AT},
            {7, "import.read", "check the path", "stonad import loop.csv" AT},
            {2, "argument.missing", "stonad import PATH", "stonad import" AT});
    run("stonad import other" AT);
    expect(3);
    has(err, "[import.nothing]\n");
    assert_true(ledger_is("before.db"));
}

/* ---- approval ------------------------------------------------------------------------------ */

#define BO " --actor bo --today 2026-05-26"

/* SUM, for the shell: what run 1 pays in all, as `runs` prints it (the eleventh column). */
static void remember_sum(void) {
    run("stonad runs --format csv | tail -n 1 | cut -d, -f11 | tr -d '\\n'");
    expect(0);
    assert_int_equal(setenv("SUM", out, 1), 0);
}

static void compute(void) {
    compute_may();
    remember_sum();
}

static void test_one_does_not_approve_ones_own_run(void **state) {
    (void)state;
    compute();
    FORBIDS({4, "four_eyes", "somebody else must approve",
             "stonad approve 1 --payments 2 --sum $SUM --today 2026-05-26 --actor anna"},
            {4, "four_eyes", "computed by anna",
             "stonad approve 1 --payments 2 --sum $SUM --today 2026-05-26 --actor ANNA"},
            {4, "four_eyes", "somebody else must approve",
             "stonad approve 1 --payments 2 --sum $SUM --today 2026-05-26 --actor ' Anna  '"},
            {4, "four_eyes", "somebody else must approve",
             "stonad approve 1 --payments 2 --sum $SUM --today 2026-05-26 --actor anna --dry-run"},
            {2, "option.empty", "write its value",
             "stonad approve 1 --payments 2 --sum $SUM --today 2026-05-26 --actor ''"},
            {2, "option.text", "without control characters",
             "stonad approve 1 --payments 2 --sum $SUM --today 2026-05-26 --actor \"$(printf "
             "'a\\tb')\""});
}

/* The same name in another writing is the same person: letters beyond ASCII in the other case,
 * composed or not, other spaces, characters that cannot be seen. */
static void test_no_writing_of_a_name_makes_another_person(void **state) {
    (void)state;
    static const char *const names[] = {
        "åse ål",      "ÅSE ÅL",       "A\u030Ase A\u030Al", "Åse  Ål",
        "Åse\u00A0Ål", "Åse Ål\u200B", "\u2003Åse Ål",
    };
    int approved = 0;
    start_ledger();
    run("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor 'Åse Ål'");
    expect(0);
    remember_sum();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        run("stonad approve 1 --payments 2 --sum $SUM --today 2026-05-26 --actor '%s' --dry-run",
            names[i]);
        if (code == 4 || code == 2)
            continue;
        print_message("\"%s\" approved the run of \"Åse Ål\"\n", names[i]);
        approved++;
    }
    assert_int_equal(approved, 0);
}

static void test_what_is_confirmed_must_be_right(void **state) {
    (void)state;
    compute();
    FORBIDS(
        {4, "approve.payments", "look at what show prints",
         "stonad approve 1 --payments 1 --sum $SUM" BO},
        {4, "approve.payments", "has 2 payments, not 3",
         "stonad approve 1 --payments 3 --sum $SUM" BO},
        {4, "approve.payments", "look at what show prints",
         "stonad approve 1 --payments 9223372036854775807 --sum $SUM" BO},
        {4, "approve.sum", "look at what show prints",
         "stonad approve 1 --payments 2 --sum $(echo $SUM | sed 's/.$/9/')" BO},
        {4, "approve.sum", "not 0.00", "stonad approve 1 --payments 2 --sum 0" BO},
        {4, "approve.sum", "look at what show prints",
         "stonad approve 1 --payments 2 --sum 43240.52" BO},
        {2, "option.value", "write it as", "stonad approve 1 --payments 2 --sum -$SUM" BO},
        {2, "option.value", "write it as", "stonad approve 1 --payments 2 --sum ${SUM}0" BO},
        {2, "option.value", "write it as", "stonad approve 1 --payments 2 --sum NaN" BO},
        {2, "option.value", "write it as",
         "stonad approve 1 --payments 2 --sum 99999999999999999999.00" BO},
        {2, "option.value", "write digits only", "stonad approve 1 --payments -2 --sum $SUM" BO},
        {2, "option.value", "write digits only",
         "stonad approve 1 --payments 9223372036854775808 --sum $SUM" BO},
        {2, "option.missing", "--sum", "stonad approve 1 --payments 2" BO});
}

static void test_approval_has_its_time(void **state) {
    (void)state;
    compute();
    FORBIDS({4, "approve.late", "discard it and run the month",
             "stonad approve 1 --payments 2 --sum $SUM --actor bo --today 2026-05-30"},
            {4, "time.before_last", "give --today a later one",
             "stonad approve 1 --payments 2 --sum $SUM --actor bo --today 2026-05-24"},
            {4, "time.before_last", "give --today a later one",
             "stonad approve 1 --payments 2 --sum $SUM --actor bo --today 2026-05-24T23:59:59"});
    run("stonad approve 1 --payments 2 --sum $SUM --actor bo --today 2026-05-29T23:59:59");
    expect(0);
    FORBIDS(
        {4, "run.not_computed", "only a run in state computed",
         "stonad approve 1 --payments 2 --sum $SUM --actor bo --today 2026-05-30"},
        {4, "run.not_computed", "is approved", "stonad discard 1 --actor bo --today 2026-05-30"});
    run("stonad export 1 --as pain.001.001.09 -o pay.xml --actor bo --today 2026-05-30");
    expect(0);
    FORBIDS(
        {4, "run.not_computed", "is exported",
         "stonad approve 1 --payments 2 --sum $SUM --actor carl --today 2026-05-30"},
        {4, "run.not_computed", "is exported", "stonad discard 1 --actor anna --today 2026-05-30"});
}

/* ---- export -------------------------------------------------------------------------------- */

static void test_export_of_an_unapproved_run(void **state) {
    (void)state;
    compute();
    FORBIDS({4, "run.not_approved", "of an approved run only",
             "stonad export 1 --as pain.001.001.09 -o pay.xml" BO});
    run("stonad discard 1" BO);
    expect(0);
    FORBIDS({4, "run.not_approved", "is discarded",
             "stonad export 1 --as pain.001.001.09 -o pay.xml" BO},
            {4, "run.not_approved", "is discarded",
             "stonad export 1 --as pain.001.001.03 -o pay.xml --force" BO},
            {4, "run.not_computed", "is discarded", "stonad approve 1 --payments 2 --sum $SUM" BO},
            {4, "run.not_computed", "is discarded", "stonad discard 1" BO});
    run("ls | grep -c pay.xml");
    assert_string_equal(out, "0\n");
}

static void approve_may(void) {
    compute();
    run("stonad approve 1 --payments 2 --sum $SUM" BO);
    expect(0);
}

static void test_export_over_a_file(void **state) {
    (void)state;
    approve_may();
    run("echo mine > pay.xml; mkdir folder.xml");
    FORBIDS(
        {4, "file.exists", "give --force", "stonad export 1 --as pain.001.001.09 -o pay.xml" BO},
        {7, "io.open", "nowhere/pay.xml",
         "stonad export 1 --as pain.001.001.09 -o nowhere/pay.xml" BO},
        {3, "export.kid", "copy it again",
         "stonad export 1 --as pain.001.001.09 -o tax.xml --tax-kid 1234567890" BO},
        {2, "option.missing", "--tax-kid",
         "stonad export 1 --as pain.001.001.09 -o tax.xml --tax-only" BO},
        {4, "time.before_last", "give --today a later one",
         "stonad export 1 --as pain.001.001.09 -o late.xml --actor bo --today 2026-05-25"});
    run("cat pay.xml; ls | grep -c xml; ls folder.xml | wc -l");
    assert_string_equal(out, "mine\n2\n0\n");
}

/* The first payment file fixes whether the tax goes with the benefits: the other choice would pay
 * the benefits, or the tax, a second time. */
static void test_the_tax_is_not_paid_twice(void **state) {
    (void)state;
    approve_may();
    run("cp stonad.db approved.db; stonad export 1 --as pain.001.001.09 -o benefits.xml" BO);
    expect(0);
    run("cp stonad.db before.db; "
        "stonad export 1 --as pain.001.001.09 -o all.xml --tax-kid 1234567897" BO);
    expect(4);
    assert_true(ledger_is("before.db"));
    assert_int_equal(access("all.xml", F_OK), -1);
    run("mv approved.db stonad.db; "
        "stonad export 1 --as pain.001.001.09 -o all.xml --tax-kid 1234567897" BO);
    expect(0);
    run("cp stonad.db before.db; stonad export 1 --as pain.001.001.09 -o alone.xml" BO);
    expect(4);
    run("stonad export 1 --as pain.001.001.09 -o tax.xml --tax-only --tax-kid 1234567897" BO);
    expect(4);
    assert_true(ledger_is("before.db"));
}

/* ---- runs ---------------------------------------------------------------------------------- */

#define RUN_BY_BO "stonad run --actor bo --today 2026-05-26 "

static void test_one_run_at_a_time(void **state) {
    (void)state;
    compute();
    FORBIDS({4, "run.pending", "approve or discard it first",
             RUN_BY_BO "--month 2026-05 --payday 2026-05-29"},
            {4, "run.pending", "approve or discard it first",
             RUN_BY_BO "--month 2026-06 --payday 2026-06-29"},
            {4, "run.pending", "approve or discard it first",
             RUN_BY_BO "--month 2026-06 --payday 2026-06-29 --dry-run"},
            {4, "time.before_last", "give --today a later one",
             "stonad import may --actor bo --today 2026-05-24"},
            {4, "time.before_last", "give --today a later one",
             "stonad discard 1 --actor bo --today 2026-05-24"});
}

static void test_a_month_is_paid_once(void **state) {
    (void)state;
    approve_may();
    FORBIDS({4, "run.month_done", "corrected by the next month's run",
             RUN_BY_BO "--month 2026-05 --payday 2026-05-29"},
            {4, "run.month_passed", "a later month's run pays what was skipped",
             RUN_BY_BO "--month 2026-04 --payday 2026-05-29"},
            {4, "run.month_passed", "a later month's run pays what was skipped",
             RUN_BY_BO "--month 2025-12 --payday 2026-05-29"},
            {4, "time.before_last", "give --today a later one",
             "stonad run --actor bo --today 2026-05-25 --month 2026-06 --payday 2026-06-29"});
    run(RUN_BY_BO "--month 2026-07 --payday 2026-07-31");
    expect(0);
    run("stonad discard 2" BO);
    expect(0);
    /* A discarded run holds no month: June is not before July. */
    run(RUN_BY_BO "--month 2026-06 --payday 2026-06-30");
    expect(0);
    has(out, "run             3, computed\n");
}

static void test_paydays(void **state) {
    (void)state;
    start_ledger();
    FORBIDS({4, "run.payday_too_early", "from 2021-01-01",
             RUN_BY_BO "--month 2020-12 --payday 2020-12-31"},
            {4, "run.payday_too_early", "from 2021-01-01",
             RUN_BY_BO "--month 2019-01 --payday 2019-01-31"},
            {4, "run.no_tables", "another payment date",
             RUN_BY_BO "--month 2198-12 --payday 2199-01-02"},
            {4, "run.payday_before_month", "give a later one",
             RUN_BY_BO "--month 2026-05 --payday 2026-04-30"},
            {2, "option.value", "--payday", RUN_BY_BO "--month 2026-05 --payday 2026-02-29"},
            {2, "option.value", "--payday", RUN_BY_BO "--month 2026-05 --payday 29.05.26"},
            {2, "option.value", "--month", RUN_BY_BO "--month 2026-00 --payday 2026-05-29"},
            {2, "option.value", "--month", RUN_BY_BO "--month 05-2026 --payday 2026-05-29"},
            {2, "option.missing", "--payday", RUN_BY_BO "--month 2026-05"});
}

static void test_a_month_before_the_first(void **state) {
    (void)state;
    write_facts();
    run(INIT " --first-month 2026-06 && stonad import may" AT);
    expect(0);
    FORBIDS({4, "run.before_first", "begins with 2026-06",
             RUN_BY_BO "--month 2026-05 --payday 2026-05-29"},
            {4, "run.before_first", "begins with 2026-06",
             RUN_BY_BO "--month 2021-01 --payday 2026-05-29"});
    run(RUN_BY_BO "--month 2026-06 --payday 2026-06-30");
    expect(0);
}

static void test_unknown_runs_and_persons(void **state) {
    (void)state;
    compute();
    FORBIDS({4, "run.unknown", "see what there is", "stonad show 2"},
            {4, "run.unknown", "see what there is", "stonad payslips 2"},
            {4, "run.unknown", "see what there is", "stonad lines 2 --format csv"},
            {4, "run.unknown", "see what there is", "stonad explain 2 --person " BERA},
            {4, "run.unknown", "see what there is",
             "stonad approve 9223372036854775807 --payments 2 --sum $SUM" BO},
            {4, "run.unknown", "see what there is", "stonad discard 2" BO},
            {4, "run.unknown", "see what there is",
             "stonad export 2 --as pain.001.001.09 -o pay.xml" BO},
            {2, "run.number", "write 1 or more", "stonad show 0"},
            {2, "run.number", "write 1 or more", "stonad discard" BO " -- -1"},
            {2, "run.number", "write 1 or more", "stonad discard 9223372036854775808" BO},
            {3, "person.payslip", "248801*****", "stonad payslips 1 --person " CARL},
            {3, "person.unknown", "stonad people", "stonad person " CARL},
            {3, "person.form", "eleven digits", "stonad explain 1 --person 1"});
    run("ls | grep -c pay.xml");
    assert_string_equal(out, "0\n");
}

/* ---- usage --------------------------------------------------------------------------------- */

static void test_did_you_mean(void **state) {
    (void)state;
    compute();
    FORBIDS({2, "command.unknown", "did you mean approve?", "stonad aprove 1" BO},
            {2, "command.unknown", "did you mean discard?", "stonad discrad 1" BO},
            {2, "command.unknown", "stonad --help", "stonad pay-everybody" BO},
            {2, "option.unknown", "did you mean --payments?", "stonad approve 1 --paymnts 2" BO},
            {2, "option.unknown", "did you mean --dry-run?", "stonad discard 1 --dryrun" BO},
            {2, "option.unknown", "--tax-kid", "stonad discard 1 --tax-kid 1234567897" BO},
            {2, "option.choice", "did you mean csv?", "stonad runs --format cvs"},
            {2, "option.choice", "did you mean pain.001.001.09?",
             "stonad export 1 --as pain.001.001.9 -o pay.xml" BO},
            {2, "option.twice", "give it once", "stonad discard 1 --actor anna" BO},
            {2, "argument.extra", "leave out", "stonad discard 1 2" BO});
}

static void test_init_over_a_ledger(void **state) {
    (void)state;
    start_ledger();
    FORBIDS({4, "ledger.exists", "name another with --db", INIT},
            {4, "ledger.exists", "name another with --db", INIT " --dry-run"},
            {3, "init.orgnr", "orgnr",
             "stonad init --db new.db --orgnr 310000001 --name N --account 12345678903 "
             "--bic DNBANOKK" BO},
            {3, "init.account", "account",
             "stonad init --db new.db --orgnr 310000000 --name N --account 12345678904 "
             "--bic DNBANOKK" BO},
            {3, "init.bic", "bic",
             "stonad init --db new.db --orgnr 310000000 --name N --account 12345678903 "
             "--bic DNB" BO});
    assert_int_equal(access("new.db", F_OK), -1);
}

int main(void) {
    if (!find_program())
        return 1;
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_every_broken_file_is_refused),
        IN_FOLDER(test_every_code_has_its_broken_file),
        IN_FOLDER(test_the_same_row_in_two_files),
        IN_FOLDER(test_rows_against_the_register),
        IN_FOLDER(test_a_withdrawn_participant_is_unknown),
        IN_FOLDER(test_paths_of_an_import),
        IN_FOLDER(test_one_does_not_approve_ones_own_run),
        IN_FOLDER(test_no_writing_of_a_name_makes_another_person),
        IN_FOLDER(test_what_is_confirmed_must_be_right),
        IN_FOLDER(test_approval_has_its_time),
        IN_FOLDER(test_export_of_an_unapproved_run),
        IN_FOLDER(test_export_over_a_file),
        IN_FOLDER(test_the_tax_is_not_paid_twice),
        IN_FOLDER(test_one_run_at_a_time),
        IN_FOLDER(test_a_month_is_paid_once),
        IN_FOLDER(test_paydays),
        IN_FOLDER(test_a_month_before_the_first),
        IN_FOLDER(test_unknown_runs_and_persons),
        IN_FOLDER(test_did_you_mean),
        IN_FOLDER(test_init_over_a_ledger),
    };
    return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}
