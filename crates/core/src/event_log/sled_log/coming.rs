//! What an append has pushed and not committed: at first in memory; once that is much, in segments
//! that no store names yet.

use std::collections::{BTreeMap, BTreeSet};

use crate::chain::Sequence;
use crate::entry::{Entry, StoredRecord};
use crate::event_log::index::Index;
use crate::event_log::sled_log::segments::{SegmentWriter, Segments};
use crate::event_log::sled_log::store::Batch;
use crate::event_log::{Listed, LogError, StoredRecords};
use crate::identifier::{EventId, Slug};

/// What an entry costs in memory beside its bytes.
const ENTRY_OVERHEAD: usize = 512;

/// Entries beyond the head.
#[derive(Default)]
pub(super) struct Coming {
    pub(super) entries: BTreeMap<Sequence, (Entry, Listed)>,
    index: Index,
    /// How many bytes of memory the entries take.
    pub(super) bytes: usize,
    pub(super) segments: Segments,
    pub(super) writer: Option<SegmentWriter>,
    /// Rows of the tree that are not written yet.
    pub(super) rows: Batch,
}

impl Coming {
    /// Holds an entry in memory.
    pub(super) fn hold(&mut self, entry: Entry, listed: Listed) {
        let record = entry.record();
        let content = record.content.as_ref().map_or(0, |content| content.bytes.len());
        self.bytes += record.envelope.len() + content + ENTRY_OVERHEAD;
        self.index.add(entry.envelope(), listed.clone());
        self.entries.insert(listed.sequence, (entry, listed));
    }

    /// Gives up the entries in memory.
    pub(super) fn take_entries(&mut self) -> BTreeMap<Sequence, (Entry, Listed)> {
        self.bytes = 0;
        self.index = Index::default();
        std::mem::take(&mut self.entries)
    }

    pub(super) fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        if let Some((entry, _)) = self.entries.get(&at) {
            return Ok(Some(entry.record().clone()));
        }
        match &self.writer {
            Some(writer) if at >= writer.first() => Ok(writer.stored(at)),
            _ => self.segments.stored(at),
        }
    }

    pub(super) fn from(&self, from: Sequence) -> StoredRecords<'_> {
        let held = self.entries.range(from..);
        let held = held.map(|(at, (entry, _))| (*at, Ok(entry.record().clone())));
        let written = self.writer.iter().flat_map(move |writer| {
            let places = writer.first().max(from).get()..writer.end().get();
            let record = |at| Some((at, Ok(writer.stored(at)?)));
            places.map(Sequence::new).filter_map(record)
        });
        Box::new(self.segments.from(from).chain(written).chain(held))
    }

    pub(super) fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        let held = self.index.listed(id).cloned();
        match held.or_else(|| self.writer.as_ref()?.listed(id)) {
            None => self.segments.listed(id),
            found => Ok(found),
        }
    }

    pub(super) fn find(&self, id: &EventId) -> Result<Option<Sequence>, LogError> {
        let held = self.index.listed(id).map(|listed| listed.sequence);
        match held.or_else(|| self.writer.as_ref()?.find(id)) {
            None => self.segments.find(id),
            found => Ok(found),
        }
    }

    /// The ids that begin with a text, in any order; of those that are many, the first.
    pub(super) fn ids_with_prefix(
        &self,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<EventId>, LogError> {
        let mut ids = self.segments.ids_with_prefix(prefix, limit)?;
        ids.extend(self.index.ids_with_prefix(prefix, limit));
        let written = self.writer.iter().flat_map(SegmentWriter::ids);
        ids.extend(written.filter(|id| id.as_str().starts_with(prefix)).cloned());
        Ok(ids)
    }

    pub(super) fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        let mut events = self.segments.of_dispute(dispute)?;
        events.extend(self.writer.iter().flat_map(|writer| writer.list(dispute)));
        events.extend(self.index.of_dispute(dispute));
        Ok(events)
    }

    pub(super) fn disputes(&self) -> Result<BTreeSet<Slug>, LogError> {
        let mut disputes = self.segments.disputes()?;
        disputes.extend(self.writer.iter().flat_map(SegmentWriter::disputes).cloned());
        disputes.extend(self.index.disputes());
        Ok(disputes)
    }
}
