//! Segments: files that each hold a run of the log, written once and never changed. The store keeps
//! the newest events; once there are many, they move into a segment, so that opening the store
//! costs the same however long the log is.
//!
//! ```text
//! header │ page │ page │ … │ blocks of ids │ blocks of lists │ filter │ directory │ trailer
//! ```
//!
//! A page holds up to 48 records, compressed. The directory says where everything lies. The store
//! names every segment by the digest of its bytes: what no store names is no part of the log.

mod batch;
mod directory;
mod filter;
mod page;
mod sealed_run;
mod segment;
mod settled;
mod table;
mod tables;
mod uint;
mod writer;

use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use crate::chain::Sequence;
use crate::digest::Digest;
use crate::encoding::Undecodable;
use crate::entry::StoredRecord;
use crate::envelope::LedgerId;
use crate::event_log::sled_log::segments::filter::Sought;
use crate::event_log::sled_log::segments::page::Page;
use crate::event_log::{
    Damage, IndexSizes, Listed, LogError, Part, SealedIds, SealedRun, SealedRuns, Unsound,
};
use crate::identifier::{EventId, Slug};

pub(super) use filter::Growing;
pub(super) use segment::Segment;
pub(super) use settled::Settled;
pub(super) use writer::SegmentWriter;

/// What a segment begins with. Another layout gets another number.
const MAGIC: &[u8; 18] = b"dispute segment 1\n";
const HEADER: usize = MAGIC.len() + 16 + 8;
/// What it ends with, behind the length of its directory in four bytes.
const TRAILER: &[u8; 8] = b"segment\n";
const CHECKSUM: usize = 4;

/// What the store says of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentMark {
    /// Where it begins.
    pub(crate) first: Sequence,
    /// How many events it holds.
    pub(crate) events: u32,
    /// The digest of its bytes.
    pub(crate) digest: Digest,
}

impl SegmentMark {
    /// The place after its last event.
    pub(super) fn end(&self) -> Sequence {
        Sequence::new(self.first.get().saturating_add(u64::from(self.events)))
    }

    /// What its file is called: two of the same place are told apart by their digests.
    pub(super) fn file_name(&self) -> String {
        let digest = self.digest.to_string();
        format!("{:012}-{}", self.first.get(), digest.get(..16).unwrap_or_default())
    }
}

fn header(ledger: &LedgerId, first: Sequence) -> Vec<u8> {
    [MAGIC, ledger.as_bytes().as_slice(), &first.get().to_be_bytes()].concat()
}

/// How many pages are kept after they were read: the events of a dispute lie apart.
const PAGES_KEPT: usize = 64;

/// The pages read last, by the place of their first event, the latest at the end.
#[derive(Default)]
pub(super) struct KeptPages(RefCell<VecDeque<(Sequence, Rc<Page>)>>);

impl KeptPages {
    /// A page that is kept, or what `read` gives, which is kept from then on.
    fn page(
        &self,
        first: Sequence,
        read: impl FnOnce() -> Result<Page, LogError>,
    ) -> Result<Rc<Page>, LogError> {
        let mut kept = self.0.borrow_mut();
        if let Some((_, page)) = kept.iter().rev().find(|(at, _)| *at == first) {
            return Ok(Rc::clone(page));
        }
        let page = Rc::new(read()?);
        if kept.len() == PAGES_KEPT {
            kept.pop_front();
        }
        kept.push_back((first, Rc::clone(&page)));
        Ok(page)
    }

    /// The record of a place that lies in memory.
    pub(super) fn stored(
        &self,
        settled: &Settled,
        at: Sequence,
    ) -> Result<Option<StoredRecord>, LogError> {
        let Some((first, page)) = settled.page_of(at) else { return Ok(None) };
        let malformed = || LogError::damaged(Part::Record, at, Undecodable::Malformed.into());
        let page = self.page(first, || settled.page(page).ok_or_else(malformed))?;
        record_of(&page, at, first)
    }
}

/// Segments that follow one another, as the beginning of a log.
#[derive(Default)]
pub(super) struct Segments {
    list: Vec<Segment>,
    kept: KeptPages,
}

impl Segments {
    pub(super) fn new(list: Vec<Segment>) -> Self {
        Self { list, kept: KeptPages::default() }
    }

    pub(super) fn list(&self) -> &Vec<Segment> {
        &self.list
    }

    pub(super) fn push(&mut self, segment: Segment) {
        self.list.push(segment);
    }

    /// The place after the last event of the last one.
    pub(super) fn end(&self) -> Option<Sequence> {
        self.list.last().map(|segment| segment.mark().end())
    }

    /// The segment in which an event is.
    pub(super) fn of(&self, at: Sequence) -> Option<&Segment> {
        let after = self.list.partition_point(|segment| segment.mark().first <= at);
        let segment = self.list.get(after.checked_sub(1)?)?;
        (at < segment.mark().end()).then_some(segment)
    }

    /// The stored record of a place; `None` where no segment has it.
    pub(super) fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        let Some(segment) = self.of(at) else { return Ok(None) };
        let (page, first) = segment.page_of(at)?;
        let page = self.kept.page(first, || segment.page(page))?;
        record_of(&page, at, first)
    }

    /// All stored records from a place on, in order. Of a page or a segment that cannot be read
    /// there is one error, in the place of its first record.
    pub(super) fn from(&self, from: Sequence) -> RecordsOf<'_> {
        let after = self.list.partition_point(|segment| segment.mark().end() <= from);
        let rest = self.list.get(after..).unwrap_or_default();
        RecordsOf { rest, open: None, next: from, page: None }
    }

    /// What the tables of ids say of an id: of the first segment that has it.
    pub(super) fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        SealedRuns::listed(&self.list, id)
    }

    /// Where the event of an id is.
    pub(super) fn find(&self, id: &EventId) -> Result<Option<Sequence>, LogError> {
        let id = Sought::new(id);
        for segment in &self.list {
            if let Some(at) = segment.find(id)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// The ids that begin with a text, at most `limit` of each segment.
    pub(super) fn ids_with_prefix(
        &self,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<EventId>, LogError> {
        let mut ids = Vec::new();
        for segment in &self.list {
            ids.extend(segment.ids_with_prefix(prefix, limit)?);
        }
        Ok(ids)
    }

    /// The events that the lists of a dispute, or of none, name.
    pub(super) fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        let mut events = Vec::new();
        for segment in &self.list {
            events.extend(segment.list(dispute)?);
        }
        Ok(events)
    }

    /// The events after a place that the lists of no dispute name, from the first such segment on.
    pub(super) fn of_none_after(&self, after: Sequence) -> Result<Vec<Sequence>, LogError> {
        let mut events = Vec::new();
        for segment in self.list.iter().filter(|segment| segment.mark().end() > after) {
            events.extend(segment.list(None)?);
        }
        Ok(events)
    }

    /// All disputes that have a list.
    pub(super) fn disputes(&self) -> Result<BTreeSet<Slug>, LogError> {
        let mut disputes = BTreeSet::new();
        for segment in &self.list {
            disputes.extend(segment.lists()?.into_iter().filter_map(|(slug, _)| slug));
        }
        Ok(disputes)
    }

    /// How many entries the tables have of the segments that end after a place, of those that can
    /// be read.
    pub(super) fn sizes(&self, from: Sequence) -> Result<IndexSizes, LogError> {
        let mut sizes = IndexSizes { ids: 0, listed: 0 };
        for segment in self.list.iter().filter(|segment| segment.mark().end() > from) {
            match segment.sizes() {
                Ok(of_segment) => {
                    sizes.ids += of_segment.ids;
                    sizes.listed += of_segment.listed;
                }
                Err(LogError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(sizes)
    }
}

impl SealedRuns for Vec<Segment> {
    fn count(&self) -> usize {
        self.len()
    }

    fn end(&self) -> Sequence {
        self.last().map_or(Sequence::LEDGER, |segment| segment.mark().end())
    }

    fn range(&self, run: usize) -> Option<(Sequence, Sequence)> {
        self.get(run).map(|segment| (segment.mark().first, segment.mark().end()))
    }

    fn open(&self, run: usize) -> Result<Result<Box<dyn SealedRun + '_>, Unsound>, LogError> {
        let Some(segment) = self.get(run) else { return Ok(Err(Unsound::Inside)) };
        Ok(segment.open_whole()?.map(|opened| Box::new(opened) as Box<dyn SealedRun>))
    }

    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        let (id, mut damaged) = (Sought::new(id), None);
        for segment in self {
            match segment.listed(id) {
                Ok(Some(listed)) => return Ok(Some(listed)),
                Ok(None) => {}
                Err(error @ LogError::Damaged { .. }) => damaged = damaged.or(Some(error)),
                Err(error) => return Err(error),
            }
        }
        damaged.map_or(Ok(None), Err)
    }

    fn ids(&self, run: usize, from: &[u8]) -> Result<Box<dyn SealedIds + '_>, LogError> {
        let missing = || LogError::damaged(Part::Segment, self.end(), Damage::Missing);
        Ok(Box::new(self.get(run).ok_or_else(missing)?.ids(from)?))
    }

    fn dividing_ids(&self, parts: usize) -> Result<Vec<Vec<u8>>, LogError> {
        // About as many lie between any of these and the next.
        let mut firsts: Vec<&[u8]> = Vec::new();
        for segment in self {
            let ids = &segment.directory()?.ids;
            firsts.extend((0..ids.len()).filter_map(|block| ids.first_of(block)));
        }
        firsts.sort_unstable();
        let dividing = (1..parts).filter_map(|part| firsts.get(firsts.len() * part / parts));
        let mut dividing: Vec<Vec<u8>> = dividing.map(|id| id.to_vec()).collect();
        dividing.dedup();
        Ok(dividing)
    }
}

/// The records of segments in order.
pub(super) struct RecordsOf<'a> {
    rest: &'a [Segment],
    /// The first of the rest, opened for this alone: who reads all of a log need not keep all of its
    /// segments open.
    open: Option<Segment>,
    next: Sequence,
    /// The page in which the next record is, with the place of its first.
    page: Option<(Page, Sequence)>,
}

impl RecordsOf<'_> {
    /// The next record, or where to go on after what cannot be read.
    fn read(&mut self, segment: &Segment) -> Result<StoredRecord, (LogError, Sequence)> {
        let at = self.next;
        let end = segment.mark().end();
        if let Some((page, first)) = &self.page
            && let Some(record) = record_of(page, at, *first).transpose()
        {
            return record.map_err(|error| (error, at.next()));
        }
        let (page, first) = segment.page_of(at).map_err(|error| (error, end))?;
        let after = segment.first_of(page + 1).unwrap_or(end);
        let page = segment.page(page).map_err(|error| (error, after))?;
        let record = record_of(&page, at, first).transpose();
        self.page = Some((page, first));
        let missing = || Err(LogError::damaged(Part::Record, at, Damage::Missing));
        record.unwrap_or_else(missing).map_err(|error| (error, at.next()))
    }
}

impl Iterator for RecordsOf<'_> {
    type Item = (Sequence, Result<StoredRecord, LogError>);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.rest.first()?;
        let segment = self.open.take().unwrap_or_else(|| first.opened_anew());
        let at = self.next.max(segment.mark().first);
        self.next = at;
        let (record, next) = match self.read(&segment) {
            Ok(record) => (Ok(record), at.next()),
            Err((error, next)) => (Err(error), next),
        };
        self.next = next;
        if next < segment.mark().end() {
            self.open = Some(segment);
        } else {
            self.rest = self.rest.get(1..).unwrap_or_default();
            self.page = None;
        }
        Some((at, record))
    }
}

/// The record of a place in a page that begins at another; `None` where it lies outside.
fn record_of(page: &Page, at: Sequence, first: Sequence) -> Result<Option<StoredRecord>, LogError> {
    let Some(place) = at.get().checked_sub(first.get()) else { return Ok(None) };
    let Some(record) = usize::try_from(place).ok().and_then(|place| page.record(place)) else {
        return Ok(None);
    };
    record.map(Some).map_err(|why| LogError::damaged(Part::Record, at, why.into()))
}
