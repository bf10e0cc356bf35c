/* SPDX-License-Identifier: MIT */
/* taxcard_xml.c - the tax authority's answer (skattekortTilArbeidsgiver v1.4, v2, v3) into facts.
 *
 * One fact a person: the answer, and of the card only the entry with trekkode introduksjonsstoenad,
 * the one this benefit is taxed by (R14). Read tolerantly where the authority itself is loose
 * (order, unknown elements, no antallMaanederForTrekk), strictly where a guess would change the
 * tax: an unknown answer, a table without a number or an entry of an unknown type is a problem.
 *
 * The authority often writes the whole file as one line, so texts name the card by its place in the
 * file and the masked number.
 */
#include "stonad/input.h"

#include "formats/xml_input.h"
#include "stonad/identifier.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XSI "http://www.w3.org/2001/XMLSchema-instance"
#define NAMESPACE_V1 "urn:ske:fastsetting:formueinntekt:forskudd:skattekorttilarbeidsgiver:v1"
#define NAMESPACE_V2 "urn:ske:fastsetting:formueinntekt:forskudd:skattekorttilarbeidsgiver:v2"
#define NAMESPACE_V3                                                                               \
    "urn:no:skatteetaten:fastsetting:formueinntekt:forskudd:skattekorttilarbeidsgiver:v3"

static const char *const namespaces[] = {NAMESPACE_V1, NAMESPACE_V2, NAMESPACE_V3};
static const char root_name[] = "skattekortTilArbeidsgiver";
static const char benefit_code[] = "introduksjonsstoenad";

/* ST_FACT_AUTHORITY_CARD's columns, in the order of its description (engine/fact.c). */
enum {
    COLUMN_PERSON,
    COLUMN_YEAR,
    COLUMN_RESULT,
    COLUMN_HAS_ENTRY,
    COLUMN_FOREIGN_SCHEME,
    COLUMN_KIND,
    COLUMN_TABLE,
    COLUMN_PERCENT,
    COLUMN_EXEMPT_AMOUNT,
    COLUMN_MONTHS,
    COLUMN_ISSUED
};

/* The income years in which pension tables bore the numbers of the wage tables and a P. */
enum { LAST_YEAR_OF_P_TABLES = 2024 };

enum { LEAF_SIZE = 96, TEXT_SIZE = 512 };

/* The text of an element that may be there; `is_long` when it was cut. */
struct leaf {
    bool is_given, is_long;
    char text[LEAF_SIZE];
};

/* forskuddstrekk */
struct entry {
    int64_t line;
    char type[LEAF_SIZE]; /* xsi:type, "" when it has none */
    struct leaf code, table_type, table, percent, months, exempt_amount;
};

/* arbeidstaker */
struct card {
    int64_t line;
    int number; /* in the file, from 1 */
    struct leaf person, result, year, issued;
    bool has_card;
    bool foreign_scheme;
    int entry_count; /* entries for this benefit */
    struct entry entry;
};

struct reader {
    struct st_xml xml;
    const char *name_space; /* the file's, one of `namespaces` */
    const struct st_input_terms *terms;
    const struct st_fact_sink *sink;
    enum st_status status; /* what the sink said last */
    int card_count;
    bool employer_is_ours;
    bool card_is_right;
    struct card card;
    char table[ST_TABLE_NAME_SIZE];
};

/* ---- saying what is wrong -------------------------------------------------------------------- */

/* False once the sink or the file has ended the reading: what was cut short is not judged. */
static bool is_reading(const struct reader *reader) {
    return reader->status == ST_OK && reader->xml.status == ST_OK &&
           reader->xml.fault == ST_XML_FINE;
}

static void report(struct reader *reader, int64_t line, const char *element, const char *code,
                   const char *text) {
    reader->card_is_right = false;
    if (is_reading(reader))
        reader->status = reader->sink->problem(reader->sink->context, line, element, code, text);
}

/* "card 3 (060185*****): <text>". */
static void describe(const struct reader *reader, const char *text, char *out, size_t size) {
    char masked[ST_PERSON_NUMBER_SIZE];
    st_person_number_mask(reader->card.person.text, masked);
    if (reader->card.person.is_given)
        snprintf(out, size, "card %d (%s): %s", reader->card.number, masked, text);
    else
        snprintf(out, size, "card %d: %s", reader->card.number, text);
}

static void report_card(struct reader *reader, int64_t line, const char *element, const char *code,
                        const char *text) {
    char described[TEXT_SIZE];
    describe(reader, text, described, sizeof described);
    report(reader, line, element, code, described);
}

static void note_card(struct reader *reader, const char *code, const char *text) {
    char described[TEXT_SIZE];
    describe(reader, text, described, sizeof described);
    if (is_reading(reader))
        reader->status =
            reader->sink->note(reader->sink->context, reader->card.line, code, described);
}

/* ---- elements -------------------------------------------------------------------------------- */

static bool is_element(struct reader *reader, const char *name) {
    return strcmp(st_xml_name(&reader->xml), name) == 0 &&
           strcmp(st_xml_namespace(&reader->xml), reader->name_space) == 0;
}

static bool next_child(struct reader *reader, int depth) {
    return reader->status == ST_OK && st_xml_next_child(&reader->xml, depth);
}

static void read_leaf(struct reader *reader, struct leaf *leaf) {
    leaf->is_long = !st_xml_text(&reader->xml, leaf->text, sizeof leaf->text);
    leaf->is_given = leaf->text[0] != '\0';
}

/* The type's name without its prefix: the prefix is the sender's choice. */
static void read_type(struct reader *reader, char *type, size_t size) {
    st_xml_attribute(&reader->xml, "type", XSI, type, size);
    char *colon = strchr(type, ':');
    if (colon != NULL)
        memmove(type, colon + 1, strlen(colon + 1) + 1);
}

static void read_entry(struct reader *reader) {
    struct entry entry = {.line = st_xml_line(&reader->xml)};
    read_type(reader, entry.type, sizeof entry.type);
    for (int depth = st_xml_enter(&reader->xml); next_child(reader, depth);) {
        if (is_element(reader, "trekkode"))
            read_leaf(reader, &entry.code);
        else if (is_element(reader, "tabelltype"))
            read_leaf(reader, &entry.table_type);
        else if (is_element(reader, "tabellnummer"))
            read_leaf(reader, &entry.table);
        else if (is_element(reader, "prosentsats"))
            read_leaf(reader, &entry.percent);
        else if (is_element(reader, "antallMaanederForTrekk"))
            read_leaf(reader, &entry.months);
        else if (is_element(reader, "frikortbeloep"))
            read_leaf(reader, &entry.exempt_amount);
    }
    if (!entry.code.is_given)
        report_card(reader, entry.line, "trekkode", "taxcard.entry_code",
                    "an entry does not say what it is for; fetch the card again");
    if (strcmp(entry.code.text, benefit_code) == 0) {
        reader->card.entry = entry;
        reader->card.entry_count++;
    }
}

static void read_card_body(struct reader *reader) {
    struct card *card = &reader->card;
    card->has_card = true;
    for (int depth = st_xml_enter(&reader->xml); next_child(reader, depth);) {
        if (is_element(reader, "inntektsaar")) /* v1.4 has it here, v2 and v3 outside */
            read_leaf(reader, &card->year);
        else if (is_element(reader, "utstedtDato"))
            read_leaf(reader, &card->issued);
        else if (is_element(reader, "forskuddstrekk"))
            read_entry(reader);
    }
}

/* oppholdPaaSvalbard and oppholdITiltakssone say nothing about the tax on this benefit. */
static void read_information(struct reader *reader) {
    struct leaf information;
    read_leaf(reader, &information);
    if (strcmp(information.text, "kildeskattPaaLoenn") == 0 ||
        strcmp(information.text, "kildeskattpensjonist") == 0)
        reader->card.foreign_scheme = true;
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_digits(const char *text, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!is_digit(text[i]))
            return false;
    return text[count] == '\0';
}

/* xsd:decimal of 0 or more in hundredths: "22", "22.0", "22.50", ".5", "+7"; false when it is none,
 * is finer than hundredths or larger than `maximum`. */
static bool parse_hundredths(const char *text, int64_t maximum, int64_t *out) {
    int64_t value = 0;
    size_t digits = 0, decimals = 0;
    text += *text == '+';
    for (; is_digit(*text); text++, digits++)
        if ((value = value * 10 + (*text - '0')) > maximum)
            return false;
    value *= 100;
    if (*text == '.')
        for (text++; is_digit(*text); text++, digits++, decimals++) {
            if (decimals >= 2 && *text != '0')
                return false;
            if (decimals < 2)
                value += (*text - '0') * (decimals == 0 ? 10 : 1);
        }
    if (digits == 0 || *text != '\0' || value > maximum)
        return false;
    *out = value;
    return true;
}

static struct st_value *value_of(struct st_fact *fact, int column) {
    return &fact->values[column];
}
static void set_number(struct st_fact *fact, int column, int64_t number) {
    *value_of(fact, column) = (struct st_value){.number = number};
}
static void set_text(struct st_fact *fact, int column, const char *text) {
    *value_of(fact, column) = (struct st_value){.text = text, .size = strlen(text)};
}

/* A decimal number that may be missing, within the limits of its column. */
static void set_decimal(struct reader *reader, struct st_fact *fact, int column,
                        const struct leaf *leaf, const char *element) {
    const struct st_fact_column *limits = &st_fact_describe(fact->kind)->columns[column];
    int64_t number = 0;
    if (!leaf->is_given)
        return;
    if (!leaf->is_long && parse_hundredths(leaf->text, limits->maximum, &number))
        set_number(fact, column, number);
    else
        report_card(
            reader, reader->card.entry.line, element, "taxcard.number",
            "the number is no decimal number, too large, or finer than hundredths; fetch the "
            "card again");
}

static void set_result(struct reader *reader, struct st_fact *fact) {
    static const char *const results[] = {/* in the order of enum st_card_result */
                                          "skattekortopplysningerOK",
                                          "ikkeSkattekort",
                                          "vurderArbeidstillatelse",
                                          "ikkeTrekkplikt",
                                          "ugyldigOrganisasjonsnummer",
                                          "ugyldigFoedselsEllerDnummer",
                                          "utgaattDnummerSkattekortForFoedselsnummerErLevert"};
    static_assert(ST_COUNT_OF(results) == ST_RESULT_NEW_NUMBER + 1, "a text for each result");
    for (int i = 0; i < (int)ST_COUNT_OF(results); i++)
        if (strcmp(reader->card.result.text, results[i]) == 0) {
            set_number(fact, COLUMN_RESULT, i);
            return;
        }
    report_card(reader, reader->card.line, "resultatPaaForespoersel", "taxcard.result",
                reader->card.result.is_given
                    ? "this answer of the tax authority is unknown here; look at its documentation "
                      "and enter the card in taxcards.csv"
                    : "the answer is missing; fetch the card again");
}

static void set_year(struct reader *reader, struct st_fact *fact) {
    const struct st_fact_column *limits = &st_fact_describe(fact->kind)->columns[COLUMN_YEAR];
    const char *text = reader->card.year.text;
    int year = 0;
    if (is_digits(text, 4))
        for (int i = 0; i < 4; i++)
            year = year * 10 + (text[i] - '0');
    if (year >= limits->minimum && year <= limits->maximum)
        set_number(fact, COLUMN_YEAR, year);
    else
        report_card(reader, reader->card.line, "inntektsaar", "taxcard.year",
                    reader->card.year.is_given
                        ? "the income year is no year from 2020 on; fetch the cards of a later year"
                        : "the income year is missing; fetch the card again");
}

/* xsd:date: a date and perhaps a time zone, which says nothing about a day of issue. */
static void set_issued(struct reader *reader, struct st_fact *fact) {
    enum { DATE_SIZE = ST_DATE_TEXT_SIZE - 1 };
    const char *text = reader->card.issued.text;
    st_date issued;
    if (!reader->card.issued.is_given)
        return;
    bool has_date = strlen(text) >= DATE_SIZE && st_date_parse(text, DATE_SIZE, &issued);
    if (has_date && (text[DATE_SIZE] == '\0' || strchr("Z+-", text[DATE_SIZE]) != NULL))
        set_number(fact, COLUMN_ISSUED, issued);
    else
        report_card(reader, reader->card.line, "utstedtDato", "taxcard.issued",
                    "the date of issue is not a date; fetch the card again");
}

/* ---- the entry for this benefit -------------------------------------------------------------- */

/* The kind by xsi:type, or by what the entry holds when the type is missing; -1 when unknown. */
static int entry_kind(const struct entry *entry) {
    if (strcmp(entry->type, "Trekktabell") == 0)
        return ST_CARD_TABLE;
    if (strcmp(entry->type, "Trekkprosent") == 0)
        return ST_CARD_PERCENT;
    if (strcmp(entry->type, "Frikort") == 0)
        return ST_CARD_EXEMPT;
    if (entry->type[0] != '\0')
        return -1;
    if (entry->table.is_given)
        return ST_CARD_TABLE;
    if (entry->exempt_amount.is_given)
        return ST_CARD_EXEMPT;
    return entry->percent.is_given ? ST_CARD_PERCENT : -1;
}

/* Pension table N is the table "NP" until 2024; since then wages and pensions share the numbers. */
static void set_table(struct reader *reader, struct st_fact *fact) {
    const struct entry *entry = &reader->card.entry;
    bool is_pension = strcmp(entry->table_type.text, "trekktabellForPensjon") == 0;
    bool is_wage = strcmp(entry->table_type.text, "trekktabellForLoenn") == 0;
    if (!is_pension && !is_wage) {
        report_card(
            reader, entry->line, "tabelltype", "taxcard.table_type",
            "the table is neither said to be for wages nor for pensions; fetch the card again, "
            "or enter it in taxcards.csv");
        return;
    }
    if (!is_digits(entry->table.text, 4)) {
        report_card(reader, entry->line, "tabellnummer", "taxcard.table_number",
                    "the table has no number of four digits; fetch the card again, or enter it in "
                    "taxcards.csv");
        return;
    }
    bool has_letter = is_pension && value_of(fact, COLUMN_YEAR)->number <= LAST_YEAR_OF_P_TABLES;
    snprintf(reader->table, sizeof reader->table, "%.4s%s", entry->table.text,
             has_letter ? "P" : "");
    set_text(fact, COLUMN_TABLE, reader->table);
}

static void set_entry(struct reader *reader, struct st_fact *fact) {
    const struct entry *entry = &reader->card.entry;
    int kind = entry_kind(entry);
    set_number(fact, COLUMN_HAS_ENTRY, reader->card.entry_count > 0);
    if (reader->card.entry_count == 0)
        return;
    if (reader->card.entry_count > 1)
        report_card(reader, entry->line, "forskuddstrekk", "taxcard.entry_twice",
                    "the card has two entries for introduksjonsstoenad; fetch the card again");
    if (kind < 0) {
        report_card(
            reader, entry->line, "forskuddstrekk", "taxcard.entry_type",
            "the entry is no Trekktabell, Trekkprosent or Frikort; fetch the card again, or "
            "enter it in taxcards.csv");
        return;
    }
    set_number(fact, COLUMN_KIND, kind);
    if (kind == ST_CARD_TABLE)
        set_table(reader, fact);
    if (kind == ST_CARD_PERCENT && !entry->percent.is_given)
        report_card(reader, entry->line, "prosentsats", "taxcard.percent",
                    "the percent card has no percent; fetch the card again, or enter it in "
                    "taxcards.csv");
    if (kind == ST_CARD_EXEMPT)
        set_decimal(reader, fact, COLUMN_EXEMPT_AMOUNT, &entry->exempt_amount, "frikortbeloep");
    else {
        set_decimal(reader, fact, COLUMN_PERCENT, &entry->percent, "prosentsats");
        set_decimal(reader, fact, COLUMN_MONTHS, &entry->months, "antallMaanederForTrekk");
    }
}

/* ---- one card -------------------------------------------------------------------------------- */

/* Whether the number is one the register may hold. The authority answers invalid numbers too, and
 * such a card is nobody's: left out, not wrong. */
static bool is_somebody(struct reader *reader) {
    struct card *card = &reader->card;
    struct st_person_number number;
    if (!card->person.is_given) {
        report_card(reader, card->line, "arbeidstakeridentifikator", "taxcard.person_missing",
                    "the card does not say whose it is; fetch the cards again");
        return false;
    }
    if (card->person.is_long ||
        !st_person_number_check(card->person.text, strlen(card->person.text), &number)) {
        note_card(reader, "taxcard.person_invalid",
                  "left out, the number is not a fødselsnummer or D-number; correct it where the "
                  "cards are ordered");
        return false;
    }
    if (number.is_synthetic && !reader->terms->test) {
        note_card(
            reader, "taxcard.synthetic",
            "left out, the number is synthetic; only a ledger made with init --test takes those");
        return false;
    }
    return true;
}

/* v1.4 has the income year inside the card only: an answer without a card is of no known year. */
static bool has_no_year_by_design(const struct reader *reader) {
    return strcmp(reader->name_space, NAMESPACE_V1) == 0 && !reader->card.has_card &&
           !reader->card.year.is_given;
}

static void hand_on_card(struct reader *reader) {
    struct card *card = &reader->card;
    struct st_fact fact = {.kind = ST_FACT_AUTHORITY_CARD};
    for (size_t i = 0; i < ST_COUNT_OF(fact.values); i++)
        fact.values[i].is_null = true;
    if (!is_somebody(reader))
        return;
    set_text(&fact, COLUMN_PERSON, card->person.text);
    set_result(reader, &fact);
    if (has_no_year_by_design(reader)) {
        if (reader->card_is_right)
            note_card(
                reader, "taxcard.no_year",
                "left out, version 1.4 gives no income year for an answer without a card; enter "
                "the person in taxcards.csv if no tax is due");
        return;
    }
    set_year(reader, &fact);
    set_number(&fact, COLUMN_FOREIGN_SCHEME, card->foreign_scheme);
    set_issued(reader, &fact);
    set_entry(reader, &fact);
    struct st_fact_problem problem;
    if (reader->card_is_right && !st_fact_check(&fact, &problem))
        report_card(reader, card->line, "", problem.code, problem.text);
    if (reader->card_is_right)
        reader->status = reader->sink->fact(reader->sink->context, card->line, &fact);
}

static void read_card(struct reader *reader) {
    struct card *card = &reader->card;
    memset(card, 0, sizeof *card);
    card->line = st_xml_line(&reader->xml);
    card->number = ++reader->card_count;
    reader->card_is_right = true;
    for (int depth = st_xml_enter(&reader->xml); next_child(reader, depth);) {
        if (is_element(reader, "arbeidstakeridentifikator"))
            read_leaf(reader, &card->person);
        else if (is_element(reader, "resultatPaaForespoersel"))
            read_leaf(reader, &card->result);
        else if (is_element(reader, "inntektsaar"))
            read_leaf(reader, &card->year);
        else if (is_element(reader, "tilleggsopplysning"))
            read_information(reader);
        else if (is_element(reader, "skattekort"))
            read_card_body(reader);
    }
    if (is_reading(reader))
        hand_on_card(reader);
}

/* ---- the file -------------------------------------------------------------------------------- */

static void report_employer(struct reader *reader, int64_t line, const char *organisation) {
    char text[TEXT_SIZE];
    if (st_organisation_number_check(organisation, strlen(organisation)))
        snprintf(text, sizeof text,
                 "these cards are for employer %s, the ledger belongs to %s; import the "
                 "municipality's own cards",
                 organisation, reader->terms->organisation_number);
    else
        snprintf(
            text, sizeof text,
            "the file does not say with an organisation number whose cards these are, the ledger "
            "belongs to %s; import the municipality's own cards",
            reader->terms->organisation_number);
    report(reader, line, "organisasjonsnummer", "taxcard.employer", text);
}

static void read_employer_number(struct reader *reader, int64_t line) {
    struct leaf organisation = {0};
    for (int depth = st_xml_enter(&reader->xml); next_child(reader, depth);)
        if (is_element(reader, "organisasjonsnummer"))
            read_leaf(reader, &organisation);
    reader->employer_is_ours = strcmp(organisation.text, reader->terms->organisation_number) == 0;
    if (!reader->employer_is_ours)
        report_employer(reader, line, organisation.text);
}

/* Cards count only once the employer is known to be this municipality. */
static void read_employer(struct reader *reader) {
    int64_t line = st_xml_line(&reader->xml);
    bool is_named = false;
    reader->employer_is_ours = false;
    for (int depth = st_xml_enter(&reader->xml); next_child(reader, depth);) {
        if (is_element(reader, "arbeidsgiveridentifikator")) {
            is_named = true;
            read_employer_number(reader, line);
        } else if (is_element(reader, "arbeidstaker")) {
            if (!is_named)
                report_employer(reader, line, "");
            is_named = true;
            if (reader->employer_is_ours)
                read_card(reader);
        }
    }
}

static bool find_namespace(struct reader *reader) {
    const char *given = st_xml_namespace(&reader->xml);
    for (size_t i = 0; i < ST_COUNT_OF(namespaces); i++)
        if (strcmp(given, namespaces[i]) == 0) {
            reader->name_space = namespaces[i];
            return true;
        }
    report(reader, st_xml_line(&reader->xml), "", "taxcard.namespace",
           "the file's namespace is not one of " NAMESPACE_V1 ", " NAMESPACE_V2 " or " NAMESPACE_V3
           "; import the tax authority's cards in one of these");
    return false;
}

static void read_root(struct reader *reader) {
    if (!find_namespace(reader))
        return;
    if (!is_element(reader, root_name)) {
        report(reader, st_xml_line(&reader->xml), "", "taxcard.root",
               "the file does not begin with skattekortTilArbeidsgiver; import the tax authority's "
               "answer as it was received");
        return;
    }
    bool any_employer = false;
    for (int depth = st_xml_enter(&reader->xml); next_child(reader, depth);)
        if (is_element(reader, "arbeidsgiver")) {
            any_employer = true;
            read_employer(reader);
        }
    while (next_child(reader, 0)) /* what follows the root must be well-formed too */
        ;
    if (!any_employer)
        report(reader, 1, "", "taxcard.empty",
               "there is no arbeidsgiver in the file; fetch the cards again");
}

static void report_fault(struct reader *reader) {
    static const char *const codes[] = {[ST_XML_FINE] = "",
                                        [ST_XML_DOCTYPE] = "taxcard.doctype",
                                        [ST_XML_ENCODING] = "taxcard.encoding",
                                        [ST_XML_DEPTH] = "taxcard.depth",
                                        [ST_XML_SIZE] = "taxcard.size",
                                        [ST_XML_MALFORMED] = "taxcard.xml"};
    enum st_xml_fault fault = reader->xml.fault;
    if (reader->status == ST_OK)
        reader->status = reader->sink->problem(reader->sink->context, reader->xml.fault_line, "",
                                               codes[fault], st_xml_fault_text(fault));
}

static enum st_status read_source(struct st_byte_source *source, const struct st_input_terms *terms,
                                  const struct st_fact_sink *sink, struct st_error *error) {
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return st_bytes_no_memory(error);
    reader->terms = terms;
    reader->sink = sink;
    if (st_xml_begin(&reader->xml, source, error))
        read_root(reader);
    if (reader->xml.status == ST_OK && reader->xml.fault != ST_XML_FINE)
        report_fault(reader);
    enum st_status status = reader->xml.status != ST_OK ? reader->xml.status : reader->status;
    st_xml_end(&reader->xml);
    free(reader);
    return status;
}

enum st_status st_read_taxcard_xml(const char *path, const struct st_input_terms *terms,
                                   const struct st_fact_sink *sink, struct st_error *error) {
    struct st_byte_source source;
    enum st_status status = st_bytes_open(path, &source, error);
    if (status != ST_OK)
        return status;
    status = read_source(&source, terms, sink, error);
    st_bytes_close(&source);
    return status;
}

enum st_status st_read_taxcard_xml_memory(const char *bytes, size_t size,
                                          const struct st_input_terms *terms,
                                          const struct st_fact_sink *sink, struct st_error *error) {
    struct st_byte_source source = st_bytes_of_memory(bytes, size);
    return read_source(&source, terms, sink, error);
}
