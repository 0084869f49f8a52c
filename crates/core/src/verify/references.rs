//! References from one sealed run to another, held against the ids of all runs.
//!
//! Those of many events would take much memory: they are kept close together, and followed as soon
//! as they are too many, all at once, in one pass through the sorted ids of the runs before.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::sync::Mutex;

use crate::event_log::{LogError, SealedIds, SealedRuns};
use crate::identifier::{EventId, first_bytes};

/// So many bytes of ids that are referred to wait at most.
const MOST_WAITING: usize = 12 << 20;

/// Ids that events of a run refer to and that are not in it: sorted, each once.
pub(super) struct Outward {
    run: usize,
    ids: Vec<u8>,
    /// Where each ends; it begins where the one before ends.
    ends: Vec<u32>,
}

impl Outward {
    pub(super) fn of(run: usize, mut targets: Vec<EventId>) -> Self {
        targets.sort_unstable_by(|one, other| {
            let first = |id: &EventId| first_bytes(id.as_str().as_bytes());
            first(one).cmp(&first(other)).then_with(|| one.cmp(other))
        });
        targets.dedup();
        let (mut ids, mut ends) = (Vec::new(), Vec::with_capacity(targets.len()));
        for target in &targets {
            ids.extend(target.as_str().as_bytes());
            ends.push(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        }
        ids.shrink_to_fit();
        Self { run, ids, ends }
    }

    fn get(&self, n: usize) -> Option<&[u8]> {
        let start = n.checked_sub(1).and_then(|before| self.ends.get(before));
        self.ids.get(start.map_or(0, |start| *start as usize)..*self.ends.get(n)? as usize)
    }

    /// How many come before some bytes.
    fn before(&self, bytes: &[u8]) -> usize {
        let (mut from, mut to) = (0, self.ends.len());
        while from < to {
            let middle = from.midpoint(to);
            match self.get(middle).is_some_and(|id| id < bytes) {
                true => from = middle + 1,
                false => to = middle,
            }
        }
        from
    }

    /// The run whose events refer to these.
    pub(super) fn run(&self) -> usize {
        self.run
    }

    fn bytes(&self) -> usize {
        self.ids.len() + self.ends.len() * size_of::<u32>()
    }
}

/// What was not followed yet.
#[derive(Default)]
pub(super) struct Waiting(Mutex<(Vec<Outward>, usize)>);

impl Waiting {
    /// Adds those of a part of a run. Gives back all, where they are too many to wait any longer.
    pub(super) fn add(&self, outward: Outward) -> Vec<Outward> {
        let Ok(mut waiting) = self.0.lock() else { return vec![outward] };
        waiting.1 += outward.bytes();
        waiting.0.push(outward);
        if waiting.1 < MOST_WAITING {
            return Vec::new();
        }
        waiting.1 = 0;
        std::mem::take(&mut waiting.0)
    }

    /// All that waits still.
    pub(super) fn into_rest(self) -> Vec<Outward> {
        self.0.into_inner().unwrap_or_default().0
    }
}

/// Ids from some bytes on, up to others that come after them.
#[derive(Clone, Copy)]
pub(super) struct IdRange<'a> {
    pub(super) from: &'a [u8],
    pub(super) to: Option<&'a [u8]>,
}

impl IdRange<'_> {
    pub(super) const ALL: Self = Self { from: b"", to: None };
}

/// Whether each reference leads to a run before its own, and no id of a range is in two of the
/// first runs.
pub(super) fn lead_back(
    runs: &dyn SealedRuns,
    first: usize,
    outward: &[Outward],
    range: IdRange<'_>,
) -> Result<bool, LogError> {
    let mut sources: Vec<Source<'_>> = Vec::with_capacity(first + outward.len());
    for run in 0..first {
        sources.push(Source::Run(run, runs.ids(run, range.from)?));
    }
    sources.extend(outward.iter().map(|it| Source::Outward(it, it.before(range.from))));
    let mut heap = BinaryHeap::with_capacity(sources.len());
    for (source, ids) in sources.iter_mut().enumerate() {
        let mut next = Next { first: 0, id: Vec::new(), source };
        if next.take(ids, range.to)? {
            heap.push(Reverse(next));
        }
    }
    // The id of a run that was met last. Of the same id those of runs are met before references.
    let mut met: Option<usize> = None;
    let mut id: Vec<u8> = Vec::new();
    while let Some(mut next) = heap.peek_mut() {
        let Reverse(Next { id: found, source, .. }) = &*next;
        let Some(ids) = sources.get_mut(*source) else { return Ok(false) };
        let is_met = *found == id && met.is_some();
        match ids {
            Source::Run(..) if is_met => return Ok(false),
            Source::Run(run, _) => {
                id.clone_from(found);
                met = Some(*run);
            }
            Source::Outward(outward, _) => {
                if !is_met || met.is_none_or(|run| run >= outward.run) {
                    return Ok(false);
                }
            }
        }
        if !next.0.take(ids, range.to)? {
            PeekMut::pop(next);
        }
    }
    Ok(true)
}

/// Where ids come from, sorted.
enum Source<'a> {
    Run(usize, Box<dyn SealedIds + 'a>),
    /// References, and which is the next of them.
    Outward(&'a Outward, usize),
}

/// The next id of a source.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Next {
    /// Its first bytes as a number: most ids differ in them.
    first: u64,
    id: Vec<u8>,
    source: usize,
}

impl Next {
    /// Takes the next from its source. `false` where there is none, or it comes too late.
    fn take(&mut self, from: &mut Source<'_>, to: Option<&[u8]>) -> Result<bool, LogError> {
        let is_one = match from {
            Source::Run(_, ids) => ids.next_into(&mut self.id)?,
            Source::Outward(outward, n) => {
                let next = outward.get(*n);
                *n += 1;
                self.id.clear();
                self.id.extend(next.unwrap_or_default());
                next.is_some()
            }
        };
        self.first = first_bytes(&self.id);
        Ok(is_one && to.is_none_or(|to| self.id.as_slice() < to))
    }
}
