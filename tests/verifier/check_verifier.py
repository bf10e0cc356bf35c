#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds verify_ledger.py to what it is for: silent on sound ledgers, and it finds what was changed.

    python3 tests/verifier/check_verifier.py PROGRAM [DEMO-LEDGER ...]

1. Its Ed25519 meets the vectors of RFC 8032, and its trees the definition of RFC 6962.
2. The columns it knows are, word for word, those of docs/ledger.md.
3. It says nothing of the ledgers given, nor of one made here with PROGRAM: three months,
   corrections, claims of every kind, people held back, a discarded run, and seals; and PROGRAM's
   proofs hold.
4. It finds a value changed in every column of every table, a row removed from and two rows swapped
   in every table. Of flipped bits in the file: they are found, or the file is refused, or every row
   is still what it was.
5. It finds changes whose every digest, code and hash was written anew, by the sums they break;
   where they break none, by the seal alone. It finds a cut tail by the seal, and changes of seals,
   proofs and consistency proofs.
Prints what was tried; exits 1 when anything was missed.
"""
import contextlib
import csv
import glob
import io
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import verify_ledger as v

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
SCHEMA = os.path.join(PROJECT, "db", "schema.sql")
KID = "1234567890128"
# Of the demo: absences, a held card, no language, couple, other benefits, work, a month missed, an
# ending, children.
PEOPLE = (
    "01819641141 02829720372 03839344960 21828839672 11847910145 29878744509 18848911263 "
    "13818949159 14899338546 01899447405 28839247933 05908747161 19928327321 01888429634 "
    "17819315027 16879210473 07879031642").split()


class Tried:
    """What was tried, and what was missed."""

    def __init__(self):
        self.count, self.missed = 0, []

    def hold(self, is_so, text):
        self.count += 1
        if not is_so:
            self.missed.append(text)
            print("missed: " + text)


TRIED = Tried()


def verify(*words):
    """Exit code and output of the verifier."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = v.main(list(words))
    return code, out.getvalue()


def expect_silence(name, *words):
    code, out = verify(*words)
    is_silent = code == 0 and out.endswith("nothing found\n")
    TRIED.hold(is_silent, "%s: not silent\n%s" % (name, out[:2000]))


def expect_finding(name, pattern, *words):
    code, out = verify(*words)
    is_found = code == 1 and re.search(pattern, out, re.M)
    TRIED.hold(is_found, "%s: no finding like %r\n%s" % (name, pattern, out[:2000]))


# ---- 1. Ed25519 and the trees --------------------------------------------------------------------

# RFC 8032, section 7.1: public key, message, signature of TEST 1, 2, 3 and SHA(abc).
VECTORS = (
    (
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
     "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    (
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    (
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    (
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
     "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
)


def check_signatures():
    for number, vector in enumerate(VECTORS, 1):
        key, message, signature = map(bytes.fromhex, vector)
        r, s = signature[:32], int.from_bytes(signature[32:], "little")
        TRIED.hold(v.is_signed(key, message, signature), "vector %d is refused" % number)
        for name, wrong in (
                ("message", (key, message + b"\0", signature)),
                ("key", (bytes([key[0] ^ 1]) + key[1:], message, signature)),
                ("R", (key, message, bytes([signature[0] ^ 1]) + signature[1:])),
                ("S", (key, message, r + (s ^ 1).to_bytes(32, "little"))),
                ("S + L (5.1.7)", (key, message, r + (s + v.ORDER).to_bytes(32, "little"))),
                ("length", (key, message, signature[:63])),
                ("no point", (b"\xff" * 32, message, signature))):
            TRIED.hold(not v.is_signed(*wrong), "vector %d, another %s: taken" % (number, name))


def root_of(leaves):
    """RFC 6962, section 2.1, as it is written."""
    if len(leaves) < 2:
        return leaves[0] if leaves else v.sha(b"")
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return v.node_hash(root_of(leaves[:k]), root_of(leaves[k:]))


def check_trees():
    leaves, tree = [v.sha(b"%d" % n) for n in range(70)], v.Tree()
    for count in range(len(leaves) + 1):
        TRIED.hold(tree.root() == root_of(leaves[:count]), "the root of %d leaves" % count)
        tree.add(leaves[min(count, 69)])


def check_columns():
    with open(os.path.join(PROJECT, "docs", "ledger.md"), encoding="utf-8") as file:
        listed = re.search(r"(?:^    \w+ +\w+\*.*\n(?:^     +\S.*\n)*)+", file.read(), re.M)
    TRIED.hold(listed and re.sub("^    ", "", listed[0], flags=re.M) == v.COLUMNS.lstrip("\n"),
               "docs/ledger.md lists other columns than the verifier knows")


# ---- 3. a ledger with a history ------------------------------------------------------------------


class History:
    """A ledger made with the program, and what is kept elsewhere: seals, heads, proofs."""

    def __init__(self, program, folder):
        self.program, self.folder, self.imports = program, folder, 0
        self.ledger = self.path("ledger.db")
        self.live()

    def path(self, name):
        return os.path.join(self.folder, name)

    def __call__(self, *words, actor="kari", today):
        done = subprocess.run(
            [self.program, *words, "--db", self.ledger, "--actor", actor, "--today", today],
            capture_output=True, text=True)
        if done.returncode:
            sys.exit("check_verifier: stonad %s: exit %d\n%s%s" % (
                " ".join(words), done.returncode, done.stdout, done.stderr))
        return done.stdout

    def take(self, today, **files):
        """Imports rows, each a text with commas, under the header of the demo's file of that
        name."""
        self.imports += 1
        folder = self.path("import-%d" % self.imports)
        os.mkdir(folder)
        for name, rows in files.items():
            with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8") as file:
                file.write("\n".join([HEADERS[name] + ",withdrawn", *rows, ""]))
        self("import", folder, today=today)

    def pay(self, run, month, payday, today):
        self("run", "--month", month, "--payday", payday, today=today)
        rows = csv.DictReader(io.StringIO(self("runs", "--format", "csv", today=today)))
        totals = list(rows)[-1]
        self("approve", str(run), "--payments", totals["payments"], "--sum", totals["net"],
             actor="ola", today=today)
        self("export", str(run), "--as", "pain.001.001.09", "--tax-kid", KID,
             "-o", self.path("%d.xml" % run), today=today)

    def seal(self, name, key, today):
        self("seal", "--key", self.path(key), "-o", self.path(name), today=today)

    def live(self):
        self("init", "--test", "--orgnr", "310942006", "--name", "Fjellvik kommune",
             "--account", "99905665533", "--bic", "FJVKNO21XXX", "--first-month", "2026-05",
             today="2026-06-02")
        self.imports += 1
        demo = self.path("import-1")
        write_demo(demo)
        self("import", demo, today="2026-06-02")
        self.pay(1, "2026-05", "2026-06-12", "2026-06-02")
        # What comes late: more is deducted (claims), an absence is taken back (more to pay),
        # another agency pays.
        self.take("2026-06-20",
                  absences=["05908747161,2026-05-18,2026-05-29,unapproved,,no,",
                            "02829720372,2026-05-04,2026-05-15,unapproved,,no,",
                            "01819641141,2026-05-05,2026-05-07,unapproved,,no,yes"],
                  benefits=["13818949159,2026-05-01,,uforetrygd,4000.00,,",
                            "19928327321,2026-05-01,2026-05-31,uforetrygd,20000.00,,"],
                  recoveries=["13818949159,2026-06-15,refund,3000.00,,",
                              "02829720372,2026-06-18,written_off,1000.00,,",
                              "05908747161,2026-06-19,overpayment,2000.00,500.00,"])
        self("run", "--month", "2026-06", "--payday", "2026-07-10", today="2026-06-25")
        self("discard", "2", today="2026-06-26")
        self.pay(3, "2026-06", "2026-07-10", "2026-06-28")
        self("seal", "--new-key", "-o", self.path("seal.key"), today="2026-06-28")
        self.seal("early.seal", "seal.key", "2026-06-28")
        self.early = str(json.load(open(self.path("early.seal")))["entries"])
        self("rates", "add", "--name", "G", "--value", "137000", "--effect", "2026-06-01",
             "--known", "2026-07-01", "--source", "made for the test", today="2026-07-02")
        # The agency of a claim that stands already; somebody is withdrawn after being paid.
        self.take("2026-07-15", recoveries=["19928327321,2026-07-10,refund,2500.00,,"],
                  participants=["28839247933,Oğuz Kaya,1992-03-28,99901798970,nn,yes"])
        self.pay(4, "2026-07", "2026-08-12", "2026-07-30")
        self.seal("late.seal", "seal.key", "2026-07-30")
        self("prove", "3", "--person", "13818949159", "-o", self.path("proof.json"),
             today="2026-07-30")
        self("prove", "1", "--person", "03839344960", "-o", self.path("held.json"),
             "--at", self.early, today="2026-07-30")
        self("consistency", "--from", self.early, "-o", self.path("consistency.json"),
             today="2026-07-30")

    def sealed(self, name):
        return "--seal", self.path(name), "--public-key", self.path("seal.key.pub")

    def heads(self):
        return [json.load(open(self.path(name)))["head"] for name in ("early.seal", "late.seal")]


HEADERS = {}


def write_demo(folder):
    """The demo's files with the rows of PEOPLE alone, and the tax cards."""
    os.mkdir(folder)
    demo = os.path.join(PROJECT, "fixtures", "demo")
    for path in glob.glob(os.path.join(demo, "*.csv")):
        name = os.path.basename(path)
        with open(path, encoding="utf-8-sig", newline="") as file:
            header, *lines = file.read().splitlines()
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write("\n".join([header, *(line for line in lines if line[:11] in PEOPLE), ""]))
        HEADERS[name[:-4]] = header.replace(";", ",")
    for path in glob.glob(os.path.join(demo, "*.xml")):
        shutil.copy(path, folder)


def check_history(history):
    """The history holds what it was made for, and nothing is found in it."""
    db = sqlite3.connect(history.ledger)
    have = lambda sql: {row[0] for row in db.execute(sql)}
    for name, sql, expected in (
            ("kind of claim", "SELECT kind FROM claim", set(v.MOVEMENTS)),
            ("kind of entry", "SELECT kind FROM journal", set(v.WRITES)),
            ("state", "SELECT state FROM payslip", {"due", "held"}),
            ("cut", "SELECT cut FROM line", {0, 1}),
            ("correcting run", "SELECT run FROM correction", {2, 3, 4})):
        TRIED.hold(have(sql) == expected, "the history has not every " + name)
    for table in v.LAYOUT:
        count = db.execute('SELECT count(*) FROM "%s"' % table).fetchone()[0]
        TRIED.hold(count > (table != "municipality"), "the history has too few rows of " + table)
    db.close()
    late, consistency = history.sealed("late.seal"), history.path("consistency.json")
    two_seals = *history.sealed("early.seal"), "--seal", history.path("late.seal")
    early_head, late_head = history.heads()
    expect_silence("the history", history.ledger, "--schema", SCHEMA)
    expect_silence("its seals", history.ledger, *two_seals)
    expect_silence("a proof by a seal", "--proof", history.path("proof.json"), *late)
    expect_silence("a proof by a head", "--proof", history.path("held.json"), "--head", early_head)
    expect_silence("consistency by heads", "--consistency", consistency, "--head", early_head,
                   "--head", late_head)
    expect_silence("consistency by seals", "--consistency", consistency, *two_seals)


# ---- changing a ledger ---------------------------------------------------------------------------


def changed(history, change, forged=""):
    """A copy of the ledger after a change: SQL, or a function of the connection. Who made it then
    writes anew: nothing; the codes; or everything, codes, digests, roots and chain. Triggers are as
    before. Returns the copy's path."""
    path = history.path("changed.db")
    shutil.copy(history.ledger, path)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA ignore_check_constraints = ON")
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    db.execute("BEGIN")
    for name, _ in triggers:
        db.execute("DROP TRIGGER " + name)
    if callable(change):
        change(db)
    else:
        for sql in change.split(";"):
            if db.execute(sql).rowcount == 0:
                sys.exit("check_verifier: nothing was changed by: " + sql)
    if forged:
        db.execute("COMMIT")
        forge(db, path, forged == "everything")
        db.execute("BEGIN")
    for _, sql in triggers:
        db.execute(sql)
    db.execute("COMMIT")
    db.close()
    return path


def forge(db, path, is_everything):
    """Codes, and digests, roots and the chain, as if the rows had always been as they are."""
    with contextlib.redirect_stdout(io.StringIO()):
        ledger = v.Ledger(path, v.Findings())
        v.read_runs(ledger)
        v.digest_rows_by_entry(ledger)
        v.check_runs(ledger)
        ledger.db.close()
    db.execute("BEGIN")
    for table in v.OF_ENTRY:
        links = {}
        for row in list(rows_of(db, table)):
            entry = row[v.LAYOUT[table].index("entry")]
            codes = codes_of(row[:-1]) + links.get(entry, "0000")
            set_values(db, table, row, {"codes": codes})
            links[entry] = v.code_of(b"".join(map(v.value_bytes, key_of(table, row))))
    previous, link = "0" * 64, "0000"
    for row in list(rows_of(db, "journal")):
        entry = dict(zip(v.LAYOUT["journal"], row))
        if is_everything:
            found = ledger.written.get(entry["entry"], {})
            listed = [(table, *found[table]) for table in v.DIGESTED if table in found]
            entry["tables"] = ";".join("%s %d %s" % of_table for of_table in listed)
            entry["digest"] = v.sha(b"".join(map(v.row_bytes, listed))).hex()
            entry["root"] = ledger.roots[entry["run"]] if entry["kind"] == "run" else None
            entry["previous_hash"] = previous
            previous = entry["hash"] = hash_of(entry)
        entry["codes"] = codes_of(list(entry.values())[:-1]) + link
        link = v.code_of(v.value_bytes(entry["entry"]))
        set_values(db, "journal", row, entry)
    db.execute("COMMIT")


def codes_of(values):
    return "".join(v.code_of(v.value_bytes(value)) for value in values)


def hash_of(entry):
    return v.sha(v.row_bytes(list(entry.values())[:10])).hex()


def rows_of(db, table):
    return db.execute('SELECT * FROM "%s" ORDER BY %s' % (table, ", ".join(v.KEYS[table])))


def key_of(table, row):
    return [row[v.LAYOUT[table].index(name)] for name in v.KEYS[table]]


def set_values(db, table, row, values):
    db.execute('UPDATE "%s" SET %s WHERE %s' % (
        table, ", ".join('"%s" = ?' % name for name in values), is_key(table)),
        [*values.values(), *key_of(table, row)])


def is_key(table):
    return " AND ".join("%s = ?" % name for name in v.KEYS[table])


# ---- 4. every column, every table ----------------------------------------------------------------


def others_than(value):
    """Other values for a column, until one fits its type and key."""
    if value is None:
        return [1, "x"]
    if type(value) is int:
        return [value + 1, value + 1000]
    last = value[-1:]
    return [value[:-1] + other for other in ("1" if last != "1" else "2", "3", "")] + [value + "x"]


def change_column(table, column):
    def change(db):
        rows = list(rows_of(db, table))
        row = rows[len(rows) // 2]
        for value in others_than(row[v.LAYOUT[table].index(column)]):
            try:
                return set_values(db, table, row, {column: value})
            except sqlite3.IntegrityError:
                pass  # a key that is there, or another type
        sys.exit("check_verifier: no other value for %s.%s" % (table, column))
    return change


def remove(db, table, row):
    db.execute('DELETE FROM "%s" WHERE %s' % (table, is_key(table)), key_of(table, row))


def remove_row(table, place):
    def change(db):
        rows = list(rows_of(db, table))
        remove(db, table, rows[place if place < 0 else len(rows) // 2])
    return change


def swap_rows(table):
    """The first and the last row exchange everything but their keys."""
    def change(db):
        rows = list(rows_of(db, table))
        remove(db, table, rows[0])
        remove(db, table, rows[-1])
        for row, other in ((rows[0], rows[-1]), (rows[-1], rows[0])):
            values = [mine if name in v.KEYS[table] else theirs
                      for name, mine, theirs in zip(v.LAYOUT[table], row, other)]
            marks = ", ".join("?" * len(values))
            db.execute('INSERT INTO "%s" VALUES (%s)' % (table, marks), values)
    return change


def check_every_column(history):
    for table in v.LAYOUT:
        for column in v.LAYOUT[table]:
            pattern = r"^digest: entry \d+: (wrote \d+ rows of %s,|%s was changed)" % (table, table)
            if table not in v.OF_RUN:
                changes = "" if column == "codes" else column + " was changed"
                pattern = r"^codes: %s .*: %s" % (table, changes)
            path = changed(history, change_column(table, column))
            expect_finding("%s.%s changed" % (table, column), pattern, path)
        wrote = r"^digest: entry \d+: wrote \d+ rows of %s,|^file: .*no municipality" % table
        if table == "journal":
            wrote = r"^(journal: entry \d+: should be|reference: entry \d+: is not in the journal)"
        for place in (0, -1):
            path = changed(history, remove_row(table, place))
            expect_finding("a row of %s removed" % table, wrote, path)
        if table != "municipality":
            expect_finding("rows of %s swapped" % table,
                           r"^(digest: .*%s was changed|codes: %s )" % (table, table),
                           changed(history, swap_rows(table)))


def check_damage(history, count):
    """Bits flipped anywhere in the file."""
    with open(history.ledger, "rb") as file:
        data = file.read()
    sound, path = content(history.ledger), history.path("damaged.db")
    rng, codes = random.Random(1), {}
    for _ in range(count):
        damaged = bytearray(data)
        damaged[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        with open(path, "wb") as file:
            file.write(damaged)
        code, out = verify(path, "--schema", SCHEMA)
        codes[code] = codes.get(code, 0) + 1
        is_right = code in (1, 3) or code == 0 and content(path) == sound
        TRIED.hold(is_right, "a flipped bit: exit %d\n%s" % (code, out[:500]))
    print("second verifier: of %d flipped bits %d found, %d refused, %d in nothing that is read" % (
        count, codes.get(1, 0), codes.get(3, 0), codes.get(0, 0)))


def content(path):
    db = sqlite3.connect(path)
    try:
        return [list(rows_of(db, table)) for table in v.LAYOUT]
    finally:
        db.close()


# ---- 5. forged ledgers, seals and proofs ---------------------------------------------------------

ONE = "person_id = '05908747161'"
# What somebody might change and then write everything anew: (name, SQL, what is found without a
# seal; "" nothing).
FORGED = (
    ("a net raised by itself",
     "UPDATE payslip SET net_ore = net_ore + 100 WHERE run = 1 AND " + ONE,
     r"^payslip: run 1, person 05908747161: net_ore is"),
    ("a line raised",
     "UPDATE line SET amount_ore = amount_ore + 1 WHERE run = 1 AND line = 1 AND " + ONE,
     r"^line: run 1, person 05908747161, line 1: amount"),
    ("a line turned round",
     "UPDATE line SET from_account = 'person', to_account = 'benefit'"
     " WHERE run = 1 AND line = 1 AND " + ONE,
     r"^line: run 1, person 05908747161, line 1: kind benefit from person to benefit"),
    ("a line marked as cut",
     "UPDATE line SET cut = 1 WHERE run = 1 AND line = 1 AND " + ONE,
     r"^line: run 1, person 05908747161, line 1: amount \d+ is marked as cut"),
    ("more days for the same amount",
     "UPDATE line SET quantity = '31/1' WHERE run = 1 AND line = 1 AND " + ONE,
     r"^line: run 1, person 05908747161, line 1: 31/1 at .* does not give"),
    ("a line of another month",
     "UPDATE line SET month = '2026-04' WHERE run = 1 AND line = 1 AND " + ONE,
     r"^line: run 1, person 05908747161, line 1: month 2026-04, should be the run's"),
    ("why somebody is held",
     "UPDATE payslip SET held_reason = '' WHERE run = 1 AND state = 'held'",
     r"^payslip: run 1, person 03839344960: being without a reason"),
    ("an account on a payslip",
     "UPDATE payslip SET account = '99903115013' WHERE run = 1 AND " + ONE,
     r"^payslip: run 1, person 05908747161: name, account, language is"),
    ("a payment id taken over",
     "UPDATE payslip SET end_to_end_id = '310942006-20260612-1-0000009' WHERE run = 1 AND " + ONE,
     r"^payslip: run 1, person 05908747161: end_to_end_id is"),
    ("a run's net",
     "UPDATE run SET net_ore = net_ore - 1 WHERE run = 3",
     r"^run: run 3: net_ore is"),
    ("a run's month",
     "UPDATE run SET month = '2026-05' WHERE run = 3",
     r"^run: entry \d+: month 2026-05 lies not after"),
    ("what was paid before",
     "UPDATE correction SET paid_ore = paid_ore + 1, due_ore = due_ore + 1"
     " WHERE run = 3 AND " + ONE,
     r"^correction: run 3, person 05908747161, correction of 2026-05: paid_ore is"),
    ("a correction taken out",
     "UPDATE run SET corrected_count = corrected_count - 1 WHERE run = 3;"
     "DELETE FROM correction WHERE run = 3 AND " + ONE,
     r"^correction: run 3, person 05908747161: lines correct 2026-05, but no row"),
    ("what caused a correction",
     "UPDATE correction SET cause_entry = 14 WHERE run = 3 AND " + ONE,
     r"^correction: run 3, person 05908747161, .*: cause_entry 14 is later"),
    ("a claim made smaller",
     "UPDATE claim SET amount_ore = amount_ore - 1, remaining_ore = remaining_ore - 1"
     " WHERE run = 3 AND kind = 'arisen' AND " + ONE,
     r"^claim: run 3, person 05908747161: sum of arisen"),
    ("what is owed",
     "UPDATE claim SET remaining_ore = remaining_ore - 1 WHERE run = 4 AND " + ONE,
     r"^claim: run 4, person 05908747161, claim 1: remaining_ore is"),
    ("a recovery under a decision that is not there",
     "UPDATE claim SET decided = '2026-06-01' WHERE run = 3 AND decided IS NOT NULL AND " + ONE,
     r"^claim: .* by a decision of 2026-06-01 that is not there"),
    ("a rate known to runs",
     "UPDATE rate SET value_nok = value_nok + 1 WHERE effect = '2025-05-01'",
     r"^run: entry \d+: rates_digest is"),
    ("when a run was computed",
     "UPDATE run SET known = '2026-06-01' WHERE run = 1",
     r"^run: entry 3: known is"),
    ("who approved",
     "UPDATE journal SET actor = 'KARI ' WHERE kind = 'approve' AND run = 3",
     r"^approve: entry \d+: KARI  approved a run of their own"),
    ("what was approved",
     "UPDATE approval SET payments = payments + 1 WHERE run = 3",
     r"^approve: entry \d+: payments is"),
    ("a message id",
     "UPDATE approval SET message_id = message_id || '0' WHERE run = 3",
     r"^approve: entry \d+: message_id is"),
    ("a discarded run as approved",
     "UPDATE journal SET kind = 'approve' WHERE kind = 'discard'",
     r"^journal: entry \d+: kind approve without a row of approval"),
    ("an approval taken out",
     "DELETE FROM approval WHERE run = 3;"
     "UPDATE journal SET kind = 'discard' WHERE run = 3 AND kind = 'approve'",
     r"^state: entry \d+: run 3 is discarded, so there can be no export"),
    ("a file exported without its tax",
     "UPDATE export SET content = 'benefits', tax_kid = '' WHERE run = 3",
     r"^export: entry \d+: detail is"),
    ("a payslip removed",
     "DELETE FROM payslip WHERE run = 1 AND " + ONE,
     r"^reference: run 1, person 05908747161: \d rows without a payslip"),
    ("an approval of nothing",
     "UPDATE journal SET run = NULL WHERE run = 3 AND kind = 'approve'",
     r"^state: entry \d+: kind approve with run None"),
    ("a time put back",
     "UPDATE journal SET time = '2026-06-01T00:00:00Z' WHERE entry = 3",
     r"^journal: entry 3: time .* is before"),
    # Nothing but a seal can tell that these were not always so.
    ("why a line was written",
     "UPDATE line SET inputs = inputs || '.' WHERE run = 1 AND line = 1", ""),
    ("a fact", "UPDATE absence SET kind = 'certified_sick' WHERE kind = 'unapproved'", ""),
    ("a person's findings",
     "UPDATE run SET finding_count = finding_count - (SELECT count(*) FROM finding"
     " WHERE run = 1 AND person_id = '11847910145') WHERE run = 1;"
     "DELETE FROM finding WHERE run = 1 AND person_id = '11847910145'", ""),
    ("who acted", "UPDATE journal SET actor = 'per' WHERE entry = 2", ""),
    ("the secret of the salts", "reverse_secret", ""),
)


def raise_a_payment(db):
    """Somebody is paid 1000 kroner more, and all that adds up in the run is changed with it."""
    more, of_one = 100000, "WHERE run = 1 AND " + ONE
    net, exact = db.execute("SELECT net_ore, exact FROM payslip JOIN line USING (run, person_id) "
                            + of_one + " AND kind = 'benefit'").fetchone()
    text = lambda number: "%d/%d" % (number.numerator, number.denominator)
    benefit = text(v.fraction(exact) + more // 100)
    payment = text(v.Fraction(net + more, 100))
    total = db.execute("SELECT net_ore FROM run WHERE run = 1").fetchone()[0] + more
    for table, values, where in (
            ("line", "amount_ore = amount_ore + %d, quantity = '1/1', rate = '%s', exact = '%s'"
             % (more, benefit, benefit), of_one + " AND kind = 'benefit'"),
            ("line", "amount_ore = amount_ore + %d, exact = '%s'" % (more, payment),
             of_one + " AND kind = 'payment'"),
            ("payslip", "benefit_ore = benefit_ore + %d, taxable_ore = taxable_ore + %d,"
             " net_ore = net_ore + %d" % (more, more, more), of_one),
            ("run", "benefit_ore = benefit_ore + %d, taxable_ore = taxable_ore + %d, net_ore = %d"
             % (more, more, total), "WHERE run = 1"),
            ("approval", "sum_ore = %d" % total, "WHERE run = 1"),
            ("journal", "detail = substr(detail, 1, instr(detail, 'sum') - 1) || 'sum %d.%02d'"
             % divmod(total, 100), "WHERE run = 1 AND kind = 'approve'")):
        if db.execute("UPDATE %s SET %s %s" % (table, values, where)).rowcount != 1:
            sys.exit("check_verifier: the payment was not raised in " + table)


def reverse_secret(db):
    secret = db.execute("SELECT secret FROM municipality").fetchone()[0]
    db.execute("UPDATE municipality SET secret = ?", (secret[::-1],))


def cut_tail(entries):
    """The last entries with all they wrote."""
    def change(db):
        first = db.execute("SELECT max(entry) FROM journal").fetchone()[0] - entries + 1
        runs = [run for run, in db.execute("SELECT run FROM run WHERE entry >= ?", (first,))]
        for table in v.OF_RUN:
            for run in runs:
                db.execute('DELETE FROM "%s" WHERE run = ?' % table, (run,))
        for table in ("journal",) + v.OF_ENTRY:
            db.execute('DELETE FROM "%s" WHERE entry >= ?' % table, (first,))
    return change


# The codes written anew, and nothing else.
RECODED = (
    ("a fact", "UPDATE participant SET account = '99903115013' WHERE " + ONE,
     r"^digest: entry 2: participant was changed"),
    ("a list of tables", "UPDATE journal SET tables = replace(tables, 'rate 11', 'rate 12')",
     r"^journal: entry 1: digest is not that of tables"),
    ("a digest", "UPDATE journal SET digest = hash WHERE entry = 2",
     r"^journal: entry 2: digest is not that of tables"),
    ("a root", "UPDATE journal SET root = hash WHERE run = 1 AND kind = 'run'",
     r"^root: entry 3: root is"),
    ("who acted", "UPDATE journal SET actor = 'per' WHERE entry = 2",
     r"^chain: entry 2: hash is not that of the entry"),
    ("an entry and its hash", "rehash_one",
     r"^chain: entry 3: previous_hash is not the hash of the entry before"),
)


def rehash_one(db):
    db.execute("UPDATE journal SET actor = 'per' WHERE entry = 2")
    row = list(rows_of(db, "journal"))[1]
    set_values(db, "journal", row, {"hash": hash_of(dict(zip(v.LAYOUT["journal"], row)))})


def check_recoded(history):
    for name, change, pattern in RECODED:
        path = changed(history, rehash_one if change == "rehash_one" else change, forged="codes")
        expect_finding("codes anew: " + name, pattern, path)


def check_forged(history):
    seal = history.sealed("late.seal")
    for name, change, pattern in FORGED:
        change = reverse_secret if change == "reverse_secret" else change
        path = changed(history, change, forged="everything")
        if pattern:
            expect_finding("forged: " + name, pattern, path)
        else:
            expect_silence("forged, without the seal: " + name, path)
        expect_finding("forged, with the seal: " + name, r"^seal: .*: head is", path, *seal)
    path = changed(history, raise_a_payment, forged="everything")
    expect_finding("a payment raised: what was paid before",
                   r"^correction: run 3, person 05908747161, .*paid_ore is", path)
    expect_finding("a payment raised, by the seal", r"^seal: .*: account bank is", path, *seal)
    expect_finding("a payment raised, by the seal", r"^seal: .*: net_paid_ore is", path, *seal)
    for entries in (1, 3, 5):
        path = changed(history, cut_tail(entries))
        expect_silence("the last %d entries cut off, without the seal" % entries, path)
        expect_finding("the last %d entries cut off" % entries, r"^seal: .*its end was cut off",
                       path, *seal)
    expect_silence("a longer ledger than was sealed", history.ledger, *history.sealed("early.seal"))
    path = changed(history, lambda db: None)
    db = sqlite3.connect(path)
    db.execute("DROP TRIGGER line_no_update")
    db.close()
    expect_finding("a trigger removed", "^structure: trigger line_no_update: is missing", path)
    for sql in ("CREATE VIEW v AS SELECT 1", "CREATE TABLE note (text TEXT)",
                "CREATE INDEX more ON line (kind)",
                "CREATE TRIGGER t AFTER INSERT ON export BEGIN SELECT 1; END"):
        path = changed(history, lambda db: db.execute(sql))
        expect_finding(sql, "^structure: .*: does not belong to a ledger", path)
    path = changed(history, "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql ="
                   " replace(sql, 'CHECK (net_ore >= 0)', '') WHERE name = 'run'")
    expect_finding("a limit taken out", "^structure: table run: is not the one of", path,
                   "--schema", SCHEMA)


def edited(history, name, edit):
    """A file of JSON after an edit, its fields in their order."""
    with open(history.path(name), encoding="utf-8") as file:
        fields = json.load(file)
    edit(fields)
    path = history.path("edited.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(fields, file, ensure_ascii=False)
    return path


def other_digit(text, place=0):
    return text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1:]


def check_seals(history):
    key = "--public-key", history.path("seal.key.pub")
    not_signed = "^seal: .*: the signature is not over these values"
    for name in ("organisation_number entries head last_hash time runs payslips net_paid_ore"
                 " claims_outstanding_ore signature").split():
        def edit(fields):
            value = fields[name]
            fields[name] = value + 1 if type(value) is int else other_digit(value)
        expect_finding("seal: %s changed" % name, not_signed, history.ledger,
                       "--seal", edited(history, "late.seal", edit), *key)
    for account in range(6):
        def edit(fields):
            fields["accounts"][account]["in_ore"] += 1
        expect_finding("seal: account %d changed" % account, not_signed, history.ledger,
                       "--seal", edited(history, "late.seal", edit), *key)
    history("seal", "--new-key", "-o", history.path("other.key"), today="2026-07-30")
    history.seal("other.seal", "other.key", "2026-07-30")
    expect_finding("a seal by another key", "^seal: .*: it is signed with another key",
                   history.ledger, "--seal", history.path("other.seal"), *key)


def check_proofs(history):
    seal = history.sealed("late.seal")

    def change(name, pattern, edit, *known):
        expect_finding("proof: " + name, "^proof: .*: " + pattern,
                       "--proof", edited(history, "proof.json", edit), *(known or seal))

    def amount(fields):
        fields["payslip"]["payslip"][0]["net_ore"] += 1

    def amount_and_bytes(fields):
        amount(fields)
        fields["payslip_bytes"] = b"".join(
            v.table_bytes("", table, rows) for table, rows in fields["payslip"].items()).decode()

    def root_too(fields):
        fields["entry"]["root"] = other_digit(fields["entry"]["root"])
        fields["entry_bytes"] = v.row_bytes(fields["entry"].values()).decode()

    def actor(fields):
        fields["entry"]["actor"] = "per"

    def another_run(fields):
        for rows in fields["payslip"].values():
            for row in rows:
                row["run"] = 4

    def salt(fields):
        fields["salt"] = other_digit(fields["salt"])

    def head(fields):
        fields["head"] = other_digit(fields["head"])

    no_root = "payslip, salt and path do not lead to the root"
    change("the readable amount", "the readable payslip is not the one that is hashed", amount)
    change("the amount", no_root, amount_and_bytes)
    change("the run", "a row is of another run", another_run)
    change("the salt", no_root, salt)
    change("its place", no_root, add("index", -1))
    change("the number of payslips", "the entry says another number", add("count", 1))
    change("a hash of the path", no_root, lambda f: f["path"].append(f["path"].pop(0)))
    change("a path cut short", no_root, lambda f: f["path"].pop())
    change("the root", "entry and path do not lead", root_too)
    change("who ran it", "the readable entry is not", actor)
    change("the entry's path", "entry and path do not lead", lambda f: f["entry_path"].reverse())
    change("the head", "it leads to another head", head)
    change("nothing, but an older head", "it leads to another head", lambda f: None,
           *history.sealed("early.seal"))
    change("the number of entries", "it is over", add("entries", -1))


def add(name, number):
    """An edit of JSON: a number changed."""
    return lambda fields: fields.update({name: fields[name] + number})


def check_consistency_proofs(history):
    early_head, late_head = history.heads()
    for name, edit in (
            ("a hash", lambda f: f["path"].append(other_digit(f["path"].pop()))),
            ("its path cut short", lambda f: f["path"].pop()),
            ("its path lengthened", lambda f: f["path"].append(f["path"][0])),
            ("another number", add("old_entries", -1)),
            ("both heads the older", lambda f: f.update(new_head=f["old_head"]))):
        expect_finding("consistency: " + name, "^consistency: ", "--consistency",
                       edited(history, "consistency.json", edit), "--head", early_head,
                       "--head", late_head)
    expect_finding("consistency, by seals: another number", "^consistency: .*it is about",
                   "--consistency", edited(history, "consistency.json", add("old_entries", -1)),
                   *history.sealed("early.seal"), "--seal", history.path("late.seal"))
    expect_finding("consistency the wrong way", "^consistency: .*other heads", "--consistency",
                   history.path("consistency.json"), "--head", late_head, "--head", early_head)


def check_files(history):
    """What cannot be read is refused with 3."""
    for name, data in (("empty.db", b""), ("text.db", b"no ledger at all\n" * 100)):
        with open(history.path(name), "wb") as file:
            file.write(data)
        TRIED.hold(verify(history.path(name))[0] == 3, name + " is not refused")
    for name, edit in (
            ("a field more", lambda f: f.update(more=1)),
            ("a number as text", lambda f: f.update(entries="1")),
            ("capitals", lambda f: f.update(public_key=f["public_key"].upper())),
            ("an account more", lambda f: f["accounts"].append({}))):
        code, _ = verify(history.ledger, "--seal", edited(history, "late.seal", edit))
        TRIED.hold(code == 3, "a seal with %s is not refused" % name)
    for name in ("seal.key.pub", "none.seal"):
        code, _ = verify(history.ledger, "--seal", history.path(name))
        TRIED.hold(code == 3, name + " is not refused as a seal")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    check_signatures()
    check_trees()
    check_columns()
    for path in sys.argv[2:]:
        expect_silence(path, path, "--schema", SCHEMA)
    with tempfile.TemporaryDirectory() as folder:
        history = History(os.path.abspath(sys.argv[1]), folder)
        check_history(history)
        check_every_column(history)
        check_damage(history, 100)
        check_recoded(history)
        check_forged(history)
        check_seals(history)
        check_proofs(history)
        check_consistency_proofs(history)
        check_files(history)
    print("second verifier: %d tried, %d missed" % (TRIED.count, len(TRIED.missed)))
    return 1 if TRIED.missed else 0


if __name__ == "__main__":
    sys.exit(main())
