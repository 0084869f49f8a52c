//! The docket says of every dispute and date what a fold at that cut says, on records drawn at
//! random; and the test of that notices planted errors.

#![cfg(test)]

#[path = "docket/bytes.rs"]
mod bytes;
#[path = "docket/doubles.rs"]
mod doubles;
#[path = "records/drawn.rs"]
#[expect(dead_code, reason = "records much described are for other tests")]
mod drawn;
#[path = "docket/rows.rs"]
mod rows;
#[path = "laws/world.rs"]
#[expect(dead_code, reason = "most of what laws choose from is for other tests")]
mod world;
