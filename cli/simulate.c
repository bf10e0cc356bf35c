/* SPDX-License-Identifier: MIT */
/* simulate.c - `stonad simulate`: what months would cost on assumed terms, against what they cost
 * as things stand. Reads the assumptions, NAME=VALUE@DATE each, and prints what was computed.
 */
#include "cli/cli.h"

#include "stonad/rates.h"
#include "stonad/simulate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)ST_ASSUMED_MAX <= (int)ST_REPEATED_MAX, "as many may be typed as are computed");

struct assumptions {
    struct st_simulation asked;
    struct st_assumed_rate rates[ST_ASSUMED_MAX];
    struct st_assumed_share shares[ST_ASSUMED_MAX];
    struct st_assumed_newcomers newcomers[ST_ASSUMED_MAX];
};

/* ---- NAME=VALUE@DATE --------------------------------------------------------------------- */

struct parts {
    char name[32], value[32], date[16]; /* "" for what is not there */
};

static bool copy_part(const char *from, const char *to, char *out, size_t size) {
    size_t length = (size_t)(to - from);
    if (length == 0 || length >= size)
        return false;
    memcpy(out, from, length);
    out[length] = '\0';
    return true;
}

static bool take_apart(const char *text, struct parts *out) {
    const char *equals = strchr(text, '=');
    const char *value = equals == NULL ? text : equals + 1;
    const char *at = strchr(value, '@'), *end = text + strlen(text);
    *out = (struct parts){.name = ""};
    if (equals != NULL && !copy_part(text, equals, out->name, sizeof out->name))
        return false;
    if (at != NULL && !copy_part(at + 1, end, out->date, sizeof out->date))
        return false;
    return copy_part(value, at == NULL ? end : at, out->value, sizeof out->value);
}

/* Digits only, 1 ... maximum. */
static bool parse_whole(const char *text, int64_t maximum, int64_t *out) {
    size_t length = strlen(text);
    if (length == 0 || length > 15 || strspn(text, "0123456789") != length)
        return false;
    *out = strtoll(text, NULL, 10);
    return *out >= 1 && *out <= maximum;
}

static bool parse_day(const char *text, st_date *out) {
    st_month month;
    if (st_date_parse(text, strlen(text), out))
        return true;
    if (!st_month_parse(text, strlen(text), &month))
        return false;
    *out = st_month_first(month);
    return true;
}

/* "1/2", "50%", "62.5 %": 0 ... 1. */
static bool parse_share(const char *text, st_fraction *out) {
    enum { DENOMINATOR_MAX = 1000, HUNDREDTHS_OF_PERCENT = 10000 };
    char number[32];
    int64_t numerator = 0, denominator = 0;
    st_amount percent;
    const char *mark = strpbrk(text, "/%");
    if (mark == NULL || !copy_part(text, mark, number, sizeof number))
        return false;
    if (*mark == '/')
        return (strcmp(number, "0") == 0 || parse_whole(number, DENOMINATOR_MAX, &numerator)) &&
               parse_whole(mark + 1, DENOMINATOR_MAX, &denominator) && numerator <= denominator &&
               st_fraction_make(numerator, denominator, out);
    number[strcspn(number, " ")] = '\0';
    return mark[1] == '\0' && st_amount_from_person(number, &percent) &&
           percent.ore <= HUNDREDTHS_OF_PERCENT &&
           st_fraction_make(percent.ore, HUNDREDTHS_OF_PERCENT, out);
}

static enum st_status not_a(struct st_error *error, enum st_option option, const char *value,
                            const char *what) {
    return st_cli_fail(error, ST_USAGE, "option.value", "--%s %.60s is not %s.",
                       st_option_name(option), value, what);
}

static enum st_status fail_twice(struct st_error *error, enum st_option option, const char *value) {
    return st_cli_fail(error, ST_USAGE, "option.twice",
                       "--%s %.60s assumes what another --%s does; give one of them.",
                       st_option_name(option), value, st_option_name(option));
}

/* ---- the assumptions --------------------------------------------------------------------- */

static enum st_status read_rate(struct assumptions *assumptions, const char *text,
                                struct st_error *error) {
    struct st_simulation *asked = &assumptions->asked;
    struct st_assumed_rate *rate = &assumptions->rates[asked->rate_count];
    struct parts parts;
    if (!take_apart(text, &parts) || parts.name[0] == '\0' ||
        !parse_whole(parts.value, ST_RATE_MAX_NOK, &rate->value_nok) ||
        !st_date_parse(parts.date, strlen(parts.date), &rate->effect))
        return not_a(error, ST_OPTION_RATE, text,
                     "a rate; write it in whole kroner from a day on, as in G=142000@2027-05-01");
    if (strcmp(parts.name, "G") != 0)
        return st_cli_fail(error, ST_USAGE, "rates.name",
                           "--rate %.40s is no rate; the rate there is is G.", parts.name);
    for (size_t i = 0; i < asked->rate_count; i++)
        if (assumptions->rates[i].effect == rate->effect)
            return fail_twice(error, ST_OPTION_RATE, text);
    asked->rate_count++;
    return ST_OK;
}

/* One of `count` names: its index. */
static enum st_status read_name(enum st_option option, const char *name,
                                const char *(*name_of)(size_t), size_t count, size_t *out,
                                struct st_error *error) {
    struct st_suggestion suggestion = st_suggestion_for(name);
    char meant[ST_SUGGESTION_TEXT_SIZE], list[200] = "";
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(list);
        if (strcmp(name, name_of(i)) == 0) {
            *out = i;
            return ST_OK;
        }
        (void)snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", name_of(i));
        st_suggestion_consider(&suggestion, name_of(i));
    }
    return st_cli_fail(error, ST_USAGE, "option.choice", "--%s knows no %.40s%s; write one of %s.",
                       st_option_name(option), name, st_suggestion_text(&suggestion, meant), list);
}

static const char *share_name(size_t i) {
    return st_share_name((enum st_share)i);
}
static const char *newcomer_name(size_t i) {
    return st_newcomer_name((enum st_newcomer)i);
}

static enum st_status read_share(struct assumptions *assumptions, const char *text,
                                 struct st_error *error) {
    struct st_simulation *asked = &assumptions->asked;
    struct st_assumed_share *share = &assumptions->shares[asked->share_count];
    struct parts parts;
    size_t index = 0;
    if (!take_apart(text, &parts) || parts.name[0] == '\0' || parts.date[0] != '\0' ||
        !parse_share(parts.value, &share->factor))
        return not_a(error, ST_OPTION_SHARE, text,
                     "a share of at most the whole; write it as young=1/2 or young=50%");
    enum st_status status =
        read_name(ST_OPTION_SHARE, parts.name, share_name, ST_SHARE_COUNT, &index, error);
    share->share = (enum st_share)index;
    for (size_t i = 0; status == ST_OK && i < asked->share_count; i++)
        if (assumptions->shares[i].share == share->share)
            return fail_twice(error, ST_OPTION_SHARE, text);
    asked->share_count += status == ST_OK;
    return status;
}

static enum st_status read_newcomers(struct assumptions *assumptions, const char *text,
                                     struct st_error *error) {
    struct st_simulation *asked = &assumptions->asked;
    struct st_assumed_newcomers *newcomers = &assumptions->newcomers[asked->newcomers_count];
    struct parts parts;
    size_t index = ST_NEWCOMER_FULL;
    enum st_status status = ST_OK;
    newcomers->start = st_month_first(asked->first_month);
    if (!take_apart(text, &parts) ||
        !parse_whole(parts.value, ST_NEWCOMERS_MAX, &newcomers->count) ||
        (parts.date[0] != '\0' && !parse_day(parts.date, &newcomers->start)))
        return not_a(error, ST_OPTION_NEW, text,
                     "a number of new participants, 1 to 100000, perhaps of a kind and from a day "
                     "on; write it as 5, 5@2026-09-01 or couple=4@2026-09-01");
    if (parts.name[0] != '\0')
        status =
            read_name(ST_OPTION_NEW, parts.name, newcomer_name, ST_NEWCOMER_COUNT, &index, error);
    newcomers->kind = (enum st_newcomer)index;
    asked->newcomers_count += status == ST_OK;
    return status;
}

/* Each value of an option, by `read`. */
static enum st_status read_all(const struct st_invocation *invocation, enum st_option option,
                               enum st_status (*read)(struct assumptions *, const char *,
                                                      struct st_error *),
                               struct assumptions *assumptions, struct st_error *error) {
    enum st_status status = ST_OK;
    const char *text;
    for (size_t i = 0;
         status == ST_OK && (text = st_option_repeated(invocation, option, i)) != NULL; i++) {
        if (i == ST_ASSUMED_MAX)
            return st_cli_fail(error, ST_USAGE, "option.many",
                               "--%s is given more than %d times; leave some out.",
                               st_option_name(option), ST_ASSUMED_MAX);
        status = read(assumptions, text, error);
    }
    return status;
}

static enum st_status read_months(const struct st_invocation *invocation,
                                  struct st_simulation *asked, struct st_error *error) {
    int64_t count = 1;
    enum st_status status =
        st_cli_value_month(invocation, ST_OPTION_MONTH, &asked->first_month, error);
    if (status == ST_OK && st_option_given(invocation, ST_OPTION_MONTHS))
        status = st_cli_value_integer(invocation, ST_OPTION_MONTHS, ST_SIMULATED_MONTHS_MAX, &count,
                                      error);
    if (status != ST_OK)
        return status;
    if (count == 0 || asked->first_month + count - 1 > st_month_make(2199, 12))
        return st_cli_fail(error, ST_USAGE, "option.value",
                           "--months %" PRId64 " is no number of months from --month on; write 1 "
                           "to %d, to the end of 2199.",
                           count, ST_SIMULATED_MONTHS_MAX);
    asked->month_count = (int)count;
    return ST_OK;
}

static enum st_status read_assumptions(const struct st_invocation *invocation,
                                       struct assumptions *out, struct st_error *error) {
    *out = (struct assumptions){.asked.today = invocation->act.today};
    out->asked.rates = out->rates;
    out->asked.shares = out->shares;
    out->asked.newcomers = out->newcomers;
    enum st_status status = read_months(invocation, &out->asked, error);
    if (status == ST_OK)
        status = read_all(invocation, ST_OPTION_RATE, read_rate, out, error);
    if (status == ST_OK)
        status = read_all(invocation, ST_OPTION_SHARE, read_share, out, error);
    if (status == ST_OK)
        status = read_all(invocation, ST_OPTION_NEW, read_newcomers, out, error);
    return status;
}

/* ---- kinds of cost ----------------------------------------------------------------------- */

enum { COST = 4, KIND_COUNT };
static const char *const kind_names[KIND_COUNT] = {"benefit", "offsets", "work", "absence", "cost"};

static st_amount amount_of(const struct st_cost *cost, int kind) {
    const st_amount amounts[KIND_COUNT] = {cost->benefit, cost->offsets, cost->work, cost->absence,
                                           cost->cost};
    return amounts[kind];
}

/* ---- rows for programs ------------------------------------------------------------------- */

/* A row for each month and kind; no row of sums, so that a column can be summed. */
static enum st_status report_rows(const struct st_invocation *invocation,
                                  const struct st_simulated *simulated, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"month", NULL, ST_CELL_MONTH, 7, false},
        {"kind", NULL, ST_CELL_TEXT, 8, false},
        {"persons_today", NULL, ST_CELL_INTEGER, 7, false},
        {"persons_simulated", NULL, ST_CELL_INTEGER, 7, false},
        {"persons_difference", NULL, ST_CELL_INTEGER, 7, false},
        {"today", NULL, ST_CELL_AMOUNT, 15, false},
        {"simulated", NULL, ST_CELL_AMOUNT, 15, false},
        {"difference", NULL, ST_CELL_AMOUNT, 15, false},
    };
    struct st_report *report;
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    for (size_t i = 0; i < simulated->month_count; i++)
        for (int kind = 0; kind < KIND_COUNT; kind++) {
            const struct st_compared_cost *row = &simulated->months[i];
            st_report_month(report, row->month);
            st_report_text(report, kind_names[kind]);
            st_report_integer(report, row->today.person_count);
            st_report_integer(report, row->simulated.person_count);
            st_report_integer(report, row->difference.person_count);
            st_report_amount(report, amount_of(&row->today, kind));
            st_report_amount(report, amount_of(&row->simulated, kind));
            st_report_amount(report, amount_of(&row->difference, kind));
        }
    return st_cli_report_end(report, ST_OK, error);
}

/* ---- text: what is assumed --------------------------------------------------------------- */

static st_date last_day(const struct st_simulated *simulated) {
    return st_month_last(simulated->months[simulated->month_count - 1].month);
}

/* "2026-09", or "2026-09 to 2027-08". */
static void print_period(const struct st_simulated *simulated) {
    char month[ST_MONTH_TEXT_SIZE];
    st_month_format(simulated->months[0].month, month);
    (void)fputs(month, stdout);
    if (simulated->month_count == 1)
        return;
    st_month_format(simulated->months[simulated->month_count - 1].month, month);
    (void)printf(" to %s", month);
}

static void print_rate(const struct st_assumed_rate *rate, int64_t instead_of_nok, bool counts) {
    char effect[ST_DATE_TEXT_SIZE];
    st_date_format(rate->effect, effect);
    (void)printf("  G %" PRId64 " from %s", rate->value_nok, effect);
    if (instead_of_nok != 0)
        (void)printf(", instead of %" PRId64, instead_of_nok);
    (void)puts(counts ? "" : ": the G of no day of these months");
}

static void print_share(const struct st_assumed_share *share) {
    st_fraction in_force = st_share_in_force(share->share);
    (void)printf("  share %s %" PRId64 "/%" PRId64 ", instead of %" PRId64 "/%" PRId64 " (%s)\n",
                 st_share_name(share->share), share->factor.numerator, share->factor.denominator,
                 in_force.numerator, in_force.denominator, st_share_meaning(share->share));
}

static void print_newcomers(const struct st_assumed_newcomers *newcomers, bool counts) {
    char start[ST_DATE_TEXT_SIZE];
    st_date_format(newcomers->start, start);
    (void)printf("  %" PRId64 " new participant%s from %s, %s%s\n", newcomers->count,
                 newcomers->count == 1 ? "" : "s", start, st_newcomer_meaning(newcomers->kind),
                 counts ? "" : ": after these months");
}

static void print_assumptions(const struct st_simulation *asked,
                              const struct st_simulated *simulated) {
    char today[ST_DATE_TEXT_SIZE];
    st_date_format(asked->today, today);
    (void)fputs("What ", stdout);
    print_period(simulated);
    (void)printf(" would cost, by the facts as they stand and the rates known on %s.\n"
                 "Nothing was written.\n\nAssumed:%s\n",
                 today,
                 asked->rate_count + asked->share_count + asked->newcomers_count > 0
                     ? ""
                     : " nothing, so both sides are the same");
    for (size_t i = 0; i < asked->rate_count; i++)
        print_rate(&asked->rates[i], simulated->rates[i].instead_of_nok,
                   simulated->rates[i].counts);
    for (size_t i = 0; i < asked->share_count; i++)
        print_share(&asked->shares[i]);
    for (size_t i = 0; i < asked->newcomers_count; i++)
        print_newcomers(&asked->newcomers[i], asked->newcomers[i].start <= last_day(simulated));
    (void)putchar('\n');
}

/* ---- text: the figures ------------------------------------------------------------------- */

static void month_row(struct st_report *report, const char *label,
                      const struct st_compared_cost *row, bool is_total) {
    st_report_text(report, label);
    if (is_total) { /* a person of several months is still one: said below */
        st_report_null(report);
        st_report_null(report);
    } else {
        st_report_integer(report, row->today.person_count);
        st_report_integer(report, row->simulated.person_count);
    }
    st_report_amount(report, row->today.cost);
    st_report_amount(report, row->simulated.cost);
    st_report_amount(report, row->difference.cost);
}

static enum st_status print_months(const struct st_invocation *invocation,
                                   const struct st_simulated *simulated, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"month", NULL, ST_CELL_TEXT, 7, false},
        {"persons_today", "persons today", ST_CELL_INTEGER, 7, false},
        {"persons_simulated", "simulated", ST_CELL_INTEGER, 7, false},
        {"today", "cost today", ST_CELL_AMOUNT, 15, false},
        {"simulated", "simulated", ST_CELL_AMOUNT, 15, false},
        {"difference", NULL, ST_CELL_AMOUNT, 15, false},
    };
    char month[ST_MONTH_TEXT_SIZE];
    struct st_report *report;
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    for (size_t i = 0; i < simulated->month_count; i++) {
        st_month_format(simulated->months[i].month, month);
        month_row(report, month, &simulated->months[i], false);
    }
    if (simulated->month_count > 1)
        month_row(report, "total", &simulated->total, true);
    return st_cli_report_end(report, ST_OK, error);
}

static void print_persons(const struct st_simulated *simulated) {
    const struct st_compared_cost *total = &simulated->total;
    if (simulated->month_count == 1)
        return;
    (void)printf("\nDifferent persons: %" PRId64 " today, %" PRId64 " simulated. Person-months: "
                 "%" PRId64 " today, %" PRId64 " simulated.\n",
                 simulated->today_person_count, simulated->simulated_person_count,
                 total->today.person_count, total->simulated.person_count);
}

/* Kinds that are nothing on both sides are left out unless all are asked for. */
static void kind_rows(struct st_report *report, const char *label,
                      const struct st_compared_cost *row, bool all_kinds) {
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        if (!all_kinds && kind != COST && amount_of(&row->today, kind).ore == 0 &&
            amount_of(&row->simulated, kind).ore == 0)
            continue;
        st_report_text(report, label);
        st_report_text(report, kind_names[kind]);
        st_report_amount(report, amount_of(&row->today, kind));
        st_report_amount(report, amount_of(&row->simulated, kind));
        st_report_amount(report, amount_of(&row->difference, kind));
    }
}

static enum st_status print_kinds(const struct st_invocation *invocation,
                                  const struct st_simulated *simulated, struct st_error *error) {
    static const struct st_report_column columns[] = {
        {"month", NULL, ST_CELL_TEXT, 7, false},
        {"kind", NULL, ST_CELL_TEXT, 8, false},
        {"today", NULL, ST_CELL_AMOUNT, 15, false},
        {"simulated", NULL, ST_CELL_AMOUNT, 15, false},
        {"difference", NULL, ST_CELL_AMOUNT, 15, false},
    };
    char month[ST_MONTH_TEXT_SIZE];
    struct st_report *report;
    (void)putchar('\n');
    enum st_status status =
        st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    if (simulated->month_count > 1)
        kind_rows(report, "total", &simulated->total, true);
    for (size_t i = 0; i < simulated->month_count; i++) {
        st_month_format(simulated->months[i].month, month);
        kind_rows(report, month, &simulated->months[i], simulated->month_count == 1);
    }
    return st_cli_report_end(report, ST_OK, error);
}

static void print_limits(void) {
    (void)puts(
        "\n"
        "cost = benefit less offsets, work and absence: what is paid before tax is withheld.\n"
        "Facts to come count. Programmes end as recorded, and go on where no end is; nobody\n"
        "begins but who is recorded or assumed.\n"
        "Not included: corrections of earlier months, recovery of claims, and any cost that is\n"
        "not the benefit itself.");
}

static enum st_status print_text(const struct st_invocation *invocation,
                                 const struct st_simulation *asked,
                                 const struct st_simulated *simulated, struct st_error *error) {
    print_assumptions(asked, simulated);
    enum st_status status = print_months(invocation, simulated, error);
    if (status != ST_OK)
        return status;
    print_persons(simulated);
    status = print_kinds(invocation, simulated, error);
    if (status == ST_OK)
        print_limits();
    return status;
}

/* ---- the command ------------------------------------------------------------------------- */

static void show_progress(void *context, int64_t done, int64_t all) {
    (void)context;
    st_cli_progress("computing", done, all);
}

/* A date mistyped would look like no difference: whoever reads CSV or JSON is told too. */
static void tell_unused(const struct st_simulation *asked, const struct st_simulated *simulated) {
    char date[ST_DATE_TEXT_SIZE];
    for (size_t i = 0; i < asked->rate_count; i++) {
        st_date_format(asked->rates[i].effect, date);
        if (!simulated->rates[i].counts)
            st_cli_message("stonad: the assumed G from %s is the G of no day of these months; look "
                           "at its date",
                           date);
    }
    for (size_t i = 0; i < asked->newcomers_count; i++) {
        st_date_format(asked->newcomers[i].start, date);
        if (asked->newcomers[i].start > last_day(simulated))
            st_cli_message("stonad: the new participants from %s begin after these months; look at "
                           "the date",
                           date);
    }
}

enum st_status st_command_simulate(const struct st_invocation *invocation, struct st_error *error) {
    ST_CLOSE_LEDGER struct st_ledger *ledger = NULL;
    struct assumptions assumptions;
    struct st_simulated simulated;
    enum st_status status = read_assumptions(invocation, &assumptions, error);
    if (status == ST_OK)
        status = st_ledger_open(invocation->ledger_path, ST_OPEN_READ, &ledger, error);
    if (status == ST_OK)
        status =
            st_ledger_simulate(ledger, &assumptions.asked, show_progress, NULL, &simulated, error);
    st_cli_progress_end();
    if (status != ST_OK)
        return status;
    tell_unused(&assumptions.asked, &simulated);
    if (invocation->format == ST_FORMAT_TEXT)
        return print_text(invocation, &assumptions.asked, &simulated, error);
    return report_rows(invocation, &simulated, error);
}
