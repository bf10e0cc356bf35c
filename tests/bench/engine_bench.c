/* SPDX-License-Identifier: MIT */
/* engine_bench.c - how fast the calculation alone is: the people of a folder of files are read into
 * memory, then their month is computed over and over on one core, and nothing is written.
 *
 *     engine_bench FOLDER PAYSLIPS
 *
 * Prints payslips a second of processor time, the median of five rounds.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "stonad/engine.h"
#include "stonad/input.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PEOPLE_MAX = 20000, ROWS_MAX = 8, ROUNDS = 5, PATH_SIZE = 4096 };

/* A person's rows; the population has no more of a kind than fit. */
struct dossier {
    struct st_person_facts facts;
    struct st_programme programmes[ROWS_MAX];
    struct st_living living[ROWS_MAX];
    struct st_absence absences[ROWS_MAX];
    struct st_other_benefit benefits[ROWS_MAX];
    struct st_work work[ROWS_MAX];
    struct st_taxcard taxcards[ROWS_MAX];
    struct st_authority_card authority_cards[ROWS_MAX];
    struct st_partner partner;
};

struct people {
    struct dossier *dossiers; /* by person_id, once they are read */
    size_t count;
};

static int compare_people(const void *a, const void *b) {
    const struct dossier *left = a, *right = b;
    return strcmp(left->facts.participant.person_id, right->facts.participant.person_id);
}

static struct dossier *find(const struct people *people, const char *person_id) {
    struct dossier wanted;
    (void)snprintf(wanted.facts.participant.person_id, ST_PERSON_ID_SIZE, "%s", person_id);
    return bsearch(&wanted, people->dossiers, people->count, sizeof wanted, compare_people);
}

/* ---- reading ------------------------------------------------------------------------------- */

static enum st_status add_person(struct people *people, const struct st_fact *fact) {
    if (people->count == PEOPLE_MAX)
        return ST_REFUSED;
    st_participant_of(fact, &people->dossiers[people->count++].facts.participant);
    return ST_OK;
}

static enum st_status add_row(struct dossier *person, const struct st_fact *fact) {
    struct st_person_facts *facts = &person->facts;
    switch ((unsigned)fact->kind) {
    case ST_FACT_PROGRAMME:
        st_programme_of(fact, &person->programmes[facts->programme_count++]);
        return facts->programme_count < ROWS_MAX ? ST_OK : ST_REFUSED;
    case ST_FACT_LIVING:
        st_living_of(fact, &person->living[facts->living_count++]);
        return facts->living_count < ROWS_MAX ? ST_OK : ST_REFUSED;
    case ST_FACT_ABSENCE:
        st_absence_of(fact, &person->absences[facts->absence_count++]);
        return facts->absence_count < ROWS_MAX ? ST_OK : ST_REFUSED;
    case ST_FACT_BENEFIT:
        st_other_benefit_of(fact, &person->benefits[facts->benefit_count++]);
        return facts->benefit_count < ROWS_MAX ? ST_OK : ST_REFUSED;
    case ST_FACT_WORK:
        st_work_of(fact, &person->work[facts->work_count++]);
        return facts->work_count < ROWS_MAX ? ST_OK : ST_REFUSED;
    case ST_FACT_TAXCARD:
        st_taxcard_of(fact, &person->taxcards[facts->taxcard_count++]);
        return facts->taxcard_count < ROWS_MAX ? ST_OK : ST_REFUSED;
    case ST_FACT_AUTHORITY_CARD:
        st_authority_card_of(fact, &person->authority_cards[facts->authority_card_count++]);
        return facts->authority_card_count < ROWS_MAX ? ST_OK : ST_REFUSED;
    default:
        return ST_OK;
    }
}

static enum st_status take_fact(void *context, int64_t line, const struct st_fact *fact) {
    struct people *people = context;
    (void)line;
    if (fact->kind == ST_FACT_PARTICIPANT)
        return add_person(people, fact);
    struct dossier *person = find(people, fact->values[0].text);
    return person == NULL ? ST_REFUSED : add_row(person, fact);
}

static enum st_status take_problem(void *context, int64_t line, const char *column,
                                   const char *code, const char *text) {
    (void)context;
    (void)fprintf(stderr, "engine_bench: line %" PRId64 ", %s: %s (%s)\n", line, column, text, code);
    return ST_BAD_INPUT;
}

static enum st_status take_note(void *context, int64_t line, const char *code, const char *text) {
    return take_problem(context, line, "", code, text);
}

static enum st_status read_kind(struct people *people, const char *folder, enum st_fact_kind kind,
                                struct st_error *error) {
    static const struct st_input_terms terms = {true, "310942006"};
    const struct st_fact_sink sink = {people, take_fact, take_problem, take_note};
    const char *file = st_fact_describe(kind)->file;
    char path[PATH_SIZE];
    if (file == NULL) {
        (void)snprintf(path, sizeof path, "%s/cards-2026.xml", folder);
        return st_read_taxcard_xml(path, &terms, &sink, error);
    }
    (void)snprintf(path, sizeof path, "%s/%s.csv", folder, file);
    return st_read_fact_csv(path, kind, &terms, &sink, error);
}

static enum st_status read_people(struct people *people, const char *folder,
                                  struct st_error *error) {
    enum st_status status = read_kind(people, folder, ST_FACT_PARTICIPANT, error);
    qsort(people->dossiers, people->count, sizeof *people->dossiers, compare_people);
    for (unsigned kind = ST_FACT_PROGRAMME; status == ST_OK && kind <= ST_FACT_AUTHORITY_CARD; kind++)
        status = read_kind(people, folder, (enum st_fact_kind)kind, error);
    return status;
}

/* The arrays where the engine looks for them; the last living row alone names a partner. */
static void point_at_rows(const struct people *people, struct dossier *person) {
    struct st_person_facts *facts = &person->facts;
    facts->programmes = person->programmes;
    facts->living = person->living;
    facts->absences = person->absences;
    facts->benefits = person->benefits;
    facts->work = person->work;
    facts->taxcards = person->taxcards;
    facts->authority_cards = person->authority_cards;
    facts->partners = &person->partner;
    if (facts->living_count == 0)
        return;
    const char *partner_id = person->living[facts->living_count - 1].partner_id;
    const struct dossier *other = partner_id[0] == '\0' ? NULL : find(people, partner_id);
    if (other == NULL)
        return;
    facts->partner_count = 1;
    memcpy(person->partner.person_id, partner_id, ST_PERSON_ID_SIZE);
    person->partner.in_register = true;
    person->partner.programmes = other->programmes;
    person->partner.programme_count = other->facts.programme_count;
    person->partner.absences = other->absences;
    person->partner.absence_count = other->facts.absence_count;
}

/* ---- computing ----------------------------------------------------------------------------- */

static int64_t cpu_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Computes `wanted` months; only what becomes a payslip counts. Returns nanoseconds, or -1. */
static int64_t compute(const struct people *people, const struct st_run_terms *terms,
                       int64_t wanted, struct st_error *error) {
    struct st_calculator *calculator = st_calculator_new();
    struct st_payslip payslip;
    int64_t begun_ns = cpu_ns(), due = 0;
    enum st_status status = calculator == NULL ? ST_IO : ST_OK;
    while (status == ST_OK && due < wanted)
        for (size_t i = 0; status == ST_OK && i < people->count; i++) {
            status = st_calculate_month(calculator, terms, &people->dossiers[i].facts, &payslip,
                                        error);
            due += status == ST_OK && payslip.is_due;
        }
    int64_t elapsed_ns = cpu_ns() - begun_ns;
    st_calculator_free(calculator);
    return status == ST_OK ? elapsed_ns * wanted / due : -1;
}

static int compare_times(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static enum st_status measure(const struct people *people, int64_t payslips,
                              struct st_error *error) {
    struct st_run_terms terms = {.month = st_month_make(2026, 5),
                                 .payday = st_date_make(2026, 6, 12),
                                 .known = st_date_make(2026, 6, 2),
                                 .rules = st_rule_set_current(),
                                 .half_tax_month = 12};
    int64_t times_ns[ROUNDS];
    terms.rates = st_rate_initial(&terms.rate_count);
    for (int round = 0; round < ROUNDS; round++) {
        times_ns[round] = compute(people, &terms, payslips, error);
        if (times_ns[round] < 0)
            return ST_REFUSED;
    }
    qsort(times_ns, ROUNDS, sizeof times_ns[0], compare_times);
    (void)printf("%" PRId64 "\n", payslips * 1000000000 / times_ns[ROUNDS / 2]);
    return ST_OK;
}

int main(int argument_count, char **arguments) {
    struct people people = {.dossiers = calloc(PEOPLE_MAX, sizeof *people.dossiers)};
    struct st_error error = {.text = "the people could not be read"};
    int64_t payslips = argument_count == 3 ? strtoll(arguments[2], NULL, 10) : 0;
    if (payslips < 1 || payslips > 100000000) {
        (void)fputs("usage: engine_bench FOLDER PAYSLIPS\n", stderr);
        free(people.dossiers);
        return 2;
    }
    enum st_status status =
        people.dossiers == NULL ? ST_IO : read_people(&people, arguments[1], &error);
    for (size_t i = 0; status == ST_OK && i < people.count; i++)
        point_at_rows(&people, &people.dossiers[i]);
    if (status == ST_OK)
        status = measure(&people, payslips, &error);
    if (status != ST_OK)
        (void)fprintf(stderr, "engine_bench: %s\n", error.text);
    free(people.dossiers);
    return status == ST_OK ? 0 : 1;
}
