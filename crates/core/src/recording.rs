//! Between events and the log: what an event becomes to be sealed, and what an entry says.

mod naming;
mod scope;

use std::borrow::Borrow;
use std::collections::HashMap;

use thiserror::Error;

use crate::chain::Sequence;
use crate::digest::Digest;
use crate::entry::{BrokenRecord, Entry};
use crate::envelope::{LEDGER_KIND, LedgerId, SealedDate};
use crate::event::canonical::is_surely_canonical;
use crate::event::schema::{Mentioned, Named};
use crate::event::{Event, Fact, Kind};
use crate::event_log::{LogError, ReadLog};
use crate::identifier::{EventId, Slug};
use crate::occurred::Edtf;
use crate::record::{Record, Recorded};
use crate::refusal::Refusal;
use crate::rules::OnRecord;
use crate::seal::Draft;
use crate::zone::Zone;

pub(crate) use naming::read_disputes_for;
pub use naming::{read_described, read_disputes, read_with_named, with_all_named, with_named};
pub(crate) use scope::asks_all;
pub use scope::{NamedElsewhere, Scope, named_elsewhere, record_around, scope_of};

/// The version of the words and keys of events that this program writes (EVENTS.md).
pub const CONTENT_SCHEMA: u16 = 1;

/// The letters of ids that the ledger assigns: no look-alikes, and the first never a digit.
const LETTERS: &[u8; 20] = b"abcdefghjkmnpqrstvwx";
const SYMBOLS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// How long they are: 20 · 32⁷ ids make a clash of two ledgers' events unlikely.
const ASSIGNED_LENGTH: usize = 8;
/// How many ids are tried for one place. That all of them are taken does not happen.
const ATTEMPTS: u8 = 4;

/// Why a record cannot be read from a log.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An entry is not what was sealed.
    #[error("event {sequence} is not what was recorded: {broken}")]
    Broken {
        /// Where.
        sequence: Sequence,
        /// What does not hold.
        broken: BrokenRecord,
    },
    /// An entry holds no event that this program knows.
    #[error("event {sequence} cannot be read: {why}")]
    NoEvent {
        /// Where.
        sequence: Sequence,
        /// What is wrong with it.
        why: String,
    },
}

/// Reads what is on record of a scope. What is read is checked against its digests: nobody is
/// shown what is not what was recorded.
///
/// # Errors
/// [`ReadError`].
pub fn read_record<L: ReadLog + ?Sized>(log: &L, scope: &Scope) -> Result<Record, ReadError> {
    let ledger = log.ledger()?.id;
    let recorded = read_entries(&ledger, &scope_entries(log, scope)?)?;
    Ok(Record::load(recorded, []))
}

/// The entries of a scope, in the order of recording, without the ledger's own.
///
/// # Errors
/// [`LogError`] where the log cannot be read.
pub fn scope_entries<L: ReadLog + ?Sized>(log: &L, scope: &Scope) -> Result<Vec<Entry>, LogError> {
    let disputes = match scope {
        Scope::Whole => return log.entries(Sequence::new(1)).collect(),
        Scope::Disputes(disputes) => disputes,
    };
    let mut entries = log.entries_of(None)?;
    for dispute in disputes {
        entries.extend(log.entries_of(Some(dispute))?);
    }
    entries.sort_unstable_by_key(|entry| entry.envelope().sequence());
    Ok(entries)
}

/// Below this many entries another thread costs more than it saves.
const WORTH_A_THREAD: usize = 500;

/// Reads the events of entries in their order; the ledger's own envelope holds none.
///
/// # Errors
/// [`ReadError`] at the first that is not what was sealed, or no event that this program knows.
pub fn read_entries<E: Borrow<Entry> + Sync>(
    ledger: &LedgerId,
    entries: &[E],
) -> Result<Vec<Recorded>, ReadError> {
    let mut recorded = read_each(ledger, entries)?;
    // An erased content took with it of what it was another account; the redaction tells.
    let redactions = entries.iter().map(|entry| entry.borrow().envelope());
    let told: HashMap<&EventId, &EventId> = redactions
        .filter(|envelope| envelope.kind() == Kind::Redaction.as_str())
        .filter_map(|envelope| match envelope.refers_to() {
            [erased, original, ..] => Some((erased, original)),
            _ => None,
        })
        .collect();
    if !told.is_empty() {
        for event in recorded.iter_mut().filter(|event| event.event.is_none()) {
            event.version_of = told.get(&event.id).map(|original| (*original).clone());
        }
    }
    Ok(recorded)
}

/// On all cores where there are many: hashing and reading one has nothing to do with another.
fn read_each<E: Borrow<Entry> + Sync>(
    ledger: &LedgerId,
    entries: &[E],
) -> Result<Vec<Recorded>, ReadError> {
    let read = |entries: &[E]| -> Result<Vec<Recorded>, ReadError> {
        let mut recorded = Vec::with_capacity(entries.len());
        for entry in entries {
            recorded.extend(read_entry(ledger, entry.borrow())?);
        }
        Ok(recorded)
    };
    if entries.len() <= WORTH_A_THREAD {
        return read(entries);
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = entries.len().div_ceil(cores).max(WORTH_A_THREAD);
    let parts = std::thread::scope(|scope| {
        let threads: Vec<_> =
            entries.chunks(share).map(|part| scope.spawn(move || read(part))).collect();
        let joined = threads.into_iter().zip(entries.chunks(share));
        // A thread that did not come back has read nothing; its part is read again here.
        joined.map(|(thread, part)| thread.join().unwrap_or_else(|_| read(part))).collect()
    });
    let parts: Vec<Result<Vec<Recorded>, ReadError>> = parts;
    let mut recorded = Vec::with_capacity(entries.len());
    for part in parts {
        recorded.extend(part?);
    }
    Ok(recorded)
}

/// The event that an entry holds. `None` for the ledger's own envelope.
///
/// # Errors
/// [`ReadError`] where it is not what was sealed, or no event that this program knows.
pub(crate) fn read_entry(ledger: &LedgerId, entry: &Entry) -> Result<Option<Recorded>, ReadError> {
    let envelope = entry.envelope();
    let sequence = envelope.sequence();
    if envelope.kind() == LEDGER_KIND {
        return Ok(None);
    }
    entry.prove().map_err(|broken| ReadError::Broken { sequence, broken })?;
    let no_event = |why: String| ReadError::NoEvent { sequence, why };
    let kind = Kind::parse(envelope.kind())
        .ok_or_else(|| no_event(format!("the kind {} is not known", envelope.kind())))?;
    let text = envelope.occurred().map_or("", |date| date.text.as_str());
    let occurred = match text {
        "" => None,
        text => Some(Edtf::parse(text).map_err(|error| no_event(error.to_string()))?),
    };
    let event = match entry.content() {
        None => None,
        Some(content) => {
            let content = std::str::from_utf8(&content.bytes)
                .map_err(|_| no_event("its content is not text".to_owned()))?;
            // An id that the ledger assigned was not part of the document.
            let handed_in = !is_assigned(ledger, sequence, envelope.id());
            let id = handed_in.then_some(envelope.id());
            Some(
                Event::from_record(envelope.kind(), id, envelope.dispute(), text, content)
                    .map_err(|refusal| no_event(refusal.to_string()))?,
            )
        }
    };
    Ok(Some(Recorded {
        sequence,
        recorded_at: envelope.recorded_at(),
        id: envelope.id().clone(),
        kind,
        dispute: envelope.dispute().cloned(),
        occurred,
        event,
        version_of: None,
    }))
}

/// Whether a content is the canonical form of an event of its envelope's kind: what verification
/// asks besides digests.
///
/// # Errors
/// What is wrong, in words.
pub fn check_content(
    kind: &str,
    dispute: Option<&Slug>,
    occurred: &str,
    content: &[u8],
) -> Result<(), String> {
    let text = std::str::from_utf8(content).map_err(|_| "the content is not text".to_owned())?;
    if kind == LEDGER_KIND {
        let json = crate::json::Json::parse(text).map_err(|error| error.to_string())?;
        let canonical = json.sorted().to_string();
        return if canonical == text { Ok(()) } else { Err("it is not canonical".to_owned()) };
    }
    if Kind::parse(kind).is_some_and(|kind| is_surely_canonical(kind, dispute, occurred, text)) {
        return Ok(());
    }
    check_content_by_type(kind, dispute, occurred, text)
}

/// The same of any event: what is not surely right at a glance is read.
fn check_content_by_type(
    kind: &str,
    dispute: Option<&Slug>,
    occurred: &str,
    text: &str,
) -> Result<(), String> {
    let event = Event::from_record(kind, None, dispute, occurred, text)
        .map_err(|refusal| refusal.to_string())?;
    if event.content() == text { Ok(()) } else { Err("it is not canonical".to_owned()) }
}

/// What the record adds to an event that is to be sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its date as read in the zone of its dispute.
    pub occurred: Option<SealedDate>,
    /// The ids that it refers to.
    pub refers_to: Vec<EventId>,
}

impl Placed {
    /// What an event becomes to be sealed; `content` is [`Event::content`], which can be worked out
    /// before anything is known of the record.
    pub fn draft(self, event: &Event, content: String, id: EventId, recorded_by: &str) -> Draft {
        Draft {
            id,
            dispute: event.dispute.clone(),
            kind: event.kind().as_str().into(),
            schema: CONTENT_SCHEMA,
            occurred: self.occurred,
            refers_to: self.refers_to,
            content: content.into_bytes(),
            recorded_by: recorded_by.into(),
        }
    }
}

/// What an event becomes to be sealed, given what is on record.
///
/// # Errors
/// A date that cannot be read in the dispute's zone, which the rules refuse too.
pub fn draft(
    record: &Record,
    event: &Event,
    id: EventId,
    recorded_by: &str,
) -> Result<Draft, Refusal> {
    let zone = match &event.fact {
        Fact::DisputeOpened(opened) => opened.time_zone,
        _ => record.zone_of(event.dispute.as_ref()),
    };
    let occurred = event.occurred.as_ref().map(|date| sealed_date(date, zone)).transpose()?;
    let mut refers_to = refers_to(record, event);
    refers_to.extend(version_erased(record, event));
    Ok(Placed { occurred, refers_to }.draft(event, event.content(), id, recorded_by))
}

/// The event of which one that a redaction erases is another account.
pub(crate) fn version_erased(record: &Record, event: &Event) -> Option<EventId> {
    let Fact::Redaction(redaction) = &event.fact else { return None };
    record.position(&redaction.of).and_then(|n| record.version_of(n)).cloned()
}

/// The text of a date with its span alone, as it is sealed and answered.
///
/// # Errors
/// A date that cannot be read in the zone.
pub fn sealed_date(date: &Edtf, zone: Zone) -> Result<SealedDate, Refusal> {
    let span = date.span(zone).map_err(|error| {
        let hint = "give an offset, or leave the time out";
        Refusal::new(crate::refusal::RefusalCode::BadDate, error.to_string(), hint).at("occurred")
    })?;
    Ok(SealedDate { text: date.as_str().into(), earliest: span.earliest, latest: span.latest })
}

/// The ids that an event refers to, each once, in the order of the keys of its kind and then of
/// the common ones: so a correction names first what it corrects. A redaction names after it the
/// event of which the erased one was another account, since that is erased too.
pub(crate) fn refers_to(record: &dyn OnRecord, event: &Event) -> Vec<EventId> {
    let mut ids: Vec<EventId> = Vec::new();
    event.mentions(&mut |mention| {
        let id = match mention.what {
            Mentioned::Event(id, _) => Some(id.clone()),
            Mentioned::PartyOrEvent(text) => {
                let named_party = Slug::parse(text)
                    .is_some_and(|slug| record.is_declared(Named::Party, None, &slug));
                EventId::parse(text).filter(|_| !named_party)
            }
            Mentioned::Declared(..) | Mentioned::Date(_) => None,
        };
        if let Some(id) = id
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    });
    ids
}

/// The id that a ledger assigns to the event at a place, where none was handed in: the first of a
/// few that only this ledger and place give and that nothing else is called by.
pub fn assign_id(
    ledger: &LedgerId,
    at: Sequence,
    mut is_taken: impl FnMut(&EventId) -> bool,
) -> EventId {
    let mut ids = (0..ATTEMPTS).map(|attempt| assigned(ledger, at, attempt));
    let last = assigned(ledger, at, ATTEMPTS);
    ids.find(|id| !is_taken(id)).unwrap_or(last)
}

/// Whether an id is one that the ledger assigned to this place.
pub fn is_assigned(ledger: &LedgerId, at: Sequence, id: &EventId) -> bool {
    id.as_str().len() == ASSIGNED_LENGTH
        && (0..=ATTEMPTS).any(|attempt| assigned(ledger, at, attempt) == *id)
}

fn assigned(ledger: &LedgerId, at: Sequence, attempt: u8) -> EventId {
    let mut seed = ledger.as_bytes().to_vec();
    seed.extend(at.get().to_be_bytes());
    seed.push(attempt);
    let digest = Digest::of_bytes(&seed);
    let mut bytes = digest.as_bytes().iter().map(|byte| usize::from(*byte));
    let mut text = String::with_capacity(ASSIGNED_LENGTH);
    let mut symbol = |symbols: &[u8]| {
        let byte = bytes.next().unwrap_or_default() % symbols.len();
        text.push(char::from(symbols.get(byte).copied().unwrap_or(b'x')));
    };
    symbol(LETTERS);
    (1..ASSIGNED_LENGTH).for_each(|_| symbol(SYMBOLS));
    EventId::of_symbols(text)
}
