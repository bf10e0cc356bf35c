/* SPDX-License-Identifier: MIT */
/* payment.h - the bank's payment file, ISO 20022 pain.001 in two versions from one model.
 *
 * Streamed: begin with what is known of the whole file (count and sum come from the approved run),
 * one call a payment, then finish, which checks that count and sum were met. The file is built under a
 * temporary name and checked against the project's own narrower schema before it is released, so no
 * reader ever sees half a payment file or one the bank would refuse.
 */
#ifndef STONAD_PAYMENT_H
#define STONAD_PAYMENT_H

#include "stonad/base.h"
#include "stonad/date.h"
#include "stonad/money.h"

#include <stdio.h>

enum st_pain_version { ST_PAIN_09, ST_PAIN_03 };

/* What banks want differently. */
struct st_bank_profile {
    const char *name;
    bool batch_totals;       /* NbOfTxs and CtrlSum in PmtInf */
    bool charge_bearer;      /* ChrgBr SLEV */
    bool instruction_id;     /* InstrId beside EndToEndId */
    int name_length_max;     /* 70 or 140 */
    const char *category_purpose; /* SALA or PENS */
    const char *initiator_scheme; /* CUST (organisation number) or BANK (agreement) */
};
/* The profile of that name ("standard" is the default); NULL when there is none. */
const struct st_bank_profile *st_bank_profile_find(const char *name) ST_NONNULL;
const struct st_bank_profile *st_bank_profile_at(size_t index); /* NULL past the last */

struct st_payment_order {
    enum st_pain_version version;
    const struct st_bank_profile *bank;
    const char *message_id;  /* <= 35 */
    const char *created;     /* "YYYY-MM-DDTHH:MM:SS", from the approval */
    int64_t payment_count;   /* payments to participants */
    st_amount payment_sum;
    const char *debtor_name, *debtor_account, *debtor_bic;
    const char *debtor_town, *debtor_postcode; /* "" when not known */
    const char *organisation_number;
    st_date payday;
    const char *remittance;  /* Ustrd, <= 140: "Introduksjonsstønad mai 2026" */
    bool with_benefits;      /* false: the tax payment alone (--tax-only) */
    const char *tax_kid;     /* NULL: no tax payment (R17) */
    st_amount tax_sum;
    st_date tax_payday;
    const char *tax_end_to_end_id;
};
struct st_payment {
    const char *end_to_end_id; /* <= 35, letters, digits and '-' */
    const char *name;          /* any language; transliterated to ISO 8859-1 here */
    const char *account;       /* 11-digit BBAN */
    st_amount amount;          /* > 0 */
};

struct st_payment_writer;
enum st_status st_payment_begin(FILE *out, const struct st_payment_order *order,
                                struct st_payment_writer **writer, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
enum st_status st_payment_add(struct st_payment_writer *writer, const struct st_payment *payment,
                              struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* Writes the tail. ST_DAMAGED when count or sum differ from the order's. Does not close `out`. */
enum st_status st_payment_finish(struct st_payment_writer *writer, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
void st_payment_free(struct st_payment_writer *writer);

/* Checks a payment file against the project's own schema of that version, streaming. ST_DAMAGED with
 * line and what is wrong; ST_IO when it cannot be read. */
enum st_status st_payment_file_check(const char *path, enum st_pain_version version,
                                     struct st_error *error) ST_MUST_CHECK ST_NONNULL;

/* Text as the bank can take it: only characters of ISO 8859-1 (still UTF-8), at most `length_max`
 * characters, never empty. Ukrainian by the passport table KMU 55-2010. `out_size` >= 4 * length_max + 1. */
bool st_bank_text(const char *text, int length_max, char *out, size_t out_size) ST_MUST_CHECK ST_NONNULL;

#endif
