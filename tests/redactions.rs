//! What is redacted is erased and what was said of it before still holds; what is compacted is gone.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::support::Place;

const DISPUTE: &str = "kaiser-socal-2024";
const SECRET: &str = "a patient called Wilhelmina Quist";

/// The files under a folder that hold some bytes.
fn holding(dir: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, bytes));
        } else if fs::read(&path).unwrap().windows(bytes.len()).any(|it| it == bytes) {
            found.push(path);
        }
    }
    found
}

/// The salt of the event whose content holds some text, out of a backup: it stands before the
/// length of the content, which is written in three bytes where it is over 250.
fn salt(backup: &Path, text: &str) -> Vec<u8> {
    let bytes = fs::read(backup).unwrap();
    let at = bytes.windows(text.len()).position(|it| it == text.as_bytes()).unwrap();
    let content = (0..at).rev().find(|n| bytes[*n] == b'{').unwrap();
    bytes[content - 35..content - 3].to_vec()
}

fn with_secret() -> Place {
    let place = Place::with_story();
    let text = format!("{SECRET}, {}", "and more of the kind ".repeat(30));
    place.answer(&["add", "gap", DISPUTE, "--id", "told", "--text", &text]);
    let amended = format!("text=not {SECRET} but another");
    place.answer(&["amend", "told", "--set", &amended, "--reason", "mixed up"]);
    place.answer(&["add", "gap", DISPUTE, "--id", "later", "--text", "x"]);
    place
}

#[test]
fn what_is_redacted_is_erased_with_its_amendments_and_answers_like_a_retraction() {
    let place = with_secret();
    let before = place.answer(&["head"]);
    let dry = place.run(&["redact", "told", "--reason", "names a patient", "--dry-run"]);
    assert_eq!((dry.exit, dry.stderr.as_str()), (0, ""), "{}", dry.stdout);
    assert_eq!(place.answer(&["head"]), before);
    let arguments = ["redact", "to", "--reason", "names a patient", "--authority", "the court"];
    let answer = place.json(&[&arguments[..], &["--as", "ruth", "--json"]].concat());
    assert_eq!(answer["schema"], "dispute/redact/v1");
    assert_eq!((&answer["sequence"], &answer["already_recorded"]), (&json!(178), &json!(false)));
    for key in ["id", "digest", "recorded_at", "occurred", "warnings"] {
        assert!(answer.get(key).is_some(), "{key}");
    }
    let shown = place.json(&["show", "told", "--json"]);
    assert_eq!((&shown["redacted"], &shown["event"]), (&json!(true), &json!(null)));
    assert_eq!(shown["corrections"].as_array().unwrap().len(), 1);
    let log = place.answer(&["log", "--json"]);
    assert!(!log.contains(SECRET) && log.contains("the court"));
    let report = place.json(&["verify", "--json"]);
    assert_eq!((&report["ok"], &report["redacted"]), (&json!(true), &json!(2)));
}

#[test]
fn a_redaction_says_what_it_cannot_reach() {
    let place = with_secret();
    let run = place.run(&["redact", "told", "--reason", "x"]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    for word in ["backups", "proofs", "exports", "envelope", "dispute compact"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    let page = place.answer(&["help", "redact"]);
    assert!(page.lines().count() <= 40 && page.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn what_may_not_be_redacted_is_refused_and_nothing_is_written() {
    let place = with_secret();
    let before = place.answer(&["head"]);
    let opening = place.json_lines(&["log", DISPUTE, "--json", "--kind", "dispute-opened"]);
    let opening = opening[0]["id"].as_str().unwrap().to_owned();
    for (arguments, exit, code) in [
        (&["redact", "told"][..], 3, "missing-key"),
        (&["redact", "nothing", "--reason", "x"], 3, "reference-to-nothing"),
        (&["redact", &opening, "--reason", "x"], 3, "not-redactable"),
        (&["add", "redaction", "--of", "told", "--reason", "x"], 3, "redaction-by-hand"),
        (&["redact", "told", "--reason", "x", "--expect-head", "3:12345678"], 11, "head-moved"),
    ] {
        let run = place.run(arguments);
        assert_eq!(run.exit, exit, "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.starts_with(&format!("error[{code}]: ")), "{}", run.stderr);
    }
    let document = r#"{"kind":"redaction","of":"told","reason":"x"}"#;
    assert_eq!(place.fed(&["add", "-"], document).exit, 3);
    assert_eq!(place.answer(&["head"]), before);
    assert!(place.answer(&["show", "told"]).contains("Quist"));
}

#[test]
fn after_compacting_no_file_of_the_ledger_holds_what_was_erased() {
    let place = with_secret();
    place.answer(&["backup", "before.backup"]);
    let salt = salt(&place.path().join("before.backup"), SECRET);
    let ledger = place.path().join(".dispute");
    assert!(!holding(&ledger, SECRET.as_bytes()).is_empty());
    assert!(!holding(&ledger, &salt).is_empty(), "the salt was found in the wrong place");
    place.answer(&["redact", "told", "--reason", "names a patient"]);
    let head = place.answer(&["head"]);
    let list = place.answer(&["log", "--recorded", "--json"]);
    let answer = place.json(&["compact", "--json"]);
    assert_eq!(answer["schema"], "dispute/compact/v1");
    assert_eq!(holding(&ledger, SECRET.as_bytes()), Vec::<PathBuf>::new());
    assert_eq!(holding(&ledger, &salt), Vec::<PathBuf>::new());
    for run in salt.windows(16) {
        assert_eq!(holding(&ledger, run), Vec::<PathBuf>::new());
    }
    assert_eq!(place.answer(&["head"]), head);
    assert_eq!(place.answer(&["log", "--recorded", "--json"]), list);
    assert_eq!(holding(&ledger, SECRET.as_bytes()), Vec::<PathBuf>::new());
    place.answer(&["add", "gap", DISPUTE, "--text", "goes on"]);
    place.answer(&["compact"]);
    place.answer(&["verify"]);
}

#[test]
fn every_head_from_before_still_verifies() {
    let place = with_secret();
    let mut heads: Vec<String> = place
        .json_lines(&["log", "--recorded", "--json"])
        .iter()
        .filter(|row| row["sequence"].as_u64().unwrap() % 9 == 0)
        .map(|row| format!("{}:{}", row["sequence"], row["digest"].as_str().unwrap()))
        .collect();
    heads.push(place.answer(&["head"]).trim().to_owned());
    let verify = |ledger: &str| {
        let expected = heads.iter().flat_map(|head| ["--expect-head", head.as_str()]);
        let arguments: Vec<&str> = ["-L", ledger, "verify"].into_iter().chain(expected).collect();
        place.answer(&arguments);
    };
    verify(".dispute");
    place.answer(&["redact", "told", "--reason", "names a patient"]);
    verify(".dispute");
    place.answer(&["compact"]);
    verify(".dispute");
    place.answer(&["backup", "after.backup"]);
    verify("after.backup");
    place.answer(&["restore", "after.backup", "again"]);
    verify("again");
}
