//! What happens at the table.

use crate::event::Kind;
use crate::event::schema::{keys, words};
use crate::event::value::{Item, PartySlug, Term, UnitSlug};
use crate::identifier::{EventId, Slug};
use crate::number::Number;
use crate::occurred::Edtf;

/// What can be answered.
const ANSWERABLE: &[Kind] = &[Kind::Proposal, Kind::MediationOffer, Kind::Agreement];
/// What its maker can take back.
const WITHDRAWABLE: &[Kind] =
    &[Kind::Proposal, Kind::Notice, Kind::MediationOffer, Kind::ActionAnnounced];

keys! {
    /// A notice that a party serves
    Notice {
        required notice: NoticeOf, "what it gives notice of";
        required by: PartySlug, "who serves it";
        optional to: Vec<PartySlug>, "on whom";
        optional effective: Edtf, "when it takes effect";
    }
}

words! {
    /// What a notice gives notice of.
    NoticeOf {
        Bargain = "bargain",
        Dispute = "dispute",
        Strike = "strike",
        Lockout = "lockout",
        RightToStrike = "right-to-strike",
        Termination = "termination",
        Agency = "agency",
        Other = "other",
    }
}

keys! {
    /// A bargaining session: asked for, set, held or not
    Session {
        required status: SessionStatus, "what became of it";
        required parties: Vec<PartySlug>, "who is at the table";
        optional number: Number, "its number, as the parties count";
        optional mode: SessionMode, "with a mediator or without";
        optional scheduled_for: Edtf, "the day it is set for";
        optional of: EventId => &[Kind::Session, Kind::MediationOffer],
            "the session or mediation offer that it follows from";
        optional by: PartySlug, "who asked, cancelled, declined or left";
        optional outcome: String, "what came of it";
    }
}

words! {
    /// What became of a session.
    SessionStatus {
        Requested = "requested",
        Scheduled = "scheduled",
        Held = "held",
        Cancelled = "cancelled",
        Declined = "declined",
        WalkedOut = "walked-out",
    }
}

words! {
    /// How a session is held.
    SessionMode {
        Direct = "direct",
        Mediated = "mediated",
    }
}

keys! {
    /// A proposal that crosses the table
    Proposal {
        required by: PartySlug, "who makes it";
        required form: ProposalForm, "what it is called";
        required items: Vec<Item>, "its terms, one an issue";
        optional to: Vec<PartySlug>, "who is to answer it";
        optional unit: UnitSlug, "the unit that it is for";
        optional replies_to: EventId => &[Kind::Proposal], "the other party's proposal that it counters";
        optional supersedes: EventId => &[Kind::Proposal], "the own proposal that it replaces";
        optional conditional_on: String, "a condition";
        optional expires: Edtf, "when it lapses";
    }
}

words! {
    /// What a proposal is called.
    ProposalForm {
        Proposal = "proposal",
        Counter = "counter",
        Package = "package",
        Supposal = "supposal",
        FinalOffer = "final-offer",
        Framework = "framework",
        Recommendation = "recommendation",
    }
}

keys! {
    /// A no to a proposal, a mediation offer or an agreement
    Rejection {
        required of: EventId => ANSWERABLE, "what is rejected";
        required by: PartySlug, "who rejects it";
        optional issues: Vec<Slug>, "only these issues";
        optional reason: String, "why";
    }
}

keys! {
    /// A yes to a proposal, a mediation offer or an agreement
    Acceptance {
        required of: EventId => ANSWERABLE, "what is accepted";
        required by: PartySlug, "who accepts it";
        optional issues: Vec<Slug>, "only these issues";
        optional condition: String, "on what condition";
    }
}

keys! {
    /// A party takes back what it made: history, not a correction
    Withdrawal {
        required of: EventId => WITHDRAWABLE, "what is taken back";
        required by: PartySlug, "who made it and takes it back";
        optional reason: String, "why";
    }
}

keys! {
    /// An agreement, from one item to the executed contract
    Agreement {
        required level: AgreementLevel, "how far it goes";
        required parties: Vec<PartySlug>, "who agreed";
        optional of: EventId => &[Kind::Agreement], "the agreement that it carries further";
        optional proposals: Vec<EventId> => &[Kind::Proposal], "the proposals that it settles";
        optional items: Vec<Item>, "its terms, one an issue";
        optional unit: UnitSlug, "the unit that it is for";
        optional subject_to: SubjectTo, "what it still needs";
        optional term: Term, "how long it runs";
        optional recommended: bool, "whether the union's bargaining committee recommends it";
    }
}

words! {
    /// How far an agreement goes.
    AgreementLevel {
        Item = "item",
        InPrinciple = "in-principle",
        Tentative = "tentative",
        Interim = "interim",
        Settlement = "settlement",
        Ratified = "ratified",
        Executed = "executed",
    }
}

words! {
    /// What an agreement still needs.
    SubjectTo {
        Ratification = "ratification",
        Court = "court",
        Language = "language",
    }
}

keys! {
    /// An agreement comes to nothing, in whole or in part
    AgreementFailed {
        required of: EventId => &[Kind::Agreement], "the agreement";
        required cause: FailureCause, "why";
        optional issues: Vec<Slug>, "only these issues";
    }
}

words! {
    /// Why an agreement failed.
    FailureCause {
        VotedDown = "voted-down",
        Repudiated = "repudiated",
        Court = "court",
        Other = "other",
    }
}

keys! {
    /// An impasse, claimed by a party or found by a body; never computed
    Impasse {
        required by: PartySlug, "who says so";
        optional issues: Vec<Slug>, "on these issues";
    }
}

keys! {
    /// An employer puts its own proposal into effect
    Implementation {
        required by: PartySlug, "who does so";
        required of: EventId => &[Kind::Proposal], "the proposal";
        optional issues: Vec<Slug>, "only these issues";
    }
}
