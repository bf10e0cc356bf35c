/* SPDX-License-Identifier: MIT */
/* test_simulate.c - `stonad simulate`: every figure against arithmetic made here from the law (2 G,
 * a twelfth, thirtieths), both sides against a run, the sums against each other, and the ledger
 * against its own bytes. docs/simulate.md's example is run as it stands.
 */
#define _XOPEN_SOURCE 700

#include "tests/unit/program_fixture.h"

#include <inttypes.h>

#define DINA "01817000092"
#define EVA "01817000173"
#define FADI "01817000254"
#define GINA "01817000335"
#define SIMULATE "stonad simulate --today 2026-06-02 --format csv "
#define PARTICIPANTS "person_id,name,birth_date,account,language\n"
#define PROGRAMMES                                                                                 \
    "person_id,start,offered,end,permit,permit_granted,settled,education,end_goal,share_percent,"  \
    "share_cause\n"
#define BORN(id, date) id ",Prøve," date ",12345678903,nb\n"
#define PROGRAMME(id, start, end)                                                                  \
    id "," start ",2024-08-20," end ",a,2024-08-01,2024-08-15,none,work,,\n"

enum { G_2025 = 130160, G_2026 = 136549, G_ASSUMED = 142000 };

/* ---- arithmetic of our own --------------------------------------------------------------- */

/* kroner numerator / denominator in ore, half up; negative ones by their size. */
static int64_t ore(int64_t numerator, int64_t denominator) {
    if (numerator < 0)
        return -ore(-numerator, denominator);
    return (numerator * 200 + denominator) / (2 * denominator);
}

/* `units` thirtieths of a month at a share of 2 G a year. */
static int64_t units_ore(int64_t g, int64_t units, int64_t numerator, int64_t denominator) {
    return ore(2 * g * units * numerator, 360 * denominator);
}
static int64_t month_ore(int64_t g) {
    return units_ore(g, 30, 1, 1);
}

/* ---- what was printed -------------------------------------------------------------------- */

struct figures {
    int persons_today, persons, persons_difference;
    int64_t today, simulated, difference; /* ore */
};

/* "-1234.56": always two decimals. */
static int64_t amount(const char **text) {
    bool is_negative = **text == '-';
    int64_t number = 0;
    int decimals = -1;
    for (*text += is_negative; **text != ',' && **text != '\n'; ++*text) {
        if (**text == '.') {
            decimals = 0;
            continue;
        }
        assert_true(**text >= '0' && **text <= '9');
        number = number * 10 + (**text - '0');
        decimals += decimals >= 0;
    }
    assert_int_equal(decimals, 2);
    ++*text;
    return is_negative ? -number : number;
}

/* The row of a month and kind in `out`. */
static struct figures row(const char *month, const char *kind) {
    struct figures figures;
    char key[40];
    int used = 0;
    (void)snprintf(key, sizeof key, "\n%s,%s,", month, kind);
    const char *text = strstr(out, key);
    if (text == NULL)
        fail_msg("no row %s %s in: %s", month, kind, out);
    text += strlen(key);
    assert_int_equal(sscanf(text, "%d,%d,%d,%n", &figures.persons_today, &figures.persons,
                            &figures.persons_difference, &used),
                     3);
    text += used;
    figures.today = amount(&text);
    figures.simulated = amount(&text);
    figures.difference = amount(&text);
    assert_int_equal(figures.difference, figures.simulated - figures.today);
    assert_int_equal(figures.persons_difference, figures.persons - figures.persons_today);
    return figures;
}

static void expect_row(const char *month, const char *kind, int64_t today, int64_t simulated) {
    struct figures figures = row(month, kind);
    if (figures.today != today || figures.simulated != simulated)
        print_message("%s %s: %" PRId64 " and %" PRId64 ", not %" PRId64 " and %" PRId64 "\n",
                      month, kind, figures.today, figures.simulated, today, simulated);
    assert_int_equal(figures.today, today);
    assert_int_equal(figures.simulated, simulated);
}

static void expect_persons(const char *month, int today, int simulated) {
    struct figures figures = row(month, "cost");
    assert_int_equal(figures.persons_today, today);
    assert_int_equal(figures.persons, simulated);
}

/* Of every month the four kinds are the cost, on both sides. */
static void kinds_add_up(void) {
    static const char *const kinds[] = {"benefit", "offsets", "work", "absence"};
    const char *text = out;
    int month_count = 0;
    while ((text = strstr(text, ",cost,")) != NULL) {
        char month[8];
        int64_t today = 0, simulated = 0;
        (void)snprintf(month, sizeof month, "%.7s", text - 7);
        for (int i = 0; i < 4; i++) {
            struct figures figures = row(month, kinds[i]);
            assert_true(i == 0 ? figures.today >= 0 : figures.today <= 0);
            today += figures.today;
            simulated += figures.simulated;
        }
        expect_row(month, "cost", today, simulated);
        text++;
        month_count++;
    }
    assert_true(month_count > 0);
}

static void simulate(const char *arguments) {
    run(SIMULATE "%s", arguments);
    expect(0);
    assert_ptr_equal(strstr(out, "month,kind,persons_today,persons_simulated,persons_difference,"
                                 "today,simulated,difference\n"),
                     out);
    kinds_add_up();
}

/* ---- ledgers ----------------------------------------------------------------------------- */

static void import_files(const char *participants, const char *programmes) {
    run(INIT);
    expect(0);
    write_file("participants.csv", participants);
    write_file("programmes.csv", programmes);
    run("stonad import participants.csv programmes.csv --today 2026-05-20 --actor anna");
    expect(0);
}

static void import_file(const char *name, const char *text) {
    write_file(name, text);
    run("stonad import %s --today 2026-05-20 --actor anna", name);
    expect(0);
}

/* The demo municipality, its facts imported, nothing computed. */
static void start_demo(void) {
    run("stonad init --test --orgnr 310942006 --name 'Fjellvik kommune' --account 99905665533 "
        "--bic FJVKNO21XXX --first-month 2026-05 --actor kari --today 2026-06-02 && "
        "stonad import '%s/fixtures/demo' --actor kari --today 2026-06-02",
        project);
    expect(0);
}

/* ---- another G --------------------------------------------------------------------------- */

/* Anna and Bera, both at the full rate; Bera missed three days of May. */
static void a_g_for_a_month(void **state) {
    (void)state;
    start_ledger();
    simulate("--month 2026-06 --rate G=142000@2026-06-01");
    expect_row("2026-06", "benefit", 2 * 2275817, 2 * 2366667); /* 2 * 142000 / 12 */
    assert_int_equal(month_ore(G_2026), 2275817);
    assert_int_equal(month_ore(G_ASSUMED), 2366667);
    expect_row("2026-06", "cost", 2 * 2275817, 2 * 2366667);
    expect_row("2026-06", "absence", 0, 0);
    expect_persons("2026-06", 2, 2);
    /* a G known with the same effect date is replaced */
    simulate("--month 2026-05 --rate G=142000@2026-05-01");
    expect_row("2026-05", "benefit", 2 * month_ore(G_2026), 2 * month_ore(G_ASSUMED));
    expect_row("2026-05", "absence", -units_ore(G_2026, 3, 1, 1), -units_ore(G_ASSUMED, 3, 1, 1));
    assert_int_equal(units_ore(G_2026, 3, 1, 1), 227582);
    expect_row("2026-05", "cost", 2 * month_ore(G_2026) - 227582,
               2 * month_ore(G_ASSUMED) - 236667);
    assert_string_equal(err, "");
}

/* From 16 June on: fifteen thirtieths each way, a line for each rate. */
static void a_g_inside_a_month(void **state) {
    (void)state;
    start_ledger();
    simulate("--month 2026-06 --rate G=142000@2026-06-16");
    expect_row("2026-06", "cost", 2 * month_ore(G_2026),
               2 * (units_ore(G_2026, 15, 1, 1) + units_ore(G_ASSUMED, 15, 1, 1)));
}

static void several_gs(void **state) {
    (void)state;
    start_ledger();
    simulate("--rate G=142000@2027-05-01 --month 2027-04 --rate G=150000@2028-05-01 --months 14");
    expect_row("2027-04", "cost", 2 * month_ore(G_2026), 2 * month_ore(G_2026));
    expect_row("2027-05", "cost", 2 * month_ore(G_2026), 2 * month_ore(G_ASSUMED));
    expect_row("2028-04", "cost", 2 * month_ore(G_2026), 2 * month_ore(G_ASSUMED));
    expect_row("2028-05", "cost", 2 * month_ore(G_2026), 2 * month_ore(150000));
    has_not(out, "2028-06");
}

/* Today's side is what is known on the recorded day, no later; an assumed G is known at once. */
static void the_g_known_today(void **state) {
    (void)state;
    start_ledger();
    run("stonad simulate --month 2026-06 --today 2026-05-21 --format csv --rate "
        "G=136549@2026-05-01");
    expect(0);
    expect_row("2026-06", "cost", 2 * month_ore(G_2025), 2 * month_ore(G_2026));
    run("stonad simulate --month 2026-06 --today 2026-05-22 --format csv");
    expect(0);
    expect_row("2026-06", "cost", 2 * month_ore(G_2026), 2 * month_ore(G_2026));
    /* replaced on the very day it became known, too */
    run("stonad simulate --month 2026-06 --today 2026-05-22 --format csv "
        "--rate G=142000@2026-05-01");
    expect(0);
    expect_row("2026-06", "cost", 2 * month_ore(G_2026), 2 * month_ore(G_ASSUMED));
}

/* A G that another one has replaced by then changes nothing, and somebody is told. */
static void a_g_without_effect(void **state) {
    (void)state;
    start_ledger();
    simulate("--month 2026-06 --rate G=142000@2026-04-01");
    expect_row("2026-06", "cost", 2 * month_ore(G_2026), 2 * month_ore(G_2026));
    has(err, "the assumed G from 2026-04-01 is the G of no day of these months");
    simulate("--month 2026-06 --rate G=142000@2026-07-01");
    expect_row("2026-06", "cost", 2 * month_ore(G_2026), 2 * month_ore(G_2026));
    has(err, "the assumed G from 2026-07-01");
    simulate("--month 2026-06 --rate G=142000@2026-06-30");
    assert_string_equal(err, "");
    assert_true(row("2026-06", "cost").difference > 0);
    run("stonad simulate --month 2026-06 --today 2026-06-02 --rate G=142000@2026-04-01");
    expect(0);
    has(out, "  G 142000 from 2026-04-01, instead of 130160: the G of no day of these months\n");
}

/* ---- against a run ----------------------------------------------------------------------- */

/* The cell of a column of `stonad runs --format csv`, in ore. */
static int64_t run_cell(int column) {
    const char *text = strchr(out, '\n');
    assert_non_null(text);
    for (text++; column > 0; column--)
        text = strchr(text, ',') + 1;
    return amount(&text);
}

static void without_assumptions_it_is_the_run(void **state) {
    (void)state;
    start_demo();
    run("stonad run --month 2026-05 --payday 2026-06-12 --actor kari --today 2026-06-02 && "
        "stonad runs --format csv");
    expect(0);
    run("stonad runs --format csv");
    int64_t benefit = run_cell(7), taxable = run_cell(8);
    simulate("--month 2026-05");
    expect_row("2026-05", "benefit", benefit, benefit);
    expect_row("2026-05", "cost", taxable, taxable);
    assert_true(row("2026-05", "offsets").today < 0 && row("2026-05", "work").today < 0);
    assert_true(row("2026-05", "absence").today < 0);
    run("stonad payslips 1 --format csv | sed 1d | wc -l");
    int persons = atoi(out);
    simulate("--month 2026-05");
    expect_persons("2026-05", persons, persons);
    run("stonad simulate --month 2026-05 --today 2026-06-02");
    has(out, "Assumed: nothing, so both sides are the same\n");
    /* and on assumed terms it is the run made on them */
    run("cp stonad.db other.db; stonad discard 1 --db other.db --actor kari --today 2026-06-02 && "
        "stonad rates add --db other.db --name G --value 142000 --effect 2026-05-02 --known "
        "2026-06-02 --source x --actor kari --today 2026-06-02 && stonad run --db other.db --month "
        "2026-05 --payday 2026-06-12 --actor kari --today 2026-06-02 && stonad runs --db other.db "
        "--format csv | sed 2d > runs.csv");
    expect(0);
    run("cat runs.csv");
    int64_t other_benefit = run_cell(7), other_taxable = run_cell(8);
    assert_true(other_benefit > benefit);
    simulate("--month 2026-05 --rate G=142000@2026-05-02");
    expect_row("2026-05", "benefit", benefit, other_benefit);
    expect_row("2026-05", "cost", taxable, other_taxable);
}

/* ---- shares ------------------------------------------------------------------------------ */

/* Anna young and alone, Bera young with parents, Carl young under the law of 2003, Dina and Eva a
 * couple, Fadi with overgangsstønad of 12 000. */
static void start_shares(void) {
    import_files(PARTICIPANTS BORN(ANNA, "2004-01-01") BORN(BERA, "2004-01-01")
                     BORN(CARL, "2003-01-01") BORN(DINA, "1990-01-01") BORN(EVA, "1990-01-01")
                         BORN(FADI, "1990-01-01"),
                 PROGRAMMES PROGRAMME(ANNA, "2024-09-01", "") PROGRAMME(BERA, "2024-09-01", "") CARL
                 ",2024-09-01,2024-08-20,,a,2020-12-31,2024-08-15,none,work,,\n" PROGRAMME(
                     DINA, "2024-09-01", "") PROGRAMME(EVA, "2024-09-01", "")
                     PROGRAMME(FADI, "2024-09-01", ""));
    import_file("living.csv", "person_id,from,to,situation,partner_id,children\n" ANNA
                              ",2024-08-15,,alone,,no\n" BERA ",2024-08-15,,parents,,no\n" CARL
                              ",2024-08-15,,alone,,no\n" DINA ",2024-08-15,,partner," EVA
                              ",no\n" EVA ",2024-08-15,,partner," DINA ",no\n");
    import_file("benefits.csv",
                "person_id,from,to,kind,amount_per_month,earned_before_programme\n" FADI
                ",2024-09-01,,overgangsstonad,12000,\n");
}

static int64_t third_of(int64_t parts) {
    return units_ore(G_2026, 30, parts, 3);
}

static void other_shares(void **state) {
    (void)state;
    start_shares();
    int64_t full = month_ore(G_2026), couple = units_ore(G_2026, 30, 5, 6);
    int64_t today = 2 * third_of(2) + third_of(1) + 2 * couple + full;
    /* 40 % of what 144 000 exceeds G/2 by, a twelfth */
    int64_t offset = -ore((2 * 144000 - G_2026) * 4, 12 * 2 * 10);
    simulate("--month 2026-06");
    expect_row("2026-06", "benefit", today, today);
    expect_row("2026-06", "offsets", offset, offset);
    /* two thirds for the law of 2003 too */
    simulate("--month 2026-06 --share young=1/2");
    expect_row("2026-06", "benefit", today,
               today + 2 * (units_ore(G_2026, 30, 1, 2) - third_of(2)));
    simulate("--month 2026-06 --share young_with_parents=62.5%");
    expect_row("2026-06", "benefit", today, today + units_ore(G_2026, 30, 5, 8) - third_of(1));
    simulate("--month 2026-06 --share couple=1/1");
    expect_row("2026-06", "benefit", today, today + 2 * (full - couple));
    simulate("--month 2026-06 --share single_parent='50 %'");
    expect_row("2026-06", "benefit", today, today);
    expect_row("2026-06", "offsets", offset, -ore(2 * 144000 - G_2026, 12 * 2 * 2));
    simulate("--month 2026-06 --share single_parent=0%");
    expect_row("2026-06", "offsets", offset, 0);
    /* all at once, and with another G */
    simulate("--month 2026-06 --share young=0/1 --share couple=100% --share young_with_parents=1/2 "
             "--rate G=142000@2026-06-01");
    expect_row("2026-06", "benefit", today,
               units_ore(G_ASSUMED, 30, 1, 2) + 3 * month_ore(G_ASSUMED));
    expect_persons("2026-06", 6, 6);
    run("stonad simulate --month 2026-06 --today 2026-06-02 --share young=50%%");
    has(out, "  share young 1/2, instead of 2/3 (under 25, not with parents, § 20)\n");
}

/* ---- new participants -------------------------------------------------------------------- */

static void new_participants(void **state) {
    (void)state;
    start_ledger();
    int64_t two = 2 * month_ore(G_2026);
    simulate("--month 2026-09 --new 5");
    expect_row("2026-09", "benefit", two, two + 5 * month_ore(G_2026));
    expect_persons("2026-09", 2, 7);
    simulate(
        "--month 2026-09 --new young=3 --new young_with_parents=4 --new couple=2 --new full=1");
    expect_row("2026-09", "cost", two,
               two + 3 * third_of(2) + 4 * third_of(1) + 2 * units_ore(G_2026, 30, 5, 6) +
                   month_ore(G_2026));
    expect_persons("2026-09", 2, 12);
    /* 15 to 30 September are sixteen days, each a thirtieth; 2026-10 is its first */
    simulate("--month 2026-09 --months 2 --new 5@2026-09-15 --new 10@2026-10");
    expect_row("2026-09", "cost", two, two + 5 * units_ore(G_2026, 16, 1, 1));
    expect_persons("2026-09", 2, 7);
    expect_row("2026-10", "cost", two, two + 15 * month_ore(G_2026));
    expect_persons("2026-10", 2, 17);
    /* begun before the months: there all the time; young to their end, whatever the start */
    simulate("--month 2027-02 --months 60 --new young=100000@2020-01-01");
    expect_row("2027-02", "cost", two, two + 100000 * third_of(2));
    expect_row("2032-01", "cost", two, two + 100000 * third_of(2));
    /* under the law in force, however early the start */
    simulate("--month 2026-09 --new young_with_parents=1@2020-01-01");
    expect_row("2026-09", "cost", two, two + third_of(1));
    simulate("--month 2026-09 --new couple=1@2024-06-30 --new couple=1@2024-07-01");
    expect_row("2026-09", "cost", two, two + month_ore(G_2026) + units_ore(G_2026, 30, 5, 6));
    /* the assumed G and shares hold for them too */
    simulate("--month 2026-09 --new 5 --new young=2 --rate G=142000@2026-09-01 --share young=1/2");
    expect_row("2026-09", "cost", two,
               7 * month_ore(G_ASSUMED) + 2 * units_ore(G_ASSUMED, 30, 1, 2));
    assert_string_equal(err, "");
    simulate("--month 2026-09 --new 5@2026-10-01");
    expect_row("2026-09", "cost", two, two);
    has(err, "the new participants from 2026-10-01 begin after these months");
}

static void a_register_without_anybody(void **state) {
    (void)state;
    run(INIT);
    expect(0);
    simulate("--month 2026-09 --months 2");
    expect_row("2026-10", "cost", 0, 0);
    run("stonad simulate --month 2026-09 --months 2 --today 2026-06-02");
    expect(0);
    has(out, "2026-10  cost                 0,00             0,00             0,00\n");
    has_not(out, "2026-10  benefit"); /* a kind that is nothing on both sides */
    simulate("--month 2026-09 --new 2");
    expect_row("2026-09", "cost", 0, 2 * month_ore(G_2026));
    expect_persons("2026-09", 0, 2);
}

/* ---- the year ahead ---------------------------------------------------------------------- */

/* Anna's programme ends, Bera's begins, Carl takes leave, Dina turns 25, Gina has no programme. */
static void a_year_ahead(void **state) {
    (void)state;
    import_files(PARTICIPANTS BORN(ANNA, "1990-01-01") BORN(BERA, "1990-01-01")
                     BORN(CARL, "1990-01-01") BORN(DINA, "2002-02-16") BORN(GINA, "1990-01-01"),
                 PROGRAMMES PROGRAMME(ANNA, "2024-09-01", "2026-12-10")
                     PROGRAMME(BERA, "2026-09-21", "") PROGRAMME(CARL, "2024-09-01", "")
                         PROGRAMME(DINA, "2024-09-01", ""));
    import_file("living.csv", "person_id,from,to,situation,partner_id,children\n" DINA
                              ",2024-08-15,,alone,,no\n");
    import_file("absences.csv", "person_id,from,to,kind,hours,permission\n" CARL
                                ",2026-11-01,2026-11-30,other_leave,,yes\n" CARL
                                ",2027-01-28,2027-02-02,other_leave,,yes\n");
    int64_t full = month_ore(G_2026), young = third_of(2);
    simulate("--month 2026-08 --months 12 --rate G=142000@2027-05-01");
    expect_row("2026-08", "cost", 2 * full + young, 2 * full + young); /* Anna, Carl, Dina */
    expect_persons("2026-08", 3, 3);
    /* Bera from the 21st: ten days */
    expect_row("2026-09", "cost", 2 * full + young + units_ore(G_2026, 10, 1, 1),
               2 * full + young + units_ore(G_2026, 10, 1, 1));
    expect_persons("2026-09", 4, 4);
    expect_row("2026-10", "cost", 3 * full + young, 3 * full + young);
    expect_row("2026-11", "cost", 2 * full + young, 2 * full + young); /* Carl away */
    expect_persons("2026-11", 3, 3);
    /* Anna to the 10th: ten days of December */
    expect_row("2026-12", "cost", 2 * full + young + units_ore(G_2026, 10, 1, 1),
               2 * full + young + units_ore(G_2026, 10, 1, 1));
    expect_persons("2026-12", 4, 4);
    /* Carl: 30 less the 28th to 31st of January */
    expect_row("2027-01", "cost", full + young + units_ore(G_2026, 26, 1, 1),
               full + young + units_ore(G_2026, 26, 1, 1));
    expect_persons("2027-01", 3, 3);
    /* Dina under 25 to the 15th, then the rest of thirty; Carl 30 less two */
    int64_t february = full + units_ore(G_2026, 28, 1, 1) + units_ore(G_2026, 15, 2, 3) +
                       units_ore(G_2026, 15, 1, 1);
    expect_row("2027-02", "cost", february, february);
    expect_row("2027-04", "cost", 3 * full, 3 * full);
    expect_row("2027-05", "cost", 3 * full, 3 * month_ore(G_ASSUMED));
    expect_row("2027-07", "cost", 3 * full, 3 * month_ore(G_ASSUMED));
    run("stonad simulate --month 2026-08 --months 12 --today 2026-06-02");
    has(out, "\nDifferent persons: 4 today, 4 simulated. Person-months: 39 today, 39 simulated.\n");
    run("stonad simulate --month 2026-08 --months 12 --today 2026-06-02 --new 2@2026-09-01 "
        "--new 3@2028");
    expect(2);
    run("stonad simulate --month 2026-08 --months 12 --today 2026-06-02 --new 2@2026-09-01 "
        "--new 3@2028-01");
    has(out, "Different persons: 4 today, 6 simulated. Person-months: 39 today, 61 simulated.\n");
}

/* Years without withholding tables, and one long before the ledger's first month. */
static void any_year(void **state) {
    (void)state;
    start_ledger();
    simulate("--month 2045-02");
    expect_row("2045-02", "cost", 2 * month_ore(G_2026), 2 * month_ore(G_2026));
    simulate("--month 2016-05");
    expect_row("2016-05", "cost", 0, 0);
    simulate("--month 2199-12");
    refuses(4, "[rate.unknown]", SIMULATE "--month 2016-04");
    has(err, "No base amount G is known on 2026-06-02 for 2016-04");
    refuses(4, "[rate.unknown]", SIMULATE "--month 2016-04 --rate G=90000@2016-01-01");
    refuses(4, "[rate.unknown]", "stonad simulate --month 2026-05 --today 2015-01-01 --format csv");
}

/* ---- the forms --------------------------------------------------------------------------- */

/* "1 247 400,56" and what follows it; columns stand two spaces apart. */
static int64_t amount_for_people(const char **text) {
    int64_t number = 0;
    *text += strspn(*text, " ");
    bool is_negative = **text == '-';
    for (*text += is_negative; **text != '\n' && strncmp(*text, "  ", 2) != 0; ++*text)
        if (**text != ' ' && **text != ',')
            number = number * 10 + (**text - '0');
    return is_negative ? -number : number;
}

/* The totals of the text are the sums of the rows of the CSV, kind by kind. */
static void totals_add_up(void **state) {
    (void)state;
    static const char *const kinds[] = {"benefit", "offsets", "work", "absence", "cost"};
    static const char *const months[] = {"2026-04", "2026-05", "2026-06",
                                         "2026-07", "2026-08", "2026-09"};
    struct figures sums[5] = {{0}};
    start_demo();
#define ASKED                                                                                      \
    "--month 2026-04 --months 6 --rate G=142000@2026-06-10 --new 3@2026-07-01 --share young=3/5"
    simulate(ASKED);
    for (size_t kind = 0; kind < 5; kind++)
        for (size_t i = 0; i < 6; i++) {
            struct figures figures = row(months[i], kinds[kind]);
            sums[kind].today += figures.today;
            sums[kind].simulated += figures.simulated;
            sums[kind].difference += figures.difference;
        }
    run("stonad simulate --today 2026-06-02 " ASKED);
    expect(0);
    for (size_t kind = 0; kind < 5; kind++) {
        char label[32];
        (void)snprintf(label, sizeof label, "\ntotal    %s ", kinds[kind]);
        has(out, label);
        const char *text = strstr(out, label) + strlen(label);
        assert_int_equal(amount_for_people(&text), sums[kind].today);
        assert_int_equal(amount_for_people(&text), sums[kind].simulated);
        assert_int_equal(amount_for_people(&text), sums[kind].difference);
    }
    has(out, "\ntotal                    "); /* the same costs, without persons */
    const char *text = strstr(out, "\ntotal   ") + strlen("\ntotal");
    assert_int_equal(amount_for_people(&text), sums[4].today);
    assert_int_equal(amount_for_people(&text), sums[4].simulated);
    assert_int_equal(amount_for_people(&text), sums[4].difference);
    assert_true(sums[1].today < 0 && sums[2].today < 0 && sums[3].today < 0);
    has(out,
        "What 2026-04 to 2026-09 would cost, by the facts as they stand and the rates known on "
        "2026-06-02.\nNothing was written.\n");
    has(out, "  G 142000 from 2026-06-10, instead of 136549\n");
    has(out, "  share young 3/5, instead of 2/3 (under 25, not with parents, § 20)\n");
    has(out, "  3 new participants from 2026-07-01, full rate\n");
    has(out, "Not included: corrections of earlier months, recovery of claims");
#undef ASKED
}

static void json(void **state) {
    (void)state;
    start_ledger();
    run("stonad simulate --month 2026-06 --today 2026-06-02 --rate G=142000@2026-06-01 --new 1 "
        "--format json");
    expect(0);
    has(out, "{\"month\": \"2026-06\", \"kind\": \"cost\", \"persons_today\": 2, "
             "\"persons_simulated\": 3, \"persons_difference\": 1, \"today\": 45516.34, "
             "\"simulated\": 71000.01, \"difference\": 25483.67}");
    run("stonad simulate --month 2026-06 --today 2026-06-02 --rate G=142000@2026-06-01 --new 1 "
        "--format json > rows.json; python3 -c 'import json; rows = "
        "json.load(open(\"rows.json\")); "
        "assert [r[\"kind\"] for r in rows] == [\"benefit\", \"offsets\", \"work\", \"absence\", "
        "\"cost\"]'");
    expect(0);
}

/* One month: no row of totals, every kind. */
static void a_month_for_people(void **state) {
    (void)state;
    start_ledger();
    run("stonad simulate --month 2026-06 --today 2026-06-02 --new couple=1@2026-06-30");
    expect(0);
    has(out, "  1 new participant from 2026-06-30, of a couple without children\n");
    has(out,
        "2026-06              2          3        45 516,34        46 148,51           632,17\n");
    has(out, "2026-06  work                 0,00             0,00             0,00\n");
    has_not(out, "total");
    has_not(out, "Different persons");
}

/* docs/simulate.md shows a command on the demo, indented by four, and below it what it prints. */
static void the_example_of_the_manual(void **state) {
    (void)state;
    static char manual[OUTPUT_MAX], shown[OUTPUT_MAX];
    char path[sizeof project + 32], line[COMMAND_MAX];
    size_t used = 0;
    (void)snprintf(path, sizeof path, "%s/docs/simulate.md", project);
    slurp(path, manual);
    const char *command = strstr(manual, "\n    stonad simulate ");
    assert_non_null(command);
    command += strlen("\n    ");
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(command, "\n"), command);
    start_demo();
    run("%s", line);
    expect(0);
    for (const char *text = out; *text != '\0'; text += strcspn(text, "\n") + 1)
        used += (size_t)snprintf(shown + used, sizeof shown - used, "%s%.*s\n",
                                 *text == '\n' ? "" : "    ", (int)strcspn(text, "\n"), text);
    has(command, shown);
}

/* ---- nothing is written ------------------------------------------------------------------ */

static void the_ledger_is_left_alone(void **state) {
    (void)state;
    start_demo();
    run("cp stonad.db before.db; chmod 400 stonad.db; ls > before.txt");
    simulate("--month 2026-05 --months 12 --rate G=142000@2026-05-01 --new 5 --share young=1/2");
    run("stonad simulate --month 2026-05 --today 2026-06-02");
    expect(0);
    refuses(2, "[option.value]", SIMULATE "--month 2026-05 --new 0");
    assert_true(same_bytes("stonad.db", "before.db"));
    run("ls | diff before.txt -");
    expect(0);
    run("stonad verify");
    expect(0);
}

/* ---- refusals ---------------------------------------------------------------------------- */

static void refused(void **state) {
    (void)state;
    static const struct {
        const char *error_code, *arguments;
    } cases[] = {
        {"[option.missing]", ""},
        {"[option.value]", "--month 2026-13"},
        {"[option.value]", "--month 2026-05 --months 0"},
        {"[option.value]", "--month 2026-05 --months 61"},
        {"[option.value]", "--month 2026-05 --months -1"},
        {"[option.value]", "--month 2199-12 --months 2"},
        {"[option.value]", "--month 2026-05 --rate 142000@2026-05-01"},
        {"[option.value]", "--month 2026-05 --rate G=142000"},
        {"[option.value]", "--month 2026-05 --rate G=142000@"},
        {"[option.value]", "--month 2026-05 --rate G=@2026-05-01"},
        {"[option.value]", "--month 2026-05 --rate =142000@2026-05-01"},
        {"[option.value]", "--month 2026-05 --rate G=142000@2026-02-30"},
        {"[option.value]", "--month 2026-05 --rate G=142000@2026-05"},
        {"[option.value]", "--month 2026-05 --rate G=142000.50@2026-05-01"},
        {"[option.value]", "--month 2026-05 --rate G=0@2026-05-01"},
        {"[option.value]", "--month 2026-05 --rate G=-1@2026-05-01"},
        {"[option.value]", "--month 2026-05 --rate G=1000000001@2026-05-01"},
        {"[option.value]", "--month 2026-05 --rate G=99999999999999999999@2026-05-01"},
        {"[option.empty]", "--month 2026-05 --rate ''"},
        {"[rates.name]", "--month 2026-05 --rate H=142000@2026-05-01"},
        {"[option.twice]", "--month 2026-05 --rate G=142000@2026-05-01 --rate G=143000@2026-05-01"},
        {"[option.value]", "--month 2026-05 --share young"},
        {"[option.value]", "--month 2026-05 --share 1/2"},
        {"[option.value]", "--month 2026-05 --share young=0.5"},
        {"[option.value]", "--month 2026-05 --share young=3/2"},
        {"[option.value]", "--month 2026-05 --share young=1/0"},
        {"[option.value]", "--month 2026-05 --share young=1/1001"},
        {"[option.value]", "--month 2026-05 --share young=1/2/3"},
        {"[option.value]", "--month 2026-05 --share young=/2"},
        {"[option.value]", "--month 2026-05 --share young=101%"},
        {"[option.value]", "--month 2026-05 --share young=-1%"},
        {"[option.value]", "--month 2026-05 --share young=1%1"},
        {"[option.value]", "--month 2026-05 --share young=33.333%"},
        {"[option.value]", "--month 2026-05 --share young=1/2@2026-05-01"},
        {"[option.choice]", "--month 2026-05 --share old=1/2"},
        {"[option.twice]", "--month 2026-05 --share young=1/2 --share young=50%"},
        {"[option.value]", "--month 2026-05 --new 0"},
        {"[option.value]", "--month 2026-05 --new -3"},
        {"[option.value]", "--month 2026-05 --new 2.5"},
        {"[option.value]", "--month 2026-05 --new 100001"},
        {"[option.value]", "--month 2026-05 --new many"},
        {"[option.value]", "--month 2026-05 --new 5@soon"},
        {"[option.value]", "--month 2026-05 --new 5@"},
        {"[option.value]", "--month 2026-05 --new young=@2026-05-01"},
        {"[option.choice]", "--month 2026-05 --new old=5"},
        {"[argument.extra]", "2026-05 --month 2026-05"},
        {"[option.unknown]", "--month 2026-05 --dry-run"},
        {"[option.unknown]", "--month 2026-05 --payday 2026-06-12"},
        {"[option.twice]", "--month 2026-05 --month 2026-06"},
    };
    start_ledger();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[300];
        (void)snprintf(line, sizeof line, "stonad simulate %s", cases[i].arguments);
        refuses(2, cases[i].error_code, line);
    }
    refuses(2, "did you mean couple?", "stonad simulate --month 2026-05 --new coupel=5");
    refuses(2, "did you mean young?", "stonad simulate --month 2026-05 --share yong=1/2");
    refuses(2, "[option.unknown]", "stonad runs --rate G=142000@2026-05-01");
    refuses(2, "[option.unknown]", "stonad runs --new 5");
    refuses(7, "[ledger.missing]", "stonad simulate --month 2026-05 --db none.db");
}

/* Options that may be repeated may not be so without end. */
static void many_assumptions(void **state) {
    (void)state;
    start_ledger();
    run("many() { for i in $(seq $1); do printf -- ' --new 1@2026-06-01'; done; }; "
        "stonad simulate --month 2026-06 --today 2026-06-02 --format csv $(many 32)");
    expect(0);
    expect_persons("2026-06", 2, 34);
    refuses(2, "--new is given more than 32 times",
            "many() { for i in $(seq $1); do printf -- ' --new 1@2026-06-01'; done; }; "
            "stonad simulate --month 2026-06 $(many 33)");
    refuses(2, "[option.many]",
            "many() { for i in $(seq $1); do printf -- ' --new 1@2026-06-01'; done; }; "
            "stonad simulate --month 2026-06 $(many 65)");
}

int main(void) {
    if (!find_program())
        return 1;
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_g_for_a_month),
        IN_FOLDER(a_g_inside_a_month),
        IN_FOLDER(several_gs),
        IN_FOLDER(the_g_known_today),
        IN_FOLDER(a_g_without_effect),
        IN_FOLDER(without_assumptions_it_is_the_run),
        IN_FOLDER(other_shares),
        IN_FOLDER(new_participants),
        IN_FOLDER(a_register_without_anybody),
        IN_FOLDER(a_year_ahead),
        IN_FOLDER(any_year),
        IN_FOLDER(totals_add_up),
        IN_FOLDER(json),
        IN_FOLDER(a_month_for_people),
        IN_FOLDER(the_example_of_the_manual),
        IN_FOLDER(the_ledger_is_left_alone),
        IN_FOLDER(refused),
        IN_FOLDER(many_assumptions),
    };
    return cmocka_run_group_tests_name("simulate", tests, NULL, NULL);
}
