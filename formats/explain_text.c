/* SPDX-License-Identifier: MIT */
/* explain_text.c - a payslip line as sentences, Norwegian (bokmål) and English.
 *
 * The first sentence says what, when, how much and by which paragraph; the ones after it what was not
 * charged, and why. A line's `inputs` are parts between "; ", as the engine wrote them. Each part
 * is taken by the sentence that tells it; what nobody took is quoted at the end as it stands.
 */
#include "engine/text.h"
#include "formats/amount_text.h"
#include "stonad/calendar.h"
#include "stonad/explain.h"
#include "stonad/output.h"

#include <string.h>

enum { PARTS_MAX = 24, INPUTS_SIZE = 2 * ST_INPUTS_MAX, NAMES_MAX = 16 };

/* What is said in both languages. */
struct words {
    const char *name, *nb, *en;
};

struct part {
    const char *text;
    bool is_told;
};

/* One sentence while it is being made. */
struct sentence {
    struct st_text text;
    bool english;
    const struct st_line_row *line;
    int kind; /* enum st_line_kind; ST_LINE_KIND_COUNT: not known here */
    char inputs[INPUTS_SIZE]; /* the line's, cut into parts */
    struct part parts[PARTS_MAX];
    size_t part_count;
};

/* ---- words --------------------------------------------------------------------------------- */

static const char *const month_names[12][2] = {
    {"januar", "January"},     {"februar", "February"}, {"mars", "March"},
    {"april", "April"},        {"mai", "May"},          {"juni", "June"},
    {"juli", "July"},          {"august", "August"},    {"september", "September"},
    {"oktober", "October"},    {"november", "November"}, {"desember", "December"},
};

/* Absence kinds (R8), as absences.csv names them. */
static const struct words absence_words[] = {
    {"self_certified_sick", "egenmeldt sykdom", "self-certified sickness"},
    {"certified_sick", "sykdom med legeerklæring", "sickness with a certificate"},
    {"self_certified_child_sick", "egenmeldt sykt barn", "self-certified sickness of a child"},
    {"certified_child_sick", "sykt barn med legeerklæring",
     "sickness of a child with a certificate"},
    {"pregnancy_check", "svangerskapskontroll", "pregnancy check"},
    {"pregnancy_leave", "fri i svangerskapet", "leave in pregnancy"},
    {"birth_mother", "fri for mor ved fødsel", "leave for the mother at birth"},
    {"birth_father", "fri for far ved fødsel", "leave for the father at birth"},
    {"breastfeeding", "ammefri", "time off for breastfeeding"},
    {"welfare_leave", "velferdspermisjon", "welfare leave"},
    {"peace_work", "permisjon for freds- og forsoningsarbeid",
     "leave for peace and reconciliation work"},
    {"religious_day", "religiøs høytidsdag", "religious holiday"},
    {"holiday", "ferie", "holiday"},
    {"permitted_absence", "fravær med tillatelse", "permitted absence"},
    {"long_sick_leave", "permisjon ved langvarig sykdom", "leave in long sickness"},
    {"parental_leave", "foreldrepermisjon", "parental leave"},
    {"work_leave", "permisjon for arbeid", "leave for work"},
    {"other_leave", "annen permisjon", "other leave"},
    {"stop", "stans av programmet", "stop of the programme"},
    {"unapproved", "ikke godkjent fravær", "unapproved absence"},
};

/* Other public benefits (R5) that may be deducted, as benefits.csv names them. */
static const struct words benefit_words[] = {
    {"dagpenger", "dagpenger", "unemployment benefit (dagpenger)"},
    {"sykepenger", "sykepenger", "sickness benefit (sykepenger)"},
    {"foreldrepenger", "foreldrepenger", "parental benefit (foreldrepenger)"},
    {"uforetrygd", "uføretrygd", "disability benefit (uføretrygd)"},
    {"arbeidsavklaringspenger", "arbeidsavklaringspenger",
     "work assessment allowance (arbeidsavklaringspenger)"},
    {"overgangsstonad", "overgangsstønad", "transitional benefit (overgangsstønad)"},
};

/* Why a day lies past a limit (R8). */
static const struct words reason_words[] = {
    {"self-certified before eight weeks of programme",
     "egenmelding før åtte uker i programmet", "self-certified before eight weeks of programme"},
    {"self-certified for more than three calendar days",
     "egenmelding i mer enn tre kalenderdager", "self-certified for more than three calendar days"},
    {"self-certification is barred by decision", "retten til egenmelding er falt bort ved vedtak",
     "self-certification is barred by decision"},
    {"the child is past the age the right lasts to", "barnet er eldre enn retten varer",
     "the child is past the age the right lasts to"},
    {"more than the days allowed", "flere dager enn det er rett til", "more than the days allowed"},
    {"before the rule took effect", "før regelen trådte i kraft", "before the rule took effect"},
    {"more than one hour a day in the child's first year",
     "mer enn én time om dagen i barnets første år",
     "more than one hour a day in the child's first year"},
};

/* How often a limit of days counts (R8), after "10 days". */
static const struct words window_words[] = {
    {"a pregnancy", "i et svangerskap", "a pregnancy"},
    {"a birth", "ved en fødsel", "a birth"},
    {"a calendar year", "i kalenderåret", "a calendar year"},
    {"in the last 12 months", "de siste 12 månedene", "in the last 12 months"},
    {"a programme year", "i programåret", "a programme year"},
};

/* The period of a withholding table (R15). */
static const struct words reading_words[] = {
    {"month table", "månedstabell", "month table"},
    {"week table on a third, times 3", "uketabell på en tredel, ganger 3",
     "week table on a third, times 3"},
    {"fortnight table", "14-dagerstabell", "fortnight table"},
    {"week table", "uketabell", "week table"},
    {"4-day table", "4-dagerstabell", "4-day table"},
    {"3-day table", "3-dagerstabell", "3-day table"},
    {"2-day table", "2-dagerstabell", "2-day table"},
    {"1-day table", "1-dagstabell", "1-day table"},
    {"half a month: month table on twice the pay, halved",
     "halv måned: månedstabell på det dobbelte, halvert",
     "half a month: month table on twice the pay, halved"},
};

/* Parts of a tax line that need no number. */
static const struct words tax_words[] = {
    {"tax card", "etter skattekortet", "by the tax card"},
    {"last year's tax card", "etter fjorårets skattekort (betaling i januar)",
     "by last year's tax card (a payment in January)"},
    {"no tax card", "uten skattekort som kan brukes", "without a tax card that can be used"},
    {"not liable to withholding", "deltakeren er ikke trekkpliktig",
     "the participant is not liable to withholding"},
    {"half tax before Christmas", "halvt trekk før jul (R16, skattebetalingsforskriften § 5-7-2)",
     "half tax before Christmas (R16, skattebetalingsforskriften § 5-7-2)"},
    {"free of tax before Christmas",
     "trekkfritt før jul (R16, skattebetalingsforskriften § 5-7-2)",
     "free of tax before Christmas (R16, skattebetalingsforskriften § 5-7-2)"},
};

/* What a correction puts right (R11), by kind of line from ST_LINE_CORRECTION_BENEFIT on. */
static const struct words correction_words[] = {
    {"benefit", "introduksjonsstønaden", "the introduction benefit"},
    {"offset", "trekket for andre offentlige ytelser", "the deduction for other public benefits"},
    {"work", "trekket for lønnet arbeid i programmet",
     "the deduction for paid work in the programme"},
    {"absence_days", "trekket for fravær i hele dager", "the deduction for whole days of absence"},
    {"absence_hours", "trekket for fravær i timer", "the deduction for hours of absence"},
    {"absence_month", "trekket for fravær hele måneden",
     "the deduction for absence the whole month"},
};

/* The paragraphs of a section, as the engine cites them. */
static const struct words paragraph_words[] = {
    {" first paragraph", " første ledd", NULL},
    {" second paragraph", " andre ledd", NULL},
    {" third paragraph", " tredje ledd", NULL},
};

/* The names of days off (stonad/calendar.h) in English. */
static const struct words day_off_words[] = {
    {"1. nyttårsdag", NULL, "New Year's Day"},  {"skjærtorsdag", NULL, "Maundy Thursday"},
    {"langfredag", NULL, "Good Friday"},        {"1. påskedag", NULL, "Easter Sunday"},
    {"2. påskedag", NULL, "Easter Monday"},     {"1. mai", NULL, "1 May"},
    {"17. mai", NULL, "17 May"},                {"Kristi himmelfartsdag", NULL, "Ascension Day"},
    {"1. pinsedag", NULL, "Whit Sunday"},       {"2. pinsedag", NULL, "Whit Monday"},
    {"1. juledag", NULL, "Christmas Day"},      {"2. juledag", NULL, "26 December"},
    {"lørdag", NULL, "Saturday"},               {"søndag", NULL, "Sunday"},
};

static const struct words *words_of(const struct words *table, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}
#define WORDS_OF(table, name) words_of(table, ST_COUNT_OF(table), name)

/* ---- saying -------------------------------------------------------------------------------- */

static void say(struct sentence *sentence, const char *nb, const char *en) {
    st_text_add(&sentence->text, sentence->english ? en : nb);
}

static void add(struct sentence *sentence, const char *text) {
    st_text_add(&sentence->text, text);
}

/* The word from its table, or the name itself, quoted. */
static void say_words(struct sentence *sentence, const struct words *words, const char *name) {
    if (words != NULL) {
        say(sentence, words->nb, words->en);
        return;
    }
    say(sentence, "«", "“");
    add(sentence, name);
    say(sentence, "»", "”");
}

/* "22 758,17 kr", without sign. */
static void say_amount(struct sentence *sentence, st_amount amount) {
    char text[ST_AMOUNT_TEXT_SIZE];
    st_amount_for_people(amount, text);
    add(sentence, text[0] == '-' ? text + 1 : text);
    add(sentence, " kr");
}

/* The same of what the engine wrote, "22758.17" or "136549"; anything else stands as it is. */
static void say_written_amount(struct sentence *sentence, const char *written, bool with_ore) {
    char text[ST_AMOUNT_TEXT_SIZE];
    st_amount amount;
    if (!st_amount_from_person(written, &amount)) {
        add(sentence, written);
        return;
    }
    st_amount_for_people(amount, text);
    if (!with_ore && amount.ore % 100 == 0)
        text[strlen(text) - 3] = '\0';
    add(sentence, text);
    add(sentence, " kr");
}

static void say_decimal(struct sentence *sentence, st_fraction number) {
    char text[ST_DECIMAL_TEXT_SIZE];
    st_decimal_text(number, 2, true, text);
    add(sentence, text);
}

/* A decimal number of the engine: "7.5" is "7,5" for people. */
static void say_written_decimal(struct sentence *sentence, const char *written) {
    for (; *written != '\0'; written++)
        add(sentence, *written == '.' ? "," : (const char[]){*written, '\0'});
}

static void say_rate(struct sentence *sentence, st_fraction rate) {
    st_amount rounded;
    if (st_round_to_ore(rate, &rounded)) {
        say_amount(sentence, rounded);
    } else {
        say_decimal(sentence, rate);
        add(sentence, " kr");
    }
}

/* How much a date tells: after "1.–" only the last date says its month and year. */
enum date_detail { DATE_DAY, DATE_MONTH, DATE_YEAR };

static void say_date(struct sentence *sentence, st_date date, enum date_detail detail) {
    int year, month, day;
    st_date_split(date, &year, &month, &day);
    st_text_add_integer(&sentence->text, day);
    say(sentence, ".", "");
    if (detail >= DATE_MONTH) {
        add(sentence, " ");
        add(sentence, month_names[month - 1][sentence->english]);
    }
    if (detail >= DATE_YEAR) {
        add(sentence, " ");
        st_text_add_integer(&sentence->text, year);
    }
}

static bool is_day(st_date date) { return date != ST_DATE_NONE && date != ST_DATE_OPEN; }

/* "1.–31. mai 2026", "4. mai 2026", "fra 4. mai 2026 uten sluttdato". False: there is none. */
static bool say_period(struct sentence *sentence, st_date from, st_date to) {
    if (!is_day(from) || to == ST_DATE_NONE)
        return false;
    if (to == ST_DATE_OPEN)
        say(sentence, "fra ", "from ");
    else if (to != from && st_month_of(from) == st_month_of(to))
        say_date(sentence, from, DATE_DAY);
    else if (to != from)
        say_date(sentence, from,
                 st_date_year(from) == st_date_year(to) ? DATE_MONTH : DATE_YEAR);
    if (to == ST_DATE_OPEN || to == from) {
        say_date(sentence, from, DATE_YEAR);
        if (to == ST_DATE_OPEN)
            say(sentence, " uten sluttdato", " without an end");
        return true;
    }
    add(sentence, "–");
    say_date(sentence, to, DATE_YEAR);
    return true;
}

static void say_line_period(struct sentence *sentence, const char *nb, const char *en) {
    const struct st_line_row *line = sentence->line;
    if (!is_day(line->from) || line->to == ST_DATE_NONE)
        return;
    say(sentence, nb, en);
    (void)say_period(sentence, line->from, line->to);
}

static void say_month(struct sentence *sentence, st_month month) {
    add(sentence, month_names[month % 12][sentence->english]);
    add(sentence, " ");
    st_text_add_integer(&sentence->text, month / 12);
}

/* "30 dager", "1 dag"; "0,5 timer". */
static void say_quantity(struct sentence *sentence, st_fraction quantity, const struct words *one,
                         const struct words *several) {
    bool is_one = st_fraction_equal(quantity, (st_fraction){1, 1});
    say_decimal(sentence, quantity);
    add(sentence, " ");
    say_words(sentence, is_one ? one : several, "");
}

static const struct words one_day = {"", "dag", "day"}, several_days = {"", "dager", "days"},
                          one_hour = {"", "time", "hour"}, several_hours = {"", "timer", "hours"},
                          one_day_off = {"", "fridag", "day off"},
                          several_days_off = {"", "fridager", "days off"},
                          one_other = {"", "annen dag", "other day"},
                          several_others = {"", "andre dager", "other days"};

/* ---- parts of the inputs ------------------------------------------------------------------- */

/* Cuts the inputs at "; ". Past PARTS_MAX the last part is all the rest. */
static void cut_into_parts(struct sentence *sentence) {
    struct st_text copy = st_text_into(sentence->inputs, sizeof sentence->inputs);
    char *at = sentence->inputs;
    st_text_add(&copy, sentence->line->inputs);
    while (*at != '\0' && sentence->part_count < PARTS_MAX) {
        struct part *part = &sentence->parts[sentence->part_count++];
        *part = (struct part){.text = at};
        at = strstr(at, "; ");
        if (at == NULL || sentence->part_count == PARTS_MAX)
            return;
        *at = '\0';
        at += 2;
    }
}

/* What follows `prefix` in the first part, not yet told, that begins with it; it is then told. NULL:
 * there is none. */
static const char *take(struct sentence *sentence, const char *prefix) {
    size_t size = strlen(prefix);
    for (size_t i = 0; i < sentence->part_count; i++) {
        struct part *part = &sentence->parts[i];
        if (part->is_told || strncmp(part->text, prefix, size) != 0)
            continue;
        part->is_told = true;
        return part->text + size;
    }
    return NULL;
}

/* Takes the part that is exactly this. */
static bool take_whole(struct sentence *sentence, const char *text) {
    for (size_t i = 0; i < sentence->part_count; i++) {
        struct part *part = &sentence->parts[i];
        if (part->is_told || strcmp(part->text, text) != 0)
            continue;
        part->is_told = true;
        return true;
    }
    return false;
}

/* " Oppgitt også: «…»; «…»." */
static void say_untold(struct sentence *sentence) {
    bool any = false;
    for (size_t i = 0; i < sentence->part_count; i++) {
        if (sentence->parts[i].is_told || sentence->parts[i].text[0] == '\0')
            continue;
        if (any)
            add(sentence, "; ");
        else
            say(sentence, " Oppgitt også: ", " Also stated: ");
        say_words(sentence, NULL, sentence->parts[i].text);
        any = true;
    }
    if (any)
        add(sentence, ".");
}

/* Two texts around a mark: "1/3" and "with parents"; "136549" and "2026-05-01". The second is "" where
 * the mark is missing. `first` holds `size` bytes. */
static const char *cut_at(const char *text, const char *mark, char *first, size_t size) {
    const char *found = strstr(text, mark);
    size_t length = found == NULL ? strlen(text) : (size_t)(found - text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0U) == 0x80U)
            length--; /* never half a character */
    }
    memcpy(first, text, length);
    first[length] = '\0';
    return found == NULL ? "" : found + strlen(mark);
}

static bool parse_date(const char *text, st_date *out) {
    return st_date_parse(text, strlen(text), out);
}

/* ---- the rate and where it comes from ------------------------------------------------------ */

/* "under 25=1/3 with parents": the fraction, then whose it is. */
static void say_young(struct sentence *sentence, const char *told) {
    char fraction[32];
    const char *how = cut_at(told, " ", fraction, sizeof fraction);
    add(sentence, ", ");
    add(sentence, fraction);
    say(sentence, " fordi deltakeren er under 25 år", " because the participant is under 25");
    if (strcmp(how, "with parents") == 0)
        say(sentence, " og bor hos foreldre", " and lives with parents");
    else if (strcmp(how, "not with parents") == 0)
        say(sentence, " og ikke bor hos foreldre", " and does not live with parents");
    else if (strcmp(how, "(law of 2003)") == 0)
        say(sentence, " (introduksjonsloven av 2003)", " (the law of 2003)");
    else
        add(sentence, how);
}

/* " (2 G · 2/3 / 360, G = 136 549 kr fra 1. mai 2026, 2/3 fordi …)". Nothing when there is no G. */
static void say_formula(struct sentence *sentence, const char *divisor) {
    const char *g = take(sentence, "G="), *young = take(sentence, "under 25=");
    const char *couple = take(sentence, "couple without children=");
    const char *share = take(sentence, "programme share=");
    char value[32], fraction[32];
    st_date effect;
    if (g == NULL && young == NULL && couple == NULL && share == NULL)
        return;
    (void)take(sentence, "A="); /* the product of what is said here */
    add(sentence, " (2 G");
    if (young != NULL) {
        (void)cut_at(young, " ", fraction, sizeof fraction);
        add(sentence, " · ");
        add(sentence, fraction);
    }
    if (couple != NULL) {
        add(sentence, " · ");
        add(sentence, couple);
    }
    if (share != NULL) {
        add(sentence, " · ");
        add(sentence, share);
    }
    add(sentence, " / ");
    add(sentence, divisor);
    if (g != NULL) {
        const char *from = cut_at(g, " from ", value, sizeof value);
        add(sentence, ", G = ");
        say_written_amount(sentence, value, false);
        say(sentence, " fra ", " from ");
        if (parse_date(from, &effect))
            say_date(sentence, effect, DATE_YEAR);
        else
            add(sentence, from);
    }
    if (young != NULL)
        say_young(sentence, young);
    if (couple != NULL) {
        add(sentence, ", ");
        add(sentence, couple);
        say(sentence, " fordi partneren også deltar og paret ikke forsørger barn",
            " because the partner takes part too and they support no children");
    }
    if (share != NULL) {
        add(sentence, ", ");
        add(sentence, share);
        say(sentence, " er programmets andel av full tid", " is the programme's share of full time");
    }
    add(sentence, ")");
}

/* ", 2 275,82 kr", and what it was cut to (R10). */
static void say_result(struct sentence *sentence) {
    const struct st_line_row *line = sentence->line;
    st_amount rounded;
    add(sentence, ", ");
    if (!line->cut || !st_round_to_ore(line->exact, &rounded)) {
        say_amount(sentence, line->amount);
        return;
    }
    say_amount(sentence, rounded);
    say(sentence, ", avkortet til det som var igjen av stønaden: ",
        ", cut to what was left of the benefit: ");
    say_amount(sentence, line->amount);
    add(sentence, " (R10)");
}

/* The words of the paragraph that a citation ends with; NULL: with none. */
static const struct words *paragraph_of(const char *citation) {
    size_t size = strlen(citation);
    for (size_t i = 0; i < ST_COUNT_OF(paragraph_words); i++) {
        size_t length = strlen(paragraph_words[i].name);
        if (size >= length && strcmp(citation + size - length, paragraph_words[i].name) == 0)
            return &paragraph_words[i];
    }
    return NULL;
}

/* " (integreringsloven § 20)." The engine's "second paragraph" in Norwegian too. */
static void say_citation(struct sentence *sentence) {
    const char *citation = sentence->line->citation;
    const struct words *paragraph = sentence->english ? NULL : paragraph_of(citation);
    add(sentence, " (");
    if (paragraph != NULL) {
        char before[128];
        (void)cut_at(citation, paragraph->name, before, sizeof before);
        add(sentence, before);
        add(sentence, paragraph->nb);
    } else {
        add(sentence, citation);
    }
    add(sentence, ").");
}

/* ---- R4: benefit --------------------------------------------------------------------------- */

/* "units=12 of 20": the month has 20 thirtieths, 12 of them at this rate. */
static void say_units(struct sentence *sentence, const char *units) {
    char mine[24];
    const char *all;
    if (units == NULL)
        return;
    all = cut_at(units, " of ", mine, sizeof mine);
    if (strcmp(mine, all) == 0)
        return;
    say(sentence, " av månedens ", " of the month's ");
    add(sentence, all);
}

static void tell_benefit(struct sentence *sentence) {
    const struct st_line_row *line = sentence->line;
    say(sentence, "Introduksjonsstønad", "Introduction benefit");
    say_line_period(sentence, " for ", " for ");
    add(sentence, ": ");
    say_quantity(sentence, line->quantity, &one_day, &several_days);
    say_units(sentence, take(sentence, "units="));
    say(sentence, " à ", " at ");
    say_rate(sentence, line->rate);
    say_formula(sentence, "360");
    say_result(sentence);
    say_citation(sentence);
}

/* ---- R5: another benefit ------------------------------------------------------------------- */

/* The part that begins with a benefit's name: "sykepenger=8000.00 a month". */
static const struct words *take_benefit(struct sentence *sentence, const char **amount) {
    for (size_t i = 0; i < ST_COUNT_OF(benefit_words); i++) {
        char prefix[40];
        struct st_text text = st_text_into(prefix, sizeof prefix);
        st_text_add(&text, benefit_words[i].name);
        st_text_add(&text, "=");
        *amount = take(sentence, prefix);
        if (*amount != NULL)
            return &benefit_words[i];
    }
    return NULL;
}

static void tell_offset(struct sentence *sentence) {
    const char *amount = NULL, *units = take(sentence, "units=");
    char monthly[40];
    const struct words *benefit = take_benefit(sentence, &amount);
    bool is_single_parent =
        take_whole(sentence, "counts=40 % of what 12 months exceed G/2, a twelfth");
    say(sentence, "Trekk for ", "Deduction for ");
    if (benefit != NULL)
        say(sentence, benefit->nb, benefit->en);
    else
        say(sentence, "en annen offentlig ytelse", "another public benefit");
    say_line_period(sentence, " ", ", ");
    if (amount != NULL) {
        (void)cut_at(amount, " a month", monthly, sizeof monthly);
        add(sentence, ": ");
        say_written_amount(sentence, monthly, true);
        say(sentence, " i måneden", " a month");
    }
    if (is_single_parent) {
        say(sentence, ", der 40 % av det tolv måneder overstiger G/2 teller: ",
            ", of which 40 % of what twelve months exceed G/2 counts: ");
        say_rate(sentence, sentence->line->rate);
        say(sentence, " i måneden", " a month");
    }
    if (units != NULL) {
        say(sentence, ", for ", ", for ");
        add(sentence, units);
        say(sentence, " av måneden", " of the month");
    }
    say_result(sentence);
    say_citation(sentence);
    if (take_whole(sentence, "earned before the programme=yes"))
        say(sentence, " Retten var opptjent før programmet begynte.",
            " The right was earned before the programme began.");
}

/* ---- R6: paid work ------------------------------------------------------------------------- */

static void tell_work(struct sentence *sentence) {
    const struct st_line_row *line = sentence->line;
    const char *wage = take(sentence, "gross wage=");
    bool by_wage = take_whole(sentence, "taken=the wage, krone for krone");
    (void)take_whole(sentence, "taken=hours at A/1850");
    (void)take(sentence, "hours=");
    say(sentence, "Lønnet arbeid i programmet", "Paid work in the programme");
    say_line_period(sentence, " ", ", ");
    add(sentence, ": ");
    say_quantity(sentence, line->quantity, &one_hour, &several_hours);
    if (wage != NULL) {
        say(sentence, ", bruttolønn ", ", gross wage ");
        say_written_amount(sentence, wage, true);
    }
    if (by_wage)
        say(sentence, "; trukket er lønnen, krone for krone, fordi timene ville gitt mer: ",
            "; taken is the wage, krone for krone, because the hours would take more: ");
    else
        say(sentence, "; trukket er timene à ", "; taken are the hours at ");
    if (by_wage) {
        say_quantity(sentence, line->quantity, &one_hour, &several_hours);
        say(sentence, " à ", " at ");
    }
    say_rate(sentence, line->rate);
    say_formula(sentence, "1850");
    say_result(sentence);
    say_citation(sentence);
}

/* ---- R7 and R8: absence -------------------------------------------------------------------- */

/* A record of absence as the inputs tell it. */
struct absence {
    const char *kind; /* "" when not told */
    st_date from, to; /* NONE when not told */
    const char *reason; /* R8: why past the limit; NULL: R7 */
    char kind_text[48];
};

/* "unapproved from 2026-05-04 to 2026-05-06", or the same after "recorded". */
static void read_dates(const char *text, struct absence *out) {
    char from[ST_DATE_TEXT_SIZE + 1];
    const char *to = cut_at(text, " to ", from, sizeof from);
    if (!parse_date(from, &out->from))
        out->from = ST_DATE_NONE;
    else if (strcmp(to, "open") == 0)
        out->to = ST_DATE_OPEN;
    else if (!parse_date(to, &out->to))
        out->from = out->to = ST_DATE_NONE;
}

/* The first part names the kind, and for R7 the dates; for R8 they follow "recorded from ". */
static void read_absence(struct sentence *sentence, struct absence *out) {
    const char *recorded;
    *out = (struct absence){.kind = "", .from = ST_DATE_NONE, .to = ST_DATE_NONE};
    if (sentence->part_count > 0) {
        const char *dates = cut_at(sentence->parts[0].text, " from ", out->kind_text,
                                   sizeof out->kind_text);
        if (WORDS_OF(absence_words, out->kind_text) != NULL) {
            out->kind = out->kind_text;
            sentence->parts[0].is_told = true;
            read_dates(dates, out);
            sentence->parts[0].is_told = dates[0] == '\0' || out->from != ST_DATE_NONE;
        }
    }
    out->reason = take(sentence, "past the limit: ");
    recorded = take(sentence, "recorded from ");
    if (recorded != NULL)
        read_dates(recorded, out);
}

static void say_kind(struct sentence *sentence, const struct absence *absence) {
    const struct words *words = WORDS_OF(absence_words, absence->kind);
    size_t start = sentence->text.length;
    if (words == NULL)
        say(sentence, "fravær", "absence");
    else
        say(sentence, words->nb, words->en);
    /* It begins a sentence; the names begin with plain letters. */
    char *first = &sentence->text.bytes[start];
    if (*first >= 'a' && *first <= 'z')
        *first = (char)(*first - 'a' + 'A');
}

/* The reason, from the table; "25 days a programme year" by its number and window. */
static void say_reason(struct sentence *sentence, const char *reason) {
    const struct words *words = WORDS_OF(reason_words, reason);
    char count[24];
    const char *window = cut_at(reason, " days ", count, sizeof count);
    const struct words *window_told = WORDS_OF(window_words, window);
    if (words != NULL || window_told == NULL) {
        say_words(sentence, words, reason);
        return;
    }
    add(sentence, count);
    say(sentence, " dager ", " days ");
    say(sentence, window_told->nb, window_told->en);
}

/* " Ut over grensen: 25 dager i programåret; uten tillatelse." */
static void say_limit(struct sentence *sentence, const struct absence *absence) {
    bool without = take_whole(sentence, "without permission");
    bool permitted = take_whole(sentence, "permitted, past the limit");
    if (absence->reason == NULL && !without && !permitted)
        return;
    say(sentence, " Ut over grensen", " Past the limit");
    if (absence->reason != NULL) {
        add(sentence, ": ");
        say_reason(sentence, absence->reason);
    }
    if (without)
        say(sentence, "; uten tillatelse", "; without permission");
    if (permitted)
        say(sentence, "; tillatt, men stønaden beholdes ikke ut over grensen",
            "; permitted, but the benefit is not kept past the limit");
    add(sentence, ".");
}

static void say_day_off_name(struct sentence *sentence, const char *nb) {
    const struct words *words = WORDS_OF(day_off_words, nb);
    say(sentence, nb, words == NULL ? nb : words->en);
}

/* The days off of the record in the line's month: how many, and each of their names once. */
static int count_days_off(st_date from, st_date to, const char *names[NAMES_MAX], size_t *count) {
    int days_off = 0;
    *count = 0;
    for (st_date day = from; day <= to; day++) {
        const char *name = st_day_off_name_nb(day);
        size_t i = 0;
        if (name == NULL)
            continue;
        days_off++;
        while (i < *count && strcmp(names[i], name) != 0)
            i++;
        if (i == *count && *count < NAMES_MAX)
            names[(*count)++] = name;
    }
    return days_off;
}

/* Days of the record that neither are days off nor belong to this line. */
static void say_other_days(struct sentence *sentence, int64_t count, bool past_limit) {
    add(sentence, " ");
    say_quantity(sentence, (st_fraction){count, 1}, &one_other, &several_others);
    say(sentence, " av fraværet hører ikke til denne linjen ",
        count == 1 ? " of the absence is not part of this line "
                   : " of the absence are not part of this line ");
    if (past_limit)
        say(sentence, "(innenfor grensen, eller i en annen linje).",
            "(within the limit, or in another line).");
    else
        say(sentence, "(annen sats, eller ingen rett til stønad).",
            "(another rate, or no right to the benefit).");
}

/* " Ikke trukket: 2 fridager (lørdag, søndag)." R9; and what lies outside this line. */
static void say_not_charged(struct sentence *sentence, const struct absence *absence) {
    const struct st_line_row *line = sentence->line;
    st_date first = st_month_first(line->month), last = st_month_last(line->month);
    const char *names[NAMES_MAX];
    size_t name_count;
    if (absence->from == ST_DATE_NONE || line->quantity.denominator != 1)
        return;
    first = absence->from > first ? absence->from : first;
    last = absence->to < last ? absence->to : last;
    int days_off = first > last ? 0 : count_days_off(first, last, names, &name_count);
    int64_t others = last - first + 1 - days_off - line->quantity.numerator;
    if (days_off > 0) {
        say(sentence, " Ikke trukket: ", " Not charged: ");
        say_quantity(sentence, (st_fraction){days_off, 1}, &one_day_off, &several_days_off);
        for (size_t i = 0; i < name_count; i++) {
            add(sentence, i == 0 ? " (" : ", ");
            say_day_off_name(sentence, names[i]);
        }
        add(sentence, ").");
    }
    if (others > 0)
        say_other_days(sentence, others, absence->reason != NULL);
}

static void tell_absence_days(struct sentence *sentence) {
    const struct st_line_row *line = sentence->line;
    struct absence absence;
    read_absence(sentence, &absence);
    say_kind(sentence, &absence);
    if (absence.from != ST_DATE_NONE) {
        say(sentence, ", registrert ", ", recorded ");
        (void)say_period(sentence, absence.from, absence.to);
    }
    say(sentence, ": trekk for ", ": charged for ");
    say_quantity(sentence, line->quantity, &one_day, &several_days);
    if (line->from != absence.from || line->to != absence.to)
        say_line_period(sentence, ", ", ", ");
    say(sentence, " à ", " at ");
    say_rate(sentence, line->rate);
    say_formula(sentence, "360");
    say_result(sentence);
    say_citation(sentence);
    say_limit(sentence, &absence);
    say_not_charged(sentence, &absence);
}

static void tell_absence_hours(struct sentence *sentence) {
    const struct st_line_row *line = sentence->line;
    struct absence absence;
    read_absence(sentence, &absence);
    say_kind(sentence, &absence);
    say_line_period(sentence, " ", ", ");
    say(sentence, ": trekk for ", ": charged for ");
    say_quantity(sentence, line->quantity, &one_hour, &several_hours);
    say(sentence, " à ", " at ");
    say_rate(sentence, line->rate);
    say_formula(sentence, "1850");
    say_result(sentence);
    say_citation(sentence);
    say_limit(sentence, &absence);
    if (take_whole(sentence, "the hours of one day cost at most A/360"))
        say(sentence, " Timene på én dag koster aldri mer enn dagsatsen (A/360).",
            " The hours of one day never cost more than the rate of the day (A/360).");
}

static void tell_absence_month(struct sentence *sentence) {
    const char *missed = take(sentence, "missed=all ");
    (void)take_whole(sentence, "taken=what remains of it");
    say(sentence, "Fravær hele måneden", "Absence the whole month");
    say_line_period(sentence, ", ", ", ");
    if (missed != NULL) {
        char days[24];
        (void)cut_at(missed, " ", days, sizeof days);
        say(sentence, ": alle de ", ": all ");
        add(sentence, days);
        say(sentence, " dagene med oppmøteplikt er fravær, så resten av stønaden er trukket",
            " days to be attended were missed, so what remains of the benefit is taken");
    }
    say_result(sentence);
    say_citation(sentence);
}

/* ---- R11: correction ----------------------------------------------------------------------- */

/* "-2275.82" */
static bool parse_amount(const char *text, st_amount *out) {
    bool is_negative = text[0] == '-';
    if (!st_amount_from_person(text + is_negative, out))
        return false;
    out->ore = is_negative ? -out->ore : out->ore;
    return true;
}

/* A written amount without its sign. */
static void say_unsigned(struct sentence *sentence, const char *written) {
    say_written_amount(sentence, written[0] == '-' ? written + 1 : written, true);
}

static void tell_correction(struct sentence *sentence) {
    const struct words *what = &correction_words[sentence->kind - ST_LINE_CORRECTION_BENEFIT];
    const char *due = take(sentence, "due="), *paid = take(sentence, "paid=");
    bool less = sentence->line->amount.ore < 0;
    bool is_benefit = sentence->kind == ST_LINE_CORRECTION_BENEFIT;
    say(sentence, "Rettelse av ", "Correction of ");
    say(sentence, what->nb, what->en);
    say(sentence, " for ", " for ");
    say_month(sentence, sentence->line->month);
    add(sentence, ": ");
    if (due != NULL && paid != NULL) {
        say(sentence, is_benefit ? "utbetalt " : "trukket ", is_benefit ? "paid " : "deducted ");
        say_unsigned(sentence, paid);
        say(sentence, is_benefit ? ", riktig beløp " : ", riktig trekk ",
            is_benefit ? ", correct amount " : ", correct deduction ");
        say_unsigned(sentence, due);
        add(sentence, ", ");
    }
    if (is_benefit)
        say(sentence, less ? "for mye utbetalt" : "for lite utbetalt",
            less ? "paid too much" : "paid too little");
    else
        say(sentence, less ? "for lite trukket" : "for mye trukket",
            less ? "deducted too little" : "deducted too much");
    say_result(sentence);
    say_citation(sentence);
}

/* ---- R12: claims and recovery --------------------------------------------------------------- */

/* ", etter vedtak 10. juni 2026 om 2 000,00 kr, hvorav 500,00 kr var brukt før" */
static void say_decision(struct sentence *sentence, const char *prefix) {
    const char *decided = take(sentence, prefix), *amount, *used;
    st_date date;
    if (decided == NULL)
        return;
    say(sentence, ", etter vedtak ", ", by the decision of ");
    if (parse_date(decided, &date))
        say_date(sentence, date, DATE_YEAR);
    else
        add(sentence, decided);
    if ((amount = take(sentence, "amount=")) != NULL) {
        say(sentence, " om ", " on ");
        say_written_amount(sentence, amount, true);
    }
    if ((used = take(sentence, "used before=")) != NULL && strcmp(used, "0.00") != 0) {
        say(sentence, ", hvorav ", ", of which ");
        say_written_amount(sentence, used, true);
        say(sentence, " var brukt før", " was used before");
    }
}

/* " Deltakeren skyldte 2 000,00 kr før og skylder 1 500,00 kr nå." */
static void say_owed(struct sentence *sentence) {
    const char *before = take(sentence, "owed before="), *now = take(sentence, "owed now=");
    if (before != NULL) {
        say(sentence, " Deltakeren skyldte ", " The participant owed ");
        say_written_amount(sentence, before, true);
        say(sentence, " før", " before");
    }
    if (now != NULL) {
        if (before != NULL)
            say(sentence, " og skylder ", " and owes ");
        else
            say(sentence, " Deltakeren skylder ", " The participant owes ");
        say_written_amount(sentence, now, true);
        say(sentence, " nå", " now");
    }
    if (before != NULL || now != NULL)
        add(sentence, ".");
}

/* What moved of a line that does not touch the person's account, whose own amount is 0.00. */
static void say_hidden_result(struct sentence *sentence) {
    add(sentence, ", ");
    say_rate(sentence, sentence->line->exact);
}

static void tell_refund(struct sentence *sentence) {
    say(sentence, "Refusjon: en annen etat betaler det som er utbetalt for mye",
        "Refund: another agency pays what was paid too much");
    say_decision(sentence, "refund decided=");
    say_result(sentence);
    say_citation(sentence);
    say(sentence, " Deltakeren skylder ikke dette.", " The participant does not owe it.");
}

static void tell_claim(struct sentence *sentence) {
    const char *corrections = take(sentence, "corrections=");
    say(sentence, "Krav", "Claim");
    if (corrections != NULL) {
        say(sentence, ": rettelsene av tidligere måneder er til sammen et minus på ",
            ": the corrections of earlier months come to a minus of ");
        say_unsigned(sentence, corrections);
        say(sentence, ", som deltakeren skylder i stedet for at det trekkes i denne linjen",
            ", which the participant owes instead of its being taken in this line");
    }
    say_result(sentence);
    say_citation(sentence);
    say_owed(sentence);
}

/* What follows `mark`; "" where it is missing. */
static const char *behind(const char *text, const char *mark) {
    const char *found = strstr(text, mark);
    return found == NULL ? "" : found + strlen(mark);
}

/* "11379.09 (2275817/200) and G/12 11379.08 (136549/12), deductions 0.00 (0)" */
static void say_cautious_limit(struct sentence *sentence, const char *told) {
    char half[64], twelfth[64], deductions[64];
    const char *rest = behind(cut_at(told, " (", half, sizeof half), " and G/12 ");
    rest = behind(cut_at(rest, " (", twelfth, sizeof twelfth), ", deductions ");
    (void)cut_at(rest, " (", deductions, sizeof deductions);
    say(sentence,
        " Det er ikke gjort vedtak om beløp i måneden. Da er alle trekk til sammen mindre enn det "
        "minste av halve utbetalingen, ",
        " There is no decision on the amount a month. Then all deductions together stay below the "
        "smaller of half of the payment, ");
    say_written_amount(sentence, half, true);
    say(sentence, ", og G/12, ", ", and G/12, ");
    say_written_amount(sentence, twelfth, true);
    say(sentence, "; de andre trekkene er ", "; the other deductions are ");
    say_written_amount(sentence, deductions, true);
    add(sentence, ".");
}

static void tell_recovery(struct sentence *sentence) {
    const char *limit = take(sentence, "no decision on the amount a month: below the smaller of "
                                       "half of the payment ");
    const char *monthly;
    say(sentence, "Tilbakebetaling for ", "Repayment for ");
    say_month(sentence, sentence->line->month);
    say_decision(sentence, "decided=");
    say(sentence, ": trukket i stønaden før skatt", ": taken from the benefit before tax");
    if ((monthly = take(sentence, "a month=")) != NULL) {
        say(sentence, ", høyst ", ", at most ");
        say_written_amount(sentence, monthly, true);
        say(sentence, " i måneden", " a month");
    }
    say_result(sentence);
    say_citation(sentence);
    if (limit != NULL)
        say_cautious_limit(sentence, limit);
    say_owed(sentence);
}

static void tell_refund_claim(struct sentence *sentence) {
    say(sentence, "En annen etat betaler et krav på deltakeren",
        "Another agency pays a claim on the participant");
    say_decision(sentence, "refund decided=");
    say_hidden_result(sentence);
    say_citation(sentence);
    say_owed(sentence);
}

static void tell_written_off(struct sentence *sentence) {
    say(sentence, "Et krav på deltakeren er ettergitt", "A claim on the participant is given up");
    say_decision(sentence, "decided=");
    say_hidden_result(sentence);
    say_citation(sentence);
    say_owed(sentence);
}

/* ---- R14-R16: tax -------------------------------------------------------------------------- */

/* ", basis 22758" at the end of a part: where it begins; NULL: not there. */
static const char *find_basis(const char *text) { return strstr(text, ", basis "); }

static void say_basis(struct sentence *sentence, const char *basis) {
    say(sentence, ", grunnlag ", ", basis ");
    say_written_amount(sentence, basis + strlen(", basis "), false);
}

/* "month table"; "month table on one of 3 parts, times 3": pay of several months (R15). */
static void say_reading(struct sentence *sentence, const char *reading) {
    static const char mark[] = " on one of ";
    char table[80], parts[8];
    const char *rest = cut_at(reading, mark, table, sizeof table);
    if (rest[0] == '\0' || strstr(rest, " parts, times ") == NULL) {
        say_words(sentence, WORDS_OF(reading_words, reading), reading);
        return;
    }
    (void)cut_at(rest, " parts, times ", parts, sizeof parts);
    say_words(sentence, WORDS_OF(reading_words, table), table);
    say(sentence, " på én av ", " on one of ");
    add(sentence, parts);
    say(sentence, " deler, ganger ", " parts, times ");
    add(sentence, parts);
}

/* "8000, month table, basis 22758" */
static void say_table(struct sentence *sentence, const char *text) {
    char name[24], reading[80];
    const char *rest = cut_at(text, ", ", name, sizeof name);
    const char *basis = find_basis(rest);
    (void)cut_at(rest, ", basis ", reading, sizeof reading);
    say(sentence, ", tabell ", ", table ");
    add(sentence, name);
    add(sentence, ", ");
    say_reading(sentence, reading);
    if (basis != NULL)
        say_basis(sentence, basis);
}

/* "50 percent, basis 20482" */
static void say_percent(struct sentence *sentence, const char *text) {
    char percent[24];
    const char *basis = find_basis(text);
    (void)cut_at(text, " percent", percent, sizeof percent);
    add(sentence, ", ");
    say_written_decimal(sentence, percent);
    say(sentence, " prosent", " percent");
    if (basis != NULL)
        say_basis(sentence, basis);
}

/* " to 65000.00, paid before this year 60000.00", or " without limit". */
static void say_exemption(struct sentence *sentence, const char *text) {
    char limit[40];
    const char *before = cut_at(text, ", paid before this year ", limit, sizeof limit);
    say(sentence, ", frikort", ", exemption card");
    if (strncmp(text, " to ", 4) != 0) {
        say(sentence, " uten beløpsgrense", " without limit");
        return;
    }
    say(sentence, " inntil ", " to ");
    say_written_amount(sentence, limit + 4, true);
    say(sentence, ", utbetalt tidligere i år ", ", paid earlier this year ");
    say_written_amount(sentence, before, true);
}

/* The first part that tells a percent, "17.5 percent, basis …"; it has no prefix. */
static const char *take_percent(struct sentence *sentence) {
    for (size_t i = 0; i < sentence->part_count; i++) {
        struct part *part = &sentence->parts[i];
        if (part->is_told || strspn(part->text, "0123456789.") == 0 ||
            strncmp(part->text + strspn(part->text, "0123456789."), " percent", 8) != 0)
            continue;
        part->is_told = true;
        return part->text;
    }
    return NULL;
}

static void say_method(struct sentence *sentence) {
    const char *table = take(sentence, "table "), *percent = take_percent(sentence);
    const char *card = take(sentence, "exemption card"), *above = take(sentence, "above it ");
    if (table != NULL)
        say_table(sentence, table);
    if (percent != NULL)
        say_percent(sentence, percent);
    if (card != NULL)
        say_exemption(sentence, card);
    if (above != NULL) {
        say(sentence, "; over beløpet", "; above it");
        say_percent(sentence, above);
    }
}

static void tell_tax(struct sentence *sentence) {
    const char *none = take(sentence, "no withholding: ");
    say(sentence, "Forskuddstrekk", "Tax withheld");
    say_line_period(sentence, " ", ", ");
    add(sentence, ": ");
    say_amount(sentence, sentence->line->amount);
    say_method(sentence);
    if (none != NULL) {
        say(sentence, ", ikke trekk, ", ", no withholding, ");
        say_words(sentence, WORDS_OF(tax_words, none), none);
    }
    for (size_t i = 0; i < ST_COUNT_OF(tax_words); i++) {
        if (!take_whole(sentence, tax_words[i].name))
            continue;
        add(sentence, ", ");
        say(sentence, tax_words[i].nb, tax_words[i].en);
    }
    say_citation(sentence);
}

static void tell_extra_tax(struct sentence *sentence) {
    bool asked = take_whole(sentence, "asked for by the person, beside the card");
    say(sentence, "Ekstra skattetrekk", "Extra tax withheld");
    say_line_period(sentence, " ", ", ");
    if (asked)
        say(sentence, ", som deltakeren har bedt om ut over skattekortet",
            ", as the participant asked for beside the tax card");
    say_result(sentence);
    say_citation(sentence);
}

/* The part "January by this year's card: table 8100, …" tells the method; its beginning goes. */
static void open_january(struct sentence *sentence) {
    static const char prefix[] = "January by this year's card: ";
    for (size_t i = 0; i < sentence->part_count; i++)
        if (strncmp(sentence->parts[i].text, prefix, strlen(prefix)) == 0)
            sentence->parts[i].text += strlen(prefix);
}

static void tell_january_tax(struct sentence *sentence) {
    const char *due_text = take(sentence, "due="), *withheld_text = take(sentence, "withheld=");
    bool is_back = sentence->line->amount.ore > 0;
    st_amount due = ST_ZERO, withheld = ST_ZERO;
    open_january(sentence);
    (void)take_whole(sentence, "tax card");
    say(sentence, "Skattetrekket for januar", "The tax of January");
    say_line_period(sentence, ", rettet ", ", put right ");
    say(sentence, " etter årets skattekort", " by this year's tax card");
    say_method(sentence);
    if (due_text != NULL && withheld_text != NULL) {
        say(sentence, ": riktig trekk ", ": correct tax ");
        say_written_amount(sentence, due_text, false);
        say(sentence, ", trukket i januar ", ", withheld in January ");
        say_written_amount(sentence, withheld_text, false);
    }
    say(sentence, is_back ? ", betalt tilbake" : ", trukket nå",
        is_back ? ", paid back" : ", withheld now");
    say_result(sentence);
    say_citation(sentence);
    if (due_text != NULL && withheld_text != NULL && parse_amount(due_text, &due) &&
        parse_amount(withheld_text, &withheld) &&
        withheld.ore - due.ore != sentence->line->amount.ore)
        say(sentence, " Resten gjøres opp i skatteoppgjøret.",
            " The rest is settled by the tax assessment.");
}

/* ---- held and paid ------------------------------------------------------------------------- */

static void tell_held(struct sentence *sentence) {
    bool foreign = take_whole(sentence, "kildeskatt on the tax card");
    bool nothing = take_whole(sentence, "nothing is paid, and nothing booked as paid");
    say(sentence, "Holdt tilbake", "Held back");
    say_line_period(sentence, ", ", ", ");
    add(sentence, ": ");
    say_amount(sentence, sentence->line->amount);
    say(sentence, " betales ikke ut", " is not paid");
    if (foreign)
        say(sentence, ", fordi skattekortet sier kildeskatt",
            ", because the tax card says kildeskatt");
    say_citation(sentence);
    if (nothing)
        say(sentence, " Ingenting er ført som betalt.", " Nothing is booked as paid.");
}

static void tell_payment(struct sentence *sentence) {
    const char *taxable = take(sentence, "taxable="), *tax = take(sentence, "tax=");
    say(sentence, "Utbetaling", "Payment");
    say_line_period(sentence, " ", ", ");
    if (taxable != NULL && tax != NULL) {
        add(sentence, ": ");
        say_written_amount(sentence, taxable, true);
        say(sentence, " før skatt, minus ", " before tax, less ");
        say_written_amount(sentence, tax, true);
        say(sentence, " i skatt", " of tax");
    }
    say_result(sentence);
    say_citation(sentence);
}

/* ---- the line ------------------------------------------------------------------------------ */

/* A kind this version does not know. */
static void tell_other(struct sentence *sentence) {
    say(sentence, "Linje av typen ", "A line of kind ");
    say_words(sentence, NULL, sentence->line->kind);
    say_line_period(sentence, ", ", ", ");
    say_result(sentence);
    say_citation(sentence);
}

static void (*const tellers[ST_LINE_KIND_COUNT])(struct sentence *) = {
    [ST_LINE_BENEFIT] = tell_benefit,
    [ST_LINE_OFFSET] = tell_offset,
    [ST_LINE_WORK] = tell_work,
    [ST_LINE_ABSENCE_DAYS] = tell_absence_days,
    [ST_LINE_ABSENCE_HOURS] = tell_absence_hours,
    [ST_LINE_ABSENCE_MONTH] = tell_absence_month,
    [ST_LINE_CORRECTION_BENEFIT] = tell_correction,
    [ST_LINE_CORRECTION_OFFSET] = tell_correction,
    [ST_LINE_CORRECTION_WORK] = tell_correction,
    [ST_LINE_CORRECTION_ABSENCE_DAYS] = tell_correction,
    [ST_LINE_CORRECTION_ABSENCE_HOURS] = tell_correction,
    [ST_LINE_CORRECTION_ABSENCE_MONTH] = tell_correction,
    [ST_LINE_REFUND] = tell_refund,
    [ST_LINE_CLAIM] = tell_claim,
    [ST_LINE_RECOVERY] = tell_recovery,
    [ST_LINE_REFUND_CLAIM] = tell_refund_claim,
    [ST_LINE_WRITTEN_OFF] = tell_written_off,
    [ST_LINE_TAX] = tell_tax,
    [ST_LINE_EXTRA_TAX] = tell_extra_tax,
    [ST_LINE_JANUARY_TAX] = tell_january_tax,
    [ST_LINE_HELD] = tell_held,
    [ST_LINE_PAYMENT] = tell_payment,
};

void st_line_sentence(const struct st_line_row *line, enum st_language language, char *text) {
    struct sentence sentence = {
        .text = st_text_into(text, ST_SENTENCE_SIZE),
        .english = language == ST_LANGUAGE_EN,
        .line = line,
    };
    cut_into_parts(&sentence);
    while (sentence.kind < ST_LINE_KIND_COUNT &&
           strcmp(st_line_kind_name((enum st_line_kind)sentence.kind), line->kind) != 0)
        sentence.kind++;
    if (sentence.kind < ST_LINE_KIND_COUNT && tellers[sentence.kind] != NULL)
        tellers[sentence.kind](&sentence);
    else
        tell_other(&sentence);
    say_untold(&sentence);
}
