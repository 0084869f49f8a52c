//! Record events, prove that nothing changed.

mod identifier;
mod instant;

pub use identifier::{EventId, LONGEST_NAME, Slug};
pub use instant::Instant;
