/* SPDX-License-Identifier: MIT */
/* test_check.c - what a check finds: each code shown, and gone when its cause is gone; which month,
 * on which terms, in which order; and that nothing is written. At the end the program itself:
 * exit codes and columns.
 *
 * The ledger's first month is January 2026. Anna has a programme and a tax card unless said.
 */
#define _DEFAULT_SOURCE
#include "ledger_fixture.h"

#include "stonad/check.h"

#include <sys/wait.h>

#define END                                                                                        \
    { NULL, NULL }
#define BENEFITS_HEADER                                                                            \
    "person_id,from,to,kind,amount_per_month,earned_before_programme,withdrawn\n"
#define WORK_HEADER "person_id,from,to,hours,gross_wage,in_programme,withdrawn\n"
#define CARD(id) id ",2026,table,8000,,,,,\n"

/* ---- a ledger ------------------------------------------------------------------------------ */

static void import_at(const char *time, const char *kind, const char *text) {
    const struct csv files[] = {{kind, text}, END};
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, time, files);
    st_ledger_close(ledger);
}

static int make_annas_ledger(void **state) {
    make_ledger(state);
    import_at("2026-01-03T08:00:00Z", "participants", PARTICIPANTS_HEADER PARTICIPANT(ANNA));
    import_at("2026-01-03T08:00:01Z", "programmes", PROGRAMMES_HEADER PROGRAMME(ANNA));
    import_at("2026-01-03T08:00:02Z", "taxcards", TAXCARDS_HEADER CARD(ANNA));
    return 0;
}

static struct st_value text_value(const char *text) {
    return (struct st_value){.text = text, .size = strlen(text)};
}
static struct st_value number_value(int64_t number) {
    return (struct st_value){.number = number};
}

/* A card of the authority for Anna, as the XML reader hands it over. */
static void import_card(const char *time, const char *table, bool is_foreign) {
    const struct st_value none = {.is_null = true};
    const struct st_fact fact = {.kind = ST_FACT_AUTHORITY_CARD,
                                 .values = {text_value(ANNA), number_value(2026),
                                            number_value(ST_RESULT_OK), number_value(1),
                                            number_value(is_foreign), number_value(ST_CARD_TABLE),
                                            text_value(table), none, none, none, none}};
    struct st_act act = act_of("kari", time);
    struct st_import_result result;
    struct st_import *import = NULL;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    int file;
    assert_int_equal(st_import_begin(ledger, &act, &import, &error), ST_OK);
    assert_int_equal(
        st_import_file(import, "cards.xml", "authority_card", FILE_DIGEST, &file, &error), ST_OK);
    assert_int_equal(st_import_add(import, file, 1, &fact, &error), ST_OK);
    assert_int_equal(st_import_finish(import, &result, &error), ST_OK);
    st_import_free(import);
    st_ledger_close(ledger);
}

static void run_month(const char *time, int month, st_date payday) {
    struct st_act act = act_of("kari", time);
    struct st_run_row row;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    enum st_status status =
        st_ledger_run(ledger, &act, st_month_make(2026, month), payday, NULL, NULL, &row, &error);
    if (status != ST_OK)
        fail_msg("%s: %s", error.code, error.text);
    struct st_act other = act_of("ola", time);
    assert_int_equal(
        st_ledger_approve(ledger, &other, row.run, row.payment_count, row.net, &row, &error),
        ST_OK);
    st_ledger_close(ledger);
}
static void run_january(void) {
    run_month("2026-02-02T08:00:00Z", 1, st_date_make(2026, 2, 12));
}

/* ---- a check ------------------------------------------------------------------------------- */

/* What was found, one line a row: "person month code severity: text". */
static struct {
    char text[16384];
    size_t used;
    int count;
    st_month month;
} found;

static enum st_status keep_row(void *context, const struct st_check_row *row) {
    char month[ST_MONTH_TEXT_SIZE];
    assert_ptr_equal(context, &found);
    st_month_format(row->month, month);
    int size =
        snprintf(found.text + found.used, sizeof found.text - found.used, "%s %s %s %s: %s\n",
                 row->person_id, month, row->code, row->severity, row->text);
    assert_true(size > 0 && found.used + (size_t)size < sizeof found.text);
    assert_true(row->rule[0] == 'R');
    assert_true(strlen(row->citation) > 0 && strlen(row->text) > 0);
    assert_string_equal(row->name, row->person_id[0] == '\0' ? "" : "Test Person");
    found.used += (size_t)size;
    found.count++;
    return ST_OK;
}

static enum st_status check(st_month month, const char *today_text) {
    st_date today;
    struct st_ledger *ledger = open_ledger(ST_OPEN_READ);
    found.text[0] = '\0';
    found.used = 0;
    found.count = 0;
    found.month = 0;
    assert_true(st_date_parse(today_text, 10, &today));
    enum st_status status =
        st_ledger_check(ledger, month, today, keep_row, &found, &found.month, &error);
    st_ledger_close(ledger);
    return status;
}

/* Checks month `month` of 2026, 0 for the default, and leaves what was found in `found`. */
static void check_ok(int month, const char *today) {
    enum st_status status = check(month == 0 ? 0 : st_month_make(2026, month), today);
    if (status != ST_OK)
        fail_msg("%s: %s", error.code, error.text);
}
static void finds(const char *part) {
    if (strstr(found.text, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, found.text);
}
static void finds_not(const char *part) {
    if (strstr(found.text, part) != NULL)
        fail_msg("\"%s\" is in:\n%s", part, found.text);
}
static void finds_nothing(int month, const char *today) {
    check_ok(month, today);
    assert_string_equal(found.text, "");
}

/* ---- which month --------------------------------------------------------------------------- */

static void test_default_month(void **state) {
    (void)state;
    finds_nothing(0, "2026-01-20");
    assert_int_equal(found.month, st_month_make(2026, 1)); /* of today */
    run_january();
    finds_nothing(0, "2026-03-20");
    assert_int_equal(found.month, st_month_make(2026, 1)); /* of the last run */
    run_month("2026-03-02T08:00:00Z", 2, st_date_make(2026, 3, 12));
    check_ok(0, "2026-03-20");
    assert_int_equal(found.month, st_month_make(2026, 2));
}

static void test_discarded_runs_do_not_count(void **state) {
    struct st_run_row row;
    struct st_act act = act_of("kari", "2026-03-02T08:00:00Z");
    (void)state;
    run_january();
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(st_ledger_run(ledger, &act, st_month_make(2026, 2), st_date_make(2026, 3, 12),
                                   NULL, NULL, &row, &error),
                     ST_OK);
    check_ok(0, "2026-03-02");
    assert_int_equal(found.month, st_month_make(2026, 2));
    assert_int_equal(st_ledger_discard(ledger, &act, row.run, &error), ST_OK);
    st_ledger_close(ledger);
    check_ok(0, "2026-03-02");
    assert_int_equal(found.month, st_month_make(2026, 1));
    check_ok(3, "2026-03-02");
    finds(ANNA " 2026-02 R11-UNPAID error: ");
    finds("2026-02: the month never had a run");
}

/* Without a run the payday is the month's last day, or today when that is later. */
static void test_payday(void **state) {
    (void)state;
    import_at("2026-01-04T08:00:00Z", "taxcards",
              TAXCARDS_HEADER ANNA ",2026,,,,,,,yes\n" ANNA ",2025,table,8000,,,,,\n");
    check_ok(1, "2026-01-20"); /* paid in January: last year's card */
    finds(ANNA " 2026-01 R14-LAST-YEAR note: ");
    check_ok(1, "2026-02-01"); /* paid in February */
    finds(ANNA " 2026-01 R14-NO-CARD warning: ");
    run_month("2026-01-30T08:00:00Z", 1, st_date_make(2026, 1, 31));
    check_ok(1, "2026-05-01"); /* the run's own payday */
    finds(ANNA " 2026-01 R14-LAST-YEAR note: ");
    finds(ANNA " 2026-01 R14-NO-CARD warning: ");
    assert_int_equal(found.count, 2);
}

static void test_month_that_cannot_be_computed(void **state) {
    (void)state;
    assert_int_equal(check(st_month_make(2029, 1), "2026-01-20"), ST_REFUSED);
    assert_string_equal(error.code, "check.month");
    assert_non_null(strstr(error.text, "2029-01 would be paid in 2029"));
    assert_int_equal(found.count, 0);
}

/* ---- what a run would find ----------------------------------------------------------------- */

static enum st_status expect_finding(void *context, const struct st_finding_row *row) {
    char line[600];
    (void)snprintf(line, sizeof line, "%s 2026-05 %s %s: %s\n", row->person_id, row->code,
                   row->severity, row->text);
    if (row->person_id[0] == '\0')
        return ST_OK; /* of the run as a whole */
    finds(line);
    ++*(int *)context;
    return ST_OK;
}

/* Before and after the run the check says what the run says, word for word. */
static void test_findings_of_the_run(void **state) {
    int count = 0;
    (void)state;
    import_at("2026-01-04T08:00:00Z", "participants", PARTICIPANTS_HEADER PARTICIPANT(BORIS));
    import_at("2026-01-04T08:00:01Z", "programmes", PROGRAMMES_HEADER PROGRAMME(BORIS));
    import_at("2026-01-04T08:00:02Z", "absences",
              ABSENCES_HEADER BORIS ",2026-05-01,2026-05-31,unapproved,,no,\n");
    import_at("2026-01-04T08:00:03Z", "living",
              LIVING_HEADER ANNA ",2025-03-01,,partner," CLARA ",,\n");
    import_at("2026-01-04T08:00:04Z", "benefits",
              BENEFITS_HEADER ANNA ",2026-05-01,,barnetrygd,100,,\n");
    /* January to April are paid first: with them May's deduction would be a small part (R11, R13). */
    for (int month = 1; month < 5; month++)
        run_month("2026-05-01T08:00:00Z", month, st_date_make(2026, 5, 5));
    run_month("2026-06-01T08:00:00Z", 5, st_date_make(2026, 6, 12));
    check_ok(5, "2026-06-02");
    struct st_ledger *ledger = open_ledger(ST_OPEN_READ);
    assert_int_equal(st_ledger_each_finding(ledger, 5, NULL, expect_finding, &count, &error),
                     ST_OK);
    st_ledger_close(ledger);
    assert_int_equal(count, 5);
    finds("R2-PARTNER-UNKNOWN");
    finds("R2-CHILDREN-UNKNOWN");
    finds("R5-NOT-DEDUCTED");
    finds("R13-DECISION");
    finds("R14-NO-CARD");
    finds_not(ANNA " 2026-05 R14-NO-CARD");
    assert_null(strstr(strstr(found.text, BORIS), ANNA)); /* person order */
    import_at("2026-06-03T08:00:00Z", "taxcards", TAXCARDS_HEADER CARD(BORIS));
    check_ok(5, "2026-06-03");
    finds_not("R14-NO-CARD"); /* as things stand now, though the run was taxed without */
}

/* ---- R14-CARD-AGE -------------------------------------------------------------------------- */

static void test_cards_before_a_first_run(void **state) {
    (void)state;
    finds_nothing(1, "2026-06-01"); /* no cards of the authority: nothing to be old */
    import_card("2026-01-05T08:00:00Z", "8000", false);
    finds_nothing(1, "2026-02-05"); /* 31 days */
    check_ok(1, "2026-02-06");
    finds(" 2026-01 R14-CARD-AGE warning: ");
    finds("2026-01-05, 32 days ago\n");
    assert_int_equal(found.count, 1);
    import_card("2026-02-06T08:00:00Z", "8100", false);
    finds_nothing(1, "2026-02-06");
}

static void test_cards_before_the_next_run(void **state) {
    (void)state;
    import_card("2026-02-01T08:00:00Z", "8000", false);
    run_january();
    finds_nothing(1, "2026-02-03"); /* January's run had them */
    check_ok(2, "2026-02-03");      /* February's would not */
    finds(" 2026-02 R14-CARD-AGE warning: ");
    finds("2026-02-01, 2 days ago, before run 1\n");
    assert_int_equal(found.text[0], ' '); /* of the ledger: first, without a person */
    import_card("2026-02-27T08:00:00Z", "8100", false);
    finds_nothing(2, "2026-02-27");
}

/* ---- R11-UNPAID ---------------------------------------------------------------------------- */

static void test_no_payslip_in_a_run(void **state) {
    (void)state;
    run_january();
    finds_nothing(1, "2026-02-03");
    import_at("2026-02-03T08:00:00Z", "participants", PARTICIPANTS_HEADER PARTICIPANT(BORIS));
    import_at("2026-02-03T08:00:01Z", "programmes", PROGRAMMES_HEADER PROGRAMME(BORIS));
    import_at("2026-02-03T08:00:02Z", "taxcards", TAXCARDS_HEADER CARD(BORIS));
    check_ok(1, "2026-02-03");
    finds(BORIS " 2026-01 R11-UNPAID error: ");
    finds("2026-01: no payslip in run 1\n");
    assert_int_equal(found.count, 1);
    /* ... and is still unpaid when a later month is looked at */
    check_ok(2, "2026-02-03");
    finds(BORIS " 2026-01 R11-UNPAID error: ");
    /* not entitled, as known now: a leave of all January */
    import_at("2026-02-04T08:00:00Z", "absences",
              ABSENCES_HEADER BORIS ",2026-01-01,2026-01-31,other_leave,,yes,\n");
    finds_nothing(1, "2026-02-04");
}

static void test_held_payslip(void **state) {
    (void)state;
    import_at("2026-01-04T08:00:00Z", "taxcards", TAXCARDS_HEADER ANNA ",2026,,,,,,,yes\n");
    import_card("2026-01-05T08:00:00Z", "8000", true);
    check_ok(1, "2026-01-20"); /* held, but not yet unpaid */
    finds(ANNA " 2026-01 R14-HELD error: ");
    assert_int_equal(found.count, 1);
    run_january();
    import_at("2026-02-03T08:00:00Z", "taxcards", TAXCARDS_HEADER CARD(ANNA));
    check_ok(1, "2026-02-03"); /* the card is settled, January is not */
    finds(ANNA " 2026-01 R11-UNPAID error: ");
    finds("2026-01: held back in run 1, whose payslip says why\n");
    assert_int_equal(found.count, 1);
    import_at("2026-02-04T08:00:00Z", "programmes",
              PROGRAMMES_HEADER ANNA ",2025-03-01,,,,,,,,,,yes\n" ANNA
                                     ",2026-02-01,2026-01-10,,e,2025-01-15,,none,work,,,\n");
    finds_nothing(1, "2026-02-04"); /* no programme in January after all */
}

static void test_skipped_months(void **state) {
    (void)state;
    finds_nothing(2, "2026-01-20"); /* January is not over */
    check_ok(2, "2026-02-01");
    finds(ANNA " 2026-01 R11-UNPAID error: ");
    finds("2026-01: the month never had a run\n");
    assert_int_equal(found.count, 1); /* and not February, which is looked at to be run */
    check_ok(3, "2026-03-31");
    assert_int_equal(found.count, 2);
    run_month("2026-03-31T08:00:00Z", 3, st_date_make(2026, 3, 31));
    check_ok(0, "2026-03-31"); /* March's run paid what was skipped, by corrections */
    finds_not("R11-UNPAID");
    check_ok(2, "2026-03-31");
    finds_not("R11-UNPAID");
}

/* A month before the ledger's first was paid elsewhere. */
static void test_before_the_first_month(void **state) {
    (void)state;
    assert_int_equal(check(st_month_make(2025, 12), "2026-01-20"), ST_OK);
    finds_not("R11-UNPAID");
    assert_int_equal(check(st_month_make(2026, 1), "2026-01-31"), ST_OK);
    finds_not("2025-");
}

/* ---- facts outside, to come, and without a programme ----------------------------------------- */

#define OUTSIDE(what)                                                                              \
    "FACT-OUTSIDE note: a row lies outside every programme of the person, so it "                  \
    "changes nothing; check its dates: " what "\n"
#define FUTURE(what)                                                                               \
    "FACT-FUTURE note: a row begins after today; check that its date is right: " what "\n"

static void test_facts_outside(void **state) {
    (void)state;
    import_at("2026-01-04T08:00:00Z", "living",
              LIVING_HEADER ANNA ",2024-01-01,2025-02-28,parents,,no,\n" ANNA
                                 ",2025-03-01,,alone,,no,\n");
    import_at("2026-01-04T08:00:01Z", "absences",
              ABSENCES_HEADER ANNA ",2025-02-27,2025-02-28,unapproved,,no,\n" ANNA
                                   ",2025-03-01,2025-03-03,unapproved,,no,\n");
    import_at("2026-01-04T08:00:02Z", "benefits",
              BENEFITS_HEADER ANNA ",2025-01-01,2025-02-01,barnetrygd,100,,\n" ANNA
                                   ",2025-01-01,2025-12-31,kontantstotte,100,,\n");
    import_at("2026-01-04T08:00:03Z", "work",
              WORK_HEADER ANNA ",2025-02-01,2025-02-20,10,2000,no,\n");
    check_ok(1, "2026-01-20");
    finds(OUTSIDE("living row parents, 2024-01-01 to 2025-02-28"));
    finds(OUTSIDE("absence unapproved, 2025-02-27 to 2025-02-28"));
    finds(OUTSIDE("benefit barnetrygd, 2025-01-01 to 2025-02-01"));
    finds(OUTSIDE("work row, 2025-02-01 to 2025-02-20"));
    assert_int_equal(found.count, 4);
    import_at("2026-01-05T08:00:00Z", "absences",
              ABSENCES_HEADER ANNA ",2025-02-27,,unapproved,,,yes\n");
    import_at("2026-01-05T08:00:01Z", "work", WORK_HEADER ANNA ",2025-02-01,,,,,yes\n");
    check_ok(1, "2026-01-20");
    assert_int_equal(found.count, 2); /* withdrawn rows are gone */
    import_at("2026-01-06T08:00:00Z", "programmes",
              PROGRAMMES_HEADER ANNA
              ",2024-12-01,2024-11-10,2025-02-28,e,2024-10-15,,none,work,,,\n");
    finds_nothing(1, "2026-01-20"); /* an earlier programme holds the rest */
}

static void test_facts_to_come(void **state) {
    (void)state;
    import_at("2026-01-04T08:00:00Z", "absences",
              ABSENCES_HEADER ANNA ",2026-01-21,2026-01-22,holiday,,yes,\n");
    import_at("2026-01-04T08:00:01Z", "living",
              LIVING_HEADER ANNA ",2027-02-01,,alone,,no,\n"); /* after the programme, too */
    check_ok(1, "2026-01-20");
    finds(FUTURE("absence holiday, 2026-01-21 to 2026-01-22"));
    finds(FUTURE("living row alone, 2027-02-01, open"));
    finds(OUTSIDE("living row alone, 2027-02-01, open"));
    assert_int_equal(found.count, 3);
    check_ok(1, "2026-01-21"); /* begins today */
    finds_not("absence holiday");
}

/* Said once, not row by row. */
static void test_no_programme(void **state) {
    (void)state;
    import_at("2026-01-04T08:00:00Z", "participants", PARTICIPANTS_HEADER PARTICIPANT(BORIS));
    import_at("2026-01-04T08:00:01Z", "living", LIVING_HEADER BORIS ",2025-01-01,,alone,,no,\n");
    check_ok(1, "2026-01-20");
    finds(BORIS " 2026-01 FACT-NO-PROGRAMME note: ");
    assert_int_equal(found.count, 1);
    import_at("2026-01-05T08:00:00Z", "programmes", PROGRAMMES_HEADER PROGRAMME(BORIS));
    import_at("2026-01-05T08:00:01Z", "taxcards", TAXCARDS_HEADER CARD(BORIS));
    finds_nothing(1, "2026-01-20");
}

/* ---- reading only --------------------------------------------------------------------------- */

static enum st_status stop(void *context, const struct st_check_row *row) {
    (void)row;
    ++*(int *)context;
    return ST_FOUND;
}

/* The visitor's status is passed on, and the connection is as good as before. */
static void test_visitor_stops(void **state) {
    int count = 0;
    st_month month;
    st_date today = st_date_make(2026, 3, 31);
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(
        st_ledger_check(ledger, st_month_make(2026, 3), today, stop, &count, &month, &error),
        ST_FOUND);
    assert_int_equal(count, 1);
    const struct csv files[] = {{"taxcards", TAXCARDS_HEADER ANNA ",2026,table,8100,,,,,\n"}, END};
    import_ok(ledger, "2026-03-31T08:00:00Z", files);
    st_ledger_close(ledger);
}

static void test_nothing_is_written(void **state) {
    char before[65], after[65];
    (void)state;
    import_card("2026-01-05T08:00:00Z", "8000", true);
    run_january();
    file_digest(before);
    check_ok(3, "2026-04-20");
    assert_true(found.count > 1);
    file_digest(after);
    assert_string_equal(before, after);
    assert_int_equal(chmod(ledger_path, 0400), 0);
    check_ok(3, "2026-04-20");
    assert_int_equal(chmod(ledger_path, 0600), 0);
}

/* A damaged value stops the check; it is not passed over. */
static void test_damaged_ledger(void **state) {
    (void)state;
    assert_int_equal(tamper("DROP TRIGGER programme_no_update; PRAGMA ignore_check_constraints = 1;"
                            "UPDATE programme SET permit = 'x'"),
                     SQLITE_OK);
    assert_int_equal(check(0, "2026-01-20"), ST_DAMAGED);
    assert_string_equal(error.code, "ledger.fact");
    assert_null(strstr(error.text, ANNA));
}

/* ---- the program ---------------------------------------------------------------------------- */

static char printed[8192];

/* The exit code; what was printed on stdout is in `printed`. */
static int program(const char *arguments) {
    const char *given = getenv("STONAD");
    char command[512];
    (void)snprintf(command, sizeof command, "%s check --db %s %s 2>/dev/null",
                   given == NULL ? "build/stonad" : given, ledger_path, arguments);
    FILE *pipe = popen(command, "r"); /* NOLINT: a test of the command line */
    assert_non_null(pipe);
    printed[fread(printed, 1, sizeof printed - 1, pipe)] = '\0';
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_program(void **state) {
    (void)state;
    assert_int_equal(program("--month 2026-01 --today 2026-01-20"), ST_OK);
    assert_string_equal(printed, "nothing to look at in 2026-01\n");
    assert_int_equal(program("--today 2026-01-20 --format csv"), ST_OK);
    assert_string_equal(printed, "person_id,name,month,code,severity,rule,citation,text\n");
    assert_int_equal(program("--month 2026-13 --today 2026-01-20"), ST_USAGE);
    assert_string_equal(printed, "");
    assert_int_equal(program("2026-01 --today 2026-01-20"), ST_USAGE);
    assert_int_equal(program("--month 2029-01 --today 2026-01-20 --format csv"), ST_REFUSED);
    assert_string_equal(printed, "");

    import_card("2026-01-05T08:00:00Z", "8000", false);
    import_at("2026-01-06T08:00:00Z", "absences",
              ABSENCES_HEADER ANNA ",2026-01-17,2026-01-18,unapproved,,no,\n");
    assert_int_equal(program("--month 2026-02 --today 2026-02-20"), ST_FOUND);
    assert_ptr_equal(strstr(printed, "The ledger\n  warning: tax cards are to be "), printed);
    assert_non_null(strstr(printed, "[R14-CARD-AGE]\n\n" ANNA " Test Person\n  error: entitled "));
    assert_non_null(strstr(printed, "(R11, integreringsloven §§ 20, 24) [R11-UNPAID]\n"));
    assert_non_null(strstr(printed, "\n\n2026-02: 1 error, 1 warning\n"));
    assert_int_equal(program("--month 2026-01 --today 2026-01-20 --format csv"), ST_FOUND);
    assert_non_null(strstr(printed, "\n" ANNA ",Test Person,2026-01,R7-NO-EFFECT,note,R7,"
                                    "integreringsloven § 21,"));
    assert_int_equal(program("--month 2026-01 --today 2026-01-20 --format json"), ST_FOUND);
    assert_non_null(strstr(printed, "\"R7-NO-EFFECT\""));
}

int main(void) {
#define IN_LEDGER(test) cmocka_unit_test_setup_teardown(test, make_annas_ledger, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_LEDGER(test_default_month),
        IN_LEDGER(test_discarded_runs_do_not_count),
        IN_LEDGER(test_payday),
        IN_LEDGER(test_month_that_cannot_be_computed),
        IN_LEDGER(test_findings_of_the_run),
        IN_LEDGER(test_cards_before_a_first_run),
        IN_LEDGER(test_cards_before_the_next_run),
        IN_LEDGER(test_no_payslip_in_a_run),
        IN_LEDGER(test_held_payslip),
        IN_LEDGER(test_skipped_months),
        IN_LEDGER(test_before_the_first_month),
        IN_LEDGER(test_facts_outside),
        IN_LEDGER(test_facts_to_come),
        IN_LEDGER(test_no_programme),
        IN_LEDGER(test_visitor_stops),
        IN_LEDGER(test_nothing_is_written),
        IN_LEDGER(test_damaged_ledger),
        IN_LEDGER(test_program),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
