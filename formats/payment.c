/* SPDX-License-Identifier: MIT */
/* payment.c - writes the bank's payment file, pain.001.001.09 or .03, as a stream. See payment.h.
 *
 * The file holds up to two instructions: "-1" pays the benefits, booked as one sum, and "-2" pays
 * the withheld tax with its KID (R17). What is the same for every payment is put together once, by
 * st_payment_begin, which also keeps all it needs: the order may be gone when payments are added.
 * The element order is that of the message's official schema; formats/pain.001.001.*.xsd is the
 * narrower profile, and says why each value is what it is.
 */
#include "formats/output_error.h"
#include "stonad/identifier.h"
#include "stonad/output.h"
#include "stonad/payment.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MESSAGE_ID_MAX = 33, /* of 35, so that "-1" and "-2" still fit */
    END_TO_END_ID_MAX = 35,
    REMITTANCE_MAX = 140,
    TOWN_MAX = 35,
    POSTCODE_MAX = 16,
    TEXT_BYTES_MAX = 4 * 140 + 1, /* any text of st_bank_text here */
    PART_SIZE = 8192              /* more than any part can be, every character escaped */
};

/* The tax authority's account and name for withheld tax (R17, SBL § 10-10). */
static const char tax_account[] = "76940524802";
static const char tax_payee[] = "Skatteetaten";
static const char tax_town[] = "OSLO";

/* A piece of the file on its way out. */
struct part {
    char bytes[PART_SIZE];
    size_t used;
};

struct st_payment_writer {
    FILE *out;
    bool with_benefits, instruction_id;
    int name_length_max;
    int64_t payment_count, payment_count_expected;
    st_amount payment_sum, payment_sum_expected;
    struct part remittance; /* the end of every payment of the benefits */
    struct part tax;        /* the whole second instruction; empty without one */
    struct part payment;    /* the payment being written */
};

/* ---- parts --------------------------------------------------------------------------------- */

static void put_bytes(struct part *part, const char *bytes, size_t size) {
    assert(size <= PART_SIZE - part->used);
    memcpy(part->bytes + part->used, bytes, size);
    part->used += size;
}

/* Markup, as it stands. */
static void put(struct part *part, const char *markup) {
    put_bytes(part, markup, strlen(markup));
}

static void put_part(struct part *part, const struct part *other) {
    put_bytes(part, other->bytes, other->used);
}

/* Text, with what would be read as markup escaped. By hand: strcspn builds a table every time. */
static void put_text(struct part *part, const char *text) {
    for (;; text++) {
        size_t plain = 0;
        while (text[plain] != '\0' && text[plain] != '&' && text[plain] != '<' &&
               text[plain] != '>')
            plain++;
        put_bytes(part, text, plain);
        text += plain;
        if (*text == '\0')
            return;
        put(part, *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : "&gt;");
    }
}

static void put_element(struct part *part, const char *name, const char *text) {
    put(part, "<");
    put(part, name);
    put(part, ">");
    put_text(part, text);
    put(part, "</");
    put(part, name);
    put(part, ">");
}

static void put_amount(struct part *part, st_amount amount) {
    char text[ST_AMOUNT_TEXT_SIZE];
    st_amount_for_machines(amount, text);
    put(part, text);
}

/* Text in the letters a bank takes; the order was checked, so it has such a form. */
static void put_bank_text(struct part *part, const char *name, const char *text, int length_max) {
    char bank_text[TEXT_BYTES_MAX];
    if (st_bank_text(text, length_max, bank_text, sizeof bank_text))
        put_element(part, name, bank_text);
}

static enum st_status write_part(FILE *out, const struct part *part, struct st_error *error) {
    if (fwrite(part->bytes, 1, part->used, out) == part->used)
        return ST_OK;
    return st_output_fail(error, ST_IO, "payment.write",
                          "The payment file could not be written: %s; make room and export again.",
                          strerror(errno));
}

/* ---- the parts of the message -------------------------------------------------------------- */

/* NbOfTxs and CtrlSum, on one line. */
static void put_totals(struct part *part, const char *indent, int64_t count, st_amount sum) {
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, count);
    put(part, indent);
    put_element(part, "NbOfTxs", text);
    put(part, "<CtrlSum>");
    put_amount(part, sum);
    put(part, "</CtrlSum>\n");
}

static void put_organisation(struct part *part, const char *id, const char *scheme) {
    put(part, "<Id><OrgId><Othr>");
    put_element(part, "Id", id);
    put(part, "<SchmeNm>");
    put_element(part, "Cd", scheme);
    put(part, "</SchmeNm></Othr></OrgId></Id>");
}

/* The account up to what follows its number in Dbtr and Cdtr alike. */
static void put_account(struct part *part, const char *account) {
    put(part, "<Id><Othr><Id>");
    put(part, account);
    put(part, "</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id>");
}

static void put_header(struct part *part, const struct st_payment_order *order, int64_t count,
                       st_amount sum) {
    put(part, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.");
    put(part, order->version == ST_PAIN_09 ? "09" : "03");
    put(part, "\">\n  <CstmrCdtTrfInitn>\n    <GrpHdr>\n      ");
    put_element(part, "MsgId", order->message_id);
    put_element(part, "CreDtTm", order->created);
    put(part, "\n");
    put_totals(part, "      ", count, sum);
    put(part, "      <InitgPty>");
    put_bank_text(part, "Nm", order->debtor_name, order->bank->name_length_max);
    put_organisation(part, order->organisation_number, order->bank->initiator_scheme);
    put(part, "</InitgPty>\n    </GrpHdr>\n");
}

static void put_execution_date(struct part *part, const struct st_payment_order *order,
                               st_date day) {
    char text[ST_DATE_TEXT_SIZE];
    st_date_format(day, text);
    put(part, "      <ReqdExctnDt>");
    if (order->version == ST_PAIN_09)
        put_element(part, "Dt", text);
    else
        put(part, text);
    put(part, "</ReqdExctnDt>\n");
}

static void put_debtor(struct part *part, const struct st_payment_order *order) {
    put(part, "      <Dbtr>");
    put_bank_text(part, "Nm", order->debtor_name, order->bank->name_length_max);
    put(part, "<PstlAdr>");
    if (order->debtor_postcode[0] != '\0')
        put_element(part, "PstCd", order->debtor_postcode);
    if (order->debtor_town[0] != '\0')
        put_bank_text(part, "TwnNm", order->debtor_town, TOWN_MAX);
    put(part, "<Ctry>NO</Ctry></PstlAdr>");
    put_organisation(part, order->organisation_number, "CUST");
    put(part, "</Dbtr>\n      <DbtrAcct>");
    put_account(part, order->debtor_account);
    put(part, "<Ccy>NOK</Ccy></DbtrAcct>\n      <DbtrAgt><FinInstnId>");
    put_element(part, order->version == ST_PAIN_09 ? "BICFI" : "BIC", order->debtor_bic);
    put(part, "</FinInstnId></DbtrAgt>\n");
}

/* An instruction up to its first payment. Without a category purpose it is the tax: booked by
 * itself, so that the tax authority's receipt is found in the accounts. */
static void put_instruction(struct part *part, const struct st_payment_order *order,
                            const char *suffix, const char *category_purpose, st_date day,
                            int64_t count, st_amount sum) {
    put(part, "    <PmtInf>\n      <PmtInfId>");
    put_text(part, order->message_id);
    put(part, suffix);
    put(part, "</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>");
    put(part, category_purpose != NULL ? "true" : "false");
    put(part, "</BtchBookg>\n");
    if (order->bank->batch_totals)
        put_totals(part, "      ", count, sum);
    put(part, "      <PmtTpInf><InstrPrty>NORM</InstrPrty><SvcLvl><Cd>NURG</Cd></SvcLvl>");
    if (category_purpose != NULL) {
        put(part, "<CtgyPurp>");
        put_element(part, "Cd", category_purpose);
        put(part, "</CtgyPurp>");
    }
    put(part, "</PmtTpInf>\n");
    put_execution_date(part, order, day);
    put_debtor(part, order);
    if (order->bank->charge_bearer)
        put(part, "      <ChrgBr>SLEV</ChrgBr>\n");
}

/* A payment up to the payee's name. */
static void put_payment_start(struct part *part, bool instruction_id, const char *end_to_end_id,
                              st_amount amount) {
    put(part, "      <CdtTrfTxInf><PmtId>");
    if (instruction_id)
        put_element(part, "InstrId", end_to_end_id);
    put_element(part, "EndToEndId", end_to_end_id);
    put(part, "</PmtId><Amt><InstdAmt Ccy=\"NOK\">");
    put_amount(part, amount);
    put(part, "</InstdAmt></Amt><Cdtr>");
}

static void put_tax(struct part *part, const struct st_payment_order *order) {
    put_instruction(part, order, "-2", NULL, order->tax_payday, 1, order->tax_sum);
    put_payment_start(part, order->bank->instruction_id, order->tax_end_to_end_id, order->tax_sum);
    put_element(part, "Nm", tax_payee);
    put(part, "<PstlAdr>");
    put_element(part, "TwnNm", tax_town);
    put(part, "<Ctry>NO</Ctry></PstlAdr></Cdtr><CdtrAcct>");
    put_account(part, tax_account);
    put(part, "</CdtrAcct><RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>");
    put_element(part, "Ref", order->tax_kid);
    put(part, "</CdtrRefInf></Strd></RmtInf></CdtTrfTxInf>\n    </PmtInf>\n");
}

/* ---- the order ----------------------------------------------------------------------------- */

/* Letters, digits and '-': what every bank gives back unchanged. */
static bool is_identifier(const char *text, size_t size_max) {
    size_t size = 0;
    for (; text[size] != '\0'; size++) {
        char c = text[size];
        bool allowed =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
        if (!allowed || size == size_max)
            return false;
    }
    return size > 0;
}

static bool is_account(const char *text) {
    size_t size = 0;
    while (text[size] >= '0' && text[size] <= '9' && size < 11)
        size++;
    return size == 11 && text[size] == '\0';
}

/* "YYYY-MM-DDTHH:MM:SS" */
static bool is_time(const char *text) {
    st_date day;
    if (strlen(text) != 19 || !st_date_parse(text, 10, &day))
        return false;
    static const char pattern[] = "Tdd:dd:dd";
    for (size_t i = 0; i < 9; i++) {
        char c = text[10 + i];
        if (pattern[i] == 'd' ? c < '0' || c > '9' : c != pattern[i])
            return false;
    }
    return memcmp(text + 11, "24", 2) < 0 && text[14] < '6' && text[17] < '6';
}

static bool is_bank_text(const char *text) {
    char bank_text[TEXT_BYTES_MAX];
    return st_bank_text(text, 1, bank_text, sizeof bank_text);
}

static bool is_day(st_date day) {
    return day != ST_DATE_NONE && day != ST_DATE_OPEN;
}

static enum st_status check_sender(const struct st_payment_order *order, struct st_error *error) {
    const enum st_status bad = ST_BAD_INPUT;
    if (!is_identifier(order->message_id, MESSAGE_ID_MAX))
        return st_output_fail(
            error, bad, "payment.message_id",
            "The message id has to be 1 to %d letters, digits or '-'; approve the run again.",
            MESSAGE_ID_MAX);
    if (!is_time(order->created))
        return st_output_fail(error, bad, "payment.created",
                              "The time of the approval has to be written YYYY-MM-DDTHH:MM:SS.");
    if (!is_bank_text(order->debtor_name) || !is_bank_text(order->debtor_town))
        return st_output_fail(error, bad, "payment.debtor",
                              "The municipality's name and town have to be UTF-8 text.");
    if (order->debtor_postcode[0] != '\0' && !is_identifier(order->debtor_postcode, POSTCODE_MAX))
        return st_output_fail(error, bad, "payment.debtor",
                              "The municipality's postcode has to be four digits, or left out.");
    if (!is_account(order->debtor_account) ||
        !st_bic_is_well_formed(order->debtor_bic, strlen(order->debtor_bic)))
        return st_output_fail(
            error, bad, "payment.debtor",
            "The municipality's account has to be 11 digits and its BIC 8 or 11 characters.");
    if (!st_organisation_number_check(order->organisation_number,
                                      strlen(order->organisation_number)))
        return st_output_fail(
            error, bad, "payment.debtor",
            "The municipality's organisation number has to be nine digits with a right "
            "check digit.");
    return ST_OK;
}

static enum st_status check_benefits(const struct st_payment_order *order, struct st_error *error) {
    if (!order->with_benefits || order->payment_count == 0)
        return ST_OK;
    if (order->payment_count < 0 || order->payment_sum.ore <= 0)
        return st_output_fail(
            error, ST_BAD_INPUT, "payment.order",
            "The payments' count and sum have to be above zero; look at the run.");
    if (!is_day(order->payday) || !is_bank_text(order->remittance))
        return st_output_fail(error, ST_BAD_INPUT, "payment.order",
                              "The payments need a payday and a message to the payee in UTF-8.");
    return ST_OK;
}

static bool has_tax(const struct st_payment_order *order) {
    return order->tax_kid != NULL && order->tax_sum.ore > 0;
}

static enum st_status check_tax(const struct st_payment_order *order, struct st_error *error) {
    if (order->tax_kid == NULL)
        return ST_OK;
    if (st_kid_check(order->tax_kid, strlen(order->tax_kid)) == ST_KID_INVALID)
        return st_output_fail(
            error, ST_BAD_INPUT, "payment.kid",
            "The KID of the tax payment has a wrong check digit or length; copy it again "
            "from the tax authority's notice.");
    if (order->tax_sum.ore < 0 || !is_day(order->tax_payday) || order->tax_end_to_end_id == NULL ||
        !is_identifier(order->tax_end_to_end_id, END_TO_END_ID_MAX))
        return st_output_fail(
            error, ST_BAD_INPUT, "payment.order",
            "The tax payment needs a sum, a day and an EndToEndId of letters, digits and '-'.");
    return ST_OK;
}

static enum st_status check_order(const struct st_payment_order *order, struct st_error *error) {
    enum st_status status = check_sender(order, error);
    if (status == ST_OK)
        status = check_benefits(order, error);
    if (status == ST_OK)
        status = check_tax(order, error);
    return status;
}

/* ---- the stream ---------------------------------------------------------------------------- */

static void keep_parts(struct st_payment_writer *writer, const struct st_payment_order *order) {
    put_bank_text(&writer->remittance, "Ustrd", order->remittance, REMITTANCE_MAX);
    put(&writer->remittance, "</RmtInf></CdtTrfTxInf>\n");
    if (has_tax(order))
        put_tax(&writer->tax, order);
}

static enum st_status write_head(struct st_payment_writer *writer,
                                 const struct st_payment_order *order, struct st_error *error) {
    int64_t count = writer->payment_count_expected + (has_tax(order) ? 1 : 0);
    st_amount sum = writer->payment_sum_expected;
    if (has_tax(order) && !st_amount_add(sum, order->tax_sum, &sum))
        return st_output_fail(
            error, ST_BAD_INPUT, "payment.order",
            "The sum of payments and tax is too large to count; look at the run.");
    if (count == 0)
        return st_output_fail(error, ST_REFUSED, "payment.empty",
                              "There is nothing to pay: no payment file is needed.");
    struct part *part = &writer->payment;
    part->used = 0;
    put_header(part, order, count, sum);
    if (writer->with_benefits)
        put_instruction(part, order, "-1", order->bank->category_purpose, order->payday,
                        order->payment_count, order->payment_sum);
    return write_part(writer->out, part, error);
}

enum st_status st_payment_begin(FILE *out, const struct st_payment_order *order,
                                struct st_payment_writer **writer_out, struct st_error *error) {
    *writer_out = NULL;
    enum st_status status = check_order(order, error);
    if (status != ST_OK)
        return status;
    struct st_payment_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return st_output_out_of_memory(error);
    writer->out = out;
    writer->instruction_id = order->bank->instruction_id;
    writer->name_length_max = order->bank->name_length_max;
    writer->with_benefits = order->with_benefits && order->payment_count > 0;
    if (writer->with_benefits) {
        writer->payment_count_expected = order->payment_count;
        writer->payment_sum_expected = order->payment_sum;
    }
    keep_parts(writer, order);
    status = write_head(writer, order, error);
    if (status != ST_OK) {
        st_payment_free(writer);
        return status;
    }
    *writer_out = writer;
    return ST_OK;
}

static enum st_status check_payment(const struct st_payment *payment, struct st_error *error) {
    if (!is_identifier(payment->end_to_end_id, END_TO_END_ID_MAX))
        return st_output_fail(
            error, ST_BAD_INPUT, "payment.end_to_end_id",
            "A payment's EndToEndId has to be 1 to %d letters, digits or '-'; check the "
            "ledger with `stonad verify`.",
            END_TO_END_ID_MAX);
    if (!is_account(payment->account))
        return st_output_fail(
            error, ST_BAD_INPUT, "payment.account",
            "Payment %s has no account of 11 digits; correct the person's account.",
            payment->end_to_end_id);
    if (payment->amount.ore <= 0)
        return st_output_fail(
            error, ST_BAD_INPUT, "payment.amount",
            "Payment %s is not above zero; check the ledger with `stonad verify`.",
            payment->end_to_end_id);
    return ST_OK;
}

/* The person is named by the payment's id: names and accounts do not belong in an error text. */
enum st_status st_payment_add(struct st_payment_writer *writer, const struct st_payment *payment,
                              struct st_error *error) {
    enum st_status status = check_payment(payment, error);
    if (status != ST_OK)
        return status;
    char name[TEXT_BYTES_MAX];
    if (!st_bank_text(payment->name, writer->name_length_max, name, sizeof name))
        return st_output_fail(
            error, ST_BAD_INPUT, "payment.name",
            "The name of payment %s is not UTF-8 text; correct the person's name.",
            payment->end_to_end_id);
    if (writer->payment_count == writer->payment_count_expected ||
        !st_amount_add(writer->payment_sum, payment->amount, &writer->payment_sum))
        return st_output_fail(error, ST_DAMAGED, "payment.total",
                              "Payment %s is more than the %" PRId64
                              " payments the run was approved with; "
                              "check the ledger with `stonad verify`.",
                              payment->end_to_end_id, writer->payment_count_expected);
    writer->payment_count++;
    struct part *part = &writer->payment;
    part->used = 0;
    put_payment_start(part, writer->instruction_id, payment->end_to_end_id, payment->amount);
    put_element(part, "Nm", name);
    put(part, "</Cdtr><CdtrAcct>");
    put_account(part, payment->account);
    put(part, "</CdtrAcct><RmtInf>");
    put_part(part, &writer->remittance);
    return write_part(writer->out, part, error);
}

static enum st_status check_totals(const struct st_payment_writer *writer, struct st_error *error) {
    if (writer->payment_count == writer->payment_count_expected &&
        st_amount_compare(writer->payment_sum, writer->payment_sum_expected) == 0)
        return ST_OK;
    char sum[ST_AMOUNT_TEXT_SIZE], sum_expected[ST_AMOUNT_TEXT_SIZE];
    st_amount_for_people(writer->payment_sum, sum);
    st_amount_for_people(writer->payment_sum_expected, sum_expected);
    return st_output_fail(error, ST_DAMAGED, "payment.total",
                          "The run was approved with %" PRId64
                          " payments of %s kroner, but the ledger gives "
                          "%" PRId64 " of %s; check it with `stonad verify`, nothing was released.",
                          writer->payment_count_expected, sum_expected, writer->payment_count, sum);
}

enum st_status st_payment_finish(struct st_payment_writer *writer, struct st_error *error) {
    enum st_status status = check_totals(writer, error);
    if (status != ST_OK)
        return status;
    struct part *part = &writer->payment;
    part->used = 0;
    if (writer->with_benefits)
        put(part, "    </PmtInf>\n");
    status = write_part(writer->out, part, error);
    if (status != ST_OK)
        return status;
    part->used = 0;
    put_part(part, &writer->tax);
    put(part, "  </CstmrCdtTrfInitn>\n</Document>\n");
    return write_part(writer->out, part, error);
}

void st_payment_free(struct st_payment_writer *writer) {
    free(writer);
}
