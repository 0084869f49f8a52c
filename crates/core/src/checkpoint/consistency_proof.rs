//! The proof that one checkpoint is an earlier state of another, in one file.

use std::fmt;

use thiserror::Error;

use super::signed_checkpoint::{SignedCheckpoint, UnreadableCheckpoint};
use crate::spelling::read_decimal;
use crate::tree::{LONGEST_PROOF, ProofError, TreeHash, TreeHead, verify_consistency};

/// The size of an earlier tree, the hashes that lead from its root to a later one, and the later
/// checkpoint (c2sp.org/tlog-witness, "add-checkpoint"; FORMAT.md, "Proof files"). It is printed as
/// it was read, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    earlier: u64,
    hashes: Vec<TreeHash>,
    later: SignedCheckpoint,
}

/// Why something is no proof of consistency.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConsistencyProofError {
    /// It is not UTF-8.
    #[error("the proof is not UTF-8")]
    NotUtf8,
    /// It does not begin with the size of the earlier tree.
    #[error("the proof does not begin with a line old N")]
    Earlier,
    /// No empty line is before the checkpoint.
    #[error("the proof has no checkpoint after an empty line")]
    NoCheckpoint,
    /// A line after the first is not the base64 of 32 bytes.
    #[error("hash {hash} of the proof is none")]
    Hash {
        /// Which one, from 1.
        hash: usize,
    },
    /// It has more hashes than [`LONGEST_PROOF`].
    #[error("the proof has {found} hashes, more than {LONGEST_PROOF}")]
    TooManyHashes {
        /// How many it has.
        found: usize,
    },
    /// The later checkpoint cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] UnreadableCheckpoint),
}

impl ConsistencyProof {
    /// The proof that the tree of a checkpoint begins with its first `earlier` leaves.
    ///
    /// # Errors
    /// [`ConsistencyProofError::TooManyHashes`] above [`LONGEST_PROOF`].
    pub fn new(
        earlier: u64,
        hashes: Vec<TreeHash>,
        later: SignedCheckpoint,
    ) -> Result<Self, ConsistencyProofError> {
        let found = hashes.len();
        if found > LONGEST_PROOF {
            return Err(ConsistencyProofError::TooManyHashes { found });
        }
        Ok(Self { earlier, hashes, later })
    }

    /// Reads a proof as it is printed.
    ///
    /// # Errors
    /// The first [`ConsistencyProofError`] that is found.
    pub fn parse(bytes: &[u8]) -> Result<Self, ConsistencyProofError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ConsistencyProofError::NotUtf8)?;
        let (lines, later) = text.split_once("\n\n").ok_or(ConsistencyProofError::NoCheckpoint)?;
        let mut lines = lines.split('\n');
        let earlier = lines.next().and_then(|line| read_decimal(line.strip_prefix("old ")?));
        let earlier = earlier.ok_or(ConsistencyProofError::Earlier)?;
        let found = lines.clone().count();
        if found > LONGEST_PROOF {
            return Err(ConsistencyProofError::TooManyHashes { found });
        }
        let hashes = (1..)
            .zip(lines)
            .map(|(hash, line)| TreeHash::parse(line).ok_or(ConsistencyProofError::Hash { hash }))
            .collect::<Result<_, _>>()?;
        Ok(Self { earlier, hashes, later: SignedCheckpoint::parse(later.as_bytes())? })
    }

    /// The number of leaves of the earlier tree.
    pub fn earlier(&self) -> u64 {
        self.earlier
    }

    /// The hashes that lead from the earlier root to the later.
    pub fn hashes(&self) -> &[TreeHash] {
        &self.hashes
    }

    /// The later checkpoint. None of its signatures has been checked.
    pub fn later(&self) -> &SignedCheckpoint {
        &self.later
    }

    /// Checks that the later tree begins with an earlier one. Who signed is not looked at.
    ///
    /// # Errors
    /// The first [`ProofError`] that is found.
    pub fn verify(&self, earlier: &TreeHead) -> Result<(), ProofError> {
        verify_consistency(earlier, &self.later.head(), &self.hashes)
    }
}

impl fmt::Display for ConsistencyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.earlier)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.later)
    }
}
