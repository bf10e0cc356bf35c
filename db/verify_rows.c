/* SPDX-License-Identifier: MIT */
/* verify_rows.c - every row of every table against the digest of the entry it belongs to, and, where
 * a digest does not fit, which row and which field it is.
 *
 * Fact tables have no index by entry, so a table is walked once, by primary key, with a SHA-256
 * running for each entry. Entries are taken WINDOW at a time: memory has a limit, and only a ledger of
 * more entries is walked more than once. What is amiss is found on that walk and told afterwards,
 * when it is known whether the rows as a whole are right: a second look at the rows of that entry.
 */
#include "db/verify_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 512 };
_Static_assert((int)ST_TABLE_COUNT <= 32, "a bit for each table");

/* An entry of the window: what it says it wrote, and what its rows have come to. */
struct held_entry {
    struct st_entry_said said;
    struct st_table_rows found[ST_TABLE_COUNT];
    uint32_t misfits;              /* bit t: codes of table t do not fit */
    struct st_sha256_run *running; /* of the table being walked; kept for the next */
    bool is_running;
    struct st_code_walk codes; /* likewise */
};

struct walk {
    struct st_verify *verify;
    struct st_sha256 *sha256;
    struct st_journal_check *journal;
    struct st_run_walk *runs;
    struct held_entry *entries;
    size_t entry_count;
    struct held_entry *last_met;
    int64_t first, last; /* entry numbers of this window: rows outside it are another's */
    int64_t journal_end; /* the number of the journal's last entry; INT64_MAX: it is not reached */
    int64_t told_missing; /* an entry past the journal's end, told of */
    struct st_row_bytes bytes;
    struct st_run_found *runs_found; /* of this window */
    size_t run_count, run_room;
};

/* ---- the window ---------------------------------------------------------------------------- */

/* Checks the journal's next entries and holds them; *is_end when they are the last. */
static enum st_status read_window(struct walk *walk, bool *is_end) {
    struct st_verify *verify = walk->verify;
    enum st_status status = ST_OK;
    int64_t last = 0;
    bool found = true;
    walk->first = walk->last == INT64_MIN   ? verify->first_entry
                  : walk->last == INT64_MAX ? INT64_MAX
                                            : walk->last + 1;
    walk->entry_count = 0;
    walk->last_met = NULL;
    while (status == ST_OK && walk->entry_count < WINDOW) {
        struct held_entry *entry = &walk->entries[walk->entry_count];
        status = st_journal_check_next(walk->journal, &entry->said, &found);
        if (status != ST_OK || !found)
            break;
        memset(entry->found, 0, sizeof entry->found);
        entry->misfits = 0;
        walk->last = last = entry->said.number;
        verify->summary->entry_count++;
        verify->summary->row_count++;
        walk->entry_count += entry->said.number >= verify->first_entry;
    }
    *is_end = !found;
    if (!found) {
        walk->journal_end = last;
        walk->last = INT64_MAX;
    }
    return status;
}

static struct held_entry *find_entry(struct walk *walk, int64_t number) {
    size_t low = 0, high = walk->entry_count;
    if (walk->last_met != NULL && walk->last_met->said.number == number)
        return walk->last_met;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (walk->entries[middle].said.number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == walk->entry_count || walk->entries[low].said.number != number)
        return NULL;
    return walk->last_met = &walk->entries[low];
}

/* ---- the rows of a table ------------------------------------------------------------------- */

static enum st_status tell_orphan(struct walk *walk, const struct st_layout *layout,
                                  sqlite3_stmt *row, int64_t owner) {
    char key[ST_VERIFY_KEY_SIZE], entry[40];
    enum st_status status = ST_OK;
    (void)snprintf(entry, sizeof entry, "entry %" PRId64, owner);
    if (owner > walk->journal_end && owner != walk->told_missing) {
        const struct st_verify_row told = {.table = "journal",
                                           .row = entry,
                                           .field = "entry",
                                           .expected = entry,
                                           .found = "the journal ends before it",
                                           .text = "Rows belong to this entry, and the journal does "
                                                   "not have it: it was cut off, or they were "
                                                   "added."};
        walk->told_missing = owner;
        status = st_verify_tell(walk->verify, ST_VERIFY_ENTRY, &told);
    }
    st_layout_row(layout, row, key);
    const struct st_verify_row told = {.table = layout->name,
                                       .row = key,
                                       .field = "entry",
                                       .expected = "an entry of the journal",
                                       .found = "no such entry"};
    return status == ST_OK ? st_verify_tell(walk->verify, ST_VERIFY_ORPHAN, &told) : status;
}

static enum st_status take_row(struct walk *walk, const struct st_layout *layout, int entry_column,
                               sqlite3_stmt *row) {
    int64_t owner = sqlite3_column_int64(row, entry_column);
    struct held_entry *entry = find_entry(walk, owner);
    struct st_code_verdict verdict;
    walk->verify->summary->row_count++;
    if (entry == NULL)
        return tell_orphan(walk, layout, row, owner);
    walk->bytes.size = 0;
    bool is_taken = st_row_bytes_add(&walk->bytes, row, layout->column_count - 1);
    if (is_taken && !entry->is_running) {
        is_taken = st_sha256_begin(walk->sha256, &entry->running);
        entry->codes = (struct st_code_walk){0};
        entry->is_running = true;
    }
    if (!is_taken || !st_sha256_add(entry->running, walk->bytes.data, walk->bytes.size))
        return st_db_fail_memory(walk->verify->error);
    entry->found[layout->table].count++;
    if (!st_codes_fit(layout, &entry->codes, &walk->bytes, row, &verdict))
        entry->misfits |= UINT32_C(1) << layout->table;
    return ST_OK;
}

/* A bound is only set where there is one: what is no number at all is met too. */
static enum st_status open_rows(struct walk *walk, const struct st_layout *layout,
                                sqlite3_stmt **rows) {
    struct st_sql sql = {0};
    st_layout_select(layout, &sql);
    if (walk->first != INT64_MIN)
        st_sql_add(&sql, " WHERE entry >= ?1");
    if (walk->last != INT64_MAX)
        st_sql_add(&sql, "%s entry <= ?2", walk->first == INT64_MIN ? " WHERE" : " AND");
    st_layout_order(layout, &sql);
    enum st_status status = st_verify_query(walk->verify, rows, sql.text, walk->first);
    if (status == ST_OK && walk->last != INT64_MAX &&
        sqlite3_bind_int64(*rows, 2, walk->last) != SQLITE_OK)
        status = st_db_fail_sqlite(walk->verify->ledger, walk->verify->error);
    return status;
}

static enum st_status finish_table(struct walk *walk, enum st_table table) {
    for (size_t i = 0; i < walk->entry_count; i++) {
        struct held_entry *entry = &walk->entries[i];
        if (!entry->is_running)
            continue;
        entry->is_running = false;
        if (!st_sha256_end(entry->running, entry->found[table].digest) ||
            !st_verify_hide(walk->verify, entry->said.number, st_table_name(table),
                            entry->found[table].digest))
            return st_db_fail_memory(walk->verify->error);
    }
    return ST_OK;
}

static enum st_status walk_table(struct walk *walk, enum st_table table) {
    ST_FINALIZED sqlite3_stmt *rows = NULL;
    struct st_layout layout;
    bool found = false;
    enum st_status status = st_layout_read(walk->verify, table, &layout);
    if (status != ST_OK)
        return status;
    int entry_column = st_layout_column(&layout, "entry");
    status = open_rows(walk, &layout, &rows);
    while (status == ST_OK &&
           (status = st_verify_next(walk->verify, rows, &found)) == ST_OK && found)
        status = take_row(walk, &layout, entry_column, rows);
    enum st_status finished = finish_table(walk, table);
    return status == ST_OK ? finished : status;
}

/* The municipality's row is the first that is walked. When neither its digest nor the code of its
 * secret fits, the secret was changed: that is told once, and not again for every entry. */
static enum st_status settle_secret(struct walk *walk) {
    ST_FINALIZED sqlite3_stmt *row = NULL;
    struct st_verify *verify = walk->verify;
    struct st_layout layout;
    struct st_sql sql = {0};
    struct st_code_walk codes = {0};
    struct st_code_verdict verdict;
    bool found = false;
    enum st_status status = st_layout_read(verify, ST_TABLE_MUNICIPALITY, &layout);
    if (status != ST_OK)
        return status;
    st_layout_select(&layout, &sql);
    st_sql_add(&sql, " ORDER BY entry DESC LIMIT 1");
    status = st_verify_query(verify, &row, sql.text, 0);
    if (status == ST_OK)
        status = st_verify_next(verify, row, &found);
    if (status != ST_OK || !found)
        return status;
    const struct held_entry *entry =
        find_entry(walk, sqlite3_column_int64(row, st_layout_column(&layout, "entry")));
    walk->bytes.size = 0;
    if (!st_row_bytes_add(&walk->bytes, row, layout.column_count - 1))
        return st_db_fail_memory(verify->error);
    if (entry != NULL && !st_codes_fit(&layout, &codes, &walk->bytes, row, &verdict) &&
        (verdict.unfit_columns >> st_layout_column(&layout, "secret") & 1) != 0 &&
        strcmp(entry->said.listed[ST_TABLE_MUNICIPALITY].digest,
               entry->found[ST_TABLE_MUNICIPALITY].digest) != 0)
        verify->has_secret = false;
    return ST_OK;
}

/* Without a secret, rows can be counted and no more. */
static void compare_counts_only(struct walk *walk) {
    for (size_t i = 0; i < walk->entry_count; i++)
        for (unsigned t = 0; t < ST_TABLE_COUNT; t++) {
            struct held_entry *entry = &walk->entries[i];
            if (entry->found[t].count == entry->said.listed[t].count)
                entry->found[t] = entry->said.listed[t];
        }
}

/* What could not be read is told once, and not again as rows that are missing. */
static void pass_over(struct walk *walk, enum st_table table) {
    for (size_t i = 0; i < walk->entry_count; i++) {
        struct held_entry *entry = &walk->entries[i];
        entry->found[table] = entry->said.listed[table];
        entry->misfits &= ~(UINT32_C(1) << table);
    }
}

/* A table that cannot be read to its end is told of; the others still have their turn. */
static enum st_status walk_tables(struct walk *walk) {
    struct st_verify *verify = walk->verify;
    for (unsigned t = 0; t < ST_TABLE_COUNT; t++) {
        enum st_table table = (enum st_table)t;
        if (st_table_is_of_payslip(table))
            continue;
        enum st_status status = walk_table(walk, table);
        if (status == ST_OK && table == ST_TABLE_MUNICIPALITY)
            status = settle_secret(walk);
        if (status == ST_DAMAGED && !verify->stopped) {
            pass_over(walk, table);
            status = st_verify_tell_damage(verify, st_table_name(table), "");
        }
        if (status != ST_OK)
            return status;
    }
    return ST_OK;
}

/* ---- a second look at the rows of an entry -------------------------------------------------- */

struct look {
    struct walk *walk;
    const struct held_entry *entry;
    const struct st_layout *layout;
    sqlite3_stmt *rows;
    bool rows_are_right;
    int64_t missing; /* rows less than listed */
    int64_t place_count;
    char key_before[ST_VERIFY_KEY_SIZE];
};

static enum st_status tell_missing(struct look *look, const char *where, const char *key) {
    const struct st_table_rows *listed = &look->entry->said.listed[look->layout->table];
    char row[ST_VERIFY_KEY_SIZE] = "", expected[60], found[60];
    st_verify_add_key(row, "%s%s", where, key);
    (void)snprintf(expected, sizeof expected, "%" PRId64 " row%s of entry %" PRId64, listed->count,
                   listed->count == 1 ? "" : "s", look->entry->said.number);
    (void)snprintf(found, sizeof found, "%" PRId64 ": %" PRId64 " missing",
                   listed->count - look->missing, look->missing);
    const struct st_verify_row told = {
        .table = look->layout->name, .row = row, .expected = expected, .found = found};
    look->place_count++;
    return st_verify_tell(look->walk->verify, ST_VERIFY_MISSING, &told);
}

/* The row before this one is not the one that was written before it. */
static enum st_status tell_link(struct look *look, const struct st_code_verdict *verdict) {
    char key[ST_VERIFY_KEY_SIZE], expected[80];
    st_layout_row(look->layout, look->rows, key);
    if (look->missing > 0)
        return tell_missing(look, "before ", key);
    if (verdict->link == 0)
        (void)snprintf(expected, sizeof expected, "no row before it");
    else
        (void)snprintf(expected, sizeof expected, "a row whose key has the code %04x",
                       verdict->link);
    const struct st_verify_row told = {
        .table = look->layout->name,
        .row = key,
        .field = "codes",
        .expected = expected,
        .found = look->key_before[0] == '\0' ? "no row before it" : look->key_before};
    return st_verify_tell(look->walk->verify, ST_VERIFY_LINK, &told);
}

/* What the run's payslips come to. */
static size_t add_totals(const struct look *look, struct st_code_candidate *candidates) {
    const struct walk *walk = look->walk;
    for (size_t i = 0; look->layout->table == ST_TABLE_RUN && i < walk->run_count; i++) {
        const struct st_run_found *found = &walk->runs_found[i];
        if (found->entry != look->entry->said.number || !found->is_whole)
            continue;
        for (int t = 0; t < ST_RUN_TOTAL_COUNT; t++)
            candidates[t] = (struct st_code_candidate){
                .column = st_layout_column(look->layout, found->totals[t].column),
                .is_number = true,
                .number = found->totals[t].number};
        return ST_RUN_TOTAL_COUNT;
    }
    return 0;
}

/* Which entry a row belonged to is one of few, and what a run comes to is known. */
static enum st_status tell_codes(struct look *look, const struct st_code_verdict *verdict) {
    struct walk *walk = look->walk;
    struct st_code_candidate *candidates =
        calloc(walk->entry_count + ST_RUN_TOTAL_COUNT, sizeof *candidates);
    int column = st_layout_column(look->layout, "entry");
    if (candidates == NULL)
        return st_db_fail_memory(walk->verify->error);
    for (size_t i = 0; i < walk->entry_count; i++)
        candidates[i] = (struct st_code_candidate){
            .column = column, .is_number = true, .number = walk->entries[i].said.number};
    size_t count = walk->entry_count + add_totals(look, candidates + walk->entry_count);
    enum st_status status =
        st_verify_tell_codes(walk->verify, look->layout, verdict, &walk->bytes, look->rows,
                             look->rows_are_right, candidates, count);
    free(candidates);
    return status;
}

static enum st_status look_at_row(struct look *look, struct st_code_walk *codes) {
    struct walk *walk = look->walk;
    struct st_code_verdict verdict;
    enum st_status status = ST_OK;
    walk->bytes.size = 0;
    if (!st_row_bytes_add(&walk->bytes, look->rows, look->layout->column_count - 1))
        return st_db_fail_memory(walk->verify->error);
    if (!st_codes_fit(look->layout, codes, &walk->bytes, look->rows, &verdict)) {
        if (verdict.is_readable && !verdict.link_fits && !look->rows_are_right)
            status = tell_link(look, &verdict);
        if (status == ST_OK)
            status = tell_codes(look, &verdict);
    }
    st_layout_row(look->layout, look->rows, look->key_before);
    return status;
}

/* Rows are missing, and no row says that the one before it is gone: they were the last, or all. */
static enum st_status tell_end(struct look *look) {
    const struct st_entry_said *said = &look->entry->said;
    char key[ST_VERIFY_KEY_SIZE] = "";
    if (look->missing <= 0 || look->place_count > 0)
        return ST_OK;
    if (look->key_before[0] != '\0')
        return tell_missing(look, "after ", look->key_before);
    st_verify_add_key(key, "entry %" PRId64, said->number);
    if (said->run != 0)
        st_verify_add_key(key, ", run %" PRId64, said->run);
    return tell_missing(look, said->listed[look->layout->table].count == 1 ? "" : "all of ", key);
}

static enum st_status look_again(struct walk *walk, const struct held_entry *entry,
                                 enum st_table table) {
    ST_FINALIZED sqlite3_stmt *rows = NULL;
    const struct st_table_rows *listed = &entry->said.listed[table], *found = &entry->found[table];
    struct st_layout layout;
    struct st_sql sql = {0};
    struct st_code_walk codes = {0};
    struct look look = {.walk = walk,
                        .entry = entry,
                        .layout = &layout,
                        .rows_are_right = walk->verify->has_secret && st_table_rows_equal(listed, found),
                        .missing = listed->count - found->count};
    bool is_row = false;
    enum st_status status = st_layout_read(walk->verify, table, &layout);
    if (status != ST_OK)
        return status;
    st_layout_select(&layout, &sql);
    st_sql_add(&sql, " WHERE entry = ?");
    st_layout_order(&layout, &sql);
    status = st_verify_query(walk->verify, &rows, sql.text, entry->said.number);
    look.rows = rows;
    while (status == ST_OK &&
           (status = st_verify_next(walk->verify, rows, &is_row)) == ST_OK && is_row)
        status = look_at_row(&look, &codes);
    return status == ST_OK ? tell_end(&look) : status;
}

/* ---- an entry's rows together -------------------------------------------------------------- */

/* What a run's rows came to, for its entry; kept until the entry was looked at. */
static enum st_status take_run(void *context, const struct st_run_found *found) {
    struct walk *walk = context;
    struct held_entry *entry = find_entry(walk, found->entry);
    if (entry == NULL)
        return ST_OK;
    for (unsigned i = 0; i < ST_RUN_TABLE_COUNT; i++)
        entry->found[ST_TABLE_PAYSLIP + i] =
            found->is_whole ? found->tables[i] : entry->said.listed[ST_TABLE_PAYSLIP + i];
    if (walk->run_count == walk->run_room) {
        size_t room = 2 * walk->run_room + 16;
        struct st_run_found *larger = realloc(walk->runs_found, room * sizeof *larger);
        if (larger == NULL)
            return st_db_fail_memory(walk->verify->error);
        walk->runs_found = larger;
        walk->run_room = room;
    }
    walk->runs_found[walk->run_count++] = *found;
    return ST_OK;
}

/* The root, and which rows of the run they are whose digests do not fit. */
static enum st_status name_run(struct walk *walk, const struct st_run_found *found) {
    struct st_verify *verify = walk->verify;
    const struct held_entry *entry = find_entry(walk, found->entry);
    char key[80];
    bool fits = true;
    if (entry == NULL || !found->is_whole)
        return ST_OK;
    (void)snprintf(key, sizeof key, "entry %" PRId64 ", run %" PRId64, found->entry, found->run);
    const struct st_verify_row row = {.table = "journal", .row = key, .field = "root"};
    enum st_status status = ST_OK;
    if (verify->has_secret)
        status = st_verify_same_text(verify, ST_VERIFY_ROOT, &row, found->root, entry->said.root);
    for (unsigned t = ST_TABLE_PAYSLIP; t <= ST_TABLE_FINDING; t++)
        fits = fits && st_table_rows_equal(&entry->said.listed[t], &entry->found[t]);
    return status == ST_OK && !fits && strcmp(entry->said.kind, "run") == 0
               ? st_verify_recompute(verify, &entry->said, found)
               : status;
}

/* Where list and rows agree with the digest's other side (verify_journal.c), the rows are right. */
static enum st_status settle_list(struct walk *walk, struct held_entry *entry) {
    char digest[ST_DIGEST_TEXT_SIZE];
    if (entry->said.list_fits_digest)
        return ST_OK;
    if (!st_table_list_digest(walk->sha256, entry->found, digest))
        return st_db_fail_memory(walk->verify->error);
    if (strcmp(digest, entry->said.digest) == 0)
        memcpy(entry->said.listed, entry->found, sizeof entry->found);
    return ST_OK;
}

static enum st_status check_held(struct walk *walk, struct held_entry *entry) {
    enum st_status status =
        st_verify_entry_rows(walk->verify, walk->sha256, &entry->said, entry->found);
    if (status == ST_OK)
        status = settle_list(walk, entry);
    for (unsigned t = 0; status == ST_OK && t < ST_TABLE_COUNT; t++)
        if (st_table_has_codes((enum st_table)t) &&
            ((entry->misfits >> t & 1) != 0 ||
             !st_table_rows_equal(&entry->said.listed[t], &entry->found[t])))
            status = look_again(walk, entry, (enum st_table)t);
    return status;
}

/* ---- all entries --------------------------------------------------------------------------- */

static enum st_status walk_window(struct walk *walk, bool *is_end) {
    enum st_status status = read_window(walk, is_end);
    if (status == ST_OK)
        status = walk_tables(walk);
    if (status == ST_OK)
        status = st_run_walk_each(walk->runs, walk->first, walk->last, take_run, walk);
    if (!walk->verify->has_secret)
        compare_counts_only(walk);
    for (size_t i = 0; status == ST_OK && i < walk->entry_count; i++)
        status = check_held(walk, &walk->entries[i]);
    for (size_t i = 0; status == ST_OK && i < walk->run_count; i++)
        status = name_run(walk, &walk->runs_found[i]);
    walk->run_count = 0;
    return status;
}

enum st_status st_verify_rows(struct st_verify *verify) {
    struct walk walk = {.verify = verify, .last = INT64_MIN, .journal_end = INT64_MAX};
    bool is_end = false;
    walk.sha256 = st_sha256_new();
    walk.entries = calloc(WINDOW, sizeof *walk.entries);
    enum st_status status = walk.sha256 == NULL || walk.entries == NULL
                                ? st_db_fail_memory(verify->error)
                                : st_journal_check_new(verify, walk.sha256, &walk.journal);
    if (status == ST_OK)
        status = st_run_walk_new(verify, walk.sha256, &walk.runs);
    while (status == ST_OK && !is_end)
        status = walk_window(&walk, &is_end);
    if (status == ST_OK)
        status = st_verify_stray_runs(verify);
    for (size_t i = 0; walk.entries != NULL && i < WINDOW; i++)
        st_sha256_run_free(walk.entries[i].running);
    free(walk.entries);
    free(walk.runs_found);
    st_row_bytes_free(&walk.bytes);
    st_run_walk_free(walk.runs);
    st_journal_check_free(walk.journal);
    st_sha256_free(walk.sha256);
    return status;
}
