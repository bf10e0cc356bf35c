#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A second verifier of a ledger, written from docs/ledger.md and docs/proofs.md alone.

    python3 verify_ledger.py LEDGER                                   the ledger by itself
    python3 verify_ledger.py LEDGER --seal FILE --public-key FILE     ... and a seal kept elsewhere

It shares no code with the program that wrote the ledger, needs nothing but Python's standard library, opens the file
for reading only, and reads it in one transaction: all it says is of one moment. Each part cites the section of the
document that it checks: "ledger: Chain" is the section or paragraph of that name in docs/ledger.md.

What it says: one line a finding, then what was checked. Exit 0: nothing found; 1: findings; 2: wrong usage; 3: a file
cannot be read, or is no ledger.

The order of this file: bytes, trees, signatures; the tables; rows and their codes; the runs; claims; the journal.
"""
import argparse
import functools
import hashlib
import hmac
import itertools
import pathlib
import re
import sqlite3
import sys
import time
import unicodedata
from fractions import Fraction

# ---- ledger: Canonical bytes ----------------------------------------------------------------------------------------


def sha(data):
    return hashlib.sha256(data).digest()


def value_bytes(value):
    """One value. A ledger holds NULL, integers and text, nothing else."""
    if type(value) is str:
        data = value.encode()
        return b"t%d:%s;" % (len(data), data)
    if type(value) is int:
        return b"i%d;" % value
    if value is None:
        return b"n;"
    raise TypeError("a value that is no integer, text or NULL: %r" % (value,))


def row_bytes(row):
    return b"".join(map(value_bytes, row))


# ---- ledger: Trees --------------------------------------------------------------------------------------------------


def node_hash(left, right):
    return sha(b"\x01" + left + right)


class Tree:
    """The tree of RFC 6962, section 2.1, leaf after leaf. It keeps the roots of the whole subtrees to the left, largest
    first, at most one of each power of two: k of the definition is always the size of the first."""

    def __init__(self):
        self.count, self.peaks = 0, []

    def add(self, leaf_hash):
        self.peaks.append(leaf_hash)
        self.count += 1
        merges = self.count
        while merges % 2 == 0:  # two subtrees of one size become one of twice the size
            right, left = self.peaks.pop(), self.peaks.pop()
            self.peaks.append(node_hash(left, right))
            merges //= 2

    def root(self):
        if not self.peaks:
            return sha(b"")
        return functools.reduce(lambda right, left: node_hash(left, right), reversed(self.peaks))


# ---- ledger: Codes --------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1 << 16)
def code_of(data):
    h = 0xcbf29ce484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001b3 & 0xffffffffffffffff
    return "%04x" % ((h ^ h >> 16 ^ h >> 32 ^ h >> 48) & 0xffff)


# ---- ledger: Columns ------------------------------------------------------------------------------------------------

# Every table with its columns in the order of the canonical bytes; * marks those of the primary key, in their order.
# Word for word the list of the document.
COLUMNS = """
journal         entry* time actor kind run detail tables digest root previous_hash hash codes
municipality    entry* organisation_number name account bic town postcode half_tax_month recover first_month
                test secret codes
rate            name* effect* known* value_nok source entry* codes
participant     person_id* name birth_date account language withdrawn entry* codes
programme       person_id* start_date* offered end_date permit permit_granted settled education end_goal
                share_percent share_cause withdrawn entry* codes
living          person_id* from_date* to_date situation partner_id children withdrawn entry* codes
care            person_id* from_date* to_date children sole_carer chronic youngest_born withdrawn entry* codes
absence         person_id* from_date* to_date kind* hours_hundredths permission withdrawn entry* codes
benefit         person_id* from_date* to_date kind* amount_per_month_ore earned_before_programme withdrawn
                entry* codes
work            person_id* from_date* to_date hours_hundredths gross_wage_ore in_programme withdrawn entry*
                codes
taxcard         person_id* year* kind table percent_hundredths exempt_amount_ore months_hundredths extra
                withdrawn entry* codes
authority_card  person_id* year* result has_entry foreign_scheme kind table percent_hundredths exempt_amount_ore
                months_hundredths issued withdrawn entry* codes
recovery        person_id* decided* reason amount_ore max_per_month_ore withdrawn entry* codes
decision        person_id* decided* kind* until withdrawn entry* codes
ending          person_id* ended* reason withdrawn entry* codes
content         person_id* from_date* to_date work_hours_per_week_hundredths withdrawn entry* codes
employment      person_id* from_date* to_date hours_per_week_hundredths withdrawn entry* codes
settlement      person_id* settled first_municipality by_agreement withdrawn entry* codes
import_file     entry* number* name kind sha256 row_count codes
run             run* entry month payday known facts_entry half_tax_month rule_set table_digest rates_digest
                person_count held_count payment_count finding_count benefit_ore taxable_ore tax_ore net_ore
                corrected_count corrections_ore recovery_ore claims_ore codes
payslip         run* person_id* name month state held_reason tax_basis benefit_ore offsets_ore work_ore
                absence_ore corrections_ore recovery_ore taxable_ore tax_ore net_ore account end_to_end_id
                language tax_period
line            run* person_id* line* kind month from_date to_date quantity unit rate exact amount_ore
                from_account to_account cut rule citation inputs
correction      run* person_id* month* paid_ore due_ore difference_ore cause cause_entry
claim           person_id* run* number* kind decided amount_ore remaining_ore
finding         run* person_id* number* code severity rule citation text
approval        entry* run payments sum_ore message_id created codes
export          entry* run form content tax_kid sha256 byte_count codes
"""
LAYOUT, KEYS = {}, {}
for line in COLUMNS.strip().split("\n"):
    if line[0] != " ":
        table = line.split()[0]
        LAYOUT[table], KEYS[table] = [], []
    for name in line[16:].split():
        LAYOUT[table].append(name.rstrip("*"))
        KEYS[table] += [name[:-1]] if name[-1] == "*" else []
OF_RUN = ("payslip", "line", "correction", "claim", "finding")  # rows that belong to an entry by their run
OF_ENTRY = tuple(t for t in LAYOUT if t not in OF_RUN and t != "journal")
DIGESTED = tuple(t for t in LAYOUT if t != "journal")  # in the order of entry digests
FACTS = DIGESTED[DIGESTED.index("participant"):DIGESTED.index("import_file")]


class Findings:
    """What is wrong: counted by class, the first of each class printed."""
    SHOWN = 50

    def __init__(self):
        self.counts = {}

    def add(self, kind, where, text, *values):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] <= self.SHOWN:
            print("%s: %s: %s" % (kind, where, text % values if values else text))
        elif self.counts[kind] == self.SHOWN + 1:
            print("%s: more, not shown" % kind)

    def expect(self, kind, where, name, expected, found):
        if expected != found:
            self.add(kind, where, "%s is %r, should be %r", name, found, expected)


class Ledger:
    """The file, the findings, and what is known of entries and runs once they were read."""

    def __init__(self, path):
        # No table of the file may call functions or change what a name means: only what SQLite itself reads.
        self.db = sqlite3.connect(pathlib.Path(path).resolve().as_uri() + "?mode=ro", uri=True, isolation_level=None)
        self.db.execute("PRAGMA trusted_schema = OFF")
        self.db.execute("BEGIN")
        self.findings = Findings()
        self.checked = {}
        self.written = {}    # entry -> {table: (rows, digest)}
        self.roots = {}      # run -> root of its payslips
        self.municipality = None
        self.runs = {}       # run -> the columns of its row
        self.discarded = set()
        self.sums = {}       # run -> what its payslips come to

    def count(self, what, number=1):
        self.checked[what] = self.checked.get(what, 0) + number

    def rows(self, table, where="1", *values):
        """Rows in the order of the primary key."""
        order = ", ".join('"%s"' % name for name in KEYS[table])
        return self.db.execute('SELECT %s FROM "%s" WHERE %s ORDER BY %s' % (
            ", ".join('"%s"' % name for name in LAYOUT[table]), table, where, order), values)

    def records(self, table, where="1", *values):
        """The same, one after the other, by the columns' names."""
        return (dict(zip(LAYOUT[table], row)) for row in self.rows(table, where, *values))


def check_structure(ledger):
    """ledger: The ledger, Conventions: the file's marks, its tables with their columns and keys, and the two triggers a
    table. A view or trigger more could make a query say something else than what is stored."""
    find = functools.partial(ledger.findings.add, "structure")
    one = lambda sql: ledger.db.execute(sql).fetchone()[0]
    if one("PRAGMA application_id") != 0x53746f6e or one("PRAGMA user_version") != 2:
        find("file", "application_id or user_version is not that of a ledger")
    for text, in ledger.db.execute("PRAGMA integrity_check(20)"):
        if text != "ok":
            find("file", "integrity_check: %s", text)
    expected = {("table", name, name): None for name in LAYOUT}
    expected["index", "journal_of_run", "journal"] = None
    for name in LAYOUT:
        for verb, past in (("update", "changed"), ("delete", "deleted")):
            expected["trigger", "%s_no_%s" % (name, verb), name] = (
                "CREATE TRIGGER %s_no_%s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, 'rows of %s are never %s'); END" % (
                    name, verb, verb.upper(), name, name, past))
    for *key, sql in ledger.db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"):
        if key[1].startswith("sqlite_"):
            continue
        if tuple(key) not in expected:
            find("%s %s" % tuple(key[:2]), "does not belong to a ledger")
            continue
        wanted = expected.pop(tuple(key))
        if wanted and " ".join(sql.split()) != wanted:
            find("%s %s" % tuple(key[:2]), "is not the one described")
    for key in expected:
        find("%s %s" % key[:2], "is missing")
    for table, names in LAYOUT.items():
        info = ledger.db.execute("SELECT name, pk FROM pragma_table_xinfo(?)", (table,)).fetchall()
        key = [name for name, place in sorted(info, key=lambda i: i[1]) if place]
        if [name for name, _ in info] != names or key != KEYS[table]:
            raise sqlite3.DatabaseError("table %s has not the columns or key of a ledger" % table)
    ledger.count("tables", len(LAYOUT))


# ---- ledger: Canonical bytes, Table digest; Codes -------------------------------------------------------------------


def check_codes(ledger, table, row, link):
    """ledger: Codes. Says which column was changed, or that the row before is not the one written before. Returns the
    link to this row."""
    names, codes = LAYOUT[table], row[-1]
    parts = [code_of(value_bytes(value)) for value in row[:-1]]
    if codes != "".join(parts) + link:
        where = "%s %s" % (table, key_text(table, row))
        cut = [codes[at:at + 4] for at in range(0, len(codes), 4)]
        wrong = [name for name, part, found in zip(names, parts, cut) if part != found]
        for name in wrong:
            ledger.findings.add("codes", where, "%s was changed", name)
        if len(cut) != len(names):
            ledger.findings.add("codes", where, "%d codes, should be %d", len(cut), len(names))
        elif cut[-1] != link:
            ledger.findings.add("codes", where, "the row before it is not the one written before it")
    if table == "journal":
        return code_of(value_bytes(row[0]))
    return code_of(b"".join(value_bytes(row[names.index(name)]) for name in KEYS[table]))


def key_text(table, row):
    names = LAYOUT[table]
    return ", ".join("%s %s" % (name, row[names.index(name)]) for name in KEYS[table])


def check_text(ledger, table, row):
    """ledger: Conventions: text is in form NFC."""
    for value in row:
        if type(value) is str and not value.isascii() and not unicodedata.is_normalized("NFC", value):
            ledger.findings.add("text", "%s %s" % (table, key_text(table, row)), "%r is not in form NFC", value)


def digest_rows_by_entry(ledger):
    """The tables whose rows carry their entry: each is walked once, in the order of its key, with a hash running for
    each entry."""
    for table in OF_ENTRY:
        place, running = LAYOUT[table].index("entry"), {}
        for row in ledger.rows(table):
            entry = row[place]
            state = running.setdefault(entry, [hashlib.sha256(), 0, "0000"])
            state[0].update(row_bytes(row[:-1]))
            state[1] += 1
            state[2] = check_codes(ledger, table, row, state[2])
            check_text(ledger, table, row)
        for entry, (digest, count, _) in running.items():
            ledger.written.setdefault(entry, {})[table] = count, digest.hexdigest()
            ledger.count("rows", count)


# ---- ledger: Payslips and lines -------------------------------------------------------------------------------------

# kind -> (column of the payslip, the accounts it may go from and to). The column shows what the person gains by it.
B, P, T, K, C, A = "benefit", "person", "tax", "bank", "claim", "agency"
KINDS = {
    "benefit": ("benefit", {(B, P)}),
    "offset": ("offsets", {(P, B)}),
    "work": ("work", {(P, B)}),
    "absence_days": ("absence", {(P, B)}),
    "absence_hours": ("absence", {(P, B)}),
    "absence_month": ("absence", {(P, B)}),
    "refund": ("corrections", {(A, P)}),
    "claim": ("corrections", {(C, P)}),
    "recovery": ("recovery", {(P, C)}),
    "refund_claim": (None, {(A, C)}),
    "written_off": (None, {(B, C)}),
    "tax": ("tax", {(P, T)}),
    "extra_tax": ("tax", {(P, T)}),
    "january_tax": ("tax", {(P, T), (T, P)}),
    "payment": ("net", {(P, K)}),
    "held": ("net", {(P, B)}),
}
# Of R4 to R8: what a month comes to. Each can be corrected, either way.
OF_MONTH = ("benefit", "offset", "work", "absence_days", "absence_hours", "absence_month")
KINDS.update({"correction_" + kind: ("corrections", {(B, P), (P, B)}) for kind in OF_MONTH})
IN_MONTH = OF_MONTH + tuple("correction_" + kind for kind in OF_MONTH)
COLUMNS_OF_PAYSLIP = ("benefit", "offsets", "work", "absence", "corrections", "recovery")
# movement of a claim -> (the kind of line that says the same, reasons of the decision it follows)
MOVEMENTS = {
    "arisen": ("claim", ()),
    "recovered": ("recovery", ("overpayment", "wrong_information")),
    "refunded": ("refund_claim", ("refund",)),
    "written_off": ("written_off", ("written_off",)),
    "agency": ("refund", ("refund",)),
}


@functools.lru_cache(maxsize=1 << 16)
def fraction(text):
    """ledger: Conventions: numerator/denominator, reduced, denominator above zero. None when it is not written so."""
    match = re.fullmatch(r"(0|-?[1-9][0-9]*)/([1-9][0-9]*)", text)
    if not match:
        return None
    number = Fraction(int(match[1]), int(match[2]))
    return number if (number.numerator, number.denominator) == (int(match[1]), int(match[2])) else None


def round_to_ore(kroner):
    """Half up, of an amount that is not below zero."""
    return (200 * kroner.numerator + kroner.denominator) // (2 * kroner.denominator)


class Person:
    """What a run wrote of one person: rows of the five tables, each in the order of its key."""

    def __init__(self, run, person_id, rows):
        self.run, self.person_id = run, person_id
        self.payslip, self.lines, self.corrections, self.claims, self.findings = (
            [dict(zip(LAYOUT[table], row)) for row in rows[table]] for table in OF_RUN)
        self.where = "run %s, person %s" % (run["run"], person_id or "''")


def persons_of(ledger, run, digests):
    """The five tables of a run walked side by side, in the order of person_id. digests gathers, for each table, the
    rows' hash and number on the way. Yields (person, the bytes of the canonical payslip)."""
    groups, ahead = {}, {}
    for table in OF_RUN:
        place = LAYOUT[table].index("person_id")
        groups[table] = itertools.groupby(ledger.rows(table, "run = ?", run["run"]), lambda row, p=place: row[p])
        ahead[table] = next(groups[table], None)
    while any(ahead.values()):
        person_id = min(group[0] for group in ahead.values() if group)
        rows, leaf = {}, []
        for table in OF_RUN:
            rows[table], data = [], []
            if ahead[table] and ahead[table][0] == person_id:
                rows[table] = list(ahead[table][1])
                data = [row_bytes(row) for row in rows[table]]
                ahead[table] = next(groups[table], None)
            digests[table][0].update(b"".join(data))
            digests[table][1] += len(data)
            leaf += [value_bytes(table), value_bytes(len(data)), *data]
            for row in rows[table]:
                check_text(ledger, table, row)
        yield Person(run, person_id, rows), b"".join(leaf)


def check_runs(ledger):
    """ledger: run; Root of a run. Every payslip of every run, with what belongs to it."""
    secret = bytes.fromhex(ledger.municipality["secret"])
    for run in ledger.runs.values():
        digests = {table: [hashlib.sha256(), 0] for table in OF_RUN}
        tree, sums = Tree(), dict.fromkeys(
            "persons held payments findings benefit taxable tax net corrected corrections recovery claims".split(), 0)
        for person, canonical in persons_of(ledger, run, digests):
            if person.payslip:
                salt = hmac.digest(secret, value_bytes(run["run"]) + value_bytes(person.person_id), "sha256")
                tree.add(sha(b"\0" + salt + canonical))
            check_person(ledger, person, sums)
        ledger.roots[run["run"]] = tree.root().hex()
        written = ledger.written.setdefault(run["entry"], {})
        for table, (digest, count) in digests.items():
            if count:
                written[table] = count, digest.hexdigest()
            ledger.count("rows", count)
        ledger.count("payslips", digests["payslip"][1])
        ledger.count("lines", digests["line"][1])
        check_totals(ledger, run, sums)
    for table in OF_RUN:
        for number, count in ledger.db.execute('SELECT run, count(*) FROM "%s" GROUP BY run' % table):
            if number not in ledger.runs:
                ledger.findings.add("reference", table, "%d rows of a run %s that is not there", count, number)


def check_person(ledger, person, sums):
    for number, finding in enumerate(person.findings, 1):
        ledger.findings.expect("finding", person.where, "number of a finding", number, finding["number"])
        if finding["severity"] not in ("note", "warning", "error"):
            ledger.findings.add("finding", person.where, "severity %r", finding["severity"])
    sums["findings"] += len(person.findings)
    if not person.payslip:
        for rows in (person.lines, person.corrections, person.claims):
            if rows:
                ledger.findings.add("reference", person.where, "%d rows without a payslip", len(rows))
        return
    slip = person.payslip[0]
    gains = check_lines(ledger, person, slip)
    check_payslip(ledger, person, slip, gains, sums)
    check_corrections(ledger, person, slip)
    check_movements(ledger, person, slip)


def check_lines(ledger, person, slip):
    """ledger: line. Returns what the person gained by column."""
    run, gains = person.run, dict.fromkeys(COLUMNS_OF_PAYSLIP + ("tax", "net"), 0)
    for number, line in enumerate(person.lines, 1):
        kind, where = line["kind"], "%s, line %s" % (person.where, line["line"])
        wrong = functools.partial(ledger.findings.add, "line", where)
        if line["line"] != number:
            wrong("should be number %d", number)
        column, transfers = KINDS.get(kind, (None, ()))
        transfer = line["from_account"], line["to_account"]
        if transfer not in transfers:
            wrong("kind %s from %s to %s", kind, *transfer)
        if kind[:11] == "correction_":
            if not line["month"] < run["month"]:
                wrong("corrects %s, which is not before the run's month", line["month"])
        elif line["month"] != run["month"]:
            wrong("month %s, should be the run's", line["month"])
        check_amount(line, wrong)
        if column:
            gains[column] += line["amount_ore"] * ((line["to_account"] == P) - (line["from_account"] == P))
    flow = sum(gains.values())
    if flow:
        ledger.findings.add("line", person.where, "what goes to and from the person is %d apart", flow)
    return gains


def check_amount(line, wrong):
    """ledger: line: rounding, and the cut to what remained."""
    numbers = {name: fraction(line[name]) for name in ("quantity", "rate", "exact")}
    for name, number in numbers.items():
        if number is None:
            wrong("%s %r is not an exact number", name, line[name])
            return
    rounded = round_to_ore(numbers["exact"])
    if line["amount_ore"] != rounded and not (line["cut"] and 0 <= line["amount_ore"] < rounded):
        wrong("amount %d, the exact number gives %d%s", line["amount_ore"], rounded, ", cut" if line["cut"] else "")
    if line["cut"] and line["amount_ore"] >= rounded:
        wrong("is marked as cut, and is not")
    if line["kind"] in ("benefit", "offset", "absence_days") and numbers["quantity"] * numbers["rate"] != numbers["exact"]:
        wrong("%s at %s does not give %s", line["quantity"], line["rate"], line["exact"])


def check_payslip(ledger, person, slip, gains, sums):
    """ledger: payslip."""
    run, where, expect = person.run, person.where, functools.partial(ledger.findings.expect, "payslip", person.where)
    for column in COLUMNS_OF_PAYSLIP:
        expect(column + "_ore", gains[column], slip[column + "_ore"])
    expect("taxable_ore", sum(slip[column + "_ore"] for column in COLUMNS_OF_PAYSLIP), slip["taxable_ore"])
    expect("tax_ore", -gains["tax"], slip["tax_ore"])
    expect("net_ore", slip["taxable_ore"] - slip["tax_ore"], slip["net_ore"])
    expect("net_ore by its lines", -gains["net"], slip["net_ore"])
    expect("month", run["month"], slip["month"])
    if slip["net_ore"] < 0 or slip["tax_ore"] < 0 or slip["taxable_ore"] < 0:
        ledger.findings.add("payslip", where, "an amount below zero")
    held = slip["state"] == "held"
    if not held:
        expect("state", "due", slip["state"])
    expect("being without a reason to be held", not held, slip["held_reason"] == "")
    if held:
        expect("tax_ore of who is held", 0, slip["tax_ore"])
    kinds = [line["kind"] for line in person.lines]
    expect("lines of kind payment", int(not held and slip["net_ore"] > 0), kinds.count("payment"))
    expect("lines of kind held", int(held and slip["net_ore"] > 0), kinds.count("held"))
    sums["persons"] += 1
    sums["held"] += held
    end_to_end_id = ""
    if not held and slip["net_ore"] > 0:
        sums["payments"] += 1
        end_to_end_id = "%s-%s-%d-%07d" % (ledger.municipality["organisation_number"], run["payday"].replace("-", ""), run["run"],
                                          sums["payments"])
    expect("end_to_end_id", end_to_end_id, slip["end_to_end_id"])
    register = ledger.db.execute(
        "SELECT name, account, ifnull(language, 'nb') FROM participant WHERE person_id = ? AND entry <= ? AND withdrawn = 0"
        " ORDER BY entry DESC LIMIT 1", (person.person_id, run["facts_entry"])).fetchone()
    expect("name, account, language", register, (slip["name"], slip["account"], slip["language"]))
    for name in ("benefit", "taxable", "corrections", "recovery"):
        sums[name] += slip[name + "_ore"]
    for name in ("tax", "net"):
        sums[name] += 0 if held else slip[name + "_ore"]
    sums["corrected"] += bool(person.corrections)
    sums["claims"] += sum(claim["amount_ore"] for claim in person.claims if claim["kind"] == "arisen")


def check_totals(ledger, run, sums):
    """ledger: run: counts and sums over its payslips and findings."""
    for column, name in (("person_count", "persons"), ("held_count", "held"), ("payment_count", "payments"),
                         ("finding_count", "findings"), ("corrected_count", "corrected"), ("benefit_ore", "benefit"),
                         ("taxable_ore", "taxable"), ("tax_ore", "tax"), ("net_ore", "net"),
                         ("corrections_ore", "corrections"), ("recovery_ore", "recovery"), ("claims_ore", "claims")):
        ledger.findings.expect("run", "run %d" % run["run"], column, sums[name], run[column])
    ledger.sums[run["run"]] = sums


# ---- ledger: correction ---------------------------------------------------------------------------------------------


def check_corrections(ledger, person, slip):
    """The rows of the table say the same as the correction lines, month by month; and what was paid before is what
    earlier payslips hold."""
    run, differences = person.run, {}
    for line in person.lines:
        if line["kind"][:11] == "correction_":
            gain = line["amount_ore"] if line["to_account"] == P else -line["amount_ore"]
            differences[line["month"]] = differences.get(line["month"], 0) + gain
    paid = dict(paid_before(ledger, run, person.person_id)) if person.corrections else {}
    for row in person.corrections:
        where = "%s, correction of %s" % (person.where, row["month"])
        expect = functools.partial(ledger.findings.expect, "correction", where)
        expect("difference_ore by its lines", differences.pop(row["month"], None), row["difference_ore"])
        expect("difference_ore", row["due_ore"] - row["paid_ore"], row["difference_ore"])
        expect("paid_ore", paid.get(row["month"], 0), row["paid_ore"])
        if not 1 <= row["cause_entry"] <= run["entry"]:
            ledger.findings.add("correction", where, "cause_entry %s is not up to the run's", row["cause_entry"])
        ledger.count("corrections")
    for month in differences:
        ledger.findings.add("correction", person.where, "lines correct %s, but no row says so", month)


def paid_before(ledger, run, person_id):
    """What each month came to in the payslips that are due, of earlier runs that are not discarded."""
    earlier = [number for number in ledger.runs if number < run["run"] and number not in ledger.discarded]
    return ledger.db.execute(
        "SELECT line.month, sum(iif(line.to_account = 'person', amount_ore, -amount_ore)) FROM payslip"
        " JOIN line USING (run, person_id) WHERE person_id = ? AND state = 'due' AND run IN (%s) AND kind IN (%s)"
        " GROUP BY line.month" % (", ".join(map(str, earlier)), ", ".join("'%s'" % kind for kind in IN_MONTH)),
        (person_id,))


# ---- ledger: claim --------------------------------------------------------------------------------------------------


def check_movements(ledger, person, slip):
    """The movements of a claim by kind are the lines that say the same; who is held has none."""
    moved, expect = {}, functools.partial(ledger.findings.expect, "claim", person.where)
    for claim in person.claims:
        moved[claim["kind"]] = moved.get(claim["kind"], 0) + claim["amount_ore"]
        kind, reasons = MOVEMENTS.get(claim["kind"], (None, ()))
        if claim["decided"] is not None:
            decision = ledger.db.execute(
                "SELECT reason, withdrawn FROM recovery WHERE person_id = ? AND decided = ? AND entry <= ?"
                " ORDER BY entry DESC LIMIT 1",
                (person.person_id, claim["decided"], person.run["facts_entry"])).fetchone()
            if not decision or decision[1] or decision[0] not in reasons or claim["decided"] > person.run["payday"]:
                ledger.findings.add("claim", person.where, "%s by a decision of %s that is not there", claim["kind"],
                                    claim["decided"])
        elif claim["kind"] not in ("arisen", "recovered"):
            ledger.findings.add("claim", person.where, "%s without a decision", claim["kind"])
    for movement, (kind, _) in MOVEMENTS.items():
        expect("sum of " + movement, sum(line["amount_ore"] for line in person.lines if line["kind"] == kind),
               moved.pop(movement, 0))
    for kind in moved:
        ledger.findings.add("claim", person.where, "movement %r", kind)
    if slip["state"] == "held":
        expect("rows of who is held", 0, len(person.claims))


def check_claims(ledger):
    """Each person's movements in the order of the runs: what is owed after each."""
    for person_id, rows in itertools.groupby(ledger.records("claim"), lambda row: row["person_id"]):
        kept = 0  # owed after the last run that was not discarded
        for number, movements in itertools.groupby(rows, lambda row: row["run"]):
            owed = kept
            for place, row in enumerate(movements, 1):
                where = "run %s, person %s, claim %s" % (number, person_id, row["number"])
                owed += {"arisen": 1, "agency": 0}.get(row["kind"], -1) * row["amount_ore"]
                ledger.findings.expect("claim", where, "number", place, row["number"])
                ledger.findings.expect("claim", where, "remaining_ore", owed, row["remaining_ore"])
                if row["amount_ore"] <= 0 or row["remaining_ore"] < 0:
                    ledger.findings.add("claim", where, "an amount of %s, %s owed", row["amount_ore"], row["remaining_ore"])
                ledger.count("claim movements")
            if number not in ledger.discarded:
                kept = owed


# ---- ledger: journal, run, approval, export -------------------------------------------------------------------------

# ledger: Transactions: the kinds of entries, the tables each always writes, those it may write besides.
WRITES = {
    "init": (("municipality", "rate"), ()),
    "import": (("import_file",), FACTS),
    "rates": (("rate",), ()),
    "run": (("run",), OF_RUN),
    "approve": (("approval",), ()),
    "discard": ((), ()),
    "export": (("export",), ()),
}
# ledger: journal: the state a run must have, and the one the entry gives it.
STATES = {"run": ((None,), "computed"), "approve": (("computed",), "approved"), "discard": (("computed",), "discarded"),
          "export": (("approved", "exported"), "exported")}


def read_runs(ledger):
    """The runs in order, and which of them were discarded."""
    for run in ledger.records("run"):
        ledger.runs[run["run"]] = run
    ledger.discarded = {run for run, in ledger.db.execute("SELECT run FROM journal WHERE kind = 'discard'")}
    for ledger.municipality in ledger.records("municipality"):
        pass  # the last row counts
    if not ledger.municipality:
        raise sqlite3.DatabaseError("no municipality")


def check_journal(ledger, sizes):
    """ledger: journal; Chain; Head. Returns the heads over the first entries, of the sizes asked for and of all."""
    tree, heads, previous, link, seen = Tree(), {}, None, "0000", set()
    states = States(ledger)
    for row in ledger.rows("journal"):
        link = check_codes(ledger, "journal", row, link)
        entry = dict(zip(LAYOUT["journal"], row))
        check_entry(ledger, entry, row, previous, tree.count)
        check_rows_of_entry(ledger, entry)
        states.check(entry)
        tree.add(sha(b"\0" + row_bytes(row[:10])))
        if tree.count in sizes:
            heads[tree.count] = tree.root().hex(), entry
        seen.add(entry["entry"])
        previous = entry
    for number in sorted(set(ledger.written) - seen):
        ledger.findings.add("reference", "entry %s" % number, "is not in the journal; rows of it are in %s",
                            ", ".join(ledger.written[number]))
    states.finish()
    ledger.count("entries", tree.count)
    ledger.count("runs", len(ledger.runs))
    heads["all"] = tree.root().hex(), previous
    return heads


def check_entry(ledger, entry, row, previous, count):
    """One entry by itself and after the one before."""
    where, find = "entry %s" % entry["entry"], ledger.findings.add
    if entry["entry"] != count + 1:
        find("journal", where, "should be entry %d", count + 1)
    if not is_time(entry["time"]):
        find("journal", where, "time %r does not exist", entry["time"])
    if previous and entry["time"] < previous["time"]:
        find("journal", where, "time %s is before that of the entry before", entry["time"])
    check_text(ledger, "journal", row)
    if entry["previous_hash"] != (previous["hash"] if previous else "0" * 64):
        find("chain", where, "previous_hash is not the hash of the entry before")
    if entry["hash"] != sha(row_bytes(row[:10])).hex():
        find("chain", where, "hash is not that of the entry")


def is_time(text):
    try:
        return len(text) == 20 and bool(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        return False


def check_rows_of_entry(ledger, entry):
    """ledger: Table digest, Entry digest, Root of a run: the rows of each table are those the entry says it wrote."""
    where, find = "entry %s" % entry["entry"], ledger.findings.add
    parts = [part.split(" ") for part in entry["tables"].split(";")] if entry["tables"] else []
    if any(len(part) != 3 or part[0] not in DIGESTED or not part[1].isdecimal() for part in parts):
        find("journal", where, "tables %r is no list of tables", entry["tables"])
        return
    listed = {table: (int(number), digest) for table, number, digest in parts}
    if [part[0] for part in parts] != [table for table in DIGESTED if table in listed]:
        find("journal", where, "tables are not in their order")
    data = b"".join(row_bytes((table, number, digest)) for table, (number, digest) in listed.items())
    if entry["digest"] != sha(data).hex():
        find("journal", where, "digest is not that of tables")
    found = ledger.written.get(entry["entry"], {})
    for table in DIGESTED:
        wrote, is_there = listed.get(table, (0, "")), found.get(table, (0, ""))
        if wrote[0] != is_there[0]:
            find("digest", where, "wrote %d rows of %s, %d are there", wrote[0], table, is_there[0])
        elif wrote != is_there:
            find("digest", where, "%s was changed: its rows are not those that were written", table)
    always, may = WRITES.get(entry["kind"], ((), DIGESTED))
    for table in always:
        if table not in found:
            find("journal", where, "kind %s without a row of %s", entry["kind"], table)
    for table in found:
        if table not in always and table not in may:
            find("journal", where, "kind %s with rows of %s", entry["kind"], table)
    if entry["kind"] == "run":
        ledger.findings.expect("root", where, "root", ledger.roots.get(entry["run"]), entry["root"])
    elif entry["root"] is not None:
        find("root", where, "a root, though no run")


class States:
    """What the entries say one after the other: the states of the runs, who did what, and that the rows of runs,
    approvals and exports say the same."""

    def __init__(self, ledger):
        self.ledger, self.state, self.actor, self.exports = ledger, {}, {}, {}
        self.last_kept, self.municipality, self.init_count = "", {}, 0
        self.approvals = {row["entry"]: row for row in ledger.records("approval")}
        self.files = {row["entry"]: row for row in ledger.records("export")}

    def check(self, entry):
        where, find = "entry %s" % entry["entry"], functools.partial(self.ledger.findings.add, "state")
        kind, run = entry["kind"], entry["run"]
        if kind not in WRITES:
            find(where, "kind %r is unknown", kind)
            return
        if (kind == "init") != (entry["entry"] == 1):
            find(where, "the first entry, and no other, is of kind init")
        if (run is not None) != (kind in STATES):
            find(where, "kind %s with run %s", kind, run)
        elif run is not None:
            before, after = STATES[kind]
            if run not in self.ledger.runs:
                find(where, "run %s is not there", run)
                return
            if self.state.get(run) not in before:
                find(where, "run %s is %s, so there can be no %s", run, self.state.get(run) or "not computed", kind)
            self.state[run] = after
        method = getattr(self, "check_" + kind, None)
        if method:
            method(entry, where, functools.partial(self.ledger.findings.expect, kind, where))

    def check_init(self, entry, where, expect):
        for row in self.ledger.records("municipality", "entry = ?", entry["entry"]):
            self.municipality = row
            expect("detail", "%s %s" % (row["organisation_number"], row["name"]), entry["detail"])

    def check_rates(self, entry, where, expect):
        for row in self.ledger.records("rate", "entry = ?", entry["entry"]):
            expect("detail", "%s %s from %s, known %s" % (row["name"], row["value_nok"], row["effect"], row["known"]),
                   entry["detail"])

    def check_run(self, entry, where, expect):
        run = self.ledger.runs[entry["run"]]
        expect("entry of the run", entry["entry"], run["entry"])
        expect("number of the run", len(self.state), run["run"])
        expect("facts_entry", entry["entry"] - 1, run["facts_entry"])
        expect("known", entry["time"][:10], run["known"])
        expect("half_tax_month", self.municipality.get("half_tax_month"), run["half_tax_month"])
        expect("detail", "month %s, payday %s" % (run["month"], run["payday"]), entry["detail"])
        rates = hashlib.sha256()
        for row in self.ledger.rows("rate", "known <= ? AND entry < ?", run["known"], entry["entry"]):
            rates.update(row_bytes(row[:-1]))
        expect("rates_digest", rates.hexdigest(), run["rates_digest"])
        if run["payday"] < run["known"]:
            self.ledger.findings.add("run", where, "payday %s lies before the day it was computed", run["payday"])
        if run["month"] <= self.last_kept or run["month"] < (self.municipality.get("first_month") or ""):
            self.ledger.findings.add("run", where, "month %s lies not after those of the runs before", run["month"])
        waiting = [number for number, state in self.state.items() if state == "computed" and number != run["run"]]
        if waiting:
            self.ledger.findings.add("state", where, "run %s still waited for approval", waiting[0])
        if run["run"] not in self.ledger.discarded:
            self.last_kept = run["month"]
        self.actor[run["run"]] = entry["actor"]

    def check_approve(self, entry, where, expect):
        """ledger: approval. Four eyes: names without case and spaces differ."""
        run, row = self.ledger.runs[entry["run"]], self.approvals.pop(entry["entry"], None)
        plain = lambda name: "".join(unicodedata.normalize("NFC", name).casefold().split())
        if plain(entry["actor"]) == plain(self.actor.get(run["run"], "")):
            self.ledger.findings.add("approve", where, "%s approved a run of their own", entry["actor"])
        if entry["time"][:10] > run["payday"]:
            self.ledger.findings.add("approve", where, "after the payday")
        if not row:
            return
        expect("run of the approval", run["run"], row["run"])
        expect("payments", run["payment_count"], row["payments"])
        expect("sum_ore", run["net_ore"], row["sum_ore"])
        expect("message_id", "%s-%s-%d" % (self.ledger.municipality["organisation_number"], run["payday"].replace("-", ""), run["run"]),
               row["message_id"])
        expect("created", entry["time"][:-1], row["created"])
        expect("detail", "payments %d, sum %d.%02d" % (row["payments"], *divmod(row["sum_ore"], 100)), entry["detail"])

    def check_export(self, entry, where, expect):
        """ledger: export. The first file of a run settles how its tax is paid."""
        row = self.files.pop(entry["entry"], None)
        if not row:
            return
        expect("run of the export", entry["run"], row["run"])
        expect("detail", "%s, %s" % (row["form"], row["content"]), entry["detail"])
        expect("having a KID", row["content"] != "benefits", row["tax_kid"] != "")
        expect("sha256 being a digest", True, bool(re.fullmatch("[0-9a-f]{64}", row["sha256"])))
        others = self.exports.setdefault(entry["run"], [])
        for other in others:
            if (row["content"] == "benefits+tax") != (other["content"] == "benefits+tax"):
                self.ledger.findings.add("export", where, "%s beside %s", row["content"], other["content"])
            if row["tax_kid"] and other["tax_kid"] not in ("", row["tax_kid"]):
                self.ledger.findings.add("export", where, "another KID than before")
            if (row["form"], row["content"]) == (other["form"], other["content"]):
                self.ledger.findings.add("export", where, "a second file of the same form")
        others.append(row)
        self.ledger.count("files written")

    def check_import(self, entry, where, expect):
        for place, row in enumerate(self.ledger.records("import_file", "entry = ?", entry["entry"]), 1):
            expect("number of a file", place, row["number"])
            expect("sha256 being a digest", True, bool(re.fullmatch("[0-9a-f]{64}", row["sha256"])))

    def finish(self):
        for number in self.ledger.runs:
            if number not in self.state:
                self.ledger.findings.add("reference", "run %s" % number, "no entry computed it")
        for row in itertools.chain(self.approvals.values(), self.files.values()):
            self.ledger.findings.add("reference", "entry %s" % row["entry"], "has an approval or export it did not make")


def check_ledger(ledger, sizes=()):
    check_structure(ledger)
    read_runs(ledger)
    digest_rows_by_entry(ledger)
    check_runs(ledger)
    check_claims(ledger)
    return check_journal(ledger, sizes)


if __name__ == "__main__":
    l = Ledger(sys.argv[1])
    t = time.time()
    print({k: v[0] for k, v in check_ledger(l).items()})
    print(l.findings.counts, l.checked, time.time() - t)
