/* SPDX-License-Identifier: MIT */
/* workbench.c - the bench every step of the engine works on: the calculator's memory, new lines and
 * findings, the cut to what remains (R10), the ways to fail; and the names of accounts, kinds and units.
 */
#include "engine/calculator.h"
#include "stonad/identifier.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A person's month has a few lines; more than this is not a month but a mistake in the facts. */
enum { LINES_MAX = 4096, FINDINGS_MAX = 4096 };

/* Where each kind of line moves money. The HELD line gives the benefit back to where it came from:
 * nothing was paid, so nothing may stand as spent. */
static const struct {
    const char *name;
    enum st_account from, to;
} line_kinds[ST_LINE_KIND_COUNT] = {
    [ST_LINE_BENEFIT] = {"benefit", ST_ACCOUNT_BENEFIT, ST_ACCOUNT_PERSON},
    [ST_LINE_OFFSET] = {"offset", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_WORK] = {"work", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_ABSENCE_DAYS] = {"absence_days", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_ABSENCE_HOURS] = {"absence_hours", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_ABSENCE_MONTH] = {"absence_month", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_CORRECTION_BENEFIT] = {"correction_benefit", ST_ACCOUNT_BENEFIT, ST_ACCOUNT_PERSON},
    [ST_LINE_CORRECTION_OFFSET] = {"correction_offset", ST_ACCOUNT_BENEFIT, ST_ACCOUNT_PERSON},
    [ST_LINE_CORRECTION_WORK] = {"correction_work", ST_ACCOUNT_BENEFIT, ST_ACCOUNT_PERSON},
    [ST_LINE_CORRECTION_ABSENCE_DAYS] = {"correction_absence_days", ST_ACCOUNT_BENEFIT,
                                         ST_ACCOUNT_PERSON},
    [ST_LINE_CORRECTION_ABSENCE_HOURS] = {"correction_absence_hours", ST_ACCOUNT_BENEFIT,
                                          ST_ACCOUNT_PERSON},
    [ST_LINE_CORRECTION_ABSENCE_MONTH] = {"correction_absence_month", ST_ACCOUNT_BENEFIT,
                                          ST_ACCOUNT_PERSON},
    [ST_LINE_REFUND] = {"refund", ST_ACCOUNT_AGENCY, ST_ACCOUNT_PERSON},
    [ST_LINE_CLAIM] = {"claim", ST_ACCOUNT_CLAIM, ST_ACCOUNT_PERSON},
    [ST_LINE_RECOVERY] = {"recovery", ST_ACCOUNT_PERSON, ST_ACCOUNT_CLAIM},
    [ST_LINE_REFUND_CLAIM] = {"refund_claim", ST_ACCOUNT_AGENCY, ST_ACCOUNT_CLAIM},
    [ST_LINE_WRITTEN_OFF] = {"written_off", ST_ACCOUNT_BENEFIT, ST_ACCOUNT_CLAIM},
    [ST_LINE_TAX] = {"tax", ST_ACCOUNT_PERSON, ST_ACCOUNT_TAX},
    [ST_LINE_EXTRA_TAX] = {"extra_tax", ST_ACCOUNT_PERSON, ST_ACCOUNT_TAX},
    [ST_LINE_JANUARY_TAX] = {"january_tax", ST_ACCOUNT_PERSON, ST_ACCOUNT_TAX},
    [ST_LINE_HELD] = {"held", ST_ACCOUNT_PERSON, ST_ACCOUNT_BENEFIT},
    [ST_LINE_PAYMENT] = {"payment", ST_ACCOUNT_PERSON, ST_ACCOUNT_BANK},
};

const char *st_line_kind_name(enum st_line_kind kind) {
    assert((unsigned)kind < ST_LINE_KIND_COUNT);
    return line_kinds[kind].name;
}

const char *st_account_name(enum st_account account) {
    static const char *const names[ST_ACCOUNT_COUNT] = {"benefit", "person", "tax",
                                                        "bank",    "claim",  "agency"};
    assert((unsigned)account < ST_ACCOUNT_COUNT);
    return names[account];
}

const char *st_unit_name(enum st_unit unit) {
    static const char *const names[] = {"day", "hour", "month share", "krone", "payment"};
    assert((unsigned)unit < ST_COUNT_OF(names));
    return names[unit];
}

st_amount st_line_signed(const struct st_line *line) {
    if (line->debit_from == ST_ACCOUNT_PERSON)
        return (st_amount){-line->amount.ore};
    return line->credit_to == ST_ACCOUNT_PERSON ? line->amount : ST_ZERO;
}

/* ---- the workbench ----------------------------------------------------------------------------- */

struct st_calculator *st_calculator_new(void) { return calloc(1, sizeof(struct st_calculator)); }

void st_calculator_free(struct st_calculator *calculator) {
    if (calculator == NULL)
        return;
    free(calculator->lines);
    free(calculator->findings);
    free(calculator->past);
    free(calculator->differences);
    free(calculator->corrections);
    free(calculator->movements);
    free(calculator->owed_claims);
    free(calculator);
}

void st_error_fill(struct st_error *error, enum st_status status, const char *code,
                   const char *sentence) {
    struct st_text text = st_text_into(error->text, sizeof error->text);
    struct st_text code_text = st_text_into(error->code, sizeof error->code);
    error->status = status;
    st_text_add(&code_text, code);
    st_text_add(&text, sentence);
}

enum st_status st_fail(struct st_calculator *calculator, enum st_status status, const char *code,
                       const char *text) {
    char sentence[ST_ERROR_TEXT_MAX], masked[ST_PERSON_NUMBER_SIZE];
    struct st_text out = st_text_into(sentence, sizeof sentence);
    st_person_number_mask(calculator->facts->participant.person_id, masked);
    st_text_add(&out, "person ");
    st_text_add(&out, masked);
    st_text_add(&out, ": ");
    st_text_add(&out, text);
    st_error_fill(calculator->error, status, code, sentence);
    return status;
}

enum st_status st_fail_overflow(struct st_calculator *calculator) {
    return st_fail(calculator, ST_BAD_INPUT, "amount.overflow",
                   "an amount is too large to compute exactly; correct the facts of the month");
}

bool st_make_room(void **array, size_t *room, size_t count, size_t size, size_t limit) {
    if (count < *room)
        return true;
    if (count >= limit)
        return false;
    size_t wanted = *room == 0 ? 16 : *room * 2;
    void *larger = realloc(*array, wanted * size);
    if (larger == NULL)
        return false;
    *array = larger;
    *room = wanted;
    return true;
}

enum st_status st_fail_room(struct st_calculator *calculator) {
    return st_fail(calculator, ST_IO, "memory",
                   "there is no memory for the payslip's lines; free some and run again");
}

struct st_line *st_line_new(struct st_calculator *calculator, enum st_line_kind kind) {
    void *array = calculator->lines;
    if (!st_make_room(&array, &calculator->line_room, calculator->line_count, sizeof(struct st_line),
                   LINES_MAX)) {
        st_fail_room(calculator);
        return NULL;
    }
    calculator->lines = array;
    struct st_line *line = &calculator->lines[calculator->line_count++];
    memset(line, 0, offsetof(struct st_line, inputs));
    line->inputs[0] = '\0';
    line->kind = kind;
    line->month = calculator->terms->month;
    line->quantity = line->rate = line->exact = ST_FRACTION_ZERO;
    line->debit_from = line_kinds[kind].from;
    line->credit_to = line_kinds[kind].to;
    return line;
}

enum st_status st_finding_add(struct st_calculator *calculator, const char *code,
                              const char *detail) {
    void *array = calculator->findings;
    if (!st_make_room(&array, &calculator->finding_room, calculator->finding_count,
                   sizeof(struct st_finding), FINDINGS_MAX))
        return st_fail_room(calculator);
    calculator->findings = array;
    st_finding_fill(&calculator->findings[calculator->finding_count++], code, detail);
    return ST_OK;
}

enum st_status st_line_deduct(struct st_calculator *calculator, struct st_line *line) {
    st_fraction taken = line->exact;
    ST_EXACT(calculator, st_round_to_ore(line->exact, &line->amount));
    assert(line->amount.ore >= 0);
    if (st_amount_compare(line->amount, calculator->remaining) > 0) {
        line->amount = calculator->remaining;
        line->cut = true;
        taken = st_fraction_from_amount(line->amount);
    }
    ST_EXACT(calculator, st_fraction_add(calculator->deducted_exact, taken,
                                         &calculator->deducted_exact));
    ST_EXACT(calculator,
             st_amount_subtract(calculator->remaining, line->amount, &calculator->remaining));
    return ST_OK;
}
