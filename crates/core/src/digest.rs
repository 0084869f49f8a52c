//! Digests: the only file that names BLAKE3.

use std::cell::RefCell;
use std::fmt;

/// A BLAKE3 digest: 32 bytes, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// What the digest of an envelope is derived with (FORMAT.md, "Digests").
const ENVELOPE: &str = "dispute-ledger 1 envelope";
/// What the commitment to a content is derived with (FORMAT.md, "Digests").
const CONTENT: &str = "dispute-ledger 1 content";

// The key of a context is itself a digest: it is derived once a thread, not once an event.
thread_local! {
    static ENVELOPE_HASHER: RefCell<blake3::Hasher> =
        RefCell::new(blake3::Hasher::new_derive_key(ENVELOPE));
    static CONTENT_HASHER: RefCell<blake3::Hasher> =
        RefCell::new(blake3::Hasher::new_derive_key(CONTENT));
}

fn derived(hasher: &mut blake3::Hasher, parts: &[&[u8]]) -> Digest {
    hasher.reset();
    for part in parts {
        hasher.update(part);
    }
    Digest(*hasher.finalize().as_bytes())
}

impl Digest {
    /// What the first envelope names as its predecessor: 32 zero bytes.
    pub const NONE: Self = Self([0; 32]);

    /// The digest of an envelope, over exactly the bytes that are stored.
    pub fn of_envelope(bytes: &[u8]) -> Self {
        ENVELOPE_HASHER.with_borrow_mut(|hasher| derived(hasher, &[bytes]))
    }

    /// The commitment to a content: over its salt, then its bytes. Nobody can guess the content
    /// from the commitment once the salt is erased with it.
    pub fn of_content(salt: &[u8; 32], content: &[u8]) -> Self {
        CONTENT_HASHER.with_borrow_mut(|hasher| derived(hasher, &[salt, content]))
    }

    /// The plain BLAKE3 digest of some bytes, such as an archived copy of a source.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// A digest from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits, of either case. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        read_hex(text).map(Self)
    }
}

/// The plain BLAKE3 digest of bytes that come one after the other.
pub(crate) struct RunningDigest(blake3::Hasher);

impl RunningDigest {
    pub(crate) fn new() -> Self {
        Self(blake3::Hasher::new())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes so far.
    pub(crate) fn finish(&self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Writes bytes as lower-case hexadecimal digits.
pub(crate) fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    let digits = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]);
    // At once: the formatter takes longer over a digit than all of them take here.
    let mut text = String::with_capacity(2 * bytes.len());
    text.extend(digits);
    f.write_str(&text)
}

/// Reads exactly `N` bytes from hexadecimal digits.
pub(crate) fn read_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_what_it_prints() {
        let digest = Digest::of_bytes(b"kp-19");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::parse(&digest.to_string().to_uppercase()), Some(digest));
        for bad in ["", "00", &"g".repeat(64), &"0".repeat(63), &"0".repeat(65), &"é".repeat(32)] {
            assert_eq!(Digest::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn one_input_has_another_digest_in_every_role() {
        let salt = [7; 32];
        let salted = [&salt[..], b"x"].concat();
        let digests = [
            Digest::of_envelope(&salted),
            Digest::of_content(&salt, b"x"),
            Digest::of_bytes(&salted),
        ];
        assert_ne!(digests[0], digests[1]);
        assert_ne!(digests[1], digests[2]);
        assert_ne!(digests[0], digests[2]);
    }

    #[test]
    fn the_plain_digest_is_blake3() {
        let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(Digest::of_bytes(b"").to_string(), empty);
    }
}
