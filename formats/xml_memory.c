/* SPDX-License-Identifier: MIT */
/* xml_memory.c - see xml_memory.h.
 *
 * The reserve lies in the program and costs nothing until it is used. What was given from it is
 * never given again: a program whose memory ran out is about to end.
 */
#include "formats/xml_memory.h"

#include <malloc.h> /* malloc_usable_size */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlmemory.h>

/* Parsing a schema of ours takes about a third of this, a chunk of a file far less. */
enum { RESERVE_BYTES = 1 << 20, ALIGNMENT = 16 };

static _Alignas(ALIGNMENT) char reserve[RESERVE_BYTES];
static atomic_size_t reserve_used;
static atomic_bool ran_out;

static bool is_reserve(const void *memory) {
    uintptr_t address = (uintptr_t)memory, start = (uintptr_t)reserve;
    return address >= start && address < start + RESERVE_BYTES;
}

/* The size stands before each piece, for reallocate. */
static void *take_reserve(size_t size) {
    atomic_store(&ran_out, true);
    if (size > RESERVE_BYTES - 2 * ALIGNMENT)
        return NULL;
    size_t whole = ALIGNMENT + (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t start = atomic_fetch_add(&reserve_used, whole);
    if (start > RESERVE_BYTES - whole)
        return NULL;
    memcpy(reserve + start, &size, sizeof size);
    return reserve + start + ALIGNMENT;
}

static void *allocate(size_t size) {
    void *memory = malloc(size);
    return memory != NULL ? memory : take_reserve(size);
}

static void release(void *memory) {
    if (!is_reserve(memory))
        free(memory);
}

static void *reallocate(void *memory, size_t size) {
    if (is_reserve(memory)) {
        size_t old_size;
        memcpy(&old_size, (char *)memory - ALIGNMENT, sizeof old_size);
        void *larger = allocate(size);
        if (larger != NULL)
            memcpy(larger, memory, old_size < size ? old_size : size);
        return larger;
    }
    void *moved = realloc(memory, size > 0 ? size : 1);
    if (moved != NULL)
        return moved;
    moved = take_reserve(size);
    if (moved != NULL && memory != NULL) {
        size_t old_size = malloc_usable_size(memory);
        memcpy(moved, memory, old_size < size ? old_size : size);
        free(memory);
    }
    return moved;
}

static char *duplicate(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = allocate(size);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

void st_xml_memory_guard(void) {
    (void)xmlMemSetup(release, allocate, reallocate, duplicate);
}

bool st_xml_memory_ran_out(void) {
    return atomic_load(&ran_out);
}
