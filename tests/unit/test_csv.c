/* SPDX-License-Identifier: MIT */
/* test_csv.c - rows, fields, quoting, line numbers and limits of the CSV reader itself. */
#define _POSIX_C_SOURCE 200809L
#include "formats/csv.h"

#include "tests/unit/input_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

/* Everything the reader gives, as one line an event: "1: a|b|" for a row, "2 #1 code" for a
 * problem. */
static void record_source(struct st_byte_source *source) {
    static struct st_csv csv;
    struct st_error error;
    assert_int_equal(st_csv_begin(&csv, source, &error), ST_OK);
    for (enum st_csv_event event; (event = st_csv_next(&csv, &error)) != ST_CSV_END;) {
        assert_int_not_equal(event, ST_CSV_FAILED);
        if (event == ST_CSV_PROBLEM) {
            write_down("%lld #%d %s\n", (long long)csv.line, csv.problem.field, csv.problem.code);
            record.problem_count++;
            continue;
        }
        write_down("%lld: ", (long long)csv.line);
        record.fact_count++;
        for (size_t i = 0; i < csv.field_count; i++) {
            assert_int_equal(csv.fields[i].text[csv.fields[i].size], '\0');
            assert_int_equal(strlen(csv.fields[i].text), csv.fields[i].size);
            write_down("%s%s|", csv.fields[i].text,
                       csv.fields[i].bad_byte == ST_CSV_UTF8 ? "" : "(bad)");
        }
        write_down("\n");
    }
    st_csv_end(&csv);
}

static void record_bytes(const char *bytes, size_t size) {
    struct st_byte_source source = st_bytes_of_memory(bytes, size);
    record_source(&source);
}

static void expect(const char *bytes, const char *expected) {
    forget_record();
    record_bytes(bytes, strlen(bytes));
    assert_string_equal(record.text, expected);
}

static void test_dialects(void **state) {
    (void)state;
    expect("a,b\n1,2\n", "1: a|b|\n2: 1|2|\n");
    expect("a;b\n1,5;2\n", "1: a|b|\n2: 1,5|2|\n");
    expect("a,b\r\n1,2\r\n", "1: a|b|\n2: 1|2|\n");
    expect("a,b\n1,2", "1: a|b|\n2: 1|2|\n");
    expect("a,b\n1,2\r", "1: a|b|\n2: 1|2|\n");
    expect("\xEF\xBB\xBF"
           "a;b\n1;2\n",
           "1: a|b|\n2: 1|2|\n");
    expect("a,b\n1,\n,2\n,\n", "1: a|b|\n2: 1||\n3: |2|\n4: ||\n");
    expect("a,b\n1,", "1: a|b|\n2: 1||\n");
    expect("", "");
    expect("\n", "");
    expect("\xEF\xBB\xBF", "");
    expect("\n\r\n  \t\na;b\n\n1;2\n\n", "4: a|b|\n6: 1|2|\n");
    expect("alone\n1\n", "1: alone|\n2: 1|\n");
}

static void test_quotes(void **state) {
    (void)state;
    expect("a,b\n\"1\",\"2\"\n", "1: a|b|\n2: 1|2|\n");
    expect("a,b\n\"1,2\",\"\"\n", "1: a|b|\n2: 1,2||\n");
    expect("a,b\n\"\"\"1\"\"\",\"x\"\"\"\"y\"\n", "1: a|b|\n2: \"1\"|x\"\"y|\n");
    expect("a,b\n\"1\r\n2\",3\n4,5\n", "1: a|b|\n2: 1\r\n2|3|\n4: 4|5|\n");
    expect("a,b\n1,\"2\"", "1: a|b|\n2: 1|2|\n");
    expect("a,b\n1,\"2\"\r\n", "1: a|b|\n2: 1|2|\n");
    expect("\"a;b\";c;d\n", "1: a;b|c|d|\n");
    expect("a,b\n\"\"\n", "1: a|b|\n2: |\n"); /* one quoted, empty field is no blank line */
}

static void test_broken_lines_cost_one_line(void **state) {
    (void)state;
    expect("a,b\n\"1\"x,2\n3,4\n", "1: a|b|\n2 #0 csv.quote_text\n3: 3|4|\n");
    expect("a,b\n1,x\"2\"\n3,4\n", "1: a|b|\n2 #1 csv.quote_inside\n3: 3|4|\n");
    expect("a,b\n1,\"2\n3,4\n5,6\n", "1: a|b|\n2 #1 csv.quote_open\n3: 3|4|\n4: 5|6|\n");
    expect("a,b\n1,2\r3,4\n5,6\n", "1: a|b|\n2 #1 csv.line_end\n3: 5|6|\n");
    expect("a,b\n\"1\n2\",\"3\n4,5\n", "1: a|b|\n3 #1 csv.quote_open\n4: 4|5|\n");
    expect("a,b\n\"1\n2\"x\n4,5\n",
           "1: a|b|\n2 #0 csv.quote_text\n3 #0 csv.quote_inside\n4: 4|5|\n");
    forget_record();
    static const char with_nul[] = "a,b\n1,2\0003\n\"4\0\",5\n6,7\n";
    record_bytes(with_nul, sizeof with_nul - 1);
    assert_string_equal(record.text, "1: a|b|\n2 #1 csv.nul\n3 #0 csv.nul\n4: 6|7|\n");
    forget_record();
    record_bytes("\xFE\xFF\0a\0,\0b", 8);
    assert_string_equal(record.text, "1 #-1 csv.utf16\n");
}

static void test_utf8_is_checked_field_by_field(void **state) {
    (void)state;
    expect("a,b\nK\xC3\xA5re,\xD0\x9E\n", "1: a|b|\n2: K\xC3\xA5re|\xD0\x9E|\n");
    expect("a,b\nK\xE5re,x\n", "1: a|b|\n2: K\xE5re(bad)|x|\n");
    static const char *const bad[] = {"\xC3",             /* cut off */
                                      "\x80",             /* no beginning */
                                      "\xC0\xAF",         /* too long a form */
                                      "\xE0\x80\xAF",     /* likewise */
                                      "\xED\xA0\x80",     /* half of a surrogate pair */
                                      "\xF4\x90\x80\x80", /* past U+10FFFF */
                                      "\xFF"};
    for (size_t i = 0; i < ST_COUNT_OF(bad); i++) {
        char bytes[32];
        snprintf(bytes, sizeof bytes, "a\n\"x%s\"\n", bad[i]);
        forget_record();
        record_bytes(bytes, strlen(bytes));
        assert_non_null(strstr(record.text, "(bad)"));
    }
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void expect_field(size_t field_size, bool is_quoted, const char *code) {
    static char bytes[3 * ST_CSV_FIELD_MAX];
    size_t shown = field_size - (is_quoted ? 2 : 0);
    forget_record();
    char *at = strcpy(bytes, "a,b\n") + 4;
    at = is_quoted ? strcpy(at, "\"") + 1 : at;
    memset(at, 'x', shown);
    strcpy(at + shown, is_quoted ? "\",2\n3,4\n" : ",2\n3,4\n");
    record_bytes(bytes, strlen(bytes));
    if (code == NULL) {
        assert_int_equal(record.problem_count, 0);
        assert_int_equal(record.fact_count, 3);
    } else {
        assert_non_null(strstr(record.text, code));
        assert_int_equal(record.problem_count, 1);
        assert_int_equal(record.fact_count, 2);
    }
}

static void test_field_limit(void **state) {
    (void)state;
    for (int quoted = 0; quoted <= 1; quoted++) {
        expect_field(ST_CSV_FIELD_MAX, quoted == 1, NULL);
        expect_field(ST_CSV_FIELD_MAX + 1, quoted == 1, "2 #0 csv.field_size");
    }
}

/* A row of fields of 1000 bytes, and the end of the last field so that the row has `row_size`
 * bytes. */
static size_t make_row(char *out, size_t row_size) {
    for (size_t i = 0; i < row_size; i++)
        out[i] = i % 1100 == 1099 && i + 1 < row_size ? ',' : 'x';
    out[row_size] = '\n';
    return row_size + 1;
}

static void test_row_limit_does_not_depend_on_blocks(void **state) {
    (void)state;
    enum { SIZE = 6 * ST_CSV_ROW_MAX };
    char *bytes = malloc(SIZE);
    assert_non_null(bytes);
    for (size_t lead = 0; lead < 3 * ST_CSV_READ_SIZE; lead += 16381) {
        for (size_t over = 0; over <= 1; over++) {
            size_t size = 0;
            bytes[size++] = 'h', bytes[size++] = ',', bytes[size++] = '\n';
            for (; size < lead; size += 64) {
                memset(bytes + size, 'y', 63);
                bytes[size + 63] = '\n';
            }
            size += make_row(bytes + size, ST_CSV_ROW_MAX + over);
            memcpy(bytes + size, "z,z\n", 4);
            forget_record();
            record.is_quiet = true;
            record_bytes(bytes, size + 4);
            assert_int_equal(record.problem_count, over);
        }
    }
    free(bytes);
}

static void test_column_limit(void **state) {
    (void)state;
    char bytes[2 * ST_CSV_COLUMN_MAX + 16];
    for (int over = 0; over <= 1; over++) {
        size_t commas = ST_CSV_COLUMN_MAX - 1 + (size_t)over;
        memset(bytes, ',', commas);
        strcpy(bytes + commas, "\nx,y\n");
        forget_record();
        record_bytes(bytes, strlen(bytes));
        assert_int_equal(record.problem_count, over);
        assert_int_equal(record.fact_count, 2 - over);
    }
}

static void test_endless_line_is_passed_over(void **state) {
    (void)state;
    enum { SIZE = 1 << 20 };
    char *bytes = malloc(SIZE);
    assert_non_null(bytes);
    memset(bytes, 'x', SIZE);
    memcpy(bytes, "a,b\n", 4);
    memcpy(bytes + SIZE - 5, "\n1,2\n", 5);
    forget_record();
    record_bytes(bytes, SIZE);
    assert_string_equal(record.text, "1: a|b|\n2 #0 csv.field_size\n3: 1|2|\n");
    bytes[4] = '"';
    forget_record();
    record_bytes(bytes, SIZE);
    assert_string_equal(record.text, "1: a|b|\n2 #0 csv.field_size\n3: 1|2|\n");
    free(bytes);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* The same rows must come out wherever the 64 KiB blocks meet: every shift of a text whose rows
 * have quotes, doubled quotes, line ends of both kinds and letters of several bytes. */
static void test_block_borders(void **state) {
    (void)state;
    static const char row[] = "1;\"a\"\"b\r\nc\";K\xC3\xA5re\r\n";
    enum { ROWS = 3200 };
    char *bytes = malloc(ROWS * sizeof row + 64);
    assert_non_null(bytes);
    for (size_t shift = 0; shift < 2 * sizeof row; shift++) {
        memcpy(bytes, "h;i;j\n", 6);
        memset(bytes + 6, ' ', shift);
        bytes[6 + shift] = '\n'; /* a blank line of `shift` bytes */
        size_t size = 7 + shift;
        for (int i = 0; i < ROWS; i++, size += sizeof row - 1)
            memcpy(bytes + size, row, sizeof row - 1);
        forget_record();
        record_bytes(bytes, size);
        assert_int_equal(record.fact_count, ROWS + 1);
        assert_int_equal(record.problem_count, 0);
        const char *expected = ": 1|a\"b\r\nc|K\xC3\xA5re|\n";
        const char *at = strchr(record.text, '\n') + 1;
        for (int i = 0; i < ROWS; i++, at += strlen(expected)) {
            assert_int_equal(strtol(at, NULL, 10), 3 + 2 * i);
            at = strchr(at, ':');
            assert_int_equal(strncmp(at, expected, strlen(expected)), 0);
        }
    }
    free(bytes);
}

/* A file gives the same as memory, and a pipe that gives a few bytes at a time the same as a
 * file. */
static void test_file_and_pipe(void **state) {
    (void)state;
    static const char bytes[] = "a,b\n1,\"x\ny\"\n2,z\n";
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t writer = fork();
    assert_true(writer >= 0);
    if (writer == 0) {
        for (size_t i = 0; i + 1 < sizeof bytes; i++)
            if (write(ends[1], bytes + i, 1) != 1)
                _exit(1);
        _exit(0);
    }
    close(ends[1]);
    struct st_byte_source source = {.file = ends[0], .path = "pipe"};
    forget_record();
    record_source(&source);
    st_bytes_close(&source);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    assert_string_equal(record.text, "1: a|b|\n2: 1|x\ny|\n4: 2|z|\n");
}

static void test_machine_refusals(void **state) {
    (void)state;
    struct st_byte_source source;
    struct st_error error;
    char byte;
    assert_int_equal(st_bytes_open("fixtures/no-such-file.csv", &source, &error), ST_IO);
    assert_string_equal(error.code, "input.open");
    assert_int_equal(st_bytes_open("fixtures", &source, &error), ST_OK);
    assert_int_equal(st_bytes_read(&source, &byte, 1, &error), -1);
    assert_int_equal(error.status, ST_IO);
    assert_string_equal(error.code, "input.read");
    st_bytes_close(&source);
}

/* ---- anything at all ------------------------------------------------------------------------- */

static void test_mutated_files_always_end(void **state) {
    (void)state;
    static const char good[] = "person_id;name;birth_date\r\n1;\"A \"\"B\"\"\nC\";2026-01-01\r\n"
                               "2;K\xC3\xA5re;01.02.2026\r\n\r\n3;;\r\n";
    uint64_t random = 20260501;
    char bytes[4 * sizeof good];
    for (int i = 0; i < 20000; i++) {
        memcpy(bytes, good, sizeof good - 1);
        size_t size = mutate(bytes, sizeof good - 1, &random);
        forget_record();
        char *exact = malloc(size); /* so that a byte read past the end is seen */
        assert_non_null(exact);
        memcpy(exact, bytes, size);
        record.is_quiet = true;
        record_bytes(exact, size);
        free(exact);
        assert_in_range(record.fact_count + record.problem_count, 0, size + 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialects),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_broken_lines_cost_one_line),
        cmocka_unit_test(test_utf8_is_checked_field_by_field),
        cmocka_unit_test(test_field_limit),
        cmocka_unit_test(test_row_limit_does_not_depend_on_blocks),
        cmocka_unit_test(test_column_limit),
        cmocka_unit_test(test_endless_line_is_passed_over),
        cmocka_unit_test(test_block_borders),
        cmocka_unit_test(test_file_and_pipe),
        cmocka_unit_test(test_machine_refusals),
        cmocka_unit_test(test_mutated_files_always_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
