//! What was asked for lately, in bounded memory.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use crate::seeded::Seeded;

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

    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
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
}
