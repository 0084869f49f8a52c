//! The docket changes no byte of any answer: fresh, gone, damaged, behind, or of another ledger.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::Place;

const DISPUTE: &str = "kaiser-socal-2024";

/// Questions about dates before, within and after all that happened.
const QUESTIONS: &[&[&str]] = &[
    &["list"],
    &["list", "--json"],
    &["list", "--on", "2023-01-01", "--json"],
    &["list", "--on", "2024-10-21"],
    &["list", "--on", "2025-02-20", "--json"],
    &["list", "--on", "2025-02-20", "--phase", "stoppage"],
    &["list", "--on", "2025-05-08T12:00"],
    &["list", "--on", "2026-01"],
    &["list", "--on", "2025-02-20", "--known-at", "118"],
    &["list", "--known-at", "174", "--json"],
    &["list", "--on", "2025-02-20", "--json", "--phase", "settled"],
];

/// The same in few.
const FEW: &[&[&str]] = &[&["list"], &["list", "--on", "2025-02-20", "--json"]];

fn docket(place: &Place) -> PathBuf {
    place.path().join(".dispute/derived/docket")
}

fn answers(place: &Place, questions: &[&[&str]]) -> Vec<(String, String)> {
    let answer = |question: &&[&str]| {
        let run = place.run(question);
        assert_eq!(run.exit, 0, "{}", run.stderr);
        (run.stdout, run.stderr)
    };
    questions.iter().map(answer).collect()
}

/// The answers of a ledger without a docket, each of them.
fn unaided(place: &Place, questions: &[&[&str]]) -> Vec<(String, String)> {
    let answer = |question: &&[&str]| {
        let _ = fs::remove_dir_all(place.path().join(".dispute/derived"));
        let run = place.run(question);
        assert_eq!(run.exit, 0, "{}", run.stderr);
        (run.stdout, run.stderr)
    };
    questions.iter().map(answer).collect()
}

const OTHERS: &str = r#"
{"kind":"party","party":"port","name":"The port","role":"employer"}
{"kind":"party","party":"dockers","name":"The dockers","role":"union"}
{"kind":"dispute-opened","id":"docks-o","dispute":"docks","occurred":"2024-11-01","title":"The docks","time_zone":"Australia/Adelaide","employers":["port"],"unions":["dockers"]}
{"kind":"dispute-opened","id":"dropped-o","dispute":"dropped","occurred":"2024-11-01","title":"The dropped","time_zone":"Asia/Kolkata","employers":["port"],"unions":["dockers"]}
{"kind":"session","id":"d1","dispute":"docks","occurred":"2024-11-05","status":"held","parties":["port","dockers"]}
{"kind":"action-started","id":"d2","dispute":"docks","occurred":"2025-02-10","action":"strike","by":"dockers","to":"2025-03-01"}
"#;

/// The story beside a second dispute in another zone and a third whose opening is retracted.
fn with_three() -> Place {
    let place = Place::with_story();
    let run = place.fed(&["import", "-"], OTHERS);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    place.answer(&["retract", "dropped-o", "--reason", "of another port"]);
    place
}

fn row(place: &Place, on: &str, dispute: &str) -> Value {
    let rows = place.json_lines(&["list", "--on", on, "--json"]);
    rows.into_iter().find(|row| row["dispute"] == dispute).unwrap()
}

#[test]
fn answers_are_the_same_bytes_with_the_docket_and_without() {
    let place = with_three();
    let expected = unaided(&place, QUESTIONS);
    assert!(!expected[0].0.contains("dropped") && expected[0].0.contains("docks"));
    place.answer(&["list"]);
    assert!(docket(&place).exists());
    let written = fs::read(docket(&place)).unwrap();
    assert_eq!(answers(&place, QUESTIONS), expected);
    assert_eq!(fs::read(docket(&place)).unwrap(), written, "nothing was to be written again");
    assert_eq!(place.run(&["verify"]).exit, 0);
    assert_eq!(place.run(&["verify", "--derived"]).exit, 0);
}

#[test]
fn a_damaged_docket_is_found_and_passed_over_and_made_anew() {
    let place = with_three();
    let expected = unaided(&place, FEW);
    place.answer(&["list"]);
    let sound = fs::read(docket(&place)).unwrap();
    for at in [0, 16, 30, 60, 90, sound.len() / 2, sound.len() - 40, sound.len() - 1] {
        let mut damaged = sound.clone();
        damaged[at] ^= 0x20;
        fs::write(docket(&place), damaged).unwrap();
        let report = place.run(&["verify", "--json"]);
        assert_eq!(report.exit, 5, "byte {at}");
        assert!(report.stdout.contains("derived-stale"), "byte {at}: {}", report.stdout);
        assert_eq!(answers(&place, FEW), expected, "byte {at}");
        assert_eq!(fs::read(docket(&place)).unwrap(), sound, "byte {at}");
    }
    for length in [0, 1, 40, sound.len() / 2, sound.len() - 1] {
        fs::write(docket(&place), &sound[..length]).unwrap();
        assert_eq!(answers(&place, FEW), expected, "cut at {length}");
    }
    assert_eq!(place.run(&["verify"]).exit, 0);
}

/// What is recorded after the docket was made, of each kind that can move a row.
const LATER: &[&[&str]] = &[
    &[
        "add",
        "session",
        "docks",
        "--on",
        "2024-11-20",
        "--id",
        "l1",
        "--status",
        "held",
        "--party",
        "port",
    ],
    &["amend", "d2", "--set", "occurred=2025-02-12", "--reason", "it began later"],
    &["amend", "docks-o", "--set", "title=The docks of Adelaide", "--id", "la", "--reason", "x"],
    &["retract", "la", "--reason", "the shorter one is used"],
    &["retract", "d2", "--id", "lr", "--reason", "it did not happen"],
    &["retract", "lr", "--reason", "it did"],
    &["redact", "d1", "--reason", "names a docker"],
    &["add", "party", "tugs", "--name", "The tugs", "--role", "union"],
    &["amend", OPENING, "--set", "title=Kaiser, again", "--reason", "x"],
    &["add", "dispute-closed", DISPUTE, "--on", "2025-06-01", "--outcome", "settled"],
];
/// The opening of the story's dispute.
const OPENING: &str = "opened-socal";

#[test]
fn what_was_recorded_since_counts_whatever_it_corrects() {
    let place = with_three();
    place.answer(&["list"]);
    let mut moved = 0;
    let mut before = answers(&place, FEW);
    for step in LATER {
        let run = place.run(step);
        assert_eq!(run.exit, 0, "{step:?}: {}", run.stderr);
        let behind = answers(&place, FEW);
        moved += usize::from(behind != before);
        assert_eq!(place.run(&["verify", "--derived"]).exit, 0, "{step:?}");
        assert_eq!(behind, unaided(&place, FEW), "{step:?}");
        before = behind;
    }
    assert!(moved >= 8, "{moved} of these steps changed an answer");
}

#[test]
fn the_docket_of_another_ledger_or_of_a_rewritten_one_is_passed_over() {
    let place = with_three();
    let other = Place::with_story();
    other.answer(&["list"]);
    let expected = unaided(&place, FEW);
    place.answer(&["list"]);
    fs::copy(docket(&other), docket(&place)).unwrap();
    assert_eq!(place.run(&["verify"]).exit, 5);
    assert_eq!(answers(&place, FEW), expected);
    // The same ledger up to a backup, and another history from there.
    place.answer(&["backup", "then.backup"]);
    place.answer(&[
        "add",
        "session",
        "docks",
        "--on",
        "2024-12-01",
        "--status",
        "held",
        "--party",
        "port",
    ]);
    place.answer(&["list"]);
    place.answer(&["restore", "then.backup", "again"]);
    let again = place.path().join("again/.dispute/derived");
    fs::create_dir_all(&again).unwrap();
    fs::copy(docket(&place), again.join("docket")).unwrap();
    let rows = |arguments: &[&str]| place.answer(&[arguments, FEW[1]].concat());
    let beyond = rows(&["-L", "again"]);
    assert_eq!(beyond, expected[1].0, "its end is beyond that of the log");
    fs::copy(docket(&place), again.join("docket")).unwrap();
    let add = ["-L", "again", "add", "session", "docks", "--on", "2024-12-24", "--party", "port"];
    place.answer(&[&add[..], &["--status", "held"]].concat());
    fs::copy(docket(&place), again.join("docket")).unwrap();
    let forked = rows(&["-L", "again"]);
    fs::remove_dir_all(&again).unwrap();
    assert_eq!(rows(&["-L", "again"]), forked);
}

#[test]
fn a_docket_that_says_something_else_is_found_by_verify() {
    let place = with_three();
    place.answer(&["list"]);
    let kept = fs::read(docket(&place)).unwrap();
    // One letter of a title, under a digest that fits.
    let mut changed = kept[..kept.len() - 32].to_vec();
    let title = changed.windows(9).position(|it| it == b"The docks").unwrap();
    changed[title + 4] = b'r';
    let digest = dispute_core::Digest::of_bytes(&changed);
    changed.extend(digest.as_bytes());
    fs::write(docket(&place), changed).unwrap();
    let report = place.run(&["verify", "--derived", "--json"]);
    assert_eq!(report.exit, 5, "{}", report.stdout);
    assert!(report.stdout.contains("derived-stale"), "{}", report.stdout);
    assert!(report.stdout.contains("docks"), "{}", report.stdout);
}

#[test]
fn what_a_redaction_erases_is_in_no_docket() {
    let place = with_three();
    let secret = "Wilhelmina Quist against the port";
    let set = format!("title={secret}");
    place.answer(&["amend", "docks-o", "--set", &set, "--id", "told", "--reason", "x"]);
    assert_eq!(row(&place, "2025-02-20", "docks")["title"], secret);
    let holds = |bytes: Vec<u8>| bytes.windows(16).any(|it| it == &secret.as_bytes()[..16]);
    assert!(holds(fs::read(docket(&place)).unwrap()));
    place.answer(&["redact", "told", "--reason", "names a person"]);
    assert!(!holds(fs::read(docket(&place)).unwrap()));
    let kept = fs::read(docket(&place)).unwrap();
    assert_eq!(row(&place, "2025-02-20", "docks")["title"], "The docks");
    assert_eq!(fs::read(docket(&place)).unwrap(), kept, "nothing was left to be done");
    // What was refused leaves the docket where it was.
    assert_eq!(place.run(&["redact", "docks-o", "--reason", "x"]).exit, 3);
    assert_eq!(fs::read(docket(&place)).unwrap(), kept);
    assert_eq!(place.run(&["verify", "--derived"]).exit, 0);
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_to_a_docket() {
    use std::os::unix::fs::symlink;
    let place = with_three();
    let expected = unaided(&place, FEW);
    let elsewhere = place.path().join("elsewhere");
    fs::write(&elsewhere, "mine").unwrap();
    fs::remove_dir_all(place.path().join(".dispute/derived")).unwrap();
    fs::create_dir(place.path().join(".dispute/derived")).unwrap();
    symlink(&elsewhere, docket(&place)).unwrap();
    assert_eq!(answers(&place, FEW), expected);
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine");
    let folder = place.path().join("folder");
    fs::create_dir(&folder).unwrap();
    fs::remove_dir_all(place.path().join(".dispute/derived")).unwrap();
    symlink(&folder, place.path().join(".dispute/derived")).unwrap();
    assert_eq!(answers(&place, FEW), expected);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_backup_is_listed_as_its_ledger_is() {
    let place = with_three();
    let expected = answers(&place, QUESTIONS);
    place.answer(&["backup", "all.backup"]);
    for (question, (answer, _)) in QUESTIONS.iter().zip(expected) {
        let arguments = [&["-L", "all.backup"], *question].concat();
        assert_eq!(place.answer(&arguments), answer, "{question:?}");
    }
}
