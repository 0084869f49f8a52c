//! The log of one dispute: its record is read whole.

use dispute_core::{Record, Slug, Span};

use super::filter::Filter;
use super::row::{Rows, occurrence};
use super::{Order, Question, Write};
use crate::cuts::Cut;
use crate::error::Result;
use crate::ledger::reading;
use crate::render::Names;

/// Writes the rows of a dispute, or of all: what the whole record of the ledger gives is what every
/// other way has to give.
pub(super) fn rows(
    question: &Question<'_>,
    dispute: Option<&Slug>,
    write: Write<'_>,
) -> Result<u64> {
    let Question { log, context, .. } = question;
    let (whole, seals) = reading::sealed_record(*log, dispute)?;
    let Cut { cuts, as_of, zone } =
        question.asked.of_dispute(*log, &whole, dispute, context, context.output)?;
    let record = &*as_of.known_part(&whole);
    if let Some(dispute) = dispute.filter(|dispute| record.of_dispute(dispute).is_empty()) {
        return Err(cuts.no_such_dispute(&whole, dispute));
    }
    let filter = Filter::read(question.arguments, zone, context)?;
    let mut events = matching(record, dispute, &filter);
    events.retain(|(n, span)| occurrence(record, *n, *span, as_of).is_some());
    if question.order == Order::Effective {
        events.sort_by_key(|(n, span)| (span.latest.is_some(), span.latest, record.original(*n)));
    }
    let rows = Rows::new(as_of, question.order, context, || Ok(Names::at(record, as_of)))?;
    let mut written = 0;
    for (n, span) in events {
        let seal = record.get(n).and_then(|event| seals.get(&event.sequence));
        if let Some(row) = rows.row(record, n, span, seal) {
            write(&row)?;
            written += 1;
        }
    }
    Ok(written)
}

/// The events asked for, in the order of recording, with their spans.
fn matching(record: &Record, dispute: Option<&Slug>, filter: &Filter) -> Vec<(usize, Span)> {
    let in_dispute = |n: usize| dispute.is_none() || record.dispute_of(n) == dispute;
    let spans = reading::spans(record).into_iter().enumerate();
    let wanted = |(n, span): &(usize, Span)| {
        in_dispute(*n) && filter.takes_date(*span) && filter.takes_fact(record, *n)
    };
    spans.filter(wanted).collect()
}
