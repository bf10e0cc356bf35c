/* SPDX-License-Identifier: MIT */
/* audit_sql.c - the questions an auditor puts to a ledger in plain SQL, with the sqlite3 shell
 * and without stonad. Each says what it shows, and what is to be expected. They read the ledger's
 * tables as docs/ledger.md describes them, and write nothing.
 */
#include "stonad/audit.h"

#define STATES                                                                                     \
    "WITH state (run, kind) AS (SELECT run, kind FROM journal AS j WHERE run IS NOT NULL AND\n"    \
    "  entry = (SELECT max(entry) FROM journal WHERE run = j.run))\n"

static const struct st_audit_sql questions[] = {
    {"01-journal.sql",
     "-- The journal: every command that wrote, who, when, and the chain that holds it together.\n"
     "-- fits: 1 when the entry carries the hash of the one before it and its number follows.\n"
     "-- Expected: fits is 1 in every row.\n"
     "SELECT entry, time, actor, kind, run, detail,\n"
     "  entry = 1 + lag(entry, 1, 0) OVER (ORDER BY entry)\n"
     "  AND previous_hash = lag(hash, 1, printf('%064d', 0)) OVER (ORDER BY entry) AS fits, hash\n"
     "FROM journal ORDER BY entry;\n"},
    {"02-who-did-what.sql",
     "-- Who did what, and from when to when: the duties each person had in fact.\n"
     "SELECT actor, kind, count(*) AS entries, min(time) AS first, max(time) AS last\n"
     "FROM journal GROUP BY actor, kind ORDER BY actor, kind;\n"},
    {"03-runs-and-approvals.sql",
     "-- Every run: who computed and approved it, what was confirmed, and what became of it.\n"
     STATES
     "SELECT r.run, r.month, r.payday, s.kind AS last_step, c.actor AS computed_by,\n"
     "  c.time AS computed_at, j.actor AS approved_by, j.time AS approved_at, a.payments,\n"
     "  a.sum_ore / 100.0 AS sum, a.message_id\n"
     "FROM run AS r JOIN journal AS c ON c.entry = r.entry JOIN state AS s ON s.run = r.run\n"
     "LEFT JOIN approval AS a ON a.run = r.run LEFT JOIN journal AS j ON j.entry = a.entry\n"
     "ORDER BY r.run;\n"},
    {"04-four-eyes.sql",
     "-- Runs approved by who computed them, however the name was spelled (capitals, blanks).\n"
     "-- Expected: no row.\n"
     "SELECT r.run, c.actor AS computed_by, j.actor AS approved_by\n"
     "FROM approval AS a JOIN run AS r ON r.run = a.run JOIN journal AS j ON j.entry = a.entry\n"
     "JOIN journal AS c ON c.entry = r.entry\n"
     "WHERE lower(replace(c.actor, ' ', '')) = lower(replace(j.actor, ' ', ''));\n"},
    {"05-confirmed-sums.sql",
     "-- What was confirmed at approval against the payslips themselves.\n"
     "-- Expected: no row.\n"
     "SELECT a.run, a.payments, sum(p.net_ore > 0) AS payslips, a.sum_ore / 100.0 AS sum,\n"
     "  sum(p.net_ore) / 100.0 AS net\n"
     "FROM approval AS a JOIN payslip AS p ON p.run = a.run AND p.state = 'due'\n"
     "GROUP BY a.run HAVING a.payments <> sum(p.net_ore > 0) OR a.sum_ore <> sum(p.net_ore);\n"},
    {"06-run-totals.sql",
     "-- The totals of each run against its payslips: subsidiary ledger against general ledger.\n"
     "-- Expected: no row.\n"
     "SELECT r.run, r.person_count, count(p.person_id) AS payslips, r.benefit_ore,\n"
     "  total(p.benefit_ore) AS benefit, r.taxable_ore, total(p.taxable_ore) AS taxable,\n"
     "  r.tax_ore,\n"
     "  total(CASE p.state WHEN 'due' THEN p.tax_ore END) AS tax, r.net_ore,\n"
     "  total(CASE p.state WHEN 'due' THEN p.net_ore END) AS net\n"
     "FROM run AS r LEFT JOIN payslip AS p ON p.run = r.run GROUP BY r.run\n"
     "HAVING r.person_count <> count(p.person_id) OR r.benefit_ore <> total(p.benefit_ore)\n"
     "  OR r.taxable_ore <> total(p.taxable_ore)\n"
     "  OR r.tax_ore <> total(CASE p.state WHEN 'due' THEN p.tax_ore END)\n"
     "  OR r.net_ore <> total(CASE p.state WHEN 'due' THEN p.net_ore END);\n"},
    {"07-payslips-balance.sql",
     "-- On every payslip the lines to and from the person add up to nothing.\n"
     "-- Expected: no row.\n"
     "SELECT run, person_id, sum((to_account = 'person') * amount_ore)\n"
     "  - sum((from_account = 'person') * amount_ore) AS left_over_ore\n"
     "FROM line GROUP BY run, person_id HAVING left_over_ore <> 0;\n"},
    {"08-accounts.sql",
     "-- What each run moved to and from each account of the books; runs discarded are left out,\n"
     "-- and so is who was held back. bank is what was paid, tax what was withheld.\n" STATES
     "SELECT l.run, b.side AS account,\n"
     "  sum((l.to_account = b.side) * l.amount_ore) / 100.0 AS moved_to,\n"
     "  sum((l.from_account = b.side) * l.amount_ore) / 100.0 AS moved_from\n"
     "FROM line AS l JOIN payslip AS p ON p.run = l.run AND p.person_id = l.person_id\n"
     "  AND p.state = 'due'\n"
     "JOIN state AS s ON s.run = l.run AND s.kind <> 'discard'\n"
     "JOIN (SELECT from_account AS side FROM line UNION SELECT to_account FROM line) AS b\n"
     "  ON b.side IN (l.from_account, l.to_account)\n"
     "GROUP BY l.run, b.side ORDER BY l.run, b.side;\n"},
    {"09-payment-files.sql",
     "-- The payment files that were written: hold sha256 against the files sent to the bank.\n"
     "SELECT e.run, e.form, e.content, e.tax_kid, e.byte_count, e.sha256, j.time, j.actor\n"
     "FROM export AS e JOIN journal AS j ON j.entry = e.entry ORDER BY e.entry;\n"},
    {"10-account-changes.sql",
     "-- Bank accounts of participants that became others: who recorded it, when, from, to. An\n"
     "-- empty account: the person was taken out of the register, or came back.\n"
     "SELECT person_id, ifnull(name, named) AS name, entry, time, actor, before,\n"
     "  account AS after\n"
     "FROM (SELECT p.*, j.time, j.actor, lag(p.name) OVER of_person AS named,\n"
     "    lag(p.account) OVER of_person AS before, lag(p.entry) OVER of_person AS earlier\n"
     "  FROM participant AS p JOIN journal AS j ON j.entry = p.entry\n"
     "  WINDOW of_person AS (PARTITION BY p.person_id ORDER BY p.entry))\n"
     "WHERE earlier IS NOT NULL AND account IS NOT before ORDER BY person_id, entry;\n"},
    {"11-shared-accounts.sql",
     "-- Accounts that more than one person was paid to in a run: couples, guardians - or not.\n"
     "SELECT run, account, count(*) AS persons, sum(net_ore) / 100.0 AS net,\n"
     "  group_concat(name, ', ') AS names\n"
     "FROM payslip WHERE state = 'due' AND net_ore > 0\n"
     "GROUP BY run, account HAVING count(*) > 1 ORDER BY run, account;\n"},
    {"12-paid-elsewhere.sql",
     "-- Payslips whose account or name is not the register's as it stood when the run was made.\n"
     "-- Expected: no row.\n"
     "SELECT p.run, p.person_id, p.name, p.account, f.name AS registered_name,\n"
     "  f.account AS registered_account\n"
     "FROM payslip AS p JOIN run AS r ON r.run = p.run LEFT JOIN participant AS f\n"
     "  ON f.person_id = p.person_id AND f.entry = (SELECT max(entry) FROM participant\n"
     "    WHERE person_id = p.person_id AND entry < r.entry AND withdrawn = 0)\n"
     "WHERE p.account IS NOT f.account OR p.name IS NOT f.name;\n"},
    {"13-rates.sql",
     "-- Every rate: when it counts, when it was known, and who recorded it when. Entry 1 is what\n"
     "-- the ledger began with.\n"
     "SELECT r.name, r.effect, r.known, r.value_nok, r.source, r.entry, j.time, j.actor\n"
     "FROM rate AS r JOIN journal AS j ON j.entry = r.entry\n"
     "ORDER BY r.entry, r.effect, r.known;\n"},
    {"14-findings-at-approval.sql",
     "-- What stonad asked somebody to look at, of the runs that were approved.\n"
     "SELECT f.run, j.actor AS approved_by, f.person_id, p.name, f.code, f.severity, f.text\n"
     "FROM finding AS f JOIN approval AS a ON a.run = f.run\n"
     "JOIN journal AS j ON j.entry = a.entry\n"
     "LEFT JOIN payslip AS p ON p.run = f.run AND p.person_id = f.person_id\n"
     "ORDER BY f.run, f.person_id, f.number;\n"},
    {"15-corrections.sql",
     "-- Earlier months put right: what was paid and due, why, and who had recorded the cause.\n"
     "SELECT c.run, c.person_id, c.month, c.paid_ore / 100.0 AS paid, c.due_ore / 100.0 AS due,\n"
     "  c.difference_ore / 100.0 AS difference, c.cause, c.cause_entry, j.actor\n"
     "FROM correction AS c LEFT JOIN journal AS j ON j.entry = c.cause_entry\n"
     "ORDER BY c.run, c.person_id, c.month;\n"},
    {"16-claims.sql",
     "-- What participants owe after the last movement of each, discarded runs left out.\n" STATES
     "SELECT person_id, run, kind, remaining_ore / 100.0 AS owed FROM (\n"
     "  SELECT c.*, row_number() OVER (PARTITION BY c.person_id\n"
     "    ORDER BY c.run DESC, c.number DESC) AS back\n"
     "  FROM claim AS c JOIN state AS s ON s.run = c.run AND s.kind <> 'discard')\n"
     "WHERE back = 1 ORDER BY person_id;\n"},
    {"17-late-facts.sql",
     "-- Absence that was recorded after the month it begins in had been approved, and how many\n"
     "-- days after: what corrections come from.\n"
     "SELECT a.person_id, a.from_date, a.to_date, a.kind, a.withdrawn, j.actor, j.time,\n"
     "  r.run, cast(julianday(substr(j.time, 1, 10)) - julianday(substr(k.time, 1, 10))\n"
     "    AS INTEGER) AS days_after\n"
     "FROM absence AS a JOIN journal AS j ON j.entry = a.entry\n"
     "JOIN run AS r ON r.month = substr(a.from_date, 1, 7)\n"
     "JOIN approval AS p ON p.run = r.run AND p.entry < a.entry\n"
     "JOIN journal AS k ON k.entry = p.entry ORDER BY a.entry, a.person_id, a.from_date;\n"},
    {"18-imported-files.sql",
     "-- The files that were imported: hold sha256 against the files kept by who delivered them.\n"
     "SELECT f.entry, j.time, j.actor, f.number, f.name, f.kind, f.row_count, f.sha256\n"
     "FROM import_file AS f JOIN journal AS j ON j.entry = f.entry ORDER BY f.entry, f.number;\n"},
};

const struct st_audit_sql *st_audit_sql_at(size_t index) {
    return index < ST_COUNT_OF(questions) ? &questions[index] : NULL;
}
