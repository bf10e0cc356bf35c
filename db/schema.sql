-- SPDX-License-Identifier: MIT
-- schema.sql - the ledger of one municipality: its tables, in the order in which digests name them.
--
-- Rules that hold everywhere:
--   1. Rows are only ever added. The triggers at the end forbid UPDATE and DELETE on every table.
--   2. Every row belongs to one journal entry: by its column `entry`, or by the `run` it names.
--   3. A fact's last row of a key (the greatest `entry`) counts; `withdrawn` = 1 takes the fact
--      back. Keys end in `entry DESC`, so that walking a table meets the row that counts first.
--   4. Dates are text 'YYYY-MM-DD', months 'YYYY-MM', times 'YYYY-MM-DDTHH:MM:SSZ' (UTC). An end
--      that is NULL is open. Amounts are whole ore (*_ore); hours, percent and withholding months
--      are hundredths (*_hundredths); exact numbers are 'numerator/denominator'.
--   5. Choices are checked with OR: SQLite makes a temporary table of an IN list of three or more,
--      anew for every row.
--   6. In a table without rowid whose last column is a key's, CHECK keeps NULL out of the others:
--      the integrity_check of some SQLite versions (3.40) misreports their NOT NULL.
--   7. The order of a table's columns is the order of the canonical bytes: a new column goes last,
--      but before `codes`. `codes` is no part of those bytes: it says where a row was changed, not
--      whether; four hexadecimal digits a column, and four for the row before (docs/ledger.md).
-- docs/ledger.md explains each column and the digests. The columns of the fact tables are those of
-- engine/fact.c; a test holds the two together.

PRAGMA application_id = 0x53746f6e; -- "Ston"
PRAGMA user_version = 2;

-- ---- the journal --------------------------------------------------------------------------------

-- One row for each command that wrote. `tables` lists the rows it wrote, `digest` is the digest of
-- that list; `root` is that of the tree over a run's payslips. `hash` chains the entries, so that
-- nothing can be changed without changing everything after it; they are the leaves of a tree too.
CREATE TABLE journal (
    entry         INTEGER NOT NULL PRIMARY KEY CHECK (entry > 0),
    time          TEXT NOT NULL CHECK (length(time) = 20),
    actor         TEXT NOT NULL CHECK (length(actor) BETWEEN 1 AND 64),
    kind          TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 20),
    run           INTEGER REFERENCES run (run),
    detail        TEXT NOT NULL CHECK (length(detail) <= 1000),
    tables        TEXT NOT NULL CHECK (length(tables) <= 8000),
    digest        TEXT NOT NULL CHECK (length(digest) = 64),
    root          TEXT CHECK ((root IS NULL) = (kind <> 'run') AND length(root) = 64),
    previous_hash TEXT NOT NULL CHECK (length(previous_hash) = 64),
    hash          TEXT NOT NULL CHECK (length(hash) = 64),
    codes         TEXT NOT NULL CHECK (length(codes) = 48)
) STRICT;
-- A run's state is what the last entry that names it says.
CREATE INDEX journal_of_run ON journal (run, entry) WHERE run IS NOT NULL;

-- ---- the municipality and its rates -------------------------------------------------------------

CREATE TABLE municipality (
    entry               INTEGER NOT NULL PRIMARY KEY
                        REFERENCES journal (entry) DEFERRABLE INITIALLY DEFERRED,
    organisation_number TEXT NOT NULL CHECK (length(organisation_number) = 9),
    name                TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 140),
    account             TEXT NOT NULL CHECK (length(account) = 11),
    bic                 TEXT NOT NULL CHECK (length(bic) IN (8, 11)),
    town                TEXT NOT NULL CHECK (length(town) <= 35),
    postcode            TEXT NOT NULL CHECK (length(postcode) <= 16),
    half_tax_month      INTEGER NOT NULL CHECK (half_tax_month IN (11, 12)),
    recover             TEXT NOT NULL CHECK (recover IN ('auto', 'ask')),
    first_month         TEXT CHECK (length(first_month) = 7),
    test                INTEGER NOT NULL CHECK (test IN (0, 1)),
    secret              TEXT NOT NULL CHECK (length(secret) = 64
                                             AND secret NOT GLOB '*[^0-9a-f]*'),
    codes               TEXT NOT NULL CHECK (length(codes) = 52)
) STRICT;

-- When a rate takes effect, when it was known, and what it is: the one known last counts.
CREATE TABLE rate (
    name      TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 20),
    effect    TEXT NOT NULL CHECK (length(effect) = 10),
    known     TEXT NOT NULL CHECK (length(known) = 10),
    value_nok INTEGER CHECK (value_nok IS NOT NULL AND value_nok BETWEEN 1 AND 1000000000),
    source    TEXT CHECK (source IS NOT NULL AND length(source) <= 400),
    entry     INTEGER NOT NULL REFERENCES journal (entry) DEFERRABLE INITIALLY DEFERRED,
    codes     TEXT NOT NULL CHECK (length(codes) = 28),
    PRIMARY KEY (name, effect, known, entry DESC)
) STRICT, WITHOUT ROWID;

-- ---- facts --------------------------------------------------------------------------------------
-- A withdrawn row holds its key alone; in every other row what the file requires is there.

-- Who is in the register, and the account the benefit goes to.
CREATE TABLE participant (
    person_id  TEXT NOT NULL CHECK (length(person_id) = 11),
    name       TEXT CHECK (length(name) BETWEEN 1 AND 140 AND (withdrawn OR name IS NOT NULL)),
    birth_date TEXT CHECK (length(birth_date) = 10 AND (withdrawn OR birth_date IS NOT NULL)),
    account    TEXT CHECK (length(account) = 11 AND (withdrawn OR account IS NOT NULL)),
    language   TEXT CHECK (language = 'nb' OR language = 'nn' OR language = 'en' OR language = 'uk'
                           OR language = 'ar' OR language = 'ti'),
    withdrawn  INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry      INTEGER NOT NULL,
    codes      TEXT NOT NULL CHECK (length(codes) = 32),
    PRIMARY KEY (person_id, entry DESC)
) STRICT, WITHOUT ROWID;

-- An introduction programme: from `start_date` to `end_date`, by which permit (§ 9), at what share.
CREATE TABLE programme (
    person_id      TEXT NOT NULL CHECK (length(person_id) = 11),
    start_date     TEXT NOT NULL CHECK (length(start_date) = 10),
    offered        TEXT CHECK (length(offered) = 10),
    end_date       TEXT CHECK (length(end_date) = 10),
    permit         TEXT CHECK ((permit = 'a' OR permit = 'b' OR permit = 'c' OR permit = 'd'
                                OR permit = 'e' OR permit = 'f' OR permit = 'g')
                               AND (withdrawn OR permit IS NOT NULL)),
    permit_granted TEXT CHECK (length(permit_granted) = 10
                               AND (withdrawn OR permit_granted IS NOT NULL)),
    settled        TEXT CHECK (length(settled) = 10),
    education      TEXT CHECK (education = 'none' OR education = 'upper_secondary'
                               OR education = 'higher'),
    end_goal       TEXT CHECK (end_goal = 'work' OR end_goal = 'preparatory'
                               OR end_goal = 'part_upper_secondary' OR end_goal = 'upper_secondary'
                               OR end_goal = 'vocational'),
    share_percent  INTEGER CHECK (share_percent BETWEEN 1 AND 100),
    share_cause    TEXT CHECK (share_cause IN ('municipality', 'participant')),
    withdrawn      INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry          INTEGER NOT NULL,
    codes          TEXT NOT NULL CHECK (length(codes) = 56),
    PRIMARY KEY (person_id, start_date, entry DESC)
) STRICT, WITHOUT ROWID;

-- With whom the person lives (§ 20): decides the factors.
CREATE TABLE living (
    person_id  TEXT NOT NULL CHECK (length(person_id) = 11),
    from_date  TEXT NOT NULL CHECK (length(from_date) = 10),
    to_date    TEXT CHECK (length(to_date) = 10),
    situation  TEXT CHECK ((situation = 'alone' OR situation = 'parents' OR situation = 'partner')
                           AND (withdrawn OR situation IS NOT NULL)),
    partner_id TEXT CHECK (length(partner_id) = 11),
    children   TEXT CHECK (children IN ('no', 'yes')),
    withdrawn  INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry      INTEGER NOT NULL,
    codes      TEXT NOT NULL CHECK (length(codes) = 36),
    PRIMARY KEY (person_id, from_date, entry DESC)
) STRICT, WITHOUT ROWID;

-- Children the person cares for (R8): decides how many days a sick child may take.
CREATE TABLE care (
    person_id     TEXT NOT NULL CHECK (length(person_id) = 11),
    from_date     TEXT NOT NULL CHECK (length(from_date) = 10),
    to_date       TEXT CHECK (length(to_date) = 10),
    children      INTEGER CHECK (children BETWEEN 0 AND 30 AND (withdrawn OR children IS NOT NULL)),
    sole_carer    TEXT CHECK (sole_carer IN ('no', 'yes')
                              AND (withdrawn OR sole_carer IS NOT NULL)),
    chronic       TEXT CHECK (chronic IN ('no', 'yes') AND (withdrawn OR chronic IS NOT NULL)),
    youngest_born TEXT CHECK (length(youngest_born) = 10),
    withdrawn     INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry         INTEGER NOT NULL,
    codes         TEXT NOT NULL CHECK (length(codes) = 40),
    PRIMARY KEY (person_id, from_date, entry DESC)
) STRICT, WITHOUT ROWID;

-- Absence and leave (R8).
CREATE TABLE absence (
    person_id        TEXT NOT NULL CHECK (length(person_id) = 11),
    from_date        TEXT NOT NULL CHECK (length(from_date) = 10),
    to_date          TEXT CHECK (length(to_date) = 10),
    kind             TEXT NOT NULL CHECK (kind = 'self_certified_sick' OR kind = 'certified_sick'
                                          OR kind = 'self_certified_child_sick'
                                          OR kind = 'certified_child_sick'
                                          OR kind = 'pregnancy_check' OR kind = 'pregnancy_leave'
                                          OR kind = 'birth_mother' OR kind = 'birth_father'
                                          OR kind = 'breastfeeding' OR kind = 'welfare_leave'
                                          OR kind = 'peace_work' OR kind = 'religious_day'
                                          OR kind = 'holiday' OR kind = 'permitted_absence'
                                          OR kind = 'long_sick_leave' OR kind = 'parental_leave'
                                          OR kind = 'work_leave' OR kind = 'other_leave'
                                          OR kind = 'stop' OR kind = 'unapproved'),
    hours_hundredths INTEGER CHECK (hours_hundredths BETWEEN 0 AND 2400),
    permission       TEXT CHECK (permission IN ('no', 'yes')),
    withdrawn        INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry            INTEGER NOT NULL,
    codes            TEXT NOT NULL CHECK (length(codes) = 36),
    PRIMARY KEY (person_id, from_date, kind, entry DESC)
) STRICT, WITHOUT ROWID;

-- Other public benefits, gross a month (R5).
CREATE TABLE benefit (
    person_id               TEXT NOT NULL CHECK (length(person_id) = 11),
    from_date               TEXT NOT NULL CHECK (length(from_date) = 10),
    to_date                 TEXT CHECK (length(to_date) = 10),
    kind                    TEXT NOT NULL CHECK (kind = 'dagpenger' OR kind = 'sykepenger'
                                                 OR kind = 'foreldrepenger' OR kind = 'uforetrygd'
                                                 OR kind = 'arbeidsavklaringspenger'
                                                 OR kind = 'overgangsstonad' OR kind = 'barnetrygd'
                                                 OR kind = 'kontantstotte' OR kind = 'barnetilsyn'
                                                 OR kind = 'engangsstonad' OR kind = 'grunnstonad'
                                                 OR kind = 'hjelpestonad' OR kind = 'bostotte'
                                                 OR kind = 'sosialhjelp' OR kind = 'barnebidrag'),
    amount_per_month_ore    INTEGER CHECK (amount_per_month_ore BETWEEN 0 AND 1000000000000
                                           AND (withdrawn OR amount_per_month_ore IS NOT NULL)),
    earned_before_programme TEXT CHECK (earned_before_programme IN ('no', 'yes')),
    withdrawn               INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry                   INTEGER NOT NULL,
    codes                   TEXT NOT NULL CHECK (length(codes) = 36),
    PRIMARY KEY (person_id, from_date, kind, entry DESC)
) STRICT, WITHOUT ROWID;

-- Paid work inside one month (R6).
CREATE TABLE work (
    person_id        TEXT NOT NULL CHECK (length(person_id) = 11),
    from_date        TEXT NOT NULL CHECK (length(from_date) = 10),
    to_date          TEXT CHECK (length(to_date) = 10),
    hours_hundredths INTEGER CHECK (hours_hundredths BETWEEN 0 AND 74400
                                    AND (withdrawn OR hours_hundredths IS NOT NULL)),
    gross_wage_ore   INTEGER CHECK (gross_wage_ore BETWEEN 0 AND 1000000000000
                                    AND (withdrawn OR gross_wage_ore IS NOT NULL)),
    in_programme     TEXT CHECK (in_programme IN ('no', 'yes')
                                 AND (withdrawn OR in_programme IS NOT NULL)),
    withdrawn        INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry            INTEGER NOT NULL,
    codes            TEXT NOT NULL CHECK (length(codes) = 36),
    PRIMARY KEY (person_id, from_date, entry DESC)
) STRICT, WITHOUT ROWID;

-- Tax cards typed in by the municipality: they override the authority's (R14).
CREATE TABLE taxcard (
    person_id          TEXT NOT NULL CHECK (length(person_id) = 11),
    year               INTEGER NOT NULL CHECK (year BETWEEN 2020 AND 2199),
    kind               TEXT CHECK ((kind = 'table' OR kind = 'percent' OR kind = 'exempt'
                                    OR kind = 'none' OR kind = 'not_liable')
                                   AND (withdrawn OR kind IS NOT NULL)),
    "table"            TEXT CHECK (length("table") BETWEEN 4 AND 5),
    percent_hundredths INTEGER CHECK (percent_hundredths BETWEEN 0 AND 10000),
    exempt_amount_ore  INTEGER CHECK (exempt_amount_ore BETWEEN 0 AND 1000000000000),
    months_hundredths  INTEGER CHECK (months_hundredths BETWEEN 0 AND 1200),
    extra              INTEGER CHECK (extra BETWEEN 0 AND 1000000),
    withdrawn          INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry              INTEGER NOT NULL,
    codes              TEXT NOT NULL CHECK (length(codes) = 44),
    PRIMARY KEY (person_id, year, entry DESC)
) STRICT, WITHOUT ROWID;

-- Tax cards as the tax authority sent them (R14).
CREATE TABLE authority_card (
    person_id          TEXT NOT NULL CHECK (length(person_id) = 11),
    year               INTEGER NOT NULL CHECK (year BETWEEN 2020 AND 2199),
    result             TEXT CHECK ((result = 'ok' OR result = 'no_card'
                                    OR result = 'check_work_permit' OR result = 'not_liable'
                                    OR result = 'invalid_organisation' OR result = 'invalid_person'
                                    OR result = 'new_number')
                                   AND (withdrawn OR result IS NOT NULL)),
    has_entry          TEXT CHECK (has_entry IN ('no', 'yes')
                                   AND (withdrawn OR has_entry IS NOT NULL)),
    foreign_scheme     TEXT CHECK (foreign_scheme IN ('no', 'yes')
                                   AND (withdrawn OR foreign_scheme IS NOT NULL)),
    kind               TEXT CHECK (kind = 'table' OR kind = 'percent' OR kind = 'exempt'
                                   OR kind = 'none' OR kind = 'not_liable'),
    "table"            TEXT CHECK (length("table") BETWEEN 4 AND 5),
    percent_hundredths INTEGER CHECK (percent_hundredths BETWEEN 0 AND 10000),
    exempt_amount_ore  INTEGER CHECK (exempt_amount_ore BETWEEN 0 AND 1000000000000),
    months_hundredths  INTEGER CHECK (months_hundredths BETWEEN 0 AND 1200),
    issued             TEXT CHECK (length(issued) = 10),
    withdrawn          INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry              INTEGER NOT NULL,
    codes              TEXT NOT NULL CHECK (length(codes) = 56),
    PRIMARY KEY (person_id, year, entry DESC)
) STRICT, WITHOUT ROWID;

-- Decisions about repayment and refund (R11, R12).
CREATE TABLE recovery (
    person_id         TEXT NOT NULL CHECK (length(person_id) = 11),
    decided           TEXT NOT NULL CHECK (length(decided) = 10),
    reason            TEXT CHECK ((reason = 'overpayment' OR reason = 'wrong_information'
                                   OR reason = 'refund' OR reason = 'written_off')
                                  AND (withdrawn OR reason IS NOT NULL)),
    amount_ore        INTEGER CHECK (amount_ore BETWEEN 0 AND 1000000000000
                                     AND (withdrawn OR amount_ore IS NOT NULL)),
    max_per_month_ore INTEGER CHECK (max_per_month_ore BETWEEN 0 AND 1000000000000),
    withdrawn         INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry             INTEGER NOT NULL,
    codes             TEXT NOT NULL CHECK (length(codes) = 32),
    PRIMARY KEY (person_id, decided, entry DESC)
) STRICT, WITHOUT ROWID;

-- Individual decisions (§ 46, R13).
CREATE TABLE decision (
    person_id TEXT NOT NULL CHECK (length(person_id) = 11),
    decided   TEXT NOT NULL CHECK (length(decided) = 10),
    kind      TEXT NOT NULL CHECK (kind = 'programme' OR kind = 'extension'
                                   OR kind = 'self_certification_barred' OR kind = 'stop'
                                   OR kind = 'leave' OR kind = 'recovery' OR kind = 'refund'),
    until     TEXT CHECK (length(until) = 10),
    withdrawn INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry     INTEGER NOT NULL,
    codes     TEXT NOT NULL CHECK (length(codes) = 28),
    PRIMARY KEY (person_id, decided, kind, entry DESC)
) STRICT, WITHOUT ROWID;

-- Why a programme ended (R22).
CREATE TABLE ending (
    person_id TEXT NOT NULL CHECK (length(person_id) = 11),
    ended     TEXT NOT NULL CHECK (length(ended) = 10),
    reason    TEXT CHECK ((reason = 'goal_reached' OR reason = 'expired' OR reason = 'interrupted'
                           OR reason = 'refused' OR reason = 'stopped' OR reason = 'moved'
                           OR reason = 'work') AND (withdrawn OR reason IS NOT NULL)),
    withdrawn INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry     INTEGER NOT NULL,
    codes     TEXT NOT NULL CHECK (length(codes) = 24),
    PRIMARY KEY (person_id, ended, entry DESC)
) STRICT, WITHOUT ROWID;

-- Work-oriented hours a week (R20).
CREATE TABLE content (
    person_id                      TEXT NOT NULL CHECK (length(person_id) = 11),
    from_date                      TEXT NOT NULL CHECK (length(from_date) = 10),
    to_date                        TEXT CHECK (length(to_date) = 10),
    work_hours_per_week_hundredths INTEGER
                                   CHECK (work_hours_per_week_hundredths BETWEEN 0 AND 16800
                                          AND (withdrawn
                                               OR work_hours_per_week_hundredths IS NOT NULL)),
    withdrawn                      INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry                          INTEGER NOT NULL,
    codes                          TEXT NOT NULL CHECK (length(codes) = 28),
    PRIMARY KEY (person_id, from_date, entry DESC)
) STRICT, WITHOUT ROWID;

-- Employment outside the programme, hours a week (R18).
CREATE TABLE employment (
    person_id                 TEXT NOT NULL CHECK (length(person_id) = 11),
    from_date                 TEXT NOT NULL CHECK (length(from_date) = 10),
    to_date                   TEXT CHECK (length(to_date) = 10),
    hours_per_week_hundredths INTEGER
                              CHECK (hours_per_week_hundredths BETWEEN 0 AND 16800
                                     AND (withdrawn OR hours_per_week_hundredths IS NOT NULL)),
    withdrawn                 INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry                     INTEGER NOT NULL,
    codes                     TEXT NOT NULL CHECK (length(codes) = 28),
    PRIMARY KEY (person_id, from_date, entry DESC)
) STRICT, WITHOUT ROWID;

-- Settlement in the municipality (R18).
CREATE TABLE settlement (
    person_id          TEXT NOT NULL CHECK (length(person_id) = 11),
    settled            TEXT CHECK (length(settled) = 10 AND (withdrawn OR settled IS NOT NULL)),
    first_municipality TEXT CHECK (first_municipality IN ('no', 'yes')
                                   AND (withdrawn OR first_municipality IS NOT NULL)),
    by_agreement       TEXT CHECK (by_agreement IN ('no', 'yes')
                                   AND (withdrawn OR by_agreement IS NOT NULL)),
    withdrawn          INTEGER CHECK (withdrawn IS 0 OR withdrawn IS 1),
    entry              INTEGER NOT NULL,
    codes              TEXT NOT NULL CHECK (length(codes) = 28),
    PRIMARY KEY (person_id, entry DESC)
) STRICT, WITHOUT ROWID;

-- The files an import read: how they were named, and the bytes they were (SHA-256).
CREATE TABLE import_file (
    entry     INTEGER NOT NULL REFERENCES journal (entry) DEFERRABLE INITIALLY DEFERRED,
    number    INTEGER NOT NULL CHECK (number > 0),
    name      TEXT NOT NULL CHECK (length(name) <= 4096),
    kind      TEXT NOT NULL CHECK (length(kind) <= 40),
    sha256    TEXT NOT NULL CHECK (length(sha256) = 64),
    row_count INTEGER NOT NULL CHECK (row_count >= 0),
    codes     TEXT NOT NULL CHECK (length(codes) = 28),
    PRIMARY KEY (entry, number)
) STRICT, WITHOUT ROWID;

-- ---- runs ---------------------------------------------------------------------------------------

-- A month computed: on what, and what it came to. benefit, taxable, corrections and recovery are sums
-- over all payslips, tax and net over those that are due (not held back); claims is what became claims
-- on participants in the run, corrected_count how many of them had an earlier month put right.
CREATE TABLE run (
    run            INTEGER NOT NULL PRIMARY KEY CHECK (run > 0),
    entry          INTEGER NOT NULL REFERENCES journal (entry) DEFERRABLE INITIALLY DEFERRED,
    month          TEXT NOT NULL CHECK (length(month) = 7),
    payday         TEXT NOT NULL CHECK (length(payday) = 10),
    known          TEXT NOT NULL CHECK (length(known) = 10),
    facts_entry    INTEGER NOT NULL CHECK (facts_entry = entry - 1),
    half_tax_month INTEGER NOT NULL CHECK (half_tax_month IN (11, 12)),
    rule_set       TEXT NOT NULL CHECK (length(rule_set) BETWEEN 1 AND 60),
    table_digest   TEXT NOT NULL CHECK (length(table_digest) = 64),
    rates_digest   TEXT NOT NULL CHECK (length(rates_digest) = 64),
    person_count   INTEGER NOT NULL CHECK (person_count >= 0),
    held_count     INTEGER NOT NULL CHECK (held_count BETWEEN 0 AND person_count),
    payment_count  INTEGER NOT NULL CHECK (payment_count BETWEEN 0 AND person_count - held_count),
    finding_count  INTEGER NOT NULL CHECK (finding_count >= 0),
    benefit_ore    INTEGER NOT NULL CHECK (benefit_ore >= 0),
    taxable_ore    INTEGER NOT NULL CHECK (taxable_ore >= 0),
    tax_ore        INTEGER NOT NULL CHECK (tax_ore >= 0),
    net_ore        INTEGER NOT NULL CHECK (net_ore >= 0),
    corrected_count INTEGER NOT NULL CHECK (corrected_count BETWEEN 0 AND person_count),
    corrections_ore INTEGER NOT NULL CHECK (corrections_ore >= 0),
    recovery_ore   INTEGER NOT NULL CHECK (recovery_ore <= 0),
    claims_ore     INTEGER NOT NULL CHECK (claims_ore >= 0),
    codes          TEXT NOT NULL CHECK (length(codes) = 92)
) STRICT;

-- One person's month. Deductions are negative; taxable is the sum of the six before it.
CREATE TABLE payslip (
    run             INTEGER NOT NULL,
    person_id       TEXT NOT NULL,
    name            TEXT NOT NULL,
    month           TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('due', 'held')),
    held_reason     TEXT NOT NULL,
    tax_basis       TEXT NOT NULL,
    benefit_ore     INTEGER NOT NULL CHECK (benefit_ore >= 0),
    offsets_ore     INTEGER NOT NULL CHECK (offsets_ore <= 0),
    work_ore        INTEGER NOT NULL CHECK (work_ore <= 0),
    absence_ore     INTEGER NOT NULL CHECK (absence_ore <= 0),
    corrections_ore INTEGER NOT NULL,
    recovery_ore    INTEGER NOT NULL CHECK (recovery_ore <= 0),
    taxable_ore     INTEGER NOT NULL CHECK (taxable_ore = benefit_ore + offsets_ore + work_ore
                                            + absence_ore + corrections_ore + recovery_ore),
    tax_ore         INTEGER NOT NULL CHECK (tax_ore BETWEEN 0 AND taxable_ore),
    net_ore         INTEGER NOT NULL CHECK (net_ore = taxable_ore - tax_ore),
    account         TEXT NOT NULL,
    end_to_end_id   TEXT NOT NULL CHECK (length(end_to_end_id) <= 35),
    language        TEXT NOT NULL,
    tax_period      TEXT NOT NULL,
    PRIMARY KEY (run, person_id)
) STRICT, WITHOUT ROWID;

-- Why: each line moves an amount from one account to another, by a rule, with the exact number.
CREATE TABLE line (
    run          INTEGER NOT NULL,
    person_id    TEXT NOT NULL,
    line         INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    month        TEXT NOT NULL,
    from_date    TEXT NOT NULL,
    to_date      TEXT NOT NULL,
    quantity     TEXT NOT NULL,
    unit         TEXT NOT NULL,
    rate         TEXT NOT NULL,
    exact        TEXT NOT NULL,
    amount_ore   INTEGER NOT NULL CHECK (amount_ore >= 0),
    from_account TEXT NOT NULL,
    to_account   TEXT NOT NULL CHECK (to_account <> from_account),
    cut          INTEGER NOT NULL CHECK (cut IN (0, 1)),
    rule         TEXT NOT NULL,
    citation     TEXT NOT NULL,
    inputs       TEXT NOT NULL,
    PRIMARY KEY (run, person_id, line)
) STRICT, WITHOUT ROWID;

-- What was paid for an earlier month, what is due as known now, and what brought the difference
-- about (R11). The lines say the same by kind; kinds may differ though the sums do not.
CREATE TABLE correction (
    run            INTEGER NOT NULL,
    person_id      TEXT NOT NULL,
    month          TEXT NOT NULL CHECK (length(month) = 7),
    paid_ore       INTEGER NOT NULL,
    due_ore        INTEGER NOT NULL,
    difference_ore INTEGER NOT NULL CHECK (difference_ore = due_ore - paid_ore),
    cause          TEXT NOT NULL CHECK (length(cause) > 0),
    cause_entry    INTEGER NOT NULL CHECK (cause_entry >= 0),
    PRIMARY KEY (run, person_id, month)
) STRICT, WITHOUT ROWID;

-- The movements of what a person owes (R12): `decided` names the decision followed, `remaining_ore`
-- is what is owed after it. What an agency settles (kind agency) is not owed by the person.
CREATE TABLE claim (
    person_id     TEXT NOT NULL,
    run           INTEGER NOT NULL,
    number        INTEGER NOT NULL CHECK (number > 0),
    kind          TEXT NOT NULL CHECK (kind = 'arisen' OR kind = 'recovered' OR kind = 'refunded'
                                       OR kind = 'written_off' OR kind = 'agency'),
    decided       TEXT CHECK (length(decided) = 10),
    amount_ore    INTEGER NOT NULL CHECK (amount_ore > 0),
    remaining_ore INTEGER NOT NULL CHECK (remaining_ore >= 0),
    PRIMARY KEY (person_id, run, number)
) STRICT, WITHOUT ROWID;

-- What a person must look at; it changes no amount.
CREATE TABLE finding (
    run       INTEGER NOT NULL,
    person_id TEXT NOT NULL,
    number    INTEGER NOT NULL,
    code      TEXT NOT NULL,
    severity  TEXT NOT NULL CHECK (severity = 'note' OR severity = 'warning'
                                   OR severity = 'error'),
    rule      TEXT NOT NULL,
    citation  TEXT NOT NULL,
    text      TEXT NOT NULL,
    PRIMARY KEY (run, person_id, number)
) STRICT, WITHOUT ROWID;

-- What the second pair of eyes confirmed, and the message id and time the bank's file will carry.
CREATE TABLE approval (
    entry      INTEGER NOT NULL PRIMARY KEY
               REFERENCES journal (entry) DEFERRABLE INITIALLY DEFERRED,
    run        INTEGER NOT NULL UNIQUE REFERENCES run (run),
    payments   INTEGER NOT NULL CHECK (payments >= 0),
    sum_ore    INTEGER NOT NULL CHECK (sum_ore >= 0),
    message_id TEXT NOT NULL UNIQUE CHECK (length(message_id) BETWEEN 1 AND 35),
    created    TEXT NOT NULL CHECK (length(created) = 19),
    codes      TEXT NOT NULL CHECK (length(codes) = 28)
) STRICT;

-- The payment files that were written, one row a form: a second one has the same bytes.
CREATE TABLE export (
    entry      INTEGER NOT NULL PRIMARY KEY
               REFERENCES journal (entry) DEFERRABLE INITIALLY DEFERRED,
    run        INTEGER NOT NULL REFERENCES run (run),
    form       TEXT NOT NULL CHECK (length(form) BETWEEN 1 AND 60),
    content    TEXT NOT NULL CHECK (content IN ('benefits', 'benefits+tax', 'tax')),
    tax_kid    TEXT NOT NULL CHECK ((tax_kid = '') = (content = 'benefits')),
    sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
    byte_count INTEGER NOT NULL CHECK (byte_count >= 0),
    codes      TEXT NOT NULL CHECK (length(codes) = 32),
    UNIQUE (run, form, content)
) STRICT;

-- ---- nothing is ever changed --------------------------------------------------------------------

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'rows of journal are never changed'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'rows of journal are never deleted'); END;
CREATE TRIGGER municipality_no_update BEFORE UPDATE ON municipality
BEGIN SELECT RAISE(ABORT, 'rows of municipality are never changed'); END;
CREATE TRIGGER municipality_no_delete BEFORE DELETE ON municipality
BEGIN SELECT RAISE(ABORT, 'rows of municipality are never deleted'); END;
CREATE TRIGGER rate_no_update BEFORE UPDATE ON rate
BEGIN SELECT RAISE(ABORT, 'rows of rate are never changed'); END;
CREATE TRIGGER rate_no_delete BEFORE DELETE ON rate
BEGIN SELECT RAISE(ABORT, 'rows of rate are never deleted'); END;
CREATE TRIGGER participant_no_update BEFORE UPDATE ON participant
BEGIN SELECT RAISE(ABORT, 'rows of participant are never changed'); END;
CREATE TRIGGER participant_no_delete BEFORE DELETE ON participant
BEGIN SELECT RAISE(ABORT, 'rows of participant are never deleted'); END;
CREATE TRIGGER programme_no_update BEFORE UPDATE ON programme
BEGIN SELECT RAISE(ABORT, 'rows of programme are never changed'); END;
CREATE TRIGGER programme_no_delete BEFORE DELETE ON programme
BEGIN SELECT RAISE(ABORT, 'rows of programme are never deleted'); END;
CREATE TRIGGER living_no_update BEFORE UPDATE ON living
BEGIN SELECT RAISE(ABORT, 'rows of living are never changed'); END;
CREATE TRIGGER living_no_delete BEFORE DELETE ON living
BEGIN SELECT RAISE(ABORT, 'rows of living are never deleted'); END;
CREATE TRIGGER care_no_update BEFORE UPDATE ON care
BEGIN SELECT RAISE(ABORT, 'rows of care are never changed'); END;
CREATE TRIGGER care_no_delete BEFORE DELETE ON care
BEGIN SELECT RAISE(ABORT, 'rows of care are never deleted'); END;
CREATE TRIGGER absence_no_update BEFORE UPDATE ON absence
BEGIN SELECT RAISE(ABORT, 'rows of absence are never changed'); END;
CREATE TRIGGER absence_no_delete BEFORE DELETE ON absence
BEGIN SELECT RAISE(ABORT, 'rows of absence are never deleted'); END;
CREATE TRIGGER benefit_no_update BEFORE UPDATE ON benefit
BEGIN SELECT RAISE(ABORT, 'rows of benefit are never changed'); END;
CREATE TRIGGER benefit_no_delete BEFORE DELETE ON benefit
BEGIN SELECT RAISE(ABORT, 'rows of benefit are never deleted'); END;
CREATE TRIGGER work_no_update BEFORE UPDATE ON work
BEGIN SELECT RAISE(ABORT, 'rows of work are never changed'); END;
CREATE TRIGGER work_no_delete BEFORE DELETE ON work
BEGIN SELECT RAISE(ABORT, 'rows of work are never deleted'); END;
CREATE TRIGGER taxcard_no_update BEFORE UPDATE ON taxcard
BEGIN SELECT RAISE(ABORT, 'rows of taxcard are never changed'); END;
CREATE TRIGGER taxcard_no_delete BEFORE DELETE ON taxcard
BEGIN SELECT RAISE(ABORT, 'rows of taxcard are never deleted'); END;
CREATE TRIGGER authority_card_no_update BEFORE UPDATE ON authority_card
BEGIN SELECT RAISE(ABORT, 'rows of authority_card are never changed'); END;
CREATE TRIGGER authority_card_no_delete BEFORE DELETE ON authority_card
BEGIN SELECT RAISE(ABORT, 'rows of authority_card are never deleted'); END;
CREATE TRIGGER recovery_no_update BEFORE UPDATE ON recovery
BEGIN SELECT RAISE(ABORT, 'rows of recovery are never changed'); END;
CREATE TRIGGER recovery_no_delete BEFORE DELETE ON recovery
BEGIN SELECT RAISE(ABORT, 'rows of recovery are never deleted'); END;
CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'rows of decision are never changed'); END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'rows of decision are never deleted'); END;
CREATE TRIGGER ending_no_update BEFORE UPDATE ON ending
BEGIN SELECT RAISE(ABORT, 'rows of ending are never changed'); END;
CREATE TRIGGER ending_no_delete BEFORE DELETE ON ending
BEGIN SELECT RAISE(ABORT, 'rows of ending are never deleted'); END;
CREATE TRIGGER content_no_update BEFORE UPDATE ON content
BEGIN SELECT RAISE(ABORT, 'rows of content are never changed'); END;
CREATE TRIGGER content_no_delete BEFORE DELETE ON content
BEGIN SELECT RAISE(ABORT, 'rows of content are never deleted'); END;
CREATE TRIGGER employment_no_update BEFORE UPDATE ON employment
BEGIN SELECT RAISE(ABORT, 'rows of employment are never changed'); END;
CREATE TRIGGER employment_no_delete BEFORE DELETE ON employment
BEGIN SELECT RAISE(ABORT, 'rows of employment are never deleted'); END;
CREATE TRIGGER settlement_no_update BEFORE UPDATE ON settlement
BEGIN SELECT RAISE(ABORT, 'rows of settlement are never changed'); END;
CREATE TRIGGER settlement_no_delete BEFORE DELETE ON settlement
BEGIN SELECT RAISE(ABORT, 'rows of settlement are never deleted'); END;
CREATE TRIGGER import_file_no_update BEFORE UPDATE ON import_file
BEGIN SELECT RAISE(ABORT, 'rows of import_file are never changed'); END;
CREATE TRIGGER import_file_no_delete BEFORE DELETE ON import_file
BEGIN SELECT RAISE(ABORT, 'rows of import_file are never deleted'); END;
CREATE TRIGGER run_no_update BEFORE UPDATE ON run
BEGIN SELECT RAISE(ABORT, 'rows of run are never changed'); END;
CREATE TRIGGER run_no_delete BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'rows of run are never deleted'); END;
CREATE TRIGGER payslip_no_update BEFORE UPDATE ON payslip
BEGIN SELECT RAISE(ABORT, 'rows of payslip are never changed'); END;
CREATE TRIGGER payslip_no_delete BEFORE DELETE ON payslip
BEGIN SELECT RAISE(ABORT, 'rows of payslip are never deleted'); END;
CREATE TRIGGER line_no_update BEFORE UPDATE ON line
BEGIN SELECT RAISE(ABORT, 'rows of line are never changed'); END;
CREATE TRIGGER line_no_delete BEFORE DELETE ON line
BEGIN SELECT RAISE(ABORT, 'rows of line are never deleted'); END;
CREATE TRIGGER correction_no_update BEFORE UPDATE ON correction
BEGIN SELECT RAISE(ABORT, 'rows of correction are never changed'); END;
CREATE TRIGGER correction_no_delete BEFORE DELETE ON correction
BEGIN SELECT RAISE(ABORT, 'rows of correction are never deleted'); END;
CREATE TRIGGER claim_no_update BEFORE UPDATE ON claim
BEGIN SELECT RAISE(ABORT, 'rows of claim are never changed'); END;
CREATE TRIGGER claim_no_delete BEFORE DELETE ON claim
BEGIN SELECT RAISE(ABORT, 'rows of claim are never deleted'); END;
CREATE TRIGGER finding_no_update BEFORE UPDATE ON finding
BEGIN SELECT RAISE(ABORT, 'rows of finding are never changed'); END;
CREATE TRIGGER finding_no_delete BEFORE DELETE ON finding
BEGIN SELECT RAISE(ABORT, 'rows of finding are never deleted'); END;
CREATE TRIGGER approval_no_update BEFORE UPDATE ON approval
BEGIN SELECT RAISE(ABORT, 'rows of approval are never changed'); END;
CREATE TRIGGER approval_no_delete BEFORE DELETE ON approval
BEGIN SELECT RAISE(ABORT, 'rows of approval are never deleted'); END;
CREATE TRIGGER export_no_update BEFORE UPDATE ON export
BEGIN SELECT RAISE(ABORT, 'rows of export are never changed'); END;
CREATE TRIGGER export_no_delete BEFORE DELETE ON export
BEGIN SELECT RAISE(ABORT, 'rows of export are never deleted'); END;
