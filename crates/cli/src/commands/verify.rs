//! `dispute verify`: whether anything was changed.

pub(crate) mod anchors;
mod event;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dispute_core::{
    Anchor, BackupLog, Envelope, EventLog, ExitClass, Finding, FindingCode, Json, LedgerId,
    LogError, Names, Report, Sequence, SledLog, check_content, verify, verify_since,
};

use super::Context;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::ledger;
use crate::ledger::docket;
use crate::ledger::kept::{self, Kept};
use crate::output::Output;
use crate::render::{self, Evidence};
use anchors::Given;

pub(super) fn command() -> Command {
    Command::new("verify")
        .about("Check that nothing was changed, and tell all that was")
        .after_help(
            "Examples:\n  dispute verify\n  dispute verify --expect-head 57:9c41e0f7a2b3c4d5\n  \
             dispute verify --checkpoint july.txt --key keeper+5f1d…\n  \
             dispute verify --proof kp-19.proof --key keeper+5f1d…      with no ledger at hand\n  \
             dispute verify --backup ../2025-04-05.backup\n\n\
             A head or a checkpoint that was kept elsewhere is what proves that the ledger was not \
             rewritten from the start.",
        )
        .args(anchors::arguments())
        .arg(
            Arg::new("proof")
                .long("proof")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .conflicts_with_all(["expect-head", "checkpoint", "backup"])
                .help("Check the proof of an event instead; needs no ledger"),
        )
        .arg(
            Arg::new("backup")
                .long("backup")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("A backup, in place of the ledger"),
        )
        .arg(
            Arg::new("derived")
                .long("derived")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["proof", "backup"])
                .help("Work out anew what answers are read from, and compare; takes longer"),
        )
}

/// How much is checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The log and its indexes; of what is derived from it, whether it is sound and of this log.
    Log,
    /// All of that too: every dispute is folded anew.
    Derived,
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    if let Some(file) = arguments.get_one::<PathBuf>("proof") {
        return event::run(file, arguments, context);
    }
    let backup = arguments.get_one::<PathBuf>("backup").cloned();
    let is_backup = backup.is_some();
    let dir = backup.map_or_else(|| context.folder(), Ok)?;
    let (report, evidence) = if is_backup || dir.is_file() {
        check_backup(&dir, arguments, context)?
    } else {
        let given = Given::read(arguments, kept::all(&dir)?)?;
        if given.asks_in_vain() {
            let message = "there is no checkpoint whose signatures could be checked";
            return Err(CommandError::usage(message)
                .hint("name one: dispute verify --checkpoint FILE --key VKEY")
                .into());
        }
        let depth = if arguments.get_flag("derived") { Depth::Derived } else { Depth::Log };
        match SledLog::open(&dir, context.wait) {
            Err(error) if ledger::is_read_only(&error) => check_copy(&dir, &given, depth, context)?,
            opened => check_opened(opened, &given, depth, context.output)?,
        }
    };
    let exit = match report.class() {
        None => ExitCode::Done,
        Some(ExitClass::Broken) => ExitCode::Broken,
        Some(ExitClass::Contradicted) => ExitCode::Contradicted,
    };
    if context.output.json {
        context.output.document(&to_json(&report, &evidence, exit))?;
    } else {
        let text = render::report_with(&report, &evidence, &context.output.options());
        context.output.answer(&text)?;
    }
    Ok(exit)
}

/// The whole argument over the ledger in a folder.
pub(super) fn check_folder(dir: &Path, wait: Duration, output: Output) -> Result<Report> {
    Ok(check_opened(SledLog::open(dir, wait), &Given::default(), Depth::Log, output)?.0)
}

fn check_opened(
    opened: std::result::Result<SledLog, LogError>,
    given: &Given,
    depth: Depth,
    output: Output,
) -> Result<(Report, Evidence)> {
    let log = match opened {
        Ok(log) => log,
        Err(error) => return unreadable(error, given),
    };
    let (mut report, evidence) = check_given(&log, given)?;
    // What is held against a damaged log shows nothing.
    if report.findings.is_empty() {
        let mut stale = docket::unfit(&log)?;
        if stale.is_none() && depth == Depth::Derived {
            stale = docket::contradicted(&log, output)?;
        }
        report.findings.extend(stale.map(|text| finding(FindingCode::DerivedStale, text)));
        if depth == Depth::Derived && Names::contradiction(&log)?.is_some() {
            let text = "the list of names says something else than the log; it can be deleted";
            report.findings.push(finding(FindingCode::DerivedStale, text.to_owned()));
        }
    }
    Ok((report, evidence))
}

/// The whole argument over an open ledger, or a backup.
pub(super) fn check(log: &dyn EventLog) -> Result<Report> {
    Ok(check_given(log, &Given::default())?.0)
}

/// The argument over an open ledger, and whether it agrees with what was given.
pub(super) fn check_given(log: &dyn EventLog, given: &Given) -> Result<(Report, Evidence)> {
    let ledger = ledger_id(log);
    let mut anchors = given.anchors(ledger);
    if log.begins_after().is_some() {
        // An increment has no tree to hold checkpoints against; signatures are checked all the same.
        anchors.retain(|anchor| matches!(anchor, Anchor::Head(_)));
    }
    let report = match given.since(ledger) {
        Some((name, head)) => verify_since(log, name, head, &anchors, &content_check),
        None => verify(log, &anchors, &content_check),
    };
    match report {
        Ok(mut report) => {
            let evidence = given.judge(ledger, &mut report);
            Ok((report, evidence))
        }
        Err(error) => unreadable(error, given),
    }
}

/// Which ledger it is; `None` where its own envelope cannot be read.
fn ledger_id(log: &dyn EventLog) -> Option<LedgerId> {
    let entry = log.entry(Sequence::LEDGER).ok()??;
    Some(*entry.envelope().ledger())
}

/// Whether a content is one that this program knows; if not, why.
pub(super) fn content_check(
    envelope: &Envelope,
    content: &[u8],
) -> std::result::Result<(), String> {
    let occurred = envelope.occurred().map_or("", |date| date.text.as_str());
    check_content(envelope.kind(), envelope.dispute(), occurred, content)
}

/// The whole argument over a backup. The checkpoints in it must agree with it too, as those kept
/// beside a store must: that they do shows little, since whoever made the one made the other.
fn check_backup(
    path: &Path,
    arguments: &ArgMatches,
    context: &Context,
) -> Result<(Report, Evidence)> {
    let log = match BackupLog::open(path) {
        Ok(log) => log,
        Err(error @ LogError::Io { .. }) => return Err(ledger::backup::unopened(error).into()),
        Err(error) => return unreadable(error, &Given::read(arguments, Vec::new())?),
    };
    if let Some(after) = log.start().after() {
        context.output.remark(&format!(
            "note: {} holds only what follows #{after}; whether that goes before it is seen when \
             it is restored",
            path.display()
        ));
    }
    let given = Given::read(arguments, kept_in_backup(&log))?;
    if given.asks_in_vain() {
        context
            .output
            .remark("note: there is no checkpoint in it whose signatures could be checked");
    }
    check_given(&log, &given)
}

/// The whole argument over an open backup.
pub(super) fn check_file(log: &BackupLog) -> Result<Report> {
    Ok(check_given(log, &Given::of_kept(kept_in_backup(log)))?.0)
}

/// The checkpoints in a backup.
fn kept_in_backup(log: &BackupLog) -> Vec<Kept> {
    // One that cannot be read is a finding of the log's.
    let checkpoints = log.checkpoints().unwrap_or_default().into_iter();
    let name = |size| format!("in the backup, of {size} envelopes");
    checkpoints.map(|one| Kept { name: name(one.head().size), read: Ok(one) }).collect()
}

/// A store that cannot be read is a finding: we looked, and this is what we found.
fn unreadable(error: LogError, given: &Given) -> Result<(Report, Evidence)> {
    let text = match &error {
        LogError::Unreadable { .. } | LogError::Damaged { .. } | LogError::Backup { .. } => {
            error.to_string()
        }
        _ => return Err(error.into()),
    };
    let mut report = Report {
        events: 0,
        head: None,
        anchors: given.unmet(None),
        findings: vec![finding(FindingCode::StoreUnreadable, text)],
        redacted: 0,
        skipped: 0,
    };
    let evidence = given.judge(None, &mut report);
    Ok((report, evidence))
}

/// A finding about no event in particular.
fn finding(code: FindingCode, text: String) -> Finding {
    Finding { code, sequence: None, id: None, expected: None, found: None, text }
}

/// A folder that cannot be written is verified in a copy, since opening a store writes.
fn check_copy(
    dir: &Path,
    given: &Given,
    depth: Depth,
    context: &Context,
) -> Result<(Report, Evidence)> {
    let failed = |error: std::io::Error| CommandError::io("copy", dir, &error);
    let copy = tempfile::tempdir().map_err(failed)?;
    copy_folder(dir, copy.path()).map_err(failed)?;
    context.output.remark("the folder cannot be written, so a copy of it is verified");
    check_opened(SledLog::open(copy.path(), context.wait), given, depth, context.output)
}

/// Copies a folder with all that is in it.
pub(super) fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let target = to.join(file.file_name());
        if file.file_type()?.is_dir() {
            copy_folder(&file.path(), &target)?;
        } else {
            // Not `fs::copy`, which would copy that the file cannot be written.
            fs::write(&target, fs::read(file.path())?)?;
        }
    }
    Ok(())
}

/// `{schema, ok, exit, events, head, anchors, findings, redacted, skipped, signatures}`
fn to_json(report: &Report, evidence: &Evidence, exit: ExitCode) -> Json {
    let head = report.head.as_ref().map_or(Json::Null, |head| {
        Json::object([
            ("sequence", Json::count(head.sequence.get())),
            ("digest", Json::text(head.digest)),
        ])
    });
    let anchors = report.anchors.iter().map(|anchor| {
        Json::object([
            ("kind", Json::text(anchor.kind)),
            ("name", Json::text(&anchor.name)),
            ("ok", Json::Bool(anchor.ok)),
        ])
    });
    let signatures = evidence.signatures.iter().map(|(checkpoint, names)| {
        Json::object([("checkpoint", Json::text(checkpoint)), ("signed_by", Json::texts(names))])
    });
    Json::object([
        ("schema", Json::text("dispute/verify/v1")),
        ("ok", Json::Bool(report.ok())),
        ("exit", Json::count(exit as u64)),
        ("events", Json::count(report.events)),
        ("head", head),
        ("anchors", Json::List(anchors.collect())),
        ("findings", Json::List(report.findings.iter().map(finding_to_json).collect())),
        ("redacted", Json::count(report.redacted)),
        ("skipped", Json::count(report.skipped)),
        ("signatures", Json::List(signatures.collect())),
    ])
}

/// `{code, sequence, id, expected, found, text}`
fn finding_to_json(finding: &Finding) -> Json {
    Json::object([
        ("code", Json::text(finding.code.as_str())),
        ("sequence", finding.sequence.map_or(Json::Null, |at| Json::count(at.get()))),
        ("id", Json::text_or_null(finding.id.as_ref())),
        ("expected", Json::text_or_null(finding.expected.as_ref())),
        ("found", Json::text_or_null(finding.found.as_ref())),
        ("text", Json::text(&finding.text)),
    ])
}
