//! When and by which event a status came about.

use dispute_core::{EventId, Json};

use crate::as_of::Step;

/// The mark that an event leaves on what it sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The date, as recorded.
    pub since: String,
    /// The event.
    pub set_by: EventId,
    /// The event's place in the order of folding.
    pub order: usize,
}

impl Stamp {
    /// The stamp of an event.
    pub(crate) fn of(step: &Step<'_>) -> Self {
        let since = step.event.occurred.as_ref().map(ToString::to_string).unwrap_or_default();
        Self { since, set_by: step.id.clone(), order: step.order }
    }

    /// The members `since` and `set_by`.
    pub(crate) fn members(&self) -> [(String, Json); 2] {
        [
            ("since".to_owned(), Json::text(&self.since)),
            ("set_by".to_owned(), Json::text(&self.set_by)),
        ]
    }
}

/// A status with the event that brought it about. Giving the status that is held already changes
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<S> {
    /// The status.
    pub status: S,
    /// When and by what it came about.
    pub stamp: Stamp,
}

impl<S: PartialEq> Standing<S> {
    pub(crate) fn new(status: S, stamp: Stamp) -> Self {
        Self { status, stamp }
    }

    /// Sets the status; tells whether that changed it.
    pub(crate) fn set(&mut self, status: S, stamp: Stamp) -> bool {
        let changed = self.status != status;
        if changed {
            *self = Self { status, stamp };
        }
        changed
    }
}

/// Declares the words of a status.
macro_rules! statuses {
    ($(#[doc = $doc:literal])+ $name:ident { $($variant:ident = $word:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = concat!("`", $word, "`")] $variant,)+ }

        impl $name {
            /// Every one, in the order of EVENTS.md.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word, as in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use statuses;
