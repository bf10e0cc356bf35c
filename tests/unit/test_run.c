/* SPDX-License-Identifier: MIT */
/* test_run.c - runs from computed to exported, every refusal on the way, and books that balance.
 * After a refusal or a dry run the ledger's file has the same bytes as before.
 */
#define _DEFAULT_SOURCE
/* No earlier months to put right (R11), unless a test makes them. */
#define FIXTURE_FIRST_MONTH st_month_make(2026, 5)

#include "ledger_fixture.h"

#include "stonad/withholding.h"

#define END                                                                                        \
    { NULL, NULL }

/* Four persons: table card; hours missed and a percent card; no card, partner of Anna; nothing in
 * the month. */
static int make_filled_ledger(void **state) {
    const struct csv files[] = {
        {"participants", PARTICIPANTS_HEADER PARTICIPANT(ANNA) PARTICIPANT(BORIS) PARTICIPANT(CLARA)
                             PARTICIPANT(DINA)},
        {"programmes", PROGRAMMES_HEADER PROGRAMME(ANNA) PROGRAMME(BORIS) PROGRAMME(CLARA) DINA
         ",2025-03-01,2025-02-10,2025-12-31,e,2025-01-15,2025-01-20,none,work,,,\n"},
        {"living", LIVING_HEADER ANNA ",2025-03-01,,partner," CLARA ",no,\n" CLARA
                                      ",2025-03-01,,partner," ANNA ",no,\n"},
        {"absences", ABSENCES_HEADER BORIS ",2026-05-11,2026-05-12,unapproved,,no,\n"},
        {"taxcards",
         TAXCARDS_HEADER ANNA ",2026,table,8000,,,,,\n" BORIS ",2026,percent,,20,,,,\n"},
        END};
    make_ledger(state);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, "2026-01-03T08:00:00Z", files);
    st_ledger_close(ledger);
    return 0;
}

struct wish {
    const char *actor, *time;
    int month;
    st_date payday;
};
static struct wish may_run(void) {
    return (struct wish){"kari", "2026-06-01T08:00:00Z", 5, st_date_make(2026, 6, 12)};
}

static enum st_status run(struct st_ledger *ledger, struct wish wish, bool dry_run,
                          struct st_run_row *row) {
    struct st_act act = act_of(wish.actor, wish.time);
    act.dry_run = dry_run;
    return st_ledger_run(ledger, &act, st_month_make(2026, wish.month), wish.payday, NULL, NULL,
                         row, &error);
}
static enum st_status approve(struct st_ledger *ledger, const char *actor, const char *time,
                              int64_t number, int64_t payments, int64_t sum_ore) {
    struct st_act act = act_of(actor, time);
    struct st_run_row row;
    return st_ledger_approve(ledger, &act, number, payments, (st_amount){sum_ore}, &row, &error);
}
static enum st_status discard(struct st_ledger *ledger, int64_t number) {
    struct st_act act = act_of("kari", "2026-06-02T08:00:00Z");
    return st_ledger_discard(ledger, &act, number, &error);
}
#define DIGEST_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
static enum st_status record_export(struct st_ledger *ledger, int64_t number, const char *form,
                                    const char *digest) {
    struct st_act act = act_of("per", "2026-06-03T08:00:00Z");
    struct st_export_file file = {form, ST_EXPORT_BENEFITS, "", digest, 1234};
    return st_ledger_record_export(ledger, &act, number, &file, &error);
}

static void assert_code(enum st_status got, enum st_status wanted, const char *code) {
    if (got != wanted)
        fail_msg("status %d, %s: %s", (int)got, error.code, error.text);
    assert_string_equal(error.code, code);
    assert_int_equal(error.status, wanted);
}
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        if ((call) != ST_OK)                                                                       \
            fail_msg("%s: %s", error.code, error.text);                                            \
    } while (0)

/* ---- what a run writes --------------------------------------------------------------------- */

static void test_a_month(void **state) {
    struct st_run_row row;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(run(ledger, may_run(), false, &row));
    assert_int_equal(row.run, 1);
    assert_int_equal(row.state, ST_RUN_COMPUTED);
    assert_int_equal(row.person_count, 3);
    assert_int_equal(row.payment_count, 3);
    assert_int_equal(row.held_count, 0);
    /* 22 758.17 and twice 5/6 of it (R2); two days of Boris's at 758.61 (R7) */
    assert_int_equal(row.benefit.ore, 2275817 + 2 * 1896514);
    assert_int_equal(row.taxable.ore, row.benefit.ore - 151721);
    assert_int_equal(row.tax.ore + row.net.ore, row.taxable.ore);
    assert_string_equal(row.table_digest, st_withholding_year_digest(2026));
    assert_string_equal(row.actor, "kari");
    assert_string_equal(row.message_id, "");
    st_ledger_close(ledger);
    assert_string_equal(query("SELECT group_concat(end_to_end_id) FROM payslip"),
                        "974760673-20260612-1-0000001,974760673-20260612-1-0000002,"
                        "974760673-20260612-1-0000003");
    assert_string_equal(query("SELECT kind || run || detail FROM journal WHERE entry = 3"),
                        "run1month 2026-05, payday 2026-06-12");
}

static void test_books_balance(void **state) {
    struct st_run_row row;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(run(ledger, may_run(), false, &row));
    st_ledger_close(ledger);
    assert_string_equal(query("SELECT count(*) FROM (SELECT sum(CASE WHEN to_account = 'person'"
                              " THEN amount_ore ELSE 0 END - CASE WHEN from_account = 'person' THEN"
                              " amount_ore ELSE 0 END) AS left_ore FROM line GROUP BY person_id)"
                              " WHERE left_ore <> 0"),
                        "0");
    assert_string_equal(query("SELECT (SELECT sum(amount_ore) FROM line WHERE to_account = 'bank')"
                              " = (SELECT net_ore FROM run)"),
                        "1");
    assert_string_equal(query("SELECT (SELECT sum(amount_ore) FROM line WHERE to_account = 'tax')"
                              " = (SELECT tax_ore FROM run)"),
                        "1");
    assert_string_equal(query("SELECT (SELECT count(*) FROM finding) ="
                              " (SELECT finding_count FROM run)"),
                        "1");
    assert_string_equal(query("PRAGMA integrity_check"), "ok");
}

static enum st_status see_payslip(void *context, const struct st_payslip_row *row) {
    int64_t *net = context;
    *net += row->net.ore;
    assert_int_equal(row->month, st_month_make(2026, 5));
    assert_int_equal(row->language, ST_LANGUAGE_EN);
    return ST_OK;
}
static enum st_status see_line(void *context, const struct st_line_row *row) {
    int64_t *sum = context;
    *sum += row->amount.ore;
    assert_true(row->exact.denominator > 0);
    assert_true(row->from <= row->to);
    return ST_OK;
}
static enum st_status stop_at_once(void *context, const struct st_line_row *row) {
    (void)row;
    ++*(int *)context;
    return ST_FOUND;
}

static void test_reading_back(void **state) {
    struct st_run_row row, again;
    int64_t net = 0, sum = 0;
    int count = 0;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(run(ledger, may_run(), false, &row));
    assert_ok(st_ledger_find_run(ledger, 1, &again, &error));
    assert_int_equal(again.net.ore, row.net.ore);
    assert_int_equal(again.journal_entry, 3);
    assert_ok(st_ledger_each_payslip(ledger, 1, NULL, see_payslip, &net, &error));
    assert_int_equal(net, row.net.ore);
    net = 0;
    assert_ok(st_ledger_each_payslip(ledger, 1, BORIS, see_payslip, &net, &error));
    assert_in_range(net, 1, row.net.ore - 1);
    assert_ok(st_ledger_each_line(ledger, 1, NULL, see_line, &sum, &error));
    assert_int_equal(sum, 0); /* signed as the person sees it */
    assert_int_equal(st_ledger_each_line(ledger, 1, BORIS, stop_at_once, &count, &error), ST_FOUND);
    assert_int_equal(count, 1);
    assert_code(st_ledger_find_run(ledger, 2, &again, &error), ST_REFUSED, "run.unknown");
    st_ledger_close(ledger);
}

static void test_dry_run(void **state) {
    char before[65], after[65];
    struct st_run_row dry, real;
    (void)state;
    file_digest(before);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(run(ledger, may_run(), true, &dry));
    assert_int_equal(dry.run, 1);
    st_ledger_close(ledger);
    file_digest(after);
    assert_string_equal(before, after);
    ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(run(ledger, may_run(), false, &real));
    assert_int_equal(dry.net.ore, real.net.ore);
    st_ledger_close(ledger);
}

static void test_same_input_same_bytes(void **state) {
    char first[65], second[65];
    struct st_run_row row;
    for (int i = 0; i < 2; i++) {
        struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
        assert_ok(run(ledger, may_run(), false, &row));
        st_ledger_close(ledger);
        file_digest(i == 0 ? first : second);
        if (i == 0) {
            remove_folder(state);
            make_filled_ledger(state);
        }
    }
    assert_string_equal(first, second);
}

/* ---- the way of a run ---------------------------------------------------------------------- */

static void test_refused_runs(void **state) {
    char before[65], after[65];
    struct st_run_row row;
    (void)state;
    file_digest(before);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    struct wish wish = may_run();
    wish.time = "2026-01-01T08:00:00Z";
    assert_code(run(ledger, wish, false, &row), ST_REFUSED, "time.before_last");
    wish = may_run();
    wish.payday = st_date_make(2020, 12, 31);
    assert_code(run(ledger, wish, false, &row), ST_REFUSED, "run.payday_too_early");
    wish = may_run();
    wish.month = 0; /* December 2025 */
    struct st_act act = act_of("kari", wish.time);
    assert_code(
        st_ledger_run(ledger, &act, st_month_make(2025, 12), wish.payday, NULL, NULL, &row, &error),
        ST_REFUSED, "run.before_first");
    st_ledger_close(ledger);
    file_digest(after);
    assert_string_equal(before, after);
}

static void test_months_in_order(void **state) {
    struct st_run_row row;
    struct wish wish = may_run();
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(run(ledger, wish, false, &row));
    wish.month = 6;
    assert_code(run(ledger, wish, false, &row), ST_REFUSED, "run.pending");
    assert_ok(discard(ledger, 1));
    wish = may_run();
    wish.time = "2026-06-02T08:00:00Z";
    assert_ok(run(ledger, wish, false, &row)); /* the month again: the first was discarded */
    assert_int_equal(row.run, 2);
    assert_ok(approve(ledger, "per", "2026-06-02T08:00:00Z", 2, row.payment_count, row.net.ore));
    assert_code(run(ledger, wish, false, &row), ST_REFUSED, "run.month_done");
    wish.month = 4;
    assert_code(run(ledger, wish, false, &row), ST_REFUSED, "run.month_passed");
    wish.month = 6;
    assert_ok(run(ledger, wish, false, &row));
    assert_int_equal(row.run, 3);
    st_ledger_close(ledger);
    assert_string_equal(query("SELECT group_concat(run || ':' || kind) FROM journal"
                              " WHERE run IS NOT NULL"),
                        "1:run,1:discard,2:run,2:approve,3:run");
}

static void test_refused_approvals(void **state) {
    char before[65], after[65];
    struct st_run_row row;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(run(ledger, may_run(), false, &row));
    int64_t payments = row.payment_count, net = row.net.ore;
    const char *now = "2026-06-02T08:00:00Z";
    st_ledger_close(ledger);
    file_digest(before);
    ledger = open_ledger(ST_OPEN_WRITE);
    assert_code(approve(ledger, "kari", now, 1, payments, net), ST_REFUSED, "four_eyes");
    assert_code(approve(ledger, " KARI ", now, 1, payments, net), ST_REFUSED, "four_eyes");
    assert_code(approve(ledger, "per", now, 1, payments + 1, net), ST_REFUSED, "approve.payments");
    assert_code(approve(ledger, "per", now, 1, payments, net - 1), ST_REFUSED, "approve.sum");
    assert_code(approve(ledger, "per", "2026-06-13T00:00:00Z", 1, payments, net), ST_REFUSED,
                "approve.late");
    assert_code(approve(ledger, "per", now, 2, payments, net), ST_REFUSED, "run.unknown");
    assert_code(record_export(ledger, 1, "pain.001.001.09", DIGEST_A), ST_REFUSED,
                "run.not_approved");
    assert_code(st_ledger_may_export(ledger, 1, &row, &error), ST_REFUSED, "run.not_approved");
    st_ledger_close(ledger);
    file_digest(after);
    assert_string_equal(before, after);
}

static void test_approved_and_exported(void **state) {
    char before[65], after[65];
    struct st_run_row row;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(run(ledger, may_run(), false, &row));
    /* on the payday itself is in time */
    struct st_act act = act_of("per", "2026-06-02T09:00:00Z");
    assert_ok(st_ledger_approve(ledger, &act, 1, row.payment_count, row.net, &row, &error));
    assert_int_equal(row.state, ST_RUN_APPROVED);
    assert_string_equal(row.message_id, "974760673-20260612-1");
    assert_string_equal(row.approved_by, "per");
    assert_code(approve(ledger, "per", "2026-06-02T09:00:00Z", 1, row.payment_count, row.net.ore),
                ST_REFUSED, "run.not_computed");
    assert_code(discard(ledger, 1), ST_REFUSED, "time.before_last");
    assert_ok(st_ledger_may_export(ledger, 1, &row, &error));
    assert_string_equal(row.approved_at, "2026-06-02T09:00:00Z");
    assert_ok(record_export(ledger, 1, "pain.001.001.09", DIGEST_A));
    assert_ok(st_ledger_find_run(ledger, 1, &row, &error));
    assert_int_equal(row.state, ST_RUN_EXPORTED);
    st_ledger_close(ledger);
    file_digest(before);
    ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(record_export(ledger, 1, "pain.001.001.09", DIGEST_A)); /* again: nothing new */
    assert_code(record_export(ledger, 1, "pain.001.001.09", DIGEST_B), ST_DAMAGED,
                "export.differs");
    assert_code(approve(ledger, "per", "2026-06-03T09:00:00Z", 1, row.payment_count, row.net.ore),
                ST_REFUSED, "run.not_computed");
    st_ledger_close(ledger);
    file_digest(after);
    assert_string_equal(before, after);
    ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(record_export(ledger, 1, "pain.001.001.03", DIGEST_B));
    st_ledger_close(ledger);
    assert_string_equal(query("SELECT created FROM approval"), "2026-06-02T09:00:00");
}

/* An exemption card counts what earlier runs of the year paid, but not what was discarded (R14). */
static void test_earlier_payments_count(void **state) {
    const struct csv card[] = {{"taxcards", TAXCARDS_HEADER BORIS ",2026,exempt,,,30000,,,\n"},
                               END};
    struct st_run_row row;
    struct wish wish = may_run();
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, "2026-05-01T08:00:00Z", card);
    assert_ok(run(ledger, wish, false, &row));
    assert_ok(discard(ledger, 1));
    wish.time = "2026-06-02T08:00:00Z";
    assert_ok(run(ledger, wish, false, &row));
    assert_string_equal(
        query("SELECT tax_ore FROM payslip WHERE run = 2 AND person_id = '" BORIS "'"), "0");
    assert_ok(approve(ledger, "per", wish.time, 2, row.payment_count, row.net.ore));
    wish.month = 6;
    wish.payday = st_date_make(2026, 7, 10);
    assert_ok(run(ledger, wish, false, &row));
    /* 21 240.96 + 22 758.17 - 30 000 = 13 999.13: half of 13 999 */
    assert_string_equal(
        query("SELECT tax_ore FROM payslip WHERE run = 3 AND person_id = '" BORIS "'"), "699900");
    assert_string_equal(
        query("SELECT tax_ore = 0 FROM payslip WHERE run = 3 AND person_id = '" ANNA "'"), "0");
    st_ledger_close(ledger);
}

/* A run reads what was recorded before it; who was withdrawn is not paid. */
static void test_withdrawn_person_is_not_paid(void **state) {
    const struct csv gone[] = {{"participants", PARTICIPANTS_HEADER CLARA ",,,,,yes\n"}, END};
    struct st_run_row row;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, "2026-05-01T08:00:00Z", gone);
    assert_ok(run(ledger, may_run(), false, &row));
    assert_int_equal(row.person_count, 2);
    /* and Anna's partner no longer takes part: the full rate (R2) */
    assert_string_equal(query("SELECT benefit_ore FROM payslip WHERE person_id = '" ANNA "'"),
                        "2275817");
    st_ledger_close(ledger);
}

static void count_progress(void *context, int64_t done, int64_t all) {
    assert_int_equal(done, all);
    *(int64_t *)context = all;
}

static void test_progress(void **state) {
    struct st_run_row row;
    struct st_act act = act_of("kari", "2026-06-01T08:00:00Z");
    int64_t all = 0;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_ok(st_ledger_run(ledger, &act, st_month_make(2026, 5), st_date_make(2026, 6, 12),
                            count_progress, &all, &row, &error));
    assert_int_equal(all, 4);
    st_ledger_close(ledger);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_filled_ledger, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_month),
        TEST(test_books_balance),
        TEST(test_reading_back),
        TEST(test_dry_run),
        TEST(test_same_input_same_bytes),
        TEST(test_refused_runs),
        TEST(test_months_in_order),
        TEST(test_refused_approvals),
        TEST(test_approved_and_exported),
        TEST(test_earlier_payments_count),
        TEST(test_withdrawn_person_is_not_paid),
        TEST(test_progress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
