/* SPDX-License-Identifier: MIT */
/* import_merge.c - the staged rows of one kind, in the order of their keys, merged with the rows
 * of the register that count: so one pass finds keys given twice, persons nobody knows, periods
 * that overlap as of after the import, and rows that change nothing. What remains is written in
 * the same pass.
 */
#include "db/import_internal.h"

#include "stonad/identifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ABSENCE_HOURS_COLUMN = 4 };

/* Where the row of a period stands: in a file of this import, or (file 0) in the register. */
struct place {
    int file;
    int64_t line;
};

/* The period that ends last among those met of a person. */
struct period {
    bool is_set;
    char from[ST_DATE_TEXT_SIZE], to[ST_DATE_TEXT_SIZE]; /* an open end is later than any date */
    struct place place;
};
static const char open_end[ST_DATE_TEXT_SIZE] = "9999-99-99";

struct merge {
    struct st_import *import;
    enum st_fact_kind kind;
    const struct st_fact_description *description;
    int column_count;

    sqlite3_stmt *staged; /* columns: the kind's, withdrawn, file, line */
    bool has_staged;
    struct st_fact_key key, previous_key; /* of the staged row, and of the one before */
    struct place place, previous_place;

    struct st_fact_cursor existing; /* the register's rows of the kind */
    bool has_existing;
    struct st_fact_cursor known; /* the register's participants, this import's among them */

    struct st_writer writer;
    char person_id[ST_PERSON_ID_SIZE]; /* whose rows are being merged */
    bool is_known;
    struct period whole_days, hours; /* of absences; other kinds use the first alone */
};

/* ---- staged rows --------------------------------------------------------------------------- */

static enum st_status open_staged(struct merge *merge, struct st_error *error) {
    struct st_sql sql = {0};
    st_sql_add(&sql, "SELECT ");
    st_sql_columns(&sql, merge->kind, false, "");
    st_sql_add(&sql, ", withdrawn, file, line FROM temp.staged_%s ORDER BY ",
               merge->description->table);
    if (merge->import->stages[merge->kind].is_sorted) {
        st_sql_add(&sql, "rowid");
    } else {
        st_sql_columns(&sql, merge->kind, true, "");
        st_sql_add(&sql, ", file, line");
    }
    return st_prepare(merge->import->ledger, &merge->staged, sql.text, error);
}

static enum st_status next_staged(struct merge *merge, struct st_error *error) {
    merge->previous_key = merge->key;
    merge->previous_place = merge->place;
    enum st_status status =
        st_step(merge->import->ledger, merge->staged, &merge->has_staged, error);
    if (status != ST_OK || !merge->has_staged)
        return status;
    if (!st_fact_key_read(merge->staged, merge->kind, &merge->key))
        return st_db_fail_fact(merge->kind, st_column_text(merge->staged, 0), error);
    merge->place.file = sqlite3_column_int(merge->staged, merge->column_count + 1);
    merge->place.line = sqlite3_column_int64(merge->staged, merge->column_count + 2);
    return ST_OK;
}

static bool staged_is_withdrawn(const struct merge *merge) {
    return sqlite3_column_int(merge->staged, merge->column_count) != 0;
}

static const char *file_name(const struct merge *merge, struct place place) {
    return merge->import->sources[place.file - 1].name;
}

/* ---- persons ------------------------------------------------------------------------------- */

/* Who could not be read because of a problem in their own row is not reported again. */
static bool participants_have_problems(const struct st_import *import) {
    const struct st_fact_description *participant = st_fact_describe(ST_FACT_PARTICIPANT);
    for (int i = 0; i < import->source_count; i++) {
        const struct st_import_source *source = &import->sources[i];
        if (source->has_problem && (strcmp(source->kind, participant->table) == 0 ||
                                    strcmp(source->kind, participant->file) == 0))
            return true;
    }
    return false;
}

static enum st_status look_up_person(struct merge *merge, struct st_error *error) {
    merge->is_known = true;
    if (merge->kind == ST_FACT_PARTICIPANT)
        return ST_OK;
    enum st_status status =
        st_fact_cursor_meet(&merge->known, merge->person_id, &merge->is_known, error);
    if (status == ST_OK && merge->is_known)
        merge->is_known = !st_fact_cursor_is_withdrawn(&merge->known);
    return status;
}

static enum st_status report_unknown(struct merge *merge, struct st_error *error) {
    char masked[ST_PERSON_NUMBER_SIZE], text[ST_ERROR_TEXT_MAX];
    st_person_number_mask(merge->person_id, masked);
    if (merge->kind == ST_FACT_AUTHORITY_CARD) {
        (void)snprintf(text, sizeof text,
                       "The tax card of %s was left out: the person is not in the register.",
                       masked);
        return st_import_add_note(merge->import, merge->place.file, merge->place.line,
                                  "import.unknown_card_person", text, error);
    }
    if (participants_have_problems(merge->import))
        return ST_OK;
    (void)snprintf(text, sizeof text,
                   "%s is neither in the register nor in this import; add the person to "
                   "participants.csv, or put the number right.",
                   masked);
    return st_import_add_problem(merge->import, merge->place.file, merge->place.line,
                                 merge->description->columns[0].name, "import.unknown_person", text,
                                 error);
}

/* ---- periods ------------------------------------------------------------------------------- */

static void place_text(const struct merge *merge, const struct period *period, char *text,
                       size_t size) {
    const char *to = strcmp(period->to, open_end) == 0 ? "open" : period->to;
    if (period->place.file == 0)
        (void)snprintf(text, size, "the one in the register, %s to %s", period->from, to);
    else
        (void)snprintf(text, size, "%.200s line %" PRId64 ", %s to %s",
                       file_name(merge, period->place), period->place.line, period->from, to);
}

/* Reports at the row that is imported; the register by itself never overlaps. */
static enum st_status report_overlap(struct merge *merge, const struct period *earlier,
                                     const struct period *later, struct st_error *error) {
    char text[ST_ERROR_TEXT_MAX], other[320];
    const struct period *ours = later->place.file != 0 ? later : earlier;
    if (ours->place.file == 0)
        return ST_OK;
    place_text(merge, ours == later ? earlier : later, other, sizeof other);
    (void)snprintf(text, sizeof text,
                   "This %s overlaps another of the same person (%s); change one of them, or "
                   "withdraw it.",
                   merge->description->noun, other);
    return st_import_add_problem(merge->import, ours->place.file, ours->place.line,
                                 merge->description->columns[merge->description->from_column].name,
                                 "import.overlap", text, error);
}

static bool overlaps(const struct period *earlier, const struct period *later) {
    return earlier->is_set && strcmp(earlier->to, later->from) >= 0;
}

/* Rows come by their first day, so a row overlaps an earlier one when it begins before the latest
 * end so far. Of absences, hours may share a day with hours, but not with whole days. */
static enum st_status meet_period(struct merge *merge, sqlite3_stmt *row, struct place place,
                                  struct st_error *error) {
    struct period period = {.is_set = true, .place = place};
    const struct st_fact_description *description = merge->description;
    bool is_hours =
        merge->kind == ST_FACT_ABSENCE && sqlite3_column_int64(row, ABSENCE_HOURS_COLUMN) > 0;
    if (!description->may_not_overlap)
        return ST_OK;
    st_column_copy(row, description->from_column, period.from, sizeof period.from);
    st_column_copy(row, description->to_column, period.to, sizeof period.to);
    if (period.to[0] == '\0')
        memcpy(period.to, open_end, sizeof period.to);
    enum st_status status = ST_OK;
    if (overlaps(&merge->whole_days, &period))
        status = report_overlap(merge, &merge->whole_days, &period, error);
    else if (!is_hours && overlaps(&merge->hours, &period))
        status = report_overlap(merge, &merge->hours, &period, error);
    struct period *latest = is_hours ? &merge->hours : &merge->whole_days;
    if (!latest->is_set || strcmp(latest->to, period.to) < 0)
        *latest = period;
    return status;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static bool same_value(sqlite3_stmt *a, sqlite3_stmt *b, int column) {
    int type = sqlite3_column_type(a, column);
    if (type != sqlite3_column_type(b, column))
        return false;
    if (type == SQLITE_INTEGER)
        return sqlite3_column_int64(a, column) == sqlite3_column_int64(b, column);
    return type == SQLITE_NULL || strcmp(st_column_text(a, column), st_column_text(b, column)) == 0;
}

/* Whether the staged row says what the register says already. */
static bool changes_nothing(const struct merge *merge, bool is_replacing) {
    if (!is_replacing)
        return staged_is_withdrawn(merge);
    if (staged_is_withdrawn(merge))
        return st_fact_cursor_is_withdrawn(&merge->existing);
    for (int i = 0; i <= merge->column_count; i++)
        if (!same_value(merge->staged, merge->existing.statement, i))
            return false;
    return true;
}

static enum st_status write_row(struct merge *merge, bool is_replacing, struct st_error *error) {
    struct st_import_result *result = &merge->import->result;
    if (changes_nothing(merge, is_replacing)) {
        result->unchanged_count++;
        return ST_OK;
    }
    enum st_status status = st_writer_begin(&merge->writer, 1, error);
    if (status != ST_OK)
        return status;
    st_writer_row(&merge->writer);
    for (int i = 0; i <= merge->column_count; i++)
        st_writer_column(&merge->writer, merge->staged, i);
    st_writer_integer(&merge->writer, merge->import->entry.number);
    if (staged_is_withdrawn(merge))
        result->withdrawn_count++;
    else if (is_replacing && !st_fact_cursor_is_withdrawn(&merge->existing))
        result->replaced_count++;
    else
        result->added_count++;
    return st_writer_flush(&merge->writer, error);
}

static enum st_status report_duplicate(struct merge *merge, struct st_error *error) {
    char text[ST_ERROR_TEXT_MAX];
    (void)snprintf(text, sizeof text,
                   "The same %s (the same key) stands in %.200s line %" PRId64
                   " too; keep one of the two rows.",
                   merge->description->noun, file_name(merge, merge->previous_place),
                   merge->previous_place.line);
    /* The first of several stays the one that is named. */
    merge->place = merge->previous_place;
    int file = sqlite3_column_int(merge->staged, merge->column_count + 1);
    int64_t line = sqlite3_column_int64(merge->staged, merge->column_count + 2);
    return st_import_add_problem(merge->import, file, line, "", "import.duplicate", text, error);
}

/* One staged row; `is_replacing`: the register has a row of the same key. */
static enum st_status take_staged(struct merge *merge, bool is_replacing, struct st_error *error) {
    enum st_status status = ST_OK;
    bool is_withdrawn = staged_is_withdrawn(merge);
    if (merge->previous_key.size > 0 && st_fact_key_compare(&merge->previous_key, &merge->key) == 0)
        return report_duplicate(merge, error);
    if (!merge->is_known && !is_withdrawn)
        return report_unknown(merge, error);
    if (!is_withdrawn)
        status = meet_period(merge, merge->staged, merge->place, error);
    return status == ST_OK ? write_row(merge, is_replacing, error) : status;
}

static enum st_status next_existing(struct merge *merge, struct st_error *error) {
    return st_fact_cursor_meet(&merge->existing, merge->person_id, &merge->has_existing, error);
}

static bool staged_is_of_person(const struct merge *merge) {
    return merge->has_staged && strcmp(st_column_text(merge->staged, 0), merge->person_id) == 0;
}

/* Every row of one person, staged or in the register, by key. */
static enum st_status merge_person(struct merge *merge, struct st_error *error) {
    static const struct place in_register = {0, 0};
    st_column_copy(merge->staged, 0, merge->person_id, sizeof merge->person_id);
    merge->whole_days.is_set = merge->hours.is_set = false;
    enum st_status status = look_up_person(merge, error);
    if (status == ST_OK)
        status = next_existing(merge, error);
    while (status == ST_OK && (merge->has_existing || staged_is_of_person(merge))) {
        int order = !merge->has_existing ? -1
                    : !staged_is_of_person(merge)
                        ? 1
                        : st_fact_key_compare(&merge->key, &merge->existing.key);
        if (order > 0) {
            if (!st_fact_cursor_is_withdrawn(&merge->existing))
                status = meet_period(merge, merge->existing.statement, in_register, error);
        } else {
            status = take_staged(merge, order == 0, error);
            if (status == ST_OK)
                status = next_staged(merge, error);
        }
        if (status == ST_OK && order >= 0)
            status = next_existing(merge, error);
    }
    return status;
}

enum st_status st_import_merge(struct st_import *import, enum st_fact_kind kind,
                               struct st_error *error) {
    struct merge merge = {.import = import,
                          .kind = kind,
                          .description = st_fact_describe(kind),
                          .column_count = (int)st_fact_describe(kind)->column_count};
    struct st_ledger *ledger = import->ledger;
    int64_t entry = import->entry.number;
    st_writer_open(&merge.writer, ledger, st_table_of(kind));
    enum st_status status = open_staged(&merge, error);
    if (status == ST_OK)
        status = st_fact_cursor_open(&merge.existing, ledger, kind, false, entry, error);
    if (status == ST_OK)
        status =
            st_fact_cursor_open(&merge.known, ledger, ST_FACT_PARTICIPANT, false, entry + 1, error);
    if (status == ST_OK)
        status = st_fact_cursor_seek(&merge.existing, "", error);
    if (status == ST_OK && kind != ST_FACT_PARTICIPANT)
        status = st_fact_cursor_seek(&merge.known, "", error);
    if (status == ST_OK)
        status = next_staged(&merge, error);
    while (status == ST_OK && merge.has_staged)
        status = merge_person(&merge, error);
    st_writer_close(&merge.writer);
    st_statement_finalize(&merge.staged);
    st_fact_cursor_close(&merge.existing);
    st_fact_cursor_close(&merge.known);
    return status;
}
