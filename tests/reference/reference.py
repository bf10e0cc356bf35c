# SPDX-License-Identifier: MIT
"""A second computation of what is paid, written from docs/rules.md alone, in plain Python with
exact fractions.

It shares nothing with the engine but the published figures of the withholding tables, which it
reads from the data files and computes by the published routine. A month by itself is `month_due`
(R1-R10); `Books` pays month after month: corrections (R11), claims and recovery (R12), R13's flag,
tax (R14-R16). compare.py makes random people, pays them with stonad and compares every amount;
histories.py holds many months of changing facts against one computation at the end. Both take their
people from people.py.

A person is a dict of rows by file; dates are datetime.date, an open `to` or `end` is None;
`version` grows with every change of a row; `gone` says that the participant's own row is withdrawn,
and nothing is due any more.
"""
import csv
import datetime
import functools
import glob
import math
import os
from fractions import Fraction as F

D = datetime.date
DAY = datetime.timedelta(1)
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NO_BENEFIT = {"long_sick_leave", "parental_leave", "work_leave", "other_leave", "stop"}
KINDS = ("benefit", "offset", "work", "absence_days", "absence_hours", "absence_month")
# effect, known, value: the G's a ledger starts with
G = [(D(2016, 5, 1), D(2016, 5, 1), 92576), (D(2017, 5, 1), D(2017, 5, 1), 93634),
     (D(2018, 5, 1), D(2018, 5, 1), 96883), (D(2019, 5, 1), D(2019, 5, 1), 99858),
     (D(2020, 5, 1), D(2020, 5, 1), 101351), (D(2021, 5, 1), D(2021, 5, 1), 106399),
     (D(2022, 5, 1), D(2022, 5, 1), 111477), (D(2023, 5, 1), D(2023, 5, 1), 118620),
     (D(2024, 5, 1), D(2024, 5, 1), 124028), (D(2025, 5, 1), D(2025, 5, 23), 130160),
     (D(2026, 5, 1), D(2026, 5, 22), 136549)]


class Rates:
    """The rates known on some day; the same ones are the same object."""

    def __init__(self, known):
        self.known, self.found, self.months = known, {}, {}

    def g_on(self, day):
        """The latest effect date counts; of two with the same, the one known last."""
        if day not in self.found:
            self.found[day] = max(r for r in self.known if r[0] <= day)[2]
        return self.found[day]

    def of_month(self, month):
        """All that a month's computation asks of the rates."""
        if month not in self.months:
            self.months[month] = tuple(self.g_on(day) for day in month_days(month))
        return self.months[month]


same_rates = functools.lru_cache(None)(Rates)


def known_rates(rates, today):
    return same_rates(tuple(sorted(r for r in rates if r[1] <= today)))


def covers(row, day, first="from", last="to"):
    return row[first] <= day and (row[last] is None or day <= row[last])


def month_of(day):
    return "%04d-%02d" % (day.year, day.month)


def next_month(month):
    return month_of(month_days(month)[-1] + DAY)


@functools.lru_cache(None)
def month_days(month):
    year, number = int(month[:4]), int(month[5:])
    first = D(year, number, 1)
    last = D(year + number // 12, number % 12 + 1, 1) - DAY
    return [first + DAY * i for i in range((last - first).days + 1)]


@functools.lru_cache(None)
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


@functools.lru_cache(None)
def is_off(day):
    at = easter(day.year)
    moved = {at + datetime.timedelta(n) for n in (-3, -2, 1, 39, 50)}
    return day.weekday() >= 5 or day in moved or (day.month, day.day) in {
        (1, 1), (5, 1), (5, 17), (12, 25), (12, 26)}


@functools.lru_cache(None)
def birthday25(birth):
    if (birth.month, birth.day) == (2, 29):
        leap = (birth.year + 25) % 4 == 0
        return D(birth.year + 25, 2, 29 if leap else 28)
    return D(birth.year + 25, birth.month, birth.day)


def ore(amount):
    """Half up on the amount without sign, to whole ore."""
    return math.floor(abs(amount) * 100 + F(1, 2)) * (1 if amount >= 0 else -1)


# ---- the withholding tables, by the published routine in binary64 ------------------------------

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
        columns = (self.tables[(year, table)] + [""])[:6]
        kind, deduction, allowance, insurance, twelve, excess = columns
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
            sea = min(half_up(p * c("seafarer_deduction_percent") / 100),
                      c("seafarer_deduction_max"))
        personal = c("personal_allowance_finnmark" if allowance == "finnmark"
                     else "personal_allowance")
        a = p - m - float(deduction) - standard - sea - personal
        municipal = half_up(a * c("municipal_tax_percent") / 100) if a > 0 else 0
        common = half_up(a * c("common_tax_percent_finnmark" if kind == "finnmark"
                               else "common_tax_percent") / 100) if a >= 0 else 0
        bracket = 0.0
        levels = []
        for n in range(1, 9):
            if (year, "bracket_%d_from" % n) in self.constants:
                percent = c("bracket_%d_percent" % n)
                finnmark = "bracket_3_percent_finnmark"
                if n == 3 and kind == "finnmark" and (year, finnmark) in self.constants:
                    percent = c(finnmark)
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


# ---- a month by itself: R2-R10 -----------------------------------------------------------------

def by_day(rows, days, first="from", last="to"):
    """The row that covers each of the days; there is no other."""
    out = {}
    for row in rows:
        if row[first] <= days[-1] and (row[last] is None or row[last] >= days[0]):
            out.update((d, row) for d in days if row[first] <= d
                       and (row[last] is None or d <= row[last]))
    return out


def programme_on(person, day):
    return next((p for p in person["programmes"] if covers(p, day, "start", "end")), None)


def circumstances(person, register, day, programme, living):
    """What R2's factor follows from: thirds for age, couple, hundredths of a programme, old law."""
    old = programme["permit_granted"] < D(2021, 1, 1)
    thirds, couple, percent = 3, False, 100
    if day < birthday25(person["birth_date"]):
        thirds = 1 if living and living["situation"] == "parents" and not old else 2
    if (not old and day >= D(2024, 7, 1) and programme["start"] >= D(2024, 7, 1) and living
            and living["partner_id"] and living["children"] == "no"):
        partner = register.get(living["partner_id"])
        couple = bool(partner and not partner["gone"] and programme_on(partner, day)) and not any(
            a["kind"] in NO_BENEFIT and covers(a, day) for a in partner["absences"])
    if (programme["share_percent"] and programme["share_cause"] == "participant"
            and D(2022, 6, 15) <= day <= D(2025, 12, 31)):
        percent = int(programme["share_percent"])
    return thirds, couple, percent, old


def annual_amount(g, thirds, couple, percent):
    return 2 * g * F(thirds, 3) * (F(5, 6) if couple else 1) * F(percent, 100)


def year_before(day):
    return D(day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def months_later(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return min(D(year, month + 1, 1) + DAY * (day.day - 1),
               month_days("%04d-%02d" % (year, month + 1))[-1])


def holiday_limit(programme, first):
    end = programme["end"]
    if end is None or end >= months_later(first, 12) - DAY:
        return 25
    months = max(m for m in range(13) if months_later(first, m) - DAY <= end)
    rest = (end - months_later(first, months)).days + 1
    return math.ceil(F(25) * (months + F(rest, 30)) / 12)


LIMITED_KINDS = {"self_certified_sick", "self_certified_child_sick", "certified_child_sick",
                 "welfare_leave",
                 "peace_work", "religious_day", "pregnancy_leave", "birth_mother", "birth_father",
                 "breastfeeding", "holiday"}


def past_limits(person, last):
    """{(index of the absence, day): (reason, hours or None)} of every virkedag past R8's limits.

    What happens after a day never changes what the day costs, so one walk serves every month.
    """
    if not any(row["kind"] in LIMITED_KINDS for row in person["absences"]):
        return {}
    past, rows = {}, sorted(enumerate(person["absences"]),
                            key=lambda r: (r[1]["from"], r[1]["kind"]))
    programme_of = {}
    care_on = lambda d: next((c for c in person["care"] if covers(c, d)), None)

    def on_programme(day):
        if day not in programme_of:
            programme_of[day] = programme_on(person, day)
        return programme_of[day]

    def each_day(row):
        day, end = row["from"], min(row["to"] or last, last)
        while day <= end:
            yield day
            day += DAY

    def counts(day):
        return not is_off(day) and on_programme(day) is not None

    def mark(n, row, day, why, hours=None):
        if hours is None and row["hours"]:
            hours = F(row["hours"])
        past[(n, day)] = (why, hours)

    # self-certification, each kind with its own spells
    self_past = {}
    for kind in ("self_certified_sick", "self_certified_child_sick"):
        end, used = None, 0
        for n, row in rows:
            if row["kind"] != kind or row["from"] > last:
                continue
            if end is None or (row["from"] - end).days > 16:
                used = 0
            for day in each_day(row):
                used += 1
                end = day
                if not counts(day):
                    continue
                if (day - on_programme(day)["start"]).days < 56:
                    self_past[(n, day)] = "eight weeks"
                elif used > 3:
                    self_past[(n, day)] = "three days"
                elif kind == "self_certified_sick" and any(
                        x["kind"] == "self_certification_barred" and x["decided"] <= day and
                        (not x["until"] or day <= x["until"]) for x in person["decisions"]):
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
            elif care and care["youngest_born"] and day.year > care["youngest_born"].year + (
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
            if row["kind"] != kind or row["from"] > last:
                continue
            if event is None or row["from"] > months_later(event, 9):
                event = row["from"]
            for day in each_day(row):
                if not counts(day):
                    continue
                window = used.setdefault(day.year if kind[:3] in ("wel", "pea", "rel") else event,
                                         set())
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
                born = care["youngest_born"] if care else None
                first = born is not None and born <= day < months_later(born, 12)
                if counts(day) and not row["hours"]:
                    mark(n, row, day, "breastfeeding")
                elif counts(day) and F(row["hours"]) > (1 if first else 0):
                    mark(n, row, day, "breastfeeding", F(row["hours"]) - (1 if first else 0))
        if row["kind"] == "holiday":
            for day in each_day(row):
                if not counts(day):
                    continue
                programme = on_programme(day)
                start = programme["start"]
                k = 0
                while months_later(start, 12 * (k + 1)) <= day:
                    k += 1
                first = months_later(start, 12 * k)
                window = used.setdefault(first, set())
                limit = holiday_limit(programme, first)
                if len(window) >= limit:
                    mark(n, row, day, "holiday %d" % limit)
                else:
                    window.add(day)
    return past


class Month:
    """What a month comes to: its rounded lines by kind, and what R12, R13 and R15 ask of it."""

    def __init__(self):
        self.kinds = {}           # ore as the person sees it; lines of 0.00 are there too
        self.programme = []       # the programme days
        self.unpaid = set()       # days not entitled, and whole days charged (R15)
        self.entitled = False     # an entitled day: the person gets a payslip
        self.benefit_exact = F(0)
        self.deducted_exact = F(0)

    def total(self):
        return sum(self.kinds.values())

    def span(self):
        return (self.programme[-1] - self.programme[0]).days + 1 if self.programme else 0

    def is_whole(self):
        return self.span() == len(month_days(month_of(self.programme[0])))

    def paid_days(self):
        return sum(1 for d in self.programme if d not in self.unpaid)


def month_due(person, register, month, rates, past):
    """R2-R10 for one month; `rates` from known_rates, `past` from past_limits to any later day."""
    out, days = Month(), month_days(month)
    programme_at = by_day(person["programmes"], days, "start", "end")
    if person["gone"] or not programme_at:
        return out
    programme = sorted(programme_at)
    leave = {d for d in by_day([a for a in person["absences"] if a["kind"] in NO_BENEFIT], days)
             if d in programme_at}
    entitled = [d for d in programme if d not in leave]
    out.programme, out.unpaid, out.entitled = programme, leave, bool(entitled)
    if not entitled:
        return out
    units = (30 if len(programme) == len(days) else min(30, len(programme))) - len(leave)
    units = max(0, units)
    dealt, left = {}, units
    for d in entitled:
        dealt[d] = 1 if left > 0 else 0
        left -= dealt[d]
    dealt[entitled[-1]] += left
    living_at = by_day(person["living"], days)
    annual, units_at, rate, groups = {}, {}, {}, {}
    for d in entitled:
        key = (rates.g_on(d),) + circumstances(person, register, d, programme_at[d],
                                                   living_at.get(d))
        if key not in annual:
            annual[key] = (annual_amount(*key[:4]), key[4])
        rate[d] = annual[key]
        units_at[key] = units_at.get(key, 0) + dealt[d]
    for key, count in units_at.items():
        groups[annual[key][0]] = groups.get(annual[key][0], 0) + count
    remaining = sum(ore(a / 360 * n) for a, n in groups.items())
    out.benefit_exact = sum(a / 360 * n for a, n in groups.items())
    out.kinds["benefit"] = remaining

    def take(kind, exact):
        nonlocal remaining
        amount = min(ore(exact), remaining)
        out.deducted_exact += F(remaining, 100) if ore(exact) > remaining else exact
        remaining -= amount
        out.kinds[kind] = out.kinds.get(kind, 0) - amount

    for row in sorted(person["benefits"], key=lambda r: (r["from"], r["kind"])):
        kind, monthly = row["kind"], F(row["amount_per_month"])
        if kind in ("dagpenger", "sykepenger", "foreldrepenger"):
            if row["earned_before_programme"] != "yes":
                continue
        elif kind not in ("uforetrygd", "arbeidsavklaringspenger", "overgangsstonad"):
            continue
        covered = [d for d in entitled if covers(row, d)]
        exact = F(0)
        for d in covered:
            amount = monthly
            if kind == "overgangsstonad":
                amount = max(F(0), F(40, 100) * (12 * monthly - F(rates.g_on(d), 2))) / 12
            exact += amount * dealt[d] / 30
        if covered:
            take("offset", exact)
    for row in sorted(person["work"], key=lambda r: r["from"]):
        d = row["from"]
        if row["in_programme"] == "yes" and d in dealt and not is_off(d):
            exact = F(row["hours"]) * rate[d][0] / 1850
            if not rate[d][1]:
                exact = min(exact, F(row["gross_wage"]))
            take("work", exact)
    whole, charged = set(), {}
    for n, row in sorted(enumerate(person["absences"]), key=lambda r: (r[1]["from"], r[1]["kind"])):
        if row["from"] > days[-1] or (row["to"] and row["to"] < days[0]):
            continue
        if row["kind"] == "unapproved":
            hit = {d: ("", F(row["hours"]) if row["hours"] else None)
                   for d in entitled if covers(row, d)}
        else:
            hit = {d: past[(n, d)] for d in entitled if (n, d) in past}
        by_rate = {}
        for d, (why, hours) in hit.items():
            if is_off(d):
                continue
            if hours is not None:
                exact = min(hours * rate[d][0] / 1850, rate[d][0] / 360 - charged.get(d, F(0)))
                charged[d] = charged.get(d, F(0)) + exact
                take("absence_hours", exact)
            else:
                by_rate[(why, rate[d][0])] = by_rate.get((why, rate[d][0]), 0) + 1
                whole.add(d)
        for (_, a), count in by_rate.items():
            take("absence_days", a / 360 * count)
    to_attend = [d for d in entitled if not is_off(d)]
    if to_attend and whole >= set(to_attend):
        take("absence_month", F(remaining, 100))
    out.unpaid = leave | whole
    return out


# ---- tax: R14-R16 ------------------------------------------------------------------------------

def table_of_days(days):
    """(period, multiply, divide): a table is read for basis * multiply / divide, and what it shows
    is turned back the same way."""
    if days >= 25 or days == 0:
        return "month", 1, 1
    if days >= 18:
        return "week", 1, 3
    if days >= 11:
        return "fortnight", 1, 1
    if days >= 5:
        return "week", 1, 1
    return {4: "4_days", 3: "3_days", 2: "2_days", 1: "1_day"}[days], 1, 1


def period_of(month, name, arrears):
    """R15: how a table is read for a month, and for the months never paid before paid with it."""
    if not arrears:
        if not month.programme:
            return "month", 1, 1
        days, first, last = month_days(name), month.programme[0], month.programme[-1]
        if len(month.programme) == month.span() and (
                (first, last) in ((days[0], days[14]), (days[15], days[-1]))):
            return "month", 2, 1
        return table_of_days(month.paid_days() if month.span() <= 10 else month.span())
    together = arrears + ([month] if month.programme else [])
    whole = [m for m in together if m.is_whole()]
    total = sum(m.span() for m in together)
    more, days = divmod(total - sum(m.span() for m in whole), 30)
    months = len(whole) + more
    if months == 0:
        return table_of_days(sum(m.paid_days() for m in together) if days <= 10 else days)
    if months == 1 and days <= 3:
        return "month", 1, 1
    if days >= 25:
        return "month", 1, months + 1
    if months >= 2 and days <= 7:
        return "month", 1, months
    return "week", 1, math.floor(F(total, 7) + F(1, 2))


def find_card(person, payday, tables):
    """R14: None when the person is held back, else (card, extra, which: new, last year's, none)."""
    year = payday.year
    own = {int(r["year"]): r for r in person["taxcards"]}
    xml = {int(r["year"]): r for r in person["authority"]}
    usable = lambda r: r["kind"] != "table" or tables.has(year, r["table"])
    extra = 0
    if year in own:
        extra = int(own[year].get("extra") or 0)
        if own[year]["kind"] != "none" and usable(own[year]):
            return own[year], extra, "new"
    elif year in xml:
        row = xml[year]
        if row["foreign_scheme"] == "yes":
            return None
        if row["result"] == "not_liable":
            return {"kind": "not_liable", "months": ""}, extra, "new"
        if row["result"] == "ok" and row["has_entry"] == "yes" and usable(row):
            return row, extra, "new"
    if payday.month == 1:
        last = own.get(year - 1)
        if last is None and year - 1 in xml and xml[year - 1]["result"] == "ok" and \
                xml[year - 1]["has_entry"] == "yes" and xml[year - 1]["foreign_scheme"] == "no":
            last = xml[year - 1]
        if last and last["kind"] in ("table", "percent") and usable(last):
            return last, extra, "last year's"
    fallback = "30" if year <= 2024 else "50"
    return {"kind": "percent", "percent": fallback, "months": ""}, extra, "none"


def card_tax(card, payday, half_tax_month, taxable, period, paid_before, tables):
    """Whole kroner by the card alone; `taxable` and `paid_before` (earlier in the year) in ore."""
    year, basis = payday.year, taxable // 100
    twelve = card.get("months") and F(card["months"]) == 12
    if card["kind"] == "table" and tables.is_12(year, card["table"]):
        twelve = True
    christmas = payday.month == half_tax_month and not twelve
    if christmas and year < 2026:
        return 0
    tax = 0
    if card["kind"] == "table":
        name, multiply, divide = period
        tax = tables.tax(year, card["table"], name, basis * multiply // divide) * divide // multiply
        tax = tax // 2 if christmas else tax
    elif card["kind"] == "percent":
        tax = math.floor(basis * F(card["percent"]) / (200 if christmas else 100))
    elif card["kind"] == "exempt" and card["exempt_amount"]:
        excess = paid_before + taxable - int(F(card["exempt_amount"]) * 100)
        excess = min(max(0, excess), taxable) // 100
        tax = math.floor(excess * F(30 if year <= 2024 else 50) / (200 if christmas else 100))
    return min(tax, basis)


# ---- month after month: R11-R13, and the tax of each payment -----------------------------------

NOBODY = dict(taxcards=[], authority=[], recoveries=[])


class Account:
    """What one person was paid and owes, over all runs that were kept."""

    def __init__(self):
        self.booked = {}        # month -> {kind: ore}: lines of that month, of payslips due
        self.owed = 0           # claims arisen less recovered, refunded, written off
        self.used = {}          # decided -> ore, under a row of recoveries.csv of any reason
        self.offsets_back = 0   # correction_offset lines below zero, without sign
        self.refunded = 0       # what refunds covered: of offsets taken back, and of claims
        self.taxable = {}       # year of payment -> ore
        self.january = []       # payments of January by last year's card
        self.claims = []        # [of offsets, of other things]: what is owed of each claim, oldest first

    def settle(self, payslip):
        """A run's movements on the claims: what was repaid goes to the oldest, there to what no offset made first."""
        moved = lambda *kinds: sum(v for (kind, _), v in payslip.moves.items() if kind in kinds)
        offsets = -sum(v for (_, kind), v in payslip.lines.items() if kind == "correction_offset")
        arisen, refunded = moved("arisen"), moved("refunded")
        for claim in self.claims:
            taken = min(claim[0], refunded)
            claim[0], refunded = claim[0] - taken, refunded - taken
        if arisen:
            of_offsets = min(arisen, max(0, offsets - moved("agency")))
            self.claims.append([of_offsets, arisen - of_offsets])
        repaid = moved("recovered", "written_off")
        for claim in self.claims:
            for part in (1, 0):
                taken = min(claim[part], repaid)
                claim[part], repaid = claim[part] - taken, repaid - taken


class Payslip:
    def __init__(self):
        self.columns = {}
        self.lines = {}         # (month, kind) -> ore, of R4-R8 and of corrections
        self.months = {}        # month put right -> (paid, due) in ore, over all kinds
        self.moves = {}         # (kind of movement, decided) -> ore
        self.owed = 0           # after it
        self.needs_decision = False
        self.arrears = 0        # months never paid before
        self.january = 0        # kroner of January's tax put right
        self.taxed_by = None    # of a payment in January by last year's card


class Books:
    """The payments of one municipality. `register` is shared with who changes it."""

    def __init__(self, register, tables, rates, half_tax_month=12, recover="auto",
                 first_month=None):
        self.register, self.tables, self.rates = register, tables, rates
        self.half_tax_month, self.recover, self.first_month = half_tax_month, recover, first_month
        self.accounts, self.known_due, self.known_past = {}, {}, {}

    def due(self, pid, month, rates):
        """month_due, computed again only when the person, a partner or a rate changed."""
        person = self.register[pid]
        partners = tuple((l["partner_id"], self.register[l["partner_id"]]["version"])
                         for l in person["living"] if l["partner_id"] in self.register)
        stamp = (person["version"], partners, rates.of_month(month))
        kept = self.known_due.get((pid, month))
        if kept is None or kept[0] != stamp:
            past = self.known_past.get(pid)
            if past is None or past[0] != person["version"]:
                past = (person["version"], past_limits(person, D(2027, 12, 31)))
                self.known_past[pid] = past
            kept = (stamp, month_due(person, self.register, month, rates, past[1]))
            self.known_due[(pid, month)] = kept
        return kept[1]

    def run(self, month, payday, today):
        """{person: Payslip} of a run computed today; nothing is booked."""
        rates = known_rates(self.rates, today)
        first = self.first_month or month
        out = {}
        for pid in self.register:
            payslip = self.pay(pid, first, month, payday, rates)
            if payslip:
                out[pid] = payslip
        return out

    def keep(self, month, payday, payslips):
        """Books a run: from now on its payslips in state due count as paid."""
        self.first_month = self.first_month or month
        for pid, payslip in payslips.items():
            if payslip.columns["state"] == "held":
                continue
            account = self.accounts.setdefault(pid, Account())
            for (of, kind), amount in payslip.lines.items():
                if amount == 0:
                    continue
                booked = account.booked.setdefault(of, {})
                if kind == "correction_offset":
                    account.offsets_back -= amount
                kind = kind.replace("correction_", "")
                booked[kind] = booked.get(kind, 0) + amount
            account.settle(payslip)
            for (kind, decided), amount in payslip.moves.items():
                account.used[decided] = account.used.get(decided, 0) + amount
                if kind in ("agency", "refunded"):
                    account.refunded += amount
            account.owed = payslip.owed
            account.taxable.setdefault(payday.year, 0)
            account.taxable[payday.year] += payslip.columns["taxable"]
            if payslip.january:
                account.january = []
            if payslip.taxed_by:
                account.january.append(payslip.taxed_by)

    def look_back(self, pid, account, first, month, rates):
        """R11: {(month, kind): due less paid}, {month: (paid, due)}, months never paid before."""
        differences, months, arrears, at = {}, {}, [], first
        while at < month:
            due, paid = self.due(pid, at, rates), account.booked.get(at, {})
            here = {(at, kind): due.kinds.get(kind, 0) - paid.get(kind, 0) for kind in KINDS
                    if due.kinds.get(kind, 0) != paid.get(kind, 0)}
            if here:
                differences.update(here)
                months[at] = (sum(paid.values()), due.total())
            if not account.booked.get(at) and due.programme and due.total() > 0:
                arrears.append(due)
            at = next_month(at)
        return differences, months, arrears

    def pay(self, pid, first, month, payday, rates):
        """One person's payslip, or None."""
        person, account = self.register[pid], self.accounts.get(pid) or Account()
        if person["gone"]:
            person = NOBODY
        card, now = find_card(person, payday, self.tables), self.due(pid, month, rates)
        differences, months, arrears = self.look_back(pid, account, first, month, rates)
        out, held = Payslip(), card is None
        out.owed = account.owed
        move = Moves(person, account, payday, out)
        net = sum(differences.values())
        if not held:
            net += move.refunds(differences)
            move.arise(-net)
            move.write_off()
        if not now.entitled and not differences and not out.moves:
            return None
        corrections = max(0, net)
        out.lines = {(month, kind): amount for kind, amount in now.kinds.items()}
        if not held or net >= 0:
            out.lines.update({(m, "correction_" + kind): v for (m, kind), v in differences.items()})
            out.months = months
        half = (now.benefit_exact + F(corrections, 100)) / 2
        twelfth = F(rates.g_on(payday), 12)
        remaining, recovered, tax = now.total() + corrections, 0, 0
        if not held:
            recovered = move.recover(self.recover, remaining, now.deducted_exact,
                                     min(half, twelfth) - F(1, 100))
            tax = self.tax(card, account, payday, remaining - recovered,
                           period_of(now, month, arrears), out)
            out.arrears = len(arrears)
        deducted, taxable = now.deducted_exact + F(recovered, 100), remaining - recovered
        out.needs_decision = deducted > 0 and deducted >= half and deducted >= twelfth
        out.columns = dict(benefit=now.kinds.get("benefit", 0), offsets=now.kinds.get("offset", 0),
                           work=now.kinds.get("work", 0),
                           absence=sum(now.kinds.get(kind, 0) for kind in KINDS[3:]),
                           corrections=corrections, recovery=-recovered, taxable=taxable,
                           tax=100 * tax,
                           net=taxable - 100 * tax, state="held" if held else "due")
        return out

    def tax(self, found, account, payday, taxable, period, out):
        """Whole kroner: the card's tax, what is asked for beside it, and January's put right."""
        card, extra, which = found
        before, basis = account.taxable.get(payday.year, 0), taxable // 100
        by_card = card_tax(card, payday, self.half_tax_month, taxable, period, before, self.tables)
        if which == "last year's":
            out.taxed_by = dict(payday=payday, taxable=taxable, period=period, before=before,
                                tax=by_card)
        tax = by_card + min(extra, basis - by_card)
        if payday.month <= 2 and which == "new":
            # Put right once: what this payment cannot take or give back is for the tax assessment.
            due = sum(card_tax(card, paid["payday"], self.half_tax_month, paid["taxable"],
                               paid["period"], paid["before"], self.tables) - paid["tax"]
                      for paid in account.january if paid["payday"].year == payday.year)
            out.january = min(max(0, tax + due), basis) - tax
        return tax + out.january


class Moves:
    """R12: what happens to a person's claims in one run, in the order of the rule."""

    def __init__(self, person, account, payday, payslip):
        self.account, self.payslip = account, payslip
        self.rows = [r for r in sorted(person["recoveries"], key=lambda r: r["decided"])
                     if r["decided"] <= payday]

    def left(self, row):
        """What is left of a row's amount, after earlier runs and this one."""
        now = sum(amount for (_, decided), amount in self.payslip.moves.items()
                  if decided == row["decided"])
        return max(0, ore(F(row["amount"])) - self.account.used.get(row["decided"], 0) - now)

    def add(self, kind, row, amount):
        if amount > 0:
            key = (kind, row and row["decided"])
            self.payslip.moves[key] = self.payslip.moves.get(key, 0) + amount
            if kind != "agency":
                self.payslip.owed += amount if kind == "arisen" else -amount

    def refunds(self, differences):
        """What the agency pays of the offsets taken back now; it takes over claims that stand."""
        back = -sum(v for (_, kind), v in differences.items() if kind == "offset" and v < 0)
        again = sum(v for (_, kind), v in differences.items() if kind == "offset" and v > 0)
        open_now, covered = back, 0
        for row in self.rows:
            if row["reason"] != "refund":
                continue
            room = self.left(row)
            amount = min(room, open_now)
            self.add("agency", row, amount)
            open_now, covered = open_now - amount, covered + amount
            taken = sum(v for (kind, _), v in self.payslip.moves.items() if kind == "refunded")
            amount = min(room - amount, self.payslip.owed,
                         sum(offset for offset, _ in self.account.claims) - taken,
                         self.account.offsets_back - again - self.account.refunded - taken)
            self.add("refunded", row, max(0, amount))
        return covered

    def arise(self, amount):
        self.add("arisen", None, amount)

    def write_off(self):
        for row in self.rows:
            if row["reason"] == "written_off":
                self.add("written_off", row, min(self.left(row), self.payslip.owed))

    def recover(self, mode, remaining, deducted, limit):
        """Recovered in ore: by decided amounts a month, then below the cautious limit."""
        decided = [r for r in self.rows if r["reason"] in ("overpayment", "wrong_information")]
        monthly = [r for r in decided if r["max_per_month"]]
        before, set_aside = remaining, 0
        for row in monthly:
            amount = max(0, min(ore(F(row["max_per_month"])), self.left(row),
                                self.payslip.owed - set_aside, remaining))
            self.add("recovered", row, amount)
            remaining -= amount
            set_aside += self.left(row)
        room = math.floor((limit - deducted - F(before - remaining, 100)) * 100)
        for row in [r for r in decided if not r["max_per_month"]] + [None] * (mode == "auto"):
            amount = min(room, self.payslip.owed - set_aside, remaining)
            if row:
                amount = min(amount, self.left(row))
            amount = max(0, amount)
            self.add("recovered", row, amount)
            remaining, room = remaining - amount, room - amount
        return before - remaining
