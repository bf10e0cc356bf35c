/* SPDX-License-Identifier: MIT */
/* register.c - `stonad rates`, `people` and `person`: what the ledger knows beside its runs. */
#include "cli/cli.h"

#include "stonad/identifier.h"

#include <stdarg.h>
#include <string.h>

struct walk {
    struct st_report *report;
    int64_t count;
    struct st_error *error;
};

/* ---- rates --------------------------------------------------------------------------------- */

static enum st_status rate_row(void *context, const char *name, const struct st_rate *rate) {
    struct walk *walk = context;
    st_report_text(walk->report, name);
    st_report_date(walk->report, rate->effect);
    st_report_date(walk->report, rate->known);
    st_report_integer(walk->report, rate->value_nok);
    st_report_text(walk->report, rate->source);
    return st_cli_output_works(walk->error);
}

enum st_status st_command_rates(const struct st_invocation *invocation, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"name", NULL, ST_CELL_TEXT, 4, false},    {"effect", NULL, ST_CELL_DATE, 10, false},
        {"known", NULL, ST_CELL_DATE, 10, false},  {"value", NULL, ST_CELL_INTEGER, 9, false},
        {"source", NULL, ST_CELL_TEXT, 30, false},
    };
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct walk walk = {.error = error};
    st_date known = invocation->act.today;
    enum st_status status = ST_OK;
    if (st_option_given(invocation, ST_OPTION_KNOWN))
        status = st_cli_value_date(invocation, ST_OPTION_KNOWN, &known, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, &ledger, error);
    if (status == ST_OK)
        status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &walk.report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_each_rate(ledger, known, rate_row, &walk, error);
    return st_cli_report_end(walk.report, status, error);
}

/* ---- people -------------------------------------------------------------------------------- */

/* The language as the file writes it. */
static const char *language_name(enum st_language language) {
    const struct st_fact_description *description = st_fact_describe(ST_FACT_PARTICIPANT);
    for (size_t i = 0; i < description->column_count; i++)
        if (strcmp(description->columns[i].name, "language") == 0)
            return description->columns[i].choices[language];
    return "";
}

static enum st_status participant_row(void *context, const struct st_participant *participant) {
    struct walk *walk = context;
    st_report_text(walk->report, participant->person_id);
    st_report_text(walk->report, participant->name);
    st_report_date(walk->report, participant->birth_date);
    st_report_text(walk->report, participant->account);
    st_report_text(walk->report, language_name(participant->language));
    return st_cli_output_works(walk->error);
}

enum st_status st_command_people(const struct st_invocation *invocation, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"person_id", NULL, ST_CELL_TEXT, 11, false},  {"name", NULL, ST_CELL_TEXT, 28, false},
        {"birth_date", NULL, ST_CELL_DATE, 10, false}, {"account", NULL, ST_CELL_TEXT, 11, false},
        {"language", NULL, ST_CELL_TEXT, 8, false},
    };
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct walk walk = {.error = error};
    enum st_status status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, &ledger, error);
    if (status == ST_OK)
        status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &walk.report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_each_person(ledger, participant_row, &walk, error);
    return st_cli_report_end(walk.report, status, error);
}

/* ---- one person ---------------------------------------------------------------------------- */

/* A row's columns never fill it: each is at most ST_TEXT_MAX bytes and its name. */
enum { FACT_TEXT_SIZE = ST_FACT_COLUMN_MAX * (ST_TEXT_MAX + 40) };

static void append(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void append(char *text, const char *format, ...) {
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + used, FACT_TEXT_SIZE - used, format, arguments);
    va_end(arguments);
}

static void append_hundredths(char *text, int64_t hundredths) {
    append(text, "%lld", (long long)(hundredths / 100));
    if (hundredths % 100 != 0)
        append(text, hundredths % 10 == 0 ? ".%lld" : ".%02lld",
               (long long)(hundredths % 10 == 0 ? hundredths % 100 / 10 : hundredths % 100));
}

static void append_value(char *text, const struct st_fact_column *column,
                         const struct st_value *value) {
    char date[ST_DATE_TEXT_SIZE], amount[ST_AMOUNT_TEXT_SIZE];
    switch (column->type) {
    case ST_COLUMN_DATE:
        st_date_format((st_date)value->number, date);
        append(text, "%s", date);
        return;
    case ST_COLUMN_CHOICE:
        append(text, "%s", column->choices[value->number]);
        return;
    case ST_COLUMN_AMOUNT:
        st_amount_for_machines((st_amount){value->number}, amount);
        append(text, "%s", amount);
        return;
    case ST_COLUMN_HUNDREDTHS:
        append_hundredths(text, value->number);
        return;
    case ST_COLUMN_INTEGER:
        append(text, "%lld", (long long)value->number);
        return;
    case ST_COLUMN_PERSON:
    case ST_COLUMN_TEXT:
    case ST_COLUMN_ACCOUNT:
    case ST_COLUMN_TABLE:
        append(text, "%.*s", (int)value->size, value->text);
        return;
    }
}

/* "from=2026-05-04; to=2026-05-06; kind=unapproved": what was given; empty columns are left out. */
static void fact_text(const struct st_fact *fact, char text[FACT_TEXT_SIZE]) {
    const struct st_fact_description *description = st_fact_describe(fact->kind);
    text[0] = '\0';
    if (fact->withdrawn)
        append(text, "withdrawn");
    for (size_t i = 1; i < description->column_count; i++) {
        if (fact->values[i].is_null)
            continue;
        append(text, "%s%s=", text[0] == '\0' ? "" : "; ", description->columns[i].name);
        append_value(text, &description->columns[i], &fact->values[i]);
    }
}

static enum st_status history_row(void *context, const struct st_history_row *row) {
    struct walk *walk = context;
    char text[FACT_TEXT_SIZE];
    fact_text(row->fact, text);
    walk->count++;
    st_report_integer(walk->report, row->entry);
    st_report_text(walk->report, row->time);
    st_report_text(walk->report, row->actor);
    st_report_text(walk->report, st_fact_describe(row->fact->kind)->noun);
    st_report_text(walk->report, row->current ? "yes" : "no");
    st_report_text(walk->report, text);
    return st_cli_output_works(walk->error);
}

static enum st_status count_row(void *context, const struct st_history_row *row) {
    (void)row;
    ++*(int64_t *)context;
    return ST_OK;
}

static enum st_status check_known(struct st_ledger *ledger, const char *person_id,
                                  struct st_error *error) {
    char masked[ST_PERSON_NUMBER_SIZE];
    int64_t count = 0;
    enum st_status status = st_ledger_person_history(ledger, person_id, count_row, &count, error);
    if (status != ST_OK || count > 0)
        return status;
    st_person_number_mask(person_id, masked);
    return st_cli_fail(error, ST_BAD_INPUT, "person.unknown",
                       "Nothing was ever recorded about %s; `stonad people` lists the register.",
                       masked);
}

enum st_status st_command_person(const struct st_invocation *invocation, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"entry", NULL, ST_CELL_INTEGER, 5, false}, {"time", NULL, ST_CELL_TEXT, 20, false},
        {"actor", NULL, ST_CELL_TEXT, 12, false},   {"kind", NULL, ST_CELL_TEXT, 12, false},
        {"current", NULL, ST_CELL_TEXT, 7, false},  {"facts", NULL, ST_CELL_TEXT, 40, false},
    };
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct walk walk = {.error = error};
    const char *person_id = invocation->operands[0];
    enum st_status status = st_cli_person_id_check(person_id, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, &ledger, error);
    if (status == ST_OK)
        status = check_known(ledger, person_id, error);
    if (status == ST_OK)
        status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &walk.report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_person_history(ledger, person_id, history_row, &walk, error);
    return st_cli_report_end(walk.report, status, error);
}
