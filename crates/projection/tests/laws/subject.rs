//! What the laws are asked of: the library, or a double that answers with a planted error.

use std::collections::BTreeMap;

use dispute_core::{EventId, Instant, Json, Record, Recorded, Sequence, Slug, Span};
use dispute_projection::{AsOf, Known, State, course, timeline};

use crate::drawn::NOW;

/// A dispute's events at a cut, each by its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Divided {
    /// What has certainly happened and counts, in the order of folding.
    pub(crate) certain: Vec<usize>,
    /// Other accounts of facts, of what has certainly happened.
    pub(crate) versions: Vec<usize>,
    /// What may have happened.
    pub(crate) possible: Vec<usize>,
    /// What had begun, whether it stands or not.
    pub(crate) begun: Vec<usize>,
}

/// Everything that a law may ask. A double is the library but for what it gets wrong.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    /// Reads what was recorded, and what was redacted later.
    pub(crate) load: fn(Vec<Recorded>, Vec<EventId>) -> Record,
    /// The part of a record that was known.
    pub(crate) known: fn(&Record, Sequence) -> Record,
    /// The state at both cuts.
    pub(crate) state: fn(&Record, &Slug, AsOf) -> Option<Json>,
    /// What the timeline up to a date told last of each part of the state.
    pub(crate) told: fn(&Record, &Slug, AsOf) -> Option<BTreeMap<String, Json>>,
    /// The events divided by a date.
    pub(crate) divide: fn(&Record, &Slug, AsOf) -> Divided,
    /// The spans of the events at these positions, narrowed by references.
    pub(crate) narrow: fn(&Record, &[usize]) -> Vec<Span>,
}

/// The library.
pub(crate) const REAL: Subject = Subject {
    load: |recorded, redacted| Record::load(recorded, redacted),
    known: Record::as_known_at,
    state: |record, dispute, as_of| {
        let recorded_at = now();
        let known = Known { sequence: 0, digest: String::new(), recorded_at };
        State::of(record, dispute, as_of).map(|state| state.to_json(&known))
    },
    told: |record, dispute, as_of| {
        let entries = timeline(record, dispute, as_of)?;
        let changes = entries.into_iter().flat_map(|entry| entry.changes);
        Some(changes.map(|change| (change.part, change.to)).collect())
    },
    divide: |record, dispute, as_of| {
        let course = course(record, dispute, as_of);
        Divided {
            certain: course.certain.iter().map(|step| step.n).collect(),
            versions: course.versions.iter().map(|step| step.n).collect(),
            possible: course.possible,
            begun: course.begun.iter().map(|(n, _)| *n).collect(),
        }
    },
    narrow: |record, positions| {
        record.narrowed(positions).into_iter().map(|narrowed| narrowed.span).collect()
    },
};

/// When every question is asked, unless a law says otherwise.
pub(crate) fn now() -> Instant {
    Instant::parse(NOW).unwrap()
}

/// A date asked about, now.
pub(crate) fn on(date: Option<Instant>) -> AsOf {
    AsOf { on: date, ..AsOf::now(now()) }
}
