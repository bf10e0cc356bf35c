/* SPDX-License-Identifier: MIT */
/* rebuild_compare.c - a ledger made once more against what a bundle says of the first one: each
 * entry's fields, hash and head, and all rows. See rebuild.h.
 *
 * Rows are compared when every entry is the same: what then differs was changed in the ledger
 * after it was written. Fact tables are ordered by person, so a walk over one meets the rows of
 * ENTRY_BATCH entries side by side.
 */
#define _POSIX_C_SOURCE 200809L

#include "cli/rebuild.h"

#include <string.h>
#include <unistd.h>

enum { ENTRY_BATCH = 64, TABLE_TEXT_SIZE = 200 };

/* ---- telling ------------------------------------------------------------------------------- */

static void print_clean(const char *text) {
    for (; *text != '\0'; text++)
        (void)putchar((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text);
}

enum st_status st_rebuild_report(struct st_rebuild *rebuild) {
    static const struct st_report_column columns[] = {
        {"entry", NULL, ST_CELL_INTEGER, 5, false}, {"table", NULL, ST_CELL_TEXT, 12, false},
        {"row", NULL, ST_CELL_TEXT, 24, false},     {"column", NULL, ST_CELL_TEXT, 14, false},
        {"ledger", NULL, ST_CELL_TEXT, 24, false},  {"inputs", NULL, ST_CELL_TEXT, 24, false},
    };
    if (rebuild->report != NULL || rebuild->invocation->format == ST_FORMAT_TEXT)
        return ST_OK;
    return st_cli_report(rebuild->invocation, columns, ST_COUNT_OF(columns), &rebuild->report,
                         rebuild->error);
}

/* What differs: a field of the entry ("" `table`), a table, a row of it, a column of that. */
struct difference {
    const char *table, *row, *column, *stored, *rebuilt;
};

static void print_difference(const struct difference *difference) {
    const char *const parts[] = {difference->table, difference->row, difference->column};
    const char *separator = difference->row[0] == '\0' ? "  " : "    ";
    for (size_t i = 0; i < ST_COUNT_OF(parts); i++) {
        if (parts[i][0] == '\0')
            continue;
        (void)fputs(separator, stdout);
        print_clean(parts[i]);
        separator = ", ";
    }
    (void)fputs(": in the ledger ", stdout);
    print_clean(difference->stored[0] == '\0' ? "nothing" : difference->stored);
    (void)fputs("; from the inputs ", stdout);
    print_clean(difference->rebuilt[0] == '\0' ? "nothing" : difference->rebuilt);
    (void)putchar('\n');
}

static void report_difference(struct st_report *report, int64_t entry,
                              const struct difference *difference) {
    st_report_integer(report, entry);
    st_report_text(report, difference->table);
    st_report_text(report, difference->row);
    st_report_text(report, difference->column);
    st_report_text(report, difference->stored);
    st_report_text(report, difference->rebuilt);
}

static enum st_status tell(struct st_rebuild *rebuild, int64_t entry,
                           const struct difference *difference) {
    enum st_status status = st_rebuild_report(rebuild);
    if (status != ST_OK)
        return status;
    if (rebuild->report != NULL)
        report_difference(rebuild->report, entry, difference);
    else
        print_difference(difference);
    rebuild->told_entry = entry;
    return st_cli_output_works(rebuild->error);
}

/* Before the first difference of an entry. */
static void print_entry(struct st_rebuild *rebuild, const struct st_journal_entry *entry) {
    if (rebuild->invocation->format != ST_FORMAT_TEXT || rebuild->told_entry == entry->entry)
        return;
    (void)printf("entry %lld differs: %s at %s by ", (long long)entry->entry, entry->kind,
                 entry->time);
    print_clean(entry->actor);
    (void)putchar('\n');
}

static enum st_status tell_of_entry(struct st_rebuild *rebuild,
                                    const struct st_journal_entry *entry,
                                    const struct difference *difference) {
    rebuild->entry_differs = true;
    print_entry(rebuild, entry);
    return tell(rebuild, entry->entry, difference);
}

enum st_status st_rebuild_tell_refusal(struct st_rebuild *rebuild,
                                       const struct st_journal_entry *entry, const char *why) {
    return tell_of_entry(rebuild, entry, &(struct difference){"", "", "entry", "made", why});
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* The rows of a table that some entries wrote, each entry's against its file. */
struct held {
    struct st_rebuild *rebuild;
    const char *table;
    int64_t first, last; /* entries; ENTRY_BATCH at most */
    struct st_audit_comparison *comparisons[ENTRY_BATCH];
};

static enum st_status open_comparison(struct held *held, int64_t entry, bool must_exist,
                                      struct st_audit_comparison **out) {
    struct st_audit_comparison **comparison = &held->comparisons[entry - held->first];
    char path[ST_REBUILD_PATH_SIZE], file[64];
    enum st_status status = ST_OK;
    if (*comparison == NULL) {
        (void)snprintf(file, sizeof file, "%s.csv", held->table);
        status = st_rebuild_entry_path(held->rebuild, "ledger", entry, file, path);
        if (status == ST_OK && (!must_exist || access(path, F_OK) == 0))
            status = st_audit_compare_open(path, comparison, held->rebuild->error);
    }
    *out = *comparison;
    return status;
}

static enum st_status hold_row(void *context, const struct st_audit_row *row) {
    struct held *held = context;
    struct st_audit_comparison *comparison = NULL;
    enum st_status status = open_comparison(held, row->entry, false, &comparison);
    return status == ST_OK ? st_audit_compare_row(comparison, row, held->rebuild->error) : status;
}

/* Fills `found` of the entry that is `index` from the first; a file without rows made is met
 * here. */
static enum st_status end_comparison(struct held *held, int index,
                                     struct st_audit_difference *found) {
    struct st_audit_comparison *comparison = NULL;
    enum st_status status = open_comparison(held, held->first + index, true, &comparison);
    found->found = false;
    if (status == ST_OK && comparison != NULL)
        st_audit_compare_end(comparison, found);
    return status;
}

static enum st_status hold_rows(struct held *held) {
    memset(held->comparisons, 0, sizeof held->comparisons);
    return st_ledger_each_row(held->rebuild->ledger, held->table, held->first, held->last, hold_row,
                              held, held->rebuild->error);
}

static void release(struct held *held) {
    for (int i = 0; i < ENTRY_BATCH; i++)
        st_audit_compare_free(held->comparisons[i]);
}

static struct difference difference_of(const char *table, const struct st_audit_difference *found) {
    return (struct difference){table, found->row, found->column, found->stored, found->rebuilt};
}

/* ---- an entry whose tables differ ---------------------------------------------------------- */

/* "71 rows, digest 3f..." of a table in a list "name count digest;..."; "" when it is not there. */
static void find_table(const char *tables, const char *table, char text[TABLE_TEXT_SIZE]) {
    size_t name_size = strlen(table);
    text[0] = '\0';
    for (const char *at = tables; at != NULL && *at != '\0';) {
        const char *end = strchr(at, ';');
        size_t size = end == NULL ? strlen(at) : (size_t)(end - at);
        if (size > name_size && strncmp(at, table, name_size) == 0 && at[name_size] == ' ') {
            const char *count = at + name_size + 1;
            size_t digits = strcspn(count, " ;");
            const char *digest = count + digits + (count[digits] == ' ');
            (void)snprintf(text, TABLE_TEXT_SIZE, "%.*s row%s, digest %.*s", (int)digits, count,
                           digits == 1 && count[0] == '1' ? "" : "s", (int)strcspn(digest, ";"),
                           digest);
        }
        at = end == NULL ? NULL : end + 1;
    }
}

/* The rows agree and the digests do not. Digests are keyed by the secret, which no row shows. */
static struct difference digest_alone(const char *table) {
    if (strcmp(table, "municipality") == 0)
        return (struct difference){table, "", "secret", "another", "that of inputs/001/secret.txt"};
    return (struct difference){table, "", "digest", "another than that of these rows",
                               "that of these rows, and of inputs/001/secret.txt"};
}

static enum st_status tell_first_row(struct st_rebuild *rebuild,
                                     const struct st_journal_entry *entry, const char *table) {
    struct held held = {
        .rebuild = rebuild, .table = table, .first = entry->entry, .last = entry->entry};
    struct st_audit_difference found = {0};
    enum st_status status = hold_rows(&held);
    if (status == ST_OK)
        status = end_comparison(&held, 0, &found);
    if (status == ST_OK) {
        struct difference difference =
            found.found ? difference_of(table, &found) : digest_alone(table);
        status = tell_of_entry(rebuild, entry, &difference);
    }
    release(&held);
    return status;
}

/* Without ledger/ there is nothing to say which row it is. */
static enum st_status has_rows(const struct st_rebuild *rebuild, bool *out) {
    char path[ST_REBUILD_PATH_SIZE];
    enum st_status status = st_rebuild_path(rebuild, "ledger", path);
    *out = status == ST_OK && access(path, F_OK) == 0;
    return status;
}

static enum st_status tell_tables(struct st_rebuild *rebuild, const struct st_journal_entry *stored,
                                  const struct st_journal_entry *made) {
    bool rows_are_there = false;
    enum st_status status = has_rows(rebuild, &rows_are_there);
    for (size_t i = 0; status == ST_OK && st_audit_table_name(i) != NULL; i++) {
        const char *table = st_audit_table_name(i);
        char there[TABLE_TEXT_SIZE], here[TABLE_TEXT_SIZE];
        find_table(stored->tables, table, there);
        find_table(made->tables, table, here);
        if (strcmp(there, here) == 0)
            continue;
        status = tell_of_entry(rebuild, stored, &(struct difference){table, "", "", there, here});
        if (status == ST_OK && rows_are_there)
            status = tell_first_row(rebuild, stored, table);
    }
    return status;
}

/* ---- entries ------------------------------------------------------------------------------- */

/* Fields of the entry. */
struct field_pair {
    const char *name, *stored, *made;
};

static enum st_status tell_fields(struct st_rebuild *rebuild, const struct st_journal_entry *entry,
                                  const struct field_pair *fields, size_t count) {
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < count; i++)
        if (strcmp(fields[i].stored, fields[i].made) != 0)
            status = tell_of_entry(
                rebuild, entry,
                &(struct difference){"", "", fields[i].name, fields[i].stored, fields[i].made});
    return status;
}

/* What follows from other fields is told only when none of those differs. */
enum st_status st_rebuild_compare_entry(struct st_rebuild *rebuild,
                                        const struct st_audit_command *stored,
                                        const struct st_audit_command *made) {
    const struct st_journal_entry *a = &stored->entry, *b = &made->entry;
    char stored_run[24], made_run[24];
    (void)snprintf(stored_run, sizeof stored_run, "%lld", (long long)a->run);
    (void)snprintf(made_run, sizeof made_run, "%lld", (long long)b->run);
    const struct field_pair own[] = {
        {"time", a->time, b->time},       {"actor", a->actor, b->actor},
        {"kind", a->kind, b->kind},       {"run", stored_run, made_run},
        {"detail", a->detail, b->detail}, {"previous_hash", a->previous, b->previous}};
    const struct field_pair following[] = {{"tables", a->tables, b->tables},
                                           {"digest", a->digest, b->digest},
                                           {"root", a->root, b->root},
                                           {"hash", a->hash, b->hash},
                                           {"head", stored->head, made->head}};
    enum st_status status = tell_fields(rebuild, a, own, ST_COUNT_OF(own));
    if (status == ST_OK && strcmp(a->tables, b->tables) != 0)
        status = tell_tables(rebuild, a, b);
    if (status == ST_OK && !rebuild->entry_differs)
        status = tell_fields(rebuild, a, following, ST_COUNT_OF(following));
    return status;
}

/* ---- all rows ------------------------------------------------------------------------------ */

static enum st_status tell_row(struct st_rebuild *rebuild, int64_t entry,
                               const struct difference *difference) {
    rebuild->rows_differ = true;
    if (rebuild->invocation->format == ST_FORMAT_TEXT && rebuild->told_entry != entry)
        (void)printf("entry %lld: rows are not those it wrote\n", (long long)entry);
    return tell(rebuild, entry, difference);
}

static enum st_status compare_table(struct held *held) {
    enum st_status status = hold_rows(held);
    for (int i = 0; status == ST_OK && held->first + i <= held->last; i++) {
        struct st_audit_difference found;
        status = end_comparison(held, i, &found);
        if (status != ST_OK || !found.found)
            continue;
        struct difference difference = difference_of(held->table, &found);
        status = tell_row(held->rebuild, held->first + i, &difference);
    }
    release(held);
    return status;
}

enum st_status st_rebuild_compare_rows(struct st_rebuild *rebuild) {
    bool rows_are_there = false;
    enum st_status status = has_rows(rebuild, &rows_are_there);
    if (status == ST_OK && !rows_are_there)
        st_cli_message("stonad: the bundle has no ledger/: the digests of the rows agree, the rows"
                       " themselves were not compared");
    for (int64_t first = 1; status == ST_OK && rows_are_there && first <= rebuild->entry_count;
         first += ENTRY_BATCH)
        for (size_t i = 0; status == ST_OK && st_audit_table_name(i) != NULL; i++) {
            struct held held = {.rebuild = rebuild,
                                .table = st_audit_table_name(i),
                                .first = first,
                                .last = first + ENTRY_BATCH - 1};
            if (held.last > rebuild->entry_count)
                held.last = rebuild->entry_count;
            status = compare_table(&held);
        }
    return status;
}
