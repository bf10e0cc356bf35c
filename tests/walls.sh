#!/bin/sh
# SPDX-License-Identifier: MIT
# walls.sh - the rules of the house that a compiler does not see; run by `make test`.
# Every rule prints what breaks it; the script fails when any is broken.
set -u
broken=0
# report TITLE LINES: says what breaks a rule.
report() {
    [ -z "$2" ] && return
    printf 'walls: %s\n%s\n' "$1" "$2"
    broken=1
}
# A file without its comments and strings, one line in, one line out.
code_of() {
    awk '{
        line = $0
        gsub(/\\"/, "", line)
        gsub(/"[^"]*"/, "\"\"", line)
        while (1) {
            if (inside) {
                end = index(line, "*/")
                if (end == 0) { line = ""; break }
                line = substr(line, end + 2); inside = 0
            }
            start = index(line, "/*")
            if (start == 0) { kept = kept line; break }
            kept = kept substr(line, 1, start - 1)
            line = substr(line, start + 2); inside = 1
        }
        sub(/\/\/.*/, "", kept)
        if (kept ~ pattern) printf "%s:%d:%s\n", name, FNR, $0
        kept = ""
    }' name="$1" pattern="$2" "$1"
}
search() { # search PATTERN FILES...
    pattern=$1
    shift
    for file in "$@"; do code_of "$file" "$pattern"; done
}
includes() { # includes PATTERN FILES...: whole lines, with their strings
    pattern=$1
    shift
    grep -nE "^#[[:space:]]*include[[:space:]]*$pattern" "$@" /dev/null
}

report 'engine/ is pure: no I/O, clock, locale, SQLite or libxml2' \
    "$(includes '<(sqlite3|libxml/|stdio|time|locale|unistd|sys/|fcntl|errno|signal|pthread|wchar)' \
        engine/*.c engine/*.h)"
report 'engine/ knows no other room' \
    "$(includes '"(db|formats|cli)/' engine/*.c engine/*.h;
       includes '"stonad/(ledger|record|input|output|payment)' engine/*.c engine/*.h)"
report 'engine/ has no variables that outlive a call' \
    "$(search '^static [a-z_ ]*[a-z_]+(\[[^]]*\])*( = .*)?;$' engine/*.c | grep -v ' const \|static const\|(')"
report 'no float outside engine/withholding_table.c' \
    "$(search '(^|[^a-zA-Z_])(double|float)([^a-zA-Z_]|$)' \
        $(ls engine/*.[ch] db/*.[ch] formats/*.[ch] cli/*.[ch] include/stonad/*.h |
            grep -v '^engine/withholding_table.c$'))"
report 'db/ does not know formats/ or cli/' \
    "$(includes '"(formats|cli)/' db/*.[ch]; includes '"stonad/(input|output|payment)' db/*.[ch];
       includes '<libxml/' db/*.[ch])"
report 'formats/ does not know db/ or cli/' \
    "$(includes '"(db|cli)/' formats/*.[ch]; includes '"stonad/ledger' formats/*.[ch];
       includes '<sqlite3' formats/*.[ch])"
report 'cli/ speaks neither SQL nor XML' "$(includes '<(sqlite3|libxml/|gmp)' cli/*.[ch])"
report 'no locale anywhere' "$(search 'setlocale|newlocale|uselocale' */*.c)"
report 'every source file says its licence' \
    "$(grep -L 'SPDX-License-Identifier: MIT' Makefile engine/*.[ch] db/*.[ch] formats/*.[ch] cli/*.[ch] \
        include/stonad/*.h tests/*.sh tests/*/*.[ch] db/*.sql engine/withholding/*.awk)"
report 'no path of a machine and no word about a workplace' \
    "$(grep -rnIE '/work/|/root/|/home/[a-z]' --include='*' Makefile README.md docs engine db formats cli \
        include tests fixtures .ci 2>/dev/null | grep -v '^tests/walls.sh')"
[ "$broken" -eq 0 ] && echo 'walls: hold'
exit "$broken"
