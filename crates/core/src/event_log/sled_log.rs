//! A log in a folder, on sled.

mod compaction;
#[cfg(test)]
mod disk_damage;
mod founding;
mod last_answer;
mod layout;
mod packs;
mod records;
#[cfg(test)]
mod since_tampering;
mod store;
#[cfg(test)]
mod tampering;
mod tree_rows;
mod writing;

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::chain::{ExpectedHead, Head, Sequence};
use crate::encoding::{read_head, read_indexed, read_listed};
use crate::entry::{Entry, StoredRecord};
use crate::event_log::index::{Index, belongs_to};
use crate::event_log::sled_log::layout::{
    Assembly, HEAD, IDS, INDEXED, LAYOUT, LISTS, id_key, list_key, list_prefix, read_list_key,
    record_key,
};
use crate::event_log::sled_log::packs::WORTH_A_PACK;
use crate::event_log::sled_log::records::RecordScan;
use crate::event_log::sled_log::store::{Opening, Store};
use crate::event_log::sled_log::tree_rows::TreeEdge;
use crate::event_log::{
    Append, Damage, EventLog, HeadMark, IndexSizes, Listed, LogError, Part, ReadLog, StoredRecords,
    checked_head, existing, read_entry, tile_of_log,
};
use crate::identifier::{EventId, Slug};
use crate::tree::{Tile, TreeHash};

pub use compaction::{CompactError, Compaction};

/// The folder of the store within that of the ledger.
const STORE_DIR: &str = "store";
/// The file that says which process has the ledger open.
const HOLDER_FILE: &str = "open-in";

/// A log in the folder of a ledger. While it is open, no other process can open it.
pub struct SledLog {
    dir: PathBuf,
    store: Store,
    /// Reads end here: the head, or the last entry that a running append wrote beyond it. Where
    /// the end of the log cannot be read, everything is visible, for verification.
    visible: Sequence,
    head: Option<Sequence>,
    indexes: Indexes,
    /// The edge of the stored tree, while something is appended.
    edge: Option<TreeEdge>,
    substitute: OnceCell<Index>,
    notices: Vec<Notice>,
}

/// Something that was done at opening and that people should be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A file that only makes opening cheap was damaged, and was moved aside.
    SnapshotMovedAside {
        /// Where it is now.
        path: PathBuf,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Indexes {
    Current,
    Stale,
}

impl SledLog {
    /// Opens the ledger in a folder, waiting as long as `wait` while another process has it open.
    /// Nothing that is stored is dropped or mended. A compaction that was interrupted is brought to
    /// its end, or taken back.
    ///
    /// # Errors
    /// [`LogError::NoLedger`], [`LogError::NewerFormat`], [`LogError::Locked`],
    /// [`LogError::Unreadable`] where the store's files are damaged beyond reading,
    /// [`LogError::DiskFull`] (opening writes too) and [`LogError::Io`].
    pub fn open(dir: &Path, wait: Duration) -> Result<Self, LogError> {
        compaction::come_to_an_end(dir)?;
        founding::check_format(dir)?;
        let opened = Store::open(&dir.join(STORE_DIR), Opening::Existing, wait, dir);
        let (store, moved) = opened.map_err(|error| match error {
            LogError::Locked { .. } => {
                LogError::Locked { dir: dir.to_owned(), holder: read_holder(dir) }
            }
            other => other,
        })?;
        // Who comes later is told who is in the way. That is a courtesy: it may fail.
        let _ = fs::write(dir.join(HOLDER_FILE), std::process::id().to_string());
        // Nobody else has it open, so that nobody is at it any more.
        compaction::clear_away(dir);
        let notices = moved.into_iter().map(|path| Notice::SnapshotMovedAside { path }).collect();
        let mut log = Self::over(dir, store);
        log.notices = notices;
        Ok(log)
    }

    fn over(dir: &Path, store: Store) -> Self {
        let mut log = Self {
            dir: dir.to_owned(),
            store,
            visible: Sequence::LEDGER,
            head: None,
            indexes: Indexes::Stale,
            edge: None,
            substitute: OnceCell::new(),
            notices: Vec::new(),
        };
        log.look();
        log
    }

    /// Takes away the note of who has the ledger open, for a process that ends now without dropping
    /// this: taking the store's tables apart takes a while where the ledger is large, and the end
    /// of the process does it at once. The ledger stays locked until then.
    pub fn leave(&self) {
        let _ = fs::remove_file(self.dir.join(HOLDER_FILE));
    }

    /// What was done at opening and should be said.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The ledger's folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Looks where the log ends and whether the indexes reach there.
    fn look(&mut self) {
        self.head = self.head_mark().ok().map(|mark| mark.sequence);
        self.visible = self.head.unwrap_or(Sequence::new(u64::MAX));
        let through = self.indexed_through().ok().flatten();
        let current = self.head.is_some() && through == self.head;
        self.indexes = if current { Indexes::Current } else { Indexes::Stale };
        self.substitute = OnceCell::new();
        self.edge = None;
    }

    /// Whether the stored tree is that of the log up to its head.
    fn tree_is_current(&self) -> Result<bool, LogError> {
        let size = tree_rows::stored_size(&self.store)?;
        Ok(size.is_some() && size == self.head.map(|head| head.get() + 1))
    }

    /// An index worked out from the log, in place of a stored one that is stale or gone.
    fn substitute(&self) -> Result<Option<&Index>, LogError> {
        if self.indexes == Indexes::Current {
            return Ok(None);
        }
        if self.substitute.get().is_none() {
            let mut index = Index::default();
            for entry in self.entries(Sequence::LEDGER) {
                let entry = entry?;
                let envelope = entry.envelope();
                let belongs_to = belongs_to(envelope, |id| Ok(index.listed(id).cloned()))?;
                index.add(envelope, Listed { sequence: envelope.sequence(), belongs_to });
            }
            let _ = self.substitute.set(index);
        }
        Ok(self.substitute.get())
    }

    /// The visible events of a list that is stored.
    fn stored_list(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        let prefix = list_prefix(dispute);
        let mut list = Vec::new();
        for pair in self.store.scan(&prefix)? {
            let (key, _) = pair?;
            if !key.starts_with(&prefix) {
                break;
            }
            list.extend(read_list_key(&key).map(|(_, at)| at).filter(|at| *at <= self.visible));
        }
        Ok(list)
    }
}

impl SledLog {
    fn delete_packs(&self) -> Result<(), LogError> {
        let deleted = packs::delete(&self.dir);
        deleted.map_err(|error| LogError::io("delete the packs in", self.dir.clone(), error))
    }
}

impl Drop for SledLog {
    fn drop(&mut self) {
        self.leave();
    }
}

/// What was read; none where it is damaged, which is reported as such elsewhere.
fn undamaged<T>(read: Result<T, LogError>) -> Result<Option<T>, LogError> {
    match read {
        Err(LogError::Damaged { .. }) => Ok(None),
        other => other.map(Some),
    }
}

fn read_holder(dir: &Path) -> Option<u32> {
    fs::read_to_string(dir.join(HOLDER_FILE)).ok()?.trim().parse().ok()
}

impl ReadLog for SledLog {
    fn head(&self) -> Result<Head, LogError> {
        checked_head(self)
    }

    fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        let key = record_key(at);
        let Some(first) = self.store.get(&key)?.filter(|_| at <= self.visible) else {
            return Ok(None);
        };
        let mut record = Assembly::new(at);
        record.add(0, &first);
        if record.wants_more() {
            return match RecordScan::from(&self.store, at, at)?.next() {
                Some((_, record)) => record.map(Some),
                None => Ok(None),
            };
        }
        record.finish().map(Some)
    }

    fn stored_from(&self, from: Sequence) -> StoredRecords<'_> {
        match RecordScan::from(&self.store, from, self.visible) {
            Ok(scan) => Box::new(scan),
            Err(error) => Box::new(std::iter::once((from, Err(error)))),
        }
    }

    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        match self.substitute()? {
            Some(index) => Ok(index.listed(id).cloned()),
            None => self.stored_listed(id),
        }
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError> {
        if let Some(index) = self.substitute()? {
            return Ok(index.ids_with_prefix(prefix, limit));
        }
        let start = [&[IDS], prefix.as_bytes()].concat();
        let mut ids = Vec::new();
        for pair in self.store.scan(&start)? {
            let (key, value) = pair?;
            if ids.len() == limit || !key.starts_with(&start) {
                break;
            }
            let listed = read_listed(&value).ok().filter(|it| it.sequence <= self.visible);
            let id = key.get(1..).and_then(|id| std::str::from_utf8(id).ok());
            ids.extend(id.and_then(EventId::parse).filter(|_| listed.is_some()));
        }
        Ok(ids)
    }

    fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        match self.substitute()? {
            Some(index) => Ok(index.of_dispute(dispute)),
            None => self.stored_list(dispute),
        }
    }

    fn entries_of(&self, dispute: Option<&Slug>) -> Result<Vec<Entry>, LogError> {
        let list = self.of_dispute(dispute)?;
        let one_by_one = |list: &[Sequence]| -> Result<Vec<Entry>, LogError> {
            list.iter().map(|at| existing(self, *at)).collect()
        };
        if list.len() < WORTH_A_PACK {
            return one_by_one(&list);
        }
        let ledger = self.ledger()?.id;
        let mut packed = packs::read(&self.dir, &ledger, dispute);
        let (copied, missing): (Vec<Sequence>, Vec<Sequence>) =
            list.iter().partition(|at| packed.contains_key(at));
        let mut tail = one_by_one(&missing)?;
        // A redaction that the pack does not know may have erased what is in it.
        if tail.iter().any(|entry| entry.envelope().redacts().is_some()) {
            packed.clear();
            tail = one_by_one(&list)?;
        }
        let is_behind = tail.len() >= WORTH_A_PACK;
        let mut entries = tail;
        for at in copied {
            if let Some(record) = packed.remove(&at) {
                entries.push(read_entry(at, record)?);
            }
        }
        entries.sort_by_key(|entry| entry.envelope().sequence());
        if is_behind {
            let place = |entry: &Entry| (entry.envelope().sequence(), entry.record().clone());
            packs::write(&self.dir, &ledger, dispute, &entries.iter().map(place).collect());
        }
        Ok(entries)
    }

    fn tile(&self, tile: Tile) -> Result<Vec<TreeHash>, LogError> {
        if self.tree_is_current()? {
            let hashes = tree_rows::stored_tile(&self.store, tile)?;
            if hashes.len() == usize::from(tile.width()) {
                return Ok(hashes);
            }
        }
        tile_of_log(self, tile)
    }

    fn disputes(&self) -> Result<Vec<Slug>, LogError> {
        if let Some(index) = self.substitute()? {
            return Ok(index.disputes());
        }
        let mut all = Vec::new();
        // Skips from the first entry of each list to the first of the next.
        let mut from = vec![LISTS, 1];
        while let Some(pair) = self.store.scan(&from)?.next() {
            let (key, _) = pair?;
            let Some((slug, first)) = read_list_key(&key) else { break };
            let Some(slug) = slug else { break };
            from = [&[LISTS], slug.as_str().as_bytes(), &[1]].concat();
            all.extend(Some(slug).filter(|_| first <= self.visible));
        }
        Ok(all)
    }
}

impl EventLog for SledLog {
    fn begin(&mut self, expected: &Head) -> Result<Box<dyn Append + '_>, LogError> {
        self.begin_writing(expected)
    }

    fn rebuild_derived(&mut self) -> Result<(), LogError> {
        self.delete_packs()?;
        self.rebuild_indexes()?;
        self.rebuild_tree().map(|_| ())
    }

    fn stale_copies(&self) -> Result<Vec<String>, LogError> {
        let Some(ledger) = undamaged(self.ledger())? else { return Ok(Vec::new()) };
        let mut stale = Vec::new();
        for (name, records) in packs::all(&self.dir, &ledger.id) {
            let Some(records) = records else {
                stale.push(format!("the pack {name} cannot be read; it can be deleted"));
                continue;
            };
            let Some(dispute) = packs::dispute(&name) else { continue };
            let Some(listed) = undamaged(self.of_dispute(dispute.as_ref()))? else { continue };
            for (at, record) in &records {
                let stored = undamaged(self.stored(*at))?.flatten();
                let differs = stored.is_some_and(|stored| stored != *record);
                if differs || listed.binary_search(at).is_err() {
                    let text = format!("the pack {name} has another event {at} than the log");
                    stale.push(format!("{text}; it can be deleted"));
                    break;
                }
            }
        }
        Ok(stale)
    }

    fn head_mark(&self) -> Result<HeadMark, LogError> {
        let damaged = |why| LogError::Damaged { part: Part::Head, sequence: None, why };
        let value = self.store.get(HEAD)?.ok_or(damaged(Damage::Missing))?;
        read_head(&value).map_err(|why| damaged(why.into()))
    }

    fn stored_tree_size(&self) -> Result<Option<u64>, LogError> {
        tree_rows::stored_size(&self.store)
    }

    fn stored_tile(&self, tile: Tile) -> Result<Option<Vec<TreeHash>>, LogError> {
        tree_rows::stored_tile(&self.store, tile).map(Some)
    }

    fn last_answer(&self) -> Option<ExpectedHead> {
        last_answer::read(&self.dir)
    }

    fn stored_listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        let Some(value) = self.store.get(&id_key(id))? else { return Ok(None) };
        let damaged = |why| LogError::Damaged { part: Part::IdIndex, sequence: None, why };
        let listed = read_listed(&value).map_err(|why| damaged(Damage::from(why)))?;
        Ok(Some(listed).filter(|listed| listed.sequence <= self.visible))
    }

    fn stored_in_dispute(&self, dispute: Option<&Slug>, at: Sequence) -> Result<bool, LogError> {
        let value = self.store.get(&list_key(dispute, at))?;
        Ok(value.is_some_and(|value| value.is_empty()))
    }

    fn stored_index_sizes(&self) -> Result<IndexSizes, LogError> {
        let mut sizes = IndexSizes { ids: 0, listed: 0 };
        for pair in self.store.scan(&[LISTS])? {
            let (key, value) = pair?;
            match key.first() {
                Some(&LISTS) => {
                    let beyond = read_list_key(&key).is_some_and(|(_, at)| at > self.visible);
                    sizes.listed += u64::from(!beyond);
                }
                Some(&IDS) => {
                    let beyond = read_listed(&value).is_ok_and(|it| it.sequence > self.visible);
                    sizes.ids += u64::from(!beyond);
                }
                Some(byte) if *byte > IDS => break,
                _ => {}
            }
        }
        Ok(sizes)
    }

    fn indexed_through(&self) -> Result<Option<Sequence>, LogError> {
        let Some(value) = self.store.get(INDEXED)? else { return Ok(None) };
        let damaged = |why| LogError::Damaged { part: Part::IndexState, sequence: None, why };
        let (layout, through) = read_indexed(&value).map_err(|why| damaged(Damage::from(why)))?;
        Ok((layout == LAYOUT).then_some(through))
    }
}
