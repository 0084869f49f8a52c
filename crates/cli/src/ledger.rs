//! Where the ledger is, who records in it, and opening it.

pub(crate) mod backup;
pub(crate) mod docket;
pub(crate) mod folding;
pub(crate) mod kept;
pub(crate) mod reading;
pub(crate) mod recording;
pub(crate) mod writing;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dispute_core::{LogError, Notice, SledLog};
use serde::{Deserialize, Serialize};

use crate::commands::set_variable;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::output::Output;

/// The folder of a ledger, as git has `.git`.
pub(crate) const FOLDER: &str = ".dispute";
const CONFIG: &str = "config.toml";

/// What is set for a ledger and is no part of the record.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Config {
    /// Who records, where nobody else is named.
    pub(crate) recorded_by: Option<String>,
}

/// Finds the ledger's folder: the one named, else the nearest above this one.
pub(crate) fn find(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(dir) = named {
        return Ok(inside(dir));
    }
    let here = std::env::current_dir()
        .map_err(|error| CommandError::io("find", Path::new("this folder"), &error))?;
    let found = here.ancestors().map(|dir| dir.join(FOLDER)).find(|dir| dir.is_dir());
    found.ok_or_else(|| {
        CommandError::new(
            "no-ledger",
            format!("there is no ledger in {} or above", here.display()),
            ExitCode::NoLedger,
        )
        .hint("make one here: dispute init --name \"…\"; or name one: dispute -L DIR …")
        .into()
    })
}

/// The ledger that a folder is, or has in it.
fn inside(dir: &Path) -> PathBuf {
    let within = dir.join(FOLDER);
    if within.is_dir() { within } else { dir.to_owned() }
}

/// Whether a folder is a ledger, be it a damaged one.
pub(crate) fn is_ledger(dir: &Path) -> bool {
    dir.join("FORMAT").exists() || dir.join("store").exists()
}

/// The folder in which a new ledger is made: the one named, where it is empty or not there, else
/// one inside it.
pub(crate) fn place_for_new(named: Option<&Path>) -> PathBuf {
    match named {
        None => PathBuf::from(FOLDER),
        Some(dir) => {
            let has_files = fs::read_dir(dir).is_ok_and(|mut files| files.next().is_some());
            if has_files && !is_ledger(dir) && !dir.ends_with(FOLDER) {
                dir.join(FOLDER)
            } else {
                dir.to_owned()
            }
        }
    }
}

/// The folder in which a new ledger is made, where a verb takes one as an argument.
pub(crate) fn place_for(dir: Option<&Path>, named: Option<&Path>) -> PathBuf {
    match dir {
        Some(dir) if is_ledger(dir) || dir.ends_with(FOLDER) => dir.to_owned(),
        Some(parent) => parent.join(FOLDER),
        None => place_for_new(named),
    }
}

/// Opens a ledger, waiting for another process to leave it.
pub(crate) fn open(dir: &Path, wait: Duration, output: Output) -> Result<SledLog> {
    if dir.is_file() {
        return Err(backup::no_ledger(dir).into());
    }
    let log = SledLog::open(dir, wait)?;
    for Notice::SnapshotMovedAside { path } in log.notices() {
        output.remark(&format!(
            "note: a damaged file that only makes opening fast was moved to {}",
            path.display()
        ));
    }
    Ok(log)
}

/// Whether an error says that the folder could only be read.
pub(crate) fn is_read_only(error: &LogError) -> bool {
    match error {
        LogError::Io { source, .. } => matches!(
            source.kind(),
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem
        ),
        _ => false,
    }
}

/// Reads what is set for a ledger.
pub(crate) fn config(dir: &Path) -> Result<Config> {
    let path = dir.join(CONFIG);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Config::default()),
        Err(error) => return Err(CommandError::io("read", &path, &error).into()),
    };
    toml::from_str(&text).map_err(|error| {
        CommandError::new("io", format!("cannot read {}", path.display()), ExitCode::Failed)
            .fact(error.message().to_owned())
            .hint("mend it, or delete it and say --as NAME")
            .into()
    })
}

/// Writes what is set for a ledger.
pub(crate) fn save_config(dir: &Path, config: &Config) -> Result<()> {
    let path = dir.join(CONFIG);
    let text = toml::to_string(config).map_err(|error| {
        CommandError::new(
            "io",
            format!("cannot write {}: {error}", path.display()),
            ExitCode::Failed,
        )
    })?;
    fs::write(&path, text).map_err(|error| CommandError::io("write", &path, &error).into())
}

/// Who records: the one named, else `$DISPUTE_AS`, else the one set for the ledger, else the
/// system's user.
pub(crate) fn recorder(named: Option<&String>, dir: &Path) -> Result<String> {
    if let Some(name) = named {
        return Ok(name.clone());
    }
    if let Some(name) = set_variable("DISPUTE_AS") {
        return Ok(name);
    }
    Ok(config(dir)?.recorded_by.unwrap_or_else(system_user))
}

/// The name of the system's user.
pub(crate) fn system_user() -> String {
    whoami::username()
}
