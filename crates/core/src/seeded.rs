//! A fast hash for maps of names.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Hashes names fast, by the folded multiplication of wyhash, from a seed that nobody can guess:
/// names come from files that others wrote.
#[derive(Debug, Clone)]
pub(crate) struct Seeded(u64);

/// See [`Seeded`].
#[derive(Debug)]
pub(crate) struct Folding(u64);

impl Default for Seeded {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0_u8))
    }
}

impl BuildHasher for Seeded {
    type Hasher = Folding;

    fn build_hasher(&self) -> Folding {
        Folding(self.0)
    }
}

impl Folding {
    fn fold(&mut self, word: u64) {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let product = u128::from(self.0 ^ word) * u128::from(ODD ^ self.0.rotate_left(32) | 1);
        let [low, high] = [product, product >> 64]
            .map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default());
        self.0 = low ^ high;
    }
}

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.fold(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        self.fold(u64::from_le_bytes(last) ^ u64::try_from(bytes.len()).unwrap_or_default());
    }

    // What ends a text: its length is hashed already.
    fn write_u8(&mut self, byte: u8) {
        self.0 ^= u64::from(byte) << 56;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_their_ends_hash_apart() {
        let seeded = Seeded::default();
        let words = ["", "a", "a\0", "e1", "e10", "aaaaaaaa", "aaaaaaaab", "aaaaaaaaaaaaaaaa"];
        let hashes: std::collections::HashSet<u64> =
            words.iter().map(|word| seeded.hash_one(word)).collect();
        assert_eq!(hashes.len(), words.len());
    }
}
