/* SPDX-License-Identifier: MIT */
/* audit_html.c - the frame of index.html, and text in it. One file without scripts, pictures or
 * links out of the bundle, that reads on a screen and prints on A4.
 */
#include "formats/audit_report.h"
#include "stonad/identifier.h"

#include <inttypes.h>
#include <string.h>
#include <utf8proc.h>

enum { NUMBER_DIGITS = 11, ACCOUNT_SHOWN = 4 };

/* ---- text ---------------------------------------------------------------------------------- */

static void put_character(FILE *out, const char *text, size_t size) {
    switch (text[0]) {
    case '<':
        (void)fputs("&lt;", out);
        return;
    case '>':
        (void)fputs("&gt;", out);
        return;
    case '&':
        (void)fputs("&amp;", out);
        return;
    case '"':
        (void)fputs("&quot;", out);
        return;
    case '\'':
        (void)fputs("&#39;", out);
        return;
    default:
        (void)fwrite(text, 1, size, out);
    }
}

/* Controls, and characters that turn the order of the text around them. */
static bool is_control(utf8proc_int32_t character) {
    return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
           (character >= 0x202a && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0x2028 ||
           character == 0x2029;
}

static void put_plain(FILE *out, const char *text, size_t size) {
    for (size_t i = 0; i < size;) {
        utf8proc_int32_t character;
        utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)text + i,
                                                   (utf8proc_ssize_t)(size - i), &character);
        if (length <= 0)
            (void)fputs("\xef\xbf\xbd", out);
        else if (is_control(character))
            (void)putc(' ', out);
        else
            put_character(out, text + i, (size_t)length);
        i += length > 0 ? (size_t)length : 1;
    }
}

static size_t digits_at(const char *text) {
    return strspn(text, "0123456789");
}

static void put_masked_numbers(FILE *out, const char *text) {
    while (*text != '\0') {
        size_t plain = strcspn(text, "0123456789");
        put_plain(out, text, plain);
        text += plain;
        size_t digits = digits_at(text);
        if (digits == NUMBER_DIGITS)
            (void)fprintf(out, "%.6s*****", text);
        else
            put_plain(out, text, digits);
        text += digits;
    }
}

void st_html_text(FILE *out, const char *text, enum st_audit_mask mask) {
    char masked[ST_PERSON_NUMBER_SIZE];
    size_t size = strlen(text);
    switch (mask) {
    case ST_MASK_PERSON:
        if (size == 0)
            return;
        st_person_number_mask(text, masked);
        put_plain(out, masked, strlen(masked));
        return;
    case ST_MASK_ACCOUNT:
        for (size_t i = 0; i + ACCOUNT_SHOWN < size; i++)
            (void)putc('*', out);
        put_plain(out, size > ACCOUNT_SHOWN ? text + size - ACCOUNT_SHOWN : text,
                  size > ACCOUNT_SHOWN ? ACCOUNT_SHOWN : size);
        return;
    case ST_MASK_NUMBERS:
        put_masked_numbers(out, text);
        return;
    case ST_MASK_NONE:
        put_plain(out, text, size);
    }
}

/* ---- the frame ----------------------------------------------------------------------------- */

static const char style[] =
    "body{font:15px/1.45 system-ui,sans-serif;color:#111;background:#fff;margin:2em auto;"
    "padding:0 1.5em;max-width:100em}\n"
    "h1{font-size:1.6em;margin-bottom:.2em}h2{font-size:1.2em;margin:2em 0 .3em;"
    "border-bottom:1px solid #999}\n"
    "p{max-width:60em}nav{columns:3;max-width:60em}nav a{display:block}\n"
    "table{border-collapse:collapse;font-size:.85em;margin:.6em 0}\n"
    "th,td{border:1px solid #bbb;padding:.2em .5em;text-align:left;vertical-align:top}\n"
    "th{background:#eee}td.n,th.n{text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}\n"
    "dl{display:grid;grid-template-columns:max-content auto;gap:.15em "
    "1em}dt{color:#444}dd{margin:0}\n"
    "code,.h{font-family:ui-monospace,monospace;font-size:.95em;overflow-wrap:anywhere}\n"
    ".bad{border-left:.4em solid #b00;padding-left:.8em}.good{border-left:.4em solid #080;"
    "padding-left:.8em}\n"
    "@page{size:A4 landscape;margin:12mm}\n"
    "@media print{body{margin:0;padding:0;font-size:11px;max-width:none}nav{display:none}\n"
    "thead{display:table-header-group}tr{break-inside:avoid}h2{break-after:avoid}}\n";

static void put_pair(FILE *out, const char *name, const char *value, bool is_hash) {
    (void)fprintf(out, "<dt>%s</dt><dd%s>", name, is_hash ? " class=\"h\"" : "");
    st_html_text(out, value, ST_MASK_NONE);
    (void)fputs("</dd>\n", out);
}

static void put_about(FILE *out, const struct st_audit_about *about) {
    const struct st_municipality *payer = &about->municipality;
    char entries[32];
    (void)snprintf(entries, sizeof entries, "%" PRId64, about->entry_count);
    (void)fputs("<dl>\n", out);
    put_pair(out, "Municipality", payer->name, false);
    put_pair(out, "Organisation number", payer->organisation_number, false);
    if (payer->test)
        put_pair(out, "Kind of ledger", "a test: it takes synthetic persons", false);
    put_pair(out, "First entry", about->first_time, false);
    put_pair(out, "Last entry", about->last_time, false);
    put_pair(out, "Journal entries", entries, false);
    put_pair(out, "Head (RFC 6962)", about->head, true);
    put_pair(out, "Hash of the last entry", about->last_hash, true);
    (void)fputs("</dl>\n", out);
}

static void put_contents(FILE *out) {
    (void)fputs("<nav>\n", out);
    for (int i = 0; i < ST_AUDIT_SECTION_COUNT; i++) {
        const struct st_audit_layout *layout = st_audit_layout((enum st_audit_section)i);
        (void)fprintf(out, "<a href=\"#%s\">%s</a>\n", layout->name, layout->title);
    }
    (void)fputs("</nav>\n", out);
}

void st_html_begin(FILE *out, const struct st_audit_about *about) {
    (void)fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Evidence bundle, ",
                out);
    st_html_text(out, about->municipality.name, ST_MASK_NONE);
    (void)fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
    (void)fputs("<h1>Evidence bundle of the introduction benefit</h1>\n", out);
    put_about(out, about);
    (void)fputs(
        "<p>Made from the ledger alone, by fixed rules: made again it has the same bytes. Numbers "
        "of "
        "persons and accounts are masked here; the files in <code>registers/</code> have them in "
        "full, and all rows of tables cut short here. <code>README.txt</code> says how everything "
        "is checked, with stonad and without it.</p>\n",
        out);
    if (about->is_past)
        (void)fputs(
            "<p>The ledger is shown as it was known on a day in the past: later entries are "
            "left out, but for the verification, which is of the whole file.</p>\n",
            out);
    (void)fputs(
        "<p>A head that was noted elsewhere - in a seal, in minutes, in a letter - must be one "
        "of those in <code>inputs/journal.csv</code>; that is what shows that nothing "
        "before it was changed.</p>\n",
        out);
    put_contents(out);
}

void st_html_end(FILE *out) {
    (void)fputs(
        "<h2 id=\"inputs\">Inputs</h2>\n<p>Every entry of the journal has a folder "
        "<code>inputs/NNN</code> with the command that made it and, of an import, the facts as "
        "files. "
        "<code>stonad replay --from-files</code> makes the whole ledger once more from them and "
        "compares it, entry by entry.</p>\n"
        "<h2 id=\"sql\">Questions in SQL</h2>\n<p>The files in <code>sql/</code> are put to the "
        "ledger "
        "with the sqlite3 shell, without stonad; each says what it shows and what is "
        "expected.</p>\n"
        "</body>\n</html>\n",
        out);
}
