//! A cosigner's memory as a file, and the one way in which a checkpoint is cosigned: the memory
//! is durable before there is a signature.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use super::Origin;
use super::cosignature::CosignatureTime;
use super::cosigner::{CosignRefusal, CosignerMemory};
use super::note::NoteSignature;
use super::signed_checkpoint::{SignedCheckpoint, UnreadableCheckpoint};
use super::signer_key::SignerKey;
use super::verifier_key::VerifierKey;
use crate::spelling::read_decimal;
use crate::tree::TreeHash;

/// The first line of the file.
const HEADER: &str = "dispute cosigner memory 1\n";

/// What a cosigner keeps: for each log the last checkpoint that it cosigned, as it was handed in,
/// with the signatures that prove later what was shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CosignerRecord(BTreeMap<Origin, SignedCheckpoint>);

/// Why a file is no cosigner's memory. It is never taken for an empty one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnreadableMemory {
    /// It is not text of this form, or is cut off.
    #[error("it is no cosigner's memory, or is cut off")]
    Malformed,
    /// Two of its checkpoints are of one log.
    #[error("it has two checkpoints of the log {origin}")]
    Twice {
        /// The log.
        origin: Origin,
    },
    /// One of its checkpoints cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] UnreadableCheckpoint),
}

/// Where a cosigner's memory is kept, in the steps in which it is replaced. An error of any of them
/// means that nothing is known of what is stored, so nothing is signed.
pub trait MemoryStore {
    /// Why a step failed.
    type Error;

    /// The memory that is stored; `None` where there never was one.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn read(&mut self) -> Result<Option<Vec<u8>>, Self::Error>;

    /// Writes a new memory beside the stored one.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn write_beside(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;

    /// Makes what was written beside durable.
    ///
    /// # Errors
    /// Where the disk does not say that it is.
    fn sync_beside(&mut self) -> Result<(), Self::Error>;

    /// Puts what was written beside in the place of the stored one, in one step.
    ///
    /// # Errors
    /// Where that fails.
    fn replace(&mut self) -> Result<(), Self::Error>;

    /// Makes the replacement durable.
    ///
    /// # Errors
    /// Where the disk does not say that it is.
    fn sync_folder(&mut self) -> Result<(), Self::Error>;
}

/// Why a checkpoint was not cosigned.
#[derive(Debug, Error)]
pub enum CosignError<E> {
    /// It must not be: the refusal, and the checkpoint that was cosigned last for its log.
    #[error("{refusal}")]
    Refused {
        /// Why.
        refusal: CosignRefusal,
        /// What was cosigned last, as it was handed in; `None` where nothing was.
        remembered: Option<Box<SignedCheckpoint>>,
    },
    /// The memory that is stored cannot be read.
    #[error("the memory of what was cosigned cannot be read: {0}")]
    Memory(#[from] UnreadableMemory),
    /// The memory would become longer than one that is read again.
    #[error("the memory of what was cosigned would be too long")]
    MemoryFull,
    /// The memory could not be read or replaced, or the proof not be had.
    #[error("the checkpoint could not be cosigned")]
    Failed(E),
}

/// The longest memory that is stored: what is stored must be read again.
const LONGEST_MEMORY: usize = 4 << 20;

/// Cosigns a checkpoint, where that may be, and only once it will be remembered.
///
/// `proof` gives the hashes that lead to it from the head that was cosigned last; it is asked only
/// with that head's checkpoint, or with `None` the first time.
///
/// After a failure or a crash at any step either the old memory is stored or the new one, and no
/// signature has been made: cosigning the same checkpoint again is allowed, another history is not.
/// Two of these must not run on one memory at the same time.
///
/// # Errors
/// [`CosignError`]; whatever it is, nothing was signed.
pub fn cosign<S: MemoryStore>(
    store: &mut S,
    offered: &SignedCheckpoint,
    log: Option<&VerifierKey>,
    proof: impl FnOnce(Option<&SignedCheckpoint>) -> Result<Vec<TreeHash>, S::Error>,
    key: &SignerKey,
    time: CosignatureTime,
) -> Result<NoteSignature, CosignError<S::Error>> {
    let stored = store.read().map_err(CosignError::Failed)?;
    let mut record = stored.map(|bytes| CosignerRecord::parse(&bytes)).transpose()?;
    let record = record.get_or_insert_default();
    let remembered = record.last(offered.origin()).cloned();
    let proof = proof(remembered.as_ref()).map_err(CosignError::Failed)?;
    let decided = record.memory().decide(offered, log, &proof);
    let consent = decided.map_err(|refusal| {
        let remembered = remembered.map(Box::new);
        CosignError::Refused { refusal, remembered }
    })?;
    record.0.insert(offered.origin().clone(), offered.clone());
    let bytes = record.to_string();
    if bytes.len() > LONGEST_MEMORY {
        return Err(CosignError::MemoryFull);
    }
    store.write_beside(bytes.as_bytes()).map_err(CosignError::Failed)?;
    store.sync_beside().map_err(CosignError::Failed)?;
    store.replace().map_err(CosignError::Failed)?;
    store.sync_folder().map_err(CosignError::Failed)?;
    Ok(consent.cosign(key, time))
}

impl CosignerRecord {
    /// Reads a memory as it is printed.
    ///
    /// # Errors
    /// [`UnreadableMemory`]: a part of a memory is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, UnreadableMemory> {
        let malformed = || UnreadableMemory::Malformed;
        let text = std::str::from_utf8(bytes).map_err(|_| malformed())?;
        let mut rest = text.strip_prefix(HEADER).ok_or_else(malformed)?;
        let mut record = BTreeMap::new();
        loop {
            let (line, after) = rest.split_once('\n').ok_or_else(malformed)?;
            if line == format!("end {}", record.len()) && after.is_empty() {
                return Ok(Self(record));
            }
            let length = line.strip_prefix("checkpoint ").and_then(read_decimal);
            let length = length.and_then(|length| usize::try_from(length).ok());
            let length = length.ok_or_else(malformed)?;
            let (note, after) = after.split_at_checked(length).ok_or_else(malformed)?;
            let checkpoint = SignedCheckpoint::parse(note.as_bytes())?;
            let origin = checkpoint.origin().clone();
            if record.insert(origin.clone(), checkpoint).is_some() {
                return Err(UnreadableMemory::Twice { origin });
            }
            rest = after;
        }
    }

    /// The checkpoint of a log that was cosigned last.
    pub fn last(&self, origin: &Origin) -> Option<&SignedCheckpoint> {
        self.0.get(origin)
    }

    /// The heads alone, which decide.
    pub fn memory(&self) -> CosignerMemory {
        self.0.iter().map(|(origin, last)| (origin.clone(), last.head())).collect()
    }
}

/// The file: a line that says what it is, for each log a line `checkpoint BYTES` and the note, and
/// a line `end COUNT`.
impl fmt::Display for CosignerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        for last in self.0.values() {
            let note = last.to_string();
            write!(f, "checkpoint {}\n{note}", note.len())?;
        }
        writeln!(f, "end {}", self.0.len())
    }
}
