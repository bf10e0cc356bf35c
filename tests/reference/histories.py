# SPDX-License-Identifier: MIT
"""Pays random histories and holds what was paid against one computation at the end.

    python3 tests/reference/histories.py build/stonad [people] [seed]

Registers of at most a thousand people, each paid from January 2025 to December 2026 by stonad;
before each run facts come late, change or are withdrawn, sometimes a rate, a run is discarded or a
month skipped, people are held. Then:
- for everyone not held at the end, what all runs booked for a month, by kind, is what the reference
  computes for it from the facts and rates known at the end; of some people after every run, as
  known then;
- what was paid is that sum, more by what is still owed and what was written off or is another
  agency's to pay;
- claims arisen less recovered, refunded and written off are what is owed, after every run, never
  below zero;
- no month's benefit is paid by two runs, no payslip is below zero, and no recovery passes its
  decision or R12's limit.
Prints the seed and what was met; exits 1 on any difference, or when nothing was paid.
"""
import datetime
import math
import multiprocessing
import os
import random
import sys
import tempfile
from fractions import Fraction as F

import compare
import people as made
import reference as ref

D = datetime.date
DAY = datetime.timedelta(1)
BEGIN, END = D(2025, 1, 1), D(2026, 12, 31)
LEDGER_SIZE, WATCHED = 1000, 40
REASONS = {"recovered": ("overpayment", "wrong_information"), "written_off": ("written_off",),
           "refunded": ("refund",), "agency": ("refund",)}


class Person:
    """What the ledger says of one person, over all runs that were kept."""

    def __init__(self):
        self.booked = {}   # (month, kind) -> ore
        self.months = set()
        self.taxable = 0
        self.moved = {}    # kind of movement -> ore
        self.used = {}     # decided -> ore, under a row of recoveries.csv
        self.held = False

    def owed(self):
        return self.moved.get("arisen", 0) - sum(self.moved.get(k, 0) for k in (
            "recovered", "refunded", "written_off"))


class History:
    def __init__(self, program, count, seed, number):
        self.rng = random.Random("%d/%d" % (seed, number))
        self.name, self.program, self.size = "%d/%d" % (seed, number), program, count
        self.persons, self.counts, self.problems = {}, {}, []
        rng = self.rng
        self.people = made.People(rng, count, ref.Tables(), BEGIN, END)
        self.recover = rng.choice(["auto", "auto", "ask"])
        self.first_month = rng.choice([None, "2025-01", "2024-10"])
        # The reference's books serve for what a month comes to; they book nothing.
        self.books = ref.Books(self.people.register, None, list(ref.G))
        self.watched = rng.sample(self.people.ids, min(WATCHED, count))

    def count(self, **what):
        for name, number in what.items():
            self.counts[name] = self.counts.get(name, 0) + number

    def problem(self, pid, run, text, *values):
        self.problems.append("ledger %s, run %s, person %s: %s" % (
            self.name, run, pid, text % values))

    # ---- a run ----------------------------------------------------------------------------------

    def live(self):
        with tempfile.TemporaryDirectory() as folder:
            self.stonad = compare.Program(self.program, folder)
            self.stonad.init(BEGIN - 60 * DAY, self.rng.choice([11, 12]), self.recover,
                             self.first_month)
            steps = compare.plan(self.rng, BEGIN, END, .15, .1)
            for run, (month, payday, today, is_discarded) in enumerate(steps, 1):
                self.learn(today, .15)
                self.stonad("run", "--month", month, "--payday", str(payday), today=today)
                self.count(runs=1, discarded=is_discarded)
                if is_discarded:
                    if self.rng.random() < .3:
                        self.learn(today, .05)
                    self.stonad("discard", str(run), today=today)
                    continue
                self.first_month = self.first_month or month
                self.rates = ref.known_rates(self.books.rates, today)
                self.book(run, month, payday, today)
                for pid in self.watched:
                    self.hold_against_due(pid, run, month)
                if run < len(steps) and self.rng.random() < .2:
                    self.learn(today, .05)
                self.stonad.approve(run, today)
            for pid in self.people.register:
                self.hold_against_due(pid, "last", month)
                self.hold_against_paid(pid)
        self.count(people=len(self.people.register), problems=len(self.problems))
        return self.counts, self.problems[:10]

    def learn(self, today, share):
        self.people.owing = {pid: person.owed() for pid, person in self.persons.items()}
        self.people.arrive(today)
        self.people.change(today, share)
        if self.rng.random() < .1:
            rate = compare.new_rate(self.rng, self.books.rates, BEGIN, END, today)
            if rate:
                self.books.rates.append(rate)
                self.stonad.add_rate(rate, today)
        self.count(facts=len(self.people.pending))
        self.stonad.take(self.people, today)

    def book(self, run, month, payday, today):
        payslips = compare.shown_payslips(self.stonad, run, today)
        lines = compare.shown_lines(self.stonad, run, today)
        moves, owed = compare.shown_claims(self.stonad, run)
        limits = self.limits(run, payday)
        for person in self.persons.values():
            person.held = False
        for pid, columns in payslips.items():
            person = self.persons.setdefault(pid, Person())
            person.held = columns["state"] == "held"
            self.count(payslips=1, held=person.held)
            if min(columns["taxable"], columns["tax"], columns["net"], -columns["recovery"],
                   columns["corrections"]) < 0:
                self.problem(pid, run, "below zero: %s", columns)
            if person.held:
                if pid in moves:
                    self.problem(pid, run, "held, but claims moved: %s", moves[pid])
                continue
            self.book_lines(person, pid, run, month, lines.get(pid, {}))
            self.book_claims(person, pid, run, payday, columns, moves.get(pid, {}), limits.get(pid))
            person.taxable += columns["taxable"]
            if person.owed() < 0 or owed.get(pid, person.owed()) != person.owed():
                self.problem(pid, run, "owes %d, the ledger says %s", person.owed(), owed.get(pid))
        for pid in set(moves) - set(payslips):
            self.problem(pid, run, "claims moved without a payslip")

    def book_lines(self, person, pid, run, month, lines):
        for (of, kind), amount in lines.items():
            is_correction = kind.startswith("correction_")
            kind = kind.replace("correction_", "")
            person.booked[(of, kind)] = person.booked.get((of, kind), 0) + amount
            self.count(lines=1, corrections=is_correction)
            if is_correction != (of < month):
                self.problem(pid, run, "a line %s of %s in the run of %s", kind, of, month)
        own = {of for of, kind in lines if kind == "benefit"}
        if own & person.months:
            self.problem(pid, run, "the benefit of %s is paid a second time", own & person.months)
        person.months |= own

    def limits(self, run, payday):
        """R12's cautious limit in ore less what R5-R8 took, of those who have a recovery."""
        g, sums = self.rates.g_on(payday), {}
        for pid, kind, exact, cut, amount, corrections in self.stonad.query(
                "SELECT person_id, kind, exact, cut, line.amount_ore, corrections_ore FROM line"
                " JOIN payslip USING (run, person_id) WHERE run = ? AND recovery_ore < 0"
                " ORDER BY person_id, line", run):
            one = sums.setdefault(pid, [F(corrections, 100), F(0)])
            if kind == "benefit":
                one[0] += F(exact)
            elif kind in ref.KINDS:
                one[1] += F(amount, 100) if cut else F(exact)
        return {pid: math.floor((min(pay / 2, F(g, 12)) - F(1, 100) - deducted) * 100)
                for pid, (pay, deducted) in sums.items()}

    def book_claims(self, person, pid, run, payday, columns, moves, limit):
        rows = {r["decided"]: r for r in self.people.register[pid]["recoveries"]}
        recovered, is_cautious = 0, False
        for (kind, decided), amount in moves.items():
            row = rows.get(decided)
            before = person.used.get(decided, 0)
            person.moved[kind] = person.moved.get(kind, 0) + amount
            person.used[decided] = before + amount
            self.count(**{kind: 1})
            if amount <= 0:
                self.problem(pid, run, "%s of %d", kind, amount)
            if kind == "recovered":
                recovered += amount
                is_cautious = is_cautious or decided is None or not row or not row["max_per_month"]
            if decided is None:
                if kind != "arisen" and (kind != "recovered" or self.recover == "ask"):
                    self.problem(pid, run, "%s without a decision", kind)
            elif not row or row["reason"] not in REASONS[kind] or decided > payday:
                self.problem(pid, run, "%s by a decision of %s that does not count: %s", kind,
                             decided, row)
            elif amount > compare.to_ore(row["amount"]) - before or (
                    kind == "recovered" and row["max_per_month"]
                    and amount > compare.to_ore(row["max_per_month"])):
                self.problem(pid, run, "%s of %d after %d, past %s", kind, amount, before, row)
        if recovered != -columns["recovery"]:
            self.problem(pid, run, "recovered %d, column %d", recovered, columns["recovery"])
        if is_cautious and recovered > limit:
            self.problem(pid, run, "recovered %d, the limit is %d", recovered, limit)

    # ---- held against one computation -----------------------------------------------------------

    def hold_against_due(self, pid, run, last_month):
        """Every month from the first as known now: what is due is what was booked, by kind."""
        person = self.persons.get(pid) or Person()
        if person.held or pid not in self.people.register:
            return
        month, due = self.first_month, {}
        while month <= last_month:
            for kind, amount in self.books.due(pid, month, self.rates).kinds.items():
                due[(month, kind)] = amount
            month = ref.next_month(month)
        self.count(months_compared=len({of for of, _ in due}))
        due, booked = compare.without_zeros(due), compare.without_zeros(person.booked)
        if due != booked:
            wrong = {key: (due.get(key, 0), booked.get(key, 0)) for key in set(due) | set(booked)
                     if due.get(key) != booked.get(key)}
            self.problem(pid, run, "due and booked by month and kind: %s", wrong)

    def hold_against_paid(self, pid):
        person = self.persons.get(pid)
        if not person:
            return
        self.count(held_at_the_end=person.held, owing_at_the_end=person.owed() > 0)
        unpaid = person.owed() + sum(person.moved.get(k, 0)
                                     for k in ("refunded", "written_off", "agency"))
        if person.taxable != sum(person.booked.values()) + unpaid:
            self.problem(pid, "last", "paid %d, booked %d, owed or settled otherwise %d",
                         person.taxable, sum(person.booked.values()), unpaid)


def live(job):
    return History(*job).live()


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    ledgers = math.ceil(count / LEDGER_SIZE)
    jobs = [(program, count // ledgers + (n < count % ledgers), seed, n) for n in range(ledgers)]
    total, shown = {}, 0
    with multiprocessing.Pool(min(ledgers, os.cpu_count() or 1)) as pool:
        for counts, problems in pool.imap_unordered(live, jobs):
            for name, number in counts.items():
                total[name] = total.get(name, 0) + number
            for text in problems[:max(0, 10 - shown)]:
                print(text)
            shown += len(problems)
    problems = total.pop("problems")
    print("seed %d: %d people-histories in %d ledgers (%s), %d differences" % (
        seed, total.pop("people"), ledgers,
        ", ".join("%d %s" % (number, name.replace("_", " ")) for name, number in total.items()),
        problems))
    return 1 if problems or not total.get("payslips") else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except compare.Failed as failure:
        sys.exit(str(failure))
