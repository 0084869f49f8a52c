//! What names a key: its owner, what it signs, and an id over both.

use std::fmt;

use thiserror::Error;

use crate::digest::{read_hex, write_hex};
use crate::tree::sha256;

/// The name of a key, such as `local-250.example/cosigner`: not empty, without spaces of any
/// script, `+` and control characters (c2sp.org/signed-note, "Format").
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// What tells keys of one name apart: the first four bytes of SHA-256 over the name, the kind and
/// the public key, written as eight lower-case hexadecimal digits. It is an id and no proof: who
/// tries finds another key with the same one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

/// What a key signs. The kind is part of the key's id (c2sp.org/signed-note, "Signature types").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// The text of notes, as the keeper of a ledger signs checkpoints: Ed25519, 0x01.
    Note,
    /// Checkpoints with the time, as cosigners do: `cosignature/v1`, 0x04.
    Cosignature,
}

/// Why a text or some bytes are no key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// It does not have the three parts of a key, each in its own spelling.
    #[error("a key is written NAME+ID+KEY: eight digits of 0-9 and a-f, and base64")]
    Malformed,
    /// A secret key does not begin as one.
    #[error("a secret key begins with PRIVATE+KEY+")]
    NotSecret,
    /// The name cannot be the name of a key.
    #[error("the name of a key is not empty and has no spaces, no + and no control characters")]
    Name,
    /// The key is of a kind that is not used here.
    #[error("a key of kind {found:#04x} is not known")]
    Kind {
        /// The byte that says the kind.
        found: u8,
    },
    /// The key has another number of bytes than 32.
    #[error("the key has {found} bytes, not 32")]
    Length {
        /// How many it has, without the kind.
        found: usize,
    },
    /// The id is not that of the name and the key.
    #[error("the key's id is {expected}, not {found}")]
    Id {
        /// The id of this name and this key.
        expected: KeyId,
        /// The id that was written.
        found: KeyId,
    },
    /// The bytes are no public key of Ed25519, or not in their one encoding.
    #[error("these 32 bytes are no public key")]
    NoPoint,
    /// The public key is one of the few for which signatures of anything can be made up.
    #[error("the public key is a weak one")]
    Weak,
    /// The operating system has no random bytes to make a key from.
    #[error("the system has no random bytes to make a key from")]
    NoRandomness,
}

impl KeyName {
    /// Reads a name. `None` where it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |letter: char| !letter.is_whitespace() && letter != '+' && letter >= ' ';
        (!text.is_empty() && text.chars().all(fits)).then(|| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl KeyId {
    /// The id of a key.
    pub(super) fn of(name: &KeyName, kind: KeyKind, public: &[u8; 32]) -> Self {
        let [a, b, c, d, ..] = sha256(&[name.0.as_bytes(), b"\n", &[kind.byte()], public]);
        Self([a, b, c, d])
    }

    /// An id from its bytes.
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    /// Reads eight lower-case hexadecimal digits. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let id = read_hex(text).map(Self)?;
        (id.to_string() == text).then_some(id)
    }
}

impl KeyKind {
    /// The byte that stands for it.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Note => 0x01,
            Self::Cosignature => 0x04,
        }
    }

    pub(super) fn from_byte(byte: u8) -> Result<Self, KeyError> {
        let all = [Self::Note, Self::Cosignature];
        all.into_iter().find(|kind| kind.byte() == byte).ok_or(KeyError::Kind { found: byte })
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_spaces_of_any_script_and_no_plus() {
        for good in ["a", "example.com/foo", "Gewerkschaft-Bär", "—", "\u{7f}"] {
            assert_eq!(KeyName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "a+b", "a\tb", "a\n", "a\u{a0}b", "a\u{2003}b", "\u{3000}", "\0"] {
            assert_eq!(KeyName::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_id_has_one_spelling() {
        assert_eq!(KeyId::parse("530d903a").unwrap().to_string(), "530d903a");
        for bad in ["", "530D903A", "530d903", "530d903a0", "+30d903a"] {
            assert_eq!(KeyId::parse(bad), None, "{bad}");
        }
    }
}
