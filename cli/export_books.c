/* SPDX-License-Identifier: MIT */
/* export_books.c - `stonad export [RUN] --as hledger`: the books of one run, or of all that are not
 * discarded, as a journal for hledger. It reads the ledger and writes nothing into it: the journal
 * is a copy of what stands there, not an order to anybody.
 */
#include "cli/cli.h"

#include "stonad/hledger.h"

#include <stdlib.h>
#include <string.h>

/* The runs to be written, by payday. They are as many as the months paid, whatever the register. */
struct run_list {
    struct st_kept_run **runs;
    size_t count, room;
    int64_t *discarded;
    size_t discarded_count, discarded_room;
    struct st_error *error;
};

struct books_file {
    struct st_ledger *ledger;
    struct st_municipality municipality;
    struct run_list list;
    struct st_hledger_scope scope;
    struct st_hledger *books;
    const char *path;
    char sha256[ST_HASH_TEXT_SIZE];
    int64_t byte_count, transaction_count;
    struct st_error *error;
};

static enum st_status no_memory(struct st_error *error) {
    return st_cli_fail(error, ST_IO, "memory", "Memory ran out; close other programs.");
}

/* ---- what is asked for --------------------------------------------------------------------- */

static enum st_status read_options(const struct st_invocation *invocation, struct books_file *file,
                                   struct st_error *error) {
    static const enum st_option of_payments[] = {ST_OPTION_BANK, ST_OPTION_TAX_KID,
                                                 ST_OPTION_TAX_ONLY};
    for (size_t i = 0; i < ST_COUNT_OF(of_payments); i++)
        if (st_option_given(invocation, of_payments[i]))
            return st_cli_fail(error, ST_USAGE, "option.not_here",
                               "--%s goes with payment files, and hledger is none; leave it out.",
                               st_option_name(of_payments[i]));
    file->path = invocation->values[ST_OPTION_OUTPUT];
    file->scope.with_people = st_option_given(invocation, ST_OPTION_PEOPLE);
    return invocation->operand_count == 0 ? ST_OK
                                          : st_cli_operand_run(invocation, &file->scope.run, error);
}

/* ---- the runs ------------------------------------------------------------------------------ */

/* Room for one more element. */
static bool grow(void **list, size_t count, size_t *room, size_t element_size) {
    if (count < *room)
        return true;
    size_t wanted = *room == 0 ? 16 : *room * 2;
    void *larger = realloc(*list, wanted * element_size);
    if (larger == NULL)
        return false;
    *list = larger;
    *room = wanted;
    return true;
}

static enum st_status keep_run(void *context, const struct st_run_row *row) {
    struct run_list *list = context;
    void *runs = list->runs, *discarded = list->discarded;
    bool has_room =
        row->state == ST_RUN_DISCARDED
            ? grow(&discarded, list->discarded_count, &list->discarded_room, sizeof(int64_t))
            : grow(&runs, list->count, &list->room, sizeof(struct st_kept_run *));
    list->runs = runs;
    list->discarded = discarded;
    if (has_room && row->state == ST_RUN_DISCARDED) {
        list->discarded[list->discarded_count++] = row->run;
        return ST_OK;
    }
    struct st_kept_run *kept = has_room ? malloc(sizeof *kept) : NULL;
    if (kept == NULL)
        return no_memory(list->error);
    st_cli_run_keep(row, kept);
    list->runs[list->count++] = kept;
    return ST_OK;
}

static int by_payday(const void *left, const void *right) {
    const struct st_run_row *a = &(*(struct st_kept_run *const *)left)->row;
    const struct st_run_row *b = &(*(struct st_kept_run *const *)right)->row;
    if (a->payday != b->payday)
        return a->payday < b->payday ? -1 : 1;
    return (a->run > b->run) - (a->run < b->run);
}

static enum st_status list_runs(struct books_file *file, struct st_error *error) {
    struct run_list *list = &file->list;
    struct st_run_row row;
    list->error = error;
    enum st_status status;
    if (file->scope.run == 0)
        return st_ledger_each_run(file->ledger, keep_run, list, error);
    status = st_ledger_find_run(file->ledger, file->scope.run, &row, error);
    if (status == ST_OK && row.state == ST_RUN_DISCARDED)
        return st_cli_fail(error, ST_REFUSED, "books.discarded",
                           "Run %lld is discarded and belongs in no books; leave its number out for"
                           " all the others.",
                           (long long)row.run);
    return status == ST_OK ? keep_run(list, &row) : status;
}

static void free_list(struct run_list *list) {
    for (size_t i = 0; i < list->count; i++)
        free(list->runs[i]);
    free(list->runs);
    free(list->discarded);
}

/* ---- the file ------------------------------------------------------------------------------ */

static enum st_status add_line(void *context, const struct st_line_row *line) {
    const struct books_file *file = context;
    return st_hledger_line(file->books, line, file->error);
}

struct writing {
    struct books_file *file;
    int64_t run;
};

static enum st_status add_payslip(void *context, const struct st_payslip_row *row) {
    const struct writing *writing = context;
    struct books_file *file = writing->file;
    enum st_status status = st_hledger_payslip(file->books, row, file->error);
    if (status == ST_OK)
        status = st_ledger_each_line(file->ledger, writing->run, row->person_id, add_line, file,
                                     file->error);
    return status;
}

static enum st_status write_run(struct books_file *file, const struct st_run_row *row,
                                struct st_error *error) {
    struct writing writing = {file, row->run};
    enum st_status status = st_hledger_run(file->books, row, error);
    if (status == ST_OK)
        status = st_ledger_each_payslip(file->ledger, row->run, NULL, add_payslip, &writing, error);
    return status == ST_OK ? st_hledger_run_end(file->books, error) : status;
}

static enum st_status write_books(struct books_file *file, struct st_new_file *new_file,
                                  struct st_error *error) {
    struct run_list *list = &file->list;
    file->error = error;
    enum st_status status =
        st_hledger_begin(st_new_file_stream(new_file), &file->scope, &file->books, error);
    for (size_t i = 0; status == ST_OK && i < list->count; i++)
        status = write_run(file, &list->runs[i]->row, error);
    if (status == ST_OK)
        status = st_hledger_finish(file->books, error);
    if (status == ST_OK)
        file->transaction_count = st_hledger_transaction_count(file->books);
    st_hledger_free(file->books);
    return status;
}

static enum st_status write_file(const struct st_invocation *invocation, struct books_file *file,
                                 struct st_error *error) {
    struct st_new_file *new_file = NULL;
    enum st_status status = st_new_file_begin(
        file->path, st_option_given(invocation, ST_OPTION_FORCE), &new_file, error);
    if (status != ST_OK)
        return status;
    st_cli_remove_on_signal(st_new_file_path(new_file));
    status = write_books(file, new_file, error);
    if (status == ST_OK)
        status = st_new_file_seal(new_file, file->sha256, &file->byte_count, error);
    if (status == ST_OK && !invocation->act.dry_run)
        status = st_new_file_release(new_file, error);
    st_cli_remove_on_signal(NULL);
    st_new_file_free(new_file);
    return status;
}

/* ---- the report ---------------------------------------------------------------------------- */

static enum st_status print_file(const struct st_invocation *invocation,
                                 const struct books_file *file, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"file", NULL, ST_CELL_TEXT, 20, false},
        {"form", NULL, ST_CELL_TEXT, 15, false},
        {"runs", NULL, ST_CELL_INTEGER, 8, false},
        {"discarded", NULL, ST_CELL_INTEGER, 8, false},
        {"transactions", NULL, ST_CELL_INTEGER, 8, false},
        {"bytes", NULL, ST_CELL_INTEGER, 10, false},
        {"sha256", NULL, ST_CELL_TEXT, 64, false},
    };
    struct st_report *report;
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    st_report_text(report, file->path);
    st_report_text(report, "hledger");
    st_report_integer(report, (int64_t)file->list.count);
    st_report_integer(report, (int64_t)file->list.discarded_count);
    st_report_integer(report, file->transaction_count);
    st_report_integer(report, file->byte_count);
    st_report_text(report, file->sha256);
    return st_cli_report_end(report, ST_OK, error);
}

static void print_text(const struct books_file *file) {
    st_cli_pair("file", "%s, hledger", file->path);
    st_cli_pair("runs", "%zu, left out as discarded: %zu", file->list.count,
                file->list.discarded_count);
    st_cli_pair("transactions", "%lld", (long long)file->transaction_count);
    st_cli_pair("bytes", "%lld", (long long)file->byte_count);
    st_cli_pair("sha256", "%s", file->sha256);
}

static enum st_status export_books(const struct st_invocation *invocation, struct books_file *file,
                                   struct st_error *error) {
    enum st_status status = read_options(invocation, file, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, &file->ledger, error);
    if (status == ST_OK)
        status = st_ledger_municipality(file->ledger, &file->municipality, error);
    if (status == ST_OK)
        status = list_runs(file, error);
    if (status != ST_OK)
        return status;
    if (file->list.count > 1)
        qsort(file->list.runs, file->list.count, sizeof(struct st_kept_run *), by_payday);
    file->scope.municipality = &file->municipality;
    file->scope.discarded = file->list.discarded;
    file->scope.discarded_count = file->list.discarded_count;
    status = write_file(invocation, file, error);
    if (status != ST_OK)
        return status;
    st_cli_say_dry_run(invocation);
    if (invocation->format != ST_FORMAT_TEXT)
        return print_file(invocation, file, error);
    print_text(file);
    return ST_OK;
}

enum st_status st_cli_export_books(const struct st_invocation *invocation, struct st_error *error) {
    struct books_file file = {0};
    enum st_status status = export_books(invocation, &file, error);
    free_list(&file.list);
    st_cli_close_ledger(&file.ledger);
    return status;
}
