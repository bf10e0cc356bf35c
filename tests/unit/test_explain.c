/* SPDX-License-Identifier: MIT */
/* test_explain.c - payslip lines as sentences in both languages, word for word; and a rule behind
 * every line and every finding.
 */
#define _POSIX_C_SOURCE 200809L

#include "stonad/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <glob.h>

#include <cmocka.h>

static st_date day(const char *text) {
    st_date date = ST_DATE_NONE;
    if (text[0] != '\0')
        assert_true(st_date_parse(text, strlen(text), &date));
    return date;
}

/* A line of May 2026; what a test does not name is zero. */
struct example {
    const char *kind, *from, *to;
    st_fraction quantity, rate, exact;
    int64_t amount_ore;
    bool cut;
    const char *citation, *inputs;
    const char *nb, *en;
};

static struct st_line_row line_of(const struct example *example) {
    return (struct st_line_row){
        .person_id = "01819000049",
        .month = st_month_make(2026, 5),
        .line = 1,
        .kind = example->kind,
        .from = day(example->from),
        .to = day(example->to),
        .quantity = example->quantity.denominator == 0 ? (st_fraction){1, 1} : example->quantity,
        .rate = example->rate.denominator == 0 ? ST_FRACTION_ZERO : example->rate,
        .exact = example->exact.denominator == 0 ? ST_FRACTION_ZERO : example->exact,
        .unit = "day",
        .amount = {example->amount_ore},
        .from_account = "benefit",
        .to_account = "person",
        .cut = example->cut,
        .rule = "R4",
        .citation = example->citation,
        .inputs = example->inputs,
    };
}

static void tells(const struct example *examples, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char text[ST_SENTENCE_SIZE];
        struct st_line_row line = line_of(&examples[i]);
        st_line_sentence(&line, ST_LANGUAGE_NB, text);
        assert_string_equal(text, examples[i].nb);
        st_line_sentence(&line, ST_LANGUAGE_EN, text);
        assert_string_equal(text, examples[i].en);
    }
}
#define TELLS(...)                                                                                 \
    do {                                                                                           \
        static const struct example examples[] = {__VA_ARGS__};                                    \
        tells(examples, ST_COUNT_OF(examples));                                                    \
    } while (0)

#define G_NB "G = 136 549 kr fra 1. mai 2026"
#define G_EN "G = 136 549 kr from 1 May 2026"
#define G_INPUT "G=136549 from 2026-05-01"
#define MAY .from = "2026-05-01", .to = "2026-05-31"
#define PAYDAY .from = "2026-05-29", .to = "2026-05-29"
#define DAY_RATE .rate = {136549, 180}
#define HOUR_RATE .rate = {273098, 1850}

/* ---- R4 ------------------------------------------------------------------------------------ */

static void benefit(void **state) {
    (void)state;
    TELLS(
        {.kind = "benefit", MAY, .quantity = {30, 1}, DAY_RATE, .exact = {136549, 6},
         .amount_ore = 2275817, .citation = "integreringsloven § 20",
         .inputs = G_INPUT "; A=273098; units=30 of 30",
         .nb = "Introduksjonsstønad for 1.–31. mai 2026: 30 dager à 758,61 kr (2 G / 360, " G_NB
               "), 22 758,17 kr (integreringsloven § 20).",
         .en = "Introduction benefit for 1–31 May 2026: 30 days at 758,61 kr (2 G / 360, " G_EN
               "), 22 758,17 kr (integreringsloven § 20)."},
        {.kind = "benefit", .from = "2026-05-31", .to = "2026-05-31", .quantity = {1, 1},
         .rate = {682745, 2700}, .exact = {682745, 2700}, .amount_ore = 25287,
         .citation = "integreringsloven § 20",
         .inputs = G_INPUT "; under 25=1/3 with parents; couple without children=5/6; "
                           "programme share=60 %; A=1; units=1 of 12",
         .nb = "Introduksjonsstønad for 31. mai 2026: 1 dag av månedens 12 à 252,87 kr (2 G · 1/3 · "
               "5/6 · 60 % / 360, " G_NB ", 1/3 fordi deltakeren er under 25 år og bor hos foreldre, "
               "5/6 fordi partneren også deltar og paret ikke forsørger barn, 60 % er programmets "
               "andel av full tid), 252,87 kr (integreringsloven § 20).",
         .en = "Introduction benefit for 31 May 2026: 1 day of the month's 12 at 252,87 kr (2 G · "
               "1/3 · 5/6 · 60 % / 360, " G_EN ", 1/3 because the participant is under 25 and lives "
               "with parents, 5/6 because the partner takes part too and they support no children, "
               "60 % is the programme's share of full time), 252,87 kr (integreringsloven § 20)."},
        {.kind = "benefit", .from = "2025-12-30", .to = "2026-01-02", .quantity = {4, 1},
         .rate = {500, 1}, .exact = {2000, 1}, .amount_ore = 200000, .citation = "§ 20",
         .inputs = "G=118620 from 2023-05-01; under 25=2/3 (law of 2003)",
         .nb = "Introduksjonsstønad for 30. desember 2025–2. januar 2026: 4 dager à 500,00 kr (2 G · "
               "2/3 / 360, G = 118 620 kr fra 1. mai 2023, 2/3 fordi deltakeren er under 25 år "
               "(introduksjonsloven av 2003)), 2 000,00 kr (§ 20).",
         .en = "Introduction benefit for 30 December 2025–2 January 2026: 4 days at 500,00 kr (2 G "
               "· 2/3 / 360, G = 118 620 kr from 1 May 2023, 2/3 because the participant is under 25 "
               "(the law of 2003)), 2 000,00 kr (§ 20)."});
}

/* ---- R5 and R6 ----------------------------------------------------------------------------- */

static void other_benefits(void **state) {
    (void)state;
    TELLS(
        {.kind = "offset", .from = "2026-05-01", .to = "2026-05-15", .quantity = {1, 2},
         .rate = {9300, 1}, .exact = {4650, 1}, .amount_ore = -465000,
         .citation = "integreringsloven § 22",
         .inputs = "sykepenger=9300.00 a month; units=15/30; earned before the programme=yes",
         .nb = "Trekk for sykepenger 1.–15. mai 2026: 9 300,00 kr i måneden, for 15/30 av måneden, "
               "4 650,00 kr (integreringsloven § 22). Retten var opptjent før programmet begynte.",
         .en = "Deduction for sickness benefit (sykepenger), 1–15 May 2026: 9 300,00 kr a month, "
               "for 15/30 of the month, 4 650,00 kr (integreringsloven § 22). The right was earned "
               "before the programme began."},
        {.kind = "offset", MAY, .quantity = {1, 1}, .rate = {30000, 1}, .exact = {30000, 1},
         .amount_ore = -2275817, .cut = true, .citation = "integreringsloven § 22",
         .inputs = "uforetrygd=30000.00 a month; units=30/30",
         .nb = "Trekk for uføretrygd 1.–31. mai 2026: 30 000,00 kr i måneden, for 30/30 av måneden, "
               "30 000,00 kr, avkortet til det som var igjen av stønaden: 22 758,17 kr (R10) "
               "(integreringsloven § 22).",
         .en = "Deduction for disability benefit (uføretrygd), 1–31 May 2026: 30 000,00 kr a month, "
               "for 30/30 of the month, 30 000,00 kr, cut to what was left of the benefit: 22 758,17 "
               "kr (R10) (integreringsloven § 22)."},
        {.kind = "offset", MAY, .quantity = {2, 3}, .rate = {164418, 100}, .exact = {109612, 100},
         .amount_ore = -109612, .citation = "§ 22",
         .inputs = "overgangsstonad=9800.00 a month; units=20/30; counts=40 % of what 12 months "
                   "exceed G/2, a twelfth",
         .nb = "Trekk for overgangsstønad 1.–31. mai 2026: 9 800,00 kr i måneden, der 40 % av det "
               "tolv måneder overstiger G/2 teller: 1 644,18 kr i måneden, for 20/30 av måneden, 1 "
               "096,12 kr (§ 22).",
         .en = "Deduction for transitional benefit (overgangsstønad), 1–31 May 2026: 9 800,00 kr a "
               "month, of which 40 % of what twelve months exceed G/2 counts: 1 644,18 kr a month, "
               "for 20/30 of the month, 1 096,12 kr (§ 22)."});
}

static void work(void **state) {
    (void)state;
    TELLS(
        {.kind = "work", .from = "2026-05-04", .to = "2026-05-29", .quantity = {20, 1}, HOUR_RATE,
         .exact = {546196, 185}, .amount_ore = -295241, .citation = "integreringsloven § 23",
         .inputs = "hours=20; gross wage=4600.00; taken=hours at A/1850; " G_INPUT "; A=273098",
         .nb = "Lønnet arbeid i programmet 4.–29. mai 2026: 20 timer, bruttolønn 4 600,00 kr; "
               "trukket er timene à 147,62 kr (2 G / 1850, " G_NB
               "), 2 952,41 kr (integreringsloven § 23).",
         .en = "Paid work in the programme, 4–29 May 2026: 20 hours, gross wage 4 600,00 kr; taken "
               "are the hours at 147,62 kr (2 G / 1850, " G_EN
               "), 2 952,41 kr (integreringsloven § 23)."},
        {.kind = "work", .from = "2026-04-30", .to = "2026-05-02", .quantity = {1, 1}, HOUR_RATE,
         .exact = {100, 1}, .amount_ore = -10000, .citation = "§ 23",
         .inputs = "hours=1; gross wage=100.00; taken=the wage, krone for krone",
         .nb = "Lønnet arbeid i programmet 30. april–2. mai 2026: 1 time, bruttolønn 100,00 kr; "
               "trukket er lønnen, krone for krone, fordi timene ville gitt mer: 1 time à 147,62 kr, "
               "100,00 kr (§ 23).",
         .en = "Paid work in the programme, 30 April–2 May 2026: 1 hour, gross wage 100,00 kr; taken "
               "is the wage, krone for krone, because the hours would take more: 1 hour at 147,62 "
               "kr, 100,00 kr (§ 23)."});
}

/* ---- R7 and R8 ----------------------------------------------------------------------------- */

static void unapproved_absence(void **state) {
    (void)state;
    TELLS(
        {.kind = "absence_days", .from = "2026-05-13", .to = "2026-05-18", .quantity = {3, 1},
         DAY_RATE, .exact = {136549, 60}, .amount_ore = -227582,
         .citation = "integreringsloven § 21",
         .inputs = "unapproved from 2026-05-13 to 2026-05-18; " G_INPUT "; A=273098",
         .nb = "Ikke godkjent fravær, registrert 13.–18. mai 2026: trekk for 3 dager à 758,61 kr (2 "
               "G / 360, " G_NB "), 2 275,82 kr (integreringsloven § 21). Ikke trukket: 3 fridager "
               "(Kristi himmelfartsdag, lørdag, 17. mai).",
         .en = "Unapproved absence, recorded 13–18 May 2026: charged for 3 days at 758,61 kr (2 G / "
               "360, " G_EN "), 2 275,82 kr (integreringsloven § 21). Not charged: 3 days off "
               "(Ascension Day, Saturday, 17 May)."},
        {.kind = "absence_days", .from = "2026-05-29", .to = "2026-05-29", .quantity = {1, 1},
         DAY_RATE, .exact = {136549, 180}, .amount_ore = -50000, .cut = true, .citation = "§ 21",
         .inputs = "unapproved from 2026-05-28 to open",
         .nb = "Ikke godkjent fravær, registrert fra 28. mai 2026 uten sluttdato: trekk for 1 dag, "
               "29. mai 2026 à 758,61 kr, 758,61 kr, avkortet til det som var igjen av stønaden: "
               "500,00 kr (R10) (§ 21). Ikke trukket: 2 fridager (lørdag, søndag). 1 annen dag av "
               "fraværet hører ikke til denne linjen (annen sats, eller ingen rett til stønad).",
         .en = "Unapproved absence, recorded from 28 May 2026 without an end: charged for 1 day, 29 "
               "May 2026 at 758,61 kr, 758,61 kr, cut to what was left of the benefit: 500,00 kr "
               "(R10) (§ 21). Not charged: 2 days off (Saturday, Sunday). 1 other day of the absence "
               "is not part of this line (another rate, or no right to the benefit)."},
        {.kind = "absence_hours", .from = "2026-05-20", .to = "2026-05-20", .quantity = {15, 2},
         HOUR_RATE, .exact = {136549, 180}, .amount_ore = -75861, .citation = "§ 21",
         .inputs = "unapproved from 2026-05-20 to 2026-05-20; " G_INPUT
                   "; A=273098; the hours of one day cost at most A/360",
         .nb = "Ikke godkjent fravær 20. mai 2026: trekk for 7,5 timer à 147,62 kr (2 G / 1850, " G_NB
               "), 758,61 kr (§ 21). Timene på én dag koster aldri mer enn dagsatsen (A/360).",
         .en = "Unapproved absence, 20 May 2026: charged for 7,5 hours at 147,62 kr (2 G / 1850, "
               G_EN "), 758,61 kr (§ 21). The hours of one day never cost more than the rate of the "
               "day (A/360)."},
        {.kind = "absence_month", MAY, .exact = {910327, 100}, .amount_ore = -910327,
         .citation = "integreringsloven § 24",
         .inputs = "missed=all 18 days of the month that were to be attended; taken=what remains of "
                   "it",
         .nb = "Fravær hele måneden, 1.–31. mai 2026: alle de 18 dagene med oppmøteplikt er fravær, "
               "så resten av stønaden er trukket, 9 103,27 kr (integreringsloven § 24).",
         .en = "Absence the whole month, 1–31 May 2026: all 18 days to be attended were missed, so "
               "what remains of the benefit is taken, 9 103,27 kr (integreringsloven § 24)."});
}

static void past_a_limit(void **state) {
    (void)state;
    TELLS(
        {.kind = "absence_days", .from = "2026-05-07", .to = "2026-05-08", .quantity = {2, 1},
         DAY_RATE, .exact = {136549, 90}, .amount_ore = -151721,
         .citation = "integreringsforskriften § 18",
         .inputs = "holiday; past the limit: 25 days a programme year; without permission; recorded "
                   "from 2026-05-04 to 2026-05-10; " G_INPUT "; A=273098",
         .nb = "Ferie, registrert 4.–10. mai 2026: trekk for 2 dager, 7.–8. mai 2026 à 758,61 kr (2 "
               "G / 360, " G_NB "), 1 517,21 kr (integreringsforskriften § 18). Ut over grensen: 25 "
               "dager i programåret; uten tillatelse. Ikke trukket: 2 fridager (lørdag, søndag). 3 "
               "andre dager av fraværet hører ikke til denne linjen (innenfor grensen, eller i en "
               "annen linje).",
         .en = "Holiday, recorded 4–10 May 2026: charged for 2 days, 7–8 May 2026 at 758,61 kr (2 G "
               "/ 360, " G_EN "), 1 517,21 kr (integreringsforskriften § 18). Past the limit: 25 "
               "days a programme year; without permission. Not charged: 2 days off (Saturday, "
               "Sunday). 3 other days of the absence are not part of this line (within the limit, or "
               "in another line)."},
        {.kind = "absence_days", .from = "2026-05-07", .to = "2026-05-07", .quantity = {1, 1},
         DAY_RATE, .exact = {136549, 180}, .amount_ore = -75861, .citation = "§ 8",
         .inputs = "self_certified_sick; past the limit: self-certified for more than three calendar "
                   "days; permitted, past the limit",
         .nb = "Egenmeldt sykdom: trekk for 1 dag, 7. mai 2026 à 758,61 kr, 758,61 kr (§ 8). Ut over "
               "grensen: egenmelding i mer enn tre kalenderdager; tillatt, men stønaden beholdes "
               "ikke ut over grensen.",
         .en = "Self-certified sickness: charged for 1 day, 7 May 2026 at 758,61 kr, 758,61 kr (§ "
               "8). Past the limit: self-certified for more than three calendar days; permitted, but "
               "the benefit is not kept past the limit."},
        {.kind = "absence_hours", .from = "2026-05-07", .to = "2026-05-07", .quantity = {1, 2},
         HOUR_RATE, .exact = {7381, 100}, .amount_ore = -7381, .citation = "§ 13",
         .inputs = "breastfeeding; past the limit: a reason of another version; without permission",
         .nb = "Ammefri 7. mai 2026: trekk for 0,5 timer à 147,62 kr, 73,81 kr (§ 13). Ut over "
               "grensen: «a reason of another version»; uten tillatelse.",
         .en = "Time off for breastfeeding, 7 May 2026: charged for 0,5 hours at 147,62 kr, 73,81 kr "
               "(§ 13). Past the limit: “a reason of another version”; without permission."});
}

/* ---- R11 and R12 --------------------------------------------------------------------------- */

#define SECTION_25 "integreringsloven § 25 "

static void corrections(void **state) {
    (void)state;
    TELLS({.kind = "correction_benefit", MAY, .exact = {106484, 100}, .amount_ore = 106484,
           .citation = "integreringsloven §§ 20-24", .inputs = "due=22758.17; paid=21693.33",
           .nb = "Rettelse av introduksjonsstønaden for mai 2026: utbetalt 21 693,33 kr, riktig "
                 "beløp 22 758,17 kr, for lite utbetalt, 1 064,84 kr (integreringsloven §§ 20-24).",
           .en = "Correction of the introduction benefit for May 2026: paid 21 693,33 kr, correct "
                 "amount 22 758,17 kr, paid too little, 1 064,84 kr (integreringsloven §§ 20-24)."},
          {.kind = "correction_benefit", MAY, .exact = {5, 1}, .amount_ore = -500, .citation = "§ 20",
           .inputs = "moon=full",
           .nb = "Rettelse av introduksjonsstønaden for mai 2026: for mye utbetalt, 5,00 kr (§ 20). "
                 "Oppgitt også: «moon=full».",
           .en = "Correction of the introduction benefit for May 2026: paid too much, 5,00 kr (§ "
                 "20). Also stated: “moon=full”."},
          {.kind = "correction_absence_days", MAY, .exact = {227582, 100}, .amount_ore = -227582,
           .citation = "§ 20", .inputs = "due=-2275.82; paid=0.00",
           .nb = "Rettelse av trekket for fravær i hele dager for mai 2026: trukket 0,00 kr, riktig "
                 "trekk 2 275,82 kr, for lite trukket, 2 275,82 kr (§ 20).",
           .en = "Correction of the deduction for whole days of absence for May 2026: deducted 0,00 "
                 "kr, correct deduction 2 275,82 kr, deducted too little, 2 275,82 kr (§ 20)."},
          {.kind = "correction_absence_month", MAY, .exact = {1, 1}, .amount_ore = 100,
           .citation = "§ 20", .inputs = "due=0.00; paid=-1.00",
           .nb = "Rettelse av trekket for fravær hele måneden for mai 2026: trukket 1,00 kr, riktig "
                 "trekk 0,00 kr, for mye trukket, 1,00 kr (§ 20).",
           .en = "Correction of the deduction for absence the whole month for May 2026: deducted "
                 "1,00 kr, correct deduction 0,00 kr, deducted too much, 1,00 kr (§ 20)."},
          {.kind = "correction_offset", MAY, .exact = {5, 1}, .amount_ore = -500, .citation = "§ 20",
           .inputs = "",
           .nb = "Rettelse av trekket for andre offentlige ytelser for mai 2026: for lite trukket, "
                 "5,00 kr (§ 20).",
           .en = "Correction of the deduction for other public benefits for May 2026: deducted too "
                 "little, 5,00 kr (§ 20)."});
}

static void claims_and_recovery(void **state) {
    (void)state;
    TELLS(
        {.kind = "claim", PAYDAY, .exact = {121098, 100}, .amount_ore = 121098,
         .citation = SECTION_25 "first paragraph",
         .inputs = "corrections=-1210.98; owed before=789.02; owed now=2000.00",
         .nb = "Krav: rettelsene av tidligere måneder er til sammen et minus på 1 210,98 kr, som "
               "deltakeren skylder i stedet for at det trekkes i denne linjen, 1 210,98 kr "
               "(integreringsloven § 25 første ledd). Deltakeren skyldte 789,02 kr før og skylder 2 "
               "000,00 kr nå.",
         .en = "Claim: the corrections of earlier months come to a minus of 1 210,98 kr, which the "
               "participant owes instead of its being taken in this line, 1 210,98 kr "
               "(integreringsloven § 25 first paragraph). The participant owed 789,02 kr before and "
               "owes 2 000,00 kr now."},
        {.kind = "recovery", PAYDAY, .exact = {500, 1}, .amount_ore = -50000,
         .citation = SECTION_25 "second paragraph",
         .inputs = "decided=2026-06-10; amount=2000.00; used before=500.00; a month=500.00; owed "
                   "before=2000.00; owed now=1500.00",
         .nb = "Tilbakebetaling for mai 2026, etter vedtak 10. juni 2026 om 2 000,00 kr, hvorav "
               "500,00 kr var brukt før: trukket i stønaden før skatt, høyst 500,00 kr i måneden, "
               "500,00 kr (integreringsloven § 25 andre ledd). Deltakeren skyldte 2 000,00 kr før "
               "og skylder 1 500,00 kr nå.",
         .en = "Repayment for May 2026, by the decision of 10 June 2026 on 2 000,00 kr, of which "
               "500,00 kr was used before: taken from the benefit before tax, at most 500,00 kr a "
               "month, 500,00 kr (integreringsloven § 25 second paragraph). The participant owed "
               "2 000,00 kr before and owes 1 500,00 kr now."},
        {.kind = "recovery", PAYDAY, .exact = {1137907, 100}, .amount_ore = -1137907,
         .citation = SECTION_25 "first paragraph",
         .inputs = "no decision on the amount a month: below the smaller of half of the payment "
                   "11379.09 (2275817/200) and G/12 11379.08 (136549/12), deductions 0.00 (0); owed "
                   "before=20000.00; owed now=8620.93",
         .nb = "Tilbakebetaling for mai 2026: trukket i stønaden før skatt, 11 379,07 kr "
               "(integreringsloven § 25 første ledd). Det er ikke gjort vedtak om beløp i måneden. "
               "Da er alle trekk til sammen mindre enn det minste av halve utbetalingen, 11 379,09 "
               "kr, og G/12, 11 379,08 kr; de andre trekkene er 0,00 kr. Deltakeren skyldte 20 "
               "000,00 kr før og skylder 8 620,93 kr nå.",
         .en = "Repayment for May 2026: taken from the benefit before tax, 11 379,07 kr "
               "(integreringsloven § 25 first paragraph). There is no decision on the amount a "
               "month. Then all deductions together stay below the smaller of half of the payment, "
               "11 379,09 kr, and G/12, 11 379,08 kr; the other deductions are 0,00 kr. The "
               "participant owed 20 000,00 kr before and owes 8 620,93 kr now."},
        {.kind = "recovery", MAY, .exact = {5, 1}, .amount_ore = -500,
         .citation = "integreringsloven § 25", .inputs = "",
         .nb = "Tilbakebetaling for mai 2026: trukket i stønaden før skatt, 5,00 kr "
               "(integreringsloven § 25).",
         .en = "Repayment for May 2026: taken from the benefit before tax, 5,00 kr "
               "(integreringsloven § 25)."},
        {.kind = "written_off", PAYDAY, .exact = {100, 1}, .citation = SECTION_25 "first paragraph",
         .inputs = "decided=2026-06-12; amount=100.00; used before=0.00; owed before=1500.00; owed "
                   "now=1400.00",
         .nb = "Et krav på deltakeren er ettergitt, etter vedtak 12. juni 2026 om 100,00 kr, 100,00 "
               "kr (integreringsloven § 25 første ledd). Deltakeren skyldte 1 500,00 kr før og "
               "skylder 1 400,00 kr nå.",
         .en = "A claim on the participant is given up, by the decision of 12 June 2026 on 100,00 "
               "kr, 100,00 kr (integreringsloven § 25 first paragraph). The participant owed 1 "
               "500,00 kr before and owes 1 400,00 kr now."},
        {.kind = "written_off", .from = "", .to = "", .exact = {1, 1}, .citation = "§ 25",
         .inputs = "decided=long ago; owed now=0.00",
         .nb = "Et krav på deltakeren er ettergitt, etter vedtak long ago, 1,00 kr (§ 25). "
               "Deltakeren skylder 0,00 kr nå.",
         .en = "A claim on the participant is given up, by the decision of long ago, 1,00 kr (§ "
               "25). The participant owes 0,00 kr now."});
}

static void another_agency_pays(void **state) {
    (void)state;
    TELLS({.kind = "refund", PAYDAY, .exact = {5000, 1}, .amount_ore = 500000,
           .citation = SECTION_25 "third paragraph",
           .inputs = "refund decided=2026-06-10; amount=6000.00; used before=0.00",
           .nb = "Refusjon: en annen etat betaler det som er utbetalt for mye, etter vedtak 10. juni "
                 "2026 om 6 000,00 kr, 5 000,00 kr (integreringsloven § 25 tredje ledd). Deltakeren "
                 "skylder ikke dette.",
           .en = "Refund: another agency pays what was paid too much, by the decision of 10 June "
                 "2026 on 6 000,00 kr, 5 000,00 kr (integreringsloven § 25 third paragraph). The "
                 "participant does not owe it."},
          {.kind = "refund_claim", PAYDAY, .exact = {1000, 1},
           .citation = SECTION_25 "third paragraph",
           .inputs = "refund decided=2026-06-10; amount=6000.00; used before=5000.00; owed "
                     "before=1500.00; owed now=500.00",
           .nb = "En annen etat betaler et krav på deltakeren, etter vedtak 10. juni 2026 om 6 000,00 "
                 "kr, hvorav 5 000,00 kr var brukt før, 1 000,00 kr (integreringsloven § 25 tredje "
                 "ledd). Deltakeren skyldte 1 500,00 kr før og skylder 500,00 kr nå.",
           .en = "Another agency pays a claim on the participant, by the decision of 10 June 2026 on "
                 "6 000,00 kr, of which 5 000,00 kr was used before, 1 000,00 kr (integreringsloven "
                 "§ 25 third paragraph). The participant owed 1 500,00 kr before and owes 500,00 kr "
                 "now."});
}

/* ---- tax, held, paid ----------------------------------------------------------------------- */

static void tax(void **state) {
    (void)state;
    TELLS(
        {.kind = "tax", PAYDAY, .amount_ore = -360700,
         .citation = "skattebetalingsforskriften § 5-10-2",
         .inputs = "table 8000, month table, basis 22758; tax card",
         .nb = "Forskuddstrekk 29. mai 2026: 3 607,00 kr, tabell 8000, månedstabell, grunnlag 22 758 "
               "kr, etter skattekortet (skattebetalingsforskriften § 5-10-2).",
         .en = "Tax withheld, 29 May 2026: 3 607,00 kr, table 8000, month table, basis 22 758 kr, by "
               "the tax card (skattebetalingsforskriften § 5-10-2)."},
        {.kind = "tax", .from = "2026-12-15", .to = "2026-12-15", .amount_ore = -100000,
         .citation = "§ 5-10-2",
         .inputs = "table 7100P, week table on a third, times 3, basis 15172; tax card; half tax "
                   "before Christmas",
         .nb = "Forskuddstrekk 15. desember 2026: 1 000,00 kr, tabell 7100P, uketabell på en tredel, "
               "ganger 3, grunnlag 15 172 kr, etter skattekortet, halvt trekk før jul (R16, "
               "skattebetalingsforskriften § 5-7-2) (§ 5-10-2).",
         .en = "Tax withheld, 15 December 2026: 1 000,00 kr, table 7100P, week table on a third, "
               "times 3, basis 15 172 kr, by the tax card, half tax before Christmas (R16, "
               "skattebetalingsforskriften § 5-7-2) (§ 5-10-2)."},
        {.kind = "tax", PAYDAY, .amount_ore = -568900, .citation = "skattebetalingsloven § 5-5",
         .inputs = "17.5 percent, basis 22758; no tax card; free of tax before Christmas",
         .nb = "Forskuddstrekk 29. mai 2026: 5 689,00 kr, 17,5 prosent, grunnlag 22 758 kr, uten "
               "skattekort som kan brukes, trekkfritt før jul (R16, skattebetalingsforskriften § "
               "5-7-2) (skattebetalingsloven § 5-5).",
         .en = "Tax withheld, 29 May 2026: 5 689,00 kr, 17,5 percent, basis 22 758 kr, without a tax "
               "card that can be used, free of tax before Christmas (R16, "
               "skattebetalingsforskriften § 5-7-2) (skattebetalingsloven § 5-5)."},
        {.kind = "tax", PAYDAY, .amount_ore = -887900, .citation = "§ 5-3-2",
         .inputs = "exemption card to 65000.00, paid before this year 60000.00; above it 50 percent, "
                   "basis 17758; tax card",
         .nb = "Forskuddstrekk 29. mai 2026: 8 879,00 kr, frikort inntil 65 000,00 kr, utbetalt "
               "tidligere i år 60 000,00 kr; over beløpet, 50 prosent, grunnlag 17 758 kr, etter "
               "skattekortet (§ 5-3-2).",
         .en = "Tax withheld, 29 May 2026: 8 879,00 kr, exemption card to 65 000,00 kr, paid earlier "
               "this year 60 000,00 kr; above it, 50 percent, basis 17 758 kr, by the tax card (§ "
               "5-3-2)."},
        {.kind = "tax", PAYDAY, .citation = "§ 5-3-2",
         .inputs = "exemption card without limit; last year's tax card",
         .nb = "Forskuddstrekk 29. mai 2026: 0,00 kr, frikort uten beløpsgrense, etter fjorårets "
               "skattekort (betaling i januar) (§ 5-3-2).",
         .en = "Tax withheld, 29 May 2026: 0,00 kr, exemption card without limit, by last year's tax "
               "card (a payment in January) (§ 5-3-2)."},
        {.kind = "tax", PAYDAY, .citation = "§ 5-5",
         .inputs = "no withholding: not liable to withholding",
         .nb = "Forskuddstrekk 29. mai 2026: 0,00 kr, ikke trekk, deltakeren er ikke trekkpliktig (§ "
               "5-5).",
         .en = "Tax withheld, 29 May 2026: 0,00 kr, no withholding, the participant is not liable to "
               "withholding (§ 5-5)."},
        {.kind = "tax", PAYDAY, .amount_ore = -1000000, .citation = "§ 5-10-2",
         .inputs = "table 8000, month table on one of 3 parts, times 3, basis 65000; tax card",
         .nb = "Forskuddstrekk 29. mai 2026: 10 000,00 kr, tabell 8000, månedstabell på én av 3 "
               "deler, ganger 3, grunnlag 65 000 kr, etter skattekortet (§ 5-10-2).",
         .en = "Tax withheld, 29 May 2026: 10 000,00 kr, table 8000, month table on one of 3 parts, "
               "times 3, basis 65 000 kr, by the tax card (§ 5-10-2)."},
        {.kind = "january_tax", .from = "2026-02-12", .to = "2026-02-12", .amount_ore = 12300,
         .citation = "skattebetalingsforskriften § 5-5-2",
         .inputs = "January by this year's card: table 8100, month table, basis 22758; tax card; "
                   "due=3484; withheld=3607",
         .nb = "Skattetrekket for januar, rettet 12. februar 2026 etter årets skattekort, tabell "
               "8100, månedstabell, grunnlag 22 758 kr: riktig trekk 3 484 kr, trukket i januar 3 "
               "607 kr, betalt tilbake, 123,00 kr (skattebetalingsforskriften § 5-5-2).",
         .en = "The tax of January, put right 12 February 2026 by this year's tax card, table 8100, "
               "month table, basis 22 758 kr: correct tax 3 484 kr, withheld in January 3 607 kr, "
               "paid back, 123,00 kr (skattebetalingsforskriften § 5-5-2)."},
        {.kind = "january_tax", .from = "2026-02-12", .to = "2026-02-12", .amount_ore = -100000,
         .citation = "§ 5-5-2",
         .inputs = "January by this year's card: 30 percent, basis 22758; tax card; due=6827; "
                   "withheld=3607",
         .nb = "Skattetrekket for januar, rettet 12. februar 2026 etter årets skattekort, 30 "
               "prosent, grunnlag 22 758 kr: riktig trekk 6 827 kr, trukket i januar 3 607 kr, "
               "trukket nå, 1 000,00 kr (§ 5-5-2). Resten gjøres opp i skatteoppgjøret.",
         .en = "The tax of January, put right 12 February 2026 by this year's tax card, 30 percent, "
               "basis 22 758 kr: correct tax 6 827 kr, withheld in January 3 607 kr, withheld now, "
               "1 000,00 kr (§ 5-5-2). The rest is settled by the tax assessment."},
        {.kind = "extra_tax", PAYDAY, .exact = {500, 1}, .amount_ore = -50000,
         .citation = "skattebetalingsloven § 5-5 second paragraph",
         .inputs = "asked for by the person, beside the card",
         .nb = "Ekstra skattetrekk 29. mai 2026, som deltakeren har bedt om ut over skattekortet, "
               "500,00 kr (skattebetalingsloven § 5-5 andre ledd).",
         .en = "Extra tax withheld, 29 May 2026, as the participant asked for beside the tax card, "
               "500,00 kr (skattebetalingsloven § 5-5 second paragraph)."});
}

static void held_and_paid(void **state) {
    (void)state;
    TELLS({.kind = "held", MAY, .exact = {136549, 6}, .amount_ore = -2275817,
           .citation = "skattebetalingsloven § 5-4",
           .inputs = "kildeskatt on the tax card; nothing is paid, and nothing booked as paid",
           .nb = "Holdt tilbake, 1.–31. mai 2026: 22 758,17 kr betales ikke ut, fordi skattekortet "
                 "sier kildeskatt (skattebetalingsloven § 5-4). Ingenting er ført som betalt.",
           .en = "Held back, 1–31 May 2026: 22 758,17 kr is not paid, because the tax card says "
                 "kildeskatt (skattebetalingsloven § 5-4). Nothing is booked as paid."},
          {.kind = "payment", PAYDAY, .exact = {1915117, 100}, .amount_ore = -1915117,
           .citation = "integreringsloven § 24", .inputs = "taxable=22758.17; tax=3607.00",
           .nb = "Utbetaling 29. mai 2026: 22 758,17 kr før skatt, minus 3 607,00 kr i skatt, 19 "
                 "151,17 kr (integreringsloven § 24).",
           .en = "Payment, 29 May 2026: 22 758,17 kr before tax, less 3 607,00 kr of tax, 19 151,17 "
                 "kr (integreringsloven § 24)."});
}

/* ---- what is not understood ---------------------------------------------------------------- */

static void unknown_parts_are_quoted(void **state) {
    (void)state;
    TELLS({.kind = "bonus", .from = "", .to = "", .exact = {5, 1}, .amount_ore = 500,
           .citation = "§ 99", .inputs = "a=1; b=æøå; ",
           .nb = "Linje av typen «bonus», 5,00 kr (§ 99). Oppgitt også: «a=1»; «b=æøå».",
           .en = "A line of kind “bonus”, 5,00 kr (§ 99). Also stated: “a=1”; “b=æøå”."},
          {.kind = "benefit", MAY, .quantity = {30, 1}, .rate = {1, 1}, .exact = {30, 1},
           .amount_ore = 3000, .citation = "§ 20", .inputs = "G=much from yesterday; moon=full",
           .nb = "Introduksjonsstønad for 1.–31. mai 2026: 30 dager à 1,00 kr (2 G / 360, G = much "
                 "fra yesterday), 30,00 kr (§ 20). Oppgitt også: «moon=full».",
           .en = "Introduction benefit for 1–31 May 2026: 30 days at 1,00 kr (2 G / 360, G = much "
                 "from yesterday), 30,00 kr (§ 20). Also stated: “moon=full”."},
          {.kind = "absence_days", MAY, .quantity = {1, 1}, .rate = {1, 1}, .exact = {1, 1},
           .amount_ore = -100, .citation = "§ 21", .inputs = "asleep from noon to one",
           .nb = "Fravær: trekk for 1 dag, 1.–31. mai 2026 à 1,00 kr, 1,00 kr (§ 21). Oppgitt også: "
                 "«asleep from noon to one».",
           .en = "Absence: charged for 1 day, 1–31 May 2026 at 1,00 kr, 1,00 kr (§ 21). Also stated: "
                 "“asleep from noon to one”."});
}

/* Inputs without end, or nothing but marks, make a sentence that ends in its room. */
static void strange_inputs_are_bounded(void **state) {
    (void)state;
    static char long_inputs[6000];
    static const char *const seeds[] = {"; ", "æ", "G=; ", "table ; ", "unapproved from ",
                                        "missed=all ; ", "exemption card to , paid before this year ",
                                        "no decision on the amount a month: below the smaller of "
                                        "half of the payment  (", "decided=; due=-; paid=; withheld=x; ",
                                        "January by this year's card: table , month table on one of "
                                        " parts, times ; "};
    for (size_t seed = 0; seed < ST_COUNT_OF(seeds); seed++) {
        size_t size = strlen(seeds[seed]), used = 0;
        for (; used + size < sizeof long_inputs; used += size)
            memcpy(long_inputs + used, seeds[seed], size);
        long_inputs[used] = '\0';
        for (int kind = 0; kind <= ST_LINE_KIND_COUNT; kind++) {
            struct example example = {
                .kind = kind < ST_LINE_KIND_COUNT ? st_line_kind_name((enum st_line_kind)kind)
                                                  : long_inputs,
                MAY, .exact = {INT64_MAX, 1}, .rate = {INT64_MAX, 7}, .cut = true,
                .citation = long_inputs, .inputs = long_inputs};
            struct st_line_row line = line_of(&example);
            char text[ST_SENTENCE_SIZE];
            for (int english = 0; english < 2; english++) {
                st_line_sentence(&line, english ? ST_LANGUAGE_EN : ST_LANGUAGE_NB, text);
                assert_true(strlen(text) < ST_SENTENCE_SIZE);
            }
        }
    }
}

/* ---- rules --------------------------------------------------------------------------------- */

static void every_rule_has_its_texts(void **state) {
    (void)state;
    for (size_t i = 0; i < 22; i++) {
        char name[8];
        const struct st_rule_text *rule = st_rule_text_at(i);
        (void)snprintf(name, sizeof name, "R%zu", i + 1);
        assert_non_null(rule);
        assert_string_equal(rule->rule, name);
        assert_ptr_equal(st_rule_text_find(name), rule);
        name[0] = 'r';
        assert_ptr_equal(st_rule_text_find(name), rule);
        assert_non_null(strstr(rule->paragraphs, "§") != NULL ? rule->paragraphs
                                                              : strstr(rule->paragraphs, "kap"));
        assert_true(strlen(rule->title_nb) > 4 && strlen(rule->title_en) > 4);
        assert_true(strlen(rule->text_nb) > 40 && strlen(rule->text_en) > 40);
        assert_int_equal(rule->choices_nb[0] == '\0', rule->choices_en[0] == '\0');
    }
    assert_null(st_rule_text_at(22));
}

static void names_that_are_no_rule(void **state) {
    (void)state;
    static const char *const names[] = {"",   "R",       "R0",   "R23",    "R1x", "R01", "R1 ",
                                        "8",  "R14-",    "R14--X", "R23-X", "FACT", "FACT-", "R8-a b",
                                        "RR8", "R14_HELD"};
    for (size_t i = 0; i < ST_COUNT_OF(names); i++)
        assert_null(st_rule_text_find(names[i]));
    assert_string_equal(st_rule_text_find("r14-held")->rule, "R14");
    assert_string_equal(st_rule_text_find("FACT-FUTURE")->rule, "R4");
    assert_string_equal(st_rule_text_find("R1-X")->rule, "R1");
}

/* The string that ends just before `at` (a comma and white space between), or begins just after. */
static bool string_before(const char *bytes, const char *at, char *out, size_t size) {
    const char *end = at;
    while (end > bytes && strchr(" \n,", end[-1]) != NULL)
        end--;
    const char *start = end - 1;
    if (start <= bytes || *start != '"')
        return false;
    do
        start--;
    while (start > bytes && *start != '"');
    (void)snprintf(out, size, "%.*s", (int)(end - start - 2), start + 1);
    return true;
}

static bool string_after(const char *at, char *out, size_t size) {
    at += strcspn(at, ",{};()");
    at += strspn(at, ", \n");
    if (*at != '"')
        return false;
    (void)snprintf(out, size, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
    return true;
}

/* {"CODE", ST_SEVERITY_..., "RULE", ...: how many the file has; each code leads to its rule. */
static int check_codes(const char *path) {
    static char bytes[1 << 18];
    FILE *file = fopen(path, "rb");
    int count = 0;
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes - 1, file);
    assert_int_equal(fclose(file), 0);
    assert_true(size < sizeof bytes - 1);
    bytes[size] = '\0';
    for (const char *at = bytes; (at = strstr(at, "ST_SEVERITY_")) != NULL; at++) {
        char finding[64], rule[64];
        if (!string_before(bytes, at, finding, sizeof finding) ||
            !string_after(at, rule, sizeof rule))
            continue;
        const struct st_rule_text *found = st_rule_text_find(finding);
        if (found == NULL || strcmp(found->rule, rule) != 0)
            print_message("%s: %s does not lead to %s; see formats/rule_text.c\n", path, finding,
                          rule);
        assert_non_null(found);
        assert_string_equal(found->rule, rule);
        count++;
    }
    return count;
}

static void every_finding_has_its_rule(void **state) {
    (void)state;
    glob_t files;
    int count = check_codes("db/check.c");
    assert_true(count >= 5);
    assert_int_equal(glob("engine/*.c", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        count += check_codes(files.gl_pathv[i]);
    globfree(&files);
    assert_true(count >= 25);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(benefit),
        cmocka_unit_test(other_benefits),
        cmocka_unit_test(work),
        cmocka_unit_test(unapproved_absence),
        cmocka_unit_test(past_a_limit),
        cmocka_unit_test(corrections),
        cmocka_unit_test(claims_and_recovery),
        cmocka_unit_test(another_agency_pays),
        cmocka_unit_test(tax),
        cmocka_unit_test(held_and_paid),
        cmocka_unit_test(unknown_parts_are_quoted),
        cmocka_unit_test(strange_inputs_are_bounded),
        cmocka_unit_test(every_rule_has_its_texts),
        cmocka_unit_test(names_that_are_no_rule),
        cmocka_unit_test(every_finding_has_its_rule),
    };
    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
