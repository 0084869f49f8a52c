//! Proofs, checked: nothing is needed but the proof and the roots.

use thiserror::Error;

use super::TreeHead;
use super::hash::TreeHash;

/// Why a proof does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The tree has no such leaf.
    #[error("there is no leaf {index} in a tree of {size}")]
    OutsideTree {
        /// The place of the leaf, from 0.
        index: u64,
        /// The number of leaves.
        size: u64,
    },
    /// The later tree is the smaller one.
    #[error("the tree shrank from {earlier} to {later} leaves")]
    Shrunk {
        /// The number of leaves of the earlier tree.
        earlier: u64,
        /// The number of leaves of the later tree.
        later: u64,
    },
    /// There are more or fewer hashes than a proof for these sizes has.
    #[error("a proof with {found} hashes is none for these sizes")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// The proof leads to another root.
    #[error("the proof leads to the root {found}, not {expected}")]
    Root {
        /// The root of the tree.
        expected: TreeHash,
        /// The root that the proof leads to.
        found: TreeHash,
    },
    /// The proof speaks of another earlier tree.
    #[error("the proof begins with the root {found}, not {expected}")]
    EarlierRoot {
        /// The root of the earlier tree.
        expected: TreeHash,
        /// The root that the proof begins with.
        found: TreeHash,
    },
}

/// Checks that a leaf is at a place of a tree (RFC 9162, section 2.1.3.2).
///
/// # Errors
/// The first [`ProofError`] that is found. No proof is taken but the one that there is.
pub fn verify_inclusion(
    index: u64,
    leaf: &TreeHash,
    proof: &[TreeHash],
    tree: &TreeHead,
) -> Result<(), ProofError> {
    let TreeHead { size, root: expected } = *tree;
    if index >= size {
        return Err(ProofError::OutsideTree { index, size });
    }
    let mut way = Way { node: index, last: size - 1 };
    let mut found = *leaf;
    for hash in proof {
        found = match way.up().ok_or(ProofError::Length { found: proof.len() })? {
            Side::Left => TreeHash::of_node(hash, &found),
            Side::Right => TreeHash::of_node(&found, hash),
        };
    }
    way.arrived(proof)?;
    if found == expected { Ok(()) } else { Err(ProofError::Root { expected, found }) }
}

/// Checks that a tree begins with an earlier one (RFC 9162, section 2.1.4.2).
///
/// Two cases are not the RFC's: trees of the same size are consistent where their roots are the
/// same, and the tree without leaves is consistent with every tree. Both need no proof, and none
/// is taken.
///
/// # Errors
/// The first [`ProofError`] that is found. No proof is taken but the one that there is.
pub fn verify_consistency(
    earlier: &TreeHead,
    later: &TreeHead,
    proof: &[TreeHash],
) -> Result<(), ProofError> {
    let length = ProofError::Length { found: proof.len() };
    if earlier.size > later.size {
        Err(ProofError::Shrunk { earlier: earlier.size, later: later.size })
    } else if earlier.size == 0 {
        is_root(&TreeHash::EMPTY, &earlier.root).map_err(Mismatch::of_earlier)?;
        if later.size == 0 {
            is_root(&TreeHash::EMPTY, &later.root).map_err(Mismatch::of_later)?;
        }
        if proof.is_empty() { Ok(()) } else { Err(length) }
    } else if earlier.size == later.size {
        is_root(&earlier.root, &later.root).map_err(Mismatch::of_later)?;
        if proof.is_empty() { Ok(()) } else { Err(length) }
    } else {
        verify_growth(earlier, later, proof)
    }
}

/// The RFC's own case: 0 < earlier < later.
fn verify_growth(
    earlier: &TreeHead,
    later: &TreeHead,
    proof: &[TreeHash],
) -> Result<(), ProofError> {
    let length = || ProofError::Length { found: proof.len() };
    let mut way = Way { node: earlier.size.saturating_sub(1), last: later.size.saturating_sub(1) };
    // A complete earlier tree is itself where the way begins, and is not in the proof.
    let (start, rest) = if earlier.size.is_power_of_two() {
        (earlier.root, proof)
    } else {
        let (start, rest) = proof.split_first().ok_or_else(length)?;
        (*start, rest)
    };
    way.skip(way.node.trailing_ones());
    let (mut before, mut after) = (start, start);
    for hash in rest {
        match way.up().ok_or_else(length)? {
            Side::Left => {
                before = TreeHash::of_node(hash, &before);
                after = TreeHash::of_node(hash, &after);
            }
            Side::Right => after = TreeHash::of_node(&after, hash),
        }
    }
    way.arrived(proof)?;
    is_root(&earlier.root, &before).map_err(Mismatch::of_earlier)?;
    is_root(&later.root, &after).map_err(Mismatch::of_later)
}

/// The way from a node up to the root: the node and the last one of the same level, as numbers.
struct Way {
    node: u64,
    last: u64,
}

/// On which side the next hash of a proof stands.
enum Side {
    Left,
    Right,
}

impl Way {
    /// Goes up to where the next hash is hashed in. `None` at the root, which has no sibling.
    fn up(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node & 1 == 1 {
            Side::Left
        } else if self.node == self.last {
            // The last node of a level has no right sibling: it is its own parent until it is
            // a right child.
            self.skip(self.node.trailing_zeros());
            Side::Left
        } else {
            Side::Right
        };
        self.skip(1);
        Some(side)
    }

    fn skip(&mut self, levels: u32) {
        self.node = self.node.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    /// Whether it is at the root.
    fn arrived(&self, proof: &[TreeHash]) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::Length { found: proof.len() }) }
    }
}

/// Two roots that should be the same.
struct Mismatch {
    expected: TreeHash,
    found: TreeHash,
}

impl Mismatch {
    fn of_earlier(self) -> ProofError {
        ProofError::EarlierRoot { expected: self.expected, found: self.found }
    }

    fn of_later(self) -> ProofError {
        ProofError::Root { expected: self.expected, found: self.found }
    }
}

fn is_root(expected: &TreeHash, found: &TreeHash) -> Result<(), Mismatch> {
    let mismatch = Mismatch { expected: *expected, found: *found };
    if expected == found { Ok(()) } else { Err(mismatch) }
}
