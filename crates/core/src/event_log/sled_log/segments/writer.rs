//! A segment that is being filled. What was pushed can be read all the while.

use std::collections::VecDeque;
use std::path::Path;

use crate::chain::Sequence;
use crate::entry::{Entry, StoredRecord};
use crate::envelope::LedgerId;
use crate::event_log::LogError;
use crate::event_log::sled_log::segments::SegmentMark;
use crate::event_log::sled_log::segments::batch::{Batch, Pages, Run};
use crate::event_log::sled_log::segments::settled::Settled;
use crate::event_log::sled_log::segments::tables::{Listing, Tables};
use crate::identifier::Slug;
use crate::tree::TreeHash;

/// A segment is full with so many events as it is made for, or once its pages have this many bytes.
const BYTES: usize = 32 << 20;
/// How many batches may be under way.
const UNDER_WAY: usize = 2;

/// A segment in memory.
pub(in crate::event_log::sled_log) struct SegmentWriter {
    most: u32,
    /// How many events were pushed.
    events: u32,
    filling: Run,
    under_way: VecDeque<Batch>,
    /// An empty one with memory.
    spare: Run,
    settled: Settled,
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
        let settled = Settled {
            ledger,
            first,
            tables: Tables::for_events(most),
            in_pages: 0,
            pages: Vec::new(),
            marks: Vec::new(),
        };
        Self {
            most,
            events: 0,
            filling: Run::default(),
            under_way: VecDeque::new(),
            spare: Run::default(),
            settled,
            leaves: Vec::new(),
        }
    }

    /// Adds the next event.
    pub(in crate::event_log::sled_log) fn push(
        &mut self,
        entry: &Entry,
        belongs_to: Option<&Slug>,
    ) {
        let listing = Listing::at(self.end(), belongs_to);
        self.settled.tables.add(self.events, entry.envelope().id(), listing);
        self.events += 1;
        self.filling.push(entry);
        if self.filling.is_full() {
            while self.under_way.len() >= UNDER_WAY {
                self.finish_batch();
            }
            let spare = std::mem::take(&mut self.spare);
            let filling = std::mem::replace(&mut self.filling, spare);
            self.under_way.push_back(Batch::begin(filling));
        }
    }

    fn finish_batch(&mut self) {
        if let Some(batch) = self.under_way.pop_front() {
            let (pages, run) = batch.finish();
            self.spare = run;
            self.take_pages(pages);
        }
    }

    fn take_pages(&mut self, done: Pages) {
        let settled = &mut self.settled;
        let mut start = settled.pages.len();
        for (records, before, end) in done.marks {
            settled.marks.push((settled.in_pages, start, before));
            settled.in_pages += records;
            start = settled.pages.len() + end;
        }
        settled.pages.extend_from_slice(&done.bytes);
        self.leaves.extend(done.leaves);
    }

    /// Gives up the leaves that the tree does not have yet: of each event once, in their order.
    pub(in crate::event_log::sled_log) fn take_leaves(&mut self) -> Vec<TreeHash> {
        std::mem::take(&mut self.leaves)
    }

    /// Whether it takes no more.
    pub(in crate::event_log::sled_log) fn is_full(&self) -> bool {
        self.events >= self.most || self.settled.pages.len() >= BYTES
    }

    /// Whether nothing was pushed.
    pub(in crate::event_log::sled_log) fn is_empty(&self) -> bool {
        self.events == 0
    }

    /// The place after the last event that was pushed.
    pub(in crate::event_log::sled_log) fn end(&self) -> Sequence {
        self.settled.at(self.events)
    }

    /// What can be looked up of what was pushed, and read of what is in pages.
    pub(in crate::event_log::sled_log) fn settled(&self) -> &Settled {
        &self.settled
    }

    /// The record of a place that was pushed and is in no page yet.
    pub(in crate::event_log::sled_log) fn waiting(&self, at: Sequence) -> Option<StoredRecord> {
        let mut rest = usize::try_from(at.get().checked_sub(self.settled.end().get())?).ok()?;
        let under_way = self.under_way.iter().map(|batch| &*batch.run);
        for run in under_way.chain([&self.filling]) {
            match run.record(rest) {
                Some(record) => return Some(record),
                None => rest -= run.len(),
            }
        }
        None
    }

    /// Waits until everything that was pushed is in pages. Gives the segment, and the leaves that
    /// nobody has taken.
    pub(in crate::event_log::sled_log) fn settle(mut self) -> (Settled, Vec<TreeHash>) {
        while !self.under_way.is_empty() {
            self.finish_batch();
        }
        if !self.filling.is_empty() {
            self.take_pages(self.filling.pages());
        }
        (self.settled, self.leaves)
    }

    /// Settles it and writes it into a folder.
    pub(in crate::event_log::sled_log) fn finish(
        self,
        dir: &Path,
    ) -> Result<SegmentMark, LogError> {
        self.settle().0.write(dir)
    }
}
