//! Checkpoints: the size and the root of the tree, signed, and kept outside the ledger. Only they
//! stop a rewrite. Notes, cosignatures, proofs and policies as C2SP specifies them; all pure.

mod consistency_proof;
mod cosignature;
mod cosigner;
mod cosigner_record;
mod key;
mod note;
mod origin;
mod policy;
mod signed_checkpoint;
mod signer_key;
mod tlog_proof;
mod verified;
mod verifier_key;

use std::fmt;

use thiserror::Error;

use crate::spelling::read_decimal;
use crate::tree::{TreeHash, TreeHead};

pub use consistency_proof::{ConsistencyProof, ConsistencyProofError};
pub use cosignature::CosignatureTime;
pub use cosigner::{Consent, CosignRefusal, CosignerMemory};
pub use cosigner_record::{CosignError, CosignerRecord, MemoryStore, UnreadableMemory, cosign};
pub use key::{KeyError, KeyId, KeyKind, KeyName};
pub use note::{LONGEST_NOTE, MOST_SIGNATURES, Note, NoteError, NoteSignature};
pub use origin::Origin;
pub use policy::{Cosigner, Policy, PolicyError, PolicyOutcome, PolicyProblem};
pub use signed_checkpoint::{SignedCheckpoint, UnreadableCheckpoint};
pub use signer_key::{SecretText, SignerKey};
pub use tlog_proof::{TlogProof, TlogProofError, UnprovedEntry};
pub use verified::{SignatureError, VerifiedSignature};
pub use verifier_key::VerifierKey;

/// What a log says of itself at one moment: which log it is, and the head of its tree
/// (c2sp.org/tlog-checkpoint, "Note text"). It is printed as it was read, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: Origin,
    head: TreeHead,
    extensions: Vec<String>,
}

/// Why a text is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// It does not end with a line break.
    #[error("the checkpoint does not end with a line break")]
    Unterminated,
    /// It has fewer than three lines.
    #[error("the checkpoint has fewer than three lines")]
    TooShort,
    /// The first line names no log.
    #[error("the checkpoint's first line names no log")]
    Origin,
    /// The second line is no number in its one spelling, or above 2⁶⁴ − 1.
    #[error("the checkpoint's second line is no size")]
    Size,
    /// The third line is not the base64 of 32 bytes.
    #[error("the checkpoint's third line is no root")]
    Root,
    /// A line after the third is empty or has control characters.
    #[error("line {line} of the checkpoint is empty or has control characters")]
    Extension {
        /// Which one, from 1.
        line: usize,
    },
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    pub fn new(origin: Origin, head: TreeHead) -> Self {
        Self { origin, head, extensions: Vec::new() }
    }

    /// Reads a checkpoint as it is printed.
    ///
    /// # Errors
    /// The first [`CheckpointError`] that is found.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Unterminated)?;
        let mut lines = text.split('\n');
        let mut line = || lines.next().ok_or(CheckpointError::TooShort);
        let (origin, size, root) = (line()?, line()?, line()?);
        let origin = Origin::parse(origin).ok_or(CheckpointError::Origin)?;
        let size = read_decimal(size).ok_or(CheckpointError::Size)?;
        let root = TreeHash::parse(root).ok_or(CheckpointError::Root)?;
        let extensions = (4..)
            .zip(lines)
            .map(|(line, text)| {
                let text = is_line(text).then(|| text.to_owned());
                text.ok_or(CheckpointError::Extension { line })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { origin, head: TreeHead { size, root }, extensions })
    }

    /// Which log it is of.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The size and the root of its tree.
    pub fn head(&self) -> TreeHead {
        self.head
    }

    /// What follows the root, line by line. Nothing is known to be true of it.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

/// Whether a text can be a line of a checkpoint: not empty, and without control characters.
fn is_line(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter >= ' ')
}

/// The text that is signed, with the line break at its end.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TreeHead { size, root } = self.head;
        writeln!(f, "{}\n{size}\n{root}", self.origin)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
