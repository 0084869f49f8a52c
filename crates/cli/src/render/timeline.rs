//! What each event changed, for people.

use dispute_core::{Json, Record};
use dispute_projection::{Change, Entry};

use crate::render::sheet::Sheet;
use crate::render::text::{fit, flat};
use crate::render::words::plain;
use crate::render::{Names, Occurrence, Options, Tone, log};

/// An event, and under it what it changed.
pub(crate) fn timeline_entry(
    record: &Record,
    entry: &Entry<'_>,
    names: &Names,
    options: &Options,
) -> String {
    let mut text = log::log_row(record, entry.step.n, names, Occurrence::Certain, options);
    let mut sheet = Sheet::new(*options);
    for change in &entry.changes {
        let line = format!("    {}", flat(&in_words(change)));
        sheet.line(&[(Tone::Faint, &fit(&line, options.width))]);
    }
    text.push_str(&sheet.into_text());
    text
}

/// A change in words: the part, and its status before and after where it has one.
fn in_words(change: &Change) -> String {
    let part = change
        .part
        .split_once('.')
        .map_or_else(|| plain(&change.part), |(part, name)| format!("{} {name}", plain(part)));
    match (status(&change.from), status(&change.to)) {
        (Some(from), Some(to)) if from != to => format!("{part}: {from} → {to}"),
        (None, Some(to)) => format!("{part}: {to}"),
        (_, None) if change.to == Json::Null => format!("{part}: no longer there"),
        _ if change.from == Json::Null => format!("{part}: new"),
        _ => format!("{part}: {}", differing(&change.from, &change.to)),
    }
}

/// The word that says where a part stands.
fn status(part: &Json) -> Option<String> {
    match part {
        Json::Text(word) => Some(plain(word)),
        Json::Number(number) => Some(number.to_string()),
        object => object.get("status").and_then(Json::as_text).map(plain),
    }
}

/// The keys that differ.
fn differing(from: &Json, to: &Json) -> String {
    let Json::Object(members) = to else { return "changed".to_owned() };
    let changed = members.iter().filter(|(key, value)| from.get(key) != Some(value));
    let keys: Vec<String> = changed.map(|(key, _)| plain(&key.replace('_', " "))).collect();
    if keys.is_empty() { "changed".to_owned() } else { format!("{} changed", keys.join(", ")) }
}
