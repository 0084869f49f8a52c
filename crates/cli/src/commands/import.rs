//! `dispute import`: records a file of event documents, all of them or none.

mod later;
mod rejected;
mod rows;
mod source;

use std::io;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dispute_core::{EventId, Head, Json, Refusal, RefusalCode};
use dispute_projection::dispute::warning::Warning;

use self::later::Later;
use self::rejected::Rejected;
use self::rows::{Parsed, Row, Rows};
use self::source::Source;
use super::{Context, writing_arguments};
use crate::error::{CommandError, Result, Stop};
use crate::exit_code::ExitCode;
use crate::ledger::recording::{Recording, Taken};
use crate::ledger::writing::{Writing, warnings_in};
use crate::output::progress::Progress;
use crate::render;

/// How many refusals are told in full where nothing was recorded, and where the good rows were.
const MOST_TOLD: usize = 10;
const MOST_TOLD_OF_KEPT: usize = 1_000;
/// Of a larger import the warnings are not worked out: they are told by every dispute itself.
const MOST_WARNED: u64 = 10_000;

pub(super) fn command() -> Command {
    Command::new("import")
        .about("Record a file of event documents, one JSON object a line: all of them or none")
        .after_help(
            "Examples:\n  dispute import events.jsonl\n  dispute import events.jsonl --keep-going\n\n\
             An event that is on record already, with the same id and content, changes nothing; \
             so a file can be imported again.",
        )
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The file; - for stdin"),
        )
        .arg(
            Arg::new("keep-going")
                .long("keep-going")
                .action(ArgAction::SetTrue)
                .help("Record the good rows, and write the others to FILE.rejected.jsonl"),
        )
        .args(writing_arguments())
}

/// What an import came to.
struct Imported {
    recorded: u64,
    already_recorded: u64,
    head: Head,
    /// `None` where they were not worked out.
    warnings: Option<Vec<Warning>>,
}

/// What was recorded so far.
#[derive(Default)]
struct Done {
    recorded: u64,
    already_recorded: u64,
    /// The ids of what was recorded, until there are too many.
    new: Vec<EventId>,
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let path = arguments.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let keeps_going = arguments.get_flag("keep-going");
    let source = Source::open(&path)?;
    let mut writing = Writing::open(arguments, context)?;
    let mut rejected = match keeps_going {
        true if writing.is_dry_run() => Rejected::told(MOST_TOLD_OF_KEPT),
        true => Rejected::kept(MOST_TOLD_OF_KEPT, &path, &source)?,
        false => Rejected::told(MOST_TOLD),
    };
    let head = writing.head;
    let is_dry_run = writing.is_dry_run();
    let mut recording = writing.begin()?;
    let done = record_rows(&mut recording, &path, &source, &mut rejected, context)?;
    if rejected.count > 0 && !keeps_going {
        return Err(rejected.error().fact("nothing was recorded").into());
    }
    let warnings = match done.recorded {
        0..=MOST_WARNED => Some(warnings_in(recording.log(), head.sequence, &done.new, context)?),
        _ => None,
    };
    let kept = rejected.finish()?;
    let head = if done.recorded == 0 || is_dry_run {
        drop(recording);
        head
    } else {
        recording.commit()?
    };
    let Done { recorded, already_recorded, .. } = done;
    let imported = Imported { recorded, already_recorded, head, warnings };
    if recorded > 0 && !is_dry_run {
        writing.settle(context);
    }
    answer(&imported, rejected.count, is_dry_run, context)?;
    match kept {
        Some(kept) => Err(rejected
            .error()
            .fact(format!("the rejected rows are in {}", kept.display()))
            .hint(format!("mend them there, then: dispute import {}", kept.display()))
            .into()),
        None if rejected.count > 0 => Err(rejected.error().into()),
        None => Ok(ExitCode::Done),
    }
}

fn record_rows(
    recording: &mut Recording<'_>,
    path: &Path,
    source: &Source,
    rejected: &mut Rejected,
    context: &Context,
) -> Result<Done> {
    let failed = |error: io::Error| CommandError::io("read", path, &error);
    let size = usize::try_from(source.size).unwrap_or(usize::MAX);
    let mut progress = Progress::of("importing", size, context.output);
    let mut rows = Rows::of(source.reader().map_err(failed)?);
    let later = Later::of(source);
    let mut done = Done::default();
    while let Some(some) = rows.next()? {
        let mut some = some.map_err(failed)?;
        for row in &mut some {
            let &mut Row { line, extent, ref mut parsed } = row;
            progress.through(line, extent.from);
            let taken = match parsed {
                Ok(Parsed { event, content }) => {
                    recording.take(event, content, &|id| later.is_behind(line, id))
                }
                Err(refusal) => Ok(Taken::Refused(refusal.clone())),
            };
            match taken {
                Ok(Taken::New(id)) => done.add(id),
                Ok(Taken::AlreadyRecorded(_)) => done.already_recorded += 1,
                Ok(Taken::Refused(refusal)) => {
                    rejected.add(Refusal { line: Some(line), ..refusal }, extent)?;
                }
                Err(stop) => {
                    let refusal = refusal_of(stop)?;
                    rejected.add(Refusal { line: Some(line), ..refusal }, extent)?;
                }
            }
        }
        rows.give_back(some);
    }
    Ok(done)
}

impl Done {
    fn add(&mut self, id: EventId) {
        self.recorded += 1;
        if self.recorded <= MOST_WARNED {
            self.new.push(id);
        }
    }
}

fn answer(imported: &Imported, rejected: u64, is_dry_run: bool, context: &Context) -> Result<()> {
    let Imported { recorded, already_recorded, head, warnings } = imported;
    if warnings.is_none() {
        context.output.remark(
            "note: the warnings of so large an import are told by dispute show and dispute list",
        );
    }
    let warnings = warnings.as_deref().unwrap_or_default();
    if context.output.json {
        return context.output.document(&Json::object([
            ("schema", Json::text("dispute/import/v1")),
            ("recorded", Json::count(*recorded)),
            ("already_recorded", Json::count(*already_recorded)),
            ("rejected", Json::count(rejected)),
            (
                "head",
                Json::object([
                    ("sequence", Json::count(head.sequence.get())),
                    ("digest", Json::text(head.digest)),
                    ("recorded_at", Json::text(head.recorded_at)),
                ]),
            ),
            ("warnings", Json::List(warnings.iter().map(Warning::to_json).collect())),
        ]));
    }
    let would = if is_dry_run { "would record" } else { "recorded" };
    let mut text = format!("{would} {recorded} events");
    if *already_recorded > 0 {
        text.push_str(&format!(", {already_recorded} were recorded already"));
    }
    if rejected > 0 {
        text.push_str(&format!(", {rejected} rejected"));
    }
    text.push_str(&format!("\nhead {}\n", crate::ledger::writing::short(head)));
    text.push_str(&render::warnings(warnings, &context.output.options()));
    context.output.answer(&text)
}

/// The refusal behind an error; any other error stops the import.
fn refusal_of(stop: Stop) -> Result<Refusal> {
    match stop {
        Stop::Error(error) if error.exit == ExitCode::Refused => {
            let code = RefusalCode::ALL.iter().find(|code| code.as_str() == error.code);
            match code {
                Some(code) => {
                    Ok(Refusal::new(*code, error.message, error.hint.unwrap_or_default()))
                }
                None => Err(Stop::Error(error)),
            }
        }
        other => Err(other),
    }
}
