//! How often events are read while others are recorded.

use std::cell::Cell;

use dispute_core::event::Event;
use dispute_core::{
    Admission, Append, BehindClock, EventId, EventLog, FixedClock, Founding, Head, Instant,
    LedgerId, Listed, LogError, MemoryLog, Outcome, ReadLog, Recorded, Sealer, Sequence, Slug,
    StoredRecord, StoredRecords,
};

const PARTIES: u64 = 60;

/// How much was asked of a log.
#[derive(Default)]
struct Count {
    /// How often a party was read.
    parties: Cell<u64>,
    /// How often an event was read or looked for.
    all: Cell<u64>,
}

/// A log that counts what is asked of it.
struct Counting<'a> {
    log: &'a dyn ReadLog,
    count: &'a Count,
}

impl Counting<'_> {
    fn asked(&self, for_events: u64) {
        self.count.all.set(self.count.all.get() + for_events);
    }
}

impl ReadLog for Counting<'_> {
    fn head(&self) -> Result<Head, LogError> {
        self.log.head()
    }

    fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        let parties = &self.count.parties;
        parties.set(parties.get() + u64::from((1..=PARTIES).contains(&at.get())));
        self.asked(1);
        self.log.stored(at)
    }

    fn stored_from(&self, from: Sequence) -> StoredRecords<'_> {
        panic!("the whole log is read from {from} on")
    }

    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        self.asked(1);
        self.log.listed(id)
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError> {
        self.log.ids_with_prefix(prefix, limit)
    }

    fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        let events = self.log.of_dispute(dispute)?;
        self.asked(events.len() as u64);
        Ok(events)
    }

    fn disputes(&self) -> Result<Vec<Slug>, LogError> {
        self.log.disputes()
    }
}

/// Many parties and a dispute of two of them.
fn opened() -> Vec<String> {
    let party = |n| {
        format!(r#"{{"kind":"party","id":"party-{n}","party":"p{n}","name":"P","role":"union"}}"#)
    };
    let opening = r#"{"kind":"dispute-opened","id":"o","dispute":"d","occurred":"2025-01-01","title":"D","time_zone":"UTC","employers":["p1"],"unions":["p2"]}"#;
    (1..=PARTIES).map(party).chain([opening.to_owned()]).collect()
}

fn gap(id: &str, rest: &str) -> String {
    format!(
        r#"{{"kind":"gap","id":"{id}","dispute":"d","occurred":"2025-01-02","text":"t"{rest}}}"#
    )
}

/// Accounts of facts that are taken back, each time with another account to take its place: after
/// that the dispute goes by its record.
fn taken_back() -> Vec<String> {
    let mut documents = opened();
    for n in 0..20 {
        documents.push(gap(&format!("g{n}"), ""));
        documents.push(gap(&format!("v{n}"), &format!(r#","version_of":"g{n}""#)));
        documents.push(format!(r#"{{"kind":"retraction","id":"r{n}","of":"g{n}","reason":"x"}}"#));
        documents.push(gap(&format!("later-{n}"), r#","claimed_by":"p3""#));
    }
    documents
}

/// So many accounts of one fact.
fn accounts(many: u64) -> Vec<String> {
    let versions = (0..many).map(|n| gap(&format!("v{n}"), r#","version_of":"g""#));
    opened().into_iter().chain([gap("g", "")]).chain(versions).collect()
}

/// So many proposals, each in reply to the one before, with four corrections
/// among them, after each of which it is found out anew what the replies lead back to.
fn replies(many: u64) -> Vec<String> {
    let mut documents = opened();
    documents.push(gap("g", ""));
    for n in 0..many {
        let to = n.checked_sub(1).map(|to| format!(r#","replies_to":"p{to}""#));
        documents.push(format!(
            r#"{{"kind":"proposal","id":"p{n}","dispute":"d","occurred":"2025-01-02","by":"p{}","form":"proposal","items":[]{}}}"#,
            n % 2 + 1,
            to.unwrap_or_default()
        ));
        if many >= 4 && n % (many / 4) == 0 {
            let note = format!(r#""set":{{"note":"{n}"}},"reason":"x""#);
            documents.push(format!(r#"{{"kind":"amendment","id":"a{n}","of":"g",{note}}}"#));
        }
    }
    documents
}

#[test]
fn corrections_do_not_read_all_parties_again() {
    // All of them once, to know who declares what, and then those that the dispute names.
    let read = count(taken_back()).parties.get();
    assert!(read < 10 * PARTIES, "parties were read {read} times");
}

#[test]
fn many_accounts_of_one_fact_are_read_no_more_often_each_than_few() {
    assert_grows_as_the_events(accounts);
}

#[test]
fn a_long_chain_of_replies_is_read_no_more_often_than_a_short_one() {
    assert_grows_as_the_events(replies);
}

/// Four times as many events take four times as many reads, and a few more.
fn assert_grows_as_the_events(documents: impl Fn(u64) -> Vec<String>) {
    let none = count(documents(0)).all.get();
    let asked = |many: u64| count(documents(many)).all.get() - none;
    let (few, many) = (asked(60), asked(240));
    assert!(many < 5 * few, "{few} reads for 60 events, {many} for 240");
}

/// Records documents, and counts what that asks of the log.
fn count(documents: Vec<String>) -> Count {
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
    let count = Count::default();
    for document in documents {
        let event = Event::parse(&document).unwrap();
        let at = sealer.head().sequence.next();
        let id = event.id.clone().unwrap();
        let new = Recorded::new(at, sealer.next_time().unwrap(), id.clone(), event.clone());
        let counting = Counting { log: append.as_ref(), count: &count };
        let asked = admission.admit(&counting, &new, &|_| false);
        let Ok(Outcome::New { placed, course }) = asked else { panic!("{document}: {asked:?}") };
        let draft = placed.draft(&event, event.content(), id, "r");
        append.push(sealer.seal(draft).unwrap()).unwrap();
        let counting = Counting { log: append.as_ref(), count: &count };
        admission.appended(&counting, &new, course).unwrap();
    }
    count
}
