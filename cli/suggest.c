/* SPDX-License-Identifier: MIT */
/* suggest.c - "did you mean": the nearest known name to a word that is none. */
#include "cli/cli.h"

#include <string.h>

enum { WORD_MAX = 40 };

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many letters must be changed, added, left out or swapped with their neighbour. */
static size_t edit_distance(const char *a, const char *b) {
    size_t a_size = strlen(a), b_size = strlen(b);
    size_t rows[3][WORD_MAX + 1]; /* two rows back, one back, this one: turned round */
    if (a_size > WORD_MAX || b_size > WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= b_size; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = smaller(change, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_size % 3][b_size];
}

struct st_suggestion st_suggestion_for(const char *typed) {
    return (struct st_suggestion){.typed = typed, .prefix = "", .best = NULL, .distance = SIZE_MAX};
}

void st_suggestion_consider(struct st_suggestion *suggestion, const char *name) {
    size_t typed_size = strlen(suggestion->typed);
    size_t distance = edit_distance(suggestion->typed, name);
    /* The beginning of a name is near to it, however long the rest. */
    if (typed_size >= 2 && strncmp(suggestion->typed, name, typed_size) == 0)
        distance = smaller(distance, 1);
    if (distance <= smaller(typed_size / 3 + 1, 3) && distance < suggestion->distance) {
        suggestion->best = name;
        suggestion->distance = distance;
    }
}

const char *st_suggestion_text(const struct st_suggestion *suggestion, char *text) {
    text[0] = '\0';
    if (suggestion->best != NULL)
        (void)snprintf(text, ST_SUGGESTION_TEXT_SIZE, " (did you mean %s%s?)", suggestion->prefix,
                       suggestion->best);
    return text;
}
