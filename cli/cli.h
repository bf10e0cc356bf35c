/* SPDX-License-Identifier: MIT */
/* cli.h - what the files of the command line share: the options, a command's description, the
 * invocation it gets, and helpers for values, messages and output.
 *
 * A command is a row in the table of commands.c and one function. It reads its options as text from
 * the invocation, calls the ledger and the formats, and returns a status; main turns that into a
 * message and the exit code. No command knows a rule of the benefit.
 */
#ifndef STONAD_CLI_H
#define STONAD_CLI_H

#include "stonad/base.h"
#include "stonad/date.h"
#include "stonad/fact.h"
#include "stonad/ledger.h"
#include "stonad/money.h"
#include "stonad/output.h"
#include "stonad/record.h"

#include <stdio.h>

/* ---- options (options.c) ------------------------------------------------------------------- */

/* Every option of every command: a name means the same and takes a value, or not, everywhere, so
 * the command line can be read before it is known where in it the command stands. */
enum st_option {
    /* Common to all commands. */
    ST_OPTION_DB,
    ST_OPTION_ACTOR,
    ST_OPTION_TODAY,
    ST_OPTION_FORMAT,
    ST_OPTION_HELP,
    ST_OPTION_VERSION,
    /* Of commands that write. */
    ST_OPTION_DRY_RUN,
    /* init */
    ST_OPTION_ORGNR,
    ST_OPTION_NAME,
    ST_OPTION_ACCOUNT,
    ST_OPTION_BIC,
    ST_OPTION_HALF_TAX_MONTH,
    ST_OPTION_RECOVER,
    ST_OPTION_FIRST_MONTH,
    ST_OPTION_TOWN,
    ST_OPTION_POSTCODE,
    ST_OPTION_TEST,
    ST_OPTION_SECRET_FILE,
    /* runs */
    ST_OPTION_MONTH,
    ST_OPTION_PAYDAY,
    ST_OPTION_PERSON,
    ST_OPTION_PEOPLE,
    ST_OPTION_CORRECTIONS,
    ST_OPTION_RECOMPUTE_ALL,
    ST_OPTION_PAYMENTS,
    ST_OPTION_SUM,
    /* export */
    ST_OPTION_AS,
    ST_OPTION_OUTPUT,
    ST_OPTION_FORCE,
    ST_OPTION_BANK,
    ST_OPTION_TAX_KID,
    ST_OPTION_TAX_ONLY,
    /* rates and tables */
    ST_OPTION_KNOWN,
    ST_OPTION_VALUE,
    ST_OPTION_EFFECT,
    ST_OPTION_SOURCE,
    ST_OPTION_YEAR,
    ST_OPTION_TABLE,
    ST_OPTION_PERIOD,
    ST_OPTION_BASIS,
    ST_OPTION_MAX,
    /* explain */
    ST_OPTION_LANG,
    ST_OPTION_RULE,
    /* simulate */
    ST_OPTION_MONTHS,
    ST_OPTION_RATE,
    ST_OPTION_SHARE,
    ST_OPTION_NEW,
    /* proofs and seals */
    ST_OPTION_AT,
    ST_OPTION_HEAD,
    ST_OPTION_FROM,
    ST_OPTION_TO,
    ST_OPTION_PROOF,
    ST_OPTION_CONSISTENCY,
    ST_OPTION_SEAL,
    ST_OPTION_SINCE,
    ST_OPTION_PUBLIC_KEY,
    ST_OPTION_KEY,
    ST_OPTION_NEW_KEY,
    /* replay */
    ST_OPTION_FROM_FILES,
    ST_OPTION_COUNT
};

typedef uint64_t st_option_set;
#define ST_TAKES(option) (UINT64_C(1) << ST_OPTION_##option)
_Static_assert(ST_OPTION_COUNT <= 64, "an option set is 64 bits");

struct st_invocation;

struct st_command {
    const char *name;
    const char *arguments;            /* "RUN", "PATH..."; NULL: none */
    const char *summary;              /* one line, in the list of commands */
    const char *examples;             /* shown first in its help; lines */
    const char *details;              /* what else to know, lines; NULL: nothing */
    st_option_set required, optional; /* beside the common ones */
    size_t operand_min, operand_max;
    bool writes; /* needs an actor, takes --dry-run */
    enum st_status (*perform)(const struct st_invocation *, struct st_error *);
};

enum { ST_OPERAND_MAX = 4096, ST_REPEATED_MAX = 64 };

/* A value of an option that may be given more than once. */
struct st_repeated_value {
    enum st_option option;
    const char *value;
};

/* One call of the program. */
struct st_invocation {
    const struct st_command *command;
    const char *values[ST_OPTION_COUNT]; /* NULL: not given; "" for one without a value */
    struct st_repeated_value repeated[ST_REPEATED_MAX]; /* as typed; `values` has the first */
    size_t repeated_count;
    const char **arguments;              /* what is no option; allocated, main frees it */
    const char *const *operands;         /* the same without the command's name */
    size_t operand_count;
    const char *ledger_path;
    enum st_report_format format;
    struct st_act act;
    char actor[4 * 64 + 1];
};

/* Reads the command line. `argv` must outlive the invocation; *command_name is NULL when there is
 * none. Nothing is looked up yet. */
enum st_status st_options_read(int argc, char **argv, struct st_invocation *out,
                               const char **command_name,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Whether the options and arguments given are those of the command. */
enum st_status st_options_check(const struct st_invocation *invocation,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;
extern const st_option_set st_options_common;
/* "month" */
const char *st_option_name(enum st_option option);
/* The lines of the options in `set`, for help. */
void st_options_print(FILE *out, st_option_set set) ST_NONNULL;
bool st_option_given(const struct st_invocation *invocation, enum st_option option) ST_NONNULL;
/* The values of an option that may be given more than once, in the order typed: value number
 * `index` from 0, NULL after the last. */
const char *st_option_repeated(const struct st_invocation *invocation, enum st_option option,
                               size_t index) ST_NONNULL;

/* ---- the table of commands and its help (commands.c) --------------------------------------- */

enum st_status st_command_find(const char *name, const struct st_command **out,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* "" when it takes none. */
const char *st_command_arguments(const struct st_command *command) ST_NONNULL;
void st_help_print(void);
void st_command_help_print(const struct st_command *command) ST_NONNULL;

/* ---- values (values.c) --------------------------------------------------------------------- */

/* The value of an option that was given; ST_USAGE with a sentence when it is none. */
enum st_status st_cli_value_month(const struct st_invocation *invocation, enum st_option option,
                                  st_month *out, struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_cli_value_date(const struct st_invocation *invocation, enum st_option option,
                                 st_date *out, struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_cli_value_amount(const struct st_invocation *invocation, enum st_option option,
                                   st_amount *out, struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Digits only, 0 ... maximum. */
enum st_status st_cli_value_integer(const struct st_invocation *invocation, enum st_option option,
                                    int64_t maximum, int64_t *out,
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* UTF-8 without control characters, at most `size` - 1 bytes, copied to `out`. */
enum st_status st_cli_value_text(const struct st_invocation *invocation, enum st_option option,
                                 char *out, size_t size,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* One of `choices` (NULL-terminated): its index. */
enum st_status st_cli_value_choice(const struct st_invocation *invocation, enum st_option option,
                                   const char *const *choices, size_t *out,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The person number of --person, NULL when the option was not given. */
enum st_status st_cli_value_person(const struct st_invocation *invocation, const char **out,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Eleven digits; anything else is ST_BAD_INPUT. */
enum st_status st_cli_person_id_check(const char *text,
                                      struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The first argument as the number of a run. */
enum st_status st_cli_operand_run(const struct st_invocation *invocation, int64_t *out,
                                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* "YYYY-MM-DD", "YYYY-MM-DDTHH:MM[:SS][Z]": the recorded time. */
bool st_cli_time_parse(const char *text, struct st_act *act) ST_MUST_CHECK ST_NONNULL;
/* The same from a clock's seconds since 1970-01-01 00:00:00 UTC. */
bool st_cli_time_from_clock(int64_t seconds, struct st_act *act) ST_MUST_CHECK ST_NONNULL;
/* UTF-8 without control characters. */
bool st_cli_text_is_clean(const char *text) ST_MUST_CHECK ST_NONNULL;

/* ---- suggestions (suggest.c) --------------------------------------------------------------- */

/* The nearest of the names considered to what was typed; "did you mean". */
struct st_suggestion {
    const char *typed;
    const char *prefix; /* shown before the name: "--" of options */
    const char *best;   /* NULL: none is near */
    size_t distance;
};
struct st_suggestion st_suggestion_for(const char *typed) ST_NONNULL;
void st_suggestion_consider(struct st_suggestion *suggestion, const char *name) ST_NONNULL;
enum { ST_SUGGESTION_TEXT_SIZE = 80 };
/* " (did you mean import?)", or "" when nothing is near. */
const char *st_suggestion_text(const struct st_suggestion *suggestion, char *text) ST_NONNULL;

/* ---- messages and output (terminal.c) ------------------------------------------------------ */

/* Fills *error and returns `status`. */
enum st_status st_cli_fail(struct st_error *error, enum st_status status, const char *code,
                           const char *format, ...) __attribute__((format(printf, 4, 5)))
ST_NONNULL_ARGS(1, 3, 4);
/* A line on stderr; control characters of what is shown become '?'. */
void st_cli_message(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "stonad: text [code]" on stderr. */
void st_cli_print_error(const struct st_error *error) ST_NONNULL;
/* Says on stderr that nothing was written, after a dry run. */
void st_cli_say_dry_run(const struct st_invocation *invocation) ST_NONNULL;
/* "label        value" on stdout. */
void st_cli_pair(const char *label, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "label        22 758,17" on stdout. */
void st_cli_pair_amount(const char *label, st_amount amount) ST_NONNULL;
/* ST_IO once stdout can no longer be written to, so that a long walk stops. */
enum st_status st_cli_output_works(struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Flushes stdout at the end. */
enum st_status st_cli_finish_output(struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Whether stdout is a pipe whose reader has gone. */
bool st_cli_reader_has_gone(void);
/* A bar on stderr, when that is a terminal. */
void st_cli_progress(const char *what, int64_t done, int64_t all) ST_NONNULL;
void st_cli_progress_end(void);
/* Ignores SIGPIPE; SIGINT, SIGTERM and SIGHUP end the program with a message and ST_IO. */
void st_cli_catch_signals(void);
/* The file to be removed when a signal ends the program; NULL: none. */
void st_cli_remove_on_signal(const char *path);
/* `text` as a shell's word: quoted where it must be. Cut when it does not fit. */
const char *st_cli_quote(const char *text, char *out, size_t size) ST_NONNULL;
/* " --db FILE" when the option was given, for commands to be typed next. */
const char *st_cli_db_option(const struct st_invocation *invocation, char *out,
                             size_t size) ST_NONNULL;

/* ---- runs (run_report.c) ------------------------------------------------------------------- */

/* A run whose text is its own. */
struct st_kept_run {
    struct st_run_row row;
    char text[7][4 * 64 + 1];
};
void st_cli_run_keep(const struct st_run_row *row, struct st_kept_run *out) ST_NONNULL;
/* Finds the run and keeps it. */
enum st_status st_cli_run_find(struct st_ledger *ledger, int64_t run, struct st_kept_run *out,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* For a command that reads: opens the ledger, finds the run that the first argument names, and the
 * person of --person (NULL: everybody), who must have a payslip in it. */
enum st_status st_cli_run_open(const struct st_invocation *invocation, struct st_ledger **ledger,
                               struct st_kept_run *kept, const char **person_id,
                               struct st_error *error) ST_MUST_CHECK ST_NONNULL;
extern const struct st_report_column st_cli_run_columns[];
extern const size_t st_cli_run_column_count;
void st_cli_run_cells(struct st_report *report, const struct st_run_row *row) ST_NONNULL;
/* The run as a report of one row, or as text: its totals. */
enum st_status st_cli_run_print(const struct st_invocation *invocation,
                                const struct st_run_row *row,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* As text: who is held and why, and the findings. Numbers of persons in full, or masked. */
enum st_status st_cli_run_print_held(struct st_ledger *ledger, const struct st_run_row *row,
                                     bool in_full, struct st_error *error) ST_MUST_CHECK ST_NONNULL;
enum st_status st_cli_run_print_findings(struct st_ledger *ledger, const struct st_run_row *row,
                                         bool in_full,
                                         struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* As text: earlier months put right, person by person (corrections.c). */
enum st_status st_cli_run_print_corrections(const struct st_invocation *invocation,
                                            struct st_ledger *ledger,
                                            const struct st_run_row *row, bool in_full,
                                            struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The same as a report of its own; `person_id` NULL: of everybody. */
enum st_status st_cli_run_report_corrections(const struct st_invocation *invocation,
                                             struct st_ledger *ledger, int64_t run,
                                             const char *person_id, bool in_full,
                                             struct st_error *error) ST_MUST_CHECK
    ST_NONNULL_ARGS(1, 2, 6);
/* As text: the command that comes next for the run, if there is one. */
void st_cli_run_print_next(const struct st_invocation *invocation,
                           const struct st_run_row *row) ST_NONNULL;

/* ---- the ledger and reports ---------------------------------------------------------------- */

void st_cli_close_ledger(struct st_ledger **ledger) ST_NONNULL;
#define ST_CLOSE_LEDGER __attribute__((cleanup(st_cli_close_ledger)))
/* st_report_begin on stdout in the asked format. */
enum st_status st_cli_report(const struct st_invocation *invocation,
                             const struct st_report_column *columns, size_t column_count,
                             struct st_report **out,
                             struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Ends the report, whatever the walk that filled it came to; the first that went wrong counts. */
enum st_status st_cli_report_end(struct st_report *report, enum st_status walked,
                                 struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- rules in words (explain_rule.c) -------------------------------------------------------- */

/* --lang: which languages are printed; both unless it is given. */
enum st_status st_cli_value_lang(const struct st_invocation *invocation, bool *norwegian,
                                 bool *english, struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* `stonad explain --rule`: the rule of that name, or behind that code of a finding. */
enum st_status st_cli_explain_rule(const struct st_invocation *invocation,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- the books (export_books.c) -------------------------------------------------------------- */

/* `stonad export [RUN] --as hledger`. */
enum st_status st_cli_export_books(const struct st_invocation *invocation,
                                   struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* ---- the commands -------------------------------------------------------------------------- */

typedef enum st_status st_perform(const struct st_invocation *, struct st_error *);
st_perform st_command_init;                                        /* init.c */
st_perform st_command_import;                                      /* import.c */
st_perform st_command_check;                                       /* check.c */
st_perform st_command_run, st_command_approve, st_command_discard; /* run.c */
st_perform st_command_runs, st_command_show, st_command_payslips,  /* reports.c */
    st_command_lines;
st_perform st_command_corrections, st_command_claims;              /* corrections.c */
st_perform st_command_explain;                                     /* explain.c */
st_perform st_command_replay;                                      /* replay.c */
st_perform st_command_audit;                                       /* audit.c */
st_perform st_command_calendar;                                    /* calendar.c */
st_perform st_command_export;                                      /* export.c */
st_perform st_command_tax, st_command_tax_table;                   /* tax.c */
st_perform st_command_rates, st_command_people, st_command_person; /* register.c */
st_perform st_command_verify;                                      /* verify.c */
st_perform st_command_prove, st_command_consistency;               /* proof.c */
st_perform st_command_seal;                                        /* seal.c */
st_perform st_command_simulate;                                    /* simulate.c */

#endif
