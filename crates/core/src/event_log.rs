//! The log: the ordered envelopes with their contents, and the one way in which it changes.

#[cfg(test)]
mod contract;
mod index;
mod log_error;
mod log_tree;
mod memory_log;
mod session;
mod sled_log;

use crate::backup::BackupFault;
use crate::chain::{ExpectedHead, Head, Sequence};
use crate::digest::Digest;
use crate::entry::{Entry, StoredRecord};
use crate::envelope::{Envelope, LedgerId};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::names::Names;
use crate::tree::{Frontier, TILE_WIDTH, Tile, TreeHash};

pub(crate) use index::{Index, belongs_to};
pub use log_error::{Damage, LogError, Part, StoreFault};
pub use log_tree::LogTree;
pub(crate) use log_tree::log_error;
pub use memory_log::MemoryLog;
pub(crate) use sled_log::SegmentMark;
pub use sled_log::{CompactError, Compaction, Notice, SledLog};

/// Which ledger it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Its id, which every envelope names.
    pub id: LedgerId,
    /// Its name, for people.
    pub name: String,
    /// The software that made it, with its version.
    pub software: String,
}

/// Where the stored log says that it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadMark {
    /// The sequence of the last envelope.
    pub sequence: Sequence,
    /// The digest of the last envelope.
    pub digest: Digest,
}

/// What the index of ids says of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where it is in the log.
    pub sequence: Sequence,
    /// The dispute that lists it: its own, or for an event about the record the one to which the
    /// event that it corrects belongs. `None` for what belongs to no dispute.
    pub belongs_to: Option<Slug>,
}

/// How many entries the stored indexes have for events up to the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexSizes {
    /// Ids, the ledger's own among them.
    pub ids: u64,
    /// Events listed by dispute or by belonging to none; the ledger's own envelope is not.
    pub listed: u64,
}

/// Records as they are stored, in order, each with its place. A record that cannot be read is an
/// error in its place, and the next one follows.
pub type StoredRecords<'a> =
    Box<dyn Iterator<Item = (Sequence, Result<StoredRecord, LogError>)> + 'a>;

/// Entries in order.
pub type Entries<'a> = Box<dyn Iterator<Item = Result<Entry, LogError>> + 'a>;

/// Reading a log. What was appended but not committed is invisible, and nothing here changes
/// anything that is stored.
///
/// # Errors
/// Every method: [`LogError::Damaged`] where a stored value is not what it must be,
/// [`LogError::Unreadable`] and [`LogError::Io`] where the store cannot be read.
pub trait ReadLog {
    /// The head: the last envelope's place, digest and time. The envelope has been read and has
    /// the digest that the end of the log names.
    fn head(&self) -> Result<Head, LogError>;

    /// The stored record of one place, taken at its word. `None` where there is none.
    fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError>;

    /// All stored records from a place to the head, in order.
    fn stored_from(&self, from: Sequence) -> StoredRecords<'_>;

    /// What the index says of an id. Answers the same with the index deleted, only slower.
    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError>;

    /// The first ids, in the order of their bytes, that begin with a text; at most `limit`.
    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError>;

    /// The events that belong to a dispute, in the order of recording; with `None` those that
    /// belong to none (parties, standards, what corrects them), without the ledger's own envelope.
    fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError>;

    /// The entries of the events that belong to a dispute, or to none, in the order of recording.
    /// What may make this faster than reading one by one is derived, and changes no answer.
    fn entries_of(&self, dispute: Option<&Slug>) -> Result<Vec<Entry>, LogError> {
        self.of_dispute(dispute)?.into_iter().map(|at| existing(self, at)).collect()
    }

    /// The events that belong to no dispute and were recorded after a place, in the order of
    /// recording.
    fn of_none_after(&self, after: Sequence) -> Result<Vec<Sequence>, LogError> {
        let mut events = self.of_dispute(None)?;
        events.retain(|at| *at > after);
        Ok(events)
    }

    /// What tells the events of no dispute apart without reading them, as far as that is kept. It is
    /// derived, and changes no answer.
    fn kept_names(&self) -> Result<Option<Names>, LogError> {
        Ok(None)
    }

    /// Keeps what tells the events of no dispute apart, where this log does. It may fail.
    fn keep_names(&self, _names: &Names) {}

    /// The hashes of a tile of the tree whose leaves are the envelopes up to the head. Answers the
    /// same with what is stored of the tree deleted, only slower.
    fn tile(&self, tile: Tile) -> Result<Vec<TreeHash>, LogError> {
        tile_of_log(self, tile)
    }

    /// All disputes to which an event belongs, sorted.
    fn disputes(&self) -> Result<Vec<Slug>, LogError>;

    /// Which ledger it is, as its own envelope says.
    fn ledger(&self) -> Result<Ledger, LogError> {
        ledger_of(self)
    }

    /// The entry of one place. `None` where there is none.
    fn entry(&self, at: Sequence) -> Result<Option<Entry>, LogError> {
        self.stored(at)?.map(|record| read_entry(at, record)).transpose()
    }

    /// All entries from a place to the head, in order.
    fn entries(&self, from: Sequence) -> Entries<'_> {
        Box::new(
            self.stored_from(from)
                .map(|(at, record)| record.and_then(|record| read_entry(at, record))),
        )
    }

    /// The head as it was when an event was the last: its place, digest and time. `None` where
    /// there is no such event.
    fn head_at(&self, at: Sequence) -> Result<Option<Head>, LogError> {
        Ok(self.entry(at)?.map(|entry| entry.head()))
    }

    /// The head as it was just before a moment: the last envelope that was recorded earlier. `None`
    /// where the ledger was begun later. Recording times never decrease, so this reads few entries.
    fn head_before(&self, moment: Instant) -> Result<Option<Head>, LogError> {
        let (mut earlier, mut later) = (None, self.head()?.sequence.get() + 1);
        let mut from = 0;
        while from < later {
            let middle = from + (later - from) / 2;
            let at = Sequence::new(middle);
            let head = self.head_at(at)?;
            let head = head.ok_or(LogError::damaged(Part::Record, at, Damage::Missing))?;
            if head.recorded_at < moment {
                (earlier, from) = (Some(head), middle + 1);
            } else {
                later = middle;
            }
        }
        Ok(earlier)
    }

    /// Where the event of an id is.
    fn find(&self, id: &EventId) -> Result<Option<Sequence>, LogError> {
        Ok(self.listed(id)?.map(|listed| listed.sequence))
    }
}

/// A record of a sealed run, as it is checked.
pub struct SealedRecord<'a> {
    /// Its place.
    pub at: Sequence,
    /// The record.
    pub record: &'a StoredRecord,
    /// Whether its commitment has just been worked out from its content.
    pub is_worked_out: bool,
}

/// Why a sealed run cannot be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsound {
    /// Something is wrong; what, is for the walk through the log to tell.
    Inside,
    /// The bytes of the file are not those that the store names.
    Altered,
}

/// The runs of a log that were sealed into files and never change, one after the other from its
/// first event on: for verification, which checks them side by side.
///
/// # Errors
/// Every method: [`LogError::Io`] where a file cannot be read, [`LogError::Damaged`] where it is not
/// what it must be.
pub trait SealedRuns: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// The place after the last event of all.
    fn end(&self) -> Sequence;

    /// Where a run begins, and the place after its last event.
    fn range(&self, run: usize) -> Option<(Sequence, Sequence)>;

    /// Reads a run from its file, whose bytes have the digest that the store names.
    fn open(&self, run: usize) -> Result<Result<Box<dyn SealedRun + '_>, Unsound>, LogError>;

    /// What the tables of the runs say of an id.
    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError>;

    /// The ids of a run in the order of their bytes, from the first on that does not come before
    /// some bytes.
    fn ids(&self, run: usize, from: &[u8]) -> Result<Box<dyn SealedIds + '_>, LogError>;

    /// Ids that divide all of them into about so many parts.
    fn dividing_ids(&self, parts: usize) -> Result<Vec<Vec<u8>>, LogError>;
}

/// A run that is being checked. Its parts can be checked side by side.
pub trait SealedRun: Send + Sync {
    /// How many parts it has.
    fn parts(&self) -> usize;

    /// Where its tables say that the event of an id is. That is right if all its parts are sound.
    fn find(&self, id: &EventId) -> Option<Sequence>;

    /// What its tables say of an id, as for [`find`](Self::find).
    fn listed(&self, id: &EventId) -> Option<Listed>;

    /// Whether `see` finds nothing wrong with any record of a part, in their order, and the tables
    /// say the same of each event as it does.
    fn check(
        &self,
        part: usize,
        see: &mut dyn FnMut(SealedRecord<'_>) -> Option<SeenEvent>,
    ) -> bool;
}

/// An event of a run, as the check of its record read it.
pub struct SeenEvent {
    /// Its id.
    pub id: EventId,
    /// The dispute to which it belongs.
    pub belongs_to: Option<Slug>,
}

/// Ids in the order of their bytes.
pub trait SealedIds {
    /// Puts the bytes of the next one in the place of others. `false` at the end.
    ///
    /// # Errors
    /// As for [`SealedRuns`].
    fn next_into(&mut self, id: &mut Vec<u8>) -> Result<bool, LogError>;
}

/// The log. It grows at its end and in no other way; the one thing that is ever erased is the
/// content that an appended redaction names, in the same step.
///
/// - An append is durable before it is answered, with every index, or has not happened.
/// - An append of any size is all or nothing: it is written beyond the head, and the last write
///   moves the head. What an interrupted one left beyond the head is invisible, and the next
///   append drops it.
/// - Indexes are derived from the log. Stale ones are rebuilt by the next append.
pub trait EventLog: ReadLog {
    /// Begins an append onto the head that the caller has seen.
    ///
    /// # Errors
    /// [`LogError::HeadMoved`] where the head is another; [`LogError::Damaged`] where the end of
    /// the log does not check out, since nothing is appended to what may be cut or altered.
    fn begin(&mut self, expected: &Head) -> Result<Box<dyn Append + '_>, LogError>;

    /// Appends one entry, durably. Gives the new head.
    ///
    /// # Errors
    /// As [`begin`](Self::begin), [`Append::push`] and [`Append::commit`].
    fn append(&mut self, expected: &Head, entry: Entry) -> Result<Head, LogError> {
        let mut append = self.begin(expected)?;
        append.push(entry)?;
        append.commit()
    }

    /// Deletes all that is derived and works it out again from the log.
    ///
    /// # Errors
    /// [`LogError::Damaged`] where the log itself cannot be read; nothing has changed then.
    fn rebuild_derived(&mut self) -> Result<(), LogError>;

    /// Where the stored log says that it ends, unchecked: for verification.
    fn head_mark(&self) -> Result<HeadMark, LogError>;

    /// The head that the last append answered, where that is kept beside the log: a log that ends
    /// before it has lost its end.
    fn last_answer(&self) -> Option<ExpectedHead> {
        None
    }

    /// What the stored index says of an id, unmended: for verification.
    fn stored_listed(&self, id: &EventId) -> Result<Option<Listed>, LogError>;

    /// Whether the stored list of a dispute has an event: for verification.
    fn stored_in_dispute(&self, dispute: Option<&Slug>, at: Sequence) -> Result<bool, LogError>;

    /// How many entries the stored indexes have for events from a place on, or from the next place
    /// at which they can be told apart: for verification.
    fn stored_index_sizes(&self, from: Sequence) -> Result<IndexSizes, LogError>;

    /// The runs of the log that were sealed: for verification.
    fn sealed_runs(&self) -> Option<&dyn SealedRuns> {
        None
    }

    /// How many envelopes the tree has that is stored; `None` where none is.
    fn stored_tree_size(&self) -> Result<Option<u64>, LogError> {
        Ok(None)
    }

    /// The hashes of a tile as they are stored, fewer where some are not; `None` where no tree is.
    fn stored_tile(&self, _tile: Tile) -> Result<Option<Vec<TreeHash>>, LogError> {
        Ok(None)
    }

    /// The envelope after which the log begins, where that is not its own ledger's first one, as in
    /// a backup of what was recorded lately: for verification.
    fn begins_after(&self) -> Option<HeadMark> {
        None
    }

    /// What is wrong with the file in which the log lies, beside its records: for verification.
    fn file_faults(&self) -> &[BackupFault] {
        &[]
    }

    /// What makes reading a dispute fast and does not say what the log says, each in words.
    fn stale_copies(&self) -> Result<Vec<String>, LogError> {
        Ok(Vec::new())
    }

    /// Up to where the stored indexes say that they were written; `None` where they do not say or
    /// are of another layout.
    fn indexed_through(&self) -> Result<Option<Sequence>, LogError>;
}

/// An append that has begun. Reading it shows the log with what was pushed so far; nobody else
/// sees that before [`commit`](Self::commit). Dropped without it, nothing has happened.
pub trait Append: ReadLog {
    /// Adds the next entry. A redaction erases the content of the event that it names, and of the
    /// amendments of that event, when it is committed.
    ///
    /// Memory stays bounded however many entries are pushed.
    ///
    /// # Errors
    /// [`LogError::Misfit`] where it does not follow what was pushed last, [`LogError::Broken`]
    /// where its digest or commitment does not hold, [`LogError::IdTaken`],
    /// [`LogError::RefersToNothing`]. The append can go on with another entry in its place.
    fn push(&mut self, entry: Entry) -> Result<(), LogError>;

    /// The same with what rules looked up in this append to admit the entry, after all that was
    /// pushed before it: that is not looked up again. Where it is about another entry it counts
    /// for nothing.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    fn push_looked_up(&mut self, entry: Entry, looked_up: &LookedUp) -> Result<(), LogError>;

    /// Moves the head over all that was pushed, durably. Gives the new head.
    ///
    /// # Errors
    /// [`LogError::DiskFull`] and [`LogError::Io`]. The head may then have moved or not; nothing
    /// between the two is possible.
    fn commit(self: Box<Self>) -> Result<Head, LogError>;
}

/// What was looked up at the end of a log about the entry that is to be next. Only
/// [`Admission`](crate::Admission) says so.
#[derive(Debug)]
pub struct LookedUp {
    pub(crate) id: EventId,
    pub(crate) at: Sequence,
    /// Whether nothing on record has its id.
    pub(crate) is_free: bool,
    pub(crate) found: Vec<EventId>,
}

impl LookedUp {
    /// The ids that are on record.
    pub fn found(&self) -> &[EventId] {
        &self.found
    }

    /// Whether it is about an entry with this envelope.
    pub(crate) fn is_about(&self, envelope: &Envelope) -> bool {
        self.id == *envelope.id() && self.at == envelope.sequence()
    }
}

/// Which ledger a log is of, as its own envelope says.
pub(crate) fn ledger_of<L: ReadLog + ?Sized>(log: &L) -> Result<Ledger, LogError> {
    let at = Sequence::LEDGER;
    let entry = log.entry(at)?.ok_or(LogError::damaged(Part::Record, at, Damage::Missing))?;
    let name = |key: &str| {
        let content = entry.content()?;
        let json: serde_json::Value = serde_json::from_slice(&content.bytes).ok()?;
        json.get(key)?.as_str().map(str::to_owned)
    };
    match (name("name"), name("software")) {
        (Some(name), Some(software)) => {
            Ok(Ledger { id: *entry.envelope().ledger(), name, software })
        }
        _ => Err(LogError::damaged(Part::Record, at, Damage::Nameless)),
    }
}

/// The hashes of a tile, worked out from the envelopes below it.
fn tile_of_log<L: ReadLog + ?Sized>(log: &L, tile: Tile) -> Result<Vec<TreeHash>, LogError> {
    // Each hash is the root of a whole subtree, of as many leaves as the levels below multiply to.
    let leaves = 1_u64.checked_shl(8 * u32::from(tile.level())).unwrap_or(u64::MAX);
    let first = tile.index().saturating_mul(u64::from(TILE_WIDTH)).saturating_mul(leaves);
    let mut records = log.stored_from(Sequence::new(first));
    let mut hashes = Vec::with_capacity(usize::from(tile.width()));
    for _ in 0..tile.width() {
        let mut subtree = Frontier::new();
        while subtree.size() < leaves {
            let at = Sequence::new(first.saturating_add(subtree.size()));
            let missing = LogError::damaged(Part::Record, at, Damage::Missing);
            let (_, record) = records.next().ok_or(missing)?;
            subtree.push(TreeHash::of_leaf(&record?.envelope)).map_err(|_| LogError::TreeFull)?;
        }
        hashes.push(subtree.root());
    }
    Ok(hashes)
}

/// The entry of a place at which there is one, as an index says.
pub(crate) fn existing<L: ReadLog + ?Sized>(log: &L, at: Sequence) -> Result<Entry, LogError> {
    log.entry(at)?.ok_or(LogError::damaged(Part::Record, at, Damage::Missing))
}

pub(crate) fn read_entry(at: Sequence, record: StoredRecord) -> Result<Entry, LogError> {
    Entry::read(record).map_err(|why| LogError::damaged(Part::Record, at, why.into()))
}

/// The head, from the end of the log that is stored, checked against the envelope there.
pub(crate) fn checked_head(log: &(impl EventLog + ?Sized)) -> Result<Head, LogError> {
    let mark = log.head_mark()?;
    let damaged = |why| LogError::damaged(Part::Head, mark.sequence, why);
    let entry = log.entry(mark.sequence)?.ok_or(damaged(Damage::Missing))?;
    entry.prove_envelope().map_err(|broken| damaged(broken.into()))?;
    if entry.head().sequence != mark.sequence || *entry.digest() != mark.digest {
        return Err(damaged(Damage::HeadElsewhere { found: entry.head() }));
    }
    match log.last_answer() {
        Some(answered)
            if answered.sequence() > mark.sequence
                || answered.sequence() == mark.sequence && !answered.is(&entry.head()) =>
        {
            Err(damaged(Damage::EndLost { answered }))
        }
        _ => Ok(entry.head()),
    }
}
