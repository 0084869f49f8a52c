#!/usr/bin/env bash
# Whether every `show`, `list` and `log` of a generated ledger is what the naive reading of the same
# entries gives, at 50 cuts; also with what is derived deleted, half-written, of an older head and of
# another ledger. `same-answers.sh 100000 333 1 50 333`: events, disputes, seed, cuts, and how many
# disputes are shown at each cut. DISPUTE=path asks another binary. Exits 1 where an answer differs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

events=${1:-100000} disputes=${2:-333} seed=${3:-1} cuts=${4:-50} shown=${5:-333}
cargo build --release --quiet --manifest-path benches/Cargo.toml --bin generate --bin same
[[ -n ${DISPUTE:-} ]] || cargo build --release --quiet
dispute=$(realpath "${DISPUTE:-${CARGO_TARGET_DIR:-target}/release/dispute}")
bin=${CARGO_TARGET_DIR:-benches/target}/release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ledger() { # NAME
    "$dispute" -q -L "$work/$1" init --name "$1" >/dev/null
}
import() { # NAME
    "$dispute" -q -L "$work/$1" import - --json >/dev/null
    "$dispute" -q -L "$work/$1" list --json >/dev/null
}
"$bin/generate" "$events" "$disputes" "$seed" >"$work/events"
later=$((events / 100))
ledger asked
head -n "-$later" "$work/events" | import asked
cp -r "$work/asked/derived" "$work/older"
tail -n "$later" "$work/events" | import asked
ledger other
# The same disputes, but what became of them.
"$bin/generate" "$((disputes * 20))" "$disputes" "$((seed + 1))" | import other
"$bin/same" "$dispute" "$work/asked" "$work/older" "$work/other/derived" "$seed" "$cuts" "$shown"
