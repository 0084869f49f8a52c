//! Keys from files and from the command line. A secret one is only ever read from a file, and
//! nothing of it is in a message.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches};
use dispute_core::{Policy, SignerKey, Trust, VerifierKey};
use zeroize::Zeroizing;

use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::files;
use crate::output::Output;

/// The most bytes that the file of a key has: names are free, so it is generous.
const LONGEST: usize = 4096;

/// What the text of a secret key begins with.
const SECRET: &str = "PRIVATE+KEY+";

/// Reads a secret key from its file.
pub(crate) fn read_signer(path: &Path, output: Output) -> Result<SignerKey> {
    let failed = |error: std::io::Error| CommandError::io("read", path, &error);
    // As large as the file can be, so that it is never moved and left behind elsewhere.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let file = File::open(path).map_err(failed)?;
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    file.take(most).read_to_end(&mut bytes).map_err(failed)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let text = text.strip_suffix('\n').unwrap_or(text);
    let key = SignerKey::parse(text).map_err(|why| {
        let message = format!("{} holds no secret key: {why}", path.display());
        CommandError::new("io", message, ExitCode::Failed)
            .hint("make one: dispute key new NAME -o FILE")
    })?;
    warn_of_readers(path, output);
    Ok(key)
}

/// Says so where others can read a secret key.
fn warn_of_readers(path: &Path, output: Output) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_or(0, |file| file.permissions().mode());
        if mode & 0o077 != 0 {
            let shown = path.display();
            output.remark(&format!("note: others can read {shown}; chmod 600 {shown}"));
        }
    }
    #[cfg(not(unix))]
    let _ = (path, output, fs::metadata(path));
}

/// Reads the public half of a key from the command line.
pub(crate) fn read_verifier(text: &str) -> Result<VerifierKey> {
    VerifierKey::parse(text).map_err(|why| {
        let error = CommandError::usage(format!("that is no verifier key: {why}"));
        if text.starts_with(SECRET) {
            error
                .fact("it is a secret key, and now in the history of your shell")
                .hint("make a new one, and name its verifier key: dispute key show FILE")
        } else {
            error.hint("write it as its owner's dispute key show FILE prints it")
        }
        .into()
    })
}

/// Reads a policy from its file.
pub(crate) fn read_policy(path: &Path) -> Result<Policy> {
    let bytes = files::read(path)?;
    let text = std::str::from_utf8(&bytes).unwrap_or("\u{0}");
    // What is wrong with a policy is said in its words, which must not be those of a secret.
    if text.contains(SECRET) {
        let message = format!("{} has a secret key in it, and is no trust policy", path.display());
        return Err(CommandError::usage(message)
            .hint("a policy names verifier keys: dispute key show FILE prints one")
            .into());
    }
    Policy::parse(text).map_err(|why| {
        CommandError::usage(format!("{} is no trust policy: {why}", path.display()))
            .hint("dispute help trust shows one")
            .into()
    })
}

/// `--key VKEY` and `--trust POLICY`.
pub(crate) fn trust_arguments() -> [Arg; 2] {
    [
        Arg::new("key")
            .long("key")
            .value_name("VKEY")
            .action(ArgAction::Append)
            .help("A verifier key that must have signed (one of them, where there are several)"),
        Arg::new("trust")
            .long("trust")
            .value_name("POLICY")
            .value_parser(clap::value_parser!(std::path::PathBuf))
            .action(ArgAction::Append)
            .help("A file that says who must have signed: log, witness, group, quorum"),
    ]
}

/// Whom the command line trusts.
pub(crate) fn trust(arguments: &ArgMatches) -> Result<Trust> {
    let keys = arguments.get_many::<String>("key").into_iter().flatten();
    let keys: Vec<VerifierKey> = keys.map(|text| read_verifier(text)).collect::<Result<_>>()?;
    let policies = arguments.get_many::<std::path::PathBuf>("trust").into_iter().flatten();
    let policies = policies.map(|path| Ok((path.display().to_string(), read_policy(path)?)));
    Ok(Trust { keys, policies: policies.collect::<Result<_>>()? })
}
