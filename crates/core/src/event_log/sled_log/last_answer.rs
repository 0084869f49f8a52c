//! The head that was answered last, in a file beside the store.
//!
//! sled takes damage near the end of its data for an interrupted write and drops what follows it
//! without a word. This file is how that is noticed: it is written after the store is durable, so
//! that it may be behind the store, never ahead of it. Without it nothing but that is lost.

use std::fs;
use std::path::Path;

use crate::chain::{ExpectedHead, Head};

const FILE: &str = "head";

/// Notes a head that is durable. That is a safeguard: it may fail.
pub(super) fn note(dir: &Path, head: &Head) {
    let _ = fs::write(dir.join(FILE), format!("{head}\n"));
}

/// The head that was noted last, where there is one.
pub(super) fn read(dir: &Path) -> Option<ExpectedHead> {
    ExpectedHead::parse(fs::read_to_string(dir.join(FILE)).ok()?.trim_end())
}

/// Takes the note away, where there is no log that it could be about.
pub(super) fn forget(dir: &Path) {
    let _ = fs::remove_file(dir.join(FILE));
}
