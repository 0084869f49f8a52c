//! Votes: which results belong to one vote, and what it decided.

use std::collections::{HashMap, HashSet};

use dispute_core::event::vote::{VoteOutcome, VotePurpose, VoteResult, VoteStage};
use dispute_core::{EventId, Json, Number};

use crate::as_of::Step;

/// A vote, as its latest result of the most final stage says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// The result.
    pub id: EventId,
    /// What it says.
    pub result: VoteResult,
    /// Its place in the order of folding.
    order: usize,
    finals: usize,
    officials: usize,
}

/// What makes two results ones of one vote: what they lead to, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct VoteKey {
    lead: usize,
    purpose: VotePurpose,
    by: String,
    unit: Option<String>,
    subgroup: Option<String>,
}

/// All votes of a dispute.
#[derive(Debug, Default)]
pub(crate) struct Votes {
    rows: Vec<Vote>,
    by_key: HashMap<VoteKey, usize>,
    /// What each result leads to, by the position of the result.
    leads: HashMap<usize, Lead>,
}

/// What a result leads to through `of`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lead {
    /// The position that stands for the vote: of a call that calls for nothing else, of a proposal
    /// or an agreement, or of the first result.
    pub(crate) position: usize,
    /// The rule of the call that it went through, if that has one.
    pub(crate) has_rule: bool,
}

/// How a result fits its vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// As one of several stages.
    Once,
    /// As a second final or a second official one.
    Again,
}

impl Votes {
    /// What an earlier result leads to.
    pub(crate) fn lead(&self, n: usize) -> Option<Lead> {
        self.leads.get(&n).copied()
    }

    pub(crate) fn count(&mut self, step: &Step<'_>, result: &VoteResult, lead: Lead) -> Counted {
        self.leads.insert(step.n, lead);
        let key = VoteKey {
            lead: lead.position,
            purpose: result.purpose,
            by: result.by.to_string(),
            unit: result.unit.as_ref().map(ToString::to_string),
            subgroup: result.subgroup.clone(),
        };
        let place = *self.by_key.entry(key).or_insert(self.rows.len());
        if place == self.rows.len() {
            self.rows.push(Vote {
                id: step.id.clone(),
                result: result.clone(),
                order: step.order,
                finals: 0,
                officials: 0,
            });
        }
        let Some(vote) = self.rows.get_mut(place) else {
            return Counted::Once;
        };
        let is_second = match result.stage {
            VoteStage::Running => false,
            VoteStage::Final => {
                vote.finals += 1;
                vote.finals > 1
            }
            VoteStage::Official => {
                vote.officials += 1;
                vote.officials > 1
            }
        };
        if result.stage >= vote.result.stage {
            vote.id = step.id.clone();
            vote.result = result.clone();
            vote.order = step.order;
        }
        if is_second { Counted::Again } else { Counted::Once }
    }

    /// The votes, each by the id of the result that speaks for it.
    pub(crate) fn rows(&self) -> Vec<(&EventId, Json)> {
        self.rows.iter().map(|vote| (&vote.id, vote.to_json())).collect()
    }

    /// The ids of the results that speak for a vote.
    pub(crate) fn speaking(&self) -> HashSet<&str> {
        self.rows.iter().map(|vote| vote.id.as_str()).collect()
    }

    /// The vote for which a result speaks.
    pub(crate) fn row(&self, result: &EventId) -> Option<Json> {
        self.rows.iter().find(|vote| vote.id == *result).map(Vote::to_json)
    }

    pub(crate) fn into_rows(mut self) -> Vec<Vote> {
        self.rows.sort_by_key(|vote| vote.order);
        self.rows
    }
}

impl Vote {
    /// `{id, purpose, by, unit, stage, outcome, yes, no, cast, eligible, percent_yes, percent_no,
    /// percent_turnout, subgroup}`
    pub fn to_json(&self) -> Json {
        let result = &self.result;
        let count = |count: Option<dispute_core::event::value::Count>| {
            count.map_or(Json::Null, |count| Json::count(count.0))
        };
        let percent = |percent: Option<dispute_core::event::value::Percentage>| {
            percent.map_or(Json::Null, |percent| Json::Number(percent.0))
        };
        Json::object([
            ("id", Json::text(&self.id)),
            ("purpose", Json::text(result.purpose)),
            ("by", Json::text(&result.by)),
            ("unit", Json::text_or_null(result.unit.as_ref())),
            ("stage", Json::text(result.stage)),
            ("outcome", Json::text_or_null(result.outcome)),
            ("yes", count(result.yes)),
            ("no", count(result.no)),
            ("cast", count(result.cast)),
            ("eligible", count(result.eligible)),
            ("percent_yes", percent(result.percent_yes)),
            ("percent_no", percent(result.percent_no)),
            ("percent_turnout", percent(result.percent_turnout)),
            ("subgroup", Json::text_or_null(result.subgroup.as_ref())),
        ])
    }
}

/// What a result decides about what was voted on, where it decides anything (EVENTS.md, "Votes").
pub(crate) fn decision(result: &VoteResult, has_rule: bool) -> Option<VoteOutcome> {
    let binds = matches!(result.purpose, VotePurpose::Ratification | VotePurpose::EmployerOffer);
    if !binds || result.stage == VoteStage::Running || result.subgroup.is_some() {
        return None;
    }
    if result.outcome.is_some() {
        return result.outcome;
    }
    if has_rule {
        return None;
    }
    let more = |yes: bool| Some(if yes { VoteOutcome::Passed } else { VoteOutcome::Failed });
    if let (Some(yes), Some(no)) = (result.yes, result.no) {
        return more(yes.0 > no.0);
    }
    let half = Number::whole(50);
    match (result.percent_yes, result.percent_no) {
        (Some(yes), Some(no)) => more(yes.0 > no.0),
        (Some(yes), None) => more(yes.0 > half),
        (None, Some(no)) => more(no.0 < half),
        (None, None) => None,
    }
}

/// Whether what a result says and what it counts cannot both be true.
pub(crate) fn contradicts_itself(result: &VoteResult) -> bool {
    let count = |count: Option<dispute_core::event::value::Count>| count.map(|c| i128::from(c.0));
    let (yes, no) = (count(result.yes), count(result.no));
    let passed_without_majority = result.outcome == Some(VoteOutcome::Passed)
        && matches!((yes, no), (Some(yes), Some(no)) if yes <= no);
    let decided = yes.zip(no).map(|(yes, no)| yes + no);
    let cast = count(result.cast);
    let eligible = count(result.eligible);
    let off = |percent: Option<dispute_core::event::value::Percentage>, part, wholes: [_; 2]| {
        percent.is_some_and(|percent| is_off(percent.0, part, wholes))
    };
    passed_without_majority
        || off(result.percent_yes, yes, [decided, cast])
        || off(result.percent_no, no, [decided, cast])
        || off(result.percent_turnout, cast, [eligible, None])
}

/// Whether a percentage is more than half a point away from the share of a part in each whole that
/// is known; false where none is.
fn is_off(percent: Number, part: Option<i128>, wholes: [Option<i128>; 2]) -> bool {
    let Some(part) = part else { return false };
    let half_point = i128::from(500_000_000_u32);
    let mut known = wholes.into_iter().flatten().filter(|whole| *whole > 0).peekable();
    // |percent - 100 · part / whole| > 1/2, in billionths and without dividing. Counts have at
    // most 18 digits and percentages at most 12 in billionths, so the products fit.
    known.peek().is_some()
        && known.all(|whole| {
            let share = 100_i128 * 1_000_000_000 * part;
            (percent.billionths() * whole - share).abs() > half_point * whole
        })
}
