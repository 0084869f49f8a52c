//! An event on record.

use crate::chain::Sequence;
use crate::event::{Event, Fact, Kind};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::narrowing::until;
use crate::occurred::{Edtf, Span};
use crate::zone::Zone;

/// An event as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the ledger.
    pub sequence: Sequence,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Its id, handed in or assigned.
    pub id: EventId,
    /// Its kind.
    pub kind: Kind,
    /// The dispute that it names.
    pub dispute: Option<Slug>,
    /// When it happened, as recorded.
    pub occurred: Option<Edtf>,
    /// The document as handed in; absent where its content was erased.
    pub event: Option<Event>,
    /// The event of which it is another account, where its content was erased: what refers to it
    /// is taken to refer to that one all the same.
    pub version_of: Option<EventId>,
}

impl Recorded {
    /// An event and where and when it is recorded.
    pub fn new(sequence: Sequence, recorded_at: Instant, id: EventId, event: Event) -> Self {
        let (kind, dispute, occurred) =
            (event.kind(), event.dispute.clone(), event.occurred.clone());
        let event = Some(event);
        Self { sequence, recorded_at, id, kind, dispute, occurred, event, version_of: None }
    }

    /// The span of its date as recorded, read in the zone of its dispute.
    pub(crate) fn span(&self, zone: Zone) -> Span {
        self.span_of(self.occurred.as_ref(), zone)
    }

    /// The same of the date that it has by now.
    pub(super) fn span_of(&self, occurred: Option<&Edtf>, zone: Zone) -> Span {
        let open = Span { earliest: None, latest: None };
        match occurred {
            Some(date) => {
                let end = zone.end_of_day_at(self.recorded_at);
                until(date.span(zone).unwrap_or(open), end)
            }
            // What has no date was always so.
            None if !self.kind.is_about_the_record() => open,
            None => Span {
                earliest: Some(self.recorded_at),
                latest: Instant::from_micros(self.recorded_at.as_micros() + 1),
            },
        }
    }

    /// What it says, as handed in.
    pub fn fact(&self) -> Option<&Fact> {
        self.event.as_ref().map(|event| &event.fact)
    }
}
