//! What the log holds for one event: the envelope, its digest, and the content unless erased.

use thiserror::Error;

use crate::digest::Digest;
use crate::encoding::{Undecodable, read_record, write_record};
use crate::envelope::Envelope;

/// The most bytes that a content can have. A line of input has at most 60,000 (EVENTS.md,
/// `event-too-big`), and nothing that may be in one grows fourfold when it is written canonically.
pub const LONGEST_CONTENT: usize = 262_144;

/// The part of an event that can be erased, with the salt of its commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// 32 random bytes, erased together with the rest.
    pub salt: [u8; 32],
    /// Canonical JSON (FORMAT.md, "Content"); the log does not look into it.
    pub bytes: Vec<u8>,
}

/// What is stored for one envelope, taken at its word: nothing has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// The digest that was stored beside the envelope.
    pub digest: Digest,
    /// The bytes of the envelope: what is hashed is what is stored.
    pub envelope: Vec<u8>,
    /// The content; absent once it was erased.
    pub content: Option<Content>,
}

/// An event as the log holds it. The envelope has been read strictly; whether the digests hold is
/// for verification to say, or for [`Entry::prove`].
#[derive(Clone, Debug)]
pub struct Entry {
    envelope: Envelope,
    record: StoredRecord,
    origin: Origin,
}

/// Where an entry comes from, which is no part of what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// It was sealed here, and its digests were worked out doing so.
    Sealed,
    /// It was read.
    Read,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.record == other.record
    }
}

impl Eq for Entry {}

/// What does not hold in a stored record by itself.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BrokenRecord {
    /// The digest of the bytes of the envelope is not the one that was stored.
    #[error("the envelope's digest is {found}, but {expected} was stored")]
    Envelope {
        /// The digest that was stored.
        expected: Digest,
        /// The digest of the bytes.
        found: Digest,
    },
    /// The content is not the one that the envelope commits to.
    #[error("the content's commitment is {found}, but the envelope holds {expected}")]
    Content {
        /// The commitment in the envelope.
        expected: Digest,
        /// The commitment to the content that is there.
        found: Digest,
    },
}

impl StoredRecord {
    /// A record of nothing, as memory for others.
    pub(crate) fn empty() -> Self {
        Self { digest: Digest::NONE, envelope: Vec::new(), content: None }
    }

    /// Reads a record from the bytes that it has in proofs and backups (FORMAT.md, "Backup").
    ///
    /// # Errors
    /// [`Undecodable`] where they are not the one encoding of a record.
    pub fn read(bytes: &[u8]) -> Result<Self, Undecodable> {
        read_record(bytes)
    }

    /// Its bytes as they are in proofs and backups.
    pub fn write(&self) -> Vec<u8> {
        write_record(self)
    }

    /// The same without its content.
    #[must_use]
    pub fn withheld(self) -> Self {
        Self { content: None, ..self }
    }
}

impl Entry {
    /// Reads a stored record.
    ///
    /// # Errors
    /// [`Undecodable`] where the envelope's bytes are not those of an envelope.
    pub fn read(record: StoredRecord) -> Result<Self, Undecodable> {
        let envelope = Envelope::read(&record.envelope)?;
        Ok(Self { envelope, record, origin: Origin::Read })
    }

    /// An envelope that was just sealed, with the bytes that it encodes to.
    pub(crate) fn sealed(envelope: Envelope, bytes: Vec<u8>, content: Content) -> Self {
        let digest = Digest::of_envelope(&bytes);
        let record = StoredRecord { digest, envelope: bytes, content: Some(content) };
        Self { envelope, record, origin: Origin::Sealed }
    }

    /// How many bytes its envelope and its content have.
    pub(crate) fn bytes(&self) -> usize {
        let content = self.record.content.as_ref().map_or(0, |content| content.bytes.len());
        self.record.envelope.len() + content
    }

    /// Whether it was sealed here, so that its digests need not be worked out again.
    pub(crate) fn is_sealed(&self) -> bool {
        self.origin == Origin::Sealed
    }

    /// The envelope.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// The bytes of the envelope, as they are hashed and stored.
    pub fn envelope_bytes(&self) -> &[u8] {
        &self.record.envelope
    }

    /// The digest of the envelope.
    pub fn digest(&self) -> &Digest {
        &self.record.digest
    }

    /// The content, unless it was erased.
    pub fn content(&self) -> Option<&Content> {
        self.record.content.as_ref()
    }

    /// What is stored for it.
    pub fn record(&self) -> &StoredRecord {
        &self.record
    }

    /// Hashes the envelope and the content and compares.
    ///
    /// # Errors
    /// [`BrokenRecord`] where one of them is not what it was sealed as.
    pub fn prove(&self) -> Result<(), BrokenRecord> {
        self.prove_envelope()?;
        self.record.content.as_ref().map_or(Ok(()), |content| content.answers_to(&self.envelope))
    }

    /// Hashes the envelope alone.
    ///
    /// # Errors
    /// [`BrokenRecord::Envelope`] where its bytes do not have the digest that was stored.
    pub fn prove_envelope(&self) -> Result<(), BrokenRecord> {
        let found = Digest::of_envelope(&self.record.envelope);
        let expected = self.record.digest;
        if found == expected { Ok(()) } else { Err(BrokenRecord::Envelope { expected, found }) }
    }
}

impl Content {
    /// Whether this is the content that an envelope commits to.
    ///
    /// # Errors
    /// [`BrokenRecord::Content`] where it is not.
    pub fn answers_to(&self, envelope: &Envelope) -> Result<(), BrokenRecord> {
        let found = Digest::of_content(&self.salt, &self.bytes);
        let expected = *envelope.commitment();
        if found == expected { Ok(()) } else { Err(BrokenRecord::Content { expected, found }) }
    }
}

/// The salt stays out of messages: who has it can guess what was erased elsewhere.
impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({})", String::from_utf8_lossy(&self.bytes))
    }
}
