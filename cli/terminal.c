/* SPDX-License-Identifier: MIT */
/* terminal.c - stdout for data, stderr for messages and progress, and the signals that end it all.
 *
 * There is no colour anywhere, so NO_COLOR has nothing to switch off.
 */
#define _POSIX_C_SOURCE 200809L

#include "cli/cli.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGE_MAX = 4096, PATH_TEXT_MAX = 4096, BAR_WIDTH = 30 };

/* What comes from files and arguments must not steer the reader's terminal. */
static void without_controls(char *text) {
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

enum st_status st_cli_fail(struct st_error *error, enum st_status status, const char *code,
                           const char *format, ...) {
    va_list arguments;
    error->status = status;
    (void)snprintf(error->code, sizeof error->code, "%s", code);
    va_start(arguments, format);
    (void)vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return status;
}

void st_cli_message(const char *format, ...) {
    char text[MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    without_controls(text);
    st_cli_progress_end();
    (void)fprintf(stderr, "%s\n", text);
}

void st_cli_print_error(const struct st_error *error) {
    st_cli_message("stonad: %s [%s]", error->text, error->code);
}

void st_cli_say_dry_run(const struct st_invocation *invocation) {
    if (invocation->act.dry_run)
        st_cli_message("stonad: dry run: nothing was written");
}

void st_cli_pair(const char *label, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)printf("%-16s", label);
    (void)vprintf(format, arguments);
    (void)putchar('\n');
    va_end(arguments);
}

void st_cli_pair_amount(const char *label, st_amount amount) {
    char text[ST_AMOUNT_TEXT_SIZE];
    st_amount_for_people(amount, text);
    st_cli_pair(label, "%s", text);
}

/* ---- the end of stdout --------------------------------------------------------------------- */

enum st_status st_cli_output_works(struct st_error *error) {
    if (ferror(stdout) == 0)
        return ST_OK;
    return st_cli_fail(error, ST_IO, "output.write",
                       "The output could not be written; see that there is room where it goes.");
}

enum st_status st_cli_finish_output(struct st_error *error) {
    errno = 0;
    if (fflush(stdout) != 0 && errno != 0)
        return st_cli_fail(error, ST_IO, "output.write",
                           "The output could not be written (%s); see that there is room where it"
                           " goes.",
                           strerror(errno));
    return st_cli_output_works(error);
}

bool st_cli_reader_has_gone(void) {
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/* ---- progress ------------------------------------------------------------------------------ */

static bool progress_is_shown;

void st_cli_progress(const char *what, int64_t done, int64_t all) {
    static int64_t shown_steps = -1;
    char bar[BAR_WIDTH + 1];
    int64_t steps = all > 0 ? done * BAR_WIDTH / all : done / 65536;
    if (isatty(STDERR_FILENO) == 0 || (progress_is_shown && steps == shown_steps))
        return;
    shown_steps = steps;
    progress_is_shown = true;
    if (all > 0) {
        for (int64_t i = 0; i < BAR_WIDTH; i++)
            bar[i] = i < steps ? '#' : '.';
        bar[BAR_WIDTH] = '\0';
        (void)fprintf(stderr, "\r%s %s %lld of %lld", what, bar, (long long)done, (long long)all);
    } else {
        (void)fprintf(stderr, "\r%s %lld", what, (long long)done);
    }
}

void st_cli_progress_end(void) {
    if (progress_is_shown)
        (void)fprintf(stderr, "\r\033[K");
    progress_is_shown = false;
}

/* ---- signals ------------------------------------------------------------------------------- */

static char path_to_remove[PATH_TEXT_MAX];
static volatile sig_atomic_t has_path_to_remove;

/* Only what is safe in a signal handler. The ledger's open transaction falls with the process. */
static void stop(int number) {
    static const char message[] = "\nstonad: stopped by a signal; what was not finished was not"
                                  " written [signal.stopped]\n";
    (void)number;
    if (has_path_to_remove != 0)
        (void)unlink(path_to_remove);
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(ST_IO);
    _exit(ST_IO);
}

void st_cli_catch_signals(void) {
    static const int deadly[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = SIG_IGN}, before;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGPIPE, &action, NULL);
    (void)sigaction(SIGXFSZ, &action, NULL); /* a file size limit is a write error like any other */
    action.sa_handler = stop;
    for (size_t i = 0; i < ST_COUNT_OF(deadly); i++) {
        /* What the caller ignores (nohup) stays ignored. */
        if (sigaction(deadly[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(deadly[i], &action, NULL);
    }
}

void st_cli_remove_on_signal(const char *path) {
    has_path_to_remove = 0;
    if (path == NULL || strlen(path) >= sizeof path_to_remove)
        return;
    (void)snprintf(path_to_remove, sizeof path_to_remove, "%s", path);
    has_path_to_remove = 1;
}

/* ---- commands to be typed next ------------------------------------------------------------- */

const char *st_cli_quote(const char *text, char *out, size_t size) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
    size_t used = 0;
    if (text[0] != '\0' && text[strspn(text, plain)] == '\0') {
        (void)snprintf(out, size, "%s", text);
        return out;
    }
    /* Room for the longest piece, the closing quote and the NUL. */
    out[used++] = '\'';
    for (; *text != '\0' && used + 6 < size; text++) {
        const char *piece = *text == '\'' ? "'\\''" : (const char[]){*text, '\0'};
        used += (size_t)snprintf(out + used, size - used, "%s", piece);
    }
    out[used++] = '\'';
    out[used] = '\0';
    return out;
}

const char *st_cli_db_option(const struct st_invocation *invocation, char *out, size_t size) {
    char quoted[PATH_TEXT_MAX];
    out[0] = '\0';
    if (invocation->values[ST_OPTION_DB] != NULL)
        (void)snprintf(out, size, " --db %s",
                       st_cli_quote(invocation->ledger_path, quoted, sizeof quoted));
    return out;
}

/* ---- the ledger and reports ---------------------------------------------------------------- */

void st_cli_close_ledger(struct st_ledger **ledger) {
    st_ledger_close(*ledger);
}

enum st_status st_cli_report(const struct st_invocation *invocation,
                             const struct st_report_column *columns, size_t column_count,
                             struct st_report **out, struct st_error *error) {
    *out = st_report_begin(stdout, invocation->format, columns, column_count);
    if (*out == NULL)
        return st_cli_fail(error, ST_IO, "memory", "Memory ran out; close other programs.");
    return ST_OK;
}

enum st_status st_cli_report_end(struct st_report *report, enum st_status walked,
                                 struct st_error *error) {
    struct st_error ending = {0};
    enum st_status ended = st_report_end(report, &ending);
    if (walked != ST_OK || ended == ST_OK)
        return walked;
    *error = ending;
    return ended;
}
