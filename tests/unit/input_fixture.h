/* SPDX-License-Identifier: MIT */
/* input_fixture.h - a sink for the readers' tests that writes down, line by line, what it was
 * given:
 *
 *     3 person_id=06818510053 year=2026      a fact; null columns left out, " withdrawn" last
 *     4: column: what is wrong [code]        a problem; "4: what is wrong [code]" without one
 *     5 note code                            what was left out
 *
 * Include it first, with _POSIX_C_SOURCE 200809L.
 */
#ifndef STONAD_TESTS_INPUT_FIXTURE_H
#define STONAD_TESTS_INPUT_FIXTURE_H

#include "stonad/input.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RECORD_SIZE = 1 << 18 };

struct record {
    char text[RECORD_SIZE];
    size_t used;
    int fact_count, problem_count, note_count;
    int stop_after;     /* calls until the sink says stop; 0: never */
    const char *prefix; /* before each problem: "participants.csv:" */
    bool is_quiet;      /* count only */
};

static struct record record; /* of the test that runs */

__attribute__((format(printf, 1, 2))) static void write_down(const char *format, ...) {
    va_list arguments;
    if (record.is_quiet)
        return;
    va_start(arguments, format);
    int length =
        vsnprintf(record.text + record.used, sizeof record.text - record.used, format, arguments);
    va_end(arguments);
    record.used += (size_t)length;
    assert_true(record.used < sizeof record.text);
}

static enum st_status stop_or_go(void) {
    int calls = record.fact_count + record.problem_count + record.note_count;
    return record.stop_after > 0 && calls >= record.stop_after ? ST_REFUSED : ST_OK;
}

static void write_value(const struct st_fact_column *column, const struct st_value *value) {
    char date[ST_DATE_TEXT_SIZE];
    switch (column->type) {
    case ST_COLUMN_DATE:
        st_date_format((st_date)value->number, date);
        write_down(" %s=%s", column->name, date);
        break;
    case ST_COLUMN_CHOICE:
        write_down(" %s=%s", column->name, column->choices[value->number]);
        break;
    case ST_COLUMN_AMOUNT:
    case ST_COLUMN_HUNDREDTHS:
    case ST_COLUMN_INTEGER:
        write_down(" %s=%lld", column->name, (long long)value->number);
        break;
    case ST_COLUMN_PERSON:
    case ST_COLUMN_TEXT:
    case ST_COLUMN_ACCOUNT:
    case ST_COLUMN_TABLE:
        assert_int_equal(strlen(value->text), value->size);
        write_down(" %s=%s", column->name, value->text);
        break;
    }
}

static enum st_status on_fact(void *context, int64_t line, const struct st_fact *fact) {
    const struct st_fact_description *kind = st_fact_describe(fact->kind);
    (void)context;
    record.fact_count++;
    write_down("%lld", (long long)line);
    for (size_t i = 0; i < kind->column_count; i++)
        if (!fact->values[i].is_null)
            write_value(&kind->columns[i], &fact->values[i]);
    write_down("%s\n", fact->withdrawn ? " withdrawn" : "");
    return stop_or_go();
}

static enum st_status on_problem(void *context, int64_t line, const char *column, const char *code,
                                 const char *text) {
    (void)context;
    record.problem_count++;
    assert_true(strlen(code) < ST_ERROR_CODE_MAX);
    write_down("%s%lld: %s%s%s [%s]\n", record.prefix == NULL ? "" : record.prefix, (long long)line,
               column, column[0] == '\0' ? "" : ": ", text, code);
    return stop_or_go();
}

static enum st_status on_note(void *context, int64_t line, const char *code, const char *text) {
    (void)context;
    record.note_count++;
    assert_true(strlen(code) < ST_ERROR_CODE_MAX && text[0] != '\0');
    write_down("%lld note %s\n", (long long)line, code);
    return stop_or_go();
}

static enum st_status pass_fact(void *context, int64_t line, const struct st_fact *fact) {
    (void)context, (void)line, (void)fact;
    return ST_OK;
}
static enum st_status pass_note(void *context, int64_t line, const char *code, const char *text) {
    (void)context, (void)line, (void)code, (void)text;
    return ST_OK;
}

/* Not every test needs both. */
__attribute__((unused)) static const struct st_fact_sink recorder = {NULL, on_fact, on_problem,
                                                                     on_note};
__attribute__((unused)) static const struct st_fact_sink problem_recorder = {NULL, pass_fact,
                                                                             on_problem, pass_note};
__attribute__((unused)) static const char our_organisation[] = "310000000";

static inline struct st_input_terms terms_of(bool test) {
    return (struct st_input_terms){.test = test, .organisation_number = our_organisation};
}

static inline void forget_record(void) {
    record.text[0] = '\0';
    record.used = 0;
    record.fact_count = record.problem_count = record.note_count = 0;
    record.stop_after = 0;
    record.prefix = NULL;
    record.is_quiet = false;
}

/* ---- fixtures/bad ---------------------------------------------------------------------------- */

/* The whole of a small file, NUL-terminated; free it. */
static inline char *slurp(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(RECORD_SIZE);
    assert_non_null(bytes);
    *size = fread(bytes, 1, RECORD_SIZE - 1, file);
    assert_true(*size < RECORD_SIZE - 1);
    bytes[*size] = '\0';
    fclose(file);
    return bytes;
}

/* Reads one file of a case; its problems are recorded under its name. */
static inline void record_bad_file(const char *path, const char *name,
                                   const struct st_input_terms *terms) {
    struct st_error error;
    enum st_fact_kind kind;
    char prefix[300];
    const char *dot = strrchr(name, '.');
    snprintf(prefix, sizeof prefix, "%s:", name);
    record.prefix = prefix;
    if (dot != NULL && strcmp(dot, ".xml") == 0)
        assert_int_equal(st_read_taxcard_xml(path, terms, &problem_recorder, &error), ST_OK);
    else if (dot != NULL && strcmp(dot, ".csv") == 0 &&
             st_fact_kind_of_file(name, (size_t)(dot - name), &kind))
        assert_int_equal(st_read_fact_csv(path, kind, terms, &problem_recorder, &error), ST_OK);
    record.prefix = NULL;
}

/* A case is a directory named after the code it shows; expected.txt holds every problem the readers
 * find in its files, in the order of the files' names. The synthetic number of csv.person_synthetic
 * is wrong only where the ledger is no test ledger. */
static inline void check_bad_case(const char *name) {
    char path[600];
    size_t size;
    struct dirent **files;
    struct st_input_terms terms = terms_of(strstr(name, "synthetic") == NULL);
    snprintf(path, sizeof path, "fixtures/bad/%s", name);
    int count = scandir(path, &files, NULL, alphasort);
    assert_true(count > 0);
    forget_record();
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "fixtures/bad/%s/%s", name, files[i]->d_name);
        record_bad_file(path, files[i]->d_name, &terms);
        free(files[i]);
    }
    free(files);
    snprintf(path, sizeof path, "fixtures/bad/%s/expected.txt", name);
    char *expected = slurp(path, &size);
    assert_true(record.problem_count > 0);
    assert_string_equal(record.text, expected);
    free(expected);
}

static inline int check_bad_cases(const char *prefix) {
    struct dirent **cases;
    int checked = 0, count = scandir("fixtures/bad", &cases, NULL, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        if (strncmp(cases[i]->d_name, prefix, strlen(prefix)) == 0) {
            check_bad_case(cases[i]->d_name);
            checked++;
        }
        free(cases[i]);
    }
    free(cases);
    return checked;
}

/* Every code that begins with `prefix` in a source file has its case, and the case shows it. */
static inline int check_codes_have_cases(const char *source, const char *prefix) {
    char start[40], path[200], marked[80];
    size_t size;
    int codes = 0;
    char *text = slurp(source, &size);
    snprintf(start, sizeof start, "\"%s", prefix);
    for (char *at = text; (at = strstr(at, start)) != NULL; at++, codes++) {
        int length = (int)strcspn(at + 1, "\"");
        snprintf(path, sizeof path, "fixtures/bad/%.*s/expected.txt", length, at + 1);
        snprintf(marked, sizeof marked, "[%.*s]\n", length, at + 1);
        char *expected = slurp(path, &size);
        assert_non_null(strstr(expected, marked));
        free(expected);
    }
    free(text);
    return codes;
}

/* ---- broken at random ------------------------------------------------------------------------ */

/* Our own generator: the same seed gives the same inputs everywhere. */
static inline uint32_t next_random(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* Changes, removes, doubles or cuts off a few bytes of text[0 .. size); the room is twice as
 * large. */
static inline size_t mutate(char *text, size_t size, uint64_t *random) {
    static const char poison[] = "\",;\n\r\0<>&\xFF\xC3 -.0'=!";
    for (uint32_t rounds = 1 + next_random(random) % 4; rounds > 0 && size > 1; rounds--) {
        size_t at = next_random(random) % size;
        size_t span = 1 + next_random(random) % 16;
        if (span > size - at)
            span = size - at;
        switch (next_random(random) % 5) {
        case 0:
            text[at] = (char)(next_random(random) & 0xFF);
            break;
        case 1:
            text[at] = poison[next_random(random) % (sizeof poison - 1)];
            break;
        case 2:
            memmove(text + at, text + at + span, size - at - span);
            size -= span;
            break;
        case 3:
            memmove(text + at + span, text + at, size - at);
            size += span;
            break;
        default:
            size = next_random(random) % 8 == 0 ? at + 1 : size;
            break;
        }
    }
    return size;
}

#endif
