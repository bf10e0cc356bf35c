/* SPDX-License-Identifier: MIT */
/* test_hledger.c - the books: exact bytes, every kind of line, held payslips, claims, what does not
 * add up, and the real hledger (when it is installed) checking the journal and balancing it to what
 * `runs` and `lines` print.
 */
#define _XOPEN_SOURCE 700

#include "tests/unit/program_fixture.h"

#include "stonad/hledger.h"

/* ---- hledger itself ------------------------------------------------------------------------ */

static bool has_hledger;

/* hledger reads UTF-8 only in a locale that says so. */
#define HLEDGER "LC_ALL=C.UTF-8 hledger -f books.journal "

static void hledger_accepts(void) {
    if (!has_hledger)
        return;
    run(HLEDGER "check --strict ordereddates");
    expect(0);
}

/* The sum of an account and those below it. */
static void balance(const char *account, const char *amount) {
    if (!has_hledger)
        return;
    char expected[80];
    run(HLEDGER "bal -O csv 'acct:^%s(:|$)'", account);
    expect(0);
    (void)snprintf(expected, sizeof expected, "\"total\",\"%s%s\"\n",
                   strcmp(amount, "0") == 0 ? "" : "NOK ", amount);
    has(out, expected);
}

/* ---- books made of records ----------------------------------------------------------------- */

enum { APRIL = 2026 * 12 + 3, MAY = 2026 * 12 + 4 };

static const struct st_municipality prove = {.organisation_number = "312345676",
                                             .name = "Prøve kommune"};

struct transfer {
    enum st_line_kind kind;
    enum st_account from, to;
    int64_t ore;
    st_month month; /* 0: the run's */
};
struct payslip {
    const char *person_id, *end_to_end_id;
    enum st_payslip_state state;
    const struct transfer *transfers;
    size_t count;
};
#define PAYSLIP(id, code, state, ...)                                                              \
    {id, code, state, (const struct transfer[]){__VA_ARGS__},                                      \
     ST_COUNT_OF(((const struct transfer[]){__VA_ARGS__}))}

#define BENEFIT(ore) {ST_LINE_BENEFIT, ST_ACCOUNT_BENEFIT, ST_ACCOUNT_PERSON, ore, 0}
#define TAX(ore) {ST_LINE_TAX, ST_ACCOUNT_PERSON, ST_ACCOUNT_TAX, ore, 0}
#define PAYMENT(ore) {ST_LINE_PAYMENT, ST_ACCOUNT_PERSON, ST_ACCOUNT_BANK, ore, 0}
#define GIVEN_BACK(ore) {ST_LINE_HELD, ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT, ore, 0}
#define CLAIM(ore) {ST_LINE_CLAIM, ST_ACCOUNT_CLAIM, ST_ACCOUNT_PERSON, ore, 0}
#define RECOVERY(ore) {ST_LINE_RECOVERY, ST_ACCOUNT_PERSON, ST_ACCOUNT_CLAIM, ore, 0}
#define LESS(name, ore) {ST_LINE_##name, ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT, ore, 0}
#define MORE_OF(month, name, ore)                                                                  \
    {ST_LINE_CORRECTION_##name, ST_ACCOUNT_BENEFIT, ST_ACCOUNT_PERSON, ore, month}
#define LESS_OF(month, name, ore)                                                                  \
    {ST_LINE_CORRECTION_##name, ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT, ore, month}

static struct st_run_row run_row(int64_t number, int64_t persons, int64_t held) {
    return (struct st_run_row){.run = number,
                               .month = MAY,
                               .payday = st_date_make(2026, 5, 29),
                               .state = ST_RUN_APPROVED,
                               .person_count = persons,
                               .held_count = held,
                               .payment_count = persons - held,
                               .journal_entry = 3,
                               .actor = "Kåre",
                               .time = "2026-05-25T00:00:00Z",
                               .approved_by = "Ola",
                               .approved_at = "2026-05-26T00:00:00Z",
                               .message_id = "312345676-20260529-1",
                               .rule_set = "",
                               .table_digest = ""};
}

/* The record of a transfer: as the person sees it, 0.00 when it does not touch the person. */
static struct st_line_row line_of(const struct transfer *transfer, int64_t number) {
    bool is_away = transfer->from == ST_ACCOUNT_PERSON;
    bool is_seen = is_away || transfer->to == ST_ACCOUNT_PERSON;
    return (struct st_line_row){.person_id = ANNA,
                                .month = transfer->month == 0 ? MAY : transfer->month,
                                .line = number,
                                .kind = st_line_kind_name(transfer->kind),
                                .exact = st_fraction_from_amount((st_amount){transfer->ore}),
                                .unit = "krone",
                                .amount = {!is_seen ? 0 : is_away ? -transfer->ore : transfer->ore},
                                .from_account = st_account_name(transfer->from),
                                .to_account = st_account_name(transfer->to),
                                .rule = "R4",
                                .citation = "§ 20",
                                .inputs = ""};
}

static enum st_status put_payslip(struct st_hledger *books, const struct payslip *payslip,
                                  struct st_error *error) {
    const struct st_payslip_row row = {.person_id = payslip->person_id,
                                       .name = "Ødegård, Åse",
                                       .month = MAY,
                                       .state = payslip->state,
                                       .held_reason = "",
                                       .tax_basis = "",
                                       .account = "12345678903",
                                       .end_to_end_id = payslip->end_to_end_id};
    enum st_status status = st_hledger_payslip(books, &row, error);
    for (size_t i = 0; status == ST_OK && i < payslip->count; i++) {
        struct st_line_row line = line_of(&payslip->transfers[i], (int64_t)i + 1);
        status = st_hledger_line(books, &line, error);
    }
    return status;
}

static enum st_status put_run(struct st_hledger *books, const struct st_run_row *row,
                              const struct payslip *payslips, size_t count,
                              struct st_error *error) {
    enum st_status status = st_hledger_run(books, row, error);
    for (size_t i = 0; status == ST_OK && i < count; i++)
        status = put_payslip(books, &payslips[i], error);
    return status == ST_OK ? st_hledger_run_end(books, error) : status;
}

/* books.journal in the test's folder; what the last call came to. */
static enum st_status write_books(const struct st_hledger_scope *scope,
                                  const struct st_run_row *rows, size_t run_count,
                                  const struct payslip *payslips, size_t count,
                                  struct st_error *error) {
    FILE *file = fopen("books.journal", "wb");
    struct st_hledger *books;
    assert_non_null(file);
    *error = (struct st_error){.code = ""};
    enum st_status status = st_hledger_begin(file, scope, &books, error);
    for (size_t i = 0; status == ST_OK && i < run_count; i++)
        status = put_run(books, &rows[i], payslips, count, error);
    if (status == ST_OK)
        status = st_hledger_finish(books, error);
    st_hledger_free(books);
    assert_int_equal(fclose(file), 0);
    slurp("books.journal", out);
    return status;
}

static void write_good_books(const struct st_hledger_scope *scope, const struct st_run_row *rows,
                             size_t run_count, const struct payslip *payslips, size_t count) {
    struct st_error error;
    enum st_status status = write_books(scope, rows, run_count, payslips, count, &error);
    assert_string_equal(error.code, "");
    assert_int_equal(status, ST_OK);
}

static void refuses_books(const char *error_code, const struct st_run_row *row,
                          const struct payslip *payslips, size_t count) {
    const struct st_hledger_scope scope = {.municipality = &prove};
    struct st_error error;
    assert_int_not_equal(write_books(&scope, row, 1, payslips, count, &error), ST_OK);
    assert_string_equal(error.code, error_code);
    assert_null(strstr(error.text, ANNA));
}

static const struct payslip one_payslip[] = {
    PAYSLIP(ANNA, "312345676-20260529-1-0000001", ST_PAYSLIP_DUE, BENEFIT(2275817),
            MORE_OF(APRIL, BENEFIT, 106484), TAX(340000), PAYMENT(2042301))};

static struct st_run_row one_run(void) {
    struct st_run_row row = run_row(1, 1, 0);
    row.benefit.ore = 2275817;
    row.taxable.ore = 2382301;
    row.tax.ore = 340000;
    row.net.ore = 2042301;
    return row;
}

static const char head[] =
    "; Books of introduksjonsstønad, Prøve kommune, organisation number 312345676.\n"
    "; Run 1 alone.\n"
    "; One transaction a payslip, on the payday: ! computed and not yet approved, * approved.\n"
    "; After each run the balance of every account, for `hledger check --strict`.\n"
    "; Without names and numbers of persons; who has the ledger can tell them.\n"
    "\n"
    "decimal-mark .\n"
    "commodity NOK 1000.00\n"
    "\n"
    "account assets:bank  ; type:C\n"
    "account assets:claims:overpaid  ; type:A\n"
    "account assets:claims:agencies  ; type:A\n"
    "account liabilities:participants  ; type:L\n"
    "account liabilities:tax  ; type:L\n"
    "account expenses:introduksjonsstønad:benefit  ; type:X\n"
    "account expenses:introduksjonsstønad:offsets  ; type:X\n"
    "account expenses:introduksjonsstønad:work  ; type:X\n"
    "account expenses:introduksjonsstønad:absence  ; type:X\n"
    "account expenses:introduksjonsstønad:corrections  ; type:X\n"
    "account expenses:introduksjonsstønad:held  ; type:X\n"
    "account expenses:introduksjonsstønad:written-off  ; type:X\n"
    "\n";
static const char body[] =
    "; ---- run 1: 2026-05, payday 2026-05-29, approved\n"
    "; journal entry 3, computed 2026-05-25T00:00:00Z by Kåre, approved 2026-05-26T00:00:00Z by"
    " Ola\n"
    "; message id 312345676-20260529-1\n"
    "; persons 1, held 0, payments 1; benefit 22758.17, taxable 23823.01, tax 3400.00,"
    " net 20423.01\n"
    "\n"
    "2026-05-29 * (312345676-20260529-1-0000001) Introduksjonsstønad 2026-05, run 1, payslip 1\n"
    "    ; run:1, payslip:1, state:due\n"
    "    expenses:introduksjonsstønad:benefit              NOK 22758.17"
    "  ; kind:benefit, month:2026-05, rule:R4\n"
    "    liabilities:participants                         NOK -22758.17\n"
    "    expenses:introduksjonsstønad:corrections           NOK 1064.84"
    "  ; kind:correction_benefit, month:2026-04, rule:R4\n"
    "    liabilities:participants                          NOK -1064.84\n"
    "    liabilities:participants                           NOK 3400.00\n"
    "    liabilities:tax                                   NOK -3400.00"
    "  ; kind:tax, month:2026-05, rule:R4\n"
    "    liabilities:participants                          NOK 20423.01\n"
    "    assets:bank                                      NOK -20423.01"
    "  ; kind:payment, month:2026-05, rule:R4\n"
    "\n"
    "2026-05-29 * Introduksjonsstønad 2026-05, run 1, balances after it\n"
    "    ; run:1\n"
    "    assets:bank                                           NOK 0.00 =* NOK -20423.01\n"
    "    assets:claims:overpaid                                NOK 0.00 =* NOK 0.00\n"
    "    assets:claims:agencies                                NOK 0.00 =* NOK 0.00\n"
    "    liabilities:participants                              NOK 0.00 =* NOK 0.00\n"
    "    liabilities:tax                                       NOK 0.00 =* NOK -3400.00\n"
    "    expenses:introduksjonsstønad:benefit                  NOK 0.00 =* NOK 22758.17\n"
    "    expenses:introduksjonsstønad:offsets                  NOK 0.00 =* NOK 0.00\n"
    "    expenses:introduksjonsstønad:work                     NOK 0.00 =* NOK 0.00\n"
    "    expenses:introduksjonsstønad:absence                  NOK 0.00 =* NOK 0.00\n"
    "    expenses:introduksjonsstønad:corrections              NOK 0.00 =* NOK 1064.84\n"
    "    expenses:introduksjonsstønad:held                     NOK 0.00 =* NOK 0.00\n"
    "    expenses:introduksjonsstønad:written-off              NOK 0.00 =* NOK 0.00\n";

static void test_every_byte(void **state) {
    (void)state;
    const struct st_hledger_scope scope = {.municipality = &prove, .run = 1};
    const struct st_run_row row = one_run();
    write_good_books(&scope, &row, 1, one_payslip, 1);
    assert_int_equal(strncmp(out, head, strlen(head)), 0);
    assert_string_equal(out + strlen(head), body);
    hledger_accepts();
    balance("assets:bank", "-20423.01");
    balance("liabilities:tax", "-3400.00");
    balance("expenses", "23823.01");
}

/* Every kind of line: corrections both ways, a claim that arises, is taken, settled and given up, a
 * refund, tax of January given back, and a held payslip with a correction. */
static const struct payslip all_kinds[] = {
    PAYSLIP(ANNA, "312345676-20260529-1-0000001", ST_PAYSLIP_DUE, BENEFIT(2275817),
            LESS(OFFSET, 500000), LESS(WORK, 10000), LESS(ABSENCE_DAYS, 75861),
            LESS(ABSENCE_HOURS, 14762), LESS(ABSENCE_MONTH, 1), MORE_OF(APRIL, BENEFIT, 106484),
            LESS_OF(APRIL, OFFSET, 20000), MORE_OF(APRIL, WORK, 3), LESS_OF(APRIL, ABSENCE_DAYS, 2),
            MORE_OF(APRIL, ABSENCE_HOURS, 1), RECOVERY(100000), TAX(300000),
            {ST_LINE_EXTRA_TAX, ST_ACCOUNT_PERSON, ST_ACCOUNT_TAX, 10000, 0}, PAYMENT(1351679)),
    PAYSLIP(BERA, "312345676-20260529-1-0000002", ST_PAYSLIP_DUE,
            LESS_OF(APRIL, ABSENCE_MONTH, 3000000), CLAIM(3000000),
            {ST_LINE_REFUND_CLAIM, ST_ACCOUNT_AGENCY, ST_ACCOUNT_CLAIM, 500000, 0},
            {ST_LINE_WRITTEN_OFF, ST_ACCOUNT_BENEFIT, ST_ACCOUNT_CLAIM, 250050, 0},
            {ST_LINE_JANUARY_TAX, ST_ACCOUNT_TAX, ST_ACCOUNT_PERSON, 5000, 0}, PAYMENT(5000)),
    PAYSLIP(CARL, "", ST_PAYSLIP_DUE, LESS_OF(APRIL, OFFSET, 400000),
            {ST_LINE_REFUND, ST_ACCOUNT_AGENCY, ST_ACCOUNT_PERSON, 400000, 0}),
    PAYSLIP("25880150037", "", ST_PAYSLIP_HELD, BENEFIT(100000), MORE_OF(APRIL, BENEFIT, 1500),
            LESS(WORK, 31500), GIVEN_BACK(70000)),
};
enum { ALL_KINDS_COUNT = sizeof all_kinds / sizeof all_kinds[0] };

static struct st_run_row run_of_all_kinds(int64_t number) {
    struct st_run_row row = run_row(number, 4, 1);
    row.benefit.ore = 2275817 + 100000;
    row.taxable.ore = 1661679 + 0 + 0 + 70000;
    row.tax.ore = 310000 - 5000;
    row.net.ore = 1351679 + 5000;
    return row;
}

static void test_every_kind_of_line(void **state) {
    (void)state;
    const struct st_hledger_scope scope = {.municipality = &prove};
    const struct st_run_row row = run_of_all_kinds(1);
    write_good_books(&scope, &row, 1, all_kinds, ALL_KINDS_COUNT);
    has(out, ", payslip 4, held\n    ; run:1, payslip:4, state:held\n");
    hledger_accepts();
    balance("assets:bank", "-13566.79");
    balance("liabilities:tax", "-3050.00");
    balance("liabilities:participants", "0");
    balance("assets:claims:overpaid", "21499.50"); /* 30000 - 1000 - 5000 - 2500.50 */
    balance("assets:claims:agencies", "9000.00");
    balance("expenses:introduksjonsstønad:benefit", "23758.17");
    balance("expenses:introduksjonsstønad:offsets", "-5000.00");
    balance("expenses:introduksjonsstønad:work", "-415.00");
    balance("expenses:introduksjonsstønad:absence", "-906.24");
    balance("expenses:introduksjonsstønad:corrections", "-33120.14");
    balance("expenses:introduksjonsstønad:written-off", "2500.50");
    balance("expenses:introduksjonsstønad:held", "-700.00");
    if (has_hledger) { /* the held payslip as a whole */
        run(HLEDGER "bal -N -1 tag:payslip=^4$");
        assert_string_equal(out, "");
    }
}

/* By kind, the journal is what `lines` prints: the person's view, where a claim that an agency
 * settles or that is given up is 0.00. */
static void test_kinds_add_up_as_lines(void **state) {
    (void)state;
    const struct st_hledger_scope scope = {.municipality = &prove};
    const struct st_run_row row = run_of_all_kinds(1);
    write_good_books(&scope, &row, 1, all_kinds, ALL_KINDS_COUNT);
    if (!has_hledger)
        return;
    run(HLEDGER "bal -N -O csv --pivot kind not:tag:state=held");
    has(out, "\"benefit\",\"NOK 22758.17\"\n");
    has(out, "\"offset\",\"NOK -5000.00\"\n");
    has(out, "\"correction_offset\",\"NOK -4200.00\"\n");
    has(out, "\"correction_absence_month\",\"NOK -30000.00\"\n");
    has(out, "\"claim\",\"NOK 30000.00\"\n");
    has(out, "\"recovery\",\"NOK -1000.00\"\n");
    has(out, "\"refund\",\"NOK 4000.00\"\n");
    has(out, "\"january_tax\",\"NOK 50.00\"\n");
    has(out, "\"payment\",\"NOK -13566.79\"\n");
    has_not(out, "refund_claim");
    has_not(out, "written_off");
    run(HLEDGER "bal -N expenses tag:month=2026-04 not:tag:state=held");
    has(out, "NOK -33135.14");
}

static void test_two_runs_and_people(void **state) {
    (void)state;
    const int64_t discarded[] = {2, 4};
    const struct st_hledger_scope scope = {.municipality = &prove,
                                           .discarded = discarded,
                                           .discarded_count = 2,
                                           .with_people = true};
    struct st_run_row rows[] = {run_of_all_kinds(1), run_of_all_kinds(3)};
    rows[1].state = ST_RUN_COMPUTED;
    rows[1].payday = st_date_make(2026, 6, 29);
    rows[1].approved_by = rows[1].approved_at = rows[1].message_id = "";
    write_good_books(&scope, rows, 2, all_kinds, ALL_KINDS_COUNT);
    has(out, "; Every run of the ledger that is not discarded.\n"
             "; Left out, because discarded: run 2, run 4.\n");
    has(out, "; With numbers of persons: keep it as the payslips are kept.\n");
    has(out, "; ---- run 3: 2026-05, payday 2026-06-29, computed\n; journal entry 3, computed "
             "2026-05-25T00:00:00Z by Kåre\n; persons");
    has(out, "\n2026-06-29 ! (312345676-20260529-1-0000001) ");
    has_not(out, "Ødegård");
    hledger_accepts();
    balance("assets:bank", "-27133.58");
    balance("assets:claims:overpaid", "42999.00");
    balance("assets:claims:overpaid:" BERA, "44999.00");
    balance("assets:claims:agencies:" CARL, "8000.00");
    balance("liabilities:participants:" ANNA, "0");
    if (has_hledger) {
        run(HLEDGER "bal -N -C assets:bank"); /* what is approved */
        has(out, "NOK -13566.79");
    }
}

/* ---- text ---------------------------------------------------------------------------------- */

static void test_text_stays_a_comment(void **state) {
    (void)state;
    struct st_municipality payer = {.organisation_number = "312345676"};
    const struct st_hledger_scope scope = {.municipality = &payer, .with_people = true};
    struct st_run_row row = one_run();
    struct payslip payslip = one_payslip[0];
    (void)snprintf(payer.name, sizeof payer.name,
                   "Чернівці\n2026-05-29 x\xff\xc2\x85|\xe2\x80\xa8|\x7f[2026-13-45] run:9");
    row.actor = "kari\n  assets:bank  NOK 5";
    row.message_id = "\r\na\tb";
    payslip.person_id = "0181 9;00:4";
    payslip.end_to_end_id = "1) x\n; (";
    write_good_books(&scope, &row, 1, &payslip, 1);
    has(out, "Чернівці 2026-05-29 x? | | [2026-13-45] run:9, organisation");
    has(out, "by kari   assets:bank  NOK 5, approved");
    has(out, "; message id   a b\n");
    has(out, "(1--x----) Intro");
    has(out, "liabilities:participants:0181-9-00-4 ");
    hledger_accepts();
    balance("assets:bank", "-20423.01");
}

static void test_nothing_to_book(void **state) {
    (void)state;
    const struct st_hledger_scope scope = {.municipality = &prove};
    write_good_books(&scope, NULL, 0, NULL, 0);
    has(out, "; There is nothing to book.\n");
    hledger_accepts();
    /* A payslip without lines, and one whose line moves nothing. */
    const struct payslip empty[] = {
        {ANNA, "", ST_PAYSLIP_DUE, NULL, 0}, PAYSLIP(BERA, "", ST_PAYSLIP_DUE, BENEFIT(0))};
    const struct st_run_row row = run_row(1, 2, 0);
    write_good_books(&scope, &row, 1, empty, 2);
    has_not(out, "payslip 1\n");
    has(out, "payslip 2\n");
    hledger_accepts();
}

/* ---- what does not add up ------------------------------------------------------------------ */

static void test_totals_must_be_met(void **state) {
    (void)state;
    st_amount *wrong[4];
    for (size_t i = 0; i < ST_COUNT_OF(wrong); i++) {
        struct st_run_row row = one_run();
        wrong[0] = &row.benefit, wrong[1] = &row.taxable, wrong[2] = &row.tax, wrong[3] = &row.net;
        wrong[i]->ore++;
        refuses_books("books.total", &row, one_payslip, 1);
    }
    struct st_run_row row = one_run();
    row.person_count++;
    refuses_books("books.total", &row, one_payslip, 1);
    row = one_run();
    row.held_count++;
    refuses_books("books.total", &row, one_payslip, 1);
    row = one_run();
    row.state = ST_RUN_DISCARDED;
    refuses_books("books.discarded", &row, one_payslip, 1);
    row = one_run();
    row.taxable.ore = INT64_MIN;
    refuses_books("amount.overflow", &row, one_payslip, 1);
}

static void test_payslips_must_balance(void **state) {
    (void)state;
    const struct st_run_row row = run_row(1, 1, 0);
    const struct payslip left[] = {
        PAYSLIP(ANNA, "", ST_PAYSLIP_DUE, BENEFIT(100), PAYMENT(99))};
    refuses_books("books.payslip", &row, left, 1);
    const struct payslip paid[] = {
        PAYSLIP(ANNA, "", ST_PAYSLIP_HELD, BENEFIT(100), PAYMENT(100))};
    refuses_books("books.payslip", &row, paid, 1);
    const struct payslip withheld[] = {
        PAYSLIP(ANNA, "", ST_PAYSLIP_HELD, BENEFIT(100), TAX(100))};
    refuses_books("books.payslip", &row, withheld, 1);
    const struct payslip claimed[] = {PAYSLIP(ANNA, "", ST_PAYSLIP_HELD, CLAIM(1), GIVEN_BACK(1))};
    refuses_books("books.payslip", &row, claimed, 1);
    const struct payslip large[] = {
        PAYSLIP(ANNA, "", ST_PAYSLIP_DUE, BENEFIT(INT64_MAX), BENEFIT(INT64_MAX))};
    refuses_books("amount.overflow", &row, large, 1);
}

/* One line, changed by hand, into books that have nothing else. */
static void line_fails(const char *error_code, const struct st_line_row *line) {
    const struct st_hledger_scope scope = {.municipality = &prove};
    const struct st_run_row row = run_row(1, 1, 0);
    const struct payslip payslip = {ANNA, "", ST_PAYSLIP_DUE, NULL, 0};
    struct st_error error = {.code = ""};
    struct st_hledger *books;
    FILE *file = fopen("/dev/null", "wb");
    assert_non_null(file);
    assert_int_equal(st_hledger_begin(file, &scope, &books, &error), ST_OK);
    assert_int_equal(st_hledger_run(books, &row, &error), ST_OK);
    assert_int_equal(put_payslip(books, &payslip, &error), ST_OK);
    enum st_status status = st_hledger_line(books, line, &error);
    assert_string_equal(error.code, error_code);
    assert_int_equal(status == ST_OK, error_code[0] == '\0');
    st_hledger_free(books);
    assert_int_equal(fclose(file), 0);
}

static void test_lines_must_be_known(void **state) {
    (void)state;
    const struct transfer benefit = BENEFIT(100);
    const struct transfer given_up = {ST_LINE_WRITTEN_OFF, ST_ACCOUNT_BENEFIT, ST_ACCOUNT_CLAIM,
                                      100, 0};
    struct st_line_row line = line_of(&benefit, 1);
    line_fails("", &line);
    line.kind = "gift";
    line_fails("books.line", &line);
    line = line_of(&benefit, 1);
    line.from_account = "treasury";
    line_fails("books.line", &line);
    line = line_of(&benefit, 1);
    line.to_account = "benefit";
    line_fails("books.line", &line);
    line = line_of(&benefit, 1);
    line.kind = "tax"; /* does not touch what is spent on benefit */
    line_fails("books.line", &line);
    line = line_of(&benefit, 1);
    line.amount.ore = INT64_MIN;
    line_fails("books.line", &line);
    line = line_of(&given_up, 1);
    line_fails("", &line);
    line.exact.numerator = -1;
    line_fails("books.line", &line);
    line = line_of(&given_up, 1);
    line.cut = true; /* nothing would say by how much */
    line_fails("books.line", &line);
}

/* A full disk is told, not passed over. */
static void test_stream_that_fails(void **state) {
    (void)state;
    const struct st_hledger_scope scope = {.municipality = &prove};
    struct st_error error = {.code = ""};
    struct st_hledger *books;
    FILE *file = fopen("/dev/full", "wb");
    assert_non_null(file);
    assert_int_equal(st_hledger_begin(file, &scope, &books, &error), ST_OK);
    assert_int_equal(st_hledger_finish(books, &error), ST_IO);
    assert_string_equal(error.code, "output.write");
    st_hledger_free(books);
    (void)fclose(file);
}

/* ---- the program --------------------------------------------------------------------------- */

#define EXPORT "stonad export --as hledger -o books.journal --actor bo --today 2026-07-01 "

/* hledger's balances against what `runs` says of the runs named; and its sums by kind against their
 * lines. */
static void same_as_the_ledger(const char *db, const char *runs) {
    if (!has_hledger)
        return;
    run("stonad runs --db %s --format csv | awk -F, 'BEGIN {split(\"%s\", list, \" \");"
        " for (i in list) wanted[list[i]] = 1} wanted[$1] {b += $8; t += $10; n += $11;"
        " h += $10 + $11 - $9} END {printf \"\\\"total\\\",\\\"NOK %%.2f\\\"\\n\\\"total\\\","
        "\\\"NOK %%.2f\\\"\\n\\\"total\\\",\\\"NOK %%.2f\\\"\\n\\\"total\\\",%%s\\n\","
        " b, -t, -n, h == 0 ? \"\\\"0\\\"\" : sprintf(\"\\\"NOK %%.2f\\\"\", h)}' > ours.txt",
        db, runs);
    expect(0);
    run("for account in expenses:introduksjonsstønad:benefit liabilities:tax assets:bank"
        " expenses:introduksjonsstønad:held; do " HLEDGER
        "bal -O csv \"acct:^$account$\" | tail -n 1; done > theirs.txt; diff ours.txt theirs.txt");
    expect(0);
    run("for run in %s; do stonad lines $run --db %s --format csv; done | awk -F, '$1 != "
        "\"person_id\" {sum[$4] += $10} END {for (kind in sum) if (sum[kind] > 0.001 || sum[kind] <"
        " -0.001) printf \"\\\"%%s\\\",\\\"NOK %%.2f\\\"\\n\", kind, sum[kind]}' | sort > ours.txt;"
        " " HLEDGER "bal -N -O csv --pivot kind | tail -n +2 | sort > theirs.txt;"
        " test -s ours.txt && diff ours.txt theirs.txt",
        runs, db);
    expect(0);
}

/* Every command that docs/hledger.md shows. */
static void examples_work(void) {
    if (!has_hledger)
        return;
    run("sed -n 's/^    hledger /hledger /p' '%s/docs/hledger.md' > examples.sh; wc -l < examples.sh;"
        " LC_ALL=C.UTF-8 sh -e examples.sh > reports.txt; cat reports.txt",
        project);
    expect(0);
    assert_true(atoi(out) >= 9);
    has(out, "expenses");
}

static void test_the_demo_month(void **state) {
    (void)state;
    run("sh '%s/fixtures/pay-demo.sh' '%s' demo", project, program);
    expect(0);
    run("cp demo/ledger.db before.db; " EXPORT "--db demo/ledger.db");
    expect(0);
    has(out, "books.journal, hledger\n");
    run("cmp demo/ledger.db before.db");
    expect(0);
    hledger_accepts();
    same_as_the_ledger("demo/ledger.db", "1");
    examples_work();
    run("grep -c ', held$' books.journal; grep -cE '[0-9]{11}( |$|:)' books.journal");
    has(out, "1\n0\n");
    run("stonad payslips 1 --db demo/ledger.db --format csv | tail -n +2 | cut -d, -f2 > "
        "names.txt; test -s names.txt; grep -cFf names.txt books.journal");
    has(out, "0\n");
}

/* Paid late and early: hledger wants balances in the order of dates. The second month puts the first
 * one right in both directions. */
static void test_two_months_and_a_discarded_run(void **state) {
    (void)state;
    start_ledger();
    run("stonad run --month 2026-05 --payday 2026-05-29 --today 2026-05-25 --actor anna;"
        "stonad discard 1 --today 2026-05-25 --actor anna;"
        "stonad run --month 2026-05 --payday 2026-06-30 --today 2026-05-26 --actor anna");
    expect(0);
    write_file("absences.csv", "person_id,from,to,kind,hours,permission,withdrawn\n" BERA
                               ",2026-05-04,,unapproved,,,yes\n" ANNA
                               ",2026-05-11,2026-05-12,unapproved,,no,\n");
    run("stonad show 2 > show.txt; stonad approve 2 --payments 2 --sum $(sed -n 's/.*--sum //p' "
        "show.txt) --actor bo --today 2026-05-27; stonad import absences.csv --actor anna --today "
        "2026-06-01; stonad run --month 2026-06 --payday 2026-06-26 "
        "--today 2026-06-20 --actor anna");
    expect(0);
    run(EXPORT "--format csv");
    expect(0);
    has(out, "file,form,runs,discarded,transactions,bytes,sha256\nbooks.journal,hledger,2,1,4,");
    run("cat books.journal");
    has(out, "; Left out, because discarded: run 1.\n");
    assert_true(strstr(out, "\n2026-06-26 ! ") < strstr(out, "\n2026-06-30 * "));
    hledger_accepts();
    same_as_the_ledger("stonad.db", "2 3");
    run("cp books.journal all.journal; " EXPORT "2 --force");
    expect(0);
    run("grep '^; Run 2 alone' books.journal; grep -c '^2026-06-26' books.journal");
    has(out, "; Run 2 alone.\n0\n");
    hledger_accepts();
    same_as_the_ledger("stonad.db", "2");
    refuses(4, "[books.discarded]", EXPORT "1 --force");
    refuses(4, "[run.unknown]", EXPORT "7 --force");
    hledger_accepts(); /* what was there still is */
    run("cp books.journal two.journal; " EXPORT "2 --force; cmp books.journal two.journal; " EXPORT
        "--force; cmp books.journal all.journal");
    expect(0);
    assert_null(strstr(out, "differ"));
}

static void test_options(void **state) {
    (void)state;
    start_ledger();
    run(EXPORT "--dry-run");
    expect(0);
    has(err, "nothing was written");
    run("ls -A | grep -c journal");
    has(out, "0\n");
    run(EXPORT); /* an empty ledger has empty books */
    expect(0);
    hledger_accepts();
    run("cat books.journal");
    has(out, "There is nothing to book");
    refuses(4, "[file.exists]", EXPORT);
    run(EXPORT "--force --format json");
    expect(0);
    has(out, "\"transactions\": 0");
    refuses(2, "[option.not_here]", EXPORT "--tax-kid 1234567897");
    refuses(2, "[option.not_here]", EXPORT "--tax-only");
    refuses(2, "[option.not_here]", EXPORT "--bank standard");
    refuses(2, "[run.number]", EXPORT "0");
    refuses(2, "[argument.missing]", "stonad export --as pain.001.001.09 -o x.xml --actor bo");
    refuses(2, "[option.not_here]",
            "stonad export 1 --as pain.001.001.09 -o x.xml --actor bo --people");
    refuses(2, "[argument.extra]", EXPORT "1 2");
    refuses(7, "[ledger.missing]", EXPORT "--force --db nothing.db");
    refuses(7, "[io.open]", "stonad export --as hledger -o nowhere/books.journal --actor bo");
}

static void test_people(void **state) {
    (void)state;
    compute_may();
    run(EXPORT "--people");
    expect(0);
    hledger_accepts();
    same_as_the_ledger("stonad.db", "1");
    run("cat books.journal");
    has(out, "liabilities:participants:" ANNA " ");
    has(out, "account liabilities:participants:" BERA "\n");
    has_not(out, "Prøve");
    run("stat -c %%a books.journal");
    has(out, "600\n");
}

int main(void) {
    if (!find_program())
        return 1;
    has_hledger = system("command -v hledger >/dev/null 2>&1") == 0; /* NOLINT: the shell knows */
    if (!has_hledger)
        (void)fprintf(stderr, "hledger is not installed: the journals are not read by it\n");
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_every_byte),
        IN_FOLDER(test_every_kind_of_line),
        IN_FOLDER(test_kinds_add_up_as_lines),
        IN_FOLDER(test_two_runs_and_people),
        IN_FOLDER(test_text_stays_a_comment),
        IN_FOLDER(test_nothing_to_book),
        IN_FOLDER(test_totals_must_be_met),
        IN_FOLDER(test_payslips_must_balance),
        IN_FOLDER(test_lines_must_be_known),
        IN_FOLDER(test_stream_that_fails),
        IN_FOLDER(test_the_demo_month),
        IN_FOLDER(test_two_months_and_a_discarded_run),
        IN_FOLDER(test_options),
        IN_FOLDER(test_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
