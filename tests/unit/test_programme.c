/* SPDX-License-Identifier: MIT */
/* test_programme.c - the time of a programme (R19, R21) and the findings about it (R8, R13, R18-R22):
 * each just below, at and just past its limit, in both regimes, and silent without its file.
 *
 * The person of the scene is in order: every test changes one thing.
 */
#include "engine/programme_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS_MAX = 8 };

static struct scene {
    struct st_person_facts facts;
    struct st_known_files files;
    struct st_programme programmes[ROWS_MAX];
    struct st_absence absences[ROWS_MAX];
    struct st_decision decisions[ROWS_MAX];
    struct st_ending endings[ROWS_MAX];
    struct st_weekly_hours content[ROWS_MAX], employment[ROWS_MAX];
    struct st_settlement settlement;
    st_month month;
    st_date today;
    char found[8192]; /* "CODE severity: text" lines */
} scene;

static st_date day(const char *text) {
    st_date date = ST_DATE_NONE;
    assert_true(st_date_parse(text, strlen(text), &date));
    return date;
}

/* Offered in the new regime, no education, work as goal: 2026-02-02 to 2028-02-01. */
static int make_scene(void **state) {
    (void)state;
    memset(&scene, 0, sizeof scene);
    scene.facts = (struct st_person_facts){.programmes = scene.programmes,
                                           .programme_count = 1,
                                           .absences = scene.absences,
                                           .decisions = scene.decisions,
                                           .decision_count = 1,
                                           .endings = scene.endings,
                                           .content = scene.content,
                                           .employment = scene.employment,
                                           .settlements = &scene.settlement,
                                           .settlement_count = 1};
    scene.facts.participant.birth_date = day("1990-01-01");
    scene.files = (struct st_known_files){true, true, true, true, true};
    scene.programmes[0] = (struct st_programme){.start = day("2026-02-02"),
                                                .offered = day("2026-01-15"),
                                                .end = day("2028-02-01"),
                                                .permit = 'a',
                                                .permit_granted = day("2025-08-01"),
                                                .settled = day("2026-01-10"),
                                                .education = ST_EDUCATION_NONE,
                                                .end_goal = ST_GOAL_WORK,
                                                .share_percent = 100,
                                                .share_cause = ST_CAUSE_NONE};
    scene.decisions[0] =
        (struct st_decision){day("2026-01-20"), ST_DECISION_PROGRAMME, ST_DATE_OPEN};
    scene.settlement = (struct st_settlement){day("2026-01-10"), true, true};
    scene.month = st_month_make(2026, 5);
    scene.today = day("2026-06-02");
    return 0;
}

static enum st_status keep(void *context, const struct st_finding *finding) {
    struct scene *kept = context;
    size_t used = strlen(kept->found);
    int size = snprintf(kept->found + used, sizeof kept->found - used, "%s %s: %s\n", finding->code,
                        st_severity_name(finding->severity), finding->text);
    assert_true(size > 0 && used + (size_t)size < sizeof kept->found);
    assert_true(finding->rule[0] == 'R' && finding->citation[0] != '\0');
    return ST_OK;
}

static void check(void) {
    scene.found[0] = '\0';
    assert_int_equal(
        st_check_programmes(&scene.facts, &scene.files, scene.month, scene.today, keep, &scene),
        ST_OK);
}
static void silent(void) {
    check();
    assert_string_equal(scene.found, "");
}
/* Exactly one finding: this one. */
static void only(const char *start) {
    check();
    if (strncmp(scene.found, start, strlen(start)) != 0 ||
        strchr(scene.found, '\n') != scene.found + strlen(scene.found) - 1)
        fail_msg("not only \"%s\":\n%s", start, scene.found);
}
static void finds(const char *part) {
    check();
    if (strstr(scene.found, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, scene.found);
}
static void finds_not(const char *part) {
    check();
    if (strstr(scene.found, part) != NULL)
        fail_msg("\"%s\" is in:\n%s", part, scene.found);
}

static void away(enum st_absence_kind kind, const char *from, const char *to) {
    scene.absences[scene.facts.absence_count++] =
        (struct st_absence){day(from), to == NULL ? ST_DATE_OPEN : day(to), kind, 0, true};
}
static void decide(enum st_decision_kind kind, const char *decided, const char *until) {
    scene.decisions[scene.facts.decision_count++] =
        (struct st_decision){day(decided), kind, until == NULL ? ST_DATE_OPEN : day(until)};
}
static void content(const char *from, const char *to, int64_t hundredths) {
    scene.content[scene.facts.content_count++] =
        (struct st_weekly_hours){day(from), to == NULL ? ST_DATE_OPEN : day(to), hundredths};
}
static struct st_programme_time time_of(size_t index) {
    struct st_programme_time time;
    st_programme_time(&scene.facts, index, scene.today, &time);
    return time;
}

/* ---- R19 ------------------------------------------------------------------------------------ */

static void is_silent_when_all_is_in_order(void **state) {
    (void)state;
    silent();
}

static const struct row {
    const char *offered;
    char permit;
    enum st_education education;
    enum st_end_goal goal;
    int base, extension;
    bool is_new;
} rows[] = {
    /* educated, both sides of 2026 */
    {"2025-12-31", 'a', ST_EDUCATION_HIGHER, ST_GOAL_WORK, 6, 6, false},
    {"2026-01-01", 'a', ST_EDUCATION_HIGHER, ST_GOAL_WORK, 12, 0, true},
    {"2025-12-31", 'a', ST_EDUCATION_UPPER_SECONDARY, ST_GOAL_PREPARATORY, 6, 6, false},
    {"2026-01-01", 'a', ST_EDUCATION_UPPER_SECONDARY, ST_GOAL_PREPARATORY, 12, 0, true},
    /* collective protection with education */
    {"2023-06-30", 'e', ST_EDUCATION_UPPER_SECONDARY, ST_GOAL_PREPARATORY, 6, 6, false},
    {"2023-07-01", 'e', ST_EDUCATION_UPPER_SECONDARY, ST_GOAL_PREPARATORY, 12, 0, false},
    {"2025-12-31", 'e', ST_EDUCATION_UPPER_SECONDARY, ST_GOAL_PREPARATORY, 12, 0, false},
    {"2026-01-01", 'e', ST_EDUCATION_UPPER_SECONDARY, ST_GOAL_PREPARATORY, 12, 0, true},
    {"2024-06-01", 'e', ST_EDUCATION_HIGHER, ST_GOAL_PREPARATORY, 6, 6, false},
    {"2024-06-01", 'e', ST_EDUCATION_UPPER_SECONDARY, ST_GOAL_WORK, 6, 6, false},
    {"2026-01-01", 'e', ST_EDUCATION_HIGHER, ST_GOAL_WORK, 12, 0, true},
    /* not educated, until 2024 */
    {"2024-12-31", 'a', ST_EDUCATION_NONE, ST_GOAL_WORK, 24, 12, false},
    {"2024-12-31", 'a', ST_EDUCATION_NONE, ST_GOAL_PART_UPPER_SECONDARY, 24, 12, false},
    {"2024-12-31", 'a', ST_EDUCATION_NONE, ST_GOAL_UPPER_SECONDARY, 36, 12, false},
    {"2024-12-31", 'a', ST_EDUCATION_NONE, ST_GOAL_VOCATIONAL, 24, 12, false},
    {"2024-12-31", 'e', ST_EDUCATION_NONE, ST_GOAL_PREPARATORY, 24, 12, false},
    /* not educated, 2025 */
    {"2025-01-01", 'a', ST_EDUCATION_NONE, ST_GOAL_WORK, 24, 12, false},
    {"2025-12-31", 'a', ST_EDUCATION_NONE, ST_GOAL_PREPARATORY, 24, 12, false},
    {"2025-01-01", 'a', ST_EDUCATION_NONE, ST_GOAL_PART_UPPER_SECONDARY, 36, 12, false},
    {"2025-01-01", 'a', ST_EDUCATION_NONE, ST_GOAL_UPPER_SECONDARY, 48, 12, false},
    {"2025-01-01", 'a', ST_EDUCATION_NONE, ST_GOAL_VOCATIONAL, 60, 0, false},
    /* not educated, from 2026 */
    {"2026-01-01", 'a', ST_EDUCATION_NONE, ST_GOAL_WORK, 24, 0, true},
    {"2026-01-01", 'e', ST_EDUCATION_NONE, ST_GOAL_PREPARATORY, 24, 0, true},
    {"2026-01-01", 'a', ST_EDUCATION_NONE, ST_GOAL_PART_UPPER_SECONDARY, 36, 12, true},
    {"2026-01-01", 'a', ST_EDUCATION_NONE, ST_GOAL_UPPER_SECONDARY, 48, 12, true},
    {"2026-01-01", 'a', ST_EDUCATION_NONE, ST_GOAL_VOCATIONAL, 60, 0, true},
};

static void knows_each_row_of_the_table(void **state) {
    (void)state;
    for (size_t i = 0; i < ST_COUNT_OF(rows); i++) {
        struct st_programme *programme = &scene.programmes[0];
        programme->offered = day(rows[i].offered);
        programme->start = programme->offered + 20;
        programme->permit = rows[i].permit;
        programme->education = rows[i].education;
        programme->end_goal = rows[i].goal;
        struct st_programme_time time = time_of(0);
        assert_int_equal(time.base_months, rows[i].base);
        assert_int_equal(time.extension_months, rows[i].extension);
        assert_int_equal(time.is_new_regime, rows[i].is_new);
        assert_true(time.regime[0] != '\0' && time.citation[0] != '\0');
    }
}

static void leaves_no_gap_in_the_table(void **state) {
    (void)state;
    struct st_programme *programme = &scene.programmes[0];
    for (int offered = 2021; offered <= 2030; offered++)
        for (char permit = 'a'; permit <= 'g'; permit++)
            for (int education = 0; education < 3; education++)
                for (int goal = 0; goal < 5; goal++) {
                    programme->offered = st_date_make(offered, 7, 1);
                    programme->permit = permit;
                    programme->education = (enum st_education)education;
                    programme->end_goal = (enum st_end_goal)goal;
                    assert_true(time_of(0).base_months >= 6);
                }
}

static void counts_months_to_the_day_before(void **state) {
    (void)state;
    assert_int_equal(time_of(0).base_end, day("2028-02-01"));
    assert_int_equal(time_of(0).longest_end, day("2028-02-01"));
    scene.programmes[0].end_goal = ST_GOAL_PART_UPPER_SECONDARY;
    assert_int_equal(time_of(0).base_end, day("2029-02-01"));
    assert_int_equal(time_of(0).extended_end, day("2030-02-01"));
}

static void takes_the_start_when_no_offer_is_recorded(void **state) {
    (void)state;
    scene.programmes[0].offered = ST_DATE_NONE;
    assert_true(time_of(0).is_new_regime);
    scene.programmes[0].start = day("2025-12-31");
    assert_false(time_of(0).is_new_regime);
}

/* A row before the scene's, offered in 2023; the scene's becomes the second. */
static void add_earlier(const char *start, const char *end) {
    scene.programmes[1] = scene.programmes[0];
    scene.programmes[0].start = day(start);
    scene.programmes[0].offered = day(start) - 10;
    scene.programmes[0].end = day(end);
    scene.facts.programme_count = 2;
}

static void counts_an_earlier_programme_within_two_years(void **state) {
    (void)state;
    add_earlier("2024-01-24", "2024-02-02"); /* two years before the start */
    assert_int_equal(time_of(1).used_days, 0);
    scene.programmes[0].end = day("2024-02-03"); /* a day less */
    assert_int_equal(time_of(1).used_days, 11);
    assert_int_equal(time_of(1).base_end, day("2028-02-01") - 11);
    assert_int_equal(time_of(1).extended_end, day("2028-02-01") - 11);
    assert_int_equal(time_of(0).used_days, 0);
}

static void takes_rows_without_a_gap_as_one_programme(void **state) {
    (void)state;
    scene.programmes[1] = scene.programmes[0];
    scene.programmes[0].end = day("2026-06-30");
    scene.programmes[1].start = day("2026-07-01");
    scene.facts.programme_count = 2;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(time_of(i).start, day("2026-02-02"));
        assert_int_equal(time_of(i).recorded_end, day("2028-02-01"));
        assert_int_equal(time_of(i).base_end, day("2028-02-01"));
        assert_int_equal(time_of(i).used_days, 0);
    }
    silent();
    scene.programmes[1].start++; /* a gap */
    scene.programmes[1].offered++;
    assert_int_equal(time_of(1).used_days, day("2026-07-01") - day("2026-02-02"));
}

static void wants_work_as_goal_over_55(void **state) {
    (void)state;
    scene.programmes[0].end_goal = ST_GOAL_VOCATIONAL;
    scene.facts.participant.birth_date = day("1969-08-02"); /* 56 the day after the permit */
    silent();
    scene.facts.participant.birth_date = day("1969-08-01");
    finds("R19-OVER-55 warning");
    finds("R18-OVER-55 note");
    scene.programmes[0].end_goal = ST_GOAL_WORK;
    only("R18-OVER-55");
    scene.programmes[0].end_goal = ST_GOAL_VOCATIONAL;
    scene.programmes[0].offered = day("2025-12-31");
    only("R18-OVER-55");
}

/* ---- R18 ------------------------------------------------------------------------------------ */

static void looks_at_the_age_on_the_permit_date(void **state) {
    (void)state;
    scene.facts.participant.birth_date = day("2007-08-01"); /* 18 that day */
    silent();
    scene.facts.participant.birth_date = day("2007-08-02");
    only("R18-AGE warning");
    assert_int_equal(st_age_limit_on(day("2040-01-01")), 55); /* 60 is not in force */
}

static void wants_a_settlement_by_agreement(void **state) {
    (void)state;
    scene.settlement.is_by_agreement = false;
    only("R18-AGREEMENT note");
    scene.programmes[0].permit = 'f';
    silent();
    scene.programmes[0].permit = 'g';
    silent();
    scene.programmes[0].permit = 'a';
    add_earlier("2022-01-10", "2022-06-30");
    scene.programmes[0].permit = 'f';
    silent();
    scene.programmes[0].permit = 'e';
    only("R18-AGREEMENT");
    scene.facts.settlement_count = 0;
    silent();
}

static void allows_two_years_to_the_decision(void **state) {
    (void)state;
    scene.settlement.settled = day("2024-01-21"); /* decided a day before two years */
    only("R18-LATE-START");
    scene.settlement.settled = day("2024-01-20");
    finds("R18-TWO-YEARS warning");
    add_earlier("2022-01-10", "2022-06-30"); /* a return */
    silent();
}

static void asks_for_the_start_without_a_decision(void **state) {
    (void)state;
    scene.files.decisions = false;
    scene.facts.decision_count = 0;
    scene.settlement.settled = day("2024-02-03");
    finds_not("R18-TWO-YEARS");
    scene.settlement.settled = day("2024-02-02");
    finds("R18-TWO-YEARS");
    scene.facts.settlement_count = 0; /* then programmes.csv tells */
    silent();
    scene.programmes[0].settled = day("2024-02-02");
    finds("R18-TWO-YEARS");
    scene.programmes[0].settled = ST_DATE_NONE;
    silent();
}

static void allows_three_months_to_the_start(void **state) {
    (void)state;
    scene.settlement.settled = day("2025-11-02");
    silent();
    scene.settlement.settled = day("2025-11-01");
    only("R18-LATE-START note: decided or started more than three months after settlement");
    scene.settlement.settled = day("2025-11-02");
    scene.decisions[0].decided = day("2026-02-03"); /* late decision, start in time */
    finds("R18-LATE-START");
}

static void bars_who_works_thirty_hours(void **state) {
    (void)state;
    scene.facts.employment_count = 1;
    scene.employment[0] = (struct st_weekly_hours){day("2026-01-20"), day("2026-01-20"), 2999};
    silent();
    scene.employment[0].hours_hundredths = 3000;
    only("R18-WORK warning");
    scene.employment[0].from = scene.employment[0].to = day("2026-01-21");
    silent();
    scene.employment[0] = (struct st_weekly_hours){day("2025-01-01"), ST_DATE_OPEN, 3750};
    finds("37.5 hours a week");
    scene.files.employment = false;
    silent();
    scene.files.employment = true;
    scene.decisions[0].decided = day("2025-12-31");
    silent();
    scene.decisions[0].decided = day("2026-01-01");
    finds("R18-WORK");
}

/* ---- R20 ------------------------------------------------------------------------------------ */

static void wants_fifteen_hours_after_six_months(void **state) {
    (void)state;
    scene.today = day("2026-08-01"); /* six months less a day */
    silent();
    scene.today = day("2026-08-02");
    only("R20-HOURS warning: too little work-oriented content; plan more, or record in content.csv "
         "what was given: 0 hours a week on average, of 15, from 2026-08-02 to 2026-08-02");
    content("2026-02-02", NULL, 1500);
    silent();
    scene.content[0].hours_hundredths = 1499;
    only("R20-HOURS");
    scene.files.content = false;
    silent();
}

static void wants_them_after_three_months_with_education(void **state) {
    (void)state;
    scene.programmes[0].education = ST_EDUCATION_HIGHER;
    scene.programmes[0].end = day("2027-02-01");
    scene.today = day("2026-05-01");
    silent();
    scene.today = day("2026-05-02");
    only("R20-HOURS");
    scene.programmes[0].end_goal = ST_GOAL_PREPARATORY;
    silent();
}

static void averages_over_rows_and_days_without_one(void **state) {
    (void)state;
    scene.today = day("2026-08-11"); /* ten days */
    content("2026-08-02", "2026-08-06", 2000);
    content("2026-08-07", "2026-08-11", 1000);
    silent();
    scene.content[1].to = day("2026-08-10");
    finds("14 hours a week on average, of 15");
    scene.programmes[0].end = day("2026-08-06"); /* nothing after the end */
    scene.today = day("2026-08-31");
    finds_not("R20-HOURS");
}

static void wants_them_of_collective_protection_too(void **state) {
    (void)state;
    struct st_programme *programme = &scene.programmes[0];
    *programme = (struct st_programme){.start = day("2024-02-01"),
                                       .offered = day("2024-01-15"),
                                       .end = day("2024-07-31"),
                                       .permit = 'e',
                                       .permit_granted = day("2023-08-01"),
                                       .settled = day("2024-01-10"),
                                       .education = ST_EDUCATION_HIGHER,
                                       .end_goal = ST_GOAL_WORK,
                                       .share_percent = 61,
                                       .share_cause = ST_CAUSE_PARTICIPANT};
    scene.settlement.settled = day("2024-01-10");
    scene.decisions[0].decided = day("2024-01-15");
    scene.month = st_month_make(2024, 5);
    scene.today = day("2024-04-30");
    silent();
    scene.today = day("2024-05-31");
    content("2024-02-01", NULL, 1499);
    only("R20-HOURS");
    programme->share_percent = 60; /* part-time: ten hours */
    silent();
    scene.content[0].hours_hundredths = 1000;
    silent();
    scene.content[0].hours_hundredths = 999;
    finds("9.99 hours a week on average, of 10,");
    programme->education = ST_EDUCATION_NONE;
    silent();
    programme->education = ST_EDUCATION_HIGHER;
    programme->permit = 'a';
    silent();
    programme->permit = 'e';
    programme->start = day("2024-01-31");
    programme->end = day("2024-07-30");
    silent();
}

/* Collective protection had the rule for programmes started to the end of 2025; from 2026 it is § 14 a's,
 * which asks the same of all. What differs is the time before 2026, seen by another permit. */
static void ends_that_with_programmes_started_in_2025(void **state) {
    (void)state;
    struct st_programme *programme = &scene.programmes[0];
    programme->offered = day("2025-12-20");
    programme->education = ST_EDUCATION_HIGHER;
    programme->permit = 'e';
    programme->end = day("2026-06-29");
    scene.settlement.settled = day("2025-12-01");
    scene.decisions[0].decided = day("2025-12-20");
    programme->start = day("2025-12-31");
    only("R20-HOURS");
    finds("from 2026-03-31");
    programme->start = day("2026-01-01"); /* offered before 2026: § 14 a holds all the same */
    only("R20-HOURS");
    finds("from 2026-04-01");
    programme->start = day("2025-08-01"); /* three months on is 1 November ... */
    finds("from 2025-11-01");
    programme->permit = 'a'; /* ... and without collective protection § 14 a counts from 2026 */
    finds("from 2026-01-01");
}

/* A part-time row to the end of 2025 and the full-time one after it: 62 days of 10, 1 of 15. */
static void asks_by_the_share_of_each_day(void **state) {
    (void)state;
    struct st_programme *rows_of_one = scene.programmes;
    rows_of_one[0].start = day("2025-07-31");
    rows_of_one[0].offered = day("2025-07-15");
    rows_of_one[0].permit = 'e';
    rows_of_one[0].permit_granted = day("2025-03-01");
    rows_of_one[0].education = ST_EDUCATION_HIGHER;
    rows_of_one[1] = rows_of_one[0];
    rows_of_one[0].end = day("2025-12-31");
    rows_of_one[0].share_percent = 50;
    rows_of_one[1].start = day("2026-01-01");
    rows_of_one[1].end = day("2026-01-30");
    scene.facts.programme_count = 2;
    scene.settlement.settled = day("2025-07-01");
    scene.decisions[0].decided = day("2025-07-15");
    scene.month = st_month_make(2026, 1);
    scene.today = day("2026-01-01"); /* from 31 October: 62 days at ten, one at 15 */
    content("2025-07-31", "2025-12-31", 1000);
    content("2026-01-01", NULL, 1500);
    silent();
    scene.content[1].hours_hundredths = 1499;
    only("R20-HOURS");
    finds("from 2025-10-31 to 2026-01-01");
}

/* ---- R21 ------------------------------------------------------------------------------------ */

static void adds_what_exceeds_ten_working_days(void **state) {
    (void)state;
    away(ST_ABSENCE_CERTIFIED_SICK, "2026-04-13", "2026-04-24"); /* ten virkedager */
    assert_int_equal(time_of(0).absence_days, 10);
    assert_int_equal(time_of(0).added_working_days, 0);
    assert_int_equal(time_of(0).longest_end, day("2028-02-01"));
    away(ST_ABSENCE_WELFARE_LEAVE, "2026-04-27", "2026-04-27");
    assert_int_equal(time_of(0).absence_days, 11);
    assert_int_equal(time_of(0).added_working_days, 11);
    assert_int_equal(time_of(0).added_calendar_days, 0);
    assert_int_equal(time_of(0).longest_end,
                     day("2028-02-16")); /* Tuesday 1 February, two weeks on */
}

/* The eleventh day of welfare leave in a year is past its limit (R8), so it adds no time. */
static void leaves_out_days_past_a_limit(void **state) {
    (void)state;
    away(ST_ABSENCE_WELFARE_LEAVE, "2026-04-13", "2026-04-27");
    assert_int_equal(time_of(0).absence_days, 10);
    assert_int_equal(time_of(0).added_working_days, 0);
    away(ST_ABSENCE_CERTIFIED_SICK, "2026-04-28", "2026-04-28");
    assert_int_equal(time_of(0).absence_days, 11);
    assert_int_equal(time_of(0).added_working_days, 11);
}

static void adds_leave_by_calendar_days_first(void **state) {
    (void)state;
    away(ST_ABSENCE_LONG_SICK_LEAVE, "2026-04-13", "2026-04-26"); /* 14 days, ten virkedager */
    away(ST_ABSENCE_CERTIFIED_SICK, "2026-04-27", "2026-04-27");
    assert_int_equal(time_of(0).absence_days, 11);
    assert_int_equal(time_of(0).added_working_days, 1);
    assert_int_equal(time_of(0).added_calendar_days, 14);
    assert_int_equal(time_of(0).longest_end, day("2028-02-16")); /* Tuesday the 15th, then one */
}

static void counts_only_past_days_of_the_programme(void **state) {
    (void)state;
    away(ST_ABSENCE_CERTIFIED_SICK, "2026-01-26", "2026-02-03");
    away(ST_ABSENCE_CERTIFIED_CHILD_SICK, "2026-06-01", "2026-06-30");
    assert_int_equal(time_of(0).absence_days, 4); /* 2 and 3 February, 1 and 2 June */
}

static void knows_which_kinds_add_time(void **state) {
    (void)state;
    for (int kind = 0; kind < ST_ABSENCE_KIND_COUNT; kind++) {
        scene.facts.absence_count = 0;
        away((enum st_absence_kind)kind, "2026-04-13", "2026-04-14");
        bool adds = kind <= ST_ABSENCE_BIRTH_FATHER || kind == ST_ABSENCE_WELFARE_LEAVE ||
                    kind == ST_ABSENCE_PEACE_WORK || kind == ST_ABSENCE_LONG_SICK_LEAVE ||
                    kind == ST_ABSENCE_PARENTAL_LEAVE;
        assert_int_equal(time_of(0).absence_days, adds ? 2 : 0);
        scene.absences[0].hours_hundredths = 100;
        assert_int_equal(time_of(0).absence_days, 0);
    }
}

/* ---- R22 ------------------------------------------------------------------------------------ */

static void wants_a_decision_before_the_start(void **state) {
    (void)state;
    scene.decisions[0].decided = day("2026-02-02");
    silent();
    scene.decisions[0].decided = day("2026-02-03");
    only("R22-BEFORE-DECISION warning");
    finds("days before the decision: 1");
    scene.facts.decision_count = 0;
    only("R22-NO-DECISION warning");
    scene.files.decisions = false;
    silent();
}

static void takes_each_programme_its_own_decision(void **state) {
    (void)state;
    add_earlier("2025-02-03", "2025-06-30");
    scene.programmes[0].end_goal = scene.programmes[1].end_goal = ST_GOAL_VOCATIONAL;
    scene.decisions[0].decided = day("2025-01-20");
    only("R22-NO-DECISION warning: a programme without a decision in decisions.csv; make the "
         "decision and record it: start 2026-02-02");
    decide(ST_DECISION_PROGRAMME, "2026-01-20", NULL);
    silent();
    scene.decisions[1].until = day("2026-02-01"); /* no longer in force */
    only("R22-NO-DECISION");
}

static void wants_an_extension_past_the_base(void **state) {
    (void)state;
    scene.programmes[0].end_goal = ST_GOAL_PART_UPPER_SECONDARY;
    scene.programmes[0].end = day("2029-02-01");
    silent();
    scene.programmes[0].end = day("2029-02-02");
    only("R22-NO-EXTENSION warning");
    decide(ST_DECISION_EXTENSION, "2026-02-01", NULL); /* of an earlier programme */
    only("R22-NO-EXTENSION");
    decide(ST_DECISION_EXTENSION, "2026-05-01", NULL);
    silent();
    scene.programmes[0].end = day("2030-02-01");
    silent();
    scene.programmes[0].end = day("2030-02-02");
    only("R22-TOO-LONG error");
    scene.files.decisions = false;
    only("R22-TOO-LONG");
}

static void takes_an_open_end_as_today(void **state) {
    (void)state;
    scene.programmes[0].end = ST_DATE_OPEN;
    content("2026-02-02", NULL, 1500);
    scene.today = day("2028-02-01");
    silent();
    scene.today = day("2028-02-02");
    finds("R22-NO-EXTENSION");
    finds("R22-TOO-LONG error: the programme lasts longer than base, extension and absence allow, "
          "and "
          "is paid until its end; correct the end: start 2026-02-02, longest end 2028-02-01, still "
          "open on 2028-02-02");
}

static void allows_what_absence_added(void **state) {
    (void)state;
    away(ST_ABSENCE_CERTIFIED_SICK, "2026-04-13", "2026-04-27"); /* eleven virkedager */
    decide(ST_DECISION_EXTENSION, "2026-05-01", NULL);
    scene.programmes[0].end = day("2028-02-16");
    silent();
    scene.programmes[0].end = day("2028-02-17");
    only("R22-TOO-LONG");
}

static void holds_the_old_regime_to_its_own_time(void **state) {
    (void)state;
    struct st_programme *programme = &scene.programmes[0];
    programme->offered = day("2025-12-31");
    programme->education = ST_EDUCATION_HIGHER;
    programme->end = day("2026-08-01"); /* six months */
    content("2026-02-02", NULL, 1500);
    silent();
    programme->end = day("2026-08-02");
    only("R22-NO-EXTENSION");
    decide(ST_DECISION_EXTENSION, "2026-05-01", NULL);
    programme->end = day("2027-02-01");
    silent();
    programme->end = day("2027-02-02");
    only("R22-TOO-LONG");
}

static void wants_endings_to_be_the_end(void **state) {
    (void)state;
    scene.facts.ending_count = 1;
    scene.endings[0] = (struct st_ending){day("2028-02-01"), "expired"};
    silent();
    scene.endings[0].ended = day("2026-05-20");
    only("R22-ENDING error");
    scene.endings[0].ended = day("2028-02-02");
    only("R22-ENDING");
    scene.endings[0].ended = day("2026-02-01");
    finds("no programme begun by then");
    scene.programmes[0].end = ST_DATE_OPEN;
    scene.endings[0].ended = day("2026-05-20");
    finds("its end: open");
    scene.files.endings = false;
    finds_not("R22-ENDING");
}

static void passes_over_programmes_that_ended_before(void **state) {
    (void)state;
    scene.facts.decision_count = 0;
    scene.programmes[0].end = day("2026-05-01");
    only("R22-NO-DECISION");
    scene.programmes[0].end = day("2026-04-30");
    silent();
    scene.facts.ending_count = 1; /* but for its ending */
    scene.endings[0] = (struct st_ending){day("2026-04-29"), "moved"};
    only("R22-ENDING");
}

/* ---- R13 ------------------------------------------------------------------------------------ */

static void wants_decisions_for_stops_and_leave(void **state) {
    (void)state;
    away(ST_ABSENCE_STOP, "2026-05-04", "2026-05-17");
    only("R13-NO-DECISION warning: a stop or leave without a decision in decisions.csv; make the "
         "decision and record it: stop from 2026-05-04 to 2026-05-17");
    decide(ST_DECISION_LEAVE, "2026-04-30", NULL);
    only("R13-NO-DECISION"); /* of another kind */
    decide(ST_DECISION_STOP, "2026-05-18", NULL);
    only("R13-NO-DECISION"); /* a day too late */
    scene.decisions[2].decided = day("2026-05-17");
    silent();
    scene.decisions[2].decided = day("2026-04-30");
    scene.decisions[2].until = day("2026-05-03");
    only("R13-NO-DECISION"); /* no longer in force */
    scene.decisions[2].until = day("2026-05-04");
    silent();
    scene.facts.decision_count = 2;
    scene.absences[0].kind = ST_ABSENCE_WORK_LEAVE;
    silent();
    scene.facts.decision_count = 1;
    only("R13-NO-DECISION");
    scene.absences[0].kind = ST_ABSENCE_UNAPPROVED;
    silent();
    scene.absences[0].kind = ST_ABSENCE_OTHER_LEAVE;
    scene.absences[0].to = ST_DATE_OPEN;
    finds("other_leave from 2026-05-04 to open");
    scene.files.decisions = false;
    silent();
}

static void looks_only_at_absences_of_the_programme(void **state) {
    (void)state;
    away(ST_ABSENCE_STOP, "2026-01-05", "2026-02-01");
    silent();
    scene.absences[0].to = day("2026-02-02");
    only("R13-NO-DECISION");
}

/* ---- R8 as a whole --------------------------------------------------------------------------- */

static void tells_of_four_spells_in_a_year(void **state) {
    (void)state;
    away(ST_ABSENCE_SELF_CERTIFIED_SICK, "2026-02-10", "2026-02-11");
    away(ST_ABSENCE_SELF_CERTIFIED_SICK, "2026-03-02", "2026-03-03");
    away(ST_ABSENCE_SELF_CERTIFIED_SICK, "2026-03-23", "2026-03-24");
    silent();
    away(ST_ABSENCE_SELF_CERTIFIED_SICK, "2026-03-25", "2026-03-25"); /* the same spell */
    silent();
    away(ST_ABSENCE_SELF_CERTIFIED_SICK, "2026-05-04", "2026-05-06");
    only("R8-FOUR-SPELLS note");
    away(ST_ABSENCE_CERTIFIED_SICK, "2026-05-07", "2026-05-08"); /* carried on by a certificate */
    silent();
    scene.absences[5].from = day("2026-05-08"); /* not directly */
    only("R8-FOUR-SPELLS");
    scene.today = day("2027-02-09");
    content("2026-02-02", NULL, 1500);
    only("R8-FOUR-SPELLS");
    scene.today = day("2027-02-10"); /* the first one is a year ago */
    silent();
    scene.today = day("2026-05-03"); /* the last one is to come */
    silent();
}

static void tells_of_a_sick_leave_past_a_year(void **state) {
    (void)state;
    decide(ST_DECISION_LEAVE, "2026-03-01", NULL);
    away(ST_ABSENCE_LONG_SICK_LEAVE, "2026-03-02", "2026-12-31");
    away(ST_ABSENCE_LONG_SICK_LEAVE, "2027-01-01", "2027-03-01");
    silent();
    scene.absences[1].to = day("2027-03-02");
    only("R8-LEAVE-LONG warning");
    scene.absences[1].from = day("2027-01-02"); /* a day between */
    silent();
    scene.absences[0].to = ST_DATE_OPEN;
    scene.facts.absence_count = 1;
    content("2026-02-02", NULL, 1500);
    scene.today = day("2027-03-01");
    silent();
    scene.today = day("2027-03-02");
    only("R8-LEAVE-LONG");
}

static void tells_of_a_parental_leave_past_ten_months(void **state) {
    (void)state;
    decide(ST_DECISION_LEAVE, "2026-02-15", NULL);
    away(ST_ABSENCE_PARENTAL_LEAVE, "2026-02-16", "2026-12-15"); /* 303 days, ten months */
    silent();
    scene.absences[0].to = day("2026-12-16");
    only("R8-LEAVE-LONG warning");
    scene.absences[0].to = day("2026-12-15");
    away(ST_ABSENCE_PARENTAL_LEAVE, "2027-02-15", "2027-02-15"); /* the same child still */
    finds("days together: 304, limit ten months: 303");
    scene.absences[1].from = scene.absences[1].to = day("2027-02-16"); /* another child */
    silent();
}

static void tells_of_a_long_stop(void **state) {
    (void)state;
    decide(ST_DECISION_STOP, "2026-03-01", NULL);
    away(ST_ABSENCE_STOP, "2026-03-02", "2026-06-01");
    silent();
    scene.absences[0].to = day("2026-06-02");
    only("R8-STOP-LONG warning");
    scene.absences[0].to = ST_DATE_OPEN;
    silent();
}

/* ---- the callback ---------------------------------------------------------------------------- */

static enum st_status refuse(void *context, const struct st_finding *finding) {
    (void)finding;
    ++*(int *)context;
    return ST_IO;
}

static void stops_when_told(void **state) {
    (void)state;
    int calls = 0;
    scene.facts.decision_count = 0;
    scene.settlement.is_by_agreement = false;
    assert_int_equal(
        st_check_programmes(&scene.facts, &scene.files, scene.month, scene.today, refuse, &calls),
        ST_IO);
    assert_int_equal(calls, 1);
}

static void is_silent_about_who_has_no_programme(void **state) {
    (void)state;
    scene.facts.programme_count = 0;
    scene.facts.decision_count = 0;
    away(ST_ABSENCE_STOP, "2026-05-04", NULL);
    silent();
}

#define TEST(name) cmocka_unit_test_setup(name, make_scene)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(is_silent_when_all_is_in_order),
        TEST(knows_each_row_of_the_table),
        TEST(leaves_no_gap_in_the_table),
        TEST(counts_months_to_the_day_before),
        TEST(takes_the_start_when_no_offer_is_recorded),
        TEST(counts_an_earlier_programme_within_two_years),
        TEST(takes_rows_without_a_gap_as_one_programme),
        TEST(wants_work_as_goal_over_55),
        TEST(looks_at_the_age_on_the_permit_date),
        TEST(wants_a_settlement_by_agreement),
        TEST(allows_two_years_to_the_decision),
        TEST(asks_for_the_start_without_a_decision),
        TEST(allows_three_months_to_the_start),
        TEST(bars_who_works_thirty_hours),
        TEST(wants_fifteen_hours_after_six_months),
        TEST(wants_them_after_three_months_with_education),
        TEST(averages_over_rows_and_days_without_one),
        TEST(wants_them_of_collective_protection_too),
        TEST(ends_that_with_programmes_started_in_2025),
        TEST(asks_by_the_share_of_each_day),
        TEST(adds_what_exceeds_ten_working_days),
        TEST(leaves_out_days_past_a_limit),
        TEST(adds_leave_by_calendar_days_first),
        TEST(counts_only_past_days_of_the_programme),
        TEST(knows_which_kinds_add_time),
        TEST(wants_a_decision_before_the_start),
        TEST(takes_each_programme_its_own_decision),
        TEST(wants_an_extension_past_the_base),
        TEST(takes_an_open_end_as_today),
        TEST(allows_what_absence_added),
        TEST(holds_the_old_regime_to_its_own_time),
        TEST(wants_endings_to_be_the_end),
        TEST(passes_over_programmes_that_ended_before),
        TEST(wants_decisions_for_stops_and_leave),
        TEST(looks_only_at_absences_of_the_programme),
        TEST(tells_of_four_spells_in_a_year),
        TEST(tells_of_a_sick_leave_past_a_year),
        TEST(tells_of_a_parental_leave_past_ten_months),
        TEST(tells_of_a_long_stop),
        TEST(stops_when_told),
        TEST(is_silent_about_who_has_no_programme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
