/* SPDX-License-Identifier: MIT */
/* audit_sections.c - the sections of the bundle's report: their columns, and how a record becomes
 * a row. The order of a section's columns is that of the cells below it.
 */
#include "formats/audit_report.h"

#define TEXT(name, heading)                                                                        \
    { name, heading, ST_CELL_TEXT, ST_MASK_NONE }
#define PROSE(name, heading)                                                                       \
    { name, heading, ST_CELL_TEXT, ST_MASK_NUMBERS }
#define PERSON                                                                                     \
    { "person_id", "Person", ST_CELL_TEXT, ST_MASK_PERSON }
#define ACCOUNT(name, heading)                                                                     \
    { name, heading, ST_CELL_TEXT, ST_MASK_ACCOUNT }
#define NUMBER(name, heading)                                                                      \
    { name, heading, ST_CELL_INTEGER, ST_MASK_NONE }
#define AMOUNT(name, heading)                                                                      \
    { name, heading, ST_CELL_AMOUNT, ST_MASK_NONE }
#define DATE(name, heading)                                                                        \
    { name, heading, ST_CELL_DATE, ST_MASK_NONE }
#define MONTH(name, heading)                                                                       \
    { name, heading, ST_CELL_MONTH, ST_MASK_NONE }
#define DECIMAL(name, heading)                                                                     \
    { name, heading, ST_CELL_DECIMAL, ST_MASK_NONE }

static const struct st_audit_column verification_columns[] = {
    TEXT("code", "Code"),    TEXT("class", "Class"),       TEXT("table", "Table"),
    PROSE("row", "Row"),     TEXT("field", "Field"),       PROSE("expected", "Expected"),
    PROSE("found", "Found"), AMOUNT("amount", "At stake"), PROSE("text", "What it means")};
static const struct st_audit_column run_columns[] = {NUMBER("run", "Run"),
                                                     MONTH("month", "Month"),
                                                     DATE("payday", "Payday"),
                                                     TEXT("state", "State"),
                                                     NUMBER("persons", "Payslips"),
                                                     NUMBER("held", "Held"),
                                                     NUMBER("payments", "Payments"),
                                                     AMOUNT("benefit", "Benefit"),
                                                     AMOUNT("corrections", "Corrections"),
                                                     AMOUNT("recovery", "Recovery"),
                                                     AMOUNT("claims", "New claims"),
                                                     AMOUNT("taxable", "Taxable"),
                                                     AMOUNT("tax", "Tax"),
                                                     AMOUNT("net", "Net"),
                                                     NUMBER("findings", "Findings"),
                                                     NUMBER("entry", "Entry"),
                                                     TEXT("computed_by", "Computed by"),
                                                     TEXT("computed_at", "at"),
                                                     TEXT("approved_by", "Approved by"),
                                                     TEXT("approved_at", "at"),
                                                     TEXT("message_id", "Message id"),
                                                     TEXT("rule_set", NULL),
                                                     TEXT("table_digest", NULL)};
static const struct st_audit_column export_columns[] = {
    NUMBER("run", "Run"),   NUMBER("entry", "Entry"), TEXT("time", "Written at"),
    TEXT("actor", "by"),    TEXT("form", "Form"),     TEXT("content", "Content"),
    TEXT("tax_kid", "KID"), NUMBER("bytes", "Bytes"), TEXT("sha256", "SHA-256 of the file")};
static const struct st_audit_column actor_columns[] = {
    TEXT("actor", "Who"), TEXT("kind", "What"), NUMBER("entries", "Entries"),
    TEXT("first", "First"), TEXT("last", "Last")};
static const struct st_audit_column journal_columns[] = {
    NUMBER("entry", "Entry"), TEXT("time", "When"),      TEXT("actor", "Who"), TEXT("kind", "What"),
    NUMBER("run", "Run"),     PROSE("detail", "Detail"), TEXT("hash", NULL),   TEXT("head", NULL)};
static const struct st_audit_column account_columns[] = {
    PERSON,
    PROSE("name", "Name"),
    NUMBER("entry", "Entry"),
    TEXT("time", "Changed at"),
    TEXT("actor", "by"),
    ACCOUNT("before", "From"),
    ACCOUNT("after", "To"),
    NUMBER("earlier_entry", "Held since entry")};
static const struct st_audit_column finding_columns[] = {NUMBER("run", "Run"),
                                                         TEXT("approved_by", "Approved by"),
                                                         PERSON,
                                                         PROSE("name", "Name"),
                                                         TEXT("code", "Code"),
                                                         TEXT("severity", "Severity"),
                                                         TEXT("rule", "Rule"),
                                                         TEXT("citation", "Paragraph"),
                                                         PROSE("text", "What was to be looked at")};
static const struct st_audit_column claim_columns[] = {PERSON,
                                                       PROSE("name", "Name"),
                                                       NUMBER("run", "Run"),
                                                       DATE("payday", "Payday"),
                                                       TEXT("kind", "Movement"),
                                                       DATE("decided", "Decision of"),
                                                       AMOUNT("amount", "Amount"),
                                                       AMOUNT("remaining", "Owed after it")};
static const struct st_audit_column rate_columns[] = {
    TEXT("name", "Rate"),        DATE("effect", "Counts from"),
    DATE("known", "Known"),      NUMBER("value", "Kroner"),
    TEXT("source", "Source"),    NUMBER("entry", "Entry"),
    TEXT("time", "Recorded at"), TEXT("actor", "by")};
static const struct st_audit_column sample_columns[] = {
    NUMBER("sample", "No"),       TEXT("why", "Why"),
    NUMBER("run", "Run"),         PERSON,
    PROSE("name", "Name"),        MONTH("month", "Month"),
    TEXT("state", "State"),       AMOUNT("benefit", "Benefit"),
    AMOUNT("taxable", "Taxable"), AMOUNT("tax", "Tax"),
    AMOUNT("net", "Net"),         PROSE("tax_basis", "Tax basis"),
    TEXT("proof", "Proof")};
static const struct st_audit_column line_columns[] = {NUMBER("sample", "No"),
                                                      NUMBER("line", "Line"),
                                                      TEXT("kind", "Kind"),
                                                      MONTH("month", "Month"),
                                                      DATE("from", "From"),
                                                      DATE("to", "To"),
                                                      DECIMAL("quantity", "Quantity"),
                                                      TEXT("unit", "Unit"),
                                                      DECIMAL("rate", "Rate"),
                                                      AMOUNT("amount", "Amount"),
                                                      TEXT("from_account", "From account"),
                                                      TEXT("to_account", "To account"),
                                                      TEXT("rule", "Rule"),
                                                      TEXT("citation", "Paragraph"),
                                                      PROSE("inputs", "What went in")};

#define COLUMNS(array) array, ST_COUNT_OF(array)
static const struct st_audit_layout layouts[ST_AUDIT_SECTION_COUNT] = {
    [ST_AUDIT_VERIFICATION] = {"verification", "Verification",
                               "Tables and triggers, the chain, the digest of every entry's rows, "
                               "references, states and sums, all computed again.",
                               "Nothing was found.", COLUMNS(verification_columns)},
    [ST_AUDIT_RUNS] =
        {"runs", "Runs and approvals",
         "Benefit, corrections, recovery and taxable pay are of all payslips; payments, "
         "tax and net of what is paid. Who computed a run may not approve it.",
         "There is no run.", COLUMNS(run_columns)},
    [ST_AUDIT_EXPORTS] = {"payment_files", "Payment files",
                          "The digest is to be held against the file that the bank was sent.",
                          "No payment file was written.", COLUMNS(export_columns)},
    [ST_AUDIT_ACTORS] = {"actors", "Who did what",
                         "By actor and kind of entry: which duties were in one hand.",
                         "There is no entry.", COLUMNS(actor_columns)},
    [ST_AUDIT_JOURNAL] = {"journal", "Journal",
                          "Every command that wrote. Hashes and heads: registers/journal.csv.",
                          "There is no entry.", COLUMNS(journal_columns)},
    [ST_AUDIT_ACCOUNTS] =
        {"account_changes", "Changes of bank accounts",
         "Accounts of participants that became others. Empty: the person was taken "
         "out of the register, or came back to it.",
         "No account was changed.", COLUMNS(account_columns)},
    [ST_AUDIT_FINDINGS] = {"findings", "Findings standing when a run was approved",
                           "What stonad asked somebody to look at, of the runs that were approved.",
                           "There was nothing to look at.", COLUMNS(finding_columns)},
    [ST_AUDIT_CLAIMS] =
        {"claims", "Claims",
         "What participants owe, movement by movement; discarded runs are left out.",
         "Nobody owes, or has owed, anything.", COLUMNS(claim_columns)},
    [ST_AUDIT_RATES] = {"rates", "Rates",
                        "Every rate with who recorded it; entry 1 is what the ledger began with.",
                        "There is no rate.", COLUMNS(rate_columns)},
    [ST_AUDIT_SAMPLES] =
        {"samples", "Samples",
         "Payslips of runs that were not discarded: the first, the one with the "
         "largest net, and some that the head above picks, so that nobody chooses: "
         "docs/audit.md, or README.txt, says how. The proof shows the payslip to be in "
         "the journal with that head.",
         "There is no payslip.", COLUMNS(sample_columns)},
    [ST_AUDIT_LINES] =
        {"sample_lines", "Lines of the samples",
         "Each line moves an amount from one account to another, by a rule. Money away "
         "from the person is negative; what does not touch the person is 0.",
         "There is no line.", COLUMNS(line_columns)},
};

const struct st_audit_layout *st_audit_layout(enum st_audit_section section) {
    return &layouts[section];
}

/* ---- rows ---------------------------------------------------------------------------------- */

void st_audit_report_verified(struct st_audit_report *report, const struct st_verify_row *row) {
    st_audit_cell_text(report, row->code);
    st_audit_cell_text(report, st_verify_class_name(row->kind));
    st_audit_cell_text(report, row->table);
    st_audit_cell_text(report, row->row);
    st_audit_cell_text(report, row->field);
    st_audit_cell_text(report, row->expected);
    st_audit_cell_text(report, row->found);
    if (row->has_amount)
        st_audit_cell_amount(report, row->amount);
    else
        st_audit_cell_null(report);
    st_audit_cell_text(report, row->text);
}

void st_audit_report_run(struct st_audit_report *report, const struct st_run_row *row) {
    st_audit_cell_integer(report, row->run);
    st_audit_cell_month(report, row->month);
    st_audit_cell_date(report, row->payday);
    st_audit_cell_text(report, st_run_state_name(row->state));
    st_audit_cell_integer(report, row->person_count);
    st_audit_cell_integer(report, row->held_count);
    st_audit_cell_integer(report, row->payment_count);
    st_audit_cell_amount(report, row->benefit);
    st_audit_cell_amount(report, row->corrections);
    st_audit_cell_amount(report, row->recovery);
    st_audit_cell_amount(report, row->claims);
    st_audit_cell_amount(report, row->taxable);
    st_audit_cell_amount(report, row->tax);
    st_audit_cell_amount(report, row->net);
    st_audit_cell_integer(report, row->finding_count);
    st_audit_cell_integer(report, row->journal_entry);
    st_audit_cell_text(report, row->actor);
    st_audit_cell_text(report, row->time);
    st_audit_cell_text(report, row->approved_by);
    st_audit_cell_text(report, row->approved_at);
    st_audit_cell_text(report, row->message_id);
    st_audit_cell_text(report, row->rule_set);
    st_audit_cell_text(report, row->table_digest);
}

void st_audit_report_export(struct st_audit_report *report, const struct st_audit_export *row) {
    st_audit_cell_integer(report, row->run);
    st_audit_cell_integer(report, row->entry);
    st_audit_cell_text(report, row->time);
    st_audit_cell_text(report, row->actor);
    st_audit_cell_text(report, row->form);
    st_audit_cell_text(report, row->content);
    st_audit_cell_text(report, row->tax_kid);
    st_audit_cell_integer(report, row->byte_count);
    st_audit_cell_text(report, row->sha256);
}

void st_audit_report_actor(struct st_audit_report *report, const struct st_audit_actor *row) {
    st_audit_cell_text(report, row->actor);
    st_audit_cell_text(report, row->kind);
    st_audit_cell_integer(report, row->entry_count);
    st_audit_cell_text(report, row->first);
    st_audit_cell_text(report, row->last);
}

void st_audit_report_entry(struct st_audit_report *report, const struct st_audit_command *row) {
    const struct st_journal_entry *entry = &row->entry;
    st_audit_cell_integer(report, entry->entry);
    st_audit_cell_text(report, entry->time);
    st_audit_cell_text(report, entry->actor);
    st_audit_cell_text(report, entry->kind);
    if (entry->run == 0)
        st_audit_cell_null(report);
    else
        st_audit_cell_integer(report, entry->run);
    st_audit_cell_text(report, entry->detail);
    st_audit_cell_text(report, entry->hash);
    st_audit_cell_text(report, row->head);
}

void st_audit_report_account(struct st_audit_report *report, const struct st_audit_account *row) {
    st_audit_cell_text(report, row->person_id);
    st_audit_cell_text(report, row->name);
    st_audit_cell_integer(report, row->entry);
    st_audit_cell_text(report, row->time);
    st_audit_cell_text(report, row->actor);
    st_audit_cell_text(report, row->before);
    st_audit_cell_text(report, row->after);
    st_audit_cell_integer(report, row->earlier_entry);
}

void st_audit_report_finding(struct st_audit_report *report, const struct st_run_row *run,
                             const struct st_finding_row *row) {
    st_audit_cell_integer(report, run->run);
    st_audit_cell_text(report, run->approved_by);
    st_audit_cell_text(report, row->person_id);
    st_audit_cell_text(report, row->name);
    st_audit_cell_text(report, row->code);
    st_audit_cell_text(report, row->severity);
    st_audit_cell_text(report, row->rule);
    st_audit_cell_text(report, row->citation);
    st_audit_cell_text(report, row->text);
}

void st_audit_report_claim(struct st_audit_report *report, const struct st_claim_row *row) {
    st_audit_cell_text(report, row->person_id);
    st_audit_cell_text(report, row->name);
    st_audit_cell_integer(report, row->run);
    st_audit_cell_date(report, row->payday);
    st_audit_cell_text(report, row->kind);
    st_audit_cell_date(report, row->decided);
    st_audit_cell_amount(report, row->amount);
    st_audit_cell_amount(report, row->remaining);
}

void st_audit_report_rate(struct st_audit_report *report, const struct st_audit_rate *row) {
    st_audit_cell_text(report, row->name);
    st_audit_cell_date(report, row->rate.effect);
    st_audit_cell_date(report, row->rate.known);
    st_audit_cell_integer(report, row->rate.value_nok);
    st_audit_cell_text(report, row->rate.source);
    st_audit_cell_integer(report, row->entry);
    st_audit_cell_text(report, row->time);
    st_audit_cell_text(report, row->actor);
}

void st_audit_report_sample(struct st_audit_report *report, const struct st_audit_sample *sample,
                            const struct st_payslip_row *row, const char *proof) {
    st_audit_cell_integer(report, sample->number);
    st_audit_cell_text(report, sample->why);
    st_audit_cell_integer(report, sample->run);
    st_audit_cell_text(report, row->person_id);
    st_audit_cell_text(report, row->name);
    st_audit_cell_month(report, row->month);
    st_audit_cell_text(report, row->state == ST_PAYSLIP_HELD ? "held" : "due");
    st_audit_cell_amount(report, row->benefit);
    st_audit_cell_amount(report, row->taxable);
    st_audit_cell_amount(report, row->tax);
    st_audit_cell_amount(report, row->net);
    st_audit_cell_text(report, row->tax_basis);
    st_audit_cell_text(report, proof[0] == '\0' ? "none: see the verification" : proof);
}

void st_audit_report_line(struct st_audit_report *report, int sample,
                          const struct st_line_row *row) {
    st_audit_cell_integer(report, sample);
    st_audit_cell_integer(report, row->line);
    st_audit_cell_text(report, row->kind);
    st_audit_cell_month(report, row->month);
    st_audit_cell_date(report, row->from);
    st_audit_cell_date(report, row->to);
    st_audit_cell_decimal(report, row->quantity);
    st_audit_cell_text(report, row->unit);
    st_audit_cell_decimal(report, row->rate);
    st_audit_cell_amount(report, row->amount);
    st_audit_cell_text(report, row->from_account);
    st_audit_cell_text(report, row->to_account);
    st_audit_cell_text(report, row->rule);
    st_audit_cell_text(report, row->citation);
    st_audit_cell_text(report, row->inputs);
}
