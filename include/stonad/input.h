/* SPDX-License-Identifier: MIT */
/* input.h - facts from bytes: the municipality's CSV files and the tax authority's XML.
 *
 * Readers stream: memory does not grow with the file. They know nothing of the ledger; what they read
 * goes to a sink. Every problem of a file is reported, with line and column, before the reader returns;
 * it stops early only when the sink says so or the file can no longer be understood (a header without
 * known columns, XML that is not well-formed).
 */
#ifndef STONAD_INPUT_H
#define STONAD_INPUT_H

#include "stonad/base.h"
#include "stonad/fact.h"

struct st_fact_sink {
    void *context;
    /* A row that was read and passed st_fact_check. Borrowed for the call. Not ST_OK: stop. */
    enum st_status (*fact)(void *context, int64_t line, const struct st_fact *fact);
    /* What is wrong with a row; `column` is the file's column name, or "". Not ST_OK: stop. */
    enum st_status (*problem)(void *context, int64_t line, const char *column, const char *code,
                              const char *text);
    /* What was left out without harm. Not ST_OK: stop. */
    enum st_status (*note)(void *context, int64_t line, const char *code, const char *text);
};

struct st_input_terms {
    bool test;                       /* the ledger takes synthetic person numbers too */
    const char *organisation_number; /* whose tax cards may be read */
};

/* Reads a CSV file of a known kind. ST_OK when the file was read to its end (problems went to the
 * sink), ST_IO when it cannot be read, or what the sink returned. */
enum st_status st_read_fact_csv(const char *path, enum st_fact_kind kind,
                                const struct st_input_terms *terms, const struct st_fact_sink *sink,
                                struct st_error *error) ST_MUST_CHECK ST_NONNULL;
/* The same from memory. */
enum st_status st_read_fact_csv_memory(const char *bytes, size_t size, enum st_fact_kind kind,
                                       const struct st_input_terms *terms,
                                       const struct st_fact_sink *sink, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;

/* Reads skattekortTilArbeidsgiver v1.4 (namespace ...:v1), v2, v3: facts of kind ST_FACT_AUTHORITY_CARD. */
enum st_status st_read_taxcard_xml(const char *path, const struct st_input_terms *terms,
                                   const struct st_fact_sink *sink, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;
enum st_status st_read_taxcard_xml_memory(const char *bytes, size_t size,
                                          const struct st_input_terms *terms,
                                          const struct st_fact_sink *sink, struct st_error *error)
    ST_MUST_CHECK ST_NONNULL;

#endif
