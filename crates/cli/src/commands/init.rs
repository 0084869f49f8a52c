//! `dispute init`: makes a ledger.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use dispute_core::{Founding, Json, LogError, ReadLog, SledLog, SystemClock};

use super::{Context, recorder_argument, set_variable};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ledger::{self, Config};

pub(super) fn command() -> Command {
    Command::new("init")
        .about("Make a ledger here, in .dispute, or in a folder")
        .after_help("Example:\n  dispute init --name \"California health care\" --as maria")
        .arg(
            Arg::new("dir")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("The folder in which to make it [default: this one]"),
        )
        .arg(
            Arg::new("name")
                .long("name")
                .value_name("NAME")
                .help("What the ledger is called [default: the name of the folder]"),
        )
        .arg(recorder_argument().help("Who records here [default: the system's user name]"))
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let dir = arguments.get_one::<PathBuf>("dir").map(PathBuf::as_path);
    let dir = ledger::place_for(dir, context.named.as_deref());
    let named = arguments.get_one::<String>("as").cloned();
    let named = named.or_else(|| set_variable("DISPUTE_AS"));
    let recorder = named.unwrap_or_else(ledger::system_user);
    let name = match arguments.get_one::<String>("name") {
        Some(name) => name.clone(),
        None => folder_name(&dir),
    };
    // The folder may be there with a ledger in it, which is never made anew.
    if ledger::is_ledger(&dir) {
        return Err(LogError::LedgerExists { dir }.into());
    }
    let founding = Founding::new(&name, &recorder, &SystemClock)?.seal()?;
    let log = SledLog::create(&dir, &founding)?;
    ledger::save_config(&dir, &Config { recorded_by: Some(recorder.clone()) })?;
    let head = log.head()?;
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/init/v1")),
            ("ledger", Json::text(founding.envelope().ledger())),
            ("name", Json::text(&name)),
            ("path", Json::text(dir.display())),
            ("recorded_by", Json::text(&recorder)),
            ("sequence", Json::count(head.sequence.get())),
            ("digest", Json::text(head.digest)),
            ("recorded_at", Json::text(head.recorded_at)),
        ]))?;
    } else {
        context.output.answer(&format!(
            "made the ledger \"{name}\" in {}\nrecords are made as {recorder} (--as NAME for \
             another)\n",
            dir.display()
        ))?;
        context
            .output
            .remark("next: dispute add party kaiser --name \"Kaiser Permanente\" --role employer");
    }
    Ok(ExitCode::Done)
}

/// What a ledger is called where nobody says: its folder, or the folder that `.dispute` is in.
fn folder_name(dir: &std::path::Path) -> String {
    let full = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let folder = match full.file_name() {
        Some(name) if name == ledger::FOLDER => full.parent().and_then(|parent| parent.file_name()),
        name => name,
    };
    folder.map_or("ledger".to_owned(), |name| name.to_string_lossy().into_owned())
}
