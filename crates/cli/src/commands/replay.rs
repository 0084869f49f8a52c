//! `dispute replay`: each event of a dispute in its order, with what it changed.

use clap::{Arg, ArgMatches, Command};
use dispute_core::Json;
use dispute_projection::{Change, Entry, timeline};

use super::Context;
use crate::cuts::{self, Asked, Cut};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ledger::reading;
use crate::render;

pub(super) fn command() -> Command {
    Command::new("replay")
        .about("Tell a dispute event by event, each with what it changed")
        .after_help("Example:\n  dispute replay kaiser-socal-2024 --until 2025-03-10")
        .arg(Arg::new("dispute").value_name("DISPUTE").required(true).help("The dispute"))
        .args(cuts::arguments().map(|argument| match argument.get_id().as_str() {
            "on" => argument.visible_alias("until"),
            _ => argument,
        }))
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open()?;
    let word = arguments.get_one::<String>("dispute").map_or("", String::as_str);
    let dispute = reading::find_dispute(&*log, word)?;
    let record = reading::dispute_record(&*log, &dispute)?;
    let Cut { cuts, as_of, .. } = Asked::read(arguments).of_dispute(
        &*log,
        &record,
        Some(&dispute),
        context,
        context.output,
    )?;
    let entries = timeline(&record, &dispute, as_of)
        .ok_or_else(|| cuts.no_such_dispute(&record, &dispute))?;
    let record = &*as_of.known_part(&record);
    let names = render::Names::at(record, as_of);
    let options = context.output.options();
    let mut out = context.output.rows();
    for entry in &entries {
        let Some(event) = record.get(entry.n) else { continue };
        if context.output.json {
            out.write(&format!("{}\n", row_to_json(event, entry)))?;
        } else {
            out.write(&render::timeline_entry(record, entry, &names, &options))?;
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
