/* SPDX-License-Identifier: MIT */
/* programme_time.c - how long a programme may last: R19's table by the date it was offered, the days
 * that earlier programmes used, and what R21 adds for absence, time off and leave.
 *
 * The table is dated data: a change of the law is a new row, and the rows that were stay for the
 * programmes offered while they held (Reg. §§ 75, 76).
 */
#include "engine/limits.h"
#include "engine/programme_internal.h"
#include "stonad/calendar.h"

#include <assert.h>

enum {
    NEW_REGIME_FROM = 20260101,
    RETURN_YEARS = 2, /* R19: an earlier programme counts when it ended less than so long ago */
    ABSENCE_DAYS_FREE = 10, /* R21: up to so many virkedager together add nothing */
    OLDEST_AGE = 55
};

/* ---- R19: the table ------------------------------------------------------------------------- */

enum education_asked { ANY_EDUCATION, NOT_EDUCATED, EDUCATED, UPPER_SECONDARY_ONLY };

#define GOAL(name) (1U << ST_GOAL_##name)
#define ANY_GOAL                                                                                   \
    (GOAL(WORK) | GOAL(PREPARATORY) | GOAL(PART_UPPER_SECONDARY) | GOAL(UPPER_SECONDARY) |         \
     GOAL(VOCATIONAL))

/* One row of R19. The first row that a programme meets holds for it. */
struct duration {
    st_law_date offered_from, offered_to; /* 0: no limit on that side */
    char permit;                          /* '\0': any */
    enum education_asked education;
    unsigned goals;
    int base_months, extension_months;
    const char *regime, *citation;
};

#define ACT "integreringsloven "

static const struct duration durations[] = {
    {20230701, 20251231, 'e', UPPER_SECONDARY_ONLY, GOAL(PREPARATORY), 12, 0,
     "collective protection, upper-secondary education, preparing for higher (until 2025)",
     ACT "§ 37 c as it stood until 2025-12-31"},
    {0, 20251231, 'e', EDUCATED, ANY_GOAL, 6, 6,
     "collective protection, upper-secondary education or higher (until 2025)",
     ACT "§ 37 c as it stood until 2025-12-31"},
    {0, 20251231, '\0', EDUCATED, ANY_GOAL, 6, 6,
     "upper-secondary education or higher (until 2025)", ACT "§ 13 as it stood until 2025-12-31"},
    {20260101, 0, '\0', EDUCATED, ANY_GOAL, 12, 0, "upper-secondary education or higher",
     ACT "§ 13 third paragraph"},
    {0, 20241231, '\0', NOT_EDUCATED, GOAL(UPPER_SECONDARY), 36, 12,
     "full upper secondary as goal (until 2024)", ACT "§ 14 as it stood until 2024-12-31"},
    {0, 20241231, '\0', NOT_EDUCATED, ANY_GOAL, 24, 12, "no upper-secondary education (until 2024)",
     ACT "§ 14 as it stood until 2024-12-31"},
    {20250101, 0, '\0', NOT_EDUCATED, GOAL(PART_UPPER_SECONDARY), 36, 12,
     "parts of upper secondary as goal", ACT "§ 14 fourth paragraph"},
    {20250101, 0, '\0', NOT_EDUCATED, GOAL(UPPER_SECONDARY), 48, 12, "full upper secondary as goal",
     ACT "§ 14 fourth paragraph"},
    {20250101, 0, '\0', NOT_EDUCATED, GOAL(VOCATIONAL), 60, 0, "vocational education as goal",
     ACT "§ 14 fifth paragraph"},
    {20250101, 20251231, '\0', NOT_EDUCATED, ANY_GOAL, 24, 12,
     "no upper-secondary education, work as goal (until 2025)",
     ACT "§ 14 as it stood until 2025-12-31"},
    {20260101, 0, '\0', NOT_EDUCATED, ANY_GOAL, 24, 0, "work as goal", ACT "§ 14 sixth paragraph"},
};

st_date st_law_date_of(st_law_date written) {
    return st_date_make(written / 10000, written / 100 % 100, written % 100);
}

bool st_is_educated(const struct st_programme *programme) {
    return programme->education != ST_EDUCATION_NONE;
}

static bool education_is(const struct st_programme *programme, enum education_asked asked) {
    switch (asked) {
    case ANY_EDUCATION:
        return true;
    case NOT_EDUCATED:
        return !st_is_educated(programme);
    case EDUCATED:
        return st_is_educated(programme);
    case UPPER_SECONDARY_ONLY:
        return programme->education == ST_EDUCATION_UPPER_SECONDARY;
    }
    return false;
}

static const struct duration *duration_of(const struct st_programme *programme, st_date offered) {
    for (size_t i = 0; i < ST_COUNT_OF(durations); i++) {
        const struct duration *row = &durations[i];
        if ((row->offered_from == 0 || offered >= st_law_date_of(row->offered_from)) &&
            (row->offered_to == 0 || offered <= st_law_date_of(row->offered_to)) &&
            (row->permit == '\0' || row->permit == programme->permit) &&
            education_is(programme, row->education) &&
            (row->goals & (1U << programme->end_goal)) != 0)
            return row;
    }
    assert(false); /* the rows leave no gap: a test walks them all */
    return &durations[ST_COUNT_OF(durations) - 1];
}

/* ---- R18: the age limit --------------------------------------------------------------------- */

/* LOV-2025-06-20-35 raises the limit to 60 from a date that is not yet set (§ 8 first and third
 * paragraphs): its row holds from no date until one is written here. */
static const struct {
    st_law_date from; /* 0: not in force */
    int years;
} age_limits[] = {{0, 60}, {20210101, OLDEST_AGE}};

int st_age_limit_on(st_date permit_granted) {
    for (size_t i = 0; i < ST_COUNT_OF(age_limits); i++)
        if (age_limits[i].from != 0 && permit_granted >= st_law_date_of(age_limits[i].from))
            return age_limits[i].years;
    return OLDEST_AGE;
}

/* ---- which rows are one programme ----------------------------------------------------------- */

static bool follows_on(const struct st_programme *before, const struct st_programme *row) {
    return before->end != ST_DATE_OPEN && row->start == before->end + 1 &&
           row->offered == before->offered;
}

struct st_programme_span st_programme_span_of(const struct st_person_facts *facts, size_t index) {
    const struct st_programme *rows = facts->programmes;
    size_t first = index, last = index;
    while (first > 0 && follows_on(&rows[first - 1], &rows[first]))
        first--;
    while (last + 1 < facts->programme_count && follows_on(&rows[last], &rows[last + 1]))
        last++;
    return (struct st_programme_span){first, last, rows[first].start, rows[last].end};
}

/* The days of earlier programmes that count: those that ended less than two years before. */
static int64_t days_used_before(const struct st_person_facts *facts,
                                const struct st_programme_span *span) {
    int64_t days = 0;
    for (size_t i = span->first; i > 0;) {
        struct st_programme_span earlier = st_programme_span_of(facts, i - 1);
        if (earlier.end < span->start && span->start < st_date_add_years(earlier.end, RETURN_YEARS))
            days += (int64_t)earlier.end - earlier.start + 1;
        i = earlier.first;
    }
    return days;
}

/* ---- R21: what is added --------------------------------------------------------------------- */

/* Absence, time off and leave of Reg. ch. 3-4 (§§ 10, 19). Never holiday and religious days (§ 19),
 * unapproved absence and stops; breastfeeding is by the hour, and the Act's own kinds (permitted
 * absence, leave for work and other reasons) are no part of those chapters. */
static const bool adds_time[ST_ABSENCE_KIND_COUNT] = {
    [ST_ABSENCE_SELF_CERTIFIED_SICK] = true,
    [ST_ABSENCE_CERTIFIED_SICK] = true,
    [ST_ABSENCE_SELF_CERTIFIED_CHILD_SICK] = true,
    [ST_ABSENCE_CERTIFIED_CHILD_SICK] = true,
    [ST_ABSENCE_PREGNANCY_CHECK] = true,
    [ST_ABSENCE_PREGNANCY_LEAVE] = true,
    [ST_ABSENCE_BIRTH_MOTHER] = true,
    [ST_ABSENCE_BIRTH_FATHER] = true,
    [ST_ABSENCE_WELFARE_LEAVE] = true,
    [ST_ABSENCE_PEACE_WORK] = true,
    [ST_ABSENCE_LONG_SICK_LEAVE] = true,
    [ST_ABSENCE_PARENTAL_LEAVE] = true,
};

struct absence_days {
    int64_t with_benefit, of_leave; /* virkedager */
    int64_t leave_calendar;
};

/* Rows of one person with whole days do not overlap, so no day is counted twice. */
static void count_row(const struct st_absence *row, st_date from, st_date to,
                      struct absence_days *days) {
    bool with_benefit = st_absence_rule_of(row->kind)->with_benefit;
    for (st_date date = from; date <= to; date++) {
        int64_t working = st_is_day_off(date) ? 0 : 1;
        if (with_benefit) {
            days->with_benefit += working;
        } else {
            days->of_leave += working;
            days->leave_calendar++;
        }
    }
}

struct past_days {
    st_date start, last;
    struct absence_days *days;
};

/* Days past a limit of R8 add no time. */
static enum st_status leave_out_past(void *context, const struct st_past *past) {
    const struct past_days *span = context;
    if (past->date >= span->start && past->date <= span->last && adds_time[past->record->kind] &&
        past->record->hours_hundredths == 0)
        span->days->with_benefit--;
    return ST_OK;
}

static struct absence_days count_absence(const struct st_person_facts *facts, st_date start,
                                         st_date last) {
    struct absence_days days = {0};
    for (size_t i = 0; i < facts->absence_count; i++) {
        const struct st_absence *row = &facts->absences[i];
        if (!adds_time[row->kind] || row->hours_hundredths > 0)
            continue;
        count_row(row, row->from > start ? row->from : start, row->to < last ? row->to : last,
                  &days);
    }
    struct past_days span = {start, last, &days};
    enum st_status status = st_limits_walk(facts, last, leave_out_past, &span);
    assert(status == ST_OK && days.with_benefit >= 0);
    (void)status;
    return days;
}

/* Calendar days first, then working days (choice). */
static st_date add_days(st_date end, int64_t calendar_days, int64_t working_days) {
    st_date date = end + (st_date)calendar_days;
    for (; working_days > 0; working_days--)
        date = st_next_working_day(date);
    return date;
}

/* ---- the time of a programme ---------------------------------------------------------------- */

static void add_absence(const struct st_person_facts *facts, st_date today,
                        struct st_programme_time *out) {
    st_date last = out->recorded_end < today ? out->recorded_end : today;
    struct absence_days days = count_absence(facts, out->start, last);
    out->absence_days = days.with_benefit + days.of_leave;
    if (out->absence_days > ABSENCE_DAYS_FREE) {
        out->added_working_days = days.with_benefit;
        out->added_calendar_days = days.leave_calendar;
    }
    out->longest_end =
        add_days(out->extended_end, out->added_calendar_days, out->added_working_days);
}

void st_programme_time(const struct st_person_facts *facts, size_t index, st_date today,
                       struct st_programme_time *out) {
    assert(index < facts->programme_count);
    struct st_programme_span span = st_programme_span_of(facts, index);
    const struct st_programme *row = &facts->programmes[span.last];
    st_date offered = row->offered == ST_DATE_NONE ? span.start : row->offered;
    const struct duration *duration = duration_of(row, offered);
    int64_t used = days_used_before(facts, &span);
    int longest = duration->base_months + duration->extension_months;

    *out = (struct st_programme_time){
        .start = span.start,
        .recorded_end = span.end,
        .base_months = duration->base_months,
        .extension_months = duration->extension_months,
        .is_new_regime = offered >= st_law_date_of(NEW_REGIME_FROM),
        .regime = duration->regime,
        .citation = duration->citation,
        .used_days = used,
        /* N months end the day before the same date. */
        .base_end = st_date_add_months(span.start, duration->base_months) - 1 - (st_date)used,
        .extended_end = st_date_add_months(span.start, longest) - 1 - (st_date)used,
    };
    add_absence(facts, today, out);
}
