//! Mediation and other procedures of third parties.

use std::collections::BTreeMap;

use dispute_core::event::third_party::{Mediation as Taken, MediationOffer, MediationResult};
use dispute_core::event::third_party::{MediationStep, Procedure, Report};
use dispute_core::event::value::PartySlug;
use dispute_core::{EventId, Json};

use crate::as_of::Step;
use crate::dispute::rows::Rows;
use crate::dispute::stamp::{Stamp, Standing, statuses};

statuses! {
    /// Where a procedure stands.
    MediationStatus {
        Offered = "offered",
        Accepted = "accepted",
        Declined = "declined",
        Scheduled = "scheduled",
        InSession = "in-session",
        Suspended = "suspended",
        Concluded = "concluded",
        Withdrawn = "withdrawn",
    }
}

statuses! {
    /// How a party answered an offer.
    MediationAnswer {
        Accepted = "accepted",
        Rejected = "rejected",
        Conditional = "conditional",
        None = "none",
    }
}

/// A procedure: an offer of one, or a first step where no offer is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mediation {
    /// The offer, or the first step.
    pub id: EventId,
    /// Which procedure.
    pub procedure: Procedure,
    /// Who offered it.
    pub by: Option<PartySlug>,
    /// Whether it needs no consent.
    pub compelled: bool,
    /// The parties that are to answer.
    to: Vec<PartySlug>,
    /// The latest answer of each party; `None` where it has not answered.
    pub answers: BTreeMap<PartySlug, Option<Standing<MediationAnswer>>>,
    /// Where it stands.
    pub standing: Standing<MediationStatus>,
    /// The day that it was last set for.
    pub scheduled_for: Option<String>,
    /// Who broke off, where a suspension or conclusion stands.
    pub broken_off_by: Option<PartySlug>,
    /// What came of it.
    pub result: Option<MediationResult>,
    /// Who mediates.
    pub neutrals: Vec<PartySlug>,
    /// Whether steps, not answers, give the status from now on.
    has_steps: bool,
    is_withdrawn: bool,
    /// The place in the order of folding of the last event that gave an award.
    pub(crate) awarded: Option<usize>,
}

/// All procedures of a dispute, in effective order.
pub(crate) type Mediations = Rows<Mediation>;

impl Rows<Mediation> {
    pub(crate) fn offer(&mut self, step: &Step<'_>, offer: &MediationOffer) {
        let compelled = offer.compelled == Some(true);
        let status = if compelled { MediationStatus::Accepted } else { MediationStatus::Offered };
        let row = Mediation {
            id: step.id.clone(),
            procedure: offer.procedure,
            by: Some(offer.by.clone()),
            compelled,
            to: offer.to.clone(),
            answers: offer.to.iter().map(|party| (party.clone(), None)).collect(),
            standing: Standing::new(status, Stamp::of(step)),
            scheduled_for: None,
            broken_off_by: None,
            result: None,
            neutrals: Vec::new(),
            has_steps: false,
            is_withdrawn: false,
            awarded: None,
        };
        self.put(step.n, row);
    }

    /// A first step where no offer is on record.
    pub(crate) fn begin(&mut self, step: &Step<'_>, taken: &Taken, procedure: Procedure) {
        let row = Mediation {
            id: step.id.clone(),
            procedure,
            by: None,
            compelled: false,
            to: Vec::new(),
            answers: BTreeMap::new(),
            standing: Standing::new(status_of(taken.status), Stamp::of(step)),
            scheduled_for: None,
            broken_off_by: None,
            result: None,
            neutrals: Vec::new(),
            has_steps: true,
            is_withdrawn: false,
            awarded: None,
        };
        self.put(step.n, row);
        if let Some(row) = self.get_mut(step.n) {
            row.note(step, taken);
            row.broken_off_by = broken_off_by(taken);
        }
    }

    pub(crate) fn answer(
        &mut self,
        n: usize,
        by: &PartySlug,
        answer: MediationAnswer,
        stamp: Stamp,
    ) {
        let Some(row) = self.get_mut(n).filter(|row| !row.is_withdrawn) else { return };
        row.answers.insert(by.clone(), Some(Standing::new(answer, stamp.clone())));
        if !row.has_steps {
            let status = row.answered();
            row.standing.set(status, stamp);
        }
    }

    /// Takes a step; tells whether it was in place.
    pub(crate) fn step(&mut self, step: &Step<'_>, n: usize, taken: &Taken) -> bool {
        let Some(row) = self.get_mut(n) else { return true };
        let status = row.standing.status;
        if status == MediationStatus::Concluded
            || (taken.status == MediationStep::Resumed && status != MediationStatus::Suspended)
        {
            return false;
        }
        row.has_steps = true;
        row.note(step, taken);
        if row.standing.set(status_of(taken.status), Stamp::of(step)) {
            row.broken_off_by = broken_off_by(taken);
        }
        true
    }

    /// A report may conclude what it belongs to.
    pub(crate) fn report(&mut self, step: &Step<'_>, n: usize, report: &Report) {
        let Some(row) = self.get_mut(n) else { return };
        let concludes =
            report.binding || matches!(row.procedure, Procedure::FactFinding | Procedure::Inquiry);
        if !concludes {
            return;
        }
        row.has_steps = true;
        if report.binding {
            row.result = Some(MediationResult::Award);
            row.awarded = Some(step.order);
        }
        if row.standing.set(MediationStatus::Concluded, Stamp::of(step)) {
            row.broken_off_by = None;
        }
    }

    pub(crate) fn withdraw(&mut self, step: &Step<'_>, n: usize) {
        let Some(row) = self.get_mut(n) else { return };
        row.is_withdrawn = true;
        row.has_steps = true;
        if row.standing.set(MediationStatus::Withdrawn, Stamp::of(step)) {
            row.broken_off_by = None;
        }
    }
}

impl Mediation {
    /// Keeps what the last step gave.
    fn note(&mut self, step: &Step<'_>, taken: &Taken) {
        if let Some(date) = &taken.scheduled_for {
            self.scheduled_for = Some(date.to_string());
        }
        if taken.result.is_some() {
            self.result = taken.result;
        }
        if taken.result == Some(MediationResult::Award) {
            self.awarded = Some(step.order);
        }
        if let Some(neutrals) = &taken.neutrals {
            self.neutrals.clone_from(neutrals);
        }
    }

    /// What the latest answers of those addressed come to: the first that holds.
    fn answered(&self) -> MediationStatus {
        let answer = |party: &PartySlug| {
            self.answers.get(party).and_then(Option::as_ref).map(|answer| answer.status)
        };
        let mut addressed = self.to.iter().map(answer);
        if self.compelled {
            MediationStatus::Accepted
        } else if addressed.clone().any(|a| a == Some(MediationAnswer::Rejected)) {
            MediationStatus::Declined
        } else if addressed.all(|a| a == Some(MediationAnswer::Accepted)) {
            MediationStatus::Accepted
        } else {
            MediationStatus::Offered
        }
    }

    /// `{id, procedure, by, answers, status, since, set_by, scheduled_for, broken_off_by, result}`
    pub fn to_json(&self) -> Json {
        let answers = self.answers.iter().map(|(party, answer)| {
            let status = answer.as_ref().map_or(MediationAnswer::None, |answer| answer.status);
            let mut members = vec![("answer".to_owned(), Json::text(status))];
            match answer {
                Some(answer) => members.extend(answer.stamp.members()),
                None => members
                    .extend([("since".to_owned(), Json::Null), ("set_by".to_owned(), Json::Null)]),
            }
            (party.to_string(), Json::Object(members))
        });
        let mut members = vec![
            ("id".to_owned(), Json::text(&self.id)),
            ("procedure".to_owned(), Json::text(self.procedure)),
            ("by".to_owned(), Json::text_or_null(self.by.as_ref())),
            ("answers".to_owned(), Json::Object(answers.collect())),
            ("status".to_owned(), Json::text(self.standing.status)),
        ];
        members.extend(self.standing.stamp.members());
        members.extend([
            ("scheduled_for".to_owned(), Json::text_or_null(self.scheduled_for.as_ref())),
            ("broken_off_by".to_owned(), Json::text_or_null(self.broken_off_by.as_ref())),
            ("result".to_owned(), Json::text_or_null(self.result)),
            ("neutrals".to_owned(), Json::texts(&self.neutrals)),
        ]);
        Json::Object(members)
    }
}

fn status_of(step: MediationStep) -> MediationStatus {
    match step {
        MediationStep::Scheduled => MediationStatus::Scheduled,
        MediationStep::Started | MediationStep::Resumed => MediationStatus::InSession,
        MediationStep::Suspended => MediationStatus::Suspended,
        MediationStep::Concluded => MediationStatus::Concluded,
    }
}

fn broken_off_by(taken: &Taken) -> Option<PartySlug> {
    let breaks = matches!(taken.status, MediationStep::Suspended | MediationStep::Concluded);
    taken.by.clone().filter(|_| breaks)
}
