/* SPDX-License-Identifier: MIT */
/* run_state.c - what happens to a computed run: approved by another actor, discarded, exported. A
 * run's state is what the last journal entry that names it says, so each of these writes one.
 */
#include "db/canonical.h"
#include "db/run_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

/* ---- still what was written ---------------------------------------------------------------- */

static enum st_status add_leaves(struct st_leaf_reader *reader, int64_t run, struct st_tree *tree,
                                 struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *persons = NULL;
    struct st_payslip_leaf leaf;
    bool row = true;
    enum st_status status =
        st_prepare(reader->ledger, &persons,
                   "SELECT person_id FROM payslip WHERE run = ? ORDER BY person_id", error);
    if (status == ST_OK && sqlite3_bind_int64(persons, 1, run) != SQLITE_OK)
        status = st_db_fail_sqlite(reader->ledger, error);
    while (status == ST_OK &&
           (status = st_step(reader->ledger, persons, &row, error)) == ST_OK && row) {
        status = st_payslip_leaf(reader, run, st_column_text(persons, 0), &leaf, error);
        if (status == ST_OK)
            st_tree_add(tree, &leaf.hash);
    }
    return status;
}

static enum st_status read_root(struct st_ledger *ledger, int64_t run, char hex[65],
                                struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = false;
    enum st_status status = st_prepare(
        ledger, &statement, "SELECT root FROM journal WHERE kind = 'run' AND run = ?", error);
    if (status == ST_OK && sqlite3_bind_int64(statement, 1, run) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    if (status == ST_OK)
        status = st_step(ledger, statement, &row, error);
    if (status == ST_OK)
        (void)snprintf(hex, 65, "%s", row ? st_column_text(statement, 0) : "");
    return status;
}

/* What is approved and paid is what the run wrote: count and sum do not tell that one account was
 * put in another's place, the root of the run's payslips does. */
static enum st_status check_root(struct st_ledger *ledger, int64_t run, struct st_error *error) {
    struct st_leaf_reader reader;
    struct st_tree tree;
    struct st_tree_hash root;
    char made[65], written[65];
    enum st_status status = st_leaf_reader_open(&reader, ledger, error);
    st_tree_begin(&tree, reader.maker.hasher);
    if (status == ST_OK)
        status = add_leaves(&reader, run, &tree, error);
    if (status == ST_OK && !st_tree_root(&tree, &root))
        status = st_db_fail_memory(error);
    st_leaf_reader_close(&reader);
    if (status == ST_OK)
        status = read_root(ledger, run, written, error);
    if (status != ST_OK)
        return status;
    st_tree_hex(&root, made);
    if (strcmp(made, written) == 0)
        return ST_OK;
    return st_db_fail(error, ST_DAMAGED, "run.changed",
                      "The payslips of run %" PRId64
                      " are not those it wrote; verify the ledger, and restore it from a copy.",
                      run);
}

static enum st_status refuse_state(const struct st_run_row *row, const char *wish,
                                   struct st_error *error) {
    return st_db_fail(error, ST_REFUSED, "run.not_computed",
                      "Run %" PRId64 " is %s; only a run in state computed can be %s.", row->run,
                      st_run_state_name(row->state), wish);
}

/* ---- approve ------------------------------------------------------------------------------- */

/* What is left of a name when writing is set aside: case, composed or not, spaces of any kind, characters
 * that cannot be seen. The caller frees it; NULL when the text is not UTF-8 or memory ran out. */
static char *bare_name(const char *name) {
    utf8proc_uint8_t *folded = NULL;
    if (utf8proc_map((const utf8proc_uint8_t *)name, 0, &folded,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE |
                         UTF8PROC_CASEFOLD | UTF8PROC_IGNORE | UTF8PROC_LUMP) < 0)
        return NULL;
    char *kept = (char *)folded;
    for (const char *c = (const char *)folded; *c != '\0'; c++)
        if (*c != ' ')
            *kept++ = *c;
    *kept = '\0';
    return (char *)folded;
}

/* The same person, however the name was typed. What cannot be compared is taken for the same: then
 * somebody else must approve, or the name be written otherwise. */
bool st_is_same_actor(const char *a, const char *b) {
    char *bare_a = bare_name(a), *bare_b = bare_name(b);
    bool is_same = bare_a == NULL || bare_b == NULL || strcmp(bare_a, bare_b) == 0;
    free(bare_a);
    free(bare_b);
    return is_same;
}

static enum st_status check_sum(const struct st_run_row *row, st_amount sum,
                                struct st_error *error) {
    if (st_amount_compare(row->net, sum) == 0)
        return ST_OK;
    return st_db_fail(error, ST_REFUSED, "approve.sum",
                      "The payments of run %" PRId64 " come to %" PRId64
                      ".%02d kroner, not %" PRId64
                      ".%02d; look at what show prints before approving.",
                      row->run, row->net.ore / 100, (int)(row->net.ore % 100), sum.ore / 100,
                      (int)(sum.ore % 100));
}

static enum st_status check_approval(const struct st_run_row *row, const struct st_act *act,
                                     int64_t payments, st_amount sum, struct st_error *error) {
    char payday[ST_DATE_TEXT_SIZE];
    if (row->state != ST_RUN_COMPUTED)
        return refuse_state(row, "approved", error);
    if (st_is_same_actor(row->actor, act->actor))
        return st_db_fail(error, ST_REFUSED, "four_eyes",
                          "Run %" PRId64 " was computed by %s; somebody else must approve it.",
                          row->run, row->actor);
    if (act->today > row->payday) {
        st_date_format(row->payday, payday);
        return st_db_fail(error, ST_REFUSED, "approve.late",
                          "The payday of run %" PRId64
                          " was %s; discard it and run the month with a payday to come.",
                          row->run, payday);
    }
    if (payments != row->payment_count)
        return st_db_fail(error, ST_REFUSED, "approve.payments",
                          "Run %" PRId64 " has %" PRId64 " payments, not %" PRId64
                          "; look at what show prints before approving.",
                          row->run, row->payment_count, payments);
    return check_sum(row, sum, error);
}

/* Unique for the debtor: one approval a run, and a run's number is never used again. */
static enum st_status make_message_id(struct st_ledger *ledger, const struct st_run_row *row,
                                      char text[ST_TEXT_ID_SIZE], struct st_error *error) {
    struct st_municipality municipality;
    int year, month, day;
    enum st_status status = st_ledger_municipality(ledger, &municipality, error);
    if (status != ST_OK)
        return status;
    st_date_split(row->payday, &year, &month, &day);
    int size = snprintf(text, ST_TEXT_ID_SIZE, "%s-%04d%02d%02d-%" PRId64,
                        municipality.organisation_number, year, month, day, row->run);
    if (size > 0 && size < ST_TEXT_ID_SIZE)
        return ST_OK;
    return st_db_fail(error, ST_REFUSED, "approve.message_id",
                      "The run's number makes a message id longer than the %d characters a bank "
                      "takes; pay the month in another ledger.",
                      ST_TEXT_ID_SIZE - 1);
}

static enum st_status write_approval(const struct st_entry *entry, const struct st_run_row *row,
                                     const char *message_id, struct st_error *error) {
    struct st_writer approval;
    st_writer_open(&approval, entry->ledger, ST_TABLE_APPROVAL);
    enum st_status status = st_writer_begin(&approval, 1, error);
    if (status == ST_OK) {
        st_writer_row(&approval);
        st_writer_integer(&approval, entry->number);
        st_writer_integer(&approval, row->run);
        st_writer_integer(&approval, row->payment_count);
        st_writer_integer(&approval, row->net.ore);
        st_writer_text(&approval, message_id);
        /* The bank's files take a time without a zone. */
        st_writer_bytes(&approval, entry->act->time, ST_TIME_TEXT_SIZE - 2);
        status = st_writer_flush(&approval, error);
    }
    st_writer_close(&approval);
    return status;
}

/* What the caller is told, on a dry run too. */
static void mark_approved(struct st_ledger *ledger, const struct st_act *act,
                          const char *message_id, struct st_run_row *row) {
    struct st_run_text *text = &ledger->run_text;
    (void)snprintf(text->approved_by, sizeof text->approved_by, "%s", act->actor);
    (void)snprintf(text->approved_at, sizeof text->approved_at, "%s", act->time);
    (void)snprintf(text->message_id, sizeof text->message_id, "%s", message_id);
    row->state = ST_RUN_APPROVED;
}

enum st_status st_ledger_approve(struct st_ledger *ledger, const struct st_act *act, int64_t run,
                                 int64_t payments, st_amount sum, struct st_run_row *out,
                                 struct st_error *error) {
    struct st_entry entry;
    char message_id[ST_TEXT_ID_SIZE], detail[ST_DETAIL_SIZE];
    enum st_status status = st_entry_begin(ledger, act, &entry, error);
    if (status == ST_OK)
        status = st_run_find(ledger, run, out, error);
    if (status == ST_OK)
        status = check_approval(out, act, payments, sum, error);
    if (status == ST_OK)
        status = check_root(ledger, run, error);
    if (status == ST_OK)
        status = make_message_id(ledger, out, message_id, error);
    if (status == ST_OK)
        status = write_approval(&entry, out, message_id, error);
    if (status == ST_OK) {
        (void)snprintf(detail, sizeof detail, "payments %" PRId64 ", sum %" PRId64 ".%02d",
                       out->payment_count, out->net.ore / 100, (int)(out->net.ore % 100));
        status = st_entry_commit(&entry, "approve", run, detail, error);
    }
    if (status == ST_OK)
        mark_approved(ledger, act, message_id, out);
    st_entry_rollback(&entry);
    return status;
}

/* ---- discard ------------------------------------------------------------------------------- */

enum st_status st_ledger_discard(struct st_ledger *ledger, const struct st_act *act, int64_t run,
                                 struct st_error *error) {
    struct st_entry entry;
    struct st_run_row row;
    enum st_status status = st_entry_begin(ledger, act, &entry, error);
    if (status == ST_OK)
        status = st_run_find(ledger, run, &row, error);
    if (status == ST_OK && row.state != ST_RUN_COMPUTED)
        status = refuse_state(&row, "discarded", error);
    if (status == ST_OK)
        status = st_entry_commit(&entry, "discard", run, "will not be paid", error);
    st_entry_rollback(&entry);
    return status;
}

/* ---- export -------------------------------------------------------------------------------- */

const char *st_export_content_name(enum st_export_content content) {
    static const char *const names[] = {"benefits", "benefits+tax", "tax"};
    assert((unsigned)content < ST_COUNT_OF(names));
    return names[content];
}

static enum st_status check_exportable(const struct st_run_row *row, struct st_error *error) {
    if (row->state == ST_RUN_APPROVED || row->state == ST_RUN_EXPORTED)
        return ST_OK;
    return st_db_fail(error, ST_REFUSED, "run.not_approved",
                      "Run %" PRId64 " is %s; a payment file is written of an approved run only.",
                      row->run, st_run_state_name(row->state));
}

enum st_status st_ledger_may_export(struct st_ledger *ledger, int64_t run, struct st_run_row *out,
                                    struct st_error *error) {
    enum st_status status = st_ledger_find_run(ledger, run, out, error);
    if (status == ST_OK)
        status = check_exportable(out, error);
    return status == ST_OK ? check_root(ledger, run, error) : status;
}

/* Whether a file of the run with `earlier` content leaves room for one with `wanted`: the tax is paid in
 * the benefits' file, or alone, or elsewhere, but never twice, and always with the same KID. */
static bool content_agrees(enum st_export_content wanted, const char *wanted_kid,
                           const char *earlier, const char *earlier_kid) {
    const char *benefits = st_export_content_name(ST_EXPORT_BENEFITS);
    const char *with_tax = st_export_content_name(ST_EXPORT_BENEFITS_AND_TAX);
    if (wanted == ST_EXPORT_BENEFITS)
        return strcmp(earlier, with_tax) != 0;
    if (strcmp(earlier, benefits) == 0)
        return wanted == ST_EXPORT_TAX;
    return strcmp(earlier, st_export_content_name(wanted)) == 0 &&
           strcmp(earlier_kid, wanted_kid) == 0;
}

static enum st_status refuse_content(int64_t run, const char *earlier, const char *earlier_kid,
                                     struct st_error *error) {
    return st_db_fail(error, ST_REFUSED, "export.tax_choice",
                      "A payment file of run %" PRId64 " with %s%s%s was written before, which settles "
                      "how its tax is paid; export it the same way.",
                      run, earlier, earlier_kid[0] == '\0' ? "" : ", KID ", earlier_kid);
}

static enum st_status refuse_other_bytes(const struct st_export_file *file, int64_t run,
                                         struct st_error *error) {
    return st_db_fail(error, ST_DAMAGED, "export.differs",
                      "The %s of run %" PRId64
                      " is not the one that was exported before; use that file, and verify the "
                      "ledger.",
                      file->form, run);
}

/* Holds the file against every earlier one of the run: *found when the same was exported before. */
static enum st_status check_earlier_exports(struct st_ledger *ledger, int64_t run,
                                            const struct st_export_file *file, bool *found,
                                            struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = true;
    enum st_status status =
        st_prepare(ledger, &statement,
                   "SELECT form, content, tax_kid, sha256, byte_count FROM export WHERE run = ?"
                   " ORDER BY entry",
                   error);
    if (status == ST_OK && sqlite3_bind_int64(statement, 1, run) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    while (status == ST_OK && (status = st_step(ledger, statement, &row, error)) == ST_OK && row) {
        const char *content = st_column_text(statement, 1), *kid = st_column_text(statement, 2);
        if (!content_agrees(file->content, file->tax_kid, content, kid))
            return refuse_content(run, content, kid, error);
        if (strcmp(st_column_text(statement, 0), file->form) != 0 ||
            strcmp(content, st_export_content_name(file->content)) != 0)
            continue;
        *found = true;
        if (strcmp(st_column_text(statement, 3), file->sha256) != 0 ||
            sqlite3_column_int64(statement, 4) != file->byte_count)
            return refuse_other_bytes(file, run, error);
    }
    return status;
}

static enum st_status write_export(const struct st_entry *entry, int64_t run,
                                   const struct st_export_file *file, struct st_error *error) {
    struct st_writer export;
    st_writer_open(&export, entry->ledger, ST_TABLE_EXPORT);
    enum st_status status = st_writer_begin(&export, 1, error);
    if (status == ST_OK) {
        st_writer_row(&export);
        st_writer_integer(&export, entry->number);
        st_writer_integer(&export, run);
        st_writer_text(&export, file->form);
        st_writer_text(&export, st_export_content_name(file->content));
        st_writer_text(&export, file->tax_kid);
        st_writer_text(&export, file->sha256);
        st_writer_integer(&export, file->byte_count);
        status = st_writer_flush(&export, error);
    }
    st_writer_close(&export);
    return status;
}

enum st_status st_ledger_record_export(struct st_ledger *ledger, const struct st_act *act,
                                       int64_t run, const struct st_export_file *file,
                                       struct st_error *error) {
    struct st_entry entry;
    struct st_run_row row;
    bool was_exported = false;
    char detail[ST_DETAIL_SIZE];
    enum st_status status = st_entry_begin(ledger, act, &entry, error);
    if (status == ST_OK)
        status = st_run_find(ledger, run, &row, error);
    if (status == ST_OK)
        status = check_exportable(&row, error);
    if (status == ST_OK)
        status = check_earlier_exports(ledger, run, file, &was_exported, error);
    if (status == ST_OK && !was_exported) {
        status = write_export(&entry, run, file, error);
        if (status == ST_OK) {
            (void)snprintf(detail, sizeof detail, "%.60s, %s", file->form,
                           st_export_content_name(file->content));
            status = st_entry_commit(&entry, "export", run, detail, error);
        }
    }
    st_entry_rollback(&entry);
    return status;
}
