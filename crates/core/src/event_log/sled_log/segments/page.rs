//! A page: up to 48 records one after the other, compressed together. What an envelope has in
//! common with the one before it, such as that one's digest, takes little room so. Commitments,
//! which look like noise, are left out where they are worked out from the contents.

use crate::encoding::{Commitment, Undecodable, read_packed, read_packed_into, write_packed};
use crate::entry::{LONGEST_CONTENT, StoredRecord};
use crate::envelope::LONGEST_ENVELOPE;
use crate::event_log::sled_log::segments::uint;

/// A page is full with this many records,
const RECORDS: u32 = 48;
/// or once it has this many bytes.
const BYTES: usize = 48 << 10;
/// No page has more: one that is not full takes one record more, however long.
pub(super) const LONGEST: usize = BYTES + LONGEST_ENVELOPE + LONGEST_CONTENT + 256;

/// A page that is being filled.
#[derive(Default)]
pub(super) struct PageWriter {
    bytes: Vec<u8>,
    records: u32,
}

/// The records of a page.
pub(super) struct Page {
    bytes: Vec<u8>,
    /// Where each record lies.
    records: Vec<std::ops::Range<usize>>,
}

impl PageWriter {
    pub(super) fn push(&mut self, record: &StoredRecord, commitment: Commitment) {
        let record = write_packed(record, commitment);
        uint::put(&mut self.bytes, record.len() as u64);
        self.bytes.extend(record);
        self.records += 1;
    }

    pub(super) fn records(&self) -> u32 {
        self.records
    }

    pub(super) fn is_full(&self) -> bool {
        self.records >= RECORDS || self.bytes.len() >= BYTES
    }

    /// The compressed bytes, and how many they were before.
    pub(super) fn compressed(&self) -> (Vec<u8>, u32) {
        let before = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        (lz4_flex::block::compress(&self.bytes), before)
    }
}

impl Page {
    /// Reads a page that had so many bytes before it was compressed.
    pub(super) fn read(compressed: &[u8], before: u32) -> Option<Self> {
        let before = usize::try_from(before).ok().filter(|before| *before <= LONGEST)?;
        let bytes = lz4_flex::block::decompress(compressed, before).ok()?;
        if bytes.len() == before { Self::of(bytes) } else { None }
    }

    fn of(bytes: Vec<u8>) -> Option<Self> {
        let mut records = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let record = uint::take_bytes(&mut rest)?;
            let end = bytes.len() - rest.len();
            records.push(end - record.len()..end);
        }
        Some(Self { bytes, records })
    }

    /// How many records it has.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Its n-th record, `None` where there is none; else what can be read of it.
    pub(super) fn record(&self, n: usize) -> Option<Result<StoredRecord, Undecodable>> {
        self.bytes.get(self.records.get(n)?.clone()).map(read_packed)
    }

    /// The same into the memory of another record, and how its commitment was kept.
    pub(super) fn record_into(
        &self,
        n: usize,
        record: &mut StoredRecord,
    ) -> Option<Result<Commitment, Undecodable>> {
        let bytes = self.bytes.get(self.records.get(n)?.clone())?;
        Some(read_packed_into(record, bytes))
    }
}
