//! A dispute in one row.

use dispute_core::{Json, Number, Slug};

use crate::dispute::State;
use crate::dispute::phase::Phase;

/// A dispute in one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The dispute.
    pub dispute: Slug,
    /// Its title.
    pub title: String,
    /// Its phase.
    pub phase: Phase,
    /// Since when it has that phase; absent before the dispute was opened.
    pub since: Option<String>,
    /// The day of the longest action in progress.
    pub day: Option<i64>,
    /// The employers.
    pub employers: Vec<String>,
    /// The unions.
    pub unions: Vec<String>,
    /// How many events of it had begun by the cut.
    pub events: u64,
}

impl Row {
    /// The row of a state.
    pub fn of(state: &State) -> Self {
        let has_phase = state.phase.status != Phase::None;
        Self {
            dispute: state.dispute.clone(),
            title: state.opened.title.clone(),
            phase: state.phase.status,
            since: has_phase.then(|| state.phase.stamp.since.clone()),
            day: state.day(),
            employers: state.opened.employers.iter().map(ToString::to_string).collect(),
            unions: state.opened.unions.iter().map(ToString::to_string).collect(),
            events: state.events,
        }
    }

    /// `{dispute, title, phase, since, day, employers, unions, events}`
    pub fn to_json(&self) -> Json {
        let day = |day: i64| Json::Number(Number::parse(&day.to_string()).unwrap_or_default());
        Json::object([
            ("dispute", Json::text(&self.dispute)),
            ("title", Json::text(&self.title)),
            ("phase", Json::text(self.phase)),
            ("since", Json::text_or_null(self.since.as_ref())),
            ("day", self.day.map_or(Json::Null, day)),
            ("employers", Json::texts(&self.employers)),
            ("unions", Json::texts(&self.unions)),
            ("events", Json::count(self.events)),
        ])
    }
}
