/* SPDX-License-Identifier: MIT */
/* payslip_text.c - the payslip a participant holds in hand: at most 80 columns, Norwegian or
 * English.
 *
 * begin -> line, for every line of the payslip -> end. Skattebetalingsforskriften § 5-10-20 says
 * what must be on it: name and number, the period, table or percent, gross pay, the basis with
 * what was deducted before it, the tax, and the payer's name and organisation number. Below the
 * lines stands a sum that can be followed with a finger. Write errors stay in the stream, for the
 * caller to look at.
 */
#include "formats/amount_text.h"
#include "stonad/output.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum { PAGE_COLUMNS = 78, LABEL_COLUMNS = 18, TEXT_MAX = 1024 };

/* ---- the words ----------------------------------------------------------------------------- */

enum { NORWEGIAN, ENGLISH, LANGUAGE_COUNT };

enum word {
    WORD_TITLE, WORD_PAYER, WORD_ORGANISATION, WORD_PERSON, WORD_PERSON_NUMBER, WORD_PERIOD,
    WORD_PAYDAY, WORD_RUN, WORD_TAX_BY, WORD_ACCOUNT, WORD_NOT_PAID, WORD_STATE,
    WORD_NOT_APPROVED, WORD_DISCARDED, WORD_CUT, WORD_FOR,
    WORD_SUM_BENEFIT, WORD_SUM_OFFSETS, WORD_SUM_WORK, WORD_SUM_ABSENCE, WORD_SUM_CORRECTIONS,
    WORD_SUM_RECOVERY, WORD_SUM_TAXABLE, WORD_SUM_TAX, WORD_SUM_HELD, WORD_SUM_NET,
    WORD_HELD, WORD_HELD_ADVICE, WORD_COUNT
};

static const char *const words[WORD_COUNT][LANGUAGE_COUNT] = {
    [WORD_TITLE] = {"INTRODUKSJONSSTØNAD", "INTRODUCTION BENEFIT"},
    [WORD_PAYER] = {"Utbetaler", "Payer"},
    [WORD_ORGANISATION] = {"org.nr.", "organisation no."},
    [WORD_PERSON] = {"Deltaker", "Participant"},
    [WORD_PERSON_NUMBER] = {"Fødselsnummer", "Identity number"},
    [WORD_PERIOD] = {"Periode", "Period"},
    [WORD_PAYDAY] = {"Utbetalingsdato", "Payment date"},
    [WORD_RUN] = {"kjøring", "run"},
    [WORD_TAX_BY] = {"Skattetrekk etter", "Tax withheld by"},
    [WORD_ACCOUNT] = {"Til konto", "To account"},
    [WORD_NOT_PAID] = {"ingen utbetaling", "no payment"},
    [WORD_STATE] = {"Status", "Status"},
    [WORD_NOT_APPROVED] = {"Beregnet, ikke godkjent: beløpene kan bli endret",
                           "Computed, not approved: the amounts may change"},
    [WORD_DISCARDED] = {"Forkastet: blir ikke utbetalt", "Discarded: will not be paid"},
    [WORD_CUT] = {"avkortet til det som var igjen", "cut to what was left"},
    [WORD_FOR] = {"for", "for"},
    [WORD_SUM_BENEFIT] = {"Brutto introduksjonsstønad", "Gross introduction benefit"},
    [WORD_SUM_OFFSETS] = {"Andre offentlige ytelser", "Other public benefits"},
    [WORD_SUM_WORK] = {"Lønnet arbeid i programmet", "Paid work in the programme"},
    [WORD_SUM_ABSENCE] = {"Fravær", "Absence"},
    [WORD_SUM_CORRECTIONS] = {"Rettelser fra tidligere måneder", "Corrections of earlier months"},
    [WORD_SUM_RECOVERY] = {"Tilbakebetaling", "Repayment"},
    [WORD_SUM_TAXABLE] = {"Grunnlag for skattetrekk", "Basis for tax"},
    [WORD_SUM_TAX] = {"Forskuddstrekk (skatt)", "Tax withheld"},
    [WORD_SUM_HELD] = {"Holdt tilbake", "Held back"},
    [WORD_SUM_NET] = {"Netto utbetalt", "Net paid"},
    [WORD_HELD] = {"Holdt tilbake", "Held back"},
    [WORD_HELD_ADVICE] = {
        "Ingenting er utbetalt for denne måneden. Ta kontakt med kommunen. Når årsaken er rettet, "
        "blir beløpet utbetalt ved neste kjøring.",
        "Nothing is paid for this month. Contact the municipality. When the cause is put right, "
        "the amount is paid with the next run."},
};

/* By enum st_line_kind. */
static const char *const kind_labels[ST_LINE_KIND_COUNT][LANGUAGE_COUNT] = {
    [ST_LINE_BENEFIT] = {"Introduksjonsstønad", "Introduction benefit"},
    [ST_LINE_OFFSET] = {"Annen offentlig ytelse", "Other public benefit"},
    [ST_LINE_WORK] = {"Lønnet arbeid i programmet", "Paid work in the programme"},
    [ST_LINE_ABSENCE_DAYS] = {"Fravær, hele dager", "Absence, whole days"},
    [ST_LINE_ABSENCE_HOURS] = {"Fravær, timer", "Absence, hours"},
    [ST_LINE_ABSENCE_MONTH] = {"Fravær hele måneden", "Absence the whole month"},
    [ST_LINE_CORRECTION] = {"Rettelse", "Correction"},
    [ST_LINE_RECOVERY] = {"Tilbakebetaling", "Repayment"},
    [ST_LINE_TAX] = {"Forskuddstrekk (skatt)", "Tax withheld"},
    [ST_LINE_EXTRA_TAX] = {"Ekstra skattetrekk etter eget ønske", "Extra tax, as you asked for"},
    [ST_LINE_HELD] = {"Holdt tilbake", "Held back"},
    [ST_LINE_PAYMENT] = {"Utbetaling", "Payment"},
};

/* By enum st_unit: one, and several. Kroner and payments need no unit. */
static const char *const unit_labels[][LANGUAGE_COUNT][2] = {
    [ST_UNIT_DAY] = {{"dag", "dager"}, {"day", "days"}},
    [ST_UNIT_HOUR] = {{"time", "timer"}, {"hour", "hours"}},
    [ST_UNIT_MONTH_SHARE] = {{"måned", "måned"}, {"month", "month"}},
};

static const char *const month_names[12][LANGUAGE_COUNT] = {
    {"januar", "January"},   {"februar", "February"}, {"mars", "March"},
    {"april", "April"},      {"mai", "May"},          {"juni", "June"},
    {"juli", "July"},        {"august", "August"},    {"september", "September"},
    {"oktober", "October"},  {"november", "November"}, {"desember", "December"},
};

/* The engine tells in English how tax was found and why pay is held; here in Norwegian, longest
 * phrases first. What is not listed (names of tables, amounts) stands as it is. */
static const char *const phrases[][2] = {
    {"ask the tax authority for a card for introduksjonsstønad",
     "be Skatteetaten om et kort for introduksjonsstønad"},
    {"held back: no card that may be used", "holdt tilbake: intet kort som kan brukes"},
    {"half a month: month table on twice the pay, halved",
     "halv måned: månedstabell på det dobbelte, halvert"},
    {"week table on a third, times 3", "uketabell på en tredel, ganger 3"},
    {"free of tax before Christmas", "trekkfri utbetaling før jul"},
    {"record one in taxcards.csv", "registrer ett i taxcards.csv"},
    {"half tax before Christmas", "halvt trekk før jul"},
    {"not liable to withholding", "ikke trekkpliktig"},
    {"paid before this year", "utbetalt tidligere i år"},
    {"last year's tax card", "fjorårets skattekort"},
    {"the tax card says", "skattekortet sier"},
    {"no withholding", "ikke forskuddstrekk"},
    {"second paragraph", "andre ledd"},
    {"fortnight table", "14-dagerstabell"},
    {"exemption card", "frikort"},
    {"without limit", "uten beløpsgrense"},
    {"-day table", "-dagerstabell"},
    {"month table", "månedstabell"},
    {"no tax card", "intet skattekort"},
    {"week table", "uketabell"},
    {"above it", "over beløpet"},
    {"tax card", "skattekort"},
    {"fortnight", "14 dager"},
    {"percent", "prosent"},
    {"weeks", "uker"},
    {"months", "måneder"},
    {"month", "måned"},
    {"basis", "grunnlag"},
    {"table", "tabell"},
    {"times", "ganger"},
    {"week", "uke"},
    {"or", "eller"},
    {"to", "inntil"},
};

/* Where a payslip is written, and in which language. */
struct page {
    FILE *out;
    int language;
};

static struct page page_of(FILE *out, enum st_language language) {
    return (struct page){out, language == ST_LANGUAGE_EN ? ENGLISH : NORWEGIAN};
}

static const char *word(const struct page *page, enum word which) {
    return words[which][page->language];
}

/* ---- building texts ------------------------------------------------------------------------ */

struct text {
    char bytes[TEXT_MAX];
    size_t used;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text->bytes + text->used, sizeof text->bytes - text->used, format,
                         arguments);
    va_end(arguments);
    if (size > 0)
        text->used += (size_t)size;
    if (text->used >= sizeof text->bytes) /* cut; no field of a payslip is that long */
        text->used = sizeof text->bytes - 1;
}

static void add_month(const struct page *page, struct text *text, st_month month) {
    add(text, "%s %04d", month_names[month % 12][page->language], month / 12);
}

static void add_day(struct text *text, st_date day) {
    int year, month, day_of_month;
    st_date_split(day, &year, &month, &day_of_month);
    add(text, "%02d.%02d.%04d", day_of_month, month, year);
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

/* The phrase that stands at `text`, whole words only. */
static const char *const *phrase_at(const char *text) {
    for (size_t i = 0; i < ST_COUNT_OF(phrases); i++) {
        size_t size = strlen(phrases[i][0]);
        if (strncmp(text, phrases[i][0], size) == 0 && !is_letter(text[size]))
            return phrases[i];
    }
    return NULL;
}

/* The engine's English, in the payslip's language. */
static void add_translated(const struct page *page, struct text *text, const char *english) {
    if (page->language == ENGLISH) {
        add(text, "%s", english);
        return;
    }
    char before = ' ';
    while (*english != '\0') {
        const char *const *phrase = is_letter(before) ? NULL : phrase_at(english);
        if (phrase != NULL)
            add(text, "%s", phrase[1]);
        else
            add(text, "%c", *english);
        english += phrase != NULL ? strlen(phrase[0]) : 1;
        before = english[-1];
    }
}

/* ---- putting them on the page -------------------------------------------------------------- */

static void put_rule(const struct page *page, char line) {
    for (int i = 0; i < PAGE_COLUMNS; i++)
        putc(line, page->out);
    putc('\n', page->out);
}

static void put_spaces(const struct page *page, int count) { fprintf(page->out, "%*s", count > 0 ? count : 0, ""); }

/* A text from column `indent` on, broken between words; the first line begins where the pen is. */
static void put_wrapped(const struct page *page, const char *text, int indent) {
    int column = indent;
    bool first = true;
    while (*text != '\0') {
        char part[TEXT_MAX];
        size_t size = strcspn(text, " ");
        if (size >= sizeof part)
            size = sizeof part - 1;
        memcpy(part, text, size);
        part[size] = '\0';
        int columns = st_text_columns(part);
        if (!first && column + 1 + columns > PAGE_COLUMNS) {
            fprintf(page->out, "\n%*s", indent, "");
            column = indent;
        } else if (!first) {
            putc(' ', page->out);
            column++;
        }
        fputs(part, page->out);
        column += columns;
        first = false;
        text += size;
        text += strspn(text, " ");
    }
    putc('\n', page->out);
}

/* "Deltaker          Kari Eksempel" */
static void put_field(const struct page *page, enum word label, const char *text) {
    fputs(word(page, label), page->out);
    put_spaces(page, LABEL_COLUMNS - st_text_columns(word(page, label)));
    put_wrapped(page, text, LABEL_COLUMNS);
}

/* A label and an amount at the right margin. */
static void put_amount(const struct page *page, const char *label, st_amount amount) {
    char text[ST_AMOUNT_TEXT_SIZE];
    st_amount_for_people(amount, text);
    fputs(label, page->out);
    int space = PAGE_COLUMNS - st_text_columns(label) - (int)strlen(text);
    put_spaces(page, space > 2 ? space : 2);
    fputs(text, page->out);
    putc('\n', page->out);
}

/* ---- the head ------------------------------------------------------------------------------ */

static void put_title(const struct page *page, st_month month) {
    struct text right = {.used = 0};
    add_month(page, &right, month);
    fputs(word(page, WORD_TITLE), page->out);
    put_spaces(page, PAGE_COLUMNS - st_text_columns(word(page, WORD_TITLE)) - (int)right.used);
    fprintf(page->out, "%s\n", right.bytes);
    put_rule(page, '=');
}

static void put_payer(const struct page *page, const struct st_municipality *payer) {
    struct text text = {.used = 0};
    const char *number = payer->organisation_number;
    add(&text, "%s, %s ", payer->name, word(page, WORD_ORGANISATION));
    if (strlen(number) == 9)
        add(&text, "%.3s %.3s %.3s", number, number + 3, number + 6);
    else
        add(&text, "%s", number);
    put_field(page, WORD_PAYER, text.bytes);
}

/* A run that nobody approved, or that was thrown away, must not look like money on its way. */
static void put_state(const struct page *page, enum st_run_state state) {
    if (state == ST_RUN_COMPUTED)
        put_field(page, WORD_STATE, word(page, WORD_NOT_APPROVED));
    else if (state == ST_RUN_DISCARDED)
        put_field(page, WORD_STATE, word(page, WORD_DISCARDED));
}

void st_payslip_text_begin(FILE *out, const struct st_municipality *payer,
                           const struct st_run_row *run, const struct st_payslip_row *payslip) {
    struct page page = page_of(out, payslip->language);
    put_title(&page, payslip->month);
    put_payer(&page, payer);
    put_field(&page, WORD_PERSON, payslip->name);
    put_field(&page, WORD_PERSON_NUMBER, payslip->person_id);
    struct text period = {.used = 0}, payday = {.used = 0};
    add_day(&period, st_month_first(payslip->month));
    add(&period, "–");
    add_day(&period, st_month_last(payslip->month));
    put_field(&page, WORD_PERIOD, period.bytes);
    add_day(&payday, run->payday);
    add(&payday, " (%s %" PRId64 ")", word(&page, WORD_RUN), run->run);
    put_field(&page, WORD_PAYDAY, payday.bytes);
    put_state(&page, run->state);
    put_rule(&page, '-');
}

/* ---- the lines ----------------------------------------------------------------------------- */

static int kind_of(const char *name) {
    for (int kind = 0; kind < ST_LINE_KIND_COUNT; kind++)
        if (strcmp(st_line_kind_name((enum st_line_kind)kind), name) == 0)
            return kind;
    return ST_LINE_KIND_COUNT;
}

/* NULL for kroner and payments, of which a quantity tells nothing. */
static const char *unit_label(const struct page *page, const char *name, bool several) {
    for (size_t i = 0; i < ST_COUNT_OF(unit_labels); i++)
        if (strcmp(st_unit_name((enum st_unit)i), name) == 0)
            return unit_labels[i][page->language][several];
    return NULL;
}

/* Whether quantity times rate is what the line came to. Not so where a wage was smaller than its
 * hours, or where the amount was cut: then the product would only confuse. */
static bool is_quantity_times_rate(const struct st_line_row *line) {
    st_fraction product;
    st_amount amount;
    return st_fraction_multiply(line->quantity, line->rate, &product) &&
           st_round_to_ore(product, &amount) &&
           (amount.ore == line->amount.ore || amount.ore == -line->amount.ore);
}

/* Between what is told of a line. */
static void add_dot(struct text *text) {
    if (text->used > 0)
        add(text, " · ");
}

static void add_quantity(const struct page *page, struct text *text, const struct st_line_row *line) {
    st_fraction one = {1, 1};
    const char *unit = unit_label(page, line->unit, st_fraction_compare(line->quantity, one) > 0);
    if (unit == NULL)
        return;
    char number[ST_DECIMAL_TEXT_SIZE];
    st_decimal_text(line->quantity, 2, true, number);
    add_dot(text);
    add(text, "%s %s", number, unit);
    if (!is_quantity_times_rate(line))
        return;
    st_decimal_text(line->rate, 4, true, number);
    add(text, " × %s", number);
}

static bool is_day(st_date day) { return day != ST_DATE_NONE && day != ST_DATE_OPEN; }

/* Period, quantity and rate, paragraph. */
static void put_details(const struct page *page, const struct st_line_row *line) {
    struct text text = {.used = 0};
    if (is_day(line->from))
        add_day(&text, line->from);
    if (is_day(line->to) && line->to != line->from) {
        add(&text, "–");
        add_day(&text, line->to);
    }
    add_quantity(page, &text, line);
    add_dot(&text);
    add_translated(page, &text, line->citation);
    if (line->cut) {
        add_dot(&text);
        add(&text, "%s", word(page, WORD_CUT));
    }
    fputs("    ", page->out);
    put_wrapped(page, text.bytes, 4);
}

/* Payment and hold-back are told by the sum at the end: as lines they would bring the list to zero,
 * which is right in the books and strange in the hand. */
void st_payslip_text_line(FILE *out, enum st_language language, const struct st_line_row *line) {
    struct page page = page_of(out, language);
    int kind = kind_of(line->kind);
    if (kind == ST_LINE_PAYMENT || kind == ST_LINE_HELD)
        return;
    struct text label = {.used = 0};
    add(&label, "%s",
        kind < ST_LINE_KIND_COUNT ? kind_labels[kind][page.language] : line->kind);
    if (kind == ST_LINE_CORRECTION || kind == ST_LINE_RECOVERY) {
        add(&label, " %s ", word(&page, WORD_FOR));
        add_month(&page, &label, line->month);
    }
    put_amount(&page, label.bytes, line->amount);
    put_details(&page, line);
}

/* ---- the sum ------------------------------------------------------------------------------- */

static void put_unless_zero(const struct page *page, enum word label, st_amount amount) {
    if (amount.ore != 0)
        put_amount(page, word(page, label), amount);
}

static void put_total_rule(const struct page *page) {
    put_spaces(page, PAGE_COLUMNS - 14);
    fputs("--------------\n", page->out);
}

static st_amount negative(st_amount amount) { return (st_amount){-amount.ore}; }

static void put_sum(const struct page *page, const struct st_payslip_row *payslip, st_amount paid) {
    put_amount(page, word(page, WORD_SUM_BENEFIT), payslip->benefit);
    put_unless_zero(page, WORD_SUM_OFFSETS, payslip->offsets);
    put_unless_zero(page, WORD_SUM_WORK, payslip->work);
    put_unless_zero(page, WORD_SUM_ABSENCE, payslip->absence);
    put_unless_zero(page, WORD_SUM_CORRECTIONS, payslip->corrections);
    put_unless_zero(page, WORD_SUM_RECOVERY, payslip->recovery);
    put_total_rule(page);
    put_amount(page, word(page, WORD_SUM_TAXABLE), payslip->taxable);
    put_amount(page, word(page, WORD_SUM_TAX), negative(payslip->tax));
    if (payslip->state == ST_PAYSLIP_HELD)
        put_amount(page, word(page, WORD_SUM_HELD),
                   (st_amount){payslip->tax.ore - payslip->taxable.ore});
    put_total_rule(page);
    put_amount(page, word(page, WORD_SUM_NET), paid);
}

static void put_held(const struct page *page, const struct st_payslip_row *payslip) {
    struct text reason = {.used = 0};
    add_translated(page, &reason, payslip->held_reason);
    put_field(page, WORD_HELD, reason.bytes);
    put_spaces(page, LABEL_COLUMNS);
    put_wrapped(page, word(page, WORD_HELD_ADVICE), LABEL_COLUMNS);
}

static void put_tax_basis(const struct page *page, const char *english) {
    struct text basis = {.used = 0};
    add_translated(page, &basis, english);
    put_field(page, WORD_TAX_BY, basis.bytes);
}

static void put_account(const struct page *page, const char *account, bool is_paid) {
    struct text text = {.used = 0};
    if (!is_paid)
        add(&text, "%s", word(page, WORD_NOT_PAID));
    else if (strlen(account) == 11)
        add(&text, "%.4s.%.2s.%s", account, account + 4, account + 6);
    else
        add(&text, "%s", account);
    put_field(page, WORD_ACCOUNT, text.bytes);
}

void st_payslip_text_end(FILE *out, const struct st_run_row *run,
                         const struct st_payslip_row *payslip) {
    struct page page = page_of(out, payslip->language);
    bool held = payslip->state == ST_PAYSLIP_HELD;
    st_amount paid = held ? ST_ZERO : payslip->net;
    put_rule(&page, '-');
    put_sum(&page, payslip, paid);
    put_rule(&page, '=');
    if (held)
        put_held(&page, payslip);
    else
        put_tax_basis(&page, payslip->tax_basis);
    put_account(&page, payslip->account, paid.ore > 0 && run->state != ST_RUN_DISCARDED);
}
