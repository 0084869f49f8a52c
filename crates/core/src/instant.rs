//! A moment on the one clock that everybody shares.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

/// A moment, in microseconds since 1970-01-01T00:00:00 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The last moment that there is.
    pub const LAST: Self = Self(253_433_923_199_999_999);

    /// A moment from microseconds since 1970, UTC. `None` outside the years −9999 to 9999,
    /// where RFC 3339 has no words for it.
    pub fn from_micros(micros: i64) -> Option<Self> {
        const FIRST: i64 = -377_705_116_800_000_000;
        const AFTER_LAST: i64 = 253_433_923_200_000_000;
        (FIRST..AFTER_LAST).contains(&micros).then_some(Self(micros))
    }

    /// Microseconds since 1970, UTC.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 text.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = DateTime::parse_from_rfc3339(text).ok()?;
        Self::from_micros(moment.timestamp_micros())
    }

    pub(crate) fn from_utc(moment: DateTime<Utc>) -> Self {
        Self(moment.timestamp_micros())
    }

    pub(crate) fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The moment one microsecond before this one.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

/// RFC 3339 in UTC, with as many digits of the second as it needs.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_and_print_rfc_3339() {
        let moment = Instant::parse("2024-10-21T06:00:00-07:00").unwrap();
        assert_eq!(moment.to_string(), "2024-10-21T13:00:00Z");
        assert_eq!(moment.before().to_string(), "2024-10-21T12:59:59.999999Z");
        assert_eq!(Instant::from_micros(i64::MAX), None);
        let last = Instant::LAST.as_micros();
        assert_eq!(Instant::from_micros(last), Some(Instant::LAST));
        assert_eq!(Instant::from_micros(last + 1), None);
        assert!(Instant::from_micros(253_402_300_800_000_000).is_some(), "the end of 9999");
    }
}
