/* SPDX-License-Identifier: MIT */
/* bytes.c - a file or memory as a stream of bytes. See bytes.h. */
#define _POSIX_C_SOURCE 200809L
#include "formats/bytes.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum st_status refused_by_machine(struct st_error *error, const char *code, const char *verb,
                                         const char *path, int reason) {
    char why[128];
    if (strerror_r(reason, why, sizeof why) != 0)
        snprintf(why, sizeof why, "error %d", reason);
    error->status = ST_IO;
    snprintf(error->code, sizeof error->code, "%s", code);
    snprintf(error->text, sizeof error->text,
             "%.400s cannot be %s (%s); look at its name and permissions, then try again", path,
             verb, why);
    return ST_IO;
}

enum st_status st_bytes_open(const char *path, struct st_byte_source *out, struct st_error *error) {
    int file;
    do
        file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    while (file < 0 && errno == EINTR);
    if (file < 0)
        return refused_by_machine(error, "input.open", "opened", path, errno);
    *out = (struct st_byte_source){.file = file, .path = path};
    return ST_OK;
}

struct st_byte_source st_bytes_of_memory(const char *bytes, size_t size) {
    return (struct st_byte_source){
        .file = -1, .path = "memory", .memory = bytes, .memory_size = size};
}

static ssize_t read_memory(struct st_byte_source *source, char *buffer, size_t size) {
    size_t taken = size < source->memory_size ? size : source->memory_size;
    if (taken > 0)
        memcpy(buffer, source->memory, taken);
    source->memory += taken;
    source->memory_size -= taken;
    return (ssize_t)taken;
}

ssize_t st_bytes_read(struct st_byte_source *source, char *buffer, size_t size,
                      struct st_error *error) {
    assert(size <= SSIZE_MAX);
    if (source->file < 0)
        return read_memory(source, buffer, size);
    size_t taken = 0;
    while (taken < size) { /* a pipe gives what it has; the readers want whole blocks */
        ssize_t got = read(source->file, buffer + taken, size - taken);
        if (got == 0)
            break;
        if (got > 0)
            taken += (size_t)got;
        else if (errno != EINTR) {
            refused_by_machine(error, "input.read", "read", source->path, errno);
            return -1;
        }
    }
    return (ssize_t)taken;
}

void st_bytes_close(struct st_byte_source *source) {
    if (source->file >= 0)
        close(source->file); /* read only: nothing can be lost */
    source->file = -1;
}

enum st_status st_bytes_no_memory(struct st_error *error) {
    error->status = ST_IO;
    snprintf(error->code, sizeof error->code, "input.memory");
    snprintf(error->text, sizeof error->text,
             "the machine has no memory left to read with; close other programs and try again");
    return ST_IO;
}
