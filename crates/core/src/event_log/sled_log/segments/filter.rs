//! A Bloom filter over ids: says of most ids that are not in a segment that they are not, after
//! reading 64 bytes. All bits of an id lie in one block of 64 bytes.

use crate::identifier::EventId;

/// How many ids the first level of a growing filter takes.
const FIRST_LEVEL: usize = 1 << 20;
/// Bits set aside for each id: of ten thousand others, some hundred pass.
const BITS_AN_ID: usize = 10;
/// Bits set for each id.
const PROBES: usize = 6;
pub(super) const BLOCK: usize = 64;

/// The bytes of a filter over some ids.
pub(super) fn of<'a>(ids: impl ExactSizeIterator<Item = &'a [u8]>) -> Vec<u8> {
    let blocks = (ids.len() * BITS_AN_ID).div_ceil(BLOCK * 8).max(1);
    let mut bytes = vec![0; blocks * BLOCK];
    ids.for_each(|id| set(&mut bytes, hash(id)));
    bytes
}

fn set(bytes: &mut [u8], hash: u64) {
    let block = block_of(hash, bytes.len() / BLOCK) * BLOCK;
    for bit in bits(hash) {
        if let Some(byte) = bytes.get_mut(block + bit / 8) {
            *byte |= 1 << (bit % 8);
        }
    }
}

/// A filter over ids of which nobody knows yet how many there will be: it grows by levels, each
/// twice as large as the one before.
#[derive(Default)]
pub(in crate::event_log::sled_log) struct Growing {
    levels: Vec<Vec<u8>>,
    /// How many ids the last level takes yet.
    room: usize,
}

impl Growing {
    pub(in crate::event_log::sled_log) fn add(&mut self, id: &EventId) {
        if self.room == 0 {
            let ids = FIRST_LEVEL << self.levels.len().min(20);
            self.levels.push(vec![0; (ids * BITS_AN_ID).div_ceil(BLOCK * 8) * BLOCK]);
            self.room = ids;
        }
        self.room -= 1;
        if let Some(level) = self.levels.last_mut() {
            set(level, hash(id.as_str().as_bytes()));
        }
    }

    /// Whether an id may have been added.
    pub(in crate::event_log::sled_log) fn passes(&self, id: &EventId) -> bool {
        let sought = Sought::new(id);
        self.levels.iter().any(|level| {
            let at = sought.block(level.len() / BLOCK) * BLOCK;
            sought.passes(level.get(at..at + BLOCK).unwrap_or_default())
        })
    }
}

/// An id that is looked for. Its hash is worked out once, however many filters are asked.
#[derive(Clone, Copy)]
pub(super) struct Sought<'a> {
    id: &'a [u8],
    hash: u64,
}

impl<'a> Sought<'a> {
    pub(super) fn new(id: &'a EventId) -> Self {
        let id = id.as_str().as_bytes();
        Self { id, hash: hash(id) }
    }

    /// The bytes of the id.
    pub(super) fn bytes(self) -> &'a [u8] {
        self.id
    }

    /// Which of so many blocks has its bits.
    pub(super) fn block(self, blocks: usize) -> usize {
        block_of(self.hash, blocks)
    }

    /// Whether its block lets it pass: it may be in the segment.
    pub(super) fn passes(self, block: &[u8]) -> bool {
        let is_set = |bit: usize| block.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1);
        bits(self.hash).all(is_set)
    }
}

fn block_of(hash: u64, blocks: usize) -> usize {
    usize::try_from(hash >> 32).unwrap_or_default() % blocks.max(1)
}

/// Six places in a block, from the lower half of the hash.
fn bits(hash: u64) -> impl Iterator<Item = usize> {
    let lower = hash & 0xffff_ffff;
    let (start, step) = (lower & 0xffff, lower >> 16 | 1);
    (0..PROBES as u64).map(move |n| ((start + n * step) % (BLOCK as u64 * 8)) as usize)
}

/// FNV-1a, its bits mixed once more. Somebody who chooses ids so that they collide makes his own
/// look-ups slow and nothing else.
fn hash(id: &[u8]) -> u64 {
    let fnv = id.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (fnv ^ (fnv >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_passes_and_few_others_do() {
        let ids: Vec<String> = (0..20_000).map(|n| format!("e{n}")).collect();
        let filter = of(ids.iter().map(String::as_bytes));
        let blocks = filter.len() / BLOCK;
        let passes = |id: &str| {
            let id = EventId::parse(id).unwrap();
            let at = Sought::new(&id).block(blocks) * BLOCK;
            Sought::new(&id).passes(&filter[at..at + BLOCK])
        };
        assert!(ids.iter().all(|id| passes(id)));
        let mut growing = Growing::default();
        assert!(!growing.passes(&EventId::parse("e1").unwrap()));
        ids.iter().for_each(|id| growing.add(&EventId::parse(id).unwrap()));
        assert!(ids.iter().all(|id| growing.passes(&EventId::parse(id).unwrap())));
        assert!(!growing.passes(&EventId::parse("nobody").unwrap()));
        let others = (0..20_000).filter(|n| passes(&format!("x{n}"))).count();
        assert!(others < 600, "{others}");
    }
}
