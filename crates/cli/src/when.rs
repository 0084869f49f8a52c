//! Dates of questions: EDTF, and `today`, `yesterday`, `N days ago`.

use chrono::{Days, NaiveDate};
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

    /// The span of a date of a question.
    pub(crate) fn span(self, text: &str, zone: Zone) -> Result<Span> {
        let text = self.phrase(text, zone).unwrap_or_else(|| text.to_owned());
        let date = Edtf::parse(&text)
            .map_err(|error| unreadable(error.to_string(), &error.suggestions))?;
        date.span(zone).map_err(|error| unreadable(error.to_string(), &[]))
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
        let start = self.span(text, zone)?.earliest;
        start.inspect(|start| say(flag, text, "from", *start, zone, output));
        Ok(start)
    }

    /// The end of a date; none where it has no end.
    pub(crate) fn end(self, text: &str, zone: Zone) -> Result<Option<Instant>> {
        Ok(self.span(text, zone)?.latest)
    }

    /// The end of a date, said for people; none where it has no end.
    pub(crate) fn until(
        self,
        flag: &str,
        text: &str,
        zone: Zone,
        output: Output,
    ) -> Result<Option<Instant>> {
        let end = self.span(text, zone)?.latest;
        end.inspect(|end| say(flag, text, "up to", *end, zone, output));
        Ok(end)
    }
}

/// Says what a date was resolved to.
fn say(flag: &str, text: &str, which: &str, moment: Instant, zone: Zone, output: Output) {
    let civil = zone.civil_of(moment).format("%Y-%m-%d %H:%M");
    output.remark(&format!("--{flag} {text}: {which} {civil}, {zone}"));
}

fn unreadable(message: String, ways: &[String]) -> crate::error::Stop {
    let hint = match ways {
        [] => "write 2025, 2025-04, 2025-04-05, 2025-04-05T14:30, today, yesterday or 3 days ago; \
               dispute help dates says more"
            .to_owned(),
        ways => format!("write {}", ways.join(" or ")),
    };
    CommandError::usage(message).hint(hint).into()
}
