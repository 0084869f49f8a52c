//! What is said, what is measured and what nobody knows.

use crate::event::Kind;
use crate::event::schema::{keys, words};
use crate::event::value::{NumberOrText, PartyOrEvent, PartySlug, StandardSlug};
use crate::identifier::{EventId, Slug};
use crate::occurred::Edtf;

keys! {
    /// Somebody says something in public
    Statement {
        required speaker: String, "who speaks";
        required text: String, "what is said";
        optional on_behalf_of: PartySlug, "the party spoken for";
        optional about: Vec<PartyOrEvent>, "the parties or events spoken about";
        optional stance: Stance, "what the words do";
        optional channel: String, "where it was said";
    }
}

words! {
    /// What a statement does.
    Stance {
        Blames = "blames",
        Criticizes = "criticizes",
        Praises = "praises",
        Denies = "denies",
        Urges = "urges",
        Threatens = "threatens",
        Informs = "informs",
        Contests = "contests",
    }
}

keys! {
    /// A measured effect: appointments canceled, days waited
    Impact {
        required metric: Slug, "what is measured";
        required value: NumberOrText, "how much";
        required unit: String, "in what unit";
        optional comparator: Comparator, "whether it is exact";
        optional period: Edtf, "over what time";
        optional scope: String, "for whom or where";
        optional measured_by: PartySlug, "who measured it";
        optional standard: StandardSlug, "the standard that it is held against";
        optional breach: Breach, "whether the standard was broken, and who says so";
    }
}

words! {
    /// How exact a value is.
    Comparator {
        Exact = "exact",
        AtLeast = "at-least",
        AtMost = "at-most",
        About = "about",
    }
}

words! {
    /// Who says that a standard was broken.
    Breach {
        Claimed = "claimed",
        Found = "found",
    }
}

keys! {
    /// What is not known: a result never published, sessions without a date
    Gap {
        required text: String, "what is not known";
        optional about: Vec<EventId> => Kind::ALL, "the events that it is about";
    }
}
