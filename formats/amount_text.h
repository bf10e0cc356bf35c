/* SPDX-License-Identifier: MIT */
/* amount_text.h - numbers as text, and how wide a text stands: what reports and payslips share
 * beside the amounts of stonad/output.h. */
#ifndef STONAD_FORMATS_AMOUNT_TEXT_H
#define STONAD_FORMATS_AMOUNT_TEXT_H

#include "stonad/money.h"

enum { ST_DECIMAL_TEXT_SIZE = 64, ST_DECIMAL_DIGITS_MAX = 12 };

/* A fraction with up to `digits` decimals (at most ST_DECIMAL_DIGITS_MAX), rounded half up on the
 * number without sign, trailing zeros cut: "758.6056", for people "758,6056". `text` holds
 * ST_DECIMAL_TEXT_SIZE bytes. */
void st_decimal_text(st_fraction number, int digits, bool for_people, char *text) ST_NONNULL;

/* Columns of a terminal that UTF-8 text takes; a byte that is not UTF-8 takes one. */
int st_text_columns(const char *text) ST_NONNULL;

#endif
