//! Errors about corrections.

use std::collections::BTreeMap;

use dispute_core::event::{Event, Fact, Kind};
use dispute_core::{EventId, Json, Record, Recorded};

use crate::compare::changed;
use crate::doubles::narrowing::what_is_retracted_still_proves;
use crate::narrowing::date_of;
use crate::subject::{REAL, Subject};
use crate::world::redated;

pub(crate) fn retractions_are_forgotten() -> Subject {
    Subject {
        load: |recorded, redacted| without_retractions_of(recorded, redacted, |_| true),
        ..REAL
    }
}

pub(crate) fn retracting_a_retraction_reinstates_nothing() -> Subject {
    Subject {
        load: |recorded, redacted| {
            without_retractions_of(recorded, redacted, |kind| kind == Kind::Retraction)
        },
        ..REAL
    }
}

pub(crate) fn a_retracted_amendment_still_amends() -> Subject {
    Subject {
        load: |recorded, redacted| {
            without_retractions_of(recorded, redacted, |kind| kind == Kind::Amendment)
        },
        ..REAL
    }
}

pub(crate) fn what_is_retracted_still_moves_dates() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let positions = record.of_dispute(dispute);
            let wrong = (what_is_retracted_still_proves().narrow)(record, positions);
            let right = (REAL.narrow)(record, positions);
            let moved = redated(record, |n| {
                let at = positions.iter().position(|m| *m == n)?;
                if wrong[at] == right[at] || wrong[at].is_empty() {
                    return None;
                }
                date_of(wrong[at])
            });
            (REAL.state)(&moved, dispute, as_of)
        },
        ..REAL
    }
}

pub(crate) fn what_is_retracted_stays_possible() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let state = (REAL.state)(record, dispute, as_of);
            let retracted = state.as_ref().and_then(|state| state.get("retracted")).cloned();
            changed(state, "possible", |possible| {
                let retracted = retracted.iter().flat_map(|list| list.parts());
                Json::List(possible.parts().iter().chain(retracted).cloned().collect())
            })
        },
        ..REAL
    }
}

pub(crate) fn the_oldest_amendment_is_made_last() -> Subject {
    Subject {
        load: |mut recorded, redacted| {
            for places in amendments(&recorded).into_values() {
                let sets: Vec<_> = places.iter().map(|n| recorded[*n].event.clone()).collect();
                for (n, set) in places.iter().zip(sets.into_iter().rev()) {
                    let id = recorded[*n].id.clone();
                    recorded[*n].event = set.map(|event| Event { id: Some(id), ..event });
                }
            }
            Record::load(recorded, redacted)
        },
        ..REAL
    }
}

pub(crate) fn an_amendment_renews_the_day_of_recording() -> Subject {
    Subject {
        load: |mut recorded, redacted| {
            for (id, places) in amendments(&recorded) {
                let renewed = recorded[*places.last().unwrap()].recorded_at;
                if let Some(event) = recorded.iter_mut().find(|event| event.id == id) {
                    event.recorded_at = renewed;
                }
            }
            Record::load(recorded, redacted)
        },
        ..REAL
    }
}

pub(crate) fn an_amended_event_stands_where_its_amendment_does() -> Subject {
    Subject {
        load: |mut recorded, redacted| {
            let amended: Vec<EventId> = amendments(&recorded).into_keys().collect();
            for id in amended {
                let from = recorded.iter().position(|event| event.id == id).unwrap();
                let to = *amendments(&recorded)[&id].last().unwrap();
                // What is amended comes first, or the amendment would be of nothing.
                recorded[from..to].rotate_left(1);
            }
            Record::load(recorded, redacted)
        },
        ..REAL
    }
}

pub(crate) fn an_amendment_removes_no_key() -> Subject {
    Subject {
        load: |mut recorded, redacted| {
            for event in &mut recorded {
                if let Some(Fact::Amendment(amendment)) =
                    event.event.as_mut().map(|document| &mut document.fact)
                {
                    amendment.set.0.retain(|(_, value)| *value != Json::Null);
                }
            }
            Record::load(recorded, redacted)
        },
        ..REAL
    }
}

pub(crate) fn a_redacted_event_counts_without_its_content() -> Subject {
    Subject {
        load: |mut recorded, _| {
            recorded.retain(|event| event.kind != Kind::Redaction);
            Record::load(recorded, [])
        },
        ..REAL
    }
}

pub(crate) fn a_redacted_original_takes_its_versions_along() -> Subject {
    Subject {
        load: |recorded, redacted| {
            let record = Record::load(recorded.clone(), redacted.iter().cloned());
            let is_left = |n: usize| {
                let original = record.original(n);
                original == n || !record.is_erased(original)
            };
            let left = recorded.into_iter().enumerate().filter(|(n, _)| is_left(*n));
            Record::load(left.map(|(_, event)| event), redacted)
        },
        ..REAL
    }
}

fn without_retractions_of(
    mut recorded: Vec<Recorded>,
    redacted: Vec<EventId>,
    gone: fn(Kind) -> bool,
) -> Record {
    let kinds: BTreeMap<EventId, Kind> =
        recorded.iter().map(|event| (event.id.clone(), event.kind)).collect();
    recorded.retain(|event| match event.fact() {
        Some(Fact::Retraction(retraction)) => {
            !kinds.get(&retraction.of).is_some_and(|kind| gone(*kind))
        }
        _ => true,
    });
    Record::load(recorded, redacted)
}

/// The places of the amendments of each event.
fn amendments(recorded: &[Recorded]) -> BTreeMap<EventId, Vec<usize>> {
    let mut amendments: BTreeMap<EventId, Vec<usize>> = BTreeMap::new();
    for (n, event) in recorded.iter().enumerate() {
        if let Some(Fact::Amendment(amendment)) = event.fact() {
            amendments.entry(amendment.of.clone()).or_default().push(n);
        }
    }
    amendments
}
