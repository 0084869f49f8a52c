//! The tree: the exact bytes of every envelope are one leaf, one to one. RFC 6962, section 2.1,
//! with SHA-256; stored as the tiles of c2sp.org/tlog-tiles. Pure: whoever calls reads the tiles.

mod bundle;
mod frontier;
mod hash;
mod prove;
mod subtrees;
mod tile;
mod verification;

use thiserror::Error;

pub use bundle::{BundleError, EntryBundle};
pub use frontier::{Frontier, TileHash, TreeFull};
pub use hash::TreeHash;
pub(crate) use hash::sha256;
pub use prove::{prove_consistency, prove_inclusion};
pub use subtrees::root_of_tiles;
pub use tile::{TILE_WIDTH, Tile, tiles_of};
pub use verification::{ProofError, verify_consistency, verify_inclusion};

/// The most hashes that a proof can need: one for every level of a tree of 2⁶⁴ − 1 leaves.
pub const LONGEST_PROOF: usize = 64;

/// How many leaves a tree has, and the hash over all of them. Who holds one can be shown that
/// a leaf was in that tree, and that a later tree still begins with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TreeHead {
    /// The number of leaves.
    pub size: u64,
    /// The hash of the whole tree; [`TreeHash::EMPTY`] where there are no leaves.
    pub root: TreeHash,
}

impl TreeHead {
    /// The head of the tree without leaves, with which every tree is consistent.
    pub const EMPTY: Self = Self { size: 0, root: TreeHash::EMPTY };
}

/// Reading the tiles of a tree. Tiles are derived: nothing that is computed from them is known to
/// be right before it meets a root that was trusted for another reason.
pub trait ReadTiles {
    /// Why tiles could not be read.
    type Error;

    /// The hashes of a tile, exactly as many as it is wide. The tile that is stored may have grown
    /// wider since; then these are its first ones.
    ///
    /// # Errors
    /// Where there is no such tile, or it cannot be read.
    fn read_tile(&self, tile: Tile) -> Result<Vec<TreeHash>, Self::Error>;
}

/// Why something could not be computed from tiles.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TreeError<E> {
    /// A tile could not be read.
    #[error("the tree's {tile} cannot be read")]
    Unreadable {
        /// Which one.
        tile: Tile,
        /// Why.
        source: E,
    },
    /// A tile was read that has another number of hashes than were asked for.
    #[error("the tree's {tile} has {found} hashes")]
    Width {
        /// Which one, and how wide.
        tile: Tile,
        /// How many hashes were read.
        found: usize,
    },
    /// The tree has no such leaf.
    #[error("there is no leaf {index} in a tree of {size}")]
    OutsideTree {
        /// The place of the leaf, from 0.
        index: u64,
        /// The number of leaves.
        size: u64,
    },
    /// What should be the later tree is the smaller one.
    #[error("a tree of {earlier} leaves is not an earlier state of one of {later}")]
    Shrunk {
        /// The number of leaves of the earlier tree.
        earlier: u64,
        /// The number of leaves of the later tree.
        later: u64,
    },
}
