/* SPDX-License-Identifier: MIT */
/* random_municipality.h - a municipality drawn from a seed: people (made up, month + 80) with
 * programmes, absences, benefits, tax cards and the rest, every row one that may be imported; and
 * its files, written in any of the dialects an import must read alike.
 */
#ifndef STONAD_TESTS_RANDOM_MUNICIPALITY_H
#define STONAD_TESTS_RANDOM_MUNICIPALITY_H

#include "stonad/date.h"
#include "stonad/fact.h"
#include "stonad/identifier.h"

#include <inttypes.h>

enum { PEOPLE = 150, ROW_MAX = 900, CELL_SIZE = 64, LEAVE_MAX = 12 };

/* The rows of one kind, as the plainest file would hold them. */
struct table {
    char cells[ROW_MAX][ST_FACT_COLUMN_MAX][CELL_SIZE];
    size_t count;
};

struct period {
    st_date from, to;
};

/* What a test knows of a person without asking the program. */
struct person {
    char id[ST_PERSON_ID_SIZE];
    struct period programmes[2], leaves[LEAVE_MAX]; /* leaves: days without benefit, and stops */
    size_t programme_count, leave_count;
};

static struct table tables[ST_FACT_KIND_COUNT];
static struct person people[PEOPLE];

/* ---- chance -------------------------------------------------------------------------------- */

static uint64_t random_state;

/* splitmix64: the same seed draws the same municipality everywhere. */
static inline uint64_t draw(void) {
    uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static inline int between(int least, int most) {
    return least + (int)(draw() % (uint64_t)(most - least + 1));
}

static inline bool chance(int percent) {
    return between(1, 100) <= percent;
}

#define ONE_OF(array) ((array)[between(0, (int)(sizeof(array) / sizeof((array)[0])) - 1)])

/* A random order of 0 ... count - 1; without `shuffled`, just that. */
static inline void order_of(size_t *order, size_t count, bool shuffled) {
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; shuffled && i > 1; i--) {
        size_t other = draw() % i, kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* Texts for one row live in a ring. */
static inline char *new_text(void) {
    static char ring[32][CELL_SIZE];
    static size_t next;
    return ring[next++ % 32];
}

static inline const char *day(st_date date) {
    char *text = new_text();
    text[0] = '\0';
    if (date != ST_DATE_OPEN && date != ST_DATE_NONE)
        st_date_format(date, text);
    return text;
}

static inline const char *whole(int64_t number) {
    char *text = new_text();
    (void)snprintf(text, CELL_SIZE, "%" PRId64, number);
    return text;
}

/* 2250 -> "22.50" */
static inline const char *hundredths(int64_t number) {
    char *text = new_text();
    (void)snprintf(text, CELL_SIZE, "%" PRId64 ".%02d", number / 100, (int)(number % 100));
    return text;
}

static inline void add_row(enum st_fact_kind kind, const char *const *cells) {
    struct table *table = &tables[kind];
    assert_true(table->count < ROW_MAX);
    for (size_t i = 0; i < st_fact_describe(kind)->column_count; i++) {
        assert_non_null(cells[i]);
        (void)snprintf(table->cells[table->count][i], CELL_SIZE, "%s", cells[i]);
    }
    table->count++;
}
#define ADD_ROW(kind, ...) add_row(kind, (const char *const[ST_FACT_COLUMN_MAX]){__VA_ARGS__})

/* ---- people -------------------------------------------------------------------------------- */

static inline int weighed(const char *digits, const int *weights, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += weights[i] * (digits[i] - '0');
    return sum % 11 == 0 ? 0 : 11 - sum % 11;
}

/* A synthetic number of that birth date with right check digits, from `individual` upwards. */
static inline void make_id(st_date born, int individual, char id[ST_PERSON_ID_SIZE]) {
    static const int first_weights[] = {3, 7, 6, 1, 8, 9, 4, 5, 2};
    static const int second_weights[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    int year, month, date, first, second;
    char digits[40];
    st_date_split(born, &year, &month, &date);
    do {
        individual++;
        (void)snprintf(digits, sizeof digits, "%02d%02d%02d%03d", date, month + 80, year % 100,
                       individual);
        first = weighed(digits, first_weights, 9);
        digits[9] = (char)('0' + first % 10);
        second = weighed(digits, second_weights, 10);
        digits[10] = (char)('0' + second % 10);
    } while (first == 10 || second == 10);
    (void)snprintf(id, ST_PERSON_ID_SIZE, "%.11s", digits);
}

static inline void add_participant(size_t number) {
    static const char *const names[] = {"Åse Ødegård",   "Олена Шевчук", "Nguyễn \"Lan\", Thị",
                                        "Abdi; Ali",     "İlker Işık",   "O'Brien <Mary> & Co",
                                        "Samuel Tesfay", "Zoë  Ångström"};
    static const char *const languages[] = {"nb", "nn", "en", "uk", "ar", "ti", ""};
    struct person *person = &people[number];
    int year = between(1962, 2007);
    st_date born = st_date_make(year, between(1, 12), between(1, 28));
    char account[CELL_SIZE];
    *person = (struct person){0};
    /* Each number draws from its own hundredth of the individual numbers, so none comes twice. */
    make_id(born, (year < 2000 ? 0 : 500) + (int)number * 3, person->id);
    for (size_t i = 0; i < number; i++)
        assert_string_not_equal(people[i].id, person->id);
    static const int weights[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    int check;
    do {
        (void)snprintf(account, sizeof account, "%010d", between(100000000, 999999999));
        check = weighed(account, weights, 10);
    } while (check == 10);
    (void)snprintf(account + 10, sizeof account - 10, "%d", check);
    ADD_ROW(ST_FACT_PARTICIPANT, person->id, ONE_OF(names), day(born), account, ONE_OF(languages));
}

static inline void add_programme(struct person *person, st_date start) {
    static const char *const permits[] = {"a", "b", "c", "d", "e", "e", "f", "g"};
    static const char *const educations[] = {"", "none", "upper_secondary", "higher"};
    static const char *const goals[] = {"", "work", "preparatory", "upper_secondary", "vocational"};
    const char *permit = ONE_OF(permits), *share = "", *cause = "";
    st_date end = chance(40) ? ST_DATE_OPEN : start + between(0, 700);
    st_date granted = start - between(20, 1500);
    if (permit[0] == 'e' && start >= st_date_make(2022, 6, 15) &&
        end <= st_date_make(2025, 12, 31)) {
        share = whole(between(40, 99));
        cause = chance(50) ? "municipality" : "participant";
    }
    ADD_ROW(ST_FACT_PROGRAMME, person->id, day(start), chance(70) ? day(start - 14) : "", day(end),
            permit, day(granted), chance(70) ? day(start - 60) : "", ONE_OF(educations),
            ONE_OF(goals), share, cause);
    person->programmes[person->programme_count++] = (struct period){start, end};
}

static inline void add_programmes(struct person *person, st_date first, st_date last) {
    add_programme(person, between(first - 400, last + 20));
    st_date end = person->programmes[0].to;
    if (end != ST_DATE_OPEN && chance(30))
        add_programme(person, end + between(1, 40));
}

/* Who lives with whom: neighbours in the list are couples now and then. */
static inline void add_living(size_t number, st_date first) {
    static const char *const situations[] = {"alone", "parents", "partner"};
    static const char *const answers[] = {"", "no", "yes"};
    const struct person *person = &people[number];
    st_date from = first - between(0, 300);
    for (int rows = between(0, 2); rows > 0; rows--) {
        st_date to = rows == 1 && chance(70) ? ST_DATE_OPEN : from + between(10, 350);
        bool couple = chance(30);
        ADD_ROW(ST_FACT_LIVING, person->id, day(from), day(to),
                couple ? "partner" : ONE_OF(situations), couple ? people[number ^ 1].id : "",
                ONE_OF(answers));
        if (to == ST_DATE_OPEN)
            return;
        from = to + between(1, 30);
    }
}

static inline void add_care(const struct person *person, st_date first) {
    if (chance(30))
        ADD_ROW(ST_FACT_CARE, person->id, day(first - between(0, 200)), "", whole(between(0, 5)),
                chance(30) ? "yes" : "no", chance(10) ? "yes" : "no",
                day(first - between(10, 5000)));
}

/* ---- their months -------------------------------------------------------------------------- */

static inline void add_absence(struct person *person, st_date from, st_date to) {
    enum st_absence_kind kind = (enum st_absence_kind)between(0, ST_ABSENCE_KIND_COUNT - 1);
    const struct st_absence_rule *rule = st_absence_rule_of(kind);
    bool hours = rule->takes_hours && chance(50);
    if (chance(30)) {
        kind = ST_ABSENCE_UNAPPROVED;
        rule = st_absence_rule_of(kind);
        hours = chance(50);
    }
    if (hours)
        to = from;
    ADD_ROW(ST_FACT_ABSENCE, person->id, day(from), day(to), rule->name,
            hours ? hundredths(between(1, 900)) : "", chance(50) ? "yes" : "no");
    if (!rule->with_benefit)
        person->leaves[person->leave_count++] = (struct period){from, to};
}

static inline void add_absences(struct person *person, st_date first, st_date last) {
    st_date from = first - 40;
    for (int rows = between(0, 5); rows > 0 && from <= last; rows--) {
        from += between(1, 30);
        st_date to =
            chance(3) ? ST_DATE_OPEN : from + (chance(20) ? between(5, 60) : between(0, 4));
        add_absence(person, from, to);
        if (to == ST_DATE_OPEN)
            return;
        from = to;
    }
}

static inline void add_benefits(const struct person *person, st_date first) {
    static const char *const kinds[] = {"dagpenger",       "sykepenger",  "foreldrepenger",
                                        "uforetrygd",      "barnetrygd",  "arbeidsavklaringspenger",
                                        "overgangsstonad", "grunnstonad", "bostotte"};
    for (int rows = between(0, 2); rows > 0; rows--) {
        st_date from = first + 60 * rows - between(0, 59);
        ADD_ROW(ST_FACT_BENEFIT, person->id, day(from),
                day(chance(50) ? ST_DATE_OPEN : from + between(0, 90)), ONE_OF(kinds),
                hundredths(between(0, 3000000)), chance(50) ? "yes" : "no");
    }
}

static inline void add_work(const struct person *person, st_month month, st_month last) {
    for (; month <= last; month++) {
        st_date from = st_month_first(month) + between(0, 27);
        if (chance(15))
            ADD_ROW(ST_FACT_WORK, person->id, day(from), day(between(from, st_month_last(month))),
                    hundredths(between(0, 12000)), hundredths(between(0, 1500000)),
                    chance(70) ? "yes" : "no");
    }
}

static inline void add_taxcard(const struct person *person, int year) {
    static const char *const kinds[] = {"table", "percent", "exempt", "none", "not_liable"};
    static const char *const named[] = {"8000", "8010", "8020", "8100", "8120", "9100"};
    static const char *const before_2025[] = {"7100", "7101", "7110", "7120", "7133", "7100P"};
    bool authority = chance(50), kind_table, kind_exempt;
    const char *kind = chance(60) ? "table" : ONE_OF(kinds);
    kind_table = kind[0] == 't';
    kind_exempt = kind[0] == 'e';
    const char *table = !kind_table ? "" : year < 2025 ? ONE_OF(before_2025) : ONE_OF(named);
    const char *percent = kind_table || kind[0] == 'p' ? whole(between(0, 55)) : "";
    const char *exempt = kind_exempt && chance(70) ? whole(between(0, 90000)) : "";
    const char *months = kind_table ? (chance(20) ? "12" : "10.5") : "";
    if (chance(15))
        return;
    if (authority)
        ADD_ROW(ST_FACT_AUTHORITY_CARD, person->id, whole(year), "ok", "yes",
                chance(5) ? "yes" : "no", kind, table, percent, exempt, months, "");
    else
        ADD_ROW(ST_FACT_TAXCARD, person->id, whole(year), kind, table, percent, exempt, months,
                kind_table && chance(20) ? whole(between(0, 3000)) : "");
}

static inline void add_the_rest(const struct person *person, st_date first) {
    static const char *const reasons[] = {"goal_reached", "expired", "moved", "work"};
    struct period programme = person->programmes[0];
    ADD_ROW(ST_FACT_SETTLEMENT, person->id, day(programme.from - 60), chance(90) ? "yes" : "no",
            "yes");
    ADD_ROW(ST_FACT_DECISION, person->id, day(programme.from - 14), "programme", day(programme.to));
    if (programme.to != ST_DATE_OPEN && chance(60))
        ADD_ROW(ST_FACT_ENDING, person->id, day(programme.to), ONE_OF(reasons));
    if (chance(50))
        ADD_ROW(ST_FACT_CONTENT, person->id, day(programme.from), "", hundredths(between(0, 4000)));
    if (chance(15))
        ADD_ROW(ST_FACT_EMPLOYMENT, person->id, day(first), "", hundredths(between(0, 3750)));
}

/* Draws the municipality of a seed for the months `first` to `last`. */
static inline void draw_municipality(uint64_t seed, st_month first, st_month last) {
    st_date begin = st_month_first(first), end = st_month_last(last);
    random_state = seed;
    for (size_t i = 0; i < ST_FACT_KIND_COUNT; i++)
        tables[i].count = 0;
    for (size_t i = 0; i < PEOPLE; i++)
        add_participant(i);
    for (size_t i = 0; i < PEOPLE; i++) {
        add_programmes(&people[i], begin, end);
        add_living(i, begin);
        add_care(&people[i], begin);
        add_absences(&people[i], begin, end);
        add_benefits(&people[i], begin);
        add_work(&people[i], first, last);
        for (int year = st_date_year(begin); year <= st_date_year(end); year++)
            add_taxcard(&people[i], year);
        add_the_rest(&people[i], begin);
    }
}

/* R4's units of a month, from the rows: 30 for a month that is all programme, else its programme
 * days; one less for each day of leave or stop. *entitled counts the days that are left. */
static inline int units_of(const struct person *person, st_month month, int *entitled) {
    int programme_days = 0, leave_days = 0;
    for (st_date date = st_month_first(month); date <= st_month_last(month); date++) {
        bool in_programme = false, on_leave = false;
        for (size_t i = 0; i < person->programme_count; i++)
            in_programme |= person->programmes[i].from <= date && date <= person->programmes[i].to;
        for (size_t i = 0; i < person->leave_count; i++)
            on_leave |= person->leaves[i].from <= date && date <= person->leaves[i].to;
        programme_days += in_programme;
        leave_days += in_programme && on_leave;
    }
    int units = programme_days == st_month_days(month) || programme_days > 30 ? 30 : programme_days;
    *entitled = programme_days - leave_days;
    return *entitled == 0 || units < leave_days ? 0 : units - leave_days;
}

/* ---- files --------------------------------------------------------------------------------- */

/* How a file is written. All of these must be read alike. */
struct dialect {
    char separator;
    bool norwegian;  /* DD.MM.YYYY, decimal comma, dots in accounts, ø and å in kinds */
    bool decomposed; /* A and a ring instead of Å */
    bool bom, crlf, quotes;
    bool shuffled_rows, shuffled_columns;
    bool withdrawn_column; /* with "no", or empty */
};
static const struct dialect plain = {.separator = ','};

static inline void replace(char *text, const char *from, const char *to) {
    char *at = strstr(text, from), rest[2 * CELL_SIZE];
    if (at == NULL)
        return;
    (void)snprintf(rest, sizeof rest, "%s%s", to, at + strlen(from));
    (void)snprintf(at, 2 * CELL_SIZE - (size_t)(at - text), "%s", rest);
}

static inline void to_norwegian(char *text, const struct st_fact_column *column) {
    char iso[CELL_SIZE];
    (void)snprintf(iso, sizeof iso, "%.60s", text);
    if (column->type == ST_COLUMN_DATE && text[0] != '\0')
        (void)snprintf(text, 2 * CELL_SIZE, "%.2s.%.2s.%.4s", iso + 8, iso + 5, iso);
    else if (column->type == ST_COLUMN_AMOUNT || column->type == ST_COLUMN_HUNDREDTHS)
        replace(text, ".", ",");
    else if (column->type == ST_COLUMN_ACCOUNT)
        (void)snprintf(text, 2 * CELL_SIZE, "%.4s.%.2s.%.5s", iso, iso + 4, iso + 6);
    else if (strcmp(text, "overgangsstonad") == 0 || strcmp(text, "grunnstonad") == 0)
        replace(text, "stonad", "stønad");
    else if (strcmp(text, "bostotte") == 0)
        replace(text, "otte", "øtte");
    else if (strcmp(text, "uforetrygd") == 0)
        replace(text, "o", "ø");
}

static inline void write_cell(FILE *file, const char *cell, const struct st_fact_column *column,
                              const struct dialect *dialect) {
    char text[2 * CELL_SIZE];
    (void)snprintf(text, sizeof text, "%s", cell);
    if (dialect->norwegian)
        to_norwegian(text, column);
    if (dialect->decomposed) {
        replace(text, "Å", "A\u030A");
        replace(text, "å", "a\u030A");
    }
    bool quoted = dialect->quotes || strpbrk(text, "\",;") != NULL;
    if (quoted)
        (void)putc('"', file);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"')
            (void)putc('"', file);
        (void)putc(*at, file);
    }
    if (quoted)
        (void)putc('"', file);
}

/* One row of cells, or the header (`cells` NULL). */
static inline void write_row(FILE *file, const struct st_fact_description *kind,
                             const char (*cells)[CELL_SIZE], const size_t *columns,
                             const struct dialect *dialect) {
    static const struct st_fact_column text_column = {.type = ST_COLUMN_TEXT};
    for (size_t i = 0; i < kind->column_count; i++) {
        const struct st_fact_column *column = &kind->columns[columns[i]];
        if (i > 0)
            (void)putc(dialect->separator, file);
        if (cells == NULL)
            write_cell(file, column->name, &text_column, dialect);
        else
            write_cell(file, cells[columns[i]], column, dialect);
    }
    if (dialect->withdrawn_column)
        (void)fprintf(file, "%c%s", dialect->separator,
                      cells == NULL          ? "withdrawn"
                      : cells[0][5] % 2 == 0 ? "no"
                                             : "");
    (void)fputs(dialect->crlf ? "\r\n" : "\n", file);
}

static inline void write_table(const char *path, enum st_fact_kind kind,
                               const struct dialect *dialect) {
    const struct st_fact_description *description = st_fact_describe(kind);
    size_t rows[ROW_MAX], columns[ST_FACT_COLUMN_MAX];
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    order_of(rows, tables[kind].count, dialect->shuffled_rows);
    order_of(columns, description->column_count, dialect->shuffled_columns);
    if (dialect->bom)
        (void)fputs("\xEF\xBB\xBF", file);
    write_row(file, description, NULL, columns, dialect);
    for (size_t i = 0; i < tables[kind].count; i++)
        write_row(file, description, (const char(*)[CELL_SIZE])tables[kind].cells[rows[i]], columns,
                  dialect);
    assert_int_equal(fclose(file), 0);
}

static inline void write_card_entry(FILE *file, const char (*card)[CELL_SIZE]) {
    const char *kind = card[5];
    const char *type = kind[0] == 't' ? "Trekktabell" : kind[0] == 'p' ? "Trekkprosent" : "Frikort";
    (void)fprintf(file,
                  "<skattekort><utstedtDato>2025-01-02</utstedtDato>"
                  "<skattekortidentifikator>7</skattekortidentifikator>"
                  "<forskuddstrekk xsi:type=\"%s\"><trekkode>introduksjonsstoenad</trekkode>",
                  type);
    if (kind[0] == 't')
        (void)fprintf(file,
                      "<tabelltype>trekktabellFor%s</tabelltype><tabellnummer>%.4s</tabellnummer>",
                      card[6][4] == 'P' ? "Pensjon" : "Loenn", card[6]);
    if (card[7][0] != '\0')
        (void)fprintf(file, "<prosentsats>%s</prosentsats>", card[7]);
    if (card[9][0] != '\0')
        (void)fprintf(file, "<antallMaanederForTrekk>%s</antallMaanederForTrekk>", card[9]);
    if (card[8][0] != '\0')
        (void)fprintf(file, "<frikortbeloep>%s</frikortbeloep>", card[8]);
    (void)fputs("</forskuddstrekk></skattekort>", file);
}

static inline void write_card(FILE *file, const char (*card)[CELL_SIZE]) {
    bool has_entry = card[5][0] != 'n';
    const char *result = has_entry                            ? "skattekortopplysningerOK"
                         : strcmp(card[5], "not_liable") == 0 ? "ikkeTrekkplikt"
                                                              : "ikkeSkattekort";
    (void)fprintf(file,
                  "<arbeidstaker><arbeidstakeridentifikator>%s</arbeidstakeridentifikator>"
                  "<resultatPaaForespoersel>%s</resultatPaaForespoersel>",
                  card[0], result);
    if (has_entry)
        write_card_entry(file, card);
    if (has_entry && strcmp(card[4], "yes") == 0)
        (void)fputs("<tilleggsopplysning>kildeskattPaaLoenn</tilleggsopplysning>", file);
    (void)fprintf(file, "<inntektsaar>%s</inntektsaar></arbeidstaker>\n", card[1]);
}

static inline void write_cards(const char *path, const struct dialect *dialect) {
    const struct table *cards = &tables[ST_FACT_AUTHORITY_CARD];
    size_t rows[ROW_MAX];
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    order_of(rows, cards->count, dialect->shuffled_rows);
    (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<skattekortTilArbeidsgiver "
                "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns=\"urn:no:"
                "skatteetaten:fastsetting:formueinntekt:forskudd:skattekorttilarbeidsgiver:v3\">\n"
                "<arbeidsgiver><arbeidsgiveridentifikator><organisasjonsnummer>312345676"
                "</organisasjonsnummer></arbeidsgiveridentifikator>\n",
                file);
    for (size_t i = 0; i < cards->count; i++)
        write_card(file, cards->cells[rows[i]]);
    (void)fputs("</arbeidsgiver>\n</skattekortTilArbeidsgiver>\n", file);
    assert_int_equal(fclose(file), 0);
}

/* "facts/absences.csv"; of the authority's cards "facts/cards.xml". */
static inline const char *file_of(const char *directory, enum st_fact_kind kind) {
    const char *name = st_fact_describe(kind)->file;
    char *path = new_text();
    (void)snprintf(path, CELL_SIZE, "%.30s/%s", directory, name == NULL ? "cards.xml" : name);
    if (name != NULL)
        (void)strncat(path, ".csv", CELL_SIZE - strlen(path) - 1);
    return path;
}

/* Every file of the municipality, into a new directory. */
static inline void write_municipality(const char *directory, const struct dialect *dialect) {
    assert_int_equal(mkdir(directory, 0700), 0);
    for (enum st_fact_kind kind = 0; kind < ST_FACT_KIND_COUNT; kind++)
        if (kind == ST_FACT_AUTHORITY_CARD)
            write_cards(file_of(directory, kind), dialect);
        else
            write_table(file_of(directory, kind), kind, dialect);
}

#endif
