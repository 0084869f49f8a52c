//! The tree as it is stored: the hashes of its tiles, 64 to a value, so that an append rewrites
//! little. A value at the end of its level may hold hashes of entries beyond the head, which an
//! interrupted append left: only as many are read as the head's tree has.

use std::collections::BTreeMap;

use crate::event_log::LogError;
use crate::event_log::sled_log::layout::{TREE, tree_row_key};
use crate::event_log::sled_log::store::{Batch, Store};
use crate::tree::{Frontier, ReadTiles, TILE_WIDTH, Tile, TreeError, TreeFull, TreeHash};

/// How many hashes one value holds.
pub(super) const ROW: u64 = 64;

/// Whether full rows of leaves are stored. Those of segments are not: they are quickly worked out
/// from the envelopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Leaves {
    #[default]
    Stored,
    WorkedOut,
}

/// The edge of the stored tree while something is appended.
#[derive(Debug, Default)]
pub(super) struct TreeEdge {
    pub(super) leaves: Leaves,
    frontier: Frontier,
    /// The last hashes of each level that do not fill a row yet.
    open: BTreeMap<u8, Vec<TreeHash>>,
}

impl TreeEdge {
    /// The edge of the tree of the first `size` envelopes, from what is stored. `None` where that
    /// is not all there.
    pub(super) fn load<R>(tiles: &R, size: u64) -> Result<Option<Self>, LogError>
    where
        R: ReadTiles<Error = LogError> + ?Sized,
    {
        let frontier = match Frontier::read(tiles, size) {
            Ok(frontier) => frontier,
            Err(TreeError::Unreadable { source: LogError::Damaged { .. }, .. }) => return Ok(None),
            Err(TreeError::Unreadable { source, .. }) => return Err(source),
            Err(_) => return Ok(None),
        };
        let mut open = BTreeMap::new();
        let mut count = size;
        for level in 0.. {
            if count == 0 {
                break;
            }
            let kept = count % ROW;
            let first = count - kept;
            // A level of which the last row is full has no open one.
            if kept > 0 {
                let tile = Tile::of_tree(size, level, first / u64::from(TILE_WIDTH));
                let Some(tile) = tile else { return Ok(None) };
                let hashes = match tiles.read_tile(tile) {
                    Ok(hashes) => hashes,
                    Err(LogError::Damaged { .. }) => return Ok(None),
                    Err(error) => return Err(error),
                };
                let skipped = usize::try_from(first % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
                open.insert(level, hashes.into_iter().skip(skipped).collect());
            }
            count /= u64::from(TILE_WIDTH);
        }
        Ok(Some(Self { leaves: Leaves::Stored, frontier, open }))
    }

    /// Appends the hash of an envelope. Rows that it fills are written.
    pub(super) fn push(&mut self, leaf: TreeHash, batch: &mut Batch) -> Result<(), TreeFull> {
        for added in self.frontier.push(leaf)? {
            let tile = added.tile;
            let place = tile.index() * u64::from(TILE_WIDTH) + u64::from(tile.width()) - 1;
            let open = self.open.entry(tile.level()).or_default();
            open.push(added.hash);
            if (place + 1).is_multiple_of(ROW) {
                if tile.level() > 0 || self.leaves == Leaves::Stored {
                    batch.insert(&tree_row_key(tile.level(), place / ROW), Tile::write(open));
                }
                open.clear();
            }
        }
        Ok(())
    }

    /// Writes the rows that are not full, and how many envelopes the tree has.
    pub(super) fn write_end(&self, batch: &mut Batch) {
        let mut count = self.frontier.size();
        for level in 0.. {
            if count == 0 {
                break;
            }
            if let Some(open) = self.open.get(&level).filter(|open| !open.is_empty()) {
                batch.insert(&tree_row_key(level, count / ROW), Tile::write(open));
            }
            count /= u64::from(TILE_WIDTH);
        }
        batch.insert(TREE, self.frontier.size().to_be_bytes().to_vec());
    }
}

/// How many envelopes the stored tree has; `None` where none is stored, or it cannot be told.
pub(super) fn stored_size(store: &Store) -> Result<Option<u64>, LogError> {
    let value = store.get(TREE)?;
    Ok(value.and_then(|value| Some(u64::from_be_bytes(*value.first_chunk::<8>()?))))
}

/// The hashes of a level from one, which is the first of its row, to another, as they are stored;
/// fewer where some are not.
pub(super) fn stored_hashes(
    store: &Store,
    level: u8,
    from: u64,
    to: u64,
) -> Result<Vec<TreeHash>, LogError> {
    let wanted = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
    let mut hashes = Vec::with_capacity(wanted.min(usize::from(TILE_WIDTH)));
    for row in from / ROW..to.div_ceil(ROW) {
        let Some(value) = store.get(&tree_row_key(level, row))? else { break };
        let (whole, _) = value.as_chunks::<32>();
        hashes.extend(whole.iter().copied().map(TreeHash::from_bytes));
        if whole.len() as u64 != ROW {
            break;
        }
    }
    hashes.truncate(wanted);
    Ok(hashes)
}
