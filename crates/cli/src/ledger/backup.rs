//! Backups and the files beside the store: opening one, and the checkpoints that go with it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use dispute_core::{BackupLog, Digest, LONGEST_NOTE, LedgerId, LogError, SignedCheckpoint};

use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::ledger::writing::write_file;

/// The folder of the checkpoints that were made, within that of the ledger.
const CHECKPOINTS: &str = "checkpoints";

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

/// The checkpoints that are kept beside a ledger's store, by their sizes, each once. What is no
/// checkpoint of the ledger is left out and named.
pub(crate) fn kept_checkpoints(
    dir: &Path,
    ledger: &LedgerId,
) -> Result<(Vec<SignedCheckpoint>, Vec<PathBuf>)> {
    let folder = dir.join(CHECKPOINTS);
    let failed = |error: std::io::Error| CommandError::io("read", &folder, &error);
    let (mut kept, mut strange) = (Vec::new(), Vec::new());
    let files = match fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((kept, strange)),
        files => files.map_err(failed)?,
    };
    for file in files {
        let path = file.map_err(failed)?.path();
        let short = fs::metadata(&path)
            .is_ok_and(|it| it.is_file() && it.len() <= u64::try_from(LONGEST_NOTE).unwrap_or(0));
        let bytes = if short { fs::read(&path).map_err(failed)? } else { Vec::new() };
        match SignedCheckpoint::parse(&bytes) {
            Ok(checkpoint) if checkpoint.origin().as_str() == ledger.to_string() => {
                kept.push(checkpoint);
            }
            _ => strange.push(path),
        }
    }
    strange.sort();
    // The same checkpoints give the same backup, whatever their files are called.
    kept.sort_by_cached_key(|checkpoint| (checkpoint.head().size, checkpoint.to_string()));
    kept.dedup();
    Ok((kept, strange))
}

/// Puts checkpoints beside a ledger's store that are not there yet; gives how many.
pub(crate) fn keep_checkpoints(
    dir: &Path,
    ledger: &LedgerId,
    checkpoints: &[SignedCheckpoint],
) -> Result<usize> {
    let (kept, _) = kept_checkpoints(dir, ledger)?;
    let known: BTreeSet<String> = kept.iter().map(SignedCheckpoint::to_string).collect();
    let folder = dir.join(CHECKPOINTS);
    let mut added = 0;
    for checkpoint in checkpoints {
        let text = checkpoint.to_string();
        if known.contains(&text) {
            continue;
        }
        fs::create_dir_all(&folder).map_err(|error| CommandError::io("create", &folder, &error))?;
        let digest = Digest::of_bytes(text.as_bytes()).to_string();
        let short = digest.get(..16).unwrap_or_default();
        write_file(&folder.join(format!("{}-{short}", checkpoint.head().size)), text.as_bytes())?;
        added += 1;
    }
    if added > 0 {
        sync_folder(&folder)?;
    }
    Ok(added)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(dir: &Path) -> Result<()> {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let synced = File::open(dir).and_then(|folder| folder.sync_all());
    Ok(synced.map_err(|error| CommandError::io("write", dir, &error))?)
}
