/* SPDX-License-Identifier: MIT */
/* ledger.c - the ledger file: made whole or not at all, opened with suspicion, closed.
 *
 * The file is one file: the rollback journal exists only while a transaction writes, and every
 * commit is synced to the disk (synchronous = FULL). Memory stays small: a page cache of a few
 * MiB, sorting in files.
 */
#define _DEFAULT_SOURCE /* mkstemp, fchmod, link */
#include "db/ledger_internal.h"

#include "resources.h"
#include "stonad/rates.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { APPLICATION_ID = 0x53746f6e, SCHEMA_VERSION = 2 };

/* Set on every connection; docs/ledger.md says how cache and page size were chosen. */
static const char connection_pragmas[] = "PRAGMA synchronous = FULL;"
                                         "PRAGMA temp_store = FILE;"
                                         "PRAGMA cache_size = -4096;"
                                         "PRAGMA temp.cache_size = -4096;"
                                         "PRAGMA cell_size_check = ON;";

/* ---- statements ---------------------------------------------------------------------------- */

void st_statement_finalize(sqlite3_stmt **statement) {
    (void)sqlite3_finalize(*statement);
    *statement = NULL;
}

enum st_status st_execute(struct st_ledger *ledger, const char *sql, struct st_error *error) {
    if (sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    return ST_OK;
}

enum st_status st_prepare(struct st_ledger *ledger, sqlite3_stmt **out, const char *sql,
                          struct st_error *error) {
    *out = NULL;
    if (sqlite3_prepare_v2(ledger->db, sql, -1, out, NULL) != SQLITE_OK)
        return st_db_fail_sqlite(ledger, error);
    return ST_OK;
}

enum st_status st_step(struct st_ledger *ledger, sqlite3_stmt *statement, bool *row,
                       struct st_error *error) {
    int rc = sqlite3_step(statement);
    *row = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return st_db_fail_sqlite(ledger, error);
    return ST_OK;
}

const char *st_column_text(sqlite3_stmt *statement, int column) {
    const unsigned char *text = sqlite3_column_text(statement, column);
    return text == NULL ? "" : (const char *)text;
}

st_date st_column_date(sqlite3_stmt *statement, int column, st_date null_date) {
    const char *text = st_column_text(statement, column);
    st_date date;
    return st_date_parse(text, strlen(text), &date) ? date : null_date;
}

st_month st_column_month(sqlite3_stmt *statement, int column) {
    const char *text = st_column_text(statement, column);
    st_month month;
    return st_month_parse(text, strlen(text), &month) ? month : 0;
}

st_fraction st_column_fraction(sqlite3_stmt *statement, int column) {
    const char *text = st_column_text(statement, column);
    st_fraction number;
    char end;
    if (sscanf(text, "%" SCNd64 "/%" SCNd64 "%c", &number.numerator, &number.denominator, &end) !=
            2 ||
        number.denominator <= 0)
        return ST_FRACTION_ZERO;
    return number;
}

void st_column_copy(sqlite3_stmt *statement, int column, char *out, size_t size) {
    (void)snprintf(out, size, "%s", st_column_text(statement, column));
}

/* ---- connecting ---------------------------------------------------------------------------- */

static enum st_status configure(struct st_ledger *ledger, struct st_error *error) {
    sqlite3 *db = ledger->db;
    static const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},     {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    for (size_t i = 0; i < ST_COUNT_OF(options); i++)
        if (sqlite3_db_config(db, options[i].option, options[i].value, (int *)NULL) != SQLITE_OK)
            return st_db_fail_sqlite(ledger, error);
    (void)sqlite3_busy_timeout(db, ST_BUSY_MS);
    enum st_status status = st_execute(ledger, connection_pragmas, error);
    if (status == ST_OK && !ledger->writable)
        status = st_execute(ledger, "PRAGMA query_only = ON", error);
    return status;
}

/* A reader's connection may write too, where it can: after a crash the first to open the ledger
 * puts the unfinished transaction back. query_only keeps it from anything else. */
enum st_status st_ledger_connect(const char *path, bool writable, struct st_ledger **out,
                                 struct st_error *error) {
    struct st_ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        return st_db_fail_memory(error);
    ledger->writable = writable;
    ledger->horizon = INT64_MAX;
    ledger->path = strdup(path);
    ledger->digest = st_digest_new();
    enum st_status status = ST_OK;
    if (ledger->path == NULL || ledger->digest == NULL)
        status = st_db_fail_memory(error);
    else if (sqlite3_open_v2(path, &ledger->db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE,
                             NULL) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    if (status == ST_OK)
        status = configure(ledger, error);
    if (status != ST_OK) {
        st_ledger_close(ledger);
        return status;
    }
    *out = ledger;
    return ST_OK;
}

void st_ledger_close(struct st_ledger *ledger) {
    if (ledger == NULL)
        return;
    st_statement_finalize(&ledger->lines_of_person);
    (void)sqlite3_close_v2(ledger->db);
    st_digest_free(ledger->digest);
    free(ledger->path);
    free(ledger);
}

/* ---- opening ------------------------------------------------------------------------------- */

static enum st_status read_pragma(struct st_ledger *ledger, const char *sql, int64_t *out,
                                  struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = false;
    enum st_status status = st_prepare(ledger, &statement, sql, error);
    if (status == ST_OK)
        status = st_step(ledger, statement, &row, error);
    if (status == ST_OK)
        *out = row ? sqlite3_column_int64(statement, 0) : 0;
    return status;
}

static enum st_status check_identity(struct st_ledger *ledger, struct st_error *error) {
    int64_t application = 0, version = 0;
    enum st_status status = read_pragma(ledger, "PRAGMA application_id", &application, error);
    if (status == ST_OK)
        status = read_pragma(ledger, "PRAGMA user_version", &version, error);
    if (status != ST_OK)
        return status;
    if (application != APPLICATION_ID)
        return st_db_fail(error, ST_DAMAGED, "ledger.not_a_ledger",
                          "%s is a database, but not a ledger of stonad; check the path given with "
                          "--db.",
                          ledger->path);
    if (version > SCHEMA_VERSION)
        return st_db_fail(error, ST_DAMAGED, "ledger.newer",
                          "The ledger %s is of version %" PRId64
                          ", made by a newer stonad; this one knows version %d: use the newer one.",
                          ledger->path, version, SCHEMA_VERSION);
    if (version == 1)
        return st_db_fail(error, ST_DAMAGED, "ledger.version",
                          "The ledger %s was made before corrections existed; make a new one with "
                          "init and import its files again.",
                          ledger->path);
    if (version != SCHEMA_VERSION)
        return st_db_fail(error, ST_DAMAGED, "ledger.version",
                          "The ledger %s says it is of version %" PRId64
                          ", which never was; restore it from a copy.",
                          ledger->path, version);
    return ST_OK;
}

/* What can be said better than SQLite does. */
static enum st_status check_path(const char *path, struct st_error *error) {
    struct stat file;
    if (stat(path, &file) != 0)
        return st_db_fail(
            error, ST_IO, errno == ENOENT ? "ledger.missing" : "ledger.cannot_open",
            "There is no ledger at %s (%s); name one with --db, or make one with init.", path,
            strerror(errno));
    if (!S_ISREG(file.st_mode))
        return st_db_fail(error, ST_IO, "ledger.cannot_open",
                          "%s is not a file; name the ledger with --db.", path);
    if (access(path, R_OK) != 0)
        return st_db_fail(error, ST_IO, "ledger.cannot_open",
                          "The ledger %s may not be read (%s); ask whoever owns it.", path,
                          strerror(errno));
    return ST_OK;
}

enum st_status st_ledger_open(const char *path, enum st_open_mode mode, struct st_ledger **out,
                              struct st_error *error) {
    struct st_ledger *ledger = NULL;
    enum st_status status = check_path(path, error);
    if (status == ST_OK)
        status = st_ledger_connect(path, mode == ST_OPEN_WRITE, &ledger, error);
    if (status != ST_OK)
        return status;
    status = check_identity(ledger, error);
    if (status == ST_OK && ledger->writable && sqlite3_db_readonly(ledger->db, "main") == 1)
        status = st_db_fail(error, ST_IO, "ledger.read_only",
                            "The ledger %s may not be written to; check its permissions.", path);
    if (status != ST_OK) {
        st_ledger_close(ledger);
        return status;
    }
    *out = ledger;
    return ST_OK;
}

/* ---- making one ---------------------------------------------------------------------------- */

static const char *recover_name(enum st_recover recover) {
    return recover == ST_RECOVER_ASK ? "ask" : "auto";
}

static enum st_status write_municipality(struct st_ledger *ledger,
                                         const struct st_municipality *municipality,
                                         struct st_error *error) {
    struct st_writer writer;
    st_writer_open(&writer, ledger, ST_TABLE_MUNICIPALITY);
    enum st_status status = st_writer_begin(&writer, 1, error);
    if (status == ST_OK) {
        st_writer_row(&writer);
        st_writer_integer(&writer, 1);
        st_writer_text(&writer, municipality->organisation_number);
        st_writer_text(&writer, municipality->name);
        st_writer_text(&writer, municipality->account);
        st_writer_text(&writer, municipality->bic);
        st_writer_text(&writer, municipality->town);
        st_writer_text(&writer, municipality->postcode);
        st_writer_integer(&writer, municipality->half_tax_month);
        st_writer_text(&writer, recover_name(municipality->recover));
        if (municipality->first_month == 0)
            st_writer_null(&writer);
        else
            st_writer_month(&writer, municipality->first_month);
        st_writer_integer(&writer, municipality->test);
        st_writer_text(&writer, municipality->secret);
        status = st_writer_flush(&writer, error);
    }
    st_writer_close(&writer);
    return status;
}

/* What a ledger is made of. */
struct beginning {
    const struct st_municipality *municipality;
    const struct st_rate *rates;
    size_t rate_count;
};

/* The rates come oldest first, so in the order of the key. */
static enum st_status write_rates(struct st_ledger *ledger, const struct st_rate *rates,
                                  size_t count, struct st_error *error) {
    struct st_writer writer;
    enum st_status status = ST_OK;
    st_writer_open(&writer, ledger, ST_TABLE_RATE);
    for (size_t i = 0; status == ST_OK && i < count; i++) {
        status = st_writer_begin(&writer, 1, error);
        if (status != ST_OK)
            break;
        st_writer_row(&writer);
        st_writer_text(&writer, "G");
        st_writer_date(&writer, rates[i].effect);
        st_writer_date(&writer, rates[i].known);
        st_writer_integer(&writer, rates[i].value_nok);
        st_writer_text(&writer, rates[i].source);
        st_writer_integer(&writer, 1);
        status = st_writer_flush(&writer, error);
    }
    st_writer_close(&writer);
    return status;
}

/* The file has its name only when both transactions are through. */
static enum st_status fill(struct st_ledger *ledger, const struct beginning *beginning,
                           const struct st_act *act, struct st_error *error) {
    const struct st_municipality *municipality = beginning->municipality;
    struct st_entry entry = {0};
    char detail[ST_DETAIL_SIZE];
    (void)snprintf(detail, sizeof detail, "%s %s", municipality->organisation_number,
                   municipality->name);
    enum st_status status = st_execute(ledger, "BEGIN", error);
    if (status == ST_OK)
        status = st_execute(ledger, st_resource_db_schema_sql, error);
    if (status == ST_OK)
        status = st_execute(ledger, "COMMIT", error);
    if (status == ST_OK)
        status = st_entry_begin(ledger, act, &entry, error);
    if (status == ST_OK)
        status = write_municipality(ledger, municipality, error);
    if (status == ST_OK)
        status = write_rates(ledger, beginning->rates, beginning->rate_count, error);
    if (status == ST_OK)
        status = st_entry_commit(&entry, "init", 0, detail, error);
    st_entry_rollback(&entry);
    return status;
}

static enum st_status fail_create(const char *path, struct st_error *error) {
    if (errno == EEXIST)
        return st_db_fail(
            error, ST_REFUSED, "ledger.exists",
            "There is a file at %s already; it was left alone: name another with --db.", path);
    return st_db_fail(error, ST_IO, "ledger.create",
                      "The ledger %s cannot be made (%s); check its folder.", path,
                      strerror(errno));
}

/* Gives the finished file its name, never over another file, and makes the name durable. */
static enum st_status release(const char *temporary, const char *path, struct st_error *error) {
    char folder[4096];
    if (link(temporary, path) != 0)
        return fail_create(path, error);
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        (void)snprintf(folder, sizeof folder, ".");
    else
        (void)snprintf(folder, sizeof folder, "%.*s/", (int)(slash - path), path);
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        (void)fsync(descriptor);
        (void)close(descriptor);
    }
    return ST_OK;
}

/* A journal without its ledger would be played back into the new one and destroy it. */
static enum st_status refuse_stray_journal(const char *path, struct st_error *error) {
    char journal[4096];
    struct stat file;
    if (snprintf(journal, sizeof journal, "%s-journal", path) < (int)sizeof journal &&
        lstat(journal, &file) == 0)
        return st_db_fail(
            error, ST_REFUSED, "ledger.stray_journal",
            "There is a journal of another ledger at %s; move it away, or name another "
            "ledger with --db.",
            journal);
    return ST_OK;
}

/* An empty file of mode 0600, whatever the umask says. */
static enum st_status make_temporary(const char *path, char *temporary, size_t size,
                                     struct st_error *error) {
    struct stat file;
    if (lstat(path, &file) == 0) {
        errno = EEXIST;
        return fail_create(path, error);
    }
    if (snprintf(temporary, size, "%s.XXXXXX", path) >= (int)size) {
        errno = ENAMETOOLONG;
        return fail_create(path, error);
    }
    int descriptor = mkstemp(temporary);
    if (descriptor < 0)
        return fail_create(path, error);
    enum st_status status = ST_OK;
    if (fchmod(descriptor, S_IRUSR | S_IWUSR) != 0) {
        status = fail_create(path, error);
        (void)unlink(temporary);
    }
    (void)close(descriptor);
    return status;
}

enum st_status st_ledger_create_with_rates(const char *path,
                                           const struct st_municipality *municipality,
                                           const struct st_rate *rates, size_t rate_count,
                                           const struct st_act *act, struct st_error *error) {
    const struct beginning beginning = {municipality, rates, rate_count};
    char temporary[4096], journal[sizeof temporary + 8];
    struct st_ledger *ledger = NULL;
    enum st_status status = st_act_check(act, error);
    if (status == ST_OK)
        status = refuse_stray_journal(path, error);
    if (status == ST_OK)
        status = make_temporary(path, temporary, sizeof temporary, error);
    if (status != ST_OK)
        return status;
    status = st_ledger_connect(temporary, true, &ledger, error);
    if (status == ST_OK)
        status = fill(ledger, &beginning, act, error);
    st_ledger_close(ledger);
    if (status == ST_OK && !act->dry_run)
        status = release(temporary, path, error);
    (void)unlink(temporary);
    (void)snprintf(journal, sizeof journal, "%s-journal", temporary);
    (void)unlink(journal);
    return status;
}

enum st_status st_ledger_create(const char *path, const struct st_municipality *municipality,
                                const struct st_act *act, struct st_error *error) {
    size_t count;
    const struct st_rate *rates = st_rate_initial(&count);
    return st_ledger_create_with_rates(path, municipality, rates, count, act, error);
}

/* ---- whose ledger it is -------------------------------------------------------------------- */

enum st_status st_ledger_municipality(struct st_ledger *ledger, struct st_municipality *out,
                                      struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = false;
    enum st_status status =
        st_prepare(ledger, &statement,
                   "SELECT organisation_number, name, account, bic, town, postcode, half_tax_month,"
                   " recover, first_month, test, secret"
                   " FROM municipality WHERE entry < ? ORDER BY entry DESC LIMIT 1",
                   error);
    if (status == ST_OK && sqlite3_bind_int64(statement, 1, ledger->horizon) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    if (status == ST_OK)
        status = st_step(ledger, statement, &row, error);
    if (status != ST_OK)
        return status;
    if (!row)
        return st_db_fail(error, ST_DAMAGED, "ledger.no_municipality",
                          "The ledger %s names no municipality; restore it from a copy.",
                          ledger->path);
    *out = (struct st_municipality){0};
    st_column_copy(statement, 0, out->organisation_number, sizeof out->organisation_number);
    st_column_copy(statement, 1, out->name, sizeof out->name);
    st_column_copy(statement, 2, out->account, sizeof out->account);
    st_column_copy(statement, 3, out->bic, sizeof out->bic);
    st_column_copy(statement, 4, out->town, sizeof out->town);
    st_column_copy(statement, 5, out->postcode, sizeof out->postcode);
    out->half_tax_month = sqlite3_column_int(statement, 6);
    out->recover =
        strcmp(st_column_text(statement, 7), "ask") == 0 ? ST_RECOVER_ASK : ST_RECOVER_AUTO;
    out->first_month = st_column_month(statement, 8);
    out->test = sqlite3_column_int(statement, 9) != 0;
    st_column_copy(statement, 10, out->secret, sizeof out->secret);
    return ST_OK;
}
