/* SPDX-License-Identifier: MIT */
/* new_file.c - see new_file.h. */
#include "cli/new_file.h"

enum st_status st_cli_write_file(const struct st_invocation *invocation, const char *path,
                                 st_cli_writer *write, const void *what, struct st_error *error) {
    struct st_new_file *file = NULL;
    char sha256[ST_HASH_TEXT_SIZE];
    int64_t byte_count;
    enum st_status status =
        st_new_file_begin(path, st_option_given(invocation, ST_OPTION_FORCE), &file, error);
    if (status != ST_OK)
        return status;
    st_cli_remove_on_signal(st_new_file_path(file));
    status = write(st_new_file_stream(file), what, error);
    if (status == ST_OK)
        status = st_new_file_seal(file, sha256, &byte_count, error);
    if (status == ST_OK && !invocation->act.dry_run)
        status = st_new_file_release(file, error);
    st_cli_remove_on_signal(NULL);
    st_new_file_free(file);
    return status;
}
