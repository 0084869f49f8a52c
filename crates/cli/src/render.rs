//! What people read: every function takes what is to be shown and gives lines of text, none wider
//! than asked for. Pure: no clock, no environment, no printing. What was recorded may hold any
//! character; none of it reaches the terminal as a control character.

mod change;
mod comparison;
pub(crate) mod dates;
mod diff;
mod event;
mod event_proof;
mod gist;
mod list;
mod log;
mod names;
#[cfg(test)]
mod screens;
mod sheet;
mod state;
mod text;
mod timeline;
mod verify;
mod warnings;
mod why;
mod words;

pub(crate) use comparison::{Compared, Relation, comparison};
pub(crate) use diff::diff;
pub(crate) use event::{Correction, Happened, Portrait, description, event};
pub(crate) use event_proof::event_proof;
pub(crate) use list::list_rows;
pub(crate) use log::{Occurrence, log_row, log_row_in_order_of_recording};
pub(crate) use names::{Names, NamesBuilder};
pub(crate) use state::{state, state_in_brief};
pub(crate) use text::wrapped;
pub(crate) use timeline::timeline_entry;
pub(crate) use verify::{Evidence, report, report_with};
pub(crate) use warnings::warnings;
pub(crate) use why::{absent_in_words, effect, why};
pub(crate) use words::counted;

/// The narrowest output: a terminal that is narrower wraps lines itself.
const NARROWEST: usize = 20;

/// How to show things.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    width: usize,
    paint: Paint,
}

/// Whether there is colour. The words are the same without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// Plain text.
    Off,
    /// ANSI colour.
    On,
}

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    /// What to read first.
    Strong,
    /// What to read last.
    Faint,
    /// What is unusual.
    Warning,
    /// What is wrong.
    Bad,
    /// What is right.
    Good,
}

impl Options {
    /// Lines of at most `width` columns, but at least 20.
    pub(crate) fn new(width: usize, paint: Paint) -> Self {
        Self { width: width.max(NARROWEST), paint }
    }
}

impl Paint {
    /// A text in the colour of its tone.
    fn text(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Plain => return text.to_owned(),
            Tone::Strong => "1",
            Tone::Faint => "2",
            Tone::Warning => "33",
            Tone::Bad => "31",
            Tone::Good => "32",
        };
        match self {
            Self::On if !text.is_empty() => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Self::On | Self::Off => text.to_owned(),
        }
    }
}
