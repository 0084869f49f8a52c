//! One part of the state before and after.

use dispute_core::{EventId, Json};

/// A part of the state before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The part, by the names that the state has: `phase`, `proposals.kp-19`, `issues.wages`.
    pub part: String,
    /// What it was; null where it was not there.
    pub from: Json,
    /// What it is; null where it is no longer there.
    pub to: Json,
    /// The events behind the change.
    pub events: Vec<EventId>,
    /// Whether nothing happened, but the record learned of it.
    pub learned: bool,
}

impl Change {
    /// `{part, from, to, events, learned}`
    pub fn to_json(&self) -> Json {
        Json::object([
            ("part", Json::text(&self.part)),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("events", Json::texts(&self.events)),
            ("learned", Json::Bool(self.learned)),
        ])
    }
}
