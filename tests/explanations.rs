//! What changed between two answers, by which events, and why an answer is as it is.

use serde_json::{Value, json};

use crate::mill::{self, MILL};
use crate::support::Place;

/// The keys of an object, in its order.
fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The rows of a diff as `part`, `learned` and `events`, in order.
fn rows(place: &Place, flags: &[&str]) -> Vec<(String, bool, Vec<String>)> {
    let rows = place.json_lines(&[&["diff", MILL, "--json"], flags].concat());
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    rows.iter()
        .map(|row| {
            assert_eq!(keys(row), ["part", "from", "to", "events", "learned"]);
            let part = row["part"].as_str().unwrap().to_owned();
            (part, row["learned"].as_bool().unwrap(), texts(&row["events"]))
        })
        .collect()
}

fn row(part: &str, learned: bool, events: &[&str]) -> (String, bool, Vec<String>) {
    (part.to_owned(), learned, events.iter().map(ToString::to_string).collect())
}

#[test]
fn between_two_dates_something_happened() {
    let place = mill::place();
    let told = rows(&place, &["2025-02-10", "2025-02-20", "--known-at", "9"]);
    let expected = [
        row("mediation.m1", false, &["r1"]),
        row("sessions.held", false, &["s1"]),
        row("sessions.last", false, &["s1"]),
        row("possible.r1", false, &["r1"]),
    ];
    assert_eq!(told, expected);
    let changes = place.json_lines(&["diff", MILL, "2025-02-10", "2025-02-20", "--json"]);
    let mediation = changes.iter().find(|row| row["part"] == "mediation.m1").unwrap();
    assert_eq!(
        (&mediation["from"]["status"], &mediation["to"]["status"]),
        (&"offered".into(), &"declined".into())
    );
}

#[test]
fn between_two_states_of_knowledge_something_was_learned() {
    let place = mill::place();
    let (amendment, retraction) = (mill::id_at(&place, 10), mill::id_at(&place, 11));
    let on = ["--on", "2025-02-20"];
    let told = rows(&place, &[&on[..], &["--known-at", "9", "--known-at", "11"]].concat());
    let expected = [
        row("phase_since", true, &[&amendment]),
        row("proposals.p1", true, &[&amendment]),
        row("mediation.m1", true, &[&retraction]),
        row("retracted.r1", true, &[&retraction]),
        row("amended.p1", true, &[&amendment]),
    ];
    assert_eq!(told, expected);
    // What was taken back and brought back made no difference in the end.
    assert_eq!(rows(&place, &["--known-at", "10", "--known-at", "12"]), []);
    // One state of knowledge is held against what is known now.
    let told = rows(&place, &[&on[..], &["--known-at", "12"]].concat());
    assert!(told.iter().all(|(_, learned, _)| *learned));
    assert!(told.contains(&row("actions.strike", true, &["strike"])), "{told:?}");
}

#[test]
fn between_two_dates_as_known_at_two_times_what_was_learned_comes_first() {
    let place = mill::place();
    let told = rows(&place, &["2025-01-15", "2025-02-20", "--known-at", "9", "--known-at", "13"]);
    let amendment = mill::id_at(&place, 10);
    let learned = told.iter().take_while(|(_, learned, _)| *learned).count();
    assert!(told.iter().skip(learned).all(|(_, learned, _)| !learned), "{told:?}");
    // On 15 January there was no offer, as it seemed: it was made on the 13th.
    assert!(told[..learned].contains(&row("proposals.p1", true, &[&amendment])), "{told:?}");
    assert!(told[learned..].contains(&row("mediation.m1", false, &["m1", "a1", "r1"])), "{told:?}");
    // So a part may change twice: by what was learned, and by what happened.
    let phases = told.iter().filter(|(part, ..)| part == "phase").map(|(_, learned, _)| *learned);
    assert_eq!(phases.collect::<Vec<_>>(), [true, false]);
    let screen = place.answer(&[
        "diff",
        MILL,
        "2025-01-15",
        "2025-02-20",
        "--known-at",
        "9",
        "--known-at",
        "13",
    ]);
    let (learned, happened) = screen.split_once("  WHAT HAPPENED\n").unwrap();
    let (_, learned) = learned.split_once("  WHAT WAS LEARNED, about the first date\n").unwrap();
    assert!(learned.contains("phase: opened → bargaining"), "{screen}");
    assert!(happened.contains("phase: bargaining → stoppage"), "{screen}");
}

#[test]
fn what_was_believed_is_held_against_what_is_known_now() {
    let place = mill::place();
    let recorded = mill::recorded(&place);
    let moment = recorded[11]["recorded_at"].as_str().unwrap();
    let told = rows(&place, &["--believed-on", moment]);
    assert!(told.iter().all(|(_, learned, _)| *learned), "{told:?}");
    assert!(told.contains(&row("actions.strike", true, &["strike"])), "{told:?}");
    assert_eq!(rows(&place, &["--believed-on", "2999"]), []);
    let earlier = recorded[8]["recorded_at"].as_str().unwrap();
    let told = rows(&place, &["--believed-on", earlier, "--believed-on", moment]);
    assert_eq!(told.first().map(|(_, learned, _)| *learned), Some(true));
}

#[test]
fn a_part_that_only_grew_older_names_no_event() {
    let place = mill::place();
    let told = rows(&place, &["2025-02-20", "2025-02-21"]);
    assert_eq!(told, [row("actions.strike", false, &[])]);
    let screen = place.answer(&["diff", MILL, "2025-02-20", "2025-02-21"]);
    assert!(screen.contains("action strike: day 9 → 10"), "{screen}");
}

#[test]
fn a_diff_exits_with_20_only_where_asked_and_where_something_differs() {
    let place = mill::place();
    let exit = |flags: &[&str]| place.run(&[&["diff", MILL], flags].concat()).exit;
    let different = ["2025-02-10", "2025-02-20"];
    assert_eq!(exit(&different), 0);
    assert_eq!(exit(&[&different[..], &["--exit-code"]].concat()), 20);
    assert_eq!(exit(&["2025-02-20", "2025-02-20", "--exit-code"]), 0);
    let same = place.answer(&["diff", MILL, "2025-02-20", "2025-02-20"]);
    assert!(same.contains("\n    no difference\n"), "{same}");
    for flags in [
        &[][..],
        &["--on", "2025-02-20"],
        &["2025-02-20", "2025-02-21", "2025-02-22"],
        &["2025-02-20", "--on", "2025-02-21"],
        &["2025-02-20", "--believed-on", "today"],
        &["--known-at", "9", "--known-at", "10", "--known-at", "11"],
        &["--believed-on", "today", "--believed-on", "today", "--believed-on", "today"],
    ] {
        assert_eq!(exit(flags), 2, "{flags:?}");
    }
}

#[test]
fn the_one_date_of_two_answers_is_said_once() {
    let place = mill::place();
    let run =
        place.run(&["diff", MILL, "--on", "2025-02-20", "--known-at", "9", "--known-at", "11"]);
    let said: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("--on")).collect();
    assert_eq!(said, ["--on 2025-02-20: up to 2025-02-21 00:00, America/Chicago"]);
    let run = place.run(&["diff", MILL, "2025-02-10", "2025-02-20"]);
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
}

/// Why a part is as it is: its value, the events, and what is missing.
#[track_caller]
fn check_why(place: &Place, arguments: &[&str], value: Value, events: &[&str], absent: &[&str]) {
    let told = place.json(&[&["why", MILL, "--json"], arguments].concat());
    assert_eq!(
        keys(&told),
        ["schema", "dispute", "on", "known", "part", "value", "events", "absent"]
    );
    assert_eq!((&told["schema"], &told["dispute"]), (&"dispute/why/v1".into(), &MILL.into()));
    assert_eq!(told["part"], arguments[0]);
    let found = match (&told["value"], &value) {
        (Value::Object(found), Value::String(_)) => &found["status"],
        (found, _) => found,
    };
    assert_eq!(*found, value, "{arguments:?}: {told}");
    let rows = told["events"].as_array().unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, events, "{arguments:?}");
    for row in rows {
        assert_eq!(keys(row), ["id", "sequence", "effect"]);
        assert_ne!(row["effect"], "", "{row}");
    }
    let said: Vec<&str> =
        told["absent"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    assert_eq!(said, absent, "{arguments:?}");
}

#[test]
fn why_names_the_fewest_events_that_give_a_part() {
    let place = mill::place();
    let amendment = mill::id_at(&place, 10);
    let why = |arguments: &[&str], value: Value, events: &[&str], absent: &[&str]| {
        check_why(&place, arguments, value, events, absent);
    };
    why(&["phase", "--on", "2025-02-20"], "stoppage".into(), &["opened", "strike"], &[]);
    why(
        &["phase", "--on", "2025-02-20", "--known-at", "9"],
        "bargaining".into(),
        &["opened", "p1"],
        &[],
    );
    why(&["mediation.m1", "--on", "2025-02-20"], "declined".into(), &["m1", "a1", "r1"], &[]);
    why(&["mediation.m1.status"], "declined".into(), &["m1", "r1"], &[]);
    why(
        &["mediation.m1.status", "--on", "2025-02-10"],
        "offered".into(),
        &["m1"],
        &["Acme Mills has not answered m1", "r1 may have happened by then; with it: declined"],
    );
    let at_first = &["proposals.p1", "--on", "2025-01-15", "--known-at", "9"];
    why(at_first, Value::Null, &[], &["p1 (Mon 20 Jan 2025) had not certainly happened by then"]);
    let unanswered = ["Local 12 has not answered p1"];
    why(&["proposals.p1", "--on", "2025-01-15"], "open".into(), &["p1", &amendment], &unanswered);
    why(&["issues.wages.positions.acme.terms"], "3% a year".into(), &["p1"], &[]);
    why(&["sessions.held"], 1.into(), &["s1"], &[]);
    why(&["sessions.last"], json!({"id": "s1", "date": "2025-02-17"}), &["s1"], &[]);
    why(&["title"], "The mill".into(), &["opened"], &[]);
    why(&["phase_set_by", "--on", "2025-02-20"], "strike".into(), &["opened", "strike"], &[]);
    let strike = "strike was not on record by then; dispute show strike";
    why(&["actions.strike", "--known-at", "9"], Value::Null, &[], &[strike]);
    why(&["sessions.next"], Value::Null, &[], &[]);
}

#[test]
fn why_names_the_correction_that_took_an_answer_back() {
    let place = mill::place();
    let retraction = mill::id_at(&place, 11);
    let at = ["--on", "2025-02-20", "--known-at", "11"];
    let question = |part| [&[part][..], &at].concat();
    check_why(&place, &question("retracted"), json!(["r1"]), &["r1", &retraction], &[]);
    let answers =
        place.json(&[&["why", MILL, "--json"], &question("mediation.m1.status")[..]].concat());
    assert_eq!(answers["value"], "offered");
    // Without the retraction it would stand declined: but without r1 and all about it, it stands
    // as it does.
    assert_eq!(answers["events"].as_array().unwrap().len(), 1);
    let screen = place.answer(&[&["why", MILL], &question("retracted")[..]].concat());
    assert!(screen.contains("takes back r1: \"only a rumour\""), "{screen}");
}

#[test]
fn why_says_in_words_what_a_list_would_be_without_an_event() {
    let place = mill::place();
    for (part, says) in [
        ("mediation", "mediation: m1 offered"),
        ("phase_since", "phase_since: Mon 13 Jan 2025"),
        ("phase_set_by", "phase_set_by: p1"),
        ("mediation.m1.answers.local", "mediation.m1.answers.local: accepted"),
        ("title", "title: The mill"),
        ("sessions", "sessions: held 0, no last, no next"),
    ] {
        let screen = place.answer(&["why", MILL, part, "--on", "2025-02-10"]);
        assert!(screen.contains(says), "{part}: {screen}");
    }
    let possible = place.json(&["why", MILL, "possible", "--on", "2025-02-10", "--json"]);
    let effect = possible["events"][0]["effect"].as_str().unwrap();
    assert!(effect.ends_with("; without it: no r1"), "{effect}");
    let gone = place.answer(&["why", MILL, "proposals.p1", "--on", "2025-01-10"]);
    assert!(gone.contains("  NOT THERE\n    p1 (Mon 13 Jan 2025) had not"), "{gone}");
    let warned = Place::with_story().answer(&["why", "kaiser-socal-2024", "warnings"]);
    assert!(warned.contains("without it: no conflicting-values on K10c"), "{warned}");
}

#[test]
fn a_part_that_no_state_has_names_the_one_that_was_meant() {
    let place = mill::place();
    for (part, exit, hint) in [
        ("mediaton", 2, "did you mean mediation? "),
        ("session.last", 2, "did you mean sessions? "),
        ("p1", 2, "did you mean proposals.p1? "),
        ("wages", 2, "did you mean issues.wages? "),
        ("strike", 2, "did you mean actions.strike? "),
        ("the weather", 2, "dispute show mill --json prints the parts"),
        ("proposals.p9", 4, "dispute why mill proposals explains them all"),
        ("mediation.m9.status", 4, "dispute log mill lists the events"),
        ("mediation.m1.bogus", 4, "dispute why mill mediation explains them all"),
        ("issues.nope", 4, "dispute why mill issues explains them all"),
        ("phase.x", 4, "dispute why mill phase explains them all"),
        ("issues.", 2, "dispute show mill --json prints the parts"),
        ("bogus", 2, "dispute show mill --json prints the parts"),
    ] {
        let run = place.run(&["why", MILL, part]);
        assert_eq!((run.exit, run.stdout.as_str()), (exit, ""), "{part}");
        assert!(run.stderr.contains(&format!("\nhelp: {hint}")) || run.stderr.contains(hint));
    }
    assert_eq!(place.run(&["why", "nothing", "phase"]).exit, 4);
    assert_eq!(place.run(&["why", MILL]).exit, 2);
}

#[test]
fn an_order_that_the_dates_leave_open_is_told_where_it_matters() {
    let place = mill::place();
    let state = place.json(&["show", MILL, "--json"]);
    assert_eq!(state["order_sensitive"], json!([]));
    for (kind, id) in [("rejection", "no"), ("acceptance", "yes")] {
        let answer = ["add", kind, "p1", "--id", id, "--by", "local", "--on", "2025-02"];
        place.answer(&answer);
    }
    let state = place.json(&["show", MILL, "--json"]);
    let found = &state["order_sensitive"];
    let of_proposal = json!({"ids": ["no", "yes"], "key": "proposals.p1"});
    assert!(found.as_array().unwrap().contains(&of_proposal), "{found}");
    assert!(found.as_array().unwrap().iter().all(|one| keys(one) == ["ids", "key"]));
    // Known before either, or before the first of them may have happened, nothing hangs on it.
    for flags in [["--known-at", "14"], ["--on", "2025-01-31"]] {
        let state = place.json(&[&["show", MILL, "--json"], &flags[..]].concat());
        assert_eq!(state["order_sensitive"], json!([]), "{flags:?}");
    }
    let why = place.json(&["why", MILL, "proposals.p1.status", "--json"]);
    let open = "if yes came before no, which the dates leave open: proposals.p1";
    assert_eq!((&why["value"], &why["absent"]), (&"accepted".into(), &json!([open])));
    let screen = place.answer(&["show", MILL]);
    assert!(screen.contains("the dates leave open whether yes came before no"), "{screen}");
}

#[test]
fn pairs_that_were_too_many_to_try_are_counted_and_not_passed_over() {
    let place = mill::place();
    let answer = |n: usize| {
        let kind = if n.is_multiple_of(2) { "rejection" } else { "acceptance" };
        format!(
            r#"{{"kind":"{kind}","dispute":"mill","occurred":"2025-02","of":"p1","by":"local"}}"#
        )
    };
    let answers: Vec<String> = (0..200).map(answer).collect();
    assert_eq!(place.fed(&["import", "-"], &answers.join("\n")).exit, 0);
    let untried = &place.json(&["show", MILL, "--json"])["order_untried"];
    assert!(untried.as_u64() > Some(1000), "{untried}");
    let screen = place.answer(&["show", MILL]);
    let told: Vec<&str> = screen.split_whitespace().collect();
    assert!(told.join(" ").contains("pairs of events of which not both orders"), "{screen}");
}
