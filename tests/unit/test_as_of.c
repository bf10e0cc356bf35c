/* SPDX-License-Identifier: MIT */
/* test_as_of.c - `--known DATE`: every report answers as the ledger would have on that day.
 *
 * Two months are paid, with a discarded run, late facts and late rates in between, and the ledger
 * is copied at the end of each day. What a copy says without --known on its day, the whole ledger
 * must say with it, byte for byte. All persons are made up (month + 80).
 */
#define _XOPEN_SOURCE 700
#include "program_fixture.h"

#include "stonad/ledger.h"

#define PROGRAMMES                                                                                 \
    "person_id,start,offered,end,permit,permit_granted,settled,education,end_goal,"                \
    "share_percent,share_cause\n"
#define PROGRAMME(id) id ",2026-01-05,2026-01-02,,a,2025-11-01,2025-12-01,none,work,,\n"
#define PARTICIPANTS "person_id,name,birth_date,account,language,withdrawn\n"
#define ABSENCES "person_id,from,to,kind,hours,permission,withdrawn\n"
#define CARDS(text)                                                                                \
    "<skattekortTilArbeidsgiver xmlns=\"urn:no:skatteetaten:fastsetting:formueinntekt:forskudd:"   \
    "skattekorttilarbeidsgiver:v3\"><arbeidsgiver><arbeidsgiveridentifikator>"                     \
    "<organisasjonsnummer>312345676</organisasjonsnummer></arbeidsgiveridentifikator>" text        \
    "</arbeidsgiver></skattekortTilArbeidsgiver>\n"
#define CARD(id, more)                                                                             \
    "<arbeidstaker><arbeidstakeridentifikator>" id "</arbeidstakeridentifikator>"                  \
    "<resultatPaaForespoersel>skattekortopplysningerOK</resultatPaaForespoersel><skattekort>"      \
    "<utstedtDato>2026-01-02</utstedtDato><skattekortidentifikator>1</skattekortidentifikator>"    \
    "<forskuddstrekk xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""                      \
    " xsi:type=\"Trekktabell\"><trekkode>introduksjonsstoenad</trekkode>"                          \
    "<tabelltype>trekktabellForLoenn</tabelltype><tabellnummer>8100</tabellnummer>"                \
    "<prosentsats>33.0</prosentsats><antallMaanederForTrekk>12</antallMaanederForTrekk>"           \
    "</forskuddstrekk></skattekort>" more "<inntektsaar>2026</inntektsaar></arbeidstaker>"

/* ---- a ledger, and its copies day by day --------------------------------------------------- */

static void step(const char *time, const char *line) {
    run("%s --today %s --actor anna", line, time);
    expect(0);
}

static void import(const char *time, const char *name, const char *text) {
    write_file(name, text);
    run("stonad import %s --today %s --actor anna", name, time);
    expect(0);
}

/* Types what `show` prints, as another person. */
static void approve(const char *time, int number) {
    char line[COMMAND_MAX];
    run("stonad show %d", number);
    expect(0);
    const char *command = strstr(out, "stonad approve ");
    assert_non_null(command);
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(command, "\n"), command);
    run("%s --actor bo --today %s", line, time);
    expect(0);
}

static void keep(const char *day) {
    run("cp stonad.db %s.db", day);
    expect(0);
}

static void pay_april(void) {
    step("2026-05-11", "stonad run --month 2026-04 --payday 2026-05-15");
    keep("2026-05-11");
    step("2026-05-12T10:00:00", "stonad discard 1");
    import("2026-05-12T11:00:00", "absences.csv",
           ABSENCES BERA ",2026-04-07,2026-04-08,unapproved,,no,\n" BERA
                         ",2026-04-13,2026-04-14,other_leave,,yes,\n");
    keep("2026-05-12");
    step("2026-05-13T07:00:00", "stonad run --month 2026-04 --payday 2026-05-15");
    approve("2026-05-13T23:59:59", 2);
    keep("2026-05-13");
    step("2026-05-14T00:00:00", "stonad export 2 --as pain.001.001.09 -o april.xml");
    keep("2026-05-14");
}

/* Replaced, withdrawn and new: Carl comes, whose card holds his payment back. Anna's other benefit
 * is more than a twelfth of the G known then, and less than one of the G recorded later; what she
 * was paid too much for April becomes a claim. */
static void change_facts(void) {
    import("2026-05-19T08:00:00", "participants.csv",
           PARTICIPANTS ANNA ",Anna Nye,1990-01-01,15030000002,nn,\n" CARL
                             ",Carl,1980-08-24,15030000002,nb,\n");
    import("2026-05-19T08:00:01", "programmes.csv", PROGRAMMES PROGRAMME(CARL));
    import("2026-05-19T08:00:02", "cards.xml",
           CARDS(CARD(CARL, "<tilleggsopplysning>kildeskattPaaLoenn</tilleggsopplysning>")));
    import("2026-05-19T08:00:03", "absences.csv",
           ABSENCES BERA ",2026-04-07,,unapproved,,,yes\n" BERA
                         ",2026-05-04,2026-05-06,unapproved,,no,\n" ANNA
                         ",2026-04-09,2026-04-10,unapproved,,no,\n");
    import("2026-05-19T08:00:04", "decisions.csv",
           "person_id,decided,kind,until\n" CARL ",2026-05-18,programme,\n");
    import("2026-05-19T08:00:05", "benefits.csv",
           "person_id,from,to,kind,amount_per_month,earned_before_programme\n" ANNA
           ",2026-05-01,,uforetrygd,11400.00,no\n");
    keep("2026-05-19");
    step("2026-05-25T08:00:00", "stonad rates add --name G --value 137000 --effect 2026-05-01 "
                                "--known 2026-05-23 --source late");
    step("2026-05-25T09:00:00", "stonad rates add --name G --value 138000 --effect 2026-05-01 "
                                "--known 2026-05-25 --source corrected");
    keep("2026-05-25");
}

static void pay_may(void) {
    step("2026-06-02", "stonad run --month 2026-05 --payday 2026-06-12");
    keep("2026-06-02");
    import("2026-06-03", "participants.csv", PARTICIPANTS BERA ",,,,,yes\n");
    keep("2026-06-03");
    approve("2026-06-04", 3);
    keep("2026-06-04");
    import("2026-06-05", "taxcards.csv",
           "person_id,year,kind,table,percent,exempt_amount,months\n" CARL ",2026,none,,,,\n");
    keep("2026-06-05");
}

/* One ledger for all that only read it. */
static int make_history(void **state) {
    if (enter_folder(state) != 0)
        return -1;
    run(INIT " --first-month 2026-03");
    expect(0);
    keep("2026-05-01");
    import("2026-05-04T08:00:00", "participants.csv",
           PARTICIPANTS ANNA ",Anna,1990-01-01,12345678903,nb,\n" BERA
                             ",Bera,1995-03-15,12345678903,en,\n");
    import("2026-05-04T08:00:01", "programmes.csv", PROGRAMMES PROGRAMME(ANNA) PROGRAMME(BERA));
    import("2026-05-04T08:00:02", "taxcards.csv",
           "person_id,year,kind,table,percent,exempt_amount,months\n" ANNA ",2026,table,8000,,,\n");
    import("2026-05-04T08:00:03", "cards.xml", CARDS(CARD(BERA, "")));
    import("2026-05-04T08:00:04", "absences.csv",
           ABSENCES ANNA ",2026-04-20,2026-05-29,certified_sick,,yes,\n");
    keep("2026-05-04");
    pay_april();
    change_facts();
    pay_may();
    return 0;
}

/* A day asked about, and the last copy taken by then. */
static const struct {
    const char *day, *copy;
} days[] = {
    {"2026-05-01", "2026-05-01"}, {"2026-05-03", "2026-05-01"}, {"2026-05-04", "2026-05-04"},
    {"2026-05-11", "2026-05-11"}, {"2026-05-12", "2026-05-12"}, {"2026-05-13", "2026-05-13"},
    {"2026-05-14", "2026-05-14"}, {"2026-05-19", "2026-05-19"}, {"2026-05-24", "2026-05-19"},
    {"2026-05-25", "2026-05-25"}, {"2026-06-02", "2026-06-02"}, {"2026-06-03", "2026-06-03"},
    {"2026-06-04", "2026-06-04"}, {"2026-06-05", "2026-06-05"}, {"2026-12-31", "2026-06-05"},
};
enum { DAY_COUNT = sizeof days / sizeof days[0] };

/* ---- the same as then ---------------------------------------------------------------------- */

/* What `show` says is to be done next is left out with --known. */
static void cut_next_step(char *text) {
    static const char *const beginnings[] = {"\nAnother person than ", "\nIts payment file "};
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        char *found = strstr(text, beginnings[i]);
        if (found != NULL)
            *found = '\0';
    }
}

/* The error code in brackets at the end of stderr. */
static const char *error_code(void) {
    const char *bracket = strrchr(err, '[');
    return bracket == NULL ? "" : bracket;
}

/* Whether the refusal of then is that of now; of a later run it is now said when it came. */
static bool is_same_refusal(const char *then) {
    if (strcmp(then, "[run.unknown]\n") == 0 && strcmp(error_code(), "[run.not_yet]\n") == 0)
        return true;
    return strcmp(then, error_code()) == 0;
}

/* Asks the copy and the whole ledger; what it says is left in `out`. */
static void says_the_same(const char *line, size_t day, const char *format) {
    static char then[OUTPUT_MAX];
    char then_code_text[80];
    run("stonad %s --format %s --db %s.db --today %s", line, format, days[day].copy, days[day].day);
    int then_code = code;
    (void)snprintf(then, sizeof then, "%s", out);
    (void)snprintf(then_code_text, sizeof then_code_text, "%.79s", error_code());
    if (strcmp(format, "text") == 0 && strncmp(line, "show", 4) == 0)
        cut_next_step(then);
    run("stonad %s --format %s --known %s --today 2027-01-31", line, format, days[day].day);
    if (code != then_code || strcmp(out, then) != 0 || !is_same_refusal(then_code_text))
        print_message("%s --format %s, %s: exit code then %d, known %d\n%s\n%s\n", line, format,
                      days[day].day, then_code, code, then, err);
    assert_int_equal(code, then_code);
    assert_string_equal(out, then);
    assert_true(is_same_refusal(then_code_text));
}

/* On every day; the answers of the days are not all the same. */
static void says_the_same_on_all_days(const char *line, const char *format) {
    static char before[OUTPUT_MAX];
    int changes = 0;
    for (size_t day = 0; day < DAY_COUNT; day++) {
        says_the_same(line, day, format);
        changes += day > 0 && strcmp(before, out) != 0;
        (void)snprintf(before, sizeof before, "%s", out);
    }
    if (changes == 0)
        print_message("%s --format %s is the same on every day\n", line, format);
    assert_true(changes > 0);
}

static void test_every_report_on_every_day(void **state) {
    static const char *const lines[] = {"runs",
                                        "show 1",
                                        "show 2 --people",
                                        "show 3",
                                        "payslips 1",
                                        "payslips 2",
                                        "payslips 3",
                                        ("lines 2 --person " BERA),
                                        "lines 3",
                                        ("explain 2 --person " ANNA),
                                        ("explain 3 --person " CARL),
                                        "corrections 3",
                                        "claims",
                                        "people",
                                        ("person " ANNA),
                                        ("person " BERA),
                                        ("person " CARL),
                                        "check",
                                        "check --month 2026-04",
                                        "check --month 2026-05",
                                        "rates"};
    (void)state;
    run("cp stonad.db before.db");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        says_the_same_on_all_days(lines[i], "text");
        says_the_same_on_all_days(lines[i], "csv");
    }
    says_the_same_on_all_days("runs", "json");
    says_the_same_on_all_days("person " ANNA, "json");
    assert_true(same_bytes("stonad.db", "before.db"));
}

/* ---- what is said of a day ----------------------------------------------------------------- */

static void test_a_run_that_came_later(void **state) {
    static const char *const commands[] = {"show 3", "payslips 3", "lines 3 --format csv",
                                           ("explain 3 --person " ANNA)};
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        run("stonad %s --known 2026-06-01", commands[i]);
        expect(4);
        assert_string_equal(out, "");
        has(err, "[run.not_yet]");
        has(err, "it was computed on 2026-06-02T00:00:00Z");
        run("stonad %s --known 2026-06-02", commands[i]);
        expect(0);
    }
    refuses(4, "[run.unknown]", "stonad show 4 --known 2026-06-01");
}

/* Computed, approved and exported: each from the day it became so. */
static void test_the_state_of_a_run(void **state) {
    (void)state;
    run("stonad runs --known 2026-05-11 --format csv");
    has(out, "\n1,2026-04,2026-05-15,computed,");
    has_not(out, "\n2,");
    run("stonad runs --known 2026-05-12 --format csv");
    has(out, "\n1,2026-04,2026-05-15,discarded,");
    run("stonad show 2 --known 2026-05-13");
    has(out, "approved");
    has(out, "2026-05-13T23:59:59Z by bo");
    has(out, "message id");
    has_not(out, "stonad export");
    run("stonad show 2 --known 2026-05-14");
    has(out, "exported");
    run("stonad show 3 --known 2026-06-03");
    has(out, "computed");
    has_not(out, "by bo");
    has_not(out, "message id");
    has_not(out, "stonad approve");
    run("stonad payslips 3 --known 2026-06-03 --format csv");
    has(out, ",computed\n");
    run("stonad payslips 3 --known 2026-06-04 --format csv");
    has(out, ",approved\n");
}

static void test_a_person_as_known(void **state) {
    (void)state;
    run("stonad person " BERA " --known 2026-05-18 --format csv");
    has(out, "absence,yes,from=2026-04-07; to=2026-04-08; kind=unapproved");
    has_not(out, "withdrawn");
    run("stonad person " BERA " --known 2026-05-19 --format csv");
    has(out, "absence,no,from=2026-04-07; to=2026-04-08; kind=unapproved");
    has(out, "absence,yes,withdrawn");
    run("stonad people --known 2026-06-02");
    has(out, "Bera");
    run("stonad people --known 2026-06-03");
    has_not(out, "Bera");
    has(out, "Anna Nye");
    run("stonad people --known 2026-05-18");
    has_not(out, "Anna Nye");
    refuses(3, "[person.unknown]", "stonad person " CARL " --known 2026-05-18");
    has(err, "until 2026-05-18");
    has_not(err, CARL);
}

/* A rate counts from the day it was known and recorded: then a run uses it. */
static void test_rates_recorded_later(void **state) {
    (void)state;
    run("stonad rates --known 2026-05-21");
    expect(0);
    has(out, "130160");
    has_not(out, "136549");
    assert_string_equal(err, "");
    run("stonad rates --known 2026-05-24");
    has(out, "136549");
    has_not(out, "137000");
    has(err, "stonad: 1 rate known by 2026-05-24 but recorded later is left out: nothing computed "
             "that day used it\n");
    run("stonad rates --known 2026-05-25");
    has(out, "138000");
    has_not(out, "136549");
    assert_string_equal(err, "");
    run("stonad rates --today 2026-05-24"); /* without --known nothing is left out that was known */
    has(out, "137000");
    assert_string_equal(err, "");
}

/* The ledger was made with the rates of the years before it. */
static void test_rates_before_the_ledger(void **state) {
    (void)state;
    run("stonad rates --known 2025-05-22 --format csv");
    expect(0);
    has(out, ",124028,");
    has_not(out, ",130160,");
    run("stonad rates --known 2025-05-23 --format csv");
    has(out, ",130160,");
    has_not(out, ",136549,");
}

/* What `rates --known` lists is what a run of that day computes with, and no other. */
static void test_rates_are_those_of_a_run(void **state) {
    (void)state;
    run("cp 2026-05-19.db a.db && cp 2026-05-25.db b.db");
    expect(0);
    run("stonad run --month 2026-05 --payday 2026-06-12 --today 2026-05-24 --actor anna --db a.db");
    expect(0);
    run("stonad explain 3 --person " ANNA " --db a.db");
    has(out, "136549");
    has_not(out, "137000");
    run("stonad run --month 2026-05 --payday 2026-06-12 --today 2026-05-25T10:00:00 --actor anna "
        "--db b.db");
    expect(0);
    run("stonad explain 3 --person " ANNA " --db b.db");
    has(out, "138000");
    has_not(out, "136549");
}

static void test_usage(void **state) {
    static const char *const commands[] = {
        "runs",   "show 1",         "payslips 1", "lines 1", ("explain 1 --person " ANNA),
        "people", ("person " ANNA), "check"};
    char line[200];
    (void)state;
    compute_may();
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        (void)snprintf(line, sizeof line, "stonad %s --known 2026-04-30", commands[i]);
        refuses(4, "[known.before_ledger]", line);
        has(err, "begins on 2026-05-01");
        (void)snprintf(line, sizeof line, "stonad %s --known 2026-13-01", commands[i]);
        refuses(2, "[option.value]", line);
    }
    refuses(2, "[option.alone]", "stonad explain --rule R8 --known 2026-05-25");
    refuses(2, "[option.unknown]", "stonad replay --known 2026-05-25");
    refuses(2, "[option.value]", "stonad person 1 --known yesterday --db none.db");
}

/* ---- the library --------------------------------------------------------------------------- */

static struct st_error error;

static struct st_ledger *open_as_of(st_date day) {
    struct st_ledger *ledger = NULL;
    assert_int_equal(st_ledger_open("stonad.db", ST_OPEN_READ, &ledger, &error), ST_OK);
    assert_int_equal(st_ledger_as_of(ledger, day, &error), ST_OK);
    return ledger;
}

static enum st_status count_entry(void *context, const struct st_journal_entry *entry) {
    *(int64_t *)context = entry->entry;
    return ST_OK;
}
static enum st_status count_line(void *context, const struct st_line_row *line) {
    assert_true(line->line > 0);
    ++*(int64_t *)context;
    return ST_OK;
}
static enum st_status count_payslip(void *context, const struct st_payslip_row *payslip) {
    assert_true(payslip->month > 0);
    ++*(int64_t *)context;
    return ST_OK;
}
static enum st_status count_finding(void *context, const struct st_finding_row *finding) {
    assert_true(finding->code[0] != '\0');
    ++*(int64_t *)context;
    return ST_OK;
}
static enum st_status count_person(void *context, const struct st_participant *participant) {
    assert_true(participant->name[0] != '\0');
    ++*(int64_t *)context;
    return ST_OK;
}

static int64_t rows_of_run(struct st_ledger *ledger, const char *person_id) {
    int64_t count = 0;
    assert_int_equal(st_ledger_each_payslip(ledger, 3, person_id, count_payslip, &count, &error),
                     ST_OK);
    assert_int_equal(st_ledger_each_line(ledger, 3, person_id, count_line, &count, &error), ST_OK);
    assert_int_equal(st_ledger_each_finding(ledger, 3, person_id, count_finding, &count, &error),
                     ST_OK);
    return count;
}

/* Whoever asks for the rows of a run directly, without looking for the run, gets none of a later
 * one; what was asked before the day was set does not show through. */
static void test_rows_of_a_later_run(void **state) {
    struct st_ledger *ledger = NULL;
    int64_t last = 0;
    (void)state;
    assert_int_equal(st_ledger_open("stonad.db", ST_OPEN_READ, &ledger, &error), ST_OK);
    assert_true(rows_of_run(ledger, ANNA) > 0);
    assert_true(rows_of_run(ledger, NULL) > rows_of_run(ledger, ANNA));
    assert_int_equal(st_ledger_as_of(ledger, st_date_make(2026, 6, 1), &error), ST_OK);
    assert_int_equal(rows_of_run(ledger, ANNA), 0);
    assert_int_equal(rows_of_run(ledger, NULL), 0);
    assert_int_equal(st_ledger_as_of(ledger, st_date_make(2026, 6, 2), &error), ST_OK);
    assert_true(rows_of_run(ledger, ANNA) > 0);
    assert_int_equal(st_ledger_as_of(ledger, st_date_make(2026, 5, 3), &error), ST_OK);
    assert_int_equal(st_ledger_each_entry(ledger, count_entry, &last, &error), ST_OK);
    assert_int_equal(last, 1);
    st_ledger_close(ledger);
}

/* The day it is asked on is not over: what is recorded afterwards is left out all the same. */
static void test_what_is_recorded_meanwhile(void **state) {
    int64_t before = 0, after = 0, anew = 0;
    (void)state;
    start_ledger();
    struct st_ledger *ledger = open_as_of(st_date_make(2026, 5, 20));
    assert_int_equal(st_ledger_each_person(ledger, count_person, &before, &error), ST_OK);
    import("2026-05-20T12:00:00", "participants.csv",
           PARTICIPANTS CARL ",Carl,1980-08-24,15030000002,nb,\n");
    assert_int_equal(st_ledger_each_person(ledger, count_person, &after, &error), ST_OK);
    st_ledger_close(ledger);
    assert_int_equal(before, 2);
    assert_int_equal(after, 2);
    ledger = open_as_of(st_date_make(2026, 5, 20));
    assert_int_equal(st_ledger_each_person(ledger, count_person, &anew, &error), ST_OK);
    st_ledger_close(ledger);
    assert_int_equal(anew, 3);
}

static void test_the_first_day(void **state) {
    struct st_ledger *ledger = NULL;
    st_date first = 0;
    (void)state;
    start_ledger();
    assert_int_equal(st_ledger_open("stonad.db", ST_OPEN_READ, &ledger, &error), ST_OK);
    assert_int_equal(st_ledger_first_day(ledger, &first, &error), ST_OK);
    assert_int_equal(first, st_date_make(2026, 5, 1));
    assert_int_equal(st_ledger_as_of(ledger, st_date_make(2026, 4, 30), &error), ST_REFUSED);
    assert_string_equal(error.code, "known.before_ledger");
    assert_int_equal(st_ledger_as_of(ledger, st_date_make(2199, 12, 31), &error), ST_OK);
    st_ledger_close(ledger);
}

int main(void) {
    if (!find_program())
        return 1;
    const struct CMUnitTest of_history[] = {
        cmocka_unit_test(test_every_report_on_every_day),
        cmocka_unit_test(test_a_run_that_came_later),
        cmocka_unit_test(test_the_state_of_a_run),
        cmocka_unit_test(test_a_person_as_known),
        cmocka_unit_test(test_rates_recorded_later),
        cmocka_unit_test(test_rates_before_the_ledger),
        cmocka_unit_test(test_rates_are_those_of_a_run),
        cmocka_unit_test(test_rows_of_a_later_run),
    };
    const struct CMUnitTest others[] = {
        IN_FOLDER(test_usage),
        IN_FOLDER(test_what_is_recorded_meanwhile),
        IN_FOLDER(test_the_first_day),
    };
    int failed =
        cmocka_run_group_tests_name("as of, a history", of_history, make_history, leave_folder);
    return failed + cmocka_run_group_tests_name("as of", others, NULL, NULL);
}
