//! Making the folder of a new ledger, and telling folders apart.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fs2::FileExt;

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::event_log::sled_log::store::{Opening, Store};
use crate::event_log::sled_log::{SEGMENTS_DIR, STORE_DIR, SledLog, compaction, last_answer};
use crate::event_log::{Append, Damage, EventLog, LogError, Part, ReadLog, StoreFault};

/// The file that names the format of the folder.
const FORMAT_FILE: &str = "FORMAT";
/// What stands before the number in it.
const FORMAT_WORDS: &str = "dispute ledger format ";
/// What follows the name of a folder until the ledger is made.
const HALF_MADE: &str = ".new-";
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

/// Gives its name to the folder of segments that was left when the making of a ledger was cut short
/// between its last two steps.
pub(super) fn come_to_an_end(dir: &Path) -> Result<(), LogError> {
    let segments = dir.join(SEGMENTS_DIR);
    if segments.exists() || !dir.join(STORE_DIR).is_dir() {
        return Ok(());
    }
    for left in half_made_in(dir)?.iter().filter(|path| is_named(path, SEGMENTS_DIR)) {
        match fs::rename(left, &segments) {
            Ok(()) => sync(dir)?,
            // Who makes the ledger was faster.
            Err(_) if segments.is_dir() => {}
            Err(error) => return Err(LogError::io("create", &segments, error)),
        }
    }
    Ok(())
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
    /// As long as it is open nobody else makes a ledger in the folder. `None` where a folder cannot
    /// be locked.
    _lock: Option<File>,
}

impl HalfMade {
    fn begin(dir: &Path, founding: &Entry) -> Result<Self, LogError> {
        let missing =
            dir.ancestors().take_while(|dir| !dir.as_os_str().is_empty() && !dir.exists());
        let made_dirs = missing.map(Path::to_owned).collect();
        fs::create_dir_all(dir).map_err(|error| LogError::io("create", dir, error))?;
        let lock = lock(dir)?;
        let is_taken = [STORE_DIR, SEGMENTS_DIR].iter().any(|name| dir.join(name).exists());
        if is_taken || compaction::is_under_way(dir) {
            return Err(LogError::LedgerExists { dir: dir.to_owned() });
        }
        // Whoever made these is not there any more.
        for left in half_made_in(dir)? {
            fs::remove_dir_all(&left).map_err(|error| LogError::io("delete", &left, error))?;
        }
        // Where there is no ledger, nothing was answered.
        last_answer::forget(dir);
        let new = |name| dir.join(format!("{name}{HALF_MADE}{}", founding.envelope().ledger()));
        Ok(Self {
            dir: dir.to_owned(),
            store: new(STORE_DIR),
            made_dirs,
            made_format: !dir.join(FORMAT_FILE).exists(),
            segments: new(SEGMENTS_DIR),
            finished: false,
            _lock: lock,
        })
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
        let format = self.dir.join(FORMAT_FILE);
        fs::write(&format, format!("{FORMAT_WORDS}{KNOWN}\n"))
            .map_err(|error| LogError::io("write", &format, error))?;
        sync(&format)?;
        sync_folder(&self.store)
    }

    /// Gives the store its name, and then the segments theirs; whoever opens the ledger in between
    /// does the latter.
    fn finish(mut self) -> Result<(), LogError> {
        let store = self.dir.join(STORE_DIR);
        fs::rename(&self.store, &store).map_err(|error| match store.exists() {
            true => LogError::LedgerExists { dir: self.dir.clone() },
            false => LogError::io("create", &store, error),
        })?;
        self.finished = true;
        sync(&self.dir)?;
        come_to_an_end(&self.dir)
    }
}

impl Drop for HalfMade {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let _ = fs::remove_dir_all(&self.store);
        let _ = fs::remove_dir_all(&self.segments);
        last_answer::forget(&self.dir);
        if self.made_format {
            let _ = fs::remove_file(self.dir.join(FORMAT_FILE));
        }
        for dir in &self.made_dirs {
            let _ = fs::remove_dir(dir);
        }
    }
}

fn lock(dir: &Path) -> Result<Option<File>, LogError> {
    let Ok(folder) = File::open(dir) else { return Ok(None) };
    match folder.try_lock_exclusive() {
        Ok(()) => Ok(Some(folder)),
        Err(error) if error.kind() == fs2::lock_contended_error().kind() => {
            Err(LogError::Locked { dir: dir.to_owned(), holder: None })
        }
        Err(_) => Ok(None),
    }
}

/// The folders of ledgers that are being made, or were and never came to an end.
fn half_made_in(dir: &Path) -> Result<Vec<PathBuf>, LogError> {
    let failed = |error| LogError::io("read", dir, error);
    let files = fs::read_dir(dir).map_err(failed)?;
    let paths: Result<Vec<PathBuf>, io::Error> = files.map(|file| Ok(file?.path())).collect();
    let mut paths = paths.map_err(failed)?;
    paths.retain(|path| [STORE_DIR, SEGMENTS_DIR].iter().any(|name| is_named(path, name)));
    Ok(paths)
}

/// Whether a folder is to have a name once the ledger is made.
fn is_named(path: &Path, name: &str) -> bool {
    let is = path.file_name().and_then(OsStr::to_str);
    is.and_then(|is| is.strip_prefix(name)).is_some_and(|rest| rest.starts_with(HALF_MADE))
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

    fn source(place: &TempDir) -> SledLog {
        let mut source = SledLog::create(&place.path().join("source"), &founding()).unwrap();
        import(&mut source, (1..=EVENTS).map(nth));
        source
    }

    #[test]
    fn while_a_ledger_is_made_in_a_folder_no_other_is() {
        let place = TempDir::new().unwrap();
        let source = source(&place);
        let dir = place.path().join("made");
        let first = HalfMade::begin(&dir, &founding()).unwrap();
        first.write(&founding(), |_| Ok(())).unwrap();
        let second = SledLog::create_from(&dir, &source, &mut |_| ());
        assert!(matches!(second, Err(LogError::Locked { .. })));
        assert!(first.store.is_dir() && dir.join(FORMAT_FILE).is_file());
        drop(first);
        assert!(!dir.exists());
        let made = SledLog::create_from(&dir, &source, &mut |_| ()).unwrap();
        assert!(!made.segments.list().is_empty());
        assert_eq!(
            (made.head().unwrap(), verified(&made).findings),
            (source.head().unwrap(), vec![])
        );
        let third = SledLog::create(&dir, &founding());
        assert!(matches!(third, Err(LogError::LedgerExists { .. })));
        assert_eq!(last_answer::read(&dir), Some((&source.head().unwrap()).into()));
    }

    #[test]
    fn what_was_left_half_made_is_not_in_the_way() {
        let place = TempDir::new().unwrap();
        let source = source(&place);
        let dir = place.path().join("made");
        let ledger = founding().envelope().ledger().to_string();
        for name in [STORE_DIR, SEGMENTS_DIR] {
            let left = dir.join(format!("{name}{HALF_MADE}{ledger}"));
            // A store in which something else was begun, and anything that is no segment.
            match name {
                STORE_DIR => drop(Store::open(&left, Opening::New, Duration::ZERO, &dir).unwrap()),
                _ => fs::create_dir_all(left.join("of another")).unwrap(),
            }
        }
        let made = SledLog::create_from(&dir, &source, &mut |_| ()).unwrap();
        assert_eq!(half_made_in(&dir).unwrap(), Vec::<PathBuf>::new());
        assert_eq!(
            (made.head().unwrap(), verified(&made).findings),
            (source.head().unwrap(), vec![])
        );
    }

    #[test]
    fn a_ledger_whose_making_was_cut_short_at_its_last_step_is_there() {
        let place = TempDir::new().unwrap();
        let source = source(&place);
        let dir = place.path().join("made");
        drop(SledLog::create_from(&dir, &source, &mut |_| ()).unwrap());
        let ledger = founding().envelope().ledger().to_string();
        let left = dir.join(format!("{SEGMENTS_DIR}{HALF_MADE}{ledger}"));
        fs::rename(dir.join(SEGMENTS_DIR), &left).unwrap();
        let made = SledLog::open(&dir, LETTING_GO).unwrap();
        assert!(dir.join(SEGMENTS_DIR).is_dir() && !left.exists());
        assert_eq!(
            (made.head().unwrap(), verified(&made).findings),
            (source.head().unwrap(), vec![])
        );
    }

    #[test]
    fn no_ledger_is_made_over_the_segments_of_one_that_lost_its_store() {
        let place = TempDir::new().unwrap();
        let dir = place.path().join("made");
        fs::create_dir_all(dir.join(SEGMENTS_DIR)).unwrap();
        let made = SledLog::create(&dir, &founding());
        assert!(matches!(made, Err(LogError::LedgerExists { .. })));
        assert!(dir.join(SEGMENTS_DIR).is_dir());
    }
}
