//! Dates of questions: EDTF, and `today`, `yesterday`, `N days ago`.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use dispute_core::{Edtf, Instant, Span, Zone};
use dispute_projection::AsOf;

use crate::error::{CommandError, Result};
use crate::output::Output;

/// What `today` means: the clock's day in a zone, or a day that was given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Today {
    /// The time.
    pub(crate) now: Instant,
    /// The day given with `--today`.
    pub(crate) given: Option<NaiveDate>,
}

impl Today {
    /// The day in a zone.
    pub(crate) fn in_zone(self, zone: Zone) -> NaiveDate {
        self.given.unwrap_or_else(|| zone.date_of(self.now))
    }

    /// A phrase as the date that it means; `None` where the text is no phrase.
    pub(crate) fn phrase(self, text: &str, zone: Zone) -> Option<String> {
        let today = self.in_zone(zone);
        let words: Vec<&str> = text.split_whitespace().collect();
        let day = match words.as_slice() {
            ["today"] => Some(today),
            ["yesterday"] => today.checked_sub_days(Days::new(1)),
            [days, "day" | "days", "ago"] => {
                today.checked_sub_days(Days::new(days.parse::<u32>().ok()?.into()))
            }
            _ => None,
        };
        day.map(|day| day.to_string())
    }

    /// The span of a date of a question, or of a moment to a part of a second, as envelopes have
    /// it. `ways` are the ways of writing one that a refusal names where it knows none nearer.
    fn span(self, text: &str, zone: Zone, ways: &str) -> Result<Span> {
        if let Some(moment) = Instant::parse(text).filter(|_| text.contains('.')) {
            let end = Instant::from_micros(moment.as_micros().saturating_add(1));
            return Ok(Span { earliest: Some(moment), latest: end });
        }
        let text = self.phrase(text, zone).unwrap_or_else(|| text.to_owned());
        let date = Edtf::parse(&text).map_err(|error| {
            let mut nearer = error.suggestions.clone();
            if nearer.is_empty() {
                nearer = self.weekday(&text, zone);
            }
            unreadable(error.to_string(), &nearer, ways)
        })?;
        date.span(zone).map_err(|error| unreadable(error.to_string(), &[], ways))
    }

    /// The two ways to write the last day of a name, as `Monday` or `last Monday`.
    fn weekday(self, text: &str, zone: Zone) -> Vec<String> {
        let name = text.strip_prefix("last ").unwrap_or(text).trim();
        let Ok(weekday) = name.parse::<Weekday>() else { return Vec::new() };
        let today = self.in_zone(zone);
        let ago = today.weekday().days_since(weekday);
        // The last one is not today.
        let ago = if ago == 0 && name != text { 7 } else { ago };
        let Some(day) = today.checked_sub_days(Days::new(ago.into())) else { return Vec::new() };
        let phrase = match ago {
            0 => "today".to_owned(),
            1 => "yesterday".to_owned(),
            days => format!("{days} days ago"),
        };
        vec![day.to_string(), phrase]
    }

    /// The cut at the end of a date, said for people. Without one, every known event counts.
    pub(crate) fn cut(
        self,
        flag: &str,
        date: Option<&str>,
        zone: Zone,
        output: Output,
    ) -> Result<AsOf> {
        let Some(text) = date else { return Ok(AsOf::now(self.now)) };
        let Some(end) = self.until(flag, text, zone, output)? else {
            let message = format!("`{text}` has no end, so there is no state at its end");
            return Err(CommandError::usage(message).hint("name a day, a month or a year").into());
        };
        Ok(AsOf { on: Some(end), ..AsOf::now(self.now) })
    }

    /// The first moment of a date, said for people; none where it has no beginning.
    pub(crate) fn since(
        self,
        flag: &str,
        text: &str,
        zone: Zone,
        output: Output,
    ) -> Result<Option<Instant>> {
        let start = self.span(text, zone, DATES)?.earliest;
        start.inspect(|start| say(flag, text, "from", *start, zone, output));
        Ok(start)
    }

    /// The end of a date; none where it has no end. `ways` as for [`DATES`].
    pub(crate) fn end(self, text: &str, zone: Zone, ways: &str) -> Result<Option<Instant>> {
        Ok(self.span(text, zone, ways)?.latest)
    }

    /// The end of a date, said for people; none where it has no end.
    pub(crate) fn until(
        self,
        flag: &str,
        text: &str,
        zone: Zone,
        output: Output,
    ) -> Result<Option<Instant>> {
        let end = self.span(text, zone, DATES)?.latest;
        end.inspect(|end| say(flag, text, "up to", *end, zone, output));
        Ok(end)
    }
}

/// How a date of a question is written, for who wrote it in no way that is known.
pub(crate) const DATES: &str = "2025, 2025-04, 2025-04-05, 2025-04-05T14:30, today, yesterday or \
                                3 days ago";

/// Says what a date was resolved to.
fn say(flag: &str, text: &str, which: &str, moment: Instant, zone: Zone, output: Output) {
    output.remark(&format!("--{flag} {text}: {which} {}, {zone}", to_the_point(moment, zone)));
}

/// A moment by the clocks of a zone, as exactly as it takes.
pub(crate) fn to_the_point(moment: Instant, zone: Zone) -> String {
    let format = match moment.as_micros() {
        whole if whole % 60_000_000 == 0 => "%Y-%m-%d %H:%M",
        whole if whole % 1_000_000 == 0 => "%Y-%m-%d %H:%M:%S",
        _ => "%Y-%m-%d %H:%M:%S%.6f",
    };
    zone.civil_of(moment).format(format).to_string()
}

fn unreadable(message: String, nearer: &[String], ways: &str) -> crate::error::Stop {
    let hint = match nearer {
        [] => format!("write {ways}; dispute help dates says more"),
        nearer => format!("write {}", nearer.join(" or ")),
    };
    CommandError::usage(message).hint(hint).into()
}
