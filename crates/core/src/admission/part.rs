//! The part of the record that was read last, kept for the next event of the same dispute: where
//! most events of a large dispute need its record, each would read all of it.

use std::collections::BTreeSet;

use crate::chain::Sequence;
use crate::event::schema::{Mentioned, Named};
use crate::event::{Event, Fact};
use crate::event_log::{LogError, ReadLog};
use crate::identifier::{EventId, Slug};
use crate::names::Names;
use crate::record::{Record, Recorded};
use crate::recording::{
    ReadError, Scope, asks_all, read_disputes_for, read_record, record_around, scope_of,
};

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
    /// What is here of what belongs to no dispute.
    parties: Parties,
    /// The last event that was put here before it was appended.
    ahead: Option<Sequence>,
}

/// How much of what belongs to no dispute was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parties {
    /// Those that are named. An event that keeps the rules so keeps them with all; what a refusal
    /// says is right only with all.
    Named,
    All,
}

impl ReadPart {
    /// Reads what may have a say in whether an event of a dispute can be recorded, or takes what
    /// was read last.
    pub(super) fn around(
        last: Option<Self>,
        log: &dyn ReadLog,
        names: &Names,
        dispute: Option<&Slug>,
        event: &Event,
    ) -> Result<Self, ReadError> {
        if let Some(last) = last
            && last.dispute.as_ref() == dispute
            && last.covers(log, event)?
        {
            return Ok(last);
        }
        Self::read(log, dispute, event, Parties::Named, &|some| {
            read_disputes_for(log, names, some, event)
        })
    }

    /// The same with all that belongs to no dispute, where only some of it is here.
    pub(super) fn with_all(
        &self,
        log: &dyn ReadLog,
        event: &Event,
    ) -> Result<Option<Self>, ReadError> {
        if self.has_all() {
            return Ok(None);
        }
        let all = |some: &BTreeSet<Slug>| read_record(log, &Scope::Disputes(some.clone()));
        Self::read(log, self.dispute.as_ref(), event, Parties::All, &all).map(Some)
    }

    fn read(
        log: &dyn ReadLog,
        dispute: Option<&Slug>,
        event: &Event,
        parties: Parties,
        read_some: &dyn Fn(&BTreeSet<Slug>) -> Result<Record, ReadError>,
    ) -> Result<Self, ReadError> {
        let mut disputes = None;
        let mut read = |scope: &Scope| match scope {
            Scope::Disputes(some) => {
                disputes = Some(some.clone());
                read_some(some)
            }
            Scope::Whole => {
                disputes = None;
                read_record(log, scope)
            }
        };
        let record = record_around(log, std::slice::from_ref(event), &mut read)?;
        let parties = if disputes.is_some() { parties } else { Parties::All };
        let (dispute, is_closed) = (dispute.cloned(), asks_all(event));
        Ok(Self { dispute, disputes, record, is_closed, parties, ahead: None })
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
        let (mut ids, mut slugs, mut has_parties) = (Vec::new(), Vec::new(), true);
        event.mentions(&mut |mention| match mention.what {
            Mentioned::Event(id, _) => ids.push(id.clone()),
            Mentioned::PartyOrEvent(text) => {
                ids.extend(EventId::parse(text));
                has_parties &= Slug::parse(text).is_none_or(|it| self.has(Named::Party, &it));
            }
            Mentioned::Declared(Named::Dispute, slug) => slugs.push(slug.clone()),
            Mentioned::Declared(named @ (Named::Party | Named::Standard), slug) => {
                has_parties &= self.has(named, slug);
            }
            Mentioned::Declared(..) | Mentioned::Date(_) => {}
        });
        if !has_parties {
            return Ok(false);
        }
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

    /// Whether all that belongs to no dispute is here.
    pub(super) fn has_all(&self) -> bool {
        self.parties == Parties::All
    }

    /// Whether a party or a standard is here, if there is one.
    fn has(&self, named: Named, slug: &Slug) -> bool {
        self.has_all() || self.record.is_declared(named, None, slug)
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
