/* SPDX-License-Identifier: MIT */
/* record.h - what the ledger tells about runs and payslips: plain records that the ledger fills and
 * reports and payment files read. The ledger and the formats know these, and not each other.
 */
#ifndef STONAD_RECORD_H
#define STONAD_RECORD_H

#include "stonad/base.h"
#include "stonad/date.h"
#include "stonad/engine.h"
#include "stonad/fact.h"
#include "stonad/money.h"

/* The municipality a ledger belongs to. Recorded at init. */
struct st_municipality {
    char organisation_number[10];
    char name[ST_TEXT_MAX + 1];
    char account[12]; /* normalised BBAN the benefit is paid from */
    char bic[12];
    char town[36];    /* "" when not given */
    char postcode[17];
    int half_tax_month;      /* 11 or 12 (R16) */
    enum st_recover recover; /* R12 */
    st_month first_month;    /* 0 when not given: the first run decides */
    bool test;               /* synthetic person numbers are accepted too */
    char secret[65];         /* 64 hex digits: salts the payslips' leaves; in no report */
};

enum st_run_state { ST_RUN_COMPUTED, ST_RUN_APPROVED, ST_RUN_EXPORTED, ST_RUN_DISCARDED };
const char *st_run_state_name(enum st_run_state state);

struct st_run_row {
    int64_t run;
    st_month month;
    st_date payday;
    enum st_run_state state;
    int64_t person_count, held_count, payment_count;
    st_amount benefit, taxable; /* over all payslips */
    st_amount tax, net;         /* over what is paid */
    int64_t corrected_count;    /* persons with an earlier month put right (R11) */
    st_amount corrections, recovery; /* over all payslips: paid of corrections; recovered, 0 or less */
    st_amount claims;           /* what became claims on participants in the run (R11) */
    int64_t journal_entry;      /* the entry that computed it */
    const char *actor, *time;   /* who computed it and when */
    const char *approved_by, *approved_at; /* "" before approval */
    const char *message_id;     /* "" before approval */
    const char *rule_set, *table_digest;
    int64_t finding_count;
};

/* What a payment file holds. The first payment file of a run fixes how its tax is paid (R17). */
enum st_export_content { ST_EXPORT_BENEFITS, ST_EXPORT_BENEFITS_AND_TAX, ST_EXPORT_TAX };
const char *st_export_content_name(enum st_export_content content);

/* A payment file as the ledger keeps it. */
struct st_export_file {
    const char *form;    /* "pain.001.001.09", with "@NAME" when a bank's profile is not the standard */
    enum st_export_content content;
    const char *tax_kid; /* "" without tax */
    const char *sha256;  /* 64 hex digits */
    int64_t byte_count;
};

struct st_payslip_row {
    const char *person_id, *name;
    st_month month;
    enum st_payslip_state state;
    const char *held_reason, *tax_basis;
    st_amount benefit, offsets, work, absence, corrections, recovery, taxable, tax, net;
    const char *account, *end_to_end_id; /* end_to_end_id "" when nothing is paid */
    enum st_language language;
};
struct st_line_row {
    const char *person_id;
    st_month month;
    int64_t line;
    const char *kind;
    st_date from, to;
    st_fraction quantity, rate, exact;
    const char *unit;
    st_amount amount; /* signed, as the person sees it (st_line_signed) */
    const char *from_account, *to_account;
    bool cut;
    const char *rule, *citation, *inputs;
};
/* A month put right by a run (R11): what was paid for it, what is due as known now, and why. */
struct st_correction_row {
    const char *person_id, *name;
    st_month month;                     /* the earlier month */
    st_amount paid, due, difference;    /* before tax; difference = due - paid */
    const char *cause;                  /* the fact or rate that brought it about, in words */
    int64_t cause_entry;                /* the journal entry that recorded it */
};
/* A movement of a person's claims (R12), oldest first. */
struct st_claim_row {
    const char *person_id, *name;
    int64_t run;      /* the run that made it */
    st_date payday;   /* its payday */
    const char *kind; /* st_claim_kind_name */
    st_date decided;  /* of the row of recoveries.csv it follows; ST_DATE_NONE without one */
    st_amount amount, remaining; /* what the person owes after it, over all claims */
};
struct st_finding_row {
    const char *person_id, *name; /* "" when it is about the run as a whole */
    const char *code, *severity, *rule, *citation, *text;
};
#endif
