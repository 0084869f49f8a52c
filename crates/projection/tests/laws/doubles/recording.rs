//! Errors about the order of recording.

use std::collections::BTreeMap;

use dispute_core::event::Fact;
use dispute_core::{Edtf, Json};

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

pub(crate) fn who_is_recorded_last_spoke_last() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let mut certain = (REAL.divide)(record, dispute, as_of).certain;
            certain.sort_unstable();
            let mut last: BTreeMap<String, String> = BTreeMap::new();
            for n in &certain {
                let Some(document) = record.document(*n) else { continue };
                if let Fact::Statement(statement) = &document.fact {
                    let party = statement.on_behalf_of.as_ref().map(ToString::to_string);
                    let by = party.unwrap_or_else(|| statement.speaker.clone());
                    last.insert(by, record.get(*n).unwrap().id.to_string());
                }
            }
            let last = last.into_iter().map(|(by, id)| (by, Json::text(id))).collect();
            let said = Json::object([("last_by", Json::Object(last))]);
            changed((REAL.state)(record, dispute, as_of), "statements", |_| said)
        },
        ..REAL
    }
}
