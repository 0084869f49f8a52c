# Shorthands. Nothing here needs just: each line can be typed as it stands.

# all of it on a real strike
demo:
    cargo run --release -- demo

test:
    cargo test --workspace

lint:
    cargo clippy --workspace --all-targets -- -D warnings

# what the continuous integration runs
ci:
    .ci/run

fmt:
    cargo fmt --all

# the independent verifier against the program, on a thousand damaged backups; needs python3
independent: release
    tests/independent/run.sh

# Go's sumdb on our checkpoints and static logs; installs Go where it may
interop: release
    tests/interop/run.sh

# kills and power cuts, a hundred rounds each; needs Linux, root and python3
faults: release
    tests/faults/run.sh

# dispute beside its rivals, at N events; see benches/README.md
bench *args:
    benches/run.sh {{args}}

[private]
release:
    cargo build --release
