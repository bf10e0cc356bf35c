/* SPDX-License-Identifier: MIT */
/* rebuild.c - `stonad replay --from-files DIR`: the whole ledger made once more from the inputs
 * of a bundle, entry by entry, by who acted then and at that time; every run is computed anew.
 * After each entry its fields, hash and head are held against inputs/journal.csv. The first entry
 * that differs is told, with its tables and, of each, the first row.
 *
 * Then all rows are held against those the bundle says the ledger has.
 *
 * The ledger is made in a folder of its own that is removed. It is kept (-o) when every entry is
 * the same.
 */
#define _DEFAULT_SOURCE /* mkdtemp */

#include "cli/rebuild.h"

#include "stonad/input.h"
#include "stonad/withholding.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RATE_MAX = 1000 };

enum st_status st_rebuild_path(const struct st_rebuild *rebuild, const char *name,
                               char path[ST_REBUILD_PATH_SIZE]) {
    int size = snprintf(path, ST_REBUILD_PATH_SIZE, "%s/%s", rebuild->folder, name);
    if (size > 0 && size < ST_REBUILD_PATH_SIZE)
        return ST_OK;
    return st_cli_fail(rebuild->error, ST_BAD_INPUT, "bundle.missing",
                       "The path of the bundle is too long; move it to a shorter one.");
}

enum st_status st_rebuild_entry_path(const struct st_rebuild *rebuild, const char *folder,
                                     int64_t entry, const char *file,
                                     char path[ST_REBUILD_PATH_SIZE]) {
    char name[256];
    (void)snprintf(name, sizeof name, "%.40s/%03lld/%.180s", folder, (long long)entry, file);
    return st_rebuild_path(rebuild, name, path);
}

/* What is wrong with the bundle itself, not with what it says. */
static bool is_broken(const struct st_error *error) {
    return strncmp(error->code, "bundle.", strlen("bundle.")) == 0;
}

/* Other rules or tables are this program's, and may be why a run differs. */
static void say_superseded(const struct st_audit_command *stored) {
    const char *rules = st_rule_set_current()->name;
    if (strcmp(stored->entry.kind, "run") != 0)
        return;
    const char *digest = st_withholding_year_digest(st_date_year(stored->payday));
    if (strcmp(stored->rule_set, rules) != 0)
        st_cli_message("stonad: Run %lld was computed by rule set %s, which is superseded by %s of"
                       " this stonad: what differs may come of that.",
                       (long long)stored->entry.run, stored->rule_set, rules);
    if (strcmp(stored->table_digest, digest == NULL ? "" : digest) != 0)
        st_cli_message("stonad: Run %lld was computed by other withholding tables of %d than this"
                       " stonad has: what differs may come of that.",
                       (long long)stored->entry.run, st_date_year(stored->payday));
}

/* ---- init ---------------------------------------------------------------------------------- */

struct first_rates {
    struct st_rate items[RATE_MAX];
    size_t count;
    struct st_error *error;
};

static enum st_status keep_rate(void *context, const struct st_audit_rate *rate) {
    struct first_rates *rates = context;
    char *source = strdup(rate->rate.source);
    if (source == NULL || rates->count == RATE_MAX) {
        free(source);
        return st_cli_fail(rates->error, ST_BAD_INPUT, "bundle.value",
                           "There are more than %d first rates; take the bundle as it was written.",
                           (int)RATE_MAX);
    }
    rates->items[rates->count] = rate->rate;
    rates->items[rates->count++].source = source;
    return ST_OK;
}

static enum st_status make_ledger(struct st_rebuild *rebuild, const struct st_act *act) {
    struct first_rates *rates = calloc(1, sizeof *rates);
    char path[ST_REBUILD_PATH_SIZE];
    if (rates == NULL)
        return st_cli_fail(rebuild->error, ST_IO, "memory",
                           "Memory ran out; close other programs.");
    rates->error = rebuild->error;
    enum st_status status = st_rebuild_entry_path(rebuild, "inputs", 1, "municipality.csv", path);
    if (status == ST_OK)
        status = st_audit_read_municipality(path, &rebuild->municipality, rebuild->error);
    if (status == ST_OK)
        status = st_rebuild_entry_path(rebuild, "inputs", 1, "secret.txt", path);
    if (status == ST_OK)
        status = st_audit_read_secret(path, rebuild->municipality.secret, rebuild->error);
    if (status == ST_OK)
        status = st_rebuild_entry_path(rebuild, "inputs", 1, "rates.csv", path);
    if (status == ST_OK)
        status = st_audit_read_rates(path, keep_rate, rates, rebuild->error);
    if (status == ST_OK)
        status = st_ledger_create_with_rates(rebuild->ledger_path, &rebuild->municipality,
                                             rates->items, rates->count, act, rebuild->error);
    for (size_t i = 0; i < rates->count; i++)
        free((char *)(uintptr_t)rates->items[i].source);
    free(rates);
    if (status == ST_OK)
        status =
            st_ledger_open(rebuild->ledger_path, ST_OPEN_WRITE, &rebuild->ledger, rebuild->error);
    return status == ST_OK ? st_command_walk_new(rebuild->ledger, &rebuild->made, rebuild->error)
                           : status;
}

/* ---- import -------------------------------------------------------------------------------- */

struct reading {
    struct st_import *import;
    int file_number;
    struct st_error *error;
};

static enum st_status take_fact(void *context, int64_t line, const struct st_fact *fact) {
    struct reading *reading = context;
    return st_import_add(reading->import, reading->file_number, line, fact, reading->error);
}
static enum st_status take_problem(void *context, int64_t line, const char *column,
                                   const char *code, const char *text) {
    struct reading *reading = context;
    return st_import_add_problem(reading->import, reading->file_number, line, column, code, text,
                                 reading->error);
}
static enum st_status take_note(void *context, int64_t line, const char *code, const char *text) {
    struct reading *reading = context;
    return st_import_add_note(reading->import, reading->file_number, line, code, text,
                              reading->error);
}
static enum st_status take_recorded(void *context, const struct st_audit_file *file) {
    struct reading *reading = context;
    return st_import_recorded_file(reading->import, file->name, file->kind, file->sha256,
                                   file->row_count, reading->error);
}

/* The facts of one kind, when the entry has any. */
static enum st_status read_facts(struct st_rebuild *rebuild, struct reading *reading, int64_t entry,
                                 enum st_fact_kind kind) {
    static const char no_digest[] =
        "0000000000000000000000000000000000000000000000000000000000000000";
    const struct st_fact_sink sink = {reading, take_fact, take_problem, take_note};
    const struct st_input_terms terms = {rebuild->municipality.test,
                                         rebuild->municipality.organisation_number};
    const struct st_fact_description *description = st_fact_describe(kind);
    char path[ST_REBUILD_PATH_SIZE], file[64];
    enum st_status status = st_rebuild_entry_path(
        rebuild, "inputs", entry, st_audit_fact_file(kind, file, sizeof file), path);
    if (status != ST_OK || access(path, F_OK) != 0)
        return status;
    status = st_import_file(reading->import, path, description->table, no_digest,
                            &reading->file_number, reading->error);
    if (status != ST_OK)
        return status;
    return description->file == NULL ? st_read_taxcard_xml(path, &terms, &sink, reading->error)
                                     : st_read_fact_csv(path, kind, &terms, &sink, reading->error);
}

static enum st_status print_problem(void *context, const struct st_import_problem *problem) {
    bool in_column = problem->column[0] != '\0';
    (void)context;
    st_cli_message("%s:%lld: %s%s%s [%s]", problem->file, (long long)problem->line,
                   in_column ? problem->column : "", in_column ? ": " : "", problem->text,
                   problem->code);
    return ST_OK;
}

static enum st_status finish_import(struct st_rebuild *rebuild, struct st_import *import,
                                    int64_t entry) {
    struct st_import_result result;
    struct st_error problems;
    enum st_status status = st_import_finish(import, &result, &problems);
    if (status != ST_OK && (status != ST_BAD_INPUT || result.problem_count == 0)) {
        *rebuild->error = problems;
        return status;
    }
    if (status == ST_OK)
        return ST_OK;
    status = st_import_each_problem(import, false, print_problem, NULL, rebuild->error);
    if (status != ST_OK)
        return status;
    return st_cli_fail(
        rebuild->error, ST_BAD_INPUT, "bundle.facts",
        "%lld problem%s in the facts of entry %lld; take the bundle as it was written, "
        "whole and unchanged.",
        (long long)result.problem_count, result.problem_count == 1 ? "" : "s", (long long)entry);
}

static enum st_status make_import(struct st_rebuild *rebuild, const struct st_act *act,
                                  const struct st_journal_entry *entry) {
    struct reading reading = {.error = rebuild->error};
    char path[ST_REBUILD_PATH_SIZE];
    enum st_status status = st_import_begin(rebuild->ledger, act, &reading.import, rebuild->error);
    if (status != ST_OK)
        return status;
    status = st_import_as_recorded(reading.import, entry->detail, rebuild->error);
    if (status == ST_OK)
        status = st_rebuild_entry_path(rebuild, "inputs", entry->entry, "import_files.csv", path);
    if (status == ST_OK)
        status = st_audit_read_files(path, take_recorded, &reading, rebuild->error);
    for (int kind = 0; status == ST_OK && kind < ST_FACT_KIND_COUNT; kind++)
        status = read_facts(rebuild, &reading, entry->entry, (enum st_fact_kind)kind);
    if (status == ST_OK)
        status = finish_import(rebuild, reading.import, entry->entry);
    st_import_free(reading.import);
    return status;
}

/* ---- one entry made ------------------------------------------------------------------------ */

static void show_progress(void *context, int64_t done, int64_t all) {
    (void)context;
    st_cli_progress("computing", done, all);
}

static enum st_status perform(struct st_rebuild *rebuild, const struct st_audit_command *command,
                              const struct st_act *act) {
    const struct st_journal_entry *entry = &command->entry;
    struct st_ledger *ledger = rebuild->ledger;
    struct st_error *error = rebuild->error;
    struct st_run_row row;
    bool is_new;
    if (strcmp(entry->kind, "init") == 0)
        return make_ledger(rebuild, act);
    if (strcmp(entry->kind, "import") == 0)
        return make_import(rebuild, act, entry);
    if (strcmp(entry->kind, "run") == 0)
        return st_ledger_run(ledger, act, command->month, command->payday, show_progress, NULL,
                             &row, error);
    if (strcmp(entry->kind, "approve") == 0)
        return st_ledger_approve(ledger, act, entry->run, command->payments, command->sum, &row,
                                 error);
    if (strcmp(entry->kind, "discard") == 0)
        return st_ledger_discard(ledger, act, entry->run, error);
    if (strcmp(entry->kind, "export") == 0)
        return st_ledger_record_export(ledger, act, entry->run, &command->file, error);
    return st_ledger_add_rate(ledger, act, command->rate_name, &command->rate, &is_new, error);
}

static enum st_status tell_refusal(struct st_rebuild *rebuild,
                                   const struct st_journal_entry *entry) {
    char why[ST_ERROR_TEXT_MAX + ST_ERROR_CODE_MAX + 40];
    (void)snprintf(why, sizeof why, "refused: %s [%s]", rebuild->error->text, rebuild->error->code);
    return st_rebuild_tell_refusal(rebuild, entry, why);
}

/* Makes the entry and holds it against what the bundle says. What a rule refuses now was not
 * refused then: that is a difference, not an error. */
static enum st_status make_entry(struct st_rebuild *rebuild,
                                 const struct st_audit_command *command) {
    const struct st_journal_entry *entry = &command->entry;
    struct st_audit_command made;
    struct st_act act = {.actor = entry->actor};
    bool found = false;
    (void)snprintf(act.time, sizeof act.time, "%s", entry->time);
    if (!st_date_parse(act.time, 10, &act.today))
        act.today = ST_DATE_NONE; /* the reader lets no such time through */
    enum st_status status = perform(rebuild, command, &act);
    st_cli_progress_end();
    bool is_refused = status == ST_REFUSED || status == ST_USAGE ||
                      (status == ST_BAD_INPUT && !is_broken(rebuild->error)) ||
                      (status == ST_DAMAGED && strcmp(rebuild->error->code, "export.differs") == 0);
    if (is_refused)
        return tell_refusal(rebuild, entry);
    if (status == ST_OK)
        status = st_command_walk_next(rebuild->made, &found, &made, rebuild->error);
    if (status == ST_OK && !found)
        return st_rebuild_tell_refusal(rebuild, entry, "none: these inputs change nothing");
    if (status == ST_OK)
        status = st_rebuild_compare_entry(rebuild, command, &made);
    if (status == ST_OK && !rebuild->entry_differs) {
        rebuild->entry_count++;
        (void)snprintf(rebuild->head, sizeof rebuild->head, "%s", made.head);
    }
    return status;
}

/* A journal without its last lines would be a ledger too, but not the one the bundle is of. */
static enum st_status check_end(const struct st_rebuild *rebuild, const char *journal_path) {
    char path[ST_REBUILD_PATH_SIZE];
    enum st_status status =
        st_rebuild_entry_path(rebuild, "inputs", rebuild->entry_count + 1, "command.txt", path);
    if (status == ST_OK && (rebuild->entry_count == 0 || access(path, F_OK) == 0))
        status =
            st_cli_fail(rebuild->error, ST_BAD_INPUT, "bundle.missing",
                        "%.400s:%lld: entry %lld is missing; take the bundle as it was written, "
                        "whole and unchanged.",
                        journal_path, (long long)st_audit_reader_line(rebuild->journal) + 1,
                        (long long)rebuild->entry_count + 1);
    return status;
}

static enum st_status make_entries(struct st_rebuild *rebuild) {
    struct st_audit_command command;
    char path[ST_REBUILD_PATH_SIZE];
    bool found = true;
    enum st_status status = st_rebuild_path(rebuild, "inputs/journal.csv", path);
    if (status == ST_OK)
        status = st_audit_journal_open(path, &rebuild->journal, rebuild->error);
    while (status == ST_OK && !rebuild->entry_differs &&
           (status = st_audit_journal_next(rebuild->journal, &found, &command, rebuild->error)) ==
               ST_OK &&
           found) {
        status = make_entry(rebuild, &command);
        if (status == ST_OK && rebuild->entry_differs)
            say_superseded(&command);
    }
    return status == ST_OK && !rebuild->entry_differs ? check_end(rebuild, path) : status;
}

/* ---- where the ledger is made -------------------------------------------------------------- */

/* Beside the wanted file, so that giving it its name moves no bytes; else where temporary files
 * are. */
static enum st_status make_place(struct st_rebuild *rebuild) {
    const char *wanted = rebuild->invocation->values[ST_OPTION_OUTPUT];
    const char *folder = getenv("TMPDIR");
    struct stat about;
    int size;
    if (wanted != NULL && lstat(wanted, &about) == 0)
        return st_cli_fail(rebuild->error, ST_REFUSED, "ledger.exists",
                           "There is a file at %.400s already; it was left alone: name another.",
                           wanted);
    if (wanted != NULL)
        size = snprintf(rebuild->place, ST_REBUILD_PATH_SIZE, "%s.tmp-XXXXXX", wanted);
    else
        size = snprintf(rebuild->place, ST_REBUILD_PATH_SIZE, "%s/stonad-rebuild-XXXXXX",
                        folder == NULL || folder[0] == '\0' ? "/tmp" : folder);
    if (size < 0 || size >= ST_REBUILD_PATH_SIZE - 16 || mkdtemp(rebuild->place) == NULL) {
        rebuild->place[0] = '\0';
        return st_cli_fail(rebuild->error, ST_IO, "ledger.create",
                           "A ledger cannot be made %s%.300s (%s); check the folder.",
                           wanted == NULL ? "in " : "at ",
                           wanted != NULL   ? wanted
                           : folder != NULL ? folder
                                            : "/tmp",
                           strerror(size >= ST_REBUILD_PATH_SIZE - 16 ? ENAMETOOLONG : errno));
    }
    (void)snprintf(rebuild->ledger_path, ST_REBUILD_PATH_SIZE, "%.4080s/ledger.db", rebuild->place);
    st_cli_remove_on_signal(rebuild->ledger_path);
    return ST_OK;
}

/* Gives the ledger its name, never over another file, and makes the name durable. */
static enum st_status keep_ledger(struct st_rebuild *rebuild) {
    const char *wanted = rebuild->invocation->values[ST_OPTION_OUTPUT];
    const char *slash = wanted == NULL ? NULL : strrchr(wanted, '/');
    char folder[ST_REBUILD_PATH_SIZE];
    if (wanted == NULL)
        return ST_OK;
    if (link(rebuild->ledger_path, wanted) != 0)
        return st_cli_fail(rebuild->error, errno == EEXIST ? ST_REFUSED : ST_IO,
                           errno == EEXIST ? "ledger.exists" : "ledger.create",
                           "The ledger cannot be kept at %.300s (%s); name another file.", wanted,
                           strerror(errno));
    if (slash == NULL)
        (void)snprintf(folder, sizeof folder, ".");
    else
        (void)snprintf(folder, sizeof folder, "%.*s/", (int)(slash - wanted), wanted);
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        (void)fsync(descriptor);
        (void)close(descriptor);
    }
    return ST_OK;
}

static void remove_place(struct st_rebuild *rebuild) {
    char journal[ST_REBUILD_PATH_SIZE + 16];
    if (rebuild->place[0] == '\0')
        return;
    (void)snprintf(journal, sizeof journal, "%s-journal", rebuild->ledger_path);
    (void)unlink(journal);
    (void)unlink(rebuild->ledger_path);
    (void)rmdir(rebuild->place);
    st_cli_remove_on_signal(NULL);
}

static void close_all(struct st_rebuild *rebuild) {
    st_command_walk_free(rebuild->made);
    st_audit_reader_free(rebuild->journal);
    st_ledger_close(rebuild->ledger);
}

/* ---- the command --------------------------------------------------------------------------- */

static enum st_status print_outcome(struct st_rebuild *rebuild) {
    const char *kept = rebuild->invocation->values[ST_OPTION_OUTPUT];
    const char *entries = rebuild->entry_count == 1 ? "entry" : "entries";
    if (rebuild->invocation->format != ST_FORMAT_TEXT)
        return st_rebuild_report(rebuild);
    if (rebuild->entry_differs) {
        (void)printf("the entries before it are the same: %lld%s\n",
                     (long long)rebuild->entry_count,
                     kept == NULL ? "" : "; the ledger made from the inputs was not kept");
        return ST_OK;
    }
    if (rebuild->rows_differ)
        (void)printf("the journal is the same, %lld %s, head %s; its digests are those of the "
                     "rows from the inputs\n",
                     (long long)rebuild->entry_count, entries, rebuild->head);
    else
        (void)printf("the same ledger: %lld %s, head %s\n", (long long)rebuild->entry_count,
                     entries, rebuild->head);
    if (kept != NULL)
        st_cli_pair("ledger", "%s", kept);
    return ST_OK;
}

enum st_status st_cli_replay_from_files(const struct st_invocation *invocation,
                                        struct st_error *error) {
    struct st_rebuild rebuild = {.invocation = invocation,
                                 .folder = invocation->values[ST_OPTION_FROM_FILES],
                                 .error = error};
    if (invocation->operand_count > 0)
        return st_cli_fail(error, ST_USAGE, "option.alone",
                           "--from-files makes every run anew; leave out the number of a run.");
    enum st_status status = make_place(&rebuild);
    if (status == ST_OK)
        status = make_entries(&rebuild);
    if (status == ST_OK && !rebuild.entry_differs)
        status = st_rebuild_compare_rows(&rebuild);
    close_all(&rebuild);
    if (status == ST_OK && !rebuild.entry_differs)
        status = keep_ledger(&rebuild);
    remove_place(&rebuild);
    if (status == ST_OK)
        status = print_outcome(&rebuild);
    if (rebuild.report != NULL)
        status = st_cli_report_end(rebuild.report, status, error);
    bool differs = rebuild.entry_differs || rebuild.rows_differ;
    return status == ST_OK && differs ? ST_FOUND : status;
}
