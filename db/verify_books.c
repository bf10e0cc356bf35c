/* SPDX-License-Identifier: MIT */
/* verify_books.c - the books of every run, added up again: lines to payslips, payslips to the run.
 * Payslips and lines of a run are walked side by side in person order, so that nothing grows.
 */
#include "db/verify_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- what is read -------------------------------------------------------------------------- */

enum { P_RUN, P_PERSON, P_MONTH, P_STATE, P_HELD_REASON, P_BENEFIT, P_OFFSETS, P_WORK, P_ABSENCE,
       P_CORRECTIONS, P_RECOVERY, P_TAXABLE, P_TAX, P_NET, P_ID, P_NAME, P_ACCOUNT, P_LANGUAGE };
static const char payslips_sql[] =
    "SELECT run, person_id, month, state, held_reason, benefit_ore, offsets_ore, work_ore,"
    " absence_ore, corrections_ore, recovery_ore, taxable_ore, tax_ore, net_ore, end_to_end_id,"
    " name, account, language FROM payslip WHERE run = ? ORDER BY person_id";

enum { L_RUN, L_PERSON, L_LINE, L_KIND, L_MONTH, L_QUANTITY, L_RATE, L_EXACT, L_AMOUNT, L_FROM,
       L_TO, L_CUT };
static const char lines_sql[] =
    "SELECT run, person_id, line, kind, month, quantity, rate, exact, amount_ore, from_account,"
    " to_account, cut FROM line WHERE run = ? ORDER BY person_id, line";

enum { R_RUN, R_MONTH, R_PAYDAY, R_PERSONS, R_HELD, R_PAYMENTS, R_FINDINGS, R_BENEFIT, R_TAXABLE,
       R_TAX, R_NET, R_TOWN, R_ENTRY };
static const char runs_sql[] =
    "SELECT run, month, payday, person_count, held_count, payment_count, finding_count,"
    " benefit_ore, taxable_ore, tax_ore, net_ore, (SELECT organisation_number FROM municipality"
    " AS m WHERE m.entry < r.entry ORDER BY m.entry DESC LIMIT 1), entry"
    " FROM run AS r WHERE entry >= ? ORDER BY run";

/* Sums of what a damaged ledger may hold: past 64 bits they stay wrong, and say so. */
struct sum {
    int64_t ore;
};
static void add(struct sum *sum, int64_t ore) {
    if (__builtin_add_overflow(sum->ore, ore, &sum->ore))
        sum->ore = INT64_MAX;
}

static int64_t minus(int64_t ore) { return ore == INT64_MIN ? INT64_MAX : -ore; }

/* The columns of a payslip that lines make, P_BENEFIT first; then tax. */
enum { COLUMN_COUNT = P_RECOVERY - P_BENEFIT + 1, TAX_COLUMN = COLUMN_COUNT, NO_COLUMN };

struct books {
    struct st_verify *verify;
    sqlite3_stmt *run, *payslips, *lines, *participant;
    bool has_payslip, has_line;
    /* of the run */
    int64_t person_count, held_count, payment_count;
    struct sum benefit, taxable, tax, net;
    /* of the person: their lines */
    int64_t line_count;
    struct sum columns[COLUMN_COUNT + 1], balance, paid, held;
};

/* ---- lines --------------------------------------------------------------------------------- */

/* Where a line of each kind moves money, and what it counts in. NULL: a correction, which goes
 * either way between the person and benefit, or tax. */
#define CORRECTION {NULL, NULL, P_CORRECTIONS - P_BENEFIT, false}
static const struct line_kind {
    const char *from, *to;
    int column;
    bool is_free; /* the amount is not the exact number rounded */
} line_kinds[ST_LINE_KIND_COUNT] = {
    [ST_LINE_BENEFIT] = {"benefit", "person", P_BENEFIT - P_BENEFIT, false},
    [ST_LINE_OFFSET] = {"person", "benefit", P_OFFSETS - P_BENEFIT, false},
    [ST_LINE_WORK] = {"person", "benefit", P_WORK - P_BENEFIT, false},
    [ST_LINE_ABSENCE_DAYS] = {"person", "benefit", P_ABSENCE - P_BENEFIT, false},
    [ST_LINE_ABSENCE_HOURS] = {"person", "benefit", P_ABSENCE - P_BENEFIT, false},
    [ST_LINE_ABSENCE_MONTH] = {"person", "benefit", P_ABSENCE - P_BENEFIT, false},
    [ST_LINE_CORRECTION_BENEFIT] = CORRECTION,
    [ST_LINE_CORRECTION_OFFSET] = CORRECTION,
    [ST_LINE_CORRECTION_WORK] = CORRECTION,
    [ST_LINE_CORRECTION_ABSENCE_DAYS] = CORRECTION,
    [ST_LINE_CORRECTION_ABSENCE_HOURS] = CORRECTION,
    [ST_LINE_CORRECTION_ABSENCE_MONTH] = CORRECTION,
    [ST_LINE_REFUND] = {"agency", "person", P_CORRECTIONS - P_BENEFIT, false},
    [ST_LINE_CLAIM] = {"claim", "person", P_CORRECTIONS - P_BENEFIT, false},
    [ST_LINE_RECOVERY] = {"person", "claim", P_RECOVERY - P_BENEFIT, false},
    [ST_LINE_REFUND_CLAIM] = {"agency", "claim", NO_COLUMN, false},
    [ST_LINE_WRITTEN_OFF] = {"benefit", "claim", NO_COLUMN, false},
    [ST_LINE_TAX] = {"person", "tax", TAX_COLUMN, false},
    [ST_LINE_EXTRA_TAX] = {"person", "tax", TAX_COLUMN, false},
    [ST_LINE_JANUARY_TAX] = {NULL, NULL, TAX_COLUMN, false},
    [ST_LINE_HELD] = {"person", "benefit", NO_COLUMN, false},
    [ST_LINE_PAYMENT] = {"person", "bank", NO_COLUMN, false},
};

static enum st_line_kind kind_of(const char *name) {
    unsigned kind = 0;
    while (kind < ST_LINE_KIND_COUNT && strcmp(st_line_kind_name((enum st_line_kind)kind), name) != 0)
        kind++;
    return (enum st_line_kind)kind;
}

static enum st_status tell_line(struct books *books, enum st_verify_code code, const char *field,
                                const char *expected, const char *found) {
    char key[ST_VERIFY_KEY_SIZE];
    st_verify_key(books->lines, 3, key);
    struct st_verify_row row = {.table = "line",
                                .row = key,
                                .field = field,
                                .expected = expected,
                                .found = found,
                                .has_amount = true,
                                .amount = {sqlite3_column_int64(books->lines, L_AMOUNT)}};
    return st_verify_tell(books->verify, code, &row);
}

static enum st_status check_transfer(struct books *books, enum st_line_kind kind) {
    const char *from = st_column_text(books->lines, L_FROM), *to = st_column_text(books->lines, L_TO);
    enum st_status status = ST_OK;
    if ((unsigned)kind >= ST_LINE_KIND_COUNT)
        return tell_line(books, ST_VERIFY_TRANSFER, "kind", "a kind of line",
                         st_column_text(books->lines, L_KIND));
    const struct line_kind *of_kind = &line_kinds[kind];
    bool touches_person = strcmp(from, "person") == 0 || strcmp(to, "person") == 0;
    if (of_kind->from == NULL ? !touches_person : strcmp(from, of_kind->from) != 0)
        status = tell_line(books, ST_VERIFY_TRANSFER, "from_account",
                           of_kind->from == NULL ? "person on one side" : of_kind->from, from);
    if (status == ST_OK && (of_kind->to == NULL ? strcmp(from, to) == 0
                                                : strcmp(to, of_kind->to) != 0))
        status = tell_line(books, ST_VERIFY_TRANSFER, "to_account",
                           of_kind->to == NULL ? "another account" : of_kind->to, to);
    if (status == ST_OK && sqlite3_column_int64(books->lines, L_AMOUNT) < 0)
        status = tell_line(books, ST_VERIFY_TRANSFER, "amount_ore", "0 or more",
                           st_column_text(books->lines, L_AMOUNT));
    return status;
}

/* An exact number is written in one way only: reduced, without anything around it. */
static bool read_fraction(const char *text, st_fraction *out) {
    char again[64];
    char *end;
    if (strspn(text, "0123456789-/") != strlen(text) || strlen(text) > 41)
        return false;
    if (sscanf(text, "%20" SCNd64 "/%20" SCNd64, &out->numerator, &out->denominator) != 2 ||
        !st_fraction_make(out->numerator, out->denominator, out))
        return false;
    end = again + snprintf(again, sizeof again, "%" PRId64 "/%" PRId64, out->numerator,
                           out->denominator);
    return end < again + sizeof again && strcmp(again, text) == 0;
}

static enum st_status check_rounding(struct books *books, enum st_line_kind kind) {
    static const struct {
        int column;
        const char *name;
    } numbers[] = {{L_QUANTITY, "quantity"}, {L_RATE, "rate"}, {L_EXACT, "exact"}};
    st_fraction number = ST_FRACTION_ZERO;
    st_amount rounded;
    char expected[40];
    for (size_t i = 0; i < ST_COUNT_OF(numbers); i++) {
        const char *text = st_column_text(books->lines, numbers[i].column);
        if (!read_fraction(text, &number))
            return tell_line(books, ST_VERIFY_ROUNDING, numbers[i].name,
                             "numerator/denominator, reduced", text);
    }
    if ((unsigned)kind >= ST_LINE_KIND_COUNT || line_kinds[kind].is_free)
        return ST_OK;
    int64_t amount = sqlite3_column_int64(books->lines, L_AMOUNT);
    bool is_cut = sqlite3_column_int(books->lines, L_CUT) != 0;
    bool fits = st_round_to_ore(number, &rounded) &&
                (is_cut ? amount < rounded.ore : amount == rounded.ore);
    if (fits)
        return ST_OK;
    (void)snprintf(expected, sizeof expected, "%s%" PRId64, is_cut ? "less than " : "", rounded.ore);
    return tell_line(books, ST_VERIFY_ROUNDING, "amount_ore", expected,
                     st_column_text(books->lines, L_AMOUNT));
}

static void book_line(struct books *books, enum st_line_kind kind) {
    int64_t amount = sqlite3_column_int64(books->lines, L_AMOUNT), moved = 0;
    if (strcmp(st_column_text(books->lines, L_TO), "person") == 0)
        moved = amount;
    else if (strcmp(st_column_text(books->lines, L_FROM), "person") == 0)
        moved = amount == INT64_MIN ? INT64_MAX : -amount;
    add(&books->balance, moved);
    if ((unsigned)kind >= ST_LINE_KIND_COUNT)
        return;
    if (kind == ST_LINE_PAYMENT)
        add(&books->paid, amount);
    else if (kind == ST_LINE_HELD)
        add(&books->held, amount);
    else if (line_kinds[kind].column != NO_COLUMN)
        add(&books->columns[line_kinds[kind].column],
            line_kinds[kind].column == TAX_COLUMN ? minus(moved) : moved);
}

/* Lines are 1, 2, 3 ... and of the payslip's month; only a correction is about an earlier one. */
static enum st_status check_place(struct books *books, enum st_line_kind kind) {
    char number[24];
    const char *month = st_column_text(books->lines, L_MONTH);
    const char *of_run = st_column_text(books->run, R_MONTH);
    enum st_status status = ST_OK;
    (void)snprintf(number, sizeof number, "%" PRId64, ++books->line_count);
    if (sqlite3_column_int64(books->lines, L_LINE) != books->line_count)
        status = tell_line(books, ST_VERIFY_COLUMN, "line", number,
                           st_column_text(books->lines, L_LINE));
    int order = strcmp(month, of_run);
    bool is_correction = kind >= ST_LINE_CORRECTION_BENEFIT && kind <= ST_LINE_CORRECTION_ABSENCE_MONTH;
    if (status == ST_OK && (is_correction ? order >= 0 : order != 0))
        status = tell_line(books, ST_VERIFY_TRANSFER, "month", of_run, month);
    return status;
}

static enum st_status take_line(struct books *books) {
    enum st_line_kind kind = kind_of(st_column_text(books->lines, L_KIND));
    enum st_status status = check_place(books, kind);
    if (status == ST_OK)
        status = check_transfer(books, kind);
    if (status == ST_OK)
        status = check_rounding(books, kind);
    book_line(books, kind);
    books->verify->summary->line_count++;
    return status == ST_OK ? st_verify_next(books->verify, books->lines, &books->has_line) : status;
}

/* ---- payslips ------------------------------------------------------------------------------ */

static enum st_status same_amount(struct books *books, enum st_verify_code code, const char *key,
                                  const char *field, int64_t expected, int64_t found) {
    struct st_verify_row row = {.table = "payslip", .row = key, .field = field};
    return st_verify_same_number(books->verify, code, &row, expected, found, true);
}

static enum st_status check_columns(struct books *books, const char *key) {
    static const char *const names[] = {"benefit_ore",     "offsets_ore",  "work_ore", "absence_ore",
                                        "corrections_ore", "recovery_ore", "tax_ore"};
    sqlite3_stmt *payslip = books->payslips;
    enum st_status status = ST_OK;
    struct sum taxable = {0}, net = {sqlite3_column_int64(payslip, P_TAXABLE)};
    for (int i = 0; status == ST_OK && i < COLUMN_COUNT; i++) {
        add(&taxable, sqlite3_column_int64(payslip, P_BENEFIT + i));
        status = same_amount(books, ST_VERIFY_COLUMN, key, names[i], books->columns[i].ore,
                             sqlite3_column_int64(payslip, P_BENEFIT + i));
    }
    int64_t tax = sqlite3_column_int64(payslip, P_TAX);
    if (status == ST_OK)
        status = same_amount(books, ST_VERIFY_COLUMN, key, "tax_ore",
                             books->columns[TAX_COLUMN].ore, tax);
    if (status == ST_OK)
        status = same_amount(books, ST_VERIFY_COLUMN, key, "taxable_ore", taxable.ore, net.ore);
    add(&net, tax == INT64_MIN ? INT64_MAX : -tax);
    if (status == ST_OK)
        status = same_amount(books, ST_VERIFY_COLUMN, key, "net_ore", net.ore,
                             sqlite3_column_int64(payslip, P_NET));
    return status;
}

/* What is due is paid, what is held is given back; and the person is left with nothing booked. */
static enum st_status check_balance(struct books *books, const char *key) {
    sqlite3_stmt *payslip = books->payslips;
    int64_t net = sqlite3_column_int64(payslip, P_NET);
    bool is_held = strcmp(st_column_text(payslip, P_STATE), "held") == 0;
    enum st_status status =
        same_amount(books, ST_VERIFY_BALANCE, key, "", 0, books->balance.ore);
    if (status == ST_OK)
        status = same_amount(books, ST_VERIFY_COLUMN, key, is_held ? "state" : "net_ore",
                             is_held ? 0 : books->paid.ore, is_held ? books->paid.ore : net);
    if (status == ST_OK)
        status = same_amount(books, ST_VERIFY_COLUMN, key, is_held ? "net_ore" : "state",
                             is_held ? books->held.ore : 0, is_held ? net : books->held.ore);
    struct st_verify_row row = {.table = "payslip",
                                .row = key,
                                .field = "held_reason",
                                .expected = is_held ? "a reason" : "",
                                .found = st_column_text(payslip, P_HELD_REASON)};
    if (status == ST_OK && is_held == (row.found[0] == '\0'))
        status = st_verify_tell(books->verify, ST_VERIFY_COLUMN, &row);
    row.field = "month";
    if (status == ST_OK)
        status = st_verify_same_text(books->verify, ST_VERIFY_COLUMN, &row,
                                     st_column_text(books->run, R_MONTH),
                                     st_column_text(payslip, P_MONTH));
    return status;
}

/* "<organisation number>-<YYYYMMDD>-<run>-0000001": by its place in the run, so it is unique in the
 * ledger when it is right. */
static enum st_status check_payment_id(struct books *books, const char *key) {
    sqlite3_stmt *payslip = books->payslips;
    int64_t net = sqlite3_column_int64(payslip, P_NET);
    const char *day = st_column_text(books->run, R_PAYDAY);
    bool is_paid = strcmp(st_column_text(payslip, P_STATE), "due") == 0 && net > 0;
    char id[100] = "";
    books->payment_count += is_paid;
    if (is_paid && strlen(day) == 10)
        (void)snprintf(id, sizeof id, "%.20s-%.4s%.2s%.2s-%" PRId64 "-%07" PRId64,
                       st_column_text(books->run, R_TOWN), day, day + 5, day + 8,
                       (int64_t)sqlite3_column_int64(books->run, R_RUN), books->payment_count);
    struct st_verify_row row = {.table = "payslip",
                                .row = key,
                                .field = "end_to_end_id",
                                .has_amount = true,
                                .amount = {net}};
    return st_verify_same_text(books->verify, ST_VERIFY_PAYMENT_ID, &row, id,
                               st_column_text(payslip, P_ID));
}

/* The register's row as of the entry before the run: an account changed afterwards shows here. */
static enum st_status check_person(struct books *books, const char *key) {
    static const struct {
        int of_payslip, of_register;
        const char *name;
    } fields[] = {{P_NAME, 0, "name"}, {P_ACCOUNT, 1, "account"}, {P_LANGUAGE, 2, "language"}};
    struct st_verify *verify = books->verify;
    const char *person_id = st_column_text(books->payslips, P_PERSON);
    bool found = false;
    (void)sqlite3_reset(books->participant);
    if (sqlite3_bind_int64(books->participant, 1, sqlite3_column_int64(books->run, R_ENTRY)) !=
            SQLITE_OK ||
        sqlite3_bind_text(books->participant, 2, person_id, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_sqlite(verify->ledger, verify->error);
    enum st_status status = st_verify_next(verify, books->participant, &found);
    struct st_verify_row row = {.table = "payslip",
                                .row = key,
                                .field = "person_id",
                                .expected = "a participant in the register",
                                .found = person_id,
                                .has_amount = true,
                                .amount = {sqlite3_column_int64(books->payslips, P_NET)}};
    if (status == ST_OK && !found)
        status = st_verify_tell(verify, ST_VERIFY_PERSON, &row);
    for (size_t i = 0; status == ST_OK && found && i < ST_COUNT_OF(fields); i++) {
        row.field = fields[i].name;
        status = st_verify_same_text(verify, ST_VERIFY_PERSON, &row,
                                     st_column_text(books->participant, fields[i].of_register),
                                     st_column_text(books->payslips, fields[i].of_payslip));
    }
    (void)sqlite3_reset(books->participant);
    return status;
}

static void add_to_run(struct books *books) {
    sqlite3_stmt *payslip = books->payslips;
    bool is_held = strcmp(st_column_text(payslip, P_STATE), "held") == 0;
    books->person_count++;
    books->held_count += is_held;
    books->verify->summary->payslip_count++;
    add(&books->benefit, sqlite3_column_int64(payslip, P_BENEFIT));
    add(&books->taxable, sqlite3_column_int64(payslip, P_TAXABLE));
    if (is_held)
        return;
    add(&books->tax, sqlite3_column_int64(payslip, P_TAX));
    add(&books->net, sqlite3_column_int64(payslip, P_NET));
}

static void begin_person(struct books *books) {
    memset(books->columns, 0, sizeof books->columns);
    books->balance = books->paid = books->held = (struct sum){0};
    books->line_count = 0;
}

/* The payslip the walk stands on, with the lines that come with it. */
static enum st_status take_payslip(struct books *books) {
    char key[ST_VERIFY_KEY_SIZE];
    enum st_status status = ST_OK;
    begin_person(books);
    st_verify_key(books->payslips, 2, key);
    while (status == ST_OK && books->has_line &&
           strcmp(st_column_text(books->lines, L_PERSON),
                  st_column_text(books->payslips, P_PERSON)) == 0)
        status = take_line(books);
    if (status == ST_OK)
        status = check_columns(books, key);
    if (status == ST_OK)
        status = check_balance(books, key);
    if (status == ST_OK)
        status = check_payment_id(books, key);
    if (status == ST_OK)
        status = check_person(books, key);
    add_to_run(books);
    return status == ST_OK ? st_verify_next(books->verify, books->payslips, &books->has_payslip)
                           : status;
}

/* Lines that stand before the next payslip have none. */
static enum st_status take_stray_lines(struct books *books) {
    char person_id[64];
    st_column_copy(books->lines, L_PERSON, person_id, sizeof person_id);
    enum st_status status = tell_line(books, ST_VERIFY_REFERENCE, "person_id",
                                      "a payslip of that person", "no such payslip");
    begin_person(books);
    while (status == ST_OK && books->has_line &&
           strcmp(st_column_text(books->lines, L_PERSON), person_id) == 0)
        status = take_line(books);
    return status;
}

/* ---- runs ---------------------------------------------------------------------------------- */

/* Findings of a person are 1, 2, 3 ...; *count is how many the run has. */
static enum st_status check_findings(struct books *books, int64_t run, int64_t *count) {
    ST_FINALIZED sqlite3_stmt *findings = NULL;
    char person_id[64] = "";
    int64_t number = 0;
    bool found = false;
    enum st_status status = st_verify_query(
        books->verify, &findings,
        "SELECT run, person_id, number FROM finding WHERE run = ? ORDER BY person_id, number", run);
    for (*count = 0; status == ST_OK &&
                     (status = st_verify_next(books->verify, findings, &found)) == ST_OK && found;
         ++*count) {
        char key[ST_VERIFY_KEY_SIZE];
        struct st_verify_row row = {.table = "finding", .row = key, .field = "number"};
        if (strcmp(person_id, st_column_text(findings, 1)) != 0)
            number = 0;
        st_column_copy(findings, 1, person_id, sizeof person_id);
        st_verify_key(findings, 3, key);
        status = st_verify_same_number(books->verify, ST_VERIFY_TOTAL, &row, ++number,
                                       sqlite3_column_int64(findings, 2), false);
        number = sqlite3_column_int64(findings, 2);
    }
    return status;
}

static enum st_status check_totals(struct books *books) {
    int64_t run = sqlite3_column_int64(books->run, R_RUN), finding_count = 0;
    char key[40];
    (void)snprintf(key, sizeof key, "run %" PRId64, run);
    enum st_status status = check_findings(books, run, &finding_count);
    const struct {
        const char *name;
        int column;
        int64_t expected;
    } totals[] = {{"person_count", R_PERSONS, books->person_count},
                  {"held_count", R_HELD, books->held_count},
                  {"payment_count", R_PAYMENTS, books->payment_count},
                  {"finding_count", R_FINDINGS, finding_count},
                  {"benefit_ore", R_BENEFIT, books->benefit.ore},
                  {"taxable_ore", R_TAXABLE, books->taxable.ore},
                  {"tax_ore", R_TAX, books->tax.ore},
                  {"net_ore", R_NET, books->net.ore}};
    for (size_t i = 0; status == ST_OK && i < ST_COUNT_OF(totals); i++) {
        struct st_verify_row row = {.table = "run", .row = key, .field = totals[i].name};
        status = st_verify_same_number(books->verify, ST_VERIFY_TOTAL, &row, totals[i].expected,
                                       sqlite3_column_int64(books->run, totals[i].column),
                                       totals[i].column >= R_BENEFIT);
    }
    return status;
}

/* Stands both walks on the first row of the run. */
static enum st_status begin_run(struct books *books) {
    struct st_verify *verify = books->verify;
    int64_t run = sqlite3_column_int64(books->run, R_RUN);
    books->person_count = books->held_count = books->payment_count = 0;
    books->benefit = books->taxable = books->tax = books->net = (struct sum){0};
    verify->summary->run_count++;
    (void)sqlite3_reset(books->payslips);
    (void)sqlite3_reset(books->lines);
    if (sqlite3_bind_int64(books->payslips, 1, run) != SQLITE_OK ||
        sqlite3_bind_int64(books->lines, 1, run) != SQLITE_OK)
        return st_db_fail_sqlite(verify->ledger, verify->error);
    enum st_status status = st_verify_next(verify, books->payslips, &books->has_payslip);
    return status == ST_OK ? st_verify_next(verify, books->lines, &books->has_line) : status;
}

static enum st_status check_run(struct books *books) {
    enum st_status status = begin_run(books);
    while (status == ST_OK && (books->has_payslip || books->has_line)) {
        bool is_stray = books->has_line &&
                        (!books->has_payslip ||
                         strcmp(st_column_text(books->lines, L_PERSON),
                                st_column_text(books->payslips, P_PERSON)) < 0);
        status = is_stray ? take_stray_lines(books) : take_payslip(books);
    }
    return status == ST_OK ? check_totals(books) : status;
}

enum st_status st_verify_books(struct st_verify *verify) {
    struct books books = {.verify = verify};
    bool found = false;
    enum st_status status = st_verify_query(verify, &books.run, runs_sql, verify->first_entry);
    if (status == ST_OK)
        status = st_verify_query(verify, &books.payslips, payslips_sql, 0);
    if (status == ST_OK)
        status = st_verify_query(verify, &books.lines, lines_sql, 0);
    if (status == ST_OK)
        status = st_verify_query(verify, &books.participant,
                                 "SELECT name, account, ifnull(language, 'nb') FROM participant"
                                 " WHERE entry < ?1 AND person_id = ?2 AND withdrawn = 0"
                                 " ORDER BY entry DESC LIMIT 1",
                                 0);
    while (status == ST_OK && (status = st_verify_next(verify, books.run, &found)) == ST_OK && found)
        status = check_run(&books);
    st_statement_finalize(&books.run);
    st_statement_finalize(&books.payslips);
    st_statement_finalize(&books.lines);
    st_statement_finalize(&books.participant);
    return status;
}
