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

enum method { METHOD_NONE, METHOD_TABLE, METHOD_PERCENT, METHOD_EXEMPT, METHOD_HELD };

/* How one payment is to be taxed. */
struct withholding {
    enum method method;
    const char *citation;
    const struct st_withholding_table *table;
    int64_t percent_hundredths;      /* of METHOD_PERCENT, and of an exemption card's excess */
    bool exempt_is_limited;
    st_amount exempt_amount;
    bool has_12_months;              /* R16: twelve withholding months leave none exempt */
    int64_t extra_nok;
    const char *why;                 /* for the basis text: "tax card 2026" ... */
    const char *held_reason;
};

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
        return ST_OK;
    }
    const char *finding = finding_of_answer(card);
    if (finding == NULL && use_card(calculator, &card->entry, out))
        return ST_OK;
    ST_TRY(st_finding_add(calculator, finding != NULL ? finding : "R14-TABLE-UNKNOWN",
                          finding != NULL ? "" : card->entry.table));
    return use_fallback(calculator, out);
}

static enum st_status find_withholding(struct st_calculator *calculator, struct withholding *out) {
    const struct st_person_facts *facts = calculator->facts;
    const struct st_taxcard *own = own_card(facts, payment_year(calculator));
    const struct st_authority_card *card = authority_card(facts, payment_year(calculator));
    *out = (struct withholding){.citation = "skattebetalingsloven § 5-5", .why = "tax card"};
    if (own != NULL) {
        out->extra_nok = own->extra_nok;
        if (own->kind != ST_CARD_NONE && use_card(calculator, own, out))
            return ST_OK;
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
    const char *text;
};

/* SBF § 5-10-2: at ten days or fewer, days without pay are left out: days not entitled and whole days
 * charged. */
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

static struct reading reading_of_days(int days) {
    if (days >= 25)
        return (struct reading){ST_TAX_MONTH, 1, 1, "month table"};
    if (days >= 18)
        return (struct reading){ST_TAX_WEEK, 1, 3, "week table on a third, times 3"};
    if (days >= 11)
        return (struct reading){ST_TAX_FORTNIGHT, 1, 1, "fortnight table"};
    if (days >= 5)
        return (struct reading){ST_TAX_WEEK, 1, 1, "week table"};
    switch (days) {
    case 4:
        return (struct reading){ST_TAX_4_DAYS, 1, 1, "4-day table"};
    case 3:
        return (struct reading){ST_TAX_3_DAYS, 1, 1, "3-day table"};
    case 2:
        return (struct reading){ST_TAX_2_DAYS, 1, 1, "2-day table"};
    case 1:
        return (struct reading){ST_TAX_1_DAY, 1, 1, "1-day table"};
    default: /* no paid day: only corrections */
        return (struct reading){ST_TAX_MONTH, 1, 1, "month table"};
    }
}

/* Programme days exactly from the 1st to the 15th, or from the 16th to the last. */
static bool is_half_month(const struct st_calculator *calculator) {
    st_date first = calculator->days[0].date, last = first + calculator->day_count - 1;
    int span = calculator->last_programme_day - calculator->first_programme_day + 1;
    bool first_half = calculator->first_programme_day == first &&
                      calculator->last_programme_day == first + 14;
    bool second_half = calculator->first_programme_day == first + 15 &&
                       calculator->last_programme_day == last;
    return (first_half || second_half) && calculator->programme_day_count == span;
}

static struct reading find_reading(const struct st_calculator *calculator) {
    if (calculator->programme_day_count == 0)
        return reading_of_days(0);
    if (is_half_month(calculator))
        return (struct reading){ST_TAX_MONTH, 2, 1, "half a month: month table on twice the pay, halved"};
    int span = calculator->last_programme_day - calculator->first_programme_day + 1;
    return reading_of_days(span <= 10 ? paid_days_of_span(calculator, span) : span);
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

static enum st_status tax_by_table(struct st_calculator *calculator, const struct withholding *how,
                                   int64_t basis_nok, enum christmas christmas,
                                   struct st_text *text, int64_t *tax_nok) {
    struct reading reading = find_reading(calculator);
    int64_t shown = st_withholding_tax_nok(how->table, reading.period,
                                           basis_nok * reading.multiply / reading.divide);
    if (shown < 0)
        return st_fail_overflow(calculator);
    *tax_nok = shown * reading.divide / reading.multiply;
    if (christmas == CHRISTMAS_HALF)
        *tax_nok /= 2;
    st_text_add(text, "table ");
    st_text_add(text, st_withholding_table_name(how->table));
    st_text_add(text, ", ");
    st_text_add(text, reading.text);
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
                                       const struct withholding *how, enum christmas christmas,
                                       struct st_text *text, int64_t *tax_nok) {
    st_amount before = calculator->facts->taxable_paid_this_year;
    st_amount taxable = calculator->payslip->taxable, reached, excess;
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
    *tax_nok = percent_of(basis_nok, how->percent_hundredths, christmas);
    st_text_add(text, "; above it ");
    add_percent(text, how->percent_hundredths, basis_nok);
    return ST_OK;
}

/* The tax in whole kroner, never more than taxable pay, and the text that says how. */
static enum st_status compute_tax(struct st_calculator *calculator, const struct withholding *how,
                                  int64_t *tax_nok) {
    struct st_payslip *payslip = calculator->payslip;
    struct st_text text = st_text_into(payslip->tax_basis, sizeof payslip->tax_basis);
    int64_t basis_nok = st_amount_whole_kroner(payslip->taxable);
    enum christmas christmas = christmas_of(calculator, how);
    *tax_nok = 0;
    switch (how->method) {
    case METHOD_NONE:
    case METHOD_HELD:
        st_text_add(&text, "no withholding: ");
        break;
    case METHOD_TABLE:
        ST_TRY(tax_by_table(calculator, how, basis_nok, christmas, &text, tax_nok));
        break;
    case METHOD_PERCENT:
        *tax_nok = percent_of(basis_nok, how->percent_hundredths, christmas);
        add_percent(&text, how->percent_hundredths, basis_nok);
        break;
    case METHOD_EXEMPT:
        ST_TRY(tax_of_exemption(calculator, how, christmas, &text, tax_nok));
        break;
    }
    st_text_add(&text, how->method == METHOD_NONE ? "" : "; ");
    st_text_add(&text, how->why);
    if (christmas == CHRISTMAS_FREE) {
        *tax_nok = 0;
        st_text_add(&text, "; free of tax before Christmas");
    } else if (christmas == CHRISTMAS_HALF && how->method != METHOD_NONE) {
        st_text_add(&text, "; half tax before Christmas");
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
    line->from = calculator->first_programme_day;
    line->to = calculator->last_programme_day;
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

enum st_status st_withhold(struct st_calculator *calculator) {
    struct st_payslip *payslip = calculator->payslip;
    struct withholding how;
    int64_t tax_nok, basis_nok = st_amount_whole_kroner(payslip->taxable);
    ST_TRY(find_withholding(calculator, &how));
    if (how.method == METHOD_HELD)
        return hold(calculator, &how);
    ST_TRY(compute_tax(calculator, &how, &tax_nok));
    int64_t extra_nok = how.extra_nok < basis_nok - tax_nok ? how.extra_nok : basis_nok - tax_nok;
    assert(tax_nok >= 0 && extra_nok >= 0 && tax_nok + extra_nok <= basis_nok);
    if (payslip->taxable.ore > 0)
        ST_TRY(add_tax_line(calculator, ST_LINE_TAX, "R15", how.citation, tax_nok));
    if (extra_nok > 0)
        ST_TRY(add_tax_line(calculator, ST_LINE_EXTRA_TAX, "R14",
                            "skattebetalingsloven § 5-5 second paragraph", extra_nok));
    payslip->tax = (st_amount){(tax_nok + extra_nok) * 100};
    return ST_OK;
}
