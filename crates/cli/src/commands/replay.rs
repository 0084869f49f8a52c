//! `dispute replay`: each event of a dispute in its order, with what it changed.

use clap::{Arg, ArgMatches, Command};
use dispute_core::Json;
use dispute_projection::{Change, Entry, timeline};

use super::Context;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ledger::reading;
use crate::render;

pub(super) fn command() -> Command {
    Command::new("replay")
        .about("Tell a dispute event by event, each with what it changed")
        .after_help("Example:\n  dispute replay kaiser-socal-2024 --until 2025-03-10")
        .arg(Arg::new("dispute").value_name("DISPUTE").required(true).help("The dispute"))
        .arg(
            Arg::new("until")
                .long("until")
                .visible_alias("on")
                .value_name("DATE")
                .help("Up to the end of a date"),
        )
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open()?;
    let word = arguments.get_one::<String>("dispute").map_or("", String::as_str);
    let dispute = reading::find_dispute(&log, word)?;
    let record = reading::dispute_record(&log, &dispute)?;
    let until = arguments.get_one::<String>("until").map(String::as_str);
    let zone = record.zone_of(Some(&dispute));
    let as_of = context.today.cut("until", until, zone, context.output)?;
    let entries =
        timeline(&record, &dispute, as_of).ok_or_else(|| reading::no_such_dispute(&dispute))?;
    let names = render::Names::latest(&record);
    let options = context.output.options();
    let mut out = context.output.rows();
    for entry in &entries {
        let Some(event) = record.get(entry.n) else { continue };
        if context.output.json {
            out.write(&format!("{}\n", row_to_json(event, entry)))?;
        } else {
            out.write(&render::timeline_entry(&record, entry, &names, &options))?;
        }
    }
    out.end()?;
    Ok(ExitCode::Done)
}

/// `{id, sequence, kind, occurred, recorded_at, changes}`
fn row_to_json(event: &dispute_core::Recorded, entry: &Entry) -> Json {
    Json::object([
        ("id", Json::text(&event.id)),
        ("sequence", Json::count(event.sequence.get())),
        ("kind", Json::text(event.kind)),
        ("occurred", Json::text_or_null(entry.occurred.as_ref())),
        ("recorded_at", Json::text(event.recorded_at)),
        ("changes", Json::List(entry.changes.iter().map(Change::to_json).collect())),
    ])
}
