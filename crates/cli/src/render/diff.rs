//! What differs between two answers: first what was learned, then what happened.

use dispute_core::Record;
use dispute_projection::{Change, Known, State};

use crate::render::names::Names;
use crate::render::sheet::Sheet;
use crate::render::state::cuts_in_words;
use crate::render::text::flat;
use crate::render::{Options, Tone, change};

/// The most lines of a change.
const TALLEST: usize = 3;

/// The changes between two states, in words. `record` is what was known at the later of the two.
pub(crate) fn diff(
    states: [(&State, &Known); 2],
    record: &Record,
    changes: &[Change],
    options: &Options,
) -> String {
    let [(from, _), (to, _)] = states;
    let names = Names::at(record, to.as_of);
    let mut sheet = Sheet::new(*options);
    sheet.title(&to.opened.title, to.dispute.as_str());
    for (word, (state, known)) in ["from", "to  "].into_iter().zip(states) {
        sheet.paragraph(Tone::Plain, &format!("{word} {}", cuts_in_words(state, known)));
    }
    let (learned, happened): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| change.learned);
    let about_the_first = if from.as_of.on == to.as_of.on { "" } else { ", about the first date" };
    let learned_title = format!("WHAT WAS LEARNED{about_the_first}");
    for (title, changes) in [(learned_title.as_str(), learned), ("WHAT HAPPENED", happened)] {
        rows(&mut sheet, title, &changes, record, &names);
    }
    if changes.is_empty() {
        sheet.space();
        sheet.item((Tone::Plain, "no difference"), &[], 1);
    }
    sheet.into_text()
}

fn rows(sheet: &mut Sheet, title: &str, changes: &[&Change], record: &Record, names: &Names) {
    let mut told = changes.iter().map(|change| (change, change::in_full(record, change, names)));
    let Some(first) = told.find(|(_, lines)| !lines.is_empty()) else { return };
    sheet.space();
    sheet.line(&[(Tone::Strong, &format!("  {title}"))]);
    for (change, lines) in std::iter::once(first).chain(told) {
        let ids: Vec<String> = change.events.iter().map(ToString::to_string).collect();
        for line in lines {
            let tone = if change.part == "phase" { Tone::Strong } else { Tone::Plain };
            sheet.item((tone, &flat(&line)), &ids, TALLEST);
        }
    }
}
