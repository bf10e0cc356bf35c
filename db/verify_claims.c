/* SPDX-License-Identifier: MIT */
/* verify_claims.c - corrections and claims (R11, R12) against the lines they tell of, and what each
 * person owes, movement by movement.
 *
 * What a discarded run did is nothing: its movements begin with what was owed before it, and the next
 * run's do too.
 */
#include "db/verify_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- movements ----------------------------------------------------------------------------- */

enum { C_PERSON, C_RUN, C_NUMBER, C_KIND, C_AMOUNT, C_REMAINING, C_DISCARDED };
static const char claims_sql[] =
    "SELECT person_id, run, number, kind, amount_ore, remaining_ore,"
    " EXISTS (SELECT 1 FROM journal AS d WHERE d.run = c.run AND d.kind = 'discard')"
    " FROM claim AS c ORDER BY person_id, run, number";

/* The kinds of movements: what each does to what is owed, and the kind of line that says so too. */
static const struct movement_kind {
    const char *name, *line;
    int sign;
} movement_kinds[] = {{"arisen", "claim", 1},
                      {"recovered", "recovery", -1},
                      {"refunded", "refund_claim", -1},
                      {"written_off", "written_off", -1},
                      {"agency", "refund", 0}};
enum { MOVEMENT_KIND_COUNT = sizeof movement_kinds / sizeof movement_kinds[0] };

/* Of a run and person, the lines of those kinds; of a payslip held back they book nothing. */
static const char lines_sql[] =
    "SELECT kind, amount_ore FROM line AS l WHERE run = ?1 AND person_id = ?2"
    " AND EXISTS (SELECT 1 FROM payslip AS p WHERE p.run = ?1 AND p.person_id = ?2"
    "  AND p.state = 'due')";

struct claims {
    struct st_verify *verify;
    sqlite3_stmt *rows, *lines;
    char person_id[64];
    int64_t run, number;
    bool is_discarded;
    int64_t settled;   /* owed after the last run that counts */
    int64_t remaining; /* owed now */
    int64_t sums[MOVEMENT_KIND_COUNT];
};

static void add(int64_t *sum, int64_t ore) {
    if (__builtin_add_overflow(*sum, ore, sum))
        *sum = INT64_MAX; /* of a damaged ledger: it stays wrong, and says so */
}

static int kind_of(const char *name) {
    for (int i = 0; i < MOVEMENT_KIND_COUNT; i++)
        if (strcmp(movement_kinds[i].name, name) == 0)
            return i;
    return -1;
}

/* The movements of one run and person against the lines of the payslip, kind by kind. */
static enum st_status end_run(struct claims *claims) {
    struct st_verify *verify = claims->verify;
    int64_t lines[MOVEMENT_KIND_COUNT] = {0};
    char key[ST_VERIFY_KEY_SIZE];
    bool found = false;
    if (claims->run == 0)
        return ST_OK;
    (void)sqlite3_reset(claims->lines);
    if (sqlite3_bind_int64(claims->lines, 1, claims->run) != SQLITE_OK ||
        sqlite3_bind_text(claims->lines, 2, claims->person_id, -1, SQLITE_STATIC) != SQLITE_OK)
        return st_db_fail_sqlite(verify->ledger, verify->error);
    enum st_status status = ST_OK;
    while ((status = st_verify_next(verify, claims->lines, &found)) == ST_OK && found)
        for (int i = 0; i < MOVEMENT_KIND_COUNT; i++)
            if (strcmp(movement_kinds[i].line, st_column_text(claims->lines, 0)) == 0)
                add(&lines[i], sqlite3_column_int64(claims->lines, 1));
    (void)sqlite3_reset(claims->lines);
    (void)snprintf(key, sizeof key, "person_id %s, run %" PRId64, claims->person_id, claims->run);
    for (int i = 0; status == ST_OK && i < MOVEMENT_KIND_COUNT; i++) {
        char field[40];
        (void)snprintf(field, sizeof field, "%s", movement_kinds[i].name);
        struct st_verify_row row = {.table = "claim", .row = key, .field = field};
        status = st_verify_same_number(verify, ST_VERIFY_CLAIM, &row, lines[i], claims->sums[i],
                                       true);
    }
    if (!claims->is_discarded)
        claims->settled = claims->remaining;
    return status;
}

static enum st_status begin_run(struct claims *claims) {
    enum st_status status = end_run(claims);
    const char *person_id = st_column_text(claims->rows, C_PERSON);
    if (strcmp(person_id, claims->person_id) != 0)
        claims->settled = 0;
    (void)snprintf(claims->person_id, sizeof claims->person_id, "%s", person_id);
    claims->run = sqlite3_column_int64(claims->rows, C_RUN);
    claims->is_discarded = sqlite3_column_int(claims->rows, C_DISCARDED) != 0;
    claims->remaining = claims->settled;
    claims->number = 0;
    memset(claims->sums, 0, sizeof claims->sums);
    return status;
}

static enum st_status take_movement(struct claims *claims) {
    struct st_verify *verify = claims->verify;
    sqlite3_stmt *rows = claims->rows;
    char key[ST_VERIFY_KEY_SIZE];
    int kind = kind_of(st_column_text(rows, C_KIND));
    int64_t amount = sqlite3_column_int64(rows, C_AMOUNT);
    struct st_verify_row row = {.table = "claim", .row = key, .field = "number"};
    st_verify_key(rows, 3, key);
    enum st_status status =
        st_verify_same_number(verify, ST_VERIFY_CLAIM, &row, ++claims->number,
                              sqlite3_column_int64(rows, C_NUMBER), false);
    row.field = "kind";
    row.expected = "a kind of movement";
    row.found = st_column_text(rows, C_KIND);
    if (status == ST_OK && kind < 0)
        return st_verify_tell(verify, ST_VERIFY_CLAIM, &row);
    if (status != ST_OK)
        return status;
    add(&claims->sums[kind], amount);
    if (movement_kinds[kind].sign != 0)
        add(&claims->remaining, movement_kinds[kind].sign * amount);
    row.field = "remaining_ore";
    status = st_verify_same_number(verify, ST_VERIFY_CLAIM, &row, claims->remaining,
                                   sqlite3_column_int64(rows, C_REMAINING), true);
    row.field = "amount_ore";
    row.expected = "no more than is owed";
    row.found = st_column_text(rows, C_AMOUNT);
    if (status == ST_OK && claims->remaining < 0)
        status = st_verify_tell(verify, ST_VERIFY_CLAIM, &row);
    return status;
}

static enum st_status check_movements(struct st_verify *verify) {
    struct claims claims = {.verify = verify};
    bool found = false;
    enum st_status status = st_verify_query(verify, &claims.rows, claims_sql, 0);
    if (status == ST_OK)
        status = st_prepare(verify->ledger, &claims.lines, lines_sql, verify->error);
    while (status == ST_OK && (status = st_verify_next(verify, claims.rows, &found)) == ST_OK &&
           found) {
        if (sqlite3_column_int64(claims.rows, C_RUN) != claims.run ||
            strcmp(st_column_text(claims.rows, C_PERSON), claims.person_id) != 0)
            status = begin_run(&claims);
        if (status == ST_OK)
            status = take_movement(&claims);
    }
    if (status == ST_OK)
        status = end_run(&claims);
    st_statement_finalize(&claims.rows);
    st_statement_finalize(&claims.lines);
    return status;
}

/* ---- corrections --------------------------------------------------------------------------- */

enum { K_RUN, K_PERSON, K_MONTH, K_DIFFERENCE, K_LINES, K_CAUSE_ENTRY, K_ENTRY };
static const char corrections_sql[] =
    "SELECT run, person_id, month, difference_ore,"
    " (SELECT ifnull(sum(CASE WHEN to_account = 'person' THEN amount_ore"
    "   WHEN from_account = 'person' THEN -amount_ore ELSE 0 END), 0) FROM line AS l"
    "  WHERE l.run = c.run AND l.person_id = c.person_id AND l.month = c.month"
    "  AND l.kind GLOB 'correction_*'),"
    " cause_entry, (SELECT entry FROM run AS r WHERE r.run = c.run)"
    " FROM correction AS c WHERE run >= ? ORDER BY run, person_id, month";

static enum st_status check_corrections(struct st_verify *verify) {
    ST_FINALIZED sqlite3_stmt *rows = NULL;
    bool found = false;
    enum st_status status = st_verify_query(verify, &rows, corrections_sql, verify->first_run);
    while (status == ST_OK && (status = st_verify_next(verify, rows, &found)) == ST_OK && found) {
        char key[ST_VERIFY_KEY_SIZE];
        struct st_verify_row row = {.table = "correction", .row = key, .field = "difference_ore"};
        st_verify_key(rows, 3, key);
        status = st_verify_same_number(verify, ST_VERIFY_CORRECTION, &row,
                                       sqlite3_column_int64(rows, K_LINES),
                                       sqlite3_column_int64(rows, K_DIFFERENCE), true);
        row.field = "cause_entry";
        row.expected = "an entry before the run's";
        row.found = st_column_text(rows, K_CAUSE_ENTRY);
        if (status == ST_OK && sqlite3_column_type(rows, K_ENTRY) != SQLITE_NULL &&
            sqlite3_column_int64(rows, K_CAUSE_ENTRY) >= sqlite3_column_int64(rows, K_ENTRY))
            status = st_verify_tell(verify, ST_VERIFY_REFERENCE, &row);
    }
    return status;
}

/* ---- one without the other ----------------------------------------------------------------- */

/* Each selects what lacks its counterpart: the columns of a key, then a text of the field. */
static const struct lonely {
    const char *table;
    int key_count;
    const char *field, *expected, *found, *sql;
    enum st_verify_code code;
} lonely[] = {
    {"line", 3, "month", "a row of correction", "no such row",
     "SELECT run, person_id, line FROM line AS l WHERE run >= ? AND kind GLOB 'correction_*'"
     " AND EXISTS (SELECT 1 FROM payslip AS p WHERE p.run = l.run AND p.person_id = l.person_id"
     "  AND p.state = 'due')"
     " AND NOT EXISTS (SELECT 1 FROM correction AS c WHERE c.run = l.run"
     "  AND c.person_id = l.person_id AND c.month = l.month)",
     ST_VERIFY_CORRECTION},
    {"line", 3, "kind", "a row of claim", "no such row",
     "SELECT run, person_id, line FROM line AS l WHERE run >= ? AND (kind = 'claim'"
     "  OR kind = 'recovery'"
     "  OR kind = 'refund_claim' OR kind = 'written_off' OR kind = 'refund') AND amount_ore <> 0"
     " AND EXISTS (SELECT 1 FROM payslip AS p WHERE p.run = l.run AND p.person_id = l.person_id"
     "  AND p.state = 'due')"
     " AND NOT EXISTS (SELECT 1 FROM claim AS c WHERE c.person_id = l.person_id"
     "  AND c.run = l.run)",
     ST_VERIFY_CLAIM},
    {"correction", 3, "person_id", "a payslip of that person", "no such payslip",
     "SELECT run, person_id, month FROM correction AS c WHERE NOT EXISTS"
     " (SELECT 1 FROM payslip AS p WHERE p.run = c.run AND p.person_id = c.person_id)",
     ST_VERIFY_REFERENCE},
    {"claim", 3, "person_id", "a payslip of that person that is due", "no such payslip",
     "SELECT person_id, run, number FROM claim AS c WHERE NOT EXISTS (SELECT 1 FROM payslip AS p"
     " WHERE p.run = c.run AND p.person_id = c.person_id AND p.state = 'due')",
     ST_VERIFY_REFERENCE},
};

static enum st_status check_lonely(struct st_verify *verify, const struct lonely *kind) {
    ST_FINALIZED sqlite3_stmt *rows = NULL;
    bool found = false;
    enum st_status status = st_verify_query(verify, &rows, kind->sql, verify->first_run);
    while (status == ST_OK && (status = st_verify_next(verify, rows, &found)) == ST_OK && found) {
        char key[ST_VERIFY_KEY_SIZE];
        st_verify_key(rows, kind->key_count, key);
        struct st_verify_row row = {.table = kind->table,
                                    .row = key,
                                    .field = kind->field,
                                    .expected = kind->expected,
                                    .found = kind->found};
        status = st_verify_tell(verify, kind->code, &row);
    }
    return status;
}

enum st_status st_verify_claims(struct st_verify *verify) {
    enum st_status status = check_movements(verify);
    if (status == ST_OK)
        status = check_corrections(verify);
    for (size_t i = 0; status == ST_OK && i < ST_COUNT_OF(lonely); i++)
        status = check_lonely(verify, &lonely[i]);
    return status;
}
