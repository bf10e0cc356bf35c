/* SPDX-License-Identifier: MIT */
/* text.c - short texts into bounded buffers, without stdio or locale. */
#include "engine/text.h"

#include <assert.h>
#include <string.h>

struct st_text st_text_into(char *bytes, size_t size) {
    assert(size > 0);
    bytes[0] = '\0';
    return (struct st_text){bytes, size, 0, false};
}

void st_text_add(struct st_text *text, const char *part) {
    size_t wanted = strlen(part);
    size_t room = text->size - 1 - text->length;
    size_t taken = wanted < room ? wanted : room;
    if (taken < wanted) {
        text->is_cut = true;
        while (taken > 0 && ((unsigned char)part[taken] & 0xC0U) == 0x80U)
            taken--; /* never half a UTF-8 character */
    }
    memcpy(text->bytes + text->length, part, taken);
    text->length += taken;
    text->bytes[text->length] = '\0';
}

void st_text_add_integer(struct st_text *text, int64_t number) {
    char digits[24];
    size_t at = sizeof digits - 1;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0)
        digits[--at] = '-';
    st_text_add(text, digits + at);
}

void st_text_add_date(struct st_text *text, st_date date) {
    char iso[ST_DATE_TEXT_SIZE];
    if (date == ST_DATE_OPEN) {
        st_text_add(text, "open");
        return;
    }
    st_date_format(date, iso);
    st_text_add(text, iso);
}

static void add_two_digits(struct st_text *text, int64_t number) {
    char digits[3] = {(char)('0' + number / 10), (char)('0' + number % 10), '\0'};
    st_text_add(text, digits);
}

void st_text_add_amount(struct st_text *text, st_amount amount) {
    int64_t whole = amount.ore / 100, rest = amount.ore % 100;
    if (amount.ore < 0 && whole == 0)
        st_text_add(text, "-");
    st_text_add_integer(text, whole);
    st_text_add(text, ".");
    add_two_digits(text, rest < 0 ? -rest : rest);
}

void st_text_add_hundredths(struct st_text *text, int64_t hundredths) {
    assert(hundredths >= 0);
    st_text_add_integer(text, hundredths / 100);
    int64_t rest = hundredths % 100;
    if (rest == 0)
        return;
    st_text_add(text, ".");
    if (rest % 10 == 0)
        st_text_add_integer(text, rest / 10);
    else
        add_two_digits(text, rest);
}

void st_text_add_fraction(struct st_text *text, st_fraction fraction) {
    st_text_add_integer(text, fraction.numerator);
    if (fraction.denominator != 1) {
        st_text_add(text, "/");
        st_text_add_integer(text, fraction.denominator);
    }
}
