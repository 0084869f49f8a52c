//! The names that events, disputes, parties and issues go by.

use std::fmt;

use smol_str::SmolStr;

/// The longest event id or slug, in bytes (EVENTS.md, "Keys of every event").
pub const LONGEST_NAME: usize = 64;

/// The id of an event: `[A-Za-z0-9][A-Za-z0-9._-]*`, at most 64 bytes, unique in its ledger.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(SmolStr);

/// A name that people choose for a dispute, a party, a standard, a unit, a contract, an issue,
/// a metric or a tag: `[a-z0-9][a-z0-9-]*`, at most 64 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(SmolStr);

impl EventId {
    /// Reads an id, or gives `None` where the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        Self::is_one(text).then(|| Self(SmolStr::new(text)))
    }

    /// Whether a text is an id.
    pub(crate) fn is_one(text: &str) -> bool {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.len() <= LONGEST_NAME
            && text.bytes().all(fits)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An id put together from a few letters and digits, which always make one.
    pub(crate) fn of_symbols(text: String) -> Self {
        debug_assert!(Self::parse(&text).is_some(), "{text}");
        Self(text.into())
    }
}

impl Slug {
    /// Reads a slug, or gives `None` where the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        Self::is_one(text).then(|| Self(SmolStr::new(text)))
    }

    /// Whether a text is a slug.
    pub(crate) fn is_one(text: &str) -> bool {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !text.is_empty()
            && !text.starts_with('-')
            && text.len() <= LONGEST_NAME
            && text.bytes().all(fits)
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The slug that is nearest to a text: lower case, anything else turned into dashes.
    /// `None` where nothing of the text is left.
    pub fn nearest(text: &str) -> Option<Self> {
        let dashed: String = text
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        let words: Vec<&str> = dashed.split('-').filter(|word| !word.is_empty()).collect();
        let mut joined = words.join("-");
        joined.truncate(LONGEST_NAME);
        Self::parse(&joined)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The first eight bytes of a text as a number that sorts as they do; zeros stand behind what is
/// shorter, which no id has.
pub(crate) fn first_bytes(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    for (to, from) in first.iter_mut().zip(bytes) {
        *to = *from;
    }
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_slugs_keep_to_their_alphabets() {
        for good in ["K33", "a", "0.1_x-y"] {
            assert!(EventId::parse(good).is_some(), "{good}");
        }
        for bad in ["", "-a", ".x", "a b", "é", &"a".repeat(65)] {
            assert!(EventId::parse(bad).is_none(), "{bad}");
        }
        for good in ["kaiser", "1199-seiu", &"a".repeat(64)] {
            assert!(Slug::parse(good).is_some(), "{good}");
        }
        for bad in ["", "Kaiser", "-a", "a_b", "ä"] {
            assert!(Slug::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(Slug::nearest("Kaiser Permanente!").unwrap().as_str(), "kaiser-permanente");
        assert_eq!(Slug::nearest("…"), None);
    }
}
