/* SPDX-License-Identifier: MIT */
/* rebuild.h - between the two files of `stonad replay --from-files`: rebuild.c makes the ledger
 * once more, rebuild_compare.c holds it against what the bundle says and tells what differs.
 */
#ifndef STONAD_CLI_REBUILD_H
#define STONAD_CLI_REBUILD_H

#include "cli/audit.h"

enum { ST_REBUILD_PATH_SIZE = 4096 };

struct st_rebuild {
    const struct st_invocation *invocation;
    const char *folder;                     /* the bundle's */
    char place[ST_REBUILD_PATH_SIZE];       /* the folder of the ledger that is made */
    char ledger_path[ST_REBUILD_PATH_SIZE]; /* it */
    struct st_ledger *ledger;
    struct st_municipality municipality;
    struct st_audit_reader *journal;
    struct st_command_walk *made; /* the entries of the ledger that is made */
    int64_t entry_count;          /* that are the same */
    char head[ST_HASH_TEXT_SIZE]; /* over them */
    struct st_report *report;     /* NULL: text, or not begun */
    int64_t told_entry;           /* what was told last is about it */
    bool entry_differs, rows_differ;
    struct st_error *error;
};

/* DIR/name, and DIR/folder/NNN/file. */
enum st_status st_rebuild_path(const struct st_rebuild *rebuild, const char *name,
                               char path[ST_REBUILD_PATH_SIZE]) ST_MUST_CHECK ST_NONNULL;
enum st_status st_rebuild_entry_path(const struct st_rebuild *rebuild, const char *folder,
                                     int64_t entry, const char *file,
                                     char path[ST_REBUILD_PATH_SIZE]) ST_MUST_CHECK ST_NONNULL;

/* Begins the report of csv and json; nothing of text. */
enum st_status st_rebuild_report(struct st_rebuild *rebuild) ST_MUST_CHECK ST_NONNULL;
/* The entry could not be made as it was: why. */
enum st_status st_rebuild_tell_refusal(struct st_rebuild *rebuild,
                                       const struct st_journal_entry *entry,
                                       const char *why) ST_MUST_CHECK ST_NONNULL;
/* Holds an entry that was made against the stored one, field by field; when its tables differ,
 * tells the first row of each. */
enum st_status
st_rebuild_compare_entry(struct st_rebuild *rebuild, const struct st_audit_command *stored,
                         const struct st_audit_command *made) ST_MUST_CHECK ST_NONNULL;
/* All rows of the entries made against those in ledger/; of each table and entry the first that
 * differs is told. */
enum st_status st_rebuild_compare_rows(struct st_rebuild *rebuild) ST_MUST_CHECK ST_NONNULL;

#endif
