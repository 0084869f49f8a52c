//! What hangs on an order that the dates leave open is said, and nothing else.

use dispute_projection::{AsOf, order_sensitive};
use proptest::prelude::*;

use crate::drawn::{Dice, records};
use crate::written::{moment, record, slug};
use crate::{any_cut, cases, disputes};

/// `A B: PART` of each that a record has today.
fn found(lines: &str) -> Vec<String> {
    let as_of = AsOf::now(moment("2025-06-02T12:00:00-07:00"));
    let sensitivity = order_sensitive(&record(lines), &slug("d"), as_of).unwrap();
    assert_eq!(sensitivity.untried, 0);
    let line = |one: &dispute_projection::OrderSensitive| {
        format!("{} {}: {}", one.ids[0], one.ids[1], one.key)
    };
    sensitivity.found.iter().map(line).collect()
}

const OFFER: &str = "p 2025-01-05 proposal by=union to=employer form=proposal items=wages:9\n";

#[test]
fn two_answers_of_one_day_leave_open_which_was_the_last() {
    let answers = "a 2025-01-07 acceptance of=p by=employer
        r 2025-01-07 rejection of=p by=employer";
    let expected =
        ["a r: issues.wages", "a r: proposals.p", "a r: warnings.accept-after-rejection.a"];
    assert_eq!(found(&format!("{OFFER}{answers}")), expected);
    let one_after_the_other = "a 2025-01-07 acceptance of=p by=employer
        r 2025-01-08 rejection of=p by=employer";
    assert_eq!(found(&format!("{OFFER}{one_after_the_other}")), [""; 0]);
    let timed = "a 2025-01-07T10:00 acceptance of=p by=employer
        r 2025-01-07T11:00 rejection of=p by=employer";
    assert_eq!(found(&format!("{OFFER}{timed}")), [""; 0]);
}

#[test]
fn what_is_taken_to_come_first_came_before_what_falls_due_since() {
    // The acceptance of January, if it came before the 10th, found the offer open.
    let expiring =
        "p 2025-01-05 proposal by=union to=employer form=proposal items=wages:9 expires=2025-01-20
        r 2025-01-10 rejection of=p by=employer
        a 2025-01 acceptance of=p by=employer";
    let expected =
        ["r a: issues.wages", "r a: proposals.p", "r a: warnings.accept-after-rejection.a"];
    assert_eq!(found(expiring), expected);
}

#[test]
fn a_vague_date_may_lie_on_either_side() {
    let answers = "r 2025-01-20 rejection of=p by=employer
        a 2025-01 acceptance of=p by=employer";
    let found = found(&format!("{OFFER}{answers}"));
    assert!(found.contains(&"r a: proposals.p".to_owned()), "{found:?}");
}

#[test]
fn what_refers_to_another_came_after_it_and_what_stands_alike_is_no_difference() {
    let counter = "q 2025-01-05 proposal by=employer form=counter replies_to=p items=wages:3
        r 2025-01-05 rejection of=q by=union";
    assert_eq!(found(&format!("{OFFER}{counter}")), [""; 0]);
    let both = "r 2025-01-07 rejection of=p by=employer
        t 2025-01-07 rejection of=p by=mediator";
    assert_eq!(found(&format!("{OFFER}{both}")), [""; 0]);
}

#[test]
fn an_impasse_on_the_day_of_a_session_leaves_the_phase_open() {
    let table = "s 2025-01-07 session status=held parties=union,employer
        i 2025-01-07 impasse by=employer";
    assert_eq!(found(table), ["s i: phase"]);
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn what_is_found_is_of_events_that_overlap_and_do_not_refer_to_one_another(
        drawn in records(36),
        seed in any::<u64>(),
    ) {
        let mut dice = Dice(seed);
        for dispute in disputes() {
            let as_of = any_cut(&drawn.record, &mut dice);
            let Some(sensitivity) = order_sensitive(&drawn.record, &dispute, as_of) else {
                continue;
            };
            let record = as_of.known_part(&drawn.record);
            let positions = record.of_dispute(&dispute);
            let narrowed = record.narrowed(positions);
            for found in &sensitivity.found {
                let [one, other] = found.ids.each_ref().map(|id| {
                    let n = record.position(id).unwrap();
                    (n, narrowed[positions.iter().position(|at| *at == n).unwrap()].span)
                });
                prop_assert!(one.1.earliest < other.1.latest || other.1.latest.is_none());
                prop_assert!(other.1.earliest < one.1.latest || one.1.latest.is_none());
                prop_assert!(!record.proofs(one.0).contains(&other.0));
                prop_assert!(!record.proofs(other.0).contains(&one.0));
            }
        }
    }
}
