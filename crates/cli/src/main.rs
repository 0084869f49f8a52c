//! The command line of `dispute`: words in, words out.

mod commands;
mod error;
mod exit_code;
mod flags;
mod ledger;
mod output;
mod progress;
mod reading;
mod render;
mod when;
mod writing;

fn main() -> std::process::ExitCode {
    commands::run()
}
