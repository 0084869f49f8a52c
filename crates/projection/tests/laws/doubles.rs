//! Doubles of the library, each with one planted error: what the laws must notice.

#[path = "doubles/corrections.rs"]
pub(crate) mod corrections;
#[path = "doubles/dates.rs"]
pub(crate) mod dates;
#[path = "doubles/knowledge.rs"]
pub(crate) mod knowledge;
#[path = "doubles/narrowing.rs"]
pub(crate) mod narrowing;
#[path = "doubles/recording.rs"]
pub(crate) mod recording;
