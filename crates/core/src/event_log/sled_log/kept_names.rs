//! The names of a ledger as a file among what is derived: read where it is there and sound, and
//! passed over where not. That it cannot be written is no error.

#[cfg(test)]
mod tests;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::event_log::sled_log::DERIVED_DIR;
use crate::names::{Names, NoNames};

const FILE: &str = "names";
/// No file of names is larger: it is read into memory whole.
const LARGEST: u64 = 1 << 28;

/// The names that are kept in a ledger's folder. A link may lead anywhere, and is none.
pub(super) fn read(dir: &Path) -> Option<Result<Names, NoNames>> {
    let folder = dir.join(DERIVED_DIR);
    let path = folder.join(FILE);
    let is_folder = fs::symlink_metadata(&folder).ok()?.is_dir();
    let file = fs::symlink_metadata(&path).ok()?;
    let is_readable = is_folder && file.is_file() && file.len() <= LARGEST;
    if is_readable { fs::read(&path).ok().map(Names::read) } else { None }
}

/// Writes names whole, or leaves what was there. It may fail.
pub(super) fn write(dir: &Path, names: &Names) {
    let folder = dir.join(DERIVED_DIR);
    // What is there already is told by the next line.
    let _ = fs::create_dir(&folder);
    if !fs::symlink_metadata(&folder).is_ok_and(|folder| folder.is_dir()) {
        return;
    }
    // Only one process has the ledger open: what another left under this name is of no use.
    let new = folder.join(".names.new");
    let _ = fs::remove_file(&new);
    let written = OpenOptions::new().write(true).create_new(true).open(&new);
    let written = written.and_then(|mut file| file.write_all(&names.write()));
    if written.and_then(|()| fs::rename(&new, folder.join(FILE))).is_err() {
        let _ = fs::remove_file(&new);
    }
}
