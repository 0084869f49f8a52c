//! What is worked out from a log and kept beside it, a file each: the docket, the names. All of it
//! may be deleted at any time; that it cannot be written is no error.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::event_log::LogError;
use crate::event_log::sled_log::SledLog;
use crate::event_log::sled_log::founding::sync;

/// The folder within that of the ledger.
const FOLDER: &str = "derived";
/// No file is larger: each is read into memory whole.
const LARGEST: u64 = 1 << 29;

impl SledLog {
    /// The bytes that are kept under a name, where there are any. A link may lead anywhere, and is
    /// none.
    pub fn read_derived(&self, name: &str) -> Option<Vec<u8>> {
        let path = folder(&self.dir)?.join(name);
        let file = fs::symlink_metadata(&path).ok()?;
        if file.is_file() && file.len() <= LARGEST { fs::read(&path).ok() } else { None }
    }

    /// Keeps bytes under a name, whole, or leaves what was there.
    pub fn write_derived(&self, name: &str, bytes: &[u8]) {
        // What is there already is told by the next line.
        let _ = fs::create_dir(self.dir.join(FOLDER));
        let Some(folder) = folder(&self.dir) else { return };
        // Only one process has the ledger open: what another left under this name is of no use.
        let new = folder.join(format!(".{name}.new"));
        let _ = fs::remove_file(&new);
        let written = OpenOptions::new().write(true).create_new(true).open(&new);
        let written = written.and_then(|mut file| file.write_all(bytes));
        if written.and_then(|()| fs::rename(&new, folder.join(name))).is_err() {
            let _ = fs::remove_file(&new);
        }
    }

    /// Deletes all that is kept, for who is about to erase something that may be in it. It does not
    /// come back with the power.
    ///
    /// # Errors
    /// [`LogError::Io`].
    pub fn delete_derived(&self) -> Result<(), LogError> {
        let derived = self.dir.join(FOLDER);
        match fs::remove_dir_all(&derived) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(LogError::io("delete", derived, error)),
            Ok(()) => sync(&self.dir),
        }
    }
}

/// The folder, where there is one.
fn folder(dir: &Path) -> Option<PathBuf> {
    let folder = dir.join(FOLDER);
    fs::symlink_metadata(&folder).ok()?.is_dir().then_some(folder)
}
