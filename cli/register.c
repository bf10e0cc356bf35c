/* SPDX-License-Identifier: MIT */
/* register.c - `stonad people` and `person`: what the ledger knows beside its runs, or knew on the
 * day of --known; and, of one person as text, what the rules make of the programmes' time (R19,
 * R21). */
#include "cli/cli.h"
#include "cli/known.h"

#include "stonad/identifier.h"
#include "stonad/programme.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* One person's current rows, as the rules of a programme's time want them. */
struct time_facts {
    struct st_programme *programmes;
    size_t programme_count;
    struct st_absence *absences;
    size_t absence_count;
};

struct walk {
    struct st_report *report;
    int64_t count;
    struct time_facts *kept; /* of `person`; NULL: nothing is kept */
    struct st_error *error;
};

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
    enum st_status status = st_cli_known_open(invocation, &ledger, error);
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

/* ---- the time of a person's programmes ----------------------------------------------------- */

enum { KEPT_MAX = 100000 };

static enum st_status no_room(struct st_error *error) {
    return st_cli_fail(error, ST_IO, "memory", "Memory ran out; close other programs.");
}

/* Room for one more element; the arrays are short, so they grow by one. */
static bool grow(void **array, size_t count, size_t size) {
    void *grown = count >= KEPT_MAX ? NULL : realloc(*array, (count + 1) * size);
    if (grown != NULL)
        *array = grown;
    return grown != NULL;
}

/* Keeps a row that holds now, if the time of a programme depends on its kind. */
static enum st_status keep_row(const struct walk *walk, const struct st_fact *fact) {
    struct time_facts *kept = walk->kept;
    void *array;
    bool has_room = true;
    if (fact->kind == ST_FACT_PROGRAMME) {
        array = kept->programmes;
        has_room = grow(&array, kept->programme_count, sizeof *kept->programmes);
        kept->programmes = array;
        if (has_room)
            st_programme_of(fact, &kept->programmes[kept->programme_count++]);
    } else if (fact->kind == ST_FACT_ABSENCE) {
        array = kept->absences;
        has_room = grow(&array, kept->absence_count, sizeof *kept->absences);
        kept->absences = array;
        if (has_room)
            st_absence_of(fact, &kept->absences[kept->absence_count++]);
    }
    return has_room ? ST_OK : no_room(walk->error);
}

static int by_start(const void *a, const void *b) {
    const struct st_programme *one = a, *other = b;
    return (one->start > other->start) - (one->start < other->start);
}
static int by_from(const void *a, const void *b) {
    const struct st_absence *one = a, *other = b;
    if (one->from != other->from)
        return one->from > other->from ? 1 : -1;
    return (one->kind > other->kind) - (one->kind < other->kind);
}

static const char *date_text(st_date date, char text[ST_DATE_TEXT_SIZE]) {
    if (date == ST_DATE_OPEN)
        return "open";
    st_date_format(date, text);
    return text;
}

static void pair_date(const char *label, st_date date) {
    char text[ST_DATE_TEXT_SIZE];
    st_cli_pair(label, "%s", date_text(date, text));
}

static void print_time(const struct st_programme_time *time) {
    char text[ST_DATE_TEXT_SIZE];
    (void)putchar('\n');
    pair_date("programme from", time->start);
    pair_date("recorded end", time->recorded_end);
    st_cli_pair("regime", "%s (R19, %s)", time->regime, time->citation);
    if (time->used_days > 0)
        st_cli_pair("used before", "%" PRId64 " days of earlier programmes (R19)", time->used_days);
    st_cli_pair("base to", "%s, %d months", date_text(time->base_end, text), time->base_months);
    if (time->extension_months > 0)
        st_cli_pair("extended to", "%s, %d months more", date_text(time->extended_end, text),
                    time->extension_months);
    else
        st_cli_pair("extended to", "no extension");
    if (time->added_working_days + time->added_calendar_days > 0)
        st_cli_pair("may be added",
                    "%" PRId64 " working days and %" PRId64 " days of leave: absence, time off and "
                    "leave come to %" PRId64 " working days, more than ten (R21)",
                    time->added_working_days, time->added_calendar_days, time->absence_days);
    else
        st_cli_pair("may be added",
                    "nothing: absence, time off and leave come to %" PRId64 " working days, not "
                    "more than ten (R21)",
                    time->absence_days);
    pair_date("longest end", time->longest_end);
}

/* Rows that are one programme have one start: it is shown once. */
static void print_times(struct time_facts *kept, st_date today) {
    if (kept->programme_count > 0)
        qsort(kept->programmes, kept->programme_count, sizeof *kept->programmes, by_start);
    if (kept->absence_count > 0)
        qsort(kept->absences, kept->absence_count, sizeof *kept->absences, by_from);
    const struct st_person_facts facts = {.programmes = kept->programmes,
                                          .programme_count = kept->programme_count,
                                          .absences = kept->absences,
                                          .absence_count = kept->absence_count};
    st_date shown = ST_DATE_NONE;
    for (size_t i = 0; i < kept->programme_count; i++) {
        struct st_programme_time time;
        st_programme_time(&facts, i, today, &time);
        if (time.start != shown)
            print_time(&time);
        shown = time.start;
    }
}

static void release_kept(struct time_facts *kept) {
    free(kept->programmes);
    free(kept->absences);
}
#define ST_RELEASE_KEPT __attribute__((cleanup(release_kept)))

/* ---- the history --------------------------------------------------------------------------- */

static enum st_status history_row(void *context, const struct st_history_row *row) {
    struct walk *walk = context;
    char text[FACT_TEXT_SIZE];
    enum st_status status = ST_OK;
    fact_text(row->fact, text);
    walk->count++;
    st_report_integer(walk->report, row->entry);
    st_report_text(walk->report, row->time);
    st_report_text(walk->report, row->actor);
    st_report_text(walk->report, st_fact_describe(row->fact->kind)->noun);
    st_report_text(walk->report, row->current ? "yes" : "no");
    st_report_text(walk->report, text);
    if (walk->kept != NULL && row->current && !row->fact->withdrawn)
        status = keep_row(walk, row->fact);
    return status != ST_OK ? status : st_cli_output_works(walk->error);
}

static enum st_status count_row(void *context, const struct st_history_row *row) {
    (void)row;
    ++*(int64_t *)context;
    return ST_OK;
}

static enum st_status check_known(const struct st_invocation *invocation, struct st_ledger *ledger,
                                  const char *person_id, struct st_error *error) {
    char masked[ST_PERSON_NUMBER_SIZE];
    int64_t count = 0;
    enum st_status status = st_ledger_person_history(ledger, person_id, count_row, &count, error);
    if (status != ST_OK || count > 0)
        return status;
    st_person_number_mask(person_id, masked);
    if (st_option_given(invocation, ST_OPTION_KNOWN))
        return st_cli_fail(
            error, ST_BAD_INPUT, "person.unknown",
            "Nothing was recorded about %s until %s; `stonad people --known %s` lists"
            " the register of that day.",
            masked, invocation->values[ST_OPTION_KNOWN], invocation->values[ST_OPTION_KNOWN]);
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
    ST_RELEASE_KEPT struct time_facts kept = {0};
    struct walk walk = {.kept = &kept, .error = error};
    const char *person_id = invocation->operands[0];
    st_date day;
    enum st_status status = st_cli_known_day(invocation, &day, error);
    if (status == ST_OK)
        status = st_cli_person_id_check(person_id, error);
    if (status == ST_OK)
        status = st_cli_known_open(invocation, &ledger, error);
    if (status == ST_OK)
        status = check_known(invocation, ledger, person_id, error);
    if (status == ST_OK)
        status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &walk.report, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_person_history(ledger, person_id, history_row, &walk, error);
    status = st_cli_report_end(walk.report, status, error);
    if (status == ST_OK && invocation->format == ST_FORMAT_TEXT)
        print_times(&kept, day);
    return status;
}
