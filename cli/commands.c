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
            "`stonad rates`. It keeps a secret of its own, made of the system's random numbers, that\n"
            "hides payslips from each other in proofs. --secret-file gives the secret of a ledger\n"
            "that is made once more.",
        .required = ST_TAKES(ORGNR) | ST_TAKES(NAME) | ST_TAKES(ACCOUNT) | ST_TAKES(BIC),
        .optional = ST_TAKES(HALF_TAX_MONTH) | ST_TAKES(RECOVER) | ST_TAKES(FIRST_MONTH) |
                    ST_TAKES(TOWN) | ST_TAKES(POSTCODE) | ST_TAKES(TEST) |
                    ST_TAKES(SECRET_FILE),
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
                    "  stonad check --month 2026-05 --format csv\n"
                    "  stonad check --month 2026-05 --known 2026-05-20\n",
        .details = "Without --month: the month of the last run that was not discarded, or this month\n"
                   "when there is none. Computes the month for everybody and writes nothing. The exit\n"
                   "code is 1 when anything was found. With --known: what a check on that day found.",
        .optional = ST_TAKES(MONTH) | ST_TAKES(KNOWN),
        .perform = st_command_check,
    },
    {
        .name = "run",
        .summary = "computes a month",
        .examples = "  stonad run --month 2026-05 --payday 2026-05-29\n"
                    "  stonad run --month 2026-05 --payday 2026-05-29 --dry-run\n"
                    "  stonad run --month 2026-06 --payday 2026-06-30 --dry-run --corrections\n",
        .details = "Computes everyone's payslip and keeps the run as computed. It is paid after\n"
                   "`approve` and `export`. Earlier months that come to something else by what is known\n"
                   "now are put right (R11): --dry-run shows them before anything is written, with\n"
                   "--corrections as a list by person and month. --recompute-all looks at everybody's\n"
                   "earlier months, not only where something changed; it finds the same.",
        .required = ST_TAKES(MONTH) | ST_TAKES(PAYDAY),
        .optional = ST_TAKES(CORRECTIONS) | ST_TAKES(RECOMPUTE_ALL),
        .writes = true,
        .perform = st_command_run,
    },
    {
        .name = "runs",
        .summary = "lists the runs",
        .examples = "  stonad runs\n"
                    "  stonad runs --format csv\n"
                    "  stonad runs --known 2026-05-31\n",
        .optional = ST_TAKES(KNOWN),
        .perform = st_command_runs,
    },
    {
        .name = "show",
        .arguments = "RUN",
        .summary = "shows a run, its totals and findings",
        .examples = "  stonad show 1\n"
                    "  stonad show 1 --people\n"
                    "  stonad show 1 --format json\n"
                    "  stonad show 1 --known 2026-05-31\n",
        .details = "With --known: its state and approval as they were on that day.",
        .optional = ST_TAKES(PEOPLE) | ST_TAKES(KNOWN),
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
                    "  stonad payslips 1 --format csv\n"
                    "  stonad payslips 1 --known 2026-05-31\n",
        .optional = ST_TAKES(PERSON) | ST_TAKES(KNOWN),
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
        .optional = ST_TAKES(PERSON) | ST_TAKES(KNOWN),
        .operand_min = 1,
        .operand_max = 1,
        .perform = st_command_lines,
    },
    {
        .name = "corrections",
        .arguments = "RUN",
        .summary = "lists the earlier months that a run put right, and why",
        .examples = "  stonad corrections 2\n"
                    "  stonad corrections 2 --person 01819000049\n"
                    "  stonad corrections 2 --format csv\n",
        .details = "By person and month: what was paid, what is due as known when the run was made, the\n"
                   "difference before tax, and the fact or rate that brought it about.",
        .optional = ST_TAKES(PERSON) | ST_TAKES(KNOWN),
        .operand_min = 1,
        .operand_max = 1,
        .perform = st_command_corrections,
    },
    {
        .name = "claims",
        .summary = "lists what participants owe, and what became of it",
        .examples = "  stonad claims\n"
                    "  stonad claims --person 01819000049\n"
                    "  stonad claims --format csv\n",
        .details = "Every movement of every claim (R12): arisen, recovered, refunded, written off; and what\n"
                   "was owed after it. Decisions come with recoveries.csv.",
        .optional = ST_TAKES(PERSON) | ST_TAKES(KNOWN),
        .perform = st_command_claims,
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
        .optional = ST_TAKES(PERSON) | ST_TAKES(LANG) | ST_TAKES(RULE) | ST_TAKES(KNOWN),
        .operand_max = 1,
        .perform = st_command_explain,
    },
    {
        .name = "replay",
        .arguments = "[RUN]",
        .summary = "computes runs anew from what was known then, and compares",
        .examples = "  stonad replay\n"
                    "  stonad replay 1\n"
                    "  stonad replay 1 --format csv\n"
                    "  stonad replay --from-files bundle/\n"
                    "  stonad replay --from-files bundle/ -o rebuilt.db\n",
        .details = "Without RUN: every run that is not discarded. Facts and rates recorded after a run do\n"
                   "not count. Compares every payslip, line and finding, and writes nothing. The text\n"
                   "form shows the first differences of a run, csv and json all of them. The exit\n"
                   "code is 1 when anything differs. --from-files needs no ledger: it makes the whole of\n"
                   "one from the inputs that `audit` wrote, holds every entry against what the bundle\n"
                   "says, and tells the first that differs. With -o the ledger is kept when it is the\n"
                   "same.",
        .optional = ST_TAKES(FROM_FILES) | ST_TAKES(OUTPUT),
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
        .arguments = "[RUN]",
        .summary = "writes a run's payment file, or the books",
        .examples = "  stonad export 1 --as pain.001.001.09 -o payment.xml\n"
                    "  stonad export 1 --as pain.001.001.09 -o payment.xml --tax-kid 1234567897\n"
                    "  stonad export --as hledger -o books.journal\n",
        .details =
            "A run is paid once it is approved. The same run gives the same bytes every time. Without\n"
            "--tax-kid the file holds the benefits alone; the tax then needs a payment of its\n"
            "own (--tax-only --tax-kid KID). hledger: the books of a run that is not discarded, or\n"
            "of all of them without RUN; with --people an account a person, else without persons.",
        .required = ST_TAKES(AS) | ST_TAKES(OUTPUT),
        .optional = ST_TAKES(FORCE) | ST_TAKES(BANK) | ST_TAKES(TAX_KID) | ST_TAKES(TAX_ONLY) |
                    ST_TAKES(PEOPLE),
        .operand_max = 1,
        .writes = true,
        .perform = st_command_export,
    },
    {
        .name = "verify",
        .summary = "checks that the ledger is what its journal says was written",
        .examples = "  stonad verify\n"
                    "  stonad verify --db copy.db --format csv\n"
                    "  stonad verify --seal 2026.seal --public-key seal.key.pub\n"
                    "  stonad verify --proof payslip.json --seal 2026.seal\n"
                    "  stonad verify --proof payslip.json --head HASH\n"
                    "  stonad verify --consistency c.json --head EARLIER --head LATER\n",
        .details = "Tables and triggers, the chain of the journal, every row against the digest of its\n"
                   "entry, references, states and sums. Writes nothing. The exit code is 1 when anything\n"
                   "was found. With --seal the ledger must also still begin as it was sealed: that finds\n"
                   "one written anew after an edit, or cut off at its end. --since takes what lies before\n"
                   "the seal on its word. A proof is checked without the ledger, against a head known from\n"
                   "elsewhere: that of a seal.",
        .optional = ST_TAKES(SEAL) | ST_TAKES(SINCE) | ST_TAKES(PUBLIC_KEY) | ST_TAKES(PROOF) |
                    ST_TAKES(CONSISTENCY) | ST_TAKES(HEAD),
        .perform = st_command_verify,
    },
    {
        .name = "seal",
        .summary = "signs what the ledger is now, to be kept elsewhere; or makes the key for it",
        .examples = "  stonad seal --new-key -o seal.key\n"
                    "  stonad seal --key seal.key -o 2026.seal\n"
                    "  stonad seal\n",
        .details = "A seal holds the journal's head, the number of entries and totals, signed with Ed25519;\n"
                   "`verify --seal` holds it against the ledger. Whoever can change the ledger should not\n"
                   "have the key. Nothing is written to the ledger. Without --key the values are printed.",
        .optional = ST_TAKES(KEY) | ST_TAKES(NEW_KEY) | ST_TAKES(OUTPUT) | ST_TAKES(FORCE) |
                    ST_TAKES(DRY_RUN),
        .perform = st_command_seal,
    },
    {
        .name = "prove",
        .arguments = "RUN",
        .summary = "writes one person's payslip with the proof that the run made it",
        .examples = "  stonad prove 1 --person 01819000049 -o payslip.json\n"
                    "  stonad prove 1 --person 01819000049 -o payslip.json --at 120\n",
        .details = "The file holds this payslip and hashes, and nothing of anybody else. It leads to the\n"
                   "head over all entries, or over the first ones (--at), which a seal holds too;\n"
                   "`verify --proof` checks it without the ledger.",
        .required = ST_TAKES(PERSON) | ST_TAKES(OUTPUT),
        .optional = ST_TAKES(AT) | ST_TAKES(FORCE) | ST_TAKES(DRY_RUN),
        .operand_min = 1,
        .operand_max = 1,
        .perform = st_command_prove,
    },
    {
        .name = "consistency",
        .summary = "writes the proof that a later head of the journal continues an earlier one",
        .examples = "  stonad consistency --from 120 -o c.json\n"
                    "  stonad consistency --from 120 --to 180 -o c.json\n",
        .details = "With two seals an auditor sees, without the ledger, that nothing before the first was\n"
                   "changed or removed: `verify --consistency`.",
        .required = ST_TAKES(FROM) | ST_TAKES(OUTPUT),
        .optional = ST_TAKES(TO) | ST_TAKES(FORCE) | ST_TAKES(DRY_RUN),
        .perform = st_command_consistency,
    },
    {
        .name = "audit",
        .summary = "writes the evidence bundle: report, registers, proofs, inputs, SQL",
        .examples = "  stonad audit -o bundle\n"
                    "  stonad audit -o bundle --known 2026-12-31\n"
                    "  stonad audit -o bundle --force\n",
        .details = "A new folder, whole or not at all, with the verification, runs and approvals, who did\n"
                   "what, accounts that were changed, claims, findings, samples with proofs, and all that\n"
                   "is needed to make the ledger once more (`stonad replay --from-files`). It names persons\n"
                   "and holds the ledger's secret: keep it as you keep the ledger. --force replaces an\n"
                   "earlier bundle. The exit code is 1 when the verification found anything.",
        .required = ST_TAKES(OUTPUT),
        .optional = ST_TAKES(KNOWN) | ST_TAKES(FORCE),
        .writes = true,
        .perform = st_command_audit,
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
                   "known. One that contradicts what the ledger holds is refused. With --known: the rates\n"
                   "a run of that day used, so without those that were recorded later.",
        .optional = ST_TAKES(KNOWN) | ST_TAKES(NAME) | ST_TAKES(VALUE) | ST_TAKES(EFFECT) |
                    ST_TAKES(SOURCE),
        .operand_max = 1,
        .writes = true,
        .perform = st_command_rates,
    },
    {
        .name = "simulate",
        .summary = "says what months would cost with another G, other shares, more participants",
        .examples =
            "  stonad simulate --month 2026-09 --rate G=142000@2026-05-01\n"
            "  stonad simulate --month 2027-01 --months 12 --rate G=142000@2027-05-01 --new 5\n"
            "  stonad simulate --month 2026-09 --share young=1/2 --share couple=100%\n"
            "  stonad simulate --month 2026-09 --new 8@2026-10-01 --new young=2 --format csv\n",
        .details =
            "Computes the months twice, as things stand and as assumed, and shows both by kind, with\n"
            "the difference. Writes nothing. Shares: young, young_with_parents, couple,\n"
            "single_parent, as a fraction or in percent. New participants have a programme without\n"
            "an end, from the first of the first month unless a date is given; KIND is full, young,\n"
            "young_with_parents or couple (full).",
        .required = ST_TAKES(MONTH),
        .optional = ST_TAKES(MONTHS) | ST_TAKES(RATE) | ST_TAKES(SHARE) | ST_TAKES(NEW),
        .perform = st_command_simulate,
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
                    "  stonad people --format csv\n"
                    "  stonad people --known 2026-05-31\n",
        .optional = ST_TAKES(KNOWN),
        .perform = st_command_people,
    },
    {
        .name = "person",
        .arguments = "ID",
        .summary = "lists what was recorded about a person, and when",
        .examples = "  stonad person 01819000049\n"
                    "  stonad person 01819000049 --known 2026-05-31\n",
        .details = "With --known: what was recorded until the end of that day, and what held then.",
        .optional = ST_TAKES(KNOWN),
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
