use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::event::drawn::document;
use crate::event::{Event, Fact};
use crate::json::Json;

/// What is to be checked, as an envelope and its content hold it.
struct Sealed {
    kind: Kind,
    dispute: Option<Slug>,
    occurred: String,
    content: String,
}

impl Sealed {
    fn of(event: &Event) -> Self {
        Self {
            kind: event.kind(),
            dispute: event.dispute.clone(),
            occurred: event.occurred.as_ref().map_or_else(String::new, Edtf::to_string),
            content: event.content(),
        }
    }

    /// A drawn document sealed as it is, right or wrong; the keys of its content sorted.
    fn unread(document: Json) -> Self {
        let Json::Object(mut members) = document else { panic!("drawn documents are objects") };
        let text = |key: &str| {
            let found = members.iter().find(|(k, _)| k == key)?;
            found.1.as_text().map(str::to_owned)
        };
        let kind = Kind::parse(&text("kind").unwrap()).unwrap();
        let dispute = text("dispute").and_then(|slug| Slug::parse(&slug));
        let occurred = text("occurred").unwrap_or_default();
        members.retain(|(key, _)| !["kind", "id", "dispute", "occurred"].contains(&key.as_str()));
        let content = Json::Object(members).sorted().to_string();
        Self { kind, dispute, occurred, content }
    }

    fn is_surely_canonical(&self) -> bool {
        is_surely_canonical(self.kind, self.dispute.as_ref(), &self.occurred, &self.content)
    }

    fn is_canonical(&self) -> bool {
        let Self { kind, dispute, occurred, content } = self;
        Event::from_record(kind.as_str(), None, dispute.as_ref(), occurred, content)
            .is_ok_and(|event| event.content() == *content)
    }
}

/// Whether an event is left to the typed reader, right as it may be.
fn is_rare(event: &Event) -> bool {
    let has_cast = matches!(&event.fact, Fact::VoteResult(result) if result.cast.is_some());
    let ids = event.common.external_ids.iter().flat_map(|ids| &ids.0);
    let mut names = ids.map(|(name, _)| name.as_str());
    has_cast
        || event.kind() == Kind::Amendment
        || names.any(|name| plain_run(name.as_bytes()) < name.len())
}

/// One event of every shape that a value has.
const USUAL: &[&str] = &[
    r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-21","by":"p","form":"counter","items":[
        {"due":"2024","issue":"a","terms":"b","unit":"%","value":2.5}],"external_ids":{"a":"b"},
        "replies_to":"E1","sources":[{"published":"2024","title":"t","url":"u"}],"tags":["a","b"]}"#,
    r#"{"kind":"vote-result","dispute":"d","occurred":"2024","by":"p","purpose":"ratification",
        "stage":"final","eligible":3,"no":1,"percent_yes":99.5,"yes":2,"of":"E1"}"#,
    r#"{"kind":"finding","dispute":"d","occurred":"2024","body":"p","against":"q","stage":"issued",
        "penalty":{"amount":-1.5,"currency":"USD"},"corrective_actions":["a"]}"#,
    r#"{"kind":"dispute-opened","dispute":"d","occurred":"2024","title":"t","time_zone":"UTC",
        "employers":["p"],"unions":[]}"#,
    r#"{"kind":"agreement","dispute":"d","occurred":"2024","level":"item","parties":["p"],
        "recommended":true,"term":{"from":"2024","to":"2025"},"proposals":["E1"]}"#,
    r#"{"kind":"standard","standard":"s","citation":"c","metric":"m",
        "limit":{"op":"<=","unit":"days","value":"10 days"},"certainty":"alleged"}"#,
    r#"{"kind":"statement","dispute":"d","occurred":"2024","speaker":"s","text":"t","about":["p"]}"#,
    r#"{"kind":"dispute-linked","dispute":"d","occurred":"2024","other":"e","relation":"sympathy"}"#,
    r#"{"kind":"mediation","dispute":"d","occurred":"2024","of":"E1","status":"started"}"#,
    r#"{"kind":"amendment","of":"E1","reason":"r","set":{"note":null}}"#,
];

/// Values and members that a content may hold, most of them wrong somewhere.
const ODD: &[&str] = &[
    "-0",
    "-0.0",
    "0",
    "00",
    "1.0",
    "1.50",
    "1e2",
    "1E2",
    "+1",
    ".5",
    "1.",
    "-1",
    "100",
    "100.1",
    "1000000000000000000",
    "999999999999999999",
    "0.1234567891",
    "123456789.123456789",
    "null",
    "1234567890.123456789",
    "true",
    "false",
    "True",
    "{}",
    "[]",
    "[[]]",
    "[null]",
    "[[[[[[[[]]]]]]]]",
    "{\"a\":{\"a\":{}}}",
    r#""""#,
    r#""a""#,
    r#""A""#,
    r#"" a""#,
    r#""é""#,
    r#""\u00e9""#,
    "\"—“”€\"",
    r#""\u0061""#,
    r#""\/""#,
    r#""\b""#,
    r#""\f""#,
    r#""\n\r\t""#,
    r#""\u000a""#,
    r#""\u0000""#,
    r#""\u001f""#,
    r#""\ud800""#,
    r#""\ud83d\ude00""#,
    r#""\\""#,
    r#""\"""#,
    r#""\""#,
    "\"\n\"",
    "\"\0\"",
    "\"\u{7f}\"",
    "\"\u{80}\"",
    "\"\u{9f}\"",
    "\"\u{a0}\"",
    "\"\u{2029}\"",
    "\"\u{202a}\"",
    "\"\u{202e}\"",
    "\"\u{2065}\"",
    "\"\u{2066}\"",
    "\"\u{2069}\"",
    "\"\u{206a}\"",
    "\"\u{feff}\"",
    r#""2024-02-29""#,
    r#""2023-02-29""#,
    r#""2024-1-1""#,
    r#""../..""#,
    r#""../2024""#,
    r#""2024~""#,
    r#""24""#,
    r#""-""#,
    r#""-1""#,
    r#""1e5""#,
    r#""1e99""#,
    r#""12 %""#,
    r#""UTC""#,
    r#""utc""#,
    r#"[{"issue":"a","terms":"b"}]"#,
    r#"[{"terms":"b","issue":"a"}]"#,
    r#"[{"issue":"a"}]"#,
    r#"[{"issue":"a","terms":"b","terms":"b"}]"#,
    r#"[{"issue":"a","terms":"b","unit":null}]"#,
    r#"[{"url":"a"}]"#,
    r#"[{"title":""}]"#,
    r#"[{"interest":"press"}]"#,
    r#"[{}]"#,
    r#"{"from":"2024","to":"2023"}"#,
    r#"{"to":"2023","from":"2024"}"#,
    r#"{"a":"b","b":"c"}"#,
    r#"{"b":"c","a":"b"}"#,
    r#"{"a":"b","a":"b"}"#,
    r#"{"é":"b"}"#,
    r#"{"a":1}"#,
    r#"{"":"" }"#,
];

/// A content with something odd where a value stands, or a member or a few bytes of its own.
fn changed(content: &str, at: impl Fn(&[usize]) -> usize, odd: &str) -> Vec<String> {
    let starts: Vec<usize> =
        content.match_indices(['{', '[', ',', ':']).map(|(n, _)| n + 1).collect();
    let start = at(&starts);
    let (before, rest) = content.split_at(start);
    let mut depth = 0_i32;
    let end = rest.find(|c| {
        let ends = depth == 0 && matches!(c, ',' | '}' | ']');
        depth += i32::from(matches!(c, '{' | '[')) - i32::from(matches!(c, '}' | ']'));
        ends
    });
    let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
    let with = |middle: &str| format!("{before}{middle}{after}");
    vec![
        with(odd),
        with(""),
        with(&format!(" {part}")),
        with(&format!("{part} ")),
        with(&format!("{part},{part}")),
        with(&format!("{part},")),
        with(&format!("{part},\"note\":{odd}")),
        with(&format!("\"tags\":{odd},{part}")),
        with(&format!("{part}{odd}")),
        before.to_owned(),
        format!("{content}{odd}"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn what_is_surely_canonical_is_canonical(
        document in document(), at in any::<Index>(), odd in select(ODD),
        place in any::<Index>(), byte in any::<u8>(), other in select(Kind::ALL),
    ) {
        let mut sealed = Sealed::unread(document);
        let holds = |sealed: &Sealed| !sealed.is_surely_canonical() || sealed.is_canonical();
        prop_assert!(holds(&sealed), "{} {}", sealed.kind, sealed.content);
        let content = sealed.content.clone();
        for content in changed(&content, |starts| *at.get(starts), odd) {
            sealed.content = content;
            prop_assert!(holds(&sealed), "{} {}", sealed.kind, sealed.content);
        }
        let mut bytes = content.clone().into_bytes();
        bytes[place.index(content.len())] = byte;
        if let Ok(damaged) = String::from_utf8(bytes) {
            sealed.content = damaged;
            prop_assert!(holds(&sealed), "{} {}", sealed.kind, sealed.content);
        }
        sealed.content = content;
        sealed.kind = other;
        prop_assert!(holds(&sealed), "{} {}", sealed.kind, sealed.content);
        sealed.occurred = odd.trim_matches('"').to_owned();
        prop_assert!(holds(&sealed), "{} {}", sealed.kind, sealed.occurred);
        sealed.dispute = None;
        prop_assert!(holds(&sealed), "{} {}", sealed.kind, sealed.occurred);
    }

    #[test]
    fn events_that_are_not_rare_are_surely_canonical(document in document()) {
        if let Ok(event) = Event::from_json(document) {
            let sealed = Sealed::of(&event);
            prop_assert_eq!(sealed.is_surely_canonical(), !is_rare(&event), "{}", sealed.content);
        }
    }
}

#[test]
fn nothing_odd_anywhere_in_a_content_passes_for_canonical() {
    let holds = |sealed: &Sealed| !sealed.is_surely_canonical() || sealed.is_canonical();
    for line in USUAL {
        let event = Event::parse(line).unwrap();
        let mut sealed = Sealed::of(&event);
        assert!(sealed.is_canonical() && sealed.is_surely_canonical() != is_rare(&event), "{line}");
        let content = sealed.content.clone();
        let places = 0..content.matches(['{', '[', ',', ':']).count();
        for (place, odd) in places.flat_map(|place| ODD.iter().map(move |odd| (place, odd))) {
            for content in changed(&content, |starts| starts[place], odd) {
                sealed.content = content;
                assert!(holds(&sealed), "{} {}", sealed.kind, sealed.content);
            }
        }
    }
}

#[test]
fn a_text_is_surely_right_up_to_its_longest_and_no_longer() {
    for (letter, count, is_sure) in [("a", LONGEST_TEXT, true), ("a", LONGEST_TEXT + 1, false)] {
        let content = format!(r#"{{"text":"{}"}}"#, letter.repeat(count));
        let sealed = Sealed {
            kind: Kind::Gap,
            dispute: Slug::parse("d"),
            occurred: "2024".to_owned(),
            content,
        };
        assert_eq!(sealed.is_surely_canonical(), is_sure, "{count}");
        assert_eq!(sealed.is_canonical(), is_sure, "{count}");
    }
}

#[test]
fn a_real_dispute_is_read_at_a_glance() {
    let lines = include_str!("../../../../../fixtures/kaiser-socal-2024.jsonl");
    let events: Vec<Event> = lines.lines().map(|line| Event::parse(line).unwrap()).collect();
    let unsure: Vec<String> = events
        .iter()
        .filter(|event| !Sealed::of(event).is_surely_canonical())
        .map(|event| event.kind().to_string())
        .collect();
    assert!(events.len() > 100, "{}", events.len());
    assert_eq!(unsure, [""; 0]);
}
