//! What was true, on any date, as known at any time: pure folds of events into states.

mod as_of;
mod change;
mod diff;
pub mod dispute;
mod docket;
mod order_sensitive;
mod parts;
mod timeline;
mod why;

pub use as_of::{AsOf, Course, Step, course};
pub use change::Change;
pub use diff::diff;
pub use dispute::{Dated, Known, State, Statements, described_at, warnings_of};
pub use docket::{Docket, DocketEntry, NoDocket, Row, Told};
pub use order_sensitive::{OrderSensitive, OrderSensitivity, order_sensitive};
pub use parts::{Part, has_part, names_a_part, part, part_keys, parts};
pub use timeline::{Entry, timeline};
pub use why::{Absent, Because, Effect, Why, why};
