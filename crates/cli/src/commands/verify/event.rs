//! `dispute verify --proof FILE`: an event, checked with no ledger at hand.

use std::path::Path;

use clap::ArgMatches;
use dispute_core::event::Event;
use dispute_core::{
    Entry, EventReport, ExitClass, Json, TlogProof, check_content, read_entries, verify_event,
};

use crate::commands::Context;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::{files, keys, render};

pub(super) fn run(file: &Path, arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let trust = keys::trust(arguments)?;
    if trust.is_nobody() {
        let message = "whoever wrote a proof could have signed it; whose signature is to count?";
        return Err(CommandError::usage(message)
            .hint("name the key that you trust: --key VKEY, or --trust POLICY")
            .into());
    }
    let proof = TlogProof::parse(&files::read(file)?).map_err(|why| {
        let message = format!("{} is no proof of an event: {why}", file.display());
        CommandError::new("io", message, ExitCode::Failed)
            .hint("dispute prove ID -o FILE writes one")
    })?;
    let report = verify_event(&proof, &trust, &|envelope, content| {
        let occurred = envelope.occurred().map_or("", |date| date.text.as_str());
        check_content(envelope.kind(), envelope.dispute(), occurred, content)
    });
    let exit = match report.class() {
        None => ExitCode::Done,
        Some(ExitClass::Broken) => ExitCode::Broken,
        Some(ExitClass::Contradicted) => ExitCode::Contradicted,
    };
    let event = report.entry.as_ref().and_then(document);
    if context.output.json {
        context.output.document(&to_json(&proof, &report, event.as_ref(), exit))?;
    } else {
        let text = render::event_proof(&report, event.as_ref(), &context.output.options());
        context.output.answer(&text)?;
    }
    Ok(exit)
}

/// The event as it was handed in; `None` where its content was withheld or is not what was sealed.
fn document(entry: &Entry) -> Option<Json> {
    let recorded = read_entries(entry.envelope().ledger(), std::slice::from_ref(entry)).ok()?;
    recorded.first()?.event.as_ref().map(Event::to_json)
}

/// `{schema, ok, exit, ledger, index, digest, commitment, id, recorded_at, recorded_by,
/// checkpoint: {size, root, signed_by}, withheld, event, findings}`
fn to_json(proof: &TlogProof, report: &EventReport, event: Option<&Json>, exit: ExitCode) -> Json {
    let entry = report.entry.as_ref();
    let envelope = entry.map(Entry::envelope);
    let checkpoint = report.checkpoint.as_ref().map_or(Json::Null, |checkpoint| {
        Json::object([
            ("size", Json::count(checkpoint.head().size)),
            ("root", Json::text(checkpoint.head().root)),
            ("signed_by", Json::texts(&report.signed_by)),
        ])
    });
    Json::object([
        ("schema", Json::text("dispute/verify/v1")),
        ("ok", Json::Bool(report.findings.is_empty())),
        ("exit", Json::count(exit as u64)),
        ("ledger", Json::text_or_null(report.checkpoint.as_ref().map(|it| it.origin()))),
        ("index", Json::count(proof.index())),
        ("digest", Json::text_or_null(entry.map(Entry::digest))),
        ("commitment", Json::text_or_null(envelope.map(|it| it.commitment()))),
        ("id", Json::text_or_null(envelope.map(|it| it.id()))),
        ("recorded_at", Json::text_or_null(envelope.map(|it| it.recorded_at()))),
        ("recorded_by", Json::text_or_null(envelope.map(|it| it.recorded_by()))),
        ("checkpoint", checkpoint),
        ("withheld", Json::Bool(entry.is_some_and(|entry| entry.content().is_none()))),
        ("event", event.cloned().unwrap_or(Json::Null)),
        ("findings", Json::List(report.findings.iter().map(super::finding_to_json).collect())),
    ])
}
