//! How the record reads: which events stand once retractions are resolved, what each says once
//! amendments are made, and which of several accounts of a fact counts. Pure, and total: a
//! correction that does not fit is passed over, and said.

use std::collections::HashMap;

use crate::event::{Event, Fact, Kind};
use crate::identifier::EventId;
use crate::record::Recorded;
use crate::refusal::Refusal;

/// How one event reads now.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// Whether it stands: not retracted, and not redacted.
    pub(crate) stands: bool,
    /// Whether a retraction that stands takes it away.
    pub(crate) retracted: bool,
    /// The document with its amendments made, where it has any that stand: few have, and the others
    /// need no room for one.
    pub(crate) amended: Option<Box<Event>>,
    /// The amendments that stand, in the order of recording.
    pub(crate) amendments: Vec<usize>,
    /// An amendment that stands and cannot be made.
    pub(crate) broken: Option<(usize, Box<Refusal>)>,
    /// The first account of this fact, which may be the event itself.
    pub(crate) original: usize,
    /// The account that counts in place of all of them, where one stands.
    pub(crate) counted: Option<usize>,
    /// The accounts that stand beside the one that counts, in the order of recording; kept at the
    /// original.
    pub(crate) versions: Vec<usize>,
}

/// Resolves every correction, newest first: a retraction that stands takes its target away, one
/// that was itself retracted does not. `erased` tells which events were redacted, at any time:
/// a redaction counts at every cut.
pub(crate) fn resolve(
    recorded: &[Recorded],
    by_id: &HashMap<EventId, usize>,
    erased: &dyn Fn(&EventId) -> bool,
) -> Vec<Reading> {
    let target = |id: &EventId| by_id.get(id).copied();
    let mut readings: Vec<Reading> = (0..recorded.len())
        .map(|n| Reading {
            stands: true,
            retracted: false,
            amended: None,
            amendments: Vec::new(),
            broken: None,
            original: n,
            counted: None,
            versions: Vec::new(),
        })
        .collect();
    for (n, event) in recorded.iter().enumerate().rev() {
        let redacted = erased(&event.id);
        let Some(reading) = readings.get_mut(n) else { continue };
        reading.stands &= !redacted;
        if !reading.stands {
            continue;
        }
        match event.fact() {
            Some(Fact::Retraction(retraction)) => {
                let target = target(&retraction.of).filter(|target| *target < n);
                if let Some(target) = target.and_then(|target| readings.get_mut(target)) {
                    target.stands = false;
                    target.retracted = true;
                }
            }
            Some(Fact::Amendment(amendment)) => {
                let target = target(&amendment.of).filter(|target| *target < n);
                if let Some(target) = target.and_then(|target| readings.get_mut(target)) {
                    target.amendments.push(n);
                }
            }
            _ => {}
        }
    }
    for (event, reading) in recorded.iter().zip(&mut readings) {
        reading.amendments.reverse();
        amend(event, reading, recorded);
    }
    choose_accounts(recorded, &mut readings, &target);
    readings
}

fn amend(event: &Recorded, reading: &mut Reading, recorded: &[Recorded]) {
    let Some(original) = &event.event else { return };
    for &n in &reading.amendments {
        let Some(Fact::Amendment(amendment)) = recorded.get(n).and_then(Recorded::fact) else {
            continue;
        };
        match reading.amended.as_deref().unwrap_or(original).amended(&amendment.set) {
            Ok(amended) => reading.amended = Some(Box::new(amended)),
            Err(refusal) => reading.broken = Some((n, Box::new(refusal))),
        }
    }
}

/// Finds, for each fact of which there are several accounts, the one that counts: the original
/// while it stands, else the first version that does.
fn choose_accounts(
    recorded: &[Recorded],
    readings: &mut [Reading],
    target: &dyn Fn(&EventId) -> Option<usize>,
) {
    for n in 0..recorded.len() {
        let document = readings.get(n).and_then(|reading| reading.amended.as_deref());
        let document = document.or(recorded.get(n).and_then(|event| event.event.as_ref()));
        let of = match document {
            Some(document) => document.common.version_of.as_ref(),
            None => recorded.get(n).and_then(|event| event.version_of.as_ref()),
        };
        let original = of.and_then(target).filter(|of| may_be_of_one_fact(recorded, *of, n));
        let original = original.and_then(|of| readings.get(of));
        let original = original.map_or(n, |of| of.original);
        if let Some(reading) = readings.get_mut(n) {
            reading.original = original;
        }
        let stands = readings.get(n).is_some_and(|reading| reading.stands);
        let is_correction = recorded.get(n).is_some_and(|event| event.kind.is_about_the_record());
        if stands
            && !is_correction
            && let Some(first) = readings.get_mut(original)
        {
            match first.counted {
                None => first.counted = Some(n),
                Some(_) => first.versions.push(n),
            }
        }
    }
    for n in 0..readings.len() {
        let original = readings.get(n).map_or(n, |reading| reading.original);
        let counted = readings.get(original).and_then(|first| first.counted);
        if let Some(reading) = readings.get_mut(n) {
            reading.counted = counted;
        }
    }
}

/// Whether an event can be another account of the fact of an earlier one. The rules ask this of all
/// that stands; what was retracted may have been amended to name anything.
pub(crate) fn may_be_of_one_fact(recorded: &[Recorded], original: usize, n: usize) -> bool {
    let (Some(of), Some(event)) = (recorded.get(original), recorded.get(n)) else { return false };
    original < n && of.kind == event.kind && of.dispute == event.dispute
}

impl Reading {
    /// The reading of an event that no correction touches and that is no version.
    pub(crate) fn plain(n: usize, kind: Kind) -> Self {
        Self {
            stands: true,
            retracted: false,
            amended: None,
            amendments: Vec::new(),
            broken: None,
            original: n,
            counted: (!kind.is_about_the_record()).then_some(n),
            versions: Vec::new(),
        }
    }
}
