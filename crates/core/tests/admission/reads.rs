//! How often what belongs to no dispute is read while events are recorded.

use std::cell::Cell;

use dispute_core::event::Event;
use dispute_core::{
    Admission, Append, BehindClock, EventId, EventLog, FixedClock, Founding, Head, Instant,
    LedgerId, Listed, LogError, MemoryLog, Outcome, ReadLog, Recorded, Sealer, Sequence, Slug,
    StoredRecord, StoredRecords,
};

const PARTIES: u64 = 60;

/// A log that counts how often a party is read from it.
struct Counting<'a> {
    log: &'a dyn ReadLog,
    parties: &'a Cell<u64>,
}

impl ReadLog for Counting<'_> {
    fn head(&self) -> Result<Head, LogError> {
        self.log.head()
    }

    fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        self.parties.set(self.parties.get() + u64::from((1..=PARTIES).contains(&at.get())));
        self.log.stored(at)
    }

    fn stored_from(&self, from: Sequence) -> StoredRecords<'_> {
        panic!("the whole log is read from {from} on")
    }

    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        self.log.listed(id)
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError> {
        self.log.ids_with_prefix(prefix, limit)
    }

    fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        self.log.of_dispute(dispute)
    }

    fn disputes(&self) -> Result<Vec<Slug>, LogError> {
        self.log.disputes()
    }
}

/// Many parties, a dispute of two of them, and accounts of facts that are taken back, each time with
/// another account to take its place: after that the dispute goes by its record.
fn documents() -> Vec<String> {
    let party = |n| {
        format!(r#"{{"kind":"party","id":"party-{n}","party":"p{n}","name":"P","role":"union"}}"#)
    };
    let opening = r#"{"kind":"dispute-opened","id":"o","dispute":"d","occurred":"2025-01-01","title":"D","time_zone":"UTC","employers":["p1"],"unions":["p2"]}"#;
    let mut documents: Vec<String> = (1..=PARTIES).map(party).chain([opening.to_owned()]).collect();
    let gap = |id: &str, rest: &str| {
        format!(
            r#"{{"kind":"gap","id":"{id}","dispute":"d","occurred":"2025-01-02","text":"t"{rest}}}"#
        )
    };
    for n in 0..20 {
        documents.push(gap(&format!("g{n}"), ""));
        documents.push(gap(&format!("v{n}"), &format!(r#","version_of":"g{n}""#)));
        documents.push(format!(r#"{{"kind":"retraction","id":"r{n}","of":"g{n}","reason":"x"}}"#));
        documents.push(gap(&format!("later-{n}"), r#","claimed_by":"p3""#));
    }
    documents
}

#[test]
fn corrections_do_not_read_all_parties_again() {
    let clock = FixedClock::at(Instant::parse("2025-06-02T12:00:00Z").unwrap());
    let founding = Founding {
        ledger: LedgerId::from_bytes([7; 16]),
        name: "l".to_owned(),
        software: "s".to_owned(),
        recorded_by: "r".to_owned(),
        recorded_at: Instant::parse("2025-06-02T12:00:00Z").unwrap(),
    };
    let mut log = MemoryLog::create(founding.seal().unwrap());
    let (head, ledger) = (log.head().unwrap(), log.ledger().unwrap().id);
    let mut append: Box<dyn Append + '_> = log.begin(&head).unwrap();
    let mut sealer = Sealer::new(ledger, head, &clock, BehindClock::Refuse);
    let mut admission = Admission::new(ledger);
    let parties = Cell::new(0);
    for document in documents() {
        let event = Event::parse(&document).unwrap();
        let at = sealer.head().sequence.next();
        let id = event.id.clone().unwrap();
        let new = Recorded::new(at, sealer.next_time().unwrap(), id.clone(), event.clone());
        let counting = Counting { log: append.as_ref(), parties: &parties };
        let asked = admission.admit(&counting, &new, &|_| false);
        let Ok(Outcome::New { placed, course }) = asked else { panic!("{document}: {asked:?}") };
        let draft = placed.draft(&event, event.content(), id, "r");
        append.push(sealer.seal(draft).unwrap()).unwrap();
        let counting = Counting { log: append.as_ref(), parties: &parties };
        admission.appended(&counting, &new, course).unwrap();
    }
    // All of them once, to know who declares what, and then those that the dispute names.
    let read = parties.get();
    assert!(read < 10 * PARTIES, "parties were read {read} times");
}
