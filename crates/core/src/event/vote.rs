//! Votes and their results.

use crate::event::Kind;
use crate::event::schema::{keys, words};
use crate::event::value::{Count, PartySlug, Percentage, UnitSlug};
use crate::identifier::EventId;
use crate::occurred::Edtf;

keys! {
    /// A vote is called
    VoteCalled {
        required purpose: VotePurpose, "what is voted on";
        required by: PartySlug, "who calls it";
        optional unit: UnitSlug, "the unit that votes";
        optional of: EventId => &[Kind::Proposal, Kind::Agreement], "the proposal or agreement voted on";
        optional opens: Edtf, "when it opens";
        optional closes: Edtf, "when it closes";
        optional rule: String, "what majority it takes";
    }
}

words! {
    /// What a vote is about.
    VotePurpose {
        StrikeAuthorization = "strike-authorization",
        Ratification = "ratification",
        EmployerOffer = "employer-offer",
        Other = "other",
    }
}

keys! {
    /// A result of a vote, at some stage of counting
    VoteResult {
        required purpose: VotePurpose, "what was voted on";
        required by: PartySlug, "who held the vote";
        required stage: VoteStage, "how final it is";
        optional unit: UnitSlug, "the unit that voted";
        optional subgroup: String, "the part of the voters that it counts";
        optional of: EventId => &[Kind::VoteCalled, Kind::Proposal, Kind::Agreement, Kind::VoteResult],
            "the call, the proposal or agreement, or an earlier result of the same vote";
        optional eligible: Count, "how many could vote";
        optional cast: Count, "how many voted";
        optional yes: Count, "how many in favour";
        optional no: Count, "how many against";
        optional spoiled: Count, "how many spoiled";
        optional percent_yes: Percentage, "the share in favour";
        optional percent_no: Percentage, "the share against";
        optional percent_turnout: Percentage, "the share of the eligible that voted";
        optional outcome: VoteOutcome, "what was decided";
    }
}

words! {
    /// How final a result is.
    VoteStage {
        Running = "running",
        Final = "final",
        Official = "official",
    }
}

words! {
    /// What a vote decided.
    VoteOutcome {
        Passed = "passed",
        Failed = "failed",
    }
}
