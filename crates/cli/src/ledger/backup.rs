//! A backup in place of a ledger: opening one, and the error where a ledger is needed.

use std::path::Path;

use dispute_core::{BackupLog, LogError};

use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;

/// Opens a backup to be read like a ledger. One that is damaged is not read.
pub(crate) fn open(path: &Path) -> Result<BackupLog> {
    if !BackupLog::is_backup(path) {
        let message = format!("{} is neither the folder of a ledger nor a backup", path.display());
        return Err(CommandError::new("no-ledger", message, ExitCode::NoLedger)
            .hint("name the folder: dispute -L DIR …")
            .into());
    }
    let log = BackupLog::open(path).map_err(unopened)?;
    log.end()?;
    Ok(log)
}

/// The error where a backup could not be opened, with a way out.
pub(crate) fn unopened(error: LogError) -> CommandError {
    let error = CommandError::from(error);
    match error.hint {
        Some(_) => error,
        None => error.hint("name a file that dispute backup wrote"),
    }
}

/// The error where a ledger is needed and a file was named.
pub(crate) fn no_ledger(path: &Path) -> CommandError {
    let file = path.display();
    if BackupLog::is_backup(path) {
        let message = format!("{file} is a backup, which is only read");
        CommandError::new("no-ledger", message, ExitCode::NoLedger)
            .hint(format!("make a ledger of it: dispute restore {file} DIR"))
    } else {
        let message = format!("{file} is a file, not the folder of a ledger");
        CommandError::new("no-ledger", message, ExitCode::NoLedger)
            .hint("name the folder: dispute -L DIR …")
    }
}
