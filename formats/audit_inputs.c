/* SPDX-License-Identifier: MIT */
/* audit_inputs.c - what a ledger is made of, written so that it can be made once more: the
 * journal as commands, for people and for the program; the files of imports, as `import` takes
 * them; and the rows that each entry wrote, to be held against.
 */
#include "formats/audit_csv.h"
#include "formats/output_error.h"
#include "stonad/audit.h"
#include "stonad/output.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* ---- the journal --------------------------------------------------------------------------- */

static bool is_kind(const struct st_audit_command *command, const char *kind) {
    return strcmp(command->entry.kind, kind) == 0;
}

void st_audit_put_journal_header(FILE *out) {
    st_audit_csv_header(out, st_journal_columns, ST_JOURNAL_COLUMN_COUNT);
}

static void put_run(struct st_audit_csv *row, const struct st_audit_command *command) {
    if (!is_kind(command, "run")) {
        for (int i = ST_JOURNAL_MONTH; i <= ST_JOURNAL_TABLE_DIGEST; i++)
            st_audit_csv_null(row);
        return;
    }
    st_audit_csv_month(row, command->month);
    st_audit_csv_date(row, command->payday);
    st_audit_csv_text(row, command->rule_set);
    st_audit_csv_text(row, command->table_digest);
}

static void put_approval(struct st_audit_csv *row, const struct st_audit_command *command) {
    if (!is_kind(command, "approve")) {
        st_audit_csv_null(row);
        st_audit_csv_null(row);
        return;
    }
    st_audit_csv_integer(row, command->payments);
    st_audit_csv_amount(row, command->sum);
}

static void put_export(struct st_audit_csv *row, const struct st_audit_command *command) {
    const struct st_export_file *file = &command->file;
    if (!is_kind(command, "export")) {
        for (int i = ST_JOURNAL_FORM; i <= ST_JOURNAL_BYTES; i++)
            st_audit_csv_null(row);
        return;
    }
    st_audit_csv_text(row, file->form);
    st_audit_csv_text(row, st_export_content_name(file->content));
    st_audit_csv_text(row, file->tax_kid);
    st_audit_csv_text(row, file->sha256);
    st_audit_csv_integer(row, file->byte_count);
}

static void put_rate(struct st_audit_csv *row, const struct st_audit_command *command) {
    if (!is_kind(command, "rates")) {
        for (int i = ST_JOURNAL_RATE; i <= ST_JOURNAL_SOURCE; i++)
            st_audit_csv_null(row);
        return;
    }
    st_audit_csv_text(row, command->rate_name);
    st_audit_csv_date(row, command->rate.effect);
    st_audit_csv_date(row, command->rate.known);
    st_audit_csv_integer(row, command->rate.value_nok);
    st_audit_csv_text(row, command->rate.source);
}

void st_audit_put_journal_row(FILE *out, const struct st_audit_command *command) {
    const struct st_journal_entry *entry = &command->entry;
    struct st_audit_csv row = st_audit_csv_row(out);
    st_audit_csv_integer(&row, entry->entry);
    st_audit_csv_text(&row, entry->time);
    st_audit_csv_text(&row, entry->actor);
    st_audit_csv_text(&row, entry->kind);
    if (entry->run == 0)
        st_audit_csv_null(&row);
    else
        st_audit_csv_integer(&row, entry->run);
    st_audit_csv_text(&row, entry->detail);
    put_run(&row, command);
    put_approval(&row, command);
    put_export(&row, command);
    put_rate(&row, command);
    st_audit_csv_text(&row, entry->tables);
    st_audit_csv_text(&row, entry->digest);
    if (entry->root[0] == '\0')
        st_audit_csv_null(&row);
    else
        st_audit_csv_text(&row, entry->root);
    st_audit_csv_text(&row, entry->previous);
    st_audit_csv_text(&row, entry->hash);
    st_audit_csv_text(&row, command->head);
    st_audit_csv_end(&row);
}

/* ---- commands as a person types them ------------------------------------------------------- */

/* A word of the shell. */
static void put_word(FILE *out, const char *text) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-:";
    if (text[0] != '\0' && text[strspn(text, plain)] == '\0') {
        (void)fputs(text, out);
        return;
    }
    (void)putc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            (void)fputs("'\\''", out);
        else
            (void)putc((unsigned char)*text, out);
    }
    (void)putc('\'', out);
}

static void put_option(FILE *out, const char *name, const char *value) {
    (void)fprintf(out, " --%s ", name);
    put_word(out, value);
}

static void put_date_option(FILE *out, const char *name, st_date date) {
    char text[ST_DATE_TEXT_SIZE] = "";
    if (date != ST_DATE_NONE && date != ST_DATE_OPEN)
        st_date_format(date, text);
    put_option(out, name, text);
}

static void put_month_option(FILE *out, const char *name, st_month month) {
    char text[ST_MONTH_TEXT_SIZE];
    st_month_format(month, text);
    put_option(out, name, text);
}

static void put_init(FILE *out, const struct st_municipality *municipality) {
    put_option(out, "orgnr", municipality->organisation_number);
    put_option(out, "name", municipality->name);
    put_option(out, "account", municipality->account);
    put_option(out, "bic", municipality->bic);
    if (municipality->town[0] != '\0')
        put_option(out, "town", municipality->town);
    if (municipality->postcode[0] != '\0')
        put_option(out, "postcode", municipality->postcode);
    (void)fprintf(out, " --half-tax-month %d", municipality->half_tax_month);
    put_option(out, "recover", municipality->recover == ST_RECOVER_ASK ? "ask" : "auto");
    if (municipality->first_month != 0)
        put_month_option(out, "first-month", municipality->first_month);
    if (municipality->test)
        (void)fputs(" --test", out);
    put_option(out, "secret-file", "inputs/001/secret.txt");
}

/* "pain.001.001.09@NAME" is a form as a kind of bank wants it. */
static void put_export_options(FILE *out, const struct st_audit_command *command) {
    const struct st_export_file *file = &command->file;
    char form[64];
    const char *bank = strchr(file->form, '@');
    int size = bank == NULL ? (int)strlen(file->form) : (int)(bank - file->form);
    (void)snprintf(form, sizeof form, "%.*s", size, file->form);
    (void)fprintf(out, " %" PRId64, command->entry.run);
    put_option(out, "as", form);
    if (bank != NULL)
        put_option(out, "bank", bank + 1);
    if (file->content != ST_EXPORT_BENEFITS)
        put_option(out, "tax-kid", file->tax_kid);
    if (file->content == ST_EXPORT_TAX)
        (void)fputs(" --tax-only", out);
    (void)fprintf(out, " -o payments-%" PRId64 ".xml", command->entry.entry);
}

static void put_rate_options(FILE *out, const struct st_audit_command *command) {
    char value[24];
    (void)snprintf(value, sizeof value, "%" PRId64, command->rate.value_nok);
    (void)fputs(" add", out);
    put_option(out, "name", command->rate_name);
    put_option(out, "value", value);
    put_date_option(out, "effect", command->rate.effect);
    put_date_option(out, "known", command->rate.known);
    put_option(out, "source", command->rate.source);
}

static void put_arguments(FILE *out, const struct st_audit_command *command,
                          const struct st_municipality *municipality) {
    char sum[ST_AMOUNT_TEXT_SIZE];
    if (is_kind(command, "init")) {
        put_init(out, municipality);
    } else if (is_kind(command, "import")) {
        (void)fprintf(out, " inputs/%03" PRId64, command->entry.entry);
    } else if (is_kind(command, "run")) {
        put_month_option(out, "month", command->month);
        put_date_option(out, "payday", command->payday);
    } else if (is_kind(command, "approve")) {
        st_amount_for_machines(command->sum, sum);
        (void)fprintf(out, " %" PRId64 " --payments %" PRId64 " --sum %s", command->entry.run,
                      command->payments, sum);
    } else if (is_kind(command, "discard")) {
        (void)fprintf(out, " %" PRId64, command->entry.run);
    } else if (is_kind(command, "export")) {
        put_export_options(out, command);
    } else if (is_kind(command, "rates")) {
        put_rate_options(out, command);
    }
}

void st_audit_put_command(FILE *out, const struct st_audit_command *command,
                          const struct st_municipality *municipality) {
    (void)fprintf(out, "stonad %s", command->entry.kind);
    put_arguments(out, command, municipality);
    put_option(out, "actor", command->entry.actor);
    put_option(out, "today", command->entry.time);
    (void)putc('\n', out);
}

/* ---- init, rates, files -------------------------------------------------------------------- */

void st_audit_put_municipality(FILE *out, const struct st_municipality *municipality) {
    struct st_audit_csv row = st_audit_csv_row(out);
    st_audit_csv_header(out, st_municipality_columns, ST_MUNICIPALITY_COLUMN_COUNT);
    st_audit_csv_text(&row, municipality->organisation_number);
    st_audit_csv_text(&row, municipality->name);
    st_audit_csv_text(&row, municipality->account);
    st_audit_csv_text(&row, municipality->bic);
    st_audit_csv_text(&row, municipality->town);
    st_audit_csv_text(&row, municipality->postcode);
    st_audit_csv_integer(&row, municipality->half_tax_month);
    st_audit_csv_text(&row, municipality->recover == ST_RECOVER_ASK ? "ask" : "auto");
    st_audit_csv_month(&row, municipality->first_month);
    st_audit_csv_text(&row, municipality->test ? "yes" : "no");
    st_audit_csv_end(&row);
}

void st_audit_put_rate_header(FILE *out) {
    st_audit_csv_header(out, st_rate_columns, ST_RATE_COLUMN_COUNT);
}

void st_audit_put_rate_row(FILE *out, const struct st_audit_rate *rate) {
    struct st_audit_csv row = st_audit_csv_row(out);
    st_audit_csv_text(&row, rate->name);
    st_audit_csv_date(&row, rate->rate.effect);
    st_audit_csv_date(&row, rate->rate.known);
    st_audit_csv_integer(&row, rate->rate.value_nok);
    st_audit_csv_text(&row, rate->rate.source);
    st_audit_csv_end(&row);
}

void st_audit_put_file_header(FILE *out) {
    st_audit_csv_header(out, st_file_columns, ST_FILE_COLUMN_COUNT);
}

void st_audit_put_file_row(FILE *out, const struct st_audit_file *file) {
    struct st_audit_csv row = st_audit_csv_row(out);
    st_audit_csv_integer(&row, file->number);
    st_audit_csv_text(&row, file->name);
    st_audit_csv_text(&row, file->kind);
    st_audit_csv_text(&row, file->sha256);
    st_audit_csv_integer(&row, file->row_count);
    st_audit_csv_end(&row);
}

/* ---- facts --------------------------------------------------------------------------------- */

const char *st_audit_fact_file(enum st_fact_kind kind, char *text, size_t size) {
    const char *file = st_fact_describe(kind)->file;
    (void)snprintf(text, size, "%s%s", file == NULL ? "cards" : file,
                   file == NULL ? ".xml" : ".csv");
    return text;
}

/* The authority's cards, in the form of 2026 (version 3). */
static void begin_cards(FILE *out, const char *organisation_number) {
    (void)fprintf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<skattekortTilArbeidsgiver xmlns=\"urn:no:skatteetaten:fastsetting:"
                  "formueinntekt:forskudd:skattekorttilarbeidsgiver:v3\""
                  " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"
                  "  <arbeidsgiver>\n"
                  "    <arbeidsgiveridentifikator>\n"
                  "      <organisasjonsnummer>%s</organisasjonsnummer>\n"
                  "    </arbeidsgiveridentifikator>\n",
                  organisation_number);
}

void st_audit_put_facts_begin(FILE *out, enum st_fact_kind kind, const char *organisation_number) {
    const struct st_fact_description *description = st_fact_describe(kind);
    struct st_audit_csv row = st_audit_csv_row(out);
    if (description->file == NULL) {
        begin_cards(out, organisation_number);
        return;
    }
    for (size_t i = 0; i < description->column_count; i++)
        st_audit_csv_text(&row, description->columns[i].name);
    st_audit_csv_text(&row, "withdrawn");
    st_audit_csv_end(&row);
}

void st_audit_put_facts_end(FILE *out, enum st_fact_kind kind) {
    if (st_fact_describe(kind)->file == NULL)
        (void)fputs("  </arbeidsgiver>\n</skattekortTilArbeidsgiver>\n", out);
}

static void put_value(struct st_audit_csv *row, const struct st_fact_column *column,
                      const struct st_value *value) {
    if (value->is_null) {
        st_audit_csv_null(row);
        return;
    }
    switch (column->type) {
    case ST_COLUMN_DATE:
        st_audit_csv_date(row, (st_date)value->number);
        break;
    case ST_COLUMN_CHOICE:
        st_audit_csv_text(row, column->choices[value->number]);
        break;
    case ST_COLUMN_AMOUNT:
    case ST_COLUMN_HUNDREDTHS: /* hundredths as ore are: two decimals */
        st_audit_csv_amount(row, (st_amount){value->number});
        break;
    case ST_COLUMN_INTEGER:
        st_audit_csv_integer(row, value->number);
        break;
    case ST_COLUMN_PERSON:
    case ST_COLUMN_TEXT:
    case ST_COLUMN_ACCOUNT:
    case ST_COLUMN_TABLE:
        st_audit_csv_bytes(row, value->text, value->size);
        break;
    }
}

/* Columns of ST_FACT_AUTHORITY_CARD (engine/fact.c). */
enum { PERSON, YEAR, RESULT, HAS_ENTRY, FOREIGN, KIND, TABLE, PERCENT, EXEMPT, MONTHS, ISSUED };

static void put_element(FILE *out, const char *indent, const char *name,
                        const struct st_value *value) {
    char text[ST_AMOUNT_TEXT_SIZE];
    if (value->is_null)
        return;
    st_amount_for_machines((st_amount){value->number}, text);
    (void)fprintf(out, "%s<%s>%s</%s>\n", indent, name, text, name);
}

static void put_entry(FILE *out, const struct st_value *v) {
    static const char *const types[] = {[ST_CARD_TABLE] = "Trekktabell",
                                        [ST_CARD_PERCENT] = "Trekkprosent",
                                        [ST_CARD_EXEMPT] = "Frikort"};
    static const char indent[] = "          ";
    int64_t kind = v[KIND].number;
    (void)fprintf(out, "        <forskuddstrekk xsi:type=\"%s\">\n", types[kind]);
    (void)fprintf(out, "%s<trekkode>introduksjonsstoenad</trekkode>\n", indent);
    if (kind == ST_CARD_TABLE) {
        bool is_pension = v[TABLE].text[v[TABLE].size - 1] == 'P';
        (void)fprintf(out, "%s<tabelltype>%s</tabelltype>\n", indent,
                      is_pension ? "trekktabellForPensjon" : "trekktabellForLoenn");
        (void)fprintf(out, "%s<tabellnummer>%.4s</tabellnummer>\n", indent, v[TABLE].text);
    }
    put_element(out, indent, "frikortbeloep", &v[EXEMPT]);
    put_element(out, indent, "prosentsats", &v[PERCENT]);
    put_element(out, indent, "antallMaanederForTrekk", &v[MONTHS]);
    (void)fputs("        </forskuddstrekk>\n", out);
}

/* Whether the reader of cards could have made the row. */
static bool is_card(const struct st_fact *fact) {
    const struct st_value *v = fact->values;
    if (fact->withdrawn || v[RESULT].is_null || v[HAS_ENTRY].is_null || v[FOREIGN].is_null)
        return false;
    if (v[HAS_ENTRY].number == 0)
        return v[KIND].is_null && v[TABLE].is_null && v[PERCENT].is_null && v[EXEMPT].is_null &&
               v[MONTHS].is_null;
    if (v[KIND].is_null || v[KIND].number > ST_CARD_EXEMPT ||
        v[TABLE].is_null != (v[KIND].number != ST_CARD_TABLE) ||
        (!v[TABLE].is_null && v[TABLE].size < 4))
        return false;
    if (v[KIND].number == ST_CARD_EXEMPT)
        return v[PERCENT].is_null && v[MONTHS].is_null;
    return v[EXEMPT].is_null && (v[KIND].number == ST_CARD_TABLE || !v[PERCENT].is_null);
}

static enum st_status put_card(FILE *out, const struct st_fact *fact, struct st_error *error) {
    /* In the order of enum st_card_result. */
    static const char *const results[] = {"skattekortopplysningerOK",
                                          "ikkeSkattekort",
                                          "vurderArbeidstillatelse",
                                          "ikkeTrekkplikt",
                                          "ugyldigOrganisasjonsnummer",
                                          "ugyldigFoedselsEllerDnummer",
                                          "utgaattDnummerSkattekortForFoedselsnummerErLevert"};
    const struct st_value *v = fact->values;
    char issued[ST_DATE_TEXT_SIZE];
    if (!is_card(fact))
        return st_output_fail(error, ST_DAMAGED, "audit.card",
                              "The ledger holds a tax card that the authority's file cannot say; "
                              "verify it, and restore it from a copy.");
    (void)fprintf(out,
                  "    <arbeidstaker>\n      <arbeidstakeridentifikator>%s"
                  "</arbeidstakeridentifikator>\n",
                  v[PERSON].text);
    (void)fprintf(out, "      <resultatPaaForespoersel>%s</resultatPaaForespoersel>\n",
                  results[v[RESULT].number]);
    (void)fprintf(out, "      <inntektsaar>%" PRId64 "</inntektsaar>\n", v[YEAR].number);
    if (!v[ISSUED].is_null || v[HAS_ENTRY].number == 1) {
        (void)fputs("      <skattekort>\n", out);
        if (!v[ISSUED].is_null) {
            st_date_format((st_date)v[ISSUED].number, issued);
            (void)fprintf(out, "        <utstedtDato>%s</utstedtDato>\n", issued);
        }
        if (v[HAS_ENTRY].number == 1)
            put_entry(out, v);
        (void)fputs("      </skattekort>\n", out);
    }
    if (v[FOREIGN].number == 1)
        (void)fputs("      <tilleggsopplysning>kildeskattPaaLoenn</tilleggsopplysning>\n", out);
    (void)fputs("    </arbeidstaker>\n", out);
    return ST_OK;
}

enum st_status st_audit_put_fact(FILE *out, const struct st_fact *fact, struct st_error *error) {
    const struct st_fact_description *description = st_fact_describe(fact->kind);
    struct st_audit_csv row = st_audit_csv_row(out);
    if (description->file == NULL)
        return put_card(out, fact, error);
    for (size_t i = 0; i < description->column_count; i++)
        put_value(&row, &description->columns[i], &fact->values[i]);
    st_audit_csv_text(&row, fact->withdrawn ? "yes" : "no");
    st_audit_csv_end(&row);
    return ST_OK;
}

/* ---- rows ---------------------------------------------------------------------------------- */

void st_audit_put_row(FILE *out, const struct st_audit_row *row, bool is_first) {
    struct st_audit_csv csv = st_audit_csv_row(out);
    if (is_first)
        st_audit_csv_header(out, row->columns, row->column_count);
    for (size_t i = 0; i < row->column_count; i++) {
        const struct st_canonical_value *value = &row->values[i];
        if (value->type == ST_CANONICAL_TEXT)
            st_audit_csv_bytes(&csv, value->text, value->size);
        else if (value->type == ST_CANONICAL_INTEGER)
            st_audit_csv_integer(&csv, value->integer);
        else
            st_audit_csv_null(&csv);
    }
    st_audit_csv_end(&csv);
}
