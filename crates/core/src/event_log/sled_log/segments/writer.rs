//! A segment that is being written. What was pushed can be read before it is finished.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::chain::Sequence;
use crate::digest::Digest;
use crate::entry::{Entry, StoredRecord};
use crate::envelope::LedgerId;
use crate::event_log::sled_log::founding::sync;
use crate::event_log::sled_log::segments::batch::{self, Batch};
use crate::event_log::sled_log::segments::page::Page;
use crate::event_log::sled_log::segments::tables::{Encoded, Listing, Tables};
use crate::event_log::sled_log::segments::{CHECKSUM, SegmentMark, TRAILER, uint};
use crate::event_log::{Listed, LogError};
use crate::identifier::{EventId, Slug};
use crate::tree::TreeHash;

/// A segment is full with so many events as it is made for, or once its pages have this many bytes.
const BYTES: usize = 32 << 20;
/// How many batches may be under way.
const UNDER_WAY: usize = 2;

/// A segment in memory: at most [`BYTES`] of compressed pages, and its tables.
pub(in crate::event_log::sled_log) struct SegmentWriter {
    ledger: LedgerId,
    first: Sequence,
    most: u32,
    tables: Tables,
    /// How many events were pushed.
    events: u32,
    filling: Vec<Entry>,
    under_way: VecDeque<Batch>,
    /// How many events lie in pages that are finished.
    in_pages: u32,
    pages: Vec<u8>,
    /// Of each page its first event, where it begins and how long it was.
    marks: Vec<(u32, usize, u32)>,
    /// Leaves of the tree that nobody has taken yet.
    leaves: Vec<TreeHash>,
}

impl SegmentWriter {
    /// An empty segment that begins at a place of the log and takes at most so many events.
    pub(in crate::event_log::sled_log) fn new(
        ledger: LedgerId,
        first: Sequence,
        most: u32,
    ) -> Self {
        Self {
            ledger,
            first,
            most,
            tables: Tables::default(),
            events: 0,
            filling: Vec::new(),
            under_way: VecDeque::new(),
            in_pages: 0,
            pages: Vec::new(),
            marks: Vec::new(),
            leaves: Vec::new(),
        }
    }

    /// Adds the next event.
    pub(in crate::event_log::sled_log) fn push(&mut self, entry: Entry, belongs_to: Option<&Slug>) {
        let listing = Listing::at(self.end(), belongs_to);
        self.tables.add(self.events, entry.envelope().id(), listing);
        self.events += 1;
        self.filling.push(entry);
        if self.filling.len() == batch::ENTRIES {
            while self.under_way.len() >= UNDER_WAY {
                self.finish_batch();
            }
            self.under_way.push_back(Batch::begin(std::mem::take(&mut self.filling)));
        }
    }

    fn finish_batch(&mut self) {
        if let Some(batch) = self.under_way.pop_front() {
            self.take_pages(batch.finish());
        }
    }

    fn take_pages(&mut self, done: batch::Pages) {
        for (records, before, compressed) in done.pages {
            self.marks.push((self.in_pages, self.pages.len(), before));
            self.pages.extend(compressed);
            self.in_pages += records;
        }
        self.leaves.extend(done.leaves);
    }

    /// Waits until everything that was pushed is in pages.
    fn settle(&mut self) {
        while !self.under_way.is_empty() {
            self.finish_batch();
        }
        if !self.filling.is_empty() {
            let filling = std::mem::take(&mut self.filling);
            self.take_pages(batch::pages(&filling));
        }
    }

    /// Gives up the leaves that the tree does not have yet: of each event once, in their order.
    pub(in crate::event_log::sled_log) fn take_leaves(&mut self) -> Vec<TreeHash> {
        std::mem::take(&mut self.leaves)
    }

    /// Whether it takes no more.
    pub(in crate::event_log::sled_log) fn is_full(&self) -> bool {
        self.events >= self.most || self.pages.len() >= BYTES
    }

    /// Whether nothing was pushed.
    pub(in crate::event_log::sled_log) fn is_empty(&self) -> bool {
        self.events == 0
    }

    /// The place where it begins.
    pub(in crate::event_log::sled_log) fn first(&self) -> Sequence {
        self.first
    }

    /// The place after its last event.
    pub(in crate::event_log::sled_log) fn end(&self) -> Sequence {
        self.at(self.events)
    }

    fn at(&self, place: u32) -> Sequence {
        Sequence::new(self.first.get().saturating_add(u64::from(place)))
    }

    /// The record of a place that was pushed.
    pub(in crate::event_log::sled_log) fn stored(&self, at: Sequence) -> Option<StoredRecord> {
        let place = u32::try_from(at.get().checked_sub(self.first.get())?).ok()?;
        if place < self.in_pages {
            return self.in_page(place);
        }
        let mut rest = usize::try_from(place - self.in_pages).ok()?;
        let waiting = self.under_way.iter().map(|batch| batch.entries.as_slice());
        for entries in waiting.chain([self.filling.as_slice()]) {
            match entries.get(rest) {
                Some(entry) => return Some(entry.record().clone()),
                None => rest -= entries.len(),
            }
        }
        None
    }

    fn in_page(&self, place: u32) -> Option<StoredRecord> {
        let page = self.marks.partition_point(|(first, ..)| *first <= place);
        let (first, start, before) = *self.marks.get(page.checked_sub(1)?)?;
        let end = self.marks.get(page).map_or(self.pages.len(), |(_, start, _)| *start);
        let page = Page::read(self.pages.get(start..end)?, before)?;
        page.record(usize::try_from(place - first).ok()?)?.ok()
    }

    /// Where the event of an id is that was pushed.
    pub(in crate::event_log::sled_log) fn find(&self, id: &EventId) -> Option<Sequence> {
        self.tables.find(id).map(|(place, _)| self.at(place))
    }

    /// What was pushed of an id.
    pub(in crate::event_log::sled_log) fn listed(&self, id: &EventId) -> Option<Listed> {
        let (place, dispute) = self.tables.find(id)?;
        Some(Listed { sequence: self.at(place), belongs_to: dispute.cloned() })
    }

    /// The events that belong to a dispute, or to none.
    pub(in crate::event_log::sled_log) fn list(&self, dispute: Option<&Slug>) -> Vec<Sequence> {
        self.tables.of_dispute(dispute).iter().map(|place| self.at(*place)).collect()
    }

    /// The disputes, in any order.
    pub(in crate::event_log::sled_log) fn disputes(&self) -> impl Iterator<Item = &Slug> {
        self.tables.disputes()
    }

    /// The ids, in any order.
    pub(in crate::event_log::sled_log) fn ids(&self) -> impl Iterator<Item = &EventId> {
        self.tables.ids()
    }

    /// Writes the segment as a file in a folder, durably, under the name that its mark gives. Gives
    /// the leaves that nobody has taken, too.
    pub(in crate::event_log::sled_log) fn finish(
        mut self,
        dir: &Path,
    ) -> Result<(SegmentMark, Vec<TreeHash>), LogError> {
        self.settle();
        let bytes = self.bytes(&self.tables.encode());
        let digest = Digest::of_bytes(&bytes);
        let mark = SegmentMark { first: self.first, events: self.events, digest };
        let path = dir.join(mark.file_name());
        let new = dir.join("new");
        let failed = |error| LogError::io("write", &new, error);
        fs::create_dir_all(dir).map_err(failed)?;
        let mut file = File::create(&new).map_err(failed)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&new, &path).map_err(|error| LogError::io("create", &path, error))?;
        sync(dir)?;
        Ok((mark, self.leaves))
    }

    fn bytes(&self, tables: &Encoded) -> Vec<u8> {
        let mut bytes = super::header(&self.ledger, self.first);
        bytes.extend(&self.pages);
        let mut directory = Vec::new();
        uint::put(&mut directory, u64::from(self.events));
        uint::put(&mut directory, self.marks.len() as u64);
        let ends = self.marks.iter().skip(1).map(|(_, start, _)| *start);
        for ((first, start, before), end) in self.marks.iter().zip(ends.chain([self.pages.len()])) {
            for number in [u64::from(*first), u64::from(*before), (end - start) as u64] {
                uint::put(&mut directory, number);
            }
        }
        for (part, marks) in [(&tables.ids, &tables.id_marks), (&tables.lists, &tables.list_marks)]
        {
            bytes.extend(part);
            directory.extend(marks);
        }
        bytes.extend(&tables.filter);
        uint::put(&mut directory, tables.filter.len() as u64);
        let checksum: [u8; CHECKSUM] = crc32fast::hash(&directory).to_le_bytes();
        directory.extend(checksum);
        let length = u32::try_from(directory.len()).unwrap_or(u32::MAX).to_le_bytes();
        bytes.extend(directory);
        bytes.extend(length);
        bytes.extend(TRAILER);
        bytes
    }
}
