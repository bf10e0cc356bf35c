/* SPDX-License-Identifier: MIT */
/* run_facts.c - the facts of one person after the other, in person order: one walk over each fact
 * table, all in step, so that memory does not grow with the register.
 *
 * Partners are looked up by key when a living row names one. What was recorded since the last run
 * compared earlier months is noted on the way (R11): the walk meets it anyhow. What earlier runs
 * left of the person comes from run_history.c.
 */
#include "db/run_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PERSON_ROWS_MAX = 10000 /* of one kind */ };

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
static void to_recovery(const struct st_fact *fact, void *out) { st_recovery_of(fact, out); }
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
    RECOVERIES,
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
    bool moves_benefit; /* what a month comes to depends on it (R2-R9), so it may change earlier months */
} tables[TABLE_COUNT] = {
    [PROGRAMMES] = {ST_FACT_PROGRAMME, sizeof(struct st_programme), to_programme, true},
    [LIVING] = {ST_FACT_LIVING, sizeof(struct st_living), to_living, true},
    [ABSENCES] = {ST_FACT_ABSENCE, sizeof(struct st_absence), to_absence, true},
    [BENEFITS] = {ST_FACT_BENEFIT, sizeof(struct st_other_benefit), to_benefit, true},
    [WORK] = {ST_FACT_WORK, sizeof(struct st_work), to_work, true},
    [TAXCARDS] = {ST_FACT_TAXCARD, sizeof(struct st_taxcard), to_taxcard, false},
    [AUTHORITY_CARDS] = {ST_FACT_AUTHORITY_CARD, sizeof(struct st_authority_card),
                         to_authority_card, false},
    [CARE] = {ST_FACT_CARE, sizeof(struct st_care), to_care, true},
    [DECISIONS] = {ST_FACT_DECISION, sizeof(struct st_decision), to_decision, true},
    [RECOVERIES] = {ST_FACT_RECOVERY, sizeof(struct st_recovery), to_recovery, false},
    [ENDINGS] = {ST_FACT_ENDING, sizeof(struct st_ending), to_ending, false},
    [CONTENT] = {ST_FACT_CONTENT, sizeof(struct st_weekly_hours), to_weekly_hours, false},
    [EMPLOYMENT] = {ST_FACT_EMPLOYMENT, sizeof(struct st_weekly_hours), to_weekly_hours, false},
    [SETTLEMENTS] = {ST_FACT_SETTLEMENT, sizeof(struct st_settlement), to_settlement, false},
};

/* A growing array of typed rows, kept from person to person. */
struct rows {
    void *items;
    size_t count, capacity;
};

struct partner {
    struct rows programmes, absences;
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
    struct rows entry_dates;   /* st_date: of journal entry index + 1 */
    struct rows changes;       /* struct st_fact_change: of this person, since the last run */
    sqlite3_stmt *last_participant; /* of who was withdrawn from the register: the row before */
    struct st_run_history *history;
    int64_t since;             /* the entry of the last run that was kept */
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

/* The column of a kind that a change is named by: "absence unapproved". */
enum { KIND_COLUMN = 3 };

static void describe_change(const struct st_fact *fact, struct st_fact_change *change) {
    const struct st_fact_description *kind = st_fact_describe(fact->kind);
    const struct st_value *values = fact->values;
    bool has_word = fact->kind == ST_FACT_ABSENCE || fact->kind == ST_FACT_BENEFIT;
    change->from = ST_DATE_NONE;
    change->to = ST_DATE_OPEN;
    change->word = has_word ? kind->columns[KIND_COLUMN].choices[values[KIND_COLUMN].number] : "";
    if (kind->from_column < 0)
        return;
    change->from = (st_date)values[kind->from_column].number;
    if (!fact->withdrawn && !values[kind->to_column].is_null)
        change->to = (st_date)values[kind->to_column].number;
}

/* Keeps the row the cursor stands on, when it may change months that were compared before it. */
static enum st_status note_change(struct st_facts_reader *reader,
                                  const struct st_fact_cursor *cursor, bool is_partner,
                                  struct st_error *error) {
    int64_t entry = st_fact_cursor_entry(cursor);
    struct st_fact fact;
    if (reader->history == NULL || entry <= reader->since)
        return ST_OK;
    if (!st_fact_read(cursor->statement, cursor->kind, &fact))
        return st_db_fail_fact(cursor->kind, st_column_text(cursor->statement, 0), error);
    struct st_fact_change *change =
        add_item(&reader->changes, sizeof *change, TABLE_COUNT * PERSON_ROWS_MAX);
    if (change == NULL)
        return fail_room(&reader->changes, error);
    *change = (struct st_fact_change){.kind = cursor->kind,
                                      .entry = entry,
                                      .is_withdrawn = fact.withdrawn,
                                      .is_partner = is_partner};
    describe_change(&fact, change);
    return ST_OK;
}

static enum st_status read_rows(struct st_facts_reader *reader, struct st_fact_cursor *cursor,
                                int table, const char *person_id, bool is_partner,
                                struct rows *rows, struct st_error *error) {
    struct st_fact fact;
    bool found = true;
    rows->count = 0;
    for (;;) {
        enum st_status status = st_fact_cursor_meet(cursor, person_id, &found, error);
        if (status == ST_OK && found && tables[table].moves_benefit)
            status = note_change(reader, cursor, is_partner, error);
        if (status != ST_OK || !found)
            return status;
        if (st_fact_cursor_is_withdrawn(cursor))
            continue;
        if (!st_fact_read(cursor->statement, cursor->kind, &fact))
            return st_db_fail_fact(cursor->kind, person_id, error);
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
    bool found = false;
    if (partner == NULL || facts == NULL)
        return fail_room(&reader->partner_list, error);
    memset(partner, 0, sizeof *partner);
    memcpy(partner->person_id, person_id, sizeof partner->person_id);
    facts->programmes.count = facts->absences.count = 0;
    enum st_status status = st_fact_cursor_seek(&reader->partner_participant, person_id, error);
    if (status == ST_OK)
        status = st_fact_cursor_meet(&reader->partner_participant, person_id, &found, error);
    if (status == ST_OK && found)
        status = note_change(reader, &reader->partner_participant, true, error);
    partner->in_register =
        status == ST_OK && found && !st_fact_cursor_is_withdrawn(&reader->partner_participant);
    if (status != ST_OK || !partner->in_register)
        return status; /* counts as not taking part (R2) */
    status = st_fact_cursor_seek(&reader->partner_programmes, person_id, error);
    if (status == ST_OK)
        status = read_rows(reader, &reader->partner_programmes, PROGRAMMES, person_id, true,
                           &facts->programmes, error);
    if (status == ST_OK)
        status = st_fact_cursor_seek(&reader->partner_absences, person_id, error);
    if (status == ST_OK)
        status = read_rows(reader, &reader->partner_absences, ABSENCES, person_id, true,
                           &facts->absences, error);
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

static enum st_status open_history(struct st_facts_reader *reader, struct st_error *error) {
    struct st_sql sql = {0};
    enum st_status status =
        st_run_history_new(reader->ledger, &reader->terms.history, &reader->history, error);
    if (status != ST_OK)
        return status;
    reader->since = st_run_history_since(reader->history);
    st_sql_add(&sql, "SELECT ");
    st_sql_columns(&sql, ST_FACT_PARTICIPANT, false, "");
    st_sql_add(&sql, ", withdrawn, entry FROM participant WHERE person_id = ?1 AND entry < ?2"
                     " AND withdrawn = 0 ORDER BY entry DESC LIMIT 1");
    status = st_prepare(reader->ledger, &reader->last_participant, sql.text, error);
    if (status == ST_OK &&
        sqlite3_bind_int64(reader->last_participant, 2, reader->terms.before) != SQLITE_OK)
        status = st_db_fail_sqlite(reader->ledger, error);
    return status;
}

enum st_status st_facts_reader_new(struct st_ledger *ledger, const struct st_facts_terms *terms,
                                   struct st_facts_reader **out, struct st_error *error) {
    struct st_facts_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return st_db_fail_memory(error);
    reader->ledger = ledger;
    reader->terms = *terms;
    if (terms->history.before == 0)
        reader->terms.history.before = terms->before;
    reader->terms.history.payday = terms->payday;
    enum st_status status = open_walk(reader, &reader->participants, ST_FACT_PARTICIPANT, error);
    for (int i = 0; status == ST_OK && i < tables_read(reader); i++)
        status = open_walk(reader, &reader->cursors[i], tables[i].kind, error);
    if (status == ST_OK)
        status = open_partner_cursors(reader, error);
    if (status == ST_OK)
        status = open_history(reader, error);
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
    st_statement_finalize(&reader->last_participant);
    st_run_history_free(reader->history);
    free(partners);
    free(reader->partner_list.items);
    free(reader->changes.items);
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
    out->recoveries = rows[RECOVERIES].items;
    out->recovery_count = rows[RECOVERIES].count;
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

static enum st_status read_person(struct st_facts_reader *reader, struct st_person_facts *out,
                                  struct st_error *error) {
    const char *person_id = out->participant.person_id;
    enum st_status status = ST_OK;
    for (int i = 0; status == ST_OK && i < tables_read(reader); i++)
        status = read_rows(reader, &reader->cursors[i], i, person_id, false, &reader->rows[i],
                           error);
    if (status == ST_OK)
        status = read_partners(reader, error);
    return status;
}

/* Who was withdrawn from the register has no facts any more; what was paid has to be put right, and
 * claims stand. Nobody else is met: *is_met. */
static enum st_status read_withdrawn(struct st_facts_reader *reader, struct st_person_facts *out,
                                     bool *is_met, struct st_error *error) {
    sqlite3_stmt *row = reader->last_participant;
    struct st_fact fact;
    char person_id[ST_PERSON_ID_SIZE];
    bool found = false;
    *is_met = false;
    if (!reader->terms.history.with_corrections)
        return ST_OK;
    st_column_copy(reader->participants.statement, 0, person_id, sizeof person_id);
    (void)sqlite3_reset(row);
    if (sqlite3_bind_text(row, 1, person_id, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_sqlite(reader->ledger, error);
    enum st_status status = st_step(reader->ledger, row, &found, error);
    if (status == ST_OK && found && !st_fact_read(row, ST_FACT_PARTICIPANT, &fact))
        status = st_db_fail_fact(ST_FACT_PARTICIPANT, person_id, error);
    if (status != ST_OK || !found)
        return status;
    st_participant_of(&fact, &out->participant);
    (void)sqlite3_reset(row);
    for (int i = 0; i < TABLE_COUNT; i++)
        reader->rows[i].count = 0;
    reader->partner_list.count = 0;
    *is_met = true;
    return ST_OK;
}

enum st_status st_facts_reader_next(struct st_facts_reader *reader, struct st_person_facts *out,
                                    bool *found, struct st_error *error) {
    for (;;) {
        struct st_fact fact;
        bool is_met = true;
        reader->changes.count = 0;
        enum st_status status =
            st_fact_cursor_meet(&reader->participants, NULL, found, error);
        if (status != ST_OK || !*found)
            return status;
        bool is_withdrawn = st_fact_cursor_is_withdrawn(&reader->participants);
        out->is_withdrawn = is_withdrawn;
        status = note_change(reader, &reader->participants, false, error);
        if (status == ST_OK && is_withdrawn) {
            status = read_withdrawn(reader, out, &is_met, error);
        } else if (status == ST_OK) {
            if (!st_fact_read(reader->participants.statement, ST_FACT_PARTICIPANT, &fact))
                return st_db_fail_fact(
                    ST_FACT_PARTICIPANT, st_column_text(reader->participants.statement, 0), error);
            st_participant_of(&fact, &out->participant);
            status = read_person(reader, out, error);
        }
        if (status == ST_OK && is_met) {
            point_at_rows(reader, out);
            status = st_run_history_read(reader->history, reader->changes.count > 0, out, error);
            is_met = !is_withdrawn || out->look_back || out->claim_count > 0;
        }
        if (status != ST_OK || is_met)
            return status;
    }
}

const struct st_fact_change *st_facts_reader_changes(const struct st_facts_reader *reader,
                                                     size_t *count) {
    *count = reader->changes.count;
    return reader->changes.items;
}

const struct st_run_history *st_facts_reader_history(const struct st_facts_reader *reader) {
    return reader->history;
}
