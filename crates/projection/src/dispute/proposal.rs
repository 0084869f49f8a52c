//! Proposals: who made which, how each was answered, and where it stands.

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::event::bargaining::{Proposal as Made, ProposalForm};
use dispute_core::event::value::{Item, PartySlug};
use dispute_core::{EventId, Json, Slug};

use crate::as_of::Step;
use crate::dispute::rows::Rows;
use crate::dispute::stamp::{Stamp, Standing, statuses};

statuses! {
    /// Where a proposal stands.
    ProposalStatus {
        Open = "open",
        Countered = "countered",
        Rejected = "rejected",
        PartlyRejected = "partly-rejected",
        PartlyAccepted = "partly-accepted",
        Accepted = "accepted",
        Withdrawn = "withdrawn",
        Superseded = "superseded",
        Expired = "expired",
        Agreed = "agreed",
        Failed = "failed",
        Implemented = "implemented",
    }
}

statuses! {
    /// How a party answered a proposal.
    ProposalAnswer {
        Accepted = "accepted",
        Rejected = "rejected",
        PartlyAccepted = "partly-accepted",
        PartlyRejected = "partly-rejected",
    }
}

/// A proposal and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The event that made it.
    pub id: EventId,
    /// Who made it.
    pub by: PartySlug,
    /// What it is called.
    pub form: ProposalForm,
    /// The unit that it is for.
    pub unit: Option<Slug>,
    /// Who is to answer it.
    pub to: Vec<PartySlug>,
    /// Its terms.
    pub items: Vec<Item>,
    /// Where it stands.
    pub standing: Standing<ProposalStatus>,
    /// The latest answer of each party.
    pub answers: BTreeMap<PartySlug, Standing<ProposalAnswer>>,
    /// Its `expires`, once that is past: from then on it cannot be open or answered in part.
    lapsed: Option<String>,
}

/// All proposals of a dispute, in effective order.
pub(crate) type Proposals = Rows<Proposal>;

impl ProposalStatus {
    /// Whether answers, counters and votes no longer change it.
    pub fn is_closed(self) -> bool {
        use ProposalStatus::{Agreed, Expired, Failed, Implemented, Superseded, Withdrawn};
        matches!(self, Withdrawn | Superseded | Expired | Agreed | Failed | Implemented)
    }

    /// Whether it lapses once its `expires` is past.
    fn can_expire(self) -> bool {
        use ProposalStatus::{Countered, Open, PartlyAccepted, PartlyRejected};
        matches!(self, Open | Countered | PartlyAccepted | PartlyRejected)
    }
}

impl Rows<Proposal> {
    pub(crate) fn make(&mut self, step: &Step<'_>, made: &Made) {
        self.put(
            step.n,
            Proposal {
                id: step.id.clone(),
                by: made.by.clone(),
                form: made.form,
                unit: made.unit.as_ref().map(|unit| unit.0.clone()),
                to: made.to.clone().unwrap_or_default(),
                items: made.items.clone(),
                standing: Standing::new(ProposalStatus::Open, Stamp::of(step)),
                answers: BTreeMap::new(),
                lapsed: None,
            },
        );
    }

    /// A status that a closed proposal does not take any more.
    pub(crate) fn set_while_open(&mut self, n: usize, status: ProposalStatus, stamp: Stamp) {
        if let Some(proposal) = self.get_mut(n).filter(|p| !p.standing.status.is_closed()) {
            let order = stamp.order;
            proposal.standing.set(status, stamp);
            proposal.lapse(order);
        }
    }

    /// A status that closes a proposal.
    pub(crate) fn close(&mut self, n: usize, status: ProposalStatus, stamp: Stamp) {
        if let Some(proposal) = self.get_mut(n) {
            proposal.standing.set(status, stamp);
        }
    }

    /// Its `expires` is past.
    pub(crate) fn expire(&mut self, n: usize, since: &str, order: usize) {
        if let Some(proposal) = self.get_mut(n) {
            proposal.lapsed = Some(since.to_owned());
            proposal.lapse(order);
        }
    }

    pub(crate) fn answer(
        &mut self,
        n: usize,
        by: &PartySlug,
        answer: ProposalAnswer,
        stamp: Stamp,
    ) {
        let Some(proposal) = self.get_mut(n) else { return };
        // The latest answer counts, with its date, also where it says what the one before said.
        proposal.answers.insert(by.clone(), Standing::new(answer, stamp.clone()));
        let status = proposal.answered();
        self.set_while_open(n, status, stamp);
    }
}

impl Proposal {
    /// The issues that it names.
    pub(crate) fn issues(&self) -> BTreeSet<&Slug> {
        self.items.iter().map(|item| &item.issue).collect()
    }

    /// Whether issues, where some are named, leave none of this proposal's out.
    pub(crate) fn is_covered_by(&self, issues: &[Slug]) -> bool {
        issues.is_empty() || self.issues().into_iter().all(|issue| issues.contains(issue))
    }

    fn lapse(&mut self, order: usize) {
        if let Some(since) = self.lapsed.clone().filter(|_| self.standing.status.can_expire()) {
            let stamp = Stamp { since, set_by: self.id.clone(), order };
            self.standing.set(ProposalStatus::Expired, stamp);
        }
    }

    /// What the latest answers come to, together: the first that holds.
    fn answered(&self) -> ProposalStatus {
        let any = |wanted: ProposalAnswer| self.answers.values().any(|a| a.status == wanted);
        let waits = self.to.iter().any(|party| !self.answers.contains_key(party));
        if any(ProposalAnswer::Rejected) {
            ProposalStatus::Rejected
        } else if any(ProposalAnswer::PartlyRejected) {
            ProposalStatus::PartlyRejected
        } else if any(ProposalAnswer::PartlyAccepted) || waits {
            ProposalStatus::PartlyAccepted
        } else {
            ProposalStatus::Accepted
        }
    }

    /// `{id, by, form, unit, status, since, set_by, answers, items}`
    pub fn to_json(&self) -> Json {
        let answers = self.answers.iter().map(|(party, answer)| {
            let mut members = vec![("answer".to_owned(), Json::text(answer.status))];
            members.extend(answer.stamp.members());
            (party.to_string(), Json::Object(members))
        });
        let mut members = vec![
            ("id".to_owned(), Json::text(&self.id)),
            ("by".to_owned(), Json::text(&self.by)),
            ("form".to_owned(), Json::text(self.form)),
            ("unit".to_owned(), Json::text_or_null(self.unit.as_ref())),
            ("status".to_owned(), Json::text(self.standing.status)),
        ];
        members.extend(self.standing.stamp.members());
        members.push(("answers".to_owned(), Json::Object(answers.collect())));
        members.push(("items".to_owned(), items_to_json(&self.items)));
        Json::Object(members)
    }
}

/// Items as they were handed in.
pub(crate) fn items_to_json(items: &[Item]) -> Json {
    Json::List(items.iter().map(Item::to_json).collect())
}
