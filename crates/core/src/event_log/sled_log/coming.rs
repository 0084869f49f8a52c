//! What an append has pushed and not committed: at first in memory; once that is much, in segments
//! that no store names yet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::chain::Sequence;
use crate::entry::{Entry, StoredRecord};
use crate::event_log::index::Index;
use crate::event_log::sled_log::segments::{
    Growing, KeptPages, Segment, SegmentMark, SegmentWriter, Segments, Settled,
};
use crate::event_log::sled_log::store::Batch;
use crate::event_log::{Listed, LogError, StoredRecords};
use crate::identifier::{EventId, Slug};

/// What an entry costs in memory beside its bytes.
const ENTRY_OVERHEAD: usize = 512;

/// Entries beyond the head, in this order: those in segments, in the one that is being written, in
/// the one that is being filled; or all of them in memory.
#[derive(Default)]
pub(super) struct Coming {
    pub(super) entries: BTreeMap<Sequence, (Entry, Listed)>,
    index: Index,
    /// How many bytes of memory the entries take.
    pub(super) bytes: usize,
    pub(super) segments: Segments,
    /// The ids in those segments.
    ids: Growing,
    closing: Option<Closing>,
    /// Pages that were read of what lies in memory as segments do.
    kept: KeptPages,
    pub(super) writer: Option<SegmentWriter>,
    /// Rows of the tree that are not written yet.
    pub(super) rows: Batch,
}

/// A segment that another core writes.
struct Closing {
    settled: Arc<Settled>,
    work: Option<JoinHandle<Result<SegmentMark, LogError>>>,
}

impl Coming {
    /// Holds an entry in memory.
    pub(super) fn hold(&mut self, entry: Entry, listed: Listed) {
        self.bytes += entry.bytes() + ENTRY_OVERHEAD;
        self.index.add(entry.envelope(), listed.clone());
        self.entries.insert(listed.sequence, (entry, listed));
    }

    /// Gives up the entries in memory.
    pub(super) fn take_entries(&mut self) -> BTreeMap<Sequence, (Entry, Listed)> {
        self.bytes = 0;
        self.index = Index::default();
        std::mem::take(&mut self.entries)
    }

    /// Writes a segment into a folder on another core, once the one before it is written.
    pub(super) fn close(&mut self, settled: Settled, dir: &Path) -> Result<(), LogError> {
        self.finish_closing(dir)?;
        let settled = Arc::new(settled);
        let (shared, to) = (Arc::clone(&settled), dir.to_owned());
        let work = std::thread::Builder::new().spawn(move || shared.write(&to)).ok();
        self.closing = Some(Closing { settled, work });
        Ok(())
    }

    /// Lets go of the segment that was being written, once it is.
    pub(super) fn finish_written(&mut self, dir: &Path) -> Result<(), LogError> {
        let work = self.closing.as_ref().and_then(|closing| closing.work.as_ref());
        if work.is_some_and(JoinHandle::is_finished) { self.finish_closing(dir) } else { Ok(()) }
    }

    /// Waits for the segment that is being written.
    pub(super) fn finish_closing(&mut self, dir: &Path) -> Result<(), LogError> {
        let Some(closing) = self.closing.take() else { return Ok(()) };
        let written = closing.work.and_then(|work| work.join().ok());
        let mark = written.unwrap_or_else(|| closing.settled.write(dir))?;
        closing.settled.ids().for_each(|id| self.ids.add(id));
        self.segments.push(Segment::new(mark, dir));
        Ok(())
    }

    /// Waits for the segment that is being written, whatever becomes of it.
    pub(super) fn give_up(&mut self) {
        if let Some(work) = self.closing.take().and_then(|closing| closing.work) {
            let _ = work.join();
        }
    }

    /// What lies in memory as segments do.
    fn settled(&self) -> impl Iterator<Item = &Settled> {
        let closing = self.closing.as_ref().map(|closing| &*closing.settled);
        closing.into_iter().chain(self.writer.as_ref().map(SegmentWriter::settled))
    }

    fn written(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        let holds = |settled: &&Settled| (settled.first()..settled.end()).contains(&at);
        match self.settled().find(holds) {
            Some(settled) => self.kept.stored(settled, at),
            None => Ok(self.writer.as_ref().and_then(|writer| writer.waiting(at))),
        }
    }

    pub(super) fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        if let Some((entry, _)) = self.entries.get(&at) {
            return Ok(Some(entry.record().clone()));
        }
        match self.segments.end() {
            Some(end) if at < end => self.segments.stored(at),
            _ => self.written(at),
        }
    }

    pub(super) fn from(&self, from: Sequence) -> StoredRecords<'_> {
        let held = self.entries.range(from..);
        let held = held.map(|(at, (entry, _))| (*at, Ok(entry.record().clone())));
        let first = self.settled().next().map_or(Sequence::LEDGER, Settled::first);
        let end = self.writer.as_ref().map_or(Sequence::LEDGER, SegmentWriter::end);
        let written = (first.max(from).get()..end.get()).map(Sequence::new);
        let written = written.filter_map(|at| Some((at, self.written(at).transpose()?)));
        Box::new(self.segments.from(from).chain(written).chain(held))
    }

    pub(super) fn find(&self, id: &EventId) -> Result<Option<Sequence>, LogError> {
        let held = self.index.listed(id).map(|listed| listed.sequence);
        match held.or_else(|| self.settled().find_map(|settled| settled.find(id))) {
            None if self.ids.passes(id) => self.segments.find(id),
            found => Ok(found),
        }
    }

    pub(super) fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        let held = self.index.listed(id).cloned();
        match held.or_else(|| self.settled().find_map(|settled| settled.listed(id))) {
            None if self.ids.passes(id) => self.segments.listed(id),
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
        let written = self.settled().flat_map(Settled::ids);
        ids.extend(written.filter(|id| id.as_str().starts_with(prefix)).cloned());
        Ok(ids)
    }

    pub(super) fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        let mut events = self.segments.of_dispute(dispute)?;
        events.extend(self.settled().flat_map(|settled| settled.list(dispute)));
        events.extend(self.index.of_dispute(dispute));
        Ok(events)
    }

    pub(super) fn disputes(&self) -> Result<BTreeSet<Slug>, LogError> {
        let mut disputes = self.segments.disputes()?;
        disputes.extend(self.settled().flat_map(Settled::disputes).cloned());
        disputes.extend(self.index.disputes());
        Ok(disputes)
    }
}
