/* SPDX-License-Identifier: MIT */
/* test_payment.c - the payment file: exact bytes, every bank profile in both versions against the
 * schemas, totals that must be met, orders and payments that are refused, and files that are not
 * ours. */
#define _POSIX_C_SOURCE 200809L

#include "stonad/payment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/stonad-payment-XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

static const struct st_payment payments[] = {
    {"1801-202605-1-000001", "Oksana Øien & Co <test>", "12345678903", {2275817}},
    {"1801-202605-1-000002", "Юлія Щербак-Згурська", "86011117947", {1}},
    {"1801-202605-1-000003", "José Müller", "63450624804", {1000000000}},
};
enum { PAYMENT_COUNT = 3, PAYMENT_SUM_ORE = 2275817 + 1 + 1000000000 };

static struct st_payment_order order_of(enum st_pain_version version, const char *bank) {
    return (struct st_payment_order){
        .version = version,
        .bank = st_bank_profile_find(bank),
        .message_id = "1801-202605-1",
        .created = "2026-05-26T09:15:00",
        .payment_count = PAYMENT_COUNT,
        .payment_sum = {PAYMENT_SUM_ORE},
        .debtor_name = "Prøve kommune",
        .debtor_account = "76940524802",
        .debtor_bic = "SPRONO22XXX",
        .debtor_town = "Prøvestad",
        .debtor_postcode = "0001",
        .organisation_number = "312485494",
        .payday = st_date_make(2026, 5, 29),
        .remittance = "Introduksjonsstønad mai 2026",
        .with_benefits = true,
        .tax_kid = "1234567897",
        .tax_sum = {329100},
        .tax_payday = st_date_make(2026, 6, 1),
        .tax_end_to_end_id = "1801-202605-1-T",
    };
}

/* Writes the file into memory; the caller frees it. */
static enum st_status write_file(const struct st_payment_order *order,
                                 const struct st_payment *list, size_t count, char **text,
                                 struct st_error *error) {
    size_t size;
    FILE *out = open_memstream(text, &size);
    assert_non_null(out);
    struct st_payment_writer *writer;
    enum st_status status = st_payment_begin(out, order, &writer, error);
    if (status == ST_OK) {
        for (size_t i = 0; i < count && status == ST_OK; i++)
            status = st_payment_add(writer, &list[i], error);
        if (status == ST_OK)
            status = st_payment_finish(writer, error);
        st_payment_free(writer);
    } else {
        assert_null(writer);
    }
    fclose(out);
    return status;
}

static char *write_good_file(const struct st_payment_order *order) {
    char *text;
    struct st_error error = {.code = ""};
    size_t count = order->with_benefits && order->payment_count > 0 ? PAYMENT_COUNT : 0;
    enum st_status status = write_file(order, payments, count, &text, &error);
    assert_string_equal(error.code, "");
    assert_int_equal(status, ST_OK);
    return text;
}

static void save(const char *text, char *path, size_t size) {
    snprintf(path, size, "%s/payment.xml", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
}

static enum st_status check_text(const char *text, enum st_pain_version version,
                                 struct st_error *error) {
    char path[64];
    save(text, path, sizeof path);
    enum st_status status = st_payment_file_check(path, version, error);
    unlink(path);
    return status;
}

static void assert_valid(const char *text, enum st_pain_version version) {
    struct st_error error = {.text = ""};
    enum st_status status = check_text(text, version, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, ST_OK);
}

/* By xmllint against a schema file, when both are there. */
static void assert_valid_by(const char *text, const char *schema) {
    if (access(schema, R_OK) != 0 || system("command -v xmllint >/dev/null 2>&1") != 0)
        return;
    char path[64], command[300];
    save(text, path, sizeof path);
    snprintf(command, sizeof command, "xmllint --stream --noout --schema %s %s 2>/dev/null", schema,
             path);
    assert_int_equal(system(command), 0);
    unlink(path);
}

/* ---- what is written ----------------------------------------------------------------------- */

static const char whole_file[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n"
    "  <CstmrCdtTrfInitn>\n"
    "    <GrpHdr>\n"
    "      <MsgId>1801-202605-1</MsgId><CreDtTm>2026-05-26T09:15:00</CreDtTm>\n"
    "      <NbOfTxs>2</NbOfTxs><CtrlSum>26049.17</CtrlSum>\n"
    "      <InitgPty><Nm>Prøve "
    "kommune</Nm><Id><OrgId><Othr><Id>312485494</Id><SchmeNm><Cd>CUST</Cd>"
    "</SchmeNm></Othr></OrgId></Id></InitgPty>\n"
    "    </GrpHdr>\n"
    "    <PmtInf>\n"
    "      <PmtInfId>1801-202605-1-1</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>\n"
    "      <NbOfTxs>1</NbOfTxs><CtrlSum>22758.17</CtrlSum>\n"
    "      "
    "<PmtTpInf><InstrPrty>NORM</InstrPrty><SvcLvl><Cd>NURG</Cd></SvcLvl><CtgyPurp><Cd>SALA</Cd>"
    "</CtgyPurp></PmtTpInf>\n"
    "      <ReqdExctnDt><Dt>2026-05-29</Dt></ReqdExctnDt>\n"
    "      <Dbtr><Nm>Prøve kommune</Nm><PstlAdr><PstCd>0001</PstCd><TwnNm>Prøvestad</TwnNm>"
    "<Ctry>NO</Ctry></PstlAdr><Id><OrgId><Othr><Id>312485494</Id><SchmeNm><Cd>CUST</Cd></SchmeNm>"
    "</Othr></OrgId></Id></Dbtr>\n"
    "      <DbtrAcct><Id><Othr><Id>76940524802</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id>"
    "<Ccy>NOK</Ccy></DbtrAcct>\n"
    "      <DbtrAgt><FinInstnId><BICFI>SPRONO22XXX</BICFI></FinInstnId></DbtrAgt>\n"
    "      <ChrgBr>SLEV</ChrgBr>\n"
    "      "
    "<CdtTrfTxInf><PmtId><InstrId>1801-202605-1-000001</InstrId><EndToEndId>1801-202605-1-000001"
    "</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"NOK\">22758.17</InstdAmt></Amt><Cdtr>"
    "<Nm>Oksana Øien &amp; Co &lt;test&gt;</Nm></Cdtr><CdtrAcct><Id><Othr><Id>12345678903</Id>"
    "<SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id></CdtrAcct><RmtInf><Ustrd>Introduksjonsstønad mai "
    "2026"
    "</Ustrd></RmtInf></CdtTrfTxInf>\n"
    "    </PmtInf>\n"
    "    <PmtInf>\n"
    "      <PmtInfId>1801-202605-1-2</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>\n"
    "      <NbOfTxs>1</NbOfTxs><CtrlSum>3291.00</CtrlSum>\n"
    "      <PmtTpInf><InstrPrty>NORM</InstrPrty><SvcLvl><Cd>NURG</Cd></SvcLvl></PmtTpInf>\n"
    "      <ReqdExctnDt><Dt>2026-06-01</Dt></ReqdExctnDt>\n"
    "      <Dbtr><Nm>Prøve kommune</Nm><PstlAdr><PstCd>0001</PstCd><TwnNm>Prøvestad</TwnNm>"
    "<Ctry>NO</Ctry></PstlAdr><Id><OrgId><Othr><Id>312485494</Id><SchmeNm><Cd>CUST</Cd></SchmeNm>"
    "</Othr></OrgId></Id></Dbtr>\n"
    "      <DbtrAcct><Id><Othr><Id>76940524802</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id>"
    "<Ccy>NOK</Ccy></DbtrAcct>\n"
    "      <DbtrAgt><FinInstnId><BICFI>SPRONO22XXX</BICFI></FinInstnId></DbtrAgt>\n"
    "      <ChrgBr>SLEV</ChrgBr>\n"
    "      <CdtTrfTxInf><PmtId><InstrId>1801-202605-1-T</InstrId><EndToEndId>1801-202605-1-T"
    "</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"NOK\">3291.00</InstdAmt></Amt><Cdtr>"
    "<Nm>Skatteetaten</Nm><PstlAdr><TwnNm>OSLO</TwnNm><Ctry>NO</Ctry></PstlAdr></"
    "Cdtr><CdtrAcct><Id>"
    "<Othr><Id>76940524802</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id></"
    "CdtrAcct><RmtInf><Strd>"
    "<CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>1234567897</Ref></CdtrRefInf>"
    "</Strd></RmtInf></CdtTrfTxInf>\n"
    "    </PmtInf>\n"
    "  </CstmrCdtTrfInitn>\n"
    "</Document>\n";

static void writes_these_bytes(void **state) {
    (void)state;
    struct st_payment_order order = order_of(ST_PAIN_09, "standard");
    order.payment_count = 1;
    order.payment_sum = payments[0].amount;
    for (int round = 0; round < 2; round++) { /* the same bytes every time */
        char *text;
        struct st_error error;
        assert_int_equal(write_file(&order, payments, 1, &text, &error), ST_OK);
        assert_string_equal(text, whole_file);
        free(text);
    }
}

static void version_03_differs_in_date_and_bank_code(void **state) {
    (void)state;
    struct st_payment_order order = order_of(ST_PAIN_03, "standard");
    char *text = write_good_file(&order);
    assert_non_null(strstr(text, "<ReqdExctnDt>2026-05-29</ReqdExctnDt>"));
    assert_non_null(strstr(text, "<ReqdExctnDt>2026-06-01</ReqdExctnDt>"));
    assert_non_null(strstr(text, "<BIC>SPRONO22XXX</BIC>"));
    assert_non_null(strstr(text, "xsd:pain.001.001.03\""));
    free(text);
}

static void every_profile_is_valid_in_both_versions(void **state) {
    (void)state;
    size_t count = 0;
    for (const struct st_bank_profile *bank; (bank = st_bank_profile_at(count)) != NULL; count++) {
        assert_ptr_equal(st_bank_profile_find(bank->name), bank);
        struct st_payment_order order = order_of(ST_PAIN_09, bank->name);
        char *text = write_good_file(&order);
        assert_valid(text, ST_PAIN_09);
        assert_valid_by(text, "formats/pain.001.001.09.xsd");
        assert_valid_by(text, "../shared/schemas/pain.001.001.09.xsd");
        free(text);
        order.version = ST_PAIN_03;
        order.debtor_town = order.debtor_postcode = "";
        text = write_good_file(&order);
        assert_valid(text, ST_PAIN_03);
        assert_valid_by(text, "formats/pain.001.001.03.xsd");
        assert_valid_by(text, "../shared/schemas/pain.001.001.03.xsd");
        free(text);
    }
    assert_int_equal(count, 5);
    assert_null(st_bank_profile_find("unknown"));
    assert_null(st_bank_profile_at(SIZE_MAX));
}

static int count_of(const char *text, const char *part) {
    int count = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

static void profiles_differ_as_they_say(void **state) {
    (void)state;
    struct st_payment_order order = order_of(ST_PAIN_09, "plain");
    char *text = write_good_file(&order);
    assert_int_equal(count_of(text, "<CtrlSum>"), 1);
    assert_int_equal(count_of(text, "<ChrgBr>"), 0);
    assert_int_equal(count_of(text, "<InstrId>"), 0);
    free(text);
    order.bank = st_bank_profile_find("agreement");
    text = write_good_file(&order);
    assert_int_equal(count_of(text, "<Cd>BANK</Cd>"), 1); /* who sends, not who pays */
    assert_int_equal(count_of(text, "<Cd>CUST</Cd>"), 2);
    free(text);
    order.bank = st_bank_profile_find("pension");
    text = write_good_file(&order);
    assert_int_equal(count_of(text, "<CtgyPurp><Cd>PENS</Cd></CtgyPurp>"), 1);
    free(text);
}

static void names_are_as_long_as_the_bank_takes(void **state) {
    (void)state;
    char name[141], expected[170];
    memset(name, 'a', 140);
    name[140] = '\0';
    struct st_payment payment = {"x-1", name, "12345678903", {100}};
    for (int i = 0; i < 2; i++) {
        struct st_payment_order order = order_of(ST_PAIN_09, i == 0 ? "standard" : "long-names");
        order.payment_count = 1;
        order.payment_sum = payment.amount;
        char *text;
        struct st_error error;
        assert_int_equal(write_file(&order, &payment, 1, &text, &error), ST_OK);
        snprintf(expected, sizeof expected, "<Nm>%.*s</Nm>", i == 0 ? 70 : 140, name);
        assert_non_null(strstr(text, expected));
        assert_valid(text, ST_PAIN_09);
        free(text);
    }
}

static void names_are_written_in_the_banks_letters(void **state) {
    (void)state;
    struct st_payment_order order = order_of(ST_PAIN_09, "standard");
    char *text = write_good_file(&order);
    assert_non_null(strstr(text, "<Nm>Yuliia Shcherbak-Zghurska</Nm>"));
    assert_non_null(strstr(text, "<Nm>José Müller</Nm>"));
    free(text);
}

static void longest_texts_full_of_markup_fit(void **state) {
    (void)state;
    char name[141];
    memset(name, '&', 140);
    name[0] = 'a';
    name[140] = '\0';
    struct st_payment payment = {
        "12345678901234567890123456789012345", name, "12345678903", {ST_AMOUNT_MAX_ORE}};
    struct st_payment_order order = order_of(ST_PAIN_09, "long-names");
    order.payment_count = 1;
    order.payment_sum = payment.amount;
    order.debtor_name = order.debtor_town = order.remittance = name;
    order.debtor_postcode = "1234567890123456";
    order.message_id = "123456789012345678901234567890123";
    char *text;
    struct st_error error;
    assert_int_equal(write_file(&order, &payment, 1, &text, &error), ST_OK);
    assert_valid(text, ST_PAIN_09);
    assert_valid_by(text, "../shared/schemas/pain.001.001.09.xsd");
    free(text);
}

/* ---- benefits, tax, both, neither ---------------------------------------------------------- */

static void tax_alone(void **state) {
    (void)state;
    struct st_payment_order order = order_of(ST_PAIN_09, "standard");
    order.with_benefits = false;
    order.message_id = "1801-202605-1-tax";
    char *text = write_good_file(&order);
    assert_valid(text, ST_PAIN_09);
    assert_valid_by(text, "../shared/schemas/pain.001.001.09.xsd");
    assert_int_equal(count_of(text, "<PmtInf>"), 1);
    assert_non_null(strstr(text, "<PmtInfId>1801-202605-1-tax-2</PmtInfId>"));
    assert_int_equal(count_of(text, "<NbOfTxs>1</NbOfTxs><CtrlSum>3291.00</CtrlSum>"), 2);
    free(text);

    order = order_of(ST_PAIN_09, "standard"); /* nobody gets a net payment, but tax was withheld */
    order.payment_count = 0;
    order.payment_sum = ST_ZERO;
    text = write_good_file(&order);
    assert_valid(text, ST_PAIN_09);
    assert_int_equal(count_of(text, "<PmtInf>"), 1);
    free(text);
}

static void tax_alone_takes_no_payments(void **state) {
    (void)state;
    struct st_payment_order order = order_of(ST_PAIN_09, "standard");
    order.with_benefits = false;
    char *text;
    struct st_error error;
    assert_int_equal(write_file(&order, payments, 1, &text, &error), ST_DAMAGED);
    assert_string_equal(error.code, "payment.total");
    free(text);
}

static void benefits_alone(void **state) {
    (void)state;
    struct st_payment_order order = order_of(ST_PAIN_03, "standard");
    for (int i = 0; i < 2; i++) { /* without a KID, and with one but no tax */
        order.tax_kid = i == 0 ? NULL : "1234567897";
        order.tax_sum = i == 0 ? (st_amount){329100} : ST_ZERO;
        char *text = write_good_file(&order);
        assert_valid(text, ST_PAIN_03);
        assert_int_equal(count_of(text, "<PmtInf>"), 1);
        assert_int_equal(count_of(text, "<NbOfTxs>3</NbOfTxs>"), 2);
        assert_null(strstr(text, "SCOR"));
        free(text);
    }
}

static void assert_order_refused(const struct st_payment_order *order, enum st_status status,
                                 const char *code) {
    char *text;
    struct st_error error = {.text = ""};
    assert_int_equal(write_file(order, payments, PAYMENT_COUNT, &text, &error), status);
    assert_string_equal(error.code, code);
    assert_int_equal(error.status, status);
    assert_true(strlen(error.text) > 20);
    assert_string_equal(text, ""); /* nothing was written */
    free(text);
}

static void nothing_to_pay_is_no_file(void **state) {
    (void)state;
    struct st_payment_order order = order_of(ST_PAIN_09, "standard");
    order.payment_count = 0;
    order.payment_sum = ST_ZERO;
    order.tax_kid = NULL;
    assert_order_refused(&order, ST_REFUSED, "payment.empty");
    order = order_of(ST_PAIN_09, "standard");
    order.with_benefits = false;
    order.tax_sum = ST_ZERO;
    assert_order_refused(&order, ST_REFUSED, "payment.empty");
}

static void wrong_orders_are_refused(void **state) {
    (void)state;
    const struct st_payment_order good = order_of(ST_PAIN_09, "standard");
    struct st_payment_order order = good;
    order.message_id = "1234567890123456789012345678901234"; /* 34: "-1" would not fit */
    assert_order_refused(&order, ST_BAD_INPUT, "payment.message_id");
    order.message_id = "a b";
    assert_order_refused(&order, ST_BAD_INPUT, "payment.message_id");
    static const char *const times[] = {"2026-05-26",          "2026-05-26T09:15:00Z",
                                        "2026-02-30T09:15:00", "2026-05-26T24:00:00",
                                        "2026-05-26T09:60:00", "2026-05-26 09:15:00"};
    for (size_t i = 0; i < ST_COUNT_OF(times); i++) {
        order = good;
        order.created = times[i];
        assert_order_refused(&order, ST_BAD_INPUT, "payment.created");
    }
    order = good;
    order.debtor_account = "7694.05.24802";
    assert_order_refused(&order, ST_BAD_INPUT, "payment.debtor");
    order = good;
    order.debtor_bic = "SPRONO2";
    assert_order_refused(&order, ST_BAD_INPUT, "payment.debtor");
    order = good;
    order.organisation_number = "312485495";
    assert_order_refused(&order, ST_BAD_INPUT, "payment.debtor");
    order = good;
    order.debtor_postcode = "0001 Prøvestad";
    assert_order_refused(&order, ST_BAD_INPUT, "payment.debtor");
    order = good;
    order.debtor_name = "\xff";
    assert_order_refused(&order, ST_BAD_INPUT, "payment.debtor");
    order = good;
    order.tax_kid = "1234567898";
    assert_order_refused(&order, ST_BAD_INPUT, "payment.kid");
    order = good;
    order.tax_payday = ST_DATE_NONE;
    assert_order_refused(&order, ST_BAD_INPUT, "payment.order");
    order = good;
    order.tax_end_to_end_id = "T_1";
    assert_order_refused(&order, ST_BAD_INPUT, "payment.order");
    order = good;
    order.payment_sum = ST_ZERO;
    assert_order_refused(&order, ST_BAD_INPUT, "payment.order");
    order = good;
    order.payment_sum = (st_amount){INT64_MAX};
    assert_order_refused(&order, ST_BAD_INPUT, "payment.order");
}

/* ---- payments and totals ------------------------------------------------------------------- */

static void assert_payment_refused(struct st_payment payment, const char *code) {
    struct st_payment_order order = order_of(ST_PAIN_09, "standard");
    char *text;
    struct st_error error;
    assert_int_equal(write_file(&order, &payment, 1, &text, &error), ST_BAD_INPUT);
    assert_string_equal(error.code, code);
    assert_null(strstr(error.text, "Kari")); /* errors do not name people */
    free(text);
}

static void wrong_payments_are_refused(void **state) {
    (void)state;
    const struct st_payment good = {"x-1", "Kari", "12345678903", {100}};
    static const char *const ids[] = {
        "", "a b", "a_b", "a/b", "å", "<", "123456789012345678901234567890123456"};
    for (size_t i = 0; i < ST_COUNT_OF(ids); i++) {
        struct st_payment payment = good;
        payment.end_to_end_id = ids[i];
        assert_payment_refused(payment, "payment.end_to_end_id");
    }
    static const char *const accounts[] = {"", "1234567890", "123456789033", "1234.56.7890"};
    for (size_t i = 0; i < ST_COUNT_OF(accounts); i++) {
        struct st_payment payment = good;
        payment.account = accounts[i];
        assert_payment_refused(payment, "payment.account");
    }
    struct st_payment payment = good;
    payment.amount.ore = 0;
    assert_payment_refused(payment, "payment.amount");
    payment.amount.ore = INT64_MIN;
    assert_payment_refused(payment, "payment.amount");
    payment = good;
    payment.name = "Kari \xc3";
    assert_payment_refused(payment, "payment.name");
}

static void assert_totals_refused(size_t count, int64_t expected_count, int64_t expected_ore) {
    struct st_payment_order order = order_of(ST_PAIN_09, "standard");
    order.payment_count = expected_count;
    order.payment_sum.ore = expected_ore;
    char *text;
    struct st_error error;
    assert_int_equal(write_file(&order, payments, count, &text, &error), ST_DAMAGED);
    assert_string_equal(error.code, "payment.total");
    assert_null(strstr(text, "</Document>")); /* what is there can never pass as a file */
    free(text);
}

static void totals_must_be_met(void **state) {
    (void)state;
    assert_totals_refused(2, PAYMENT_COUNT, PAYMENT_SUM_ORE);
    assert_totals_refused(3, PAYMENT_COUNT - 1, PAYMENT_SUM_ORE);
    assert_totals_refused(3, PAYMENT_COUNT, PAYMENT_SUM_ORE - 1);
    assert_totals_refused(3, PAYMENT_COUNT, PAYMENT_SUM_ORE + 1);
    assert_totals_refused(0, PAYMENT_COUNT, PAYMENT_SUM_ORE);
}

static void full_disk_is_told(void **state) {
    (void)state;
    FILE *out = fopen("/dev/full", "w");
    if (out == NULL)
        skip();
    setvbuf(out, NULL, _IONBF, 0);
    struct st_payment_order order = order_of(ST_PAIN_09, "standard");
    struct st_payment_writer *writer;
    struct st_error error;
    assert_int_equal(st_payment_begin(out, &order, &writer, &error), ST_IO);
    assert_null(writer);
    assert_string_equal(error.code, "payment.write");
    fclose(out);
}

/* ---- files that are not ours --------------------------------------------------------------- */

/* The good file with `from` replaced once by `to`. */
static char *changed(const char *from, const char *to) {
    struct st_payment_order order = order_of(ST_PAIN_09, "standard");
    char *text = write_good_file(&order);
    char *place = strstr(text, from);
    assert_non_null(place);
    size_t size = strlen(text) + strlen(to) + 1;
    char *result = malloc(size);
    assert_non_null(result);
    snprintf(result, size, "%.*s%s%s", (int)(place - text), text, to, place + strlen(from));
    free(text);
    return result;
}

static void what_no_bank_takes_is_found(void **state) {
    (void)state;
    static const char *const changes[][2] = {
        {"Ccy=\"NOK\"", "Ccy=\"EUR\""},
        {" Ccy=\"NOK\"", ""},
        {"\">22758.17<", "\">22758.1<"},
        {"\">22758.17<", "\">0.00<"},
        {"\">22758.17<", "\">-1.00<"},
        {"<Id>12345678903<", "<Id>1234567890<"},
        {"<Id>12345678903<", "<Id>NO9386011117947<"},
        {"<EndToEndId>1801-", "<EndToEndId>1801_"},
        {"<Nm>José Müller<", "<Nm>Юлія<"},
        {"<Nm>José Müller<", "<Nm> José<"},
        {"<Nm>José Müller<", "<Nm>\xc2\x85<"},
        {"<Nm>José Müller<", "<Nm><"},
        {"</Ustrd>", "</Ustrd><Strd/>"},
        {"<Ustrd>Introduksjonsstønad mai 2026</Ustrd>", ""},
        {"<Cd>SCOR</Cd>", "<Cd>RADM</Cd>"},
        {"<Ref>1234567897<", "<Ref>12345A7897<"},
        {"<PmtMtd>TRF<", "<PmtMtd>CHK<"},
        {"<BtchBookg>true<", "<BtchBookg>1<"},
        {"<ChrgBr>SLEV<", "<ChrgBr>DEBT<"},
        {"<Cd>NURG</Cd>", "<Cd>URGP</Cd>"},
        {"T09:15:00<", "T09:15:00Z<"},
        {"<Ctry>NO<", "<Ctry>SE<"},
        {"<NbOfTxs>4<", "<NbOfTxs>0<"},
        {"pain.001.001.09\"", "pain.001.001.03\""},
        {"</PmtInf>", "</PmtInf><Extra/>"},
        {"</Document>", ""},
        {"</Document>", "</Document>more"},
        {"<Document", "<!DOCTYPE Document><Document"},
        {"<Document", "<!DOCTYPE Document [<!ENTITY a SYSTEM \"/etc/passwd\">]><Document"},
    };
    for (size_t i = 0; i < ST_COUNT_OF(changes); i++) {
        char *text = changed(changes[i][0], changes[i][1]);
        struct st_error error = {.text = ""};
        if (check_text(text, ST_PAIN_09, &error) != ST_DAMAGED)
            fail_msg("%s -> %s was taken", changes[i][0], changes[i][1]);
        assert_string_equal(error.code, "payment.schema");
        assert_memory_equal(error.text, "Line ", 5);
        free(text);
    }
}

static void the_place_is_named(void **state) {
    (void)state;
    char *text = changed("\">22758.17<", "\">22758.1<");
    struct st_error error;
    assert_int_equal(check_text(text, ST_PAIN_09, &error), ST_DAMAGED);
    assert_memory_equal(error.text, "Line 18 of ", 11);
    assert_non_null(strstr(error.text, "Element 'InstdAmt'"));
    free(text);
}

static void entities_cost_nothing(void **state) {
    (void)state;
    char *text = changed("<Document", "<!DOCTYPE Document [<!ENTITY a \"aaaaaaaaaaaaaaaaaaaa\">"
                                      "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
                                      "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><Document");
    char *place = strstr(text, "José");
    assert_non_null(place);
    memcpy(place, "&c; ", 4);
    struct st_error error;
    assert_int_equal(check_text(text, ST_PAIN_09, &error), ST_DAMAGED);
    assert_non_null(strstr(error.text, "document type"));
    free(text);
}

static void missing_and_empty_files(void **state) {
    (void)state;
    struct st_error error;
    assert_int_equal(st_payment_file_check("/nowhere/at/all", ST_PAIN_09, &error), ST_IO);
    assert_string_equal(error.code, "payment.read");
    assert_int_equal(check_text("", ST_PAIN_09, &error), ST_DAMAGED);
    assert_int_equal(check_text("not XML", ST_PAIN_03, &error), ST_DAMAGED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_these_bytes),
        cmocka_unit_test(version_03_differs_in_date_and_bank_code),
        cmocka_unit_test(every_profile_is_valid_in_both_versions),
        cmocka_unit_test(profiles_differ_as_they_say),
        cmocka_unit_test(names_are_as_long_as_the_bank_takes),
        cmocka_unit_test(names_are_written_in_the_banks_letters),
        cmocka_unit_test(longest_texts_full_of_markup_fit),
        cmocka_unit_test(tax_alone),
        cmocka_unit_test(tax_alone_takes_no_payments),
        cmocka_unit_test(benefits_alone),
        cmocka_unit_test(nothing_to_pay_is_no_file),
        cmocka_unit_test(wrong_orders_are_refused),
        cmocka_unit_test(wrong_payments_are_refused),
        cmocka_unit_test(totals_must_be_met),
        cmocka_unit_test(full_disk_is_told),
        cmocka_unit_test(what_no_bank_takes_is_found),
        cmocka_unit_test(the_place_is_named),
        cmocka_unit_test(entities_cost_nothing),
        cmocka_unit_test(missing_and_empty_files),
    };
    return cmocka_run_group_tests_name("payment", tests, make_folder, remove_folder);
}
