//! What each event changed.

use dispute_core::Record;
use dispute_projection::{Change, Entry};

use crate::render::names::Names;
use crate::render::sheet::Sheet;
use crate::render::text::{fit, flat, spaces, width, wrap_within};
use crate::render::{Options, Tone, change, log};

/// How far changes are indented.
const INDENT: usize = 6;
/// The most lines of a change.
const TALLEST: usize = 2;

/// An event as in the log, and under it what it changed.
pub(crate) fn timeline_entry(
    record: &Record,
    entry: &Entry,
    names: &Names,
    options: &Options,
) -> String {
    let n = entry.n;
    let Some(recorded) = record.get(n) else { return String::new() };
    let mut text = log::line(record, n, recorded, names, "", options);
    let mut sheet = Sheet::new(*options);
    for change in &entry.changes {
        for line in change::in_words(change, names) {
            let room = options.width.saturating_sub(INDENT);
            for (n, line) in wrap_within(&flat(&line), room, TALLEST).iter().enumerate() {
                let margin = spaces(if n == 0 { INDENT } else { INDENT + 2 });
                let line = fit(line, options.width - width(&margin));
                sheet.line(&[(Tone::Plain, &margin), (tone(change), &line)]);
            }
        }
    }
    text.push_str(&sheet.into_text());
    text
}

fn tone(change: &Change) -> Tone {
    if change.part == "phase" { Tone::Strong } else { Tone::Plain }
}
