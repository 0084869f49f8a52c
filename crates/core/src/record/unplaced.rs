//! Events that are to be recorded.

use crate::chain::Sequence;
use crate::event::Event;
use crate::identifier::EventId;
use crate::instant::Instant;
use crate::record::Recorded;

/// An event that is made ready to be recorded, before anybody knows where and when.
#[derive(Debug)]
pub struct Unplaced(Recorded);

impl Unplaced {
    /// An event that is to be recorded.
    pub fn new(event: Event) -> Self {
        let id = event.id.clone().unwrap_or_else(|| EventId::of_symbols("unnamed".to_owned()));
        Self(Recorded::new(Sequence::LEDGER, Instant::LAST, id, event))
    }

    /// Whether an id was handed in.
    pub fn is_named(&self) -> bool {
        self.0.event.as_ref().is_some_and(|event| event.id.is_some())
    }

    /// The event as it would be recorded at a place and a time; `assigned` is its id where none was
    /// handed in.
    pub fn place(
        &mut self,
        sequence: Sequence,
        recorded_at: Instant,
        assigned: Option<EventId>,
    ) -> &Recorded {
        debug_assert!(assigned.is_some() || self.is_named(), "it has no id");
        if let Some(id) = assigned {
            self.0.id = id;
        }
        self.0.sequence = sequence;
        self.0.recorded_at = recorded_at;
        &self.0
    }
}
