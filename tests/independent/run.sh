#!/usr/bin/env bash
# The independent verifier against the program, on a ledger made here and damaged copies of its
# backup: run.sh [COPIES [PROGRAM]]
# Needs python3 and its blake3 package, which is installed into target/ where that is possible.
# Exit 77: they cannot be had here, and nothing was checked.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
copies=${1:-1000}
program=$(realpath "${2:-$root/target/release/dispute}")
own=$root/target/independent
export PYTHONDONTWRITEBYTECODE=1

cannot() { printf 'skipped: %s\n' "$1"; exit 77; }

python=python3
command -v python3 >/dev/null || cannot 'there is no python3'
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' || cannot 'python3 is older than 3.9'
if ! python3 -c 'import blake3' 2>/dev/null; then
    python=$own/venv/bin/python
    if ! "$python" -c 'import blake3' 2>/dev/null; then
        python3 -m venv "$own/venv" >/dev/null 2>&1 || cannot 'python3 makes no virtual environment here'
        "$python" -m pip install --quiet 'blake3>=1,<2' >/dev/null 2>&1 || cannot 'pip could not install blake3'
    fi
fi

"$python" "$here/test_verify.py" --quiet

rm -rf "$own/run"
mkdir -p "$own/run/damaged"
cd "$own/run"
export DISPUTE_LEDGER=$own/run/ledger
quietly() { "$program" "$@" --quiet --no-input >/dev/null; }
quietly init --name 'Southern California'
quietly import "$root/fixtures/kaiser-socal-2024.jsonl"
key=$("$program" key new keeper.example -o keeper.key)
quietly checkpoint --key keeper.key -o first.checkpoint
# An event that is erased with what was amended in it.
head=$("$program" head --quiet)
quietly amend S08 --set text='it says something else' --reason 'the quotation was wrong'
quietly redact S08 --reason 'it names a private person'
quietly checkpoint --key keeper.key -o second.checkpoint
quietly backup whole.backup

quietly backup increment.backup --since "$head"

"$python" "$here/verify.py" whole.backup increment.backup --key "$key"
damage() { "$python" "$here/damage.py" "$1" --program "$program" --key "$key" --copies "$2" --into damaged; }
status=0
damage whole.backup "$copies" || status=$?
damage increment.backup $((copies / 5)) || status=$?
exit "$status"
