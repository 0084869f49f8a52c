//! The difference of two answers leads from the one to the other.

use dispute_core::Json;
use dispute_projection::{AsOf, Change, diff};
use proptest::prelude::*;

use crate::drawn::{Dice, records};
use crate::written::{moment, record, slug};
use crate::{any_cut, cases, disputes, state};

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn a_difference_made_to_the_state_at_one_cut_gives_that_at_the_other(
        drawn in records(36),
        seed in any::<u64>(),
    ) {
        let mut dice = Dice(seed);
        for dispute in disputes() {
            let record = &drawn.record;
            let [before, after] = [any_cut(record, &mut dice), any_cut(record, &mut dice)];
            let ends = [before, after].map(|as_of| state(record, &dispute, as_of));
            let [Some(mut from), Some(to)] = ends else { continue };
            let changes = diff(record, &dispute, before, after).unwrap();
            for change in &changes {
                apply(&mut from, change);
            }
            prop_assert_eq!(without_question(from), without_question(to));
        }
    }

    #[test]
    fn between_two_dates_nothing_is_learned_and_between_two_states_of_knowledge_nothing_happens(
        drawn in records(36),
        seed in any::<u64>(),
    ) {
        let mut dice = Dice(seed);
        let record = &drawn.record;
        for dispute in disputes() {
            let [one, other] = [any_cut(record, &mut dice), any_cut(record, &mut dice)];
            let later = AsOf { on: other.on, ..one };
            for change in diff(record, &dispute, one, later).unwrap_or_default() {
                prop_assert!(!change.learned, "{change:?}");
            }
            let wiser = AsOf { known: other.known, ..one };
            for change in diff(record, &dispute, one, wiser).unwrap_or_default() {
                prop_assert!(change.learned, "{change:?}");
            }
            prop_assert_eq!(diff(record, &dispute, one, one).unwrap_or_default(), []);
        }
    }
}

/// Makes a change to a state, by what names of parts mean and nothing else.
fn apply(state: &mut Json, change: &Change) {
    let (key, name) = change.part.split_once('.').unwrap_or((&change.part, ""));
    if key == "order" {
        let rows = member(state, name);
        let Json::List(rows) = rows else { panic!("{name} is no list") };
        let order = change.to.parts();
        rows.sort_by_key(|row| {
            order.iter().position(|at| at.as_text() == Some(&called(name, row)))
        });
        return;
    }
    match member(state, key) {
        Json::List(rows) if !name.is_empty() => {
            match rows.iter().position(|row| called(key, row) == name) {
                Some(at) if change.to == Json::Null => drop(rows.remove(at)),
                Some(at) => rows[at] = change.to.clone(),
                None => rows.push(change.to.clone()),
            }
        }
        members @ Json::Object(_) => match name.split_once('.') {
            Some(("last_by", name)) if key == "statements" => {
                set(member(members, "last_by"), name, &change.to);
            }
            _ => set(members, name, &change.to),
        },
        value => *value = change.to.clone(),
    }
}

fn member<'a>(object: &'a mut Json, key: &str) -> &'a mut Json {
    let Json::Object(members) = object else { panic!("no object has {key}") };
    &mut members.iter_mut().find(|(known, _)| known == key).unwrap().1
}

/// Sets a member; what is not there is left out, but for the last and the next session.
fn set(object: &mut Json, name: &str, value: &Json) {
    let Json::Object(members) = object else { panic!("no object has {name}") };
    let stays = ["last", "next"].contains(&name);
    match members.iter().position(|(known, _)| known == name) {
        Some(at) if *value == Json::Null && !stays => drop(members.remove(at)),
        Some(at) => members[at].1 = value.clone(),
        None => members.push((name.to_owned(), value.clone())),
    }
}

fn called(key: &str, row: &Json) -> String {
    let text = |member: &str| row.get(member).and_then(Json::as_text).unwrap_or_default();
    match key {
        "issues" => match text("bargaining_unit") {
            "" => text("issue").to_owned(),
            unit => format!("{}/{unit}", text("issue")),
        },
        "warnings" => format!("{}.{}", text("code"), text("event")),
        "units" => text("unit").to_owned(),
        "contracts" => text("contract").to_owned(),
        _ => row.as_text().map_or_else(|| text("id").to_owned(), str::to_owned),
    }
}

/// A state without the cuts that were asked for; objects whose keys are names in any order.
fn without_question(state: Json) -> Json {
    let Json::Object(members) = state else { panic!("a state is an object") };
    let members = members.into_iter().filter(|(key, _)| !["on", "known"].contains(&key.as_str()));
    Json::Object(members.collect()).sorted()
}

/// Three proposals; the last is recorded late, and an answer is taken back.
const LATE: &str = "
    recorded 2025-01-10T12:00:00-08:00
    p 2025-01-05 proposal by=union form=proposal items=wages:9
    q 2025-01-06 proposal by=employer form=counter replies_to=p items=wages:3
    recorded 2025-02-10T12:00:00-08:00
    r 2025-01-07 rejection of=q by=union
    s 2025-02-01 action-started action=strike by=union
    recorded 2025-03-10T12:00:00-08:00
    gone - retraction of=r
    wrong - amendment of=s set={\"occurred\":\"2025-02-03\"}
";

/// The changes between two cuts, each as `PART by EVENTS`, with `~` before what was learned.
fn told(lines: &str, before: (&str, &str), after: (&str, &str)) -> Vec<String> {
    let record = record(lines);
    let known = |text: &str| {
        let by_then = record.recorded().iter().rfind(|event| event.recorded_at <= moment(text));
        by_then.map(|event| event.sequence)
    };
    let as_of = |(on, at): (&str, &str)| AsOf {
        on: Some(moment(on)),
        known: known(at),
        ..AsOf::now(moment("2025-04-01T00:00:00Z"))
    };
    let changes = diff(&record, &slug("d"), as_of(before), as_of(after)).unwrap();
    let line = |change: Change| {
        let learned = if change.learned { "~" } else { "" };
        let ids: Vec<String> = change.events.iter().map(ToString::to_string).collect();
        format!("{learned}{} by {}", change.part, ids.join(" "))
    };
    changes.into_iter().map(line).collect()
}

/// A strike begun by then, a change that proves by when, and an offer with an end.
const DATED: &str = "
    recorded 2025-02-20T12:00:00-08:00
    s ../2025-02-12 action-started action=strike by=union to=2025-02-15
    p 2025-02-01 proposal by=union form=proposal items=wages:9 expires=2025-02-14
    recorded 2025-02-21T12:00:00-08:00
    c 2025-02-10 action-changed of=s change=expanded workers=200
";

/// Another account of a proposal, and an answer of some day.
const ACCOUNTS: &str = "
    p 2025-01-05 proposal by=union form=proposal items=wages:9
    v 2025-01-20 proposal by=union form=proposal items=wages:8 version_of=p
    r 2025-01-10/2025-02-10 rejection of=p by=employer
";

#[test]
fn other_accounts_and_what_may_have_happened_are_behind_what_they_change() {
    let known = "2025-06-03T00:00:00-07:00";
    let [before, after] = ["2025-01-08T00:00:00-08:00", "2025-01-25T00:00:00-08:00"];
    let changes = told(ACCOUNTS, (before, known), (after, known));
    for expected in ["versions.p by v", "possible.r by r", "warnings.conflicting-values.v by v"] {
        assert!(changes.contains(&expected.to_owned()), "{changes:?}");
    }
}

#[test]
fn what_dates_an_event_is_behind_what_it_changes() {
    let on = "2025-02-11T00:00:00-08:00";
    let learned = told(DATED, (on, "2025-02-20T13:00:00-08:00"), (on, "2025-02-22T00:00:00-08:00"));
    assert!(learned.contains(&"~phase by c".to_owned()), "{learned:?}");
}

#[test]
fn what_set_an_end_in_advance_is_behind_it_and_nothing_is_behind_a_day_that_passes() {
    let known = "2025-02-22T00:00:00-08:00";
    let [first, second, third] =
        ["12", "13", "17"].map(|day| format!("2025-02-{day}T00:00:00-08:00"));
    assert_eq!(told(DATED, (&first, known), (&second, known)), ["actions.s by "]);
    let due = told(DATED, (&second, known), (&third, known));
    for expected in ["actions.s by s", "proposals.p by p", "phase by s"] {
        assert!(due.contains(&expected.to_owned()), "{due:?}");
    }
}

#[test]
fn what_happened_is_told_apart_from_what_was_learned() {
    let (january, february) = ("2025-01-31T00:00:00-08:00", "2025-02-02T00:00:00-08:00");
    let (first, second, third) =
        ("2025-01-31T00:00:00-08:00", "2025-02-11T00:00:00-08:00", "2025-03-11T00:00:00-07:00");
    // The rejection of January became known in February.
    assert_eq!(
        told(LATE, (january, first), (january, second)),
        ["~proposals.q by r", "~issues.wages by r"]
    );
    // Then the strike began.
    assert_eq!(
        told(LATE, (january, second), (february, second)),
        [
            "phase by s",
            "phase_since by s",
            "phase_set_by by s",
            "actions.s by s",
            "warnings.action-without-notice.s by s",
        ]
    );
    // Both at once.
    assert_eq!(told(LATE, (january, first), (february, second)).len(), 7);
    // The rejection was taken back, and the strike began later.
    let corrected = told(LATE, (february, second), (february, third));
    assert!(corrected.contains(&"~phase by wrong".to_owned()), "{corrected:?}");
    assert!(corrected.contains(&"~actions.s by wrong".to_owned()), "{corrected:?}");
    assert!(corrected.contains(&"~proposals.q by gone".to_owned()), "{corrected:?}");
    assert!(corrected.contains(&"~retracted.r by gone".to_owned()), "{corrected:?}");
    assert!(corrected.iter().all(|line| line.starts_with('~')), "{corrected:?}");
}
