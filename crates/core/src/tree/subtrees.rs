//! The hashes of subtrees, computed from tiles.

use super::hash::TreeHash;
use super::tile::{TILE_HEIGHT, TILE_WIDTH, TOP_LEVEL, Tile};
use super::{ReadTiles, TreeError};

/// The root of the tree of the first `size` leaves.
///
/// # Errors
/// [`TreeError::Unreadable`] and [`TreeError::Width`] where a tile is missing.
pub fn root_of_tiles<R: ReadTiles + ?Sized>(
    tiles: &R,
    size: u64,
) -> Result<TreeHash, TreeError<R::Error>> {
    Subtrees::new(tiles, size).hash(0, size)
}

/// Reads the subtrees of a tree of one size, with the tiles that this tree has. It keeps one tile
/// of each level, 64 KiB at most.
pub(super) struct Subtrees<'a, R: ReadTiles + ?Sized> {
    tiles: &'a R,
    size: u64,
    kept: [Option<(Tile, Vec<TreeHash>)>; TOP_LEVEL as usize + 1],
}

impl<'a, R: ReadTiles + ?Sized> Subtrees<'a, R> {
    pub(super) fn new(tiles: &'a R, size: u64) -> Self {
        Self { tiles, size, kept: [const { None }; TOP_LEVEL as usize + 1] }
    }

    /// The hash of the leaves from one place up to another, which must be a subtree of the tree.
    pub(super) fn hash(&mut self, from: u64, to: u64) -> Result<TreeHash, TreeError<R::Error>> {
        let mut peaks = self.peaks(from, to)?;
        let mut root = peaks.pop().unwrap_or(TreeHash::EMPTY);
        while let Some(left) = peaks.pop() {
            root = TreeHash::of_node(&left, &root);
        }
        Ok(root)
    }

    /// The hashes of the complete subtrees of which a subtree is made, the largest first: one for
    /// each bit of its size.
    pub(super) fn peaks(
        &mut self,
        from: u64,
        to: u64,
    ) -> Result<Vec<TreeHash>, TreeError<R::Error>> {
        let mut peaks = Vec::new();
        let mut at = from;
        while let Some(height) = to.saturating_sub(at).checked_ilog2() {
            peaks.push(self.complete(height, at >> height)?);
            at += 1 << height;
        }
        Ok(peaks)
    }

    /// The hash of the index-th complete subtree of 2^height leaves.
    fn complete(&mut self, height: u32, index: u64) -> Result<TreeHash, TreeError<R::Error>> {
        let (level, within) = (height / TILE_HEIGHT, height % TILE_HEIGHT);
        let size = self.size;
        let outside = || TreeError::OutsideTree { index: index << height, size };
        let Ok(level) = u8::try_from(level) else { return Err(outside()) };
        let first = index << within;
        let width = u64::from(TILE_WIDTH);
        let tile = Tile::of_tree(self.size, level, first / width);
        let hashes = self.read(tile.ok_or_else(outside)?)?;
        let skipped = usize::try_from(first % width).unwrap_or(usize::MAX);
        let hashes = hashes.get(skipped..).and_then(|hashes| hashes.get(..1 << within));
        Ok(fold(hashes.ok_or_else(outside)?))
    }

    /// The hashes of a tile of this tree.
    fn read(&mut self, tile: Tile) -> Result<&[TreeHash], TreeError<R::Error>> {
        let width = usize::from(tile.width());
        let Some(kept) = self.kept.get_mut(usize::from(tile.level())) else {
            return Err(TreeError::Width { tile, found: 0 });
        };
        if kept.as_ref().is_none_or(|(kept, _)| *kept != tile) {
            let hashes = self.tiles.read_tile(tile);
            let hashes = hashes.map_err(|source| TreeError::Unreadable { tile, source })?;
            if hashes.len() != width {
                return Err(TreeError::Width { tile, found: hashes.len() });
            }
            *kept = Some((tile, hashes));
        }
        Ok(kept.as_ref().map_or(&[], |(_, hashes)| hashes))
    }
}

/// The root of a complete tree over some hashes.
fn fold(hashes: &[TreeHash]) -> TreeHash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        let (pairs, _) = row.as_chunks::<2>();
        row = pairs.iter().map(|[left, right]| TreeHash::of_node(left, right)).collect();
    }
    row.first().copied().unwrap_or(TreeHash::EMPTY)
}
