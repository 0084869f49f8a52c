//! Records written down in short, for tests: a line an event,
//!
//! ```text
//! ID DATE KIND key=value key=a,b items=wages:5,health of=p1 set={"by":"union"}
//! ```
//!
//! - The dispute is `d`, unless the line says `dispute=…`; a date `-` is left out.
//! - `items` are issues, each with a value or without; what begins with `{` or `[` is JSON.
//! - Corrections have the reason `r`; `redact ID` is what `dispute redact` makes.
//! - `recorded MOMENT` says when the lines below are recorded; before it, that is [`NOW`].
//! - [`WORLD`] comes first, and [`OPENING`] where no line opens `d`.
//!
//! Every line must be taken by the rules.

use dispute_core::event::schema::{KeySpec, Shape};
use dispute_core::event::{Event, Kind};
use dispute_core::{EventId, Instant, Json, Record, Recorded, Sequence, Slug};

/// When questions are asked, and lines recorded: noon in Los Angeles.
pub(crate) const NOW: &str = "2025-06-02T12:00:00-07:00";

/// The parties.
const WORLD: &str = "
    party-union - party party=union name=U role=union
    party-local - party party=local name=L role=union parent=union
    party-employer - party party=employer name=E role=employer
    party-mediator - party party=mediator name=M role=mediator
    party-court - party party=court name=C role=court
";

/// The dispute.
const OPENING: &str = "
    open 2024-09-01 dispute-opened title=T time_zone=America/Los_Angeles employers=employer unions=union
";

/// The record that lines make.
pub(crate) fn record(lines: &str) -> Record {
    let opens = lines.contains(" dispute-opened ");
    let opening = if opens { "" } else { OPENING };
    let mut record = Record::default();
    let mut recorded_at = moment(NOW);
    let all = [WORLD, opening, lines].into_iter().flat_map(str::lines).map(str::trim);
    for line in all.filter(|line| !line.is_empty()) {
        if let Some(text) = line.strip_prefix("recorded ") {
            recorded_at = moment(text);
            continue;
        }
        let event = event(line);
        let place = u64::try_from(record.len()).unwrap() + 1;
        let id = event.id.clone().unwrap();
        let recorded = Recorded::new(Sequence::new(place), recorded_at, id, event);
        if let Err(refusal) = record.admit(recorded, &|_| false) {
            panic!("{line}\n{}: {refusal}; {}", refusal.code, refusal.hint);
        }
    }
    record
}

pub(crate) fn moment(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(crate) fn id(text: &str) -> EventId {
    EventId::parse(text).unwrap()
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn event(line: &str) -> Event {
    if let Some(of) = line.strip_prefix("redact ") {
        let id = id(&format!("redaction-of-{of}"));
        let content = format!(r#"{{"of":"{of}","reason":"r"}}"#);
        return Event::from_record("redaction", Some(&id), None, "", &content).unwrap();
    }
    let mut words = line.split_whitespace();
    let (id, date, kind) = (words.next().unwrap(), words.next().unwrap(), words.next());
    let Some(kind) = kind.and_then(Kind::parse) else { panic!("no kind of event: {line}") };
    let mut members =
        vec![("kind".to_owned(), Json::text(kind)), ("id".to_owned(), Json::text(id))];
    if date != "-" {
        members.push(("occurred".to_owned(), Json::text(date)));
    }
    for word in words {
        let Some((key, text)) = word.split_once('=') else { panic!("no key and value: {word}") };
        let shape = kind.keys().find(|spec| spec.name == key).map_or(Shape::Text, |s| s.shape);
        members.push((key.to_owned(), value(shape, text)));
    }
    let mut fill = |key: &str, text: &str| {
        if !members.iter().any(|(known, _)| known == key) {
            members.push((key.to_owned(), Json::text(text)));
        }
    };
    if kind.has_dispute() {
        fill("dispute", "d");
    }
    if kind.is_about_the_record() {
        fill("reason", "r");
    }
    match Event::from_json(Json::Object(members)) {
        Ok(event) => event,
        Err(refusal) => panic!("{line}\n{}: {refusal}; {}", refusal.code, refusal.hint),
    }
}

fn value(shape: Shape, text: &str) -> Json {
    if text.starts_with(['{', '[']) {
        return Json::parse(text).unwrap();
    }
    let parts = || text.split(',').filter(|part| !part.is_empty());
    match shape {
        Shape::List(Shape::Object(keys)) if has_issue(keys) => {
            Json::List(parts().map(item).collect())
        }
        Shape::List(_) => Json::texts(parts()),
        Shape::Bool => Json::Bool(text == "true"),
        _ => Json::text(text),
    }
}

fn has_issue(keys: &[KeySpec]) -> bool {
    keys.iter().any(|key| key.name == "issue")
}

/// `wages`, or `wages:5` with a value.
fn item(text: &str) -> Json {
    let (issue, value) = text.split_once(':').unwrap_or((text, ""));
    let mut members = vec![
        ("issue".to_owned(), Json::text(issue)),
        ("terms".to_owned(), Json::text(format!("{text} as proposed"))),
    ];
    if !value.is_empty() {
        members.push(("value".to_owned(), Json::text(value)));
    }
    Json::Object(members)
}
