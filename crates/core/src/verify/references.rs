//! References from one sealed run to another, held against the ids of all runs in one pass.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::chain::Sequence;
use crate::event_log::{LogError, SealedRuns};
use crate::identifier::EventId;

/// References, kept close together: ids of some bytes would else take several times that.
#[derive(Default)]
pub(super) struct References {
    ids: Vec<u8>,
    /// Where each id begins, and the event that refers to it. An id ends where the next begins.
    each: Vec<(u32, Sequence)>,
}

impl References {
    /// Adds that an event refers to an id.
    pub(super) fn add(&mut self, target: &EventId, from: Sequence) {
        self.push(target.as_str().as_bytes(), from);
    }

    fn push(&mut self, target: &[u8], from: Sequence) {
        self.each.push((u32::try_from(self.ids.len()).unwrap_or(u32::MAX), from));
        self.ids.extend(target);
    }

    fn get(&self, n: usize) -> Option<(&[u8], Sequence)> {
        let (start, from) = *self.each.get(n)?;
        let end = self.each.get(n + 1).map_or(self.ids.len(), |(next, _)| *next as usize);
        Some((self.ids.get(start as usize..end)?, from))
    }

    /// Adds others.
    pub(super) fn append(&mut self, others: &Self) {
        for n in 0..others.each.len() {
            if let Some((target, from)) = others.get(n) {
                self.push(target, from);
            }
        }
    }

    /// Whether each leads to an event of an earlier place, and no id is in two runs.
    pub(super) fn lead_back(&self, runs: &dyn SealedRuns) -> Result<bool, LogError> {
        let mut order: Vec<usize> = (0..self.each.len()).collect();
        order.sort_unstable_by_key(|n| self.get(*n));
        let mut wanted = order.iter().filter_map(|n| self.get(*n)).peekable();
        let mut ids: Vec<_> = (0..runs.count()).map(|run| runs.ids(run)).collect();
        let mut heap = BinaryHeap::new();
        for (run, ids) in ids.iter_mut().enumerate() {
            if let Some(first) = ids.next().transpose()? {
                heap.push(Reverse((first, run)));
            }
        }
        let mut last: Vec<u8> = Vec::new();
        while let Some(Reverse(((id, at), run))) = heap.pop() {
            if id == last {
                return Ok(false);
            }
            while let Some((_, from)) = wanted.next_if(|(target, _)| *target == id.as_slice()) {
                if from <= at {
                    return Ok(false);
                }
            }
            // What was wanted and has been passed is in no run.
            if wanted.peek().is_some_and(|(target, _)| *target < id.as_slice()) {
                return Ok(false);
            }
            last = id;
            if let Some(next) = ids.get_mut(run).and_then(Iterator::next).transpose()? {
                heap.push(Reverse((next, run)));
            }
        }
        Ok(wanted.next().is_none())
    }
}
