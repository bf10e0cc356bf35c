/* SPDX-License-Identifier: MIT */
/* test_cli.c - the built program, as its users and scripts meet it: options in any order, help,
 * messages, exit codes, and a month from an empty folder to a payment file.
 */
#define _XOPEN_SOURCE 700

#include "tests/unit/program_fixture.h"

/* ---- help and usage ------------------------------------------------------------------------ */

static const char *const names[] = {
    "init",    "import",  "run",    "runs",  "show",   "payslips", "lines", "explain",
    "approve", "discard", "export", "rates", "people", "person",   "tax",   "tax-table",
    "calendar", "simulate"};

static void test_help_and_version_on_every_level(void **state) {
    (void)state;
    run("stonad --help");
    expect(0);
    assert_ptr_equal(strstr(out, "Examples"), out);
    assert_string_equal(err, "");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        run("stonad --help");
        has(out, names[i]);
        run("stonad %s --help", names[i]);
        expect(0);
        assert_ptr_equal(strstr(out, "Examples"), out);
        has(out, "Usage: stonad ");
        run("stonad --help %s", names[i]);
        expect(0);
        has(out, names[i]);
        run("stonad %s --version", names[i]);
        expect(0);
        assert_ptr_equal(strstr(out, "stonad "), out);
    }
    run("stonad --version");
    expect(0);
    run("stonad -h");
    expect(0);
}

static void test_did_you_mean(void **state) {
    (void)state;
    refuses(2, "did you mean import?", "stonad imprt may");
    refuses(2, "did you mean payslips?", "stonad payslip 1");
    refuses(2, "did you mean --month?", "stonad run --mnoth 2026-05");
    refuses(2, "did you mean json?", "stonad runs --format jsn");
    refuses(2, "did you mean pain.001.001.09?", "stonad export 1 --as pain.001.001.9 -o x.xml");
    refuses(2, "did you mean fortnight?",
            "stonad tax --year 2026 --table 8000 --period fortnigt --basis 1");
    refuses(2, "[command.unknown]", "stonad zzzzzzzz");
    refuses(2, "[command.missing]", "stonad");
}

static void test_wrong_usage(void **state) {
    (void)state;
    refuses(2, "[option.unknown]", "stonad runs --person " ANNA);
    refuses(2, "[option.unknown]", "stonad runs --dry-run");
    refuses(2, "[option.unknown]", "stonad runs -x");
    refuses(2, "[option.flag]", "stonad import may --dry-run=yes");
    refuses(2, "[option.empty]", "stonad run --month");
    refuses(2, "[option.empty]", "stonad run --month ''");
    refuses(2, "[option.empty]", "stonad run --month 2026-05 --payday 2026-05-29 --actor ''");
    refuses(2, "[option.empty]", "stonad run --month 2026-05 --payday 2026-05-29 --actor ' '");
    refuses(2, "[option.long]",
            "stonad discard 1 --actor "
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    refuses(2, "[option.twice]", "stonad runs --db a --db b");
    refuses(2, "[option.ambiguous]", "stonad run --pay 2026-05-29");
    refuses(2, "[option.missing]", "stonad run --month 2026-05");
    refuses(2, "[argument.missing]", "stonad show");
    refuses(2, "[argument.extra]", "stonad show 1 2");
    refuses(2, "[option.missing]", "stonad rates add");
    refuses(2, "[argument.extra]", "stonad rates add G");
    refuses(2, "[run.number]", "stonad show 0");
    refuses(2, "[run.number]", "stonad show one");
    refuses(2, "[run.number]", "stonad show 99999999999999999999");
    refuses(2, "[option.value]", "stonad run --month 2026-13 --payday 2026-05-29");
    refuses(2, "[option.value]", "stonad run --month 2026-05 --payday 2026-02-30");
    refuses(2, "[option.value]", "stonad approve 1 --payments 3x --sum 1.00");
    refuses(2, "[option.value]", "stonad approve 1 --payments 3 --sum 1.001");
    refuses(2, "[option.value]", "stonad runs --today 2026-05-01T24:00");
    refuses(2, "[option.value]", "stonad runs --today 2026-05-01T10");
    refuses(2, "[option.choice]", "stonad export 1 --as a-melding -o x.xml");
    refuses(2, "[option.missing]", "stonad export 1 --as pain.001.001.09");
    refuses(2, "[option.missing]", "stonad export 1 --as pain.001.001.09 -o x --tax-only");
    refuses(2, "[option.choice]", "stonad export 1 --as pain.001.001.09 -o x --bank nobank");
    refuses(3, "[export.kid]", "stonad export 1 --as pain.001.001.09 -o x --tax-kid 1234567890");
    refuses(2, "[command.unknown]", "stonad forecast");
}

static void test_options_before_and_after(void **state) {
    (void)state;
    start_ledger();
    run("cp stonad.db other.db; stonad runs --db other.db --format csv");
    expect(0);
    run("stonad --db other.db --format=csv runs");
    expect(0);
    run("stonad --format csv --db=other.db -- runs");
    expect(0);
    run("POSIXLY_CORRECT=1 stonad runs --db other.db");
    expect(0);
    run("STONAD_DB=other.db; export STONAD_DB; rm stonad.db; stonad people");
    expect(0);
    run("stonad people");
    expect(7);
    run("stonad --today 2026-05-25 run --actor anna --db other.db --payday 2026-05-29 --month "
        "2026-05");
    expect(0);
    run("stonad show --db other.db 1 --format json");
    expect(0);
    has(out, "\"state\"");
}

/* ---- a month ------------------------------------------------------------------------------- */

static void test_init(void **state) {
    (void)state;
    refuses(3, "[init.orgnr]",
            "stonad init --orgnr 312345670 --name N --account 12345678903 --bic DNBANOKK");
    refuses(3, "[init.account]",
            "stonad init --orgnr 312345676 --name N --account 12345678900 --bic DNBANOKK");
    refuses(3, "[init.bic]",
            "stonad init --orgnr 312345676 --name N --account 12345678903 --bic dnb");
    refuses(2, "[option.choice]",
            "stonad init --orgnr 312345676 --name N --account 12345678903 --bic DNBANOKK "
            "--half-tax-month 10");
    refuses(2, "[option.missing]", "stonad init --name N");
    run(INIT " --dry-run");
    expect(0);
    has(err, "nothing was written");
    assert_int_equal(access("stonad.db", F_OK), -1);
    run(INIT);
    expect(0);
    has(out, "Eksempel kommune");
    struct stat about;
    assert_int_equal(stat("stonad.db", &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    run("cp stonad.db copy.db; " INIT);
    assert_int_not_equal(code, 0);
    run("cmp stonad.db copy.db");
    expect(0);
    run(INIT " --db two.db --format csv --half-tax-month 11 --recover ask --first-month 2026-05");
    expect(0);
    has(out, "ledger,orgnr,name,account,bic,half_tax_month,recover,test\n"
             "two.db,312345676,Eksempel kommune,12345678903,DNBANOKK,11,ask,yes\n");
}

static void test_import(void **state) {
    (void)state;
    write_facts();
    run(INIT);
    run("stonad import may --today 2026-05-20 --actor anna --dry-run");
    expect(0);
    has(err, "nothing was written");
    run("stonad import may --today 2026-05-20 --actor anna --format csv");
    expect(0);
    has(out, "what,count,file,line,column,code,message,sha256\n");
    has(out, "\nadded,7,");
    has(out, "may/absences.csv");
    run("cp stonad.db before.db; stonad import may --today 2026-05-21 --actor anna");
    expect(0);
    has(out, "nothing changed");
    run("cmp stonad.db before.db");
    expect(0);
    run("sed -i 's/Anna Prøve/Anna Nytt/' may/participants.csv; printf '%%s' '"
        "person_id,from,to,kind,hours,permission,withdrawn\n" BERA
        ",2026-05-04,,unapproved,,,yes\n' > may/absences.csv; touch may/.hidden may/notes.txt;"
        "stonad import may --today 2026-05-21 --actor anna");
    expect(0);
    has(out, "replaced        1\n");
    has(out, "withdrawn       1\n");
    has(err, "may/notes.txt: note: ");
    has_not(err, ".hidden");
}

static void test_import_refusals(void **state) {
    (void)state;
    write_facts();
    run(INIT);
    run("cp stonad.db before.db");
    refuses(3, "[import.missing]", "stonad import nowhere");
    refuses(3, "[import.nothing]", "mkdir empty; stonad import empty");
    refuses(3, "[import.name]", "touch lunch.csv; stonad import lunch.csv");
    refuses(3, "[import.not_a_file]", "stonad import /dev/null");
    write_file("may/absences.csv",
               "person_id,from,to,kind,hours,permission\n" BERA ",2026-05-44,,unapproved,,no\n" BERA
               ",2026-05-06,2026-05-05,unapproved,,no\n");
    run("stonad import may --today 2026-05-20 --actor anna");
    expect(3);
    has(err, "may/absences.csv:2: from: ");
    has(err, "may/absences.csv:3: ");
    has(err, "2 problems; nothing was imported");
    has_not(err, BERA);
    assert_string_equal(out, "");
    run("stonad import may --today 2026-05-20 --actor anna --format json");
    expect(3);
    has(out, "\"problem\"");
    has(out, "\"from\"");
    run("cmp stonad.db before.db");
    expect(0);
}

static void test_run_and_reports(void **state) {
    (void)state;
    compute_may();
    has(out, "payday          2026-05-29\n");
    has(out, "stonad approve 1 --payments 2 --sum ");
    has_not(out, ANNA);
    run("stonad runs --format csv");
    expect(0);
    has(out, "run,month,payday,state,persons,held,payments,benefit,taxable,tax,net,journal\n"
             "1,2026-05,2026-05-29,computed,2,0,2,45516.34,43240.52,");
    run("stonad payslips 1 --format csv");
    expect(0);
    has(out,
        "person_id,name,month,benefit,offsets,work,absence,corrections,recovery,taxable,tax,net,"
        "state\n");
    has(out, BERA ",Bera Prøve,2026-05,22758.17,0.00,0.00,-2275.82,0.00,0.00,20482.35,");
    run("stonad payslips 1 --person " ANNA);
    expect(0);
    has(out, "Eksempel kommune");
    has(out, "22 758,17");
    has_not(out, "Bera");
    run("stonad payslips 1");
    expect(0);
    has(out, "Anna Prøve");
    has(out, "Bera Prøve");
    run("stonad lines 1 --person " BERA " --format csv");
    expect(0);
    has(out, "person_id,month,line,kind,from,to,quantity,unit,rate,amount,rule,citation\n");
    has(out, ",30,day,758.61,22758.17,R4,");
    has_not(out, ANNA);
    run("stonad lines 1 --format json");
    expect(0);
    has(out, "\"amount\"");
    run("stonad explain 1 --person " BERA);
    expect(0);
    has(out, "rounded half up to 22 758,17");
    has(out, "integreringsloven");
    run("stonad explain 1 --person " BERA " --format csv");
    expect(0);
    has(out, "/");
    run("stonad people --format csv");
    expect(0);
    has(out, "person_id,name,birth_date,account,language\n" ANNA
             ",Anna Prøve,1990-01-01,12345678903,nb\n");
    run("stonad person " BERA);
    expect(0);
    has(out, "kind=unapproved");
    run("stonad rates --known 2026-05-01 --format csv");
    expect(0);
    has(out, "G,2025-05-01,2025-05-23,130160,");
    has_not(out, "136549");
}

static void test_explain_in_words(void **state) {
    (void)state;
    compute_may();
    run("stonad explain 1 --person " BERA);
    expect(0);
    has(out, "\n\nIntroduksjonsstønad for 1.–31. mai 2026: 30 dager à 758,61 kr (2 G / 360, G = 136 549 "
             "kr fra 1. mai 2026), 22 758,17 kr (integreringsloven § 20).\n"
             "Introduction benefit for 1–31 May 2026: 30 days at 758,61 kr (2 G / 360, G = 136 549 kr "
             "from 1 May 2026), 22 758,17 kr (integreringsloven § 20).\n"
             "  1 benefit 22 758,17  2026-05-01 to 2026-05-31\n    rule      R4, ");
    has(out, "    exact     136549/6 kroner, rounded half up to 22 758,17\n");
    run("stonad explain 1 --person " BERA " --lang nb");
    has(out, "Ikke godkjent fravær, registrert 4.–6. mai 2026");
    has_not(out, "Unapproved absence");
    run("stonad explain 1 --person " BERA " --lang en");
    has(out, "Unapproved absence, recorded 4–6 May 2026");
    has_not(out, "Ikke godkjent");
    run("stonad explain 1 --person " BERA " --lang nb --format csv");
    expect(0);
    has(out, ",severity,code,text,sentence_nb,sentence_en\n");
    has(out, "Ikke godkjent fravær");
    has(out, "Unapproved absence");
    run("stonad explain 1 --person " BERA " --format json | tail -c 400");
    has(out, "\"sentence_en\": ");
    refuses(2, "[option.choice]", "stonad explain 1 --person " BERA " --lang nn");
}

static void test_explain_a_rule(void **state) {
    (void)state;
    run("stonad explain --rule R8"); /* there is no ledger here */
    expect(0);
    assert_ptr_equal(strstr(out, "R8: "), out);
    has(out, "Absence and leave\n");
    has(out, "Fravær, fri og permisjon\n");
    run("stonad explain --rule r14-held --lang en");
    expect(0);
    assert_ptr_equal(strstr(out, "R14: "), out);
    has_not(out, "Skattekortet");
    for (int rule = 1; rule <= 22; rule++) {
        run("stonad explain --rule R%d --format csv", rule);
        expect(0);
        assert_ptr_equal(strstr(out, "rule,title_nb,title_en,paragraphs,text_nb,text_en\nR"), out);
        run("stonad explain --rule R%d | awk 'NR > 1 && length($0) > 150'", rule);
        assert_string_equal(out, "");
    }
    run("stonad explain --rule R11 --format json");
    has(out, "holds the result against what was paid");
    has_not(out, "Not computed yet");
    refuses(2, "did you mean R2?", "stonad explain --rule R2x");
    refuses(2, "[rule.unknown]", "stonad explain --rule R23");
    refuses(2, "[option.empty]", "stonad explain --rule ''");
    refuses(2, "[option.alone]", "stonad explain 1 --rule R8");
    refuses(2, "[option.alone]", "stonad explain --rule R8 --person " BERA);
    refuses(2, "[argument.missing]", "stonad explain --person " BERA);
    refuses(2, "[option.missing]", "stonad explain 1");
    refuses(2, "[argument.missing]", "stonad explain");
}

static void test_report_refusals(void **state) {
    (void)state;
    compute_may();
    refuses(3, "158395*****", "stonad payslips 1 --person 15839500111");
    refuses(3, "[person.payslip]", "stonad payslips 1 --format json --person " CARL);
    refuses(3, "[person.payslip]", "stonad lines 1 --format csv --person " CARL);
    refuses(3, "[person.payslip]", "stonad explain 1 --person " CARL);
    refuses(3, "[person.form]", "stonad explain 1 --person 123");
    refuses(3, "[person.unknown]", "stonad person " CARL);
    run("stonad show 7");
    expect(4);
    run("stonad runs --db nothing.db");
    expect(7);
    run("echo no ledger at all, only text of some length > text.db; stonad runs --db text.db");
    expect(6);
}

static void test_approval(void **state) {
    (void)state;
    compute_may();
    run("stonad run --month 2026-06 --payday 2026-06-29 --today 2026-05-25 --actor anna");
    expect(4);
    run("stonad approve 1 --payments 2 --sum 1.00 --actor bo --today 2026-05-26");
    expect(4);
    run("stonad export 1 --as pain.001.001.09 -o x.xml --actor bo --today 2026-05-26");
    expect(4);
    run("cp stonad.db before.db; stonad show 1 > show.txt; "
        "sum=$(sed -n 's/.*--sum //p' show.txt); "
        "stonad approve 1 --payments 2 --sum $sum --actor anna --today 2026-05-26");
    expect(4);
    run("sum=$(sed -n 's/.*--sum //p' show.txt); "
        "stonad approve 1 --payments 2 --sum $sum --actor bo --today 2026-05-30");
    expect(4);
    run("sum=$(sed -n 's/.*--sum //p' show.txt); "
        "stonad approve 1 --payments 2 --sum $sum --actor bo --today 2026-05-26 --dry-run");
    expect(0);
    has(err, "nothing was written");
    run("cmp stonad.db before.db");
    expect(0);
    approve_as_shown();
    has(out, "approved");
    has(out, "stonad export 1 ");
    run("stonad approve 1 --payments 2 --sum 1.00 --actor bo --today 2026-05-26");
    expect(4);
    run("stonad discard 1 --actor bo --today 2026-05-26");
    expect(4);
}

static void test_discard(void **state) {
    (void)state;
    compute_may();
    run("stonad discard 1 --actor anna --today 2026-05-26 --format csv");
    expect(0);
    has(out, ",discarded,");
    run("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-26 --actor anna");
    expect(0);
    has(out, "stonad approve 2 ");
    run("stonad discard 2 --actor anna --today 2026-05-25");
    expect(4);
}

#define EXPORT "stonad export 1 --actor bo --today 2026-05-27 "

static void test_export(void **state) {
    (void)state;
    compute_may();
    approve_as_shown();
    run("cp stonad.db before.db; " EXPORT "--as pain.001.001.09 -o pay.xml --dry-run");
    expect(0);
    run("cmp stonad.db before.db && test ! -e pay.xml && ls | grep -c pay");
    has(out, "0\n");
    run(EXPORT "--as pain.001.001.09 -o pay.xml");
    expect(0);
    has(err, "benefits alone");
    run("grep -c '<EndToEndId>' pay.xml; "
        "grep -o 'Introduksjonsstønad mai 2026' pay.xml | sort -u");
    has(out, "2\nIntroduksjonsstønad mai 2026\n");
    run("cp pay.xml first.xml; " EXPORT "--as pain.001.001.09 -o pay.xml");
    assert_int_not_equal(code, 0);
    run(EXPORT "--as pain.001.001.09 -o pay.xml --force --format csv");
    expect(0);
    has(out, "file,form,message_id,payments,sum,payday,tax,tax_payday,bytes,sha256\n");
    run("cmp pay.xml first.xml; stonad runs --format csv");
    has(out, ",exported,");
    has_not(out, "differ");
    run("echo mine > mine.xml; " EXPORT "--as pain.001.001.03 -o mine.xml");
    assert_int_not_equal(code, 0);
    run("cat mine.xml");
    has(out, "mine\n");
    run(EXPORT "--as pain.001.001.03 -o three.xml");
    expect(0);
    run(EXPORT "--as pain.001.001.09 -o nowhere/pay.xml");
    expect(7);
}

static void test_export_of_the_tax(void **state) {
    (void)state;
    compute_may();
    approve_as_shown();
    run(EXPORT "--as pain.001.001.09 -o all.xml --tax-kid 1234567897");
    expect(0);
    has_not(err, "benefits alone");
    /* R17: the first working day after Friday 29 May 2026. */
    has(out, "on 2026-06-01, KID 1234567897");
    run("grep -c '<EndToEndId>' all.xml; grep -c 76940524802 all.xml");
    has(out, "3\n1\n");
}

static void test_export_of_the_tax_alone(void **state) {
    (void)state;
    compute_may();
    approve_as_shown();
    run(EXPORT "--as pain.001.001.09 -o benefits.xml");
    expect(0);
    run(EXPORT "--as pain.001.001.09 -o tax.xml --tax-only --tax-kid 1234567897 --format csv");
    expect(0);
    has(out, "-T,0,0.00,2026-05-29,");
    has_not(err, "benefits alone");
    run("grep -c '<EndToEndId>' tax.xml; grep -c 'Introduksjonsst' tax.xml");
    has(out, "1\n0\n");
}

/* ---- output that fails --------------------------------------------------------------------- */

static void test_output_that_cannot_be_written(void **state) {
    (void)state;
    compute_may();
    run("stonad payslips 1 > /dev/full");
    expect(7);
    has(err, "stonad: ");
    run("stonad runs --format csv > /dev/full");
    expect(7);
    run("stonad tax-table --year 2026 > /dev/full");
    expect(7);
    run("stonad --help > /dev/full");
    expect(7);
    run("stonad runs >&-");
    expect(7);
    has(err, "[output.closed]");
    run("cp stonad.db before.db; stonad discard 1 --actor anna --today 2026-05-26 >&-");
    expect(7);
    run("cmp stonad.db before.db");
    expect(0);
    run("stonad runs 2>&-");
    expect(0);
    run("{ stonad tax-table --year 2026; echo $? > code.txt; } | head -1; cat code.txt");
    has(out, "income_year,table,period,basis,withholding\n7\n");
    assert_string_equal(err, "");
    run("stonad discard 1 --actor anna --today 2026-05-26 > /dev/full");
    expect(7);
    has(err, "the command itself was done");
    run("stonad show 1 --format csv");
    has(out, ",discarded,");
}

static void test_dry_runs_leave_the_ledger(void **state) {
    (void)state;
    start_ledger();
    run("cp stonad.db before.db; stonad run --month 2026-05 --payday 2026-05-29 "
        "--today 2026-05-25 --actor anna --dry-run");
    expect(0);
    has(out, "benefit         45 516,34\n");
    has(err, "nothing was written");
    run("cmp stonad.db before.db; ls");
    expect(0);
    has_not(out, "journal");
    has_not(out, "wal");
    run("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor anna; "
        "cp stonad.db before.db; stonad discard 1 --today 2026-05-25 --actor anna --dry-run && "
        "cmp stonad.db before.db");
    expect(0);
}

/* ---- tax ----------------------------------------------------------------------------------- */

static void test_tax(void **state) {
    (void)state;
    run("stonad tax --year 2026 --table 8000 --period month --basis 21600");
    expect(0);
    assert_string_equal(out, "3291\n");
    run("stonad tax --year 2026 --table 8100 --period month --basis 21600 --format csv");
    has(out, "income_year,table,period,basis,withholding\n2026,8100,month,21600,1958\n");
    run("stonad tax --year 2026 --table 8000 --period month --basis 30000 --format json");
    has(out, "6427");
    refuses(2, "[tax.year]", "stonad tax --year 1999 --table 8000 --period month --basis 1");
    refuses(2, "[tax.table]", "stonad tax --year 2026 --table 8001x --period month --basis 1");
    refuses(2, "[option.value]", "stonad tax --year 2026 --table 8000 --period month --basis -5");
}

static void test_tax_table(void **state) {
    (void)state;
    run("stonad tax-table --year 2026 --table 8000 --period month --max 21600");
    expect(0);
    assert_ptr_equal(
        strstr(out, "income_year,table,period,basis,withholding\n2026,8000,month,0,0\n"), out);
    assert_non_null(strstr(out, "\n2026,8000,month,21600,3291\n"));
    run("stonad tax-table --year 2026 --table 8000 --period month --max 21600 --format csv > a; "
        "stonad tax-table --year 2026 --table 8000 --period month --max 21600 > b; cmp a b");
    expect(0);
    run("stonad tax-table --year 2026 --table 8000 --period week | wc -l");
    has(out, "2002\n");
    run("stonad tax-table --year 2026 --table 8000 --max 500 --format json | tail -c 3");
    has(out, "]");
}

int main(void) {
    if (!find_program())
        return 1;
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_help_and_version_on_every_level),
        IN_FOLDER(test_did_you_mean),
        IN_FOLDER(test_wrong_usage),
        IN_FOLDER(test_options_before_and_after),
        IN_FOLDER(test_init),
        IN_FOLDER(test_import),
        IN_FOLDER(test_import_refusals),
        IN_FOLDER(test_run_and_reports),
        IN_FOLDER(test_explain_in_words),
        IN_FOLDER(test_explain_a_rule),
        IN_FOLDER(test_report_refusals),
        IN_FOLDER(test_approval),
        IN_FOLDER(test_discard),
        IN_FOLDER(test_export),
        IN_FOLDER(test_export_of_the_tax),
        IN_FOLDER(test_export_of_the_tax_alone),
        IN_FOLDER(test_output_that_cannot_be_written),
        IN_FOLDER(test_dry_runs_leave_the_ledger),
        IN_FOLDER(test_tax),
        IN_FOLDER(test_tax_table),
    };
    return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
