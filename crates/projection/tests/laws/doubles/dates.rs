//! Errors about what had happened by a date.

use dispute_core::{Instant, Json, Record, Slug};
use dispute_projection::AsOf;

use crate::compare::changed;
use crate::dates::{left_out, retracted};
use crate::subject::{Divided, REAL, Subject, on};

const DAY: i64 = 86_400_000_000;

pub(crate) fn days_run_to_now() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let Some(date) = as_of.on else { return (REAL.state)(record, dispute, as_of) };
            let by_then = retracted(record, &left_out(record, dispute, date));
            let state = (REAL.state)(&by_then, dispute, AsOf { on: None, ..as_of });
            changed(state, "on", |_| Json::text(date))
        },
        ..REAL
    }
}

pub(crate) fn the_last_moment_of_a_date_is_left_out() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let state = (REAL.state)(record, dispute, earlier(as_of));
            changed(state, "on", |_| Json::text_or_null(as_of.on))
        },
        divide: |record, dispute, as_of| (REAL.divide)(record, dispute, earlier(as_of)),
        ..REAL
    }
}

pub(crate) fn what_may_have_happened_counts() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let Some(date) = as_of.on else { return (REAL.state)(record, dispute, as_of) };
            let possible = (REAL.divide)(record, dispute, as_of).possible;
            let id = |n: &usize| &record.get(*n).unwrap().id;
            let possible: Vec<_> = possible.iter().map(id).collect();
            let mut left = left_out(record, dispute, date);
            left.retain(|id| !possible.contains(&id));
            let state = (REAL.state)(&retracted(record, &left), dispute, AsOf::now(date));
            changed(state, "on", |_| Json::text(date))
        },
        ..REAL
    }
}

pub(crate) fn what_has_begun_is_certain() -> Subject {
    Subject {
        divide: |record, dispute, as_of| {
            let mut divided = (REAL.divide)(record, dispute, as_of);
            divided.certain.append(&mut divided.possible);
            divided
        },
        ..REAL
    }
}

pub(crate) fn what_is_possible_is_dropped() -> Subject {
    Subject {
        divide: |record, dispute, as_of| Divided {
            possible: Vec::new(),
            ..(REAL.divide)(record, dispute, as_of)
        },
        ..REAL
    }
}

pub(crate) fn what_is_possible_is_not_shown() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let state = (REAL.state)(record, dispute, as_of);
            changed(state, "possible", |_| Json::List(Vec::new()))
        },
        ..REAL
    }
}

pub(crate) fn what_is_certain_is_possible_too() -> Subject {
    Subject {
        divide: |record, dispute, as_of| {
            let mut divided = (REAL.divide)(record, dispute, as_of);
            divided.possible.extend(divided.certain.first());
            divided
        },
        ..REAL
    }
}

pub(crate) fn what_is_to_come_is_possible() -> Subject {
    Subject {
        divide: |record, dispute, as_of| {
            let divided = (REAL.divide)(record, dispute, as_of);
            let is_past = |n: &usize| divided.certain.contains(n) || divided.versions.contains(n);
            let positions = record.of_dispute(dispute).iter().copied();
            let possible = positions.filter(|n| record.stands(*n) && !is_past(n)).collect();
            Divided { possible, ..divided }
        },
        ..REAL
    }
}

pub(crate) fn other_accounts_are_dropped() -> Subject {
    Subject {
        divide: |record, dispute, as_of| Divided {
            versions: Vec::new(),
            ..(REAL.divide)(record, dispute, as_of)
        },
        ..REAL
    }
}

pub(crate) fn ties_go_by_id() -> Subject {
    Subject {
        divide: |record, dispute, as_of| {
            let latest = |n: usize| span(record, dispute, n).1;
            ordered(record, dispute, as_of, &|n| (latest(n), record.get(n).unwrap().id.to_string()))
        },
        ..REAL
    }
}

pub(crate) fn events_go_by_their_earliest() -> Subject {
    Subject {
        divide: |record, dispute, as_of| {
            ordered(record, dispute, as_of, &|n| (span(record, dispute, n).0, String::new()))
        },
        ..REAL
    }
}

pub(crate) fn events_go_by_their_recording() -> Subject {
    Subject {
        divide: |record, dispute, as_of| {
            ordered(record, dispute, as_of, &|_| (None, String::new()))
        },
        ..REAL
    }
}

pub(crate) fn the_day_after_counts() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let later = as_of.on.and_then(|date| Instant::from_micros(date.as_micros() + DAY));
            let state = (REAL.state)(record, dispute, AsOf { on: later, ..as_of });
            changed(state, "on", |_| Json::text_or_null(as_of.on))
        },
        ..REAL
    }
}

pub(crate) fn corrections_are_listed_whatever_the_date() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let now = (REAL.state)(record, dispute, on(None));
            let list = |key: &str| now.as_ref().and_then(|now| now.get(key)).cloned();
            ["retracted", "amended"]
                .into_iter()
                .fold((REAL.state)(record, dispute, as_of), |state, key| {
                    changed(state, key, |own| list(key).unwrap_or_else(|| own.clone()))
                })
        },
        ..REAL
    }
}

pub(crate) fn the_timeline_goes_on() -> Subject {
    Subject {
        told: |record, dispute, as_of| (REAL.told)(record, dispute, AsOf { on: None, ..as_of }),
        ..REAL
    }
}

fn earlier(as_of: AsOf) -> AsOf {
    AsOf { on: as_of.on.map(Instant::before), ..as_of }
}

/// What is certain, in another order; ties by recording.
fn ordered(
    record: &Record,
    dispute: &Slug,
    as_of: AsOf,
    by: &dyn Fn(usize) -> (Option<Instant>, String),
) -> Divided {
    let mut divided = (REAL.divide)(record, dispute, as_of);
    divided.certain.sort_by_key(|n| (by(*n), record.original(*n)));
    divided
}

fn span(record: &Record, dispute: &Slug, n: usize) -> (Option<Instant>, Option<Instant>) {
    let positions = record.of_dispute(dispute);
    let at = positions.iter().position(|m| *m == n).unwrap();
    let span = (REAL.narrow)(record, positions)[at];
    (span.earliest, span.latest)
}
