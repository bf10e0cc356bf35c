/* SPDX-License-Identifier: MIT */
/* audit_readme.c - the bundle's README.txt: what each file is, what is to be kept secret, and how all of
 * it is checked, with stonad and without. */
#include "stonad/audit.h"

#include <inttypes.h>

static const char what_there_is[] =
    "WHAT THERE IS\n\n"
    "index.html      the report, to be read or printed; persons and accounts are masked in it\n"
    "report.json     the same, whole, for programs\n"
    "registers/      the same, whole, a CSV file a section (text that a spreadsheet would take for a\n"
    "                formula has an apostrophe before it)\n"
    "proofs/         the samples: each a payslip with the proof that it is in the journal\n"
    "sql/            questions to the ledger in SQL\n"
    "inputs/         what the ledger was made from: for each journal entry the command, and the files of\n"
    "                imports; journal.csv lists the entries with their hashes and heads\n"
    "ledger/         the rows that each entry wrote, table by table, exactly as they are digested\n"
    "                (docs/ledger.md of stonad), but for the secret\n"
    "SHA256SUMS      the digests of all these files: sha256sum -c SHA256SUMS\n\n";

static const char what_is_secret[] =
    "WHAT IS SECRET\n\n"
    "The bundle names persons, accounts and pay. Only its owner may read the files; keep it so.\n\n"
    "inputs/001/secret.txt holds the ledger's own secret: 64 random digits made with it. It hides the\n"
    "payslips of a run from each other: with a proof somebody can be shown one payslip and learns nothing\n"
    "of the next one. Whoever has the secret and a proof can test guesses about payslips that the proof\n"
    "was to hide. It opens nothing else and signs nothing. It is here because without it the ledger\n"
    "cannot be made once more with the same roots and the same head. Take the file out before the bundle\n"
    "is handed to somebody who is not to make the ledger anew; everything else stays as it is.\n\n";

static const char how_it_is_checked[] =
    "HOW IT IS CHECKED\n\n"
    "1. Was the ledger made from these inputs, and from nothing else?\n"
    "     stonad replay --from-files THIS-FOLDER\n"
    "   makes a ledger from inputs/ alone, computes every run anew, and compares each entry's hash and the\n"
    "   head. It ends with 0 and \"the same ledger\", or with 1 and the first entry that differs: its\n"
    "   tables, and the first row and column. With -o FILE the ledger is kept: a payment file exported\n"
    "   from it must have the digest in registers/payment_files.csv.\n"
    "2. Is it the ledger that was known before? A head noted earlier, or that of a seal, is the head of\n"
    "   the entry with that number in inputs/journal.csv.\n"
    "3. Is a payslip the one that was paid?\n"
    "     stonad verify --proof proofs/01.json --head HEAD\n"
    "   needs neither ledger nor secret.\n"
    "4. Without stonad: docs/ledger.md describes the bytes that are hashed; the rows stand in ledger/,\n"
    "   the entries in inputs/journal.csv. NULL is an empty field, an empty text \"\".\n"
    "     sqlite3 -readonly LEDGER < sql/01-journal.sql\n\n";

static const char how_samples_are_picked[] =
    "HOW THE SAMPLES ARE PICKED\n\n"
    "Of all payslips of runs that were not discarded, ordered by run and person_id and counted from 0: the\n"
    "first; of those that are due the one with the largest net (of several the first); and up to ten drawn\n"
    "by the head. Draw k = 1, 2, 3 ... takes SHA-256 of the text \"HEAD:k\" (HEAD in its 64 digits), its\n"
    "first 8 bytes as a number, the highest byte first, modulo the number of payslips: that payslip,\n"
    "unless it was taken before.\n"
    "     printf '%s:1' HEAD | sha256sum\n";

void st_audit_put_readme(FILE *out, const struct st_audit_about *about) {
    const struct st_municipality *payer = &about->municipality;
    (void)fprintf(out,
                  "Evidence bundle of the introduction benefit\n"
                  "===========================================\n\n"
                  "%s, %s\n%" PRId64 " journal entries, %s to %s\nhead %s\n\n",
                  payer->name, payer->organisation_number, about->entry_count, about->first_time,
                  about->last_time, about->head);
    (void)fputs(what_there_is, out);
    (void)fputs(what_is_secret, out);
    (void)fputs(how_it_is_checked, out);
    (void)fputs(how_samples_are_picked, out);
}
