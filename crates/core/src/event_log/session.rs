//! An append in progress: the log as stored, with what was pushed so far on top.

use std::collections::{BTreeMap, BTreeSet};

use crate::chain::{Head, Sequence, follows};
use crate::entry::{Entry, StoredRecord};
use crate::envelope::{Envelope, LedgerId};
use crate::event_log::index::{Index, belongs_to};
use crate::event_log::{Append, Listed, LogError, ReadLog, StoredRecords};
use crate::identifier::{EventId, Slug};

/// How many bytes of pushed entries are held in memory before they are written beyond the head.
/// One batch of the store holds all of them at once.
const PENDING_BYTES: usize = 1 << 20;
/// What an entry costs in memory beside its bytes.
const ENTRY_OVERHEAD: usize = 512;

/// The log under an append.
pub(super) trait Base: ReadLog {
    /// Writes entries beyond the head. Reads see them from then on, until [`forget`](Self::forget).
    fn spill(&mut self, pending: &Pending) -> Result<(), LogError>;

    /// Writes the last entries, erases what is to be erased, and moves the head: durably, and as
    /// one step as others see it.
    fn finish(
        &mut self,
        pending: &Pending,
        erased: &BTreeSet<Sequence>,
        tip: &Head,
    ) -> Result<(), LogError>;

    /// Hides again what lies beyond the head.
    fn forget(&mut self);
}

/// Entries that were pushed and not yet written.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) entries: BTreeMap<Sequence, (Entry, Listed)>,
    index: Index,
    bytes: usize,
}

/// An append to any log.
pub(super) struct Session<'a, B: Base> {
    base: &'a mut B,
    ledger: LedgerId,
    tip: Head,
    pending: Pending,
    erased: BTreeSet<Sequence>,
}

impl<'a, B: Base> Session<'a, B> {
    /// Begins where the base ends.
    pub(super) fn begin(base: &'a mut B, expected: &Head) -> Result<Self, LogError> {
        let found = base.head()?;
        if found != *expected {
            return Err(LogError::HeadMoved { expected: *expected, found });
        }
        let ledger = base.ledger()?.id;
        let (pending, erased) = Default::default();
        Ok(Self { base, ledger, tip: found, pending, erased })
    }

    fn admit(&self, entry: &Entry) -> Result<Listed, LogError> {
        let envelope = entry.envelope();
        follows(&self.ledger, &self.tip, envelope)?;
        entry.prove()?;
        if let Some(sequence) = self.find(envelope.id())? {
            return Err(LogError::IdTaken { id: envelope.id().clone(), sequence });
        }
        for refers_to in envelope.refers_to() {
            if self.listed(refers_to)?.is_none() {
                let (id, refers_to) = (envelope.id().clone(), refers_to.clone());
                return Err(LogError::RefersToNothing { id, refers_to });
            }
        }
        let belongs_to = belongs_to(envelope, |id| self.listed(id))?;
        Ok(Listed { sequence: envelope.sequence(), belongs_to })
    }

    /// The event that a redaction names, and the amendments of that event.
    fn erased_by(&self, redaction: &Envelope) -> Result<Vec<Sequence>, LogError> {
        let Some(target) = redaction.redacts() else { return Ok(Vec::new()) };
        let Some(listed) = self.listed(target)? else { return Ok(Vec::new()) };
        let mut erased = vec![listed.sequence];
        for at in self.of_dispute(listed.belongs_to.as_ref())? {
            let entry = self.entry(at)?;
            if entry.is_some_and(|entry| entry.envelope().amends() == Some(target)) {
                erased.push(at);
            }
        }
        Ok(erased)
    }

    fn without_erased(&self, at: Sequence, mut record: StoredRecord) -> StoredRecord {
        if self.erased.contains(&at) {
            record.content = None;
        }
        record
    }
}

impl<B: Base> Append for Session<'_, B> {
    fn push(&mut self, entry: Entry) -> Result<(), LogError> {
        let listed = self.admit(&entry)?;
        let erased = self.erased_by(entry.envelope())?;
        self.erased.extend(erased);
        self.tip = entry.head();
        self.pending.add(entry, listed);
        if self.pending.bytes > PENDING_BYTES {
            self.base.spill(&self.pending)?;
            self.pending = Pending::default();
        }
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<Head, LogError> {
        self.base.finish(&self.pending, &self.erased, &self.tip)?;
        Ok(self.tip)
    }
}

impl<B: Base> Drop for Session<'_, B> {
    fn drop(&mut self) {
        self.base.forget();
    }
}

impl<B: Base> ReadLog for Session<'_, B> {
    fn head(&self) -> Result<Head, LogError> {
        Ok(self.tip)
    }

    fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        let record = match self.pending.entries.get(&at) {
            Some((entry, _)) => Some(entry.record().clone()),
            None => self.base.stored(at)?,
        };
        Ok(record.map(|record| self.without_erased(at, record)))
    }

    fn stored_from(&self, from: Sequence) -> StoredRecords<'_> {
        let pending = self.pending.entries.range(from..);
        let pending = pending.map(|(at, (entry, _))| (*at, Ok(entry.record().clone())));
        let all = self.base.stored_from(from).chain(pending);
        Box::new(all.map(|(at, record)| (at, record.map(|it| self.without_erased(at, it)))))
    }

    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        match self.pending.index.listed(id) {
            Some(listed) => Ok(Some(listed.clone())),
            None => self.base.listed(id),
        }
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError> {
        let mut ids = self.base.ids_with_prefix(prefix, limit)?;
        ids.extend(self.pending.index.ids_with_prefix(prefix, limit));
        ids.sort_unstable();
        ids.truncate(limit);
        Ok(ids)
    }

    fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        let mut list = self.base.of_dispute(dispute)?;
        list.extend(self.pending.index.of_dispute(dispute));
        Ok(list)
    }

    fn disputes(&self) -> Result<Vec<Slug>, LogError> {
        let mut all = self.base.disputes()?;
        all.extend(self.pending.index.disputes());
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }
}

impl Pending {
    fn add(&mut self, entry: Entry, listed: Listed) {
        let record = entry.record();
        let content = record.content.as_ref().map_or(0, |content| content.bytes.len());
        self.bytes += record.envelope.len() + content + ENTRY_OVERHEAD;
        self.index.add(entry.envelope(), listed.clone());
        self.entries.insert(listed.sequence, (entry, listed));
    }
}
