//! Replay tells all of the state, and nothing else.

use std::collections::BTreeMap;

use dispute_core::Json;
use dispute_projection::{parts, timeline};
use proptest::prelude::*;

use crate::drawn::{Dice, records};
use crate::{any_cut, cases, disputes, state};

/// What the state says about how it was opened and about the record, and when its phase began.
const UNTOLD: [&str; 12] = [
    "title",
    "time_zone",
    "employers",
    "unions",
    "phase_since",
    "phase_set_by",
    "warnings",
    "possible",
    "versions",
    "retracted",
    "amended",
    "redacted",
];

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn the_changes_of_a_replay_put_together_are_the_state(
        drawn in records(36),
        seed in any::<u64>(),
    ) {
        let mut dice = Dice(seed);
        for dispute in disputes() {
            let as_of = any_cut(&drawn.record, &mut dice);
            let Some(state) = state(&drawn.record, &dispute, as_of) else { continue };
            let mut told = BTreeMap::new();
            for entry in timeline(&drawn.record, &dispute, as_of).unwrap() {
                for change in entry.changes {
                    let was = told.insert(change.part.clone(), change.to.clone());
                    prop_assert_eq!(was.unwrap_or(Json::Null), change.from, "{}", change.part);
                    prop_assert!(!change.events.is_empty());
                }
            }
            // Gaps are listed once they had begun, and told when they had certainly happened.
            told.retain(|part, value| !(is_nothing(value) || part.starts_with("gaps.")));
            let mut expected = BTreeMap::new();
            for part in parts(&state) {
                let key = part.name.split('.').next().unwrap();
                if !UNTOLD.contains(&key) && key != "gaps" && !is_nothing(&part.value) {
                    expected.insert(part.name, without_day(part.value));
                }
            }
            prop_assert_eq!(told, expected);
        }
    }
}

/// What a state says where nothing was told.
fn is_nothing(value: &Json) -> bool {
    matches!(value, Json::Null) || *value == Json::count(0) || *value == Json::text("none")
}

fn without_day(row: Json) -> Json {
    match row {
        Json::Object(members) => {
            Json::Object(members.into_iter().filter(|(key, _)| key != "day").collect())
        }
        other => other,
    }
}
