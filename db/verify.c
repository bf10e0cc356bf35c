/* SPDX-License-Identifier: MIT */
/* verify.c - the walk over all that verify looks at, and how a finding is told. See
 * verify_internal.h for the parts. */
#include "db/verify_internal.h"

#include "resources.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- codes --------------------------------------------------------------------------------- */

static const struct {
    const char *code;
    enum st_verify_class kind;
    const char *text;
} codes[ST_VERIFY_CODE_COUNT] = {
    [ST_VERIFY_READ] = {"VERIFY-READ", ST_VERIFY_STRUCTURE,
                        "This part of the ledger could not be read to its end; restore the ledger "
                        "from a copy."},
    [ST_VERIFY_IDENTITY] = {"VERIFY-IDENTITY", ST_VERIFY_STRUCTURE,
                            "The file's mark is not that of a ledger of this version; commands "
                            "refuse it."},
    [ST_VERIFY_INTEGRITY] = {"VERIFY-INTEGRITY", ST_VERIFY_STRUCTURE,
                             "SQLite finds the file damaged, or a row outside the limits of its "
                             "table."},
    [ST_VERIFY_SCHEMA] = {"VERIFY-SCHEMA", ST_VERIFY_STRUCTURE,
                          "A table, index or trigger is not the one this version of stonad makes."},
    [ST_VERIFY_FOREIGN_KEY] = {"VERIFY-FOREIGN-KEY", ST_VERIFY_REFERENCES,
                               "The row names one that does not exist."},
    [ST_VERIFY_ENTRY] = {"VERIFY-ENTRY", ST_VERIFY_JOURNAL,
                         "The journal's entries are not numbered 1, 2, 3 ... without a gap: an "
                         "entry was removed or added."},
    [ST_VERIFY_TIME] = {"VERIFY-TIME", ST_VERIFY_JOURNAL,
                        "The entry's time does not exist, or lies before that of the entry "
                        "before."},
    [ST_VERIFY_KIND] = {"VERIFY-KIND", ST_VERIFY_JOURNAL,
                        "The entry's kind is unknown, or does not agree with whether it names a "
                        "run; init is the first entry, and only that."},
    [ST_VERIFY_CHAIN] = {"VERIFY-CHAIN", ST_VERIFY_JOURNAL,
                         "The entry does not follow the one before it: one of the two was "
                         "changed."},
    [ST_VERIFY_HASH] = {"VERIFY-HASH", ST_VERIFY_JOURNAL,
                        "The entry's own hash does not fit it: its time, actor, kind, run, detail, "
                        "tables, digest, root, previous hash or hash was changed."},
    [ST_VERIFY_TABLES] = {"VERIFY-TABLES", ST_VERIFY_JOURNAL,
                          "The entry's list of tables does not give its digest: one of the two was "
                          "changed."},
    [ST_VERIFY_DIGEST] = {"VERIFY-DIGEST", ST_VERIFY_ROWS,
                          "The rows of this table are not those the entry wrote: one or more were "
                          "changed, added or removed, or the entry's list was."},
    [ST_VERIFY_ROOT] = {"VERIFY-ROOT", ST_VERIFY_ROWS,
                        "The tree over the run's payslips has another root: a payslip, or a line, "
                        "correction, claim or finding of one, was changed, or the root was."},
    [ST_VERIFY_CODE] = {"VERIFY-CODE", ST_VERIFY_ROWS,
                        "The field does not fit the code written with it: it was changed, or the "
                        "row's codes were."},
    [ST_VERIFY_LINK] = {"VERIFY-LINK", ST_VERIFY_ROWS,
                        "The row before this one, of the same entry, is not the one that was written "
                        "before it: a row was removed, added, or its key changed."},
    [ST_VERIFY_MISSING] = {"VERIFY-MISSING", ST_VERIFY_ROWS,
                           "Rows that the entry wrote were removed here, or given to another "
                           "entry."},
    [ST_VERIFY_ROW] = {"VERIFY-ROW", ST_VERIFY_ROWS,
                       "The row is not the one the run wrote: computed again, the run gives the "
                       "rows the journal lists, and they say otherwise."},
    [ST_VERIFY_DIFFERS] = {"VERIFY-DIFFERS", ST_VERIFY_ROWS,
                           "The run computed again says otherwise, but does not give the rows the "
                           "journal lists either: this was changed, or the facts, rates, earlier "
                           "runs or rules it was computed from are others now."},
    [ST_VERIFY_CONTENT] = {"VERIFY-CONTENT", ST_VERIFY_ROWS,
                           "An entry of this kind does not write that many rows of this table: "
                           "rows were removed, added or given to another entry."},
    [ST_VERIFY_ORPHAN] = {"VERIFY-ORPHAN", ST_VERIFY_ROWS,
                          "The rows belong to no entry of the journal: they were added, or their "
                          "entry or run was changed or removed."},
    [ST_VERIFY_REFERENCE] = {"VERIFY-REFERENCE", ST_VERIFY_REFERENCES,
                             "The row names something that does not exist, or is not what it "
                             "names."},
    [ST_VERIFY_STATE] = {"VERIFY-STATE", ST_VERIFY_REFERENCES,
                         "A run is computed, then approved and exported, or discarded; this entry "
                         "does not come in that order."},
    [ST_VERIFY_FOUR_EYES] = {"VERIFY-FOUR-EYES", ST_VERIFY_REFERENCES,
                             "Who computed the run approved it too."},
    [ST_VERIFY_APPROVAL] = {"VERIFY-APPROVAL", ST_VERIFY_REFERENCES,
                            "What was approved is not what the run says."},
    [ST_VERIFY_EXPORT] = {"VERIFY-EXPORT", ST_VERIFY_REFERENCES,
                          "What is recorded of a payment file cannot be, or is not what was "
                          "recorded of another of the same run."},
    [ST_VERIFY_DETAIL] = {"VERIFY-DETAIL", ST_VERIFY_REFERENCES,
                          "The journal tells of the command otherwise than the rows it wrote."},
    [ST_VERIFY_MONTH] = {"VERIFY-MONTH", ST_VERIFY_REFERENCES,
                         "Two runs that were not discarded pay the same month, or a later run an "
                         "earlier one."},
    [ST_VERIFY_TWICE] = {"VERIFY-TWICE", ST_VERIFY_REFERENCES,
                         "Persons are paid for the same month by two runs that were not "
                         "discarded."},
    [ST_VERIFY_RATES] = {"VERIFY-RATES", ST_VERIFY_REFERENCES,
                         "The rates known to the run are not those the ledger holds."},
    [ST_VERIFY_PERSON] = {"VERIFY-PERSON", ST_VERIFY_REFERENCES,
                          "The payslip names its person, account or language otherwise than the "
                          "register did when it was computed."},
    [ST_VERIFY_TRANSFER] = {"VERIFY-TRANSFER", ST_VERIFY_SUMS,
                            "The line does not move money as a line of its kind does."},
    [ST_VERIFY_ROUNDING] = {"VERIFY-ROUNDING", ST_VERIFY_SUMS,
                            "The amount is not the exact number rounded, or cut to what "
                            "remained."},
    [ST_VERIFY_BALANCE] = {"VERIFY-BALANCE", ST_VERIFY_SUMS,
                           "The transfers to and from the person do not add up to zero."},
    [ST_VERIFY_COLUMN] = {"VERIFY-COLUMN", ST_VERIFY_SUMS,
                          "The payslip does not say what its lines and columns come to."},
    [ST_VERIFY_PAYMENT_ID] = {"VERIFY-PAYMENT-ID", ST_VERIFY_SUMS,
                              "The payment's id is not the one its place in the run gives; or "
                              "there is one and nothing is paid."},
    [ST_VERIFY_TOTAL] = {"VERIFY-TOTAL", ST_VERIFY_SUMS,
                         "The run does not say what its payslips and findings come to."},
    [ST_VERIFY_CORRECTION] = {"VERIFY-CORRECTION", ST_VERIFY_SUMS,
                              "The correction is not what the payslip's lines of that month come "
                              "to."},
    [ST_VERIFY_CLAIM] = {"VERIFY-CLAIM", ST_VERIFY_SUMS,
                         "What the person owes is not what the movements before it, or the "
                         "payslip's lines, come to."},
};

const char *st_verify_class_name(enum st_verify_class kind) {
    static const char *const names[] = {"structure", "journal", "rows", "references", "sums"};
    assert((unsigned)kind < ST_COUNT_OF(names));
    return names[kind];
}

static const char *or_empty(const char *text) { return text == NULL ? "" : text; }

enum st_status st_verify_tell(struct st_verify *verify, enum st_verify_code code,
                              const struct st_verify_row *row) {
    struct st_verify_row told = *row;
    assert((unsigned)code < ST_VERIFY_CODE_COUNT);
    told.code = codes[code].code;
    told.kind = codes[code].kind;
    told.text = row->text == NULL ? codes[code].text : row->text;
    told.table = or_empty(row->table);
    told.row = or_empty(row->row);
    told.field = or_empty(row->field);
    told.expected = or_empty(row->expected);
    told.found = or_empty(row->found);
    verify->summary->finding_counts[told.kind]++;
    enum st_status status = verify->visit(verify->context, &told);
    verify->stopped = status != ST_OK;
    return status;
}

enum st_status st_verify_tell_damage(struct st_verify *verify, const char *table,
                                     const char *row) {
    const struct st_verify_row told = {.table = table, .row = row, .found = verify->error->text};
    return st_verify_tell(verify, ST_VERIFY_READ, &told);
}

void st_verify_format_ore(int64_t ore, char text[ST_VERIFY_AMOUNT_SIZE]) {
    uint64_t size = ore < 0 ? -(uint64_t)ore : (uint64_t)ore;
    (void)snprintf(text, ST_VERIFY_AMOUNT_SIZE, "%s%" PRIu64 ".%02u", ore < 0 ? "-" : "", size / 100,
                   (unsigned)(size % 100));
}

enum st_status st_verify_same_number(struct st_verify *verify, enum st_verify_code code,
                                     const struct st_verify_row *row, int64_t expected,
                                     int64_t found, bool amount) {
    struct st_verify_row told = *row;
    char expected_text[ST_VERIFY_AMOUNT_SIZE], found_text[ST_VERIFY_AMOUNT_SIZE];
    if (expected == found)
        return ST_OK;
    told.expected = expected_text;
    told.found = found_text;
    if (!amount) {
        (void)snprintf(expected_text, sizeof expected_text, "%" PRId64, expected);
        (void)snprintf(found_text, sizeof found_text, "%" PRId64, found);
        return st_verify_tell(verify, code, &told);
    }
    st_verify_format_ore(expected, expected_text);
    st_verify_format_ore(found, found_text);
    told.has_amount = st_amount_subtract((st_amount){found}, (st_amount){expected}, &told.amount);
    return st_verify_tell(verify, code, &told);
}

enum st_status st_verify_same_text(struct st_verify *verify, enum st_verify_code code,
                                   const struct st_verify_row *row, const char *expected,
                                   const char *found) {
    struct st_verify_row told = *row;
    if (strcmp(expected, found) == 0)
        return ST_OK;
    told.expected = expected;
    told.found = found;
    return st_verify_tell(verify, code, &told);
}

/* ---- walks --------------------------------------------------------------------------------- */

void st_verify_add_key(char key[ST_VERIFY_KEY_SIZE], const char *format, ...) {
    size_t used = strlen(key);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(key + used, ST_VERIFY_KEY_SIZE - used, format, arguments);
    va_end(arguments);
}

void st_verify_key(sqlite3_stmt *statement, int count, char key[ST_VERIFY_KEY_SIZE]) {
    key[0] = '\0';
    for (int i = 0; i < count; i++)
        st_verify_add_key(key, "%s%s %.60s", i == 0 ? "" : ", ", sqlite3_column_name(statement, i),
                          st_column_text(statement, i));
}

const char *st_verify_value(sqlite3_stmt *statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        return "NULL";
    case SQLITE_BLOB:
        return "bytes that are no text";
    default:
        return st_column_text(statement, column);
    }
}

enum st_status st_verify_query(struct st_verify *verify, sqlite3_stmt **out, const char *sql,
                               int64_t parameter) {
    enum st_status status = st_prepare(verify->ledger, out, sql, verify->error);
    if (status == ST_OK && sqlite3_bind_parameter_count(*out) > 0 &&
        sqlite3_bind_int64(*out, 1, parameter) != SQLITE_OK)
        status = st_db_fail_sqlite(verify->ledger, verify->error);
    return status;
}

enum st_status st_verify_next(struct st_verify *verify, sqlite3_stmt *statement, bool *row) {
    return st_step(verify->ledger, statement, row, verify->error);
}

/* ---- all of it ----------------------------------------------------------------------------- */

/* Whether the file, though its mark is not right, holds a journal to go by. */
static bool has_journal(struct st_ledger *ledger) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    struct st_error ignored;
    return st_prepare(ledger, &statement,
                      "SELECT entry, tables, root, previous_hash, hash, codes FROM journal"
                      " LIMIT 1",
                      &ignored) == ST_OK;
}

/* A ledger whose mark was changed is still looked at; what no longer has a journal is none. */
static enum st_status open_ledger(const char *path, struct st_ledger **out,
                                  struct st_error *error) {
    struct st_error ignored;
    struct st_ledger *ledger = NULL;
    enum st_status status = st_ledger_open(path, ST_OPEN_READ, out, error);
    if (status != ST_DAMAGED || strcmp(error->code, "ledger.newer") == 0)
        return status;
    if (st_ledger_connect(path, false, &ledger, &ignored) != ST_OK)
        return status;
    if (!has_journal(ledger)) {
        st_ledger_close(ledger);
        return status;
    }
    *out = ledger;
    return ST_OK;
}

static enum st_status make_model(struct st_verify *verify) {
    if (sqlite3_open_v2(":memory:", &verify->model,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
                        NULL) != SQLITE_OK ||
        sqlite3_exec(verify->model, st_resource_db_schema_sql, NULL, NULL, NULL) != SQLITE_OK)
        return st_db_fail_memory(verify->error);
    return ST_OK;
}

/* Damage that ended one part is a finding, and the next part has its turn. */
static enum st_status perform(struct st_verify *verify, const char *what,
                              enum st_status (*part)(struct st_verify *)) {
    enum st_status status = part(verify);
    if (status != ST_DAMAGED || verify->stopped)
        return status;
    return st_verify_tell_damage(verify, "", what);
}

/* Without a secret verify goes on: the row of municipality is told of. */
static enum st_status open_leaves(struct st_verify *verify) {
    enum st_status status = st_leaf_maker_open(&verify->leaves, verify->ledger, verify->error);
    verify->has_secret = status == ST_OK;
    return status == ST_DAMAGED ? ST_OK : status;
}

/* Runs are numbered as they were computed: those of later entries have greater numbers. */
static enum st_status skip_to(struct st_verify *verify, int64_t since_entry) {
    ST_FINALIZED sqlite3_stmt *runs = NULL;
    bool found = false;
    verify->first_entry = verify->first_run = INT64_MIN;
    if (since_entry == 0)
        return ST_OK;
    verify->first_entry = since_entry + 1;
    enum st_status status = st_verify_query(
        verify, &runs, "SELECT ifnull(max(run), 0) FROM run WHERE entry <= ?", since_entry);
    if (status == ST_OK)
        status = st_verify_next(verify, runs, &found);
    if (status == ST_OK && found)
        verify->first_run = sqlite3_column_int64(runs, 0) + 1;
    return status == ST_DAMAGED ? ST_OK : status; /* told by those who read the table anyway */
}

enum st_status st_ledger_verify(const char *path,
                                enum st_status (*visit)(void *, const struct st_verify_row *),
                                void *context, struct st_verify_summary *summary,
                                struct st_error *error) {
    return st_ledger_verify_since(path, 0, visit, context, summary, error);
}

enum st_status st_ledger_verify_since(const char *path, int64_t since_entry,
                                      enum st_status (*visit)(void *,
                                                              const struct st_verify_row *),
                                      void *context, struct st_verify_summary *summary,
                                      struct st_error *error) {
    struct st_verify verify = {
        .visit = visit, .context = context, .summary = summary, .error = error};
    assert(since_entry >= 0 && since_entry < INT64_MAX);
    *summary = (struct st_verify_summary){0};
    enum st_status status = open_ledger(path, &verify.ledger, error);
    if (status != ST_OK)
        return status;
    status = make_model(&verify);
    if (status == ST_OK)
        status = st_execute(verify.ledger, "BEGIN", error);
    if (status == ST_OK)
        status = skip_to(&verify, since_entry);
    if (status == ST_OK)
        status = open_leaves(&verify);
    if (status == ST_OK)
        status = perform(&verify, "file and tables", st_verify_structure);
    if (status == ST_OK)
        status = perform(&verify, "journal, rows and sums", st_verify_rows);
    if (status == ST_OK)
        status = perform(&verify, "references and states", st_verify_states);
    if (status == ST_OK)
        status = perform(&verify, "what was paid and what is owed", st_verify_claims);
    (void)sqlite3_exec(verify.ledger->db, "ROLLBACK", NULL, NULL, NULL);
    (void)sqlite3_close(verify.model);
    st_leaf_maker_close(&verify.leaves);
    st_ledger_close(verify.ledger);
    return status;
}
