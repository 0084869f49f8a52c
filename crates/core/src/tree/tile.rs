//! Tiles: the hashes of the tree in pieces of 256, every eighth level of it.

use std::fmt;

use super::hash::TreeHash;
use crate::spelling::read_decimal;

/// How many hashes a full tile has.
pub const TILE_WIDTH: u16 = 256;
/// How many levels of the tree lie between two levels of tiles: 2⁸ = 256.
pub(super) const TILE_HEIGHT: u32 = 8;
/// The highest level of tiles that a tree of fewer than 2⁶⁴ leaves has.
pub(super) const TOP_LEVEL: u8 = 7;

/// Which tile, and how much of it: `tile/1/x001/x234/067.p/17`. The hashes at level 0 are those of
/// leaves; each at a level above is that of a full tile at the level below
/// (c2sp.org/tlog-tiles, "Merkle Tree").
///
/// It is a tile that a tree of fewer than 2⁶⁴ leaves can have: its level is at most 7, and its
/// width 1 to 256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

impl Tile {
    /// The tile at a level, the index-th from 0, or its first `width` hashes. `None` where no tree
    /// has it.
    pub fn new(level: u8, index: u64, width: u16) -> Option<Self> {
        if level > TOP_LEVEL || !(1..=TILE_WIDTH).contains(&width) {
            return None;
        }
        let hashes = index.checked_mul(u64::from(TILE_WIDTH))?.checked_add(u64::from(width))?;
        (hashes <= hashes_at(level, u64::MAX)).then_some(Self { level, index, width })
    }

    /// The tile as wide as it is in a tree of so many leaves. `None` where that tree has none
    /// there.
    pub fn of_tree(size: u64, level: u8, index: u64) -> Option<Self> {
        if level > TOP_LEVEL {
            return None;
        }
        let before = index.checked_mul(u64::from(TILE_WIDTH))?;
        let rest = hashes_at(level, size).checked_sub(before)?;
        let width = u16::try_from(rest).map_or(TILE_WIDTH, |rest| rest.min(TILE_WIDTH));
        Self::new(level, index, width)
    }

    /// Its level, from 0.
    pub fn level(&self) -> u8 {
        self.level
    }

    /// Its place among the tiles of its level, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes of it are meant, 1 to 256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it has all 256 hashes, so that it never changes again.
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Reads a path as it is printed: `tile/0/000`, `tile/1/x001/x234/067.p/17`. `None` for
    /// anything else, other spellings of the same tile among it.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (index, width) = read_place(rest)?;
        let tile = Self::new(u8::try_from(read_decimal(level)?).ok()?, index, width)?;
        (tile.to_string() == path).then_some(tile)
    }

    /// The bytes of a tile: its hashes, one after the other.
    pub fn write(hashes: &[TreeHash]) -> Vec<u8> {
        hashes.iter().flat_map(TreeHash::as_bytes).copied().collect()
    }

    /// Reads the hashes of this tile from the bytes of one that is at least as wide. `None` where
    /// they are fewer, or no whole number of hashes.
    pub fn read(&self, bytes: &[u8]) -> Option<Vec<TreeHash>> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let hashes = hashes.get(..usize::from(self.width))?;
        rest.is_empty().then(|| hashes.iter().copied().map(TreeHash::from_bytes).collect())
    }
}

/// All tiles of a tree of so many leaves, level by level from the leaves, each level from the left.
/// At each level they are full but the last.
pub fn tiles_of(size: u64) -> impl Iterator<Item = Tile> {
    (0..=TOP_LEVEL).flat_map(move |level| {
        let tiles = hashes_at(level, size).div_ceil(u64::from(TILE_WIDTH));
        (0..tiles).filter_map(move |index| Tile::of_tree(size, level, index))
    })
}

/// How many hashes all tiles of a level have together in a tree of so many leaves.
pub(super) fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * TILE_HEIGHT).unwrap_or(0)
}

/// Reads `x001/x234/067` or `x001/x234/067.p/17` as an index and a width. It does not mind which
/// groups have an `x` and how many zeros lead; whoever calls compares with what is printed.
pub(super) fn read_place(text: &str) -> Option<(u64, u16)> {
    let (index, width) = match text.split_once(".p/") {
        Some((index, width)) => (index, u16::try_from(read_decimal(width)?).ok()?),
        None => (text, TILE_WIDTH),
    };
    let index = index.split('/').try_fold(0_u64, |above, group| {
        let digits = group.strip_prefix('x').unwrap_or(group);
        let plain = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let group = if plain { digits.parse().ok()? } else { return None };
        above.checked_mul(1000)?.checked_add(group)
    });
    Some((index?, width))
}

/// Writes an index in groups of three digits, all but the last after an `x`, and the width unless
/// it is full.
pub(super) fn write_place(f: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    write_groups(f, index / 1000)?;
    write!(f, "{:03}", index % 1000)?;
    if width == TILE_WIDTH { Ok(()) } else { write!(f, ".p/{width}") }
}

/// Writes all groups but the last. A `u64` has seven groups at most.
fn write_groups(f: &mut fmt::Formatter<'_>, above: u64) -> fmt::Result {
    if above == 0 {
        return Ok(());
    }
    write_groups(f, above / 1000)?;
    write!(f, "x{:03}/", above % 1000)
}

/// Its path, as c2sp.org/tlog-tiles has it.
impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        write_place(f, self.index, self.width)
    }
}

impl fmt::Debug for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(size: u64) -> Vec<String> {
        tiles_of(size).map(|tile| tile.to_string()).collect()
    }

    #[test]
    fn a_path_reads_back_what_it_prints() {
        for (path, tile) in [
            ("tile/0/000.p/1", Tile::new(0, 0, 1)),
            ("tile/0/999", Tile::new(0, 999, 256)),
            ("tile/0/x001/000", Tile::new(0, 1000, 256)),
            ("tile/1/x001/x234/067.p/17", Tile::new(1, 1_234_067, 17)),
            ("tile/7/000.p/255", Tile::new(7, 0, 255)),
            ("tile/0/x072/x057/x594/x037/x927/935.p/255", Tile::new(0, u64::MAX >> 8, 255)),
        ] {
            assert_eq!(tile.unwrap().to_string(), path);
            assert_eq!(Tile::parse(path), tile);
        }
    }

    #[test]
    fn what_is_no_path_of_a_tile_is_not_read_as_one() {
        for bad in [
            "",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/00/000",
            "tile/8/000",
            "tile/-1/000",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000/001",
            "tile/0/001/001",
            "tile/0/x001/x001",
            "tile/0/x01/001",
            "tile/0/+01",
            "tile/0/001.p/0",
            "tile/0/001.p/256",
            "tile/0/001.p/01",
            "tile/0/001.p/",
            "tile/0/001.p/1/",
            "tile/7/000",
            "tile/7/001.p/1",
            "tile/0/x072/x057/x594/x037/x927/935",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/entries/000",
            "/tile/0/000",
        ] {
            assert_eq!(Tile::parse(bad), None, "{bad}");
        }
    }

    /// The two trees that c2sp.org/tlog-tiles describes, and their neighbours.
    #[test]
    fn a_tree_has_the_tiles_that_the_specification_says() {
        let tiles: Vec<Tile> = tiles_of(70_000).collect();
        assert_eq!(tiles.len(), 273 + 1 + 1 + 1 + 1);
        assert_eq!(
            paths(70_000)[273..],
            ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
        );
        assert_eq!(paths(256), ["tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(paths(255), ["tile/0/000.p/255"]);
        assert_eq!(paths(257), ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
        assert!(paths(0).is_empty());
    }

    #[test]
    fn the_largest_tree_has_tiles_at_eight_levels() {
        for level in 0..=TOP_LEVEL {
            let last = hashes_at(level, u64::MAX) / 256;
            assert_eq!(Tile::of_tree(u64::MAX, level, last).unwrap().width(), 255);
            assert_eq!(Tile::of_tree(u64::MAX, level, last + 1), None);
        }
        assert_eq!(Tile::of_tree(u64::MAX, 8, 0), None);
        assert_eq!(Tile::of_tree(u64::MAX, 0, u64::MAX), None);
    }

    #[test]
    fn a_tile_is_read_from_a_wider_one() {
        let hashes = [TreeHash::of_leaf(b"a"), TreeHash::of_leaf(b"b")];
        let bytes = Tile::write(&hashes);
        assert_eq!(Tile::new(0, 0, 2).unwrap().read(&bytes).unwrap(), hashes);
        assert_eq!(Tile::new(0, 0, 1).unwrap().read(&bytes).unwrap(), hashes[..1]);
        assert_eq!(Tile::new(0, 0, 3).unwrap().read(&bytes), None);
        assert_eq!(Tile::new(0, 0, 1).unwrap().read(&bytes[..63]), None);
    }
}
