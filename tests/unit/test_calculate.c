/* SPDX-License-Identifier: MIT */
/* test_calculate.c - R2-R7, R10 and R13 on one participant's month, to the ore. The numbers are those
 * of the law's own examples where it has any; the rest is computed here by hand. */
#include "engine_fixture.h"

static void full_month_2026(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_compute(&scene);
    assert_true(scene.payslip.is_due);
    assert_int_equal(scene.payslip.benefit.ore, 2275817);
    assert_int_equal(scene.payslip.taxable.ore, 2275817);
    assert_int_equal(scene.payslip.tax.ore, 455100); /* floor(22 758 * 20 %) = 4 551 */
    assert_int_equal(scene.payslip.net.ore, 2275817 - 455100);
    assert_int_equal(scene.payslip.line_count, 3);
    assert_int_equal(scene.payslip.lines[0].exact.numerator, 136549);
    assert_int_equal(scene.payslip.lines[0].exact.denominator, 6);
    scene_end(&scene);
}

static void g_known_later_is_not_used(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.terms.month = st_month_make(2026, 5);
    scene.terms.payday = ymd(2026, 5, 12);
    scene.terms.known = ymd(2026, 5, 12);
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 2169333);
    scene.terms.known = ymd(2026, 5, 22);
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 2275817);
    scene_end(&scene);
}

/* A rate may take effect on any day: each day has its own. */
static void g_inside_the_month_splits_it(void **state) {
    (void)state;
    const struct st_rate rates[] = {{ymd(2025, 5, 1), ymd(2025, 5, 1), 120000, "test"},
                                    {ymd(2026, 6, 16), ymd(2026, 6, 16), 150000, "test"}};
    struct scene scene;
    scene_begin(&scene);
    scene.terms.rates = rates;
    scene.terms.rate_count = 2;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.lines[0].amount.ore, 1000000);  /* 15 * 240 000 / 360 */
    assert_int_equal(scene.payslip.lines[1].amount.ore, 1250000); /* 15 * 300 000 / 360 */
    assert_int_equal(scene.payslip.lines[1].from, ymd(2026, 6, 16));
    /* R5: and what counts of overgangsstønad is each day's own: 40 % of what 240 000 exceed 60 000, and
     * 75 000, a twelfth, half a month each: 3 000 + 2 750 */
    scene.benefits[0] = (struct st_other_benefit){.from = ymd(2026, 1, 1), .to = ST_DATE_OPEN,
                                                  .kind = ST_BENEFIT_OVERGANGSSTONAD,
                                                  .monthly_amount = {2000000}};
    scene.facts.benefit_count = 1;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.offsets.ore, -575000);
    scene_end(&scene);
}

/* R13: G on the payment date, but only as known when the run is made. */
static void the_decision_limit_uses_the_g_that_is_known(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.terms.month = st_month_make(2026, 4);
    scene.terms.payday = ymd(2026, 5, 12);
    scene.terms.known = ymd(2026, 5, 12); /* G 130 160: a twelfth is 10 846.67 */
    scene.benefits[0] = (struct st_other_benefit){.from = ymd(2026, 1, 1), .to = ST_DATE_OPEN,
                                                  .kind = ST_BENEFIT_UFORETRYGD,
                                                  .monthly_amount = {1100000}};
    scene.facts.benefit_count = 1;
    scene_compute(&scene);
    assert_true(scene_found(&scene, "R13-DECISION"));
    scene.terms.known = ymd(2026, 5, 22); /* G 136 549: 11 379.08 */
    scene_compute(&scene);
    assert_false(scene_found(&scene, "R13-DECISION"));
    scene_end(&scene);
}

static void young_factors(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.facts.participant.birth_date = ymd(2005, 1, 1);
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 1517211);
    assert_true(scene_found(&scene, "R2-NO-LIVING"));
    scene.living[0] = (struct st_living){.from = ymd(2025, 1, 1), .to = ST_DATE_OPEN,
                                         .situation = ST_SITUATION_PARENTS};
    scene.facts.living_count = 1;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 758606);
    assert_false(scene_found(&scene, "R2-NO-LIVING"));
    scene.programme.permit_granted = ymd(2020, 12, 31); /* law of 2003: 2/3 also with parents */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 1517211);
    scene_end(&scene);
}

static void birthday_splits_the_month(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.facts.participant.birth_date = ymd(2001, 6, 11); /* 25 on 2026-06-11 */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.lines[0].quantity.numerator, 10);
    assert_int_equal(scene.payslip.lines[1].quantity.numerator, 20);
    assert_int_equal(scene.payslip.lines[0].amount.ore, 505737);  /* 10 * 2/3 * 758.60555.. */
    assert_int_equal(scene.payslip.lines[1].amount.ore, 1517211);
    assert_int_equal(scene.payslip.lines[1].from, ymd(2026, 6, 11));
    scene_end(&scene);
}

static void couple_needs_both_and_no_children(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    struct st_programme partner_programme = scene.programme;
    scene.living[0] = (struct st_living){.from = ymd(2025, 1, 1), .to = ST_DATE_OPEN,
                                         .situation = ST_SITUATION_PARTNER,
                                         .partner_id = "02819012345",
                                         .children = ST_ANSWER_NO};
    scene.facts.living_count = 1;
    scene.partner = (struct st_partner){.person_id = "02819012345", .in_register = true,
                                        .programmes = &partner_programme, .programme_count = 1};
    scene.facts.partners = &scene.partner;
    scene.facts.partner_count = 1;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 1896514);
    scene.living[0].children = ST_ANSWER_YES;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 2275817);
    scene.living[0].children = ST_ANSWER_UNKNOWN;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 2275817);
    assert_true(scene_found(&scene, "R2-CHILDREN-UNKNOWN"));
    scene.living[0].children = ST_ANSWER_NO;
    scene.partner.in_register = false;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 2275817);
    assert_true(scene_found(&scene, "R2-PARTNER-UNKNOWN"));
    scene.partner.in_register = true;
    scene.programme.start = ymd(2024, 6, 30); /* own programme before the factor */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 2275817);
    scene.programme.start = ymd(2024, 7, 1);
    struct st_absence leave = {.from = ymd(2026, 6, 1), .to = ymd(2026, 6, 15),
                               .kind = ST_ABSENCE_PARENTAL_LEAVE};
    scene.partner.absences = &leave;
    scene.partner.absence_count = 1;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.line_count, 4); /* 15 days whole, 15 days 5/6, tax, payment */
    assert_int_equal(scene.payslip.benefit.ore, 1137908 + 948257);
    scene_end(&scene);
}

static void units_of_short_and_long_months(void **state) {
    (void)state;
    static const struct {
        int year, month, start_day, end_day, units;
    } rows[] = {
        {2026, 2, 1, 28, 30},  /* a full February pays thirty */
        {2026, 2, 2, 28, 27},  {2026, 1, 1, 31, 30}, {2026, 1, 2, 31, 30},
        {2026, 1, 3, 31, 29},  {2026, 6, 1, 30, 30}, {2026, 6, 16, 30, 15},
        {2026, 1, 31, 31, 1},
    };
    for (size_t i = 0; i < ST_COUNT_OF(rows); i++) {
        struct scene scene;
        scene_begin(&scene);
        scene.terms.month = st_month_make(rows[i].year, rows[i].month);
        scene.terms.payday = ymd(2026, 7, 10);
        scene.programme.start = ymd(rows[i].year, rows[i].month, rows[i].start_day);
        scene.programme.end = ymd(rows[i].year, rows[i].month, rows[i].end_day);
        scene_compute(&scene);
        assert_int_equal(scene.payslip.lines[0].quantity.numerator, rows[i].units);
        scene_end(&scene);
    }
}

static void leave_takes_a_unit_a_day(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.terms.month = st_month_make(2026, 1);
    scene_leave(&scene, ST_ABSENCE_PARENTAL_LEAVE, ymd(2026, 1, 1), ymd(2026, 1, 30));
    scene_compute(&scene);
    assert_true(scene.payslip.is_due); /* one entitled day, no unit left: a payslip of nothing */
    assert_int_equal(scene.payslip.benefit.ore, 0);
    assert_int_equal(scene.payslip.line_count, 0);
    scene.absences[0].to = ymd(2026, 1, 31);
    scene_compute(&scene);
    assert_false(scene.payslip.is_due);
    scene.terms.month = st_month_make(2026, 2);
    scene.absences[0].from = ymd(2026, 2, 1);
    scene.absences[0].to = ymd(2026, 2, 27);
    scene_compute(&scene);
    assert_int_equal(scene.payslip.lines[0].quantity.numerator, 3); /* 30 - 27, on the one day left */
    scene_end(&scene);
}

static void unapproved_days(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    /* Friday to Tuesday: three days to attend, two days off */
    scene_leave(&scene, ST_ABSENCE_UNAPPROVED, ymd(2026, 6, 5), ymd(2026, 6, 9));
    scene_compute(&scene);
    assert_int_equal(scene.payslip.absence.ore, -227582);
    assert_int_equal(scene.payslip.taxable.ore, 2048235);
    scene_end(&scene);
}

static void hours_cost_at_most_the_day(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_hours(&scene, ymd(2026, 6, 5), 300);
    scene_compute(&scene);
    assert_int_equal(scene.payslip.absence.ore, -44286); /* 3 * 273098/1850 = 442.86162.. */
    scene_hours(&scene, ymd(2026, 6, 5), 300);
    scene_compute(&scene);
    assert_int_equal(scene.payslip.absence.ore, -44286 - 31574); /* the rest of 758.60555.. */
    scene_end(&scene);
}

static void missing_every_day_takes_the_month(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_leave(&scene, ST_ABSENCE_UNAPPROVED, ymd(2026, 6, 1), ymd(2026, 6, 30));
    scene_compute(&scene);
    assert_int_equal(scene.payslip.absence.ore, -2275817);
    assert_int_equal(scene.payslip.taxable.ore, 0);
    assert_int_equal(scene.payslip.net.ore, 0);
    assert_true(scene_found(&scene, "R13-DECISION"));
    assert_string_equal(scene.payslip.lines[2].citation, "integreringsloven § 24");
    scene.absences[0].to = ymd(2026, 6, 29); /* attended the last day */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.absence.ore, -1593072); /* 21 days */
    scene_end(&scene);
}

static void other_benefits(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.benefits[0] = (struct st_other_benefit){.from = ymd(2026, 6, 16), .to = ST_DATE_OPEN,
                                                  .kind = ST_BENEFIT_UFORETRYGD,
                                                  .monthly_amount = {1000000}};
    scene.benefits[1] = (struct st_other_benefit){.from = ymd(2026, 6, 16), .to = ST_DATE_OPEN,
                                                  .kind = ST_BENEFIT_BARNETRYGD,
                                                  .monthly_amount = {200000}};
    scene.facts.benefit_count = 2;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.offsets.ore, -500000);
    assert_true(scene_found(&scene, "R5-NOT-DEDUCTED"));
    scene.benefits[0].kind = ST_BENEFIT_SYKEPENGER;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.offsets.ore, 0);
    scene.benefits[0].earned_before_programme = true;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.offsets.ore, -500000);
    scene.benefits[0] = (struct st_other_benefit){.from = ymd(2026, 1, 1), .to = ST_DATE_OPEN,
                                                  .kind = ST_BENEFIT_OVERGANGSSTONAD,
                                                  .monthly_amount = {2000000}};
    scene_compute(&scene);
    /* 40 % of (240 000 - 68 274.50) / 12 = 5 724.18333.. */
    assert_int_equal(scene.payslip.offsets.ore, -572418);
    scene.benefits[0].monthly_amount = (st_amount){500000};
    scene_compute(&scene);
    assert_int_equal(scene.payslip.offsets.ore, 0);
    scene.benefits[0] = (struct st_other_benefit){.from = ymd(2026, 1, 1), .to = ST_DATE_OPEN,
                                                  .kind = ST_BENEFIT_UFORETRYGD,
                                                  .monthly_amount = {3000000}};
    scene_compute(&scene);
    assert_int_equal(scene.payslip.offsets.ore, -2275817); /* cut to what there is */
    assert_true(scene.payslip.lines[1].cut);
    assert_true(scene_found(&scene, "R13-DECISION"));
    scene_end(&scene);
}

static void paid_work(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.work[0] = (struct st_work){.from = ymd(2026, 6, 2), .to = ymd(2026, 6, 30),
                                     .hours_hundredths = 3750, .gross_wage = {750000},
                                     .in_programme = true};
    scene.facts.work_count = 1;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.work.ore, -553577); /* 37.5 * 147.62054.. */
    scene.work[0].gross_wage = (st_amount){500000};
    scene_compute(&scene);
    assert_int_equal(scene.payslip.work.ore, -500000);
    scene.programme.permit_granted = ymd(2020, 1, 1); /* law of 2003: by hours only */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.work.ore, -553577);
    scene.work[0].from = ymd(2026, 6, 6); /* a Saturday */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.work.ore, 0);
    assert_true(scene_found(&scene, "R6-OUTSIDE"));
    scene.work[0].in_programme = false;
    scene_compute(&scene);
    assert_false(scene_found(&scene, "R6-OUTSIDE"));
    scene_end(&scene);
}

static void part_time_by_cause(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.terms.month = st_month_make(2025, 11);
    scene.programme.permit = 'e';
    scene.programme.share_percent = 60;
    scene.programme.share_cause = ST_CAUSE_PARTICIPANT;
    scene.programme.end = ymd(2025, 12, 31);
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 1301600); /* 21 693.33.. * 60 % */
    scene.programme.share_cause = ST_CAUSE_MUNICIPALITY;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.benefit.ore, 2169333);
    assert_true(scene_found(&scene, "R2-SHARE-MUNICIPALITY"));
    scene_end(&scene);
}

static void rates_before_the_first_are_refused(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.programme.start = ymd(2015, 1, 1);
    scene.terms.month = st_month_make(2016, 4);
    assert_int_equal(st_calculate_month(scene.calculator, &scene.terms, &scene.facts,
                                        &scene.payslip, &scene.error), ST_REFUSED);
    assert_string_equal(scene.error.code, "rate.unknown");
    assert_null(strstr(scene.error.text, "12345")); /* masked */
    scene_end(&scene);
}

/* The dates of the constant tables are day numbers; here they are what they are said to be. */
static void constant_dates(void **state) {
    (void)state;
    size_t count;
    const struct st_rate *rates = st_rate_initial(&count);
    const struct st_rule_set *rules = st_rule_set_current();
    assert_int_equal(count, 11);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(rates[i].effect, ymd(2016 + (int)i, 5, 1));
    assert_int_equal(rates[9].known, ymd(2025, 5, 23));
    assert_int_equal(rates[10].known, ymd(2026, 5, 22));
    assert_int_equal(rules->old_law_before, ymd(2021, 1, 1));
    assert_int_equal(rules->couple_from, ymd(2024, 7, 1));
    assert_int_equal(rules->part_time_from, ymd(2022, 6, 15));
    assert_int_equal(rules->part_time_to, ymd(2025, 12, 31));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_month_2026),
        cmocka_unit_test(g_known_later_is_not_used),
        cmocka_unit_test(g_inside_the_month_splits_it),
        cmocka_unit_test(the_decision_limit_uses_the_g_that_is_known),
        cmocka_unit_test(young_factors),
        cmocka_unit_test(birthday_splits_the_month),
        cmocka_unit_test(couple_needs_both_and_no_children),
        cmocka_unit_test(units_of_short_and_long_months),
        cmocka_unit_test(leave_takes_a_unit_a_day),
        cmocka_unit_test(unapproved_days),
        cmocka_unit_test(hours_cost_at_most_the_day),
        cmocka_unit_test(missing_every_day_takes_the_month),
        cmocka_unit_test(other_benefits),
        cmocka_unit_test(paid_work),
        cmocka_unit_test(part_time_by_cause),
        cmocka_unit_test(rates_before_the_first_are_refused),
        cmocka_unit_test(constant_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
