//! Laws of the record and its states, on records drawn at random (DESIGN.md, "Invariants").

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::event::schema::{Mentioned, Named};
use dispute_core::event::{Event, Fact, Kind};
use dispute_core::{
    EventId, EventLog, Founding, Instant, Json, LedgerId, MemoryLog, ReadLog, Record, Recorded,
    Scope, Sequence, Slug, assign_id, draft, read_record, seal, seal_founding,
};
use dispute_projection::{AsOf, Known, State, course, timeline};
use proptest::prelude::*;

use crate::drawn::{DISPUTES, Dice, NOW, heaps, records};
use crate::naive::{Naive, Shown};

#[path = "records/drawn.rs"]
mod drawn;
#[path = "records/naive.rs"]
mod naive;

/// How many records each law is tried on. What fails is to become a test of its own.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn the_fold_agrees_with_a_naive_reading_at_every_cut(drawn in records(36)) {
        for dispute in disputes() {
            let naive = Naive::new(drawn.record.recorded(), &dispute);
            let cuts = cuts(&drawn.record, &dispute);
            for as_of in cuts {
                let expected = naive.as_ref().map(|naive| naive.state(as_of));
                let found = shown(&drawn.record, &dispute, as_of);
                prop_assert_eq!(found, expected, "{} on {:?}", dispute, as_of.on);
            }
        }
    }

    #[test]
    fn every_event_that_counts_is_left_a_moment(drawn in records(40)) {
        for dispute in disputes() {
            let positions = drawn.record.of_dispute(&dispute);
            if drawn.record.openings(&dispute).is_empty() {
                continue;
            }
            for (narrowed, n) in drawn.record.narrowed(positions).iter().zip(positions) {
                let counts = drawn.record.counts(*n);
                let id = &drawn.record.get(*n).unwrap().id;
                prop_assert!(!counts || !narrowed.span.is_empty(), "{id} {:?}", narrowed.span);
            }
        }
    }

    #[test]
    fn a_state_on_a_date_never_depends_on_what_begins_after_it(drawn in records(36)) {
        for dispute in disputes() {
            for as_of in cuts(&drawn.record, &dispute) {
                let Some(on) = as_of.on else { continue };
                let kept = without_later(&drawn.record, &dispute, on);
                let before = Record::load(kept, []);
                let one = whole(&drawn.record, &dispute, as_of);
                let other = whole(&before, &dispute, as_of);
                prop_assert_eq!(differing(one, other), [""; 0], "{} on {}", dispute, on);
                let one = told(&drawn.record, &dispute, as_of);
                prop_assert_eq!(one, told(&before, &dispute, as_of), "{} on {}", dispute, on);
            }
        }
    }

    #[test]
    fn what_is_read_from_the_log_is_what_was_recorded(drawn in records(30)) {
        let recorded = with_assigned_ids(&drawn.record);
        let log = sealed(&recorded);
        let read = read_record(&log, &Scope::Whole).unwrap();
        prop_assert_eq!(read.recorded(), recorded.as_slice());
        for event in &recorded {
            let document = event.event.as_ref().unwrap();
            let again = Event::parse(&document.to_json().to_string());
            prop_assert_eq!(again.as_ref(), Ok(document));
            let content = document.content();
            let kind = document.kind().as_str();
            let text = document.occurred.as_ref().map_or("", |date| date.as_str());
            let dispute = document.dispute.as_ref();
            let again = Event::from_record(kind, document.id.as_ref(), dispute, text, &content);
            prop_assert_eq!(again.as_ref(), Ok(document));
        }
    }

    #[test]
    fn a_dispute_read_with_those_that_it_names_has_the_state_that_it_has_among_all(
        drawn in records(36),
    ) {
        let record = &drawn.record;
        let log = sealed(record.recorded());
        for dispute in disputes() {
            let own = record.of_dispute(&dispute).iter().flat_map(|n| ever_named(record, *n));
            let mut read: BTreeSet<Slug> =
                own.filter_map(|n| record.dispute_of(n).cloned()).collect();
            read.insert(dispute.clone());
            let alone = read_record(&log, &Scope::Disputes(read)).unwrap();
            for as_of in cuts(&drawn.record, &dispute) {
                let one = whole(&drawn.record, &dispute, as_of);
                let other = whole(&alone, &dispute, as_of);
                prop_assert_eq!(differing(one, other), [""; 0], "{} on {:?}", dispute, as_of.on);
            }
        }
    }

    #[test]
    fn another_order_that_references_allow_gives_the_same_states(
        drawn in records(36),
        seed in any::<u64>(),
    ) {
        let Some(reordered) = reordered(&drawn.record, seed) else {
            return Err(TestCaseError::reject("the rules refuse this order"));
        };
        for dispute in disputes() {
            for as_of in cuts(&drawn.record, &dispute) {
                let one = unordered(whole(&drawn.record, &dispute, as_of));
                let other = unordered(whole(&reordered, &dispute, as_of));
                prop_assert_eq!(differing(one, other), [""; 0], "{} on {:?}", dispute, as_of.on);
            }
        }
    }

    #[test]
    fn retracting_the_last_event_is_as_if_it_was_never_recorded(drawn in records(36)) {
        let record = &drawn.record;
        let all = record.recorded();
        let (last, before) = all.split_last().unwrap();
        prop_assume!(last.kind != Kind::DisputeOpened);
        let mut after = record.clone();
        after.admit(retraction("last", &last.id, last), &|_| false).unwrap();
        let before = Record::load(before.to_vec(), []);
        for dispute in disputes() {
            for as_of in cuts(record, &dispute) {
                let forgotten = |state: Option<Json>| {
                    state.map(|state| without_from(state, "retracted", &last.id))
                };
                let (one, other) = (whole(&after, &dispute, as_of), whole(&before, &dispute, as_of));
                // A correction is no event of the dispute, and leaves nothing in its lists.
                let (one, other) = match last.kind.is_about_the_record() {
                    true => (one, other),
                    false => (forgotten(one), forgotten(other)),
                };
                prop_assert_eq!(differing(one, other), [""; 0], "{} {:?}", dispute, as_of.on);
            }
        }
    }

    #[test]
    fn a_redaction_counts_at_every_cut_as_if_its_target_was_retracted(
        drawn in records(36),
        choice in any::<u64>(),
    ) {
        let record = &drawn.record;
        let all: Vec<usize> = (0..record.len())
            .filter(|n| record.get(*n).unwrap().kind != Kind::DisputeOpened)
            .collect();
        let n = *Dice(choice).pick(&all).unwrap();
        let redacted = record.get(n).unwrap().id.clone();
        let mut retracted = record.clone();
        let last = record.recorded().last().unwrap();
        retracted.push(retraction("last", &redacted, last));
        // Its content is gone, and what amendments of it said.
        let mut erased = record.recorded().to_vec();
        for (m, event) in erased.iter_mut().enumerate() {
            let amends = event.kind == Kind::Amendment && root(record, m) == n;
            if m == n || amends {
                event.version_of = record.version_of(m).cloned();
                event.event = None;
            }
        }
        let erased = Record::load(erased, [redacted]);
        for dispute in disputes() {
            for as_of in cuts(record, &dispute) {
                let lists = ["retracted", "redacted", "amended"];
                let one = whole(&erased, &dispute, as_of).map(|state| without(&state, &lists));
                let other = whole(&retracted, &dispute, as_of).map(|state| without(&state, &lists));
                prop_assert_eq!(differing(one, other), [""; 0], "{} on {:?}", dispute, as_of.on);
            }
        }
    }

    #[test]
    fn what_was_known_at_a_moment_is_the_record_that_ended_there(drawn in records(30)) {
        let record = &drawn.record;
        let mut grown = Record::default();
        for event in record.recorded() {
            grown.push(event.clone());
            if event.sequence.get() % 5 != 0 {
                continue;
            }
            let known = record.as_known_at(event.sequence);
            let loaded = Record::load(grown.recorded().to_vec(), []);
            for dispute in disputes() {
                for as_of in cuts(&grown, &dispute) {
                    let expected = whole(&grown, &dispute, as_of);
                    for record in [&known, &loaded] {
                        let found = whole(record, &dispute, as_of);
                        prop_assert_eq!(differing(found, expected.clone()), [""; 0]);
                    }
                }
            }
        }
    }

    #[test]
    fn a_timeline_ends_with_what_the_state_shows(drawn in records(36)) {
        for dispute in disputes() {
            for as_of in cuts(&drawn.record, &dispute) {
                let Some(state) = whole(&drawn.record, &dispute, as_of) else { continue };
                for (part, told) in told(&drawn.record, &dispute, as_of).unwrap() {
                    if let Some(found) = part_of(&state, &part) {
                        prop_assert_eq!(found, told, "{} on {:?}: {}", dispute, as_of.on, part);
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_fold_never_fails(heap in heaps(24), cut in any::<u64>()) {
        let mut pushed = Record::default();
        for event in heap.clone() {
            pushed.push(event);
        }
        let erased: Vec<EventId> = heap.iter().step_by(7).map(|event| event.id.clone()).collect();
        let mut dice = Dice(cut);
        let start = Instant::parse("2024-09-01T00:00:00Z").unwrap().as_micros();
        let day = |dice: &mut Dice| {
            let days = i64::try_from(dice.below(300)).unwrap();
            Instant::from_micros(start + days * 86_400_000_000).unwrap()
        };
        for record in [pushed, Record::load(heap.clone(), []), Record::load(heap, erased)] {
            for dispute in disputes() {
                for on in [None, Some(day(&mut dice)), Some(day(&mut dice))] {
                    let as_of = AsOf { on, ..AsOf::now(day(&mut dice)) };
                    let state = whole(&record, &dispute, as_of);
                    let told = told(&record, &dispute, as_of);
                    prop_assert_eq!(state.is_some(), told.is_some());
                }
            }
        }
    }
}

#[test]
fn most_of_what_is_drawn_keeps_the_rules_and_every_kind_is_drawn() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut tried, mut taken) = (0, 0);
    let mut kinds: BTreeMap<Kind, u32> = BTreeMap::new();
    let mut reorderings = 0;
    for seed in 0..200 {
        let drawn = records(36).new_tree(&mut runner).unwrap().current();
        tried += drawn.tried;
        taken += drawn.taken;
        for event in drawn.record.recorded() {
            *kinds.entry(event.kind).or_default() += 1;
        }
        reorderings += u32::from(reordered(&drawn.record, seed).is_some());
    }
    assert!(taken * 10 > tried * 6, "{taken} of {tried} were taken");
    let missing: Vec<_> = Kind::ALL
        .iter()
        .filter(|kind| **kind != Kind::Redaction && !kinds.contains_key(kind))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(reorderings > 120, "{reorderings} of 200 records could be reordered");
}

fn disputes() -> [Slug; 2] {
    DISPUTES.map(|(slug, _)| Slug::parse(slug).unwrap())
}

/// No date, and a choice of the moments at which something begins or ends, and just before.
fn cuts(record: &Record, dispute: &Slug) -> Vec<AsOf> {
    let now = Instant::parse(NOW).unwrap();
    let naive = Naive::new(record.recorded(), dispute);
    let moments: Vec<Instant> =
        naive.iter().flat_map(Naive::moments).flat_map(|at| [at.before(), at]).collect();
    let mut dice = Dice(moments.len() as u64);
    let mut cuts: BTreeSet<Option<Instant>> = BTreeSet::from([None]);
    cuts.extend((0..8).map(|_| dice.pick(&moments).copied()));
    cuts.into_iter().map(|on| AsOf { on, ..AsOf::now(now) }).collect()
}

fn known() -> Known {
    let recorded_at = Instant::parse(NOW).unwrap();
    Known { sequence: 0, digest: String::new(), recorded_at }
}

/// All that is shown of a state.
fn whole(record: &Record, dispute: &Slug, as_of: AsOf) -> Option<Json> {
    State::of(record, dispute, as_of).map(|state| state.to_json(&known()))
}

/// The parts in which two states differ, in words.
fn differing(one: Option<Json>, other: Option<Json>) -> Vec<String> {
    let (one, other) = match (one, other) {
        (None, None) => return Vec::new(),
        (Some(one), Some(other)) => (one, other),
        (one, other) => return vec![format!("there: {} {}", one.is_some(), other.is_some())],
    };
    let Json::Object(members) = &one else { return vec!["no object".to_owned()] };
    let differs = |(key, _): &&(String, Json)| one.get(key) != other.get(key);
    let parts = members.iter().filter(differs).map(|(key, value)| {
        format!("{key}:\n  {value}\n  {}", other.get(key).unwrap_or(&Json::Null))
    });
    parts.collect()
}

/// What a timeline told last of each part.
fn told(record: &Record, dispute: &Slug, as_of: AsOf) -> Option<BTreeMap<String, Json>> {
    let entries = timeline(record, dispute, as_of)?;
    let changes = entries.into_iter().flat_map(|entry| entry.changes);
    Some(changes.map(|change| (change.part, change.to)).collect())
}

/// A part of the state by the name that a timeline has for it; null where it is not there. Only
/// for parts that are shown in the same way.
fn part_of(state: &Json, part: &str) -> Option<Json> {
    let (list, name) = part.split_once('.').unwrap_or((part, ""));
    let rows = ["actions", "agreements", "charges", "findings", "mediation", "orders", "proposals"];
    let id = |row: &&Json| row.get("id").and_then(Json::as_text) == Some(name);
    match list {
        "phase" => state.get("phase").cloned(),
        "issues" => {
            let (issue, unit) = name.split_once('/').map_or((name, None), |(i, u)| (i, Some(u)));
            let row = state.get("issues")?.parts().iter().find(|row| {
                row.get("issue").and_then(Json::as_text) == Some(issue)
                    && row.get("bargaining_unit").and_then(Json::as_text) == unit
            });
            Some(row.cloned().unwrap_or(Json::Null))
        }
        list if rows.contains(&list) => {
            let row = state.get(list)?.parts().iter().find(id);
            // Days pass by themselves; they are no change.
            Some(row.map_or(Json::Null, |row| without(row, &["day"])))
        }
        _ => None,
    }
}

/// What the naive reading shows too.
fn shown(record: &Record, dispute: &Slug, as_of: AsOf) -> Option<Shown> {
    let state = whole(record, dispute, as_of)?;
    let rows = |list: &str, row: &dyn Fn(&Json) -> String| -> Vec<String> {
        state.get(list).unwrap().parts().iter().map(row).collect()
    };
    let keys = |row: &Json, keys: &[&str]| -> String {
        keys.iter().map(|key| text(row.get(key).unwrap())).collect::<Vec<_>>().join(" ")
    };
    let answers = |row: &Json| -> String {
        let Some(Json::Object(answers)) = row.get("answers") else { return String::new() };
        let answer = |(party, answer): &(String, Json)| {
            let stamp = keys(answer, &["since", "set_by"]);
            format!("{party}:{}:{stamp}", text(answer.get("answer").unwrap()))
        };
        answers.iter().map(answer).collect::<Vec<_>>().join(",")
    };
    let sessions = state.get("sessions").unwrap();
    let session = |key: &str, keys: &[&str]| {
        let session = sessions.get(key).unwrap();
        let words: Vec<String> = keys.iter().filter_map(|key| session.get(key)).map(text).collect();
        if words.is_empty() { "null".to_owned() } else { words.join(" ") }
    };
    let certain = course(record, dispute, as_of).certain;
    Some(Shown {
        order: certain.iter().map(|step| step.id.to_string()).collect(),
        possible: rows("possible", &text),
        phase: text(state.get("phase").unwrap()),
        proposals: rows("proposals", &|row| {
            format!("{} [{}]", keys(row, &["id", "status", "since", "set_by"]), answers(row))
        }),
        mediation: rows("mediation", &|row| {
            let shown =
                ["id", "status", "since", "set_by", "scheduled_for", "broken_off_by", "result"];
            format!("{} [{}]", keys(row, &shown), answers(row))
        }),
        agreements: rows("agreements", &|row| keys(row, &["id", "status", "since", "set_by"])),
        votes: rows("votes", &|row| keys(row, &["id", "stage"])),
        actions: rows("actions", &|row| {
            keys(row, &["id", "action", "status", "since", "until", "day", "workers"])
        }),
        issues: rows("issues", &|row| {
            let Some(Json::Object(positions)) = row.get("positions") else { return String::new() };
            let positions: Vec<String> = positions
                .iter()
                .map(|(party, p)| format!("{party}:{}", keys(p, &["id", "status", "terms"])))
                .collect();
            let agreed = match row.get("agreed").unwrap() {
                Json::Null => "null".to_owned(),
                agreed => keys(agreed, &["id", "terms"]),
            };
            let place = keys(row, &["issue", "bargaining_unit"]);
            format!("{place} [{}] {agreed}", positions.join(","))
        }),
        sessions: vec![
            format!("held {}", text(sessions.get("held").unwrap())),
            format!("last {}", session("last", &["id"])),
            format!("next {}", session("next", &["id", "date"])),
        ],
    })
}

fn text(json: &Json) -> String {
    json.as_text().map_or_else(|| json.to_string(), str::to_owned)
}

fn without(row: &Json, keys: &[&str]) -> Json {
    let Json::Object(members) = row else { return row.clone() };
    Json::Object(members.iter().filter(|(k, _)| !keys.contains(&k.as_str())).cloned().collect())
}

/// The state with an id taken out of one of its lists.
fn without_from(state: Json, list: &str, id: &EventId) -> Json {
    let Json::Object(mut members) = state else { return state };
    for (key, value) in &mut members {
        if key == list {
            *value = Json::List(
                value.parts().iter().filter(|part| text(part) != id.as_str()).cloned().collect(),
            );
        }
    }
    Json::Object(members)
}

/// The state but for what follows the order of recording.
fn unordered(state: Option<Json>) -> Option<Json> {
    let Some(Json::Object(mut members)) = state else { return None };
    let later = ["conflicting-values", "suspected-duplicate"];
    for (key, value) in &mut members {
        let mut parts = value.parts().to_vec();
        match key.as_str() {
            "possible" | "retracted" | "amended" | "redacted" | "gaps" => {}
            "warnings" => parts.retain(|w| !later.contains(&text(w.get("code").unwrap()).as_str())),
            "versions" => {
                *value = std::mem::replace(value, Json::Null).sorted();
                continue;
            }
            _ => continue,
        }
        parts.sort_by_key(ToString::to_string);
        *value = Json::List(parts);
    }
    Some(Json::Object(members))
}

/// The retraction of an event, recorded just after another.
fn retraction(id: &str, of: &EventId, after: &Recorded) -> Recorded {
    let text = format!(r#"{{"kind":"retraction","id":"{id}","of":"{of}","reason":"r"}}"#);
    let event = Event::parse(&text).unwrap();
    let place = Sequence::new(after.sequence.get() + 1);
    Recorded::new(place, after.recorded_at, event.id.clone().unwrap(), event)
}

/// The events that an event names.
fn named(record: &Record, event: &Event) -> Vec<usize> {
    let mut named = Vec::new();
    event.mentions(&mut |mention| {
        let id = match mention.what {
            Mentioned::Event(id, _) => Some(id.clone()),
            Mentioned::PartyOrEvent(text) => EventId::parse(text),
            Mentioned::Declared(..) | Mentioned::Date(_) => None,
        };
        named.extend(id.and_then(|id| record.position(&id)));
    });
    named
}

/// What an event names, as recorded and as amended.
fn ever_named(record: &Record, n: usize) -> Vec<usize> {
    let recorded = record.get(n).and_then(|event| event.event.as_ref());
    recorded.into_iter().chain(record.document(n)).flat_map(|e| named(record, e)).collect()
}

/// The fact that a correction is about in the end, or the event itself.
fn root(record: &Record, n: usize) -> usize {
    let of = match record.get(n).and_then(Recorded::fact) {
        Some(Fact::Amendment(amendment)) => &amendment.of,
        Some(Fact::Retraction(retraction)) => &retraction.of,
        _ => return n,
    };
    root(record, record.position(of).unwrap())
}

/// The record without the events of a dispute that begin after a moment, but for its opening and
/// what other events need: a correction goes with what it corrects, and a version with its
/// original.
fn without_later(record: &Record, dispute: &Slug, on: Instant) -> Vec<Recorded> {
    let positions = record.of_dispute(dispute);
    let narrowed = record.narrowed(positions);
    let mut gone: BTreeSet<usize> = positions
        .iter()
        .zip(&narrowed)
        .filter(|(_, narrowed)| narrowed.span.earliest.is_some_and(|earliest| earliest >= on))
        .map(|(n, _)| *n)
        .filter(|n| record.get(*n).unwrap().kind != Kind::DisputeOpened)
        .collect();
    let all = 0..record.len();
    gone.extend(all.clone().filter(|n| gone.contains(&root(record, *n))).collect::<Vec<_>>());
    loop {
        let needed: Vec<usize> = all
            .clone()
            .filter(|n| !gone.contains(n))
            .flat_map(|n| ever_named(record, n))
            .filter(|n| gone.contains(n))
            .collect();
        let back: Vec<usize> = gone
            .iter()
            .copied()
            .filter(|n| {
                let root = root(record, *n);
                needed.contains(n)
                    || !gone.contains(&root)
                    || needed.contains(&root)
                    || !gone.contains(&record.original(root))
            })
            .collect();
        if back.is_empty() {
            break;
        }
        back.iter().for_each(|n| {
            gone.remove(n);
        });
    }
    let kept = record.recorded().iter().enumerate().filter(|(n, _)| !gone.contains(n));
    kept.map(|(_, event)| event.clone()).collect()
}

/// The record in another order: what is named comes before what names it, and corrections of one
/// event, descriptions of one thing, accounts of one fact and events of one moment keep theirs.
/// `None` where the rules refuse what is corrected only later.
fn reordered(record: &Record, seed: u64) -> Option<Record> {
    // When each event counts; what takes its original's place does so among ties too.
    let mut latest: BTreeSet<(usize, Option<Instant>)> = BTreeSet::new();
    for dispute in disputes() {
        let positions = record.of_dispute(&dispute);
        for (narrowed, n) in record.narrowed(positions).iter().zip(positions) {
            latest.extend([*n, record.original(*n)].map(|n| (n, narrowed.span.latest)));
        }
    }
    let tied = |n: usize, m: usize| {
        latest.iter().any(|(other, at)| *other == n && latest.contains(&(m, *at)))
    };
    let event = |n: usize| record.get(n).unwrap();
    let belongs = |n: usize| record.dispute_of(n).cloned();
    let opens = |n: usize| event(root(record, n)).kind == Kind::DisputeOpened;
    let describes = |n: usize| {
        event(n).event.as_ref().and_then(Event::declares).map(|(named, slug)| (named, slug.clone()))
    };
    let names = |n: usize, described: &(Named, Slug)| {
        let mut names = false;
        let recorded = event(n).event.as_ref();
        for document in recorded.into_iter().chain(record.document(n)) {
            document.mentions(&mut |mention| {
                names |= matches!(mention.what, Mentioned::Declared(named, slug)
                    if (named, slug) == (described.0, &described.1));
            });
        }
        names
    };
    let keeps = |before: usize, after: usize| {
        let of_one_dispute = belongs(before) == belongs(after);
        ever_named(record, after).contains(&before)
            || root(record, before) == root(record, after)
            || record.original(before) == record.original(after)
            || of_one_dispute && (opens(before) || opens(after))
            || of_one_dispute && tied(before, after)
            || describes(before).is_some_and(|described| {
                describes(after).as_ref() == Some(&described) || names(after, &described)
            })
    };
    let mut left: Vec<usize> = (0..record.len()).collect();
    let mut dice = Dice(seed);
    let mut reordered = Record::default();
    while !left.is_empty() {
        let is_ready = |n: &usize| left.iter().all(|m| m >= n || !keeps(*m, *n));
        let ready: Vec<usize> = left.iter().copied().filter(is_ready).collect();
        let n = *dice.pick(&ready).unwrap();
        left.retain(|m| *m != n);
        let place = Sequence::new(reordered.len() as u64 + 1);
        let moved = Recorded { sequence: place, ..event(n).clone() };
        reordered.admit(moved, &|_| false).ok()?;
    }
    Some(reordered)
}

const LEDGER: LedgerId = LedgerId::from_bytes(*b"sixteen bytes id");

/// The events of a record, those that nothing names under ids that the ledger assigns.
fn with_assigned_ids(record: &Record) -> Vec<Recorded> {
    let named: BTreeSet<usize> = (0..record.len()).flat_map(|n| ever_named(record, n)).collect();
    let mut events = record.recorded().to_vec();
    for (n, event) in events.iter_mut().enumerate().filter(|(n, _)| !named.contains(n)) {
        event.id = assign_id(&LEDGER, event.sequence, |id| record.position(id).is_some());
        event.event.as_mut().unwrap().id = None;
        assert_eq!(event.sequence.get(), n as u64 + 1);
    }
    events
}

/// A log that holds these events.
fn sealed(recorded: &[Recorded]) -> MemoryLog {
    let founding = Founding {
        ledger: LEDGER,
        name: "drawn".to_owned(),
        software: "dispute".to_owned(),
        recorded_by: "nobody".to_owned(),
        recorded_at: recorded[0].recorded_at,
    };
    let mut log = MemoryLog::create(seal_founding(founding, [0; 32]).unwrap());
    let mut record = Record::default();
    for event in recorded {
        let document = event.event.as_ref().unwrap();
        let draft = draft(&record, document, event.id.clone(), "nobody").unwrap();
        let head = log.head().unwrap();
        let entry = seal(draft, LEDGER, &head, event.recorded_at, [1; 32]).unwrap();
        log.append(&head, entry).unwrap();
        record.push(event.clone());
    }
    log
}
