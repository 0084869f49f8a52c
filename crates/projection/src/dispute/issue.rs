//! Issues: each side's latest position on each, and what was agreed.

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::event::value::{Item, NumberOrText, PartySlug};
use dispute_core::{EventId, Json, Slug};

use crate::dispute::agreement::{Agreement, AgreementStatus, Agreements};
use crate::dispute::proposal::{ProposalStatus, Proposals};

/// An issue within a bargaining unit, or in none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The issue.
    pub issue: Slug,
    /// The unit whose proposals and agreements these are.
    pub bargaining_unit: Option<Slug>,
    /// Each party's latest proposal that names the issue.
    pub positions: BTreeMap<PartySlug, Position>,
    /// What was agreed.
    pub agreed: Option<Agreed>,
}

/// A party's position on an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The terms.
    pub item: Item,
    /// The proposal.
    pub id: EventId,
    /// Where the proposal stands.
    pub status: ProposalStatus,
}

/// What was agreed on an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The terms.
    pub item: Item,
    /// The agreement or the binding report.
    pub id: EventId,
    /// Its place in the order of folding: of several the latest counts.
    order: usize,
}

/// A binding report that gives terms.
#[derive(Debug, Clone)]
pub(crate) struct Award {
    pub(crate) id: EventId,
    pub(crate) items: Vec<Item>,
    pub(crate) order: usize,
}

/// Puts the table of issues together.
pub(crate) fn issues(
    proposals: &Proposals,
    agreements: &Agreements,
    awards: &[Award],
) -> Vec<Issue> {
    issues_among(proposals, agreements, awards, &|_| true)
}

/// The rows of some issues.
pub(crate) fn issues_among(
    proposals: &Proposals,
    agreements: &Agreements,
    awards: &[Award],
    is_wanted: &dyn Fn(&Slug) -> bool,
) -> Vec<Issue> {
    let mut table = Table::default();
    for proposal in proposals.iter() {
        for item in proposal.items.iter().filter(|item| is_wanted(&item.issue)) {
            let position = Position {
                item: item.clone(),
                id: proposal.id.clone(),
                status: proposal.standing.status,
            };
            let row = table.row(&item.issue, proposal.unit.as_ref());
            row.positions.insert(proposal.by.clone(), position);
        }
    }
    for agreement in agreements.iter() {
        let status = agreement.standing.status;
        if !matches!(status, AgreementStatus::Standing | AgreementStatus::PartlyFailed) {
            continue;
        }
        let terms = terms(agreement, proposals, agreements);
        for (unit, item) in terms.into_iter().filter(|(_, item)| is_wanted(&item.issue)) {
            table.agree(&item, unit.as_ref(), &agreement.id, agreement.order);
        }
    }
    for award in awards {
        for item in award.items.iter().filter(|item| is_wanted(&item.issue)) {
            table.agree(item, None, &award.id, award.order);
        }
    }
    table.rows.into_values().collect()
}

/// The terms of an agreement with the unit that each is for: its own, else those of the proposals
/// that it names, else those of the agreement that it carries further, but for what failed on the
/// way.
fn terms(
    agreement: &Agreement,
    proposals: &Proposals,
    agreements: &Agreements,
) -> Vec<(Option<Slug>, Item)> {
    let mut failed = BTreeSet::new();
    let mut unit = None;
    let mut at = Some(agreement);
    let mut found = Vec::new();
    while let Some(agreement) = at {
        failed.extend(agreement.failed_issues.iter());
        unit = unit.or(agreement.unit.as_ref());
        if !agreement.items.is_empty() {
            for unit in units(agreement, unit, proposals) {
                found.extend(agreement.items.iter().map(|item| (unit.cloned(), item.clone())));
            }
            break;
        }
        for proposal in proposals.in_order(&agreement.proposals) {
            let unit = unit.or(proposal.unit.as_ref());
            found.extend(proposal.items.iter().map(|item| (unit.cloned(), item.clone())));
        }
        if !found.is_empty() {
            break;
        }
        at = agreement.carries.and_then(|n| agreements.get(n));
    }
    found.retain(|(_, item)| !failed.contains(&item.issue));
    found
}

/// Every issue of which an agreement may give the terms.
pub(crate) fn issues_of(
    agreement: &Agreement,
    proposals: &Proposals,
    agreements: &Agreements,
) -> BTreeSet<Slug> {
    let mut found = BTreeSet::new();
    let mut at = Some(agreement);
    while let Some(agreement) = at {
        let named = proposals.in_order(&agreement.proposals);
        let theirs = named.into_iter().flat_map(|proposal| &proposal.items);
        found.extend(agreement.items.iter().chain(theirs).map(|item| item.issue.clone()));
        at = agreement.carries.and_then(|n| agreements.get(n));
    }
    found
}

/// The units that an agreement's own terms are for: its own, else those of the proposals that it
/// names, else none.
fn units<'a>(
    agreement: &'a Agreement,
    unit: Option<&'a Slug>,
    proposals: &'a Proposals,
) -> BTreeSet<Option<&'a Slug>> {
    let named = proposals.in_order(&agreement.proposals);
    match unit {
        None if !named.is_empty() => named.into_iter().map(|p| p.unit.as_ref()).collect(),
        unit => BTreeSet::from([unit]),
    }
}

#[derive(Default)]
struct Table {
    rows: BTreeMap<(Slug, Option<Slug>), Issue>,
}

impl Table {
    fn row(&mut self, issue: &Slug, unit: Option<&Slug>) -> &mut Issue {
        self.rows.entry((issue.clone(), unit.cloned())).or_insert_with(|| Issue {
            issue: issue.clone(),
            bargaining_unit: unit.cloned(),
            positions: BTreeMap::new(),
            agreed: None,
        })
    }

    fn agree(&mut self, item: &Item, unit: Option<&Slug>, id: &EventId, order: usize) {
        let row = self.row(&item.issue, unit);
        if row.agreed.as_ref().is_none_or(|agreed| agreed.order <= order) {
            row.agreed = Some(Agreed { item: item.clone(), id: id.clone(), order });
        }
    }
}

impl Issue {
    /// `{issue, bargaining_unit, positions, agreed}`
    pub fn to_json(&self) -> Json {
        let positions = self.positions.iter().map(|(party, position)| {
            let mut members = terms_to_json(&position.item, &position.id);
            members.push(("status".to_owned(), Json::text(position.status)));
            (party.to_string(), Json::Object(members))
        });
        let agreed = self.agreed.as_ref();
        let agreed = agreed.map(|agreed| Json::Object(terms_to_json(&agreed.item, &agreed.id)));
        Json::object([
            ("issue", Json::text(&self.issue)),
            ("bargaining_unit", Json::text_or_null(self.bargaining_unit.as_ref())),
            ("positions", Json::Object(positions.collect())),
            ("agreed", agreed.unwrap_or(Json::Null)),
        ])
    }
}

fn terms_to_json(item: &Item, id: &EventId) -> Vec<(String, Json)> {
    vec![
        ("terms".to_owned(), Json::text(&item.terms)),
        ("value".to_owned(), item.value.as_ref().map_or(Json::Null, NumberOrText::to_json)),
        ("unit".to_owned(), Json::text_or_null(item.unit.as_ref())),
        ("id".to_owned(), Json::text(id)),
    ]
}
