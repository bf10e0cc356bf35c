#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh STONAD TOOLS COUNT - a month of a municipality of COUNT people, measured from the files to the
# bank's file; then the run against its floor: the sqlite3 shell putting the same rows into the same
# tables. Times on a shared machine drift, so what is to be held is a ratio of two things measured next
# to each other.
#   STONAD  the program;  TOOLS  the folder of population, measure and engine_bench
#   SEED=1  another population    PAIRS=3  how often run and floor are repeated
#   ORDER=sorted  files by person number (otherwise as people came)    KEEP=1  leaves the files behind
# Everything it makes lies in TOOLS/work, which is emptied first.
set -eu
LC_ALL=C
export LC_ALL
unset STONAD_DB
stonad=$1 tools=$2 count=$3
seed=${SEED:-1} pairs=${PAIRS:-3} order=${ORDER:-}
source=$(dirname "$0")/../..
work=$tools/work
month=2026-05 payday=2026-06-12 today=2026-06-02

case $count in '' | *[!0-9]*) echo "bench: N is a number of people, 1 to 1000000" >&2; exit 2 ;; esac
rm -rf "$work"
mkdir -p "$work/files" "$work/engine"
ledger=$work/imported.db
csv=$work/rows

# ---- measuring ------------------------------------------------------------------------------------

# take FIGURES COMMAND...: runs it with its output put away; says what it said when it fails.
take() {
    figures=$1
    shift
    "$tools/measure" "$figures" "$@" >"$work/said" 2>&1 && return
    printf 'bench: %s failed:\n' "$*" >&2
    tail -n 20 "$work/said" >&2
    exit 1
}
# line NAME FIGURES [WHAT COUNT]: a line of the table.
line() {
    awk -v name="$1" -v what="${3:-people}" -v count="${4:-$count}" '{
        printf "%-30s %8.2f s %8.2f s %10.0f %-8s %7.1f MiB\n",
            name, $1 / 1e6, $2 / 1e6, count * 1e6 / ($1 > 0 ? $1 : 1), what "/s", $3 / 1024
    }' "$2"
}
# ratio A B: wall time of A over wall time of B.
ratio() { cat "$1" "$2" | awk '{ wall[NR] = $1 } END { printf "%.2f", wall[1] / wall[2] }'; }
median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
# verdict VALUE LIMIT: whether a value that may be at most LIMIT is.
verdict() { awk -v value="$1" -v limit="$2" 'BEGIN { print value <= limit ? "met" : "NOT MET" }'; }
query() { sqlite3 -batch -noheader "$@"; }

# ---- the floor ------------------------------------------------------------------------------------

tables='run payslip line finding journal'

# The pragmas of a connection, read out of the ledger's own source, so that they cannot differ.
pragmas() {
    sed -n 's/^.*"\(PRAGMA [a-z_.]* = [^";]*;\)".*$/\1/p' "$source/db/ledger.c"
    echo 'PRAGMA foreign_keys = ON;'
}

# What the run wrote, as CSV, and the script that puts it into a copy of the ledger before the run.
prepare_floor() {
    run_ledger=$1
    mkdir -p "$csv"
    for table in $tables; do
        rows="SELECT * FROM $table"
        [ "$table" = journal ] && rows="$rows WHERE run = 1"
        sqlite3 -batch -noheader -csv "$run_ledger" "$rows" >"$csv/$table.csv"
    done
    [ "$(pragmas | wc -l)" -ge 4 ] || { echo "bench: no pragmas found in db/ledger.c" >&2; exit 1; }
    { pragmas
      echo 'BEGIN IMMEDIATE;'
      for table in $tables; do echo ".import --csv $csv/$table.csv $table"; done
      echo 'COMMIT;'; } >"$work/floor.sql"
}

# Both ledgers must now hold the same; otherwise the floor is none.
check_floor() {
    for table in $tables; do
        of_run=$(query "$1" "SELECT count(*) FROM $table")
        of_floor=$(query "$2" "SELECT count(*) FROM $table")
        [ "$of_run" = "$of_floor" ] && continue
        echo "bench: $table has $of_run rows after the run and $of_floor after the floor" >&2
        exit 1
    done
}

# pair NUMBER: run and floor, each on a fresh copy of the imported ledger that is on the disk.
pair() {
    cp "$ledger" "$work/run.db"
    cp "$ledger" "$work/floor.db"
    sync "$work/run.db" "$work/floor.db"
    take "$work/run.$1" "$stonad" run --db "$work/run.db" --month "$month" --payday "$payday" \
        --actor kari --today "$today"
    [ -f "$work/floor.sql" ] || prepare_floor "$work/run.db"
    take "$work/floor.$1" sh -c 'exec sqlite3 -batch -bail "$0" <"$1"' "$work/floor.db" "$work/floor.sql"
    check_floor "$work/run.db" "$work/floor.db"
    ratio "$work/run.$1" "$work/floor.$1" >>"$work/ratios"
    echo >>"$work/ratios"
}

# ---- the month ------------------------------------------------------------------------------------

printf 'A month for %s people (seed %s%s)\n\n' "$count" "$seed" "${order:+, files by number}"
printf '%-30s %10s %10s %19s %11s\n' step time processor rate 'peak memory'

take "$work/population" "$tools/population" "$count" "$seed" "$work/files" ${order:+"$order"}
take "$work/init" "$stonad" init --db "$ledger" --test --orgnr 310942006 --name 'Benken kommune' \
    --account 99905665533 --bic FJVKNO21XXX --first-month "$month" --actor kari --today "$today"
take "$work/import" "$stonad" import "$work/files" --db "$ledger" --actor kari --today "$today"
line import "$work/import"
rows=$(query "$ledger" 'SELECT sum(row_count) FROM import_file')
line '  the same, in rows' "$work/import" rows "$rows"

number=1
while [ "$number" -le "$pairs" ]; do
    pair "$number"
    number=$((number + 1))
done
payslips=$(query "$work/run.db" 'SELECT count(*) FROM payslip')
middle=$(awk '{ print $1, NR }' "$work/ratios" | sort -n |
    awk '{ pair[NR] = $2 } END { print pair[int((NR + 1) / 2)] }')
line run "$work/run.$middle"

payments=$(query "$work/run.db" 'SELECT payment_count FROM run')
sum=$(query "$work/run.db" "SELECT printf('%d.%02d', net_ore / 100, net_ore % 100) FROM run")
take "$work/approve" "$stonad" approve 1 --db "$work/run.db" --payments "$payments" --sum "$sum" \
    --actor ola --today "$today"
line approve "$work/approve"
take "$work/export" "$stonad" export 1 --db "$work/run.db" --as pain.001.001.09 -o "$work/payments.xml" \
    --actor ola --today "$today"
line 'export pain.001.001.09' "$work/export"

# ---- against the floors ---------------------------------------------------------------------------

printf '\nfloors\n'
line 'insert of the same rows' "$work/floor.$middle"
take "$work/copy" sh -c 'cp "$0" "$0.copy" && sync "$0.copy"' "$work/payments.xml"
line 'copy of the payment file' "$work/copy"
take "$work/xmllint" xmllint --stream --noout --schema "$source/formats/pain.001.001.09.xsd" \
    "$work/payments.xml"
line 'xmllint of the payment file' "$work/xmllint"
{ for file in "$work"/files/*.csv; do
      name=$(basename "$file" .csv)
      echo ".import --csv $file $name"
  done; echo 'COMMIT;'; } | { pragmas; echo 'BEGIN;'; cat; } >"$work/import.sql"
take "$work/import.floor" sh -c 'exec sqlite3 -batch -bail "$0" <"$1"' "$work/plain.db" "$work/import.sql"
line '.import of the CSV files' "$work/import.floor"

run_ratio=$(median <"$work/ratios")
peak=$(cat "$work/import" "$work/run.$middle" "$work/approve" "$work/export" |
    awk '$3 > most { most = $3 } END { printf "%.1f", most / 1024 }')
printf '\n%-46s %6s   goal %-4s %s\n' 'run / insert of the same rows (median of '"$pairs"')' \
    "$run_ratio" 2.00 "$(verdict "$run_ratio" 2)"
printf '%-46s %6s   (%s)\n' '  the pairs one by one' '' "$(tr '\n' ' ' <"$work/ratios" | sed 's/ $//')"
printf '%-46s %6s   goal %-4s %s\n' 'most memory of any step, MiB' "$peak" 64 "$(verdict "$peak" 64)"
export_ratio=$(cat "$work/export" "$work/copy" "$work/xmllint" |
    awk '{ wall[NR] = $1 } END { printf "%.2f", wall[1] / (wall[2] + wall[3]) }')
printf '%-46s %6s\n' 'export / (copy + xmllint)' "$export_ratio"
printf '%-46s %6s\n' 'import with XML / .import of the CSV files' \
    "$(ratio "$work/import" "$work/import.floor")"
awk -v payslips="$payslips" '{
    printf "%-46s %6.1f   (%.1f of the processor)\n", "microseconds a payslip of the run", $1 / payslips,
        $2 / payslips }' "$work/run.$middle"

"$tools/population" 2000 "$seed" "$work/engine"
printf '%-46s %6.0f\n' 'the calculation alone, payslips/s on one core' \
    "$("$tools/engine_bench" "$work/engine" 200000)"
[ -n "${KEEP:-}" ] || rm -rf "$work"
