/* SPDX-License-Identifier: MIT */
/* test_fact_csv.c - CSV files of every kind into facts, and every way a field can be wrong. */
#define _POSIX_C_SOURCE 200809L
#include "tests/unit/input_fixture.h"

#include "formats/fact_value.h"

#define ONE "06818510053"
#define TWO "17859021085"
#define THREE "29829630077"

static enum st_status read_as(enum st_fact_kind kind, bool test, const char *bytes, size_t size) {
    struct st_error error = {0};
    struct st_input_terms terms = terms_of(test);
    return st_read_fact_csv_memory(bytes, size, kind, &terms, &recorder, &error);
}

static void expect(enum st_fact_kind kind, const char *bytes, const char *expected) {
    forget_record();
    assert_int_equal(read_as(kind, true, bytes, strlen(bytes)), ST_OK);
    assert_string_equal(record.text, expected);
}

/* ---- what is read ---------------------------------------------------------------------------- */

static void test_every_kind(void **state) {
    (void)state;
    expect(ST_FACT_PARTICIPANT,
           "person_id,name,birth_date,account,language\n" ONE
           ",Test Ett,1985-01-06,8601.11.17947,uk\n",
           "2 person_id=" ONE " name=Test Ett birth_date=1985-01-06 account=86011117947 "
           "language=uk\n");
    expect(
        ST_FACT_PROGRAMME,
        "person_id,start,offered,end,permit,permit_granted,settled,education,end_goal,"
        "share_percent,share_cause\n" ONE ",2026-01-05,,,a,2025-10-01,,,,,\n" TWO
        ",2024-01-05,2023-12-01,2025-01-04,e,2023-10-01,2023-11-01,higher,work,50,municipality\n",
        "2 person_id=" ONE " start=2026-01-05 permit=a permit_granted=2025-10-01\n"
        "3 person_id=" TWO " start=2024-01-05 offered=2023-12-01 end=2025-01-04 permit=e "
        "permit_granted=2023-10-01 settled=2023-11-01 education=higher end_goal=work "
        "share_percent=50 share_cause=municipality\n");
    expect(
        ST_FACT_LIVING,
        "person_id,from,to,situation,partner_id,children\n" ONE ",2026-01-05,,partner," TWO ",no\n",
        "2 person_id=" ONE " from=2026-01-05 situation=partner partner_id=" TWO " children=no\n");
    expect(ST_FACT_CARE,
           "person_id,from,to,children,sole_carer,chronic,youngest_born\n" ONE
           ",2026-01-05,2026-12-31,2,yes,no,2020-02-29\n",
           "2 person_id=" ONE " from=2026-01-05 to=2026-12-31 children=2 sole_carer=yes "
           "chronic=no youngest_born=2020-02-29\n");
    expect(ST_FACT_ABSENCE,
           "person_id,from,to,kind,hours,permission\n" ONE
           ",2026-05-04,2026-05-04,unapproved,3.75,no\n",
           "2 person_id=" ONE " from=2026-05-04 to=2026-05-04 kind=unapproved hours=375 "
           "permission=no\n");
    expect(ST_FACT_TAXCARD,
           "person_id,year,kind,table,percent,exempt_amount,months,extra\n" ONE
           ",2024,table,7100P,,,10.5,500\n" TWO ",2026,exempt,,,65000,,\n",
           "2 person_id=" ONE " year=2024 kind=table table=7100P months=1050 extra=500\n"
           "3 person_id=" TWO " year=2026 kind=exempt exempt_amount=6500000\n");
    expect(ST_FACT_RECOVERY,
           "person_id,decided,reason,amount,max_per_month\n" ONE ",2026-05-04,overpayment,5000,\n",
           "2 person_id=" ONE " decided=2026-05-04 reason=overpayment amount=500000\n");
    expect(ST_FACT_DECISION,
           "person_id,decided,kind,until\n" ONE ",2026-05-04,extension,2027-05-03\n",
           "2 person_id=" ONE " decided=2026-05-04 kind=extension until=2027-05-03\n");
    expect(ST_FACT_ENDING, "person_id,ended,reason\n" ONE ",2026-05-04,goal_reached\n",
           "2 person_id=" ONE " ended=2026-05-04 reason=goal_reached\n");
    expect(ST_FACT_CONTENT, "person_id,from,to,work_hours_per_week\n" ONE ",2026-05-04,,15\n",
           "2 person_id=" ONE " from=2026-05-04 work_hours_per_week=1500\n");
    expect(ST_FACT_EMPLOYMENT, "person_id,from,to,hours_per_week\n" ONE ",2026-05-04,,37.5\n",
           "2 person_id=" ONE " from=2026-05-04 hours_per_week=3750\n");
    expect(ST_FACT_SETTLEMENT,
           "person_id,settled,first_municipality,by_agreement\n" ONE ",2026-05-04,yes,no\n",
           "2 person_id=" ONE " settled=2026-05-04 first_municipality=yes by_agreement=no\n");
}

static void test_dialects_mean_the_same(void **state) {
    (void)state;
    static const char expected[] = " person_id=" ONE " from=2026-05-04 to=2026-05-31 "
                                   "hours=750 gross_wage=150050 in_programme=yes\n";
    static const char *const files[] = {
        "person_id,from,to,hours,gross_wage,in_programme\n" ONE
        ",2026-05-04,2026-05-31,7.5,1500.50,yes\n",
        "\xEF\xBB\xBFperson_id;from;to;hours;gross_wage;in_programme\r\n" ONE
        ";04.05.2026;31.05.2026;7,50;1500,5;yes\r\n",
        "person_id,from,to,hours,gross_wage,in_programme\n" ONE
        ",04.05.2026,2026-05-31,\"7,5\",\"1500,50\",yes",
        " in_programme ;hours;gross_wage; to;from;\"person_id\"\n"
        " yes ;07.5;0001500.5;\"2026-05-31\"; 2026-05-04\t;" ONE "\n",
        "person_id,from,to,hours,gross_wage,in_programme,withdrawn\n" ONE
        ",2026-05-04,2026-05-31,7.5,1500.50,yes,no\n"};
    for (size_t i = 0; i < ST_COUNT_OF(files); i++) {
        forget_record();
        assert_int_equal(read_as(ST_FACT_WORK, true, files[i], strlen(files[i])), ST_OK);
        assert_int_equal(record.fact_count, 1);
        assert_string_equal(record.text + 1, expected);
    }
}

static void test_withdrawn_rows_need_only_their_key(void **state) {
    (void)state;
    expect(ST_FACT_WORK,
           "person_id,from,to,hours,gross_wage,in_programme,withdrawn\n" ONE
           ",2026-05-04,,,,,yes\n" TWO ",2026-05-04,,7,,,yes\n" TWO ",2026-05-05,,,,,\n",
           "2 person_id=" ONE " from=2026-05-04 withdrawn\n"
           "3 person_id=" TWO " from=2026-05-04 hours=700 withdrawn\n"
           "4: hours: the field is empty; every row needs it [csv.required]\n"
           "4: gross_wage: the field is empty; every row needs it [csv.required]\n"
           "4: in_programme: the field is empty; every row needs it [csv.required]\n");
}

static void test_norwegian_letters_in_choices(void **state) {
    (void)state;
    forget_record();
    static const char *const written[] = {
        "uf\xC3\xB8retrygd",    "uforetrygd",           "overgangsst\xC3\xB8nad",
        "kontantst\xC3\xB8tte", "engangsst\xC3\xB8nad", "grunnst\xC3\xB8nad",
        "hjelpest\xC3\xB8nad",  "bost\xC3\xB8tte",      "barnetilsyn"};
    for (size_t i = 0; i < ST_COUNT_OF(written); i++) {
        char bytes[300];
        snprintf(bytes, sizeof bytes,
                 "person_id,from,to,kind,amount_per_month,earned_before_programme\n" ONE
                 ",2026-01-01,,%s,1000,\n",
                 written[i]);
        assert_int_equal(read_as(ST_FACT_BENEFIT, true, bytes, strlen(bytes)), ST_OK);
    }
    assert_int_equal(record.fact_count, ST_COUNT_OF(written));
    expect(ST_FACT_BENEFIT,
           "person_id,from,to,kind,amount_per_month,earned_before_programme\n" ONE
           ",2026-01-01,,uf\xC3\xB8retryg,1000,\n",
           "2: kind: \"uf\xC3\xB8retryg\" is not one of the values of this column; did you mean "
           "uforetrygd? [csv.choice]\n");
}

static void test_text_is_normalised(void **state) {
    (void)state;
    static const char header[] = "person_id,name,birth_date,account,language\n";
    static const struct {
        const char *written, *kept;
    } names[] = {{"  Test Ett\t", "Test Ett"},
                 {"A\xCC\x8Age", "\xC3\x85ge"},    /* A and a ring */
                 {"\xE2\x84\xABge", "\xC3\x85ge"}, /* the angstrom sign */
                 {"\xD0\x98\xCC\x86", "\xD0\x99"}, /* Ukrainian: short i */
                 {"\xD8\xA7\xD9\x93", "\xD8\xA2"}, /* Arabic: alef with madda */
                 {"\xE1\x88\xB0\xE1\x88\x8B\xE1\x88\x9D", "\xE1\x88\xB0\xE1\x88\x8B\xE1\x88\x9D"},
                 {"=1+1", "=1+1"},
                 {"\"Test \"\"Ett\"\", Ola\"", "Test \"Ett\", Ola"}};
    for (size_t i = 0; i < ST_COUNT_OF(names); i++) {
        char bytes[300], expected[300];
        snprintf(bytes, sizeof bytes, "%s" ONE ",%s,1985-01-06,12345678903,\n", header,
                 names[i].written);
        snprintf(expected, sizeof expected,
                 "2 person_id=" ONE " name=%s birth_date=1985-01-06 account=12345678903\n",
                 names[i].kept);
        expect(ST_FACT_PARTICIPANT, bytes, expected);
    }
}

static void test_longest_text(void **state) {
    (void)state;
    char bytes[2000];
    for (int over = 0; over <= 1; over++) {
        size_t used = (size_t)snprintf(bytes, sizeof bytes,
                                       "person_id,name,birth_date,account,language\n" ONE ",");
        for (int i = 0; i < ST_TEXT_MAX / 2 + over; i++) /* two bytes each once composed */
            used += (size_t)snprintf(bytes + used, sizeof bytes - used, "o\xCC\x88");
        snprintf(bytes + used, sizeof bytes - used, ",1985-01-06,12345678903,\n");
        forget_record();
        assert_int_equal(read_as(ST_FACT_PARTICIPANT, true, bytes, strlen(bytes)), ST_OK);
        assert_int_equal(record.fact_count, 1 - over);
    }
}

static void test_number_limits(void **state) {
    (void)state;
    static const struct {
        const char *written;
        int64_t hundredths; /* -1: refused */
    } numbers[] = {{"0", 0},
                   {"0,00", 0},
                   {"0.01", 1},
                   {"1,1", 110},
                   {"007", 700},
                   {"10000000000", ST_AMOUNT_MAX_ORE},
                   {"10000000000.00", ST_AMOUNT_MAX_ORE},
                   {"10000000000.01", -1},
                   {"9223372036854775807", -1},
                   {"99999999999999999999999999", -1},
                   {"0000000000000000000000001", 100},
                   {"+1", -1},
                   {"-0", -1},
                   {"-0.00", -1},
                   {"1.", -1},
                   {".1", -1},
                   {"1.2.3", -1},
                   {"1,2,3", -1},
                   {"1e3", -1},
                   {"inf", -1},
                   {"nan", -1},
                   {"0.001", -1},
                   {"0.010", -1},
                   {"1 000", -1},
                   {"kr 100", -1},
                   {"100 kr", -1},
                   {"100,-", -1}};
    for (size_t i = 0; i < ST_COUNT_OF(numbers); i++) {
        char bytes[300], expected[300];
        snprintf(bytes, sizeof bytes,
                 "person_id;decided;reason;amount;max_per_month\n" ONE ";2026-05-04;refund;%s;\n",
                 numbers[i].written);
        snprintf(expected, sizeof expected, " amount=%lld\n", (long long)numbers[i].hundredths);
        forget_record();
        assert_int_equal(read_as(ST_FACT_RECOVERY, true, bytes, strlen(bytes)), ST_OK);
        assert_int_equal(record.fact_count, numbers[i].hundredths >= 0);
        if (numbers[i].hundredths >= 0)
            assert_non_null(strstr(record.text, expected));
        else
            assert_int_equal(strncmp(record.text, "2: amount: ", 11), 0);
    }
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void test_bad_cases(void **state) {
    (void)state;
    print_message("%d broken files of csv\n", check_bad_cases("csv."));
    int codes = 0;
    codes += check_codes_have_cases("formats/csv.c", "csv.");
    codes += check_codes_have_cases("formats/fact_value.c", "csv.");
    codes += check_codes_have_cases("formats/fact_csv.c", "csv.");
    assert_in_range(codes, 30, 100);
}

static void test_numbers_of_persons_are_masked(void **state) {
    (void)state;
    char shown[ST_SHOWN_SIZE];
    st_value_show(ONE, 11, shown);
    assert_string_equal(shown, "068185*****");
    st_value_show("068185 10053", 12, shown);
    assert_string_equal(shown, "068185 *****");
    st_value_show("2026-05-04", 10, shown);
    assert_string_equal(shown, "2026-05-04");
    st_value_show("a\x1b\xE5\n", 4, shown);
    assert_string_equal(shown, "a???");
    char all[200];
    memset(all, 'x', sizeof all);
    st_value_show(all, sizeof all, shown);
    assert_string_equal(shown + strlen(shown) - 4, "x...");
}

static void test_a_broken_header_hands_nothing_on(void **state) {
    (void)state;
    expect(ST_FACT_ENDING,
           "person_id,ended,grunn\n" ONE ",2026-05-04,moved\n" TWO ",2026-13-04,x\n",
           "1: grunn: endings.csv has no column of this name; take it out or correct the name "
           "[csv.column_unknown]\n"
           "1: reason: the header lacks this column of endings.csv; add it [csv.column_missing]\n"
           "3: ended: there is no day 2026-13-04 in the calendar; correct the date "
           "[csv.date_missing]\n");
    expect(ST_FACT_ENDING, "person_id,ended,\"rea\n",
           "1: a quote opens here and is not closed before the end of the file; close it "
           "[csv.quote_open]\n");
    expect(ST_FACT_ENDING, "person_id,ended,reason\n", "");
}

static void test_the_sink_stops_the_reading(void **state) {
    (void)state;
    static const char bytes[] = "person_id,ended,reason\n" ONE ",2026-05-04,moved\n" TWO
                                ",x,y\n" THREE ",2026-05-04,moved\n";
    for (int calls = 1; calls <= 4; calls++) {
        forget_record();
        record.stop_after = calls;
        assert_int_equal(read_as(ST_FACT_ENDING, true, bytes, sizeof bytes - 1), ST_REFUSED);
        assert_int_equal(record.fact_count + record.problem_count, calls);
    }
    forget_record();
    record.stop_after = 5;
    assert_int_equal(read_as(ST_FACT_ENDING, true, bytes, sizeof bytes - 1), ST_OK);
}

static void test_a_missing_file(void **state) {
    (void)state;
    struct st_error error;
    struct st_input_terms terms = terms_of(true);
    assert_int_equal(
        st_read_fact_csv("fixtures/nothing/endings.csv", ST_FACT_ENDING, &terms, &recorder, &error),
        ST_IO);
    assert_string_equal(error.code, "input.open");
    assert_non_null(strstr(error.text, "fixtures/nothing/endings.csv"));
}

static void test_mutated_files_always_end(void **state) {
    (void)state;
    static const char good[] = "person_id;name;birth_date;account;language;withdrawn\r\n" ONE
                               ";\"Test, \"\"Ett\"\"\";1985-01-06;1234.56.78903;nb;no\r\n" TWO
                               ";K\xC3\xA5re \xC3\x98;17.05.1990;NO9386011117947;;\r\n" THREE
                               ";O\xCC\x88st;29.02.1996;86011117947;uk;yes\r\n";
    static const char works[] = "person_id,from,to,hours,gross_wage,in_programme\n" ONE
                                ",2026-05-04,2026-05-31,7.5,1500.50,yes\n" TWO
                                ",2026-05-05,2026-05-05,\"7,5\",\"150,5\",no\n";
    uint64_t random = 1;
    char bytes[4 * sizeof good];
    int refused = 0;
    for (int i = 0; i < 20000; i++) {
        bool is_work = i % 2 == 0;
        size_t size = (is_work ? sizeof works : sizeof good) - 1;
        memcpy(bytes, is_work ? works : good, size);
        size = mutate(bytes, size, &random);
        char *exact = malloc(size);
        assert_non_null(exact);
        memcpy(exact, bytes, size);
        forget_record();
        assert_int_equal(read_as(is_work ? ST_FACT_WORK : ST_FACT_PARTICIPANT, true, exact, size),
                         ST_OK);
        free(exact);
        refused += record.problem_count > 0;
    }
    print_message("%d of 20000 broken files refused\n", refused);
    assert_true(refused > 15000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind),
        cmocka_unit_test(test_dialects_mean_the_same),
        cmocka_unit_test(test_withdrawn_rows_need_only_their_key),
        cmocka_unit_test(test_norwegian_letters_in_choices),
        cmocka_unit_test(test_text_is_normalised),
        cmocka_unit_test(test_longest_text),
        cmocka_unit_test(test_number_limits),
        cmocka_unit_test(test_bad_cases),
        cmocka_unit_test(test_numbers_of_persons_are_masked),
        cmocka_unit_test(test_a_broken_header_hands_nothing_on),
        cmocka_unit_test(test_the_sink_stops_the_reading),
        cmocka_unit_test(test_a_missing_file),
        cmocka_unit_test(test_mutated_files_always_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
