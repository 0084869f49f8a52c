//! The command line of `dispute`: words in, words out.

mod commands;
mod cuts;
mod error;
mod exit_code;
mod files;
mod flags;
mod keys;
mod ledger;
mod output;
mod render;
mod when;

fn main() -> std::process::ExitCode {
    commands::run()
}
