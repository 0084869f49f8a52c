//! Record events, prove that nothing changed.

mod identifier;
mod instant;
mod json;
mod number;
mod occurred;
mod refusal;
mod zone;

pub use identifier::{EventId, LONGEST_NAME, Slug};
pub use instant::Instant;
pub use json::{Json, JsonError};
pub use number::Number;
pub use occurred::{DateError, Edtf, Span};
pub use refusal::{Refusal, RefusalCode};
pub use zone::{CivilTimeError, Zone};
