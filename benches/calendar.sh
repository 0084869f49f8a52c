#!/usr/bin/env bash
# A generated strike calendar of the size of Italy's since 2005 (590,000 lines, or as many as are
# asked for): imported, listed on ten dates, shown, verified, and its whole log read.
# Needs Rust and GNU time. DISPUTE=path measures another binary.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

events=${1:-590000}
cargo build --release --quiet --manifest-path benches/Cargo.toml --bin calendar
[[ -n ${DISPUTE:-} ]] || cargo build --release --quiet
dispute=$(realpath "${DISPUTE:-target/release/dispute}")
generate=${CARGO_TARGET_DIR:-benches/target}/release/calendar
work=${BENCH_DIR:-$(mktemp -d)}
[[ -n ${BENCH_DIR:-} ]] || trap 'rm -rf "$work"' EXIT

run() { # NAME ARGUMENT…
    local name=$1
    shift
    /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$dispute" -q -L "$work/calendar" "$@" >"$work/out"
    awk -v name="$name" -v bytes="$(stat -c %s "$work/out")" '{
        printf "%-34s %8.2f s %8.2f s CPU %6.0f MB %8.1f MB out\n", name, $1, $2 + $3, $4 / 1024, bytes / 1e6
    }' "$work/time"
}

mkdir -p "$work"
"$generate" "$events" >"$work/calendar.jsonl"
rm -rf "$work/calendar"
"$dispute" -q -L "$work/calendar" init --name calendar >/dev/null
run import import "$work/calendar.jsonl" --json
run 'list --on 2024-06-30, first' list --json --on 2024-06-30
for on in 2006-03-01 2008-10-17 2010 2012-12 2015-05-05 2017-06-16 2019-09-27 2021-10-11 2023-11-17 2025; do
    run "list --on $on" list --json --on "$on"
done
run 'list --phase stoppage' list --json --on 2021-10-11 --phase stoppage
for n in 0 1000 50000 100000; do
    run "show sciopero-$n" show "sciopero-$n" --json --on 2024-01-01
done
run 'log sciopero-50000' log sciopero-50000 --json
run 'log --recorded' log --recorded --json
run 'log' log --json
run 'log --on 2015-05-05' log --json --on 2015-05-05
run verify verify --json
du -sh "$work/calendar"
