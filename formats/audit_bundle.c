/* SPDX-License-Identifier: MIT */
/* audit_bundle.c - a folder that appears whole or not at all.
 *
 * It is built beside the wanted one under a name of its own ("DIR.tmp-XXXXXX"), readable by its
 * owner alone, brought to the disk as a whole, and gets its name in one step. An earlier bundle
 * is replaced only when asked, and only when it is one: nothing else is ever removed.
 */
#define _GNU_SOURCE /* renameat2, syncfs, mkdtemp, scandir */

#include "formats/bytes.h"
#include "formats/output_error.h"
#include "stonad/audit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

enum { PATH_SIZE = 4096, NAME_SIZE = 512, SHA256_SIZE = 32, READ_SIZE = 65536, DEPTH_MAX = 8 };
static const char sums_name[] = "SHA256SUMS";
/* What shows that a folder is a bundle. */
static const char mark_name[] = "inputs/journal.csv";

struct st_bundle {
    char path[PATH_SIZE];      /* wanted */
    char temporary[PATH_SIZE]; /* "" before it exists and after release */
    bool replace;
};

static enum st_status fail_write(const struct st_bundle *bundle, int number,
                                 struct st_error *error) {
    return st_output_fail(error, ST_IO, "io.write",
                          "%.400s could not be written: %s; nothing was left there, make room and "
                          "try again.",
                          bundle->path, strerror(number));
}

static bool join(char out[PATH_SIZE], const char *folder, const char *name) {
    int size = snprintf(out, PATH_SIZE, "%s/%s", folder, name);
    return size > 0 && size < PATH_SIZE;
}

/* ---- folders walked ------------------------------------------------------------------------ */

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_named(const struct dirent *entry) {
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Links are removed, never followed. Best effort: what cannot be removed stays. */
static void remove_tree(const char *path, int depth) {
    struct dirent **entries = NULL;
    struct stat about;
    char inner[PATH_SIZE];
    if (lstat(path, &about) != 0 || depth > DEPTH_MAX)
        return;
    if (!S_ISDIR(about.st_mode)) {
        (void)unlink(path);
        return;
    }
    int count = scandir(path, &entries, is_named, by_bytes);
    for (int i = 0; i < count; i++) {
        if (join(inner, path, entries[i]->d_name))
            remove_tree(inner, depth + 1);
        free(entries[i]);
    }
    free(entries);
    (void)rmdir(path);
}

/* ---- begin --------------------------------------------------------------------------------- */

static bool is_empty_folder(const char *path) {
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_named, by_bytes);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return count == 0;
}

static bool is_bundle(const char *path) {
    char mark[PATH_SIZE];
    struct stat about;
    return join(mark, path, mark_name) && lstat(mark, &about) == 0 && S_ISREG(about.st_mode);
}

static enum st_status check_wanted(const char *path, bool replace, struct st_error *error) {
    struct stat about;
    if (lstat(path, &about) != 0) {
        if (errno == ENOENT)
            return ST_OK;
        return st_output_fail(error, ST_IO, "io.open",
                              "%.400s cannot be written: %s; choose another place.", path,
                              strerror(errno));
    }
    if (S_ISDIR(about.st_mode) && is_empty_folder(path))
        return ST_OK;
    if (!replace)
        return st_output_fail(error, ST_REFUSED, "file.exists",
                              "%.400s exists; give --force to replace it.", path);
    if (!S_ISDIR(about.st_mode) || !is_bundle(path))
        return st_output_fail(error, ST_REFUSED, "audit.not_a_bundle",
                              "%.400s is no folder that audit wrote and is not replaced; choose "
                              "another name.",
                              path);
    return ST_OK;
}

/* Without slashes at the end: what is built beside it is named after it. */
static bool keep_path(struct st_bundle *bundle, const char *path) {
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        size--;
    if (size == 0 || size + sizeof ".tmp-XXXXXX" > PATH_SIZE)
        return false;
    memcpy(bundle->path, path, size);
    return true;
}

enum st_status st_bundle_begin(const char *path, bool replace, struct st_bundle **out,
                               struct st_error *error) {
    struct st_bundle *bundle = calloc(1, sizeof *bundle);
    char name[PATH_SIZE + 16];
    enum st_status status = ST_OK;
    if (bundle == NULL)
        return st_output_out_of_memory(error);
    bundle->replace = replace;
    if (!keep_path(bundle, path))
        status = st_output_fail(error, ST_IO, "io.open",
                                "The name of the folder is too long, or empty; give another.");
    else
        status = check_wanted(bundle->path, replace, error);
    if (status == ST_OK) {
        (void)snprintf(name, sizeof name, "%s.tmp-XXXXXX", bundle->path);
        if (mkdtemp(name) == NULL) /* mode 0700 */
            status = st_output_fail(error, ST_IO, "io.open",
                                    "%.400s cannot be written: %s; choose another place, or make "
                                    "the folder first.",
                                    bundle->path, strerror(errno));
        else
            memcpy(bundle->temporary, name, strlen(name) + 1);
    }
    if (status != ST_OK) {
        st_bundle_free(bundle);
        return status;
    }
    *out = bundle;
    return ST_OK;
}

void st_bundle_free(struct st_bundle *bundle) {
    if (bundle == NULL)
        return;
    if (bundle->temporary[0] != '\0')
        remove_tree(bundle->temporary, 0);
    free(bundle);
}

/* ---- files --------------------------------------------------------------------------------- */

/* The folders above `path`, inside the bundle. 0, or the reason. */
static int make_folders(const struct st_bundle *bundle, char *path) {
    for (char *at = path + strlen(bundle->temporary) + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        int number = mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : errno;
        *at = '/';
        if (number != 0)
            return number;
    }
    return 0;
}

enum st_status st_bundle_create(struct st_bundle *bundle, const char *name, FILE **out,
                                struct st_error *error) {
    char path[PATH_SIZE];
    if (!join(path, bundle->temporary, name))
        return fail_write(bundle, ENAMETOOLONG, error);
    int number = make_folders(bundle, path);
    if (number != 0)
        return fail_write(bundle, number, error);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return fail_write(bundle, errno, error);
    *out = fdopen(descriptor, "w");
    if (*out != NULL)
        return ST_OK;
    number = errno;
    (void)close(descriptor);
    return fail_write(bundle, number, error);
}

enum st_status st_bundle_close(struct st_bundle *bundle, FILE *file, struct st_error *error) {
    int number = 0;
    errno = 0;
    if (fflush(file) != 0 || ferror(file))
        number = errno != 0 ? errno : EIO;
    if (fclose(file) != 0 && number == 0)
        number = errno;
    return number == 0 ? ST_OK : fail_write(bundle, number, error);
}

/* ---- digests ------------------------------------------------------------------------------- */

struct summing {
    struct st_bundle *bundle;
    EVP_MD_CTX *context;
    FILE *out;
    struct st_error *error;
};

static enum st_status sum_file(struct summing *summing, const char *path, const char *name) {
    unsigned char digest[SHA256_SIZE];
    char block[READ_SIZE];
    struct st_byte_source source;
    ssize_t got = 1;
    enum st_status status = st_bytes_open(path, &source, summing->error);
    if (status != ST_OK)
        return status;
    bool is_fine = EVP_DigestInit_ex(summing->context, EVP_sha256(), NULL) == 1;
    while (is_fine && got > 0 &&
           (got = st_bytes_read(&source, block, sizeof block, summing->error)) > 0)
        is_fine = EVP_DigestUpdate(summing->context, block, (size_t)got) == 1;
    st_bytes_close(&source);
    if (got < 0)
        return ST_IO;
    if (!is_fine || EVP_DigestFinal_ex(summing->context, digest, NULL) != 1)
        return st_output_out_of_memory(summing->error);
    for (int i = 0; i < SHA256_SIZE; i++)
        (void)fprintf(summing->out, "%02x", digest[i]);
    (void)fprintf(summing->out, "  %s\n", name);
    return ST_OK;
}

/* `name`: the folder within the bundle, "" its root. In the order of the bytes of names. */
static enum st_status sum_folder(struct summing *summing, const char *folder, const char *name) {
    struct dirent **entries = NULL;
    struct stat about;
    enum st_status status = ST_OK;
    int count = scandir(folder, &entries, is_named, by_bytes);
    if (count < 0)
        return fail_write(summing->bundle, errno, summing->error);
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE], inner[NAME_SIZE];
        const char *entry = entries[i]->d_name;
        bool is_sums = name[0] == '\0' && strcmp(entry, sums_name) == 0;
        (void)snprintf(inner, sizeof inner, "%s%s%s", name, name[0] == '\0' ? "" : "/", entry);
        if (status != ST_OK || is_sums)
            continue;
        if (!join(path, folder, entry) || lstat(path, &about) != 0)
            status = fail_write(summing->bundle, EIO, summing->error);
        else
            status = S_ISDIR(about.st_mode) ? sum_folder(summing, path, inner)
                                            : sum_file(summing, path, inner);
    }
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return status;
}

static enum st_status write_sums(struct st_bundle *bundle, struct st_error *error) {
    struct summing summing = {.bundle = bundle, .error = error};
    enum st_status status = st_bundle_create(bundle, sums_name, &summing.out, error);
    if (status != ST_OK)
        return status;
    summing.context = EVP_MD_CTX_new();
    status = summing.context == NULL ? st_output_out_of_memory(error)
                                     : sum_folder(&summing, bundle->temporary, "");
    EVP_MD_CTX_free(summing.context);
    struct st_error closing;
    enum st_status closed = st_bundle_close(bundle, summing.out, &closing);
    if (status == ST_OK && closed != ST_OK) {
        *error = closing;
        status = closed;
    }
    return status;
}

/* ---- release ------------------------------------------------------------------------------- */

/* The bundle that was there goes under the temporary name, and away. 0, or the reason. */
static int exchange(struct st_bundle *bundle) {
    if (renameat2(AT_FDCWD, bundle->temporary, AT_FDCWD, bundle->path, RENAME_EXCHANGE) != 0)
        return errno;
    remove_tree(bundle->temporary, 0);
    return 0;
}

/* 0, or the reason. An empty folder gives way to a rename; a full one does not. */
static int give_name(struct st_bundle *bundle) {
    struct stat about;
    if (rename(bundle->temporary, bundle->path) == 0)
        return 0;
    int number = errno;
    if (bundle->replace && lstat(bundle->path, &about) == 0 && S_ISDIR(about.st_mode) &&
        is_bundle(bundle->path))
        return exchange(bundle);
    return number;
}

/* Everything that was written, at once: a bundle may have thousands of files. 0, or the reason. */
static int sync_all(const struct st_bundle *bundle) {
    int descriptor = open(bundle->temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return errno;
    int number = syncfs(descriptor) == 0 ? 0 : errno;
    (void)close(descriptor);
    return number;
}

/* The name itself must survive a power cut too; where that cannot be asked for, all was done. */
static void sync_folder(const char *path) {
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    (void)fsync(descriptor);
    (void)close(descriptor);
}

static void sync_parent(const char *path) {
    char parent[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        (void)snprintf(parent, sizeof parent, ".");
    else
        (void)snprintf(parent, sizeof parent, "%.*s/", (int)(slash - path), path);
    sync_folder(parent);
}

enum st_status st_bundle_release(struct st_bundle *bundle, struct st_error *error) {
    enum st_status status = write_sums(bundle, error);
    if (status == ST_OK)
        status = check_wanted(bundle->path, bundle->replace, error);
    if (status != ST_OK)
        return status;
    int number = sync_all(bundle);
    if (number == 0)
        number = give_name(bundle);
    if (number != 0)
        return fail_write(bundle, number, error);
    bundle->temporary[0] = '\0';
    sync_parent(bundle->path);
    return ST_OK;
}
