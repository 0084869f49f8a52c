//! `dispute completions`: what a shell needs to complete verbs and flags.

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use super::{Context, command_line};
use crate::error::Result;
use crate::exit_code::ExitCode;

pub(super) fn command() -> Command {
    Command::new("completions")
        .about("Print what a shell needs to complete verbs and flags")
        .after_help("Example:\n  dispute completions bash > ~/.local/share/bash-completion/completions/dispute")
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(value_parser!(Shell))
                .help("bash, zsh, fish, elvish or powershell")
                .hide_possible_values(true),
        )
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let mut script = Vec::new();
    if let Some(shell) = arguments.get_one::<Shell>("shell") {
        clap_complete::generate(*shell, &mut command_line(), "dispute", &mut script);
    }
    context.output.answer(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::Done)
}
