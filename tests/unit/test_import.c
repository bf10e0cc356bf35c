/* SPDX-License-Identifier: MIT */
/* test_import.c - imports: all or nothing, every problem at once, the same again changes nothing.
 * */
#define _DEFAULT_SOURCE
#include "ledger_fixture.h"

#define TODAY "2026-01-03T08:00:00Z"
#define END                                                                                        \
    { NULL, NULL }

/* Imports expecting exactly these problems, and the file as it was. */
static void assert_refused(const struct csv *files, const char *const *wanted, int count) {
    char before[65], after[65];
    struct st_import_result result;
    struct reported reported;
    struct st_act act = act_of("kari", TODAY);
    file_digest(before);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(import_texts(ledger, &act, files, &result, &reported, false), ST_BAD_INPUT);
    st_ledger_close(ledger);
    assert_string_equal(error.code, "import.problems");
    for (int i = 0; i < count && i < reported.count; i++)
        assert_string_equal(reported.text[i], wanted[i]);
    assert_int_equal(reported.count, count);
    assert_int_equal(result.problem_count, count);
    assert_int_equal(result.entry, 0);
    file_digest(after);
    assert_string_equal(before, after);
}

static void import_base(const char *time) {
    const struct csv files[] = {{"participants", PARTICIPANTS_HEADER PARTICIPANT(ANNA)},
                                {"programmes", PROGRAMMES_HEADER PROGRAMME(ANNA)},
                                END};
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, time, files);
    st_ledger_close(ledger);
}

static void test_counts_and_columns(void **state) {
    (void)state;
    import_base(TODAY);
    assert_string_equal(query("SELECT group_concat(kind || run IS NULL) FROM journal"), "1,1");
    assert_string_equal(query("SELECT detail FROM journal WHERE entry = 2"),
                        "1.csv: 1 rows, 2.csv: 1 rows; 2 added, 0 replaced, 0 withdrawn, 0 "
                        "unchanged, 0 left out");
    assert_string_equal(query("SELECT person_id || start_date || ifnull(share_percent, '-')"
                              " || permit || withdrawn || entry FROM programme"),
                        ANNA "2025-03-01-e02");
    assert_string_equal(query("SELECT group_concat(number || name || kind || row_count)"
                              " FROM import_file"),
                        "11.csvparticipants1,22.csvprogrammes1");
}

static void test_same_again_changes_nothing(void **state) {
    char before[65], after[65];
    const struct csv files[] = {{"programmes", PROGRAMMES_HEADER PROGRAMME(ANNA)},
                                {"participants", PARTICIPANTS_HEADER PARTICIPANT(ANNA)},
                                END};
    struct st_import_result result;
    struct st_act act = act_of("kari", "2026-01-04T08:00:00Z");
    (void)state;
    import_base(TODAY);
    file_digest(before);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(import_texts(ledger, &act, files, &result, NULL, false), ST_OK);
    assert_int_equal(result.entry, 0);
    assert_int_equal(result.row_count, 2);
    assert_int_equal(result.unchanged_count, 2);
    assert_int_equal(import_texts(ledger, &act, files, &result, NULL, false), ST_OK);
    st_ledger_close(ledger);
    file_digest(after);
    assert_string_equal(before, after);
}

static void test_dry_run(void **state) {
    char before[65], after[65];
    const struct csv files[] = {{"participants", PARTICIPANTS_HEADER PARTICIPANT(ANNA)}, END};
    struct st_import_result result;
    struct st_act act = act_of("kari", TODAY);
    (void)state;
    act.dry_run = true;
    file_digest(before);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(import_texts(ledger, &act, files, &result, NULL, false), ST_OK);
    assert_int_equal(result.added_count, 1);
    assert_int_equal(result.entry, 0);
    st_ledger_close(ledger);
    file_digest(after);
    assert_string_equal(before, after);
}

static void test_replaced_and_withdrawn(void **state) {
    const struct csv change[] = {{"participants", PARTICIPANTS_HEADER ANNA
                                  ",Other Name,1970-01-01,15030000002,en,\n" PARTICIPANT(BORIS)},
                                 {"programmes", PROGRAMMES_HEADER ANNA
                                  ",2025-03-01,,,,,,,,,,yes\n" ANNA ",2024-03-01,,,,,,,,,,yes\n"},
                                 END};
    const struct csv back[] = {{"programmes", PROGRAMMES_HEADER PROGRAMME(ANNA)}, END};
    struct st_import_result result;
    struct st_act act = act_of("kari", "2026-01-04T08:00:00Z");
    (void)state;
    import_base(TODAY);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(import_texts(ledger, &act, change, &result, NULL, false), ST_OK);
    assert_int_equal(result.added_count, 1);
    assert_int_equal(result.replaced_count, 1);
    assert_int_equal(result.withdrawn_count, 1);
    assert_int_equal(result.unchanged_count, 1); /* withdrawn, but never there */
    assert_int_equal(result.entry, 3);
    assert_string_equal(query("SELECT count(*) FROM programme"), "2");
    assert_string_equal(query("SELECT ifnull(permit, 'none') FROM programme WHERE entry = 3"),
                        "none");
    assert_int_equal(import_texts(ledger, &act, change, &result, NULL, false), ST_OK);
    assert_int_equal(result.entry, 0);
    assert_int_equal(import_texts(ledger, &act, back, &result, NULL, false), ST_OK);
    assert_int_equal(result.added_count, 1);
    st_ledger_close(ledger);
}

static void test_same_key_twice(void **state) {
    const struct csv files[] = {
        {"participants", PARTICIPANTS_HEADER PARTICIPANT(BORIS) PARTICIPANT(ANNA)},
        {"participants",
         PARTICIPANTS_HEADER PARTICIPANT(ANNA) PARTICIPANT(CLARA) PARTICIPANT(ANNA)},
        END};
    static const char *const wanted[] = {"2.csv:2: import.duplicate", "2.csv:4: import.duplicate"};
    (void)state;
    assert_refused(files, wanted, 2);
}

static void test_unknown_person(void **state) {
    const struct csv files[] = {
        {"programmes", PROGRAMMES_HEADER PROGRAMME(BORIS) PROGRAMME(ANNA)},
        {"living", LIVING_HEADER BORIS ",2025-03-01,,alone,,no,\n" CLARA ",2025-03-01,,,,,yes\n"},
        {"participants", PARTICIPANTS_HEADER PARTICIPANT(ANNA)},
        END};
    static const char *const wanted[] = {"1.csv:2: import.unknown_person",
                                         "2.csv:2: import.unknown_person"};
    (void)state;
    assert_refused(files, wanted, 2);
}

/* Who is withdrawn is out of the register; the other facts stay. */
static void test_withdrawn_person_is_unknown(void **state) {
    const struct csv files[] = {{"participants", PARTICIPANTS_HEADER ANNA ",,,,,yes\n"},
                                {"living", LIVING_HEADER ANNA ",2025-03-01,,alone,,no,\n"},
                                END};
    static const char *const wanted[] = {"2.csv:2: import.unknown_person"};
    (void)state;
    import_base(TODAY);
    assert_refused(files, wanted, 1);
}

static void test_overlaps(void **state) {
    const struct csv files[] = {
        {"absences", ABSENCES_HEADER ANNA
         ",2026-01-05,2026-01-09,certified_sick,,yes,\n"        /* 2 */
         ANNA ",2026-01-09,2026-01-09,unapproved,2,no,\n"       /* 3: on whole days */
         ANNA ",2026-01-12,2026-01-12,unapproved,2,no,\n"       /* 4: on line 6 */
         ANNA ",2026-01-12,2026-01-12,pregnancy_check,1,yes,\n" /* 5: on line 6 */
         ANNA ",2026-01-12,2026-01-13,holiday,,yes,\n"          /* 6 */
         ANNA ",2026-01-14,,other_leave,,yes,\n"                /* 7 */
         ANNA ",2026-02-14,2026-02-15,holiday,,yes,\n"          /* 8: on an open end */
         BORIS ",2026-01-12,2026-01-12,unapproved,2,no,\n" BORIS
         ",2026-01-12,2026-01-12,pregnancy_check,1,yes,\n"}, /* hours may share a day */
        {"participants", PARTICIPANTS_HEADER PARTICIPANT(BORIS)},
        {"programmes", PROGRAMMES_HEADER ANNA
         ",2025-02-01,2025-01-10,2025-03-01,e,2025-01-15,,none,work,,,\n"}, /* on another */
        {"living",
         LIVING_HEADER ANNA ",2025-01-01,2025-01-31,alone,,no,\n" ANNA ",2025-02-01,,alone,,no,\n"},
        END};
    static const char *const wanted[] = {"1.csv:3: import.overlap", "1.csv:4: import.overlap",
                                         "1.csv:5: import.overlap", "1.csv:8: import.overlap",
                                         "3.csv:2: import.overlap"};
    (void)state;
    import_base(TODAY);
    assert_refused(files, wanted, 5);
}

/* As of after the import: what is withdrawn or shortened by it is no longer in the way. */
static void test_overlap_resolved_by_the_import(void **state) {
    const struct csv files[] = {{"programmes", PROGRAMMES_HEADER ANNA
                                 ",2025-03-01,,,,,,,,,,yes\n" ANNA
                                 ",2025-02-01,2025-01-10,2025-06-01,e,2025-01-15,,none,work,,,\n"},
                                END};
    struct st_import_result result;
    struct st_act act = act_of("kari", TODAY);
    (void)state;
    import_base(TODAY);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(import_texts(ledger, &act, files, &result, NULL, false), ST_OK);
    assert_int_equal(result.entry, 3);
    st_ledger_close(ledger);
}

/* Reading problems and checks between rows are reported together, by file and line; persons whose
 * own row is broken are not reported as unknown on top of it. */
static void test_all_problems_at_once(void **state) {
    const struct csv files[] = {{"participants", PARTICIPANTS_HEADER ANNA
                                 ",Test,1970-13-01,15030000002,en,\n" PARTICIPANT(BORIS)
                                     PARTICIPANT(BORIS)},
                                {"programmes", PROGRAMMES_HEADER PROGRAMME(ANNA)},
                                END};
    (void)state;
    char before[65], after[65];
    struct st_import_result result;
    struct reported reported;
    struct st_act act = act_of("kari", TODAY);
    file_digest(before);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(import_texts(ledger, &act, files, &result, &reported, false), ST_BAD_INPUT);
    st_ledger_close(ledger);
    assert_int_equal(reported.count, 2);
    assert_memory_equal(reported.text[0], "1.csv:2:", 8);
    assert_string_equal(reported.text[1], "1.csv:4: import.duplicate");
    file_digest(after);
    assert_string_equal(before, after);
}

static struct st_fact card_of(const char *person_id) {
    struct st_fact card = {.kind = ST_FACT_AUTHORITY_CARD};
    for (size_t i = 0; i < ST_COUNT_OF(card.values); i++)
        card.values[i].is_null = true;
    card.values[0] = (struct st_value){.text = person_id, .size = 11};
    card.values[1] = (struct st_value){.number = 2026};
    card.values[2] = (struct st_value){.number = ST_RESULT_NO_CARD};
    card.values[3] = card.values[4] = (struct st_value){.number = 0};
    return card;
}

static void test_card_of_unknown_person_is_left_out(void **state) {
    struct st_import *import = NULL;
    struct st_import_result result;
    struct reported reported = {0};
    struct st_act act = act_of("kari", TODAY);
    struct st_fact anna = card_of(ANNA), boris = card_of(BORIS);
    int file;
    (void)state;
    import_base(TODAY);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(st_import_begin(ledger, &act, &import, &error), ST_OK);
    assert_int_equal(st_import_file(import, "cards.xml", "taxcards", FILE_DIGEST, &file, &error), ST_OK);
    assert_int_equal(st_import_add(import, file, 7, &boris, &error), ST_OK);
    assert_int_equal(st_import_add(import, file, 9, &anna, &error), ST_OK);
    assert_int_equal(st_import_finish(import, &result, &error), ST_OK);
    assert_int_equal(result.added_count, 1);
    assert_int_equal(result.left_out_count, 1);
    assert_int_equal(result.entry, 3);
    assert_int_equal(st_import_each_problem(import, true, keep_report, &reported, &error), ST_OK);
    assert_int_equal(reported.count, 1);
    assert_string_equal(reported.text[0], "cards.xml:7: import.unknown_card_person");
    assert_int_equal(st_import_each_problem(import, false, keep_report, &reported, &error), ST_OK);
    assert_int_equal(reported.count, 1);
    st_import_free(import);
    /* Nothing of the import is left behind on the connection: another one can follow. */
    assert_int_equal(st_import_begin(ledger, &act, &import, &error), ST_OK);
    st_import_free(import);
    st_ledger_close(ledger);
}

/* The same rows in another order, in other files, are the same rows in the ledger. */
static void test_order_does_not_matter(void **state) {
    static const char rows[] =
        "SELECT group_concat(person_id || from_date || kind || entry) FROM absence";
    const struct csv sorted[] = {
        {"participants", PARTICIPANTS_HEADER PARTICIPANT(ANNA) PARTICIPANT(BORIS)},
        {"absences", ABSENCES_HEADER ANNA ",2026-01-05,2026-01-05,holiday,,yes,\n" ANNA
                                          ",2026-01-06,2026-01-06,stop,,yes,\n" BORIS
                                          ",2026-01-05,2026-01-05,holiday,,yes,\n"},
        END};
    const struct csv shuffled[] = {
        {"participants", PARTICIPANTS_HEADER PARTICIPANT(BORIS) PARTICIPANT(ANNA)},
        {"absences", ABSENCES_HEADER BORIS ",2026-01-05,2026-01-05,holiday,,yes,\n" ANNA
                                           ",2026-01-06,2026-01-06,stop,,yes,\n" ANNA
                                           ",2026-01-05,2026-01-05,holiday,,yes,\n"},
        END};
    char digest[4096], order[4096];
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, TODAY, sorted);
    st_ledger_close(ledger);
    (void)snprintf(digest, sizeof digest, "%s",
                   query("SELECT digest FROM journal WHERE entry = 2"));
    (void)snprintf(order, sizeof order, "%s", query(rows));
    remove_folder(state);
    make_ledger(state);
    ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, TODAY, shuffled);
    st_ledger_close(ledger);
    assert_string_equal(query("SELECT digest FROM journal WHERE entry = 2"), digest);
    assert_string_equal(query(rows), order);
}

/* ---- the register -------------------------------------------------------------------------- */

static enum st_status count_person(void *context, const struct st_participant *participant) {
    assert_string_equal(participant->person_id, ANNA);
    ++*(int *)context;
    return ST_OK;
}

struct seen {
    int count, current_count;
    int64_t last_entry;
};
static enum st_status see_row(void *context, const struct st_history_row *row) {
    struct seen *seen = context;
    seen->count++;
    seen->current_count += row->current;
    if (row->fact->kind == ST_FACT_PARTICIPANT) {
        assert_true(row->entry > seen->last_entry);
        seen->last_entry = row->entry;
    }
    assert_string_equal(row->actor, "kari");
    return ST_OK;
}

static void test_register_and_history(void **state) {
    const struct csv change[] = {{"participants", PARTICIPANTS_HEADER ANNA
                                  ",Other Name,1970-01-01,15030000002,en,\n" PARTICIPANT(BORIS)},
                                 END};
    const struct csv gone[] = {{"participants", PARTICIPANTS_HEADER BORIS ",,,,,yes\n"}, END};
    int persons = 0;
    struct seen seen = {0};
    (void)state;
    import_base(TODAY);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, TODAY, change);
    import_ok(ledger, TODAY, gone);
    assert_int_equal(st_ledger_each_person(ledger, count_person, &persons, &error), ST_OK);
    assert_int_equal(persons, 1);
    assert_int_equal(st_ledger_person_history(ledger, ANNA, see_row, &seen, &error), ST_OK);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.current_count, 2);
    st_ledger_close(ledger);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_ledger, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_counts_and_columns),
        TEST(test_same_again_changes_nothing),
        TEST(test_dry_run),
        TEST(test_replaced_and_withdrawn),
        TEST(test_same_key_twice),
        TEST(test_unknown_person),
        TEST(test_withdrawn_person_is_unknown),
        TEST(test_overlaps),
        TEST(test_overlap_resolved_by_the_import),
        TEST(test_all_problems_at_once),
        TEST(test_card_of_unknown_person_is_left_out),
        TEST(test_order_does_not_matter),
        TEST(test_register_and_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
