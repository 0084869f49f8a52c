//! Every kind of event goes in by flags and as a document, and both record the same.
//!
//! A line of `kinds/kinds.jsonl` is one event twice: `add`, the arguments of `dispute add`, and
//! `event`, the document that says the same. The lines build on each other: they are recorded in
//! their order, those by flags in one ledger and the documents in another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::Place;

const KINDS: &str = include_str!("kinds/kinds.jsonl");

/// Keys that stand beside those of the kind.
const ENVELOPE: [&str; 4] = ["kind", "id", "dispute", "occurred"];

struct Line {
    add: Vec<String>,
    event: Value,
}

#[test]
fn flags_record_what_the_document_records() {
    let (by_flags, by_document) = (Place::with_ledger(), Place::with_ledger());
    for Line { add, event } in lines() {
        let mut arguments = vec!["add".to_owned()];
        arguments.extend(add);
        by_flags.answer(&arguments);
        let run = by_document.fed(&["add", "-"], &event.to_string());
        assert_eq!(run.exit, 0, "{event}: {}", run.stderr);
        let id = event["id"].as_str().unwrap();
        let shown = |place: &Place| place.json(&["show", id, "--json"])["event"].clone();
        assert_same(&shown(&by_flags), &event);
        assert_same(&shown(&by_document), &event);
    }
    for place in [by_flags, by_document] {
        assert_eq!(place.json(&["verify", "--json"])["ok"], true);
    }
}

#[test]
fn every_kind_but_redaction_is_recorded() {
    let mut kinds: BTreeSet<String> =
        lines().iter().map(|line| text(&line.event["kind"])).collect();
    kinds.insert("redaction".to_owned());
    assert_eq!(kinds, keys_of_kinds().into_keys().collect());
}

#[test]
fn every_key_of_every_kind_is_given_by_a_flag() {
    let (mut common, mut missing) = (BTreeSet::new(), Vec::new());
    let all = keys_of_kinds();
    // The keys that every kind has need one flag each, in any kind.
    for keys in all.values() {
        common = match common.is_empty() {
            true => keys.clone(),
            false => common.intersection(keys).cloned().collect(),
        };
    }
    common.insert("version_of".to_owned());
    let given = |kind: Option<&str>, key: &str| {
        let mut lines = lines().into_iter();
        lines.any(|line| {
            kind.is_none_or(|kind| line.event["kind"] == kind) && line.event.get(key).is_some()
        })
    };
    for (kind, keys) in all.iter().filter(|(kind, _)| *kind != "redaction") {
        let own = keys.iter().filter(|key| !common.contains(*key));
        missing
            .extend(own.filter(|key| !given(Some(kind), key)).map(|key| format!("{kind}.{key}")));
    }
    missing.extend(common.iter().filter(|key| !given(None, key)).cloned());
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_kind_says_what_it_takes_and_shows_an_example() {
    let place = Place::new();
    for (kind, keys) in keys_of_kinds().into_iter().filter(|(kind, _)| kind != "redaction") {
        let help = place.answer(&["add", &kind, "--help"]);
        assert!(help.contains(&format!("dispute add {kind} ")), "{kind}: no example in {help}");
        assert!(keys.len() > ENVELOPE.len(), "{kind} has no keys of its own");
        let page = place.answer(&["help", "kinds", &kind]);
        for key in keys.iter().filter(|key| *key != "kind") {
            assert!(page.contains(key.as_str()), "{kind}: {key} is not in {page}");
        }
    }
}

fn lines() -> Vec<Line> {
    let read = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let add = serde_json::from_value(line["add"].take()).unwrap();
        Line { add, event: line["event"].take() }
    };
    KINDS.lines().map(read).collect()
}

/// Every kind with its keys, by the JSON Schema that the binary prints.
fn keys_of_kinds() -> BTreeMap<String, BTreeSet<String>> {
    let schema = Place::new().json(&["help", "kinds", "--json"]);
    let kinds = schema["oneOf"].as_array().unwrap().iter();
    let keys = |kind: &Value| kind["properties"].as_object().unwrap().keys().cloned().collect();
    kinds.map(|kind| (text(&kind["title"]), keys(kind))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Whether two documents are equal JSON, numbers by value: `1` and `1.0` are one.
#[track_caller]
fn assert_same(found: &Value, expected: &Value) {
    assert_eq!(by_value(found), by_value(expected));
}

fn by_value(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().unwrap().into(),
        Value::Array(values) => values.iter().map(by_value).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), by_value(value))).collect()
        }
        other => other.clone(),
    }
}
