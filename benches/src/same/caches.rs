//! What becomes of the files that are derived from a ledger.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy)]
pub(crate) enum Derived<'a> {
    AsItIs,
    Deleted,
    /// Each file is as long as if its writing had stopped halfway.
    Halved,
    /// It is that of another time or another ledger.
    Copied(&'a Path),
}

impl Derived<'_> {
    /// Does it to the derived files of a ledger.
    pub(crate) fn make(self, ledger: &Path) -> io::Result<()> {
        let folder = ledger.join("derived");
        match self {
            Self::AsItIs => Ok(()),
            Self::Deleted => delete(&folder),
            Self::Halved => halve(&folder),
            Self::Copied(from) => {
                delete(&folder)?;
                copy(from, &folder)
            }
        }
    }
}

fn delete(folder: &Path) -> io::Result<()> {
    if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) }
}

fn halve(folder: &Path) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let file = fs::OpenOptions::new().write(true).open(&path)?;
        file.set_len(file.metadata()?.len() / 2)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let target = to.join(file.file_name());
        if file.file_type()?.is_dir() {
            copy(&file.path(), &target)?;
        } else {
            fs::copy(file.path(), target)?;
        }
    }
    Ok(())
}

/// A copy of a folder beside it.
pub(crate) fn copied(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let to = folder.with_extension(name);
    copy(folder, &to)?;
    Ok(to)
}
