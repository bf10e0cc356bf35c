/* SPDX-License-Identifier: MIT */
/* verify_books.c - the books of every run, added up again: lines to payslips, corrections and claims
 * against the lines they tell of, payslips to the run. The rows come from verify_payslips.c, person
 * by person, so that nothing grows.
 */
#include "db/verify_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is read -------------------------------------------------------------------------- */

/* The tables' columns, in their order. */
enum { P_RUN, P_PERSON, P_NAME, P_MONTH, P_STATE, P_HELD_REASON, P_TAX_BASIS, P_BENEFIT, P_OFFSETS,
       P_WORK, P_ABSENCE, P_CORRECTIONS, P_RECOVERY, P_TAXABLE, P_TAX, P_NET, P_ACCOUNT, P_ID,
       P_LANGUAGE };
enum { L_RUN, L_PERSON, L_LINE, L_KIND, L_MONTH, L_FROM_DATE, L_TO_DATE, L_QUANTITY, L_UNIT, L_RATE,
       L_EXACT, L_AMOUNT, L_FROM, L_TO, L_CUT };
enum { K_RUN, K_PERSON, K_MONTH, K_PAID, K_DUE, K_DIFFERENCE, K_CAUSE, K_CAUSE_ENTRY };
enum { C_PERSON, C_RUN, C_NUMBER, C_KIND, C_DECIDED, C_AMOUNT };
enum { F_RUN, F_PERSON, F_NUMBER };

enum { R_RUN, R_MONTH, R_PAYDAY, R_PERSONS, R_HELD, R_PAYMENTS, R_FINDINGS, R_CORRECTED, R_BENEFIT,
       R_TAXABLE, R_TAX, R_NET, R_CORRECTIONS, R_RECOVERY, R_CLAIMS, R_TOWN, R_ENTRY };
static const char run_sql[] =
    "SELECT run, month, payday, person_count, held_count, payment_count, finding_count,"
    " corrected_count, benefit_ore, taxable_ore, tax_ore, net_ore, corrections_ore, recovery_ore,"
    " claims_ore, (SELECT organisation_number FROM municipality"
    " AS m WHERE m.entry < r.entry ORDER BY m.entry DESC LIMIT 1), entry"
    " FROM run AS r WHERE run = ?";

/* The register as of the entry before the run: of each person the row that counts first. */
static const char participants_sql[] =
    "SELECT person_id, name, account, ifnull(language, 'nb') FROM participant"
    " WHERE entry < ? AND withdrawn = 0 ORDER BY person_id, entry DESC";

/* Sums of what a damaged ledger may hold: past 64 bits they stay wrong, and say so. */
struct sum {
    int64_t ore;
};
static void add(struct sum *sum, int64_t ore) {
    if (__builtin_add_overflow(sum->ore, ore, &sum->ore))
        sum->ore = INT64_MAX;
}
static int64_t negative(int64_t ore) { return ore == INT64_MIN ? INT64_MAX : -ore; }

/* The columns of a payslip that lines make, P_BENEFIT first; then tax. */
enum { COLUMN_COUNT = P_RECOVERY - P_BENEFIT + 1, TAX_COLUMN = COLUMN_COUNT, NO_COLUMN };

/* What a movement of claims is called in table claim, and the kind of line that says so too. */
enum { MOVEMENT_KIND_COUNT = 5 };
static const struct {
    const char *name;
    enum st_line_kind line;
} movement_kinds[MOVEMENT_KIND_COUNT] = {{"arisen", ST_LINE_CLAIM},
                                         {"recovered", ST_LINE_RECOVERY},
                                         {"refunded", ST_LINE_REFUND_CLAIM},
                                         {"written_off", ST_LINE_WRITTEN_OFF},
                                         {"agency", ST_LINE_REFUND}};
enum { ARISEN = 0 };

/* Of an earlier month, what the lines say was put right. */
struct corrected_month {
    char month[ST_MONTH_TEXT_SIZE];
    int64_t line; /* the first */
    struct sum difference;
    bool has_row;
};

/* Exact numbers come again and again: what was found out about one is kept for the next. */
enum { CACHE_SIZE = 1024, FRACTION_SIZE = 44 };
struct cached_fraction {
    char text[FRACTION_SIZE];
    bool is_fraction, is_rounded;
    int64_t rounded_ore;
};

struct st_books {
    struct st_verify *verify;
    sqlite3_stmt *run, *participants;
    bool has_participant;
    /* of the run */
    int64_t number, person_count, held_count, payment_count, finding_count, corrected_count;
    struct sum benefit, taxable, tax, net, corrections, recovery, claims;
    /* of the person */
    const char *person_id;
    sqlite3_stmt *payslip; /* NULL: none */
    bool is_held;
    int64_t line_count, first_line, last_line, last_finding, correction_count, claim_count;
    char first_correction[ST_VERIFY_KEY_SIZE], first_claim[ST_VERIFY_KEY_SIZE];
    struct sum columns[COLUMN_COUNT + 1], balance, paid, held;
    struct sum lines_of_claims[MOVEMENT_KIND_COUNT], movements[MOVEMENT_KIND_COUNT];
    int64_t line_of_claims[MOVEMENT_KIND_COUNT]; /* the last of that kind */
    struct corrected_month *months;
    size_t month_count, month_room;
    struct cached_fraction fractions[CACHE_SIZE];
};

/* ---- opening ------------------------------------------------------------------------------- */

/* Without a register nothing is said of the persons; that it cannot be read is told elsewhere. */
enum st_status st_books_new(struct st_verify *verify, struct st_books **out) {
    struct st_books *books = calloc(1, sizeof *books);
    if (books == NULL)
        return st_db_fail_memory(verify->error);
    *out = books;
    books->verify = verify;
    enum st_status status = st_verify_query(verify, &books->participants, participants_sql, 0);
    if (status == ST_DAMAGED)
        st_statement_finalize(&books->participants);
    else if (status != ST_OK)
        return status;
    return st_verify_query(verify, &books->run, run_sql, 0);
}

void st_books_free(struct st_books *books) {
    if (books == NULL)
        return;
    st_statement_finalize(&books->run);
    st_statement_finalize(&books->participants);
    free(books->months);
    free(books);
}

/* ---- lines --------------------------------------------------------------------------------- */

/* Where a line of each kind moves money, and what it counts in. NULL: a correction, which goes
 * either way between the person and `other`. */
#define CORRECTION {NULL, NULL, "benefit", P_CORRECTIONS - P_BENEFIT}
static const struct line_kind {
    const char *from, *to, *other;
    int column;
} line_kinds[ST_LINE_KIND_COUNT] = {
    [ST_LINE_BENEFIT] = {"benefit", "person", NULL, P_BENEFIT - P_BENEFIT},
    [ST_LINE_OFFSET] = {"person", "benefit", NULL, P_OFFSETS - P_BENEFIT},
    [ST_LINE_WORK] = {"person", "benefit", NULL, P_WORK - P_BENEFIT},
    [ST_LINE_ABSENCE_DAYS] = {"person", "benefit", NULL, P_ABSENCE - P_BENEFIT},
    [ST_LINE_ABSENCE_HOURS] = {"person", "benefit", NULL, P_ABSENCE - P_BENEFIT},
    [ST_LINE_ABSENCE_MONTH] = {"person", "benefit", NULL, P_ABSENCE - P_BENEFIT},
    [ST_LINE_CORRECTION_BENEFIT] = CORRECTION,
    [ST_LINE_CORRECTION_OFFSET] = CORRECTION,
    [ST_LINE_CORRECTION_WORK] = CORRECTION,
    [ST_LINE_CORRECTION_ABSENCE_DAYS] = CORRECTION,
    [ST_LINE_CORRECTION_ABSENCE_HOURS] = CORRECTION,
    [ST_LINE_CORRECTION_ABSENCE_MONTH] = CORRECTION,
    [ST_LINE_REFUND] = {"agency", "person", NULL, P_CORRECTIONS - P_BENEFIT},
    [ST_LINE_CLAIM] = {"claim", "person", NULL, P_CORRECTIONS - P_BENEFIT},
    [ST_LINE_RECOVERY] = {"person", "claim", NULL, P_RECOVERY - P_BENEFIT},
    [ST_LINE_REFUND_CLAIM] = {"agency", "claim", NULL, NO_COLUMN},
    [ST_LINE_WRITTEN_OFF] = {"benefit", "claim", NULL, NO_COLUMN},
    [ST_LINE_TAX] = {"person", "tax", NULL, TAX_COLUMN},
    [ST_LINE_EXTRA_TAX] = {"person", "tax", NULL, TAX_COLUMN},
    [ST_LINE_JANUARY_TAX] = {NULL, NULL, "tax", TAX_COLUMN},
    [ST_LINE_HELD] = {"person", "benefit", NULL, NO_COLUMN},
    [ST_LINE_PAYMENT] = {"person", "bank", NULL, NO_COLUMN},
};

static enum st_line_kind kind_of(const char *name) {
    unsigned kind = 0;
    while (kind < ST_LINE_KIND_COUNT &&
           strcmp(st_line_kind_name((enum st_line_kind)kind), name) != 0)
        kind++;
    return (enum st_line_kind)kind;
}

static bool is_correction(enum st_line_kind kind) {
    return kind >= ST_LINE_CORRECTION_BENEFIT && kind <= ST_LINE_CORRECTION_ABSENCE_MONTH;
}

static void line_key(const struct st_books *books, int64_t line, char key[ST_VERIFY_KEY_SIZE]) {
    key[0] = '\0';
    st_verify_add_key(key, "run %" PRId64 ", person_id %.60s, line %" PRId64, books->number,
                      books->person_id, line);
}

static enum st_status tell_line(struct st_books *books, sqlite3_stmt *line,
                                enum st_verify_code code, const char *field, const char *expected,
                                const char *found) {
    char key[ST_VERIFY_KEY_SIZE];
    line_key(books, sqlite3_column_int64(line, L_LINE), key);
    const struct st_verify_row row = {.table = "line",
                                      .row = key,
                                      .field = field,
                                      .expected = expected,
                                      .found = found,
                                      .has_amount = true,
                                      .amount = {sqlite3_column_int64(line, L_AMOUNT)}};
    return st_verify_tell(books->verify, code, &row);
}

/* A correction has the person on one side and the other account on the other. */
static enum st_status check_either_way(struct st_books *books, sqlite3_stmt *line,
                                       const char *other) {
    const char *from = st_column_text(line, L_FROM), *to = st_column_text(line, L_TO);
    bool is_from = strcmp(from, "person") == 0;
    if (is_from ? strcmp(to, other) == 0 : strcmp(from, other) == 0 && strcmp(to, "person") == 0)
        return ST_OK;
    if (is_from || strcmp(from, other) == 0)
        return tell_line(books, line, ST_VERIFY_TRANSFER, "to_account", is_from ? other : "person",
                         to);
    return tell_line(books, line, ST_VERIFY_TRANSFER, "from_account", "the person, or where it goes",
                     from);
}

static enum st_status check_transfer(struct st_books *books, sqlite3_stmt *line,
                                     enum st_line_kind kind) {
    const char *from = st_column_text(line, L_FROM), *to = st_column_text(line, L_TO);
    enum st_status status = ST_OK;
    if ((unsigned)kind >= ST_LINE_KIND_COUNT)
        return tell_line(books, line, ST_VERIFY_TRANSFER, "kind", "a kind of line",
                         st_column_text(line, L_KIND));
    const struct line_kind *of_kind = &line_kinds[kind];
    if (of_kind->from == NULL)
        status = check_either_way(books, line, of_kind->other);
    else if (strcmp(from, of_kind->from) != 0)
        status = tell_line(books, line, ST_VERIFY_TRANSFER, "from_account", of_kind->from, from);
    if (status == ST_OK && of_kind->to != NULL && strcmp(to, of_kind->to) != 0)
        status = tell_line(books, line, ST_VERIFY_TRANSFER, "to_account", of_kind->to, to);
    if (status == ST_OK && sqlite3_column_int64(line, L_AMOUNT) < 0)
        status = tell_line(books, line, ST_VERIFY_TRANSFER, "amount_ore", "0 or more",
                           st_column_text(line, L_AMOUNT));
    return status;
}

/* ---- exact numbers ------------------------------------------------------------------------- */

/* Digits without a zero in front, at *text, which goes on past them. */
static bool read_digits(const char **text, uint64_t *number) {
    const char *begin = *text;
    for (*number = 0; **text >= '0' && **text <= '9'; ++*text)
        if (__builtin_mul_overflow(*number, 10U, number) ||
            __builtin_add_overflow(*number, (uint64_t)(**text - '0'), number))
            return false;
    return *text > begin && (*begin != '0' || *text == begin + 1);
}

/* An exact number is written in one way only: reduced, without anything around it. */
static bool read_fraction(const char *text, st_fraction *out) {
    uint64_t top, bottom;
    bool is_negative = *text == '-';
    text += is_negative;
    if (!read_digits(&text, &top) || *text++ != '/' || !read_digits(&text, &bottom) ||
        *text != '\0' || top > INT64_MAX || bottom > INT64_MAX || bottom == 0 ||
        (is_negative && top == 0) ||
        !st_fraction_make(is_negative ? -(int64_t)top : (int64_t)top, (int64_t)bottom, out))
        return false;
    return out->denominator == (int64_t)bottom;
}

static struct cached_fraction find_out(const char *text) {
    struct cached_fraction found = {.is_fraction = false};
    st_fraction number;
    st_amount rounded;
    found.is_fraction = read_fraction(text, &number);
    if (found.is_fraction && st_round_to_ore(number, &rounded)) {
        found.is_rounded = true;
        found.rounded_ore = rounded.ore;
    }
    return found;
}

static struct cached_fraction look_up(struct st_books *books, const char *text) {
    uint32_t place = 0;
    size_t size = 0;
    for (; text[size] != '\0' && size < FRACTION_SIZE; size++)
        place = place * 31 + (unsigned char)text[size];
    if (size == 0 || size == FRACTION_SIZE)
        return find_out(text);
    struct cached_fraction *cached = &books->fractions[(place ^ place >> 10) % CACHE_SIZE];
    if (strcmp(cached->text, text) != 0) {
        *cached = find_out(text);
        memcpy(cached->text, text, size + 1);
    }
    return *cached;
}

static enum st_status check_rounding(struct st_books *books, sqlite3_stmt *line,
                                     enum st_line_kind kind) {
    static const struct {
        int column;
        const char *name;
    } numbers[] = {{L_QUANTITY, "quantity"}, {L_RATE, "rate"}, {L_EXACT, "exact"}};
    struct cached_fraction number = {.is_fraction = false};
    char expected[40];
    for (size_t i = 0; i < ST_COUNT_OF(numbers); i++) {
        const char *text = st_column_text(line, numbers[i].column);
        number = look_up(books, text);
        if (!number.is_fraction)
            return tell_line(books, line, ST_VERIFY_ROUNDING, numbers[i].name,
                             "numerator/denominator, reduced", text);
    }
    if ((unsigned)kind >= ST_LINE_KIND_COUNT)
        return ST_OK;
    int64_t amount = sqlite3_column_int64(line, L_AMOUNT);
    bool is_cut = sqlite3_column_int(line, L_CUT) != 0;
    if (number.is_rounded && (is_cut ? amount < number.rounded_ore : amount == number.rounded_ore))
        return ST_OK;
    (void)snprintf(expected, sizeof expected, "%s%" PRId64, is_cut ? "less than " : "",
                   number.rounded_ore);
    return tell_line(books, line, ST_VERIFY_ROUNDING, "amount_ore", expected,
                     st_column_text(line, L_AMOUNT));
}

/* ---- what lines come to -------------------------------------------------------------------- */

static struct corrected_month *find_month(struct st_books *books, const char *month) {
    for (size_t i = books->month_count; i > 0; i--)
        if (strcmp(books->months[i - 1].month, month) == 0)
            return &books->months[i - 1];
    return NULL;
}

static enum st_status add_correction(struct st_books *books, const char *month, int64_t line,
                                     int64_t moved) {
    struct corrected_month *found = find_month(books, month);
    if (found == NULL && books->month_count == books->month_room) {
        size_t room = 2 * books->month_room + 16;
        struct corrected_month *larger = realloc(books->months, room * sizeof *larger);
        if (larger == NULL)
            return st_db_fail_memory(books->verify->error);
        books->months = larger;
        books->month_room = room;
    }
    if (found == NULL) {
        found = &books->months[books->month_count++];
        *found = (struct corrected_month){.line = line};
        (void)snprintf(found->month, sizeof found->month, "%s", month);
    }
    add(&found->difference, moved);
    return ST_OK;
}

static enum st_status book_line(struct st_books *books, sqlite3_stmt *line,
                                enum st_line_kind kind) {
    int64_t amount = sqlite3_column_int64(line, L_AMOUNT), moved = 0;
    if (strcmp(st_column_text(line, L_TO), "person") == 0)
        moved = amount;
    else if (strcmp(st_column_text(line, L_FROM), "person") == 0)
        moved = negative(amount);
    add(&books->balance, moved);
    if ((unsigned)kind >= ST_LINE_KIND_COUNT)
        return ST_OK;
    if (kind == ST_LINE_PAYMENT)
        add(&books->paid, amount);
    else if (kind == ST_LINE_HELD)
        add(&books->held, amount);
    else if (line_kinds[kind].column != NO_COLUMN)
        add(&books->columns[line_kinds[kind].column],
            line_kinds[kind].column == TAX_COLUMN ? negative(moved) : moved);
    for (int i = 0; i < MOVEMENT_KIND_COUNT; i++)
        if (movement_kinds[i].line == kind) {
            add(&books->lines_of_claims[i], amount);
            books->line_of_claims[i] = sqlite3_column_int64(line, L_LINE);
        }
    return is_correction(kind) ? add_correction(books, st_column_text(line, L_MONTH),
                                                sqlite3_column_int64(line, L_LINE), moved)
                               : ST_OK;
}

/* Lines are 1, 2, 3 ... and of the payslip's month; only a correction is about an earlier one. */
static enum st_status check_place(struct st_books *books, sqlite3_stmt *line,
                                  enum st_line_kind kind) {
    char number[24];
    const char *month = st_column_text(line, L_MONTH);
    const char *of_run = st_column_text(books->run, R_MONTH);
    int64_t place = sqlite3_column_int64(line, L_LINE);
    enum st_status status = ST_OK;
    (void)snprintf(number, sizeof number, "%" PRId64, books->last_line + 1);
    if (place != books->last_line + 1)
        status = tell_line(books, line, ST_VERIFY_COLUMN, "line", number,
                           st_column_text(line, L_LINE));
    books->last_line = place == INT64_MAX ? 0 : place;
    int order = strcmp(month, of_run);
    if (status == ST_OK && (is_correction(kind) ? order >= 0 : order != 0))
        status = tell_line(books, line, ST_VERIFY_TRANSFER, "month",
                           is_correction(kind) ? "an earlier month than the run's" : of_run, month);
    return status;
}

static enum st_status take_line(struct st_books *books, sqlite3_stmt *line) {
    enum st_line_kind kind = kind_of(st_column_text(line, L_KIND));
    if (books->line_count++ == 0)
        books->first_line = sqlite3_column_int64(line, L_LINE);
    books->verify->summary->line_count++;
    enum st_status status = check_place(books, line, kind);
    if (status == ST_OK)
        status = check_transfer(books, line, kind);
    if (status == ST_OK)
        status = check_rounding(books, line, kind);
    return status == ST_OK ? book_line(books, line, kind) : status;
}

/* ---- corrections (R11) --------------------------------------------------------------------- */

static void correction_key(const struct st_books *books, const char *month,
                           char key[ST_VERIFY_KEY_SIZE]) {
    key[0] = '\0';
    st_verify_add_key(key, "run %" PRId64 ", person_id %.60s, month %.20s", books->number,
                      books->person_id, month);
}

static enum st_status take_correction(struct st_books *books, sqlite3_stmt *row) {
    struct st_verify *verify = books->verify;
    const char *month = st_column_text(row, K_MONTH);
    struct corrected_month *lines = find_month(books, month);
    char key[ST_VERIFY_KEY_SIZE];
    int64_t difference = sqlite3_column_int64(row, K_DIFFERENCE), owed = 0;
    struct st_verify_row told = {.table = "correction", .row = key, .field = "difference_ore"};
    correction_key(books, month, key);
    if (books->correction_count++ == 0)
        memcpy(books->first_correction, key, sizeof key);
    enum st_status status = st_verify_same_number(
        verify, ST_VERIFY_CORRECTION, &told, lines == NULL ? 0 : lines->difference.ore, difference,
        true);
    if (lines != NULL)
        lines->has_row = true;
    if (__builtin_sub_overflow(sqlite3_column_int64(row, K_DUE), difference, &owed))
        owed = INT64_MAX;
    told.field = "paid_ore";
    if (status == ST_OK)
        status = st_verify_same_number(verify, ST_VERIFY_CORRECTION, &told, owed,
                                       sqlite3_column_int64(row, K_PAID), true);
    int64_t cause = sqlite3_column_int64(row, K_CAUSE_ENTRY);
    told.field = "cause_entry";
    told.expected = "an entry before the run's, or 0";
    told.found = st_verify_value(row, K_CAUSE_ENTRY);
    if (status == ST_OK && (cause < 0 || cause >= sqlite3_column_int64(books->run, R_ENTRY)))
        status = st_verify_tell(verify, ST_VERIFY_REFERENCE, &told);
    return status;
}

/* Every month that lines put right has its row. */
static enum st_status check_corrections(struct st_books *books) {
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < books->month_count; i++) {
        const struct corrected_month *month = &books->months[i];
        char key[ST_VERIFY_KEY_SIZE];
        if (month->has_row)
            continue;
        line_key(books, month->line, key);
        const struct st_verify_row told = {.table = "line",
                                           .row = key,
                                           .field = "month",
                                           .expected = "a row of correction",
                                           .found = "no such row",
                                           .has_amount = true,
                                           .amount = {month->difference.ore}};
        status = st_verify_tell(books->verify, ST_VERIFY_CORRECTION, &told);
    }
    return status;
}

/* ---- claims (R12) -------------------------------------------------------------------------- */

static enum st_status take_claim(struct st_books *books, sqlite3_stmt *row) {
    const char *kind = st_column_text(row, C_KIND);
    if (books->claim_count++ == 0) {
        books->first_claim[0] = '\0';
        st_verify_add_key(books->first_claim, "person_id %.60s, run %" PRId64 ", number %.20s",
                          books->person_id, books->number, st_column_text(row, C_NUMBER));
    }
    for (int i = 0; i < MOVEMENT_KIND_COUNT; i++)
        if (strcmp(movement_kinds[i].name, kind) == 0)
            add(&books->movements[i], sqlite3_column_int64(row, C_AMOUNT));
    return ST_OK; /* a kind that is none is told of by verify_claims.c */
}

/* The movements against the lines of the payslip, kind by kind; a payslip held back books none. */
static enum st_status check_claims(struct st_books *books) {
    bool is_booked = books->payslip != NULL && !books->is_held;
    enum st_status status = ST_OK;
    char key[ST_VERIFY_KEY_SIZE] = "";
    st_verify_add_key(key, "person_id %.60s, run %" PRId64, books->person_id, books->number);
    for (int i = 0; status == ST_OK && i < MOVEMENT_KIND_COUNT; i++) {
        char line[ST_VERIFY_KEY_SIZE];
        int64_t lines = is_booked ? books->lines_of_claims[i].ore : 0;
        struct st_verify_row row = {
            .table = "claim", .row = key, .field = movement_kinds[i].name};
        if (books->claim_count == 0 && lines != 0) {
            line_key(books, books->line_of_claims[i], line);
            row.table = "line";
            row.row = line;
            row.field = "kind";
        }
        status = st_verify_same_number(books->verify, ST_VERIFY_CLAIM, &row, lines,
                                       books->movements[i].ore, true);
    }
    return status;
}

/* ---- findings ------------------------------------------------------------------------------ */

/* Of a person: 1, 2, 3 ... */
static enum st_status take_finding(struct st_books *books, sqlite3_stmt *row) {
    char key[ST_VERIFY_KEY_SIZE] = "";
    int64_t number = sqlite3_column_int64(row, F_NUMBER), expected = books->last_finding + 1;
    books->finding_count++;
    books->last_finding = number == INT64_MAX ? 0 : number;
    st_verify_add_key(key, "run %" PRId64 ", person_id %.60s, number %" PRId64, books->number,
                      books->person_id, number);
    const struct st_verify_row told = {.table = "finding", .row = key, .field = "number"};
    return st_verify_same_number(books->verify, ST_VERIFY_TOTAL, &told, expected, number, false);
}

/* ---- payslips ------------------------------------------------------------------------------ */

static enum st_status same_amount(struct st_books *books, enum st_verify_code code, const char *key,
                                  const char *field, int64_t expected, int64_t found) {
    const struct st_verify_row row = {.table = "payslip", .row = key, .field = field};
    return st_verify_same_number(books->verify, code, &row, expected, found, true);
}

static enum st_status check_columns(struct st_books *books, const char *key) {
    static const char *const names[] = {"benefit_ore", "offsets_ore",     "work_ore",
                                        "absence_ore", "corrections_ore", "recovery_ore"};
    sqlite3_stmt *payslip = books->payslip;
    enum st_status status = ST_OK;
    struct sum taxable = {0}, net = {sqlite3_column_int64(payslip, P_TAXABLE)};
    for (int i = 0; status == ST_OK && i < COLUMN_COUNT; i++) {
        int64_t found = sqlite3_column_int64(payslip, P_BENEFIT + i);
        add(&taxable, found);
        status = same_amount(books, ST_VERIFY_COLUMN, key, names[i], books->columns[i].ore, found);
    }
    int64_t tax = sqlite3_column_int64(payslip, P_TAX);
    if (status == ST_OK)
        status = same_amount(books, ST_VERIFY_COLUMN, key, "tax_ore",
                             books->columns[TAX_COLUMN].ore, tax);
    if (status == ST_OK)
        status = same_amount(books, ST_VERIFY_COLUMN, key, "taxable_ore", taxable.ore, net.ore);
    add(&net, negative(tax));
    if (status == ST_OK)
        status = same_amount(books, ST_VERIFY_COLUMN, key, "net_ore", net.ore,
                             sqlite3_column_int64(payslip, P_NET));
    return status;
}

/* What is due is paid, what is held is given back; and the person is left with nothing booked. */
static enum st_status check_balance(struct st_books *books, const char *key) {
    sqlite3_stmt *payslip = books->payslip;
    int64_t net = sqlite3_column_int64(payslip, P_NET);
    bool is_held = books->is_held;
    enum st_status status = same_amount(books, ST_VERIFY_BALANCE, key, "", 0, books->balance.ore);
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
static enum st_status check_payment_id(struct st_books *books, const char *key) {
    sqlite3_stmt *payslip = books->payslip;
    int64_t net = sqlite3_column_int64(payslip, P_NET);
    const char *day = st_column_text(books->run, R_PAYDAY);
    bool is_paid = strcmp(st_column_text(payslip, P_STATE), "due") == 0 && net > 0;
    char id[100] = "";
    books->payment_count += is_paid;
    if (is_paid && strlen(day) == 10)
        (void)snprintf(id, sizeof id, "%.20s-%.4s%.2s%.2s-%" PRId64 "-%07" PRId64,
                       st_column_text(books->run, R_TOWN), day, day + 5, day + 8, books->number,
                       books->payment_count);
    const struct st_verify_row row = {.table = "payslip",
                                      .row = key,
                                      .field = "end_to_end_id",
                                      .has_amount = true,
                                      .amount = {net}};
    return st_verify_same_text(books->verify, ST_VERIFY_PAYMENT_ID, &row, id,
                               st_column_text(payslip, P_ID));
}

/* The register's row as of the entry before the run: an account changed afterwards shows here. Both
 * walks are in person order. */
static enum st_status find_participant(struct st_books *books, bool *found) {
    enum st_status status = ST_OK;
    int order = -1;
    while (status == ST_OK && books->has_participant &&
           (order = strcmp(st_column_text(books->participants, 0), books->person_id)) < 0)
        status = st_verify_next(books->verify, books->participants, &books->has_participant);
    *found = books->has_participant && order == 0;
    return status;
}

static enum st_status check_person(struct st_books *books, const char *key) {
    static const struct {
        int of_payslip, of_register;
        const char *name;
    } fields[] = {{P_NAME, 1, "name"}, {P_ACCOUNT, 2, "account"}, {P_LANGUAGE, 3, "language"}};
    struct st_verify *verify = books->verify;
    bool found = false;
    if (books->participants == NULL)
        return ST_OK;
    enum st_status status = find_participant(books, &found);
    struct st_verify_row row = {.table = "payslip",
                                .row = key,
                                .field = "person_id",
                                .expected = "a participant in the register",
                                .found = books->person_id,
                                .has_amount = true,
                                .amount = {sqlite3_column_int64(books->payslip, P_NET)}};
    if (status == ST_OK && !found)
        return st_verify_tell(verify, ST_VERIFY_PERSON, &row);
    for (size_t i = 0; status == ST_OK && i < ST_COUNT_OF(fields); i++) {
        row.field = fields[i].name;
        status = st_verify_same_text(verify, ST_VERIFY_PERSON, &row,
                                     st_column_text(books->participants, fields[i].of_register),
                                     st_column_text(books->payslip, fields[i].of_payslip));
    }
    return status;
}

static void add_to_run(struct st_books *books) {
    sqlite3_stmt *payslip = books->payslip;
    books->person_count++;
    books->held_count += books->is_held;
    books->corrected_count += books->correction_count > 0;
    books->verify->summary->payslip_count++;
    add(&books->benefit, sqlite3_column_int64(payslip, P_BENEFIT));
    add(&books->taxable, sqlite3_column_int64(payslip, P_TAXABLE));
    add(&books->corrections, sqlite3_column_int64(payslip, P_CORRECTIONS));
    add(&books->recovery, sqlite3_column_int64(payslip, P_RECOVERY));
    add(&books->claims, books->movements[ARISEN].ore);
    if (books->is_held)
        return;
    add(&books->tax, sqlite3_column_int64(payslip, P_TAX));
    add(&books->net, sqlite3_column_int64(payslip, P_NET));
}

/* ---- one person ---------------------------------------------------------------------------- */

void st_books_begin_person(struct st_books *books, const char *person_id) {
    books->person_id = person_id;
    books->payslip = NULL;
    books->is_held = false;
    books->line_count = books->first_line = books->last_line = books->last_finding = 0;
    books->correction_count = books->claim_count = 0;
    books->month_count = 0;
    memset(books->columns, 0, sizeof books->columns);
    memset(books->lines_of_claims, 0, sizeof books->lines_of_claims);
    memset(books->movements, 0, sizeof books->movements);
    books->balance = books->paid = books->held = (struct sum){0};
}

void st_books_payslip(struct st_books *books, sqlite3_stmt *payslip) {
    books->payslip = payslip;
    books->is_held = strcmp(st_column_text(payslip, P_STATE), "held") == 0;
}

enum st_status st_books_row(struct st_books *books, enum st_table table, sqlite3_stmt *row) {
    switch ((unsigned)table) {
    case ST_TABLE_LINE:
        return take_line(books, row);
    case ST_TABLE_CORRECTION:
        return take_correction(books, row);
    case ST_TABLE_CLAIM:
        return take_claim(books, row);
    default:
        assert(table == ST_TABLE_FINDING);
        return take_finding(books, row);
    }
}

/* Rows of a person who has no payslip in the run, by the first: only findings may be such. */
static enum st_status tell_stray(struct st_books *books, const char *table, const char *key) {
    const struct st_verify_row row = {.table = table,
                                      .row = key,
                                      .field = "person_id",
                                      .expected = "a payslip of that person",
                                      .found = "no such payslip"};
    return st_verify_tell(books->verify, ST_VERIFY_REFERENCE, &row);
}

static enum st_status end_stray(struct st_books *books) {
    char key[ST_VERIFY_KEY_SIZE] = "";
    enum st_status status = ST_OK;
    if (books->line_count > 0) {
        line_key(books, books->first_line, key);
        status = tell_stray(books, "line", key);
    }
    if (status == ST_OK && books->correction_count > 0)
        status = tell_stray(books, "correction", books->first_correction);
    if (status == ST_OK && books->claim_count > 0)
        status = tell_stray(books, "claim", books->first_claim);
    return status;
}

enum st_status st_books_end_person(struct st_books *books) {
    char key[ST_VERIFY_KEY_SIZE] = "";
    if (books->payslip == NULL)
        return end_stray(books);
    st_verify_add_key(key, "run %" PRId64 ", person_id %.60s", books->number, books->person_id);
    enum st_status status = check_columns(books, key);
    if (status == ST_OK)
        status = check_balance(books, key);
    if (status == ST_OK)
        status = check_payment_id(books, key);
    if (status == ST_OK)
        status = check_person(books, key);
    if (status == ST_OK)
        status = check_corrections(books);
    if (status == ST_OK)
        status = check_claims(books);
    add_to_run(books);
    return status;
}

/* ---- one run ------------------------------------------------------------------------------- */

static enum st_status begin_participants(struct st_books *books) {
    struct st_verify *verify = books->verify;
    if (books->participants == NULL)
        return ST_OK;
    (void)sqlite3_reset(books->participants);
    if (sqlite3_bind_int64(books->participants, 1, sqlite3_column_int64(books->run, R_ENTRY)) !=
        SQLITE_OK)
        return st_db_fail_sqlite(verify->ledger, verify->error);
    return st_verify_next(verify, books->participants, &books->has_participant);
}

enum st_status st_books_begin_run(struct st_books *books, int64_t run, bool *found) {
    struct st_verify *verify = books->verify;
    books->number = run;
    books->person_count = books->held_count = books->payment_count = books->finding_count =
        books->corrected_count = 0;
    books->benefit = books->taxable = books->tax = books->net = books->corrections =
        books->recovery = books->claims = (struct sum){0};
    (void)sqlite3_reset(books->run);
    if (sqlite3_bind_int64(books->run, 1, run) != SQLITE_OK)
        return st_db_fail_sqlite(verify->ledger, verify->error);
    enum st_status status = st_verify_next(verify, books->run, found);
    if (status != ST_OK || !*found)
        return status;
    verify->summary->run_count++;
    return begin_participants(books);
}

enum st_status st_books_end_run(struct st_books *books,
                                struct st_run_total totals[ST_RUN_TOTAL_COUNT]) {
    static const int columns[ST_RUN_TOTAL_COUNT] = {
        R_PERSONS, R_HELD, R_PAYMENTS, R_FINDINGS,    R_CORRECTED, R_BENEFIT,
        R_TAXABLE, R_TAX,  R_NET,      R_CORRECTIONS, R_RECOVERY,  R_CLAIMS};
    const struct st_run_total found[ST_RUN_TOTAL_COUNT] = {
        {"person_count", books->person_count},       {"held_count", books->held_count},
        {"payment_count", books->payment_count},     {"finding_count", books->finding_count},
        {"corrected_count", books->corrected_count}, {"benefit_ore", books->benefit.ore},
        {"taxable_ore", books->taxable.ore},         {"tax_ore", books->tax.ore},
        {"net_ore", books->net.ore},                 {"corrections_ore", books->corrections.ore},
        {"recovery_ore", books->recovery.ore},       {"claims_ore", books->claims.ore}};
    char key[40];
    enum st_status status = ST_OK;
    memcpy(totals, found, sizeof found);
    (void)snprintf(key, sizeof key, "run %" PRId64, books->number);
    for (int i = 0; status == ST_OK && i < ST_RUN_TOTAL_COUNT; i++) {
        const struct st_verify_row row = {.table = "run", .row = key, .field = found[i].column};
        status = st_verify_same_number(books->verify, ST_VERIFY_TOTAL, &row, found[i].number,
                                       sqlite3_column_int64(books->run, columns[i]),
                                       columns[i] >= R_BENEFIT);
    }
    return status;
}
