//! One event, party or standard for people.

use dispute_core::event::Event;
use dispute_core::{Entry, EventId, Instant, Json, Record, Slug, Zone};

use crate::commands::show::Portrait;
use crate::render::text::wrapped;
use crate::render::{Options, dates};

/// The columns of a label.
const LABEL: usize = 16;

/// One event: what it says, its envelope, what refers to it and what corrects it.
pub(crate) fn event(
    record: &Record,
    portrait: &Portrait,
    entry: &Entry,
    options: &Options,
) -> String {
    let Some(recorded) = record.get(portrait.n) else { return String::new() };
    let envelope = entry.envelope();
    let zone = record.zone_of(recorded.dispute.as_ref());
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&wrapped(&format!("{label:<LABEL$}"), value, options.width));
        }
    };
    line("event", &format!("{} · {}", recorded.id, recorded.kind));
    let stands = match (record.is_erased(portrait.n), record.is_retracted(portrait.n)) {
        (true, _) => "redacted: its content was erased",
        (false, true) => "retracted",
        (false, false) => "",
    };
    line("", stands);
    if let Some(event) = record.document(portrait.n) {
        for (label, value) in members(event) {
            line(&label, &value);
        }
    }
    let ids = |ids: &[EventId]| ids.iter().map(EventId::as_str).collect::<Vec<_>>().join(", ");
    line("can have been", &span(portrait, zone));
    line("narrowed by", &ids(&portrait.narrowed_by));
    line("referred to by", &ids(&portrait.replies));
    line("other accounts", &ids(&portrait.versions));
    for (id, kind, recorded_at, reason) in &portrait.corrections {
        line(kind, &format!("{id}, known since {}: \"{reason}\"", at(*recorded_at, zone)));
    }
    if let Some(was) = record.get(portrait.n).and_then(|event| event.event.as_ref())
        && record.document(portrait.n) != Some(was)
    {
        for (label, value) in members(was) {
            let now = record.document(portrait.n).map(members).unwrap_or_default();
            if !now.contains(&(label.clone(), value.clone())) {
                line(&format!("was {label}"), &value);
            }
        }
    }
    line(
        "recorded",
        &format!("{} by {}", at(envelope.recorded_at(), zone), envelope.recorded_by()),
    );
    line("sequence", &envelope.sequence().to_string());
    line("digest", &entry.digest().to_string());
    line("previous", &envelope.previous().to_string());
    text
}

/// A party or a standard as described last.
pub(crate) fn description(
    event: &Event,
    ids: &[EventId],
    disputes: &[Slug],
    options: &Options,
) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        text.push_str(&wrapped(&format!("{label:<LABEL$}"), value, options.width));
    };
    for (label, value) in members(event) {
        line(&label, &value);
    }
    line("described by", &ids.iter().map(EventId::as_str).collect::<Vec<_>>().join(", "));
    let disputes: Vec<&str> = disputes.iter().map(Slug::as_str).collect();
    if !disputes.is_empty() {
        line("in", &disputes.join(", "));
    }
    text
}

/// The keys of an event with their values in words.
fn members(event: &Event) -> Vec<(String, String)> {
    let Json::Object(members) = event.to_json() else { return Vec::new() };
    let shown = members.into_iter().filter(|(key, _)| key != "kind" && key != "id");
    shown
        .map(|(key, value)| {
            let value = match (key.as_str(), &value) {
                ("occurred", Json::Text(date)) => {
                    let words = dates::in_words(date);
                    if words == *date { words } else { format!("{words} ({date})") }
                }
                _ => in_words(&value),
            };
            (key.replace('_', " "), value)
        })
        .collect()
}

fn in_words(value: &Json) -> String {
    match value {
        Json::Text(text) => text.clone(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::List(parts) => parts.iter().map(in_words).collect::<Vec<_>>().join("; "),
        Json::Object(members) => {
            let member = |(key, value): &(String, Json)| format!("{key} {}", in_words(value));
            members.iter().map(member).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

fn at(moment: Instant, zone: Zone) -> String {
    format!("{} {zone}", zone.civil_of(moment).format("%Y-%m-%d %H:%M"))
}

/// When it can have happened, as narrowed.
fn span(portrait: &Portrait, zone: Zone) -> String {
    let shown = |moment: Instant| zone.civil_of(moment).format("%Y-%m-%d %H:%M").to_string();
    match (portrait.effective.earliest, portrait.effective.latest) {
        (Some(first), Some(after)) => {
            format!("from {} until before {}", shown(first), shown(after))
        }
        (None, Some(after)) => format!("before {}", shown(after)),
        (Some(first), None) => format!("from {} on", shown(first)),
        (None, None) => String::new(),
    }
}
