//! A dispute among many parties: what is kept of their names changes no byte of any answer, and what
//! is refused is refused in the same words.

use std::fs;
use std::path::PathBuf;

use crate::support::{Place, Run};

const DISPUTE: &str = "kaiser-socal-2024";
const QUESTIONS: &[&[&str]] = &[
    &["show", DISPUTE, "--on", "2025-02-20"],
    &["show", DISPUTE, "--on", "2025-02-20", "--json"],
    &["show", DISPUTE, "--on", "2025-02-20", "--known-at", "40", "--json"],
    &["log", DISPUTE, "--json"],
    &["log", DISPUTE, "--on", "2025-02-20"],
    &["why", DISPUTE, "phase", "--on", "2025-02-20"],
    &["replay", DISPUTE],
    &["show", "port-7", "--on", "2026-01-01"],
    &["show", "port-7-first", "--on", "2026-01-01"],
    // Refused, with a hint for which all that is on record is searched.
    &["add", "statement", DISPUTE, "--speaker", "x", "--text", "x", "--on-behalf-of", "port-8x"],
    &["add", "statement", DISPUTE, "--speaker", "x", "--text", "x", "--about", "port-7-firsd"],
    &["add", "party", "port-9", "--name", "x", "--role", "union", "--id", "port-7-first"],
    &["add", "dispute-opened", "port-7-first", "--on", "2025-01-01", "--title", "x"],
    &["add", "party", "port-9", "--name", "x", "--role", "union", "--version-of", "port-7-firsd"],
    &["retract", "port-7-firsd", "--reason", "x"],
    // Taken.
    &[
        "add",
        "statement",
        DISPUTE,
        "--speaker",
        "x",
        "--text",
        "x",
        "--about",
        "port-8",
        "--dry-run",
    ],
    &["add", "party", "port-7", "--name", "x", "--role", "other", "--dry-run"],
];

/// A strike in the record beside many parties, of which some are described again and corrected.
fn with_many() -> Place {
    let place = Place::with_story();
    let party = |n: usize| {
        let parent = if n > 0 { format!(r#","parent":"port-{}""#, n - 1) } else { String::new() };
        format!(
            r#"{{"kind":"party","id":"port-{n}-first","party":"port-{n}","name":"Port {n}","role":"employer"{parent}}}"#
        )
    };
    let parties: Vec<String> = (0..80).map(party).collect();
    import(&place, &parties.join("\n"));
    import(
        &place,
        r#"{"kind":"party","id":"again","party":"port-7","name":"Port seven","role":"employer"}
        {"kind":"party","id":"other","party":"port-7","name":"Seven","role":"union","version_of":"port-7-first"}
        {"kind":"amendment","id":"am","of":"port-8-first","set":{"name":"Port eight"},"reason":"x"}
        {"kind":"retraction","id":"re","of":"am","reason":"x"}"#,
    );
    speak_about(&place, "port-7");
    place
}

fn speak_about(place: &Place, party: &str) {
    let words = ["--speaker", "x", "--text", "x", "--about", party];
    place.answer(&[&["add", "statement", DISPUTE], &words[..]].concat());
}

fn import(place: &Place, lines: &str) {
    let run = place.fed(&["import", "-"], lines);
    assert_eq!(run.exit, 0, "{}", run.stderr);
}

fn names(place: &Place) -> PathBuf {
    place.path().join(".dispute/derived/names")
}

fn answers(place: &Place) -> Vec<(i32, String, String)> {
    let answer = |run: Run| (run.exit, run.stdout, run.stderr);
    QUESTIONS.iter().map(|question| answer(place.run(question))).collect()
}

#[test]
fn answers_and_refusals_are_the_same_with_the_names_and_without() {
    let place = with_many();
    let unaided = |question: &&[&str]| {
        let _ = fs::remove_dir_all(place.path().join(".dispute/derived"));
        let run = place.run(question);
        (run.exit, run.stdout, run.stderr)
    };
    let expected: Vec<_> = QUESTIONS.iter().map(unaided).collect();
    assert!(expected[9].2.contains("did you mean port-8"), "{}", expected[9].2);
    assert!(expected[10].2.contains("did you mean port-7-first"), "{}", expected[10].2);
    for (n, (exit, ..)) in expected.iter().enumerate() {
        assert_eq!(*exit == 0, !(9..15).contains(&n), "{:?}: {:?}", QUESTIONS[n], expected[n]);
    }
    place.answer(&["show", DISPUTE]);
    assert!(names(&place).is_file());
    assert_eq!(answers(&place), expected);
}

#[test]
fn damaged_names_are_found_and_passed_over_and_made_anew() {
    let place = with_many();
    place.answer(&["show", DISPUTE]);
    let expected = answers(&place);
    let sound = fs::read(names(&place)).unwrap();
    for at in [0, 20, 40, 70, sound.len() / 2, sound.len() - 1] {
        let mut damaged = sound.clone();
        damaged[at] ^= 0x20;
        fs::write(names(&place), damaged).unwrap();
        let report = place.run(&["verify", "--json"]);
        assert_eq!(report.exit, 5, "byte {at}");
        assert!(report.stdout.contains("derived-stale"), "byte {at}: {}", report.stdout);
        assert_eq!(answers(&place), expected, "byte {at}");
        assert_eq!(place.run(&["verify", "--derived"]).exit, 0, "byte {at}");
    }
}

#[test]
fn parties_that_were_recorded_since_count() {
    let place = with_many();
    place.answer(&["show", DISPUTE]);
    let kept = fs::read(names(&place)).unwrap();
    place.answer(&["add", "party", "quay", "--name", "The quay", "--role", "employer"]);
    place.answer(&["amend", "port-7-first", "--set", "name=The port", "--reason", "x"]);
    speak_about(&place, "quay");
    assert_eq!(fs::read(names(&place)).unwrap(), kept);
    let aided = answers(&place);
    fs::remove_file(names(&place)).unwrap();
    assert_eq!(aided, answers(&place));
    assert!(place.answer(&["show", "quay"]).contains("The quay"));
}

#[test]
fn what_a_redaction_erases_is_in_no_list_of_names() {
    let place = with_many();
    place.answer(&["show", DISPUTE]);
    place.answer(&["redact", "port-79-first", "--reason", "x"]);
    assert!(!names(&place).exists());
    place.answer(&["show", DISPUTE]);
    let kept = fs::read(names(&place)).unwrap();
    assert!(kept.windows(7).any(|bytes| bytes == b"port-78"));
    assert!(!kept.windows(7).any(|bytes| bytes == b"port-79"));
}
