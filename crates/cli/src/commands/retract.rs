//! `dispute retract`: an event should not have been recorded.

use clap::{Arg, ArgMatches, Command};
use dispute_core::Json;
use dispute_core::event::Event;

use super::{Context, add, amend, writing_arguments};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ledger::writing::Writing;

pub(super) fn command() -> Command {
    Command::new("retract")
        .about("Say that an event should not have been recorded; it stays readable")
        .after_help(
            "Example:\n  dispute retract kp-19 --reason \"the paper took it back\"\n\n\
             Retracting a retraction reinstates. What should read otherwise is amended, not \
             retracted.",
        )
        .arg(Arg::new("event").value_name("ID").required(true).help("The event"))
        .arg(amend::reason_argument())
        .arg(Arg::new("id").long("id").value_name("ID").help("The retraction's id"))
        .args(writing_arguments())
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let mut writing = Writing::open(arguments, context)?;
    let of = amend::named(arguments, &writing)?;
    let mut members =
        vec![("kind".to_owned(), Json::text("retraction")), ("of".to_owned(), Json::Text(of))];
    members.extend(amend::reason_and_id(arguments));
    let event = Event::from_json(Json::Object(members))?;
    let (answers, warnings) = writing.record(vec![event], context)?;
    add::answer("retract", &answers, &warnings, &writing, context)
}
