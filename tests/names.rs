//! What a word on the command line names, and what is left out is taken to be.

use std::fs;

use crate::support::Place;

const DISPUTE: &str = "kaiser-socal-2024";

#[test]
fn a_party_is_meant_before_an_event_whose_id_begins_like_it() {
    let place = Place::with_story();
    place.answer(&["add", "gap", DISPUTE, "--id", "nuhw-1", "--text", "x"]);
    place.answer(&[
        "add",
        "statement",
        DISPUTE,
        "--id",
        "s",
        "--speaker",
        "x",
        "--text",
        "x",
        "--about",
        "nuhw",
    ]);
    assert_eq!(place.json(&["show", "s", "--json"])["event"]["about"][0], "nuhw");
    assert!(place.json(&["show", "nuhw", "--json"]).get("party").is_some());
}

#[test]
fn a_dispute_never_takes_the_id_of_an_event_for_its_slug() {
    let place = Place::with_story();
    place.answer(&["add", "gap", DISPUTE, "--id", "kp-19", "--text", "x"]);
    let opened = r#"{"kind":"dispute-opened","dispute":"kp-19","occurred":"2024","title":"t",
        "time_zone":"UTC","employers":["kaiser"],"unions":["nuhw"]}"#;
    let run = place.fed(&["add", "-", "--json"], &opened.replace('\n', " "));
    assert_eq!(run.exit, 3);
    assert!(run.stderr.contains("\"bad-slug\""), "{}", run.stderr);
    let gap = ["add", "gap", DISPUTE, "--id", "kaiser-norcal-2022", "--text", "x", "--json"];
    let run = place.run(&gap);
    assert_eq!(run.exit, 3);
    assert!(run.stderr.contains("\"bad-id\""), "{}", run.stderr);
}

#[test]
fn an_id_may_be_cut_to_what_only_it_begins_with() {
    let place = Place::with_story();
    place.answer(&[
        "add",
        "proposal",
        DISPUTE,
        "--id",
        "offer-of-may",
        "--by",
        "kaiser",
        "--form",
        "counter",
    ]);
    assert_eq!(place.json(&["show", "offer", "--json"])["id"], "offer-of-may");
    place.answer(&["add", "rejection", "offer", "--id", "no", "--by", "nuhw"]);
    assert_eq!(place.json(&["show", "no", "--json"])["event"]["of"], "offer-of-may");
    // A slug never.
    assert_eq!(place.run(&["show", "kaiser-socal"]).exit, 4);
}

#[test]
fn a_reply_belongs_to_the_dispute_of_what_it_answers() {
    let place = Place::with_story();
    place.answer(&[
        "add", "proposal", DISPUTE, "--id", "offer", "--by", "kaiser", "--form", "counter",
    ]);
    place.answer(&["add", "rejection", "offer", "--id", "no", "--by", "nuhw"]);
    assert_eq!(place.json(&["show", "no", "--json"])["event"]["dispute"], DISPUTE);
}

#[test]
fn where_a_dispute_or_an_event_may_stand_what_is_neither_is_an_undeclared_dispute() {
    let place = Place::with_story();
    let arguments = ["add", "session", "kaiser-socal-2025", "--status", "held", "--party", "nuhw"];
    let run = place.run(&arguments);
    assert!(run.stderr.starts_with("error[undeclared-dispute]"), "{}", run.stderr);
}

#[test]
fn an_id_that_was_not_assigned_is_not_in_the_message() {
    let place = Place::with_story();
    let run = place.run(&["add", "gap", "nowhere", "--text", "x"]);
    assert!(run.stderr.contains("]: `dispute`: nowhere"), "{}", run.stderr);
}

#[test]
fn today_is_the_day_in_the_zone_of_the_dispute_or_the_one_given() {
    let place = Place::with_story();
    let occurred = |arguments: &[&str]| {
        let given = [&["--today", "2025-06-02", "--json"], arguments].concat();
        place.json(&given)["occurred"]["text"].clone()
    };
    assert_eq!(occurred(&["add", "gap", DISPUTE, "--text", "a"]), "2025-06-02");
    assert_eq!(
        occurred(&["add", "gap", DISPUTE, "--text", "b", "--on", "yesterday"]),
        "2025-06-01"
    );
    assert_eq!(
        occurred(&["add", "gap", DISPUTE, "--text", "c", "--on", "3 days ago"]),
        "2025-05-30"
    );
    // It moves no recording, and parties and corrections have no date of their own.
    let party = ["add", "party", "x", "--name", "X", "--role", "other"];
    assert!(occurred(&party).is_null());
    assert!(occurred(&["retract", "K33", "--reason", "x"]).is_null());
    let recorded = place.json(&["head", "--json"])["recorded_at"].as_str().unwrap().to_owned();
    assert!(!recorded.starts_with("2025-06-02"), "{recorded}");
}

#[test]
fn an_item_is_an_issue_its_terms_and_a_value_with_its_unit() {
    let place = Place::with_story();
    let items = |item: &str| {
        let arguments = ["add", "proposal", DISPUTE, "--by", "nuhw", "--form", "counter", "--json"];
        let answer = place.json(&[&arguments[..], &["--item", item]].concat());
        place.json(&["show", answer["id"].as_str().unwrap(), "--json"])["event"]["items"][0].clone()
    };
    let item = |terms: &str| serde_json::json!({"issue": "wages", "terms": terms});
    assert_eq!(items("wages=19% over 4 years"), item("19% over 4 years"));
    assert_eq!(items("wages=\"19% over 4 years\""), item("19% over 4 years"));
    assert_eq!(items("wages=a=b"), item("a=b"));
    let measured =
        serde_json::json!({"issue": "wages", "terms": "a year", "value": 6.5, "unit": "percent"});
    assert_eq!(items("wages=\"a year\"=6.5%"), measured);
    assert_eq!(items("{\"issue\":\"wages\",\"terms\":\"x\"}"), item("x"));
}

#[test]
fn who_records_is_named_by_a_flag_else_the_environment_else_the_ledger() {
    let place = Place::with_ledger();
    let by = |arguments: &[&str], variable: Option<&str>| {
        let party = format!("p{}", arguments.len() * 10 + variable.map_or(0, str::len));
        let add = ["add", "party", &party, "--name", "x", "--role", "other", "--id", &party];
        let mut command = place.command(&[&add[..], arguments].concat());
        command.envs(variable.map(|name| ("DISPUTE_AS", name)));
        assert!(command.output().unwrap().status.success());
        place.json(&["show", &party, "--json"])["recorded_by"].as_str().unwrap().to_owned()
    };
    assert_eq!(by(&[], None), "maria");
    assert_eq!(by(&[], Some("")), "maria");
    assert_eq!(by(&[], Some("ann")), "ann");
    assert_eq!(by(&["--as", "bo"], Some("ann")), "bo");
}

#[test]
fn the_ledger_is_named_by_a_flag_else_the_environment_else_is_above() {
    let place = Place::with_ledger();
    fs::create_dir_all(place.path().join("a/b")).unwrap();
    place.answer(&["init", "other", "--name", "other"]);
    let name = |arguments: &[&str], variable: Option<&str>, folder: &str| {
        let mut command = place.command(&[&["head", "--json"], arguments].concat());
        command.current_dir(place.path().join(folder));
        command.envs(variable.map(|path| ("DISPUTE_LEDGER", path)));
        let output = command.output().unwrap();
        let head: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        head["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(name(&[], None, "a/b"), "a test");
    assert_eq!(name(&[], Some(""), "a/b"), "a test");
    assert_eq!(name(&[], Some("../../other"), "a/b"), "other");
    assert_eq!(name(&["-L", ".."], Some("x"), "a"), "a test");
    assert_eq!(name(&["-L", "other/.dispute"], None, "."), "other");
}
