/* SPDX-License-Identifier: MIT */
/* test_corrections.c - R11 and R12 from the outside: the demo paid before its G was known, previews that
 * say what happens afterwards, people touched and people not, claims and what becomes of them.
 */
#define _XOPEN_SOURCE 700
#include "tests/unit/program_fixture.h"

/* The demo of fixtures/ in a ledger of its own, imported on 12 May 2026. */
#define DEMO_INIT                                                                                  \
    "stonad init --test --orgnr 310942006 --name Fjellvik --account 99905665533 "                  \
    "--bic FJVKNO21XXX --first-month 2026-05 --actor kari --today 2026-05-12 --db "
static void demo(const char *ledger) {
    run(DEMO_INIT "%s && stonad import '%s/fixtures/demo' --actor kari --today 2026-05-12 --db %s",
        ledger, project, ledger);
    expect(0);
}

static void run_and_approve(const char *ledger, const char *month, const char *payday,
                            const char *today) {
    run("stonad run --month %s --payday %s --actor kari --today %s --db %s", month, payday, today,
        ledger);
    expect(0);
    run("stonad approve $(stonad runs --format csv --db %s | tail -1 | cut -d, -f1) "
        "$(stonad runs --format csv --db %s | tail -1 |"
        " awk -F, '{print \"--payments \" $7 \" --sum \" $11}') --actor ola --today %s --db %s",
        ledger, ledger, today, ledger);
    expect(0);
}

/* One value of a ledger, or of two: the second is attached as `other`. */
static void query_is(const char *ledger, const char *other, const char *sql, const char *value) {
    char wanted[400];
    run("sqlite3 -readonly %s \"%s%s%s %s\"", ledger, other[0] == '\0' ? "" : "ATTACH '", other,
        other[0] == '\0' ? "" : "' AS other;", sql);
    expect(0);
    (void)snprintf(wanted, sizeof wanted, "%s\n", value);
    assert_string_equal(out, wanted);
}

/* ---- a G decided after the month was paid ------------------------------------------------------ */

#define PAID_FOR_MAY                                                                               \
    "SELECT line.person_id, replace(kind, 'correction_', '') AS k,"                                \
    " sum(CASE to_account WHEN 'person' THEN amount_ore ELSE -amount_ore END) AS ore FROM "

/* Paid for May over both runs = May computed today, for each person and kind. */
static void may_at_the_old_g(void **state) {
    (void)state;
    demo("paid.db");
    demo("now.db");
    run_and_approve("paid.db", "2026-05", "2026-05-12", "2026-05-12");
    run("stonad run --month 2026-05 --payday 2026-06-12 --actor kari --today 2026-06-01 "
        "--db now.db");
    expect(0);
    run("cp paid.db before.db; stonad run --month 2026-06 --payday 2026-06-12 --actor kari --today "
        "2026-06-01 --db paid.db --dry-run --corrections --format csv > preview.csv");
    expect(0);
    has(err, "dry run");
    assert_true(same_bytes("paid.db", "before.db"));
    run("stonad run --month 2026-06 --payday 2026-06-12 --actor kari --today 2026-06-01 "
        "--db paid.db");
    expect(0);
    has(out, "put right       earlier months of 68 persons (R11)");
    has(out, "rate G 136549 from 2026-05-01, known 2026-05-22 (entry 1)");
    /* The preview is what came, and show and payslip say the same. */
    run("stonad corrections 2 --db paid.db --format csv > after.csv");
    assert_true(same_bytes("preview.csv", "after.csv"));
    run("stonad show 2 --db paid.db");
    has(out, "01819641141  Hassan Mahmoud Jama       2026-05     19 524,00     20 482,35        958,35");
    run("stonad payslips 2 --person 01899447405 --db paid.db");
    has(out, "1 064,84");
    has(out, "rate G 136549");
    /* A full month is 22 758.17 - 21 693.33. */
    run("stonad lines 2 --format csv --db paid.db | grep -c "
        "',2026-05,.*,correction_benefit,.*,1064.84,R11,'");
    char full_months[20];
    (void)snprintf(full_months, sizeof full_months, "%.*s", (int)strcspn(out, "\n"), out);
    assert_true(strtol(full_months, NULL, 10) > 30);
    query_is("now.db", "",
             "SELECT count(*) FROM line JOIN payslip USING (run, person_id) WHERE state = 'due'"
             " AND kind = 'benefit' AND amount_ore = 2275817",
             full_months);
    query_is("paid.db", "now.db",
             "WITH paid AS (" PAID_FOR_MAY "main.line JOIN main.payslip USING (run, person_id)"
             " WHERE state = 'due' AND line.month = '2026-05' AND k IN ('benefit', 'offset', 'work',"
             " 'absence_days', 'absence_hours', 'absence_month') GROUP BY 1, 2),"
             " due AS (" PAID_FOR_MAY "other.line JOIN other.payslip USING (run, person_id)"
             " WHERE state = 'due' AND k IN ('benefit', 'offset', 'work', 'absence_days',"
             " 'absence_hours', 'absence_month') GROUP BY 1, 2)"
             " SELECT (SELECT count(DISTINCT person_id) FROM due), (SELECT count(*) FROM due),"
             " (SELECT count(*) FROM (SELECT * FROM paid EXCEPT SELECT * FROM due)),"
             " (SELECT count(*) FROM (SELECT * FROM due EXCEPT SELECT * FROM paid))",
             "67|85|0|0");
    run("stonad replay --db paid.db");
    expect(0);
    run("stonad verify --db paid.db");
    expect(0);
}

/* ---- who is looked at ---------------------------------------------------------------------------- */

#define SMALL(first_month, more)                                                                   \
    INIT " --first-month " first_month more " && mkdir -p in && cd in && "                         \
    "printf 'person_id,name,birth_date,account,language\\n" ANNA                                   \
    ",Anna Test,1990-01-01,12345678903,\\n" BERA ",Bera Test,1995-03-15,12345678903,\\n" CARL       \
    ",Carl Test,1991-08-24,12345678903,\\n' > participants.csv && "                                \
    "printf 'person_id,start,offered,end,permit,permit_granted,settled,education,end_goal,"        \
    "share_percent,share_cause\\n" ANNA ",2026-01-01,,2026-12-31,d,2025-11-01,,none,work,,\\n" BERA   \
    ",2026-01-01,,2026-12-31,d,2025-11-01,,none,work,,\\n" CARL                                      \
    ",2026-01-01,,2026-12-31,d,2025-11-01,,none,work,,\\n' > programmes.csv && "                     \
    "printf 'person_id,from,to,situation,partner_id,children\\n" ANNA ",2026-01-01,,partner," BERA   \
    ",no\\n" BERA ",2026-01-01,,partner," ANNA ",no\\n" CARL ",2026-01-01,,alone,,no\\n'"             \
    " > living.csv && "                                                                             \
    "printf 'person_id,year,kind,table,percent,exempt_amount,months\\n" ANNA                        \
    ",2026,table,8000,,,\\n" BERA ",2026,table,8000,,,\\n" CARL ",2026,table,8000,,,\\n'"             \
    " > taxcards.csv && cd .. && stonad import in --actor anna --today 2026-05-01"

static void small(void) {
    run("%s", SMALL("2026-05", ""));
    expect(0);
}

static void import_text(const char *name, const char *today, const char *text) {
    char path[200];
    (void)snprintf(path, sizeof path, "%s.csv", name);
    write_file(path, text);
    run("stonad import %s --actor anna --today %s", path, today);
    expect(0);
}

#define ABSENCES "person_id,from,to,kind,hours,permission\n"
#define RECOVERIES "person_id,decided,reason,amount,max_per_month\n"

/* Everybody looked at, or only who was touched: the same. */
static void finds_the_same(const char *month, const char *payday, const char *today) {
    run("for all in '' --recompute-all; do stonad run --month %s --payday %s --actor anna "
        "--today %s --dry-run $all --format csv 2>/dev/null; stonad run --month %s --payday %s "
        "--actor anna --today %s --dry-run $all --corrections --format csv 2>/dev/null > "
        "c$all.csv; done | sort -u",
        month, payday, today, month, payday, today);
    expect(0);
    char *second = strchr(out, '\n');
    assert_non_null(second);
    assert_non_null(strchr(second + 1, '\n'));
    assert_null(strchr(strchr(second + 1, '\n') + 1, '\n')); /* the header, and one row twice */
    assert_true(same_bytes("c.csv", "c--recompute-all.csv"));
}

/* Bera's leave is known a month late: Anna's couple factor ends with it. */
static void a_partner_is_touched(void **state) {
    (void)state;
    small();
    run_and_approve("stonad.db", "2026-05", "2026-05-29", "2026-05-29");
    import_text("absences", "2026-06-10",
                ABSENCES BERA ",2026-05-01,2026-05-31,parental_leave,,yes\n");
    finds_the_same("2026-06", "2026-06-30", "2026-06-20");
    run_and_approve("stonad.db", "2026-06", "2026-06-30", "2026-06-20");
    run("stonad corrections 2 --format csv");
    /* 18 965.14 was paid to both: 22 758.17 for Anna; everything for Bera; nothing for Carl */
    has(out, ANNA ",Anna Test,2026-05,18965.14,22758.17,3793.03,");
    has(out, "\"partner's absence parental_leave, 2026-05-01 to 2026-05-31 (entry 5)\"");
    has(out, BERA ",Bera Test,2026-05,18965.14,0.00,-18965.14,5,");
    has_not(out, CARL);
    run("stonad claims --format csv");
    assert_string_equal(
        out, "person_id,name,run,payday,kind,decided,amount,remaining\n" BERA
             ",Bera Test,2,2026-06-30,arisen,,18965.14,18965.14\n" BERA
             ",Bera Test,2,2026-06-30,recovered,,9482.55,9482.59\n");
    run("stonad replay");
    expect(0);
}

/* A month skipped and a run discarded: what was never paid is paid by the next run that is kept. */
static void skipped_and_discarded(void **state) {
    (void)state;
    small();
    run("stonad run --month 2026-05 --payday 2026-05-29 --actor anna --today 2026-05-29 && "
        "stonad discard 1 --actor anna --today 2026-05-29");
    expect(0);
    finds_the_same("2026-07", "2026-07-31", "2026-07-20");
    run_and_approve("stonad.db", "2026-07", "2026-07-31", "2026-07-20");
    run("stonad payslips 2 --person " CARL " --format csv | cut -d, -f4-12 | tail -1");
    /* May and June beside July: 3 months by the month table on a third */
    has(out, "22758.17,0.00,0.00,0.00,45516.34,0.00,68274.51,");
    run("stonad explain 2 --person " CARL);
    has(out, "month table on one of 3 parts, times 3");
    run("stonad corrections 2 --person " CARL " --format csv");
    has(out, "2026-05 had no run");
    run_and_approve("stonad.db", "2026-08", "2026-08-31", "2026-08-20");
    run("stonad corrections 3 --format csv | wc -l");
    assert_string_equal(out, "1\n");
    run("stonad replay");
    expect(0);
}

/* Gone from the register: what was paid is a claim, and nobody else is touched. */
static void withdrawn_from_the_register(void **state) {
    (void)state;
    small();
    run_and_approve("stonad.db", "2026-05", "2026-05-29", "2026-05-29");
    import_text("participants", "2026-06-10",
                "person_id,name,birth_date,account,language,withdrawn\n" CARL ",,,,,yes\n");
    finds_the_same("2026-06", "2026-06-30", "2026-06-20");
    run_and_approve("stonad.db", "2026-06", "2026-06-30", "2026-06-20");
    run("stonad payslips 2 --person " CARL " --format csv | tail -1");
    has(out, CARL ",Carl Test,2026-06,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,approved");
    run("stonad claims --format csv | tail -1");
    has(out, CARL ",Carl Test,2,2026-06-30,arisen,,22758.17,22758.17");
    run_and_approve("stonad.db", "2026-07", "2026-07-31", "2026-07-20");
    run("stonad payslips 3 --format csv | grep -c " CARL);
    assert_string_equal(out, "0\n");
    run("stonad replay && stonad verify");
    expect(0);
}

/* ---- claims ------------------------------------------------------------------------------------ */

/* The whole of May is missed, which is known in June: owed 22 758.17, taken as decided, written off. */
static void a_claim_to_its_end(void **state) {
    (void)state;
    run("%s", SMALL("2026-05", " --recover ask"));
    expect(0);
    run_and_approve("stonad.db", "2026-05", "2026-05-29", "2026-05-29");
    import_text("absences", "2026-06-10", ABSENCES CARL ",2026-05-01,2026-05-31,unapproved,,no\n");
    run_and_approve("stonad.db", "2026-06", "2026-06-30", "2026-06-20");
    run("stonad payslips 2 --person " CARL " --format csv | tail -1");
    has(out, ",22758.17,0.00,0.00,0.00,0.00,0.00,22758.17,"); /* asked first: nothing is taken */
    run("stonad show 2");
    has(out, "[R12-ASK]");
    has(out, "[R11-CLAIM]");
    import_text("recoveries", "2026-07-01",
                RECOVERIES CARL ",2026-06-25,overpayment,20000,2500\n");
    run_and_approve("stonad.db", "2026-07", "2026-07-31", "2026-07-20");
    run("stonad payslips 3 --person " CARL " --format csv | tail -1");
    has(out, ",0.00,-2500.00,20258.17,");
    run("stonad explain 3 --person " CARL);
    has(out, "owed before=22758.17; owed now=20258.17");
    import_text("recoveries", "2026-08-01", RECOVERIES CARL ",2026-08-01,written_off,2758.17,\n");
    run_and_approve("stonad.db", "2026-08", "2026-08-31", "2026-08-20");
    run("stonad claims --person " CARL " --format csv | cut -d, -f3-");
    assert_string_equal(out, "run,payday,kind,decided,amount,remaining\n"
                             "2,2026-06-30,arisen,,22758.17,22758.17\n"
                             "3,2026-07-31,recovered,2026-06-25,2500.00,20258.17\n"
                             "4,2026-08-31,written_off,2026-08-01,2758.17,17500.00\n"
                             "4,2026-08-31,recovered,2026-06-25,2500.00,15000.00\n");
    run("stonad claims --known 2026-07-31 --format csv | wc -l");
    assert_string_equal(out, "3\n");
    run("stonad replay && stonad verify");
    expect(0);
}

/* Another agency pays what its benefit takes back: no claim on the person. */
static void a_refund(void **state) {
    (void)state;
    small();
    run_and_approve("stonad.db", "2026-05", "2026-05-29", "2026-05-29");
    import_text("benefits", "2026-06-10",
                "person_id,from,to,kind,amount_per_month,earned_before_programme\n" CARL
                ",2026-05-01,2026-05-31,uforetrygd,10000,\n");
    import_text("recoveries", "2026-06-10", RECOVERIES CARL ",2026-06-09,refund,8000,\n");
    run_and_approve("stonad.db", "2026-06", "2026-06-30", "2026-06-20");
    run("stonad claims --format csv | cut -d, -f3-");
    /* 2 000 is not covered, and is taken from June: far below 11 379.08 */
    assert_string_equal(out, "run,payday,kind,decided,amount,remaining\n"
                             "2,2026-06-30,agency,2026-06-09,8000.00,0.00\n"
                             "2,2026-06-30,arisen,,2000.00,2000.00\n"
                             "2,2026-06-30,recovered,,2000.00,0.00\n");
    run_and_approve("stonad.db", "2026-07", "2026-07-31", "2026-07-20");
    run("stonad corrections 3 --format csv | wc -l; stonad claims --format csv | wc -l");
    assert_string_equal(out, "1\n4\n");
    run("stonad replay && stonad verify");
    expect(0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void) {
    if (!find_program())
        return 1;
    const struct CMUnitTest tests[] = {
        IN_FOLDER(may_at_the_old_g),
        IN_FOLDER(a_partner_is_touched),
        IN_FOLDER(skipped_and_discarded),
        IN_FOLDER(withdrawn_from_the_register),
        IN_FOLDER(a_claim_to_its_end),
        IN_FOLDER(a_refund),
    };
    return cmocka_run_group_tests_name("corrections", tests, NULL, NULL);
}
