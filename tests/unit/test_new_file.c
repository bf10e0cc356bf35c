/* SPDX-License-Identifier: MIT */
/* test_new_file.c - files that appear whole or not at all: digests, names, permissions, and every
 * way the machine may refuse. */
#define _GNU_SOURCE /* dirent's d_name over readdir, setrlimit */

#include "stonad/output.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* SHA-256 of nothing and of "abc" (FIPS 180-2). */
static const char sha256_empty[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char sha256_abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static char folder[] = "/tmp/stonad-new-file-XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int remove_folder(void **state) {
    (void)state;
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static int file_count(void) {
    DIR *directory = opendir(".");
    assert_non_null(directory);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return count;
}

static void assert_holds(const char *path, const char *expected) {
    char text[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_int_equal(size, strlen(expected));
    assert_string_equal(text, expected);
}

static struct st_new_file *begin(const char *path, bool replace) {
    struct st_new_file *file;
    struct st_error error;
    assert_int_equal(st_new_file_begin(path, replace, &file, &error), ST_OK);
    return file;
}

static void assert_begin_fails(const char *path, bool replace, enum st_status status,
                               const char *code) {
    struct st_new_file *file;
    struct st_error error;
    assert_int_equal(st_new_file_begin(path, replace, &file, &error), status);
    assert_null(file);
    assert_string_equal(error.code, code);
    assert_int_equal(error.status, status);
}

static void write_file(const char *path, const char *text, bool replace) {
    struct st_new_file *file = begin(path, replace);
    fputs(text, st_new_file_stream(file));
    struct st_error error;
    assert_int_equal(st_new_file_release(file, &error), ST_OK);
    st_new_file_free(file);
}

static void appears_when_released(void **state) {
    (void)state;
    struct st_new_file *file = begin("pay.xml", false);
    fputs("abc", st_new_file_stream(file));
    assert_int_equal(access("pay.xml", F_OK), -1);
    char sha256[65];
    int64_t byte_count;
    struct st_error error;
    assert_int_equal(st_new_file_seal(file, sha256, &byte_count, &error), ST_OK);
    assert_string_equal(sha256, sha256_abc);
    assert_int_equal(byte_count, 3);
    assert_holds(st_new_file_path(file), "abc"); /* it may be looked at */
    assert_int_equal(access("pay.xml", F_OK), -1);
    assert_int_equal(st_new_file_seal(file, sha256, &byte_count, &error), ST_OK); /* asked again */
    assert_string_equal(sha256, sha256_abc);
    assert_int_equal(st_new_file_release(file, &error), ST_OK);
    st_new_file_free(file);
    assert_holds("pay.xml", "abc");
    struct stat found;
    assert_int_equal(stat("pay.xml", &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_int_equal(file_count(), 1);
    unlink("pay.xml");
}

static void nothing_is_left_without_release(void **state) {
    (void)state;
    struct st_new_file *file = begin("pay.xml", false);
    fputs("abc", st_new_file_stream(file));
    assert_int_equal(file_count(), 1);
    st_new_file_free(file);
    assert_int_equal(file_count(), 0);
    st_new_file_free(NULL);
}

static void empty_and_large_files(void **state) {
    (void)state;
    char sha256[65];
    int64_t byte_count;
    struct st_error error;
    struct st_new_file *file = begin("empty", false);
    assert_int_equal(st_new_file_seal(file, sha256, &byte_count, &error), ST_OK);
    assert_string_equal(sha256, sha256_empty);
    assert_int_equal(byte_count, 0);
    st_new_file_free(file);
    file = begin("large", false);
    for (int i = 0; i < 1000000; i++)
        putc('a', st_new_file_stream(file));
    assert_int_equal(st_new_file_seal(file, sha256, &byte_count, &error), ST_OK);
    assert_int_equal(byte_count, 1000000);
    assert_string_equal(sha256, /* FIPS 180-2's third example */
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    st_new_file_free(file);
    assert_int_equal(file_count(), 0);
}

static void existing_files_stay(void **state) {
    (void)state;
    write_file("pay.xml", "first", false);
    assert_begin_fails("pay.xml", false, ST_REFUSED, "file.exists");
    assert_holds("pay.xml", "first");
    write_file("pay.xml", "second", true);
    assert_holds("pay.xml", "second");
    unlink("pay.xml");
}

/* Somebody else made the file while ours was being written. */
static void late_files_stay_too(void **state) {
    (void)state;
    struct st_new_file *file = begin("pay.xml", false);
    fputs("ours", st_new_file_stream(file));
    write_file("pay.xml", "theirs", false);
    struct st_error error;
    assert_int_equal(st_new_file_release(file, &error), ST_REFUSED);
    assert_string_equal(error.code, "file.exists");
    st_new_file_free(file);
    assert_holds("pay.xml", "theirs");
    assert_int_equal(file_count(), 1);
    unlink("pay.xml");
}

static void only_plain_files_are_replaced(void **state) {
    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_begin_fails("folder", true, ST_REFUSED, "file.special");
    assert_begin_fails("folder", false, ST_REFUSED, "file.exists");
    assert_int_equal(rmdir("folder"), 0);
    assert_int_equal(symlink("nowhere", "link"), 0);
    assert_begin_fails("link", true, ST_REFUSED, "file.special");
    assert_begin_fails("link", false, ST_REFUSED, "file.exists");
    unlink("link");
    assert_begin_fails("/dev/null", true, ST_REFUSED, "file.special");
    assert_begin_fails("/dev/full", false, ST_REFUSED, "file.exists");
}

static void places_that_cannot_be(void **state) {
    (void)state;
    assert_begin_fails("missing/pay.xml", false, ST_IO, "io.open");
    assert_begin_fails("", false, ST_IO, "io.open");
    assert_begin_fails("missing/", false, ST_IO, "io.open");
    write_file("file", "", false);
    assert_begin_fails("file/pay.xml", false, ST_IO, "io.open");
    unlink("file");
    if (geteuid() != 0) { /* root may write everywhere */
        assert_int_equal(mkdir("folder", 0500), 0);
        assert_begin_fails("folder/pay.xml", false, ST_IO, "io.open");
        assert_int_equal(rmdir("folder"), 0);
    }
    assert_int_equal(file_count(), 0);
}

static void long_and_foreign_names(void **state) {
    (void)state;
    char name[256];
    memset(name, 'x', 255);
    name[255] = '\0';
    write_file(name, "abc", false);
    assert_holds(name, "abc");
    unlink(name);
    char path[400];
    snprintf(path, sizeof path, "%s/Lønn %%s;'\n.xml", folder);
    write_file(path, "abc", false);
    assert_holds(path, "abc");
    unlink(path);
}

/* A limit of the file's size stands for every way a write can fail on its way. */
static void a_failed_write_is_not_forgotten(void **state) {
    (void)state;
    struct rlimit limit, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = 100000;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int sealed = 0; sealed < 2; sealed++) {
        struct st_new_file *file = begin("pay.xml", false);
        for (int i = 0; i < 600000; i++)
            putc('a', st_new_file_stream(file));
        struct st_error error;
        char sha256[65];
        int64_t byte_count;
        /* Room again does not make the bytes whole that were lost. */
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        if (sealed)
            assert_int_equal(st_new_file_seal(file, sha256, &byte_count, &error), ST_IO);
        else
            assert_int_equal(st_new_file_release(file, &error), ST_IO);
        assert_string_equal(error.code, "io.write");
        assert_non_null(strstr(error.text, "File too large"));
        assert_int_equal(st_new_file_release(file, &error), ST_IO); /* nor does asking again */
        st_new_file_free(file);
        assert_int_equal(file_count(), 0);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, handler);
}

static void sealed_is_sealed(void **state) {
    (void)state;
    struct st_new_file *file = begin("pay.xml", false);
    fputs("abc", st_new_file_stream(file));
    char sha256[65];
    int64_t byte_count;
    struct st_error error;
    assert_int_equal(st_new_file_seal(file, sha256, &byte_count, &error), ST_OK);
    fputs("more", st_new_file_stream(file));
    assert_int_equal(fflush(st_new_file_stream(file)), EOF);
    assert_int_equal(st_new_file_release(file, &error), ST_OK);
    st_new_file_free(file);
    assert_holds("pay.xml", "abc");
    unlink("pay.xml");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appears_when_released),
        cmocka_unit_test(nothing_is_left_without_release),
        cmocka_unit_test(empty_and_large_files),
        cmocka_unit_test(existing_files_stay),
        cmocka_unit_test(late_files_stay_too),
        cmocka_unit_test(only_plain_files_are_replaced),
        cmocka_unit_test(places_that_cannot_be),
        cmocka_unit_test(long_and_foreign_names),
        cmocka_unit_test(a_failed_write_is_not_forgotten),
        cmocka_unit_test(sealed_is_sealed),
    };
    return cmocka_run_group_tests_name("new_file", tests, make_folder, remove_folder);
}
