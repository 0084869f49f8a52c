//! `dispute head`: where the chain ends. Written down elsewhere, it proves later what was there.

use clap::{ArgMatches, Command};
use dispute_core::Json;

use super::Context;
use crate::error::Result;
use crate::exit_code::ExitCode;

pub(super) fn command() -> Command {
    Command::new("head")
        .about("Print the head of the ledger, to be written down elsewhere")
        .after_help("Example:\n  dispute head >> ../heads-kept-by-the-mediator.txt")
}

pub(super) fn run(_: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open()?;
    let (head, ledger) = (log.head()?, log.ledger()?);
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/head/v1")),
            ("sequence", Json::count(head.sequence.get())),
            ("digest", Json::text(head.digest)),
            ("recorded_at", Json::text(head.recorded_at)),
            ("ledger", Json::text(ledger.id)),
            ("name", Json::text(&ledger.name)),
        ]))?;
    } else {
        context.output.answer(&format!("{}:{}\n", head.sequence, head.digest))?;
        context.output.remark(&format!(
            "recorded {} in \"{}\"; check against it with: dispute verify --expect-head …",
            head.recorded_at, ledger.name
        ));
    }
    Ok(ExitCode::Done)
}
