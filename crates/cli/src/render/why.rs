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
/// How many rows are named one by one.
const FEW: usize = 3;

/// An explanation in words.
pub(crate) fn why(
    why: &Why,
    (state, known): (&State, &Known),
    record: &Record,
    options: &Options,
) -> String {
    let names = Names::at(record, state.as_of);
    let mut sheet = Sheet::new(*options);
    let value = in_short_of(&why.part, &why.value);
    sheet.title(&format!("{}: {value}", why.part), state.dispute.as_str());
    sheet.paragraph(Tone::Plain, &cuts_in_words(state, known));
    sheet.space();
    if why.events.is_empty() {
        sheet.item((Tone::Plain, "nothing on record made it otherwise"), &[], 1);
    }
    for because in &why.events {
        let date = record.document(because.n).and_then(|event| event.occurred.as_ref());
        let date = date.map(|date| dates::in_words(date.as_str()));
        let effect = effect(because, &why.value, record, &names);
        let text = match date {
            Some(date) => format!("{date}: {effect}"),
            None => effect,
        };
        let ids = [because.id.to_string()];
        sheet.item((Tone::Plain, &flat(&text)), &ids, TALLEST);
    }
    if !why.absent.is_empty() {
        sheet.space();
        let is_gone = |absent: &Absent| {
            matches!(absent, Absent::NotKnown(_) | Absent::Retracted(_) | Absent::Later(_))
        };
        let title =
            if why.absent.iter().any(is_gone) { "NOT THERE" } else { "IT WOULD BE OTHERWISE" };
        sheet.line(&[(Tone::Strong, &format!("  {title}"))]);
        for absent in &why.absent {
            let text = absent_in_words(absent, &why.value, record, &names);
            sheet.item((Tone::Plain, &flat(&text)), &[], TALLEST);
        }
    }
    sheet.into_text()
}

/// What an event does for a part of this value, in words.
pub(crate) fn effect(because: &Because, value: &Json, record: &Record, names: &Names) -> String {
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
        Effect::Without(other) => format!("{gist}; without it: {}", otherwise(value, other)),
    }
}

/// What is missing that would give a part of this value another, in words.
pub(crate) fn absent_in_words(
    absent: &Absent,
    value: &Json,
    record: &Record,
    names: &Names,
) -> String {
    match absent {
        Absent::Answer { party, of } => format!("{} has not answered {of}", names.short(party)),
        Absent::Possible { id, value: other } => {
            format!("{id} may have happened by then; with it: {}", otherwise(value, other))
        }
        Absent::Order { ids: [one, other], key } => {
            format!("if {other} came before {one}, which the dates leave open: {key}")
        }
        Absent::NotKnown(id) => format!("{id} was not on record by then; dispute show {id}"),
        Absent::Retracted(id) => format!("{id} was taken back; dispute show {id}"),
        Absent::Later(id) => {
            let document = record.position(id).and_then(|n| record.document(n));
            let date = document.and_then(|event| event.occurred.as_ref());
            let date = date.map(|date| format!(" ({})", dates::in_words(date.as_str())));
            format!("{id}{} had not certainly happened by then", date.unwrap_or_default())
        }
    }
}

/// Another value in place of one, in a few words: of two lists, what goes and comes.
fn otherwise(value: &Json, other: &Json) -> String {
    let (Json::List(is), Json::List(would_be)) = (value, other) else { return in_short(other) };
    let names = |rows: &[Json], not: &[Json]| -> Vec<String> {
        let known: Vec<String> = not.iter().map(row_name).collect();
        rows.iter().map(row_name).filter(|name| !known.contains(name)).collect()
    };
    let (gone, new) = (names(is, would_be), names(would_be, is));
    let changed: Vec<String> = would_be
        .iter()
        .filter(|row| !is.contains(row) && !new.contains(&row_name(row)))
        .map(row_in_short)
        .collect();
    let parts = [(gone, "no "), (new, "also "), (changed, "")];
    let parts = parts.into_iter().filter(|(names, _)| !names.is_empty());
    let parts: Vec<String> =
        parts.map(|(names, sign)| format!("{sign}{}", words::listed(&names))).collect();
    if parts.is_empty() { "in another order".to_owned() } else { parts.join("; ") }
}

/// What a row is called.
fn row_name(row: &Json) -> String {
    let text = |key| row.get(key).and_then(Json::as_text);
    match row {
        Json::Text(text) => flat(text),
        _ => match (text("code"), text("event")) {
            (Some(code), Some(event)) => format!("{code} on {event}"),
            _ => {
                // A unit and a contract go by their slugs, of which a description tells.
                let unit = text("unit").filter(|_| row.get("description").is_some());
                let slug = text("issue").or(text("contract")).or(unit);
                flat(slug.or(text("id")).unwrap_or("row"))
            }
        },
    }
}

fn row_in_short(row: &Json) -> String {
    let (name, value) = (row_name(row), in_short(row));
    if value == name || row.get("code").is_some() { name } else { format!("{name} {value}") }
}

/// The value of a part in a few words. What is a name stays as it was written.
fn in_short_of(part: &str, value: &Json) -> String {
    let key = part.rsplit('.').next().unwrap_or(part);
    let is_name = |key: &str| {
        ["id", "by", "title", "time_zone", "dispute", "unit"].contains(&key)
            || key.ends_with("set_by")
            || part.starts_with("possible.")
            || part.starts_with("statements.")
    };
    match value {
        Json::Text(text) if is_name(key) => flat(text),
        value => in_short(value),
    }
}

/// A value in a few words.
fn in_short(value: &Json) -> String {
    match value {
        Json::Null => "not there".to_owned(),
        Json::Text(text) => change::word(text),
        Json::Number(number) => words::number(number),
        Json::Bool(value) => value.to_string(),
        Json::List(rows) if rows.is_empty() => "none".to_owned(),
        Json::List(rows) if rows.len() <= FEW => {
            words::listed(&rows.iter().map(row_in_short).collect::<Vec<_>>())
        }
        Json::List(rows) => words::counted(rows.len(), "row"),
        Json::Object(members) => {
            let text = |key| value.get(key).and_then(Json::as_text).map(words::plain);
            let agreed = value.get("agreed").and_then(|agreed| agreed.get("terms"));
            text("status")
                .or(text("answer"))
                .or(agreed
                    .and_then(Json::as_text)
                    .map(|terms| format!("agreed {}", words::quoted(terms))))
                .or(value.get("positions").map(|_| "not agreed".to_owned()))
                .or(text("outcome"))
                .or(value.get("id").and_then(Json::as_text).map(flat))
                .unwrap_or_else(|| members_in_short(members))
        }
        Json::OversizedNumber(text) => text.clone(),
    }
}

fn members_in_short(members: &[(String, Json)]) -> String {
    if members.len() > FEW {
        return words::counted(members.len(), "row");
    }
    let told = members.iter().map(|(key, value)| match value {
        Json::Null => format!("no {}", words::plain(key)),
        value => format!("{} {}", words::plain(key), in_short(value)),
    });
    told.collect::<Vec<_>>().join(", ")
}
