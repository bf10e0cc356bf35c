/* SPDX-License-Identifier: MIT */
/* test_tax.c - R14-R16: which card, which period of the table, what before Christmas. */
#include "engine_fixture.h"
#include "stonad/withholding.h"

static int64_t table_tax(const char *table, enum st_tax_period period, int64_t basis_nok) {
    const struct st_withholding_table *found = st_withholding_table_find(2026, table);
    assert_non_null(found);
    return st_withholding_tax_nok(found, period, basis_nok);
}

static void use_table(struct scene *scene, const char *table) {
    scene->cards[0].kind = ST_CARD_TABLE;
    strcpy(scene->cards[0].table, table);
}

static void table_card(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    use_table(&scene, "8100");
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 100 * table_tax("8100", ST_TAX_MONTH, 22758));
    assert_true(scene.payslip.tax.ore > 0);
    scene_end(&scene);
}

/* SBF § 5-10-2: the calendar days from the first to the last programme day pick the table. */
static void period_by_days(void **state) {
    (void)state;
    static const struct {
        int first, last;
        enum st_tax_period period;
        int multiply, divide;
    } rows[] = {
        {1, 30, ST_TAX_MONTH, 1, 1},    {6, 30, ST_TAX_MONTH, 1, 1},
        {7, 30, ST_TAX_WEEK, 1, 3},     {1, 18, ST_TAX_WEEK, 1, 3},
        {1, 17, ST_TAX_FORTNIGHT, 1, 1}, {1, 15, ST_TAX_MONTH, 2, 1},
        {16, 30, ST_TAX_MONTH, 2, 1},   {2, 16, ST_TAX_FORTNIGHT, 1, 1},
        {1, 11, ST_TAX_FORTNIGHT, 1, 1}, {1, 10, ST_TAX_WEEK, 1, 1},
        {1, 5, ST_TAX_WEEK, 1, 1},      {1, 4, ST_TAX_4_DAYS, 1, 1},
        {1, 3, ST_TAX_3_DAYS, 1, 1},    {1, 2, ST_TAX_2_DAYS, 1, 1},
        {1, 1, ST_TAX_1_DAY, 1, 1},
    };
    for (size_t i = 0; i < ST_COUNT_OF(rows); i++) {
        struct scene scene;
        scene_begin(&scene);
        use_table(&scene, "8000");
        scene.programme.start = ymd(2026, 6, rows[i].first);
        scene.programme.end = ymd(2026, 6, rows[i].last);
        scene_compute(&scene);
        int64_t basis_nok = scene.payslip.taxable.ore / 100;
        int64_t shown = table_tax("8000", rows[i].period,
                                  basis_nok * rows[i].multiply / rows[i].divide);
        assert_int_equal(scene.payslip.tax.ore,
                         100 * (shown * rows[i].divide / rows[i].multiply));
        scene_end(&scene);
    }
}

/* At ten days or fewer, days without pay do not count: leave inside, and whole days charged. */
static void short_periods_leave_out_unpaid_days(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    use_table(&scene, "8000");
    scene.programme.start = ymd(2026, 6, 1);
    scene.programme.end = ymd(2026, 6, 6);
    scene_leave(&scene, ST_ABSENCE_OTHER_LEAVE, ymd(2026, 6, 2), ymd(2026, 6, 2));
    scene_leave(&scene, ST_ABSENCE_UNAPPROVED, ymd(2026, 6, 3), ymd(2026, 6, 3));
    scene_compute(&scene);
    assert_non_null(strstr(scene.payslip.tax_basis, "4-day table"));
    scene.programme.end = ymd(2026, 6, 11); /* eleven days: all of them count */
    scene_compute(&scene);
    assert_non_null(strstr(scene.payslip.tax_basis, "fortnight table"));
    scene_end(&scene);
}

static void percent_floors_twice(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.cards[0].percent_hundredths = 2050;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 466500); /* 22 758 * 20.5 % = 4 665.39 */
    scene_end(&scene);
}

static void exemption_card_runs_out(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.cards[0].kind = ST_CARD_EXEMPT;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 0); /* no amount: no limit */
    scene.cards[0].exempt_is_limited = true;
    scene.cards[0].exempt_amount = (st_amount){10000000};
    scene.facts.taxable_paid_this_year = (st_amount){9000000};
    scene_compute(&scene);
    /* 90 000 + 22 758.17 - 100 000 = 12 758.17 at 50 % */
    assert_int_equal(scene.payslip.tax.ore, 637900);
    scene.facts.taxable_paid_this_year = (st_amount){20000000};
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 1137900);
    scene.cards[0].exempt_amount = (st_amount){0}; /* held by another payer */
    scene.facts.taxable_paid_this_year = (st_amount){0};
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 1137900);
    scene_end(&scene);
}

static void without_a_card(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.facts.taxcard_count = 0;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 1137900);
    assert_true(scene_found(&scene, "R14-NO-CARD"));
    scene.terms.month = st_month_make(2024, 11);
    scene.programme.start = ymd(2024, 8, 1);
    scene.terms.payday = ymd(2024, 11, 30);
    scene_compute(&scene); /* 124 028 / 6 = 20 671.33; 30 % until 2024 */
    assert_int_equal(scene.payslip.tax.ore, 620100);
    scene_end(&scene);
}

static void january_uses_last_years_card(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.terms.month = st_month_make(2025, 12);
    scene.terms.payday = ymd(2026, 1, 10);
    use_table(&scene, "8100");
    scene.cards[0].year = 2025;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 100 * table_tax("8100", ST_TAX_MONTH, 21693));
    assert_true(scene_found(&scene, "R14-LAST-YEAR"));
    scene.terms.payday = ymd(2026, 2, 1); /* in February no longer */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 1084600);
    scene.terms.payday = ymd(2026, 1, 10);
    scene.cards[0].kind = ST_CARD_EXEMPT; /* only table and percent cards are carried over */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 1084600);
    scene_end(&scene);
}

static void authority_card_answers(void **state) {
    (void)state;
    static const struct {
        enum st_card_result result;
        bool has_entry;
        const char *code; /* NULL: none */
        int64_t tax_ore;
    } rows[] = {
        {ST_RESULT_OK, true, NULL, 227500},
        {ST_RESULT_OK, false, "R14-NO-ENTRY", 1137900},
        {ST_RESULT_NO_CARD, false, "R14-NO-CARD", 1137900},
        {ST_RESULT_CHECK_WORK_PERMIT, false, "R14-WORK-PERMIT", 1137900},
        {ST_RESULT_NOT_LIABLE, false, NULL, 0},
        {ST_RESULT_NEW_NUMBER, false, "R14-NEW-NUMBER", 1137900},
        {ST_RESULT_INVALID_PERSON, false, "R14-INVALID-PERSON", 1137900},
    };
    for (size_t i = 0; i < ST_COUNT_OF(rows); i++) {
        struct scene scene;
        scene_begin(&scene);
        scene.facts.taxcard_count = 0;
        scene.facts.authority_card_count = 1;
        scene.authority_cards[0] = (struct st_authority_card){
            .year = 2026, .result = rows[i].result, .has_entry = rows[i].has_entry,
            .entry = {.kind = ST_CARD_PERCENT, .percent_hundredths = 1000, .months_hundredths = -1}};
        scene_compute(&scene);
        assert_int_equal(scene.payslip.tax.ore, rows[i].tax_ore);
        if (rows[i].code != NULL)
            assert_true(scene_found(&scene, rows[i].code));
        scene_end(&scene);
    }
}

static void foreign_scheme_is_held_until_a_card_is_recorded(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.facts.taxcard_count = 0;
    scene.facts.authority_card_count = 1;
    scene.authority_cards[0] = (struct st_authority_card){
        .year = 2026, .result = ST_RESULT_OK, .foreign_tax_scheme = true};
    scene_compute(&scene);
    assert_int_equal(scene.payslip.state, ST_PAYSLIP_HELD);
    assert_int_equal(scene.payslip.tax.ore, 0);
    assert_int_equal(scene.payslip.net.ore, scene.payslip.taxable.ore);
    assert_true(scene.payslip.held_reason[0] != '\0');
    assert_int_equal(scene.payslip.lines[scene.payslip.line_count - 1].kind, ST_LINE_HELD);
    scene.facts.taxcard_count = 1; /* a row of taxcards.csv overrides */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.state, ST_PAYSLIP_DUE);
    assert_int_equal(scene.payslip.tax.ore, 455100);
    scene_end(&scene);
}

static void before_christmas(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.terms.month = st_month_make(2026, 11);
    scene.terms.payday = ymd(2026, 12, 10);
    scene.terms.known = ymd(2026, 12, 1);
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 227500); /* floor(22 758 * 20 / 200) */
    use_table(&scene, "8000");
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 100 * (table_tax("8000", ST_TAX_MONTH, 22758) / 2));
    scene.cards[0].months_hundredths = 1200; /* twelve months: no exemption */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 100 * table_tax("8000", ST_TAX_MONTH, 22758));
    scene.cards[0].months_hundredths = 1050;
    scene.terms.half_tax_month = 11; /* the municipality chose November */
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 100 * table_tax("8000", ST_TAX_MONTH, 22758));
    scene.terms.half_tax_month = 12;
    scene.terms.month = st_month_make(2025, 11);
    scene.terms.payday = ymd(2025, 12, 10); /* until 2025 all of it is free */
    scene.cards[0].year = 2025;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 0);
    scene_end(&scene);
}

static void extra_tax_stops_at_the_pay(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.cards[0].extra_nok = 500;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 505100);
    scene.cards[0].extra_nok = 1000000;
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 2275800);
    assert_int_equal(scene.payslip.net.ore, 17);
    scene_end(&scene);
}

static void a_table_the_year_does_not_have(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    use_table(&scene, "7100");
    scene_compute(&scene);
    assert_int_equal(scene.payslip.tax.ore, 1137900);
    assert_true(scene_found(&scene, "R14-TABLE-UNKNOWN"));
    scene_end(&scene);
}

static bool run_found(const struct st_run_terms *terms, const char *code) {
    struct st_finding findings[ST_RUN_FINDING_MAX];
    size_t count = st_run_findings(terms, findings);
    assert_true(count <= ST_RUN_FINDING_MAX);
    for (size_t i = 0; i < count; i++)
        if (strcmp(findings[i].code, code) == 0)
            return true;
    return false;
}

/* § 24: paid in arrears. The last day of the month is still inside it; the day after is not. */
static void a_run_before_the_month_is_over_is_noted(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene.terms.known = ymd(2026, 7, 1);
    scene.terms.payday = ymd(2026, 7, 1);
    assert_false(run_found(&scene.terms, "R4-RUN-EARLY"));
    assert_false(run_found(&scene.terms, "R4-PAID-EARLY"));
    assert_false(run_found(&scene.terms, "R4-PAYDAY-PASSED"));
    scene.terms.known = ymd(2026, 6, 30);
    assert_true(run_found(&scene.terms, "R4-RUN-EARLY"));
    scene.terms.payday = ymd(2026, 6, 30);
    assert_true(run_found(&scene.terms, "R4-PAID-EARLY"));
    scene.terms.known = ymd(2026, 7, 1);
    assert_true(run_found(&scene.terms, "R4-PAYDAY-PASSED"));
    scene_end(&scene);
}

static void terms_that_cannot_be(void **state) {
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    assert_int_equal(st_run_terms_check(&scene.terms, &scene.error), ST_OK);
    scene.terms.payday = ymd(2020, 12, 31);
    assert_int_equal(st_run_terms_check(&scene.terms, &scene.error), ST_REFUSED);
    assert_string_equal(scene.error.code, "run.payday_too_early");
    scene.terms.payday = ymd(2190, 1, 1);
    assert_int_equal(st_run_terms_check(&scene.terms, &scene.error), ST_REFUSED);
    assert_string_equal(scene.error.code, "run.no_tables");
    scene.terms.payday = ymd(2026, 5, 31);
    assert_int_equal(st_run_terms_check(&scene.terms, &scene.error), ST_REFUSED);
    assert_string_equal(scene.error.code, "run.payday_before_month");
    scene_end(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_card),
        cmocka_unit_test(period_by_days),
        cmocka_unit_test(short_periods_leave_out_unpaid_days),
        cmocka_unit_test(percent_floors_twice),
        cmocka_unit_test(exemption_card_runs_out),
        cmocka_unit_test(without_a_card),
        cmocka_unit_test(january_uses_last_years_card),
        cmocka_unit_test(authority_card_answers),
        cmocka_unit_test(foreign_scheme_is_held_until_a_card_is_recorded),
        cmocka_unit_test(before_christmas),
        cmocka_unit_test(extra_tax_stops_at_the_pay),
        cmocka_unit_test(a_table_the_year_does_not_have),
        cmocka_unit_test(a_run_before_the_month_is_over_is_noted),
        cmocka_unit_test(terms_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
