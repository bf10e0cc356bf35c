/* SPDX-License-Identifier: MIT */
/* audit.c - `stonad audit -o DIR`: the evidence bundle. The ledger's records are handed to the
 * report section by section; inputs/ and ledger/ are in audit_inputs.c.
 */
#include "cli/audit.h"
#include "cli/known.h"

#include "stonad/proof.h"

#include <string.h>

enum { SAMPLE_MAX = ST_AUDIT_DRAWN_MAX + 2, NAME_SIZE = 64, WHY_SIZE = 24 };

struct kept_sample {
    struct st_audit_sample sample;
    char person_id[ST_PERSON_ID_SIZE], why[WHY_SIZE];
};

struct audit {
    const struct st_invocation *invocation;
    struct st_ledger *ledger;
    struct st_bundle *bundle;
    struct st_audit_report *report;
    struct st_audit_about about;
    struct kept_sample samples[SAMPLE_MAX];
    int sample_count, proof_count;
    int64_t finding_count; /* of verify */
    struct st_error *error;
};

/* ---- what it is about ---------------------------------------------------------------------- */

/* Nothing that is recorded from now on is seen: the bundle is of one moment. */
static enum st_status open_ledger(struct audit *audit) {
    const struct st_invocation *invocation = audit->invocation;
    enum st_status status = st_cli_known_open(invocation, &audit->ledger, audit->error);
    audit->about.is_past = st_option_given(invocation, ST_OPTION_KNOWN);
    if (status == ST_OK && !audit->about.is_past)
        status = st_ledger_as_of(audit->ledger, st_date_make(2199, 12, 30), audit->error);
    return status;
}

static enum st_status read_about(struct audit *audit) {
    struct st_audit_about *about = &audit->about;
    struct st_command_walk *walk = NULL;
    struct st_audit_command command;
    bool found = true;
    enum st_status status =
        st_ledger_municipality(audit->ledger, &about->municipality, audit->error);
    if (status == ST_OK)
        status = st_command_walk_new(audit->ledger, &walk, audit->error);
    while (status == ST_OK &&
           (status = st_command_walk_next(walk, &found, &command, audit->error)) == ST_OK &&
           found) {
        if (about->first_time[0] == '\0')
            (void)snprintf(about->first_time, sizeof about->first_time, "%s", command.entry.time);
        (void)snprintf(about->last_time, sizeof about->last_time, "%s", command.entry.time);
        (void)snprintf(about->head, sizeof about->head, "%s", command.head);
        (void)snprintf(about->last_hash, sizeof about->last_hash, "%s", command.entry.hash);
        about->entry_count = command.entry.entry;
    }
    st_command_walk_free(walk);
    return status;
}

/* ---- sections: records on their way -------------------------------------------------------- */

static enum st_status take_verified(void *context, const struct st_verify_row *row) {
    struct audit *audit = context;
    audit->finding_count++;
    st_audit_report_verified(audit->report, row);
    return ST_OK;
}
static enum st_status take_run(void *report, const struct st_run_row *row) {
    st_audit_report_run(report, row);
    return ST_OK;
}
static enum st_status take_export(void *report, const struct st_audit_export *row) {
    st_audit_report_export(report, row);
    return ST_OK;
}
static enum st_status take_actor(void *report, const struct st_audit_actor *row) {
    st_audit_report_actor(report, row);
    return ST_OK;
}
static enum st_status take_account(void *report, const struct st_audit_account *row) {
    st_audit_report_account(report, row);
    return ST_OK;
}
static enum st_status take_claim(void *report, const struct st_claim_row *row) {
    st_audit_report_claim(report, row);
    return ST_OK;
}
static enum st_status take_rate(void *report, const struct st_audit_rate *row) {
    st_audit_report_rate(report, row);
    return ST_OK;
}

static enum st_status report_verification(struct audit *audit) {
    struct st_verify_summary summary;
    enum st_status status = st_audit_section(audit->report, ST_AUDIT_VERIFICATION, audit->error);
    if (status == ST_OK)
        status = st_ledger_verify(audit->invocation->ledger_path, take_verified, audit, &summary,
                                  audit->error);
    if (status == ST_OK)
        status = st_audit_report_summary(audit->report, &summary, audit->error);
    return status;
}

static enum st_status report_journal(struct audit *audit) {
    struct st_command_walk *walk = NULL;
    struct st_audit_command command;
    bool found = true;
    enum st_status status = st_audit_section(audit->report, ST_AUDIT_JOURNAL, audit->error);
    if (status == ST_OK)
        status = st_command_walk_new(audit->ledger, &walk, audit->error);
    while (status == ST_OK &&
           (status = st_command_walk_next(walk, &found, &command, audit->error)) == ST_OK && found)
        st_audit_report_entry(audit->report, &command);
    st_command_walk_free(walk);
    return status;
}

/* ---- findings of runs that were approved --------------------------------------------------- */

struct approved {
    struct audit *audit;
    struct st_kept_run kept;
};

static enum st_status take_finding(void *context, const struct st_finding_row *row) {
    const struct approved *approved = context;
    st_audit_report_finding(approved->audit->report, &approved->kept.row, row);
    return ST_OK;
}

static enum st_status take_findings_of(void *context, const struct st_run_row *run) {
    struct audit *audit = context;
    struct approved approved = {.audit = audit};
    if (run->state != ST_RUN_APPROVED && run->state != ST_RUN_EXPORTED)
        return ST_OK;
    st_cli_run_keep(run, &approved.kept);
    return st_ledger_each_finding(audit->ledger, approved.kept.row.run, NULL, take_finding,
                                  &approved, audit->error);
}

/* ---- samples ------------------------------------------------------------------------------- */

static enum st_status keep_sample(void *context, const struct st_audit_sample *sample) {
    struct audit *audit = context;
    struct kept_sample *kept = &audit->samples[audit->sample_count++];
    kept->sample = *sample;
    (void)snprintf(kept->person_id, sizeof kept->person_id, "%s", sample->person_id);
    (void)snprintf(kept->why, sizeof kept->why, "%s", sample->why);
    kept->sample.person_id = kept->person_id;
    kept->sample.why = kept->why;
    return ST_OK;
}

static enum st_status write_proof(struct audit *audit, const struct st_proof *proof,
                                  const char *name) {
    FILE *out;
    struct st_error closing;
    enum st_status status = st_bundle_create(audit->bundle, name, &out, audit->error);
    if (status != ST_OK)
        return status;
    status = st_proof_write(out, proof, audit->error);
    enum st_status closed = st_bundle_close(audit->bundle, out, &closing);
    if (status != ST_OK || closed == ST_OK)
        return status;
    *audit->error = closing;
    return closed;
}

/* What is not what its journal says is not proved: then the name is "", and the verification says
 * more. */
static enum st_status prove(struct audit *audit, const struct kept_sample *kept, char *name) {
    struct st_proof proof;
    struct st_error refusal;
    (void)snprintf(name, NAME_SIZE, "proofs/%02d.json", kept->sample.number);
    enum st_status status = st_ledger_prove(audit->ledger, kept->sample.run, kept->person_id,
                                            audit->about.entry_count, &proof, &refusal);
    if (status == ST_DAMAGED) {
        name[0] = '\0';
        return ST_OK;
    }
    if (status != ST_OK) {
        *audit->error = refusal;
        return status;
    }
    status = write_proof(audit, &proof, name);
    audit->proof_count++;
    st_proof_free(&proof);
    return status;
}

struct sampled {
    struct audit *audit;
    const struct kept_sample *kept;
    const char *proof;
};

static enum st_status take_sample(void *context, const struct st_payslip_row *row) {
    const struct sampled *sampled = context;
    st_audit_report_sample(sampled->audit->report, &sampled->kept->sample, row, sampled->proof);
    return ST_OK;
}

static enum st_status take_line(void *context, const struct st_line_row *row) {
    const struct sampled *sampled = context;
    st_audit_report_line(sampled->audit->report, sampled->kept->sample.number, row);
    return ST_OK;
}

static enum st_status report_samples(struct audit *audit) {
    enum st_status status =
        st_ledger_each_sample(audit->ledger, audit->about.head, keep_sample, audit, audit->error);
    if (status == ST_OK)
        status = st_audit_section(audit->report, ST_AUDIT_SAMPLES, audit->error);
    for (int i = 0; status == ST_OK && i < audit->sample_count; i++) {
        char name[NAME_SIZE];
        struct sampled sampled = {audit, &audit->samples[i], name};
        status = prove(audit, sampled.kept, name);
        if (status == ST_OK)
            status = st_ledger_each_payslip(audit->ledger, sampled.kept->sample.run,
                                            sampled.kept->person_id, take_sample, &sampled,
                                            audit->error);
    }
    if (status == ST_OK)
        status = st_audit_section(audit->report, ST_AUDIT_LINES, audit->error);
    for (int i = 0; status == ST_OK && i < audit->sample_count; i++) {
        struct sampled sampled = {audit, &audit->samples[i], ""};
        status = st_ledger_each_line(audit->ledger, sampled.kept->sample.run,
                                     sampled.kept->person_id, take_line, &sampled, audit->error);
    }
    return status;
}

/* ---- the report ---------------------------------------------------------------------------- */

static enum st_status report_runs(struct audit *audit) {
    struct st_audit_report *report = audit->report;
    enum st_status status = st_audit_section(report, ST_AUDIT_RUNS, audit->error);
    if (status == ST_OK)
        status = st_ledger_each_run(audit->ledger, take_run, report, audit->error);
    if (status == ST_OK)
        status = st_audit_section(report, ST_AUDIT_EXPORTS, audit->error);
    if (status == ST_OK)
        status = st_ledger_each_export(audit->ledger, take_export, report, audit->error);
    return status;
}

static enum st_status report_doings(struct audit *audit) {
    struct st_audit_report *report = audit->report;
    enum st_status status = st_audit_section(report, ST_AUDIT_ACTORS, audit->error);
    if (status == ST_OK)
        status = st_ledger_each_actor(audit->ledger, take_actor, report, audit->error);
    if (status == ST_OK)
        status = report_journal(audit);
    if (status == ST_OK)
        status = st_audit_section(report, ST_AUDIT_ACCOUNTS, audit->error);
    if (status == ST_OK)
        status = st_ledger_each_account_change(audit->ledger, take_account, report, audit->error);
    return status;
}

static enum st_status report_matters(struct audit *audit) {
    struct st_audit_report *report = audit->report;
    enum st_status status = st_audit_section(report, ST_AUDIT_FINDINGS, audit->error);
    if (status == ST_OK)
        status = st_ledger_each_run(audit->ledger, take_findings_of, audit, audit->error);
    if (status == ST_OK)
        status = st_audit_section(report, ST_AUDIT_CLAIMS, audit->error);
    if (status == ST_OK)
        status = st_ledger_each_claim(audit->ledger, NULL, take_claim, report, audit->error);
    if (status == ST_OK)
        status = st_audit_section(report, ST_AUDIT_RATES, audit->error);
    if (status == ST_OK)
        status = st_ledger_each_recorded_rate(audit->ledger, 0, take_rate, report, audit->error);
    return status;
}

static enum st_status write_report(struct audit *audit) {
    enum st_status status =
        st_audit_report_begin(audit->bundle, &audit->about, &audit->report, audit->error);
    if (status == ST_OK)
        status = report_verification(audit);
    if (status == ST_OK)
        status = report_runs(audit);
    if (status == ST_OK)
        status = report_doings(audit);
    if (status == ST_OK)
        status = report_matters(audit);
    if (status == ST_OK)
        status = report_samples(audit);
    if (status == ST_OK)
        status = st_audit_report_end(audit->report, audit->error);
    st_audit_report_free(audit->report);
    return status;
}

/* ---- the rest of the folder ---------------------------------------------------------------- */

static enum st_status write_questions(struct audit *audit) {
    enum st_status status = ST_OK;
    for (size_t i = 0; status == ST_OK && st_audit_sql_at(i) != NULL; i++) {
        const struct st_audit_sql *question = st_audit_sql_at(i);
        char name[NAME_SIZE];
        FILE *out;
        (void)snprintf(name, sizeof name, "sql/%.50s", question->name);
        status = st_bundle_create(audit->bundle, name, &out, audit->error);
        if (status != ST_OK)
            return status;
        (void)fputs(question->text, out);
        status = st_bundle_close(audit->bundle, out, audit->error);
    }
    return status;
}

static enum st_status write_readme(struct audit *audit) {
    FILE *out;
    enum st_status status = st_bundle_create(audit->bundle, "README.txt", &out, audit->error);
    if (status != ST_OK)
        return status;
    st_audit_put_readme(out, &audit->about);
    return st_bundle_close(audit->bundle, out, audit->error);
}

static enum st_status write_bundle(struct audit *audit) {
    const struct st_invocation *invocation = audit->invocation;
    enum st_status status =
        st_bundle_begin(invocation->values[ST_OPTION_OUTPUT],
                        st_option_given(invocation, ST_OPTION_FORCE), &audit->bundle, audit->error);
    if (status == ST_OK)
        status = write_report(audit);
    if (status == ST_OK)
        status = st_cli_audit_inputs(audit->ledger, audit->bundle, &audit->about.municipality,
                                     audit->about.entry_count, audit->error);
    if (status == ST_OK)
        status = write_questions(audit);
    if (status == ST_OK)
        status = write_readme(audit);
    if (status == ST_OK && !invocation->act.dry_run)
        status = st_bundle_release(audit->bundle, audit->error);
    st_bundle_free(audit->bundle);
    return status;
}

static enum st_status print_bundle(const struct audit *audit) {
    static const struct st_report_column columns[] = {
        {"folder", NULL, ST_CELL_TEXT, 20, false},   {"entries", NULL, ST_CELL_INTEGER, 7, false},
        {"head", NULL, ST_CELL_TEXT, 64, false},     {"findings", NULL, ST_CELL_INTEGER, 8, false},
        {"proofs", NULL, ST_CELL_INTEGER, 6, false},
    };
    const char *folder = audit->invocation->values[ST_OPTION_OUTPUT];
    struct st_report *report;
    if (audit->invocation->format == ST_FORMAT_TEXT) {
        st_cli_pair("folder", "%s, begin with index.html or README.txt", folder);
        st_cli_pair("entries", "%lld", (long long)audit->about.entry_count);
        st_cli_pair("head", "%s", audit->about.head);
        st_cli_pair("verification", "%lld finding%s", (long long)audit->finding_count,
                    audit->finding_count == 1 ? "" : "s");
        st_cli_pair("samples", "%d, %d with proofs", audit->sample_count, audit->proof_count);
        return ST_OK;
    }
    enum st_status status =
        st_cli_report(audit->invocation, columns, ST_COUNT_OF(columns), &report, audit->error);
    if (status != ST_OK)
        return status;
    st_report_text(report, folder);
    st_report_integer(report, audit->about.entry_count);
    st_report_text(report, audit->about.head);
    st_report_integer(report, audit->finding_count);
    st_report_integer(report, audit->proof_count);
    return st_cli_report_end(report, ST_OK, audit->error);
}

enum st_status st_command_audit(const struct st_invocation *invocation, struct st_error *error) {
    struct audit audit = {.invocation = invocation, .error = error};
    enum st_status status = open_ledger(&audit);
    if (status == ST_OK)
        status = read_about(&audit);
    if (status == ST_OK)
        status = write_bundle(&audit);
    st_ledger_close(audit.ledger);
    if (status != ST_OK)
        return status;
    st_cli_say_dry_run(invocation);
    status = print_bundle(&audit);
    return status == ST_OK && audit.finding_count > 0 ? ST_FOUND : status;
}
