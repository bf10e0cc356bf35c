/* SPDX-License-Identifier: MIT */
/* test_programme_check.c - the programme checks in a ledger: an optional file counts as known from its
 * first row, of anybody, withdrawn or not; and they come with the month's other findings.
 */
#define _DEFAULT_SOURCE
#include "ledger_fixture.h"

#include "stonad/check.h"

#define END                                                                                        \
    { NULL, NULL }
#define DECISIONS_HEADER "person_id,decided,kind,until,withdrawn\n"
#define ENDINGS_HEADER "person_id,ended,reason,withdrawn\n"
#define CONTENT_HEADER "person_id,from,to,work_hours_per_week,withdrawn\n"
#define EMPLOYMENT_HEADER "person_id,from,to,hours_per_week,withdrawn\n"
#define SETTLEMENT_HEADER "person_id,settled,first_municipality,by_agreement,withdrawn\n"
#define NEW_PROGRAMME(id)                                                                          \
    id ",2026-01-12,2026-01-02,2027-01-11,a,2025-10-01,2025-12-01,higher,work,,,\n"

static char codes[4096]; /* "ID CODE" lines */

static void import_at(const char *time, const char *kind, const char *text) {
    const struct csv files[] = {{kind, text}, END};
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, time, files);
    st_ledger_close(ledger);
}

/* Anna and Boris, with a programme each of the new regime. */
static int make_both(void **state) {
    make_ledger(state);
    import_at("2026-01-03T08:00:00Z", "participants",
              PARTICIPANTS_HEADER PARTICIPANT(ANNA) PARTICIPANT(BORIS));
    import_at("2026-01-03T08:00:01Z", "programmes",
              PROGRAMMES_HEADER NEW_PROGRAMME(ANNA) NEW_PROGRAMME(BORIS));
    import_at("2026-01-03T08:00:02Z", "taxcards",
              TAXCARDS_HEADER ANNA ",2026,table,8000,,,,,\n" BORIS ",2026,table,8000,,,,,\n");
    return 0;
}

static enum st_status keep_row(void *context, const struct st_check_row *row) {
    size_t used = strlen(codes);
    assert_ptr_equal(context, codes);
    int size = snprintf(codes + used, sizeof codes - used, "%s %s\n", row->person_id, row->code);
    assert_true(size > 0 && used + (size_t)size < sizeof codes);
    return ST_OK;
}

/* January 2026 as of 30 April, three months and some days into the programmes. */
static void check_gives(const char *expected) {
    struct st_ledger *ledger = open_ledger(ST_OPEN_READ);
    st_month checked;
    codes[0] = '\0';
    enum st_status status =
        st_ledger_check(ledger, st_month_make(2026, 1), st_date_make(2026, 4, 30), keep_row, codes,
                        &checked, &error);
    st_ledger_close(ledger);
    assert_int_equal(status, ST_OK);
    char kept[sizeof codes] = "";
    for (char *line = codes, *next; *line != '\0'; line = next) { /* January was never run */
        next = strchr(line, '\n') + 1;
        if (strstr(line, "R11-UNPAID") != line + strlen(ANNA) + 1)
            strncat(kept, line, (size_t)(next - line));
    }
    assert_string_equal(kept, expected);
}

static void is_silent_without_optional_files(void **state) {
    (void)state;
    check_gives("");
}

static void knows_decisions_from_the_first_row(void **state) {
    (void)state;
    import_at("2026-01-04T08:00:00Z", "decisions",
              DECISIONS_HEADER ANNA ",2026-01-05,programme,,\n");
    check_gives(BORIS " R22-NO-DECISION\n");
    import_at("2026-01-05T08:00:00Z", "decisions",
              DECISIONS_HEADER ANNA ",2026-01-05,programme,,yes\n");
    check_gives(ANNA " R22-NO-DECISION\n" BORIS " R22-NO-DECISION\n");
}

static void knows_content_from_the_first_row(void **state) {
    (void)state;
    import_at("2026-01-04T08:00:00Z", "content", CONTENT_HEADER ANNA ",2026-01-12,,15,\n");
    check_gives(BORIS " R20-HOURS\n");
}

static void reads_the_other_files(void **state) {
    (void)state;
    import_at("2026-01-04T08:00:00Z", "endings", ENDINGS_HEADER ANNA ",2026-04-01,moved,\n");
    import_at("2026-01-04T08:00:01Z", "employment", EMPLOYMENT_HEADER ANNA ",2026-01-01,,37.5,\n");
    import_at("2026-01-04T08:00:02Z", "settlement",
              SETTLEMENT_HEADER BORIS ",2025-12-01,yes,no,\n");
    check_gives(ANNA " R18-WORK\n" ANNA " R22-ENDING\n" BORIS " R18-AGREEMENT\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_both, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(is_silent_without_optional_files),
        TEST(knows_decisions_from_the_first_row),
        TEST(knows_content_from_the_first_row),
        TEST(reads_the_other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
