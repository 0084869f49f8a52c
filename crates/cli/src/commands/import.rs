//! `dispute import`: records a file of event documents, all of them or none.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dispute_core::event::Event;
use dispute_core::{EventId, EventLog, Json, Refusal, RefusalCode};

use super::{Context, writing_arguments};
use crate::error::{CommandError, Result, Stop};
use crate::exit_code::ExitCode;
use crate::files;
use crate::ledger::writing::{Writing, warnings_brought};
use crate::output::progress::Progress;
use crate::render;

/// How many refusals are told in full where nothing was recorded.
const MOST_TOLD: usize = 10;

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

/// A row of the file: text, or bytes that are none.
type Row = std::result::Result<String, Vec<u8>>;

/// A row that was refused, as it stood in the file.
struct Rejected {
    row: Row,
    refusal: Refusal,
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let path = arguments.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let keep_going = arguments.get_flag("keep-going");
    let rows = read_rows(&path)?;
    let mut writing = Writing::open(arguments, context)?;
    let mut record = writing.whole_record()?;
    let head_before = writing.head.sequence;
    let coming: HashSet<EventId> = rows.iter().flatten().filter_map(|line| id_of(line)).collect();
    let mut sealer = writing.begin_sealing();
    let (mut entries, mut new, mut rejected) = (Vec::new(), Vec::new(), Vec::new());
    let mut already_recorded = 0_u64;
    let mut progress = Progress::of("reading", rows.len(), context.output);
    for (n, row) in rows.into_iter().enumerate() {
        progress.at(n);
        if row.as_ref().is_ok_and(|line| line.trim().is_empty()) {
            continue;
        }
        let event = match &row {
            Ok(line) => Event::parse(line.trim()),
            Err(_) => Err(not_text()),
        };
        let admitted = event.map_err(Stop::from).and_then(|event| {
            writing.admit(&mut record, &mut sealer, event, &|id| coming.contains(id))
        });
        match admitted {
            Ok(answer) if answer.already_recorded => already_recorded += 1,
            Ok(answer) => {
                new.push(answer.id);
                entries.extend(answer.entry);
            }
            Err(stop) => {
                let mut refusal = refusal_of(stop)?;
                refusal.line = Some(u64::try_from(n).unwrap_or(u64::MAX).saturating_add(1));
                rejected.push(Rejected { row, refusal });
            }
        }
    }
    drop(progress);
    if !rejected.is_empty() && !keep_going {
        return Err(refused(&rejected, MOST_TOLD).fact("nothing was recorded").into());
    }
    let ids: Vec<&EventId> = new.iter().collect();
    let warnings = warnings_brought(&record, head_before, &ids, context);
    let kept = match rejected.is_empty() || writing.is_dry_run() {
        true => None,
        false => Some(keep_rejected(&path, &rejected)?),
    };
    if !entries.is_empty() && !writing.is_dry_run() {
        let mut append = writing.log.begin(&writing.head)?;
        for entry in entries {
            append.push(entry)?;
        }
        writing.head = append.commit()?;
    }
    let head = writing.head;
    let is_dry_run = writing.is_dry_run();
    if !new.is_empty() && !is_dry_run {
        writing.settle(context);
    }
    let recorded = u64::try_from(new.len()).unwrap_or(u64::MAX);
    let refused_rows = u64::try_from(rejected.len()).unwrap_or(u64::MAX);
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/import/v1")),
            ("recorded", Json::count(recorded)),
            ("already_recorded", Json::count(already_recorded)),
            ("rejected", Json::count(refused_rows)),
            (
                "head",
                Json::object([
                    ("sequence", Json::count(head.sequence.get())),
                    ("digest", Json::text(head.digest)),
                    ("recorded_at", Json::text(head.recorded_at)),
                ]),
            ),
            ("warnings", Json::List(warnings.iter().map(|w| w.to_json()).collect())),
        ]))?;
    } else {
        let would = if is_dry_run { "would record" } else { "recorded" };
        let mut text = format!("{would} {recorded} events");
        if already_recorded > 0 {
            text.push_str(&format!(", {already_recorded} were recorded already"));
        }
        if refused_rows > 0 {
            text.push_str(&format!(", {refused_rows} rejected"));
        }
        text.push_str(&format!("\nhead {}\n", crate::ledger::writing::short(&head)));
        text.push_str(&render::warnings(&warnings, &context.output.options()));
        context.output.answer(&text)?;
    }
    match kept {
        Some(kept) => Err(refused(&rejected, usize::MAX)
            .fact(format!("the rejected rows are in {}", kept.display()))
            .hint(format!("mend them there, then: dispute import {}", kept.display()))
            .into()),
        None if refused_rows > 0 => Err(refused(&rejected, usize::MAX).into()),
        None => Ok(ExitCode::Done),
    }
}

fn read_rows(path: &Path) -> Result<Vec<Row>> {
    let failed = |error: std::io::Error| {
        CommandError::io("read", path, &error)
            .hint("name a file of event documents, one JSON object a line; - for stdin")
    };
    let reader: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(path).map_err(failed)?)
    };
    let mut rows = Vec::new();
    for (n, line) in BufReader::new(reader).split(b'\n').enumerate() {
        let row = String::from_utf8(line.map_err(failed)?);
        rows.push(match row {
            Ok(line) if n == 0 => Ok(line.trim_start_matches('\u{feff}').to_owned()),
            row => row.map_err(|error| error.into_bytes()),
        });
    }
    Ok(rows)
}

fn not_text() -> Refusal {
    Refusal::new(RefusalCode::BadJson, "the line is not UTF-8", "save the file as UTF-8")
}

/// The id that a row hands in, whether or not the rest of it is an event.
fn id_of(line: &str) -> Option<EventId> {
    EventId::parse(Json::parse(line.trim()).ok()?.get("id")?.as_text()?)
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

/// One error for all rows that were refused: the first as its code, so many of them in full.
fn refused(rejected: &[Rejected], most: usize) -> CommandError {
    let mut refusals = rejected.iter().map(|row| &row.refusal);
    let Some(first) = refusals.next() else {
        return CommandError::new("unexpected", "no row was refused", ExitCode::Failed);
    };
    let mut error = CommandError::from(first.clone());
    for refusal in refusals.by_ref().take(most.saturating_sub(1)) {
        error = error.fact(format!("{}: {refusal}", refusal.code));
    }
    let more = refusals.count();
    if more > 0 {
        error = error.fact(format!("and {more} more rows"));
    }
    error
}

/// Writes the rejected rows beside the file; what an earlier import left there is kept under
/// another name.
fn keep_rejected(path: &Path, rejected: &[Rejected]) -> Result<PathBuf> {
    let stem = match path.file_stem() {
        Some(stem) if path != Path::new("-") => stem.to_string_lossy().into_owned(),
        _ => "stdin".to_owned(),
    };
    let kept = path.with_file_name(format!("{stem}.rejected.jsonl"));
    if kept.exists() {
        let free = (1..).map(|n| path.with_file_name(format!("{stem}.rejected.{n}.jsonl")));
        if let Some(free) = free.take(10_000).find(|free| !free.exists()) {
            std::fs::rename(&kept, &free)
                .map_err(|error| CommandError::io("rename", &kept, &error))?;
        }
    }
    let mut bytes = Vec::new();
    for rejected in rejected {
        match &rejected.row {
            Ok(line) => bytes.extend_from_slice(line.trim_end().as_bytes()),
            Err(line) => bytes.extend_from_slice(line),
        }
        bytes.push(b'\n');
    }
    files::replace(&kept, &bytes)?;
    Ok(kept)
}
