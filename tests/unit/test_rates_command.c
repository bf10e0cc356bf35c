/* SPDX-License-Identifier: MIT */
/* test_rates_command.c - `stonad rates` and `rates add`: next year's G without a rebuild, by the date it
 * takes effect and the date it was known (R1). */
#define _XOPEN_SOURCE 700
#include "program_fixture.h"

#define ADD "stonad rates add --name G --source FOR-2027 --actor anna "
#define NEXT ADD "--value 142000 --effect 2027-05-01 --known 2027-05-21 "

static void a_new_g_counts_from_its_effect_once_it_is_known(void **state) {
    (void)state;
    run(INIT);
    expect(0);
    write_file("participants.csv", "person_id,name,birth_date,account,language\n"
                                   ANNA ",Anna,1990-01-01,12345678903,\n");
    write_file("programmes.csv",
               "person_id,start,offered,end,permit,permit_granted,settled,education,end_goal,"
               "share_percent,share_cause\n" ANNA
               ",2026-09-01,2026-08-01,,a,2026-03-01,2026-07-01,none,work,,\n");
    run("stonad import participants.csv programmes.csv --today 2026-09-01");
    expect(0);
    run(NEXT "--today 2027-05-25 --dry-run");
    expect(0);
    run("stonad rates --today 2027-05-25");
    has_not(out, "142000");
    run(NEXT "--today 2027-05-25");
    expect(0);
    has(out, "142000");
    has(out, "FOR-2027");
    run("stonad rates --known 2027-05-20 --today 2027-05-25");
    has_not(out, "142000");
    /* the year 2027 has no withholding tables yet, so the month is looked at in 2026's last one */
    run("stonad run --month 2026-09 --payday 2026-10-12 --today 2027-05-25");
    expect(0);
    run("stonad payslips 1 --format csv --today 2027-05-25");
    has(out, ",22758.17,");
    run("stonad explain 1 --person " ANNA " --today 2027-05-25");
    has(out, "136549");
}

static void the_same_again_changes_nothing(void **state) {
    (void)state;
    run(INIT);
    run(NEXT "--today 2027-05-25");
    expect(0);
    run("cp stonad.db before.db");
    run(NEXT "--today 2027-05-26");
    expect(0);
    has(err, "nothing changed");
    assert_true(same_bytes("stonad.db", "before.db"));
}

static void contradictions_are_refused(void **state) {
    (void)state;
    run(INIT);
    run(NEXT "--today 2027-05-25");
    run("cp stonad.db before.db");
    refuses(4, "[rates.contradicts]",
            ADD "--value 142001 --effect 2027-05-01 --known 2027-05-21 --today 2027-05-26");
    refuses(4, "[rates.known_later]",
            ADD "--value 150000 --effect 2028-05-01 --known 2028-05-21 --today 2027-05-26");
    refuses(4, "[time.before_last]", ADD
            "--value 142001 --effect 2027-05-01 --known 2027-05-22 --today 2027-05-24");
    refuses(3, "[rates.value]",
            ADD "--value 0 --effect 2027-05-01 --known 2027-05-22 --today 2027-05-26");
    refuses(2, "[option.missing]", "stonad rates add --name G --value 142000 --today 2027-05-26");
    refuses(2, "[rates.name]", "stonad rates add --name H --value 1 --effect 2027-05-01 --known "
                               "2027-05-21 --source x --today 2027-05-26");
    refuses(2, "[rates.operand]", "stonad rates ad");
    refuses(2, "[option.not_here]", "stonad rates --value 142000");
    assert_true(same_bytes("stonad.db", "before.db"));
    /* corrected later: a known date of its own, and both stay */
    run(ADD "--value 142001 --effect 2027-05-01 --known 2027-05-26 --today 2027-05-26");
    expect(0);
    run("stonad rates --known 2027-05-25 --today 2027-06-01");
    has(out, "142000");
    run("stonad rates --today 2027-06-01");
    has(out, "142001");
    has_not(out, "142000");
}

int main(void) {
    if (!find_program())
        return 1;
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_new_g_counts_from_its_effect_once_it_is_known),
        IN_FOLDER(the_same_again_changes_nothing),
        IN_FOLDER(contradictions_are_refused),
    };
    return cmocka_run_group_tests_name("rates command", tests, NULL, NULL);
}
