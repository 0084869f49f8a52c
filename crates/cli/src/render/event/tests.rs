use dispute_core::event::Event;
use dispute_core::{
    Content, Digest, Entry, EventId, Head, LedgerId, Record, Recorded, Sequence, draft, seal,
};

use dispute_core::{Instant, Slug};

use crate::render::{Correction, Options, Paint, Portrait, description, event};

const EVENTS: [&str; 5] = [
    r#"{"kind":"party","id":"p1","party":"kaiser","name":"Kaiser Permanente","role":"employer","aliases":["KP"]}"#,
    r#"{"kind":"party","id":"p2","party":"nuhw","name":"National Union of Healthcare Workers","role":"union","aliases":["NUHW"]}"#,
    r#"{"kind":"dispute-opened","dispute":"socal","id":"opened","occurred":"2024-07-31","title":"T","time_zone":"America/Los_Angeles","employers":["kaiser"],"unions":["nuhw"]}"#,
    r#"{"kind":"proposal","dispute":"socal","id":"kp-19","occurred":"../2025-01","by":"kaiser","form":"counter","to":["nuhw"],"expires":"2025-02-01","items":[{"issue":"wages","terms":"a raise","value":19,"unit":"percent"},{"issue":"longevity","terms":"A step","due":"2026"}],"claimed_by":"kaiser","sources":[{"title":"Facts","publisher":"Kaiser","published":"2025-03-12"}],"external_ids":{"nlrb":"21-CA-1234"}}"#,
    r#"{"kind":"rejection","dispute":"socal","id":"r1","occurred":"2025-01-16","of":"kp-19","by":"nuhw","reason":"too\nlittle"}"#,
];
const AMENDMENT: &str = r#"{"kind":"amendment","id":"a1","of":"kp-19","set":{"occurred":"../2025-01-16","to":null,"form":"package"},"reason":"the page was read again"}"#;

fn at() -> Instant {
    Instant::parse("2025-08-01T12:00:00Z").unwrap()
}

fn record(lines: &[&str], erased: &[&str]) -> Record {
    let recorded = lines.iter().enumerate().map(|(n, line)| {
        let event = Event::parse(line).unwrap();
        let id = event.id.clone().unwrap();
        Recorded::new(Sequence::new(n as u64 + 1), at(), id, event)
    });
    Record::load(recorded, erased.iter().map(|id| EventId::parse(id).unwrap()))
}

fn entry(record: &Record, n: usize) -> Entry {
    let recorded = record.get(n).unwrap();
    let draft = draft(record, recorded.event.as_ref().unwrap(), recorded.id.clone(), "mk").unwrap();
    let head = Head {
        sequence: Sequence::new(n as u64),
        digest: Digest::of_bytes(b"before"),
        recorded_at: at(),
    };
    seal(draft, LedgerId::from_bytes([7; 16]), &head, at(), [1; 32]).unwrap()
}

fn portrait(record: &Record, n: usize) -> Portrait {
    let id = |id: &str| EventId::parse(id).unwrap();
    Portrait {
        n,
        corrections: vec![Correction {
            sequence: Sequence::new(6),
            id: id("a1"),
            kind: "amendment",
            recorded_at: at(),
            reason: "the page was read again".to_owned(),
            stands: true,
        }],
        replies: vec![id("r1")],
        versions: Vec::new(),
        effective: record.narrowed(record.of_dispute(&Slug::parse("socal").unwrap()))[1].span,
        narrowed_by: vec![id("r1")],
        happened: None,
    }
}

#[test]
fn an_event_reads_as_recorded_and_as_corrected() {
    let record = record(&[EVENTS.as_slice(), &[AMENDMENT]].concat(), &[]);
    let text =
        event(&record, &portrait(&record, 3), &entry(&record, 3), &Options::new(80, Paint::Off));
    assert_eq!(text, include_str!("../expected/event.txt"), "\n{text}");
}

#[test]
fn an_event_of_which_only_the_envelope_is_left_says_so() {
    let lines = EVENTS;
    let whole = record(&lines, &[]);
    let entry = entry(&whole, 3);
    assert!(matches!(entry.content(), Some(Content { .. })));
    let mut recorded: Vec<Recorded> = whole.recorded().to_vec();
    recorded[3].event = None;
    let erased = Record::load(recorded, [EventId::parse("kp-19").unwrap()]);
    let mut portrait = portrait(&whole, 3);
    portrait.corrections.clear();
    portrait.narrowed_by.clear();
    portrait.replies.clear();
    let text = event(&erased, &portrait, &entry, &Options::new(80, Paint::Off));
    let mut lines = text.lines();
    assert_eq!(
        lines.next().unwrap().split_whitespace().collect::<Vec<_>>(),
        ["proposal", "kp-19", "socal"]
    );
    assert_eq!(lines.next(), Some("by Jan 2025 (../2025-01) · redacted"));
    assert_eq!(lines.nth(1), Some("  CONTENT     erased; only the envelope is left"));
    assert!(!text.contains("raise"), "{text}");
}

#[test]
fn a_party_is_described() {
    let record = record(&EVENTS, &[]);
    let party = record.document(1).unwrap();
    let ids = [EventId::parse("p2").unwrap()];
    let disputes = [Slug::parse("socal").unwrap()];
    assert_eq!(
        description(party, &ids, &disputes, &Options::new(80, Paint::Off)),
        "\
party nuhw

  name        National Union of Healthcare Workers
  role        union
  aliases     NUHW

  DESCRIBED   p2
  NAMED IN    socal
"
    );
}

#[test]
fn an_event_keeps_to_the_width() {
    let record = record(&[EVENTS.as_slice(), &[AMENDMENT]].concat(), &[]);
    for columns in [20, 41, 60] {
        let options = Options::new(columns, Paint::Off);
        for line in event(&record, &portrait(&record, 3), &entry(&record, 3), &options).lines() {
            assert!(crate::render::text::width(line) <= columns, "{columns}: {line}");
        }
    }
}
