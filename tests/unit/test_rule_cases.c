/* SPDX-License-Identifier: MIT */
/* test_rule_cases.c - every rule of docs/rules.md and docs/rules-programme.md is shown by a law
 * case of fixtures/cases, and every case names rules that are there.
 *
 * A list says which rules a case cannot see, and what shows them instead; it is held to be true.
 * What the engine cites must be documented.
 */
#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RULE_MAX = 99, LAST_RULE = 22, TEXT_MAX = 1 << 20 };

#define CASES "fixtures/cases/*.case"
/* A case about what an import refuses, rather than about a rule. */
#define INPUT_CASES "input"

/* What is paid to the tax authority stands in payment files, which no case reads. */
static const struct {
    int rule;
    const char *file, *test;
} shown_by_tests[] = {
    {17, "tests/unit/test_tax_due.c", "st_tax_due_date("},
    {17, "tests/unit/test_cli.c", "static void test_export_of_the_tax("},
    {17, "tests/unit/test_cli.c", "static void test_export_of_the_tax_alone("},
};

static char text[TEXT_MAX];

/* The whole file, as text; a file of this project is never as large as the room for it. */
static const char *read_text(const char *path) {
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        fail_msg("%s cannot be opened; run from the project's root", path);
    size_t size = fread(text, 1, sizeof text - 1, in);
    (void)fclose(in);
    assert_true(size < sizeof text - 1);
    text[size] = '\0';
    return text;
}

static const char *next_line(const char *line) {
    const char *end = strchr(line, '\n');
    return end == NULL ? NULL : end + 1;
}

/* The number of "R18" at the beginning of `word`; 0 when it is none. */
static int rule_of(const char *word) {
    int number = 0;
    if (*word++ != 'R' || !isdigit((unsigned char)*word))
        return 0;
    for (; isdigit((unsigned char)*word) && number <= RULE_MAX; word++)
        number = number * 10 + (*word - '0');
    return number <= RULE_MAX && !isalnum((unsigned char)*word) ? number : 0;
}

/* The rules of a document: the rows of its table, "| R18 who takes part | ...". */
static void add_documented(const char *path, bool rules[RULE_MAX + 1]) {
    int found = 0;
    for (const char *line = read_text(path); line != NULL; line = next_line(line)) {
        int rule = strncmp(line, "| ", 2) == 0 ? rule_of(line + 2) : 0;
        if (rule > 0) {
            rules[rule] = true;
            found++;
        }
    }
    if (found == 0)
        fail_msg("%s has no row that begins with a rule", path);
}

static void find_documented(bool rules[RULE_MAX + 1]) {
    memset(rules, 0, (RULE_MAX + 1) * sizeof rules[0]);
    add_documented("docs/rules.md", rules);
    add_documented("docs/rules-programme.md", rules);
}

/* The rules on the case's line "rule: R19, R22". */
static void add_named(const char *path, bool rules[RULE_MAX + 1]) {
    static const char header[] = "rule:";
    const char *line = read_text(path);
    while (line != NULL && strncmp(line, header, strlen(header)) != 0)
        line = next_line(line);
    if (line == NULL)
        fail_msg("%s names no rule", path);
    const char *word = line + strlen(header);
    while (true) {
        word += strspn(word, " ,\t\r");
        if (*word == '\n' || *word == '\0')
            return;
        size_t size = strcspn(word, " ,\t\r\n");
        int rule = rule_of(word);
        bool is_input = size == strlen(INPUT_CASES) && strncmp(word, INPUT_CASES, size) == 0;
        if (rule == 0 && !is_input)
            fail_msg("%s names '%.*s', which is no rule", path, (int)size, word);
        rules[rule] = true;
        word += size;
    }
}

/* Each case's file begins with a rule that it names, so that a rule's cases lie together. */
static void check_file_name(const char *path, const bool named[RULE_MAX + 1]) {
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    int rule = rule_of(name);
    bool is_input = strncmp(name, INPUT_CASES "-", strlen(INPUT_CASES "-")) == 0;
    if (!is_input && (rule == 0 || !named[rule]))
        fail_msg("%s: the file is not named after a rule on its line rule:", path);
}

static void test_cases_name_documented_rules(void **state) {
    (void)state;
    bool documented[RULE_MAX + 1], shown[RULE_MAX + 1] = {false};
    glob_t found;
    find_documented(documented);
    assert_int_equal(glob(CASES, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        bool named[RULE_MAX + 1] = {false};
        add_named(found.gl_pathv[i], named);
        check_file_name(found.gl_pathv[i], named);
        for (int rule = 1; rule <= RULE_MAX; rule++) {
            if (named[rule] && !documented[rule])
                fail_msg("%s names R%d, which no document has", found.gl_pathv[i], rule);
            shown[rule] |= named[rule];
        }
    }
    globfree(&found);
    for (size_t i = 0; i < sizeof shown_by_tests / sizeof shown_by_tests[0]; i++)
        shown[shown_by_tests[i].rule] = true;
    for (int rule = 1; rule <= RULE_MAX; rule++)
        if (documented[rule] && !shown[rule])
            fail_msg("R%d is documented and has no case in fixtures/cases", rule);
}

static void test_every_rule_is_documented(void **state) {
    (void)state;
    bool documented[RULE_MAX + 1];
    find_documented(documented);
    for (int rule = 1; rule <= LAST_RULE; rule++)
        if (!documented[rule])
            fail_msg("R%d is documented nowhere", rule);
}

/* The engine's tables of lines and findings cite rules as "R11" and name findings "R11-...". */
static bool is_cited(const char *source, int rule) {
    char cited[16], code[16];
    (void)snprintf(cited, sizeof cited, "\"R%d\"", rule);
    (void)snprintf(code, sizeof code, "\"R%d-", rule);
    return strstr(source, cited) != NULL || strstr(source, code) != NULL;
}

static void test_what_the_engine_cites_is_documented(void **state) {
    (void)state;
    bool documented[RULE_MAX + 1], cited[RULE_MAX + 1] = {false};
    glob_t found;
    find_documented(documented);
    assert_int_equal(glob("engine/*.c", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *source = read_text(found.gl_pathv[i]);
        for (int rule = 1; rule <= RULE_MAX; rule++) {
            cited[rule] |= is_cited(source, rule);
            if (is_cited(source, rule) && !documented[rule])
                fail_msg("%s cites R%d, which no document has", found.gl_pathv[i], rule);
        }
    }
    globfree(&found);
    assert_true(cited[4] && cited[11] && cited[12]); /* that this is how rules are cited */
}

static void test_rules_shown_by_tests_are(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof shown_by_tests / sizeof shown_by_tests[0]; i++)
        if (strstr(read_text(shown_by_tests[i].file), shown_by_tests[i].test) == NULL)
            fail_msg("R%d is to be shown by %s in %s, which is gone", shown_by_tests[i].rule,
                     shown_by_tests[i].test, shown_by_tests[i].file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases_name_documented_rules),
        cmocka_unit_test(test_every_rule_is_documented),
        cmocka_unit_test(test_what_the_engine_cites_is_documented),
        cmocka_unit_test(test_rules_shown_by_tests_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
