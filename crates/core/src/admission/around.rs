//! What rules look up, gathered for one event before they are asked.

use std::rc::Rc;

use crate::envelope::LedgerId;
use crate::event::document::nearest;
use crate::event::schema::Named;
use crate::event_log::ReadLog;
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::record::Record;
use crate::rules::{Known, Meant, OnRecord};
use crate::zone::Zone;

use super::dispute_state::DisputeState;
use super::known_event::KnownEvent;
use super::searches::Searches;

/// What is on record around an event: all that it names.
#[derive(Debug)]
pub(super) struct Around {
    /// What belongs to the whole ledger.
    pub(super) whole: Rc<DisputeState>,
    /// The disputes that it names and that have events, its own among them.
    pub(super) disputes: Vec<Rc<DisputeState>>,
    pub(super) events: Vec<NamedEvent>,
    /// The slug of a dispute that was opened before and that its id is alike.
    pub(super) alike: Option<Slug>,
}

/// An event that is named.
#[derive(Debug)]
pub(super) struct NamedEvent {
    pub(super) id: EventId,
    pub(super) named: Rc<KnownEvent>,
    /// The account that counts, else the event itself.
    pub(super) meant: Rc<KnownEvent>,
    pub(super) earliest: Option<Instant>,
}

impl Around {
    pub(super) fn dispute(&self, slug: &Slug) -> Option<&Rc<DisputeState>> {
        self.disputes.iter().find(|state| state.slug.as_deref() == Some(slug))
    }

    pub(super) fn event(&self, id: &EventId) -> Option<&NamedEvent> {
        self.events.iter().find(|event| event.id == *id)
    }
}

/// Where hints are looked for.
#[derive(Clone, Copy)]
pub(super) struct Hints<'a> {
    /// `None` for no hints.
    pub(super) searches: Option<&'a Searches>,
    pub(super) log: &'a dyn ReadLog,
    pub(super) ledger: &'a LedgerId,
}

/// What was gathered, with hints from the log.
pub(super) struct Gathered<'a> {
    pub(super) around: &'a Around,
    pub(super) hints: Hints<'a>,
}

impl OnRecord for Gathered<'_> {
    fn named(&self, id: &EventId) -> Option<Known<'_>> {
        self.around.event(id).map(|event| event.named.known())
    }

    fn meant(&self, id: &EventId) -> Option<Meant<'_>> {
        let event = self.around.event(id)?;
        Some(Meant { known: event.meant.known(), earliest: event.earliest })
    }

    fn is_open(&self, dispute: &Slug) -> bool {
        self.around.dispute(dispute).is_some_and(|state| !state.openings.is_empty())
    }

    fn other_opening(&self, dispute: &Slug, own: &EventId) -> Option<&EventId> {
        self.around.dispute(dispute)?.openings.iter().find(|id| *id != own)
    }

    fn ever_opened(&self, dispute: &Slug) -> bool {
        self.around.alike.as_ref() == Some(dispute)
    }

    fn is_declared(&self, named: Named, dispute: Option<&Slug>, slug: &Slug) -> bool {
        match named {
            Named::Party | Named::Standard => self.around.whole.declares(named, slug),
            Named::Dispute => self.is_open(slug),
            Named::Unit | Named::Contract => dispute
                .and_then(|dispute| self.around.dispute(dispute))
                .is_some_and(|state| state.declares(named, slug)),
        }
    }

    fn zone_of(&self, dispute: Option<&Slug>) -> Zone {
        let state = dispute.and_then(|dispute| self.around.dispute(dispute));
        state.map_or(Zone::UTC, |state| state.zone)
    }

    fn nearest_declared(&self, named: Named, dispute: Option<&Slug>, slug: &Slug) -> Option<Slug> {
        let Hints { searches, log, ledger } = self.hints;
        let state = match named {
            Named::Dispute => return searches?.nearest_open_dispute(log, ledger, slug),
            Named::Party | Named::Standard => &self.around.whole,
            Named::Unit | Named::Contract => self.around.dispute(dispute?)?,
        };
        let known: Vec<&str> = state.slugs(named).map(Slug::as_str).collect();
        nearest(slug.as_str(), &known).and_then(Slug::parse)
    }

    fn nearest_id(&self, id: &EventId, except: Option<&EventId>) -> Option<EventId> {
        self.hints.searches?.nearest_id(self.hints.log, id, except)
    }
}

/// A part of the record that was read, with hints from the log.
pub(super) struct Hinted<'a> {
    pub(super) record: &'a Record,
    pub(super) hints: Hints<'a>,
}

impl OnRecord for Hinted<'_> {
    fn named(&self, id: &EventId) -> Option<Known<'_>> {
        self.record.named(id)
    }

    fn meant(&self, id: &EventId) -> Option<Meant<'_>> {
        self.record.meant(id)
    }

    fn is_open(&self, dispute: &Slug) -> bool {
        self.record.is_open(dispute)
    }

    fn other_opening(&self, dispute: &Slug, own: &EventId) -> Option<&EventId> {
        self.record.other_opening(dispute, own)
    }

    fn ever_opened(&self, dispute: &Slug) -> bool {
        self.record.ever_opened(dispute)
    }

    fn is_declared(&self, named: Named, dispute: Option<&Slug>, slug: &Slug) -> bool {
        self.record.is_declared(named, dispute, slug)
    }

    fn zone_of(&self, dispute: Option<&Slug>) -> Zone {
        self.record.zone_of(dispute)
    }

    fn nearest_declared(&self, named: Named, dispute: Option<&Slug>, slug: &Slug) -> Option<Slug> {
        let Hints { searches, log, ledger } = self.hints;
        match named {
            Named::Dispute => searches?.nearest_open_dispute(log, ledger, slug),
            _ => self.record.nearest_declared(named, dispute, slug),
        }
    }

    fn nearest_id(&self, id: &EventId, except: Option<&EventId>) -> Option<EventId> {
        self.hints.searches?.nearest_id(self.hints.log, id, except)
    }
}
