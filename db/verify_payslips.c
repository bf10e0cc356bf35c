/* SPDX-License-Identifier: MIT */
/* verify_payslips.c - the rows of a run: payslips, lines, corrections, claims and findings, walked side by
 * side in person order, once. From the same row come its table's digest, the leaf of the run's tree
 * and what the books need, so that nothing is read twice and nothing grows.
 *
 * The leaves come from the rows as stored, not from the writer.
 */
#include "db/verify_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One of the five tables of the run that is walked. */
struct source {
    struct st_layout layout;
    int person_column;
    sqlite3_stmt *rows;
    bool has_row;
    struct st_row_bytes row; /* of the row stood on */
    struct st_sha256_run *running;
    int64_t count;
    /* of the person met */
    struct st_row_bytes bytes;
    int64_t person_count;
};

struct st_run_walk {
    struct st_verify *verify;
    struct st_sha256 *sha256; /* borrowed */
    struct source sources[ST_RUN_TABLE_COUNT];
    struct st_books *books;
    struct st_tree tree;
    struct st_row_bytes leaf, person;
    const char *reading; /* the table read last */
};

/* ---- opening ------------------------------------------------------------------------------- */

static enum st_status open_source(struct st_run_walk *walk, int i) {
    struct source *source = &walk->sources[i];
    struct st_sql sql = {0};
    enum st_status status = st_layout_read(
        walk->verify, (enum st_table)((unsigned)ST_TABLE_PAYSLIP + (unsigned)i), &source->layout);
    if (status != ST_OK)
        return status;
    source->person_column = st_layout_column(&source->layout, "person_id");
    st_layout_select(&source->layout, &sql);
    st_sql_add(&sql, " WHERE run = ?");
    st_layout_order(&source->layout, &sql);
    walk->reading = source->layout.name;
    return st_verify_query(walk->verify, &source->rows, sql.text, 0);
}

enum st_status st_run_walk_new(struct st_verify *verify, struct st_sha256 *sha256,
                               struct st_run_walk **out) {
    struct st_run_walk *walk = calloc(1, sizeof *walk);
    if (walk == NULL)
        return st_db_fail_memory(verify->error);
    *out = walk;
    walk->verify = verify;
    walk->sha256 = sha256;
    return ST_OK;
}

static void close_sources(struct st_run_walk *walk) {
    for (int i = 0; i < ST_RUN_TABLE_COUNT; i++)
        st_statement_finalize(&walk->sources[i].rows);
}

void st_run_walk_free(struct st_run_walk *walk) {
    if (walk == NULL)
        return;
    close_sources(walk);
    for (int i = 0; i < ST_RUN_TABLE_COUNT; i++) {
        st_sha256_run_free(walk->sources[i].running);
        st_row_bytes_free(&walk->sources[i].row);
        st_row_bytes_free(&walk->sources[i].bytes);
    }
    st_books_free(walk->books);
    st_row_bytes_free(&walk->leaf);
    st_row_bytes_free(&walk->person);
    free(walk);
}

/* ---- one person ---------------------------------------------------------------------------- */

/* The bytes are made before any column is read as text, which would make text of what is none. */
static enum st_status step(struct st_run_walk *walk, struct source *source) {
    walk->reading = source->layout.name;
    enum st_status status = st_verify_next(walk->verify, source->rows, &source->has_row);
    source->row.size = 0;
    if (status == ST_OK && source->has_row &&
        !st_row_bytes_add(&source->row, source->rows, source->layout.column_count))
        status = st_db_fail_memory(walk->verify->error);
    return status;
}

static const char *person_of(const struct source *source) {
    return st_column_text(source->rows, source->person_column);
}

static bool is_of_person(const struct st_run_walk *walk, const struct source *source) {
    return source->has_row && strcmp(person_of(source), walk->person.data) == 0;
}

/* The first person of whom there is a row; false when nothing is left. */
static bool find_person(struct st_run_walk *walk, bool *failed) {
    const char *first = NULL;
    for (int i = 0; i < ST_RUN_TABLE_COUNT; i++) {
        const char *person = walk->sources[i].has_row ? person_of(&walk->sources[i]) : NULL;
        if (person != NULL && (first == NULL || strcmp(person, first) < 0))
            first = person;
    }
    if (first == NULL)
        return false;
    walk->person.size = 0;
    *failed = !st_row_bytes_copy(&walk->person, first, strlen(first) + 1);
    return true;
}

/* The row the source stands on: its bytes. */
static bool take_bytes(struct source *source) {
    source->person_count++;
    return st_row_bytes_copy(&source->bytes, source->row.data, source->row.size);
}

/* The person's rows of a table but payslip: bytes and books. */
static enum st_status take_rows(struct st_run_walk *walk, struct source *source) {
    enum st_status status = ST_OK;
    while (status == ST_OK && is_of_person(walk, source)) {
        if (!take_bytes(source))
            return st_db_fail_memory(walk->verify->error);
        status = st_books_row(walk->books, source->layout.table, source->rows);
        if (status == ST_OK)
            status = step(walk, source);
    }
    return status;
}

/* SHA-256(0x00 || salt || canonical payslip): a leaf of the run's tree. */
static enum st_status add_leaf(struct st_run_walk *walk, int64_t run) {
    struct st_error *error = walk->verify->error;
    struct st_row_bytes *leaf = &walk->leaf;
    struct st_tree_hash salt, hash;
    leaf->size = 0;
    for (int i = 0; i < ST_RUN_TABLE_COUNT; i++) {
        const struct source *source = &walk->sources[i];
        const char *name = source->layout.name;
        if (!st_row_bytes_text(leaf, name, strlen(name)) ||
            !st_row_bytes_number(leaf, source->person_count) ||
            (source->bytes.size > 0 &&
             !st_row_bytes_copy(leaf, source->bytes.data, source->bytes.size)))
            return st_db_fail_memory(error);
    }
    enum st_status status = st_payslip_salt(&walk->verify->leaves, run, walk->person.data, &salt, error);
    if (status == ST_OK)
        status =
            st_payslip_leaf_hash(&walk->verify->leaves, &salt, leaf->data, leaf->size, &hash, error);
    if (status == ST_OK)
        st_tree_add(&walk->tree, &hash);
    return status;
}

/* The person's bytes into the tables' digests. */
static enum st_status add_to_digests(struct st_run_walk *walk) {
    for (int i = 0; i < ST_RUN_TABLE_COUNT; i++) {
        struct source *source = &walk->sources[i];
        if (source->person_count == 0)
            continue;
        source->count += source->person_count;
        walk->verify->summary->row_count += source->person_count;
        if (!st_sha256_add(source->running, source->bytes.data, source->bytes.size))
            return st_db_fail_memory(walk->verify->error);
    }
    return ST_OK;
}

static enum st_status take_person(struct st_run_walk *walk, int64_t run) {
    struct source *payslips = &walk->sources[0];
    enum st_status status = ST_OK;
    for (int i = 0; i < ST_RUN_TABLE_COUNT; i++) {
        walk->sources[i].bytes.size = 0;
        walk->sources[i].person_count = 0;
    }
    st_books_begin_person(walk->books, walk->person.data);
    bool has_payslip = is_of_person(walk, payslips);
    if (has_payslip) {
        if (!take_bytes(payslips))
            return st_db_fail_memory(walk->verify->error);
        st_books_payslip(walk->books, payslips->rows);
    }
    for (int i = 1; status == ST_OK && i < ST_RUN_TABLE_COUNT; i++)
        status = take_rows(walk, &walk->sources[i]);
    if (status == ST_OK)
        status = st_books_end_person(walk->books);
    if (status == ST_OK)
        status = add_to_digests(walk);
    if (status == ST_OK && has_payslip && walk->verify->has_secret)
        status = add_leaf(walk, run);
    return status == ST_OK && has_payslip ? step(walk, payslips) : status;
}

/* ---- one run ------------------------------------------------------------------------------- */

static enum st_status begin_source(struct st_run_walk *walk, struct source *source, int64_t run) {
    source->count = 0;
    if (!st_sha256_begin(walk->sha256, &source->running))
        return st_db_fail_memory(walk->verify->error);
    (void)sqlite3_reset(source->rows);
    if (sqlite3_bind_int64(source->rows, 1, run) != SQLITE_OK)
        return st_db_fail_sqlite(walk->verify->ledger, walk->verify->error);
    return step(walk, source);
}

static enum st_status begin_run(struct st_run_walk *walk, int64_t run, bool *found) {
    enum st_status status = ST_OK;
    if (walk->books == NULL)
        status = st_books_new(walk->verify, &walk->books);
    for (int i = 0; status == ST_OK && i < ST_RUN_TABLE_COUNT; i++) {
        if (walk->sources[i].rows == NULL)
            status = open_source(walk, i);
        if (status == ST_OK)
            status = begin_source(walk, &walk->sources[i], run);
    }
    st_tree_begin(&walk->tree, walk->verify->leaves.hasher);
    walk->reading = "run";
    return status == ST_OK ? st_books_begin_run(walk->books, run, found) : status;
}

static enum st_status finish_run(struct st_run_walk *walk, struct st_run_found *found) {
    struct st_tree_hash root;
    for (int i = 0; i < ST_RUN_TABLE_COUNT; i++) {
        found->tables[i].count = walk->sources[i].count;
        if (walk->sources[i].count == 0)
            continue;
        if (!st_sha256_end(walk->sources[i].running, found->tables[i].digest) ||
            !st_verify_hide(walk->verify, found->entry, walk->sources[i].layout.name,
                            found->tables[i].digest))
            return st_db_fail_memory(walk->verify->error);
    }
    if (walk->verify->has_secret && !st_tree_root(&walk->tree, &root))
        return st_db_fail_memory(walk->verify->error);
    if (walk->verify->has_secret)
        st_tree_hex(&root, found->root);
    found->is_whole = true;
    return ST_OK;
}

static enum st_status walk_run(struct st_run_walk *walk, struct st_run_found *found) {
    bool is_there = false, failed = false;
    enum st_status status = begin_run(walk, found->run, &is_there);
    while (status == ST_OK && is_there && find_person(walk, &failed))
        status = failed ? st_db_fail_memory(walk->verify->error) : take_person(walk, found->run);
    if (status == ST_OK && is_there)
        status = st_books_end_run(walk->books, found->totals);
    return status == ST_OK && is_there ? finish_run(walk, found) : status;
}

/* What cannot be read of a run is told; the other runs still have their turn. */
static enum st_status take_run(struct st_run_walk *walk, struct st_run_found *found) {
    char row[40];
    enum st_status status = walk_run(walk, found);
    for (int i = 0; i < ST_RUN_TABLE_COUNT; i++)
        if (walk->sources[i].rows != NULL)
            (void)sqlite3_reset(walk->sources[i].rows);
    if (status != ST_DAMAGED || walk->verify->stopped)
        return status;
    (void)snprintf(row, sizeof row, "run %" PRId64, found->run);
    return st_verify_tell_damage(walk->verify, walk->reading, row);
}

/* ---- runs ---------------------------------------------------------------------------------- */

enum st_status st_run_walk_each(struct st_run_walk *walk, int64_t first, int64_t last,
                                enum st_status (*take)(void *context,
                                                       const struct st_run_found *found),
                                void *context) {
    ST_FINALIZED sqlite3_stmt *runs = NULL;
    struct st_verify *verify = walk->verify;
    bool is_row = false;
    enum st_status status =
        st_verify_query(verify, &runs,
                        "SELECT run, entry FROM run WHERE entry >= ?1 AND entry <= ?2 ORDER BY run",
                        first);
    if (status == ST_OK && sqlite3_bind_int64(runs, 2, last) != SQLITE_OK)
        status = st_db_fail_sqlite(verify->ledger, verify->error);
    while (status == ST_OK && (status = st_verify_next(verify, runs, &is_row)) == ST_OK && is_row) {
        struct st_run_found found = {.run = sqlite3_column_int64(runs, 0),
                                     .entry = sqlite3_column_int64(runs, 1)};
        status = take_run(walk, &found);
        if (status == ST_OK)
            status = take(context, &found);
    }
    if (status != ST_DAMAGED || verify->stopped)
        return status;
    return st_verify_tell_damage(verify, "run", ""); /* the run's rows are told of by others */
}

/* ---- rows of no run ------------------------------------------------------------------------ */

/* Rows of one unknown run are told together, by the first. */
static enum st_status tell_stray(struct st_verify *verify, const struct st_layout *layout,
                                 sqlite3_stmt *run) {
    ST_FINALIZED sqlite3_stmt *rows = NULL;
    struct st_sql sql = {0};
    char key[ST_VERIFY_KEY_SIZE], found[60];
    bool is_row = false;
    st_layout_select(layout, &sql);
    st_sql_add(&sql, " WHERE run = ?1");
    st_layout_order(layout, &sql);
    enum st_status status = st_verify_query(verify, &rows, sql.text, 0);
    if (status == ST_OK && sqlite3_bind_value(rows, 1, sqlite3_column_value(run, 0)) != SQLITE_OK)
        status = st_db_fail_sqlite(verify->ledger, verify->error);
    if (status == ST_OK)
        status = st_verify_next(verify, rows, &is_row);
    if (status != ST_OK || !is_row)
        return status;
    st_layout_row(layout, rows, key);
    int64_t count = 0;
    for (; status == ST_OK && is_row; count++)
        status = st_verify_next(verify, rows, &is_row);
    (void)snprintf(found, sizeof found, "no such run: %" PRId64 " row%s", count,
                   count == 1 ? "" : "s from this one on");
    const struct st_verify_row told = {.table = layout->name,
                                       .row = key,
                                       .field = "run",
                                       .expected = "a run",
                                       .found = found};
    return status == ST_OK ? st_verify_tell(verify, ST_VERIFY_ORPHAN, &told) : status;
}

/* Where the run begins the key, from run to run by seeking; else by a walk. */
static enum st_status find_stray(struct st_verify *verify, const struct st_layout *layout) {
    ST_FINALIZED sqlite3_stmt *runs = NULL;
    struct st_sql sql = {0};
    bool is_row = false, by_seek = layout->key[0] == st_layout_column(layout, "run");
    if (by_seek)
        st_sql_add(&sql,
                   "WITH RECURSIVE r (run) AS (SELECT min(run) FROM %s WHERE run >= ?1 UNION ALL"
                   " SELECT (SELECT min(run) FROM %s AS t WHERE t.run > r.run) FROM r"
                   "  WHERE r.run IS NOT NULL)"
                   " SELECT run FROM r WHERE run IS NOT NULL AND run NOT IN (SELECT run FROM run)",
                   layout->name, layout->name);
    else
        st_sql_add(&sql,
                   "SELECT DISTINCT run FROM %s WHERE run >= ?1 AND run NOT IN"
                   " (SELECT run FROM run)",
                   layout->name);
    enum st_status status = st_verify_query(verify, &runs, sql.text, verify->first_run);
    while (status == ST_OK && (status = st_verify_next(verify, runs, &is_row)) == ST_OK && is_row)
        status = tell_stray(verify, layout, runs);
    return status;
}

enum st_status st_verify_stray_runs(struct st_verify *verify) {
    enum st_status status = ST_OK;
    for (unsigned i = 0; status == ST_OK && i < ST_RUN_TABLE_COUNT; i++) {
        struct st_layout layout;
        status = st_layout_read(verify, (enum st_table)(ST_TABLE_PAYSLIP + i), &layout);
        if (status == ST_OK)
            status = find_stray(verify, &layout);
        if (status == ST_DAMAGED && !verify->stopped)
            status = st_verify_tell_damage(verify, layout.name, "rows of no run");
    }
    return status;
}
