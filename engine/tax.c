/* SPDX-License-Identifier: MIT */
/* tax.c - which card (R14), which period of the table (R15), what before Christmas (R16): the
 * withholding of one payment, or the reason why the person is held back.
 *
 * The payment date decides the income year and the month (SBL § 5-5, SBF ch. 5). Everything here is
 * whole kroner; the tables themselves are in withholding_table.c.
 */
#include "engine/calculator.h"
#include "stonad/calendar.h"
#include "stonad/withholding.h"

#include <assert.h>
#include <string.h>

enum { NEXT_DAY_FROM_YEAR = 2026 }; /* SBL § 10-10 as changed by LOV-2025-06-20-63 */

static int payment_year(const struct st_calculator *calculator) {
    return st_date_year(calculator->terms->payday);
}
static int payment_month(const struct st_calculator *calculator) {
    int year, month, day;
    st_date_split(calculator->terms->payday, &year, &month, &day);
    return month;
}

static int64_t fallback_percent_hundredths(const struct st_calculator *calculator) {
    const struct st_rule_set *rules = calculator->terms->rules;
    return 100 * (payment_year(calculator) <= 2024 ? rules->fallback_percent_until_2024
                                                   : rules->fallback_percent);
}

static const struct st_taxcard *own_card(const struct st_person_facts *facts, int year) {
    for (size_t i = 0; i < facts->taxcard_count; i++)
        if (facts->taxcards[i].year == year)
            return &facts->taxcards[i];
    return NULL;
}

static const struct st_authority_card *authority_card(const struct st_person_facts *facts,
                                                      int year) {
    for (size_t i = 0; i < facts->authority_card_count; i++)
        if (facts->authority_cards[i].year == year)
            return &facts->authority_cards[i];
    return NULL;
}

/* ---- R14: the card ---------------------------------------------------------------------------- */

/* Takes a table, percent or exemption card into use; false when it cannot be: a table that the payment
 * year does not have, or a card that lacks its figure. */
static bool use_card(const struct st_calculator *calculator, const struct st_taxcard *card,
                     struct withholding *out) {
    out->has_12_months = card->months_hundredths == 1200;
    switch (card->kind) {
    case ST_CARD_TABLE:
        out->citation = "skattebetalingsforskriften § 5-10-2";
        out->table = st_withholding_table_find(payment_year(calculator), card->table);
        out->method = METHOD_TABLE;
        if (out->table != NULL && st_withholding_table_is_12_months(out->table))
            out->has_12_months = true;
        return out->table != NULL;
    case ST_CARD_PERCENT:
        out->citation = "skattebetalingsforskriften § 5-10-3";
        out->method = METHOD_PERCENT;
        out->percent_hundredths = card->percent_hundredths;
        return card->percent_hundredths >= 0;
    case ST_CARD_EXEMPT:
        out->citation = "skattebetalingsforskriften § 5-3-2";
        out->method = METHOD_EXEMPT;
        out->exempt_is_limited = card->exempt_is_limited;
        out->exempt_amount = card->exempt_amount;
        out->percent_hundredths = fallback_percent_hundredths(calculator);
        return true;
    case ST_CARD_NOT_LIABLE:
        out->method = METHOD_NONE;
        return true;
    case ST_CARD_NONE:
        break;
    }
    return false;
}

/* Last year's table or percent card, which a January payment may use (SBF § 5-5-1). */
static const struct st_taxcard *card_of_last_year(const struct st_calculator *calculator) {
    const struct st_person_facts *facts = calculator->facts;
    int year = payment_year(calculator) - 1;
    const struct st_taxcard *own = own_card(facts, year);
    const struct st_authority_card *authority = authority_card(facts, year);
    const struct st_taxcard *card = own;
    if (own == NULL && authority != NULL && authority->result == ST_RESULT_OK &&
        authority->has_entry && !authority->foreign_tax_scheme)
        card = &authority->entry;
    if (card == NULL || (card->kind != ST_CARD_TABLE && card->kind != ST_CARD_PERCENT))
        return NULL;
    return card;
}

/* No usable card: last year's in January, else 50 % (30 % while the benefit was not taxed as wage). */
static enum st_status use_fallback(struct st_calculator *calculator, struct withholding *out) {
    const struct st_taxcard *last = card_of_last_year(calculator);
    int64_t extra_nok = out->extra_nok;
    if (payment_month(calculator) == 1 && last != NULL) {
        if (use_card(calculator, last, out)) {
            out->citation = "skattebetalingsforskriften § 5-5-1";
            out->why = "last year's tax card";
            return st_finding_add(calculator, "R14-LAST-YEAR", "");
        }
        ST_TRY(st_finding_add(calculator, "R14-TABLE-UNKNOWN", last->table));
    }
    *out = (struct withholding){.method = METHOD_PERCENT,
                                .citation = "skattebetalingsloven § 5-5",
                                .percent_hundredths = fallback_percent_hundredths(calculator),
                                .extra_nok = extra_nok,
                                .why = "no tax card"};
    return ST_OK;
}

/* What the authority's answer calls for beside the fallback; NULL: the entry itself is used. */
static const char *finding_of_answer(const struct st_authority_card *card) {
    switch (card->result) {
    case ST_RESULT_OK:
        return card->has_entry ? NULL : "R14-NO-ENTRY";
    case ST_RESULT_NO_CARD:
        return "R14-NO-CARD";
    case ST_RESULT_CHECK_WORK_PERMIT:
        return "R14-WORK-PERMIT";
    case ST_RESULT_INVALID_ORGANISATION:
        return "R14-INVALID-ORGANISATION";
    case ST_RESULT_INVALID_PERSON:
        return "R14-INVALID-PERSON";
    case ST_RESULT_NEW_NUMBER:
        return "R14-NEW-NUMBER";
    case ST_RESULT_NOT_LIABLE:
        break;
    }
    return NULL;
}

static enum st_status use_authority_card(struct st_calculator *calculator,
                                         const struct st_authority_card *card,
                                         struct withholding *out) {
    if (card->foreign_tax_scheme) {
        out->method = METHOD_HELD;
        out->held_reason = "the tax card says kildeskatt på lønn or kildeskattpensjonist; ask the tax "
                           "authority for a card for introduksjonsstønad, or record one in taxcards.csv";
        return st_finding_add(calculator, "R14-HELD", "");
    }
    if (card->result == ST_RESULT_NOT_LIABLE) {
        out->method = METHOD_NONE;
        out->why = "not liable to withholding";
        out->is_of_year = true;
        return ST_OK;
    }
    const char *finding = finding_of_answer(card);
    if (finding == NULL && use_card(calculator, &card->entry, out)) {
        out->is_of_year = true;
        return ST_OK;
    }
    ST_TRY(st_finding_add(calculator, finding != NULL ? finding : "R14-TABLE-UNKNOWN",
                          finding != NULL ? "" : card->entry.table));
    return use_fallback(calculator, out);
}

enum st_status st_card_find(struct st_calculator *calculator) {
    const struct st_person_facts *facts = calculator->facts;
    struct withholding *out = &calculator->card;
    const struct st_taxcard *own = own_card(facts, payment_year(calculator));
    const struct st_authority_card *card = authority_card(facts, payment_year(calculator));
    *out = (struct withholding){.citation = "skattebetalingsloven § 5-5", .why = "tax card"};
    if (own != NULL) {
        out->extra_nok = own->extra_nok;
        if (own->kind != ST_CARD_NONE && use_card(calculator, own, out)) {
            out->is_of_year = true;
            return ST_OK;
        }
        if (own->kind != ST_CARD_NONE)
            ST_TRY(st_finding_add(calculator, "R14-TABLE-UNKNOWN", own->table));
        return use_fallback(calculator, out);
    }
    if (card != NULL)
        return use_authority_card(calculator, card, out);
    ST_TRY(st_finding_add(calculator, "R14-NO-CARD", ""));
    return use_fallback(calculator, out);
}

/* ---- R15: the period -------------------------------------------------------------------------- */

/* A table is read for basis * `multiply` / `divide`, and what it shows is turned back the same way. */
struct reading {
    enum st_tax_period period;
    int multiply, divide;
    char text[80];
};

static const char half_month_words[] = "half a month: month table on twice the pay, halved";

static struct reading reading_of(enum st_tax_period period, int multiply, int divide,
                                 const char *words) {
    struct reading reading = {.period = period, .multiply = multiply, .divide = divide};
    struct st_text text = st_text_into(reading.text, sizeof reading.text);
    st_text_add(&text, words);
    return reading;
}

/* Of the days from the month's first to its last programme day, those that are paid: without days not
 * entitled, and whole days charged. */
static int paid_days_of_span(const struct st_calculator *calculator, int span) {
    int left = span;
    for (int i = 0; i < calculator->day_count; i++) {
        const struct day *day = &calculator->days[i];
        if (day->date < calculator->first_programme_day ||
            day->date > calculator->last_programme_day)
            continue;
        left -= !day->is_entitled || day->is_charged_whole;
    }
    return left;
}

static int span_of_month(const struct st_calculator *calculator) {
    return calculator->programme_day_count == 0
               ? 0
               : calculator->last_programme_day - calculator->first_programme_day + 1;
}

void st_period_add_month(const struct st_calculator *calculator, struct period *period) {
    int span = span_of_month(calculator);
    if (span == 0)
        return;
    if (span == calculator->day_count)
        period->whole_month_count++;
    else
        period->part_days += span;
    period->total_days += span;
    period->paid_days += paid_days_of_span(calculator, span);
}

static struct reading reading_of_days(int days) {
    if (days >= 25)
        return reading_of(ST_TAX_MONTH, 1, 1, "month table");
    if (days >= 18)
        return reading_of(ST_TAX_WEEK, 1, 3, "week table on a third, times 3");
    if (days >= 11)
        return reading_of(ST_TAX_FORTNIGHT, 1, 1, "fortnight table");
    if (days >= 5)
        return reading_of(ST_TAX_WEEK, 1, 1, "week table");
    switch (days) {
    case 4:
        return reading_of(ST_TAX_4_DAYS, 1, 1, "4-day table");
    case 3:
        return reading_of(ST_TAX_3_DAYS, 1, 1, "3-day table");
    case 2:
        return reading_of(ST_TAX_2_DAYS, 1, 1, "2-day table");
    case 1:
        return reading_of(ST_TAX_1_DAY, 1, 1, "1-day table");
    default: /* no paid day: only corrections */
        return reading_of(ST_TAX_MONTH, 1, 1, "month table");
    }
}

/* "month table on one of 3 parts, times 3" */
static struct reading reading_of_parts(enum st_tax_period period, int parts) {
    struct reading reading = reading_of(
        period, 1, parts, period == ST_TAX_MONTH ? "month table" : "week table");
    if (parts == 1)
        return reading;
    struct st_text text = {reading.text, sizeof reading.text, sizeof "week table" - 1, false};
    if (period == ST_TAX_MONTH)
        text.length++;
    st_text_add(&text, " on one of ");
    st_text_add_integer(&text, parts);
    st_text_add(&text, " parts, times ");
    st_text_add_integer(&text, parts);
    return reading;
}

/* More than one month's days. Thirty days of parts of months are a month. */
static struct reading reading_of_period(const struct period *period) {
    int months = period->whole_month_count + period->part_days / 30;
    int days = period->part_days % 30;
    if (months == 0)
        return reading_of_days(period->total_days <= 10 ? period->paid_days : period->total_days);
    if (days >= 25)
        return reading_of_parts(ST_TAX_MONTH, months + 1);
    if (days <= (months == 1 ? 3 : 7))
        return reading_of_parts(ST_TAX_MONTH, months);
    return reading_of_parts(ST_TAX_WEEK, (2 * period->total_days + 7) / 14); /* nearest */
}

/* Programme days exactly from the 1st to the 15th, or from the 16th to the last. */
static bool is_half_month(const struct st_calculator *calculator) {
    st_date first = calculator->days[0].date, last = first + calculator->day_count - 1;
    bool first_half = calculator->first_programme_day == first &&
                      calculator->last_programme_day == first + 14;
    bool second_half = calculator->first_programme_day == first + 15 &&
                       calculator->last_programme_day == last;
    return (first_half || second_half) &&
           calculator->programme_day_count == span_of_month(calculator);
}

static struct reading find_reading(const struct st_calculator *calculator) {
    struct period period = calculator->arrears;
    if (period.total_days > 0) {
        st_period_add_month(calculator, &period);
        return reading_of_period(&period);
    }
    if (calculator->programme_day_count == 0)
        return reading_of_days(0);
    if (is_half_month(calculator))
        return reading_of(ST_TAX_MONTH, 2, 1, half_month_words);
    int span = span_of_month(calculator);
    return reading_of_days(span <= 10 ? paid_days_of_span(calculator, span) : span);
}

/* "month 2/1": how the tax of this payment could be read again from another card's table. */
static void write_period(const struct reading *reading, char out[ST_TAX_PERIOD_SIZE]) {
    struct st_text text = st_text_into(out, ST_TAX_PERIOD_SIZE);
    st_text_add(&text, st_tax_period_name(reading->period));
    st_text_add(&text, " ");
    st_text_add_integer(&text, reading->multiply);
    st_text_add(&text, "/");
    st_text_add_integer(&text, reading->divide);
    assert(!text.is_cut);
}

static bool read_number(const char **at, int *out) {
    *out = 0;
    if (**at < '1' || **at > '9')
        return false;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        if (*out > 99)
            return false;
        *out = 10 * *out + (**at - '0');
    }
    return true;
}

/* The same with its words. */
static struct reading reading_again(const struct reading *bare) {
    static const int days[ST_TAX_PERIOD_COUNT] = {
        [ST_TAX_MONTH] = 25, [ST_TAX_FORTNIGHT] = 11, [ST_TAX_WEEK] = 5, [ST_TAX_4_DAYS] = 4,
        [ST_TAX_3_DAYS] = 3, [ST_TAX_2_DAYS] = 2,     [ST_TAX_1_DAY] = 1};
    if (bare->multiply == 2)
        return reading_of(bare->period, 2, 1, half_month_words);
    if (bare->period == ST_TAX_WEEK && bare->divide == 3)
        return reading_of_days(18);
    return bare->divide > 1 ? reading_of_parts(bare->period, bare->divide)
                            : reading_of_days(days[bare->period]);
}

static bool read_period(const char *text, struct reading *out) {
    const char *space = strchr(text, ' ');
    *out = (struct reading){.multiply = 1, .divide = 1};
    if (space == NULL || !st_tax_period_find(text, (size_t)(space - text), &out->period))
        return false;
    const char *at = space + 1;
    if (!read_number(&at, &out->multiply) || *at++ != '/' || !read_number(&at, &out->divide) ||
        *at != '\0')
        return false;
    *out = reading_again(out);
    return true;
}

/* ---- the tax ---------------------------------------------------------------------------------- */

enum christmas { CHRISTMAS_NOT, CHRISTMAS_FREE, CHRISTMAS_HALF };

/* R16, SBF § 5-7-2: the payment in the municipality's chosen month. */
static enum christmas christmas_of(const struct st_calculator *calculator,
                                   const struct withholding *how) {
    if (payment_month(calculator) != calculator->terms->half_tax_month || how->has_12_months)
        return CHRISTMAS_NOT;
    return payment_year(calculator) >= calculator->terms->rules->half_tax_from_year
               ? CHRISTMAS_HALF
               : CHRISTMAS_FREE;
}

static int64_t percent_of(int64_t basis_nok, int64_t percent_hundredths, enum christmas christmas) {
    return basis_nok * percent_hundredths / (christmas == CHRISTMAS_HALF ? 20000 : 10000);
}

static void add_basis(struct st_text *text, int64_t basis_nok) {
    st_text_add(text, ", basis ");
    st_text_add_integer(text, basis_nok);
}

/* What is taxed: how much, read how, after which payments of the year, when. */
struct payment {
    st_amount taxable, before;
    struct reading reading;
    enum christmas christmas;
};

static enum st_status tax_by_table(struct st_calculator *calculator, const struct withholding *how,
                                   const struct payment *payment, struct st_text *text,
                                   int64_t *tax_nok) {
    const struct reading *reading = &payment->reading;
    int64_t basis_nok = st_amount_whole_kroner(payment->taxable);
    int64_t shown = st_withholding_tax_nok(how->table, reading->period,
                                           basis_nok * reading->multiply / reading->divide);
    if (shown < 0)
        return st_fail_overflow(calculator);
    *tax_nok = shown * reading->divide / reading->multiply;
    if (payment->christmas == CHRISTMAS_HALF)
        *tax_nok /= 2;
    st_text_add(text, "table ");
    st_text_add(text, st_withholding_table_name(how->table));
    st_text_add(text, ", ");
    st_text_add(text, reading->text);
    add_basis(text, basis_nok);
    return ST_OK;
}

static void add_percent(struct st_text *text, int64_t percent_hundredths, int64_t basis_nok) {
    st_text_add_hundredths(text, percent_hundredths);
    st_text_add(text, " percent");
    add_basis(text, basis_nok);
}

/* An exemption card: no tax until this payer's payments in the year reach the amount. */
static enum st_status tax_of_exemption(struct st_calculator *calculator,
                                       const struct withholding *how,
                                       const struct payment *payment, struct st_text *text,
                                       int64_t *tax_nok) {
    st_amount before = payment->before, taxable = payment->taxable, reached, excess;
    *tax_nok = 0;
    st_text_add(text, "exemption card");
    if (!how->exempt_is_limited) {
        st_text_add(text, " without limit");
        return ST_OK;
    }
    ST_EXACT(calculator, st_amount_add(before, taxable, &reached));
    ST_EXACT(calculator, st_amount_subtract(reached, how->exempt_amount, &excess));
    st_text_add(text, " to ");
    st_text_add_amount(text, how->exempt_amount);
    st_text_add(text, ", paid before this year ");
    st_text_add_amount(text, before);
    if (excess.ore <= 0)
        return ST_OK;
    int64_t basis_nok = st_amount_whole_kroner(st_amount_min(excess, taxable));
    *tax_nok = percent_of(basis_nok, how->percent_hundredths, payment->christmas);
    st_text_add(text, "; above it ");
    add_percent(text, how->percent_hundredths, basis_nok);
    return ST_OK;
}

/* The tax in whole kroner, never more than taxable pay, and the text that says how. */
static enum st_status compute_tax(struct st_calculator *calculator, const struct withholding *how,
                                  const struct payment *payment, struct st_text *text,
                                  int64_t *tax_nok) {
    int64_t basis_nok = st_amount_whole_kroner(payment->taxable);
    *tax_nok = 0;
    switch (how->method) {
    case METHOD_NONE:
    case METHOD_HELD:
        st_text_add(text, "no withholding: ");
        break;
    case METHOD_TABLE:
        ST_TRY(tax_by_table(calculator, how, payment, text, tax_nok));
        break;
    case METHOD_PERCENT:
        *tax_nok = percent_of(basis_nok, how->percent_hundredths, payment->christmas);
        add_percent(text, how->percent_hundredths, basis_nok);
        break;
    case METHOD_EXEMPT:
        ST_TRY(tax_of_exemption(calculator, how, payment, text, tax_nok));
        break;
    }
    st_text_add(text, how->method == METHOD_NONE ? "" : "; ");
    st_text_add(text, how->why);
    if (payment->christmas == CHRISTMAS_FREE) {
        *tax_nok = 0;
        st_text_add(text, "; free of tax before Christmas");
    } else if (payment->christmas == CHRISTMAS_HALF && how->method != METHOD_NONE) {
        st_text_add(text, "; half tax before Christmas");
    }
    if (*tax_nok > basis_nok)
        *tax_nok = basis_nok;
    return ST_OK;
}

static enum st_status add_tax_line(struct st_calculator *calculator, enum st_line_kind kind,
                                   const char *rule, const char *citation, int64_t tax_nok) {
    struct st_line *line = st_line_new(calculator, kind);
    if (line == NULL)
        return ST_IO;
    line->from = line->to = calculator->terms->payday;
    line->rule = rule;
    line->citation = citation;
    line->unit = ST_UNIT_PAYMENT;
    line->quantity = (st_fraction){1, 1};
    line->rate = line->exact = (st_fraction){tax_nok, 1};
    line->amount = (st_amount){tax_nok * 100};
    struct st_text text = st_text_into(line->inputs, sizeof line->inputs);
    st_text_add(&text, kind == ST_LINE_TAX ? calculator->payslip->tax_basis
                                           : "asked for by the person, beside the card");
    return ST_OK;
}

static enum st_status hold(struct st_calculator *calculator, const struct withholding *how) {
    struct st_payslip *payslip = calculator->payslip;
    struct st_text text = st_text_into(payslip->tax_basis, sizeof payslip->tax_basis);
    payslip->state = ST_PAYSLIP_HELD;
    payslip->held_reason = how->held_reason;
    st_text_add(&text, "held back: no card that may be used");
    if (payslip->taxable.ore == 0)
        return ST_OK;
    struct st_line *line = st_line_new(calculator, ST_LINE_HELD);
    if (line == NULL)
        return ST_IO;
    bool has_days = calculator->programme_day_count > 0; /* otherwise only corrections are held */
    line->from = has_days ? calculator->first_programme_day : st_month_first(calculator->terms->month);
    line->to = has_days ? calculator->last_programme_day : st_month_last(calculator->terms->month);
    line->rule = "R14";
    line->citation = "skattebetalingsloven § 5-4";
    line->unit = ST_UNIT_PAYMENT;
    line->quantity = (st_fraction){1, 1};
    line->rate = line->exact = st_fraction_from_amount(payslip->taxable);
    line->amount = payslip->taxable;
    struct st_text inputs = st_text_into(line->inputs, sizeof line->inputs);
    st_text_add(&inputs, "kildeskatt on the tax card; nothing is paid, and nothing booked as paid");
    return ST_OK;
}

st_date st_tax_due_date(st_date payday) {
    int year, month, day;
    st_date_split(payday, &year, &month, &day);
    if (year >= NEXT_DAY_FROM_YEAR)
        return st_next_working_day(payday);
    month += month % 2 == 0 ? 1 : 2;
    return month > 12 ? st_date_make(year + 1, month - 12, 15) : st_date_make(year, month, 15);
}

/* ---- January put right (R14, SBF § 5-5-2) ------------------------------------------------------ */

/* What the new card takes of a payment of January beyond what last year's took, as far as this payment's tax
 * and pay leave room. `before`: payments of January before it. */
static enum st_status find_january(struct st_calculator *calculator,
                                   const struct st_january *january, st_amount before,
                                   int64_t tax_nok, int64_t room_nok, struct st_text *text,
                                   int64_t *change_nok) {
    int64_t due_nok;
    struct payment payment = {
        .taxable = january->taxable, .before = before, .christmas = CHRISTMAS_NOT};
    if (!read_period(january->period, &payment.reading))
        return st_fail(calculator, ST_DAMAGED, "payslip.period",
                       "the period of January's tax cannot be read; verify the ledger");
    st_text_add(text, "January by this year's card: ");
    ST_TRY(compute_tax(calculator, &calculator->card, &payment, text, &due_nok));
    *change_nok = due_nok - january->tax.ore / 100;
    st_text_add(text, "; due=");
    st_text_add_integer(text, due_nok);
    st_text_add(text, "; withheld=");
    st_text_add_integer(text, january->tax.ore / 100);
    if (*change_nok < -tax_nok)
        *change_nok = -tax_nok;
    if (*change_nok > room_nok)
        *change_nok = room_nok;
    return ST_OK;
}

static enum st_status correct_january(struct st_calculator *calculator,
                                      const struct st_january *january, st_amount before,
                                      int64_t *tax_nok, int64_t basis_nok) {
    char why[ST_INPUTS_MAX];
    struct st_text text = st_text_into(why, sizeof why);
    int64_t change_nok = 0;
    ST_TRY(find_january(calculator, january, before, *tax_nok, basis_nok - *tax_nok, &text,
                        &change_nok));
    if (change_nok == 0)
        return ST_OK;
    bool is_less = change_nok < 0;
    struct st_line *line;
    ST_TRY(add_tax_line(calculator, ST_LINE_JANUARY_TAX, "R14",
                        "skattebetalingsforskriften § 5-5-2", is_less ? -change_nok : change_nok));
    line = &calculator->lines[calculator->line_count - 1];
    struct st_text inputs = st_text_into(line->inputs, sizeof line->inputs);
    st_text_add(&inputs, why);
    if (is_less) {
        line->debit_from = ST_ACCOUNT_TAX;
        line->credit_to = ST_ACCOUNT_PERSON;
    }
    *tax_nok += change_nok;
    return ST_OK;
}

/* In the next payment once there is a card of the year, until the end of February: later it is for the tax
 * assessment. */
static enum st_status correct_januaries(struct st_calculator *calculator, int64_t *tax_nok,
                                        int64_t basis_nok) {
    const struct st_person_facts *facts = calculator->facts;
    st_amount before = ST_ZERO;
    if (payment_month(calculator) > 2 || !calculator->card.is_of_year)
        return ST_OK;
    for (size_t i = 0; i < facts->january_count; i++) {
        ST_TRY(correct_january(calculator, &facts->januaries[i], before, tax_nok, basis_nok));
        ST_EXACT(calculator, st_amount_add(before, facts->januaries[i].taxable, &before));
    }
    return ST_OK;
}

/* ---- the step ----------------------------------------------------------------------------------- */

enum st_status st_withhold(struct st_calculator *calculator) {
    struct st_payslip *payslip = calculator->payslip;
    const struct withholding *how = &calculator->card;
    int64_t tax_nok, basis_nok = st_amount_whole_kroner(payslip->taxable);
    if (how->method == METHOD_HELD)
        return hold(calculator, how);
    struct payment payment = {.taxable = payslip->taxable,
                              .before = calculator->facts->taxable_paid_this_year,
                              .reading = find_reading(calculator),
                              .christmas = christmas_of(calculator, how)};
    struct st_text text = st_text_into(payslip->tax_basis, sizeof payslip->tax_basis);
    ST_TRY(compute_tax(calculator, how, &payment, &text, &tax_nok));
    write_period(&payment.reading, payslip->tax_period);
    int64_t extra_nok = how->extra_nok < basis_nok - tax_nok ? how->extra_nok : basis_nok - tax_nok;
    assert(tax_nok >= 0 && extra_nok >= 0 && tax_nok + extra_nok <= basis_nok);
    if (payslip->taxable.ore > 0)
        ST_TRY(add_tax_line(calculator, ST_LINE_TAX, "R15", how->citation, tax_nok));
    if (extra_nok > 0)
        ST_TRY(add_tax_line(calculator, ST_LINE_EXTRA_TAX, "R14",
                            "skattebetalingsloven § 5-5 second paragraph", extra_nok));
    tax_nok += extra_nok;
    ST_TRY(correct_januaries(calculator, &tax_nok, basis_nok));
    payslip->tax = (st_amount){tax_nok * 100};
    return ST_OK;
}
