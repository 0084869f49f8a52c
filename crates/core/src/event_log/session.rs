//! An append in progress: the log as stored, with what was pushed so far on top.

use std::collections::BTreeSet;

use crate::chain::{Head, Sequence, follows};
use crate::entry::{Entry, StoredRecord};
use crate::envelope::{Envelope, LedgerId};
use crate::event_log::index::belongs_to;
use crate::event_log::{Append, Listed, LogError, LookedUp, ReadLog, StoredRecords};
use crate::identifier::{EventId, Slug};
use crate::names::Names;

/// The log under an append. It shows what was pushed, from then on until [`forget`](Self::forget).
pub(super) trait Base: ReadLog {
    /// Takes an entry that follows the one before it. Memory stays bounded.
    fn push(&mut self, entry: Entry, listed: Listed) -> Result<(), LogError>;

    /// Writes what was pushed, erases what is to be erased, and moves the head: durably, and as
    /// one step as others see it.
    fn finish(&mut self, erased: &BTreeSet<Sequence>, tip: &Head) -> Result<(), LogError>;

    /// Drops what was pushed and not finished.
    fn forget(&mut self);
}

/// An append to any log.
pub(super) struct Session<'a, B: Base> {
    base: &'a mut B,
    ledger: LedgerId,
    tip: Head,
    erased: BTreeSet<Sequence>,
}

impl<'a, B: Base> Session<'a, B> {
    /// Begins where the base ends.
    pub(super) fn begin(base: &'a mut B, expected: &Head) -> Result<Self, LogError> {
        let found = base.head()?;
        if found != *expected {
            return Err(LogError::HeadMoved { expected: *expected, found });
        }
        let ledger = base.ledger()?.id;
        Ok(Self { base, ledger, tip: found, erased: BTreeSet::new() })
    }

    fn admit(&self, entry: &Entry, looked_up: Option<&LookedUp>) -> Result<Listed, LogError> {
        let envelope = entry.envelope();
        let looked_up = looked_up.filter(|looked_up| looked_up.is_about(envelope));
        follows(&self.ledger, &self.tip, envelope)?;
        if !entry.is_sealed() {
            entry.prove()?;
        }
        let is_free = looked_up.is_some_and(|looked_up| looked_up.is_free);
        if !is_free && let Some(sequence) = self.find(envelope.id())? {
            return Err(LogError::IdTaken { id: envelope.id().clone(), sequence });
        }
        for refers_to in envelope.refers_to() {
            let is_found = looked_up.is_some_and(|it| it.found.contains(refers_to));
            if !is_found && self.find(refers_to)?.is_none() {
                let (id, refers_to) = (envelope.id().clone(), refers_to.clone());
                return Err(LogError::RefersToNothing { id, refers_to });
            }
        }
        let belongs_to = belongs_to(envelope, |id| self.listed(id))?;
        Ok(Listed { sequence: envelope.sequence(), belongs_to })
    }

    fn take(&mut self, entry: Entry, looked_up: Option<&LookedUp>) -> Result<(), LogError> {
        let listed = self.admit(&entry, looked_up)?;
        let erased = self.erased_by(entry.envelope())?;
        self.erased.extend(erased);
        self.tip = entry.head();
        self.base.push(entry, listed)
    }

    /// The event that a redaction names, and the amendments of that event.
    fn erased_by(&self, redaction: &Envelope) -> Result<Vec<Sequence>, LogError> {
        let Some(target) = redaction.redacts() else { return Ok(Vec::new()) };
        let Some(listed) = self.listed(target)? else { return Ok(Vec::new()) };
        let mut erased = vec![listed.sequence];
        for at in self.of_dispute(listed.belongs_to.as_ref())? {
            let entry = self.entry(at)?;
            if entry.is_some_and(|entry| entry.envelope().amends() == Some(target)) {
                erased.push(at);
            }
        }
        Ok(erased)
    }

    fn without_erased(&self, at: Sequence, mut record: StoredRecord) -> StoredRecord {
        if self.erased.contains(&at) {
            record.content = None;
        }
        record
    }
}

impl<B: Base> Append for Session<'_, B> {
    fn push(&mut self, entry: Entry) -> Result<(), LogError> {
        self.take(entry, None)
    }

    fn push_looked_up(&mut self, entry: Entry, looked_up: &LookedUp) -> Result<(), LogError> {
        self.take(entry, Some(looked_up))
    }

    fn commit(self: Box<Self>) -> Result<Head, LogError> {
        self.base.finish(&self.erased, &self.tip)?;
        Ok(self.tip)
    }
}

impl<B: Base> Drop for Session<'_, B> {
    fn drop(&mut self) {
        self.base.forget();
    }
}

impl<B: Base> ReadLog for Session<'_, B> {
    fn head(&self) -> Result<Head, LogError> {
        Ok(self.tip)
    }

    fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        Ok(self.base.stored(at)?.map(|record| self.without_erased(at, record)))
    }

    fn stored_from(&self, from: Sequence) -> StoredRecords<'_> {
        let all = self.base.stored_from(from);
        Box::new(all.map(|(at, record)| (at, record.map(|it| self.without_erased(at, it)))))
    }

    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        self.base.listed(id)
    }

    fn find(&self, id: &EventId) -> Result<Option<Sequence>, LogError> {
        self.base.find(id)
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError> {
        self.base.ids_with_prefix(prefix, limit)
    }

    fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        self.base.of_dispute(dispute)
    }

    fn of_none_after(&self, after: Sequence) -> Result<Vec<Sequence>, LogError> {
        self.base.of_none_after(after)
    }

    fn kept_names(&self) -> Result<Option<Names>, LogError> {
        self.base.kept_names()
    }

    fn disputes(&self) -> Result<Vec<Slug>, LogError> {
        self.base.disputes()
    }
}

#[cfg(test)]
mod tests {
    use crate::chain::Sequence;
    use crate::event_log::{EventLog, LogError, LookedUp, MemoryLog, ReadLog};
    use crate::samples::{draft, founding, id, sealed_onto};

    #[test]
    fn what_was_looked_up_is_believed_of_its_own_entry_alone() {
        let mut log = MemoryLog::create(founding());
        let head = log.head().unwrap();
        let mut append = log.begin(&head).unwrap();
        let entry = sealed_onto(&head, draft("e1", "notice", Some("sutter"), &["e9"]));
        let (at, found) = (Sequence::new(1), vec![id("e9")]);
        for (of, at) in [("e2", at), ("e1", Sequence::new(2))] {
            let other = LookedUp { id: id(of), at, is_free: true, found: found.clone() };
            let refused = append.push_looked_up(entry.clone(), &other);
            assert!(matches!(refused, Err(LogError::RefersToNothing { .. })), "{refused:?}");
        }
        let own = sealed_onto(&head, draft("ledger", "notice", Some("sutter"), &[]));
        let taken = LookedUp { id: id("ledger"), at, is_free: false, found: found.clone() };
        let refused = append.push_looked_up(own, &taken);
        assert!(matches!(refused, Err(LogError::IdTaken { .. })), "{refused:?}");
        let looked_up = LookedUp { id: id("e1"), at, is_free: true, found };
        append.push_looked_up(entry, &looked_up).unwrap();
        assert_eq!(append.find(&id("e1")).unwrap(), Some(at));
    }
}
