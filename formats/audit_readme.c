/* SPDX-License-Identifier: MIT */
/* audit_readme.c - the bundle's README.txt: what each file is, what is to be kept secret, and how
 * all of it is checked, with stonad and without.
 */
#include "stonad/audit.h"

#include <inttypes.h>

static const char what_there_is[] =
    "WHAT THERE IS\n\n"
    "index.html   the report, to be read or printed; persons and accounts are masked in it\n"
    "report.json  the same, whole, for programs\n"
    "registers/   the same, whole, a CSV file a section (text that a spreadsheet would take\n"
    "             for a formula has an apostrophe before it)\n"
    "proofs/      the samples: each a payslip with the proof that it is in the journal\n"
    "sql/         questions to the ledger in SQL\n"
    "inputs/      what the ledger was made from: for each journal entry the command, and the\n"
    "             files of imports; journal.csv lists the entries with hashes and heads\n"
    "ledger/      the rows that each entry wrote, table by table, exactly as they are\n"
    "             digested (docs/ledger.md of stonad), but for the secret\n"
    "SHA256SUMS   the digests of all these files: sha256sum -c SHA256SUMS\n\n";

static const char what_is_secret[] =
    "WHAT IS SECRET\n\n"
    "The bundle names persons, accounts and pay. Only its owner may read it; keep it so.\n\n"
    "inputs/001/secret.txt holds the ledger's own secret: 64 random digits made with it. It\n"
    "hides the payslips of a run from each other, and what an entry wrote: whoever is shown\n"
    "one payslip with its proof learns nothing of the rest. Who has the secret and a proof\n"
    "can test guesses about what the proof hides. It opens nothing else and signs nothing. It\n"
    "is here because without it the digests of rows cannot be checked, and the ledger cannot\n"
    "be made once more with the same roots and the same head. Take the file out before the\n"
    "bundle is handed to somebody who is to do neither; the report, the registers and the\n"
    "proofs stay as they are.\n\n";

static const char how_it_is_checked[] =
    "HOW IT IS CHECKED\n\n"
    "1. Was the ledger made from these inputs, and from nothing else?\n"
    "     stonad replay --from-files THIS-FOLDER\n"
    "   makes a ledger from inputs/ alone, computes every run anew, compares each entry's\n"
    "   hash and head with inputs/journal.csv, and all rows with ledger/. It ends with 0 and\n"
    "   \"the same ledger\", or with 1 and what differs: entry, table, row, column. With\n"
    "   -o FILE the ledger is kept: a payment file exported from it must have the digest in\n"
    "   registers/payment_files.csv.\n"
    "2. Is it the ledger that was known before? A head noted earlier, or that of a seal, is\n"
    "   the head of the entry with that number in inputs/journal.csv.\n"
    "3. Is a payslip the one that was computed?\n"
    "     stonad verify --proof proofs/01.json --head HEAD\n"
    "   needs neither ledger nor secret.\n"
    "4. Without stonad: docs/ledger.md describes the bytes that are hashed; the rows stand in\n"
    "   ledger/, the entries in inputs/journal.csv. NULL is an empty field, an empty text \"\".\n"
    "     sqlite3 -readonly LEDGER < sql/01-journal.sql\n\n";

static const char how_samples_are_picked[] =
    "HOW THE SAMPLES ARE PICKED\n\n"
    "Of all payslips of runs that were not discarded, ordered by run and person_id and\n"
    "counted from 0: the first; of those that are due the one with the largest net (of\n"
    "several the first); and up to ten drawn by the head. Draw k = 1, 2, 3 ... takes SHA-256\n"
    "of the text \"HEAD:k\" (HEAD in its 64 digits), its first 8 bytes as a number, the highest\n"
    "byte first, modulo the number of payslips: that payslip, unless it was taken before.\n"
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
