/* SPDX-License-Identifier: MIT */
/* test_payslip_text.c - the payslip as a participant reads it, whole, in both languages. */
#define _POSIX_C_SOURCE 200809L

#include "formats/amount_text.h"
#include "stonad/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct st_municipality payer = {.organisation_number = "312485494",
                                             .name = "Prøve kommune"};

static struct st_run_row run_of(enum st_run_state state) {
    return (struct st_run_row){.run = 3,
                               .month = st_month_make(2026, 5),
                               .payday = st_date_make(2026, 5, 29),
                               .state = state};
}

/* Three whole days of absence in May 2026 at the full rate, and a correction of April. */
static struct st_payslip_row payslip_of(enum st_language language) {
    return (struct st_payslip_row){.person_id = "01817012309",
                                   .name = "Oksana Øien",
                                   .month = st_month_make(2026, 5),
                                   .state = ST_PAYSLIP_DUE,
                                   .held_reason = "",
                                   .tax_basis = "table 8000, month table, basis 21547; tax card",
                                   .benefit = {2275817},
                                   .absence = {-227582},
                                   .corrections = {106484},
                                   .taxable = {2154719},
                                   .tax = {327300},
                                   .net = {1827419},
                                   .account = "12345678903",
                                   .end_to_end_id = "x-1",
                                   .language = language};
}

static struct st_line_row line_of(enum st_line_kind kind, int64_t ore) {
    return (struct st_line_row){.person_id = "01817012309",
                                .month = st_month_make(2026, 5),
                                .kind = st_line_kind_name(kind),
                                .from = st_date_make(2026, 5, 1),
                                .to = st_date_make(2026, 5, 31),
                                .quantity = {1, 1},
                                .rate = {1, 1},
                                .exact = {1, 1},
                                .unit = st_unit_name(ST_UNIT_PAYMENT),
                                .amount = {ore},
                                .rule = "R4",
                                .citation = "integreringsloven § 20",
                                .inputs = ""};
}

static void put_lines(FILE *out, enum st_language language) {
    struct st_line_row line = line_of(ST_LINE_BENEFIT, 2275817);
    line.quantity = (st_fraction){30, 1};
    line.rate = (st_fraction){2 * 136549, 360};
    line.unit = st_unit_name(ST_UNIT_DAY);
    st_payslip_text_line(out, language, &line);
    line.kind = st_line_kind_name(ST_LINE_ABSENCE_DAYS);
    line.citation = "integreringsloven § 21";
    line.from = st_date_make(2026, 5, 4);
    line.to = st_date_make(2026, 5, 6);
    line.quantity = (st_fraction){3, 1};
    line.amount.ore = -227582;
    st_payslip_text_line(out, language, &line);
    line = line_of(ST_LINE_CORRECTION_BENEFIT, 106484);
    line.month = st_month_make(2026, 4);
    line.from = st_date_make(2026, 4, 1);
    line.to = st_date_make(2026, 4, 30);
    line.inputs = "due=22758.17; paid=21693.33";
    st_payslip_text_line(out, language, &line);
    line = line_of(ST_LINE_TAX, -327300);
    line.citation = "skattebetalingsforskriften § 5-10-2";
    line.from = line.to = st_date_make(2026, 5, 29);
    st_payslip_text_line(out, language, &line);
    line = line_of(ST_LINE_PAYMENT, -1827419);
    st_payslip_text_line(out, language, &line);
}

static char *write_payslip(const struct st_run_row *run, const struct st_payslip_row *payslip) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    st_payslip_text_begin(out, &payer, run, payslip);
    put_lines(out, payslip->language);
    st_payslip_text_end(out, run, payslip);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void assert_fits_the_page(const char *text) {
    while (*text != '\0') {
        char line[1024];
        size_t size = strcspn(text, "\n");
        assert_true(size < sizeof line);
        memcpy(line, text, size);
        line[size] = '\0';
        assert_true(st_text_columns(line) <= 80);
        assert_true(size == 0 || line[size - 1] != ' ');
        text += size + 1;
    }
}

static const char norwegian[] =
    "INTRODUKSJONSSTØNAD                                                   mai 2026\n"
    "==============================================================================\n"
    "Utbetaler         Prøve kommune, org.nr. 312 485 494\n"
    "Deltaker          Oksana Øien\n"
    "Fødselsnummer     01817012309\n"
    "Periode           01.05.2026–31.05.2026\n"
    "Utbetalingsdato   29.05.2026 (kjøring 3)\n"
    "------------------------------------------------------------------------------\n"
    "Introduksjonsstønad                                                  22 758,17\n"
    "    01.05.2026–31.05.2026 · 30 dager × 758,6056 · integreringsloven § 20\n"
    "Fravær, hele dager                                                   -2 275,82\n"
    "    04.05.2026–06.05.2026 · 3 dager × 758,6056 · integreringsloven § 21\n"
    "Rettelse for april 2026: stønad                                       1 064,84\n"
    "    tidligere 21 693,33 · riktig 22 758,17 · integreringsloven § 20\n"
    "Forskuddstrekk (skatt)                                               -3 273,00\n"
    "    29.05.2026 · skattebetalingsforskriften § 5-10-2\n"
    "------------------------------------------------------------------------------\n"
    "Brutto introduksjonsstønad                                           22 758,17\n"
    "Fravær                                                               -2 275,82\n"
    "Rettelser fra tidligere måneder                                       1 064,84\n"
    "                                                                --------------\n"
    "Grunnlag for skattetrekk                                             21 547,19\n"
    "Forskuddstrekk (skatt)                                               -3 273,00\n"
    "                                                                --------------\n"
    "Netto utbetalt                                                       18 274,19\n"
    "==============================================================================\n"
    "Skattetrekk etter tabell 8000, månedstabell, grunnlag 21547; skattekort\n"
    "Til konto         1234.56.78903\n";

static void in_norwegian(void **state) {
    (void)state;
    struct st_run_row run = run_of(ST_RUN_APPROVED);
    static const enum st_language languages[] = {ST_LANGUAGE_NB, ST_LANGUAGE_NN, ST_LANGUAGE_UK,
                                                 ST_LANGUAGE_AR, ST_LANGUAGE_TI};
    for (size_t i = 0; i < ST_COUNT_OF(languages); i++) {
        struct st_payslip_row payslip = payslip_of(languages[i]);
        char *text = write_payslip(&run, &payslip);
        assert_string_equal(text, norwegian);
        free(text);
    }
}

static void in_english(void **state) {
    (void)state;
    struct st_run_row run = run_of(ST_RUN_EXPORTED);
    struct st_payslip_row payslip = payslip_of(ST_LANGUAGE_EN);
    char *text = write_payslip(&run, &payslip);
    static const char *const parts[] = {
        "INTRODUCTION BENEFIT ",
        " May 2026\n",
        "Payer ",
        "organisation no. 312 485 494\n",
        "Participant       Oksana Øien\n",
        "Identity number   01817012309\n",
        "Payment date      29.05.2026 (run 3)\n",
        "30 days × 758,6056",
        "Correction for April 2026: benefit ",
        "Basis for tax ",
        "Net paid ",
        "Tax withheld by   table 8000, month table, basis 21547; tax card\n",
        "To account        1234.56.78903\n"};
    for (size_t i = 0; i < ST_COUNT_OF(parts); i++)
        assert_non_null(strstr(text, parts[i]));
    assert_null(strstr(text, "Fravær"));
    assert_fits_the_page(text);
    free(text);
}

static void an_unapproved_run_says_so(void **state) {
    (void)state;
    struct st_run_row run = run_of(ST_RUN_COMPUTED);
    struct st_payslip_row payslip = payslip_of(ST_LANGUAGE_NB);
    char *text = write_payslip(&run, &payslip);
    assert_non_null(strstr(text, "Beregnet, ikke godkjent"));
    free(text);
    payslip.language = ST_LANGUAGE_EN;
    text = write_payslip(&run, &payslip);
    assert_non_null(strstr(text, "Computed, not approved"));
    free(text);
    run.state = ST_RUN_DISCARDED;
    text = write_payslip(&run, &payslip);
    assert_non_null(strstr(text, "Discarded: will not be paid"));
    assert_non_null(strstr(text, "To account        no payment"));
    free(text);
}

static void who_is_held_reads_why(void **state) {
    (void)state;
    struct st_run_row run = run_of(ST_RUN_APPROVED);
    struct st_payslip_row payslip = payslip_of(ST_LANGUAGE_NB);
    payslip.state = ST_PAYSLIP_HELD;
    payslip.held_reason =
        "the tax card says kildeskatt på lønn or kildeskattpensjonist; ask the tax "
        "authority for a card for introduksjonsstønad, or record one in taxcards.csv";
    payslip.tax_basis = "held back: no card that may be used";
    payslip.tax = ST_ZERO;
    payslip.net = payslip.taxable;
    char *text = write_payslip(&run, &payslip);
    assert_non_null(strstr(text,
                           "Holdt tilbake                                                       "
                           "-21 547,19\n"));
    assert_non_null(strstr(text,
                           "Netto utbetalt                                                      "
                           "      0,00\n"));
    assert_non_null(strstr(text, "Holdt tilbake     skattekortet sier kildeskatt på lønn eller\n"));
    assert_non_null(strstr(text, "Ta kontakt med"));
    assert_null(strstr(text, "Skattetrekk etter")); /* no tax was withheld by anything */
    assert_non_null(strstr(text, "Til konto         ingen utbetaling\n"));
    assert_fits_the_page(text);
    free(text);
    payslip.language = ST_LANGUAGE_EN;
    text = write_payslip(&run, &payslip);
    assert_non_null(strstr(text, "the tax card says kildeskatt på lønn or"));
    assert_non_null(strstr(text, "Contact the municipality."));
    free(text);
}

static char *write_line(const struct st_line_row *line) {
    struct st_run_row run = run_of(ST_RUN_APPROVED);
    struct st_payslip_row payslip = payslip_of(ST_LANGUAGE_NB);
    char *text, *result;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    st_payslip_text_begin(out, &payer, &run, &payslip);
    assert_int_equal(fflush(out), 0);
    size_t head = size;
    st_payslip_text_line(out, payslip.language, line);
    assert_int_equal(fclose(out), 0);
    result = strdup(text + head);
    free(text);
    return result;
}

static void lines_tell_only_what_is_so(void **state) {
    (void)state;
    struct st_line_row line = line_of(ST_LINE_WORK, -10000);
    line.unit = st_unit_name(ST_UNIT_HOUR);
    line.quantity = (st_fraction){15, 2};
    line.rate = (st_fraction){14762, 100};
    char *text = write_line(&line); /* the wage was less than hours times rate */
    assert_non_null(strstr(text, " · 7,5 timer · "));
    free(text);
    line.quantity = (st_fraction){1, 1};
    line.rate = (st_fraction){100, 1};
    text = write_line(&line);
    assert_non_null(strstr(text, " · 1 time × 100 · "));
    assert_null(strstr(text, "avkortet"));
    free(text);
    line.cut = true;
    text = write_line(&line);
    assert_non_null(strstr(text, " · avkortet"));
    free(text);
    line = line_of(ST_LINE_EXTRA_TAX, -50000);
    line.from = line.to = ST_DATE_NONE;
    line.citation = "skattebetalingsloven § 5-5 second paragraph";
    text = write_line(&line);
    assert_non_null(strstr(text, "\n    skattebetalingsloven § 5-5 andre ledd\n"));
    free(text);
    line.kind = "something new"; /* a ledger of a later program */
    text = write_line(&line);
    assert_memory_equal(text, "something new ", 14);
    free(text);
}

/* ---- what R11 and R12 do ------------------------------------------------------------------- */

/* June 2026: three days of absence in May known too late, the claim they become, and what is taken
 * of it at once. */
static const struct {
    enum st_line_kind kind;
    int64_t ore;
    const char *citation, *inputs;
} june_lines[] = {
    {ST_LINE_BENEFIT, 2275817, "integreringsloven § 20", ""},
    {ST_LINE_CORRECTION_BENEFIT, 106484, "integreringsloven §§ 20-24",
     "due=22758.17; paid=21693.33"},
    {ST_LINE_CORRECTION_ABSENCE_DAYS, -227582, "integreringsloven §§ 20-24",
     "due=-2275.82; paid=0.00"},
    {ST_LINE_CLAIM, 121098, "integreringsloven § 25 first paragraph",
     "corrections=-1210.98; owed before=789.02; owed now=2000.00"},
    {ST_LINE_WRITTEN_OFF, 0, "integreringsloven § 25 first paragraph",
     "decided=2026-06-12; amount=100.00; used before=0.00; owed before=2000.00; owed now=1900.00"},
    {ST_LINE_RECOVERY, -50000, "integreringsloven § 25 first paragraph",
     "decided=2026-06-10; amount=2000.00; used before=200.00; a month=500.00; owed before=1900.00; "
     "owed now=1400.00"},
    {ST_LINE_TAX, -360700, "skattebetalingsforskriften § 5-10-2", ""},
};

static struct st_line_row june_line(size_t at) {
    struct st_line_row line = line_of(june_lines[at].kind, june_lines[at].ore);
    line.exact = (st_fraction){june_lines[at].kind == ST_LINE_WRITTEN_OFF ? 100 : 1, 1};
    line.citation = june_lines[at].citation;
    line.inputs = june_lines[at].inputs;
    line.month = st_month_make(2026, 6);
    line.from = st_date_make(2026, 6, 1);
    line.to = st_date_make(2026, 6, 30);
    if (line.inputs[0] == 'd' && line.inputs[1] == 'u') { /* "due=": of the month put right */
        line.month = st_month_make(2026, 5);
        line.from = st_date_make(2026, 5, 1);
        line.to = st_date_make(2026, 5, 31);
    }
    return line;
}

static struct st_payslip_row june_payslip(enum st_language language) {
    struct st_payslip_row payslip = payslip_of(language);
    payslip.month = st_month_make(2026, 6);
    payslip.absence = payslip.corrections = ST_ZERO;
    payslip.recovery.ore = -50000;
    payslip.taxable.ore = 2225817;
    payslip.tax.ore = 360700;
    payslip.net.ore = 1865117;
    return payslip;
}

static const struct st_correction_row may_put_right = {
    .person_id = "01817012309",
    .name = "Oksana Øien",
    .month = 2026 * 12 + 4,
    .paid = {2169333},
    .due = {2048235},
    .difference = {-121098},
    .cause = "absence unapproved 2026-05-05 to 2026-05-07 (entry 12)",
    .cause_entry = 12};

static char *write_june(enum st_language language) {
    struct st_run_row run = run_of(ST_RUN_APPROVED);
    struct st_payslip_row payslip = june_payslip(language);
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    st_payslip_text_begin(out, &payer, &run, &payslip);
    for (size_t i = 0; i < ST_COUNT_OF(june_lines); i++) {
        struct st_line_row line = june_line(i);
        st_payslip_text_line(out, language, &line);
    }
    st_payslip_text_correction(out, language, &may_put_right);
    st_payslip_text_end(out, &run, &payslip);
    assert_int_equal(fclose(out), 0);
    return text;
}

static const char june_norwegian[] =
    "------------------------------------------------------------------------------\n"
    "Introduksjonsstønad                                                  22 758,17\n"
    "    01.06.2026–30.06.2026 · integreringsloven § 20\n"
    "Rettelse for mai 2026: stønad                                         1 064,84\n"
    "    tidligere 21 693,33 · riktig 22 758,17 · integreringsloven §§ 20-24\n"
    "Rettelse for mai 2026: fravær, hele dager                            -2 275,82\n"
    "    trukket tidligere 0,00 · riktig trekk 2 275,82 · integreringsloven\n"
    "    §§ 20-24\n"
    "Ført over til det du skylder                                          1 210,98\n"
    "    du skyldte 789,02 · du skylder nå 2 000,00 · integreringsloven § 25 første\n"
    "    ledd\n"
    "    Til sammen har du fått dette for mye i tidligere måneder. Det trekkes ikke\n"
    "    i denne linjen, men du skylder det til kommunen. Er du uenig i beløpet,\n"
    "    eller er det noe du ikke forstår? Spør kommunen.\n"
    "Det du skyldte, er ettergitt\n"
    "    vedtak 12.06.2026 om 100,00 · du skyldte 2 000,00 · du skylder nå\n"
    "    1 900,00 · integreringsloven § 25 første ledd\n"
    "    Kommunen har bestemt at du ikke skal betale tilbake 100,00 av det du\n"
    "    skyldte. Utbetalingen er ikke endret av dette.\n"
    "Tilbakebetaling av det du skylder                                      -500,00\n"
    "    vedtak 10.06.2026 om 2 000,00 · 500,00 i måneden · 1 300,00 igjen av\n"
    "    vedtaket · du skyldte 1 900,00 · du skylder nå 1 400,00 ·\n"
    "    integreringsloven § 25 første ledd\n"
    "    Dette er trukket for det du skylder. Blir det for lite igjen å leve av,\n"
    "    eller er du uenig? Spør kommunen. Du kan klage på et vedtak.\n"
    "Forskuddstrekk (skatt)                                               -3 607,00\n"
    "    01.06.2026–30.06.2026 · skattebetalingsforskriften § 5-10-2\n"
    "\n"
    "Mai 2026: utbetalt 21 693,33, riktig beløp 20 482,35, forskjell -1 210,98.\n"
    "Årsak: absence unapproved 2026-05-05 to 2026-05-07 (entry 12). Du fikk for\n"
    "mye. Beløpene er før skatt.\n"
    "------------------------------------------------------------------------------\n"
    "Brutto introduksjonsstønad                                           22 758,17\n"
    "Tilbakebetaling                                                        -500,00\n"
    "                                                                --------------\n"
    "Grunnlag for skattetrekk                                             22 258,17\n"
    "Forskuddstrekk (skatt)                                               -3 607,00\n"
    "                                                                --------------\n"
    "Netto utbetalt                                                       18 651,17\n";

static void corrections_claims_and_repayment(void **state) {
    (void)state;
    char *text = write_june(ST_LANGUAGE_NB);
    const char *body = strstr(text, "\n---");
    assert_non_null(body);
    assert_fits_the_page(text);
    assert_memory_equal(body + 1, june_norwegian, strlen(june_norwegian));
    free(text);
    text = write_june(ST_LANGUAGE_EN);
    assert_fits_the_page(text);
    static const char *const parts[] = {
        "Correction for May 2026: benefit                                      1 064,84\n",
        "    earlier 21 693,33 · correct 22 758,17 · integreringsloven §§ 20-24\n",
        "Correction for May 2026: absence, whole days ",
        "    deducted earlier 0,00 · correct deduction 2 275,82 · ",
        "Moved to what you owe                                                 1 210,98\n",
        "    you owed 789,02 · you owe now 2 000,00 · integreringsloven § 25 first\n",
        "    In all you were paid this too much in earlier months. ",
        "    decision of 10.06.2026 on 2 000,00 · 500,00 a month · 1 300,00 left of the\n",
        "disagree? Ask the municipality. You may appeal a decision.\n",
        "What you owed is given up\n",
        "not pay back 100,00 of",
        "\nMay 2026: paid 21 693,33, correct amount 20 482,35, difference -1 210,98.\n",
        "\nCause: absence unapproved 2026-05-05 to 2026-05-07 (entry 12). You were paid\n",
        "You were paid\ntoo much. The amounts are before tax.\n"};
    for (size_t i = 0; i < ST_COUNT_OF(parts); i++)
        if (strstr(text, parts[i]) == NULL)
            fail_msg("not there: %s", parts[i]);
    free(text);
}

/* The amounts at the right margin, from after the head to the sum. */
static int64_t sum_of_column(const char *text) {
    int64_t sum = 0;
    const char *line = strstr(text, "\n---") + 1;
    line = strchr(line, '\n') + 1;
    while (line[0] != '-') {
        size_t size = strcspn(line, "\n");
        char number[ST_AMOUNT_TEXT_SIZE];
        const char *from = line + size;
        st_amount amount;
        if (size > 3 && from[-3] == ',' && line[0] != ' ' && line[0] != '\0') {
            while (from > line && !(from[-1] == ' ' && from[-2] == ' '))
                from--;
            bool is_negative = *from == '-';
            assert_true((size_t)(line + size - from) < sizeof number);
            (void)snprintf(number, sizeof number, "%.*s",
                           (int)(line + size - from) - is_negative, from + is_negative);
            assert_true(st_amount_from_person(number, &amount));
            sum += is_negative ? -amount.ore : amount.ore;
        }
        line += size + 1;
    }
    return sum;
}

static void the_page_adds_up(void **state) {
    (void)state;
    static const enum st_language languages[] = {ST_LANGUAGE_NB, ST_LANGUAGE_EN};
    for (size_t i = 0; i < ST_COUNT_OF(languages); i++) {
        char *text = write_june(languages[i]);
        assert_int_equal(sum_of_column(text), june_payslip(languages[i]).net.ore);
        free(text);
    }
}

static void repayment_without_a_decision(void **state) {
    (void)state;
    struct st_line_row line = line_of(ST_LINE_RECOVERY, -1137907);
    line.citation = "integreringsloven § 25 second paragraph";
    line.inputs = "no decision on the amount a month: below the smaller of half of the payment "
                  "11379.09 (2275817/200) and G/12 11379.08 (136549/12), deductions 0.00 (0); owed "
                  "before=20000.00; owed now=8620.93";
    char *text = write_line(&line);
    assert_non_null(strstr(text, "    uten vedtak om beløp i måneden · alle trekk under halve "
                                 "utbetalingen\n    (11 379,09) og under G/12 (11 379,08) · du "
                                 "skyldte 20 000,00 · du skylder\n    nå 8 620,93 · "
                                 "integreringsloven § 25 andre ledd\n"));
    free(text);
}

static void another_agency_pays(void **state) {
    (void)state;
    struct st_line_row line = line_of(ST_LINE_REFUND, 500000);
    line.citation = "integreringsloven § 25 third paragraph";
    line.inputs = "refund decided=2026-06-10; amount=6000.00; used before=0.00";
    char *text = write_line(&line);
    assert_string_equal(
        text, "Dekket av en annen etat                                               5 000,00\n"
              "    refusjon vedtatt 10.06.2026 om 6 000,00 · integreringsloven § 25 tredje\n"
              "    ledd\n"
              "    Etaten som gir deg den andre ytelsen, betaler dette til kommunen. Du\n"
              "    skylder det ikke.\n");
    free(text);
    line = line_of(ST_LINE_REFUND_CLAIM, 0);
    line.exact = (st_fraction){5000, 1};
    line.citation = "integreringsloven § 25 third paragraph";
    line.inputs = "refund decided=2026-06-10; amount=5000.00; used before=0.00; owed before=5000.00; "
                  "owed now=0.00";
    text = write_line(&line);
    assert_string_equal(
        text, "Det du skyldte, er dekket av en annen etat\n"
              "    refusjon vedtatt 10.06.2026 om 5 000,00 · du skyldte 5 000,00 · du skylder\n"
              "    nå 0,00 · integreringsloven § 25 tredje ledd\n"
              "    Etaten som gir deg den andre ytelsen, betaler 5 000,00 av det du skyldte,\n"
              "    til kommunen. Utbetalingen er ikke endret av dette.\n");
    free(text);
}

static void januarys_tax_put_right(void **state) {
    (void)state;
    struct st_line_row line = line_of(ST_LINE_JANUARY_TAX, 12300);
    line.from = line.to = st_date_make(2026, 2, 12);
    line.citation = "skattebetalingsforskriften § 5-5-2";
    line.inputs = "January by this year's card: table 8100, month table, basis 22758; tax card; "
                  "due=3484; withheld=3607";
    char *text = write_line(&line);
    assert_string_equal(
        text, "Skatten i januar rettet etter årets skattekort                          123,00\n"
              "    12.02.2026 · trukket i januar 3 607,00 · riktig trekk 3 484,00 ·\n"
              "    skattebetalingsforskriften § 5-5-2\n");
    free(text);
}

/* Whatever the inputs say, the line is written, and nothing is read that is not there. */
static void strange_inputs_are_passed_over(void **state) {
    (void)state;
    static const char *const inputs[] = {
        "; ", "; ; ", "due=; paid=", "due=-; paid=1.00", "due=1.00", "paid=x; due=1.00",
        "decided=2026-13-10; a month=much", "decided=", "half of the payment ",
        "half of the payment 1.00 and G/12 ", "half of the payment 1.00 and G/12 x, deductions",
        "owed before=1.00; owed now=99999999999999999999.00", "a month=--5"};
    for (size_t i = 0; i < ST_COUNT_OF(inputs); i++)
        for (int kind = ST_LINE_CORRECTION_BENEFIT; kind <= ST_LINE_WRITTEN_OFF; kind++) {
            struct st_line_row line = line_of((enum st_line_kind)kind, -100);
            line.inputs = inputs[i];
            char *text = write_line(&line);
            assert_fits_the_page(text);
            assert_null(strstr(text, "· ·"));
            assert_null(strstr(text, "--"));
            free(text);
        }
}

static char *write_correction(const struct st_correction_row *row, enum st_language language) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    st_payslip_text_correction(out, language, row);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void a_month_put_right_says_why(void **state) {
    (void)state;
    struct st_correction_row row = may_put_right;
    row.due.ore = 2275817;
    row.difference.ore = 106484;
    row.cause = "rate G 136549 from 2026-05-01, known 2026-05-22 (entry 9)";
    char *text = write_correction(&row, ST_LANGUAGE_TI);
    assert_string_equal(
        text, "\nMai 2026: utbetalt 21 693,33, riktig beløp 22 758,17, forskjell 1 064,84.\n"
              "Årsak: rate G 136549 from 2026-05-01, known 2026-05-22 (entry 9). Du fikk for\n"
              "lite. Beløpene er før skatt.\n");
    free(text);
    row.cause = "";
    row.difference = ST_ZERO;
    text = write_correction(&row, ST_LANGUAGE_EN);
    assert_string_equal(
        text, "\nMay 2026: paid 21 693,33, correct amount 22 758,17, difference 0,00.\n");
    free(text);
    row.cause = "A sentence.";
    text = write_correction(&row, ST_LANGUAGE_EN);
    assert_non_null(strstr(text, " 0,00. Cause: A\nsentence.\n"));
    free(text);
}

static void every_kind_has_words(void **state) {
    (void)state;
    for (int kind = 0; kind < ST_LINE_KIND_COUNT; kind++) {
        struct st_line_row line = line_of((enum st_line_kind)kind, 100);
        char *text = write_line(&line);
        bool told_by_the_sum = kind == ST_LINE_HELD || kind == ST_LINE_PAYMENT;
        assert_int_equal(text[0] == '\0', told_by_the_sum);
        assert_true(text[0] == '\0' || (text[0] >= 'A' && text[0] <= 'Z')); /* a label, no name */
        free(text);
    }
}

static void long_names_stay_on_the_page(void **state) {
    (void)state;
    struct st_run_row run = run_of(ST_RUN_APPROVED);
    struct st_payslip_row payslip = payslip_of(ST_LANGUAGE_NB);
    payslip.name = "Abeba Tesfaye Gebremedhin Haile-Mariam Woldegiorgis Kidane Berhane Tsegaye "
                   "Mehari Asmelash Yohannes";
    char *text = write_payslip(&run, &payslip);
    assert_fits_the_page(text);
    assert_non_null(strstr(text, "\n                  Berhane Tsegaye Mehari Asmelash Yohannes\n"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_norwegian),
        cmocka_unit_test(in_english),
        cmocka_unit_test(an_unapproved_run_says_so),
        cmocka_unit_test(who_is_held_reads_why),
        cmocka_unit_test(lines_tell_only_what_is_so),
        cmocka_unit_test(corrections_claims_and_repayment),
        cmocka_unit_test(the_page_adds_up),
        cmocka_unit_test(repayment_without_a_decision),
        cmocka_unit_test(another_agency_pays),
        cmocka_unit_test(januarys_tax_put_right),
        cmocka_unit_test(strange_inputs_are_passed_over),
        cmocka_unit_test(a_month_put_right_says_why),
        cmocka_unit_test(every_kind_has_words),
        cmocka_unit_test(long_names_stay_on_the_page),
    };
    return cmocka_run_group_tests_name("payslip_text", tests, NULL, NULL);
}
