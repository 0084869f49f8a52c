//! Where answers and remarks go: answers to stdout, everything else to stderr.

pub(crate) mod progress;

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use dispute_core::Json;

use crate::error::{CommandError, Result, Stop};
use crate::render::{Options, Paint};

/// How a person or a script wants to be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// JSON instead of words.
    pub(crate) json: bool,
    /// No remarks.
    pub(crate) quiet: bool,
    /// Colour on stdout.
    pub(crate) colour: bool,
    /// The width of the terminal, 80 where there is none.
    pub(crate) width: usize,
}

/// Rows that are written as they come.
pub(crate) struct Rows {
    to: BufWriter<StdoutLock<'static>>,
}

impl Output {
    /// How to show things to a person.
    pub(crate) fn options(&self) -> Options {
        Options::new(self.width, if self.colour { Paint::On } else { Paint::Off })
    }

    /// The same without remarks.
    pub(crate) fn quietly(self) -> Self {
        Self { quiet: true, ..self }
    }

    /// Writes an answer.
    pub(crate) fn answer(&self, text: &str) -> Result<()> {
        let mut rows = self.rows();
        rows.write(text)?;
        rows.end()
    }

    /// Writes one JSON document.
    pub(crate) fn document(&self, json: &Json) -> Result<()> {
        self.answer(&format!("{json}\n"))
    }

    /// Begins an answer of many rows.
    pub(crate) fn rows(&self) -> Rows {
        Rows { to: BufWriter::with_capacity(1 << 16, io::stdout().lock()) }
    }

    /// Says something that is no answer, unless asked to be quiet; to a person only, since for a
    /// script an error is the one thing on stderr.
    pub(crate) fn remark(&self, text: &str) {
        if !self.quiet && !self.json {
            // Nobody can be told that nobody can be told.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    /// Says what went wrong.
    pub(crate) fn error(&self, error: &CommandError) {
        let text = if self.json { format!("{}\n", error.to_json()) } else { error.to_string() };
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Whether a person watches stderr.
    pub(crate) fn is_watched(&self) -> bool {
        !self.quiet && !self.json && io::stderr().is_terminal()
    }
}

impl Rows {
    pub(crate) fn write(&mut self, text: &str) -> Result<()> {
        self.to.write_all(text.as_bytes()).map_err(|error| stopped(&error))
    }

    pub(crate) fn end(mut self) -> Result<()> {
        self.to.flush().map_err(|error| stopped(&error))
    }
}

fn stopped(error: &io::Error) -> Stop {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Stop::ClosedPipe;
    }
    CommandError::io("write to", std::path::Path::new("standard output"), error).into()
}
