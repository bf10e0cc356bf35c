/* SPDX-License-Identifier: MIT */
/* engine.h - facts and rates in, one person's payslip with its reasons out.
 *
 * Pure: no I/O, clock, locale, environment or globals. The same input gives the same payslip, to the
 * byte. A payslip is a list of lines, and a line is a transfer between two accounts, so a payslip
 * cannot fail to balance; each line carries rule, paragraph, inputs and the exact fraction.
 *
 * Order of calls: st_calculator_new, then for each person st_calculate_month (or
 * st_calculate_benefit), at last st_calculator_free. One calculator may be used for any number of persons, not by two threads.
 */
#ifndef STONAD_ENGINE_H
#define STONAD_ENGINE_H

#include "stonad/base.h"
#include "stonad/fact.h"
#include "stonad/rates.h"

/* How claims are recovered where nobody decided (R12): below the cautious limit, or not at all. */
enum st_recover { ST_RECOVER_AUTO, ST_RECOVER_ASK };

/* What holds for all payslips of a run. Borrowed for the time of the call. */
struct st_run_terms {
    st_month month;
    st_month first_month; /* R11: the ledger's first; 0: there is nothing earlier to put right */
    st_date payday;
    st_date known;        /* the date recorded for the run (--today) */
    const struct st_rate *rates; /* every rate of the ledger; those not yet known are passed over */
    size_t rate_count;
    const struct st_rule_set *rules;
    int half_tax_month;   /* 11 or 12 (R16) */
    enum st_recover recover;
};

/* Days on which one partner takes part, told by the partner's own facts. */
struct st_partner {
    char person_id[ST_PERSON_ID_SIZE];
    bool in_register;
    const struct st_programme *programmes;
    size_t programme_count;
    const struct st_absence *absences; /* at least those without benefit that touch the month */
    size_t absence_count;
};

/* What was paid for an earlier month, of one kind of line (benefit, offset, work, absence): the sum
 * over payslips in state due of runs that were not discarded, corrections of that kind included.
 * Signed as the person sees it: deductions are negative. */
struct st_booked {
    st_month month;
    int kind; /* enum st_line_kind, ST_LINE_BENEFIT to ST_LINE_ABSENCE_MONTH */
    st_amount amount;
};

/* What moves a person's claims (R12). */
enum st_claim_kind {
    ST_CLAIM_ARISEN,      /* the net minus of a run's corrections */
    ST_CLAIM_RECOVERED,   /* taken from a payment */
    ST_CLAIM_REFUNDED,    /* settled by another agency (§ 25 third paragraph) */
    ST_CLAIM_WRITTEN_OFF, /* given up by decision */
    ST_CLAIM_AGENCY       /* an offset of earlier months that another agency pays: never owed by the person */
};
/* "arisen", "recovered", "refunded", "written_off", "agency" */
const char *st_claim_kind_name(enum st_claim_kind kind);
struct st_claim_movement {
    enum st_claim_kind kind;
    st_date decided;     /* of the row of recoveries.csv that it follows; ST_DATE_NONE without one */
    st_amount amount;    /* more than 0 */
    st_amount remaining; /* what the person owes after it, over all claims */
    st_amount offsets;   /* of ARISEN, when refunds are recorded: what of it came of offsets; otherwise 0 */
};

/* A payment of January by last year's card, to be put right by the new one (R14, SBF § 5-5-2). */
struct st_january {
    st_amount taxable, tax; /* of the payslip; tax without what the person asked for beside the card */
    const char *period;     /* its st_payslip.tax_period */
};

/* Everything known about one person. Arrays are borrowed; each is ordered by its key. */
struct st_person_facts {
    struct st_participant participant;
    bool is_withdrawn; /* from the register: there are no facts, but something to put right (R11) */
    const struct st_programme *programmes;
    size_t programme_count;
    const struct st_living *living;
    size_t living_count;
    const struct st_absence *absences;
    size_t absence_count;
    const struct st_other_benefit *benefits;
    size_t benefit_count;
    const struct st_work *work;
    size_t work_count;
    const struct st_care *care;
    size_t care_count;
    const struct st_decision *decisions;
    size_t decision_count;
    const struct st_ending *endings;       /* R18-R22: for st_check_programmes */
    size_t ending_count;
    const struct st_weekly_hours *content;
    size_t content_count;
    const struct st_weekly_hours *employment;
    size_t employment_count;
    const struct st_settlement *settlements; /* none or one */
    size_t settlement_count;
    const struct st_taxcard *taxcards; /* rows of taxcards.csv, any years */
    size_t taxcard_count;
    const struct st_authority_card *authority_cards;
    size_t authority_card_count;
    const struct st_partner *partners; /* one for each partner_id that `living` names */
    size_t partner_count;
    st_amount taxable_paid_this_year;  /* by earlier runs with a payday in this payday's year (R14) */
    /* R11. `look_back`: something may have changed since the person's earlier months were last
     * compared; they are computed anew and held against what was booked. */
    bool look_back;
    const struct st_booked *booked;    /* of every earlier month, in any order */
    size_t booked_count;
    /* R12 */
    const struct st_claim_movement *claims; /* of earlier runs that were not discarded, oldest first */
    size_t claim_count;
    const struct st_recovery *recoveries;   /* by `decided` */
    size_t recovery_count;
    st_amount offset_taken_back; /* earlier correction_offset lines: taken back less given back again */
    const struct st_january *januaries;     /* in the order they were paid; to be put right */
    size_t january_count;
};

/* What is spent on benefit; the person; withheld tax; the bank; what persons owe (R12); what other
 * agencies owe by refund (§ 25 third paragraph). */
enum st_account { ST_ACCOUNT_BENEFIT, ST_ACCOUNT_PERSON, ST_ACCOUNT_TAX, ST_ACCOUNT_BANK,
                  ST_ACCOUNT_CLAIM, ST_ACCOUNT_AGENCY, ST_ACCOUNT_COUNT };
/* "benefit", "person", "tax", "bank", "claim", "agency" */
const char *st_account_name(enum st_account account);

/* Kinds of lines, in the order they appear on a payslip. Names: st_line_kind_name. */
enum st_line_kind {
    ST_LINE_BENEFIT,      /* R4: units of the month at one rate */
    ST_LINE_OFFSET,       /* R5: another public benefit */
    ST_LINE_WORK,         /* R6: paid work inside the programme */
    ST_LINE_ABSENCE_DAYS, /* R7: whole days missed */
    ST_LINE_ABSENCE_HOURS,/* R7: parts of a day */
    ST_LINE_ABSENCE_MONTH,/* R7, § 24: every day missed, the rest of the month */
    /* R11: the difference of an earlier month, one for each kind above, in the same order; the
     * line's month is the month put right. */
    ST_LINE_CORRECTION_BENEFIT,
    ST_LINE_CORRECTION_OFFSET,
    ST_LINE_CORRECTION_WORK,
    ST_LINE_CORRECTION_ABSENCE_DAYS,
    ST_LINE_CORRECTION_ABSENCE_HOURS,
    ST_LINE_CORRECTION_ABSENCE_MONTH,
    ST_LINE_REFUND,       /* R12, § 25 third paragraph: another agency pays what an offset takes back */
    ST_LINE_CLAIM,        /* R11: the net minus of the corrections becomes a claim on the person */
    ST_LINE_RECOVERY,     /* R12: a claim taken from the payment */
    ST_LINE_REFUND_CLAIM, /* R12, § 25 third paragraph: a claim that another agency settles */
    ST_LINE_WRITTEN_OFF,  /* R12: a claim given up by decision */
    ST_LINE_TAX,          /* R14-R16 */
    ST_LINE_EXTRA_TAX,    /* R14, SBL § 5-5 second paragraph */
    ST_LINE_JANUARY_TAX,  /* R14, SBF § 5-5-2: January's tax put right by the new card, either way */
    ST_LINE_HELD,         /* R14: held back; nothing is paid and nothing is booked as paid */
    ST_LINE_PAYMENT,      /* the net, to the bank */
    ST_LINE_KIND_COUNT
};
const char *st_line_kind_name(enum st_line_kind kind);

enum st_unit { ST_UNIT_DAY, ST_UNIT_HOUR, ST_UNIT_MONTH_SHARE, ST_UNIT_KRONE, ST_UNIT_PAYMENT };
const char *st_unit_name(enum st_unit unit); /* "day", "hour", "month share", "krone", "payment" */

enum { ST_INPUTS_MAX = 400 };

struct st_line {
    enum st_line_kind kind;
    st_month month;
    st_date from, to;
    st_fraction quantity;
    enum st_unit unit;
    st_fraction rate;   /* kroner a unit, exact */
    st_fraction exact;  /* kroner, exact, 0 or more, before rounding and cutting */
    st_amount amount;   /* 0 or more: what moves from `debit_from` to `credit_to` */
    enum st_account debit_from, credit_to;
    bool cut;           /* cut to what remained (R10) */
    const char *rule;   /* "R4" */
    const char *citation; /* "integreringsloven § 20" */
    char inputs[ST_INPUTS_MAX]; /* "name=value; name=value": what went in, in words an auditor reads */
};
/* The amount as the person sees it: money away from the person's account is negative, and what does
 * not touch that account is 0. */
st_amount st_line_signed(const struct st_line *line) ST_NONNULL;

enum st_severity { ST_SEVERITY_NOTE, ST_SEVERITY_WARNING, ST_SEVERITY_ERROR };
const char *st_severity_name(enum st_severity severity);

enum { ST_FINDING_TEXT_MAX = 400 };
/* Something a person must look at; it changes no amount. The code is stable and never reused. */
struct st_finding {
    const char *code;
    enum st_severity severity;
    const char *rule;
    const char *citation;
    char text[ST_FINDING_TEXT_MAX]; /* what is so, and what to do */
};

/* What is to be looked at of a run as a whole (it is run, or pays, before the month is over,
 * or its payment date has passed). Fills up to
 * ST_RUN_FINDING_MAX findings and returns how many. */
enum { ST_RUN_FINDING_MAX = 3 };
size_t st_run_findings(const struct st_run_terms *terms,
                       struct st_finding findings[ST_RUN_FINDING_MAX]) ST_NONNULL;

/* An earlier month put right (R11): what was paid for it, and what is due as known now; over all kinds. */
struct st_correction {
    st_month month;
    st_amount paid, due; /* due - paid is what the month's correction lines come to */
};

enum st_payslip_state { ST_PAYSLIP_DUE, ST_PAYSLIP_HELD };

enum { ST_TAX_PERIOD_SIZE = 32 };
struct st_payslip {
    bool is_due;  /* an entitled day in the month (or corrections, or held): the person gets a payslip */
    enum st_payslip_state state;
    const char *held_reason; /* "" unless held */
    /* Column sums as printed: benefit 0 or more; the five after it 0 or less; tax 0 or more. */
    st_amount benefit, offsets, work, absence, corrections, recovery, taxable, tax, net;
    char tax_basis[ST_INPUTS_MAX]; /* "table 8000, month, basis 22758" : SBF § 5-10-20 */
    char tax_period[ST_TAX_PERIOD_SIZE]; /* R15: how a table is read for it, "month 1/1": the period, and by what
                                          * the basis is multiplied and divided; "" when held or not due */
    const struct st_line *lines;   /* borrowed from the calculator until its next call */
    size_t line_count;
    const struct st_finding *findings; /* likewise */
    size_t finding_count;
    const struct st_correction *corrections_made; /* likewise; by month; those that are booked */
    size_t correction_count;
    const struct st_claim_movement *movements;    /* likewise; in their order */
    size_t movement_count;
};

struct st_calculator;
/* NULL when memory ran out. */
struct st_calculator *st_calculator_new(void) ST_MUST_CHECK;
void st_calculator_free(struct st_calculator *calculator);

/* Computes one person's month (R1-R16), with the corrections of earlier months. ST_OK with *payslip filled; ST_REFUSED when
 * the terms do not allow it (no G known for a day); ST_BAD_INPUT when an amount leaves 64 bits; ST_IO
 * when memory ran out - then *error says so and nothing else is to be used. */
enum st_status st_calculate_month(struct st_calculator *calculator, const struct st_run_terms *terms,
                                  const struct st_person_facts *facts, struct st_payslip *payslip,
                                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* Computes what a month costs: R2-R9 only, its lines, column sums and taxable pay. No corrections, tax,
 * payment or findings; the payday's year needs no tables. Errors as st_calculate_month. */
enum st_status st_calculate_benefit(struct st_calculator *calculator, const struct st_run_terms *terms,
                                    const struct st_person_facts *facts, struct st_payslip *payslip,
                                    struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* R17 (SBL § 10-10): when the tax of a payment is due. From 2026 the first working day after the payment
 * date; before, the 15th after the two-month term. */
st_date st_tax_due_date(st_date payday);

/* Whether a run may be made on these terms at all: payday from 2021 and a year with tables (R14, R15),
 * a payday not before the month's first day. ST_REFUSED with the reason otherwise. */
enum st_status st_run_terms_check(const struct st_run_terms *terms, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;

#endif
