//! What is printed, and where: answers on stdout, everything else on stderr.

use std::process::Stdio;

use crate::support::Place;

const VERBS: [&str; 27] = [
    "init",
    "add",
    "import",
    "amend",
    "retract",
    "redact",
    "list",
    "log",
    "show",
    "replay",
    "diff",
    "why",
    "verify",
    "head",
    "key",
    "checkpoint",
    "cosign",
    "prove",
    "compare",
    "export",
    "backup",
    "restore",
    "compact",
    "demo",
    "completions",
    "man",
    "help",
];

#[test]
fn the_help_of_every_verb_has_an_example_and_holds_at_80_columns() {
    let place = Place::new();
    for verb in VERBS {
        let help = place.answer(&[verb, "--help"]);
        assert!(help.contains(&format!("  dispute {verb}")), "{verb}: no example in {help}");
        assert_narrow(&help);
    }
    assert_narrow(&place.answer(&["--help"]));
    let overview = place.answer(&["--help"]);
    assert!(VERBS.iter().all(|verb| overview.contains(&format!("\n  {verb} "))), "{overview}");
}

#[test]
fn help_pages_hold_at_80_columns() {
    let place = Place::new();
    for page in ["dates", "trust", "exit-codes", "redact"] {
        let text = place.answer(&["help", page]);
        assert!(text.lines().count() > 10, "{page}: {text}");
        assert_narrow(&text);
    }
}

#[test]
fn the_page_on_dates_is_one_screen_and_what_it_says_to_try_works() {
    let mut place = Place::new();
    let page = place.answer(&["help", "dates"]);
    assert!(page.lines().count() <= 40, "{page}");
    let mut tried = 0;
    for line in page.lines().filter(|line| line.starts_with("  dispute ")) {
        // What stands behind two spaces says what it shows.
        let (command, _) = line.trim().split_once("  ").unwrap_or((line.trim(), ""));
        let (command, folder) = command.split_once("; cd ").unwrap_or((command, "."));
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let exit = if words[..2] == ["show", "K51"] { 4 } else { 0 };
        let run = place.run(&words);
        assert_eq!(run.exit, exit, "{line}: {}", run.stderr);
        place.enter(folder);
        tried += 1;
    }
    assert_eq!(tried, 8);
}

#[test]
fn the_two_clocks_of_the_page_on_dates_tell_what_it_says() {
    let place = Place::with_story();
    let dispute = "kaiser-socal-2024";
    let day = ["show", dispute, "--on", "2025-02-20"];
    let then = place.answer(&[&day[..], &["--known-at", "118"]].concat());
    let (_, answers) = then.split_once("  MEDIATION   offered").unwrap();
    assert!(answers.contains("Kaiser Permanente  no answer yet"), "{then}");
    assert!(place.answer(&day).contains("  MEDIATION   declined"));
    assert_eq!(place.json(&["show", "K51", "--json"])["sequence"], 122);
}

#[test]
fn the_demo_shows_the_dispute_on_four_dates_and_finds_the_altered_byte() {
    let place = Place::new();
    let demo = place.answer(&["demo"]);
    for date in ["2024-10-21", "2025-02-20", "2025-03-10", "2025-05-09"] {
        assert!(demo.contains(&format!("show kaiser-socal-2024 --on {date}")), "{date}: {demo}");
    }
    // The store's own checks may notice before ours; but never may the altered copy pass.
    let (_, after) = demo.split_once("becomes one of $10,000,000").unwrap();
    let found = ["content-altered", "sequence-gap", "store-unreadable", "undecodable"];
    assert!(found.iter().any(|code| after.contains(code)), "{demo}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "the demo left something");
}

#[test]
fn the_demo_keeps_its_ledger_where_it_is_told_to_and_makes_none_anew() {
    let place = Place::new();
    let demo = place.answer(&["demo", "--keep", "kaiser"]);
    assert!(demo.contains("\n  dispute -L kaiser log kaiser-socal-2024\n"), "{demo}");
    assert_eq!(place.json(&["-L", "kaiser", "head", "--json"])["sequence"], 174);
    place.answer(&["-L", "kaiser", "verify"]);
    assert_eq!(place.run(&["demo", "--keep", "kaiser"]).exit, 1);
}

#[test]
fn an_answer_in_json_leaves_stderr_empty() {
    let place = Place::with_story();
    for arguments in [
        &["head", "--json"][..],
        &["log", "--since", "2025-02", "--until", "3 days ago", "--json"],
        &["show", "kaiser-socal-2024", "--on", "2025-02", "--json"],
        &["list", "--on", "yesterday", "--json"],
        &["list", "--known-at", "118", "--json"],
        &["diff", "kaiser-socal-2024", "2025-02", "--known-at", "today", "--json"],
        &["why", "kaiser-socal-2024", "mediation", "--believed-on", "today", "--json"],
        &["verify", "--json"],
        &["import", crate::support::STORY, "--json"],
    ] {
        let run = place.run(arguments);
        assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{arguments:?}");
        for line in run.stdout.lines() {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
    }
}

#[test]
fn what_a_date_was_resolved_to_is_said() {
    let place = Place::with_story();
    let run =
        place.run(&["--today", "2025-06-02", "log", "kaiser-socal-2024", "--since", "3 days ago"]);
    assert!(run.stderr.contains("2025-05-30 00:00, America/Los_Angeles"), "{}", run.stderr);
    let run = place.run(&["list", "--on", "2025-02"]);
    assert!(run.stderr.contains("2025-03-01 00:00, America/Los_Angeles"), "{}", run.stderr);
    let run = place.run(&["list", "--on", "2025-02", "-q"]);
    assert_eq!(run.stderr, "");
}

#[test]
fn a_pipe_that_is_closed_early_ends_the_run_quietly() {
    let place = Place::with_story();
    for arguments in [
        &["log", "--json"][..],
        &["show", "kaiser-socal-2024", "--json"],
        &["help", "kinds"],
        &["add", "--help"],
    ] {
        let mut command = place.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[track_caller]
fn assert_narrow(text: &str) {
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert_eq!(wide, Vec::<&str>::new());
}
