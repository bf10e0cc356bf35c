/* SPDX-License-Identifier: MIT */
/* finding.c - the findings the engine may give: codes (stable, never reused), severity, paragraph, and
 * one sentence that says what is so and what to do. Listed for users in docs/findings.md.
 */
#include "engine/calculator.h"

#include <assert.h>
#include <string.h>

struct finding_kind {
    const char *code;
    enum st_severity severity;
    const char *rule;
    const char *citation;
    const char *sentence;
};

#define ACT "integreringsloven "
#define SBL "skattebetalingsloven "
#define SBF "skattebetalingsforskriften "

static const struct finding_kind finding_kinds[] = {
    {"R2-NO-LIVING", ST_SEVERITY_WARNING, "R2", ACT "§ 20",
     "under 25 without a row in living.csv for every day: paid as not living with parents; record how "
     "the person lives"},
    {"R2-PARTNER-UNKNOWN", ST_SEVERITY_WARNING, "R2", ACT "§ 20",
     "the partner is not in the register, so counts as not taking part; import the partner, or correct "
     "partner_id"},
    {"R2-CHILDREN-UNKNOWN", ST_SEVERITY_WARNING, "R2", ACT "§ 20",
     "a partner is recorded but not whether they support children, so nothing is reduced; say yes or "
     "no in living.csv"},
    {"R2-SHARE-MUNICIPALITY", ST_SEVERITY_NOTE, "R2", "integreringsforskriften § 43 b",
     "part-time for the municipality's reasons: paid in full; outside wages are not taken into "
     "account here, look at them yourself"},
    {"R4-BIRTH-DATE", ST_SEVERITY_WARNING, "R4", ACT "§ 20",
     "birth_date is not the date in the person's number; the recorded date is used, check which is "
     "right"},
    {"R4-RUN-EARLY", ST_SEVERITY_NOTE, "R4", ACT "§ 24",
     "the run is made before the month is over: what is still to happen in it is not known, and comes as "
     "a correction in the next run"},
    {"R4-PAID-EARLY", ST_SEVERITY_NOTE, "R4", ACT "§ 24",
     "the payment date lies in the month that is paid, not after it: the benefit is paid in arrears, "
     "check that this is meant"},
    {"R4-PAYDAY-PASSED", ST_SEVERITY_WARNING, "R4", ACT "§ 24",
     "the payment date has passed already, so the run cannot be approved; discard it and give a payment "
     "date to come"},
    {"R5-NOT-DEDUCTED", ST_SEVERITY_NOTE, "R5", ACT "§§ 22, 23",
     "another benefit is recorded that is not deducted:"},
    {"R6-OUTSIDE", ST_SEVERITY_WARNING, "R6", ACT "§ 23",
     "work in the programme is recorded on a day off or a day not entitled, so it changes nothing; "
     "check its first day"},
    {"R7-NO-EFFECT", ST_SEVERITY_NOTE, "R7", ACT "§ 21",
     "an unapproved absence falls on no day that can be charged (days off, or days not entitled)"},
    {"R8-PAST-LIMIT", ST_SEVERITY_WARNING, "R8", ACT "§ 17",
     "days or hours past the limit of their kind are charged; tell the participant, or correct the "
     "record:"},
    {"R8-NO-CARE", ST_SEVERITY_WARNING, "R8", "integreringsforskriften §§ 7, 13",
     "no row in care.csv tells of the child on the day, so the smallest right is used (10 days a year; no "
     "breastfeeding year); record the care:"},
    {"R11-CLAIM", ST_SEVERITY_WARNING, "R11", ACT "§ 25 first paragraph",
     "more was paid for earlier months than was due, and the rest is a claim on the participant; tell them, "
     "and decide how it is repaid:"},
    {"R12-ASK", ST_SEVERITY_WARNING, "R12", ACT "§ 25 first paragraph",
     "the participant owes what nobody has decided on, and nothing is taken without a decision; record one in "
     "recoveries.csv:"},
    {"R12-REMAINS", ST_SEVERITY_WARNING, "R12", ACT "§ 25",
     "the programme is over and something is still owed, which no payment can take; decide on repayment or "
     "write it off:"},
    {"R13-DECISION", ST_SEVERITY_WARNING, "R13", ACT "§ 46",
     "the deductions reach half of the payment and a twelfth of G: make an individual decision "
     "before paying:"},
    {"R14-NO-CARD", ST_SEVERITY_WARNING, "R14", SBL "§ 5-5",
     "no tax card for the payment year: taxed without one; fetch the card before paying"},
    {"R14-NO-ENTRY", ST_SEVERITY_WARNING, "R14", SBL "§ 5-5",
     "the tax card has no entry for introduksjonsstønad: taxed without a card; ask for a new one"},
    {"R14-WORK-PERMIT", ST_SEVERITY_WARNING, "R14", SBL "§ 5-5",
     "the tax authority asks to check the work permit: taxed without a card; check it and ask again"},
    {"R14-INVALID-ORGANISATION", ST_SEVERITY_ERROR, "R14", SBL "§ 5-1",
     "the tax authority did not accept the organisation number: taxed without a card; ask again with "
     "the right one"},
    {"R14-INVALID-PERSON", ST_SEVERITY_ERROR, "R14", SBL "§ 5-1",
     "the tax authority did not accept the person's number: taxed without a card; check the number"},
    {"R14-NEW-NUMBER", ST_SEVERITY_ERROR, "R14", SBL "§ 5-1",
     "the person has a new number and the card was delivered for that one: taxed without a card; "
     "register the person under the new number"},
    {"R14-TABLE-UNKNOWN", ST_SEVERITY_WARNING, "R14", SBL "§ 5-5",
     "the tax card's table does not exist in the payment year: taxed without a card; fetch a new "
     "card. Table:"},
    {"R14-LAST-YEAR", ST_SEVERITY_NOTE, "R14", SBF "§ 5-5-1",
     "January taxed by last year's card; fetch the new one, the tax is to be put right by the end of "
     "February"},
    {"R14-HELD", ST_SEVERITY_ERROR, "R14", SBL "§ 5-4",
     "held back: the tax card says kildeskatt; ask for a card for introduksjonsstønad, or record one "
     "in taxcards.csv, and the person is paid from the next run on"},
    /* What only `check` gives, about a programme as a whole (engine/programme.c). */
    {"R8-FOUR-SPELLS", ST_SEVERITY_NOTE, "R8", "integreringsforskriften § 9",
     "four or more self-certified absences in twelve months: self-certification may be barred by "
     "decision, consider it:"},
    {"R8-LEAVE-LONG", ST_SEVERITY_WARNING, "R8", "integreringsforskriften §§ 15, 16",
     "a leave without benefit lasts longer than its limit; agree when the participant comes back, or "
     "stop the programme:"},
    {"R8-STOP-LONG", ST_SEVERITY_WARNING, "R8", ACT "§ 18",
     "a temporary stop lasts longer than three months; look at it anew, or end the programme:"},
    {"R13-NO-DECISION", ST_SEVERITY_WARNING, "R13", ACT "§ 46",
     "a stop or leave without a decision in decisions.csv; make the decision and record it:"},
    {"R13-RECOVERY", ST_SEVERITY_WARNING, "R13", ACT "§§ 25, 46",
     "repayment in recoveries.csv without a decision of kind recovery in decisions.csv; make the decision and "
     "record it:"},
    {"R13-REFUND", ST_SEVERITY_WARNING, "R13", ACT "§§ 25, 46",
     "a refund claim in recoveries.csv without a decision of kind refund in decisions.csv; make the decision "
     "and record it:"},
    {"R18-AGE", ST_SEVERITY_WARNING, "R18", ACT "§ 8",
     "not yet 18 when the permit was granted, so outside the introduction programme; check both "
     "dates:"},
    {"R18-OVER-55", ST_SEVERITY_NOTE, "R18", ACT "§ 8 third paragraph",
     "over 55 when the permit was granted: the municipality may offer a programme, there is no right "
     "to it; see that it was meant:"},
    {"R18-AGREEMENT", ST_SEVERITY_NOTE, "R18", ACT "§ 8 first and third paragraphs",
     "settled without agreement: the municipality may offer a programme, there is no right to it; see "
     "that it was meant:"},
    {"R18-TWO-YEARS", ST_SEVERITY_WARNING, "R18", ACT "§ 8 first paragraph",
     "settled for two years or more when the programme was decided, so it could not be given; check "
     "the dates:"},
    {"R18-LATE-START", ST_SEVERITY_NOTE, "R18", ACT "§ 12",
     "decided or started more than three months after settlement; note why, a request may have come "
     "later:"},
    {"R18-WORK", ST_SEVERITY_WARNING, "R18", ACT "§ 8 fourth paragraph",
     "at work for 30 hours a week or more when the programme was decided, so without a right to it; "
     "check the employment:"},
    {"R19-OVER-55", ST_SEVERITY_WARNING, "R19", ACT "§§ 13, 14",
     "over 55 when the permit was granted: the programme must qualify for work; change its goal:"},
    {"R20-HOURS", ST_SEVERITY_WARNING, "R20", ACT "§ 14 a third paragraph",
     "too little work-oriented content; plan more, or record in content.csv what was given:"},
    {"R22-NO-DECISION", ST_SEVERITY_WARNING, "R22", ACT "§§ 12, 46",
     "a programme without a decision in decisions.csv; make the decision and record it:"},
    {"R22-BEFORE-DECISION", ST_SEVERITY_WARNING, "R22", ACT "§§ 12, 46",
     "the programme starts before it was decided, and those days are paid; correct the start or the "
     "decision:"},
    {"R22-NO-EXTENSION", ST_SEVERITY_WARNING, "R22", ACT "§§ 14, 46",
     "the programme lasts past its base without an extension in decisions.csv; decide it and record "
     "it, or correct the end:"},
    {"R22-TOO-LONG", ST_SEVERITY_ERROR, "R22", ACT "§§ 13, 14, 18 a",
     "the programme lasts longer than base, extension and absence allow, and is paid until its end; "
     "correct the end:"},
    {"R22-ENDING", ST_SEVERITY_ERROR, "R22", ACT "§§ 18, 18 a",
     "an ending in endings.csv is not the end of the programme, and pay follows the programme; make "
     "the two agree:"},
};

static const struct finding_kind *kind_of(const char *code) {
    for (size_t i = 0; i < ST_COUNT_OF(finding_kinds); i++)
        if (strcmp(finding_kinds[i].code, code) == 0)
            return &finding_kinds[i];
    return NULL;
}

const char *st_severity_name(enum st_severity severity) {
    static const char *const names[] = {"note", "warning", "error"};
    assert((unsigned)severity < ST_COUNT_OF(names));
    return names[severity];
}

void st_finding_fill(struct st_finding *finding, const char *code, const char *detail) {
    const struct finding_kind *kind = kind_of(code);
    assert(kind != NULL);
    finding->code = kind->code;
    finding->severity = kind->severity;
    finding->rule = kind->rule;
    finding->citation = kind->citation;
    struct st_text text = st_text_into(finding->text, sizeof finding->text);
    st_text_add(&text, kind->sentence);
    if (detail[0] != '\0') {
        st_text_add(&text, " ");
        st_text_add(&text, detail);
    }
}
