//! The log of a whole ledger: its events are read one by one, twice or three times. What is kept of
//! an event that bears on others, or on which others bear, is where it is; of all events their
//! dates, where these are asked for.

use dispute_core::{
    Beside, Dates, DatesBuilder, Entry, Instant, Outline, ReadLog, Record, Sequence, Span,
};
use dispute_projection::AsOf;

use super::filter::Filter;
use super::row::Rows;
use super::{Order, Question, Write};
use crate::cuts::Cut;
use crate::error::{Result, Stop};
use crate::ledger::reading::Seal;
use crate::render::{Names, NamesBuilder};

/// Writes the rows of all events asked for.
pub(super) fn rows(question: &Question<'_>, write: Write<'_>) -> Result<u64> {
    let Question { log, context, .. } = question;
    // What is of the whole ledger has its dates in UTC, whatever is on record.
    let Cut { as_of, zone, .. } =
        question.asked.of_dispute(*log, &Record::default(), None, context, context.output)?;
    let filter = Filter::read(question.arguments, zone, context)?;
    let through = as_of.known.map_or_else(|| log.head().map(|head| head.sequence), Ok)?;
    let outline = Outline::read(*log, through)?;
    let rows = Rows::new(as_of, question.order, context, || names(*log, &outline, as_of))?;
    let reading = Ledger { question, outline: &outline, filter, as_of, rows };
    match question.order {
        Order::Recorded if !reading.asks_for_dates() => reading.as_recorded(write),
        _ => reading.dated(write),
    }
}

/// What the parties of a ledger are called.
fn names(log: &dyn ReadLog, outline: &Outline, as_of: AsOf) -> Result<Names> {
    let mut names = NamesBuilder::new(as_of);
    outline.visit(log, outline.parties(), Beside::All, &mut |record, n, _| {
        names.note(record, n);
        Ok::<(), Stop>(())
    })?;
    Ok(names.finish())
}

/// What is read, and what for.
struct Ledger<'a> {
    question: &'a Question<'a>,
    outline: &'a Outline,
    filter: Filter,
    as_of: AsOf,
    rows: Rows,
}

impl Ledger<'_> {
    fn asks_for_dates(&self) -> bool {
        self.filter.asks_for_dates() || self.as_of.on.is_some()
    }

    /// Nobody asks when anything happened.
    fn as_recorded(&self, write: Write<'_>) -> Result<u64> {
        let mut written = 0;
        let undated = Span { earliest: None, latest: None };
        let beside = self.rows.beside();
        self.outline.walk(self.question.log, beside, &mut |record, n, entry| {
            if self.filter.takes_fact(record, n) {
                written += self.write(record, n, entry, undated, &mut *write)?;
            }
            Ok::<(), Stop>(())
        })?;
        Ok(written)
    }

    /// Finds first when everything happened.
    fn dated(&self, write: Write<'_>) -> Result<u64> {
        let (dates, mut places) = self.dates()?;
        places.retain(|at| self.filter.takes_date(dates.span(*at)));
        if self.question.order == Order::Effective {
            places = self.in_effective_order(&dates, &places);
        }
        let mut written = 0;
        let beside = self.rows.beside();
        self.outline.visit(self.question.log, &places, beside, &mut |record, n, entry| {
            let span = dates.span(entry.envelope().sequence());
            written += self.write(record, n, entry, span, &mut *write)?;
            Ok::<(), Stop>(())
        })?;
        Ok(written)
    }

    /// The dates of all events, and the places of those of which the facts are asked for.
    fn dates(&self) -> Result<(Dates, Vec<Sequence>)> {
        let mut dates = DatesBuilder::new(self.outline);
        let mut places = Vec::new();
        self.outline.walk(self.question.log, Beside::All, &mut |record, n, entry| {
            dates.note(record, n);
            if self.filter.takes_fact(record, n) {
                places.push(entry.envelope().sequence());
            }
            Ok::<(), Stop>(())
        })?;
        Ok((dates.finish(), places))
    }

    /// By the moment by which an event has happened, first what always was so; ties as recorded,
    /// where a version stands at its original.
    fn in_effective_order(&self, dates: &Dates, places: &[Sequence]) -> Vec<Sequence> {
        let key = |at: &Sequence| {
            let latest = dates.span(*at).latest.map_or(i64::MIN, Instant::as_micros);
            (latest, dates.original(*at), *at)
        };
        let mut keys: Vec<(i64, Sequence, Sequence)> = places.iter().map(key).collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, _, at)| at).collect()
    }

    fn write(
        &self,
        record: &Record,
        n: usize,
        entry: &Entry,
        span: Span,
        write: Write<'_>,
    ) -> Result<u64> {
        let seal = Seal::of(entry);
        match self.rows.row(record, n, span, Some(&seal)) {
            Some(row) => write(&row).map(|()| 1),
            None => Ok(0),
        }
    }
}
