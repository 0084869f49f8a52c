//! Whether events keep the rules, one after the other, given a log that is too large to be held in
//! memory: what rules ask is looked up, and what was looked up lately is remembered.

mod around;
mod dispute_state;
mod known_event;
mod memory;
mod opened;
mod recent;
mod searches;

use std::rc::Rc;

use thiserror::Error;

use crate::chain::Sequence;
use crate::envelope::LedgerId;
use crate::event::record::{Amendment, Retraction};
use crate::event::schema::{Mentioned, Named};
use crate::event::{Event, Fact, Kind};
use crate::event_log::{Listed, LogError, ReadLog};
use crate::identifier::{EventId, Slug};
use crate::record::{Record, Recorded};
use crate::recording::{
    Placed, ReadError, assign_id, placed, read_entry, read_record, record_around, version_erased,
};
use crate::refusal::Refusal;
use crate::rules;
use crate::zone::Zone;

use around::{Around, Gathered, Hints, NamedEvent, Part};
use dispute_state::{Correction, Does, declares, existing, is_own};
use known_event::{KnownEvent, Reading, are_alike, proves};
use memory::Memory;
use searches::Searches;

/// How much is remembered. Any bounds give the same answers, but for hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Half of the most events of which the facts are remembered, of about 200 bytes each.
    pub events: usize,
    /// Half of the most disputes that are remembered, of about 200 bytes each, without their
    /// corrections and units.
    pub disputes: usize,
    /// How often the log is searched for what was probably meant by a name, for a hint.
    pub searches: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { events: 100_000, disputes: 50_000, searches: 20 }
    }
}

/// Asks of new events whether they keep the rules at the end of a log, which keeps them so far. It
/// is handed the log at each question, and is told what was appended; nothing else is appended
/// meanwhile.
#[derive(Debug)]
pub struct Admission {
    memory: Memory,
    searches: Searches,
    /// The kinds of event that prove something about the date of what refers to them.
    proving: Vec<Kind>,
}

/// What is to become of an event that keeps the rules.
#[derive(Debug)]
pub enum Outcome {
    /// It is new, and can be appended.
    New {
        /// What the record adds to it.
        placed: Placed,
        /// For [`Admission::appended`].
        course: Course,
    },
    /// The same event is on record at this place.
    AlreadyRecorded(Sequence),
}

/// Why an event is not taken.
#[derive(Debug, Error)]
pub enum NotAdmitted {
    /// The rule that it breaks, or that another event would break with it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<LogError> for NotAdmitted {
    fn from(error: LogError) -> Self {
        Self::Read(error.into())
    }
}

/// How appending an event changes what rules ask.
#[derive(Debug)]
pub struct Course(Change);

#[derive(Debug)]
enum Change {
    /// It leaves every event on record as it reads. What is on record around it was looked up.
    Adds(Around),
    /// It corrects an event, in a way that no rule of another event notices.
    Corrects(Corrected),
    /// What is on record of its dispute reads otherwise.
    Unsettles,
}

#[derive(Debug)]
struct Corrected {
    id: EventId,
    listed: Listed,
    does: Does,
    /// Whether it may prove something about the date of another event.
    may_be_proof: bool,
}

impl Admission {
    /// For the log of a ledger.
    pub fn new(ledger: LedgerId) -> Self {
        Self::within(ledger, Bounds::default())
    }

    /// The same with other bounds.
    pub fn within(ledger: LedgerId, bounds: Bounds) -> Self {
        let memory = Memory::new(ledger, bounds);
        Self { memory, searches: Searches::new(bounds.searches), proving: proving() }
    }

    /// The id of an event to which none was given.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn assign_id(&mut self, log: &dyn ReadLog, at: Sequence) -> Result<EventId, ReadError> {
        let mut failed = None;
        let memory = &mut self.memory;
        let ledger = memory.ledger;
        let id = assign_id(&ledger, at, |id| {
            is_taken(memory, log, id).unwrap_or_else(|error| {
                failed = Some(error);
                false
            })
        });
        failed.map_or(Ok(id), Err)
    }

    /// Asks whether an event keeps the rules at the end of a log. `coming` tells which ids come
    /// later in the same import.
    ///
    /// # Errors
    /// [`NotAdmitted`]. Nothing has changed then.
    pub fn admit(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        coming: &dyn Fn(&EventId) -> bool,
    ) -> Result<Outcome, NotAdmitted> {
        self.admit_unnamed(log, new, coming).map_err(|error| match error {
            NotAdmitted::Refused(refusal) if refusal.event.is_none() => {
                refusal.of(Some(&new.id)).into()
            }
            other => other,
        })
    }

    /// Takes note that an event is on record now, as [`admit`](Self::admit) allowed; `log` has it.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn appended(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        course: Course,
    ) -> Result<(), ReadError> {
        let Some(event) = &new.event else { return Ok(()) };
        match course.0 {
            Change::Adds(around) => self.add(new, event, around),
            Change::Corrects(corrected) => self.correct(new, &corrected),
            Change::Unsettles => self.forget(log, event)?,
        }
        Ok(())
    }

    fn admit_unnamed(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        coming: &dyn Fn(&EventId) -> bool,
    ) -> Result<Outcome, NotAdmitted> {
        if let Some(at) = self.recorded_before(log, new)? {
            return Ok(Outcome::AlreadyRecorded(at));
        }
        let Some(event) = &new.event else {
            let placed = Placed { zone: Zone::UTC, refers_to: Vec::new() };
            return Ok(Outcome::New { placed, course: Course(Change::Unsettles) });
        };
        if !event.kind().is_about_the_record() && self.is_entangled(log, event)? {
            return self.admit_entangled(log, new, event, coming);
        }
        let around = self.gather(log, event, &new.id)?;
        let gathered = Gathered { around: &around, hints: self.hints(log) };
        rules::check_new(&gathered, new, coming)?;
        let mut placed = placed(&gathered, event, None);
        let change = match &event.fact {
            Fact::Amendment(amendment) => self.amend(log, new, event, amendment)?,
            Fact::Retraction(retraction) => self.retract(log, new, event, retraction)?,
            Fact::Redaction(_) => {
                let record = check_all(log, new, event)?;
                placed.refers_to.extend(version_erased(&record, event));
                Change::Unsettles
            }
            Fact::DisputeOpened(_) if self.was_opened(log, event)? => {
                check_all(log, new, event)?;
                Change::Unsettles
            }
            _ => Change::Adds(around),
        };
        Ok(Outcome::New { placed, course: Course(change) })
    }

    /// The place of the event of the same id, where it says the same.
    fn recorded_before(
        &self,
        log: &dyn ReadLog,
        new: &Recorded,
    ) -> Result<Option<Sequence>, NotAdmitted> {
        let Some(listed) = log.listed(&new.id)? else { return Ok(None) };
        let entry = existing(log, listed.sequence)?;
        if is_own(&entry) {
            return Ok(None);
        }
        if let Some(known) = read_entry(&self.memory.ledger, &entry)? {
            rules::check_recorded_again(&known, false, new)?;
        }
        Ok(Some(listed.sequence))
    }

    fn hints<'a>(&'a self, log: &'a dyn ReadLog) -> Hints<'a> {
        Hints { searches: &self.searches, log, ledger: &self.memory.ledger }
    }

    /// Whether a version took the place of its original in the dispute of an event, or may with it.
    fn is_entangled(&mut self, log: &dyn ReadLog, event: &Event) -> Result<bool, ReadError> {
        let state = self.memory.state(log, event.dispute.as_ref())?;
        let is_version = event.common.version_of.is_some();
        Ok(state.has_withdrawn && (state.has_versions || is_version))
    }

    /// Looks up all that rules may ask about an event.
    fn gather(
        &mut self,
        log: &dyn ReadLog,
        event: &Event,
        id: &EventId,
    ) -> Result<Around, ReadError> {
        let whole = self.memory.state(log, None)?;
        let (mut disputes, mut named) = (Vec::new(), Vec::new());
        disputes.extend(&event.dispute);
        let slug_as_id = event.dispute.as_ref().filter(|_| event.kind() == Kind::DisputeOpened);
        let slug_as_id = slug_as_id.and_then(|slug| EventId::parse(slug.as_str()));
        named.extend(slug_as_id.map(|id| ("about", id)));
        event.mentions(&mut |mention| match mention.what {
            Mentioned::Event(id, _) => named.push((mention.key, id.clone())),
            Mentioned::PartyOrEvent(text) => {
                let party = Slug::parse(text).filter(|slug| whole.declares(Named::Party, slug));
                named.extend(
                    EventId::parse(text).filter(|_| party.is_none()).map(|id| ("about", id)),
                );
            }
            Mentioned::Declared(Named::Dispute, slug) => disputes.push(slug),
            Mentioned::Declared(..) | Mentioned::Date(_) => {}
        });
        let disputes: Result<Vec<_>, ReadError> =
            disputes.into_iter().map(|slug| self.memory.state(log, Some(slug))).collect();
        let (disputes, events, alike) = (disputes?, Vec::new(), None);
        let mut around = Around { whole, disputes, events, alike };
        for (key, id) in named {
            let gathered = self.gather_event(log, event, &around, key, id)?;
            around.events.extend(gathered);
        }
        if let Some(slug) = Slug::parse(id.as_str())
            && self.memory.ever_opened(log, &slug)?
        {
            around.alike = Some(slug);
        }
        Ok(around)
    }

    fn gather_event(
        &mut self,
        log: &dyn ReadLog,
        event: &Event,
        around: &Around,
        key: &str,
        id: EventId,
    ) -> Result<Option<NamedEvent>, ReadError> {
        let Some(named) = self.memory.event(log, &id)? else { return Ok(None) };
        let here = event.dispute.as_ref().and_then(|dispute| around.dispute(dispute));
        let (mut meant, mut earliest) = (Rc::clone(&named), None);
        if let Some(here) = here
            && proves(key)
            && named.known().dispute == event.dispute.as_ref()
            && let Some(counted) = self.memory.counted(log, &named)?
        {
            earliest = self.memory.earliest(log, &counted, here.epoch)?;
            counted.may_be_proof.set(true);
            meant = counted;
        }
        Ok(Some(NamedEvent { id, named, meant, earliest }))
    }

    fn was_opened(&mut self, log: &dyn ReadLog, event: &Event) -> Result<bool, ReadError> {
        match &event.dispute {
            Some(dispute) => self.memory.ever_opened(log, dispute),
            None => Ok(false),
        }
    }

    /// Where a version may have taken the place of its original, only the record of the dispute
    /// tells what a reference means.
    fn admit_entangled(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        event: &Event,
        coming: &dyn Fn(&EventId) -> bool,
    ) -> Result<Outcome, NotAdmitted> {
        let mut record = read_around(log, event)?;
        let part = Part { record: &record, hints: self.hints(log) };
        rules::check_new(&part, new, coming)?;
        let placed = placed(&part, event, None);
        let n = record.push(new.clone());
        let takes_a_place = record.original(n) != n && record.counts(n);
        if event.kind() == Kind::DisputeOpened || takes_a_place {
            rules::check_all_after(&record, n)?;
        }
        Ok(Outcome::New { placed, course: Course(Change::Unsettles) })
    }

    /// Whether an amendment breaks a rule. Rules of other events ask of an event only what
    /// [`are_alike`] compares, and what its kind declares, which no amendment can touch. So where
    /// the two readings are alike, the amended document alone can break one.
    fn amend(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        event: &Event,
        amendment: &Amendment,
    ) -> Result<Change, NotAdmitted> {
        let of = &amendment.of;
        let Some(listed) = log.listed(of)? else { return Ok(Change::Unsettles) };
        let Some((recorded, Some(before))) = self.memory.as_it_reads(log, &listed)? else {
            // What was erased reads as nothing, amended or not.
            return Ok(amended(of, listed));
        };
        let after = before.amended(&amendment.set).map_err(|refusal| refusal.of(Some(of)))?;
        let state = self.memory.state(log, listed.belongs_to.as_ref())?;
        if state.is_entangled() || !are_alike(&before, &after) {
            check_all(log, new, event)?;
            return Ok(Change::Unsettles);
        }
        let stands = self.memory.event(log, of)?.is_some_and(|of| of.stands);
        let waits_for_an_opening = state.slug.is_some() && state.openings.is_empty();
        if stands && !waits_for_an_opening {
            let around = self.gather(log, &after, of)?;
            let gathered = Gathered { around: &around, hints: self.hints(log) };
            rules::check_after(&gathered, recorded.sequence.get(), &recorded, &after, &new.id)?;
        }
        Ok(amended(of, listed))
    }

    /// Whether a retraction breaks a rule. One of an event that declares nothing, corrects nothing
    /// and has no other accounts breaks none:
    ///
    /// - what refers to it still finds it, of the same kind, in the same dispute, saying the same;
    /// - as long as it stood it raised the earliest moment of what refers to it and cut the latest
    ///   of what it refers to; now it does neither, so that every span is as wide as it was or
    ///   wider, and none that held a moment is empty;
    /// - it need not keep the rules itself any more.
    fn retract(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        event: &Event,
        retraction: &Retraction,
    ) -> Result<Change, NotAdmitted> {
        let id = &retraction.of;
        let (Some(listed), Some(of)) = (log.listed(id)?, self.memory.event(log, id)?) else {
            return Ok(Change::Unsettles);
        };
        let kind = of.known().kind;
        let state = self.memory.state(log, listed.belongs_to.as_ref())?;
        if declares(kind) || kind.is_about_the_record() || state.has_versions {
            check_all(log, new, event)?;
            return Ok(Change::Unsettles);
        }
        let may_be_proof = self.may_be_proof(&of);
        let (id, does) = (id.clone(), Does::Retract);
        Ok(Change::Corrects(Corrected { id, listed, does, may_be_proof }))
    }

    fn may_be_proof(&self, event: &KnownEvent) -> bool {
        event.may_be_proof.get() && self.proving.contains(&event.known().kind)
    }

    fn add(&mut self, new: &Recorded, event: &Event, around: Around) {
        let state = event.dispute.as_ref().and_then(|dispute| around.dispute(dispute));
        if self.proving.contains(&new.kind)
            && let Some(state) = state
        {
            let reading = Reading { recorded: new, document: Some(event), stands: true };
            let known = KnownEvent::new(&reading, state.slug.clone(), state.zone);
            let proved = around.events.iter().map(|event| event.earliest).max().flatten();
            if known.version_of.is_none() {
                known.raise(state.epoch, known.own_earliest.max(proved));
            }
            known.may_be_proof.set(false);
            self.memory.remember(new.id.clone(), known);
        }
        drop(around);
        if let (Fact::DisputeOpened(_), Some(dispute)) = (&event.fact, &event.dispute) {
            self.memory.open(dispute);
        }
        let is_version = event.common.version_of.is_some();
        if (is_version || declares(new.kind))
            && let Some(state) = self.memory.remembered(event.dispute.as_ref())
        {
            state.has_versions |= is_version;
            match (&event.fact, event.declares()) {
                (Fact::DisputeOpened(opened), _) => {
                    state.openings.push(new.id.clone());
                    state.zone = opened.time_zone;
                }
                // A version declares something only in the place of its original.
                (_, Some((named, slug))) if !is_version => state.declare(named, slug.clone()),
                _ => {}
            }
        }
    }

    fn correct(&mut self, new: &Recorded, corrected: &Corrected) {
        let Corrected { id, listed, does, may_be_proof } = corrected;
        let epoch = self.memory.next_epoch();
        if let Some(state) = self.memory.remembered(listed.belongs_to.as_ref()) {
            state.correct(Correction { of: listed.sequence, at: new.sequence, does: *does });
            if *may_be_proof {
                state.epoch = epoch;
            }
        }
        if *does == Does::Retract {
            self.memory.forget_event(id);
        }
    }

    /// Forgets what reads otherwise once an event is appended.
    fn forget(&mut self, log: &dyn ReadLog, event: &Event) -> Result<(), ReadError> {
        if event.kind() == Kind::DisputeOpened {
            self.memory.forget_all();
        }
        self.memory.forget_dispute(event.dispute.as_ref());
        let mut next = corrected(event).cloned();
        while let Some(id) = next {
            self.memory.forget_event(&id);
            let Some(listed) = log.listed(&id)? else { break };
            let entry = existing(log, listed.sequence)?;
            if Kind::parse(entry.envelope().kind()).is_none_or(declares) {
                self.memory.forget_all();
            }
            self.memory.forget_dispute(listed.belongs_to.as_ref());
            next = entry.envelope().corrects().cloned();
        }
        Ok(())
    }
}

fn amended(id: &EventId, listed: Listed) -> Change {
    let (id, does) = (id.clone(), Does::Amend);
    Change::Corrects(Corrected { id, listed, does, may_be_proof: false })
}

/// The event that an event corrects.
fn corrected(event: &Event) -> Option<&EventId> {
    match &event.fact {
        Fact::Amendment(amendment) => Some(&amendment.of),
        Fact::Retraction(retraction) => Some(&retraction.of),
        Fact::Redaction(redaction) => Some(&redaction.of),
        _ => None,
    }
}

/// What is on record that may have a say in whether an event can be recorded.
fn read_around(log: &dyn ReadLog, event: &Event) -> Result<Record, ReadError> {
    let mut read = |scope: &_| read_record(log, scope);
    record_around(log, std::slice::from_ref(event), &mut read)
}

/// Asks of every event on which a new one may have an effect whether it still keeps the rules.
fn check_all(log: &dyn ReadLog, new: &Recorded, event: &Event) -> Result<Record, NotAdmitted> {
    let mut record = read_around(log, event)?;
    let n = record.push(new.clone());
    rules::check_all_after(&record, n)?;
    Ok(record)
}

fn is_taken(memory: &mut Memory, log: &dyn ReadLog, id: &EventId) -> Result<bool, ReadError> {
    let is_slug = match Slug::parse(id.as_str()) {
        Some(slug) => memory.ever_opened(log, &slug)?,
        None => false,
    };
    Ok(is_slug || log.listed(id)?.is_some())
}

/// The kinds that a key names which proves something.
fn proving() -> Vec<Kind> {
    let keys = Kind::ALL.iter().flat_map(|kind| kind.spec().keys);
    let named = keys.filter(|key| proves(key.name)).flat_map(|key| key.refers_to);
    let mut kinds: Vec<Kind> = named.copied().filter(|kind| !kind.is_about_the_record()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}
