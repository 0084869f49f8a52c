//! The part of the record that was read last, kept for the next event of the same dispute: where
//! most events of a large dispute need its record, each would read all of it.

use std::collections::BTreeSet;

use crate::chain::Sequence;
use crate::event::schema::{Mentioned, Named};
use crate::event::{Event, Fact};
use crate::event_log::{LogError, ReadLog};
use crate::identifier::{EventId, Slug};
use crate::record::{Record, Recorded};
use crate::recording::{ReadError, Scope, asks_all, read_record, record_around, scope_of};

/// What is on record of some disputes: of one, and of those that must be read with it.
#[derive(Debug)]
pub(super) struct ReadPart {
    /// The dispute that it was read for; `None` for what belongs to none.
    dispute: Option<Slug>,
    /// `None` where everything is here.
    disputes: Option<BTreeSet<Slug>>,
    pub(super) record: Record,
    /// Whether what the events of the dispute name elsewhere is here too.
    is_closed: bool,
    /// The last event that was put here before it was appended.
    ahead: Option<Sequence>,
}

impl ReadPart {
    /// Reads what may have a say in whether an event of a dispute can be recorded, or takes what
    /// was read last.
    pub(super) fn around(
        last: Option<Self>,
        log: &dyn ReadLog,
        dispute: Option<&Slug>,
        event: &Event,
    ) -> Result<Self, ReadError> {
        if let Some(last) = last
            && last.dispute.as_ref() == dispute
            && last.covers(log, event)?
        {
            return Ok(last);
        }
        let mut disputes = None;
        let mut read = |scope: &Scope| {
            disputes = match scope {
                Scope::Disputes(some) => Some(some.clone()),
                Scope::Whole => None,
            };
            read_record(log, scope)
        };
        let record = record_around(log, std::slice::from_ref(event), &mut read)?;
        let is_closed = asks_all(event);
        Ok(Self { dispute: dispute.cloned(), disputes, record, is_closed, ahead: None })
    }

    fn covers(&self, log: &dyn ReadLog, event: &Event) -> Result<bool, ReadError> {
        let Some(disputes) = &self.disputes else { return Ok(false) };
        if asks_all(event) && !self.is_closed {
            return Ok(false);
        }
        match scope_of(log, event)? {
            Scope::Disputes(wanted) if wanted.is_subset(disputes) => {}
            _ => return Ok(false),
        }
        let amended = match &event.fact {
            Fact::Amendment(amendment) => self
                .record
                .position(&amendment.of)
                .and_then(|n| self.record.document(n))
                .and_then(|document| document.amended(&amendment.set).ok()),
            _ => None,
        };
        for event in [Some(event), amended.as_ref()].into_iter().flatten() {
            if !self.has_all_named(log, event)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether all that an event names and that is on record is here.
    fn has_all_named(&self, log: &dyn ReadLog, event: &Event) -> Result<bool, LogError> {
        let (mut ids, mut slugs) = (Vec::new(), Vec::new());
        event.mentions(&mut |mention| match mention.what {
            Mentioned::Event(id, _) => ids.push(id.clone()),
            Mentioned::PartyOrEvent(text) => ids.extend(EventId::parse(text)),
            Mentioned::Declared(Named::Dispute, slug) => slugs.push(slug.clone()),
            Mentioned::Declared(..) | Mentioned::Date(_) => {}
        });
        for id in ids {
            if self.record.position(&id).is_none() && log.listed(&id)?.is_some() {
                return Ok(false);
            }
        }
        let has = |slug: &Slug| !self.record.of_dispute(slug).is_empty();
        for slug in slugs {
            if !has(&slug) && !log.of_dispute(Some(&slug))?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Puts a new event at the end, before it is appended. Gives its position.
    pub(super) fn push(&mut self, new: &Recorded) -> usize {
        self.ahead = Some(new.sequence);
        self.record.push(new.clone())
    }

    /// Whether it can be kept while nothing but the event in question is new in the log: not where
    /// an event that was put here was not appended, nor where everything is here.
    pub(super) fn is_of_before(&self, new: &Recorded) -> bool {
        self.disputes.is_some() && self.ahead.is_none_or(|ahead| ahead < new.sequence)
    }

    /// Keeps in step with an event of a dispute that was appended. `None` where this cannot.
    pub(super) fn after(
        mut self,
        log: &dyn ReadLog,
        dispute: Option<&Slug>,
        new: &Recorded,
    ) -> Result<Option<Self>, ReadError> {
        if self.ahead == Some(new.sequence) {
            return Ok(Some(self));
        }
        let is_here = self.dispute.as_ref() == dispute;
        let concerns = match (dispute, &self.disputes) {
            (Some(dispute), Some(disputes)) => disputes.contains(dispute),
            _ => true,
        };
        let Some(event) = new.event.as_ref().filter(|_| concerns) else { return Ok(Some(self)) };
        if !is_here || !self.has_all_named(log, event)? {
            return Ok(None);
        }
        self.push(new);
        Ok(Some(self))
    }
}
