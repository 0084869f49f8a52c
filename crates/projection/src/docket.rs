//! The docket: every dispute of a ledger with its row on every date.

mod bytes;
mod encoding;
mod entry;
mod row;

use std::collections::BTreeMap;

use dispute_core::{HeadMark, LedgerId, Slug};
use thiserror::Error;

pub use entry::{DocketEntry, Told};
pub use row::Row;

/// The disputes of a ledger, each with its row on every date, by what was on record up to a head.
/// It is derived: it may be deleted, and is worked out again from the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Docket {
    ledger: LedgerId,
    head: HeadMark,
    entries: BTreeMap<Slug, DocketEntry>,
}

impl Docket {
    /// The docket of a ledger up to a head.
    pub fn new(ledger: LedgerId, head: HeadMark, entries: BTreeMap<Slug, DocketEntry>) -> Self {
        Self { ledger, head, entries }
    }

    /// The ledger of which it is.
    pub fn ledger(&self) -> &LedgerId {
        &self.ledger
    }

    /// The last envelope that it takes into account.
    pub fn head(&self) -> HeadMark {
        self.head
    }

    /// The disputes that were ever opened, in their order.
    pub fn entries(&self) -> &BTreeMap<Slug, DocketEntry> {
        &self.entries
    }

    /// Takes into account what was recorded up to another head: the entries of all disputes to
    /// which something belongs of that.
    pub fn go_on(&mut self, head: HeadMark, entries: BTreeMap<Slug, DocketEntry>) {
        self.head = head;
        self.entries.extend(entries);
    }

    /// Its bytes, which [`Docket::read`] reads again.
    pub fn write(&self) -> Vec<u8> {
        encoding::write(self)
    }

    /// Reads a docket.
    ///
    /// # Errors
    /// [`NoDocket`]: nothing is said of the log by either.
    pub fn read(bytes: &[u8]) -> Result<Self, NoDocket> {
        encoding::read(bytes)
    }
}

/// Why bytes are no docket that this program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoDocket {
    /// They are damaged, or something else.
    #[error("it is damaged")]
    Damaged,
    /// Another release of the program wrote them, or one with other rules of civil time, which may
    /// come to other rows.
    #[error("another release wrote it")]
    OtherRelease,
}
