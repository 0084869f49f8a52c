//! Keys and values on disk: the only file that names sled.
//!
//! sled panics over some damaged files instead of saying so. Every call goes through [`guarded`],
//! so that no panic reaches a caller.

use std::fs::{self, File};
use std::io;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::event_log::{LogError, StoreFault};

/// What sled takes out of memory it writes in fragments and reads again piece by piece: with 16 MiB
/// an import of a million events took six times the memory and twice as long.
const CACHE_BYTES: u64 = 128 << 20;
/// How often a locked store is tried again.
const RETRY_EVERY: Duration = Duration::from_millis(10);
const DATA_FILE: &str = "db";
/// What sled calls the files that make opening cheap and that it can work out again.
const SNAPSHOT_PREFIX: &str = "snap.";

/// Sorted keys with their values, in one folder.
pub(super) struct Store {
    dir: PathBuf,
    db: Option<sled::Db>,
    data: File,
}

/// Writes that happen together or not at all. Of several to one key the last counts.
#[derive(Default)]
pub(super) struct Batch(sled::Batch);

/// A value as the store holds it.
pub(super) struct Value(sled::IVec);

/// Keys and values in order, until the first failure.
pub(super) struct Scan<'a> {
    store: &'a Store,
    iter: Option<sled::Iter>,
}

/// Whether a store is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    New,
    Existing,
}

impl Store {
    /// Opens a store, waiting while another process has it open. Gives the snapshot files that
    /// were damaged and have been moved into `aside`.
    pub(super) fn open(
        dir: &Path,
        opening: Opening,
        wait: Duration,
        aside: &Path,
    ) -> Result<(Self, Vec<PathBuf>), LogError> {
        if opening == Opening::Existing && !dir.join(DATA_FILE).is_file() {
            let dir = dir.to_owned();
            return Err(LogError::Unreadable { dir, fault: StoreFault::NoData });
        }
        match open_when_free(dir, wait) {
            Err(LogError::Unreadable { dir: at, fault }) => {
                let moved = move_damaged_snapshots(dir, aside)?;
                if moved.is_empty() {
                    return Err(LogError::Unreadable { dir: at, fault });
                }
                match open_when_free(dir, wait) {
                    Ok(store) => Ok((store, moved.into_iter().map(|(_, to)| to).collect())),
                    Err(_) => {
                        for (from, to) in moved {
                            let _ = fs::rename(to, from);
                        }
                        Err(LogError::Unreadable { dir: at, fault })
                    }
                }
            }
            opened => opened.map(|store| (store, Vec::new())),
        }
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Value>, LogError> {
        let value = self.guarded(|db| db.get(key))?;
        Ok(value.map(Value))
    }

    /// All keys from one on.
    pub(super) fn scan(&self, from: &[u8]) -> Result<Scan<'_>, LogError> {
        let iter = self.guarded(|db| Ok(db.range(from..)))?;
        Ok(Scan { store: self, iter: Some(iter) })
    }

    /// Writes a batch. It is not durable before [`sync`](Self::sync).
    pub(super) fn apply(&self, batch: Batch) -> Result<(), LogError> {
        self.guarded(|db| db.apply_batch(batch.0))
    }

    /// Makes all that was written durable: sled's own flush stops short of the disk.
    pub(super) fn sync(&self) -> Result<(), LogError> {
        self.guarded(|db| db.flush())?;
        let failed = |error| LogError::io("write", self.dir.join(DATA_FILE), error);
        self.data.sync_data().map_err(failed)
    }

    fn guarded<T>(&self, call: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Result<T, LogError> {
        let Some(db) = &self.db else {
            let dir = self.dir.clone();
            return Err(LogError::Unreadable { dir, fault: StoreFault::BrokeDown });
        };
        guarded(&self.dir, || call(db))
    }
}

/// Leaving writes what is buffered, which can fail like everything else.
impl Drop for Store {
    fn drop(&mut self) {
        let db = self.db.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(db)));
    }
}

impl Batch {
    pub(super) fn insert(&mut self, key: &[u8], value: Vec<u8>) {
        self.0.insert(key, value);
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        self.0.remove(key);
    }
}

impl Deref for Value {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Iterator for Scan<'_> {
    type Item = Result<(Value, Value), LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        let iter = self.iter.as_mut()?;
        let next = guarded(&self.store.dir, || iter.next().transpose()).transpose()?;
        if next.is_err() {
            self.iter = None;
        }
        Some(next.map(|(key, value)| (Value(key), Value(value))))
    }
}

fn open_when_free(dir: &Path, wait: Duration) -> Result<Store, LogError> {
    let mut waited = Duration::ZERO;
    loop {
        match open_now(dir) {
            Err(LogError::Locked { .. }) if waited < wait => {
                thread::sleep(RETRY_EVERY);
                waited += RETRY_EVERY;
            }
            opened => return opened,
        }
    }
}

fn open_now(dir: &Path) -> Result<Store, LogError> {
    let config =
        sled::Config::new().path(dir).cache_capacity(CACHE_BYTES).flush_every_ms(None).clone();
    let path = dir.join(DATA_FILE);
    let before = identity(&path);
    let db = guarded(dir, || config.open())?;
    // A compaction that came to its end between opening the file and locking it has left us with
    // the old one, which is deleted: what is written there would be lost.
    if before.is_some() && before != identity(&path) {
        return Err(LogError::Locked { dir: dir.to_owned(), holder: None });
    }
    let data = File::open(&path).map_err(|error| LogError::io("read", path, error))?;
    Ok(Store { dir: dir.to_owned(), db: Some(db), data })
}

/// What tells one file from another that has its name later. Where files have no such thing, a
/// folder that is open cannot be renamed.
fn identity(path: &Path) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).ok().map(|it| (it.dev(), it.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Moves those snapshots of a store elsewhere whose own checksum does not hold. Gives the old and
/// the new path of each.
///
/// A snapshot that is intact must stay: where it is the data that is damaged, it is what keeps
/// sled from taking the damage for the end of an interrupted write, and dropping all after it.
fn move_damaged_snapshots(dir: &Path, aside: &Path) -> Result<Vec<(PathBuf, PathBuf)>, LogError> {
    let failed = |error| LogError::io("read", dir, error);
    let mut moved = Vec::new();
    for file in fs::read_dir(dir).map_err(failed)? {
        let name = file.map_err(failed)?.file_name();
        let Some(text) = name.to_str().filter(|name| name.starts_with(SNAPSHOT_PREFIX)) else {
            continue;
        };
        let (from, to) = (dir.join(&name), aside.join(format!("damaged-{text}")));
        if fs::read(&from).is_ok_and(|bytes| checksum_holds(&bytes)) {
            continue;
        }
        fs::rename(&from, &to).map_err(|error| LogError::io("move", &from, error))?;
        moved.push((from, to));
    }
    Ok(moved)
}

/// Whether a snapshot ends with its length and with the checksum of what stands before that.
fn checksum_holds(snapshot: &[u8]) -> bool {
    let Some((rest, checksum)) = snapshot.split_last_chunk::<4>() else { return false };
    let Some((content, _)) = rest.split_last_chunk::<8>() else { return false };
    !content.is_empty() && crc32fast::hash(content) == u32::from_le_bytes(*checksum)
}

fn guarded<T>(dir: &Path, call: impl FnOnce() -> sled::Result<T>) -> Result<T, LogError> {
    let unreadable = |fault| LogError::Unreadable { dir: dir.to_owned(), fault };
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(error))) => Err(translated(dir, error)),
        Ok(Err(sled::Error::Corruption { .. })) => Err(unreadable(StoreFault::Corrupt)),
        Ok(Err(sled::Error::Unsupported(_))) => Err(unreadable(StoreFault::OtherVersion)),
        Ok(Err(_)) | Err(_) => Err(unreadable(StoreFault::BrokeDown)),
    }
}

/// sled says by its wording alone that another process has the files open, and reports files that
/// end too early as failures to read.
fn translated(dir: &Path, error: io::Error) -> LogError {
    if error.to_string().starts_with("could not acquire lock") {
        return LogError::Locked { dir: dir.to_owned(), holder: None };
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::Other
            if error.raw_os_error().is_none() =>
        {
            LogError::Unreadable { dir: dir.to_owned(), fault: StoreFault::BrokeDown }
        }
        _ => LogError::io("use", dir, error),
    }
}
