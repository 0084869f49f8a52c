//! The law of the docket, and what it is asked of.

use std::collections::BTreeSet;

use dispute_core::{Digest, EventId, Instant, Record, Slug};
use dispute_projection::{AsOf, DocketEntry, Row, State, Told};
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::drawn::{Dice, NOW, heaps, records};
use crate::world::{blanked, disputes, moments};

/// What tells the row of a dispute at a cut: the docket, or a double of it with a planted error.
pub(crate) type Tell = fn(&Record, &Slug, AsOf) -> Told;

/// The docket.
pub(crate) fn told(record: &Record, dispute: &Slug, as_of: AsOf) -> Told {
    let entry = DocketEntry::of(record, dispute);
    entry.map_or(Told::NoDispute, |entry| entry.at(dispute, as_of))
}

/// What a fold at the cut says.
pub(crate) fn folded(record: &Record, dispute: &Slug, as_of: AsOf) -> Told {
    let state = State::of(record, dispute, as_of);
    state.map_or(Told::NoDispute, |state| Told::Row(Row::of(&state)))
}

/// The cuts at which a row may differ from that of a fold; none where all are the same. Where the
/// docket tells nothing, nothing differs.
pub(crate) fn differing(record: &Record, tell: Tell, dice: &mut Dice) -> Vec<String> {
    let mut found = Vec::new();
    for dispute in disputes() {
        for as_of in cuts(record, &dispute, dice) {
            let (row, expected) = (tell(record, &dispute, as_of), folded(record, &dispute, as_of));
            if row != expected && row != Told::Nothing {
                found.push(format!("{dispute} {as_of:?}:\n  {row:?}\n  {expected:?}"));
            }
        }
    }
    found
}

/// Every moment at which something changes, those beside it, the ends of time, and no date; asked
/// when all is over, and while things happen.
fn cuts(record: &Record, dispute: &Slug, dice: &mut Dice) -> Vec<AsOf> {
    let moments: Vec<Instant> = moments(record, dispute).into_iter().collect();
    let beside = |at: Instant| [at.before(), at, after(at)];
    let dates: BTreeSet<Instant> = moments.iter().copied().flat_map(beside).collect();
    let now = Instant::parse(NOW).unwrap();
    let first = Instant::parse("0001-01-01T00:00:00Z").unwrap();
    let on = dates.into_iter().chain([first, Instant::LAST]);
    let mut cuts: Vec<AsOf> = on.map(|on| AsOf { on: Some(on), ..AsOf::now(now) }).collect();
    cuts.push(AsOf::now(now));
    let undated = (0..12).filter_map(|_| dice.pick(&moments).copied()).flat_map(beside);
    cuts.extend(undated.map(AsOf::now));
    cuts
}

fn after(at: Instant) -> Instant {
    Instant::from_micros(at.as_micros() + 1).unwrap()
}

/// The part of a record that belongs to a dispute.
fn own_part(record: &Record, dispute: &Slug) -> Record {
    let is_own = |n: &usize| record.dispute_of(*n) == Some(dispute);
    let own = (0..record.len()).filter(is_own).filter_map(|n| record.get(n).cloned());
    Record::load(own, record.erased().cloned())
}

/// The same record once some of its events were redacted.
fn redacted(record: &Record, dice: &mut Dice) -> Record {
    let chosen: BTreeSet<usize> = (6..record.len()).filter(|_| dice.chance(12)).collect();
    let ids: Vec<EventId> = chosen.iter().map(|n| record.get(*n).unwrap().id.clone()).collect();
    Record::load(blanked(record, |n| chosen.contains(&n)), ids)
}

/// A docket that is kept says what the rules of its time said. Whoever changes a rule gives it
/// another number, so that no older docket is read; who changes what is drawn pins the rows anew.
#[test]
fn rows_that_change_give_the_rules_of_the_docket_another_number() {
    let mut runner = TestRunner::deterministic();
    let mut rows = String::new();
    for _ in 0..24 {
        let record = records(36).new_tree(&mut runner).unwrap().current().record;
        for dispute in disputes() {
            for as_of in cuts(&record, &dispute, &mut Dice(1)).into_iter().step_by(3) {
                rows.push_str(&format!("{:?}\n", folded(&record, &dispute, as_of)));
            }
        }
    }
    assert_eq!(Digest::of_bytes(rows.as_bytes()).to_string(), BY_RULES_1, "see RULES");
}

const BY_RULES_1: &str = "b367669647539be044ef9477674408b69c02c9fd0d0280f46afbe49eb0a5c368";

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn the_docket_says_of_every_date_what_a_fold_says(drawn in records(36), seed in any::<u64>()) {
        let dice = &mut Dice(seed);
        prop_assert_eq!(differing(&drawn.record, told, dice), [""; 0]);
        let redacted = redacted(&drawn.record, dice);
        prop_assert_eq!(differing(&redacted, told, dice), [""; 0]);
    }

    #[test]
    fn of_a_record_that_keeps_the_rules_every_date_is_told(drawn in records(36)) {
        for dispute in disputes() {
            for as_of in cuts(&drawn.record, &dispute, &mut Dice(0)) {
                let row = told(&drawn.record, &dispute, as_of);
                prop_assert!(as_of.on.is_none() || row != Told::Nothing, "{}", dispute);
            }
            let row = told(&drawn.record, &dispute, AsOf::now(Instant::LAST));
            prop_assert!(row != Told::Nothing, "{}", dispute);
        }
    }

    #[test]
    fn what_belongs_to_a_dispute_is_enough_for_its_row(
        drawn in records(36),
        seed in any::<u64>(),
    ) {
        for record in [drawn.record.clone(), redacted(&drawn.record, &mut Dice(seed))] {
            for dispute in disputes() {
                let own = own_part(&record, &dispute);
                prop_assert_eq!(
                    DocketEntry::of(&own, &dispute),
                    DocketEntry::of(&record, &dispute),
                    "{}",
                    dispute
                );
                for as_of in cuts(&record, &dispute, &mut Dice(seed)).into_iter().step_by(7) {
                    let (one, all) = (folded(&own, &dispute, as_of), folded(&record, &dispute, as_of));
                    prop_assert_eq!(one, all, "{} {:?}", dispute, as_of);
                }
            }
        }
    }

    #[test]
    fn of_a_heap_of_anything_the_docket_says_nothing_else_than_a_fold(
        heap in heaps(24),
        seed in any::<u64>(),
    ) {
        let record = Record::load(heap, []);
        prop_assert_eq!(differing(&record, told, &mut Dice(seed)), [""; 0]);
    }
}
