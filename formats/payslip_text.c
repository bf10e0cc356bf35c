/* SPDX-License-Identifier: MIT */
/* payslip_text.c - the payslip a participant holds in hand: at most 80 columns, Norwegian or
 * English.
 *
 * begin -> line, for every line of the payslip -> correction, for every month put right -> end.
 * Skattebetalingsforskriften § 5-10-20 says what must be on it: name and number, the period, table
 * or percent, gross pay, the basis with what was deducted before it, the tax, and the payer's name
 * and organisation number. Below the lines stands a sum that can be followed with a finger: the
 * amounts at the right margin add up to it. Write errors stay in the stream, for the caller to
 * look at.
 */
#include "formats/amount_text.h"
#include "stonad/output.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum { PAGE_COLUMNS = 78, LABEL_COLUMNS = 18, DETAIL_COLUMN = 4, TEXT_MAX = 1024 };
static const char SECTION_SIGN_END = '\xa7'; /* the last byte of "§" */

/* ---- the words ----------------------------------------------------------------------------- */

enum { NORWEGIAN, ENGLISH, LANGUAGE_COUNT };

enum word {
    WORD_TITLE, WORD_PAYER, WORD_ORGANISATION, WORD_PERSON, WORD_PERSON_NUMBER, WORD_PERIOD,
    WORD_PAYDAY, WORD_RUN, WORD_TAX_BY, WORD_ACCOUNT, WORD_NOT_PAID, WORD_STATE,
    WORD_NOT_APPROVED, WORD_DISCARDED, WORD_CUT,
    WORD_CORRECTION, WORD_EARLIER, WORD_CORRECT, WORD_TAKEN_EARLIER, WORD_TAKE_CORRECT,
    WORD_DECISION, WORD_REFUND_DECISION, WORD_OF_AMOUNT, WORD_A_MONTH, WORD_LEFT_OF_DECISION,
    WORD_NO_MONTHLY_DECISION, WORD_BELOW_HALF, WORD_BELOW_TWELFTH, WORD_OWED_BEFORE,
    WORD_OWED_NOW, WORD_JANUARY_WITHHELD, WORD_JANUARY_DUE,
    WORD_PAID, WORD_DUE, WORD_DIFFERENCE, WORD_CAUSE, WORD_TOO_LITTLE, WORD_TOO_MUCH,
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
    [WORD_CORRECTION] = {"Rettelse for", "Correction for"},
    [WORD_EARLIER] = {"tidligere", "earlier"},
    [WORD_CORRECT] = {"riktig", "correct"},
    [WORD_TAKEN_EARLIER] = {"trukket tidligere", "deducted earlier"},
    [WORD_TAKE_CORRECT] = {"riktig trekk", "correct deduction"},
    [WORD_DECISION] = {"vedtak", "decision of"},
    [WORD_REFUND_DECISION] = {"refusjon vedtatt", "refund decided"},
    [WORD_OF_AMOUNT] = {"om", "on"},
    [WORD_A_MONTH] = {"i måneden", "a month"},
    [WORD_LEFT_OF_DECISION] = {"igjen av vedtaket", "left of the decision"},
    [WORD_NO_MONTHLY_DECISION] = {"uten vedtak om beløp i måneden",
                                  "without a decision on the amount a month"},
    [WORD_BELOW_HALF] = {"alle trekk under halve utbetalingen",
                         "all deductions below half of the payment"},
    [WORD_BELOW_TWELFTH] = {"og under G/12", "and below G/12"},
    [WORD_OWED_BEFORE] = {"du skyldte", "you owed"},
    [WORD_OWED_NOW] = {"du skylder nå", "you owe now"},
    [WORD_JANUARY_WITHHELD] = {"trukket i januar", "withheld in January"},
    [WORD_JANUARY_DUE] = {"riktig trekk", "correct tax"},
    [WORD_PAID] = {"utbetalt", "paid"},
    [WORD_DUE] = {"riktig beløp", "correct amount"},
    [WORD_DIFFERENCE] = {"forskjell", "difference"},
    [WORD_CAUSE] = {"Årsak", "Cause"},
    [WORD_TOO_LITTLE] = {"Du fikk for lite. Beløpene er før skatt.",
                         "You were paid too little. The amounts are before tax."},
    [WORD_TOO_MUCH] = {"Du fikk for mye. Beløpene er før skatt.",
                       "You were paid too much. The amounts are before tax."},
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

/* By enum st_line_kind. Before a correction's stands the month put right: "Rettelse for mai 2026: ". */
static const char *const kind_labels[ST_LINE_KIND_COUNT][LANGUAGE_COUNT] = {
    [ST_LINE_BENEFIT] = {"Introduksjonsstønad", "Introduction benefit"},
    [ST_LINE_OFFSET] = {"Annen offentlig ytelse", "Other public benefit"},
    [ST_LINE_WORK] = {"Lønnet arbeid i programmet", "Paid work in the programme"},
    [ST_LINE_ABSENCE_DAYS] = {"Fravær, hele dager", "Absence, whole days"},
    [ST_LINE_ABSENCE_HOURS] = {"Fravær, timer", "Absence, hours"},
    [ST_LINE_ABSENCE_MONTH] = {"Fravær hele måneden", "Absence the whole month"},
    [ST_LINE_CORRECTION_BENEFIT] = {"stønad", "benefit"},
    [ST_LINE_CORRECTION_OFFSET] = {"annen offentlig ytelse", "other public benefit"},
    [ST_LINE_CORRECTION_WORK] = {"lønnet arbeid", "paid work"},
    [ST_LINE_CORRECTION_ABSENCE_DAYS] = {"fravær, hele dager", "absence, whole days"},
    [ST_LINE_CORRECTION_ABSENCE_HOURS] = {"fravær, timer", "absence, hours"},
    [ST_LINE_CORRECTION_ABSENCE_MONTH] = {"fravær, hele måneden", "absence, the whole month"},
    [ST_LINE_REFUND] = {"Dekket av en annen etat", "Covered by another agency"},
    [ST_LINE_CLAIM] = {"Ført over til det du skylder", "Moved to what you owe"},
    [ST_LINE_RECOVERY] = {"Tilbakebetaling av det du skylder", "Repayment of what you owe"},
    [ST_LINE_REFUND_CLAIM] = {"Det du skyldte, er dekket av en annen etat",
                              "What you owed is covered by another agency"},
    [ST_LINE_WRITTEN_OFF] = {"Det du skyldte, er ettergitt", "What you owed is given up"},
    [ST_LINE_TAX] = {"Forskuddstrekk (skatt)", "Tax withheld"},
    [ST_LINE_EXTRA_TAX] = {"Ekstra skattetrekk etter eget ønske", "Extra tax, as you asked for"},
    [ST_LINE_JANUARY_TAX] = {"Skatten i januar rettet etter årets skattekort",
                             "Tax of January put right by this year's card"},
    [ST_LINE_HELD] = {"Holdt tilbake", "Held back"},
    [ST_LINE_PAYMENT] = {"Utbetaling", "Payment"},
};

/* What a line means for the person, below it; a "%s" is the amount, for lines that show none. NULL:
 * the line speaks for itself. */
static const char *const kind_meanings[ST_LINE_KIND_COUNT][LANGUAGE_COUNT] = {
    [ST_LINE_REFUND] = {"Etaten som gir deg den andre ytelsen, betaler dette til kommunen. Du "
                        "skylder det ikke.",
                        "The agency that gives you the other benefit pays this to the "
                        "municipality. You do not owe it."},
    [ST_LINE_CLAIM] = {"Til sammen har du fått dette for mye i tidligere måneder. Det trekkes "
                       "ikke i denne linjen, men du skylder det til kommunen. Er du uenig i "
                       "beløpet, eller er det noe du ikke forstår? Spør kommunen.",
                       "In all you were paid this too much in earlier months. This line takes "
                       "nothing from you, but you owe it to the municipality. Do you disagree "
                       "with the amount, or is there something you do not understand? Ask the "
                       "municipality."},
    [ST_LINE_RECOVERY] = {"Dette er trukket for det du skylder. Blir det for lite igjen å leve av, "
                          "eller er du uenig? Spør kommunen. Du kan klage på et vedtak.",
                          "This is taken for what you owe. Is too little left to live on, or do "
                          "you disagree? Ask the municipality. You may appeal a decision."},
    [ST_LINE_REFUND_CLAIM] = {"Etaten som gir deg den andre ytelsen, betaler %s av det du skyldte, "
                              "til kommunen. Utbetalingen er ikke endret av dette.",
                              "The agency that gives you the other benefit pays %s of what you "
                              "owed to the municipality. This does not change the payment."},
    [ST_LINE_WRITTEN_OFF] = {"Kommunen har bestemt at du ikke skal betale tilbake %s av det du "
                             "skyldte. Utbetalingen er ikke endret av dette.",
                             "The municipality has decided that you shall not pay back %s of what "
                             "you owed. This does not change the payment."},
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
    {"first paragraph", "første ledd"},
    {"third paragraph", "tredje ledd"},
    {"fortnight table", "14-dagerstabell"},
    {"on one of", "på én av"},
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
    {"parts", "deler"},
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

static void put_spaces(const struct page *page, int count) {
    fprintf(page->out, "%*s", count > 0 ? count : 0, "");
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* How long the word at `text` is. "22 758,17" and "§ 25" are one: an amount torn in two is misread;
 * and no line begins with a dot. */
static size_t word_size(const char *text) {
    size_t size = strcspn(text, " ");
    while (size > 0 && text[size] == ' ' &&
           ((is_digit(text[size - 1]) && is_digit(text[size + 1])) ||
            text[size - 1] == SECTION_SIGN_END || strncmp(text + size, " · ", strlen(" · ")) == 0))
        size += 1 + strcspn(text + size + 1, " ");
    return size;
}

/* A text from column `indent` on, broken between words; the first line begins where the pen is. */
static void put_wrapped(const struct page *page, const char *text, int indent) {
    int column = indent;
    bool first = true;
    while (*text != '\0') {
        char part[TEXT_MAX];
        size_t size = word_size(text);
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

static void add_period(struct text *text, const struct st_line_row *line) {
    if (is_day(line->from))
        add_day(text, line->from);
    if (is_day(line->to) && line->to != line->from) {
        add(text, "–");
        add_day(text, line->to);
    }
}

/* ---- what R11 and R12 put into a line's inputs --------------------------------------------- */

enum { INPUT_SIZE = ST_INPUTS_MAX, CORRECTION_FIRST = ST_LINE_CORRECTION_BENEFIT,
       CORRECTION_LAST = ST_LINE_CORRECTION_ABSENCE_MONTH, R12_LAST = ST_LINE_WRITTEN_OFF };

static bool is_correction(int kind) { return kind >= CORRECTION_FIRST && kind <= CORRECTION_LAST; }
static bool is_of_earlier_months(int kind) { return kind >= CORRECTION_FIRST && kind <= R12_LAST; }
static bool touches_the_person(int kind) {
    return kind != ST_LINE_REFUND_CLAIM && kind != ST_LINE_WRITTEN_OFF;
}

/* What follows `name` in the part of the inputs, "due=22758.17; paid=…", that begins with it. */
static bool find_input(const struct st_line_row *line, const char *name, char value[INPUT_SIZE]) {
    const char *part = line->inputs;
    while (true) {
        const char *end = strstr(part, "; ");
        size_t size = end == NULL ? strlen(part) : (size_t)(end - part), named = strlen(name);
        if (size >= named && size - named < INPUT_SIZE && strncmp(part, name, named) == 0) {
            memcpy(value, part + named, size - named);
            value[size - named] = '\0';
            return true;
        }
        if (end == NULL)
            return false;
        part = end + strlen("; ");
    }
}

/* "-2275.82" */
static bool parse_amount(const char *text, st_amount *out) {
    bool is_negative = text[0] == '-';
    if (!st_amount_from_person(text + is_negative, out))
        return false;
    out->ore = is_negative ? -out->ore : out->ore;
    return true;
}

static bool find_amount(const struct st_line_row *line, const char *name, st_amount *out) {
    char value[INPUT_SIZE];
    return find_input(line, name, value) && parse_amount(value, out);
}

static void add_amount(struct text *text, st_amount amount) {
    char number[ST_AMOUNT_TEXT_SIZE];
    st_amount_for_people(amount, number);
    add(text, "%s", number);
}

/* " · du skyldte 2 000,00", when the inputs tell it. */
static void add_input_amount(const struct page *page, struct text *text, enum word label,
                             const struct st_line_row *line, const char *name) {
    st_amount amount;
    if (!find_amount(line, name, &amount))
        return;
    add_dot(text);
    add(text, "%s ", word(page, label));
    add_amount(text, amount);
}

/* R12: by which decision, on how much: " · vedtak 10.06.2026 om 2 000,00". */
static void add_decision(const struct page *page, struct text *text, enum word label,
                         const struct st_line_row *line, const char *name) {
    char value[INPUT_SIZE];
    st_amount amount;
    st_date decided;
    if (!find_input(line, name, value) || !st_date_parse(value, strlen(value), &decided))
        return;
    add_dot(text);
    add(text, "%s ", word(page, label));
    add_day(text, decided);
    if (!find_amount(line, "amount=", &amount))
        return;
    add(text, " %s ", word(page, WORD_OF_AMOUNT));
    add_amount(text, amount);
}

/* R11: what stood in the month, and what is right. Deductions are negative in the inputs; a person
 * reads "trukket" and no sign. */
static void add_correction(const struct page *page, struct text *text, int kind,
                           const struct st_line_row *line) {
    bool is_deduction = kind != ST_LINE_CORRECTION_BENEFIT;
    st_amount paid, due;
    if (!find_amount(line, "paid=", &paid) || !find_amount(line, "due=", &due))
        return;
    add_dot(text);
    add(text, "%s ", word(page, is_deduction ? WORD_TAKEN_EARLIER : WORD_EARLIER));
    add_amount(text, is_deduction ? (st_amount){-paid.ore} : paid);
    add_dot(text);
    add(text, "%s ", word(page, is_deduction ? WORD_TAKE_CORRECT : WORD_CORRECT));
    add_amount(text, is_deduction ? (st_amount){-due.ore} : due);
}

/* The amount behind `mark`, and in *after what follows it. */
static bool find_marked(const char *text, const char *mark, st_amount *out, const char **after) {
    char value[ST_AMOUNT_TEXT_SIZE];
    const char *found = strstr(text, mark);
    if (found == NULL)
        return false;
    found += strlen(mark);
    size_t size = strcspn(found, " ,;");
    if (size >= sizeof value)
        return false;
    memcpy(value, found, size);
    value[size] = '\0';
    *after = found + size;
    return parse_amount(value, out);
}

/* R12, the cautious limit: "… below the smaller of half of the payment 11379.08 and G/12 11379.08,
 * deductions 0.00". */
static void add_cautious_limit(const struct page *page, struct text *text,
                               const struct st_line_row *line) {
    const char *rest;
    st_amount half, twelfth;
    if (!find_marked(line->inputs, "half of the payment ", &half, &rest) ||
        !find_marked(rest, " and G/12 ", &twelfth, &rest))
        return;
    add_dot(text);
    add(text, "%s (", word(page, WORD_BELOW_HALF));
    add_amount(text, half);
    add(text, ") %s (", word(page, WORD_BELOW_TWELFTH));
    add_amount(text, twelfth);
    add(text, ")");
}

/* R12: how much a month, and what is then left of the decision. */
static void add_monthly(const struct page *page, struct text *text,
                        const struct st_line_row *line) {
    st_amount amount, used;
    if (!find_amount(line, "a month=", &amount))
        return;
    add_dot(text);
    add_amount(text, amount);
    add(text, " %s", word(page, WORD_A_MONTH));
    if (!find_amount(line, "amount=", &amount) || !find_amount(line, "used before=", &used) ||
        !st_amount_subtract(amount, used, &amount) ||
        !st_amount_add(amount, line->amount, &amount)) /* negative: it is taken */
        return;
    add_dot(text);
    add_amount(text, amount);
    add(text, " %s", word(page, WORD_LEFT_OF_DECISION));
}

static void add_recovery(const struct page *page, struct text *text,
                         const struct st_line_row *line) {
    char value[INPUT_SIZE];
    add_decision(page, text, WORD_DECISION, line, "decided=");
    add_monthly(page, text, line);
    if (find_input(line, "no decision on the amount a month", value)) {
        add_dot(text);
        add(text, "%s", word(page, WORD_NO_MONTHLY_DECISION));
    }
    add_cautious_limit(page, text, line);
}

/* What is told of a line of R11 or R12 in place of its period. */
static void add_earlier_months(const struct page *page, struct text *text, int kind,
                               const struct st_line_row *line) {
    if (is_correction(kind))
        add_correction(page, text, kind, line);
    else if (kind == ST_LINE_RECOVERY)
        add_recovery(page, text, line);
    else if (kind == ST_LINE_REFUND || kind == ST_LINE_REFUND_CLAIM)
        add_decision(page, text, WORD_REFUND_DECISION, line, "refund decided=");
    else if (kind == ST_LINE_WRITTEN_OFF)
        add_decision(page, text, WORD_DECISION, line, "decided=");
    add_input_amount(page, text, WORD_OWED_BEFORE, line, "owed before=");
    add_input_amount(page, text, WORD_OWED_NOW, line, "owed now=");
}

/* R14: January's tax by both cards. */
static void add_january(const struct page *page, struct text *text,
                        const struct st_line_row *line) {
    add_input_amount(page, text, WORD_JANUARY_WITHHELD, line, "withheld=");
    add_input_amount(page, text, WORD_JANUARY_DUE, line, "due=");
}

/* What a line moved that does not touch the person's account, whose own amount is 0.00. */
static st_amount hidden_amount(const struct st_line_row *line) {
    st_amount amount;
    return st_round_to_ore(line->exact, &amount) ? amount : ST_ZERO;
}

static void put_meaning(const struct page *page, int kind, const struct st_line_row *line) {
    const char *meaning =
        kind < ST_LINE_KIND_COUNT ? kind_meanings[kind][page->language] : NULL;
    if (meaning == NULL)
        return;
    struct text text = {.used = 0};
    const char *place = strstr(meaning, "%s");
    if (place == NULL) {
        add(&text, "%s", meaning);
    } else {
        add(&text, "%.*s", (int)(place - meaning), meaning);
        add_amount(&text, hidden_amount(line));
        add(&text, "%s", place + strlen("%s"));
    }
    put_spaces(page, DETAIL_COLUMN);
    put_wrapped(page, text.bytes, DETAIL_COLUMN);
}

/* ---- a line -------------------------------------------------------------------------------- */

/* Period or what R11 and R12 tell, quantity and rate, paragraph. */
static void put_details(const struct page *page, int kind, const struct st_line_row *line) {
    struct text text = {.used = 0};
    if (is_of_earlier_months(kind))
        add_earlier_months(page, &text, kind, line);
    else
        add_period(&text, line);
    if (kind == ST_LINE_JANUARY_TAX)
        add_january(page, &text, line);
    add_quantity(page, &text, line);
    add_dot(&text);
    add_translated(page, &text, line->citation);
    if (line->cut) {
        add_dot(&text);
        add(&text, "%s", word(page, WORD_CUT));
    }
    put_spaces(page, DETAIL_COLUMN);
    put_wrapped(page, text.bytes, DETAIL_COLUMN);
}

static void add_label(const struct page *page, struct text *text, int kind,
                      const struct st_line_row *line) {
    if (is_correction(kind)) {
        add(text, "%s ", word(page, WORD_CORRECTION));
        add_month(page, text, line->month);
        add(text, ": ");
    }
    add(text, "%s", kind < ST_LINE_KIND_COUNT ? kind_labels[kind][page->language] : line->kind);
}

/* Payment and hold-back are told by the sum at the end: as lines they would bring the list to zero,
 * which is right in the books and strange in the hand. */
void st_payslip_text_line(FILE *out, enum st_language language, const struct st_line_row *line) {
    struct page page = page_of(out, language);
    int kind = kind_of(line->kind);
    if (kind == ST_LINE_PAYMENT || kind == ST_LINE_HELD)
        return;
    struct text label = {.used = 0};
    add_label(&page, &label, kind, line);
    if (touches_the_person(kind))
        put_amount(&page, label.bytes, line->amount);
    else
        fprintf(out, "%s\n", label.bytes);
    put_details(&page, kind, line);
    put_meaning(&page, kind, line);
}

/* ---- the months put right ------------------------------------------------------------------ */

static void add_named_amount(const struct page *page, struct text *text, enum word name,
                             st_amount amount, const char *after) {
    add(text, "%s ", word(page, name));
    add_amount(text, amount);
    add(text, "%s", after);
}

/* A sentence begins with the month; the names begin with plain letters. */
static void begin_with_capital(struct text *text) {
    char *first = &text->bytes[0];
    if (*first >= 'a' && *first <= 'z')
        *first = (char)(*first - 'a' + 'A');
}

void st_payslip_text_correction(FILE *out, enum st_language language,
                                const struct st_correction_row *row) {
    struct page page = page_of(out, language);
    struct text text = {.used = 0};
    add_month(&page, &text, row->month);
    begin_with_capital(&text);
    add(&text, ": ");
    add_named_amount(&page, &text, WORD_PAID, row->paid, ", ");
    add_named_amount(&page, &text, WORD_DUE, row->due, ", ");
    add_named_amount(&page, &text, WORD_DIFFERENCE, row->difference, ".");
    if (row->cause[0] != '\0') {
        size_t size = strlen(row->cause);
        add(&text, " %s: %s%s", word(&page, WORD_CAUSE), row->cause,
            row->cause[size - 1] == '.' ? "" : ".");
    }
    if (row->difference.ore != 0)
        add(&text, " %s",
            word(&page, row->difference.ore < 0 ? WORD_TOO_MUCH : WORD_TOO_LITTLE));
    putc('\n', out);
    put_wrapped(&page, text.bytes, 0);
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
