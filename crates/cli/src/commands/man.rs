//! `dispute man`: the manual page.

use clap::{ArgMatches, Command};

use super::{Context, command_line};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;

pub(super) fn command() -> Command {
    Command::new("man")
        .about("Print the manual page")
        .after_help("Example:\n  dispute man > dispute.1 && man ./dispute.1")
}

pub(super) fn run(_: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command_line()).render(&mut page).map_err(|error| {
        CommandError::io("write", std::path::Path::new("the manual page"), &error)
    })?;
    context.output.answer(&String::from_utf8_lossy(&page))?;
    Ok(ExitCode::Done)
}
