//! The hash of the tree: the only file that names SHA-256's crate.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::spelling::{read_base64, write_base64};

/// The hash of a leaf, of a node or of a whole tree: 32 bytes of SHA-256, written as base64, as in
/// checkpoints and proofs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeHash([u8; 32]);

/// What is hashed before the bytes of a leaf, so that no leaf can pass for a node.
const LEAF: u8 = 0x00;
/// What is hashed before the two halves of a node.
const NODE: u8 = 0x01;

impl TreeHash {
    /// The hash of the tree without leaves: SHA-256 of nothing.
    pub const EMPTY: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
        0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
        0xb8, 0x55,
    ]);

    /// The hash of a leaf: of 0x00 and then its bytes (RFC 6962, section 2.1). The leaves of
    /// a ledger are the bytes of its envelopes, as they are stored.
    pub fn of_leaf(bytes: &[u8]) -> Self {
        Self(sha256(&[&[LEAF], bytes]))
    }

    /// The hash of a node: of 0x01, then its left and its right half (RFC 6962, section 2.1).
    pub fn of_node(left: &Self, right: &Self) -> Self {
        Self(sha256(&[&[NODE], &left.0, &right.0]))
    }

    /// A hash from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads the base64 of exactly 32 bytes, padded. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        read_base64(text)?.try_into().ok().map(Self)
    }
}

/// SHA-256 of some parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_base64(&self.0))
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_tree_is_the_hash_of_nothing() {
        assert_eq!(TreeHash::EMPTY, TreeHash(sha256(&[])));
    }

    #[test]
    fn a_leaf_is_no_node() {
        let (left, right) = (TreeHash::of_leaf(b"a"), TreeHash::of_leaf(b"b"));
        let both = [left.as_bytes().as_slice(), right.as_bytes()].concat();
        assert_ne!(TreeHash::of_node(&left, &right), TreeHash::of_leaf(&both));
        assert_ne!(TreeHash::of_node(&left, &right), TreeHash::of_node(&right, &left));
        assert_ne!(TreeHash::of_leaf(b""), TreeHash::EMPTY);
    }

    #[test]
    fn a_hash_reads_back_what_it_prints() {
        let hash = TreeHash::of_leaf(b"kp-19");
        assert_eq!(TreeHash::parse(&hash.to_string()), Some(hash));
        let printed = hash.to_string();
        let unpadded = printed.trim_end_matches('=');
        for bad in ["", unpadded, "AQID", &format!("{printed}\n"), &printed.repeat(2)] {
            assert_eq!(TreeHash::parse(bad), None, "{bad}");
        }
    }
}
