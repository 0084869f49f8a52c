//! The oracle: the tree as RFC 6962 defines it, split at the largest power of two below its size.

use std::cell::RefCell;
use std::collections::HashMap;

use dispute_core::{Frontier, ReadTiles, Tile, TreeHash, TreeHead};

/// The hashes of the leaves of a tree, with the subtrees that were asked for.
pub(crate) struct NaiveTree {
    leaves: Vec<TreeHash>,
    known: RefCell<HashMap<(usize, usize), TreeHash>>,
}

impl NaiveTree {
    pub(crate) fn new(leaves: Vec<TreeHash>) -> Self {
        Self { leaves, known: RefCell::default() }
    }

    /// MTH(D[from : to]).
    pub(crate) fn hash(&self, from: usize, to: usize) -> TreeHash {
        match to - from {
            0 => return TreeHash::EMPTY,
            1 => return self.leaves[from],
            _ => {}
        }
        if let Some(known) = self.known.borrow().get(&(from, to)) {
            return *known;
        }
        let middle = from + split(to - from);
        let hash = TreeHash::of_node(&self.hash(from, middle), &self.hash(middle, to));
        self.known.borrow_mut().insert((from, to), hash);
        hash
    }

    pub(crate) fn head(&self, size: usize) -> TreeHead {
        TreeHead { size: size as u64, root: self.hash(0, size) }
    }

    /// PATH(index, D[from : to]).
    pub(crate) fn path(&self, index: usize, from: usize, to: usize) -> Vec<TreeHash> {
        if to - from == 1 {
            return Vec::new();
        }
        let middle = from + split(to - from);
        let (mut path, beside) = if index < middle {
            (self.path(index, from, middle), self.hash(middle, to))
        } else {
            (self.path(index, middle, to), self.hash(from, middle))
        };
        path.push(beside);
        path
    }

    /// PROOF(earlier, D[0 : later]).
    pub(crate) fn proof(&self, earlier: usize, later: usize) -> Vec<TreeHash> {
        if earlier == 0 { Vec::new() } else { self.subproof(earlier, 0, later, true) }
    }

    fn subproof(&self, earlier: usize, from: usize, to: usize, whole: bool) -> Vec<TreeHash> {
        if earlier == to - from {
            return if whole { Vec::new() } else { vec![self.hash(from, to)] };
        }
        let k = split(to - from);
        let (mut proof, beside) = if earlier <= k {
            (self.subproof(earlier, from, from + k, whole), self.hash(from + k, to))
        } else {
            (self.subproof(earlier - k, from + k, to, false), self.hash(from, from + k))
        };
        proof.push(beside);
        proof
    }
}

/// The largest power of two below a number that is above 1.
fn split(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// Tiles in memory, filled as a frontier says.
#[derive(Default)]
pub(crate) struct Tiles {
    pub(crate) frontier: Frontier,
    pub(crate) stored: HashMap<(u8, u64), Vec<TreeHash>>,
}

/// No such tile, or not as wide.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) struct Missing;

impl Tiles {
    pub(crate) fn of(leaves: &[TreeHash]) -> Self {
        let mut tiles = Self::default();
        leaves.iter().for_each(|leaf| tiles.push(*leaf));
        tiles
    }

    pub(crate) fn push(&mut self, leaf: TreeHash) {
        for added in self.frontier.push(leaf).unwrap() {
            let place = (added.tile.level(), added.tile.index());
            let hashes = self.stored.entry(place).or_default();
            hashes.push(added.hash);
            assert_eq!(hashes.len(), usize::from(added.tile.width()));
        }
    }
}

impl ReadTiles for Tiles {
    type Error = Missing;

    fn read_tile(&self, tile: Tile) -> Result<Vec<TreeHash>, Missing> {
        let hashes = self.stored.get(&(tile.level(), tile.index())).ok_or(Missing)?;
        hashes.get(..usize::from(tile.width())).map(<[TreeHash]>::to_vec).ok_or(Missing)
    }
}

/// Leaves that differ from each other.
pub(crate) fn leaves(count: usize) -> Vec<TreeHash> {
    (0..count).map(|leaf| TreeHash::of_leaf(&leaf.to_be_bytes())).collect()
}
