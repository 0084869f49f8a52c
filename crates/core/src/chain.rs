//! Where the chain of envelopes ends, and what may follow there.

use std::fmt;

use thiserror::Error;

use crate::digest::Digest;
use crate::envelope::{Envelope, LedgerId};
use crate::instant::Instant;

/// The place of an envelope in its ledger. The ledger's own envelope is 0, the first event is 1,
/// and there are no gaps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(u64);

/// Where the chain ends: the last envelope's place, digest and recording time. Whoever holds a
/// head that was written down elsewhere can tell whether the ledger still contains it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head {
    /// The place of the last envelope.
    pub sequence: Sequence,
    /// The digest of the last envelope.
    pub digest: Digest,
    /// When the last envelope was recorded.
    pub recorded_at: Instant,
}

/// A head as somebody wrote it down: `57:9c41e0f7…`, with at least eight digits of the digest.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ExpectedHead {
    sequence: Sequence,
    digits: String,
}

/// Why an envelope cannot be the next one of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Misfit {
    /// Its sequence is not one more than the last.
    #[error("its sequence is {found}, not {expected}")]
    Sequence {
        /// One more than the sequence of the head.
        expected: Sequence,
        /// The sequence in the envelope.
        found: Sequence,
    },
    /// It names another predecessor.
    #[error("it follows {found}, not {expected}")]
    Previous {
        /// The digest of the head.
        expected: Digest,
        /// The digest in the envelope.
        found: Digest,
    },
    /// It was sealed for another ledger.
    #[error("it belongs to ledger {found}, not {expected}")]
    Ledger {
        /// The id of this ledger.
        expected: LedgerId,
        /// The id in the envelope.
        found: LedgerId,
    },
    /// It was recorded before its predecessor.
    #[error("it was recorded at {found}, before {earliest}")]
    RecordedAt {
        /// When its predecessor was recorded.
        earliest: Instant,
        /// When it says that it was recorded.
        found: Instant,
    },
}

impl Sequence {
    /// The place of the ledger's own envelope.
    pub const LEDGER: Self = Self(0);

    /// The place with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number. It is also the number of events up to and with it, since the ledger's own
    /// envelope is 0.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl ExpectedHead {
    /// The fewest digits of a digest that name it: 32 bits, so that an accident is unlikely.
    pub const FEWEST_DIGITS: usize = 8;

    /// Reads `SEQUENCE:DIGITS`. `None` where it is not that, or has fewer than eight digits or
    /// more than 64.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, digits) = text.split_once(':')?;
        let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (Self::FEWEST_DIGITS..=64).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let sequence = Sequence(number.parse().ok()?);
        (plain && fits).then(|| Self { sequence, digits: digits.to_ascii_lowercase() })
    }

    /// The place that it speaks of.
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The digits of the digest that were written down, in lower case.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Whether a digest begins with the digits that were written down.
    pub fn names(&self, digest: &Digest) -> bool {
        digest.to_string().starts_with(&self.digits)
    }

    /// Whether it is exactly this head.
    pub fn is(&self, head: &Head) -> bool {
        self.sequence == head.sequence && self.names(&head.digest)
    }
}

impl From<&Head> for ExpectedHead {
    fn from(head: &Head) -> Self {
        Self { sequence: head.sequence, digits: head.digest.to_string() }
    }
}

/// Whether an envelope may follow a head in a ledger.
///
/// # Errors
/// The first [`Misfit`] that is found.
pub fn follows(ledger: &LedgerId, head: &Head, next: &Envelope) -> Result<(), Misfit> {
    let sequence = head.sequence.next();
    if *next.ledger() != *ledger {
        Err(Misfit::Ledger { expected: *ledger, found: *next.ledger() })
    } else if next.sequence() != sequence {
        Err(Misfit::Sequence { expected: sequence, found: next.sequence() })
    } else if *next.previous() != head.digest {
        Err(Misfit::Previous { expected: head.digest, found: *next.previous() })
    } else if next.recorded_at() < head.recorded_at {
        Err(Misfit::RecordedAt { earliest: head.recorded_at, found: next.recorded_at() })
    } else {
        Ok(())
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `57:9c41…`, with all 64 digits: what `--expect-head` takes.
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, self.digest)
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ExpectedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, self.digits)
    }
}

impl fmt::Debug for ExpectedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        let recorded_at = Instant::from_micros(0).unwrap();
        Head { sequence: Sequence(57), digest: Digest::of_bytes(b""), recorded_at }
    }

    #[test]
    fn a_head_is_expected_as_it_is_printed_or_cut_to_eight_digits() {
        let printed = head().to_string();
        assert!(printed.starts_with("57:af1349b9f5f9"));
        for good in [printed.as_str(), "57:af1349b9", "57:AF1349B9F5"] {
            assert!(ExpectedHead::parse(good).unwrap().is(&head()), "{good}");
        }
        assert!(!ExpectedHead::parse("58:af1349b9").unwrap().is(&head()));
        assert!(!ExpectedHead::parse("57:af1349b8").unwrap().is(&head()));
    }

    #[test]
    fn what_is_no_head_is_not_read_as_one() {
        let long = format!("57:{}", "a".repeat(65));
        for bad in ["", "57", "57:", "57:af1349b", "x:af1349b9", "+5:af1349b9", ":af1349b9", &long]
        {
            assert_eq!(ExpectedHead::parse(bad), None, "{bad}");
        }
        assert_eq!(ExpectedHead::parse("99999999999999999999:af1349b9"), None);
    }
}
