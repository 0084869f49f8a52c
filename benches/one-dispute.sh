#!/usr/bin/env bash
# How much longer it takes to show a dispute of 300 events in a ledger of 100,000 than in one of 300.
# Needs Rust, hyperfine and jq.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo build --release --quiet
cargo build --release --quiet --manifest-path benches/Cargo.toml
dispute=$PWD/target/release/dispute
generate=$PWD/benches/target/release/generate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ledger() { # NAME EVENTS DISPUTES
    "$generate" "$2" "$3" >"$work/$1.jsonl"
    "$dispute" -q -L "$work/$1" init --name bench >/dev/null
    "$dispute" -q -L "$work/$1" import "$work/$1.jsonl" --json >/dev/null
}
ledger small 305 1
ledger large 100000 333
# The dispute of the large ledger that has most nearly as many events.
of_300=$("$dispute" -L "$work/large" list --json |
    jq -rs 'min_by((.events - 300) | fabs) | .dispute')

show() { printf '%q -q -L %q show %q --on 2022-01-01' "$dispute" "$work/$1" "$2"; }
# Each is read once before: that packs it.
$(show small dispute-0) >/dev/null
$(show large "$of_300") >/dev/null
hyperfine -N --warmup 5 --min-runs 60 --export-json "$work/times.json" \
    -n 'show, ledger of 300' "$(show small dispute-0)" \
    -n 'show, ledger of 100,000' "$(show large "$of_300")" \
    -n 'head, ledger of 300' "$dispute -L $work/small head" \
    -n 'head, ledger of 100,000' "$dispute -L $work/large head"
jq -r '.results | "ratio of the medians: \(.[1].median / .[0].median * 100 | round / 100)"' \
    "$work/times.json"
