//! A segment that is being verified: its file read whole, and its tables laid out so that its pages
//! can be checked side by side against them.

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::hash::BuildHasher;
use std::ops::Range;

use crate::chain::Sequence;
use crate::encoding::Commitment;
use crate::entry::StoredRecord;
use crate::event_log::sled_log::segments::directory::Directory;
use crate::event_log::sled_log::segments::page::Page;
use crate::event_log::sled_log::segments::segment::{Segment, slug_of};
use crate::event_log::sled_log::segments::table::{Blocks, Reader, entries};
use crate::event_log::sled_log::segments::tables::{Encoded, encode, read_id};
use crate::event_log::sled_log::segments::uint;
use crate::event_log::{Listed, LogError, SealedRecord, SealedRun, SeenEvent, Unsound};
use crate::identifier::{EventId, Slug};
use crate::seeded::Seeded;

/// No segment that was sealed has a longer file: it is checked in memory.
const LONGEST: u64 = 256 << 20;
/// How many pages are checked at a time.
const PAGES: usize = if cfg!(test) { 1 } else { 256 };
/// Of an id: how much it shares, its length, the length of its value, its place and its list.
const LEAST_ROW: usize = 5;

thread_local! {
    // A thread verifies many files, one after the other: memory that is new each time would tell.
    static WHOLE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A segment whose file is what the store names.
pub(super) struct OpenedSegment<'a> {
    segment: &'a Segment,
    directory: &'a Directory,
    bytes: Vec<u8>,
    tables: Tables,
}

/// The tables of a segment, laid out for looking up what they say of each place in turn.
#[derive(Default)]
struct Tables {
    /// All ids one after the other, sorted, and the place of each.
    ids: Vec<u8>,
    sorted: Vec<u32>,
    /// What they say of each place.
    places: Vec<Row>,
    by_id: ById,
    /// The disputes that have a list, or none, sorted.
    disputes: Vec<Option<Slug>>,
    /// The places of all lists one after the other, and where each ends.
    listed: Vec<u32>,
    ends: Vec<usize>,
}

/// What the table of ids says of a place.
#[derive(Clone, Copy, Default)]
struct Row {
    /// Where its id begins, and how long it is; no id is empty.
    start: u32,
    length: u32,
    /// The number of its dispute's list from 1, 0 for none.
    list: u32,
}

/// Finds the places of ids: a table of hashes without the ids, which lie elsewhere.
#[derive(Default)]
struct ById {
    seeded: Seeded,
    /// Half of a hash, and the number of a place from 1, 0 where there is none. Their count is a
    /// power of two.
    slots: Vec<(u32, u32)>,
}

impl Segment {
    /// Reads the whole file.
    ///
    /// # Errors
    /// As for [`SealedRuns`](crate::event_log::SealedRuns).
    pub(super) fn open_whole(&self) -> Result<Result<OpenedSegment<'_>, Unsound>, LogError> {
        if self.size() > LONGEST {
            return Ok(Err(Unsound::Altered));
        }
        // One of no events would hide those of another from whoever looks for their segment.
        if self.mark().events == 0 {
            return Ok(Err(Unsound::Inside));
        }
        let mut bytes = WHOLE.take();
        if self.read_whole(&mut bytes)? != self.mark().digest {
            return Ok(Err(Unsound::Altered));
        }
        let directory = self.directory()?;
        let tables = Tables::read(&bytes, directory, self.mark().events);
        let begins = self.mark().first == Sequence::LEDGER;
        let tables = tables.filter(|it| it.list_all(begins) && it.are_those_of(&bytes, directory));
        let opened = tables.map(|tables| OpenedSegment { segment: self, directory, bytes, tables });
        Ok(opened.ok_or(Unsound::Inside))
    }
}

impl Drop for OpenedSegment<'_> {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        // A thread that ends has no use for it.
        let _ = WHOLE.try_with(|whole| whole.set(bytes));
    }
}

impl SealedRun for OpenedSegment<'_> {
    fn parts(&self) -> usize {
        self.directory.pages().div_ceil(PAGES)
    }

    fn find(&self, id: &EventId) -> Option<Sequence> {
        let place = self.tables.place_of(id.as_str().as_bytes())?;
        Some(self.segment.at(u64::from(place)))
    }

    fn listed(&self, id: &EventId) -> Option<Listed> {
        let place = self.tables.place_of(id.as_str().as_bytes())?;
        let belongs_to = self.tables.dispute_of(self.tables.row(place)?).cloned();
        Some(Listed { sequence: self.segment.at(u64::from(place)), belongs_to })
    }

    fn check(
        &self,
        part: usize,
        see: &mut dyn FnMut(SealedRecord<'_>) -> Option<SeenEvent>,
    ) -> bool {
        self.check_pages(part, see).is_some()
    }
}

impl OpenedSegment<'_> {
    fn check_pages(
        &self,
        part: usize,
        see: &mut dyn FnMut(SealedRecord<'_>) -> Option<SeenEvent>,
    ) -> Option<()> {
        let mut record = StoredRecord::empty();
        for page in part * PAGES..self.directory.pages().min((part + 1) * PAGES) {
            let mark = self.directory.page(page)?;
            let page = Page::read(slice(&self.bytes, &mark.bytes)?, mark.before)?;
            if page.len() != mark.events.len() {
                return None;
            }
            for (n, place) in mark.events.enumerate() {
                let is_worked_out = page.record_into(n, &mut record)?.ok()? == Commitment::Answers;
                let at = self.segment.at(u64::from(place));
                let seen = see(SealedRecord { at, record: &record, is_worked_out })?;
                if !self.tables.say(at, place, &seen) {
                    return None;
                }
            }
        }
        Some(())
    }
}

impl Tables {
    /// Reads tables in which every place of the segment has one id. `None` where these are none.
    fn read(file: &[u8], directory: &Directory, events: u32) -> Option<Self> {
        let mut tables = Self::default();
        let events = usize::try_from(events).ok()?;
        let of_ids = slice(file, &(directory.ids_start..directory.lists_start))?;
        // Whatever the store says, no id takes fewer bytes than this.
        if events > of_ids.len() / LEAST_ROW {
            return None;
        }
        tables.places.resize(events, Row::default());
        each_row(of_ids, &directory.ids, &mut |id, value| tables.add_id(id, value))?;
        let of_lists = slice(file, &(directory.lists_start..directory.filter.start))?;
        each_row(of_lists, &directory.lists, &mut |dispute, value| {
            tables.add_list(slug_of(dispute)?, value)
        })?;
        if tables.sorted.len() != events {
            return None;
        }
        tables.by_id = ById::of(&tables);
        Some(tables)
    }

    /// Every id comes after the one before, and has a place of its own.
    fn add_id(&mut self, id: &[u8], value: &[u8]) -> Option<()> {
        let (place, list) = read_id(value)?;
        let is_sorted = self.sorted.last().is_none_or(|last| self.id(*last) < Some(id));
        let row = self.places.get_mut(usize::try_from(place).ok()?)?;
        if !is_sorted || row.length != 0 {
            return None;
        }
        let start = u32::try_from(self.ids.len()).ok()?;
        *row = Row { start, length: u32::try_from(id.len()).ok()?, list };
        self.ids.extend(id);
        self.sorted.push(u32::try_from(place).ok()?);
        Some(())
    }

    /// Every dispute comes after the one before and has events, and the ids of their places name its
    /// list.
    fn add_list(&mut self, dispute: Option<Slug>, mut places: &[u8]) -> Option<()> {
        let is_sorted = self.disputes.last().is_none_or(|last| *last < dispute);
        let next = u32::try_from(self.disputes.len()).ok()?.checked_add(1)?;
        let number = if dispute.is_none() { 0 } else { next };
        if !is_sorted || places.is_empty() {
            return None;
        }
        let mut last: Option<u64> = None;
        while !places.is_empty() {
            let distance = uint::take(&mut places)?;
            let place = last.unwrap_or_default().checked_add(distance)?;
            let row = self.places.get(usize::try_from(place).ok()?)?;
            if last >= Some(place) || row.list != number {
                return None;
            }
            last = Some(place);
            self.listed.push(u32::try_from(place).ok()?);
        }
        self.disputes.push(dispute);
        self.ends.push(self.listed.len());
        Some(())
    }

    fn row(&self, place: u32) -> Option<&Row> {
        self.places.get(place as usize)
    }

    fn id(&self, place: u32) -> Option<&[u8]> {
        let Row { start, length, .. } = self.row(place)?;
        self.ids.get(*start as usize..)?.get(..*length as usize)
    }

    fn place_of(&self, id: &[u8]) -> Option<u32> {
        self.by_id.find(id, &|place| self.id(place) == Some(id))
    }

    /// The dispute whose list a row names.
    fn dispute_of(&self, row: &Row) -> Option<&Slug> {
        let list = row.list.checked_sub(1)?;
        self.disputes.get(list as usize)?.as_ref()
    }

    /// Whether every place is in a list, but for the ledger's own, which is the first. No place is in
    /// two, since its row names one.
    fn list_all(&self, begins: bool) -> bool {
        let lists_first = self.disputes.first() == Some(&None) && self.listed.first() == Some(&0);
        let names_one = self.row(0).is_some_and(|row| row.list != 0);
        self.listed.len() + usize::from(begins) == self.places.len()
            && !(begins && (lists_first || names_one))
    }

    /// Whether they are written as these are.
    fn are_those_of(&self, file: &[u8], directory: &Directory) -> bool {
        let ids = self.sorted.iter().map(|place| {
            let list = self.row(*place).map_or(0, |row| row.list);
            (self.id(*place).unwrap_or_default(), *place, list)
        });
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = starts.zip(&self.ends).map(|(start, end)| start..*end);
        let lists = self.disputes.iter().zip(ranges).map(|(dispute, range)| {
            let places = self.listed.get(range).unwrap_or_default();
            (dispute.as_ref().map_or("", Slug::as_str).as_bytes(), places)
        });
        let Encoded { ids, id_marks, lists, list_marks, filter } = encode(ids, lists);
        let part = |range| slice(file, &range);
        let marks = |marks: &[u8]| Blocks::read(&mut &*marks);
        part(directory.ids_start..directory.lists_start) == Some(ids.as_slice())
            && part(directory.lists_start..directory.filter.start) == Some(lists.as_slice())
            && part(directory.filter.clone()) == Some(filter.as_slice())
            && marks(&id_marks).as_ref() == Some(&directory.ids)
            && marks(&list_marks).as_ref() == Some(&directory.lists)
    }

    /// Whether they say of the event of a place what its record does.
    fn say(&self, at: Sequence, place: u32, seen: &SeenEvent) -> bool {
        let expected = seen.belongs_to.as_ref().filter(|_| at != Sequence::LEDGER);
        self.id(place) == Some(seen.id.as_str().as_bytes())
            && self.row(place).is_some_and(|row| self.dispute_of(row) == expected)
    }
}

fn slice<'a>(bytes: &'a [u8], range: &Range<u64>) -> Option<&'a [u8]> {
    let (start, end) = (usize::try_from(range.start).ok()?, usize::try_from(range.end).ok()?);
    bytes.get(start..end)
}

/// Takes a key with its value; `None` where it has enough.
type SeeRow<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> Option<()>;

/// Shows the rows of a table's blocks. `None` where they are none or `see` has enough.
fn each_row(table: &[u8], blocks: &Blocks, see: SeeRow<'_>) -> Option<()> {
    for block in 0..blocks.len() {
        let range = blocks.range(block)?;
        let entries = entries(table.get(range.start as usize..range.end as usize)?)?;
        let mut reader = Reader::default();
        while !reader.is_at_end(entries) {
            let value = reader.next(entries)?;
            see(reader.key(), value)?;
        }
    }
    Some(())
}

impl ById {
    /// Half of the slots stay free.
    fn of(tables: &Tables) -> Self {
        let mut by_id = Self::default();
        by_id.slots.resize((tables.sorted.len() * 2).next_power_of_two(), (0, 0));
        for place in &tables.sorted {
            let (half, mut at) = by_id.hash(tables.id(*place).unwrap_or_default());
            while by_id.slots.get(at).is_some_and(|(_, taken)| *taken != 0) {
                at = by_id.after(at);
            }
            if let Some(slot) = by_id.slots.get_mut(at) {
                *slot = (half, place.saturating_add(1));
            }
        }
        by_id
    }

    /// Half of a hash, and the slot to which the other half leads.
    fn hash(&self, id: &[u8]) -> (u32, usize) {
        let hash = self.seeded.hash_one(id);
        let half = u32::try_from(hash >> 32).unwrap_or_default();
        let other = usize::try_from(hash & u64::from(u32::MAX)).unwrap_or_default();
        (half, other & self.slots.len().saturating_sub(1))
    }

    fn after(&self, slot: usize) -> usize {
        (slot + 1) & self.slots.len().saturating_sub(1)
    }

    fn find(&self, id: &[u8], is_it: &dyn Fn(u32) -> bool) -> Option<u32> {
        let (wanted, mut at) = self.hash(id);
        loop {
            let (half, taken) = self.slots.get(at)?;
            let place = taken.checked_sub(1)?;
            if *half == wanted && is_it(place) {
                return Some(place);
            }
            at = self.after(at);
        }
    }
}
