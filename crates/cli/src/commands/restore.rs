//! `dispute restore`: a ledger from a backup, or what an increment adds to one.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use dispute_core::{
    BackupLog, EventLog, Head, HeadMark, Json, LogError, ReadLog, Sequence, SledLog,
};

use super::backup::head_to_json;
use super::{Context, verify};
use crate::error::{CommandError, Result, Stop};
use crate::exit_code::ExitCode;
use crate::ledger::{self, backup, kept};
use crate::output::progress::Progress;
use crate::render::counted;

pub(super) fn command() -> Command {
    Command::new("restore")
        .about("Make a ledger from a backup: the same envelopes, the same head")
        .after_help(
            "Examples:\n  dispute restore 2025-04-05.backup\n  \
             dispute restore 2025-04-05.backup ../another-folder\n  \
             dispute restore 2025-04-06.backup ../another-folder     after it, its increment\n\n\
             A backup that was made with --since goes onto the ledger that ends where it begins.",
        )
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The backup"),
        )
        .arg(
            Arg::new("dir")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("The folder in which to make the ledger, or of the ledger that goes on"),
        )
}

/// What became of the backup.
struct Restored {
    log: SledLog,
    head: Head,
    events: u64,
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let path = arguments.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let dir = arguments.get_one::<PathBuf>("dir").map(PathBuf::as_path);
    let file = BackupLog::open(&path).map_err(backup::unopened)?;
    undamaged(&file)?;
    let restored = if file.start().after().is_some() {
        let dir = match dir {
            Some(dir) => ledger::find(Some(dir))?,
            None => context.folder()?,
        };
        go_on(&file, &dir, context)?
    } else {
        make(&file, ledger::place_for(dir, context.named.as_deref()), context)?
    };
    let Restored { log, head, events } = restored;
    let ledger = log.ledger()?;
    let checkpoints = kept::keep_new(log.dir(), &ledger.id, &file.checkpoints()?);
    let checkpoints = checkpoints.map_err(|stop| match stop {
        Stop::Error(error) => Stop::Error(Box::new(error.fact("but the events are restored"))),
        stop => stop,
    })?;
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/restore/v1")),
            ("ledger", Json::text(ledger.id)),
            ("name", Json::text(&ledger.name)),
            ("path", Json::text(log.dir().display())),
            ("events", Json::count(events)),
            ("checkpoints", Json::count(u64::try_from(checkpoints).unwrap_or(u64::MAX))),
            ("head", head_to_json(&head)),
        ]))?;
    } else {
        let events = counted(usize::try_from(events).unwrap_or(usize::MAX), "event");
        let dir = log.dir().display();
        context.output.answer(&format!(
            "restored {events} of \"{}\" into {dir}\nhead {head}\n",
            ledger.name
        ))?;
    }
    let redactions = file
        .entries(file.start().first)
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.envelope().redacts().is_some()));
    if file.start().after().is_some() && redactions.count() > 0 {
        context.output.remark(
            "what was erased since is erased here too; its bytes stay in the files until: \
             dispute compact",
        );
    }
    Ok(ExitCode::Done)
}

/// Refuses a backup that does not verify.
fn undamaged(file: &BackupLog) -> Result<()> {
    let report = verify::check_file(file)?;
    let Some(first) = report.findings.first() else { return Ok(()) };
    let path = file.path().display();
    let message = format!("{path} is damaged: {}", first.text);
    let exit = match report.class() {
        Some(dispute_core::ExitClass::Contradicted) => ExitCode::Contradicted,
        _ => ExitCode::Broken,
    };
    let mut error = CommandError::new(first.code.as_str(), message, exit);
    if let Some(at) = first.sequence {
        error = error.fact(format!("at #{at}"));
    }
    if report.findings.len() > 1 {
        error = error.fact(format!("and {} more findings", report.findings.len() - 1));
    }
    Err(error
        .fact("nothing was restored")
        .hint(format!("dispute verify --backup {path} tells all; take another backup"))
        .into())
}

/// A new ledger.
fn make(file: &BackupLog, dir: PathBuf, context: &Context) -> Result<Restored> {
    let exists = |dir: PathBuf| {
        CommandError::from(LogError::LedgerExists { dir })
            .hint(format!("name another folder: dispute restore {} DIR", file.path().display()))
    };
    if ledger::is_ledger(&dir) {
        return Err(exists(dir).into());
    }
    let mut progress = progress(file, context);
    let made = SledLog::create_from(&dir, file, &mut |at| progress.at(count(at)));
    let log = made.map_err(|error| match error {
        LogError::LedgerExists { dir } => exists(dir),
        error => CommandError::from(error),
    })?;
    let head = log.head()?;
    Ok(Restored { log, head, events: head.sequence.get() })
}

/// What an increment adds, in one append.
fn go_on(file: &BackupLog, dir: &Path, context: &Context) -> Result<Restored> {
    let mut log = ledger::open(dir, context.wait, context.output)?;
    let head = log.head()?;
    continues(file, &log, &head)?;
    let mut progress = progress(file, context);
    let mut append = log.begin(&head)?;
    for entry in file.entries(file.start().first) {
        let entry = entry?;
        let at = entry.envelope().sequence();
        append.push(entry)?;
        progress.at(count(at));
    }
    let head = append.commit()?;
    drop(progress);
    Ok(Restored { log, head, events: file.records() })
}

/// Refuses an increment that does not begin where the ledger ends.
fn continues(file: &BackupLog, log: &SledLog, head: &Head) -> Result<()> {
    let start = file.start();
    let ledger = log.ledger()?.id;
    let path = file.path().display();
    let refused = |code: &str, message: String| {
        CommandError::new(code, message, ExitCode::Contradicted).fact("nothing was restored")
    };
    if start.ledger != ledger {
        return Err(refused("head-contradicted", format!("{path} is of another ledger"))
            .fact(format!("it is of {}, this one is {ledger}", start.ledger))
            .hint("name the folder of its own ledger: dispute restore FILE DIR")
            .into());
    }
    let Some(after) = start.after() else { return Ok(()) };
    if after == head.sequence && start.previous == head.digest {
        return Ok(());
    }
    let facts = |error: CommandError| {
        error
            .fact(format!("the ledger ends with {head}"))
            .fact(format!("{path} continues {after}:{}", start.previous))
    };
    let HeadMark { sequence, digest } = file.end()?;
    let there = |at: Sequence| Ok::<_, Stop>(log.head_at(at)?.map(|head| head.digest));
    let error = if after > head.sequence {
        let message = format!("the ledger ends before {path} begins");
        facts(refused("head-beyond-end", message)).hint("restore what is between them first")
    } else if there(after)? != Some(start.previous) {
        let message = format!("{path} continues another history than this ledger's");
        facts(refused("head-contradicted", message))
            .hint("keep both: whoever has the other history has to explain it")
    } else if there(sequence)? == Some(digest) {
        let message = format!("what {path} holds is in the ledger already");
        facts(refused("head-moved", message)).hint("nothing is to be done")
    } else {
        let message = format!("the ledger went on since {path} was made");
        facts(refused("head-moved", message))
            .hint("restore the backup before it and this one into another folder")
    };
    Err(error.into())
}

fn progress(file: &BackupLog, context: &Context) -> Progress {
    let total = file.start().first.get().saturating_add(file.records());
    Progress::of("restoring", usize::try_from(total).unwrap_or(usize::MAX), context.output)
}

fn count(at: Sequence) -> usize {
    usize::try_from(at.get()).unwrap_or(usize::MAX)
}
