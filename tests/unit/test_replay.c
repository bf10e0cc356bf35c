/* SPDX-License-Identifier: MIT */
/* test_replay.c - a run is recomputed from what was known then: facts and rates recorded since
 * change nothing; one changed value, wherever in the ledger, is told at its person and column. At the end
 * the program itself: exit codes, text and columns.
 *
 * January to March 2026 are paid to Anna (an exemption card that runs down, three days absent),
 * Boris (a table card) and Clara (no card, held back or half taxed). Dina comes later.
 */
#define _DEFAULT_SOURCE
#include "ledger_fixture.h"

#include "stonad/replay.h"

#include <sys/wait.h>

#define END                                                                                        \
    { NULL, NULL }
#define TABLE_CARD(id) id ",2026,table,8000,,,,,\n"

/* ---- a ledger ------------------------------------------------------------------------------ */

static void import_at(const char *time, const char *kind, const char *text) {
    const struct csv files[] = {{kind, text}, END};
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    import_ok(ledger, time, files);
    st_ledger_close(ledger);
}

static void compute(const char *time, int month, st_date payday, struct st_run_row *row) {
    struct st_act act = act_of("kari", time);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    enum st_status status =
        st_ledger_run(ledger, &act, st_month_make(2026, month), payday, NULL, NULL, row, &error);
    if (status != ST_OK)
        fail_msg("%s: %s", error.code, error.text);
    st_ledger_close(ledger);
}

static void pay(const char *time, int month, st_date payday) {
    struct st_run_row row;
    struct st_act other = act_of("ola", time);
    compute(time, month, payday, &row);
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(
        st_ledger_approve(ledger, &other, row.run, row.payment_count, row.net, &row, &error),
        ST_OK);
    st_ledger_close(ledger);
}

static struct st_value text_value(const char *text) {
    return (struct st_value){.text = text, .size = strlen(text)};
}
static struct st_value number_value(int64_t number) {
    return (struct st_value){.number = number};
}

/* An answer of the authority about Clara that holds her payment back: a foreign tax scheme. */
static void import_foreign_card(const char *time) {
    const struct st_value none = {.is_null = true};
    const struct st_fact fact = {.kind = ST_FACT_AUTHORITY_CARD,
                                 .values = {text_value(CLARA), number_value(2026),
                                            number_value(ST_RESULT_OK), number_value(1),
                                            number_value(1), number_value(ST_CARD_TABLE),
                                            text_value("8000"), none, none, none, none}};
    struct st_act act = act_of("kari", time);
    struct st_import_result result;
    struct st_import *import = NULL;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    int file;
    assert_int_equal(st_import_begin(ledger, &act, &import, &error), ST_OK);
    assert_int_equal(
        st_import_file(import, "cards.xml", "authority_card", FILE_DIGEST, &file, &error), ST_OK);
    assert_int_equal(st_import_add(import, file, 1, &fact, &error), ST_OK);
    assert_int_equal(st_import_finish(import, &result, &error), ST_OK);
    st_import_free(import);
    st_ledger_close(ledger);
}

static int make_paid_ledger(void **state) {
    make_ledger(state);
    import_at("2026-01-03T08:00:00Z", "participants",
              PARTICIPANTS_HEADER PARTICIPANT(ANNA) PARTICIPANT(BORIS) PARTICIPANT(CLARA));
    import_at("2026-01-03T08:00:01Z", "programmes",
              PROGRAMMES_HEADER PROGRAMME(ANNA) PROGRAMME(BORIS) PROGRAMME(CLARA));
    import_at("2026-01-03T08:00:02Z", "taxcards",
              TAXCARDS_HEADER ANNA ",2026,exempt,,,50000,,,\n" TABLE_CARD(BORIS));
    import_foreign_card("2026-01-03T08:00:03Z");
    import_at("2026-02-01T08:00:00Z", "absences",
              ABSENCES_HEADER ANNA ",2026-02-03,2026-02-05,unapproved,,no,\n");
    pay("2026-02-02T08:00:00Z", 1, st_date_make(2026, 2, 12));
    pay("2026-03-02T08:00:00Z", 2, st_date_make(2026, 3, 12));
    pay("2026-04-02T08:00:00Z", 3, st_date_make(2026, 4, 13));
    return 0;
}

/* ---- a replay ------------------------------------------------------------------------------ */

/* What differs, one line each: "run person what: stored -> recomputed (ore)". */
static struct {
    char text[32768];
    size_t used;
    int count, run_count, notice_count, line_count[2], person_count;
    struct st_replay_result last;
    char notice[400];
    char inputs[2][400]; /* of the last line shown, recomputed and stored */
} found;

static void value_text(const struct st_replay_value *value, char text[500]) {
    if (!value->is_there)
        (void)snprintf(text, 500, "nothing");
    else if (value->is_amount)
        (void)snprintf(text, 500, "%lld", (long long)value->amount.ore);
    else
        (void)snprintf(text, 500, "'%s'", value->text);
}

static enum st_status keep_difference(void *context, const struct st_replay_difference *row) {
    char stored[500], recomputed[500], difference[40] = "";
    assert_ptr_equal(context, &found);
    value_text(&row->stored, stored);
    value_text(&row->recomputed, recomputed);
    if (row->has_difference)
        (void)snprintf(difference, sizeof difference, " (%lld)", (long long)row->difference.ore);
    if (row->person_id[0] != '\0' && strlen(row->person_id) == 11)
        assert_true(strlen(row->name) > 0);
    int size = snprintf(found.text + found.used, sizeof found.text - found.used,
                        "%lld %s %s: %s -> %s%s\n", (long long)row->run, row->person_id, row->what,
                        stored, recomputed, difference);
    assert_true(size > 0 && found.used + (size_t)size < sizeof found.text);
    found.used += (size_t)size;
    found.count++;
    return ST_OK;
}
static enum st_status keep_notice(void *context, const char *sentence) {
    assert_ptr_equal(context, &found);
    (void)snprintf(found.notice, sizeof found.notice, "%s", sentence);
    found.notice_count++;
    return ST_OK;
}
static enum st_status keep_line(void *context, bool is_stored, const struct st_line_row *line) {
    assert_ptr_equal(context, &found);
    found.line_count[is_stored]++;
    (void)snprintf(found.inputs[is_stored], sizeof found.inputs[0], "%s", line->inputs);
    return ST_OK;
}
static enum st_status keep_result(void *context, const struct st_replay_result *result) {
    assert_ptr_equal(context, &found);
    found.last = *result;
    found.run_count++;
    found.person_count += (int)result->person_count;
    return ST_OK;
}
static void no_progress(void *context, int64_t done, int64_t all) {
    assert_ptr_equal(context, &found);
    assert_true(done >= 0 && all >= 0);
}

static const struct st_replay_sink sink = {&found,    keep_notice, keep_difference,
                                           keep_line, keep_result, no_progress};

static enum st_status replay(int64_t run) {
    struct st_ledger *ledger = open_ledger(ST_OPEN_READ);
    memset(&found, 0, sizeof found);
    enum st_status status = st_ledger_replay(ledger, run, &sink, &error);
    st_ledger_close(ledger);
    return status;
}
static void replay_ok(int64_t run) {
    enum st_status status = replay(run);
    if (status != ST_OK)
        fail_msg("%s: %s", error.code, error.text);
}
static void finds_nothing(int64_t run) {
    replay_ok(run);
    assert_string_equal(found.text, "");
    assert_int_equal(found.notice_count, 0);
    assert_int_equal(found.last.difference_count, 0);
    assert_int_equal(found.line_count[0] + found.line_count[1], 0);
}
static void finds(const char *part) {
    if (strstr(found.text, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, found.text);
}
static void finds_not(const char *part) {
    if (strstr(found.text, part) != NULL)
        fail_msg("\"%s\" is in:\n%s", part, found.text);
}
/* Exactly this. */
static void finds_only(int64_t run, const char *text) {
    replay_ok(run);
    assert_string_equal(found.text, text);
}

/* Changes the ledger behind its back, in the table of that name. */
static void change(const char *table, const char *sql) {
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "DROP TRIGGER IF EXISTS %s_no_update; DROP TRIGGER IF EXISTS %s_no_delete;"
                   " PRAGMA ignore_check_constraints = 1; %s",
                   table, table, sql);
    assert_int_equal(tamper(text), SQLITE_OK);
}

/* ---- the same ------------------------------------------------------------------------------ */

/* An exemption that runs down, an absence, a payslip that is held: every run the same. */
static void test_clean(void **state) {
    char before[65], after[65];
    (void)state;
    assert_string_equal(query("SELECT count(*) FROM payslip WHERE state = 'held'"), "3");
    assert_string_equal(query("SELECT tax_ore FROM payslip WHERE run = 1 AND person_id = '" ANNA
                              "'"),
                        "0");
    assert_string_not_equal(
        query("SELECT tax_ore FROM payslip WHERE run = 3 AND person_id = '" ANNA "'"), "0");
    assert_string_equal(
        query("SELECT absence_ore < 0 FROM payslip WHERE run = 2 AND person_id = '" ANNA "'"), "1");
    file_digest(before);
    finds_nothing(0);
    assert_int_equal(found.run_count, 3);
    for (int run = 1; run <= 3; run++) {
        finds_nothing(run);
        assert_int_equal(found.run_count, 1);
        assert_int_equal(found.last.payslip_count, 3);
        assert_int_equal(found.last.run, run);
    }
    file_digest(after);
    assert_string_equal(before, after);
}

static void test_no_run(void **state) {
    (void)state;
    assert_int_equal(replay(4), ST_REFUSED);
    assert_string_equal(error.code, "run.unknown");
}

static void test_empty_ledger(void **state) {
    (void)state;
    finds_nothing(0);
    assert_int_equal(found.run_count, 0);
}

/* Facts recorded after the runs: replaced, withdrawn and new ones, and a new participant. */
static void test_late_facts(void **state) {
    (void)state;
    import_at("2026-04-10T08:00:00Z", "participants",
              PARTICIPANTS_HEADER ANNA ",Another Name,1970-01-01,15030000002,nb,\n" BORIS
                                       ",,,,,yes\n" PARTICIPANT(DINA));
    import_at("2026-04-10T08:00:01Z", "programmes",
              PROGRAMMES_HEADER PROGRAMME(DINA) CLARA ",2025-03-01,,,,,,,,,,yes\n");
    import_at("2026-04-10T08:00:02Z", "absences",
              ABSENCES_HEADER ANNA ",2026-01-07,2026-01-09,unapproved,,no,\n" ANNA
                                   ",2026-02-03,,unapproved,,,yes\n");
    import_at("2026-04-10T08:00:03Z", "taxcards", TAXCARDS_HEADER TABLE_CARD(ANNA));
    finds_nothing(0);
    assert_int_equal(found.run_count, 3);
}

/* A G recorded later changes no run, even when its effect and known dates lie before. */
static void test_late_rate(void **state) {
    const struct st_rate rate = {st_date_make(2026, 1, 1), st_date_make(2026, 1, 2), 200000, "-"};
    struct st_act act = act_of("kari", "2026-04-10T08:00:00Z");
    bool is_new = false;
    (void)state;
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(st_ledger_add_rate(ledger, &act, "G", &rate, &is_new, &error), ST_OK);
    assert_true(is_new);
    st_ledger_close(ledger);
    finds_nothing(0);
    /* The next run knows it, and its replay too. */
    pay("2026-05-04T08:00:00Z", 4, st_date_make(2026, 5, 12));
    assert_string_equal(query("SELECT (SELECT max(benefit_ore) FROM payslip WHERE run = 4)"
                              " > (SELECT max(benefit_ore) FROM payslip WHERE run = 3)"),
                        "1");
    finds_nothing(0);
    assert_int_equal(found.run_count, 4);
}

/* May is paid on the 15th with the old G; the new one, in effect from May, is known on the 22nd. */
static void test_rate_known_later(void **state) {
    (void)state;
    pay("2026-05-04T08:00:00Z", 4, st_date_make(2026, 5, 12));
    pay("2026-05-13T08:00:00Z", 5, st_date_make(2026, 5, 15));
    pay("2026-07-01T08:00:00Z", 6, st_date_make(2026, 7, 10));
    assert_string_equal(query("SELECT (SELECT max(benefit_ore) FROM payslip WHERE run = 6)"
                              " > (SELECT max(benefit_ore) FROM payslip WHERE run = 5)"),
                        "1");
    finds_nothing(0);
    assert_int_equal(found.run_count, 6);
}

/* A discarded run is left out unless it is asked for; it does not count in the year of the next. */
static void test_discarded(void **state) {
    struct st_run_row row;
    struct st_act act = act_of("kari", "2026-05-05T08:00:00Z");
    (void)state;
    compute("2026-05-04T08:00:00Z", 4, st_date_make(2026, 5, 12), &row);
    finds_nothing(4); /* while it waits, too */
    struct st_ledger *ledger = open_ledger(ST_OPEN_WRITE);
    assert_int_equal(st_ledger_discard(ledger, &act, row.run, &error), ST_OK);
    st_ledger_close(ledger);
    pay("2026-05-06T08:00:00Z", 4, st_date_make(2026, 5, 12));
    finds_nothing(0);
    assert_int_equal(found.run_count, 4);
    finds_nothing(4);
    finds_nothing(5);
    change("payslip", "UPDATE payslip SET name = 'X' WHERE run = 4 AND person_id = '" ANNA "'");
    finds_nothing(0);
    finds_only(4, "4 " ANNA " payslip name: 'X' -> 'Test Person'\n");
}

/* ---- one changed value --------------------------------------------------------------------- */

/* Every column of a payslip, each in a copy of its own. */
static void test_payslip_columns(void **state) {
    static const struct {
        const char *column, *value, *what;
    } changes[] = {
        {"name", "'Other'", "name: 'Other' -> 'Test Person'\n"},
        {"month", "'2026-09'", "month: '2026-09' -> '2026-02'\n"},
        {"state", "'held'", "state: 'held' -> 'due'\n"},
        {"held_reason", "'why'", "held_reason: 'why' -> ''\n"},
        {"tax_basis", "'none'", "tax_basis: 'none' -> 'table 8000"},
        {"benefit_ore", "benefit_ore + 100", "benefit: "},
        {"offsets_ore", "-100", "offsets: -100 -> 0 (100)\n"},
        {"work_ore", "-100", "work: -100 -> 0 (100)\n"},
        {"absence_ore", "-100", "absence: -100 -> 0 (100)\n"},
        {"corrections_ore", "7", "corrections: 7 -> 0 (-7)\n"},
        {"recovery_ore", "-1", "recovery: -1 -> 0 (1)\n"},
        {"taxable_ore", "taxable_ore - 1", "taxable: "},
        {"tax_ore", "tax_ore + 1", "tax: "},
        {"net_ore", "net_ore + 1", "net: "},
        {"account", "'99990000009'", "account: '99990000009' -> '15030000002'\n"},
        {"end_to_end_id", "'x'", "end_to_end_id: 'x' -> '974760673-20260312-2-0000002'\n"},
        {"language", "'nb'", "language: 'nb' -> 'en'\n"},
    };
    char sql[300], what[300];
    (void)state;
    for (size_t i = 0; i < ST_COUNT_OF(changes); i++) {
        (void)snprintf(sql, sizeof sql,
                       "CREATE TABLE kept AS SELECT * FROM payslip;"
                       " UPDATE payslip SET %s = %s WHERE run = 2 AND person_id = '" BORIS "'",
                       changes[i].column, changes[i].value);
        change("payslip", sql);
        replay_ok(2);
        (void)snprintf(what, sizeof what, "2 " BORIS " payslip %s", changes[i].what);
        finds(what);
        assert_int_equal(found.count, 1);
        assert_int_equal(found.person_count, 1);
        assert_true(found.line_count[0] > 0 && found.line_count[0] == found.line_count[1]);
        change("payslip", "DELETE FROM payslip; INSERT INTO payslip SELECT * FROM kept;"
                          " DROP TABLE kept");
    }
    finds_nothing(0);
}

static void test_line_columns(void **state) {
    static const struct {
        const char *column, *value, *what;
    } changes[] = {
        {"kind", "'work'", "kind: 'work' -> 'benefit'\n"},
        {"month", "'2025-01'", "month: '2025-01' -> '2026-03'\n"},
        {"from_date", "'2026-03-02'", "from: '2026-03-02' -> '2026-03-01'\n"},
        {"to_date", "'2026-03-30'", "to: '2026-03-30' -> '2026-03-31'\n"},
        {"quantity", "'7/8'", "quantity: '7/8' -> '30/1'\n"},
        {"unit", "'hour'", "unit: 'hour' -> "},
        {"rate", "'1/1'", "rate: '1/1' -> "},
        {"exact", "'1/3'", "exact: '1/3' -> "},
        {"amount_ore", "amount_ore + 100", "amount: "},
        {"from_account", "'bank'", "from_account: 'bank' -> 'benefit'\n"},
        {"to_account", "'claim'", "to_account: 'claim' -> 'person'\n"},
        {"cut", "1", "cut: 'yes' -> 'no'\n"},
        {"rule", "'R5'", "rule: 'R5' -> 'R4'\n"},
        {"citation", "'§ 1'", "citation: '§ 1' -> 'integreringsloven"},
        {"inputs", "'G=1'", "inputs: 'G=1' -> '"},
    };
    char sql[300], what[300];
    (void)state;
    for (size_t i = 0; i < ST_COUNT_OF(changes); i++) {
        (void)snprintf(sql, sizeof sql,
                       "CREATE TABLE kept AS SELECT * FROM line; UPDATE line SET %s = %s"
                       " WHERE run = 3 AND line = 1 AND person_id = '" ANNA "'",
                       changes[i].column, changes[i].value);
        change("line", sql);
        replay_ok(3);
        (void)snprintf(what, sizeof what, "3 " ANNA " line 1 %s", changes[i].what);
        finds(what);
        assert_int_equal(found.count, 1);
        change("line", "DELETE FROM line; INSERT INTO line SELECT * FROM kept; DROP TABLE kept");
    }
    finds_nothing(0);
}

static void test_finding_columns(void **state) {
    static const char *const columns[] = {"code", "rule", "citation", "text", "severity"};
    char sql[300], what[80];
    (void)state;
    assert_string_equal(query("SELECT count(*) > 0 FROM finding WHERE person_id = '" CLARA
                              "' AND run = 1 AND number = 1"),
                        "1");
    for (size_t i = 0; i < ST_COUNT_OF(columns); i++) {
        (void)snprintf(sql, sizeof sql,
                       "CREATE TABLE kept AS SELECT * FROM finding; UPDATE finding SET %s = 'x'"
                       " WHERE run = 1 AND number = 1 AND person_id = '" CLARA "'",
                       columns[i]);
        change("finding", sql);
        replay_ok(1);
        (void)snprintf(what, sizeof what, "1 " CLARA " finding 1 %s: 'x' -> '", columns[i]);
        finds(what);
        assert_int_equal(found.count, 1);
        change("finding",
               "DELETE FROM finding; INSERT INTO finding SELECT * FROM kept; DROP TABLE kept");
    }
    change("finding", "INSERT INTO finding SELECT 2, '', 1, 'R9-X', severity, rule, citation, text"
                      " FROM finding LIMIT 1");
    finds_only(0, "2  finding 1: 'R9-X' -> nothing\n");
    assert_int_equal(found.person_count, 0);
}

static void test_totals_of_the_run(void **state) {
    (void)state;
    change("run", "UPDATE run SET person_count = 4, net_ore = net_ore + 5 WHERE run = 2");
    replay_ok(0);
    finds("2  run persons: '4' -> '3'\n");
    finds("2  run net: ");
    finds(" (-5)\n");
    assert_int_equal(found.count, 2);
}

/* ---- rows that are gone, or too many ------------------------------------------------------- */

/* Who comes after keeps the number of the payment: one difference is told once. */
static void test_deleted_payslip(void **state) {
    (void)state;
    change("payslip", "DELETE FROM payslip WHERE run = 3 AND person_id = '" ANNA "'");
    replay_ok(3);
    finds("3 " ANNA " payslip: nothing -> ");
    finds_not(BORIS);
    finds_not(CLARA);
    assert_int_equal(found.count, 1);
    assert_true(found.last.more.ore > 0);
    assert_int_equal(found.last.less.ore, 0);
}

static void test_deleted_rows(void **state) {
    (void)state;
    change("line", "DELETE FROM line WHERE run = 2 AND line = 1 AND person_id = '" BORIS "'");
    replay_ok(2);
    finds("2 " BORIS " line 1: nothing -> ");
    assert_int_equal(found.count, 1);
    assert_int_equal(found.line_count[1], found.line_count[0] - 1);
    change("line", "INSERT INTO line SELECT run, person_id, line + 10, kind, month, from_date,"
                   " to_date, quantity, unit, rate, exact, amount_ore, from_account, to_account,"
                   " cut, rule, citation, inputs FROM line WHERE run = 1 AND line = 1"
                   " AND person_id = '" ANNA "'");
    replay_ok(1);
    finds("1 " ANNA " line 11: ");
    assert_int_equal(found.count, 1);
}

/* A payslip of somebody who was never in the register: before, between and after those who are. */
static void test_stranger(void **state) {
    static const char *const strangers[] = {"00000000000", "01817000100", "99999999999", "",
                                            "a number far longer than any of a person can be"};
    char sql[600], what[120];
    (void)state;
    for (size_t i = 0; i < ST_COUNT_OF(strangers); i++) {
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO payslip SELECT run, '%s', name, month, state, held_reason,"
                       " tax_basis, benefit_ore, offsets_ore, work_ore, absence_ore,"
                       " corrections_ore, recovery_ore, taxable_ore, tax_ore, net_ore, account,"
                       " '', language, tax_period FROM payslip WHERE run = 1 AND person_id = '" BORIS "'",
                       strangers[i]);
        change("payslip", sql);
        replay_ok(1);
        (void)snprintf(what, sizeof what, "1 %s payslip: ", strangers[i]);
        finds(what);
        assert_int_equal(found.count, 1);
        assert_true(found.last.less.ore > 0);
        assert_int_equal(found.last.more.ore, 0);
        (void)snprintf(sql, sizeof sql, "DELETE FROM payslip WHERE person_id = '%s'", strangers[i]);
        change("payslip", sql);
    }
    finds_nothing(0);
}

/* ---- facts and rates ----------------------------------------------------------------------- */

static void test_changed_name(void **state) {
    (void)state;
    change("participant", "UPDATE participant SET name = 'Other' WHERE person_id = '" CLARA "'");
    finds_only(0, "1 " CLARA " payslip name: 'Test Person' -> 'Other'\n"
                  "2 " CLARA " payslip name: 'Test Person' -> 'Other'\n"
                  "3 " CLARA " payslip name: 'Test Person' -> 'Other'\n");
}

/* Boris' programme would have begun in mid-February: nothing in January, half in February; the ids
 * of those who come after are as they were. */
static void test_changed_programme(void **state) {
    (void)state;
    change("programme", "UPDATE programme SET start_date = '2026-02-16' WHERE person_id = '" BORIS
                        "'");
    replay_ok(0);
    finds("1 " BORIS " payslip: ");
    finds("1  run persons: '3' -> '2'\n");
    finds("2 " BORIS " payslip benefit: ");
    finds("2 " BORIS " line 1 from: '2026-02-01' -> '2026-02-16'\n");
    finds("2 " BORIS " line 1 inputs: ");
    finds_not(ANNA);
    finds_not(CLARA);
    replay_ok(2);
    assert_true(found.last.less.ore > 0);
    assert_string_not_equal(found.inputs[0], found.inputs[1]);
}

/* The first payment is no longer one: those after keep their numbers, and the totals say it. */
static void test_nobody_else_is_renumbered(void **state) {
    (void)state;
    change("programme", "UPDATE programme SET start_date = '2026-06-01' WHERE person_id = '" ANNA
                        "'");
    replay_ok(3);
    finds("3 " ANNA " payslip: ");
    finds("3  run payments: '2' -> '1'\n");
    finds_not("end_to_end_id");
}

static void test_changed_rate(void **state) {
    (void)state;
    change("rate", "UPDATE rate SET value_nok = value_nok + 1000 WHERE effect = '2025-05-01'");
    replay_ok(1);
    finds("1  run rates_digest: '");
    finds("1 " ANNA " payslip benefit: ");
    finds("1 " BORIS " line 1 rate: ");
    finds("1  run benefit: ");
    assert_true(found.last.more.ore > 0);
    assert_int_equal(found.last.person_count, 3);
}

/* A rate of ten years ago changes no line, but the ledger is not what it was. */
static void test_changed_old_rate(void **state) {
    (void)state;
    change("rate", "UPDATE rate SET value_nok = value_nok + 1 WHERE effect = '2016-05-01'");
    replay_ok(2);
    finds("2  run rates_digest: '");
    assert_int_equal(found.count, 1);
}

/* Without any G nothing can be computed: told of everybody, with the reason. */
static void test_no_rate(void **state) {
    (void)state;
    change("rate", "DELETE FROM rate");
    replay_ok(1);
    finds("1 " ANNA " payslip: ");
    finds("1 " CLARA " payslip: ");
    finds("no base amount G is known");
    assert_int_equal(found.last.person_count, 3);
}

/* What an earlier run of the year paid decides when the exemption is used up (R14). */
static void test_changed_earlier_run(void **state) {
    (void)state;
    change("payslip", "UPDATE payslip SET benefit_ore = 0, taxable_ore = 0, net_ore = 0"
                      " WHERE run = 1 AND person_id = '" ANNA "'");
    replay_ok(0);
    finds("1 " ANNA " payslip benefit: 0 -> ");
    finds("3 " ANNA " payslip tax: ");
    finds_not(BORIS);
}

/* ---- other rules and tables ---------------------------------------------------------------- */

static void test_superseded(void **state) {
    (void)state;
    change("run", "UPDATE run SET rule_set = '2019-1' WHERE run = 1");
    finds_only(1, "");
    assert_int_equal(found.notice_count, 1);
    assert_non_null(strstr(found.notice, "rule set 2019-1, which is superseded by "));
    change("run", "UPDATE run SET table_digest = replace(table_digest, '0', '1') WHERE run = 2");
    finds_only(2, "");
    assert_int_equal(found.notice_count, 1);
    assert_non_null(strstr(found.notice, "withholding tables of 2026"));
}

static void test_damaged(void **state) {
    (void)state;
    change("run", "UPDATE run SET payday = '2026-99-99' WHERE run = 2");
    assert_int_equal(replay(0), ST_DAMAGED);
    assert_string_equal(error.code, "replay.terms");
    finds_nothing(1);
    change("programme", "UPDATE programme SET permit = 'x' WHERE person_id = '" BORIS "'");
    assert_int_equal(replay(1), ST_DAMAGED);
    assert_string_equal(error.code, "ledger.fact");
    assert_null(strstr(error.text, BORIS));
}

/* ---- the program --------------------------------------------------------------------------- */

static char printed[32768];

/* The exit code; what was printed is in `printed`. */
static int program(const char *arguments) {
    const char *given = getenv("STONAD");
    char command[512];
    (void)snprintf(command, sizeof command, "%s replay --db %s %s 2>&1",
                   given == NULL ? "build/stonad" : given, ledger_path, arguments);
    FILE *pipe = popen(command, "r"); /* NOLINT: a test of the command line */
    assert_non_null(pipe);
    printed[fread(printed, 1, sizeof printed - 1, pipe)] = '\0';
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}
static void prints(const char *part) {
    if (strstr(printed, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, printed);
}

static void test_program(void **state) {
    (void)state;
    assert_int_equal(program(""), ST_OK);
    prints("run 1: 3 payslips, ");
    prints("run 3: 3 payslips, ");
    prints(" recomputed, all the same\n");
    assert_int_equal(program("2 --format csv"), ST_OK);
    assert_string_equal(printed, "run,person_id,name,what,stored,recomputed,difference\n");
    assert_int_equal(program("9"), ST_REFUSED);
    prints("[run.unknown]");
    assert_int_equal(program("x"), ST_USAGE);
    change("line", "UPDATE line SET amount_ore = amount_ore + 12345, inputs = 'G=' || char(27)"
                   " WHERE run = 2 AND line = 1 AND person_id = '" BORIS "'");
    assert_int_equal(program(""), ST_FOUND);
    prints("run 2, " BORIS " Test Person\n  line 1 amount: stored ");
    prints(" (-123,45)\n");
    prints("  line 1 inputs: stored \"G=?\", recomputed \"");
    prints("  the lines as stored:\n    1 benefit ");
    prints("  the lines as recomputed:\n    1 benefit ");
    prints("2 differences of 1 person; nobody is paid more or less\n");
    assert_int_equal(program("1"), ST_OK);
    assert_int_equal(program("2 --format csv"), ST_FOUND);
    prints("2," BORIS ",Test Person,line 1 amount,");
    prints(",-123.45\n");
    assert_int_equal(program("2 --format json"), ST_FOUND);
    prints("\"difference\": -123.45");
}

/* The text form shows the first differences, the others all of them. */
static void test_program_shows_the_first(void **state) {
    (void)state;
    change("rate", "UPDATE rate SET value_nok = 200000 WHERE effect = '2025-05-01'");
    assert_int_equal(program("1"), ST_FOUND);
    prints("run 1 as a whole\n  run rates_digest: stored \"");
    prints(" more; `stonad replay 1 --format csv` lists them all\n");
    prints(" of 3 persons; recomputed, ");
    prints(" kroner more and 0,00 kroner less would be paid\n");
    assert_int_equal(program("1 --format csv"), ST_FOUND);
    prints("1," CLARA ",Test Person,payslip benefit,");
}

static void test_program_without_runs(void **state) {
    (void)state;
    assert_int_equal(program(""), ST_OK);
    assert_string_equal(printed, "there is no run to replay\n");
}

int main(void) {
#define PAID(test) cmocka_unit_test_setup_teardown(test, make_paid_ledger, remove_folder)
#define EMPTY(test) cmocka_unit_test_setup_teardown(test, make_ledger, remove_folder)
    const struct CMUnitTest tests[] = {
        PAID(test_clean),
        PAID(test_no_run),
        EMPTY(test_empty_ledger),
        PAID(test_late_facts),
        PAID(test_late_rate),
        PAID(test_rate_known_later),
        PAID(test_discarded),
        PAID(test_payslip_columns),
        PAID(test_line_columns),
        PAID(test_finding_columns),
        PAID(test_totals_of_the_run),
        PAID(test_deleted_payslip),
        PAID(test_deleted_rows),
        PAID(test_stranger),
        PAID(test_changed_name),
        PAID(test_changed_programme),
        PAID(test_nobody_else_is_renumbered),
        PAID(test_changed_rate),
        PAID(test_changed_old_rate),
        PAID(test_no_rate),
        PAID(test_changed_earlier_run),
        PAID(test_superseded),
        PAID(test_damaged),
        PAID(test_program),
        PAID(test_program_shows_the_first),
        EMPTY(test_program_without_runs),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
