//! Agreements: how far each goes, what carries it further, and what fails of it.

use std::collections::BTreeSet;

use dispute_core::event::bargaining::{Agreement as Made, AgreementLevel};
use dispute_core::event::value::{Item, PartySlug};
use dispute_core::{EventId, Json, Slug};

use crate::as_of::Step;
use crate::dispute::proposal::items_to_json;
use crate::dispute::rows::Rows;
use crate::dispute::stamp::{Stamp, Standing, statuses};

statuses! {
    /// Where an agreement stands.
    AgreementStatus {
        Standing = "standing",
        PartlyFailed = "partly-failed",
        Failed = "failed",
        Superseded = "superseded",
    }
}

/// An agreement and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The event that made it.
    pub id: EventId,
    /// How far it goes.
    pub level: AgreementLevel,
    /// The unit that it is for.
    pub unit: Option<Slug>,
    /// Who agreed.
    pub parties: Vec<PartySlug>,
    /// Its own terms.
    pub items: Vec<Item>,
    /// Where it stands.
    pub standing: Standing<AgreementStatus>,
    /// Whether the union's committee recommends it.
    pub recommended: bool,
    /// The positions of the proposals that it names.
    pub(crate) proposals: Vec<usize>,
    /// The position of the agreement that it carries further.
    pub(crate) carries: Option<usize>,
    /// The issues on which it failed.
    pub(crate) failed_issues: BTreeSet<Slug>,
    /// Its place in the order of folding.
    pub(crate) order: usize,
    /// Whether all of it failed by an event that says so.
    is_wholly_failed: bool,
}

/// All agreements of a dispute, in effective order.
pub(crate) type Agreements = Rows<Agreement>;

impl Rows<Agreement> {
    pub(crate) fn make(
        &mut self,
        step: &Step<'_>,
        made: &Made,
        proposals: Vec<usize>,
        carries: Option<usize>,
    ) {
        // What is not there yet cannot be carried further; so chains of agreements have an end.
        let carries = carries.filter(|n| self.get(*n).is_some());
        if let Some(carried) = carries.and_then(|n| self.get_mut(n))
            && carried.standing.status != AgreementStatus::Failed
        {
            carried.standing.set(AgreementStatus::Superseded, Stamp::of(step));
        }
        self.put(
            step.n,
            Agreement {
                id: step.id.clone(),
                level: made.level,
                unit: made.unit.as_ref().map(|unit| unit.0.clone()),
                parties: made.parties.clone(),
                items: made.items.clone().unwrap_or_default(),
                standing: Standing::new(AgreementStatus::Standing, Stamp::of(step)),
                recommended: made.recommended == Some(true),
                proposals,
                carries,
                failed_issues: BTreeSet::new(),
                order: step.order,
                is_wholly_failed: false,
            },
        );
    }

    /// A vote on it failed; tells whether that made it fail.
    pub(crate) fn voted_down(&mut self, n: usize, stamp: Stamp) -> bool {
        match self.get_mut(n) {
            Some(row) if row.standing.status == AgreementStatus::Standing => {
                row.standing.set(AgreementStatus::Failed, stamp)
            }
            _ => false,
        }
    }

    /// An event says that it failed, wholly or on issues; tells whether that made all of it fail.
    pub(crate) fn fail(&mut self, n: usize, issues: &[Slug], stamp: Stamp) -> bool {
        let Some(row) = self.get_mut(n) else { return false };
        if row.standing.status == AgreementStatus::Superseded {
            return false;
        }
        if issues.is_empty() {
            row.is_wholly_failed = true;
            return row.standing.set(AgreementStatus::Failed, stamp);
        }
        row.failed_issues.extend(issues.iter().cloned());
        if !row.is_wholly_failed {
            row.standing.set(AgreementStatus::PartlyFailed, stamp);
        }
        false
    }
}

impl Agreement {
    /// Whether it stands as a whole.
    pub fn stands(&self) -> bool {
        self.standing.status == AgreementStatus::Standing
    }

    /// Whether its terms leave none of the given issues out.
    pub(crate) fn covers(&self, issues: &BTreeSet<&Slug>) -> Coverage {
        if self.items.is_empty() {
            return Coverage::All;
        }
        let own: BTreeSet<&Slug> = self.items.iter().map(|item| &item.issue).collect();
        if issues.is_subset(&own) { Coverage::All } else { Coverage::Some }
    }

    /// `{id, level, unit, status, parties, items, since, set_by}`
    pub fn to_json(&self) -> Json {
        let mut members = vec![
            ("id".to_owned(), Json::text(&self.id)),
            ("level".to_owned(), Json::text(self.level)),
            ("unit".to_owned(), Json::text_or_null(self.unit.as_ref())),
            ("status".to_owned(), Json::text(self.standing.status)),
            ("parties".to_owned(), Json::texts(&self.parties)),
            ("items".to_owned(), items_to_json(&self.items)),
        ];
        members.extend(self.standing.stamp.members());
        Json::Object(members)
    }
}

/// Whether an agreement that names a proposal covers all of its issues or only some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coverage {
    All,
    Some,
}
