//! What was true, on any date: pure folds of events into states.

mod as_of;
pub mod dispute;
mod docket;
mod timeline;

pub use as_of::{AsOf, Course, Step, course};
pub use dispute::{Dated, Known, State, Statements, described_at, warnings_of};
pub use docket::Row;
pub use timeline::{Change, Entry, timeline};
