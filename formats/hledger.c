/* SPDX-License-Identifier: MIT */
/* hledger.c - the books of runs as a plain-text journal. See stonad/hledger.h.
 *
 * A line moves money from one account to another: the first is debited, the second credited, so
 * each line is a pair of postings and no transaction can fail to balance. The person's account is a
 * clearing account: what the lines leave on it after a payslip must be nothing. What a run recorded
 * as its totals is held against what its lines came to before the balances are written.
 */
#include "stonad/hledger.h"

#include "formats/amount_text.h"
#include "formats/output_error.h"
#include "stonad/output.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* The accounts of the journal. What is spent on benefit is split by the columns of a payslip. */
enum book { NO_BOOK, BANK, CLAIMS, AGENCIES, PARTICIPANTS, TAX, BENEFIT, OFFSETS, WORK, ABSENCE,
            CORRECTIONS, HELD, WRITTEN_OFF, BOOK_COUNT };
static const struct {
    const char *name;
    char type;         /* hledger's: cash, asset, liability, expense */
    bool is_by_person; /* has an account a person, when people are asked for */
} books_of[BOOK_COUNT] = {
    [BANK] = {"assets:bank", 'C', false},
    [CLAIMS] = {"assets:claims:overpaid", 'A', true},
    [AGENCIES] = {"assets:claims:agencies", 'A', true},
    [PARTICIPANTS] = {"liabilities:participants", 'L', true},
    [TAX] = {"liabilities:tax", 'L', false},
    [BENEFIT] = {"expenses:introduksjonsstønad:benefit", 'X', false},
    [OFFSETS] = {"expenses:introduksjonsstønad:offsets", 'X', false},
    [WORK] = {"expenses:introduksjonsstønad:work", 'X', false},
    [ABSENCE] = {"expenses:introduksjonsstønad:absence", 'X', false},
    [CORRECTIONS] = {"expenses:introduksjonsstønad:corrections", 'X', false},
    [HELD] = {"expenses:introduksjonsstønad:held", 'X', false},
    [WRITTEN_OFF] = {"expenses:introduksjonsstønad:written-off", 'X', false},
};

/* Where a line's "benefit" is booked, by its kind. All other kinds do not touch it. */
static const enum book benefit_books[ST_LINE_KIND_COUNT] = {
    [ST_LINE_BENEFIT] = BENEFIT,
    [ST_LINE_OFFSET] = OFFSETS,
    [ST_LINE_WORK] = WORK,
    [ST_LINE_ABSENCE_DAYS] = ABSENCE,
    [ST_LINE_ABSENCE_HOURS] = ABSENCE,
    [ST_LINE_ABSENCE_MONTH] = ABSENCE,
    [ST_LINE_CORRECTION_BENEFIT] = CORRECTIONS,
    [ST_LINE_CORRECTION_OFFSET] = CORRECTIONS,
    [ST_LINE_CORRECTION_WORK] = CORRECTIONS,
    [ST_LINE_CORRECTION_ABSENCE_DAYS] = CORRECTIONS,
    [ST_LINE_CORRECTION_ABSENCE_HOURS] = CORRECTIONS,
    [ST_LINE_CORRECTION_ABSENCE_MONTH] = CORRECTIONS,
    [ST_LINE_WRITTEN_OFF] = WRITTEN_OFF,
    [ST_LINE_HELD] = HELD,
};

enum { NAME_COLUMNS = 42, AMOUNT_COLUMNS = 18, PERSON_TEXT_SIZE = 16, TAGS_SIZE = 128 };

/* A debit is above zero, as in the journal. */
struct balances {
    st_amount of[BOOK_COUNT];
};

struct st_hledger {
    FILE *out;
    const struct st_hledger_scope *scope;
    int64_t transaction_count;
    struct balances all, run, payslip; /* of the journal, the run, the payslip */
    bool is_in_run;
    struct st_run_row row; /* its numbers; its texts have been written */
    char payday[ST_DATE_TEXT_SIZE], month[ST_MONTH_TEXT_SIZE];
    int64_t person_count, held_count; /* of the run */
    bool is_in_payslip, has_lines, is_held;
    char person[PERSON_TEXT_SIZE], code[ST_TEXT_MAX + 1];
    bool is_used[BOOK_COUNT]; /* by the payslip */
};

/* ---- text ---------------------------------------------------------------------------------- */

/* Text that came from people, into a comment: one line of UTF-8, whatever it was. */
static void put_text(FILE *out, const char *text) {
    while (*text != '\0') {
        utf8proc_int32_t c;
        utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c);
        if (size < 1)
            (void)fputc('?', out);
        else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
            (void)fputc(' ', out);
        else
            (void)fwrite(text, 1, (size_t)size, out);
        text += size < 1 ? 1 : size;
    }
}

/* A word that hledger reads: letters, digits, '.', '_' and '-'; cut when it does not fit. */
static void make_word(const char *text, char *word, size_t size) {
    size_t used = 0;
    for (; *text != '\0' && used + 1 < size; text++) {
        bool is_plain = (*text >= '0' && *text <= '9') || (*text >= 'A' && *text <= 'Z') ||
                        (*text >= 'a' && *text <= 'z') || strchr("._-", *text) != NULL;
        word[used++] = is_plain ? *text : '-';
    }
    word[used] = '\0';
}

static const char *mark_of(const struct st_run_row *run) {
    return run->state == ST_RUN_COMPUTED ? "!" : "*";
}

/* "    assets:bank      NOK -19481.17", without the end of the line. */
static void put_posting(struct st_hledger *books, enum book book, bool by_person,
                        st_amount amount) {
    char number[ST_AMOUNT_TEXT_SIZE], text[ST_AMOUNT_TEXT_SIZE + 4];
    const char *name = books_of[book].name;
    const char *person = by_person && books_of[book].is_by_person ? books->person : "";
    st_amount_for_machines(amount, number);
    (void)snprintf(text, sizeof text, "NOK %s", number);
    int missing = NAME_COLUMNS - st_text_columns(name) - (int)strlen(person) - (*person != '\0');
    (void)fprintf(books->out, "    %s%s%s%*s  %*s", name, *person == '\0' ? "" : ":", person,
                  missing > 0 ? missing : 0, "", AMOUNT_COLUMNS, text);
}

static void put_amount(FILE *out, const char *label, st_amount amount) {
    char text[ST_AMOUNT_TEXT_SIZE];
    st_amount_for_machines(amount, text);
    (void)fprintf(out, "%s %s", label, text);
}

/* ---- errors -------------------------------------------------------------------------------- */

static enum st_status check_stream(struct st_hledger *books, struct st_error *error) {
    if (ferror(books->out) == 0)
        return ST_OK;
    return st_output_fail(error, ST_IO, "output.write",
                          "The journal could not be written: %s; make room and export again.",
                          strerror(errno != 0 ? errno : EIO));
}

static enum st_status fail_payslip(const struct st_hledger *books, const char *what,
                                   struct st_error *error) {
    return st_output_fail(error, ST_DAMAGED, "books.payslip",
                          "Payslip %" PRId64 " of run %" PRId64
                          " %s; nothing was released, check the ledger with `stonad verify`.",
                          books->person_count, books->row.run, what);
}

static enum st_status fail_line(const struct st_hledger *books, const struct st_line_row *line,
                                const char *what, struct st_error *error) {
    return st_output_fail(error, ST_DAMAGED, "books.line",
                          "Line %" PRId64 " of payslip %" PRId64 " of run %" PRId64
                          " %s; nothing was released, check the ledger with `stonad verify`.",
                          line->line, books->person_count, books->row.run, what);
}

static enum st_status fail_overflow(const struct st_hledger *books, struct st_error *error) {
    return st_output_fail(error, ST_BAD_INPUT, "amount.overflow",
                          "The sums of run %" PRId64
                          " are too large to add up; check the ledger with `stonad verify`.",
                          books->row.run);
}

/* ---- the head ------------------------------------------------------------------------------ */

static void put_discarded(FILE *out, const struct st_hledger_scope *scope) {
    if (scope->discarded_count == 0)
        return;
    (void)fputs("; Left out, because discarded:", out);
    for (size_t i = 0; i < scope->discarded_count; i++)
        (void)fprintf(out, "%s run %" PRId64, i == 0 ? "" : ",", scope->discarded[i]);
    (void)fputs(".\n", out);
}

static void put_head(FILE *out, const struct st_hledger_scope *scope) {
    (void)fputs("; Books of introduksjonsstønad, ", out);
    put_text(out, scope->municipality->name);
    (void)fputs(", organisation number ", out);
    put_text(out, scope->municipality->organisation_number);
    if (scope->run != 0)
        (void)fprintf(out, ".\n; Run %" PRId64 " alone.\n", scope->run);
    else
        (void)fputs(".\n; Every run of the ledger that is not discarded.\n", out);
    put_discarded(out, scope);
    (void)fputs(
        "; One transaction a payslip, on the payday: ! computed and not yet approved, * approved."
        "\n; After each run the balance of every account, for `hledger check --strict`.\n",
        out);
    (void)fputs(scope->with_people
                    ? "; With numbers of persons: keep it as the payslips are kept.\n"
                    : "; Without names and numbers of persons; who has the ledger can tell them.\n",
                out);
    (void)fputs("\ndecimal-mark .\ncommodity NOK 1000.00\n\n", out);
    for (int i = BANK; i < BOOK_COUNT; i++)
        (void)fprintf(out, "account %s  ; type:%c\n", books_of[i].name, books_of[i].type);
}

enum st_status st_hledger_begin(FILE *out, const struct st_hledger_scope *scope,
                                struct st_hledger **books_out, struct st_error *error) {
    struct st_hledger *books = calloc(1, sizeof *books);
    *books_out = books;
    if (books == NULL)
        return st_output_out_of_memory(error);
    books->out = out;
    books->scope = scope;
    put_head(out, scope);
    return ST_OK;
}

/* ---- a run --------------------------------------------------------------------------------- */

static void put_run_comment(struct st_hledger *books, const struct st_run_row *run) {
    FILE *out = books->out;
    (void)fprintf(out, "\n; ---- run %" PRId64 ": %s, payday %s, %s\n", run->run, books->month,
                  books->payday, st_run_state_name(run->state));
    (void)fprintf(out, "; journal entry %" PRId64 ", computed ", run->journal_entry);
    put_text(out, run->time);
    (void)fputs(" by ", out);
    put_text(out, run->actor);
    if (run->approved_by[0] != '\0') {
        (void)fputs(", approved ", out);
        put_text(out, run->approved_at);
        (void)fputs(" by ", out);
        put_text(out, run->approved_by);
    }
    if (run->message_id[0] != '\0') {
        (void)fputs("\n; message id ", out);
        put_text(out, run->message_id);
    }
    (void)fprintf(out, "\n; persons %" PRId64 ", held %" PRId64 ", payments %" PRId64 ";",
                  run->person_count, run->held_count, run->payment_count);
    put_amount(out, " benefit", run->benefit);
    put_amount(out, ", taxable", run->taxable);
    put_amount(out, ", tax", run->tax);
    put_amount(out, ", net", run->net);
    (void)fputc('\n', out);
}

enum st_status st_hledger_run(struct st_hledger *books, const struct st_run_row *run,
                              struct st_error *error) {
    assert(!books->is_in_run);
    if (run->state == ST_RUN_DISCARDED)
        return st_output_fail(error, ST_REFUSED, "books.discarded",
                              "Run %" PRId64 " is discarded and belongs in no books; leave its"
                              " number out for all the others.",
                              run->run);
    books->row = *run;
    books->is_in_run = true;
    books->run = (struct balances){0};
    books->person_count = books->held_count = 0;
    st_date_format(run->payday, books->payday);
    st_month_format(run->month, books->month);
    put_run_comment(books, run);
    return check_stream(books, error);
}

/* ---- payslips ------------------------------------------------------------------------------ */

static bool book_amount(struct st_hledger *books, enum book book, st_amount amount) {
    st_amount *balance = &books->payslip.of[book];
    books->is_used[book] = true;
    return st_amount_add(*balance, amount, balance);
}

/* A payslip leaves nothing on the clearing account, and a held one moves nothing for good (R14):
 * what its lines spend, its last line gives back. */
static enum st_status check_payslip(const struct st_hledger *books, struct st_error *error) {
    static const enum book moved_by_due[] = {BANK, TAX, CLAIMS, AGENCIES};
    if (books->payslip.of[PARTICIPANTS].ore != 0)
        return fail_payslip(books, "does not balance", error);
    for (size_t i = 0; books->is_held && i < ST_COUNT_OF(moved_by_due); i++)
        if (books->payslip.of[moved_by_due[i]].ore != 0)
            return fail_payslip(books, "is held back and yet pays, withholds or claims", error);
    return ST_OK;
}

/* hledger takes a declaration after the use, and more than one of the same account. */
static void declare_person(struct st_hledger *books) {
    for (int i = BANK; i < BOOK_COUNT && books->scope->with_people; i++)
        if (books->is_used[i] && books_of[i].is_by_person)
            (void)fprintf(books->out, "account %s:%s\n", books_of[i].name, books->person);
}

static enum st_status end_payslip(struct st_hledger *books, struct st_error *error) {
    if (!books->is_in_payslip)
        return ST_OK;
    books->is_in_payslip = false;
    enum st_status status = check_payslip(books, error);
    if (status != ST_OK)
        return status;
    declare_person(books);
    for (int i = BANK; i < BOOK_COUNT; i++)
        if (!st_amount_add(books->run.of[i], books->payslip.of[i], &books->run.of[i]))
            return fail_overflow(books, error);
    return check_stream(books, error);
}

enum st_status st_hledger_payslip(struct st_hledger *books, const struct st_payslip_row *payslip,
                                  struct st_error *error) {
    assert(books->is_in_run);
    enum st_status status = end_payslip(books, error);
    if (status != ST_OK)
        return status;
    books->is_in_payslip = true;
    books->has_lines = false;
    books->is_held = payslip->state == ST_PAYSLIP_HELD;
    books->payslip = (struct balances){0};
    memset(books->is_used, 0, sizeof books->is_used);
    books->person_count++;
    books->held_count += books->is_held;
    make_word(books->scope->with_people ? payslip->person_id : "", books->person,
              sizeof books->person);
    make_word(payslip->end_to_end_id, books->code, sizeof books->code);
    return ST_OK;
}

static void put_transaction(struct st_hledger *books) {
    (void)fprintf(books->out, "\n%s %s ", books->payday, mark_of(&books->row));
    if (books->code[0] != '\0')
        (void)fprintf(books->out, "(%s) ", books->code);
    (void)fprintf(books->out,
                  "Introduksjonsstønad %s, run %" PRId64 ", payslip %" PRId64
                  "%s\n    ; run:%" PRId64 ", payslip:%" PRId64 ", state:%s\n",
                  books->month, books->row.run, books->person_count, books->is_held ? ", held" : "",
                  books->row.run, books->person_count, books->is_held ? "held" : "due");
    books->transaction_count++;
}

/* ---- lines --------------------------------------------------------------------------------- */

static enum st_line_kind kind_of(const char *name) {
    unsigned kind = 0;
    while (kind < ST_LINE_KIND_COUNT &&
           strcmp(st_line_kind_name((enum st_line_kind)kind), name) != 0)
        kind++;
    return (enum st_line_kind)kind;
}

/* The account of the journal for one of the ledger's; NO_BOOK when there is none. */
static enum book book_of(const char *account, enum st_line_kind kind) {
    static const enum book books[ST_ACCOUNT_COUNT] = {
        [ST_ACCOUNT_PERSON] = PARTICIPANTS, [ST_ACCOUNT_TAX] = TAX,
        [ST_ACCOUNT_BANK] = BANK,           [ST_ACCOUNT_CLAIM] = CLAIMS,
        [ST_ACCOUNT_AGENCY] = AGENCIES,
    };
    if (kind >= ST_LINE_KIND_COUNT)
        return NO_BOOK;
    if (strcmp(account, st_account_name(ST_ACCOUNT_BENEFIT)) == 0)
        return benefit_books[kind];
    for (int i = 0; i < ST_ACCOUNT_COUNT; i++)
        if (strcmp(account, st_account_name((enum st_account)i)) == 0)
            return books[i];
    return NO_BOOK;
}

/* What the line moves. A record's amount is as the person sees it: without its sign it is what
 * moves, but for a line between two other accounts, which the person does not see; the exact number
 * tells that, as no such line is ever cut. False when nothing does. */
static bool amount_moved(const struct st_line_row *line, bool touches_person, st_amount *out) {
    if (!touches_person)
        return !line->cut && st_round_to_ore(line->exact, out) && out->ore >= 0;
    *out = line->amount;
    return out->ore >= 0 || st_amount_subtract(ST_ZERO, line->amount, out);
}

/* The tags stand on what is not the clearing account: added up by `kind` they are then what `lines`
 * prints. */
static void put_side(struct st_hledger *books, enum book book, st_amount amount, const char *tags) {
    put_posting(books, book, true, amount);
    (void)fprintf(books->out, "%s\n", book == PARTICIPANTS ? "" : tags);
}

enum st_status st_hledger_line(struct st_hledger *books, const struct st_line_row *line,
                               struct st_error *error) {
    char tags[TAGS_SIZE], rule[16], month[ST_MONTH_TEXT_SIZE];
    enum st_line_kind kind = kind_of(line->kind);
    enum book from = book_of(line->from_account, kind), to = book_of(line->to_account, kind);
    st_amount amount, credit;
    assert(books->is_in_payslip);
    if (from == NO_BOOK || to == NO_BOOK || from == to)
        return fail_line(books, line, "has a kind or an account that stonad does not know", error);
    if (!amount_moved(line, from == PARTICIPANTS || to == PARTICIPANTS, &amount))
        return fail_line(books, line, "does not tell what it moves", error);
    if (!st_amount_subtract(ST_ZERO, amount, &credit) || !book_amount(books, from, amount) ||
        !book_amount(books, to, credit))
        return fail_overflow(books, error);
    if (!books->has_lines)
        put_transaction(books);
    books->has_lines = true;
    make_word(line->rule, rule, sizeof rule);
    st_month_format(line->month, month);
    (void)snprintf(tags, sizeof tags, "  ; kind:%s, month:%s, rule:%s", st_line_kind_name(kind),
                   month, rule);
    put_side(books, from, amount, tags);
    put_side(books, to, credit, tags);
    return check_stream(books, error);
}

/* ---- balances ------------------------------------------------------------------------------ */

/* The totals as the run recorded them, against its lines. What was taxable and neither withheld nor
 * paid is what held payslips give back. */
static enum st_status check_totals(const struct st_hledger *books, struct st_error *error) {
    const struct st_run_row *row = &books->row;
    st_amount tax, net, held;
    if (!st_amount_subtract(ST_ZERO, row->tax, &tax) ||
        !st_amount_subtract(ST_ZERO, row->net, &net) || !st_amount_add(tax, net, &held) ||
        !st_amount_add(row->taxable, held, &held) || !st_amount_subtract(ST_ZERO, held, &held))
        return fail_overflow(books, error);
    const struct {
        const char *name;
        st_amount recorded, booked;
    } totals[] = {
        {"persons", {row->person_count}, {books->person_count}},
        {"persons held", {row->held_count}, {books->held_count}},
        {"benefit", row->benefit, books->run.of[BENEFIT]},
        {"tax", tax, books->run.of[TAX]},
        {"net", net, books->run.of[BANK]},
        {"taxable", held, books->run.of[HELD]},
    };
    for (size_t i = 0; i < ST_COUNT_OF(totals); i++)
        if (st_amount_compare(totals[i].recorded, totals[i].booked) != 0)
            return st_output_fail(error, ST_DAMAGED, "books.total",
                                  "The payslips of run %" PRId64
                                  " do not come to the %s that the run"
                                  " recorded; nothing was released, check the ledger with"
                                  " `stonad verify`.",
                                  row->run, totals[i].name);
    return ST_OK;
}

static void put_balances(struct st_hledger *books) {
    char text[ST_AMOUNT_TEXT_SIZE];
    (void)fprintf(books->out,
                  "\n%s %s Introduksjonsstønad %s, run %" PRId64
                  ", balances after it\n    ; run:%" PRId64 "\n",
                  books->payday, mark_of(&books->row), books->month, books->row.run,
                  books->row.run);
    for (int i = BANK; i < BOOK_COUNT; i++) {
        st_amount_for_machines(books->all.of[i], text);
        put_posting(books, (enum book)i, false, ST_ZERO);
        (void)fprintf(books->out, " =* NOK %s\n", text);
    }
}

enum st_status st_hledger_run_end(struct st_hledger *books, struct st_error *error) {
    assert(books->is_in_run);
    enum st_status status = end_payslip(books, error);
    if (status == ST_OK)
        status = check_totals(books, error);
    if (status != ST_OK)
        return status;
    books->is_in_run = false;
    for (int i = BANK; i < BOOK_COUNT; i++)
        if (!st_amount_add(books->all.of[i], books->run.of[i], &books->all.of[i]))
            return fail_overflow(books, error);
    put_balances(books);
    return check_stream(books, error);
}

/* ---- the end ------------------------------------------------------------------------------- */

enum st_status st_hledger_finish(struct st_hledger *books, struct st_error *error) {
    assert(!books->is_in_run);
    if (books->transaction_count == 0)
        (void)fputs("\n; There is nothing to book.\n", books->out);
    (void)fflush(books->out);
    return check_stream(books, error);
}

int64_t st_hledger_transaction_count(const struct st_hledger *books) {
    return books->transaction_count;
}

void st_hledger_free(struct st_hledger *books) {
    free(books);
}
