//! The edge of the tree: all that must be known of it to append a leaf.

use thiserror::Error;

use super::hash::TreeHash;
use super::subtrees::Subtrees;
use super::tile::{TILE_HEIGHT, TILE_WIDTH, Tile, hashes_at};
use super::{ReadTiles, TreeError, TreeHead};

/// A tree, as far as it can still change: its size and the hashes of the complete subtrees of
/// which it is made, at most 64. It is all that is needed to append leaves, to tell which tiles
/// they change, and to know the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The largest subtree first, one for each bit of the size.
    peaks: Vec<TreeHash>,
}

/// A hash that a new leaf adds to a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileHash {
    /// The tile with the new hash as its last.
    pub tile: Tile,
    /// The hash.
    pub hash: TreeHash,
}

/// A tree has 2⁶⁴ − 1 leaves, and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the tree is full")]
pub struct TreeFull;

impl Frontier {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree of the first `size` leaves, from its tiles.
    ///
    /// # Errors
    /// [`TreeError::Unreadable`] and [`TreeError::Width`] where a tile is missing.
    pub fn read<R: ReadTiles + ?Sized>(tiles: &R, size: u64) -> Result<Self, TreeError<R::Error>> {
        let peaks = Subtrees::new(tiles, size).peaks(0, size)?;
        Ok(Self { size, peaks })
    }

    /// Appends a leaf, and says what it adds to tiles: one hash to a tile of level 0, and one to
    /// a tile of every level above of which it fills the tile below. The tile of level 0 is first.
    ///
    /// # Errors
    /// [`TreeFull`] with 2⁶⁴ − 1 leaves.
    pub fn push(&mut self, leaf: TreeHash) -> Result<Vec<TileHash>, TreeFull> {
        self.complete(leaf, 0)
    }

    /// Appends a complete subtree of a height, at a place where one may begin.
    fn complete(&mut self, root: TreeHash, height: u32) -> Result<Vec<TileHash>, TreeFull> {
        let subtrees = self.size >> height;
        let size = self.size.checked_add(1 << height).ok_or(TreeFull)?;
        let mut added = Vec::from_iter(last_of_level(size, height / TILE_HEIGHT, root));
        let mut node = root;
        // Each trailing one of the old size is a complete subtree that the new one completes to
        // one of twice the size.
        for height in height + 1..=height + subtrees.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            node = TreeHash::of_node(&left, &node);
            if height.is_multiple_of(TILE_HEIGHT) {
                added.extend(last_of_level(size, height / TILE_HEIGHT, node));
            }
        }
        self.peaks.push(node);
        self.size = size;
        Ok(added)
    }

    /// Appends as many leaves as a full tile has, of which the root is known. `None` where the tree
    /// does not end with a full tile.
    ///
    /// # Errors
    /// [`TreeFull`] as for [`push`](Self::push).
    pub fn push_full_tile(&mut self, root: TreeHash) -> Result<Option<Vec<TileHash>>, TreeFull> {
        let is_full = self.size.is_multiple_of(u64::from(TILE_WIDTH));
        is_full.then(|| self.complete(root, TILE_HEIGHT)).transpose()
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> TreeHash {
        let join = |right, left: &TreeHash| match right {
            Some(right) => Some(TreeHash::of_node(left, &right)),
            None => Some(*left),
        };
        self.peaks.iter().rev().fold(None, join).unwrap_or(TreeHash::EMPTY)
    }

    /// The size and the root.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }
}

/// The hash as the last one of its level in a tree of so many leaves.
fn last_of_level(size: u64, level: u32, hash: TreeHash) -> Option<TileHash> {
    let level = u8::try_from(level).ok()?;
    let last = hashes_at(level, size).checked_sub(1)?;
    let tile = Tile::of_tree(size, level, last / u64::from(TILE_WIDTH))?;
    Some(TileHash { tile, hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(added: &[TileHash]) -> Vec<String> {
        added.iter().map(|added| added.tile.to_string()).collect()
    }

    #[test]
    fn a_full_tile_of_leaves_is_pushed_like_its_leaves() {
        let leaf = |n: u64| TreeHash::of_leaf(&n.to_be_bytes());
        for before in [0, 256, 512, 768, 65_536 - 256, 65_536, 65_536 * 2 - 256] {
            let mut one_by_one = Frontier::new();
            (0..before).for_each(|n| drop(one_by_one.push(leaf(n)).unwrap()));
            let mut at_once = one_by_one.clone();
            let mut tile = Frontier::new();
            let mut added = Vec::new();
            for n in before..before + 256 {
                tile.push(leaf(n)).unwrap();
                added = one_by_one.push(leaf(n)).unwrap();
            }
            let all = at_once.push_full_tile(tile.root()).unwrap().unwrap();
            assert_eq!(at_once, one_by_one);
            assert_eq!(all, added.split_off(1), "{before}");
        }
        let mut odd = Frontier::new();
        odd.push(leaf(0)).unwrap();
        assert_eq!(odd.push_full_tile(leaf(1)).unwrap(), None);
    }

    #[test]
    fn a_leaf_changes_one_tile_and_those_whose_tile_below_it_fills() {
        let mut frontier = Frontier::new();
        let leaf = TreeHash::of_leaf(b"");
        for size in 1..=65_536_u64 {
            let added = paths(&frontier.push(leaf).unwrap());
            match size {
                1 => assert_eq!(added, ["tile/0/000.p/1"]),
                255 => assert_eq!(added, ["tile/0/000.p/255"]),
                256 => assert_eq!(added, ["tile/0/000", "tile/1/000.p/1"]),
                257 => assert_eq!(added, ["tile/0/001.p/1"]),
                512 => assert_eq!(added, ["tile/0/001", "tile/1/000.p/2"]),
                65_536 => assert_eq!(added, ["tile/0/255", "tile/1/000", "tile/2/000.p/1"]),
                _ => assert_eq!(added.len(), if size % 256 == 0 { 2 } else { 1 }),
            }
        }
        assert_eq!(frontier.peaks.len(), 1);
    }

    #[test]
    fn a_full_tree_takes_no_leaf() {
        let peaks = vec![TreeHash::EMPTY; 64];
        let mut frontier = Frontier { size: u64::MAX, peaks: peaks.clone() };
        assert_eq!(frontier.push(TreeHash::EMPTY), Err(TreeFull));
        assert_eq!(frontier, Frontier { size: u64::MAX, peaks });
        let mut frontier = Frontier { size: u64::MAX - 1, peaks: vec![TreeHash::EMPTY; 63] };
        let added = frontier.push(TreeHash::EMPTY).unwrap();
        assert_eq!(paths(&added), ["tile/0/x072/x057/x594/x037/x927/935.p/255"]);
        assert_eq!(frontier.peaks.len(), 64);
    }
}
