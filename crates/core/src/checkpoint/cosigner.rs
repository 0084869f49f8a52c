//! A cosigner's decision: whether a new checkpoint may be signed after the last one.

use std::collections::BTreeMap;

use thiserror::Error;

use super::cosignature::CosignatureTime;
use super::key::{KeyKind, KeyName};
use super::note::NoteSignature;
use super::signed_checkpoint::SignedCheckpoint;
use super::signer_key::SignerKey;
use super::verified::SignatureError;
use super::verifier_key::VerifierKey;
use super::{Checkpoint, Origin};
use crate::tree::{ProofError, TreeHash, TreeHead, verify_consistency};

/// What a cosigner must never forget: the last head that it cosigned, for each log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CosignerMemory(BTreeMap<Origin, TreeHead>);

/// That a checkpoint may be cosigned, and what is to be remembered of it. There is no cosignature
/// without one.
#[derive(Debug)]
#[must_use = "nothing is cosigned before the memory is stored and the consent is used"]
pub struct Consent {
    memory: CosignerMemory,
    checkpoint: Checkpoint,
}

/// Why a checkpoint is not cosigned, with the two heads that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CosignRefusal {
    /// The key that was given is not of the kind that signs the checkpoints of a log.
    #[error("the key {key} is one of a cosigner, and signs for no log")]
    Key {
        /// The name of the key.
        key: KeyName,
    },
    /// The log did not sign the checkpoint.
    #[error("the checkpoint is not one of the log: {0}")]
    Signature(#[from] SignatureError),
    /// The tree is smaller than one that was cosigned. It may be that an older checkpoint was
    /// handed in; where the log calls it its latest, its tail was cut.
    #[error("the tree has {} leaves, fewer than the {} that were cosigned", offered.size, remembered.size)]
    Shrunk {
        /// The last head that was cosigned.
        remembered: TreeHead,
        /// The head that was handed in.
        offered: TreeHead,
    },
    /// The log signed two histories: the two checkpoints, both signed by it, prove it.
    #[error("at {} leaves the root is {}, but {} was cosigned", offered.size, offered.root, remembered.root)]
    AnotherRoot {
        /// The last head that was cosigned.
        remembered: TreeHead,
        /// The head that was handed in.
        offered: TreeHead,
    },
    /// It is not proved that the tree grew out of the one that was cosigned. Either the proof is
    /// another one's, or there is none because history was rewritten.
    #[error("it is not proved that the tree of {} leaves begins with the one of {}: {reason}", offered.size, remembered.size)]
    Inconsistent {
        /// The last head that was cosigned.
        remembered: TreeHead,
        /// The head that was handed in.
        offered: TreeHead,
        /// What does not hold.
        reason: Box<ProofError>,
    },
}

impl CosignerMemory {
    /// The memory of a cosigner that has not cosigned anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// The last head of a log that was cosigned.
    pub fn remembered(&self, origin: &Origin) -> Option<TreeHead> {
        self.0.get(origin).copied()
    }

    /// All logs with the last heads that were cosigned, in the order of their origins.
    pub fn iter(&self) -> impl Iterator<Item = (&Origin, TreeHead)> {
        self.0.iter().map(|(origin, head)| (origin, *head))
    }

    /// Whether a checkpoint may be cosigned (c2sp.org/tlog-witness, "add-checkpoint").
    ///
    /// The argument: the log itself signed it, with the key that is known for it; and its tree
    /// begins with the last one that was cosigned for this log, or with none. The proof leads from
    /// that one to this; it is empty where the size is the same and the first time. Whoever
    /// follows this, and keeps the memory of every consent, never signs two roots for one size.
    ///
    /// Without a key it is not asked who signed. Then somebody other than the keeper can have
    /// a history cosigned that the keeper never signed; two histories they cannot.
    ///
    /// # Errors
    /// The first [`CosignRefusal`] that is found.
    pub fn decide(
        &self,
        offered: &SignedCheckpoint,
        log: Option<&VerifierKey>,
        proof: &[TreeHash],
    ) -> Result<Consent, CosignRefusal> {
        let origin = offered.origin();
        if let Some(log) = log {
            if log.kind() != KeyKind::Note {
                return Err(CosignRefusal::Key { key: log.name().clone() });
            }
            offered.verify([log])?;
        }
        follows(self.remembered(origin), offered.head(), proof)?;
        let mut memory = self.clone();
        memory.0.insert(origin.clone(), offered.head());
        Ok(Consent { memory, checkpoint: offered.checkpoint().clone() })
    }
}

/// Whether a head may be cosigned after another.
fn follows(
    remembered: Option<TreeHead>,
    offered: TreeHead,
    proof: &[TreeHash],
) -> Result<(), CosignRefusal> {
    let remembered = remembered.unwrap_or(TreeHead::EMPTY);
    if offered.size < remembered.size {
        Err(CosignRefusal::Shrunk { remembered, offered })
    } else if offered.size == remembered.size && offered.root != remembered.root {
        Err(CosignRefusal::AnotherRoot { remembered, offered })
    } else {
        verify_consistency(&remembered, &offered, proof).map_err(|reason| {
            let reason = Box::new(reason);
            CosignRefusal::Inconsistent { remembered, offered, reason }
        })
    }
}

impl Consent {
    /// What the cosigner now remembers. It must be durable before the cosignature is handed out,
    /// and replace exactly the memory that decided.
    pub fn memory(&self) -> &CosignerMemory {
        &self.memory
    }

    /// What may be cosigned.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Cosigns the checkpoint, once its memory has been stored. The time is what the cosigner says
    /// that it is.
    pub fn cosign(self, key: &SignerKey, time: CosignatureTime) -> NoteSignature {
        key.cosign(&self.checkpoint.to_string(), time)
    }
}

impl FromIterator<(Origin, TreeHead)> for CosignerMemory {
    fn from_iter<I: IntoIterator<Item = (Origin, TreeHead)>>(heads: I) -> Self {
        Self(heads.into_iter().collect())
    }
}
