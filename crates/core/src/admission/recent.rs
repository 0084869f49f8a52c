//! What was asked for lately, in bounded memory.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

/// A map that forgets what was not asked for lately. It holds at most twice as many entries as it
/// is told: when the young half is full, it becomes the old one, and the old one is forgotten.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    young: HashMap<K, V, Seeded>,
    old: HashMap<K, V, Seeded>,
    half: usize,
}

impl<K: Hash + Eq, V> Recent<K, V> {
    pub(super) fn new(half: usize) -> Self {
        let seeded = Seeded::default();
        let young = HashMap::with_hasher(seeded.clone());
        Self { young, old: HashMap::with_hasher(seeded), half }
    }

    /// A copy of what is remembered.
    pub(super) fn get<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        V: Clone,
    {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = self.old.remove_entry(key)?;
        self.insert(key, value.clone());
        Some(value)
    }

    pub(super) fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        match self.young.get_mut(key) {
            Some(value) => Some(value),
            None => self.old.get_mut(key),
        }
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.half == 0 {
            return;
        }
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
            let seeded = self.old.hasher().clone();
            self.young = HashMap::with_capacity_and_hasher(self.half, seeded);
        }
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    pub(super) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }

    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

/// Hashes names fast, by the folded multiplication of wyhash, from a seed that nobody can guess:
/// names come from files that others wrote.
#[derive(Debug, Clone)]
pub(super) struct Seeded(u64);

/// See [`Seeded`].
#[derive(Debug)]
pub(super) struct Folding(u64);

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
    fn what_was_asked_for_lately_is_kept_and_never_more_than_twice_the_half() {
        let mut recent = Recent::new(3);
        for n in 0..100_u64 {
            recent.insert(n, n);
            assert!(recent.young.len() <= 3 && recent.old.len() <= 3);
            assert_eq!(recent.get(&0), Some(0));
        }
        assert_eq!((recent.get(&99), recent.get(&50)), (Some(99), None));
    }

    #[test]
    fn what_is_put_again_or_taken_away_is_not_found_as_it_was() {
        let mut recent = Recent::new(1);
        recent.insert("a", 1);
        recent.insert("b", 1);
        recent.insert("a", 2);
        assert_eq!((recent.get("a"), recent.get("a")), (Some(2), Some(2)));
        recent.remove("a");
        assert_eq!(recent.get("a"), None);
    }

    #[test]
    fn texts_that_differ_in_their_ends_hash_apart() {
        let seeded = Seeded::default();
        let words = ["", "a", "a\0", "e1", "e10", "aaaaaaaa", "aaaaaaaab", "aaaaaaaaaaaaaaaa"];
        let hashes: std::collections::HashSet<u64> =
            words.iter().map(|word| seeded.hash_one(word)).collect();
        assert_eq!(hashes.len(), words.len());
    }
}
