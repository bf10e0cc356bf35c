/* SPDX-License-Identifier: MIT */
/* bank_profile.c - what banks want differently in one and the same payment file.
 *
 * Each row is a way of reading the message that some Norwegian bank has asked for; none is named
 * after a bank, since banks change their minds. A new wish is a new row here, or a new column in
 * struct st_bank_profile that formats/payment.c and both schemas know.
 */
#include "stonad/payment.h"

#include <string.h>

static const struct st_bank_profile profiles[] = {
    /* What most banks take: everything they may check is there, names short enough for all. */
    {.name = "standard", .batch_totals = true, .charge_bearer = true, .instruction_id = true,
     .name_length_max = 70, .category_purpose = "SALA", .initiator_scheme = "CUST"},
    /* Count and sum only over the file, charges as the account's agreement says. */
    {.name = "plain", .batch_totals = false, .charge_bearer = false, .instruction_id = false,
     .name_length_max = 70, .category_purpose = "SALA", .initiator_scheme = "CUST"},
    /* The sender is known by an agreement with the bank, not by its organisation number. */
    {.name = "agreement", .batch_totals = true, .charge_bearer = true, .instruction_id = true,
     .name_length_max = 70, .category_purpose = "SALA", .initiator_scheme = "BANK"},
    /* Names as long as the message allows. */
    {.name = "long-names", .batch_totals = true, .charge_bearer = true, .instruction_id = true,
     .name_length_max = 140, .category_purpose = "SALA", .initiator_scheme = "CUST"},
    /* The benefit is no wage to this bank: booked as a pension or a public benefit. */
    {.name = "pension", .batch_totals = true, .charge_bearer = true, .instruction_id = true,
     .name_length_max = 70, .category_purpose = "PENS", .initiator_scheme = "CUST"},
};

const struct st_bank_profile *st_bank_profile_find(const char *name) {
    for (size_t i = 0; i < ST_COUNT_OF(profiles); i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

const struct st_bank_profile *st_bank_profile_at(size_t index) {
    return index < ST_COUNT_OF(profiles) ? &profiles[index] : NULL;
}
