//! Which part of a ledger must be read to answer a question.

use std::collections::BTreeSet;

use crate::chain::Sequence;
use crate::event::schema::{Mentioned, Named};
use crate::event::{Event, Fact, Kind};
use crate::event_log::{LogError, ReadLog};
use crate::identifier::{EventId, Slug};
use crate::record::Record;
use crate::recording::ReadError;

/// Which part of a ledger a question is about. What belongs to the whole ledger always comes with
/// it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Some disputes.
    Disputes(BTreeSet<Slug>),
    /// Everything.
    Whole,
}

/// The disputes that must be read to judge or show an event: its own, those of the events that it
/// names, and those whose slugs it names. Everything, for what any dispute may name.
///
/// # Errors
/// [`ReadError`].
pub fn scope_of<L: ReadLog + ?Sized>(log: &L, event: &Event) -> Result<Scope, ReadError> {
    let mut disputes: BTreeSet<Slug> = event.dispute.iter().cloned().collect();
    let mut named = Vec::new();
    event.mentions(&mut |mention| match mention.what {
        Mentioned::Event(id, _) => named.push(id.clone()),
        Mentioned::PartyOrEvent(text) => named.extend(EventId::parse(text)),
        Mentioned::Declared(Named::Dispute, slug) => {
            disputes.insert(slug.clone());
        }
        Mentioned::Declared(..) | Mentioned::Date(_) => {}
    });
    named.extend(event.id.clone());
    // An id and the slug of a dispute must not be alike, wherever the other is on record.
    disputes.extend(event.id.as_ref().and_then(|id| Slug::parse(id.as_str())));
    if event.kind() == Kind::DisputeOpened {
        named.extend(event.dispute.as_ref().and_then(|slug| EventId::parse(slug.as_str())));
    }
    for id in named {
        let Some(listed) = log.listed(&id)? else { continue };
        match listed.belongs_to {
            Some(dispute) => {
                disputes.insert(dispute);
            }
            // A correction of a party or a standard touches every dispute that names it.
            None if event.kind().is_about_the_record() => return Ok(Scope::Whole),
            None => {}
        }
        let corrects_opening =
            event.kind().is_about_the_record() && is_of_an_opening(log, listed.sequence)?;
        if corrects_opening {
            return Ok(Scope::Whole);
        }
    }
    Ok(Scope::Disputes(disputes))
}

/// Whether an event is an opening, or corrects one, through corrections of corrections.
fn is_of_an_opening<L: ReadLog + ?Sized>(log: &L, mut at: Sequence) -> Result<bool, LogError> {
    while let Some(entry) = log.entry(at)? {
        let envelope = entry.envelope();
        let Some(corrected) = envelope.corrects() else {
            // Of a kind that is not known here nothing is known.
            let kind = Kind::parse(envelope.kind());
            return Ok(kind.is_none_or(|kind| kind == Kind::DisputeOpened));
        };
        match log.find(corrected)?.filter(|of| *of < at) {
            Some(of) => at = of,
            None => break,
        }
    }
    Ok(true)
}

/// Reads, with `read`, what is on record that may have a say in whether some events can be
/// recorded.
///
/// # Errors
/// [`ReadError`].
pub fn record_around<L: ReadLog + ?Sized>(
    log: &L,
    events: &[Event],
    read: &mut dyn FnMut(&Scope) -> Result<Record, ReadError>,
) -> Result<Record, ReadError> {
    let mut disputes = BTreeSet::new();
    for event in events {
        match scope_of(log, event)? {
            Scope::Whole => return read(&Scope::Whole),
            Scope::Disputes(named) => disputes.extend(named),
        }
    }
    let record = read(&Scope::Disputes(disputes.clone()))?;
    if !events.iter().any(asks_all) {
        return Ok(record);
    }
    let amended: Vec<Event> = events.iter().filter_map(|event| amended(&record, event)).collect();
    let named = named_by(log, &record, recorded(&record).chain(&amended))?;
    let so_far = disputes.len();
    disputes.extend(named.by_events.into_iter().chain(named.by_slugs));
    if disputes.len() == so_far {
        return Ok(record);
    }
    read(&Scope::Disputes(disputes))
}

/// Whether recording an event asks again of every event of its dispute whether it keeps the rules,
/// and so needs whatever any of them names.
pub(crate) fn asks_all(event: &Event) -> bool {
    let kind = event.kind();
    kind.is_about_the_record() || kind == Kind::DisputeOpened || event.common.version_of.is_some()
}

/// Disputes that are not read yet and that events name.
#[derive(Debug, Clone, Default)]
pub struct NamedElsewhere {
    /// Those whose events are named.
    pub by_events: BTreeSet<Slug>,
    /// Those whose slugs are named.
    pub by_slugs: BTreeSet<Slug>,
}

/// Finds the disputes outside a record that its events name, as recorded or as amended.
///
/// # Errors
/// [`LogError`] where the log cannot be read.
pub fn named_elsewhere<L: ReadLog + ?Sized>(
    log: &L,
    record: &Record,
) -> Result<NamedElsewhere, LogError> {
    named_by(log, record, recorded(record))
}

/// The documents of a record, as recorded and as amended.
fn recorded(record: &Record) -> impl Iterator<Item = &Event> {
    (0..record.len()).flat_map(|n| {
        let recorded = record.get(n).and_then(|event| event.event.as_ref());
        [recorded, record.document(n)].into_iter().flatten()
    })
}

/// How an event reads once an amendment of it is recorded.
fn amended(record: &Record, event: &Event) -> Option<Event> {
    let Fact::Amendment(amendment) = &event.fact else { return None };
    record.document(record.position(&amendment.of)?)?.amended(&amendment.set).ok()
}

fn named_by<'a, L: ReadLog + ?Sized>(
    log: &L,
    record: &Record,
    events: impl Iterator<Item = &'a Event>,
) -> Result<NamedElsewhere, LogError> {
    let (mut ids, mut by_slugs) = (BTreeSet::new(), BTreeSet::new());
    for event in events {
        event.mentions(&mut |mention| match mention.what {
            Mentioned::Event(id, _) if record.position(id).is_none() => {
                ids.insert(id.clone());
            }
            Mentioned::PartyOrEvent(text) => {
                ids.extend(EventId::parse(text).filter(|id| record.position(id).is_none()));
            }
            Mentioned::Declared(Named::Dispute, slug) if record.of_dispute(slug).is_empty() => {
                by_slugs.insert(slug.clone());
            }
            _ => {}
        });
    }
    let mut by_events = BTreeSet::new();
    for id in ids {
        by_events.extend(log.listed(&id)?.and_then(|listed| listed.belongs_to));
    }
    Ok(NamedElsewhere { by_events, by_slugs })
}
