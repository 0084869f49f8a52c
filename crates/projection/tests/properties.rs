//! Laws of the record and its states, on records drawn at random (DESIGN.md, "Invariants").

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::event::schema::Mentioned;
use dispute_core::event::{Event, Kind};
use dispute_core::{
    EventId, EventLog, Founding, Instant, Json, LedgerId, MemoryLog, ReadLog, Record, Recorded,
    Scope, Slug, assign_id, draft, read_disputes, read_record, record_around, seal, seal_founding,
    with_all_named, with_named,
};
use dispute_projection::{AsOf, Known, State, course, timeline};
use proptest::prelude::*;

use crate::drawn::{DISPUTES, Dice, NOW, described, heaps, records};
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
            let read = with_those_named(record, &dispute);
            let alone = read_record(&log, &Scope::Disputes(read)).unwrap();
            for as_of in cuts(&drawn.record, &dispute) {
                let one = whole(&drawn.record, &dispute, as_of);
                let other = whole(&alone, &dispute, as_of);
                prop_assert_eq!(differing(one, other), [""; 0], "{} on {:?}", dispute, as_of.on);
            }
        }
    }

    #[test]
    fn a_dispute_read_with_the_parties_that_it_names_has_the_state_that_it_has_among_all(
        drawn in described(40),
    ) {
        let record = &drawn.record;
        let log = sealed(record.recorded());
        for dispute in disputes() {
            let read = with_those_named(record, &dispute);
            let all = read_record(&log, &Scope::Disputes(read.clone())).unwrap();
            let some = read_disputes(&log, &read).unwrap();
            for as_of in cuts(record, &dispute) {
                let one = whole(&all, &dispute, as_of);
                let other = whole(&some, &dispute, as_of);
                prop_assert_eq!(differing(one, other), [""; 0], "{} on {:?}", dispute, as_of.on);
                let explained = |record| State::of(record, &dispute, as_of).map(|it| it.warnings);
                prop_assert_eq!(explained(&all), explained(&some));
            }
        }
    }

    #[test]
    fn what_is_refused_is_refused_in_the_same_words_with_the_parties_that_it_names(
        drawn in described(30),
        candidates in heaps(24),
    ) {
        let log = sealed(drawn.record.recorded());
        let at = drawn.record.recorded().last().unwrap();
        let scoped = |scope: &Scope| match scope {
            Scope::Disputes(disputes) => read_disputes(&log, disputes),
            Scope::Whole => read_record(&log, scope),
        };
        for candidate in candidates {
            let Some(event) = candidate.event.clone() else { continue };
            let new = Recorded::new(at.sequence.next(), at.recorded_at, candidate.id, event);
            let events = [new.event.clone().unwrap()];
            let all = record_around(&log, &events, &mut |scope| read_record(&log, scope)).unwrap();
            let some = record_around(&log, &events, &mut |scope| scoped(scope)).unwrap();
            let mut some = with_named(&log, some, &events).unwrap();
            let mut more = with_all_named(&log, some.clone()).unwrap();
            prop_assert_eq!(more.recorded(), all.recorded());
            let expected = all.clone().admit(new.clone(), &|_| false);
            let found = some.admit(new.clone(), &|_| false);
            prop_assert_eq!(found.is_ok(), expected.is_ok(), "{:?} {:?}", found, expected);
            prop_assert_eq!(more.admit(new, &|_| false), expected);
        }
    }

    #[test]
    fn a_record_that_grew_event_by_event_reads_as_one_that_was_loaded(drawn in records(30)) {
        let mut grown = Record::default();
        for event in drawn.record.recorded() {
            grown.push(event.clone());
            if event.sequence.get() % 5 != 0 {
                continue;
            }
            let loaded = Record::load(grown.recorded().to_vec(), []);
            for dispute in disputes() {
                for as_of in cuts(&grown, &dispute) {
                    let one = whole(&grown, &dispute, as_of);
                    let other = whole(&loaded, &dispute, as_of);
                    prop_assert_eq!(differing(one, other), [""; 0]);
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
    for _ in 0..200 {
        let drawn = records(36).new_tree(&mut runner).unwrap().current();
        tried += drawn.tried;
        taken += drawn.taken;
        for event in drawn.record.recorded() {
            *kinds.entry(event.kind).or_default() += 1;
        }
    }
    assert!(taken * 10 > tried * 6, "{taken} of {tried} were taken");
    let missing: Vec<_> = Kind::ALL
        .iter()
        .filter(|kind| **kind != Kind::Redaction && !kinds.contains_key(kind))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
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

/// A dispute, and those of what its events name.
fn with_those_named(record: &Record, dispute: &Slug) -> BTreeSet<Slug> {
    let named = record.of_dispute(dispute).iter().flat_map(|n| ever_named(record, *n));
    let disputes = named.filter_map(|n| record.dispute_of(n).cloned());
    disputes.chain([dispute.clone()]).collect()
}

/// What an event names, as recorded and as amended.
fn ever_named(record: &Record, n: usize) -> Vec<usize> {
    let recorded = record.get(n).and_then(|event| event.event.as_ref());
    recorded.into_iter().chain(record.document(n)).flat_map(|e| named(record, e)).collect()
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
