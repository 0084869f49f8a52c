#!/usr/bin/env bash
# Measures dispute beside its rivals and writes the tables of README.md.
#
#   benches/run.sh [N] [--growth]        N events, 1,000,000 where no number is given
#
# BENCH_DIR  keeps the ledgers and raw.jsonl, the raw figures (else a temporary folder)
# DISPUTE    the binary to measure (else this checkout's, built here)
# GROWTH     the sizes of --growth (else "5000000 10000000"), for which SQLite and git are not asked
# LEAST      the fewest rounds of what goes through everything (else 3)
# JOBS       only these: "import verify add show list disk memory"
# Needs Rust and git; ledger and hledger are measured where they are installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
size=1000000
growth=()
for word in "$@"; do
    case $word in
    --growth) read -ra growth <<<"${GROWTH:-5000000 10000000}" ;;
    *) size=$word ;;
    esac
done
jobs=${JOBS:-import verify add show list disk memory}
least=${LEAST:-3}
work=${BENCH_DIR:-$(mktemp -d)}
mkdir -p "$work"
[[ -n ${BENCH_DIR:-} ]] || trap 'rm -rf "$work"' EXIT

if [[ -z ${DISPUTE:-} ]]; then
    cargo build --release --quiet --manifest-path "$here/../Cargo.toml"
    DISPUTE=$(cd "$here/.." && pwd)/target/release/dispute
fi
cargo build --release --quiet --manifest-path "$here/Cargo.toml"
bin=$here/target/release
raw=$work/raw.jsonl
: >"$raw"
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=bench GIT_AUTHOR_EMAIL=b@example.org
export GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=b@example.org
# The date for which every question is asked.
on=2022-01-01

wants() { [[ " $jobs " == *" $1 "* ]]; }
measure() { "$bin/measure" "$raw" "$@"; }
say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }
# A line about the machine, the versions or this run.
note() { printf '{"note":"%s","text":"%s"}\n' "$1" "${2//\"/}" >>"$raw"; }
bytes_of() { du -s --block-size=1 "$1" | cut -f1; }
disk() { # WHO SIZE FILES…
    local who=$1 of=$2 total=0 file
    shift 2
    for file in "$@"; do total=$((total + $(bytes_of "$file"))); done
    printf '{"job":"disk","who":"%s","size":%s,"bytes":%s}\n' "$who" "$of" "$total" >>"$raw"
}

# ours DIR, sqlite FILE, git DIR, each as a new ledger
new_ours() { printf 'rm -rf %q && %q -q -L %q init --name bench --as bench >/dev/null' "$1" "$DISPUTE" "$1"; }
new_sqlite() { printf 'rm -f %q* && %q %q init' "$1" "$bin/sqlite" "$1"; }
# Without compression git imports twice as fast; it packs nothing by itself, and flushes everything.
new_git() {
    printf 'rm -rf %q && git init -q -b main %q && cd %q && git config core.compression 0 && ' "$1" "$1" "$1"
    printf 'git config core.fsync all && git config gc.auto 0 && git config maintenance.auto false'
}

ours() { echo "$work/ours-$1"; }
sqlite() { echo "$work/sqlite-$1.db"; }
repository() { echo "$work/git-$1"; }
disputes() { echo $(($1 < 1000 ? 20 : $1 / 50)); }

# Writes the events of a size, once.
events() {
    [[ -f $work/$1.jsonl ]] || "$bin/generate" "$1" "$(disputes "$1")" >"$work/$1.jsonl"
}

notes() {
    note machine "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores, \
$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), \
$(df --output=fstype "$work" | tail -n 1), Linux $(uname -r)"
    note date "$(date -u +%F)"
    note commit "$(git -C "$here" rev-parse --short HEAD)$(git -C "$here" diff --quiet HEAD -- .. || echo ' with changes')"
    note command "benches/run.sh $size${growth:+ --growth}"
    note load "$(cut -d' ' -f1-3 /proc/loadavg) at the beginning"
    note versions "$("$DISPUTE" --version), $(rustc --version | cut -d' ' -f1-2), $(git --version), \
$(ledger --version 2>/dev/null | head -n 1 | cut -d, -f1 || true), $(hledger --version 2>/dev/null | cut -d, -f1 || true), \
SQLite $("$bin/sqlite" - version)"
    note disputes "$(disputes "$size")"
}

# Whether rivals are asked about a size: not those of --growth.
has_rivals() { ((${1} <= size)); }
# The fewest rounds of a size.
rounds() { if has_rivals "$1"; then echo "$least"; else echo 1; fi; }

# import SIZE: ours, SQLite and git in turn, each into a new ledger; the last ones stay.
import() {
    say "import $1"
    events "$1"
    local rivals=()
    if has_rivals "$1"; then
        rivals+=(-- "sqlite@$1" first="$(new_sqlite "$(sqlite "$1")")"
            "$bin/sqlite" "$(sqlite "$1")" import "$work/$1.jsonl")
    fi
    if [[ $1 == "$size" ]]; then
        [[ -f $work/$1.git ]] || "$bin/convert" git <"$work/$1.jsonl" >"$work/$1.git"
        rivals+=(-- "git@$1" first="$(new_git "$(repository "$1")")" stdin="$work/$1.git"
            git -C "$(repository "$1")" fast-import --quiet)
    fi
    measure import "$(rounds "$1")" 10 120 \
        -- "dispute@$1" first="$(new_ours "$(ours "$1")")" "$DISPUTE" -q -L "$(ours "$1")" import "$work/$1.jsonl" \
        "${rivals[@]}"
}

verify() {
    say "verify $1"
    local rivals=()
    if has_rivals "$1"; then
        rivals+=(-- "sqlite@$1" "$bin/sqlite" "$(sqlite "$1")" verify 2)
    fi
    if [[ $1 == "$size" ]]; then
        rivals+=(-- "git@$1" git -C "$(repository "$1")" fsck --full
            -- "sqlite-one-thread@$1" "$bin/sqlite" "$(sqlite "$1")" verify 1
            -- "sqlite-digests@$1" "$bin/sqlite" "$(sqlite "$1")" verify 2 digests)
    fi
    measure verify "$(rounds "$1")" 10 120 \
        -- "dispute@$1" "$DISPUTE" -q -L "$(ours "$1")" verify "${rivals[@]}"
}

# add SIZE…: one event a process, each on the disk when the process ends.
add() {
    say "add $*"
    local of runs=() one=$work/one.json write
    cat >"$work/one.template" <<'END'
{"kind":"statement","dispute":"dispute-0","id":"bench-FRESH","occurred":"2024-05-06","speaker":"Speaker 1","text":"the committee offered a draft of the article over the years and the members agreed until the date","channel":"press release","note":"written down at the table, and read to both sides on the day after the session"}
END
    write="first=sed s/FRESH/{fresh}/ $work/one.template >$one"
    for of in "$@"; do
        runs+=(-- "dispute@$of" "$write" stdin="$one" "$DISPUTE" -q -L "$(ours "$of")" add -)
        ! has_rivals "$of" ||
            runs+=(-- "sqlite@$of" "$write" "$bin/sqlite" "$(sqlite "$of")" add "$one")
    done
    measure add 10 40 60 "${runs[@]}" \
        -- "git@$size" "$write" git -C "$(repository "$size")" commit -q --allow-empty -F "$one" \
        -- "file@$size" "$write" "$bin/append" "$work/flat-$size.jsonl" "$one"
}

# The dispute that has most nearly 50 events.
of_50() {
    awk -F '"dispute":"' '
        NF > 1 {split($2, rest, "\""); count[rest[1]]++}
        END {
            least = NR
            for (name in count) {
                off = count[name] > 50 ? count[name] - 50 : 50 - count[name]
                if (off < least || (off == least && name < best)) {best = name; least = off}
            }
            print best
        }' "$work/$1.jsonl"
}

show() {
    say "show $*"
    local of runs=() dispute dispute_of_size
    for of in "$@"; do
        dispute=$(of_50 "$of")
        [[ $of != "$size" ]] || dispute_of_size=$dispute
        runs+=(-- "dispute@$of" "$DISPUTE" -q -L "$(ours "$of")" show "$dispute" --on $on --json)
        ! has_rivals "$of" ||
            runs+=(-- "sqlite@$of" "$bin/sqlite" "$(sqlite "$of")" show "$dispute" --on $on)
        # Read once before: that may derive what later questions use.
        "$DISPUTE" -q -L "$(ours "$of")" show "$dispute" --on $on >/dev/null || true
    done
    measure show 10 40 60 "${runs[@]}"
    journals "$size" "$dispute_of_size"
}

# The plain-text accounting that people keep such records with: a balance on a date.
journals() { # SIZE DISPUTE
    local runs=() name
    [[ -f $work/$1.journal ]] || "$bin/convert" journal <"$work/$1.jsonl" >"$work/$1.journal"
    for name in ledger hledger; do
        # hledger takes over 5 GB for a million.
        if [[ $name == hledger && $1 -gt 100000 ]]; then
            note "$name" "not asked above 100,000"
            continue
        fi
        if command -v $name >/dev/null; then
            runs+=(-- "$name@$1" $name -f "$work/$1.journal" balance "disputes:$2" -e $on)
        else
            note "$name" "not installed"
        fi
    done
    ((${#runs[@]} == 0)) || measure show 2 3 60 "${runs[@]}"
}

list() {
    say "list $1"
    "$DISPUTE" -q -L "$(ours "$1")" list --on $on >/dev/null || true
    measure list "$least" 20 30 -- "dispute@$1" "$DISPUTE" -q -L "$(ours "$1")" list --on $on
}

# After all that was asked, so that what was derived for the answers is counted.
sizes_on_disk() {
    disk raw "$1" "$work/$1.jsonl"
    disk dispute "$1" "$(ours "$1")"
    ! has_rivals "$1" || disk sqlite "$1" "$(sqlite "$1")"*
    [[ ! -d $(repository "$1") ]] || disk git "$1" "$(repository "$1")"
}

# The other verbs that go through everything.
memory() {
    say "log, export, backup, compact $1"
    local of=$1 dir key=$work/key.$$
    dir=$(ours "$1")
    measure log 1 3 30 -- "dispute@$of" "$DISPUTE" -q -L "$dir" log --recorded --json
    "$DISPUTE" -q key new bench.example -o "$key" >/dev/null
    "$DISPUTE" -q -L "$dir" checkpoint --key "$key" >/dev/null
    measure export-tiles 1 3 30 -- "dispute@$of" first="rm -rf $work/tiles" "$DISPUTE" -q -L "$dir" export --format tiles "$work/tiles"
    rm -rf "$work/tiles" "$key"
    measure backup 1 3 30 -- "dispute@$of" first="rm -f $work/backup" "$DISPUTE" -q -L "$dir" backup "$work/backup"
    rm -f "$work/backup"
    measure compact 1 1 30 -- "dispute@$of" "$DISPUTE" -q -L "$dir" compact
}

notes
main=(10000 "$size")
((size > 10000)) || main=("$size")
all=("${main[@]}" "${growth[@]}")
for of in "${all[@]}"; do
    ! wants import || import "$of"
    ! wants verify || verify "$of"
done
! wants add || add "${all[@]}"
! wants show || show "${all[@]}"
for of in "${all[@]}"; do
    ! wants list || list "$of"
    ! wants disk || sizes_on_disk "$of"
    ! wants memory || memory "$of"
done
note load "$(cut -d' ' -f1-3 /proc/loadavg) at the end"
"$bin/tables" "$raw" "$size" "$here/README.md"
say "raw figures: $raw"
