/* SPDX-License-Identifier: MIT */
/* run_cause.c - why an earlier month is put right, in words an auditor can follow to the journal entry
 * that recorded it: a month that was never paid, a rate that became known, facts recorded since.
 *
 * Everything recorded since the last run that touches the month is named, as far as the text has room.
 */
#include "db/run_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PARTS_ROOM = 60 }; /* kept for "and 12 more" */

struct telling {
    struct st_cause *out;
    size_t used;
    int more_count; /* for which there was no room */
};

/* Adds one part, "text (entry 12)"; entry 0: no entry recorded it. */
static void tell(struct telling *telling, const char *text, int64_t entry) {
    struct st_cause *out = telling->out;
    size_t room = sizeof out->text - PARTS_ROOM - telling->used;
    char part[ST_CAUSE_SIZE];
    char where[40] = "";
    if (entry != 0)
        (void)snprintf(where, sizeof where, " (entry %" PRId64 ")", entry);
    int size = snprintf(part, sizeof part, "%s%s%s", telling->used == 0 ? "" : "; ", text, where);
    if (entry > out->entry)
        out->entry = entry;
    if (size < 0 || (size_t)size >= room) {
        telling->more_count++;
        return;
    }
    memcpy(out->text + telling->used, part, (size_t)size + 1);
    telling->used += (size_t)size;
}

static void finish(struct telling *telling) {
    if (telling->more_count > 0)
        (void)snprintf(telling->out->text + telling->used,
                       sizeof telling->out->text - telling->used, "; and %d more",
                       telling->more_count);
}

/* ---- a month never paid ---------------------------------------------------------------------- */

static void tell_unpaid(struct telling *telling, const struct st_run_history *history,
                        st_month month) {
    char text[80], month_text[ST_MONTH_TEXT_SIZE];
    int64_t run, entry;
    st_month_format(month, month_text);
    if (st_run_history_of_month(history, month, &run, &entry)) {
        (void)snprintf(text, sizeof text, "nothing was paid by run %" PRId64, run);
        tell(telling, text, entry);
        return;
    }
    (void)snprintf(text, sizeof text, "%s had no run", month_text);
    tell(telling, text, 0);
}

/* ---- rates ----------------------------------------------------------------------------------- */

/* A G that takes effect by the end of the month and was not there for the last run: recorded or known since.
 * Before a first run there is nothing that it could have changed. */
static void tell_rates(struct telling *telling, const struct st_run_rates *rates, st_month month,
                       const struct st_run_history *history) {
    st_date last_known = st_run_history_known(history);
    int64_t since = st_run_history_since(history);
    for (size_t i = 0; since > 0 && i < rates->count; i++) {
        const struct st_rate *rate = &rates->items[i];
        char text[120], effect[ST_DATE_TEXT_SIZE], known[ST_DATE_TEXT_SIZE];
        if (rate->effect > st_month_last(month) ||
            (rate->known <= last_known && rates->entries[i] <= since))
            continue;
        st_date_format(rate->effect, effect);
        st_date_format(rate->known, known);
        (void)snprintf(text, sizeof text, "rate G %" PRId64 " from %s, known %s", rate->value_nok,
                       effect, known);
        tell(telling, text, rates->entries[i]);
    }
}

/* ---- facts ----------------------------------------------------------------------------------- */

static bool touches_month(const struct st_fact_change *change, st_month month) {
    return change->from <= st_month_last(month) && change->to >= st_month_first(month);
}

/* "partner's absence parental_leave, 2026-05-05 to 2026-05-07" */
static void describe(const struct st_fact_change *change, char *text, size_t size) {
    char from[ST_DATE_TEXT_SIZE] = "", to[ST_DATE_TEXT_SIZE] = "";
    if (change->from != ST_DATE_NONE)
        st_date_format(change->from, from);
    if (change->to != ST_DATE_OPEN)
        st_date_format(change->to, to);
    (void)snprintf(text, size, "%s%s%s%s%s%s%s%s%s", change->is_partner ? "partner's " : "",
                   st_fact_describe(change->kind)->noun, change->word[0] == '\0' ? "" : " ",
                   change->word, from[0] == '\0' ? "" : ", ", from, to[0] == '\0' ? "" : " to ",
                   to, change->is_withdrawn ? " withdrawn" : "");
}

/* Facts of the month; or, where none touches it, all: a limit of R8 reaches over months. */
static void tell_changes(struct telling *telling, const struct st_facts_reader *reader,
                         st_month month) {
    size_t count;
    const struct st_fact_change *changes = st_facts_reader_changes(reader, &count);
    bool any_touches = false;
    char text[200];
    for (size_t i = 0; i < count; i++)
        any_touches |= touches_month(&changes[i], month);
    for (size_t i = 0; i < count; i++) {
        if (any_touches && !touches_month(&changes[i], month))
            continue;
        describe(&changes[i], text, sizeof text);
        tell(telling, text, changes[i].entry);
    }
}

void st_run_cause(const struct st_facts_reader *reader, const struct st_run_rates *rates,
                  const struct st_correction *correction, struct st_cause *out) {
    const struct st_run_history *history = st_facts_reader_history(reader);
    struct telling telling = {.out = out};
    *out = (struct st_cause){.text = ""};
    if (correction->paid.ore == 0 && correction->due.ore > 0)
        tell_unpaid(&telling, history, correction->month);
    tell_rates(&telling, rates, correction->month, history);
    tell_changes(&telling, reader, correction->month);
    if (telling.used == 0)
        tell(&telling, "computed anew by the rules in force", 0);
    finish(&telling);
}
