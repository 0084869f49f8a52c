//! What corrections make of the record.

use dispute_core::event::{Fact, Kind};
use dispute_core::{EventId, Record, Recorded, Sequence};
use dispute_projection::AsOf;

use crate::compare::{same, without, without_id};
use crate::drawn::Dice;
use crate::knowledge::recorded_until;
use crate::subject::{Subject, on};
use crate::trial::Verdict;
use crate::world::{blanked, correction, cuts, disputes, ever_named};

/// Retracting the last event is as if it was never recorded, but that it is listed.
pub(crate) fn retracting_the_last_event_is_never_having_recorded_it(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    // Records end with all sorts of events, corrections of corrections among them.
    let known = Sequence::new(7 + dice.below(record.len() as u64 - 6));
    let mut all = recorded_until(record, known);
    let until = Record::load(all.clone(), []);
    let Some(last) = all.last().filter(|last| last.kind != Kind::DisputeOpened).cloned() else {
        return Ok(());
    };
    let before = (subject.load)(all[..all.len() - 1].to_vec(), Vec::new());
    let retraction = correction(Kind::Retraction, "last", &last.id, &until);
    if let Err(refusal) = until.clone().admit(retraction.clone(), &|_| false) {
        return Err(format!("the last event cannot be retracted: {refusal}"));
    }
    all.push(retraction);
    let after = (subject.load)(all, Vec::new());
    for dispute in disputes() {
        for date in cuts(&until, &dispute, &mut dice) {
            let [one, other] = [&after, &before].map(|record| {
                without_id((subject.state)(record, &dispute, on(date)), "retracted", &last.id)
            });
            same(one, other, format!("{dispute} on {date:?} without {}", last.id))?;
        }
    }
    Ok(())
}

/// An amendment is the corrected document in the place of the one that it corrects, but that it is
/// listed. When it was recorded changes nothing: the day of recording that ends a span is that of
/// the document.
pub(crate) fn an_amendment_is_the_corrected_document_in_its_place(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    for n in 0..record.len() {
        let id = &record.get(n).unwrap().id;
        let amends = |event: &Recorded| amended_by(event) == Some(id);
        let is_talked_about = |n: &usize| {
            let is_fact = !record.get(*n).unwrap().kind.is_about_the_record();
            is_fact && ever_named(record, *n).iter().any(|m| amends(record.get(*m).unwrap()))
        };
        // Without the amendment there would be nothing to talk about.
        let talked_about = (0..record.len()).any(|n| is_talked_about(&n));
        if !record.recorded().iter().any(amends) || talked_about {
            continue;
        }
        let mut corrected = record.recorded().to_vec();
        let document = record.document(n).cloned();
        corrected[n].occurred = document.as_ref().and_then(|document| document.occurred.clone());
        corrected[n].event = document;
        corrected.retain(|event| !amends(event));
        let corrected = (subject.load)(corrected, Vec::new());
        let amended = (subject.load)(record.recorded().to_vec(), Vec::new());
        for dispute in disputes() {
            for date in cuts(record, &dispute, &mut dice) {
                let [one, other] = [&amended, &corrected].map(|record| {
                    without_id((subject.state)(record, &dispute, on(date)), "amended", id)
                });
                same(one, other, format!("{dispute} on {date:?} with {id} corrected"))?;
            }
        }
    }
    Ok(())
}

/// A redaction counts at every cut, by date and by knowledge, as if its target was retracted there.
pub(crate) fn a_redaction_counts_at_every_cut_as_a_retraction(
    subject: &Subject,
    record: &Record,
    mut dice: Dice,
) -> Verdict {
    let is_opening = |n: &usize| record.get(*n).unwrap().kind == Kind::DisputeOpened;
    let all: Vec<usize> = (0..record.len()).filter(|n| !is_opening(n)).collect();
    let n = *dice.pick(&all).unwrap();
    let target = record.get(n).unwrap();
    let mut erased = blanked(record, |m| m == n);
    erased.push(correction(Kind::Redaction, "last", &target.id, record));
    let erased = (subject.load)(erased, Vec::new());
    let last = record.recorded().last().unwrap().sequence.get();
    let between = target.sequence.get() + dice.below(last - target.sequence.get() + 1);
    for known in [between, last + 1].map(Sequence::new) {
        let mut retracted = recorded_until(record, known);
        let until = Record::load(retracted.clone(), []);
        retracted.push(correction(Kind::Retraction, "last", &target.id, &until));
        let retracted = (subject.load)(retracted, Vec::new());
        for dispute in disputes() {
            for date in cuts(record, &dispute, &mut dice) {
                let lists = ["retracted", "redacted", "amended"];
                let as_of = AsOf { known: Some(known), ..on(date) };
                let one = (subject.state)(&erased, &dispute, as_of);
                let other = (subject.state)(&retracted, &dispute, on(date));
                let (one, other) = (without(one, &lists), without(other, &lists));
                same(one, other, format!("{dispute} on {date:?}, {known}, without {}", target.id))?;
            }
        }
    }
    Ok(())
}

/// What an amendment corrects.
fn amended_by(event: &Recorded) -> Option<&EventId> {
    match event.event.as_ref().map(|document| &document.fact) {
        Some(Fact::Amendment(amendment)) => Some(&amendment.of),
        _ => None,
    }
}
