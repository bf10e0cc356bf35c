/* SPDX-License-Identifier: MIT */
/* values.c - what options and arguments say, as dates, months, amounts, numbers and text.
 *
 * A value that cannot be read is wrong usage, and the sentence shows what one looks like.
 */
#include "cli/cli.h"

#include "stonad/identifier.h"

#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

static const char *given(const struct st_invocation *invocation, enum st_option option) {
    const char *value = invocation->values[option];
    return value == NULL ? "" : value;
}

static enum st_status not_a(struct st_error *error, enum st_option option, const char *value,
                            const char *what) {
    return st_cli_fail(error, ST_USAGE, "option.value", "--%s %.60s is not %s.",
                       st_option_name(option), value, what);
}

enum st_status st_cli_value_month(const struct st_invocation *invocation, enum st_option option,
                                  st_month *out, struct st_error *error) {
    const char *value = given(invocation, option);
    if (!st_month_parse(value, strlen(value), out))
        return not_a(error, option, value, "a month; write YYYY-MM, as in 2026-05");
    return ST_OK;
}

enum st_status st_cli_value_date(const struct st_invocation *invocation, enum st_option option,
                                 st_date *out, struct st_error *error) {
    const char *value = given(invocation, option);
    if (!st_date_parse(value, strlen(value), out))
        return not_a(error, option, value, "a date; write YYYY-MM-DD, as in 2026-05-29");
    return ST_OK;
}

enum st_status st_cli_value_amount(const struct st_invocation *invocation, enum st_option option,
                                   st_amount *out, struct st_error *error) {
    const char *value = given(invocation, option);
    if (!st_amount_from_person(value, out))
        return not_a(error, option, value, "an amount in kroner; write it as 712345.00");
    return ST_OK;
}

/* Digits only, at most `maximum`. */
static bool parse_integer(const char *text, int64_t maximum, int64_t *out) {
    int64_t number = 0;
    if (text[0] == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(number, INT64_C(10), &number) ||
            __builtin_add_overflow(number, (int64_t)(*text - '0'), &number))
            return false;
    }
    if (number > maximum)
        return false;
    *out = number;
    return true;
}

enum st_status st_cli_value_integer(const struct st_invocation *invocation, enum st_option option,
                                    int64_t maximum, int64_t *out, struct st_error *error) {
    const char *value = given(invocation, option);
    if (!parse_integer(value, maximum, out))
        return st_cli_fail(error, ST_USAGE, "option.value",
                           "--%s %.60s is not a whole number; write digits only, at most %lld.",
                           st_option_name(option), value, (long long)maximum);
    return ST_OK;
}

bool st_cli_text_is_clean(const char *text) {
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    utf8proc_ssize_t left = (utf8proc_ssize_t)strlen(text);
    while (left > 0) {
        utf8proc_int32_t character;
        utf8proc_ssize_t size = utf8proc_iterate(bytes, left, &character);
        if (size <= 0 || utf8proc_category(character) == UTF8PROC_CATEGORY_CC)
            return false;
        bytes += size;
        left -= size;
    }
    return true;
}

enum st_status st_cli_value_text(const struct st_invocation *invocation, enum st_option option,
                                 char *out, size_t size, struct st_error *error) {
    const char *value = given(invocation, option);
    out[0] = '\0';
    if (!st_cli_text_is_clean(value))
        return st_cli_fail(error, ST_USAGE, "option.text",
                           "--%s is not plain text; write it in UTF-8 without control characters.",
                           st_option_name(option));
    if (value[0] != '\0' && value[strspn(value, " ")] == '\0')
        return st_cli_fail(error, ST_USAGE, "option.empty", "--%s is blank; write its value.",
                           st_option_name(option));
    if (strlen(value) >= size)
        return st_cli_fail(error, ST_USAGE, "option.long",
                           "--%s is too long; write at most %zu bytes.", st_option_name(option),
                           size - 1);
    (void)snprintf(out, size, "%s", value);
    return ST_OK;
}

enum st_status st_cli_value_choice(const struct st_invocation *invocation, enum st_option option,
                                   const char *const *choices, size_t *out,
                                   struct st_error *error) {
    const char *value = given(invocation, option);
    struct st_suggestion suggestion = st_suggestion_for(value);
    char meant[ST_SUGGESTION_TEXT_SIZE], list[300] = "";
    for (size_t i = 0; choices[i] != NULL; i++) {
        if (strcmp(value, choices[i]) == 0) {
            *out = i;
            return ST_OK;
        }
        size_t used = strlen(list);
        (void)snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", choices[i]);
        st_suggestion_consider(&suggestion, choices[i]);
    }
    return st_cli_fail(error, ST_USAGE, "option.choice", "--%s knows no %.40s%s; write one of %s.",
                       st_option_name(option), value, st_suggestion_text(&suggestion, meant), list);
}

/* ---- persons and runs ---------------------------------------------------------------------- */

enum st_status st_cli_person_id_check(const char *text, struct st_error *error) {
    char masked[ST_PERSON_NUMBER_SIZE];
    if (strlen(text) == 11 && strspn(text, "0123456789") == 11)
        return ST_OK;
    st_person_number_mask(text, masked);
    return st_cli_fail(error, ST_BAD_INPUT, "person.form",
                       "%s is not a person_id; write its eleven digits.", masked);
}

enum st_status st_cli_value_person(const struct st_invocation *invocation, const char **out,
                                   struct st_error *error) {
    *out = invocation->values[ST_OPTION_PERSON];
    return *out == NULL ? ST_OK : st_cli_person_id_check(*out, error);
}

enum st_status st_cli_operand_run(const struct st_invocation *invocation, int64_t *out,
                                  struct st_error *error) {
    const char *text = invocation->operands[0];
    if (!parse_integer(text, INT64_MAX, out) || *out < 1)
        return st_cli_fail(error, ST_USAGE, "run.number",
                           "%.40s is not the number of a run; write 1 or more (`stonad runs` lists"
                           " them).",
                           text);
    return ST_OK;
}

/* ---- the recorded time --------------------------------------------------------------------- */

static void time_format(st_date date, unsigned seconds, struct st_act *act) {
    char day[ST_DATE_TEXT_SIZE];
    st_date_format(date, day);
    act->today = date;
    (void)snprintf(act->time, sizeof act->time, "%.10sT%02u:%02u:%02uZ", day, seconds / 3600 % 24,
                   seconds / 60 % 60, seconds % 60);
}

/* Two digits, at most `maximum`, after `mark`. */
static bool parse_two(const char **text, char mark, int maximum, int *out) {
    const char *at = *text;
    if (at[0] != mark || !isdigit((unsigned char)at[1]) || !isdigit((unsigned char)at[2]))
        return false;
    *out = (at[1] - '0') * 10 + (at[2] - '0');
    *text += 3;
    return *out <= maximum;
}

bool st_cli_time_parse(const char *text, struct st_act *act) {
    st_date date;
    int hours = 0, minutes = 0, seconds = 0;
    size_t size = strlen(text);
    if (!st_date_parse(text, size < 10 ? size : 10, &date))
        return false;
    text += 10;
    if (*text != '\0') {
        if (!parse_two(&text, 'T', 23, &hours) || !parse_two(&text, ':', 59, &minutes))
            return false;
        if (*text == ':' && !parse_two(&text, ':', 59, &seconds))
            return false;
        if (*text == 'Z')
            text++;
        if (*text != '\0')
            return false;
    }
    time_format(date, (unsigned)(hours * 3600 + minutes * 60 + seconds), act);
    return true;
}

bool st_cli_time_from_clock(int64_t seconds, struct st_act *act) {
    int64_t days = seconds / 86400;
    /* The years a date may name: 1970 to 2199. */
    if (seconds < 0 || days >= st_date_make(2199, 12, 31))
        return false;
    time_format((st_date)days, (unsigned)(seconds % 86400), act);
    return true;
}
