//! `dispute redact`: the content of an event is erased; its envelope stays.

use clap::{Arg, ArgMatches, Command};
use dispute_core::Json;
use dispute_core::event::Event;

use super::{Context, add, amend, writing_arguments};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ledger::docket;
use crate::ledger::writing::Writing;

pub(super) fn command() -> Command {
    Command::new("redact")
        .about("Erase the content of an event for good; that it was there stays")
        .after_help(
            "Example:\n  dispute redact S12 --reason \"names a patient\" --authority \"court order \
             of 5 May 2025\"\n  dispute compact\n\n\
             This cannot be undone. dispute help redact says what erasing reaches and what it does \
             not. What need not be erased is retracted or amended.",
        )
        .arg(Arg::new("event").value_name("ID").required(true).help("The event"))
        .arg(amend::reason_argument().help("Why; it stays in the record and must not repeat it"))
        .arg(
            Arg::new("authority")
                .long("authority")
                .value_name("TEXT")
                .help("Who ordered it, and in what"),
        )
        .arg(Arg::new("id").long("id").value_name("ID").help("The redaction's id"))
        .args(writing_arguments())
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let mut writing = Writing::open(arguments, context)?;
    let of = amend::named(arguments, &writing)?;
    let mut members =
        vec![("kind".to_owned(), Json::text("redaction")), ("of".to_owned(), Json::Text(of))];
    members.extend(amend::reason_and_id(arguments));
    let authority = arguments.get_one::<String>("authority");
    members.extend(authority.map(|text| ("authority".to_owned(), Json::text(text))));
    let event = Event::from_json(Json::Object(members))?;
    let kept = if writing.is_dry_run() { None } else { docket::kept(&writing.log)? };
    let (answers, warnings) = writing.record(vec![event], context)?;
    if let Some(kept) = kept {
        docket::renew(&writing.log, kept, context.output);
    }
    let exit = add::answer("redact", &answers, &warnings, &writing, context)?;
    if !writing.is_dry_run() {
        context.output.remark(
            "erased: its content, that of its amendments, and the salts\n\
             not erased: what the envelope holds (id, kind, dispute, date, who recorded it and \
             when, the ids it names)\n\
             out of reach: backups, proofs and exports made before, and copies of the folder\n\
             the erased bytes stay in the ledger's files until: dispute compact",
        );
    }
    Ok(exit)
}
