//! Dates as people say them. Nothing that was recorded gets lost on the way: two dates that differ
//! read differently, and what is no date stands as it is.

use chrono::{Datelike, NaiveDate};
use dispute_core::{Instant, Zone};

use crate::render::text::flat;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// One end of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Point<'a> {
    year: &'a str,
    month: Option<&'static str>,
    day: Option<NaiveDate>,
    /// The time with its offset, as written.
    time: Option<(&'a str, &'a str)>,
    doubt: Option<char>,
}

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `Fri 7 Feb 2025`, `between 6 and 19 Feb 2025`
    Sentence,
    /// `7 Feb 2025`, `between 6 and 19 Feb 2025`
    Brief,
    /// `7 Feb 2025`, `6–19 Feb 2025`
    Column,
}

/// An EDTF date in words: `Fri 7 Feb 2025`, `between 6 and 19 Feb 2025`, `by 4 Oct 2024`.
pub(crate) fn in_words(text: &str) -> String {
    said(text, Form::Sentence)
}

/// The same without the day of the week.
pub(crate) fn in_brief(text: &str) -> String {
    said(text, Form::Brief)
}

/// The same for a column of a table: `6–19 Feb 2025`.
pub(crate) fn in_column(text: &str) -> String {
    said(text, Form::Column)
}

/// Since when something holds: `since Fri 7 Feb 2025`, `begun between 6 and 19 Feb 2025`. Empty
/// where there is no date.
pub(crate) fn since(text: &str) -> String {
    let words = in_words(text);
    match text.split_once('/') {
        _ if text.is_empty() => String::new(),
        Some(_) => format!("begun {words}"),
        None => format!("since {words}"),
    }
}

/// A moment in words, in a zone: `Thu 20 Feb 2025, 14:03`, to the second where it is no whole
/// minute.
pub(crate) fn moment(at: Instant, zone: Zone) -> String {
    let civil = zone.civil_of(at);
    let whole_minute = at.as_micros() % 60_000_000 == 0;
    let clock = civil.format(if whole_minute { "%H:%M" } else { "%H:%M:%S" });
    format!("{}, {clock}", day_in_words(civil.date()))
}

/// A day in words: `Fri 7 Feb 2025`.
pub(crate) fn day_in_words(day: NaiveDate) -> String {
    let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
    let weekday = WEEKDAYS.get(weekday).copied().unwrap_or_default();
    format!("{weekday} {}", day_in_brief(day))
}

fn day_in_brief(day: NaiveDate) -> String {
    let month = month_name(day.month()).unwrap_or_default();
    format!("{} {month} {}", day.day(), day.year())
}

fn said(text: &str, form: Form) -> String {
    let words = match text.split_once('/') {
        None => Point::read(text).map(|point| point.marked(form)),
        Some(("..", end)) => Point::read(end).map(|end| format!("by {}", end.marked(form.plain()))),
        Some((start, "..")) => {
            let word = if form == Form::Column { "from" } else { "not before" };
            Point::read(start).map(|start| format!("{word} {}", start.marked(form.plain())))
        }
        Some((start, end)) => {
            let ends = Point::read(start).zip(Point::read(end));
            ends.map(|(start, end)| interval(&start, &end, form.plain()))
        }
    };
    words.unwrap_or_else(|| flat(text))
}

fn interval(start: &Point<'_>, end: &Point<'_>, form: Form) -> String {
    let last = end.marked(form);
    let first = match (start.day, end.day) {
        _ if !start.is_plain() || !end.is_plain() => start.marked(form),
        (Some(from), Some(to)) if from.year() == to.year() => match from.month() == to.month() {
            true if from != to => from.day().to_string(),
            _ if from == to => start.marked(form),
            _ => format!("{} {}", from.day(), month_name(from.month()).unwrap_or_default()),
        },
        (None, None) if start.year == end.year => match (start.month, end.month) {
            (Some(from), Some(to)) if from != to => from.to_owned(),
            _ => start.marked(form),
        },
        _ => start.marked(form),
    };
    match form {
        Form::Column => format!("{first}–{last}"),
        Form::Sentence | Form::Brief => format!("between {first} and {last}"),
    }
}

impl Form {
    /// Days of the week say little where a date is not one day.
    fn plain(self) -> Self {
        if self == Self::Sentence { Self::Brief } else { self }
    }
}

impl<'a> Point<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let doubt = text.chars().last().filter(|c| matches!(c, '~' | '?' | '%'));
        let text = text.strip_suffix(['~', '?', '%']).unwrap_or(text);
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut fields = date.split('-');
        let year = fields.next().filter(|year| digits(year, 4).is_some())?;
        let month = match fields.next() {
            Some(month) => Some(month_name(digits(month, 2)?)?),
            None => None,
        };
        let day = match fields.next() {
            Some(_) => Some(NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?),
            None => None,
        };
        if fields.next().is_some() || date.len() > 10 || (day.is_none() && time.is_some()) {
            return None;
        }
        let time = time.map(|time| match time.find(['Z', '+', '-']) {
            Some(at) => time.split_at_checked(at).unwrap_or((time, "")),
            None => (time, ""),
        });
        Some(Self { year, month, day, time, doubt })
    }

    /// Whether it is a year, a month or a day without a mark of doubt.
    fn is_plain(&self) -> bool {
        self.doubt.is_none() && self.time.is_none()
    }

    fn marked(&self, form: Form) -> String {
        let words = self.unmarked(form);
        match (self.doubt, form) {
            (None, _) => words,
            (Some('~'), Form::Sentence | Form::Brief) => format!("about {words}"),
            (Some('?'), Form::Sentence | Form::Brief) => format!("{words} (uncertain)"),
            (Some(_), Form::Sentence | Form::Brief) => format!("about {words} (uncertain)"),
            (Some('~'), Form::Column) => format!("~{words}"),
            (Some('?'), Form::Column) => format!("{words}?"),
            (Some(_), Form::Column) => format!("~{words}?"),
        }
    }

    fn unmarked(&self, form: Form) -> String {
        let date = match (self.day, self.month) {
            (Some(day), _) if form == Form::Sentence => day_in_words(day),
            (Some(day), _) => day_in_brief(day),
            (None, Some(month)) => format!("{month} {}", self.year),
            (None, None) => self.year.to_owned(),
        };
        match self.time {
            None => date,
            Some((clock, "")) => format!("{date}, {clock}"),
            Some((clock, "Z")) => format!("{date}, {clock} UTC"),
            Some((clock, offset)) => format!("{date}, {clock} {offset}"),
        }
    }
}

fn month_name(month: u32) -> Option<&'static str> {
    let place = usize::try_from(month).ok()?.checked_sub(1)?;
    MONTHS.get(place).copied()
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let fits = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use dispute_core::Edtf;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_said_as_people_say_them() {
        for (text, words, column) in [
            ("2025", "2025", "2025"),
            ("2025-01", "Jan 2025", "Jan 2025"),
            ("2025-02-07", "Fri 7 Feb 2025", "7 Feb 2025"),
            ("2024-10-21T06:00", "Mon 21 Oct 2024, 06:00", "21 Oct 2024, 06:00"),
            ("2024-10-21T06:00:30Z", "Mon 21 Oct 2024, 06:00:30 UTC", "21 Oct 2024, 06:00:30 UTC"),
            (
                "2024-10-21T06:00-07:00",
                "Mon 21 Oct 2024, 06:00 -07:00",
                "21 Oct 2024, 06:00 -07:00",
            ),
            ("2025-02-06/2025-02-19", "between 6 and 19 Feb 2025", "6–19 Feb 2025"),
            ("2024-09-30/2024-10-04", "between 30 Sep and 4 Oct 2024", "30 Sep–4 Oct 2024"),
            (
                "2024-12-30/2025-01-02",
                "between 30 Dec 2024 and 2 Jan 2025",
                "30 Dec 2024–2 Jan 2025",
            ),
            ("2022-08/2022-10", "between Aug and Oct 2022", "Aug–Oct 2022"),
            ("2022/2023", "between 2022 and 2023", "2022–2023"),
            ("2022-08/2022-10-04", "between Aug 2022 and 4 Oct 2022", "Aug 2022–4 Oct 2022"),
            ("../2024-10-04", "by 4 Oct 2024", "by 4 Oct 2024"),
            ("2024-10-04/..", "not before 4 Oct 2024", "from 4 Oct 2024"),
            ("2025-04-16~", "about Wed 16 Apr 2025", "~16 Apr 2025"),
            ("2025-04?", "Apr 2025 (uncertain)", "Apr 2025?"),
            ("2025%", "about 2025 (uncertain)", "~2025?"),
            (
                "2025-02-06~/2025-02-19",
                "between about 6 Feb 2025 and 19 Feb 2025",
                "~6 Feb 2025–19 Feb 2025",
            ),
            ("../2024-10-04?", "by 4 Oct 2024 (uncertain)", "by 4 Oct 2024?"),
        ] {
            assert!(Edtf::parse(text).is_ok(), "{text}");
            assert_eq!((in_words(text).as_str(), in_column(text).as_str()), (words, column));
        }
        assert_eq!(in_brief("2025-02-07"), "7 Feb 2025");
        assert_eq!(in_brief("2025-02-06/2025-02-19"), "between 6 and 19 Feb 2025");
    }

    #[test]
    fn what_is_no_date_stands_as_it_is() {
        for text in ["", "soon", "2025-13", "2025-02-30", "2025-2-3", "2025-02-07-01", "/", "a/b"] {
            assert_eq!(in_words(text), text);
        }
        assert_eq!(in_words("20\u{1b}25"), "20\\u{1b}25");
    }

    #[test]
    fn a_beginning_is_said_as_far_as_it_is_known() {
        assert_eq!(since("2025-02-07"), "since Fri 7 Feb 2025");
        assert_eq!(since("2025-02-06/2025-02-19"), "begun between 6 and 19 Feb 2025");
        assert_eq!(since("../2024-10-04"), "begun by 4 Oct 2024");
        assert_eq!(since(""), "");
    }

    #[test]
    fn a_moment_is_said_in_a_zone() {
        let at = Instant::parse("2025-02-21T07:59:59Z").unwrap();
        let zone = Zone::parse("America/Los_Angeles").unwrap();
        assert_eq!(moment(at, zone), "Thu 20 Feb 2025, 23:59:59");
    }

    fn ends() -> impl Strategy<Value = String> {
        let day = (2024_u32..2026, 1_u32..4, 1_u32..4);
        let mark = prop_oneof![Just(""), Just("~"), Just("?"), Just("%")];
        let time = prop_oneof![Just(""), Just("T06:00"), Just("T06:00Z"), Just("T06:00-01:00")];
        (day, 0_u8..3, time, mark).prop_map(|((year, month, day), precision, time, mark)| {
            match precision {
                0 => format!("{year}{mark}"),
                1 => format!("{year}-{month:02}{mark}"),
                _ => format!("{year}-{month:02}-{day:02}{time}{mark}"),
            }
        })
    }

    fn dates() -> impl Strategy<Value = String> {
        prop_oneof![
            ends(),
            ends().prop_map(|end| format!("../{end}")),
            ends().prop_map(|start| format!("{start}/..")),
            (ends(), ends()).prop_map(|(start, end)| format!("{start}/{end}")),
        ]
    }

    proptest! {
        #[test]
        fn dates_that_differ_read_differently(dates in prop::collection::vec(dates(), 200)) {
            for form in [in_words, in_brief, in_column] {
                let mut read: HashMap<String, &String> = HashMap::new();
                for date in &dates {
                    prop_assert_eq!(*read.entry(form(date)).or_insert(date), date);
                }
            }
        }
    }
}
