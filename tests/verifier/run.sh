#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh PROGRAM - the second verifier: nothing found in the demo's ledger, nor in one with a longer history, and
# everything that was changed in copies of it (check_verifier.py says what).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! sh fixtures/pay-demo.sh "$1" "$folder/demo" > "$folder/said" 2>&1; then
    echo "second verifier: the demo does not run"
    tail -n 5 "$folder/said"
    exit 1
fi
python3 -B tests/verifier/check_verifier.py "$1" "$folder/demo/ledger.db"
