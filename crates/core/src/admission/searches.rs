//! What was probably meant by a name that is not on record, for a hint.

use std::cell::Cell;
use std::num::NonZeroU64;

use crate::envelope::LedgerId;
use crate::event::document::nearest;
use crate::event_log::ReadLog;
use crate::identifier::{EventId, Slug};

use super::dispute_state::DisputeState;

/// Looks through a log for names. That takes as long as the log is, so that only so many searches
/// are made; then, and where the log cannot be read, there is no hint.
#[derive(Debug)]
pub(super) struct Searches {
    left: Cell<usize>,
}

impl Searches {
    pub(super) fn new(most: usize) -> Self {
        Self { left: Cell::new(most) }
    }

    fn may_begin(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    pub(super) fn nearest_id(
        &self,
        log: &dyn ReadLog,
        id: &EventId,
        except: Option<&EventId>,
    ) -> Option<EventId> {
        if !self.may_begin() {
            return None;
        }
        let mut best: Option<EventId> = None;
        for entry in log.entries(crate::chain::Sequence::new(1)) {
            let Ok(entry) = entry else { return best };
            let known = entry.envelope().id();
            if Some(known) == except {
                continue;
            }
            // Of two, the better one; so the best of all is found one by one.
            let both: Vec<&str> = best.iter().chain([known]).map(EventId::as_str).collect();
            if nearest(id.as_str(), &both) == Some(known.as_str()) {
                best = Some(known.clone());
            }
        }
        best
    }

    pub(super) fn nearest_open_dispute(
        &self,
        log: &dyn ReadLog,
        ledger: &LedgerId,
        slug: &Slug,
    ) -> Option<Slug> {
        if !self.may_begin() {
            return None;
        }
        let mut known = log.disputes().ok()?;
        loop {
            let words: Vec<&str> = known.iter().map(Slug::as_str).collect();
            let near = nearest(slug.as_str(), &words).and_then(Slug::parse)?;
            let state = DisputeState::read(log, ledger, Some(&near), NonZeroU64::MIN).ok()?;
            if !state.openings.is_empty() {
                return Some(near);
            }
            known.retain(|known| *known != near);
        }
    }
}
