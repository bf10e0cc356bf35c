/* SPDX-License-Identifier: MIT */
/* import.c - an import: rows staged in temporary tables on disk, then checked against each other
 * and the register, and written in the order of their keys - all, or nothing.
 *
 * The write lock is taken at the beginning. What is wrong is staged too and can be visited until
 * st_import_free; until then, too, an import that wrote nothing keeps its transaction.
 */
#define _DEFAULT_SOURCE /* strdup */
#include "db/import_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SOURCE_MAX = 10000,
    SOURCE_NAME_MAX = 4096,
    SOURCE_KIND_MAX = 40,
    DETAIL_NAMES_MAX = 700 /* bytes of file names in the journal's detail */
};

/* ---- begin and end ------------------------------------------------------------------------- */

/* Temporary tables belong to the transaction: a rollback removes them. */
static enum st_status make_problem_table(struct st_import *import, struct st_error *error) {
    enum st_status status =
        st_execute(import->ledger,
                   "CREATE TEMP TABLE import_problem (is_note INTEGER, file INTEGER, line INTEGER,"
                   " column_name TEXT, code TEXT, text TEXT)",
                   error);
    if (status == ST_OK)
        status = st_prepare(import->ledger, &import->add_problem,
                            "INSERT INTO temp.import_problem VALUES (?, ?, ?, ?, ?, ?)", error);
    return status;
}

enum st_status st_import_begin(struct st_ledger *ledger, const struct st_act *act,
                               struct st_import **out, struct st_error *error) {
    enum st_status status = st_act_check(act, error);
    if (status != ST_OK)
        return status;
    struct st_import *import = calloc(1, sizeof *import);
    if (import == NULL)
        return st_db_fail_memory(error);
    import->ledger = ledger;
    import->act = *act;
    (void)snprintf(import->actor, sizeof import->actor, "%s", act->actor);
    import->act.actor = import->actor;
    status = st_entry_begin(ledger, &import->act, &import->entry, error);
    if (status == ST_OK)
        status = make_problem_table(import, error);
    if (status != ST_OK) {
        st_import_free(import);
        return status;
    }
    *out = import;
    return ST_OK;
}

static void drop_tables(struct st_import *import) {
    struct st_sql sql = {0};
    st_sql_add(&sql, "DROP TABLE IF EXISTS temp.import_problem;");
    for (unsigned i = 0; i < ST_FACT_KIND_COUNT; i++)
        st_sql_add(&sql, "DROP TABLE IF EXISTS temp.staged_%s;",
                   st_fact_describe((enum st_fact_kind)i)->table);
    (void)sqlite3_exec(import->ledger->db, sql.text, NULL, NULL, NULL);
}

void st_import_free(struct st_import *import) {
    if (import == NULL)
        return;
    st_statement_finalize(&import->add_problem);
    for (size_t i = 0; i < ST_FACT_KIND_COUNT; i++)
        st_statement_finalize(&import->stages[i].insert);
    if (import->entry.open)
        st_entry_rollback(&import->entry);
    else
        drop_tables(import);
    for (int i = 0; i < import->source_count; i++) {
        free(import->sources[i].name);
        free(import->sources[i].kind);
    }
    free(import->sources);
    free(import->detail);
    free(import);
}

/* ---- files --------------------------------------------------------------------------------- */

static enum st_status grow_sources(struct st_import *import, struct st_error *error) {
    /* An import made once more reads its files, at most one a kind, beside those it records. */
    int most = import->detail == NULL ? SOURCE_MAX : SOURCE_MAX + ST_FACT_KIND_COUNT;
    if (import->source_count < import->source_capacity)
        return ST_OK;
    if (import->source_count >= most)
        return st_db_fail(error, ST_BAD_INPUT, "import.too_many_files",
                          "An import takes at most %d files; import them in parts.", SOURCE_MAX);
    int capacity = import->source_capacity == 0 ? 16 : 2 * import->source_capacity;
    struct st_import_source *sources =
        realloc(import->sources, (size_t)capacity * sizeof *import->sources);
    if (sources == NULL)
        return st_db_fail_memory(error);
    import->sources = sources;
    import->source_capacity = capacity;
    return ST_OK;
}

enum st_status st_import_file(struct st_import *import, const char *name, const char *kind,
                              const char *sha256, int *file_number, struct st_error *error) {
    enum st_status status = grow_sources(import, error);
    if (status != ST_OK)
        return status;
    if (strlen(name) > SOURCE_NAME_MAX || strlen(kind) > SOURCE_KIND_MAX)
        return st_db_fail(error, ST_BAD_INPUT, "import.file_name",
                          "A file's name may have at most %d bytes; give it a shorter one.",
                          SOURCE_NAME_MAX);
    struct st_import_source *source = &import->sources[import->source_count];
    *source = (struct st_import_source){.name = strdup(name), .kind = strdup(kind)};
    if (source->name == NULL || source->kind == NULL) {
        free(source->name);
        free(source->kind);
        return st_db_fail_memory(error);
    }
    (void)snprintf(source->sha256, sizeof source->sha256, "%s", sha256);
    *file_number = ++import->source_count;
    return ST_OK;
}

enum st_status st_import_as_recorded(struct st_import *import, const char *detail,
                                     struct st_error *error) {
    assert(import->detail == NULL);
    if (strlen(detail) >= ST_DETAIL_SIZE)
        return st_db_fail(error, ST_BAD_INPUT, "import.detail",
                          "The detail of an entry has at most %d bytes; this one cannot have been "
                          "recorded.",
                          ST_DETAIL_SIZE - 1);
    import->detail = strdup(detail);
    return import->detail == NULL ? st_db_fail_memory(error) : ST_OK;
}

enum st_status st_import_recorded_file(struct st_import *import, const char *name, const char *kind,
                                       const char *sha256, int64_t row_count,
                                       struct st_error *error) {
    int number;
    assert(import->detail != NULL);
    enum st_status status = st_import_file(import, name, kind, sha256, &number, error);
    if (status != ST_OK)
        return status;
    import->sources[number - 1].is_record = true;
    import->sources[number - 1].row_count = row_count;
    return ST_OK;
}

static struct st_import_source *source_of(struct st_import *import, int file_number) {
    assert(file_number >= 1 && file_number <= import->source_count);
    return &import->sources[file_number - 1];
}

/* ---- staging ------------------------------------------------------------------------------- */

static enum st_status open_stage(struct st_import *import, enum st_fact_kind kind,
                                 struct st_error *error) {
    struct st_stage *stage = &import->stages[kind];
    const struct st_fact_description *description = st_fact_describe(kind);
    struct st_sql sql = {0};
    st_sql_add(&sql, "CREATE TEMP TABLE staged_%s (", description->table);
    st_sql_columns(&sql, kind, false, "");
    st_sql_add(&sql, ", withdrawn, file, line)");
    enum st_status status = st_execute(import->ledger, sql.text, error);
    if (status != ST_OK)
        return status;
    char table[64];
    (void)snprintf(table, sizeof table, "temp.staged_%s", description->table);
    sql.used = 0;
    st_sql_insert(&sql, table, (int)description->column_count + 3, 1);
    stage->is_sorted = true;
    stage->last_key.size = 0;
    return st_prepare(import->ledger, &stage->insert, sql.text, error);
}

/* One value as it will be stored: dates and choices as text. `date` holds ST_DATE_TEXT_SIZE bytes.
 * */
static int bind_value(sqlite3_stmt *insert, int parameter, const struct st_fact_column *column,
                      const struct st_value *value, char *date) {
    if (value->is_null)
        return sqlite3_bind_null(insert, parameter);
    switch (column->type) {
    case ST_COLUMN_DATE:
        if (value->number == ST_DATE_OPEN || value->number == ST_DATE_NONE)
            return sqlite3_bind_null(insert, parameter);
        st_date_format((st_date)value->number, date);
        return sqlite3_bind_text(insert, parameter, date, ST_DATE_TEXT_SIZE - 1, SQLITE_STATIC);
    case ST_COLUMN_CHOICE:
        return sqlite3_bind_text(insert, parameter, column->choices[value->number], -1,
                                 SQLITE_STATIC);
    case ST_COLUMN_PERSON:
    case ST_COLUMN_TEXT:
    case ST_COLUMN_ACCOUNT:
    case ST_COLUMN_TABLE:
        return sqlite3_bind_text(insert, parameter, value->text, (int)value->size, SQLITE_STATIC);
    default:
        return sqlite3_bind_int64(insert, parameter, value->number);
    }
}

/* A withdrawn row holds its key alone. */
static int bind_row(sqlite3_stmt *insert, const struct st_fact *fact, int file_number, int64_t line,
                    char dates[][ST_DATE_TEXT_SIZE]) {
    static const struct st_value null_value = {.is_null = true};
    const struct st_fact_description *description = st_fact_describe(fact->kind);
    int count = (int)description->column_count, rc = SQLITE_OK;
    for (int i = 0; rc == SQLITE_OK && i < count; i++) {
        const struct st_fact_column *column = &description->columns[i];
        bool is_key = (column->flags & ST_COLUMN_KEY) != 0;
        const struct st_value *value = fact->withdrawn && !is_key ? &null_value : &fact->values[i];
        rc = bind_value(insert, i + 1, column, value, dates[i]);
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int(insert, count + 1, fact->withdrawn);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int(insert, count + 2, file_number);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(insert, count + 3, line);
    return rc;
}

enum st_status st_import_add(struct st_import *import, int file_number, int64_t line,
                             const struct st_fact *fact, struct st_error *error) {
    struct st_stage *stage = &import->stages[fact->kind];
    char dates[ST_FACT_COLUMN_MAX][ST_DATE_TEXT_SIZE];
    struct st_fact_key key;
    bool row;
    enum st_status status = stage->insert == NULL ? open_stage(import, fact->kind, error) : ST_OK;
    if (status != ST_OK)
        return status;
    if (bind_row(stage->insert, fact, file_number, line, dates) != SQLITE_OK)
        return st_db_fail_sqlite(import->ledger, error);
    status = st_step(import->ledger, stage->insert, &row, error);
    (void)sqlite3_reset(stage->insert);
    if (status != ST_OK)
        return status;
    if (stage->is_sorted) {
        stage->is_sorted =
            st_fact_key_of(fact, &key) &&
            (stage->last_key.size == 0 || st_fact_key_compare(&stage->last_key, &key) < 0);
        stage->last_key = key;
    }
    source_of(import, file_number)->row_count++;
    import->result.row_count++;
    return ST_OK;
}

/* ---- problems and notes -------------------------------------------------------------------- */

static enum st_status keep_problem(struct st_import *import, bool is_note,
                                   const struct st_import_problem *problem, int file_number,
                                   struct st_error *error) {
    sqlite3_stmt *add = import->add_problem;
    bool row;
    if (sqlite3_bind_int(add, 1, is_note) != SQLITE_OK ||
        sqlite3_bind_int(add, 2, file_number) != SQLITE_OK ||
        sqlite3_bind_int64(add, 3, problem->line) != SQLITE_OK ||
        sqlite3_bind_text(add, 4, problem->column, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_text(add, 5, problem->code, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_text(add, 6, problem->text, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_sqlite(import->ledger, error);
    enum st_status status = st_step(import->ledger, add, &row, error);
    (void)sqlite3_reset(add);
    return status;
}

enum st_status st_import_add_problem(struct st_import *import, int file_number, int64_t line,
                                     const char *column, const char *code, const char *text,
                                     struct st_error *error) {
    struct st_import_problem problem = {.line = line, .column = column, .code = code, .text = text};
    source_of(import, file_number)->has_problem = true;
    import->result.problem_count++;
    return keep_problem(import, false, &problem, file_number, error);
}

enum st_status st_import_add_note(struct st_import *import, int file_number, int64_t line,
                                  const char *code, const char *text, struct st_error *error) {
    struct st_import_problem note = {.line = line, .column = "", .code = code, .text = text};
    import->result.left_out_count++;
    return keep_problem(import, true, &note, file_number, error);
}

enum st_status st_import_each_problem(struct st_import *import, bool notes,
                                      enum st_status (*visit)(void *,
                                                              const struct st_import_problem *),
                                      void *context, struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = true;
    /* Of one line the order of rows is the order of columns: readers go from left to right. */
    enum st_status status = st_prepare(import->ledger, &statement,
                                       "SELECT file, line, column_name, code, text"
                                       " FROM temp.import_problem WHERE is_note = ?"
                                       " ORDER BY file, line, rowid",
                                       error);
    if (status == ST_OK && sqlite3_bind_int(statement, 1, notes) != SQLITE_OK)
        status = st_db_fail_sqlite(import->ledger, error);
    while (status == ST_OK && (status = st_step(import->ledger, statement, &row, error)) == ST_OK &&
           row) {
        struct st_import_problem problem = {
            .file = source_of(import, sqlite3_column_int(statement, 0))->name,
            .line = sqlite3_column_int64(statement, 1),
            .column = st_column_text(statement, 2),
            .code = st_column_text(statement, 3),
            .text = st_column_text(statement, 4)};
        status = visit(context, &problem);
    }
    return status;
}

/* The name without its folders: where a file lay on somebody's machine is nobody's business later, and
 * the same files make the same ledger wherever they lie. */
static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

/* ---- finish -------------------------------------------------------------------------------- */

static enum st_status write_sources(struct st_import *import, struct st_error *error) {
    struct st_writer writer;
    enum st_status status = ST_OK;
    int number = 0;
    st_writer_open(&writer, import->ledger, ST_TABLE_IMPORT_FILE);
    for (int i = 0; status == ST_OK && i < import->source_count; i++) {
        if (import->sources[i].is_record != (import->detail != NULL))
            continue;
        status = st_writer_begin(&writer, 1, error);
        if (status != ST_OK)
            break;
        st_writer_row(&writer);
        st_writer_integer(&writer, import->entry.number);
        st_writer_integer(&writer, ++number);
        st_writer_text(&writer, base_name(import->sources[i].name));
        st_writer_text(&writer, import->sources[i].kind);
        st_writer_text(&writer, import->sources[i].sha256);
        st_writer_integer(&writer, import->sources[i].row_count);
        status = st_writer_flush(&writer, error);
    }
    st_writer_close(&writer);
    return status;
}

/* "participants.csv: 12 rows, ... ; 12 added, 0 replaced, 0 withdrawn, 0 unchanged, 0 left out" */
static void describe(const struct st_import *import, char detail[ST_DETAIL_SIZE]) {
    const struct st_import_result *result = &import->result;
    size_t used = 0;
    int named = 0;
    detail[0] = '\0';
    for (; named < import->source_count; named++) {
        const struct st_import_source *source = &import->sources[named];
        const char *name = base_name(source->name);
        if (used + strlen(name) + 40 > DETAIL_NAMES_MAX)
            break;
        used += (size_t)snprintf(detail + used, ST_DETAIL_SIZE - used, "%s%s: %" PRId64 " rows",
                                 named == 0 ? "" : ", ", name, source->row_count);
    }
    if (named < import->source_count)
        used += (size_t)snprintf(detail + used, ST_DETAIL_SIZE - used, "%sand %d more files",
                                 named == 0 ? "" : " ", import->source_count - named);
    (void)snprintf(detail + used, ST_DETAIL_SIZE - used,
                   "; %" PRId64 " added, %" PRId64 " replaced, %" PRId64 " withdrawn, %" PRId64
                   " unchanged, %" PRId64 " left out",
                   result->added_count, result->replaced_count, result->withdrawn_count,
                   result->unchanged_count, result->left_out_count);
}

static enum st_status write_entry(struct st_import *import, struct st_error *error) {
    char detail[ST_DETAIL_SIZE];
    enum st_status status = write_sources(import, error);
    if (status != ST_OK || import->act.dry_run)
        return status;
    if (import->detail == NULL)
        describe(import, detail);
    else
        (void)snprintf(detail, sizeof detail, "%s", import->detail);
    status = st_entry_commit(&import->entry, "import", 0, detail, error);
    if (status == ST_OK)
        import->result.entry = import->entry.number;
    return status;
}

enum st_status st_import_finish(struct st_import *import, struct st_import_result *result,
                                struct st_error *error) {
    enum st_status status = ST_OK;
    for (unsigned i = 0; status == ST_OK && i < ST_FACT_KIND_COUNT; i++)
        if (import->stages[i].insert != NULL)
            status = st_import_merge(import, (enum st_fact_kind)i, error);
    const struct st_import_result *found = &import->result;
    if (status == ST_OK && found->problem_count > 0)
        status =
            st_db_fail(error, ST_BAD_INPUT, "import.problems",
                       "%" PRId64 " problem(s) were found and nothing was written; put them right "
                       "and import again.",
                       found->problem_count);
    if (status == ST_OK && found->added_count + found->replaced_count + found->withdrawn_count > 0)
        status = write_entry(import, error);
    *result = import->result;
    return status;
}
