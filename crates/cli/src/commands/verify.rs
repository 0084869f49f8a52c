//! `dispute verify`: whether anything was changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dispute_core::{
    Anchor, AnchorCheck, BackupLog, Envelope, EventLog, ExitClass, ExpectedHead, Finding,
    FindingCode, Json, LogError, Report, SledLog, check_content, verify,
};

use super::Context;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::ledger::{self, writing};
use crate::render;

pub(super) fn command() -> Command {
    Command::new("verify")
        .about("Check that nothing was changed, and tell all that was")
        .after_help(
            "Examples:\n  dispute verify\n  dispute verify --expect-head 57:9c41e0f7a2b3c4d5\n  \
             dispute verify --backup ../2025-04-05.backup\n\n\
             A head that was written down elsewhere is what proves that the ledger was not \
             rewritten from the start.",
        )
        .arg(
            Arg::new("expect-head")
                .long("expect-head")
                .value_name("SEQ:DIGEST")
                .action(ArgAction::Append)
                .help("A head that was written down elsewhere"),
        )
        .arg(
            Arg::new("backup")
                .long("backup")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("A backup, in place of the ledger"),
        )
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let heads = arguments.get_many::<String>("expect-head").into_iter().flatten();
    let heads = heads.map(|text| writing::read_head(text)).collect::<Result<Vec<_>>>()?;
    let backup = arguments.get_one::<PathBuf>("backup").cloned();
    let dir = backup.map_or_else(|| context.folder(), Ok)?;
    let report = if arguments.contains_id("backup") || dir.is_file() {
        check_backup(&dir, &heads, context)?
    } else {
        match SledLog::open(&dir, context.wait) {
            Err(error) if ledger::is_read_only(&error) => check_copy(&dir, &heads, context)?,
            opened => check_opened(opened, &heads)?,
        }
    };
    let exit = match report.class() {
        None => ExitCode::Done,
        Some(ExitClass::Broken) => ExitCode::Broken,
        Some(ExitClass::Contradicted) => ExitCode::Contradicted,
    };
    if context.output.json {
        context.output.document(&to_json(&report, exit))?;
    } else {
        context.output.answer(&render::report(&report, &context.output.options()))?;
    }
    Ok(exit)
}

/// The whole argument over the ledger in a folder.
pub(super) fn check_folder(dir: &Path, heads: &[ExpectedHead], wait: Duration) -> Result<Report> {
    check_opened(SledLog::open(dir, wait), heads)
}

fn check_opened(
    opened: std::result::Result<SledLog, LogError>,
    heads: &[ExpectedHead],
) -> Result<Report> {
    match opened {
        Ok(log) => check(&log, heads),
        Err(error) => unreadable(error, heads),
    }
}

/// The whole argument over an open ledger, or a backup.
pub(super) fn check(log: &dyn EventLog, heads: &[ExpectedHead]) -> Result<Report> {
    let anchors: Vec<Anchor> = heads.iter().cloned().map(Anchor::Head).collect();
    match verify(log, &anchors, &content_check) {
        Ok(report) => Ok(report),
        Err(error) => unreadable(error, heads),
    }
}

/// Whether a content is one that this program knows; if not, why.
pub(super) fn content_check(
    envelope: &Envelope,
    content: &[u8],
) -> std::result::Result<(), String> {
    let occurred = envelope.occurred().map_or("", |date| date.text.as_str());
    check_content(envelope.kind(), envelope.dispute(), occurred, content)
}

/// The whole argument over a backup.
fn check_backup(path: &Path, heads: &[ExpectedHead], context: &Context) -> Result<Report> {
    let log = match BackupLog::open(path) {
        Ok(log) => log,
        Err(error @ LogError::Io { .. }) => return Err(ledger::backup::unopened(error).into()),
        Err(error) => return unreadable(error, heads),
    };
    if let Some(after) = log.start().after() {
        context.output.remark(&format!(
            "note: {} holds only what follows #{after}; whether that goes before it is seen when \
             it is restored",
            path.display()
        ));
    }
    check_file(&log, heads)
}

/// The whole argument over an open backup. The checkpoints in it must agree with it too; that they
/// do shows nothing, since whoever made the one made the other.
pub(super) fn check_file(log: &BackupLog, heads: &[ExpectedHead]) -> Result<Report> {
    let mut anchors: Vec<Anchor> = heads.iter().cloned().map(Anchor::Head).collect();
    let given = anchors.len();
    if log.start().after().is_none() {
        // One that cannot be read is a finding.
        for checkpoint in log.checkpoints().unwrap_or_default() {
            let head = checkpoint.head();
            let name = format!("in the backup, of {} leaves", head.size);
            anchors.push(Anchor::Checkpoint { name, head });
        }
    }
    let mut report = match verify(log, &anchors, &content_check) {
        Ok(report) => report,
        Err(error) => return unreadable(error, heads),
    };
    let mut n = 0;
    report.anchors.retain(|anchor| {
        n += 1;
        n <= given || !anchor.ok
    });
    Ok(report)
}

/// A store that cannot be read is a finding: we looked, and this is what we found.
fn unreadable(error: LogError, heads: &[ExpectedHead]) -> Result<Report> {
    let text = match &error {
        LogError::Unreadable { .. } | LogError::Damaged { .. } | LogError::Backup { .. } => {
            error.to_string()
        }
        _ => return Err(error.into()),
    };
    let anchors =
        heads.iter().map(|head| AnchorCheck { kind: "head", name: head.to_string(), ok: false });
    Ok(Report {
        events: 0,
        head: None,
        anchors: anchors.collect(),
        findings: vec![Finding {
            code: FindingCode::StoreUnreadable,
            sequence: None,
            id: None,
            expected: None,
            found: None,
            text,
        }],
        redacted: 0,
    })
}

/// A folder that cannot be written is verified in a copy, since opening a store writes.
fn check_copy(dir: &Path, heads: &[ExpectedHead], context: &Context) -> Result<Report> {
    let failed = |error: std::io::Error| CommandError::io("copy", dir, &error);
    let copy = tempfile::tempdir().map_err(failed)?;
    copy_folder(dir, copy.path()).map_err(failed)?;
    context.output.remark("the folder cannot be written, so a copy of it is verified");
    check_folder(copy.path(), heads, context.wait)
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

/// `{schema, ok, exit, events, head, anchors, findings, redacted}`
fn to_json(report: &Report, exit: ExitCode) -> Json {
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
    let findings = report.findings.iter().map(|finding| {
        Json::object([
            ("code", Json::text(finding.code.as_str())),
            ("sequence", finding.sequence.map_or(Json::Null, |at| Json::count(at.get()))),
            ("id", Json::text_or_null(finding.id.as_ref())),
            ("expected", Json::text_or_null(finding.expected.as_ref())),
            ("found", Json::text_or_null(finding.found.as_ref())),
            ("text", Json::text(&finding.text)),
        ])
    });
    Json::object([
        ("schema", Json::text("dispute/verify/v1")),
        ("ok", Json::Bool(report.ok())),
        ("exit", Json::count(exit as u64)),
        ("events", Json::count(report.events)),
        ("head", head),
        ("anchors", Json::List(anchors.collect())),
        ("findings", Json::List(findings.collect())),
        ("redacted", Json::count(report.redacted)),
    ])
}
