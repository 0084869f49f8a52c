//! What is looked up in a log, worked out in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::chain::Sequence;
use crate::envelope::Envelope;
use crate::event_log::{IndexSizes, Listed, LogError};
use crate::identifier::{EventId, Slug};

/// Ids and the lists of disputes, for some events of a log.
#[derive(Debug, Default)]
pub(crate) struct Index {
    ids: BTreeMap<EventId, Listed>,
    lists: BTreeMap<Option<Slug>, BTreeSet<Sequence>>,
}

impl Index {
    /// Adds an event. The first event of an id keeps it.
    pub(crate) fn add(&mut self, envelope: &Envelope, listed: Listed) {
        if listed.sequence != Sequence::LEDGER {
            self.lists.entry(listed.belongs_to.clone()).or_default().insert(listed.sequence);
        }
        self.ids.entry(envelope.id().clone()).or_insert(listed);
    }

    pub(crate) fn listed(&self, id: &EventId) -> Option<&Listed> {
        self.ids.get(id)
    }

    pub(crate) fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Vec<EventId> {
        // The alphabet of ids sorts after every shorter text, and what begins with a prefix is
        // one run that begins at the prefix itself.
        let mut ids = Vec::new();
        let from = match EventId::parse(prefix) {
            Some(first) => Bound::Included(first),
            None if prefix.is_empty() => Bound::Unbounded,
            None => return ids,
        };
        let run = self.ids.range((from, Bound::Unbounded)).map(|(id, _)| id);
        ids.extend(run.take_while(|id| id.as_str().starts_with(prefix)).take(limit).cloned());
        ids
    }

    pub(crate) fn of_dispute(&self, dispute: Option<&Slug>) -> Vec<Sequence> {
        let list = self.lists.get(&dispute.cloned());
        list.map(|list| list.iter().copied().collect()).unwrap_or_default()
    }

    pub(crate) fn has(&self, dispute: Option<&Slug>, at: Sequence) -> bool {
        self.lists.get(&dispute.cloned()).is_some_and(|list| list.contains(&at))
    }

    pub(crate) fn disputes(&self) -> Vec<Slug> {
        self.lists.keys().flatten().cloned().collect()
    }

    pub(crate) fn sizes(&self) -> IndexSizes {
        let count = |len: usize| u64::try_from(len).unwrap_or(u64::MAX);
        let listed = self.lists.values().map(|list| count(list.len())).sum();
        IndexSizes { ids: count(self.ids.len()), listed }
    }
}

/// The dispute to which an event belongs: its own, or that of the event that it corrects.
pub(crate) fn belongs_to(
    envelope: &Envelope,
    listed: impl FnOnce(&EventId) -> Result<Option<Listed>, LogError>,
) -> Result<Option<Slug>, LogError> {
    match envelope.corrects() {
        Some(corrected) => Ok(listed(corrected)?.and_then(|listed| listed.belongs_to)),
        None => Ok(envelope.dispute().cloned()),
    }
}
