//! Whether events keep the rules, one after the other, given a log that is too large to be held in
//! memory: what rules ask is looked up, and what was looked up lately is remembered.

mod around;
mod correcting;
mod dispute_state;
mod events;
mod following;
mod gathering;
mod known_event;
mod memory;
mod opened;
mod part;
mod recent;
mod searches;
mod small;

use thiserror::Error;

use crate::chain::Sequence;
use crate::envelope::{LedgerId, SealedDate};
use crate::event::{Event, Fact, Kind};
use crate::event_log::{Listed, LogError, LookedUp, ReadLog, existing};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::names::Names;
use crate::occurred::Span;
use crate::record::Recorded;
use crate::recording::{Placed, ReadError, assign_id, read_entry, refers_to, version_erased};
use crate::refusal::Refusal;
use crate::rules::{self, OnRecord};

use around::{Around, Gathered, Hinted, Hints};
use dispute_state::{Does, declares, is_own};
use known_event::proves;
use memory::Memory;
use part::ReadPart;
use searches::Searches;

/// How much is remembered. Any bounds give the same answers, but for hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Half of the most events of which the facts are remembered, of about 70 bytes each. Each
    /// dispute that is remembered takes the room of ten, until an eighth of the events is left.
    pub events: usize,
    /// Half of the most disputes that are remembered, of about 500 bytes each, and more where much
    /// is corrected or declared in them. To read one again takes as long as to record dozens of
    /// events.
    pub disputes: usize,
    /// How often the log is searched for what was probably meant by a name, for a hint.
    pub searches: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { events: 600_000, disputes: 200_000, searches: 20 }
    }
}

impl Bounds {
    /// Half of the most events beside so many disputes.
    fn events_beside(self, disputes: usize) -> usize {
        self.events.saturating_sub(5 * disputes).max(self.events / 8)
    }
}

/// Asks of new events whether they keep the rules at the end of a log, which keeps them so far. It
/// is handed the log at each question, and is told what was appended; nothing else is appended
/// meanwhile.
#[derive(Debug)]
pub struct Admission {
    memory: Memory,
    part: Option<ReadPart>,
    /// Which parties and standards are declared where, once it was asked.
    names: Option<Names>,
    searches: Searches,
    /// The kinds of event that prove something about the date of what refers to them.
    proving: Vec<Kind>,
}

/// What is to become of an event that keeps the rules.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, taken apart at once")]
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

/// How appending an event changes what rules ask, and what was looked up of it.
#[derive(Debug)]
pub struct Course {
    change: Change,
    looked_up: LookedUp,
}

impl Course {
    /// What was looked up, for [`Append::push_looked_up`](crate::Append::push_looked_up).
    pub fn looked_up(&self) -> &LookedUp {
        &self.looked_up
    }
}

/// Whether the id of a new event is on record.
enum Before {
    Free,
    /// It is that of the ledger's own entry, which is no event.
    Own,
    /// The same event is on record at this place.
    Recorded(Sequence),
}

#[derive(Debug)]
enum Change {
    /// It leaves every event on record as it reads: what is on record around it, and its earliest
    /// moment.
    Adds(Around, Option<Instant>),
    /// It corrects an event, in a way that no rule of another event notices.
    Corrects(Corrected),
    /// It adds a fact to a dispute that must be read whole, and leaves what is kept of that as it
    /// is.
    Leaves,
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
        let searches = Searches::new(bounds.searches);
        Self { memory, part: None, names: None, searches, proving: proving() }
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
        match course.change {
            Change::Adds(around, earliest) => self.add(new, event, around, earliest),
            Change::Corrects(corrected) => self.correct(new, &corrected),
            Change::Leaves => {}
            Change::Unsettles => self.forget(log, event)?,
        }
        if let Some(part) = self.part.take() {
            let belongs_to = match event.kind().is_about_the_record() {
                true => log.listed(&new.id)?.and_then(|listed| listed.belongs_to),
                false => event.dispute.clone(),
            };
            self.part = part.after(log, belongs_to.as_ref(), new)?;
        }
        Ok(())
    }

    fn admit_unnamed(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        coming: &dyn Fn(&EventId) -> bool,
    ) -> Result<Outcome, NotAdmitted> {
        self.part = self.part.take().filter(|part| part.is_of_before(new));
        let is_free = match self.recorded_before(log, new)? {
            Before::Recorded(at) => return Ok(Outcome::AlreadyRecorded(at)),
            Before::Free => true,
            Before::Own => false,
        };
        let mut looked_up =
            LookedUp { id: new.id.clone(), at: new.sequence, is_free, found: Vec::new() };
        let Some(event) = &new.event else {
            let placed = Placed { occurred: None, refers_to: Vec::new() };
            let course = Course { change: Change::Unsettles, looked_up };
            return Ok(Outcome::New { placed, course });
        };
        if !event.kind().is_about_the_record() && self.is_entangled(log, event)? {
            let (placed, change) = self.admit_entangled(log, new, event, coming)?;
            return Ok(Outcome::New { placed, course: Course { change, looked_up } });
        }
        let around = self.gather(log, event, &new.id)?;
        looked_up.found.extend(around.events.iter().map(|event| event.id.clone()));
        let gathered = Gathered { around: &around, hints: self.hints(log) };
        let span = rules::check_new(&gathered, new, coming)?;
        let mut placed = placed(&gathered, event, span);
        let dispute = event.dispute.as_ref();
        let change = match &event.fact {
            Fact::Amendment(amendment) => self.amend(log, new, event, amendment)?,
            Fact::Retraction(retraction) => self.retract(log, new, event, retraction)?,
            Fact::Redaction(redaction) => {
                let belongs_to = log.listed(&redaction.of)?.and_then(|of| of.belongs_to);
                let part = self.check_all(log, new, event, belongs_to.as_ref())?;
                // What is erased is gone from the log, not from this.
                placed.refers_to.extend(version_erased(&part.record, event));
                Change::Unsettles
            }
            Fact::DisputeOpened(_) if self.was_opened(log, event)? => {
                self.part = Some(self.check_all(log, new, event, dispute)?);
                Change::Unsettles
            }
            _ => Change::Adds(around, span.and_then(|span| span.earliest)),
        };
        Ok(Outcome::New { placed, course: Course { change, looked_up } })
    }

    /// Whether the id of an event is on record. One of the same id says the same, or is refused.
    fn recorded_before(&self, log: &dyn ReadLog, new: &Recorded) -> Result<Before, NotAdmitted> {
        let Some(listed) = log.listed(&new.id)? else { return Ok(Before::Free) };
        let entry = existing(log, listed.sequence)?;
        if is_own(&entry) {
            return Ok(Before::Own);
        }
        if let Some(known) = read_entry(&self.memory.ledger, &entry)? {
            rules::check_recorded_again(&known, false, new)?;
        }
        Ok(Before::Recorded(listed.sequence))
    }

    fn hints<'a>(&'a self, log: &'a dyn ReadLog) -> Hints<'a> {
        Hints { searches: Some(&self.searches), log, ledger: &self.memory.ledger }
    }

    /// Whether look-ups do not tell what references mean in the dispute of an event, or it may take
    /// the place of another account at once.
    fn is_entangled(&mut self, log: &dyn ReadLog, event: &Event) -> Result<bool, ReadError> {
        let state = self.memory.state(log, event.dispute.as_ref())?;
        let of = event.common.version_of.as_ref();
        Ok(state.is_entangled() || of.is_some_and(|of| state.has_withdrawn(of)))
    }

    fn was_opened(&mut self, log: &dyn ReadLog, event: &Event) -> Result<bool, ReadError> {
        match &event.dispute {
            Some(dispute) => self.memory.ever_opened(log, dispute),
            None => Ok(false),
        }
    }

    /// Asks of every event on which a new one of a dispute may have an effect whether it still keeps
    /// the rules.
    fn check_all(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        event: &Event,
        dispute: Option<&Slug>,
    ) -> Result<ReadPart, NotAdmitted> {
        let last = self.part.take();
        let ask = |part: &mut ReadPart| {
            let n = part.push(new);
            let hints = hints(part, &self.searches, log, &self.memory.ledger);
            rules::check_all_after(&part.record, &Hinted { record: &part.record, hints }, n)
        };
        ask_part(last, log, &mut self.names, dispute, event, &ask).map(|((), part)| part)
    }

    /// Asks the record of the dispute, which tells what every reference means.
    fn admit_entangled(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        event: &Event,
        coming: &dyn Fn(&EventId) -> bool,
    ) -> Result<(Placed, Change), NotAdmitted> {
        let last = self.part.take();
        let ask = |part: &mut ReadPart| {
            let hints = hints(part, &self.searches, log, &self.memory.ledger);
            let hinted = Hinted { record: &part.record, hints };
            let span = rules::check_new(&hinted, new, coming)?;
            let placed = placed(&hinted, event, span);
            let n = part.push(new);
            let takes_a_place = part.record.original(n) != n && part.record.counts(n);
            if event.kind() == Kind::DisputeOpened || takes_a_place {
                let hinted = Hinted { record: &part.record, hints };
                rules::check_all_after(&part.record, &hinted, n)?;
            }
            Ok(placed)
        };
        let dispute = event.dispute.as_ref();
        let (placed, part) = ask_part(last, log, &mut self.names, dispute, event, &ask)?;
        self.part = Some(part);
        let is_settled = event.common.version_of.is_none() && !declares(event.kind());
        let change = if is_settled { Change::Leaves } else { Change::Unsettles };
        Ok((placed, change))
    }
}

/// Asks the part of the record around an event of a dispute, which is the one that was read last
/// where that will do; where it refuses, asks again with all that belongs to no dispute.
fn ask_part<T>(
    last: Option<ReadPart>,
    log: &dyn ReadLog,
    names: &mut Option<Names>,
    dispute: Option<&Slug>,
    event: &Event,
    ask: &dyn Fn(&mut ReadPart) -> Result<T, Refusal>,
) -> Result<(T, ReadPart), NotAdmitted> {
    let names = match names {
        Some(names) => {
            names.catch_up(log)?;
            names
        }
        None => names.insert(Names::of(log)?),
    };
    let mut part = ReadPart::around(last, log, names, dispute, event)?;
    let refusal = match ask(&mut part) {
        Ok(answer) => return Ok((answer, part)),
        Err(refusal) => refusal,
    };
    match part.with_all(log, event)? {
        Some(mut all) => Ok((ask(&mut all)?, all)),
        None => Err(refusal.into()),
    }
}

/// Hints for a part of the record; none where a refusal is asked for again.
fn hints<'a>(
    part: &ReadPart,
    searches: &'a Searches,
    log: &'a dyn ReadLog,
    ledger: &'a LedgerId,
) -> Hints<'a> {
    Hints { searches: part.has_all().then_some(searches), log, ledger }
}

/// What the record adds to an event whose date has a span.
fn placed(record: &dyn OnRecord, event: &Event, span: Option<Span>) -> Placed {
    let occurred = event.occurred.as_ref().zip(span).map(|(date, span)| SealedDate {
        text: date.as_str().into(),
        earliest: span.earliest,
        latest: span.latest,
    });
    Placed { occurred, refers_to: refers_to(record, event) }
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
