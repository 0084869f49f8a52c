//! What is left of an event once its content is erased, read back from a log.

#![cfg(test)]

use dispute_core::event::Event;
use dispute_core::{
    EventId, EventLog, Founding, Instant, LedgerId, MemoryLog, ReadLog, Record, Recorded, Scope,
    Target, draft, read_record, seal, seal_founding,
};

const LEDGER: LedgerId = LedgerId::from_bytes(*b"sixteen bytes id");

const STORY: [&str; 6] = [
    r#"{"kind":"party","id":"e","party":"employer","name":"E","role":"employer"}"#,
    r#"{"kind":"party","id":"u","party":"union","name":"U","role":"union"}"#,
    r#"{"kind":"dispute-opened","dispute":"d","id":"o","occurred":"2024-09-01","title":"T","time_zone":"UTC","employers":["employer"],"unions":["union"]}"#,
    r#"{"kind":"proposal","dispute":"d","id":"p","occurred":"2024-10-02","by":"union","form":"proposal","items":[]}"#,
    r#"{"kind":"proposal","dispute":"d","id":"v","occurred":"2024-10-02","by":"union","form":"proposal","items":[],"version_of":"p"}"#,
    r#"{"kind":"rejection","dispute":"d","id":"r","occurred":"2024-10-03","of":"v","by":"employer"}"#,
];

fn id(text: &str) -> EventId {
    EventId::parse(text).unwrap()
}

fn redaction(of: &str) -> Event {
    let content = format!(r#"{{"of":"{of}","reason":"a name"}}"#);
    Event::from_record("redaction", Some(&id("gone")), None, "", &content).unwrap()
}

fn read_back(events: impl IntoIterator<Item = Event>) -> Record {
    let at = Instant::parse("2025-01-01T12:00:00Z").unwrap();
    let founding = Founding {
        ledger: LEDGER,
        name: "a ledger".to_owned(),
        software: "dispute".to_owned(),
        recorded_by: "nobody".to_owned(),
        recorded_at: at,
    };
    let mut log = MemoryLog::create(seal_founding(founding, [0; 32]).unwrap());
    let mut record = Record::default();
    for event in events {
        let event_id = event.id.clone().unwrap();
        let head = log.head().unwrap();
        let draft = draft(&record, &event, event_id.clone(), "nobody").unwrap();
        log.append(&head, seal(draft, LEDGER, &head, at, [1; 32]).unwrap()).unwrap();
        record.push(Recorded::new(head.sequence.next(), at, event_id, event));
    }
    read_record(&log, &Scope::Whole).unwrap()
}

#[test]
fn an_erased_version_still_leads_to_its_original() {
    let story = STORY.map(|line| Event::parse(line).unwrap());
    let record = read_back(story.into_iter().chain([redaction("v")]));
    let (version, original) = (id("v"), id("p"));
    let n = record.position(&version).unwrap();
    assert_eq!(record.get(n).unwrap().event, None);
    assert_eq!(record.version_of(n), Some(&original));
    let counted = record.position(&original).unwrap();
    assert_eq!(record.target(&version), Some(Target::Counts(counted)));
}

#[test]
fn an_erased_original_leads_to_its_first_version_and_is_none_itself() {
    let story = STORY.map(|line| Event::parse(line).unwrap());
    let record = read_back(story.into_iter().chain([redaction("p")]));
    let (version, original) = (id("v"), id("p"));
    let n = record.position(&original).unwrap();
    assert_eq!((record.version_of(n), record.is_erased(n)), (None, true));
    let counted = record.position(&version).unwrap();
    assert_eq!(record.target(&original), Some(Target::Counts(counted)));
}

/// What was retracted keeps no rules, so that an amendment of it may name anything.
#[test]
fn what_was_retracted_is_no_account_of_what_it_cannot_be_one_of() {
    for named in ["nothing", "o", "e"] {
        let set = format!(r#""set":{{"version_of":"{named}"}}"#);
        let corrections = [
            r#"{"kind":"retraction","id":"back","of":"p","reason":"r"}"#.to_owned(),
            format!(r#"{{"kind":"amendment","id":"set","of":"p",{set},"reason":"r"}}"#),
        ];
        let story = STORY.iter().copied().chain(corrections.iter().map(String::as_str));
        let story = story.map(|line| Event::parse(line).unwrap());
        let record = read_back(story.chain([redaction("p")]));
        let n = record.position(&id("p")).unwrap();
        assert_eq!((record.version_of(n), record.original(n)), (None, n), "{named}");
    }
}
