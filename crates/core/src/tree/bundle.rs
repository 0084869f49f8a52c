//! Entry bundles: the leaves themselves, 256 together.

use std::fmt;

use thiserror::Error;

use super::tile::{TILE_WIDTH, Tile, read_place, write_place};

/// Which bundle of entries, and how much of it: `tile/entries/x001/x234/067.p/17`. It holds the
/// leaves whose hashes are in the tile of the same index and width at level 0
/// (c2sp.org/tlog-tiles, "Log entries").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryBundle(Tile);

/// Why entries and bytes do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// An entry is longer than its length can say.
    #[error("an entry has {bytes} bytes, more than 65535")]
    TooLong {
        /// How many it has.
        bytes: usize,
    },
    /// The bytes end within an entry or before it.
    #[error("the bundle ends within entry {entry} of {width}")]
    Truncated {
        /// Which entry of the bundle, from 0.
        entry: u16,
        /// How many there should be.
        width: u16,
    },
    /// There are bytes after the last entry.
    #[error("{bytes} bytes follow the last entry")]
    Trailing {
        /// How many.
        bytes: usize,
    },
}

impl EntryBundle {
    /// The index-th bundle from 0, or its first `width` entries. `None` where no tree has it.
    pub fn new(index: u64, width: u16) -> Option<Self> {
        Tile::new(0, index, width).map(Self)
    }

    /// The bundle with as many entries as it has in a tree of so many leaves. `None` where that
    /// tree has none there.
    pub fn of_tree(size: u64, index: u64) -> Option<Self> {
        Tile::of_tree(size, 0, index).map(Self)
    }

    /// Its place among the bundles, from 0.
    pub fn index(&self) -> u64 {
        self.0.index()
    }

    /// How many entries of it are meant, 1 to 256.
    pub fn width(&self) -> u16 {
        self.0.width()
    }

    /// Reads a path as it is printed. `None` for anything else.
    pub fn parse(path: &str) -> Option<Self> {
        let (index, width) = read_place(path.strip_prefix("tile/entries/")?)?;
        let bundle = Self::new(index, width)?;
        (bundle.to_string() == path).then_some(bundle)
    }

    /// Adds an entry to the bytes of a bundle: its length in two bytes, the higher first, and the
    /// entry.
    ///
    /// # Errors
    /// [`BundleError::TooLong`] above 65,535 bytes; no envelope has as many.
    pub fn push(bytes: &mut Vec<u8>, entry: &[u8]) -> Result<(), BundleError> {
        let length =
            u16::try_from(entry.len()).map_err(|_| BundleError::TooLong { bytes: entry.len() })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
        Ok(())
    }

    /// Reads the entries of this bundle: exactly as many as it is wide, and nothing after them.
    ///
    /// # Errors
    /// [`BundleError::Truncated`] and [`BundleError::Trailing`] where there are fewer or more.
    pub fn read<'a>(&self, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, BundleError> {
        let width = self.width();
        let mut rest = bytes;
        let mut entries = Vec::with_capacity(usize::from(width.min(TILE_WIDTH)));
        for entry in 0..width {
            let (found, after) =
                split_entry(rest).ok_or(BundleError::Truncated { entry, width })?;
            entries.push(found);
            rest = after;
        }
        if rest.is_empty() { Ok(entries) } else { Err(BundleError::Trailing { bytes: rest.len() }) }
    }
}

/// The first entry and what follows it.
fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// Its path, as c2sp.org/tlog-tiles has it.
impl fmt::Display for EntryBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        write_place(f, self.index(), self.width())
    }
}

impl fmt::Debug for EntryBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back_what_it_prints() {
        for path in ["tile/entries/000.p/1", "tile/entries/x001/x234/067", "tile/entries/999"] {
            assert_eq!(EntryBundle::parse(path).unwrap().to_string(), path);
        }
        for bad in ["tile/entries/", "tile/entries/0", "tile/0/000", "tile/entries/x000/000"] {
            assert_eq!(EntryBundle::parse(bad), None, "{bad}");
        }
        assert_eq!(EntryBundle::of_tree(257, 1), EntryBundle::new(1, 1));
        assert_eq!(EntryBundle::of_tree(256, 1), None);
    }

    #[test]
    fn entries_read_back_as_they_were_pushed() {
        let longest = vec![7; 65_535];
        let entries: [&[u8]; 3] = [b"", b"one", &longest];
        let mut bytes = Vec::new();
        for entry in entries {
            EntryBundle::push(&mut bytes, entry).unwrap();
        }
        let bundle = EntryBundle::new(0, 3).unwrap();
        assert_eq!(bundle.read(&bytes).unwrap(), entries);
        let short = EntryBundle::new(0, 2).unwrap().read(&bytes);
        assert_eq!(short, Err(BundleError::Trailing { bytes: 65_537 }));
        let cut = bundle.read(&bytes[..bytes.len() - 1]);
        assert_eq!(cut, Err(BundleError::Truncated { entry: 2, width: 3 }));
        assert_eq!(bundle.read(&[]), Err(BundleError::Truncated { entry: 0, width: 3 }));
        let too_long = EntryBundle::push(&mut bytes, &[0; 65_536]);
        assert_eq!(too_long, Err(BundleError::TooLong { bytes: 65_536 }));
    }
}
