/* SPDX-License-Identifier: MIT */
/* audit_inputs.c - the bundle's inputs/ and ledger/: the journal as commands, the facts of each
 * import as files, and the rows of each entry.
 *
 * A fact table is ordered by person, not by entry, so a walk over it fills the files of many
 * entries side by side: of ENTRY_BATCH at a time, however many there are.
 */
#include "cli/audit.h"

#include <assert.h>
#include <string.h>

enum { ENTRY_BATCH = 128, NAME_SIZE = 96 };

/* ---- one file an entry, filled side by side ------------------------------------------------ */

struct split {
    struct st_bundle *bundle;
    const char *folder, *file; /* "inputs", "absences.csv" */
    int64_t first;             /* of the entries whose files these are */
    FILE *files[ENTRY_BATCH];
    enum st_fact_kind kind;          /* of facts */
    const char *organisation_number; /* likewise */
    struct st_error *error;
};

static enum st_status open_stream(struct split *split, int64_t entry, FILE **out, bool *is_new) {
    char name[NAME_SIZE];
    assert(entry >= split->first && entry < split->first + ENTRY_BATCH);
    FILE **file = &split->files[entry - split->first];
    *is_new = *file == NULL;
    if (*is_new) {
        (void)snprintf(name, sizeof name, "%s/%03lld/%s", split->folder, (long long)entry,
                       split->file);
        enum st_status status = st_bundle_create(split->bundle, name, file, split->error);
        if (status != ST_OK)
            return status;
    }
    *out = *file;
    return ST_OK;
}

/* Closes what is open, whatever came before; the first that went wrong counts. */
static enum st_status close_streams(struct split *split, enum st_status before) {
    enum st_status status = before;
    for (int i = 0; i < ENTRY_BATCH; i++) {
        struct st_error closing;
        if (split->files[i] == NULL)
            continue;
        enum st_status closed = st_bundle_close(split->bundle, split->files[i], &closing);
        split->files[i] = NULL;
        if (status == ST_OK && closed != ST_OK) {
            *split->error = closing;
            status = closed;
        }
    }
    return status;
}

/* ---- facts --------------------------------------------------------------------------------- */

static enum st_status put_fact(void *context, int64_t entry, const struct st_fact *fact) {
    struct split *split = context;
    FILE *out = NULL;
    bool is_new;
    enum st_status status = open_stream(split, entry, &out, &is_new);
    if (status == ST_OK && is_new)
        st_audit_put_facts_begin(out, split->kind, split->organisation_number);
    return status == ST_OK ? st_audit_put_fact(out, fact, split->error) : status;
}

static enum st_status put_facts(struct st_ledger *ledger, struct split *split,
                                int64_t entry_count) {
    enum st_status status = ST_OK;
    for (split->first = 1; status == ST_OK && split->first <= entry_count;
         split->first += ENTRY_BATCH) {
        status = st_ledger_each_fact(ledger, split->kind, split->first,
                                     split->first + ENTRY_BATCH - 1, put_fact, split, split->error);
        for (int i = 0; i < ENTRY_BATCH; i++)
            if (split->files[i] != NULL)
                st_audit_put_facts_end(split->files[i], split->kind);
        status = close_streams(split, status);
    }
    return status;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static enum st_status put_row(void *context, const struct st_audit_row *row) {
    struct split *split = context;
    FILE *out = NULL;
    bool is_new;
    enum st_status status = open_stream(split, row->entry, &out, &is_new);
    if (status == ST_OK)
        st_audit_put_row(out, row, is_new);
    return status;
}

static enum st_status put_rows(struct st_ledger *ledger, struct split *split, const char *table,
                               int64_t entry_count) {
    enum st_status status = ST_OK;
    for (split->first = 1; status == ST_OK && split->first <= entry_count;
         split->first += ENTRY_BATCH) {
        status = st_ledger_each_row(ledger, table, split->first, split->first + ENTRY_BATCH - 1,
                                    put_row, split, split->error);
        status = close_streams(split, status);
    }
    return status;
}

/* ---- the journal --------------------------------------------------------------------------- */

struct journal {
    struct st_ledger *ledger;
    struct st_bundle *bundle;
    const struct st_municipality *municipality;
    struct st_error *error;
};

static enum st_status create(struct journal *journal, int64_t entry, const char *file, FILE **out) {
    char name[NAME_SIZE];
    (void)snprintf(name, sizeof name, "inputs/%03lld/%s", (long long)entry, file);
    return st_bundle_create(journal->bundle, name, out, journal->error);
}

/* Closes, and passes on what went wrong first. */
static enum st_status close_file(struct journal *journal, FILE *file, enum st_status before) {
    struct st_error closing;
    enum st_status closed = st_bundle_close(journal->bundle, file, &closing);
    if (before != ST_OK || closed == ST_OK)
        return before;
    *journal->error = closing;
    return closed;
}

static enum st_status put_file(void *out, const struct st_audit_file *file) {
    st_audit_put_file_row(out, file);
    return ST_OK;
}

static enum st_status put_import(struct journal *journal, int64_t entry) {
    FILE *out;
    enum st_status status = create(journal, entry, "import_files.csv", &out);
    if (status != ST_OK)
        return status;
    st_audit_put_file_header(out);
    status = st_ledger_each_import_file(journal->ledger, entry, put_file, out, journal->error);
    return close_file(journal, out, status);
}

static enum st_status put_rate(void *out, const struct st_audit_rate *rate) {
    st_audit_put_rate_row(out, rate);
    return ST_OK;
}

/* What the ledger was made with: the municipality, its secret, the first rates. */
static enum st_status put_init(struct journal *journal, int64_t entry) {
    FILE *out;
    enum st_status status = create(journal, entry, "municipality.csv", &out);
    if (status != ST_OK)
        return status;
    st_audit_put_municipality(out, journal->municipality);
    status = close_file(journal, out, ST_OK);
    if (status == ST_OK)
        status = create(journal, entry, "secret.txt", &out);
    if (status != ST_OK)
        return status;
    (void)fprintf(out, "%s\n", journal->municipality->secret);
    status = close_file(journal, out, ST_OK);
    if (status == ST_OK)
        status = create(journal, entry, "rates.csv", &out);
    if (status != ST_OK)
        return status;
    st_audit_put_rate_header(out);
    status = st_ledger_each_recorded_rate(journal->ledger, entry, put_rate, out, journal->error);
    return close_file(journal, out, status);
}

static enum st_status put_entry(struct journal *journal, FILE *list,
                                const struct st_audit_command *command) {
    FILE *out;
    enum st_status status = create(journal, command->entry.entry, "command.txt", &out);
    if (status != ST_OK)
        return status;
    st_audit_put_journal_row(list, command);
    st_audit_put_command(out, command, journal->municipality);
    status = close_file(journal, out, ST_OK);
    if (status == ST_OK && strcmp(command->entry.kind, "init") == 0)
        status = put_init(journal, command->entry.entry);
    if (status == ST_OK && strcmp(command->entry.kind, "import") == 0)
        status = put_import(journal, command->entry.entry);
    return status;
}

static enum st_status walk_journal(struct journal *journal, FILE *list) {
    struct st_command_walk *walk = NULL;
    struct st_audit_command command;
    bool found = true;
    enum st_status status = st_command_walk_new(journal->ledger, &walk, journal->error);
    st_audit_put_journal_header(list);
    while (status == ST_OK &&
           (status = st_command_walk_next(walk, &found, &command, journal->error)) == ST_OK &&
           found)
        status = put_entry(journal, list, &command);
    st_command_walk_free(walk);
    return status;
}

static enum st_status put_journal(struct journal *journal) {
    FILE *list;
    enum st_status status =
        st_bundle_create(journal->bundle, "inputs/journal.csv", &list, journal->error);
    if (status != ST_OK)
        return status;
    status = walk_journal(journal, list);
    return close_file(journal, list, status);
}

/* ---- all of it ----------------------------------------------------------------------------- */

enum st_status st_cli_audit_inputs(struct st_ledger *ledger, struct st_bundle *bundle,
                                   const struct st_municipality *municipality, int64_t entry_count,
                                   struct st_error *error) {
    struct journal journal = {ledger, bundle, municipality, error};
    char file[NAME_SIZE];
    struct split split = {.bundle = bundle,
                          .organisation_number = municipality->organisation_number,
                          .file = file,
                          .error = error};
    enum st_status status = put_journal(&journal);
    split.folder = "inputs";
    for (int kind = 0; status == ST_OK && kind < ST_FACT_KIND_COUNT; kind++) {
        split.kind = (enum st_fact_kind)kind;
        (void)st_audit_fact_file(split.kind, file, sizeof file);
        status = put_facts(ledger, &split, entry_count);
    }
    split.folder = "ledger";
    for (size_t i = 0; status == ST_OK && st_audit_table_name(i) != NULL; i++) {
        const char *table = st_audit_table_name(i);
        (void)snprintf(file, sizeof file, "%s.csv", table);
        status = put_rows(ledger, &split, table, entry_count);
    }
    return status;
}
