//! Mediators, arbitrators and inquiries.

use crate::event::Kind;
use crate::event::schema::{keys, words};
use crate::event::value::{Item, PartySlug};
use crate::identifier::EventId;
use crate::occurred::Edtf;

/// A procedure: its offer, or the first mediation where no offer is on record.
const PROCEDURE: &[Kind] = &[Kind::MediationOffer, Kind::Mediation];

keys! {
    /// An offer, or an order, of mediation or another procedure
    MediationOffer {
        required procedure: Procedure, "what is offered";
        required by: PartySlug, "who offers it";
        required to: Vec<PartySlug>, "who is to answer";
        optional compelled: bool, "whether it needs no consent";
        optional authority: String, "under what law";
    }
}

words! {
    /// A way in which a third party steps in.
    Procedure {
        Mediation = "mediation",
        Conciliation = "conciliation",
        FactFinding = "fact-finding",
        Inquiry = "inquiry",
        VoluntaryArbitration = "voluntary-arbitration",
        InterestArbitration = "interest-arbitration",
    }
}

keys! {
    /// A step of mediation or another procedure
    Mediation {
        optional of: EventId => PROCEDURE, "the offer, or the first step where no offer is on record";
        optional procedure: Procedure, "for a first step without an offer: which procedure";
        required status: MediationStep, "the step";
        optional scheduled_for: Edtf, "the day it is set for";
        optional neutrals: Vec<PartySlug>, "who mediates";
        optional by: PartySlug, "who broke off";
        optional result: MediationResult, "what came of it";
    }
}

words! {
    /// A step of a procedure.
    MediationStep {
        Scheduled = "scheduled",
        Started = "started",
        Suspended = "suspended",
        Resumed = "resumed",
        Concluded = "concluded",
    }
}

words! {
    /// What came of a procedure.
    MediationResult {
        Settled = "settled",
        Failed = "failed",
        Award = "award",
    }
}

keys! {
    /// What a mediator, an arbitrator or an inquiry reports or awards
    Report {
        required body: PartySlug, "who reports";
        required binding: bool, "whether it binds the parties";
        required text: String, "what it says";
        optional of: EventId => PROCEDURE, "the procedure that it belongs to";
        optional items: Vec<Item>, "its terms, one an issue";
    }
}
