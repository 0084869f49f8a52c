//! What admission remembers of a log, and reads again once it forgot.

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::rc::Rc;

use crate::chain::Sequence;
use crate::envelope::LedgerId;
use crate::event::{Event, Fact};
use crate::event_log::{Listed, ReadLog, existing};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::record::Recorded;
use crate::recording::{ReadError, read_entry};

use super::Bounds;
use super::dispute_state::{DisputeState, Does};
use super::events::Events;
use super::known_event::{KnownEvent, Reading};
use super::opened::Opened;
use super::recent::Recent;

/// The facts of events and disputes that were asked for lately, and what belongs to the whole
/// ledger.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) ledger: LedgerId,
    whole: Option<Rc<DisputeState>>,
    disputes: Recent<Slug, Rc<DisputeState>>,
    events: Events,
    bounds: Bounds,
    opened: Opened,
    epochs: NonZeroU64,
}

impl Memory {
    pub(super) fn new(ledger: LedgerId, bounds: Bounds) -> Self {
        Self {
            ledger,
            whole: None,
            disputes: Recent::new(bounds.disputes),
            events: Events::new(bounds.events),
            bounds,
            opened: Opened::default(),
            epochs: NonZeroU64::MIN,
        }
    }

    /// What is on record of a dispute, or with `None` of what belongs to none.
    pub(super) fn state(
        &mut self,
        log: &dyn ReadLog,
        dispute: Option<&Slug>,
    ) -> Result<Rc<DisputeState>, ReadError> {
        let known = match dispute {
            None => self.whole.clone(),
            Some(slug) => self.disputes.get(slug),
        };
        if let Some(state) = known {
            return Ok(state);
        }
        let epoch = self.next_epoch();
        let state = match dispute {
            // Most disputes that are not known here are new, and to look for events of them takes
            // the longer the longer the log is.
            Some(slug) if !self.opened.may_contain(log, slug)? => {
                DisputeState::new(Some(slug.clone()), epoch)
            }
            _ => DisputeState::read(log, &self.ledger, dispute, epoch)?,
        };
        let state = Rc::new(state);
        self.keep(Rc::clone(&state));
        Ok(state)
    }

    pub(super) fn keep(&mut self, state: Rc<DisputeState>) {
        match &state.slug {
            None => self.whole = Some(state),
            Some(slug) => {
                self.disputes.insert(Slug::clone(slug), state);
                self.events.set_half(self.bounds.events_beside(self.disputes.len()));
            }
        }
    }

    /// The state of a dispute to change it, where it is remembered: what is not is read anew.
    pub(super) fn remembered(&mut self, dispute: Option<&Slug>) -> Option<&mut DisputeState> {
        let state = match dispute {
            None => self.whole.as_mut(),
            Some(slug) => self.disputes.get_mut(slug),
        };
        state.map(Rc::make_mut)
    }

    pub(super) fn next_epoch(&mut self) -> NonZeroU64 {
        self.epochs = self.epochs.saturating_add(1);
        self.epochs
    }

    /// Whether a dispute was ever opened.
    pub(super) fn ever_opened(
        &mut self,
        log: &dyn ReadLog,
        slug: &Slug,
    ) -> Result<bool, ReadError> {
        Ok(self.opened.contains(log, slug)?)
    }

    /// Takes note that a dispute is opened.
    pub(super) fn open(&mut self, slug: &Slug) {
        self.opened.insert(slug);
    }

    /// What is on record of an event.
    pub(super) fn event(
        &mut self,
        log: &dyn ReadLog,
        id: &EventId,
    ) -> Result<Option<Rc<KnownEvent>>, ReadError> {
        let disputes = &mut self.disputes;
        let share = |slug: Slug| {
            let state = disputes.get_mut(&slug).and_then(|state| state.slug.clone());
            state.unwrap_or_else(|| Rc::new(slug))
        };
        if let Some(event) = self.events.get(id, share) {
            return Ok(Some(event));
        }
        let Some(listed) = log.listed(id)? else { return Ok(None) };
        let Some((recorded, document)) = self.as_it_reads(log, &listed)? else { return Ok(None) };
        let state = self.state(log, listed.belongs_to.as_ref())?;
        let is_retracted =
            state.corrections(listed.sequence).iter().any(|it| it.does == Does::Retract);
        let stands = document.is_some() && !is_retracted;
        let reading = Reading { recorded: &recorded, document: document.as_ref(), stands };
        let dispute = recorded.dispute.as_ref().and(state.slug.clone());
        let event = Rc::new(KnownEvent::new(&reading, dispute, reading.earliest(state.zone)));
        self.events.insert(id.clone(), Rc::clone(&event));
        Ok(Some(event))
    }

    /// An event as recorded, and the document as it reads now, its amendments made. `None` for the
    /// ledger's own entry, which is no event.
    pub(super) fn as_it_reads(
        &mut self,
        log: &dyn ReadLog,
        listed: &Listed,
    ) -> Result<Option<(Recorded, Option<Event>)>, ReadError> {
        let entry = existing(log, listed.sequence)?;
        let Some(mut recorded) = read_entry(&self.ledger, &entry)? else { return Ok(None) };
        let state = self.state(log, listed.belongs_to.as_ref())?;
        let mut amended = None;
        for correction in state.corrections(listed.sequence) {
            if correction.does == Does::Amend {
                let document = amended.as_ref().or(recorded.event.as_ref());
                let changed = self.amended(log, correction.at, document)?;
                amended = changed.or(amended);
            }
        }
        let document = amended.or_else(|| recorded.event.clone());
        if recorded.event.is_none() {
            recorded.version_of = None;
        }
        Ok(Some((recorded, document)))
    }

    fn amended(
        &self,
        log: &dyn ReadLog,
        amendment: Sequence,
        document: Option<&Event>,
    ) -> Result<Option<Event>, ReadError> {
        let recorded = read_entry(&self.ledger, &existing(log, amendment)?)?;
        let fact = recorded.as_ref().and_then(Recorded::fact);
        let (Some(Fact::Amendment(amendment)), Some(document)) = (fact, document) else {
            return Ok(None);
        };
        Ok(document.amended(&amendment.set).ok())
    }

    /// Remembers an event that is new on record.
    pub(super) fn remember(&mut self, id: &EventId, event: &KnownEvent) {
        self.events.insert_new(id, event);
    }

    /// Forgets an event that was corrected.
    pub(super) fn forget_event(&mut self, id: &EventId) {
        self.events.remove(id);
    }

    pub(super) fn forget_dispute(&mut self, dispute: Option<&Slug>) {
        match dispute {
            None => self.whole = None,
            Some(slug) => {
                self.disputes.remove(slug);
            }
        }
    }

    pub(super) fn forget_all(&mut self) {
        self.whole = None;
        self.disputes.clear();
        self.events.clear();
    }

    /// The account that counts of the fact of which an event is one: the first that stands.
    /// `state` is that of its dispute, which is not entangled.
    pub(super) fn counted(
        &mut self,
        log: &dyn ReadLog,
        state: &DisputeState,
        id: &EventId,
        event: &Rc<KnownEvent>,
    ) -> Result<Option<Rc<KnownEvent>>, ReadError> {
        if let Some(accounts) = state.accounts_with(id) {
            for account in accounts {
                if let Some(account) = self.event(log, account)?.filter(|account| account.stands) {
                    return Ok(Some(account));
                }
            }
            return Ok(None);
        }
        // As long as every first account stands, it is what counts.
        let mut first = Rc::clone(event);
        while let Some(of) = first.version_of.as_deref().cloned() {
            match self.event(log, &of)?.filter(|of| of.may_be_original_of(&first)) {
                Some(of) => first = of,
                None => break,
            }
        }
        Ok(Some(first).filter(|first| first.stands))
    }

    /// The earliest moment of an event that counts, raised by what it refers to, and that by what
    /// it refers to. `state` is that of their dispute.
    pub(super) fn earliest(
        &mut self,
        log: &dyn ReadLog,
        state: &DisputeState,
        of: &Rc<KnownEvent>,
    ) -> Result<Option<Instant>, ReadError> {
        // What is referred to was recorded before, so this ends.
        let epoch = state.epoch;
        let mut path = vec![Climb::at(Rc::clone(of))];
        let mut found = None;
        while let Some(climb) = path.last_mut() {
            climb.earliest = climb.earliest.max(found.take());
            if let Some(known) = climb.event.raised(epoch) {
                climb.earliest = known;
                climb.next = climb.event.proofs.len();
            }
            let Some(id) = climb.event.proofs.get(climb.next).cloned() else {
                climb.event.raise(epoch, climb.earliest);
                found = climb.earliest;
                path.pop();
                continue;
            };
            climb.next += 1;
            let before = climb.event.sequence;
            let Some(proof) = self.event(log, &id)? else { continue };
            let Some(proof) = self.counted(log, state, &id, &proof)? else { continue };
            if proof.sequence >= before {
                return self.earliest_of_all(log, state, of);
            }
            proof.may_be_proof.set(true);
            path.push(Climb::at(proof));
        }
        Ok(found)
    }

    /// The same where a version took the place of its original: it was recorded later than what
    /// refers to that, so that references may lead in a circle.
    fn earliest_of_all(
        &mut self,
        log: &dyn ReadLog,
        state: &DisputeState,
        of: &Rc<KnownEvent>,
    ) -> Result<Option<Instant>, ReadError> {
        let mut reached = BTreeSet::from([of.sequence]);
        let mut open = vec![Rc::clone(of)];
        let mut earliest = None;
        while let Some(event) = open.pop() {
            if let Some(known) = event.raised(state.epoch) {
                earliest = earliest.max(known);
                continue;
            }
            earliest = earliest.max(event.own_earliest);
            for id in &event.proofs {
                let Some(proof) = self.event(log, id)? else { continue };
                let Some(proof) = self.counted(log, state, id, &proof)? else { continue };
                proof.may_be_proof.set(true);
                if reached.insert(proof.sequence) {
                    open.push(proof);
                }
            }
        }
        of.raise(state.epoch, earliest);
        Ok(earliest)
    }
}

/// An event whose earliest moment is being raised.
struct Climb {
    event: Rc<KnownEvent>,
    /// The next of its proofs.
    next: usize,
    earliest: Option<Instant>,
}

impl Climb {
    fn at(event: Rc<KnownEvent>) -> Self {
        let earliest = event.own_earliest;
        Self { event, next: 0, earliest }
    }
}
