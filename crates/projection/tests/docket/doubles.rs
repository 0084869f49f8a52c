//! Doubles of the docket, each with one planted error that a record drawn at random must show.

use dispute_core::{Instant, Record, Slug};
use dispute_projection::dispute::phase::Phase;
use dispute_projection::{AsOf, Row, Told, course};
use proptest::prelude::any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::drawn::{Dice, records};
use crate::rows::{Tell, differing, told};

/// Among how many records one must show what is wrong with a double.
const SEARCHED: usize = 300;

#[track_caller]
fn is_noticed(double: Tell) {
    let mut runner = TestRunner::deterministic();
    let tries = (records(36), any::<u64>());
    let shows = |_| {
        let (drawn, seed) = tries.new_tree(&mut runner).unwrap().current();
        !differing(&drawn.record, double, &mut Dice(seed)).is_empty()
    };
    assert!((0..SEARCHED).any(shows), "none of {SEARCHED} records shows what is wrong with it");
}

/// The docket, but for something about its rows.
fn changed(told: Told, change: impl FnOnce(Row) -> Row) -> Told {
    match told {
        Told::Row(row) => Told::Row(change(row)),
        other => other,
    }
}

fn on(as_of: AsOf, micros: i64) -> AsOf {
    let on = as_of.on.and_then(|on| Instant::from_micros(on.as_micros() + micros));
    AsOf { on, ..as_of }
}

/// A test for each double.
macro_rules! noticed {
    ($($error:ident = $double:expr;)+) => {$(
        #[test]
        fn $error() {
            is_noticed($double);
        }
    )+};
}

noticed! {
    what_happens_just_after_a_date_counts = |record, dispute, as_of| {
        told(record, dispute, on(as_of, 1))
    };
    the_last_moment_of_a_date_is_left_out = |record, dispute, as_of| {
        told(record, dispute, on(as_of, -1))
    };
    days_run_to_now = |record, dispute, as_of| {
        let day = row(told(record, dispute, AsOf::now(as_of.now))).and_then(|row| row.day);
        changed(told(record, dispute, as_of), |row| Row { day: row.day.and(day), ..row })
    };
    the_day_stays_that_of_the_last_event = |record, dispute, as_of| {
        let last = course(record, dispute, as_of).certain.last().and_then(|step| step.span.latest);
        let then = row(told(record, dispute, AsOf { on: last, ..as_of }));
        changed(told(record, dispute, as_of), |row| {
            Row { day: then.map_or(row.day, |then| then.day), ..row }
        })
    };
    events_count_once_they_are_certain = |record, dispute, as_of| {
        let certain = course(record, dispute, as_of).certain.len() as u64;
        changed(told(record, dispute, as_of), |row| Row { events: certain, ..row })
    };
    retracted_events_are_not_counted = |record, dispute, as_of| {
        let begun = course(record, dispute, as_of).begun;
        let standing = begun.iter().filter(|(n, _)| record.stands(*n)).count() as u64;
        changed(told(record, dispute, as_of), |row| Row { events: standing, ..row })
    };
    the_phase_comes_with_what_may_have_happened = |record, dispute, as_of| {
        let later = row(told(record, dispute, on(as_of, 86_400_000_000)));
        changed(told(record, dispute, as_of), |row| match later {
            Some(later) => Row { phase: later.phase, since: later.since, ..row },
            None => row,
        })
    };
    what_is_due_acts_with_the_next_event_only = |record, dispute, as_of| {
        let last = course(record, dispute, as_of).certain.last().and_then(|step| step.span.latest);
        let then = row(told(record, dispute, AsOf { on: last, ..as_of }));
        changed(told(record, dispute, as_of), |row| match then {
            Some(then) => Row { phase: then.phase, since: then.since, ..row },
            None => row,
        })
    };
    without_a_date_it_is_asked_about_now = |record, dispute, as_of| {
        told(record, dispute, AsOf { on: Some(as_of.moment()), ..as_of })
    };
    without_a_date_all_that_is_fixed_came_true = |record, dispute, as_of| {
        let end = row(told(record, dispute, AsOf { now: Instant::LAST, ..as_of }));
        let told = told(record, dispute, as_of);
        match (as_of.on, end) {
            (None, Some(end)) => {
                let day = row(told.clone()).map_or(end.day, |row| row.day);
                Told::Row(Row { day, ..end })
            }
            _ => told,
        }
    };
    the_phase_before_the_opening_is_said_to_be_since_then = |record, dispute, as_of| {
        changed(told(record, dispute, as_of), |row| {
            let since = row.since.or((row.phase == Phase::None).then(String::new));
            Row { since, ..row }
        })
    };
    a_retracted_opening_still_opens = |record, dispute, as_of| {
        match told(record, dispute, as_of) {
            Told::NoDispute => without_retractions(record, dispute, as_of),
            other => other,
        }
    };
}

fn row(told: Told) -> Option<Row> {
    match told {
        Told::Row(row) => Some(row),
        Told::NoDispute | Told::Nothing => None,
    }
}

fn without_retractions(record: &Record, dispute: &Slug, as_of: AsOf) -> Told {
    let facts = record.recorded().iter().filter(|event| !event.kind.is_about_the_record());
    told(&Record::load(facts.cloned(), []), dispute, as_of)
}
