//! `dispute checkpoint`: signs what the ledger is now, for others to keep.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use dispute_core::{Checkpoint, Json, LogTree, Origin, ReadLog, Report, SignedCheckpoint};

use super::Context;
use super::verify::anchors::Given;
use super::verify::check_given;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::keys;
use crate::ledger::kept;

pub(super) fn command() -> Command {
    Command::new("checkpoint")
        .about("Sign the size and the root of the ledger, for others to keep")
        .after_help(
            "Examples:\n  dispute checkpoint --key keeper.key -o july.txt\n  \
             dispute checkpoint --key keeper.key\n\n\
             The ledger is verified first. A copy is kept beside the store, and every dispute \
             verify compares with it; what others keep is what proves something.",
        )
        .arg(key_argument())
        .arg(output_argument("Where to write it [default: standard output]"))
}

/// `--key FILE`: the secret key to sign with.
pub(super) fn key_argument() -> Arg {
    Arg::new("key")
        .long("key")
        .value_name("FILE")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help("The file of the secret key to sign with")
}

/// `-o FILE`
pub(super) fn output_argument(help: &'static str) -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help(help)
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let key = arguments.get_one::<PathBuf>("key").cloned().unwrap_or_default();
    let key = keys::read_signer(&key, context.output)?;
    let dir = context.folder()?;
    let log = context.open_ledger()?;
    let (report, _) = check_given(&*log, &Given::kept_in(&dir)?)?;
    is_sound(&report, "the ledger is not signed")?;
    let head = LogTree(&*log).whole()?;
    let checkpoint = Checkpoint::new(Origin::of_ledger(&log.ledger()?.id), head);
    let signed = SignedCheckpoint::sign(checkpoint, &key).map_err(|why| {
        CommandError::new("io", format!("the ledger was not signed: {why}"), ExitCode::Failed)
    })?;
    let copy = kept::keep(&dir, &signed)?;
    let file = arguments.get_one::<PathBuf>("output");
    if let Some(file) = file {
        kept::write(file, &signed)?;
    }
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/checkpoint/v1")),
            ("ledger", Json::text(signed.origin())),
            ("size", Json::count(head.size)),
            ("root", Json::text(head.root)),
            ("key", Json::text(key.verifier_key())),
            ("kept", Json::text(copy.display())),
            ("file", Json::text_or_null(file.map(|file| file.display()))),
            ("note", Json::text(&signed)),
        ]))?;
    } else {
        if file.is_none() {
            context.output.answer(&signed.to_string())?;
        }
        let sizes = format!("signed {} as {}", kept::in_words(head), key.name());
        context.output.remark(&format!("{sizes}; give it to the others: {SIGN}"));
    }
    Ok(ExitCode::Done)
}

const SIGN: &str = "dispute cosign CHECKPOINT --key FILE";

/// That nothing was found in a ledger. Nobody signs what does not verify.
pub(super) fn is_sound(report: &Report, refused: &str) -> Result<()> {
    let (Some(class), Some(first)) = (report.class(), report.findings.first()) else {
        return Ok(());
    };
    let exit = match class {
        dispute_core::ExitClass::Broken => ExitCode::Broken,
        dispute_core::ExitClass::Contradicted => ExitCode::Contradicted,
    };
    // The finding that decides.
    let found = report.findings.iter().find(|it| it.code.class() == class).unwrap_or(first);
    let message = format!("{refused}: {}", found.text);
    let mut error = CommandError::new(found.code.as_str(), message, exit);
    for (label, value) in [("expected", &found.expected), ("found", &found.found)] {
        if let Some(value) = value {
            error = error.fact(format!("{label}: {value}"));
        }
    }
    Err(error.hint("dispute verify says all that is wrong").into())
}
