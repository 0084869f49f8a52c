//! Compaction: the store written anew, so that nothing of what was erased is left in any file.
//!
//! sled never writes over what it has written: what was deleted stays in its files until it happens
//! to use the place again. A new store, of what the log holds now, has never seen it.
//!
//! The new store is written in a folder within that of the ledger. Segments are left alone: one that
//! held something erased was written anew when that was erased. Once the new store is known to hold
//! the same, two renames put it in place of the old one:
//!
//! | | `store` | `store.old` | `compacting/store` | at the next opening |
//! |---|---|---|---|---|
//! | before | the old one | | none, or the new one | the new one is deleted |
//! | between | | the old one | the new one | the new one gets the name |
//! | after | the new one | the old one, or what is left of it | | the old one is deleted |
//!
//! All that time the old store is locked, so that nothing is appended in between, and what is found
//! by somebody who has opened the ledger was left behind by an interrupted compaction.

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use thiserror::Error;

use crate::chain::{ExpectedHead, Sequence};
use crate::event_log::sled_log::founding::{sync, sync_folder};
use crate::event_log::sled_log::layout::read_record_key;
use crate::event_log::sled_log::store::{Batch, Opening, Store};
use crate::event_log::sled_log::{STORE_DIR, SledLog};
use crate::event_log::{LogError, ReadLog};
use crate::verify::{Anchor, ContentCheck, Report, verify};

/// What the old store is called until it is deleted.
const OLD_DIR: &str = "store.old";
/// The folder in which the new store is made.
const NEW_DIR: &str = "compacting";
/// What files are called that were moved aside because they were damaged.
const ASIDE_PREFIX: &str = "damaged-";
/// How many values are copied at once.
const VALUES_A_BATCH: u64 = 4_096;

/// What a compaction came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compaction {
    /// How many bytes the files of the store had.
    pub before: u64,
    /// How many they have.
    pub after: u64,
}

/// Why a ledger was not compacted. It is as it was then.
#[derive(Debug, Error)]
pub enum CompactError {
    /// The ledger cannot be read, or the new store not be written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// What was written is not what is in the ledger.
    #[error("the new store differs from the ledger at event {at}")]
    Differs {
        /// Where first.
        at: Sequence,
    },
    /// The ledger does not verify, and so its copy does not.
    #[error("the ledger does not verify")]
    Unsound(Box<Report>),
}

impl SledLog {
    /// Writes the store anew, checks it value by value against the old one, verifies it, puts it
    /// in the place of the old one, and deletes that and all copies. Whenever it is interrupted,
    /// the ledger is the old one or the new one, whole. `told` hears of every record that was
    /// copied.
    ///
    /// It needs as much room on the disk as the store takes.
    ///
    /// # Errors
    /// [`CompactError`]. The ledger is as it was, unless it was the deleting of the old store that
    /// failed: then the next opening deletes it.
    pub fn compact(
        self,
        content_check: ContentCheck<'_>,
        told: &mut dyn FnMut(Sequence),
    ) -> Result<Compaction, CompactError> {
        let dir = self.dir.clone();
        let new_dir = dir.join(NEW_DIR);
        // A redaction that was interrupted may have left the file with what it erased.
        self.delete_unnamed_segments()?;
        deleted(&new_dir)?;
        let before = size(&dir.join(STORE_DIR));
        let made = self.make_copy(&new_dir, content_check, told);
        if made.is_err() {
            let _ = deleted(&new_dir);
        }
        made?;
        let after = size(&new_dir.join(STORE_DIR));
        swap(&dir)?;
        self.delete_derived()?;
        deleted(&dir.join(OLD_DIR))?;
        deleted(&new_dir)?;
        delete_aside(&dir)?;
        sync(&dir)?;
        Ok(Compaction { before, after })
    }

    fn make_copy(
        &self,
        new_dir: &Path,
        content_check: ContentCheck<'_>,
        told: &mut dyn FnMut(Sequence),
    ) -> Result<(), CompactError> {
        let head = self.head()?;
        let (new, _) =
            Store::open(&new_dir.join(STORE_DIR), Opening::New, Duration::ZERO, new_dir)?;
        self.copy_values(&new, told)?;
        same_values(&self.store, &new)?;
        let copy = Self::with_segments_in(new_dir, self.segments_dir.clone(), new);
        let anchor = Anchor::Head(ExpectedHead::from(&head));
        let report = verify(&copy, &[anchor], content_check)?;
        if !report.ok() {
            return Err(CompactError::Unsound(Box::new(report)));
        }
        drop(copy);
        Ok(sync_folder(new_dir)?)
    }

    fn copy_values(&self, new: &Store, told: &mut dyn FnMut(Sequence)) -> Result<(), LogError> {
        let mut batch = Batch::default();
        let mut values = 0;
        for pair in self.store.scan(&[])? {
            let (key, value) = pair?;
            batch.insert(&key, value.to_vec());
            values += 1;
            if let Some((at, 0)) = read_record_key(&key) {
                told(at);
            }
            if values % VALUES_A_BATCH == 0 {
                new.apply(std::mem::take(&mut batch))?;
            }
        }
        new.apply(batch)?;
        new.sync()
    }
}

/// Two stores hold the same.
fn same_values(old: &Store, new: &Store) -> Result<(), CompactError> {
    let mut copied = new.scan(&[])?;
    for pair in old.scan(&[])? {
        let (key, value) = pair?;
        let copy = copied.next().transpose()?;
        let is_same = copy.is_some_and(|(to, copy)| *to == *key && *copy == *value);
        if !is_same {
            let at = read_record_key(&key).map_or(Sequence::LEDGER, |(at, _)| at);
            return Err(CompactError::Differs { at });
        }
    }
    match copied.next() {
        None => Ok(()),
        Some(_) => Err(CompactError::Differs { at: Sequence::LEDGER }),
    }
}

/// Puts the new store in the place of the old one.
fn swap(dir: &Path) -> Result<(), LogError> {
    let (store, old) = (dir.join(STORE_DIR), dir.join(OLD_DIR));
    deleted(&old)?;
    fs::rename(&store, &old).map_err(|error| LogError::io("move", &store, error))?;
    sync(dir)?;
    come_to_an_end(dir)?;
    sync(&dir.join(NEW_DIR))
}

/// Brings to its end a compaction that was interrupted while no store had the name.
pub(super) fn come_to_an_end(dir: &Path) -> Result<(), LogError> {
    let (store, old) = (dir.join(STORE_DIR), dir.join(OLD_DIR));
    if store.is_dir() || !old.is_dir() {
        return Ok(());
    }
    let new = dir.join(NEW_DIR).join(STORE_DIR);
    let from = if new.is_dir() { new } else { old };
    match fs::rename(&from, &store) {
        Ok(()) => sync(dir),
        // Somebody else was faster: one who opens the ledger, or the compaction itself.
        Err(_) if store.is_dir() => Ok(()),
        Err(error) => Err(LogError::io("move", from, error)),
    }
}

/// Whether a store lies under another name, so that there is a ledger although none has the name.
pub(super) fn is_under_way(dir: &Path) -> bool {
    dir.join(OLD_DIR).exists()
}

/// Deletes what an interrupted compaction left, for whoever has the ledger open. It can wait for the
/// next one: it may fail.
pub(super) fn clear_away(dir: &Path) {
    for leftover in [OLD_DIR, NEW_DIR].map(|name| dir.join(name)) {
        let _ = deleted(&leftover);
    }
}

fn deleted(dir: &Path) -> Result<(), LogError> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(LogError::io("delete", dir, error))
        }
        _ => Ok(()),
    }
}

/// Deletes files of the old store that were moved aside.
fn delete_aside(dir: &Path) -> Result<(), LogError> {
    let failed = |error| LogError::io("read", dir, error);
    for file in fs::read_dir(dir).map_err(failed)? {
        let file = file.map_err(failed)?;
        if file.file_name().to_string_lossy().starts_with(ASIDE_PREFIX) {
            let path = file.path();
            fs::remove_file(&path).map_err(|error| LogError::io("delete", path, error))?;
        }
    }
    Ok(())
}

/// How many bytes the files in a folder have; what cannot be asked counts as nothing.
fn size(dir: &Path) -> u64 {
    let files = fs::read_dir(dir).into_iter().flatten().flatten();
    let sizes = files.map(|file| match file.metadata() {
        Ok(it) if it.is_dir() => size(&file.path()),
        Ok(it) => it.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
