/* SPDX-License-Identifier: MIT */
/* run_facts.c - the facts of one person after the other, in person order: one walk over each fact
 * table, all in step, so that memory does not grow with the register.
 *
 * Partners are looked up by key when a living row names one. Payments earlier in the year come from
 * the payslips of those runs, read some at a time: a place held in the table while the run writes
 * to it would have to be found again after every payslip.
 */
#include "db/run_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    PERSON_ROWS_MAX = 10000, /* of one kind */
    EARLIER_ROWS = 256       /* payslips read at a time */
};

/* ---- typed rows ---------------------------------------------------------------------------- */

static void to_programme(const struct st_fact *fact, void *out) {
    st_programme_of(fact, out);
}
static void to_living(const struct st_fact *fact, void *out) {
    st_living_of(fact, out);
}
static void to_absence(const struct st_fact *fact, void *out) {
    st_absence_of(fact, out);
}
static void to_benefit(const struct st_fact *fact, void *out) {
    st_other_benefit_of(fact, out);
}
static void to_work(const struct st_fact *fact, void *out) {
    st_work_of(fact, out);
}
static void to_care(const struct st_fact *fact, void *out) { st_care_of(fact, out); }
static void to_decision(const struct st_fact *fact, void *out) { st_decision_of(fact, out); }
static void to_ending(const struct st_fact *fact, void *out) { st_ending_of(fact, out); }
static void to_weekly_hours(const struct st_fact *fact, void *out) {
    st_weekly_hours_of(fact, out);
}
static void to_settlement(const struct st_fact *fact, void *out) { st_settlement_of(fact, out); }
static void to_taxcard(const struct st_fact *fact, void *out) {
    st_taxcard_of(fact, out);
}
static void to_authority_card(const struct st_fact *fact, void *out) {
    st_authority_card_of(fact, out);
}

enum {
    PROGRAMMES,
    LIVING,
    ABSENCES,
    BENEFITS,
    WORK,
    TAXCARDS,
    AUTHORITY_CARDS,
    CARE,
    DECISIONS,
    ENDINGS, /* from here on: read for the programme checks only (R18-R22) */
    CONTENT,
    EMPLOYMENT,
    SETTLEMENTS,
    TABLE_COUNT
};

static const struct {
    enum st_fact_kind kind;
    size_t item_size;
    void (*convert)(const struct st_fact *, void *);
} tables[TABLE_COUNT] = {
    [PROGRAMMES] = {ST_FACT_PROGRAMME, sizeof(struct st_programme), to_programme},
    [LIVING] = {ST_FACT_LIVING, sizeof(struct st_living), to_living},
    [ABSENCES] = {ST_FACT_ABSENCE, sizeof(struct st_absence), to_absence},
    [BENEFITS] = {ST_FACT_BENEFIT, sizeof(struct st_other_benefit), to_benefit},
    [WORK] = {ST_FACT_WORK, sizeof(struct st_work), to_work},
    [TAXCARDS] = {ST_FACT_TAXCARD, sizeof(struct st_taxcard), to_taxcard},
    [AUTHORITY_CARDS] = {ST_FACT_AUTHORITY_CARD, sizeof(struct st_authority_card),
                         to_authority_card},
    [CARE] = {ST_FACT_CARE, sizeof(struct st_care), to_care},
    [DECISIONS] = {ST_FACT_DECISION, sizeof(struct st_decision), to_decision},
    [ENDINGS] = {ST_FACT_ENDING, sizeof(struct st_ending), to_ending},
    [CONTENT] = {ST_FACT_CONTENT, sizeof(struct st_weekly_hours), to_weekly_hours},
    [EMPLOYMENT] = {ST_FACT_EMPLOYMENT, sizeof(struct st_weekly_hours), to_weekly_hours},
    [SETTLEMENTS] = {ST_FACT_SETTLEMENT, sizeof(struct st_settlement), to_settlement},
};

/* A growing array of typed rows, kept from person to person. */
struct rows {
    void *items;
    size_t count, capacity;
};

struct partner {
    struct rows programmes, absences;
};

/* The payslips of one earlier run of the year. */
struct earlier_run {
    sqlite3_stmt *statement;
    bool is_at_end;
    size_t count, next;
    struct {
        char person_id[ST_PERSON_ID_SIZE];
        int64_t taxable_ore;
    } rows[EARLIER_ROWS];
};

struct st_facts_reader {
    struct st_ledger *ledger;
    struct st_facts_terms terms;
    struct st_fact_cursor participants;
    struct st_fact_cursor cursors[TABLE_COUNT];
    struct rows rows[TABLE_COUNT];
    /* partners, by key */
    struct st_fact_cursor partner_participant, partner_programmes, partner_absences;
    struct rows partner_list;  /* struct st_partner */
    struct rows partner_facts; /* struct partner; the unused keep their memory */
    struct rows earlier;       /* struct earlier_run * */
    struct rows entry_dates;   /* st_date: of journal entry index + 1 */
};

static int tables_read(const struct st_facts_reader *reader) {
    return reader->terms.with_programme_checks ? TABLE_COUNT : ENDINGS;
}

/* Room for one more item; NULL when there is none. New items are zeroed. */
static void *add_item(struct rows *rows, size_t item_size, size_t most) {
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity == 0 ? 8 : 2 * rows->capacity;
        void *items = rows->count >= most ? NULL : realloc(rows->items, capacity * item_size);
        if (items == NULL)
            return NULL;
        memset((char *)items + rows->capacity * item_size, 0,
               (capacity - rows->capacity) * item_size);
        rows->items = items;
        rows->capacity = capacity;
    }
    return (char *)rows->items + rows->count++ * item_size;
}

static enum st_status fail_room(const struct rows *rows, struct st_error *error) {
    if (rows->count < PERSON_ROWS_MAX)
        return st_db_fail_memory(error);
    return st_db_fail(
        error, ST_REFUSED, "run.too_many_rows",
        "A person has more than %d rows of one kind, which cannot be; withdraw what is "
        "wrong.",
        PERSON_ROWS_MAX);
}

/* ---- one kind of one person ---------------------------------------------------------------- */

/* A card of the authority carries the date of the entry that recorded it. */
static void add_fetched_date(const struct st_facts_reader *reader, int64_t entry,
                             struct st_authority_card *card) {
    if (entry >= 1 && (uint64_t)entry <= reader->entry_dates.count)
        card->fetched = ((const st_date *)reader->entry_dates.items)[entry - 1];
}

static enum st_status read_rows(struct st_facts_reader *reader, struct st_fact_cursor *cursor,
                                int table, const char *person_id, struct rows *rows,
                                struct st_error *error) {
    struct st_fact fact;
    bool found = true;
    rows->count = 0;
    for (;;) {
        enum st_status status = st_fact_cursor_next(cursor, person_id, &fact, &found, error);
        if (status != ST_OK || !found)
            return status;
        void *item = add_item(rows, tables[table].item_size, PERSON_ROWS_MAX);
        if (item == NULL)
            return fail_room(rows, error);
        tables[table].convert(&fact, item);
        if (table == AUTHORITY_CARDS)
            add_fetched_date(reader, st_fact_cursor_entry(cursor), item);
    }
}

/* ---- partners ------------------------------------------------------------------------------ */

static bool is_listed(const struct rows *partners, const char *person_id) {
    const struct st_partner *list = partners->items;
    for (size_t i = 0; i < partners->count; i++)
        if (strcmp(list[i].person_id, person_id) == 0)
            return true;
    return false;
}

static enum st_status read_partner(struct st_facts_reader *reader, const char *person_id,
                                   struct st_error *error) {
    struct st_partner *partner = add_item(&reader->partner_list, sizeof *partner, PERSON_ROWS_MAX);
    struct partner *facts = add_item(&reader->partner_facts, sizeof *facts, PERSON_ROWS_MAX);
    struct st_fact fact;
    if (partner == NULL || facts == NULL)
        return fail_room(&reader->partner_list, error);
    memset(partner, 0, sizeof *partner);
    memcpy(partner->person_id, person_id, sizeof partner->person_id);
    enum st_status status = st_fact_cursor_seek(&reader->partner_participant, person_id, error);
    if (status == ST_OK)
        status = st_fact_cursor_next(&reader->partner_participant, person_id, &fact,
                                     &partner->in_register, error);
    if (status != ST_OK || !partner->in_register)
        return status; /* counts as not taking part (R2) */
    status = st_fact_cursor_seek(&reader->partner_programmes, person_id, error);
    if (status == ST_OK)
        status = read_rows(reader, &reader->partner_programmes, PROGRAMMES, person_id,
                           &facts->programmes, error);
    if (status == ST_OK)
        status = st_fact_cursor_seek(&reader->partner_absences, person_id, error);
    if (status == ST_OK)
        status = read_rows(reader, &reader->partner_absences, ABSENCES, person_id, &facts->absences,
                           error);
    partner->programmes = facts->programmes.items;
    partner->programme_count = facts->programmes.count;
    partner->absences = facts->absences.items;
    partner->absence_count = facts->absences.count;
    return status;
}

static enum st_status read_partners(struct st_facts_reader *reader, struct st_error *error) {
    const struct st_living *living = reader->rows[LIVING].items;
    reader->partner_list.count = reader->partner_facts.count = 0;
    for (size_t i = 0; i < reader->rows[LIVING].count; i++) {
        const char *partner_id = living[i].partner_id;
        if (partner_id[0] == '\0' || is_listed(&reader->partner_list, partner_id))
            continue;
        enum st_status status = read_partner(reader, partner_id, error);
        if (status != ST_OK)
            return status;
    }
    return ST_OK;
}

/* ---- earlier payments of the year ---------------------------------------------------------- */

static enum st_status read_some_earlier(struct st_ledger *ledger, struct earlier_run *run,
                                        struct st_error *error) {
    run->count = run->next = 0;
    while (!run->is_at_end && run->count < EARLIER_ROWS) {
        bool row;
        enum st_status status = st_step(ledger, run->statement, &row, error);
        if (status != ST_OK)
            return status;
        if (!row) {
            run->is_at_end = true;
            (void)sqlite3_reset(run->statement);
            break;
        }
        st_column_copy(run->statement, 0, run->rows[run->count].person_id, ST_PERSON_ID_SIZE);
        run->rows[run->count++].taxable_ore = sqlite3_column_int64(run->statement, 1);
    }
    return ST_OK;
}

/* Adds what the run paid the person, passing over those before. */
static enum st_status add_earlier(struct st_ledger *ledger, struct earlier_run *run,
                                  const char *person_id, st_amount *sum, struct st_error *error) {
    for (;;) {
        if (run->next == run->count && !run->is_at_end) {
            enum st_status status = read_some_earlier(ledger, run, error);
            if (status != ST_OK)
                return status;
        }
        if (run->next == run->count)
            return ST_OK;
        int order = strcmp(run->rows[run->next].person_id, person_id);
        if (order > 0)
            return ST_OK;
        st_amount taxable = {run->rows[run->next++].taxable_ore};
        if (order == 0 && !st_amount_add(*sum, taxable, sum))
            return st_db_fail(error, ST_BAD_INPUT, "run.overflow",
                              "The payments of a year are too large to add up; verify the ledger.");
    }
}

static enum st_status read_earlier(struct st_facts_reader *reader, const char *person_id,
                                   st_amount *sum, struct st_error *error) {
    struct earlier_run *const *runs = reader->earlier.items;
    enum st_status status = ST_OK;
    *sum = ST_ZERO;
    for (size_t i = 0; status == ST_OK && i < reader->earlier.count; i++)
        status = add_earlier(reader->ledger, runs[i], person_id, sum, error);
    return status;
}

static enum st_status open_earlier_run(struct st_facts_reader *reader, int64_t run,
                                       struct st_error *error) {
    struct earlier_run **slot =
        add_item(&reader->earlier, sizeof(struct earlier_run *), PERSON_ROWS_MAX);
    if (slot == NULL)
        return st_db_fail_memory(error);
    *slot = calloc(1, sizeof **slot);
    if (*slot == NULL)
        return st_db_fail_memory(error);
    enum st_status status =
        st_prepare(reader->ledger, &(*slot)->statement,
                   "SELECT person_id, taxable_ore FROM payslip WHERE run = ? AND state = 'due'"
                   " ORDER BY person_id",
                   error);
    if (status == ST_OK && sqlite3_bind_int64((*slot)->statement, 1, run) != SQLITE_OK)
        status = st_db_fail_sqlite(reader->ledger, error);
    return status;
}

/* Runs that were not discarded, with a payday in the year of this one's (R14). */
static enum st_status open_earlier_runs(struct st_facts_reader *reader, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = true;
    enum st_status status =
        st_prepare(reader->ledger, &statement,
                   "SELECT run, payday FROM run WHERE entry < ?1 AND (SELECT kind FROM journal"
                   "  WHERE journal.run = run.run AND journal.entry < ?1"
                   "  ORDER BY journal.entry DESC LIMIT 1) <> 'discard' ORDER BY run",
                   error);
    if (status == ST_OK && sqlite3_bind_int64(statement, 1, reader->terms.before) != SQLITE_OK)
        status = st_db_fail_sqlite(reader->ledger, error);
    while (status == ST_OK && (status = st_step(reader->ledger, statement, &row, error)) == ST_OK &&
           row) {
        st_date payday = st_column_date(statement, 1, ST_DATE_NONE);
        if (st_date_year(payday) == st_date_year(reader->terms.payday))
            status = open_earlier_run(reader, sqlite3_column_int64(statement, 0), error);
    }
    return status;
}

/* ---- the reader ---------------------------------------------------------------------------- */

static enum st_status add_entry_date(void *context, const struct st_journal_entry *entry) {
    struct rows *dates = context;
    st_date *date = add_item(dates, sizeof *date, SIZE_MAX / (4 * sizeof *date));
    if (date == NULL)
        return ST_IO;
    if (strlen(entry->time) < 10 || !st_date_parse(entry->time, 10, date))
        *date = ST_DATE_NONE;
    return ST_OK;
}

static enum st_status read_entry_dates(struct st_facts_reader *reader, struct st_error *error) {
    error->code[0] = '\0';
    enum st_status status =
        st_ledger_each_entry(reader->ledger, add_entry_date, &reader->entry_dates, error);
    if (status != ST_OK && error->code[0] == '\0')
        return st_db_fail_memory(error);
    return status;
}

static enum st_status open_walk(struct st_facts_reader *reader, struct st_fact_cursor *cursor,
                                enum st_fact_kind kind, struct st_error *error) {
    enum st_status status =
        st_fact_cursor_open(cursor, reader->ledger, kind, false, reader->terms.before, error);
    return status == ST_OK ? st_fact_cursor_seek(cursor, "", error) : status;
}

static enum st_status open_partner_cursors(struct st_facts_reader *reader, struct st_error *error) {
    struct st_ledger *ledger = reader->ledger;
    int64_t before = reader->terms.before;
    enum st_status status = st_fact_cursor_open(&reader->partner_participant, ledger,
                                                ST_FACT_PARTICIPANT, true, before, error);
    if (status == ST_OK)
        status = st_fact_cursor_open(&reader->partner_programmes, ledger, ST_FACT_PROGRAMME, true,
                                     before, error);
    if (status == ST_OK)
        status = st_fact_cursor_open(&reader->partner_absences, ledger, ST_FACT_ABSENCE, true,
                                     before, error);
    return status;
}

enum st_status st_facts_reader_new(struct st_ledger *ledger, const struct st_facts_terms *terms,
                                   struct st_facts_reader **out, struct st_error *error) {
    struct st_facts_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return st_db_fail_memory(error);
    reader->ledger = ledger;
    reader->terms = *terms;
    enum st_status status = open_walk(reader, &reader->participants, ST_FACT_PARTICIPANT, error);
    for (int i = 0; status == ST_OK && i < tables_read(reader); i++)
        status = open_walk(reader, &reader->cursors[i], tables[i].kind, error);
    if (status == ST_OK)
        status = open_partner_cursors(reader, error);
    if (status == ST_OK)
        status = open_earlier_runs(reader, error);
    if (status == ST_OK)
        status = read_entry_dates(reader, error);
    if (status != ST_OK) {
        st_facts_reader_free(reader);
        return status;
    }
    *out = reader;
    return ST_OK;
}

void st_facts_reader_free(struct st_facts_reader *reader) {
    if (reader == NULL)
        return;
    st_fact_cursor_close(&reader->participants);
    for (int i = 0; i < TABLE_COUNT; i++) {
        st_fact_cursor_close(&reader->cursors[i]);
        free(reader->rows[i].items);
    }
    st_fact_cursor_close(&reader->partner_participant);
    st_fact_cursor_close(&reader->partner_programmes);
    st_fact_cursor_close(&reader->partner_absences);
    struct partner *partners = reader->partner_facts.items;
    for (size_t i = 0; i < reader->partner_facts.capacity; i++) {
        free(partners[i].programmes.items);
        free(partners[i].absences.items);
    }
    struct earlier_run **runs = reader->earlier.items;
    for (size_t i = 0; i < reader->earlier.count; i++) {
        if (runs[i] != NULL)
            st_statement_finalize(&runs[i]->statement);
        free(runs[i]);
    }
    free(partners);
    free(reader->partner_list.items);
    free(runs);
    free(reader->entry_dates.items);
    free(reader);
}

static void point_at_rows(const struct st_facts_reader *reader, struct st_person_facts *out) {
    const struct rows *rows = reader->rows;
    out->programmes = rows[PROGRAMMES].items;
    out->programme_count = rows[PROGRAMMES].count;
    out->living = rows[LIVING].items;
    out->living_count = rows[LIVING].count;
    out->absences = rows[ABSENCES].items;
    out->absence_count = rows[ABSENCES].count;
    out->benefits = rows[BENEFITS].items;
    out->benefit_count = rows[BENEFITS].count;
    out->work = rows[WORK].items;
    out->work_count = rows[WORK].count;
    out->care = rows[CARE].items;
    out->care_count = rows[CARE].count;
    out->decisions = rows[DECISIONS].items;
    out->decision_count = rows[DECISIONS].count;
    out->endings = rows[ENDINGS].items;
    out->ending_count = rows[ENDINGS].count;
    out->content = rows[CONTENT].items;
    out->content_count = rows[CONTENT].count;
    out->employment = rows[EMPLOYMENT].items;
    out->employment_count = rows[EMPLOYMENT].count;
    out->settlements = rows[SETTLEMENTS].items;
    out->settlement_count = rows[SETTLEMENTS].count;
    out->taxcards = rows[TAXCARDS].items;
    out->taxcard_count = rows[TAXCARDS].count;
    out->authority_cards = rows[AUTHORITY_CARDS].items;
    out->authority_card_count = rows[AUTHORITY_CARDS].count;
    out->partners = reader->partner_list.items;
    out->partner_count = reader->partner_list.count;
}

enum st_status st_facts_reader_next(struct st_facts_reader *reader, struct st_person_facts *out,
                                    bool *found, struct st_error *error) {
    struct st_fact fact;
    enum st_status status = st_fact_cursor_next(&reader->participants, NULL, &fact, found, error);
    if (status != ST_OK || !*found)
        return status;
    st_participant_of(&fact, &out->participant);
    const char *person_id = out->participant.person_id;
    for (int i = 0; status == ST_OK && i < tables_read(reader); i++)
        status = read_rows(reader, &reader->cursors[i], i, person_id, &reader->rows[i], error);
    if (status == ST_OK)
        status = read_partners(reader, error);
    if (status == ST_OK)
        status = read_earlier(reader, person_id, &out->taxable_paid_this_year, error);
    if (status == ST_OK)
        point_at_rows(reader, out);
    return status;
}
