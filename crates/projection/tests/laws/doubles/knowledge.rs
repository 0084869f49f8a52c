//! Errors about what was known.

use dispute_core::{Record, Sequence};
use dispute_projection::AsOf;

use crate::knowledge::recorded_until;
use crate::narrowing::date_of;
use crate::subject::{REAL, Subject};
use crate::world::{redacted, redated, root};

pub(crate) fn the_next_event_leaks() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let as_of = AsOf { known: as_of.known.map(Sequence::next), ..as_of };
            (REAL.state)(record, dispute, as_of)
        },
        ..REAL
    }
}

pub(crate) fn later_corrections_count() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let sequence = |n: usize| record.get(n).map(|event| event.sequence);
            let is_known = |n: usize| as_of.known.is_none_or(|known| sequence(n) <= Some(known));
            let recorded = record.recorded().iter().enumerate();
            let known = recorded.filter(|(n, _)| is_known(*n) || is_known(root(record, *n)));
            let known = Record::load(known.map(|(_, event)| event.clone()), redacted(record));
            (REAL.state)(&known, dispute, AsOf { known: None, ..as_of })
        },
        ..REAL
    }
}

pub(crate) fn later_references_narrow() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let Some(sequence) = as_of.known else { return (REAL.state)(record, dispute, as_of) };
            let known = record.as_known_at(sequence);
            let positions = known.of_dispute(dispute);
            // What was known stands first in the whole record too.
            let whole = (REAL.narrow)(record, record.of_dispute(dispute));
            let then = (REAL.narrow)(&known, positions);
            let narrowed = redated(&known, |n| {
                let at = positions.iter().position(|m| *m == n)?;
                if whole[at] == then[at] || whole[at].is_empty() {
                    return None;
                }
                date_of(whole[at])
            });
            (REAL.state)(&narrowed, dispute, AsOf { known: None, ..as_of })
        },
        ..REAL
    }
}

pub(crate) fn redactions_wait_for_their_recording() -> Subject {
    Subject {
        state: |record, dispute, as_of| match as_of.known {
            None => (REAL.state)(record, dispute, as_of),
            Some(known) => {
                let known = Record::load(recorded_until(record, known), []);
                (REAL.state)(&known, dispute, AsOf { known: None, ..as_of })
            }
        },
        ..REAL
    }
}

pub(crate) fn a_date_undoes_the_cut_of_knowledge() -> Subject {
    Subject {
        state: |record, dispute, as_of| {
            let known = as_of.known.filter(|_| as_of.on.is_none());
            (REAL.state)(record, dispute, AsOf { known, ..as_of })
        },
        ..REAL
    }
}

pub(crate) fn the_last_event_known_is_left_out() -> Subject {
    Subject { known: |record, known| record.as_known_at(Sequence::new(known.get() - 1)), ..REAL }
}
