//! The keys of a kind as canonical JSON has them: sorted by their bytes.

use std::sync::LazyLock;

use crate::event::schema::KeySpec;
use crate::event::{COMMON_KEYS, Kind};

/// A key that a content of a kind may have.
#[derive(Debug)]
pub(crate) struct SortedKey {
    pub(crate) spec: &'static KeySpec,
    /// Where it is declared.
    pub(crate) place: Place,
}

/// Where a key is declared, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Among the kind's own keys.
    Own(usize),
    /// Among those of every kind.
    Common(usize),
}

/// Kind by kind, in the order of [`Kind::ALL`].
static SORTED_KEYS: LazyLock<Vec<Vec<SortedKey>>> =
    LazyLock::new(|| Kind::ALL.iter().map(|kind| sorted_keys(*kind)).collect());

impl Kind {
    /// The keys of its contents, sorted by their bytes.
    pub(crate) fn sorted_keys(self) -> &'static [SortedKey] {
        SORTED_KEYS.get(self as usize).map_or(&[], Vec::as_slice)
    }
}

fn sorted_keys(kind: Kind) -> Vec<SortedKey> {
    let own = kind.spec().keys.iter().enumerate();
    let own = own.map(|(n, spec)| SortedKey { spec, place: Place::Own(n) });
    let common = COMMON_KEYS.iter().enumerate();
    let common = common.map(|(n, spec)| SortedKey { spec, place: Place::Common(n) });
    let common = common.filter(|key| key.spec.name != "version_of" || kind.has_versions());
    let mut keys: Vec<SortedKey> = own.chain(common).collect();
    keys.sort_by_key(|key| key.spec.name);
    keys
}

/// The places of keys in the order in which canonical JSON has them.
pub(crate) fn sorted_places(keys: &[KeySpec]) -> Vec<usize> {
    let mut places: Vec<(usize, &str)> = keys.iter().map(|key| key.name).enumerate().collect();
    places.sort_by_key(|(_, name)| *name);
    places.into_iter().map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_each_of_its_keys_once() {
        for (n, kind) in Kind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, n, "{kind}");
            let sorted: Vec<&str> = kind.sorted_keys().iter().map(|key| key.spec.name).collect();
            assert!(sorted.is_sorted_by(|a, b| a < b), "{kind}: {sorted:?}");
            let mut declared: Vec<&str> = kind.keys().map(|spec| spec.name).collect();
            declared.sort_unstable();
            assert_eq!(sorted, declared, "{kind}");
            assert!(!["kind", "id", "dispute", "occurred"].iter().any(|k| sorted.contains(k)));
        }
    }
}
