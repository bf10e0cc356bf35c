/* SPDX-License-Identifier: MIT */
/* fact.h - what a municipality tells stonad: the kinds of facts, their columns, and their typed form.
 *
 * One table (engine/fact.c) describes every kind: its file, its ledger table, its columns and their
 * types. The CSV reader parses by it, the ledger stores and digests by it, the engine receives the
 * typed records below. A new column or kind is a row in that table, one in db/schema.sql and one in
 * the typed record; a test holds the three together.
 *
 * Facts have two times: when they hold (their own dates) and which journal entry recorded them. A
 * later row with the same key replaces the earlier one, or withdraws it; nothing is ever changed.
 */
#ifndef STONAD_FACT_H
#define STONAD_FACT_H

#include "stonad/base.h"
#include "stonad/date.h"
#include "stonad/money.h"

enum st_fact_kind {
    ST_FACT_PARTICIPANT,
    ST_FACT_PROGRAMME,
    ST_FACT_LIVING,
    ST_FACT_CARE,
    ST_FACT_ABSENCE,
    ST_FACT_BENEFIT,
    ST_FACT_WORK,
    ST_FACT_TAXCARD,        /* taxcards.csv: overrides the authority's card (R14) */
    ST_FACT_AUTHORITY_CARD, /* the tax authority's XML */
    ST_FACT_RECOVERY,
    ST_FACT_DECISION,
    ST_FACT_ENDING,
    ST_FACT_CONTENT,
    ST_FACT_EMPLOYMENT,
    ST_FACT_SETTLEMENT,
    ST_FACT_KIND_COUNT
};

enum st_column_type {
    ST_COLUMN_PERSON,  /* text: 11 digits, a checked person number */
    ST_COLUMN_TEXT,    /* text: NFC, no control characters, at most ST_TEXT_MAX bytes */
    ST_COLUMN_ACCOUNT, /* text: normalised 11-digit BBAN */
    ST_COLUMN_DATE,    /* number: st_date; empty `to`/`end` is null = open */
    ST_COLUMN_CHOICE,  /* number: index into the column's choices */
    ST_COLUMN_AMOUNT,  /* number: ore, 0 or more */
    ST_COLUMN_HUNDREDTHS, /* number: hundredths (hours, percent, months), 0 or more */
    ST_COLUMN_INTEGER, /* number, 0 or more */
    ST_COLUMN_TABLE    /* text: withholding table, four digits and perhaps P */
};

enum {
    ST_COLUMN_KEY = 1,       /* part of the key (bold in the file description) */
    ST_COLUMN_REQUIRED = 2,  /* may not be empty */
    ST_COLUMN_MAY_MISS = 4   /* the file may lack the whole column */
};

enum { ST_FACT_COLUMN_MAX = 12, ST_TEXT_MAX = 140 };

struct st_fact_column {
    const char *name;   /* in the file */
    const char *column; /* in the ledger (from -> from_date ...) */
    enum st_column_type type;
    unsigned flags;
    const char *const *choices; /* NULL-terminated, for ST_COLUMN_CHOICE */
    int64_t minimum, maximum;   /* of numbers other than dates and choices */
};

struct st_fact_description {
    const char *file;  /* "programmes": the file's name without extension; NULL: not a CSV file */
    const char *table; /* the ledger's table */
    const char *noun;  /* "programme": for messages */
    size_t column_count;
    const struct st_fact_column *columns; /* column 0 is always person_id */
    bool may_not_overlap;                 /* from/to (start/end) of one person's rows */
    int from_column, to_column;           /* -1: the kind has no period */
};

/* The description of a kind; never NULL. */
const struct st_fact_description *st_fact_describe(enum st_fact_kind kind);
/* The kind whose file is called `name` (without directory and extension); false when there is none. */
bool st_fact_kind_of_file(const char *name, size_t size, enum st_fact_kind *out)
    ST_MUST_CHECK ST_NONNULL;

/* One value of a row. Text is borrowed: it lives as long as the row's owner says. */
struct st_value {
    bool is_null;
    int64_t number;
    const char *text; /* for text types; NUL-terminated */
    size_t size;      /* bytes of text */
};

/* One row of any kind, columns in the order of its description. */
struct st_fact {
    enum st_fact_kind kind;
    bool withdrawn;
    struct st_value values[ST_FACT_COLUMN_MAX];
};

/* What is wrong with one row by itself (R2, R6, R8 input limits: `to` before `from`, hours where the
 * kind takes none, a share that § 20 does not allow ...). */
struct st_fact_problem {
    int column; /* index into the description */
    char code[ST_ERROR_CODE_MAX];
    char text[320]; /* one sentence that says what to do */
};
/* Checks one row by itself; true when nothing is wrong. A withdrawn row needs only its key. */
bool st_fact_check(const struct st_fact *fact, struct st_fact_problem *problem)
    ST_MUST_CHECK ST_NONNULL;

/* ---- typed records: what the engine reads ------------------------------------------------- */

enum st_education { ST_EDUCATION_NONE, ST_EDUCATION_UPPER_SECONDARY, ST_EDUCATION_HIGHER };
enum st_end_goal {
    ST_GOAL_WORK,
    ST_GOAL_PREPARATORY,
    ST_GOAL_PART_UPPER_SECONDARY,
    ST_GOAL_UPPER_SECONDARY,
    ST_GOAL_VOCATIONAL
};
enum st_share_cause { ST_CAUSE_NONE = -1, ST_CAUSE_MUNICIPALITY, ST_CAUSE_PARTICIPANT };
enum st_situation { ST_SITUATION_ALONE, ST_SITUATION_PARENTS, ST_SITUATION_PARTNER };
enum st_answer { ST_ANSWER_UNKNOWN = -1, ST_ANSWER_NO, ST_ANSWER_YES };

/* R8's kinds, in the order of its table. */
enum st_absence_kind {
    ST_ABSENCE_SELF_CERTIFIED_SICK,
    ST_ABSENCE_CERTIFIED_SICK,
    ST_ABSENCE_SELF_CERTIFIED_CHILD_SICK,
    ST_ABSENCE_CERTIFIED_CHILD_SICK,
    ST_ABSENCE_PREGNANCY_CHECK,
    ST_ABSENCE_PREGNANCY_LEAVE,
    ST_ABSENCE_BIRTH_MOTHER,
    ST_ABSENCE_BIRTH_FATHER,
    ST_ABSENCE_BREASTFEEDING,
    ST_ABSENCE_WELFARE_LEAVE,
    ST_ABSENCE_PEACE_WORK,
    ST_ABSENCE_RELIGIOUS_DAY,
    ST_ABSENCE_HOLIDAY,
    ST_ABSENCE_PERMITTED,
    ST_ABSENCE_LONG_SICK_LEAVE,
    ST_ABSENCE_PARENTAL_LEAVE,
    ST_ABSENCE_WORK_LEAVE,
    ST_ABSENCE_OTHER_LEAVE,
    ST_ABSENCE_STOP,
    ST_ABSENCE_UNAPPROVED,
    ST_ABSENCE_KIND_COUNT
};
/* What R8 says of a kind: its name in the file, its paragraph, whether its days keep the benefit,
 * whether a row may give hours. */
struct st_absence_rule {
    const char *name;
    const char *citation;
    bool with_benefit; /* false: leave without benefit and stops - days not entitled (R4) */
    bool takes_hours;
};
const struct st_absence_rule *st_absence_rule_of(enum st_absence_kind kind);

enum st_benefit_kind {
    ST_BENEFIT_DAGPENGER,
    ST_BENEFIT_SYKEPENGER,
    ST_BENEFIT_FORELDREPENGER,
    ST_BENEFIT_UFORETRYGD,
    ST_BENEFIT_ARBEIDSAVKLARINGSPENGER,
    ST_BENEFIT_OVERGANGSSTONAD,
    ST_BENEFIT_BARNETRYGD,
    ST_BENEFIT_KONTANTSTOTTE,
    ST_BENEFIT_BARNETILSYN,
    ST_BENEFIT_ENGANGSSTONAD,
    ST_BENEFIT_GRUNNSTONAD,
    ST_BENEFIT_HJELPESTONAD,
    ST_BENEFIT_BOSTOTTE,
    ST_BENEFIT_SOSIALHJELP,
    ST_BENEFIT_BARNEBIDRAG
};

enum st_decision_kind {
    ST_DECISION_PROGRAMME,
    ST_DECISION_EXTENSION,
    ST_DECISION_SELF_CERTIFICATION_BARRED,
    ST_DECISION_STOP,
    ST_DECISION_LEAVE,
    ST_DECISION_RECOVERY,
    ST_DECISION_REFUND
};

enum st_taxcard_kind {
    ST_CARD_TABLE,
    ST_CARD_PERCENT,
    ST_CARD_EXEMPT,
    ST_CARD_NONE,
    ST_CARD_NOT_LIABLE
};

enum st_language { ST_LANGUAGE_NB, ST_LANGUAGE_NN, ST_LANGUAGE_EN, ST_LANGUAGE_UK, ST_LANGUAGE_AR,
                   ST_LANGUAGE_TI };

/* The tax authority's answer about a person (resultatPaaForespoersel). */
enum st_card_result {
    ST_RESULT_OK,
    ST_RESULT_NO_CARD,           /* ikkeSkattekort */
    ST_RESULT_CHECK_WORK_PERMIT, /* vurderArbeidstillatelse */
    ST_RESULT_NOT_LIABLE,        /* ikkeTrekkplikt */
    ST_RESULT_INVALID_ORGANISATION,
    ST_RESULT_INVALID_PERSON,
    ST_RESULT_NEW_NUMBER         /* utgaattDnummerSkattekortForFoedselsnummerErLevert */
};

enum { ST_PERSON_ID_SIZE = 12, ST_TABLE_NAME_SIZE = 8 };

struct st_participant {
    char person_id[ST_PERSON_ID_SIZE];
    char name[ST_TEXT_MAX + 1];
    st_date birth_date;
    char account[12];
    enum st_language language;
};
struct st_programme {
    st_date start, offered, end; /* end: ST_DATE_OPEN; offered: ST_DATE_NONE when empty */
    char permit;                 /* 'a'-'g', the letter of § 9 */
    st_date permit_granted, settled; /* settled: ST_DATE_NONE when empty */
    enum st_education education;
    enum st_end_goal end_goal;
    int share_percent;
    enum st_share_cause share_cause;
};
struct st_living {
    st_date from, to;
    enum st_situation situation;
    char partner_id[ST_PERSON_ID_SIZE]; /* "" when none */
    enum st_answer children;
};
struct st_absence {
    st_date from, to;
    enum st_absence_kind kind;
    int64_t hours_hundredths; /* 0: whole days */
    bool permission;
};
struct st_care {
    st_date from, to;
    int children;
    bool is_sole_carer, is_chronic;
    st_date youngest_born; /* ST_DATE_NONE when empty */
};
struct st_decision {
    st_date decided;
    enum st_decision_kind kind;
    st_date until; /* ST_DATE_OPEN when empty */
};
enum st_recovery_reason {
    ST_RECOVERY_OVERPAYMENT,
    ST_RECOVERY_WRONG_INFORMATION,
    ST_RECOVERY_REFUND,
    ST_RECOVERY_WRITTEN_OFF
};
/* A row of recoveries.csv (R12). */
struct st_recovery {
    st_date decided;
    enum st_recovery_reason reason;
    st_amount amount;
    bool has_max_per_month;
    st_amount max_per_month;
};
struct st_ending {
    st_date ended;
    const char *reason; /* the file's word */
};
/* A row of content.csv or employment.csv: hours a week over a period. */
struct st_weekly_hours {
    st_date from, to;
    int64_t hours_hundredths;
};
struct st_settlement {
    st_date settled;
    bool is_first_municipality, is_by_agreement;
};
struct st_other_benefit {
    st_date from, to;
    enum st_benefit_kind kind;
    st_amount monthly_amount;
    bool earned_before_programme;
};
struct st_work {
    st_date from, to;
    int64_t hours_hundredths;
    st_amount gross_wage;
    bool in_programme;
};
struct st_taxcard {
    int year;
    enum st_taxcard_kind kind;
    char table[ST_TABLE_NAME_SIZE];
    int64_t percent_hundredths; /* of percent cards; -1 when not given */
    bool exempt_is_limited;     /* false: no amount given, no limit */
    st_amount exempt_amount;
    int64_t months_hundredths;  /* withholding months, 1050 = 10.5; -1 when not given */
    int64_t extra_nok;          /* asked for by the person; whole kroner a payment */
};
struct st_authority_card {
    int year;
    enum st_card_result result;
    bool has_entry;         /* an entry with trekkode introduksjonsstoenad */
    bool foreign_tax_scheme; /* kildeskattPaaLoenn or kildeskattpensjonist */
    struct st_taxcard entry;
    st_date issued;         /* ST_DATE_NONE when not given */
    st_date fetched;        /* date of the journal entry that recorded it */
};

/* Generic to typed. The row must have passed st_fact_check and not be withdrawn. */
void st_participant_of(const struct st_fact *fact, struct st_participant *out) ST_NONNULL;
void st_programme_of(const struct st_fact *fact, struct st_programme *out) ST_NONNULL;
void st_living_of(const struct st_fact *fact, struct st_living *out) ST_NONNULL;
void st_absence_of(const struct st_fact *fact, struct st_absence *out) ST_NONNULL;
void st_care_of(const struct st_fact *fact, struct st_care *out) ST_NONNULL;
void st_decision_of(const struct st_fact *fact, struct st_decision *out) ST_NONNULL;
void st_recovery_of(const struct st_fact *fact, struct st_recovery *out) ST_NONNULL;
void st_ending_of(const struct st_fact *fact, struct st_ending *out) ST_NONNULL;
void st_weekly_hours_of(const struct st_fact *fact, struct st_weekly_hours *out) ST_NONNULL;
void st_settlement_of(const struct st_fact *fact, struct st_settlement *out) ST_NONNULL;
void st_other_benefit_of(const struct st_fact *fact, struct st_other_benefit *out) ST_NONNULL;
void st_work_of(const struct st_fact *fact, struct st_work *out) ST_NONNULL;
void st_taxcard_of(const struct st_fact *fact, struct st_taxcard *out) ST_NONNULL;
void st_authority_card_of(const struct st_fact *fact, struct st_authority_card *out) ST_NONNULL;

#endif
