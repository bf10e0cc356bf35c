# SPDX-License-Identifier: MIT
# compile.awk - turns the withholding data files into C, and refuses what it does not understand.
#
#     awk -f compile.awk DIGESTS periods.csv 2021.csv 2022.csv ... > withholding_data.c
#
# DIGESTS is what sha256sum printed for the other files. A new income year is a new file here and no
# other change. Plain POSIX awk. Only integers are written: a percent in basis points, a factor as
# numerator and denominator (engine/withholding_data.h says why that loses nothing).

function fail(message) {
    printf "%s:%d: %s\n", FILENAME, FNR, message | "cat 1>&2"
    close("cat 1>&2")
    failed = 1
    exit 1
}

function fail_file(file, message) {
    printf "%s: %s\n", file, message | "cat 1>&2"
    close("cat 1>&2")
    failed = 1
    exit 1
}

BEGIN {
    FS = ","
    require("NOK", "personal_allowance personal_allowance_finnmark" \
        " bracket_1_from bracket_2_from bracket_3_from bracket_4_from" \
        " national_insurance_free_below standard_deduction_max seafarer_deduction_max" \
        " minimum_deduction_applied_floor minimum_deduction_applied_max wage_deduction_applied" \
        " minimum_deduction_floor_seafarer minimum_deduction_max_seafarer wage_deduction_seafarer")
    require("%", "bracket_1_percent bracket_2_percent bracket_3_percent bracket_4_percent" \
        " common_tax_percent common_tax_percent_finnmark municipal_tax_percent" \
        " national_insurance_phase_in_percent national_insurance_low_percent" \
        " national_insurance_high_percent minimum_deduction_applied_percent" \
        " minimum_deduction_percent_seafarer standard_deduction_percent seafarer_deduction_percent")
    # What a year may be without.
    brackets_max = 8
    for (b = 5; b <= brackets_max; b++) {
        unit["bracket_" b "_from"] = "NOK"
        unit["bracket_" b "_percent"] = "%"
    }
    unit["bracket_3_percent_finnmark"] = "%"
    unit["minimum_deduction_applied_max_pension"] = "NOK"
    unit["minimum_deduction_applied_percent_pension"] = "%"

    split("month fortnight week 4_days 3_days 2_days 1_day", period_name, " ")
    period_count = 7

    kind_of["ordinary"] = "ST_KIND_ORDINARY"
    kind_of["pensioner"] = "ST_KIND_PENSIONER"
    kind_of["standard_deduction"] = "ST_KIND_STANDARD_DEDUCTION"
    kind_of["finnmark"] = "ST_KIND_FINNMARK"
    kind_of["seafarer"] = "ST_KIND_SEAFARER"
    kind_of["special"] = "ST_KIND_SPECIAL"
    allowance_of["ordinary"] = "ST_ALLOWANCE_ORDINARY"
    allowance_of["finnmark"] = "ST_ALLOWANCE_FINNMARK"
    insurance_of["none"] = "ST_INSURANCE_NONE"
    insurance_of["low"] = "ST_INSURANCE_LOW"
    insurance_of["high"] = "ST_INSURANCE_HIGH"

    if (ARGC < 4)
        fail_file("compile.awk", "needs the digests, the periods and at least one year")
}

function require(a_unit, names,    n, i, name) {
    n = split(names, name, " ")
    for (i = 1; i <= n; i++) {
        unit[name[i]] = a_unit
        required[name[i]] = 1
    }
}

# ---- reading ------------------------------------------------------------------------------------

FNR == 1 { seen[FILENAME] = 1 }

FILENAME == ARGV[1] {
    n = split($0, word, " ")
    sub(/^\*/, "", word[2])
    if (n != 2 || length(word[1]) != 64 || word[1] !~ /^[0-9a-f]+$/)
        fail("not a line of sha256sum")
    digest[word[2]] = word[1]
    next
}

/^#/ || /^$/ { next }
/[ \t\r"]/ { fail("blanks, quotes and CR line ends have no place here") }

FILENAME == ARGV[2] {
    if ($1 != "period" || NF != 10)
        fail("expected period,name and eight figures")
    p = ++periods
    if ($2 != period_name[p])
        fail("period " $2 " is unknown, repeated or out of order")
    step[p] = whole($3)
    excess_above[p] = whole($4)
    if (step[p] < 2 || step[p] % 2 || excess_above[p] < step[p])
        fail("the step must be even, and the excess begin after it")
    for (i = 5; i <= 10; i++)
        factor[p, i] = ratio($i)
    next
}

$1 == "income_year" {
    if (NF != 2 || !match(FILENAME, /[0-9]+\.csv$/) || substr(FILENAME, RSTART) != $2 ".csv")
        fail("income_year must be the year the file is named after")
    if (FILENAME in year_of)
        fail("income_year is given twice")
    if (years && $2 != year[years] + 1)
        fail("income years must follow each other without a gap")
    year[++years] = whole($2)
    year_of[FILENAME] = $2
    path[$2] = FILENAME
    next
}

!(FILENAME in year_of) { fail("income_year must be the first row") }

$1 == "constant" {
    if (NF != 4)
        fail("expected constant,name,value,unit")
    if (!($2 in unit))
        fail("unknown constant " $2)
    if ($4 != unit[$2])
        fail($2 " must be given in " unit[$2])
    y = year[years]
    if ((y, $2) in value)
        fail($2 " is given twice")
    value[y, $2] = $4 == "%" ? basis_points($3) : whole($3)
    next
}

$1 == "table" {
    if (NF != 8)
        fail("expected table,name and six figures")
    read_table(year[years])
    next
}

{ fail("unknown row " $1) }

function read_table(y,    t, spread) {
    if ($2 !~ /^[0-9]+P?$/ || length($2) > 7)
        fail("a table is named by digits, and a P for pensioners")
    if ((y, $2) in table_known)
        fail("table " $2 " is given twice")
    if (!($3 in kind_of))
        fail("unknown kind " $3)
    if (!($5 in allowance_of))
        fail("unknown personal allowance " $5)
    if (!($6 in insurance_of))
        fail("unknown national insurance " $6)
    if ($7 != "" && $7 != "12")
        fail("withholding months are 12 or empty")
    if ($7 == "12" && ($3 == "ordinary" || $3 == "pensioner"))
        fail("ordinary and pensioner tables have withholding factors of their own")
    table_known[y, $2] = 1
    if ($3 == "pensioner")
        has_pensioners[y] = 1
    t = ++tables[y]
    spread = $7 == "12" ? "true" : "false"
    table[y, t] = sprintf("\"%s\", %s, %d, %s,\n     %s, %s, %s, %d", $2, kind_of[$3],
        signed($4), allowance_of[$5], insurance_of[$6], spread, $8 == "" ? "false" : "true",
        $8 == "" ? 0 : basis_points($8))
}

# A whole number below 2^31 without sign.
function whole(text) {
    if (text !~ /^[0-9]+$/ || length(text) > 9)
        fail("not a whole number: " text)
    return text + 0
}

function signed(text) {
    return text ~ /^-/ ? -whole(substr(text, 2)) : whole(text)
}

# Hundredths of a percent, of a percent of at most two decimals.
function basis_points(text,    part, n) {
    n = split(text, part, ".")
    if (text !~ /^[0-9]+(\.[0-9][0-9]?)?$/ || part[1] > 100)
        fail("not a percent of at most two decimals: " text)
    return part[1] * 100 + (n < 2 ? 0 : substr(part[2] "0", 1, 2))
}

# "numerator, denominator" of a decimal number, or of products with one last division. In a product
# of several numbers only halves may occur: then binary64 forms the product exactly, and the one
# division of integers rounds as the published expression does.
function ratio(text,    side, sides, part, parts, number, i, top, bottom) {
    sides = split(text, side, "/")
    parts = split(side[1], part, "*")
    if (text !~ /^[0-9.*\/]+$/ || sides > 2)
        fail("not a factor: " text)
    top = 1
    bottom = sides == 2 ? whole(side[2]) : 1
    for (i = 1; i <= parts; i++) {
        number = part[i]
        if (number !~ /^[0-9]+(\.[0-9][0-9]?)?$/)
            fail("not a factor: " text)
        if (number ~ /\./ && (parts > 1 || sides > 1) && number !~ /\.50?$/)
            fail("the product would not be exact in binary64: " text)
        if (number ~ /\./)
            bottom *= length(number) - index(number, ".") == 1 ? 10 : 100
        sub(/\./, "", number)
        top *= number
    }
    if (top <= 0 || bottom <= 0 || top >= 1000000000 || bottom >= 1000000000)
        fail("factor out of range: " text)
    return top ", " bottom
}

# ---- checking and writing -----------------------------------------------------------------------

function check_year(y,    name, b) {
    for (name in required)
        if (!((y, name) in value))
            fail_file(path[y], "missing constant " name)
    if (((y, "minimum_deduction_applied_max_pension") in value) != \
        ((y, "minimum_deduction_applied_percent_pension") in value))
        fail_file(path[y], "the pensioners' minimum deduction needs both maximum and percent")
    if ((y in has_pensioners) && !((y, "minimum_deduction_applied_max_pension") in value))
        fail_file(path[y], "pensioner tables need the pensioners' minimum deduction")
    for (b = 1; b <= brackets_max; b++) {
        if (((y, "bracket_" b "_from") in value) != ((y, "bracket_" b "_percent") in value))
            fail_file(path[y], "bracket " b " needs both from and percent")
        if (!((y, "bracket_" b "_from") in value))
            continue
        if (b > 1 && (brackets[y] != b - 1 || \
            value[y, "bracket_" b "_from"] <= value[y, "bracket_" (b - 1) "_from"]))
            fail_file(path[y], "bracket " b " does not follow the one below it")
        brackets[y] = b
    }
    if (value[y, "national_insurance_phase_in_percent"] <= \
        value[y, "national_insurance_high_percent"])
        fail_file(path[y], "national insurance must phase in faster than its rate")
    if (!tables[y])
        fail_file(path[y], "no table")
}

function check_all(    i) {
    for (i = 1; i < ARGC; i++) {
        if (!(ARGV[i] in seen))
            fail_file(ARGV[i], "empty")
        if (i > 1 && !(ARGV[i] in digest))
            fail_file(ARGV[i], "has no digest in " ARGV[1])
        if (i > 2 && !(ARGV[i] in year_of))
            fail_file(ARGV[i], "no income_year")
    }
    if (periods != period_count)
        fail_file(ARGV[2], "expected " period_count " periods")
    for (i = 1; i <= years; i++)
        check_year(year[i])
}

function write_periods(    p, name) {
    printf "const char st_withholding_periods_sha256[] =\n    \"%s\";\n\n", digest[ARGV[2]]
    print "const struct st_withholding_period st_withholding_periods[ST_TAX_PERIOD_COUNT] = {"
    for (p = 1; p <= periods; p++) {
        printf "    [ST_TAX_%s] = {\"%s\", %d, %d,\n", toupper(period_name[p]), period_name[p],
            step[p], excess_above[p]
        printf "        {{%s}, {%s}, {%s}},\n", factor[p, 5], factor[p, 7], factor[p, 9]
        printf "        {{%s}, {%s}, {%s}}},\n", factor[p, 6], factor[p, 8], factor[p, 10]
    }
    print "};\n"
}

function write_tables(y, index_of_year,    t) {
    printf "static const struct st_withholding_table tables_%d[] = {\n", y
    for (t = 1; t <= tables[y]; t++)
        printf "    {&st_withholding_years[%d], %s},\n", index_of_year, table[y, t]
    print "};\n"
}

function field(name, text) {
    printf "        .%s = %s,\n", name, text
}

function figure(name, y, constant) {
    field(name, value[y, constant])
}

function minimum(y, percent, max, floor, wage) {
    return sprintf("{%d, %d, %d, %d}", value[y, percent], value[y, max], value[y, floor],
        wage == "" ? 0 : value[y, wage])
}

function write_year(y,    b, list, pension, own) {
    print "    {"
    field("income_year", y)
    field("digest", "\"" digest[path[y]] "\"")
    field("tables", "tables_" y)
    field("table_count", tables[y])
    field("personal_allowance_nok", "{" value[y, "personal_allowance"] ", " \
        value[y, "personal_allowance_finnmark"] "}")
    field("bracket_count", brackets[y])
    for (b = 1; b <= brackets[y]; b++)
        list = list (b > 1 ? ", " : "") "{" value[y, "bracket_" b "_from"] ", " \
            value[y, "bracket_" b "_percent"] "}"
    field("brackets", "{" list "}")
    own = ((y, "bracket_3_percent_finnmark") in value)
    field("has_finnmark_bracket_3", own ? "true" : "false")
    field("finnmark_bracket_3_bp", own ? value[y, "bracket_3_percent_finnmark"] : 0)
    figure("common_tax_bp", y, "common_tax_percent")
    figure("common_tax_finnmark_bp", y, "common_tax_percent_finnmark")
    figure("municipal_tax_bp", y, "municipal_tax_percent")
    figure("insurance_free_below_nok", y, "national_insurance_free_below")
    figure("insurance_phase_in_bp", y, "national_insurance_phase_in_percent")
    field("insurance_bp", "{0, " value[y, "national_insurance_low_percent"] ", " \
        value[y, "national_insurance_high_percent"] "}")
    field("minimum_wage", minimum(y, "minimum_deduction_applied_percent",
        "minimum_deduction_applied_max", "minimum_deduction_applied_floor",
        "wage_deduction_applied"))
    pension = ((y, "minimum_deduction_applied_max_pension") in value)
    field("has_pension", pension ? "true" : "false")
    if (pension)
        field("minimum_pension", minimum(y, "minimum_deduction_applied_percent_pension",
            "minimum_deduction_applied_max_pension", "minimum_deduction_applied_floor", ""))
    field("minimum_seafarer", minimum(y, "minimum_deduction_percent_seafarer",
        "minimum_deduction_max_seafarer", "minimum_deduction_floor_seafarer",
        "wage_deduction_seafarer"))
    figure("standard_deduction_bp", y, "standard_deduction_percent")
    figure("standard_deduction_max_nok", y, "standard_deduction_max")
    figure("seafarer_deduction_bp", y, "seafarer_deduction_percent")
    figure("seafarer_deduction_max_nok", y, "seafarer_deduction_max")
    print "    },"
}

END {
    if (failed)
        exit 1
    check_all()
    print "/* SPDX-License-Identifier: MIT */"
    print "/* withholding_data.c - the figures of engine/withholding, written by compile.awk. */"
    print "#include \"engine/withholding_data.h\"\n"
    write_periods()
    for (i = 1; i <= years; i++)
        write_tables(year[i], i - 1)
    print "const struct st_withholding_year st_withholding_years[] = {"
    for (i = 1; i <= years; i++)
        write_year(year[i])
    print "};\n"
    printf "const size_t st_withholding_year_count = %d;\n", years
}
