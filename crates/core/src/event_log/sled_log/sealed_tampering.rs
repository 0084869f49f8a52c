//! Every way to change what lies in segments is found, and no damage to one makes a reader panic.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::chain::{Head, Sequence};
use crate::digest::Digest;
use crate::encoding::write_mark;
use crate::entry::{Entry, StoredRecord};
use crate::event_log::index::belongs_to;
use crate::event_log::sled_log::layout::{record_key, segment_key};
use crate::event_log::sled_log::segments::SegmentMark;
use crate::event_log::sled_log::tampering::{put, tamper};
use crate::event_log::sled_log::{Sizes, SledLog};
use crate::event_log::{EventLog, LogError, LogTree, ReadLog};
use crate::identifier::Slug;
use crate::samples::{append, draft, founding, id, import, nth, salt, second, slug, verified};
use crate::verify::{Anchor, FindingCode, Report, verify};

const EVENTS: u64 = 30;
/// The redaction of event 3.
const REDACTION: u64 = 26;

/// A ledger of four segments and a few events in the store.
fn ledger() -> (TempDir, SledLog) {
    let dir = TempDir::new().unwrap();
    let mut log = SledLog::create(&dir.path().join(".dispute"), &founding()).unwrap();
    log.make_small();
    import(&mut log, (1..REDACTION).map(nth));
    append(&mut log, draft("redaction", "redaction", None, &["e3"])).unwrap();
    for number in REDACTION + 1..=EVENTS {
        append(&mut log, nth(number)).unwrap();
    }
    assert!(log.segments.list().len() > 3);
    assert!(log.first_live().get() > REDACTION);
    assert_eq!(verified(&log).findings, []);
    (dir, log)
}

fn records(log: &SledLog) -> Vec<StoredRecord> {
    log.stored_from(Sequence::LEDGER).map(|(_, record)| record.unwrap()).collect()
}

/// Puts records in the places of the ledger's own, from the first on, as somebody would who has the
/// software: segments, tables and marks are right for what they hold.
fn rewrite(log: &mut SledLog, records: &[StoredRecord]) {
    let entries: Vec<Entry> = records.iter().map(|it| Entry::read(it.clone()).unwrap()).collect();
    let belongs = |entry: &Entry| -> Option<Slug> {
        let listed = |id: &_| Ok(log.listed(id).unwrap());
        belongs_to(entry.envelope(), listed).unwrap()
    };
    let mut marks = Vec::new();
    for segment in log.segments.list() {
        let mark = segment.mark();
        let mut writer = log.segment_from(mark.first).unwrap();
        for at in mark.first.get()..mark.end().get() {
            let entry = &entries[usize::try_from(at).unwrap()];
            writer.push(entry, belongs(entry).as_ref());
        }
        marks.push(writer.finish(&log.segments_dir).unwrap());
    }
    let live = log.first_live().get();
    tamper(log, |batch| {
        for mark in marks {
            batch.insert(&segment_key(mark.first), write_mark(&mark));
        }
    });
    let rest = records.get(usize::try_from(live).unwrap()..).unwrap_or_default();
    put(log, live, rest);
}

fn codes(report: &Report) -> BTreeSet<FindingCode> {
    report.findings.iter().map(|finding| finding.code).collect()
}

fn places(report: &Report) -> BTreeSet<u64> {
    report.findings.iter().filter_map(|finding| finding.sequence.map(Sequence::get)).collect()
}

fn assert_found(report: &Report, code: FindingCode, at: u64, what: &str) {
    assert_eq!(report.exit_code(), 5, "{what}");
    let found = report
        .findings
        .iter()
        .any(|finding| finding.code == code && finding.sequence == Some(Sequence::new(at)));
    assert!(found, "{what}: {:#?}", report.findings);
}

fn files(log: &SledLog) -> Vec<PathBuf> {
    let names = log.segments.list().iter().map(|segment| segment.mark().file_name());
    names.map(|name| log.segments_dir.join(name)).collect()
}

/// Asks everything; what comes does not matter.
fn ask(log: &SledLog) {
    let _ = log.entries(Sequence::LEDGER).count();
    let _ = log.listed(&id("e7"));
    let _ = log.listed(&id("nobody"));
    let _ = log.ids_with_prefix("e", 100);
    let _ = log.entries_of(Some(&slug("sutter")));
    let _ = log.entries_of(None);
    let _ = log.disputes();
    let _ = log.stored(Sequence::new(9));
}

#[test]
fn each_changed_byte_of_a_segment_is_found_where_it_is() {
    let (_dir, mut log) = ledger();
    for (number, path) in files(&log).into_iter().enumerate() {
        let bytes = fs::read(&path).unwrap();
        let mark = *log.segments.list()[number].mark();
        for at in (number..bytes.len()).step_by(5) {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            fs::write(&path, changed).unwrap();
            log.look();
            let report = verified(&log);
            let what = format!("byte {at} of segment {number}");
            assert_eq!(report.exit_code(), 5, "{what}");
            // A redaction that cannot be read leaves an absent content without one.
            let expected =
                |at: &u64| (mark.first.get()..=mark.end().get()).contains(at) || *at == 3;
            assert!(places(&report).iter().all(expected), "{what}: {report:#?}");
            ask(&log);
        }
        fs::write(&path, bytes).unwrap();
        log.look();
        assert_eq!(verified(&log).findings, []);
    }
}

#[test]
fn a_segment_that_is_cut_or_gone_is_found_and_changes_no_answer_silently() {
    let (_dir, mut log) = ledger();
    for (number, path) in files(&log).into_iter().enumerate() {
        let bytes = fs::read(&path).unwrap();
        let first = log.segments.list()[number].mark().first.get();
        for kept in [None, Some(0), Some(5), Some(bytes.len() / 2), Some(bytes.len() - 1)] {
            match kept {
                Some(kept) => fs::write(&path, &bytes[..kept]).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            log.look();
            let report = verified(&log);
            assert_eq!(report.exit_code(), 5, "{number} {kept:?}");
            assert!(places(&report).contains(&first), "{number} {kept:?}: {report:#?}");
            ask(&log);
            assert!(log.entries(Sequence::LEDGER).any(|entry| entry.is_err()));
            assert!(log.of_dispute(Some(&slug("sutter"))).is_err());
        }
        fs::write(&path, bytes).unwrap();
        log.look();
    }
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn a_content_that_was_changed_is_found_at_its_event() {
    let (_dir, mut log) = ledger();
    let untouched = records(&log);
    for at in 1..EVENTS {
        let mut records = untouched.clone();
        let Some(content) = &mut records[usize::try_from(at).unwrap()].content else { continue };
        *content.bytes.last_mut().unwrap() ^= 1;
        rewrite(&mut log, &records);
        assert_found(&verified(&log), FindingCode::ContentAltered, at, &format!("at {at}"));
    }
    rewrite(&mut log, &untouched);
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn an_envelope_that_was_changed_is_found_at_its_event() {
    let (_dir, mut log) = ledger();
    let untouched = records(&log);
    for at in 1..EVENTS {
        let mut records = untouched.clone();
        // The last byte of the commitment.
        *records[usize::try_from(at).unwrap()].envelope.last_mut().unwrap() ^= 1;
        rewrite(&mut log, &records);
        assert_found(&verified(&log), FindingCode::EnvelopeAltered, at, &format!("at {at}"));
    }
}

#[test]
fn two_swapped_events_are_found_also_over_a_seam() {
    let (_dir, mut log) = ledger();
    let untouched = records(&log);
    for at in 1..EVENTS {
        let mut records = untouched.clone();
        let n = usize::try_from(at).unwrap();
        records.swap(n, n + 1);
        rewrite(&mut log, &records);
        assert_found(&verified(&log), FindingCode::SequenceGap, at, &format!("{at} swapped"));
    }
}

#[test]
fn a_content_that_was_taken_away_or_put_back_is_found() {
    let (_dir, mut log) = ledger();
    let untouched = records(&log);
    let mut records = untouched.clone();
    records[8].content = None;
    rewrite(&mut log, &records);
    let report = verified(&log);
    assert_eq!(codes(&report), BTreeSet::from([FindingCode::ContentMissing]));
    assert_eq!(places(&report), BTreeSet::from([8]));
    let mut records = untouched.clone();
    let head = Entry::read(untouched[2].clone()).unwrap().head();
    records[3].content = crate::samples::sealed_onto(&head, nth(3)).content().cloned();
    rewrite(&mut log, &records);
    let report = verified(&log);
    assert_eq!(codes(&report), BTreeSet::from([FindingCode::ContentNotErased]));
    assert_eq!(places(&report), BTreeSet::from([3]));
}

/// The chain from a place on, sealed anew as somebody would who has the software.
fn resealed(
    untouched: &[StoredRecord],
    from: usize,
    forged: crate::seal::Draft,
    back: bool,
) -> Vec<StoredRecord> {
    let mut records = untouched.to_vec();
    let mut head = Entry::read(untouched[from - 1].clone()).unwrap().head();
    for (at, record) in records.iter_mut().enumerate().skip(from) {
        let old = Entry::read(record.clone()).unwrap();
        let draft = if at == from { forged.clone() } else { again(&old) };
        let then = if at == from && back { second(0) } else { old.envelope().recorded_at() };
        let salt = salt(draft.id.as_str());
        let ledger = crate::samples::LEDGER;
        let head_then = Head { recorded_at: then, ..head };
        let entry = crate::seal::seal(draft, ledger, &head_then, then, salt).unwrap();
        head = entry.head();
        *record = entry.record().clone();
        record.content = record.content.take().filter(|_| old.content().is_some());
    }
    records
}

fn again(old: &Entry) -> crate::seal::Draft {
    let envelope = old.envelope();
    crate::seal::Draft {
        id: envelope.id().clone(),
        dispute: envelope.dispute().cloned(),
        kind: envelope.kind().into(),
        schema: envelope.schema(),
        occurred: envelope.occurred().cloned(),
        refers_to: envelope.refers_to().to_vec(),
        content: old.content().map(|content| content.bytes.clone()).unwrap_or_default(),
        recorded_by: envelope.recorded_by().into(),
    }
}

#[test]
fn what_an_append_would_refuse_is_found_where_it_was_sealed() {
    let cases = [
        (draft("e2", "party", None, &[]), false, FindingCode::DuplicateId),
        (
            draft("x", "rejection", Some("sutter"), &["nobody"]),
            false,
            FindingCode::DanglingReference,
        ),
        (draft("x", "rejection", Some("sutter"), &["e24"]), false, FindingCode::DanglingReference),
        (draft("x", "rejection", Some("sutter"), &["x"]), false, FindingCode::DanglingReference),
        (draft("x", "party", None, &[]), true, FindingCode::ClockWentBack),
    ];
    for (forged, back, code) in cases {
        let (_dir, mut log) = ledger();
        let records = resealed(&records(&log), 12, forged.clone(), back);
        rewrite(&mut log, &records);
        let last = Entry::read(records.last().unwrap().clone()).unwrap();
        tamper(&mut log, |batch| super::writing::move_head(batch, &last.head()));
        assert_found(&verified(&log), code, 12, &format!("{forged:?}"));
    }
}

#[test]
fn tables_that_say_something_else_are_found() {
    let (_dir, mut log) = ledger();
    let mark = *log.segments.list()[1].mark();
    let mut writer = log.segment_from(mark.first).unwrap();
    for entry in log.entries(mark.first).map(Result::unwrap) {
        if entry.envelope().sequence() < mark.end() {
            writer.push(&entry, Some(&slug("elsewhere")));
        }
    }
    let forged = writer.finish(&log.segments_dir).unwrap();
    tamper(&mut log, |batch| batch.insert(&segment_key(forged.first), write_mark(&forged)));
    let report = verified(&log);
    assert_eq!(codes(&report), BTreeSet::from([FindingCode::DerivedStale]));
    assert!(places(&report).contains(&mark.first.get()), "{report:#?}");
    // The next who works all of it out anew mends it.
    log.rebuild_derived().unwrap();
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn a_segment_of_no_events_that_hides_those_of_another_is_found() {
    let (_dir, mut log) = ledger();
    let inside = log.segments.list()[1].mark().first.next();
    let forged = log.segment_from(inside).unwrap().finish(&log.segments_dir).unwrap();
    tamper(&mut log, |batch| batch.insert(&segment_key(forged.first), write_mark(&forged)));
    assert_ne!(verified(&log).findings, []);
}

#[test]
fn what_is_wrong_at_the_seam_of_two_parts_of_a_segment_is_found() {
    let dir = TempDir::new().unwrap();
    let mut log = SledLog::create(&dir.path().join(".dispute"), &founding()).unwrap();
    // Parts of 48 events, some with all the leaves of a tile.
    log.sizes = Sizes { live: 3, pending: 2_000, segment: 700 };
    import(&mut log, (1..1_500).map(nth));
    assert!(log.segments.list().len() > 1);
    assert_eq!(verified(&log).findings, []);
    let untouched = records(&log);
    for at in [1_u64, 47, 48, 49, 95, 96, 255, 256, 671, 672, 699, 700, 701] {
        let n = usize::try_from(at).unwrap();
        let mut records = untouched.clone();
        *records[n].content.as_mut().unwrap().bytes.last_mut().unwrap() ^= 1;
        rewrite(&mut log, &records);
        assert_found(&verified(&log), FindingCode::ContentAltered, at, &format!("at {at}"));
        let mut records = untouched.clone();
        records.swap(n, n + 1);
        rewrite(&mut log, &records);
        assert_found(&verified(&log), FindingCode::SequenceGap, at, &format!("{at} swapped"));
    }
    rewrite(&mut log, &untouched);
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn a_file_that_the_store_does_not_name_is_no_part_of_the_log() {
    let (_dir, mut log) = ledger();
    let stray = log.segments_dir.join("000000000031-0123456789abcdef");
    fs::copy(&files(&log)[0], &stray).unwrap();
    assert_eq!(verified(&log).findings, []);
    append(&mut log, nth(EVENTS + 1)).unwrap();
    assert!(!stray.exists());
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn a_ledger_from_before_there_were_segments_is_moved_into_them_by_its_next_append() {
    let dir = TempDir::new().unwrap();
    let mut log = SledLog::create(&dir.path().join(".dispute"), &founding()).unwrap();
    import(&mut log, (1..=EVENTS).map(nth));
    assert!(log.segments.list().is_empty());
    assert_eq!(log.events_to_move(), None);
    let before: Vec<Entry> = log.entries(Sequence::LEDGER).map(Result::unwrap).collect();
    log.make_small();
    assert_eq!(log.events_to_move(), Some(EVENTS + 1));
    append(&mut log, nth(EVENTS + 1)).unwrap();
    assert_eq!(log.events_to_move(), None);
    assert_eq!(log.first_live(), Sequence::new(EVENTS + 1));
    let after: Vec<Entry> = log.entries(Sequence::LEDGER).map(Result::unwrap).collect();
    assert_eq!(after[..before.len()], before);
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn what_an_interrupted_move_leaves_is_in_one_place_and_the_next_append_tidies_up() {
    // The segment was written, and the store does not name it: as after a power cut in between.
    let (_dir, mut log) = ledger();
    let live = log.first_live();
    let mut writer = log.segment_from(live).unwrap();
    for entry in log.entries(live).map(Result::unwrap) {
        let belongs_to = log.listed(entry.envelope().id()).unwrap().unwrap().belongs_to;
        writer.push(&entry, belongs_to.as_ref());
    }
    let mark = writer.finish(&log.segments_dir).unwrap();
    log.look();
    assert_eq!(log.first_live(), live);
    assert_eq!(verified(&log).findings, []);
    assert_eq!(log.entries(Sequence::LEDGER).count() as u64, EVENTS + 1);
    append(&mut log, nth(EVENTS + 1)).unwrap();
    let is_named = log.segments.list().iter().any(|segment| *segment.mark() == mark);
    assert!(is_named || !log.segments_dir.join(mark.file_name()).exists());
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn a_segment_whose_name_is_unreadable_or_forged_is_reported_and_never_deleted() {
    let (_dir, mut log) = ledger();
    let marks: Vec<_> = log.segments.list().iter().map(|segment| *segment.mark()).collect();
    let files = files(&log);
    let head = log.head().unwrap();
    let elsewhere = |mark: &SegmentMark| SegmentMark { digest: Digest::NONE, ..*mark };
    let forged = marks
        .iter()
        .flat_map(|mark| [(*mark, vec![255; 3]), (*mark, write_mark(&elsewhere(mark)))]);
    for (mark, value) in forged {
        tamper(&mut log, |batch| batch.insert(&segment_key(mark.first), value));
        let report = verified(&log);
        assert_eq!(report.exit_code(), 5, "{mark:?}");
        assert!(places(&report).contains(&mark.first.get()), "{mark:?}: {report:#?}");
        let refused = log.begin(&head).err();
        assert!(matches!(refused, Some(LogError::Damaged { .. })), "{mark:?}: {refused:?}");
        assert!(files.iter().all(|file| file.exists()), "{mark:?}");
        tamper(&mut log, |batch| batch.insert(&segment_key(mark.first), write_mark(&mark)));
    }
    assert_eq!(verified(&log).findings, []);
}

#[test]
fn a_hole_in_the_store_is_never_sealed_over() {
    let dir = TempDir::new().unwrap();
    let mut log = SledLog::create(&dir.path().join(".dispute"), &founding()).unwrap();
    import(&mut log, (1..=EVENTS).map(nth));
    let head = log.head().unwrap();
    tamper(&mut log, |batch| batch.remove(&record_key(Sequence::new(5))));
    log.make_small();
    let refused = log.begin(&head).err();
    assert!(matches!(refused, Some(LogError::Damaged { .. })), "{refused:?}");
    assert!(log.segments.list().is_empty());
    let report = verified(&log);
    assert_eq!(places(&report), BTreeSet::from([5]), "{report:#?}");
}

/// Who rewrites history and leaves the rows of the tree that he does not think of.
#[test]
fn a_checkpoint_is_not_met_by_rows_of_the_tree_that_the_envelopes_do_not_give() {
    let dir = TempDir::new().unwrap();
    let mut log = SledLog::create(&dir.path().join(".dispute"), &founding()).unwrap();
    log.make_small();
    import(&mut log, (1..=600).map(nth));
    for number in 601..=604 {
        append(&mut log, nth(number)).unwrap();
    }
    let kept = LogTree(&log).head(512).unwrap();
    let given = || [Anchor::Checkpoint { name: "kept".to_owned(), head: kept }];
    let with = |log: &SledLog| verify(log, &given(), &|_, _| Ok(())).unwrap();
    assert_eq!(with(&log).findings, []);
    let forged = resealed(&records(&log), 300, draft("forged", "party", None, &[]), false);
    rewrite(&mut log, &forged);
    let last = Entry::read(forged.last().unwrap().clone()).unwrap();
    tamper(&mut log, |batch| super::writing::move_head(batch, &last.head()));
    let report = with(&log);
    assert!(codes(&report).contains(&FindingCode::CheckpointContradicted), "{report:#?}");
    assert!(report.anchors.iter().all(|anchor| !anchor.ok), "{report:#?}");
}
