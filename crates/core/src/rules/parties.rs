//! Rules about who may do what: answer, withdraw, replace.

use crate::event::value::PartySlug;
use crate::event::{Event, Fact};
use crate::identifier::EventId;
use crate::record::{Record, Target};
use crate::refusal::{Refusal, RefusalCode};
use crate::rules::Place;

pub(super) fn check_parties(place: Place<'_>, event: &Event) -> Result<(), Refusal> {
    match &event.fact {
        Fact::Rejection(rejection) => check_answer(place, &rejection.of, &rejection.by),
        Fact::Acceptance(acceptance) => check_answer(place, &acceptance.of, &acceptance.by),
        Fact::Proposal(proposal) => {
            if let Some(id) = &proposal.replies_to
                && maker(place.record, id) == Some(&proposal.by)
            {
                return Err(own_proposal(id, &proposal.by).at("replies_to"));
            }
            match &proposal.supersedes {
                Some(id) => check_own(place, id, &proposal.by).map_err(|r| r.at("supersedes")),
                None => Ok(()),
            }
        }
        Fact::Withdrawal(withdrawal) => {
            check_own(place, &withdrawal.of, &withdrawal.by).map_err(|r| r.at("by"))
        }
        _ => Ok(()),
    }
}

fn check_answer(place: Place<'_>, of: &EventId, by: &PartySlug) -> Result<(), Refusal> {
    match meant(place.record, of).map(|event| &event.fact) {
        Some(Fact::Proposal(proposal)) if proposal.by == *by => Err(own_proposal(of, by).at("by")),
        Some(Fact::MediationOffer(offer))
            if offer.compelled != Some(true) && !offer.to.contains(by) =>
        {
            let to: Vec<&str> = offer.to.iter().map(PartySlug::as_str).collect();
            let message = format!("{of} was addressed to {}, not to {by}", to.join(", "));
            let hint = "parents and members do not answer for each other; name who was addressed";
            Err(Refusal::new(RefusalCode::NotAddressed, message, hint).at("by"))
        }
        _ => Ok(()),
    }
}

fn own_proposal(id: &EventId, by: &PartySlug) -> Refusal {
    let message = format!("{id} is {by}'s own proposal");
    let hint = format!("to take it back: dispute add withdrawal {id} --by {by}");
    Refusal::new(RefusalCode::OwnProposal, message, hint)
}

fn check_own(place: Place<'_>, id: &EventId, by: &PartySlug) -> Result<(), Refusal> {
    match maker(place.record, id) {
        Some(maker) if maker != by => {
            let message = format!("{id} was made by {maker}, not by {by}");
            let hint = "only who made it can take it back or replace it; others reject it";
            Err(Refusal::new(RefusalCode::NotOwn, message, hint))
        }
        _ => Ok(()),
    }
}

/// Who made what can be answered or withdrawn.
fn maker<'a>(record: &'a Record, id: &EventId) -> Option<&'a PartySlug> {
    match &meant(record, id)?.fact {
        Fact::Proposal(proposal) => Some(&proposal.by),
        Fact::Notice(notice) => Some(&notice.by),
        Fact::MediationOffer(offer) => Some(&offer.by),
        Fact::ActionAnnounced(announced) => Some(&announced.by),
        _ => None,
    }
}

/// The document that a reference means: of the account that counts, else of the one named.
fn meant<'a>(record: &'a Record, id: &EventId) -> Option<&'a Event> {
    match record.target(id)? {
        Target::Counts(n) | Target::Retracted(n) => record.document(n),
    }
}
