//! The strike at Kaiser Permanente, as one news article of March 2025 told it: each of its facts
//! goes in as an event and comes out of the state on the right date.
//!
//! `kaiser/story.jsonl` says what holds, one claim a line, each under the fact that it belongs to
//! (S01 to S17; `all` for what belongs to no single one). A line asks one question:
//!
//! | keys | |
//! |---|---|
//! | `dispute`, `on` | the state of a dispute at the end of a date; without `on`, now |
//! | `list`, `on` | all disputes on a date, `list` being further arguments |
//! | `log` | the event with this id, as the log has it |
//!
//! follows a path `at` into the answer (keys joined by `.`; `[ID]` is the row of a list whose `id`,
//! `issue`, `contract` or `dispute` is `ID`; `[*].` goes on in every row), and expects there
//!
//! | key | |
//! |---|---|
//! | `is` | exactly this |
//! | `has` | an object with these keys and values among others, or a list with such a row |
//! | `contains`, `lacks` | a list with, or without, this element |
//! | `absent` | nothing at all: the last key is not there |

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::support::Place;

const EVENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/kaiser-socal-2024.jsonl");
const STORY: &str = include_str!("kaiser/story.jsonl");

#[test]
fn s01_the_strike_is_a_stoppage_from_its_first_day_to_its_last() {
    check("S01");
}

#[test]
fn s02_what_both_sides_want_stands_issue_by_issue() {
    check("S02");
}

#[test]
fn s03_the_earlier_dispute_in_the_north_is_linked_and_listed() {
    check("S03");
}

#[test]
fn s04_the_session_on_presidents_day_was_the_last() {
    check("S04");
}

#[test]
fn s05_the_governor_offered_mediation() {
    check("S05");
}

#[test]
fn s06_kaiser_declined_on_a_day_that_nobody_knows() {
    check("S06");
}

#[test]
fn s07_kaiser_accepted_later_which_is_remarked_on() {
    check("S07");
}

#[test]
fn s08_the_spokesman_blames_the_union() {
    check("S08");
}

#[test]
fn s09_kaiser_was_fined_before() {
    check("S09");
}

#[test]
fn s10_figures_of_cancelled_appointments_contradict_each_other() {
    check("S10");
}

#[test]
fn s11_group_therapies_were_cancelled() {
    check("S11");
}

#[test]
fn s12_waits_stand_beside_what_the_law_asks_for() {
    check("S12");
}

#[test]
fn s13_mediation_was_scheduled_began_and_was_broken_off() {
    check("S13");
}

#[test]
fn s14_need_for_care_has_grown() {
    check("S14");
}

#[test]
fn s15_patients_may_not_get_care_in_time() {
    check("S15");
}

#[test]
fn s16_the_senate_leader_urges_that_services_go_on() {
    check("S16");
}

#[test]
fn s17_the_outcome_is_open() {
    check("S17");
}

#[test]
fn the_story_as_a_whole_carries_these_warnings_and_no_others() {
    check("all");
}

#[test]
fn every_fact_of_the_article_has_a_claim() {
    let claims = story();
    let facts: BTreeSet<&str> = claims.iter().map(|claim| text(claim, "fact")).collect();
    let expected: Vec<String> = (1..=17).map(|n| format!("S{n:02}")).collect();
    let expected: BTreeSet<&str> = expected.iter().map(String::as_str).chain(["all"]).collect();
    assert_eq!(facts, expected);
}

#[test]
fn a_claim_that_does_not_hold_is_noticed() {
    let answer: Value = serde_json::from_str(
        r#"{"phase":"stoppage","rows":[{"id":"a","n":1},{"id":"b","n":2}],"ids":["a","b"]}"#,
    )
    .unwrap();
    for (claim, holds) in [
        (r#"{"at":"phase","is":"stoppage"}"#, true),
        (r#"{"at":"phase","is":"opened"}"#, false),
        (r#"{"at":"rows[b].n","is":2}"#, true),
        (r#"{"at":"rows[c].n","is":2}"#, false),
        (r#"{"at":"rows[c].n","is":null}"#, false),
        (r#"{"at":"rows[*].n","is":[1,2]}"#, true),
        (r#"{"at":"rows","has":{"id":"a","n":1}}"#, true),
        (r#"{"at":"rows","has":{"id":"a","n":2}}"#, false),
        (r#"{"at":"ids","contains":"a"}"#, true),
        (r#"{"at":"ids","contains":"c"}"#, false),
        (r#"{"at":"ids","lacks":"c"}"#, true),
        (r#"{"at":"ids","lacks":"a"}"#, false),
        (r#"{"at":"idz","lacks":"a"}"#, false),
        (r#"{"at":"rows[a].m","absent":true}"#, true),
        (r#"{"at":"rows[a].n","absent":true}"#, false),
        (r#"{"at":"rows[c].n","absent":true}"#, false),
        (r#"{"at":"phase"}"#, false),
    ] {
        assert_eq!(holds_in(&answer, &parse(claim)), holds, "{claim}");
    }
}

/// Asks what every line of a fact asks, and tells all answers that are not as they should be.
#[track_caller]
fn check(fact: &str) {
    let ledger = Ledger::with_the_story();
    let mut answers = HashMap::new();
    let mut wrong = Vec::new();
    for claim in story().iter().filter(|claim| text(claim, "fact") == fact) {
        let question = Question::of(claim);
        let answer = answers.entry(question.clone()).or_insert_with(|| ledger.ask(&question));
        if !holds_in(answer, claim) {
            let found = follow(answer, path_of(claim));
            let found = found.map_or("nothing there".to_owned(), |found| found.to_string());
            wrong.push(format!("claim: {}\nfound: {found}", Value::from(claim.clone())));
        }
    }
    assert!(wrong.is_empty(), "{fact} does not come out as it went in\n{}", wrong.join("\n"));
}

/// What one asks the binary.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Question {
    State(Vec<String>),
    List(Vec<String>),
    Logged(String),
}

impl Question {
    fn of(claim: &Map<String, Value>) -> Self {
        let on = claim.get("on").and_then(Value::as_str).map(|date| ["--on".into(), date.into()]);
        let on = on.into_iter().flatten();
        if let Some(id) = claim.get("log") {
            return Self::Logged(id.as_str().unwrap().to_owned());
        }
        if let Some(further) = claim.get("list") {
            let further = further.as_array().unwrap().iter();
            return Self::List(
                further.map(|word| word.as_str().unwrap().into()).chain(on).collect(),
            );
        }
        Self::State([text(claim, "dispute").to_owned()].into_iter().chain(on).collect())
    }
}

/// A ledger with the story in it.
struct Ledger {
    place: Place,
}

impl Ledger {
    fn with_the_story() -> Self {
        let place = Place::new();
        place.answer(&["init", "--name", "California health care", "--as", "tester"]);
        place.answer(&["import", EVENTS]);
        Self { place }
    }

    fn ask(&self, question: &Question) -> Value {
        let with = |verb: &str, arguments: &[String]| -> Vec<String> {
            let words = [verb.to_owned()].into_iter().chain(arguments.iter().cloned());
            words.chain(["--json".to_owned()]).collect()
        };
        match question {
            Question::State(arguments) => self.place.json(&with("show", arguments)),
            Question::List(arguments) => self.place.json_lines(&with("list", arguments)).into(),
            Question::Logged(id) => {
                let rows = self.place.json_lines(&with("log", &[]));
                let row = rows.into_iter().find(|row| row["id"] == **id);
                row.map_or(Value::Null, |row| row["event"].clone())
            }
        }
    }
}

/// What a path leads to; `None` where a step of it is not there.
fn follow(from: &Value, path: &str) -> Option<Value> {
    if path.is_empty() {
        return Some(from.clone());
    }
    if let Some(rest) = path.strip_prefix("[*]") {
        let rest = rest.trim_start_matches('.');
        return from.as_array()?.iter().map(|row| follow(row, rest)).collect();
    }
    if let Some(rest) = path.strip_prefix('[') {
        let (name, rest) = rest.split_once(']')?;
        let row = from.as_array()?.iter().find(|row| is_named(row, name))?;
        return follow(row, rest.trim_start_matches('.'));
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (key, rest) = path.split_at(end);
    follow(from.get(key)?, rest.trim_start_matches('.'))
}

fn is_named(row: &Value, name: &str) -> bool {
    ["id", "issue", "contract", "dispute"].iter().any(|key| row[key] == *name)
}

/// Whether a claim holds in the answer to its question.
fn holds_in(answer: &Value, claim: &Map<String, Value>) -> bool {
    let path = path_of(claim);
    if claim.contains_key("absent") {
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        return follow(answer, parent).is_some_and(|parent| parent.get(key).is_none());
    }
    let Some(found) = follow(answer, path) else { return false };
    let has_element = |element| found.as_array().map(|list| list.contains(element));
    if let Some(value) = claim.get("is") {
        found == *value
    } else if let Some(part) = claim.get("has") {
        match found.as_array() {
            Some(rows) => rows.iter().any(|row| is_part(part, row)),
            None => is_part(part, &found),
        }
    } else if let Some(wanted) = claim.get("contains") {
        has_element(wanted) == Some(true)
    } else if let Some(unwanted) = claim.get("lacks") {
        has_element(unwanted) == Some(false)
    } else {
        false
    }
}

fn is_part(part: &Value, whole: &Value) -> bool {
    let keys = part.as_object().expect("`has` is an object");
    keys.iter().all(|(key, value)| whole.get(key) == Some(value))
}

fn story() -> Vec<Map<String, Value>> {
    STORY.lines().map(parse).collect()
}

fn parse(line: &str) -> Map<String, Value> {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn path_of(claim: &Map<String, Value>) -> &str {
    claim.get("at").and_then(Value::as_str).unwrap_or_default()
}

fn text<'a>(claim: &'a Map<String, Value>, key: &str) -> &'a str {
    claim.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("no `{key}` in {claim:?}"))
}
