//! Keys, and values that are cut into pieces. FORMAT.md, "The store", says the same in prose.

use crate::chain::Sequence;
use crate::encoding::{Undecodable, read_record, write_record};
use crate::entry::{LONGEST_CONTENT, StoredRecord};
use crate::envelope::LONGEST_ENVELOPE;
use crate::event_log::sled_log::store::Batch;
use crate::event_log::{Damage, LogError, Part};
use crate::identifier::{EventId, Slug};

/// The number of this layout. Indexes of another one are rebuilt.
pub(super) const LAYOUT: u16 = 1;
/// The key of the value that says where the log ends.
pub(super) const HEAD: &[u8] = b"h";
/// The key of the value that says how far the indexes were written.
pub(super) const INDEXED: &[u8] = b"x";
/// What the keys of the index of ids begin with.
pub(super) const IDS: u8 = b'i';
/// What the keys of the lists of disputes begin with.
pub(super) const LISTS: u8 = b'd';
/// The key of the value that says how many envelopes the stored tree has. The keys of its rows
/// begin with it.
pub(super) const TREE: &[u8] = b"t";
/// What the keys of segments begin with.
pub(super) const SEGMENTS: u8 = b's';
/// What the keys of records begin with.
pub(super) const RECORDS: u8 = b'r';

/// No value is longer: sled moves values over a 64th of its segments into files that it never
/// makes durable, and what is near that splits its pages badly.
const LONGEST_VALUE: usize = 4_000;
/// The first piece begins with the length of the whole.
const LENGTH_BYTES: usize = 4;
const LONGEST_RECORD: usize = LONGEST_ENVELOPE + LONGEST_CONTENT + 128;

/// `r`, then the sequence in eight bytes, the highest first. The first piece has exactly this key.
pub(super) fn record_key(at: Sequence) -> Vec<u8> {
    let mut key = Vec::with_capacity(10);
    key.push(RECORDS);
    key.extend(at.get().to_be_bytes());
    key
}

/// The key of a later piece: that of the first, then the piece's number, from 1.
fn piece_key(at: Sequence, piece: u8) -> Vec<u8> {
    let mut key = record_key(at);
    key.push(piece);
    key
}

/// The place that the key of a record's piece names, and the piece's number (0 for the first).
pub(super) fn read_record_key(key: &[u8]) -> Option<(Sequence, u8)> {
    let (first, rest) = key.split_first()?;
    let (number, piece) = rest.split_first_chunk::<8>()?;
    let piece = match piece {
        [] => 0,
        [piece] => *piece,
        _ => return None,
    };
    (*first == RECORDS).then_some((Sequence::new(u64::from_be_bytes(*number)), piece))
}

/// `i`, then the id.
pub(super) fn id_key(id: &EventId) -> Vec<u8> {
    [&[IDS], id.as_str().as_bytes()].concat()
}

/// `d`, then the slug, then a zero. A list of no dispute has no slug.
pub(super) fn list_prefix(dispute: Option<&Slug>) -> Vec<u8> {
    let slug = dispute.map_or("", Slug::as_str);
    [&[LISTS], slug.as_bytes(), &[0]].concat()
}

/// The prefix of a list, then the sequence in eight bytes, the highest first.
pub(super) fn list_key(dispute: Option<&Slug>, at: Sequence) -> Vec<u8> {
    let mut key = list_prefix(dispute);
    key.extend(at.get().to_be_bytes());
    key
}

/// The slug and the sequence of a list's key.
pub(super) fn read_list_key(key: &[u8]) -> Option<(Option<Slug>, Sequence)> {
    let (rest, number) = key.split_last_chunk::<8>()?;
    let (zero, rest) = rest.split_last()?;
    let (first, slug) = rest.split_first()?;
    let slug = match std::str::from_utf8(slug).ok()? {
        "" => None,
        slug => Some(Slug::parse(slug)?),
    };
    let fits = *first == LISTS && *zero == 0;
    fits.then_some((slug, Sequence::new(u64::from_be_bytes(*number))))
}

/// `s`, then the sequence of the segment's first event in eight bytes, the highest first.
pub(super) fn segment_key(first: Sequence) -> Vec<u8> {
    [&[SEGMENTS], first.get().to_be_bytes().as_slice()].concat()
}

/// The place that a segment's key names.
pub(super) fn read_segment_key(key: &[u8]) -> Option<Sequence> {
    let (first, number) = key.split_first()?;
    let number = u64::from_be_bytes(number.try_into().ok()?);
    (*first == SEGMENTS).then_some(Sequence::new(number))
}

/// `t`, then the level in one byte and the number of the row in eight, the highest first.
pub(super) fn tree_row_key(level: u8, row: u64) -> Vec<u8> {
    [TREE, &[level], &row.to_be_bytes()].concat()
}

/// Writes a record in as many pieces as it takes.
pub(super) fn insert_record(batch: &mut Batch, at: Sequence, record: &StoredRecord) {
    let pieces = pieces(&write_record(record));
    for (number, piece) in pieces.into_iter().enumerate() {
        batch.insert(&numbered_key(at, number), piece);
    }
}

/// Removes a record with all its pieces.
pub(super) fn remove_record(batch: &mut Batch, at: Sequence, record: &StoredRecord) {
    for number in 0..pieces(&write_record(record)).len() {
        batch.remove(&numbered_key(at, number));
    }
}

fn numbered_key(at: Sequence, number: usize) -> Vec<u8> {
    match u8::try_from(number) {
        Ok(0) | Err(_) => record_key(at),
        Ok(number) => piece_key(at, number),
    }
}

fn pieces(bytes: &[u8]) -> Vec<Vec<u8>> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&length[..], bytes].concat().chunks(LONGEST_VALUE).map(<[u8]>::to_vec).collect()
}

/// A record whose pieces come one after the other.
pub(super) struct Assembly {
    at: Sequence,
    bytes: Vec<u8>,
    next: u8,
    whole: bool,
}

impl Assembly {
    pub(super) fn new(at: Sequence) -> Self {
        Self { at, bytes: Vec::new(), next: 0, whole: true }
    }

    /// Adds a piece. What is too long, missing or out of order is remembered, not kept.
    pub(super) fn add(&mut self, piece: u8, value: &[u8]) {
        let fits = self.bytes.len() + value.len() <= LENGTH_BYTES + LONGEST_RECORD;
        self.whole &= fits && piece == self.next;
        self.next = self.next.saturating_add(1);
        if self.whole {
            self.bytes.extend(value);
        }
    }

    /// Whether the first piece says that there is more than what was added.
    pub(super) fn wants_more(&self) -> bool {
        self.read().is_some_and(|(expected, bytes)| bytes.len() < expected)
    }

    fn read(&self) -> Option<(usize, &[u8])> {
        let (length, bytes) = self.bytes.split_first_chunk::<LENGTH_BYTES>()?;
        Some((usize::try_from(u32::from_be_bytes(*length)).ok()?, bytes))
    }

    /// The record.
    pub(super) fn finish(self) -> Result<StoredRecord, LogError> {
        let damaged = |why| LogError::damaged(Part::Record, self.at, why);
        let (expected, bytes) = self.read().ok_or(damaged(Undecodable::Malformed.into()))?;
        if !self.whole || bytes.len() != expected {
            let expected = u64::try_from(expected).unwrap_or(u64::MAX);
            return Err(damaged(Damage::Pieces { expected }));
        }
        read_record(bytes).map_err(|why| damaged(why.into()))
    }
}
