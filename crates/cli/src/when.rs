//! Dates of questions: EDTF, and `today`, `yesterday`, `N days ago`.

use chrono::{Days, NaiveDate};
use dispute_core::{Edtf, Instant, Zone};
use dispute_projection::AsOf;

use crate::error::{CommandError, Result};

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

    /// A date of a question.
    pub(crate) fn read(self, text: &str, zone: Zone) -> Result<Edtf> {
        let text = self.phrase(text, zone).unwrap_or_else(|| text.to_owned());
        let date = Edtf::parse(&text)
            .map_err(|error| unreadable(error.to_string(), &error.suggestions))?;
        date.span(zone).map_err(|error| unreadable(error.to_string(), &[]))?;
        Ok(date)
    }

    /// The cut at the end of a date. Without one, every known event counts.
    pub(crate) fn cut(self, on: Option<&str>, zone: Zone) -> Result<AsOf> {
        let Some(text) = on else { return Ok(AsOf { on: None, now: self.now }) };
        let date = self.read(text, zone)?;
        let end = date.span(zone).ok().and_then(|span| span.latest);
        if end.is_none() {
            let message = format!("`{text}` has no end, so there is no state at its end");
            return Err(CommandError::usage(message).hint("name a day, a month or a year").into());
        }
        Ok(AsOf { on: end, now: self.now })
    }
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
