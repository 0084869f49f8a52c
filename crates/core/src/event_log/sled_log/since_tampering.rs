//! What is verified after a checkpoint is verified as well as it is in the whole.

use crate::chain::{ExpectedHead, Sequence};
use crate::event_log::sled_log::SledLog;
use crate::event_log::sled_log::layout::{RECORDS, TREE, read_record_key};
use crate::event_log::sled_log::tampering::{ledger, put, tamper, values};
use crate::event_log::{LogTree, ReadLog};
use crate::samples::{nth, sealed_onto, verified};
use crate::tree::{TreeHash, TreeHead};
use crate::verify::{Anchor, FindingCode, Report, verify_since};

fn since(log: &SledLog, head: TreeHead, anchors: &[Anchor]) -> Report {
    verify_since(log, "then", head, anchors, &|_, _| Ok(())).unwrap()
}

#[test]
fn from_every_checkpoint_on_the_log_is_what_it_is() {
    let (_dir, log) = ledger();
    let tree = LogTree(&log);
    let whole = verified(&log);
    let size = tree.whole().unwrap().size;
    let anchors: Vec<Anchor> = (0..size)
        .flat_map(|at| {
            let head = log.head_at(Sequence::new(at)).unwrap().unwrap();
            let (head, root) = (ExpectedHead::from(&head), tree.head(at + 1).unwrap());
            [Anchor::Head(head), Anchor::Checkpoint { name: at.to_string(), head: root }]
        })
        .collect();
    for skipped in 0..=size {
        let report = since(&log, tree.head(skipped).unwrap(), &anchors);
        assert_eq!((report.findings.as_slice(), report.skipped), (&[][..], skipped));
        assert_eq!((report.head, report.events), (whole.head, whole.events));
        assert_eq!(report.anchors.len(), anchors.len() + 1);
        assert!(report.anchors.iter().all(|anchor| anchor.ok), "{:?}", report.anchors);
    }
}

#[test]
fn each_changed_byte_after_the_checkpoint_and_at_it_is_found() {
    let (_dir, mut log) = ledger();
    let then = LogTree(&log).head(20).unwrap();
    for (key, value) in values(&log) {
        let at = (key.first() == Some(&RECORDS)).then(|| read_record_key(&key).unwrap().0.get());
        if at.is_some_and(|at| at < 19) {
            continue;
        }
        for index in 0..value.len() {
            let mut changed = value.clone();
            *changed.get_mut(index).unwrap() ^= 1 << (index % 8);
            tamper(&mut log, |batch| batch.insert(&key, changed));
            let report = since(&log, then, &[]);
            let found = report.findings.iter().any(|it| it.sequence.map(Sequence::get) == at);
            match at {
                // The last content before it is no part of the tree.
                Some(19) => assert!(found || report.ok() && report.skipped == 20),
                Some(_) => assert!(found, "byte {index} of {at:?}: {report:#?}"),
                None if key.starts_with(TREE) => assert_eq!(report.exit_code(), 5, "{report:#?}"),
                None => {}
            }
        }
        tamper(&mut log, |batch| batch.insert(&key, value));
    }
}

#[test]
fn a_checkpoint_that_the_log_does_not_have_makes_all_of_it_be_verified() {
    let (_dir, log) = ledger();
    let then = LogTree(&log).head(20).unwrap();
    for (head, code) in [
        (TreeHead { size: 20, root: TreeHash::EMPTY }, FindingCode::CheckpointContradicted),
        (TreeHead { size: 19, ..then }, FindingCode::CheckpointContradicted),
        (TreeHead { size: 32, ..then }, FindingCode::CheckpointBeyondEnd),
    ] {
        let report = since(&log, head, &[]);
        assert_eq!(report.skipped, 0);
        assert_eq!(report.findings.iter().map(|it| it.code).collect::<Vec<_>>(), [code]);
    }
}

#[test]
fn an_anchor_from_before_the_checkpoint_is_not_taken_on_trust() {
    let (_dir, log) = ledger();
    let then = LogTree(&log).head(20).unwrap();
    let other = TreeHead { size: 7, root: TreeHash::EMPTY };
    let head = ExpectedHead::parse("7:00000000").unwrap();
    let checkpoint = Anchor::Checkpoint { name: "other".to_owned(), head: other };
    let report = since(&log, then, &[Anchor::Head(head), checkpoint]);
    let codes: Vec<FindingCode> = report.findings.iter().map(|it| it.code).collect();
    assert_eq!(report.skipped, 20);
    assert!(codes.contains(&FindingCode::HeadContradicted), "{codes:?}");
    assert!(codes.contains(&FindingCode::CheckpointContradicted), "{codes:?}");
}

#[test]
fn the_tree_of_the_envelopes_is_the_same_whatever_is_stored_of_it() {
    let (_dir, mut log) = ledger();
    let whole = LogTree(&log).whole().unwrap();
    for (key, value) in values(&log).into_iter().filter(|(key, _)| key.starts_with(TREE)) {
        let mut changed = value.clone();
        *changed.last_mut().unwrap() ^= 1;
        tamper(&mut log, |batch| batch.insert(&key, changed));
        for size in 0..=whole.size {
            let head = LogTree(&log).of_envelopes(size).unwrap();
            assert!(head.size == size && (size < whole.size || head == whole));
        }
        tamper(&mut log, |batch| batch.insert(&key, value));
    }
    assert!(LogTree(&log).of_envelopes(whole.size + 1).is_err());
}

#[test]
fn a_head_from_before_that_was_forged_with_its_envelope_is_not_met() {
    let (_dir, mut log) = ledger();
    let then = LogTree(&log).head(20).unwrap();
    let other = sealed_onto(&log.head_at(Sequence::new(6)).unwrap().unwrap(), nth(27));
    put(&mut log, 7, &[other.record().clone()]);
    let anchor = Anchor::Head(ExpectedHead::from(&other.head()));
    let report = since(&log, then, &[anchor]);
    assert_eq!((report.exit_code(), report.skipped), (5, 0), "{report:#?}");
}
