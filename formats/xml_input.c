/* SPDX-License-Identifier: MIT */
/* xml_input.c - a guarded libxml2 reader. See xml_input.h. */
#include "formats/xml_input.h"

#include "formats/xml_memory.h"

#include <assert.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Never XML_PARSE_NOENT, DTDLOAD, DTDATTR, XINCLUDE or HUGE. */
enum { READER_OPTIONS = XML_PARSE_NONET | XML_PARSE_NOCDATA };

static void set_fault(struct st_xml *xml, enum st_xml_fault fault, int64_t line) {
    if (xml->fault != ST_XML_FINE)
        return; /* the first one counts; what follows comes from it */
    xml->fault = fault;
    xml->fault_line = line > 0 ? line : 1;
}

/* ---- what stands before the root element ----------------------------------------------------- */

static bool starts_with(const char *text, size_t size, const char *start) {
    return size >= strlen(start) && memcmp(text, start, strlen(start)) == 0;
}

/* Just past `mark`, or `end` when it is not there; counts the lines in between. */
static const char *pass_over(const char *at, const char *end, const char *mark, int64_t *line) {
    for (; at < end; at++) {
        if (starts_with(at, (size_t)(end - at), mark))
            return at + strlen(mark);
        *line += *at == '\n';
    }
    return end;
}

/* UTF-16 and UTF-32, with a byte order mark or without, show in the first two bytes. */
static bool is_wide(const char *head, size_t size) {
    const unsigned char *bytes = (const unsigned char *)head;
    return size >= 2 && (bytes[0] == 0 || bytes[1] == 0 || bytes[0] == 0xFE || bytes[0] == 0xFF);
}

/* A DOCTYPE can stand only before the root element; found here, no parser ever reads it. */
static void check_prolog(struct st_xml *xml) {
    const char *at = xml->head, *end = xml->head + xml->head_size;
    int64_t line = 1;
    if (is_wide(at, xml->head_size)) {
        set_fault(xml, ST_XML_ENCODING, line);
        return;
    }
    if (starts_with(at, xml->head_size, "\xEF\xBB\xBF"))
        at += 3;
    while (at < end) {
        size_t left = (size_t)(end - at);
        if (strchr(" \t\r\n", *at) != NULL && *at != '\0')
            line += *at++ == '\n';
        else if (starts_with(at, left, "<?"))
            at = pass_over(at, end, "?>", &line);
        else if (starts_with(at, left, "<!--"))
            at = pass_over(at + 4, end, "-->", &line);
        else {
            if (starts_with(at, left, "<!"))
                set_fault(xml, ST_XML_DOCTYPE, line);
            return; /* the root element, or something the parser will refuse */
        }
    }
    set_fault(xml, ST_XML_MALFORMED, line);
}

/* ---- libxml2's side -------------------------------------------------------------------------- */

/* The parser holds a text or tag in memory until it is whole, so what it takes for one is
 * counted. */
static int give_bytes(void *context, char *buffer, int size) {
    struct st_xml *xml = context;
    if (xml->node_bytes > ST_XML_NODE_MAX) {
        set_fault(xml, ST_XML_SIZE, xmlTextReaderGetParserLineNumber(xml->reader));
        return -1;
    }
    xml->node_bytes += (size_t)size;
    size_t wanted = (size_t)size, left = xml->head_size - xml->head_given;
    if (left > 0) {
        size_t given = wanted < left ? wanted : left;
        memcpy(buffer, xml->head + xml->head_given, given);
        xml->head_given += given;
        return (int)given;
    }
    ssize_t got = st_bytes_read(xml->source, buffer, wanted, xml->error);
    if (got < 0)
        xml->status = ST_IO;
    return (int)got;
}

static xmlParserInputPtr load_nothing(const char *url, const char *id, xmlParserCtxtPtr context) {
    (void)url, (void)id, (void)context;
    return NULL;
}

static void note_error(void *context, xmlErrorPtr error) {
    struct st_xml *xml = context;
    if (error->level < XML_ERR_ERROR || xml->status != ST_OK)
        return;
    if (error->code == XML_ERR_NO_MEMORY)
        xml->status = st_bytes_no_memory(xml->error);
    else
        set_fault(xml, ST_XML_MALFORMED, error->line);
}

static bool is_well(const struct st_xml *xml) {
    return xml->status == ST_OK && xml->fault == ST_XML_FINE;
}

/* The next node; false at the end, a fault or a refusal. */
static bool next_node(struct st_xml *xml) {
    if (!is_well(xml))
        return false;
    int result = xmlTextReaderRead(xml->reader);
    xml->node_bytes = 0;
    if (st_xml_memory_ran_out()) /* what was read then cannot be trusted */
        xml->status = st_bytes_no_memory(xml->error);
    if (result < 0 && is_well(xml))
        set_fault(xml, ST_XML_MALFORMED, xmlTextReaderGetParserLineNumber(xml->reader));
    if (result == 1 && xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_DOCUMENT_TYPE)
        set_fault(xml, ST_XML_DOCTYPE, st_xml_line(xml));
    if (result == 1 && xmlTextReaderDepth(xml->reader) > ST_XML_DEPTH_MAX)
        set_fault(xml, ST_XML_DEPTH, st_xml_line(xml));
    return result == 1 && is_well(xml);
}

static bool open_reader(struct st_xml *xml) {
    st_xml_memory_guard();
    xmlSetExternalEntityLoader(load_nothing);
    xml->reader = xmlReaderForIO(give_bytes, NULL, xml, NULL, "UTF-8", READER_OPTIONS);
    if (xml->reader == NULL) {
        xml->status = st_bytes_no_memory(xml->error);
        return false;
    }
    xmlTextReaderSetStructuredErrorHandler(xml->reader, note_error, xml);
    return true;
}

bool st_xml_begin(struct st_xml *xml, struct st_byte_source *source, struct st_error *error) {
    *xml = (struct st_xml){.source = source, .error = error, .head = malloc(ST_XML_HEAD_SIZE)};
    if (xml->head == NULL) {
        xml->status = st_bytes_no_memory(error);
        return false;
    }
    ssize_t got = st_bytes_read(source, xml->head, ST_XML_HEAD_SIZE, error);
    if (got < 0) {
        xml->status = ST_IO;
        return false;
    }
    xml->head_size = (size_t)got;
    check_prolog(xml);
    if (!is_well(xml) || !open_reader(xml))
        return false;
    while (next_node(xml))
        if (xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_ELEMENT)
            return true;
    return false;
}

void st_xml_end(struct st_xml *xml) {
    xmlFreeTextReader(xml->reader);
    free(xml->head);
    xml->reader = NULL;
    xml->head = NULL;
}

/* ---- walking --------------------------------------------------------------------------------- */

int st_xml_enter(struct st_xml *xml) {
    assert(xmlTextReaderNodeType(xml->reader) == XML_READER_TYPE_ELEMENT);
    return xmlTextReaderIsEmptyElement(xml->reader) == 1 ? ST_XML_NO_CHILDREN
                                                         : xmlTextReaderDepth(xml->reader);
}

bool st_xml_next_child(struct st_xml *xml, int depth) {
    if (depth == ST_XML_NO_CHILDREN)
        return false;
    while (next_node(xml)) {
        int type = xmlTextReaderNodeType(xml->reader);
        int here = xmlTextReaderDepth(xml->reader);
        if (type == XML_READER_TYPE_ELEMENT && here == depth + 1)
            return true;
        if (type == XML_READER_TYPE_END_ELEMENT && here == depth)
            return false;
    }
    return false;
}

const char *st_xml_name(struct st_xml *xml) {
    return (const char *)xmlTextReaderConstLocalName(xml->reader);
}

const char *st_xml_namespace(struct st_xml *xml) {
    const xmlChar *name = xmlTextReaderConstNamespaceUri(xml->reader);
    return name == NULL ? "" : (const char *)name;
}

/* A node knows its line up to 65 534; past that the parser's own line serves, a few lines later. */
int64_t st_xml_line(struct st_xml *xml) {
    enum { NODE_LINE_MAX = 65535 };
    long line = xmlGetLineNo(xmlTextReaderCurrentNode(xml->reader));
    if (line <= 0 || line >= NODE_LINE_MAX)
        line = xmlTextReaderGetParserLineNumber(xml->reader);
    return line > 0 ? line : 1;
}

bool st_xml_attribute(struct st_xml *xml, const char *name, const char *name_space, char *out,
                      size_t size) {
    bool is_there = xmlTextReaderMoveToAttributeNs(xml->reader, (const xmlChar *)name,
                                                   (const xmlChar *)name_space) == 1;
    const char *value = is_there ? (const char *)xmlTextReaderConstValue(xml->reader) : NULL;
    snprintf(out, size, "%s", value == NULL ? "" : value);
    xmlTextReaderMoveToElement(xml->reader);
    return is_there;
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Appends to the text at out[0 .. used), leading blanks left out; false when the room is too small
 * even without trailing blanks. */
static bool append(const char *part, char *out, size_t size, size_t *used) {
    bool is_whole = true;
    for (; *part != '\0'; part++) {
        if (*used == 0 && is_blank(*part))
            continue;
        if (*used + 1 < size)
            out[(*used)++] = *part;
        else
            is_whole = is_whole && is_blank(*part);
    }
    return is_whole;
}

bool st_xml_text(struct st_xml *xml, char *out, size_t size) {
    bool is_whole = true;
    size_t used = 0;
    int depth = st_xml_enter(xml);
    assert(size > 0);
    while (depth != ST_XML_NO_CHILDREN && next_node(xml)) {
        int type = xmlTextReaderNodeType(xml->reader);
        int here = xmlTextReaderDepth(xml->reader);
        if (type == XML_READER_TYPE_END_ELEMENT && here == depth)
            break;
        if (here == depth + 1 && (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA))
            is_whole &=
                append((const char *)xmlTextReaderConstValue(xml->reader), out, size, &used);
    }
    while (used > 0 && is_blank(out[used - 1]))
        used--;
    out[used] = '\0';
    return is_whole;
}

const char *st_xml_fault_text(enum st_xml_fault fault) {
    switch (fault) {
    case ST_XML_DOCTYPE:
        return "the file has a DOCTYPE, which such files never need; it is refused unread, fetch "
               "the "
               "file again from its sender";
    case ST_XML_ENCODING:
        return "the file is not UTF-8; fetch it again from its sender";
    case ST_XML_DEPTH:
        return "elements lie more than 32 deep in each other, which no such file needs; fetch the "
               "file again from its sender";
    case ST_XML_SIZE:
        return "a text or a tag is longer than 128 KiB, which no such file needs; fetch the file "
               "again "
               "from its sender";
    case ST_XML_MALFORMED:
        return "the file is not well-formed XML here, it may be cut off or damaged; fetch it again "
               "from its sender";
    case ST_XML_FINE:
        break;
    }
    return "nothing is wrong with the file";
}
