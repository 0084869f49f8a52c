//! `dispute compact`: the ledger's files written anew, so that nothing erased is left in them.

use clap::{ArgMatches, Command};
use dispute_core::{CompactError, Json, ReadLog};

use super::backup::head_to_json;
use super::{Context, verify};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::ledger;
use crate::output::progress::Progress;

pub(super) fn command() -> Command {
    Command::new("compact")
        .about("Write the ledger's files anew, without what was erased")
        .after_help(
            "Example:\n  dispute compact\n\n\
         It needs as much room on the disk as the ledger takes. The new files are checked against \
         the old ones before they take their place; interrupted at any moment, the ledger is the \
         old one or the new one.",
        )
}

pub(super) fn run(_: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let dir = context.folder()?;
    let log = ledger::open(&dir, context.wait, context.output)?;
    let head = log.head()?;
    let total = usize::try_from(head.sequence.get()).unwrap_or(usize::MAX);
    let mut progress = Progress::of("writing", total, context.output);
    let told = &mut |at: dispute_core::Sequence| {
        progress.at(usize::try_from(at.get()).unwrap_or(usize::MAX));
    };
    let compaction = log.compact(&verify::content_check, told).map_err(refused)?;
    drop(progress);
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/compact/v1")),
            ("before", Json::count(compaction.before)),
            ("after", Json::count(compaction.after)),
            ("head", head_to_json(&head)),
        ]))?;
    } else {
        context.output.answer(&format!(
            "wrote the ledger anew: {} bytes, {} before\nhead {head}\n",
            compaction.after, compaction.before
        ))?;
    }
    Ok(ExitCode::Done)
}

fn refused(error: CompactError) -> CommandError {
    let kept = "the ledger is as it was";
    match error {
        CompactError::Log(error) => CommandError::from(error),
        CompactError::Differs { .. } => {
            CommandError::new("store-unreadable", error.to_string(), ExitCode::Broken)
                .fact(kept)
                .hint("run dispute verify; the disk or the memory may be failing")
        }
        CompactError::Unsound(report) => {
            let first = report.findings.first();
            let code = first.map_or("store-unreadable", |first| first.code.as_str());
            let text = first.map_or("something is wrong", |first| first.text.as_str());
            let message = format!("the ledger does not verify: {text}");
            CommandError::new(code, message, ExitCode::Broken)
                .fact(kept)
                .hint("dispute verify tells all that is wrong")
        }
    }
}
