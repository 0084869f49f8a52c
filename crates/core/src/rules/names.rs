//! Rules about names: ids, slugs, and what they lead to.

use crate::envelope::LEDGER_KIND;
use crate::event::schema::Named;
use crate::event::{Event, Fact, Kind};
use crate::identifier::{EventId, Slug};
use crate::record::Recorded;
use crate::refusal::{Refusal, RefusalCode};
use crate::rules::{Known, OnRecord, Place, a};

/// An id and the slug of a dispute never look alike: one word on the command line finds one thing.
/// The ledger's own envelope has its id for itself.
pub(super) fn check_new_names(record: &dyn OnRecord, new: &Recorded) -> Result<(), Refusal> {
    if new.id.as_str() == LEDGER_KIND {
        let message = format!("{LEDGER_KIND} is the id of the ledger's own envelope");
        return Err(Refusal::new(RefusalCode::BadId, message, "choose another id").at("id"));
    }
    let hint = "ids and the slugs of disputes must differ; choose another";
    if let (Kind::DisputeOpened, Some(dispute)) = (new.kind, &new.dispute)
        && EventId::parse(dispute.as_str()).is_some_and(|id| record.named(&id).is_some())
    {
        let message = format!("the slug {dispute} is the id of an event on record");
        return Err(Refusal::new(RefusalCode::BadSlug, message, hint).at("dispute"));
    }
    let own = new.dispute.as_ref().filter(|_| new.kind == Kind::DisputeOpened);
    if let Some(slug) = Slug::parse(new.id.as_str())
        && (record.ever_opened(&slug) || own == Some(&slug))
    {
        let message = format!("the id {} is the slug of a dispute", new.id);
        return Err(Refusal::new(RefusalCode::BadId, message, hint).at("id"));
    }
    Ok(())
}

/// The dispute of an event is open, and is opened once.
pub(super) fn check_dispute(place: Place<'_>, event: &Event) -> Result<(), Refusal> {
    let Some(dispute) = &event.dispute else { return Ok(()) };
    if event.kind() == Kind::DisputeOpened {
        return match place.record.other_opening(dispute, &place.recorded.id) {
            None => Ok(()),
            Some(other) => {
                let message = format!("{dispute} is open already, by {other}");
                let hint = format!("to correct its opening: dispute amend {other} …");
                Err(Refusal::new(RefusalCode::OpenedTwice, message, hint).at("dispute"))
            }
        };
    }
    if place.record.is_open(dispute) {
        return Ok(());
    }
    Err(undeclared(place, Named::Dispute, None, dispute).at("dispute"))
}

pub(super) fn check_declared(
    place: Place<'_>,
    event: &Event,
    named: Named,
    slug: &Slug,
) -> Result<(), Refusal> {
    let dispute = event.dispute.as_ref();
    if place.record.is_declared(named, dispute, slug) {
        return Ok(());
    }
    Err(undeclared(place, named, dispute, slug))
}

fn undeclared(place: Place<'_>, named: Named, dispute: Option<&Slug>, slug: &Slug) -> Refusal {
    let code = match named {
        Named::Party => RefusalCode::UndeclaredParty,
        Named::Unit => RefusalCode::UndeclaredUnit,
        Named::Contract => RefusalCode::UndeclaredContract,
        Named::Standard => RefusalCode::UndeclaredStandard,
        Named::Dispute => RefusalCode::UndeclaredDispute,
    };
    let message = format!("{slug} is not {} on record", a(named));
    let record = match named {
        Named::Party => format!("dispute add party {slug} --name \"…\" --role …"),
        Named::Unit => format!("dispute add unit … --unit {slug} --description \"…\" …"),
        Named::Contract => format!("dispute add contract … --contract {slug} --status …"),
        Named::Standard => format!("dispute add standard {slug} --citation \"…\" …"),
        Named::Dispute => format!(
            "dispute add dispute-opened {slug} --on DATE --title \"…\" --time-zone ZONE \
             --employer PARTY --union PARTY"
        ),
    };
    let hint = match place.record.nearest_declared(named, dispute, slug) {
        Some(near) => format!("did you mean {near}? else record it first: {record}"),
        None => format!("record it first: {record}"),
    };
    Refusal::new(code, message, hint)
}

pub(super) fn check_reference(
    place: Place<'_>,
    event: &Event,
    key: &str,
    id: &EventId,
    kinds: &[Kind],
) -> Result<(), Refusal> {
    let target = find(place, id)?;
    check_kind(event, key, id, target, kinds)?;
    // What is about the record, or only speaks of another event, may leave the dispute.
    let may_leave = event.kind().is_about_the_record() || key == "about";
    if !may_leave && target.dispute != event.dispute.as_ref() {
        let of = match target.dispute {
            Some(dispute) => format!("belongs to {dispute}"),
            None => "belongs to no dispute".to_owned(),
        };
        let message = format!("{id} {of}");
        let hint = "an event refers to its own dispute; tie disputes with dispute-linked";
        return Err(Refusal::new(RefusalCode::ReferenceOtherDispute, message, hint));
    }
    check_first_mediation(event, key, id, target)
}

pub(super) fn check_party_or_event(place: Place<'_>, text: &str) -> Result<(), Refusal> {
    let is_party =
        Slug::parse(text).is_some_and(|slug| place.record.is_declared(Named::Party, None, &slug));
    match EventId::parse(text) {
        Some(id) if !is_party => find(place, &id).map(|_| ()),
        _ => Ok(()),
    }
}

fn find<'a>(place: Place<'a>, id: &EventId) -> Result<Known<'a>, Refusal> {
    match place.record.named(id) {
        Some(target) if target.place < place.before => return Ok(target),
        Some(_) => return Err(later(id)),
        None if (place.coming)(id) => return Err(later(id)),
        None => {}
    }
    let message = format!("there is no event {id} on record");
    let hint = match place.record.nearest_id(id, place.corrected_by) {
        Some(near) => format!("did you mean {near}?"),
        None => "record it first; `dispute log` lists what is on record".to_owned(),
    };
    Err(Refusal::new(RefusalCode::ReferenceToNothing, message, hint))
}

fn later(id: &EventId) -> Refusal {
    let message = format!("{id} comes later");
    Refusal::new(RefusalCode::ReferenceToLater, message, "put it before what refers to it")
}

fn check_kind(
    event: &Event,
    key: &str,
    id: &EventId,
    target: Known<'_>,
    kinds: &[Kind],
) -> Result<(), Refusal> {
    let wrong = |wanted: &str| {
        let message = format!("{id} is a {}, not {wanted}", target.kind);
        let hint = format!("`{key}` takes the id of {wanted}");
        Err(Refusal::new(RefusalCode::ReferenceWrongKind, message, hint))
    };
    if let Fact::Redaction(_) = &event.fact
        && matches!(target.kind, Kind::DisputeOpened | Kind::Redaction)
    {
        let message = format!("{id} is a {}, which cannot be redacted", target.kind);
        let hint = "record what may stay as a new event, and redact the events that may not";
        return Err(Refusal::new(RefusalCode::NotRedactable, message, hint));
    }
    if key == "version_of" && target.kind != event.kind() {
        return wrong(&format!("a {} like this event", event.kind()));
    }
    if kinds.contains(&target.kind) {
        return Ok(());
    }
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    match words.as_slice() {
        // Nearly every kind: name what it must not be.
        long if long.len() > 6 => wrong("an event that can be corrected so"),
        short => wrong(&format!("a {}", short.join(" or a "))),
    }
}

/// What stands in for an offer is the first mediation, which says what procedure it is.
fn check_first_mediation(
    event: &Event,
    key: &str,
    id: &EventId,
    target: Known<'_>,
) -> Result<(), Refusal> {
    let in_place_of_offer = key == "of" && matches!(event.kind(), Kind::Mediation | Kind::Report);
    match target.says.later_step_of {
        Some(began_by) if in_place_of_offer => {
            let message = format!("{id} is a later step of a procedure");
            let hint = match began_by {
                Some(first) => format!("name {first}, which began it"),
                None => "name the offer, or the first step".to_owned(),
            };
            Err(Refusal::new(RefusalCode::ReferenceWrongKind, message, hint))
        }
        _ => Ok(()),
    }
}
