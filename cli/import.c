/* SPDX-License-Identifier: MIT */
/* import.c - `stonad import`: finds the files, hands each to its reader and the rows to the ledger,
 * and reports what changed, or every problem at once.
 */
#define _POSIX_C_SOURCE 200809L

#include "cli/cli.h"

#include "stonad/input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 4096, READ_SIZE = 1 << 16, ROWS_A_TICK = 4096 };

struct input_file {
    char *path; /* as given, or folder/name */
    enum st_fact_kind kind;
    bool is_xml;
    char sha256[ST_HASH_TEXT_SIZE]; /* of the bytes read; "" before */
};

struct input_files {
    struct input_file *files;
    size_t count, capacity;
};

static void free_files(struct input_files *files) {
    for (size_t i = 0; i < files->count; i++)
        free(files->files[i].path);
    free(files->files);
}

/* ---- which files --------------------------------------------------------------------------- */

/* The kind that a file's name picks. In a folder the extension must say that it is data: nobody
 * wants participants.bak read too. */
static bool kind_of_name(const char *path, bool in_folder, struct input_file *out) {
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    size_t stem_size = dot == NULL ? strlen(name) : (size_t)(dot - name);
    out->is_xml = dot != NULL && strcasecmp(dot, ".xml") == 0;
    out->kind = ST_FACT_AUTHORITY_CARD;
    if (out->is_xml)
        return true;
    if (in_folder && (dot == NULL || strcasecmp(dot, ".csv") != 0))
        return false;
    return st_fact_kind_of_file(name, stem_size, &out->kind);
}

static enum st_status fail_memory(struct st_error *error) {
    return st_cli_fail(error, ST_IO, "memory", "Memory ran out; close other programs.");
}

static enum st_status add_file(struct input_files *files, const char *path, bool in_folder,
                               bool *known, struct st_error *error) {
    struct input_file file = {0};
    *known = kind_of_name(path, in_folder, &file);
    if (!*known)
        return ST_OK;
    if (files->count == FILE_MAX)
        return st_cli_fail(error, ST_BAD_INPUT, "import.too_many_files",
                           "There are more than %d files; import them in parts.", (int)FILE_MAX);
    if (files->count == files->capacity) {
        size_t capacity = files->capacity == 0 ? 16 : files->capacity * 2;
        struct input_file *grown = realloc(files->files, capacity * sizeof *grown);
        if (grown == NULL)
            return fail_memory(error);
        files->files = grown;
        files->capacity = capacity;
    }
    file.path = strdup(path);
    if (file.path == NULL)
        return fail_memory(error);
    files->files[files->count++] = file;
    return ST_OK;
}

static int is_shown(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum st_status add_entry(struct input_files *files, const char *folder, const char *name,
                                struct st_error *error) {
    char path[4096];
    struct stat about;
    bool known = false;
    size_t folder_size = strlen(folder);
    const char *slash = folder_size > 0 && folder[folder_size - 1] == '/' ? "" : "/";
    enum st_status status = ST_OK;
    if ((size_t)snprintf(path, sizeof path, "%s%s%s", folder, slash, name) >= sizeof path)
        return st_cli_fail(error, ST_BAD_INPUT, "import.path",
                           "A path in this folder is too long; import from a shorter one.");
    if (stat(path, &about) == 0 && S_ISREG(about.st_mode))
        status = add_file(files, path, true, &known, error);
    if (status == ST_OK && !known)
        st_cli_message("%s: note: left out, its name is of no kind of file [import.other_file]",
                       path);
    return status;
}

static enum st_status add_folder(struct input_files *files, const char *folder,
                                 struct st_error *error) {
    struct dirent **entries = NULL;
    size_t before = files->count;
    enum st_status status = ST_OK;
    int count = scandir(folder, &entries, is_shown, by_bytes);
    if (count < 0)
        return st_cli_fail(error, ST_IO, "import.read",
                           "The folder %s cannot be read (%s); check its permissions.", folder,
                           strerror(errno));
    for (int i = 0; i < count; i++) {
        if (status == ST_OK)
            status = add_entry(files, folder, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    if (status == ST_OK && files->count == before)
        return st_cli_fail(error, ST_BAD_INPUT, "import.nothing",
                           "The folder %s holds none of the files that can be imported; `stonad"
                           " import --help` names them.",
                           folder);
    return status;
}

static enum st_status fail_unknown_name(const char *path, struct st_error *error) {
    char names[300] = "";
    for (int kind = 0; kind < ST_FACT_KIND_COUNT; kind++) {
        const char *file = st_fact_describe((enum st_fact_kind)kind)->file;
        size_t used = strlen(names);
        if (file != NULL)
            (void)snprintf(names + used, sizeof names - used, "%s.csv, ", file);
    }
    return st_cli_fail(error, ST_BAD_INPUT, "import.name",
                       "The name of %.200s is of no kind of file; it can be %sor .xml for tax"
                       " cards.",
                       path, names);
}

static enum st_status add_path(struct input_files *files, const char *path,
                               struct st_error *error) {
    struct stat about;
    bool known = false;
    enum st_status status;
    if (stat(path, &about) != 0)
        return st_cli_fail(error, errno == ENOENT || errno == ENOTDIR ? ST_BAD_INPUT : ST_IO,
                           errno == ENOENT || errno == ENOTDIR ? "import.missing" : "import.read",
                           "%.300s cannot be read (%s); check the path.", path, strerror(errno));
    if (S_ISDIR(about.st_mode))
        return add_folder(files, path, error);
    if (!S_ISREG(about.st_mode))
        return st_cli_fail(error, ST_BAD_INPUT, "import.not_a_file",
                           "%.300s is neither a file nor a folder; save it as a file first.", path);
    status = add_file(files, path, false, &known, error);
    return status == ST_OK && !known ? fail_unknown_name(path, error) : status;
}

/* ---- the digest of a file ------------------------------------------------------------------ */

static enum st_status fail_read(const char *path, struct st_error *error) {
    return st_cli_fail(error, ST_IO, "import.read",
                       "%.300s cannot be read (%s); check the file and its permissions.", path,
                       strerror(errno));
}

static bool digest_stream(FILE *file, EVP_MD_CTX *digest, char *sha256) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    char buffer[READ_SIZE];
    size_t got;
    if (EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
        return false;
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
        if (EVP_DigestUpdate(digest, buffer, got) != 1)
            return false;
    if (ferror(file) != 0 || EVP_DigestFinal_ex(digest, bytes, &size) != 1)
        return false;
    for (unsigned int i = 0; i < size; i++)
        (void)snprintf(sha256 + 2 * (size_t)i, 3, "%02x", bytes[i]);
    return true;
}

static enum st_status digest_file(const char *path, char sha256[ST_HASH_TEXT_SIZE],
                                  struct stat *about, struct st_error *error) {
    FILE *file = fopen(path, "rbe");
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    enum st_status status = ST_OK;
    errno = digest == NULL ? ENOMEM : errno;
    if (file == NULL || digest == NULL || fstat(fileno(file), about) != 0 ||
        !digest_stream(file, digest, sha256))
        status = fail_read(path, error);
    EVP_MD_CTX_free(digest);
    if (file != NULL)
        (void)fclose(file);
    return status;
}

/* The digest and the rows must be of the same bytes. */
static enum st_status check_unchanged(const char *path, const struct stat *before,
                                      struct st_error *error) {
    struct stat now;
    if (stat(path, &now) != 0)
        return fail_read(path, error);
    if (now.st_ino == before->st_ino && now.st_size == before->st_size &&
        now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == before->st_mtim.tv_nsec)
        return ST_OK;
    return st_cli_fail(error, ST_IO, "import.changed",
                       "%.300s was changed while it was read; import again when it is finished.",
                       path);
}

/* ---- rows on their way into the ledger ----------------------------------------------------- */

struct reading {
    struct st_import *import;
    int file_number;
    int64_t row_count;
    struct st_error *error;
};

static enum st_status take_fact(void *context, int64_t line, const struct st_fact *fact) {
    struct reading *reading = context;
    if (++reading->row_count % ROWS_A_TICK == 0)
        st_cli_progress("rows read", reading->row_count, 0);
    return st_import_add(reading->import, reading->file_number, line, fact, reading->error);
}

static enum st_status take_problem(void *context, int64_t line, const char *column,
                                   const char *code, const char *text) {
    struct reading *reading = context;
    return st_import_add_problem(reading->import, reading->file_number, line, column, code, text,
                                 reading->error);
}

static enum st_status take_note(void *context, int64_t line, const char *code, const char *text) {
    struct reading *reading = context;
    return st_import_add_note(reading->import, reading->file_number, line, code, text,
                              reading->error);
}

static enum st_status read_file(struct reading *reading, struct input_file *file,
                                const struct st_input_terms *terms) {
    const struct st_fact_sink sink = {reading, take_fact, take_problem, take_note};
    struct st_error *error = reading->error;
    struct stat about;
    enum st_status status = digest_file(file->path, file->sha256, &about, error);
    if (status == ST_OK)
        status = st_import_file(reading->import, file->path, st_fact_describe(file->kind)->table,
                                file->sha256, &reading->file_number, error);
    if (status == ST_OK)
        status = file->is_xml ? st_read_taxcard_xml(file->path, terms, &sink, error)
                              : st_read_fact_csv(file->path, file->kind, terms, &sink, error);
    return status == ST_OK ? check_unchanged(file->path, &about, error) : status;
}

static enum st_status read_files(struct st_import *import, struct input_files *files,
                                 const struct st_municipality *municipality,
                                 struct st_error *error) {
    const struct st_input_terms terms = {municipality->test, municipality->organisation_number};
    struct reading reading = {.import = import, .error = error};
    enum st_status status = ST_OK;
    for (size_t i = 0; i < files->count && status == ST_OK; i++)
        status = read_file(&reading, &files->files[i], &terms);
    st_cli_progress_end();
    return status;
}

/* ---- the report ---------------------------------------------------------------------------- */

static const struct st_report_column columns[] = {
    {"what", NULL, ST_CELL_TEXT, 10, false},    {"count", NULL, ST_CELL_INTEGER, 9, false},
    {"file", NULL, ST_CELL_TEXT, 20, false},    {"line", NULL, ST_CELL_INTEGER, 6, false},
    {"column", NULL, ST_CELL_TEXT, 12, false},  {"code", NULL, ST_CELL_TEXT, 16, false},
    {"message", NULL, ST_CELL_TEXT, 40, false}, {"sha256", NULL, ST_CELL_TEXT, 64, false},
};

struct import_report {
    struct st_report *report; /* NULL: text */
    const char *what;         /* "problem" or "note" */
    int64_t problem_count;
    struct st_error *error;
};

/* On stderr, where a person or an editor finds the place; in CSV and JSON as a row too. */
static enum st_status print_problem(void *context, const struct st_import_problem *problem) {
    struct import_report *out = context;
    bool is_note = out->what[0] == 'n';
    bool in_column = problem->column[0] != '\0';
    out->problem_count += !is_note;
    st_cli_message("%s:%lld: %s%s%s%s [%s]", problem->file, (long long)problem->line,
                   is_note ? "note: " : "", in_column ? problem->column : "", in_column ? ": " : "",
                   problem->text, problem->code);
    if (out->report == NULL)
        return ST_OK;
    st_report_text(out->report, out->what);
    st_report_null(out->report);
    st_report_text(out->report, problem->file);
    st_report_integer(out->report, problem->line);
    st_report_text(out->report, problem->column);
    st_report_text(out->report, problem->code);
    st_report_text(out->report, problem->text);
    st_report_null(out->report);
    return st_cli_output_works(out->error);
}

static void print_counts(const struct import_report *out, const struct st_import_result *result) {
    const struct {
        const char *what;
        int64_t count;
    } counts[] = {
        {"read", result->row_count},
        {"added", result->added_count},
        {"replaced", result->replaced_count},
        {"withdrawn", result->withdrawn_count},
        {"unchanged", result->unchanged_count},
        {"left out", result->left_out_count},
        {"problems", out->problem_count},
    };
    for (size_t i = 0; i < ST_COUNT_OF(counts); i++) {
        if (out->report == NULL) {
            /* Problems have their own line. */
            if (i + 1 < ST_COUNT_OF(counts))
                st_cli_pair(i == 0 ? "rows read" : counts[i].what, "%lld",
                            (long long)counts[i].count);
            continue;
        }
        st_report_text(out->report, counts[i].what);
        st_report_integer(out->report, counts[i].count);
        for (size_t empty = 2; empty < ST_COUNT_OF(columns); empty++)
            st_report_null(out->report);
    }
}

static void print_files(const struct import_report *out, const struct input_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        st_report_text(out->report, "file");
        st_report_null(out->report);
        st_report_text(out->report, files->files[i].path);
        for (size_t empty = 3; empty + 1 < ST_COUNT_OF(columns); empty++)
            st_report_null(out->report);
        st_report_text(out->report, files->files[i].sha256);
    }
}

static enum st_status print_problems(struct st_import *import, struct import_report *out) {
    enum st_status status;
    out->what = "note";
    status = st_import_each_problem(import, true, print_problem, out, out->error);
    out->what = "problem";
    if (status == ST_OK)
        status = st_import_each_problem(import, false, print_problem, out, out->error);
    return status;
}

static enum st_status print_result(const struct st_invocation *invocation,
                                   const struct input_files *files, struct st_import *import,
                                   enum st_status finished, const struct st_import_result *result,
                                   struct st_error *error) {
    struct import_report out = {.error = error};
    bool is_text = invocation->format == ST_FORMAT_TEXT, changed;
    enum st_status status = ST_OK;
    if (!is_text)
        status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &out.report, error);
    if (status != ST_OK)
        return status;
    if (!is_text)
        print_files(&out, files);
    status = print_problems(import, &out);
    if (status == ST_OK && (finished == ST_OK || !is_text))
        print_counts(&out, result);
    if (!is_text)
        status = st_cli_report_end(out.report, status, error);
    if (status != ST_OK)
        return status;
    if (finished != ST_OK)
        return st_cli_fail(error, finished, "import.problems",
                           "%lld %s; nothing was imported: correct the files and import again.",
                           (long long)out.problem_count,
                           out.problem_count == 1 ? "problem" : "problems");
    changed = result->added_count + result->replaced_count + result->withdrawn_count > 0;
    if (is_text && !changed)
        (void)puts("nothing changed");
    else if (is_text && !invocation->act.dry_run)
        st_cli_pair("journal entry", "%lld", (long long)result->entry);
    st_cli_say_dry_run(invocation);
    return ST_OK;
}

/* ---- the command --------------------------------------------------------------------------- */

static enum st_status import_files(const struct st_invocation *invocation,
                                   struct input_files *files, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct st_import *import = NULL;
    struct st_municipality municipality = {0};
    struct st_import_result result = {0};
    enum st_status status = st_ledger_open(invocation->ledger_path, ST_OPEN_WRITE, &ledger, error);
    if (status == ST_OK)
        status = st_ledger_municipality(ledger, &municipality, error);
    if (status == ST_OK)
        status = st_import_begin(ledger, &invocation->act, &import, error);
    if (status == ST_OK)
        status = read_files(import, files, &municipality, error);
    if (status == ST_OK) {
        status = st_import_finish(import, &result, error);
        if (status == ST_OK || status == ST_BAD_INPUT)
            status = print_result(invocation, files, import, status, &result, error);
    }
    st_import_free(import);
    return status;
}

enum st_status st_command_import(const struct st_invocation *invocation, struct st_error *error) {
    struct input_files files = {0};
    enum st_status status = ST_OK;
    for (size_t i = 0; i < invocation->operand_count && status == ST_OK; i++)
        status = add_path(&files, invocation->operands[i], error);
    if (status == ST_OK)
        status = import_files(invocation, &files, error);
    free_files(&files);
    return status;
}
