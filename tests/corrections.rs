//! What was recorded is never changed: corrections stand beside it.

use serde_json::Value;

use crate::support::Place;

const DISPUTE: &str = "kaiser-socal-2024";

#[test]
fn an_event_of_a_dispute_that_is_linked_to_another_can_be_corrected() {
    let place = Place::with_story();
    place.answer(&["amend", "K33", "--set", "workers=2300", "--reason", "the union's own count"]);
    place.answer(&["retract", "K10", "--reason", "another fine"]);
    let state = place.json(&["show", DISPUTE, "--json"]);
    assert!(contains(&state["amended"], "K33") && contains(&state["retracted"], "K10"));
}

#[test]
fn an_amendment_leaves_the_original_readable() {
    let place = Place::with_story();
    let before = place.json(&["show", "K33", "--json"]);
    let answer = place.json(&[
        "amend",
        "K33",
        "--set",
        "note=counted twice",
        "--unset",
        "sources",
        "--reason",
        "a slip",
        "--json",
    ]);
    assert_eq!(answer["schema"], "dispute/amend/v1");
    let after = place.json(&["show", "K33", "--json"]);
    assert_eq!(after["event"], before["event"]);
    assert_eq!(after["as_amended"]["note"], "counted twice");
    assert!(after["as_amended"].get("sources").is_none());
    assert_eq!(after["corrections"][0]["id"], answer["id"]);
    assert_eq!(after["corrections"][0]["reason"], "a slip");
    let rows = place.json_lines(&["log", DISPUTE, "--json"]);
    let row = rows.iter().find(|row| row["id"] == "K33").unwrap();
    assert_eq!(row["amended"]["note"], "counted twice");
    assert_eq!((&row["amended"]["sources"], &row["event"]), (&Value::Null, &before["event"]));
}

#[test]
fn a_retracted_retraction_reinstates() {
    let place = Place::with_story();
    let before = place.json(&["show", DISPUTE, "--json"]);
    let answer = place.json(&["retract", "K33", "--reason", "x", "--json"]);
    assert_eq!(answer["schema"], "dispute/retract/v1");
    assert_ne!(place.json(&["show", DISPUTE, "--json"])["actions"], before["actions"]);
    place.answer(&["retract", answer["id"].as_str().unwrap(), "--reason", "it was right"]);
    assert_eq!(place.json(&["show", DISPUTE, "--json"])["actions"], before["actions"]);
}

#[test]
fn set_takes_json_where_it_parses_phrases_where_dates_stand_and_years_as_dates() {
    let place = Place::with_story();
    let amended = |set: &str| {
        let run =
            place.answer(&["--today", "2025-06-02", "amend", "K33", "--set", set, "--reason", "x"]);
        assert!(run.starts_with("recorded "), "{run}");
        place.json(&["show", "K33", "--json"])["as_amended"].clone()
    };
    assert_eq!(amended("workers=2300")["workers"], 2300);
    assert_eq!(amended("sites=[\"Fontana\"]")["sites"], serde_json::json!(["Fontana"]));
    assert_eq!(amended("note=2024")["note"], "2024");
    place.answer(&["add", "gap", DISPUTE, "--id", "g", "--on", "2024-12", "--text", "x"]);
    for (set, occurred) in [("occurred=2025", "2025"), ("occurred=3 days ago", "2025-05-30")] {
        place.answer(&["--today", "2025-06-02", "amend", "g", "--set", set, "--reason", "x"]);
        assert_eq!(place.json(&["show", "g", "--json"])["as_amended"]["occurred"], occurred);
    }
}

fn contains(list: &Value, id: &str) -> bool {
    list.as_array().unwrap().iter().any(|known| known == id)
}
