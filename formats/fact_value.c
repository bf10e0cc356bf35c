/* SPDX-License-Identifier: MIT */
/* fact_value.c - fields into values: dates, amounts, choices, person numbers. See fact_value.h. */
#include "formats/fact_value.h"

#include "stonad/identifier.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

static bool wrong(struct st_field_problem *problem, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool wrong(struct st_field_problem *problem, const char *code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    problem->code = code;
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
    return false;
}

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

void st_field_trim(struct st_csv_field *field) {
    while (field->size > 0 && (*field->text == ' ' || *field->text == '\t')) {
        field->text++;
        field->size--;
        field->bad_byte -= field->bad_byte != ST_CSV_UTF8;
    }
    while (field->size > 0 &&
           (field->text[field->size - 1] == ' ' || field->text[field->size - 1] == '\t'))
        field->size--;
    field->text[field->size] = '\0';
}

/* ---- what error texts show ------------------------------------------------------------------ */

static size_t count_digits(const char *text, size_t size) {
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += is_digit(text[i]);
    return count;
}

/* Control characters, Unicode's line ends, characters that turn the order of the text around them,
 * and what is no character at all. */
static bool is_unprintable(utf8proc_int32_t character) {
    if (character < 0x20 || (character >= 0x7F && character < 0xA0))
        return true;
    if (character == 0x2028 || character == 0x2029)
        return true;
    if ((character >= 0x202A && character <= 0x202E) ||
        (character >= 0x2066 && character <= 0x2069))
        return true;
    return (character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
}

void st_value_show(const char *text, size_t size, char *out) {
    enum { DIGITS_SHOWN = 6, DIGITS_OF_PERSON = 11, ROOM_FOR_DOTS = 4 };
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    bool may_name_person = count_digits(text, size) >= DIGITS_OF_PERSON;
    size_t digits = 0, used = 0, i = 0;
    while (i < size && used + 4 + ROOM_FOR_DOTS < ST_SHOWN_SIZE) {
        utf8proc_int32_t character;
        utf8proc_ssize_t length =
            utf8proc_iterate(bytes + i, (utf8proc_ssize_t)(size - i), &character);
        bool is_shown = length > 0 && !is_unprintable(character);
        if (is_shown && is_digit(text[i]))
            out[used++] = may_name_person && ++digits > DIGITS_SHOWN ? '*' : text[i];
        else if (is_shown) {
            memcpy(out + used, text + i, (size_t)length);
            used += (size_t)length;
        } else
            out[used++] = '?';
        i += length > 0 ? (size_t)length : 1;
    }
    memcpy(out + used, i < size ? "..." : "", i < size ? 4 : 1);
}

/* ---- names that are nearly right ------------------------------------------------------------ */

enum { NAME_MAX = 40 };

static char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

static size_t least(size_t a, size_t b, size_t c) {
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Letters to insert, delete or change until one is the other (capitals are no change). */
static size_t edit_distance(const char *a, size_t a_size, const char *b, size_t b_size) {
    size_t row[NAME_MAX + 1];
    assert(b_size <= NAME_MAX);
    for (size_t j = 0; j <= b_size; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t above = row[j];
            size_t change = lower(a[i - 1]) != lower(b[j - 1]);
            row[j] = least(row[j - 1] + 1, above + 1, diagonal + change);
            diagonal = above;
        }
    }
    return row[b_size];
}

const char *st_name_nearest(const char *text, size_t size, const char *const *names, size_t count) {
    const char *nearest = NULL;
    size_t nearest_distance = size / 3 < 3 ? size / 3 + 1 : 4; /* a third of it may be wrong */
    if (size == 0 || size > NAME_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t name_size = strlen(names[i]);
        size_t distance = name_size > NAME_MAX ? nearest_distance
                                               : edit_distance(text, size, names[i], name_size);
        if (distance < nearest_distance) {
            nearest = names[i];
            nearest_distance = distance;
        }
    }
    return nearest;
}

/* ---- dates ---------------------------------------------------------------------------------- */

/* The number of `count` digits; -1 when one is none. */
static int digits_value(const char *text, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static bool parse_date(const struct st_csv_field *field, struct st_value *out,
                       struct st_field_problem *problem) {
    enum { DATE_SIZE = 10 };
    const char *text = field->text;
    int year = -1, month = -1, day = -1;
    char shown[ST_SHOWN_SIZE];
    if (field->size == DATE_SIZE && text[4] == '-' && text[7] == '-') {
        year = digits_value(text, 4);
        month = digits_value(text + 5, 2);
        day = digits_value(text + 8, 2);
    } else if (field->size == DATE_SIZE && text[2] == '.' && text[5] == '.') {
        day = digits_value(text, 2);
        month = digits_value(text + 3, 2);
        year = digits_value(text + 6, 4);
    }
    if (year >= 0 && st_date_is_valid(year, month, day)) {
        out->number = st_date_make(year, month, day);
        return true;
    }
    st_value_show(text, field->size, shown);
    if (year < 0 || month < 0 || day < 0)
        return wrong(problem, "csv.date", "\"%s\" is not a date; write YYYY-MM-DD or DD.MM.YYYY",
                     shown);
    if (year < 1900 || year > 2199)
        return wrong(problem, "csv.date_year",
                     "the year of %s is outside 1900-2199; correct the date", shown);
    return wrong(problem, "csv.date_missing",
                 "there is no day %s in the calendar; correct the date", shown);
}

/* ---- numbers -------------------------------------------------------------------------------- */

/* Signs that people put between thousands: blank, apostrophe, and Unicode's unbreakable and thin
 * blanks (U+00A0, U+2009, U+202F). */
static size_t grouping_size(const char *text, size_t left) {
    static const char *const signs[] = {" ", "'", "\xC2\xA0", "\xE2\x80\x89", "\xE2\x80\xAF"};
    for (size_t i = 0; i < ST_COUNT_OF(signs); i++) {
        size_t size = strlen(signs[i]);
        if (size <= left && memcmp(text, signs[i], size) == 0)
            return size;
    }
    return 0;
}

static bool is_negative(const char *text, size_t size) {
    static const char minus[] = "\xE2\x88\x92"; /* U+2212, as typeset */
    return text[0] == '-' || (size >= 3 && memcmp(text, minus, 3) == 0);
}

/* Why a text is no plain number, said as exactly as possible. */
static bool refuse_number(const struct st_csv_field *field, int decimals,
                          struct st_field_problem *problem) {
    char shown[ST_SHOWN_SIZE];
    const char *text = field->text;
    size_t digits = 0, points = 0, groupings = 0, others = 0;
    for (size_t i = 0; i < field->size;) {
        size_t grouping = grouping_size(text + i, field->size - i);
        bool is_point = text[i] == '.' || text[i] == ',';
        digits += is_digit(text[i]);
        points += is_point;
        groupings += grouping > 0;
        others += !is_digit(text[i]) && !is_point && grouping == 0;
        i += grouping > 0 ? grouping : 1;
    }
    st_value_show(text, field->size, shown);
    if (is_negative(text, field->size))
        return wrong(problem, "csv.number_negative",
                     "%s is negative; write a number that is 0 or more, without a sign", shown);
    if (others == 0 && digits > 1 && (groupings > 0 || points > 1))
        return wrong(
            problem, "csv.number_grouped", "%s has a sign between the thousands; write %s", shown,
            decimals > 0 ? "digits only, with at most one decimal point or comma" : "digits only");
    return wrong(problem, "csv.number", "\"%s\" is not a number; write %s", shown,
                 decimals > 0
                     ? "digits with at most one decimal point or comma, for example 1234.50"
                     : "a whole number in digits");
}

static void show_limit(int64_t limit, int decimals, char *out, size_t size) {
    if (decimals == 0 || limit % 100 == 0)
        snprintf(out, size, "%lld", (long long)(decimals == 0 ? limit : limit / 100));
    else
        snprintf(out, size, "%lld.%02lld", (long long)(limit / 100), (long long)(limit % 100));
}

static bool refuse_range(const struct st_csv_field *field, const struct st_fact_column *column,
                         int decimals, struct st_field_problem *problem) {
    char shown[ST_SHOWN_SIZE], smallest[32], largest[32];
    st_value_show(field->text, field->size, shown);
    show_limit(column->minimum, decimals, smallest, sizeof smallest);
    show_limit(column->maximum, decimals, largest, sizeof largest);
    return wrong(problem, "csv.number_range", "%s is outside %s to %s; correct the number", shown,
                 smallest, largest);
}

/* A number of 0 or more with at most `decimals` decimals, in units of the last of them. */
static bool parse_number(const struct st_csv_field *field, const struct st_fact_column *column,
                         int decimals, struct st_value *out, struct st_field_problem *problem) {
    enum { DIGITS_MAX = 16 }; /* 10^16 hundredths are far past every limit and inside 64 bits */
    const char *text = field->text, *end = text + field->size;
    int64_t value = 0;
    int digits = 0, decimals_given = 0;
    bool is_large = false;
    const char *at = text;
    for (; at < end && is_digit(*at); at++) {
        digits += digits > 0 || *at != '0';
        is_large = is_large || digits > DIGITS_MAX;
        value = is_large ? value : value * 10 + (*at - '0');
    }
    bool has_point = at > text && end - at > 1 && (*at == '.' || *at == ',');
    if (has_point && decimals > 0)
        for (at++; at < end && is_digit(*at); at++)
            if (++decimals_given <= decimals && !is_large)
                value = value * 10 + (*at - '0');
    if (at == text || at < end)
        return refuse_number(field, decimals, problem);
    if (decimals_given > decimals) {
        char shown[ST_SHOWN_SIZE];
        st_value_show(text, field->size, shown);
        return wrong(problem, "csv.number_decimals",
                     "%s has more than two decimals; write at most two, and nothing between the "
                     "thousands",
                     shown);
    }
    for (int i = decimals_given; i < decimals && !is_large; i++)
        value *= 10;
    if (is_large || value < column->minimum || value > column->maximum)
        return refuse_range(field, column, decimals, problem);
    out->number = value;
    return true;
}

/* ---- choices -------------------------------------------------------------------------------- */

/* The text with ø, å and æ written o, a and ae ("uføretrygd" is the choice uforetrygd); å also as a
 * and a ring above. Longer texts are cut: no choice is that long. */
static size_t fold_norwegian(const char *text, size_t size, char *out, size_t out_size) {
    static const struct {
        const char *letter, *folded;
    } letters[] = {{"\xC3\xB8", "o"}, {"\xC3\xA5", "a"}, {"\xC3\xA6", "ae"}, {"\xCC\x8A", ""}};
    size_t used = 0;
    for (size_t i = 0; i < size && used + 2 <= out_size;) {
        size_t found = 0;
        while (found < ST_COUNT_OF(letters) &&
               (size - i < 2 || memcmp(text + i, letters[found].letter, 2) != 0))
            found++;
        if (found == ST_COUNT_OF(letters)) {
            out[used++] = text[i++];
            continue;
        }
        for (const char *folded = letters[found].folded; *folded != '\0'; folded++)
            out[used++] = *folded;
        i += 2;
    }
    return used;
}

static int find_choice(const char *const *choices, const char *text, size_t size) {
    for (int i = 0; choices[i] != NULL; i++)
        if (choices[i][0] == text[0] && strncmp(choices[i], text, size) == 0 &&
            choices[i][size] == '\0')
            return i;
    return -1;
}

static bool refuse_choice(const struct st_csv_field *field, const struct st_fact_column *column,
                          const char *folded, size_t folded_size,
                          struct st_field_problem *problem) {
    char shown[ST_SHOWN_SIZE], list[ST_FIELD_PROBLEM_TEXT_MAX - 200];
    size_t count = 0, used = 0;
    for (; column->choices[count] != NULL; count++) {
        int length = snprintf(list + used, sizeof list - used, "%s%s", count > 0 ? ", " : "",
                              column->choices[count]);
        used += (size_t)length;
        assert(used < sizeof list);
    }
    st_value_show(field->text, field->size, shown);
    const char *nearest = st_name_nearest(folded, folded_size, column->choices, count);
    if (nearest != NULL)
        return wrong(problem, "csv.choice",
                     "\"%s\" is not one of the values of this column; did you mean %s?", shown,
                     nearest);
    return wrong(problem, "csv.choice",
                 "\"%s\" is not one of the values of this column; write %s%s", shown,
                 count > 1 ? "one of " : "", list);
}

static bool parse_choice(const struct st_csv_field *field, const struct st_fact_column *column,
                         struct st_value *out, struct st_field_problem *problem) {
    char folded[NAME_MAX + 3] = "";
    const char *text = field->text;
    size_t size = field->size;
    if (!field->is_ascii) {
        size = fold_norwegian(field->text, field->size, folded, sizeof folded);
        text = folded;
    }
    out->number = find_choice(column->choices, text, size);
    return out->number >= 0 || refuse_choice(field, column, text, size, problem);
}

/* ---- numbers of persons, accounts, tables ---------------------------------------------------- */

enum { PERSON_DIGITS = 11, TABLE_DIGITS = 4 };

static bool parse_person(const struct st_csv_field *field, const struct st_input_terms *terms,
                         struct st_value *out, struct st_field_problem *problem) {
    struct st_person_number number;
    char masked[ST_PERSON_NUMBER_SIZE];
    bool is_person = st_person_number_check(field->text, field->size, &number);
    if (is_person && (terms->test || !number.is_synthetic)) {
        out->text = field->text;
        out->size = field->size;
        return true;
    }
    size_t digits = count_digits(field->text, field->size);
    if (digits == PERSON_DIGITS - 1 && digits == field->size)
        return wrong(problem, "csv.person_digits",
                     "the number has 10 digits; a spreadsheet takes a leading zero away unless the "
                     "column is text, so put it back");
    if (digits != PERSON_DIGITS || field->size != PERSON_DIGITS)
        return wrong(problem, "csv.person_digits",
                     "this is not a number of eleven digits; write the fødselsnummer or D-number "
                     "without blanks or signs");
    st_person_number_mask(field->text, masked);
    if (is_person)
        return wrong(problem, "csv.person_synthetic",
                     "%s is a synthetic number; only a ledger made with init --test takes those",
                     masked);
    return wrong(
        problem, "csv.person",
        "%s is not a fødselsnummer or D-number (date or check digits are wrong); look it up "
        "again",
        masked);
}

static bool parse_account(const struct st_csv_field *field, char *room, struct st_value *out,
                          struct st_field_problem *problem) {
    if (!st_account_normalise(field->text, field->size, room))
        return wrong(
            problem, "csv.account",
            "this is not a Norwegian account (eleven digits and the check digit, or an IBAN "
            "NO); look it up again");
    out->text = room;
    out->size = ST_BBAN_SIZE - 1;
    return true;
}

static bool parse_table(const struct st_csv_field *field, struct st_value *out,
                        struct st_field_problem *problem) {
    char shown[ST_SHOWN_SIZE];
    bool has_letter = field->size == TABLE_DIGITS + 1 && field->text[TABLE_DIGITS] == 'P';
    if ((field->size == TABLE_DIGITS || has_letter) &&
        digits_value(field->text, TABLE_DIGITS) >= 0) {
        out->text = field->text;
        out->size = field->size;
        return true;
    }
    st_value_show(field->text, field->size, shown);
    return wrong(problem, "csv.table",
                 "\"%s\" is not a withholding table; write its four digits, leading zero and a "
                 "letter P of a pension table included, for example 8100 or 7100P",
                 shown);
}

/* ---- text ----------------------------------------------------------------------------------- */

static bool refuse_character(struct st_field_problem *problem) {
    return wrong(problem, "csv.text_control",
                 "there is a line end or another control character in the text; take it out");
}

static bool refuse_length(struct st_field_problem *problem) {
    return wrong(problem, "csv.text_size", "the text is longer than %d bytes; shorten it",
                 (int)ST_TEXT_MAX);
}

/* Text with letters beyond ASCII, in Unicode's normal form C, so that the same name is always the
 * same bytes. */
static bool parse_unicode(const struct st_csv_field *field, char *room, struct st_value *out,
                          struct st_field_problem *problem) {
    enum { CHARACTERS_MAX = 4 * ST_TEXT_MAX, REPLACEMENT_CHARACTER = 0xFFFD };
    const utf8proc_option_t form = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_int32_t characters[CHARACTERS_MAX + 1];
    utf8proc_ssize_t count =
        utf8proc_decompose((const utf8proc_uint8_t *)field->text, (utf8proc_ssize_t)field->size,
                           characters, CHARACTERS_MAX, form);
    if (count < 0 || count > CHARACTERS_MAX)
        return refuse_length(problem);
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        if (characters[i] == REPLACEMENT_CHARACTER)
            return wrong(problem, "csv.text_lost",
                         "a letter was lost when the file was saved (U+FFFD stands in its place); "
                         "write it again and save the file as CSV UTF-8");
        if (is_unprintable(characters[i]))
            return refuse_character(problem);
    }
    utf8proc_ssize_t size = utf8proc_reencode(characters, count, form);
    if (size < 0 || size > ST_TEXT_MAX)
        return refuse_length(problem);
    memcpy(room, characters, (size_t)size + 1);
    out->text = room;
    out->size = (size_t)size;
    return true;
}

static bool parse_text(const struct st_csv_field *field, char *room, struct st_value *out,
                       struct st_field_problem *problem) {
    if (!field->is_ascii)
        return parse_unicode(field, room, out, problem);
    for (size_t i = 0; i < field->size; i++)
        if (is_unprintable(field->text[i]))
            return refuse_character(problem);
    if (field->size > ST_TEXT_MAX)
        return refuse_length(problem);
    out->text = field->text;
    out->size = field->size;
    return true;
}

/* ---- any field ------------------------------------------------------------------------------- */

static bool refuse_bytes(const struct st_csv_field *field, struct st_field_problem *problem) {
    return wrong(
        problem, "csv.utf8",
        "byte %d of the field (hexadecimal %02X) is not UTF-8, the file may be ISO 8859-1; "
        "save it as CSV UTF-8 and import it again",
        field->bad_byte + 1, (unsigned)(unsigned char)field->text[field->bad_byte]);
}

bool st_fact_value_parse(const struct st_fact_column *column, struct st_csv_field *field,
                         const struct st_input_terms *terms, char *room, struct st_value *out,
                         struct st_field_problem *problem) {
    *out = (struct st_value){.is_null = true};
    st_field_trim(field);
    if (field->size == 0)
        return true;
    if (field->bad_byte != ST_CSV_UTF8)
        return refuse_bytes(field, problem);
    out->is_null = false;
    switch (column->type) {
    case ST_COLUMN_PERSON:
        return parse_person(field, terms, out, problem);
    case ST_COLUMN_TEXT:
        return parse_text(field, room, out, problem);
    case ST_COLUMN_ACCOUNT:
        return parse_account(field, room, out, problem);
    case ST_COLUMN_DATE:
        return parse_date(field, out, problem);
    case ST_COLUMN_CHOICE:
        return parse_choice(field, column, out, problem);
    case ST_COLUMN_AMOUNT:
    case ST_COLUMN_HUNDREDTHS:
        return parse_number(field, column, 2, out, problem);
    case ST_COLUMN_INTEGER:
        return parse_number(field, column, 0, out, problem);
    case ST_COLUMN_TABLE:
        return parse_table(field, out, problem);
    }
    assert(false); /* a column type without a reader */
    return false;
}
