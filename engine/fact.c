/* SPDX-License-Identifier: MIT */
/* fact.c - the one table of fact kinds and their columns, and the generic rows turned into records.
 *
 * The order of a kind's columns is the order of `values` in struct st_fact, of the ledger's table and
 * of the canonical bytes that are digested: a new column goes last.
 */
#include "stonad/fact.h"

#include <assert.h>
#include <string.h>

#define KEY (ST_COLUMN_KEY | ST_COLUMN_REQUIRED)
#define REQUIRED ST_COLUMN_REQUIRED

#define PERSON {"person_id", "person_id", ST_COLUMN_PERSON, KEY, NULL, 0, 0}
#define TEXT(name, flags) {name, name, ST_COLUMN_TEXT, flags, NULL, 0, 0}
#define DATE(name, column, flags) {name, column, ST_COLUMN_DATE, flags, NULL, 0, 0}
#define FROM DATE("from", "from_date", KEY)
#define TO DATE("to", "to_date", 0)
#define CHOICE(name, flags, choices) {name, name, ST_COLUMN_CHOICE, flags, choices, 0, 0}
#define AMOUNT(name, flags) {name, name "_ore", ST_COLUMN_AMOUNT, flags, NULL, 0, ST_AMOUNT_MAX_ORE}
#define HUNDREDTHS(name, flags, most) \
    {name, name "_hundredths", ST_COLUMN_HUNDREDTHS, flags, NULL, 0, (most) * 100}
#define INTEGER(name, flags, least, most) \
    {name, name, ST_COLUMN_INTEGER, flags, NULL, least, most}
#define TABLE(name) {name, name, ST_COLUMN_TABLE, 0, NULL, 0, 0}

enum { CARD_YEAR_MIN = 2020, CARD_YEAR_MAX = 2199, MONTH_HOURS_MAX = 744, WEEK_HOURS_MAX = 168 };

static const char *const yes_no[] = {"no", "yes", NULL};
static const char *const languages[] = {"nb", "nn", "en", "uk", "ar", "ti", NULL};
static const char *const permits[] = {"a", "b", "c", "d", "e", "f", "g", NULL};
static const char *const educations[] = {"none", "upper_secondary", "higher", NULL};
static const char *const end_goals[] = {"work",            "preparatory", "part_upper_secondary",
                                        "upper_secondary", "vocational",  NULL};
static const char *const share_causes[] = {"municipality", "participant", NULL};
static const char *const situations[] = {"alone", "parents", "partner", NULL};
static const char *const benefit_kinds[] = {
    "dagpenger",     "sykepenger",    "foreldrepenger",         "uforetrygd",
    "arbeidsavklaringspenger",        "overgangsstonad",        "barnetrygd",
    "kontantstotte", "barnetilsyn",   "engangsstonad",          "grunnstonad",
    "hjelpestonad",  "bostotte",      "sosialhjelp",            "barnebidrag",
    NULL};
static const char *const card_kinds[] = {"table", "percent", "exempt", "none", "not_liable", NULL};
static const char *const card_results[] = {
    "ok",           "no_card",    "check_work_permit", "not_liable", "invalid_organisation",
    "invalid_person", "new_number", NULL};
static const char *const recovery_reasons[] = {"overpayment", "wrong_information", "refund",
                                               "written_off", NULL};
static const char *const decision_kinds[] = {"programme", "extension", "self_certification_barred",
                                             "stop",      "leave",     "recovery",
                                             "refund",    NULL};
static const char *const ending_reasons[] = {"goal_reached", "expired", "interrupted", "refused",
                                             "stopped",      "moved",   "work",        NULL};

/* R8's kinds; the names are also the choices of absences.csv, in the order of enum st_absence_kind. */
static const struct st_absence_rule absence_rules[ST_ABSENCE_KIND_COUNT] = {
    {"self_certified_sick", "integreringsforskriften §§ 5, 8, 9", true, false},
    {"certified_sick", "integreringsforskriften § 5", true, false},
    {"self_certified_child_sick", "integreringsforskriften §§ 6-8", true, true},
    {"certified_child_sick", "integreringsforskriften §§ 6-7", true, true},
    {"pregnancy_check", "integreringsforskriften § 11", true, true},
    {"pregnancy_leave", "integreringsforskriften § 11", true, false},
    {"birth_mother", "integreringsforskriften § 12", true, false},
    {"birth_father", "integreringsforskriften § 12", true, false},
    {"breastfeeding", "integreringsforskriften § 13", true, true},
    {"welfare_leave", "integreringsforskriften § 14", true, true},
    {"peace_work", "integreringsforskriften § 14 a", true, false},
    {"religious_day", "integreringsforskriften § 17", true, false},
    {"holiday", "integreringsforskriften § 18", true, false},
    {"permitted_absence", "integreringsloven § 17", true, true},
    {"long_sick_leave", "integreringsforskriften § 15", false, false},
    {"parental_leave", "integreringsforskriften § 16", false, false},
    {"work_leave", "integreringsloven § 17", false, false},
    {"other_leave", "integreringsloven § 17", false, false},
    {"stop", "integreringsloven § 18", false, false},
    {"unapproved", "integreringsloven § 21", true, true},
};
static const char *const absence_kinds[] = {
    "self_certified_sick", "certified_sick",  "self_certified_child_sick", "certified_child_sick",
    "pregnancy_check",     "pregnancy_leave", "birth_mother",              "birth_father",
    "breastfeeding",       "welfare_leave",   "peace_work",                "religious_day",
    "holiday",             "permitted_absence", "long_sick_leave",         "parental_leave",
    "work_leave",          "other_leave",     "stop",                      "unapproved",
    NULL};
static_assert(ST_COUNT_OF(absence_kinds) == ST_ABSENCE_KIND_COUNT + 1, "a name for each kind");

static const struct st_fact_column participant_columns[] = {
    PERSON, TEXT("name", REQUIRED), DATE("birth_date", "birth_date", REQUIRED),
    {"account", "account", ST_COLUMN_ACCOUNT, REQUIRED, NULL, 0, 0},
    CHOICE("language", 0, languages)};
static const struct st_fact_column programme_columns[] = {
    PERSON,
    DATE("start", "start_date", KEY),
    DATE("offered", "offered", 0),
    DATE("end", "end_date", 0),
    CHOICE("permit", REQUIRED, permits),
    DATE("permit_granted", "permit_granted", REQUIRED),
    DATE("settled", "settled", 0),
    CHOICE("education", 0, educations),
    CHOICE("end_goal", 0, end_goals),
    INTEGER("share_percent", 0, 1, 100),
    CHOICE("share_cause", 0, share_causes)};
static const struct st_fact_column living_columns[] = {
    PERSON, FROM, TO, CHOICE("situation", REQUIRED, situations),
    {"partner_id", "partner_id", ST_COLUMN_PERSON, 0, NULL, 0, 0}, CHOICE("children", 0, yes_no)};
static const struct st_fact_column care_columns[] = {
    PERSON, FROM, TO, INTEGER("children", REQUIRED, 0, 30), CHOICE("sole_carer", REQUIRED, yes_no),
    CHOICE("chronic", REQUIRED, yes_no), DATE("youngest_born", "youngest_born", 0)};
static const struct st_fact_column absence_columns[] = {
    PERSON, FROM, TO, CHOICE("kind", KEY, absence_kinds), HUNDREDTHS("hours", 0, 24),
    CHOICE("permission", 0, yes_no)};
static const struct st_fact_column benefit_columns[] = {
    PERSON, FROM, TO, CHOICE("kind", KEY, benefit_kinds), AMOUNT("amount_per_month", REQUIRED),
    CHOICE("earned_before_programme", 0, yes_no)};
static const struct st_fact_column work_columns[] = {
    PERSON, FROM, TO, HUNDREDTHS("hours", REQUIRED, MONTH_HOURS_MAX),
    AMOUNT("gross_wage", REQUIRED), CHOICE("in_programme", REQUIRED, yes_no)};
static const struct st_fact_column taxcard_columns[] = {
    PERSON,
    INTEGER("year", KEY, CARD_YEAR_MIN, CARD_YEAR_MAX),
    CHOICE("kind", REQUIRED, card_kinds),
    TABLE("table"),
    HUNDREDTHS("percent", 0, 100),
    AMOUNT("exempt_amount", 0),
    HUNDREDTHS("months", 0, 12),
    INTEGER("extra", ST_COLUMN_MAY_MISS, 0, 1000000)};
static const struct st_fact_column authority_card_columns[] = {
    PERSON,
    INTEGER("year", KEY, CARD_YEAR_MIN, CARD_YEAR_MAX),
    CHOICE("result", REQUIRED, card_results),
    CHOICE("has_entry", REQUIRED, yes_no),
    CHOICE("foreign_scheme", REQUIRED, yes_no),
    CHOICE("kind", 0, card_kinds),
    TABLE("table"),
    HUNDREDTHS("percent", 0, 100),
    AMOUNT("exempt_amount", 0),
    HUNDREDTHS("months", 0, 12),
    DATE("issued", "issued", 0)};
static const struct st_fact_column recovery_columns[] = {
    PERSON, DATE("decided", "decided", KEY), CHOICE("reason", REQUIRED, recovery_reasons),
    AMOUNT("amount", REQUIRED), AMOUNT("max_per_month", 0)};
static const struct st_fact_column decision_columns[] = {
    PERSON, DATE("decided", "decided", KEY), CHOICE("kind", KEY, decision_kinds),
    DATE("until", "until", 0)};
static const struct st_fact_column ending_columns[] = {
    PERSON, DATE("ended", "ended", KEY), CHOICE("reason", REQUIRED, ending_reasons)};
static const struct st_fact_column content_columns[] = {
    PERSON, FROM, TO, HUNDREDTHS("work_hours_per_week", REQUIRED, WEEK_HOURS_MAX)};
static const struct st_fact_column employment_columns[] = {
    PERSON, FROM, TO, HUNDREDTHS("hours_per_week", REQUIRED, WEEK_HOURS_MAX)};
static const struct st_fact_column settlement_columns[] = {
    PERSON, DATE("settled", "settled", REQUIRED), CHOICE("first_municipality", REQUIRED, yes_no),
    CHOICE("by_agreement", REQUIRED, yes_no)};

#define COLUMNS(array) ST_COUNT_OF(array), array

static const struct st_fact_description descriptions[ST_FACT_KIND_COUNT] = {
    [ST_FACT_PARTICIPANT] = {"participants", "participant", "participant",
                             COLUMNS(participant_columns), false, -1, -1},
    [ST_FACT_PROGRAMME] = {"programmes", "programme", "programme", COLUMNS(programme_columns), true,
                           1, 3},
    [ST_FACT_LIVING] = {"living", "living", "living row", COLUMNS(living_columns), true, 1, 2},
    [ST_FACT_CARE] = {"care", "care", "care row", COLUMNS(care_columns), true, 1, 2},
    [ST_FACT_ABSENCE] = {"absences", "absence", "absence", COLUMNS(absence_columns), true, 1, 2},
    [ST_FACT_BENEFIT] = {"benefits", "benefit", "benefit", COLUMNS(benefit_columns), false, 1, 2},
    [ST_FACT_WORK] = {"work", "work", "work row", COLUMNS(work_columns), false, 1, 2},
    [ST_FACT_TAXCARD] = {"taxcards", "taxcard", "tax card", COLUMNS(taxcard_columns), false, -1,
                         -1},
    [ST_FACT_AUTHORITY_CARD] = {NULL, "authority_card", "tax card from the authority",
                                COLUMNS(authority_card_columns), false, -1, -1},
    [ST_FACT_RECOVERY] = {"recoveries", "recovery", "recovery decision", COLUMNS(recovery_columns),
                          false, -1, -1},
    [ST_FACT_DECISION] = {"decisions", "decision", "decision", COLUMNS(decision_columns), false, -1,
                          -1},
    [ST_FACT_ENDING] = {"endings", "ending", "ending", COLUMNS(ending_columns), false, -1, -1},
    [ST_FACT_CONTENT] = {"content", "content", "content row", COLUMNS(content_columns), false, 1,
                         2},
    [ST_FACT_EMPLOYMENT] = {"employment", "employment", "employment", COLUMNS(employment_columns),
                            false, 1, 2},
    [ST_FACT_SETTLEMENT] = {"settlement", "settlement", "settlement", COLUMNS(settlement_columns),
                            false, -1, -1},
};

const struct st_fact_description *st_fact_describe(enum st_fact_kind kind) {
    assert((unsigned)kind < ST_FACT_KIND_COUNT);
    return &descriptions[kind];
}

bool st_fact_kind_of_file(const char *name, size_t size, enum st_fact_kind *out) {
    for (unsigned i = 0; i < ST_FACT_KIND_COUNT; i++) {
        const char *file = descriptions[i].file;
        if (file != NULL && strlen(file) == size && memcmp(file, name, size) == 0) {
            *out = (enum st_fact_kind)i;
            return true;
        }
    }
    return false;
}

const struct st_absence_rule *st_absence_rule_of(enum st_absence_kind kind) {
    assert((unsigned)kind < ST_ABSENCE_KIND_COUNT);
    return &absence_rules[kind];
}

/* ---- generic rows to typed records --------------------------------------------------------- */

static void copy_text(char *out, size_t size, const struct st_value *value) {
    size_t length = value->is_null ? 0 : value->size;
    assert(length < size);
    if (length > 0)
        memcpy(out, value->text, length);
    out[length] = '\0';
}
static st_date date_or(const struct st_value *value, st_date otherwise) {
    return value->is_null ? otherwise : (st_date)value->number;
}
static int64_t number_or(const struct st_value *value, int64_t otherwise) {
    return value->is_null ? otherwise : value->number;
}

void st_participant_of(const struct st_fact *fact, struct st_participant *out) {
    const struct st_value *v = fact->values;
    copy_text(out->person_id, sizeof out->person_id, &v[0]);
    copy_text(out->name, sizeof out->name, &v[1]);
    out->birth_date = date_or(&v[2], ST_DATE_NONE);
    copy_text(out->account, sizeof out->account, &v[3]);
    out->language = (enum st_language)number_or(&v[4], ST_LANGUAGE_NB);
}

void st_programme_of(const struct st_fact *fact, struct st_programme *out) {
    const struct st_value *v = fact->values;
    out->start = date_or(&v[1], ST_DATE_NONE);
    out->offered = date_or(&v[2], ST_DATE_NONE);
    out->end = date_or(&v[3], ST_DATE_OPEN);
    out->permit = permits[number_or(&v[4], 0)][0];
    out->permit_granted = date_or(&v[5], ST_DATE_NONE);
    out->settled = date_or(&v[6], ST_DATE_NONE);
    out->education = (enum st_education)number_or(&v[7], ST_EDUCATION_NONE);
    out->end_goal = (enum st_end_goal)number_or(&v[8], ST_GOAL_WORK);
    out->share_percent = (int)number_or(&v[9], 100);
    out->share_cause = (enum st_share_cause)number_or(&v[10], ST_CAUSE_NONE);
}

void st_living_of(const struct st_fact *fact, struct st_living *out) {
    const struct st_value *v = fact->values;
    out->from = date_or(&v[1], ST_DATE_NONE);
    out->to = date_or(&v[2], ST_DATE_OPEN);
    out->situation = (enum st_situation)number_or(&v[3], ST_SITUATION_ALONE);
    copy_text(out->partner_id, sizeof out->partner_id, &v[4]);
    out->children = (enum st_answer)number_or(&v[5], ST_ANSWER_UNKNOWN);
}

void st_absence_of(const struct st_fact *fact, struct st_absence *out) {
    const struct st_value *v = fact->values;
    out->from = date_or(&v[1], ST_DATE_NONE);
    out->to = date_or(&v[2], ST_DATE_OPEN);
    out->kind = (enum st_absence_kind)number_or(&v[3], ST_ABSENCE_UNAPPROVED);
    out->hours_hundredths = number_or(&v[4], 0);
    out->permission = number_or(&v[5], 0) == 1;
}

void st_care_of(const struct st_fact *fact, struct st_care *out) {
    const struct st_value *v = fact->values;
    out->from = date_or(&v[1], ST_DATE_NONE);
    out->to = date_or(&v[2], ST_DATE_OPEN);
    out->children = (int)number_or(&v[3], 0);
    out->is_sole_carer = number_or(&v[4], 0) == 1;
    out->is_chronic = number_or(&v[5], 0) == 1;
    out->youngest_born = date_or(&v[6], ST_DATE_NONE);
}

void st_decision_of(const struct st_fact *fact, struct st_decision *out) {
    const struct st_value *v = fact->values;
    out->decided = date_or(&v[1], ST_DATE_NONE);
    out->kind = (enum st_decision_kind)number_or(&v[2], 0);
    out->until = date_or(&v[3], ST_DATE_OPEN);
}

void st_recovery_of(const struct st_fact *fact, struct st_recovery *out) {
    const struct st_value *v = fact->values;
    out->decided = date_or(&v[1], ST_DATE_NONE);
    out->reason = (enum st_recovery_reason)number_or(&v[2], 0);
    out->amount = (st_amount){number_or(&v[3], 0)};
    out->has_max_per_month = !v[4].is_null;
    out->max_per_month = (st_amount){number_or(&v[4], 0)};
}

void st_ending_of(const struct st_fact *fact, struct st_ending *out) {
    out->ended = date_or(&fact->values[1], ST_DATE_NONE);
    out->reason = ending_reasons[number_or(&fact->values[2], 0)];
}

void st_weekly_hours_of(const struct st_fact *fact, struct st_weekly_hours *out) {
    const struct st_value *v = fact->values;
    out->from = date_or(&v[1], ST_DATE_NONE);
    out->to = date_or(&v[2], ST_DATE_OPEN);
    out->hours_hundredths = number_or(&v[3], 0);
}

void st_settlement_of(const struct st_fact *fact, struct st_settlement *out) {
    const struct st_value *v = fact->values;
    out->settled = date_or(&v[1], ST_DATE_NONE);
    out->is_first_municipality = number_or(&v[2], 0) == 1;
    out->is_by_agreement = number_or(&v[3], 0) == 1;
}

void st_other_benefit_of(const struct st_fact *fact, struct st_other_benefit *out) {
    const struct st_value *v = fact->values;
    out->from = date_or(&v[1], ST_DATE_NONE);
    out->to = date_or(&v[2], ST_DATE_OPEN);
    out->kind = (enum st_benefit_kind)number_or(&v[3], 0);
    out->monthly_amount = (st_amount){number_or(&v[4], 0)};
    out->earned_before_programme = number_or(&v[5], 0) == 1;
}

void st_work_of(const struct st_fact *fact, struct st_work *out) {
    const struct st_value *v = fact->values;
    out->from = date_or(&v[1], ST_DATE_NONE);
    out->to = date_or(&v[2], ST_DATE_OPEN);
    out->hours_hundredths = number_or(&v[3], 0);
    out->gross_wage = (st_amount){number_or(&v[4], 0)};
    out->in_programme = number_or(&v[5], 0) == 1;
}

/* Kind, table, percent, exemption and months stand in this order in both kinds of card rows. */
static void card_entry_of(const struct st_value *v, struct st_taxcard *out) {
    out->kind = (enum st_taxcard_kind)number_or(&v[0], ST_CARD_NONE);
    copy_text(out->table, sizeof out->table, &v[1]);
    out->percent_hundredths = number_or(&v[2], -1);
    out->exempt_is_limited = !v[3].is_null;
    out->exempt_amount = (st_amount){number_or(&v[3], 0)};
    out->months_hundredths = number_or(&v[4], -1);
    out->extra_nok = 0;
}

void st_taxcard_of(const struct st_fact *fact, struct st_taxcard *out) {
    const struct st_value *v = fact->values;
    card_entry_of(&v[2], out);
    out->year = (int)number_or(&v[1], 0);
    out->extra_nok = number_or(&v[7], 0);
}

void st_authority_card_of(const struct st_fact *fact, struct st_authority_card *out) {
    const struct st_value *v = fact->values;
    card_entry_of(&v[5], &out->entry);
    out->year = out->entry.year = (int)number_or(&v[1], 0);
    out->result = (enum st_card_result)number_or(&v[2], ST_RESULT_NO_CARD);
    out->has_entry = number_or(&v[3], 0) == 1;
    out->foreign_tax_scheme = number_or(&v[4], 0) == 1;
    out->issued = date_or(&v[10], ST_DATE_NONE);
    out->fetched = ST_DATE_NONE;
}
