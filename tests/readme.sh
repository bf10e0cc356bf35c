#!/bin/sh
# SPDX-License-Identifier: MIT
# readme.sh PROGRAM - runs the README's month line by line, as it stands there, in a folder of its own: every
# command must succeed, and the payment file must be there.
set -eu
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
project=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk '/^## A month in ten lines/ {inside = 1; next} /^[^ ]/ && inside {exit} inside && /^    / {print substr($0, 5)}' \
    README.md > "$folder/month.sh"
count=$(grep -c . "$folder/month.sh")
cd "$folder"
mkdir build
ln -s "$program" build/stonad
ln -s "$project/fixtures" fixtures
if ! sh -e month.sh > out.txt 2> err.txt || [ ! -s payments.xml ] || [ "$count" -lt 8 ]; then
    echo "readme: the README's month does not run as it stands"
    tail -n 5 out.txt err.txt
    exit 1
fi
echo "readme: $count lines run"
