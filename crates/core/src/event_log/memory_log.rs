//! A log in memory: for tests, and for trying things out before they are recorded.

use std::collections::{BTreeMap, BTreeSet};

use crate::chain::{Head, Sequence};
use crate::entry::{Entry, StoredRecord};
use crate::event_log::index::{Index, belongs_to};
use crate::event_log::session::{Base, Session};
use crate::event_log::{
    Append, EventLog, HeadMark, IndexSizes, Listed, LogError, ReadLog, StoredRecords, checked_head,
    read_entry,
};
use crate::identifier::{EventId, Slug};

/// A log that lives in memory and keeps the promises of [`EventLog`] for as long as it lives.
#[derive(Debug)]
pub struct MemoryLog {
    records: BTreeMap<Sequence, StoredRecord>,
    index: Index,
    mark: HeadMark,
}

impl MemoryLog {
    /// A log that holds its own envelope, as [`Founding::seal`](crate::Founding::seal) gives it.
    pub fn create(founding: Entry) -> Self {
        let head = founding.head();
        let mut index = Index::default();
        let listed = Listed { sequence: head.sequence, belongs_to: None };
        index.add(founding.envelope(), listed);
        let records = BTreeMap::from([(head.sequence, founding.record().clone())]);
        Self { records, index, mark: mark(&head) }
    }
}

fn mark(head: &Head) -> HeadMark {
    HeadMark { sequence: head.sequence, digest: head.digest }
}

impl ReadLog for MemoryLog {
    fn head(&self) -> Result<Head, LogError> {
        checked_head(self)
    }

    fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        Ok(self.records.get(&at).cloned())
    }

    fn stored_from(&self, from: Sequence) -> StoredRecords<'_> {
        Box::new(self.records.range(from..).map(|(at, record)| (*at, Ok(record.clone()))))
    }

    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        self.stored_listed(id)
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError> {
        Ok(self.index.ids_with_prefix(prefix, limit))
    }

    fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        Ok(self.index.of_dispute(dispute))
    }

    fn disputes(&self) -> Result<Vec<Slug>, LogError> {
        Ok(self.index.disputes())
    }
}

impl EventLog for MemoryLog {
    fn begin(&mut self, expected: &Head) -> Result<Box<dyn Append + '_>, LogError> {
        Ok(Box::new(Session::begin(self, expected)?))
    }

    fn rebuild_derived(&mut self) -> Result<(), LogError> {
        let mut index = Index::default();
        for (at, record) in &self.records {
            let entry = read_entry(*at, record.clone())?;
            let belongs_to = belongs_to(entry.envelope(), |id| Ok(index.listed(id).cloned()))?;
            index.add(entry.envelope(), Listed { sequence: *at, belongs_to });
        }
        self.index = index;
        Ok(())
    }

    fn head_mark(&self) -> Result<HeadMark, LogError> {
        Ok(self.mark)
    }

    fn stored_listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        Ok(self.index.listed(id).cloned())
    }

    fn stored_in_dispute(&self, dispute: Option<&Slug>, at: Sequence) -> Result<bool, LogError> {
        Ok(self.index.has(dispute, at))
    }

    fn stored_index_sizes(&self, _from: Sequence) -> Result<IndexSizes, LogError> {
        Ok(self.index.sizes())
    }

    fn indexed_through(&self) -> Result<Option<Sequence>, LogError> {
        Ok(Some(self.mark.sequence))
    }
}

impl Base for MemoryLog {
    fn push(&mut self, entry: Entry, listed: Listed) -> Result<(), LogError> {
        self.index.add(entry.envelope(), listed.clone());
        self.records.insert(listed.sequence, entry.record().clone());
        Ok(())
    }

    fn finish(&mut self, erased: &BTreeSet<Sequence>, tip: &Head) -> Result<(), LogError> {
        for at in erased {
            if let Some(record) = self.records.get_mut(at) {
                record.content = None;
            }
        }
        self.mark = mark(tip);
        Ok(())
    }

    fn forget(&mut self) {
        let beyond = self.records.split_off(&self.mark.sequence.next());
        if !beyond.is_empty() {
            // The log itself was readable when this append began.
            let _ = self.rebuild_derived();
        }
    }
}
