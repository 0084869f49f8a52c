//! The envelope: an event as the ledger recorded it. Sealed once, never changed.

use std::fmt;

use smol_str::SmolStr;

use crate::chain::Sequence;
use crate::digest::{Digest, read_hex, write_hex};
use crate::encoding::{Undecodable, read_envelope, write_envelope};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;

/// The format of the envelopes that this software writes (FORMAT.md).
pub const FORMAT_VERSION: u8 = 1;
/// The most bytes that an envelope can have (INTEGRITY.md, "Envelope, format 1").
pub const LONGEST_ENVELOPE: usize = 65_535;
/// The most bytes that `recorded_by` can have.
pub const LONGEST_RECORDER: usize = 256;

/// The kind of the ledger's own envelope, the one with sequence 0. Its id is the same word.
pub const LEDGER_KIND: &str = "ledger";
/// The kind of the events that order an erasure.
pub const REDACTION_KIND: &str = "redaction";
/// The kind of the events that say what should have been recorded.
pub const AMENDMENT_KIND: &str = "amendment";
/// The kind of the events that say that another should not have been recorded.
pub const RETRACTION_KIND: &str = "retraction";

/// The id that a ledger is given when it is made: 16 random bytes, written as 32 lower-case
/// hexadecimal digits. It is in every envelope, so that none can be replayed into another ledger.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerId([u8; 16]);

/// When an event happened, as its envelope holds it: the span of the text alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SealedDate {
    /// The date as it was given (EDTF); never empty.
    pub text: SmolStr,
    /// The first moment of its span. `None` where it is open.
    pub earliest: Option<Instant>,
    /// The first moment after its span. `None` where it is open.
    pub latest: Option<Instant>,
}

/// An event as recorded: its place, its times, what it follows and the commitment to its content.
/// Nothing in it can be erased (INTEGRITY.md, "Envelope, format 1").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope(EnvelopeParts);

/// The fields of an envelope, in the order in which they are hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnvelopeParts {
    pub(crate) format: u8,
    pub(crate) ledger: LedgerId,
    pub(crate) sequence: Sequence,
    pub(crate) previous: Digest,
    pub(crate) recorded_at: Instant,
    pub(crate) recorded_by: SmolStr,
    pub(crate) id: EventId,
    pub(crate) dispute: Option<Slug>,
    pub(crate) kind: SmolStr,
    pub(crate) schema: u16,
    pub(crate) occurred: Option<SealedDate>,
    pub(crate) refers_to: Vec<EventId>,
    pub(crate) commitment: Digest,
}

impl Envelope {
    /// Reads an envelope from its stored bytes.
    ///
    /// # Errors
    /// [`Undecodable`] where they are not exactly the bytes that this envelope is sealed as.
    pub fn read(bytes: &[u8]) -> Result<Self, Undecodable> {
        within_length(bytes)?;
        match bytes.first() {
            Some(&FORMAT_VERSION) => read_envelope(bytes).and_then(check).map(Self),
            Some(&found) => Err(Undecodable::UnknownFormat { found }),
            None => Err(Undecodable::Malformed),
        }
    }

    /// Makes an envelope and the bytes that are hashed and stored.
    pub(crate) fn write(parts: EnvelopeParts) -> Result<(Self, Vec<u8>), Undecodable> {
        let parts = check(parts)?;
        let bytes = write_envelope(&parts);
        within_length(&bytes)?;
        Ok((Self(parts), bytes))
    }

    /// The version of the format of its bytes.
    pub fn format(&self) -> u8 {
        self.0.format
    }

    /// The ledger that it was sealed for.
    pub fn ledger(&self) -> &LedgerId {
        &self.0.ledger
    }

    /// Its place in the ledger.
    pub fn sequence(&self) -> Sequence {
        self.0.sequence
    }

    /// The digest of the envelope before it; [`Digest::NONE`] for the first.
    pub fn previous(&self) -> &Digest {
        &self.0.previous
    }

    /// When it was recorded, by the ledger's clock. It never decreases along the chain.
    pub fn recorded_at(&self) -> Instant {
        self.0.recorded_at
    }

    /// Who recorded it.
    pub fn recorded_by(&self) -> &str {
        &self.0.recorded_by
    }

    /// The event's id, unique in the ledger.
    pub fn id(&self) -> &EventId {
        &self.0.id
    }

    /// The dispute that the event names; `None` for parties, standards, the kinds about the
    /// record and the ledger's own envelope.
    pub fn dispute(&self) -> Option<&Slug> {
        self.0.dispute.as_ref()
    }

    /// The kind of the event (EVENTS.md, "Kinds").
    pub fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The version of the words and keys that its content was written with.
    pub fn schema(&self) -> u16 {
        self.0.schema
    }

    /// When the event happened, where it says so.
    pub fn occurred(&self) -> Option<&SealedDate> {
        self.0.occurred.as_ref()
    }

    /// The ids of the events that it refers to. For the kinds about the record the first is the
    /// event that they are about.
    pub fn refers_to(&self) -> &[EventId] {
        &self.0.refers_to
    }

    /// The commitment to its content ([`Digest::of_content`]).
    pub fn commitment(&self) -> &Digest {
        &self.0.commitment
    }

    /// The event that this one corrects, where its kind is one of those about the record. It
    /// belongs to the dispute to which that event belongs.
    pub fn corrects(&self) -> Option<&EventId> {
        let about_the_record =
            [AMENDMENT_KIND, RETRACTION_KIND, REDACTION_KIND].contains(&self.kind());
        self.0.refers_to.first().filter(|_| about_the_record)
    }

    /// The event whose content this one orders to be erased.
    pub fn redacts(&self) -> Option<&EventId> {
        self.corrects().filter(|_| self.kind() == REDACTION_KIND)
    }

    /// The event that this one amends. Its content is erased together with that event's.
    pub fn amends(&self) -> Option<&EventId> {
        self.corrects().filter(|_| self.kind() == AMENDMENT_KIND)
    }
}

/// What an envelope may hold, whoever made it.
fn check(parts: EnvelopeParts) -> Result<EnvelopeParts, Undecodable> {
    let recorder = parts.recorded_by.as_str();
    let named = (1..=LONGEST_RECORDER).contains(&recorder.len());
    let first = parts.sequence == Sequence::LEDGER;
    let own = parts.kind == LEDGER_KIND && parts.id.as_str() == LEDGER_KIND;
    let ordered = |date: &SealedDate| match (date.earliest, date.latest) {
        (Some(earliest), Some(latest)) => earliest < latest,
        _ => true,
    };
    let held = |date: &SealedDate| !date.text.is_empty() && ordered(date);
    let wrong = [
        ("format", parts.format != FORMAT_VERSION),
        ("recorded_by", !named || recorder.chars().any(char::is_control)),
        ("kind", !Slug::is_one(&parts.kind)),
        ("kind", own != first),
        ("previous", first && parts.previous != Digest::NONE),
        ("occurred", !parts.occurred.as_ref().is_none_or(held)),
    ];
    match wrong.into_iter().find(|(_, wrong)| *wrong) {
        Some((field, _)) => Err(Undecodable::Field { field }),
        None => Ok(parts),
    }
}

fn within_length(bytes: &[u8]) -> Result<(), Undecodable> {
    let too_long = Undecodable::TooLong { bytes: bytes.len(), most: LONGEST_ENVELOPE };
    if bytes.len() > LONGEST_ENVELOPE { Err(too_long) } else { Ok(()) }
}

impl LedgerId {
    /// An id from its bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads 32 hexadecimal digits. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        read_hex(text).map(Self)
    }
}

impl fmt::Display for LedgerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for LedgerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
