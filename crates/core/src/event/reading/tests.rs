use proptest::prelude::*;

use super::*;
use crate::event::drawn::document;
use crate::occurred::Edtf;

/// What [`Event::parse`] promises, one step after the other.
fn step_by_step(line: &str) -> Result<Event, Refusal> {
    let json = Json::read_by_levels(line).map_err(no_json)?;
    let Json::Object(members) = &json else { panic!("drawn documents are objects") };
    let id = json.get("id").and_then(Json::as_text).and_then(EventId::parse);
    let members = crate::json::borrowed::borrowed(members);
    let read = || {
        let mut document = Document::new(&members);
        let kind = read_kind(document.take("kind"))?;
        document.only(|key| kind.has_key(key), || kind.key_names())?;
        Event::read_as(kind, &mut document)
    };
    let event = read().map_err(|refusal| refusal.of(id.as_ref()))?;
    let length = event.to_json().to_string().len();
    if length > LONGEST_EVENT {
        return Err(too_big(length).of(id.as_ref()));
    }
    match event.kind() {
        Kind::Redaction => Err(Event::redaction_by_hand().of(event.id.as_ref())),
        _ => Ok(event),
    }
}

/// [`Event::content`] by way of a tree.
fn sorted_tree(event: &Event) -> String {
    let Json::Object(mut members) = event.to_json() else { panic!("events are objects") };
    members.retain(|(key, _)| !["kind", "id", "dispute", "occurred"].contains(&key.as_str()));
    Json::Object(members).sorted().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]
    #[test]
    fn a_line_says_the_same_read_fast_or_step_by_step(document in document()) {
        let line = document.to_string();
        prop_assert_eq!(Event::parse(&line), step_by_step(&line));
    }

    #[test]
    fn a_content_is_what_a_sorted_tree_prints(document in document()) {
        if let Ok(event) = Event::from_json(document) {
            let content = event.content();
            prop_assert_eq!(&content, &sorted_tree(&event));
            let (kind, dispute) = (event.kind().as_str(), event.dispute.as_ref());
            let occurred = event.occurred.as_ref().map_or("", Edtf::as_str);
            let again = Event::from_record(kind, event.id.as_ref(), dispute, occurred, &content);
            prop_assert_eq!(again, Ok(event));
        }
    }
}

fn refused(line: &str) -> (RefusalCode, Option<String>) {
    let refusal = Event::parse(line).unwrap_err();
    (refusal.code, refusal.key)
}

#[test]
fn a_key_that_is_not_known_is_reported_before_anything_else_of_its_object() {
    let key = |key: &str| (RefusalCode::UnknownKey, Some(key.to_owned()));
    for (line, refusal) in [
        (r#"{"kind":"gap","x":1}"#, key("x")),
        (r#"{"kind":"gap","dispute":"A","text":1,"x":1}"#, key("x")),
        (r#"{"kind":"party","dispute":"a","party":"A"}"#, key("dispute")),
        (r#"{"kind":"dispute-opened","version_of":"a"}"#, key("version_of")),
        (
            r#"{"kind":"proposal","dispute":"a","occurred":"2024","by":"a","form":"counter",
                "items":[{"issue":"A","y":1}]}"#,
            key("items[0].y"),
        ),
        (
            r#"{"kind":"proposal","dispute":"a","occurred":"2024","by":"a","form":"counter",
                "items":[{"issue":"A","y":1}],"z":1}"#,
            key("z"),
        ),
    ] {
        assert_eq!(refused(line), refusal, "{line}");
        assert_eq!(Event::parse(line), step_by_step(line), "{line}");
    }
}

#[test]
fn a_short_line_whose_numbers_are_written_out_long_is_too_big() {
    let set = |count: usize| {
        let numbers = vec!["1e17"; count].join(",");
        format!(r#"{{"kind":"amendment","of":"a","reason":"","set":{{"a":[{numbers}]}}}}"#)
    };
    assert!(set(3_300).len() < 17_000);
    assert_eq!(refused(&set(3_300)).0, RefusalCode::EventTooBig);
    assert_eq!(Event::parse(&set(3_300)), step_by_step(&set(3_300)));
    let taken = set(2_380);
    assert!(taken.len() < LONGEST_EVENT / 5);
    assert_eq!(Event::parse(&taken), step_by_step(&taken));
}

#[test]
fn a_content_that_repeats_its_envelope_says_nothing_against_it() {
    let read = |content| Event::from_record("gap", None, None, "2024", content);
    assert_eq!(read(r#"{"text":"a"}"#).unwrap_err().code, RefusalCode::MissingKey);
    let slug = Slug::parse("d");
    let read = |content| Event::from_record("gap", None, slug.as_ref(), "2024", content);
    let event = read(r#"{"dispute":1,"kind":"party","occurred":"","text":"a"}"#).unwrap();
    assert_eq!(event.dispute, slug);
    assert_eq!(event.content(), r#"{"text":"a"}"#);
}
