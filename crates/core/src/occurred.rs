//! When something happened, as far as anybody knows: EDTF text and the span of time it stands for.

use std::fmt;

use chrono::{Datelike, FixedOffset, Months, NaiveDate, NaiveDateTime};
use thiserror::Error;

use crate::instant::Instant;
use crate::zone::{CivilTimeError, Zone, is_nameable};

/// A date of the part of EDTF (ISO 8601-2) that EVENTS.md, "Dates", names: a year, month, day,
/// minute or second, an interval of two of these with one end possibly open, each with a mark of
/// doubt (`~`, `?`, `%`) that is kept and shown and widens nothing. Keeps the text as given.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Edtf {
    text: String,
    extent: Extent,
}

/// A half-open span of time: from `earliest` until before `latest`, each absent where open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first moment.
    pub earliest: Option<Instant>,
    /// The first moment after it.
    pub latest: Option<Instant>,
}

/// Why a text is not a date.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not a date that can be read: {why}")]
pub struct DateError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub why: &'static str,
    /// Ways to write what was probably meant.
    pub suggestions: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Extent {
    One(Point),
    Between(Point, Point),
    By(Point),
    From(Point),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Point {
    Year(i32),
    /// The first day of the month.
    Month(NaiveDate),
    Day(NaiveDate),
    Time(NaiveDateTime, Precision, Option<FixedOffset>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Precision {
    Minute,
    Second,
}

impl Edtf {
    /// Reads a date.
    ///
    /// # Errors
    /// [`DateError`] with ways to write it, where the text is none.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let bad = |why| DateError { text: text.to_owned(), why, suggestions: suggestions(text) };
        let extent = parse_extent(text).map_err(bad)?;
        Ok(Self { text: text.to_owned(), extent })
    }

    /// Whether a text is a date.
    pub(crate) fn is_one(text: &str) -> bool {
        parse_extent(text).is_ok()
    }

    /// The date of one day.
    pub fn of_day(day: NaiveDate) -> Self {
        Self { text: day.to_string(), extent: Extent::One(Point::Day(day)) }
    }

    /// The text as given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The span that the text stands for, where times without an offset and days are read in a
    /// zone.
    ///
    /// # Errors
    /// [`CivilTimeError`] for a time that does not exist there or exists twice, and for an interval
    /// that ends before it begins.
    pub fn span(&self, zone: Zone) -> Result<Span, CivilTimeError> {
        let (earliest, latest) = match self.extent {
            Extent::One(point) => {
                let (first, after) = point.span(zone)?;
                (Some(first), Some(after))
            }
            Extent::Between(start, end) => (Some(start.span(zone)?.0), Some(end.span(zone)?.1)),
            Extent::By(end) => (None, Some(end.span(zone)?.1)),
            Extent::From(start) => (Some(start.span(zone)?.0), None),
        };
        let span = Span { earliest, latest };
        if span.is_empty() {
            return Err(CivilTimeError::Backwards { interval: self.text.clone() });
        }
        Ok(span)
    }

    /// Whether the span is one in every zone: neither end open.
    pub fn has_end(&self) -> bool {
        !matches!(self.extent, Extent::From(_))
    }

    /// The day, where the text names just one.
    pub fn as_day(&self) -> Option<NaiveDate> {
        match self.extent {
            Extent::One(Point::Day(day)) => Some(day),
            _ => None,
        }
    }

    /// The date without its marks of doubt, or `None` where it has none.
    pub fn without_doubt(&self) -> Option<String> {
        let plain = self.text.replace(['~', '?', '%'], "");
        (plain != self.text).then_some(plain)
    }
}

impl Span {
    /// Whether no moment lies in it.
    pub fn is_empty(self) -> bool {
        matches!((self.earliest, self.latest), (Some(first), Some(after)) if after <= first)
    }
}

impl Point {
    fn span(self, zone: Zone) -> Result<(Instant, Instant), CivilTimeError> {
        match self {
            Self::Year(year) => {
                Ok((zone.start_of(first_day(year)), zone.start_of(first_day(year + 1))))
            }
            Self::Month(first) => {
                let next = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
                Ok((zone.start_of(first), zone.start_of(next)))
            }
            Self::Day(day) => zone.day(day),
            Self::Time(time, precision, offset) => {
                let moment = match offset {
                    Some(offset) => Instant::from_utc((time - offset).and_utc()),
                    None => zone.moment_of(time)?,
                };
                let length = match precision {
                    Precision::Minute => 60_000_000,
                    Precision::Second => 1_000_000,
                };
                let after = Instant::from_micros(moment.as_micros() + length).unwrap_or(moment);
                Ok((moment, after))
            }
        }
    }
}

fn first_day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX)
}

fn parse_extent(text: &str) -> Result<Extent, &'static str> {
    if let Some(day) = parse_plain_day(text) {
        return Ok(Extent::One(Point::Day(day)));
    }
    Ok(match text.split_once('/') {
        None => Extent::One(parse_point(text)?),
        Some(("..", "..")) => return Err("an interval needs at least one end"),
        Some(("..", end)) => Extent::By(parse_point(end)?),
        Some((start, "..")) => Extent::From(parse_point(start)?),
        Some((start, end)) => Extent::Between(parse_point(start)?, parse_point(end)?),
    })
}

/// Reads what most dates are: a whole day and nothing else.
fn parse_plain_day(text: &str) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
        return None;
    };
    let number = |digits: &[u8]| {
        let number = digits.iter().fold(0, |number, b| number * 10 + u32::from(b & 15));
        digits.iter().all(u8::is_ascii_digit).then_some(number)
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

fn parse_point(text: &str) -> Result<Point, &'static str> {
    const SHAPE: &str = "dates are written 2025, 2025-04, 2025-04-05 or 2025-04-05T14:30";
    let text = text.strip_suffix(['~', '?', '%']).unwrap_or(text);
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut fields = date.split('-');
    let year = fields.next().and_then(|f| digits(f, 4)).ok_or(SHAPE)?;
    let year = i32::try_from(year).map_err(|_| SHAPE)?;
    let month = fields.next().map(|f| digits(f, 2).ok_or(SHAPE)).transpose()?;
    let day = fields.next().map(|f| digits(f, 2).ok_or(SHAPE)).transpose()?;
    if fields.next().is_some() {
        return Err(SHAPE);
    }
    let (Some(month), Some(day)) = (month, day) else {
        return match (month, time) {
            (_, Some(_)) => Err("a time needs a whole day before it"),
            (None, None) => Ok(Point::Year(year)),
            (Some(month), None) => NaiveDate::from_ymd_opt(year, month, 1)
                .map(Point::Month)
                .ok_or("there is no such month"),
        };
    };
    let day = NaiveDate::from_ymd_opt(year, month, day)
        .filter(|day| is_nameable(*day))
        .ok_or("there is no such day")?;
    match time {
        None => Ok(Point::Day(day)),
        Some(time) => parse_time(day, time),
    }
}

fn parse_time(day: NaiveDate, text: &str) -> Result<Point, &'static str> {
    const SHAPE: &str = "a time is written T14:30 or T14:30:00, with Z or an offset as -07:00";
    let (clock, offset) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at_checked(at).ok_or(SHAPE)?,
        None => (text, ""),
    };
    let offset = match offset {
        "" => None,
        "Z" => FixedOffset::east_opt(0),
        _ => Some(parse_offset(offset).ok_or(SHAPE)?),
    };
    let mut fields = clock.split(':');
    let hour = fields.next().and_then(|f| digits(f, 2)).ok_or(SHAPE)?;
    let minute = fields.next().and_then(|f| digits(f, 2)).ok_or(SHAPE)?;
    let second = fields.next().map(|f| digits(f, 2).ok_or(SHAPE)).transpose()?;
    if fields.next().is_some() {
        return Err(SHAPE);
    }
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    let time = day.and_hms_opt(hour, minute, second.unwrap_or(0)).ok_or("no clock shows that")?;
    Ok(Point::Time(time, precision, offset))
}

fn parse_offset(text: &str) -> Option<FixedOffset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?)
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let fits = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// What may have been meant by a text that is no date.
fn suggestions(text: &str) -> Vec<String> {
    let slashed: Vec<&str> = text.split(['/', '.']).collect();
    if let [first, second, year] = slashed.as_slice()
        && let (Ok(first), Ok(second), Some(year)) =
            (first.parse::<u32>(), second.parse::<u32>(), digits(year, 4))
    {
        return dated(year, &[(first, second), (second, first)]);
    }
    if let Some((date, clock)) = text.split_once(' ')
        && Edtf::parse(&format!("{date}T{clock}")).is_ok()
    {
        return vec![format!("{date}T{clock}")];
    }
    let padded: Vec<&str> = text.split('-').collect();
    if let [year, month, day] = padded.as_slice()
        && let (Some(year), Ok(month), Ok(day)) = (digits(year, 4), month.parse(), day.parse())
    {
        return dated(year, &[(month, day)]);
    }
    Vec::new()
}

/// The days that a year and pairs of month and day name, each once.
fn dated(year: u32, pairs: &[(u32, u32)]) -> Vec<String> {
    let mut days = Vec::new();
    for (month, day) in pairs {
        let date = i32::try_from(year).ok().and_then(|y| NaiveDate::from_ymd_opt(y, *month, *day));
        if let Some(date) = date.filter(|date| date.year() > 0) {
            let text = date.to_string();
            if !days.contains(&text) {
                days.push(text);
            }
        }
    }
    days
}

impl fmt::Display for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, zone: &str) -> String {
        let span = Edtf::parse(text).unwrap().span(Zone::parse(zone).unwrap()).unwrap();
        let end = |moment: Option<Instant>| moment.map_or("..".to_owned(), |m| m.to_string());
        format!("{} {}", end(span.earliest), end(span.latest))
    }

    #[test]
    fn every_precision_stands_for_its_half_open_span_in_the_zone() {
        for (text, expected) in [
            ("2024", "2024-01-01T08:00:00Z 2025-01-01T08:00:00Z"),
            ("2024-10", "2024-10-01T07:00:00Z 2024-11-01T07:00:00Z"),
            ("2024-12", "2024-12-01T08:00:00Z 2025-01-01T08:00:00Z"),
            ("2024-10-21", "2024-10-21T07:00:00Z 2024-10-22T07:00:00Z"),
            ("2024-10-21T06:00", "2024-10-21T13:00:00Z 2024-10-21T13:01:00Z"),
            ("2024-10-21T06:00:00-07:00", "2024-10-21T13:00:00Z 2024-10-21T13:00:01Z"),
            ("2024-10-21T06:00Z", "2024-10-21T06:00:00Z 2024-10-21T06:01:00Z"),
            ("2024-09-30/2024-10-04", "2024-09-30T07:00:00Z 2024-10-05T07:00:00Z"),
            ("../2024-10-04", ".. 2024-10-05T07:00:00Z"),
            ("2024-10-04/..", "2024-10-04T07:00:00Z .."),
            ("2024-10-04~", "2024-10-04T07:00:00Z 2024-10-05T07:00:00Z"),
            ("2024-10?/2024-11%", "2024-10-01T07:00:00Z 2024-12-01T08:00:00Z"),
        ] {
            assert_eq!(shown(text, "America/Los_Angeles"), expected, "{text}");
        }
    }

    #[test]
    fn a_plain_day_is_read_as_any_date_is() {
        for year in [0, 4, 1900, 2000, 2023, 2024, 9999] {
            for (month, day) in (0..=13).flat_map(|month| (0..=32).map(move |day| (month, day))) {
                let text = format!("{year:04}-{month:02}-{day:02}");
                let plain = parse_plain_day(&text).map(Point::Day);
                assert_eq!(plain, parse_point(&text).ok(), "{text}");
            }
        }
        for text in ["2024-1-011", "20２-01-01", "2024/01/01", "2024-01-0a", "+024-01-01"] {
            assert_eq!(parse_plain_day(text), None, "{text}");
            assert!(parse_point(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_date_is_refused_with_ways_to_write_it() {
        for (text, suggestions) in [
            ("04/05/2025", vec!["2025-04-05", "2025-05-04"]),
            ("13/05/2025", vec!["2025-05-13"]),
            ("2025-4-5", vec!["2025-04-05"]),
            ("2025-04-05 14:30", vec!["2025-04-05T14:30"]),
            ("Monday", vec![]),
            ("", vec![]),
            ("2025-02-30", vec![]),
            ("2025-13", vec![]),
            ("2025-04-05T24:00", vec![]),
            ("2025-04-05T23:59:60", vec![]),
            ("2025-04T10:00", vec![]),
            ("2025-04-05T10", vec![]),
            ("2025-04-05T10:00+7", vec![]),
            ("2025-04-05~~", vec![]),
            ("../..", vec![]),
            ("2025-01-01/2025-02-01/2025-03-01", vec![]),
            ("２０２５", vec![]),
            ("+2025", vec![]),
        ] {
            let error = Edtf::parse(text).unwrap_err();
            assert_eq!(error.suggestions, suggestions, "{text}");
        }
    }

    #[test]
    fn an_interval_that_ends_before_it_begins_has_no_span() {
        for text in
            ["2025-05/2025-03", "2025-04-05/2025-04-04", "2025-04-05T10:00/2025-04-05T09:59"]
        {
            let error = Edtf::parse(text).unwrap().span(Zone::UTC).unwrap_err();
            assert!(matches!(error, CivilTimeError::Backwards { .. }), "{text}");
        }
        assert!(Edtf::parse("2024-10/2024-10-04").unwrap().span(Zone::UTC).is_ok());
    }
}
