//! The two ways to the same rows: from the whole record, and event by event.

#[path = "../../../../projection/tests/records/drawn.rs"]
#[expect(dead_code, reason = "the laws of states use the rest")]
mod drawn;

use std::time::Duration;

use dispute_core::event::Event;
use dispute_core::{
    EventId, EventLog, Founding, Instant, LedgerId, MemoryLog, ReadLog, Record, Recorded, Sequence,
    draft, seal, seal_founding,
};
use proptest::prelude::*;

use super::*;
use crate::output::Output;
use crate::when::Today;
use drawn::{Dice, NOW, records};

const LEDGER: LedgerId = LedgerId::from_bytes([7; 16]);

const OPENING: &str = r#"{"kind":"dispute-opened","dispute":"a","occurred":"2024-10-01","title":"A","time_zone":"Asia/Tokyo","employers":["acme"],"unions":["union"]}"#;

/// What is asked of each ledger; `N` is the number of one of its events.
const QUESTIONS: &[&str] = &[
    "",
    "--recorded",
    "--recorded --kind proposal,amendment,retraction,party",
    "--recorded --by union",
    "--kind session,action-started,redaction",
    "--since 2024-11-15 --until 2025-02-10",
    "--since 2025-01 --recorded --by employer",
    "--on 2025-01-15",
    "--on 2024-12-03 --recorded",
    "--on 2024-12-20 --since 2024-11 --kind proposal,rejection,acceptance",
    "--known-at N",
    "--known-at N --recorded",
    "--known-at N --on 2025-02-01",
    "--known-at N --recorded --until 2025-01",
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_ledger_read_event_by_event_gives_the_rows_of_its_whole_record(
        drawn in records(44),
        seed in any::<u64>(),
    ) {
        let mut dice = Dice(seed);
        let log = sealed(&with_redactions(drawn.record, &mut dice));
        assert_same_rows(&log, &mut dice);
    }
}

/// What the record of a ledger gives, reading it event by event gives too.
fn assert_same_rows(log: &MemoryLog, dice: &mut Dice) {
    for question in QUESTIONS {
        let known = dice.below(log.head().unwrap().sequence.get()) + 1;
        let words = question.replace('N', &known.to_string());
        for json in [true, false] {
            let whole = answer(log, &words, json, |question, write| {
                of_dispute::rows(question, None, write)
            });
            let streamed = answer(log, &words, json, of_ledger::rows);
            assert_eq!(streamed, whole, "log {words}");
        }
    }
}

/// Of some events so much is said that they are not read again with all of it.
#[test]
fn a_fact_with_many_accounts_and_corrections_gives_the_rows_of_its_whole_record() {
    let record = of_documents((0..120).map(|n| {
        match n {
            0 => r#"{"kind":"party","party":"union","name":"Union","role":"union"}"#.to_owned(),
            1 => r#"{"kind":"party","party":"acme","name":"Acme","role":"employer"}"#.to_owned(),
            2 => OPENING.to_owned(),
            3..12 => gap(n, "2024-12", ""),
            // Other accounts, retractions of them and of these, and amendments.
            _ if n % 6 == 0 => gap(n, "2024-12-03", &format!(r#","version_of":"e{}""#, n % 4 + 3)),
            _ if n % 6 == 1 => correction("retraction", n, n - 1 - n % 4 * 6, ""),
            _ if n % 6 == 2 => correction("retraction", n, n - 1, ""),
            _ if n % 6 == 3 => correction("amendment", n, n % 9 + 3, r#","set":{"note":"n"}"#),
            _ => correction("amendment", n, n % 4 + 3, r#","set":{"occurred":"2024-12-02"}"#),
        }
    }));
    assert!(record.len() > 100, "{}", record.len());
    assert_same_rows(&sealed(&record), &mut Dice(7));
}

/// Whether an opening counts may hang on so many corrections that it is not read again with them.
#[test]
fn a_retracted_opening_of_which_much_is_said_gives_no_zone() {
    for is_opened_again in [false, true] {
        let documents = (0..30_u64).filter_map(|n| {
            Some(match n {
                0 => r#"{"kind":"party","party":"union","name":"U","role":"union"}"#.to_owned(),
                1 => r#"{"kind":"party","party":"acme","name":"A","role":"employer"}"#.to_owned(),
                2 => OPENING.to_owned(),
                3 => gap(n, "2024-12-03", ""),
                4..24 => correction("amendment", n, 2, &format!(r#","set":{{"title":"{n}"}}"#)),
                24 => correction("retraction", n, 2, ""),
                25 if is_opened_again => OPENING.replace("Asia/Tokyo", "America/Los_Angeles"),
                26.. if is_opened_again => gap(n, "2024-12-03", ""),
                _ => return None,
            })
        });
        let record = of_documents(documents);
        let least = if is_opened_again { 29 } else { 24 };
        assert!(record.len() > least, "{}", record.len());
        assert_same_rows(&sealed(&record), &mut Dice(7));
    }
}

fn gap(n: u64, occurred: &str, more: &str) -> String {
    format!(r#"{{"kind":"gap","dispute":"a","occurred":"{occurred}","text":"{n}"{more}}}"#)
}

fn correction(kind: &str, n: u64, of: u64, more: &str) -> String {
    format!(r#"{{"kind":"{kind}","of":"e{of}","reason":"{n}"{more}}}"#)
}

/// What of some documents the rules let be recorded, an hour apart.
fn of_documents(documents: impl Iterator<Item = String>) -> Record {
    let mut record = Record::default();
    let start = Instant::parse("2024-12-20T00:00:00Z").unwrap().as_micros();
    for (n, document) in (0_u64..).zip(documents) {
        let event = Event::parse(&document).unwrap();
        let at = Instant::from_micros(start + n.cast_signed() * 3_600_000_000).unwrap();
        let place = Sequence::new(record.len() as u64 + 1);
        let id = EventId::parse(&format!("e{n}")).unwrap();
        // The rules refuse some, such as a retraction of what was retracted.
        let _refused = record.admit(Recorded::new(place, at, id, event), &|_| false);
    }
    record
}

/// The rows of a question and how many they are said to be.
fn answer(
    log: &MemoryLog,
    words: &str,
    json: bool,
    rows: impl Fn(&Question<'_>, Write<'_>) -> Result<u64>,
) -> (String, Option<u64>) {
    let context = Context {
        named: None,
        output: Output { json, quiet: true, colour: false, width: 80 },
        today: Today { now: Instant::parse(NOW).unwrap(), given: None },
        wait: Duration::ZERO,
    };
    let words = std::iter::once("log").chain(words.split_whitespace());
    let arguments = command().try_get_matches_from(words).unwrap();
    let question = Question::new(log, &arguments, &context);
    let mut text = String::new();
    let written = rows(&question, &mut |row| {
        text.push_str(row);
        Ok(())
    });
    (text, written.ok())
}

/// The record with some redactions at its end, of whatever the rules let be erased.
fn with_redactions(mut record: Record, dice: &mut Dice) -> Record {
    for n in 0..dice.below(4) {
        let of = dice.pick(record.recorded()).unwrap().id.clone();
        let last = record.recorded().last().unwrap();
        let (place, at) = (Sequence::new(last.sequence.get() + 1), last.recorded_at);
        let id = EventId::parse(&format!("r{n}")).unwrap();
        let content = format!(r#"{{"of":"{of}","reason":"r"}}"#);
        let event = Event::from_record("redaction", Some(&id), None, "", &content).unwrap();
        // The rules refuse some, such as a second one of the same event.
        let _refused = record.admit(Recorded::new(place, at, id, event), &|_| false);
    }
    record
}

/// A log that holds these events.
fn sealed(record: &Record) -> MemoryLog {
    let founding = Founding {
        ledger: LEDGER,
        name: "drawn".to_owned(),
        software: "dispute".to_owned(),
        recorded_by: "nobody".to_owned(),
        recorded_at: record.recorded()[0].recorded_at,
    };
    let mut log = MemoryLog::create(seal_founding(founding, [0; 32]).unwrap());
    let mut before = Record::default();
    for event in record.recorded() {
        let document = event.event.as_ref().unwrap();
        let draft = draft(&before, document, event.id.clone(), "nobody").unwrap();
        let head = log.head().unwrap();
        let entry = seal(draft, LEDGER, &head, event.recorded_at, [1; 32]).unwrap();
        log.append(&head, entry).unwrap();
        before.push(event.clone());
    }
    log
}
