/* SPDX-License-Identifier: MIT */
/* verify_rows.c - the journal's entries one by one, and every row of every table against the digest
 * of the entry it belongs to.
 *
 * The canonical bytes are made here anew, from docs/ledger.md, and not by the writer's code: a fault
 * in one of the two shows. The entry's list of tables says which of them was changed; the codes of
 * its rows (verify_codes.c) say where. Fact tables have no index by entry, so a table is walked once,
 * by primary key, with a SHA-256 running for each entry. Entries are taken WINDOW at a time: memory
 * has a limit, and only a ledger of more entries is walked more than once.
 */
#include "db/canonical.h"
#include "db/verify_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 512, SHA256_SIZE = 32, KIND_SIZE = 24, COLUMNS_MAX = 24 };

/* The rows of one table that an entry wrote: how many, and their digest. */
struct table_rows {
    int64_t count;
    char digest[ST_DIGEST_TEXT_SIZE];
};

/* An entry of the window: what it says it wrote, and what its rows have come to. */
struct held_entry {
    int64_t number;
    char kind[KIND_SIZE];
    EVP_MD_CTX *running;   /* of the table being walked; kept for the next */
    bool is_running;
    struct st_codes codes; /* likewise */
    struct table_rows listed[ST_TABLE_COUNT], found[ST_TABLE_COUNT];
};

struct walk {
    struct st_verify *verify;
    EVP_MD *sha256;
    EVP_MD_CTX *context; /* for short sequences */
    struct st_leaf_maker maker; /* the secret the digests are hidden with */
    struct held_entry *entries;
    size_t entry_count;
    int64_t first, last; /* entry numbers of this window: rows outside it are another's */
    int64_t entry_before;
    char time_before[ST_TIME_TEXT_SIZE + 8];
    char hash_before[ST_DIGEST_TEXT_SIZE];
    struct st_codes journal_codes;
    char *bytes; /* canonical bytes of a row */
    size_t size, room;
};

/* ---- canonical bytes ----------------------------------------------------------------------- */

static enum st_status make_room(struct walk *walk, size_t size) {
    if (walk->room - walk->size >= size)
        return ST_OK;
    size_t room = 2 * (walk->size + size);
    char *larger = realloc(walk->bytes, room);
    if (larger == NULL)
        return st_db_fail_memory(walk->verify->error);
    walk->bytes = larger;
    walk->room = room;
    return ST_OK;
}

static void put_number(struct walk *walk, char tag, int64_t number, char end) {
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    for (digits[--at] = end; at == sizeof digits - 1 || rest > 0; rest /= 10)
        digits[--at] = (char)('0' + rest % 10);
    if (number < 0)
        digits[--at] = '-';
    digits[--at] = tag;
    memcpy(walk->bytes + walk->size, digits + at, sizeof digits - at);
    walk->size += sizeof digits - at;
}

static enum st_status put_text(struct walk *walk, const char *text, size_t size) {
    enum st_status status = make_room(walk, size + 32);
    if (status != ST_OK)
        return status;
    put_number(walk, 't', (int64_t)size, ':');
    if (size > 0)
        memcpy(walk->bytes + walk->size, text, size);
    walk->bytes[walk->size + size] = ';';
    walk->size += size + 1;
    return ST_OK;
}

/* A value of a type that no table takes has bytes of its own ("x;"), so that it is never mistaken. */
static enum st_status put_column(struct walk *walk, sqlite3_stmt *row, int column) {
    enum st_status status = make_room(walk, 32);
    int type = sqlite3_column_type(row, column);
    if (status != ST_OK)
        return status;
    if (type == SQLITE_TEXT) {
        const char *text = (const char *)sqlite3_column_text(row, column);
        if (text == NULL)
            return st_db_fail_memory(walk->verify->error);
        return put_text(walk, text, (size_t)sqlite3_column_bytes(row, column));
    }
    if (type == SQLITE_INTEGER) {
        put_number(walk, 'i', sqlite3_column_int64(row, column), ';');
        return ST_OK;
    }
    memcpy(walk->bytes + walk->size, type == SQLITE_NULL ? "n;" : "x;", 2);
    walk->size += 2;
    return ST_OK;
}

static enum st_status put_columns(struct walk *walk, sqlite3_stmt *row, int first, int count) {
    enum st_status status = ST_OK;
    walk->size = 0;
    for (int i = first; status == ST_OK && i < first + count; i++)
        status = put_column(walk, row, i);
    return status;
}

static void to_hex(const unsigned char bytes[SHA256_SIZE], char hex[ST_DIGEST_TEXT_SIZE]) {
    for (size_t i = 0; i < SHA256_SIZE; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

/* The SHA-256 of the bytes that were put together. */
static enum st_status digest_bytes(struct walk *walk, char hex[ST_DIGEST_TEXT_SIZE]) {
    unsigned char digest[SHA256_SIZE];
    if (EVP_DigestInit_ex2(walk->context, walk->sha256, NULL) != 1 ||
        EVP_DigestUpdate(walk->context, walk->bytes, walk->size) != 1 ||
        EVP_DigestFinal_ex(walk->context, digest, NULL) != 1)
        return st_db_fail_memory(walk->verify->error);
    to_hex(digest, hex);
    return ST_OK;
}

/* ---- the journal --------------------------------------------------------------------------- */

enum { ENTRY, TIME, ACTOR, KIND, RUN, DETAIL, TABLES, DIGEST, ROOT, PREVIOUS_HASH, HASH };

/* The kinds of entries, and whether they name a run. */
static const struct kind {
    const char *name;
    bool names_run;
} kinds[] = {{"init", false}, {"import", false}, {"rates", false}, {"run", true},
             {"approve", true}, {"discard", true}, {"export", true}};

static enum st_status check_kind(struct walk *walk, sqlite3_stmt *row, const char *key) {
    const char *kind = st_column_text(row, KIND);
    bool names_run = sqlite3_column_type(row, RUN) != SQLITE_NULL;
    bool is_first = sqlite3_column_int64(row, ENTRY) == 1;
    struct st_verify_row told = {.table = "journal", .row = key, .field = "kind", .found = kind};
    for (size_t i = 0; i < ST_COUNT_OF(kinds); i++) {
        if (strcmp(kind, kinds[i].name) != 0)
            continue;
        if (kinds[i].names_run != names_run) {
            told.field = "run";
            told.expected = names_run ? "" : "a run";
            told.found = st_column_text(row, RUN);
            return st_verify_tell(walk->verify, ST_VERIFY_KIND, &told);
        }
        if (is_first == (i == 0))
            return ST_OK;
    }
    told.expected = is_first ? "init" : "import, rates, run, approve, discard or export";
    return st_verify_tell(walk->verify, ST_VERIFY_KIND, &told);
}

static bool time_exists(const char *text) {
    st_date date;
    return strlen(text) == ST_TIME_TEXT_SIZE - 1 && st_date_parse(text, 10, &date) &&
           text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == 'Z' &&
           strspn(text + 11, "0123456789") == 2 && strncmp(text + 11, "23", 2) <= 0 &&
           strspn(text + 14, "0123456789") == 2 && strncmp(text + 14, "59", 2) <= 0 &&
           strspn(text + 17, "0123456789") == 2 && strncmp(text + 17, "59", 2) <= 0;
}

static enum st_status check_order(struct walk *walk, sqlite3_stmt *row, const char *key) {
    struct st_verify_row told = {.table = "journal", .row = key, .field = "entry"};
    const char *time = st_column_text(row, TIME);
    char before[64];
    enum st_status status =
        st_verify_same_number(walk->verify, ST_VERIFY_ENTRY, &told, walk->entry_before + 1,
                              sqlite3_column_int64(row, ENTRY), false);
    if (status != ST_OK || (time_exists(time) && strcmp(time, walk->time_before) >= 0))
        return status;
    (void)snprintf(before, sizeof before, "a time, %s or later",
                   walk->time_before[0] == '\0' ? "any" : walk->time_before);
    told.field = "time";
    told.expected = before;
    told.found = time;
    return st_verify_tell(walk->verify, ST_VERIFY_TIME, &told);
}

static enum st_status check_chain(struct walk *walk, sqlite3_stmt *row, const char *key) {
    char hash[ST_DIGEST_TEXT_SIZE];
    struct st_verify_row told = {.table = "journal", .row = key, .field = "previous_hash"};
    enum st_status status =
        st_verify_same_text(walk->verify, ST_VERIFY_CHAIN, &told, walk->hash_before,
                            st_column_text(row, PREVIOUS_HASH));
    if (status == ST_OK)
        status = put_columns(walk, row, ENTRY, HASH);
    if (status == ST_OK)
        status = digest_bytes(walk, hash);
    told.field = "hash";
    if (status == ST_OK)
        status = st_verify_same_text(walk->verify, ST_VERIFY_HASH, &told, hash,
                                     st_column_text(row, HASH));
    return status;
}

/* One "name count digest" of the list, at *text, which goes on past it. False when it is none, or
 * when its table does not come after `after`. */
static bool read_listed(const char **text, int after, struct held_entry *entry, int *table) {
    char name[24], digest[ST_DIGEST_TEXT_SIZE + 1];
    int64_t count;
    int size = 0;
    if (sscanf(*text, "%23[a-z_] %" SCNd64 " %65[0-9a-f]%n", name, &count, digest, &size) != 3 ||
        strlen(digest) != ST_DIGEST_TEXT_SIZE - 1 || count < 1)
        return false;
    for (*table = after + 1; *table < ST_TABLE_COUNT; ++*table)
        if (strcmp(st_table_name((enum st_table)*table), name) == 0)
            break;
    if (*table == ST_TABLE_COUNT)
        return false;
    entry->listed[*table].count = count;
    memcpy(entry->listed[*table].digest, digest, ST_DIGEST_TEXT_SIZE);
    *text += size;
    return true;
}

static bool read_list(const char *text, struct held_entry *entry) {
    int table = -1;
    for (bool is_first = true; *text != '\0'; is_first = false) {
        if (!is_first && *text++ != ';')
            return false;
        if (!read_listed(&text, table, entry, &table))
            return false;
    }
    return true;
}

/* Reads the entry's list of tables, and holds it against the digest over it. */
static enum st_status check_list(struct walk *walk, sqlite3_stmt *row, const char *key,
                                 struct held_entry *entry) {
    char hex[ST_DIGEST_TEXT_SIZE];
    struct st_verify_row told = {.table = "journal",
                                 .row = key,
                                 .field = "tables",
                                 .expected = "name count digest;...",
                                 .found = st_column_text(row, TABLES)};
    memset(entry->listed, 0, sizeof entry->listed);
    if (!read_list(told.found, entry))
        return st_verify_tell(walk->verify, ST_VERIFY_TABLES, &told);
    enum st_status status = ST_OK;
    walk->size = 0;
    for (unsigned t = 0; status == ST_OK && t < ST_TABLE_COUNT; t++) {
        const char *name = st_table_name((enum st_table)t);
        if (entry->listed[t].count == 0)
            continue;
        status = put_text(walk, name, strlen(name));
        if (status == ST_OK)
            status = make_room(walk, 32);
        if (status != ST_OK)
            break;
        put_number(walk, 'i', entry->listed[t].count, ';');
        status = put_text(walk, entry->listed[t].digest, ST_DIGEST_TEXT_SIZE - 1);
    }
    if (status == ST_OK)
        status = digest_bytes(walk, hex);
    told.field = "digest";
    return status == ST_OK ? st_verify_same_text(walk->verify, ST_VERIFY_TABLES, &told, hex,
                                                 st_column_text(row, DIGEST))
                           : status;
}

static enum st_status check_entry(struct walk *walk, sqlite3_stmt *row, struct held_entry *entry) {
    char key[60];
    (void)snprintf(key, sizeof key, "entry %" PRId64, (int64_t)sqlite3_column_int64(row, ENTRY));
    enum st_status status = check_order(walk, row, key);
    if (status == ST_OK)
        status = check_kind(walk, row, key);
    if (status == ST_OK)
        status = check_list(walk, row, key, entry);
    if (status == ST_OK)
        status = check_chain(walk, row, key);
    if (status == ST_OK)
        status = st_verify_codes(walk->verify, ST_TABLE_JOURNAL, &walk->journal_codes, row, 0, key);
    walk->entry_before = sqlite3_column_int64(row, ENTRY);
    st_column_copy(row, TIME, walk->time_before, sizeof walk->time_before);
    st_column_copy(row, HASH, walk->hash_before, sizeof walk->hash_before);
    return status;
}

/* Checks the journal's next entries and holds them; *is_end when they are the last. */
static enum st_status read_window(struct walk *walk, sqlite3_stmt *journal, bool *is_end) {
    enum st_status status = ST_OK;
    bool found = true;
    walk->first = walk->entry_count == 0    ? walk->verify->first_entry
                  : walk->last == INT64_MAX ? INT64_MAX
                                            : walk->last + 1;
    walk->entry_count = 0;
    while (status == ST_OK && walk->entry_count < WINDOW) {
        status = st_verify_next(walk->verify, journal, &found);
        if (status != ST_OK || !found)
            break;
        struct held_entry *entry = &walk->entries[walk->entry_count++];
        entry->number = sqlite3_column_int64(journal, ENTRY);
        st_column_copy(journal, KIND, entry->kind, sizeof entry->kind);
        memset(entry->found, 0, sizeof entry->found);
        walk->last = entry->number;
        walk->verify->summary->entry_count++;
        walk->verify->summary->row_count++;
        status = check_entry(walk, journal, entry);
        if (entry->number < walk->verify->first_entry)
            walk->entry_count--; /* its rows are not looked at */
    }
    *is_end = !found;
    if (!found)
        walk->last = INT64_MAX;
    return status;
}

static struct held_entry *find_entry(struct walk *walk, int64_t number) {
    size_t low = 0, high = walk->entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (walk->entries[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < walk->entry_count && walk->entries[low].number == number ? &walk->entries[low]
                                                                          : NULL;
}

/* ---- the rows of a table ------------------------------------------------------------------- */

static bool belongs_by_run(enum st_table table) { return st_table_is_of_payslip(table); }

/* What a table's walk reads: first the key (key_count columns), then all columns, `codes` last, then
 * the entry. */
struct layout {
    int key_count, column_count;
    struct st_sql sql;
};

/* Columns and key are those of the shipped schema, whatever the ledger's own says. */
static enum st_status lay_out(struct walk *walk, enum st_table table, struct layout *layout) {
    ST_FINALIZED sqlite3_stmt *info = NULL;
    struct st_sql keys = {0}, columns = {0};
    const char *name = st_table_name(table);
    char names[COLUMNS_MAX][64];
    int order[COLUMNS_MAX] = {0};
    if (sqlite3_prepare_v2(walk->verify->model, "SELECT name, pk FROM pragma_table_info(?)", -1,
                           &info, NULL) != SQLITE_OK ||
        sqlite3_bind_text(info, 1, name, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_memory(walk->verify->error);
    *layout = (struct layout){0};
    while (sqlite3_step(info) == SQLITE_ROW) {
        int i = layout->column_count++, place = sqlite3_column_int(info, 1);
        assert(i < COLUMNS_MAX && place < COLUMNS_MAX);
        st_column_copy(info, 0, names[i], sizeof names[i]);
        st_sql_add(&columns, ", \"%s\"", names[i]);
        order[place] = place == 0 ? 0 : i;
        layout->key_count += place != 0;
    }
    for (int place = 1; place <= layout->key_count; place++)
        st_sql_add(&keys, "%s\"%s\"", place == 1 ? "" : ", ", names[order[place]]);
    bool by_run = belongs_by_run(table);
    bool newest_first = layout->key_count > 1 &&
                        strcmp(names[order[layout->key_count]], "entry") == 0;
    st_sql_add(&layout->sql, "SELECT %s%s, %s FROM %s%s ORDER BY %s%s", keys.text, columns.text,
               by_run ? "run" : "entry", name,
               by_run ? " WHERE run >= ?" : " WHERE entry BETWEEN ? AND ?",
               keys.text, newest_first ? " DESC" : "");
    return ST_OK;
}

/* What stands around the row being read: the run whose rows they are, and rows of no entry. */
struct group {
    bool has_run;
    int64_t run;
    bool is_here; /* the entry is in this window */
    struct held_entry *entry;
    sqlite3_stmt *entry_of_run;
    const char *table;
    int64_t orphan_count;
    char orphan_key[ST_VERIFY_KEY_SIZE]; /* of the first */
};

/* Rows of one unknown run come together and are told together; any other row alone. */
static enum st_status tell_orphans(struct walk *walk, struct group *group) {
    char count[40];
    if (group->orphan_count == 0)
        return ST_OK;
    (void)snprintf(count, sizeof count, "%" PRId64 " %s", group->orphan_count,
                   group->orphan_count == 1 ? "row" : "rows from this one on");
    group->orphan_count = 0;
    struct st_verify_row row = {.table = group->table,
                                .row = group->orphan_key,
                                .field = group->has_run ? "run" : "entry",
                                .expected = "an entry of the journal",
                                .found = count};
    return st_verify_tell(walk->verify, ST_VERIFY_ORPHAN, &row);
}

static enum st_status enter_run(struct walk *walk, struct group *group, int64_t run) {
    struct st_verify *verify = walk->verify;
    bool found = false;
    enum st_status status = tell_orphans(walk, group);
    group->run = run;
    group->has_run = true;
    if (status == ST_OK && group->entry_of_run == NULL)
        status = st_prepare(verify->ledger, &group->entry_of_run,
                            "SELECT entry FROM run WHERE run = ?", verify->error);
    if (status != ST_OK)
        return status;
    (void)sqlite3_reset(group->entry_of_run);
    if (sqlite3_bind_int64(group->entry_of_run, 1, run) != SQLITE_OK)
        return st_db_fail_sqlite(verify->ledger, verify->error);
    status = st_verify_next(verify, group->entry_of_run, &found);
    /* A run that is not there belongs to the last window, so that its rows are told of once. */
    int64_t entry = found ? sqlite3_column_int64(group->entry_of_run, 0) : INT64_MAX;
    group->is_here = entry >= walk->first && entry <= walk->last;
    group->entry = found ? find_entry(walk, entry) : NULL;
    (void)sqlite3_reset(group->entry_of_run);
    return status;
}

static enum st_status add_to_entry(struct walk *walk, struct held_entry *entry,
                                   enum st_table table) {
    if (entry->running == NULL)
        entry->running = EVP_MD_CTX_new();
    if (entry->running == NULL)
        return st_db_fail_memory(walk->verify->error);
    if (!entry->is_running) {
        if (EVP_DigestInit_ex2(entry->running, walk->sha256, NULL) != 1)
            return st_db_fail_memory(walk->verify->error);
        if (st_table_has_codes(table))
            st_codes_open(&entry->codes, table);
    }
    entry->is_running = true;
    entry->found[table].count++;
    if (EVP_DigestUpdate(entry->running, walk->bytes, walk->size) != 1)
        return st_db_fail_memory(walk->verify->error);
    return ST_OK;
}

static enum st_status take_row_of_entry(struct walk *walk, struct held_entry *entry,
                                        enum st_table table, const struct layout *layout,
                                        sqlite3_stmt *row) {
    char key[ST_VERIFY_KEY_SIZE];
    bool has_codes = st_table_has_codes(table);
    enum st_status status =
        put_columns(walk, row, layout->key_count, layout->column_count - has_codes);
    if (status == ST_OK)
        status = add_to_entry(walk, entry, table);
    if (status != ST_OK || !has_codes)
        return status;
    st_verify_key(row, layout->key_count, key);
    return st_verify_codes(walk->verify, table, &entry->codes, row, layout->key_count, key);
}

static enum st_status take_row(struct walk *walk, struct group *group, enum st_table table,
                               const struct layout *layout, sqlite3_stmt *row) {
    int64_t owner = sqlite3_column_int64(row, layout->key_count + layout->column_count);
    enum st_status status = ST_OK;
    if (!belongs_by_run(table)) {
        group->entry = find_entry(walk, owner);
        group->is_here = true;
    } else if (!group->has_run || group->run != owner) {
        status = enter_run(walk, group, owner);
    }
    if (status != ST_OK || !group->is_here)
        return status;
    walk->verify->summary->row_count++;
    if (group->entry != NULL)
        return take_row_of_entry(walk, group->entry, table, layout, row);
    if (group->orphan_count++ == 0)
        st_verify_key(row, layout->key_count, group->orphan_key);
    return belongs_by_run(table) ? ST_OK : tell_orphans(walk, group);
}

static enum st_status finish_table(struct walk *walk, enum st_table table) {
    for (size_t i = 0; i < walk->entry_count; i++) {
        struct held_entry *entry = &walk->entries[i];
        unsigned char digest[SHA256_SIZE];
        if (!entry->is_running)
            continue;
        entry->is_running = false;
        if (EVP_DigestFinal_ex(entry->running, digest, NULL) != 1)
            return st_db_fail_memory(walk->verify->error);
        to_hex(digest, entry->found[table].digest);
        if (!st_table_digest_hide(&walk->maker, entry->number, st_table_name(table),
                                  entry->found[table].digest))
            return st_db_fail_memory(walk->verify->error);
    }
    return ST_OK;
}

static enum st_status walk_table(struct walk *walk, enum st_table table) {
    ST_FINALIZED sqlite3_stmt *rows = NULL;
    struct layout layout;
    struct group group = {.table = st_table_name(table)};
    bool found = false;
    enum st_status status = lay_out(walk, table, &layout);
    if (status == ST_OK)
        status = st_verify_query(walk->verify, &rows, layout.sql.text,
                                 belongs_by_run(table) ? walk->verify->first_run : walk->first);
    if (status == ST_OK && !belongs_by_run(table) &&
        sqlite3_bind_int64(rows, 2, walk->last) != SQLITE_OK)
        status = st_db_fail_sqlite(walk->verify->ledger, walk->verify->error);
    while (status == ST_OK &&
           (status = st_verify_next(walk->verify, rows, &found)) == ST_OK && found)
        status = take_row(walk, &group, table, &layout, rows);
    if (status == ST_OK)
        status = tell_orphans(walk, &group);
    st_statement_finalize(&group.entry_of_run);
    enum st_status finished = finish_table(walk, table);
    return status == ST_OK ? finished : status;
}

/* A table that cannot be read to its end is told of; the others still have their turn. */
static enum st_status walk_tables(struct walk *walk) {
    struct st_verify *verify = walk->verify;
    for (unsigned t = 0; t < ST_TABLE_COUNT; t++) {
        enum st_status status = walk_table(walk, (enum st_table)t);
        if (status == ST_DAMAGED && !verify->stopped) {
            struct st_verify_row row = {.table = st_table_name((enum st_table)t),
                                        .found = verify->error->text};
            status = st_verify_tell(verify, ST_VERIFY_READ, &row);
        }
        if (status != ST_OK)
            return status;
    }
    return ST_OK;
}

/* ---- an entry's rows together -------------------------------------------------------------- */

/* How many rows of a table an entry of a kind may write. */
static void row_limits(const char *kind, enum st_table table, int64_t *least, int64_t *most) {
    bool is_fact = table >= ST_TABLE_FACT && table < ST_TABLE_IMPORT_FILE;
    *least = *most = 0;
    if (strcmp(kind, "init") == 0 && table == ST_TABLE_MUNICIPALITY)
        *least = *most = 1;
    else if ((strcmp(kind, "init") == 0 || strcmp(kind, "rates") == 0) && table == ST_TABLE_RATE)
        *least = 1, *most = INT64_MAX;
    else if (strcmp(kind, "import") == 0 && (is_fact || table == ST_TABLE_IMPORT_FILE))
        *least = table == ST_TABLE_IMPORT_FILE, *most = INT64_MAX;
    else if (strcmp(kind, "run") == 0 && table == ST_TABLE_RUN)
        *least = *most = 1;
    else if (strcmp(kind, "run") == 0 && belongs_by_run(table))
        *most = INT64_MAX;
    else if ((strcmp(kind, "approve") == 0 && table == ST_TABLE_APPROVAL) ||
             (strcmp(kind, "export") == 0 && table == ST_TABLE_EXPORT))
        *least = *most = 1;
}

static enum st_status check_content(struct walk *walk, const struct held_entry *entry) {
    enum st_status status = ST_OK;
    char key[80], expected[60], found[40];
    (void)snprintf(key, sizeof key, "entry %" PRId64 " (%s)", entry->number, entry->kind);
    for (unsigned t = 0; status == ST_OK && t < ST_TABLE_COUNT; t++) {
        int64_t least, most;
        row_limits(entry->kind, (enum st_table)t, &least, &most);
        if (entry->found[t].count >= least && entry->found[t].count <= most)
            continue;
        (void)snprintf(expected, sizeof expected, "%s%" PRId64 " rows",
                       most > least ? "at least " : "", least);
        (void)snprintf(found, sizeof found, "%" PRId64 " rows", entry->found[t].count);
        struct st_verify_row row = {.table = st_table_name((enum st_table)t),
                                    .row = key,
                                    .field = "entry",
                                    .expected = expected,
                                    .found = found};
        status = st_verify_tell(walk->verify, ST_VERIFY_CONTENT, &row);
    }
    return status;
}

/* The rows of each table against what the entry's list says of them. */
static enum st_status check_tables(struct walk *walk, const struct held_entry *entry) {
    enum st_status status = ST_OK;
    char key[80], expected[120], found[120];
    (void)snprintf(key, sizeof key, "entry %" PRId64 " (%s)", entry->number, entry->kind);
    for (unsigned t = 0; status == ST_OK && t < ST_TABLE_COUNT; t++) {
        const struct table_rows *listed = &entry->listed[t], *rows = &entry->found[t];
        if (listed->count == rows->count && strcmp(listed->digest, rows->digest) == 0)
            continue;
        (void)snprintf(expected, sizeof expected, "%" PRId64 " rows, digest %s", listed->count,
                       listed->count == 0 ? "none" : listed->digest);
        (void)snprintf(found, sizeof found, "%" PRId64 " rows, digest %s", rows->count,
                       rows->count == 0 ? "none" : rows->digest);
        struct st_verify_row row = {.table = st_table_name((enum st_table)t),
                                    .row = key,
                                    .field = "tables",
                                    .expected = expected,
                                    .found = found};
        status = st_verify_tell(walk->verify, ST_VERIFY_DIGEST, &row);
    }
    return status;
}

/* ---- all entries --------------------------------------------------------------------------- */

static enum st_status walk_windows(struct walk *walk) {
    ST_FINALIZED sqlite3_stmt *journal = NULL;
    bool is_end = false;
    enum st_status status =
        st_verify_query(walk->verify, &journal,
                        "SELECT entry, time, actor, kind, run, detail, tables, digest, root,"
                        " previous_hash, hash, codes FROM journal ORDER BY entry",
                        0);
    st_codes_open(&walk->journal_codes, ST_TABLE_JOURNAL);
    while (status == ST_OK && !is_end) {
        status = read_window(walk, journal, &is_end);
        if (status == ST_OK)
            status = walk_tables(walk);
        for (size_t i = 0; status == ST_OK && i < walk->entry_count; i++) {
            status = check_content(walk, &walk->entries[i]);
            if (status == ST_OK)
                status = check_tables(walk, &walk->entries[i]);
        }
    }
    return status;
}

/* A secret that is none fits no digest: the row of municipality is told, and so is every entry. */
static enum st_status open_maker(struct walk *walk) {
    struct st_error damage;
    enum st_status status = st_leaf_maker_open(&walk->maker, walk->verify->ledger, &damage);
    if (status == ST_DAMAGED && walk->maker.hasher != NULL)
        return ST_OK;
    if (status != ST_OK)
        *walk->verify->error = damage;
    return status;
}

enum st_status st_verify_rows(struct st_verify *verify) {
    struct walk walk = {.verify = verify};
    memset(walk.hash_before, '0', ST_DIGEST_TEXT_SIZE - 1);
    walk.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    walk.context = EVP_MD_CTX_new();
    walk.entries = calloc(WINDOW, sizeof *walk.entries);
    enum st_status status = walk.sha256 == NULL || walk.context == NULL || walk.entries == NULL
                                ? st_db_fail_memory(verify->error)
                                : make_room(&walk, 1024);
    if (status == ST_OK)
        status = open_maker(&walk);
    if (status == ST_OK)
        status = walk_windows(&walk);
    for (size_t i = 0; walk.entries != NULL && i < WINDOW; i++)
        EVP_MD_CTX_free(walk.entries[i].running);
    free(walk.entries);
    free(walk.bytes);
    EVP_MD_CTX_free(walk.context);
    EVP_MD_free(walk.sha256);
    st_leaf_maker_close(&walk.maker);
    return status;
}
