/* SPDX-License-Identifier: MIT */
/* bank_text.c - a name or a message in the only letters a bank can take: those of ISO 8859-1.
 *
 * The ledger keeps the name as it was registered; only the payment file sees this form. In order:
 * NFC, so that a letter and its accent are one character; what ISO 8859-1 has stays; Cyrillic by
 * the Ukrainian passport table (KMU 55-2010, with the Russian letters it lacks); Latin letters
 * that do not decompose by a table of ours; the rest decomposed (NFKD) and its marks dropped; what
 * is still unknown becomes a full stop, so that a person at the bank sees that something is
 * missing.
 */
#define _POSIX_C_SOURCE 200809L /* strnlen */

#include "stonad/payment.h"

#include <string.h>
#include <utf8proc.h>

enum { CHARACTERS_MAX = 1024 };

/* What is written when no letter is left of a name: "recipient". */
static const char nameless[] = "Mottaker";

struct text_out {
    char *bytes;
    size_t used;
    int length, length_max; /* characters */
    bool space_pending;     /* a space waits for the next visible character */
    bool has_letter;
};

/* The text as characters, with the place that is being written. */
struct text_in {
    utf8proc_int32_t characters[CHARACTERS_MAX];
    size_t count;
};

/* One letter, by its small form; `initial` at the start of a word, `inside` elsewhere. */
struct replacement {
    utf8proc_int32_t letter;
    const char *initial, *inside;
};

/* KMU 55-2010. The soft sign and the apostrophe are not written; "zg" is written "zgh", below. */
static const struct replacement cyrillic[] = {
    {0x0430, "a", "a"},       {0x0431, "b", "b"},   {0x0432, "v", "v"},   {0x0433, "h", "h"},
    {0x0491, "g", "g"},       {0x0434, "d", "d"},   {0x0435, "e", "e"},   {0x0454, "ye", "ie"},
    {0x0436, "zh", "zh"},     {0x0437, "z", "z"},   {0x0438, "y", "y"},   {0x0456, "i", "i"},
    {0x0457, "yi", "i"},      {0x0439, "y", "i"},   {0x043a, "k", "k"},   {0x043b, "l", "l"},
    {0x043c, "m", "m"},       {0x043d, "n", "n"},   {0x043e, "o", "o"},   {0x043f, "p", "p"},
    {0x0440, "r", "r"},       {0x0441, "s", "s"},   {0x0442, "t", "t"},   {0x0443, "u", "u"},
    {0x0444, "f", "f"},       {0x0445, "kh", "kh"}, {0x0446, "ts", "ts"}, {0x0447, "ch", "ch"},
    {0x0448, "sh", "sh"},     {0x0449, "shch", "shch"}, {0x044c, "", ""}, {0x044e, "yu", "iu"},
    {0x044f, "ya", "ia"},
    /* Russian letters the Ukrainian table lacks, after its pattern. */
    {0x044b, "y", "y"},       {0x044d, "e", "e"},   {0x0451, "yo", "io"}, {0x044a, "", ""},
    /* Belarusian, Serbian and Macedonian letters. */
    {0x045e, "u", "u"},       {0x0458, "j", "j"},   {0x0459, "lj", "lj"}, {0x045a, "nj", "nj"},
    {0x045b, "c", "c"},       {0x0452, "dj", "dj"}, {0x045f, "dz", "dz"}, {0x0453, "g", "g"},
    {0x045c, "k", "k"},       {0x0455, "dz", "dz"},
};

/* Latin letters that Unicode does not decompose. */
static const struct replacement latin[] = {
    {0x00df, "ss", "ss"}, /* met only as the capital sharp s */
    {0x0111, "d", "d"},   {0x0127, "h", "h"},   {0x0131, "i", "i"},   {0x0138, "k", "k"},
    {0x0142, "l", "l"},   {0x014b, "ng", "ng"}, {0x0153, "oe", "oe"}, {0x0167, "t", "t"},
    {0x0180, "b", "b"},   {0x0192, "f", "f"},   {0x0199, "k", "k"},   {0x01a5, "p", "p"},
    {0x01ad, "t", "t"},   {0x01b4, "y", "y"},   {0x01b6, "z", "z"},   {0x01dd, "e", "e"},
    {0x01e5, "g", "g"},   {0x0237, "j", "j"},   {0x023c, "c", "c"},   {0x0247, "e", "e"},
    {0x0249, "j", "j"},   {0x024d, "r", "r"},   {0x024f, "y", "y"},   {0x0253, "b", "b"},
    {0x0254, "o", "o"},   {0x0256, "d", "d"},   {0x0257, "d", "d"},   {0x0259, "e", "e"},
    {0x025b, "e", "e"},   {0x0263, "g", "g"},   {0x0268, "i", "i"},   {0x0269, "i", "i"},
    {0x0272, "ny", "ny"}, {0x0283, "sh", "sh"}, {0x0289, "u", "u"},   {0x028b, "v", "v"},
    {0x0292, "zh", "zh"},
};

/* Signs, written as they stand. */
static const struct replacement signs[] = {
    {0x02b9, "'", NULL},  {0x02bb, "'", NULL},  {0x02bc, "'", NULL},   {0x02bd, "'", NULL},
    {0x02be, "'", NULL},  {0x02bf, "'", NULL},  {0x02c8, "'", NULL},   {0x2010, "-", NULL},
    {0x2011, "-", NULL},  {0x2012, "-", NULL},  {0x2013, "-", NULL},   {0x2014, "-", NULL},
    {0x2015, "-", NULL},  {0x2018, "'", NULL},  {0x2019, "'", NULL},   {0x201a, "'", NULL},
    {0x201b, "'", NULL},  {0x201c, "\"", NULL}, {0x201d, "\"", NULL},  {0x201e, "\"", NULL},
    {0x201f, "\"", NULL}, {0x2022, "-", NULL},  {0x2026, "...", NULL}, {0x2032, "'", NULL},
    {0x2033, "\"", NULL}, {0x20ac, "EUR", NULL}, {0x2212, "-", NULL},
};

static const struct replacement *find(const struct replacement *table, size_t count,
                                      utf8proc_int32_t character) {
    for (size_t i = 0; i < count; i++)
        if (table[i].letter == character)
            return &table[i];
    return NULL;
}

/* ---- writing ------------------------------------------------------------------------------- */

/* ISO 8859-1's visible characters; 0x80-0x9f are controls, 0xad shows only at a line's end. */
static bool is_bank_character(utf8proc_int32_t c) {
    return (c > 0x20 && c < 0x7f) || (c > 0xa0 && c <= 0xff && c != 0xad);
}

static bool is_bank_letter(utf8proc_int32_t c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= 0xc0 && c <= 0xff && c != 0xd7 && c != 0xf7);
}

static void put_space(struct text_out *out) { out->space_pending = out->length > 0; }

/* Writes a visible character, and the space before it; nothing once the text is long enough. */
static void put(struct text_out *out, utf8proc_int32_t c) {
    int needed = out->space_pending ? 2 : 1;
    if (out->length > out->length_max - needed) {
        out->length_max = out->length; /* full: nothing after what was left out either */
        return;
    }
    if (out->space_pending)
        out->bytes[out->used++] = ' ';
    out->space_pending = false;
    out->length += needed;
    out->has_letter = out->has_letter || is_bank_letter(c);
    if (c < 0x80) {
        out->bytes[out->used++] = (char)c;
    } else {
        out->bytes[out->used++] = (char)(0xc0 | (c >> 6));
        out->bytes[out->used++] = (char)(0x80 | (c & 0x3f));
    }
}

static void put_ascii(struct text_out *out, const char *text) {
    for (; *text != '\0'; text++)
        put(out, *text);
}

/* ---- reading around a character ------------------------------------------------------------ */

static utf8proc_int32_t character_at(const struct text_in *in, size_t i) {
    return i < in->count ? in->characters[i] : 0; /* i - 1 of 0 wraps, and is past the end too */
}

static bool is_letter(utf8proc_int32_t c) {
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

static bool is_capital(utf8proc_int32_t c) {
    return utf8proc_category(c) == UTF8PROC_CATEGORY_LU;
}

static bool is_cyrillic(utf8proc_int32_t c) { return c >= 0x0400 && c <= 0x052f; }

static bool is_apostrophe(utf8proc_int32_t c) {
    return c == '\'' || c == '`' || c == 0xb4 || c == 0x02b9 || c == 0x02bc ||
           (c >= 0x2018 && c <= 0x201b) || c == 0x2032;
}

/* The apostrophe of a Ukrainian word is a hard sign, and not written (KMU 55-2010, note 2). */
static bool is_hard_sign(const struct text_in *in, size_t i) {
    return is_apostrophe(in->characters[i]) && is_cyrillic(character_at(in, i - 1)) &&
           is_cyrillic(character_at(in, i + 1));
}

static bool starts_word(const struct text_in *in, size_t i) {
    utf8proc_int32_t before = character_at(in, i - 1);
    if (is_apostrophe(before))
        before = character_at(in, i - 2);
    return before == 0 || !is_letter(before);
}

/* Whether a capital stands among capitals, so that "SHCH" is meant and not "Shch". */
static bool is_among_capitals(const struct text_in *in, size_t i) {
    utf8proc_int32_t after = character_at(in, i + 1), before = character_at(in, i - 1);
    return is_letter(after) ? is_capital(after) : is_capital(before);
}

/* ---- one character ------------------------------------------------------------------------- */

static void put_replacement(struct text_out *out, const struct text_in *in, size_t i,
                            const char *text) {
    bool capital = is_capital(in->characters[i]);
    bool all_capitals = capital && is_among_capitals(in, i);
    for (size_t k = 0; text[k] != '\0'; k++) {
        bool raise = text[k] >= 'a' && text[k] <= 'z' && (k == 0 ? capital : all_capitals);
        put(out, raise ? text[k] - 'a' + 'A' : text[k]);
    }
}

/* `letter` is a character of the text or what is left of it without its marks. */
static bool put_by_table(struct text_out *out, const struct text_in *in, size_t i,
                         utf8proc_int32_t letter) {
    utf8proc_int32_t small = utf8proc_tolower(letter);
    const struct replacement *row = find(cyrillic, ST_COUNT_OF(cyrillic), small);
    if (row == NULL)
        row = find(latin, ST_COUNT_OF(latin), small);
    if (row != NULL) {
        bool zgh = small == 0x0433 && utf8proc_tolower(character_at(in, i - 1)) == 0x0437;
        put_replacement(out, in, i, zgh ? "gh" : starts_word(in, i) ? row->initial : row->inside);
        return true;
    }
    row = find(signs, ST_COUNT_OF(signs), letter);
    if (row != NULL)
        put_ascii(out, row->initial);
    return row != NULL;
}

static bool is_mark(utf8proc_int32_t c) {
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

/* What a character consists of, without its marks; a full stop when that is not known either. */
static void put_decomposed(struct text_out *out, const struct text_in *in, size_t i) {
    utf8proc_int32_t parts[32];
    utf8proc_ssize_t count =
        utf8proc_decompose_char(in->characters[i], parts, ST_COUNT_OF(parts),
                                UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, NULL);
    if (count > (utf8proc_ssize_t)ST_COUNT_OF(parts))
        count = 0;
    bool known = false;
    for (utf8proc_ssize_t k = 0; k < count; k++) {
        if (is_mark(parts[k]))
            continue;
        if (parts[k] == ' ') {
            put_space(out);
            continue;
        }
        if (is_bank_character(parts[k]))
            put(out, parts[k]);
        else if (!put_by_table(out, in, i, parts[k]))
            break;
        known = true;
    }
    if (!known)
        put(out, '.');
}

static void put_character(struct text_out *out, const struct text_in *in, size_t i) {
    utf8proc_int32_t c = in->characters[i];
    if (is_hard_sign(in, i))
        return;
    if (is_bank_character(c)) {
        put(out, c);
        return;
    }
    if (put_by_table(out, in, i, c))
        return;
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        put_space(out);
        return;
    case UTF8PROC_CATEGORY_CF: /* direction marks, joiners, soft hyphens: nothing to see */
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return;
    default:
        put_decomposed(out, in, i);
    }
}

/* ---- the whole text ------------------------------------------------------------------------ */

/* The characters in NFC. False for what is not UTF-8, or longer than any name. */
static bool read_characters(const char *text, struct text_in *in) {
    size_t size = strnlen(text, CHARACTERS_MAX * 4 + 1);
    if (size > CHARACTERS_MAX * 4)
        return false;
    utf8proc_ssize_t count = utf8proc_decompose((const utf8proc_uint8_t *)text,
                                                (utf8proc_ssize_t)size, in->characters,
                                                CHARACTERS_MAX, UTF8PROC_COMPOSE);
    if (count < 0 || count > CHARACTERS_MAX)
        return false;
    count = utf8proc_normalize_utf32(in->characters, count, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (count < 0)
        return false;
    in->count = (size_t)count;
    return true;
}

/* Most names are plain ASCII, and a pay run has a million of them. */
static bool put_plain(struct text_out *out, const char *text) {
    for (const char *c = text; *c != '\0'; c++)
        if (*c < 0x20 || *c > 0x7e)
            return false;
    for (; *text != '\0'; text++)
        if (*text == ' ')
            put_space(out);
        else
            put(out, *text);
    return true;
}

bool st_bank_text(const char *text, int length_max, char *out_text, size_t out_size) {
    if (length_max < 1 || out_size < 4 * (size_t)length_max + 1)
        return false;
    struct text_out out = {.bytes = out_text, .length_max = length_max};
    if (!put_plain(&out, text)) {
        struct text_in in;
        if (!read_characters(text, &in))
            return false;
        for (size_t i = 0; i < in.count; i++)
            put_character(&out, &in, i);
    }
    if (!out.has_letter) {
        out = (struct text_out){.bytes = out_text, .length_max = length_max};
        put_ascii(&out, nameless);
    }
    out_text[out.used] = '\0';
    return true;
}
