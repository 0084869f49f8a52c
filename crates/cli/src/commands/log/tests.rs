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
        for question in QUESTIONS {
            let known = dice.below(log.head().unwrap().sequence.get()) + 1;
            let words = question.replace('N', &known.to_string());
            for json in [true, false] {
                let whole = answer(&log, &words, json, |question, write| {
                    of_dispute::rows(question, None, write)
                });
                let streamed = answer(&log, &words, json, of_ledger::rows);
                prop_assert_eq!(streamed, whole, "log {}", words);
            }
        }
    }
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
