//! `dispute demo`: all of it on a real strike, in a temporary folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgMatches, Command, value_parser};
use dispute_core::event::Event;
use dispute_core::{
    BehindClock, EventLog, Founding, LogError, ReadLog, Record, Recorded, Scope, Sealer, SledLog,
    Slug, SystemClock, assign_id, draft, read_record,
};
use dispute_projection::State;

use super::{Context, verify};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::ledger;
use crate::output::Output;
use crate::render;

/// The strike of Kaiser's mental health clinicians, with its sources.
const STORY: &str = include_str!("../../../../fixtures/kaiser-socal-2024.jsonl");
const DISPUTE: &str = "kaiser-socal-2024";
const DATES: [&str; 4] = ["2024-10-21", "2025-02-20", "2025-03-10", "2025-05-09"];
/// A fact whose text one would like to have been another.
const ALTERED: &[u8] = b"\"amount\":50000000";
/// How many digits it ends with.
const DIGITS: usize = 8;
/// How long to wait for the store to let go of its files.
const WAIT: Duration = Duration::from_secs(5);

pub(super) fn command() -> Command {
    Command::new("demo")
        .about("Show all of it on a real strike, in a temporary folder")
        .after_help("Examples:\n  dispute demo\n  dispute demo --keep kaiser")
        .arg(
            Arg::new("keep")
                .long("keep")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Keep its ledger in a folder, to ask more of it"),
        )
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let failed = |error: std::io::Error| CommandError::io("use", &std::env::temp_dir(), &error);
    let kept = arguments.get_one::<PathBuf>("keep");
    let folder = tempfile::tempdir().map_err(failed)?;
    let dir = kept.map_or(folder.path(), PathBuf::as_path).join(ledger::FOLDER);
    if ledger::is_ledger(&dir) {
        return Err(LogError::LedgerExists { dir }.into());
    }
    let mut log = found(&dir)?;
    let record = import(&mut log)?;
    let mut text = format!(
        "The strike of Kaiser's mental health clinicians, Southern California, 2024–25:\n\
         {} facts from {} sources, each an event in a chain.\n",
        record.len(),
        sources(&record)
    );
    let dispute = Slug::parse(DISPUTE).ok_or_else(unexpected)?;
    let quiet = Output { quiet: true, ..context.output };
    for date in DATES {
        let as_of = context.today.cut("on", Some(date), record.zone_of(Some(&dispute)), quiet)?;
        let state = State::of(&record, &dispute, as_of).ok_or_else(unexpected)?;
        text.push_str(&format!("\n$ dispute show {DISPUTE} --on {date}\n"));
        text.push_str(&render::state_in_brief(&state, &record, &context.output.options()));
    }
    text.push_str("\n$ dispute verify\n");
    text.push_str(&render::report(&verify::check(&log)?, &context.output.options()));
    drop(log);
    // The store notes at opening how far it is written; from then on damage is seen in its place.
    drop(SledLog::open(&dir, WAIT)?);
    text.push_str(&altered(&dir, context)?);
    text.push_str("\nNext, with this ledger:\n");
    text.push_str(&match kept {
        Some(dir) => format!("  dispute -L {} log {DISPUTE}\n", dir.display()),
        None => {
            "  dispute demo --keep kaiser      keeps it in a folder, to ask more of it\n".to_owned()
        }
    });
    text.push_str(
        "  dispute help dates      what to ask of it: who knew what, and when\n\n\
         In a folder of your own:\n  \
         dispute init --name \"Our contract\"\n  \
         dispute add party acme --name \"Acme Inc.\" --role employer\n  \
         dispute help kinds      what can be recorded\n",
    );
    context.output.answer(&text)?;
    Ok(ExitCode::Done)
}

fn found(dir: &Path) -> Result<SledLog> {
    let founding = Founding::new("demo", "demo", &SystemClock)?.seal()?;
    Ok(SledLog::create(dir, &founding)?)
}

/// Records the story, and reads it back from the ledger.
fn import(log: &mut SledLog) -> Result<Record> {
    let (head, ledger) = (log.head()?, log.ledger()?.id);
    let mut record = Record::default();
    let mut sealer = Sealer::new(ledger, head, &SystemClock, BehindClock::Accept);
    let mut entries = Vec::new();
    for line in STORY.lines() {
        let event = Event::parse(line)?;
        let (sequence, recorded_at) = (sealer.head().sequence.next(), sealer.next_time()?);
        let id = event.id.clone();
        let id = id.unwrap_or_else(|| assign_id(&ledger, sequence, |_| false));
        let new = Recorded::new(sequence, recorded_at, id.clone(), event.clone());
        record.admit(new, &|_| false)?;
        entries.push(sealer.seal_at(draft(&record, &event, id, "demo")?, recorded_at)?);
    }
    let mut append = log.begin(&head)?;
    for entry in entries {
        append.push(entry)?;
    }
    append.commit()?;
    Ok(read_record(log, &Scope::Whole)?)
}

fn sources(record: &Record) -> usize {
    let mut names: Vec<String> = Vec::new();
    for n in 0..record.len() {
        let sources = record.document(n).and_then(|event| event.common.sources.as_ref());
        for source in sources.into_iter().flatten() {
            names.extend(source.url.clone().or(source.title.clone()));
        }
    }
    names.sort();
    names.dedup();
    names.len()
}

/// Alters one byte in a copy, and verifies the copy. The file of a store holds older copies of
/// what is in it, and altering one of those alters nothing; so the first is taken that does.
fn altered(dir: &Path, context: &Context) -> Result<String> {
    let failed = |error: std::io::Error| CommandError::io("copy", dir, &error);
    let bytes = fs::read(dir.join("store").join("db")).map_err(failed)?;
    let is_fact = |place: &usize| bytes.get(*place..).is_some_and(|rest| rest.starts_with(ALTERED));
    for place in (0..bytes.len()).filter(is_fact) {
        let copy = tempfile::tempdir().map_err(failed)?;
        verify::copy_folder(dir, copy.path()).map_err(failed)?;
        let mut bytes = bytes.clone();
        if let Some(digit) = bytes.get_mut(place + ALTERED.len() - DIGITS) {
            *digit = b'1';
        }
        fs::write(copy.path().join("store").join("db"), &bytes).map_err(failed)?;
        let report = verify::check_folder(copy.path(), WAIT, context.output.quietly())?;
        if !report.ok() {
            let mut text = "\nNow one byte is altered in a copy of the ledger's file: a fine of \
                            $50,000,000\nbecomes one of $10,000,000.\n\n$ dispute verify\n"
                .to_owned();
            text.push_str(&render::report(&report, &context.output.options()));
            return Ok(text);
        }
    }
    Err(unexpected().into())
}

fn unexpected() -> CommandError {
    CommandError::new("unexpected", "the demo's own story does not fit", ExitCode::Failed)
}
