//! A log in a folder, on sled.

mod coming;
mod compaction;
mod derived;
#[cfg(test)]
mod disk_damage;
mod founding;
#[cfg(test)]
mod kept_names;
mod last_answer;
mod layout;
mod live;
mod records;
#[cfg(test)]
mod sealed_tampering;
mod sealing;
mod segments;
#[cfg(test)]
mod since_tampering;
mod store;
#[cfg(test)]
mod tampering;
mod tree_rows;
mod writing;

use std::cell::{Cell, OnceCell};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::chain::{ExpectedHead, Head, Sequence};
use crate::encoding::{read_head, read_indexed, read_mark};
use crate::entry::StoredRecord;
use crate::event_log::index::{Index, belongs_to};
use crate::event_log::sled_log::coming::Coming;
use crate::event_log::sled_log::layout::{
    HEAD, INDEXED, LAYOUT, SEGMENTS, list_key, read_segment_key,
};
use crate::event_log::sled_log::live::Live;
use crate::event_log::sled_log::records::RecordScan;
use crate::event_log::sled_log::segments::{Segment, SegmentWriter, Segments};
use crate::event_log::sled_log::store::{Opening, Store};
use crate::event_log::sled_log::tree_rows::{ROW, TreeEdge};
use crate::event_log::{
    Append, Damage, EventLog, HeadMark, IndexSizes, Listed, LogError, Part, ReadLog, SealedRuns,
    StoredRecords, checked_head, tile_of_log,
};
use crate::identifier::{EventId, Slug};
use crate::names::{Names, NoNames};
use crate::tree::{TILE_WIDTH, Tile, TreeHash};

pub use compaction::{CompactError, Compaction};
pub(crate) use segments::SegmentMark;

/// The folder of the store within that of the ledger.
const STORE_DIR: &str = "store";
/// The folder of segments within that of the ledger.
const SEGMENTS_DIR: &str = "segments";
/// What the names are kept under among what is derived.
const NAMES: &str = "names";
/// The file that says which process has the ledger open.
const HOLDER_FILE: &str = "open-in";

/// A log in the folder of a ledger. While it is open, no other process can open it.
///
/// The newest events lie in the store, one by one; all before them in segments.
pub struct SledLog {
    dir: PathBuf,
    segments_dir: PathBuf,
    store: Store,
    sizes: Sizes,
    segments: Segments,
    /// What an append has pushed: it lies beyond the head.
    coming: Coming,
    /// Reads of the store end here: at the head. Where the end of the log cannot be read,
    /// everything is visible, for verification.
    visible: Sequence,
    head: Option<Sequence>,
    indexes: Indexes,
    /// The edge of the stored tree, while something is appended.
    edge: Option<TreeEdge>,
    substitute: OnceCell<Index>,
    /// Whether tables of a segment could not be read.
    tables_damaged: Cell<bool>,
    notices: Vec<Notice>,
}

/// When entries go where.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    /// So many events stay in the store before they move into a segment. Opening the store takes
    /// longer with each.
    live: u64,
    /// An append of more bytes is written into segments.
    pending: usize,
    /// So many events make a segment full.
    segment: u32,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { live: 1 << 13, pending: 1 << 20, segment: 1 << 16 }
    }
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
        founding::come_to_an_end(dir)?;
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
        Self::with_segments_in(dir, dir.join(SEGMENTS_DIR), store)
    }

    fn with_segments_in(dir: &Path, segments_dir: PathBuf, store: Store) -> Self {
        let mut log = Self {
            dir: dir.to_owned(),
            segments_dir,
            store,
            sizes: Sizes::default(),
            segments: Segments::default(),
            coming: Coming::default(),
            visible: Sequence::LEDGER,
            head: None,
            indexes: Indexes::Stale,
            edge: None,
            substitute: OnceCell::new(),
            tables_damaged: Cell::new(false),
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

    /// So small that a few events make segments.
    #[cfg(test)]
    pub(super) fn make_small(&mut self) {
        self.sizes = Sizes { live: 3, pending: 2_000, segment: 7 };
    }

    fn segment_from(&self, first: Sequence) -> Result<SegmentWriter, LogError> {
        Ok(SegmentWriter::new(self.ledger()?.id, first, self.sizes.segment))
    }

    /// Looks where the log ends, which segments it has, and whether the indexes reach its end.
    fn look(&mut self) {
        self.coming = Coming::default();
        self.segments = Segments::new(self.named_segments().unwrap_or_default());
        self.head = self.head_mark().ok().map(|mark| mark.sequence);
        self.visible = self.head.unwrap_or(Sequence::new(u64::MAX));
        let through = self.indexed_through().ok().flatten();
        let current = self.head.is_some() && through == self.head;
        self.indexes = if current { Indexes::Current } else { Indexes::Stale };
        self.substitute = OnceCell::new();
        self.tables_damaged.set(false);
        self.edge = None;
    }

    /// The segments that the store names. One whose value cannot be read is passed over: what it
    /// holds is missing from the log then.
    fn named_segments(&self) -> Result<Vec<Segment>, LogError> {
        let mut segments = Vec::new();
        for pair in self.store.scan(&[SEGMENTS])? {
            let (key, value) = pair?;
            if key.first() != Some(&SEGMENTS) {
                break;
            }
            let mark = read_segment_key(&key).and_then(|first| read_mark(first, &value).ok());
            segments.extend(mark.map(|mark| Segment::new(mark, &self.segments_dir)));
        }
        Ok(segments)
    }

    fn live(&self) -> Live<'_> {
        let is_empty = self.head.is_some_and(|head| head < self.first_live());
        Live { store: &self.store, visible: self.visible, is_empty }
    }

    /// The place of the first event that lies in the store itself.
    fn first_live(&self) -> Sequence {
        self.segments.end().unwrap_or(Sequence::LEDGER)
    }

    /// Whether the stored tree is that of the log up to its head.
    fn tree_is_current(&self) -> Result<bool, LogError> {
        let size = tree_rows::stored_size(&self.store)?;
        Ok(size.is_some() && size == self.head.map(|head| head.get() + 1))
    }

    /// Answers from the index: the stored one, or where that is stale, gone or damaged, one that is
    /// worked out from the log.
    fn ask_index<T>(
        &self,
        stored: impl FnOnce() -> Result<T, LogError>,
        substitute: impl FnOnce(&Index) -> T,
    ) -> Result<T, LogError> {
        if self.indexes == Indexes::Current && !self.tables_damaged.get() {
            match stored() {
                Err(LogError::Damaged { part: Part::Segment, .. }) => self.tables_damaged.set(true),
                answer => return answer,
            }
        }
        if self.substitute.get().is_none() {
            let _ = self.substitute.set(self.work_out_index()?);
        }
        let damaged = LogError::damaged(Part::IndexState, Sequence::LEDGER, Damage::Missing);
        self.substitute.get().map(substitute).ok_or(damaged)
    }

    /// The index of all entries up to the head.
    fn work_out_index(&self) -> Result<Index, LogError> {
        let mut index = Index::default();
        for (at, record) in self.stored_from(Sequence::LEDGER) {
            let entry = crate::event_log::read_entry(at, record?)?;
            if at > self.visible {
                break;
            }
            let envelope = entry.envelope();
            let belongs_to = belongs_to(envelope, |id| Ok(index.listed(id).cloned()))?;
            index.add(envelope, Listed { sequence: envelope.sequence(), belongs_to });
        }
        Ok(index)
    }

    /// Hashes of the lowest level. Those of segments are worked out from the envelopes, as far as
    /// no row is stored of them; they end where an envelope cannot be read.
    fn leaves(&self, from: u64, to: u64) -> Result<Vec<TreeHash>, LogError> {
        let stored_from = self.first_live().get() / ROW * ROW;
        let mut hashes = Vec::new();
        let worked_out = (from..stored_from.min(to)).map(Sequence::new);
        for (expected, (at, record)) in worked_out.zip(self.segments.from(Sequence::new(from))) {
            match record {
                Ok(record) if at == expected => hashes.push(TreeHash::of_leaf(&record.envelope)),
                Ok(_) | Err(LogError::Damaged { .. }) => return Ok(hashes),
                Err(error) => return Err(error),
            }
        }
        let from = from.max(stored_from);
        if from < to {
            hashes.extend(tree_rows::stored_hashes(&self.store, 0, from, to)?);
        }
        Ok(hashes)
    }

    /// Why names are not those of this log, as far as they tell by themselves.
    fn misfit(&self, names: &Names) -> Result<Option<&'static str>, LogError> {
        if *names.ledger() != self.ledger()?.id {
            return Ok(Some("is of another ledger"));
        }
        let through = names.through();
        let there = self.head_at(through.sequence)?.filter(|_| through.sequence <= self.visible);
        let is_there = there.is_some_and(|there| there.digest == through.digest);
        Ok((!is_there).then_some("was made from an event that the log does not have"))
    }
}

impl Drop for SledLog {
    fn drop(&mut self) {
        self.leave();
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
        if at < self.first_live() {
            return self.segments.stored(at);
        }
        match self.live().stored(at)? {
            None => self.coming.stored(at),
            found => Ok(found),
        }
    }

    fn stored_from(&self, from: Sequence) -> StoredRecords<'_> {
        let live = from.max(self.first_live());
        let live: StoredRecords<'_> = match RecordScan::from(&self.store, live, self.visible) {
            Ok(scan) => Box::new(scan),
            Err(error) => Box::new(std::iter::once((live, Err(error)))),
        };
        Box::new(self.segments.from(from).chain(live).chain(self.coming.from(from)))
    }

    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        let known = self.ask_index(|| self.stored_listed(id), |index| index.listed(id).cloned())?;
        if known.is_some() { Ok(known) } else { self.coming.listed(id) }
    }

    fn find(&self, id: &EventId) -> Result<Option<Sequence>, LogError> {
        let stored = || match self.segments.find(id)? {
            None => Ok(self.live().listed(id)?.map(|listed| listed.sequence)),
            found => Ok(found),
        };
        let known = self.ask_index(stored, |index| index.listed(id).map(|it| it.sequence))?;
        if known.is_some() { Ok(known) } else { self.coming.find(id) }
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError> {
        let stored = || {
            let mut ids = self.segments.ids_with_prefix(prefix, limit)?;
            ids.extend(self.live().ids_with_prefix(prefix, limit)?);
            Ok(ids)
        };
        let mut ids = self.ask_index(stored, |index| index.ids_with_prefix(prefix, limit))?;
        ids.extend(self.coming.ids_with_prefix(prefix, limit)?);
        ids.sort_unstable();
        ids.truncate(limit);
        Ok(ids)
    }

    fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        let stored = || {
            let mut events = self.segments.of_dispute(dispute)?;
            events.extend(self.live().list(dispute)?);
            Ok(events)
        };
        let mut events = self.ask_index(stored, |index| index.of_dispute(dispute))?;
        events.extend(self.coming.of_dispute(dispute)?);
        Ok(events)
    }

    fn of_none_after(&self, after: Sequence) -> Result<Vec<Sequence>, LogError> {
        let stored = || {
            let mut events = self.segments.of_none_after(after)?;
            events.extend(self.live().list(None)?);
            Ok(events)
        };
        let mut events = self.ask_index(stored, |index| index.of_dispute(None))?;
        events.extend(self.coming.of_dispute(None)?);
        events.retain(|at| *at > after);
        Ok(events)
    }

    fn kept_names(&self) -> Result<Option<Names>, LogError> {
        let Some(Ok(names)) = self.read_derived(NAMES).map(Names::read) else { return Ok(None) };
        Ok(if self.misfit(&names)?.is_none() { Some(names) } else { None })
    }

    fn keep_names(&self, names: &Names) {
        self.write_derived(NAMES, &names.write());
    }

    fn tile(&self, tile: Tile) -> Result<Vec<TreeHash>, LogError> {
        if self.tree_is_current()? {
            let hashes = self.stored_tile(tile)?.unwrap_or_default();
            if hashes.len() == usize::from(tile.width()) {
                return Ok(hashes);
            }
        }
        tile_of_log(self, tile)
    }

    fn disputes(&self) -> Result<Vec<Slug>, LogError> {
        let stored = || {
            let mut disputes = self.segments.disputes()?;
            disputes.extend(self.live().disputes()?);
            Ok(disputes)
        };
        let mut all = self.ask_index(stored, |index| index.disputes().into_iter().collect())?;
        all.extend(self.coming.disputes()?);
        Ok(all.into_iter().collect())
    }
}

impl EventLog for SledLog {
    fn begin(&mut self, expected: &Head) -> Result<Box<dyn Append + '_>, LogError> {
        self.begin_writing(expected)
    }

    fn rebuild_derived(&mut self) -> Result<(), LogError> {
        self.delete_derived()?;
        self.rewrite_segments()?;
        self.rebuild_indexes()?;
        self.rebuild_tree().map(|_| ())
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
        let from = tile.index() * u64::from(TILE_WIDTH);
        let to = from + u64::from(tile.width());
        // Without a tree nothing of it is worked out as if it were stored.
        let hashes = if tile.level() == 0 && tree_rows::stored_size(&self.store)?.is_some() {
            self.leaves(from, to)?
        } else {
            tree_rows::stored_hashes(&self.store, tile.level(), from, to)?
        };
        Ok(Some(hashes))
    }

    fn last_answer(&self) -> Option<ExpectedHead> {
        last_answer::read(&self.dir)
    }

    fn stored_listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        match self.segments.listed(id)? {
            None => self.live().listed(id),
            found => Ok(found),
        }
    }

    fn stored_in_dispute(&self, dispute: Option<&Slug>, at: Sequence) -> Result<bool, LogError> {
        if let Some(segment) = self.segments.of(at) {
            return Ok(segment.list(dispute)?.binary_search(&at).is_ok());
        }
        let value = self.store.get(&list_key(dispute, at))?;
        Ok(value.is_some_and(|value| value.is_empty()))
    }

    fn sealed_runs(&self) -> Option<&dyn SealedRuns> {
        Some(self.segments.list())
    }

    fn stale_copies(&self) -> Result<Vec<String>, LogError> {
        let misfit = match self.read_derived(NAMES).map(Names::read) {
            None | Some(Err(NoNames::OtherRelease)) => None,
            Some(Err(NoNames::Damaged)) => Some("is damaged"),
            Some(Ok(names)) => self.misfit(&names)?,
        };
        let stale = misfit.map(|what| format!("the list of names {what}; it can be deleted"));
        Ok(stale.into_iter().collect())
    }

    fn stored_index_sizes(&self, from: Sequence) -> Result<IndexSizes, LogError> {
        let (sealed, live) = (self.segments.sizes(from)?, self.live().sizes()?);
        Ok(IndexSizes { ids: sealed.ids + live.ids, listed: sealed.listed + live.listed })
    }

    fn indexed_through(&self) -> Result<Option<Sequence>, LogError> {
        let Some(value) = self.store.get(INDEXED)? else { return Ok(None) };
        let damaged = |why| LogError::Damaged { part: Part::IndexState, sequence: None, why };
        let (layout, through) = read_indexed(&value).map_err(|why| damaged(Damage::from(why)))?;
        Ok((layout == LAYOUT).then_some(through))
    }
}
