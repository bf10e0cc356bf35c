# SPDX-License-Identifier: MIT
"""Pays random people with stonad and compares every amount with the reference.

    python3 tests/reference/compare.py build/stonad [people] [seed] [--keep FOLDER] [--verify]

Months follow each other in one ledger, with months skipped and runs discarded; before each run some
facts become known late, change or are withdrawn, rates too. Compared for everyone and every run:
the payslip's columns, the lines by month and kind (R4-R8 and corrections), the months put right,
what moved the person's claims, and R13's finding. Prints what was met and the first differences;
exits 1 on any, or when nothing was compared. --keep leaves the ledger and its imports; --verify
asks stonad's own verify and replay about the finished ledger too.
"""
import argparse
import csv
import datetime
import io
import os
import random
import sqlite3
import subprocess
import sys
import tempfile

import people as made
import reference as ref

D = datetime.date
DAY = datetime.timedelta(1)
ORGNR = "312485494"
AMOUNTS = ["benefit", "offsets", "work", "absence", "corrections", "recovery", "taxable", "tax",
           "net"]
LINES = set(ref.KINDS) | {"correction_" + kind for kind in ref.KINDS}


def to_ore(text):
    return int(text.replace(".", "")) if "." in text else 100 * int(text)


class Failed(Exception):
    """A command of stonad that should have worked did not."""


class Program:
    """stonad on one ledger."""

    def __init__(self, program, folder):
        self.program, self.folder, self.imports = program, folder, 0
        self.ledger = os.path.join(folder, "ledger.db")

    def __call__(self, *words, actor="kari", today):
        done = subprocess.run([self.program, *words, "--db", self.ledger, "--actor", actor,
                               "--today", str(today)],
                              capture_output=True, text=True)
        if done.returncode:
            raise Failed("stonad %s: exit %d\n%s%s" % (
                " ".join(words), done.returncode, done.stdout[-2000:], done.stderr[-2000:]))
        return done.stdout

    def rows(self, *words, today):
        return csv.DictReader(io.StringIO(self(*words, "--format", "csv", today=today)))

    def init(self, today, half_tax_month=12, recover="auto", first_month=None):
        first = ["--first-month", first_month] if first_month else []
        self("init", "--test", "--orgnr", ORGNR, "--name", "Prøve kommune",
             "--account", "12345678903", "--bic", "PRVKNO21XXX",
             "--half-tax-month", str(half_tax_month), "--recover", recover, *first, today=today)

    def take(self, people, today):
        """Imports what became known."""
        if people.pending:
            self.imports += 1
            folder = os.path.join(self.folder, "import-%03d" % self.imports)
            people.write(folder, ORGNR)
            self("import", folder, today=today)

    def add_rate(self, rate, today):
        effect, known, value = rate
        self("rates", "add", "--name", "G", "--value", str(value), "--effect", str(effect),
             "--known", str(known), "--source", "made for the test", today=today)

    def approve(self, run, today):
        totals = list(self.rows("runs", today=today))[-1]
        self("approve", str(run), "--payments", totals["payments"], "--sum", totals["net"],
             actor="ola", today=today)

    def query(self, sql, *values):
        db = sqlite3.connect("file:%s?mode=ro" % self.ledger, uri=True)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()


def plan(rng, begin, end, skip=.4, discard=.15):
    """(month, payday, computed on, whether it is then discarded), in order. December, January and
    February are never skipped: last year's card is put right in February."""
    at, last, steps = begin, begin - 40 * DAY, []
    while at < end:
        month, days = ref.month_of(at), ref.month_days(ref.month_of(at))
        if rng.random() < discard / 4 and at.month < 12:  # the wrong month, and back
            last = max(last, at - 5 * DAY)
            steps.append((ref.next_month(month), days[-1] + 15 * DAY, last, True))
        if rng.random() >= skip or at.month in (1, 2, 12):
            # Some months are computed, discarded and then skipped.
            tries = [True] * (rng.random() < discard) + [False]
            if at.month not in (1, 2, 12) and rng.random() < discard / 2:
                tries = [True]
            for is_discarded in tries:
                if at.month == 12:
                    payday = D(at.year, 12, 20)
                    if days[-1] < end and rng.random() < .7:
                        payday = D(at.year + 1, 1, rng.randrange(2, 12))
                elif at.month in (1, 2):
                    payday = D(at.year, at.month + (rng.random() < .3), rng.randrange(15, 28))
                else:
                    payday = rng.choice([days[rng.randrange(10, 28)],
                                         days[-1] + DAY * rng.randrange(1, 13)])
                today = max(last, payday - DAY * rng.randrange(0, 12))
                payday, last = max(payday, today), today
                steps.append((month, payday, today, is_discarded))
        at = days[-1] + DAY
    return steps


def new_rate(rng, rates, begin, end, today):
    """A G decided backwards or ahead, known by now."""
    effect = begin - 60 * DAY + DAY * rng.randrange((end - begin).days + 60)
    known = min(today, rng.choice([today, effect, effect + 22 * DAY, today - 60 * DAY]))
    if any(r[:2] == (effect, known) for r in rates):
        return None
    return effect, known, rng.randrange(118000, 150000)


def shown_payslips(stonad, run, today):
    return {r["person_id"]: dict({k: to_ore(r[k]) for k in AMOUNTS},
                                 state="held" if r["state"] == "held" else "due")
            for r in stonad.rows("payslips", str(run), today=today)}


def shown_lines(stonad, run, today):
    out = {}
    for row in stonad.rows("lines", str(run), today=today):
        if row["kind"] in LINES:
            lines, key = out.setdefault(row["person_id"], {}), (row["month"], row["kind"])
            lines[key] = lines.get(key, 0) + to_ore(row["amount"])
    return out


def shown_claims(stonad, run):
    """Movements by kind and decision, and what is owed after them."""
    moves, owed = {}, {}
    for pid, kind, decided, amount, remaining in stonad.query(
            "SELECT person_id, kind, decided, amount_ore, remaining_ore FROM claim WHERE run = ?"
            " ORDER BY person_id, number", run):
        of, key = moves.setdefault(pid, {}), (kind, decided and D.fromisoformat(decided))
        of[key] = of.get(key, 0) + amount
        owed[pid] = remaining
    return moves, owed


def shown_corrections(stonad, run):
    """What was paid and what is due for each month put right."""
    out = {}
    for pid, month, paid, due in stonad.query(
            "SELECT person_id, month, paid_ore, due_ore FROM correction WHERE run = ?", run):
        out.setdefault(pid, {})[month] = (paid, due)
    return out


def shown_decisions(stonad, run):
    """Whose payment R13 flags."""
    return {pid for (pid,) in stonad.query(
        "SELECT DISTINCT person_id FROM finding WHERE run = ? AND code = 'R13-DECISION'", run)}


def without_zeros(sums):
    return {key: value for key, value in sums.items() if value}


class Comparison:
    def __init__(self, stonad):
        self.stonad, self.counts, self.differences = stonad, {}, 0

    def count(self, **what):
        for name, number in what.items():
            self.counts[name] = self.counts.get(name, 0) + number

    def differ(self, pid, run, month, what, expected, got):
        self.differences += 1
        if self.differences <= 10:
            print("person %s, run %d of %s, %s\n  expected %s\n  got      %s" % (
                pid, run, month, what, expected, got))

    def compare(self, run, month, today, expected):
        payslips = shown_payslips(self.stonad, run, today)
        lines = shown_lines(self.stonad, run, today)
        moves, owed = shown_claims(self.stonad, run)
        corrections = shown_corrections(self.stonad, run)
        decisions = shown_decisions(self.stonad, run)
        for pid in sorted(set(expected) | set(payslips)):
            if pid not in expected or pid not in payslips:
                self.differ(pid, run, month, "payslip", expected.get(pid) and expected[pid].columns,
                            payslips.get(pid))
                continue
            slip = expected[pid]
            for what, mine, theirs in (
                    ("columns", slip.columns, payslips[pid]),
                    ("lines", without_zeros(slip.lines), without_zeros(lines.get(pid, {}))),
                    ("months", slip.months, corrections.get(pid, {})),
                    ("claims", slip.moves, moves.get(pid, {})),
                    ("owed", slip.owed, owed.get(pid, slip.owed)),
                    ("R13", slip.needs_decision, pid in decisions)):
                if mine != theirs:
                    self.differ(pid, run, month, what, mine, theirs)
            kinds = [kind for kind, _ in slip.moves]
            self.count(payslips=1,
                       corrections=sum(1 for _, kind in slip.lines if kind[:11] == "correction_"),
                       held=slip.columns["state"] == "held", arrears=slip.arrears > 0,
                       januaries=slip.january != 0, claims=kinds.count("arisen"),
                       recoveries=kinds.count("recovered"), written_off=kinds.count("written_off"),
                       refunds=kinds.count("agency") + kinds.count("refunded"),
                       flags=slip.needs_decision)


def pay(stonad, rng, people, books, steps, comparison):
    """Everything becomes known, is paid and compared, step by step."""
    begin, end = people.begin, people.end
    for run, (month, payday, today, is_discarded) in enumerate(steps, 1):
        people.arrive(today)
        people.change(today, .15)
        if rng.random() < .15:
            rate = new_rate(rng, books.rates, begin, end, today)
            if rate:
                books.rates.append(rate)
                stonad.add_rate(rate, today)
        stonad.take(people, today)
        stonad("run", "--month", month, "--payday", str(payday), today=today)
        expected = books.run(month, payday, today)
        comparison.compare(run, month, today, expected)
        if rng.random() < .2:  # something becomes known before the second pair of eyes has looked
            people.change(today, .1)
            stonad.take(people, today)
        if is_discarded:
            stonad("discard", str(run), today=today)
        else:
            stonad.approve(run, today)
            books.keep(month, payday, expected)
            people.owing = {pid: account.owed for pid, account in books.accounts.items()}


def main():
    reader = argparse.ArgumentParser(description="Pays random people and compares every amount.")
    reader.add_argument("program")
    reader.add_argument("people", type=int, nargs="?", default=300)
    reader.add_argument("seed", type=int, nargs="?", default=1)
    reader.add_argument("--keep", metavar="FOLDER")
    reader.add_argument("--verify", action="store_true")
    given = reader.parse_args()
    rng, tables = random.Random(given.seed), ref.Tables()
    begin, end = D(2025, 10, 1), D(2026, 12, 31)
    people = made.People(rng, given.people, tables, begin, end)
    half_tax_month, recover = rng.choice([11, 12]), rng.choice(["auto", "auto", "ask"])
    first_month = rng.choice([None, "2025-10", "2025-08"])
    steps = plan(rng, D(2025, 11, 1), end)
    books = ref.Books(people.register, tables, list(ref.G), half_tax_month, recover, first_month)
    with tempfile.TemporaryDirectory() as temporary:
        stonad = Program(given.program, given.keep or temporary)
        comparison = Comparison(stonad)
        stonad.init(begin - 60 * DAY, half_tax_month, recover, first_month)
        pay(stonad, rng, people, books, steps, comparison)
        if given.verify:
            stonad("verify", today=steps[-1][2])
            stonad("replay", today=steps[-1][2])
    counts = comparison.counts
    compared = counts.pop("payslips", 0)
    print("seed %d, recover %s: %d payslips in %d runs compared (%s), %d differences" % (
        given.seed, recover, compared, len(steps),
        ", ".join("%d %s" % (n, name.replace("_", " ")) for name, n in counts.items()),
        comparison.differences))
    return 1 if comparison.differences or not compared else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(str(failure))
