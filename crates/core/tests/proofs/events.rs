//! The proof of an event: nothing in its file can be changed and still be believed.

use dispute_core::{
    BehindClock, Checkpoint, Draft, EventId, EventLog, ExitClass, FindingCode, FixedClock,
    Founding, Instant, LogTree, MemoryLog, Origin, Policy, ReadLog, Sealer, Sequence,
    SignedCheckpoint, StoredRecord, TlogProof, TreeHash, Trust, verify_event,
};

use crate::naive::NaiveTree;
use crate::signing::{keeper, key};

fn log(name: &str) -> MemoryLog {
    let clock = FixedClock::at(Instant::parse("2025-01-01T00:00:00Z").unwrap());
    let founding = Founding::new(name, "maria", &clock).unwrap().seal().unwrap();
    let mut log = MemoryLog::create(founding);
    for number in 0..20 {
        let (head, ledger) = (log.head().unwrap(), log.ledger().unwrap().id);
        let mut sealer = Sealer::new(ledger, head, &clock, BehindClock::Refuse);
        let draft = Draft {
            id: EventId::parse(&format!("e{number}")).unwrap(),
            dispute: None,
            kind: "party".into(),
            schema: 1,
            occurred: None,
            refers_to: Vec::new(),
            content: format!(r#"{{"name":"party {number}"}}"#).into_bytes(),
            recorded_by: "maria".into(),
        };
        let at = sealer.next_time().unwrap();
        log.append(&head, sealer.seal_at(draft, at).unwrap()).unwrap();
    }
    log
}

fn checkpoint(log: &MemoryLog) -> SignedCheckpoint {
    let origin = Origin::of_ledger(&log.ledger().unwrap().id);
    let head = LogTree(log).whole().unwrap();
    SignedCheckpoint::sign(Checkpoint::new(origin, head), &keeper()).unwrap()
}

fn prove(log: &MemoryLog, at: u64, withheld: bool) -> TlogProof {
    let checkpoint = checkpoint(log);
    let hashes = LogTree(log).inclusion(Sequence::new(at), checkpoint.head().size).unwrap();
    let record = log.stored(Sequence::new(at)).unwrap().unwrap();
    let record = if withheld { record.withheld() } else { record };
    TlogProof::new(at, hashes, &checkpoint).unwrap().with_extra(record.write())
}

fn trust() -> Trust {
    Trust { keys: vec![keeper().verifier_key().clone()], policies: Vec::new() }
}

#[test]
fn a_full_proof_and_a_withheld_one_show_the_same_event() {
    let log = log("a");
    for at in 0..=20 {
        let [full, bare] = [false, true].map(|withheld| {
            let report = verify_event(&prove(&log, at, withheld), &trust(), &|_, _| Ok(()));
            assert_eq!((report.findings.as_slice(), report.class()), (&[][..], None));
            assert_eq!(report.signed_by, [keeper().name().as_str()]);
            report.entry.unwrap()
        });
        assert_eq!((full.digest(), full.envelope()), (bare.digest(), bare.envelope()));
        assert!(full.content().is_some() && bare.content().is_none());
    }
}

#[test]
fn no_bit_of_a_proof_can_be_changed() {
    let log = log("a");
    for withheld in [false, true] {
        let text = prove(&log, 7, withheld).to_string().into_bytes();
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone();
                changed[at] ^= 1 << bit;
                let Ok(proof) = TlogProof::parse(&changed) else { continue };
                let report = verify_event(&proof, &trust(), &|_, _| Ok(()));
                assert!(!report.findings.is_empty(), "bit {bit} of byte {at}");
            }
        }
    }
}

#[test]
fn parts_of_other_proofs_do_not_fit() {
    let (log, other) = (log("a"), log("b"));
    let (mine, theirs) = (prove(&log, 7, false), prove(&other, 7, false));
    let neighbour = prove(&log, 8, false);
    let texts = [&mine, &theirs, &neighbour].map(ToString::to_string);
    let part = |proof: usize, from: &str, to: &str| {
        let (_, after) = texts[proof].split_once(from).unwrap();
        format!("{from}{}", after.split(to).next().unwrap())
    };
    for (from, to) in [("extra ", "index "), ("index ", "\n"), ("\n\n", "\u{0}")] {
        for proof in [1, 2] {
            let (own, stranger) = (part(0, from, to), part(proof, from, to));
            if own == stranger {
                continue;
            }
            let mixed = texts[0].replace(&own, &stranger);
            let mixed = TlogProof::parse(mixed.as_bytes()).unwrap();
            let report = verify_event(&mixed, &trust(), &|_, _| Ok(()));
            assert_eq!(report.class(), Some(ExitClass::Broken), "{from:?} of {proof}");
        }
    }
    // What the content says is for the caller to read.
    let report = verify_event(&mine, &trust(), &|_, _| Err("no".to_owned()));
    assert_eq!(report.findings.len(), 1);
}

/// What is found where a keeper signs a tree with leaves that do not belong there.
fn found_in(records: &[StoredRecord], index: u64, of: &MemoryLog) -> Vec<FindingCode> {
    let leaves = records.iter().map(|record| TreeHash::of_leaf(&record.envelope)).collect();
    let tree = NaiveTree::new(leaves);
    let origin = Origin::of_ledger(&of.ledger().unwrap().id);
    let checkpoint = Checkpoint::new(origin, tree.head(records.len()));
    let checkpoint = SignedCheckpoint::sign(checkpoint, &keeper()).unwrap();
    let at = usize::try_from(index).unwrap();
    let proof = TlogProof::new(index, tree.path(at, 0, records.len()), &checkpoint).unwrap();
    let proof = proof.with_extra(records[at].write());
    let findings = verify_event(&proof, &trust(), &|_, _| Ok(())).findings;
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn an_envelope_in_another_place_or_of_another_ledger_is_found_although_it_is_signed() {
    let log = log("a");
    let records = |log: &MemoryLog| -> Vec<StoredRecord> {
        log.stored_from(Sequence::LEDGER).map(|(_, record)| record.unwrap()).collect()
    };
    let mut mine = records(&log);
    assert_eq!(found_in(&mine, 7, &log), []);
    mine.swap(7, 8);
    assert_eq!(found_in(&mine, 7, &log), [FindingCode::SequenceGap]);
    let theirs = records(&self::log("b"));
    assert_eq!(found_in(&theirs, 7, &log), [FindingCode::EnvelopeAltered]);
}

#[test]
fn nobody_else_is_believed_and_too_few_are_told_apart() {
    let proof = prove(&log("a"), 7, false);
    let stranger = key("stranger", 9);
    let keys = vec![stranger.verifier_key().clone()];
    let report = verify_event(&proof, &Trust { keys, policies: vec![] }, &|_, _| Ok(()));
    assert_eq!(report.class(), Some(ExitClass::Broken));
    let policy = format!(
        "log {}\nwitness U {}\nquorum U\n",
        keeper().verifier_key(),
        key("union", 2).cosigner_key()
    );
    let policies = vec![("policy".to_owned(), Policy::parse(&policy).unwrap())];
    let report = verify_event(&proof, &Trust { keys: vec![], policies }, &|_, _| Ok(()));
    assert_eq!(report.class(), Some(ExitClass::Contradicted));
}
