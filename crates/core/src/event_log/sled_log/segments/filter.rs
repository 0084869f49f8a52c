//! A Bloom filter over ids: says of most ids that are not in a segment that they are not, after
//! reading 64 bytes. All bits of an id lie in one block of 64 bytes.

/// Bits set aside for each id: of ten thousand others, some hundred pass.
const BITS_AN_ID: usize = 10;
/// Bits set for each id.
const PROBES: usize = 6;
pub(super) const BLOCK: usize = 64;

/// The bytes of a filter over some ids.
pub(super) fn of<'a>(ids: impl ExactSizeIterator<Item = &'a [u8]>) -> Vec<u8> {
    let blocks = (ids.len() * BITS_AN_ID).div_ceil(BLOCK * 8).max(1);
    let mut bytes = vec![0; blocks * BLOCK];
    for id in ids {
        let hash = hash(id);
        let block = block_of(hash, blocks) * BLOCK;
        for bit in bits(hash) {
            if let Some(byte) = bytes.get_mut(block + bit / 8) {
                *byte |= 1 << (bit % 8);
            }
        }
    }
    bytes
}

/// Which of so many blocks has the bits of an id.
pub(super) fn block(id: &[u8], blocks: usize) -> usize {
    block_of(hash(id), blocks)
}

/// Whether the block of an id lets it pass: it may be in the segment.
pub(super) fn passes(id: &[u8], block: &[u8]) -> bool {
    bits(hash(id)).all(|bit| block.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1))
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
            let at = block(id.as_bytes(), blocks) * BLOCK;
            passes(id.as_bytes(), &filter[at..at + BLOCK])
        };
        assert!(ids.iter().all(|id| passes(id)));
        let others = (0..20_000).filter(|n| passes(&format!("x{n}"))).count();
        assert!(others < 600, "{others}");
    }
}
