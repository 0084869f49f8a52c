//! Every verb that reads takes two cuts, each by itself: what had happened by a date, and what was
//! on record by a moment.

use serde_json::{Value, json};

use crate::mill::{self, AT_ONCE, MILL};

/// Every verb that reads, as it asks about the mill.
const QUESTIONS: [&[&str]; 9] = [
    &["show", MILL],
    &["show", "p1"],
    &["show", "acme"],
    &["list"],
    &["log", MILL],
    &["log"],
    &["replay", MILL],
    &["why", MILL, "mediation"],
    &["diff", MILL],
];

/// The ways to name the state of knowledge when the first events had been recorded.
fn ways_to_name(rows: &[Value]) -> Vec<String> {
    let row = rows.iter().find(|row| row["sequence"] == AT_ONCE).unwrap();
    let text = |key: &str| row[key].as_str().unwrap().to_owned();
    let digest = text("digest");
    // What is digits only is the number of an event.
    let letter = digest.find(|digit: char| digit.is_ascii_alphabetic()).unwrap();
    let prefix = digest.chars().take(letter.max(7) + 1).collect();
    vec![
        AT_ONCE.to_string(),
        format!("#{AT_ONCE}"),
        format!("{AT_ONCE}:{digest:.8}"),
        format!("{AT_ONCE}:{digest}"),
        prefix,
        digest.to_uppercase(),
        text("recorded_at"),
    ]
}

#[test]
fn every_verb_that_reads_takes_both_cuts_in_every_form_and_order() {
    let place = mill::place();
    let ways = ways_to_name(&mill::recorded(&place));
    for question in QUESTIONS {
        let on = ["--on", "2025-02-20"];
        let expected = place.answer(&[question, &on, &["--known-at", &ways[0], "--json"]].concat());
        for (n, way) in ways.iter().enumerate() {
            let known_at = ["--known-at", way.as_str()];
            let flags_first = [question[0], "--json", known_at[0], known_at[1], on[0], on[1]];
            let arguments = match n % 3 {
                0 => [&flags_first[..], &question[1..]].concat(),
                1 => [question, &known_at, &on, &["--json"]].concat(),
                _ => [question, &on, &["--json"], &known_at].concat(),
            };
            assert_eq!(place.answer(&arguments), expected, "{arguments:?}");
        }
        let both = place.answer(&[question, &["--believed-on", "2999", "--json"]].concat());
        let apart = ["--known-at", "2999-12-31", "--on", "2999-12-31", "--json"];
        assert_eq!(both, place.answer(&[question, &apart].concat()), "{question:?}");
    }
}

#[test]
fn each_cut_moves_by_itself() {
    let place = mill::place();
    // on, known at: phase, mediation, what may have happened
    let table = [
        ("2025-02-10", "9", "bargaining", "offered", json!(["r1"])),
        ("2025-02-20", "9", "bargaining", "declined", json!([])),
        ("2025-02-20", "10", "bargaining", "declined", json!([])),
        ("2025-02-20", "11", "bargaining", "offered", json!([])),
        ("2025-02-10", "11", "bargaining", "offered", json!([])),
        ("2025-02-20", "12", "bargaining", "declined", json!([])),
        ("2025-02-20", "13", "stoppage", "declined", json!([])),
        ("2025-02-10", "13", "bargaining", "offered", json!(["r1"])),
    ];
    for (on, known_at, phase, mediation, possible) in table {
        let state = place.json(&["show", MILL, "--on", on, "--known-at", known_at, "--json"]);
        let found = (&state["phase"], &state["mediation"][0]["status"], &state["possible"]);
        assert_eq!(found, (&phase.into(), &mediation.into(), &possible), "{on} {known_at}");
        let row = &place.json_lines(&["list", "--on", on, "--known-at", known_at, "--json"])[0];
        assert_eq!(row["phase"], phase, "list {on} {known_at}");
    }
}

#[test]
fn the_answer_quotes_the_last_envelope_that_it_rests_on() {
    let place = mill::place();
    let rows = mill::recorded(&place);
    let quoted = |flags: &[&str]| place.json(&[&["show", MILL, "--json"], flags].concat());
    for row in rows.iter().skip(3) {
        let sequence = row["sequence"].to_string();
        let state = quoted(&["--known-at", &sequence]);
        for key in ["sequence", "digest", "recorded_at"] {
            assert_eq!(state["known"][key], row[key], "{sequence}");
        }
        assert_eq!(state["on"], Value::Null, "days run to now, whatever was known");
    }
    let head = place.json(&["head", "--json"]);
    for flags in [
        &[][..],
        &["--on", "2025-02-20"],
        &["--known-at", "today"],
        &["--known-at", "2999-12-31"],
        &["--believed-on", "2999"],
    ] {
        assert_eq!(quoted(flags)["known"]["digest"], head["digest"], "{flags:?}");
    }
}

#[test]
fn a_time_of_recording_pasted_from_json_includes_what_was_recorded_at_it() {
    let place = mill::place();
    let rows = mill::recorded(&place);
    for row in rows.iter().filter(|row| row["sequence"].as_u64() >= Some(AT_ONCE)) {
        let moment = row["recorded_at"].as_str().unwrap();
        for flag in ["--known-at", "--believed-on"] {
            let state = place.json(&["show", MILL, flag, moment, "--json"]);
            assert_eq!(state["known"]["sequence"], row["sequence"], "{flag} {moment}");
        }
    }
}

#[test]
fn a_date_is_a_date_where_both_cuts_are_meant_and_bare_digits_a_number_where_one_is() {
    let place = mill::place();
    let state = place.json(&["show", MILL, "--believed-on", "2999", "--json"]);
    assert_eq!(state["on"], "3000-01-01T06:00:00Z");
    let run = place.run(&["show", MILL, "--known-at", "2025"]);
    assert_eq!(run.exit, 4);
    assert!(run.stderr.contains("there is no event #2025"), "{}", run.stderr);
    assert!(run.stderr.contains("the last one is #14"), "{}", run.stderr);
    assert!(run.stderr.contains("\nhelp: write the end of a year as 2025-12-31"), "{}", run.stderr);
}

#[test]
fn what_no_cut_can_be_made_of_says_what_can() {
    let place = mill::place();
    let began = place.json(&["log", "--recorded", "--known-at", "1", "--json"]);
    let opened = mill::recorded(&place)[3]["recorded_at"].as_str().unwrap().to_owned();
    assert_eq!(began["sequence"], 1);
    let zeros = format!("{AT_ONCE}:00000000");
    // flags, exit, code, what the message says
    let table: [(&[&str], i32, &str, &[&str]); 14] = [
        (&["--known-at", "15"], 4, "not-found", &["no event #15", "last one is #14"]),
        (&["--known-at", "99999999"], 4, "not-found", &["only with its place: 118:99999999"]),
        (&["--known-at", "abcdef0123"], 4, "not-found", &["no event has the digest abcdef0123"]),
        (&["--known-at", &zeros], 4, "not-found", &["no event 9:00000000", "#9 has the digest"]),
        (&["--known-at", "99:00000000"], 4, "not-found", &["the last one is #14"]),
        (&["--known-at", "3 days ago"], 4, "not-found", &["nothing was on record by then"]),
        (&["--believed-on", "2025-02-20"], 4, "not-found", &["the ledger was begun at 2"]),
        (&["--known-at", "3"], 4, "not-found", &["mill was not on record by then", &opened, "#4"]),
        (&["--known-at", "2025-02/.."], 2, "usage", &["has no end"]),
        (&["--known-at", "abc"], 2, "usage", &["the number of an event (118)", "9c41e0f7"]),
        (&["--believed-on", "9"], 2, "usage", &["2025-04-05", "3 days ago"]),
        (&["--known-at", "04/05/2025"], 2, "usage", &["write 2025-04-05 or 2025-05-04"]),
        (&["--on", "2025-02-20", "--believed-on", "today"], 2, "usage", &["cannot be used with"]),
        (&["--believed-on", "today", "--known-at", "9"], 2, "usage", &["cannot be used with"]),
    ];
    for (flags, exit, code, says) in table {
        for question in [&["show", MILL][..], &["log", MILL], &["replay", MILL]] {
            let run = place.run(&[question, flags, &["-q"]].concat());
            assert_eq!((run.exit, run.stdout.as_str()), (exit, ""), "{question:?} {flags:?}");
            assert!(run.stderr.starts_with(&format!("error[{code}]: ")), "{}", run.stderr);
            assert!(run.stderr.contains("\nhelp: "), "no way out is given: {}", run.stderr);
            for says in says {
                assert!(run.stderr.contains(says), "{flags:?}: {says}: {}", run.stderr);
            }
        }
    }
}

#[test]
fn a_date_before_the_ledger_names_its_first_moment() {
    let place = mill::place();
    let run = place.run(&["list", "--known-at", "2025-02-20", "--json"]);
    let error: Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!((run.exit, &error["exit"], &error["code"]), (4, &4.into(), &"not-found".into()));
    let message = error["message"].as_str().unwrap();
    let (_, began) = message.split_once("the ledger was begun at ").unwrap();
    let began = began.split(',').next().unwrap();
    // Up to that moment there is the ledger, and no dispute in it.
    assert_eq!(place.answer(&["list", "--known-at", began, "--json"]), "");
    let known_then = place.run(&["show", MILL, "--known-at", began]);
    assert_eq!(known_then.exit, 4);
    assert!(known_then.stderr.contains("mill was not on record"), "{}", known_then.stderr);
}

#[test]
fn what_was_not_on_record_by_then_names_when_it_was_recorded() {
    let place = mill::place();
    let rows = mill::recorded(&place);
    let retraction = mill::id_at(&place, 11);
    for (question, known_at, recorded) in [
        (&["show", MILL][..], "3", 4),
        (&["log", MILL], "3", 4),
        (&["replay", MILL], "0", 4),
        (&["why", MILL, "phase"], "3", 4),
        (&["diff", MILL], "3", 4),
        (&["show", "p1"], "4", 5),
        (&["show", &retraction], "9", 11),
        (&["show", "acme"], "0", 1),
    ] {
        let run = place.run(&[question, &["--known-at", known_at]].concat());
        let row: &Value = &rows[recorded - 1];
        let at = format!("{}, #{recorded}", row["recorded_at"].as_str().unwrap());
        assert_eq!(run.exit, 4, "{question:?}");
        assert!(run.stderr.contains("was not on record by then"), "{}", run.stderr);
        assert!(run.stderr.contains(&at), "{question:?}: {}", run.stderr);
    }
}

#[test]
fn a_dispute_that_was_taken_back_is_still_there_as_it_was_known_before() {
    let place = mill::place();
    place.answer(&["retract", "opened", "--reason", "another mill"]);
    for question in [&["show", MILL][..], &["replay", MILL], &["why", MILL, "phase"]] {
        let run = place.run(question);
        assert!(
            run.exit == 4 && run.stderr.contains("its opening was retracted"),
            "{}",
            run.stderr
        );
        place.answer(&[question, &["--known-at", "14"]].concat());
    }
    let run = place.run(&["diff", MILL, "--known-at", "14"]);
    assert!(run.exit == 4 && run.stderr.contains("its opening was retracted"), "{}", run.stderr);
    let opened = place.json(&["show", "opened", "--known-at", "14", "--json"]);
    assert_eq!((&opened["retracted"], &opened["corrections"]), (&false.into(), &json!([])));
}

#[test]
fn phrases_are_said_as_the_dates_that_they_mean() {
    let place = mill::place();
    // The zone is Chicago's.
    for (phrase, end) in [
        ("3 days ago", "2025-02-18 00:00"),
        ("yesterday", "2025-02-20 00:00"),
        ("today", "2025-02-21 00:00"),
        ("2025-02", "2025-03-01 00:00"),
        ("2025-02-20T14:30", "2025-02-20 14:31"),
        ("2025-02-20T14:30:05", "2025-02-20 14:30:06"),
        ("2025-02-20T20:30:05.250000Z", "2025-02-20 14:30:05.250001"),
    ] {
        for question in [&["show", MILL][..], &["log", MILL], &["replay", MILL], &["list"]] {
            let run =
                place.run(&[&["--today", "2025-02-20"], question, &["--on", phrase]].concat());
            let said = format!("--on {phrase}: up to {end}, America/Chicago\n");
            assert!(run.exit == 0 && run.stderr.contains(&said), "{question:?} {}", run.stderr);
        }
    }
    let run = place.run(&["--today", "2999-01-02", "show", MILL, "--known-at", "yesterday"]);
    let said =
        "--known-at yesterday: recorded before 2999-01-02 00:00, America/Chicago: up to #14 ";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let run = place.run(&["--today", "2999-01-02", "list", "--known-at", "yesterday"]);
    assert!(run.stderr.contains("before 2999-01-02 00:00, UTC: up to #14 "), "{}", run.stderr);
}

#[test]
fn what_a_number_or_a_digest_names_is_said_and_can_be_looked_up() {
    let place = mill::place();
    let row = &mill::recorded(&place)[8];
    let digest = row["digest"].as_str().unwrap();
    for way in ways_to_name(std::slice::from_ref(row)).iter().take(6) {
        let run = place.run(&["list", "--known-at", way]);
        let said = format!("--known-at {way}: up to #9 {digest:.8}, recorded ");
        assert!(run.stderr.starts_with(&said), "{}", run.stderr);
    }
    let log = place.answer(&["log", MILL, "--recorded", "--known-at", "9"]);
    assert!(log.lines().all(|line| line.chars().count() <= 80), "{log}");
    assert!(log.lines().last().unwrap().starts_with("#9    17 Feb 2025         s1 "), "{log}");
    let shown = place.answer(&["show", "p1"]);
    assert!(shown.contains("CORRECTED   amended at #10, known since "), "{shown}");
}

#[test]
fn a_weekday_is_refused_with_the_two_ways_to_write_the_last_one() {
    let place = mill::place();
    // 2025-02-20 is a Thursday.
    for (weekday, ways) in [
        ("Monday", "write 2025-02-17 or 3 days ago"),
        ("last Wed", "write 2025-02-19 or yesterday"),
        ("thursday", "write 2025-02-20 or today"),
        ("last Thursday", "write 2025-02-13 or 7 days ago"),
    ] {
        for flag in ["--on", "--known-at", "--believed-on"] {
            let run = place.run(&["--today", "2025-02-20", "show", MILL, flag, weekday]);
            assert!(run.exit == 2 && run.stderr.contains(ways), "{flag}: {}", run.stderr);
        }
    }
}

#[test]
fn an_event_is_shown_as_it_read_then() {
    let place = mill::place();
    let at = |id: &str, known_at: &str| place.json(&["show", id, "--known-at", known_at, "--json"]);
    let (before, after) = (at("p1", "9"), at("p1", "10"));
    assert_eq!(before["as_amended"], before["event"]);
    assert_eq!((&before["corrections"], &after["event"]), (&json!([]), &before["event"]));
    assert_eq!(after["as_amended"]["occurred"], "2025-01-13");
    let row = &mill::recorded(&place)[9];
    let correction = json!([{"id": row["id"], "kind": "amendment", "recorded_at":
        row["recorded_at"], "reason": "the minutes", "stands": true}]);
    assert_eq!(after["corrections"], correction);
    // Taken back, and brought back.
    let told = |known_at| {
        let shown = at("r1", known_at);
        let stand = shown["corrections"].as_array().unwrap().iter().map(|it| it["stands"].clone());
        (shown["retracted"].clone(), stand.collect::<Value>())
    };
    assert_eq!(told("10"), (false.into(), json!([])));
    assert_eq!(told("11"), (true.into(), json!([true])));
    assert_eq!(told("12"), (false.into(), json!([false])));
    assert_eq!(at(&mill::id_at(&place, 11), "11")["retracted"], false);
    assert_eq!(at(&mill::id_at(&place, 11), "12")["retracted"], true);
    // Answers that came later were not there yet, and by a date an event happened or not.
    assert_eq!(at("m1", "7")["replies"], json!(["a1"]));
    assert_eq!(at("m1", "9")["replies"], json!(["a1", "r1"]));
    for (on, happened) in
        [("2025-02-05", "not-yet"), ("2025-02-10", "possibly"), ("2025-02-19", "certainly")]
    {
        let shown = place.json(&["show", "r1", "--on", on, "--known-at", "9", "--json"]);
        assert_eq!(shown["happened"], happened, "{on}");
    }
}

#[test]
fn a_party_is_shown_as_it_was_described_then() {
    let place = mill::place();
    for (known_at, name) in [("9", "Acme"), ("14", "Acme Mills")] {
        let shown = place.json(&["show", "acme", "--known-at", known_at, "--json"]);
        assert_eq!(shown["party"]["name"], name);
        let screen = place.answer(&["show", MILL, "--on", "2025-02-20", "--known-at", known_at]);
        let answer = screen.lines().find(|line| line.contains("rejected")).unwrap();
        assert!(answer.trim().starts_with(&format!("{name}  ")), "{known_at}: {screen}");
    }
}

#[test]
fn the_log_tells_what_was_amended_by_then_and_what_may_have_happened() {
    let place = mill::place();
    let log = |flags: &[&str]| place.json_lines(&[&["log", MILL, "--json"], flags].concat());
    let row = |rows: &[Value], id: &str| rows.iter().find(|row| row["id"] == id).cloned();
    let before = row(&log(&["--known-at", "9"]), "p1").unwrap();
    let after = row(&log(&["--known-at", "10"]), "p1").unwrap();
    assert_eq!(before.get("amended"), None);
    assert_eq!(after["amended"], json!({"occurred": "2025-01-13"}));
    assert_eq!(after["event"], before["event"]);

    let rows = log(&["--on", "2025-02-10", "--known-at", "9"]);
    let ids: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, ["opened", "p1", "m1", "a1", "r1"]);
    let possible: Vec<Option<&Value>> = rows.iter().map(|row| row.get("possible")).collect();
    assert_eq!(possible, [None, None, None, None, Some(&Value::Bool(true))]);
    assert!(log(&["--known-at", "9"]).iter().all(|row| row.get("possible").is_none()));
    let screen = place.answer(&["log", MILL, "--on", "2025-02-10", "--known-at", "9"]);
    assert!(screen.contains(" ?r1 ") && !screen.contains("?m1"), "{screen}");
}

#[test]
fn the_replay_ends_where_the_state_stands() {
    let place = mill::place();
    for (on, known_at, ids) in [
        ("2025-02-10", "9", &["opened", "p1", "m1", "a1"][..]),
        ("2025-02-20", "11", &["opened", "p1", "m1", "a1", "s1"]),
        ("2025-02-20", "13", &["opened", "p1", "m1", "a1", "strike", "s1", "r1"]),
    ] {
        // --until is another name of --on here.
        let rows =
            place.json_lines(&["replay", MILL, "--until", on, "--known-at", known_at, "--json"]);
        let told: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
        assert_eq!(told, ids, "{on} {known_at}");
    }
    let screen = place.answer(&["replay", MILL]);
    assert!(!screen.contains("none → none"), "{screen}");
}
