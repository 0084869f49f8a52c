//! What differs between two answers: between two dates, two states of knowledge, or both. What was
//! learned about the first date comes first, then what happened from it to the second.

use std::collections::{BTreeSet, HashMap, HashSet};

use dispute_core::event::Fact;
use dispute_core::{EventId, Json, Record, Slug};

use crate::as_of::{AsOf, Course, course};
use crate::change::Change;
use crate::dispute::{Known, State};
use crate::parts::{KEYS, Part, parts, row_name};
use crate::timeline::timeline;

/// What changes from the state at one cut to that at another, each change with the events behind
/// it. `None` where there is no such dispute at one of the cuts.
///
/// Between the two stands what is known at the second about the date of the first: what leads there
/// was learned, what leads on from there happened. So a part may change twice. Each change is one of
/// a part (see `parts`); for a list whose rows do not stand in the order that comes of leaving out,
/// replacing and adding at the end in the order of the changes, a part `order.KEY` gives theirs.
pub fn diff(record: &Record, dispute: &Slug, before: AsOf, after: AsOf) -> Option<Vec<Change>> {
    let from = Told::at(record, dispute, before)?;
    let learned = Told::at(record, dispute, AsOf { known: after.known, ..before })?;
    let to = Told::at(record, dispute, after)?;
    let mut changes = Vec::new();
    for (one, other, is_learned) in [(&from, &learned, true), (&learned, &to, false)] {
        let moved: BTreeSet<usize> = if is_learned {
            one.known.symmetric_difference(&other.known).copied().collect()
        } else {
            one.happened.symmetric_difference(&other.happened).map(|(n, _)| *n).collect()
        };
        let moved = Moved::new(record, moved);
        for (part, from, to) in differences(&one.state, &other.state) {
            let events = behind(record, &part, [&from, &to], [one, other], &moved);
            changes.push(Change { part, from, to, events, learned: is_learned });
        }
    }
    Some(changes)
}

/// A state, and how it came about.
struct Told {
    state: Json,
    /// Every event that was known.
    known: BTreeSet<usize>,
    /// Every event that had begun to happen, and whether that was certain.
    happened: BTreeSet<(usize, bool)>,
    /// The events that changed each part.
    by_part: HashMap<String, Vec<usize>>,
    /// The events that say when an event happened at the earliest and at the latest, where others
    /// do.
    narrowed_by: HashMap<usize, Vec<usize>>,
}

impl Told {
    fn at(record: &Record, dispute: &Slug, as_of: AsOf) -> Option<Self> {
        let record = &*as_of.known_part(record);
        // Which head the answer rests on is said beside it.
        let nothing = Known { sequence: 0, digest: String::new(), recorded_at: as_of.now };
        let state = State::of(record, dispute, as_of)?.to_json(&nothing);
        let mut by_part: HashMap<String, Vec<usize>> = HashMap::new();
        for entry in timeline(record, dispute, as_of)? {
            for change in entry.changes {
                by_part.entry(change.part).or_default().push(entry.n);
            }
        }
        let positions = record.of_dispute(dispute);
        let narrowed = positions.iter().zip(record.narrowed(positions)).map(|(n, narrowed)| {
            (*n, narrowed.earliest_from.into_iter().chain(narrowed.latest_from).collect())
        });
        Some(Self {
            state,
            known: (0..record.len()).collect(),
            happened: happened(&course(record, dispute, as_of), as_of),
            by_part,
            narrowed_by: narrowed.collect(),
        })
    }
}

fn happened(course: &Course<'_>, as_of: AsOf) -> BTreeSet<(usize, bool)> {
    course.begun.iter().map(|(n, span)| (*n, as_of.includes(*span))).collect()
}

/// The events that only one of two answers counts, each under what it is about: a correction under
/// the event that it corrects in the end, another under itself.
struct Moved(HashMap<usize, BTreeSet<usize>>);

impl Moved {
    fn new(record: &Record, events: impl IntoIterator<Item = usize>) -> Self {
        let mut moved: HashMap<usize, BTreeSet<usize>> = HashMap::new();
        for n in events {
            moved.entry(n).or_default().insert(n);
            moved.entry(root(record, n)).or_default().insert(n);
        }
        Self(moved)
    }
}

/// The events behind a change of a part, of those that only one of the two answers counts: those
/// that changed it, those that corrected or dated such a one, and those that it names.
fn behind(
    record: &Record,
    part: &str,
    [from, to]: [&Json; 2],
    [before, after]: [&Told; 2],
    moved: &Moved,
) -> Vec<EventId> {
    let mut touching: BTreeSet<usize> = BTreeSet::new();
    // What the phase was set by is told with it.
    let told_as = if part.starts_with("phase") { "phase" } else { part };
    for told in [before, after] {
        touching.extend(told.by_part.get(told_as).into_iter().flatten());
    }
    for value in [from, to] {
        named(record, value, &mut touching);
    }
    let row = part.rsplit_once('.').map_or("", |(_, row)| row);
    touching.extend(EventId::parse(row).and_then(|id| record.position(&id)));
    let dated: Vec<usize> = [before, after]
        .iter()
        .flat_map(|told| touching.iter().filter_map(|n| told.narrowed_by.get(n)).flatten())
        .copied()
        .collect();
    touching.extend(dated);
    let behind = touching.iter().filter_map(|n| moved.0.get(n)).flatten().copied();
    let mut events: Vec<usize> = behind.collect::<BTreeSet<usize>>().into_iter().collect();
    if events.is_empty() {
        let mut due = Vec::new();
        if told_as == "phase" {
            let set_by = after.state.get("phase_set_by").and_then(Json::as_text);
            due.extend(set_by.and_then(EventId::parse));
        } else {
            came_due(from, to, &mut due);
        }
        events.extend(due.iter().filter_map(|id| record.position(id)));
    }
    events.iter().filter_map(|n| record.get(*n)).map(|event| event.id.clone()).collect()
}

/// The ids of the events that set a status in advance, where that came due: found where a status
/// differs. That a day passed is nobody's doing.
fn came_due(from: &Json, to: &Json, found: &mut Vec<EventId>) {
    let Json::Object(members) = to else { return };
    if from.get("status").is_some() && from.get("status") != to.get("status") {
        let set_by = to.get("set_by").or(to.get("id")).and_then(Json::as_text);
        found.extend(set_by.and_then(EventId::parse));
        return;
    }
    for (key, to) in members {
        came_due(from.get(key).unwrap_or(&Json::Null), to, found);
    }
}

/// What a correction is in the end about; another event itself.
fn root(record: &Record, n: usize) -> usize {
    let of = match record.get(n).and_then(|event| event.fact()) {
        Some(Fact::Amendment(amendment)) => &amendment.of,
        Some(Fact::Retraction(retraction)) => &retraction.of,
        Some(Fact::Redaction(redaction)) => &redaction.of,
        _ => return n,
    };
    // A correction names what was recorded before it.
    record.position(of).filter(|of| *of < n).map_or(n, |of| root(record, of))
}

/// The events that a value names.
fn named(record: &Record, value: &Json, found: &mut BTreeSet<usize>) {
    match value {
        Json::Text(text) => {
            found.extend(EventId::parse(text).and_then(|id| record.position(&id)));
        }
        Json::List(parts) => parts.iter().for_each(|part| named(record, part, found)),
        Json::Object(members) => {
            members.iter().for_each(|(_, value)| named(record, value, found));
        }
        _ => {}
    }
}

/// The parts in which two states differ, with what each says of them.
pub(crate) fn differences(from: &Json, to: &Json) -> Vec<(String, Json, Json)> {
    let (was, is) = (parts(from), parts(to));
    let by_name = |parts: &[Part]| -> HashMap<String, Json> {
        parts.iter().map(|part| (part.name.clone(), part.value.clone())).collect()
    };
    let (was_by_name, is_by_name) = (by_name(&was), by_name(&is));
    let mut changes = Vec::new();
    for (key, _) in KEYS {
        let of_key = |part: &&Part| {
            part.name.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        for gone in was.iter().filter(of_key).filter(|part| !is_by_name.contains_key(&part.name)) {
            changes.push((gone.name.clone(), gone.value.clone(), Json::Null));
        }
        for part in is.iter().filter(of_key) {
            let was = was_by_name.get(&part.name).unwrap_or(&Json::Null);
            if *was != part.value {
                changes.push((part.name.clone(), was.clone(), part.value.clone()));
            }
        }
        changes.extend(rearranged(key, from, to));
    }
    changes
}

/// The order of a list where it is not the one that comes of leaving out, replacing and adding at
/// the end.
fn rearranged(key: &str, from: &Json, to: &Json) -> Option<(String, Json, Json)> {
    let names = |state: &Json| -> Vec<String> {
        state.get(key).unwrap_or(&Json::Null).parts().iter().map(|row| row_name(key, row)).collect()
    };
    let (was, is) = (names(from), names(to));
    let before: HashSet<&String> = was.iter().collect();
    let after: HashSet<&String> = is.iter().collect();
    let kept = was.iter().filter(|name| after.contains(name));
    let added = is.iter().filter(|name| !before.contains(name));
    let comes_out: Vec<&String> = kept.chain(added).collect();
    if comes_out.into_iter().eq(&is) {
        return None;
    }
    Some((format!("order.{key}"), Json::texts(was), Json::texts(is)))
}
