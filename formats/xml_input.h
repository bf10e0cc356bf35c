/* SPDX-License-Identifier: MIT */
/* xml_input.h - XML files of strangers, read as a stream and without trust.
 *
 * No DOCTYPE, so no entities and nothing to expand or fetch: what stands before the root element is
 * looked at before the parser sees a byte of it. UTF-8 only, no network, limits on depth and on the
 * size of a text or tag. Whatever breaks this is a fault with its line, and the reading is over.
 *
 * Order of calls: st_xml_begin; then, from the root (depth 0) inwards,
 *     for (int depth = st_xml_enter(xml); st_xml_next_child(xml, depth);) ...
 * where each child is read (st_xml_text, or st_xml_enter and its own loop) or left, which skips it;
 * at last st_xml_end. Every loop ends at a fault; look at `fault` and `status` afterwards.
 */
#ifndef STONAD_FORMATS_XML_INPUT_H
#define STONAD_FORMATS_XML_INPUT_H

#include "formats/bytes.h"

#include <libxml/xmlreader.h>

enum st_xml_fault {
    ST_XML_FINE,
    ST_XML_DOCTYPE,
    ST_XML_ENCODING,
    ST_XML_DEPTH,
    ST_XML_SIZE,
    ST_XML_MALFORMED
};

enum {
    ST_XML_HEAD_SIZE = 65536,
    ST_XML_DEPTH_MAX = 32,
    ST_XML_NODE_MAX = 131072, /* bytes of one text, comment or tag, give or take a block */
    ST_XML_NO_CHILDREN = -1
};

struct st_xml {
    enum st_status status; /* ST_IO when the machine refused; then *error says why */
    enum st_xml_fault fault;
    int64_t fault_line;

    /* The reader's own. */
    xmlTextReaderPtr reader;
    struct st_byte_source *source;
    struct st_error *error;
    char *head; /* the first bytes, looked at before they are given on */
    size_t head_size, head_given;
    size_t node_bytes; /* given on since the last node came back */
};

/* Opens and stands on the root element. False at a fault or a refusal; st_xml_end is due either
 * way. `source` and `error` are borrowed until then. Sets libxml2's entity loader, which is one for
 * the whole process, to one that always fails. */
bool st_xml_begin(struct st_xml *xml, struct st_byte_source *source,
                  struct st_error *error) ST_MUST_CHECK ST_NONNULL;
void st_xml_end(struct st_xml *xml) ST_NONNULL;

/* The depth to give to st_xml_next_child for the children of the element stood on. */
int st_xml_enter(struct st_xml *xml) ST_NONNULL;
/* Goes to the next child element of the element at `depth`; false when there is none left. */
bool st_xml_next_child(struct st_xml *xml, int depth) ST_NONNULL;

/* Of the element stood on: local name, namespace ("" for none), line. */
const char *st_xml_name(struct st_xml *xml) ST_NONNULL;
const char *st_xml_namespace(struct st_xml *xml) ST_NONNULL;
int64_t st_xml_line(struct st_xml *xml) ST_NONNULL;

/* Copies the attribute of that namespace, cut to the room; false, and "" copied, when it is
 * missing. */
bool st_xml_attribute(struct st_xml *xml, const char *name, const char *name_space, char *out,
                      size_t size) ST_NONNULL;
/* Reads the element stood on to its end and copies its text without blanks at the ends; false when
 * it is longer than the room. */
bool st_xml_text(struct st_xml *xml, char *out, size_t size) ST_MUST_CHECK ST_NONNULL;

/* What is wrong and what to do, as the end of a sentence about the file. */
const char *st_xml_fault_text(enum st_xml_fault fault);

#endif
