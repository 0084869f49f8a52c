//! Every way to change a small ledger on disk is found, in the right place.

use std::collections::BTreeSet;

use tempfile::TempDir;

use crate::chain::{ExpectedHead, Sequence};
use crate::entry::StoredRecord;
use crate::event_log::sled_log::SledLog;
use crate::event_log::sled_log::layout::{
    HEAD, IDS, INDEXED, LISTS, RECORDS, TREE, insert_record, read_list_key, read_record_key,
    record_key,
};
use crate::event_log::sled_log::store::Batch;
use crate::event_log::{EventLog, Listed, LogError, ReadLog};
use crate::samples::{append, draft, founding, id, import, nth, sealed_onto, slug, verified};
use crate::verify::{Anchor, Finding, FindingCode, Report, verify};

const EVENTS: u64 = 30;
/// The redaction of event 3, without which its content would be missing.
const REDACTION: u64 = 29;

pub(super) fn ledger() -> (TempDir, SledLog) {
    let dir = TempDir::new().unwrap();
    let mut log = SledLog::create(&dir.path().join(".dispute"), &founding()).unwrap();
    import(&mut log, (1..REDACTION).map(nth));
    append(&mut log, draft("redaction", "redaction", None, &["e3"])).unwrap();
    append(&mut log, nth(EVENTS)).unwrap();
    assert_eq!(verified(&log).findings, []);
    (dir, log)
}

pub(super) fn values(log: &SledLog) -> Vec<(Vec<u8>, Vec<u8>)> {
    let pairs = log.store.scan(&[]).unwrap().map(Result::unwrap);
    pairs.map(|(key, value)| (key.to_vec(), value.to_vec())).collect()
}

fn records(log: &SledLog) -> Vec<StoredRecord> {
    log.stored_from(Sequence::LEDGER).map(|(_, record)| record.unwrap()).collect()
}

/// Writes past everything that an append would refuse.
pub(super) fn tamper(log: &mut SledLog, write: impl FnOnce(&mut Batch)) {
    let mut batch = Batch::default();
    write(&mut batch);
    log.store.apply(batch).unwrap();
    log.look();
}

/// Puts records where there are others, from a place on.
pub(super) fn put(log: &mut SledLog, from: u64, records: &[StoredRecord]) {
    tamper(log, |batch| {
        for (at, record) in (from..).zip(records) {
            insert_record(batch, Sequence::new(at), record);
        }
    });
}

fn places(report: &Report) -> BTreeSet<u64> {
    report.findings.iter().filter_map(|finding| finding.sequence.map(Sequence::get)).collect()
}

fn codes(report: &Report) -> Vec<FindingCode> {
    report.findings.iter().map(|finding| finding.code).collect()
}

/// All findings are at some places, and there is one at the first of them. What a damaged
/// redaction leaves behind is an absent content without one.
fn assert_found_at(report: &Report, expected: &[u64], what: &str) {
    let mut found = places(report);
    assert!(found.contains(expected.first().unwrap()), "{what}: {:#?}", report.findings);
    if expected.contains(&REDACTION) {
        found.remove(&3);
    }
    let stray: Vec<&u64> = found.iter().filter(|at| !expected.contains(at)).collect();
    assert!(stray.is_empty(), "{what}: at {stray:?} too: {:#?}", report.findings);
}

#[test]
fn each_changed_byte_is_found_where_it_is() {
    let (_dir, mut log) = ledger();
    for (key, value) in values(&log) {
        for index in 0..value.len() {
            let mut changed = value.clone();
            *changed.get_mut(index).unwrap() ^= 1 << (index % 8);
            tamper(&mut log, |batch| batch.insert(&key, changed));
            let report = verified(&log);
            let what = format!("byte {index} of {:?}", String::from_utf8_lossy(&key));
            assert_eq!(report.exit_code(), 5, "{what}");
            match key.first() {
                Some(&RECORDS) => {
                    let (at, _) = read_record_key(&key).unwrap();
                    assert_found_at(&report, &[at.get()], &what);
                }
                Some(&IDS) => {
                    let event = std::str::from_utf8(key.get(1..).unwrap()).unwrap();
                    let places = places(&report);
                    assert_eq!(codes(&report), [FindingCode::DerivedStale], "{what}");
                    assert!(report.findings.first().unwrap().id == Some(id(event)), "{what}");
                    assert_eq!(places.len(), 1, "{what}");
                }
                _ if key == HEAD => assert!(report.findings.len() == 1, "{what}: {report:?}"),
                _ if key == INDEXED => {
                    assert_eq!(codes(&report), [FindingCode::DerivedStale], "{what}");
                }
                _ if key.starts_with(TREE) => {
                    assert_eq!(codes(&report), [FindingCode::DerivedStale], "{what}");
                }
                _ => panic!("{what}"),
            }
        }
        tamper(&mut log, |batch| batch.insert(&key, value));
    }
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn each_removed_value_is_found() {
    let (_dir, mut log) = ledger();
    for (key, value) in values(&log) {
        tamper(&mut log, |batch| batch.remove(&key));
        let report = verified(&log);
        let what = String::from_utf8_lossy(&key);
        match key.first() {
            Some(&RECORDS) => {
                let (at, _) = read_record_key(&key).unwrap();
                assert_found_at(&report, &[at.get()], &what);
                assert!(codes(&report).contains(&FindingCode::SequenceGap), "{what}");
            }
            Some(&LISTS) => {
                let (_, at) = read_list_key(&key).unwrap();
                assert_found_at(&report, &[at.get()], &what);
                assert_eq!(codes(&report), [FindingCode::DerivedStale]);
            }
            _ => assert_eq!(report.findings.len(), 1, "{what}: {report:#?}"),
        }
        tamper(&mut log, |batch| batch.insert(&key, value));
    }
}

#[test]
fn each_swap_of_two_neighbours_is_found() {
    let (_dir, mut log) = ledger();
    let records = records(&log);
    for at in 0..EVENTS {
        let mut pair: Vec<StoredRecord> =
            records.iter().skip(at.try_into().unwrap()).take(2).cloned().collect();
        pair.reverse();
        put(&mut log, at, &pair);
        assert_found_at(&verified(&log), &[at, at + 1], &format!("{at} swapped"));
        pair.reverse();
        put(&mut log, at, &pair);
    }
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn each_event_recorded_twice_is_found() {
    let (_dir, mut log) = ledger();
    let records = records(&log);
    for at in 0..EVENTS {
        let rest = records.get(usize::try_from(at).unwrap()..).unwrap();
        let next = at + 1;
        // Everything after it one place further on, so that the last event falls off the end.
        put(&mut log, next, rest);
        let report = verified(&log);
        assert_found_at(&report, &[next, EVENTS], &format!("{at} twice"));
        tamper(&mut log, |batch| batch.remove(&record_key(Sequence::new(EVENTS + 1))));
        put(&mut log, next, rest.get(1..).unwrap());
        // In the place of the next one.
        put(&mut log, next, rest.get(..1).unwrap());
        assert_found_at(&verified(&log), &[next], &format!("{at} over {next}"));
        put(&mut log, next, rest.get(1..2).unwrap());
    }
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn each_inserted_event_is_found() {
    let (_dir, mut log) = ledger();
    let records = records(&log);
    for at in 1..=EVENTS {
        let before = log.entry(Sequence::new(at - 1)).unwrap().unwrap().head();
        let forged = sealed_onto(&before, draft("forged", "party", None, &[]));
        let rest = records.get(usize::try_from(at).unwrap()..).unwrap();
        put(&mut log, at + 1, rest);
        put(&mut log, at, &[forged.record().clone()]);
        let report = verified(&log);
        assert_found_at(&report, &[at, at + 1, EVENTS], &format!("forged at {at}"));
        tamper(&mut log, |batch| batch.remove(&record_key(Sequence::new(EVENTS + 1))));
        put(&mut log, at, rest);
    }
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn a_content_that_was_taken_away_is_missing() {
    let (_dir, mut log) = ledger();
    let mut record = log.stored(Sequence::new(7)).unwrap().unwrap();
    record.content = None;
    put(&mut log, 7, &[record]);
    let report = verified(&log);
    assert_eq!(codes(&report), [FindingCode::ContentMissing]);
    assert_eq!(places(&report), BTreeSet::from([7]));
}

#[test]
fn a_redacted_content_that_was_put_back_is_not_erased() {
    let (_dir, mut log) = ledger();
    let mut record = log.stored(Sequence::new(3)).unwrap().unwrap();
    let head = log.entry(Sequence::new(2)).unwrap().unwrap().head();
    record.content = sealed_onto(&head, nth(3)).content().cloned();
    put(&mut log, 3, &[record]);
    let report = verified(&log);
    assert_eq!(codes(&report), [FindingCode::ContentNotErased]);
    assert_eq!(places(&report), BTreeSet::from([3]));
}

/// What an attacker with the software and without the keys can do: the chain alone cannot tell.
#[test]
fn a_rewritten_or_cut_tail_is_found_only_against_a_head_from_elsewhere() {
    let (_dir, log) = ledger();
    let kept = ExpectedHead::from(&log.head().unwrap());
    let other_dir = TempDir::new().unwrap();
    let mut other = SledLog::create(&other_dir.path().join("x"), &founding()).unwrap();
    import(&mut other, (1..REDACTION).map(nth));
    let with = |log: &SledLog| verify(log, &[Anchor::Head(kept.clone())], &|_, _| Ok(())).unwrap();
    assert!(verified(&other).ok());
    assert_eq!(codes(&with(&other)), [FindingCode::HeadBeyondEnd]);
    append(&mut other, draft("milder", "redaction", None, &["e3"])).unwrap();
    append(&mut other, nth(EVENTS)).unwrap();
    assert!(verified(&other).ok());
    let report = with(&other);
    assert_eq!(codes(&report), [FindingCode::HeadContradicted]);
    assert_eq!(report.exit_code(), 6);
    assert!(!report.anchors.first().unwrap().ok);
    assert!(with(&log).ok());
}

#[test]
fn an_event_of_another_ledger_is_found() {
    let (_dir, mut log) = ledger();
    let head = log.entry(Sequence::new(EVENTS - 1)).unwrap().unwrap().head();
    let other = crate::envelope::LedgerId::from_bytes([9; 16]);
    let at = crate::samples::second(EVENTS);
    let entry = crate::seal::seal(nth(EVENTS), other, &head, at, [0; 32]).unwrap();
    put(&mut log, EVENTS, &[entry.record().clone()]);
    let report = verified(&log);
    assert_eq!(codes(&report), [FindingCode::EnvelopeAltered, FindingCode::LinkBroken]);
    assert_eq!(places(&report), BTreeSet::from([EVENTS]));
}

#[test]
fn what_an_append_would_refuse_is_found_where_it_was_written() {
    let (_dir, mut log) = ledger();
    let head = log.head().unwrap();
    let early = crate::chain::Head { recorded_at: crate::samples::second(0), ..head };
    let salt = [0; 32];
    let draft = draft("e7", "rejection", Some("sutter"), &["nobody"]);
    let entry =
        crate::seal::seal(draft, crate::samples::LEDGER, &early, early.recorded_at, salt).unwrap();
    put(&mut log, EVENTS + 1, &[entry.record().clone()]);
    tamper(&mut log, |batch| super::writing::move_head(batch, &entry.head()));
    let report = verified(&log);
    let found: BTreeSet<FindingCode> = codes(&report).into_iter().collect();
    let expected = [
        FindingCode::ClockWentBack,
        FindingCode::DuplicateId,
        FindingCode::DanglingReference,
        FindingCode::DerivedStale,
    ];
    assert_eq!(found, BTreeSet::from(expected), "{report:#?}");
    assert_eq!(places(&report), BTreeSet::from([EVENTS + 1]));
}

#[test]
fn a_writer_refuses_a_log_whose_end_does_not_check_out() {
    let (_dir, mut log) = ledger();
    let head = log.head().unwrap();
    let mut record = log.stored(head.sequence).unwrap().unwrap();
    *record.envelope.last_mut().unwrap() ^= 1;
    put(&mut log, EVENTS, &[record]);
    let refused = log.begin(&head).err();
    assert!(matches!(refused, Some(LogError::Damaged { .. })), "{refused:?}");
    tamper(&mut log, |batch| batch.remove(HEAD));
    let refused = log.begin(&head).err();
    assert!(matches!(refused, Some(LogError::Damaged { .. })), "{refused:?}");
}

#[test]
fn stale_indexes_change_no_answer_and_the_next_writer_rebuilds_them() {
    let (_dir, mut log) = ledger();
    let dispute = slug("sutter");
    let before = (log.of_dispute(Some(&dispute)).unwrap(), log.disputes().unwrap());
    let keys: Vec<Vec<u8>> = values(&log).into_iter().map(|(key, _)| key).collect();
    tamper(&mut log, |batch| {
        for key in keys.iter().filter(|key| [Some(&IDS), Some(&LISTS)].contains(&key.first())) {
            batch.remove(key);
        }
        batch.remove(INDEXED);
    });
    let report = verified(&log);
    assert_eq!(codes(&report), [FindingCode::DerivedStale]);
    assert_eq!((log.of_dispute(Some(&dispute)).unwrap(), log.disputes().unwrap()), before);
    let listed = Listed { sequence: Sequence::new(5), belongs_to: Some(slug("kaiser-socal-2024")) };
    assert_eq!(log.listed(&id("e5")).unwrap(), Some(listed));
    assert_eq!(log.ids_with_prefix("red", 9).unwrap(), [id("redaction")]);
    append(&mut log, draft("more", "party", None, &[])).unwrap();
    assert_eq!(verified(&log).findings, Vec::<Finding>::new());
}
