//! Making the folder of a new ledger, and telling folders apart.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::entry::Entry;
use crate::event_log::sled_log::last_answer;
use crate::event_log::sled_log::store::{Opening, Store};
use crate::event_log::sled_log::{STORE_DIR, SledLog};
use crate::event_log::{LogError, StoreFault};

/// The file that names the format of the folder.
const FORMAT_FILE: &str = "FORMAT";
/// What stands before the number in it.
const FORMAT_WORDS: &str = "dispute ledger format ";
/// The newest format of a ledger's folder that this software knows.
const KNOWN: u32 = 1;

/// How long the store may take to let go of its files after it was closed: its own threads hold
/// them a moment longer.
const LETTING_GO: Duration = Duration::from_secs(10);

impl SledLog {
    /// Makes a ledger in a folder, which may exist as long as no ledger is in it, and opens it.
    /// There is a ledger once the store has its name; whatever fails before leaves none.
    ///
    /// # Errors
    /// [`LogError::LedgerExists`], [`LogError::DiskFull`], [`LogError::Io`].
    pub fn create(dir: &Path, founding: &Entry) -> Result<Self, LogError> {
        if dir.join(STORE_DIR).exists() {
            return Err(LogError::LedgerExists { dir: dir.to_owned() });
        }
        let half_made = HalfMade::begin(dir, founding)?;
        half_made.write(founding)?;
        half_made.finish()?;
        last_answer::note(dir, &founding.head());
        Self::open(dir, LETTING_GO)
    }
}

/// Tells whether there is a ledger in a folder that this software can read.
pub(super) fn check_format(dir: &Path) -> Result<(), LogError> {
    if !dir.join(STORE_DIR).is_dir() {
        return Err(LogError::NoLedger { dir: dir.to_owned() });
    }
    let text = fs::read_to_string(dir.join(FORMAT_FILE)).unwrap_or_default();
    let number = text.trim_end().strip_prefix(FORMAT_WORDS).and_then(|number| number.parse().ok());
    match number {
        Some(found) if found > KNOWN => Err(LogError::NewerFormat { found, known: KNOWN }),
        Some(_) => Ok(()),
        None => Err(LogError::Unreadable { dir: dir.to_owned(), fault: StoreFault::NoFormat }),
    }
}

/// A ledger that is not one yet. Dropped before it is finished, it takes away what it made.
struct HalfMade {
    dir: PathBuf,
    store: PathBuf,
    made_dir: bool,
    finished: bool,
}

impl HalfMade {
    fn begin(dir: &Path, founding: &Entry) -> Result<Self, LogError> {
        let made_dir = !dir.exists();
        fs::create_dir_all(dir).map_err(|error| LogError::io("create", dir, error))?;
        let store = dir.join(format!("{STORE_DIR}.new-{}", founding.envelope().ledger()));
        Ok(Self { dir: dir.to_owned(), store, made_dir, finished: false })
    }

    fn write(&self, founding: &Entry) -> Result<(), LogError> {
        let (store, _) = Store::open(&self.store, Opening::New, Duration::ZERO, &self.dir)?;
        SledLog::over(&self.dir, store).write_founding(founding)?;
        let format = self.dir.join(FORMAT_FILE);
        fs::write(&format, format!("{FORMAT_WORDS}{KNOWN}\n"))
            .map_err(|error| LogError::io("write", &format, error))?;
        sync(&format)?;
        sync_folder(&self.store)
    }

    fn finish(mut self) -> Result<(), LogError> {
        let store = self.dir.join(STORE_DIR);
        fs::rename(&self.store, &store).map_err(|error| match store.exists() {
            true => LogError::LedgerExists { dir: self.dir.clone() },
            false => LogError::io("create", &store, error),
        })?;
        self.finished = true;
        sync(&self.dir)
    }
}

impl Drop for HalfMade {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let _ = fs::remove_dir_all(&self.store);
        if self.made_dir {
            let _ = fs::remove_file(self.dir.join(FORMAT_FILE));
            let _ = fs::remove_dir(&self.dir);
        }
    }
}

/// Makes a folder and the files and folders in it durable, with their names.
fn sync_folder(dir: &Path) -> Result<(), LogError> {
    let failed = |error| LogError::io("read", dir, error);
    for file in fs::read_dir(dir).map_err(failed)? {
        let path = file.map_err(failed)?.path();
        if path.is_dir() { sync_folder(&path)? } else { sync(&path)? }
    }
    sync(dir)
}

fn sync(path: &Path) -> Result<(), LogError> {
    let failed = |error| LogError::io("write", path, error);
    File::open(path).and_then(|file| file.sync_all()).map_err(failed)
}
