//! A small dispute whose record was mended afterwards: what the tests of the two clocks ask about.

use serde_json::Value;

use crate::support::Place;

/// Its slug.
pub(crate) const MILL: &str = "mill";
/// The last event of what was recorded at once, before anything was mended.
pub(crate) const AT_ONCE: u64 = 9;

const EVENTS: &str = r#"
{"kind":"party","id":"party-acme","party":"acme","name":"Acme","role":"employer"}
{"kind":"party","party":"local","name":"Local 12","role":"union"}
{"kind":"party","party":"mayor","name":"The Mayor","role":"government"}
{"kind":"dispute-opened","id":"opened","dispute":"mill","occurred":"2025-01-06","title":"The mill","time_zone":"America/Chicago","employers":["acme"],"unions":["local"]}
{"kind":"proposal","id":"p1","dispute":"mill","occurred":"2025-01-20","by":"acme","to":["local"],"form":"proposal","items":[{"issue":"wages","terms":"3% a year","value":3,"unit":"percent"}]}
{"kind":"mediation-offer","id":"m1","dispute":"mill","occurred":"2025-02-06","procedure":"mediation","by":"mayor","to":["acme","local"]}
{"kind":"acceptance","id":"a1","dispute":"mill","occurred":"2025-02-07","of":"m1","by":"local"}
{"kind":"rejection","id":"r1","dispute":"mill","occurred":"2025-02-06/2025-02-19","of":"m1","by":"acme"}
{"kind":"session","id":"s1","dispute":"mill","occurred":"2025-02-17","status":"held","parties":["acme","local"]}
"#;

/// A place with the mill's ledger: events 1 to 9 at once; then 10 amends the date of `p1`, 11
/// retracts `r1`, 12 retracts 11, 13 is a strike entered late, 14 describes Acme anew.
pub(crate) fn place() -> Place {
    let place = Place::with_ledger();
    let run = place.fed(&["import", "-"], EVENTS);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let amended = ["amend", "p1", "--set", "occurred=2025-01-13", "--reason", "the minutes"];
    place.answer(&amended);
    let answer = place.json(&["retract", "r1", "--reason", "only a rumour", "--json"]);
    let retraction = answer["id"].as_str().unwrap();
    place.answer(&["retract", retraction, "--reason", "it was right"]);
    let strike =
        ["add", "action-started", MILL, "--id", "strike", "--by", "local", "--action", "strike"];
    place.answer(&[&strike[..], &["--on", "2025-02-12"]].concat());
    place.answer(&["add", "party", "acme", "--name", "Acme Mills", "--role", "employer"]);
    place
}

/// Every event of the ledger, in the order of recording from 1.
pub(crate) fn recorded(place: &Place) -> Vec<Value> {
    place.json_lines(&["log", "--recorded", "--json"])
}

/// The id of the event at a place in the ledger.
pub(crate) fn id_at(place: &Place, sequence: u64) -> String {
    let rows = recorded(place);
    let row = rows.iter().find(|row| row["sequence"] == sequence).unwrap();
    row["id"].as_str().unwrap().to_owned()
}
