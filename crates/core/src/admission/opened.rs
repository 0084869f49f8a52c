//! Which disputes were ever opened.

use std::collections::HashSet;
use std::hash::BuildHasher;

use crate::event_log::{LogError, ReadLog};
use crate::identifier::Slug;
use crate::seeded::Seeded;

/// After so many questions to the log it is worth while to learn all slugs.
const WORTH_LEARNING: u32 = 64;

/// The disputes of a log, as far as is needed to say quickly that a slug is none.
#[derive(Debug, Default)]
pub(super) struct Opened {
    asked: u32,
    /// The hashes of all slugs: what is not among them is none.
    hashes: Option<HashSet<u64>>,
    seed: Seeded,
}

impl Opened {
    /// Whether a slug is that of a dispute that was ever opened: its first event is its opening.
    pub(super) fn contains(&mut self, log: &dyn ReadLog, slug: &Slug) -> Result<bool, LogError> {
        Ok(self.may_contain(log, slug)? && !log.of_dispute(Some(slug))?.is_empty())
    }

    /// Whether a slug may be one. Of one that is none there are no events.
    pub(super) fn may_contain(&mut self, log: &dyn ReadLog, slug: &Slug) -> Result<bool, LogError> {
        if self.hashes.is_none() {
            self.asked += 1;
            if self.asked > WORTH_LEARNING {
                let hash = |slug: &Slug| self.seed.hash_one(slug);
                self.hashes = Some(log.disputes()?.iter().map(hash).collect());
            }
        }
        Ok(self.hashes.as_ref().is_none_or(|all| all.contains(&self.seed.hash_one(slug))))
    }

    pub(super) fn insert(&mut self, slug: &Slug) {
        let hash = self.seed.hash_one(slug);
        if let Some(all) = &mut self.hashes {
            all.insert(hash);
        }
    }
}
