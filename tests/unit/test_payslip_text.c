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
    line = line_of(ST_LINE_CORRECTION, 106484);
    line.month = st_month_make(2026, 4);
    line.from = st_date_make(2026, 4, 1);
    line.to = st_date_make(2026, 4, 30);
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
    "Rettelse for april 2026                                               1 064,84\n"
    "    01.04.2026–30.04.2026 · integreringsloven § 20\n"
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
        "Correction for April 2026 ",
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
        cmocka_unit_test(every_kind_has_words),
        cmocka_unit_test(long_names_stay_on_the_page),
    };
    return cmocka_run_group_tests_name("payslip_text", tests, NULL, NULL);
}
