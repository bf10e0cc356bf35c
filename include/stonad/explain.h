/* SPDX-License-Identifier: MIT */
/* explain.h - reasons in words, Norwegian (bokmål) and English: a payslip line as sentences, and the
 * rule behind a line or a finding.
 *
 * The sentences are made of the line as the ledger keeps it and of nothing else, so that an old line
 * reads the same for ever. What the line's inputs say that is not understood here is quoted, never
 * left out.
 */
#ifndef STONAD_EXPLAIN_H
#define STONAD_EXPLAIN_H

#include "stonad/base.h"
#include "stonad/record.h"

enum { ST_SENTENCE_SIZE = 2048 };
/* The line in words, with its NUL; English for ST_LANGUAGE_EN, else Norwegian. Amounts and rates
 * stand as on the payslip ("22 758,17 kr") in both. `text` holds ST_SENTENCE_SIZE bytes; a longer
 * one is cut at the last whole character. */
void st_line_sentence(const struct st_line_row *line, enum st_language language, char *text)
    ST_NONNULL;

/* One rule, R1 to R22. Texts are whole sentences. */
struct st_rule_text {
    const char *rule; /* "R8" */
    const char *title_nb, *title_en;
    const char *paragraphs;
    const char *text_nb, *text_en;       /* what stonad does */
    const char *choices_nb, *choices_en; /* where the law is silent; "": nothing was chosen */
};
/* In order; NULL past the last. */
const struct st_rule_text *st_rule_text_at(size_t index);
/* The rule of that name ("R8", "r8"), or behind a finding's code ("R14-HELD", "FACT-FUTURE"). Codes
 * of other versions are found too, since a code begins with its rule. NULL when there is none. */
const struct st_rule_text *st_rule_text_find(const char *name) ST_NONNULL;

#endif
