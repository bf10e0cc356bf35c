/* SPDX-License-Identifier: MIT */
/* test_taxcard_xml.c - the tax authority's three versions into facts, and what is refused. */
#define _POSIX_C_SOURCE 200809L
#include "tests/unit/input_fixture.h"

#include "formats/xml_input.h"

#include <unistd.h>

#define ONE "06818510053"
#define TWO "17859021085"
#define THREE "29829630077"
#define FOUR "24920160170"
#define FIVE "03897945087"
#define SIX "11910470037"
#define V3 "urn:no:skatteetaten:fastsetting:formueinntekt:forskudd:skattekorttilarbeidsgiver:v3"

static enum st_status read_bytes(bool test, const char *bytes, size_t size) {
    struct st_error error = {0};
    struct st_input_terms terms = terms_of(test);
    return st_read_taxcard_xml_memory(bytes, size, &terms, &recorder, &error);
}

static void read_file(const char *path, const char *organisation_number) {
    struct st_error error = {0};
    struct st_input_terms terms = {.test = true, .organisation_number = organisation_number};
    forget_record();
    assert_int_equal(st_read_taxcard_xml(path, &terms, &recorder, &error), ST_OK);
}

static void expect_file(const char *name, const char *expected) {
    char path[200];
    snprintf(path, sizeof path, "fixtures/taxcards/%s", name);
    read_file(path, our_organisation);
    assert_string_equal(record.text, expected);
}

/* ---- what is read ---------------------------------------------------------------------------- */

/* The reader sets columns by place and choices by enum; both are the description's. */
static void test_columns_are_where_the_reader_puts_them(void **state) {
    (void)state;
    static const char *const names[] = {"person_id",      "year",   "result", "has_entry",
                                        "foreign_scheme", "kind",   "table",  "percent",
                                        "exempt_amount",  "months", "issued"};
    const struct st_fact_description *kind = st_fact_describe(ST_FACT_AUTHORITY_CARD);
    assert_int_equal(kind->column_count, ST_COUNT_OF(names));
    for (size_t i = 0; i < ST_COUNT_OF(names); i++)
        assert_string_equal(kind->columns[i].name, names[i]);
    assert_string_equal(kind->columns[2].choices[ST_RESULT_NEW_NUMBER], "new_number");
    assert_string_equal(kind->columns[3].choices[1], "yes");
    assert_string_equal(kind->columns[5].choices[ST_CARD_EXEMPT], "exempt");
}

static void test_kinds_of_cards(void **state) {
    (void)state;
    expect_file("v3-kinds.xml",
                "7 person_id=" ONE
                " year=2026 result=ok has_entry=yes foreign_scheme=no kind=table "
                "table=8100 percent=3300 months=1050 issued=2025-12-15\n"
                "30 person_id=" TWO " year=2026 result=ok has_entry=yes foreign_scheme=no "
                "kind=percent percent=2250 months=1200 issued=2025-12-15\n"
                "44 person_id=" THREE " year=2026 result=ok has_entry=yes foreign_scheme=no "
                "kind=exempt exempt_amount=6500050 issued=2025-12-15\n"
                "57 person_id=" FOUR " year=2026 result=ok has_entry=yes foreign_scheme=no "
                "kind=exempt issued=2025-12-15\n"
                "69 person_id=" FIVE " year=2026 result=ok has_entry=yes foreign_scheme=no "
                "kind=table table=7100 percent=3300 months=1050 issued=2025-12-15\n"
                "85 person_id=" SIX " year=2026 result=ok has_entry=no foreign_scheme=no "
                "issued=2025-12-15\n");
}

static void test_results(void **state) {
    (void)state;
    expect_file("v3-results.xml",
                "7 person_id=" ONE " year=2026 result=no_card has_entry=no foreign_scheme=no\n"
                "12 person_id=" TWO " year=2026 result=check_work_permit has_entry=no "
                "foreign_scheme=no\n"
                "17 person_id=" THREE " year=2026 result=not_liable has_entry=no "
                "foreign_scheme=no\n"
                "22 person_id=" FOUR " year=2026 result=invalid_organisation has_entry=no "
                "foreign_scheme=no\n"
                "27 person_id=" FIVE " year=2026 result=invalid_person has_entry=no "
                "foreign_scheme=no\n"
                "32 person_id=" SIX " year=2026 result=new_number has_entry=yes foreign_scheme=no "
                "kind=table table=8200 percent=3300 months=1050 issued=2025-12-15\n");
}

static void test_older_versions(void **state) {
    (void)state;
    expect_file("v2-pension-table.xml",
                "7 person_id=" ONE
                " year=2024 result=ok has_entry=yes foreign_scheme=no kind=table "
                "table=7100P percent=3300 months=1100 issued=2023-12-15\n"
                "23 person_id=" ONE " year=2025 result=ok has_entry=yes foreign_scheme=no "
                "kind=table table=8100 percent=3300 months=1100 issued=2024-12-15\n"
                "39 person_id=" TWO " year=2024 result=ok has_entry=yes foreign_scheme=no "
                "kind=table table=7100 percent=3300 months=1050 issued=2023-12-15\n");
    expect_file("v1.4.xml",
                "7 person_id=" ONE " year=2021 result=ok has_entry=no foreign_scheme=no "
                "issued=2020-12-15\n"
                "23 note taxcard.no_year\n");
}

/* The authority's own sample lacks antallMaanederForTrekk, which its schema demands. */
static void test_read_tolerantly(void **state) {
    (void)state;
    expect_file("v3-no-months.xml",
                "7 person_id=" ONE
                " year=2026 result=ok has_entry=yes foreign_scheme=no kind=table "
                "table=8170 percent=4600 issued=2025-12-15\n"
                "22 person_id=" TWO " year=2026 result=ok has_entry=yes foreign_scheme=no "
                "kind=percent percent=2500 issued=2025-12-15\n");
    expect_file("v3-tolerant.xml",
                "6 person_id=" ONE " year=2026 result=ok has_entry=yes foreign_scheme=no "
                "kind=percent percent=750 issued=2025-12-15\n"
                "15 person_id=" TWO " year=2026 result=ok has_entry=yes foreign_scheme=no "
                "kind=table table=0100\n");
    expect_file("v3-foreign.xml",
                "7 person_id=" ONE " year=2026 result=ok has_entry=no foreign_scheme=yes "
                "issued=2025-12-15\n"
                "22 person_id=" TWO " year=2026 result=ok has_entry=no foreign_scheme=yes "
                "issued=2025-12-15\n"
                "36 person_id=" THREE " year=2026 result=ok has_entry=yes foreign_scheme=no "
                "kind=table table=8100 percent=3300 months=1050 issued=2025-12-15\n");
}

static void test_left_out(void **state) {
    (void)state;
    size_t size;
    expect_file("v3-left-out.xml",
                "7 note taxcard.person_invalid\n"
                "12 person_id=" ONE " year=2026 result=ok has_entry=yes foreign_scheme=no "
                "kind=table table=8100 percent=3300 months=1050 issued=2025-12-15\n");
    char *bytes = slurp("fixtures/taxcards/v3-left-out.xml", &size);
    forget_record();
    assert_int_equal(read_bytes(false, bytes, size), ST_OK);
    assert_string_equal(record.text, "7 note taxcard.person_invalid\n12 note taxcard.synthetic\n");
    free(bytes);
}

static void test_the_authoritys_samples(void **state) {
    (void)state;
    static const char path[] = "../shared/samples/skattekort/";
    char file[200];
    snprintf(file, sizeof file, "%sskattekortresponse-eksempel.xml", path);
    if (access(file, R_OK) != 0)
        return;
    read_file(file, "312485494");
    assert_int_equal(record.fact_count, 8);
    assert_int_equal(record.problem_count + record.note_count, 0);
    assert_non_null(strstr(record.text, "1 person_id=06859899852 year=2026 result=ok has_entry=no "
                                        "foreign_scheme=yes issued=2026-05-26\n"));
    snprintf(file, sizeof file, "%strekktabell.xml", path);
    read_file(file, "910962728");
    assert_int_equal(record.problem_count, 0);
    assert_non_null(strstr(record.text, "kind=table table=7100P percent=2200 months=1100"));
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void test_bad_cases(void **state) {
    (void)state;
    print_message("%d broken files of taxcard\n", check_bad_cases("taxcard."));
}

/* Every code of the reader has its broken file; the codes of notes are in the tests above. */
static void test_codes_have_cases(void **state) {
    (void)state;
    static const char notes[] = "taxcard.person_invalid taxcard.synthetic taxcard.no_year";
    size_t size;
    char *source = slurp("formats/taxcard_xml.c", &size);
    int codes = 0;
    for (char *at = source; (at = strstr(at, "\"taxcard.")) != NULL; at++) {
        char code[ST_ERROR_CODE_MAX + 8], path[200];
        snprintf(code, sizeof code, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
        snprintf(path, sizeof path, "fixtures/bad/%s/expected.txt", code);
        assert_true(strstr(notes, code) != NULL || access(path, R_OK) == 0);
        codes++;
    }
    assert_in_range(codes, 20, 100);
    free(source);
}

/* A document around `inside`, which stands in the only arbeidstaker. */
static const char *around(const char *prolog, const char *inside) {
    static char bytes[RECORD_SIZE];
    int length = snprintf(
        bytes, sizeof bytes,
        "%s<skattekortTilArbeidsgiver xmlns=\"" V3 "\"><arbeidsgiver><arbeidsgiveridentifikator>"
        "<organisasjonsnummer>310000000</organisasjonsnummer></arbeidsgiveridentifikator>"
        "<arbeidstaker>%s<arbeidstakeridentifikator>" ONE "</arbeidstakeridentifikator>"
        "<resultatPaaForespoersel>ikkeSkattekort</resultatPaaForespoersel><inntektsaar>2026"
        "</inntektsaar></arbeidstaker></arbeidsgiver></skattekortTilArbeidsgiver>",
        prolog, inside);
    assert_in_range(length, 1, sizeof bytes - 1);
    return bytes;
}

static void expect_code(const char *bytes, size_t size, const char *start, const char *code) {
    forget_record();
    assert_int_equal(read_bytes(true, bytes, size), ST_OK);
    assert_int_equal(record.fact_count, code == NULL ? 1 : 0);
    if (code == NULL)
        return;
    assert_int_equal(record.problem_count, 1);
    assert_int_equal(strncmp(record.text, start, strlen(start)), 0);
    assert_non_null(strstr(record.text, code));
}

static void test_no_doctype_in_any_dress(void **state) {
    (void)state;
    static const char *const doctypes[] = {
        "<!DOCTYPE a>", "<?xml version=\"1.0\"?><!DOCTYPE a SYSTEM \"file:///nowhere/x.dtd\">",
        "<!-- <x> --><?pi ?>\xEF\xBB\xBF", "\xEF\xBB\xBF<!DOCTYPE a [<!ENTITY b \"c\">]>",
        "<!doctype a>"};
    for (size_t i = 0; i < ST_COUNT_OF(doctypes); i++) {
        const char *bytes = around(doctypes[i], "");
        expect_code(bytes, strlen(bytes), "1: ", i == 2 ? "[taxcard.xml]" : "[taxcard.doctype]");
    }
    const char *bytes = around("\n\n<!-- \n -->\n<!DOCTYPE a>", "");
    expect_code(bytes, strlen(bytes), "5: ", "[taxcard.doctype]");
    bytes = around("<!-- <!DOCTYPE a> is only talked about --><?pi <!DOCTYPE a>?>\n", "");
    expect_code(bytes, strlen(bytes), "", NULL);
    bytes = around("", "&lt;<!DOCTYPE a>");
    expect_code(bytes, strlen(bytes), "1: ", "[taxcard.xml]");
}

static void test_no_entities(void **state) {
    (void)state;
    const char *bytes = around("", "<x>&secret;</x>");
    expect_code(bytes, strlen(bytes), "1: ", "[taxcard.xml]");
    bytes = around("", "<x>&amp;&#65;</x>");
    expect_code(bytes, strlen(bytes), "", NULL);
}

static void test_encodings(void **state) {
    (void)state;
    static const char wide[] = "\xFF\xFE<\0a\0/\0>\0";
    expect_code(wide, sizeof wide - 1, "1: ", "[taxcard.encoding]");
    expect_code(wide + 2, sizeof wide - 3, "1: ", "[taxcard.encoding]");
    const char *bytes = around("", "\n<x>K\xE5re</x>");
    expect_code(bytes, strlen(bytes), "2: ", "[taxcard.xml]");
    bytes = around("\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>", "<x>K\xC3\xA5re</x>");
    expect_code(bytes, strlen(bytes), "", NULL);
    bytes = around("", "<x>\x01</x>");
    expect_code(bytes, strlen(bytes), "1: ", "[taxcard.xml]");
}

static void test_depth_limit(void **state) {
    (void)state;
    char deep[7 * 100 + 1];
    for (int levels = 29; levels <= 90; levels++) {
        deep[0] = '\0';
        for (int i = 0; i < levels; i++)
            strcat(deep, "<x>");
        for (int i = 0; i < levels; i++)
            strcat(deep, "</x>");
        const char *bytes = around("", deep);
        /* the first <x> lies at depth 3 */
        if (levels + 2 <= ST_XML_DEPTH_MAX)
            expect_code(bytes, strlen(bytes), "", NULL);
        else
            expect_code(bytes, strlen(bytes), "1: ", "[taxcard.depth]");
    }
}

/* Memory does not follow the file: a text of any length is refused where it passes the limit. */
static void test_huge_text(void **state) {
    (void)state;
    enum { MOST = 12000000 };
    static const char *const open_tags[] = {"<x>", "<!--", "<x y=\"", "<"};
    char *bytes = malloc(MOST + 4000);
    assert_non_null(bytes);
    for (size_t i = 0; i < ST_COUNT_OF(open_tags); i++)
        for (size_t length = ST_XML_NODE_MAX / 2; length <= MOST; length *= 6) {
            size_t size = strlen(strcpy(bytes, around("\n", "")));
            char *at = strstr(bytes, "<arbeidstaker>") + strlen("<arbeidstaker>");
            *at = '\0';
            size = strlen(strcat(bytes, open_tags[i]));
            memset(bytes + size, 'x', length);
            forget_record();
            assert_int_equal(read_bytes(true, bytes, size + length), ST_OK);
            assert_int_equal(record.problem_count, 1);
            assert_int_equal(strncmp(record.text, "2: ", 3), 0);
            assert_non_null(
                strstr(record.text, length > ST_XML_NODE_MAX ? "[taxcard.size]" : "[taxcard.xml]"));
        }
    free(bytes);
}

static void test_long_prolog(void **state) {
    (void)state;
    static char prolog[ST_XML_HEAD_SIZE + 100];
    memset(prolog, ' ', sizeof prolog - 1);
    const char *bytes = around(prolog, "");
    expect_code(bytes, strlen(bytes), "1: ", "[taxcard.xml]");
    prolog[ST_XML_HEAD_SIZE - 100] = '\0';
    bytes = around(prolog, "");
    expect_code(bytes, strlen(bytes), "", NULL);
}

static void test_cut_off_anywhere(void **state) {
    (void)state;
    const char *bytes = around("<?xml version=\"1.0\"?>\n", "");
    size_t size = strlen(bytes);
    for (size_t cut = 0; cut < size; cut++) { /* a card that was whole may have been handed on */
        forget_record();
        assert_int_equal(read_bytes(true, bytes, cut), ST_OK);
        assert_int_equal(record.problem_count, 1);
        assert_non_null(strstr(record.text, "[taxcard.xml]"));
    }
    expect_code(bytes, size, "", NULL);
}

/* Past line 65 535 the parser's own line is told, at most one block of its input later. */
static void test_lines_past_65535(void **state) {
    (void)state;
    enum { LINES = 70000 };
    static const char broken[] = "<skattekort><forskuddstrekk/></skattekort>";
    static char lines[LINES + sizeof broken];
    memset(lines, '\n', LINES);
    memcpy(lines + LINES, broken, sizeof broken);
    const char *bytes = around("", lines);
    forget_record();
    assert_int_equal(read_bytes(true, bytes, strlen(bytes)), ST_OK);
    assert_int_equal(record.problem_count, 1);
    assert_in_range(strtol(record.text, NULL, 10), LINES, LINES + 100);
}

static void test_the_sink_stops_the_reading(void **state) {
    (void)state;
    size_t size;
    char *bytes = slurp("fixtures/taxcards/v3-kinds.xml", &size);
    for (int calls = 1; calls <= 6; calls++) {
        forget_record();
        record.stop_after = calls;
        assert_int_equal(read_bytes(true, bytes, size), ST_REFUSED);
        assert_int_equal(record.fact_count, calls);
    }
    free(bytes);
}

static void test_a_missing_file(void **state) {
    (void)state;
    struct st_error error;
    struct st_input_terms terms = terms_of(true);
    assert_int_equal(st_read_taxcard_xml("fixtures/nothing.xml", &terms, &recorder, &error), ST_IO);
    assert_string_equal(error.code, "input.open");
    assert_int_equal(st_read_taxcard_xml("fixtures", &terms, &recorder, &error), ST_IO);
    assert_string_equal(error.code, "input.read");
}

static void test_mutated_files_always_end(void **state) {
    (void)state;
    static const char *const files[] = {"fixtures/taxcards/v3-kinds.xml",
                                        "fixtures/taxcards/v3-tolerant.xml",
                                        "fixtures/taxcards/v1.4.xml"};
    uint64_t random = 7;
    int refused = 0;
    for (size_t i = 0; i < ST_COUNT_OF(files); i++) {
        size_t size;
        char *good = slurp(files[i], &size), *bytes = malloc(2 * size);
        assert_non_null(bytes);
        for (int round = 0; round < 3000; round++) {
            memcpy(bytes, good, size);
            size_t changed = mutate(bytes, size, &random);
            forget_record();
            char *exact = malloc(changed);
            assert_non_null(exact);
            memcpy(exact, bytes, changed);
            assert_int_equal(read_bytes(true, exact, changed), ST_OK);
            free(exact);
            refused += record.problem_count > 0;
        }
        free(bytes);
        free(good);
    }
    print_message("%d of 9000 broken files refused\n", refused);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_are_where_the_reader_puts_them),
        cmocka_unit_test(test_kinds_of_cards),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_older_versions),
        cmocka_unit_test(test_read_tolerantly),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_the_authoritys_samples),
        cmocka_unit_test(test_bad_cases),
        cmocka_unit_test(test_codes_have_cases),
        cmocka_unit_test(test_no_doctype_in_any_dress),
        cmocka_unit_test(test_no_entities),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_depth_limit),
        cmocka_unit_test(test_huge_text),
        cmocka_unit_test(test_long_prolog),
        cmocka_unit_test(test_cut_off_anywhere),
        cmocka_unit_test(test_lines_past_65535),
        cmocka_unit_test(test_the_sink_stops_the_reading),
        cmocka_unit_test(test_a_missing_file),
        cmocka_unit_test(test_mutated_files_always_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
