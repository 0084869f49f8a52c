//! What was known at a moment, whatever came to be known later.

use dispute_core::event::Kind;
use dispute_core::{Instant, Record, Recorded, Sequence};
use dispute_projection::AsOf;

use crate::compare::same;
use crate::drawn::Dice;
use crate::subject::{Subject, on};
use crate::trial::Verdict;
use crate::world::{blanked, correction, cuts, dates, disputes, redacted};

/// A state as known at a moment is that of the record that ended there, but that redactions count
/// at every cut.
pub(crate) fn a_prefix_of_knowledge_never_sees_what_came_after_but_redactions(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    let record = with_redactions(subject, record, &mut dice);
    let first = record.recorded().first().unwrap().sequence.get();
    for _ in 0..4 {
        let known = Sequence::new(first + dice.below(record.len() as u64));
        let prefix = (subject.load)(recorded_until(&record, known), redacted(&record));
        for dispute in disputes() {
            for date in cuts(&record, &dispute, &mut dice) {
                let as_of = AsOf { known: Some(known), ..on(date) };
                let one = (subject.state)(&record, &dispute, as_of);
                let other = (subject.state)(&prefix, &dispute, on(date));
                same(one, other, format!("{dispute} on {date:?} as known at {known}"))?;
            }
        }
    }
    Ok(())
}

/// What was believed on a date is both cuts, whether the record is cut before it is asked, or both
/// are asked of it, or it was never longer.
pub(crate) fn what_was_believed_on_a_date_is_both_cuts_in_any_order(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    let record = with_redactions(subject, record, &mut dice);
    for dispute in disputes() {
        for date in dates(&record, &dispute, &mut dice, 8) {
            let Some(known) = date.and_then(|date| last_before(&record, date)) else { continue };
            let both = AsOf { known: Some(known), ..on(date) };
            let asked = (subject.state)(&record, &dispute, both);
            let cut = (subject.known)(&record, known);
            let said = format!("{dispute} on {date:?}, {known}");
            same(asked.clone(), (subject.state)(&cut, &dispute, on(date)), &said)?;
            same(asked.clone(), (subject.state)(&cut, &dispute, both), &said)?;
            let by_then = |event: &&Recorded| date.is_some_and(|date| event.recorded_at < date);
            let recorded = record.recorded().iter().filter(by_then).cloned().collect();
            let then = (subject.load)(recorded, redacted(&record));
            same(asked, (subject.state)(&then, &dispute, on(date)), &said)?;
        }
    }
    Ok(())
}

/// The last event that was recorded before a moment.
fn last_before(record: &Record, moment: Instant) -> Option<Sequence> {
    let before = record.recorded().iter().filter(|event| event.recorded_at < moment);
    before.map(|event| event.sequence).max()
}

pub(crate) fn recorded_until(record: &Record, known: Sequence) -> Vec<Recorded> {
    record.recorded().iter().filter(|event| event.sequence <= known).cloned().collect()
}

/// The record with a few redactions at its end.
fn with_redactions(subject: &Subject, record: &Record, dice: &mut Dice) -> Record {
    let mut record = record.clone();
    for n in 0..dice.below(3) {
        let target = usize::try_from(dice.below(record.len() as u64)).unwrap();
        let target = record.get(target).unwrap().id.clone();
        let redaction = correction(Kind::Redaction, &format!("r{n}"), &target, &record);
        // The rules refuse some: a redaction that takes away what others need, or a second one.
        let _refused = record.admit(redaction, &|_| false);
    }
    (subject.load)(blanked(&record, |n| record.is_erased(n)), Vec::new())
}
