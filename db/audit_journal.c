/* SPDX-License-Identifier: MIT */
/* audit_journal.c - the journal as commands: each entry with what was asked for, and the head of
 * the journal's tree up to it.
 *
 * Each entry is asked for by itself and copied, so that no statement stays open between two
 * calls: a ledger that is rebuilt is written to in between.
 */
#include "stonad/audit.h"

#include "db/canonical.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_SIZE = 24, NAME_SIZE = 24, FORM_SIZE = 64, SOURCE_SIZE = 1664 };

struct st_command_walk {
    struct st_ledger *ledger;
    sqlite3_stmt *statement;
    struct st_tree_hasher *hasher;
    struct st_tree tree;
    struct st_bytes bytes; /* of the entry met last */
    int64_t entry;         /* it */
    /* Its text. */
    char time[ST_TIME_TEXT_SIZE], actor[4 * ST_ACTOR_MAX + 1], kind[KIND_SIZE];
    char detail[ST_DETAIL_SIZE], tables[ST_TABLES_TEXT_SIZE];
    char digest[ST_DIGEST_TEXT_SIZE], root[ST_DIGEST_TEXT_SIZE], previous[ST_DIGEST_TEXT_SIZE];
    char hash[ST_DIGEST_TEXT_SIZE], head[ST_DIGEST_TEXT_SIZE];
    char rule_set[FORM_SIZE], table_digest[ST_DIGEST_TEXT_SIZE];
    char form[FORM_SIZE], tax_kid[FORM_SIZE], sha256[ST_DIGEST_TEXT_SIZE];
    char rate_name[NAME_SIZE], source[SOURCE_SIZE];
};

/* Columns after those of the entry's canonical bytes. */
enum {
    HASH = ST_ENTRY_COLUMN_COUNT,
    MONTH,
    PAYDAY,
    RULE_SET,
    TABLE_DIGEST,
    PAYMENTS,
    SUM,
    FORM,
    CONTENT,
    TAX_KID,
    SHA256,
    BYTE_COUNT,
    RATE_NAME,
    EFFECT,
    KNOWN,
    VALUE,
    SOURCE
};

static const char next_sql[] =
    "SELECT journal.entry, journal.time, journal.actor, journal.kind, journal.run, journal.detail,"
    " journal.tables, journal.digest, journal.root, journal.previous_hash, journal.hash, run.month,"
    " run.payday, run.rule_set, run.table_digest, approval.payments, approval.sum_ore, export.form,"
    " export.content, export.tax_kid, export.sha256, export.byte_count, rate.name, rate.effect,"
    " rate.known, rate.value_nok, rate.source FROM journal"
    " LEFT JOIN run ON run.run = journal.run AND journal.kind = 'run'"
    " LEFT JOIN approval ON approval.entry = journal.entry"
    " LEFT JOIN export ON export.entry = journal.entry"
    " LEFT JOIN rate ON rate.entry = journal.entry AND journal.kind = 'rates'"
    " WHERE journal.entry > ?1 AND journal.entry < ?2 ORDER BY journal.entry LIMIT 1";

enum st_status st_command_walk_new(struct st_ledger *ledger, struct st_command_walk **out,
                                   struct st_error *error) {
    struct st_command_walk *walk = calloc(1, sizeof *walk);
    if (walk == NULL)
        return st_db_fail_memory(error);
    walk->ledger = ledger;
    walk->hasher = st_tree_hasher_new();
    enum st_status status = walk->hasher == NULL
                                ? st_db_fail_memory(error)
                                : st_prepare(ledger, &walk->statement, next_sql, error);
    if (status != ST_OK) {
        st_command_walk_free(walk);
        return status;
    }
    st_tree_begin(&walk->tree, walk->hasher);
    *out = walk;
    return ST_OK;
}

void st_command_walk_free(struct st_command_walk *walk) {
    if (walk == NULL)
        return;
    st_statement_finalize(&walk->statement);
    st_bytes_free(&walk->bytes);
    st_tree_hasher_free(walk->hasher);
    free(walk);
}

/* ---- one entry ----------------------------------------------------------------------------- */

static void copy_entry(struct st_command_walk *walk, struct st_journal_entry *out) {
    sqlite3_stmt *row = walk->statement;
    st_column_copy(row, 1, walk->time, sizeof walk->time);
    st_column_copy(row, 2, walk->actor, sizeof walk->actor);
    st_column_copy(row, 3, walk->kind, sizeof walk->kind);
    st_column_copy(row, 5, walk->detail, sizeof walk->detail);
    st_column_copy(row, 6, walk->tables, sizeof walk->tables);
    st_column_copy(row, 7, walk->digest, sizeof walk->digest);
    st_column_copy(row, 8, walk->root, sizeof walk->root);
    st_column_copy(row, 9, walk->previous, sizeof walk->previous);
    st_column_copy(row, HASH, walk->hash, sizeof walk->hash);
    *out = (struct st_journal_entry){.entry = sqlite3_column_int64(row, 0),
                                     .time = walk->time,
                                     .actor = walk->actor,
                                     .kind = walk->kind,
                                     .run = sqlite3_column_int64(row, 4),
                                     .detail = walk->detail,
                                     .tables = walk->tables,
                                     .digest = walk->digest,
                                     .previous = walk->previous,
                                     .hash = walk->hash,
                                     .root = walk->root};
}

static enum st_export_content content_of(const char *name) {
    enum st_export_content content = ST_EXPORT_BENEFITS;
    while (content < ST_EXPORT_TAX && strcmp(name, st_export_content_name(content)) != 0)
        content++;
    return content;
}

static void copy_arguments(struct st_command_walk *walk, struct st_audit_command *out) {
    sqlite3_stmt *row = walk->statement;
    st_column_copy(row, RULE_SET, walk->rule_set, sizeof walk->rule_set);
    st_column_copy(row, TABLE_DIGEST, walk->table_digest, sizeof walk->table_digest);
    st_column_copy(row, FORM, walk->form, sizeof walk->form);
    st_column_copy(row, TAX_KID, walk->tax_kid, sizeof walk->tax_kid);
    st_column_copy(row, SHA256, walk->sha256, sizeof walk->sha256);
    st_column_copy(row, RATE_NAME, walk->rate_name, sizeof walk->rate_name);
    st_column_copy(row, SOURCE, walk->source, sizeof walk->source);
    out->month = st_column_month(row, MONTH);
    out->payday = st_column_date(row, PAYDAY, ST_DATE_NONE);
    out->rule_set = walk->rule_set;
    out->table_digest = walk->table_digest;
    out->payments = sqlite3_column_int64(row, PAYMENTS);
    out->sum = (st_amount){sqlite3_column_int64(row, SUM)};
    out->file = (struct st_export_file){.form = walk->form,
                                        .content = content_of(st_column_text(row, CONTENT)),
                                        .tax_kid = walk->tax_kid,
                                        .sha256 = walk->sha256,
                                        .byte_count = sqlite3_column_int64(row, BYTE_COUNT)};
    out->rate_name = walk->rate_name;
    out->rate = (struct st_rate){.effect = st_column_date(row, EFFECT, ST_DATE_NONE),
                                 .known = st_column_date(row, KNOWN, ST_DATE_NONE),
                                 .value_nok = sqlite3_column_int64(row, VALUE),
                                 .source = walk->source};
}

/* The entry is one more leaf. */
static enum st_status grow_tree(struct st_command_walk *walk, struct st_error *error) {
    struct st_tree_hash leaf, head;
    st_entry_bytes(walk->statement, &walk->bytes);
    if (walk->bytes.failed ||
        !st_tree_leaf(walk->hasher, NULL, 0, walk->bytes.data, walk->bytes.size, &leaf))
        return st_db_fail_memory(error);
    st_tree_add(&walk->tree, &leaf);
    if (!st_tree_root(&walk->tree, &head))
        return st_db_fail_memory(error);
    st_tree_hex(&head, walk->head);
    return ST_OK;
}

static enum st_status take_entry(struct st_command_walk *walk, struct st_audit_command *out,
                                 struct st_error *error) {
    enum st_status status = grow_tree(walk, error);
    if (status != ST_OK)
        return status;
    *out = (struct st_audit_command){.head = walk->head};
    copy_entry(walk, &out->entry);
    copy_arguments(walk, out);
    walk->entry = out->entry.entry;
    return ST_OK;
}

enum st_status st_command_walk_next(struct st_command_walk *walk, bool *found,
                                    struct st_audit_command *out, struct st_error *error) {
    struct st_ledger *ledger = walk->ledger;
    *found = false;
    if (sqlite3_bind_int64(walk->statement, 1, walk->entry) != SQLITE_OK ||
        sqlite3_bind_int64(walk->statement, 2, ledger->horizon) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    enum st_status status = st_step(ledger, walk->statement, found, error);
    if (status == ST_OK && *found)
        status = take_entry(walk, out, error);
    (void)sqlite3_reset(walk->statement);
    return status;
}
