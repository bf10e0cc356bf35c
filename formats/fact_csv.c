/* SPDX-License-Identifier: MIT */
/* fact_csv.c - a municipality's CSV file into facts of one kind, by the kind's description.
 *
 * The header says which field is which column; each row is then parsed column by column, so that
 * every bad field of every row is reported, and handed on when nothing is wrong with it. With a
 * wrong header the rows are still parsed for their problems, but none is handed on.
 */
#include "stonad/input.h"

#include "formats/csv.h"
#include "formats/fact_value.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNKNOWN_COLUMN = -1, NO_FIELD = -1 };

/* Every kind may have this column too; it is no column of the fact. */
static const char *const withdrawn_answers[] = {"no", "yes", NULL};
static const struct st_fact_column withdrawn_column = {
    "withdrawn", "withdrawn", ST_COLUMN_CHOICE, 0, withdrawn_answers, 0, 0};

struct reader {
    const struct st_fact_description *kind;
    const struct st_input_terms *terms;
    const struct st_fact_sink *sink;
    enum st_status status; /* what the sink said last */
    struct st_csv csv;

    /* Columns by their index in the description; one past them is `withdrawn`. */
    size_t column_count;
    const struct st_fact_column *columns[ST_FACT_COLUMN_MAX + 1];
    int field_of[ST_FACT_COLUMN_MAX + 1];
    size_t header_count; /* fields of the header; 0 until it was read */
    bool header_is_right;

    bool row_is_right;
    struct st_fact fact;
    struct st_value withdrawn;
    char room[ST_FACT_COLUMN_MAX][ST_TEXT_MAX + 1];
};

static void report(struct reader *reader, int64_t line, const char *column, const char *code,
                   const char *text) {
    reader->row_is_right = false;
    if (reader->status == ST_OK)
        reader->status = reader->sink->problem(reader->sink->context, line, column, code, text);
}

static void report_about(struct reader *reader, int64_t line, const char *column, const char *code,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));
static void report_about(struct reader *reader, int64_t line, const char *column, const char *code,
                         const char *format, ...) {
    char text[ST_FIELD_PROBLEM_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    report(reader, line, column, code, text);
}

/* ---- the header ------------------------------------------------------------------------------ */

static void start_columns(struct reader *reader, enum st_fact_kind kind) {
    reader->kind = st_fact_describe(kind);
    assert(reader->kind->file != NULL);
    reader->fact.kind = kind;
    reader->column_count = reader->kind->column_count;
    for (size_t i = 0; i < reader->column_count; i++)
        reader->columns[i] = &reader->kind->columns[i];
    reader->columns[reader->column_count] = &withdrawn_column;
    for (size_t i = 0; i <= reader->column_count; i++)
        reader->field_of[i] = NO_FIELD;
}

static int find_column(const struct reader *reader, const struct st_csv_field *name) {
    for (size_t i = 0; i <= reader->column_count; i++) {
        const char *known = reader->columns[i]->name;
        if (strlen(known) == name->size && memcmp(known, name->text, name->size) == 0)
            return (int)i;
    }
    return UNKNOWN_COLUMN;
}

static void report_unknown_column(struct reader *reader, const struct st_csv_field *name) {
    const char *names[ST_FACT_COLUMN_MAX + 1];
    char shown[ST_SHOWN_SIZE];
    for (size_t i = 0; i <= reader->column_count; i++)
        names[i] = reader->columns[i]->name;
    const char *nearest = st_name_nearest(name->text, name->size, names, reader->column_count + 1);
    st_value_show(name->text, name->size, shown);
    if (name->size == 0)
        report_about(reader, reader->csv.line, "", "csv.column_unnamed",
                     "a column has no name; name it or take it out");
    else if (nearest != NULL)
        report_about(reader, reader->csv.line, shown, "csv.column_unknown",
                     "%s.csv has no column of this name; did you mean %s?", reader->kind->file,
                     nearest);
    else
        report_about(reader, reader->csv.line, shown, "csv.column_unknown",
                     "%s.csv has no column of this name; take it out or correct the name",
                     reader->kind->file);
}

static void report_missing_columns(struct reader *reader) {
    for (size_t i = 0; i < reader->column_count; i++) {
        const struct st_fact_column *column = reader->columns[i];
        if (reader->field_of[i] == NO_FIELD && !(column->flags & ST_COLUMN_MAY_MISS))
            report_about(reader, reader->csv.line, column->name, "csv.column_missing",
                         "the header lacks this column of %s.csv; add it%s", reader->kind->file,
                         column->flags & ST_COLUMN_REQUIRED ? "" : " (its fields may be empty)");
    }
}

static void place_column(struct reader *reader, const struct st_csv_field *name, int field) {
    int column = find_column(reader, name);
    if (column == UNKNOWN_COLUMN)
        report_unknown_column(reader, name);
    else if (reader->field_of[column] != NO_FIELD)
        report_about(reader, reader->csv.line, reader->columns[column]->name, "csv.column_twice",
                     "the header names this column twice; take one out");
    else
        reader->field_of[column] = field;
}

/* Which field is which column. False when not one is known: then nothing below it can be. */
static bool read_header(struct reader *reader) {
    bool any_is_known = false;
    reader->row_is_right = true;
    reader->header_count = reader->csv.field_count;
    for (size_t i = 0; i < reader->header_count; i++) {
        st_field_trim(&reader->csv.fields[i]);
        any_is_known |= find_column(reader, &reader->csv.fields[i]) != UNKNOWN_COLUMN;
    }
    if (!any_is_known) {
        report_about(reader, reader->csv.line, "", "csv.no_header",
                     "the first row names no column of %s.csv; begin the file with its header, "
                     "person_id and so on, separated by commas or semicolons",
                     reader->kind->file);
        return false;
    }
    for (size_t i = 0; i < reader->header_count; i++)
        place_column(reader, &reader->csv.fields[i], (int)i);
    report_missing_columns(reader);
    reader->header_is_right = reader->row_is_right;
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void parse_column(struct reader *reader, size_t index, char *room, struct st_value *out) {
    struct st_field_problem problem;
    const struct st_fact_column *column = reader->columns[index];
    int field = reader->field_of[index];
    *out = (struct st_value){.is_null = true};
    if (field == NO_FIELD)
        return;
    if (!st_fact_value_parse(column, &reader->csv.fields[field], reader->terms, room, out,
                             &problem)) {
        report(reader, reader->csv.line, column->name, problem.code, problem.text);
        return;
    }
    /* A withdrawn row only says which row it withdraws. */
    unsigned demanded = reader->fact.withdrawn ? ST_COLUMN_KEY : ST_COLUMN_KEY | ST_COLUMN_REQUIRED;
    if (out->is_null && (column->flags & demanded) != 0)
        report(reader, reader->csv.line, column->name, "csv.required",
               "the field is empty; every row needs it");
}

static bool has_right_field_count(struct reader *reader) {
    size_t given = reader->csv.field_count, named = reader->header_count;
    if (given == named)
        return true;
    report_about(reader, reader->csv.line, "", given < named ? "csv.fields_few" : "csv.fields_many",
                 "the row has %zu field%s, the header %zu; %s", given, given == 1 ? "" : "s", named,
                 given < named ? "look for a missing separator or a line broken in two"
                               : "put a field that holds the separator in quotes");
    return false;
}

static void check_row(struct reader *reader) {
    struct st_fact_problem problem;
    if (!st_fact_check(&reader->fact, &problem))
        report(reader, reader->csv.line, reader->columns[problem.column]->name, problem.code,
               problem.text);
}

static void read_row(struct reader *reader) {
    reader->row_is_right = true;
    if (!has_right_field_count(reader))
        return;
    reader->fact.withdrawn = false;
    parse_column(reader, reader->column_count, reader->room[0], &reader->withdrawn);
    reader->fact.withdrawn = !reader->withdrawn.is_null && reader->withdrawn.number == 1;
    for (size_t i = 0; i < reader->column_count; i++)
        parse_column(reader, i, reader->room[i], &reader->fact.values[i]);
    if (!reader->header_is_right || !reader->row_is_right)
        return;
    check_row(reader);
    if (reader->row_is_right)
        reader->status = reader->sink->fact(reader->sink->context, reader->csv.line, &reader->fact);
}

/* A line that breaks the form of CSV, with the column's name where the header told it. */
static void report_broken_line(struct reader *reader) {
    const struct st_csv_problem *problem = &reader->csv.problem;
    const char *column = "";
    for (size_t i = 0; i <= reader->column_count; i++)
        if (reader->field_of[i] != NO_FIELD && reader->field_of[i] == problem->field)
            column = reader->columns[i]->name;
    report(reader, reader->csv.line, column, problem->code, problem->text);
}

static enum st_status read_all(struct reader *reader, struct st_error *error) {
    while (reader->status == ST_OK) {
        switch (st_csv_next(&reader->csv, error)) {
        case ST_CSV_ROW:
            if (reader->header_count > 0)
                read_row(reader);
            else if (!read_header(reader))
                return reader->status;
            break;
        case ST_CSV_PROBLEM:
            report_broken_line(reader);
            if (reader->header_count == 0)
                return reader->status; /* without a header no row can be understood */
            break;
        case ST_CSV_END:
            if (reader->header_count == 0)
                report(
                    reader, 1, "", "csv.empty",
                    "the file is empty; it needs at least a header with the names of its columns");
            return reader->status;
        case ST_CSV_FAILED:
            return error->status;
        }
    }
    return reader->status;
}

static enum st_status read_source(struct st_byte_source *source, enum st_fact_kind kind,
                                  const struct st_input_terms *terms,
                                  const struct st_fact_sink *sink, struct st_error *error) {
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return st_bytes_no_memory(error);
    reader->terms = terms;
    reader->sink = sink;
    start_columns(reader, kind);
    enum st_status status = st_csv_begin(&reader->csv, source, error);
    if (status == ST_OK)
        status = read_all(reader, error);
    st_csv_end(&reader->csv);
    free(reader);
    return status;
}

enum st_status st_read_fact_csv(const char *path, enum st_fact_kind kind,
                                const struct st_input_terms *terms, const struct st_fact_sink *sink,
                                struct st_error *error) {
    struct st_byte_source source;
    enum st_status status = st_bytes_open(path, &source, error);
    if (status != ST_OK)
        return status;
    status = read_source(&source, kind, terms, sink, error);
    st_bytes_close(&source);
    return status;
}

enum st_status st_read_fact_csv_memory(const char *bytes, size_t size, enum st_fact_kind kind,
                                       const struct st_input_terms *terms,
                                       const struct st_fact_sink *sink, struct st_error *error) {
    struct st_byte_source source = st_bytes_of_memory(bytes, size);
    return read_source(&source, kind, terms, sink, error);
}
