/* SPDX-License-Identifier: MIT */
/* recover.c - R12: what becomes of money paid too much (Act § 25). In this order: another agency pays
 * what its benefit took back (third paragraph); the net minus of the corrections becomes a claim;
 * claims given up by decision; recovery from this payment, as decided, or below the cautious limit.
 *
 * Claims are one account a person: what moves it is a line, and a movement that the ledger keeps.
 * They are settled oldest first, so what is left of which claim follows from the sums. Nothing is
 * taken below zero, and a held payslip moves no claim.
 */
#include "engine/calculator.h"

#include <assert.h>

enum { MOVEMENTS_MAX = 100000 };

#define SECTION_25 "integreringsloven § 25 "

const char *st_claim_kind_name(enum st_claim_kind kind) {
    static const char *const names[] = {"arisen", "recovered", "refunded", "written_off", "agency"};
    assert((unsigned)kind < ST_COUNT_OF(names));
    return names[kind];
}

/* ---- claims so far --------------------------------------------------------------------------- */

static st_amount least_of(st_amount a, st_amount b, st_amount c) {
    return st_amount_min(a, st_amount_min(b, c));
}

/* What earlier runs and this one moved under a decision: a row of recoveries.csv. */
static enum st_status add_used(struct st_calculator *calculator, st_date decided,
                               const struct st_claim_movement *movements, size_t count,
                               st_amount *used) {
    for (size_t i = 0; i < count; i++)
        if (movements[i].decided == decided)
            ST_EXACT(calculator, st_amount_add(*used, movements[i].amount, used));
    return ST_OK;
}

/* What a decision leaves room for: its amount less what was moved under it. */
static enum st_status find_room(struct st_calculator *calculator,
                                const struct st_recovery *decision, st_amount *room) {
    const struct st_person_facts *facts = calculator->facts;
    st_amount used = ST_ZERO;
    ST_TRY(add_used(calculator, decision->decided, facts->claims, facts->claim_count, &used));
    ST_TRY(add_used(calculator, decision->decided, calculator->movements,
                    calculator->movement_count, &used));
    ST_EXACT(calculator, st_amount_subtract(decision->amount, used, room));
    if (room->ore < 0)
        *room = ST_ZERO;
    return ST_OK;
}

/* Decided by the payment date: a decision to come decides nothing yet. */
static bool is_in_force(const struct st_calculator *calculator, const struct st_recovery *decision,
                        enum st_recovery_reason reason) {
    return decision->reason == reason && decision->decided <= calculator->terms->payday;
}

static bool is_repayment(const struct st_calculator *calculator,
                         const struct st_recovery *decision) {
    return is_in_force(calculator, decision, ST_RECOVERY_OVERPAYMENT) ||
           is_in_force(calculator, decision, ST_RECOVERY_WRONG_INFORMATION);
}

void st_claims_begin(struct st_calculator *calculator) {
    const struct st_person_facts *facts = calculator->facts;
    calculator->movement_count = 0;
    calculator->owed = facts->claim_count == 0 ? ST_ZERO
                                               : facts->claims[facts->claim_count - 1].remaining;
}

bool st_claims_are_decided(const struct st_calculator *calculator) {
    const struct st_person_facts *facts = calculator->facts;
    for (size_t i = 0; calculator->owed.ore > 0 && i < facts->recovery_count; i++)
        if (is_in_force(calculator, &facts->recoveries[i], ST_RECOVERY_WRITTEN_OFF) ||
            is_in_force(calculator, &facts->recoveries[i], ST_RECOVERY_REFUND))
            return true;
    return false;
}

/* ---- a movement and its line ----------------------------------------------------------------- */

static enum st_status change_owed(struct st_calculator *calculator, enum st_claim_kind kind,
                                  st_amount amount) {
    if (kind == ST_CLAIM_ARISEN)
        ST_EXACT(calculator, st_amount_add(calculator->owed, amount, &calculator->owed));
    else if (kind != ST_CLAIM_AGENCY)
        ST_EXACT(calculator, st_amount_subtract(calculator->owed, amount, &calculator->owed));
    assert(calculator->owed.ore >= 0);
    return ST_OK;
}

static enum st_status keep_movement(struct st_calculator *calculator, enum st_claim_kind kind,
                                    st_date decided, st_amount amount) {
    void *array = calculator->movements;
    if (!st_make_room(&array, &calculator->movement_room, calculator->movement_count,
                      sizeof(struct st_claim_movement), MOVEMENTS_MAX))
        return st_fail_room(calculator);
    calculator->movements = array;
    ST_TRY(change_owed(calculator, kind, amount));
    calculator->movements[calculator->movement_count++] =
        (struct st_claim_movement){kind, decided, amount, calculator->owed, ST_ZERO};
    return ST_OK;
}

/* Moves `amount` (more than 0) of the person's claims: the movement, and the line that says so after
 * `why`. */
static enum st_status move(struct st_calculator *calculator, enum st_claim_kind kind,
                           enum st_line_kind line_kind, const char *citation, st_date decided,
                           st_amount amount, const char *why) {
    st_amount before = calculator->owed;
    assert(amount.ore > 0);
    ST_TRY(keep_movement(calculator, kind, decided, amount));
    struct st_line *line = st_line_new(calculator, line_kind);
    if (line == NULL)
        return ST_IO;
    line->from = line->to = calculator->terms->payday;
    line->rule = kind == ST_CLAIM_ARISEN ? "R11" : "R12";
    line->citation = citation;
    line->unit = ST_UNIT_PAYMENT;
    line->quantity = (st_fraction){1, 1};
    line->rate = line->exact = st_fraction_from_amount(amount);
    line->amount = amount;
    struct st_text text = st_text_into(line->inputs, sizeof line->inputs);
    st_text_add(&text, why);
    if (kind == ST_CLAIM_AGENCY)
        return ST_OK;
    st_text_add(&text, "; owed before=");
    st_text_add_amount(&text, before);
    st_text_add(&text, "; owed now=");
    st_text_add_amount(&text, calculator->owed);
    return ST_OK;
}

/* "decided=2026-06-10; amount=5000.00; used before=1000.00" */
static void explain_decision(struct st_text *text, const struct st_recovery *decision,
                             st_amount room) {
    st_text_add(text, "decided=");
    st_text_add_date(text, decision->decided);
    st_text_add(text, "; amount=");
    st_text_add_amount(text, decision->amount);
    st_text_add(text, "; used before=");
    st_text_add_amount(text, (st_amount){decision->amount.ore - room.ore});
}

/* ---- refund: another agency pays (third paragraph) --------------------------------------------- */

/* What the corrections of this run take back for other benefits of earlier months. */
static enum st_status sum_offsets_taken_back(struct st_calculator *calculator, st_amount *out) {
    *out = ST_ZERO;
    for (size_t i = 0; i < calculator->difference_count; i++) {
        const struct difference *difference = &calculator->differences[i];
        st_amount less;
        if (difference->kind != ST_LINE_OFFSET || difference->due.ore >= difference->paid.ore)
            continue;
        ST_EXACT(calculator, st_amount_subtract(difference->paid, difference->due, &less));
        ST_EXACT(calculator, st_amount_add(*out, less, out));
    }
    return ST_OK;
}

static enum st_status add_covered(struct st_calculator *calculator, st_amount *covered) {
    const struct st_person_facts *facts = calculator->facts;
    for (size_t i = 0; i < facts->claim_count; i++)
        if (facts->claims[i].kind == ST_CLAIM_AGENCY || facts->claims[i].kind == ST_CLAIM_REFUNDED)
            ST_EXACT(calculator, st_amount_add(*covered, facts->claims[i].amount, covered));
    return ST_OK;
}

static enum st_status refund_by(struct st_calculator *calculator,
                                const struct st_recovery *decision, enum st_claim_kind kind,
                                st_amount *wanted, st_amount *taken) {
    st_amount room;
    char why[160];
    ST_TRY(find_room(calculator, decision, &room));
    st_amount amount = st_amount_min(room, *wanted);
    if (amount.ore <= 0)
        return ST_OK;
    struct st_text text = st_text_into(why, sizeof why);
    st_text_add(&text, "refund ");
    explain_decision(&text, decision, room);
    ST_TRY(move(calculator, kind,
                kind == ST_CLAIM_AGENCY ? ST_LINE_REFUND : ST_LINE_REFUND_CLAIM,
                SECTION_25 "third paragraph", decision->decided, amount, why));
    ST_EXACT(calculator, st_amount_subtract(*wanted, amount, wanted));
    ST_EXACT(calculator, st_amount_add(*taken, amount, taken));
    return ST_OK;
}

/* Takes from claims, oldest first: of a part of each, up to `amount` in all. */
static int64_t take_from(int64_t *part, int64_t amount) {
    int64_t taken = *part < amount ? *part : amount;
    *part -= taken;
    return amount - taken;
}

/* Claims are settled oldest first, and of one claim what did not come of an offset before what did
 * (choice), so that what an agency may still pay is there. A refund settles what came of offsets. */
static void settle_oldest(struct owed_claim *claims, size_t count,
                          const struct st_claim_movement *movement) {
    int64_t left = movement->amount.ore;
    for (size_t i = 0; i < count; i++) {
        if (movement->kind != ST_CLAIM_REFUNDED)
            left = take_from(&claims[i].others_ore, left);
        left = take_from(&claims[i].offsets_ore, left);
    }
}

/* What is still owed of claims that came of offsets. */
static enum st_status find_offsets_owed(struct st_calculator *calculator, st_amount *owed) {
    const struct st_person_facts *facts = calculator->facts;
    size_t count = 0;
    *owed = ST_ZERO;
    for (size_t i = 0; i < facts->claim_count; i++) {
        const struct st_claim_movement *movement = &facts->claims[i];
        if (movement->kind == ST_CLAIM_AGENCY)
            continue;
        if (movement->kind != ST_CLAIM_ARISEN) {
            settle_oldest(calculator->owed_claims, count, movement);
            continue;
        }
        void *array = calculator->owed_claims;
        if (!st_make_room(&array, &calculator->owed_claim_room, count, sizeof(struct owed_claim),
                          MOVEMENTS_MAX))
            return st_fail_room(calculator);
        calculator->owed_claims = array;
        calculator->owed_claims[count++] = (struct owed_claim){
            movement->offsets.ore, movement->amount.ore - movement->offsets.ore};
    }
    for (size_t i = 0; i < count; i++)
        ST_EXACT(calculator,
                 st_amount_add(*owed, (st_amount){calculator->owed_claims[i].offsets_ore}, owed));
    return ST_OK;
}

/* What refunds may still settle of claims that stand: what is owed of offsets, as far as those offsets were not
 * given back since, nor covered. */
static enum st_status find_standing(struct st_calculator *calculator, st_amount *standing) {
    st_amount covered = ST_ZERO, left, owed;
    ST_TRY(add_covered(calculator, &covered));
    ST_TRY(find_offsets_owed(calculator, &owed));
    ST_EXACT(calculator,
             st_amount_subtract(calculator->facts->offset_taken_back, covered, &left));
    for (size_t i = 0; i < calculator->difference_count; i++) {
        const struct difference *difference = &calculator->differences[i];
        st_amount back;
        if (difference->kind != ST_LINE_OFFSET || difference->due.ore <= difference->paid.ore)
            continue;
        ST_EXACT(calculator, st_amount_subtract(difference->due, difference->paid, &back));
        ST_EXACT(calculator, st_amount_subtract(left, back, &left));
    }
    *standing = least_of(owed, left, calculator->owed);
    return ST_OK;
}

/* First what this run takes back, which then is no claim on the person; then claims that stand already. */
enum st_status st_refund(struct st_calculator *calculator, st_amount *sum) {
    const struct st_person_facts *facts = calculator->facts;
    st_amount wanted, taken = ST_ZERO, standing;
    ST_TRY(sum_offsets_taken_back(calculator, &wanted));
    ST_TRY(find_standing(calculator, &standing));
    for (size_t i = 0; i < facts->recovery_count; i++)
        if (is_in_force(calculator, &facts->recoveries[i], ST_RECOVERY_REFUND))
            ST_TRY(refund_by(calculator, &facts->recoveries[i], ST_CLAIM_AGENCY, &wanted, &taken));
    ST_EXACT(calculator, st_amount_add(*sum, taken, sum));
    for (size_t i = 0; i < facts->recovery_count; i++)
        if (is_in_force(calculator, &facts->recoveries[i], ST_RECOVERY_REFUND))
            ST_TRY(refund_by(calculator, &facts->recoveries[i], ST_CLAIM_REFUNDED, &standing,
                             &taken));
    return ST_OK;
}

/* ---- a claim arises -------------------------------------------------------------------------- */

enum st_status st_raise_claim(struct st_calculator *calculator, st_amount sum) {
    char why[60], detail[60];
    struct st_text text = st_text_into(why, sizeof why);
    struct st_text told = st_text_into(detail, sizeof detail);
    assert(sum.ore < 0);
    st_amount amount = {-sum.ore};
    st_text_add(&text, "corrections=");
    st_text_add_amount(&text, sum);
    ST_TRY(move(calculator, ST_CLAIM_ARISEN, ST_LINE_CLAIM, SECTION_25 "first paragraph",
                ST_DATE_NONE, amount, why));
    st_text_add_amount(&told, amount);
    return st_finding_add(calculator, "R11-CLAIM", detail);
}

/* ---- given up -------------------------------------------------------------------------------- */

static enum st_status write_off(struct st_calculator *calculator) {
    const struct st_person_facts *facts = calculator->facts;
    for (size_t i = 0; i < facts->recovery_count; i++) {
        const struct st_recovery *decision = &facts->recoveries[i];
        st_amount room;
        char why[160];
        if (!is_in_force(calculator, decision, ST_RECOVERY_WRITTEN_OFF))
            continue;
        ST_TRY(find_room(calculator, decision, &room));
        st_amount amount = st_amount_min(room, calculator->owed);
        if (amount.ore <= 0)
            continue;
        struct st_text text = st_text_into(why, sizeof why);
        explain_decision(&text, decision, room);
        ST_TRY(move(calculator, ST_CLAIM_WRITTEN_OFF, ST_LINE_WRITTEN_OFF,
                    SECTION_25 "first paragraph", decision->decided, amount, why));
    }
    return ST_OK;
}

/* ---- taken from the payment ------------------------------------------------------------------- */

static enum st_status recover(struct st_calculator *calculator, const struct st_recovery *decision,
                              st_amount amount, const char *why) {
    bool is_wrong_information =
        decision != NULL && decision->reason == ST_RECOVERY_WRONG_INFORMATION;
    ST_TRY(move(calculator, ST_CLAIM_RECOVERED, ST_LINE_RECOVERY,
                is_wrong_information ? SECTION_25 "second paragraph" : SECTION_25 "first paragraph",
                decision == NULL ? ST_DATE_NONE : decision->decided, amount, why));
    ST_EXACT(calculator, st_fraction_add(calculator->deducted_exact, st_fraction_from_amount(amount),
                                         &calculator->deducted_exact));
    ST_EXACT(calculator,
             st_amount_subtract(calculator->remaining, amount, &calculator->remaining));
    assert(calculator->remaining.ore >= 0);
    return ST_OK;
}

/* At the monthly amount of each decision. *reserved: what stays to be taken in later months under
 * them, which no other way of recovery may touch. */
static enum st_status recover_as_decided(struct st_calculator *calculator, st_amount *reserved) {
    const struct st_person_facts *facts = calculator->facts;
    *reserved = ST_ZERO;
    for (size_t i = 0; i < facts->recovery_count; i++) {
        const struct st_recovery *decision = &facts->recoveries[i];
        st_amount room;
        char why[200];
        if (!is_repayment(calculator, decision) || !decision->has_max_per_month)
            continue;
        ST_TRY(find_room(calculator, decision, &room));
        struct st_text text = st_text_into(why, sizeof why);
        explain_decision(&text, decision, room);
        room = st_amount_min(room, (st_amount){calculator->owed.ore - reserved->ore});
        st_amount amount = least_of(decision->max_per_month, room, calculator->remaining);
        if (amount.ore > 0) {
            st_text_add(&text, "; a month=");
            st_text_add_amount(&text, decision->max_per_month);
            ST_TRY(recover(calculator, decision, amount, why));
            room.ore -= amount.ore;
        }
        reserved->ore += room.ore;
    }
    return ST_OK;
}

/* What may still be taken without a decision about how fast: d stays at least one ore below the smaller
 * of P/2 and G/12 (choice), so that R13 asks for no decision and something is left to live on. */
static enum st_status find_cautious_room(struct st_calculator *calculator, st_amount *room,
                                         struct st_text *why) {
    st_fraction half, twelfth, limit;
    bool is_known;
    *room = ST_ZERO;
    ST_TRY(st_large_deduction_limits(calculator, &half, &twelfth, &is_known));
    if (!is_known)
        return ST_OK;
    limit = st_fraction_compare(half, twelfth) < 0 ? half : twelfth;
    ST_EXACT(calculator, st_fraction_subtract(limit, calculator->deducted_exact, &limit));
    st_text_add(why, "no decision on the amount a month: below the smaller of ");
    ST_TRY(st_add_exact_amount(calculator, why, "half of the payment ", half));
    ST_TRY(st_add_exact_amount(calculator, why, " and G/12 ", twelfth));
    ST_TRY(st_add_exact_amount(calculator, why, ", deductions ", calculator->deducted_exact));
    if (limit.numerator <= 0)
        return ST_OK;
    /* kroner to whole ore, rounded down, less one */
    ST_EXACT(calculator, st_fraction_scale(limit, 100, 1, &limit));
    int64_t whole_ore = limit.numerator / limit.denominator;
    *room = (st_amount){whole_ore > 0 ? whole_ore - 1 : 0};
    return ST_OK;
}

/* What is owed and not reserved, in parts: under decisions that name no monthly amount, in their order;
 * then, where the municipality recovers by itself, the rest. */
static enum st_status recover_cautiously(struct st_calculator *calculator, st_amount reserved) {
    const struct st_person_facts *facts = calculator->facts;
    st_amount cautious;
    char limits[ST_INPUTS_MAX - 100], why[ST_INPUTS_MAX];
    struct st_text text = st_text_into(limits, sizeof limits);
    if (calculator->owed.ore <= reserved.ore || calculator->remaining.ore == 0)
        return ST_OK;
    ST_TRY(find_cautious_room(calculator, &cautious, &text));
    for (size_t i = 0; i <= facts->recovery_count; i++) {
        bool is_rest = i == facts->recovery_count;
        const struct st_recovery *decision = is_rest ? NULL : &facts->recoveries[i];
        st_amount room = {calculator->owed.ore - reserved.ore}, of_decision;
        if (is_rest ? calculator->terms->recover != ST_RECOVER_AUTO
                    : !is_repayment(calculator, decision) || decision->has_max_per_month)
            continue;
        struct st_text reason = st_text_into(why, sizeof why);
        if (!is_rest) {
            ST_TRY(find_room(calculator, decision, &of_decision));
            room = st_amount_min(room, of_decision);
            explain_decision(&reason, decision, of_decision);
            st_text_add(&reason, "; ");
        }
        st_text_add(&reason, limits);
        st_amount amount = least_of(room, cautious, calculator->remaining);
        if (amount.ore <= 0)
            continue;
        ST_TRY(recover(calculator, decision, amount, why));
        cautious.ore -= amount.ore;
    }
    return ST_OK;
}

/* ---- what is left to be said ------------------------------------------------------------------ */

/* Owed, with nobody having decided on it, in a municipality that takes nothing by itself. */
static enum st_status find_undecided(struct st_calculator *calculator) {
    const struct st_person_facts *facts = calculator->facts;
    st_amount undecided = calculator->owed;
    char detail[40];
    if (calculator->terms->recover != ST_RECOVER_ASK)
        return ST_OK;
    for (size_t i = 0; i < facts->recovery_count; i++) {
        st_amount room;
        if (!is_repayment(calculator, &facts->recoveries[i]))
            continue;
        ST_TRY(find_room(calculator, &facts->recoveries[i], &room));
        ST_EXACT(calculator, st_amount_subtract(undecided, room, &undecided));
    }
    if (undecided.ore <= 0)
        return ST_OK;
    struct st_text text = st_text_into(detail, sizeof detail);
    st_text_add_amount(&text, undecided);
    return st_finding_add(calculator, "R12-ASK", detail);
}

static bool programme_goes_on(const struct st_calculator *calculator) {
    const struct st_person_facts *facts = calculator->facts;
    for (size_t i = 0; i < facts->programme_count; i++)
        if (facts->programmes[i].end > st_month_last(calculator->terms->month))
            return true;
    return false;
}

enum st_status st_claims_report(struct st_calculator *calculator) {
    char detail[40];
    if (calculator->owed.ore == 0)
        return ST_OK;
    ST_TRY(find_undecided(calculator));
    if (programme_goes_on(calculator))
        return ST_OK;
    struct st_text text = st_text_into(detail, sizeof detail);
    st_text_add_amount(&text, calculator->owed);
    return st_finding_add(calculator, "R12-REMAINS", detail);
}

enum st_status st_recover(struct st_calculator *calculator) {
    st_amount reserved;
    if (calculator->owed.ore == 0)
        return ST_OK;
    ST_TRY(write_off(calculator));
    ST_TRY(recover_as_decided(calculator, &reserved));
    return recover_cautiously(calculator, reserved);
}
