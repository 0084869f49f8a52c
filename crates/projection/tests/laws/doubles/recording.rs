//! Errors about the order of recording.

use std::collections::BTreeMap;

use dispute_core::event::Fact;
use dispute_core::{Edtf, EventId, Json, Target};

use crate::compare::changed;
use crate::subject::{REAL, Subject};
use crate::world::redated;

pub(crate) fn facts_count_as_they_are_recorded() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            // Where all happened within the same months, ties leave only the order of recording.
            let months = Edtf::parse("2024-09/2025-12").unwrap();
            let one_time = redated(record, |n| {
                record.of_dispute(dispute).contains(&n).then(|| months.clone())
            });
            (REAL.state)(&one_time, dispute, as_of)
        },
        ..REAL
    }
}

pub(crate) fn the_answer_recorded_last_is_the_latest() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let mut certain = (REAL.divide)(record, dispute, as_of).certain;
            certain.sort_unstable();
            let mut last: BTreeMap<(usize, String), &EventId> = BTreeMap::new();
            for n in certain {
                let (of, by) = match record.document(n).map(|document| &document.fact) {
                    Some(Fact::Acceptance(answer)) => (&answer.of, &answer.by),
                    Some(Fact::Rejection(answer)) => (&answer.of, &answer.by),
                    _ => continue,
                };
                if let Some(Target::Counts(of)) = record.target(of) {
                    last.insert((of, by.to_string()), &record.get(n).unwrap().id);
                }
            }
            changed((REAL.state)(record, dispute, as_of), "proposals", |proposals| {
                let row = |row: &Json| {
                    let id = row.get("id").and_then(Json::as_text).and_then(EventId::parse);
                    let n = id.and_then(|id| record.position(&id)).unwrap();
                    let answers = changed(Some(row.clone()), "answers", |answers| {
                        let Json::Object(answers) = answers else { return answers.clone() };
                        let set_by = answers.iter().filter_map(|(party, _)| {
                            let id = last.get(&(n, party.clone()))?;
                            Some((party.clone(), Json::text(id)))
                        });
                        Json::Object(set_by.collect())
                    });
                    answers.unwrap()
                };
                Json::List(proposals.parts().iter().map(row).collect())
            })
        },
        ..REAL
    }
}
