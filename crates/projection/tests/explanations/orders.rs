//! What hangs on an order that the dates leave open is said, and nothing else.

use dispute_core::{Json, Record, Recorded};
use dispute_projection::{AsOf, course, order_sensitive, part};
use proptest::prelude::*;

use crate::drawn::{Dice, records};
use crate::written::{moment, record, slug};
use crate::{any_cut, cases, disputes, state};

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

#[test]
fn what_is_too_much_to_try_is_counted() {
    let mut lines = OFFER.to_owned();
    for n in 0..700 {
        lines.push_str(&format!("a{n} 2025-01 acceptance of=p by=employer\n"));
    }
    let as_of = AsOf::now(moment("2025-06-02T12:00:00-07:00"));
    let sensitivity = order_sensitive(&record(&lines), &slug("d"), as_of).unwrap();
    // Of 700 · 699 / 2 pairs, 35 are tried.
    assert!(sensitivity.untried > 240_000, "{}", sensitivity.untried);
}

/// The other order of two neighbours that no date tells apart is that in which they were recorded
/// the other way round.
fn swapped(record: &Record, one: usize, other: usize) -> Record {
    let mut recorded = record.recorded().to_vec();
    let (first, second) = (recorded[one].clone(), recorded[other].clone());
    let (at, when) = (first.sequence, first.recorded_at);
    recorded[one] = Recorded { sequence: at, recorded_at: when, ..second.clone() };
    recorded[other] =
        Recorded { sequence: second.sequence, recorded_at: second.recorded_at, ..first };
    Record::load(recorded, [])
}

/// A part without what says when and by what it came about.
fn how_it_stands(value: Json) -> Json {
    match value {
        Json::Object(members) => {
            let told = |(key, _): &(String, Json)| !matches!(&**key, "since" | "set_by" | "day");
            let members = members.into_iter().filter(told);
            Json::Object(members.map(|(key, value)| (key, how_it_stands(value))).collect())
        }
        Json::List(parts) => Json::List(parts.into_iter().map(how_it_stands).collect()),
        other => other,
    }
}

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn what_is_found_of_neighbours_is_what_recording_them_the_other_way_round_gives(
        drawn in records(36),
    ) {
        let record = &drawn.record;
        for dispute in disputes() {
            let as_of = AsOf::now(moment("2025-07-01T00:00:00Z"));
            let Some(sensitivity) = order_sensitive(record, &dispute, as_of) else { continue };
            let course = course(record, &dispute, as_of);
            for pair in course.certain.windows(2) {
                let [one, other] = [&pair[0], &pair[1]];
                let alone = |n: usize| record.original(n) == n && record.versions(n).is_empty();
                let same_day = record.get(one.n).unwrap().recorded_at
                    == record.get(other.n).unwrap().recorded_at;
                let neighbours = one.span == other.span && alone(one.n) && alone(other.n);
                if !neighbours || !same_day || record.proofs(other.n).contains(&one.n) {
                    continue;
                }
                let swapped = swapped(record, one.n, other.n);
                let ids = [one.id.clone(), other.id.clone()];
                let of_pair = sensitivity.found.iter().filter(|found| found.ids == ids);
                for found in of_pair {
                    let [taken, turned] = [record, &swapped].map(|record| {
                        how_it_stands(part(&state(record, &dispute, as_of).unwrap(), &found.key))
                    });
                    prop_assert_ne!(taken, turned, "{} {}: {}", one.id, other.id, found.key);
                }
            }
        }
    }
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
