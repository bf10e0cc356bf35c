#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A second verifier of a ledger, written from docs/ledger.md and docs/proofs.md alone.

    python3 verify_ledger.py LEDGER                               the ledger by itself
    python3 verify_ledger.py LEDGER --schema db/schema.sql        ... its tables word for word, too
    python3 verify_ledger.py LEDGER --seal FILE --public-key FILE ... against a seal kept elsewhere
    python3 verify_ledger.py --proof FILE --head HASH             one payslip, without the ledger
    python3 verify_ledger.py --proof FILE --seal FILE --public-key FILE
    python3 verify_ledger.py --consistency FILE --head EARLIER --head LATER
    python3 verify_ledger.py --consistency FILE --seal EARLIER --seal LATER --public-key FILE

It shares no code with the program that wrote the ledger, needs nothing but Python's standard
library, opens the file for reading only, and reads it in one transaction: all it says is of one
moment. Each part cites what it checks: "ledger: Chain" is the section or paragraph of that name in
docs/ledger.md, "proofs: The files" one of docs/proofs.md. What a benefit should have been it does
not compute; that needs the rules.

What it says: one line a finding, then what was checked. Exit 0: nothing found; 1: findings; 2:
wrong usage; 3: a file cannot be read, or is no ledger.

The order of this file: bytes, trees, signatures; the tables; rows and their codes; the runs with
their payslips, lines, corrections and claims; the journal; seals; proofs.
"""
import argparse
import base64
import datetime
import functools
import hashlib
import hmac
import itertools
import json
import math
import operator
import pathlib
import re
import sqlite3
import sys
import unicodedata
from fractions import Fraction

# ---- ledger: Canonical bytes ---------------------------------------------------------------------


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
    raise sqlite3.DataError("a value that is no integer, text or NULL: %r" % (value,))


def row_bytes(row):
    return b"".join(map(value_bytes, row))


# ---- ledger: Trees -------------------------------------------------------------------------------


def node_hash(left, right):
    return sha(b"\x01" + left + right)


class Tree:
    """The tree of RFC 6962, section 2.1, leaf after leaf. It keeps the roots of the whole subtrees
    to the left, largest first, at most one of each power of two: k of the definition is always the
    size of the first."""

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


def split_of(count):
    """k: the greatest power of two below the number of leaves."""
    return 1 << (count - 1).bit_length() - 1


def root_by_path(index, count, leaf_hash, path):
    """proofs: the root of a tree of so many leaves, by one of them and its path (RFC 6962, 2.1.1).
    None when the path is too long or too short."""
    if count == 1:
        return None if path else leaf_hash
    if not path:
        return None
    k, other = split_of(count), path[-1]
    if index < k:
        left, right = root_by_path(index, k, leaf_hash, path[:-1]), other
    else:
        left, right = other, root_by_path(index - k, count - k, leaf_hash, path[:-1])
    return node_hash(left, right) if left and right else None


def roots_by_path(old_count, count, old_root, path, is_whole=True):
    """proofs: the roots over the first old_count leaves and over all, by a consistency proof (RFC
    6962, 2.1.2: SUBPROOF). None when the path is too long or too short."""
    if old_count == count:
        roots = [old_root] if is_whole else path[:1]
        return roots * 2 if len(roots) == 1 and len(path) == (not is_whole) else None
    if not path:
        return None
    k, other = split_of(count), path[-1]
    if old_count <= k:
        roots = roots_by_path(old_count, k, old_root, path[:-1], is_whole)
        return roots and [roots[0], node_hash(roots[1], other)]
    roots = roots_by_path(old_count - k, count - k, old_root, path[:-1], False)
    return roots and [node_hash(other, roots[0]), node_hash(other, roots[1])]


# ---- RFC 8032, section 5.1: Ed25519 --------------------------------------------------------------

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_1 = pow(2, (PRIME - 1) // 4, PRIME)


def x_of(y, sign):
    """5.1.3: the x of a point, by its y and the lowest bit of x; None when there is none."""
    u, v = (y * y - 1) % PRIME, (D * y * y + 1) % PRIME
    x = u * pow(v, 3, PRIME) * pow(u * pow(v, 7, PRIME), (PRIME - 5) // 8, PRIME) % PRIME
    if v * x * x % PRIME == -u % PRIME:
        x = x * ROOT_OF_MINUS_1 % PRIME
    if v * x * x % PRIME != u or (x == 0 and sign):
        return None
    return PRIME - x if x & 1 != sign else x


def point_of(data):
    """5.1.3: a point (X, Y, Z, T) from 32 bytes; None when they are none."""
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    x = x_of(y, sign) if len(data) == 32 and y < PRIME else None
    return None if x is None else (x, y, 1, x * y % PRIME)


def point_sum(p, q):
    """5.1.4."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = (b - a) % PRIME, (d - c) % PRIME, (d + c) % PRIME, (b + a) % PRIME
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def point_product(number, point):
    product = 0, 1, 1, 0
    while number:
        if number & 1:
            product = point_sum(product, point)
        point, number = point_sum(point, point), number >> 1
    return product


BASE_Y = 4 * pow(5, -1, PRIME) % PRIME
BASE = x_of(BASE_Y, 0), BASE_Y, 1, x_of(BASE_Y, 0) * BASE_Y % PRIME


def is_signed(public_key, message, signature):
    """5.1.7: S·B = R + k·A. Public key and signature are 32 and 64 bytes."""
    a, r = point_of(public_key), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or len(signature) != 64 or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    k = int.from_bytes(digest, "little") % ORDER
    left, right = point_product(s, BASE), point_sum(r, point_product(k, a))
    return all((left[i] * right[2] - right[i] * left[2]) % PRIME == 0 for i in (0, 1))


# ---- ledger: Codes -------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1 << 14)
def code_of(data):
    h = 0xcbf29ce484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001b3 & 0xffffffffffffffff
    return "%04x" % ((h ^ h >> 16 ^ h >> 32 ^ h >> 48) & 0xffff)


# ---- ledger: Canonical bytes: the columns --------------------------------------------------------

# Every table with its columns in the order of the canonical bytes; * marks those of the primary
# key, in their order.
# Word for word the list of the document.
COLUMNS = """
journal         entry* time actor kind run detail tables digest root previous_hash hash codes
municipality    entry* organisation_number name account bic town postcode half_tax_month recover
                first_month test secret codes
rate            name* effect* known* value_nok source entry* codes
participant     person_id* name birth_date account language withdrawn entry* codes
programme       person_id* start_date* offered end_date permit permit_granted settled education
                end_goal share_percent share_cause withdrawn entry* codes
living          person_id* from_date* to_date situation partner_id children withdrawn entry*
                codes
care            person_id* from_date* to_date children sole_carer chronic youngest_born
                withdrawn entry* codes
absence         person_id* from_date* to_date kind* hours_hundredths permission withdrawn entry*
                codes
benefit         person_id* from_date* to_date kind* amount_per_month_ore earned_before_programme
                withdrawn entry* codes
work            person_id* from_date* to_date hours_hundredths gross_wage_ore in_programme
                withdrawn entry* codes
taxcard         person_id* year* kind table percent_hundredths exempt_amount_ore
                months_hundredths extra withdrawn entry* codes
authority_card  person_id* year* result has_entry foreign_scheme kind table percent_hundredths
                exempt_amount_ore months_hundredths issued withdrawn entry* codes
recovery        person_id* decided* reason amount_ore max_per_month_ore withdrawn entry* codes
decision        person_id* decided* kind* until withdrawn entry* codes
ending          person_id* ended* reason withdrawn entry* codes
content         person_id* from_date* to_date work_hours_per_week_hundredths withdrawn entry*
                codes
employment      person_id* from_date* to_date hours_per_week_hundredths withdrawn entry* codes
settlement      person_id* settled first_municipality by_agreement withdrawn entry* codes
import_file     entry* number* name kind sha256 row_count codes
run             run* entry month payday known facts_entry half_tax_month rule_set table_digest
                rates_digest person_count held_count payment_count finding_count benefit_ore
                taxable_ore tax_ore net_ore corrected_count corrections_ore recovery_ore
                claims_ore codes
payslip         run* person_id* name month state held_reason tax_basis benefit_ore offsets_ore
                work_ore absence_ore corrections_ore recovery_ore taxable_ore tax_ore net_ore
                account end_to_end_id language tax_period
line            run* person_id* line* kind month from_date to_date quantity unit rate exact
                amount_ore from_account to_account cut rule citation inputs
correction      run* person_id* month* paid_ore due_ore difference_ore cause cause_entry
claim           person_id* run* number* kind decided amount_ore remaining_ore
finding         run* person_id* number* code severity rule citation text
approval        entry* run payments sum_ore message_id created codes
export          entry* run form content tax_kid sha256 byte_count codes
"""
LISTED = [line.split() for line in COLUMNS.strip().replace("\n" + " " * 16, " ").split("\n")]
LAYOUT = {table: [name.rstrip("*") for name in names] for table, *names in LISTED}
KEYS = {table: [name[:-1] for name in names if name[-1] == "*"] for table, *names in LISTED}
# Rows of these belong to an entry by their run.
OF_RUN = ("payslip", "line", "correction", "claim", "finding")
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


class Ledger:
    """The file, the findings, and what is known of entries and runs once they were read."""

    def __init__(self, path, findings):
        # No table of the file may call functions or change what a name means: only what SQLite
        # itself reads.
        uri = pathlib.Path(path).resolve().as_uri() + "?mode=ro"
        self.db = sqlite3.connect(uri, uri=True, isolation_level=None)
        self.db.execute("PRAGMA trusted_schema = OFF")
        self.db.execute("BEGIN")
        self.db.execute("SELECT count(*) FROM journal")  # fails when the file is no ledger at all
        self.findings = findings
        self.checked = {}
        self.written = {}    # entry -> {table: (rows, digest)}
        self.roots = {}      # run -> root of its payslips
        self.municipality = self.secret = None
        self.runs = {}       # run -> the columns of its row
        self.acts = []       # what entries did with runs: (entry, kind, run)
        self.discarded = set()
        self.due = {}        # run -> what a seal counts of its payslips that are due

    def find(self, kind, where, text, *values):
        self.findings.add(kind, where, text, *values)

    def expect(self, kind, where, name, expected, found):
        if expected != found:
            self.find(kind, where, "%s is %r, should be %r", name, found, expected)

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
    """ledger: The ledger, Conventions: the file's marks, its tables with their columns and keys,
    and the two triggers a table. A view or trigger more could make a query say something else than
    what is stored."""
    find = functools.partial(ledger.find, "structure")
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
                "CREATE TRIGGER %s_no_%s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT,"
                " 'rows of %s are never %s'); END" % (name, verb, verb.upper(), name, name, past))
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


def check_schema(ledger, path):
    """ledger: The ledger: word for word the tables, index and triggers of db/schema.sql, with the
    limits of every column."""
    query = "SELECT type, name, tbl_name, sql FROM sqlite_master"
    empty = sqlite3.connect(":memory:")
    with open(path, encoding="utf-8") as file:
        empty.executescript(file.read())
    expected, found = set(empty.execute(query)), set(ledger.db.execute(query))
    empty.close()
    for kind, name, *_ in sorted(expected ^ found, key=str):
        ledger.find("structure", "%s %s" % (kind, name), "is not the one of %s", path)


# ---- ledger: Table digest; Codes -----------------------------------------------------------------


def check_codes(ledger, table, row, link):
    """ledger: Codes. Says which column was changed, or that the row before is not the one written
    before. Returns the link to this row."""
    names, codes = LAYOUT[table], row[-1]
    parts = [code_of(value_bytes(value)) for value in row[:-1]]
    if codes != "".join(parts) + link:
        where = "%s %s" % (table, key_text(table, row))
        cut = [codes[at:at + 4] for at in range(0, len(codes), 4)]
        wrong = [name for name, part, found in zip(names, parts, cut) if part != found]
        for name in wrong:
            ledger.find("codes", where, "%s was changed", name)
        if len(cut) != len(names):
            ledger.find("codes", where, "%d codes, should be %d", len(cut), len(names))
        elif cut[-1] != link:
            ledger.find("codes", where, "the row before it is not the one written before it")
    if table == "journal":
        return code_of(value_bytes(row[0]))
    return code_of(b"".join(value_bytes(row[names.index(name)]) for name in KEYS[table]))


def key_text(table, row):
    names = LAYOUT[table]
    return ", ".join("%s %s" % (name, row[names.index(name)]) for name in KEYS[table])


def check_text(ledger, table, row):
    """ledger: Conventions: text is in form NFC."""
    for value in row:
        if type(value) is str and not value.isascii():
            if not unicodedata.is_normalized("NFC", value):
                where = "%s %s" % (table, key_text(table, row))
                ledger.find("text", where, "%r is not in form NFC", value)


def table_digest(ledger, entry, table, digest):
    """ledger: Table digest: of the rows' hash, keyed: a journal entry that is shown gives no rows
    away."""
    return hmac.digest(ledger.secret, row_bytes((entry, table, digest.hexdigest())), "sha256").hex()


def digest_rows_by_entry(ledger):
    """The tables whose rows carry their entry: each is walked once, in the order of its key, with a
    hash running for each entry."""
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
            written = ledger.written.setdefault(entry, {})
            written[table] = count, table_digest(ledger, entry, table, digest)
            ledger.count("rows", count)


# ---- ledger: payslip, line, run ------------------------------------------------------------------

# kind -> (column of the payslip, the accounts it may go from and to). The column shows what the
# person gains by it.
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


@functools.lru_cache(maxsize=1 << 14)
def fraction(text):
    """ledger: Conventions: numerator/denominator, reduced, denominator above zero. None when it is
    not written so."""
    match = re.fullmatch(r"(0|-?[1-9][0-9]*)/([1-9][0-9]*)", text)
    if not match:
        return None
    numerator, denominator = int(match[1]), int(match[2])
    return Fraction(numerator, denominator) if math.gcd(numerator, denominator) == 1 else None


def round_to_ore(kroner):
    """Half up, of an amount that is not below zero."""
    return (200 * kroner.numerator + kroner.denominator) // (2 * kroner.denominator)


# Columns of run, and what is added up for them.
TOTALS_OF_RUN = {
    "person_count": "persons", "held_count": "held", "payment_count": "payments",
    "finding_count": "findings", "benefit_ore": "benefit", "taxable_ore": "taxable",
    "tax_ore": "tax", "net_ore": "net", "corrected_count": "corrected",
    "corrections_ore": "corrections", "recovery_ore": "recovery", "claims_ore": "claims",
}


class Due:
    """proofs: Keys and seals: of a run's payslips that are due: their number, what they pay, what
    moved by account, what they change of what is owed."""

    def __init__(self):
        self.count, self.net_ore, self.owed_ore = 0, 0, 0
        self.moved = {account: [0, 0] for account in (B, P, T, K, C, A)}  # in, out

    def add(self, slip, person):
        self.count += 1
        self.net_ore += slip["net_ore"]
        for line in person.lines:
            self.moved.setdefault(line["to_account"], [0, 0])[0] += line["amount_ore"]
            self.moved.setdefault(line["from_account"], [0, 0])[1] += line["amount_ore"]
        self.owed_ore += sum(owed_change(claim) for claim in person.claims)


def owed_change(claim):
    """ledger: claim: what a movement changes of what the person owes."""
    return {"arisen": 1, "agency": 0}.get(claim["kind"], -1) * claim["amount_ore"]


class Person:
    """What a run wrote of one person: rows of the five tables, each in the order of its key."""

    def __init__(self, run, person_id, rows):
        self.run, self.person_id = run, person_id
        self.payslip, self.lines, self.corrections, self.claims, self.findings = (
            [dict(zip(LAYOUT[table], row)) for row in rows[table]] for table in OF_RUN)
        self.where = "run %s, person %s" % (run["run"], person_id or "''")


def persons_of(ledger, run, digests):
    """The five tables of a run walked side by side, in the order of person_id. digests gathers, for
    each table, the rows' hash and number on the way. Yields (person, the bytes of the canonical
    payslip)."""
    groups, ahead = {}, {}
    for table in OF_RUN:
        person_of = operator.itemgetter(LAYOUT[table].index("person_id"))
        groups[table] = itertools.groupby(ledger.rows(table, "run = ?", run["run"]), person_of)
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
    for run in ledger.runs.values():
        digests = {table: [hashlib.sha256(), 0] for table in OF_RUN}
        tree, sums = Tree(), dict.fromkeys(TOTALS_OF_RUN.values(), 0)
        ledger.due[run["run"]] = Due()
        for person, canonical in persons_of(ledger, run, digests):
            if person.payslip:
                who = row_bytes((run["run"], person.person_id))
                salt = hmac.digest(ledger.secret, who, "sha256")
                tree.add(sha(b"\0" + salt + canonical))
            check_person(ledger, person, sums)
        ledger.roots[run["run"]] = tree.root().hex()
        written = ledger.written.setdefault(run["entry"], {})
        for table, (digest, count) in digests.items():
            if count:
                written[table] = count, table_digest(ledger, run["entry"], table, digest)
            ledger.count("rows", count)
        ledger.count("payslips", digests["payslip"][1])
        ledger.count("lines", digests["line"][1])
        check_totals(ledger, run, sums)
    for table in OF_RUN:
        counts = ledger.db.execute('SELECT run, count(*) FROM "%s" GROUP BY run' % table)
        for number, count in counts:
            if number not in ledger.runs:
                ledger.find("reference", table, "%d rows of a run %s, not there", count, number)


def check_person(ledger, person, sums):
    for number, finding in enumerate(person.findings, 1):
        ledger.expect("finding", person.where, "number of a finding", number, finding["number"])
        if finding["severity"] not in ("note", "warning", "error"):
            ledger.find("finding", person.where, "severity %r", finding["severity"])
    sums["findings"] += len(person.findings)
    if not person.payslip:
        for rows in (person.lines, person.corrections, person.claims):
            if rows:
                ledger.find("reference", person.where, "%d rows without a payslip", len(rows))
        return
    slip = person.payslip[0]
    if slip["state"] == "due":
        ledger.due[person.run["run"]].add(slip, person)
    gains = check_lines(ledger, person)
    check_payslip(ledger, person, slip, gains, sums)
    check_corrections(ledger, person)
    check_movements(ledger, person, slip)


def check_lines(ledger, person):
    """ledger: line. Returns what the person gained by column."""
    run, gains = person.run, dict.fromkeys(COLUMNS_OF_PAYSLIP + ("tax", "net"), 0)
    for number, line in enumerate(person.lines, 1):
        kind, where = line["kind"], "%s, line %s" % (person.where, line["line"])
        wrong = functools.partial(ledger.find, "line", where)
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
            gains[column] += gain_of(line)
    flow = sum(gains.values())
    if flow:
        ledger.find("line", person.where, "what goes to and from the person is %d apart", flow)
    return gains


def gain_of(line):
    """A line as the person sees it."""
    return line["amount_ore"] * ((line["to_account"] == P) - (line["from_account"] == P))


def check_amount(line, wrong):
    """ledger: line: rounding, and the cut to what remained."""
    numbers = {name: fraction(line[name]) for name in ("quantity", "rate", "exact")}
    for name, number in numbers.items():
        if number is None:
            wrong("%s %r is not an exact number", name, line[name])
            return
    amount, rounded = line["amount_ore"], round_to_ore(numbers["exact"])
    if not line["cut"] and amount != rounded:
        wrong("amount %d, the exact number gives %d", amount, rounded)
    if line["cut"] and not 0 <= amount < rounded:
        wrong("amount %d is marked as cut; the exact number gives %d", amount, rounded)
    if line["kind"] in ("benefit", "offset", "absence_days"):
        if numbers["quantity"] * numbers["rate"] != numbers["exact"]:
            wrong("%s at %s does not give %s", line["quantity"], line["rate"], line["exact"])


def check_payslip(ledger, person, slip, gains, sums):
    """ledger: payslip."""
    run, expect = person.run, functools.partial(ledger.expect, "payslip", person.where)
    for column in COLUMNS_OF_PAYSLIP:
        expect(column + "_ore", gains[column], slip[column + "_ore"])
    taxable = sum(slip[column + "_ore"] for column in COLUMNS_OF_PAYSLIP)
    expect("taxable_ore", taxable, slip["taxable_ore"])
    expect("tax_ore", -gains["tax"], slip["tax_ore"])
    expect("net_ore", slip["taxable_ore"] - slip["tax_ore"], slip["net_ore"])
    expect("net_ore by its lines", -gains["net"], slip["net_ore"])
    expect("month", run["month"], slip["month"])
    if slip["net_ore"] < 0 or slip["tax_ore"] < 0 or slip["taxable_ore"] < 0:
        ledger.find("payslip", person.where, "an amount below zero")
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
        end_to_end_id = "%s-%07d" % (message_id(ledger, run), sums["payments"])
    expect("end_to_end_id", end_to_end_id, slip["end_to_end_id"])
    register = ledger.db.execute(
        "SELECT name, account, ifnull(language, 'nb') FROM participant"
        " WHERE person_id = ? AND entry <= ? AND withdrawn = 0 ORDER BY entry DESC LIMIT 1",
        (person.person_id, run["facts_entry"])).fetchone()
    expect("name, account, language", register, (slip["name"], slip["account"], slip["language"]))
    for name in ("benefit", "taxable", "corrections", "recovery"):
        sums[name] += slip[name + "_ore"]
    for name in ("tax", "net"):
        sums[name] += 0 if held else slip[name + "_ore"]
    sums["corrected"] += bool(person.corrections)
    arisen = (claim["amount_ore"] for claim in person.claims if claim["kind"] == "arisen")
    sums["claims"] += sum(arisen)


def message_id(ledger, run):
    """ledger: approval; payslip: what payment ids begin with."""
    payday = run["payday"].replace("-", "")
    return "%s-%s-%d" % (ledger.municipality["organisation_number"], payday, run["run"])


def check_totals(ledger, run, sums):
    """ledger: run: counts and sums over its payslips and findings."""
    for column, name in TOTALS_OF_RUN.items():
        ledger.expect("run", "run %d" % run["run"], column, sums[name], run[column])


# ---- ledger: correction --------------------------------------------------------------------------


def check_corrections(ledger, person):
    """The rows of the table say the same as the correction lines, month by month; and what was paid
    before is what earlier payslips hold."""
    run, differences = person.run, {}
    for line in person.lines:
        if line["kind"][:11] == "correction_":
            differences[line["month"]] = differences.get(line["month"], 0) + gain_of(line)
    paid = dict(paid_before(ledger, run, person.person_id)) if person.corrections else {}
    for row in person.corrections:
        month, difference = row["month"], row["difference_ore"]
        where = "%s, correction of %s" % (person.where, month)
        expect = functools.partial(ledger.expect, "correction", where)
        expect("difference_ore by its lines", differences.pop(month, None), difference)
        expect("difference_ore", row["due_ore"] - row["paid_ore"], difference)
        expect("paid_ore", paid.get(month, 0), row["paid_ore"])
        if not 0 <= row["cause_entry"] < run["entry"]:
            ledger.find("correction", where, "cause_entry %s is later", row["cause_entry"])
        ledger.count("corrections")
    for month in differences:
        ledger.find("correction", person.where, "lines correct %s, but no row says so", month)


def paid_before(ledger, run, person_id):
    """What each month came to in the payslips that are due, of earlier runs that are not
    discarded."""
    earlier = (str(number) for number in ledger.runs
               if number < run["run"] and number not in ledger.discarded)
    kinds = ("'%s'" % kind for kind in IN_MONTH)
    return ledger.db.execute(
        "SELECT line.month, sum(iif(line.to_account = 'person', amount_ore, -amount_ore))"
        " FROM payslip JOIN line USING (run, person_id) WHERE person_id = ? AND state = 'due'"
        " AND run IN (%s) AND kind IN (%s) GROUP BY line.month" % (
            ", ".join(earlier), ", ".join(kinds)), (person_id,))


# ---- ledger: claim -------------------------------------------------------------------------------


def check_movements(ledger, person, slip):
    """The movements of a claim by kind are the lines that say the same; who is held has none."""
    moved, expect = {}, functools.partial(ledger.expect, "claim", person.where)
    for claim in person.claims:
        moved[claim["kind"]] = moved.get(claim["kind"], 0) + claim["amount_ore"]
        kind, reasons = MOVEMENTS.get(claim["kind"], (None, ()))
        if claim["decided"] is not None:
            if not decision_followed(ledger, person, claim, reasons):
                ledger.find("claim", person.where, "%s by a decision of %s that is not there",
                            claim["kind"], claim["decided"])
        elif claim["kind"] not in ("arisen", "recovered"):
            ledger.find("claim", person.where, "%s without a decision", claim["kind"])
    for movement, (kind, _) in MOVEMENTS.items():
        of_lines = sum(line["amount_ore"] for line in person.lines if line["kind"] == kind)
        expect("sum of " + movement, of_lines, moved.pop(movement, 0))
    for kind in moved:
        ledger.find("claim", person.where, "movement %r", kind)
    if slip["state"] == "held":
        expect("rows of who is held", 0, len(person.claims))


def decision_followed(ledger, person, claim, reasons):
    """The row of recoveries.csv, as of the run, that a movement followed."""
    decision = ledger.db.execute(
        "SELECT reason, withdrawn FROM recovery WHERE person_id = ? AND decided = ? AND entry <= ?"
        " ORDER BY entry DESC LIMIT 1",
        (person.person_id, claim["decided"], person.run["facts_entry"])).fetchone()
    return (decision and not decision[1] and decision[0] in reasons
            and claim["decided"] <= person.run["payday"])


def check_claims(ledger):
    """Each person's movements in the order of the runs: what is owed after each."""
    claims = ledger.records("claim")
    for person_id, rows in itertools.groupby(claims, operator.itemgetter("person_id")):
        kept = 0  # owed after the last run that was not discarded
        for number, movements in itertools.groupby(rows, operator.itemgetter("run")):
            owed = kept
            for place, row in enumerate(movements, 1):
                where = "run %s, person %s, claim %s" % (number, person_id, row["number"])
                owed += owed_change(row)
                ledger.expect("claim", where, "number", place, row["number"])
                ledger.expect("claim", where, "remaining_ore", owed, row["remaining_ore"])
                if row["amount_ore"] <= 0 or row["remaining_ore"] < 0:
                    ledger.find("claim", where, "an amount below zero, or of nothing")
                ledger.count("claim movements")
            if number not in ledger.discarded:
                kept = owed


# ---- ledger: journal, run, approval, export ------------------------------------------------------

# ledger: Transactions: the kinds of entries, the tables each always writes, those it may write
# besides.
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
STATES = {
    "run": ((None,), "computed"),
    "approve": (("computed",), "approved"),
    "discard": (("computed",), "discarded"),
    "export": (("approved", "exported"), "exported"),
}


def read_runs(ledger):
    """The runs in order, and which of them were discarded."""
    for run in ledger.records("run"):
        ledger.runs[run["run"]] = run
    ledger.acts = ledger.db.execute(
        "SELECT entry, kind, run FROM journal WHERE run IS NOT NULL ORDER BY entry").fetchall()
    ledger.discarded = {run for _, kind, run in ledger.acts if kind == "discard"}
    for ledger.municipality in ledger.records("municipality"):
        pass  # the last row counts
    if not ledger.municipality:
        raise sqlite3.DatabaseError("no municipality")
    ledger.secret = bytes.fromhex(ledger.municipality["secret"])


def check_journal(ledger, sizes):
    """ledger: journal; Chain; Head. Returns, for each of the sizes, the head over so many entries
    and the last of them."""
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
        ledger.find("reference", "entry %s" % number, "is not in the journal; rows of it are in %s",
                            ", ".join(ledger.written[number]))
    states.finish()
    ledger.count("entries", tree.count)
    ledger.count("runs", len(ledger.runs))
    heads["count"] = tree.count
    print("entries %d, head %s" % (tree.count, tree.root().hex()))
    return heads


def check_entry(ledger, entry, row, previous, count):
    """One entry by itself and after the one before."""
    where, find = "entry %s" % entry["entry"], ledger.find
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
    form = "%Y-%m-%dT%H:%M:%SZ"
    try:
        return datetime.datetime.strptime(text, form).strftime(form) == text
    except ValueError:
        return False


def check_rows_of_entry(ledger, entry):
    """ledger: Table digest, Entry digest, Root of a run: the rows of each table are those the entry
    says it wrote."""
    where, find = "entry %s" % entry["entry"], ledger.find
    parts = [part.split(" ") for part in entry["tables"].split(";")] if entry["tables"] else []
    if any(len(part) != 3 or part[0] not in DIGESTED or not part[1].isdecimal() for part in parts):
        find("journal", where, "tables %r is no list of tables", entry["tables"])
        return
    listed = {table: (int(number), digest) for table, number, digest in parts}
    if [part[0] for part in parts] != [table for table in DIGESTED if table in listed]:
        find("journal", where, "tables are not in their order")
    data = b"".join(row_bytes((table, *of_table)) for table, of_table in listed.items())
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
        ledger.expect("root", where, "root", ledger.roots.get(entry["run"]), entry["root"])
    elif entry["root"] is not None:
        find("root", where, "a root, though no run")


def bare_name(name):
    """ledger: approval: what is left of a name without case, spaces, what cannot be seen, and kinds
    of dashes."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    kinds = [(unicodedata.category(letter), letter) for letter in folded]
    return "".join("-" if kind == "Pd" else letter for kind, letter in kinds if kind[0] not in "ZC")


class States:
    """What the entries say one after the other: the states of the runs, who did what, and that the
    rows of runs, approvals and exports say the same."""

    def __init__(self, ledger):
        self.ledger, self.state, self.actor, self.exports = ledger, {}, {}, {}
        self.last_kept, self.municipality = "", {}
        self.approvals = {row["entry"]: row for row in ledger.records("approval")}
        self.files = {row["entry"]: row for row in ledger.records("export")}

    def check(self, entry):
        where, find = "entry %s" % entry["entry"], functools.partial(self.ledger.find, "state")
        kind, run = entry["kind"], entry["run"]
        if kind not in WRITES:
            find(where, "kind %r is unknown", kind)
            return
        if (kind == "init") != (entry["entry"] == 1):
            find(where, "the first entry, and no other, is of kind init")
        if (run is not None) != (kind in STATES):
            find(where, "kind %s with run %s", kind, run)
            return
        if run is not None:
            before, after = STATES[kind]
            if run not in self.ledger.runs:
                find(where, "run %s is not there", run)
                return
            if self.state.get(run) not in before:
                state = self.state.get(run) or "not computed"
                find(where, "run %s is %s, so there can be no %s", run, state, kind)
            self.state[run] = after
        method = getattr(self, "check_" + kind, None)
        if method:
            method(entry, where, functools.partial(self.ledger.expect, kind, where))

    def check_init(self, entry, where, expect):
        for row in self.ledger.records("municipality", "entry = ?", entry["entry"]):
            self.municipality = row
            expect("detail", "%s %s" % (row["organisation_number"], row["name"]), entry["detail"])

    def check_rates(self, entry, where, expect):
        for row in self.ledger.records("rate", "entry = ?", entry["entry"]):
            values = row["name"], row["value_nok"], row["effect"], row["known"]
            expect("detail", "%s %s from %s, known %s" % values, entry["detail"])

    def check_run(self, entry, where, expect):
        run = self.ledger.runs[entry["run"]]
        expect("entry of the run", entry["entry"], run["entry"])
        expect("number of the run", len(self.state), run["run"])
        expect("facts_entry", entry["entry"] - 1, run["facts_entry"])
        expect("known", entry["time"][:10], run["known"])
        expect("half_tax_month", self.municipality.get("half_tax_month"), run["half_tax_month"])
        expect("detail", "month %s, payday %s" % (run["month"], run["payday"]), entry["detail"])
        rates = hashlib.sha256()
        known_then = "known <= ? AND entry < ?"
        for row in self.ledger.rows("rate", known_then, run["known"], entry["entry"]):
            rates.update(row_bytes(row[:-1]))
        expect("rates_digest", rates.hexdigest(), run["rates_digest"])
        first = self.municipality.get("first_month") or ""
        if run["month"] <= self.last_kept or run["month"] < first:
            self.ledger.find("run", where, "month %s lies not after those of the runs before",
                             run["month"])
        for number, state in self.state.items():
            if state == "computed" and number != run["run"]:
                self.ledger.find("state", where, "run %s still waited for approval", number)
        if run["run"] not in self.ledger.discarded:
            self.last_kept = run["month"]
        self.actor[run["run"]] = entry["actor"]

    def check_approve(self, entry, where, expect):
        """ledger: approval. Four eyes: names that are the same however they are typed are one
        person's."""
        run, row = self.ledger.runs[entry["run"]], self.approvals.pop(entry["entry"], None)
        if bare_name(entry["actor"]) == bare_name(self.actor.get(run["run"], "")):
            self.ledger.find("approve", where, "%s approved a run of their own", entry["actor"])
        if entry["time"][:10] > run["payday"]:
            self.ledger.find("approve", where, "after the payday")
        if not row:
            return
        expect("run of the approval", run["run"], row["run"])
        expect("payments", run["payment_count"], row["payments"])
        expect("sum_ore", run["net_ore"], row["sum_ore"])
        expect("message_id", message_id(self.ledger, run), row["message_id"])
        expect("created", entry["time"][:-1], row["created"])
        confirmed = row["payments"], *divmod(row["sum_ore"], 100)
        expect("detail", "payments %d, sum %d.%02d" % confirmed, entry["detail"])

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
                self.ledger.find("export", where, "%s beside %s", row["content"], other["content"])
            if row["tax_kid"] and other["tax_kid"] not in ("", row["tax_kid"]):
                self.ledger.find("export", where, "another KID than before")
            if (row["form"], row["content"]) == (other["form"], other["content"]):
                self.ledger.find("export", where, "a second file of the same form")
        others.append(row)
        self.ledger.count("files written")

    def check_import(self, entry, where, expect):
        files = self.ledger.records("import_file", "entry = ?", entry["entry"])
        for place, row in enumerate(files, 1):
            expect("number of a file", place, row["number"])
            expect("sha256 being a digest", True, bool(re.fullmatch("[0-9a-f]{64}", row["sha256"])))

    def finish(self):
        for number in self.ledger.runs:
            if number not in self.state:
                self.ledger.find("reference", "run %s" % number, "no entry computed it")
        for row in itertools.chain(self.approvals.values(), self.files.values()):
            self.ledger.find("reference", "entry %s" % row["entry"],
                             "has an approval or export that it did not make")


def check_ledger(ledger, sizes=(), schema=None):
    check_structure(ledger)
    if schema:
        check_schema(ledger, schema)
    read_runs(ledger)
    digest_rows_by_entry(ledger)
    check_runs(ledger)
    check_claims(ledger)
    return check_journal(ledger, sizes)


# ---- proofs: The files ---------------------------------------------------------------------------


class Unreadable(Exception):
    """A file that is not what it should be: exit 3."""


def read_json(path, form, names):
    """One object with exactly these fields in this order."""
    def one_object(pairs):
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise Unreadable("%s: the same field twice" % path)
        return fields
    try:
        with open(path, encoding="utf-8") as file:
            fields = json.load(file, object_pairs_hook=one_object)
        json.dumps(fields, ensure_ascii=False).encode()  # every string can be written as UTF-8
    except (ValueError, RecursionError) as error:
        raise Unreadable("%s: no JSON: %s" % (path, error))
    if type(fields) is not dict or list(fields) != names.split() or fields["form"] != form:
        raise Unreadable("%s: not the fields of a %s in their order" % (path, form))
    return fields


def expect_type(path, fields, kind, names):
    for name in names.split():
        if type(fields[name]) is not kind:
            raise Unreadable("%s: %s is not of its type" % (path, name))


def from_hex(path, name, text, size):
    if type(text) is not str or not re.fullmatch("[0-9a-f]{%d}" % (2 * size), text):
        raise Unreadable("%s: %s is not %d lower-case hexadecimal digits" % (path, name, 2 * size))
    return bytes.fromhex(text)


# ---- proofs: Keys and seals ----------------------------------------------------------------------

ACCOUNTS = (B, P, T, K, C, A)
TOTALS = "runs payslips net_paid_ore claims_outstanding_ore"
# RFC 8410: SubjectPublicKeyInfo of Ed25519, before the 32 bytes.
DER_OF_KEY = bytes.fromhex("302a300506032b6570032100")


def read_public_key(path):
    pem = r"\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]*)-----END PUBLIC KEY-----\s*"
    with open(path, encoding="ascii", errors="replace") as file:
        match = re.fullmatch(pem, file.read())
    try:
        der = base64.b64decode("".join(match[1].split()), validate=True) if match else b""
    except ValueError:
        der = b""
    if len(der) != 44 or der[:12] != DER_OF_KEY:
        raise Unreadable("%s: no public key of Ed25519" % path)
    return der[12:]


def read_seal(path, findings, public_key):
    """A seal and whether it is whole: signed, and with the key given. Without a key only that it is
    whole can be said."""
    seal = read_json(path, "stonad-seal-1", "form organisation_number entries head last_hash time"
                     " accounts " + TOTALS + " public_key signature")
    expect_type(path, seal, int, "entries " + TOTALS)
    expect_type(path, seal, str, "organisation_number head last_hash time")
    expect_type(path, seal, list, "accounts")
    accounts = seal["accounts"]
    for account in accounts:
        if type(account) is not dict or list(account) != ["account", "in_ore", "out_ore"]:
            raise Unreadable("%s: an account has other fields" % path)
        expect_type(path, account, int, "in_ore out_ore")
    if tuple(account["account"] for account in accounts) != ACCOUNTS:
        raise Unreadable("%s: accounts are not the six in their order" % path)
    message = row_bytes(seal[name] for name in (
        "form", "organisation_number", "entries", "head", "last_hash", "time"))
    message += value_bytes(len(accounts))
    message += b"".join(row_bytes(account.values()) for account in accounts)
    message += row_bytes(seal[name] for name in TOTALS.split())
    key = from_hex(path, "public_key", seal["public_key"], 32)
    whole = is_signed(key, message, from_hex(path, "signature", seal["signature"], 64))
    if not whole:
        findings.add("seal", path, "the signature is not over these values")
    if public_key is None:
        print("%s: whose key signed it was not checked; its fingerprint is %s" % (
            path, sha(DER_OF_KEY + key).hex()))
    elif public_key != key:
        findings.add("seal", path, "it is signed with another key than the one given")
        whole = False
    return seal, whole


def check_seal(ledger, path, seal, heads):
    """proofs: Held against a ledger."""
    expect = functools.partial(ledger.expect, "seal", path)
    head, last = heads.get(seal["entries"], (None, None))
    expect("organisation_number", ledger.municipality["organisation_number"],
           seal["organisation_number"])
    if not last:
        ledger.find("seal", path, "%d entries were sealed, the journal has %d: its end was cut off",
                    seal["entries"], heads["count"])
        return
    expect("head", head, seal["head"])
    expect("last_hash", last["hash"], seal["last_hash"])
    expect("time", last["time"], seal["time"])
    # What the last entry sealed, or one before it, did with each run.
    state = {run: kind for entry, kind, run in ledger.acts if entry <= seal["entries"]}
    due = {run: ledger.due[run] for run, kind in state.items()
           if kind != "discard" and run in ledger.due}
    for account in seal["accounts"]:
        moved = [of_run.moved[account["account"]] for of_run in due.values()]
        sums = [sum(ore[way] for ore in moved) for way in (0, 1)]
        expect("account " + account["account"], sums, [account["in_ore"], account["out_ore"]])
    paid = sum(of_run.net_ore for run, of_run in due.items() if state[run] != "run")
    owed = sum(of_run.owed_ore for of_run in due.values())
    expect("runs", len(due), seal["runs"])
    expect("payslips", sum(of_run.count for of_run in due.values()), seal["payslips"])
    expect("net_paid_ore", paid, seal["net_paid_ore"])
    expect("claims_outstanding_ore", owed, seal["claims_outstanding_ore"])
    ledger.count("seals")


# ---- proofs: Proofs ------------------------------------------------------------------------------


def table_bytes(path, table, rows):
    """Canonical bytes of a table of the canonical payslip, from its readable rows."""
    if type(rows) is not list:
        raise Unreadable("%s: %s is no list of rows" % (path, table))
    for row in rows:
        if type(row) is not dict or list(row) != LAYOUT[table] or not all(
                type(value) in (str, int, type(None)) for value in row.values()):
            raise Unreadable("%s: a row of %s has other columns" % (path, table))
    return row_bytes((table, len(rows))) + b"".join(row_bytes(row.values()) for row in rows)


def check_proof(path, findings, head, entries):
    """A payslip, its run's root, the run's entry, the head."""
    proof = read_json(path, "stonad-proof-1", "form payslip payslip_bytes salt index count path"
                      " entry entry_bytes entries entry_path head")
    expect_type(path, proof, int, "index count entries")
    expect_type(path, proof, str, "payslip_bytes entry_bytes")
    expect_type(path, proof, list, "path entry_path")
    tables, entry = proof["payslip"], proof["entry"]
    wrong = functools.partial(findings.add, "proof", path)
    if type(tables) is not dict or tuple(tables) != OF_RUN or len(tables["payslip"]) != 1:
        raise Unreadable("%s: not the five tables of one payslip" % path)
    if type(entry) is not dict or list(entry) != LAYOUT["journal"][:10]:
        raise Unreadable("%s: the entry has other columns" % path)
    expect_type(path, entry, int, "entry")
    expect_type(path, entry, str, "kind tables root")
    canonical = b"".join(table_bytes(path, table, rows) for table, rows in tables.items())
    if canonical != proof["payslip_bytes"].encode():
        wrong("the readable payslip is not the one that is hashed")
    if row_bytes(entry.values()) != proof["entry_bytes"].encode():
        wrong("the readable entry is not the one that is hashed")
    if entry["kind"] != "run":
        wrong("the entry computed no run")
    person_id = tables["payslip"][0]["person_id"]
    if any((row["run"], row["person_id"]) != (entry["run"], person_id)
           for rows in tables.values() for row in rows):
        wrong("a row is of another run than the entry's, or of another person")
    if " payslip %d " % proof["count"] not in " " + entry["tables"].replace(";", " "):
        wrong("the entry says another number of payslips than %d", proof["count"])
    leaf = sha(b"\0" + from_hex(path, "salt", proof["salt"], 32) + canonical)
    if follow(path, proof["index"], proof["count"], leaf, proof["path"]) != entry["root"]:
        wrong("payslip, salt and path do not lead to the root of the run")
    leaf = sha(b"\0" + row_bytes(entry.values()))
    entries_path = entry["entry"] - 1, proof["entries"], leaf, proof["entry_path"]
    if follow(path, *entries_path) != proof["head"]:
        wrong("entry and path do not lead to the head in the file")
    if proof["head"] != head:
        wrong("it leads to another head than the one given")
    if entries is not None and proof["entries"] != entries:
        wrong("it is over %d entries, the seal over %d", proof["entries"], entries)
    if not findings.counts:
        print("%s: entry %d (%s, by %s) made payslip %d of %d in run %d" % (
            path, entry["entry"], entry["time"], entry["actor"], proof["index"] + 1,
            proof["count"], entry["run"]))


def follow(path, index, count, leaf, hashes):
    """The root a path leads to, in hexadecimal digits; None when it leads nowhere."""
    if not 0 <= index < count <= 2**63 or len(hashes) > 65:
        return None
    root = root_by_path(index, count, leaf, [from_hex(path, "path", text, 32) for text in hashes])
    return root.hex() if root else None


def check_consistency(path, findings, heads, sizes):
    """proofs: Consistency. The later head is over the entries of the earlier one and more."""
    proof = read_json(path, "stonad-consistency-1",
                      "form old_entries old_head new_entries new_head path")
    expect_type(path, proof, int, "old_entries new_entries")
    expect_type(path, proof, list, "path")
    wrong = functools.partial(findings.add, "consistency", path)
    old, new = proof["old_entries"], proof["new_entries"]
    if [proof["old_head"], proof["new_head"]] != heads:
        wrong("it is about other heads than those given")
    if sizes and [old, new] != sizes:
        wrong("it is about %d and %d entries, the seals about %d and %d", old, new, *sizes)
    hashes = [from_hex(path, "path", text, 32) for text in proof["path"]]
    roots = None
    if 1 <= old <= new <= 2**63 and len(hashes) <= 65:
        roots = roots_by_path(old, new, from_hex(path, "old_head", proof["old_head"], 32), hashes)
    if not roots or [root.hex() for root in roots] != [proof["old_head"], proof["new_head"]]:
        wrong("the path does not lead to both heads")
    if not findings.counts:
        print("%s: the journal of %d entries begins with that of %d" % (path, new, old))


# ---- the command ---------------------------------------------------------------------------------


def read_command(words):
    parser = argparse.ArgumentParser(
        description="A second verifier of a ledger, from docs/ledger.md and docs/proofs.md.",
        epilog="Exit 0: nothing found; 1: findings; 2: wrong usage; 3: a file cannot be read.")
    option = parser.add_argument
    option("ledger", nargs="?", metavar="LEDGER")
    option("--schema", metavar="FILE", help="db/schema.sql, to compare the tables word for word")
    option("--seal", action="append", default=[], metavar="FILE", help="a seal kept elsewhere")
    option("--public-key", metavar="FILE", help="the key that every seal must be signed with")
    option("--proof", metavar="FILE", help="the proof of a payslip; needs a head or a seal")
    option("--consistency", metavar="FILE",
           help="the proof that a head continues another; needs two heads or seals")
    option("--head", action="append", default=[], metavar="HASH", help="known from elsewhere")
    words = parser.parse_args(words)
    if sum(map(bool, (words.ledger, words.proof, words.consistency))) != 1:
        parser.error("give a ledger, a proof or a consistency proof")
    if words.head and (words.seal or words.ledger):
        parser.error("a head goes with a proof, and without a seal")
    if words.proof and len(words.head + words.seal) != 1:
        parser.error("a proof needs one head or seal")
    if words.consistency and len(words.head + words.seal) != 2:
        parser.error("a consistency proof needs two heads or seals")
    return words


def check_all(words):
    """Does what was asked for. Returns the findings."""
    findings = Findings()
    public_key = read_public_key(words.public_key) if words.public_key else None
    seals = [read_seal(path, findings, public_key) for path in words.seal]
    heads = words.head or [seal["head"] for seal, _ in seals]
    sizes = [seal["entries"] for seal, _ in seals]
    if words.proof:
        check_proof(words.proof, findings, heads[0], sizes[0] if sizes else None)
        return findings
    if words.consistency:
        check_consistency(words.consistency, findings, heads, sizes)
        return findings
    ledger = Ledger(words.ledger, findings)
    try:
        known = check_ledger(ledger, sizes, words.schema)
        for path, (seal, is_whole) in zip(words.seal, seals):
            if is_whole:
                check_seal(ledger, path, seal, known)
    except (sqlite3.Error, TypeError, ValueError) as error:
        # Damaged pages, or a value that is not of its column's type.
        findings.add("file", words.ledger, "cannot be read to its end: %s", error)
    finally:
        ledger.db.close()
    print("checked: " + counted(ledger.checked))
    return findings


def counted(counts):
    return ", ".join("%d %s" % (number, name) for name, number in counts.items())


def main(words=None):
    words = read_command(words)
    try:
        findings = check_all(words)
    except (OSError, Unreadable, sqlite3.Error, UnicodeError) as error:
        print("verify_ledger: %s" % error, file=sys.stderr)
        return 3
    if findings.counts:
        print("found: " + counted(findings.counts))
        return 1
    print("nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
