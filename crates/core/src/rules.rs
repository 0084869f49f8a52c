//! What is refused (EVENTS.md, "Refused"), given what is on record. Pure.

mod dates;
mod form;
mod names;
mod parties;

pub(crate) use form::check_form;

use crate::event::schema::{Mentioned, Named};
use crate::event::{Event, Fact, Kind};
use crate::identifier::EventId;
use crate::record::{Record, Recorded};
use crate::refusal::{Refusal, RefusalCode};

/// Where in the record an event stands whose rules are asked: what it may refer to comes before.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) record: &'a Record,
    /// The position before which everything that it refers to stands.
    pub(crate) before: usize,
    /// The event as recorded, or as it is about to be.
    pub(crate) recorded: &'a Recorded,
    /// Ids that come later in the same import.
    pub(crate) coming: &'a dyn Fn(&EventId) -> bool,
}

/// Finds the event of the same id, where it says the same.
pub(crate) fn recorded_before(record: &Record, new: &Recorded) -> Result<Option<usize>, Refusal> {
    let Some(n) = record.position(&new.id) else { return Ok(None) };
    if record.is_erased(n) {
        let message = "the content of the event of this id was erased; it is not recorded again";
        let hint = "record it under another id, if it may be recorded";
        return Err(Refusal::new(RefusalCode::RedactedId, message, hint).at("id"));
    }
    let (Some(known), Some(event)) = (record.get(n).and_then(|e| e.event.as_ref()), &new.event)
    else {
        return Ok(None);
    };
    // An id that the ledger assigned is not part of the document; handed in again, it is.
    let with_id = |event: &Event| Event { id: Some(new.id.clone()), ..event.clone() };
    if with_id(known).says_the_same_as(&with_id(event)) {
        return Ok(Some(n));
    }
    let message = format!("the id {} is on record with other content", new.id);
    let hint = format!(
        "to correct it: dispute amend {} --set KEY=VALUE --reason \"…\"; \
         for another event, choose another id",
        new.id
    );
    Err(Refusal::new(RefusalCode::IdReused, message, hint).at("id"))
}

/// Whether a new event keeps the rules given what is on record.
pub(crate) fn check_new(
    record: &Record,
    new: &Recorded,
    coming: &dyn Fn(&EventId) -> bool,
) -> Result<(), Refusal> {
    let Some(event) = &new.event else { return Ok(()) };
    names::check_new_names(record, new)?;
    let place = Place { record, before: record.len(), recorded: new, coming };
    check(place, event)
}

/// Whether every event that stands still keeps the rules after the correction, the opening, or the
/// version in the place of its original, at the end of the record: "refused, and names the event
/// that would break one".
pub(crate) fn check_all_after(record: &Record, newest: usize) -> Result<(), Refusal> {
    let Some(new) = record.get(newest) else { return Ok(()) };
    let changed = corrected(record, newest);
    for n in 0..newest {
        if let Some((_, refusal)) = record.broken_amendment(n)
            && (record.stands(n) || Some(n) == changed)
        {
            return Err(refusal.clone().of(record.get(n).map(|event| &event.id)));
        }
    }
    let everywhere =
        changed.is_some_and(|n| record.get(n).is_some_and(|e| declares_widely(e.kind)));
    let dispute = record.dispute_of(changed.unwrap_or(newest)).cloned();
    let affected: Vec<usize> = (0..=newest)
        .filter(|n| record.stands(*n))
        .filter(|n| {
            record.get(*n).is_some_and(|event| {
                !event.kind.is_about_the_record()
                    && (everywhere || event.dispute == dispute)
                    && !waits_for_an_opening(record, event)
            })
        })
        .collect();
    for &n in &affected {
        let (Some(event), Some(recorded)) = (record.document(n), record.get(n)) else { continue };
        let place = Place { record, before: n, recorded, coming: &|_| false };
        check(place, event).map_err(|refusal| {
            let refusal = refusal.of(Some(&recorded.id));
            let message = format!("{}, once {} is recorded", refusal.message, new.id);
            Refusal { message, ..refusal }
        })?;
    }
    dates::check_all_can_have_happened(record, &affected)
}

/// The event that the newest correction is about, through retractions of retractions.
fn corrected(record: &Record, newest: usize) -> Option<usize> {
    let mut n = newest;
    loop {
        let of = match record.get(n)?.fact()? {
            Fact::Amendment(amendment) => &amendment.of,
            Fact::Retraction(retraction) => &retraction.of,
            Fact::Redaction(redaction) => &redaction.of,
            _ => return Some(n),
        };
        n = record.position(of).filter(|target| *target < n)?;
    }
}

/// Whether events of any dispute may name what a kind declares.
fn declares_widely(kind: Kind) -> bool {
    matches!(kind, Kind::Party | Kind::Standard | Kind::DisputeOpened)
}

/// The events of a dispute whose opening is retracted wait for the next opening.
fn waits_for_an_opening(record: &Record, recorded: &Recorded) -> bool {
    recorded.dispute.as_ref().is_some_and(|dispute| record.openings(dispute).is_empty())
}

/// Every rule that needs the record, in the order in which a person would look for what is wrong.
fn check(place: Place<'_>, event: &Event) -> Result<(), Refusal> {
    names::check_dispute(place, event)?;
    dates::check_dates(place, event)?;
    let mut result = Ok(());
    event.mentions(&mut |mention| {
        if result.is_ok() {
            result = match mention.what {
                Mentioned::Declared(named, slug) => {
                    names::check_declared(place, event, named, slug)
                }
                Mentioned::Event(id, kinds) => {
                    names::check_reference(place, event, mention.key, id, kinds)
                }
                Mentioned::PartyOrEvent(text) => names::check_party_or_event(place, text),
                Mentioned::Date(_) => Ok(()),
            }
            .map_err(|refusal| refusal.at(mention.key));
        }
    });
    result?;
    parties::check_parties(place, event)?;
    dates::check_order(place, event)?;
    dates::check_can_have_happened(place, event)
}

/// The word for what a slug names, with its article.
fn a(named: Named) -> &'static str {
    match named {
        Named::Party => "a party",
        Named::Unit => "a unit of this dispute",
        Named::Contract => "a contract of this dispute",
        Named::Standard => "a standard",
        Named::Dispute => "an open dispute",
    }
}
