//! Proposals: statuses and answers.

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::event::Fact;
use dispute_core::event::value::PartySlug;
use dispute_core::{Edtf, Slug};

use super::Happening::{Due, Event as Happens};
use super::agreements::covers;
use super::{Naive, Status, Story};

impl Story<'_> {
    pub(super) fn proposal(&self, upto: usize, p: usize) -> Option<ProposalRow> {
        let Fact::Proposal(proposal) = self.naive.fact(p) else { return None };
        let naive = self.naive;
        let issues: BTreeSet<&Slug> = proposal.items.iter().map(|item| &item.issue).collect();
        let all = |named: Option<&Vec<Slug>>| {
            let named = named.map_or(&[][..], Vec::as_slice);
            named.is_empty() || issues.iter().all(|issue| named.contains(issue))
        };
        let addressees = proposal.to.as_deref().unwrap_or_default();
        let mut row = ProposalRow {
            status: Status { word: "open", by: p },
            since: None,
            answers: BTreeMap::new(),
        };
        let mut is_past = false;
        for (at, happening) in self.after(upto, p) {
            let n = match happening {
                Happens(n) => n,
                Due(n) => {
                    is_past |= n == p;
                    row.expire(is_past, p, proposal.expires.as_ref());
                    continue;
                }
            };
            let is_closed = row.is_closed();
            let mut unless_closed = |word| {
                if !is_closed {
                    row.status.set(word, n);
                }
            };
            match naive.fact(n) {
                Fact::Proposal(other) => {
                    if naive.target_of(other.replies_to.as_ref()) == Some(p) {
                        unless_closed("countered");
                    }
                    if naive.target_of(other.supersedes.as_ref()) == Some(p) {
                        row.status.set("superseded", n);
                    }
                }
                Fact::Withdrawal(withdrawal) if naive.target(&withdrawal.of) == Some(p) => {
                    row.status.set("withdrawn", n);
                }
                Fact::Rejection(answer) if naive.target(&answer.of) == Some(p) => {
                    let whole = all(answer.issues.as_ref());
                    let word = if whole { "rejected" } else { "partly-rejected" };
                    row.answer(&answer.by, word, n, addressees);
                }
                Fact::Acceptance(answer) if naive.target(&answer.of) == Some(p) => {
                    let whole = all(answer.issues.as_ref()) && answer.condition.is_none();
                    let word = if whole { "accepted" } else { "partly-accepted" };
                    row.answer(&answer.by, word, n, addressees);
                }
                Fact::VoteResult(result) => match self.decides(at, n, result, p) {
                    Some(true) => unless_closed("accepted"),
                    Some(false) => unless_closed("rejected"),
                    None => {}
                },
                Fact::Agreement(made) if self.names(n, p) => {
                    if covers(made.items.as_ref(), &issues) {
                        row.status.set("agreed", n);
                    } else {
                        unless_closed("partly-accepted");
                    }
                }
                Fact::Implementation(made)
                    if naive.target(&made.of) == Some(p) && all(made.issues.as_ref()) =>
                {
                    row.status.set("implemented", n);
                }
                _ => {}
            }
            if row.status.word == "agreed" && self.fails_with_its_agreement(at, p, &issues) {
                row.status.set("failed", n);
            }
            row.expire(is_past, p, proposal.expires.as_ref());
        }
        Some(row)
    }

    pub(super) fn names(&self, agreement: usize, proposal: usize) -> bool {
        let Fact::Agreement(made) = self.naive.fact(agreement) else { return false };
        let named = made.proposals.as_deref().unwrap_or_default();
        named.iter().any(|id| self.naive.target(id) == Some(proposal))
    }

    /// An agreement that names it fails at this place, and no other that names it stands.
    pub(super) fn fails_with_its_agreement(
        &self,
        at: usize,
        p: usize,
        issues: &BTreeSet<&Slug>,
    ) -> bool {
        let naming: Vec<usize> = self.events(at + 1).filter(|g| self.names(*g, p)).collect();
        let is =
            |upto: usize, g: usize, word| self.agreement(upto, g).is_some_and(|s| s.word == word);
        let failing = naming.iter().any(|g| {
            let Fact::Agreement(made) = self.naive.fact(*g) else { return false };
            let now = !is(at, *g, "failed") && is(at + 1, *g, "failed");
            now && covers(made.items.as_ref(), issues)
        });
        failing && !naming.iter().any(|g| is(at + 1, *g, "standing"))
    }
}

pub(super) struct ProposalRow {
    pub(super) status: Status,
    /// The date of an expiry, which is not that of an event.
    pub(super) since: Option<String>,
    pub(super) answers: BTreeMap<String, Status>,
}

impl ProposalRow {
    pub(super) fn is_closed(&self) -> bool {
        let closed = ["withdrawn", "superseded", "expired", "agreed", "failed", "implemented"];
        closed.contains(&self.status.word)
    }

    pub(super) fn answer(
        &mut self,
        by: &PartySlug,
        word: &'static str,
        n: usize,
        addressees: &[PartySlug],
    ) {
        self.answers.insert(by.to_string(), Status { word, by: n });
        let any = |word| self.answers.values().any(|answer| answer.word == word);
        let waits = addressees.iter().any(|party| !self.answers.contains_key(party.as_str()));
        let word = if any("rejected") {
            "rejected"
        } else if any("partly-rejected") {
            "partly-rejected"
        } else if any("partly-accepted") || waits {
            "partly-accepted"
        } else {
            "accepted"
        };
        if !self.is_closed() {
            self.status.set(word, n);
        }
    }

    pub(super) fn expire(&mut self, is_past: bool, p: usize, expires: Option<&Edtf>) {
        let can = ["open", "countered", "partly-rejected", "partly-accepted"];
        if is_past && can.contains(&self.status.word) {
            self.status = Status { word: "expired", by: p };
            self.since = expires.map(ToString::to_string);
        }
    }

    pub(super) fn shown(&self, n: usize, naive: &Naive<'_>) -> String {
        let Status { word, by } = self.status;
        let expiry = self.since.as_ref().filter(|_| word == "expired");
        let since = expiry.cloned().unwrap_or_else(|| naive.date(by));
        let answers: Vec<String> = self
            .answers
            .iter()
            .map(|(party, answer)| format!("{party}:{}:{}", answer.word, naive.stamp(answer.by)))
            .collect();
        format!("{} {word} {since} {} [{}]", naive.id(n), naive.id(by), answers.join(","))
    }
}
