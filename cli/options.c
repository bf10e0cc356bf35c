/* SPDX-License-Identifier: MIT */
/* options.c - reads the command line with getopt_long, options and arguments in any order.
 *
 * One table holds every option, so getopt knows which take a value before the command is known.
 * What a command does not take is refused afterwards.
 */
#define _POSIX_C_SOURCE 200809L

#include "cli/cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

struct option_description {
    const char *name;
    const char *value; /* what its value looks like; NULL: takes none */
    const char *help;
    char letter; /* 0: none */
};

static const struct option_description descriptions[ST_OPTION_COUNT] = {
    [ST_OPTION_DB] = {"db", "FILE", "the ledger (else $STONAD_DB, else stonad.db)", 0},
    [ST_OPTION_ACTOR] = {"actor", "NAME", "who acts (else the login name)", 0},
    [ST_OPTION_TODAY] = {"today", "TIME", "the recorded time, UTC: YYYY-MM-DD[THH:MM[:SS]]", 0},
    [ST_OPTION_FORMAT] = {"format", "FORMAT", "text, csv or json", 0},
    [ST_OPTION_HELP] = {"help", NULL, "this text", 'h'},
    [ST_OPTION_VERSION] = {"version", NULL, "the version of stonad", 0},
    [ST_OPTION_DRY_RUN] = {"dry-run", NULL, "do everything except write", 0},
    [ST_OPTION_ORGNR] = {"orgnr", "NUMBER", "the municipality's organisation number", 0},
    [ST_OPTION_NAME] = {"name", "NAME", "the municipality's name, or the rate's", 0},
    [ST_OPTION_ACCOUNT] = {"account", "ACCOUNT", "the account the benefit is paid from", 0},
    [ST_OPTION_BIC] = {"bic", "BIC", "the BIC of that account's bank", 0},
    [ST_OPTION_HALF_TAX_MONTH] = {"half-tax-month", "11|12",
                                  "the month with half tax, or none, before Christmas (12)", 0},
    [ST_OPTION_RECOVER] = {"recover", "auto|ask", "how claims are taken from later payments (auto)",
                           0},
    [ST_OPTION_FIRST_MONTH] = {"first-month", "YYYY-MM", "the month of the first run", 0},
    [ST_OPTION_TOWN] = {"town", "TOWN", "the municipality's town, for the payment file", 0},
    [ST_OPTION_POSTCODE] = {"postcode", "CODE", "its postcode", 0},
    [ST_OPTION_TEST] = {"test", NULL, "a ledger that takes synthetic person numbers too", 0},
    [ST_OPTION_SECRET_FILE] = {"secret-file", "FILE",
                               "64 hexadecimal digits: the secret of a ledger made before", 0},
    [ST_OPTION_MONTH] = {"month", "YYYY-MM", "the month to be computed", 0},
    [ST_OPTION_PAYDAY] = {"payday", "DATE", "the day it is paid, YYYY-MM-DD", 0},
    [ST_OPTION_PERSON] = {"person", "ID", "this person only", 0},
    [ST_OPTION_PEOPLE] = {"people", NULL, "with everyone: a table (show), accounts (hledger)", 0},
    [ST_OPTION_CORRECTIONS] = {"corrections", NULL, "the earlier months put right, instead of totals",
                               0},
    [ST_OPTION_RECOMPUTE_ALL] = {"recompute-all", NULL,
                                 "look at everybody's earlier months, changed or not", 0},
    [ST_OPTION_PAYMENTS] = {"payments", "N", "the number of payments, as `show` prints it", 0},
    [ST_OPTION_SUM] = {"sum", "AMOUNT", "their net sum, as `show` prints it", 0},
    [ST_OPTION_AS] = {"as", "FORM", "pain.001.001.09, pain.001.001.03 or hledger", 0},
    [ST_OPTION_OUTPUT] = {"output", "PATH", "the file to be written", 'o'},
    [ST_OPTION_FORCE] = {"force", NULL, "replace the file if there is one", 0},
    [ST_OPTION_BANK] = {"bank", "NAME", "what the bank wants differently (standard)", 0},
    [ST_OPTION_TAX_KID] = {"tax-kid", "KID", "adds the tax payment, with this KID", 0},
    [ST_OPTION_TAX_ONLY] = {"tax-only", NULL, "the tax payment alone", 0},
    [ST_OPTION_KNOWN] = {"known", "DATE", "as known on this day; of `rates add`: when it was", 0},
    [ST_OPTION_VALUE] = {"value", "KRONER", "the rate, in whole kroner a year", 0},
    [ST_OPTION_EFFECT] = {"effect", "DATE", "the first day it counts", 0},
    [ST_OPTION_SOURCE] = {"source", "TEXT", "where it is decided", 0},
    [ST_OPTION_YEAR] = {"year", "YEAR", "the year, or income year", 0},
    [ST_OPTION_TABLE] = {"table", "TABLE", "the withholding table, as 8100", 0},
    [ST_OPTION_PERIOD] = {"period", "PERIOD",
                          "month, fortnight, week, 4_days, 3_days, 2_days or 1_day", 0},
    [ST_OPTION_BASIS] = {"basis", "KRONER", "the pay, in whole kroner", 0},
    [ST_OPTION_LANG] = {"lang", "nb|en|both", "the language of the sentences (both)", 0},
    [ST_OPTION_RULE] = {"rule", "RULE", "a rule (R8) or a finding's code (R14-HELD)", 0},
    [ST_OPTION_MAX] = {"max", "KRONER", "the last basis (else 2000 steps of each period)", 0},
    [ST_OPTION_MONTHS] = {"months", "N", "so many months from --month on (1)", 0},
    [ST_OPTION_RATE] = {"rate", "G=KRONER@DATE", "assumes a G from a day on; may be repeated", 0},
    [ST_OPTION_SHARE] = {"share", "NAME=SHARE", "assumes a share, as young=1/2; may be repeated",
                         0},
    [ST_OPTION_NEW] = {"new", "[KIND=]N[@DATE]", "assumes N participants more; may be repeated", 0},
    [ST_OPTION_AT] = {"at", "ENTRIES", "up to the head over so many entries (all)", 0},
    [ST_OPTION_HEAD] = {"head", "HASH", "a head known from elsewhere; twice with --consistency", 0},
    [ST_OPTION_FROM] = {"from", "ENTRIES", "the earlier head: over so many entries", 0},
    [ST_OPTION_TO] = {"to", "ENTRIES", "the later head: over so many entries (all)", 0},
    [ST_OPTION_PROOF] = {"proof", "FILE", "checks the proof of a payslip, without the ledger", 0},
    [ST_OPTION_CONSISTENCY] = {"consistency", "FILE",
                               "checks that a head continues another, without the ledger", 0},
    [ST_OPTION_SEAL] = {"seal", "FILE", "holds a seal against the ledger, or a proof", 0},
    [ST_OPTION_SINCE] = {"since", "FILE", "as --seal, then only what was written after the seal", 0},
    [ST_OPTION_PUBLIC_KEY] = {"public-key", "FILE", "the key the seal must be signed with", 0},
    [ST_OPTION_KEY] = {"key", "FILE", "the key to sign with", 0},
    [ST_OPTION_NEW_KEY] = {"new-key", NULL, "makes a key, to be kept away from the ledger", 0},
    [ST_OPTION_FROM_FILES] = {"from-files", "DIR", "makes the whole ledger anew from a bundle's inputs",
                              0},
};

const st_option_set st_options_common = ST_TAKES(DB) | ST_TAKES(ACTOR) | ST_TAKES(TODAY) |
                                        ST_TAKES(FORMAT) | ST_TAKES(HELP) | ST_TAKES(VERSION);
/* Each value of these counts; all others are given once. */
static const st_option_set repeatable =
    ST_TAKES(RATE) | ST_TAKES(SHARE) | ST_TAKES(NEW) | ST_TAKES(HEAD);

static bool set_has(st_option_set set, enum st_option option) {
    return (set >> option & 1) != 0;
}

const char *st_option_name(enum st_option option) {
    return descriptions[option].name;
}

bool st_option_given(const struct st_invocation *invocation, enum st_option option) {
    return invocation->values[option] != NULL;
}

const char *st_option_repeated(const struct st_invocation *invocation, enum st_option option,
                               size_t index) {
    for (size_t i = 0; i < invocation->repeated_count; i++)
        if (invocation->repeated[i].option == option && index-- == 0)
            return invocation->repeated[i].value;
    return NULL;
}

static st_option_set options_of(const struct st_command *command) {
    return st_options_common | command->required | command->optional |
           (command->writes ? ST_TAKES(DRY_RUN) : 0);
}

void st_options_print(FILE *out, st_option_set set) {
    for (enum st_option i = 0; i < ST_OPTION_COUNT; i++) {
        const struct option_description *option = &descriptions[i];
        char left[48];
        if (!set_has(set, i))
            continue;
        (void)snprintf(left, sizeof left, "%s%s%s%s", option->letter == 'o' ? "-o, --" : "--",
                       option->name, option->value == NULL ? "" : " ",
                       option->value == NULL ? "" : option->value);
        (void)fprintf(out, "  %-26s  %s\n", left, option->help);
    }
}

/* ---- reading ------------------------------------------------------------------------------- */

enum { LONG_OPTION = 256 }; /* getopt's value of option 0; letters lie below */

static void describe_to_getopt(struct option *options) {
    for (int i = 0; i < ST_OPTION_COUNT; i++)
        options[i] = (struct option){
            .name = descriptions[i].name,
            .has_arg = descriptions[i].value == NULL ? no_argument : required_argument,
            .val = LONG_OPTION + i,
        };
    options[ST_OPTION_COUNT] = (struct option){0};
}

/* The option that getopt named by its value or letter; ST_OPTION_COUNT when it is none. */
static enum st_option option_of(int value) {
    if (value >= LONG_OPTION && value < LONG_OPTION + ST_OPTION_COUNT)
        return (enum st_option)(value - LONG_OPTION);
    for (enum st_option i = 0; i < ST_OPTION_COUNT; i++)
        if (value != 0 && descriptions[i].letter == value)
            return i;
    return ST_OPTION_COUNT;
}

/* What getopt could not take: an option with a value too many, one that begins like several, or one
 * that does not exist. */
static enum st_status refuse_option(const char *typed, int value, struct st_error *error) {
    char name[60], meant[ST_SUGGESTION_TEXT_SIZE];
    struct st_suggestion suggestion = st_suggestion_for(name);
    size_t alike = 0;
    suggestion.prefix = "--";
    if (option_of(value) != ST_OPTION_COUNT)
        return st_cli_fail(error, ST_USAGE, "option.flag", "--%s takes no value; write it alone.",
                           st_option_name(option_of(value)));
    if (value != 0)
        return st_cli_fail(error, ST_USAGE, "option.unknown",
                           "There is no option -%c; `stonad COMMAND --help` lists the options.",
                           value);
    typed += strspn(typed, "-");
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(typed, "="), typed);
    for (enum st_option i = 0; i < ST_OPTION_COUNT; i++) {
        alike += strncmp(name, descriptions[i].name, strlen(name)) == 0;
        st_suggestion_consider(&suggestion, descriptions[i].name);
    }
    if (alike > 1)
        return st_cli_fail(error, ST_USAGE, "option.ambiguous",
                           "--%s is the beginning of several options; write the whole name.", name);
    return st_cli_fail(error, ST_USAGE, "option.unknown",
                       "There is no option --%s%s; `stonad COMMAND --help` lists the options.",
                       name, st_suggestion_text(&suggestion, meant));
}

static enum st_status take_repeated(struct st_invocation *out, enum st_option option,
                                    const char *value, struct st_error *error) {
    if (out->repeated_count == ST_REPEATED_MAX)
        return st_cli_fail(error, ST_USAGE, "option.many",
                           "--%s and its like are given more than %d times; leave some out.",
                           st_option_name(option), ST_REPEATED_MAX);
    out->repeated[out->repeated_count++] = (struct st_repeated_value){option, value};
    if (out->values[option] == NULL)
        out->values[option] = value;
    return ST_OK;
}

static enum st_status take_option(struct st_invocation *out, enum st_option option,
                                  const char *value, struct st_error *error) {
    const char *before = out->values[option];
    if (value == NULL)
        value = "";
    else if (value[0] == '\0')
        return st_cli_fail(error, ST_USAGE, "option.empty", "--%s is empty; write its value.",
                           st_option_name(option));
    if (set_has(repeatable, option))
        return take_repeated(out, option, value, error);
    if (before != NULL && strcmp(before, value) != 0)
        return st_cli_fail(error, ST_USAGE, "option.twice",
                           "--%s is given twice, and not the same; give it once.",
                           st_option_name(option));
    out->values[option] = value;
    return ST_OK;
}

enum st_status st_options_read(int argc, char **argv, struct st_invocation *out,
                               const char **command_name, struct st_error *error) {
    struct option options[ST_OPTION_COUNT + 1];
    size_t count = 0;
    int value;
    describe_to_getopt(options);
    out->arguments = calloc((size_t)argc + 1, sizeof *out->arguments);
    if (out->arguments == NULL)
        return st_cli_fail(error, ST_IO, "memory", "Memory ran out; close other programs.");
    opterr = 0;
    /* '-': arguments are handed over in their order, whatever POSIXLY_CORRECT says. */
    while ((value = getopt_long(argc, argv, "-:ho:", options, NULL)) != -1) {
        enum st_option option = option_of(value);
        enum st_status status = ST_OK;
        if (value == 1)
            out->arguments[count++] = optarg;
        else if (option != ST_OPTION_COUNT)
            status = take_option(out, option, optarg, error);
        else if (value == ':')
            status = st_cli_fail(error, ST_USAGE, "option.empty", "--%s needs a value: %s.",
                                 st_option_name(option_of(optopt)),
                                 descriptions[option_of(optopt)].value);
        else
            status = refuse_option(argv[optind - 1], optopt, error);
        if (status != ST_OK)
            return status;
    }
    for (int i = optind; i < argc; i++)
        out->arguments[count++] = argv[i];
    *command_name = out->arguments[0]; /* NULL when there is none */
    out->operands = out->arguments + 1;
    out->operand_count = count > 0 ? count - 1 : 0;
    return ST_OK;
}

/* ---- what the command takes ---------------------------------------------------------------- */

static enum st_status check_missing(const struct st_invocation *invocation,
                                    struct st_error *error) {
    const struct st_command *command = invocation->command;
    char missing[300] = "";
    for (enum st_option i = 0; i < ST_OPTION_COUNT; i++) {
        size_t used = strlen(missing);
        if (set_has(command->required, i) && !st_option_given(invocation, i))
            (void)snprintf(missing + used, sizeof missing - used, "%s--%s %s",
                           used == 0 ? "" : ", ", descriptions[i].name, descriptions[i].value);
    }
    if (missing[0] == '\0')
        return ST_OK;
    return st_cli_fail(error, ST_USAGE, "option.missing", "%s needs %s as well.", command->name,
                       missing);
}

static enum st_status check_unasked(const struct st_invocation *invocation,
                                    struct st_error *error) {
    st_option_set set = options_of(invocation->command);
    for (enum st_option i = 0; i < ST_OPTION_COUNT; i++) {
        char meant[ST_SUGGESTION_TEXT_SIZE];
        struct st_suggestion suggestion = st_suggestion_for(descriptions[i].name);
        if (!st_option_given(invocation, i) || set_has(set, i))
            continue;
        suggestion.prefix = "--";
        for (enum st_option j = 0; j < ST_OPTION_COUNT; j++)
            if (set_has(set, j))
                st_suggestion_consider(&suggestion, descriptions[j].name);
        return st_cli_fail(error, ST_USAGE, "option.unknown",
                           "%s has no option --%s%s; leave it out.", invocation->command->name,
                           descriptions[i].name, st_suggestion_text(&suggestion, meant));
    }
    return ST_OK;
}

enum st_status st_options_check(const struct st_invocation *invocation, struct st_error *error) {
    const struct st_command *command = invocation->command;
    enum st_status status = check_unasked(invocation, error);
    if (status != ST_OK)
        return status;
    if (invocation->operand_count < command->operand_min)
        return st_cli_fail(error, ST_USAGE, "argument.missing",
                           "%s needs an argument: stonad %s %s.", command->name, command->name,
                           command->arguments);
    if (invocation->operand_count > command->operand_max)
        return st_cli_fail(error, ST_USAGE, "argument.extra",
                           "%s takes no more arguments than %s; leave out %.60s.", command->name,
                           command->arguments == NULL ? "its options" : command->arguments,
                           invocation->operands[command->operand_max]);
    return check_missing(invocation, error);
}
