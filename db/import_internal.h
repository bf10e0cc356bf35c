/* SPDX-License-Identifier: MIT */
/* import_internal.h - an import between its two files: import.c (begin, staging, finish, problems)
 * and import_merge.c (the staged rows of a kind against the register). */
#ifndef STONAD_DB_IMPORT_INTERNAL_H
#define STONAD_DB_IMPORT_INTERNAL_H

#include "db/ledger_internal.h"

struct st_import_source {
    char *name, *kind;
    char sha256[ST_HASH_TEXT_SIZE];
    int64_t row_count;
    bool has_problem;
    bool is_record; /* not read: what the entry says was (st_import_as_recorded) */
};

/* Staged rows of one kind: a temporary table, its columns those of the kind, then withdrawn, file,
 * line. `is_sorted`: they came in strictly ascending order of keys, so need no sorting. */
struct st_stage {
    sqlite3_stmt *insert; /* NULL: nothing staged yet */
    bool is_sorted;
    struct st_fact_key last_key;
};

struct st_import {
    struct st_ledger *ledger;
    struct st_act act;
    struct st_entry entry;
    struct st_stage stages[ST_FACT_KIND_COUNT];
    struct st_import_source *sources;
    int source_count, source_capacity;
    sqlite3_stmt *add_problem;
    struct st_import_result result;
    char *detail; /* of the entry, as it was recorded; NULL: what this import comes to */
    char actor[4 * ST_ACTOR_MAX + 1];
};

/* Checks the staged rows of a kind and writes those that change something. Participants go first:
 * the other kinds ask who is in the register. */
enum st_status st_import_merge(struct st_import *import, enum st_fact_kind kind,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;

#endif
