//! What explains a state: replay, the difference of two answers, why, and what hangs on an order
//! that the dates leave open.

#![cfg(test)]

#[path = "explanations/diffs.rs"]
mod diffs;
#[path = "records/drawn.rs"]
#[expect(dead_code, reason = "records much described are for other tests")]
mod drawn;
#[path = "explanations/orders.rs"]
mod orders;
#[path = "explanations/reasons.rs"]
mod reasons;
#[path = "explanations/replays.rs"]
mod replays;
#[path = "records/written.rs"]
mod written;

use dispute_core::{Instant, Json, Record, Sequence, Slug};
use dispute_projection::{AsOf, Known, State, diff, order_sensitive, parts, timeline, why};
use proptest::prelude::*;

use crate::drawn::{DISPUTES, Dice, NOW, heaps};

/// How many records each law is tried on. What fails is to become a test of its own.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn disputes() -> [Slug; 2] {
    DISPUTES.map(|(slug, _)| Slug::parse(slug).unwrap())
}

/// A cut drawn at random: any day that the drawn records are about or none, as known at any of
/// their events or at all.
fn any_cut(record: &Record, dice: &mut Dice) -> AsOf {
    let day = 86_400_000_000;
    let first = Instant::parse("2024-10-01T07:00:00Z").unwrap().as_micros();
    let on = Instant::from_micros(first + i64::try_from(dice.below(220)).unwrap() * day);
    let known = Sequence::new(dice.below(record.len() as u64) + 1);
    AsOf {
        on: if dice.below(4) == 0 { None } else { on },
        known: (dice.below(3) > 0).then_some(known),
        ..AsOf::now(Instant::parse(NOW).unwrap())
    }
}

fn state(record: &Record, dispute: &Slug, as_of: AsOf) -> Option<Json> {
    let known = Known { sequence: 0, digest: String::new(), recorded_at: as_of.now };
    State::of(record, dispute, as_of).map(|state| state.to_json(&known))
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn no_heap_of_documents_is_beyond_explanation(heap in heaps(24), seed in any::<u64>()) {
        let record = Record::load(heap, []);
        let mut dice = Dice(seed);
        for dispute in disputes() {
            let [before, after] = [any_cut(&record, &mut dice), any_cut(&record, &mut dice)];
            let Some(state) = state(&record, &dispute, before) else { continue };
            prop_assert!(timeline(&record, &dispute, before).is_some());
            prop_assert!(order_sensitive(&record, &dispute, before).is_some());
            let parts = parts(&state);
            let name = dice.pick(&parts).map_or("phase", |part| part.name.as_str());
            prop_assert!(why(&record, &dispute, before, name).is_some());
            let there = crate::state(&record, &dispute, after).is_some();
            prop_assert!(!there || diff(&record, &dispute, before, after).is_some());
        }
    }
}
