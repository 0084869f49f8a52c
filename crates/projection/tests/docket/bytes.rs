//! A docket reads as it was written, or not at all.

use std::collections::BTreeMap;

use dispute_core::{Digest, HeadMark, Instant, LedgerId, Record, Sequence};
use dispute_projection::{AsOf, Docket, DocketEntry, NoDocket};
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

use crate::drawn::{Dice, Drawn, heaps, records};
use crate::world::disputes;

const LEDGER: LedgerId = LedgerId::from_bytes(*b"sixteen bytes id");

fn docket(record: &Record) -> Docket {
    let entry = |dispute| DocketEntry::of(record, &dispute).map(|entry| (dispute, entry));
    let entries: BTreeMap<_, _> = disputes().into_iter().filter_map(entry).collect();
    let head = HeadMark { sequence: Sequence::new(174), digest: Digest::of_bytes(b"head") };
    Docket::new(LEDGER, head, entries)
}

/// The same bytes with another digest at their end, as if they had been written so.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let body = bytes.len().saturating_sub(32);
    bytes.truncate(body);
    let digest = Digest::of_bytes(&bytes);
    bytes.extend(digest.as_bytes());
    bytes
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn a_docket_reads_as_it_was_written(drawn in records(36), heap in heaps(24)) {
        let Drawn { record, .. } = drawn;
        for record in [record, Record::load(heap, [])] {
            let docket = docket(&record);
            let bytes = docket.write();
            prop_assert_eq!(Docket::read(&bytes), Ok(docket));
        }
    }

    #[test]
    fn what_is_damaged_or_cut_is_no_docket(drawn in records(24), seed in any::<u64>()) {
        let bytes = docket(&drawn.record).write();
        let mut dice = Dice(seed);
        for _ in 0..32 {
            let at = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << dice.below(8);
            prop_assert_eq!(Docket::read(&damaged), Err(NoDocket::Damaged), "a bit of byte {}", at);
            prop_assert_eq!(Docket::read(&bytes[..at]), Err(NoDocket::Damaged), "cut at {}", at);
        }
    }

    /// Whoever writes a file may give it the digest that it should have.
    #[test]
    fn whatever_bytes_say_reading_comes_to_an_end(drawn in records(24), seed in any::<u64>()) {
        let bytes = docket(&drawn.record).write();
        let mut dice = Dice(seed);
        for _ in 0..64 {
            let mut changed = bytes.clone();
            for _ in 0..=dice.below(3) {
                let at = usize::try_from(dice.below(changed.len() as u64)).unwrap();
                match dice.below(3) {
                    0 => changed[at] = *dice.pick(&[0, 0x7F, 0x80, 0xFF]).unwrap(),
                    1 => changed[at] ^= 1 << dice.below(8),
                    _ => changed.truncate(at.max(32)),
                }
            }
            if let Ok(read) = Docket::read(&sealed(changed)) {
                for (dispute, entry) in read.entries() {
                    let _ = entry.at(dispute, AsOf::now(Instant::LAST));
                }
                read.write();
            }
        }
    }
}

#[test]
fn what_another_release_wrote_is_told_from_damage() {
    let bytes = docket(&Record::default()).write();
    let place = |word: &str| bytes.windows(word.len()).position(|it| it == word.as_bytes());
    let release = place(env!("CARGO_PKG_VERSION")).unwrap();
    let zones = release + env!("CARGO_PKG_VERSION").len() + 1;
    for at in [b"dispute docket ".len(), release, zones, zones + 5] {
        let mut changed = bytes.clone();
        changed[at] = b'9';
        assert_eq!(Docket::read(&sealed(changed)), Err(NoDocket::OtherRelease), "{at}");
    }
    let mut other = bytes.clone();
    other[0] = b'D';
    assert_eq!(Docket::read(&sealed(other)), Err(NoDocket::Damaged));
    assert_eq!(Docket::read(b""), Err(NoDocket::Damaged));
}
