/* SPDX-License-Identifier: MIT */
/* programme.c - the findings about a programme as a whole: who takes part (R18), for how long (R19,
 * R21), with what content (R20), whether pay follows recorded decisions (R13, R22), and its absences
 * taken together (R8). They change no amount.
 *
 * What a check needs and nobody recorded is not guessed: the check is silent.
 */
#include "engine/programme_internal.h"

#include "engine/calculator.h"

#include <assert.h>

enum {
    WORK_BARS_FROM = 20260101,   /* R18: § 8 fourth paragraph */
    FULL_WORK_HUNDREDTHS = 3000, /* 30 hours a week */
    SETTLED_YEARS_MAX = 2,       /* § 8 first paragraph */
    START_MONTHS_MAX = 3,        /* § 12 */
    ADULT_AGE = 18,
    WORK_GOAL_ONLY_OVER = 55,  /* §§ 13, 14 */
    CONTENT_HUNDREDTHS = 1500, /* R20: 15 hours a week */
    CONTENT_PART_TIME_HUNDREDTHS = 1000,
    CONTENT_PART_TIME_SHARE = 60,
    CONTENT_EDUCATED_MONTHS = 3,
    CONTENT_OTHERS_MONTHS = 6,
    CONTENT_FROM = 20260101, /* Act § 14 a */
    CONTENT_PROTECTION_FROM = 20240201, /* R20: collective protection */
    CONTENT_PROTECTION_TO = 20251231,
    SPELLS_MAX = 4,             /* Reg. § 9 */
    SICK_LEAVE_YEARS = 1,       /* Reg. § 15 */
    PARENTAL_MONTHS = 10,       /* Reg. § 16 */
    PARENTAL_CHILD_MONTHS = 12, /* rows that begin so near each other are about one child */
    STOP_MONTHS_MAX = 3
};

/* What every check of one person has in hand. */
struct check {
    const struct st_person_facts *facts;
    const struct st_known_files *files;
    st_month month;
    st_date today;
    enum st_status (*add)(void *, const struct st_finding *);
    void *context;
};

/* One programme under check. */
struct subject {
    struct st_programme_span span;
    const struct st_programme *first, *last; /* the first and the last of its rows */
    struct st_programme_time time;
    st_date decided; /* ST_DATE_NONE: no decision, or none recorded */
    st_date settled; /* likewise */
};

/* ---- telling -------------------------------------------------------------------------------- */

/* The facts of a finding: "start 2026-01-12, settled 2025-11-30". */
struct detail {
    char bytes[200];
    struct st_text text;
};

static void add_word(struct detail *detail, const char *words) {
    if (detail->text.bytes == NULL)
        detail->text = st_text_into(detail->bytes, sizeof detail->bytes);
    st_text_add(&detail->text, words);
}

static void add_date(struct detail *detail, const char *words, st_date date) {
    add_word(detail, words);
    st_text_add_date(&detail->text, date);
}

static void add_number(struct detail *detail, const char *words, int64_t number) {
    add_word(detail, words);
    st_text_add_integer(&detail->text, number);
}

static void add_hours(struct detail *detail, const char *words, int64_t hundredths) {
    add_word(detail, words);
    st_text_add_hundredths(&detail->text, hundredths);
}

static enum st_status tell(const struct check *check, const char *code,
                           const struct detail *detail) {
    struct st_finding finding;
    assert(!detail->text.is_cut);
    st_finding_fill(&finding, code, detail->bytes);
    return check->add(check->context, &finding);
}

/* ---- which programmes ----------------------------------------------------------------------- */

static bool has_ended(const struct check *check, const struct st_programme_span *span) {
    return span->end < st_month_first(check->month);
}

/* Whether the days touch a programme that has not ended before the month. */
static bool touches_checked(const struct check *check, st_date from, st_date to) {
    for (size_t i = 0; i < check->facts->programme_count; i++) {
        struct st_programme_span span = st_programme_span_of(check->facts, i);
        if (!has_ended(check, &span) && span.start <= to && from <= span.end)
            return true;
    }
    return false;
}

/* The decision that gave the programme: the last one on or before its start that reaches into it,
 * else the first one after its start. Those of the programme before are not this one's. */
static st_date decision_of(const struct st_person_facts *facts,
                           const struct st_programme_span *span) {
    st_date before = ST_DATE_NONE, after = ST_DATE_NONE;
    st_date earlier_start = ST_DATE_NONE, later_start = ST_DATE_OPEN;
    if (span->first > 0)
        earlier_start = st_programme_span_of(facts, span->first - 1).start;
    if (span->last + 1 < facts->programme_count)
        later_start = facts->programmes[span->last + 1].start;
    for (size_t i = 0; i < facts->decision_count; i++) {
        const struct st_decision *row = &facts->decisions[i];
        if (row->kind != ST_DECISION_PROGRAMME || row->until < span->start ||
            row->decided <= earlier_start)
            continue;
        if (row->decided <= span->start && row->decided > before)
            before = row->decided;
        if (row->decided > span->start && row->decided <= span->end && row->decided < later_start &&
            (after == ST_DATE_NONE || row->decided < after))
            after = row->decided;
    }
    return before != ST_DATE_NONE ? before : after;
}

static void find_subject(const struct check *check, const struct st_programme_span *span,
                         struct subject *out) {
    const struct st_person_facts *facts = check->facts;
    *out = (struct subject){.span = *span,
                            .first = &facts->programmes[span->first],
                            .last = &facts->programmes[span->last],
                            .decided = decision_of(facts, span)};
    st_programme_time(facts, span->last, check->today, &out->time);
    out->settled =
        facts->settlement_count > 0 ? facts->settlements[0].settled : out->first->settled;
}

/* The date on which R18 asks: of the decision, or, without one, of the start. */
static st_date decided_or_start(const struct subject *subject) {
    return subject->decided != ST_DATE_NONE ? subject->decided : subject->span.start;
}

/* ---- R18: who takes part -------------------------------------------------------------------- */

static enum st_status check_age(const struct check *check, const struct subject *subject) {
    st_date granted = subject->first->permit_granted;
    st_date born = check->facts->participant.birth_date;
    struct detail detail = {0};
    add_date(&detail, "born ", born);
    add_date(&detail, ", permit granted ", granted);
    if (granted < st_date_birthday(born, ADULT_AGE))
        return tell(check, "R18-AGE", &detail);
    if (granted >= st_date_birthday(born, st_age_limit_on(granted) + 1))
        return tell(check, "R18-OVER-55", &detail);
    return ST_OK;
}

/* § 8 second paragraph: families and § 53 permits need no agreement, nor a refugee who was family. */
static bool needs_agreement(const struct check *check, const struct subject *subject) {
    char permit = subject->first->permit;
    if (permit == 'f' || permit == 'g')
        return false;
    for (size_t i = 0; permit == 'a' && i < subject->span.first; i++)
        if (check->facts->programmes[i].permit == 'f')
            return false;
    return true;
}

static enum st_status check_agreement(const struct check *check, const struct subject *subject) {
    const struct st_person_facts *facts = check->facts;
    struct detail detail = {0};
    if (facts->settlement_count == 0 || facts->settlements[0].is_by_agreement ||
        !needs_agreement(check, subject))
        return ST_OK;
    add_date(&detail, "settled ", facts->settlements[0].settled);
    add_date(&detail, ", programme from ", subject->span.start);
    return tell(check, "R18-AGREEMENT", &detail);
}

/* Two years to the decision, three months to decision and start. Who comes back was settled once. */
static enum st_status check_settled(const struct check *check, const struct subject *subject) {
    st_date start = subject->span.start, decided = decided_or_start(subject);
    st_date last_start = st_date_add_months(subject->settled, START_MONTHS_MAX);
    struct detail detail = {0};
    if (subject->settled == ST_DATE_NONE || subject->span.first > 0)
        return ST_OK;
    add_date(&detail, "settled ", subject->settled);
    if (subject->decided != ST_DATE_NONE)
        add_date(&detail, ", decided ", subject->decided);
    add_date(&detail, ", start ", start);
    if (decided >= st_date_add_years(subject->settled, SETTLED_YEARS_MAX))
        ST_TRY(tell(check, "R18-TWO-YEARS", &detail));
    if (start > last_start || decided > last_start)
        ST_TRY(tell(check, "R18-LATE-START", &detail));
    return ST_OK;
}

static enum st_status check_employment(const struct check *check, const struct subject *subject) {
    st_date asked = decided_or_start(subject);
    if (!check->files->employment || asked < st_law_date_of(WORK_BARS_FROM))
        return ST_OK;
    for (size_t i = 0; i < check->facts->employment_count; i++) {
        const struct st_weekly_hours *row = &check->facts->employment[i];
        struct detail detail = {0};
        if (asked < row->from || asked > row->to || row->hours_hundredths < FULL_WORK_HUNDREDTHS)
            continue;
        add_hours(&detail, "", row->hours_hundredths);
        add_date(&detail, " hours a week from ", row->from);
        add_date(&detail, subject->decided != ST_DATE_NONE ? ", decided " : ", start ", asked);
        return tell(check, "R18-WORK", &detail);
    }
    return ST_OK;
}

/* ---- R19: the goal of who is over 55 -------------------------------------------------------- */

static enum st_status check_goal(const struct check *check, const struct subject *subject) {
    st_date granted = subject->first->permit_granted;
    st_date born = check->facts->participant.birth_date;
    struct detail detail = {0};
    if (!subject->time.is_new_regime || subject->last->end_goal == ST_GOAL_WORK ||
        granted < st_date_birthday(born, WORK_GOAL_ONLY_OVER + 1))
        return ST_OK;
    add_date(&detail, "born ", born);
    add_date(&detail, ", permit granted ", granted);
    add_date(&detail, ", programme from ", subject->span.start);
    return tell(check, "R19-OVER-55", &detail);
}

/* ---- R20: work-oriented content ------------------------------------------------------------- */

/* The first day content is asked for; ST_DATE_NONE: never. § 14 a is in force from 2026 for programmes
 * under way too: the transitional rules are about duration only. Collective protection had the rule
 * earlier. */
static st_date content_from(const struct subject *subject) {
    const struct st_programme *row = subject->last;
    st_date start = subject->span.start, in_force = st_law_date_of(CONTENT_FROM);
    if (row->end_goal != ST_GOAL_WORK)
        return ST_DATE_NONE;
    st_date after = st_date_add_months(start, st_is_educated(row) ? CONTENT_EDUCATED_MONTHS
                                                                  : CONTENT_OTHERS_MONTHS);
    bool is_protected = row->permit == 'e' && st_is_educated(row) &&
                        start >= st_law_date_of(CONTENT_PROTECTION_FROM) &&
                        start <= st_law_date_of(CONTENT_PROTECTION_TO);
    return is_protected || after > in_force ? after : in_force;
}

static int64_t days_shared(st_date from, st_date to, st_date first, st_date last) {
    st_date begin = from > first ? from : first, end = to < last ? to : last;
    return begin <= end ? (int64_t)end - begin + 1 : 0;
}

/* Hundredths of hours a week, times days: what was given. A day without a row gives nothing. */
static int64_t content_given(const struct st_person_facts *facts, st_date from, st_date to) {
    int64_t sum = 0;
    for (size_t i = 0; i < facts->content_count; i++)
        sum += facts->content[i].hours_hundredths *
               days_shared(facts->content[i].from, facts->content[i].to, from, to);
    return sum;
}

/* The same for what was to be given: fewer hours on days of a part-time programme, which only the
 * programmes of collective protection were. */
static int64_t content_asked(const struct check *check, const struct subject *subject, st_date from,
                             st_date to) {
    int64_t sum = 0;
    for (size_t i = subject->span.first; i <= subject->span.last; i++) {
        const struct st_programme *row = &check->facts->programmes[i];
        bool is_part_time =
            !subject->time.is_new_regime && row->share_percent <= CONTENT_PART_TIME_SHARE;
        sum += (is_part_time ? CONTENT_PART_TIME_HUNDREDTHS : CONTENT_HUNDREDTHS) *
               days_shared(row->start, row->end, from, to);
    }
    return sum;
}

static enum st_status check_content(const struct check *check, const struct subject *subject) {
    st_date from = content_from(subject);
    st_date to = subject->span.end < check->today ? subject->span.end : check->today;
    struct detail detail = {0};
    if (!check->files->content || from == ST_DATE_NONE || from > to)
        return ST_OK;
    int64_t days = (int64_t)to - from + 1;
    int64_t given = content_given(check->facts, from, to);
    int64_t asked = content_asked(check, subject, from, to);
    if (given >= asked)
        return ST_OK;
    add_hours(&detail, "", given / days);
    add_hours(&detail, " hours a week on average, of ", asked / days);
    add_date(&detail, ", from ", from);
    add_date(&detail, " to ", to);
    return tell(check, "R20-HOURS", &detail);
}

/* ---- R22: pay follows the decision ---------------------------------------------------------- */

static enum st_status check_decision(const struct check *check, const struct subject *subject) {
    struct detail detail = {0};
    if (!check->files->decisions)
        return ST_OK;
    add_date(&detail, "start ", subject->span.start);
    if (subject->decided == ST_DATE_NONE)
        return tell(check, "R22-NO-DECISION", &detail);
    if (subject->decided <= subject->span.start)
        return ST_OK;
    add_date(&detail, ", decided ", subject->decided);
    add_number(&detail,
               ", days before the decision: ", (int64_t)subject->decided - subject->span.start);
    return tell(check, "R22-BEFORE-DECISION", &detail);
}

/* An extension decided since the start that reaches the end; one without `until` reaches any. */
static bool has_extension(const struct st_person_facts *facts, st_date start, st_date end) {
    for (size_t i = 0; i < facts->decision_count; i++)
        if (facts->decisions[i].kind == ST_DECISION_EXTENSION &&
            facts->decisions[i].decided >= start && facts->decisions[i].until >= end)
            return true;
    return false;
}

/* An open programme has lasted until today. */
static enum st_status check_length(const struct check *check, const struct subject *subject) {
    const struct st_programme_time *time = &subject->time;
    bool is_open = time->recorded_end == ST_DATE_OPEN;
    st_date end = is_open ? check->today : time->recorded_end;
    struct detail base = {0}, longest = {0};
    if (check->files->decisions && end > time->base_end &&
        !has_extension(check->facts, time->start, end)) {
        add_date(&base, "start ", time->start);
        add_date(&base, ", base to ", time->base_end);
        add_date(&base, is_open ? ", still open on " : ", recorded end ", end);
        ST_TRY(tell(check, "R22-NO-EXTENSION", &base));
    }
    if (end <= time->longest_end)
        return ST_OK;
    add_date(&longest, "start ", time->start);
    add_date(&longest, ", longest end ", time->longest_end);
    add_date(&longest, is_open ? ", still open on " : ", recorded end ", end);
    return tell(check, "R22-TOO-LONG", &longest);
}

static enum st_status check_programme(const struct check *check,
                                      const struct st_programme_span *span) {
    static enum st_status (*const checks[])(const struct check *, const struct subject *) = {
        check_age,  check_agreement, check_settled,  check_employment,
        check_goal, check_content,   check_decision, check_length,
    };
    struct subject subject;
    find_subject(check, span, &subject);
    for (size_t i = 0; i < ST_COUNT_OF(checks); i++)
        ST_TRY(checks[i](check, &subject));
    return ST_OK;
}

/* An ending moves no end: the programme's own end must say the same. */
static enum st_status check_ending(const struct check *check, st_date ended) {
    const struct st_person_facts *facts = check->facts;
    const struct st_programme *programme = NULL;
    struct detail detail = {0};
    for (size_t i = 0; i < facts->programme_count && facts->programmes[i].start <= ended; i++)
        programme = &facts->programmes[i];
    if (programme != NULL && programme->end == ended)
        return ST_OK;
    add_date(&detail, "ended ", ended);
    if (programme == NULL) {
        add_word(&detail, ", no programme begun by then");
    } else {
        add_date(&detail, ", programme from ", programme->start);
        add_date(&detail, ", its end: ", programme->end);
    }
    return tell(check, "R22-ENDING", &detail);
}

/* ---- R13: stops and leave need a decision --------------------------------------------------- */

static bool is_decided(const struct st_person_facts *facts, const struct st_absence *row) {
    enum st_decision_kind wanted =
        row->kind == ST_ABSENCE_STOP ? ST_DECISION_STOP : ST_DECISION_LEAVE;
    for (size_t i = 0; i < facts->decision_count; i++) {
        const struct st_decision *decision = &facts->decisions[i];
        if (decision->kind == wanted && decision->decided <= row->to &&
            decision->until >= row->from)
            return true;
    }
    return false;
}

static void describe_absence(struct detail *detail, const struct st_absence *row) {
    add_word(detail, st_absence_rule_of(row->kind)->name);
    add_date(detail, " from ", row->from);
    add_date(detail, " to ", row->to);
}

static enum st_status check_absence_decision(const struct check *check,
                                             const struct st_absence *row) {
    struct detail detail = {0};
    if (!check->files->decisions || st_absence_rule_of(row->kind)->with_benefit ||
        is_decided(check->facts, row))
        return ST_OK;
    describe_absence(&detail, row);
    return tell(check, "R13-NO-DECISION", &detail);
}

/* Repayment and refund are decided on too (§ 25, § 46): a row of recoveries.csv says what was decided. */
static bool is_recovery_decided(const struct st_person_facts *facts, enum st_decision_kind wanted,
                                st_date decided) {
    for (size_t i = 0; i < facts->decision_count; i++)
        if (facts->decisions[i].kind == wanted && facts->decisions[i].decided <= decided &&
            facts->decisions[i].until >= decided)
            return true;
    return false;
}

static enum st_status check_recovery_decision(const struct check *check,
                                              const struct st_recovery *row) {
    bool is_refund = row->reason == ST_RECOVERY_REFUND;
    struct detail detail = {0};
    if (!check->files->decisions || row->reason == ST_RECOVERY_WRITTEN_OFF ||
        is_recovery_decided(check->facts, is_refund ? ST_DECISION_REFUND : ST_DECISION_RECOVERY,
                            row->decided))
        return ST_OK;
    add_date(&detail, "recorded as decided ", row->decided);
    return tell(check, is_refund ? "R13-REFUND" : "R13-RECOVERY", &detail);
}

/* ---- R8: absences taken together ------------------------------------------------------------ */

/* The person's row of the kind whose first day is `date`. */
static const struct st_absence *row_from(const struct st_person_facts *facts,
                                         enum st_absence_kind kind, st_date date) {
    for (size_t i = 0; i < facts->absence_count && facts->absences[i].from <= date; i++)
        if (facts->absences[i].kind == kind && facts->absences[i].from == date)
            return &facts->absences[i];
    return NULL;
}

/* Whether a row of the same kind ended the day before. */
static bool continues_another(const struct st_person_facts *facts, const struct st_absence *row) {
    for (size_t i = 0; i < facts->absence_count && facts->absences[i].from < row->from; i++)
        if (facts->absences[i].kind == row->kind && facts->absences[i].to == row->from - 1)
            return true;
    return false;
}

/* The last day of the rows of the kind that follow each other without a gap. */
static st_date last_of_run(const struct st_person_facts *facts, const struct st_absence *row) {
    st_date last = row->to;
    while (last != ST_DATE_OPEN && (row = row_from(facts, row->kind, last + 1)) != NULL)
        last = row->to;
    return last;
}

/* Reg. § 9: a spell that a certificate carries on from the fourth day does not count. */
static enum st_status check_spells(const struct check *check) {
    const struct st_person_facts *facts = check->facts;
    st_date year_before = st_date_add_years(check->today, -1), first = 0, latest = 0;
    struct detail detail = {0};
    int count = 0;
    for (size_t i = 0; i < facts->absence_count; i++) {
        const struct st_absence *row = &facts->absences[i];
        if (row->kind != ST_ABSENCE_SELF_CERTIFIED_SICK || row->from <= year_before ||
            row->from > check->today || continues_another(facts, row))
            continue;
        st_date last = last_of_run(facts, row);
        if (last != ST_DATE_OPEN && row_from(facts, ST_ABSENCE_CERTIFIED_SICK, last + 1) != NULL)
            continue;
        first = count++ == 0 ? row->from : first;
        latest = row->from;
    }
    if (count < SPELLS_MAX)
        return ST_OK;
    add_number(&detail, "", count);
    add_date(&detail, " spells, the first from ", first);
    add_date(&detail, ", the last from ", latest);
    return tell(check, "R8-FOUR-SPELLS", &detail);
}

/* An open leave has lasted until today. */
static st_date lasted_until(const struct check *check, st_date to) {
    return to == ST_DATE_OPEN ? check->today : to;
}

static int64_t days_of(const struct check *check, const struct st_absence *row) {
    st_date last = lasted_until(check, row->to);
    return last < row->from ? 0 : (int64_t)last - row->from + 1;
}

static enum st_status check_sick_leave(const struct check *check, const struct st_absence *row) {
    struct detail detail = {0};
    if (row->kind != ST_ABSENCE_LONG_SICK_LEAVE || continues_another(check->facts, row))
        return ST_OK;
    st_date last = lasted_until(check, last_of_run(check->facts, row));
    if (last < st_date_add_years(row->from, SICK_LEAVE_YEARS) ||
        !touches_checked(check, row->from, last))
        return ST_OK;
    add_word(&detail, st_absence_rule_of(row->kind)->name);
    add_date(&detail, " from ", row->from);
    add_date(&detail, " to ", last);
    add_word(&detail, ", limit one year");
    return tell(check, "R8-LEAVE-LONG", &detail);
}

static enum st_status tell_parental_leave(const struct check *check, st_date from, st_date last,
                                          int64_t days) {
    int64_t limit = (int64_t)st_date_add_months(from, PARENTAL_MONTHS) - from;
    struct detail detail = {0};
    if (days <= limit || !touches_checked(check, from, last))
        return ST_OK;
    add_date(&detail, "parental_leave from ", from);
    add_date(&detail, " to ", last);
    add_number(&detail, ", days together: ", days);
    add_number(&detail, ", limit ten months: ", limit);
    return tell(check, "R8-LEAVE-LONG", &detail);
}

/* Rows that begin within a year of the first are about one child: their days together. */
static enum st_status check_parental_leave(const struct check *check) {
    const struct st_person_facts *facts = check->facts;
    for (size_t i = 0; i < facts->absence_count;) {
        st_date from = facts->absences[i].from, last = from;
        st_date next_child = st_date_add_months(from, PARENTAL_CHILD_MONTHS);
        int64_t days = 0;
        if (facts->absences[i].kind != ST_ABSENCE_PARENTAL_LEAVE) {
            i++;
            continue;
        }
        for (; i < facts->absence_count && facts->absences[i].from < next_child; i++) {
            if (facts->absences[i].kind != ST_ABSENCE_PARENTAL_LEAVE)
                continue;
            last = lasted_until(check, facts->absences[i].to);
            days += days_of(check, &facts->absences[i]);
        }
        ST_TRY(tell_parental_leave(check, from, last, days));
    }
    return ST_OK;
}

static enum st_status check_stop(const struct check *check, const struct st_absence *row) {
    struct detail detail = {0};
    if (row->kind != ST_ABSENCE_STOP || row->to == ST_DATE_OPEN ||
        row->to < st_date_add_months(row->from, STOP_MONTHS_MAX))
        return ST_OK;
    describe_absence(&detail, row);
    return tell(check, "R8-STOP-LONG", &detail);
}

static enum st_status check_absences(const struct check *check) {
    const struct st_person_facts *facts = check->facts;
    for (size_t i = 0; i < facts->absence_count; i++) {
        const struct st_absence *row = &facts->absences[i];
        ST_TRY(check_sick_leave(check, row));
        if (!touches_checked(check, row->from, row->to))
            continue;
        ST_TRY(check_absence_decision(check, row));
        ST_TRY(check_stop(check, row));
    }
    ST_TRY(check_parental_leave(check));
    return check_spells(check);
}

static enum st_status check_recoveries(const struct check *check) {
    for (size_t i = 0; i < check->facts->recovery_count; i++)
        ST_TRY(check_recovery_decision(check, &check->facts->recoveries[i]));
    return ST_OK;
}

/* ---- one person ----------------------------------------------------------------------------- */

enum st_status st_check_programmes(const struct st_person_facts *facts,
                                   const struct st_known_files *files, st_month month,
                                   st_date today,
                                   enum st_status (*add)(void *context, const struct st_finding *),
                                   void *context) {
    const struct check check = {facts, files, month, today, add, context};
    bool has_programme = false;
    for (size_t i = 0; i < facts->programme_count;) {
        struct st_programme_span span = st_programme_span_of(facts, i);
        i = span.last + 1;
        if (has_ended(&check, &span))
            continue;
        has_programme = true;
        ST_TRY(check_programme(&check, &span));
    }
    if (has_programme)
        ST_TRY(check_absences(&check));
    ST_TRY(check_recoveries(&check));
    for (size_t i = 0; files->endings && i < facts->ending_count; i++)
        ST_TRY(check_ending(&check, facts->endings[i].ended));
    return ST_OK;
}
