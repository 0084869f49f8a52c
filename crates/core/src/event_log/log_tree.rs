//! The tree of a log: its heads and the proofs that it can give.

use crate::chain::Sequence;
use crate::event_log::{Damage, LogError, Part, ReadLog};
use crate::tree::{
    Frontier, ReadTiles, Tile, TreeError, TreeHash, TreeHead, prove_consistency, prove_inclusion,
    root_of_tiles,
};

/// A log as the tree of its envelopes. What is read is derived, and believed only where it meets a
/// root that is trusted for another reason.
pub struct LogTree<'a, L: ReadLog + ?Sized>(pub &'a L);

impl<L: ReadLog + ?Sized> LogTree<'_, L> {
    /// The head of the tree of the first `size` envelopes.
    ///
    /// # Errors
    /// [`LogError::Damaged`] where the log has fewer, or they cannot be read.
    pub fn head(&self, size: u64) -> Result<TreeHead, LogError> {
        let root = root_of_tiles(self, size).map_err(log_error)?;
        Ok(TreeHead { size, root })
    }

    /// The head of the tree of the first `size` envelopes, worked out from the envelopes themselves:
    /// whatever is stored of the tree does not matter. Reads all of them.
    ///
    /// # Errors
    /// [`LogError::Damaged`] where the log has fewer, or they cannot be read.
    pub fn of_envelopes(&self, size: u64) -> Result<TreeHead, LogError> {
        let mut frontier = Frontier::new();
        let mut records = self.0.stored_from(Sequence::LEDGER);
        while frontier.size() < size {
            let at = Sequence::new(frontier.size());
            match records.next() {
                Some((found, record)) if found == at => {
                    let leaf = TreeHash::of_leaf(&record?.envelope);
                    frontier.push(leaf).map_err(|_| LogError::TreeFull)?;
                }
                _ => return Err(LogError::damaged(Part::Record, at, Damage::Missing)),
            }
        }
        Ok(frontier.head())
    }

    /// The head of the tree of all envelopes.
    ///
    /// # Errors
    /// As those of [`ReadLog`].
    pub fn whole(&self) -> Result<TreeHead, LogError> {
        self.head(self.0.head()?.sequence.next().get())
    }

    /// The proof that an envelope is in the tree of the first `size`.
    ///
    /// # Errors
    /// [`LogError::Damaged`] where it is not, or the log has fewer.
    pub fn inclusion(&self, at: Sequence, size: u64) -> Result<Vec<TreeHash>, LogError> {
        prove_inclusion(self, at.get(), size).map_err(log_error)
    }

    /// The proof that the tree of the first `later` envelopes begins with that of the first
    /// `earlier`.
    ///
    /// # Errors
    /// [`LogError::Damaged`] where there are fewer, or `earlier` is more.
    pub fn consistency(&self, earlier: u64, later: u64) -> Result<Vec<TreeHash>, LogError> {
        prove_consistency(self, earlier, later).map_err(log_error)
    }
}

impl<L: ReadLog + ?Sized> ReadTiles for LogTree<'_, L> {
    type Error = LogError;

    fn read_tile(&self, tile: Tile) -> Result<Vec<TreeHash>, LogError> {
        self.0.tile(tile)
    }
}

pub(crate) fn log_error(error: TreeError<LogError>) -> LogError {
    let missing = |at| LogError::damaged(Part::Record, Sequence::new(at), Damage::Missing);
    match error {
        TreeError::Unreadable { source, .. } => source,
        TreeError::Width { tile, .. } => missing(tile.index()),
        TreeError::OutsideTree { index, .. } => missing(index),
        TreeError::Shrunk { later, .. } => missing(later),
    }
}
