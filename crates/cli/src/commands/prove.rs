//! `dispute prove`: that an event is in a checkpoint, or that one checkpoint grew out of another,
//! in a file for somebody without the ledger.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dispute_core::{
    ConsistencyProof, Json, LogTree, Sequence, SignedCheckpoint, SledLog, StoredRecord, TlogProof,
    TreeHash, verify_inclusion,
};

use super::Context;
use super::checkpoint::output_argument;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::files;
use crate::ledger::kept;
use crate::ledger::reading::{self, Name};

/// What every file that is written here begins with; nothing else is overwritten.
const BEGINNINGS: [&[u8]; 2] = [b"c2sp.org/tlog-proof@v1\n", b"old "];

pub(super) fn command() -> Command {
    let file = |name: &'static str| {
        Arg::new(name).long(name).value_name("CHECKPOINT").value_parser(value_parser!(PathBuf))
    };
    Command::new("prove")
        .about("Write the proof of an event, or that a checkpoint grew out of another")
        .after_help(
            "Examples:\n  dispute prove kp-19 -o kp-19.proof\n  \
             dispute prove kp-19 --withhold -o kp-19.proof      without what it says\n  \
             dispute prove --from june.txt -o since-june.proof\n\n\
             Whoever has the keeper's verifier key checks it with dispute verify --proof.",
        )
        .arg(
            Arg::new("id")
                .value_name("ID")
                .required_unless_present("from")
                .conflicts_with("from")
                .help("The event; its id may be cut"),
        )
        .arg(file("from").help("Prove instead that the ledger grew out of this checkpoint"))
        .arg(
            file("checkpoint")
                .help("The checkpoint to prove it of [default: the newest kept that has it]"),
        )
        .arg(
            Arg::new("withhold")
                .long("withhold")
                .action(ArgAction::SetTrue)
                .conflicts_with("from")
                .help("Leave out what the event says; a full proof made later opens it"),
        )
        .arg(output_argument("Where to write it [default: standard output]"))
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    match arguments.get_one::<PathBuf>("from") {
        Some(from) => prove_growth(from, arguments, context),
        None => prove_event(arguments, context),
    }
}

fn prove_event(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open_ledger()?;
    let word = arguments.get_one::<String>("id").map_or("", String::as_str);
    let entry = match reading::find(&*log, word)? {
        Name::Event(id, _) => match dispute_core::ReadLog::listed(&*log, &id)? {
            Some(listed) => reading::entry(&*log, listed.sequence)?,
            None => return Err(CommandError::not_found(format!("there is no event {id}")).into()),
        },
        Name::Dispute(_) | Name::Described(..) => {
            return Err(CommandError::not_found(format!("`{word}` is no event"))
                .hint("dispute log shows the events with their ids")
                .into());
        }
    };
    entry.prove().map_err(|broken| {
        let message = format!("{} is not what was recorded: {broken}", entry.envelope().id());
        CommandError::new("content-altered", message, ExitCode::Broken)
            .hint("run dispute verify to see all that is wrong")
    })?;
    let at = entry.envelope().sequence();
    let (name, checkpoint) = covering(&log, at, arguments)?;
    kept::check_is_of(&log, &name, &checkpoint)?;
    if checkpoint.head().size <= at.get() {
        let message = format!("{} was recorded after {name}", entry.envelope().id());
        return Err(CommandError::new("checkpoint-beyond-end", message, ExitCode::Contradicted)
            .fact(format!(
                "it is event #{at}, and the checkpoint ends before #{}",
                checkpoint.head().size
            ))
            .hint("sign a newer one: dispute checkpoint --key FILE")
            .into());
    }
    let hashes = LogTree(&*log).inclusion(at, checkpoint.head().size)?;
    let leaf = TreeHash::of_leaf(entry.envelope_bytes());
    verify_inclusion(at.get(), &leaf, &hashes, &checkpoint.head()).map_err(|why| stale(&why))?;
    let mut record: StoredRecord = entry.record().clone();
    if arguments.get_flag("withhold") {
        record = record.withheld();
    } else if record.content.is_none() {
        context.output.remark("note: the content was redacted, so the proof is without it");
    }
    let withheld = record.content.is_none();
    let proof = TlogProof::new(at.get(), hashes, &checkpoint).map_err(|why| unproved(&why))?;
    let text = proof.with_extra(record.write()).to_string();
    let file = arguments.get_one::<PathBuf>("output");
    write(file, &text)?;
    if context.output.json {
        return context
            .output
            .document(&Json::object([
                ("schema", Json::text("dispute/prove/v1")),
                ("ledger", Json::text(checkpoint.origin())),
                ("id", Json::text(entry.envelope().id())),
                ("index", Json::count(at.get())),
                ("digest", Json::text(entry.digest())),
                ("commitment", Json::text(entry.envelope().commitment())),
                ("size", Json::count(checkpoint.head().size)),
                ("root", Json::text(checkpoint.head().root)),
                ("withheld", Json::Bool(withheld)),
                ("file", Json::text_or_null(file.map(|file| file.display()))),
                ("proof", Json::text(&text)),
            ]))
            .map(|()| ExitCode::Done);
    }
    told(file, &text, context)?;
    context.output.remark(&format!(
        "proves {} #{at} of {name}; check it with: dispute verify --proof FILE --key VKEY",
        entry.envelope().id()
    ));
    Ok(ExitCode::Done)
}

fn prove_growth(from: &Path, arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let earlier = kept::read(from)?;
    let earlier_name = from.display().to_string();
    let log = context.open_ledger()?;
    kept::check_is_of(&log, &earlier_name, &earlier)?;
    let before = Sequence::new(earlier.head().size.saturating_sub(1));
    let (name, later) = covering(&log, before, arguments)?;
    kept::check_is_of(&log, &name, &later)?;
    let (old, new) = (earlier.head().size, later.head().size);
    if old > new {
        let message = format!("{earlier_name} is of a larger tree than {name}");
        return Err(CommandError::usage(message)
            .hint("name the earlier one with --from and the later one with --checkpoint")
            .into());
    }
    let hashes = LogTree(&*log).consistency(old, new)?;
    let head = later.head();
    let proof = ConsistencyProof::new(old, hashes, later).map_err(|why| unproved(&why))?;
    let text = proof.to_string();
    proof.verify(&earlier.head()).map_err(|why| stale(&why))?;
    let file = arguments.get_one::<PathBuf>("output");
    write(file, &text)?;
    if context.output.json {
        return context
            .output
            .document(&Json::object([
                ("schema", Json::text("dispute/prove/v1")),
                ("ledger", Json::text(proof.later().origin())),
                ("from", Json::count(old)),
                ("size", Json::count(new)),
                ("root", Json::text(head.root)),
                ("file", Json::text_or_null(file.map(|file| file.display()))),
                ("proof", Json::text(&text)),
            ]))
            .map(|()| ExitCode::Done);
    }
    told(file, &text, context)?;
    context.output.remark(&format!(
        "proves that {name} (size {new}) grew out of {earlier_name} (size {old})"
    ));
    Ok(ExitCode::Done)
}

/// The checkpoint that was named, else the newest kept that has the envelope of a place.
fn covering(
    log: &SledLog,
    at: Sequence,
    arguments: &ArgMatches,
) -> Result<(String, SignedCheckpoint)> {
    if let Some(path) = arguments.get_one::<PathBuf>("checkpoint") {
        return Ok((path.display().to_string(), kept::read(path)?));
    }
    if let Some(checkpoint) = kept::newest_with(log.dir(), at)? {
        return Ok((
            format!("the kept checkpoint {}", kept::name_of(checkpoint.head())),
            checkpoint,
        ));
    }
    let message =
        format!("no checkpoint is kept that has event #{at}, so there is nothing to prove it with");
    Err(CommandError::not_found(message)
        .hint("sign one: dispute checkpoint --key FILE; or name one: --checkpoint FILE")
        .into())
}

/// Writes a proof to the file that was named, unless another kind of file is in its place.
fn write(file: Option<&PathBuf>, text: &str) -> Result<()> {
    let Some(path) = file else { return Ok(()) };
    if let Some(there) = files::read_if_there(path)?
        && !BEGINNINGS.iter().any(|beginning| there.starts_with(beginning))
    {
        return Err(files::exists(path, "is another file, and is not overwritten").into());
    }
    files::replace(path, text.as_bytes())
}

fn told(file: Option<&PathBuf>, text: &str, context: &Context) -> Result<()> {
    if file.is_none() { context.output.answer(text) } else { Ok(()) }
}

/// The error where the stored tree has the root that was signed, but not the hashes below it.
fn stale(why: &dyn std::fmt::Display) -> CommandError {
    let message = format!("no proof was made, since the stored tree does not lead to it: {why}");
    CommandError::new("derived-stale", message, ExitCode::Broken)
        .hint("run dispute verify to see all that is wrong")
}

fn unproved(why: &dyn std::fmt::Display) -> CommandError {
    CommandError::new("unexpected", format!("no proof was made: {why}"), ExitCode::Failed)
}
