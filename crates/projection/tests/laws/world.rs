//! What laws choose from, and what they ask of a record besides its states.

use std::collections::BTreeSet;

use dispute_core::event::schema::Mentioned;
use dispute_core::event::{Event, Fact, Kind};
use dispute_core::{Edtf, EventId, Instant, Record, Recorded, Sequence, Slug};

use crate::drawn::{DISPUTES, Dice};

pub(crate) fn disputes() -> [Slug; 2] {
    DISPUTES.map(|(slug, _)| Slug::parse(slug).unwrap())
}

/// No date, and a choice of moments.
pub(crate) fn cuts(record: &Record, dispute: &Slug, dice: &mut Dice) -> Vec<Option<Instant>> {
    let mut cuts = dates(record, dispute, dice, 6);
    cuts.insert(None);
    cuts.into_iter().collect()
}

/// A choice of the moments at which something begins or ends, or just before.
pub(crate) fn dates(
    record: &Record,
    dispute: &Slug,
    dice: &mut Dice,
    most: usize,
) -> BTreeSet<Option<Instant>> {
    let moments: Vec<Instant> =
        moments(record, dispute).into_iter().flat_map(|at| [at.before(), at]).collect();
    (0..most).filter_map(|_| dice.pick(&moments).copied()).map(Some).collect()
}

/// Every end of a span, every moment that a document names, and the ends of the days of recording.
pub(crate) fn moments(record: &Record, dispute: &Slug) -> BTreeSet<Instant> {
    let positions = record.of_dispute(dispute);
    let zone = record.zone_of(Some(dispute));
    let narrowed = record.narrowed(positions).into_iter().map(|narrowed| narrowed.span);
    let mut spans: Vec<_> = narrowed.chain(positions.iter().map(|n| record.span(*n))).collect();
    for document in positions.iter().filter_map(|n| record.document(*n)) {
        document.mentions(&mut |mention| {
            if let Mentioned::Date(date) = mention.what {
                spans.extend(date.span(zone));
            }
        });
    }
    let ends = record.recorded().iter().map(|event| zone.end_of_day_at(event.recorded_at));
    spans.iter().flat_map(|span| [span.earliest, span.latest]).flatten().chain(ends).collect()
}

/// The record as if its events happened at other dates, whatever amended these.
pub(crate) fn redated(record: &Record, date: impl Fn(usize) -> Option<Edtf>) -> Record {
    let mut recorded = record.recorded().to_vec();
    let mut moved: BTreeSet<EventId> = BTreeSet::new();
    for (n, event) in recorded.iter_mut().enumerate() {
        if let (Some(date), Some(document)) = (date(n), record.document(n)) {
            event.event = Some(Event { occurred: Some(date.clone()), ..document.clone() });
            event.occurred = Some(date);
            moved.insert(event.id.clone());
        }
        // An amendment of the rest says again what the document says already.
        if let Some(Fact::Amendment(amendment)) =
            event.event.as_mut().map(|document| &mut document.fact)
            && moved.contains(&amendment.of)
        {
            amendment.set.0.retain(|(key, _)| key != "occurred");
        }
    }
    Record::load(recorded, redacted(record))
}

/// The ids of a record's events that are redacted.
pub(crate) fn redacted(record: &Record) -> Vec<EventId> {
    let all = (0..record.len()).filter(|n| record.is_erased(*n));
    all.filter_map(|n| record.get(n)).map(|event| event.id.clone()).collect()
}

/// A correction without changes, recorded after all that is on record.
pub(crate) fn correction(kind: Kind, id: &str, of: &EventId, record: &Record) -> Recorded {
    let id = EventId::parse(id).unwrap();
    let content = format!(r#"{{"of":"{of}","reason":"r"}}"#);
    let event = Event::from_record(kind.as_str(), Some(&id), None, "", &content).unwrap();
    let last = record.recorded().last().unwrap();
    Recorded::new(Sequence::new(last.sequence.get() + 1), last.recorded_at, id, event)
}

/// What is left of what was recorded once some of it is redacted: nothing of its content, nor of
/// what amendments of it said.
pub(crate) fn blanked(record: &Record, is_redacted: impl Fn(usize) -> bool) -> Vec<Recorded> {
    let mut recorded = record.recorded().to_vec();
    for (n, event) in recorded.iter_mut().enumerate() {
        let amends = event.kind == Kind::Amendment && is_redacted(root(record, n));
        if is_redacted(n) || amends {
            // The envelope of the redaction keeps of what it was another account.
            event.version_of = record.version_of(n).cloned();
            event.event = None;
        }
    }
    recorded
}

/// The fact that a correction is about in the end, or the event itself.
pub(crate) fn root(record: &Record, n: usize) -> usize {
    let of = match record.get(n).and_then(Recorded::fact) {
        Some(Fact::Amendment(amendment)) => &amendment.of,
        Some(Fact::Retraction(retraction)) => &retraction.of,
        Some(Fact::Redaction(redaction)) => &redaction.of,
        _ => return n,
    };
    root(record, record.position(of).unwrap())
}

/// The events that an event names, as recorded and as amended.
pub(crate) fn ever_named(record: &Record, n: usize) -> Vec<usize> {
    let recorded = record.get(n).and_then(|event| event.event.as_ref());
    let mut named = Vec::new();
    for document in recorded.into_iter().chain(record.document(n)) {
        document.mentions(&mut |mention| {
            let id = match mention.what {
                Mentioned::Event(id, _) => Some(id.clone()),
                Mentioned::PartyOrEvent(text) => EventId::parse(text),
                Mentioned::Declared(..) | Mentioned::Date(_) => None,
            };
            named.extend(id.and_then(|id| record.position(&id)));
        });
    }
    named
}
