# SPDX-License-Identifier: MIT
"""Pays random people with stonad and compares every amount with the reference.

    python3 tests/reference/compare.py build/stonad [people] [seed]

Several months follow each other in one ledger, so that exemption cards run down and late facts appear;
prints how many payslips were compared and every difference; exits 1 on any, or when nothing was compared.
"""
import csv
import datetime
import io
import os
import random
import subprocess
import sys
import tempfile

import reference as ref

D = datetime.date
DAY = datetime.timedelta(1)
# month, payday, computed on
RUNS = [("2025-11", D(2025, 12, 12), D(2025, 12, 2)), ("2025-12", D(2026, 1, 9), D(2026, 1, 2)),
        ("2026-01", D(2026, 1, 30), D(2026, 1, 27)), ("2026-02", D(2026, 3, 10), D(2026, 3, 2)),
        ("2026-05", D(2026, 5, 15), D(2026, 5, 12)), ("2026-06", D(2026, 7, 10), D(2026, 7, 1)),
        ("2026-10", D(2026, 11, 10), D(2026, 11, 3)), ("2026-11", D(2026, 12, 10), D(2026, 12, 1))]
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
}
AMOUNTS = ["benefit", "offsets", "work", "absence", "corrections", "recovery", "taxable", "tax", "net"]


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


class People:
    """Random people, their facts free of overlaps."""

    def __init__(self, rng, count, tables):
        self.rng, self.tables, self.register, self.used = rng, tables, {}, set()
        for _ in range(count):
            self.add_person()
        self.register.pop(STRANGER, None)
        ids = sorted(self.register)
        for person in self.register.values():
            self.add_living(person, ids)
            self.add_care(person)
            self.add_absences(person)
            self.add_benefits(person)
            self.add_work(person)
            self.add_cards(person)

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
            if number and number not in self.used:
                break
        self.used.add(number)
        person = dict(person_id=number, name="Person " + number[-5:], birth_date=str(birth),
                      account=account(rng), language="", programmes=[], living=[], care=[], decisions=[],
                      absences=[],
                      benefits=[], work=[], taxcards=[], authority=[])
        start = between(rng, D(2024, 5, 1), D(2026, 10, 31))
        while start < D(2027, 1, 1) and len(person["programmes"]) < 3:
            length = rng.choice([5, 12, 20, 40, 90, 200, 400, 800])
            end = start + DAY * rng.randrange(length)
            if rng.random() < .1:
                start = (start + 31 * DAY).replace(day=rng.choice([1, 16]))
                end = start + DAY * rng.choice([14, 13, 15, 12])
            share, cause, permit = "", "", rng.choice("abcdefg")
            granted = between(rng, D(2019, 6, 1), D(2021, 6, 30)) if rng.random() < .15 else \
                between(rng, D(2021, 1, 2), D(2024, 4, 1))
            if end <= D(2025, 12, 31) and rng.random() < .15:
                share, cause, permit = str(rng.randrange(20, 100)), \
                    rng.choice(["participant", "municipality"]), "e"
            person["programmes"].append(dict(
                person_id=number, start=str(start), offered=str(start - 30 * DAY),
                end="" if end > D(2026, 6, 1) and rng.random() < .5 else str(end), permit=permit,
                permit_granted=str(granted), settled=str(start - 60 * DAY),
                education=rng.choice(["none", "upper_secondary", "higher"]), end_goal="work",
                share_percent=share, share_cause=cause))
            if not person["programmes"][-1]["end"]:
                break
            start = end + DAY * rng.randrange(1, 60)
        self.register[number] = person

    def spans(self, first, last, lengths, chance):
        """Periods one after the other, some of them left out."""
        at = first
        while at < last:
            length = self.rng.choice(lengths)
            if self.rng.random() < chance:
                yield at, at + DAY * (length - 1)
            at += DAY * (length + self.rng.randrange(0, 20))

    def add_living(self, person, ids):
        rng = self.rng
        rows = list(self.spans(D(2024, 1, 1), D(2026, 12, 31), [40, 150, 400, 900], .85))
        for n, (first, last) in enumerate(rows):
            situation = rng.choice(["alone", "parents", "partner", "partner"])
            partner = ""
            if situation == "partner" or rng.random() < .1:
                partner = rng.choice(ids) if rng.random() < .9 else STRANGER
                if partner == person["person_id"]:
                    partner = ""
            is_open = n == len(rows) - 1 and rng.random() < .5
            person["living"].append(dict(
                person_id=person["person_id"], to="" if is_open else str(last), situation=situation,
                partner_id=partner, children=rng.choice(["yes", "no", "no", "no", ""]),
                **{"from": str(first)}))

    def add_care(self, person):
        rng, at = self.rng, D(2024, 1, 1)
        while at < D(2026, 12, 1) and rng.random() < .75:
            end = at + DAY * rng.choice([100, 300, 900])
            person["care"].append(dict(
                person_id=person["person_id"], to=str(end), children=str(rng.randrange(0, 5)),
                sole_carer=rng.choice(["yes", "no"]), chronic=rng.choice(["yes", "no", "no"]),
                youngest_born=str(rng.choice([between(rng, D(2024, 6, 1), D(2026, 6, 1)),
                                              between(rng, D(2006, 1, 1), D(2016, 12, 31))]))
                if rng.random() < .8 else "", **{"from": str(at)}))
            at = end + DAY * rng.choice([1, 1, 40])
        if rng.random() < .1:
            decided = between(rng, D(2025, 10, 1), D(2026, 10, 1))
            person["decisions"].append(dict(
                person_id=person["person_id"], decided=str(decided), kind="self_certification_barred",
                until=rng.choice(["", str(decided + 90 * DAY)])))

    # A few people have much of one kind, so that its limits are met.
    LIMITED = ["self_certified_sick", "self_certified_child_sick", "certified_child_sick",
               "pregnancy_leave", "birth_mother", "birth_father", "breastfeeding", "welfare_leave",
               "peace_work", "religious_day", "holiday"]
    HOURS = {"unapproved", "permitted_absence", "breastfeeding", "pregnancy_check", "welfare_leave",
             "self_certified_child_sick", "certified_child_sick"}

    def add_absences(self, person):
        rng = self.rng
        if rng.random() < .2:
            return
        favourites = rng.sample(self.LIMITED, 2) if rng.random() < .7 else []
        begin = D(2024, 9, 1) if favourites else D(2025, 10, 20)
        for first, last in self.spans(begin, D(2026, 12, 10), [1, 1, 1, 2, 3, 4, 5, 10, 31, 45], .5):
            row = dict(person_id=person["person_id"], to=str(last), hours="", permission="no",
                       **{"from": str(first)})
            row["kind"] = rng.choice(["unapproved"] * 8 + ["stop", "parental_leave", "other_leave",
                                                           "work_leave", "long_sick_leave",
                                                           "certified_sick", "permitted_absence"])
            if favourites and rng.random() < .8:
                row["kind"] = rng.choice(favourites)
            row["permission"] = rng.choice(["yes", "no"])
            if first == last and rng.random() < .5 and row["kind"] in self.HOURS:
                row["hours"] = str(rng.choice(["1", "2.5", "3.25", "7.5", "0.1", "24"]))
                if rng.random() < .3:
                    other = rng.choice(sorted(self.HOURS - {row["kind"]}))
                    person["absences"].append(dict(row, kind=other, hours="2"))
            person["absences"].append(row)

    def add_benefits(self, person):
        rng = self.rng
        kinds = ["dagpenger", "sykepenger", "foreldrepenger", "uforetrygd", "arbeidsavklaringspenger",
                 "overgangsstonad", "barnetrygd", "sosialhjelp"]
        for kind in kinds:
            if rng.random() < .08:
                first = between(rng, D(2025, 10, 1), D(2026, 11, 30))
                last = first + DAY * rng.randrange(200)
                person["benefits"].append(dict(
                    person_id=person["person_id"], to="" if rng.random() < .3 else str(last), kind=kind,
                    amount_per_month="%d.%02d" % (rng.randrange(0, 25000), rng.randrange(100)),
                    earned_before_programme=rng.choice(["yes", "no"]), **{"from": str(first)}))

    def add_work(self, person):
        rng, seen = self.rng, set()
        for _ in range(rng.choice([0, 0, 0, 1, 3])):
            first = between(rng, D(2025, 11, 1), D(2026, 11, 28))
            last = min(first + DAY * rng.randrange(20),
                       ref.month_days(first.year, first.month)[-1])
            if first in seen:
                continue
            seen.add(first)
            person["work"].append(dict(
                person_id=person["person_id"], to=str(last), hours="%.2f" % (rng.random() * 100),
                gross_wage="%.2f" % (rng.random() * 20000), in_programme=rng.choice(["yes", "yes", "no"]),
                **{"from": str(first)}))

    def card(self, year, kind):
        rng = self.rng
        row = dict(kind=kind, table="", percent="", exempt_amount="", months="")
        if kind == "table":
            row["table"] = rng.choice([t for y, t in self.tables.tables if y == year])
        if kind == "percent" or (kind == "table" and rng.random() < .3):
            row["percent"] = str(rng.choice(["0", "12", "20.5", "33.33", "50", "100"]))
        if kind == "exempt" and rng.random() < .8:
            row["exempt_amount"] = rng.choice(["0", "15000", "65000.50", "120000"])
        row["months"] = rng.choice(["", "", "10.5", "11", "12"])
        return row

    def add_cards(self, person):
        rng = self.rng
        for year in (2025, 2026):
            kind = rng.choice(["table", "table", "table", "percent", "exempt", "none", "not_liable", ""])
            if kind:
                person["taxcards"].append(dict(self.card(year, kind), person_id=person["person_id"],
                                               year=str(year),
                                               extra=rng.choice(["", "", "", "300", "30000"])))
            if rng.random() < .4:
                row = dict(self.card(year, rng.choice(["table", "percent", "exempt"])),
                           person_id=person["person_id"], year=str(year), foreign_scheme="no",
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
                person["authority"].append(row)


RESULTS = {"ok": "skattekortopplysningerOK", "no_card": "ikkeSkattekort", "not_liable": "ikkeTrekkplikt",
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
                   'XMLSchema-instance" xsi:type="%s"><trekkode>%s</trekkode>' % (TYPES[row["kind"]],
                                                                                 code))
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


def write_files(people, folder, orgnr):
    for kind, names in COLUMNS.items():
        with open(os.path.join(folder, kind + ".csv"), "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names.split(), extrasaction="ignore")
            writer.writeheader()
            for person in people.register.values():
                writer.writerows([person] if kind == "participants" else person[kind])
    space = "urn:no:skatteetaten:fastsetting:formueinntekt:forskudd:skattekorttilarbeidsgiver:v3"
    with open(os.path.join(folder, "cards.xml"), "w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?><skattekortTilArbeidsgiver xmlns="%s"><arbeidsgiver>'
                  '<arbeidsgiveridentifikator><organisasjonsnummer>%s</organisasjonsnummer>'
                  '</arbeidsgiveridentifikator>' % (space, orgnr))
        for person in people.register.values():
            out.writelines(card_xml(row) for row in person["authority"])
        out.write("</arbeidsgiver></skattekortTilArbeidsgiver>")


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 300
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    rng, tables = random.Random(seed), ref.Tables()
    people = People(rng, count, tables)
    half_tax_month = rng.choice([11, 12])
    compared = differences = 0
    with tempfile.TemporaryDirectory() as folder:
        ledger, files = os.path.join(folder, "ledger.db"), os.path.join(folder, "files")
        os.mkdir(files)
        write_files(people, files, "312485494")

        def stonad(*words, actor="kari", today="2025-11-20", check=True):
            done = subprocess.run([program, *words, "--db", ledger, "--actor", actor, "--today", str(today)],
                                  capture_output=True, text=True)
            if check and done.returncode:
                sys.exit("stonad %s: exit %d\n%s%s" % (" ".join(words), done.returncode,
                                                       done.stdout[-2000:], done.stderr[-2000:]))
            return done.stdout

        stonad("init", "--test", "--orgnr", "312485494", "--name", "Prøve kommune", "--account",
               "12345678903", "--bic", "PRVKNO21XXX", "--half-tax-month", str(half_tax_month))
        stonad("import", files)
        paid = {}
        for run, (month, payday, today) in enumerate(RUNS, 1):
            stonad("run", "--month", month, "--payday", str(payday), today=today)
            rows = {r["person_id"]: r for r in csv.DictReader(io.StringIO(
                stonad("payslips", str(run), "--format", "csv", today=today)))}
            year, number = (int(part) for part in month.split("-"))
            for pid, person in people.register.items():
                before = paid.get((pid, payday.year), 0)
                expected = ref.compute(person, people.register, year, number, payday, today,
                                       half_tax_month, tables, before)
                got = rows.pop(pid, None)
                compared += expected is not None
                shown = got and dict({k: int(round(float(got[k]) * 100)) for k in AMOUNTS},
                                     state="held" if got["state"] == "held" else "due")
                if shown != expected:
                    differences += 1
                    if differences <= 10:
                        print("person %s run %s\n  expected %s\n  got      %s" % (pid, month, expected, shown))
                if expected and expected["state"] == "due":
                    paid[(pid, payday.year)] = before + expected["taxable"]
            differences += len(rows)
            totals = list(csv.DictReader(io.StringIO(stonad("runs", "--format", "csv", today=today))))[-1]
            stonad("approve", str(run), "--payments", totals["payments"], "--sum", totals["net"],
                   actor="ola", today=today)
    print("seed %d: %d payslips compared, %d differences" % (seed, compared, differences))
    return 1 if differences or not compared else 0


sys.exit(main())
