#!/usr/bin/env bash
# Kills and power cuts in the middle of add, import, redact and compact: run.sh [ROUNDS]
# ROUNDS of each scenario with each sort of fault, 100 by default. faults.py says what they are, and
# what a power cut is here. Needs Linux, root (it mounts images), python3, mkfs.ext4 and mkfs.xfs.
#   DISPUTE=PATH           the program; by default target/release/dispute is built
#   LIVE_MOST=8192         how many events lie in the store before they move into a segment
#   IMPORT_EVENTS=40000    how long the file is that is imported
#   ONLY=WORD              only the scenarios with that word in their name
#   SEED=N                 the same draws again; it is printed
# Exit 0: nothing bad. 1: something was lost, half there or broken; its folder is named and kept.
# 77: it cannot run here, and nothing was checked.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export PYTHONDONTWRITEBYTECODE=1

cannot() { printf 'skipped: %s\n' "$1"; exit 77; }

[ "$(uname -s)" = Linux ] || cannot 'images are mounted on Linux only'
[ "$(id -u)" = 0 ] || cannot 'only root may mount images'
command -v python3 >/dev/null || cannot 'there is no python3'
command -v losetup >/dev/null || cannot 'there is no losetup'
if ! command -v mkfs.xfs >/dev/null && command -v apt-get >/dev/null; then
    apt-get install -y --no-install-recommends xfsprogs >/dev/null 2>&1 || true
fi
command -v mkfs.xfs >/dev/null || cannot 'there is no mkfs.xfs (package xfsprogs)'
command -v mkfs.ext4 >/dev/null || cannot 'there is no mkfs.ext4 (package e2fsprogs)'

if [ -z "${DISPUTE:-}" ]; then
    cargo build --release --quiet --manifest-path "$root/Cargo.toml"
    DISPUTE=$root/target/release/dispute
fi
exec python3 "$here/faults.py" --program "$(realpath "$DISPUTE")" --work "$root/target/faults" \
    --rounds "${1:-100}" --seed "${SEED:-1}" --only "${ONLY:-}" \
    --live-most "${LIVE_MOST:-8192}" --import-events "${IMPORT_EVENTS:-40000}"
