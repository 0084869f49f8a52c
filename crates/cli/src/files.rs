//! Files that are written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;

/// The most that is read of a file that should be small: a note, a proof, a key.
const LONGEST: u64 = 4 << 20;

/// Writes a file, whole and durably or not at all. What was there is replaced.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |error: io::Error| CommandError::io("write", path, &error);
    let file = beside(path, bytes, Readers::AsUsual).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    sync_folder(path).map_err(failed)?;
    Ok(())
}

/// Writes a file that nobody but its owner can read, at no moment; never over another.
pub(crate) fn create_secret(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |error: io::Error| CommandError::io("write", path, &error);
    let file = beside(path, bytes, Readers::OwnerAlone).map_err(failed)?;
    file.persist_noclobber(path).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => exists(path, "is there already and is not overwritten"),
        _ => failed(error.error),
    })?;
    sync_folder(path).map_err(failed)?;
    Ok(())
}

/// The error where a file is in the way.
pub(crate) fn exists(path: &Path, why: &str) -> CommandError {
    let message = format!("{} {why}", path.display());
    CommandError::new("io", message, ExitCode::Failed).hint("name another file with -o")
}

/// Reads a small file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let failed = |error: io::Error| CommandError::io("read", path, &error);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    io::Read::read_to_end(&mut io::Read::take(file, LONGEST + 1), &mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LONGEST {
        let message = format!("{} is larger than a file of its kind can be", path.display());
        return Err(CommandError::new("io", message, ExitCode::Failed).into());
    }
    Ok(bytes)
}

/// Reads a file, where there is one.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Ok(file) if file.is_file() => read(path).map(Some),
        // What is no file may never end, or be our own answer.
        Ok(_) => Err(exists(path, "is no plain file").into()),
        // Only this says that there is none: whatever else goes wrong is not taken for it.
        Err(error)
            if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() =>
        {
            Ok(None)
        }
        Err(error) => Err(CommandError::io("read", path, &error).into()),
    }
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    dir.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// The name of a file with something after it.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes durable what a folder has: a new name in it, or a name that has another file now.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder_of(path))?.sync_all() } else { Ok(()) }
}

/// Who may read a new file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    OwnerAlone,
    AsUsual,
}

/// A durable file in the same folder, with no name that lasts.
fn beside(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    if readers == Readers::AsUsual {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder_of(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}
