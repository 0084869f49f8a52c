//! Rules about who may do what: answer, withdraw, replace.

use crate::event::value::PartySlug;
use crate::event::{Event, Fact, Kind};
use crate::identifier::EventId;
use crate::refusal::{Refusal, RefusalCode};
use crate::rules::{OnRecord, Place};

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
    let Some(meant) = place.record.meant(of) else { return Ok(()) };
    match (meant.known.kind, meant.known.says.by, meant.known.says.invited) {
        (Kind::Proposal, Some(maker), _) if maker == by => Err(own_proposal(of, by).at("by")),
        (_, _, Some(invited)) if !invited.contains(by) => {
            let to: Vec<&str> = invited.iter().map(PartySlug::as_str).collect();
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
fn maker<'a>(record: &'a dyn OnRecord, id: &EventId) -> Option<&'a PartySlug> {
    record.meant(id)?.known.says.by
}
