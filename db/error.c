/* SPDX-License-Identifier: MIT */
/* error.c - errors of the ledger: SQLite's results as stable codes and sentences that say what to
 * do. */
#include "db/ledger_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum st_status st_db_fail(struct st_error *error, enum st_status status, const char *code,
                          const char *format, ...) {
    va_list arguments;
    error->status = status;
    (void)snprintf(error->code, sizeof error->code, "%s", code);
    va_start(arguments, format);
    (void)vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return status;
}

enum st_status st_db_fail_memory(struct st_error *error) {
    return st_db_fail(error, ST_IO, "ledger.memory",
                      "There is not enough memory; free some and try again: nothing was changed.");
}

static enum st_status fail_locked(const char *path, struct st_error *error) {
    char holder[200];
    st_lock_holder(path, holder, sizeof holder);
    return st_db_fail(
        error, ST_LOCKED, "ledger.locked",
        "The ledger %s is in use by %s; nothing was changed: try again when it is done.", path,
        holder);
}

enum st_status st_db_fail_sqlite(struct st_ledger *ledger, struct st_error *error) {
    const char *path = ledger->path;
    int code = ledger->db == NULL ? SQLITE_NOMEM : sqlite3_errcode(ledger->db) & 0xff;
    const char *words = ledger->db == NULL ? "no memory" : sqlite3_errmsg(ledger->db);
    switch (code) {
    case SQLITE_NOMEM:
        return st_db_fail_memory(error);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail_locked(path, error);
    case SQLITE_CORRUPT:
        return st_db_fail(error, ST_DAMAGED, "ledger.damaged",
                          "The ledger %s is damaged (%s); restore it from a copy and verify it.",
                          path, words);
    case SQLITE_NOTADB:
        return st_db_fail(error, ST_DAMAGED, "ledger.not_a_ledger",
                          "%s is not a ledger (%s); check the path given with --db.", path, words);
    case SQLITE_FULL:
        return st_db_fail(error, ST_IO, "ledger.full",
                          "The disk of %s is full; nothing was changed: free space and try again.",
                          path);
    case SQLITE_READONLY:
        return st_db_fail(
            error, ST_IO, "ledger.read_only",
            "The ledger %s cannot be written to (%s); check its permissions and those of "
            "its folder.",
            path, words);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return st_db_fail(
            error, ST_IO, "ledger.cannot_open",
            "The ledger %s cannot be opened (%s); check the path and its permissions.", path,
            words);
    case SQLITE_CONSTRAINT:
        return st_db_fail(
            error, ST_BAD_INPUT, "ledger.constraint",
            "The ledger refuses a row that breaks its limits (%s); nothing was changed.", words);
    case SQLITE_IOERR:
        return st_db_fail(
            error, ST_IO, "ledger.io",
            "The disk of the ledger %s failed (%s); nothing was changed: check the disk, "
            "then try again.",
            path, words);
    default:
        return st_db_fail(error, ST_DAMAGED, "ledger.sqlite",
                          "The ledger %s could not be used (%s); verify it before going on.", path,
                          words);
    }
}
