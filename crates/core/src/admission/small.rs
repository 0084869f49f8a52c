//! A map of which there are many, each with a few entries.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use crate::seeded::Seeded;

/// So many entries are looked through one after the other.
const FEW: usize = 16;

/// A map that takes no more room than its entries while these are few.
#[derive(Debug, Clone)]
pub(super) enum Small<K, V> {
    Few(Vec<(K, V)>),
    Many(HashMap<K, V, Seeded>),
}

impl<K, V> Default for Small<K, V> {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl<K: Hash + Eq, V> Small<K, V> {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Few(few) => few.is_empty(),
            Self::Many(many) => many.is_empty(),
        }
    }

    pub(super) fn contains<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        match self {
            Self::Few(few) => few.iter().find(|(known, _)| known.borrow() == key).map(|(_, v)| v),
            Self::Many(many) => many.get(key),
        }
    }

    pub(super) fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        match self {
            Self::Few(few) => {
                few.iter_mut().find(|(known, _)| (*known).borrow() == key).map(|(_, v)| v)
            }
            Self::Many(many) => many.get_mut(key),
        }
    }

    /// Puts a value under a key, in the place of the one that is there.
    pub(super) fn insert(&mut self, key: K, value: V) {
        if let Some(known) = self.get_mut(&key) {
            *known = value;
            return;
        }
        match self {
            Self::Few(few) if few.len() < FEW => {
                few.reserve_exact(1);
                few.push((key, value));
            }
            Self::Few(few) => {
                let all = std::mem::take(few).into_iter().chain([(key, value)]);
                *self = Self::Many(all.collect());
            }
            Self::Many(many) => {
                many.insert(key, value);
            }
        }
    }

    /// The keys, in any order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &K> {
        let (few, many) = match self {
            Self::Few(few) => (few.as_slice(), None),
            Self::Many(many) => (&[][..], Some(many.keys())),
        };
        few.iter().map(|(key, _)| key).chain(many.into_iter().flatten())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn few_or_many_it_holds_what_a_map_holds() {
        let (mut small, mut map) = (Small::default(), BTreeMap::new());
        for n in 0..200_u32 {
            let (key, value) = (n * 7 % 61, n);
            assert_eq!(small.is_empty(), map.is_empty());
            assert_eq!(small.contains(&key), map.contains_key(&key));
            small.insert(key, value);
            map.insert(key, value);
            if let Some(value) = small.get_mut(&(n / 2)) {
                *value += 1;
            }
            map.entry(n / 2).and_modify(|value| *value += 1);
            let mut keys: Vec<u32> = small.keys().copied().collect();
            keys.sort_unstable();
            assert_eq!(keys, map.keys().copied().collect::<Vec<u32>>());
            assert!(map.iter().all(|(key, value)| small.get(key) == Some(value)));
        }
        assert!(matches!(small, Small::Many(_)));
    }
}
