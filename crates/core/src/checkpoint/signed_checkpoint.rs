//! A checkpoint as it is handed on: with its signatures and cosignatures.

use std::fmt;

use thiserror::Error;

use super::note::{Note, NoteError, NoteSignature};
use super::signer_key::SignerKey;
use super::verified::{SignatureError, VerifiedSignature};
use super::verifier_key::VerifierKey;
use super::{Checkpoint, CheckpointError, Origin};
use crate::tree::TreeHead;

/// A note whose text is a checkpoint. None of its signatures has been checked, so nothing that it
/// says is to be believed before [`SignedCheckpoint::verify`] or a policy said who signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

/// Why something is no signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnreadableCheckpoint {
    /// It is no signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text of the note is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl SignedCheckpoint {
    /// Signs a checkpoint, as the keeper of the log. The key may have any name; other people's
    /// tools may want that of the origin (c2sp.org/tlog-policy, "Defining a log").
    ///
    /// # Errors
    /// [`NoteError::TooLong`] where the checkpoint is too long for a note.
    pub fn sign(checkpoint: Checkpoint, key: &SignerKey) -> Result<Self, NoteError> {
        let note = Note::sign(&checkpoint.to_string(), key)?;
        Ok(Self { checkpoint, note })
    }

    /// Reads a signed checkpoint as it is printed.
    ///
    /// # Errors
    /// [`UnreadableCheckpoint`] where it is no note, or its text no checkpoint.
    pub fn parse(bytes: &[u8]) -> Result<Self, UnreadableCheckpoint> {
        let note = Note::parse(bytes)?;
        Ok(Self { checkpoint: Checkpoint::parse(note.text())?, note })
    }

    /// What was signed.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Which log it is of.
    pub fn origin(&self) -> &Origin {
        self.checkpoint.origin()
    }

    /// The size and the root of the log's tree.
    pub fn head(&self) -> TreeHead {
        self.checkpoint.head()
    }

    /// The note, with all signatures.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a signature or a cosignature that was made elsewhere. It is not checked.
    ///
    /// # Errors
    /// [`NoteError`] where no more fit.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        self.note.add(signature)
    }

    /// Which of the known keys signed; see [`Note::verify`].
    ///
    /// # Errors
    /// [`SignatureError`] where a signature does not hold or no known key signed.
    pub fn verify<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Vec<VerifiedSignature<'k>>, SignatureError> {
        self.note.verify(keys)
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.note, f)
    }
}
