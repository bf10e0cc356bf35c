/* SPDX-License-Identifier: MIT */
/* test_properties.c - what must hold whatever the facts are: the sums of every payslip, and that the
 * same facts give the same bytes - in any order and dialect of the files, under any environment, in
 * any ledger, imported once or twice, withdrawn and given again.
 *
 * The facts are drawn from seeds (random_municipality.h), which are printed; STONAD_SEED gives
 * another one. Nothing here depends on the clock.
 */
#define _XOPEN_SOURCE 700

#include "tests/unit/program_fixture.h"
#include "tests/unit/random_municipality.h"

static uint64_t seed_of(uint64_t usual) {
    const char *given = getenv("STONAD_SEED");
    uint64_t seed = given == NULL ? usual : strtoull(given, NULL, 0);
    print_message("seed 0x%" PRIx64 "\n", seed);
    return seed;
}

/* ---- a month of a ledger ------------------------------------------------------------------- */

/* The field'th column of a line of CSV. */
static const char *field_of(const char *line, int field, char text[CELL_SIZE]) {
    size_t size = 0;
    bool quoted = false;
    for (; *line != '\0' && *line != '\n' && field >= 0; line++) {
        if (*line == '"')
            quoted = !quoted;
        if (*line == ',' && !quoted)
            field--;
        else if (field == 0 && size + 1 < CELL_SIZE)
            text[size++] = *line;
    }
    text[size] = '\0';
    return text;
}

/* "-22758.17" -> -2275817; "30" -> 3000 */
static int64_t hundredths_of(const char *text) {
    bool negative = text[0] == '-';
    char *end;
    int64_t value = strtoll(text + negative, &end, 10) * 100;
    if (end[0] == '.') {
        assert_true(end[1] >= '0' && end[1] <= '9');
        value += 10 * (end[1] - '0') + (end[2] == '\0' ? 0 : end[2] - '0');
        assert_true(end[2] == '\0' || end[3] == '\0');
    } else {
        assert_int_equal(end[0], '\0');
    }
    return negative ? -value : value;
}

static int64_t number_in(const char *line, int field) {
    char text[CELL_SIZE];
    return hundredths_of(field_of(line, field, text));
}

static const char *next_line(const char *line) {
    line += strcspn(line, "\n");
    return *line == '\n' ? line + 1 : line;
}

/* The payday of a month, and the day on which it is computed and approved. */
static st_date payday_of(st_month month) {
    return st_month_last(month) - 2;
}
static const char *computed_on(st_month month) {
    return day(payday_of(month) - 3);
}

static const char *month_text(st_month month) {
    char *text = new_text();
    st_month_format(month, text);
    return text;
}

#define INIT_BEGIN                                                                                 \
    "stonad init --orgnr 312345676 --name 'Eksempel kommune' --account 1234.56.78903 "             \
    "--bic DNBANOKK --town Eksempel --test --actor kari "

static void init(const char *db, st_month first) {
    run(INIT_BEGIN "--db %s --today %s", db, day(st_month_first(first)));
    expect(0);
}

static void import(const char *db, const char *paths, st_month first) {
    run("stonad import --db %s --actor kari --today %s %s", db, day(st_month_first(first)), paths);
    expect(0);
}

/* Computes and approves a month. */
static void pay(const char *db, int number, st_month month) {
    char payments[CELL_SIZE], net[CELL_SIZE];
    run("stonad run --db %s --month %s --payday %s --today %s --actor kari --format csv", db,
        month_text(month), day(payday_of(month)), computed_on(month));
    expect(0);
    const char *row = next_line(out);
    run("stonad approve %d --db %s --payments %s --sum %s --today %s --actor ola", number, db,
        field_of(row, 6, payments), field_of(row, 10, net), computed_on(month));
    expect(0);
}

/* Everything the ledger says of its runs, into a file. */
static void print_runs(const char *db, int runs, const char *name) {
    run("for run in $(seq %d); do stonad payslips $run --db %s --format csv && "
        "stonad lines $run --db %s --format csv || exit 9; done > %s",
        runs, db, db, name);
    expect(0);
}

/* ---- sums ---------------------------------------------------------------------------------- */

enum {
    MONTH = 2,
    BENEFIT,
    OFFSETS,
    WORK,
    ABSENCE,
    CORRECTIONS,
    RECOVERY,
    TAXABLE,
    TAX,
    NET,
    STATE
};

/* What a run says of one person, in øre, and what its lines come to. */
struct slip {
    bool is_there, is_held;
    int64_t column[STATE];
    int64_t lines_total, lines[STATE], units;
};
static struct slip slips[PEOPLE];

static struct slip *slip_of(const char *line) {
    char id[CELL_SIZE];
    (void)field_of(line, 0, id);
    for (size_t i = 0; i < PEOPLE; i++)
        if (strcmp(people[i].id, id) == 0)
            return &slips[i];
    fail_msg("%s is nobody", id);
    return NULL;
}

static void read_payslips(int number) {
    char text[CELL_SIZE], previous[CELL_SIZE] = "";
    memset(slips, 0, sizeof slips);
    run("stonad payslips %d --format csv", number);
    expect(0);
    for (const char *line = next_line(out); *line != '\0'; line = next_line(line)) {
        struct slip *slip = slip_of(line);
        assert_false(slip->is_there);
        slip->is_there = true;
        slip->is_held = strcmp(field_of(line, STATE, text), "held") == 0;
        for (int i = BENEFIT; i <= NET; i++)
            slip->column[i] = number_in(line, i);
        assert_true(strcmp(previous, field_of(line, 0, text)) < 0); /* in order of person_id */
        (void)snprintf(previous, sizeof previous, "%s", text);
    }
}

/* The column that lines of this kind add up to; 0 when none. */
static int column_of(const char *kind) {
    static const struct {
        const char *kind;
        int column;
    } columns[] = {{"benefit", BENEFIT},
                   {"offset", OFFSETS},
                   {"work", WORK},
                   {"absence_days", ABSENCE},
                   {"absence_hours", ABSENCE},
                   {"absence_month", ABSENCE},
                   {"recovery", RECOVERY},
                   {"tax", TAX},
                   {"extra_tax", TAX},
                   {"payment", NET}};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (strcmp(columns[i].kind, kind) == 0)
            return columns[i].column;
    return 0;
}

static void read_lines(int number, const char *month) {
    char kind[CELL_SIZE], of_month[CELL_SIZE];
    run("stonad lines %d --format csv", number);
    expect(0);
    for (const char *line = next_line(out); *line != '\0'; line = next_line(line)) {
        struct slip *slip = slip_of(line);
        int column = column_of(field_of(line, 3, kind));
        assert_true(slip->is_there);
        slip->lines_total += number_in(line, 9);
        if (column != 0)
            slip->lines[column] += number_in(line, 9);
        if (column == BENEFIT) {
            assert_string_equal(field_of(line, 1, of_month), month);
            slip->units += number_in(line, 6);
        }
    }
}

static void check_sums(const struct slip *slip) {
    const int64_t *column = slip->column;
    assert_int_equal(column[TAXABLE], column[BENEFIT] + column[OFFSETS] + column[WORK] +
                                          column[ABSENCE] + column[CORRECTIONS] + column[RECOVERY]);
    assert_int_equal(column[NET], column[TAXABLE] - column[TAX]);
    assert_int_equal(slip->lines_total, 0);
    assert_true(column[BENEFIT] >= 0 && column[CORRECTIONS] >= 0);
    assert_true(column[OFFSETS] <= 0 && column[WORK] <= 0 && column[ABSENCE] <= 0);
    assert_true(column[RECOVERY] <= 0);
    assert_in_range(column[TAX], 0, column[TAXABLE]);
    assert_int_equal(column[TAX] % 100, 0);
    static const int of_lines[] = {BENEFIT, OFFSETS, WORK, ABSENCE, RECOVERY};
    for (size_t i = 0; i < sizeof of_lines / sizeof of_lines[0]; i++)
        assert_int_equal(slip->lines[of_lines[i]], column[of_lines[i]]);
    assert_int_equal(slip->lines[TAX], slip->is_held ? 0 : -column[TAX]);
    assert_int_equal(slip->lines[NET], slip->is_held ? 0 : -column[NET]);
}

static void check_person(size_t number, st_month month) {
    const struct slip *slip = &slips[number];
    int entitled, units = units_of(&people[number], month, &entitled);
    if (slip->is_there != (entitled > 0) || slip->units != 100 * (int64_t)units)
        print_message("%s in %s: %d units, %d days entitled\n", people[number].id,
                      month_text(month), units, entitled);
    if (entitled > 0)
        assert_true(slip->is_there);
    else if (slip->is_there)
        assert_true(slip->is_held || slip->column[CORRECTIONS] != 0);
    assert_int_equal(slip->units, 100 * units);
    if (slip->is_there)
        check_sums(slip);
}

/* `runs` tells the same sums as its payslips. */
static void check_totals(int number) {
    int64_t persons = 0, held = 0, payments = 0, sums[STATE] = {0};
    for (size_t i = 0; i < PEOPLE; i++) {
        const struct slip *slip = &slips[i];
        persons += slip->is_there;
        held += slip->is_held;
        payments += !slip->is_held && slip->column[NET] > 0;
        sums[BENEFIT] += slip->column[BENEFIT];
        sums[TAXABLE] += slip->column[TAXABLE];
        sums[TAX] += slip->is_held ? 0 : slip->column[TAX];
        sums[NET] += slip->is_held ? 0 : slip->column[NET];
    }
    run("stonad runs --format csv");
    expect(0);
    const char *line = out;
    for (int i = 0; i < number; i++)
        line = next_line(line);
    assert_int_equal(number_in(line, 0), 100 * number);
    assert_int_equal(number_in(line, 4), 100 * persons);
    assert_int_equal(number_in(line, 5), 100 * held);
    assert_int_equal(number_in(line, 6), 100 * payments);
    assert_int_equal(number_in(line, 7), sums[BENEFIT]);
    assert_int_equal(number_in(line, 8), sums[TAXABLE]);
    assert_int_equal(number_in(line, 9), sums[TAX]);
    assert_int_equal(number_in(line, 10), sums[NET]);
    assert_true(persons > PEOPLE / 4);
}

static void check_municipality(uint64_t seed, st_month first, int months) {
    draw_municipality(seed, first, first + months - 1);
    run("rm -rf facts stonad.db");
    write_municipality("facts", &plain);
    init("stonad.db", first);
    import("stonad.db", "facts", first);
    for (int i = 0; i < months; i++) {
        pay("stonad.db", i + 1, first + i);
        read_payslips(i + 1);
        read_lines(i + 1, month_text(first + i));
        for (size_t person = 0; person < PEOPLE; person++)
            check_person(person, first + i);
        check_totals(i + 1);
    }
}

static void test_sums_of_every_payslip(void **state) {
    (void)state;
    check_municipality(seed_of(0x5EED01), st_month_make(2025, 12), 3); /* a new year, a February */
    check_municipality(seed_of(0x5EED02), st_month_make(2026, 4), 3);  /* a new G */
    check_municipality(seed_of(0x5EED03), st_month_make(2024, 2), 1);  /* 29 February */
}

/* ---- order and dialect --------------------------------------------------------------------- */

enum { VARIANT_MONTHS = 2 };

static void print_variant(const char *db, st_month first, const char *name) {
    for (int i = 0; i < VARIANT_MONTHS; i++)
        pay(db, i + 1, first + i);
    print_runs(db, VARIANT_MONTHS, name);
}

/* Imports the files of a directory, each by itself or all named in one command; the participants
 * come first, then the rest in the order of kinds or any other. */
static void import_files(const char *db, const char *directory, st_month first, bool shuffled,
                         bool at_once) {
    size_t order[ST_FACT_KIND_COUNT];
    char paths[ST_FACT_KIND_COUNT * CELL_SIZE] = "";
    order_of(order, ST_FACT_KIND_COUNT - 1, shuffled);
    if (!at_once)
        import(db, file_of(directory, ST_FACT_PARTICIPANT), first);
    for (size_t i = 0; i < ST_FACT_KIND_COUNT - 1; i++) {
        const char *path = file_of(directory, (enum st_fact_kind)(order[i] + 1));
        if (!at_once)
            import(db, path, first);
        (void)snprintf(paths + strlen(paths), sizeof paths - strlen(paths), " %s", path);
    }
    if (!at_once)
        return;
    /* Within one import even the participants may come last. */
    (void)snprintf(paths + strlen(paths), sizeof paths - strlen(paths), " %s",
                   file_of(directory, ST_FACT_PARTICIPANT));
    import(db, paths, first);
}

static void expect_variant(const char *directory, st_month first) {
    print_variant("variant.db", first, "variant.csv");
    if (!same_bytes("plain.csv", "variant.csv"))
        print_message("%s gives other payslips\n", directory);
    assert_true(same_bytes("plain.csv", "variant.csv"));
}

static void start_variants(uint64_t seed, st_month first) {
    draw_municipality(seed, first, first + VARIANT_MONTHS - 1);
    write_municipality("facts", &plain);
    init("fresh.db", first);
    run("cp fresh.db plain.db");
    import("plain.db", "facts", first);
    print_variant("plain.db", first, "plain.csv");
}

static void test_the_dialect_of_the_files_changes_nothing(void **state) {
    (void)state;
    static const struct dialect dialects[] = {
        {.separator = ';', .norwegian = true, .crlf = true, .bom = true, .shuffled_rows = true},
        {.separator = ',', .norwegian = true, .quotes = true, .shuffled_columns = true},
        {.separator = ';',
         .bom = true,
         .decomposed = true,
         .withdrawn_column = true,
         .shuffled_rows = true,
         .shuffled_columns = true},
    };
    st_month first = st_month_make(2025, 12);
    start_variants(seed_of(0x5EED11), first);
    for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
        char directory[20];
        (void)snprintf(directory, sizeof directory, "dialect%zu", i);
        write_municipality(directory, &dialects[i]);
        run("cp fresh.db variant.db");
        import("variant.db", directory, first);
        expect_variant(directory, first);
        /* What is there already is recognised in any dialect. */
        run("cp plain.db again.db; stonad import %s --db again.db --actor kari --today 2026-12-01",
            directory);
        expect(0);
        has(out, "nothing changed");
        assert_true(same_bytes("plain.db", "again.db"));
    }
}

static void test_the_order_of_imports_changes_nothing(void **state) {
    (void)state;
    st_month first = st_month_make(2026, 1);
    start_variants(seed_of(0x5EED12), first);
    static const char *const ways[] = {"one import a file", "imports in any order",
                                       "one import, files in any order"};
    for (int i = 0; i < 3; i++) {
        run("cp fresh.db variant.db");
        import_files("variant.db", "facts", first, i > 0, i == 2);
        expect_variant(ways[i], first);
    }
}

/* ---- environment --------------------------------------------------------------------------- */

static const char *entitled_person(st_month month) {
    int entitled = 0;
    for (size_t i = 0; i < PEOPLE; i++)
        if (units_of(&people[i], month, &entitled) > 0)
            return people[i].id;
    fail_msg("nobody is entitled in %s", month_text(month));
    return NULL;
}

/* One month from an empty ledger to the payment file, in an environment; all bytes it leaves are
 * put into `name`. Every path is absolute, since the journal keeps the paths of what was read. */
static void pay_in(const char *environment, const char *name) {
    const char *somebody = entitled_person(st_month_make(2026, 5));
    run("export STONAD_DB=%s/%s.db; cp fresh.db $STONAD_DB; at='--today 2026-05-25 --actor'; %s\n"
        "stonad import %s/facts $at kari >&2 && "
        "stonad run --month 2026-05 --payday 2026-05-29 $at kari && "
        "stonad approve 1 --payments $PAYMENTS --sum $SUM $at ola && "
        "stonad export 1 --as pain.001.001.09 -o %s/%s.xml $at ola >/dev/null && "
        "stonad payslips 1 --format csv && stonad lines 1 --format csv && "
        "stonad payslips 1 && stonad show 1 --format json && "
        "stonad explain 1 --person %s",
        folder, name, environment, folder, folder, name, somebody);
    expect(0);
    run("mv out.txt %s.txt", name);
}

/* What pay_in asks the shell for: how many are paid, and how much, from a first run. */
static void remember_totals(void) {
    char text[CELL_SIZE];
    run("cp fresh.db totals.db; export STONAD_DB=totals.db at='--today 2026-05-25 --actor kari'; "
        "stonad import facts $at >/dev/null && "
        "stonad run --month 2026-05 --payday 2026-05-29 $at --format csv");
    expect(0);
    assert_int_equal(setenv("PAYMENTS", field_of(next_line(out), 6, text), 1), 0);
    assert_int_equal(setenv("SUM", field_of(next_line(out), 10, text), 1), 0);
}

static void start_may(uint64_t seed) {
    draw_municipality(seed, st_month_make(2026, 5), st_month_make(2026, 5));
    write_municipality("facts", &plain);
    init("fresh.db", st_month_make(2026, 5));
    remember_totals();
}

static void test_the_environment_changes_nothing(void **state) {
    (void)state;
    static const char *const environments[] = {
        "export TZ=Pacific/Kiritimati LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8; umask 000; cd /",
        "export TZ=America/Los_Angeles LC_ALL=nb_NO.UTF-8 LANGUAGE=nb; umask 077; cd /usr/share",
        "export LC_ALL=C TZ=:/nowhere PATH=/usr/bin:/bin; unset HOME USER LOGNAME LANG",
        "export HOME=/nowhere TMPDIR=/nowhere SQLITE_TMPDIR=/nowhere NO_COLOR=1 COLUMNS=20",
    };
    start_may(seed_of(0x5EED21));
    pay_in(":", "usual");
    for (size_t i = 0; i < sizeof environments / sizeof environments[0]; i++) {
        pay_in(environments[i], "other");
        bool same = same_bytes("usual.txt", "other.txt") && same_bytes("usual.db", "other.db") &&
                    same_bytes("usual.xml", "other.xml");
        if (!same)
            print_message("other bytes with: %s\n", environments[i]);
        assert_true(same);
        run("rm other.*");
    }
}

static void test_the_ledger_is_its_owners_alone(void **state) {
    (void)state;
    static const char *const masks[] = {"000", "022", "077", "777"};
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        run("umask %s; " INIT " --db new.db > /dev/null; stat -c %%a new.db; rm -f new.db",
            masks[i]);
        assert_string_equal(out, "600\n");
    }
}

/* ---- the same again ------------------------------------------------------------------------ */

/* Two ledgers of the same municipality, the same files at the same recorded times. */
static void test_two_ledgers_pay_the_same(void **state) {
    (void)state;
    start_may(seed_of(0x5EED31));
    pay_in(":", "one");
    run("rm fresh.db");
    init("fresh.db", st_month_make(2026, 5));
    pay_in(":", "two");
    assert_true(same_bytes("one.txt", "two.txt"));
    assert_true(same_bytes("one.xml", "two.xml"));
    run("for name in one two; do stonad export 1 --db $name.db --as pain.001.001.09 --force "
        "-o $name.xml --today 2026-06-01 --actor eva || exit 9; done");
    expect(0);
    assert_true(same_bytes("one.xml", "two.xml"));
}

static void test_importing_again_changes_nothing(void **state) {
    (void)state;
    start_may(seed_of(0x5EED32));
    run("cp fresh.db stonad.db");
    import("stonad.db", "facts", st_month_make(2026, 5));
    run("cp stonad.db before.db");
    import("stonad.db", "facts", st_month_make(2026, 5));
    has(out, "nothing changed\n");
    assert_true(same_bytes("stonad.db", "before.db"));
    run("stonad import facts facts/../facts --actor kari --today 2026-05-02");
    expect(3); /* the same key twice in one import is something else */
    assert_true(same_bytes("stonad.db", "before.db"));
    run("stonad import facts --actor eva --today 2026-12-24 --format csv");
    expect(0);
    has(out, "\nadded,0,");
    has(out, "\nreplaced,0,");
    has(out, "\nwithdrawn,0,");
    assert_true(same_bytes("stonad.db", "before.db"));
}

/* Everything in the folder but the test's own output: names and digests. */
static void list_folder(char *listing) {
    run("find . -type f ! -name out.txt ! -name err.txt -exec sha256sum {} + | sort");
    (void)snprintf(listing, OUTPUT_MAX, "%s", out);
}

static void dry(const char *line) {
    static char before[OUTPUT_MAX], after[OUTPUT_MAX];
    list_folder(before);
    run("%s --dry-run", line);
    expect(0);
    has(err, "nothing was written");
    list_folder(after);
    assert_string_equal(before, after);
}

static void test_dry_runs_write_nothing(void **state) {
    (void)state;
    write_facts();
    dry(INIT);
    run(INIT);
    dry("stonad import may --today 2026-05-20 --actor anna");
    run("stonad import may --today 2026-05-20 --actor anna");
    dry("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor anna");
    run("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor anna");
    dry("stonad discard 1 --today 2026-05-25 --actor anna");
    dry("stonad approve 1 --payments 2 --sum $(stonad runs --format csv | tail -n 1 | cut -d, -f11)"
        " --today 2026-05-25 --actor bo");
    approve_as_shown();
    dry("stonad export 1 --as pain.001.001.09 -o pay.xml --today 2026-05-26 --actor bo");
    dry("stonad export 1 --as pain.001.001.09 -o pay.xml --today 2026-05-26 --actor bo "
        "--tax-kid 1234567897");
    run("stonad export 1 --as pain.001.001.09 -o pay.xml --today 2026-05-26 --actor bo");
    expect(0);
    dry("stonad export 1 --as pain.001.001.09 -o pay.xml --today 2026-05-26 --actor bo --force");
}

/* ---- withdrawn and given again ------------------------------------------------------------- */

#define ABSENCES "person_id,from,to,kind,hours,permission,withdrawn\n"

static void compute_and_print(int number, const char *name) {
    run("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor anna && "
        "stonad payslips %d --format csv > %s && stonad lines %d --format csv >> %s && "
        "stonad discard %d --today 2026-05-25 --actor anna",
        number, name, number, name, number);
    expect(0);
}

static void test_a_row_withdrawn_and_given_again(void **state) {
    (void)state;
    start_ledger();
    compute_and_print(1, "first.csv");
    write_file("absences.csv", ABSENCES BERA ",2026-05-04,,unapproved,,,yes\n");
    run("stonad import absences.csv --today 2026-05-25 --actor anna");
    expect(0);
    has(out, "withdrawn       1\n");
    compute_and_print(2, "withdrawn.csv");
    run("stonad import may --today 2026-05-25 --actor anna");
    expect(0);
    has(out, "added           1\n");
    compute_and_print(3, "again.csv");
    assert_false(same_bytes("first.csv", "withdrawn.csv"));
    assert_true(same_bytes("first.csv", "again.csv"));
    /* Nothing of it is forgotten. */
    run("stonad person " BERA " --format csv | grep absence");
    assert_string_equal(
        out, "2,2026-05-20T00:00:00Z,anna,absence,no,from=2026-05-04; to=2026-05-06; "
             "kind=unapproved; permission=no\n"
             "5,2026-05-25T00:00:00Z,anna,absence,no,withdrawn; from=2026-05-04; kind=unapproved\n"
             "8,2026-05-25T00:00:00Z,anna,absence,yes,from=2026-05-04; to=2026-05-06; "
             "kind=unapproved; permission=no\n");
}

/* The absences as rows that withdraw them. */
static void write_withdrawals(void) {
    const struct table *absences = &tables[ST_FACT_ABSENCE];
    FILE *file = fopen("absences.csv", "wb");
    assert_non_null(file);
    (void)fputs(ABSENCES, file);
    for (size_t i = 0; i < absences->count; i++)
        (void)fprintf(file, "%s,%s,,%s,,,yes\n", absences->cells[i][0], absences->cells[i][1],
                      absences->cells[i][3]);
    assert_int_equal(fclose(file), 0);
}

static void test_all_absences_withdrawn_and_given_again(void **state) {
    (void)state;
    st_month may = st_month_make(2026, 5);
    start_may(seed_of(0x5EED41));
    run("cp fresh.db stonad.db");
    import("stonad.db", "facts", may);
    compute_and_print(1, "first.csv");
    write_withdrawals();
    run("stonad import absences.csv --today 2026-05-25 --actor anna");
    expect(0);
    compute_and_print(2, "withdrawn.csv");
    /* As if they had never been: no absence costs anything, no day is leave. */
    for (size_t i = 0; i < PEOPLE; i++)
        people[i].leave_count = 0;
    read_payslips(2);
    read_lines(2, "2026-05");
    for (size_t i = 0; i < PEOPLE; i++) {
        check_person(i, may);
        assert_int_equal(slips[i].column[ABSENCE], 0);
    }
    run("stonad import facts --today 2026-05-25 --actor anna");
    expect(0);
    compute_and_print(3, "again.csv");
    assert_true(same_bytes("first.csv", "again.csv"));
    assert_false(same_bytes("first.csv", "withdrawn.csv"));
}

/* ---- held, and paid later ------------------------------------------------------------------ */

static void write_kildeskatt_card(void) {
    write_file(
        "cards.xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><skattekortTilArbeidsgiver xmlns=\"urn:no:"
        "skatteetaten:fastsetting:formueinntekt:forskudd:skattekorttilarbeidsgiver:v3\">"
        "<arbeidsgiver><arbeidsgiveridentifikator><organisasjonsnummer>312345676"
        "</organisasjonsnummer></arbeidsgiveridentifikator>"
        "<arbeidstaker><arbeidstakeridentifikator>" BERA "</arbeidstakeridentifikator>"
        "<resultatPaaForespoersel>skattekortopplysningerOK</resultatPaaForespoersel>"
        "<tilleggsopplysning>kildeskattPaaLoenn</tilleggsopplysning>"
        "<inntektsaar>2026</inntektsaar></arbeidstaker>"
        "</arbeidsgiver></skattekortTilArbeidsgiver>");
}

#define TAXCARDS "person_id,year,kind,table,percent,exempt_amount,months,withdrawn\n"

/* A person held by the authority's card is in no payment; the municipality's own row releases. */
static void test_who_is_held_is_paid_after_a_card(void **state) {
    (void)state;
    char state_of_bera[CELL_SIZE];
    start_ledger();
    write_kildeskatt_card();
    write_file("taxcards.csv", TAXCARDS BERA ",2026,,,,,,yes\n");
    run("stonad import cards.xml taxcards.csv --today 2026-05-20 --actor anna");
    expect(0);
    run("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor anna");
    expect(0);
    has(out, "held            1\n");
    approve_as_shown();
    run("stonad payslips 1 --format csv --person " BERA);
    assert_string_equal(field_of(next_line(out), STATE, state_of_bera), "held");
    run("stonad export 1 --as pain.001.001.09 -o pay.xml --today 2026-05-26 --actor bo && "
        "grep -c '<CdtTrfTxInf>' pay.xml; grep -c Bera pay.xml");
    has(out, "\n1\n0\n");
    write_file("taxcards.csv", TAXCARDS BERA ",2026,table,8100,,,,\n");
    run("stonad import taxcards.csv --today 2026-06-20 --actor anna && "
        "stonad run --month 2026-06 --payday 2026-06-29 --today 2026-06-25 --actor anna");
    expect(0);
    has(out, "held            0\n");
    run("stonad payslips 2 --format csv --person " BERA);
    assert_string_not_equal(field_of(next_line(out), STATE, state_of_bera), "held");
    /* At least June's own benefit, and what was held in May once corrections pay it (R11). */
    assert_true(number_in(next_line(out), TAXABLE) >= number_in(next_line(out), BENEFIT));
    assert_true(number_in(next_line(out), NET) > 0);
}

/* ---- exemption cards ----------------------------------------------------------------------- */

static int64_t tax_of_anna(int number, const char *month, const char *payday) {
    run("stonad run --month %s --payday %s --today %s --actor anna >/dev/null && "
        "stonad payslips %d --format csv --person " ANNA,
        month, payday, payday, number);
    expect(0);
    return number_in(next_line(out), TAX);
}

static void approve(int number, const char *today) {
    run("stonad approve %d --payments 2 --sum $(stonad runs --format csv | tail -n 1 | "
        "cut -d, -f11) --today %s --actor bo",
        number, today);
    expect(0);
}

/* R14, R15: no tax until the year's payments reach the amount, then half of what exceeds it. G of
 * 2025 pays 21 693.33 a month: of 30 000 are left 8 306.67 in February, nothing in March. What is
 * discarded was not paid. */
static void test_an_exemption_card_runs_down(void **state) {
    (void)state;
    write_facts();
    write_file("may/taxcards.csv",
               TAXCARDS ANNA ",2026,exempt,,,30000,,\n" BERA ",2026,table,8100,,,,\n");
    run("sed -i s/2026-01-05/2025-10-06/ may/programmes.csv; "
        "stonad init --orgnr 312345676 --name N --account 12345678903 --bic DNBANOKK --town E "
        "--test --today 2026-01-02 --actor anna && "
        "stonad import may --today 2026-01-02 --actor anna");
    expect(0);
    assert_int_equal(tax_of_anna(1, "2026-01", "2026-01-30"), 0);
    approve(1, "2026-01-30");
    assert_int_equal(tax_of_anna(2, "2026-02", "2026-02-27"), 669300);
    run("stonad discard 2 --today 2026-02-27 --actor anna");
    expect(0);
    assert_int_equal(tax_of_anna(3, "2026-02", "2026-02-27"), 669300);
    approve(3, "2026-02-27");
    assert_int_equal(tax_of_anna(4, "2026-03", "2026-03-30"), 1084600);
}

int main(void) {
    if (!find_program())
        return 1;
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_sums_of_every_payslip),
        IN_FOLDER(test_the_dialect_of_the_files_changes_nothing),
        IN_FOLDER(test_the_order_of_imports_changes_nothing),
        IN_FOLDER(test_the_environment_changes_nothing),
        IN_FOLDER(test_the_ledger_is_its_owners_alone),
        IN_FOLDER(test_two_ledgers_pay_the_same),
        IN_FOLDER(test_importing_again_changes_nothing),
        IN_FOLDER(test_dry_runs_write_nothing),
        IN_FOLDER(test_a_row_withdrawn_and_given_again),
        IN_FOLDER(test_all_absences_withdrawn_and_given_again),
        IN_FOLDER(test_who_is_held_is_paid_after_a_card),
        IN_FOLDER(test_an_exemption_card_runs_down),
    };
    return cmocka_run_group_tests_name("properties", tests, NULL, NULL);
}
