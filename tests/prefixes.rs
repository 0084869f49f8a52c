//! What was known once an event was recorded is what a ledger says that ends with it: corrections,
//! another opening in another zone, and other accounts included.

use serde_json::Value;

use crate::support::Place;

const STORY: &[&str] = &[
    r#"{"kind":"party","id":"a","party":"acme","name":"Acme","role":"employer"}"#,
    r#"{"kind":"party","id":"b","party":"local-1","name":"Local 1","role":"union"}"#,
    r#"{"kind":"dispute-opened","id":"o","dispute":"x","occurred":"2024-01-01","title":"X","time_zone":"Pacific/Auckland","employers":["acme"],"unions":["local-1"]}"#,
    r#"{"kind":"proposal","id":"p","dispute":"x","occurred":"2024-02-01","by":"acme","form":"proposal","items":[{"issue":"pay","terms":"5"}]}"#,
    r#"{"kind":"session","id":"s","dispute":"x","occurred":"2024-02-01T09:00","status":"held","parties":["acme","local-1"]}"#,
    r#"{"kind":"rejection","id":"r","dispute":"x","occurred":"../2024-03-01","of":"p","by":"local-1"}"#,
    r#"{"kind":"proposal","id":"p2","dispute":"x","occurred":"2024-02-05","by":"acme","form":"proposal","items":[{"issue":"pay","terms":"6"}],"version_of":"p"}"#,
    r#"{"kind":"amendment","id":"m","of":"p","set":{"items":[{"issue":"pay","terms":"7"}]},"reason":"misread"}"#,
    r#"{"kind":"amendment","id":"n","of":"r","occurred":"2024","set":{"occurred":"../2024-02-20"},"reason":"the letter"}"#,
    r#"{"kind":"retraction","id":"t","of":"m","reason":"it was right"}"#,
    r#"{"kind":"retraction","id":"u","of":"o","reason":"the wrong zone"}"#,
    r#"{"kind":"dispute-opened","id":"o2","dispute":"x","occurred":"2024-01-01","title":"X","time_zone":"America/Los_Angeles","employers":["acme"],"unions":["local-1"]}"#,
];

fn ledger(events: usize) -> Place {
    let place = Place::with_ledger();
    for event in &STORY[..events] {
        let run = place.fed(&["add", "-"], event);
        assert_eq!(run.exit, 0, "{event}: {}", run.stderr);
    }
    place
}

/// What a run answers, without what two ledgers cannot have in common.
fn told(place: &Place, arguments: &[&str]) -> (i32, Vec<Value>) {
    let run = place.run(arguments);
    let mut rows: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    rows.iter_mut().for_each(forget);
    (run.exit, rows)
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for key in ["recorded_at", "digest", "previous", "known"] {
                members.remove(key);
            }
            members.values_mut().for_each(forget);
        }
        Value::Array(parts) => parts.iter_mut().for_each(forget),
        _ => {}
    }
}

#[test]
fn every_verb_answers_at_an_event_what_a_ledger_answers_that_ends_with_it() {
    let whole = ledger(STORY.len());
    for events in [5, 9, 12] {
        let prefix = ledger(events);
        let at = events.to_string();
        for on in ["2024-01-31", "2024-02-02", "2024-03-05"] {
            for question in [
                &["show", "x"][..],
                &["show", "p"],
                &["show", "s"],
                &["show", "acme"],
                &["log", "x"],
                &["log"],
                &["list"],
                &["replay", "x"],
                &["why", "x", "proposals.p"],
            ] {
                let asked = [question, &["--on", on, "--json"]].concat();
                let known = [&asked[..], &["--known-at", &at]].concat();
                assert_eq!(told(&whole, &known), told(&prefix, &asked), "{known:?}");
            }
        }
    }
}

#[test]
fn a_correction_is_listed_whatever_the_date_and_never_as_possible() {
    let place = ledger(10);
    let rows = place.json_lines(&["log", "x", "--on", "2024-01-31", "--json"]);
    let corrections: Vec<&Value> =
        rows.iter().filter(|row| ["m", "n", "t"].iter().any(|id| row["id"] == *id)).collect();
    assert_eq!(corrections.len(), 3);
    assert!(corrections.iter().all(|row| row.get("possible").is_none()));
    assert_eq!(place.json(&["show", "n", "--on", "2024-03-05", "--json"]).get("happened"), None);
}

#[test]
fn what_stands_beside_an_event_is_cut_by_the_date_too() {
    let place = ledger(7);
    let at = |on| place.json(&["show", "p", "--on", on, "--json"]);
    // The answer is no earlier than what it answers, whatever its own date says.
    let none = Value::from(Vec::<String>::new());
    assert_eq!([&at("2024-01-15")["replies"], &at("2024-01-15")["versions"]], [&none, &none]);
    assert_eq!(at("2024-02-10")["versions"], Value::from(vec!["p2"]));
    assert_eq!(at("2024-02-10")["replies"], Value::from(vec!["r"]));
    let party = place.json(&["show", "acme", "--on", "2023-01-01", "--json"]);
    assert_eq!(party["disputes"], none);
}
