//! A backup is the ledger in one file: it reads the same, it restores to the same head, and what is
//! wrong with it is told.

use std::fs;

use dispute_core::{
    BackupLog, Checkpoint, Frontier, KeyName, Origin, ReadLog, Sequence, SignedCheckpoint,
    SignerKey, TreeHash, TreeHead,
};
use serde_json::{Value, json};

use crate::support::{Place, Run, STORY};

const DISPUTE: &str = "kaiser-socal-2024";

fn head(place: &Place, ledger: &str) -> String {
    place.answer(&["-L", ledger, "head"]).trim().to_owned()
}

#[track_caller]
fn assert_error(run: &Run, exit: i32, code: &str) {
    assert_eq!(run.exit, exit, "{}", run.stderr);
    assert!(run.stderr.starts_with(&format!("error[{code}]: ")), "{}", run.stderr);
    assert!(run.stderr.contains("\nhelp: "), "no way out is given: {}", run.stderr);
}

fn names(place: &Place) -> Vec<String> {
    let names = fs::read_dir(place.path()).unwrap();
    let mut names: Vec<String> =
        names.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_is_restored_has_the_same_head_and_gives_the_same_backup() {
    let place = Place::with_story();
    let answer = place.json(&["backup", "a.backup", "--json"]);
    assert_eq!(answer["schema"], "dispute/backup/v1");
    assert_eq!((&answer["events"], &answer["since"]), (&json!(174), &Value::Null));
    let bytes = fs::read(place.path().join("a.backup")).unwrap();
    assert_eq!(answer["bytes"], json!(bytes.len()));
    let answer = place.json(&["restore", "a.backup", "again", "--json"]);
    assert_eq!(answer["schema"], "dispute/restore/v1");
    assert_eq!(answer["events"], 174);
    assert_eq!(head(&place, "again"), head(&place, ".dispute"));
    let expected = head(&place, ".dispute");
    place.answer(&["-L", "again", "verify", "--expect-head", &expected]);
    place.answer(&["-L", "again", "backup", "b.backup"]);
    assert_eq!(fs::read(place.path().join("b.backup")).unwrap(), bytes);
    place.answer(&["-L", "a.backup", "backup", "c.backup"]);
    assert_eq!(fs::read(place.path().join("c.backup")).unwrap(), bytes);
    // What is restored goes on like any other ledger.
    place.answer(&["-L", "again", "add", "gap", DISPUTE, "--text", "x", "--as", "maria"]);
}

/// Puts a signed checkpoint of the first events beside the ledger, with the right root or another.
fn keep_checkpoint(place: &Place, name: &str, size: u64, root: Option<TreeHash>) {
    let path = place.path().join("for-its-root.backup");
    place.answer(&["backup", "for-its-root.backup"]);
    let log = BackupLog::open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let mut tree = Frontier::new();
    for entry in log.entries(Sequence::LEDGER).take(usize::try_from(size).unwrap()) {
        tree.push(TreeHash::of_leaf(entry.unwrap().envelope_bytes())).unwrap();
    }
    let key = SignerKey::from_seed(KeyName::parse("keeper").unwrap(), &[7; 32]).unwrap();
    let head = TreeHead { size, root: root.unwrap_or(tree.root()) };
    let origin = Origin::parse(&log.start().ledger.to_string()).unwrap();
    let checkpoint = SignedCheckpoint::sign(Checkpoint::new(origin, head), &key).unwrap();
    let folder = place.path().join(".dispute/checkpoints");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), checkpoint.to_string()).unwrap();
}

#[test]
fn checkpoints_that_were_kept_go_with_it() {
    let place = Place::with_story();
    keep_checkpoint(&place, "b.txt", 100, None);
    keep_checkpoint(&place, "a.txt", 175, None);
    fs::write(place.path().join(".dispute/checkpoints/notes.txt"), "remember").unwrap();
    let run = place.run(&["backup", "a.backup"]);
    assert!(run.stdout.contains("174 events, 2 checkpoints"), "{}", run.stdout);
    assert!(run.stderr.contains("notes.txt is no checkpoint"), "{}", run.stderr);
    place.answer(&["verify", "--backup", "a.backup"]);
    let answer = place.json(&["restore", "a.backup", "again", "--json"]);
    assert_eq!(answer["checkpoints"], 2);
    // The restored ledger is held against them as the first one was.
    let verified = place.json(&["-L", "again", "verify", "--json"]);
    let kinds = verified["anchors"].as_array().unwrap().iter().map(|anchor| &anchor["kind"]);
    assert_eq!(kinds.collect::<Vec<_>>(), ["checkpoint", "checkpoint"]);
    place.answer(&["-L", "again", "backup", "b.backup"]);
    let bytes = |name: &str| fs::read(place.path().join(name)).unwrap();
    assert_eq!(bytes("a.backup"), bytes("b.backup"));
    let since = head(&place, ".dispute");
    place.answer(&["add", "gap", DISPUTE, "--text", "x"]);
    keep_checkpoint(&place, "c.txt", 176, None);
    let answer = place.json(&["backup", "c.backup", "--since", &since, "--json"]);
    assert_eq!(answer["checkpoints"], 1);
    let answer = place.json(&["restore", "c.backup", "again", "--json"]);
    assert_eq!((&answer["events"], &answer["checkpoints"]), (&json!(1), &json!(1)));
}

#[test]
fn a_backup_whose_own_checkpoint_contradicts_it_is_no_good() {
    let place = Place::with_story();
    keep_checkpoint(&place, "a.txt", 100, Some(TreeHash::of_leaf(b"another history")));
    place.answer(&["backup", "a.backup"]);
    let run = place.run(&["verify", "--backup", "a.backup"]);
    assert_eq!(run.exit, 6, "{}", run.stdout);
    assert!(run.stdout.contains("checkpoint-contradicted"), "{}", run.stdout);
    assert_error(&place.run(&["restore", "a.backup", "again"]), 6, "checkpoint-contradicted");
}

#[test]
fn every_verb_that_reads_prints_the_same_on_a_backup() {
    let place = Place::with_story();
    place.answer(&["amend", "K33", "--set", "workers=2300", "--reason", "their own count"]);
    place.answer(&["redact", "K10", "--reason", "a name"]);
    place.answer(&["backup", "a.backup"]);
    let questions: &[&[&str]] = &[
        &["head"],
        &["head", "--json"],
        &["list"],
        &["list", "--json", "--on", "2025-02-20"],
        &["log"],
        &["log", "--recorded", "--json"],
        &["log", DISPUTE, "--since", "2025-02", "--until", "2025-03"],
        &["show", DISPUTE, "--on", "2025-02-20"],
        &["show", DISPUTE, "--json", "--on", "2025-02-20", "--known-at", "118"],
        &["show", "K33"],
        &["show", "K10", "--json"],
        &["show", "kaiser"],
        &["show", "kp-1"],
        &["replay", DISPUTE, "--until", "2025-03-10"],
        &["diff", DISPUTE, "2025-02-20", "2025-03-11"],
        &["why", DISPUTE, "mediation", "--on", "2025-03-05"],
        &["verify"],
        &["verify", "--json"],
    ];
    for question in questions {
        let asked = |ledger: &str| {
            let run = place.run(&[&["--today", "2025-06-01", "-L", ledger], *question].concat());
            (run.exit, run.stdout, run.stderr)
        };
        assert_eq!(asked("a.backup"), asked(".dispute"), "{question:?}");
    }
    let run = place.command(&["head"]).env("DISPUTE_LEDGER", "a.backup").output().unwrap();
    assert_eq!(String::from_utf8(run.stdout).unwrap().trim(), head(&place, ".dispute"));
}

#[test]
fn a_backup_is_only_read() {
    let place = Place::with_story();
    place.answer(&["backup", "a.backup"]);
    let bytes = fs::read(place.path().join("a.backup")).unwrap();
    for verb in [
        &["add", "gap", DISPUTE, "--text", "x"][..],
        &["amend", "K33", "--set", "workers=1", "--reason", "x"],
        &["retract", "K33", "--reason", "x"],
        &["redact", "K33", "--reason", "x"],
        &["import", STORY],
        &["compact"],
    ] {
        let run = place.run(&[&["-L", "a.backup"], verb].concat());
        assert_error(&run, 10, "no-ledger");
        assert!(run.stderr.contains("dispute restore a.backup"), "{}", run.stderr);
    }
    assert_eq!(fs::read(place.path().join("a.backup")).unwrap(), bytes);
    fs::write(place.path().join("b"), "no backup").unwrap();
    assert_error(&place.run(&["-L", "b", "list"]), 10, "no-ledger");
}

#[test]
fn nothing_is_ever_written_over() {
    let place = Place::with_story();
    fs::write(place.path().join("a.backup"), "something else").unwrap();
    assert_error(&place.run(&["backup", "a.backup"]), 1, "io");
    assert_eq!(fs::read_to_string(place.path().join("a.backup")).unwrap(), "something else");
    assert_error(&place.run(&["backup", "nowhere/a.backup"]), 1, "io");
    place.answer(&["backup", "b.backup"]);
    let before = head(&place, ".dispute");
    for dir in [&["restore", "b.backup"][..], &["restore", "b.backup", "."]] {
        assert_error(&place.run(dir), 1, "ledger-exists");
    }
    assert_eq!(head(&place, ".dispute"), before);
    assert_eq!(names(&place), [".dispute", "a.backup", "b.backup"]);
}

#[test]
fn an_increment_goes_onto_what_it_continues_and_onto_nothing_else() {
    let place = Place::with_story();
    place.answer(&["backup", "monday.backup"]);
    let monday = head(&place, ".dispute");
    place.answer(&["restore", "monday.backup", "copy"]);
    place.answer(&["restore", "monday.backup", "fork"]);
    place.answer(&["add", "gap", DISPUTE, "--id", "g1", "--text", "one"]);
    place.answer(&["redact", "K10", "--reason", "a name"]);
    let answer = place.json(&["backup", "tuesday.backup", "--since", &monday, "--json"]);
    assert_eq!((&answer["events"], &answer["since"]["sequence"]), (&json!(2), &json!(174)));
    let tuesday = head(&place, ".dispute");
    place.answer(&["add", "gap", DISPUTE, "--id", "g2", "--text", "two"]);
    place.answer(&["backup", "wednesday.backup", "--since", &tuesday]);

    let run = place.run(&["restore", "wednesday.backup", "copy"]);
    assert_error(&run, 6, "head-beyond-end");
    assert!(run.stderr.contains(&monday) && run.stderr.contains(&tuesday), "{}", run.stderr);
    assert_eq!(head(&place, "copy"), monday);
    place.answer(&["restore", "tuesday.backup", "copy"]);
    assert_eq!(head(&place, "copy"), tuesday);
    assert_error(&place.run(&["restore", "tuesday.backup", "copy"]), 6, "head-moved");
    place.answer(&["restore", "wednesday.backup", "copy"]);
    assert_eq!(head(&place, "copy"), head(&place, ".dispute"));
    assert!(place.answer(&["-L", "copy", "verify"]).contains("177 events · 1 redacted"));
    assert_eq!(place.json(&["-L", "copy", "show", "K10", "--json"])["redacted"], true);

    place.answer(&["-L", "fork", "add", "gap", DISPUTE, "--id", "g3", "--text", "other"]);
    assert_error(&place.run(&["restore", "tuesday.backup", "fork"]), 6, "head-moved");
    assert_error(&place.run(&["restore", "wednesday.backup", "fork"]), 6, "head-beyond-end");
    place.answer(&["-L", "fork", "add", "gap", DISPUTE, "--id", "g4", "--text", "another"]);
    assert_error(&place.run(&["restore", "wednesday.backup", "fork"]), 6, "head-contradicted");
    place.answer(&["init", "strange", "--as", "maria"]);
    assert_error(&place.run(&["restore", "tuesday.backup", "strange"]), 6, "head-contradicted");
    assert_error(&place.run(&["restore", "tuesday.backup", "nothing"]), 10, "no-ledger");
}

#[test]
fn an_increment_is_verified_and_is_no_ledger() {
    let place = Place::with_story();
    let at = |sequence: u64| {
        let rows = place.json_lines(&["log", "--recorded", "--json"]);
        let row = rows.iter().find(|row| row["sequence"] == sequence).unwrap();
        format!("{sequence}:{}", row["digest"].as_str().unwrap())
    };
    let (early, since, late) = (at(99), at(100), at(120));
    place.answer(&["backup", "part.backup", "--since", &since]);
    let report = place.json(&["verify", "--backup", "part.backup", "--json"]);
    assert_eq!((&report["ok"], &report["events"]), (&json!(true), &json!(74)));
    let verify =
        |head: &str| place.run(&["verify", "--backup", "part.backup", "--expect-head", head]);
    assert_eq!((verify(&since).exit, verify(&late).exit, verify(&early).exit), (0, 0, 6));
    assert_error(&place.run(&["-L", "part.backup", "list"]), 2, "usage");
    for (since, code) in [
        (format!("{}:{}", 100, "a".repeat(64)), "head-contradicted"),
        (format!("{}:{}", 1000, "a".repeat(64)), "head-beyond-end"),
    ] {
        assert_error(&place.run(&["backup", "no.backup", "--since", &since]), 6, code);
    }
    assert_error(&place.run(&["backup", "no.backup", "--since", "yesterday"]), 2, "usage");
    assert!(!place.path().join("no.backup").exists());
    let now = head(&place, ".dispute");
    place.answer(&["backup", "quiet.backup", "--since", &now]);
    assert!(place.answer(&["verify", "--backup", "quiet.backup"]).starts_with("0 events"));
    place.answer(&["restore", "quiet.backup"]);
    assert_eq!(head(&place, ".dispute"), now);
}

#[test]
fn a_damaged_backup_is_told_and_neither_read_nor_restored() {
    let place = Place::with_ledger();
    place.answer(&["add", "party", "acme", "--name", "Acme", "--role", "employer"]);
    place.answer(&["backup", "a.backup"]);
    let whole = fs::read(place.path().join("a.backup")).unwrap();
    let damaged = place.path().join("damaged.backup");
    let mut changes: Vec<Vec<u8>> = (0..whole.len())
        .step_by(23)
        .map(|at| {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            bytes
        })
        .collect();
    changes.extend((0..whole.len()).step_by(29).map(|length| whole[..length].to_vec()));
    changes.push([&whole[..], b"x"].concat());
    for bytes in changes {
        fs::write(&damaged, bytes).unwrap();
        let run = place.run(&["verify", "--backup", "damaged.backup", "--json"]);
        assert_eq!(run.exit, 5, "{}", run.stdout);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["ok"], false);
        let run = place.run(&["restore", "damaged.backup", "restored"]);
        assert_eq!(run.exit, 5, "{}", run.stderr);
        assert!(!place.path().join("restored").exists());
        let run = place.run(&["-L", "damaged.backup", "log"]);
        assert!([5, 10].contains(&run.exit), "{}", run.stderr);
    }
    assert_error(&place.run(&["verify", "--backup", "nothing.backup"]), 1, "io");
    assert_error(&place.run(&["restore", "nothing.backup"]), 1, "io");
}

#[test]
fn heads_that_were_written_down_are_met_by_a_backup_or_not() {
    let place = Place::with_story();
    let before = head(&place, ".dispute");
    place.answer(&["backup", "a.backup"]);
    place.answer(&["add", "gap", DISPUTE, "--text", "x"]);
    let after = head(&place, ".dispute");
    let exit = |expected: &str| {
        place.run(&["verify", "--backup", "a.backup", "--expect-head", expected]).exit
    };
    assert_eq!((exit(&before), exit(&after)), (0, 6));
    let other = format!("174:{}", "0".repeat(64));
    assert_eq!(exit(&other), 6);
}

#[test]
fn backups_and_ledgers_are_told_to_be_one_history_or_two() {
    let place = Place::with_story();
    place.answer(&["backup", "old.backup"]);
    place.answer(&["restore", "old.backup", "other"]);
    let gap = |ledger: &str, text: &str| {
        place.answer(&["-L", ledger, "add", "gap", DISPUTE, "--text", text, "--on", "2025-05-01"]);
    };
    let relation = |a: &str, b: &str| {
        let run = place.run(&["compare", a, b, "--json"]);
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        (run.exit, answer["relation"].as_str().unwrap().to_owned(), answer["b"]["kind"].clone())
    };
    let told = |exit, relation: &str, kind| (exit, relation.to_owned(), json!(kind));
    assert_eq!(relation(".", "old.backup"), told(0, "equal", "backup"));
    gap(".", "what was said on the phone");
    assert_eq!(relation(".", "old.backup"), told(0, "ahead", "backup"));
    assert_eq!(relation("old.backup", "."), told(0, "behind", "ledger"));
    gap("other", "something else");
    place.answer(&["-L", "other", "backup", "fork.backup"]);
    assert_eq!(relation(".", "fork.backup"), told(6, "forked", "backup"));
    assert_eq!(relation("other", "fork.backup"), told(0, "equal", "backup"));
}
