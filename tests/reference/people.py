# SPDX-License-Identifier: MIT
"""Random people and what becomes known about them later: the files that stonad imports.

`People` holds the register as it is known now (the shape reference.py reads) and what of it is not
yet written; `write` makes the files of one import. Facts never break a rule of the import: no
overlaps, no amount with three decimals. `change` lets something become known late: new rows,
changed rows, withdrawn rows, people who join, tax cards that hold or release a person, decisions
about claims.
"""
import csv
import datetime
import os

import reference as ref

D = datetime.date
DAY = datetime.timedelta(1)
COLUMNS = {
    "participants": "person_id name birth_date account language",
    "programmes": "person_id start offered end permit permit_granted settled education end_goal "
                  "share_percent share_cause",
    "care": "person_id from to children sole_carer chronic youngest_born",
    "decisions": "person_id decided kind until",
    "living": "person_id from to situation partner_id children",
    "absences": "person_id from to kind hours permission",
    "benefits": "person_id from to kind amount_per_month earned_before_programme",
    "work": "person_id from to hours gross_wage in_programme",
    "taxcards": "person_id year kind table percent exempt_amount months extra",
    "recoveries": "person_id decided reason amount max_per_month",
}
KEYS = {"participants": (), "programmes": ("start",), "care": ("from",), "living": ("from",),
        "decisions": ("decided", "kind"), "absences": ("from", "kind"),
        "benefits": ("from", "kind"), "work": ("from",),
        "taxcards": ("year",), "recoveries": ("decided",), "authority": ("year",)}
NO_HURRY = D(2099, 1, 1)


def with_check_digits(nine):
    digits = [int(c) for c in nine]
    k1 = -sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), digits)) % 11
    k2 = -sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), digits + [k1])) % 11
    return None if k1 == 10 or k2 == 10 else nine + str(k1) + str(k2)


STRANGER = next(n for n in (with_check_digits("018199%03d" % i) for i in range(10, 99)) if n)


def account(rng):
    while True:
        ten = "%010d" % rng.randrange(10 ** 9, 10 ** 10)
        check = -sum(w * int(d) for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), ten)) % 11
        if check < 10:
            return ten + str(check)


def between(rng, first, last):
    return first + DAY * rng.randrange((last - first).days + 1)


def ends(row, name):
    return row[name] or NO_HURRY


class People:
    """`register`: who has joined, as known now. `begin` and `end`: the months that are paid."""

    # A few people have much of one kind, so that its limits are met.
    LIMITED = sorted(ref.LIMITED_KINDS)
    HOURS = {"unapproved", "permitted_absence", "breastfeeding", "pregnancy_check", "welfare_leave",
             "self_certified_child_sick", "certified_child_sick"}
    BENEFITS = ["dagpenger", "sykepenger", "foreldrepenger", "uforetrygd",
                "arbeidsavklaringspenger",
                "overgangsstonad", "barnetrygd", "sosialhjelp"]

    def __init__(self, rng, count, tables, begin, end):
        self.rng, self.tables, self.begin, self.end = rng, tables, begin, end
        self.everyone, self.register = {}, {}
        self.pending = {}   # (kind, person, key) -> (row, withdrawn)
        self.owing = {}     # person -> ore, when the caller knows: decisions are made about them
        self.years = range(begin.year, end.year + 1)
        self.tables_of = {year: [t for y, t in tables.tables if y == year] for year in self.years}
        for _ in range(count):
            self.add_person()
        self.ids = sorted(self.everyone)
        for person in self.everyone.values():
            self.add_living(person)
            self.add_care(person)
            self.add_absences(person)
            self.add_benefits(person)
            self.add_work(person)
            self.add_cards(person)
            self.add_decisions(person)
            self.keep_back(person)

    # ---- rows -----------------------------------------------------------------------------------

    def key(self, kind, row):
        return tuple(row[name] for name in KEYS[kind])

    def put(self, person, kind, row):
        """Adds a row, or replaces the one of its key."""
        key = self.key(kind, row)
        row["person_id"] = person["person_id"]
        person[kind] = [r for r in person[kind] if self.key(kind, r) != key] + [row]
        self.note(person, kind, row, False)

    def drop(self, person, kind, row):
        key = self.key(kind, row)
        person[kind] = [r for r in person[kind] if self.key(kind, r) != key]
        self.note(person, kind, row, True)

    def note(self, person, kind, row, withdrawn):
        person["version"] += 1
        if person["person_id"] in self.register:
            self.pending[(kind, person["person_id"], self.key(kind, row))] = (row, withdrawn)

    def join(self, person):
        """Into the register, with everything that is known."""
        self.register[person["person_id"]] = person
        self.note(person, "participants", person, False)
        for kind in KEYS:
            if kind != "participants":
                for row in person[kind]:
                    self.note(person, kind, row, False)

    def is_free(self, person, kind, row, but=None):
        """Whether the import takes the row beside the others of its kind (not the one replaced)."""
        if kind not in ("programmes", "living", "care", "absences"):
            return True
        first, last = ("start", "end") if kind == "programmes" else ("from", "to")
        if row[last] is not None and row[last] < row[first]:
            return False
        key = self.key(kind, row)
        return not any(other is not but and self.key(kind, other) != key
                       and other[first] <= ends(row, last) and row[first] <= ends(other, last)
                       and not (kind == "absences" and row["hours"] and other["hours"])
                       for other in person[kind])

    # ---- as first recorded ----------------------------------------------------------------------

    def add_person(self):
        rng = self.rng
        birth = between(rng, D(2000, 6, 1), D(2002, 6, 1)) if rng.random() < .4 else \
            between(rng, D(1966, 1, 1), D(2007, 12, 31))
        if rng.random() < .02:
            birth = rng.choice([D(2004, 2, 29), D(2000, 2, 29), D(1996, 2, 29)])
        while True:
            serial = rng.randrange(0, 500) if birth.year < 2000 else rng.randrange(500, 1000)
            number = with_check_digits("%02d%02d%02d%03d" % (birth.day, birth.month + 80,
                                                             birth.year % 100, serial))
            if number and number not in self.everyone and number != STRANGER:
                break
        person = dict(person_id=number, name="Person " + number[-5:], birth_date=birth,
                      account=account(rng), language="", version=0, later=[], gone=False,
                      **{kind: [] for kind in KEYS if kind != "participants"})
        self.everyone[number] = person
        start = between(rng, self.begin - 550 * DAY, self.end - 60 * DAY)
        while start < self.end and len(person["programmes"]) < 5:
            length = rng.choice([5, 12, 20, 40, 90, 200, 400, 800])
            end = start + DAY * rng.randrange(length)
            if rng.random() < .1:
                start = (start + 31 * DAY).replace(day=rng.choice([1, 16]))
                end = start + DAY * rng.choice([14, 13, 15, 12])
            row = self.programme(start, end)
            self.put(person, "programmes", row)
            if not row["end"]:
                break
            start = end + DAY * rng.randrange(1, 60)

    def programme(self, start, end):
        rng = self.rng
        share, cause, permit = "", "", rng.choice("abcdefg")
        granted = between(rng, D(2019, 6, 1), D(2021, 6, 30)) if rng.random() < .15 else \
            between(rng, D(2021, 1, 2), D(2024, 4, 1))
        if D(2022, 6, 15) <= start and end <= D(2025, 12, 31) and rng.random() < .15:
            share, permit = str(rng.randrange(20, 100)), "e"
            cause = rng.choice(["participant", "municipality"])
        return dict(start=start, offered=start - 30 * DAY,
                    end=None if not share and end > self.end - 200 * DAY and rng.random() < .5
                    else end,
                    permit=permit, permit_granted=granted, settled=start - 60 * DAY,
                    education=rng.choice(["none", "upper_secondary", "higher"]), end_goal="work",
                    share_percent=share, share_cause=cause)

    def spans(self, first, last, lengths, chance):
        """Periods one after the other, some of them left out."""
        at = first
        while at < last:
            length = self.rng.choice(lengths)
            if self.rng.random() < chance:
                yield at, at + DAY * (length - 1)
            at += DAY * (length + self.rng.randrange(0, 20))

    def living(self, person, first, last):
        rng = self.rng
        situation = rng.choice(["alone", "parents", "partner", "partner"])
        partner = ""
        if situation == "partner" or rng.random() < .1:
            partner = rng.choice(self.ids) if rng.random() < .95 else STRANGER
            if partner == person["person_id"]:
                partner = ""
        return {"from": first, "to": last, "situation": situation, "partner_id": partner,
                "children": rng.choice(["yes", "no", "no", "no", ""])}

    def add_living(self, person):
        rows = list(self.spans(self.begin - 600 * DAY, self.end, [40, 150, 400, 900], .85))
        for n, (first, last) in enumerate(rows):
            is_open = n == len(rows) - 1 and self.rng.random() < .5
            self.put(person, "living", self.living(person, first, None if is_open else last))

    def care(self, first, last):
        rng = self.rng
        born = None
        if rng.random() < .8:
            born = rng.choice([between(rng, self.begin - 500 * DAY, self.end - 200 * DAY),
                               between(rng, D(2006, 1, 1), D(2016, 12, 31))])
        return {"from": first, "to": last, "children": str(rng.randrange(0, 5)),
                "sole_carer": rng.choice(["yes", "no"]), "chronic": rng.choice(["yes", "no", "no"]),
                "youngest_born": born}

    def add_care(self, person):
        rng, at = self.rng, self.begin - 600 * DAY
        while at < self.end and rng.random() < .75:
            end = at + DAY * rng.choice([100, 300, 900])
            self.put(person, "care", self.care(at, end))
            at = end + DAY * rng.choice([1, 1, 40])

    def absence(self, first, last, favourites=()):
        rng = self.rng
        row = {"from": first, "to": last, "hours": "", "permission": rng.choice(["yes", "no"])}
        row["kind"] = rng.choice(["unapproved"] * 8
                                 + ["stop", "parental_leave", "other_leave", "work_leave",
                                                       "long_sick_leave", "certified_sick",
                                                       "permitted_absence"])
        if favourites and rng.random() < .8:
            row["kind"] = rng.choice(favourites)
        if first == last and rng.random() < .5 and row["kind"] in self.HOURS:
            row["hours"] = rng.choice(["1", "2.5", "3.25", "7.5", "0.1", "24"])
        return row

    def add_absences(self, person):
        rng = self.rng
        if rng.random() < .2:
            return
        favourites = rng.sample(self.LIMITED, 2) if rng.random() < .7 else []
        begin = self.begin - 300 * DAY if favourites else self.begin
        lengths = [1, 1, 1, 2, 3, 4, 5, 10, 31, 45]
        for first, last in self.spans(begin, self.end - 20 * DAY, lengths, .5):
            row = self.absence(first, last, favourites)
            self.put(person, "absences", row)
            if row["hours"] and rng.random() < .3:
                other = rng.choice(sorted(self.HOURS - {row["kind"]}))
                self.put(person, "absences", dict(row, kind=other, hours="2"))

    def benefit(self, kind, first):
        rng = self.rng
        return {"from": first,
                "to": None if rng.random() < .3 else first + DAY * rng.randrange(200),
                "kind": kind,
                "amount_per_month": "%d.%02d" % (rng.randrange(0, 25000), rng.randrange(100)),
                "earned_before_programme": rng.choice(["yes", "no"])}

    def add_benefits(self, person):
        for kind in self.BENEFITS:
            if self.rng.random() < .08:
                self.put(person, "benefits", self.benefit(kind, between(
                    self.rng, self.begin - 30 * DAY, self.end - 30 * DAY)))

    def work(self, first):
        rng = self.rng
        last = min(first + DAY * rng.randrange(20), ref.month_days(ref.month_of(first))[-1])
        return {"from": first, "to": last, "hours": "%.2f" % (rng.random() * 100),
                "gross_wage": "%.2f" % (rng.random() * 20000),
                "in_programme": rng.choice(["yes", "yes", "no"])}

    def add_work(self, person):
        for _ in range(self.rng.choice([0, 0, 0, 1, 3])):
            self.put(person, "work", self.work(between(self.rng, self.begin, self.end - 30 * DAY)))

    def card(self, year, kind):
        rng = self.rng
        row = dict(kind=kind, table="", percent="", exempt_amount="", months="", extra="",
                   year=str(year))
        if kind == "table":
            row["table"] = rng.choice(self.tables_of[year])
        if kind == "percent" or (kind == "table" and rng.random() < .3):
            row["percent"] = rng.choice(["0", "12", "20.5", "33.33", "50", "100"])
        if kind == "exempt" and rng.random() < .8:
            row["exempt_amount"] = rng.choice(["0", "15000", "65000.50", "120000"])
        row["months"] = rng.choice(["", "", "10.5", "11", "12"])
        return row

    def own_card(self, year):
        kind = self.rng.choice(["table", "table", "table", "percent", "exempt", "none",
                                "not_liable"])
        return dict(self.card(year, kind), extra=self.rng.choice(["", "", "", "300", "30000"]))

    def authority_card(self, year):
        rng = self.rng
        row = dict(self.card(year, rng.choice(["table", "percent", "exempt"])), foreign_scheme="no",
                   has_entry="yes", result="ok")
        if row["kind"] == "exempt":
            row["months"] = ""  # the authority's exemption cards have none
        chance = rng.random()
        if chance < .2:
            row.update(has_entry="no")
        elif chance < .3:
            row.update(foreign_scheme="yes", has_entry="no")
        elif chance < .4:
            row.update(has_entry="no",
                       result=rng.choice(["no_card", "check_work_permit", "not_liable"]))
        return row

    def add_cards(self, person):
        for year in self.years:
            if self.rng.random() < .6:
                self.put(person, "taxcards", self.own_card(year))
            if self.rng.random() < .5:
                self.put(person, "authority", self.authority_card(year))

    def barred(self):
        decided = between(self.rng, self.begin - 30 * DAY, self.end)
        return dict(decided=decided, kind="self_certification_barred",
                    until=self.rng.choice([None, decided + 90 * DAY]))

    def add_decisions(self, person):
        if self.rng.random() < .1:
            self.put(person, "decisions", self.barred())

    def keep_back(self, person):
        """Some rows, and some people, become known late: they wait in `later` for their day."""
        rng = self.rng
        person["joins"] = self.begin - 90 * DAY
        if person["programmes"] and rng.random() < .15:
            person["joins"] = min(person["programmes"][0]["start"] + DAY * rng.randrange(0, 300),
                                  self.end - 60 * DAY)
        for kind, chance in (("absences", .3), ("benefits", .4), ("work", .3), ("living", .1),
                             ("care", .1),
                             ("programmes", .08), ("decisions", .3)):
            for row in list(person[kind]):
                if rng.random() < chance:
                    self.drop(person, kind, row)
                    first = row.get("start") or row.get("from") or row["decided"]
                    person["later"].append((first + DAY * rng.randrange(0, 200), kind, row))
        for year in self.years:  # next year's card comes in January, or in February
            if rng.random() < .6:
                days = rng.choice([-20, 5, 20, 25, 30, 32, 35, 40, 45, 70, 150])
                day = D(year, 1, 1) + days * DAY
                for kind in ("taxcards", "authority"):
                    for row in [r for r in person[kind] if r["year"] == str(year)]:
                        self.drop(person, kind, row)
                        person["later"].append((day, kind, row))

    # ---- what becomes known later ---------------------------------------------------------------

    def arrive(self, today):
        """What was waiting for its day."""
        for person in self.everyone.values():
            if person["later"] and not person["gone"]:
                due = [item for item in person["later"] if item[0] <= today]
                person["later"] = [item for item in person["later"] if item[0] > today]
                for _, kind, row in due:
                    if kind in ("taxcards", "authority") or self.is_free(person, kind, row):
                        self.put(person, kind, row)
            if person["joins"] <= today and person["person_id"] not in self.register:
                self.join(person)

    def change(self, today, share):
        """Changes something about this share of the people; more about who owes something."""
        written = {pid for _, pid, _ in self.pending}
        for pid in sorted(self.register):
            if self.register[pid]["gone"]:
                if self.rng.random() < .3:
                    self.leave(self.register[pid], False)
                continue
            if pid not in written and self.rng.random() < share / 30:
                self.leave(self.register[pid], True)
                continue
            if self.rng.random() < share:
                for _ in range(self.rng.choice([1, 1, 2, 4])):
                    self.rng.choice(self.CHANGES)(self, self.register[pid], today)
            if self.rng.random() < (.25 if self.owing.get(pid, 0) > 0 else share / 10):
                self.decide(self.register[pid], today)

    def leave(self, person, gone):
        """The participant's own row is withdrawn, or there again; the other rows stay."""
        person["gone"] = gone
        self.note(person, "participants", person, gone)

    def lately(self, today, back=200, ahead=30):
        return between(self.rng, max(self.begin - 30 * DAY, today - back * DAY),
                       today + ahead * DAY)

    def pick(self, person, kind):
        return self.rng.choice(person[kind]) if person[kind] else None

    def try_put(self, person, kind, row, but=None):
        if self.is_free(person, kind, row, but):
            self.put(person, kind, row)

    def new_absence(self, person, today):
        first = self.lately(today)
        last = first + DAY * (self.rng.choice([1, 1, 2, 3, 5, 10, 40]) - 1)
        self.try_put(person, "absences",
                     self.absence(first, last, ["self_certified_sick", "holiday"]))

    def other_absence(self, person, today):
        row = self.pick(person, "absences")
        if not row:
            return
        chance = self.rng.random()
        if chance < .35:
            self.drop(person, "absences", row)
        elif chance < .7 and not row["hours"]:
            to = row["from"] + DAY * self.rng.randrange(0, 12)
            self.try_put(person, "absences", dict(row, to=to if self.rng.random() < .97 else None),
                         row)
        elif chance < .9:  # the certificate came: another kind instead
            kind = self.rng.choice(["certified_sick", "unapproved", "welfare_leave"])
            if kind != row["kind"] and not (row["hours"] and kind not in self.HOURS):
                self.drop(person, "absences", row)
                self.try_put(person, "absences", dict(row, kind=kind))
        elif row["hours"]:
            self.put(person, "absences", dict(row, hours=self.rng.choice(["1", "4", "6.75"])))
        else:
            self.put(person, "absences",
                     dict(row, permission={"yes": "no"}.get(row["permission"], "yes")))

    def new_benefit(self, person, today):
        row = self.benefit(self.rng.choice(self.BENEFITS), self.lately(today, 300, 0))
        self.put(person, "benefits", row)
        if self.rng.random() < .4:  # the agency pays us for what it gives backwards
            amount = self.rng.choice([float(row["amount_per_month"]) * self.rng.choice([1, 2, 3]),
                                      300, 50000])
            self.recovery(person, today, "refund", amount, "")

    def other_benefit(self, person, today):
        row = self.pick(person, "benefits")
        if not row:
            return
        chance = self.rng.random()
        if chance < .3:
            self.drop(person, "benefits", row)
        elif chance < .6:
            self.put(person, "benefits",
                     dict(row, amount_per_month="%.2f" % (self.rng.random() * 25000)))
        elif chance < .8:
            self.put(person, "benefits", dict(row, to=row["from"] + DAY * self.rng.randrange(300)))
        else:
            self.put(person, "benefits",
                     dict(row, earned_before_programme=self.rng.choice(["yes", "no"])))

    def some_work(self, person, today):
        row = self.pick(person, "work")
        if row and self.rng.random() < .6:
            if self.rng.random() < .4:
                self.drop(person, "work", row)
            else:
                self.put(person, "work", dict(row, hours="%.2f" % (self.rng.random() * 100),
                                              in_programme=self.rng.choice(["yes", "no"])))
        else:
            self.put(person, "work", self.work(self.lately(today)))

    def some_living(self, person, today):
        row, rng = self.pick(person, "living"), self.rng
        chance = rng.random()
        if row and chance < .15:
            self.drop(person, "living", row)
        elif row and chance < .4:
            self.put(person, "living", dict(row, to=row["from"] + DAY * rng.randrange(
                (min(ends(row, "to"), self.end) - row["from"]).days + 1)) if row["from"] < self.end
                else row)
        elif row and chance < .7:
            self.put(person, "living", self.living(person, row["from"], row["to"]))
        else:
            first = self.lately(today)
            self.try_put(person, "living", self.living(person, first, rng.choice(
                [None, first + DAY * rng.randrange(20, 300)])))

    def some_care(self, person, today):
        row = self.pick(person, "care")
        if row and self.rng.random() < .3:
            self.drop(person, "care", row)
        elif row:
            self.put(person, "care", self.care(row["from"], row["to"]))
        else:
            first = self.lately(today)
            self.put(person, "care", self.care(first, first + 300 * DAY))

    def some_programme(self, person, today):
        row, rng = self.pick(person, "programmes"), self.rng
        chance = rng.random()
        if row and chance < .1:
            self.drop(person, "programmes", row)
        elif row and chance < .5:
            end = max(row["start"], self.lately(today, 150, 150))
            if row["share_percent"]:
                end = min(end, D(2025, 12, 31))
            self.try_put(person, "programmes", dict(row, end=end), row)
        elif row and chance < .6:
            if not row["share_percent"]:
                self.try_put(person, "programmes", dict(row, end=None), row)
        elif row and chance < .7:
            granted = between(rng, D(2019, 6, 1), D(2024, 4, 1))
            self.put(person, "programmes", dict(row, permit_granted=granted))
        else:
            first = self.lately(today, 150, 30)
            self.try_put(person, "programmes", self.programme(first, first + DAY * rng.choice(
                [3, 10, 20, 60, 300])))

    def some_card(self, person, today):
        rng, year = self.rng, today.year
        if today.month == 12:
            year = rng.choice([today.year, today.year + 1])
        if year not in self.years:
            return
        own = [r for r in person["taxcards"] if r["year"] == str(year)]
        held = any(r["year"] == str(year) and r["foreign_scheme"] == "yes"
                   for r in person["authority"])
        if own and rng.random() < .3:
            self.drop(person, "taxcards", own[0])
        elif held or rng.random() < .6:
            self.put(person, "taxcards", self.own_card(year))
        else:
            self.put(person, "authority", self.authority_card(year))

    def birth_date(self, person, today):
        if self.rng.random() < .3:
            person["birth_date"] = between(self.rng, D(2000, 1, 1), D(2002, 12, 31))
            self.note(person, "participants", person, False)

    def some_decision(self, person, today):
        row = self.pick(person, "decisions")
        if row and self.rng.random() < .5:
            self.drop(person, "decisions", row)
        else:
            self.put(person, "decisions", self.barred())

    CHANGES = ([new_absence] * 4 + [other_absence] * 5 + [new_benefit] * 2 + [other_benefit] * 3
               + [some_work] * 2 + [some_living] * 2 + [some_care] + [some_programme] * 3
               + [some_card] * 2 + [birth_date, some_decision])

    # ---- decisions about claims -----------------------------------------------------------------

    def recovery(self, person, today, reason, amount, most):
        decided = today + DAY * self.rng.randrange(-40, 25)
        if amount > 0 and not any(r["decided"] == decided for r in person["recoveries"]):
            self.put(person, "recoveries",
                     dict(decided=decided, reason=reason, amount="%.2f" % amount,
                          max_per_month=most))

    def decide(self, person, today):
        rng, row = self.rng, self.pick(person, "recoveries")
        if row and rng.random() < .4:
            chance = rng.random()
            if chance < .3:
                self.drop(person, "recoveries", row)
            elif chance < .4:
                self.put(person, "recoveries", dict(row, reason=rng.choice(
                    ["overpayment", "wrong_information", "refund", "written_off"])))
            elif chance < .7:
                self.put(person, "recoveries",
                         dict(row, amount="%.2f" % (rng.random() * 20000 + .01)))
            elif row["max_per_month"]:
                self.put(person, "recoveries",
                         dict(row, max_per_month=rng.choice(["1", "800.50", "9000"])))
            return
        owed = self.owing.get(person["person_id"], 0) / 100
        reason = rng.choice(["overpayment", "overpayment", "wrong_information", "refund",
                             "written_off"])
        amount = rng.choice([owed, owed / 2, rng.random() * 30000 + 1, 0.01, 100000])
        most = ""
        if reason in ("overpayment", "wrong_information") and rng.random() < .65:
            most = rng.choice(["500", "1234.56", "4000", "25000"])
        self.recovery(person, today, reason, amount, most)

    # ---- files ----------------------------------------------------------------------------------

    def write(self, folder, orgnr):
        """The files of one import, of what changed since the last; the number of rows."""
        os.mkdir(folder)
        by_kind = {}
        for (kind, _, _), item in self.pending.items():
            by_kind.setdefault(kind, []).append(item)
        for kind, items in by_kind.items():
            if kind == "authority":
                write_cards(os.path.join(folder, "cards.xml"), items, orgnr)
                continue
            with open(os.path.join(folder, kind + ".csv"), "w", encoding="utf-8",
                      newline="") as out:
                writer = csv.DictWriter(out, COLUMNS[kind].split() + ["withdrawn"],
                                        extrasaction="ignore")
                writer.writeheader()
                writer.writerows(dict(row, withdrawn="yes" if withdrawn else "")
                                 for row, withdrawn in items)
        count, self.pending = len(self.pending), {}
        return count


RESULTS = {"ok": "skattekortopplysningerOK", "no_card": "ikkeSkattekort",
           "not_liable": "ikkeTrekkplikt",
           "check_work_permit": "vurderArbeidstillatelse"}
TYPES = {"table": "Trekktabell", "percent": "Trekkprosent", "exempt": "Frikort"}


def card_xml(row):
    out = ["<arbeidstaker><arbeidstakeridentifikator>%s</arbeidstakeridentifikator>"
           "<resultatPaaForespoersel>%s</resultatPaaForespoersel>" % (row["person_id"],
                                                                       RESULTS[row["result"]])]
    if row["result"] == "ok":
        code = "introduksjonsstoenad" if row["has_entry"] == "yes" else "loennFraNAV"
        out.append('<skattekort><utstedtDato>2025-12-01</utstedtDato><skattekortidentifikator>1'
                   '</skattekortidentifikator><forskuddstrekk xmlns:xsi="http://www.w3.org/2001/'
                   'XMLSchema-instance" xsi:type="%s"><trekkode>%s</trekkode>' % (
                       TYPES[row["kind"]], code))
        if row["kind"] == "table":
            out.append("<tabelltype>trekktabellForLoenn</tabelltype><tabellnummer>%s</tabellnummer>"
                       "<prosentsats>%s</prosentsats>" % (row["table"], row["percent"] or "30.0"))
        elif row["kind"] == "percent":
            out.append("<prosentsats>%s</prosentsats>" % row["percent"])
        elif row["exempt_amount"]:
            out.append("<frikortbeloep>%s</frikortbeloep>" % row["exempt_amount"])
        if row["months"] and row["kind"] != "exempt":
            out.append("<antallMaanederForTrekk>%s</antallMaanederForTrekk>" % row["months"])
        out.append("</forskuddstrekk></skattekort>")
    if row["foreign_scheme"] == "yes":
        out.append("<tilleggsopplysning>kildeskattPaaLoenn</tilleggsopplysning>")
    out.append("<inntektsaar>%s</inntektsaar></arbeidstaker>" % row["year"])
    return "".join(out)


def write_cards(path, items, orgnr):
    """The authority withdraws no card; a new answer replaces the one before."""
    space = "urn:no:skatteetaten:fastsetting:formueinntekt:forskudd:skattekorttilarbeidsgiver:v3"
    with open(path, "w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?><skattekortTilArbeidsgiver xmlns="%s">'
                  '<arbeidsgiver><arbeidsgiveridentifikator><organisasjonsnummer>%s'
                  '</organisasjonsnummer></arbeidsgiveridentifikator>' % (space, orgnr))
        out.writelines(card_xml(row) for row, withdrawn in items if not withdrawn)
        out.write("</arbeidsgiver></skattekortTilArbeidsgiver>")
