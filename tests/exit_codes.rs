//! Scripts rely on the numbers that the binary exits with, and on the one JSON object that tells
//! what went wrong.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Place, Run, STORY};

/// Asserts what a run that failed exits with, and under which code it says why.
#[track_caller]
fn assert_fails(place: &Place, arguments: &[&str], exit: i32, code: &str) {
    let run = place.run(&[&["--json"], arguments].concat());
    assert_error(&run, exit, code);
    let run = place.run(arguments);
    assert_eq!(run.exit, exit, "{}", run.stderr);
    assert!(run.stderr.starts_with(&format!("error[{code}]: ")), "{}", run.stderr);
    assert!(run.stderr.contains("\nhelp: "), "no way out is given: {}", run.stderr);
}

#[track_caller]
fn assert_error(run: &Run, exit: i32, code: &str) {
    assert_eq!(run.exit, exit, "{}", run.stderr);
    let error: Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(error["schema"], "dispute/error/v1");
    assert_eq!((&error["code"], &error["exit"]), (&code.into(), &exit.into()), "{error}");
    assert!(error["message"].is_string() && error.get("hint").is_some(), "{error}");
}

fn head(place: &Place) -> Value {
    place.json(&["head", "--json"])
}

#[test]
fn a_ledger_that_exists_is_not_made_again_1() {
    let place = Place::with_ledger();
    assert_fails(&place, &["init"], 1, "ledger-exists");
    assert_fails(&place, &["init", "."], 1, "ledger-exists");
    assert_fails(&place, &["init", ".dispute"], 1, "ledger-exists");
    assert_fails(&place, &["-L", ".dispute", "init"], 1, "ledger-exists");
}

#[test]
fn a_file_that_is_not_there_1() {
    assert_fails(&Place::with_ledger(), &["import", "nothing.jsonl"], 1, "io");
}

#[test]
fn an_unknown_verb_or_flag_or_a_date_that_cannot_be_read_2() {
    let place = Place::with_story();
    let dispute = "kaiser-socal-2024";
    for arguments in [
        &["tell"][..],
        &["add", "strike", dispute],
        &["list", "--phse", "stoppage"],
        &["show", dispute, "--on", "04/05/2025"],
        &["show", dispute, "--on", "Monday"],
        &["show", dispute, "--on", "2025-02/.."],
        &["log", "--since", "soon"],
        &["log", "--kind", "strike"],
        &["replay", dispute, "--until", "2025-02-30"],
        &["list", "--on", "tomorrow"],
        &["--today", "x", "list"],
        &["verify", "--expect-head", "the last one"],
    ] {
        assert_fails(&place, arguments, 2, "usage");
    }
}

#[test]
fn a_date_of_two_readings_names_both() {
    let place = Place::with_story();
    let run = place.run(&["show", "kaiser-socal-2024", "--on", "04/05/2025"]);
    assert!(
        run.stderr.contains("2025-04-05") && run.stderr.contains("2025-05-04"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_breaks_a_rule_is_refused_by_its_code_and_nothing_is_written_3() {
    let place = Place::with_story();
    let before = head(&place);
    let dispute = "kaiser-socal-2024";
    let vote = |flag, value| {
        [
            "add",
            "vote-result",
            dispute,
            "--purpose",
            "other",
            "--by",
            "nuhw",
            "--stage",
            "final",
            flag,
            value,
        ]
    };
    assert_fails(&place, &vote("--eligible", "-1"), 3, "wrong-type");
    assert_fails(&place, &vote("--percent-yes", "101"), 3, "percentage");
    assert_fails(&place, &vote("--outcome", "won"), 3, "bad-word");
    let proposal =
        |item| ["add", "proposal", dispute, "--by", "kaiser", "--form", "counter", "--item", item];
    assert_fails(&place, &proposal("wages"), 3, "missing-key");
    assert_fails(&place, &proposal("{\"issue\":"), 3, "bad-json");
    let gap = |flag, value| ["add", "gap", dispute, "--text", "x", flag, value];
    assert_fails(&place, &gap("--on", "04/05/2025"), 3, "bad-date");
    assert_fails(&place, &gap("--on", "2199"), 3, "future");
    assert_fails(&place, &gap("--id", ""), 3, "bad-id");
    assert_fails(&place, &gap("--about", "nothing"), 3, "reference-to-nothing");
    assert_fails(&place, &["add", "gap", dispute], 3, "missing-key");
    assert_fails(&place, &["add", "gap", "nowhere", "--text", "x"], 3, "undeclared-dispute");
    assert_fails(&place, &["add", "session", "nowhere", "--status", "held"], 3, "missing-key");
    assert_fails(&place, &["amend", "K33", "--set", "workers=1"], 3, "missing-key");
    assert_fails(&place, &["amend", "K33", "--set", "workers", "--reason", "x"], 3, "wrong-type");
    assert_fails(
        &place,
        &["amend", "K33", "--set", "id=K34", "--reason", "x"],
        3,
        "amends-fixed-key",
    );
    assert_fails(&place, &["retract", "nothing", "--reason", "x"], 3, "reference-to-nothing");
    let opened = [
        "add",
        "dispute-opened",
        "new",
        "--title",
        "x",
        "--time-zone",
        "UTC",
        "--employer",
        "kaiser",
        "--union",
        "nuhw",
    ];
    assert_fails(&place, &opened, 3, "missing-key");
    assert_eq!(head(&place), before);
}

#[test]
fn a_redaction_by_hand_is_refused_however_it_comes_3() {
    let place = Place::with_story();
    let document = r#"{"kind":"redaction","of":"K33","reason":"x"}"#;
    assert_error(&place.fed(&["--json", "add", "-"], document), 3, "redaction-by-hand");
    fs::write(place.path().join("events.jsonl"), document).unwrap();
    assert_fails(&place, &["import", "events.jsonl"], 3, "redaction-by-hand");
    assert_eq!(place.json(&["show", "K33", "--json"])["redacted"], false);
}

#[test]
fn a_dry_run_refuses_as_the_real_one_and_writes_nothing() {
    let place = Place::with_story();
    let before = head(&place);
    assert_fails(
        &place,
        &["add", "gap", "nowhere", "--text", "x", "--dry-run"],
        3,
        "undeclared-dispute",
    );
    for arguments in [
        &["add", "gap", "kaiser-socal-2024", "--text", "x", "--dry-run", "--json"][..],
        &["amend", "K33", "--set", "workers=1", "--reason", "x", "--dry-run", "--json"],
        &["retract", "K33", "--reason", "x", "--dry-run", "--json"],
    ] {
        let answer = place.json(arguments);
        assert_eq!((&answer["sequence"], &answer["digest"]), (&175.into(), &Value::Null));
    }
    assert_eq!(head(&place), before);
}

#[test]
fn what_is_not_there_or_could_be_several_4() {
    let place = Place::with_story();
    for arguments in
        [&["show", "nothing"][..], &["log", "nothing"], &["replay", "nothing"], &["log", "K33"]]
    {
        assert_fails(&place, arguments, 4, "not-found");
    }
    assert_fails(&place, &["show", "K3"], 4, "ambiguous");
    assert_fails(&place, &["retract", "K3", "--reason", "x"], 4, "ambiguous");
}

#[test]
fn a_value_altered_wherever_the_store_keeps_it_5() {
    let place = Place::with_story();
    let file = place.path().join(".dispute").join("store").join("db");
    let mut bytes = fs::read(&file).unwrap();
    let word = b"19%, raised from 18%";
    // Old copies count for nothing: to alter one of them only would alter nothing.
    let copies = bytes.windows(word.len()).enumerate().filter(|(_, window)| window == word);
    let copies: Vec<usize> = copies.map(|(at, _)| at).collect();
    assert!(!copies.is_empty());
    for at in copies {
        bytes[at] = b'2';
    }
    fs::write(&file, bytes).unwrap();
    let run = place.run(&["verify", "--json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.exit, &report["exit"], &report["ok"]), (5, &5.into(), &false.into()));
    assert_ne!(report["findings"], Value::Array(Vec::new()));
}

#[test]
fn a_head_that_was_written_down_and_is_not_there_6() {
    let place = Place::with_story();
    let digest = head(&place)["digest"].as_str().unwrap().to_owned();
    place.answer(&["verify", "--expect-head", &format!("174:{digest}")]);
    for (anchor, code) in [
        ("174:0000000000000000".to_owned(), "head-contradicted"),
        (format!("175:{digest}"), "head-beyond-end"),
    ] {
        let run = place.run(&["verify", "--json", "--expect-head", &anchor]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!((run.exit, &report["exit"], &report["ok"]), (6, &6.into(), &false.into()));
        assert_eq!(report["findings"][0]["code"], code);
        assert_eq!(report["anchors"][0]["ok"], false);
    }
}

#[test]
fn no_ledger_or_one_of_a_newer_format_10() {
    let place = Place::new();
    assert_fails(&place, &["head"], 10, "no-ledger");
    assert_fails(&place, &["-L", "elsewhere", "head"], 10, "no-ledger");
    assert!(!place.path().join("elsewhere").exists(), "looking for a ledger made a folder");
    place.answer(&["init"]);
    fs::write(place.path().join(".dispute").join("FORMAT"), "dispute ledger format 99\n").unwrap();
    assert_fails(&place, &["head"], 10, "newer-format");
    assert_fails(&place, &["verify"], 10, "newer-format");
}

#[test]
fn a_head_that_moved_on_11() {
    let place = Place::with_story();
    let arguments =
        ["add", "gap", "kaiser-socal-2024", "--text", "x", "--expect-head", "173:00000000"];
    assert_fails(&place, &arguments, 11, "head-moved");
}

#[test]
fn a_ledger_that_another_process_has_open_11() {
    let place = Place::with_story();
    // Whoever fills a pipe that nobody empties stays where it is, with the ledger open.
    let mut command = place.command(&["log", "--json"]);
    let mut other = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut rows = BufReader::new(other.stdout.take().unwrap());
    rows.read_line(&mut String::new()).unwrap();
    assert_fails(&place, &["--wait", "0", "head"], 11, "locked");
    assert_fails(&place, &["--wait", "0.2", "verify"], 11, "locked");
    // And whoever waits gets it once the other is done: here, since its pipe is closed.
    drop(rows);
    place.answer(&["--wait", "10", "head"]);
    assert!(other.wait().unwrap().success(), "a closed pipe is no error");
}

#[test]
fn a_log_that_finds_nothing_says_so_only_when_asked_20() {
    let place = Place::with_story();
    let nothing = ["log", "kaiser-socal-2024", "--by", "nobody"];
    assert_eq!(place.answer(&nothing), "");
    assert_eq!(place.run(&[&nothing[..], &["--exit-code"]].concat()).exit, 20);
    assert_eq!(place.run(&["log", "kaiser-socal-2024", "--exit-code"]).exit, 0);
}

#[test]
fn the_story_is_long_enough_to_fill_a_pipe() {
    assert!(fs::metadata(STORY).unwrap().len() > 1 << 16);
}
