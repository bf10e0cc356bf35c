/* SPDX-License-Identifier: MIT */
/* limits.c - R8's limits: how many virkedager of each kind keep the benefit, in which window.
 *
 * The figures are dated data in one table; the windows are a handful of ways to count. The kinds that
 * have conditions of their own - self-certification (Reg. §§ 8, 9), sick children (§§ 6, 7),
 * breastfeeding (§ 13), holiday (§ 18) - have a function each.
 */
#include "engine/limits.h"
#include "engine/programme_internal.h"
#include "stonad/calendar.h"

#include <assert.h>
#include <string.h>

enum {
    EIGHT_WEEKS_DAYS = 56,
    SELF_CERTIFIED_DAYS_MAX = 3,
    LOOK_BACK_DAYS = 16,
    EVENT_MONTHS = 9,
    CHILD_AGE_MAX = 12,
    CHRONIC_CHILD_AGE_MAX = 18,
    HOLIDAY_DAYS = 25,
    BREASTFEEDING_HUNDREDTHS = 100, /* one hour a day */
    RECENT_MAX = 64                 /* more than any limit of the last twelve months */
};

enum window { WINDOW_CALENDAR_YEAR, WINDOW_EVENT, WINDOW_LAST_YEAR, WINDOW_PROGRAMME_YEAR };

/* A limit of one kind, from the day it took effect (Reg.: 2021-01-01 unless changed since). */
struct limit {
    enum st_absence_kind kind;
    enum window window;
    int days;
    int effect_year, effect_month, effect_day;
    const char *text;
};
static const struct limit limits[] = {
    {ST_ABSENCE_PREGNANCY_LEAVE, WINDOW_EVENT, 10, 2021, 1, 1, "a pregnancy"},
    {ST_ABSENCE_BIRTH_MOTHER, WINDOW_EVENT, 20, 2021, 1, 1, "a birth"},
    {ST_ABSENCE_BIRTH_FATHER, WINDOW_EVENT, 7, 2021, 1, 1, "a birth"},
    {ST_ABSENCE_WELFARE_LEAVE, WINDOW_CALENDAR_YEAR, 10, 2021, 1, 1, "a calendar year"},
    {ST_ABSENCE_PEACE_WORK, WINDOW_CALENDAR_YEAR, 10, 2022, 8, 24, "a calendar year"},
    {ST_ABSENCE_RELIGIOUS_DAY, WINDOW_CALENDAR_YEAR, 2, 2021, 1, 1, "a calendar year"},
};
static const char last_year_text[] = "in the last 12 months";
static const char programme_year_text[] = "a programme year";

/* Days that kept the benefit, as the windows count them. */
struct usage {
    st_date window_first; /* the year's, event's or programme year's first day */
    int count;
    st_date last_kept;
    st_date recent[RECENT_MAX]; /* of the last twelve months, oldest first */
    int recent_count;
};

struct walk {
    const struct st_person_facts *facts;
    st_date last;
    enum st_status (*visit)(void *, const struct st_past *);
    void *context;
};

static enum st_status tell(const struct walk *walk, const struct st_absence *record, st_date date,
                           enum st_past_reason reason, int limit_days, const char *window) {
    const struct st_past past = {record, date, reason, limit_days, window,
                                 record->hours_hundredths};
    return walk->visit(walk->context, &past);
}

/* The programme of the day: rows that carry it on without a gap are one with it (programme_internal.h).
 * False: no programme day. */
static bool programme_on(const struct st_person_facts *facts, st_date date,
                         struct st_programme_span *out) {
    for (size_t i = 0; i < facts->programme_count; i++) {
        if (facts->programmes[i].start > date || date > facts->programmes[i].end)
            continue;
        *out = st_programme_span_of(facts, i);
        return true;
    }
    return false;
}

const struct st_care *st_care_on(const struct st_person_facts *facts, st_date date) {
    for (size_t i = 0; i < facts->care_count; i++)
        if (facts->care[i].from <= date && date <= facts->care[i].to)
            return &facts->care[i];
    return NULL;
}

bool st_limit_needs_care(enum st_absence_kind kind) {
    return kind == ST_ABSENCE_SELF_CERTIFIED_CHILD_SICK ||
           kind == ST_ABSENCE_CERTIFIED_CHILD_SICK || kind == ST_ABSENCE_BREASTFEEDING;
}

const char *st_past_reason_text(enum st_past_reason reason) {
    static const char *const texts[ST_PAST_REASON_COUNT] = {
        [ST_PAST_EIGHT_WEEKS] = "self-certified before eight weeks of programme",
        [ST_PAST_THREE_DAYS] = "self-certified for more than three calendar days",
        [ST_PAST_BARRED] = "self-certification is barred by decision",
        [ST_PAST_CHILD_AGE] = "the child is past the age the right lasts to",
        [ST_PAST_DAYS] = "more than the days allowed",
        [ST_PAST_NOT_IN_FORCE] = "before the rule took effect",
        [ST_PAST_BREASTFEEDING] = "more than one hour a day in the child's first year",
    };
    assert((unsigned)reason < ST_PAST_REASON_COUNT);
    return texts[reason];
}

static st_date end_within(const struct walk *walk, const struct st_absence *record) {
    return record->to < walk->last ? record->to : walk->last;
}

static bool is_virkedag_of_programme(const struct walk *walk, st_date date) {
    struct st_programme_span programme;
    return programme_on(walk->facts, date, &programme) && !st_is_day_off(date);
}

/* ---- counting ---------------------------------------------------------------------------------- */

/* Opens a new window when `first` is not the one being counted. */
static void enter_window(struct usage *usage, st_date first) {
    if (usage->window_first == first)
        return;
    usage->window_first = first;
    usage->count = 0;
}

/* Uses one day of the window's limit; a second record of the same day uses no other (choice: hours
 * records use one virkedag of a limit). False: past it. */
static bool use_day(struct usage *usage, st_date date, int limit_days) {
    if (usage->last_kept == date)
        return true;
    if (usage->count >= limit_days)
        return false;
    usage->count++;
    usage->last_kept = date;
    return true;
}

/* The same over the last twelve months: after the same date a year before. */
static bool use_recent_day(struct usage *usage, st_date date, int limit_days) {
    st_date before = st_date_add_years(date, -1);
    int dropped = 0;
    if (usage->last_kept == date)
        return true;
    while (dropped < usage->recent_count && usage->recent[dropped] <= before)
        dropped++;
    usage->recent_count -= dropped;
    memmove(usage->recent, usage->recent + dropped,
            (size_t)usage->recent_count * sizeof usage->recent[0]);
    if (usage->recent_count >= limit_days || usage->recent_count == RECENT_MAX)
        return false;
    usage->recent[usage->recent_count++] = date;
    usage->last_kept = date;
    return true;
}

/* ---- kinds with a plain limit ------------------------------------------------------------------- */

static st_date year_first(st_date date) { return st_date_make(st_date_year(date), 1, 1); }

static enum st_status walk_plain_record(const struct walk *walk, const struct limit *limit,
                                        const struct st_absence *record, struct usage *usage) {
    st_date effect = st_date_make(limit->effect_year, limit->effect_month, limit->effect_day);
    st_date last = end_within(walk, record);
    /* Spells that begin more than nine months after the first belong to another event (choice). */
    if (limit->window == WINDOW_EVENT &&
        (usage->window_first == ST_DATE_NONE ||
         record->from > st_date_add_months(usage->window_first, EVENT_MONTHS)))
        enter_window(usage, record->from);
    for (st_date date = record->from; date <= last; date++) {
        if (!is_virkedag_of_programme(walk, date))
            continue;
        if (limit->window == WINDOW_CALENDAR_YEAR)
            enter_window(usage, year_first(date));
        if (date < effect) {
            enum st_status status = tell(walk, record, date, ST_PAST_NOT_IN_FORCE, 0, "");
            if (status != ST_OK)
                return status;
        } else if (!use_day(usage, date, limit->days)) {
            enum st_status status =
                tell(walk, record, date, ST_PAST_DAYS, limit->days, limit->text);
            if (status != ST_OK)
                return status;
        }
    }
    return ST_OK;
}

static enum st_status walk_plain(const struct walk *walk, const struct limit *limit) {
    struct usage usage = {.window_first = ST_DATE_NONE, .last_kept = ST_DATE_NONE};
    for (size_t i = 0; i < walk->facts->absence_count; i++) {
        const struct st_absence *record = &walk->facts->absences[i];
        if (record->kind != limit->kind || record->from > walk->last)
            continue;
        enum st_status status = walk_plain_record(walk, limit, record, &usage);
        if (status != ST_OK)
            return status;
    }
    return ST_OK;
}

/* ---- self-certification (Reg. §§ 8, 9) ------------------------------------------------------------ */

/* One spell after the other: a spell that begins within 16 days of the last day of the one before
 * counts on with it. */
struct spell {
    st_date last_day;
    int calendar_days;
};

static void begin_spell(const struct walk *walk, struct spell *spell,
                        const struct st_absence *record) {
    if (spell->last_day == ST_DATE_NONE || record->from - spell->last_day > LOOK_BACK_DAYS)
        spell->calendar_days = 0;
    spell->last_day = end_within(walk, record);
}

static bool is_barred(const struct st_person_facts *facts, st_date date) {
    for (size_t i = 0; i < facts->decision_count; i++) {
        const struct st_decision *decision = &facts->decisions[i];
        if (decision->kind == ST_DECISION_SELF_CERTIFICATION_BARRED && decision->decided <= date &&
            date <= decision->until)
            return true;
    }
    return false;
}

/* Whether a self-certified day is past § 8 or § 9; `spell` holds the calendar days up to it. */
static bool is_past_self_certification(const struct walk *walk, enum st_absence_kind kind,
                                       st_date date, const struct spell *spell,
                                       enum st_past_reason *reason) {
    struct st_programme_span programme;
    if (programme_on(walk->facts, date, &programme) && date < programme.start + EIGHT_WEEKS_DAYS)
        *reason = ST_PAST_EIGHT_WEEKS;
    else if (spell->calendar_days > SELF_CERTIFIED_DAYS_MAX)
        *reason = ST_PAST_THREE_DAYS;
    else if (kind == ST_ABSENCE_SELF_CERTIFIED_SICK && is_barred(walk->facts, date))
        *reason = ST_PAST_BARRED;
    else
        return false;
    return true;
}

static enum st_status walk_self_certified(const struct walk *walk) {
    struct spell spell = {.last_day = ST_DATE_NONE};
    for (size_t i = 0; i < walk->facts->absence_count; i++) {
        const struct st_absence *record = &walk->facts->absences[i];
        if (record->kind != ST_ABSENCE_SELF_CERTIFIED_SICK || record->from > walk->last)
            continue;
        begin_spell(walk, &spell, record);
        for (st_date date = record->from; date <= end_within(walk, record); date++) {
            enum st_past_reason reason;
            enum st_status status = ST_OK;
            spell.calendar_days++;
            if (is_virkedag_of_programme(walk, date) &&
                is_past_self_certification(walk, record->kind, date, &spell, &reason))
                status = tell(walk, record, date, reason, 0, "");
            if (status != ST_OK)
                return status;
        }
    }
    return ST_OK;
}

/* ---- sick children (Reg. §§ 6-8) ------------------------------------------------------------------- */

/* § 7: 10 days; 15 with more than two children; alone 20 and 30; chronic illness 20, alone 40. */
static int child_days(const struct st_care *care) {
    if (care == NULL)
        return 10; /* choice: without a care row, and a finding */
    if (care->is_chronic)
        return care->is_sole_carer ? 40 : 20;
    if (care->children > 2)
        return care->is_sole_carer ? 30 : 15;
    return care->is_sole_carer ? 20 : 10;
}

/* § 6 second paragraph: to the end of the year the child turns 12, or 18 when chronically ill. */
static bool is_child_too_old(const struct st_care *care, st_date date) {
    if (care == NULL || care->youngest_born == ST_DATE_NONE)
        return false;
    return st_date_year(date) > st_date_year(care->youngest_born) +
                                    (care->is_chronic ? CHRONIC_CHILD_AGE_MAX : CHILD_AGE_MAX);
}

static enum st_status walk_child_day(const struct walk *walk, const struct st_absence *record,
                                     st_date date, const struct spell *spell,
                                     struct usage *usage) {
    const struct st_care *care = st_care_on(walk->facts, date);
    enum st_past_reason reason;
    if (record->kind == ST_ABSENCE_SELF_CERTIFIED_CHILD_SICK &&
        is_past_self_certification(walk, record->kind, date, spell, &reason))
        return tell(walk, record, date, reason, 0, "");
    if (is_child_too_old(care, date))
        return tell(walk, record, date, ST_PAST_CHILD_AGE, 0, "");
    if (!use_recent_day(usage, date, child_days(care)))
        return tell(walk, record, date, ST_PAST_DAYS, child_days(care), last_year_text);
    return ST_OK;
}

/* Both kinds together, in date order. */
static enum st_status walk_child(const struct walk *walk) {
    struct usage usage = {.last_kept = ST_DATE_NONE};
    struct spell spell = {.last_day = ST_DATE_NONE};
    for (size_t i = 0; i < walk->facts->absence_count; i++) {
        const struct st_absence *record = &walk->facts->absences[i];
        bool is_self = record->kind == ST_ABSENCE_SELF_CERTIFIED_CHILD_SICK;
        if ((!is_self && record->kind != ST_ABSENCE_CERTIFIED_CHILD_SICK) ||
            record->from > walk->last)
            continue;
        if (is_self)
            begin_spell(walk, &spell, record);
        for (st_date date = record->from; date <= end_within(walk, record); date++) {
            spell.calendar_days += is_self;
            if (!is_virkedag_of_programme(walk, date))
                continue;
            enum st_status status = walk_child_day(walk, record, date, &spell, &usage);
            if (status != ST_OK)
                return status;
        }
    }
    return ST_OK;
}

/* ---- breastfeeding (Reg. § 13) ---------------------------------------------------------------------- */

static bool is_first_year(const struct st_care *care, st_date date) {
    return care != NULL && care->youngest_born != ST_DATE_NONE && care->youngest_born <= date &&
           date < st_date_add_years(care->youngest_born, 1);
}

/* An hour a day in the child's first year is kept; what is more is leave, deducted by the hour. */
static enum st_status walk_breastfeeding(const struct walk *walk) {
    for (size_t i = 0; i < walk->facts->absence_count; i++) {
        const struct st_absence *record = &walk->facts->absences[i];
        if (record->kind != ST_ABSENCE_BREASTFEEDING || record->from > walk->last)
            continue;
        for (st_date date = record->from; date <= end_within(walk, record); date++) {
            struct st_past past = {record, date, ST_PAST_BREASTFEEDING, 0, "",
                                   record->hours_hundredths};
            if (!is_virkedag_of_programme(walk, date))
                continue;
            if (record->hours_hundredths > 0 && is_first_year(st_care_on(walk->facts, date), date))
                past.hours_hundredths -= BREASTFEEDING_HUNDREDTHS;
            if (record->hours_hundredths > 0 && past.hours_hundredths <= 0)
                continue;
            enum st_status status = walk->visit(walk->context, &past);
            if (status != ST_OK)
                return status;
        }
    }
    return ST_OK;
}

/* ---- holiday (Reg. § 18) ------------------------------------------------------------------------------ */

/* The first day of the twelve programme months that hold `date`. */
static st_date programme_year_first(const struct st_programme_span *programme, st_date date) {
    int years = st_date_year(date) - st_date_year(programme->start);
    st_date first = st_date_add_months(programme->start, 12 * years);
    return first > date ? st_date_add_months(programme->start, 12 * (years - 1)) : first;
}

/* 25 days for twelve months; for a last part-year 25 * months / 12, whole months and days / 30,
 * rounded up (choice). An open end counts as twelve months. */
static int holiday_days(const struct st_programme_span *programme, st_date year_first_day) {
    int months = 0;
    if (programme->end == ST_DATE_OPEN ||
        programme->end >= st_date_add_months(year_first_day, 12) - 1)
        return HOLIDAY_DAYS;
    while (st_date_add_months(year_first_day, months + 1) - 1 <= programme->end)
        months++;
    int days = programme->end - st_date_add_months(year_first_day, months) + 1;
    int thirtieths = 30 * months + days;
    return (HOLIDAY_DAYS * thirtieths + 12 * 30 - 1) / (12 * 30);
}

static enum st_status walk_holiday(const struct walk *walk) {
    struct usage usage = {.window_first = ST_DATE_NONE, .last_kept = ST_DATE_NONE};
    for (size_t i = 0; i < walk->facts->absence_count; i++) {
        const struct st_absence *record = &walk->facts->absences[i];
        if (record->kind != ST_ABSENCE_HOLIDAY || record->from > walk->last)
            continue;
        for (st_date date = record->from; date <= end_within(walk, record); date++) {
            struct st_programme_span programme;
            if (!programme_on(walk->facts, date, &programme) || st_is_day_off(date))
                continue;
            enter_window(&usage, programme_year_first(&programme, date));
            int days = holiday_days(&programme, usage.window_first);
            enum st_status status = ST_OK;
            if (!use_day(&usage, date, days))
                status = tell(walk, record, date, ST_PAST_DAYS, days, programme_year_text);
            if (status != ST_OK)
                return status;
        }
    }
    return ST_OK;
}

enum st_status st_limits_walk(const struct st_person_facts *facts, st_date last,
                              enum st_status (*visit)(void *context, const struct st_past *past),
                              void *context) {
    const struct walk walk = {facts, last, visit, context};
    enum st_status status = walk_self_certified(&walk);
    if (status == ST_OK)
        status = walk_child(&walk);
    for (size_t i = 0; status == ST_OK && i < ST_COUNT_OF(limits); i++)
        status = walk_plain(&walk, &limits[i]);
    if (status == ST_OK)
        status = walk_breastfeeding(&walk);
    if (status == ST_OK)
        status = walk_holiday(&walk);
    return status;
}
