//! A segment that is being written. What was pushed can be read before it is finished.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::chain::Sequence;
use crate::digest::Digest;
use crate::encoding::Commitment;
use crate::entry::{Entry, StoredRecord};
use crate::envelope::LedgerId;
use crate::event_log::sled_log::founding::sync;
use crate::event_log::sled_log::segments::page::{Page, PageWriter};
use crate::event_log::sled_log::segments::tables::{Encoded, Listing, Tables};
use crate::event_log::sled_log::segments::{CHECKSUM, SegmentMark, TRAILER, uint};
use crate::event_log::{Listed, LogError};
use crate::identifier::{EventId, Slug};

/// A segment is full with so many events as it is made for, or once its pages have this many bytes.
const BYTES: usize = 32 << 20;

/// A segment in memory: at most [`BYTES`] of compressed pages, and its tables.
pub(in crate::event_log::sled_log) struct SegmentWriter {
    ledger: LedgerId,
    first: Sequence,
    events: u32,
    most: u32,
    tables: Tables,
    pages: Vec<u8>,
    /// Of each page its first event, where it begins and how long it is before compression.
    marks: Vec<(u32, usize, u32)>,
    open: PageWriter,
}

impl SegmentWriter {
    /// An empty segment that begins at a place of the log and takes at most so many events.
    pub(in crate::event_log::sled_log) fn new(
        ledger: LedgerId,
        first: Sequence,
        most: u32,
    ) -> Self {
        let (tables, pages, marks, open) = Default::default();
        Self { ledger, first, events: 0, most, tables, pages, marks, open }
    }

    /// Adds the next event.
    pub(in crate::event_log::sled_log) fn push(
        &mut self,
        entry: &Entry,
        belongs_to: Option<&Slug>,
    ) {
        let listing = Listing::at(self.end(), belongs_to);
        self.tables.add(self.events, entry.envelope().id(), listing);
        // What would not come back as it is must be kept as it is.
        let proven = entry.is_sealed() || entry.prove().is_ok();
        let commitment = if proven { Commitment::Answers } else { Commitment::Kept };
        self.open.push(entry.record(), commitment);
        self.events += 1;
        if self.open.is_full() {
            self.close_page();
        }
    }

    fn close_page(&mut self) {
        let records = self.open.records();
        if records > 0 {
            let (compressed, before) = self.open.compressed();
            self.marks.push((self.events - records, self.pages.len(), before));
            self.pages.extend(compressed);
            self.open = PageWriter::default();
        }
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
        Sequence::new(self.first.get().saturating_add(u64::from(self.events)))
    }

    fn at(&self, place: u32) -> Sequence {
        Sequence::new(self.first.get().saturating_add(u64::from(place)))
    }

    /// The record of a place that was pushed.
    pub(in crate::event_log::sled_log) fn stored(&self, at: Sequence) -> Option<StoredRecord> {
        let place = u32::try_from(at.get().checked_sub(self.first.get())?).ok()?;
        let page = self.marks.partition_point(|(first, ..)| *first <= place);
        let in_open = self.events - self.open.records();
        let (page, first) = if place >= in_open {
            (self.open.page()?, in_open)
        } else {
            let (first, start, before) = *self.marks.get(page.checked_sub(1)?)?;
            let end = self.marks.get(page).map_or(self.pages.len(), |(_, start, _)| *start);
            (Page::read(self.pages.get(start..end)?, before)?, first)
        };
        page.record(usize::try_from(place - first).ok()?)?.ok()
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

    /// Writes the segment as a file in a folder, durably, under the name that its mark gives.
    pub(in crate::event_log::sled_log) fn finish(
        mut self,
        dir: &Path,
    ) -> Result<SegmentMark, LogError> {
        self.close_page();
        let tables = self.tables.encode();
        let bytes = self.bytes(&tables);
        let mark = SegmentMark {
            first: self.first,
            events: self.events,
            digest: Digest::of_bytes(&bytes),
        };
        let path = dir.join(mark.file_name());
        let new = dir.join("new");
        let failed = |error| LogError::io("write", &new, error);
        fs::create_dir_all(dir).map_err(failed)?;
        let mut file = File::create(&new).map_err(failed)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&new, &path).map_err(|error| LogError::io("create", &path, error))?;
        sync(dir)?;
        Ok(mark)
    }

    fn bytes(&mut self, tables: &Encoded) -> Vec<u8> {
        let mut bytes = super::header(&self.ledger, self.first);
        bytes.append(&mut self.pages);
        let mut directory = Vec::new();
        uint::put(&mut directory, u64::from(self.events));
        uint::put(&mut directory, self.marks.len() as u64);
        let ends = self.marks.iter().skip(1).map(|(_, start, _)| *start);
        let pages_end = bytes.len() - super::HEADER;
        for ((first, start, before), end) in self.marks.iter().zip(ends.chain([pages_end])) {
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
