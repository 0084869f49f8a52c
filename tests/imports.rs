//! A file goes in as a whole or not at all; what is in already changes nothing.

use std::fs;

use serde_json::Value;

use crate::support::{Place, STORY};

const GOOD: &str = r#"{"kind":"party","party":"acme","name":"Acme","role":"employer","id":"p1"}"#;
const BAD_WORD: &str = r#"{"kind":"party","party":"ann","name":"Ann","role":"employr","id":"p2"}"#;
const LATER: &str = r#"{"kind":"gap","dispute":"kaiser-socal-2024","occurred":"2025","text":"x","about":["g2"],"id":"g1"}"#;
const NAMED: &str =
    r#"{"kind":"gap","dispute":"kaiser-socal-2024","occurred":"2025","text":"y","id":"g2"}"#;

fn write(place: &Place, name: &str, rows: &[&[u8]]) {
    let mut bytes = rows.join(&b"\n"[..]);
    bytes.push(b'\n');
    fs::write(place.path().join(name), bytes).unwrap();
}

fn head(place: &Place) -> Value {
    place.json(&["head", "--json"])
}

#[test]
fn the_same_file_again_changes_nothing() {
    let place = Place::with_story();
    let before = head(&place);
    let answer = place.json(&["import", STORY, "--json"]);
    assert_eq!(answer["schema"], "dispute/import/v1");
    assert_eq!((&answer["recorded"], &answer["already_recorded"]), (&0.into(), &174.into()));
    assert_eq!(head(&place), before);
}

#[test]
fn line_by_line_comes_to_the_same_state_as_at_once() {
    let (at_once, by_line) = (Place::with_story(), Place::with_ledger());
    for line in fs::read_to_string(STORY).unwrap().lines() {
        let run = by_line.fed(&["add", "-"], line);
        assert_eq!(run.exit, 0, "{line}: {}", run.stderr);
    }
    for on in [&[][..], &["--on", "2024-10-21"], &["--on", "2025-02-20"], &["--on", "2025-05-09"]] {
        let state = |place: &Place| {
            let arguments = [&["show", "kaiser-socal-2024", "--json"], on].concat();
            let mut state = place.json(&arguments);
            state.as_object_mut().unwrap().remove("known");
            state
        };
        assert_eq!(state(&by_line), state(&at_once), "{on:?}");
    }
}

#[test]
fn one_bad_row_keeps_everything_out_and_every_row_is_told() {
    let place = Place::with_story();
    let before = head(&place);
    write(
        &place,
        "events.jsonl",
        &[GOOD.as_bytes(), BAD_WORD.as_bytes(), b"no json", LATER.as_bytes(), NAMED.as_bytes()],
    );
    let run = place.run(&["import", "events.jsonl"]);
    assert_eq!(run.exit, 3);
    for told in ["bad-word", "line 2: p2", "bad-json", "line 3", "reference-to-later", "line 4: g1"]
    {
        assert!(run.stderr.contains(told), "{told} is not in {}", run.stderr);
    }
    assert_eq!(head(&place), before);
}

#[test]
fn what_is_rejected_is_kept_beside_the_file_mended_and_imported() {
    let place = Place::with_story();
    let rows = [GOOD.as_bytes(), BAD_WORD.as_bytes(), b"", LATER.as_bytes(), NAMED.as_bytes()];
    write(&place, "events.jsonl", &rows);
    let run = place.run(&["import", "events.jsonl", "--keep-going", "--json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.exit, &answer["recorded"], &answer["rejected"]), (3, &2.into(), &2.into()));
    let kept = place.path().join("events.rejected.jsonl");
    let rejected = fs::read_to_string(&kept).unwrap();
    assert_eq!(rejected, format!("{BAD_WORD}\n{LATER}\n"));
    fs::write(&kept, rejected.replace("employr", "employer")).unwrap();
    assert_eq!(place.json(&["import", "events.rejected.jsonl", "--json"])["recorded"], 2);
}

#[test]
fn a_row_that_is_no_text_is_kept_as_it_is() {
    let place = Place::with_ledger();
    write(&place, "events.jsonl", &[GOOD.as_bytes(), b"{\"kind\":\"\xff\"}"]);
    assert_eq!(place.run(&["import", "events.jsonl"]).exit, 3);
    assert_eq!(head(&place)["sequence"], 0);
    assert_eq!(place.run(&["import", "events.jsonl", "--keep-going"]).exit, 3);
    let kept = fs::read(place.path().join("events.rejected.jsonl")).unwrap();
    assert_eq!(kept, b"{\"kind\":\"\xff\"}\n");
    assert_eq!(head(&place)["sequence"], 1);
}

#[test]
fn documents_on_stdin_go_in_together_or_not_at_all() {
    let place = Place::with_story();
    let before = head(&place);
    assert_eq!(place.fed(&["add", "-"], &format!("{NAMED}\n{BAD_WORD}\n")).exit, 3);
    let run = place.fed(&["add", "-"], &format!("{LATER}\n{NAMED}\n"));
    assert!(run.stderr.contains("error[reference-to-later]"), "{}", run.stderr);
    assert_eq!(head(&place), before);
    let run = place.fed(&["add", "-", "--json"], &format!("{NAMED}\n{LATER}\n"));
    assert_eq!((run.exit, run.stdout.lines().count()), (0, 2), "{}", run.stderr);
}

#[test]
fn a_document_may_be_laid_out_over_many_lines() {
    let place = Place::with_ledger();
    let document: Value = serde_json::from_str(GOOD).unwrap();
    let run = place.fed(&["add", "-"], &serde_json::to_string_pretty(&document).unwrap());
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert_eq!(place.json(&["show", "p1", "--json"])["event"], document);
}

#[test]
fn what_the_log_prints_goes_into_a_new_ledger_and_comes_out_equal() {
    let (from, to) = (Place::with_story(), Place::with_ledger());
    from.answer(&[
        "add",
        "gap",
        "kaiser-socal-2024",
        "--on",
        "2025",
        "--text",
        "an id is assigned",
    ]);
    from.answer(&["amend", "K33", "--set", "workers=2300", "--reason", "x"]);
    from.answer(&["retract", "K10", "--reason", "x"]);
    let rows = |place: &Place| place.json_lines(&["log", "--recorded", "--json"]);
    let documents = |place: &Place| -> Vec<Value> {
        let with_id = |mut row: Value| {
            let (id, mut event) = (row["id"].take(), row["event"].take());
            event.as_object_mut().unwrap().entry("id").or_insert(id);
            event
        };
        rows(place).into_iter().map(with_id).collect()
    };
    let handed_in = documents(&from);
    let lines: Vec<String> = handed_in.iter().map(Value::to_string).collect();
    fs::write(to.path().join("log.jsonl"), lines.join("\n")).unwrap();
    to.answer(&["import", "log.jsonl"]);
    assert_eq!(documents(&to), handed_in);
}

#[test]
fn what_comes_later_on_stdin_is_told_apart_from_what_does_not_come() {
    let place = Place::with_story();
    let run = place.fed(&["import", "-"], &format!("{LATER}\n{NAMED}\n"));
    assert!(run.stderr.contains("error[reference-to-later]"), "{}", run.stderr);
    let refused = NAMED.replace("2025", "2099");
    let run = place.fed(&["import", "-"], &format!("{refused}\n{LATER}\n"));
    for told in ["error[future]", "line 1", "reference-to-nothing", "line 2: g1"] {
        assert!(run.stderr.contains(told), "{told} is not in {}", run.stderr);
    }
}

#[test]
fn a_row_too_long_to_be_held_is_refused_and_what_is_behind_it_is_read() {
    let place = Place::with_ledger();
    let long = format!(r#"{{"kind":"party","name":"{}"}}"#, "x".repeat(3 << 20));
    write(&place, "events.jsonl", &[GOOD.as_bytes(), long.as_bytes(), BAD_WORD.as_bytes()]);
    let run = place.run(&["import", "events.jsonl", "--keep-going"]);
    for told in ["event-too-big", "line 2", "bad-word", "line 3: p2"] {
        assert!(run.stderr.contains(told), "{told} is not in {}", run.stderr);
    }
    let kept = fs::read_to_string(place.path().join("events.rejected.jsonl")).unwrap();
    assert!(kept == format!("{long}\n{BAD_WORD}\n"), "{} bytes are kept", kept.len());
    assert_eq!(head(&place)["sequence"], 1);
}

#[test]
fn rows_are_kept_as_they_stood_but_for_what_an_editor_adds() {
    let place = Place::with_ledger();
    let rows = format!("\u{feff}{BAD_WORD}\r\n\r\n  {GOOD}  \r\n{BAD_WORD}");
    fs::write(place.path().join("events.jsonl"), rows).unwrap();
    let run = place.run(&["import", "events.jsonl", "--keep-going"]);
    assert!(run.stderr.contains("line 1: p2") && run.stderr.contains("line 4: p2"), "{run:?}");
    let kept = fs::read_to_string(place.path().join("events.rejected.jsonl")).unwrap();
    assert_eq!(kept, format!("{BAD_WORD}\n{BAD_WORD}\n"));
    assert_eq!(head(&place)["sequence"], 1);
}

#[test]
fn rejected_rows_of_an_earlier_import_are_not_overwritten() {
    let place = Place::with_ledger();
    for row in [BAD_WORD, "no json"] {
        write(&place, "events.jsonl", &[row.as_bytes()]);
        assert_eq!(place.run(&["import", "events.jsonl", "--keep-going"]).exit, 3);
    }
    let kept = |name: &str| fs::read_to_string(place.path().join(name)).unwrap();
    assert_eq!(kept("events.rejected.1.jsonl"), format!("{BAD_WORD}\n"));
    assert_eq!(kept("events.rejected.jsonl"), "no json\n");
}

#[test]
fn a_dry_run_of_an_import_leaves_nothing() {
    let place = Place::with_ledger();
    write(&place, "events.jsonl", &[GOOD.as_bytes(), BAD_WORD.as_bytes()]);
    let run = place.run(&["import", "events.jsonl", "--keep-going", "--dry-run", "--json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&answer["recorded"], &answer["head"]["sequence"]), (&1.into(), &0.into()));
    assert!(!place.path().join("events.rejected.jsonl").exists());
    assert_eq!(head(&place)["sequence"], 0);
    place.answer(&["verify"]);
}

#[test]
fn corrections_of_what_the_same_file_brings_are_made() {
    let place = Place::with_story();
    let amended = r#"{"kind":"amendment","of":"g2","set":{"text":"z"},"reason":"r","id":"a1"}"#;
    let retracted = r#"{"kind":"retraction","of":"g2","reason":"r","id":"r1"}"#;
    let again = r#"{"kind":"retraction","of":"r1","reason":"r","id":"r2"}"#;
    let rows = [NAMED, amended, LATER, retracted, again].map(str::as_bytes);
    write(&place, "events.jsonl", &rows);
    assert_eq!(place.json(&["import", "events.jsonl", "--json"])["recorded"], 5);
    assert_eq!(place.json(&["show", "g2", "--json"])["as_amended"]["text"], "z");
}
