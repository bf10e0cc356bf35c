/* SPDX-License-Identifier: MIT */
/* population.c - a municipality that never was, for the benchmark: every file that `import` reads, for
 * any number of people up to a million.
 *
 *     population COUNT SEED FOLDER [sorted]
 *
 * The same count and seed give the same bytes. Everything about a person follows from the seed and
 * the person's place in the register, so the files are written in one pass and two partners agree
 * without being kept. Rows stand in the order in which people came to the municipality, which is not
 * that of their numbers; `sorted` writes them by number. All numbers of persons are synthetic.
 */
#include "stonad/date.h"
#include "stonad/fact.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PEOPLE_MAX = 1000000,
    ID_SIZE = 12,
    FIRST_BIRTH_YEAR = 1966,
    LAST_BIRTH_YEAR = 2008,
    PAID_YEAR = 2026,
    PAID_MONTH = 5,
    ABSENCES_MAX = 5,
    ROW_TEXT_SIZE = 64
};
static const char organisation_number[] = "310942006";

/* ---- chance (SplitMix64) ------------------------------------------------------------------- */

struct draw {
    uint64_t state;
};

static uint64_t draw_bits(struct draw *draw) {
    uint64_t bits = draw->state += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

/* 0 ... count - 1. */
static int pick(struct draw *draw, int count) {
    return (int)(draw_bits(draw) % (uint64_t)count);
}

static bool chance(struct draw *draw, int percent) { return pick(draw, 100) < percent; }

/* A stream of its own for each person and purpose. */
static struct draw draw_for(uint64_t seed, uint64_t place, uint64_t purpose) {
    struct draw draw = {seed ^ (place * UINT64_C(0xd1342543de82ef95)) ^ (purpose << 56)};
    (void)draw_bits(&draw);
    return draw;
}
/* Purposes past the kinds of facts. */
enum { DRAW_PERSON = ST_FACT_KIND_COUNT, DRAW_COUPLE };

/* ---- numbers of persons and accounts ------------------------------------------------------- */

/* The digit that brings the weighted sum to a multiple of eleven; 10 when there is none. */
static int check_digit(const char *digits, const int *weights, size_t count) {
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (digits[i] - '0') * weights[i];
    return (11 - sum % 11) % 11;
}

static bool add_check_digits(char id[ID_SIZE]) {
    static const int first[] = {3, 7, 6, 1, 8, 9, 4, 5, 2};
    static const int second[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    int digit = check_digit(id, first, ST_COUNT_OF(first));
    if (digit == 10)
        return false;
    id[9] = (char)('0' + digit);
    digit = check_digit(id, second, ST_COUNT_OF(second));
    id[10] = (char)('0' + digit);
    return digit != 10;
}

/* People are spread evenly over the birth dates; those who share one take the individual numbers that
 * have check digits in turn (500-999 from 2000 on, 000-499 before). */
static void person_number(uint64_t place, st_date *birth, char id[ID_SIZE]) {
    const st_date first = st_date_make(FIRST_BIRTH_YEAR, 1, 1);
    const uint64_t dates = (uint64_t)(st_date_make(LAST_BIRTH_YEAR, 12, 31) - first + 1);
    const uint64_t stride = 9973; /* a prime that does not divide the number of dates */
    int year, month, day;
    *birth = first + (st_date)(place % dates * stride % dates);
    st_date_split(*birth, &year, &month, &day);
    unsigned individual = year >= 2000 ? 500 : 0;
    for (uint64_t left = place / dates;; individual++) {
        char text[ID_SIZE + 3];
        (void)snprintf(text, sizeof text, "%02u%02u%02u%03u--", (unsigned)day % 100,
                       (unsigned)(month + 80) % 100, (unsigned)year % 100, individual % 1000);
        memcpy(id, text, ID_SIZE);
        if (add_check_digits(id) && left-- == 0)
            return;
    }
}

/* Of two neighbouring numbers at most one has no check digit. */
static void account_number(uint64_t place, char account[ID_SIZE]) {
    static const int weights[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    for (uint64_t number = UINT64_C(9990000000) + 2 * place;; number++) {
        char text[32];
        (void)snprintf(text, sizeof text, "%010" PRIu64 "-", number);
        memcpy(account, text, ID_SIZE);
        int digit = check_digit(account, weights, ST_COUNT_OF(weights));
        account[10] = (char)('0' + digit);
        if (digit != 10)
            return;
    }
}

/* ---- a person ------------------------------------------------------------------------------ */

struct person {
    uint64_t place;
    char id[ID_SIZE];
    st_date birth, settled, start, end;
    bool is_educated, has_ended;
    bool has_partner; /* who is in the register too */
    char partner_id[ID_SIZE];
    st_date partner_from;
    bool partner_children;
};

struct population {
    uint64_t count, seed;
    FILE *files[ST_FACT_KIND_COUNT];
};

/* Neighbours 2n and 2n + 1 are a couple, or not. */
static void find_partner(const struct population *population, struct person *person) {
    struct draw draw = draw_for(population->seed, person->place / 2, DRAW_COUPLE);
    uint64_t other = person->place ^ 1;
    st_date birth;
    person->has_partner = chance(&draw, 20) && other < population->count;
    if (!person->has_partner)
        return;
    person_number(other, &birth, person->partner_id);
    person->partner_from = st_date_make(2025, 9, 1) + pick(&draw, 240);
    person->partner_children = chance(&draw, 60);
}

/* Most are in the middle of a programme; some begin or end in the month, some ended before it. */
static struct person make_person(const struct population *population, uint64_t place) {
    struct draw draw = draw_for(population->seed, place, DRAW_PERSON);
    struct person person = {.place = place};
    person_number(place, &person.birth, person.id);
    person.is_educated = chance(&draw, 30);
    int longest = person.is_educated ? 330 : 640; /* days a programme may be old and still run */
    person.start = st_date_make(PAID_YEAR, PAID_MONTH, 25) - 1 - pick(&draw, longest);
    person.end = st_date_add_years(person.start, person.is_educated ? 1 : 2) - 1;
    person.settled = person.start - 20 - pick(&draw, 60);
    person.has_ended = person.start < st_date_make(PAID_YEAR, 1, 1) && chance(&draw, 6);
    if (person.has_ended)
        person.end = st_date_make(PAID_YEAR, 3, 20) + pick(&draw, 70);
    find_partner(population, &person);
    return person;
}

/* ---- rows ---------------------------------------------------------------------------------- */

struct day_text {
    char text[ST_DATE_TEXT_SIZE];
};
static struct day_text day(st_date date) {
    struct day_text out;
    st_date_format(date, out.text);
    return out;
}

static const char *yes_no(bool answer) { return answer ? "yes" : "no"; }

static void write_participant(FILE *out, struct draw *draw, const struct person *person) {
    static const char *const given[] = {"Amina",  "Олена", "Yusuf",  "Світлана", "Dawit", "Fatuma",
                                        "Андрій", "Leila", "Mehret", "Іван",     "Omar",  "Zahra",
                                        "Daniel", "Марія", "Semira", "Åse"};
    static const char *const family[] = {"Tesfay",   "Шевченко", "Al-Hassan", "Бондаренко",
                                         "Abdi",     "Коваленко", "Rahimi",   "Мельник",
                                         "Gebremedhin", "Haddad", "Nur Ali",  "Кравець",
                                         "Østby",    "Mohamud",  "Ткачук",    "Yılmaz"};
    static const char *const languages[] = {"", "nb", "nn", "en", "uk", "ar", "ti"};
    char account[ID_SIZE];
    account_number(person->place, account);
    const char *name = given[pick(draw, ST_COUNT_OF(given))];
    const char *surname = family[pick(draw, ST_COUNT_OF(family))];
    (void)fprintf(out, "%s,%s %s,%s,%s,%s\n", person->id, name, surname, day(person->birth).text,
                  account, languages[pick(draw, ST_COUNT_OF(languages))]);
}

static void write_programmes(FILE *out, struct draw *draw, const struct person *person) {
    static const char permits[] = "aaabcdeeeefg";
    static const char *const goals[] = {"work", "preparatory", "part_upper_secondary",
                                        "upper_secondary", "vocational"};
    if (chance(draw, 3)) /* a first one, in part, before */
        (void)fprintf(out, "%s,2022-09-01,2022-08-20,2023-06-30,e,2022-06-01,2022-08-01,none,work,60,"
                           "municipality\n",
                      person->id);
    char permit = permits[pick(draw, sizeof permits - 1)];
    const char *education =
        !person->is_educated ? "none" : (chance(draw, 50) ? "upper_secondary" : "higher");
    (void)fprintf(out, "%s,%s,%s,%s,%c,%s,%s,%s,%s,,\n", person->id, day(person->start).text,
                  day(person->start - 12).text, day(person->end).text, permit,
                  day(person->settled - 90 - pick(draw, 200)).text, day(person->settled).text,
                  education, person->is_educated ? "work" : goals[pick(draw, ST_COUNT_OF(goals))]);
}

/* A little more than one row a person: couples, and who moved, have two. */
static void write_living(FILE *out, struct draw *draw, const struct person *person) {
    st_date from = person->settled;
    bool is_young = person->birth > st_date_make(PAID_YEAR - 25, PAID_MONTH, 1);
    const char *first = is_young && chance(draw, 50) ? "parents" : "alone";
    const char *children = yes_no(chance(draw, 30));
    st_date move = person->has_partner ? person->partner_from
                                       : st_date_make(2026, 1, 1) + pick(draw, 150);
    bool moves = person->has_partner || chance(draw, 18);
    if (moves && from < move) {
        (void)fprintf(out, "%s,%s,%s,%s,,%s\n", person->id, day(from).text, day(move - 1).text,
                      first, children);
        from = move;
    }
    if (person->has_partner)
        (void)fprintf(out, "%s,%s,,partner,%s,%s\n", person->id, day(from).text,
                      person->partner_id, yes_no(person->partner_children));
    else
        (void)fprintf(out, "%s,%s,,%s,,%s\n", person->id, day(from).text, moves ? "alone" : first,
                      children);
}

static void write_care(FILE *out, struct draw *draw, const struct person *person) {
    if (!chance(draw, 35))
        return;
    int children = 1 + pick(draw, 4);
    bool is_sole = !person->has_partner && chance(draw, 30);
    (void)fprintf(out, "%s,%s,,%d,%s,%s,%s\n", person->id, day(person->settled).text, children,
                  yes_no(is_sole), yes_no(chance(draw, 3)),
                  day(st_date_make(2013, 1, 1) + pick(draw, 4500)).text);
}

/* How often a kind occurs, of a hundred, and how long it lasts. */
struct absence_habit {
    const char *kind;
    int share, days_max;
    bool in_hours, has_permission;
};
static const struct absence_habit absence_habits[] = {
    {"self_certified_sick", 24, 3, false, false},
    {"certified_sick", 15, 10, false, true},
    {"self_certified_child_sick", 8, 2, false, false},
    {"certified_child_sick", 6, 3, false, true},
    {"unapproved", 14, 3, false, false},
    {"unapproved", 9, 1, true, false},
    {"permitted_absence", 6, 1, true, true},
    {"welfare_leave", 5, 2, false, true},
    {"religious_day", 4, 1, false, true},
    {"holiday", 6, 5, false, true},
    {"parental_leave", 2, 20, false, true},
    {"stop", 1, 10, false, false},
};

static void write_absence(FILE *out, struct draw *draw, const struct person *person, st_month month) {
    const struct absence_habit *habit = absence_habits;
    for (int share = pick(draw, 100); share >= habit->share; habit++)
        share -= habit->share;
    int days = 1 + pick(draw, habit->days_max);
    st_date from = st_month_first(month) + pick(draw, 28 - days);
    char hours[ROW_TEXT_SIZE] = "";
    if (habit->in_hours)
        (void)snprintf(hours, sizeof hours, "%d.%d", 1 + pick(draw, 5), 5 * pick(draw, 2));
    if (from < person->start)
        return;
    (void)fprintf(out, "%s,%s,%s,%s,%s,%s\n", person->id, day(from).text, day(from + days - 1).text,
                  habit->kind, hours, yes_no(habit->has_permission));
}

/* About two: at most one in a month, back from the month that is paid, so that none overlap. */
static void write_absences(FILE *out, struct draw *draw, const struct person *person) {
    const st_month paid = st_month_make(PAID_YEAR, PAID_MONTH);
    for (int back = pick(draw, ABSENCES_MAX + 1) - 1; back >= 0; back--)
        write_absence(out, draw, person, paid - back);
}

/* Most of what people get is never deducted (R5). */
static void write_benefits(FILE *out, struct draw *draw, const struct person *person) {
    static const char *const deducted[] = {"dagpenger", "sykepenger", "uforetrygd",
                                           "arbeidsavklaringspenger", "overgangsstonad"};
    const st_date from = st_date_make(2025, 10, 1);
    if (chance(draw, 30))
        (void)fprintf(out, "%s,%s,,barnetrygd,%d.00,\n", person->id, day(from).text,
                      1968 * (1 + pick(draw, 4)));
    if (chance(draw, 15))
        (void)fprintf(out, "%s,%s,2026-12-31,bostotte,%d.50,\n", person->id, day(from + 31).text,
                      800 + pick(draw, 3000));
    if (chance(draw, 5))
        (void)fprintf(out, "%s,%s,,%s,%d.%02d,yes\n", person->id, day(from + pick(draw, 230)).text,
                      deducted[pick(draw, ST_COUNT_OF(deducted))], 2000 + pick(draw, 9000),
                      pick(draw, 100));
}

static void write_work(FILE *out, struct draw *draw, const struct person *person) {
    if (!chance(draw, 12))
        return;
    st_date from = st_date_make(PAID_YEAR, PAID_MONTH, 4) + pick(draw, 12);
    int hours = 4 + pick(draw, 30);
    (void)fprintf(out, "%s,%s,%s,%d.5,%d.00,%s\n", person->id, day(from).text,
                  day(from + pick(draw, 12)).text, hours, hours * (160 + pick(draw, 60)),
                  yes_no(chance(draw, 60)));
}

static void write_recovery(FILE *out, struct draw *draw, const struct person *person) {
    static const char *const reasons[] = {"overpayment", "wrong_information", "refund"};
    if (chance(draw, 1))
        (void)fprintf(out, "%s,2026-04-%02d,%s,%d.00,%d.00\n", person->id, 1 + pick(draw, 28),
                      reasons[pick(draw, ST_COUNT_OF(reasons))], 1000 + pick(draw, 9000),
                      500 + pick(draw, 1500));
}

static void write_decisions(FILE *out, struct draw *draw, const struct person *person) {
    static const char *const others[] = {"extension", "leave", "self_certification_barred"};
    (void)fprintf(out, "%s,%s,programme,%s\n", person->id, day(person->start - 12).text,
                  day(person->end).text);
    if (chance(draw, 4))
        (void)fprintf(out, "%s,%s,%s,\n", person->id, day(person->start + 40).text,
                      others[pick(draw, ST_COUNT_OF(others))]);
}

static void write_ending(FILE *out, struct draw *draw, const struct person *person) {
    static const char *const reasons[] = {"goal_reached", "interrupted", "moved", "work"};
    if (person->has_ended)
        (void)fprintf(out, "%s,%s,%s\n", person->id, day(person->end).text,
                      reasons[pick(draw, ST_COUNT_OF(reasons))]);
}

static void write_content(FILE *out, struct draw *draw, const struct person *person) {
    (void)fprintf(out, "%s,%s,,%d.5\n", person->id, day(person->start).text, 12 + pick(draw, 15));
}

static void write_employment(FILE *out, struct draw *draw, const struct person *person) {
    if (chance(draw, 6))
        (void)fprintf(out, "%s,%s,,%d.5\n", person->id, day(person->start + 30).text,
                      4 + pick(draw, 30));
}

static void write_settlement(FILE *out, struct draw *draw, const struct person *person) {
    (void)fprintf(out, "%s,%s,%s,%s\n", person->id, day(person->settled).text,
                  yes_no(chance(draw, 92)), yes_no(chance(draw, 97)));
}

/* ---- tax cards ----------------------------------------------------------------------------- */

static const char *const tax_tables[] = {"8000", "8010", "8020", "8050", "8080", "8100", "8110",
                                         "8120"};
static const char *pick_table(struct draw *draw) {
    return tax_tables[pick(draw, ST_COUNT_OF(tax_tables))];
}

static void write_taxcard(FILE *out, struct draw *draw, const struct person *person) {
    int share = pick(draw, 100);
    if (share < 75)
        (void)fprintf(out, "%s,%d,table,%s,,,,%s\n", person->id, PAID_YEAR, pick_table(draw),
                      chance(draw, 5) ? "300" : "");
    else if (share < 90)
        (void)fprintf(out, "%s,%d,percent,,%d.5,,,\n", person->id, PAID_YEAR, 10 + pick(draw, 30));
    else if (share < 96)
        (void)fprintf(out, "%s,%d,exempt,,,%d,,\n", person->id, PAID_YEAR, 10000 + pick(draw, 60000));
    else
        (void)fprintf(out, "%s,%d,%s,,,,,\n", person->id, PAID_YEAR,
                      share < 99 ? "none" : "not_liable");
}

static void begin_cards(FILE *out) {
    (void)fprintf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<skattekortTilArbeidsgiver"
                  " xmlns=\"urn:no:skatteetaten:fastsetting:formueinntekt:forskudd:"
                  "skattekorttilarbeidsgiver:v3\""
                  " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<arbeidsgiver>\n"
                  "<arbeidsgiveridentifikator><organisasjonsnummer>%s</organisasjonsnummer>"
                  "</arbeidsgiveridentifikator>\n",
                  organisation_number);
}

static void end_cards(FILE *out) {
    (void)fputs("</arbeidsgiver>\n</skattekortTilArbeidsgiver>\n", out);
}

static void write_table_entry(FILE *out, const char *code, const char *table, int percent) {
    (void)fprintf(out,
                  "<forskuddstrekk xsi:type=\"Trekktabell\"><trekkode>%s</trekkode>"
                  "<tabelltype>trekktabellForLoenn</tabelltype><tabellnummer>%s</tabellnummer>"
                  "<prosentsats>%d.0</prosentsats>"
                  "<antallMaanederForTrekk>10.5</antallMaanederForTrekk></forskuddstrekk>\n",
                  code, table, percent);
}

static void write_percent_entry(FILE *out, const char *code, int percent) {
    (void)fprintf(out,
                  "<forskuddstrekk xsi:type=\"Trekkprosent\"><trekkode>%s</trekkode>"
                  "<prosentsats>%d.0</prosentsats></forskuddstrekk>\n",
                  code, percent);
}

/* As the authority sends them: entries for wages beside the one for the benefit. */
static void write_authority_card(FILE *out, struct draw *draw, const struct person *person) {
    int share = pick(draw, 100), percent = 15 + pick(draw, 30);
    bool has_card = share < 95;
    (void)fprintf(out,
                  "<arbeidstaker><arbeidstakeridentifikator>%s</arbeidstakeridentifikator>"
                  "<resultatPaaForespoersel>%s</resultatPaaForespoersel>\n",
                  person->id, has_card ? "skattekortopplysningerOK" : "ikkeSkattekort");
    if (has_card) {
        const char *table = pick_table(draw);
        (void)fprintf(out,
                      "<skattekort><utstedtDato>2025-12-15</utstedtDato>"
                      "<skattekortidentifikator>%" PRIu64 "</skattekortidentifikator>\n",
                      person->place + 1000);
        write_table_entry(out, "loennFraHovedarbeidsgiver", table, percent);
        write_percent_entry(out, "loennFraBiarbeidsgiver", percent);
        if (share < 80)
            write_table_entry(out, "introduksjonsstoenad", table, percent);
        else if (share < 90)
            write_percent_entry(out, "introduksjonsstoenad", percent);
        else
            (void)fputs("<forskuddstrekk xsi:type=\"Frikort\"><trekkode>introduksjonsstoenad"
                        "</trekkode><frikortbeloep>65000</frikortbeloep></forskuddstrekk>\n",
                        out);
        (void)fputs("</skattekort>", out);
    }
    (void)fprintf(out, "<inntektsaar>%d</inntektsaar></arbeidstaker>\n", PAID_YEAR);
}

/* ---- files --------------------------------------------------------------------------------- */

static void (*const write_rows[ST_FACT_KIND_COUNT])(FILE *, struct draw *, const struct person *) = {
    [ST_FACT_PARTICIPANT] = write_participant,
    [ST_FACT_PROGRAMME] = write_programmes,
    [ST_FACT_LIVING] = write_living,
    [ST_FACT_CARE] = write_care,
    [ST_FACT_ABSENCE] = write_absences,
    [ST_FACT_BENEFIT] = write_benefits,
    [ST_FACT_WORK] = write_work,
    [ST_FACT_TAXCARD] = write_taxcard,
    [ST_FACT_AUTHORITY_CARD] = write_authority_card,
    [ST_FACT_RECOVERY] = write_recovery,
    [ST_FACT_DECISION] = write_decisions,
    [ST_FACT_ENDING] = write_ending,
    [ST_FACT_CONTENT] = write_content,
    [ST_FACT_EMPLOYMENT] = write_employment,
    [ST_FACT_SETTLEMENT] = write_settlement,
};

/* Half have their card from the municipality, half from the authority. */
static bool has_kind(const struct person *person, enum st_fact_kind kind) {
    uint64_t half = person->place / 2 % 2;
    return !(kind == ST_FACT_TAXCARD && half == 1) && !(kind == ST_FACT_AUTHORITY_CARD && half == 0);
}

static void write_person(struct population *population, uint64_t place) {
    struct person person = make_person(population, place);
    for (unsigned kind = 0; kind < ST_FACT_KIND_COUNT; kind++) {
        struct draw draw = draw_for(population->seed, place, kind);
        if (has_kind(&person, (enum st_fact_kind)kind))
            write_rows[kind](population->files[kind], &draw, &person);
    }
}

static void write_header(FILE *out, const struct st_fact_description *description) {
    for (size_t i = 0; i < description->column_count; i++)
        (void)fprintf(out, "%s%s", i == 0 ? "" : ",", description->columns[i].name);
    (void)fputc('\n', out);
}

static bool open_files(struct population *population, const char *folder) {
    for (unsigned kind = 0; kind < ST_FACT_KIND_COUNT; kind++) {
        const struct st_fact_description *description = st_fact_describe((enum st_fact_kind)kind);
        char path[4096];
        if (description->file == NULL)
            (void)snprintf(path, sizeof path, "%s/cards-%d.xml", folder, PAID_YEAR);
        else
            (void)snprintf(path, sizeof path, "%s/%s.csv", folder, description->file);
        FILE *out = population->files[kind] = fopen(path, "wbe");
        if (out == NULL) {
            (void)fprintf(stderr, "population: %s: %s\n", path, strerror(errno));
            return false;
        }
        if (description->file == NULL)
            begin_cards(out);
        else
            write_header(out, description);
    }
    return true;
}

static bool close_files(struct population *population) {
    bool is_whole = true;
    end_cards(population->files[ST_FACT_AUTHORITY_CARD]);
    for (unsigned kind = 0; kind < ST_FACT_KIND_COUNT; kind++) {
        is_whole = ferror(population->files[kind]) == 0 && is_whole;
        is_whole = fclose(population->files[kind]) == 0 && is_whole;
    }
    if (!is_whole)
        (void)fprintf(stderr, "population: the files could not be written: %s\n", strerror(errno));
    return is_whole;
}

/* ---- the order of people ------------------------------------------------------------------- */

struct numbered {
    char id[ID_SIZE];
    uint64_t place;
};

static int compare_numbers(const void *a, const void *b) {
    const struct numbered *left = a, *right = b;
    return strcmp(left->id, right->id);
}

static bool write_people_by_number(struct population *population) {
    struct numbered *people = calloc(population->count, sizeof *people);
    st_date birth;
    if (people == NULL)
        return false;
    for (uint64_t place = 0; place < population->count; place++) {
        people[place].place = place;
        person_number(place, &birth, people[place].id);
    }
    qsort(people, population->count, sizeof *people, compare_numbers);
    for (uint64_t i = 0; i < population->count; i++)
        write_person(population, people[i].place);
    free(people);
    return true;
}

static bool write_people(struct population *population, bool is_sorted) {
    if (is_sorted)
        return write_people_by_number(population);
    for (uint64_t place = 0; place < population->count; place++)
        write_person(population, place);
    return true;
}

int main(int argument_count, char **arguments) {
    struct population population = {0};
    bool is_sorted = argument_count == 5 && strcmp(arguments[4], "sorted") == 0;
    if (argument_count == 4 || is_sorted) {
        population.count = strtoull(arguments[1], NULL, 10);
        population.seed = strtoull(arguments[2], NULL, 10);
    }
    if (population.count < 1 || population.count > PEOPLE_MAX) {
        (void)fprintf(stderr, "usage: population COUNT SEED FOLDER [sorted]   (COUNT 1 to %d)\n",
                      PEOPLE_MAX);
        return 2;
    }
    if (!open_files(&population, arguments[3]) || !write_people(&population, is_sorted))
        return 1;
    return close_files(&population) ? 0 : 1;
}
