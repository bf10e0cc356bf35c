/* SPDX-License-Identifier: MIT */
/* test_audit.c - the evidence bundle, and the ledger made once more from it: the same head, the same
 * rows, the same bundle; whatever is changed in a bundle or a ledger is named; a broken bundle is
 * refused with file and line.
 *
 * The ledger has everything: imports with replaced and withdrawn rows, tax cards, a rate, a run that was
 * discarded, corrections and claims, approvals, payment files.
 */
#define _XOPEN_SOURCE 700
#include "program_fixture.h"

#include "stonad/audit.h"

#include <errno.h>
#include <fcntl.h>

#define KID "1234567897"
/* A name that HTML, CSV, a spreadsheet and a shell would each take for something else. */
#define ANNA_NAME "=2+5, \"\"Anna\"\" <b>; Prøve"

/* ---- a ledger with everything -------------------------------------------------------------- */

static void write_may(void) {
    assert_int_equal(mkdir("may", 0700), 0);
    write_file("may/participants.csv",
               "person_id,name,birth_date,account,language\n" ANNA ",\"" ANNA_NAME
               "\",1990-01-01,1234.56.78903,nb\n" BERA ",Bera Prøve,1995-03-15,12345678903,en\n" CARL
               ",Carl & Co,2001-08-24,12345678903,\n");
    write_file("may/programmes.csv",
               "person_id,start,offered,end,permit,permit_granted,settled,education,end_goal,"
               "share_percent,share_cause\n" ANNA
               ",2026-01-05,2026-01-02,,a,2025-11-01,2025-12-01,none,work,,\n" BERA
               ",2026-01-05,2026-01-02,,a,2025-11-01,2025-12-01,none,work,,\n" CARL
               ",2026-01-05,2026-01-02,2026-12-31,a,2025-11-01,2025-12-01,none,work,,\n");
    write_file("may/taxcards.csv",
               "person_id,year,kind,table,percent,exempt_amount,months,extra\n" ANNA
               ",2026,table,8000,,,,100\n" BERA ",2026,table,8100,33.5,,10.5,\n");
    write_file("may/absences.csv", "person_id,from,to,kind,hours,permission\n" BERA
                                   ",2026-05-04,2026-05-06,unapproved,,no\n" ANNA
                                   ",2026-05-07,2026-05-07,unapproved,3.25,no\n");
    write_file("may/living.csv", "person_id,from,to,situation,partner_id,children\n" CARL
                                 ",2026-01-05,,parents,,\n");
    write_file("may/benefits.csv",
               "person_id,from,to,kind,amount_per_month,earned_before_programme\n" CARL
               ",2026-05-01,,uforetrygd,1234.56,\n");
}

static void write_june(void) {
    assert_int_equal(mkdir("june", 0700), 0);
    write_file("june/absences.csv", "person_id;from;to;kind;hours;permission;withdrawn\n" BERA
                                    ";2026-05-04;;unapproved;;;yes\n" ANNA
                                    ";2026-05-11;2026-05-29;unapproved;;no;no\n");
    write_file("june/participants.csv",
               "person_id,name,birth_date,account,language,withdrawn\n" BERA
               ",Bera Prøve,1995-03-15,15030000002,en,\n" CARL ",,,,,yes\n");
    write_file("june/recoveries.csv", "person_id,decided,reason,amount,max_per_month\n" ANNA
                                      ",2026-06-09,overpayment,9000.00,500.25\n");
}

#define CARD(person, result, body)                                                                 \
    "<arbeidstaker><arbeidstakeridentifikator>" person                                             \
    "</arbeidstakeridentifikator><resultatPaaForespoersel>" result                                 \
    "</resultatPaaForespoersel><inntektsaar>2026</inntektsaar>" body "</arbeidstaker>"

/* Bera's card, and one of somebody who is not in the register: left out. */
static void write_cards(void) {
    write_file("kort.xml",
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?><skattekortTilArbeidsgiver "
               "xmlns=\"urn:no:skatteetaten:fastsetting:formueinntekt:forskudd:"
               "skattekorttilarbeidsgiver:v3\" "
               "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><arbeidsgiver>"
               "<arbeidsgiveridentifikator><organisasjonsnummer>312345676</organisasjonsnummer>"
               "</arbeidsgiveridentifikator>" CARD(
                   BERA, "skattekortopplysningerOK",
                   "<skattekort><utstedtDato>2026-04-01</utstedtDato>"
                   "<forskuddstrekk xsi:type=\"Trekkprosent\"><trekkode>introduksjonsstoenad"
                   "</trekkode><prosentsats>22.5</prosentsats><antallMaanederForTrekk>12"
                   "</antallMaanederForTrekk></forskuddstrekk></skattekort>")
                   CARD("06818510053", "ikkeSkattekort",
                        "") "</arbeidsgiver></skattekortTilArbeidsgiver>");
}

static void expect_run(const char *line) {
    run("%s", line);
    expect(0);
}

/* `show` prints the command to be typed; this types it, as another person. */
static void approve(int number, const char *today) {
    char line[COMMAND_MAX];
    const char *command;
    run("stonad show %d", number);
    expect(0);
    command = strstr(out, "stonad approve ");
    assert_non_null(command);
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(command, "\n"), command);
    run("%s --actor bo --today %s", line, today);
    expect(0);
}

/* Entries 1 to 13. */
static void build_ledger(void) {
    write_may();
    write_june();
    write_cards();
    expect_run("stonad init --orgnr 312345676 --name \"Eksempel 'kommune' <b>\" --account"
               " 1234.56.78903 --bic DNBANOKK --town Eksempel --test --today 2026-05-01"
               " --actor anna --first-month 2026-05");
    expect_run("stonad import may --today 2026-05-20 --actor anna");
    expect_run("stonad import kort.xml --today 2026-05-20T10:11:12Z --actor anna");
    expect_run("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor anna");
    expect_run("stonad discard 1 --today 2026-05-25 --actor anna");
    expect_run("stonad rates add --name G --value 136550 --effect 2026-05-01 --known 2026-05-25"
               " --source 'FOR; \"x\"' --today 2026-05-25 --actor anna");
    expect_run("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor anna");
    approve(2, "2026-05-26");
    expect_run("stonad export 2 --as pain.001.001.09 -o may.xml --tax-kid " KID
               " --today 2026-05-26 --actor bo");
    expect_run("stonad import june --today 2026-06-10 --actor kari");
    expect_run("stonad run --month 2026-06 --payday 2026-06-30 --today 2026-06-20 --actor anna");
    approve(3, "2026-06-26");
    expect_run("stonad export 3 --as pain.001.001.03 --bank plain -o june.xml"
               " --today 2026-06-26 --actor bo");
}

static void build_bundle(void) {
    build_ledger();
    expect_run("stonad audit -o bundle");
    has(out, "verification    0 findings\n");
}

/* What the ledger says its head is. */
static void read_head(const char *bundle, char head[65]) {
    run("tail -n 1 %s/inputs/journal.csv | sed 's/.*,//'", bundle);
    expect(0);
    assert_int_equal(strlen(out), 65);
    (void)snprintf(head, 65, "%.64s", out);
}

/* ---- made once more ------------------------------------------------------------------------ */

static void a_ledger_is_made_once_more(void **state) {
    char head[65], sentence[160];
    (void)state;
    build_bundle();
    read_head("bundle", head);
    (void)snprintf(sentence, sizeof sentence, "the same ledger: 13 entries, head %s\n", head);
    run("stonad replay --from-files bundle");
    expect(0);
    assert_string_equal(out, sentence);
    assert_string_equal(err, "");
    /* Kept, it has the same rows, codes and all, and so the same bundle. */
    run("stonad replay --from-files bundle -o again.db");
    expect(0);
    expect_run("stonad verify --db again.db");
    run("sqlite3 stonad.db .dump > a.sql; sqlite3 again.db .dump > b.sql; cmp a.sql b.sql");
    expect(0);
    expect_run("stonad audit -o bundle2 --db again.db");
    expect_run("diff -r bundle bundle2");
    /* And it writes the same payment files, which are none it does not know. */
    expect_run("stonad export 2 --as pain.001.001.09 -o x.xml --tax-kid " KID
               " --db again.db --today 2026-06-27 --actor bo");
    assert_true(same_bytes("may.xml", "x.xml"));
    expect_run("stonad export 3 --as pain.001.001.03 --bank plain -o y.xml --db again.db"
               " --today 2026-06-27 --actor bo");
    assert_true(same_bytes("june.xml", "y.xml"));
    expect_run("sqlite3 again.db 'SELECT count(*) FROM journal'");
    assert_string_equal(out, "13\n");
    /* The ledger to be kept is never laid over a file. */
    refuses(4, "ledger.exists", "stonad replay --from-files bundle -o again.db");
    /* Nothing is left behind. */
    run("ls -A | grep -c tmp-; ls $PWD | grep -c rebuild");
    assert_string_equal(out, "0\n0\n");
}

static void temporary_files_go_where_they_should(void **state) {
    (void)state;
    build_bundle();
    assert_int_equal(mkdir("t", 0700), 0);
    expect_run("TMPDIR=$PWD/t stonad replay --from-files bundle/");
    expect_run("ls -A t");
    assert_string_equal(out, "");
    refuses(7, "ledger.create", "TMPDIR=$PWD/nowhere stonad replay --from-files bundle");
    refuses(7, "ledger.create", "stonad replay --from-files bundle -o nowhere/x.db");
    refuses(2, "option.alone", "stonad replay 1 --from-files bundle");
    refuses(2, "option.not_here", "stonad replay -o x.db");
}

static void the_same_bytes_every_time(void **state) {
    (void)state;
    build_bundle();
    expect_run("stonad audit -o second --actor somebody --today 2027-01-01");
    expect_run("diff -r bundle second");
    expect_run("cd bundle && sha256sum -c --quiet SHA256SUMS");
    run("cd bundle && find . -type f ! -name SHA256SUMS | wc -l; wc -l < SHA256SUMS");
    char files[20], sums[20];
    assert_int_equal(sscanf(out, "%19s %19s", files, sums), 2);
    assert_string_equal(files, sums);
}

/* Whoever types the commands has the same facts and the same pay; only the files that were imported are
 * other files. */
static void commands_can_be_typed(void **state) {
    (void)state;
    build_bundle();
    run("cd bundle && STONAD_DB=../typed.db && export STONAD_DB && set -e\n"
        "for c in inputs/*/command.txt; do cp $c ../c.sh; . ../c.sh >/dev/null 2>&1; done");
    expect(0);
    run("for db in stonad typed; do sqlite3 $db.db \"SELECT entry, time, actor, kind, run, tables "
        "FROM journal\" | sed 's/;import_file.*//' > $db.txt; done; cmp stonad.txt typed.txt");
    expect(0);
    expect_run("wc -l < typed.txt");
    assert_string_equal(out, "13\n");
    expect_run("stonad verify --db typed.db");
}

/* ---- what was changed is named ------------------------------------------------------------- */

struct change {
    const char *edit; /* in a copy of the bundle */
    int code;
    const char *said[4]; /* in what is printed */
};

static void try_change(const struct change *change) {
    run("rm -rf x; cp -r bundle x; cd x && %s", change->edit);
    expect(0);
    run("stonad replay --from-files x");
    if (code != change->code)
        print_message("after: %s\n", change->edit);
    expect(change->code);
    for (size_t i = 0; i < ST_COUNT_OF(change->said) && change->said[i] != NULL; i++)
        has(change->code == 1 ? out : err, change->said[i]);
    has_not(out, "the same ledger");
}

static void a_change_is_named(void **state) {
    static const struct change changes[] = {
        {"sed -i 's/,3.25,no/,3.75,no/' inputs/002/absences.csv",
         1,
         {"entry 2 differs: import at 2026-05-20T00:00:00Z by anna\n",
          "  absence: in the ledger 2 rows, digest ",
          "    absence, person_id " ANNA ", from_date 2026-05-07, kind unapproved, "
          "hours_hundredths: in the ledger 325; from the inputs 375\n",
          "the entries before it are the same: 1\n"}},
        {"sed -i '/" ANNA "/d' inputs/002/absences.csv",
         1,
         {"in the ledger 2 rows, digest ", "from the inputs 1 row, digest ",
          "kind unapproved: in the ledger person_id " ANNA, "; from the inputs nothing\n"}},
        {"echo '" ANNA ",2026-05-20,2026-05-20,unapproved,,no,no' >> inputs/002/absences.csv",
         1,
         {"from_date 2026-05-20, kind unapproved: in the ledger nothing; from the inputs "
          "person_id " ANNA}},
        {"sed -i 's/,yes$/,no/' inputs/010/absences.csv",
         1,
         {"entry 10 differs", "kind unapproved, withdrawn: in the ledger 1; from the inputs 0\n"}},
        {"rm inputs/010/absences.csv",
         1,
         {"  absence: in the ledger 2 rows, digest ", "; from the inputs nothing\n"}},
        {"rm inputs/003/cards.xml",
         1,
         {"entry 3 differs", "none: these inputs change nothing"}},
        {"sed -i 's/22.50/22.75/' inputs/003/cards.xml",
         1,
         {"authority_card, person_id " BERA ", year 2026, percent_hundredths: in the ledger 2250; "
          "from the inputs 2275\n"}},
        {"sed -i 's/kort.xml/kart.xml/' inputs/003/import_files.csv",
         1,
         {"import_file, number 1, name: in the ledger kort.xml; from the inputs kart.xml\n"}},
        {"sed -i 's/136549/136548/' inputs/001/rates.csv",
         1,
         {"entry 1 differs", "value_nok: in the ledger 136549; from the inputs 136548\n"}},
        {"sed -i 's/Eksempel,/Eksemplet,/' inputs/001/municipality.csv",
         1,
         {"municipality, town: in the ledger Eksempel; from the inputs Eksemplet\n"}},
        {"sed -i 'y/0123456789/1234567890/' inputs/001/secret.txt",
         1,
         {"municipality, secret: in the ledger another; from the inputs that of"}},
        {"sed -i 's/^6,\\(.*\\),136550,/6,\\1,136551,/' inputs/journal.csv",
         1,
         {"entry 6 differs: rates", "rate, name G, effect 2026-05-01, known 2026-05-25, value_nok"}},
        {"sed -i 's/2026-05,2026-05-29/2026-05,2026-06-02/' inputs/journal.csv",
         1,
         {"entry 4 differs: run", "  run, payday: in the ledger 2026-05-29; from the inputs "
                                  "2026-06-02\n",
          "payslip, person_id " ANNA ", end_to_end_id", "line, person_id " ANNA ", line "}},
        {"sed -i '9s/,3,\\([0-9.]*\\),/,4,\\1,/' inputs/journal.csv",
         1,
         {"entry 8 differs: approve", "[approve.payments]"}},
        {"sed -i '/approve/s/,bo,/,ANNA,/' inputs/journal.csv",
         1,
         {"entry 8 differs: approve", "[four_eyes]"}},
        {"sed -i '2,3s/,anna,/,bert,/' inputs/journal.csv",
         1,
         {"entry 1 differs: init at 2026-05-01T00:00:00Z by bert\n", "  hash: in the ledger "}},
        {"sed -i 's/absences.csv: 2 rows/absences.csv: 3 rows/' inputs/journal.csv",
         1,
         {"entry 2 differs", "  hash: in the ledger "}},
        {"sed -i '4s/.$/x/; 4s/[0-9]x$/ax/; 4s/[a-f]x$/0x/; 4s/x$/0/' inputs/journal.csv",
         1,
         {"entry 3 differs", "  head: in the ledger "}},
        /* The rows of the ledger, where the journal says nothing of it. */
        {"sed -i 's/,325,no/,326,no/' ledger/002/absence.csv",
         1,
         {"entry 2: rows are not those it wrote\n",
          "hours_hundredths: in the ledger 326; from the inputs 325\n",
          "the journal is the same, 13 entries, head "}},
        {"sed -i '3d' ledger/007/payslip.csv; rm ledger/012/approval.csv",
         1,
         {"entry 7: rows are not", "payslip, person_id " BERA ": in the ledger nothing; ",
          "entry 12: rows are not", "approval: in the ledger nothing; "}},
        {"cp ledger/002/absence.csv ledger/008/absence.csv",
         1,
         {"entry 8: rows are not those it wrote\n", "; from the inputs nothing\n"}},
    };
    (void)state;
    build_bundle();
    for (size_t i = 0; i < ST_COUNT_OF(changes); i++)
        try_change(&changes[i]);
    /* As rows too. */
    run("rm -rf x; cp -r bundle x; sed -i 's/,3.25,no/,3.75,no/' x/inputs/002/absences.csv");
    run("stonad replay --from-files x --format csv -o kept.db");
    expect(1);
    has(out, "entry,table,row,column,ledger,inputs\n2,absence,,,\"2 rows, digest ");
    has(out, "\n2,absence,\"person_id " ANNA
             ", from_date 2026-05-07, kind unapproved\",hours_hundredths,325,375\n");
    assert_int_equal(access("kept.db", F_OK), -1);
    run("stonad replay --from-files bundle --format json");
    expect(0);
    assert_string_equal(out, "[]\n");
}

static void a_broken_bundle_is_refused(void **state) {
    static const struct change changes[] = {
        {"rm inputs/journal.csv", 3, {"x/inputs/journal.csv is not there", "[bundle.missing]"}},
        {"rm inputs/001/secret.txt", 3, {"x/inputs/001/secret.txt", "[bundle.secret]"}},
        {"echo short > inputs/001/secret.txt", 3, {"secret.txt:1: ", "[bundle.secret]"}},
        {"rm inputs/001/municipality.csv", 3, {"municipality.csv", "[bundle.missing]"}},
        {"rm inputs/002/import_files.csv", 3, {"002/import_files.csv", "[bundle.missing]"}},
        {"sed -i 's/2026-05-11/2026-05-1x/' inputs/010/absences.csv",
         3,
         {"x/inputs/010/absences.csv:2: from: ", "[csv.date]", "entry 10", "[bundle.facts]"}},
        {"sed -i 's/^person_id/person/' inputs/002/living.csv",
         3,
         {"x/inputs/002/living.csv:1: ", "[csv.column_unknown]", "[bundle.facts]"}},
        {"sed -i '2p' inputs/002/living.csv", 3, {"[import.duplicate]", "[bundle.facts]"}},
        {"sed -i 's/introduksjonsstoenad/x/; s/<trekkode>/<trekkod>/' inputs/003/cards.xml",
         3,
         {"x/inputs/003/cards.xml:", "[bundle.facts]"}},
        {"sed -i '1s/payday/pay/' inputs/journal.csv",
         3,
         {"x/inputs/journal.csv:1: ", "[bundle.header]"}},
        {"sed -i '$d' inputs/journal.csv",
         3,
         {"x/inputs/journal.csv:14: entry 13 is missing", "[bundle.missing]"}},
        {"sed -i '2,$d' inputs/journal.csv", 3, {"journal.csv:", "[bundle.missing]"}},
        {"sed -i '3d' inputs/journal.csv",
         3,
         {"x/inputs/journal.csv:3: entry: ", "[bundle.value]"}},
        {"sed -i '5s/T00:00:00Z/T24:00:00Z/' inputs/journal.csv",
         3,
         {"x/inputs/journal.csv:5: time: ", "[bundle.value]"}},
        {"sed -i '5s/,2026-05,/,2026-13,/' inputs/journal.csv",
         3,
         {"x/inputs/journal.csv:5: month: ", "[bundle.value]"}},
        {"sed -i '5s/,run,/,walk,/' inputs/journal.csv",
         3,
         {"x/inputs/journal.csv:5: kind: ", "[bundle.value]"}},
        {"sed -i '6s/$/,more/' inputs/journal.csv",
         3,
         {"x/inputs/journal.csv:6: ", "[bundle.csv]"}},
        {"sed -i '6s/,anna,/,\"anna,/' inputs/journal.csv",
         3,
         {"x/inputs/journal.csv:6: ", "[bundle.csv]"}},
        {"sed -i '2s/,1$/,2/; 2s/^1,/3,/' inputs/002/import_files.csv",
         3,
         {"x/inputs/002/import_files.csv:2: number: ", "[bundle.value]"}},
        {"sed -i '2s/^312345676/312345675/' inputs/001/municipality.csv",
         3,
         {"x/inputs/001/municipality.csv:2: orgnr: ", "[bundle.value]"}},
        {"sed -i '2s/^G/H/' inputs/001/rates.csv", 3, {"001/rates.csv:2: name: ", "[bundle.value]"}},
        {"sed -i '1s/run,/ran,/' ledger/007/payslip.csv",
         3,
         {"x/ledger/007/payslip.csv:1: ", "[bundle.header]"}},
        {"sed -i '3s/,/\",/' ledger/007/payslip.csv",
         3,
         {"x/ledger/007/payslip.csv:3: ", "[bundle.csv]"}},
    };
    (void)state;
    build_bundle();
    for (size_t i = 0; i < ST_COUNT_OF(changes); i++)
        try_change(&changes[i]);
    refuses(3, "bundle.missing", "stonad replay --from-files nowhere");
    refuses(3, "bundle.missing", "stonad replay --from-files may");
    /* Without the rows a bundle still gives the ledger. */
    run("rm -r bundle/ledger; stonad replay --from-files bundle");
    expect(0);
    has(err, "the rows themselves were not compared");
}

/* Bytes changed at random: told as a difference or refused, whatever they are. */
static void random_damage_is_survived(void **state) {
    static const char *const files[] = {
        "inputs/journal.csv",          "inputs/001/municipality.csv", "inputs/001/rates.csv",
        "inputs/002/import_files.csv", "inputs/002/participants.csv", "inputs/003/cards.xml",
        "ledger/007/payslip.csv",      "ledger/011/correction.csv"};
    static char bytes[OUTPUT_MAX];
    uint32_t random = 20260501;
    (void)state;
    build_bundle();
    for (int round = 0; round < 48; round++) {
        const char *name = files[round % (int)ST_COUNT_OF(files)];
        char path[200];
        run("rm -rf x; cp -r bundle x");
        (void)snprintf(path, sizeof path, "x/%s", name);
        slurp(path, bytes);
        size_t size = strlen(bytes);
        for (int i = 0; i <= round % 3; i++) {
            random = random * 1664525u + 1013904223u;
            bytes[random / 65536 % size] = (char)(1 + random / 256 % 255);
        }
        write_file(path, bytes);
        run("stonad replay --from-files x");
        if (code != 0 && code != 1 && code != 3)
            print_message("round %d, %s\n", round, name);
        assert_true(code == 0 || code == 1 || code == 3);
    }
}

/* ---- a ledger that was changed ------------------------------------------------------------- */

static void a_changed_ledger_is_shown_and_restored(void **state) {
    (void)state;
    build_ledger();
    expect_run("cp stonad.db sound.db");
    expect_run("sqlite3 stonad.db \"DROP TRIGGER payslip_no_update; DROP TRIGGER line_no_update;"
               " UPDATE payslip SET tax_ore = tax_ore - 100, net_ore = net_ore + 100"
               "  WHERE run = 2 AND person_id = '" BERA "';"
               " UPDATE line SET rule = 'R99' WHERE run = 2 AND person_id = '" ANNA
               "' AND line = 1\"");
    run("stonad audit -o bundle");
    expect(1);
    has(out, "verification    ");
    has_not(out, "verification    0 findings");
    expect_run("grep -c VERIFY-DIGEST bundle/registers/verification.csv");
    expect_run("grep -c 'class=\"bad\"' bundle/index.html");
    /* What cannot be proved is not: run 2 is not what its entry says. */
    expect_run("grep -c 'none: see the verification' bundle/registers/samples.csv");
    run("stonad replay --from-files bundle -o restored.db");
    expect(1);
    has(out, "entry 7: rows are not those it wrote\n");
    has(out, "    payslip, person_id " BERA ", tax_ore: in the ledger ");
    has(out, "    line, person_id " ANNA ", line 1, rule: in the ledger R99; from the inputs R4\n");
    has(out, "ledger          restored.db\n");
    run("sqlite3 sound.db .dump > a.sql; sqlite3 restored.db .dump > b.sql; cmp a.sql b.sql");
    expect(0);
}

/* ---- the report ---------------------------------------------------------------------------- */

static void the_report_says_what_is_there(void **state) {
    char head[65];
    (void)state;
    build_bundle();
    read_head("bundle", head);
    expect_run("cat bundle/index.html");
    has(out, head);
    has(out, "<title>Evidence bundle, Eksempel &#39;kommune&#39; &lt;b&gt;</title>");
    has(out, "<p>Nothing was found.</p>\n<p class=\"good\">0 findings. Checked: 13 entries, 3 runs,");
    has(out, "<td>=2+5, &quot;Anna&quot; &lt;b&gt;; Prøve</td>");
    has(out, "<td>018190*****</td>");
    has(out, "<td>*******8903</td><td>*******0002</td>");
    has_not(out, ANNA);
    has_not(out, BERA);
    has_not(out, "15030000002");
    has_not(out, "<script");
    has_not(out, "http");
    has_not(out, "src=");
    expect_run("cat bundle/registers/runs.csv");
    has(out, "\n1,2026-05,2026-05-29,discarded,3,");
    has(out, "\n2,2026-05,2026-05-29,exported,3,");
    has(out, ",anna,2026-05-25T00:00:00Z,bo,2026-05-26T00:00:00Z,312345676-20260529-2,2026-1,");
    expect_run("cat bundle/registers/account_changes.csv");
    assert_string_equal(
        out, "person_id,name,entry,time,actor,before,after,earlier_entry\n" BERA
             ",Bera Prøve,10,2026-06-10T00:00:00Z,kari,12345678903,15030000002,2\n" CARL
             ",Carl & Co,10,2026-06-10T00:00:00Z,kari,12345678903,,2\n");
    expect_run("cat bundle/registers/actors.csv");
    has(out, "\nanna,run,3,2026-05-25T00:00:00Z,2026-06-20T00:00:00Z\n");
    has(out, "\nbo,approve,2,2026-05-26T00:00:00Z,2026-06-26T00:00:00Z\n");
    expect_run("cat bundle/registers/payment_files.csv");
    has(out, "\n2,9,2026-05-26T00:00:00Z,bo,pain.001.001.09,benefits+tax," KID ",");
    has(out, "\n3,13,2026-06-26T00:00:00Z,bo,pain.001.001.03@plain,benefits,,");
    expect_run("sha256sum may.xml | cut -c1-64 | grep -f - bundle/registers/payment_files.csv");
    expect_run("cat bundle/registers/claims.csv");
    has(out, ANNA ",\"'=2+5, \"\"Anna\"\" <b>; Prøve\",3,2026-06-30,arisen,,");
    expect_run("cat bundle/registers/findings.csv");
    has(out, "run,approved_by,person_id,name,code,severity,rule,citation,text\n2,bo,,,R4-RUN-EARLY,");
    has_not(out, "\n1,");
    expect_run("cat bundle/registers/rates.csv");
    has(out, "\nG,2026-05-01,2026-05-25,136550,\"FOR; \"\"x\"\"\",6,2026-05-25T00:00:00Z,anna\n");
    /* What is imported again is not neutralised. */
    expect_run("cat bundle/inputs/002/participants.csv");
    has(out, ANNA ",\"" ANNA_NAME "\",1990-01-01,12345678903,nb,no\n");
    /* JSON: everything, in full. */
    run("python3 -c \"import json; d = json.load(open('bundle/report.json')); "
        "print(d['form'], d['about'][0]['head'], len(d['journal']), len(d['samples']),"
        " d['checked']['findings']['rows'], d['account_changes'][0]['after'],"
        " d['runs'][2]['net'] > 0, d['samples'][0]['name'])\"");
    expect(0);
    has(out, "stonad-audit-1 ");
    has(out, " 13 6 0 15030000002 True =2+5, \"Anna\" <b>; Prøve\n");
}

/* Only the owner may read it: folders 0700, files 0600. */
static void the_bundle_is_private(void **state) {
    struct stat about;
    (void)state;
    build_ledger();
    expect_run("umask 0; stonad audit -o bundle");
    run("find bundle -type d ! -perm 0700; find bundle -type f ! -perm 0600");
    expect(0);
    assert_string_equal(out, "");
    assert_int_equal(stat("bundle/inputs/001/secret.txt", &about), 0);
    assert_int_equal(about.st_size, 65);
    /* The secret is in that one file. */
    expect_run("grep -rlF \"$(cat bundle/inputs/001/secret.txt)\" bundle");
    assert_string_equal(out, "bundle/inputs/001/secret.txt\n");
    expect_run("grep -c 'inputs/001/secret.txt holds the ledger' bundle/README.txt");
}

static void questions_in_sql_are_answered(void **state) {
    (void)state;
    build_bundle();
    expect_run("ls bundle/sql/*.sql | wc -l");
    assert_true(atoi(out) >= 18);
    run("for f in bundle/sql/*.sql; do sqlite3 -readonly -bail stonad.db < $f > rows.txt || exit 9\n"
        " head -n 1 $f | grep -q '^-- ' || exit 8\n"
        " if grep -q 'Expected: no row' $f; then [ ! -s rows.txt ] || exit 7\n"
        " else [ -s rows.txt ] || exit 6; fi; done");
    expect(0);
    expect_run("sqlite3 -readonly stonad.db < bundle/sql/01-journal.sql | cut -d'|' -f 1,4,7 |"
               " head -n 2");
    assert_string_equal(out, "1|init|1\n2|import|1\n");
    expect_run("sqlite3 -readonly stonad.db < bundle/sql/10-account-changes.sql");
    has(out, BERA "|Bera Prøve|10|2026-06-10T00:00:00Z|kari|12345678903|15030000002\n");
    has(out, CARL "|Carl & Co|10|");
    /* Each that expects no row finds what it looks for. */
    expect_run("sqlite3 stonad.db \"DROP TRIGGER payslip_no_update; DROP TRIGGER line_no_update;"
               "DROP TRIGGER journal_no_update;"
               "UPDATE payslip SET net_ore = net_ore + 1, tax_ore = tax_ore - 1, account = '1'"
               " WHERE run = 2 AND person_id = '" BERA "';"
               "UPDATE line SET amount_ore = amount_ore + 1 WHERE run = 2 AND line = 1;"
               "UPDATE journal SET actor = 'An NA' WHERE entry = 8\"");
    run("for f in $(grep -l 'Expected: no row' bundle/sql/*.sql); do"
        " sqlite3 -readonly -bail stonad.db < $f > rows.txt || exit 9\n"
        " [ -s rows.txt ] || { echo $f; exit 7; }; done");
    expect(0);
}

static void samples_are_drawn_by_the_head(void **state) {
    char head[65];
    (void)state;
    build_bundle();
    read_head("bundle", head);
    run("for p in bundle/proofs/*.json; do stonad verify --proof $p --head %s || exit 9; done", head);
    expect(0);
    expect_run("ls bundle/proofs | wc -l");
    assert_string_equal(out, "6\n"); /* all there are: runs 2 and 3, three payslips each */
    /* The first that is drawn, drawn by hand. */
    run("k=1; while :; do n=$(printf '%%s:%%s' %s $k | sha256sum | cut -c 1-16);"
        " n=$(python3 -c \"print(int('$n', 16) %% 6)\");"
        " row=$(sqlite3 -separator , stonad.db \"SELECT run, person_id FROM payslip WHERE run > 1"
        " ORDER BY run, person_id LIMIT 1 OFFSET $n\");"
        " grep -q \",\\(first\\|largest\\),$row,\" bundle/registers/samples.csv || break;"
        " k=$((k + 1)); done; grep \"^3,drawn $k,$row,\" bundle/registers/samples.csv",
        head);
    expect(0);
    expect_run("cut -d, -f 2,3 bundle/registers/samples.csv | sed -n 2p");
    assert_string_equal(out, "first,2\n");
    expect_run("sqlite3 stonad.db 'SELECT person_id FROM payslip WHERE run > 1 ORDER BY net_ore DESC"
               " LIMIT 1' | xargs -I{} grep 'largest,.,{}' bundle/registers/samples.csv");
}

/* ---- the folder ---------------------------------------------------------------------------- */

static void a_folder_is_not_overwritten(void **state) {
    (void)state;
    build_ledger();
    expect_run("mkdir empty full; echo x > full/x; echo x > file; ln -s empty link");
    expect_run("stonad audit -o empty");
    expect_run("stonad audit -o new/");
    expect_run("diff -r empty new");
    refuses(4, "file.exists", "stonad audit -o empty");
    refuses(4, "file.exists", "stonad audit -o full");
    refuses(4, "file.exists", "stonad audit -o file");
    refuses(4, "file.exists", "stonad audit -o link");
    refuses(4, "audit.not_a_bundle", "stonad audit -o full --force");
    refuses(4, "audit.not_a_bundle", "stonad audit -o file --force");
    refuses(4, "audit.not_a_bundle", "stonad audit -o link --force");
    refuses(4, "audit.not_a_bundle", "stonad audit -o . --force");
    refuses(7, "io.open", "stonad audit -o nowhere/new");
    refuses(2, "option.missing", "stonad audit");
    /* An earlier bundle is replaced whole. */
    expect_run("echo x > new/extra; mkdir new/folder; ln -s ../full new/folder/link");
    expect_run("stonad audit -o new --force");
    expect_run("diff -r empty new; cat full/x");
    expect_run("rm -r new; stonad audit -o new --dry-run");
    assert_int_equal(access("new", F_OK), -1);
    run("ls | grep tmp-");
    assert_string_equal(out, "");
    run("stonad audit -o csv --format csv");
    expect(0);
    has(out, "folder,entries,head,findings,proofs\ncsv,13,");
}

/* Nothing is left of a bundle that could not be written. */
static void a_full_disk_leaves_nothing(void **state) {
    (void)state;
    build_ledger();
    run("ulimit -f 24; trap '' XFSZ; stonad audit -o bundle");
    expect(7);
    has(err, "write]\n"); /* io.write or output.write, by which file it was */
    run("ls | grep bundle");
    assert_string_equal(out, "");
}

/* ---- as of a day --------------------------------------------------------------------------- */

static void a_bundle_of_a_day_is_a_beginning(void **state) {
    (void)state;
    build_bundle();
    expect_run("stonad audit -o then --known 2026-05-31");
    run("head -n 10 bundle/inputs/journal.csv | cmp - then/inputs/journal.csv");
    expect(0);
    run("stonad replay --from-files then");
    expect(0);
    has(out, "the same ledger: 9 entries, head ");
    for (int entry = 1; entry <= 9; entry++) {
        run("[ ! -e bundle/ledger/%03d ] || diff -r bundle/ledger/%03d then/ledger/%03d", entry,
            entry, entry);
        expect(0);
    }
    expect_run("cat then/registers/account_changes.csv then/registers/claims.csv | wc -l");
    assert_string_equal(out, "2\n"); /* the headers */
    expect_run("grep -c 'a day in the past' then/index.html");
    refuses(4, "known.before_ledger", "stonad audit -o never --known 2026-04-01");
}

/* ---- imports ------------------------------------------------------------------------------- */

/* Every card that the readers' own samples hold comes back as it was. */
static void cards_come_back_as_they_were(void **state) {
    (void)state;
    run("cat %s/fixtures/taxcards/*.xml | grep -o 'arbeidstakeridentifikator>[0-9]*' |"
        " grep -o '[0-9]*$' | sort -u > ids.txt; wc -l < ids.txt",
        project);
    expect(0);
    assert_true(atoi(out) >= 8);
    run("echo person_id,name,birth_date,account,language > participants.csv; "
        "sed 's/$/,Ukjent Prøve,1990-01-01,12345678903,nb/' ids.txt >> participants.csv");
    expect_run("stonad init --orgnr 310000000 --name Prøve --account 12345678903 --bic DNBANOKK"
               " --test --today 2026-01-02 --actor a");
    /* Numbers that are none stand in the samples too. */
    run("stonad import participants.csv --today 2026-01-02 --actor a 2>&1 >/dev/null |"
        " sed -n 's/^participants.csv:\\([0-9]*\\):.*/\\1d/p' > bad.sed;"
        " sed -i -f bad.sed participants.csv;"
        " stonad import participants.csv --today 2026-01-02 --actor a");
    expect(0);
    run("for f in %s/fixtures/taxcards/*.xml; do"
        " stonad import $f --today 2026-01-03 --actor a || exit 9; done",
        project);
    expect(0);
    expect_run("sqlite3 stonad.db 'SELECT count(DISTINCT result), count(DISTINCT kind),"
               " count(DISTINCT \"table\") > 1, max(foreign_scheme), count(issued) > 0,"
               " min(has_entry) < max(has_entry) FROM authority_card'");
    has(out, "7|3|1|yes|1|1\n");
    expect_run("stonad audit -o bundle");
    run("stonad replay --from-files bundle");
    expect(0);
    has(out, "the same ledger");
    expect_run("xmllint --noout bundle/inputs/*/cards.xml");
}

/* A file's name may hold anything: it is recorded, and digested, as it was. */
static void odd_names_of_files_are_kept(void **state) {
    (void)state;
    start_ledger();
    write_cards();
    expect_run("mkdir odd; mv kort.xml \"$(printf 'odd/ kort, \"\\303\\270\\n\\377; .xml')\"");
    expect_run("stonad import odd/* --today 2026-05-21 --actor 'anna \"a, b\"; =1'");
    expect_run("stonad audit -o bundle");
    run("stonad replay --from-files bundle -o again.db");
    expect(0);
    has(out, "the same ledger: 3 entries");
    run("sqlite3 stonad.db .dump > a.sql; sqlite3 again.db .dump > b.sql; cmp a.sql b.sql");
    expect(0);
}

/* More entries than are written, or compared, side by side. */
static void many_entries_are_taken_in_turns(void **state) {
    (void)state;
    start_ledger();
    run("for i in $(seq 1 70); do for account in 15030000002 12345678903; do"
        " printf 'person_id,name,birth_date,account,language\\n" ANNA
        ",Anna Prøve,1990-01-01,%%s,nb\\n' $account > participants.csv;"
        " stonad import participants.csv --today 2026-05-21 --actor anna || exit 9; done; done");
    expect(0);
    expect_run("stonad audit -o bundle");
    has(out, "entries         142\n");
    run("stonad replay --from-files bundle");
    expect(0);
    has(out, "the same ledger: 142 entries");
    expect_run("wc -l < bundle/registers/account_changes.csv");
    assert_string_equal(out, "141\n");
    run("sed -i 's/,15030000002,/,12345678903,/' bundle/ledger/141/participant.csv;"
        " sed -i 's/Anna/Anne/' bundle/ledger/065/participant.csv;"
        " stonad replay --from-files bundle");
    expect(1);
    has(out, "entry 141: rows are not those it wrote\n    participant, person_id " ANNA
             ", account: in the ledger 12345678903; from the inputs 15030000002\n");
    has(out, "entry 65: rows are not those it wrote\n    participant, person_id " ANNA ", name: ");
}

static void the_demo_is_made_once_more(void **state) {
    (void)state;
    run("sh %s/fixtures/pay-demo.sh %s %s/demo", project, program, folder);
    expect(0);
    expect_run("stonad audit -o bundle --db demo/ledger.db");
    has(out, "samples         12, 12 with proofs\n");
    run("stonad replay --from-files bundle -o again.db");
    expect(0);
    has(out, "the same ledger: 5 entries, head ");
    expect_run("stonad audit -o bundle2 --db again.db");
    expect_run("diff -r bundle bundle2");
    run("for f in bundle/sql/*.sql; do sqlite3 -readonly -bail again.db < $f > /dev/null || exit 9;"
        " done");
    expect(0);
    run("sed -i '0,/unapproved/s/unapproved/holiday/' bundle/inputs/002/absences.csv;"
        " stonad replay --from-files bundle");
    expect(1);
    has(out, "entry 2 differs: import at 2026-06-02T00:00:00Z by kari\n");
    has(out, "    absence, person_id 01819641141, from_date 2026-05-05, kind ");
}

/* ---- the writers by themselves ------------------------------------------------------------- */

/* A long table is cut short in HTML alone; a text that says nothing good is made harmless. */
static void a_long_table_is_cut_in_html(void **state) {
    struct st_audit_about about = {.municipality = {.name = "x"}, .entry_count = 1};
    struct st_audit_report *report = NULL;
    struct st_bundle *bundle = NULL;
    struct st_error error;
    (void)state;
    assert_int_equal(st_bundle_begin("bundle", false, &bundle, &error), ST_OK);
    assert_int_equal(st_audit_report_begin(bundle, &about, &report, &error), ST_OK);
    assert_int_equal(st_audit_section(report, ST_AUDIT_ACTORS, &error), ST_OK);
    for (int i = 0; i < 503; i++) {
        const struct st_audit_actor row = {i == 502 ? "last" : "<i>\x01\xff\xe2\x80\xae", "=run", i,
                                           "", ""};
        st_audit_report_actor(report, &row);
    }
    assert_int_equal(st_audit_section(report, ST_AUDIT_FINDINGS, &error), ST_OK);
    const struct st_run_row run_row = {.run = 1, .approved_by = "bo"};
    const struct st_finding_row finding = {.person_id = ANNA,
                                           .name = "N",
                                           .code = "C",
                                           .severity = "note",
                                           .rule = "R1",
                                           .citation = "",
                                           .text = "of " ANNA " and 123456789012 and 1"};
    st_audit_report_finding(report, &run_row, &finding);
    assert_int_equal(st_audit_report_end(report, &error), ST_OK);
    st_audit_report_free(report);
    assert_int_equal(st_bundle_release(bundle, &error), ST_OK);
    st_bundle_free(bundle);
    slurp("bundle/index.html", out);
    has(out, "<td>&lt;i&gt; \xef\xbf\xbd </td>");
    has(out, "<p>And 3 more rows: <code>registers/actors.csv</code>.</p>");
    has_not(out, "last</td>");
    has(out, "<td>of 018190***** and 123456789012 and 1</td>");
    slurp("bundle/registers/actors.csv", out);
    has(out, "\nlast,'=run,502,");
    run("python3 -c \"import json; d = json.load(open('bundle/report.json')); "
        "print(len(d['actors']), d['findings'][0]['text'])\"");
    expect(0);
    assert_string_equal(out, "503 of " ANNA " and 123456789012 and 1\n");
}

/* A tax card that no file could have brought is damage. */
static void a_card_that_cannot_be_is_refused(void **state) {
    (void)state;
    build_ledger();
    expect_run("sqlite3 stonad.db \"DROP TRIGGER authority_card_no_update; UPDATE authority_card"
               " SET kind = 'none', percent_hundredths = NULL, months_hundredths = NULL\"");
    run("stonad audit -o bundle");
    expect(6);
    has(err, "[audit.card]");
    run("ls | grep bundle");
    assert_string_equal(out, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_ledger_is_made_once_more),
        IN_FOLDER(temporary_files_go_where_they_should),
        IN_FOLDER(the_same_bytes_every_time),
        IN_FOLDER(commands_can_be_typed),
        IN_FOLDER(a_change_is_named),
        IN_FOLDER(a_broken_bundle_is_refused),
        IN_FOLDER(random_damage_is_survived),
        IN_FOLDER(a_changed_ledger_is_shown_and_restored),
        IN_FOLDER(the_report_says_what_is_there),
        IN_FOLDER(the_bundle_is_private),
        IN_FOLDER(questions_in_sql_are_answered),
        IN_FOLDER(samples_are_drawn_by_the_head),
        IN_FOLDER(a_folder_is_not_overwritten),
        IN_FOLDER(a_full_disk_leaves_nothing),
        IN_FOLDER(a_bundle_of_a_day_is_a_beginning),
        IN_FOLDER(cards_come_back_as_they_were),
        IN_FOLDER(odd_names_of_files_are_kept),
        IN_FOLDER(many_entries_are_taken_in_turns),
        IN_FOLDER(the_demo_is_made_once_more),
        IN_FOLDER(a_long_table_is_cut_in_html),
        IN_FOLDER(a_card_that_cannot_be_is_refused),
    };
    if (!find_program())
        return 1;
    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
