/* SPDX-License-Identifier: MIT */
/* canonical.c - canonical bytes taken apart and put together. See stonad/canonical.h. */
#include "stonad/canonical.h"

#include <stdlib.h>
#include <string.h>

/* ---- taken apart --------------------------------------------------------------------------- */

/* Digits up to `mark`, spelled in the one way there is: no sign of +, no zeros in front. */
static bool take_number(const char **at, const char *end, char mark, int64_t *out) {
    const char *digit = *at;
    bool is_negative = digit < end && *digit == '-';
    int64_t number = 0;
    digit += is_negative;
    const char *first = digit;
    for (; digit < end && *digit >= '0' && *digit <= '9'; digit++) {
        int64_t value = is_negative ? '0' - *digit : *digit - '0';
        if (__builtin_mul_overflow(number, INT64_C(10), &number) ||
            __builtin_add_overflow(number, value, &number))
            return false;
    }
    if (digit == first || digit == end || *digit != mark ||
        (*first == '0' && (digit - first > 1 || is_negative)))
        return false;
    *at = digit + 1;
    *out = number;
    return true;
}

static bool take_text(const char **at, const char *end, struct st_canonical_value *out) {
    const char *text = *at;
    int64_t size;
    if (!take_number(&text, end, ':', &size) || size < 0 || size >= end - text || text[size] != ';')
        return false;
    out->text = text;
    out->size = (size_t)size;
    *at = text + size + 1;
    return true;
}

bool st_canonical_next(const char **at, const char *end, struct st_canonical_value *out) {
    const char *next = *at + 1;
    bool is_value = false;
    struct st_canonical_value value = {.type = ST_CANONICAL_NULL};
    if (*at == end)
        return false;
    switch (**at) {
    case 'n':
        is_value = next < end && *next++ == ';';
        break;
    case 'i':
        value.type = ST_CANONICAL_INTEGER;
        is_value = take_number(&next, end, ';', &value.integer);
        break;
    case 't':
        value.type = ST_CANONICAL_TEXT;
        is_value = take_text(&next, end, &value);
        break;
    default:
        break;
    }
    if (!is_value)
        return false;
    *out = value;
    *at = next;
    return true;
}

bool st_canonical_is_text(const struct st_canonical_value *value, const char *text) {
    return value->type == ST_CANONICAL_TEXT && value->size == strlen(text) &&
           memcmp(value->text, text, value->size) == 0;
}

/* ---- put together -------------------------------------------------------------------------- */

void st_canonical_put_bytes(struct st_canonical_bytes *out, const char *bytes, size_t size) {
    if (out->room - out->size < size) {
        size_t room = 2 * (out->size + size) + 256;
        char *larger = out->failed ? NULL : realloc(out->bytes, room);
        if (larger == NULL) {
            out->failed = true;
            return;
        }
        out->bytes = larger;
        out->room = room;
    }
    if (size > 0)
        memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

static void put_number(struct st_canonical_bytes *out, char tag, int64_t number, char mark) {
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    digits[--at] = mark;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        digits[--at] = '-';
    digits[--at] = tag;
    st_canonical_put_bytes(out, digits + at, sizeof digits - at);
}

void st_canonical_put(struct st_canonical_bytes *out, const struct st_canonical_value *value) {
    switch (value->type) {
    case ST_CANONICAL_NULL:
        st_canonical_put_bytes(out, "n;", 2);
        break;
    case ST_CANONICAL_INTEGER:
        put_number(out, 'i', value->integer, ';');
        break;
    case ST_CANONICAL_TEXT:
        put_number(out, 't', (int64_t)value->size, ':');
        st_canonical_put_bytes(out, value->text, value->size);
        st_canonical_put_bytes(out, ";", 1);
        break;
    }
}

void st_canonical_put_integer(struct st_canonical_bytes *out, int64_t number) {
    st_canonical_put(out,
                     &(struct st_canonical_value){.type = ST_CANONICAL_INTEGER, .integer = number});
}

void st_canonical_put_text(struct st_canonical_bytes *out, const char *text) {
    st_canonical_put(out, &(struct st_canonical_value){
                              .type = ST_CANONICAL_TEXT, .text = text, .size = strlen(text)});
}

void st_canonical_free(struct st_canonical_bytes *bytes) {
    free(bytes->bytes);
    *bytes = (struct st_canonical_bytes){0};
}
