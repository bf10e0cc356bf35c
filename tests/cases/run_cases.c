/* SPDX-License-Identifier: MIT */
/* run_cases.c - plays the law cases of fixtures/cases through the whole program, one test a case.
 *
 * A case (docs/cases.md) is a small municipality: facts are imported by the real reader into a
 * ledger of its own, months are run by one person and approved by another, and what the ledger then
 * holds is compared with the case. A failing case prints expected and got side by side.
 *
 *   run_cases             every case of fixtures/cases
 *   run_cases FILE...     these cases
 */
#define _POSIX_C_SOURCE 200809L /* open_memstream, mkdtemp, unlinkat */
#include "case_file.h"

#include "formats/fact_value.h"
#include "stonad/check.h"
#include "stonad/identifier.h"
#include "stonad/input.h"
#include "stonad/ledger.h"
#include "stonad/output.h"

#include <dirent.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#define CASES "fixtures/cases/*.case"
#define CASE_ORGANISATION_NUMBER "310000000"
#define NO_DIGEST "0000000000000000000000000000000000000000000000000000000000000000"

enum { CELL_TEXT_MAX = 200, ROW_TEXT_MAX = 1000, SHEET_ROWS_MAX = 200 };

/* Rows as text, in one form for what is expected and what was got: equal text, equal rows. */
struct sheet {
    size_t row_count;
    char *rows[SHEET_ROWS_MAX];
};

/* One case being played. */
struct play {
    struct case_file *file;
    FILE *report; /* what is wrong; nothing written: the case holds */
    char directory[PATH_MAX];
    char ledger_path[PATH_MAX];
    char last_time[ST_TIME_TEXT_SIZE];
    st_date last_day;
    int first_tax_year;
    struct sheet expected, got;
    char row[ROW_TEXT_MAX]; /* the row being written */
    size_t row_size;
};

static bool fail_at(struct play *play, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool fail_at(struct play *play, int line, const char *format, ...) {
    va_list arguments;
    fprintf(play->report, "%s:%d: ", play->file->path, line);
    va_start(arguments, format);
    vfprintf(play->report, format, arguments);
    va_end(arguments);
    fputc('\n', play->report);
    return false;
}

static bool fail_call(struct play *play, int line, const char *call, const struct st_error *error) {
    return fail_at(play, line, "%s: %s: %s", call, error->code, error->text);
}

/* ---- sheets ---------------------------------------------------------------------------------- */

static void sheet_clear(struct sheet *sheet) {
    for (size_t i = 0; i < sheet->row_count; i++)
        free(sheet->rows[i]);
    sheet->row_count = 0;
}

static void cell_add(struct play *play, const char *text) {
    const char *separator = play->row_size == 0 ? "" : ", ";
    size_t room = sizeof play->row - play->row_size;
    int size = snprintf(play->row + play->row_size, room, "%s%s", separator,
                        *text == '\0' ? "-" : text);
    play->row_size += size > 0 && (size_t)size < room ? (size_t)size : 0;
}

/* Ends the row; false when there is no room for it. */
static bool row_end(struct play *play, struct sheet *sheet) {
    char *row = strdup(play->row);
    play->row_size = 0;
    play->row[0] = '\0';
    if (row == NULL || sheet->row_count == SHEET_ROWS_MAX) {
        free(row);
        return false;
    }
    sheet->rows[sheet->row_count++] = row;
    return true;
}

static int compare_rows(const void *a, const void *b) {
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

/* A set: in the order of its text, nothing twice. */
static void sheet_make_set(struct sheet *sheet) {
    size_t kept = 0;
    qsort(sheet->rows, sheet->row_count, sizeof sheet->rows[0], compare_rows);
    for (size_t i = 0; i < sheet->row_count; i++) {
        if (kept > 0 && strcmp(sheet->rows[kept - 1], sheet->rows[i]) == 0)
            free(sheet->rows[i]);
        else
            sheet->rows[kept++] = sheet->rows[i];
    }
    sheet->row_count = kept;
}

/* Two sets side by side, equal rows beside each other: leaves gaps ("") where one lacks a row. */
static void sheets_align(struct sheet *a, struct sheet *b) {
    struct sheet left = *a, right = *b;
    size_t i = 0, j = 0, count = 0;
    while ((i < left.row_count || j < right.row_count) && count < SHEET_ROWS_MAX) {
        int order = i == left.row_count    ? 1
                    : j == right.row_count ? -1
                                           : strcmp(left.rows[i], right.rows[j]);
        a->rows[count] = order <= 0 ? left.rows[i++] : strdup("");
        b->rows[count] = order >= 0 ? right.rows[j++] : strdup("");
        count++;
    }
    a->row_count = b->row_count = count;
}

static const char *sheet_row(const struct sheet *sheet, size_t index) {
    bool has_row = index < sheet->row_count && sheet->rows[index] != NULL;
    return has_row && *sheet->rows[index] != '\0' ? sheet->rows[index] : "(nothing)";
}

/* Prints expected and got side by side when they differ, with the rows that do marked. */
static bool sheets_equal(struct play *play, const struct case_table *table) {
    const struct sheet *expected = &play->expected, *got = &play->got;
    size_t count = expected->row_count > got->row_count ? expected->row_count : got->row_count;
    size_t width = strlen("expected");
    bool is_equal = true;
    for (size_t i = 0; i < count; i++) {
        const char *row = sheet_row(expected, i);
        width = strlen(row) > width ? strlen(row) : width;
        is_equal &= strcmp(row, sheet_row(got, i)) == 0;
    }
    if (is_equal)
        return true;
    (void)fail_at(play, table->line, "[%s] is not what was computed", table->name);
    fprintf(play->report, "    %-*s | got\n", (int)width, "expected");
    for (size_t i = 0; i < count; i++) {
        const char *left = sheet_row(expected, i), *right = sheet_row(got, i);
        fprintf(play->report, "  %c %-*s | %s\n", strcmp(left, right) == 0 ? ' ' : '*', (int)width,
                left, right);
    }
    return false;
}

/* ---- cells in one form ----------------------------------------------------------------------- */

enum cell_type { CELL_TEXT, CELL_PERSON, CELL_DATE, CELL_AMOUNT, CELL_ROUNDED, CELL_NUMBER };

struct column {
    const char *name;
    enum cell_type type;
};

static int find_column(const struct column *columns, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(columns[i].name, name) == 0)
            return (int)i;
    return -1;
}

static void add_ore(struct play *play, int64_t ore) {
    char text[CELL_TEXT_MAX], amount[ST_AMOUNT_TEXT_SIZE];
    st_amount_for_people((st_amount){ore < 0 ? -ore : ore}, amount);
    snprintf(text, sizeof text, "%s%s", ore < 0 ? "-" : "", amount);
    cell_add(play, text);
}

static void add_fraction(struct play *play, st_fraction number) {
    char text[CELL_TEXT_MAX];
    if (number.denominator == 1)
        snprintf(text, sizeof text, "%" PRId64, number.numerator);
    else
        snprintf(text, sizeof text, "%" PRId64 "/%" PRId64, number.numerator, number.denominator);
    cell_add(play, text);
}

static void add_date(struct play *play, st_date date) {
    char text[ST_DATE_TEXT_SIZE] = "";
    if (date != ST_DATE_OPEN && date != ST_DATE_NONE)
        st_date_format(date, text);
    cell_add(play, text);
}

static void add_month(struct play *play, st_month month) {
    char text[ST_MONTH_TEXT_SIZE];
    st_month_format(month, text);
    cell_add(play, text);
}

/* "-2 275,82", "4.5", "10/30". */
static bool parse_number(const char *text, st_fraction *out) {
    int64_t numerator = 0, denominator = 1, sign = 1;
    bool is_decimal = false;
    if (*text == '-') {
        sign = -1;
        text++;
    }
    for (; *text != '\0' && *text != '/'; text++) {
        if (*text == ' ')
            continue;
        if ((*text == ',' || *text == '.') && !is_decimal)
            is_decimal = true;
        else if (*text >= '0' && *text <= '9' && numerator < INT64_C(100000000000000)) {
            numerator = numerator * 10 + (*text - '0');
            denominator *= is_decimal ? 10 : 1;
        } else
            return false;
    }
    if (*text == '/')
        denominator *= strtoll(text + 1, NULL, 10);
    return st_fraction_make(sign * numerator, denominator, out);
}

/* A cell of the case in the form that what was got has too. */
static bool add_expected(struct play *play, int line, const struct column *column,
                         const char *text) {
    st_fraction number;
    st_amount amount;
    st_date date;
    switch (column->type) {
    case CELL_TEXT:
        cell_add(play, text);
        return true;
    case CELL_PERSON:
        cell_add(play, case_nickname(play->file, case_person_id(play->file, text)));
        return true;
    case CELL_DATE:
        if (*text != '\0' && !st_date_parse(text, strlen(text), &date))
            return fail_at(play, line, "%s: '%s' is no date YYYY-MM-DD", column->name, text);
        cell_add(play, text);
        return true;
    case CELL_NUMBER:
    case CELL_AMOUNT:
    case CELL_ROUNDED:
        break;
    }
    if (!parse_number(text, &number) || !st_round_to_ore(number, &amount))
        return fail_at(play, line, "%s: '%s' is no number", column->name, text);
    if (column->type == CELL_NUMBER)
        add_fraction(play, number);
    else
        add_ore(play, amount.ore);
    return true;
}

/* Finds each column of the case's section; a name that is none is a mistake in the case. */
static bool match_columns(struct play *play, const struct case_table *table,
                          const struct column *columns, size_t count,
                          int indexes[CASE_COLUMNS_MAX]) {
    for (size_t i = 0; i < table->column_count; i++) {
        indexes[i] = find_column(columns, count, table->columns[i]);
        if (indexes[i] < 0)
            return fail_at(play, table->line, "[%s] has no column '%s'", table->name,
                           table->columns[i]);
    }
    if (table->column_count == 0)
        return fail_at(play, table->line, "[%s] needs a line with its columns", table->name);
    return true;
}

static bool add_expected_row(struct play *play, const struct case_table *table,
                             const struct case_row *row, const struct column *columns,
                             const int *indexes) {
    for (size_t i = 0; i < table->column_count; i++)
        if (!add_expected(play, row->line, &columns[indexes[i]], row->cells[i]))
            return false;
    return row_end(play, &play->expected);
}

/* Who the section names, each once, in the order of the case. */
static size_t named_persons(struct play *play, const struct case_table *table,
                            const char *ids[CASE_ROWS_MAX]) {
    int column = case_column(table, "person_id");
    size_t count = 0;
    for (size_t i = 0; column >= 0 && i < table->row_count; i++) {
        const char *id = case_person_id(play->file, table->rows[i].cells[column]);
        bool is_new = true;
        for (size_t j = 0; j < count; j++)
            is_new &= strcmp(ids[j], id) != 0;
        if (is_new)
            ids[count++] = id;
    }
    return count;
}

/* Expected rows, those of one person together, persons in the order they are first named. */
static bool add_expected_by_person(struct play *play, const struct case_table *table,
                                   const struct column *columns, const int *indexes,
                                   const char *const *ids, size_t id_count) {
    int person = case_column(table, "person_id");
    if (person < 0)
        return fail_at(play, table->line, "[%s] needs the column person_id", table->name);
    for (size_t i = 0; i < id_count; i++)
        for (size_t j = 0; j < table->row_count; j++) {
            const struct case_row *row = &table->rows[j];
            if (strcmp(case_person_id(play->file, row->cells[person]), ids[i]) == 0 &&
                !add_expected_row(play, table, row, columns, indexes))
                return false;
        }
    return true;
}

/* The rows of a section beside those of the ledger. */
struct row_walk {
    struct play *play;
    const struct case_table *table;
    const int *indexes;
    const struct case_row *expected[CASE_ROWS_MAX]; /* the case's, in the order they will come */
    size_t expected_count;
    int64_t run;
    const char *const *passed; /* persons who had their turn */
    size_t passed_count;
};

/* The case's rows in the order in which the ledger's come: person by person. */
static void order_expected(struct row_walk *walk, const char *const *ids, size_t id_count) {
    int person = case_column(walk->table, "person_id");
    for (size_t i = 0; i < id_count; i++)
        for (size_t j = 0; j < walk->table->row_count; j++) {
            const struct case_row *row = &walk->table->rows[j];
            if (strcmp(case_person_id(walk->play->file, row->cells[person]), ids[i]) == 0)
                walk->expected[walk->expected_count++] = row;
        }
}

/* A cell "~text" holds for what contains the text: the got cell is written as the expected one. */
static bool add_part_as_expected(const struct row_walk *walk, size_t index, const char *text) {
    size_t row = walk->play->got.row_count;
    if (row >= walk->expected_count)
        return false;
    const char *cell = walk->expected[row]->cells[index];
    if (*cell != '~' || strstr(text, cell + 1) == NULL)
        return false;
    cell_add(walk->play, cell);
    return true;
}

static bool has_passed(const struct row_walk *walk, const char *person_id) {
    for (size_t i = 0; i < walk->passed_count; i++)
        if (strcmp(walk->passed[i], person_id) == 0)
            return true;
    return false;
}

/* ---- [lines] --------------------------------------------------------------------------------- */

enum line_column {
    LINE_PERSON, LINE_MONTH, LINE_KIND, LINE_FROM, LINE_TO, LINE_QUANTITY, LINE_UNIT, LINE_RATE,
    LINE_AMOUNT, LINE_CUT, LINE_RULE, LINE_CITATION, LINE_INPUTS, LINE_COLUMN_COUNT
};
static const struct column line_columns[LINE_COLUMN_COUNT] = {
    {"person_id", CELL_PERSON}, {"month", CELL_TEXT},    {"kind", CELL_TEXT},
    {"from", CELL_DATE},        {"to", CELL_DATE},       {"quantity", CELL_NUMBER},
    {"unit", CELL_TEXT},        {"rate", CELL_ROUNDED},  {"amount", CELL_AMOUNT},
    {"cut", CELL_TEXT},         {"rule", CELL_TEXT},     {"citation", CELL_TEXT},
    {"inputs", CELL_TEXT}};

/* Kinds that are compared only where the section names them. */
static const char *const settling_kinds[] = {"tax", "extra_tax", "january_tax", "held", "payment"};


static bool names_value(const struct case_table *table, const char *column, const char *value) {
    int index = case_column(table, column);
    for (size_t i = 0; index >= 0 && i < table->row_count; i++)
        if (strcmp(table->rows[i].cells[index], value) == 0)
            return true;
    return false;
}

static bool is_compared_line(const struct case_table *table, const char *kind) {
    for (size_t i = 0; i < ST_COUNT_OF(settling_kinds); i++)
        if (strcmp(kind, settling_kinds[i]) == 0)
            return names_value(table, "kind", kind);
    return true;
}

static void add_line_cell(struct play *play, const struct st_line_row *line, int column) {
    st_amount rate;
    switch ((enum line_column)column) {
    case LINE_PERSON:
        cell_add(play, case_nickname(play->file, line->person_id));
        break;
    case LINE_MONTH:
        add_month(play, line->month);
        break;
    case LINE_KIND:
        cell_add(play, line->kind);
        break;
    case LINE_FROM:
        add_date(play, line->from);
        break;
    case LINE_TO:
        add_date(play, line->to);
        break;
    case LINE_QUANTITY:
        add_fraction(play, line->quantity);
        break;
    case LINE_UNIT:
        cell_add(play, line->unit);
        break;
    case LINE_RATE:
        if (st_round_to_ore(line->rate, &rate))
            add_ore(play, rate.ore);
        break;
    case LINE_AMOUNT:
        add_ore(play, line->amount.ore);
        break;
    case LINE_CUT:
        cell_add(play, line->cut ? "yes" : "no");
        break;
    case LINE_RULE:
        cell_add(play, line->rule);
        break;
    case LINE_CITATION:
        cell_add(play, line->citation);
        break;
    case LINE_INPUTS:
        cell_add(play, line->inputs);
        break;
    case LINE_COLUMN_COUNT:
        break;
    }
}

static enum st_status visit_line(void *context, const struct st_line_row *line) {
    struct row_walk *walk = context;
    if (!is_compared_line(walk->table, line->kind))
        return ST_OK;
    for (size_t i = 0; i < walk->table->column_count; i++)
        if (walk->indexes[i] != LINE_INPUTS || !add_part_as_expected(walk, i, line->inputs))
            add_line_cell(walk->play, line, walk->indexes[i]);
    return row_end(walk->play, &walk->play->got) ? ST_OK : ST_IO;
}

static bool check_lines(struct play *play, struct st_ledger *ledger, int64_t run,
                        const struct case_table *table) {
    int indexes[CASE_COLUMNS_MAX];
    const char *ids[CASE_ROWS_MAX];
    struct st_error error;
    struct row_walk walk = {.play = play, .table = table, .indexes = indexes};
    if (!match_columns(play, table, line_columns, LINE_COLUMN_COUNT, indexes))
        return false;
    size_t id_count = named_persons(play, table, ids);
    if (!add_expected_by_person(play, table, line_columns, indexes, ids, id_count))
        return false;
    order_expected(&walk, ids, id_count);
    for (size_t i = 0; i < id_count; i++)
        if (st_ledger_each_line(ledger, run, ids[i], visit_line, &walk, &error) != ST_OK)
            return fail_call(play, table->line, "the lines cannot be read", &error);
    return sheets_equal(play, table);
}

/* ---- [payslips] ------------------------------------------------------------------------------ */

enum payslip_column {
    PAYSLIP_PERSON, PAYSLIP_NAME, PAYSLIP_MONTH, PAYSLIP_BENEFIT, PAYSLIP_OFFSETS, PAYSLIP_WORK,
    PAYSLIP_ABSENCE, PAYSLIP_CORRECTIONS, PAYSLIP_RECOVERY, PAYSLIP_TAXABLE, PAYSLIP_TAX,
    PAYSLIP_NET, PAYSLIP_STATE, PAYSLIP_COLUMN_COUNT
};
static const struct column payslip_columns[PAYSLIP_COLUMN_COUNT] = {
    {"person_id", CELL_PERSON}, {"name", CELL_TEXT},          {"month", CELL_TEXT},
    {"benefit", CELL_AMOUNT},   {"offsets", CELL_AMOUNT},     {"work", CELL_AMOUNT},
    {"absence", CELL_AMOUNT},   {"corrections", CELL_AMOUNT}, {"recovery", CELL_AMOUNT},
    {"taxable", CELL_AMOUNT},   {"tax", CELL_AMOUNT},         {"net", CELL_AMOUNT},
    {"state", CELL_TEXT}};

static void add_payslip_cell(struct play *play, const struct st_payslip_row *payslip, int column) {
    const int64_t amounts[PAYSLIP_COLUMN_COUNT] = {
        [PAYSLIP_BENEFIT] = payslip->benefit.ore,         [PAYSLIP_OFFSETS] = payslip->offsets.ore,
        [PAYSLIP_WORK] = payslip->work.ore,               [PAYSLIP_ABSENCE] = payslip->absence.ore,
        [PAYSLIP_CORRECTIONS] = payslip->corrections.ore,
        [PAYSLIP_RECOVERY] = payslip->recovery.ore,
        [PAYSLIP_TAXABLE] = payslip->taxable.ore,         [PAYSLIP_TAX] = payslip->tax.ore,
        [PAYSLIP_NET] = payslip->net.ore};
    if (column == PAYSLIP_PERSON)
        cell_add(play, case_nickname(play->file, payslip->person_id));
    else if (column == PAYSLIP_NAME)
        cell_add(play, payslip->name);
    else if (column == PAYSLIP_MONTH)
        add_month(play, payslip->month);
    else if (column == PAYSLIP_STATE)
        cell_add(play, payslip->state == ST_PAYSLIP_HELD ? "held" : "due");
    else
        add_ore(play, amounts[column]);
}

static enum st_status visit_payslip(void *context, const struct st_payslip_row *payslip) {
    struct row_walk *walk = context;
    if (has_passed(walk, payslip->person_id))
        return ST_OK;
    for (size_t i = 0; i < walk->table->column_count; i++)
        add_payslip_cell(walk->play, payslip, walk->indexes[i]);
    return row_end(walk->play, &walk->play->got) ? ST_OK : ST_IO;
}

static bool check_payslips(struct play *play, struct st_ledger *ledger, int64_t run,
                           const struct case_table *table) {
    int indexes[CASE_COLUMNS_MAX];
    const char *ids[CASE_ROWS_MAX];
    struct st_error error;
    struct row_walk walk = {.play = play, .table = table, .indexes = indexes, .passed = ids};
    if (!match_columns(play, table, payslip_columns, PAYSLIP_COLUMN_COUNT, indexes))
        return false;
    size_t id_count = named_persons(play, table, ids);
    if (!add_expected_by_person(play, table, payslip_columns, indexes, ids, id_count))
        return false;
    for (size_t i = 0; i < id_count; i++)
        if (st_ledger_each_payslip(ledger, run, ids[i], visit_payslip, &walk, &error) != ST_OK)
            return fail_call(play, table->line, "the payslips cannot be read", &error);
    walk.passed_count = id_count; /* whoever else has a payslip */
    if (st_ledger_each_payslip(ledger, run, NULL, visit_payslip, &walk, &error) != ST_OK)
        return fail_call(play, table->line, "the payslips cannot be read", &error);
    return sheets_equal(play, table);
}

/* ---- [corrections], [claims] ----------------------------------------------------------------- */

enum { CORRECTION_PERSON, CORRECTION_MONTH, CORRECTION_PAID, CORRECTION_DUE, CORRECTION_DIFFERENCE,
       CORRECTION_CAUSE, CORRECTION_COLUMN_COUNT };
static const struct column correction_columns[CORRECTION_COLUMN_COUNT] = {
    {"person_id", CELL_PERSON}, {"month", CELL_TEXT},        {"paid", CELL_AMOUNT},
    {"due", CELL_AMOUNT},       {"difference", CELL_AMOUNT}, {"cause", CELL_TEXT}};

static enum st_status visit_correction(void *context, const struct st_correction_row *row) {
    struct row_walk *walk = context;
    struct play *play = walk->play;
    const int64_t amounts[CORRECTION_COLUMN_COUNT] = {
        [CORRECTION_PAID] = row->paid.ore,
        [CORRECTION_DUE] = row->due.ore,
        [CORRECTION_DIFFERENCE] = row->difference.ore};
    if (has_passed(walk, row->person_id))
        return ST_OK;
    for (size_t i = 0; i < walk->table->column_count; i++) {
        int column = walk->indexes[i];
        if (column == CORRECTION_PERSON)
            cell_add(play, case_nickname(play->file, row->person_id));
        else if (column == CORRECTION_MONTH)
            add_month(play, row->month);
        else if (column != CORRECTION_CAUSE)
            add_ore(play, amounts[column]);
        else if (!add_part_as_expected(walk, i, row->cause))
            cell_add(play, row->cause);
    }
    return row_end(play, &play->got) ? ST_OK : ST_IO;
}

static enum st_status each_correction(struct st_ledger *ledger, struct row_walk *walk,
                                      const char *person_id, struct st_error *error) {
    return st_ledger_each_correction(ledger, walk->run, person_id, visit_correction, walk, error);
}

enum { CLAIM_PERSON, CLAIM_KIND, CLAIM_DECIDED, CLAIM_AMOUNT, CLAIM_REMAINING, CLAIM_COLUMN_COUNT };
static const struct column claim_columns[CLAIM_COLUMN_COUNT] = {{"person_id", CELL_PERSON},
                                                                {"kind", CELL_TEXT},
                                                                {"decided", CELL_DATE},
                                                                {"amount", CELL_AMOUNT},
                                                                {"remaining", CELL_AMOUNT}};

static enum st_status visit_claim(void *context, const struct st_claim_row *row) {
    struct row_walk *walk = context;
    struct play *play = walk->play;
    if (row->run != walk->run || has_passed(walk, row->person_id))
        return ST_OK;
    for (size_t i = 0; i < walk->table->column_count; i++) {
        int column = walk->indexes[i];
        if (column == CLAIM_PERSON)
            cell_add(play, case_nickname(play->file, row->person_id));
        else if (column == CLAIM_KIND)
            cell_add(play, row->kind);
        else if (column == CLAIM_DECIDED)
            add_date(play, row->decided);
        else
            add_ore(play, column == CLAIM_AMOUNT ? row->amount.ore : row->remaining.ore);
    }
    return row_end(play, &play->got) ? ST_OK : ST_IO;
}

static enum st_status each_claim(struct st_ledger *ledger, struct row_walk *walk,
                                 const char *person_id, struct st_error *error) {
    return st_ledger_each_claim(ledger, person_id, visit_claim, walk, error);
}

/* What the run keeps beside the payslips, of whom the section names and then of everybody else. */
static bool check_kept(struct play *play, struct st_ledger *ledger, int64_t run,
                       const struct case_table *table) {
    bool is_claims = strcmp(table->name, "claims") == 0;
    const struct column *columns = is_claims ? claim_columns : correction_columns;
    size_t column_count = is_claims ? CLAIM_COLUMN_COUNT : CORRECTION_COLUMN_COUNT;
    int indexes[CASE_COLUMNS_MAX];
    const char *ids[CASE_ROWS_MAX];
    struct st_error error;
    struct row_walk walk = {
        .play = play, .table = table, .indexes = indexes, .run = run, .passed = ids};
    if (!match_columns(play, table, columns, column_count, indexes))
        return false;
    size_t id_count = named_persons(play, table, ids);
    if (!add_expected_by_person(play, table, columns, indexes, ids, id_count))
        return false;
    order_expected(&walk, ids, id_count);
    for (size_t i = 0; i <= id_count; i++) {
        const char *id = i < id_count ? ids[i] : NULL;
        walk.passed_count = id == NULL ? id_count : 0;
        if ((is_claims ? each_claim : each_correction)(ledger, &walk, id, &error) != ST_OK)
            return fail_call(play, table->line, "they cannot be read", &error);
    }
    return sheets_equal(play, table);
}

/* ---- [findings] ------------------------------------------------------------------------------ */

enum { FINDING_PERSON, FINDING_CODE, FINDING_SEVERITY, FINDING_COLUMN_COUNT };
static const struct column finding_columns[FINDING_COLUMN_COUNT] = {
    {"person_id", CELL_PERSON}, {"code", CELL_TEXT}, {"severity", CELL_TEXT}};

struct finding_walk {
    struct play *play;
    const struct case_table *table;
    const int *indexes;
};

/* A run and a check find the same way, in rows of their own; this is what the case compares. */
static enum st_status add_finding(struct finding_walk *walk, const char *person_id,
                                  const char *code, const char *severity) {
    struct play *play = walk->play;
    if (strcmp(severity, st_severity_name(ST_SEVERITY_NOTE)) == 0 &&
        !names_value(walk->table, "code", code))
        return ST_OK;
    const char *person =
        person_id == NULL || *person_id == '\0' ? "" : case_nickname(play->file, person_id);
    for (size_t i = 0; i < walk->table->column_count; i++)
        cell_add(play, walk->indexes[i] == FINDING_PERSON ? person
                       : walk->indexes[i] == FINDING_CODE ? code
                                                          : severity);
    return row_end(play, &play->got) ? ST_OK : ST_IO;
}

static enum st_status visit_finding(void *context, const struct st_finding_row *finding) {
    return add_finding(context, finding->person_id, finding->code, finding->severity);
}

static enum st_status visit_checked(void *context, const struct st_check_row *finding) {
    return add_finding(context, finding->person_id, finding->code, finding->severity);
}

/* The findings of a run, or, with run 0, of the block's check. */
static bool check_findings(struct play *play, struct st_ledger *ledger, int64_t run,
                           const struct case_block *block, const struct case_table *table) {
    int indexes[CASE_COLUMNS_MAX];
    struct st_error error;
    struct finding_walk walk = {play, table, indexes};
    st_month checked;
    if (!match_columns(play, table, finding_columns, FINDING_COLUMN_COUNT, indexes))
        return false;
    for (size_t i = 0; i < table->row_count; i++)
        if (!add_expected_row(play, table, &table->rows[i], finding_columns, indexes))
            return false;
    enum st_status status =
        run != 0 ? st_ledger_each_finding(ledger, run, NULL, visit_finding, &walk, &error)
                 : st_ledger_check(ledger, block->month, block->date, visit_checked, &walk,
                                   &checked, &error);
    if (status != ST_OK)
        return fail_call(play, table->line, "the findings cannot be had", &error);
    sheet_make_set(&play->expected);
    sheet_make_set(&play->got);
    sheets_align(&play->expected, &play->got);
    return sheets_equal(play, table);
}

/* ---- facts: the case's rows as the files a municipality delivers ----------------------------- */

#define AUTHORITY_CARDS "authority_cards"

static bool find_kind(const char *name, enum st_fact_kind *kind) {
    if (strcmp(name, AUTHORITY_CARDS) == 0) {
        *kind = ST_FACT_AUTHORITY_CARD;
        return true;
    }
    return st_fact_kind_of_file(name, strlen(name), kind);
}

/* What a column holds that the case leaves out (docs/cases.md lists them); NULL: nothing. The years
 * of tax cards and the last day of an absence depend on the case. */
static const char *constant_default(enum st_fact_kind kind, const char *column) {
    static const struct {
        enum st_fact_kind kind;
        const char *column, *value;
    } defaults[] = {
        {ST_FACT_PARTICIPANT, "birth_date", "1990-01-01"},
        {ST_FACT_PARTICIPANT, "account", "1234.56.78903"},
        {ST_FACT_PROGRAMME, "permit", "a"},
        {ST_FACT_PROGRAMME, "permit_granted", "2021-06-01"},
        {ST_FACT_PROGRAMME, "education", "none"},
        {ST_FACT_PROGRAMME, "end_goal", "work"},
        {ST_FACT_CARE, "children", "1"},
        {ST_FACT_CARE, "sole_carer", "no"},
        {ST_FACT_CARE, "chronic", "no"},
        {ST_FACT_WORK, "in_programme", "yes"},
        {ST_FACT_AUTHORITY_CARD, "result", "ok"},
        {ST_FACT_AUTHORITY_CARD, "has_entry", "yes"},
        {ST_FACT_AUTHORITY_CARD, "foreign_scheme", "no"},
    };
    for (size_t i = 0; i < ST_COUNT_OF(defaults); i++)
        if (defaults[i].kind == kind && strcmp(defaults[i].column, column) == 0)
            return defaults[i].value;
    return NULL;
}

/* The text of one column of one row, as the file has it; `room` holds CELL_TEXT_MAX bytes. */
static const char *fact_cell(struct play *play, enum st_fact_kind kind,
                             const struct case_table *table, const struct case_row *row,
                             const struct st_fact_column *column, char *room) {
    int index = case_column(table, column->name), from = case_column(table, "from");
    int person = case_column(table, "person_id");
    bool is_one_day = kind == ST_FACT_ABSENCE || kind == ST_FACT_WORK;
    bool is_card = kind == ST_FACT_TAXCARD || kind == ST_FACT_AUTHORITY_CARD;
    if (index >= 0 && column->type == ST_COLUMN_PERSON)
        return case_person_id(play->file, row->cells[index]);
    if (index >= 0)
        return row->cells[index];
    if (is_one_day && strcmp(column->name, "to") == 0 && from >= 0)
        return row->cells[from];
    if (kind == ST_FACT_PARTICIPANT && strcmp(column->name, "name") == 0 && person >= 0)
        return row->cells[person];
    if (is_card && strcmp(column->name, "year") == 0) {
        snprintf(room, CELL_TEXT_MAX, "%d", play->first_tax_year);
        return room;
    }
    const char *text = constant_default(kind, column->name);
    return text == NULL ? "" : text;
}

static void write_quoted(FILE *out, const char *text) {
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

/* The section as a CSV file: row n of the section is line n + 1. */
static void write_csv(struct play *play, enum st_fact_kind kind, const struct case_table *table,
                      FILE *out) {
    const struct st_fact_description *description = st_fact_describe(kind);
    int withdrawn = case_column(table, "withdrawn");
    char room[CELL_TEXT_MAX];
    for (size_t i = 0; i < description->column_count; i++)
        fprintf(out, "%s%s", i == 0 ? "" : ",", description->columns[i].name);
    fputs(withdrawn < 0 ? "\n" : ",withdrawn\n", out);
    for (size_t i = 0; i < table->row_count; i++) {
        const struct case_row *row = &table->rows[i];
        for (size_t j = 0; j < description->column_count; j++) {
            if (j > 0)
                fputc(',', out);
            write_quoted(out, fact_cell(play, kind, table, row, &description->columns[j], room));
        }
        if (withdrawn >= 0) {
            fputc(',', out);
            write_quoted(out, row->cells[withdrawn]);
        }
        fputc('\n', out);
    }
}

/* ---- import ---------------------------------------------------------------------------------- */

struct receiver {
    struct st_import *import;
    int file_number;
    struct st_error *error;
};

static enum st_status receive_fact(void *context, int64_t line, const struct st_fact *fact) {
    struct receiver *to = context;
    return st_import_add(to->import, to->file_number, line, fact, to->error);
}
static enum st_status receive_problem(void *context, int64_t line, const char *column,
                                      const char *code, const char *text) {
    struct receiver *to = context;
    return st_import_add_problem(to->import, to->file_number, line, column, code, text, to->error);
}
static enum st_status receive_note(void *context, int64_t line, const char *code,
                                   const char *text) {
    struct receiver *to = context;
    return st_import_add_note(to->import, to->file_number, line, code, text, to->error);
}

static const struct st_input_terms input_terms = {true, CASE_ORGANISATION_NUMBER};

static enum st_status read_csv(struct play *play, struct receiver *to, enum st_fact_kind kind,
                               const struct case_table *table) {
    struct st_fact_sink sink = {to, receive_fact, receive_problem, receive_note};
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL)
        return ST_IO;
    write_csv(play, kind, table, out);
    enum st_status status = fclose(out) == 0 ? ST_OK : ST_IO;
    if (status == ST_OK)
        status = st_read_fact_csv_memory(bytes, size, kind, &input_terms, &sink, to->error);
    free(bytes);
    return status;
}

/* The authority's cards come as XML, so there is no file to write: the cells are read as those
 * of a CSV file would be, by the kind's description. */
static enum st_status read_authority_row(struct play *play, struct receiver *to,
                                         const struct case_table *table,
                                         const struct case_row *row, int64_t line) {
    const struct st_fact_description *description = st_fact_describe(ST_FACT_AUTHORITY_CARD);
    struct st_fact fact = {.kind = ST_FACT_AUTHORITY_CARD};
    struct st_fact_problem wrong;
    char cells[ST_FACT_COLUMN_MAX][CELL_TEXT_MAX], rooms[ST_FACT_COLUMN_MAX][ST_TEXT_MAX + 1];
    for (size_t i = 0; i < description->column_count; i++) {
        const struct st_fact_column *column = &description->columns[i];
        struct st_field_problem problem;
        char room[CELL_TEXT_MAX];
        snprintf(cells[i], sizeof cells[i], "%s",
                 fact_cell(play, ST_FACT_AUTHORITY_CARD, table, row, column, room));
        struct st_csv_field field = {.text = cells[i], .size = strlen(cells[i]),
                                     .bad_byte = ST_CSV_UTF8, .is_ascii = true};
        if (!st_fact_value_parse(column, &field, &input_terms, rooms[i], &fact.values[i],
                                 &problem))
            return receive_problem(to, line, column->name, problem.code, problem.text);
    }
    if (!st_fact_check(&fact, &wrong))
        return receive_problem(to, line, description->columns[wrong.column].name, wrong.code,
                               wrong.text);
    return receive_fact(to, line, &fact);
}

static bool check_fact_columns(struct play *play, enum st_fact_kind kind,
                               const struct case_table *table) {
    const struct st_fact_description *description = st_fact_describe(kind);
    for (size_t i = 0; i < table->column_count; i++) {
        bool is_known = strcmp(table->columns[i], "withdrawn") == 0;
        for (size_t j = 0; j < description->column_count; j++)
            is_known |= strcmp(table->columns[i], description->columns[j].name) == 0;
        if (!is_known)
            return fail_at(play, table->line, "[%s] has no column '%s'", table->name,
                           table->columns[i]);
    }
    return true;
}

static bool import_table(struct play *play, struct st_import *import,
                         const struct case_table *table) {
    struct st_error error = {.status = ST_OK};
    /* A section is not a file: what stands for its digest says so. */
    static const char no_digest[] =
        "0000000000000000000000000000000000000000000000000000000000000000";
    struct receiver to = {import, 0, &error};
    enum st_fact_kind kind;
    enum st_status status;
    if (!find_kind(table->name, &kind))
        return fail_at(play, table->line, "there is no section [%s] below a facts line",
                       table->name);
    if (!check_fact_columns(play, kind, table))
        return false;
    status = st_import_file(import, table->name, st_fact_describe(kind)->table, no_digest,
                            &to.file_number, &error);
    if (status == ST_OK && kind != ST_FACT_AUTHORITY_CARD)
        status = read_csv(play, &to, kind, table);
    for (size_t i = 0; status == ST_OK && kind == ST_FACT_AUTHORITY_CARD && i < table->row_count;
         i++)
        status = read_authority_row(play, &to, table, &table->rows[i], (int64_t)i + 2);
    return status == ST_OK || fail_call(play, table->line, "the facts cannot be read", &error);
}

/* ---- [problems] ------------------------------------------------------------------------------ */

enum { PROBLEM_FILE, PROBLEM_ROW, PROBLEM_COLUMN, PROBLEM_CODE, PROBLEM_COLUMN_COUNT };
static const struct column problem_columns[PROBLEM_COLUMN_COUNT] = {
    {"file", CELL_TEXT}, {"row", CELL_NUMBER}, {"column", CELL_TEXT}, {"code", CELL_TEXT}};

struct problem_walk {
    struct play *play;
    const struct case_table *table; /* NULL: none was expected, so each is told */
    const int *indexes;
    int line;
};

static enum st_status visit_problem(void *context, const struct st_import_problem *problem) {
    struct problem_walk *walk = context;
    struct play *play = walk->play;
    if (walk->table == NULL) {
        (void)fail_at(play, walk->line, "[%s] row %" PRId64 ", column %s: %s: %s", problem->file,
                      problem->line - 1, problem->column, problem->code, problem->text);
        return ST_OK;
    }
    for (size_t i = 0; i < walk->table->column_count; i++) {
        int column = walk->indexes[i];
        if (column == PROBLEM_ROW)
            add_fraction(play, (st_fraction){problem->line - 1, 1});
        else
            cell_add(play, column == PROBLEM_FILE     ? problem->file
                           : column == PROBLEM_COLUMN ? problem->column
                                                      : problem->code);
    }
    return row_end(play, &play->got) ? ST_OK : ST_IO;
}

static bool check_problems(struct play *play, const struct case_block *block,
                           struct st_import *import, enum st_status status,
                           const struct st_error *error) {
    const struct case_table *table = case_table_find(block, "problems");
    int indexes[CASE_COLUMNS_MAX];
    struct st_error walk_error;
    struct problem_walk walk = {play, table, indexes, block->line};
    if (status == ST_OK && table == NULL)
        return true;
    if (status == ST_OK)
        return fail_at(play, table->line, "the import succeeded");
    if (table != NULL &&
        !match_columns(play, table, problem_columns, PROBLEM_COLUMN_COUNT, indexes))
        return false;
    if (table == NULL)
        (void)fail_call(play, block->line, "the facts are refused", error);
    for (size_t i = 0; table != NULL && i < table->row_count; i++)
        if (!add_expected_row(play, table, &table->rows[i], problem_columns, indexes))
            return false;
    if (status != ST_BAD_INPUT ||
        st_import_each_problem(import, false, visit_problem, &walk, &walk_error) != ST_OK)
        return fail_call(play, block->line, "the problems cannot be read", error);
    if (table == NULL)
        return false;
    sheet_make_set(&play->expected);
    sheet_make_set(&play->got);
    sheets_align(&play->expected, &play->got);
    return sheets_equal(play, table);
}

/* ---- playing a case -------------------------------------------------------------------------- */

#define AT_CREATION "T00:00:00Z"
#define AT_IMPORT "T06:00:00Z"
#define AT_RUN "T08:00:00Z"
#define AT_APPROVAL "T12:00:00Z"

/* An act on that day at that hour, or at the time of the act before if that was later that day. */
static struct st_act act_at(struct play *play, const char *actor, st_date day, const char *hour) {
    struct st_act act = {.actor = actor, .today = day};
    st_date_format(day, act.time);
    memcpy(act.time + ST_DATE_TEXT_SIZE - 1, hour, sizeof AT_IMPORT);
    if (strncmp(act.time, play->last_time, strlen("YYYY-MM-DD")) == 0 &&
        strcmp(act.time, play->last_time) < 0)
        memcpy(act.time, play->last_time, sizeof act.time);
    memcpy(play->last_time, act.time, sizeof act.time);
    play->last_day = day;
    return act;
}

/* When a facts block is imported: as said, or the day before the next run or check. */
static st_date import_day(const struct play *play, size_t block) {
    const struct case_file *file = play->file;
    if (file->blocks[block].date != ST_DATE_NONE)
        return file->blocks[block].date;
    for (size_t i = block; i < file->block_count; i++)
        if (file->blocks[i].step != CASE_FACTS)
            return file->blocks[i].date - 1 < play->last_day ? play->last_day
                                                              : file->blocks[i].date - 1;
    return play->last_day;
}

static bool play_facts(struct play *play, struct st_ledger *ledger, size_t index) {
    const struct case_block *block = &play->file->blocks[index];
    struct st_act act = act_at(play, "clerk", import_day(play, index), AT_IMPORT);
    struct st_import *import = NULL;
    struct st_import_result result;
    struct st_error error = {.status = ST_OK};
    if (st_import_begin(ledger, &act, &import, &error) != ST_OK)
        return fail_call(play, block->line, "the import cannot begin", &error);
    bool is_good = true;
    for (size_t i = 0; is_good && i < block->table_count; i++)
        if (strcmp(block->tables[i].name, "problems") != 0)
            is_good = import_table(play, import, &block->tables[i]);
    if (is_good) {
        enum st_status status = st_import_finish(import, &result, &error);
        is_good = check_problems(play, block, import, status, &error);
    }
    st_import_free(import);
    return is_good;
}

static bool check_run(struct play *play, struct st_ledger *ledger, int64_t run,
                      const struct case_block *block) {
    bool is_good = true;
    for (size_t i = 0; i < block->table_count; i++) {
        const struct case_table *table = &block->tables[i];
        if (strcmp(table->name, "lines") == 0)
            is_good &= check_lines(play, ledger, run, table);
        else if (strcmp(table->name, "payslips") == 0)
            is_good &= check_payslips(play, ledger, run, table);
        else if (strcmp(table->name, "corrections") == 0 || strcmp(table->name, "claims") == 0)
            is_good &= check_kept(play, ledger, run, table);
        else if (strcmp(table->name, "findings") == 0)
            is_good &= check_findings(play, ledger, run, block, table);
        else
            is_good = fail_at(play, table->line, "there is no section [%s] below a pay line",
                              table->name);
        sheet_clear(&play->expected);
        sheet_clear(&play->got);
        play->row_size = 0;
    }
    return is_good;
}

/* Nothing is written by a check, so nothing but its findings can be compared. */
static bool play_check(struct play *play, struct st_ledger *ledger, size_t index) {
    const struct case_block *block = &play->file->blocks[index];
    const struct case_table *table = case_table_find(block, "findings");
    if (block->table_count != 1 || table == NULL)
        return fail_at(play, block->line, "[findings] is what stands below a check line");
    bool is_good = check_findings(play, ledger, 0, block, table);
    sheet_clear(&play->expected);
    sheet_clear(&play->got);
    play->row_size = 0;
    return is_good;
}

static bool check_refusal(struct play *play, const struct case_block *block, enum st_status status,
                          const struct st_error *error) {
    if (status == ST_OK)
        return fail_at(play, block->line, "the run was not refused with %s", block->refused);
    if (strcmp(error->code, block->refused) == 0)
        return true;
    return fail_at(play, block->line, "expected %s, got %s: %s", block->refused, error->code,
                   error->text);
}

static bool is_paid_again(const struct case_file *file, size_t index) {
    for (size_t i = index + 1; i < file->block_count; i++)
        if (file->blocks[i].step == CASE_PAY)
            return true;
    return false;
}

static bool play_pay(struct play *play, struct st_ledger *ledger, size_t index) {
    const struct case_block *block = &play->file->blocks[index];
    struct st_act act = act_at(play, "clerk", block->date, AT_RUN);
    struct st_run_row row;
    struct st_error error = {.status = ST_OK};
    enum st_status status =
        st_ledger_run(ledger, &act, block->month, block->payday, NULL, NULL, &row, &error);
    if (block->refused != NULL)
        return check_refusal(play, block, status, &error);
    if (status != ST_OK)
        return fail_call(play, block->line, "the run is refused", &error);
    int64_t run = row.run, payment_count = row.payment_count;
    st_amount net = row.net;
    if (!check_run(play, ledger, run, block))
        return false;
    act = act_at(play, "leader", block->date, AT_APPROVAL);
    if (block->is_discarded)
        return st_ledger_discard(ledger, &act, run, &error) == ST_OK ||
               fail_call(play, block->line, "the run cannot be discarded", &error);
    if (!is_paid_again(play->file, index))
        return true;
    if (st_ledger_approve(ledger, &act, run, payment_count, net, &row, &error) != ST_OK)
        return fail_call(play, block->line, "the run cannot be approved", &error);
    return true;
}

static bool play_blocks(struct play *play, struct st_ledger *ledger) {
    static bool (*const steps[])(struct play *, struct st_ledger *, size_t) = {
        [CASE_FACTS] = play_facts, [CASE_PAY] = play_pay, [CASE_CHECK] = play_check};
    for (size_t i = 0; i < play->file->block_count; i++)
        if (!steps[play->file->blocks[i].step](play, ledger, i))
            return false;
    return true;
}

static bool play_in_ledger(struct play *play) {
    struct st_municipality municipality = {
        .organisation_number = CASE_ORGANISATION_NUMBER, .name = "Testvik kommune",
        .account = "12345678903", .bic = "TESTNOKK",
        .half_tax_month = play->file->half_tax_month,
        .recover = play->file->is_ask ? ST_RECOVER_ASK : ST_RECOVER_AUTO,
        .first_month = play->file->first_month, .test = true,
        .secret = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"};
    struct st_act act = act_at(play, "clerk", import_day(play, 0), AT_CREATION);
    struct st_ledger *ledger = NULL;
    struct st_error error = {.status = ST_OK};
    if (st_ledger_create(play->ledger_path, &municipality, &act, &error) != ST_OK)
        return fail_call(play, 1, "the ledger cannot be created", &error);
    if (st_ledger_open(play->ledger_path, ST_OPEN_WRITE, &ledger, &error) != ST_OK)
        return fail_call(play, 1, "the ledger cannot be opened", &error);
    bool is_good = play_blocks(play, ledger);
    st_ledger_close(ledger);
    return is_good;
}

static bool make_directory(struct play *play) {
    const char *base = getenv("TMPDIR");
    int size = snprintf(play->directory, sizeof play->directory, "%s/stonad-case-XXXXXX",
                        base == NULL || *base == '\0' ? "/tmp" : base);
    if (size < 0 || (size_t)size + sizeof "/case.db" > sizeof play->directory ||
        mkdtemp(play->directory) == NULL)
        return fail_at(play, 1, "no temporary directory; set TMPDIR to one that can be written");
    memcpy(play->ledger_path, play->directory, (size_t)size);
    memcpy(play->ledger_path + size, "/case.db", sizeof "/case.db");
    return true;
}

/* The ledger and whatever the database left beside it. */
static void remove_directory(const struct play *play) {
    DIR *directory = opendir(play->directory);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(directory), entry->d_name, 0);
    if (directory != NULL)
        closedir(directory);
    rmdir(play->directory);
}

/* The income year that tax cards without a year belong to, and the day before which nothing is. */
static void look_ahead(struct play *play) {
    play->last_day = st_date_make(2026, 1, 1);
    play->first_tax_year = 2026;
    for (size_t i = play->file->block_count; i-- > 0;) {
        const struct case_block *block = &play->file->blocks[i];
        if (block->step == CASE_FACTS)
            continue;
        /* A check computes the month for its last day, or for its own day when that is later. */
        st_date payday = block->step == CASE_PAY ? block->payday : st_month_last(block->month);
        if (block->step == CASE_CHECK && block->date > payday)
            payday = block->date;
        play->first_tax_year = st_date_year(payday);
        play->last_day = block->date - 1;
    }
}

static bool play_case(struct play *play, const char *path) {
    play->file = case_read(path);
    if (play->file == NULL) {
        fprintf(play->report, "%s: no memory\n", path);
        return false;
    }
    if (play->file->error[0] != '\0') {
        fprintf(play->report, "%s\n", play->file->error);
        return false;
    }
    look_ahead(play);
    if (!make_directory(play))
        return false;
    bool is_good = play_in_ledger(play);
    remove_directory(play);
    if (!is_good)
        fprintf(play->report, "  %s (%s, %s): %s\n", play->file->title, play->file->rule,
                play->file->law, play->file->why);
    return is_good;
}

/* The state is the path. Everything is cleaned up before cmocka, which jumps, is told. */
static void test_case(void **state) {
    char *text = NULL;
    size_t size = 0;
    struct play *play = calloc(1, sizeof *play);
    assert_non_null(play);
    play->report = open_memstream(&text, &size);
    bool is_good = play->report != NULL && play_case(play, *state);
    if (play->report != NULL)
        fclose(play->report);
    sheet_clear(&play->expected);
    sheet_clear(&play->got);
    case_free(play->file);
    free(play);
    if (!is_good)
        fprintf(stderr, "%s", text == NULL ? "no memory\n" : text);
    free(text);
    assert_true(is_good);
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static int run_paths(char **paths, size_t count) {
    struct CMUnitTest *tests = calloc(count, sizeof *tests);
    if (tests == NULL)
        return 1;
    for (size_t i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){.name = file_name(paths[i]), .test_func = test_case,
                                       .initial_state = paths[i]};
    int failed = _cmocka_run_group_tests("cases", tests, count, NULL, NULL);
    free(tests);
    return failed;
}

int main(int argc, char **argv) {
    if (argc > 1)
        return run_paths(argv + 1, (size_t)argc - 1) == 0 ? 0 : 1;
    glob_t found;
    int failed = 1;
    if (glob(CASES, 0, NULL, &found) != 0) {
        fprintf(stderr, "no case lies in " CASES "; run from the project's root\n");
        return 1;
    }
    failed = run_paths(found.gl_pathv, found.gl_pathc);
    globfree(&found);
    return failed == 0 ? 0 : 1;
}
