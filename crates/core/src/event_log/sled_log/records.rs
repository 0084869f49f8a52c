//! Records in order, put together from their pieces.

use std::iter::Peekable;

use crate::chain::Sequence;
use crate::entry::StoredRecord;
use crate::event_log::LogError;
use crate::event_log::sled_log::layout::{Assembly, RECORDS, read_record_key, record_key};
use crate::event_log::sled_log::store::{Scan, Store};

/// The records of a range of places.
pub(super) struct RecordScan<'a> {
    scan: Peekable<Scan<'a>>,
    at: Sequence,
    through: Sequence,
}

impl<'a> RecordScan<'a> {
    /// The records from one place through another.
    pub(super) fn from(
        store: &'a Store,
        from: Sequence,
        through: Sequence,
    ) -> Result<Self, LogError> {
        let scan = store.scan(&record_key(from))?.peekable();
        Ok(Self { scan, at: from, through })
    }

    /// The place and the piece of the next key, if that is a record in the range.
    fn peek(&mut self) -> Option<(Sequence, u8)> {
        let Some(Ok((key, _))) = self.scan.peek() else { return None };
        if key.first() != Some(&RECORDS) {
            return None;
        }
        read_record_key(key).filter(|(at, _)| *at <= self.through)
    }
}

impl Iterator for RecordScan<'_> {
    type Item = (Sequence, Result<StoredRecord, LogError>);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(Err(_)) = self.scan.peek() {
            let error = self.scan.next()?.err()?;
            return Some((self.at, Err(error)));
        }
        let (at, _) = self.peek()?;
        let mut record = Assembly::new(at);
        while let Some((_, piece)) = self.peek().filter(|(next, _)| *next == at) {
            let (_, value) = self.scan.next()?.ok()?;
            record.add(piece, &value);
        }
        self.at = at.next();
        Some((at, record.finish()))
    }
}
