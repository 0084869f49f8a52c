//! What is kept of an event on record for the rules of those that name it.

pub(super) mod packed;

use std::cell::Cell;
use std::num::NonZeroU64;
use std::rc::Rc;

use crate::chain::Sequence;
use crate::event::schema::Mentioned;
use crate::event::value::PartySlug;
use crate::event::{Event, Kind};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
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
    pub(super) version_of: Option<Box<EventId>>,
    said: Said,
    /// What proves something about its date.
    pub(super) proofs: Box<[EventId]>,
    /// The earliest moment of its own date.
    pub(super) own_earliest: Option<Instant>,
    /// The earliest moment as raised by what it refers to, in an epoch of its dispute.
    raised: Cell<Option<Instant>>,
    epoch: Cell<Option<NonZeroU64>>,
    /// Whether it may prove something about the date of another event.
    pub(super) may_be_proof: Cell<bool>,
}

/// See [`Says`]. Most events say nothing of the kind, or by whom they were made.
#[derive(Debug)]
enum Said {
    Nothing,
    By(PartySlug),
    Offer(Box<(PartySlug, Vec<PartySlug>)>),
    LaterStep(Option<Box<EventId>>),
}

/// How an event on record reads.
pub(super) struct Reading<'a> {
    pub(super) recorded: &'a Recorded,
    /// As amended. `None` where it was erased.
    pub(super) document: Option<&'a Event>,
    pub(super) stands: bool,
}

impl KnownEvent {
    pub(super) fn new(
        reading: &Reading<'_>,
        dispute: Option<Rc<Slug>>,
        own_earliest: Option<Instant>,
    ) -> Self {
        let &Reading { recorded, document, stands } = reading;
        Self {
            sequence: recorded.sequence,
            kind: recorded.kind,
            dispute,
            stands,
            version_of: document.and_then(|event| event.common.version_of.clone()).map(Box::new),
            said: document.map_or(Said::Nothing, |event| own(Says::of(event))),
            proofs: document.map(proofs).unwrap_or_default(),
            own_earliest,
            raised: Cell::new(None),
            epoch: Cell::new(None),
            may_be_proof: Cell::new(true),
        }
    }

    pub(super) fn known(&self) -> Known<'_> {
        let nothing = Says::default();
        let says = match &self.said {
            Said::Nothing => nothing,
            Said::By(by) => Says { by: Some(by), ..nothing },
            Said::Offer(offer) => Says { by: Some(&offer.0), invited: Some(&offer.1), ..nothing },
            Said::LaterStep(of) => Says { later_step_of: Some(of.as_deref()), ..nothing },
        };
        let place = self.sequence.get();
        Known { place, kind: self.kind, dispute: self.dispute.as_deref(), says }
    }

    /// Whether another event, recorded later, can be another account of the same fact.
    pub(super) fn may_be_original_of(&self, other: &Self) -> bool {
        self.sequence < other.sequence && self.kind == other.kind && self.dispute == other.dispute
    }

    /// The earliest moment as raised by what it refers to, where that was worked out in this epoch.
    pub(super) fn raised(&self, epoch: NonZeroU64) -> Option<Option<Instant>> {
        (self.epoch.get() == Some(epoch)).then(|| self.raised.get())
    }

    pub(super) fn raise(&self, epoch: NonZeroU64, earliest: Option<Instant>) {
        self.epoch.set(Some(epoch));
        self.raised.set(earliest);
    }
}

impl Reading<'_> {
    /// The earliest moment of its own date, read in a zone.
    pub(super) fn earliest(&self, zone: Zone) -> Option<Instant> {
        let Self { recorded, document, .. } = self;
        let date = document.map_or(recorded.occurred.as_ref(), |event| event.occurred.as_ref());
        match date {
            Some(date) => date.span(zone).ok()?.earliest,
            // What has no date was always so.
            None => Some(recorded.recorded_at).filter(|_| recorded.kind.is_about_the_record()),
        }
    }
}

/// Whether two readings of one event are the same to the rules of every other event.
pub(super) fn are_alike(before: &Event, after: &Event) -> bool {
    Says::of(before) == Says::of(after)
        && before.occurred == after.occurred
        && before.common.version_of == after.common.version_of
        && proofs(before) == proofs(after)
}

fn own(says: Says<'_>) -> Said {
    match says {
        Says { by: Some(by), invited: Some(invited), .. } => {
            Said::Offer(Box::new((by.clone(), invited.to_vec())))
        }
        Says { by: Some(by), .. } => Said::By(by.clone()),
        Says { later_step_of: Some(of), .. } => Said::LaterStep(of.cloned().map(Box::new)),
        _ => Said::Nothing,
    }
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
