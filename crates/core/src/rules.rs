//! What is refused (EVENTS.md, "Refused"), given what is on record. Pure.

mod dates;
mod form;
mod names;
mod on_record;
mod parties;

pub(crate) use form::check_form;
pub(crate) use on_record::{Known, Meant, OnRecord, Says};

use crate::event::schema::{Mentioned, Named};
use crate::event::{Event, Fact, Kind};
use crate::identifier::EventId;
use crate::occurred::Span;
use crate::record::{Record, Recorded};
use crate::refusal::{Refusal, RefusalCode};
use dates::Dated;

/// Where in the record an event stands whose rules are asked: what it may refer to comes before.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) record: &'a dyn OnRecord,
    /// The place before which everything that it refers to stands.
    pub(crate) before: u64,
    /// The event as recorded, or as it is about to be.
    pub(crate) recorded: &'a Recorded,
    /// Ids that come later in the same import.
    pub(crate) coming: &'a dyn Fn(&EventId) -> bool,
    /// The new event after which the rules of this one are asked again.
    pub(crate) corrected_by: Option<&'a EventId>,
}

/// Refuses the id of a new event where what is on record under it says something else.
pub(crate) fn check_recorded_again(
    known: &Recorded,
    is_erased: bool,
    new: &Recorded,
) -> Result<(), Refusal> {
    let known = known.event.as_ref().filter(|_| !is_erased);
    let (Some(known), Some(event)) = (known, &new.event) else {
        let message = "the content of the event of this id was erased; it is not recorded again";
        let hint = "record it under another id, if it may be recorded";
        return Err(Refusal::new(RefusalCode::RedactedId, message, hint).at("id"));
    };
    // An id that the ledger assigned is not part of the document; handed in again, it is.
    let with_id = |event: &Event| Event { id: Some(new.id.clone()), ..event.clone() };
    if with_id(known).says_the_same_as(&with_id(event)) {
        return Ok(());
    }
    let message = format!("the id {} is on record with other content", new.id);
    let hint = format!(
        "to correct it: dispute amend {} --set KEY=VALUE --reason \"…\"; \
         for another event, choose another id",
        new.id
    );
    Err(Refusal::new(RefusalCode::IdReused, message, hint).at("id"))
}

/// Whether a new event keeps the rules given what is on record. Gives the span of its date.
pub(crate) fn check_new(
    record: &dyn OnRecord,
    new: &Recorded,
    coming: &dyn Fn(&EventId) -> bool,
) -> Result<Option<Span>, Refusal> {
    let Some(event) = &new.event else { return Ok(None) };
    names::check_new_names(record, new)?;
    check(Place { record, before: u64::MAX, recorded: new, coming, corrected_by: None }, event)
}

/// Whether an event on record keeps the rules as it reads once a new one, which corrects, is
/// recorded; `before` is its own place.
pub(crate) fn check_after(
    record: &dyn OnRecord,
    before: u64,
    recorded: &Recorded,
    document: &Event,
    new: &EventId,
) -> Result<(), Refusal> {
    let place = Place { record, before, recorded, coming: &|_| false, corrected_by: Some(new) };
    check(place, document).map(|_| ()).map_err(|refusal| {
        let refusal = refusal.of(Some(&recorded.id));
        let message = format!("{}, once {new} is recorded", refusal.message);
        Refusal { message, ..refusal }
    })
}

/// Whether every event that stands still keeps the rules after the correction, the opening, or the
/// version in the place of its original, at the end of the record: "refused, and names the event
/// that would break one". `hints` is what is on record too, and may know more of what was meant.
pub(crate) fn check_all_after(
    record: &Record,
    hints: &dyn OnRecord,
    newest: usize,
) -> Result<(), Refusal> {
    let Some(new) = record.get(newest) else { return Ok(()) };
    let changed = corrected(record, newest);
    for n in 0..newest {
        if let Some((_, refusal)) = record.broken_amendment(n)
            && (record.stands(n) || Some(n) == changed)
        {
            return Err(refusal.clone().of(record.get(n).map(|event| &event.id)));
        }
    }
    // What is declared anew breaks nothing where it is named; what a correction takes back may.
    let everywhere = changed
        .filter(|n| *n != newest)
        .is_some_and(|n| record.get(n).is_some_and(|event| declares_widely(event.kind)));
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
        let refused = check_after(hints, place_at(n), recorded, event, &new.id);
        refused.map_err(|refusal| match changed == Some(n) || n == newest {
            true => refusal,
            // It was right when it was handed in: what to name instead is not the question.
            false => Refusal { hint: correct_first(&recorded.id), ..refusal },
        })?;
    }
    dates::check_all_can_have_happened(record, &affected)
}

/// The way out where a correction would break an event.
fn correct_first(broken: &EventId) -> String {
    format!(
        "correct {broken} first: dispute amend {broken} --set KEY=VALUE --reason \"…\", or dispute \
         retract {broken} --reason \"…\""
    )
}

/// The place of a position.
pub(crate) fn place_at(position: usize) -> u64 {
    u64::try_from(position).unwrap_or(u64::MAX)
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
fn check(place: Place<'_>, event: &Event) -> Result<Option<Span>, Refusal> {
    names::check_dispute(place, event)?;
    let dated = Dated::of(place, event);
    dates::check_dates(place, event, &dated)?;
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
    dates::check_order(event, &dated)?;
    dates::check_can_have_happened(place, event, &dated)?;
    Ok(dated.span())
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
