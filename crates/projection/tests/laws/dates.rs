//! What had happened by a date, whatever happened later.

use std::collections::BTreeSet;

use dispute_core::event::Kind;
use dispute_core::{EventId, Instant, Json, Record, Recorded, Slug, Span};
use dispute_projection::AsOf;

use crate::compare::{LISTS, changed, equal, same, without, without_warnings};
use crate::drawn::Dice;
use crate::subject::{Divided, REAL, Subject, on};
use crate::trial::Verdict;
use crate::world::{correction, cuts, dates, disputes, ever_named, root};

/// Where all was recorded by the end of a date, and had certainly happened by then, to ask for the
/// date is to ask nothing at that moment.
pub(crate) fn a_date_after_everything_is_the_clock_standing_at_its_end(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    let last = record.recorded().iter().map(|event| event.recorded_at).max().unwrap();
    for dispute in disputes() {
        let end = record.zone_of(Some(&dispute)).end_of_day_at(last);
        let mut ends = dates(record, &dispute, &mut dice, 12);
        ends.insert(Some(end));
        for date in ends.into_iter().flatten().filter(|date| last < *date) {
            let positions = record.of_dispute(&dispute);
            let narrowed = record.narrowed(positions);
            // What is retracted may be dated later than it was recorded.
            let is_over = narrowed.iter().all(|narrowed| {
                let Span { earliest, latest } = narrowed.span;
                earliest.is_none_or(|begin| begin < date) && latest.is_some_and(|end| end <= date)
            });
            if !is_over || !is_all_described_by(record, date) {
                continue;
            }
            let asked = (subject.state)(record, &dispute, on(Some(date)));
            let stood = (subject.state)(record, &dispute, AsOf::now(date));
            let (asked, stood) = (without(asked, &["on"]), without(stood, &["on"]));
            same(asked, stood, format!("{dispute} on {date}"))?;
        }
    }
    Ok(())
}

/// What belongs to the whole ledger was described by then.
fn is_all_described_by(record: &Record, date: Instant) -> bool {
    let mut described = record
        .recorded()
        .iter()
        .enumerate()
        .filter(|(_, event)| event.dispute.is_none() && !event.kind.is_about_the_record());
    described.all(|(n, _)| record.span(n).latest.is_none_or(|latest| latest <= date))
}

/// What a date leaves out is what had not certainly happened by then: without that, to ask for the
/// date is to ask nothing at that moment.
pub(crate) fn a_date_leaves_out_what_is_not_certain_and_nothing_else(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    for dispute in disputes() {
        for date in dates(record, &dispute, &mut dice, 6).into_iter().flatten() {
            let gone = left_out(record, &dispute, date);
            let left = retracted(record, &gone);
            if left.openings(&dispute).is_empty() {
                continue;
            }
            let compared = |state| {
                // An account of what is left out may be past by what it says, and be warned about.
                let state = changed(state, "warnings", |warnings| {
                    let is_kept = |warning: &&Json| {
                        let event = warning.get("event").and_then(Json::as_text);
                        !gone.iter().any(|id| Some(id.as_str()) == event)
                    };
                    Json::List(warnings.parts().iter().filter(is_kept).cloned().collect())
                });
                let state =
                    without_warnings(state, &["refers-to-retracted", "suspected-duplicate"]);
                let state = without(without(state, &LISTS), &["on"]);
                let described = is_all_described_by(record, date);
                if described { state } else { without(state, &["impacts"]) }
            };
            let asked = compared((subject.state)(record, &dispute, on(Some(date))));
            let stood = compared((subject.state)(&left, &dispute, AsOf::now(date)));
            same(asked, stood, format!("{dispute} on {date} without {gone:?}"))?;
        }
    }
    Ok(())
}

/// The record with some of its events retracted.
pub(crate) fn retracted(record: &Record, ids: &[EventId]) -> Record {
    let mut left = record.clone();
    for (n, id) in ids.iter().enumerate() {
        left.push(correction(Kind::Retraction, &format!("r{n}"), id, &left));
    }
    left
}

/// The events that stand and had not certainly happened by a date, and other accounts of them.
pub(crate) fn left_out(record: &Record, dispute: &Slug, date: Instant) -> Vec<EventId> {
    let Divided { certain, versions, .. } = (REAL.divide)(record, dispute, on(Some(date)));
    let counts = |n: usize| certain.iter().any(|m| record.original(*m) == record.original(n));
    let is_left_out = |n: &usize| {
        record.stands(*n) && !(counts(*n) && (certain.contains(n) || versions.contains(n)))
    };
    let positions = record.of_dispute(dispute).iter().copied().filter(is_left_out);
    positions.filter_map(|n| record.get(n)).map(|event| event.id.clone()).collect()
}

/// Every event that stands and had begun has happened certainly or possibly, and not both; which
/// of the two, its span tells.
pub(crate) fn what_had_begun_is_certain_or_possible_and_never_both(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    for dispute in disputes() {
        let positions = record.of_dispute(&dispute);
        // Until it is opened again, the rules let what happened in it contradict itself.
        if record.openings(&dispute).is_empty() {
            continue;
        }
        let spans = (subject.narrow)(record, positions);
        for date in cuts(record, &dispute, &mut dice) {
            let divided = (subject.divide)(record, &dispute, on(date));
            let said = |what: &str| format!("{dispute} on {date:?}: {what}");
            let certain: Vec<usize> =
                divided.certain.iter().chain(&divided.versions).copied().collect();
            let mut either: Vec<usize> = certain.iter().chain(&divided.possible).copied().collect();
            either.sort_unstable();
            let begun: Vec<usize> =
                divided.begun.iter().copied().filter(|n| record.stands(*n)).collect();
            equal(&either, &begun, said("certain or possible, and begun"))?;
            for (n, span) in positions.iter().zip(&spans) {
                let by_then = |end: Option<Instant>| date.is_none_or(|date| Some(date) >= end);
                let before = |end: Option<Instant>| date.is_none_or(|date| Some(date) > end);
                equal(&divided.begun.contains(n), &before(span.earliest), said("begun"))?;
                if begun.contains(n) {
                    equal(&certain.contains(n), &by_then(span.latest), said("certain"))?;
                }
            }
            let ids = |n: &usize| record.get(*n).unwrap().id.to_string();
            let possible = divided.possible.iter().map(ids);
            let state = (subject.state)(record, &dispute, on(date));
            if let Some(shown) = state.as_ref().and_then(|state| state.get("possible")) {
                equal(shown, &Json::texts(possible), said("shown as possible"))?;
            }
        }
    }
    Ok(())
}

/// There is one order of what happened, by the end of each span and then by recording, and every
/// date cuts it in two.
pub(crate) fn every_date_leaves_a_prefix_of_one_order(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    for dispute in disputes() {
        let positions = record.of_dispute(&dispute);
        let spans = (subject.narrow)(record, positions);
        let place = |n: usize| {
            let at = positions.iter().position(|m| *m == n).unwrap();
            (spans[at].latest, record.original(n))
        };
        let order = (subject.divide)(record, &dispute, on(None)).certain;
        for pair in order.windows(2) {
            if place(pair[0]) >= place(pair[1]) {
                return Err(format!("{dispute}: {pair:?} are in the wrong order"));
            }
        }
        for date in dates(record, &dispute, &mut dice, 6) {
            let certain = (subject.divide)(record, &dispute, on(date)).certain;
            let prefix = order.get(..certain.len()).unwrap_or_default();
            equal(&certain.as_slice(), &prefix, format!("{dispute} on {date:?}"))?;
        }
    }
    Ok(())
}

/// An answer for a date never depends on what begins after it.
pub(crate) fn an_answer_for_a_date_depends_on_nothing_after_it(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    for dispute in disputes() {
        for date in dates(record, &dispute, &mut dice, 6) {
            let Some(date) = date else { continue };
            let before = (subject.load)(without_later(record, &dispute, date), Vec::new());
            let as_of = on(Some(date));
            let one = (subject.state)(record, &dispute, as_of);
            let other = (subject.state)(&before, &dispute, as_of);
            same(one, other, format!("{dispute} on {date}"))?;
            let one = (subject.told)(record, &dispute, as_of);
            let other = (subject.told)(&before, &dispute, as_of);
            equal(&one, &other, format!("the timeline of {dispute} until {date}"))?;
        }
    }
    Ok(())
}

/// The record without the events of a dispute that begin after a moment, but for its opening and
/// what other events need: a correction goes with what it corrects, and a version with its
/// original.
fn without_later(record: &Record, dispute: &Slug, on: Instant) -> Vec<Recorded> {
    let positions = record.of_dispute(dispute);
    let narrowed = record.narrowed(positions);
    let mut gone: BTreeSet<usize> = positions
        .iter()
        .zip(&narrowed)
        .filter(|(_, narrowed)| narrowed.span.earliest.is_some_and(|earliest| earliest >= on))
        .map(|(n, _)| *n)
        .filter(|n| record.get(*n).unwrap().kind != Kind::DisputeOpened)
        .collect();
    let all = 0..record.len();
    gone.extend(all.clone().filter(|n| gone.contains(&root(record, *n))).collect::<Vec<_>>());
    loop {
        let needed: Vec<usize> = all
            .clone()
            .filter(|n| !gone.contains(n))
            .flat_map(|n| ever_named(record, n))
            .filter(|n| gone.contains(n))
            .collect();
        let back: Vec<usize> = gone
            .iter()
            .copied()
            .filter(|n| {
                let root = root(record, *n);
                needed.contains(n)
                    || !gone.contains(&root)
                    || needed.contains(&root)
                    || !gone.contains(&record.original(root))
            })
            .collect();
        if back.is_empty() {
            break;
        }
        back.iter().for_each(|n| {
            gone.remove(n);
        });
    }
    let kept = record.recorded().iter().enumerate().filter(|(n, _)| !gone.contains(n));
    kept.map(|(_, event)| event.clone()).collect()
}
