//! `dispute key`: makes a key to sign with, and shows its public half.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dispute_core::{Json, KeyName, SignerKey};
use zeroize::Zeroizing;

use super::Context;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::{files, keys};

pub(super) fn command() -> Command {
    Command::new("key")
        .about("Make a key to sign checkpoints with, or show its public half")
        .after_help(
            "Examples:\n  dispute key new keeper -o keeper.key\n  \
             dispute key show keeper.key\n  dispute key show union.key --cosigner\n\n\
             The file is the secret: who has it can sign in your name. What is printed is the \
             verifier key, for everybody.",
        )
        .subcommand_required(true)
        .subcommand(
            Command::new("new")
                .about("Make a key; prints its verifier key")
                .after_help("Example:\n  dispute key new keeper -o keeper.key")
                .arg(
                    Arg::new("name")
                        .value_name("NAME")
                        .required(true)
                        .help("What the key is called; no spaces and no +"),
                )
                .arg(
                    Arg::new("output")
                        .short('o')
                        .long("output")
                        .value_name("FILE")
                        .required(true)
                        .value_parser(value_parser!(PathBuf))
                        .help("Where the secret is kept; never over a file that is there"),
                )
                .arg(cosigner_argument()),
        )
        .subcommand(
            Command::new("show")
                .about("Print the verifier key of a key")
                .after_help("Example:\n  dispute key show keeper.key")
                .arg(
                    Arg::new("file")
                        .value_name("FILE")
                        .required(true)
                        .value_parser(value_parser!(PathBuf))
                        .help("The file of the secret key"),
                )
                .arg(cosigner_argument()),
        )
}

fn cosigner_argument() -> Arg {
    Arg::new("cosigner")
        .long("cosigner")
        .action(ArgAction::SetTrue)
        .help("Print the one for cosignatures, which a policy's witness lines take")
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    match arguments.subcommand() {
        Some(("new", arguments)) => new(arguments, context),
        Some(("show", arguments)) => show(arguments, context),
        _ => Err(CommandError::usage("new or show?").hint("dispute key --help").into()),
    }
}

fn new(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let name = arguments.get_one::<String>("name").map_or("", String::as_str);
    let name = KeyName::parse(name).ok_or_else(|| {
        CommandError::usage("the name of a key is not empty and has no spaces and no +")
            .hint("dispute key new keeper -o keeper.key")
    })?;
    let key = SignerKey::generate(name).map_err(|why| {
        CommandError::new("io", format!("no key was made: {why}"), ExitCode::Failed)
    })?;
    let secret = key.secret_text();
    let mut line = Zeroizing::new(String::with_capacity(secret.as_str().len() + 1));
    line.push_str(secret.as_str());
    line.push('\n');
    let path = arguments.get_one::<PathBuf>("output").cloned().unwrap_or_default();
    files::create_secret(&path, line.as_bytes())?;
    tell(&key, arguments, context)
}

fn show(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let path = arguments.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let key = keys::read_signer(&path, context.output)?;
    tell(&key, arguments, context)
}

/// Prints the public half of a key.
fn tell(key: &SignerKey, arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let (verifier, cosigner) = (key.verifier_key(), key.cosigner_key());
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/key/v1")),
            ("name", Json::text(key.name())),
            ("verifier_key", Json::text(verifier)),
            ("cosigner_key", Json::text(cosigner)),
        ]))?;
    } else if arguments.get_flag("cosigner") {
        context.output.answer(&format!("{cosigner}\n"))?;
    } else {
        context.output.answer(&format!("{verifier}\n"))?;
    }
    Ok(ExitCode::Done)
}
