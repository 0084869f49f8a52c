//! Civil time in a time zone: where a day begins, and which times a zone skipped or had twice.

use std::cell::Cell;
use std::fmt;

use chrono::{DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime};
use chrono::{Offset, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use thiserror::Error;

use crate::instant::Instant;

/// A time zone of the IANA database, as of the release that the program was built with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// A civil time that names no moment, or two; or an interval of such times that is backwards.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CivilTimeError {
    /// The zone's clocks jumped over it.
    #[error("{time} does not exist in {zone}: the clocks were put forward over it")]
    Nonexistent {
        /// The time, as `2024-03-10T02:30`, or a whole day.
        time: String,
        /// The zone.
        zone: Zone,
    },
    /// The zone's clocks showed it twice.
    #[error("{time} happened twice in {zone}: the clocks were put back")]
    Ambiguous {
        /// The time.
        time: String,
        /// The zone.
        zone: Zone,
        /// The offsets of the first and the second time, as `-07:00`.
        offsets: [String; 2],
    },
    /// An interval that ends before it begins.
    #[error("the interval {interval} ends before it begins")]
    Backwards {
        /// The interval, as given.
        interval: String,
    },
}

/// How many starts of days are remembered: those of eleven years of one zone, in 64 KiB.
const SLOTS: i32 = 4096;

thread_local! {
    /// Starts of days that were asked for: a record asks for few days, each of them many times.
    static STARTS: [Cell<Option<(Zone, NaiveDate, Instant)>>; SLOTS as usize] =
        const { [const { Cell::new(None) }; SLOTS as usize] };
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);
    /// The release of the IANA database that the program was built with. Another one may place a
    /// civil time at another moment.
    pub const RELEASE: &str = chrono_tz::IANA_TZDB_VERSION;

    /// The zone of an IANA name such as `America/Los_Angeles`.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    /// The IANA names that are nearest to a text, for a hint.
    pub fn suggestions(text: &str) -> Vec<&'static str> {
        let wanted = text.to_ascii_lowercase().replace(' ', "_");
        let city = wanted.rsplit('/').next().unwrap_or_default();
        let mut near: Vec<(usize, &'static str)> = chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| zone.name())
            .map(|name| {
                let known = name.to_ascii_lowercase();
                let known_city = known.rsplit('/').next().unwrap_or_default();
                (strsim::levenshtein(known_city, city), name)
            })
            .filter(|(distance, _)| *distance <= 2)
            .collect();
        near.sort_unstable();
        near.into_iter().map(|(_, name)| name).take(3).collect()
    }

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The date that calendars in this zone showed at a moment.
    pub fn date_of(self, moment: Instant) -> NaiveDate {
        moment.to_utc().with_timezone(&self.0).date_naive()
    }

    /// The civil time that clocks in this zone showed at a moment.
    pub fn civil_of(self, moment: Instant) -> NaiveDateTime {
        moment.to_utc().with_timezone(&self.0).naive_local()
    }

    /// The first moment of a day in this zone. Where the clocks jumped over midnight, the moment
    /// of the jump; where they showed it twice, the first.
    pub fn start_of(self, day: NaiveDate) -> Instant {
        STARTS.with(|starts| {
            let Some(remembered) = starts.get(self.slot_of(day)) else {
                return self.find_start_of(day);
            };
            match remembered.get() {
                Some((zone, known, start)) if zone == self && known == day => start,
                _ => {
                    let start = self.find_start_of(day);
                    remembered.set(Some((self, day, start)));
                    start
                }
            }
        })
    }

    /// Days that follow one another, and equal days of many zones, have slots of their own.
    fn slot_of(self, day: NaiveDate) -> usize {
        let counted = day.year() * 366 + day.ordinal0().cast_signed() + self.0 as i32 * 37;
        usize::try_from(counted.rem_euclid(SLOTS)).unwrap_or_default()
    }

    fn find_start_of(self, day: NaiveDate) -> Instant {
        let midnight = day.and_time(NaiveTime::MIN);
        Instant::from_utc(match self.0.from_local_datetime(&midnight) {
            MappedLocalTime::Single(moment) => moment.to_utc(),
            MappedLocalTime::Ambiguous(first, second) => first.min(second).to_utc(),
            MappedLocalTime::None => self.end_of_gap(midnight),
        })
    }

    /// The first moment after a day in this zone.
    pub fn end_of(self, day: NaiveDate) -> Instant {
        self.start_of(day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX))
    }

    /// The end of the day that this zone had at a moment.
    pub fn end_of_day_at(self, moment: Instant) -> Instant {
        self.end_of(self.date_of(moment))
    }

    /// The span of a whole day: its first moment and the first after it.
    ///
    /// # Errors
    /// [`CivilTimeError::Nonexistent`] where the zone skipped the whole day (Samoa, 2011-12-30).
    pub fn day(self, day: NaiveDate) -> Result<(Instant, Instant), CivilTimeError> {
        let (first, after) = (self.start_of(day), self.end_of(day));
        if first < after {
            return Ok((first, after));
        }
        Err(CivilTimeError::Nonexistent { time: day.to_string(), zone: self })
    }

    /// The moment of a civil time.
    ///
    /// # Errors
    /// [`CivilTimeError`] where the zone skipped it or had it twice.
    pub fn moment_of(self, time: NaiveDateTime) -> Result<Instant, CivilTimeError> {
        let shown = || {
            let text = time.format("%Y-%m-%dT%H:%M:%S").to_string();
            text.strip_suffix(":00").unwrap_or(&text).to_owned()
        };
        match self.0.from_local_datetime(&time) {
            MappedLocalTime::Single(moment) => Ok(Instant::from_utc(moment.to_utc())),
            MappedLocalTime::Ambiguous(first, second) => Err(CivilTimeError::Ambiguous {
                time: shown(),
                zone: self,
                offsets: [first.offset().fix().to_string(), second.offset().fix().to_string()],
            }),
            MappedLocalTime::None => Err(CivilTimeError::Nonexistent { time: shown(), zone: self }),
        }
    }

    /// The moment at which the zone's clocks jumped over a civil time.
    fn end_of_gap(self, skipped: NaiveDateTime) -> DateTime<Utc> {
        // No offset and no jump exceeds a day, so the jump lies within two days of the time as UTC.
        let mut before = skipped.and_utc() - TimeDelta::hours(48);
        let mut after = skipped.and_utc() + TimeDelta::hours(48);
        while after - before > TimeDelta::seconds(1) {
            let middle = before + (after - before) / 2;
            if middle.with_timezone(&self.0).naive_local() < skipped {
                before = middle;
            } else {
                after = middle;
            }
        }
        // The search ends between two whole seconds, and zones jump on whole seconds.
        DateTime::from_timestamp(after.timestamp(), 0).unwrap_or(after)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a date lies in the years that texts can name.
pub(crate) fn is_nameable(date: NaiveDate) -> bool {
    (0..=9999).contains(&date.year())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    proptest! {
        #[test]
        fn a_start_that_is_remembered_is_that_of_its_day_and_zone(
            zones in prop::collection::vec(select(&chrono_tz::TZ_VARIANTS[..]), 1..4),
            days in prop::collection::vec((1900..2100, 1_u32..=366), 1..20),
        ) {
            let days = days.iter().filter_map(|(year, n)| NaiveDate::from_yo_opt(*year, *n));
            let days: Vec<NaiveDate> = days.collect();
            // Each of them again, and with days between that fall into the same slots.
            let slots = [0, 1, 0, SLOTS, 0];
            for (day, later) in days.iter().flat_map(|day| slots.map(|later| (day, later))) {
                let day = *day + TimeDelta::days(i64::from(later));
                for zone in zones.iter().copied().map(Zone) {
                    prop_assert_eq!(zone.start_of(day), zone.find_start_of(day), "{} {}", zone, day);
                }
            }
        }
    }

    #[test]
    fn days_that_share_a_slot_keep_their_own_starts() {
        let day = |n| NaiveDate::from_num_days_from_ce_opt(n).unwrap();
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let first = day(738_000);
        let rival = (738_001..).map(day).find(|day| zone.slot_of(*day) == zone.slot_of(first));
        let rival = rival.unwrap();
        for day in [first, rival, first, rival] {
            assert_eq!(zone.start_of(day), zone.find_start_of(day), "{day}");
        }
        assert_ne!(zone.start_of(first), zone.start_of(rival));
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_begins_at_local_midnight_or_where_the_clocks_jumped_over_it() {
        for (zone, date, start) in [
            ("America/Los_Angeles", "2024-10-21", "2024-10-21T07:00:00Z"),
            ("America/Los_Angeles", "2024-03-11", "2024-03-11T07:00:00Z"),
            ("Asia/Kolkata", "2024-02-29", "2024-02-28T18:30:00Z"),
            // Clocks jumped from 0:00 to 1:00.
            ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z"),
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
            // Clocks went from 1:00 back to 0:00 of the same day: midnight came twice.
            ("America/Havana", "2024-11-03", "2024-11-03T04:00:00Z"),
        ] {
            let zone = Zone::parse(zone).unwrap();
            assert_eq!(zone.start_of(day(date)).to_string(), start, "{zone} {date}");
        }
    }

    #[test]
    fn days_have_the_length_that_the_clocks_gave_them() {
        let zone = Zone::parse("America/Los_Angeles").unwrap();
        for (date, hours) in [("2024-03-10", 23), ("2024-11-03", 25), ("2024-07-01", 24)] {
            let (first, after) = zone.day(day(date)).unwrap();
            assert_eq!((after.as_micros() - first.as_micros()) / 3_600_000_000, hours, "{date}");
        }
        let samoa = Zone::parse("Pacific/Apia").unwrap();
        assert!(matches!(samoa.day(day("2011-12-30")), Err(CivilTimeError::Nonexistent { .. })));
        assert!(samoa.day(day("2011-12-31")).is_ok());
    }

    #[test]
    fn skipped_and_doubled_times_are_errors() {
        let zone = Zone::parse("America/Los_Angeles").unwrap();
        let at = |text: &str| zone.moment_of(text.parse().unwrap());
        assert!(matches!(at("2024-03-10T02:30:00"), Err(CivilTimeError::Nonexistent { .. })));
        let Err(CivilTimeError::Ambiguous { offsets, .. }) = at("2024-11-03T01:30:00") else {
            panic!("01:30 came twice");
        };
        assert_eq!(offsets, ["-07:00", "-08:00"]);
        assert_eq!(at("2024-11-03T02:00:00").unwrap().to_string(), "2024-11-03T10:00:00Z");
    }

    #[test]
    fn a_misspelt_zone_finds_its_name() {
        assert!(Zone::suggestions("America/Los Angles").contains(&"America/Los_Angeles"));
        assert_eq!(Zone::parse("Pacific Time"), None);
    }
}
