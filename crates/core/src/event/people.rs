//! The record's people and rules, which belong to the whole ledger.

use crate::event::schema::{keys, words};
use crate::event::value::{Limit, PartySlug};
use crate::identifier::Slug;
use crate::occurred::Edtf;

keys! {
    /// A person or body that takes part; recording a slug again describes it anew from then on
    Party {
        required party: Slug, "the slug that the party goes by";
        required name: String, "its name";
        required role: Role, "what it is";
        optional parent: PartySlug, "the party that it belongs to";
        optional aliases: Vec<String>, "other names";
    }
}

words! {
    /// What a party is.
    Role {
        Union = "union",
        Employer = "employer",
        Association = "association",
        Government = "government",
        Regulator = "regulator",
        Mediator = "mediator",
        Arbitrator = "arbitrator",
        Court = "court",
        Legislator = "legislator",
        Press = "press",
        Person = "person",
        Other = "other",
    }
}

keys! {
    /// A limit that a law or a rule sets, such as the days until an appointment
    Standard {
        required standard: Slug, "the slug that the standard goes by";
        required citation: String, "where it is written";
        required metric: Slug, "what it limits";
        required limit: Limit, "the limit";
        optional effective: Edtf, "since when it holds";
    }
}
