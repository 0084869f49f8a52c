//! The rows of a file, read and parsed on other threads, in their order and in bounded memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use dispute_core::event::Event;
use dispute_core::{Refusal, RefusalCode, Unplaced};

use super::source::Extent;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;

/// About how many bytes are parsed at a time.
const PIECE: u64 = 1 << 17;
/// A longer row is skipped without reading it into memory. No event has so many bytes.
const LONGEST_ROW: usize = 1 << 20;
/// How many pieces wait between two threads.
const WAITING: usize = 2;
/// More threads than this would wait for the one that records.
const MOST_PARSERS: usize = 4;

/// A row that is not blank.
pub(super) struct Row {
    /// Its number, from 1.
    pub(super) line: u64,
    pub(super) extent: Extent,
    pub(super) parsed: std::result::Result<Parsed, Refusal>,
}

/// An event, and its content as it will be sealed.
pub(super) struct Parsed {
    pub(super) event: Unplaced,
    pub(super) content: String,
}

/// The rows of a file in their order, many at a time.
pub(super) struct Rows {
    parsers: Vec<Receiver<io::Result<Vec<Row>>>>,
    /// Where rows go back to the parsers that made them, to be freed. Memory that one thread takes
    /// and another gives back makes both wait for the allocator.
    spent: Vec<Sender<Vec<Row>>>,
    threads: Vec<JoinHandle<()>>,
    next: usize,
}

/// Some whole lines of a file, or one that is too long to be read.
enum Piece {
    Lines { bytes: Vec<u8>, line: u64, from: u64 },
    TooLong { line: u64, extent: Extent },
}

impl Rows {
    /// Begins to read a file. The pieces go round all parsers, one after the other.
    pub(super) fn of(file: File) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let count = cores.saturating_sub(1).clamp(1, MOST_PARSERS);
        let (mut pieces, mut parsers, mut threads) = (Vec::new(), Vec::new(), Vec::new());
        let mut spent = Vec::new();
        for _ in 0..count {
            let (to_parser, from_reader) = sync_channel(WAITING);
            let (to_recorder, from_parser) = sync_channel(WAITING);
            let (back, from_recorder) = channel();
            threads.push(thread::spawn(move || parse(&from_reader, &to_recorder, &from_recorder)));
            spent.push(back);
            pieces.push(to_parser);
            parsers.push(from_parser);
        }
        threads.push(thread::spawn(move || read(file, &pieces)));
        Self { parsers, spent, threads, next: 0 }
    }

    /// The next rows; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<io::Result<Vec<Row>>>> {
        let count = self.parsers.len().max(1);
        let parser = self.parsers.get(self.next % count);
        self.next = (self.next + 1) % count;
        if let Some(rows) = parser.and_then(|parser| parser.recv().ok()) {
            return Ok(Some(rows));
        }
        self.parsers.clear();
        for thread in self.threads.drain(..) {
            // The file has an end only where nobody fell over on the way.
            if thread.join().is_err() {
                let message = "a thread that read the file came to grief";
                return Err(CommandError::new("unexpected", message, ExitCode::Failed).into());
            }
        }
        Ok(None)
    }
}

impl Rows {
    /// Gives the rows that came last back to the thread that made them.
    pub(super) fn give_back(&self, spent: Vec<Row>) {
        let count = self.spent.len().max(1);
        let last = (self.next + count - 1) % count;
        if let Some(parser) = self.spent.get(last) {
            // One that is done has no use for them.
            let _ = parser.send(spent);
        }
    }
}

fn read(file: File, parsers: &[SyncSender<io::Result<Piece>>]) {
    let mut cutter = Cutter { from: BufReader::new(file), left: Vec::new(), line: 1, at: 0 };
    for parser in parsers.iter().cycle() {
        let Some(piece) = cutter.next().transpose() else { return };
        let is_last = piece.is_err();
        // Nobody listens any more where the recording stopped.
        if parser.send(piece).is_err() || is_last {
            return;
        }
    }
}

fn parse(
    pieces: &Receiver<io::Result<Piece>>,
    to: &SyncSender<io::Result<Vec<Row>>>,
    spent: &Receiver<Vec<Row>>,
) {
    for piece in pieces {
        spent.try_iter().for_each(drop);
        let rows = piece.map(|piece| match piece {
            Piece::Lines { bytes, line, from } => rows_of(&bytes, line, from),
            Piece::TooLong { line, extent } => {
                vec![Row { line, extent, parsed: Err(too_long(extent.length)) }]
            }
        });
        if to.send(rows).is_err() {
            return;
        }
    }
}

fn rows_of(bytes: &[u8], first: u64, from: u64) -> Vec<Row> {
    let (mut rows, mut at) = (Vec::new(), from);
    for (line, row) in (first..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        let mut extent = Extent { from: at, length: length(row) };
        at += extent.length;
        let mark = if line == 1 { "\u{feff}".as_bytes() } else { b"" };
        let row = match row.strip_prefix(mark) {
            Some(rest) if !mark.is_empty() => {
                let mark = length(mark);
                extent = Extent { from: extent.from + mark, length: extent.length - mark };
                rest
            }
            _ => row,
        };
        let row = row.strip_suffix(b"\n").unwrap_or(row);
        extent.length = length(row);
        rows.extend(parse_row(row).map(|parsed| Row { line, extent, parsed }));
    }
    rows
}

/// `None` for a blank row.
fn parse_row(row: &[u8]) -> Option<std::result::Result<Parsed, Refusal>> {
    let Ok(text) = std::str::from_utf8(row) else { return Some(Err(not_text())) };
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let parsed = Event::parse(text);
    Some(parsed.map(|event| Parsed { content: event.content(), event: Unplaced::new(event) }))
}

/// Cuts a file into pieces at the ends of lines.
struct Cutter {
    from: BufReader<File>,
    /// The beginning of the next piece.
    left: Vec<u8>,
    line: u64,
    at: u64,
}

impl Cutter {
    fn next(&mut self) -> io::Result<Option<Piece>> {
        let mut bytes = std::mem::take(&mut self.left);
        loop {
            let read = self.from.by_ref().take(PIECE).read_to_end(&mut bytes)?;
            if read == 0 {
                return Ok(Some(bytes).filter(|bytes| !bytes.is_empty()).map(|it| self.lines(it)));
            }
            if let Some(last) = bytes.iter().rposition(|byte| *byte == b'\n') {
                self.left = bytes.split_off(last + 1);
                return Ok(Some(self.lines(bytes)));
            }
            if bytes.len() > LONGEST_ROW {
                return self.skip_line(length(&bytes)).map(Some);
            }
        }
    }

    fn lines(&mut self, bytes: Vec<u8>) -> Piece {
        let (line, from) = (self.line, self.at);
        let count = bytes.iter().filter(|byte| **byte == b'\n').count();
        self.line += u64::try_from(count).unwrap_or_default();
        self.at += length(&bytes);
        Piece::Lines { bytes, line, from }
    }

    /// Passes over the rest of a line of which so many bytes were read.
    fn skip_line(&mut self, mut read: u64) -> io::Result<Piece> {
        let mut ends = 0;
        while ends == 0 {
            let bytes = self.from.fill_buf()?;
            if bytes.is_empty() {
                break;
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            ends = u64::from(end.is_some());
            let used = end.unwrap_or(bytes.len());
            read += u64::try_from(used).unwrap_or_default();
            self.from.consume(used + usize::from(end.is_some()));
        }
        let piece =
            Piece::TooLong { line: self.line, extent: Extent { from: self.at, length: read } };
        self.line += ends;
        self.at += read + ends;
        Ok(piece)
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn not_text() -> Refusal {
    Refusal::new(RefusalCode::BadJson, "the line is not UTF-8", "save the file as UTF-8")
}

fn too_long(bytes: u64) -> Refusal {
    let message = format!("the line has {bytes} bytes, more than any event");
    Refusal::new(RefusalCode::EventTooBig, message, "record it in parts, or name a source")
}
