#!/bin/sh
# SPDX-License-Identifier: MIT
# mutants.sh - removes or shifts one rule of the engine at a time, and asks whether a law case notices.
#
#   mutants.sh BUILD MAKE            every mutant of mutants.txt; run by `make mutants`
#   mutants.sh BUILD MAKE PATTERN    those whose id fits the shell pattern, for example 'R08-*'
#
# docs/mutants.md says how to read the list and what is printed. The tree is copied and built once; a
# mutant is one edited file, compiled and linked before the library, so nothing has to be put back.
set -u
build=$1
make=$2
wanted=${3:-*}
jobs=${JOBS:-2}
here=tests/mutants
list=$here/mutants.txt
work=$build/mutants
tree=$work/tree

fail() {
    printf 'mutants: %s\n' "$1" >&2
    exit 1
}

# Every block of the list in files of its own, and `all`: id, file, rule, first cases, judge, equivalent.
# The text to find and to put in its place stand in ID.find and ID.with, without a last line end.
split_list() {
    awk -v out="$work/edits/" '
        function stop(text) { print "mutants: " FILENAME ":" FNR ": " text > "/dev/stderr"; bad = 1; exit 1 }
        function finish() {
            if (id == "") return
            if (file == "" || rule == "" || find == "") stop(id " lacks its file, rule or line")
            if (id in seen) stop(id " stands twice")
            seen[id] = 1
            printf "%s", find > (out id ".find"); close(out id ".find")
            printf "%s", with > (out id ".with"); close(out id ".with")
            print what > (out id ".what"); close(out id ".what")
            if (cases == "") { cases = id; sub(/-.*/, "-*.case", cases) }
            print id, file, rule, cases, judge, equivalent > (out "all")
        }
        /^#/ { next }
        /^mutant / { finish(); id = $2; file = rule = what = find = with = cases = ""
                     judge = "cases"; equivalent = "no"; finds = withs = 0; next }
        /^file / { file = $2; next }
        /^rule / { rule = $2; next }
        /^what / { what = substr($0, 6); next }
        /^case / { cases = $2; next }
        /^by unit / { judge = $3; next }
        /^equivalent / { equivalent = "yes"; next }
        /^- / { find = find (finds++ ? "\n" : "") substr($0, 3); next }
        /^\+( |$)/ { with = with (withs++ ? "\n" : "") substr($0, 3); next }
        NF > 0 { stop("not understood: " $0) }
        END { if (!bad) finish(); exit bad }' "$list"
}

# apply ID FILE: FILE with the mutant's edit, on stdout. Fails unless the text stands there exactly once.
apply() {
    awk -v id="$1" '
        FILENAME ~ /\.find$/ { find = find (FNR > 1 ? "\n" : "") $0; next }
        FILENAME ~ /\.with$/ { with = with (FNR > 1 ? "\n" : "") $0; next }
        { text = text $0 "\n" }
        END {
            at = index(text, find)
            if (at == 0 || index(substr(text, at + 1), find) != 0) {
                print "mutants: " id ": its text stands " (at == 0 ? "nowhere" : "more than once") \
                      " in " FILENAME > "/dev/stderr"
                exit 1
            }
            printf "%s%s%s", substr(text, 1, at - 1), with, substr(text, at + length(find))
        }' "$work/edits/$1.find" "$work/edits/$1.with" "$2"
}

# passes PROGRAM [CASE...]: whether the tests pass; what failed is kept in $log. A mutant that never
# ends has failed too.
passes() {
    timeout 60 "$@" >"$log" 2>&1
}

# judge_mutant ID FILE CASES JUDGE: prints "killed", "survived" or "broken", and by what.
# shellcheck disable=SC2086 # options are words, cases a pattern
judge_mutant() {
    object=$work/objects/$1.o
    log=$work/objects/$1.log
    program=$work/objects/$1.run
    runner=build/tests/cases/run_cases.o
    [ "$4" != cases ] && runner=build/tests/unit/$4.o
    if ! { $CC $compile -c -o "$object" "$work/sources/$1/$2" &&
           $CC -o "$program" "$tree/$runner" "$object" "$tree/build/libstonad.a" $libraries; } \
         >"$log" 2>&1; then
        echo "broken does not compile, see $log"
    elif [ "$4" != cases ]; then
        passes "$program" && echo survived || echo "killed $4"
    elif first=$(ls fixtures/cases/$3 2>/dev/null) && ! passes "$program" $first; then
        killer
    elif passes "$program"; then
        echo survived
    else
        killer
    fi
    rm -f "$program" "$object"
}
killer() {
    awk '/\[  FAILED  \]/ && $4 ~ /\.case$/ && !found {found = $4}
         END {print "killed " (found == "" ? "abort" : found)}' "$log"
}

# work_off NUMBER: every mutant whose place in the list is NUMBER modulo the jobs.
work_off() {
    awk -v jobs="$jobs" -v mine="$1" 'NR % jobs == mine' "$work/edits/chosen" |
        while read -r id file rule cases judge equivalent; do
            echo "$id $rule $equivalent $(judge_mutant "$id" "$file" "$cases" "$judge")"
        done >"$work/results.$1"
}

prepare() {
    rm -rf "$work/edits" "$work/sources" "$work/objects" "$work"/results.*
    mkdir -p "$work/edits" "$work/sources" "$work/objects" "$tree" || fail "cannot write in $work"
    work=$(cd "$work" && pwd)
    tree=$work/tree
    : >"$work/edits/all"
    split_list || exit 1
    while read -r id rest; do
        # shellcheck disable=SC2254 # a pattern is what it is meant to be
        case $id in $wanted) echo "$id $rest" ;; esac
    done <"$work/edits/all" >"$work/edits/chosen"
    [ -s "$work/edits/chosen" ] || fail "no mutant fits $wanted"
    for part in Makefile engine formats db include tests fixtures; do
        rm -rf "${tree:?}/$part"
        cp -Rp "$part" "$tree" || fail "the copy failed"
    done
    # Every edit is tried before anything is built: what moved in the source is told at once.
    broken=0
    while read -r id file rest; do
        mkdir -p "$work/sources/$id/$(dirname "$file")"
        apply "$id" "$tree/$file" >"$work/sources/$id/$file" || broken=1
    done <"$work/edits/chosen"
    [ $broken -eq 0 ] || fail "an edit of $list no longer fits its file"
}

# The tree unchanged: the library, the case runner and the unit tests that judge.
build_tree() {
    judges=$(awk '$5 != "cases" {print "build/tests/unit/" $5}' "$work/edits/chosen" | sort -u)
    options="-O0 -w -U_FORTIFY_SOURCE"
    # shellcheck disable=SC2086 # one target a word
    (cd "$tree" && MAKEFLAGS="" $make -j"$jobs" --no-print-directory BUILD=build OPTIMIZE= CFLAGS="$options" \
        build/libstonad.a build/tests/cases/run_cases $judges >"$work/build.log" 2>&1) ||
        fail "the tree does not build, see $work/build.log"
    log=$work/unchanged.log
    cd "$tree" || exit 1
    for judge in build/tests/cases/run_cases $judges; do
        passes "$judge" || fail "$judge fails without any mutant, see $log"
    done
}

# What survived although it should not, and what was killed although said to be equivalent.
report() {
    sort "$work"/results.* >"$work/report.txt"
    awk -v edits="$work/edits/" '
        { state = $4; count[state]++; id = $1 }
        state == "broken" { print "BROKEN   " $0; failed = 1 }
        state == "survived" && $3 == "no" || state == "killed" && $3 == "yes" {
            what = ""
            getline what < (edits id ".what")
            print (state == "survived" ? "SURVIVED " : "NOT EQUIVALENT ") id " (" $2 "): " what
            failed = 1
        }
        state == "survived" && $3 == "yes" { equivalent++ }
        END {
            printf "%d mutants, %d killed, %d survived (%d listed as equivalent)\n", NR,
                   count["killed"], count["survived"], equivalent
            exit failed || NR == 0
        }' "$work/report.txt"
}

# The cases' ledgers in memory where that can be had: nothing here waits for a disk.
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ]; then
    TMPDIR=/dev/shm
    export TMPDIR
fi
prepare
build_tree
compile="-std=c17 -O0 -w -ffp-contract=off -I$tree -I$tree/include -I$tree/build/gen
    $(pkg-config --cflags gmp sqlite3 libxml-2.0 libcrypto libutf8proc)"
libraries="$(pkg-config --libs cmocka gmp sqlite3 libxml-2.0 libcrypto libutf8proc)"
CC=${CC:-cc}
number=0
while [ "$number" -lt "$jobs" ]; do
    work_off "$number" &
    number=$((number + 1))
done
wait
report
