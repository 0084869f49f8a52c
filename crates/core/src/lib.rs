//! Record events, prove that nothing changed.

mod chain;
mod corrections;
pub mod event;
mod identifier;
mod instant;
mod json;
mod narrowing;
mod number;
mod occurred;
mod record;
mod refusal;
mod rules;
mod zone;

pub use chain::Sequence;
pub use identifier::{EventId, LONGEST_NAME, Slug};
pub use instant::Instant;
pub use json::{Json, JsonError};
pub use narrowing::Narrowed;
pub use number::Number;
pub use occurred::{DateError, Edtf, Span};
pub use record::{Admitted, Record, Recorded, Target};
pub use refusal::{Refusal, RefusalCode};
pub use zone::{CivilTimeError, Zone};
