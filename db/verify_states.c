/* SPDX-License-Identifier: MIT */
/* verify_states.c - what names what: runs, approvals and exports against their journal entries, the
 * order of a run's states, four eyes, and what the journal tells of each command. */
#include "db/run_internal.h"
#include "db/verify_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>


/* ---- the states of a run ------------------------------------------------------------------- */

enum state { NONE, COMPUTED, APPROVED, EXPORTED, DISCARDED };

static const struct {
    enum state before;
    const char *kind;
    enum state after;
} steps[] = {{NONE, "run", COMPUTED},         {COMPUTED, "approve", APPROVED},
             {COMPUTED, "discard", DISCARDED}, {APPROVED, "export", EXPORTED},
             {EXPORTED, "export", EXPORTED}};

/* The state after an entry of that kind; false when it may not come here. */
static bool step(enum state *state, const char *kind) {
    for (size_t i = 0; i < ST_COUNT_OF(steps); i++)
        if (steps[i].before == *state && strcmp(steps[i].kind, kind) == 0) {
            *state = steps[i].after;
            return true;
        }
    return false;
}

static enum st_status check_states(struct st_verify *verify) {
    static const char *const expected[] = {"run", "approve or discard", "export", "export",
                                           "no entry after discard"};
    ST_FINALIZED sqlite3_stmt *entries = NULL;
    enum state state = NONE;
    int64_t run = 0;
    bool found = false;
    enum st_status status =
        st_verify_query(verify, &entries,
                        "SELECT entry, run, kind FROM journal WHERE run IS NOT NULL"
                        " ORDER BY run, entry",
                        0);
    while (status == ST_OK && (status = st_verify_next(verify, entries, &found)) == ST_OK &&
           found) {
        char key[ST_VERIFY_KEY_SIZE];
        if (sqlite3_column_int64(entries, 1) != run)
            state = NONE;
        run = sqlite3_column_int64(entries, 1);
        st_verify_key(entries, 2, key);
        struct st_verify_row row = {.table = "journal",
                                    .row = key,
                                    .field = "kind",
                                    .expected = expected[state],
                                    .found = st_column_text(entries, 2)};
        if (!step(&state, row.found))
            status = st_verify_tell(verify, ST_VERIFY_STATE, &row);
    }
    return status;
}

/* ---- an entry of the right kind, about the right run --------------------------------------- */

/* Columns that the walks below have in common: the row's entry and run, then of the journal kind,
 * run, detail, time, actor (NULL when there is no such entry). */
#define FROM_JOURNAL ", j.kind, j.run, j.detail, j.time, j.actor"
enum { OF_ENTRY, OF_RUN, J_KIND, J_RUN, J_DETAIL, J_TIME, J_ACTOR, OWN };

static enum st_status check_entry(struct st_verify *verify, sqlite3_stmt *statement,
                                  const char *kind, struct st_verify_row *row) {
    row->field = "entry";
    row->expected = kind;
    row->found = "no entry";
    if (sqlite3_column_type(statement, J_KIND) == SQLITE_NULL)
        return st_verify_tell(verify, ST_VERIFY_REFERENCE, row);
    enum st_status status = st_verify_same_text(verify, ST_VERIFY_REFERENCE, row, kind,
                                                st_column_text(statement, J_KIND));
    row->field = "run";
    if (status == ST_OK)
        status = st_verify_same_number(verify, ST_VERIFY_REFERENCE, row,
                                       sqlite3_column_int64(statement, J_RUN),
                                       sqlite3_column_int64(statement, OF_RUN), false);
    return status;
}

static enum st_status check_detail(struct st_verify *verify, sqlite3_stmt *statement,
                                   const char *expected, struct st_verify_row *row) {
    row->field = "detail";
    if (sqlite3_column_type(statement, J_DETAIL) == SQLITE_NULL)
        return ST_OK;
    return st_verify_same_text(verify, ST_VERIFY_DETAIL, row, st_column_text(statement, J_DETAIL),
                               expected);
}

static enum st_status check_municipality(struct st_verify *verify) {
    ST_FINALIZED sqlite3_stmt *rows = NULL;
    char key[ST_VERIFY_KEY_SIZE], detail[ST_DETAIL_SIZE];
    bool found = false;
    enum st_status status =
        st_verify_query(verify, &rows,
                        "SELECT m.entry AS entry, NULL" FROM_JOURNAL
                        ", m.organisation_number, m.name FROM municipality AS m"
                        " LEFT JOIN journal AS j ON j.entry = m.entry ORDER BY m.entry",
                        0);
    while (status == ST_OK && (status = st_verify_next(verify, rows, &found)) == ST_OK && found) {
        struct st_verify_row row = {.table = "municipality", .row = key};
        st_verify_key(rows, 1, key);
        status = check_entry(verify, rows, "init", &row);
        (void)snprintf(detail, sizeof detail, "%s %s", st_column_text(rows, OWN),
                       st_column_text(rows, OWN + 1));
        if (status == ST_OK)
            status = check_detail(verify, rows, detail, &row);
    }
    return status;
}

/* ---- runs ---------------------------------------------------------------------------------- */

/* As docs/ledger.md says, of the rates that were there when the run was computed. */
static enum st_status check_rates(struct st_verify *verify, int64_t entry, const char *known,
                                  const char *expected, struct st_verify_row *row) {
    ST_FINALIZED sqlite3_stmt *rates = NULL;
    struct st_digest *digest = verify->ledger->digest;
    char hex[ST_DIGEST_TEXT_SIZE];
    bool found = false;
    enum st_status status = st_verify_query(
        verify, &rates,
        "SELECT name, effect, known, value_nok, source, entry FROM rate"
        " WHERE entry < ? AND known <= ? ORDER BY name, effect, known, entry DESC",
        entry);
    if (status == ST_OK && sqlite3_bind_text(rates, 2, known, -1, SQLITE_STATIC) != SQLITE_OK)
        status = st_db_fail_sqlite(verify->ledger, verify->error);
    st_digest_reset(digest);
    while (status == ST_OK && (status = st_verify_next(verify, rates, &found)) == ST_OK && found) {
        st_digest_row(digest, ST_TABLE_RATE);
        for (int i = 0; i < 6; i++) {
            const char *text = st_column_text(rates, i);
            if (i == 3 || i == 5)
                st_digest_integer(digest, sqlite3_column_int64(rates, i));
            else
                st_digest_text(digest, text, strlen(text));
        }
    }
    if (status == ST_OK && !st_digest_table(digest, ST_TABLE_RATE, hex))
        status = st_db_fail_memory(verify->error);
    row->field = "rates_digest";
    return status == ST_OK
               ? st_verify_same_text(verify, ST_VERIFY_RATES, row, hex, expected)
               : status;
}

enum { RUN_MONTH = OWN, RUN_PAYDAY, RUN_KNOWN, RUN_RATES, RUN_HALF_TAX, TOWN_HALF_TAX,
       RUN_DISCARDED };

/* The day of the entry, the months in order, the municipality's month with half tax (R16). */
static enum st_status check_terms(struct st_verify *verify, sqlite3_stmt *run,
                                  char month_before[16], struct st_verify_row *row) {
    char day[ST_DATE_TEXT_SIZE];
    (void)snprintf(day, sizeof day, "%.10s", st_column_text(run, J_TIME));
    row->field = "known";
    enum st_status status =
        sqlite3_column_type(run, J_TIME) == SQLITE_NULL
            ? ST_OK
            : st_verify_same_text(verify, ST_VERIFY_DETAIL, row, day,
                                  st_column_text(run, RUN_KNOWN));
    row->field = "half_tax_month";
    if (status == ST_OK)
        status = st_verify_same_number(verify, ST_VERIFY_REFERENCE, row,
                                       sqlite3_column_int64(run, TOWN_HALF_TAX),
                                       sqlite3_column_int64(run, RUN_HALF_TAX), false);
    const char *month = st_column_text(run, RUN_MONTH);
    if (status != ST_OK || sqlite3_column_int(run, RUN_DISCARDED) != 0)
        return status;
    char expected[40];
    (void)snprintf(expected, sizeof expected, "a month after %s", month_before);
    row->field = "month";
    row->expected = expected;
    row->found = month;
    if (strcmp(month, month_before) <= 0)
        status = st_verify_tell(verify, ST_VERIFY_MONTH, row);
    (void)snprintf(month_before, 16, "%.15s", month);
    return status;
}

static enum st_status check_run(struct st_verify *verify, sqlite3_stmt *run, int64_t number,
                                char month_before[16]) {
    char key[40], detail[80];
    (void)snprintf(key, sizeof key, "run %" PRId64, (int64_t)sqlite3_column_int64(run, OF_RUN));
    struct st_verify_row row = {.table = "run", .row = key, .field = "run"};
    enum st_status status =
        st_verify_same_number(verify, ST_VERIFY_REFERENCE, &row, number,
                              sqlite3_column_int64(run, OF_RUN), false);
    if (status == ST_OK)
        status = check_entry(verify, run, "run", &row);
    (void)snprintf(detail, sizeof detail, "month %.20s, payday %.20s",
                   st_column_text(run, RUN_MONTH), st_column_text(run, RUN_PAYDAY));
    if (status == ST_OK)
        status = check_detail(verify, run, detail, &row);
    if (status == ST_OK)
        status = check_terms(verify, run, month_before, &row);
    if (status == ST_OK)
        status = check_rates(verify, sqlite3_column_int64(run, OF_ENTRY),
                             st_column_text(run, RUN_KNOWN), st_column_text(run, RUN_RATES), &row);
    return status;
}

static enum st_status check_runs(struct st_verify *verify) {
    ST_FINALIZED sqlite3_stmt *runs = NULL;
    char month_before[16] = "";
    int64_t number = 1;
    bool found = false;
    enum st_status status = st_verify_query(
        verify, &runs,
        "SELECT r.entry, r.run" FROM_JOURNAL ", r.month, r.payday, r.known, r.rates_digest,"
        " r.half_tax_month, (SELECT half_tax_month FROM municipality AS m WHERE m.entry < r.entry"
        "  ORDER BY m.entry DESC LIMIT 1),"
        " EXISTS (SELECT 1 FROM journal AS d WHERE d.run = r.run AND d.kind = 'discard')"
        " FROM run AS r LEFT JOIN journal AS j ON j.entry = r.entry ORDER BY r.run",
        0);
    while (status == ST_OK && (status = st_verify_next(verify, runs, &found)) == ST_OK && found) {
        status = check_run(verify, runs, number, month_before);
        number = sqlite3_column_int64(runs, OF_RUN) + 1;
    }
    return status;
}

/* ---- paid twice ---------------------------------------------------------------------------- */

/* Two runs of one month, neither discarded: who is due by both is paid twice. */
static enum st_status check_twice(struct st_verify *verify) {
    ST_FINALIZED sqlite3_stmt *pairs = NULL;
    bool found = false;
    enum st_status status = st_verify_query(
        verify, &pairs,
        "SELECT a.run, b.run, a.month, count(*), total(q.net_ore) FROM run AS a"
        " JOIN run AS b ON b.month = a.month AND b.run > a.run"
        " JOIN payslip AS p ON p.run = a.run AND p.state = 'due' AND p.net_ore > 0"
        " JOIN payslip AS q ON q.run = b.run AND q.person_id = p.person_id AND q.state = 'due'"
        "  AND q.net_ore > 0"
        " WHERE NOT EXISTS (SELECT 1 FROM journal AS d WHERE d.run IN (a.run, b.run)"
        "  AND d.kind = 'discard')"
        " GROUP BY a.run, b.run",
        0);
    while (status == ST_OK && (status = st_verify_next(verify, pairs, &found)) == ST_OK && found) {
        char key[80], text[80];
        int64_t count = sqlite3_column_int64(pairs, 3);
        (void)snprintf(key, sizeof key, "runs %" PRId64 " and %" PRId64 ", month %.20s",
                       (int64_t)sqlite3_column_int64(pairs, 0),
                       (int64_t)sqlite3_column_int64(pairs, 1), st_column_text(pairs, 2));
        (void)snprintf(text, sizeof text, "%" PRId64 " person%s paid by both", count,
                       count == 1 ? "" : "s");
        const struct st_verify_row row = {.table = "payslip",
                                          .row = key,
                                          .field = "person_id",
                                          .expected = "one payment a person and month",
                                          .found = text,
                                          .has_amount = true,
                                          .amount = {sqlite3_column_int64(pairs, 4)}};
        status = st_verify_tell(verify, ST_VERIFY_TWICE, &row);
    }
    return status;
}

/* ---- approvals ----------------------------------------------------------------------------- */

enum { PAYMENTS = OWN, SUM_ORE, MESSAGE_ID, CREATED, RUN_PAYMENTS, RUN_NET, RUNNER, RUN_DAY,
       TOWN_NUMBER };

static enum st_status check_confirmed(struct st_verify *verify, sqlite3_stmt *approval,
                                      struct st_verify_row *row) {
    row->field = "payments";
    enum st_status status =
        st_verify_same_number(verify, ST_VERIFY_APPROVAL, row,
                              sqlite3_column_int64(approval, RUN_PAYMENTS),
                              sqlite3_column_int64(approval, PAYMENTS), false);
    row->field = "sum_ore";
    if (status == ST_OK)
        status = st_verify_same_number(verify, ST_VERIFY_APPROVAL, row,
                                       sqlite3_column_int64(approval, RUN_NET),
                                       sqlite3_column_int64(approval, SUM_ORE), true);
    char day[ST_DATE_TEXT_SIZE];
    (void)snprintf(day, sizeof day, "%.10s", st_column_text(approval, J_TIME));
    row->field = "created";
    row->expected = st_column_text(approval, RUN_DAY);
    row->found = day;
    if (status == ST_OK && sqlite3_column_type(approval, J_TIME) != SQLITE_NULL &&
        strcmp(row->expected, day) < 0)
        status = st_verify_tell(verify, ST_VERIFY_APPROVAL, row);
    row->field = "entry";
    row->expected = "another actor than who computed the run";
    row->found = st_column_text(approval, J_ACTOR);
    if (status == ST_OK && sqlite3_column_type(approval, J_ACTOR) != SQLITE_NULL &&
        st_is_same_actor(st_column_text(approval, RUNNER), row->found))
        status = st_verify_tell(verify, ST_VERIFY_FOUR_EYES, row);
    return status;
}

static enum st_status check_message(struct st_verify *verify, sqlite3_stmt *approval,
                                    struct st_verify_row *row) {
    char text[80];
    const char *day = st_column_text(approval, RUN_DAY);
    (void)snprintf(text, sizeof text, "%.20s-%.4s%.2s%.2s-%" PRId64,
                   st_column_text(approval, TOWN_NUMBER), day, strlen(day) < 10 ? "" : day + 5,
                   strlen(day) < 10 ? "" : day + 8,
                   (int64_t)sqlite3_column_int64(approval, OF_RUN));
    row->field = "message_id";
    enum st_status status = st_verify_same_text(verify, ST_VERIFY_APPROVAL, row, text,
                                                st_column_text(approval, MESSAGE_ID));
    (void)snprintf(text, sizeof text, "%.19s", st_column_text(approval, J_TIME));
    row->field = "created";
    if (status == ST_OK && sqlite3_column_type(approval, J_TIME) != SQLITE_NULL)
        status = st_verify_same_text(verify, ST_VERIFY_APPROVAL, row, text,
                                     st_column_text(approval, CREATED));
    return status;
}

static enum st_status check_approval(struct st_verify *verify, sqlite3_stmt *approval) {
    char key[ST_VERIFY_KEY_SIZE], detail[100];
    int64_t ore = sqlite3_column_int64(approval, SUM_ORE);
    struct st_verify_row row = {.table = "approval", .row = key};
    st_verify_key(approval, 2, key);
    enum st_status status = check_entry(verify, approval, "approve", &row);
    (void)snprintf(detail, sizeof detail, "payments %" PRId64 ", sum %" PRId64 ".%02d",
                   (int64_t)sqlite3_column_int64(approval, PAYMENTS), ore / 100,
                   (int)(ore % 100));
    if (status == ST_OK)
        status = check_detail(verify, approval, detail, &row);
    row.field = "run";
    row.expected = "a run";
    row.found = "no such run";
    if (status == ST_OK && sqlite3_column_type(approval, RUN_NET) == SQLITE_NULL)
        return st_verify_tell(verify, ST_VERIFY_REFERENCE, &row);
    if (status == ST_OK)
        status = check_confirmed(verify, approval, &row);
    return status == ST_OK ? check_message(verify, approval, &row) : status;
}

static enum st_status check_approvals(struct st_verify *verify) {
    ST_FINALIZED sqlite3_stmt *approvals = NULL;
    bool found = false;
    enum st_status status = st_verify_query(
        verify, &approvals,
        "SELECT a.entry AS entry, a.run AS run" FROM_JOURNAL
        ", a.payments, a.sum_ore, a.message_id, a.created, r.payment_count, r.net_ore,"
        " (SELECT actor FROM journal AS c WHERE c.entry = r.entry), r.payday,"
        " (SELECT organisation_number FROM municipality AS m WHERE m.entry < a.entry"
        "  ORDER BY m.entry DESC LIMIT 1)"
        " FROM approval AS a LEFT JOIN journal AS j ON j.entry = a.entry"
        " LEFT JOIN run AS r ON r.run = a.run ORDER BY a.entry",
        0);
    while (status == ST_OK && (status = st_verify_next(verify, approvals, &found)) == ST_OK &&
           found)
        status = check_approval(verify, approvals);
    return status;
}

/* ---- exports ------------------------------------------------------------------------------- */

enum { FORM = OWN, CONTENT, TAX_KID, SHA256, RUN_IS_THERE, BEFORE_CONTENT, BEFORE_KID };

static bool is_digest(const char *text) {
    return strlen(text) == ST_DIGEST_TEXT_SIZE - 1 &&
           strspn(text, "0123456789abcdef") == ST_DIGEST_TEXT_SIZE - 1;
}

/* How the tax is paid was settled by the first file: with the benefits, alone, or elsewhere. */
static bool contents_agree(sqlite3_stmt *export) {
    const char *content = st_column_text(export, CONTENT);
    const char *before = st_column_text(export, BEFORE_CONTENT);
    if (before[0] == '\0')
        return true;
    if (strcmp(content, "benefits") == 0)
        return strcmp(before, "benefits+tax") != 0;
    if (strcmp(before, "benefits") == 0)
        return strcmp(content, "tax") == 0;
    return strcmp(content, before) == 0 &&
           strcmp(st_column_text(export, TAX_KID), st_column_text(export, BEFORE_KID)) == 0;
}

static enum st_status check_file(struct st_verify *verify, sqlite3_stmt *export,
                                 struct st_verify_row *row) {
    enum st_status status = ST_OK;
    row->field = "sha256";
    row->expected = "64 hexadecimal digits";
    row->found = st_verify_value(export, SHA256);
    if (!is_digest(row->found))
        status = st_verify_tell(verify, ST_VERIFY_EXPORT, row);
    row->field = "content";
    row->expected = "what leaves room for the run's other files, so that no tax is paid twice";
    row->found = st_verify_value(export, CONTENT);
    if (status == ST_OK && !contents_agree(export))
        status = st_verify_tell(verify, ST_VERIFY_EXPORT, row);
    return status;
}

static enum st_status check_export(struct st_verify *verify, sqlite3_stmt *export) {
    char key[ST_VERIFY_KEY_SIZE], detail[120];
    struct st_verify_row row = {.table = "export", .row = key};
    st_verify_key(export, 2, key);
    enum st_status status = check_entry(verify, export, "export", &row);
    (void)snprintf(detail, sizeof detail, "%.60s, %.40s", st_column_text(export, FORM),
                   st_column_text(export, CONTENT));
    if (status == ST_OK)
        status = check_detail(verify, export, detail, &row);
    row.field = "run";
    row.expected = "a run";
    row.found = "no such run";
    if (status == ST_OK && sqlite3_column_int(export, RUN_IS_THERE) == 0)
        status = st_verify_tell(verify, ST_VERIFY_REFERENCE, &row);
    return status == ST_OK ? check_file(verify, export, &row) : status;
}

/* Each is held against the run's first file that settled more than the benefits alone. */
static enum st_status check_exports(struct st_verify *verify) {
    ST_FINALIZED sqlite3_stmt *exports = NULL;
    bool found = false;
    enum st_status status = st_verify_query(
        verify, &exports,
        "SELECT e.entry AS entry, e.run AS run" FROM_JOURNAL
        ", e.form, e.content, e.tax_kid, e.sha256,"
        " EXISTS (SELECT 1 FROM run AS r WHERE r.run = e.run), f.content, f.tax_kid"
        " FROM export AS e LEFT JOIN journal AS j ON j.entry = e.entry"
        " LEFT JOIN export AS f ON f.entry = (SELECT entry FROM export AS x WHERE x.run = e.run"
        "  AND x.entry < e.entry ORDER BY x.content <> 'benefits' DESC, x.entry LIMIT 1)"
        " ORDER BY e.entry",
        0);
    while (status == ST_OK && (status = st_verify_next(verify, exports, &found)) == ST_OK &&
           found)
        status = check_export(verify, exports);
    return status;
}

enum st_status st_verify_states(struct st_verify *verify) {
    enum st_status status = check_states(verify);
    if (status == ST_OK)
        status = check_municipality(verify);
    if (status == ST_OK)
        status = check_runs(verify);
    if (status == ST_OK)
        status = check_twice(verify);
    if (status == ST_OK)
        status = check_approvals(verify);
    return status == ST_OK ? check_exports(verify) : status;
}
