use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::envelope::LedgerId;
use crate::event::schema::Named;
use crate::event::{Event, Fact};
use crate::event_log::{EventLog, ReadLog, SledLog};
use crate::identifier::EventId;
use crate::json::Json;
use crate::names::{Name, Names};
use crate::record::Record;
use crate::recording::draft;
use crate::samples::{append, draft as sample, founding, id, sealed_onto, slug, verified};
use crate::seal::{Founding, seal_founding};
use crate::verify::FindingCode;

const SLUGS: [&str; 4] = ["north", "south", "east", "west"];

/// What is done to a ledger.
#[derive(Clone, Debug)]
enum Step {
    /// An event of a kind, about one of the slugs and one of the events.
    Append(u8, u8, u8),
    Reopen,
    Keep,
    Lose,
    Damage(u16),
    /// The file of another ledger, or of a log that went on otherwise.
    Misplace,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => any::<(u8, u8, u8)>().prop_map(|(kind, slug, of)| Step::Append(kind, slug, of)),
        1 => Just(Step::Reopen),
        2 => Just(Step::Keep),
        1 => Just(Step::Lose),
        1 => any::<u16>().prop_map(Step::Damage),
        1 => Just(Step::Misplace),
    ]
}

struct Ledger {
    dir: TempDir,
    log: SledLog,
}

impl Ledger {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let mut log = SledLog::create(&dir.path().join(".dispute"), &founding()).unwrap();
        log.make_small();
        Self { dir, log }
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join(".dispute/derived/names")
    }

    fn take(mut self, step: &Step) -> Self {
        match step {
            Step::Append(kind, slug, of) => self.append(*kind, *slug, *of),
            Step::Reopen => {
                drop(self.log);
                self.log =
                    SledLog::open(&self.dir.path().join(".dispute"), Duration::ZERO).unwrap();
                self.log.make_small();
            }
            Step::Keep => self.log.keep_names(&Names::of(&self.log).unwrap()),
            Step::Lose => {
                let _ = fs::remove_file(self.file());
            }
            Step::Damage(at) => {
                if let Ok(mut bytes) = fs::read(self.file()) {
                    let at = usize::from(*at) % bytes.len();
                    bytes[at] ^= 4;
                    fs::write(self.file(), bytes).unwrap();
                }
            }
            Step::Misplace => self.log.keep_names(&of_another_ledger()),
        }
        self
    }

    fn append(&mut self, kind: u8, slug: u8, of: u8) {
        let head = self.log.head().unwrap();
        let number = head.sequence.get();
        let slug = SLUGS[usize::from(slug) % SLUGS.len()];
        let of = format!("e{}", u64::from(of) % (number + 1));
        let target = self.log.find(&id(&of)).unwrap().and_then(|at| self.log.entry(at).unwrap());
        let is_redaction = target.is_some_and(|it| it.envelope().redacts().is_some());
        let document = match kind % 9 {
            // A redaction is not redacted.
            7 if is_redaction => return,
            0 | 1 => format!(r#"{{"kind":"party","party":"{slug}","name":"N","role":"union"}}"#),
            2 => format!(
                r#"{{"kind":"standard","standard":"{slug}","citation":"c","metric":"days","limit":{{"op":"<=","value":3,"unit":"days"}}}}"#
            ),
            3 => format!(
                r#"{{"kind":"party","party":"{slug}","name":"N","role":"union","version_of":"{of}"}}"#
            ),
            4 => format!(
                r#"{{"kind":"amendment","of":"{of}","set":{{"party":"{slug}"}},"reason":"r"}}"#
            ),
            5 => format!(
                r#"{{"kind":"amendment","of":"{of}","set":{{"version_of":"{of}"}},"reason":"r"}}"#
            ),
            6 => format!(r#"{{"kind":"retraction","of":"{of}","reason":"r"}}"#),
            7 => format!(r#"{{"kind":"redaction","of":"{of}","reason":"r"}}"#),
            _ => {
                let event = sample(&format!("e{}", number + 1), "gap", Some("sutter"), &[]);
                append(&mut self.log, event).unwrap();
                return;
            }
        };
        let event = Event::from_json(Json::parse(&document).unwrap()).unwrap();
        let new = id(&format!("e{}", number + 1));
        let Ok(draft) = draft(&Record::default(), &event, new, "maria") else { return };
        // What names an event that is not there is not sealed.
        let _ = self.log.append(&head, sealed_onto(&head, draft));
    }
}

fn of_another_ledger() -> Names {
    let dir = TempDir::new().unwrap();
    let founding = Founding {
        ledger: LedgerId::from_bytes([7; 16]),
        name: "another".to_owned(),
        software: "dispute".to_owned(),
        recorded_by: "nobody".to_owned(),
        recorded_at: crate::samples::second(0),
    };
    let founding = seal_founding(founding, [0; 32]).unwrap();
    let log = SledLog::create(&dir.path().join(".dispute"), &founding).unwrap();
    Names::of(&log).unwrap()
}

/// What an event of no dispute declares or makes another declare, and what it goes with.
fn told(entry: &Entry) -> (BTreeSet<Name>, BTreeSet<EventId>) {
    let envelope = entry.envelope();
    let mut ids: BTreeSet<EventId> = envelope.refers_to().iter().cloned().collect();
    let mut names = BTreeSet::new();
    let content = entry.content().map(|it| String::from_utf8(it.bytes.clone()).unwrap());
    let event = content.map(|content| {
        Event::from_record(envelope.kind(), None, envelope.dispute(), "", &content).unwrap()
    });
    match event.map(|event| event.fact) {
        Some(Fact::Party(party)) => names.extend([(Named::Party, party.party)]),
        Some(Fact::Standard(standard)) => names.extend([(Named::Standard, standard.standard)]),
        Some(Fact::Amendment(amendment)) => {
            let (key, value) = &amendment.set.0[0];
            let text = value.as_text().unwrap();
            match key.as_str() {
                "party" => names.extend([(Named::Party, slug(text))]),
                _ => ids.extend([id(text)]),
            }
        }
        _ => {}
    }
    (names, ids)
}

/// The events that go together with some, by going over all of them until nothing is added.
fn together(entries: &[Entry], mut is_one: impl FnMut(&Entry) -> bool) -> Vec<Sequence> {
    let mut found: Vec<&Entry> = entries.iter().filter(|entry| is_one(entry)).collect();
    loop {
        let near = |entry: &&Entry| {
            let (names, ids) = told(entry);
            !found.contains(entry)
                && found.iter().any(|other| {
                    let (other_names, other_ids) = told(other);
                    !names.is_disjoint(&other_names)
                        || ids.contains(other.envelope().id())
                        || other_ids.contains(entry.envelope().id())
                })
        };
        let Some(next) = entries.iter().find(near) else { break };
        found.push(next);
    }
    let mut places: Vec<Sequence> = found.iter().map(|it| it.envelope().sequence()).collect();
    places.sort_unstable();
    places
}

fn check(log: &SledLog) {
    let entries = log.entries_of(None).unwrap();
    let names = Names::of(log).unwrap();
    let read = Names::read(names.write()).unwrap();
    for named in [Named::Party, Named::Standard] {
        for text in SLUGS {
            let name = (named, slug(text));
            let declares = |entry: &Entry| told(entry).0.contains(&name);
            let expected = together(&entries, declares);
            assert_eq!(names.declaring(&name), expected, "{name:?}");
            assert_eq!(read.declaring(&name), expected, "{name:?}");
        }
    }
    for entry in &entries {
        let expected = together(&entries, |other| other == entry);
        let at = entry.envelope().sequence();
        assert_eq!(names.beside(at), expected, "{at}");
        assert_eq!(read.beside(at), expected, "{at}");
    }
    assert_eq!(read.write(), names.write());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn names_are_those_of_a_scan_whatever_became_of_their_file(
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut ledger = Ledger::new();
        for step in &steps {
            ledger = ledger.take(step);
            check(&ledger.log);
        }
        ledger.log.keep_names(&Names::of(&ledger.log).unwrap());
        prop_assert_eq!(verified(&ledger.log).findings, []);
        prop_assert!(Names::contradiction(&ledger.log).unwrap().is_none());
    }
}

/// A ledger of some parties whose names are kept.
fn kept() -> Ledger {
    let mut ledger = Ledger::new();
    (0..9).for_each(|n| ledger.append(0, n, 0));
    ledger.log.keep_names(&Names::of(&ledger.log).unwrap());
    assert!(ledger.file().is_file());
    ledger
}

#[test]
fn each_changed_or_missing_byte_of_the_file_is_found_and_passed_over() {
    let ledger = kept();
    let bytes = fs::read(ledger.file()).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        for damaged in [&changed[..], &bytes[..at]] {
            fs::write(ledger.file(), damaged).unwrap();
            assert!(ledger.log.kept_names().unwrap().is_none(), "{at}");
            assert_eq!(ledger.log.stale_copies().unwrap().len(), 1, "{at}");
        }
    }
    let report = verified(&ledger.log);
    assert_eq!(report.findings[0].code, FindingCode::DerivedStale);
    check(&ledger.log);
}

#[test]
fn names_that_say_something_else_than_the_log_are_found() {
    let (ledger, mut other) = (kept(), Ledger::new());
    let (north, south) = (slug("north"), slug("south"));
    assert!(Names::contradiction(&ledger.log).unwrap().is_none());
    (0..9).for_each(|_| other.append(0, 1, 0));
    let names = Names::of(&other.log).unwrap();
    assert_eq!(names.declaring(&(Named::Party, north)), []);
    assert_eq!(names.declaring(&(Named::Party, south)).len(), 9);
    // As somebody would write them who has the software.
    let through = ledger.log.head().unwrap();
    ledger.log.keep_names(&names.made_through(&through));
    assert_eq!(ledger.log.stale_copies().unwrap(), [""; 0]);
    assert!(Names::contradiction(&ledger.log).unwrap().is_some());
}

#[test]
fn names_of_another_ledger_or_of_another_past_are_found_and_passed_over() {
    let (ledger, mut other) = (kept(), Ledger::new());
    (0..9).for_each(|_| other.append(0, 1, 0));
    for names in [of_another_ledger(), Names::of(&other.log).unwrap()] {
        ledger.log.keep_names(&names);
        assert!(ledger.log.kept_names().unwrap().is_none());
        assert_eq!(ledger.log.stale_copies().unwrap().len(), 1);
        check(&ledger.log);
    }
}

#[test]
fn a_redaction_deletes_the_names() {
    let mut ledger = kept();
    ledger.append(7, 0, 3);
    assert_eq!(ledger.log.head().unwrap().sequence.get(), 10);
    assert!(!ledger.file().exists());
    check(&ledger.log);
}

#[cfg(unix)]
#[test]
fn names_are_neither_read_nor_written_through_a_link() {
    let ledger = kept();
    let elsewhere = ledger.dir.path().join("elsewhere");
    fs::rename(ledger.file(), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, ledger.file()).unwrap();
    assert!(ledger.log.kept_names().unwrap().is_none());
    let before = fs::read(&elsewhere).unwrap();
    fs::remove_file(ledger.file()).unwrap();
    fs::remove_dir(ledger.file().parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(ledger.dir.path(), ledger.file().parent().unwrap()).unwrap();
    ledger.log.keep_names(&Names::of(&ledger.log).unwrap());
    assert!(!ledger.dir.path().join("names").exists());
    assert_eq!(fs::read(&elsewhere).unwrap(), before);
}
