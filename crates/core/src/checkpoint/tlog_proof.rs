//! The proof that an entry is in a log, in one file: what to hand to somebody without the ledger.

use std::fmt;

use thiserror::Error;

use super::Origin;
use super::policy::{Policy, PolicyOutcome};
use super::signed_checkpoint::{SignedCheckpoint, UnreadableCheckpoint};
use super::verified::SignatureError;
use crate::spelling::{read_base64, read_decimal, write_base64};
use crate::tree::{LONGEST_PROOF, ProofError, TreeHash, verify_inclusion};

/// The first line of every such proof.
const HEADER: &str = "c2sp.org/tlog-proof@v1\n";

/// Where an entry is in a log, the hashes that lead from it to the root, and the checkpoint with
/// that root (c2sp.org/tlog-proof). It is printed as it was read, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    extra: Option<Vec<u8>>,
    index: u64,
    hashes: Vec<TreeHash>,
    checkpoint: String,
}

/// Why something is no proof of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TlogProofError {
    /// It is not UTF-8.
    #[error("the proof is not UTF-8")]
    NotUtf8,
    /// It does not begin with the line that says what it is.
    #[error("the proof does not begin with c2sp.org/tlog-proof@v1")]
    Header,
    /// No empty line is before the checkpoint.
    #[error("the proof has no checkpoint after an empty line")]
    NoCheckpoint,
    /// The line `extra` holds no bytes, or not as padded base64.
    #[error("the proof's extra data is not padded base64")]
    Extra,
    /// The line `index` is not there, or holds no number.
    #[error("the proof does not say the index of its entry")]
    Index,
    /// A line after the index is not the base64 of 32 bytes.
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
}

/// Why a proof does not show that an entry is in a log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnprovedEntry {
    /// The checkpoint cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] UnreadableCheckpoint),
    /// A signature of the checkpoint does not hold, or nobody known signed.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// No key of the policy that may sign for the log signed the checkpoint.
    #[error("no known key of the log {origin} signed the checkpoint")]
    NotOfLog {
        /// The log that the checkpoint names.
        origin: Origin,
    },
    /// Too few of the policy's cosigners signed the checkpoint.
    #[error("{found} known cosigners signed the checkpoint, and they are not enough")]
    Quorum {
        /// How many did.
        found: usize,
    },
    /// The hashes do not lead from the entry to the root.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl TlogProof {
    /// The proof that an entry is in the tree of a checkpoint.
    ///
    /// # Errors
    /// [`TlogProofError::TooManyHashes`] above [`LONGEST_PROOF`].
    pub fn new(
        index: u64,
        hashes: Vec<TreeHash>,
        checkpoint: &SignedCheckpoint,
    ) -> Result<Self, TlogProofError> {
        if hashes.len() > LONGEST_PROOF {
            return Err(TlogProofError::TooManyHashes { found: hashes.len() });
        }
        Ok(Self { extra: None, index, hashes, checkpoint: checkpoint.to_string() })
    }

    /// The same proof with other data beside it, of which nothing is proved; without any where
    /// there are no bytes.
    #[must_use]
    pub fn with_extra(self, extra: Vec<u8>) -> Self {
        Self { extra: Some(extra).filter(|extra| !extra.is_empty()), ..self }
    }

    /// Reads a proof. The checkpoint in it is not looked at.
    ///
    /// # Errors
    /// The first [`TlogProofError`] that is found.
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofError> {
        let text = std::str::from_utf8(bytes).map_err(|_| TlogProofError::NotUtf8)?;
        let text = text.strip_prefix(HEADER).ok_or(TlogProofError::Header)?;
        let (lines, checkpoint) = text.split_once("\n\n").ok_or(TlogProofError::NoCheckpoint)?;
        let mut lines = lines.split('\n').peekable();
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.map(|line| read_extra(line).ok_or(TlogProofError::Extra)).transpose()?;
        let index = lines.next().and_then(|line| read_decimal(line.strip_prefix("index ")?));
        let index = index.ok_or(TlogProofError::Index)?;
        let found = lines.clone().count();
        if found > LONGEST_PROOF {
            return Err(TlogProofError::TooManyHashes { found });
        }
        let hashes = (1..)
            .zip(lines)
            .map(|(hash, line)| TreeHash::parse(line).ok_or(TlogProofError::Hash { hash }))
            .collect::<Result<_, _>>()?;
        Ok(Self { extra, index, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Data beside the proof. It is not signed and nothing is known of it.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// The place of the entry in the log, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The hashes from the entry's neighbour up to the root's child.
    pub fn hashes(&self) -> &[TreeHash] {
        &self.hashes
    }

    /// The checkpoint as it is written in the proof.
    pub fn checkpoint_text(&self) -> &str {
        &self.checkpoint
    }

    /// The checkpoint in the proof. None of its signatures has been checked.
    ///
    /// # Errors
    /// [`UnreadableCheckpoint`] where it is none.
    pub fn checkpoint(&self) -> Result<SignedCheckpoint, UnreadableCheckpoint> {
        SignedCheckpoint::parse(self.checkpoint.as_bytes())
    }

    /// Checks that an entry is in a log, as a policy believes it: the checkpoint is signed by
    /// a known key of the log that it names; the cosigners that the policy asks for cosigned it;
    /// and the entry, whose leaf hash whoever calls computed from its bytes, is at its place in the
    /// tree with that root (c2sp.org/tlog-proof, "Verifying a tlog proof").
    ///
    /// # Errors
    /// The first [`UnprovedEntry`] that is found.
    pub fn verify<'p>(
        &self,
        leaf: &TreeHash,
        policy: &'p Policy,
    ) -> Result<(SignedCheckpoint, PolicyOutcome<'p>), UnprovedEntry> {
        let checkpoint = self.checkpoint()?;
        let outcome = policy.evaluate(&checkpoint)?;
        if outcome.log().is_none() {
            return Err(UnprovedEntry::NotOfLog { origin: checkpoint.origin().clone() });
        }
        if !outcome.is_met() {
            return Err(UnprovedEntry::Quorum { found: outcome.cosigners().len() });
        }
        verify_inclusion(self.index, leaf, &self.hashes, &checkpoint.head())?;
        Ok((checkpoint, outcome))
    }
}

fn read_extra(line: &str) -> Option<Vec<u8>> {
    let extra = read_base64(line.strip_prefix("extra ")?)?;
    (!extra.is_empty()).then_some(extra)
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", write_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
