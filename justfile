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
