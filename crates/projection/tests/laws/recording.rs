//! The order in which facts are recorded.

use std::collections::BTreeSet;

use dispute_core::event::schema::{Mentioned, Named};
use dispute_core::event::{Event, Kind};
use dispute_core::{Instant, Record, Recorded, Sequence, Slug};

use crate::compare::{same, unordered};
use crate::drawn::Dice;
use crate::subject::{Subject, on};
use crate::trial::{Verdict, drawn};
use crate::world::{cuts, disputes, ever_named, root};

/// The same facts, recorded on one day in another order that the rules allow, give the same states
/// but for lists in the order of recording and warnings on the later recorded. Ties, accounts of
/// one fact and descriptions of one thing keep their order.
pub(crate) fn the_order_of_recording_on_one_day_changes_nothing(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    let record = on_one_day(record);
    let seed = dice.below(u64::MAX);
    let Some(reordered) = reordered(&record, seed) else { return Ok(()) };
    let [one, other] =
        [&record, &reordered].map(|r| (subject.load)(r.recorded().to_vec(), Vec::new()));
    for dispute in disputes() {
        for date in cuts(&record, &dispute, &mut dice) {
            let as_of = on(date);
            let [one, other] =
                [&one, &other].map(|record| unordered((subject.state)(record, &dispute, as_of)));
            same(one, other, format!("{dispute} on {date:?}"))?;
        }
    }
    Ok(())
}

/// What of a record can be recorded on one day, a second after another, when all is over.
pub(crate) fn on_one_day(record: &Record) -> Record {
    let mut anew = Record::default();
    for event in record.recorded() {
        let event = at_place(event, anew.len());
        // What the rules refuse on that day is left out.
        let _refused = anew.admit(event, &|_| false);
    }
    anew
}

fn at_place(event: &Recorded, place: usize) -> Recorded {
    let place = i64::try_from(place).unwrap();
    let noon = Instant::parse("2025-06-20T12:00:00Z").unwrap();
    let recorded_at = Instant::from_micros(noon.as_micros() + place * 1_000_000).unwrap();
    let sequence = Sequence::new(u64::try_from(place).unwrap() + 1);
    Recorded { sequence, recorded_at, ..event.clone() }
}

/// The record in another order: what is named comes before what names it, and corrections of one
/// event, descriptions of one thing, accounts of one fact and events of one moment keep theirs.
/// `None` where the rules refuse what is corrected only later.
pub(crate) fn reordered(record: &Record, seed: u64) -> Option<Record> {
    // When each event counts; what takes its original's place does so among ties too.
    let mut latest: BTreeSet<(usize, Option<Instant>)> = BTreeSet::new();
    for dispute in disputes() {
        let positions = record.of_dispute(&dispute);
        for (narrowed, n) in record.narrowed(positions).iter().zip(positions) {
            latest.extend([*n, record.original(*n)].map(|n| (n, narrowed.span.latest)));
        }
    }
    let tied = |n: usize, m: usize| {
        latest.iter().any(|(other, at)| *other == n && latest.contains(&(m, *at)))
    };
    let event = |n: usize| record.get(n).unwrap();
    let belongs = |n: usize| record.dispute_of(n).cloned();
    let opens = |n: usize| event(root(record, n)).kind == Kind::DisputeOpened;
    let describes = |n: usize| {
        event(n).event.as_ref().and_then(Event::declares).map(|(named, slug)| (named, slug.clone()))
    };
    let names = |n: usize, described: &(Named, Slug)| {
        let mut names = false;
        let recorded = event(n).event.as_ref();
        for document in recorded.into_iter().chain(record.document(n)) {
            document.mentions(&mut |mention| {
                names |= matches!(mention.what, Mentioned::Declared(named, slug)
                    if (named, slug) == (described.0, &described.1));
            });
        }
        names
    };
    let keeps = |before: usize, after: usize| {
        let of_one_dispute = belongs(before) == belongs(after);
        ever_named(record, after).contains(&before)
            || root(record, before) == root(record, after)
            || record.original(before) == record.original(after)
            || of_one_dispute && (opens(before) || opens(after))
            || of_one_dispute && tied(before, after)
            || describes(before).is_some_and(|described| {
                describes(after).as_ref() == Some(&described) || names(after, &described)
            })
    };
    let mut left: Vec<usize> = (0..record.len()).collect();
    let mut dice = Dice(seed);
    let mut reordered = Record::default();
    while !left.is_empty() {
        let is_ready = |n: &usize| left.iter().all(|m| m >= n || !keeps(*m, *n));
        let ready: Vec<usize> = left.iter().copied().filter(is_ready).collect();
        let n = *dice.pick(&ready).unwrap();
        left.retain(|m| *m != n);
        let moved = at_place(event(n), reordered.len());
        reordered.admit(moved, &|_| false).ok()?;
    }
    Some(reordered)
}

#[test]
fn most_records_can_be_recorded_in_another_order() {
    let reordered =
        drawn(200).filter(|(record, seed)| reordered(&on_one_day(record), *seed).is_some());
    let reordered = reordered.count();
    assert!(reordered > 120, "{reordered} of 200 could");
}
