//! Events, one a line.

use dispute_core::{Record, Recorded};

use crate::render::gist::Gist;
use crate::render::names::Names;
use crate::render::sheet::Sheet;
use crate::render::text::{fit, flat, pad, width};
use crate::render::{Options, Tone, dates};

/// The columns of a date and of an id. What is longer pushes the rest to the right.
const DATE: usize = 18;
const ID: usize = 8;
/// The column of a place in the ledger.
const PLACE: usize = 5;

/// Whether an event has certainly happened by the date that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occurrence {
    /// It has.
    Certain,
    /// It may have.
    Possible,
}

/// One line: the date, marks, the id, the kind, who, and the heart of it. The marks are `~` where
/// the event was amended, `=` where it is another account of a fact, `?` where it may not have
/// happened yet; what was retracted or redacted says so.
pub(crate) fn log_row(
    record: &Record,
    n: usize,
    names: &Names,
    occurrence: Occurrence,
    options: &Options,
) -> String {
    let Some(recorded) = record.get(n) else { return String::new() };
    let mut marks = String::new();
    if !record.amendments(n).is_empty() {
        marks.push('~');
    }
    if record.original(n) != n {
        marks.push('=');
    }
    if occurrence == Occurrence::Possible {
        marks.push('?');
    }
    line(record, n, recorded, names, &marks, options)
}

/// The same behind the place in the ledger, which is what `--known-at` takes.
pub(crate) fn log_row_in_order_of_recording(
    record: &Record,
    n: usize,
    names: &Names,
    occurrence: Occurrence,
    options: &Options,
) -> String {
    let place = record.get(n).map_or(String::new(), |event| format!("#{}", event.sequence));
    let place = format!("{} ", pad(&place, PLACE));
    let options = Options { width: options.width.saturating_sub(width(&place)), ..*options };
    format!("{place}{}", log_row(record, n, names, occurrence, &options))
}

/// The line of an event, with marks before its id.
pub(super) fn line(
    record: &Record,
    n: usize,
    recorded: &Recorded,
    names: &Names,
    marks: &str,
    options: &Options,
) -> String {
    let columns = options.width;
    let date = fit(&date(record, n, recorded), columns / 3);
    let id = fit(&flat(recorded.id.as_str()), columns / 3);
    let left = format!("{} {}", pad(&date, DATE.min(columns / 3)), pad(marks, 1));
    let id = format!("{} ", pad(&id, ID.saturating_sub(width(marks).saturating_sub(1))));
    let (tone, text) = what(record, n, recorded, names);
    let text = fit(&text, columns.saturating_sub(width(&left) + width(&id)));
    let mut sheet = Sheet::new(*options);
    sheet.line(&[(Tone::Plain, &left), (Tone::Faint, &id), (tone, &text)]);
    sheet.into_text()
}

/// When it happened, else when it was recorded.
fn date(record: &Record, n: usize, recorded: &Recorded) -> String {
    let occurred = match record.document(n) {
        Some(event) => event.occurred.as_ref(),
        None => recorded.occurred.as_ref(),
    };
    match occurred {
        Some(date) => dates::in_column(date.as_str()),
        None if recorded.kind.is_about_the_record() => {
            let zone = record.zone_of(record.dispute_of(n));
            dates::in_column(&zone.date_of(recorded.recorded_at).to_string())
        }
        None => "always".to_owned(),
    }
}

fn what(record: &Record, n: usize, recorded: &Recorded, names: &Names) -> (Tone, String) {
    let kind = recorded.kind.as_str();
    match record.document(n) {
        _ if record.is_erased(n) => (Tone::Faint, format!("{kind} · redacted")),
        None => (Tone::Faint, format!("{kind} · its content is gone")),
        Some(event) => {
            let gist = Gist::of(&event.fact, names).after(kind);
            match record.is_retracted(n) {
                true => (Tone::Faint, format!("retracted: {gist}")),
                false => (Tone::Plain, gist),
            }
        }
    }
}
