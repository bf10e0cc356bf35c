#!/bin/sh
# SPDX-License-Identifier: MIT
# controls.sh PROGRAM - holds docs/controls.md against the program: the commands it shows ("    $ ...") run in the
# order of the page, in a folder where the demo was paid, must end with 0 (or as "# exit N" says) and print what
# the page shows ("…" stands for anything, alone on a line for any lines); and the tests it names must be there.
set -eu
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
project=$PWD
page=docs/controls.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Each command of the page: N.cmd, N.want (what it prints), N.exit, N.line (where it stands).
mkdir "$folder/steps"
awk -v steps="$folder/steps" '
    /^    \$ / {
        name = sprintf("%s/%03d", steps, ++count)
        wanted = match($0, /# exit [0-9]+$/) ? substr($0, RSTART + 7) : 0
        print wanted > (name ".exit"); print FNR > (name ".line"); printf "" > (name ".want")
        print substr($0, 7) > (name ".cmd"); continued = /\\$/; shown = 1; next
    }
    /^    / && shown && continued { print substr($0, 5) > (name ".cmd"); continued = /\\$/; next }
    /^    / && shown { print substr($0, 5) > (name ".want"); next }
    { shown = 0 }' "$page"

mkdir "$folder/run" "$folder/run/build"
cd "$folder/run"
ln -s "$program" build/stonad
for part in fixtures engine; do ln -s "$project/$part" "$part"; done
sh fixtures/pay-demo.sh build/stonad build/demo > demo.txt 2>&1
unset STONAD_DB
books=$(command -v hledger || true)
BOOKS=$books STEPS=$folder/steps LC_ALL=C.UTF-8 sh -c '
    for step in "$STEPS"/*.cmd; do
        if [ -z "$BOOKS" ] && grep -q "hledger -f" "$step"; then rm "$step"; continue; fi
        sh -n "$step" > "${step%.cmd}.got" 2>&1 && . "$step" > "${step%.cmd}.got" 2>&1 < /dev/null
        echo $? > "${step%.cmd}.code"
    done'

# agrees WANT GOT: line by line, blank lines and blanks at the ends left out.
agrees() {
    awk '
        function fits(pattern, text,    pieces, n, i, at) {
            n = split(pattern, pieces, "…")
            if (substr(text, 1, length(pieces[1])) != pieces[1]) return 0
            if (n == 1) return text == pattern
            text = substr(text, length(pieces[1]) + 1)
            for (i = 2; i < n; i++) {
                if ((at = index(text, pieces[i])) == 0) return 0
                text = substr(text, at + length(pieces[i]))
            }
            return length(text) >= length(pieces[n]) && \
                substr(text, length(text) - length(pieces[n]) + 1) == pieces[n]
        }
        { sub(/[ \t]+$/, "") }
        $0 == "" { next }
        FILENAME == ARGV[1] { want[++wanted] = $0; next }
        { got[++given] = $0 }
        END {
            for (i = j = 1; i <= wanted; i++)
                if (want[i] == "…") {
                    if (i == wanted) exit 0
                    while (j <= given && !fits(want[i + 1], got[j])) j++
                } else if (j > given || !fits(want[i], got[j++])) exit 1
            exit j <= given
        }' "$1" "$2"
}

failed=0 commands=0
for step in "$folder"/steps/*.cmd; do
    step=${step%.cmd} commands=$((commands + 1))
    if [ "$(cat "$step.code")" != "$(cat "$step.exit")" ] || ! agrees "$step.want" "$step.got"; then
        failed=1
        echo "controls: $page:$(cat "$step.line"): $(cat "$step.cmd")"
        echo "exit $(cat "$step.code"), and it prints:"
        cat "$step.got"
    fi
done

# The tests: after each **Test**, `test_x.c` and then names of its tests; a name with a / is a file, or several.
cd "$project"
awk '/^\*\*Test\*\*/ {inside = 1} /^$/ {inside = 0} inside {
    n = split($0, parts, "`")
    for (i = 2; i <= n; i += 2) {
        if (parts[i] ~ /\//) print "-", parts[i]
        else if (parts[i] ~ /^test_[a-z_]*\.c$/) file = parts[i]
        else print file, parts[i]
    }}' "$page" > "$folder/tests.txt"
tests=0
while read -r file name; do
    tests=$((tests + 1))
    if [ "$file" = - ]; then
        ls $name > "$folder/found.txt" 2>&1 && continue
    else
        [ "$(grep -c "^static void $name(void \*\*state)\|[(]$name[,)]" "tests/unit/$file")" -ge 2 ] && continue
    fi
    failed=1
    echo "controls: $page names a test that is not there: $file $name"
done < "$folder/tests.txt"

# Each question has its test.
questions=$(grep -c '^### ' "$page")
answered=$(grep -c '^\*\*Test\*\*' "$page")
if [ "$questions" -ne "$answered" ] || [ "$commands" -lt 40 ] || [ "$tests" -lt 60 ]; then
    failed=1
    echo "controls: $questions questions, $answered with tests, $commands commands, $tests tests"
fi
[ "$failed" -eq 0 ] && echo "controls: $questions questions, $commands commands run, $tests tests found"
exit "$failed"
