//! Bytes to values and back: the only file that names bincode.
//!
//! The configuration is `bincode::config::standard()`: little-endian, integers of variable
//! length, as FORMAT.md spells out. Every reading is strict: what was read is encoded again and
//! must give the same bytes, so that one value has one encoding.

use bincode::enc::write::Writer;
use bincode::error::EncodeError;
use bincode::{BorrowDecode, Encode, config};
use thiserror::Error;

use crate::chain::Sequence;
use crate::digest::Digest;
use crate::entry::{Content, StoredRecord};
use crate::envelope::{EnvelopeParts, LedgerId, SealedDate};
use crate::event_log::{HeadMark, Listed, SegmentMark};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;

/// Why bytes are not the value that they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Undecodable {
    /// There are more of them than such a value can have.
    #[error("{bytes} bytes are more than the {most} that are allowed")]
    TooLong {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        most: usize,
    },
    /// They are of a format that this software does not know.
    #[error("format {found} is not known")]
    UnknownFormat {
        /// The format's number.
        found: u8,
    },
    /// They end too early or hold what no such value holds.
    #[error("the bytes cannot be read")]
    Malformed,
    /// They can be read, but the value is written otherwise: bytes follow it, or an integer is
    /// longer than it need be.
    #[error("the bytes are not the one encoding of what they say")]
    NotCanonical,
    /// A field holds what it must not hold.
    #[error("{field} holds what it must not hold")]
    Field {
        /// The name of the field.
        field: &'static str,
    },
}

/// What bincode may set aside for one value. Twice the longest record holds a list of references
/// of every length that fits into an envelope.
const LIMIT: usize = 2 << 20;

#[derive(Encode, BorrowDecode)]
struct EnvelopeMirror<'a> {
    format: u8,
    ledger: [u8; 16],
    sequence: u64,
    previous: [u8; 32],
    recorded_at: i64,
    recorded_by: &'a str,
    id: &'a str,
    dispute: &'a str,
    kind: &'a str,
    schema: u16,
    occurred: &'a str,
    earliest: Option<i64>,
    latest: Option<i64>,
    refers_to: Vec<&'a str>,
    commitment: [u8; 32],
}

#[derive(Encode, BorrowDecode)]
struct RecordMirror<'a> {
    digest: [u8; 32],
    envelope: &'a [u8],
    content: Option<ContentMirror<'a>>,
}

/// A record of which the commitment, the last 32 bytes of the envelope, is worked out from the
/// content where it can be.
#[derive(Encode, BorrowDecode)]
struct PackedMirror<'a> {
    digest: [u8; 32],
    envelope: &'a [u8],
    content: Option<ContentMirror<'a>>,
    commitment: Option<[u8; 32]>,
}

#[derive(Encode, BorrowDecode)]
struct ContentMirror<'a> {
    salt: [u8; 32],
    bytes: &'a [u8],
}

#[derive(Encode, BorrowDecode)]
struct HeadMirror {
    sequence: u64,
    digest: [u8; 32],
}

#[derive(Encode, BorrowDecode)]
struct MarkMirror {
    events: u32,
    digest: [u8; 32],
}

#[derive(Encode, BorrowDecode)]
struct ListedMirror<'a> {
    sequence: u64,
    belongs_to: &'a str,
}

#[derive(Encode, BorrowDecode)]
struct IndexedMirror {
    layout: u16,
    through: u64,
}

/// The bytes of an envelope, as they are hashed and stored.
pub(crate) fn write_envelope(parts: &EnvelopeParts) -> Vec<u8> {
    let occurred = parts.occurred.as_ref();
    write(&EnvelopeMirror {
        format: parts.format,
        ledger: *parts.ledger.as_bytes(),
        sequence: parts.sequence.get(),
        previous: *parts.previous.as_bytes(),
        recorded_at: parts.recorded_at.as_micros(),
        recorded_by: &parts.recorded_by,
        id: parts.id.as_str(),
        dispute: parts.dispute.as_ref().map_or("", Slug::as_str),
        kind: &parts.kind,
        schema: parts.schema,
        occurred: occurred.map_or("", |date| &date.text),
        earliest: occurred.and_then(|date| date.earliest).map(Instant::as_micros),
        latest: occurred.and_then(|date| date.latest).map(Instant::as_micros),
        refers_to: parts.refers_to.iter().map(EventId::as_str).collect(),
        commitment: *parts.commitment.as_bytes(),
    })
}

/// Reads an envelope. Whether its parts fit together is not looked at here.
pub(crate) fn read_envelope(bytes: &[u8]) -> Result<EnvelopeParts, Undecodable> {
    let mirror: EnvelopeMirror<'_> = read(bytes)?;
    let micros = |field, micros| Instant::from_micros(micros).ok_or(Undecodable::Field { field });
    let id = |field, text| EventId::parse(text).ok_or(Undecodable::Field { field });
    let occurred = SealedDate {
        text: mirror.occurred.into(),
        earliest: mirror.earliest.map(|at| micros("earliest", at)).transpose()?,
        latest: mirror.latest.map(|at| micros("latest", at)).transpose()?,
    };
    if occurred.text.is_empty() && (occurred.earliest.is_some() || occurred.latest.is_some()) {
        return Err(Undecodable::Field { field: "occurred" });
    }
    Ok(EnvelopeParts {
        format: mirror.format,
        ledger: LedgerId::from_bytes(mirror.ledger),
        sequence: Sequence::new(mirror.sequence),
        previous: Digest::from_bytes(mirror.previous),
        recorded_at: micros("recorded_at", mirror.recorded_at)?,
        recorded_by: mirror.recorded_by.into(),
        id: id("id", mirror.id)?,
        dispute: optional_slug("dispute", mirror.dispute)?,
        kind: mirror.kind.into(),
        schema: mirror.schema,
        occurred: (!occurred.text.is_empty()).then_some(occurred),
        refers_to: mirror
            .refers_to
            .into_iter()
            .map(|text| id("refers_to", text))
            .collect::<Result<_, _>>()?,
        commitment: Digest::from_bytes(mirror.commitment),
    })
}

/// The bytes of what is stored for one envelope.
pub(crate) fn write_record(record: &StoredRecord) -> Vec<u8> {
    write(&RecordMirror {
        digest: *record.digest.as_bytes(),
        envelope: &record.envelope,
        content: record
            .content
            .as_ref()
            .map(|content| ContentMirror { salt: content.salt, bytes: &content.bytes }),
    })
}

/// Reads what is stored for one envelope. The envelope stays bytes.
pub(crate) fn read_record(bytes: &[u8]) -> Result<StoredRecord, Undecodable> {
    let mirror: RecordMirror<'_> = read(bytes)?;
    Ok(StoredRecord {
        digest: Digest::from_bytes(mirror.digest),
        envelope: mirror.envelope.to_vec(),
        content: mirror
            .content
            .map(|content| Content { salt: content.salt, bytes: content.bytes.to_vec() }),
    })
}

/// Whether a commitment is known to be that of the content beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Commitment {
    /// It is, so that it need not be kept.
    Answers,
    /// It is kept.
    Kept,
}

/// The bytes of a record in a segment.
pub(crate) fn write_packed(record: &StoredRecord, commitment: Commitment) -> Vec<u8> {
    let (envelope, last) = match record.envelope.split_last_chunk::<32>() {
        Some((envelope, last)) => (envelope, Some(*last)),
        None => (record.envelope.as_slice(), None),
    };
    let is_worked_out = commitment == Commitment::Answers && record.content.is_some();
    let content = record.content.as_ref();
    write(&PackedMirror {
        digest: *record.digest.as_bytes(),
        envelope,
        content: content.map(|it| ContentMirror { salt: it.salt, bytes: &it.bytes }),
        commitment: last.filter(|_| !is_worked_out),
    })
}

/// Reads the bytes of a record in a segment.
pub(crate) fn read_packed(bytes: &[u8]) -> Result<StoredRecord, Undecodable> {
    let mut record = StoredRecord::empty();
    read_packed_into(&mut record, bytes)?;
    Ok(record)
}

/// The same into the memory of another record, which is lost; and how its commitment was kept.
pub(crate) fn read_packed_into(
    record: &mut StoredRecord,
    bytes: &[u8],
) -> Result<Commitment, Undecodable> {
    let mirror: PackedMirror<'_> = read(bytes)?;
    record.digest = Digest::from_bytes(mirror.digest);
    let (commitment, kept) = match (mirror.commitment, &mirror.content) {
        (Some(commitment), _) => (Some(commitment), Commitment::Kept),
        (None, Some(it)) => {
            (Some(*Digest::of_content(&it.salt, it.bytes).as_bytes()), Commitment::Answers)
        }
        (None, None) => (None, Commitment::Kept),
    };
    record.envelope.clear();
    record.envelope.reserve(mirror.envelope.len() + 32);
    record.envelope.extend(mirror.envelope);
    record.envelope.extend(commitment.iter().flatten());
    record.content = mirror.content.map(|content| {
        let mut memory = record.content.take().map_or_else(Vec::new, |before| before.bytes);
        memory.clear();
        memory.extend(content.bytes);
        Content { salt: content.salt, bytes: memory }
    });
    Ok(kept)
}

/// The bytes of the value that says where the log ends.
pub(crate) fn write_head(mark: &HeadMark) -> Vec<u8> {
    write(&HeadMirror { sequence: mark.sequence.get(), digest: *mark.digest.as_bytes() })
}

/// Reads the value that says where the log ends.
pub(crate) fn read_head(bytes: &[u8]) -> Result<HeadMark, Undecodable> {
    let HeadMirror { sequence, digest } = read(bytes)?;
    Ok(HeadMark { sequence: Sequence::new(sequence), digest: Digest::from_bytes(digest) })
}

/// The value of a segment's key, which holds where the segment begins.
pub(crate) fn write_mark(mark: &SegmentMark) -> Vec<u8> {
    write(&MarkMirror { events: mark.events, digest: *mark.digest.as_bytes() })
}

pub(crate) fn read_mark(first: Sequence, bytes: &[u8]) -> Result<SegmentMark, Undecodable> {
    let MarkMirror { events, digest } = read(bytes)?;
    Ok(SegmentMark { first, events, digest: Digest::from_bytes(digest) })
}

/// The bytes of an entry of the index of ids.
pub(crate) fn write_listed(listed: &Listed) -> Vec<u8> {
    let belongs_to = listed.belongs_to.as_ref().map_or("", Slug::as_str);
    write(&ListedMirror { sequence: listed.sequence.get(), belongs_to })
}

/// Reads an entry of the index of ids.
pub(crate) fn read_listed(bytes: &[u8]) -> Result<Listed, Undecodable> {
    let ListedMirror { sequence, belongs_to } = read(bytes)?;
    let belongs_to = optional_slug("belongs_to", belongs_to)?;
    Ok(Listed { sequence: Sequence::new(sequence), belongs_to })
}

/// The bytes of the value that says how far, and in which layout, the indexes were written.
pub(crate) fn write_indexed(layout: u16, through: Sequence) -> Vec<u8> {
    write(&IndexedMirror { layout, through: through.get() })
}

/// Reads how far, and in which layout, the indexes were written.
pub(crate) fn read_indexed(bytes: &[u8]) -> Result<(u16, Sequence), Undecodable> {
    let IndexedMirror { layout, through } = read(bytes)?;
    Ok((layout, Sequence::new(through)))
}

fn optional_slug(field: &'static str, text: &str) -> Result<Option<Slug>, Undecodable> {
    if text.is_empty() {
        return Ok(None);
    }
    Slug::parse(text).map(Some).ok_or(Undecodable::Field { field })
}

#[expect(clippy::expect_used, reason = "a Vec takes every byte, and every value has an encoding")]
fn write<T: Encode>(value: &T) -> Vec<u8> {
    bincode::encode_to_vec(value, config::standard()).expect("encoding into memory cannot fail")
}

fn read<'a, T: Encode + BorrowDecode<'a, ()>>(bytes: &'a [u8]) -> Result<T, Undecodable> {
    let (value, _) =
        bincode::borrow_decode_from_slice(bytes, config::standard().with_limit::<LIMIT>())
            .map_err(|_| Undecodable::Malformed)?;
    let mut rest = Expected(bytes);
    let is_the_same = bincode::encode_into_writer(&value, &mut rest, config::standard()).is_ok();
    if is_the_same && rest.0.is_empty() { Ok(value) } else { Err(Undecodable::NotCanonical) }
}

/// Takes bytes that are written as long as they are the ones that are expected. What is read is
/// encoded again so often that bytes for it would tell.
struct Expected<'a>(&'a [u8]);

impl Writer for Expected<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        // Most of what is written is a byte long.
        let rest = match (bytes, self.0.split_first()) {
            ([byte], Some((first, rest))) => Some(rest).filter(|_| first == byte),
            _ => self.0.strip_prefix(bytes),
        };
        self.0 = rest.ok_or(EncodeError::Other("these are other bytes"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_after_the_value_are_refused() {
        let mark = HeadMark { sequence: Sequence::new(300), digest: Digest::of_bytes(b"") };
        let mut bytes = write_head(&mark);
        assert_eq!(read_head(&bytes), Ok(mark));
        bytes.push(0);
        assert_eq!(read_head(&bytes), Err(Undecodable::NotCanonical));
        bytes.truncate(10);
        assert_eq!(read_head(&bytes), Err(Undecodable::Malformed));
    }

    #[test]
    fn an_integer_in_more_bytes_than_it_needs_is_refused() {
        let mark = HeadMark { sequence: Sequence::new(7), digest: Digest::NONE };
        let short = write_head(&mark);
        let long = [&[251, 7, 0], short.get(1..).unwrap()].concat();
        assert_eq!(read_head(&long), Err(Undecodable::NotCanonical));
    }

    #[test]
    fn a_length_beyond_the_bytes_sets_nothing_aside() {
        let mut bytes = vec![0; 32];
        bytes.extend([253, 255, 255, 255, 255, 255, 255, 255, 127]);
        assert_eq!(read_record(&bytes), Err(Undecodable::Malformed));
    }
}
