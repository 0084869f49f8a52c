#!/usr/bin/env bash
# Go's golang.org/x/mod/sumdb reads our checkpoints and static logs: run.sh [PROGRAM]
# Needs Go and that module: from Debian's packages, which are installed where that is allowed, or by
# Go itself. Exit 77: they cannot be had here, and nothing was checked.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(realpath "${1:-$here/../../target/release/dispute}")
debian=/usr/share/gocode

cannot() { printf 'skipped: %s\n' "$1"; exit 77; }

if ! command -v go >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get install -y --no-install-recommends golang-go golang-golang-x-mod-dev >/dev/null 2>&1 || true
fi
command -v go >/dev/null || cannot 'there is no Go, and it could not be installed'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/go.mod "$here"/main.go "$work"
cd "$work"
if [ -d "$debian/src/golang.org/x/mod/sumdb" ]; then
    GO111MODULE=off GOPATH=$debian go build -o interop .
else
    GOFLAGS=-mod=mod go build -o interop . || cannot 'golang.org/x/mod is not here, and Go could not get it'
fi

# A ledger of more than 256 events, so that there are full tiles and a second level.
export DISPUTE_LEDGER=$work/ledger
"$program" init --name 'Southern California' --quiet >/dev/null
key=$("$program" key new keeper.example -o keeper.key)
"$program" checkpoint --key keeper.key -o first.checkpoint --quiet >/dev/null
"$program" import "$here/../../fixtures/kaiser-socal-2024.jsonl" --quiet >/dev/null
"$program" checkpoint --key keeper.key -o second.checkpoint --quiet >/dev/null
for n in $(seq 400); do
    printf '{"kind":"party","id":"more-%d","party":"more-%d","name":"Party %d","role":"other"}\n' "$n" "$n" "$n"
done >more.jsonl
"$program" import more.jsonl --quiet >/dev/null
"$program" checkpoint --key keeper.key -o third.checkpoint --quiet >/dev/null
"$program" export --format tiles static --quiet >/dev/null
cmp third.checkpoint static/checkpoint
./interop "$key" static first.checkpoint second.checkpoint third.checkpoint

# It has to say no as well: to another key, an altered tile and an altered entry.
refuses() { if ./interop "$@" >/dev/null 2>&1; then echo "not refused: $*" >&2; exit 5; fi; }
flip() { # FILE AT: one byte, made another one
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
refuses "$("$program" key new keeper.example -o other.key)" static
for file in tile/0/000 tile/0/001 tile/1/000.p/2 tile/entries/000 tile/entries/002.p/*; do
    cp -r static altered
    flip "$(echo altered/$file)" 40
    refuses "$key" altered
    rm -r altered
done
echo 'another key, altered tiles and altered entries are refused'
