//! The public half of a key: what a signature is checked with.

use std::fmt;

use ed25519_dalek::{Signature, VerifyingKey};

use super::cosignature::{CosignatureTime, cosigned_message, split_cosignature};
use super::key::{KeyError, KeyId, KeyKind, KeyName};
use crate::spelling::{read_base64, write_base64};

/// The public half of a key, with its name, its kind and its id, written `NAME+ID+KEY`
/// (c2sp.org/signed-note, "Verifier keys"). It is never one of the weak keys, and its bytes are
/// the one encoding of it.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    kind: KeyKind,
    id: KeyId,
    key: VerifyingKey,
}

/// A signature that its key did not make, or not of this text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bad;

impl VerifierKey {
    /// A key from its 32 bytes (RFC 8032).
    ///
    /// # Errors
    /// [`KeyError::NoPoint`] and [`KeyError::Weak`] where they are no key that can be trusted.
    pub fn new(name: KeyName, kind: KeyKind, public: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(public).map_err(|_| KeyError::NoPoint)?;
        if key.is_weak() {
            return Err(KeyError::Weak);
        }
        if key.to_edwards().compress().as_bytes() != public {
            return Err(KeyError::NoPoint);
        }
        let id = KeyId::of(&name, kind, public);
        Ok(Self { name, kind, id, key })
    }

    /// Reads a key as it is printed. The base64 may have a `+` of its own: the first two divide.
    ///
    /// # Errors
    /// [`KeyError`] where it is no key, its id is that of another, or it is a weak one.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, bytes) = split_key(text)?;
        let (kind, public) = bytes.split_first().ok_or(KeyError::Malformed)?;
        let kind = KeyKind::from_byte(*kind)?;
        let public = public.try_into().map_err(|_| KeyError::Length { found: public.len() })?;
        let key = Self::new(name, kind, public)?;
        if key.id == id { Ok(key) } else { Err(KeyError::Id { expected: key.id, found: id }) }
    }

    /// The name of the key.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The id over name, kind and public key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The public key itself. Two keys with the same one are of the same owner, whatever their
    /// names and kinds.
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Checks a signature of the text of a note, strictly: there is one spelling of a signature,
    /// and no weak point is taken (RFC 8032, section 5.1.7, with the cofactorless equation).
    /// A cosignature says its time.
    pub(super) fn verify(
        &self,
        text: &str,
        signature: &[u8],
    ) -> Result<Option<CosignatureTime>, Bad> {
        match self.kind {
            KeyKind::Note => self.verify_bytes(text.as_bytes(), signature).map(|()| None),
            KeyKind::Cosignature => {
                let (time, signature) = split_cosignature(signature).ok_or(Bad)?;
                let message = cosigned_message(time, text);
                self.verify_bytes(message.as_bytes(), signature).map(|()| Some(time))
            }
        }
    }

    fn verify_bytes(&self, message: &[u8], signature: &[u8]) -> Result<(), Bad> {
        let signature = Signature::from_slice(signature).map_err(|_| Bad)?;
        self.key.verify_strict(message, &signature).map_err(|_| Bad)
    }
}

/// Divides `NAME+ID+KEY` at the first two `+`.
pub(super) fn split_key(text: &str) -> Result<(KeyName, KeyId, Vec<u8>), KeyError> {
    let (name, rest) = text.split_once('+').ok_or(KeyError::Malformed)?;
    let (id, key) = rest.split_once('+').ok_or(KeyError::Malformed)?;
    let name = KeyName::parse(name).ok_or(KeyError::Name)?;
    let id = KeyId::parse(id).ok_or(KeyError::Malformed)?;
    let bytes = read_base64(key).ok_or(KeyError::Malformed)?;
    Ok((name, id, bytes))
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.kind.byte()], self.public_key().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, write_base64(&bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(public: [u8; 32]) -> Result<VerifierKey, KeyError> {
        VerifierKey::new(KeyName::parse("n").unwrap(), KeyKind::Note, &public)
    }

    fn from_hex(digits: &str) -> [u8; 32] {
        crate::digest::read_hex(digits).unwrap()
    }

    /// The eight points of small order, and their other encodings.
    #[test]
    fn weak_keys_are_refused() {
        let last = |first: u8, last: u8, between: u8| {
            let mut bytes = [between; 32];
            (bytes[0], bytes[31]) = (first, last);
            bytes
        };
        for weak in [
            last(1, 0, 0),
            last(1, 0x80, 0),
            last(0, 0, 0),
            last(0, 0x80, 0),
            last(0xec, 0x7f, 0xff),
            last(0xec, 0xff, 0xff),
            last(0xed, 0x7f, 0xff),
            last(0xed, 0xff, 0xff),
            last(0xee, 0x7f, 0xff),
            last(0xee, 0xff, 0xff),
            from_hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
            from_hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
            from_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
            from_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
        ] {
            assert!(matches!(key(weak), Err(KeyError::Weak | KeyError::NoPoint)), "{weak:02x?}");
        }
        assert_eq!(key(last(1, 0, 0)), Err(KeyError::Weak));
    }

    /// y = p + 3 and y = p + 4 lie on the curve as y = 3 and y = 4 do, in a second encoding.
    #[test]
    fn a_key_has_one_encoding() {
        let mut refused = 0;
        for above in 2..19_u8 {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (0xed + above, 0x7f);
            let mut reduced = [0; 32];
            reduced[0] = above;
            if key(reduced).is_ok() {
                assert_eq!(key(bytes), Err(KeyError::NoPoint));
                refused += 1;
            }
        }
        assert!(refused > 0);
    }
}
