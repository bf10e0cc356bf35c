/* SPDX-License-Identifier: MIT */
/* text.h - building short texts in the engine, which has no stdio: append to a bounded buffer.
 *
 * A text that would not fit is cut at the last whole character and marked as cut; callers size their
 * buffers so that it does not happen, and assert it.
 */
#ifndef STONAD_ENGINE_TEXT_H
#define STONAD_ENGINE_TEXT_H

#include "stonad/date.h"
#include "stonad/money.h"

struct st_text {
    char *bytes;
    size_t size;   /* of the buffer */
    size_t length; /* without the NUL */
    bool is_cut;
};

struct st_text st_text_into(char *bytes, size_t size) ST_NONNULL;
void st_text_add(struct st_text *text, const char *part) ST_NONNULL;
void st_text_add_integer(struct st_text *text, int64_t number) ST_NONNULL;
/* "2026-05-01"; "open" for ST_DATE_OPEN. */
void st_text_add_date(struct st_text *text, st_date date) ST_NONNULL;
/* "22758.17". */
void st_text_add_amount(struct st_text *text, st_amount amount) ST_NONNULL;
/* "7.5" from 750. */
void st_text_add_hundredths(struct st_text *text, int64_t hundredths) ST_NONNULL;
/* "45516333/200" or "2". */
void st_text_add_fraction(struct st_text *text, st_fraction fraction) ST_NONNULL;

#endif
