//! `dispute log`: the events, one a row.

mod filter;
mod of_dispute;
mod of_ledger;
mod row;
#[cfg(test)]
mod tests;

use clap::{Arg, ArgAction, ArgMatches, Command};
use dispute_core::{ReadLog, Slug};

use super::Context;
use crate::cuts::{self, Asked};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ledger::reading;

pub(super) fn command() -> Command {
    Command::new("log")
        .about("List events, of one dispute or of all, in the order in which they happened")
        .after_help(
            "Examples:\n  dispute log kaiser-socal-2024 --since 2025-02 --until 2025-03\n  \
             dispute log kaiser-socal-2024 --by kaiser --kind rejection,acceptance\n  \
             dispute log --recorded --json",
        )
        .arg(Arg::new("dispute").value_name("DISPUTE").help("The dispute [default: all]"))
        .arg(
            Arg::new("since")
                .long("since")
                .value_name("DATE")
                .help("What may have happened on the date or after it"),
        )
        .arg(
            Arg::new("until")
                .long("until")
                .value_name("DATE")
                .help("What may have happened by the end of the date"),
        )
        .arg(Arg::new("by").long("by").value_name("PARTY").help("What a party did or said"))
        .arg(
            Arg::new("kind")
                .long("kind")
                .value_name("KIND,…")
                .value_delimiter(',')
                .action(ArgAction::Append)
                .help("Only these kinds"),
        )
        .arg(
            Arg::new("recorded")
                .long("recorded")
                .action(ArgAction::SetTrue)
                .help("In the order of recording, with the number of each event"),
        )
        .args(cuts::arguments())
        .arg(
            Arg::new("exit-code")
                .long("exit-code")
                .action(ArgAction::SetTrue)
                .help("Exit with 20 if nothing was found"),
        )
}

/// What is asked for.
struct Question<'a> {
    log: &'a dyn ReadLog,
    asked: Asked<'a>,
    arguments: &'a ArgMatches,
    context: &'a Context,
    order: Order,
}

/// The order of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// As the events happened, as far as is known.
    Effective,
    /// As they were recorded.
    Recorded,
}

/// What rows are given to, one by one.
type Write<'w> = &'w mut dyn FnMut(&str) -> Result<()>;

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open()?;
    let dispute = arguments.get_one::<String>("dispute");
    let dispute = dispute.map(|word| reading::find_dispute(&*log, word)).transpose()?;
    let question = Question::new(&*log, arguments, context);
    let mut out = context.output.rows();
    let rows = question.answer(dispute.as_ref(), &mut |row| out.write(row))?;
    out.end()?;
    if rows == 0 {
        context.output.remark("no events");
        if arguments.get_flag("exit-code") {
            return Ok(ExitCode::Differs);
        }
    }
    Ok(ExitCode::Done)
}

impl<'a> Question<'a> {
    fn new(log: &'a dyn ReadLog, arguments: &'a ArgMatches, context: &'a Context) -> Self {
        let in_order_of_recording = arguments.get_flag("recorded");
        let order = if in_order_of_recording { Order::Recorded } else { Order::Effective };
        Self { log, asked: Asked::read(arguments), arguments, context, order }
    }

    /// Writes the rows, and counts them. A dispute is read whole; a ledger may be too long for
    /// that.
    fn answer(&self, dispute: Option<&Slug>, write: Write<'_>) -> Result<u64> {
        match dispute {
            Some(dispute) => of_dispute::rows(self, Some(dispute), write),
            None => of_ledger::rows(self, write),
        }
    }
}
