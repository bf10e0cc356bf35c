/* SPDX-License-Identifier: MIT */
/* json_file.c - a strict reader of small JSON files, and strings written. See json_file.h. */
#include "formats/json_file.h"

#include "formats/bytes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* ---- errors -------------------------------------------------------------------------------- */

/* Line and column, in characters, both from 1. */
static void find_place(const struct st_json *json, size_t at, int64_t *line, int64_t *column) {
    *line = *column = 1;
    for (size_t i = 0; i < at; i++) {
        if (json->bytes[i] == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)json->bytes[i] & 0xc0) != 0x80) {
            ++*column;
        }
    }
}

static bool fail_at(struct st_json *json, size_t at, const char *code, const char *format,
                    va_list arguments) __attribute__((format(printf, 4, 0)));
static bool fail_at(struct st_json *json, size_t at, const char *code, const char *format,
                    va_list arguments) {
    struct st_error *error = json->error;
    int64_t line, column;
    if (json->status != ST_OK)
        return false;
    find_place(json, at, &line, &column);
    json->status = error->status = ST_BAD_INPUT;
    (void)snprintf(error->code, sizeof error->code, "%s", code);
    int used = snprintf(error->text, sizeof error->text, "%.200s:%" PRId64 ":%" PRId64 ": ",
                        json->path, line, column);
    if (used > 0 && (size_t)used < sizeof error->text)
        (void)vsnprintf(error->text + used, sizeof error->text - (size_t)used, format, arguments);
    return false;
}

static bool fail_here(struct st_json *json, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool fail_here(struct st_json *json, const char *code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    bool failed = fail_at(json, json->at, code, format, arguments);
    va_end(arguments);
    return failed;
}

bool st_json_fail(struct st_json *json, const char *code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    bool failed = fail_at(json, json->value_at, code, format, arguments);
    va_end(arguments);
    return failed;
}

bool st_json_fail_memory(struct st_json *json) {
    json->status = st_bytes_no_memory(json->error);
    return false;
}

static bool fail_syntax(struct st_json *json, const char *expected) {
    return fail_here(json, "json.syntax",
                     "%s is expected here; take the file as it was written, whole and unchanged.",
                     expected);
}

/* ---- the file ------------------------------------------------------------------------------ */

static bool read_file(struct st_json *json, struct st_byte_source *source, size_t most) {
    enum { BLOCK = 65536 };
    size_t room = 0;
    for (;;) {
        if (room - json->size < BLOCK) {
            char *larger = realloc(json->bytes, room = 2 * room + BLOCK);
            if (larger == NULL)
                return st_json_fail_memory(json);
            json->bytes = larger;
        }
        ssize_t got = st_bytes_read(source, json->bytes + json->size, BLOCK, json->error);
        if (got < 0) {
            json->status = ST_IO;
            return false;
        }
        json->size += (size_t)got;
        if (json->size > most) {
            json->size = 0; /* the place told is the beginning */
            return fail_here(json, "json.size",
                             "the file is larger than %zu bytes; it is none "
                             "that stonad wrote.",
                             most);
        }
        if (got < BLOCK)
            return true;
    }
}

bool st_json_open(struct st_json *json, const char *path, size_t most, struct st_error *error) {
    struct st_byte_source source;
    *json = (struct st_json){.path = path, .error = error};
    json->status = st_bytes_open(path, &source, error);
    if (json->status != ST_OK)
        return false;
    bool is_read = read_file(json, &source, most);
    st_bytes_close(&source);
    return is_read;
}

void st_json_close(struct st_json *json) {
    free(json->bytes);
    st_canonical_free(&json->text);
    json->bytes = NULL;
}

/* ---- marks --------------------------------------------------------------------------------- */

static void skip_blanks(struct st_json *json) {
    while (json->at < json->size && memchr(" \t\r\n", json->bytes[json->at], 4) != NULL)
        json->at++;
}

/* The byte that comes next; NUL at the end, which no valid file holds. */
static char next_byte(struct st_json *json) {
    skip_blanks(json);
    return json->at < json->size ? json->bytes[json->at] : '\0';
}

static bool take_mark(struct st_json *json, char mark) {
    const char expected[] = {'"', mark, '"', '\0'};
    if (json->status != ST_OK)
        return false;
    if (next_byte(json) != mark)
        return fail_syntax(json, expected);
    json->at++;
    return true;
}

bool st_json_begin(struct st_json *json, char bracket) {
    json->is_first = true;
    return take_mark(json, bracket);
}

bool st_json_end(struct st_json *json, char bracket) {
    json->is_first = false;
    if (json->status == ST_OK && bracket == '}' && next_byte(json) == ',')
        return fail_here(json, "json.field",
                         "there are fields here that stonad does not know; take "
                         "the file as it was written.");
    return take_mark(json, bracket);
}

bool st_json_more(struct st_json *json) {
    if (json->status != ST_OK || next_byte(json) == ']')
        return false;
    if (!json->is_first && !take_mark(json, ','))
        return false;
    json->is_first = false;
    return true;
}

bool st_json_finish(struct st_json *json) {
    if (json->status != ST_OK)
        return false;
    skip_blanks(json);
    return json->at == json->size || fail_syntax(json, "the end of the file");
}

/* ---- strings ------------------------------------------------------------------------------- */

static bool put_bytes(struct st_json *json, const char *bytes, size_t size) {
    st_canonical_put_bytes(&json->text, bytes, size);
    return !json->text.failed || st_json_fail_memory(json);
}

/* Four hexadecimal digits; -1 when they are none. */
static int32_t take_hex(struct st_json *json) {
    int32_t number = 0;
    if (json->size - json->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        char byte = json->bytes[json->at++];
        const char *digit = byte == '\0' ? NULL : strchr(digits, byte);
        if (digit == NULL)
            return -1;
        number =
            number * 16 + (int32_t)(digit - digits >= 16 ? digit - digits - 6 : digit - digits);
    }
    return number;
}

/* \uXXXX, or two of them for a character past U+FFFF. */
static bool take_unicode(struct st_json *json) {
    utf8proc_uint8_t encoded[4];
    int32_t character = take_hex(json);
    if (character >= 0xd800 && character < 0xdc00 && json->size - json->at >= 6 &&
        memcmp(json->bytes + json->at, "\\u", 2) == 0) {
        json->at += 2;
        int32_t low = take_hex(json);
        character = low >= 0xdc00 && low < 0xe000
                        ? 0x10000 + (character - 0xd800) * 0x400 + (low - 0xdc00)
                        : -1;
    }
    if (character <= 0 || (character >= 0xd800 && character < 0xe000))
        return fail_syntax(json, "a character that exists");
    utf8proc_ssize_t size = utf8proc_encode_char(character, encoded);
    return put_bytes(json, (const char *)encoded, (size_t)size);
}

static bool take_escape(struct st_json *json) {
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char letter = json->at < json->size ? json->bytes[json->at] : '\0';
    const char *found = letter == '\0' ? NULL : strchr(letters, letter);
    if (letter == 'u') {
        json->at++;
        return take_unicode(json);
    }
    if (found == NULL)
        return fail_syntax(json, "an escape of JSON");
    json->at++;
    return put_bytes(json, &meanings[found - letters], 1);
}

/* A character as it stands, which must be whole UTF-8. */
static bool take_character(struct st_json *json) {
    utf8proc_int32_t character;
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)json->bytes + json->at,
                                             (utf8proc_ssize_t)(json->size - json->at), &character);
    if (size <= 0 || character < 0x20)
        return fail_syntax(json, "text in UTF-8 without control characters");
    json->at += (size_t)size;
    return put_bytes(json, json->bytes + json->at - size, (size_t)size);
}

/* The string goes to json->text, with a NUL behind it. */
static bool take_string(struct st_json *json) {
    if (!take_mark(json, '"'))
        return false;
    json->value_at = json->at - 1;
    json->text.size = 0;
    while (json->at < json->size && json->bytes[json->at] != '"') {
        bool is_escape = json->bytes[json->at] == '\\';
        json->at += is_escape;
        if (!(is_escape ? take_escape(json) : take_character(json)))
            return false;
    }
    if (json->at == json->size)
        return fail_syntax(json, "the end of a string");
    json->at++;
    return put_bytes(json, "", 1);
}

/* ---- values -------------------------------------------------------------------------------- */

static bool take_word(struct st_json *json, const char *word) {
    size_t size = strlen(word);
    if (json->size - json->at < size || memcmp(json->bytes + json->at, word, size) != 0)
        return fail_syntax(json, "a string, a whole number or null");
    json->at += size;
    return true;
}

/* As canonical bytes spell it: what is `12` here is `i12;` there. */
static bool take_integer(struct st_json *json, int64_t *out) {
    char spelled[24] = "i";
    size_t size = 1, start = json->at;
    struct st_canonical_value value;
    const char *at = spelled;
    while (json->at < json->size && size < sizeof spelled - 1 &&
           memchr("-0123456789.eE+", json->bytes[json->at], 15) != NULL)
        spelled[size++] = json->bytes[json->at++];
    spelled[size++] = ';';
    if (!st_canonical_next(&at, spelled + size, &value) || at != spelled + size) {
        json->at = start;
        return fail_syntax(json, "a whole number of 64 bits");
    }
    *out = value.integer;
    return true;
}

bool st_json_value(struct st_json *json, struct st_canonical_value *out) {
    if (json->status != ST_OK)
        return false;
    char byte = next_byte(json);
    json->value_at = json->at;
    *out = (struct st_canonical_value){.type = ST_CANONICAL_NULL};
    if (byte == '"') {
        if (!take_string(json))
            return false;
        *out = (struct st_canonical_value){
            .type = ST_CANONICAL_TEXT, .text = json->text.bytes, .size = json->text.size - 1};
        return true;
    }
    if (byte != '-' && (byte < '0' || byte > '9'))
        return take_word(json, "null");
    out->type = ST_CANONICAL_INTEGER;
    return take_integer(json, &out->integer);
}

bool st_json_key(struct st_json *json, const char *name) {
    if (json->status != ST_OK || (!json->is_first && !take_mark(json, ',')))
        return false;
    json->is_first = false;
    if (!take_string(json))
        return false;
    if (strcmp(json->text.bytes, name) != 0 || strlen(name) != json->text.size - 1)
        return st_json_fail(json, "json.field",
                            "the field \"%s\" is expected here, not \"%.60s\"; take the file as it "
                            "was written.",
                            name, json->text.bytes);
    return take_mark(json, ':');
}

bool st_json_integer(struct st_json *json, int64_t least, int64_t most, int64_t *out) {
    struct st_canonical_value value;
    if (!st_json_value(json, &value))
        return false;
    if (value.type != ST_CANONICAL_INTEGER || value.integer < least || value.integer > most)
        return st_json_fail(json, "json.value",
                            "a whole number from %" PRId64 " to %" PRId64 " is expected here.",
                            least, most);
    *out = value.integer;
    return true;
}

bool st_json_text(struct st_json *json, char *out, size_t size) {
    struct st_canonical_value value;
    if (!st_json_value(json, &value))
        return false;
    if (value.type != ST_CANONICAL_TEXT || value.size < 1 || value.size >= size)
        return st_json_fail(json, "json.value", "a text of 1 to %zu bytes is expected here.",
                            size - 1);
    memcpy(out, value.text, value.size + 1);
    return true;
}

bool st_json_hex(struct st_json *json, char *out, size_t digits) {
    struct st_canonical_value value;
    if (!st_json_value(json, &value))
        return false;
    if (value.type != ST_CANONICAL_TEXT || value.size != digits ||
        strspn(value.text, "0123456789abcdef") != digits)
        return st_json_fail(json, "json.value", "%zu digits of 0-9 and a-f are expected here.",
                            digits);
    memcpy(out, value.text, value.size + 1);
    return true;
}

bool st_json_form(struct st_json *json, const char *form, const char *what) {
    char found[40];
    if (!st_json_key(json, "form") || !st_json_text(json, found, sizeof found))
        return false;
    if (strcmp(found, form) == 0)
        return true;
    return st_json_fail(json, "json.form", "this is %s, not %s (%s); give the right file.", found,
                        what, form);
}

/* ---- written ------------------------------------------------------------------------------- */

bool st_json_can_hold(const char *text, size_t size) {
    for (size_t at = 0; at < size;) {
        utf8proc_int32_t character;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)text + at,
                                                  (utf8proc_ssize_t)(size - at), &character);
        if (taken <= 0 || character == 0)
            return false;
        at += (size_t)taken;
    }
    return true;
}

void st_json_put_text(FILE *out, const char *text, size_t size) {
    (void)putc('"', out);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\')
            (void)fprintf(out, "\\%c", byte);
        else if (byte < 0x20)
            (void)fprintf(out, "\\u%04x", byte);
        else
            (void)putc(byte, out);
    }
    (void)putc('"', out);
}
