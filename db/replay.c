/* SPDX-License-Identifier: MIT */
/* replay.c - runs computed once more from what was known then, and compared with what they left.
 *
 * One walk over the register as it stood before the run's entry, in step with the run's payslips,
 * lines and findings, all in person order; in one read transaction, so that what is written
 * meanwhile is not seen. The end-to-end ids are put together here anew, the totals added up anew.
 */
#include "db/run_internal.h"
#include "stonad/replay.h"

#include "stonad/withholding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_MAX = 24, PROGRESS_STEP = 1000, WHAT_SIZE = 64, FRACTION_TEXT_SIZE = 48, ID_DIGITS = 7 };
enum { ID_SIZE = 64 }; /* an end-to-end id of whatever a damaged ledger makes of it */

/* ---- what a replay carries ----------------------------------------------------------------- */

/* The rows a run left in one table, by person. Column 0 is the person; column 1 of all but payslips
 * the number, of corrections the month as a number; then what is compared, under these names. */
enum { PAYSLIPS, LINES, CORRECTIONS, CLAIMS, FINDINGS, STORED_COUNT };

static const char *const payslip_names[] = {
    "name",       "month",   "state",       "held_reason", "tax_basis", "language", "benefit",
    "offsets",    "work",    "absence",     "corrections", "recovery",  "taxable",  "tax",
    "net",        "account", "end_to_end_id", "tax_period"};
enum { PAYSLIP_STATE = 3, PAYSLIP_NET = 15, PAYSLIP_ID = 17 }; /* columns of the statement */
static const char *const line_names[] = {"kind",       "month",      "from", "to",
                                         "quantity",   "unit",       "rate", "exact",
                                         "amount",     "from_account", "to_account", "cut",
                                         "rule",       "citation",   "inputs"};
enum { LINE_AMOUNT = 10, LINE_FROM_ACCOUNT = 11 };
static const char *const correction_names[] = {"paid", "due", "difference", "cause",
                                               "cause_entry"};
static const char *const claim_names[] = {"kind", "decided", "amount", "remaining"};
enum { CORRECTION_DIFFERENCE = 4, CORRECTION_MONTH = 7, CLAIM_AMOUNT = 4 };
static const char *const finding_names[] = {"code", "severity", "rule", "citation", "text"};

/* The same as the ledger calls them, for who asks for rows (st_replay_rows). */
static const char *const payslip_columns[] = {
    "name",        "month",       "state",           "held_reason",  "tax_basis",   "language",
    "benefit_ore", "offsets_ore", "work_ore",        "absence_ore",  "corrections_ore",
    "recovery_ore", "taxable_ore", "tax_ore",        "net_ore",      "account",     "end_to_end_id",
    "tax_period"};
static const char *const line_columns[] = {
    "kind",       "month",        "from_date",  "to_date", "quantity", "unit",     "rate",  "exact",
    "amount_ore", "from_account", "to_account", "cut",     "rule",     "citation", "inputs"};
static const char *const correction_columns[] = {"paid_ore", "due_ore", "difference_ore", "cause",
                                                 "cause_entry"};
static const char *const claim_columns[] = {"kind", "decided", "amount_ore", "remaining_ore"};

static const struct {
    const char *part; /* in `what` */
    const char *sql;
    const char *const *names;
    int first; /* the first column compared */
    int at_stake; /* the column whose amount the row moves; 0: none */
    const char *const *columns;
} tables[STORED_COUNT] = {
    [PAYSLIPS] = {"payslip",
                  "SELECT person_id, name, month, state, held_reason, tax_basis, language,"
                  " benefit_ore, offsets_ore, work_ore, absence_ore, corrections_ore,"
                  " recovery_ore, taxable_ore, tax_ore, net_ore, account, end_to_end_id,"
                  " tax_period FROM payslip WHERE run = ? ORDER BY person_id",
                  payslip_names, 1, PAYSLIP_NET, payslip_columns},
    [LINES] = {"line",
               "SELECT person_id, line, kind, month, from_date, to_date, quantity, unit, rate,"
               " exact, amount_ore, from_account, to_account, cut, rule, citation, inputs"
               " FROM line WHERE run = ? ORDER BY person_id, line",
               line_names, 2, LINE_AMOUNT, line_columns},
    [CORRECTIONS] = {"correction",
                     "SELECT person_id, substr(month, 1, 4) * 12 + substr(month, 6, 2) - 1,"
                     " paid_ore, due_ore, difference_ore, cause, cause_entry, month FROM correction"
                     " WHERE run = ? ORDER BY person_id, month",
                     correction_names, 2, CORRECTION_DIFFERENCE, correction_columns},
    [CLAIMS] = {"claim",
                "SELECT person_id, number, kind, decided, amount_ore, remaining_ore FROM claim"
                " WHERE run = ? ORDER BY person_id, number",
                claim_names, 2, CLAIM_AMOUNT, claim_columns},
    [FINDINGS] = {"finding",
                  "SELECT person_id, number, code, severity, rule, citation, text"
                  " FROM finding WHERE run = ? ORDER BY person_id, number",
                  finding_names, 2, 0, finding_names},
};

/* The run as its row says it was made. */
struct recorded {
    int64_t run, entry;
    struct st_run_terms terms;
    char rule_set[64], table_digest[ST_DIGEST_TEXT_SIZE], rates_digest[ST_DIGEST_TEXT_SIZE];
    struct st_run_totals totals;
};

struct replay {
    struct st_ledger *ledger;
    const struct st_replay_sink *sink;
    const struct st_replay_watch *watch; /* in its place, when there is one */
    struct st_error *error;
    struct recorded recorded;
    struct st_run_rates rates;
    struct st_facts_reader *reader;
    struct st_calculator *calculator;
    struct {
        sqlite3_stmt *statement;
        bool has_row;
        unsigned char types[COLUMN_MAX]; /* of its columns, before any was read */
    } stored[STORED_COUNT];
    /* the person being compared; "" the run as a whole */
    const char *person_id;
    char name[ST_TEXT_MAX + 1];
    bool is_told, is_explained;
    bool is_stranger; /* nothing is recomputed of the person */
    /* what was recomputed, and what came of it */
    struct st_run_totals totals;
    bool totals_are_whole; /* everyone could be computed, and it could be added up */
    struct st_replay_result result;
    /* the payments' numbers; see expected_id */
    char id_prefix[ST_TEXT_ID_SIZE];
    int64_t id_shift, last_id;
    bool id_is_open;
};

/* ---- telling ------------------------------------------------------------------------------- */

static const struct st_replay_value missing = {.text = ""};

static struct st_replay_value text_value(const char *text) {
    return (struct st_replay_value){.is_there = true, .text = text};
}
static struct st_replay_value amount_value(st_amount amount) {
    return (struct st_replay_value){
        .is_there = true, .is_amount = true, .amount = amount, .text = ""};
}

/* " 2026-05": a correction is told by its month. */
static void correction_number(int64_t number, char text[24]) {
    text[0] = ' ';
    if (number > 0 && number < INT32_MAX)
        st_month_format((st_month)number, text + 1);
    else
        text[0] = '\0';
}

/* A difference as a place in the ledger. Those of the run's own row are no business of a watch. */
static enum st_status tell_watch(struct replay *replay, const char *part, int64_t number,
                                 const char *column, struct st_replay_value stored,
                                 struct st_replay_value recomputed) {
    struct st_replay_place place = {.run = replay->recorded.run,
                                    .person_id = replay->person_id,
                                    .number = number,
                                    .is_stranger = replay->is_stranger,
                                    .column = "",
                                    .stored = stored,
                                    .recomputed = recomputed};
    int table = 0;
    while (table < STORED_COUNT && strcmp(tables[table].part, part) != 0)
        table++;
    if (table == STORED_COUNT)
        return ST_OK;
    place.table = (enum st_table)((unsigned)ST_TABLE_PAYSLIP + (unsigned)table);
    for (int i = 0; column[0] != '\0' && place.column[0] == '\0'; i++)
        if (strcmp(tables[table].names[i], column) == 0) {
            place.column = tables[table].columns[i];
            place.row = replay->stored[table].statement;
            place.row_column = tables[table].first + i;
            place.row_type = replay->stored[table].types[place.row_column];
        }
    if (place.column[0] == '\0' && stored.is_there && table != PAYSLIPS)
        place.stored_key = st_column_text(replay->stored[table].statement,
                                          table == CORRECTIONS ? CORRECTION_MONTH : 1);
    if (tables[table].at_stake != 0 && stored.is_there) {
        place.has_amount = true;
        place.amount.ore =
            sqlite3_column_int64(replay->stored[table].statement, tables[table].at_stake);
    }
    return replay->watch->differ(replay->watch->context, &place);
}

/* `number` 0: of a part that has none; `column` "": the whole of it. */
static enum st_status tell(struct replay *replay, const char *part, int64_t number,
                           const char *column, struct st_replay_value stored,
                           struct st_replay_value recomputed) {
    char what[WHAT_SIZE], number_text[24] = "";
    if (replay->watch != NULL)
        return tell_watch(replay, part, number, column, stored, recomputed);
    if (number != 0 && strcmp(part, tables[CORRECTIONS].part) == 0)
        correction_number(number, number_text);
    else if (number != 0)
        (void)snprintf(number_text, sizeof number_text, " %" PRId64, number);
    (void)snprintf(what, sizeof what, "%s%s%s%s", part, number_text, column[0] == '\0' ? "" : " ",
                   column);
    struct st_replay_difference difference = {.run = replay->recorded.run,
                                              .person_id = replay->person_id,
                                              .name = replay->name,
                                              .what = what,
                                              .stored = stored,
                                              .recomputed = recomputed};
    bool is_amount = (stored.is_amount || !stored.is_there) &&
                     (recomputed.is_amount || !recomputed.is_there);
    difference.has_difference =
        is_amount && st_amount_subtract(recomputed.amount, stored.amount, &difference.difference);
    replay->result.difference_count++;
    if (!replay->is_told && replay->person_id[0] != '\0')
        replay->result.person_count++;
    replay->is_told = true;
    return replay->sink->difference(replay->sink->context, &difference);
}

/* ---- one row compared, column after column ------------------------------------------------- */

struct comparison {
    struct replay *replay;
    int table;
    sqlite3_stmt *row;
    int64_t number;
    int column; /* the next */
    enum st_status status;
};

static struct comparison compare_row(struct replay *replay, int table, int64_t number) {
    return (struct comparison){.replay = replay,
                               .table = table,
                               .row = replay->stored[table].statement,
                               .number = number,
                               .column = tables[table].first};
}

static int stored_type(const struct comparison *comparison) {
    return comparison->replay->stored[comparison->table].types[comparison->column];
}

static void differ(struct comparison *comparison, struct st_replay_value stored,
                   struct st_replay_value recomputed) {
    const char *name =
        tables[comparison->table].names[comparison->column - tables[comparison->table].first];
    if (comparison->status == ST_OK)
        comparison->status = tell(comparison->replay, tables[comparison->table].part,
                                  comparison->number, name, stored, recomputed);
}

static void compare_text(struct comparison *comparison, const char *recomputed) {
    bool is_text = stored_type(comparison) == SQLITE_TEXT;
    const char *stored = st_column_text(comparison->row, comparison->column);
    size_t size = strlen(recomputed);
    if (!is_text || (size_t)sqlite3_column_bytes(comparison->row, comparison->column) != size ||
        memcmp(stored, recomputed, size) != 0)
        differ(comparison, is_text ? text_value(stored) : missing, text_value(recomputed));
    comparison->column++;
}

static void compare_amount(struct comparison *comparison, st_amount recomputed) {
    st_amount stored = {sqlite3_column_int64(comparison->row, comparison->column)};
    bool is_number = stored_type(comparison) == SQLITE_INTEGER;
    if (!is_number || stored.ore != recomputed.ore)
        differ(comparison, is_number ? amount_value(stored) : missing, amount_value(recomputed));
    comparison->column++;
}

static void compare_truth(struct comparison *comparison, bool recomputed) {
    int64_t stored = sqlite3_column_int64(comparison->row, comparison->column);
    if (stored_type(comparison) != SQLITE_INTEGER || stored != recomputed)
        differ(comparison, text_value(stored != 0 ? "yes" : "no"),
               text_value(recomputed ? "yes" : "no"));
    comparison->column++;
}

static void compare_number(struct comparison *comparison, int64_t recomputed) {
    char stored_text[24], recomputed_text[24];
    int64_t stored = sqlite3_column_int64(comparison->row, comparison->column);
    (void)snprintf(stored_text, sizeof stored_text, "%" PRId64, stored);
    (void)snprintf(recomputed_text, sizeof recomputed_text, "%" PRId64, recomputed);
    if (stored_type(comparison) != SQLITE_INTEGER || stored != recomputed)
        differ(comparison, text_value(stored_text), text_value(recomputed_text));
    comparison->column++;
}

static void compare_month(struct comparison *comparison, st_month recomputed) {
    char text[ST_MONTH_TEXT_SIZE];
    st_month_format(recomputed, text);
    compare_text(comparison, text);
}

/* A date that may be missing: NULL in the ledger. */
static void compare_date_or_none(struct comparison *comparison, st_date recomputed) {
    char text[ST_DATE_TEXT_SIZE] = "";
    int type = stored_type(comparison);
    const char *stored = st_column_text(comparison->row, comparison->column);
    bool is_null = type == SQLITE_NULL;
    if (recomputed != ST_DATE_NONE)
        st_date_format(recomputed, text);
    if (type != (recomputed == ST_DATE_NONE ? SQLITE_NULL : SQLITE_TEXT) ||
        strcmp(stored, text) != 0)
        differ(comparison, is_null ? missing : text_value(stored), text_value(text));
    comparison->column++;
}

static void compare_date(struct comparison *comparison, st_date recomputed) {
    char text[ST_DATE_TEXT_SIZE];
    st_date_format(recomputed, text);
    compare_text(comparison, text);
}

static void compare_fraction(struct comparison *comparison, st_fraction recomputed) {
    char text[FRACTION_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "%" PRId64 "/%" PRId64, recomputed.numerator,
                   recomputed.denominator);
    compare_text(comparison, text);
}

/* ---- the stored rows ----------------------------------------------------------------------- */

/* The types first: what is read as text becomes text. */
static enum st_status step_stored(struct replay *replay, int table) {
    sqlite3_stmt *row = replay->stored[table].statement;
    enum st_status status =
        st_step(replay->ledger, row, &replay->stored[table].has_row, replay->error);
    int count = status == ST_OK && replay->stored[table].has_row ? sqlite3_data_count(row) : 0;
    for (int i = 0; i < count && i < COLUMN_MAX; i++)
        replay->stored[table].types[i] = (unsigned char)sqlite3_column_type(row, i);
    return status;
}

static const char *stored_text(const struct replay *replay, int table, int column) {
    return st_column_text(replay->stored[table].statement, column);
}

static int64_t stored_number(const struct replay *replay, int table, int column) {
    return sqlite3_column_int64(replay->stored[table].statement, column);
}

/* Whether the table's next row is one of the person being compared. */
static bool is_of_person(const struct replay *replay, int table) {
    return replay->stored[table].has_row &&
           strcmp(stored_text(replay, table, 0), replay->person_id) == 0;
}

/* What was paid by the payslip that is met; nothing to whom was held back. */
static st_amount stored_payment(const struct replay *replay) {
    if (strcmp(stored_text(replay, PAYSLIPS, PAYSLIP_STATE), "due") != 0)
        return ST_ZERO;
    return (st_amount){stored_number(replay, PAYSLIPS, PAYSLIP_NET)};
}

/* A row that nothing recomputed stands against. */
static enum st_status tell_stored(struct replay *replay, int table) {
    struct st_replay_value value;
    int64_t number = table == PAYSLIPS ? 0 : stored_number(replay, table, 1);
    if (table == PAYSLIPS)
        value = amount_value((st_amount){stored_number(replay, table, PAYSLIP_NET)});
    else if (table == LINES)
        value = amount_value((st_amount){stored_number(replay, table, LINE_AMOUNT)});
    else if (table == CORRECTIONS)
        value = amount_value((st_amount){stored_number(replay, table, CORRECTION_DIFFERENCE)});
    else if (table == CLAIMS)
        value = amount_value((st_amount){stored_number(replay, table, CLAIM_AMOUNT)});
    else
        value = text_value(stored_text(replay, table, 2));
    if (value.is_amount && table == LINES && value.amount.ore > INT64_MIN &&
        strcmp(stored_text(replay, table, LINE_FROM_ACCOUNT),
               st_account_name(ST_ACCOUNT_PERSON)) == 0)
        value.amount.ore = -value.amount.ore;
    return tell(replay, tables[table].part, number, "", value, missing);
}

/* Tells the person's rows whose number is below `number`; INT64_MAX: all that are left. */
static enum st_status tell_stored_before(struct replay *replay, int table, int64_t number) {
    enum st_status status = ST_OK;
    while (status == ST_OK && is_of_person(replay, table) &&
           (number == INT64_MAX || stored_number(replay, table, 1) < number)) {
        status = tell_stored(replay, table);
        if (status == ST_OK)
            status = step_stored(replay, table);
    }
    return status;
}

/* ---- payslip ------------------------------------------------------------------------------- */

static st_amount payment_of(const struct st_payslip *payslip) {
    bool is_paid = payslip->is_due && payslip->state == ST_PAYSLIP_DUE;
    return is_paid ? payslip->net : ST_ZERO;
}

/* The number of a stored id of this run; 0 when it is none. */
static int64_t id_number(const struct replay *replay, const char *id) {
    size_t prefix = strlen(replay->id_prefix);
    if (strncmp(id, replay->id_prefix, prefix) != 0 || strlen(id + prefix) < ID_DIGITS ||
        strspn(id + prefix, "0123456789") != strlen(id + prefix))
        return 0;
    return (int64_t)strtoll(id + prefix, NULL, 10);
}

/* Payments are numbered in person order. Where somebody else is paid now than was then, one number
 * is too many or too few from there on; that is told at the person, and not of everybody after. */
static void expected_id(struct replay *replay, bool is_paid, char text[ID_SIZE]) {
    int64_t number = is_of_person(replay, PAYSLIPS)
                         ? id_number(replay, stored_text(replay, PAYSLIPS, PAYSLIP_ID))
                         : 0;
    bool was_paid = is_of_person(replay, PAYSLIPS) && stored_payment(replay).ore > 0;
    text[0] = '\0';
    if (is_paid && was_paid && replay->id_is_open && number > replay->last_id) {
        replay->id_shift = number - replay->totals.payment_count;
        replay->id_is_open = false;
    }
    if (is_paid != was_paid)
        replay->id_is_open = true;
    if (is_paid)
        (void)snprintf(text, ID_SIZE, "%s%0*" PRId64, replay->id_prefix, ID_DIGITS,
                       replay->totals.payment_count + replay->id_shift);
    if (was_paid && number > replay->last_id)
        replay->last_id = number;
}

static enum st_status compare_payslip_columns(struct replay *replay,
                                              const struct st_participant *participant,
                                              const struct st_payslip *payslip,
                                              const char *end_to_end_id) {
    const char *const *languages =
        st_fact_describe(ST_FACT_PARTICIPANT)->columns[ST_LANGUAGE_COLUMN].choices;
    const st_amount amounts[] = {payslip->benefit, payslip->offsets,     payslip->work,
                                 payslip->absence, payslip->corrections, payslip->recovery,
                                 payslip->taxable, payslip->tax,         payslip->net};
    struct comparison row = compare_row(replay, PAYSLIPS, 0);
    compare_text(&row, participant->name);
    compare_month(&row, replay->recorded.terms.month);
    compare_text(&row, payslip->state == ST_PAYSLIP_HELD ? "held" : "due");
    compare_text(&row, payslip->held_reason);
    compare_text(&row, payslip->tax_basis);
    compare_text(&row, languages[participant->language]);
    for (size_t i = 0; i < ST_COUNT_OF(amounts); i++)
        compare_amount(&row, amounts[i]);
    compare_text(&row, participant->account);
    compare_text(&row, end_to_end_id);
    compare_text(&row, payslip->tax_period);
    return row.status;
}

static void add_payment_difference(struct replay *replay, st_amount stored, st_amount recomputed) {
    struct st_replay_result *result = &replay->result;
    bool is_more = recomputed.ore > stored.ore;
    st_amount *sum = is_more ? &result->more : &result->less, difference;
    if (!st_amount_subtract(is_more ? recomputed : stored, is_more ? stored : recomputed,
                            &difference) ||
        !st_amount_add(*sum, difference, sum))
        result->is_summed = false;
}

/* `participant` may be NULL when no payslip was recomputed. */
static enum st_status compare_payslip(struct replay *replay,
                                      const struct st_participant *participant,
                                      const struct st_payslip *payslip) {
    bool is_stored = is_of_person(replay, PAYSLIPS);
    char end_to_end_id[ID_SIZE];
    enum st_status status = ST_OK;
    expected_id(replay, payment_of(payslip).ore > 0, end_to_end_id);
    add_payment_difference(replay, is_stored ? stored_payment(replay) : ST_ZERO,
                           payment_of(payslip));
    if (payslip->is_due && is_stored) {
        status = compare_payslip_columns(replay, participant, payslip, end_to_end_id);
        if (status == ST_OK)
            status = step_stored(replay, PAYSLIPS);
    } else if (payslip->is_due)
        status = tell(replay, "payslip", 0, "", missing, amount_value(payslip->net));
    return status == ST_OK ? tell_stored_before(replay, PAYSLIPS, INT64_MAX) : status;
}

/* ---- lines and findings -------------------------------------------------------------------- */

static enum st_status compare_line(struct replay *replay, int64_t number,
                                   const struct st_line *line) {
    struct comparison row = compare_row(replay, LINES, number);
    compare_text(&row, st_line_kind_name(line->kind));
    compare_month(&row, line->month);
    compare_date(&row, line->from);
    compare_date(&row, line->to);
    compare_fraction(&row, line->quantity);
    compare_text(&row, st_unit_name(line->unit));
    compare_fraction(&row, line->rate);
    compare_fraction(&row, line->exact);
    compare_amount(&row, line->amount);
    compare_text(&row, st_account_name(line->debit_from));
    compare_text(&row, st_account_name(line->credit_to));
    compare_truth(&row, line->cut);
    compare_text(&row, line->rule);
    compare_text(&row, line->citation);
    compare_text(&row, line->inputs);
    return row.status == ST_OK ? step_stored(replay, LINES) : row.status;
}

static enum st_status compare_finding(struct replay *replay, int64_t number,
                                      const struct st_finding *finding) {
    struct comparison row = compare_row(replay, FINDINGS, number);
    compare_text(&row, finding->code);
    compare_text(&row, st_severity_name(finding->severity));
    compare_text(&row, finding->rule);
    compare_text(&row, finding->citation);
    compare_text(&row, finding->text);
    return row.status == ST_OK ? step_stored(replay, FINDINGS) : row.status;
}

/* A key of another type is another key, though it reads the same. */
static bool has_key_of_its_type(const struct replay *replay, int table) {
    const unsigned char *types = replay->stored[table].types;
    return table == CORRECTIONS ? types[CORRECTION_MONTH] == SQLITE_TEXT
                                : types[1] == SQLITE_INTEGER;
}

/* Whether the person's row of that number is there; those of lower numbers are told before. */
static enum st_status find_numbered(struct replay *replay, int table, int64_t number,
                                    bool *is_stored) {
    enum st_status status = tell_stored_before(replay, table, number);
    *is_stored = status == ST_OK && is_of_person(replay, table) &&
                 stored_number(replay, table, 1) == number && has_key_of_its_type(replay, table);
    return status;
}

static enum st_status compare_lines(struct replay *replay, const struct st_payslip *payslip) {
    size_t count = payslip->is_due ? payslip->line_count : 0;
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < count; i++) {
        const struct st_line *line = &payslip->lines[i];
        int64_t number = (int64_t)i + 1;
        bool is_stored = false;
        status = find_numbered(replay, LINES, number, &is_stored);
        if (status == ST_OK && is_stored)
            status = compare_line(replay, number, line);
        else if (status == ST_OK)
            status = tell(replay, "line", number, "", missing, amount_value(st_line_signed(line)));
    }
    replay->result.line_count += (int64_t)count;
    return status == ST_OK ? tell_stored_before(replay, LINES, INT64_MAX) : status;
}

static enum st_status compare_findings(struct replay *replay, const struct st_payslip *payslip) {
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < payslip->finding_count; i++) {
        const struct st_finding *finding = &payslip->findings[i];
        int64_t number = (int64_t)i + 1;
        bool is_stored = false;
        status = find_numbered(replay, FINDINGS, number, &is_stored);
        if (status == ST_OK && is_stored)
            status = compare_finding(replay, number, finding);
        else if (status == ST_OK)
            status = tell(replay, "finding", number, "", missing, text_value(finding->code));
    }
    replay->result.finding_count += (int64_t)payslip->finding_count;
    return status == ST_OK ? tell_stored_before(replay, FINDINGS, INT64_MAX) : status;
}

/* ---- corrections and claims ------------------------------------------------------------------ */

static enum st_status compare_correction(struct replay *replay,
                                         const struct st_correction *correction) {
    struct comparison row = compare_row(replay, CORRECTIONS, correction->month);
    struct st_cause cause;
    st_run_cause(replay->reader, &replay->rates, correction, &cause);
    compare_amount(&row, correction->paid);
    compare_amount(&row, correction->due);
    compare_amount(&row, (st_amount){correction->due.ore - correction->paid.ore});
    compare_text(&row, cause.text);
    compare_number(&row, cause.entry);
    return row.status == ST_OK ? step_stored(replay, CORRECTIONS) : row.status;
}

static enum st_status compare_corrections(struct replay *replay,
                                          const struct st_payslip *payslip) {
    size_t count = payslip->is_due ? payslip->correction_count : 0;
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < count; i++) {
        const struct st_correction *correction = &payslip->corrections_made[i];
        bool is_stored = false;
        status = find_numbered(replay, CORRECTIONS, correction->month, &is_stored);
        if (status == ST_OK && is_stored)
            status = compare_correction(replay, correction);
        else if (status == ST_OK)
            status = tell(replay, "correction", correction->month, "", missing,
                          amount_value((st_amount){correction->due.ore - correction->paid.ore}));
    }
    return status == ST_OK ? tell_stored_before(replay, CORRECTIONS, INT64_MAX) : status;
}

static enum st_status compare_claim(struct replay *replay, int64_t number,
                                    const struct st_claim_movement *movement) {
    struct comparison row = compare_row(replay, CLAIMS, number);
    compare_text(&row, st_claim_kind_name(movement->kind));
    compare_date_or_none(&row, movement->decided);
    compare_amount(&row, movement->amount);
    compare_amount(&row, movement->remaining);
    return row.status == ST_OK ? step_stored(replay, CLAIMS) : row.status;
}

static enum st_status compare_claims(struct replay *replay, const struct st_payslip *payslip) {
    size_t count = payslip->is_due ? payslip->movement_count : 0;
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < count; i++) {
        int64_t number = (int64_t)i + 1;
        bool is_stored = false;
        status = find_numbered(replay, CLAIMS, number, &is_stored);
        if (status == ST_OK && is_stored)
            status = compare_claim(replay, number, &payslip->movements[i]);
        else if (status == ST_OK)
            status = tell(replay, "claim", number, "", missing,
                          amount_value(payslip->movements[i].amount));
    }
    return status == ST_OK ? tell_stored_before(replay, CLAIMS, INT64_MAX) : status;
}

/* ---- the lines of the first person that differs -------------------------------------------- */

static enum st_status hand_stored_line(void *context, const struct st_line_row *line) {
    const struct st_replay_sink *sink = context;
    return sink->line(sink->context, true, line);
}

static enum st_status explain(struct replay *replay, const struct st_payslip *payslip) {
    struct st_replay_sink sink = *replay->sink;
    size_t count = payslip->is_due ? payslip->line_count : 0;
    enum st_status status = st_ledger_each_line(replay->ledger, replay->recorded.run,
                                                replay->person_id, hand_stored_line, &sink,
                                                replay->error);
    for (size_t i = 0; status == ST_OK && i < count; i++) {
        const struct st_line *line = &payslip->lines[i];
        const struct st_line_row row = {.person_id = replay->person_id,
                                        .month = line->month,
                                        .line = (int64_t)i + 1,
                                        .kind = st_line_kind_name(line->kind),
                                        .from = line->from,
                                        .to = line->to,
                                        .quantity = line->quantity,
                                        .rate = line->rate,
                                        .exact = line->exact,
                                        .unit = st_unit_name(line->unit),
                                        .amount = st_line_signed(line),
                                        .from_account = st_account_name(line->debit_from),
                                        .to_account = st_account_name(line->credit_to),
                                        .cut = line->cut,
                                        .rule = line->rule,
                                        .citation = line->citation,
                                        .inputs = line->inputs};
        status = sink.line(sink.context, false, &row);
    }
    replay->is_explained = true;
    return status;
}

/* ---- one person ---------------------------------------------------------------------------- */

static void add_totals(struct replay *replay, const struct st_payslip *payslip) {
    struct st_run_totals *totals = &replay->totals;
    totals->finding_count += (int64_t)payslip->finding_count;
    if (payslip->is_due && !st_run_totals_add(totals, payslip))
        replay->totals_are_whole = false;
}

static void begin_person(struct replay *replay, const char *person_id, const char *name) {
    replay->person_id = person_id;
    replay->is_told = false;
    (void)snprintf(replay->name, sizeof replay->name, "%s",
                   name == NULL && is_of_person(replay, PAYSLIPS) ? stored_text(replay, PAYSLIPS, 1)
                   : name == NULL                                 ? ""
                                                                  : name);
}

/* `participant` NULL: stored, but not in the register then, or the run as a whole. */
static enum st_status compare_person(struct replay *replay,
                                     const struct st_participant *participant,
                                     const struct st_payslip *payslip) {
    add_totals(replay, payslip);
    replay->result.payslip_count += payslip->is_due;
    enum st_status status = compare_payslip(replay, participant, payslip);
    if (status == ST_OK)
        status = compare_lines(replay, payslip);
    if (status == ST_OK)
        status = compare_corrections(replay, payslip);
    if (status == ST_OK)
        status = compare_claims(replay, payslip);
    if (status == ST_OK)
        status = compare_findings(replay, payslip);
    if (status == ST_OK && replay->sink != NULL && replay->is_told && !replay->is_explained &&
        replay->person_id[0] != '\0')
        status = explain(replay, payslip);
    return status;
}

/* A person whose month cannot be computed any more: why, against what is stored. */
static enum st_status tell_refusal(struct replay *replay, const struct st_error *refusal) {
    enum st_status status = ST_OK;
    struct st_replay_value stored = missing;
    if (is_of_person(replay, PAYSLIPS))
        stored = amount_value((st_amount){stored_number(replay, PAYSLIPS, PAYSLIP_NET)});
    status = tell(replay, "payslip", 0, "", stored, text_value(refusal->text));
    replay->totals_are_whole = false;
    replay->id_is_open = true;
    for (int table = 0; table < STORED_COUNT; table++)
        while (status == ST_OK && is_of_person(replay, table))
            status = step_stored(replay, table);
    return status;
}

/* The first person of whom something is stored; NULL when nothing is left. */
static const char *first_stored(const struct replay *replay) {
    const char *first = NULL;
    for (int table = 0; table < STORED_COUNT; table++) {
        const char *person_id =
            replay->stored[table].has_row ? stored_text(replay, table, 0) : NULL;
        if (person_id != NULL && (first == NULL || strcmp(person_id, first) < 0))
            first = person_id;
    }
    return first;
}

static void free_text(char **text) { sqlite3_free(*text); }

/* Persons before `person_id` (NULL: all that are left) of whom something is stored: nothing about
 * them was recomputed. */
static enum st_status tell_strangers(struct replay *replay, const char *person_id) {
    static const struct st_payslip nothing = {.held_reason = ""};
    for (;;) {
        const char *first = first_stored(replay);
        if (first == NULL || (person_id != NULL && strcmp(first, person_id) >= 0))
            return ST_OK;
        /* The row's own text is gone with the next step. */
        __attribute__((cleanup(free_text))) char *copy = sqlite3_mprintf("%s", first);
        if (copy == NULL)
            return st_db_fail_memory(replay->error);
        begin_person(replay, copy, NULL);
        replay->is_stranger = true;
        enum st_status status = compare_person(replay, NULL, &nothing);
        replay->is_stranger = false;
        replay->person_id = "";
        if (status != ST_OK)
            return status;
    }
}

/* ---- the walk ------------------------------------------------------------------------------ */

/* What was recomputed of a person, or (participant NULL) of the run as a whole, is seen first. */
static enum st_status show_watch(struct replay *replay, const struct st_participant *participant,
                                 const struct st_payslip *payslip) {
    return replay->watch == NULL
               ? ST_OK
               : replay->watch->person(replay->watch->context, participant, payslip);
}

static enum st_status compare_run_findings(struct replay *replay) {
    struct st_finding findings[ST_RUN_FINDING_MAX];
    size_t count = st_run_findings(&replay->recorded.terms, findings);
    const struct st_payslip run = {.held_reason = "", .findings = findings, .finding_count = count};
    begin_person(replay, "", NULL);
    enum st_status status = show_watch(replay, NULL, &run);
    return status == ST_OK ? compare_person(replay, NULL, &run) : status;
}

static enum st_status replay_person(struct replay *replay, const struct st_person_facts *facts) {
    const struct st_participant *participant = &facts->participant;
    struct st_payslip payslip;
    struct st_error refusal;
    enum st_status status = tell_strangers(replay, participant->person_id);
    if (status != ST_OK)
        return status;
    begin_person(replay, participant->person_id, participant->name);
    status = st_calculate_month(replay->calculator, &replay->recorded.terms, facts, &payslip,
                                &refusal);
    if (status == ST_REFUSED || status == ST_BAD_INPUT)
        return tell_refusal(replay, &refusal);
    if (status == ST_OK)
        status = show_watch(replay, participant, &payslip);
    else
        *replay->error = refusal;
    return status == ST_OK ? compare_person(replay, participant, &payslip) : status;
}

static enum st_status replay_everyone(struct replay *replay) {
    const struct st_replay_sink *sink = replay->sink;
    struct st_person_facts facts;
    enum st_status status = compare_run_findings(replay);
    for (int64_t done = 0; status == ST_OK; done++) {
        bool found = false;
        if (sink != NULL && done % PROGRESS_STEP == 0)
            sink->progress(sink->context, done, replay->recorded.totals.person_count);
        status = st_facts_reader_next(replay->reader, &facts, &found, replay->error);
        if (status == ST_OK && !found)
            return tell_strangers(replay, NULL);
        if (status == ST_OK)
            status = replay_person(replay, &facts);
    }
    return status;
}

/* ---- the run's own row --------------------------------------------------------------------- */

static enum st_status compare_total(struct replay *replay, const char *name, int64_t stored,
                                    int64_t recomputed, bool is_amount) {
    char stored_number_text[24], recomputed_text[24];
    if (stored == recomputed)
        return ST_OK;
    if (is_amount)
        return tell(replay, "run", 0, name, amount_value((st_amount){stored}),
                    amount_value((st_amount){recomputed}));
    (void)snprintf(stored_number_text, sizeof stored_number_text, "%" PRId64, stored);
    (void)snprintf(recomputed_text, sizeof recomputed_text, "%" PRId64, recomputed);
    return tell(replay, "run", 0, name, text_value(stored_number_text),
                text_value(recomputed_text));
}

static enum st_status compare_totals(struct replay *replay) {
    const struct st_run_totals *stored = &replay->recorded.totals, *now = &replay->totals;
    const struct {
        const char *name;
        int64_t stored, recomputed;
        bool is_amount;
    } totals[] = {{"persons", stored->person_count, now->person_count, false},
                  {"held", stored->held_count, now->held_count, false},
                  {"payments", stored->payment_count, now->payment_count, false},
                  {"findings", stored->finding_count, now->finding_count, false},
                  {"benefit", stored->benefit.ore, now->benefit.ore, true},
                  {"taxable", stored->taxable.ore, now->taxable.ore, true},
                  {"tax", stored->tax.ore, now->tax.ore, true},
                  {"net", stored->net.ore, now->net.ore, true},
                  {"corrected", stored->corrected_count, now->corrected_count, false},
                  {"corrections", stored->corrections.ore, now->corrections.ore, true},
                  {"recovery", stored->recovery.ore, now->recovery.ore, true},
                  {"claims", stored->claims.ore, now->claims.ore, true}};
    enum st_status status = ST_OK;
    begin_person(replay, "", "");
    for (size_t i = 0; replay->totals_are_whole && status == ST_OK && i < ST_COUNT_OF(totals); i++)
        status = compare_total(replay, totals[i].name, totals[i].stored, totals[i].recomputed,
                               totals[i].is_amount);
    return status;
}

/* ---- by what it was computed --------------------------------------------------------------- */

static const char run_sql[] =
    "SELECT run, entry, month, payday, known, half_tax_month, rule_set, table_digest, rates_digest,"
    " person_count, held_count, payment_count, finding_count, benefit_ore, taxable_ore, tax_ore,"
    " net_ore, corrected_count, corrections_ore, recovery_ore, claims_ore FROM run WHERE run = ?";

static void read_recorded(sqlite3_stmt *row, struct recorded *out) {
    *out = (struct recorded){
        .run = sqlite3_column_int64(row, 0),
        .entry = sqlite3_column_int64(row, 1),
        .terms = {.month = st_column_month(row, 2),
                  .payday = st_column_date(row, 3, ST_DATE_NONE),
                  .known = st_column_date(row, 4, ST_DATE_NONE),
                  .rules = st_rule_set_current(),
                  .half_tax_month = sqlite3_column_int(row, 5)},
        .totals = {.person_count = sqlite3_column_int64(row, 9),
                   .held_count = sqlite3_column_int64(row, 10),
                   .payment_count = sqlite3_column_int64(row, 11),
                   .finding_count = sqlite3_column_int64(row, 12),
                   .benefit = {sqlite3_column_int64(row, 13)},
                   .taxable = {sqlite3_column_int64(row, 14)},
                   .tax = {sqlite3_column_int64(row, 15)},
                   .net = {sqlite3_column_int64(row, 16)},
                   .corrected_count = sqlite3_column_int64(row, 17),
                   .corrections = {sqlite3_column_int64(row, 18)},
                   .recovery = {sqlite3_column_int64(row, 19)},
                   .claims = {sqlite3_column_int64(row, 20)}}};
    st_column_copy(row, 6, out->rule_set, sizeof out->rule_set);
    st_column_copy(row, 7, out->table_digest, sizeof out->table_digest);
    st_column_copy(row, 8, out->rates_digest, sizeof out->rates_digest);
}

/* The terms of the run's row. What no run can have been made on is damage, not a difference. */
static enum st_status read_run(struct replay *replay, int64_t run) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    static const struct st_rate no_rate; /* stands where a damaged ledger has none at all */
    struct recorded *recorded = &replay->recorded;
    struct st_error refusal;
    bool row = false;
    enum st_status status = st_prepare(replay->ledger, &statement, run_sql, replay->error);
    if (status == ST_OK && sqlite3_bind_int64(statement, 1, run) != SQLITE_OK)
        status = st_db_fail_sqlite(replay->ledger, replay->error);
    if (status == ST_OK)
        status = st_step(replay->ledger, statement, &row, replay->error);
    if (status != ST_OK)
        return status;
    if (row)
        read_recorded(statement, recorded);
    if (!row || recorded->terms.month == 0 || recorded->terms.payday == ST_DATE_NONE ||
        recorded->terms.known == ST_DATE_NONE ||
        st_run_terms_check(&recorded->terms, &refusal) != ST_OK)
        return st_db_fail(replay->error, ST_DAMAGED, "replay.terms",
                          "The month, payment date or date of run %" PRId64
                          " in the ledger cannot be what it was made with; verify the ledger and"
                          " restore it from a copy.",
                          run);
    status = st_run_rates_read(replay->ledger, recorded->terms.known, recorded->entry,
                               &replay->rates, replay->error);
    recorded->terms.rates = replay->rates.items == NULL ? &no_rate : replay->rates.items;
    recorded->terms.rate_count = replay->rates.count;
    return status;
}

/* Other rules or tables are this program's, and may be why lines differ; other rates are the
 * ledger's, whose rows never change: that is a difference by itself. */
static enum st_status compare_terms(struct replay *replay) {
    const struct st_replay_sink *sink = replay->sink;
    const struct recorded *recorded = &replay->recorded;
    int year = st_date_year(recorded->terms.payday);
    const char *digest = st_withholding_year_digest(year);
    char sentence[240];
    enum st_status status = ST_OK;
    if (strcmp(recorded->rule_set, recorded->terms.rules->name) != 0) {
        (void)snprintf(sentence, sizeof sentence,
                       "Run %" PRId64 " was computed by rule set %s, which is superseded by %s of"
                       " this stonad: what differs may come of that.",
                       recorded->run, recorded->rule_set, recorded->terms.rules->name);
        status = sink->notice(sink->context, sentence);
    }
    if (status == ST_OK && strcmp(recorded->table_digest, digest == NULL ? "" : digest) != 0) {
        (void)snprintf(sentence, sizeof sentence,
                       "Run %" PRId64 " was computed by other withholding tables of %d than this"
                       " stonad has: what differs may come of that.",
                       recorded->run, year);
        status = sink->notice(sink->context, sentence);
    }
    replay->person_id = "";
    if (status == ST_OK && strcmp(recorded->rates_digest, replay->rates.digest) != 0)
        status = tell(replay, "run", 0, "rates_digest", text_value(recorded->rates_digest),
                      text_value(replay->rates.digest));
    return status;
}

/* ---- one run ------------------------------------------------------------------------------- */

static enum st_status open_stored(struct replay *replay, int table) {
    sqlite3_stmt **statement = &replay->stored[table].statement;
    enum st_status status =
        st_prepare(replay->ledger, statement, tables[table].sql, replay->error);
    if (status == ST_OK && sqlite3_bind_int64(*statement, 1, replay->recorded.run) != SQLITE_OK)
        status = st_db_fail_sqlite(replay->ledger, replay->error);
    return status == ST_OK ? step_stored(replay, table) : status;
}

static enum st_status open_run(struct replay *replay, int64_t run) {
    struct st_municipality municipality;
    enum st_status status = read_run(replay, run);
    if (status == ST_OK)
        status = st_ledger_municipality(replay->ledger, &municipality, replay->error);
    if (status != ST_OK)
        return status;
    const struct recorded *recorded = &replay->recorded;
    replay->result.run = run;
    replay->result.month = recorded->terms.month;
    st_end_to_end_prefix(municipality.organisation_number, recorded->terms.payday, run,
                         replay->id_prefix);
    replay->calculator = st_calculator_new();
    if (replay->calculator == NULL)
        return st_db_fail_memory(replay->error);
    replay->recorded.terms.recover = municipality.recover;
    status = st_run_reader_new(replay->ledger, &replay->recorded.terms, recorded->entry,
                               municipality.first_month, &replay->rates, false, &replay->reader,
                               replay->error);
    for (int table = 0; status == ST_OK && table < STORED_COUNT; table++)
        status = open_stored(replay, table);
    return status;
}

static void release(struct replay *replay) {
    for (int table = 0; table < STORED_COUNT; table++)
        st_statement_finalize(&replay->stored[table].statement);
    st_facts_reader_free(replay->reader);
    st_calculator_free(replay->calculator);
    st_run_rates_free(&replay->rates);
}

static enum st_status replay_run(struct st_ledger *ledger, int64_t run,
                                 const struct st_replay_sink *sink, struct st_error *error) {
    struct replay replay = {.ledger = ledger,
                            .sink = sink,
                            .error = error,
                            .person_id = "",
                            .totals_are_whole = true,
                            .result = {.is_summed = true}};
    enum st_status status = open_run(&replay, run);
    if (status == ST_OK)
        status = compare_terms(&replay);
    if (status == ST_OK)
        status = replay_everyone(&replay);
    if (status == ST_OK)
        status = compare_totals(&replay);
    if (status == ST_OK)
        status = sink->finished(sink->context, &replay.result);
    release(&replay);
    return status;
}

enum st_status st_replay_rows(struct st_ledger *ledger, int64_t run,
                              const struct st_replay_watch *watch, struct st_error *error) {
    struct replay replay = {.ledger = ledger,
                            .watch = watch,
                            .error = error,
                            .person_id = "",
                            .totals_are_whole = true,
                            .result = {.is_summed = true}};
    enum st_status status = open_run(&replay, run);
    if (status == ST_OK) {
        const struct st_replayed_run replayed = {.run = run,
                                                 .month = replay.recorded.terms.month,
                                                 .id_prefix = replay.id_prefix,
                                                 .reader = replay.reader,
                                                 .rates = &replay.rates};
        status = watch->begin(watch->context, &replayed);
    }
    if (status == ST_OK)
        status = replay_everyone(&replay);
    release(&replay);
    return status;
}

/* ---- the command --------------------------------------------------------------------------- */

/* The run after `run`; 0 when there is none. */
static enum st_status find_next(struct st_ledger *ledger, int64_t run, int64_t *next,
                                struct st_error *error) {
    ST_FINALIZED sqlite3_stmt *statement = NULL;
    bool row = false;
    enum st_status status = st_prepare(
        ledger, &statement, "SELECT run FROM run WHERE run > ? ORDER BY run LIMIT 1", error);
    if (status == ST_OK && sqlite3_bind_int64(statement, 1, run) != SQLITE_OK)
        status = st_db_fail_sqlite(ledger, error);
    if (status == ST_OK)
        status = st_step(ledger, statement, &row, error);
    *next = status == ST_OK && row ? sqlite3_column_int64(statement, 0) : 0;
    return status;
}

static enum st_status replay_all(struct st_ledger *ledger, const struct st_replay_sink *sink,
                                 struct st_error *error) {
    struct st_run_row row;
    int64_t run = 0;
    for (;;) {
        enum st_status status = find_next(ledger, run, &run, error);
        if (status != ST_OK || run == 0)
            return status;
        status = st_run_find(ledger, run, &row, error);
        if (status == ST_OK && row.state != ST_RUN_DISCARDED)
            status = replay_run(ledger, run, sink, error);
        if (status != ST_OK)
            return status;
    }
}

enum st_status st_ledger_replay(struct st_ledger *ledger, int64_t run,
                                const struct st_replay_sink *sink, struct st_error *error) {
    struct st_run_row row;
    struct st_error end_error;
    enum st_status status = st_execute(ledger, "BEGIN", error);
    if (status != ST_OK)
        return status;
    if (run == 0)
        status = replay_all(ledger, sink, error);
    else
        status = st_run_find(ledger, run, &row, error);
    if (run != 0 && status == ST_OK)
        status = replay_run(ledger, run, sink, error);
    /* Nothing was written, so there is nothing to lose; what went wrong before is told. */
    if (st_execute(ledger, "ROLLBACK", &end_error) != ST_OK && status == ST_OK) {
        *error = end_error;
        status = end_error.status;
    }
    return status;
}
