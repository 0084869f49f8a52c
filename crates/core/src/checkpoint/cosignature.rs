//! What a cosigner signs: a checkpoint and the time.

use std::fmt;

use crate::instant::Instant;

/// What the signed bytes of a cosignature begin with. No note that is signed begins so.
pub(super) const COSIGNATURE_HEADER: &str = "cosignature/v1\n";

/// When a checkpoint was cosigned: whole seconds since 1970-01-01T00:00:00 UTC, 0 to 2⁶³ − 1. It is
/// what the cosigner said, and signed with the rest (c2sp.org/tlog-cosignature).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CosignatureTime(u64);

impl CosignatureTime {
    /// The time that many seconds after 1970. `None` above 2⁶³ − 1.
    pub fn from_seconds(seconds: u64) -> Option<Self> {
        i64::try_from(seconds).is_ok().then_some(Self(seconds))
    }

    /// The second in which a moment lies. `None` before 1970.
    pub fn at(moment: Instant) -> Option<Self> {
        u64::try_from(moment.as_micros().div_euclid(1_000_000)).ok().and_then(Self::from_seconds)
    }

    /// The seconds since 1970.
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// The beginning of this second. `None` where it is later than any moment that is reckoned
    /// with.
    pub fn instant(self) -> Option<Instant> {
        let micros = i64::try_from(self.0).ok()?.checked_mul(1_000_000)?;
        Instant::from_micros(micros)
    }
}

/// The bytes that a cosigner signs.
pub(super) fn cosigned_message(time: CosignatureTime, text: &str) -> String {
    format!("{COSIGNATURE_HEADER}time {time}\n{text}")
}

/// Joins the time, eight bytes with the highest first, and the signature.
pub(super) fn join_cosignature(time: CosignatureTime, signature: &[u8]) -> Vec<u8> {
    [time.0.to_be_bytes().as_slice(), signature].concat()
}

/// The time and the signature of a cosignature. `None` where there is no time.
pub(super) fn split_cosignature(bytes: &[u8]) -> Option<(CosignatureTime, &[u8])> {
    let (time, signature) = bytes.split_first_chunk::<8>()?;
    Some((CosignatureTime::from_seconds(u64::from_be_bytes(*time))?, signature))
}

impl fmt::Display for CosignatureTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_whole_seconds_from_1970_to_the_end_of_time() {
        let at = |micros| CosignatureTime::at(Instant::from_micros(micros).unwrap());
        assert_eq!(at(0), CosignatureTime::from_seconds(0));
        assert_eq!(at(1_999_999), CosignatureTime::from_seconds(1));
        assert_eq!(at(-1), None);
        let end = i64::MAX.unsigned_abs();
        assert_eq!(CosignatureTime::from_seconds(end).unwrap().instant(), None);
        assert_eq!(CosignatureTime::from_seconds(end + 1), None);
        let time = CosignatureTime::from_seconds(1_770_193_051).unwrap();
        assert_eq!(time.instant().unwrap().to_string(), "2026-02-04T08:17:31Z");
    }

    #[test]
    fn a_cosignature_ends_within_its_time_or_has_one() {
        let time = CosignatureTime::from_seconds(7).unwrap();
        assert_eq!(
            split_cosignature(&join_cosignature(time, &[9; 64])),
            Some((time, &[9; 64][..]))
        );
        assert_eq!(split_cosignature(&[0; 7]), None);
        assert_eq!(split_cosignature(&[0xff; 72]), None);
    }
}
