//! A sorted table within a segment: keys with short values in blocks, each with its checksum, so
//! that one look-up reads one block.

use crate::event_log::sled_log::segments::uint;

/// A block is closed once it has this many bytes.
const BLOCK: usize = 4_096;
const CHECKSUM: usize = 4;

/// A table that is being written. Keys come sorted, each once.
#[derive(Default)]
pub(super) struct TableWriter {
    blocks: Vec<u8>,
    /// Where the blocks begin.
    starts: Vec<u32>,
    /// The first key of each block, and the number of the entry that it begins.
    firsts: Vec<(Vec<u8>, u32)>,
    open: Vec<u8>,
    last: Vec<u8>,
    entries: u32,
}

/// Where the blocks of a table lie and with which keys they begin: read once and kept.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Blocks {
    blocks: Vec<BlockStart>,
    /// The first keys of all blocks, one after the other.
    keys: Vec<u8>,
    /// Where the last block ends.
    end: u32,
}

/// Where a block begins, the number of its first entry, and where the key of that ends.
#[derive(Debug, PartialEq, Eq)]
struct BlockStart {
    start: u32,
    entry: u32,
    key_end: u32,
}

/// An entry of a block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) key: Vec<u8>,
    pub(super) value: Vec<u8>,
}

impl TableWriter {
    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) {
        if self.open.is_empty() {
            self.starts.push(u32::try_from(self.blocks.len()).unwrap_or(u32::MAX));
            self.firsts.push((key.to_vec(), self.entries));
            self.last.clear();
        }
        let shared = self.last.iter().zip(key).take_while(|(one, other)| one == other).count();
        let rest = key.get(shared..).unwrap_or_default();
        uint::put(&mut self.open, shared as u64);
        uint::put(&mut self.open, rest.len() as u64);
        self.open.extend(rest);
        uint::put(&mut self.open, value.len() as u64);
        self.open.extend(value);
        self.last.truncate(shared);
        self.last.extend(rest);
        self.entries += 1;
        if self.open.len() >= BLOCK {
            self.close();
        }
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            let checksum = crc32fast::hash(&self.open);
            self.blocks.append(&mut self.open);
            self.blocks.extend(checksum.to_le_bytes());
        }
    }

    /// The bytes of all blocks, and what must be kept to find them.
    pub(super) fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        self.close();
        let mut marks = Vec::new();
        uint::put(&mut marks, self.starts.len() as u64);
        for (start, (key, entry)) in self.starts.iter().zip(&self.firsts) {
            uint::put(&mut marks, u64::from(*start));
            uint::put(&mut marks, u64::from(*entry));
            uint::put(&mut marks, key.len() as u64);
            marks.extend(key);
        }
        uint::put(&mut marks, self.blocks.len() as u64);
        (self.blocks, marks)
    }
}

impl Blocks {
    /// Reads what [`TableWriter::finish`] gave to find the blocks by.
    pub(super) fn read(from: &mut &[u8]) -> Option<Self> {
        let mut read = Self::default();
        for _ in 0..uint::take(from)? {
            let start = u32::try_from(uint::take(from)?).ok()?;
            let entry = u32::try_from(uint::take(from)?).ok()?;
            read.keys.extend(uint::take_bytes(from)?);
            let key_end = u32::try_from(read.keys.len()).ok()?;
            read.blocks.push(BlockStart { start, entry, key_end });
        }
        read.end = u32::try_from(uint::take(from)?).ok()?;
        read.blocks.shrink_to_fit();
        read.keys.shrink_to_fit();
        let are_sorted = read.blocks.is_sorted_by_key(|block| block.start)
            && read.blocks.last().is_none_or(|last| last.start <= read.end);
        are_sorted.then_some(read)
    }

    /// How many blocks there are.
    pub(super) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// The bytes that all blocks have together.
    pub(super) fn bytes(&self) -> u32 {
        self.end
    }

    /// Where a block lies, counted from the beginning of the first.
    pub(super) fn range(&self, block: usize) -> Option<std::ops::Range<u32>> {
        let end = self.blocks.get(block + 1).map_or(self.end, |next| next.start);
        Some(self.blocks.get(block)?.start..end)
    }

    /// The first key of a block.
    pub(super) fn first_of(&self, block: usize) -> Option<&[u8]> {
        let before = block.checked_sub(1).and_then(|before| self.blocks.get(before));
        let start = before.map_or(0, |before| before.key_end as usize);
        self.keys.get(start..self.blocks.get(block)?.key_end as usize)
    }

    /// The block in which a key is, if it is in any.
    pub(super) fn of_key(&self, key: &[u8]) -> Option<usize> {
        let (mut from, mut to) = (0, self.blocks.len());
        while from < to {
            let middle = from.midpoint(to);
            match self.first_of(middle).is_some_and(|first| first <= key) {
                true => from = middle + 1,
                false => to = middle,
            }
        }
        from.checked_sub(1)
    }

    /// The block in which the n-th entry is, and the number of its first.
    pub(super) fn of_entry(&self, entry: u32) -> Option<(usize, u32)> {
        let block = self.blocks.partition_point(|block| block.entry <= entry).checked_sub(1)?;
        Some((block, self.blocks.get(block)?.entry))
    }
}

/// The entries of a block without its checksum; `None` where that does not hold.
pub(super) fn entries(block: &[u8]) -> Option<&[u8]> {
    let (entries, checksum) = block.split_last_chunk::<CHECKSUM>()?;
    (crc32fast::hash(entries) == u32::from_le_bytes(*checksum)).then_some(entries)
}

/// Goes from entry to entry of a block. The key of each takes the place of the one before.
#[derive(Default)]
pub(super) struct Reader {
    at: usize,
    key: Vec<u8>,
}

impl Reader {
    /// The key of the entry that was read last.
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Whether all entries were read.
    pub(super) fn is_at_end(&self, entries: &[u8]) -> bool {
        self.at >= entries.len()
    }

    /// Reads the next entry, and gives its value. `None` where there is none.
    pub(super) fn next<'a>(&mut self, entries: &'a [u8]) -> Option<&'a [u8]> {
        let mut rest = entries.get(self.at..)?;
        let shared = usize::try_from(uint::take(&mut rest)?).ok()?;
        if shared > self.key.len() {
            return None;
        }
        self.key.truncate(shared);
        self.key.extend(uint::take_bytes(&mut rest)?);
        let value = uint::take_bytes(&mut rest)?;
        self.at = entries.len() - rest.len();
        Some(value)
    }
}

/// The entries of a block; `None` where its checksum does not hold or it is no block.
pub(super) fn read_block(bytes: &[u8]) -> Option<Vec<Row>> {
    let entries = entries(bytes)?;
    let (mut reader, mut rows) = (Reader::default(), Vec::new());
    while !reader.is_at_end(entries) {
        let value = reader.next(entries)?.to_vec();
        rows.push(Row { key: reader.key.clone(), value });
    }
    Some(rows)
}

/// The value of a key in a block; `None` where it is no block, `Some(None)` where it lacks the key.
pub(super) fn find(bytes: &[u8], key: &[u8]) -> Option<Option<Vec<u8>>> {
    let mut rest = entries(bytes)?;
    // How many bytes the key has in common with that of the entry before, and how long that is. An
    // entry that shares more with the one before differs from the key where that one did.
    let (mut common, mut length) = (0, 0);
    while !rest.is_empty() {
        let shared = usize::try_from(uint::take(&mut rest)?).ok()?;
        let own = uint::take_bytes(&mut rest)?;
        let value = uint::take_bytes(&mut rest)?;
        if shared > length {
            return None;
        }
        length = shared + own.len();
        if shared > common {
            continue;
        }
        let wanted = key.get(shared..).unwrap_or_default();
        common = shared + own.iter().zip(wanted).take_while(|(one, other)| one == other).count();
        if common == key.len() && common == length {
            return Some(Some(value.to_vec()));
        }
        if own > wanted {
            return Some(None);
        }
    }
    Some(None)
}

/// The key of the n-th entry of a block; `None` where it is no block, or has fewer.
pub(super) fn nth_key(bytes: &[u8], n: usize) -> Option<Vec<u8>> {
    let (entries, mut reader) = (entries(bytes)?, Reader::default());
    for _ in 0..=n {
        reader.next(entries)?;
    }
    Some(reader.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(keys: impl IntoIterator<Item = String>) -> (Vec<u8>, Blocks) {
        let mut table = TableWriter::default();
        for key in keys {
            table.push(key.as_bytes(), &[7; 3]);
        }
        let (bytes, marks) = table.finish();
        let mut rest = marks.as_slice();
        let blocks = Blocks::read(&mut rest).unwrap();
        assert!(rest.is_empty());
        (bytes, blocks)
    }

    #[test]
    fn every_key_is_in_the_block_that_is_named_for_it() {
        let keys: Vec<String> = (0..3_000).map(|n| format!("event-{n:05}")).collect();
        let (bytes, blocks) = table(keys.clone());
        assert!(blocks.len() > 5);
        for (n, key) in keys.iter().enumerate() {
            let block = blocks.of_key(key.as_bytes()).unwrap();
            let range = blocks.range(block).unwrap();
            let rows = read_block(&bytes[range.start as usize..range.end as usize]).unwrap();
            let found = find(&bytes[range.start as usize..range.end as usize], key.as_bytes());
            assert_eq!(found, Some(Some(vec![7; 3])));
            let place = rows.iter().position(|row| row.key == key.as_bytes()).unwrap();
            let block_bytes = &bytes[range.start as usize..range.end as usize];
            assert_eq!(nth_key(block_bytes, place).as_deref(), Some(key.as_bytes()));
            assert_eq!(blocks.of_entry(n as u32).unwrap(), (block, (n - place) as u32));
        }
        assert_eq!(blocks.of_key(b"a"), None);
    }

    proptest::proptest! {
        #[test]
        fn a_key_is_found_where_it_is_and_nowhere_else(
            keys in proptest::collection::btree_set("[ab]{0,5}|[a-c]{1,9}", 1..120),
            others in proptest::collection::vec("[a-d]{0,9}", 0..40),
        ) {
            let mut table = TableWriter::default();
            for key in &keys {
                table.push(key.as_bytes(), key.as_bytes());
            }
            let (bytes, _) = table.finish();
            for key in keys.iter().chain(&others) {
                let expected = keys.contains(key).then(|| key.as_bytes().to_vec());
                proptest::prop_assert_eq!(find(&bytes, key.as_bytes()), Some(expected));
            }
        }
    }

    #[test]
    fn a_changed_byte_makes_a_block_unreadable() {
        let (bytes, _) = table((0..50).map(|n| format!("e{n:02}")));
        assert_eq!(read_block(&bytes).unwrap().len(), 50);
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            assert_eq!(read_block(&changed), None, "{at}");
        }
        assert_eq!(read_block(&[]), None);
    }
}
