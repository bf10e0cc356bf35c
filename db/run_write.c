/* SPDX-License-Identifier: MIT */
/* run_write.c - one person's payslip into the ledger, after its books were added up once more: what
 * does not balance is never written.
 */
#include "db/run_internal.h"

#include "stonad/identifier.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum st_status st_payslip_writer_open(struct st_payslip_writer *writer, struct st_ledger *ledger,
                                      struct st_error *error) {
    st_writer_open(&writer->payslip, ledger, ST_TABLE_PAYSLIP);
    st_writer_open(&writer->line, ledger, ST_TABLE_LINE);
    st_writer_open(&writer->correction, ledger, ST_TABLE_CORRECTION);
    st_writer_open(&writer->claim, ledger, ST_TABLE_CLAIM);
    st_writer_open(&writer->finding, ledger, ST_TABLE_FINDING);
    writer->totals = (struct st_run_totals){0};
    enum st_status status = st_leaf_maker_open(&writer->leaves, ledger, error);
    st_tree_begin(&writer->tree, writer->leaves.hasher);
    return status;
}

void st_payslip_writer_close(struct st_payslip_writer *writer) {
    st_writer_close(&writer->payslip);
    st_writer_close(&writer->line);
    st_writer_close(&writer->correction);
    st_writer_close(&writer->claim);
    st_writer_close(&writer->finding);
    st_leaf_maker_close(&writer->leaves);
}

/* ---- the books ----------------------------------------------------------------------------- */

/* What the lines leave on the person's account: it must be nothing. */
static bool lines_balance(const struct st_payslip *payslip) {
    st_amount left = ST_ZERO;
    for (size_t i = 0; i < payslip->line_count; i++) {
        const struct st_line *line = &payslip->lines[i];
        bool adds_up = true;
        if (line->amount.ore < 0 || line->debit_from == line->credit_to)
            return false;
        if (line->credit_to == ST_ACCOUNT_PERSON)
            adds_up = st_amount_add(left, line->amount, &left);
        if (line->debit_from == ST_ACCOUNT_PERSON)
            adds_up = st_amount_subtract(left, line->amount, &left);
        if (!adds_up)
            return false;
    }
    return left.ore == 0;
}

/* taxable is the sum of the six columns before it, net what the tax leaves. */
static bool columns_balance(const struct st_payslip *payslip) {
    const st_amount columns[] = {payslip->benefit, payslip->offsets,     payslip->work,
                                 payslip->absence, payslip->corrections, payslip->recovery};
    st_amount taxable = ST_ZERO, net;
    for (size_t i = 0; i < ST_COUNT_OF(columns); i++)
        if (!st_amount_add(taxable, columns[i], &taxable))
            return false;
    return taxable.ore == payslip->taxable.ore && payslip->tax.ore >= 0 &&
           st_amount_subtract(taxable, payslip->tax, &net) && net.ore == payslip->net.ore &&
           net.ore >= 0;
}

static enum st_status check_books(const struct st_participant *participant,
                                  const struct st_payslip *payslip, struct st_error *error) {
    char masked[ST_PERSON_NUMBER_SIZE];
    if (lines_balance(payslip) && columns_balance(payslip))
        return ST_OK;
    st_person_number_mask(participant->person_id, masked);
    return st_db_fail(
        error, ST_DAMAGED, "run.unbalanced",
        "The payslip of %s does not balance, so nothing was written; this is a fault of "
        "stonad: report it.",
        masked);
}

/* What became a claim on the person in this payslip (R11). */
static bool add_claims(struct st_run_totals *totals, const struct st_payslip *payslip) {
    for (size_t i = 0; i < payslip->movement_count; i++)
        if (payslip->movements[i].kind == ST_CLAIM_ARISEN &&
            !st_amount_add(totals->claims, payslip->movements[i].amount, &totals->claims))
            return false;
    return true;
}

bool st_run_totals_add(struct st_run_totals *totals, const struct st_payslip *payslip) {
    bool is_held = payslip->state == ST_PAYSLIP_HELD;
    totals->person_count++;
    totals->held_count += is_held;
    totals->corrected_count += payslip->correction_count > 0;
    if (!st_amount_add(totals->benefit, payslip->benefit, &totals->benefit) ||
        !st_amount_add(totals->taxable, payslip->taxable, &totals->taxable) ||
        !st_amount_add(totals->corrections, payslip->corrections, &totals->corrections) ||
        !st_amount_add(totals->recovery, payslip->recovery, &totals->recovery) ||
        !add_claims(totals, payslip))
        return false;
    if (is_held)
        return true;
    totals->payment_count += payslip->net.ore > 0;
    return st_amount_add(totals->tax, payslip->tax, &totals->tax) &&
           st_amount_add(totals->net, payslip->net, &totals->net);
}

/* ---- rows ---------------------------------------------------------------------------------- */

static const char *language_name(enum st_language language) {
    return st_fact_describe(ST_FACT_PARTICIPANT)->columns[ST_LANGUAGE_COLUMN].choices[language];
}

static enum st_status write_payslip(struct st_payslip_writer *writer,
                                    const struct st_participant *participant,
                                    const struct st_payslip *payslip, const char *end_to_end_id,
                                    struct st_error *error) {
    struct st_writer *row = &writer->payslip;
    enum st_status status = st_writer_begin(row, 1, error);
    if (status != ST_OK)
        return status;
    st_writer_row(row);
    st_writer_integer(row, writer->run);
    st_writer_text(row, participant->person_id);
    st_writer_text(row, participant->name);
    st_writer_month(row, writer->month);
    st_writer_text(row, payslip->state == ST_PAYSLIP_HELD ? "held" : "due");
    st_writer_text(row, payslip->held_reason);
    st_writer_text(row, payslip->tax_basis);
    st_writer_integer(row, payslip->benefit.ore);
    st_writer_integer(row, payslip->offsets.ore);
    st_writer_integer(row, payslip->work.ore);
    st_writer_integer(row, payslip->absence.ore);
    st_writer_integer(row, payslip->corrections.ore);
    st_writer_integer(row, payslip->recovery.ore);
    st_writer_integer(row, payslip->taxable.ore);
    st_writer_integer(row, payslip->tax.ore);
    st_writer_integer(row, payslip->net.ore);
    st_writer_text(row, participant->account);
    st_writer_text(row, end_to_end_id);
    st_writer_text(row, language_name(participant->language));
    st_writer_text(row, payslip->tax_period);
    return st_writer_flush(row, error);
}

static void write_line(struct st_payslip_writer *writer, const char *person_id, size_t number,
                       const struct st_line *line) {
    struct st_writer *row = &writer->line;
    st_writer_row(row);
    st_writer_integer(row, writer->run);
    st_writer_text(row, person_id);
    st_writer_integer(row, (int64_t)number);
    st_writer_text(row, st_line_kind_name(line->kind));
    st_writer_month(row, line->month);
    st_writer_date(row, line->from);
    st_writer_date(row, line->to);
    st_writer_fraction(row, line->quantity);
    st_writer_text(row, st_unit_name(line->unit));
    st_writer_fraction(row, line->rate);
    st_writer_fraction(row, line->exact);
    st_writer_integer(row, line->amount.ore);
    st_writer_text(row, st_account_name(line->debit_from));
    st_writer_text(row, st_account_name(line->credit_to));
    st_writer_integer(row, line->cut);
    st_writer_text(row, line->rule);
    st_writer_text(row, line->citation);
    st_writer_text(row, line->inputs);
}

static int rows_of_next_statement(size_t left) {
    return left > ST_WRITER_ROWS_MAX ? ST_WRITER_ROWS_MAX : (int)left;
}

static enum st_status write_lines(struct st_payslip_writer *writer, const char *person_id,
                                  const struct st_payslip *payslip, struct st_error *error) {
    size_t written = 0;
    while (written < payslip->line_count) {
        int rows = rows_of_next_statement(payslip->line_count - written);
        enum st_status status = st_writer_begin(&writer->line, rows, error);
        if (status != ST_OK)
            return status;
        for (int i = 0; i < rows; i++, written++)
            write_line(writer, person_id, written + 1, &payslip->lines[written]);
        status = st_writer_flush(&writer->line, error);
        if (status != ST_OK)
            return status;
    }
    return ST_OK;
}

/* R11: one row for each earlier month, with what brought it about. */
static enum st_status write_corrections(struct st_payslip_writer *writer, const char *person_id,
                                        const struct st_payslip *payslip, struct st_error *error) {
    struct st_writer *row = &writer->correction;
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < payslip->correction_count; i++) {
        const struct st_correction *correction = &payslip->corrections_made[i];
        struct st_cause cause;
        st_run_cause(writer->reader, writer->rates, correction, &cause);
        status = st_writer_begin(row, 1, error);
        if (status != ST_OK)
            return status;
        st_writer_row(row);
        st_writer_integer(row, writer->run);
        st_writer_text(row, person_id);
        st_writer_month(row, correction->month);
        st_writer_integer(row, correction->paid.ore);
        st_writer_integer(row, correction->due.ore);
        st_writer_integer(row, correction->due.ore - correction->paid.ore);
        st_writer_text(row, cause.text);
        st_writer_integer(row, cause.entry);
        status = st_writer_flush(row, error);
    }
    return status;
}

/* R12: what moved the person's claims. */
static enum st_status write_claims(struct st_payslip_writer *writer, const char *person_id,
                                   const struct st_payslip *payslip, struct st_error *error) {
    struct st_writer *row = &writer->claim;
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < payslip->movement_count; i++) {
        const struct st_claim_movement *movement = &payslip->movements[i];
        status = st_writer_begin(row, 1, error);
        if (status != ST_OK)
            return status;
        st_writer_row(row);
        st_writer_text(row, person_id);
        st_writer_integer(row, writer->run);
        st_writer_integer(row, (int64_t)i + 1);
        st_writer_text(row, st_claim_kind_name(movement->kind));
        st_writer_date(row, movement->decided);
        st_writer_integer(row, movement->amount.ore);
        st_writer_integer(row, movement->remaining.ore);
        status = st_writer_flush(row, error);
    }
    return status;
}

enum st_status st_payslip_write_findings(struct st_payslip_writer *writer, const char *person_id,
                                         const struct st_finding *findings, size_t count,
                                         struct st_error *error) {
    struct st_writer *row = &writer->finding;
    size_t written = 0;
    writer->totals.finding_count += (int64_t)count;
    while (written < count) {
        int rows = rows_of_next_statement(count - written);
        enum st_status status = st_writer_begin(row, rows, error);
        if (status != ST_OK)
            return status;
        for (int i = 0; i < rows; i++, written++) {
            const struct st_finding *finding = &findings[written];
            st_writer_row(row);
            st_writer_integer(row, writer->run);
            st_writer_text(row, person_id);
            st_writer_integer(row, (int64_t)written + 1);
            st_writer_text(row, finding->code);
            st_writer_text(row, st_severity_name(finding->severity));
            st_writer_text(row, finding->rule);
            st_writer_text(row, finding->citation);
            st_writer_text(row, finding->text);
        }
        status = st_writer_flush(row, error);
        if (status != ST_OK)
            return status;
    }
    return ST_OK;
}

/* ---- the tree ------------------------------------------------------------------------------ */

/* What was written of the person since st_digest_payslip_begin becomes the next leaf. */
static enum st_status add_leaf(struct st_payslip_writer *writer, const char *person_id,
                               struct st_error *error) {
    struct st_tree_hash salt, leaf;
    const char *bytes;
    size_t size;
    if (!st_digest_payslip_end(writer->payslip.ledger->digest, &bytes, &size))
        return st_db_fail_memory(error);
    enum st_status status = st_payslip_salt(&writer->leaves, writer->run, person_id, &salt, error);
    if (status == ST_OK)
        status = st_payslip_leaf_hash(&writer->leaves, &salt, bytes, size, &leaf, error);
    if (status == ST_OK)
        st_tree_add(&writer->tree, &leaf);
    return status;
}

enum st_status st_payslip_writer_root(const struct st_payslip_writer *writer,
                                      char root[ST_DIGEST_TEXT_SIZE], struct st_error *error) {
    struct st_tree_hash hash;
    if (!st_tree_root(&writer->tree, &hash))
        return st_db_fail_memory(error);
    st_tree_hex(&hash, root);
    return ST_OK;
}

/* ---- one person ---------------------------------------------------------------------------- */

/* "<orgnr>-<YYYYMMDD>-<run>-0000001", counting the payments of the run: made of nothing but what the
 * ledger holds, so a file written twice names the same payments, and the bank refuses the second. Seven
 * digits keep it apart from the payment blocks of the file, which end in -1 and -2. */
static enum st_status end_to_end_id(const struct st_payslip_writer *writer,
                                    char text[ST_TEXT_ID_SIZE], struct st_error *error) {
    int size = snprintf(text, ST_TEXT_ID_SIZE, "%s%07" PRId64, writer->end_to_end_prefix,
                        writer->totals.payment_count);
    if (size > 0 && size < ST_TEXT_ID_SIZE)
        return ST_OK;
    return st_db_fail(
        error, ST_REFUSED, "run.payment_id",
        "The payments of this run have ids longer than the %d characters a bank takes; "
        "pay the month in another ledger.",
        ST_TEXT_ID_SIZE - 1);
}

enum st_status st_payslip_write(struct st_payslip_writer *writer,
                                const struct st_participant *participant,
                                const struct st_payslip *payslip, struct st_error *error) {
    const char *person_id = participant->person_id;
    char id[ST_TEXT_ID_SIZE] = "";
    enum st_status status = ST_OK;
    if (payslip->is_due) {
        st_digest_payslip_begin(writer->payslip.ledger->digest);
        status = check_books(participant, payslip, error);
        if (status == ST_OK && !st_run_totals_add(&writer->totals, payslip))
            status = st_db_fail(error, ST_BAD_INPUT, "run.overflow",
                                "The sums of the run are too large; put its facts right.");
        if (status == ST_OK && payslip->state == ST_PAYSLIP_DUE && payslip->net.ore > 0)
            status = end_to_end_id(writer, id, error);
        if (status == ST_OK)
            status = write_payslip(writer, participant, payslip, id, error);
        if (status == ST_OK)
            status = write_lines(writer, person_id, payslip, error);
        if (status == ST_OK)
            status = write_corrections(writer, person_id, payslip, error);
        if (status == ST_OK)
            status = write_claims(writer, person_id, payslip, error);
    }
    if (status == ST_OK)
        status = st_payslip_write_findings(writer, person_id, payslip->findings,
                                           payslip->finding_count, error);
    if (status == ST_OK && payslip->is_due)
        status = add_leaf(writer, person_id, error);
    return status;
}
