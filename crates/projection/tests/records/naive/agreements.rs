//! Agreements, and the votes that decide about them.

use std::collections::BTreeSet;

use dispute_core::event::Fact;
use dispute_core::event::value::Item;
use dispute_core::event::vote::{VoteOutcome, VotePurpose, VoteResult, VoteStage};
use dispute_core::{Number, Slug};

use super::Happening::Event as Happens;
use super::{Status, Story};

impl Story<'_> {
    pub(super) fn agreement(&self, upto: usize, g: usize) -> Option<Status> {
        if !matches!(self.naive.fact(g), Fact::Agreement(_)) || !self.has_happened(upto, g) {
            return None;
        }
        let mut status = Status { word: "standing", by: g };
        let mut wholly = false;
        for (at, happening) in self.after(upto, g) {
            let Happens(n) = happening else { continue };
            if status.word == "superseded" {
                break;
            }
            match self.naive.fact(n) {
                Fact::Agreement(made)
                    if self.naive.target_of(made.of.as_ref()) == Some(g)
                        && status.word != "failed" =>
                {
                    status.set("superseded", n);
                }
                Fact::AgreementFailed(failed) if self.naive.target(&failed.of) == Some(g) => {
                    if failed.issues.as_deref().unwrap_or_default().is_empty() {
                        wholly = true;
                        status.set("failed", n);
                    } else if !wholly {
                        status.set("partly-failed", n);
                    }
                }
                Fact::VoteResult(result)
                    if status.word == "standing"
                        && self.decides(at, n, result, g) == Some(false) =>
                {
                    status.set("failed", n);
                }
                _ => {}
            }
        }
        Some(status)
    }

    /// Whether a result decides about a proposal or an agreement, and how.
    pub(super) fn decides(
        &self,
        at: usize,
        n: usize,
        result: &VoteResult,
        on: usize,
    ) -> Option<bool> {
        let (lead, has_rule) = self.lead(at, n);
        let own = match self.naive.fact(on) {
            Fact::Proposal(made) => made.unit.as_ref(),
            Fact::Agreement(made) => made.unit.as_ref(),
            _ => return None,
        };
        let for_it = result.unit.is_none() || result.unit.as_ref() == own;
        let binds =
            matches!(result.purpose, VotePurpose::Ratification | VotePurpose::EmployerOffer);
        let whole = result.stage != VoteStage::Running && result.subgroup.is_none();
        (lead == on && for_it && binds && whole).then(|| passed(result, has_rule)).flatten()
    }

    /// What a result leads to, and whether a call on the way has a rule.
    pub(super) fn lead(&self, at: usize, n: usize) -> (usize, bool) {
        let Fact::VoteResult(result) = self.naive.fact(n) else { return (n, false) };
        let Some(of) = self.naive.target_of(result.of.as_ref()) else { return (n, false) };
        match self.naive.fact(of) {
            _ if !self.has_happened(at, of) => (of, false),
            Fact::VoteCalled(called) => {
                let lead = self.naive.target_of(called.of.as_ref()).unwrap_or(of);
                (lead, called.rule.is_some())
            }
            Fact::VoteResult(_) => self.lead(self.place(of).unwrap(), of),
            _ => (of, false),
        }
    }

    pub(super) fn votes(&self) -> Vec<String> {
        type Key = (usize, VotePurpose, String, Option<String>, Option<String>);
        let mut votes: Vec<(Key, VoteStage, usize)> = Vec::new();
        for n in self.events(self.len()) {
            let Fact::VoteResult(result) = self.naive.fact(n) else { continue };
            let key = (
                self.lead(self.place(n).unwrap(), n).0,
                result.purpose,
                result.by.to_string(),
                result.unit.as_ref().map(ToString::to_string),
                result.subgroup.clone(),
            );
            match votes.iter_mut().find(|(known, ..)| *known == key) {
                Some(vote) if result.stage >= vote.1 => (vote.1, vote.2) = (result.stage, n),
                Some(_) => {}
                None => votes.push((key, result.stage, n)),
            }
        }
        votes.sort_by_key(|(_, _, n)| self.place(*n));
        votes.into_iter().map(|(_, stage, n)| format!("{} {stage}", self.naive.id(n))).collect()
    }
}

/// An agreement with items covers theirs; without, all.
pub(super) fn covers(items: Option<&Vec<Item>>, issues: &BTreeSet<&Slug>) -> bool {
    let items = items.map_or(&[][..], Vec::as_slice);
    items.is_empty() || issues.iter().all(|issue| items.iter().any(|item| item.issue == **issue))
}

pub(super) fn passed(result: &VoteResult, has_rule: bool) -> Option<bool> {
    if let Some(outcome) = result.outcome {
        return Some(outcome == VoteOutcome::Passed);
    }
    let counts = result.yes.zip(result.no).map(|(yes, no)| yes > no);
    let half = Number::whole(50);
    let percentages = match (result.percent_yes, result.percent_no) {
        (Some(yes), Some(no)) => Some(yes > no),
        (Some(yes), None) => Some(yes.0 > half),
        (None, Some(no)) => Some(half > no.0),
        (None, None) => None,
    };
    counts.or(percentages).filter(|_| !has_rule)
}
