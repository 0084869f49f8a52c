//! Errors about what references prove.

use dispute_core::{Instant, Record, Span};

use crate::narrowing::{latest, references};
use crate::subject::{REAL, Subject};

const DAY: i64 = 86_400_000_000;

pub(crate) fn doubt_widens_a_date() -> Subject {
    Subject {
        narrow: |record, positions| {
            let mut spans = (REAL.narrow)(record, positions);
            for (n, span) in positions.iter().zip(&mut spans) {
                let date = record.document(*n).and_then(|document| document.occurred.as_ref());
                if date.is_some_and(|date| date.without_doubt().is_some()) {
                    let early = |at: Instant| Instant::from_micros(at.as_micros() - DAY);
                    span.earliest = span.earliest.and_then(early);
                }
            }
            spans
        },
        ..REAL
    }
}

pub(crate) fn narrowing_stops_after_one_round() -> Subject {
    Subject {
        narrow: |record, positions| {
            let own: Vec<Span> = positions.iter().map(|n| record.span(*n)).collect();
            let mut spans = own.clone();
            for (referrer, target) in
                references(record, positions, &|n, key| proves(record, n, key))
            {
                raise(&mut spans[referrer], own[target]);
                cut(&mut spans[target], own[referrer]);
            }
            spans
        },
        ..REAL
    }
}

pub(crate) fn a_referrer_is_not_raised() -> Subject {
    Subject {
        narrow: |record, positions| {
            let mut spans = (REAL.narrow)(record, positions);
            for (n, span) in positions.iter().zip(&mut spans) {
                span.earliest = record.span(*n).earliest;
            }
            spans
        },
        ..REAL
    }
}

pub(crate) fn what_is_retracted_still_proves() -> Subject {
    Subject {
        narrow: |record, positions| {
            narrowed(record, positions, &|n, key| {
                record.original(n) == n && key != "about" && key != "version_of"
            })
        },
        ..REAL
    }
}

pub(crate) fn what_is_talked_about_proves() -> Subject {
    Subject {
        narrow: |record, positions| {
            narrowed(record, positions, &|n, key| record.counts(n) && key != "version_of")
        },
        ..REAL
    }
}

pub(crate) fn both_sides_of_a_reference_meet() -> Subject {
    Subject {
        narrow: |record, positions| {
            let mut spans = (REAL.narrow)(record, positions);
            for (referrer, target) in
                references(record, positions, &|n, key| proves(record, n, key))
            {
                let other = spans[target];
                cut(&mut spans[referrer], other);
            }
            spans
        },
        ..REAL
    }
}

fn proves(record: &Record, n: usize, key: &str) -> bool {
    record.counts(n) && key != "about" && key != "version_of"
}

/// Narrows through other references, to a fixed point.
pub(crate) fn narrowed(
    record: &Record,
    positions: &[usize],
    proves: &dyn Fn(usize, &str) -> bool,
) -> Vec<Span> {
    let links = references(record, positions, proves);
    let mut spans: Vec<Span> = positions.iter().map(|n| record.span(*n)).collect();
    loop {
        let before = spans.clone();
        for &(referrer, target) in &links {
            let (above, below) = (spans[referrer], spans[target]);
            raise(&mut spans[referrer], below);
            cut(&mut spans[target], above);
        }
        if before == spans {
            return spans;
        }
    }
}

fn raise(referrer: &mut Span, target: Span) {
    referrer.earliest = referrer.earliest.max(target.earliest);
}

fn cut(target: &mut Span, referrer: Span) {
    if latest(referrer) < latest(*target) {
        target.latest = referrer.latest;
    }
}
