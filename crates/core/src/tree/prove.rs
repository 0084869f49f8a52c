//! Proofs, built from tiles: that a leaf is in a tree, and that a tree grew out of another.

use super::hash::TreeHash;
use super::subtrees::Subtrees;
use super::{ReadTiles, TreeError};

/// The proof that a leaf is in a tree of so many leaves: the hashes beside its way to the root,
/// the leaf's neighbour first (RFC 9162, section 2.1.3.1). At most 64; memory stays flat.
///
/// # Errors
/// [`TreeError::OutsideTree`] where the tree has no such leaf; [`TreeError::Unreadable`] and
/// [`TreeError::Width`] where a tile is missing.
pub fn prove_inclusion<R: ReadTiles + ?Sized>(
    tiles: &R,
    index: u64,
    size: u64,
) -> Result<Vec<TreeHash>, TreeError<R::Error>> {
    if index >= size {
        return Err(TreeError::OutsideTree { index, size });
    }
    let mut subtrees = Subtrees::new(tiles, size);
    let (mut from, mut to) = (0, size);
    let mut from_the_root = Vec::new();
    while let Some(middle) = middle(from, to) {
        if index < middle {
            from_the_root.push(subtrees.hash(middle, to)?);
            to = middle;
        } else {
            from_the_root.push(subtrees.hash(from, middle)?);
            from = middle;
        }
    }
    from_the_root.reverse();
    Ok(from_the_root)
}

/// The proof that a tree of `later` leaves begins with the tree of its first `earlier` ones
/// (RFC 9162, section 2.1.4.1). It is empty where they have the same size, and where the earlier
/// one has no leaves: then there is nothing to prove. At most 64 hashes; memory stays flat.
///
/// # Errors
/// [`TreeError::Shrunk`] where the later tree is the smaller; [`TreeError::Unreadable`] and
/// [`TreeError::Width`] where a tile is missing.
pub fn prove_consistency<R: ReadTiles + ?Sized>(
    tiles: &R,
    earlier: u64,
    later: u64,
) -> Result<Vec<TreeHash>, TreeError<R::Error>> {
    if earlier > later {
        return Err(TreeError::Shrunk { earlier, later });
    }
    if earlier == 0 || earlier == later {
        return Ok(Vec::new());
    }
    let mut subtrees = Subtrees::new(tiles, later);
    let (mut from, mut to) = (0, later);
    let mut from_the_root = Vec::new();
    while to != earlier {
        let Some(middle) = middle(from, to) else { break };
        if earlier <= middle {
            from_the_root.push(subtrees.hash(middle, to)?);
            to = middle;
        } else {
            from_the_root.push(subtrees.hash(from, middle)?);
            from = middle;
        }
    }
    // The verifier knows the earlier tree as a whole, but no part of it.
    if from > 0 {
        from_the_root.push(subtrees.hash(from, to)?);
    }
    from_the_root.reverse();
    Ok(from_the_root)
}

/// Where the tree over some leaves is split: at the largest power of two below their number.
/// `None` for a single leaf.
fn middle(from: u64, to: u64) -> Option<u64> {
    let height = to.saturating_sub(from).saturating_sub(1).checked_ilog2()?;
    Some(from + (1 << height))
}
