/* SPDX-License-Identifier: MIT */
/* known.c - --known DATE, which every report about the ledger takes: opened, it is read as of that
 * day. Without the option nothing is left out. */
#include "cli/known.h"

enum st_status st_cli_known_day(const struct st_invocation *invocation, st_date *out,
                                struct st_error *error) {
    *out = invocation->act.today;
    if (!st_option_given(invocation, ST_OPTION_KNOWN))
        return ST_OK;
    return st_cli_value_date(invocation, ST_OPTION_KNOWN, out, error);
}

static enum st_status go_back(const struct st_invocation *invocation, struct st_ledger *ledger,
                              st_date day, struct st_error *error) {
    return st_option_given(invocation, ST_OPTION_KNOWN) ? st_ledger_as_of(ledger, day, error)
                                                        : ST_OK;
}

enum st_status st_cli_known_open(const struct st_invocation *invocation, struct st_ledger **ledger,
                                 struct st_error *error) {
    st_date day;
    enum st_status status = st_cli_known_day(invocation, &day, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, ledger, error);
    return status == ST_OK ? go_back(invocation, *ledger, day, error) : status;
}

/* A run is found among all there are, so that a later one is told from one that never was; then
 * once more as of the day, when its state and approval were what they were. */
enum st_status st_cli_known_run_open(const struct st_invocation *invocation,
                                     struct st_ledger **ledger, struct st_kept_run *kept,
                                     const char **person_id, struct st_error *error) {
    st_date day;
    enum st_status status = st_cli_known_day(invocation, &day, error);
    if (status == ST_OK)
        status = st_cli_run_open(invocation, ledger, kept, person_id, error);
    if (status != ST_OK || !st_option_given(invocation, ST_OPTION_KNOWN))
        return status;
    status = go_back(invocation, *ledger, day, error);
    return status == ST_OK ? st_cli_run_find(*ledger, kept->row.run, kept, error) : status;
}
