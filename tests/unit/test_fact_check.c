/* SPDX-License-Identifier: MIT */
/* test_fact_check.c - what one row may not say, and the table of fact kinds itself. */
#include "stonad/fact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct st_fact blank(enum st_fact_kind kind) {
    struct st_fact fact = {.kind = kind};
    for (size_t i = 0; i < ST_FACT_COLUMN_MAX; i++)
        fact.values[i].is_null = true;
    fact.values[0] = (struct st_value){.text = "01819012345", .size = 11};
    return fact;
}
static void number(struct st_fact *fact, int column, int64_t value) {
    fact->values[column] = (struct st_value){.number = value};
}
static void text(struct st_fact *fact, int column, const char *value) {
    fact->values[column] = (struct st_value){.text = value, .size = strlen(value)};
}
static void expect(const struct st_fact *fact, const char *code, int column) {
    struct st_fact_problem problem;
    bool fine = st_fact_check(fact, &problem);
    if (code == NULL) {
        assert_true(fine);
        return;
    }
    assert_false(fine);
    assert_string_equal(problem.code, code);
    assert_int_equal(problem.column, column);
    assert_true(strlen(problem.text) > 20);
}

static void periods(void **state) {
    (void)state;
    struct st_fact fact = blank(ST_FACT_CARE);
    number(&fact, 1, st_date_make(2026, 5, 2));
    expect(&fact, NULL, 0); /* open */
    number(&fact, 2, st_date_make(2026, 5, 2));
    expect(&fact, NULL, 0);
    number(&fact, 2, st_date_make(2026, 5, 1));
    expect(&fact, "fact.to_before_from", 2);
    fact.withdrawn = true; /* only the key counts */
    expect(&fact, NULL, 0);
}

static void shares(void **state) {
    (void)state;
    struct st_fact fact = blank(ST_FACT_PROGRAMME);
    number(&fact, 1, st_date_make(2025, 1, 1));
    number(&fact, 3, st_date_make(2025, 12, 31));
    number(&fact, 4, 4); /* e */
    number(&fact, 9, 60);
    number(&fact, 10, ST_CAUSE_PARTICIPANT);
    expect(&fact, NULL, 0);
    fact.values[10].is_null = true;
    expect(&fact, "programme.share_cause", 10);
    number(&fact, 10, ST_CAUSE_MUNICIPALITY);
    fact.values[3].is_null = true; /* open: reaches past 2025 */
    expect(&fact, "programme.share", 9);
    number(&fact, 3, st_date_make(2026, 1, 1));
    expect(&fact, "programme.share", 9);
    number(&fact, 3, st_date_make(2025, 12, 31));
    number(&fact, 4, 0); /* a */
    expect(&fact, "programme.share", 9);
    number(&fact, 4, 4);
    number(&fact, 1, st_date_make(2022, 6, 14));
    expect(&fact, "programme.share", 9);
}

static void hours(void **state) {
    (void)state;
    struct st_fact fact = blank(ST_FACT_ABSENCE);
    number(&fact, 1, st_date_make(2026, 5, 4));
    number(&fact, 2, st_date_make(2026, 5, 4));
    number(&fact, 4, 300);
    for (int kind = 0; kind < ST_ABSENCE_KIND_COUNT; kind++) {
        number(&fact, 3, kind);
        bool takes = kind == ST_ABSENCE_UNAPPROVED || kind == ST_ABSENCE_PERMITTED ||
                     kind == ST_ABSENCE_BREASTFEEDING || kind == ST_ABSENCE_PREGNANCY_CHECK ||
                     kind == ST_ABSENCE_WELFARE_LEAVE ||
                     kind == ST_ABSENCE_SELF_CERTIFIED_CHILD_SICK ||
                     kind == ST_ABSENCE_CERTIFIED_CHILD_SICK;
        expect(&fact, takes ? NULL : "absence.no_hours", 4);
    }
    number(&fact, 3, ST_ABSENCE_UNAPPROVED);
    number(&fact, 4, 0);
    expect(&fact, "absence.zero_hours", 4);
    number(&fact, 4, 300);
    number(&fact, 2, st_date_make(2026, 5, 5));
    expect(&fact, "absence.hours_one_day", 2);
    fact.values[2].is_null = true;
    expect(&fact, "absence.hours_one_day", 2);
}

static void partner_self(void **state) {
    (void)state;
    struct st_fact fact = blank(ST_FACT_LIVING);
    number(&fact, 1, st_date_make(2026, 5, 4));
    number(&fact, 3, ST_SITUATION_PARTNER);
    text(&fact, 4, "01819012345");
    expect(&fact, "living.partner_self", 4);
    text(&fact, 4, "02819012345");
    expect(&fact, NULL, 0);
}

static void benefits_and_work(void **state) {
    (void)state;
    struct st_fact fact = blank(ST_FACT_BENEFIT);
    number(&fact, 1, st_date_make(2026, 5, 4));
    number(&fact, 3, ST_BENEFIT_SYKEPENGER);
    number(&fact, 4, 100);
    expect(&fact, "benefit.earned_unknown", 5);
    number(&fact, 3, ST_BENEFIT_UFORETRYGD);
    expect(&fact, NULL, 0);
    fact = blank(ST_FACT_WORK);
    number(&fact, 1, st_date_make(2026, 5, 4));
    expect(&fact, "work.one_month", 2);
    number(&fact, 2, st_date_make(2026, 6, 1));
    expect(&fact, "work.one_month", 2);
    number(&fact, 2, st_date_make(2026, 5, 31));
    expect(&fact, NULL, 0);
}

static void taxcards(void **state) {
    (void)state;
    struct st_fact fact = blank(ST_FACT_TAXCARD);
    number(&fact, 1, 2026);
    number(&fact, 2, ST_CARD_TABLE);
    expect(&fact, "taxcard.no_table", 3);
    text(&fact, 3, "8005");
    expect(&fact, "taxcard.table_unknown", 3);
    text(&fact, 3, "8100");
    expect(&fact, NULL, 0);
    number(&fact, 1, 2199); /* a year whose tables are not known yet */
    expect(&fact, NULL, 0);
    number(&fact, 2, ST_CARD_PERCENT);
    expect(&fact, "taxcard.no_percent", 4);
}

static void descriptions_are_whole(void **state) {
    (void)state;
    for (int kind = 0; kind < ST_FACT_KIND_COUNT; kind++) {
        const struct st_fact_description *d = st_fact_describe((enum st_fact_kind)kind);
        enum st_fact_kind found;
        assert_true(d->column_count >= 2 && d->column_count <= ST_FACT_COLUMN_MAX);
        assert_string_equal(d->columns[0].name, "person_id");
        if (d->file != NULL) {
            assert_true(st_fact_kind_of_file(d->file, strlen(d->file), &found));
            assert_int_equal(found, kind);
        }
        for (size_t i = 0; i < d->column_count; i++)
            assert_true((d->columns[i].type == ST_COLUMN_CHOICE) == (d->columns[i].choices != NULL));
    }
    for (int kind = 0; kind < ST_ABSENCE_KIND_COUNT; kind++)
        assert_string_equal(st_absence_rule_of((enum st_absence_kind)kind)->name,
                            st_fact_describe(ST_FACT_ABSENCE)->columns[3].choices[kind]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods),          cmocka_unit_test(shares),
        cmocka_unit_test(hours),            cmocka_unit_test(partner_self),
        cmocka_unit_test(benefits_and_work), cmocka_unit_test(taxcards),
        cmocka_unit_test(descriptions_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
