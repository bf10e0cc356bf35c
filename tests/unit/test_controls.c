/* SPDX-License-Identifier: MIT */
/* test_controls.c - the controls of docs/controls.md that no other test holds: the trail from a
 * fact to the bank's file and back, the sums that must agree, that everybody is accounted for and
 * nobody paid twice, copies of a ledger and how they are proved, and what a change from outside
 * meets.
 *
 * Most of it runs on the demo municipality, as an auditor would meet it: with the program, the
 * bank's file, and SQL. tests/controls.sh runs the commands that the document shows.
 */
#define _XOPEN_SOURCE 700
#include "program_fixture.h"

#include "stonad/base.h"

#include <inttypes.h>
#include <sqlite3.h>

#define HELD "03839344960"   /* held back in the demo's May: kildeskatt */
#define HASSAN "01819641141" /* three days of unapproved absence in it */
#define JUNE                                                                                       \
    "stonad run --month 2026-06 --payday 2026-06-30 --actor kari --today 2026-06-25T12:00:00 "

/* ---- the demo, and questions to a ledger --------------------------------------------------- */

/* May 2026 of the demo: computed by kari, approved and exported by ola. */
static void pay_demo(void) {
    run("sh '%s/fixtures/pay-demo.sh' '%s' demo && mv demo/ledger.db stonad.db && "
        "mv demo/payments.xml .",
        project, program);
    expect(0);
}

/* What a query gives: columns with | between, a row a line. */
static char answer[OUTPUT_MAX];
static int gather(void *context, int count, char **values, char **names) {
    (void)context, (void)names;
    for (int i = 0; i < count; i++) {
        size_t used = strlen(answer);
        (void)snprintf(answer + used, sizeof answer - used, "%s%s",
                       values[i] == NULL ? "" : values[i], i + 1 < count ? "|" : "\n");
    }
    return 0;
}

static const char *ask_of(const char *db_path, const char *sql) {
    sqlite3 *db;
    char *message = NULL;
    answer[0] = '\0';
    assert_int_equal(sqlite3_open_v2(db_path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    if (sqlite3_exec(db, sql, gather, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_true(strlen(answer) < sizeof answer - 1);
    return answer;
}
static const char *ask(const char *sql) {
    return ask_of("stonad.db", sql);
}

/* The one word, and the one number, that a query gives. */
static const char *word_of(const char *sql) {
    ask(sql);
    answer[strcspn(answer, "\n")] = '\0';
    return answer;
}
static int64_t count_of(const char *sql) {
    return strtoll(ask(sql), NULL, 10);
}

/* The program's output is this and a newline. */
static void prints(const char *expected) {
    expect(0);
    assert_true(strlen(out) > 0);
    out[strlen(out) - 1] = '\0';
    assert_string_equal(out, expected);
}

/* ---- the bank's file ----------------------------------------------------------------------- */

enum { ID_SIZE = 36, ACCOUNT_SIZE = 12, NAME_SIZE = 200, PAYMENT_MAX = 200 };
struct bank_payment {
    char id[ID_SIZE], account[ACCOUNT_SIZE], name[NAME_SIZE];
    int64_t ore;
};
static struct bank_payment payments[PAYMENT_MAX];

/* The text between `open` and the next `close`, after *at. */
static void take_between(const char **at, const char *open, const char *close, char *text,
                         size_t size) {
    const char *start = strstr(*at, open);
    assert_non_null(start);
    start += strlen(open);
    const char *end = strstr(start, close);
    assert_non_null(end);
    assert_true((size_t)(end - start) < size);
    (void)snprintf(text, size, "%.*s", (int)(end - start), start);
    *at = end;
}

/* "17624.35" as 1762435. */
static int64_t ore_of(const char *text) {
    const char *point = strchr(text, '.');
    assert_true(point != NULL && strlen(point) == 3);
    return 100 * strtoll(text, NULL, 10) + strtoll(point + 1, NULL, 10);
}

/* Reads the payments of a file with plain string search, as nobody of the program does. */
static size_t read_bank_file(const char *name) {
    static char text[OUTPUT_MAX];
    char amount[40];
    size_t count = 0;
    slurp(name, text);
    for (const char *at = text; (at = strstr(at, "<CdtTrfTxInf>")) != NULL; count++) {
        struct bank_payment *payment = &payments[count];
        assert_true(count < PAYMENT_MAX);
        take_between(&at, "<EndToEndId>", "</", payment->id, ID_SIZE);
        take_between(&at, "<InstdAmt Ccy=\"NOK\">", "</", amount, sizeof amount);
        take_between(&at, "<Cdtr><Nm>", "</", payment->name, NAME_SIZE);
        take_between(&at, "<CdtrAcct><Id><Othr><Id>", "</", payment->account, ACCOUNT_SIZE);
        payment->ore = ore_of(amount);
    }
    return count;
}

static int64_t bank_file_sum(size_t count) {
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += payments[i].ore;
    return sum;
}

/* ---- the trail, both ways ------------------------------------------------------------------ */

/* One row of absences.csv, step by step to the bank: the file it came in, the entry that recorded
 * it, the line it became, the payslip, the payment. */
static void a_fact_is_followed_to_the_bank(void **state) {
    (void)state;
    pay_demo();
    run("grep -c '^" HASSAN
        ";05.05.2026;07.05.2026;unapproved;;no' '%s/fixtures/demo/absences.csv'",
        project);
    prints("1");
    run("sha256sum < '%s/fixtures/demo/absences.csv' | cut -c1-64", project);
    prints(word_of("SELECT sha256 FROM import_file WHERE entry = 2 AND name = 'absences.csv'"));
    run("stonad person " HASSAN " --format csv | grep ',absence,'");
    prints("2,2026-06-02T00:00:00Z,kari,absence,yes,"
           "from=2026-05-05; to=2026-05-07; kind=unapproved; permission=no");
    run("stonad lines 1 --person " HASSAN " --format csv | grep absence");
    prints(HASSAN ",2026-05,2,absence_days,2026-05-05,2026-05-07,3,day,758.61,-2275.82,R7,"
                  "integreringsloven § 21");
    run("stonad explain 1 --person " HASSAN " | grep -A4 '  2 absence_days'");
    has(out, "unapproved from 2026-05-05 to 2026-05-07; G=136549 from 2026-05-01");
    run("stonad payslips 1 --person " HASSAN " --format csv | tail -n 1");
    has(out, ",22758.17,0.00,0.00,-2275.82,0.00,0.00,20482.35,2858.00,17624.35,exported\n");
    assert_int_equal(read_bank_file("payments.xml"), 65);
    assert_string_equal(ask("SELECT end_to_end_id, account, net_ore FROM payslip"
                            " WHERE run = 1 AND person_id = '" HASSAN "'"),
                        "310942006-20260612-1-0000001|99918264414|1762435\n");
    assert_string_equal(payments[0].id, "310942006-20260612-1-0000001");
    assert_string_equal(payments[0].account, "99918264414");
    assert_int_equal(payments[0].ore, 1762435);
}

/* From each payment of the bank's file: one payslip, whose lines add up to it, to the account that
 * the register had when the run was made, of somebody in a programme, recorded by entries before
 * the run's; and no payslip is due that is not in the file. */
static void every_payment_is_followed_back_to_facts(void **state) {
    (void)state;
    pay_demo();
    size_t count = read_bank_file("payments.xml");
    assert_int_equal(count, 65);
    for (size_t i = 0; i < count; i++) {
        char sql[1000], expected[100];
        (void)snprintf(
            sql, sizeof sql,
            "SELECT p.account, p.net_ore, (SELECT sum(amount_ore) FROM line AS l WHERE"
            " l.run = p.run AND l.person_id = p.person_id AND kind = 'payment'),"
            " (SELECT count(*) FROM participant AS f WHERE f.person_id = p.person_id AND"
            "  f.account = p.account AND f.name = p.name AND f.entry < r.entry AND"
            "  f.entry IN (SELECT entry FROM import_file WHERE kind = 'participant')),"
            " (SELECT count(*) > 0 FROM programme AS g WHERE g.person_id = p.person_id AND"
            "  g.entry < r.entry AND g.start_date <= '2026-05-31')"
            " FROM payslip AS p JOIN run AS r USING (run) WHERE end_to_end_id = '%.35s'",
            payments[i].id);
        (void)snprintf(expected, sizeof expected, "%s|%" PRId64 "|%" PRId64 "|1|1\n",
                       payments[i].account, payments[i].ore, payments[i].ore);
        assert_string_equal(ask(sql), expected);
    }
    assert_int_equal(count_of("SELECT count(*) FROM payslip WHERE state = 'due' AND net_ore > 0"),
                     count);
    assert_int_equal(count_of("SELECT count(*) FROM (SELECT run, person_id FROM line GROUP BY 1, 2"
                              " HAVING sum((to_account = 'person') * amount_ore) <>"
                              " sum((from_account = 'person') * amount_ore))"),
                     0);
}

/* ---- sums ---------------------------------------------------------------------------------- */

/* The bank's file, the run, the approval, the payslips, the lines and the books of another
 * program. */
static void the_sums_agree_everywhere(void **state) {
    (void)state;
    pay_demo();
    int64_t net = bank_file_sum(read_bank_file("payments.xml"));
    assert_int_equal(net, 94849574);
    run("grep -o '<CtrlSum>[^<]*' payments.xml | sort -u");
    prints("<CtrlSum>948495.74");
    assert_int_equal(count_of("SELECT net_ore FROM run"), net);
    assert_int_equal(count_of("SELECT sum_ore FROM approval"), net);
    assert_int_equal(count_of("SELECT sum(net_ore) FROM payslip WHERE state = 'due'"), net);
    assert_int_equal(count_of("SELECT sum(amount_ore) FROM line JOIN payslip USING (run, person_id)"
                              " WHERE kind = 'payment' AND state = 'due'"),
                     net);
    int64_t tax = count_of("SELECT sum(tax_ore) FROM payslip WHERE state = 'due'");
    assert_int_equal(tax, 18046200);
    assert_int_equal(count_of("SELECT tax_ore FROM run"), tax);
    /* What is taxable is paid, withheld, or held back. */
    assert_int_equal(count_of("SELECT taxable_ore - tax_ore - net_ore - (SELECT sum(taxable_ore)"
                              " FROM payslip WHERE state = 'held') FROM run"),
                     0);
    run("stonad export 1 --as pain.001.001.09 -o tax.xml --tax-only --tax-kid 1234567897"
        " --actor ola --today 2026-06-03");
    expect(0);
    run("grep -o '<CtrlSum>[^<]*\\|<Dt>[^<]*' tax.xml | sort -u | tr '\\n' ' '");
    assert_string_equal(out, "<CtrlSum>180462.00 <Dt>2026-06-15 "); /* Monday after the payday */
    run("command -v hledger");
    if (code != 0) {
        print_message("hledger is not installed: the books are not added up by it\n");
        return;
    }
    run("stonad export --as hledger -o books.journal && export LC_ALL=C.UTF-8 && "
        "hledger -f books.journal check --strict && "
        "hledger -f books.journal bal -N assets:bank liabilities:tax expenses | tr -s ' '");
    expect(0);
    has(out, " NOK -948495.74 assets:bank\n");
    has(out, " NOK -180462.00 liabilities:tax\n");
    has(out, " NOK -22758.17 expenses:introduksjonsstønad:held\n");
}

/* ---- all of them, and each once ------------------------------------------------------------ */

/* The delivered files against what the journal says was taken from them. */
static void every_row_of_the_files_is_taken(void **state) {
    (void)state;
    pay_demo();
    run("cd '%s/fixtures/demo'; for file in *.csv; do echo \"$file $(grep -c . $file) "
        "$(sha256sum < $file | cut -c1-64)\"; done | awk '{print $1 \"|\" $2 - 1 \"|\" $3}'",
        project);
    expect(0);
    ask("SELECT name, row_count, sha256 FROM import_file WHERE name LIKE '%.csv' ORDER BY name");
    assert_string_equal(out, answer);
    run("grep -c '<arbeidstaker>' '%s/fixtures/demo/skattekort-2026.xml'", project);
    prints(word_of("SELECT row_count FROM import_file WHERE name LIKE '%.xml'"));
    assert_int_equal(count_of("SELECT count(*) FROM participant"), 71);
    assert_int_equal(count_of("SELECT count(*) FROM absence"), 27);
    ask("SELECT detail FROM journal WHERE entry = 2");
    has(answer, "participants.csv: 71 rows");
    has(answer, "565 added, 0 replaced, 0 withdrawn, 0 unchanged, 1 left out");
}

/* Each person of the register is paid, or it is said why not. */
static void everybody_is_accounted_for(void **state) {
    (void)state;
    pay_demo();
    assert_string_equal(ask("SELECT state, net_ore > 0, count(*) FROM payslip GROUP BY 1, 2"),
                        "due|0|2\ndue|1|65\nheld|1|1\n");
    /* Who has no payslip: done before the month, begins after it, or is on leave all of it. */
    assert_string_equal(
        ask("SELECT p.person_id, g.end_date < '2026-05-01', g.start_date > '2026-05-31',"
            " EXISTS (SELECT 1 FROM absence AS a WHERE a.person_id = p.person_id AND"
            "  a.kind = 'parental_leave' AND from_date <= '2026-05-01' AND to_date >= '2026-05-31')"
            " FROM participant AS p JOIN programme AS g USING (person_id)"
            " WHERE person_id NOT IN (SELECT person_id FROM payslip) ORDER BY 1"),
        "09817412022|1|0|0\n24889931473|0|0|1\n27929724602|0|1|0\n");
    run("stonad check --month 2026-05 --today 2026-06-02 --format csv | grep -c R11-UNPAID");
    prints("1");
    run("stonad check --month 2026-05 --today 2026-06-02 --format csv | grep R11-UNPAID");
    has(out, HELD);
    /* Somebody told of too late is unpaid until the next run, which pays May too. */
    write_file("participants.csv", "person_id,name,birth_date,account,language\n" ANNA
                                   ",Anna Prøve,1990-01-01,1234.56.78903,nb\n");
    write_file("programmes.csv",
               "person_id,start,offered,end,permit,permit_granted,settled,education,end_goal,"
               "share_percent,share_cause\n" ANNA
               ",2026-05-01,2026-04-20,,a,2025-11-01,2026-03-01,none,work,,\n");
    run("stonad import participants.csv programmes.csv --actor kari --today 2026-06-20");
    expect(0);
    run("stonad check --month 2026-05 --today 2026-06-20 --format csv | grep R11-UNPAID | "
        "cut -d, -f1-2 | tr '\\n' ' '");
    has(out, ANNA);
    run(JUNE "> run.txt; stonad lines 2 --person " ANNA " --format csv | grep ,2026-05,");
    has(out, ",correction_benefit,");
    has(out, ",22758.17,R11,");
}

/* In June, with nothing new known, nobody is paid anything for May again; who was held back is,
 * once, when released. */
static void nobody_is_paid_twice(void **state) {
    (void)state;
    pay_demo();
    size_t count = read_bank_file("payments.xml");
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(payments[i].id, payments[j].id);
    refuses(4, "[run.month_done]",
            "stonad run --month 2026-05 --payday 2026-06-30 --actor kari --today 2026-06-25");
    run(JUNE);
    expect(0);
    assert_string_equal(ask("SELECT count(*) FROM line WHERE run = 2 AND month < '2026-06'"
                            " AND person_id <> '" HELD "'"),
                        "0\n");
    run("stonad discard 2 --actor kari --today 2026-06-26");
    expect(0);
    write_file("taxcards.csv", "person_id,year,kind,table,percent,exempt_amount,months\n" HELD
                               ",2026,table,8100,,,\n");
    run("stonad import taxcards.csv --actor kari --today 2026-06-26 && "
        "stonad run --month 2026-06 --payday 2026-06-30 --actor kari --today 2026-06-26");
    expect(0);
    assert_string_equal(ask("SELECT person_id, kind, amount_ore FROM line"
                            " WHERE run = 3 AND month = '2026-05' AND rule = 'R11'"),
                        HELD "|correction_benefit|2275817\n");
    /* Of each month, everybody got one benefit, whichever run paid it. */
    assert_string_equal(
        ask("SELECT count(*) FROM (SELECT person_id, l.month, sum(amount_ore) AS ore FROM line AS l"
            " JOIN payslip AS p USING (run, person_id) WHERE kind IN ('benefit',"
            "  'correction_benefit') AND p.state = 'due' AND run <> 2 GROUP BY 1, 2"
            " HAVING ore > 2275830)"),
        "0\n");
    assert_string_equal(ask("SELECT count(*) - count(DISTINCT end_to_end_id) FROM payslip"
                            " WHERE end_to_end_id <> ''"),
                        "0\n");
}

/* Whatever is written of a run, in any form and as often as one likes, orders the same payments. */
static void every_file_of_a_run_names_the_same_payments(void **state) {
    (void)state;
    pay_demo();
    size_t count = read_bank_file("payments.xml");
    static struct bank_payment first[PAYMENT_MAX];
    memcpy(first, payments, sizeof first);
    run("stonad export 1 --as pain.001.001.09 -o again.xml --actor kari --today 2026-06-09 >&2 && "
        "cmp payments.xml again.xml && sha256sum < again.xml | cut -c1-64");
    prints(word_of("SELECT sha256 FROM export"));
    static const char *const others[] = {"--as pain.001.001.03",
                                         "--as pain.001.001.09 --bank plain"};
    for (size_t i = 0; i < ST_COUNT_OF(others); i++) {
        run("stonad export 1 %s -o other.xml --force --actor ola --today 2026-06-09", others[i]);
        expect(0);
        assert_int_equal(read_bank_file("other.xml"), count);
        for (size_t j = 0; j < count; j++) {
            assert_string_equal(payments[j].id, first[j].id);
            assert_string_equal(payments[j].account, first[j].account);
            assert_int_equal(payments[j].ore, first[j].ore);
        }
        run("grep -o '<MsgId>[^<]*' other.xml");
        prints("<MsgId>310942006-20260612-1");
    }
}

/* Refusals and previews use up no number; what is discarded keeps its own. */
static void numbers_have_no_holes(void **state) {
    (void)state;
    compute_may();
    run("stonad approve 1 --payments 9 --sum 1 --actor bo --today 2026-05-26; "
        "stonad discard 1 --actor anna --today 2026-05-26 --dry-run; "
        "stonad import may --actor anna --today 2026-05-26; "
        "stonad discard 1 --actor anna --today 2026-05-26 && "
        "stonad run --month 2026-05 --payday 2026-05-29 --actor anna --today 2026-05-26 --dry-run "
        "&& "
        "stonad run --month 2026-05 --payday 2026-05-29 --actor anna --today 2026-05-26");
    expect(0);
    assert_string_equal(ask("SELECT entry, kind, run FROM journal ORDER BY entry"),
                        "1|init|\n2|import|\n3|run|1\n4|discard|1\n5|run|2\n");
    assert_string_equal(ask("SELECT count(*) = max(entry) FROM journal"), "1\n");
    run("stonad runs --format csv | cut -d, -f1,4 | tr '\\n' ' '");
    assert_string_equal(out, "run,state 1,discarded 2,computed ");
}

/* ---- changes from outside ------------------------------------------------------------------ */

/* Changes rows with SQLite itself, and leaves the trigger against it as it was. */
static void change(const char *table, const char *sql) {
    char all[COMMAND_MAX];
    (void)snprintf(
        all, sizeof all,
        "DROP TRIGGER %s_no_update; %s; CREATE TRIGGER %s_no_update BEFORE UPDATE ON %s\n"
        "BEGIN SELECT RAISE(ABORT, 'rows of %s are never changed'); END",
        table, sql, table, table, table);
    ask(all);
}

/* Whoever the journal says approved a run: the maker is found there too, in any spelling. */
static void an_approval_by_the_maker_is_found(void **state) {
    (void)state;
    compute_may();
    approve_as_shown();
    run("stonad verify");
    expect(0);
    change("journal", "UPDATE journal SET actor = ' ANNA' WHERE kind = 'approve'");
    run("stonad verify --format csv");
    expect(1);
    has(out, "VERIFY-FOUR-EYES,");
    has_not(out, "VERIFY-SCHEMA");
}

/* ---- accounts ------------------------------------------------------------------------------ */

#define NEW_ACCOUNT                                                                                \
    "person_id,name,birth_date,account,language\n" HASSAN                                          \
    ",Hassan Mahmoud Jama,1996-01-01,99923787131,en\n"

/* Of all changes of an account: who was on both sides of a payment. As docs/controls.md has it. */
#define APPROVED_OWN_CHANGE                                                                        \
    "SELECT f.person_id, f.entry, j.actor, r.run FROM participant AS f JOIN journal AS j"          \
    " ON j.entry = f.entry JOIN payslip AS p ON p.person_id = f.person_id AND"                     \
    " p.account = f.account JOIN run AS r ON r.run = p.run AND r.entry > f.entry JOIN approval AS" \
    " a ON a.run = r.run JOIN journal AS k ON k.entry = a.entry AND k.actor = j.actor WHERE "      \
    "EXISTS"                                                                                       \
    " (SELECT 1 FROM participant AS b WHERE b.person_id = f.person_id AND b.entry < f.entry AND"   \
    " b.account <> f.account)"

/* An account that is changed after the run was computed changes nothing in it; both accounts stay
 * to be seen, with who recorded them; and who changes an account and approves the payment is
 * found. */
static void a_changed_account_is_seen(void **state) {
    (void)state;
    pay_demo();
    write_file("participants.csv", NEW_ACCOUNT);
    run("stonad import participants.csv --actor ola --today 2026-06-20");
    expect(0);
    run("stonad export 1 --as pain.001.001.09 -o again.xml --actor ola --today 2026-06-21 && "
        "cmp payments.xml again.xml");
    expect(0);
    run("stonad person " HASSAN " --format csv | grep ',participant,'");
    has(out, "2,2026-06-02T00:00:00Z,kari,participant,no,");
    has(out, "account=99918264414");
    has(out, "6,2026-06-20T00:00:00Z,ola,participant,yes,");
    has(out, "account=99923787131");
    assert_string_equal(ask(APPROVED_OWN_CHANGE), ""); /* nothing was paid there */
    run(JUNE "| grep -o 'stonad approve.*'");
    expect(0);
    char approve[COMMAND_MAX];
    (void)snprintf(approve, sizeof approve, "%.*s", (int)strcspn(out, "\n"), out);
    run("%s --actor ola --today 2026-06-26", approve);
    expect(0);
    assert_string_equal(ask(APPROVED_OWN_CHANGE), HASSAN "|6|ola|2\n");
    run("stonad audit -o evidence > audit.txt && tail -n +2 "
        "evidence/registers/account_changes.csv");
    prints(HASSAN ",Hassan Mahmoud Jama,6,2026-06-20T00:00:00Z,ola,99918264414,99923787131,2");
}

/* Somebody who can write the file redirects a payment. Neither count nor sum tells; but the run is
 * neither approved nor exported, and verify says whose payment, from and to which account, and how
 * much. */
static void a_redirected_payment_is_found(void **state) {
    (void)state;
    pay_demo();
    change("payslip", "UPDATE payslip SET account = '99923787131' WHERE person_id = '" HASSAN "'");
    run("stonad verify --format csv");
    expect(1);
    has(out, "VERIFY-PERSON,payslip,\"run 1, person_id " HASSAN
             "\",account,99918264414,99923787131,17624.35,");
    has(out, "VERIFY-ROOT,");
    run("stonad prove 1 --person " HASSAN " -o proof.json");
    expect(6);
    run("stonad export 1 --as pain.001.001.03 -o other.xml --actor ola --today 2026-06-09");
    expect(6);
    has(err, "[run.changed]");
    assert_int_equal(access("other.xml", F_OK), -1);
}

/* The same between computing and approving. */
static void a_changed_run_is_not_approved(void **state) {
    (void)state;
    compute_may();
    change("payslip", "UPDATE payslip SET account = '99923787131' WHERE person_id = '" BERA "'");
    run("stonad approve 1 --payments 2 --sum $(stonad runs --format csv | tail -n 1 | cut -d, -f11)"
        " --actor bo --today 2026-05-26");
    expect(6);
    has(err, "[run.changed]");
}

/* Nothing that is written takes the ledger's place. */
static void a_ledger_is_never_replaced(void **state) {
    (void)state;
    pay_demo();
    run("cp stonad.db before.db; ln stonad.db other");
    run("stonad export 1 --as pain.001.001.09 -o other --force --actor ola --today 2026-06-09");
    expect(4);
    has(err, "[file.database]");
    run("stonad export 1 --as pain.001.001.09 -o stonad.db --force --actor ola --today 2026-06-09");
    expect(4);
    run("stonad export --as hledger -o stonad.db --force");
    expect(4);
    run("stonad prove 1 --person " HASSAN " -o before.db --force");
    expect(4);
    assert_true(same_bytes("stonad.db", "before.db"));
}

/* ---- copies -------------------------------------------------------------------------------- */

/* The head that a seal of the ledger would hold. */
static void head_of(const char *path, char head[65]) {
    run("stonad seal --db %s --format csv | tail -n 1 | cut -d, -f4", path);
    assert_int_equal(strlen(out), 65);
    (void)snprintf(head, 65, "%.64s", out);
}

/* The drill of docs/controls.md: a copy is readable by its owner alone, verifies, holds the seal,
 * replays, says the same, and gives the bank's file again. */
static void a_copy_is_proved(void **state) {
    char head[65], copied[65];
    (void)state;
    pay_demo();
    run("stonad seal --new-key -o k && stonad seal --key k -o may.seal");
    expect(0);
    head_of("stonad.db", head);
    static const char *const ways[] = {"sqlite3 stonad.db \".backup 'copy.db'\"",
                                       "sqlite3 stonad.db \"VACUUM INTO 'copy.db'\"",
                                       "cp stonad.db copy.db"};
    for (size_t i = 0; i < ST_COUNT_OF(ways); i++) {
        run("command -v sqlite3 || exit 9");
        if (code == 9 && i < 2)
            continue;
        run("rm -f copy.db again.xml; umask 077; %s && stat -c %%a copy.db", ways[i]);
        prints("600");
        run("stonad verify --db copy.db --seal may.seal --public-key k.pub");
        expect(0);
        has(out, "nothing found: 5 entries, 1 run, 68 payslips");
        run("stonad replay --db copy.db");
        prints("run 1: 68 payslips, 220 lines recomputed, all the same");
        head_of("copy.db", copied);
        assert_string_equal(copied, head);
        run("for report in runs 'payslips 1' 'lines 1' people; do stonad $report --format csv "
            "> a.csv && stonad $report --db copy.db --format csv | cmp - a.csv || exit 1; done");
        expect(0);
        run("stonad export 1 --db copy.db --as pain.001.001.09 -o again.xml --actor eva "
            "--today 2026-07-01 && cmp again.xml payments.xml");
        expect(0);
    }
}

/* Without any copy: the bundle of an audit is enough to make the ledger once more, entry by entry
 * with the same hashes, and the bank's file from it. One changed fact in it is found. */
static void the_ledger_is_made_anew_from_an_audit(void **state) {
    char head[65], rebuilt[65];
    (void)state;
    pay_demo();
    head_of("stonad.db", head);
    run("umask 0; stonad audit -o evidence && find evidence -type f ! -perm 600 -o -type d ! -perm "
        "700");
    expect(0);
    has_not(out, "evidence/"); /* nothing that others may read */
    run("(cd evidence && sha256sum --quiet -c SHA256SUMS) && "
        "stonad replay --from-files evidence -o rebuilt.db && stat -c %%a rebuilt.db");
    expect(0);
    has(out, "the same ledger: 5 entries, head ");
    has(out, "\n600\n");
    head_of("rebuilt.db", rebuilt);
    assert_string_equal(rebuilt, head);
    run("stonad verify --db rebuilt.db && stonad replay --db rebuilt.db && stonad export 1 "
        "--db rebuilt.db --as pain.001.001.09 -o again.xml --actor eva --today 2026-07-01 >&2 && "
        "cmp again.xml payments.xml");
    expect(0);
    run("sed -i 's/2026-05-07,unapproved/2026-05-08,unapproved/' evidence/inputs/002/absences.csv; "
        "stonad replay --from-files evidence");
    expect(1);
    has(out, "absence");
}

static size_t size_of(const char *path) {
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return (size_t)about.st_size;
}

/* The first `pages` pages of one file, the rest of the other. */
static void tear(const char *first, const char *rest, size_t pages) {
    static char head[OUTPUT_MAX], tail[OUTPUT_MAX];
    size_t head_size = size_of(first), tail_size = size_of(rest), cut = 4096 * pages;
    FILE *file = fopen(first, "rb");
    assert_non_null(file);
    assert_int_equal(fread(head, 1, head_size, file), head_size);
    (void)fclose(file);
    file = fopen(rest, "rb");
    assert_non_null(file);
    assert_int_equal(fread(tail, 1, tail_size, file), tail_size);
    (void)fclose(file);
    file = fopen("torn.db", "wb");
    assert_non_null(file);
    size_t kept = cut < head_size ? cut : head_size;
    assert_int_equal(fwrite(head, 1, kept, file), kept);
    if (kept < tail_size)
        assert_int_equal(fwrite(tail + kept, 1, tail_size - kept, file), tail_size - kept);
    assert_int_equal(fclose(file), 0);
}

/* A file copied page by page while a run commits is part before, part after. Wherever the border
 * lies, verify finds it - unless the copy is one of the two whole. */
static void a_copy_torn_by_a_commit_is_found(void **state) {
    char before[65], after[65], torn[65];
    int tried = 0, whole = 0;
    (void)state;
    start_ledger();
    run("cp stonad.db before.db; stonad run --month 2026-05 --payday 2026-05-29 "
        "--today 2026-05-25 --actor anna && cp stonad.db after.db");
    expect(0);
    head_of("before.db", before);
    head_of("after.db", after);
    size_t pages = size_of("after.db") / 4096;
    for (size_t page = 0; page <= pages; page++)
        for (int way = 0; way < 2; way++, tried++) {
            tear(way == 0 ? "after.db" : "before.db", way == 0 ? "before.db" : "after.db", page);
            run("stonad verify --db torn.db");
            if (code == 0) {
                head_of("torn.db", torn);
                assert_true(strcmp(torn, before) == 0 || strcmp(torn, after) == 0);
                whole++;
            } else
                assert_true(code == 1 || code == 6);
        }
    print_message("torn copies: %d, %d of them one of the two states whole\n", tried, whole);
    assert_true(tried > 80 && whole < tried / 2);
}

/* Rows enough that SQLite writes pages before the commit; rolled back in the end. */
static sqlite3 *begin_large_transaction(void) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open("stonad.db", &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "PRAGMA cache_size = 4; BEGIN IMMEDIATE;"
                     "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i <"
                     " 3000) INSERT INTO import_file SELECT 2, 100 + i, 'x.csv', 'living',"
                     " printf('%064d', i), 1, printf('%028d', i) FROM n;"
                     "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i <"
                     " 3000) INSERT INTO finding SELECT 1, '', 100 + i, 'X', 'note', 'R1', 'x', 'x'"
                     " FROM n",
                     NULL, NULL, NULL),
        SQLITE_OK);
    return db;
}

/* While somebody writes: a copy of both files is put back to the last commit when it is opened,
 * which is what happens after a crash too; the ledger itself says who holds it. */
static void a_copy_of_an_open_transaction_is_put_back(void **state) {
    char head[65], copied[65];
    (void)state;
    compute_may();
    head_of("stonad.db", head);
    size_t size = size_of("stonad.db");
    sqlite3 *db = begin_large_transaction();
    assert_true(size_of("stonad.db") > size); /* pages were written */
    assert_true(size_of("stonad.db-journal") > 0);
    run("umask 0; cp stonad.db copy.db; cp stonad.db-journal copy.db-journal; stat -c %%a "
        "stonad.db-journal");
    prints("600");
    run("stonad runs");
    expect(5);
    has(err, "[ledger.locked]");
    run("stonad discard 1 --actor anna --today 2026-05-26");
    expect(5);
    has(err, "[ledger.locked]");
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    run("stonad verify --db copy.db");
    expect(0);
    assert_int_equal(access("copy.db-journal", F_OK), -1);
    head_of("copy.db", copied);
    assert_string_equal(copied, head);
    head_of("stonad.db", copied);
    assert_string_equal(copied, head);
}

/* A rollback journal that belongs to another state than the file beside it: what a restore must not
 * leave lying. SQLite plays it back; verify finds what that made. */
static void a_journal_left_from_before_is_found(void **state) {
    (void)state;
    pay_demo();
    run("cp stonad.db old.db; " JUNE);
    expect(0);
    sqlite3 *db = begin_large_transaction();
    run("cp stonad.db-journal old.db-journal");
    assert_int_equal(sqlite3_close(db), SQLITE_OK); /* rolled back */
    run("stonad verify --db old.db");
    assert_true(code == 1 || code == 6);
}

/* ---- access -------------------------------------------------------------------------------- */

/* Whatever the umask: the ledger, files for the bank, books, keys, seals and proofs. */
static void what_it_writes_is_its_owners_alone(void **state) {
    (void)state;
    run("umask 0; sh '%s/fixtures/pay-demo.sh' '%s' demo > demo.txt; cd demo; mkdir new; "
        "export STONAD_DB=ledger.db; "
        "stonad seal --new-key -o new/seal.key; stonad seal --key new/seal.key -o new/may.seal; "
        "stonad prove 1 --person " HASSAN " -o new/proof.json; "
        "stonad consistency --from 2 -o new/consistency.json; "
        "stonad export --as hledger --people -o new/books.journal; "
        "stonad export 1 --as pain.001.001.03 -o new/pay.xml --actor ola --today 2026-06-09; "
        "mv ledger.db payments.xml new; exec > found.txt; ls new | wc -l; find new -type f ! -perm "
        "600 ! -name '*.pub'",
        project, program);
    expect(0);
    run("cat demo/found.txt");
    assert_string_equal(out, "9\n");
}

/* A wrapper that gives actor, time and ledger cannot be talked out of them: an option given twice
 * with another value is refused, however it is written. */
static void an_actor_that_is_given_stays(void **state) {
    (void)state;
    static const char *const others[] = {
        "--actor bo",    "--actor=bo",         "--act bo",         "--actor ''",
        "-- --actor bo", "--today 2026-05-27", "--tod=2026-05-27", "--db before.db",
    };
    compute_may();
    run("cp stonad.db before.db");
    for (size_t i = 0; i < ST_COUNT_OF(others); i++) {
        run("given() { stonad --db stonad.db --actor anna --today 2026-05-26T08:00:00Z \"$@\"; }; "
            "given discard 1 %s",
            others[i]);
        expect(2);
        assert_true(same_bytes("stonad.db", "before.db"));
    }
    /* Nor does the environment say who acts. */
    run("LOGNAME=bo USER=bo stonad discard 1 --today 2026-05-26 && cmp stonad.db before.db");
    expect(1);
    char actor[80];
    run("id -un");
    (void)snprintf(actor, sizeof actor, "%.70s", out);
    assert_string_equal(ask("SELECT actor FROM journal WHERE kind = 'discard'"), actor);
}

int main(void) {
    if (!find_program())
        return 1;
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_fact_is_followed_to_the_bank),
        IN_FOLDER(every_payment_is_followed_back_to_facts),
        IN_FOLDER(the_sums_agree_everywhere),
        IN_FOLDER(every_row_of_the_files_is_taken),
        IN_FOLDER(everybody_is_accounted_for),
        IN_FOLDER(nobody_is_paid_twice),
        IN_FOLDER(every_file_of_a_run_names_the_same_payments),
        IN_FOLDER(numbers_have_no_holes),
        IN_FOLDER(an_approval_by_the_maker_is_found),
        IN_FOLDER(a_changed_account_is_seen),
        IN_FOLDER(a_redirected_payment_is_found),
        IN_FOLDER(a_changed_run_is_not_approved),
        IN_FOLDER(a_ledger_is_never_replaced),
        IN_FOLDER(a_copy_is_proved),
        IN_FOLDER(the_ledger_is_made_anew_from_an_audit),
        IN_FOLDER(a_copy_torn_by_a_commit_is_found),
        IN_FOLDER(a_copy_of_an_open_transaction_is_put_back),
        IN_FOLDER(a_journal_left_from_before_is_found),
        IN_FOLDER(what_it_writes_is_its_owners_alone),
        IN_FOLDER(an_actor_that_is_given_stays),
    };
    return cmocka_run_group_tests_name("controls", tests, NULL, NULL);
}
