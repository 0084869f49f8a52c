//! Two clocks: what had happened by a date, and what was on record of it by a moment. Each file
//! below tells stories of labor disputes (or of the books on temporal data) in which the two part.

#![cfg(test)]

use dispute_core::{Edtf, Json, Record, Sequence, Slug};
use dispute_projection::{AsOf, Known, State};

use crate::written::{NOW, moment, slug};

#[path = "two_clocks/borrowed.rs"]
mod borrowed;
#[path = "two_clocks/corrected.rs"]
mod corrected;
#[path = "two_clocks/days.rs"]
mod days;
#[path = "two_clocks/decided.rs"]
mod decided;
#[path = "two_clocks/kaiser.rs"]
mod kaiser;
#[path = "two_clocks/remarks.rs"]
mod remarks;
#[path = "records/written.rs"]
mod written;

/// How a dispute is opened where a story does not open it itself.
const OPENED: &str = "
    recorded 2024-09-01T12:00:00-07:00
    open 2024-09-01 dispute-opened title=T time_zone=America/Los_Angeles employers=employer unions=union
";

/// The record of a story, as [`written::record`] reads it; the parties are recorded with its first
/// line.
fn record(story: &str) -> Record {
    let opening = if story.contains(" dispute-opened ") { "" } else { OPENED };
    let written = written::record(&format!("{opening}{story}"));
    let mut events = written.recorded().to_vec();
    let mut next = moment(NOW);
    for event in events.iter_mut().rev() {
        next = next.min(event.recorded_at);
        event.recorded_at = next;
    }
    let mut record = Record::default();
    for event in events {
        let id = event.id.clone();
        if let Err(refusal) = record.admit(event, &|_| false) {
            panic!("{id}: {}: {refusal}; {}", refusal.code, refusal.hint);
        }
    }
    record
}

/// Whether dispute `d` shows what is expected: lines
///
/// ```text
/// ON  KNOWN  PATH  value
/// ON  KNOWN  PATH  key=value key=value
/// ```
///
/// `ON` is a date, `KNOWN` a date or a time, both mean their end in the zone of the dispute; `now`
/// is no cut. A path leads from key to key, in a list to the row with that name, and `-` is the
/// state itself. What is not there is `nothing`, a dispute that is not there `none`.
#[track_caller]
fn check(story: &str, expected: &str) {
    let wrong = contradicted(story, expected);
    assert!(wrong.is_empty(), "{}\n{story}", wrong.join("\n"));
}

/// The lines that do not hold, with what was found.
fn contradicted(story: &str, expected: &str) -> Vec<String> {
    let record = record(story);
    let mut wrong = Vec::new();
    for line in expected.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let [on, known, path] = [0; 3].map(|_| words.next().unwrap());
        let state = state(&record, &slug("d"), on, known);
        for word in words {
            let (path, value) = match word.split_once('=') {
                Some((key, value)) => (format!("{path}.{key}"), value),
                None => (path.to_owned(), word),
            };
            let found = part(state.as_ref(), &path);
            if found != value {
                wrong.push(format!("{line}\n  {path} is {found}"));
            }
        }
    }
    wrong
}

#[test]
fn a_line_that_does_not_hold_is_noticed() {
    let story = "
        recorded 2024-10-21T12:00:00-07:00
        s1 2024-10-20 action-started action=strike by=union
    ";
    for (line, holds) in [
        ("2024-10-20 2024-10-21 actions.s1 status=in-progress day=1", true),
        ("2024-10-20 2024-10-21 actions.s1 status=in-progress day=2", false),
        ("2024-10-20 2024-10-20 actions.s1 status=in-progress", false),
        ("2024-10-20 2024-10-20 actions.s1 nothing", true),
        ("2024-10-19 now - phase=opened actions=[]", true),
        ("2024-10-19 now - phase=stoppage", false),
        ("2024-10-20 now - actions=s1 phase=stoppage", true),
        ("2024-10-20 2024-08-31 - phase=none", true),
        ("2024-08-31 2024-10-21 - phase=none known.sequence=7", true),
        ("now now warnings.action-without-notice:s1 event=s1", true),
    ] {
        assert_eq!(contradicted(story, line).is_empty(), holds, "{line}");
    }
}

/// The state of a dispute with both cuts.
fn state(record: &Record, dispute: &Slug, on: &str, known: &str) -> Option<Json> {
    let as_of = as_of(record, dispute, on, known);
    let is_known = |sequence| as_of.known.is_none_or(|known| sequence <= known);
    let last = record.recorded().iter().rfind(|event| is_known(event.sequence));
    let known = Known {
        sequence: last.map_or(0, |event| event.sequence.get()),
        digest: String::new(),
        recorded_at: last.map_or(moment(NOW), |event| event.recorded_at),
    };
    State::of(record, dispute, as_of).map(|state| state.to_json(&known))
}

/// Both cuts of a question: the end of a date, and the last event recorded before the end of
/// another. The ledger's own envelope is what was known before there was any event.
fn as_of(record: &Record, dispute: &Slug, on: &str, known: &str) -> AsOf {
    let zone = record.zone_of(Some(dispute));
    let end = |text: &str| Edtf::parse(text).unwrap().span(zone).unwrap().latest.unwrap();
    let last = |known: &str| {
        let recorded = record.recorded().iter();
        let by_then = recorded.take_while(|event| event.recorded_at < end(known));
        by_then.last().map_or(Sequence::LEDGER, |event| event.sequence)
    };
    AsOf {
        on: (on != "now").then(|| end(on)),
        known: (known != "now").then(|| last(known)),
        now: moment(NOW),
    }
}

/// What is shown at a path.
fn part(state: Option<&Json>, path: &str) -> String {
    let Some(state) = state else { return "none".to_owned() };
    let mut keys = path.split('.').filter(|key| *key != "-");
    keys.try_fold(state, step).map_or("nothing".to_owned(), shown)
}

fn step<'a>(json: &'a Json, key: &str) -> Option<&'a Json> {
    json.get(key).or_else(|| json.parts().iter().find(|row| name(row) == key))
}

/// What a row of a list is called.
fn name(row: &Json) -> String {
    let text = |key: &str| row.get(key).and_then(Json::as_text);
    if let (Some(issue), unit) = (text("issue"), text("bargaining_unit")) {
        return unit.map_or(issue.to_owned(), |unit| format!("{issue}/{unit}"));
    }
    if let (Some(code), Some(event)) = (text("code"), text("event")) {
        return format!("{code}:{event}");
    }
    let name = ["contract", "id"].into_iter().find_map(text);
    let unit = row.get("description").and(text("unit"));
    unit.or(name).map_or_else(|| shown(row), str::to_owned)
}

fn shown(json: &Json) -> String {
    match json {
        Json::Text(text) => text.clone(),
        Json::List(rows) if rows.is_empty() => "[]".to_owned(),
        Json::List(rows) => rows.iter().map(name).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
