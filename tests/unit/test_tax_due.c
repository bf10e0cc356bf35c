/* SPDX-License-Identifier: MIT */
/* test_tax_due.c - R17: when the tax withheld from a payment is due (SBL § 10-10). */
#include "stonad/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void due_on(st_date payday, st_date due) {
    assert_int_equal(st_tax_due_date(payday), due);
}

/* Before 2026: the 15th after the two-month term. */
static void by_terms_until_2025(void **state) {
    (void)state;
    due_on(st_date_make(2025, 1, 1), st_date_make(2025, 3, 15));
    due_on(st_date_make(2025, 2, 28), st_date_make(2025, 3, 15));
    due_on(st_date_make(2025, 3, 1), st_date_make(2025, 5, 15));
    due_on(st_date_make(2025, 10, 31), st_date_make(2025, 11, 15));
    due_on(st_date_make(2025, 11, 1), st_date_make(2026, 1, 15));
    due_on(st_date_make(2025, 12, 31), st_date_make(2026, 1, 15));
}

/* From 2026: the first working day after the payment date. */
static void the_next_working_day_from_2026(void **state) {
    (void)state;
    due_on(st_date_make(2026, 1, 1), st_date_make(2026, 1, 2));
    due_on(st_date_make(2026, 6, 11), st_date_make(2026, 6, 12));
    due_on(st_date_make(2026, 6, 12), st_date_make(2026, 6, 15)); /* over a weekend */
    due_on(st_date_make(2026, 4, 30), st_date_make(2026, 5, 4));  /* over 1 May and a weekend */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_terms_until_2025),
        cmocka_unit_test(the_next_working_day_from_2026),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
