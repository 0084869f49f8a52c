//! Making the folder of a new ledger, and telling folders apart.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::event_log::sled_log::store::{Opening, Store};
use crate::event_log::sled_log::{SEGMENTS_DIR, STORE_DIR, SledLog, compaction, last_answer};
use crate::event_log::{Append, Damage, EventLog, LogError, Part, ReadLog, StoreFault};

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
        let half_made = HalfMade::begin(dir, founding)?;
        half_made.write(founding, |_| Ok(()))?;
        half_made.finish()?;
        last_answer::note(dir, &founding.head());
        Self::open(dir, LETTING_GO)
    }

    /// Makes a ledger that holds what another log holds, envelope for envelope, and opens it: the
    /// same ledger, with the same head. `told` hears of every record that was taken over.
    ///
    /// # Errors
    /// As [`create`](Self::create), those of reading the other log, and those of an append where
    /// what it holds is not what was sealed. There is no ledger then.
    pub fn create_from(
        dir: &Path,
        log: &dyn ReadLog,
        told: &mut dyn FnMut(Sequence),
    ) -> Result<Self, LogError> {
        let mut entries = log.entries(Sequence::LEDGER);
        let missing = LogError::damaged(Part::Record, Sequence::LEDGER, Damage::Missing);
        let founding = entries.next().ok_or(missing)??;
        founding.prove()?;
        let half_made = HalfMade::begin(dir, &founding)?;
        half_made.write(&founding, |copy| {
            let mut append: Box<dyn Append + '_> = copy.begin(&founding.head())?;
            for entry in entries {
                let entry = entry?;
                let at = entry.envelope().sequence();
                append.push(entry)?;
                told(at);
            }
            append.commit().map(|_| ())
        })?;
        half_made.finish()?;
        let log = Self::open(dir, LETTING_GO)?;
        last_answer::note(dir, &log.head()?);
        Ok(log)
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
    /// The folders that were not there, the innermost first.
    made_dirs: Vec<PathBuf>,
    made_format: bool,
    /// The segments of the ledger to be, where nobody else looks.
    segments: PathBuf,
    finished: bool,
}

impl HalfMade {
    fn begin(dir: &Path, founding: &Entry) -> Result<Self, LogError> {
        if dir.join(STORE_DIR).exists() || compaction::is_under_way(dir) {
            return Err(LogError::LedgerExists { dir: dir.to_owned() });
        }
        let missing =
            dir.ancestors().take_while(|dir| !dir.as_os_str().is_empty() && !dir.exists());
        let made_dirs = missing.map(Path::to_owned).collect();
        fs::create_dir_all(dir).map_err(|error| LogError::io("create", dir, error))?;
        let store = dir.join(format!("{STORE_DIR}.new-{}", founding.envelope().ledger()));
        let made_format = !dir.join(FORMAT_FILE).exists();
        let segments = dir.join(format!("{SEGMENTS_DIR}.new-{}", founding.envelope().ledger()));
        // Where there is no ledger, nothing was answered.
        last_answer::forget(dir);
        Ok(Self { dir: dir.to_owned(), store, made_dirs, made_format, segments, finished: false })
    }

    /// Writes the ledger's own envelope, and whatever is to follow it.
    fn write(
        &self,
        founding: &Entry,
        rest: impl FnOnce(&mut SledLog) -> Result<(), LogError>,
    ) -> Result<(), LogError> {
        let (store, _) = Store::open(&self.store, Opening::New, Duration::ZERO, &self.dir)?;
        let mut log = SledLog::with_segments_in(&self.dir, self.segments.clone(), store);
        log.write_founding(founding)?;
        rest(&mut log)?;
        drop(log);
        write_format(&self.dir)?;
        sync_folder(&self.store)
    }

    fn finish(mut self) -> Result<(), LogError> {
        let store = self.dir.join(STORE_DIR);
        if self.segments.is_dir() {
            // Of two that are made in one folder at a time, one finds the other's here and stops.
            let segments = self.dir.join(SEGMENTS_DIR);
            fs::rename(&self.segments, &segments)
                .map_err(|error| LogError::io("create", &segments, error))?;
        }
        fs::rename(&self.store, &store).map_err(|error| match store.exists() {
            true => LogError::LedgerExists { dir: self.dir.clone() },
            false => LogError::io("create", &store, error),
        })?;
        self.finished = true;
        // Another one that failed here may have taken it away just before.
        if !self.dir.join(FORMAT_FILE).exists() {
            write_format(&self.dir)?;
        }
        sync(&self.dir)
    }
}

impl Drop for HalfMade {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let _ = fs::remove_dir_all(&self.store);
        let _ = fs::remove_dir_all(&self.segments);
        // Another ledger may have been made here meanwhile; what stands beside its store is its own.
        let is_there = || self.dir.join(STORE_DIR).exists();
        if is_there() {
            return;
        }
        last_answer::forget(&self.dir);
        if self.made_format {
            let _ = fs::remove_file(self.dir.join(FORMAT_FILE));
            if is_there() {
                let _ = write_format(&self.dir);
            }
        }
        for dir in &self.made_dirs {
            let _ = fs::remove_dir(dir);
        }
    }
}

fn write_format(dir: &Path) -> Result<(), LogError> {
    let format = dir.join(FORMAT_FILE);
    fs::write(&format, format!("{FORMAT_WORDS}{KNOWN}\n"))
        .map_err(|error| LogError::io("write", &format, error))?;
    sync(&format)
}

/// Makes a folder and the files and folders in it durable, with their names.
pub(super) fn sync_folder(dir: &Path) -> Result<(), LogError> {
    let failed = |error| LogError::io("read", dir, error);
    for file in fs::read_dir(dir).map_err(failed)? {
        let path = file.map_err(failed)?.path();
        if path.is_dir() { sync_folder(&path)? } else { sync(&path)? }
    }
    sync(dir)
}

pub(super) fn sync(path: &Path) -> Result<(), LogError> {
    let failed = |error| LogError::io("write", path, error);
    File::open(path).and_then(|file| file.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::samples::{founding, import, nth, verified};

    /// More than an append holds in memory, so that it lies in segments.
    const EVENTS: u64 = 2_000;

    #[test]
    fn of_two_ledgers_made_in_one_folder_the_later_takes_nothing_from_the_first() {
        let place = TempDir::new().unwrap();
        let mut source = SledLog::create(&place.path().join("source"), &founding()).unwrap();
        import(&mut source, (1..=EVENTS).map(nth));
        let dir = place.path().join("made");
        // Both begin; one comes to its end, and then the other.
        let late = HalfMade::begin(&dir, &founding()).unwrap();
        let made = SledLog::create_from(&dir, &source, &mut |_| ()).unwrap();
        assert!(!made.segments.list().is_empty());
        late.write(&founding(), |_| Ok(())).unwrap();
        assert!(matches!(late.finish(), Err(LogError::LedgerExists { .. })));
        assert_eq!(verified(&made).findings, []);
        drop(made);
        let made = SledLog::open(&dir, LETTING_GO).unwrap();
        assert_eq!(made.head().unwrap(), source.head().unwrap());
        assert_eq!(verified(&made).findings, []);
    }
}
