/* SPDX-License-Identifier: MIT */
/* explain_rule.c - `stonad explain --rule`: a rule, or the one behind a finding, in words. */
#include "cli/cli.h"

#include "stonad/explain.h"

#include <string.h>

enum { PAGE_COLUMNS = 92, TEXT_SIZE = 4096 };

enum st_status st_cli_value_lang(const struct st_invocation *invocation, bool *norwegian,
                                 bool *english, struct st_error *error) {
    static const char *const languages[] = {"nb", "en", "both", NULL};
    size_t language = 2;
    enum st_status status = ST_OK;
    if (st_option_given(invocation, ST_OPTION_LANG))
        status = st_cli_value_choice(invocation, ST_OPTION_LANG, languages, &language, error);
    *norwegian = language != 1;
    *english = language != 0;
    return status;
}

static enum st_status find_rule(const struct st_invocation *invocation,
                                const struct st_rule_text **out, struct st_error *error) {
    const char *name = invocation->values[ST_OPTION_RULE];
    struct st_suggestion suggestion = st_suggestion_for(name);
    char meant[ST_SUGGESTION_TEXT_SIZE];
    *out = st_rule_text_find(name);
    if (*out != NULL)
        return ST_OK;
    for (size_t i = 0; st_rule_text_at(i) != NULL; i++)
        st_suggestion_consider(&suggestion, st_rule_text_at(i)->rule);
    return st_cli_fail(error, ST_USAGE, "rule.unknown",
                       "There is no rule %.40s%s; the rules are R1 to R22, and a finding's code"
                       " begins with its rule.",
                       name, st_suggestion_text(&suggestion, meant));
}

/* A character of UTF-8 is one column; the texts hold no other. */
static size_t columns_of(const char *text, size_t size) {
    size_t columns = 0;
    for (size_t i = 0; i < size; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

static void print_wrapped(const char *text) {
    size_t column = 0;
    while (*text != '\0') {
        size_t size = strcspn(text, " "), columns = columns_of(text, size);
        if (column > 0 && column + 1 + columns > PAGE_COLUMNS) {
            (void)putchar('\n');
            column = 0;
        } else if (column > 0) {
            (void)putchar(' ');
            column++;
        }
        (void)fwrite(text, 1, size, stdout);
        column += columns;
        text += size;
        text += strspn(text, " ");
    }
    (void)putchar('\n');
}

/* What stonad does, then where the law is silent. */
static void whole_text(const char *text, const char *label, const char *choices, char *out) {
    (void)snprintf(out, TEXT_SIZE, "%s%s%s%s", text, choices[0] == '\0' ? "" : " ",
                   choices[0] == '\0' ? "" : label, choices);
}

static void print_language(const char *title, const char *text, const char *label,
                           const char *choices) {
    (void)printf("\n%s\n", title);
    print_wrapped(text);
    if (choices[0] != '\0') {
        char out[TEXT_SIZE];
        whole_text("", label, choices, out);
        print_wrapped(out + 1);
    }
}

static void print_text(const struct st_rule_text *rule, bool norwegian, bool english) {
    (void)printf("%s: %s\n", rule->rule, rule->paragraphs);
    if (norwegian)
        print_language(rule->title_nb, rule->text_nb, "Valg: ", rule->choices_nb);
    if (english)
        print_language(rule->title_en, rule->text_en, "Choice: ", rule->choices_en);
}

enum st_status st_cli_explain_rule(const struct st_invocation *invocation,
                                   struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"rule", NULL, ST_CELL_TEXT, 4, false},       {"title_nb", NULL, ST_CELL_TEXT, 30, false},
        {"title_en", NULL, ST_CELL_TEXT, 30, false},  {"paragraphs", NULL, ST_CELL_TEXT, 30, false},
        {"text_nb", NULL, ST_CELL_TEXT, 80, false},   {"text_en", NULL, ST_CELL_TEXT, 80, false},
    };
    const struct st_rule_text *rule = NULL;
    struct st_report *report;
    char text[TEXT_SIZE];
    bool norwegian, english;
    enum st_status status = st_cli_value_lang(invocation, &norwegian, &english, error);
    if (status == ST_OK)
        status = find_rule(invocation, &rule, error);
    if (status != ST_OK)
        return status;
    if (invocation->format == ST_FORMAT_TEXT) {
        print_text(rule, norwegian, english);
        return st_cli_output_works(error);
    }
    status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    st_report_text(report, rule->rule);
    st_report_text(report, rule->title_nb);
    st_report_text(report, rule->title_en);
    st_report_text(report, rule->paragraphs);
    whole_text(rule->text_nb, "Valg: ", rule->choices_nb, text);
    st_report_text(report, text);
    whole_text(rule->text_en, "Choice: ", rule->choices_en, text);
    st_report_text(report, text);
    return st_cli_report_end(report, ST_OK, error);
}
