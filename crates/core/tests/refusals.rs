//! For every rule of EVENTS.md, "Refused": a document that just breaks it, and its nearest
//! neighbour that is taken.

#![cfg(test)]

use dispute_core::event::Event;
use dispute_core::{Admitted, EventId, Instant, Record, Recorded, Refusal, RefusalCode, Sequence};

/// A rule at its edge. Documents are lines as people hand them in, but that
///
/// - `redact {…}` is the event that `dispute redact` makes,
/// - `coming ID` says that the event of this id comes later in the same import,
/// - `<N>` stands for a text of N letters, and `<to N>` for as many as make the line N bytes long.
struct Rule {
    /// The code that the document is refused with.
    code: RefusalCode,
    /// What is on record besides [`WORLD`].
    setup: &'static [&'static str],
    /// The document that is refused.
    trips: &'static str,
    /// Words of the refusal: the event, the key, the message or the way out.
    says: &'static str,
    /// The nearest neighbour that is taken.
    near: &'static str,
}

/// Everything is recorded at noon of this day in Los Angeles.
const RECORDED_AT: &str = "2025-06-02T12:00:00-07:00";

/// On record in every row: a union, an employer, a mediator, and a dispute in Los Angeles with a
/// unit.
const WORLD: &[&str] = &[
    r#"{"kind":"party","party":"union","name":"The Union","role":"union"}"#,
    r#"{"kind":"party","party":"employer","name":"The Employer","role":"employer"}"#,
    r#"{"kind":"party","party":"mediator","name":"A Mediator","role":"mediator"}"#,
    r#"{"kind":"dispute-opened","dispute":"d","id":"open","occurred":"2024-09-01","title":"A dispute","time_zone":"America/Los_Angeles","employers":["employer"],"unions":["union"]}"#,
    r#"{"kind":"unit","dispute":"d","id":"unit-rn","occurred":"2024-09-01","unit":"rn","description":"Nurses","employer":"employer","union":"union"}"#,
];

const P1: &str = r#"{"kind":"proposal","dispute":"d","id":"p1","occurred":"2024-10-02","by":"union","form":"proposal","items":[{"issue":"wages","terms":"5 %"}]}"#;
const NOTICE: &str = r#"{"kind":"notice","dispute":"d","id":"n1","occurred":"2024-10-02","notice":"strike","by":"union"}"#;
const OFFER: &str = r#"{"kind":"mediation-offer","dispute":"d","id":"o1","occurred":"2024-10-02","procedure":"mediation","by":"mediator","to":["union"]}"#;
const STRIKE: &str = r#"{"kind":"action-started","dispute":"d","id":"s1","occurred":"2024-10-21","action":"strike","by":"union"}"#;
const GAP: &str = r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-10-01","text":"?"}"#;
const OTHER_DISPUTE: &str = r#"{"kind":"dispute-opened","dispute":"e","id":"open-e","occurred":"2024-09-01","title":"Another","time_zone":"UTC","employers":["employer"],"unions":["union"]}"#;

const FORM: &[Rule] = &[
    Rule {
        code: RefusalCode::BadJson,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?""#,
        says: "not JSON",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::BadJson,
        setup: &[],
        trips: r#"[{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?"}]"#,
        says: "not an object",
        near: r#"  {"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?"}  "#,
    },
    Rule {
        code: RefusalCode::BadJson,
        setup: &[P1],
        trips: r#"{"kind":"amendment","of":"p1","reason":"r","set":{"note":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}}"#,
        says: "16 deep",
        near: r#"{"kind":"amendment","of":"p1","reason":"r","set":{"sources":[{"title":"t"}]}}"#,
    },
    Rule {
        code: RefusalCode::DuplicateKey,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","text":"?"}"#,
        says: "`text` stands twice",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","external_ids":{"a":"1","A":"1"}}"#,
    },
    Rule {
        code: RefusalCode::DuplicateKey,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","sources":[{"title":"t","t\u0069tle":"t"}]}"#,
        says: "`title` stands twice",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","sources":[{"title":"t"},{"title":"t"}]}"#,
    },
    Rule {
        code: RefusalCode::UnknownKind,
        setup: &[],
        trips: r#"{"kind":"propsal","dispute":"d","occurred":"2024-10-02","by":"union","form":"proposal","items":[]}"#,
        says: "did you mean `proposal`?",
        near: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-02","by":"union","form":"proposal","items":[]}"#,
    },
    Rule {
        code: RefusalCode::UnknownKey,
        setup: &[],
        trips: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-02","by":"union","form":"proposal","item":[]}"#,
        says: "did you mean `items`?",
        near: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-02","by":"union","form":"proposal","items":[]}"#,
    },
    Rule {
        code: RefusalCode::UnknownKey,
        setup: &[],
        trips: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-02","by":"union","form":"proposal","items":[{"issue":"wages","term":"5 %"}]}"#,
        says: "did you mean `terms`?",
        near: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-02","by":"union","form":"proposal","items":[{"issue":"wages","terms":"5 %"}]}"#,
    },
    // One of two keys that exclude each other.
    Rule {
        code: RefusalCode::UnknownKey,
        setup: &[OTHER_DISPUTE],
        trips: r#"{"kind":"dispute-linked","dispute":"d","occurred":"2024-10-02","relation":"sibling-unit","other":"e","other_title":"Another"}"#,
        says: "`other_title` cannot stand beside `other`",
        near: r#"{"kind":"dispute-linked","dispute":"d","occurred":"2024-10-02","relation":"sibling-unit","other":"e"}"#,
    },
    Rule {
        code: RefusalCode::UnknownKey,
        setup: &[OFFER],
        trips: r#"{"kind":"mediation","dispute":"d","occurred":"2024-10-03","of":"o1","procedure":"mediation","status":"started"}"#,
        says: "`procedure` cannot stand beside `of`",
        near: r#"{"kind":"mediation","dispute":"d","occurred":"2024-10-03","of":"o1","status":"started"}"#,
    },
    // Keys that belong to every kind but these.
    Rule {
        code: RefusalCode::UnknownKey,
        setup: &[],
        trips: r#"{"kind":"party","dispute":"d","party":"press","name":"The Press","role":"press"}"#,
        says: "no key `dispute`",
        near: r#"{"kind":"party","party":"press","name":"The Press","role":"press"}"#,
    },
    Rule {
        code: RefusalCode::UnknownKey,
        setup: &[],
        trips: r#"{"kind":"dispute-opened","dispute":"f","occurred":"2024-09-01","title":"A dispute","time_zone":"UTC","employers":[],"unions":[],"version_of":"open"}"#,
        says: "no key `version_of`",
        near: r#"{"kind":"dispute-opened","dispute":"f","occurred":"2024-09-01","title":"A dispute","time_zone":"UTC","employers":[],"unions":[]}"#,
    },
    Rule {
        code: RefusalCode::MissingKey,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","text":"?"}"#,
        says: "`occurred` is missing",
        near: r#"{"kind":"standard","standard":"wait","citation":"The law","metric":"days","limit":{"op":"<=","value":10,"unit":"days"}}"#,
    },
    Rule {
        code: RefusalCode::MissingKey,
        setup: &[],
        trips: r#"{"dispute":"d","occurred":"2024-10-01","text":"?"}"#,
        says: "`kind` is missing",
        near: r#"{"text":"?","occurred":"2024-10-01","dispute":"d","kind":"gap"}"#,
    },
    Rule {
        code: RefusalCode::MissingKey,
        setup: &[],
        trips: r#"{"kind":"dispute-linked","dispute":"d","occurred":"2024-10-02","relation":"sibling-unit"}"#,
        says: "one of `other` and `other_title` is required",
        near: r#"{"kind":"dispute-linked","dispute":"d","occurred":"2024-10-02","relation":"sibling-unit","other_title":"Another"}"#,
    },
    Rule {
        code: RefusalCode::MissingKey,
        setup: &[P1],
        trips: r#"{"kind":"amendment","of":"p1","set":{"by":null},"reason":"r"}"#,
        says: "p1: `by`",
        near: r#"{"kind":"amendment","of":"p1","set":{"unit":null},"reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::WrongType,
        setup: &[],
        trips: r#"{"kind":"action-started","dispute":"d","occurred":"2024-10-21","action":"strike","by":"union","workers":"2,400"}"#,
        says: "`workers`",
        near: r#"{"kind":"action-started","dispute":"d","occurred":"2024-10-21","action":"strike","by":"union","workers":"2400"}"#,
    },
    Rule {
        code: RefusalCode::WrongType,
        setup: &[],
        trips: r#"{"kind":"action-started","dispute":"d","occurred":"2024-10-21","action":"strike","by":"union","workers":1.5}"#,
        says: "a whole number",
        near: r#"{"kind":"action-started","dispute":"d","occurred":"2024-10-21","action":"strike","by":"union","workers":1.0}"#,
    },
    Rule {
        code: RefusalCode::WrongType,
        setup: &[],
        trips: r#"{"kind":"action-started","dispute":"d","occurred":"2024-10-21","action":"strike","by":"union","workers":-1}"#,
        says: "not negative",
        near: r#"{"kind":"action-started","dispute":"d","occurred":"2024-10-21","action":"strike","by":"union","workers":-0}"#,
    },
    Rule {
        code: RefusalCode::WrongType,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","note":null}"#,
        says: "leave the key out",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::WrongType,
        setup: &[],
        trips: r#"{"kind":"session","dispute":"d","occurred":"2024-10-01","status":"held","parties":"union"}"#,
        says: "takes a list, not a text",
        near: r#"{"kind":"session","dispute":"d","occurred":"2024-10-01","status":"held","parties":["union"]}"#,
    },
    // 18 digits, 9 of them after the point.
    Rule {
        code: RefusalCode::WrongType,
        setup: &[],
        trips: r#"{"kind":"impact","dispute":"d","occurred":"2024-10-01","metric":"cost","value":1234567890123456789,"unit":"USD"}"#,
        says: "18 digits",
        near: r#"{"kind":"impact","dispute":"d","occurred":"2024-10-01","metric":"cost","value":123456789012345678,"unit":"USD"}"#,
    },
    Rule {
        code: RefusalCode::WrongType,
        setup: &[],
        trips: r#"{"kind":"impact","dispute":"d","occurred":"2024-10-01","metric":"cost","value":1e18,"unit":"USD"}"#,
        says: "18 digits",
        near: r#"{"kind":"impact","dispute":"d","occurred":"2024-10-01","metric":"cost","value":1e17,"unit":"USD"}"#,
    },
    Rule {
        code: RefusalCode::WrongType,
        setup: &[],
        trips: r#"{"kind":"impact","dispute":"d","occurred":"2024-10-01","metric":"cost","value":"0.1234567891","unit":"USD"}"#,
        says: "9 of them after the point",
        near: r#"{"kind":"impact","dispute":"d","occurred":"2024-10-01","metric":"cost","value":"0.1234567890","unit":"USD"}"#,
    },
    Rule {
        code: RefusalCode::WrongType,
        setup: &[],
        trips: r#"{"kind":"impact","dispute":"d","occurred":"2024-10-01","metric":"cost","value":[1],"unit":"USD"}"#,
        says: "a number or a text",
        near: r#"{"kind":"impact","dispute":"d","occurred":"2024-10-01","metric":"cost","value":"1 million","unit":"USD"}"#,
    },
    Rule {
        code: RefusalCode::BadWord,
        setup: &[],
        trips: r#"{"kind":"notice","dispute":"d","occurred":"2024-10-02","notice":"strikes","by":"union"}"#,
        says: "did you mean `strike`?",
        near: r#"{"kind":"notice","dispute":"d","occurred":"2024-10-02","notice":"strike","by":"union"}"#,
    },
    Rule {
        code: RefusalCode::BadId,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","id":"a b","occurred":"2024-10-01","text":"?"}"#,
        says: "`id`",
        near: r#"{"kind":"gap","dispute":"d","id":"A.b_-0","occurred":"2024-10-01","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::BadId,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","id":"<65>","occurred":"2024-10-01","text":"?"}"#,
        says: "at most 64",
        near: r#"{"kind":"gap","dispute":"d","id":"<64>","occurred":"2024-10-01","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::BadId,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","id":"d","occurred":"2024-10-01","text":"?"}"#,
        says: "the slug of a dispute",
        near: r#"{"kind":"gap","dispute":"d","id":"D","occurred":"2024-10-01","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::BadId,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","id":"ledger","occurred":"2024-10-01","text":"?"}"#,
        says: "the ledger's own",
        near: r#"{"kind":"gap","dispute":"d","id":"Ledger","occurred":"2024-10-01","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::BadId,
        setup: &[],
        trips: r#"{"kind":"dispute-opened","dispute":"f","id":"f","occurred":"2024-09-01","title":"A dispute","time_zone":"UTC","employers":[],"unions":[]}"#,
        says: "the slug of a dispute",
        near: r#"{"kind":"dispute-opened","dispute":"f","id":"f1","occurred":"2024-09-01","title":"A dispute","time_zone":"UTC","employers":[],"unions":[]}"#,
    },
    Rule {
        code: RefusalCode::BadSlug,
        setup: &[],
        trips: r#"{"kind":"impasse","dispute":"d","occurred":"2024-10-01","by":"union","issues":["Health Care"]}"#,
        says: "write `health-care`",
        near: r#"{"kind":"impasse","dispute":"d","occurred":"2024-10-01","by":"union","issues":["health-care"]}"#,
    },
    Rule {
        code: RefusalCode::BadSlug,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","tags":["<65>"]}"#,
        says: "at most 64",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","tags":["<64>"]}"#,
    },
    Rule {
        code: RefusalCode::BadSlug,
        setup: &[GAP],
        trips: r#"{"kind":"dispute-opened","dispute":"g1","occurred":"2024-09-01","title":"A dispute","time_zone":"UTC","employers":[],"unions":[]}"#,
        says: "the id of an event",
        near: r#"{"kind":"dispute-opened","dispute":"g2","occurred":"2024-09-01","title":"A dispute","time_zone":"UTC","employers":[],"unions":[]}"#,
    },
    Rule {
        code: RefusalCode::TimeZone,
        setup: &[],
        trips: r#"{"kind":"dispute-opened","dispute":"f","occurred":"2024-09-01","title":"A dispute","time_zone":"America/Los Angles","employers":[],"unions":[]}"#,
        says: "America/Los_Angeles",
        near: r#"{"kind":"dispute-opened","dispute":"f","occurred":"2024-09-01","title":"A dispute","time_zone":"America/Los_Angeles","employers":[],"unions":[]}"#,
    },
    Rule {
        code: RefusalCode::Counts,
        setup: &[],
        trips: r#"{"kind":"vote-result","dispute":"d","occurred":"2024-10-05","purpose":"ratification","by":"union","stage":"final","yes":60,"no":38,"spoiled":3,"cast":100}"#,
        says: "101, more than the 100 cast",
        near: r#"{"kind":"vote-result","dispute":"d","occurred":"2024-10-05","purpose":"ratification","by":"union","stage":"final","yes":60,"no":38,"spoiled":2,"cast":100}"#,
    },
    Rule {
        code: RefusalCode::Counts,
        setup: &[],
        trips: r#"{"kind":"vote-result","dispute":"d","occurred":"2024-10-05","purpose":"ratification","by":"union","stage":"final","cast":101,"eligible":100}"#,
        says: "101 cast, more than the 100 eligible",
        near: r#"{"kind":"vote-result","dispute":"d","occurred":"2024-10-05","purpose":"ratification","by":"union","stage":"final","cast":100,"eligible":100}"#,
    },
    Rule {
        code: RefusalCode::Percentage,
        setup: &[],
        trips: r#"{"kind":"vote-result","dispute":"d","occurred":"2024-10-05","purpose":"ratification","by":"union","stage":"final","percent_yes":100.000000001}"#,
        says: "`percent_yes`",
        near: r#"{"kind":"vote-result","dispute":"d","occurred":"2024-10-05","purpose":"ratification","by":"union","stage":"final","percent_yes":100}"#,
    },
    Rule {
        code: RefusalCode::Percentage,
        setup: &[],
        trips: r#"{"kind":"vote-result","dispute":"d","occurred":"2024-10-05","purpose":"ratification","by":"union","stage":"final","percent_turnout":-0.1}"#,
        says: "between 0 and 100",
        near: r#"{"kind":"vote-result","dispute":"d","occurred":"2024-10-05","purpose":"ratification","by":"union","stage":"final","percent_turnout":"0"}"#,
    },
    Rule {
        code: RefusalCode::SourceWithoutName,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","sources":[{"title":"t"},{"publisher":"The Press"}]}"#,
        says: "sources[1]",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","sources":[{"title":"t"},{"url":"https://press.example"}]}"#,
    },
    Rule {
        code: RefusalCode::TextTooLong,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"<32769>"}"#,
        says: "32769 bytes",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"<32768>"}"#,
    },
    // Bytes count, not letters.
    Rule {
        code: RefusalCode::TextTooLong,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"é<32767>"}"#,
        says: "32769 bytes",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"é<32766>"}"#,
    },
    Rule {
        code: RefusalCode::EventTooBig,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"<30000>","note":"<to 60001>"}"#,
        says: "60001 bytes, more than 60000",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"<30000>","note":"<to 60000>"}"#,
    },
    // An amendment may not make an event that no line could have held.
    Rule {
        code: RefusalCode::EventTooBig,
        setup: &[
            r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-10-01","text":"<30000>"}"#,
        ],
        trips: r#"{"kind":"amendment","of":"g1","set":{"note":"<30000>"},"reason":"r"}"#,
        says: "g1: the event has 60",
        near: r#"{"kind":"amendment","of":"g1","set":{"note":"<29900>"},"reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::ControlCharacter,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"a\u001b[31mb"}"#,
        says: "U+001B",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"a\r\n\tb"}"#,
    },
    Rule {
        code: RefusalCode::ControlCharacter,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","external_ids":{"nl\u0085rb":"1"}}"#,
        says: "U+0085",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","external_ids":{"nl\u00a0rb":"1"}}"#,
    },
    Rule {
        code: RefusalCode::BidiOverride,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"a\u202eb"}"#,
        says: "U+202E",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"a\u200fb \u202f"}"#,
    },
    Rule {
        code: RefusalCode::BidiOverride,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","sources":[{"title":"a\u2069b"}]}"#,
        says: "sources[0].title",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","sources":[{"title":"a\u206ab"}]}"#,
    },
    Rule {
        code: RefusalCode::RedactionByHand,
        setup: &[GAP],
        trips: r#"{"kind":"redaction","of":"g1","reason":"a court ordered it"}"#,
        says: "dispute redact",
        near: r#"redact {"of":"g1","reason":"a court ordered it"}"#,
    },
];

const DATES: &[Rule] = &[
    Rule {
        code: RefusalCode::BadDate,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"10/01/2024","text":"?"}"#,
        says: "write 2024-10-01 or 2024-01-10",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::BadDate,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2023-02-29","text":"?"}"#,
        says: "no such day",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-02-29","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::BadDate,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"../..","text":"?"}"#,
        says: "at least one end",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024/..","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::BadDate,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-02/2024-10-01","text":"?"}"#,
        says: "ends before it begins",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-02/2024-10-02","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::BadDate,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10~-01","text":"?"}"#,
        says: "dates are written",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10~","text":"?"}"#,
    },
    // The clocks of Los Angeles went from 2:00 to 3:00.
    Rule {
        code: RefusalCode::NonexistentTime,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-03-10T02:00","text":"?"}"#,
        says: "does not exist in America/Los_Angeles",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-03-10T03:00","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::NonexistentTime,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-03-10T02:59:59","text":"?"}"#,
        says: "does not exist",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-03-10T01:59:59","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::NonexistentTime,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-03-10T02:30","text":"?"}"#,
        says: "does not exist",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-03-10T02:30-08:00","text":"?"}"#,
    },
    // Every date of a document is read in the zone.
    Rule {
        code: RefusalCode::NonexistentTime,
        setup: &[],
        trips: r#"{"kind":"vote-called","dispute":"d","occurred":"2025-03-01","purpose":"other","by":"union","opens":"2025-03-09T02:30"}"#,
        says: "`opens`",
        near: r#"{"kind":"vote-called","dispute":"d","occurred":"2025-03-01","purpose":"other","by":"union","opens":"2025-03-09T03:30"}"#,
    },
    // Samoa skipped a day.
    Rule {
        code: RefusalCode::NonexistentTime,
        setup: &[],
        trips: r#"{"kind":"dispute-opened","dispute":"f","occurred":"2011-12-30","title":"A dispute","time_zone":"Pacific/Apia","employers":[],"unions":[]}"#,
        says: "does not exist in Pacific/Apia",
        near: r#"{"kind":"dispute-opened","dispute":"f","occurred":"2011-12-31","title":"A dispute","time_zone":"Pacific/Apia","employers":[],"unions":[]}"#,
    },
    // The clocks went from 2:00 back to 1:00.
    Rule {
        code: RefusalCode::AmbiguousTime,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-11-03T01:00","text":"?"}"#,
        says: "write 2024-11-03T01:00-07:00 or 2024-11-03T01:00-08:00",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-11-03T01:00-08:00","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::AmbiguousTime,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-11-03T01:59","text":"?"}"#,
        says: "happened twice",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-11-03T02:00","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::AmbiguousTime,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-11-02/2024-11-03T01:30","text":"?"}"#,
        says: "happened twice",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-11-02/2024-11-03T00:59","text":"?"}"#,
    },
    // What belongs to no dispute is read in UTC, where every time exists once.
    Rule {
        code: RefusalCode::AmbiguousTime,
        setup: &[],
        trips: r#"{"kind":"unit","dispute":"d","occurred":"2024-11-03T01:30","unit":"u","description":"d","employer":"employer","union":"union"}"#,
        says: "happened twice",
        near: r#"{"kind":"party","occurred":"2024-11-03T01:30","party":"press","name":"The Press","role":"press"}"#,
    },
    Rule {
        code: RefusalCode::Future,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2025-06-03","text":"?"}"#,
        says: "it is 2025-06-02T12:00 now",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2025-06-02","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::Future,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2025-06-02T12:01","text":"?"}"#,
        says: "`scheduled_for`",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2025-06-02T12:00","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::Future,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2025-06-03/..","text":"?"}"#,
        says: "in the future",
        near: r#"{"kind":"gap","dispute":"d","occurred":"../2025-06-03","text":"?"}"#,
    },
    // What is planned has keys of its own.
    Rule {
        code: RefusalCode::Future,
        setup: &[],
        trips: r#"{"kind":"session","dispute":"d","occurred":"2026","status":"scheduled","parties":[]}"#,
        says: "in the future",
        near: r#"{"kind":"session","dispute":"d","occurred":"2025","status":"scheduled","parties":[],"scheduled_for":"2026"}"#,
    },
    Rule {
        code: RefusalCode::ToBeforeFrom,
        setup: &[],
        trips: r#"{"kind":"action-announced","dispute":"d","occurred":"2024-10-10","action":"strike","by":"union","from":"2024-10-21","to":"2024-10-20"}"#,
        says: "2024-10-20 is before 2024-10-21",
        near: r#"{"kind":"action-announced","dispute":"d","occurred":"2024-10-10","action":"strike","by":"union","from":"2024-10-21","to":"2024-10-21"}"#,
    },
    Rule {
        code: RefusalCode::ToBeforeFrom,
        setup: &[],
        trips: r#"{"kind":"action-started","dispute":"d","occurred":"2024-10-21","action":"strike","by":"union","to":"2024-09"}"#,
        says: "`to`",
        near: r#"{"kind":"action-started","dispute":"d","occurred":"2024-10-21","action":"strike","by":"union","to":"2024-10"}"#,
    },
    Rule {
        code: RefusalCode::ToBeforeFrom,
        setup: &[],
        trips: r#"{"kind":"agreement","dispute":"d","occurred":"2024-10-21","level":"tentative","parties":[],"term":{"from":"2025","to":"2024"}}"#,
        says: "`term.to`",
        near: r#"{"kind":"agreement","dispute":"d","occurred":"2024-10-21","level":"tentative","parties":[],"term":{"from":"2025","to":"2025"}}"#,
    },
    Rule {
        code: RefusalCode::ClosesBeforeOpens,
        setup: &[],
        trips: r#"{"kind":"vote-called","dispute":"d","occurred":"2024-10-01","purpose":"other","by":"union","opens":"2024-10-10T08:00","closes":"2024-10-10T07:59"}"#,
        says: "`closes`",
        near: r#"{"kind":"vote-called","dispute":"d","occurred":"2024-10-01","purpose":"other","by":"union","opens":"2024-10-10T08:00","closes":"2024-10-10T08:00"}"#,
    },
    Rule {
        code: RefusalCode::CannotHaveHappened,
        setup: &[P1],
        trips: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-01","of":"p1","by":"employer"}"#,
        says: "p1, which it refers to, happened no earlier than 2024-10-02T00:00",
        near: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-02T00:00","of":"p1","by":"employer"}"#,
    },
    Rule {
        code: RefusalCode::CannotHaveHappened,
        setup: &[P1],
        trips: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-01~","of":"p1","by":"employer"}"#,
        says: "2024-10-01/… or …/2024-10-01",
        near: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-01/2024-10-02","of":"p1","by":"employer"}"#,
    },
    // Through all links: r1 can only have happened on 2024-10-20 or later.
    Rule {
        code: RefusalCode::CannotHaveHappened,
        setup: &[
            r#"{"kind":"session","dispute":"d","id":"a1","occurred":"2024-10-20","status":"held","parties":[]}"#,
            r#"{"kind":"session","dispute":"d","id":"a2","occurred":"2024-10","status":"held","parties":[],"of":"a1"}"#,
        ],
        trips: r#"{"kind":"session","dispute":"d","occurred":"2024-10-19","status":"held","parties":[],"of":"a2"}"#,
        says: "a2, which it refers to",
        near: r#"{"kind":"session","dispute":"d","occurred":"2024-10-20","status":"held","parties":[],"of":"a2"}"#,
    },
    // Through the version that takes the place of its original, too.
    Rule {
        code: RefusalCode::CannotHaveHappened,
        setup: &[
            r#"{"kind":"session","dispute":"d","id":"a1","occurred":"2024-10-01","status":"held","parties":[]}"#,
            r#"{"kind":"session","dispute":"d","id":"a2","occurred":"2024-10","status":"held","parties":[],"of":"a1"}"#,
            r#"{"kind":"session","dispute":"d","id":"v1","occurred":"2024-10-20","status":"held","parties":[],"version_of":"a1"}"#,
            r#"{"kind":"retraction","of":"a1","reason":"r"}"#,
        ],
        trips: r#"{"kind":"session","dispute":"d","occurred":"2024-10-19","status":"held","parties":[],"of":"a2"}"#,
        says: "a2, which it refers to",
        near: r#"{"kind":"session","dispute":"d","occurred":"2024-10-20","status":"held","parties":[],"of":"a2"}"#,
    },
    // What is about another event, or a version of it, proves nothing about its date.
    Rule {
        code: RefusalCode::CannotHaveHappened,
        setup: &[P1],
        trips: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-01","by":"union","form":"proposal","items":[],"supersedes":"p1"}"#,
        says: "`supersedes`",
        near: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-01","by":"union","form":"proposal","items":[],"version_of":"p1"}"#,
    },
    Rule {
        code: RefusalCode::CannotHaveHappened,
        setup: &[P1],
        trips: r#"{"kind":"vote-called","dispute":"d","occurred":"2024-10-01","purpose":"other","by":"union","of":"p1"}"#,
        says: "`of`",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?","about":["p1"]}"#,
    },
    // A version that takes the place of its retracted original at once, under what refers to it.
    Rule {
        code: RefusalCode::CannotHaveHappened,
        setup: &[
            r#"{"kind":"session","dispute":"d","id":"a1","occurred":"2024-10-01","status":"held","parties":[]}"#,
            r#"{"kind":"session","dispute":"d","id":"a2","occurred":"2024-10-10","status":"held","parties":[],"of":"a1"}"#,
            r#"{"kind":"retraction","of":"a1","reason":"r"}"#,
        ],
        trips: r#"{"kind":"session","dispute":"d","id":"v1","occurred":"2024-10-11","status":"held","parties":[],"version_of":"a1"}"#,
        says: "a2: `of`: it is dated 2024-10-10, but a1",
        near: r#"{"kind":"session","dispute":"d","id":"v1","occurred":"2024-10-10","status":"held","parties":[],"version_of":"a1"}"#,
    },
];

const NAMES: &[Rule] = &[
    Rule {
        code: RefusalCode::IdReused,
        setup: &[GAP],
        trips: r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-10-01","text":"!"}"#,
        says: "dispute amend g1",
        near: r#"{"text":"?","certainty":"reported","occurred":"2024-10-01","id":"g1","dispute":"d","kind":"gap"}"#,
    },
    // Equal by value is equal.
    Rule {
        code: RefusalCode::IdReused,
        setup: &[
            r#"{"kind":"impact","dispute":"d","id":"i1","occurred":"2024-10-01","metric":"cost","value":1.50,"unit":"USD","external_ids":{"a":"1","b":"2"}}"#,
        ],
        trips: r#"{"kind":"impact","dispute":"d","id":"i1","occurred":"2024-10-01","metric":"cost","value":1.51,"unit":"USD","external_ids":{"a":"1","b":"2"}}"#,
        says: "other content",
        near: r#"{"kind":"impact","dispute":"d","id":"i1","occurred":"2024-10-01","metric":"cost","value":"15e-1","unit":"USD","external_ids":{"b":"2","a":"1"}}"#,
    },
    // A date is a text: another text for the same day is other content.
    Rule {
        code: RefusalCode::IdReused,
        setup: &[GAP],
        trips: r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-10-01/2024-10-01","text":"?"}"#,
        says: "other content",
        near: r#"{"kind":"gap","dispute":"d","id":"g2","occurred":"2024-10-01/2024-10-01","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::OpenedTwice,
        setup: &[],
        trips: r#"{"kind":"dispute-opened","dispute":"d","occurred":"2024-09-01","title":"Again","time_zone":"UTC","employers":[],"unions":[]}"#,
        says: "open already, by open",
        near: r#"{"kind":"dispute-opened","dispute":"d2","occurred":"2024-09-01","title":"Again","time_zone":"UTC","employers":[],"unions":[]}"#,
    },
    // Standing openings count.
    Rule {
        code: RefusalCode::OpenedTwice,
        setup: &[
            r#"{"kind":"retraction","id":"r1","of":"open","reason":"r"}"#,
            r#"{"kind":"dispute-opened","dispute":"d","id":"open-2","occurred":"2024-09-02","title":"Again","time_zone":"UTC","employers":["employer"],"unions":["union"]}"#,
        ],
        trips: r#"{"kind":"retraction","of":"r1","reason":"r"}"#,
        says: "open already",
        near: r#"{"kind":"retraction","of":"open-2","reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::UndeclaredDispute,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"dd","occurred":"2024-10-01","text":"?"}"#,
        says: "did you mean d?",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?"}"#,
    },
    Rule {
        code: RefusalCode::UndeclaredDispute,
        setup: &[r#"{"kind":"retraction","of":"open","reason":"r"}"#],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-01","text":"?"}"#,
        says: "d is not an open dispute",
        near: r#"{"kind":"dispute-opened","dispute":"d","occurred":"2024-09-02","title":"Again","time_zone":"UTC","employers":["employer"],"unions":["union"]}"#,
    },
    Rule {
        code: RefusalCode::UndeclaredDispute,
        setup: &[OTHER_DISPUTE],
        trips: r#"{"kind":"dispute-linked","dispute":"d","occurred":"2024-10-02","relation":"sympathy","other":"f"}"#,
        says: "`other`",
        near: r#"{"kind":"dispute-linked","dispute":"d","occurred":"2024-10-02","relation":"sympathy","other":"e"}"#,
    },
    Rule {
        code: RefusalCode::UndeclaredParty,
        setup: &[],
        trips: r#"{"kind":"notice","dispute":"d","occurred":"2024-10-02","notice":"strike","by":"unions"}"#,
        says: "did you mean union?",
        near: r#"{"kind":"notice","dispute":"d","occurred":"2024-10-02","notice":"strike","by":"union"}"#,
    },
    Rule {
        code: RefusalCode::UndeclaredParty,
        setup: &[],
        trips: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-02","text":"?","claimed_by":"press"}"#,
        says: "`claimed_by`",
        near: r#"{"kind":"gap","dispute":"d","occurred":"2024-10-02","text":"?","claimed_by":"union"}"#,
    },
    Rule {
        code: RefusalCode::UndeclaredUnit,
        setup: &[],
        trips: r#"{"kind":"vote-called","dispute":"d","occurred":"2024-10-02","purpose":"other","by":"union","unit":"rns"}"#,
        says: "did you mean rn?",
        near: r#"{"kind":"vote-called","dispute":"d","occurred":"2024-10-02","purpose":"other","by":"union","unit":"rn"}"#,
    },
    // A unit belongs to its dispute.
    Rule {
        code: RefusalCode::UndeclaredUnit,
        setup: &[OTHER_DISPUTE],
        trips: r#"{"kind":"vote-called","dispute":"e","occurred":"2024-10-02","purpose":"other","by":"union","unit":"rn"}"#,
        says: "not a unit of this dispute",
        near: r#"{"kind":"vote-called","dispute":"e","occurred":"2024-10-02","purpose":"other","by":"union"}"#,
    },
    Rule {
        code: RefusalCode::UndeclaredContract,
        setup: &[
            r#"{"kind":"contract","dispute":"d","occurred":"2024-09-02","contract":"c-2021","status":"expired"}"#,
        ],
        trips: r#"{"kind":"contract","dispute":"d","occurred":"2024-10-02","contract":"c-2024","status":"in-force","replaces":"c-2020"}"#,
        says: "did you mean c-2021?",
        near: r#"{"kind":"contract","dispute":"d","occurred":"2024-10-02","contract":"c-2024","status":"in-force","replaces":"c-2021"}"#,
    },
    Rule {
        code: RefusalCode::UndeclaredStandard,
        setup: &[
            r#"{"kind":"standard","standard":"wait","citation":"The law","metric":"days","limit":{"op":"<=","value":10,"unit":"days"}}"#,
        ],
        trips: r#"{"kind":"impact","dispute":"d","occurred":"2024-10-01","metric":"days","value":12,"unit":"days","standard":"waits"}"#,
        says: "did you mean wait?",
        near: r#"{"kind":"impact","dispute":"d","occurred":"2024-10-01","metric":"days","value":12,"unit":"days","standard":"wait"}"#,
    },
    Rule {
        code: RefusalCode::ReferenceToNothing,
        setup: &[P1],
        trips: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"p2","by":"employer"}"#,
        says: "did you mean p1?",
        near: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"p1","by":"employer"}"#,
    },
    // A party wins over an event id; what is neither is nothing.
    Rule {
        code: RefusalCode::ReferenceToNothing,
        setup: &[],
        trips: r#"{"kind":"statement","dispute":"d","occurred":"2024-10-03","speaker":"S","text":"t","about":["union","nobody"]}"#,
        says: "there is no event nobody",
        near: r#"{"kind":"statement","dispute":"d","occurred":"2024-10-03","speaker":"S","text":"t","about":["union","unit-rn"]}"#,
    },
    Rule {
        code: RefusalCode::ReferenceToLater,
        setup: &[P1, "coming p2"],
        trips: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"p2","by":"employer"}"#,
        says: "p2 comes later",
        near: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"p1","by":"employer"}"#,
    },
    // An amended document may refer only to what was recorded before the one that it corrects.
    Rule {
        code: RefusalCode::ReferenceToLater,
        setup: &[
            r#"{"kind":"session","dispute":"d","id":"a1","occurred":"2024-10-01","status":"held","parties":[]}"#,
            r#"{"kind":"session","dispute":"d","id":"a2","occurred":"2024-10-02","status":"held","parties":[]}"#,
            r#"{"kind":"session","dispute":"d","id":"a3","occurred":"2024-10-01","status":"held","parties":[]}"#,
        ],
        trips: r#"{"kind":"amendment","of":"a2","set":{"of":"a3"},"reason":"r"}"#,
        says: "a2: `of`: a3 comes later",
        near: r#"{"kind":"amendment","of":"a2","set":{"of":"a1"},"reason":"r"}"#,
    },
    // What was right when it was handed in is not to name something else, but to be corrected.
    Rule {
        code: RefusalCode::UndeclaredParty,
        setup: &[
            r#"{"kind":"party","party":"press","id":"press","name":"The Press","role":"press"}"#,
            r#"{"kind":"party","party":"pressed","id":"pressed","name":"Another","role":"press"}"#,
            r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-10-01","text":"?","claimed_by":"press"}"#,
        ],
        trips: r#"{"kind":"retraction","of":"press","reason":"r"}"#,
        says: "press is not a party on record, once line-99 is recorded; correct g1 first: dispute amend g1",
        near: r#"{"kind":"retraction","of":"pressed","reason":"r"}"#,
    },
    // What is reinstated needs what it names, not a correction of its own.
    Rule {
        code: RefusalCode::UndeclaredParty,
        setup: &[
            r#"{"kind":"party","party":"press","id":"press","name":"The Press","role":"press"}"#,
            r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-10-01","text":"?","claimed_by":"press"}"#,
            r#"{"kind":"retraction","id":"r1","of":"g1","reason":"r"}"#,
            r#"{"kind":"retraction","id":"r2","of":"press","reason":"r"}"#,
        ],
        trips: r#"{"kind":"retraction","of":"r1","reason":"r"}"#,
        says: "press is not a party on record, once line-99 is recorded; record it first: dispute add party press",
        near: r#"{"kind":"retraction","of":"r2","reason":"r"}"#,
    },
    // Names may have been declared since.
    Rule {
        code: RefusalCode::UndeclaredParty,
        setup: &[P1, r#"{"kind":"party","party":"press","name":"The Press","role":"press"}"#],
        trips: r#"{"kind":"amendment","of":"p1","set":{"claimed_by":"paper"},"reason":"r"}"#,
        says: "p1: `claimed_by`",
        near: r#"{"kind":"amendment","of":"p1","set":{"claimed_by":"press"},"reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::ReferenceWrongKind,
        setup: &[
            P1,
            r#"{"kind":"session","dispute":"d","id":"a1","occurred":"2024-10-01","status":"held","parties":[]}"#,
        ],
        trips: r#"{"kind":"withdrawal","dispute":"d","occurred":"2024-10-03","of":"a1","by":"union"}"#,
        says: "a1 is a session, not a proposal or a notice or a mediation-offer or a action-announced",
        near: r#"{"kind":"withdrawal","dispute":"d","occurred":"2024-10-03","of":"p1","by":"union"}"#,
    },
    Rule {
        code: RefusalCode::ReferenceWrongKind,
        setup: &[P1, NOTICE],
        trips: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-03","by":"union","form":"proposal","items":[],"version_of":"n1"}"#,
        says: "`version_of` takes the id of a proposal",
        near: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-03","by":"union","form":"proposal","items":[],"version_of":"p1"}"#,
    },
    Rule {
        code: RefusalCode::ReferenceWrongKind,
        setup: &[P1, r#"{"kind":"retraction","id":"r1","of":"p1","reason":"r"}"#],
        trips: r#"{"kind":"amendment","of":"r1","set":{"reason":"s"},"reason":"r"}"#,
        says: "r1 is a retraction",
        near: r#"{"kind":"retraction","of":"r1","reason":"r"}"#,
    },
    // A redaction cannot be undone.
    Rule {
        code: RefusalCode::ReferenceWrongKind,
        setup: &[GAP, r#"redact {"id":"x1","of":"g1","reason":"r"}"#],
        trips: r#"{"kind":"retraction","of":"x1","reason":"r"}"#,
        says: "x1 is a redaction",
        near: r#"{"kind":"retraction","of":"g1","reason":"r"}"#,
    },
    // Where no offer is on record the first mediation stands for it, and only the first.
    Rule {
        code: RefusalCode::ReferenceWrongKind,
        setup: &[
            r#"{"kind":"mediation","dispute":"d","id":"m1","occurred":"2024-10-01","procedure":"mediation","status":"started"}"#,
            r#"{"kind":"mediation","dispute":"d","id":"m2","occurred":"2024-10-02","of":"m1","status":"suspended"}"#,
        ],
        trips: r#"{"kind":"mediation","dispute":"d","occurred":"2024-10-03","of":"m2","status":"resumed"}"#,
        says: "name m1, which began it",
        near: r#"{"kind":"mediation","dispute":"d","occurred":"2024-10-03","of":"m1","status":"resumed"}"#,
    },
    Rule {
        code: RefusalCode::ReferenceOtherDispute,
        setup: &[P1, OTHER_DISPUTE],
        trips: r#"{"kind":"rejection","dispute":"e","occurred":"2024-10-03","of":"p1","by":"employer"}"#,
        says: "p1 belongs to d",
        near: r#"{"kind":"gap","dispute":"e","occurred":"2024-10-03","text":"?","about":["p1"]}"#,
    },
    Rule {
        code: RefusalCode::ReferenceOtherDispute,
        setup: &[P1, OTHER_DISPUTE],
        trips: r#"{"kind":"proposal","dispute":"e","occurred":"2024-10-02","by":"union","form":"proposal","items":[],"version_of":"p1"}"#,
        says: "`version_of`",
        near: r#"{"kind":"retraction","of":"p1","reason":"r"}"#,
    },
];

const PARTIES: &[Rule] = &[
    Rule {
        code: RefusalCode::OwnProposal,
        setup: &[P1],
        trips: r#"{"kind":"acceptance","dispute":"d","occurred":"2024-10-03","of":"p1","by":"union"}"#,
        says: "dispute add withdrawal p1 --by union",
        near: r#"{"kind":"acceptance","dispute":"d","occurred":"2024-10-03","of":"p1","by":"mediator"}"#,
    },
    Rule {
        code: RefusalCode::OwnProposal,
        setup: &[P1],
        trips: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-03","by":"union","form":"counter","items":[],"replies_to":"p1"}"#,
        says: "`replies_to`",
        near: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-03","by":"employer","form":"counter","items":[],"replies_to":"p1"}"#,
    },
    // What refers to a version is taken to refer to its original, which the union made.
    Rule {
        code: RefusalCode::OwnProposal,
        setup: &[
            P1,
            r#"{"kind":"proposal","dispute":"d","id":"v1","occurred":"2024-10-02","by":"employer","form":"proposal","items":[],"version_of":"p1"}"#,
        ],
        trips: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"v1","by":"union"}"#,
        says: "v1 is union's own proposal",
        near: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"v1","by":"employer"}"#,
    },
    // A version of a version is one of its original.
    Rule {
        code: RefusalCode::OwnProposal,
        setup: &[
            P1,
            r#"{"kind":"proposal","dispute":"d","id":"v1","occurred":"2024-10-02","by":"employer","form":"proposal","items":[],"version_of":"p1"}"#,
            r#"{"kind":"proposal","dispute":"d","id":"v2","occurred":"2024-10-02","by":"mediator","form":"proposal","items":[],"version_of":"v1"}"#,
        ],
        trips: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"v2","by":"union"}"#,
        says: "own proposal",
        near: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"v2","by":"mediator"}"#,
    },
    // Once the original is retracted its first standing version takes its place.
    Rule {
        code: RefusalCode::OwnProposal,
        setup: &[
            P1,
            r#"{"kind":"proposal","dispute":"d","id":"v1","occurred":"2024-10-02","by":"employer","form":"proposal","items":[],"version_of":"p1"}"#,
            r#"{"kind":"retraction","of":"p1","reason":"r"}"#,
        ],
        trips: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"p1","by":"employer"}"#,
        says: "own proposal",
        near: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"p1","by":"union"}"#,
    },
    Rule {
        code: RefusalCode::NotOwn,
        setup: &[NOTICE],
        trips: r#"{"kind":"withdrawal","dispute":"d","occurred":"2024-10-03","of":"n1","by":"employer"}"#,
        says: "n1 was made by union, not by employer",
        near: r#"{"kind":"withdrawal","dispute":"d","occurred":"2024-10-03","of":"n1","by":"union"}"#,
    },
    Rule {
        code: RefusalCode::NotOwn,
        setup: &[P1],
        trips: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-03","by":"employer","form":"counter","items":[],"supersedes":"p1"}"#,
        says: "`supersedes`",
        near: r#"{"kind":"proposal","dispute":"d","occurred":"2024-10-03","by":"union","form":"package","items":[],"supersedes":"p1"}"#,
    },
    Rule {
        code: RefusalCode::NotOwn,
        setup: &[
            P1,
            r#"{"kind":"proposal","dispute":"d","id":"v1","occurred":"2024-10-02","by":"employer","form":"proposal","items":[],"version_of":"p1"}"#,
        ],
        trips: r#"{"kind":"withdrawal","dispute":"d","occurred":"2024-10-03","of":"v1","by":"employer"}"#,
        says: "made by union",
        near: r#"{"kind":"withdrawal","dispute":"d","occurred":"2024-10-03","of":"v1","by":"union"}"#,
    },
    Rule {
        code: RefusalCode::NotAddressed,
        setup: &[OFFER],
        trips: r#"{"kind":"acceptance","dispute":"d","occurred":"2024-10-03","of":"o1","by":"employer"}"#,
        says: "o1 was addressed to union, not to employer",
        near: r#"{"kind":"acceptance","dispute":"d","occurred":"2024-10-03","of":"o1","by":"union"}"#,
    },
    Rule {
        code: RefusalCode::NotAddressed,
        setup: &[
            OFFER,
            r#"{"kind":"mediation-offer","dispute":"d","id":"o2","occurred":"2024-10-02","procedure":"mediation","by":"mediator","to":["union"],"compelled":true}"#,
        ],
        trips: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"o1","by":"employer"}"#,
        says: "not to employer",
        near: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-03","of":"o2","by":"employer"}"#,
    },
    // Parents and members do not answer for each other.
    Rule {
        code: RefusalCode::NotAddressed,
        setup: &[
            OFFER,
            r#"{"kind":"party","party":"local","name":"The Local","role":"union","parent":"union"}"#,
        ],
        trips: r#"{"kind":"acceptance","dispute":"d","occurred":"2024-10-03","of":"o1","by":"local"}"#,
        says: "parents and members do not answer for each other",
        near: r#"{"kind":"acceptance","dispute":"d","occurred":"2024-10-03","of":"o1","by":"union","claimed_by":"local"}"#,
    },
];

/// After a correction every event that stands must still meet all rules; the refusal names the one
/// that would not.
const CORRECTIONS: &[Rule] = &[
    Rule {
        code: RefusalCode::AmendsFixedKey,
        setup: &[P1],
        trips: r#"{"kind":"amendment","of":"p1","set":{"dispute":"e"},"reason":"r"}"#,
        says: "`dispute` stays as it was recorded",
        near: r#"{"kind":"amendment","of":"p1","set":{"occurred":"2024-10-03"},"reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::AmendsFixedKey,
        setup: &[],
        trips: r#"{"kind":"amendment","of":"open","set":{"time_zone":"America/Los_Angeles"},"reason":"r"}"#,
        says: "`time_zone`",
        near: r#"{"kind":"amendment","of":"open","set":{"title":"Another title"},"reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::AmendsFixedKey,
        setup: &[],
        trips: r#"{"kind":"amendment","of":"unit-rn","set":{"unit":"nurses"},"reason":"r"}"#,
        says: "`unit`",
        near: r#"{"kind":"amendment","of":"unit-rn","set":{"size":2400},"reason":"r"}"#,
    },
    // The slug that an event only names is no fixed key.
    Rule {
        code: RefusalCode::AmendsFixedKey,
        setup: &[P1],
        trips: r#"{"kind":"amendment","of":"p1","set":{"id":"p2"},"reason":"r"}"#,
        says: "`id`",
        near: r#"{"kind":"amendment","of":"p1","set":{"unit":"rn"},"reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::UnknownKey,
        setup: &[P1],
        trips: r#"{"kind":"amendment","of":"p1","set":{"unti":null},"reason":"r"}"#,
        says: "did you mean `unit`?",
        near: r#"{"kind":"amendment","of":"p1","set":{"unit":null},"reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::CannotHaveHappened,
        setup: &[
            P1,
            r#"{"kind":"rejection","dispute":"d","id":"j1","occurred":"2024-10-05","of":"p1","by":"employer"}"#,
        ],
        trips: r#"{"kind":"amendment","of":"p1","set":{"occurred":"2024-10-06"},"reason":"r"}"#,
        says: "j1: `of`: it is dated 2024-10-05, but p1",
        near: r#"{"kind":"amendment","of":"p1","set":{"occurred":"2024-10-05"},"reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::OwnProposal,
        setup: &[
            P1,
            r#"{"kind":"rejection","dispute":"d","id":"j1","occurred":"2024-10-05","of":"p1","by":"employer"}"#,
        ],
        trips: r#"{"kind":"amendment","of":"p1","set":{"by":"employer"},"reason":"r"}"#,
        says: "j1: `by`: p1 is employer's own proposal",
        near: r#"{"kind":"amendment","of":"p1","set":{"by":"mediator"},"reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::NotAddressed,
        setup: &[
            OFFER,
            r#"{"kind":"acceptance","dispute":"d","id":"a1","occurred":"2024-10-03","of":"o1","by":"union"}"#,
        ],
        trips: r#"{"kind":"amendment","of":"o1","set":{"to":["employer"]},"reason":"r"}"#,
        says: "a1: `by`: o1 was addressed to employer",
        near: r#"{"kind":"amendment","of":"o1","set":{"to":["employer","union"]},"reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::UndeclaredUnit,
        setup: &[
            r#"{"kind":"proposal","dispute":"d","id":"p1","occurred":"2024-10-02","by":"union","form":"proposal","items":[],"unit":"rn"}"#,
            P2,
        ],
        trips: r#"{"kind":"retraction","of":"unit-rn","reason":"r"}"#,
        says: "p1: `unit`: rn is not a unit of this dispute",
        near: r#"{"kind":"retraction","of":"p1","reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::UndeclaredParty,
        setup: &[
            r#"{"kind":"party","id":"party-press","party":"press","name":"The Press","role":"press"}"#,
            r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-10-01","text":"?","claimed_by":"press"}"#,
        ],
        trips: r#"{"kind":"retraction","of":"party-press","reason":"r"}"#,
        says: "g1: `claimed_by`: press is not a party on record, once",
        near: r#"{"kind":"amendment","of":"party-press","set":{"name":"The Paper"},"reason":"r"}"#,
    },
    // A party that is described twice can lose one description.
    Rule {
        code: RefusalCode::UndeclaredParty,
        setup: &[
            r#"{"kind":"party","id":"first","party":"press","name":"The Press","role":"press"}"#,
            r#"{"kind":"party","id":"second","party":"press","name":"The Paper","role":"press"}"#,
            r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-10-01","text":"?","claimed_by":"press"}"#,
            r#"{"kind":"retraction","of":"first","reason":"r"}"#,
        ],
        trips: r#"{"kind":"retraction","of":"second","reason":"r"}"#,
        says: "g1",
        near: r#"{"kind":"retraction","of":"g1","reason":"r"}"#,
    },
    // Reinstating what no longer fits.
    Rule {
        code: RefusalCode::OwnProposal,
        setup: &[
            P1,
            r#"{"kind":"rejection","dispute":"d","id":"j1","occurred":"2024-10-05","of":"p1","by":"employer"}"#,
            r#"{"kind":"retraction","id":"r1","of":"j1","reason":"r"}"#,
            r#"{"kind":"amendment","id":"am1","of":"p1","set":{"by":"employer"},"reason":"r"}"#,
        ],
        trips: r#"{"kind":"retraction","of":"r1","reason":"r"}"#,
        says: "j1: `by`",
        near: r#"{"kind":"retraction","of":"am1","reason":"r"}"#,
    },
    // A version that would take the place of its original.
    Rule {
        code: RefusalCode::OwnProposal,
        setup: &[
            P1,
            P2,
            r#"{"kind":"proposal","dispute":"d","id":"v1","occurred":"2024-10-02","by":"employer","form":"proposal","items":[],"version_of":"p1"}"#,
            r#"{"kind":"rejection","dispute":"d","id":"j1","occurred":"2024-10-05","of":"p1","by":"employer"}"#,
        ],
        trips: r#"{"kind":"retraction","of":"p1","reason":"r"}"#,
        says: "j1: `by`: p1 is employer's own proposal",
        near: r#"{"kind":"retraction","of":"v1","reason":"r"}"#,
    },
    // Or that takes it at once.
    Rule {
        code: RefusalCode::OwnProposal,
        setup: &[
            P1,
            r#"{"kind":"rejection","dispute":"d","id":"j1","occurred":"2024-10-05","of":"p1","by":"employer"}"#,
            r#"{"kind":"retraction","of":"p1","reason":"r"}"#,
        ],
        trips: r#"{"kind":"proposal","dispute":"d","id":"v1","occurred":"2024-10-02","by":"employer","form":"proposal","items":[],"version_of":"p1"}"#,
        says: "j1: `by`: p1 is employer's own proposal",
        near: r#"{"kind":"proposal","dispute":"d","id":"v1","occurred":"2024-10-02","by":"mediator","form":"proposal","items":[],"version_of":"p1"}"#,
    },
    // The events of a dispute wait for its next opening, and are then read in its zone.
    Rule {
        code: RefusalCode::NonexistentTime,
        setup: &[
            r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-03-31T02:30","text":"?"}"#,
            r#"{"kind":"retraction","of":"open","reason":"wrong zone"}"#,
        ],
        trips: r#"{"kind":"dispute-opened","dispute":"d","occurred":"2024-09-01","title":"Again","time_zone":"Europe/Berlin","employers":["employer"],"unions":["union"]}"#,
        says: "g1: `occurred`: 2024-03-31T02:30 does not exist in Europe/Berlin",
        near: r#"{"kind":"dispute-opened","dispute":"d","occurred":"2024-09-01","title":"Again","time_zone":"Asia/Kolkata","employers":["employer"],"unions":["union"]}"#,
    },
    Rule {
        code: RefusalCode::AmbiguousTime,
        setup: &[
            r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-10-27T02:30","text":"?"}"#,
            r#"{"kind":"retraction","of":"open","reason":"wrong zone"}"#,
        ],
        trips: r#"{"kind":"dispute-opened","dispute":"d","occurred":"2024-09-01","title":"Again","time_zone":"Europe/Berlin","employers":["employer"],"unions":["union"]}"#,
        says: "g1: `occurred`: 2024-10-27T02:30 happened twice in Europe/Berlin",
        near: r#"{"kind":"dispute-opened","dispute":"d","occurred":"2024-09-01","title":"Again","time_zone":"Europe/London","employers":["employer"],"unions":["union"]}"#,
    },
    // While they wait, nothing is asked of them.
    Rule {
        code: RefusalCode::UndeclaredParty,
        setup: &[
            r#"{"kind":"party","id":"party-press","party":"press","name":"The Press","role":"press"}"#,
            r#"{"kind":"gap","dispute":"d","id":"g1","occurred":"2024-10-01","text":"?","claimed_by":"press"}"#,
            r#"{"kind":"retraction","id":"r1","of":"open","reason":"r"}"#,
            r#"{"kind":"retraction","id":"r2","of":"party-press","reason":"r"}"#,
        ],
        trips: r#"{"kind":"retraction","of":"r1","reason":"r"}"#,
        says: "g1: `claimed_by`",
        near: r#"{"kind":"retraction","of":"r2","reason":"r"}"#,
    },
    // An opening that another dispute is tied to.
    Rule {
        code: RefusalCode::UndeclaredDispute,
        setup: &[
            OTHER_DISPUTE,
            r#"{"kind":"dispute-linked","dispute":"d","id":"l1","occurred":"2024-10-02","relation":"sympathy","other":"e"}"#,
        ],
        trips: r#"{"kind":"retraction","of":"open-e","reason":"r"}"#,
        says: "l1: `other`",
        near: r#"{"kind":"retraction","of":"open","reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::NotRedactable,
        setup: &[GAP],
        trips: r#"redact {"of":"open","reason":"r"}"#,
        says: "open is a dispute-opened, which cannot be redacted",
        near: r#"redact {"of":"g1","reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::NotRedactable,
        setup: &[
            GAP,
            r#"{"kind":"amendment","id":"am1","of":"g1","set":{"text":"!"},"reason":"r"}"#,
            r#"redact {"id":"x1","of":"g1","reason":"r"}"#,
        ],
        trips: r#"redact {"of":"x1","reason":"r"}"#,
        says: "x1 is a redaction",
        near: r#"redact {"of":"am1","reason":"r"}"#,
    },
    // A redaction counts as if its target was retracted.
    Rule {
        code: RefusalCode::UndeclaredUnit,
        setup: &[
            r#"{"kind":"proposal","dispute":"d","id":"p1","occurred":"2024-10-02","by":"union","form":"proposal","items":[],"unit":"rn"}"#,
        ],
        trips: r#"redact {"of":"unit-rn","reason":"r"}"#,
        says: "p1: `unit`",
        near: r#"redact {"of":"p1","reason":"r"}"#,
    },
    Rule {
        code: RefusalCode::RedactedId,
        setup: &[GAP, r#"redact {"of":"g1","reason":"r"}"#],
        trips: GAP,
        says: "another id",
        near: r#"{"kind":"gap","dispute":"d","id":"g2","occurred":"2024-10-01","text":"?"}"#,
    },
    // What refers to an erased event stays, and may be recorded.
    Rule {
        code: RefusalCode::RedactedId,
        setup: &[P1, r#"redact {"of":"p1","reason":"r"}"#],
        trips: r#"{"kind":"gap","dispute":"d","id":"p1","occurred":"2024-10-01","text":"?"}"#,
        says: "erased",
        near: r#"{"kind":"rejection","dispute":"d","occurred":"2024-10-05","of":"p1","by":"union"}"#,
    },
    Rule {
        code: RefusalCode::ToBeforeFrom,
        setup: &[
            STRIKE,
            r#"{"kind":"amendment","id":"am1","of":"s1","set":{"to":"2024-10-22"},"reason":"r"}"#,
        ],
        trips: r#"{"kind":"amendment","of":"s1","set":{"occurred":"2024-10-23"},"reason":"r"}"#,
        says: "s1: `to`",
        near: r#"{"kind":"amendment","of":"s1","set":{"occurred":"2024-10-23","to":"2024-10-23"},"reason":"r"}"#,
    },
    // An amendment that cannot be made once another is gone.
    Rule {
        code: RefusalCode::ToBeforeFrom,
        setup: &[
            STRIKE,
            r#"{"kind":"amendment","id":"am1","of":"s1","set":{"occurred":"2024-10-01"},"reason":"r"}"#,
            r#"{"kind":"amendment","id":"am2","of":"s1","set":{"to":"2024-10-10"},"reason":"r"}"#,
        ],
        trips: r#"{"kind":"retraction","of":"am1","reason":"r"}"#,
        says: "s1: `to`",
        near: r#"{"kind":"retraction","of":"am2","reason":"r"}"#,
    },
];

const P2: &str = r#"{"kind":"proposal","dispute":"d","id":"p2","occurred":"2024-10-03","by":"employer","form":"counter","items":[]}"#;

fn table() -> impl Iterator<Item = &'static Rule> {
    [FORM, DATES, NAMES, PARTIES, CORRECTIONS].into_iter().flatten()
}

#[test]
fn every_rule_refuses_its_document_and_takes_its_nearest_neighbour() {
    let failures: Vec<String> = table().filter_map(|rule| check(rule).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn no_rule_is_missing_from_the_table() {
    let missing: Vec<&RefusalCode> =
        RefusalCode::ALL.iter().filter(|code| !table().any(|rule| rule.code == **code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_was_erased_is_not_recorded_again_though_its_content_is_gone() {
    let mut gap = recorded(9, GAP).unwrap();
    gap.event = None;
    let erased = [gap.id.clone()];
    let world = WORLD.iter().zip(1..).map(|(line, n)| recorded(n, line).unwrap());
    let mut record = Record::load(world.chain([gap]), erased);
    assert_eq!(admit(&mut record, 10, GAP, &[]).unwrap_err().code, RefusalCode::RedactedId);
}

#[test]
fn a_redaction_that_was_recorded_later_counts_at_every_cut() {
    let mut record = record_of(&[GAP, r#"redact {"of":"g1","reason":"r"}"#]).0;
    let before = record.as_known_at(Sequence::new(6));
    assert_eq!(before.len(), 6);
    let n = before.position(&id("g1")).unwrap();
    assert!(before.is_erased(n) && !before.stands(n) && !before.is_retracted(n));
    assert_eq!(admit(&mut record, 9, GAP, &[]).unwrap_err().code, RefusalCode::RedactedId);
}

#[test]
fn a_refused_event_leaves_no_trace() {
    for rule in table() {
        let (mut record, coming) = record_of(rule.setup);
        let before = format!("{record:?}").len();
        let length = record.len();
        admit(&mut record, 99, rule.trips, &coming).unwrap_err();
        assert_eq!((record.len(), format!("{record:?}").len()), (length, before), "{}", rule.trips);
        // And what was refused does not stand in the way of its neighbour.
        if let Err(refusal) = admit(&mut record, 99, rule.near, &coming) {
            panic!("{}\n{}: {refusal}", rule.near, refusal.code);
        }
    }
}

#[test]
fn the_same_event_again_is_already_recorded() {
    let (mut record, _) = record_of(&[GAP]);
    let again = r#"{"kind":"gap","text":"?","dispute":"d","id":"g1","certainty":"reported","occurred":"2024-10-01"}"#;
    let n = record.position(&id("g1")).unwrap();
    assert_eq!(admit(&mut record, 9, again, &[]), Ok(Admitted::AlreadyRecorded(n)));
    // Without an id, or with another, it is another event.
    let other = GAP.replace("\"id\":\"g1\",", "");
    assert!(matches!(admit(&mut record, 9, &other, &[]), Ok(Admitted::New(_))));
}

/// Whether a rule refuses what trips it, in the words it should, and takes the near miss.
fn check(rule: &Rule) -> Result<(), String> {
    let (mut record, coming) = record_of(rule.setup);
    match admit(&mut record.clone(), 99, rule.trips, &coming) {
        Ok(_) => return Err(format!("{} takes\n  {}", rule.code, rule.trips)),
        Err(refusal) => {
            let said = format!("{refusal}; {}", refusal.hint);
            if refusal.code != rule.code || !said.contains(rule.says) {
                let Rule { code, trips, says, .. } = rule;
                let found = refusal.code;
                return Err(format!("{code} “{says}” is {found} “{said}” for\n  {trips}"));
            }
        }
    }
    match admit(&mut record, 99, rule.near, &coming) {
        Ok(_) => Ok(()),
        Err(refusal) => Err(format!("{} refuses: {refusal}\n  {}", rule.code, rule.near)),
    }
}

/// The record that a setup makes, and the ids that come later.
fn record_of(setup: &[&str]) -> (Record, Vec<EventId>) {
    let (mut record, mut coming) = (Record::default(), Vec::new());
    for (line, n) in WORLD.iter().chain(setup).zip(1..) {
        match line.strip_prefix("coming ") {
            Some(later) => coming.push(id(later)),
            None => {
                if let Err(refusal) = admit(&mut record, n, line, &[]) {
                    panic!("{line}\n{}: {refusal}", refusal.code);
                }
            }
        }
    }
    (record, coming)
}

fn admit(record: &mut Record, n: u64, line: &str, coming: &[EventId]) -> Result<Admitted, Refusal> {
    record.admit(recorded(n, line)?, &|id| coming.contains(id))
}

fn recorded(n: u64, line: &str) -> Result<Recorded, Refusal> {
    let event = match line.strip_prefix("redact ") {
        Some(content) => redaction(content)?,
        None => Event::parse(&filled(line))?,
    };
    let id = event.id.clone().unwrap_or_else(|| id(&format!("line-{n}")));
    Ok(Recorded::new(Sequence::new(n), Instant::parse(RECORDED_AT).unwrap(), id, event))
}

/// The event that `dispute redact` makes.
fn redaction(content: &str) -> Result<Event, Refusal> {
    Event::from_record("redaction", None, None, "", content)
}

fn id(text: &str) -> EventId {
    EventId::parse(text).unwrap()
}

/// Puts letters for `<N>`, and then for `<to N>`.
fn filled(line: &str) -> String {
    let mut line = line.to_owned();
    while let Some((before, letters, after)) = placeholder(&line, "<") {
        line = format!("{before}{}{after}", "x".repeat(letters));
    }
    if let Some((before, length, after)) = placeholder(&line, "<to ") {
        line = format!("{before}{}{after}", "x".repeat(length - before.len() - after.len()));
    }
    line
}

fn placeholder<'a>(line: &'a str, opening: &str) -> Option<(&'a str, usize, &'a str)> {
    line.match_indices(opening).find_map(|(at, _)| {
        let (before, rest) = (line.get(..at)?, line.get(at + opening.len()..)?);
        let (number, after) = rest.split_once('>')?;
        Some((before, number.parse().ok()?, after))
    })
}
