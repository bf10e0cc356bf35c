# SPDX-License-Identifier: MIT
"""A second computation of a month, written from docs/rules.md alone, in plain Python with exact fractions.

It shares nothing with the engine but the published figures of the withholding tables, which it reads from
the data files and computes by the published routine. tests/reference/compare.py makes random people, pays
them with stonad and compares every amount.
"""
import csv
import datetime
import glob
import math
import os
from fractions import Fraction as F

D = datetime.date
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NO_BENEFIT = {"long_sick_leave", "parental_leave", "work_leave", "other_leave", "stop"}
G = [(D(2016, 5, 1), None, 92576), (D(2017, 5, 1), None, 93634), (D(2018, 5, 1), None, 96883),
     (D(2019, 5, 1), None, 99858), (D(2020, 5, 1), None, 101351), (D(2021, 5, 1), None, 106399),
     (D(2022, 5, 1), None, 111477), (D(2023, 5, 1), None, 118620), (D(2024, 5, 1), None, 124028),
     (D(2025, 5, 1), D(2025, 5, 23), 130160), (D(2026, 5, 1), D(2026, 5, 22), 136549)]


def g_on(day, known):
    return max((e, v) for e, k, v in G if e <= day and (k or e) <= known)[1]


def date(text):
    return D.fromisoformat(text) if text else None


def covers(row, day, first="from", last="to"):
    return date(row[first]) <= day and (not row[last] or day <= date(row[last]))


def month_days(year, month):
    first = D(year, month, 1)
    last = (D(year + month // 12, month % 12 + 1, 1)) - datetime.timedelta(1)
    return [first + datetime.timedelta(i) for i in range((last - first).days + 1)]


def easter(year):  # Meeus/Jones/Butcher
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return D(year, month, day + 1)


def is_off(day):
    at = easter(day.year)
    moved = {at + datetime.timedelta(n) for n in (-3, -2, 1, 39, 50)}
    return day.weekday() >= 5 or day in moved or (day.month, day.day) in {
        (1, 1), (5, 1), (5, 17), (12, 25), (12, 26)}


def birthday25(birth):
    if (birth.month, birth.day) == (2, 29):
        leap = (birth.year + 25) % 4 == 0
        return D(birth.year + 25, 2, 29 if leap else 28)
    return D(birth.year + 25, birth.month, birth.day)


def ore(amount):
    """Half up on the amount without sign, to whole ore."""
    return math.floor(abs(amount) * 100 + F(1, 2)) * (1 if amount >= 0 else -1)


# ---- the withholding tables, by the published routine in binary64 ---------------------------------

def load_tables():
    constants, tables, periods = {}, {}, {}
    for path in sorted(glob.glob(os.path.join(ROOT, "engine", "withholding", "2*.csv"))):
        year = int(os.path.basename(path)[:4])
        for row in csv.reader(open(path, encoding="utf-8")):
            if row and row[0] == "constant":
                constants[(year, row[1])] = float(row[2])
            elif row and row[0] == "table":
                tables[(year, row[1])] = row[2:]
    for row in csv.reader(open(os.path.join(ROOT, "engine", "withholding", "periods.csv"),
                               encoding="utf-8")):
        if row and row[0] == "period":
            periods[row[1]] = row[2:]
    return constants, tables, periods


def number(text):
    if "*" not in text:
        return float(text)
    a, rest = text.split("*")
    b, c = rest.split("/")
    return float(a) * float(b) / float(c)


def half_up(x):
    low = math.floor(x)
    return low + 1 if F(x) - low >= F(1, 2) else low


class Tables:
    def __init__(self):
        self.constants, self.tables, self.periods = load_tables()
        self.memo = {}

    def has(self, year, table):
        return (year, table) in self.tables

    def is_12(self, year, table):
        return self.tables[(year, table)][4] != ""

    def tax(self, year, table, period, basis):
        key = (year, table, period, basis)
        if key not in self.memo:
            self.memo[key] = self.compute(*key)
        return self.memo[key]

    def compute(self, year, table, period, basis):
        kind, deduction, allowance, insurance, twelve, excess = (self.tables[(year, table)] + [""])[:6]
        c = lambda name: self.constants[(year, name)]
        step, limit, oi, ow, pi, pw, xi, xw = self.periods[period]
        step = int(step)
        b, e = basis // step * step + step // 2, 0
        if year <= 2024 and excess and b >= float(limit):
            e = half_up((b - float(limit)) * float(excess) / 100)
            if e > 0:
                b = int(float(limit))
        if kind == "ordinary":
            income, withhold = number(oi), number(ow)
        elif kind == "pensioner":
            income, withhold = number(pi), number(pw)
        else:
            income, withhold = number(xi), number(xw)
            if twelve:
                withhold = income
        p = half_up(b * income)
        if kind == "pensioner":
            m = half_up(p * c("minimum_deduction_applied_percent_pension") / 100)
            m = max(min(m, c("minimum_deduction_applied_max_pension")),
                    c("minimum_deduction_applied_floor"))
        elif kind == "seafarer":
            m = half_up(p * c("minimum_deduction_percent_seafarer") / 100)
            m = max(min(m, c("minimum_deduction_max_seafarer")),
                    c("minimum_deduction_floor_seafarer"), c("wage_deduction_seafarer"))
        else:
            m = half_up(p * c("minimum_deduction_applied_percent") / 100)
            m = max(min(m, c("minimum_deduction_applied_max")),
                    c("minimum_deduction_applied_floor"), c("wage_deduction_applied"))
        m = min(m, p)
        standard = sea = 0
        if kind in ("standard_deduction", "finnmark", "seafarer"):
            standard = min(half_up(p * c("standard_deduction_percent") / 100),
                           c("standard_deduction_max"))
        if kind == "seafarer":
            sea = min(half_up(p * c("seafarer_deduction_percent") / 100), c("seafarer_deduction_max"))
        personal = c("personal_allowance_finnmark" if allowance == "finnmark" else "personal_allowance")
        a = p - m - float(deduction) - standard - sea - personal
        municipal = half_up(a * c("municipal_tax_percent") / 100) if a > 0 else 0
        common = half_up(a * c("common_tax_percent_finnmark" if kind == "finnmark"
                               else "common_tax_percent") / 100) if a >= 0 else 0
        bracket = 0.0
        levels = []
        for n in range(1, 9):
            if (year, "bracket_%d_from" % n) in self.constants:
                percent = c("bracket_%d_percent" % n)
                if n == 3 and kind == "finnmark" and (year, "bracket_3_percent_finnmark") in self.constants:
                    percent = c("bracket_3_percent_finnmark")
                levels.append((c("bracket_%d_from" % n), percent))
        if p >= levels[0][0]:
            for n, (start, percent) in enumerate(levels):
                if n + 1 < len(levels) and p > levels[n + 1][0]:
                    bracket += (levels[n + 1][0] - start) * percent / 100
                else:
                    bracket += (p - start) * percent / 100
                    break
            bracket = half_up(bracket)
        free = c("national_insurance_free_below")
        if p < free or insurance == "none":
            ni = 0
        else:
            rate = c("national_insurance_%s_percent" % insurance)
            phase = c("national_insurance_phase_in_percent")
            ni = half_up(p * rate / 100) if p > half_up(free * phase / (phase - rate)) \
                else half_up((p - free) * phase / 100)
        total = (municipal + common + bracket + ni) / withhold
        t = (math.floor(total) if kind == "seafarer" else half_up(total)) + e
        return basis if t > basis and e == 0 else int(t)


# ---- the month ---------------------------------------------------------------------------------------

def annual(person, register, day, known):
    programme = next(p for p in person["programmes"] if covers(p, day, "start", "end"))
    living = next((l for l in person["living"] if covers(l, day)), None)
    old = date(programme["permit_granted"]) < D(2021, 1, 1)
    f = F(1)
    if day < birthday25(date(person["birth_date"])):
        f = F(1, 3) if living and living["situation"] == "parents" and not old else F(2, 3)
    if (not old and day >= D(2024, 7, 1) and date(programme["start"]) >= D(2024, 7, 1) and living
            and living["partner_id"] and living["children"] == "no"):
        partner = register.get(living["partner_id"])
        if partner and any(covers(p, day, "start", "end") for p in partner["programmes"]) and not any(
                a["kind"] in NO_BENEFIT and covers(a, day) for a in partner["absences"]):
            f *= F(5, 6)
    if (programme["share_percent"] and programme["share_cause"] == "participant"
            and D(2022, 6, 15) <= day <= D(2025, 12, 31)):
        f *= F(int(programme["share_percent"]), 100)
    return 2 * g_on(day, known) * f, old


def year_before(day):
    return D(day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def months_later(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return min(D(year, month + 1, 1) + datetime.timedelta(day.day - 1), month_days(year, month + 1)[-1])


def holiday_limit(programme, first):
    end = date(programme["end"])
    if end is None or end >= months_later(first, 12) - datetime.timedelta(1):
        return 25
    months = max(m for m in range(13) if months_later(first, m) - datetime.timedelta(1) <= end)
    rest = (end - months_later(first, months)).days + 1
    return math.ceil(F(25) * (months + F(rest, 30)) / 12)


def past_limits(person, last):
    """{(index of the absence, day): (reason, hours or None)} of every virkedag past R8's limits."""
    past, rows = {}, sorted(enumerate(person["absences"]), key=lambda r: (r[1]["from"], r[1]["kind"]))
    programme_on = lambda d: next((p for p in person["programmes"] if covers(p, d, "start", "end")), None)
    care_on = lambda d: next((c for c in person["care"] if covers(c, d)), None)

    def each_day(row):
        day, end = date(row["from"]), min(date(row["to"]) or last, last)
        while day <= end:
            yield day
            day += datetime.timedelta(1)

    def counts(day):
        return programme_on(day) is not None and not is_off(day)

    def mark(n, row, day, why, hours=None):
        if hours is None and row["hours"]:
            hours = F(row["hours"])
        past[(n, day)] = (why, hours)

    # self-certification, each kind with its own spells
    self_past = {}
    for kind in ("self_certified_sick", "self_certified_child_sick"):
        end, used = None, 0
        for n, row in rows:
            if row["kind"] != kind or date(row["from"]) > last:
                continue
            if end is None or (date(row["from"]) - end).days > 16:
                used = 0
            for day in each_day(row):
                used += 1
                end = day
                if not counts(day):
                    continue
                if (day - date(programme_on(day)["start"])).days < 56:
                    self_past[(n, day)] = "eight weeks"
                elif used > 3:
                    self_past[(n, day)] = "three days"
                elif kind == "self_certified_sick" and any(
                        x["kind"] == "self_certification_barred" and date(x["decided"]) <= day and
                        (not x["until"] or day <= date(x["until"])) for x in person["decisions"]):
                    self_past[(n, day)] = "barred"
    kept = []
    for n, row in rows:
        if row["kind"] == "self_certified_sick":
            for day in each_day(row):
                if (n, day) in self_past:
                    mark(n, row, day, self_past[(n, day)])
        if row["kind"] not in ("self_certified_child_sick", "certified_child_sick"):
            continue
        for day in each_day(row):
            if not counts(day):
                continue
            care = care_on(day)
            chronic = care and care["chronic"] == "yes"
            alone = 2 if care and care["sole_carer"] == "yes" else 1
            limit = 10 * alone
            if care and int(care["children"]) > 2:
                limit = 15 * alone
            if chronic:
                limit = 20 * alone
            if (n, day) in self_past:
                mark(n, row, day, self_past[(n, day)])
            elif care and care["youngest_born"] and day.year > date(care["youngest_born"]).year + (
                    18 if chronic else 12):
                mark(n, row, day, "age")
            elif day in kept:
                pass
            elif sum(1 for k in kept if year_before(day) < k) >= limit:
                mark(n, row, day, "child %d" % limit)
            else:
                kept.append(day)
    for kind, limit in (("welfare_leave", 10), ("peace_work", 10), ("religious_day", 2),
                        ("pregnancy_leave", 10), ("birth_mother", 20), ("birth_father", 7)):
        used, event = {}, None
        for n, row in rows:
            if row["kind"] != kind or date(row["from"]) > last:
                continue
            if event is None or date(row["from"]) > months_later(event, 9):
                event = date(row["from"])
            for day in each_day(row):
                if not counts(day):
                    continue
                window = used.setdefault(day.year if kind[:3] in ("wel", "pea", "rel") else event, set())
                if kind == "peace_work" and day < D(2022, 8, 24):
                    mark(n, row, day, "not in force")
                elif day not in window and len(window) >= limit:
                    mark(n, row, day, "limit")
                else:
                    window.add(day)
    used = {}
    for n, row in rows:
        if row["kind"] == "breastfeeding":
            for day in each_day(row):
                care = care_on(day)
                born = date(care["youngest_born"]) if care else None
                first = born is not None and born <= day < months_later(born, 12)
                if counts(day) and not row["hours"]:
                    mark(n, row, day, "breastfeeding")
                elif counts(day) and F(row["hours"]) > (1 if first else 0):
                    mark(n, row, day, "breastfeeding", F(row["hours"]) - (1 if first else 0))
        if row["kind"] == "holiday":
            for day in each_day(row):
                if not counts(day):
                    continue
                programme = programme_on(day)
                start = date(programme["start"])
                k = max(k for k in range(40) if months_later(start, 12 * k) <= day)
                first = months_later(start, 12 * k)
                window = used.setdefault(first, set())
                if len(window) >= holiday_limit(programme, first):
                    mark(n, row, day, "holiday")
                else:
                    window.add(day)
    return past


def compute(person, register, year, month, payday, known, half_tax_month, tables, paid_before=0):
    """The payslip's columns in ore, or None when the person gets none."""
    days = month_days(year, month)
    programme = [d for d in days if any(covers(p, d, "start", "end") for p in person["programmes"])]
    leave = {d for d in programme if any(a["kind"] in NO_BENEFIT and covers(a, d)
                                         for a in person["absences"])}
    entitled = [d for d in programme if d not in leave]
    if not entitled:
        return None
    units = (30 if len(programme) == len(days) else min(30, len(programme))) - len(leave)
    units = max(0, units)
    dealt, left = {}, units
    for d in entitled:
        dealt[d] = 1 if left > 0 else 0
        left -= dealt[d]
    dealt[entitled[-1]] += left
    rate = {d: annual(person, register, d, known) for d in entitled}
    groups = {}
    for d in entitled:
        groups[rate[d][0]] = groups.get(rate[d][0], 0) + dealt[d]
    benefit = sum(ore(a / 360 * n) for a, n in groups.items())
    remaining = benefit

    def take(exact):
        nonlocal remaining
        amount = min(ore(exact), remaining)
        remaining -= amount
        return -amount

    offsets = 0
    for row in sorted(person["benefits"], key=lambda r: (r["from"], r["kind"])):
        kind, monthly = row["kind"], F(row["amount_per_month"])
        if kind in ("dagpenger", "sykepenger", "foreldrepenger"):
            if row["earned_before_programme"] != "yes":
                continue
        elif kind not in ("uforetrygd", "arbeidsavklaringspenger", "overgangsstonad"):
            continue
        exact = F(0)
        for d in entitled:
            if covers(row, d):
                amount = monthly
                if kind == "overgangsstonad":
                    amount = max(F(0), F(40, 100) * (12 * monthly - F(g_on(d, known), 2))) / 12
                exact += amount * dealt[d] / 30
        offsets += take(exact)
    work = 0
    for row in sorted(person["work"], key=lambda r: r["from"]):
        d = date(row["from"])
        if row["in_programme"] == "yes" and d in dealt and not is_off(d):
            exact = F(row["hours"]) * rate[d][0] / 1850
            if not rate[d][1]:
                exact = min(exact, F(row["gross_wage"]))
            work += take(exact)
    absence, whole, charged = 0, set(), {}
    past = past_limits(person, days[-1])
    for n, row in sorted(enumerate(person["absences"]), key=lambda r: (r[1]["from"], r[1]["kind"])):
        if row["kind"] == "unapproved":
            hit = {d: ("", F(row["hours"]) if row["hours"] else None)
                   for d in entitled if covers(row, d)}
        else:
            hit = {d: why for (m, d), why in past.items() if m == n}
        hit = {d: why for d, why in sorted(hit.items()) if d in dealt and not is_off(d)}
        by_rate = {}
        for d, (why, hours) in hit.items():
            if hours is not None:
                exact = min(hours * rate[d][0] / 1850, rate[d][0] / 360 - charged.get(d, F(0)))
                charged[d] = charged.get(d, F(0)) + exact
                absence += take(exact)
            else:
                by_rate[(why, rate[d][0])] = by_rate.get((why, rate[d][0]), 0) + 1
                whole.add(d)
        for (_, a), count in by_rate.items():
            absence += take(a / 360 * count)
    to_attend = [d for d in entitled if not is_off(d)]
    if to_attend and whole >= set(to_attend):
        absence -= remaining
        remaining = 0
    taxable = benefit + offsets + work + absence
    assert taxable == remaining
    tax = withhold(person, payday, half_tax_month, taxable, programme, days, leave | whole, tables,
                   paid_before)
    state = "held" if tax is None else "due"
    tax = (tax or 0) * 100
    return dict(benefit=benefit, offsets=offsets, work=work, absence=absence, corrections=0, recovery=0,
                taxable=taxable, tax=tax, net=taxable - tax, state=state)


def table_tax(tables, year, table, basis, programme, days, unpaid):
    first, last = programme[0], programme[-1]
    span = (last - first).days + 1
    if len(programme) == span and ((first, last) == (days[0], days[14]) or
                                   (first, last) == (days[15], days[-1])):
        return tables.tax(year, table, "month", 2 * basis) // 2
    count = span
    if span <= 10:
        inside = [first + datetime.timedelta(i) for i in range(span)]
        count = sum(1 for d in inside if d in programme and d not in unpaid)
    if count >= 25 or count == 0:
        return tables.tax(year, table, "month", basis)
    if count >= 18:
        return 3 * tables.tax(year, table, "week", basis // 3)
    if count >= 11:
        return tables.tax(year, table, "fortnight", basis)
    if count >= 5:
        return tables.tax(year, table, "week", basis)
    return tables.tax(year, table, {4: "4_days", 3: "3_days", 2: "2_days", 1: "1_day"}[count], basis)


def withhold(person, payday, half_tax_month, taxable, programme, days, unpaid, tables, paid_before):
    """Whole kroner of tax, or None when the person is held back."""
    year, basis = payday.year, taxable // 100
    fallback = F(30 if year <= 2024 else 50)
    own = {int(r["year"]): r for r in person["taxcards"]}
    xml = {int(r["year"]): r for r in person["authority"]}
    usable = lambda r: r["kind"] != "table" or tables.has(year, r["table"])
    card, extra = None, 0
    if year in own:
        extra = int(own[year].get("extra") or 0)
        card = own[year] if own[year]["kind"] != "none" and usable(own[year]) else None
    elif year in xml:
        row = xml[year]
        if row["foreign_scheme"] == "yes":
            return None
        if row["result"] == "not_liable":
            card = {"kind": "not_liable", "months": ""}
        elif row["result"] == "ok" and row["has_entry"] == "yes" and usable(row):
            card = row
    if card is None and payday.month == 1:
        last = own.get(year - 1)
        if last is None and year - 1 in xml and xml[year - 1]["result"] == "ok" and \
                xml[year - 1]["has_entry"] == "yes" and xml[year - 1]["foreign_scheme"] == "no":
            last = xml[year - 1]
        if last and last["kind"] in ("table", "percent") and usable(last):
            card = last
    if card is None:
        card = {"kind": "percent", "percent": str(fallback), "months": ""}
    twelve = card.get("months") and F(card["months"]) == 12
    if card["kind"] == "table" and tables.is_12(year, card["table"]):
        twelve = True
    christmas = payday.month == half_tax_month and not twelve
    half = christmas and year >= 2026
    tax = 0
    if card["kind"] == "table":
        tax = table_tax(tables, year, card["table"], basis, programme, days, unpaid)
        tax = tax // 2 if half else tax
    elif card["kind"] == "percent":
        tax = math.floor(basis * F(card["percent"]) / (200 if half else 100))
    elif card["kind"] == "exempt" and card["exempt_amount"]:
        excess = paid_before + taxable - int(F(card["exempt_amount"]) * 100)
        excess = min(max(0, excess), taxable) // 100
        tax = math.floor(excess * fallback / (200 if half else 100))
    if christmas and not half:
        tax = 0
    tax = min(tax, basis)
    return tax + min(extra, basis - tax)
