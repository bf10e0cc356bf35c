/* SPDX-License-Identifier: MIT */
/* commands.c - the table of commands: what each is called, takes and does; and the help made of it.
 *
 * A new command is a row here, a function in the file of its family, and a row in docs/stonad.1.
 */
#include "cli/cli.h"

#include <string.h>

static const struct st_command commands[] = {
    {
        .name = "init",
        .summary = "creates a ledger for one municipality",
        .examples = "  stonad init --orgnr 312345676 --name 'Eksempel kommune' \\\n"
                    "              --account 1234.56.78903 --bic DNBANOKK --town Eksempel\n",
        .details =
            "The ledger is one file. It starts with the base amounts G and the rule set; see\n"
            "`stonad rates`.",
        .required = ST_TAKES(ORGNR) | ST_TAKES(NAME) | ST_TAKES(ACCOUNT) | ST_TAKES(BIC),
        .optional = ST_TAKES(HALF_TAX_MONTH) | ST_TAKES(RECOVER) | ST_TAKES(FIRST_MONTH) |
                    ST_TAKES(TOWN) | ST_TAKES(POSTCODE) | ST_TAKES(TEST),
        .writes = true,
        .perform = st_command_init,
    },
    {
        .name = "import",
        .arguments = "PATH...",
        .summary = "reads files of facts into the ledger",
        .examples = "  stonad import may/\n"
                    "  stonad import participants.csv absences.csv --dry-run\n",
        .details =
            "PATH is a file, or a folder whose .csv and .xml files are taken. The file's name\n"
            "picks the kind: participants, programmes, living, care, absences, benefits, work,\n"
            "taxcards, recoveries, decisions, endings, content, employment, settlement. XML is\n"
            "tax cards. All is imported, or nothing.",
        .operand_min = 1,
        .operand_max = ST_OPERAND_MAX,
        .writes = true,
        .perform = st_command_import,
    },
    {
        .name = "check",
        .summary = "lists what is to be looked at before a month is paid",
        .examples = "  stonad check\n"
                    "  stonad check --month 2026-05\n"
                    "  stonad check --month 2026-05 --format csv\n",
        .details = "Without --month: the month of the last run that was not discarded, or this month\n"
                   "when there is none. Computes the month for everybody and writes nothing. The exit\n"
                   "code is 1 when anything was found.",
        .optional = ST_TAKES(MONTH),
        .perform = st_command_check,
    },
    {
        .name = "run",
        .summary = "computes a month",
        .examples = "  stonad run --month 2026-05 --payday 2026-05-29\n"
                    "  stonad run --month 2026-05 --payday 2026-05-29 --dry-run\n",
        .details = "Computes everyone's payslip and keeps the run as computed. It is paid after\n"
                   "`approve` and `export`.",
        .required = ST_TAKES(MONTH) | ST_TAKES(PAYDAY),
        .writes = true,
        .perform = st_command_run,
    },
    {
        .name = "runs",
        .summary = "lists the runs",
        .examples = "  stonad runs\n"
                    "  stonad runs --format csv\n",
        .perform = st_command_runs,
    },
    {
        .name = "show",
        .arguments = "RUN",
        .summary = "shows a run, its totals and findings",
        .examples = "  stonad show 1\n"
                    "  stonad show 1 --people\n"
                    "  stonad show 1 --format json\n",
        .optional = ST_TAKES(PEOPLE),
        .operand_min = 1,
        .operand_max = 1,
        .perform = st_command_show,
    },
    {
        .name = "payslips",
        .arguments = "RUN",
        .summary = "prints the payslips of a run",
        .examples = "  stonad payslips 1\n"
                    "  stonad payslips 1 --person 01819000049\n"
                    "  stonad payslips 1 --format csv\n",
        .optional = ST_TAKES(PERSON),
        .operand_min = 1,
        .operand_max = 1,
        .perform = st_command_payslips,
    },
    {
        .name = "lines",
        .arguments = "RUN",
        .summary = "lists every payslip line of a run",
        .examples = "  stonad lines 1 --format csv\n"
                    "  stonad lines 1 --person 01819000049\n",
        .details = "Money away from the person is negative.",
        .optional = ST_TAKES(PERSON),
        .operand_min = 1,
        .operand_max = 1,
        .perform = st_command_lines,
    },
    {
        .name = "explain",
        .arguments = "RUN",
        .summary = "says how each line of a payslip came about, or what a rule does",
        .examples = "  stonad explain 1 --person 01819000049\n"
                    "  stonad explain 1 --person 01819000049 --lang nb\n"
                    "  stonad explain --rule R8\n"
                    "  stonad explain --rule R14-HELD\n",
        .details =
            "RUN --person ID: each line as a sentence, Norwegian and English; then its rule,\n"
            "paragraph, what went in, the exact fraction, and how it was rounded; and the\n"
            "person's findings. --rule, without RUN and --person: the rule itself, or the one\n"
            "behind a finding.",
        .optional = ST_TAKES(PERSON) | ST_TAKES(LANG) | ST_TAKES(RULE),
        .operand_max = 1,
        .perform = st_command_explain,
    },
    {
        .name = "replay",
        .arguments = "[RUN]",
        .summary = "computes runs anew from what was known then, and compares",
        .examples = "  stonad replay\n"
                    "  stonad replay 1\n"
                    "  stonad replay 1 --format csv\n",
        .details = "Without RUN: every run that is not discarded. Facts and rates recorded after a run do\n"
                   "not count. Compares every payslip, line and finding, and writes nothing. The text\n"
                   "form shows the first differences of a run, csv and json all of them. The exit\n"
                   "code is 1 when anything differs.",
        .operand_max = 1,
        .perform = st_command_replay,
    },
    {
        .name = "approve",
        .arguments = "RUN",
        .summary = "approves a computed run for payment",
        .examples = "  stonad approve 1 --payments 38 --sum 712345.00\n",
        .details =
            "Another person than the one who ran it confirms how many participants are paid,\n"
            "and the net sum.",
        .required = ST_TAKES(PAYMENTS) | ST_TAKES(SUM),
        .operand_min = 1,
        .operand_max = 1,
        .writes = true,
        .perform = st_command_approve,
    },
    {
        .name = "discard",
        .arguments = "RUN",
        .summary = "decides that a computed run will not be paid",
        .examples = "  stonad discard 1\n",
        .details = "It stays in the ledger.",
        .operand_min = 1,
        .operand_max = 1,
        .writes = true,
        .perform = st_command_discard,
    },
    {
        .name = "export",
        .arguments = "RUN",
        .summary = "writes a run's payment file",
        .examples = "  stonad export 1 --as pain.001.001.09 -o payment.xml\n"
                    "  stonad export 1 --as pain.001.001.09 -o payment.xml --tax-kid 1234567897\n",
        .details =
            "The run must be approved. The same run gives the same bytes every time. Without\n"
            "--tax-kid the file holds the benefits alone; the tax then needs a payment of its\n"
            "own (--tax-only --tax-kid KID).",
        .required = ST_TAKES(AS) | ST_TAKES(OUTPUT),
        .optional = ST_TAKES(FORCE) | ST_TAKES(BANK) | ST_TAKES(TAX_KID) | ST_TAKES(TAX_ONLY),
        .operand_min = 1,
        .operand_max = 1,
        .writes = true,
        .perform = st_command_export,
    },
    {
        .name = "verify",
        .summary = "checks that the ledger is what its journal says was written",
        .examples = "  stonad verify\n"
                    "  stonad verify --db copy.db --format csv\n",
        .details = "Tables and triggers, the chain of the journal, every row against the digest of its\n"
                   "entry, references, states and sums. Writes nothing. The exit code is 1 when anything\n"
                   "was found.",
        .perform = st_command_verify,
    },
    {
        .name = "rates",
        .arguments = "[add]",
        .summary = "lists the rates by effect and known date, or adds one",
        .examples = "  stonad rates\n"
                    "  stonad rates --known 2026-05-01\n"
                    "  stonad rates add --name G --value 142000 --effect 2027-05-01 --known 2027-05-21 \\\n"
                    "                   --source \"FOR-2027-05-21\"\n",
        .details = "A rate counts from its effect date, in everything computed on or after the day it was\n"
                   "known. One that contradicts what the ledger holds is refused.",
        .optional = ST_TAKES(KNOWN) | ST_TAKES(NAME) | ST_TAKES(VALUE) | ST_TAKES(EFFECT) |
                    ST_TAKES(SOURCE),
        .operand_max = 1,
        .writes = true,
        .perform = st_command_rates,
    },
    {
        .name = "calendar",
        .summary = "shows a year's programme days and days off",
        .examples = "  stonad calendar --year 2026\n"
                    "  stonad calendar --year 2026 --format csv\n",
        .details = "Days off are those of integreringsforskriften § 17: paid, never charged. All other\n"
                   "days are programme days, and the working days by which payments move. 1900 to\n"
                   "2199. CSV and JSON: every day of the year.",
        .required = ST_TAKES(YEAR),
        .perform = st_command_calendar,
    },
    {
        .name = "people",
        .summary = "lists the register",
        .examples = "  stonad people\n"
                    "  stonad people --format csv\n",
        .perform = st_command_people,
    },
    {
        .name = "person",
        .arguments = "ID",
        .summary = "lists what was recorded about a person, and when",
        .examples = "  stonad person 01819000049\n",
        .operand_min = 1,
        .operand_max = 1,
        .perform = st_command_person,
    },
    {
        .name = "tax",
        .summary = "prints one value of a withholding table",
        .examples = "  stonad tax --year 2026 --table 8000 --period month --basis 21600\n",
        .required = ST_TAKES(YEAR) | ST_TAKES(TABLE) | ST_TAKES(PERIOD) | ST_TAKES(BASIS),
        .perform = st_command_tax,
    },
    {
        .name = "tax-table",
        .summary = "prints the withholding tables of a year, as CSV",
        .examples = "  stonad tax-table --year 2026 --table 8000 --period month --max 40000\n"
                    "  stonad tax-table --year 2026 > 2026.csv\n",
        .details =
            "All tables and periods unless one is named. CSV unless --format says otherwise.",
        .required = ST_TAKES(YEAR),
        .optional = ST_TAKES(TABLE) | ST_TAKES(PERIOD) | ST_TAKES(MAX),
        .perform = st_command_tax_table,
    },
};

enum st_status st_command_find(const char *name, const struct st_command **out,
                               struct st_error *error) {
    struct st_suggestion suggestion = st_suggestion_for(name);
    char meant[ST_SUGGESTION_TEXT_SIZE];
    for (size_t i = 0; i < ST_COUNT_OF(commands); i++) {
        st_suggestion_consider(&suggestion, commands[i].name);
        if (strcmp(name, commands[i].name) == 0) {
            *out = &commands[i];
            return ST_OK;
        }
    }
    return st_cli_fail(error, ST_USAGE, "command.unknown",
                       "There is no command %.40s%s; `stonad --help` lists the commands.", name,
                       st_suggestion_text(&suggestion, meant));
}

const char *st_command_arguments(const struct st_command *command) {
    return command->arguments == NULL ? "" : command->arguments;
}

void st_help_print(void) {
    (void)puts("Examples, from an empty folder to a payment file:\n"
               "  stonad init --orgnr 312345676 --name 'Eksempel kommune' \\\n"
               "              --account 1234.56.78903 --bic DNBANOKK\n"
               "  stonad import may/\n"
               "  stonad run --month 2026-05 --payday 2026-05-29\n"
               "  stonad approve 1 --payments 38 --sum 712345.00 --actor SECOND-PERSON\n"
               "  stonad export 1 --as pain.001.001.09 -o payment.xml\n"
               "\n"
               "Usage: stonad COMMAND [OPTIONS] [ARGUMENTS]\n"
               "Computes, explains and pays the introduction benefit (introduksjonsstønad).\n"
               "\n"
               "Commands:");
    for (size_t i = 0; i < ST_COUNT_OF(commands); i++)
        (void)printf("  %-9s %-7s  %s\n", commands[i].name, st_command_arguments(&commands[i]),
                     commands[i].summary);
    (void)puts("\nOptions of every command:");
    st_options_print(stdout, st_options_common);
    (void)puts("\nExit codes: 0 done, 1 a check found something, 2 wrong usage, 3 bad input,\n"
               "4 refused by a rule, 5 ledger locked, 6 ledger damaged, 7 input or output error.\n"
               "\n"
               "`stonad COMMAND --help` tells more about a command.");
}

void st_command_help_print(const struct st_command *command) {
    const char *arguments = st_command_arguments(command);
    (void)printf("Examples:\n%s\nUsage: stonad %s [OPTIONS]%s%s\n", command->examples,
                 command->name, arguments[0] == '\0' ? "" : " ", arguments);
    (void)printf("%c%s.\n", command->summary[0] - 'a' + 'A', command->summary + 1);
    if (command->details != NULL)
        (void)puts(command->details);
    if (command->required != 0) {
        (void)puts("\nNeeded:");
        st_options_print(stdout, command->required);
    }
    (void)puts("\nOptions:");
    st_options_print(stdout, command->optional | (command->writes ? ST_TAKES(DRY_RUN) : 0));
    st_options_print(stdout, st_options_common);
}
