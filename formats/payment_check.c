/* SPDX-License-Identifier: MIT */
/* payment_check.c - reads a finished payment file back and holds it to the project's own schema.
 *
 * Streamed: the bytes are pushed through libxml2's parser, whose events go to the schema's
 * automata and nowhere else. No tree is built, not even a node's, so a million payments need no
 * more memory than one. Nothing is loaded from outside the file: no entity is replaced, no DTD
 * read, and a DOCTYPE ends the check at once, although we never write one.
 */
#define _POSIX_C_SOURCE 200809L /* O_CLOEXEC */

#include "formats/output_error.h"
#include "formats/xml_memory.h"
#include "resources.h"
#include "stonad/payment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

enum { CHUNK_BYTES = 64 * 1024 };

/* Freed from the last to the first. */
struct check {
    int descriptor;
    xmlSchemaPtr schema;
    xmlSchemaValidCtxtPtr validator;
    xmlParserCtxtPtr parser;
    xmlSchemaSAXPlugPtr plug; /* between parser and validator */
    bool is_wrong;            /* the first complaint was heard */
    int line;
    char complaint[400];
};

static void end_check(struct check *check) {
    if (check->plug != NULL)
        xmlSchemaSAXUnplug(check->plug);
    if (check->parser != NULL)
        xmlFreeParserCtxt(check->parser);
    if (check->validator != NULL)
        xmlSchemaFreeValidCtxt(check->validator);
    if (check->schema != NULL)
        xmlSchemaFree(check->schema);
    if (check->descriptor >= 0)
        close(check->descriptor);
}

/* ---- complaints ---------------------------------------------------------------------------- */

/* "Element '{urn:...}Nm': ..." without the namespace, the newline and the full stop. */
static void copy_message(const char *message, char *out, size_t size) {
    size_t used = 0;
    while (*message != '\0' && used + 1 < size) {
        const char *end = strncmp(message, "{urn:", 5) == 0 ? strchr(message, '}') : NULL;
        if (end != NULL) {
            message = end + 1;
            continue;
        }
        out[used++] = *message == '\n' ? ' ' : *message;
        message++;
    }
    while (used > 0 && (out[used - 1] == ' ' || out[used - 1] == '.'))
        used--;
    out[used] = '\0';
}

/* Only the first counts: what follows is often its consequence. */
static void complain(struct check *check, int line, const char *message) {
    if (check->is_wrong)
        return;
    check->is_wrong = true;
    check->line = line;
    copy_message(message, check->complaint, sizeof check->complaint);
}

static int line_of(const struct check *check) {
    return check->parser != NULL ? xmlSAX2GetLineNumber(check->parser) : 0;
}

static void hear_validator(void *context, xmlErrorPtr problem) {
    struct check *check = context;
    if (problem != NULL && problem->level >= XML_ERR_ERROR)
        complain(check, line_of(check), problem->message != NULL ? problem->message : "not valid");
}

/* The parser's errors are asked for (xmlCtxtGetLastError); without this it would print them. */
static void be_silent(void *context, xmlErrorPtr problem) {
    (void)context;
    (void)problem;
}

/* ---- events -------------------------------------------------------------------------------- */

/* Only there so that the parser makes events; the plug hands them to the validator first. */
static void pass_start(void *context, const xmlChar *name, const xmlChar *prefix,
                       const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
                       int attribute_count, int defaulted_count, const xmlChar **attributes) {
    (void)context, (void)name, (void)prefix, (void)uri, (void)namespace_count, (void)namespaces;
    (void)attribute_count, (void)defaulted_count, (void)attributes;
}

static void pass_end(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri) {
    (void)context, (void)name, (void)prefix, (void)uri;
}

static void refuse_document_type(void *context, const xmlChar *name, const xmlChar *public_id,
                                 const xmlChar *system_id) {
    (void)name, (void)public_id, (void)system_id;
    struct check *check = context;
    complain(check, line_of(check), "a document type is not allowed");
    xmlStopParser(check->parser);
}

/* ---- the check ----------------------------------------------------------------------------- */

/* The schema lies in the program; it is parsed for each check, which costs about a millisecond. */
static xmlSchemaPtr parse_schema(enum st_pain_version version, struct check *check) {
    bool is_09 = version == ST_PAIN_09;
    const char *bytes =
        is_09 ? st_resource_formats_pain_001_001_09_xsd : st_resource_formats_pain_001_001_03_xsd;
    size_t size = is_09 ? st_resource_formats_pain_001_001_09_xsd_size
                        : st_resource_formats_pain_001_001_03_xsd_size;
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewMemParserCtxt(bytes, (int)size);
    if (parser == NULL)
        return NULL;
    xmlSchemaSetParserStructuredErrors(parser, hear_validator, check);
    xmlSchemaPtr schema = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    return schema;
}

static bool connect(struct check *check) {
    xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
                             .internalSubset = refuse_document_type,
                             .startElementNs = pass_start,
                             .endElementNs = pass_end,
                             .serror = be_silent};
    check->validator = xmlSchemaNewValidCtxt(check->schema);
    check->parser = xmlCreatePushParserCtxt(&handler, check, NULL, 0, NULL);
    if (check->validator == NULL || check->parser == NULL)
        return false;
    /* Never XML_PARSE_NOENT, _DTDLOAD or _HUGE: the limits and the refusals stay on. */
    xmlCtxtUseOptions(check->parser, XML_PARSE_NONET);
    xmlSchemaSetValidStructuredErrors(check->validator, hear_validator, check);
    check->plug = xmlSchemaSAXPlug(check->validator, &check->parser->sax, &check->parser->userData);
    if (check->plug == NULL)
        return false;
    check->parser->sax->serror = be_silent;
    return true;
}

static enum st_status cannot_read(const char *path, struct st_error *error) {
    return st_output_fail(error, ST_IO, "payment.read",
                          "%s could not be read: %s; it was not released.", path, strerror(errno));
}

static enum st_status begin_check(struct check *check, const char *path,
                                  enum st_pain_version version, struct st_error *error) {
    check->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (check->descriptor < 0)
        return cannot_read(path, error);
    check->schema = parse_schema(version, check);
    if (check->schema == NULL || !connect(check) || st_xml_memory_ran_out())
        return st_output_out_of_memory(error);
    return ST_OK;
}

static void push(struct check *check, const char *bytes, int size, bool is_last) {
    if (xmlParseChunk(check->parser, bytes, size, is_last) == 0 || check->is_wrong)
        return;
    xmlErrorPtr problem = xmlCtxtGetLastError(check->parser);
    bool is_told = problem != NULL && problem->message != NULL;
    complain(check, line_of(check), is_told ? problem->message : "it is not well-formed XML");
}

static enum st_status read_to_end(struct check *check, const char *path, struct st_error *error) {
    static const char too_short[] = "it ends before its end";
    char bytes[CHUNK_BYTES];
    ssize_t size = 1;
    while (size > 0 && !check->is_wrong && !st_xml_memory_ran_out()) {
        size = read(check->descriptor, bytes, sizeof bytes);
        if (size < 0 && errno == EINTR)
            size = 1;
        else if (size < 0)
            return cannot_read(path, error);
        else
            push(check, bytes, (int)size, size == 0);
    }
    if (!check->is_wrong && (!check->parser->wellFormed || xmlSchemaIsValid(check->validator) != 1))
        complain(check, line_of(check), too_short);
    if (st_xml_memory_ran_out()) /* whatever was found: it was not found by the whole schema */
        return st_output_out_of_memory(error);
    if (!check->is_wrong)
        return ST_OK;
    return st_output_fail(error, ST_DAMAGED, "payment.schema",
                          "Line %d of the payment file is not what the bank takes: %s; do not send "
                          "it, export again and report the error if it stays.",
                          check->line, check->complaint);
}

enum st_status st_payment_file_check(const char *path, enum st_pain_version version,
                                     struct st_error *error) {
    struct check check = {.descriptor = -1};
    st_xml_memory_guard();
    enum st_status status = begin_check(&check, path, version, error);
    if (status == ST_OK)
        status = read_to_end(&check, path, error);
    end_check(&check);
    return status;
}
