/* SPDX-License-Identifier: MIT */
/* new_file.c - a file that appears whole or not at all.
 *
 * begin -> write to the stream -> [seal -> look at it under its temporary name] -> release; free
 * without release leaves nothing behind. The bytes go to a hidden file beside the wanted one,
 * readable by its owner alone (payment files name persons and accounts), are brought to the disk,
 * and only then get their name - in one step that cannot overwrite what came there meanwhile.
 *
 * The stream writes through a cookie of ours: it hashes and counts what the system took, remembers
 * the first error and takes nothing after it, so that a failed write is never silently tried
 * again.
 */
#define _GNU_SOURCE /* fopencookie, mkostemps, renameat2 */

#include "formats/output_error.h"
#include "stonad/output.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

enum { BUFFER_BYTES = 256 * 1024, SHA256_BYTES = 32, SHA256_TEXT_SIZE = 2 * SHA256_BYTES + 1 };

struct st_new_file {
    char *path;           /* wanted */
    char *temporary_path; /* NULL before it exists and after release */
    char *buffer;         /* of the stream */
    FILE *stream;
    int descriptor;
    bool replace, sealed;
    int write_errno; /* of the first failed write; 0 when none */
    int64_t byte_count;
    EVP_MD_CTX *digest;
    char sha256[SHA256_TEXT_SIZE];
};

/* ---- errors -------------------------------------------------------------------------------- */

static enum st_status cannot_write(const char *path, int number, struct st_error *error) {
    return st_output_fail(
        error, ST_IO, "io.write",
        "%s could not be written: %s; nothing was left there, make room and try again.", path,
        strerror(number));
}

static enum st_status file_exists(const char *path, struct st_error *error) {
    return st_output_fail(error, ST_REFUSED, "file.exists",
                          "%s exists; give --force to replace it.", path);
}

/* ---- the stream ---------------------------------------------------------------------------- */

static ssize_t write_bytes(void *cookie, const char *bytes, size_t size) {
    struct st_new_file *file = cookie;
    size_t done = 0;
    while (done < size && file->write_errno == 0) {
        ssize_t count = write(file->descriptor, bytes + done, size - done);
        if (count > 0)
            done += (size_t)count;
        else if (count == 0)
            file->write_errno = ENOSPC;
        else if (errno != EINTR) /* interrupted before anything was written: no error */
            file->write_errno = errno;
    }
    if (done < size) {
        errno = file->write_errno;
        return 0;
    }
    if (EVP_DigestUpdate(file->digest, bytes, size) != 1) {
        errno = file->write_errno = ENOMEM;
        return 0;
    }
    file->byte_count += (int64_t)size;
    return (ssize_t)size;
}

static bool open_stream(struct st_new_file *file) {
    file->digest = EVP_MD_CTX_new();
    file->buffer = malloc(BUFFER_BYTES);
    if (file->digest == NULL || file->buffer == NULL ||
        EVP_DigestInit_ex(file->digest, EVP_sha256(), NULL) != 1)
        return false;
    cookie_io_functions_t functions = {.write = write_bytes};
    file->stream = fopencookie(file, "w", functions);
    return file->stream != NULL && setvbuf(file->stream, file->buffer, _IOFBF, BUFFER_BYTES) == 0;
}

/* ---- names --------------------------------------------------------------------------------- */

/* The directory part with its slash: "" for the working directory. */
static size_t directory_size(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* ".NAME.XXXXXX.tmp" beside the wanted file, so that giving it its name moves no bytes. */
static char *temporary_name(const char *path) {
    size_t directory = directory_size(path), size = strlen(path) + sizeof "..XXXXXX.tmp";
    char *name = malloc(size);
    if (name != NULL) /* 200 bytes of the name: with the rest it stays a name (NAME_MAX) */
        snprintf(name, size, "%.*s.%.200s.XXXXXX.tmp", (int)directory, path, path + directory);
    return name;
}

/* A ledger, or any other database: nothing that is written is worth one. What cannot be read is
 * taken for one. */
static bool is_database(const char *path) {
    static const char magic[16] = "SQLite format 3";
    char start[sizeof magic];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (descriptor < 0)
        return true;
    ssize_t count = read(descriptor, start, sizeof start);
    close(descriptor);
    return count < 0 || (count == (ssize_t)sizeof start && memcmp(start, magic, sizeof magic) == 0);
}

/* Only a plain file is ever replaced: not a directory, a link or a device such as /dev/stdout. */
static enum st_status check_wanted(const char *path, bool replace, struct st_error *error) {
    struct stat found;
    bool is_name = path[directory_size(path)] != '\0';
    if (lstat(path, &found) != 0) {
        if (errno == ENOENT && is_name)
            return ST_OK;
        return st_output_fail(error, ST_IO, "io.open",
                              "%s cannot be written: %s; choose another place.", path,
                              strerror(errno));
    }
    if (!replace)
        return file_exists(path, error);
    if (!S_ISREG(found.st_mode))
        return st_output_fail(error, ST_REFUSED, "file.special",
                              "%s is not a plain file and is not replaced; choose another name.",
                              path);
    if (is_database(path))
        return st_output_fail(error, ST_REFUSED, "file.database",
                              "%s is a ledger or another database and is not replaced; choose "
                              "another name.",
                              path);
    return ST_OK;
}

/* ---- begin --------------------------------------------------------------------------------- */

static enum st_status create_temporary(struct st_new_file *file, struct st_error *error) {
    char *name = temporary_name(file->path);
    if (name == NULL)
        return st_output_out_of_memory(error);
    file->descriptor = mkostemps(name, (int)strlen(".tmp"), O_CLOEXEC); /* O_EXCL, mode 0600 */
    if (file->descriptor < 0) {
        int number = errno;
        free(name);
        return st_output_fail(
            error, ST_IO, "io.open",
            "%s cannot be written: %s; choose another place, or make the folder first.", file->path,
            strerror(number));
    }
    file->temporary_path = name;
    return open_stream(file) ? ST_OK : st_output_out_of_memory(error);
}

enum st_status st_new_file_begin(const char *path, bool replace, struct st_new_file **out,
                                 struct st_error *error) {
    *out = NULL;
    enum st_status status = check_wanted(path, replace, error);
    if (status != ST_OK)
        return status;
    struct st_new_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return st_output_out_of_memory(error);
    file->descriptor = -1;
    file->replace = replace;
    file->path = strdup(path);
    status = file->path != NULL ? create_temporary(file, error) : st_output_out_of_memory(error);
    if (status != ST_OK) {
        st_new_file_free(file);
        return status;
    }
    *out = file;
    return ST_OK;
}

FILE *st_new_file_stream(struct st_new_file *file) {
    return file->stream;
}

const char *st_new_file_path(struct st_new_file *file) {
    return file->temporary_path;
}

/* ---- seal ---------------------------------------------------------------------------------- */

static void write_digest(struct st_new_file *file, const unsigned char *digest) {
    static const char hexadecimal[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        file->sha256[2 * i] = hexadecimal[digest[i] >> 4];
        file->sha256[2 * i + 1] = hexadecimal[digest[i] & 15];
    }
    file->sha256[SHA256_TEXT_SIZE - 1] = '\0';
}

static enum st_status bring_to_disk(struct st_new_file *file, struct st_error *error) {
    if (fflush(file->stream) != 0 || ferror(file->stream))
        return cannot_write(file->path, file->write_errno != 0 ? file->write_errno : EIO, error);
    /* A failed fsync is final: the system may have dropped what it could not write. */
    if (fsync(file->descriptor) != 0) {
        file->write_errno = errno;
        return cannot_write(file->path, file->write_errno, error);
    }
    unsigned char digest[SHA256_BYTES];
    if (EVP_DigestFinal_ex(file->digest, digest, NULL) != 1)
        return st_output_out_of_memory(error);
    write_digest(file, digest);
    file->sealed = true;
    file->write_errno = EROFS; /* what is sealed takes no more bytes */
    return ST_OK;
}

enum st_status st_new_file_seal(struct st_new_file *file, char *sha256, int64_t *byte_count,
                                struct st_error *error) {
    if (!file->sealed) {
        enum st_status status = bring_to_disk(file, error);
        if (status != ST_OK)
            return status;
    }
    memcpy(sha256, file->sha256, SHA256_TEXT_SIZE);
    *byte_count = file->byte_count;
    return ST_OK;
}

/* ---- release ------------------------------------------------------------------------------- */

/* 0, or the reason. */
static int give_name(const char *temporary_path, const char *path, bool replace) {
    if (replace)
        return rename(temporary_path, path) == 0 ? 0 : errno;
    if (renameat2(AT_FDCWD, temporary_path, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    /* A file system without that: a second name, which never replaces, and the first one away. */
    if (link(temporary_path, path) != 0)
        return errno;
    unlink(temporary_path);
    return 0;
}

/* The name itself must survive a power cut too. 0, or the reason. */
static int sync_directory(const char *path) {
    char *directory = strndup(path, directory_size(path));
    if (directory == NULL)
        return ENOMEM;
    int descriptor =
        open(directory[0] != '\0' ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(directory);
    if (descriptor < 0)
        return errno == EACCES ? 0
                               : errno; /* writable but not readable: nothing more can be done */
    int number = fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
    close(descriptor);
    return number;
}

static void forget_temporary(struct st_new_file *file) {
    free(file->temporary_path);
    file->temporary_path = NULL;
}

enum st_status st_new_file_release(struct st_new_file *file, struct st_error *error) {
    assert(file->temporary_path != NULL && "released before");
    if (!file->sealed) {
        enum st_status status = bring_to_disk(file, error);
        if (status != ST_OK)
            return status;
    }
    enum st_status status = check_wanted(file->path, file->replace, error);
    if (status != ST_OK)
        return status;
    int number = give_name(file->temporary_path, file->path, file->replace);
    if (number == EEXIST && !file->replace)
        return file_exists(file->path, error);
    if (number != 0)
        return cannot_write(file->path, number, error);
    forget_temporary(file);
    number = sync_directory(file->path);
    if (number == 0)
        return ST_OK;
    if (file->replace)
        return st_output_fail(error, ST_IO, "io.sync",
                              "%s is written, but may not survive a power cut: %s; write it again.",
                              file->path, strerror(number));
    unlink(file->path); /* failed means that nothing is there */
    return cannot_write(file->path, number, error);
}

void st_new_file_free(struct st_new_file *file) {
    if (file == NULL)
        return;
    if (file->write_errno == 0)
        file->write_errno = ECANCELED; /* what is still buffered is not wanted */
    if (file->stream != NULL)
        fclose(file->stream);
    if (file->descriptor >= 0)
        close(file->descriptor);
    if (file->temporary_path != NULL)
        unlink(file->temporary_path);
    EVP_MD_CTX_free(file->digest);
    free(file->buffer);
    free(file->temporary_path);
    free(file->path);
    free(file);
}
