//! Why a part of a state is as it is.

use dispute_core::event::Fact;
use dispute_core::{Json, Record};
use dispute_projection::{Absent, Because, Effect, Known, State, Why};

use crate::render::gist::Gist;
use crate::render::names::Names;
use crate::render::sheet::Sheet;
use crate::render::state::cuts_in_words;
use crate::render::text::flat;
use crate::render::{Options, Tone, change, dates, words};

/// The most lines of a value and of an effect.
const TALLEST: usize = 6;

/// An explanation in words.
pub(crate) fn why(
    why: &Why,
    (state, known): (&State, &Known),
    record: &Record,
    options: &Options,
) -> String {
    let names = Names::at(record, state.as_of);
    let mut sheet = Sheet::new(*options);
    sheet.title(&format!("{}: {}", why.part, in_short(&why.value)), state.dispute.as_str());
    sheet.paragraph(Tone::Plain, &cuts_in_words(state, known));
    sheet.space();
    if why.events.is_empty() {
        sheet.paragraph(Tone::Plain, "  nothing on record made it otherwise");
    }
    for because in &why.events {
        let date = record.document(because.n).and_then(|event| event.occurred.as_ref());
        let date = date.map(|date| dates::in_words(date.as_str()));
        let text = match date {
            Some(date) => format!("{date}: {}", effect(because, record, &names)),
            None => effect(because, record, &names),
        };
        let ids = [because.id.to_string()];
        sheet.item((Tone::Plain, &flat(&text)), &ids, TALLEST);
    }
    if !why.absent.is_empty() {
        sheet.space();
        sheet.line(&[(Tone::Strong, "  IT WOULD BE OTHERWISE")]);
        for absent in &why.absent {
            let text = absent_in_words(absent, &names);
            sheet.item((Tone::Plain, &flat(&text)), &[], TALLEST);
        }
    }
    sheet.into_text()
}

/// What an event does for the part, in words.
pub(crate) fn effect(because: &Because, record: &Record, names: &Names) -> String {
    let event = record.document(because.n);
    let gist = event
        .map_or(String::new(), |event| Gist::of(&event.fact, names).after(event.kind().as_str()));
    match &because.effect {
        Effect::Changes(changes) => {
            let lines = changes.iter().flat_map(|change| change::in_words(change, names));
            let lines: Vec<String> = lines.collect();
            if lines.is_empty() { gist } else { format!("{gist}; {}", lines.join("; ")) }
        }
        Effect::Opens => format!("{gist}; opens the dispute"),
        Effect::Corrects(of) => {
            let reason = event.and_then(|event| match &event.fact {
                Fact::Amendment(it) => Some(&it.reason),
                Fact::Retraction(it) => Some(&it.reason),
                _ => None,
            });
            let reason =
                reason.map_or(String::new(), |reason| format!(" {}", words::quoted(reason)));
            let verb = match event.map(|event| &event.fact) {
                Some(Fact::Retraction(_)) => "takes back",
                _ => "corrects",
            };
            format!("{verb} {of}:{reason}")
        }
        Effect::Dates(of) => format!("{gist}; proves when {of} happened"),
        Effect::Without(value) => format!("{gist}; without it: {}", in_short(value)),
    }
}

/// What is missing, in words.
pub(crate) fn absent_in_words(absent: &Absent, names: &Names) -> String {
    match absent {
        Absent::Answer { party, of } => format!("{} has not answered {of}", names.short(party)),
        Absent::Possible { id, value } => {
            format!("{id} may have happened by then; with it: {}", in_short(value))
        }
        Absent::Order { ids: [one, other], key } => {
            format!("if {other} came before {one}, which the dates leave open: {key}")
        }
        Absent::NotKnown(id) => format!("{id} was not on record by then"),
        Absent::Retracted(id) => format!("{id} was taken back"),
        Absent::Later(id) => format!("{id} had not certainly happened by then"),
    }
}

/// A value in a few words.
fn in_short(value: &Json) -> String {
    match value {
        Json::Null => "not there".to_owned(),
        Json::Text(text) => words::plain(&flat(text)),
        Json::Number(number) => words::number(number),
        Json::Bool(value) => value.to_string(),
        Json::List(rows) => words::counted(rows.len(), "row"),
        Json::Object(_) => {
            let text = |key| value.get(key).and_then(Json::as_text).map(words::plain);
            let agreed = value.get("agreed").and_then(|agreed| agreed.get("terms"));
            text("status")
                .or(agreed
                    .and_then(Json::as_text)
                    .map(|terms| format!("agreed {}", words::quoted(terms))))
                .or(value.get("positions").map(|_| "not agreed".to_owned()))
                .or(text("outcome"))
                .or(text("id"))
                .unwrap_or_else(|| flat(&value.to_string()))
        }
        Json::OversizedNumber(text) => text.clone(),
    }
}
