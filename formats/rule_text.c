/* SPDX-License-Identifier: MIT */
/* rule_text.c - the rules R1 to R22 in a few sentences, Norwegian (bokmål) and English: what
 * `stonad explain --rule` prints. docs/rules.md is the longer text, and says where each rule lives.
 */
#include "stonad/explain.h"

#include <string.h>

static const struct st_rule_text rules[] = {
    {"R1", "Grunnbeløpet G", "The base amount G", "folketrygdloven § 1-4",
     "Hvert grunnbeløp har en dato det gjelder fra, og en dato det ble kjent. For hver dag brukes "
     "det grunnbeløpet som gjaldt den dagen, blant dem som var kjent den dagen kjøringen er "
     "registrert. Kjøringen lagrer hvilke satser den brukte. Finnes det ingen sats for en dag, blir "
     "kjøringen avvist.",
     "Every base amount has a date it takes effect and a date it became known. Each day uses the "
     "one in effect that day, among those known on the date recorded for the run. The run keeps "
     "which rates it used. Without a rate for a day the run is refused.",
     "Der kunngjøringsdatoen ikke er oppgitt, gjelder virkningsdatoen.",
     "Where no date of becoming known is given, the effect date stands for it."},
    {"R2", "Årsbeløpet", "The annual amount",
     "integreringsloven § 20; introduksjonsloven (2003) for eldre tillatelser",
     "Årsbeløpet er 2 G. Er deltakeren under 25 år, brukes 2/3, eller 1/3 hos foreldre. Fra 1. juli "
     "2024 brukes 5/6 for den som begynte i programmet da eller senere, når ektefelle eller "
     "samboer også deltar og de ikke forsørger barn. Faktorene ganges sammen, dag for dag. For "
     "tillatelser gitt før 2021 gjelder loven av 2003: 2/3 for alle under 25.",
     "The annual amount is 2 G. Under 25 it is 2/3 of that, or 1/3 when living with parents. From 1 "
     "July 2024 it is 5/6 for who began the programme then or later, when spouse or cohabitant "
     "takes part too and they support no children. The factors multiply, day by day. Permits "
     "granted before 2021 follow the law of 2003: 2/3 for everyone under 25.",
     "25-årsdagen er den første dagen til full sats; den som er født 29. februar, fyller år 28. "
     "februar i vanlige år. Under 25 uten opplysning om bosted: 2/3, og et funn. En partner som "
     "ikke er registrert, deltar ikke. Er det ukjent om paret forsørger barn, reduseres ikke "
     "stønaden. Deltid av grunner hos deltakeren (bare kollektiv beskyttelse til og med 2025) "
     "ganges med programmets andel.",
     "The 25th birthday is the first day at the full rate; who is born on 29 February has it on 28 "
     "February in common years. Under 25 without a word on living: 2/3, and a finding. A partner "
     "not in the register does not take part. While it is unknown whether the couple supports "
     "children, nothing is reduced. Part-time for the participant's reasons (collective protection "
     "only, until 2025) multiplies by the programme's share."},
    {"R3", "Måned, dag og time", "Month, day and hour", "integreringsloven § 20",
     "Måneden er årsbeløpet delt på 12, dagen delt på 360 (1/30 av måneden), timen delt på "
     "1850. Det regnes med nøyaktige brøker, og hver linje avrundes én gang.",
     "A month is the annual amount by 12, a day by 360 (a thirtieth of the month), an hour by 1850. "
     "Fractions are exact, and each line is rounded once.",
     "Linjen avrundes til hele øre, halve opp.",
     "The line is rounded to øre, half up."},
    {"R4", "Månedens rett til stønad", "A month's entitlement", "integreringsloven §§ 20, 24",
     "En måned der hver kalenderdag er programdag, er 30 dager; ellers er den antallet "
     "programdager, høyst 30. Dager i permisjon uten stønad og stans trekkes fra. Dagene deles ut "
     "i datorekkefølge, og den siste får det som er igjen, så en hel februar gir 30. Det blir én "
     "linje for hver sats.",
     "A month in which every calendar day is a programme day counts 30 days; otherwise it counts "
     "its programme days, at most 30. Days of leave without benefit and stops come off. The days "
     "are dealt in date order and the last one takes what is left, so a whole February pays 30. "
     "There is one line for each rate.",
     "Loven sier 1/30 av måneden per dag; tallet på dager i måneder som ikke er "
     "fulle, følger av den lesemåten.",
     "The law says a thirtieth of the month a day; the count of days in months that are not full "
     "follows from that reading."},
    {"R5", "Andre offentlige ytelser", "Other public benefits", "integreringsloven § 22",
     "Uføretrygd og arbeidsavklaringspenger trekkes fra krone for krone, brutto. Dagpenger, "
     "sykepenger og foreldrepenger trekkes bare når retten var opptjent før programmet. Av "
     "overgangsstønad teller 40 prosent av det tolv måneder overstiger G/2. Det trekkes for den "
     "delen av måneden ytelsen dekker. Barnetrygd, bostøtte, sosialhjelp og lignende trekkes aldri.",
     "Uføretrygd and arbeidsavklaringspenger are deducted krone for krone, gross. Dagpenger, "
     "sykepenger and foreldrepenger only when the right was earned before the programme. Of "
     "overgangsstønad 40 percent of what twelve months exceed G/2 counts. What the record covers "
     "of the month is deducted. Barnetrygd, bostøtte, sosialhjelp and the like never are.",
     "", ""},
    {"R6", "Lønnet arbeid i programmet", "Paid work in the programme", "integreringsloven § 23",
     "Inntekt og formue utenfor programmet trekkes aldri. Lønnet arbeid som er en del av "
     "programmet, trekkes med timene ganger timesatsen, eller med bruttolønnen når den er lavere. "
     "En registrering teller hel etter sin første dag. Er den en fridag eller uten rett til stønad, "
     "trekkes ingenting, og det blir et funn.",
     "Income and wealth outside the programme never reduce the benefit. Paid work that is part of "
     "the programme takes its hours at the hour rate, or the gross wage when that is less. A "
     "record counts whole by its first day. When that is a day off or not entitled, nothing is "
     "taken, and there is a finding.",
     "Loven av 2003 har ikke setningen om krone for krone: der trekkes alltid timene.",
     "The law of 2003 has no krone-for-krone sentence: there the hours are always taken."},
    {"R7", "Fravær som ikke er godkjent", "Unapproved absence", "integreringsloven §§ 21, 24",
     "Hele dager koster dagsatsen, deler av en dag timesatsen. Bare dager med rett til stønad som "
     "ikke er fridager, blir trukket. Er hver slik dag i måneden borte, faller hele månedens stønad "
     "bort.",
     "Whole days cost the day rate, parts of a day the hour rate. Only entitled days that are not "
     "days off are charged. When every such day of the month is missed, the whole month's benefit "
     "is gone.",
     "Timene på én dag koster aldri mer enn dagsatsen. Hele måneden faller bort først når alle "
     "dagene er hele fraværsdager.",
     "The hours of one day never cost more than the day rate. The whole month is gone only when "
     "all its days are missed whole."},
    {"R8", "Fravær, fri og permisjon", "Absence and leave",
     "integreringsloven §§ 17, 18; integreringsforskriften §§ 5–18",
     "Stønaden beholdes ved sykdom, barns sykdom, svangerskap, fødsel, ammefri, velferdspermisjon, "
     "høytidsdager, ferie og fravær med tillatelse, opp til grensen for hvert slag. Virkedager ut "
     "over grensen trekkes som fravær etter R7, og linjen sier hvorfor. Permisjon ved langvarig "
     "sykdom, foreldrepermisjon, annen permisjon uten stønad og stans gir ingen stønad.",
     "The benefit is kept in sickness, a child's sickness, pregnancy, birth, breastfeeding, welfare "
     "leave, religious days, holiday and permitted absence, up to the limit of each. Working days "
     "past a limit are charged like absence of R7, and the line says why. Leave in long sickness, "
     "parental leave, other leave without benefit and stops pay nothing.",
     "Dager ut over en grense bruker ikke opp grensen. Heller ikke en tillatelse gir stønad ut "
     "over den. Timer regnes som én virkedag av en grense. Uten opplysning om omsorg brukes den "
     "minste grensen. Ferie i en del av et programår rundes opp.",
     "Days past a limit do not use it up. A permission cannot keep the benefit past it either. "
     "Hours use one working day of a limit. Without a word on care the smallest limit is used. "
     "Holiday of a part-year is rounded up."},
    {"R9", "Fridager", "Days off", "integreringsforskriften § 17",
     "Lørdager, søndager, 1. januar, skjærtorsdag, langfredag, 2. påskedag, 1. og 17. mai, Kristi "
     "himmelfartsdag, 2. pinsedag, 25. og 26. desember er fridager. De er betalt og trekkes aldri. "
     "24. og 31. desember er programdager. `stonad calendar` viser et år.",
     "Saturdays, Sundays, 1 January, Maundy Thursday, Good Friday, Easter Monday, 1 and 17 May, "
     "Ascension Day, Whit Monday, 25 and 26 December are days off. They are paid and never charged. "
     "24 and 31 December are programme days. `stonad calendar` shows a year.",
     "", ""},
    {"R10", "Rekkefølgen", "The order", "integreringsloven kapittel 5",
     "Først månedens stønad (R4), så andre ytelser (R5), lønnet arbeid (R6) og fravær (R7, R8), "
     "aldri under null; så rettelser og tilbakebetaling (R11, R12), skatt, og det som er igjen "
     "utbetales. Et trekk som er større enn det som er igjen, avkortes, og linjen sier det.",
     "First the month's benefit (R4), then other benefits (R5), paid work (R6) and absence (R7, "
     "R8), never below zero; then corrections and recovery (R11, R12), tax, and what is left is "
     "paid. A deduction larger than what remains is cut, and its line says so.",
     "Innenfor en regel tas registreringene etter første dag og slag.",
     "Within a rule records are taken by first day and kind."},
    {"R11", "Rettelser", "Corrections", "integreringsloven §§ 20–24, 25",
     "Hver kjøring regner de tidligere månedene om igjen, fra regnskapets første måned, med det "
     "som er kjent nå, og holder resultatet mot det som er utbetalt. Forskjellen blir rettelser, "
     "én linje for hver måned og hvert slag. Rettelsene regnes samlet for hver person: et pluss "
     "utbetales, et minus trekkes ikke, men blir et krav (R12). Den som bare har rettelser, får "
     "også en melding om utbetaling. Meldingen og `show` sier hva som var utbetalt, hva som er "
     "riktig og hva som førte til forskjellen. `check` viser hvem som har en måned som ikke er "
     "utbetalt.",
     "Each run computes the earlier months anew, from the ledger's first month, with what is "
     "known now, and holds the result against what was paid. The difference becomes corrections, "
     "a line for each month and kind. Corrections are netted for each person: a plus is paid, a "
     "minus is not deducted but becomes a claim (R12). Who has only corrections gets a payslip "
     "too. The payslip and `show` say what was paid, what is right and what brought the "
     "difference about. `check` shows who has a month that was not paid.",
     "Det er avrundede beløp som sammenlignes, slag for slag. En utbetaling som er holdt tilbake, "
     "og en kjøring som er forkastet, teller ikke som betalt. Den som holdes tilbake, ser "
     "rettelser som til sammen er et pluss; et minus venter til utbetalingen er fri. Måneder som "
     "aldri er betalt før, legger dagene sine til perioden for skatten (R15); andre rettelser "
     "gjør ikke det. Skatt av januar etter fjorårets kort rettes etter R14.",
     "Rounded amounts are compared, kind by kind. A payslip held back, and a run discarded, do "
     "not count as paid. Who is held back sees corrections that come to a plus; a minus waits "
     "until payment is free. Months never paid before add their days to the period of the tax "
     "(R15); other corrections do not. January's tax by last year's card is put right by R14."},
    {"R12", "Tilbakekreving", "Recovery", "integreringsloven § 25",
     "Det som er utbetalt for mye, trekkes i senere utbetalinger før skatt, det eldste kravet "
     "først, aldri under null, og i samme utbetaling som kravet oppstår når det er rom for det. "
     "Er det vedtak med beløp i måneden (recoveries.csv), trekkes det. Ellers trekkes et lite "
     "beløp eller ingenting, som `init --recover` sier. En annen etat kan betale av sin "
     "etterbetaling (refusjon): det blir ikke noe krav på deltakeren, eller et krav som alt står, "
     "blir mindre. Et krav kan ettergis ved vedtak. Hver bevegelse er en linje som sier hva som "
     "var skyldig før og er skyldig nå. Er noe skyldig når programmet er slutt, er det et funn.",
     "What was paid too much is taken from later payments before tax, the oldest claim first, "
     "never below zero, and in the payment in which the claim arises when there is room. With a "
     "decision on an amount a month (recoveries.csv) that is taken. Otherwise a small amount is, "
     "or nothing, as `init --recover` says. Another agency may pay out of its back payment "
     "(refund): then no claim on the participant arises, or one that stands grows less. A claim "
     "may be given up by decision. Every movement is a line that says what was owed before and is "
     "owed now. When something is owed at the end of the programme, there is a finding.",
     "Uten beløp i måneden, med eller uten vedtak, tas så lite at alle trekk i utbetalingen er "
     "minst én øre mindre enn både halvparten av den og en tolvdel av G: da trengs det ikke "
     "enkeltvedtak (R13), og det er noe igjen å leve av. Et vedtak gjelder fra utbetalinger på "
     "datoen eller senere, og opp til beløpet. Det som er avsatt til et vedtak med beløp i "
     "måneden, tas ikke på annen måte. En refusjon dekker først det kjøringen tar tilbake for "
     "andre ytelser, så krav som kom av slike. En utbetaling som er holdt tilbake, flytter ingen "
     "krav.",
     "Without an amount a month, with a decision or without, so little is taken that all "
     "deductions of the payment stay at least one øre below both half of it and a twelfth of G: "
     "then no individual decision is needed (R13), and something is left to live on. A decision "
     "counts from payments on its date on, and up to its amount. What is set aside for a decision "
     "with an amount a month is taken in no other way. A refund covers first what the run takes "
     "back for other benefits, then claims that came of such. A payslip held back moves no claim."},
    {"R13", "Når det trengs enkeltvedtak", "When an individual decision is needed",
     "integreringsloven § 46",
     "Når trekkene i en utbetaling når både halvparten av den og en tolvdel av G på "
     "utbetalingsdagen, gir det et funn: det må gjøres enkeltvedtak før utbetaling. Det regnes "
     "med nøyaktige brøker. Stans, permisjon, forlengelse, tilbakebetaling og refusjon trenger "
     "også vedtak.",
     "When the deductions of a payment reach both half of it and a twelfth of G on the payment "
     "date, there is a finding: an individual decision must be made before paying. Fractions are "
     "exact. Stops, leave, extensions, repayment and refund need a decision as well.",
     "Alle trekk teller: R5 til R8 og R12. Utbetalingen er månedens stønad (R4) og rettelser som "
     "til sammen er et pluss.",
     "All deductions count: R5 to R8 and R12. The payment is the month's benefit (R4) and "
     "corrections that come to a plus."},
    {"R14", "Skattekortet", "The tax card",
     "skattebetalingsloven §§ 5-1, 5-4, 5-5; skattebetalingsforskriften §§ 5-5-1, 5-5-2",
     "Kortet for utbetalingsåret brukes når det har en oppføring for introduksjonsstønad. Den som "
     "ikke er trekkpliktig, trekkes ikke. Uten kort som kan brukes: i januar fjorårets tabell "
     "eller prosent, ellers 50 prosent (30 prosent til og med 2024). Sier kortet kildeskatt, "
     "holdes utbetalingen tilbake. En rad i taxcards.csv går foran Skatteetatens kort. Skatt av "
     "januar etter fjorårets kort rettes i februar når årets kort er der.",
     "The card of the payment year is used when it has an entry for introduksjonsstønad. Who is "
     "not liable is not taxed. Without a card that can be used: in January last year's table or "
     "percent, otherwise 50 percent (30 percent until 2024). When the card says kildeskatt, the "
     "payment is held back. A row of taxcards.csv goes before the tax authority's card. January's "
     "tax by last year's card is put right in February when this year's card is there.",
     "Kildeskatt holder tilbake også når kortet har en oppføring for introduksjonsstønad. En "
     "tabell som ikke finnes i utbetalingsåret, regnes som intet kort. Rettelsen av januar er "
     "aldri større enn utbetalingen i februar og skatten av den gir rom for; resten er for "
     "skatteoppgjøret.",
     "Kildeskatt holds back even when the card has an entry for introduksjonsstønad. A table that "
     "the payment year does not have counts as no card. January is put right no further than "
     "February's payment and its tax leave room for; the rest is for the tax assessment."},
    {"R15", "Tabell og prosent", "Table and percent",
     "skattebetalingsforskriften §§ 5-10-2, 5-10-3, 5-10-4, 5-5-4",
     "Perioden er dagene fra første til siste programdag i måneden: 25 eller flere gir "
     "månedstabell, 18–24 uketabell på en tredel ganger tre, 11–17 14-dagerstabell, 5–10 "
     "uketabell, færre dagstabell; halv måned er månedstabell på det dobbelte, halvert. Måneder "
     "som betales for første gang, legger dagene sine til, og beløpet deles på tallet på måneder "
     "eller uker. Grunnlaget er hele kroner. Frikort gir ikke trekk før beløpet er nådd. Trekket "
     "er hele kroner, rundet ned, og aldri mer enn grunnlaget.",
     "The period is the days from the first to the last programme day of the month: 25 or more "
     "are month table, 18–24 week table on a third times three, 11–17 fortnight table, 5–10 week "
     "table, fewer the table of the days; half a month is month table on twice the pay, halved. "
     "Months paid for the first time add their days, and the pay is divided by the number of "
     "months or weeks. The basis is whole kroner. An exemption card means no tax until its amount "
     "is reached. The tax is whole kroner, rounded down, and never more than the basis.",
     "En tabell bygd på tolv måneder regnes som et kort med tolv trekkmåneder.",
     "A table built on twelve months counts as a card with twelve withholding months."},
    {"R16", "Før jul", "Before Christmas", "skattebetalingsforskriften § 5-7-2",
     "Utbetalingen i kommunens valgte måned, november eller desember, er trekkfri til og med 2025 "
     "og har halvt trekk fra 2026. Det gjelder også prosenttrekk uten kort og det som er over et "
     "frikort. Et kort med tolv trekkmåneder har ingen lettelse.",
     "The payment in the municipality's chosen month, November or December, is free of tax until "
     "2025 and taxed by half from 2026. That goes for the percent without a card and for what "
     "exceeds an exemption card too. A card with twelve withholding months has no relief.",
     "Halvt trekk er tabellens trekk av det hele, delt på to og rundet ned.",
     "Half tax is the table's tax on the whole, halved and rounded down."},
    {"R17", "Innbetaling av skattetrekket", "Paying the tax", "skattebetalingsloven § 10-10",
     "Fra 2026 forfaller trekket første virkedag etter utbetalingsdagen; før det den 15. etter en "
     "termin på to måneder. Det betales som en egen betaling i samme fil når KID er oppgitt.",
     "From 2026 the tax is due on the first working day after the payment date; before, on the "
     "15th after a term of two months. It is a payment of its own in the same file when the KID is "
     "given.",
     "KID blir aldri laget av programmet.",
     "The KID is never made up."},
    {"R18", "Hvem som er i målgruppen", "Who takes part", "integreringsloven §§ 8, 9, 12",
     "Det kontrolleres om alder (18–55 år), oppholdsgrunnlag, avtale om bosetting, tid i kommunen, "
     "arbeid og fristen på tre måneder passer med loven. Kontrollene gir funn og endrer aldri et "
     "beløp. En kontroll som trenger en fil som ikke er importert, er taus.",
     "Whether age (18–55), kind of permit, agreed settlement, time in the municipality, work and "
     "the limit of three months fit the law is checked. The checks give findings and never change "
     "an amount. A check that needs a file that was not imported is silent.",
     "Statsborgerskap og datoen for et krav finnes ikke i filene og kontrolleres ikke.",
     "Neither citizenship nor the date of a request is in a file; they are not checked."},
    {"R19", "Programmets varighet", "How long a programme lasts",
     "integreringsloven §§ 13, 14; integreringsforskriften §§ 75, 76",
     "Utdanning, sluttmål og datoen programmet ble tilbudt, avgjør lengste tid og mulig "
     "forlengelse, før og etter 2026. N måneder slutter dagen før samme dato. Et brudd gir et funn.",
     "Education, end goal and the date the programme was offered decide the longest time and any "
     "extension, before and after 2026. N months end the day before the same date. A breach is a "
     "finding.",
     "Tidligere programmer teller med når deltakeren kommer tilbake innen to år.",
     "Earlier programmes count when the participant returns within two years."},
    {"R20", "Arbeidsrettet innhold", "Work-oriented content", "integreringsloven § 14 a",
     "Med arbeid som sluttmål skal innholdet være arbeidsrettet minst 15 timer i uken i gjennomsnitt, "
     "etter tre måneder med og seks måneder uten videregående opplæring. For kollektiv beskyttelse "
     "gjaldt egne regler til og med 2025. Brudd gir et funn.",
     "With work as end goal the content is to be work-oriented for at least 15 hours a week on "
     "average, after three months with and six months without upper-secondary education. For "
     "collective protection rules of their own held until 2025. A breach is a finding.",
     "", ""},
    {"R21", "Tid som legges til for fravær", "Time added for absence",
     "integreringsforskriften §§ 10, 19",
     "Når godkjent fravær, fri og permisjon til sammen er mer enn ti virkedager i programmet, kan "
     "alt legges til programmets tid. Ferie, høytidsdager, fravær som ikke er godkjent, dager ut "
     "over en grense, stans og timer legges aldri til.",
     "When approved absence, time off and leave together exceed ten working days over the "
     "programme, all of it may be added to the programme's time. Holiday, religious days, "
     "unapproved absence, days past a limit, stops and hours never are.",
     "Virkedager legges til som programdager etter slutten, permisjon uten stønad med sine "
     "kalenderdager.",
     "Working days are added as programme days after the end, leave without benefit by its calendar "
     "days."},
    {"R22", "Vedtak og avslutning", "Decisions and endings", "integreringsloven §§ 18, 18 a",
     "Det betales for dagene fra programmets start til slutt, slik vedtaket er registrert. En "
     "slutt som går ut over R19 og R21 uten registrert forlengelse, dager før vedtaket, og en "
     "avslutning på en annen dato enn programmets slutt gir funn.",
     "The days from the programme's start to its end are paid, as the decision is recorded. An end "
     "past R19 and R21 without a recorded extension, days before the decision, and an ending on "
     "another date than the programme's end are findings.",
     "En registrert avslutning flytter ikke slutten av seg selv.",
     "A recorded ending moves no end by itself."},
};

/* Codes of findings that do not begin with their rule: what facts may say and R4 passes over. */
static const struct {
    const char *prefix, *rule;
} other_codes[] = {{"FACT-", "R4"}};

const struct st_rule_text *st_rule_text_at(size_t index) {
    return index < ST_COUNT_OF(rules) ? &rules[index] : NULL;
}

static char upper(char c) { return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); }

/* Whether `name`, in capitals, begins with `prefix`; what is left of it then. */
static const char *after(const char *name, const char *prefix) {
    for (; *prefix != '\0'; prefix++, name++)
        if (upper(*name) != *prefix)
            return NULL;
    return name;
}

/* What follows the rule in a code: nothing, or "-" and a word. */
static bool is_rest_of_code(const char *rest, bool is_begun) {
    if (*rest == '\0')
        return !is_begun;
    if (!is_begun && *rest++ != '-')
        return false;
    for (size_t i = 0; rest[i] != '\0' || i == 0; i++)
        if (!(upper(rest[i]) >= 'A' && upper(rest[i]) <= 'Z') &&
            !(rest[i] >= '0' && rest[i] <= '9') && (rest[i] != '-' || i == 0))
            return false;
    return true;
}

static const struct st_rule_text *find(const char *rule) {
    for (size_t i = 0; i < ST_COUNT_OF(rules); i++)
        if (strcmp(rules[i].rule, rule) == 0)
            return &rules[i];
    return NULL;
}

const struct st_rule_text *st_rule_text_find(const char *name) {
    const char *rest;
    for (size_t i = 0; i < ST_COUNT_OF(rules); i++)
        if ((rest = after(name, rules[i].rule)) != NULL && is_rest_of_code(rest, false))
            return &rules[i];
    for (size_t i = 0; i < ST_COUNT_OF(other_codes); i++)
        if ((rest = after(name, other_codes[i].prefix)) != NULL && is_rest_of_code(rest, true))
            return find(other_codes[i].rule);
    return NULL;
}
