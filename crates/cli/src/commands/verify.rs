//! `dispute verify`: whether anything was changed.

use std::fs;
use std::path::Path;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use dispute_core::{
    Anchor, AnchorCheck, ExitClass, ExpectedHead, Finding, FindingCode, Json, LogError, Report,
    SledLog, check_content, verify,
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
            "Examples:\n  dispute verify\n  dispute verify --expect-head 57:9c41e0f7a2b3c4d5\n\n\
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
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let heads = arguments.get_many::<String>("expect-head").into_iter().flatten();
    let heads = heads.map(|text| writing::read_head(text)).collect::<Result<Vec<_>>>()?;
    let dir = context.folder()?;
    let report = match SledLog::open(&dir, context.wait) {
        Err(error) if ledger::is_read_only(&error) => check_copy(&dir, &heads, context)?,
        opened => check_opened(opened, &heads)?,
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

/// The whole argument over an open ledger.
pub(super) fn check(log: &SledLog, heads: &[ExpectedHead]) -> Result<Report> {
    let anchors: Vec<Anchor> = heads.iter().cloned().map(Anchor::Head).collect();
    let report = verify(log, &anchors, &|envelope, content| {
        let occurred = envelope.occurred().map_or("", |date| date.text.as_str());
        check_content(envelope.kind(), envelope.dispute(), occurred, content)
    });
    match report {
        Ok(report) => Ok(report),
        Err(error) => unreadable(error, heads),
    }
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
