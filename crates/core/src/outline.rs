//! The outline of a log: the events that bear on how others read, and those on which they bear.
//! With it a log of any length is read event by event, and each of them reads as it does among all.

mod dates;
mod walk;

use std::collections::{BTreeSet, HashMap, HashSet};

pub use dates::{Dates, DatesBuilder};
pub use walk::Each;

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::envelope::LedgerId;
use crate::event::{Fact, Kind};
use crate::event_log::{Damage, LogError, Part, ReadLog};
use crate::identifier::EventId;
use crate::record::{Record, Recorded};
use crate::recording::{ReadError, read_entries};

/// How many entries are read at once.
const AT_ONCE: usize = 1024;

/// The events of a log that bear on others: corrections, other accounts of facts, openings of
/// disputes, what was erased; and the events that these are about. Its size goes with their number,
/// not with the length of the log.
#[derive(Debug, Clone)]
pub struct Outline {
    record: Record,
    places: HashMap<Sequence, usize>,
}

/// Whether an outline has the events that describe parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parties {
    /// It has them: people are to be called by their names.
    Kept,
    /// It has not.
    LeftOut,
}

impl Outline {
    /// Reads the outline of a log, in one pass.
    ///
    /// # Errors
    /// [`ReadError`] where the log cannot be read, or an event of the outline is not what was
    /// sealed. Other events are not looked into.
    pub fn read<L: ReadLog + ?Sized>(log: &L, parties: Parties) -> Result<Self, ReadError> {
        let mut reading = Reading::new(log.ledger()?.id);
        for entry in log.entries(Sequence::new(1)) {
            let entry = entry?;
            if bears_on_others(&entry, parties) {
                reading.take(entry)?;
            }
        }
        let mut recorded = reading.finish()?;
        // What is corrected and bears on nothing itself: so nothing follows from it.
        recorded.extend(targets(log, &recorded)?);
        recorded.sort_unstable_by_key(|event| event.sequence);
        Ok(Self::of(Record::load(recorded, [])))
    }

    /// The outline that a record is: of a whole log, or of the part of one that was known.
    pub fn of(record: Record) -> Self {
        let events = record.recorded().iter().enumerate();
        let places = events.map(|(n, event)| (event.sequence, n)).collect();
        Self { record, places }
    }

    /// Its events, as they read among all those of the log.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The place in the log of the first account of the fact of which an event is an account: its
    /// own, for nearly all.
    pub fn original(&self, at: Sequence) -> Sequence {
        let n = self.position(at);
        let original = n.and_then(|n| self.record.get(self.record.original(n)));
        original.map_or(at, |original| original.sequence)
    }

    fn position(&self, at: Sequence) -> Option<usize> {
        self.places.get(&at).copied()
    }
}

/// Whether an event may change how others read. One that cannot may pass as well.
fn bears_on_others(entry: &Entry, parties: Parties) -> bool {
    let Some(content) = entry.content() else { return true };
    match Kind::parse(entry.envelope().kind()) {
        Some(Kind::DisputeOpened) => true,
        Some(Kind::Party) if parties == Parties::Kept => true,
        Some(kind) if kind.is_about_the_record() => true,
        _ => may_be_a_version(&content.bytes),
    }
}

/// Whether the key may be in a content. An escape may be a part of its name.
fn may_be_a_version(content: &[u8]) -> bool {
    std::str::from_utf8(content)
        .is_ok_and(|content| content.contains("version_of") || content.contains("\\u"))
}

/// Entries on their way to becoming events.
struct Reading {
    ledger: LedgerId,
    batch: Vec<Entry>,
    /// Redactions and what was erased, which are read together: the ones tell of the others.
    aside: Vec<Entry>,
    recorded: Vec<Recorded>,
}

impl Reading {
    fn new(ledger: LedgerId) -> Self {
        Self { ledger, batch: Vec::new(), aside: Vec::new(), recorded: Vec::new() }
    }

    fn take(&mut self, entry: Entry) -> Result<(), ReadError> {
        if entry.content().is_none() || entry.envelope().redacts().is_some() {
            self.aside.push(entry);
            return Ok(());
        }
        self.batch.push(entry);
        if self.batch.len() < AT_ONCE { Ok(()) } else { self.read_batch() }
    }

    fn read_batch(&mut self) -> Result<(), ReadError> {
        self.recorded.extend(read_entries(&self.ledger, &self.batch)?);
        self.batch.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Recorded>, ReadError> {
        self.read_batch()?;
        self.recorded.extend(read_entries(&self.ledger, &self.aside)?);
        Ok(self.recorded)
    }
}

/// The events that some are about, without those among them.
fn targets<L: ReadLog + ?Sized>(log: &L, some: &[Recorded]) -> Result<Vec<Recorded>, ReadError> {
    let there: HashSet<Sequence> = some.iter().map(|event| event.sequence).collect();
    let mut places = BTreeSet::new();
    for id in some.iter().flat_map(is_about) {
        places.extend(log.find(&id)?.filter(|at| !there.contains(at)));
    }
    let mut reading = Reading::new(log.ledger()?.id);
    for at in places {
        let missing = LogError::damaged(Part::Record, at, Damage::Missing);
        reading.take(log.entry(at)?.ok_or(missing)?)?;
    }
    reading.finish()
}

/// The events that one corrects or is another account of, also by a correction of it.
fn is_about(event: &Recorded) -> Vec<EventId> {
    let mut ids: Vec<EventId> = event.version_of.iter().cloned().collect();
    ids.extend(event.event.iter().filter_map(|event| event.common.version_of.clone()));
    match event.fact() {
        Some(Fact::Amendment(amendment)) => {
            ids.push(amendment.of.clone());
            let set = amendment.set.0.iter().filter(|(key, _)| key == "version_of");
            ids.extend(set.filter_map(|(_, id)| EventId::parse(id.as_text()?)));
        }
        Some(Fact::Retraction(retraction)) => ids.push(retraction.of.clone()),
        Some(Fact::Redaction(redaction)) => ids.push(redaction.of.clone()),
        _ => {}
    }
    ids
}
