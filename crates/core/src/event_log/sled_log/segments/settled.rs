//! A segment whose events are all in pages: all that is left is to write it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::chain::Sequence;
use crate::digest::{Digest, RunningDigest};
use crate::envelope::LedgerId;
use crate::event_log::sled_log::founding::sync;
use crate::event_log::sled_log::segments::page::Page;
use crate::event_log::sled_log::segments::tables::{Encoded, Tables};
use crate::event_log::sled_log::segments::{CHECKSUM, SegmentMark, TRAILER, header, uint};
use crate::event_log::{Listed, LogError};
use crate::identifier::{EventId, Slug};

/// The events of a segment in memory: compressed pages, and tables.
pub(in crate::event_log::sled_log) struct Settled {
    pub(super) ledger: LedgerId,
    pub(super) first: Sequence,
    /// Of all that were pushed, also of those that are not in pages yet.
    pub(super) tables: Tables,
    /// How many events lie in pages.
    pub(super) in_pages: u32,
    pub(super) pages: Vec<u8>,
    /// Of each page its first event, where it begins and how long it was.
    pub(super) marks: Vec<(u32, usize, u32)>,
}

impl Settled {
    pub(super) fn at(&self, place: u32) -> Sequence {
        Sequence::new(self.first.get().saturating_add(u64::from(place)))
    }

    /// The place where it begins.
    pub(in crate::event_log::sled_log) fn first(&self) -> Sequence {
        self.first
    }

    /// The place after the last event in a page.
    pub(in crate::event_log::sled_log) fn end(&self) -> Sequence {
        self.at(self.in_pages)
    }

    /// The page in which an event is, with the place of the page's first event in the log.
    pub(super) fn page_of(&self, at: Sequence) -> Option<(Sequence, usize)> {
        let place = u32::try_from(at.get().checked_sub(self.first.get())?).ok()?;
        let after = self.marks.partition_point(|(first, ..)| *first <= place);
        let page = after.checked_sub(1).filter(|_| place < self.in_pages)?;
        let (first, ..) = self.marks.get(page)?;
        Some((self.at(*first), page))
    }

    /// A page.
    pub(super) fn page(&self, page: usize) -> Option<Page> {
        let (_, start, before) = *self.marks.get(page)?;
        let end = self.marks.get(page + 1).map_or(self.pages.len(), |(_, start, _)| *start);
        Page::read(self.pages.get(start..end)?, before)
    }

    /// Where the event of an id is.
    pub(in crate::event_log::sled_log) fn find(&self, id: &EventId) -> Option<Sequence> {
        self.tables.find(id).map(|(place, _)| self.at(place))
    }

    /// What is to be looked up of an id.
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
    pub(in crate::event_log::sled_log) fn write(
        &self,
        dir: &Path,
    ) -> Result<SegmentMark, LogError> {
        self.write_with(dir, &self.tables.encode())
    }

    /// The same with these tables.
    pub(super) fn write_with(&self, dir: &Path, tables: &Encoded) -> Result<SegmentMark, LogError> {
        let new = dir.join(format!("{:012}.new", self.first.get()));
        let failed = |error| LogError::io("write", &new, error);
        if !dir.is_dir() {
            fs::create_dir_all(dir).map_err(failed)?;
            dir.parent().map_or(Ok(()), sync)?;
        }
        let digest = self.write_to(File::create(&new).map_err(failed)?, tables).map_err(failed)?;
        let mark = SegmentMark { first: self.first, events: self.in_pages, digest };
        let path = dir.join(mark.file_name());
        fs::rename(&new, &path).map_err(|error| LogError::io("create", &path, error))?;
        sync(dir)?;
        Ok(mark)
    }

    fn write_to(&self, file: File, tables: &Encoded) -> io::Result<Digest> {
        let directory = self.directory(tables);
        let header = header(&self.ledger, self.first);
        let (mut out, mut digest) = (BufWriter::new(file), RunningDigest::new());
        let parts = [&header, &self.pages, &tables.ids, &tables.lists, &tables.filter, &directory];
        for part in parts {
            out.write_all(part)?;
            digest.update(part);
        }
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(digest.finish())
    }

    /// Where everything lies, with what stands at the very end of the file.
    fn directory(&self, tables: &Encoded) -> Vec<u8> {
        let mut directory = Vec::new();
        uint::put(&mut directory, u64::from(self.in_pages));
        uint::put(&mut directory, self.marks.len() as u64);
        let ends = self.marks.iter().skip(1).map(|(_, start, _)| *start);
        for ((first, start, before), end) in self.marks.iter().zip(ends.chain([self.pages.len()])) {
            for number in [u64::from(*first), u64::from(*before), (end - start) as u64] {
                uint::put(&mut directory, number);
            }
        }
        directory.extend(&tables.id_marks);
        directory.extend(&tables.list_marks);
        uint::put(&mut directory, tables.filter.len() as u64);
        let checksum: [u8; CHECKSUM] = crc32fast::hash(&directory).to_le_bytes();
        directory.extend(checksum);
        let length = u32::try_from(directory.len()).unwrap_or(u32::MAX).to_le_bytes();
        directory.extend(length);
        directory.extend(TRAILER);
        directory
    }
}
