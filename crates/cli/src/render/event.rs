//! One event: what it says, what became of it, and how it was sealed.

use dispute_core::event::schema::{Named, Shape};
use dispute_core::event::{Event, Kind};
use dispute_core::{Entry, EventId, Instant, Json, Record, Sequence, Slug, Span, Zone};
use dispute_projection::AsOf;

use crate::render::gist::Gist;
use crate::render::names::Names;
use crate::render::sheet::Sheet;
use crate::render::text::{fit, flat};
use crate::render::{Options, Tone, dates, words};

/// What there is to say about one event.
#[derive(Debug, Clone)]
pub(crate) struct Portrait {
    /// Its position in the record.
    pub(crate) n: usize,
    /// The corrections of it, in the order of recording.
    pub(crate) corrections: Vec<Correction>,
    /// The events that refer to it.
    pub(crate) replies: Vec<EventId>,
    /// Other accounts of the same fact.
    pub(crate) versions: Vec<EventId>,
    /// Its span as narrowed.
    pub(crate) effective: Span,
    /// The events that narrowed it.
    pub(crate) narrowed_by: Vec<EventId>,
    /// Whether it had happened by the date that was asked for, where one was.
    pub(crate) happened: Option<Happened>,
}

/// A correction of an event.
#[derive(Debug, Clone)]
pub(crate) struct Correction {
    pub(crate) id: EventId,
    pub(crate) kind: &'static str,
    /// Its place in the ledger.
    pub(crate) sequence: Sequence,
    /// When it became known.
    pub(crate) recorded_at: Instant,
    pub(crate) reason: String,
    /// Whether it was not itself taken back.
    pub(crate) stands: bool,
}

/// Whether an event had happened by a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happened {
    /// It certainly had.
    Certainly,
    /// It may have.
    Possibly,
    /// It had not.
    NotYet,
}

impl Happened {
    /// By the cut of a question.
    pub(crate) fn by(span: Span, as_of: AsOf) -> Self {
        match (as_of.includes(span), as_of.has_begun(span)) {
            (true, _) => Self::Certainly,
            (false, true) => Self::Possibly,
            (false, false) => Self::NotYet,
        }
    }

    /// The word in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Certainly => "certainly",
            Self::Possibly => "possibly",
            Self::NotYet => "not-yet",
        }
    }
}

/// What the values of keys are looked up in.
struct Lookup<'a> {
    record: &'a Record,
    names: Names,
}

/// One event with its envelope.
pub(crate) fn event(
    record: &Record,
    portrait: &Portrait,
    entry: &Entry,
    options: &Options,
) -> String {
    let envelope = entry.envelope();
    let lookup = Lookup { record, names: Names::latest(record) };
    let zone = record.zone_of(record.dispute_of(portrait.n));
    let mut sheet = Sheet::new(*options);
    let title = format!("{} {}", envelope.kind(), envelope.id());
    let dispute = record.dispute_of(portrait.n).map_or("", Slug::as_str);
    sheet.title(&title, dispute);
    let recorded = record.get(portrait.n).and_then(|recorded| recorded.event.as_ref());
    let document = record.document(portrait.n);
    sheet.paragraph(Tone::Plain, &summary(record, portrait, recorded, &lookup.names));
    sheet.space();
    match recorded {
        Some(event) => lookup.keys(&mut sheet, event, &|_| true),
        None => sheet.row("CONTENT", "erased; only the envelope is left", &[]),
    }
    sheet.space();
    corrections(&mut sheet, portrait, zone);
    if let (Some(recorded), Some(document)) = (recorded, document) {
        lookup.changed_keys(&mut sheet, recorded, document);
    }
    lookup.relations(&mut sheet, "REPLIES", &portrait.replies);
    lookup.relations(&mut sheet, "VERSIONS", &portrait.versions);
    if !portrait.narrowed_by.is_empty() {
        let by: Vec<String> = portrait.narrowed_by.iter().map(ToString::to_string).collect();
        let span = span_in_words(portrait.effective, zone);
        let body = format!("{span}, as narrowed by {}", words::listed(&by));
        sheet.tall_row((Tone::Strong, "HAPPENED"), (Tone::Plain, &body), &[], 3);
    }
    sheet.space();
    let by = flat(envelope.recorded_by());
    let at = dates::moment(envelope.recorded_at(), Zone::UTC);
    let body = format!("#{} by {by}, {at} UTC ({})", envelope.sequence(), envelope.recorded_at());
    for (label, body) in [
        ("RECORDED", body),
        ("DIGEST", entry.digest().to_string()),
        ("FOLLOWS", envelope.previous().to_string()),
    ] {
        sheet.tall_row((Tone::Strong, label), (Tone::Plain, &body), &[], usize::MAX);
    }
    sheet.into_text()
}

/// A party or a standard as described now, by which events, and where it is named.
pub(crate) fn description(
    event: &Event,
    described_by: &[EventId],
    disputes: &[Slug],
    options: &Options,
) -> String {
    let record = Record::default();
    let lookup = Lookup { record: &record, names: Names::default() };
    let mut sheet = Sheet::new(*options);
    let (name, slug) = match event.declares() {
        Some((named, slug)) => {
            (if named == Named::Party { "party" } else { "standard" }, slug.as_str())
        }
        None => (event.kind().as_str(), ""),
    };
    sheet.title(&format!("{name} {slug}"), "");
    sheet.space();
    lookup.keys(&mut sheet, event, &|key| key != name);
    sheet.space();
    let lists: [(&str, Vec<&str>); 2] = [
        ("DESCRIBED", described_by.iter().map(EventId::as_str).collect()),
        ("NAMED IN", disputes.iter().map(Slug::as_str).collect()),
    ];
    for (label, list) in lists {
        if !list.is_empty() {
            sheet.tall_row((Tone::Strong, label), (Tone::Plain, &list.join(", ")), &[], 9);
        }
    }
    sheet.into_text()
}

/// The date in words and as recorded, how sure it is, who says so, and whether it still stands.
fn summary(record: &Record, portrait: &Portrait, event: Option<&Event>, names: &Names) -> String {
    let n = portrait.n;
    let recorded = record.get(n);
    let date = recorded.and_then(|recorded| recorded.occurred.as_ref());
    let mut facts = vec![match date {
        Some(date) => format!("{} ({date})", dates::in_words(date.as_str())),
        None => "no date".to_owned(),
    }];
    if let Some(event) = event {
        facts.push(event.certainty().to_string());
        if let Some(party) = &event.common.claimed_by {
            facts.push(format!("claimed by {}", names.short(party.as_str())));
        }
        if let Some(of) = &event.common.version_of {
            facts.push(format!("another account of {of}"));
        }
    }
    if !record.amendments(n).is_empty() {
        facts.push("amended".to_owned());
    }
    if record.is_retracted(n) {
        facts.push("retracted".to_owned());
    }
    facts.extend(portrait.happened.map(|happened| match happened {
        Happened::Certainly => "had happened by the date asked for".to_owned(),
        Happened::Possibly => "may have happened by the date asked for".to_owned(),
        Happened::NotYet => "had not happened by the date asked for".to_owned(),
    }));
    if record.is_erased(n) {
        facts.push("redacted".to_owned());
    }
    facts.join(" · ")
}

fn corrections(sheet: &mut Sheet, portrait: &Portrait, zone: Zone) {
    for correction in &portrait.corrections {
        let what = match correction.kind {
            "amendment" => "amended",
            "retraction" => "retracted",
            "redaction" => "redacted",
            other => other,
        };
        let at = dates::moment(correction.recorded_at, zone);
        let back = if correction.stands { "" } else { ", since taken back" };
        let (sequence, reason) = (correction.sequence, words::quoted(&correction.reason));
        let body = format!("{what} at #{sequence}, known since {at}{back}: {reason}");
        let ids = [correction.id.to_string()];
        sheet.tall_row((Tone::Strong, "CORRECTED"), (Tone::Plain, &body), &ids, 6);
    }
}

/// A span with its last moment, not the first after it.
fn span_in_words(span: Span, zone: Zone) -> String {
    let first = span.earliest.map(|at| {
        let day = zone.date_of(at);
        (
            day,
            if zone.start_of(day) == at {
                dates::day_in_words(day)
            } else {
                dates::moment(at, zone)
            },
        )
    });
    let last = span.latest.map(|at| {
        let day = zone.date_of(at.before());
        (
            day,
            if zone.end_of(day) == at { dates::day_in_words(day) } else { dates::moment(at, zone) },
        )
    });
    match (first, last) {
        (Some((_, first)), Some((_, last))) if first == last => format!("on {first}"),
        (Some((_, first)), Some((_, last))) => format!("between {first} and {last}"),
        (Some((_, first)), None) => format!("not before {first}"),
        (None, Some((_, last))) => format!("by {last}"),
        (None, None) => "at any time".to_owned(),
    }
}

impl Lookup<'_> {
    /// The keys of a document but for those that stand above.
    fn keys(&self, sheet: &mut Sheet, event: &Event, wanted: &dyn Fn(&str) -> bool) {
        const ABOVE: [&str; 7] =
            ["kind", "id", "dispute", "occurred", "certainty", "claimed_by", "version_of"];
        let Json::Object(members) = event.to_json() else { return };
        for (key, value) in members.iter().filter(|(key, _)| wanted(key)) {
            if !ABOVE.contains(&key.as_str()) {
                self.key(sheet, event.kind(), key, Some(value));
            }
        }
    }

    /// A key with its value; `None` where it was removed.
    fn key(&self, sheet: &mut Sheet, kind: Kind, key: &str, value: Option<&Json>) {
        let shape = shape(kind, key);
        let lines = match value {
            Some(value) => self.lines(shape, value),
            None => vec!["(removed)".to_owned()],
        };
        let label = key.replace('_', " ");
        for (n, line) in lines.iter().enumerate() {
            let label = if n == 0 { label.as_str() } else { "" };
            sheet.tall_row((Tone::Plain, label), (Tone::Plain, line), &[], usize::MAX);
        }
    }

    /// The keys whose values amendments changed.
    fn changed_keys(&self, sheet: &mut Sheet, recorded: &Event, document: &Event) {
        let (Json::Object(before), Json::Object(after)) = (recorded.to_json(), document.to_json())
        else {
            return;
        };
        let value = |members: &[(String, Json)], key: &str| {
            members.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
        };
        let gone = before.iter().filter(|(key, _)| value(&after, key).is_none());
        let changed = after.iter().filter(|(key, new)| value(&before, key).as_ref() != Some(new));
        let keys: Vec<&str> = changed.chain(gone).map(|(key, _)| key.as_str()).collect();
        if keys.is_empty() {
            return;
        }
        sheet.row("NOW READS", "", &[]);
        for key in keys {
            self.key(sheet, document.kind(), key, value(&after, key).as_ref());
        }
    }

    /// Events that have to do with this one, one a line.
    fn relations(&self, sheet: &mut Sheet, label: &str, ids: &[EventId]) {
        for (n, id) in ids.iter().enumerate() {
            let label = if n == 0 { label } else { "" };
            sheet.row(label, &self.gist(id), &[id.to_string()]);
        }
    }

    fn gist(&self, id: &EventId) -> String {
        let document = self.record.position(id).and_then(|n| self.record.document(n));
        let Some(event) = document else { return String::new() };
        let date = event.occurred.as_ref().map(|date| dates::in_brief(date.as_str()));
        let gist = Gist::of(&event.fact, &self.names).after(event.kind().as_str());
        date.map_or(gist.clone(), |date| format!("{date}: {gist}"))
    }

    /// A value, in one line or one a part.
    fn lines(&self, shape: Option<Shape>, value: &Json) -> Vec<String> {
        match (shape, value) {
            (Some(Shape::List(Shape::Object(_))), Json::List(parts)) => {
                parts.iter().map(|part| self.object(part)).collect()
            }
            (Some(Shape::List(inner)), Json::List(parts)) if matches!(inner, Shape::Text) => {
                parts.iter().map(|part| self.one(Some(*inner), part)).collect()
            }
            (Some(Shape::List(inner)), Json::List(parts)) => {
                let parts: Vec<String> =
                    parts.iter().map(|part| self.one(Some(*inner), part)).collect();
                vec![if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }]
            }
            (_, Json::List(parts)) if parts.is_empty() => vec!["none".to_owned()],
            (Some(Shape::Changes | Shape::TextMap), Json::Object(members)) => {
                let line =
                    |(key, value): &(String, Json)| format!("{key}: {}", self.one(None, value));
                members.iter().map(line).collect()
            }
            (shape, value) => vec![self.one(shape, value)],
        }
    }

    fn one(&self, shape: Option<Shape>, value: &Json) -> String {
        match (shape, value) {
            (Some(Shape::Date), Json::Text(text)) => {
                format!("{} ({text})", dates::in_words(text))
            }
            (Some(Shape::Named(Named::Party)), Json::Text(slug)) => self.names.full(slug),
            (Some(Shape::Event), Json::Text(id)) => {
                let gist = EventId::parse(id).map(|id| self.gist(&id)).unwrap_or_default();
                let gist = fit(&gist, 100);
                if gist.is_empty() { flat(id) } else { format!("{} ({gist})", flat(id)) }
            }
            (Some(Shape::Word(_)), Json::Text(word)) => words::plain(word),
            (_, Json::Text(text)) => flat(text),
            (_, Json::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
            (_, Json::Number(number)) => words::number(number),
            (_, Json::OversizedNumber(text)) => flat(text),
            (_, Json::Null) => "none".to_owned(),
            (_, Json::Object(_)) => self.object(value),
            (_, Json::List(parts)) => {
                parts.iter().map(|part| self.one(None, part)).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// An object in a line: terms by their issue, the rest member by member.
    fn object(&self, value: &Json) -> String {
        let text = |key: &str| value.get(key).map(|value| self.one(None, value));
        if let (Some(issue), Some(terms)) = (text("issue"), text("terms")) {
            let amount = text("value").map(|value| {
                let unit = text("unit").map(|unit| match unit.as_str() {
                    "percent" => "%".to_owned(),
                    unit => format!(" {}", words::unit(unit)),
                });
                format!(" ({value}{})", unit.unwrap_or_default())
            });
            let due = text("due").map(|due| format!(", due {}", dates::in_words(&due)));
            let (amount, due) = (amount.unwrap_or_default(), due.unwrap_or_default());
            return format!("{}: {terms}{amount}{due}", words::plain(&issue));
        }
        let Json::Object(members) = value else { return self.one(None, value) };
        let named = |(key, value): &(String, Json)| match (key.as_str(), value) {
            ("title" | "publisher" | "url" | "amount" | "currency" | "op", value) => {
                self.one(None, value)
            }
            ("published" | "retrieved" | "from" | "to", Json::Text(date)) => {
                format!("{key} {}", dates::in_words(date))
            }
            (key, value) => format!("{} {}", key.replace('_', " "), self.one(None, value)),
        };
        members.iter().map(named).collect::<Vec<_>>().join(" · ")
    }
}

fn shape(kind: Kind, key: &str) -> Option<Shape> {
    match key {
        "occurred" => Some(Shape::Date),
        _ => kind.keys().find(|spec| spec.name == key).map(|spec| spec.shape),
    }
}

#[cfg(test)]
mod tests;
