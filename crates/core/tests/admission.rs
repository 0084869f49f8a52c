//! Asking the rules of one event by look-ups in a log gives the answers that the whole record in
//! memory gives: what is taken, what is on record already, and each refusal with its way out.

#![cfg(test)]

#[path = "admission/candidates.rs"]
mod candidates;
#[path = "admission/reads.rs"]
mod reads;

use candidates::{Candidates, Dice};
use dispute_core::event::{Event, Kind};
use dispute_core::{
    Admission, Admitted, Append, BehindClock, Bounds, EventLog, FixedClock, Founding, Instant,
    LedgerId, MemoryLog, NotAdmitted, Outcome, ReadLog, Record, Recorded, Refusal, Scope, Sealer,
    draft, read_record,
};
use proptest::prelude::{any, prop, proptest};
use proptest::test_runner::Config;

const BEGUN: &str = "2025-06-02T12:00:00Z";

/// One ledger, held whole and in a log.
struct Both<'a> {
    record: Record,
    append: Box<dyn Append + 'a>,
    sealer: Sealer<'a>,
    admission: Admission,
}

/// What became of an event.
#[derive(Debug, PartialEq)]
enum Answer {
    New,
    AlreadyRecorded(u64),
    Refused(Refusal),
}

impl Both<'_> {
    /// Hands an event to both; gives whether it was taken.
    fn hand_in(&mut self, new: &Recorded, coming: &str) -> bool {
        let coming = |id: &dispute_core::EventId| id.as_str() == coming;
        let log: &dyn ReadLog = self.append.as_ref();
        let asked = self.admission.admit(log, new, &coming);
        let whole = self.record.admit(new.clone(), &coming);
        let by_record = match &whole {
            Ok(Admitted::New(_)) => Answer::New,
            Ok(Admitted::AlreadyRecorded(n)) => {
                Answer::AlreadyRecorded(self.record.get(*n).unwrap().sequence.get())
            }
            Err(refusal) => Answer::Refused(refusal.clone()),
        };
        let by_log = match &asked {
            Ok(Outcome::New { .. }) => Answer::New,
            Ok(Outcome::AlreadyRecorded(at)) => Answer::AlreadyRecorded(at.get()),
            Err(NotAdmitted::Refused(refusal)) => Answer::Refused(refusal.clone()),
            Err(NotAdmitted::Read(error)) => panic!("{error}"),
        };
        let event = new.event.as_ref().unwrap();
        assert_eq!(by_log, by_record, "{}", event.to_json());
        let Ok(Outcome::New { placed, course }) = asked else { return false };
        let by_look_ups = placed.draft(event, event.content(), new.id.clone(), "r");
        let by_record = draft(&self.record, event, new.id.clone(), "r").unwrap();
        assert_eq!(by_look_ups, by_record, "{}", event.to_json());
        let entry = self.sealer.seal_at(by_look_ups, new.recorded_at).unwrap();
        for id in course.looked_up().found() {
            assert!(self.append.find(id).unwrap().is_some(), "{id}");
        }
        self.append.push_looked_up(entry, course.looked_up()).unwrap();
        self.admission.appended(self.append.as_ref(), new, course).unwrap();
        if new.kind == Kind::Redaction {
            // The log has less than was handed in; from then on so has the record.
            let log: &dyn ReadLog = self.append.as_ref();
            self.record = read_record(log, &Scope::Whole).unwrap();
        }
        true
    }
}

fn empty_log() -> MemoryLog {
    let founding = Founding {
        ledger: LedgerId::from_bytes([7; 16]),
        name: "l".to_owned(),
        software: "s".to_owned(),
        recorded_by: "r".to_owned(),
        recorded_at: Instant::parse(BEGUN).unwrap(),
    };
    MemoryLog::create(founding.seal().unwrap())
}

impl<'a> Both<'a> {
    fn begin(log: &'a mut MemoryLog, clock: &'a FixedClock, bounds: Bounds) -> Self {
        let head = log.head().unwrap();
        let ledger = log.ledger().unwrap().id;
        Self {
            record: read_record(log, &Scope::Whole).unwrap(),
            append: log.begin(&head).unwrap(),
            sealer: Sealer::new(ledger, head, clock, BehindClock::Refuse),
            admission: Admission::within(ledger, bounds),
        }
    }
}

fn compare(seeds: &[u64], bounds: Bounds) -> (usize, usize) {
    let clock = FixedClock::at(Instant::parse(BEGUN).unwrap());
    let mut log = empty_log();
    let mut candidates = Candidates::new();
    let mut taken = 0;
    // Several imports, each into what those before it left.
    for part in seeds.chunks(seeds.len().div_ceil(3).max(1)) {
        let mut both = Both::begin(&mut log, &clock, bounds);
        for seed in part {
            let mut dice = Dice(*seed);
            for event in candidates.next(&both.record, &mut dice) {
                clock.step(i64::try_from(dice.below(90)).unwrap() * 60_000_000);
                let at = both.sealer.head().sequence.next();
                let id = event.id.clone().unwrap_or_else(|| {
                    let log: &dyn ReadLog = both.append.as_ref();
                    both.admission.assign_id(log, at).unwrap()
                });
                let recorded_at = both.sealer.next_time().unwrap();
                let new = Recorded::new(at, recorded_at, id, event);
                taken += usize::from(both.hand_in(&new, "later"));
            }
        }
        both.append.commit().unwrap();
    }
    (seeds.len(), taken)
}

fn bounds(half: usize) -> Bounds {
    Bounds { events: half, disputes: half, searches: usize::MAX }
}

proptest! {
    #![proptest_config(Config { cases: 96, failure_persistence: None, ..Config::default() })]

    #[test]
    fn look_ups_answer_as_the_whole_record_does(
        seeds in prop::collection::vec(any::<u64>(), 1..150),
        half in prop::sample::select(vec![0, 1, 3, 1000]),
    ) {
        compare(&seeds, bounds(half));
    }
}

#[test]
fn much_of_what_is_drawn_is_taken() {
    let mut dice = Dice(1);
    let seeds: Vec<u64> = (0..1200).map(|_| dice.below(u64::MAX)).collect();
    let (drawn, taken) = compare(&seeds, bounds(1000));
    assert!(taken * 3 > drawn, "{taken} of {drawn}");
}

/// Once a version took the place of its original it proves something about the dates of events
/// that were recorded before it, and they of its own: references lead in a circle.
#[test]
fn what_took_the_place_of_its_original_proves_dates_as_in_the_whole_record() {
    let documents = [
        proposal("original", "union", "2025-05-01", ""),
        proposal("reply", "firm", "2025", r#","replies_to":"original""#),
        proposal(
            "version",
            "union",
            "2025-05-20",
            r#","version_of":"original","replies_to":"reply""#,
        ),
        proposal("third", "union", "2025-05-28", r#","version_of":"version""#),
        r#"{"kind":"retraction","id":"back","of":"original","reason":"r"}"#.to_owned(),
        proposal("too-early", "union", "2025-05-10", r#","replies_to":"reply""#),
        proposal("in-time", "union", "2025-05-29", r#","replies_to":"reply""#),
        r#"{"kind":"retraction","id":"back-too","of":"version","reason":"r"}"#.to_owned(),
        proposal("too-early-now", "firm", "2025-05-26", r#","replies_to":"original""#),
        proposal("in-time-now", "firm", "2025-05-29", r#","replies_to":"original""#),
    ];
    assert_refused(&documents, &["too-early", "too-early-now"]);
}

/// A reference that an amendment brings in proves something too, until what it leads to is
/// retracted.
#[test]
fn what_an_amendment_refers_to_proves_dates_as_in_the_whole_record() {
    let documents = [
        proposal("proof", "union", "2024-06-01", ""),
        proposal("reply", "firm", "2024", ""),
        r#"{"kind":"amendment","id":"set","of":"reply","set":{"replies_to":"proof"},"reason":"r"}"#
            .to_owned(),
        proposal("too-early", "union", "2024-03-01", r#","replies_to":"reply""#),
        proposal("in-time", "union", "2024-07-01", r#","replies_to":"reply""#),
        r#"{"kind":"retraction","id":"back","of":"proof","reason":"r"}"#.to_owned(),
        proposal("early-enough-now", "union", "2024-03-01", r#","replies_to":"reply""#),
    ];
    assert_refused(&documents, &["too-early"]);
}

const A_DISPUTE: [&str; 3] = [
    r#"{"kind":"party","id":"p","party":"union","name":"P","role":"union"}"#,
    r#"{"kind":"party","id":"q","party":"firm","name":"Q","role":"employer"}"#,
    r#"{"kind":"dispute-opened","dispute":"d","id":"open","occurred":"2024-01-01","title":"D","time_zone":"UTC","employers":["firm"],"unions":["union"]}"#,
];

fn proposal(id: &str, by: &str, date: &str, rest: &str) -> String {
    format!(
        r#"{{"kind":"proposal","dispute":"d","id":"{id}","occurred":"{date}","by":"{by}","form":"proposal","items":[]{rest}}}"#
    )
}

/// Hands in documents about [`A_DISPUTE`] one after the other; those of these ids, and no others, are
/// refused.
fn assert_refused(documents: &[String], refused: &[&str]) {
    for half in [0, 1, 3, 1000] {
        let clock = FixedClock::at(Instant::parse(BEGUN).unwrap());
        let mut log = empty_log();
        let mut both = Both::begin(&mut log, &clock, bounds(half));
        let mut found = Vec::new();
        let documents = documents.iter().map(String::as_str);
        for document in A_DISPUTE.into_iter().chain(documents) {
            let event = Event::parse(document).unwrap();
            let id = event.id.clone().unwrap();
            let at = both.sealer.head().sequence.next();
            let new = Recorded::new(at, both.sealer.next_time().unwrap(), id.clone(), event);
            if !both.hand_in(&new, "later") {
                found.push(id.to_string());
            }
        }
        assert_eq!(found, refused);
    }
}
