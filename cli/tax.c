/* SPDX-License-Identifier: MIT */
/* tax.c - `stonad tax` and `tax-table`: the withholding tables, one value or a year of them.
 *
 * A year has more than a million rows, so its CSV is put together here by hand; text and JSON go
 * the way of every report.
 */
#include "cli/cli.h"

#include "stonad/withholding.h"

#include <string.h>

enum { STEP_COUNT = 2000, BUFFER_SIZE = 1 << 16, ROW_MAX = 100 };

/* ---- what is asked for --------------------------------------------------------------------- */

static enum st_status read_year(const struct st_invocation *invocation, int *out,
                                struct st_error *error) {
    int64_t year = 0;
    enum st_status status = st_cli_value_integer(invocation, ST_OPTION_YEAR, 9999, &year, error);
    if (status == ST_OK && !st_withholding_year_known((int)year))
        return st_cli_fail(error, ST_USAGE, "tax.year",
                           "There are no withholding tables for --year %lld; there are %d to %d.",
                           (long long)year, st_withholding_first_year(),
                           st_withholding_last_year());
    *out = (int)year;
    return status;
}

static enum st_status read_table(const struct st_invocation *invocation, int year,
                                 const struct st_withholding_table **out, struct st_error *error) {
    const char *name = invocation->values[ST_OPTION_TABLE];
    struct st_suggestion suggestion = st_suggestion_for(name);
    char meant[ST_SUGGESTION_TEXT_SIZE];
    *out = st_withholding_table_find(year, name);
    if (*out != NULL)
        return ST_OK;
    for (size_t i = 0; i < st_withholding_table_count(year); i++)
        st_suggestion_consider(&suggestion,
                               st_withholding_table_name(st_withholding_table_at(year, i)));
    return st_cli_fail(
        error, ST_USAGE, "tax.table",
        "There is no --table %.20s in %d%s; `stonad tax-table --year %d --period month"
        " --max 0` lists the tables.",
        name, year, st_suggestion_text(&suggestion, meant), year);
}

static enum st_status read_period(const struct st_invocation *invocation, enum st_tax_period *out,
                                  struct st_error *error) {
    const char *names[ST_TAX_PERIOD_COUNT + 1] = {NULL};
    size_t period = 0;
    enum st_status status;
    for (int i = 0; i < ST_TAX_PERIOD_COUNT; i++)
        names[i] = st_tax_period_name((enum st_tax_period)i);
    status = st_cli_value_choice(invocation, ST_OPTION_PERIOD, names, &period, error);
    *out = (enum st_tax_period)period;
    return status;
}

static const struct st_report_column columns[] = {
    {"income_year", NULL, ST_CELL_INTEGER, 11, false}, {"table", NULL, ST_CELL_TEXT, 6, false},
    {"period", NULL, ST_CELL_TEXT, 9, false},          {"basis", NULL, ST_CELL_INTEGER, 10, false},
    {"withholding", NULL, ST_CELL_INTEGER, 11, false},
};

static void report_row(struct st_report *report, int year, const struct st_withholding_table *table,
                       enum st_tax_period period, int64_t basis) {
    st_report_integer(report, year);
    st_report_text(report, st_withholding_table_name(table));
    st_report_text(report, st_tax_period_name(period));
    st_report_integer(report, basis);
    st_report_integer(report, st_withholding_tax_nok(table, period, basis));
}

/* ---- one value ----------------------------------------------------------------------------- */

enum st_status st_command_tax(const struct st_invocation *invocation, struct st_error *error) {
    const struct st_withholding_table *table = NULL;
    enum st_tax_period period = ST_TAX_MONTH;
    struct st_report *report;
    int64_t basis = 0;
    int year = 0;
    enum st_status status = read_year(invocation, &year, error);
    if (status == ST_OK)
        status = read_table(invocation, year, &table, error);
    if (status == ST_OK)
        status = read_period(invocation, &period, error);
    if (status == ST_OK)
        status = st_cli_value_integer(invocation, ST_OPTION_BASIS, ST_WITHHOLDING_BASIS_MAX_NOK,
                                      &basis, error);
    if (status != ST_OK)
        return status;
    if (invocation->format == ST_FORMAT_TEXT) {
        (void)printf("%lld\n", (long long)st_withholding_tax_nok(table, period, basis));
        return ST_OK;
    }
    status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &report, error);
    if (status != ST_OK)
        return status;
    report_row(report, year, table, period, basis);
    return st_cli_report_end(report, ST_OK, error);
}

/* ---- tables -------------------------------------------------------------------------------- */

/* What is printed: one table or all, one period or all, to `max_nok` or STEP_COUNT steps. */
struct selection {
    int year;
    const struct st_withholding_table *table; /* NULL: all */
    bool one_period;
    enum st_tax_period period;
    int64_t max_nok;          /* -1: STEP_COUNT steps */
    struct st_report *report; /* NULL: CSV by hand */
};

struct buffer {
    size_t used;
    char bytes[BUFFER_SIZE];
};

static bool buffer_flush(struct buffer *buffer) {
    size_t used = buffer->used;
    buffer->used = 0;
    return fwrite(buffer->bytes, 1, used, stdout) == used;
}

/* The digits of a number, 0 or more, at `out`; how many. */
static size_t put_number(char *out, int64_t number) {
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    for (size_t i = 0; i < count; i++)
        out[i] = digits[count - 1 - i];
    return count;
}

/* One table of one period as CSV. */
static bool write_csv(struct buffer *buffer, int year, const struct st_withholding_table *table,
                      enum st_tax_period period, int64_t max_nok, int64_t step_nok) {
    char head[ROW_MAX];
    size_t head_size =
        (size_t)snprintf(head, sizeof head, "%d,%s,%s,", year, st_withholding_table_name(table),
                         st_tax_period_name(period));
    for (int64_t basis = 0; basis <= max_nok; basis += step_nok) {
        char *out;
        if (buffer->used + ROW_MAX > sizeof buffer->bytes && !buffer_flush(buffer))
            return false;
        out = buffer->bytes + buffer->used;
        memcpy(out, head, head_size);
        out += head_size;
        out += put_number(out, basis);
        *out++ = ',';
        out += put_number(out, st_withholding_tax_nok(table, period, basis));
        *out++ = '\n';
        buffer->used = (size_t)(out - buffer->bytes);
    }
    return true;
}

static bool print_period(const struct selection *selection, struct buffer *buffer,
                         const struct st_withholding_table *table, enum st_tax_period period) {
    int64_t step_nok = st_tax_period_step_nok(period);
    int64_t max_nok = selection->max_nok < 0 ? STEP_COUNT * step_nok : selection->max_nok;
    if (selection->report == NULL)
        return write_csv(buffer, selection->year, table, period, max_nok, step_nok);
    for (int64_t basis = 0; basis <= max_nok && ferror(stdout) == 0; basis += step_nok)
        report_row(selection->report, selection->year, table, period, basis);
    return ferror(stdout) == 0;
}

static bool print_table(const struct selection *selection, struct buffer *buffer,
                        const struct st_withholding_table *table) {
    if (selection->one_period)
        return print_period(selection, buffer, table, selection->period);
    for (int i = 0; i < ST_TAX_PERIOD_COUNT; i++)
        if (!print_period(selection, buffer, table, (enum st_tax_period)i))
            return false;
    return true;
}

static bool print_selection(const struct selection *selection, struct buffer *buffer) {
    if (selection->table != NULL)
        return print_table(selection, buffer, selection->table);
    for (size_t i = 0; i < st_withholding_table_count(selection->year); i++)
        if (!print_table(selection, buffer, st_withholding_table_at(selection->year, i)))
            return false;
    return true;
}

static enum st_status read_selection(const struct st_invocation *invocation, struct selection *out,
                                     struct st_error *error) {
    enum st_status status = read_year(invocation, &out->year, error);
    out->max_nok = -1;
    if (status == ST_OK && st_option_given(invocation, ST_OPTION_TABLE))
        status = read_table(invocation, out->year, &out->table, error);
    out->one_period = st_option_given(invocation, ST_OPTION_PERIOD);
    if (status == ST_OK && out->one_period)
        status = read_period(invocation, &out->period, error);
    if (status == ST_OK && st_option_given(invocation, ST_OPTION_MAX))
        status = st_cli_value_integer(invocation, ST_OPTION_MAX, ST_WITHHOLDING_BASIS_MAX_NOK,
                                      &out->max_nok, error);
    return status;
}

enum st_status st_command_tax_table(const struct st_invocation *invocation,
                                    struct st_error *error) {
    static struct buffer buffer; /* too large for the stack's taste */
    struct selection selection = {0};
    bool by_hand =
        !st_option_given(invocation, ST_OPTION_FORMAT) || invocation->format == ST_FORMAT_CSV;
    enum st_status status = read_selection(invocation, &selection, error);
    if (status != ST_OK)
        return status;
    if (!by_hand) {
        status = st_cli_report(invocation, columns, ST_COUNT_OF(columns), &selection.report, error);
        if (status != ST_OK)
            return status;
        (void)print_selection(&selection, &buffer);
        return st_cli_report_end(selection.report, ST_OK, error);
    }
    (void)fputs("income_year,table,period,basis,withholding\n", stdout);
    /* What could not be written is found when the output is finished. */
    if (print_selection(&selection, &buffer))
        (void)buffer_flush(&buffer);
    return st_cli_output_works(error);
}
