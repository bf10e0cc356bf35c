/* SPDX-License-Identifier: MIT */
/* measure.c - runs a command and says what it took.
 *
 *     measure FILE COMMAND [ARGUMENTS...]
 *
 * FILE gets one line: microseconds by the clock on the wall, microseconds of processor time (its own
 * and the kernel's), and the most memory resident at once in KiB. The command's input, output and
 * exit status are its own.
 */
#define _DEFAULT_SOURCE /* wait4 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int fail(const char *what) {
    (void)fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
    return 127;
}

static int64_t wall_us(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t in_us(struct timeval time) { return (int64_t)time.tv_sec * 1000000 + time.tv_usec; }

static int write_figures(const char *path, int64_t elapsed_us, const struct rusage *usage) {
    FILE *out = fopen(path, "we");
    if (out == NULL)
        return fail(path);
    int written = fprintf(out, "%" PRId64 " %" PRId64 " %ld\n", elapsed_us,
                          in_us(usage->ru_utime) + in_us(usage->ru_stime), usage->ru_maxrss);
    return fclose(out) == 0 && written > 0 ? 0 : fail(path);
}

int main(int argument_count, char **arguments) {
    struct rusage usage;
    int state;
    if (argument_count < 3) {
        (void)fputs("usage: measure FILE COMMAND [ARGUMENTS...]\n", stderr);
        return 2;
    }
    int64_t begun_us = wall_us();
    pid_t child = fork();
    if (child < 0)
        return fail("fork");
    if (child == 0) {
        (void)execvp(arguments[2], arguments + 2);
        _exit(fail(arguments[2]));
    }
    if (wait4(child, &state, 0, &usage) != child)
        return fail("wait");
    int failed = write_figures(arguments[1], wall_us() - begun_us, &usage);
    if (failed != 0)
        return failed;
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}
