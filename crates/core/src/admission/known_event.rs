//! What is kept of an event on record for the rules of those that name it.

use std::cell::Cell;
use std::rc::Rc;

use crate::chain::Sequence;
use crate::event::schema::Mentioned;
use crate::event::value::PartySlug;
use crate::event::{Event, Kind};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::occurred::Edtf;
use crate::record::Recorded;
use crate::rules::{Known, Says};
use crate::zone::Zone;

/// The facts about an event, as it reads now, that rules of other events ask for.
#[derive(Debug)]
pub(super) struct KnownEvent {
    pub(super) sequence: Sequence,
    kind: Kind,
    dispute: Option<Rc<Slug>>,
    /// Whether it stands: neither retracted nor redacted.
    pub(super) stands: bool,
    /// The event of which it is another account.
    pub(super) version_of: Option<EventId>,
    said: Option<Box<Said>>,
    /// What proves something about its date.
    pub(super) proofs: Box<[EventId]>,
    /// The earliest moment of its own date.
    pub(super) own_earliest: Option<Instant>,
    /// The earliest moment as raised by what it refers to, and in which epoch of its dispute.
    raised: Cell<Option<(u64, Option<Instant>)>>,
    /// Whether it may prove something about the date of another event.
    pub(super) may_be_proof: Cell<bool>,
}

/// See [`Says`].
#[derive(Debug)]
struct Said {
    by: Option<PartySlug>,
    invited: Option<Vec<PartySlug>>,
    later_step_of: Option<Option<EventId>>,
}

/// How an event on record reads.
pub(super) struct Reading<'a> {
    pub(super) recorded: &'a Recorded,
    /// As amended. `None` where it was erased.
    pub(super) document: Option<&'a Event>,
    pub(super) stands: bool,
}

impl KnownEvent {
    pub(super) fn new(reading: &Reading<'_>, dispute: Option<Rc<Slug>>, zone: Zone) -> Self {
        let &Reading { recorded, document, stands } = reading;
        let date = document.map_or(recorded.occurred.as_ref(), |event| event.occurred.as_ref());
        Self {
            sequence: recorded.sequence,
            kind: recorded.kind,
            dispute,
            stands,
            version_of: document.and_then(|event| event.common.version_of.clone()),
            said: document.map(Says::of).filter(|says| *says != Says::default()).map(own),
            proofs: document.map(proofs).unwrap_or_default(),
            own_earliest: earliest(recorded, date, zone),
            raised: Cell::new(None),
            may_be_proof: Cell::new(true),
        }
    }

    pub(super) fn known(&self) -> Known<'_> {
        let says = self.said.as_ref().map_or_else(Says::default, |said| Says {
            by: said.by.as_ref(),
            invited: said.invited.as_deref(),
            later_step_of: said.later_step_of.as_ref().map(Option::as_ref),
        });
        let place = self.sequence.get();
        Known { place, kind: self.kind, dispute: self.dispute.as_deref(), says }
    }

    /// The earliest moment as raised by what it refers to, where that was worked out in this epoch.
    pub(super) fn raised(&self, epoch: u64) -> Option<Option<Instant>> {
        self.raised.get().filter(|(of, _)| *of == epoch).map(|(_, earliest)| earliest)
    }

    pub(super) fn raise(&self, epoch: u64, earliest: Option<Instant>) {
        self.raised.set(Some((epoch, earliest)));
    }
}

/// Whether two readings of one event are the same to the rules of every other event.
pub(super) fn are_alike(before: &Event, after: &Event) -> bool {
    Says::of(before) == Says::of(after)
        && before.occurred == after.occurred
        && before.common.version_of == after.common.version_of
        && proofs(before) == proofs(after)
}

fn own(says: Says<'_>) -> Box<Said> {
    Box::new(Said {
        by: says.by.cloned(),
        invited: says.invited.map(<[PartySlug]>::to_vec),
        later_step_of: says.later_step_of.map(|began_by| began_by.cloned()),
    })
}

fn proofs(event: &Event) -> Box<[EventId]> {
    let mut proofs = Vec::new();
    event.mentions(&mut |mention| {
        if let Mentioned::Event(id, _) = mention.what
            && proves(mention.key)
        {
            proofs.push(id.clone());
        }
    });
    proofs.into_boxed_slice()
}

/// Whether what stands under a key proves something about the date of the event.
pub(super) fn proves(key: &str) -> bool {
    key != "about" && key != "version_of"
}

fn earliest(recorded: &Recorded, date: Option<&Edtf>, zone: Zone) -> Option<Instant> {
    match date {
        Some(date) => date.span(zone).ok()?.earliest,
        // What has no date was always so.
        None => Some(recorded.recorded_at).filter(|_| recorded.kind.is_about_the_record()),
    }
}
