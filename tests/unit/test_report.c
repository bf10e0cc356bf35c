/* SPDX-License-Identifier: MIT */
/* test_report.c - the same rows as text, CSV and JSON; amounts and fractions as text; what cannot
 * be written. */
#define _POSIX_C_SOURCE 200809L

#include "formats/amount_text.h"
#include "stonad/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct st_report_column columns[] = {
    {"person_id", "Person", ST_CELL_TEXT, 11, false}, {"name", "Navn", ST_CELL_TEXT, 8, false},
    {"digest", NULL, ST_CELL_TEXT, 8, true},          {"lines", NULL, ST_CELL_INTEGER, 0, false},
    {"net", "Netto", ST_CELL_AMOUNT, 10, false},      {"hours", NULL, ST_CELL_DECIMAL, 6, false},
    {"month", NULL, ST_CELL_MONTH, 7, false},         {"to", "Til", ST_CELL_DATE, 10, false},
};

static char *write_rows(enum st_report_format format, int row_count) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    struct st_report *report = st_report_begin(out, format, columns, ST_COUNT_OF(columns));
    assert_non_null(report);
    for (int row = 0; row < row_count; row++) {
        st_report_text(report, "01817012309");
        st_report_text(report, row == 0 ? "Åse" : "Kari, \"K\"\nBerg");
        st_report_text(report, "abc");
        st_report_integer(report, row == 0 ? 4 : INT64_MIN);
        st_report_amount(report, (st_amount){row == 0 ? 2275817 : -5});
        if (row == 0)
            st_report_decimal(report, (st_fraction){22758, 30}, 4);
        else
            st_report_null(report);
        st_report_month(report, st_month_make(2026, 5));
        st_report_date(report, row == 0 ? st_date_make(2026, 5, 31) : ST_DATE_OPEN);
    }
    struct st_error error;
    assert_int_equal(st_report_end(report, &error), ST_OK);
    fclose(out);
    return text;
}

static void assert_written(enum st_report_format format, int row_count, const char *expected) {
    char *text = write_rows(format, row_count);
    assert_string_equal(text, expected);
    free(text);
}

static void as_text(void **state) {
    (void)state;
    assert_written(
        ST_FORMAT_TEXT, 2,
        "Person       Navn      lines       Netto   hours  month    Til\n"
        "-----------  --------  -----  ----------  ------  -------  ----------\n"
        "01817012309  Åse           4   22 758,17   758,6  2026-05  2026-05-31\n"
        "01817012309  Kari, \"K\" Berg  -9223372036854775808       -0,05          2026-05\n");
    assert_written(ST_FORMAT_TEXT, 0,
                   "Person       Navn      lines       Netto   hours  month    Til\n"
                   "-----------  --------  -----  ----------  ------  -------  ----------\n");
}

static void as_csv(void **state) {
    (void)state;
    assert_written(
        ST_FORMAT_CSV, 2,
        "person_id,name,digest,lines,net,hours,month,to\n"
        "01817012309,Åse,abc,4,22758.17,758.6,2026-05,2026-05-31\n"
        "01817012309,\"Kari, \"\"K\"\"\nBerg\",abc,-9223372036854775808,-0.05,,2026-05,\n");
    assert_written(ST_FORMAT_CSV, 0, "person_id,name,digest,lines,net,hours,month,to\n");
}

static void as_json(void **state) {
    (void)state;
    assert_written(
        ST_FORMAT_JSON, 2,
        "[\n{\"person_id\": \"01817012309\", \"name\": \"Åse\", \"digest\": \"abc\", \"lines\": 4, "
        "\"net\": 22758.17, \"hours\": 758.6, \"month\": \"2026-05\", \"to\": \"2026-05-31\"},\n"
        "{\"person_id\": \"01817012309\", \"name\": \"Kari, \\\"K\\\"\\nBerg\", \"digest\": "
        "\"abc\", "
        "\"lines\": -9223372036854775808, \"net\": -0.05, \"hours\": null, \"month\": \"2026-05\", "
        "\"to\": null}\n]\n");
    assert_written(ST_FORMAT_JSON, 0, "[]\n");
}

static void assert_cell(enum st_report_format format, const char *text, const char *expected) {
    static const struct st_report_column column = {"x", NULL, ST_CELL_TEXT, 1, false};
    char *written;
    size_t size;
    FILE *out = open_memstream(&written, &size);
    assert_non_null(out);
    struct st_report *report = st_report_begin(out, format, &column, 1);
    assert_non_null(report);
    st_report_text(report, text);
    struct st_error error;
    assert_int_equal(st_report_end(report, &error), ST_OK);
    fclose(out);
    assert_string_equal(written, expected);
    free(written);
}

static void formulas_are_text_in_csv(void **state) {
    (void)state;
    assert_cell(ST_FORMAT_CSV, "=1+1", "x\n'=1+1\n");
    assert_cell(ST_FORMAT_CSV, "+47", "x\n'+47\n");
    assert_cell(ST_FORMAT_CSV, "-1", "x\n'-1\n");
    assert_cell(ST_FORMAT_CSV, "@a", "x\n'@a\n");
    assert_cell(ST_FORMAT_CSV, "\ta", "x\n'\ta\n");
    assert_cell(ST_FORMAT_CSV, "\ra", "x\n\"'\ra\"\n");
    assert_cell(ST_FORMAT_CSV, "=\"a\",1", "x\n\"'=\"\"a\"\",1\"\n");
    assert_cell(ST_FORMAT_CSV, "a=1", "x\na=1\n");
    assert_cell(ST_FORMAT_CSV, "", "x\n\n");
    assert_cell(ST_FORMAT_JSON, "=1+1", "[\n{\"x\": \"=1+1\"}\n]\n");
}

static void strange_bytes(void **state) {
    (void)state;
    assert_cell(ST_FORMAT_JSON, "a\x01\x1b\\\"\t\r\x7f",
                "[\n{\"x\": \"a\\u0001\\u001b\\\\\\\"\\t\\r\\u007f\"}\n]\n");
    assert_cell(ST_FORMAT_JSON,
                "a\xff"
                "b\xc3",
                "[\n{\"x\": \"a\\ufffdb\\ufffd\"}\n]\n");
    /* A terminal is not to be spoken to by a name. */
    assert_cell(ST_FORMAT_TEXT,
                "a\x1b[31m\x07"
                "b\xc2\x9b"
                "c\xc2\xa7\xc2",
                "x\n-\na [31m b c\xc2\xa7\xc2\n");
}

static void widths_count_what_is_seen(void **state) {
    (void)state;
    assert_int_equal(st_text_columns("Åse Ærlig"), 9);
    assert_int_equal(st_text_columns("A\u030Ase"), 3); /* a combining ring */
    assert_int_equal(st_text_columns("\xff"), 1);
    assert_int_equal(st_text_columns(""), 0);
}

static void full_disk_is_told(void **state) {
    (void)state;
    for (int row_count = 1; row_count < 4000; row_count += 3998) { /* at the end, and on the way */
        FILE *out = fopen("/dev/full", "w");
        if (out == NULL)
            skip();
        struct st_report *report = st_report_begin(out, ST_FORMAT_CSV, columns + 1, 1);
        assert_non_null(report);
        for (int row = 0; row < row_count; row++)
            st_report_text(report, "a name of some length");
        struct st_error error;
        assert_int_equal(st_report_end(report, &error), ST_IO);
        assert_string_equal(error.code, "output.write");
        assert_non_null(strstr(error.text, "No space left on device"));
        fclose(out);
    }
}

/* ---- amounts and fractions ----------------------------------------------------------------- */

static void amounts_as_text(void **state) {
    (void)state;
    static const struct {
        int64_t ore;
        const char *people, *machines;
    } examples[] = {
        {0, "0,00", "0.00"},
        {5, "0,05", "0.05"},
        {-5, "-0,05", "-0.05"},
        {10, "0,10", "0.10"},
        {100, "1,00", "1.00"},
        {99999, "999,99", "999.99"},
        {100000, "1 000,00", "1000.00"},
        {2275817, "22 758,17", "22758.17"},
        {-227581700, "-2 275 817,00", "-2275817.00"},
        {INT64_MAX, "92 233 720 368 547 758,07", "92233720368547758.07"},
        {INT64_MIN, "-92 233 720 368 547 758,08", "-92233720368547758.08"},
    };
    char text[ST_AMOUNT_TEXT_SIZE];
    for (size_t i = 0; i < ST_COUNT_OF(examples); i++) {
        st_amount_for_people((st_amount){examples[i].ore}, text);
        assert_string_equal(text, examples[i].people);
        st_amount amount;
        if (examples[i].ore >= 0) {
            assert_true(st_amount_from_person(text, &amount));
            assert_int_equal(amount.ore, examples[i].ore);
        }
        st_amount_for_machines((st_amount){examples[i].ore}, text);
        assert_string_equal(text, examples[i].machines);
        if (examples[i].ore >= 0) {
            assert_true(st_amount_from_person(text, &amount));
            assert_int_equal(amount.ore, examples[i].ore);
        }
    }
}

static void what_a_person_may_type(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t ore;
    } taken[] = {
        {"22758", 2275800},
        {"22758.1", 2275810},
        {"22758,17", 2275817},
        {"22 758,17", 2275817},
        {"1 022 758", 102275800},
        {"0", 0},
        {"0,05", 5},
        {"22\xc2\xa0"
         "758",
         2275800},
        {"22\xe2\x80\xaf"
         "758,00",
         2275800},
        {"92233720368547758,07", INT64_MAX},
    };
    for (size_t i = 0; i < ST_COUNT_OF(taken); i++) {
        st_amount amount;
        assert_true(st_amount_from_person(taken[i].text, &amount));
        assert_int_equal(amount.ore, taken[i].ore);
    }
    static const char *const refused[] = {
        "",
        " ",
        "-1",
        "+1",
        "1,234",
        "1.",
        ",5",
        "1,2,3",
        "1 00",
        "1  000",
        "1 0000",
        "2 2758",
        "1000 000",
        "1 000 ",
        " 1",
        "1e3",
        "12a",
        "kr 12",
        "92233720368547758,08",
        "1,-",
        "NaN",
        "99999999999999999999",
        "1.000,00",
    };
    for (size_t i = 0; i < ST_COUNT_OF(refused); i++) {
        st_amount amount = {77};
        if (st_amount_from_person(refused[i], &amount))
            fail_msg("\"%s\" was taken", refused[i]);
        assert_int_equal(amount.ore, 77);
    }
}

static void fractions_as_text(void **state) {
    (void)state;
    static const struct {
        st_fraction number;
        int digits;
        const char *expected;
    } examples[] = {
        {{0, 1}, 4, "0"},
        {{1, 3}, 4, "0.3333"},
        {{2, 3}, 4, "0.6667"},
        {{-2, 3}, 2, "-0.67"},
        {{-1, 1000}, 2, "0"}, /* no "-0" */
        {{15, 2}, 2, "7.5"},
        {{5, 1000}, 2, "0.01"},
        {{-5, 1000}, 2, "-0.01"},
        {{9999, 1000}, 2, "10"},
        {{99995, 10000}, 3, "10"},
        {{1, 2}, 0, "1"},
        {{30, 1}, 2, "30"},
        {{45516333, 200}, 4, "227581.665"},
        {{INT64_MAX, 1}, 2, "9223372036854775807"},
        {{INT64_MIN, 1}, 2, "-9223372036854775808"},
        {{INT64_MAX - 1, INT64_MAX}, 12, "1"},
        {{1, INT64_MAX}, 12, "0"},
        {{INT64_MAX / 3, INT64_MAX}, 12, "0.333333333333"},
    };
    char text[ST_DECIMAL_TEXT_SIZE];
    for (size_t i = 0; i < ST_COUNT_OF(examples); i++) {
        st_decimal_text(examples[i].number, examples[i].digits, false, text);
        assert_string_equal(text, examples[i].expected);
    }
    st_decimal_text((st_fraction){45516333, 200}, 4, true, text);
    assert_string_equal(text, "227 581,665");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_text),
        cmocka_unit_test(as_csv),
        cmocka_unit_test(as_json),
        cmocka_unit_test(formulas_are_text_in_csv),
        cmocka_unit_test(strange_bytes),
        cmocka_unit_test(widths_count_what_is_seen),
        cmocka_unit_test(full_disk_is_told),
        cmocka_unit_test(amounts_as_text),
        cmocka_unit_test(what_a_person_may_type),
        cmocka_unit_test(fractions_as_text),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
