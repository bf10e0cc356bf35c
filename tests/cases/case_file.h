/* SPDX-License-Identifier: MIT */
/* case_file.h - a law case as it is written (docs/cases.md), read into blocks of tables.
 *
 * Nothing here knows what the columns mean; unknown words are found where they are used. Every
 * mistake is reported as "file:line: what is wrong". Text is borrowed until the case is freed.
 * For run_cases.c alone, so everything is static.
 */
#ifndef STONAD_TESTS_CASE_FILE_H
#define STONAD_TESTS_CASE_FILE_H

#include "stonad/date.h"
#include "stonad/fact.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CASE_BYTES_MAX = 65536,
    CASE_COLUMNS_MAX = 16,
    CASE_ROWS_MAX = 40,
    CASE_TABLES_MAX = 12,
    CASE_BLOCKS_MAX = 16,
    CASE_PERSONS_MAX = 20,
    CASE_ERROR_MAX = 400
};

struct case_row {
    int line;
    const char *cells[CASE_COLUMNS_MAX]; /* as many as the table has columns; never NULL */
};
struct case_table {
    const char *name;
    int line;
    size_t column_count, row_count;
    const char *columns[CASE_COLUMNS_MAX];
    struct case_row rows[CASE_ROWS_MAX];
};

enum case_step { CASE_FACTS, CASE_PAY, CASE_CHECK };

/* "facts DATE", "pay MONTH payday DATE computed DATE" or "check MONTH on DATE", and the tables that
 * follow it. */
struct case_block {
    enum case_step step;
    int line;
    st_date date;        /* when it is imported, computed, checked; ST_DATE_NONE: not said */
    st_month month;      /* of a pay or check block */
    st_date payday;      /* of a pay block */
    const char *refused; /* the code the run must be refused with; NULL: it must succeed */
    bool is_discarded;   /* the run is discarded, not approved */
    size_t table_count;
    struct case_table tables[CASE_TABLES_MAX];
};

/* Somebody by nickname, with the number made up for them. */
struct case_person {
    const char *nickname;
    char id[ST_PERSON_ID_SIZE];
};

struct case_file {
    const char *path;
    char *bytes;
    const char *title, *rule, *law, *why;
    int half_tax_month;
    st_month first_month; /* 0: the first run decides */
    bool is_ask;          /* claims are recovered by decision only */
    size_t block_count, person_count;
    struct case_block blocks[CASE_BLOCKS_MAX];
    struct case_person persons[CASE_PERSONS_MAX];
    char error[CASE_ERROR_MAX];
};

static bool case_wrong(struct case_file *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool case_wrong(struct case_file *file, int line, const char *format, ...) {
    char what[CASE_ERROR_MAX / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(file->error, sizeof file->error, "%s:%d: %s", file->path, line, what);
    return false;
}

static int case_column(const struct case_table *table, const char *name) {
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i], name) == 0)
            return (int)i;
    return -1;
}

static const struct case_table *case_table_find(const struct case_block *block, const char *name) {
    for (size_t i = 0; i < block->table_count; i++)
        if (strcmp(block->tables[i].name, name) == 0)
            return &block->tables[i];
    return NULL;
}

/* ---- cells ----------------------------------------------------------------------------------- */

static bool case_is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

static char *case_trim(char *text) {
    while (case_is_space(*text))
        text++;
    size_t size = strlen(text);
    while (size > 0 && case_is_space(text[size - 1]))
        size--;
    text[size] = '\0';
    return text;
}

/* The end of a cell: a comma with a space after it, or that ends the line; any other comma is a
 * decimal comma. Inside double quotes there is no end. */
static char *case_cell_end(char *text) {
    bool is_quoted = false;
    for (; *text != '\0'; text++) {
        if (*text == '"')
            is_quoted = !is_quoted;
        if (*text == ',' && !is_quoted && (text[1] == '\0' || case_is_space(text[1])))
            return text;
    }
    return text;
}

/* Cuts a line into cells, in place; how many there were, also when there is no room for all. */
static size_t case_split(char *line, const char *cells[CASE_COLUMNS_MAX]) {
    size_t count = 0;
    for (char *rest = line;;) {
        char *end = case_cell_end(rest);
        bool is_last = *end == '\0';
        *end = '\0';
        char *cell = case_trim(rest);
        size_t size = strlen(cell);
        if (size >= 2 && cell[0] == '"' && cell[size - 1] == '"') {
            cell[size - 1] = '\0';
            cell++;
        }
        if (count < CASE_COLUMNS_MAX)
            cells[count] = cell;
        count++;
        if (is_last)
            return count;
        rest = end + 1;
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */

static bool case_read_table(struct case_file *file, int line, char *text) {
    size_t size = strlen(text);
    if (file->block_count == 0)
        return case_wrong(file, line, "%s stands before the first facts, pay or check line", text);
    struct case_block *block = &file->blocks[file->block_count - 1];
    if (text[size - 1] != ']')
        return case_wrong(file, line, "a section is written [name]");
    text[size - 1] = '\0';
    if (case_table_find(block, text + 1) != NULL)
        return case_wrong(file, line, "[%s] stands twice in this block", text + 1);
    if (block->table_count == CASE_TABLES_MAX)
        return case_wrong(file, line, "more than %d sections in one block", CASE_TABLES_MAX);
    struct case_table *table = &block->tables[block->table_count++];
    table->name = text + 1;
    table->line = line;
    return true;
}

/* The first line of a section names its columns, the others are its rows. */
static bool case_read_cells(struct case_file *file, int line, char *text) {
    struct case_block *block = &file->blocks[file->block_count - 1];
    struct case_table *table = &block->tables[block->table_count - 1];
    if (table->column_count == 0) {
        table->column_count = case_split(text, table->columns);
        if (table->column_count > CASE_COLUMNS_MAX)
            return case_wrong(file, line, "more than %d columns", CASE_COLUMNS_MAX);
        return true;
    }
    if (table->row_count == CASE_ROWS_MAX)
        return case_wrong(file, line, "more than %d rows in one section", CASE_ROWS_MAX);
    struct case_row *row = &table->rows[table->row_count++];
    row->line = line;
    size_t count = case_split(text, row->cells);
    if (count != table->column_count)
        return case_wrong(file, line, "the row has %zu cells, [%s] has %zu columns", count,
                          table->name, table->column_count);
    return true;
}

/* The next word of a line, cut off in place; "" at its end. */
static char *case_word(char **rest) {
    char *word = *rest;
    while (case_is_space(*word))
        word++;
    char *end = word;
    while (*end != '\0' && !case_is_space(*end))
        end++;
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

static bool case_date_word(char **rest, st_date *out) {
    char *word = case_word(rest);
    return st_date_parse(word, strlen(word), out);
}

static bool case_read_pay(struct case_file *file, struct case_block *block, char *rest) {
    char *month = case_word(&rest);
    if (!st_month_parse(month, strlen(month), &block->month) ||
        strcmp(case_word(&rest), "payday") != 0 || !case_date_word(&rest, &block->payday) ||
        strcmp(case_word(&rest), "computed") != 0 || !case_date_word(&rest, &block->date) ||
        *case_word(&rest) != '\0')
        return case_wrong(file, block->line,
                          "write: pay YYYY-MM payday YYYY-MM-DD computed YYYY-MM-DD");
    return true;
}

static bool case_read_check(struct case_file *file, struct case_block *block, char *rest) {
    char *month = case_word(&rest);
    if (!st_month_parse(month, strlen(month), &block->month) ||
        strcmp(case_word(&rest), "on") != 0 || !case_date_word(&rest, &block->date) ||
        *case_word(&rest) != '\0')
        return case_wrong(file, block->line, "write: check YYYY-MM on YYYY-MM-DD");
    return true;
}

static bool case_read_facts(struct case_file *file, struct case_block *block, char *rest) {
    char *date = case_word(&rest);
    if ((*date != '\0' && !st_date_parse(date, strlen(date), &block->date)) ||
        *case_word(&rest) != '\0')
        return case_wrong(file, block->line, "write: facts, or facts YYYY-MM-DD");
    return true;
}

static bool case_read_refused(struct case_file *file, int line, char *rest) {
    struct case_block *block =
        file->block_count == 0 ? NULL : &file->blocks[file->block_count - 1];
    char *code = case_word(&rest);
    if (block == NULL || block->step != CASE_PAY || *code == '\0' || *case_word(&rest) != '\0')
        return case_wrong(file, line, "write: refused CODE, below a pay line");
    block->refused = code;
    return true;
}

static bool case_read_discarded(struct case_file *file, int line, char *rest) {
    struct case_block *block =
        file->block_count == 0 ? NULL : &file->blocks[file->block_count - 1];
    if (block == NULL || block->step != CASE_PAY || *case_word(&rest) != '\0')
        return case_wrong(file, line, "write: discarded, below a pay line");
    block->is_discarded = true;
    return true;
}

static bool case_read_directive(struct case_file *file, int line, char *text) {
    char *rest = text;
    char *word = case_word(&rest);
    enum case_step step = strcmp(word, "pay") == 0     ? CASE_PAY
                          : strcmp(word, "check") == 0 ? CASE_CHECK
                                                       : CASE_FACTS;
    if (strcmp(word, "refused") == 0)
        return case_read_refused(file, line, rest);
    if (strcmp(word, "discarded") == 0)
        return case_read_discarded(file, line, rest);
    if (step == CASE_FACTS && strcmp(word, "facts") != 0)
        return case_wrong(file, line,
                          "unknown word '%s'; known: facts, pay, check, refused, discarded", word);
    if (file->block_count == CASE_BLOCKS_MAX)
        return case_wrong(file, line, "more than %d facts, pay and check lines", CASE_BLOCKS_MAX);
    struct case_block *block = &file->blocks[file->block_count++];
    block->step = step;
    block->line = line;
    block->date = ST_DATE_NONE;
    return step == CASE_PAY     ? case_read_pay(file, block, rest)
           : step == CASE_CHECK ? case_read_check(file, block, rest)
                                : case_read_facts(file, block, rest);
}

static bool case_read_header(struct case_file *file, int line, char *text) {
    char *colon = strchr(text, ':');
    *colon = '\0';
    const char *value = case_trim(colon + 1);
    if (*value == '\0')
        return case_wrong(file, line, "%s: has no value", text);
    if (strcmp(text, "title") == 0)
        file->title = value;
    else if (strcmp(text, "rule") == 0)
        file->rule = value;
    else if (strcmp(text, "law") == 0)
        file->law = value;
    else if (strcmp(text, "why") == 0)
        file->why = value;
    else if (strcmp(text, "half_tax_month") == 0 &&
             (strcmp(value, "11") == 0 || strcmp(value, "12") == 0))
        file->half_tax_month = atoi(value);
    else if (strcmp(text, "recover") == 0 &&
             (strcmp(value, "ask") == 0 || strcmp(value, "auto") == 0))
        file->is_ask = strcmp(value, "ask") == 0;
    else if (strcmp(text, "first_month") != 0 ||
             !st_month_parse(value, strlen(value), &file->first_month))
        return case_wrong(file, line, "unknown header or value: %s: %s", text, value);
    return true;
}

static bool case_read_line(struct case_file *file, int line, char *text) {
    struct case_block *block =
        file->block_count == 0 ? NULL : &file->blocks[file->block_count - 1];
    text = case_trim(text);
    if (*text == '\0' || *text == '#')
        return true;
    if (*text == '[')
        return case_read_table(file, line, text);
    if (block == NULL && strncmp(text, "facts", 5) != 0 && strchr(text, ':') != NULL)
        return case_read_header(file, line, text);
    bool is_directive = strncmp(text, "facts", 5) == 0 || strncmp(text, "pay ", 4) == 0 ||
                        strncmp(text, "check ", 6) == 0 || strncmp(text, "refused ", 8) == 0 ||
                        strcmp(text, "discarded") == 0;
    if (is_directive || block == NULL || block->table_count == 0)
        return case_read_directive(file, line, text);
    return case_read_cells(file, line, text);
}

/* ---- persons --------------------------------------------------------------------------------- */

/* The second and first check digit of a person number; -1 when there is none for these digits. */
static int case_check_digit(const char *digits, const int *weights, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += (digits[i] - '0') * weights[i];
    int rest = sum % 11;
    return rest == 0 ? 0 : rest == 1 ? -1 : 11 - rest;
}

/* A number of so many digits, in place, without a NUL. */
static void case_put_digits(char *out, int number, int count) {
    for (int i = count - 1; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
}

/* A made-up number for somebody born on `birth`: month + 80, which no register gives to anybody.
 * The `index` keeps two persons of one case apart. */
static void case_make_number(st_date birth, int index, char id[ST_PERSON_ID_SIZE]) {
    static const int first[] = {3, 7, 6, 1, 8, 9, 4, 5, 2};
    static const int second[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    int year, month, day;
    st_date_split(birth, &year, &month, &day);
    for (int individual = (year < 2000 ? 100 : 600) + 20 * index;; individual++) {
        case_put_digits(id, day, 2);
        case_put_digits(id + 2, month + 80, 2);
        case_put_digits(id + 4, year % 100, 2);
        case_put_digits(id + 6, individual, 3);
        int check = case_check_digit(id, first, 9);
        if (check < 0)
            continue;
        id[9] = (char)('0' + check);
        check = case_check_digit(id, second, 10);
        if (check < 0)
            continue;
        id[10] = (char)('0' + check);
        id[11] = '\0';
        return;
    }
}

/* The birth date that some [participants] row gives the nickname; 1990-01-01 when none does. */
static st_date case_birth_of(const struct case_file *file, const char *nickname) {
    st_date birth = st_date_make(1990, 1, 1);
    for (size_t i = 0; i < file->block_count; i++) {
        const struct case_table *table = case_table_find(&file->blocks[i], "participants");
        int person = table == NULL ? -1 : case_column(table, "person_id");
        int born = table == NULL ? -1 : case_column(table, "birth_date");
        for (size_t j = 0; person >= 0 && born >= 0 && j < table->row_count; j++) {
            const char *text = table->rows[j].cells[born];
            if (strcmp(table->rows[j].cells[person], nickname) == 0 &&
                st_date_parse(text, strlen(text), &birth))
                return birth;
        }
    }
    return birth;
}

/* The number of whoever a cell names: a nickname's made-up one, or the cell itself. */
static const char *case_person_id(struct case_file *file, const char *cell) {
    if (*cell == '\0' || (*cell >= '0' && *cell <= '9'))
        return cell;
    for (size_t i = 0; i < file->person_count; i++)
        if (strcmp(file->persons[i].nickname, cell) == 0)
            return file->persons[i].id;
    if (file->person_count == CASE_PERSONS_MAX)
        return cell;
    struct case_person *person = &file->persons[file->person_count];
    person->nickname = cell;
    case_make_number(case_birth_of(file, cell), (int)file->person_count, person->id);
    file->person_count++;
    return person->id;
}

static const char *case_nickname(const struct case_file *file, const char *id) {
    for (size_t i = 0; i < file->person_count; i++)
        if (strcmp(file->persons[i].id, id) == 0)
            return file->persons[i].nickname;
    return id;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool case_load(struct case_file *file) {
    FILE *in = fopen(file->path, "rb");
    if (in == NULL)
        return case_wrong(file, 1, "the file cannot be opened");
    size_t size = fread(file->bytes, 1, CASE_BYTES_MAX, in);
    bool is_read = !ferror(in);
    fclose(in);
    if (!is_read || size == CASE_BYTES_MAX || memchr(file->bytes, '\0', size) != NULL)
        return case_wrong(file, 1, "the file cannot be read as text of less than %d bytes",
                          CASE_BYTES_MAX);
    file->bytes[size] = '\0';
    return true;
}

/* A case that expects nothing would always hold. */
static bool case_expects(const struct case_file *file) {
    const struct case_block *last = &file->blocks[file->block_count - 1];
    if (last->step != CASE_FACTS)
        return last->table_count > 0 || last->refused != NULL;
    return case_table_find(last, "problems") != NULL;
}

static bool case_parse(struct case_file *file) {
    int line = 0;
    for (char *rest = file->bytes; rest != NULL && *rest != '\0';) {
        char *text = rest, *end = strchr(rest, '\n');
        if (end != NULL)
            *end = '\0';
        rest = end == NULL ? NULL : end + 1;
        if (!case_read_line(file, ++line, text))
            return false;
    }
    if (file->title == NULL || file->rule == NULL || file->law == NULL || file->why == NULL)
        return case_wrong(file, 1, "the header needs title, rule, law and why");
    if (file->block_count == 0)
        return case_wrong(file, line, "the case has no facts, pay or check line");
    if (!case_expects(file))
        return case_wrong(file, line, "the case says nothing about what must come out");
    return true;
}

static void case_free(struct case_file *file) {
    if (file == NULL)
        return;
    free(file->bytes);
    free(file);
}

/* NULL when memory ran out; otherwise `error` is "" or says what is wrong. */
static struct case_file *case_read(const char *path) {
    struct case_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return NULL;
    file->path = path;
    file->half_tax_month = 12;
    file->bytes = malloc(CASE_BYTES_MAX + 1);
    if (file->bytes == NULL) {
        free(file);
        return NULL;
    }
    if (case_load(file))
        (void)case_parse(file);
    return file;
}

#endif
