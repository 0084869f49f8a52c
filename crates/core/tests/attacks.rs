//! The attacks of a cheating keeper, one a row, tried at every place of a ledger of 200 events of
//! which somebody holds a checkpoint after event 150, and somebody else the head.
//!
//! Each row says what is done, which finding each place gives with the checkpoint alone, and how
//! often. That every check is needed is shown beside it: a verifier that lacks the checks of a row
//! lets its attacks pass.
//!
//! What is signed is attacked where signatures are tested: keys swapped and signatures malleated in
//! `proofs/notes.rs` and `proofs/signing.rs`, two histories in `proofs/cosigners.rs`, and a cosigner
//! that is stopped at each step of storing its memory in `proofs/memory.rs`.

#![cfg(test)]

#[path = "attacks/keeper.rs"]
mod keeper;

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::FindingCode::{
    CheckpointBeyondEnd, CheckpointContradicted, ClockWentBack, ContentAltered, ContentMissing,
    ContentNotErased, DanglingReference, DerivedStale, DuplicateId, EnvelopeAltered, HeadBeyondEnd,
    HeadContradicted, LinkBroken, NotCanonical, SequenceGap, Undecodable,
};
use dispute_core::{
    Anchor, Content, Digest, ExpectedHead, FindingCode, LedgerId, Listed, Report, Sequence,
    StoredRecord, TreeHash, seal, verify,
};

use crate::keeper::{
    ERASED, EVENTS, Keeper, LEDGER, REDACTION, head_of, id, nth, sealed, second, slug, with_digest,
};

/// The envelopes that the checkpoint covers: the ledger's own and 150 events.
const CHECKPOINT: usize = 151;

struct Attack {
    what: &'static str,
    /// What the keeper has after it, at a place; none where it cannot be done there.
    done: fn(&Keeper, u64) -> Option<Keeper>,
    /// How many places give each finding as the first cause; `None` for those that nothing shows.
    gives: &'static [(Option<FindingCode>, usize)],
    /// Other findings that come with it.
    also: &'static [FindingCode],
}

const ATTACKS: &[Attack] = &[
    Attack {
        what: "edit: a byte of an envelope",
        done: |keeper, at| {
            let mut keeper = keeper.clone();
            let record = &mut keeper.records[usize::try_from(at).unwrap()];
            let middle = record.envelope.len() / 2;
            record.envelope[middle] ^= 1;
            Some(keeper)
        },
        gives: &[(Some(EnvelopeAltered), 200)],
        // What an altered redaction erased is missing without one.
        also: &[CheckpointContradicted, ContentMissing],
    },
    Attack {
        what: "edit: an envelope with its digest, and everything derived",
        done: |keeper, at| {
            let mut records = keeper.records.clone();
            let before = head_of(&records[..usize::try_from(at).unwrap()]);
            let other = keeper::second(at);
            let mut draft = nth(at);
            draft.recorded_by = "somebody".into();
            let entry = seal(draft, LEDGER, &before, other, [9; 32]).unwrap();
            let record = &mut records[usize::try_from(at).unwrap()];
            let content = record.content.as_ref().and(entry.record().content.clone());
            *record = StoredRecord { content, ..entry.record().clone() };
            (at < EVENTS).then(|| Keeper::derived_from(records))
        },
        gives: &[(Some(LinkBroken), 199)],
        also: &[CheckpointContradicted],
    },
    Attack {
        what: "edit: a content",
        done: |keeper, at| {
            let mut keeper = keeper.clone();
            keeper.content_mut(at)?.bytes[10] ^= 1;
            Some(keeper)
        },
        gives: &[(Some(ContentAltered), 198)],
        also: &[],
    },
    Attack {
        what: "salt altered",
        done: |keeper, at| {
            let mut keeper = keeper.clone();
            keeper.content_mut(at)?.salt[31] ^= 0x80;
            Some(keeper)
        },
        gives: &[(Some(ContentAltered), 198)],
        also: &[],
    },
    Attack {
        what: "remove: an event, the others left where they are",
        done: |keeper, at| {
            let mut records = keeper.records.clone();
            records.remove(usize::try_from(at).unwrap());
            Some(Keeper { mark: keeper.mark, ..Keeper::derived_from(records) })
        },
        gives: &[(Some(SequenceGap), 200)],
        also: &[
            LinkBroken,
            CheckpointContradicted,
            DanglingReference,
            DerivedStale,
            ContentMissing,
            CheckpointBeyondEnd,
        ],
    },
    Attack {
        what: "remove: an event, and all after it sealed anew",
        done: |keeper, at| {
            // What others refer to would leave a reference to nothing.
            let named = at % 9 == 8 || [ERASED, REDACTION].contains(&at);
            let rechained =
                || keeper.rechained(at, |number, draft| (number != at).then_some(draft));
            (!named).then(rechained)
        },
        gives: &[(Some(CheckpointContradicted), 132), (None, 44)],
        also: &[],
    },
    Attack {
        what: "insert: an event, the others left as they are",
        done: |keeper, at| {
            let mut records = keeper.records.clone();
            let before = head_of(&records[..usize::try_from(at).unwrap()]);
            let mut draft = nth(1);
            draft.id = id("inserted");
            records.insert(
                usize::try_from(at).unwrap(),
                sealed(draft, LEDGER, &before).record().clone(),
            );
            Some(Keeper::derived_from(records))
        },
        gives: &[(Some(SequenceGap), 200)],
        also: &[CheckpointContradicted, DerivedStale],
    },
    Attack {
        what: "swap: two neighbours",
        done: |keeper, at| {
            let mut records = keeper.records.clone();
            let at = usize::try_from(at).unwrap();
            (at + 1 < records.len()).then(|| {
                records.swap(at, at + 1);
                Keeper::derived_from(records)
            })
        },
        gives: &[(Some(SequenceGap), 199)],
        also: &[
            LinkBroken,
            ClockWentBack,
            CheckpointContradicted,
            DanglingReference,
            DerivedStale,
            ContentMissing,
        ],
    },
    Attack {
        what: "cut: the tail, the end of the log left where it was",
        done: |keeper, at| {
            let records = keeper.records[..usize::try_from(at).unwrap()].to_vec();
            Some(Keeper { mark: keeper.mark, ..Keeper::derived_from(records) })
        },
        gives: &[(Some(SequenceGap), 200)],
        also: &[CheckpointBeyondEnd, ContentMissing, DerivedStale],
    },
    Attack {
        what: "cut: the tail, with everything derived",
        done: |keeper, at| {
            let records = keeper.records[..usize::try_from(at).unwrap()].to_vec();
            // Contents that the redaction erased would be missing before it.
            let erased = (ERASED + 1..=REDACTION).contains(&at);
            (!erased).then(|| Keeper::derived_from(records))
        },
        gives: &[(Some(CheckpointBeyondEnd), 90), (None, 50)],
        also: &[],
    },
    Attack {
        what: "re-chain: another content from a place on, with everything derived",
        done: |keeper, at| {
            Some(keeper.rechained(at, |number, mut draft| {
                if number == at {
                    draft.content = br#"{"note":"never said"}"#.to_vec();
                }
                Some(draft)
            }))
        },
        gives: &[(Some(CheckpointContradicted), 150), (None, 50)],
        also: &[],
    },
    Attack {
        what: "rewrite: everything, from the first event",
        done: |keeper, at| {
            (at == 1).then(|| {
                keeper.rechained(1, |_, mut draft| {
                    draft.recorded_by = "another".into();
                    Some(draft)
                })
            })
        },
        gives: &[(Some(CheckpointContradicted), 1)],
        also: &[],
    },
    Attack {
        what: "replay: an event of another ledger, with everything derived",
        done: |keeper, at| {
            let mut records = keeper.records.clone();
            let before = head_of(&records[..usize::try_from(at).unwrap()]);
            let other = LedgerId::from_bytes([9; 16]);
            let entry = sealed(nth(at), other, &before);
            let record = &mut records[usize::try_from(at).unwrap()];
            let content = record.content.as_ref().and(entry.record().content.clone());
            *record = StoredRecord { content, ..entry.record().clone() };
            Some(Keeper::derived_from(records))
        },
        gives: &[(Some(EnvelopeAltered), 200)],
        also: &[LinkBroken, CheckpointContradicted],
    },
    Attack {
        what: "replay: another ledger as a whole",
        done: |_, at| (at == 1).then(|| Keeper::of_ledger(LedgerId::from_bytes([9; 16]))),
        gives: &[(Some(CheckpointContradicted), 1)],
        also: &[],
    },
    Attack {
        what: "clock set back: an event sealed as earlier than the one before, and all after it anew",
        done: |keeper, at| {
            let mut records = keeper.records[..usize::try_from(at).unwrap()].to_vec();
            for number in at..=EVENTS {
                let back = if number == at { second(0) } else { second(number) };
                let entry = seal(nth(number), LEDGER, &head_of(&records), back, [3; 32]).unwrap();
                let mut record = entry.record().clone();
                let erased = keeper.records[usize::try_from(number).unwrap()].content.is_none();
                record.content = record.content.filter(|_| !erased);
                records.push(record);
            }
            (at > 1).then(|| Keeper::derived_from(records))
        },
        gives: &[(Some(ClockWentBack), 199)],
        also: &[CheckpointContradicted],
    },
    Attack {
        what: "downgrade: an envelope of a format before the first, with everything derived",
        done: |keeper, at| {
            let mut records = keeper.records.clone();
            let record = &mut records[usize::try_from(at).unwrap()];
            record.envelope[0] = 0;
            *record = with_digest(record.envelope.clone(), record.content.clone());
            Some(Keeper::derived_from(records))
        },
        gives: &[(Some(Undecodable), 200)],
        also: &[
            LinkBroken,
            CheckpointContradicted,
            DanglingReference,
            ContentMissing,
            DerivedStale,
        ],
    },
    Attack {
        what: "re-encoded: an integer longer than it need be, with everything derived",
        done: |keeper, at| {
            let mut records = keeper.records.clone();
            let record = &mut records[usize::try_from(at).unwrap()];
            // The sequence stands after the format and the ledger's id.
            let mut envelope = record.envelope[..17].to_vec();
            envelope.extend([0xfc]);
            envelope.extend(u32::try_from(at).unwrap().to_le_bytes());
            envelope.extend(&record.envelope[18..]);
            *record = with_digest(envelope, record.content.clone());
            Some(Keeper::derived_from(records))
        },
        gives: &[(Some(NotCanonical), 200)],
        also: &[
            LinkBroken,
            CheckpointContradicted,
            DanglingReference,
            ContentMissing,
            DerivedStale,
        ],
    },
    Attack {
        what: "an id used again, and all after it sealed anew",
        done: |keeper, at| {
            (at > 151).then(|| {
                keeper.rechained(at, |number, mut draft| {
                    if number == at {
                        draft.id = id("e1");
                    }
                    Some(draft)
                })
            })
        },
        gives: &[(Some(DuplicateId), 49)],
        also: &[DanglingReference, DerivedStale],
    },
    Attack {
        what: "a reference to what is recorded later, and all after it sealed anew",
        done: |keeper, at| {
            ((152..EVENTS).contains(&at) && at % 9 != 0).then(|| {
                keeper.rechained(at, |number, mut draft| {
                    if number == at {
                        draft.refers_to = vec![id(&format!("e{EVENTS}"))];
                    }
                    Some(draft)
                })
            })
        },
        gives: &[(Some(DanglingReference), 42)],
        also: &[],
    },
    Attack {
        what: "tile altered",
        done: |keeper, at| {
            let mut keeper = keeper.clone();
            keeper.tree[0][usize::try_from(at).unwrap()] = TreeHash::of_leaf(b"something else");
            Some(keeper)
        },
        gives: &[(Some(DerivedStale), 200)],
        also: &[],
    },
    Attack {
        what: "index altered: an id leads to another event",
        done: |keeper, at| {
            let mut keeper = keeper.clone();
            let listed = keeper.ids.get_mut(&id(&format!("e{at}"))).unwrap();
            *listed = Listed { sequence: Sequence::new(at % EVENTS + 1), ..listed.clone() };
            Some(keeper)
        },
        gives: &[(Some(DerivedStale), 200)],
        also: &[],
    },
    Attack {
        what: "index altered: a dispute's list lacks an event",
        done: |keeper, at| {
            let mut keeper = keeper.clone();
            keeper.lists.remove(&(Some(slug("strike")), Sequence::new(at)));
            Some(keeper)
        },
        gives: &[(Some(DerivedStale), 200)],
        also: &[],
    },
    Attack {
        what: "erased: a content without a redaction",
        done: |keeper, at| {
            let mut keeper = keeper.clone();
            let there = keeper.content_mut(at).is_some();
            keeper.records[usize::try_from(at).unwrap()].content = None;
            // A redaction whose own content is gone still says in its envelope what it erased.
            (there && at != REDACTION).then_some(keeper)
        },
        gives: &[(Some(ContentMissing), 197)],
        also: &[],
    },
    Attack {
        what: "erased content brought back",
        done: |keeper, at| {
            let mut keeper = keeper.clone();
            let record = &mut keeper.records[usize::try_from(at).unwrap()];
            let salt = [u8::try_from((at - 1) % 251).unwrap(); 32];
            let was_erased = record.content.is_none();
            record.content = Some(Content { salt, bytes: nth(at).content });
            was_erased.then_some(keeper)
        },
        gives: &[(Some(ContentNotErased), 2)],
        also: &[],
    },
    Attack {
        what: "the end of the log names another envelope",
        done: |keeper, at| {
            let mut keeper = keeper.clone();
            keeper.mark.digest = Digest::of_bytes(&at.to_be_bytes());
            (at == EVENTS).then_some(keeper)
        },
        gives: &[(Some(LinkBroken), 1)],
        also: &[],
    },
];

fn verified(keeper: &Keeper, anchor: &Anchor) -> Report {
    verify(keeper, std::slice::from_ref(anchor), &|_, _| Ok(())).unwrap()
}

/// What others hold of an honest ledger: the checkpoint, and the head.
fn held_elsewhere(honest: &Keeper) -> [Anchor; 2] {
    let head = honest.tree_head(CHECKPOINT);
    let checkpoint = Anchor::Checkpoint { name: "after 150".to_owned(), head };
    [checkpoint, Anchor::Head(ExpectedHead::from(&honest.head_held_elsewhere()))]
}

fn codes(report: &Report) -> BTreeSet<FindingCode> {
    report.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn the_honest_keeper_passes() {
    let honest = Keeper::honest();
    for anchor in held_elsewhere(&honest) {
        assert_eq!(verified(&honest, &anchor).findings, []);
    }
}

#[test]
fn each_attack_at_each_place_gives_its_finding_and_exit_code() {
    let honest = Keeper::honest();
    let [checkpoint, held_head] = held_elsewhere(&honest);
    for attack in ATTACKS {
        let mut counts: BTreeMap<Option<FindingCode>, usize> = BTreeMap::new();
        let expected: Vec<FindingCode> =
            attack.gives.iter().filter_map(|(code, _)| *code).collect();
        for at in 1..=EVENTS {
            let Some(keeper) = (attack.done)(&honest, at) else { continue };
            let what = format!("{} at {at}", attack.what);
            let report = verified(&keeper, &checkpoint);
            let found = codes(&report);
            let first = expected.iter().copied().find(|code| found.contains(code));
            *counts.entry(first).or_default() += 1;
            match first {
                Some(code) => {
                    let exit = u8::from(code.class() == dispute_core::ExitClass::Broken);
                    assert_eq!(report.exit_code(), 6 - exit, "{what}: {:#?}", report.findings);
                    // A verifier that lacks the checks of this row lets it pass.
                    let checks = [&expected[..], attack.also].concat();
                    assert_eq!(found_without(&report, &checks), 0, "{what}: {report:#?}");
                    // One that lacks only what comes with it does not.
                    assert!(found_without(&report, attack.also) > 0, "{what}: {report:#?}");
                }
                // Beyond the checkpoint, only who holds the head can tell.
                None => {
                    assert_eq!(report.findings, [], "{what}");
                    let report = verified(&keeper, &held_head);
                    assert_eq!(report.exit_code(), 6, "{what}: {:#?}", report.findings);
                    let found = codes(&report);
                    let told = [HeadContradicted, HeadBeyondEnd];
                    assert!(told.iter().any(|code| found.contains(code)), "{what}");
                }
            }
        }
        let expected: BTreeMap<_, _> = attack.gives.iter().copied().collect();
        assert_eq!(counts, expected, "{}", attack.what);
    }
}

/// What a verifier finds that lacks the checks that give some codes.
fn found_without(report: &Report, codes: &[FindingCode]) -> usize {
    report.findings.iter().filter(|finding| !codes.contains(&finding.code)).count()
}
