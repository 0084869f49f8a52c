//! The tree: that of the envelopes as they are, held against what is stored and what was signed.

use std::collections::BTreeMap;

use crate::chain::Sequence;
use crate::event_log::{EventLog, LogError, LogTree};
use crate::tree::{Frontier, TILE_WIDTH, Tile, TileHash, TreeHash, TreeHead, tiles_of};
use crate::verify::finding::{Finding, FindingCode};

/// A tree head that was given, and the root of the log's tree of that size.
pub(super) struct TreeAnchor {
    pub(super) name: String,
    pub(super) expected: TreeHead,
    pub(super) found: Option<TreeHash>,
}

/// A stored tile that is not what the log gives.
struct Stale {
    /// The first envelope below it, and the first after those.
    leaves: [u64; 2],
    finding: Finding,
}

/// The tree of the envelopes seen so far.
pub(super) struct TreeWalk {
    /// `None` once an envelope was missing: no later root is known then.
    frontier: Option<Frontier>,
    /// The hashes of the last tile of each level.
    pub(super) open: BTreeMap<u8, Vec<TreeHash>>,
    stale: Vec<Stale>,
    pub(super) anchors: Vec<TreeAnchor>,
}

impl TreeWalk {
    pub(super) fn new(anchors: Vec<TreeAnchor>) -> Self {
        let mut walk = Self {
            frontier: Some(Frontier::new()),
            open: BTreeMap::new(),
            stale: Vec::new(),
            anchors,
        };
        walk.meet();
        walk
    }

    /// Begins with a tree that is known to be right. Gives the hashes of its last tiles, all of
    /// which went into its root.
    pub(super) fn begin(
        &mut self,
        frontier: Frontier,
        tiles: &LogTree<'_, dyn EventLog + '_>,
    ) -> Result<BTreeMap<u8, Vec<TreeHash>>, LogError> {
        let mut open = BTreeMap::new();
        let size = frontier.size();
        for tile in tiles_of(size).filter(|tile| !tile.is_full()) {
            open.insert(tile.level(), tiles.0.tile(tile)?);
        }
        self.frontier = Some(frontier);
        Ok(open)
    }

    /// The tree is now as large as some that were given.
    fn meet(&mut self) {
        let Some(frontier) = &self.frontier else { return };
        for anchor in self.anchors.iter_mut().filter(|it| it.expected.size == frontier.size()) {
            anchor.found = Some(frontier.root());
        }
    }

    /// Goes on past an envelope whose bytes are not known.
    pub(super) fn lose(&mut self) {
        self.frontier = None;
        self.open.clear();
    }

    /// A tree of no envelopes yet, beside this one.
    pub(super) fn begin_anew(&self) -> Self {
        Self::new(Vec::new())
    }

    /// How many envelopes it has; `None` once one was missing.
    pub(super) fn size(&self) -> Option<u64> {
        self.frontier.as_ref().map(Frontier::size)
    }

    /// Goes on from a tree that is right, and stored as it is.
    pub(super) fn put_behind(&mut self, tree: Self, log: &dyn EventLog) -> Result<(), LogError> {
        let size = tree.size().unwrap_or_default();
        (self.frontier, self.open, self.stale) = (tree.frontier, tree.open, tree.stale);
        // What is stored gives a root only where all of it is what the envelopes give.
        let is_right = self.stale.is_empty() && self.open_tiles_are_stored(log)?;
        for anchor in self.anchors.iter_mut().filter(|it| it.expected.size <= size) {
            let tree = LogTree(log);
            let head = if is_right { LogTree::head } else { LogTree::of_envelopes };
            anchor.found = Some(head(&tree, anchor.expected.size)?.root);
        }
        Ok(())
    }

    fn open_tiles_are_stored(&self, log: &dyn EventLog) -> Result<bool, LogError> {
        for (tile, computed) in self.open_tiles() {
            if log.stored_tile(tile)?.is_none_or(|stored| stored != *computed) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The last tiles of each level, as far as they are not full.
    fn open_tiles(&self) -> impl Iterator<Item = (Tile, &Vec<TreeHash>)> {
        let size = self.size().unwrap_or_default();
        self.open.iter().filter(|(_, open)| !open.is_empty()).filter_map(move |(level, open)| {
            let index = (size >> (8 * u32::from(*level))) / u64::from(TILE_WIDTH);
            Some((Tile::of_tree(size, *level, index)?, open))
        })
    }

    /// Takes an envelope, and compares the stored tiles that it completes.
    pub(super) fn take(&mut self, envelope: &[u8], log: &dyn EventLog) -> Result<(), LogError> {
        if self.frontier.is_none() {
            return Ok(());
        }
        self.take_leaf(TreeHash::of_leaf(envelope), log)
    }

    /// Takes the hash of an envelope.
    pub(super) fn take_leaf(&mut self, leaf: TreeHash, log: &dyn EventLog) -> Result<(), LogError> {
        let Some(frontier) = &mut self.frontier else { return Ok(()) };
        match frontier.push(leaf) {
            Ok(added) => self.added(added, log),
            Err(_) => {
                self.lose();
                Ok(())
            }
        }
    }

    /// Takes as many envelopes as a full tile has, of which the root is known.
    pub(super) fn take_full_tile(
        &mut self,
        root: TreeHash,
        log: &dyn EventLog,
    ) -> Result<(), LogError> {
        let Some(frontier) = &mut self.frontier else { return Ok(()) };
        match frontier.push_full_tile(root) {
            Ok(Some(added)) => self.added(added, log),
            Ok(None) | Err(_) => {
                self.lose();
                Ok(())
            }
        }
    }

    fn added(&mut self, added: Vec<TileHash>, log: &dyn EventLog) -> Result<(), LogError> {
        for one in added {
            let open = self.open.entry(one.tile.level()).or_default();
            open.push(one.hash);
            if one.tile.width() == TILE_WIDTH {
                let computed = std::mem::take(open);
                self.stale.extend(compared(log, one.tile, &computed)?);
            }
        }
        self.meet();
        Ok(())
    }

    /// What is wrong with the stored tree. A tile over envelopes of which something else was found
    /// is not reported: what is wrong there has been told.
    pub(super) fn end(
        &mut self,
        log: &dyn EventLog,
        found: &[Finding],
    ) -> Result<Vec<Finding>, LogError> {
        let mut findings = Vec::new();
        let stored = log.stored_tree_size()?;
        let Some(frontier) = &self.frontier else { return Ok(findings) };
        if let Some(stored) = stored.filter(|stored| *stored != frontier.size()) {
            let text = "the stored tree is not that of the whole log";
            let finding = Finding::new(FindingCode::DerivedStale, text);
            findings.push(finding.contrast(frontier.size(), stored));
        } else if stored.is_none() {
            let first = Tile::new(0, 0, 1).map(|tile| log.stored_tile(tile)).transpose()?;
            if first.flatten().is_some_and(|hashes| !hashes.is_empty()) {
                let text = "the stored tree does not say how far it reaches";
                findings.push(Finding::new(FindingCode::DerivedStale, text));
            }
        } else {
            let mut stale = Vec::new();
            for (tile, computed) in self.open_tiles() {
                stale.extend(compared(log, tile, computed)?);
            }
            self.stale.extend(stale);
        }
        let places: Vec<u64> =
            found.iter().filter_map(|it| it.sequence).map(Sequence::get).collect();
        let is_told = |stale: &Stale| {
            // A changed envelope is told where the next one names another.
            let [first, after] = stale.leaves;
            places.iter().any(|at| (first..=after).contains(at))
        };
        let untold = std::mem::take(&mut self.stale).into_iter().filter(|stale| !is_told(stale));
        findings.extend(untold.map(|stale| stale.finding));
        Ok(findings)
    }
}

/// What is wrong with a stored tile, where a tree is stored that has it.
fn compared(
    log: &dyn EventLog,
    tile: Tile,
    computed: &[TreeHash],
) -> Result<Option<Stale>, LogError> {
    if log.stored_tree_size()?.is_none() {
        return Ok(None);
    }
    let Some(stored) = log.stored_tile(tile)? else { return Ok(None) };
    if stored == computed {
        return Ok(None);
    }
    let differs = (0..computed.len()).find(|n| stored.get(*n) != computed.get(*n));
    let differs = differs.unwrap_or_default();
    let words = |hash: Option<&TreeHash>| hash.map_or("nothing".to_owned(), TreeHash::to_string);
    let text = format!("the stored tree's {tile} is not what the log gives, at its hash {differs}");
    let finding = Finding::new(FindingCode::DerivedStale, text);
    let finding = finding.contrast(words(computed.get(differs)), words(stored.get(differs)));
    let below = 1_u64.checked_shl(8 * u32::from(tile.level())).unwrap_or(u64::MAX);
    let first = tile.index().saturating_mul(u64::from(TILE_WIDTH)).saturating_mul(below);
    let after = first.saturating_add(below.saturating_mul(u64::from(tile.width())));
    Ok(Some(Stale { leaves: [first, after], finding }))
}
