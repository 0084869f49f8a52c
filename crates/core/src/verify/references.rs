//! References from one sealed run to another, held against the ids of all runs.
//!
//! Those of many events would take much memory: they are kept close together, and followed as soon
//! as they are too many, all at once, in one pass through the sorted ids of the runs before.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::sync::{Mutex, PoisonError};

use crate::event_log::{LogError, SealedIds, SealedRuns};
use crate::identifier::{EventId, first_bytes};

/// So many bytes of ids that are referred to wait at most.
const MOST_WAITING: usize = if cfg!(test) { 64 } else { 12 << 20 };

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
            // A part of a run is far shorter than that.
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
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).0
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

/// Whether each reference of a range of ids leads to a run before its own, and none of these ids is
/// in two of the first `count` runs. The runs of the references are not after these.
pub(super) fn lead_back(
    runs: &dyn SealedRuns,
    count: usize,
    outward: &[Outward],
    range: IdRange<'_>,
) -> Result<bool, LogError> {
    let mut sources: Vec<Source<'_>> = Vec::with_capacity(count + outward.len());
    for run in 0..count {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::chain::Sequence;
    use crate::event_log::{Listed, SealedRun, Unsound};

    /// Runs of which only the ids are told.
    struct Runs(Vec<BTreeSet<String>>);

    struct Ids(Vec<String>);

    impl SealedIds for Ids {
        fn next_into(&mut self, id: &mut Vec<u8>) -> Result<bool, LogError> {
            let next = self.0.pop();
            id.clear();
            id.extend(next.iter().flat_map(|it| it.bytes()));
            Ok(next.is_some())
        }
    }

    impl SealedRuns for Runs {
        fn count(&self) -> usize {
            self.0.len()
        }
        fn end(&self) -> Sequence {
            Sequence::LEDGER
        }
        fn range(&self, _run: usize) -> Option<(Sequence, Sequence)> {
            None
        }
        fn open(&self, _run: usize) -> Result<Result<Box<dyn SealedRun + '_>, Unsound>, LogError> {
            Ok(Err(Unsound::Inside))
        }
        fn listed(&self, _id: &EventId) -> Result<Option<Listed>, LogError> {
            Ok(None)
        }
        fn ids(&self, run: usize, from: &[u8]) -> Result<Box<dyn SealedIds + '_>, LogError> {
            let ids = self.0[run].iter().filter(|id| id.as_bytes() >= from);
            Ok(Box::new(Ids(ids.rev().cloned().collect())))
        }
        fn dividing_ids(&self, _parts: usize) -> Result<Vec<Vec<u8>>, LogError> {
            Ok(Vec::new())
        }
    }

    fn ids(most: usize) -> impl Strategy<Value = BTreeSet<String>> {
        proptest::collection::btree_set("[ab]{1,3}|abcdefgh[a-c]{0,2}", 0..most)
    }

    proptest! {
        #[test]
        fn references_lead_back_where_each_is_in_an_earlier_run_and_no_id_in_two(
            mut runs in proptest::collection::vec(ids(8), 1..5),
            are_apart in any::<bool>(),
            drawn in proptest::collection::vec((0..5_usize, ids(4)), 0..6),
            are_right in any::<bool>(),
            dividing in "[a-c]{0,3}",
        ) {
            if are_apart {
                for run in 1..runs.len() {
                    let before: BTreeSet<String> = runs[..run].iter().flatten().cloned().collect();
                    runs[run].retain(|id| !before.contains(id));
                }
            }
            let is_before = |run: usize, id: &String| runs.iter().take(run).any(|it| it.contains(id));
            let mut referred: Vec<(usize, BTreeSet<String>)> = drawn;
            for (run, targets) in &mut referred {
                *run %= runs.len();
                if are_right {
                    targets.retain(|id| is_before(*run, id));
                }
            }
            let all: Vec<&String> = runs.iter().flatten().collect();
            let distinct: BTreeSet<&String> = all.iter().copied().collect();
            let lead = referred.iter().all(|(run, ids)| ids.iter().all(|id| is_before(*run, id)));
            let expected = lead && distinct.len() == all.len();

            let parsed = |ids: &BTreeSet<String>| -> Vec<EventId> {
                ids.iter().map(|id| EventId::parse(id).unwrap()).collect()
            };
            let outward: Vec<Outward> =
                referred.iter().map(|(run, ids)| Outward::of(*run, parsed(ids))).collect();
            let runs = Runs(runs);
            let follow = |from: &[u8], to: Option<&[u8]>| {
                lead_back(&runs, runs.count(), &outward, IdRange { from, to }).unwrap()
            };
            let at = dividing.as_bytes();
            prop_assert_eq!(follow(b"", None), expected);
            prop_assert_eq!(follow(b"", Some(at)) && follow(at, None), expected);

            // Those of some runs are followed through the runs before the last of these.
            if let Some(last) = outward.iter().map(Outward::run).max() {
                let before: Vec<&String> = runs.0[..last].iter().flatten().collect();
                let distinct: BTreeSet<&String> = before.iter().copied().collect();
                let found = lead_back(&runs, last, &outward, IdRange::ALL).unwrap();
                prop_assert_eq!(found, lead && distinct.len() == before.len());
            }
        }
    }

    #[test]
    fn all_come_back_once_too_many_wait() {
        let waiting = Waiting::default();
        let long = |n: usize| EventId::parse(&format!("{n:060}")).unwrap();
        let part = |n: usize| Outward::of(n, (0..1_000).map(|id| long(n * 1_000 + id)).collect());
        let mut came = 0;
        for n in 0..1_000 {
            came += waiting.add(part(n)).len();
        }
        assert!(came > 0);
        assert_eq!(came + waiting.into_rest().len(), 1_000);
    }
}
