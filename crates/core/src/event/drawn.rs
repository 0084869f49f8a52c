//! Documents of every kind, drawn from what the schema says: most are right, some are not.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::event::Kind;
use crate::event::schema::{KeySpec, Shape};
use crate::json::Json;
use crate::number::Number;

/// An event document, its keys in any order.
pub(crate) fn document() -> impl Strategy<Value = Json> {
    let place = Just([("dispute", "d-1"), ("occurred", "2024-10-21"), ("id", "e1")]);
    let kind_and_members = select(Kind::ALL).prop_flat_map(|kind| (Just(kind), members(kind)));
    (kind_and_members, place, 0_u8..60)
        .prop_map(|((kind, mut members), place, odd)| {
            let known = place.into_iter().filter(|(key, _)| kind.has_key(key));
            members.extend(known.map(|(key, value)| (key.to_owned(), Json::text(value))));
            members.push(("kind".to_owned(), Json::text(kind)));
            match odd {
                0 => members.push(("ocurred".to_owned(), Json::Null)),
                1 => members.push(("version_of".to_owned(), Json::text("e0"))),
                2 => members.push(("dispute".to_owned(), Json::text("d-2"))),
                _ => {}
            }
            members
        })
        .prop_shuffle()
        .prop_map(Json::Object)
}

fn members(kind: Kind) -> impl Strategy<Value = Vec<(String, Json)>> {
    object(&kind.keys().copied().collect::<Vec<_>>())
}

fn object(keys: &[KeySpec]) -> BoxedStrategy<Vec<(String, Json)>> {
    let member = |spec: &KeySpec| {
        let name = spec.name.to_owned();
        let value = value(spec.shape).prop_map(move |value| (name.clone(), value));
        prop::option::weighted(if spec.required { 0.98 } else { 0.3 }, value)
    };
    let members: Vec<_> = keys.iter().map(member).collect();
    members.prop_map(|members| members.into_iter().flatten().collect()).boxed()
}

fn texts(texts: &'static [&'static str]) -> BoxedStrategy<Json> {
    select(texts).prop_map(Json::text).boxed()
}

/// Mostly right, sometimes not.
fn mostly(
    right: impl Strategy<Value = Json> + 'static,
    wrong: &'static [&str],
) -> BoxedStrategy<Json> {
    prop_oneof![60 => right, 1 => texts(wrong), 1 => Just(Json::Null)].boxed()
}

fn text() -> BoxedStrategy<Json> {
    let right = prop_oneof!["[ -~]{0,30}", "[ -~é日\u{a0}\u{1f600}\n\r\t\u{ad}\u{2029}]{0,12}"];
    mostly(
        right.prop_map(Json::text),
        &["\u{1}", "\u{7f}", "\u{85}", "a\u{202e}", "\u{2066}", "\0"],
    )
}

fn number() -> BoxedStrategy<Json> {
    let digits = prop_oneof![
        "-?[0-9]{1,4}",
        "[0-9]{1,9}\\.[0-9]{1,9}",
        select(vec!["-0", "1e17", "100", "100.5", "999999999999999999", "0.000000001"])
            .prop_map(str::to_owned)
    ];
    let number = digits.prop_map(|text| match Number::parse(text.trim_start_matches('0')) {
        Some(number) => Json::Number(number),
        None => Json::count(0),
    });
    mostly(number, &["1", "1.5", "1e3", "12345678901234567890", "x"])
}

fn value(shape: Shape) -> BoxedStrategy<Json> {
    const SLUGS: &[&str] = &["a", "wages", "p-1", "0"];
    const NO_SLUGS: &[&str] = &["", "A", "-a", "a_b", "é"];
    const IDS: &[&str] = &["E1", "a.b_c-d", "0"];
    const DATES: &[&str] = &[
        "2024",
        "2024-02",
        "2024-02-29",
        "2024-10-21T06:00",
        "2024-10-21T06:00:30-07:00",
        "0000",
        "2024-10-21T06:00Z",
        "../2024-10-04",
        "2024-10-04~/..",
        "2024-09-30/2024-10-04",
        "9999-12-31",
    ];
    match shape {
        Shape::Text => text(),
        Shape::Slug | Shape::Named(_) => mostly(texts(SLUGS), NO_SLUGS),
        Shape::Event | Shape::PartyOrEvent => mostly(texts(IDS), &["", "a b", ".a"]),
        Shape::Date => mostly(texts(DATES), &["2023-02-29", "2024-13", "../..", "24"]),
        Shape::TimeZone => mostly(texts(&["America/Los_Angeles", "UTC"]), &["utc", ""]),
        Shape::Number | Shape::Percentage => number(),
        Shape::Count => mostly((0_u64..3_000).prop_map(Json::count), &["12", "-1", "1.5"]),
        Shape::NumberOrText => {
            prop_oneof![number(), text(), texts(&["3 %", "-x", "1.2.3", "07"])].boxed()
        }
        Shape::Bool => mostly(any::<bool>().prop_map(Json::Bool), &["true"]),
        Shape::Word(words) => mostly(select(words).prop_map(Json::text), &["", "Other", "éé"]),
        Shape::List(of) => mostly(vec(value(*of), 0..3).prop_map(Json::List), &["a"]),
        Shape::Object(keys) => mostly(object(keys).prop_shuffle().prop_map(Json::Object), &["a"]),
        Shape::TextMap => mostly(map(text()), &["a"]),
        Shape::Changes => mostly(map(prop_oneof![text(), number()].boxed()), &["a"]),
    }
}

fn map(value: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    let keys = prop::collection::btree_map("[a-zé\"\n]{0,3}", value, 0..4);
    keys.prop_map(|members| Json::Object(members.into_iter().collect()))
        .prop_map(|json| json)
        .boxed()
}
