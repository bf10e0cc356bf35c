/* SPDX-License-Identifier: MIT */
/* main.c - the way of every call: read the command line, find the command, settle who acts and
 * when, perform it, say what went wrong, and leave with the status as exit code.
 *
 * The clock is read here, once, and only when --today does not say the time.
 */
#define _POSIX_C_SOURCE 200809L

#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- who, when, which ledger --------------------------------------------------------------- */

static size_t count_characters(const char *text) {
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static enum st_status settle_actor(struct st_invocation *invocation, struct st_error *error) {
    invocation->act.actor = invocation->actor;
    if (st_option_given(invocation, ST_OPTION_ACTOR)) {
        enum st_status status = st_cli_value_text(invocation, ST_OPTION_ACTOR, invocation->actor,
                                                  sizeof invocation->actor, error);
        if (status != ST_OK)
            return status;
        if (count_characters(invocation->actor) > 64)
            return st_cli_fail(error, ST_USAGE, "option.long",
                               "--actor is too long; write at most 64 characters.");
    } else if (invocation->command->writes) {
        const struct passwd *login = getpwuid(getuid());
        if (login == NULL || login->pw_name[0] == '\0' || strlen(login->pw_name) > 64 ||
            !st_cli_text_is_clean(login->pw_name))
            return st_cli_fail(error, ST_USAGE, "actor.unknown",
                               "There is no login name to record; say who acts with --actor NAME.");
        (void)snprintf(invocation->actor, sizeof invocation->actor, "%s", login->pw_name);
    }
    return ST_OK;
}

static enum st_status settle_time(struct st_invocation *invocation, struct st_error *error) {
    const char *today = invocation->values[ST_OPTION_TODAY];
    if (today != NULL && !st_cli_time_parse(today, &invocation->act))
        return st_cli_fail(error, ST_USAGE, "option.value",
                           "--today %.40s is not a time; write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ"
                           " (UTC).",
                           today);
    if (today == NULL && !st_cli_time_from_clock((int64_t)time(NULL), &invocation->act))
        return st_cli_fail(
            error, ST_USAGE, "clock.range",
            "The clock does not show a year of 1970 to 2199; set it, or give --today.");
    return ST_OK;
}

static enum st_status settle(struct st_invocation *invocation, struct st_error *error) {
    static const char *const formats[] = {"text", "csv", "json", NULL};
    const char *ledger_path = getenv("STONAD_DB");
    size_t format = ST_FORMAT_TEXT;
    enum st_status status = ST_OK;
    if (st_option_given(invocation, ST_OPTION_FORMAT))
        status = st_cli_value_choice(invocation, ST_OPTION_FORMAT, formats, &format, error);
    if (status == ST_OK)
        status = settle_actor(invocation, error);
    if (status == ST_OK)
        status = settle_time(invocation, error);
    invocation->format = (enum st_report_format)format;
    invocation->act.dry_run = st_option_given(invocation, ST_OPTION_DRY_RUN);
    if (st_option_given(invocation, ST_OPTION_DB))
        ledger_path = invocation->values[ST_OPTION_DB];
    invocation->ledger_path =
        ledger_path == NULL || ledger_path[0] == '\0' ? "stonad.db" : ledger_path;
    return status;
}

/* ---- the call ------------------------------------------------------------------------------ */

static enum st_status perform(struct st_invocation *invocation, int argc, char **argv,
                              struct st_error *error) {
    const char *name;
    enum st_status status = st_options_read(argc, argv, invocation, &name, error);
    if (status != ST_OK)
        return status;
    if (name != NULL && (status = st_command_find(name, &invocation->command, error)) != ST_OK)
        return status;
    if (st_option_given(invocation, ST_OPTION_VERSION)) {
        (void)puts("stonad " STONAD_VERSION);
        return ST_OK;
    }
    if (st_option_given(invocation, ST_OPTION_HELP)) {
        if (name == NULL)
            st_help_print();
        else
            st_command_help_print(invocation->command);
        return ST_OK;
    }
    if (name == NULL)
        return st_cli_fail(error, ST_USAGE, "command.missing",
                           "Say what to do: stonad COMMAND; `stonad --help` lists the commands.");
    status = st_options_check(invocation, error);
    if (status == ST_OK)
        status = settle(invocation, error);
    return status == ST_OK ? invocation->command->perform(invocation, error) : status;
}

/* A closed stdin or stderr becomes /dev/null, so that no ledger is opened under their numbers. A
 * closed stdout is an error before anything is done. */
static bool standard_streams_are_open(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        if (open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) != fd)
            return false;
        if (fd == STDOUT_FILENO) {
            static const struct st_error closed = {
                ST_IO, "output.closed",
                "There is no output to write to, so nothing was done; do not close it."};
            st_cli_print_error(&closed);
            return false;
        }
    }
    return true;
}

/* What became of the output. A command that writes prints only after its entry is in the ledger. */
static enum st_status finish_output(const struct st_invocation *invocation, enum st_status status,
                                    struct st_error *error) {
    struct st_error output_error = {0};
    enum st_status written = st_cli_finish_output(&output_error);
    bool wrote = invocation->command != NULL && invocation->command->writes &&
                 !invocation->act.dry_run && !st_option_given(invocation, ST_OPTION_HELP) &&
                 !st_option_given(invocation, ST_OPTION_VERSION);
    if (written == ST_OK || (status != ST_OK && status != ST_FOUND && status != ST_IO))
        return status;
    if (status != ST_IO)
        *error = output_error;
    if (wrote)
        st_cli_message("stonad: the command itself was done; `stonad runs` shows what is so now");
    return written;
}

int main(int argc, char **argv) {
    struct st_error error = {0};
    struct st_invocation invocation = {0};
    enum st_status status;
    if (!standard_streams_are_open())
        return ST_IO;
    st_cli_catch_signals();
    status = perform(&invocation, argc, argv, &error);
    free(invocation.arguments);
    st_cli_progress_end();
    status = finish_output(&invocation, status, &error);
    /* A reader who has seen enough (`| head`) needs no message. */
    if (status == ST_IO && ferror(stdout) != 0 && st_cli_reader_has_gone())
        return ST_IO;
    if (status != ST_OK && status != ST_FOUND)
        st_cli_print_error(&error);
    return (int)status;
}
