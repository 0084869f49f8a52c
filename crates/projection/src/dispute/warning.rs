//! What reality does though one would not expect it: accepted, and said (EVENTS.md, "Warnings").

use std::collections::BTreeMap;

use dispute_core::{EventId, Json};

use crate::dispute::stamp::statuses;

statuses! {
    /// What is unusual about an event.
    WarningCode {
        AcceptAfterRejection = "accept-after-rejection",
        AnswerToClosedProposal = "answer-to-closed-proposal",
        FinalOfferReopened = "final-offer-reopened",
        AgreementVotedDown = "agreement-voted-down",
        ResultContradictsCounts = "result-contradicts-counts",
        FinalVoteTwice = "final-vote-twice",
        ActionWithoutNotice = "action-without-notice",
        ActionDiffersFromNotice = "action-differs-from-notice",
        ActionAfterOrder = "action-after-order",
        ActionOverlap = "action-overlap",
        WorkResumedBeforeRatification = "work-resumed-before-ratification",
        ConflictingValues = "conflicting-values",
        OccurredAfterSource = "occurred-after-source",
        SuspectedDuplicate = "suspected-duplicate",
        RefersToRetracted = "refers-to-retracted",
        AfterClosing = "after-closing",
        OutOfPlace = "out-of-place",
    }
}

/// A warning, on the event that carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What is unusual.
    pub code: WarningCode,
    /// The event.
    pub event: EventId,
    /// The same in words.
    pub text: String,
}

impl Warning {
    /// `{code, event, text}`
    pub fn to_json(&self) -> Json {
        Json::object([
            ("code", Json::text(self.code)),
            ("event", Json::text(&self.event)),
            ("text", Json::text(&self.text)),
        ])
    }
}

/// Warnings as they come up, at most one of a code on an event.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    /// By the position of the event in the record.
    found: BTreeMap<(usize, WarningCode), Warning>,
}

impl Warnings {
    /// What was found so far.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Warning> {
        self.found.values()
    }

    pub(crate) fn add(
        &mut self,
        n: usize,
        event: &EventId,
        code: WarningCode,
        text: impl Into<String>,
    ) {
        let warning = Warning { code, event: event.clone(), text: text.into() };
        self.found.entry((n, code)).or_insert(warning);
    }

    /// The warnings, in the order that a key of each event's position gives.
    pub(crate) fn sorted_by_key<K: Ord>(self, key: impl Fn(usize) -> K) -> Vec<Warning> {
        let mut found: Vec<_> = self.found.into_iter().collect();
        found.sort_by_key(|((n, code), _)| (key(*n), *code));
        found.into_iter().map(|(_, warning)| warning).collect()
    }
}
