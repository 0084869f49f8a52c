//! Writes event documents, one a line, like those of a national strike calendar: every proclamation
//! of a strike in 2005–2025 is a dispute, with its announcement, and what became of it: a warning by
//! the guarantee authority, a withdrawal, or the strike itself and its end.
//!
//! ```text
//! calendar EVENTS [SEED]
//! ```
//!
//! The same numbers give the same bytes. Every line keeps the rules, so that an import takes all.

#[path = "calendar/days.rs"]
mod days;
#[path = "generate/dice.rs"]
#[expect(dead_code, reason = "the other generator uses the rest")]
mod dice;
#[path = "generate/document.rs"]
#[expect(dead_code, reason = "the other generator uses the rest")]
mod document;
#[path = "calendar/parties.rs"]
mod parties;
#[path = "calendar/proclamation.rs"]
mod proclamation;
#[path = "calendar/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufWriter, Write};

use crate::dice::Dice;
use crate::document::Document;
use crate::proclamation::Proclamation;

/// The days of 2005–2025 on which strikes are proclaimed.
const DAYS: u64 = 7600;
/// Lines of ten proclamations, on average.
const LINES_OF_TEN: u64 = 38;

fn main() -> io::Result<()> {
    let numbers: Option<Vec<u64>> = env::args().skip(1).map(|text| text.parse().ok()).collect();
    let (events, seed) = match numbers.as_deref() {
        Some([events]) => (*events, 1),
        Some([events, seed]) => (*events, *seed),
        _ => {
            eprintln!("calendar EVENTS [SEED]");
            std::process::exit(2);
        }
    };
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    write(&mut out, events, seed)?;
    out.flush()
}

/// Day by day: what is proclaimed on it, and what is entered on it of earlier proclamations. Where
/// events are missing after the last day, more is proclaimed on it.
fn write(out: &mut impl Write, events: u64, seed: u64) -> io::Result<()> {
    let mut dice = Dice::new(seed);
    let mut coming: BTreeMap<u64, Vec<Document>> = BTreeMap::new();
    let (mut left, mut proclaimed) = (events, 0);
    let mut put = |documents: Vec<Document>| -> io::Result<bool> {
        for document in documents.into_iter().take(left as usize) {
            left -= 1;
            writeln!(out, "{}", document.close())?;
        }
        Ok(left > 0)
    };
    let mut is_short = put(parties::all())?;
    let mut day = 0;
    while is_short {
        let wanted = events * 10 * day.min(DAYS) / (DAYS * LINES_OF_TEN);
        let more = if day > DAYS && coming.is_empty() { 1 } else { 0 };
        for n in proclaimed..wanted.max(proclaimed + more) {
            for (entered, document) in Proclamation::draw(&mut dice, n, day).documents(&mut dice) {
                coming.entry(entered).or_default().push(document);
            }
            proclaimed = n + 1;
        }
        is_short = put(coming.remove(&day).unwrap_or_default())?;
        day += 1;
    }
    Ok(())
}
