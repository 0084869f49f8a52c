//! The directory at the end of a segment: where everything lies in the file. It is read whole and
//! kept as long as the segment is, so that it takes little room.

use std::fs::File;
use std::io;
use std::ops::Range;

use crate::envelope::LedgerId;
use crate::event_log::sled_log::segments::segment::read_at;
use crate::event_log::sled_log::segments::table::Blocks;
use crate::event_log::sled_log::segments::{CHECKSUM, HEADER, SegmentMark, TRAILER, header, uint};

/// So many bytes at the end of a file are read at once: most directories are shorter.
const TAIL: u64 = 32 << 10;

/// Where everything lies in a file.
#[derive(Debug)]
pub(super) struct Directory {
    pages: Vec<PageStart>,
    events: u32,
    pub(super) ids: Blocks,
    /// Where the pages end and the blocks of ids begin.
    pub(super) ids_start: u64,
    pub(super) lists: Blocks,
    pub(super) lists_start: u64,
    pub(super) filter: Range<u64>,
}

/// A page's first event, where it begins, and how long it is before compression.
#[derive(Debug)]
struct PageStart {
    first: u32,
    start: u32,
    before: u32,
}

/// Where a page lies.
pub(super) struct PageMark {
    /// The places of its events in the segment.
    pub(super) events: Range<u32>,
    /// Where it lies in the file.
    pub(super) bytes: Range<u64>,
    /// How long it is before compression.
    pub(super) before: u32,
}

impl Directory {
    /// Reads that of a file. `None` where there is none, or not that of a mark.
    pub(super) fn read(file: &File, length: u64, mark: &SegmentMark) -> io::Result<Option<Self>> {
        let tail_start = length.saturating_sub(TAIL);
        let mut tail = vec![0; usize::try_from(length - tail_start).unwrap_or_default()];
        read_at(file, &mut tail, tail_start)?;
        let Some((tail, trailer)) = tail.split_last_chunk::<8>() else { return Ok(None) };
        let Some((tail, size)) = tail.split_last_chunk::<4>() else { return Ok(None) };
        let size = u64::from(u32::from_le_bytes(*size));
        let end = length - (TRAILER.len() + 4) as u64;
        let Some(start) = end.checked_sub(size).filter(|_| trailer == TRAILER) else {
            return Ok(None);
        };
        let mut head = [0; HEADER];
        read_at(file, &mut head, 0)?;
        let at = start.checked_sub(tail_start).and_then(|at| usize::try_from(at).ok());
        Ok(match at {
            Some(at) => Self::parse(tail.get(at..).unwrap_or_default(), start, &head, mark),
            None => {
                let mut directory = vec![0; usize::try_from(size).unwrap_or_default()];
                read_at(file, &mut directory, start)?;
                Self::parse(&directory, start, &head, mark)
            }
        })
    }

    fn parse(bytes: &[u8], at: u64, head: &[u8; HEADER], mark: &SegmentMark) -> Option<Self> {
        let (mut rest, checksum) = bytes.split_last_chunk::<CHECKSUM>()?;
        if crc32fast::hash(rest) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let (_, ledger) = head.split_at_checked(HEADER - 24)?;
        let ledger = LedgerId::from_bytes(*ledger.first_chunk::<16>()?);
        let events = uint::take(&mut rest)?;
        if header(&ledger, mark.first) != head || events != u64::from(mark.events) {
            return None;
        }
        let mut pages: Vec<PageStart> = Vec::new();
        let mut next = HEADER as u64;
        let count = uint::take(&mut rest)?;
        // Each takes three bytes or more.
        pages.reserve(usize::try_from(count).ok().filter(|count| *count < rest.len())?);
        for _ in 0..count {
            let first = u32::try_from(uint::take(&mut rest)?).ok()?;
            let before = u32::try_from(uint::take(&mut rest)?).ok()?;
            pages.push(PageStart { first, start: u32::try_from(next).ok()?, before });
            next = next.checked_add(uint::take(&mut rest)?)?;
        }
        let ids = Blocks::read(&mut rest)?;
        let lists = Blocks::read(&mut rest)?;
        let lists_start = next.checked_add(u64::from(ids.bytes()))?;
        let filter_start = lists_start.checked_add(u64::from(lists.bytes()))?;
        let filter = filter_start..filter_start.checked_add(uint::take(&mut rest)?)?;
        let begins = pages.first().is_none_or(|page| page.first == 0);
        let sorted = pages.is_sorted_by(|one, other| one.first < other.first)
            && pages.last().is_none_or(|page| page.first < mark.events);
        let fits = rest.is_empty() && filter.end == at && begins && sorted;
        let events = mark.events;
        fits.then_some(Self { pages, events, ids, ids_start: next, lists, lists_start, filter })
    }

    /// How many pages there are.
    pub(super) fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Where a page lies.
    pub(super) fn page(&self, page: usize) -> Option<PageMark> {
        let PageStart { first, start, before } = *self.pages.get(page)?;
        let next = self.pages.get(page + 1);
        let events = first..next.map_or(self.events, |next| next.first);
        let bytes = u64::from(start)..next.map_or(self.ids_start, |next| u64::from(next.start));
        Some(PageMark { events, bytes, before })
    }

    /// The page in which the event of a place is.
    pub(super) fn page_of(&self, place: u64) -> Option<usize> {
        self.pages.partition_point(|page| u64::from(page.first) <= place).checked_sub(1)
    }
}
