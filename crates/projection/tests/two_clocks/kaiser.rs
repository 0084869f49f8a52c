//! The strike at Kaiser Permanente as the public learned of it. The events are those of
//! `fixtures/kaiser-socal-2024.jsonl`, where each names its sources; `kaiser-published.jsonl` beside
//! it says on which day each became public, one line a day and reason:
//!
//! | key | |
//! |---|---|
//! | `published` | the day, by the `published` of the first source that tells it |
//! | `why` | why that day, where no source names it |
//! | `events` | the ids of the events, in the order in which they are recorded |
//! | `event` | or an event that only this telling has: the first account of what is known otherwise now, under the same id, and what corrected it |
//!
//! They are sealed at six in the evening of that day, by a clock that stands there.

use std::collections::HashMap;

use dispute_core::event::Event;
use dispute_core::{
    BehindClock, Clock, Edtf, EventId, EventLog, FixedClock, Founding, Instant, Json, LedgerId,
    MemoryLog, ReadLog, Record, Recorded, Scope, Sealer, Zone, draft, read_record, seal_founding,
};

use super::{part, state};
use crate::written::{moment, slug};

const EVENTS: &str = include_str!("../../../../fixtures/kaiser-socal-2024.jsonl");
const PUBLISHED: &str = include_str!("../../../../fixtures/kaiser-published.jsonl");

/// What was believed at the end of a date of that date, and what is known of it now.
const BELIEFS: &str = "
    on          part of the state                     believed             known now

    # The contract had run out, which nothing on record says before May.
    2024-10-01  phase                                 bargaining           bargaining
    2024-10-01  contracts.socal-2021.status           in-force             expired
    2024-10-01  sessions.held                         9                    9

    # Notice was given on October 10, and Kaiser wrote of it on October 18.
    2024-10-15  phase                                 bargaining           bargaining
    2024-10-15  actions                               []                   K28b
    2024-10-15  notices                               []                   K28
    2024-10-15  sessions.last.id                      K27b                 K29
    2024-10-18  actions                               K28b                 K28b

    # Everybody saw the strike begin.
    2024-10-21  phase                                 stoppage             stoppage
    2024-10-21  actions.K33.day                       1                    1
    2024-10-21  actions.K33.workers                   2400                 2400
    2024-10-21  proposals.K24.status                  rejected             rejected
    2024-10-21  versions.K33                          K33c                 K33c,K33b

    2024-12-16  phase                                 stoppage             stoppage
    2024-12-16  actions.K33.day                       57                   57
    2024-12-16  statements.last_by.mcguire            K39b                 K39b

    # Kaiser raised its offer, and said so in March and when, in May.
    2025-01-31  issues.wages.positions.kaiser.value   18                   19
    2025-01-31  issues.wages.positions.kaiser.id      K24                  K44
    2025-01-31  proposals.K44.status                  nothing              rejected
    2025-01-31  sessions.last.id                      K43b                 K43b

    2025-02-07  mediation.K47.status                  offered              offered
    2025-02-07  mediation.K47.answers.nuhw.answer     accepted             accepted
    2025-02-07  mediation.K47.answers.kaiser.answer   none                 none
    2025-02-07  actions.K33.day                       110                  110

    # Kaiser had declined mediation by now, as an article of March told.
    2025-02-20  mediation.K47.status                  offered              declined
    2025-02-20  mediation.K47.answers.kaiser.set_by   null                 K51
    2025-02-20  sessions.last.id                      K52                  K52
    2025-02-20  gaps.gap-day-declined                 nothing              gap-day-declined

    2025-03-03  mediation.K47.status                  scheduled            scheduled
    2025-03-03  warnings.accept-after-rejection:K54.event  nothing         K54

    # Who broke off: one side's word, then a paper's error, then what is agreed on.
    2025-03-10  mediation.K47.status                  scheduled            in-session
    2025-03-12  mediation.K47.status                  suspended            suspended
    2025-03-12  mediation.K47.broken_off_by           nuhw                 nuhw
    2025-03-12  issues.wages.positions.kaiser.value   19                   19
    2025-03-12  issues.wages.positions.kaiser.status  open                 rejected
    2025-04-11  mediation.K47.broken_off_by           kaiser               nuhw
    2025-04-11  amended                               K57                  K44,K57
    2025-04-11  actions.K59.status                    ended                ended
    2025-04-21  mediation.K47.status                  in-session           in-session
    2025-04-21  amended                               K57                  K44,K57

    # They agreed on a Sunday night, and that ended the strike.
    2025-05-04  phase                                 stoppage             tentative-agreement
    2025-05-04  actions.K33.status                    in-progress          ended
    2025-05-04  actions.K33.day                       196                  196
    2025-05-05  phase                                 tentative-agreement  tentative-agreement
    2025-05-05  actions.K33.day                       197                  196
    2025-05-07  votes                                 []                   K65

    2025-05-08  phase                                 settled              settled
    2025-05-08  votes.K66.yes                         1937                 1937
    2025-05-08  actions.K33.until                     2025-05-04           2025-05-04
";

/// The parts in which, once all is known, it does not matter when it was learned.
const IN_THE_END: [&str; 12] = [
    "phase",
    "phase_since",
    "actions",
    "proposals",
    "mediation",
    "agreements",
    "votes",
    "issues",
    "sessions",
    "units",
    "contracts",
    "notices",
];

#[test]
fn what_was_believed_on_each_day_is_not_always_what_is_known_of_it_now() {
    let record = sealed(learned());
    let dispute = slug("kaiser-socal-2024");
    let mut wrong = Vec::new();
    let mut told = (0, 0);
    for line in rows(BELIEFS) {
        let [on, path, believed, known] = line.as_slice() else { panic!("{line:?}") };
        let found =
            [*on, "now"].map(|known| part(state(&record, &dispute, on, known).as_ref(), path));
        if found != [*believed, *known] {
            wrong.push(format!("{on}  {path}  {}  {}", found[0], found[1]));
        }
        told = if believed == known { (told.0 + 1, told.1) } else { (told.0, told.1 + 1) };
    }
    assert!(wrong.is_empty(), "found instead:\n{}", wrong.join("\n"));
    assert!(told.0 >= 10 && told.1 >= 10, "{told:?} rows are equal and different");
}

#[test]
fn in_the_end_it_does_not_matter_in_which_order_the_facts_were_learned() {
    let (learned, at_once) = (sealed(learned()), recorded_at_once());
    let dispute = slug("kaiser-socal-2024");
    for line in rows(BELIEFS) {
        let states = [&learned, &at_once].map(|record| state(record, &dispute, line[0], "now"));
        let [Some(one), Some(other)] = states else { panic!("no dispute on {}", line[0]) };
        for part in IN_THE_END {
            assert_eq!(one.get(part), other.get(part), "{part} on {}", line[0]);
        }
    }
}

#[test]
fn what_was_believed_on_a_day_is_what_the_ledger_of_that_day_said() {
    let (whole, learned) = (sealed(learned()), learned());
    let dispute = slug("kaiser-socal-2024");
    let mut days: Vec<&str> = rows(BELIEFS).iter().map(|line| line[0]).collect();
    days.dedup();
    for day in days {
        let by_then = learned.iter().filter(|(at, _)| *at <= evening_of(day));
        let ledger = sealed(by_then.cloned().collect());
        let believed = state(&whole, &dispute, day, day);
        let said = state(&ledger, &dispute, day, "now");
        assert!(believed.is_some() && believed == said, "{day}\n{believed:?}\n{said:?}");
    }
}

#[test]
fn before_the_dispute_was_on_record_there_was_none_to_believe_in() {
    let record = sealed(learned());
    let dispute = slug("kaiser-socal-2024");
    for (on, known, phase) in [
        ("2024-07-31", "2021-08-31", "none"),
        ("2024-07-31", "2024-07-31", "none"),
        ("2024-07-31", "2024-08-01", "opened"),
        ("2024-07-31", "2024-08-30", "bargaining"),
        ("2024-07-31", "now", "bargaining"),
    ] {
        let state = state(&record, &dispute, on, known);
        assert_eq!(part(state.as_ref(), "phase"), phase, "on {on}, known {known}");
    }
}

#[test]
fn every_fact_is_recorded_on_the_day_of_its_first_source_or_with_a_reason() {
    let publications = publications();
    let recorded = |id: &EventId| publications.iter().any(|p| p.event.id.as_ref() == Some(id));
    for event in EVENTS.lines().map(|line| Event::parse(line).unwrap()) {
        assert!(recorded(&id(&event)), "when was {} published?", id(&event));
    }
    for Publication { day, event, .. } in publications.iter().filter(|p| !p.is_assumed) {
        let sources = event.common.sources.iter().flatten();
        let first = sources.filter_map(|source| source.published.as_ref()).map(Edtf::as_str).min();
        let is_correction = event.kind().is_about_the_record();
        assert!(is_correction || first == Some(day), "{} {day} {first:?}", id(event));
    }
}

/// The lines of a table that hold something, but for its head.
fn rows(table: &str) -> Vec<Vec<&str>> {
    let lines = table.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let filled = lines.filter(|line| !line.is_empty());
    filled.skip(1).map(|line| line.split_whitespace().collect()).collect()
}

/// The events, each with the moment at which it is recorded.
fn learned() -> Vec<(Instant, Event)> {
    let publications = publications();
    publications.into_iter().map(|p| (evening_of(&p.day), p.event)).collect()
}

/// When an event became public, and whether no source says so.
struct Publication {
    day: String,
    is_assumed: bool,
    event: Event,
}

fn publications() -> Vec<Publication> {
    let facts: HashMap<EventId, Event> =
        EVENTS.lines().map(|line| Event::parse(line).unwrap()).map(|e| (id(&e), e)).collect();
    let mut learned = Vec::new();
    for line in PUBLISHED.lines() {
        let line = Json::parse(line).unwrap();
        let day = line.get("published").and_then(Json::as_text).unwrap().to_owned();
        let is_assumed = line.get("why").is_some();
        let named = line.get("events").map_or(&[][..], Json::parts);
        let named = named.iter().map(|id| EventId::parse(id.as_text().unwrap()).unwrap());
        let told = line.get("event").map(|event| Event::from_json(event.clone()).unwrap());
        let events = named.map(|id| facts[&id].clone()).chain(told);
        learned.extend(events.map(|event| Publication { day: day.clone(), is_assumed, event }));
    }
    learned
}

/// The same facts, all recorded on one day.
fn recorded_at_once() -> Record {
    let noon = moment("2025-09-01T12:00:00-07:00");
    sealed(EVENTS.lines().map(|line| (noon, Event::parse(line).unwrap())).collect())
}

fn id(event: &Event) -> EventId {
    event.id.clone().unwrap()
}

fn evening_of(day: &str) -> Instant {
    let zone = Zone::parse("America/Los_Angeles").unwrap();
    zone.moment_of(format!("{day}T18:00:00").parse().unwrap()).unwrap()
}

/// Hands in events one after the other, each when the clock shows its moment, and reads them back.
fn sealed(events: Vec<(Instant, Event)>) -> Record {
    let ledger = LedgerId::from_bytes(*b"sixteen bytes id");
    let clock = FixedClock::at(moment("2021-09-01T00:00:00-07:00"));
    let founding = Founding {
        ledger,
        name: "California health care".to_owned(),
        software: "dispute".to_owned(),
        recorded_by: "tester".to_owned(),
        recorded_at: clock.now(),
    };
    let mut log = MemoryLog::create(seal_founding(founding, [0; 32]).unwrap());
    let mut sealer = Sealer::new(ledger, log.head().unwrap(), &clock, BehindClock::Refuse);
    let mut record = Record::default();
    for (at, event) in events {
        clock.set(at);
        let id = id(&event);
        let recorded_at = sealer.next_time().unwrap();
        let draft = draft(&record, &event, id.clone(), "tester").unwrap();
        let sequence = log.head().unwrap().sequence.next();
        if let Err(refusal) =
            record.admit(Recorded::new(sequence, recorded_at, id.clone(), event), &|_| false)
        {
            panic!("{id}: {}: {refusal}; {}", refusal.code, refusal.hint);
        }
        let head = log.head().unwrap();
        log.append(&head, sealer.seal_at(draft, recorded_at).unwrap()).unwrap();
    }
    read_record(&log, &Scope::Whole).unwrap()
}
