//! What sets up a dispute: its opening, units, contracts, links and closing.

use crate::event::schema::{keys, words};
use crate::event::value::{ContractSlug, Count, DisputeSlug, PartySlug, UnitSlug};
use crate::identifier::Slug;
use crate::occurred::Edtf;
use crate::zone::Zone;

keys! {
    /// A dispute begins to be recorded: always its first event
    DisputeOpened {
        required title: String, "the dispute's title";
        required time_zone: Zone, "the zone in which its days and times are read";
        required employers: Vec<PartySlug>, "the employers";
        required unions: Vec<PartySlug>, "the unions";
        optional jurisdiction: String, "whose law applies";
        optional sector: String, "the sector of the economy";
    }
}

keys! {
    /// A bargaining unit
    Unit {
        required unit: Slug, "the slug that the unit goes by in this dispute";
        required description: String, "who is in it";
        required employer: PartySlug, "its employer";
        required union: PartySlug, "its union";
        optional size: Count, "how many people are in it";
        optional size_as_of: Edtf, "when they were counted";
    }
}

keys! {
    /// A collective agreement and where it stands; keys left out keep their value
    Contract {
        required contract: Slug, "the slug that the contract goes by in this dispute";
        required status: ContractStatus, "where it stands";
        optional unit: UnitSlug, "the unit that it covers";
        optional effective: Edtf, "since when it holds";
        optional expires: Edtf, "when it expires";
        optional replaces: ContractSlug, "the contract before it";
    }
}

words! {
    /// Where a contract stands.
    ContractStatus {
        InForce = "in-force",
        Expired = "expired",
        Extended = "extended",
        Superseded = "superseded",
        Terminated = "terminated",
    }
}

keys! {
    /// A tie to another dispute
    DisputeLinked {
        optional other: DisputeSlug, "the other dispute, where it is in this ledger";
        optional other_title: String, "its title, where it is not";
        required relation: Relation, "how the two are tied";
    }
}

words! {
    /// How two disputes are tied.
    Relation {
        SameParties = "same-parties",
        SiblingUnit = "sibling-unit",
        SameCampaign = "same-campaign",
        Predecessor = "predecessor",
        Successor = "successor",
        Sympathy = "sympathy",
        Spillover = "spillover",
    }
}

keys! {
    /// A dispute is over
    DisputeClosed {
        required outcome: ClosingOutcome, "how it ended";
        optional summary: String, "in a few words";
    }
}

words! {
    /// How a dispute ended.
    ClosingOutcome {
        Settled = "settled",
        Withdrawn = "withdrawn",
        Decided = "decided",
        Lapsed = "lapsed",
        Merged = "merged",
    }
}
