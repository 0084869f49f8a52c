//! An explanation is enough, and no event of it is too much.

use std::collections::BTreeSet;

use dispute_core::event::schema::Mentioned;
use dispute_core::{EventId, Json, Record, Recorded, Slug};
use dispute_projection::{Absent, AsOf, Effect, Why, part, parts, why};
use proptest::prelude::*;

use crate::drawn::{Dice, records};
use crate::written::{id, moment, record, slug};
use crate::{any_cut, cases, disputes, state};

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn folding_only_what_an_explanation_names_gives_the_value_and_leaving_one_out_another(
        drawn in records(30),
        seed in any::<u64>(),
    ) {
        let mut dice = Dice(seed);
        for dispute in disputes() {
            let as_of = any_cut(&drawn.record, &mut dice);
            let Some(state) = state(&drawn.record, &dispute, as_of) else { continue };
            for name in some_parts(&state, &mut dice) {
                let record = as_of.known_part(&drawn.record);
                let why = why(&drawn.record, &dispute, as_of, &name).unwrap();
                prop_assert_eq!(&why.value, &part(&state, &name), "{}", name);
                let named: BTreeSet<EventId> = why.events.iter().map(|e| e.id.clone()).collect();
                let enough = with_references(&record, named.clone());
                let found = value_of(&record, &dispute, as_of, &name, &enough);
                prop_assert_eq!(&found, &why.value, "{}: {:?}", name, named);
                for id in &named {
                    let mut fewer = enough.clone();
                    fewer.remove(id);
                    let found = value_of(&record, &dispute, as_of, &name, &fewer);
                    let is_opening = is_opening(&record, id);
                    prop_assert!(is_opening || found != why.value, "{name}: {id} of {named:?}");
                }
            }
        }
    }
}

fn some_parts(state: &Json, dice: &mut Dice) -> Vec<String> {
    let all: Vec<String> = parts(state).into_iter().map(|part| part.name).collect();
    let key = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
    let mut some: Vec<String> = (0..3).filter_map(|_| dice.pick(&all).cloned()).collect();
    some.extend(dice.pick(&all).map(key));
    some.push("phase".to_owned());
    some
}

/// The part as a fold of a few events and the opening gives it.
fn value_of(
    record: &Record,
    dispute: &Slug,
    as_of: AsOf,
    name: &str,
    ids: &BTreeSet<EventId>,
) -> Json {
    let few = record
        .recorded()
        .iter()
        .filter(|event| ids.contains(&event.id) || is_opening(record, &event.id));
    let few: Vec<Recorded> = few.cloned().collect();
    let record = Record::load(few, record.erased().cloned());
    state(&record, dispute, as_of).map_or(Json::Null, |state| part(&state, name))
}

/// Whether an event is an opening that stands.
fn is_opening(record: &Record, id: &EventId) -> bool {
    let at = record.position(id).unwrap();
    record.openings(record.get(at).unwrap().dispute.as_ref().unwrap_or(&slug("none"))).contains(&at)
}

fn with_references(record: &Record, mut ids: BTreeSet<EventId>) -> BTreeSet<EventId> {
    loop {
        let before = ids.len();
        for id in ids.clone() {
            let n = record.position(&id).unwrap();
            let recorded = record.get(n).and_then(|event| event.event.as_ref());
            for event in [recorded, record.document(n)].into_iter().flatten() {
                event.mentions(&mut |mention| match mention.what {
                    Mentioned::Event(id, _) if record.position(id).is_some() => {
                        ids.insert(id.clone());
                    }
                    Mentioned::PartyOrEvent(text) => {
                        let id = EventId::parse(text);
                        ids.extend(id.filter(|id| record.position(id).is_some()));
                    }
                    _ => {}
                });
            }
        }
        if ids.len() == before {
            return ids;
        }
    }
}

/// Offers, answers, a strike known only by then, and corrections.
const STORY: &str = "
    m1 2025-02-01 mediation-offer procedure=mediation by=mediator to=union,employer
    m2 2025-02-05 acceptance of=m1 by=union
    m3 2025-02-10 rejection of=m1 by=employer
    m4 2025-02-20/2025-02-25 acceptance of=m1 by=employer
    s ../2025-02-12 action-started action=strike by=union workers=100
    c 2025-02-10 action-changed of=s change=expanded workers=200
    t 2025-03-10/2025-03-20 action-started action=strike by=union
    p 2025-01-05 proposal by=union to=employer form=proposal items=wages:9
    q 2025-01-05 proposal by=union to=employer form=proposal items=health
    fix - amendment of=p set={\"items\":[{\"issue\":\"wages\",\"terms\":\"8\"}]}
    stray - amendment of=q set={\"items\":[{\"issue\":\"leave\",\"terms\":\"8\"}]}
";

fn explained(name: &str, on: &str) -> Why {
    let on = Some(moment(&format!("{on}T00:00:00-08:00")));
    let as_of = AsOf { on, ..AsOf::now(moment("2025-06-02T12:00:00-07:00")) };
    why(&record(STORY), &slug("d"), as_of, name).unwrap()
}

fn ids(why: &Why) -> Vec<&str> {
    why.events.iter().map(|because| because.id.as_str()).collect()
}

#[test]
fn answers_explain_a_mediation_and_what_may_have_happened_would_make_it_otherwise() {
    let declined = explained("mediation.m1.status", "2025-02-22");
    assert_eq!(declined.value.to_string(), r#""declined""#);
    assert_eq!(ids(&declined), ["m1", "m3"]);
    let expected = [Absent::Possible { id: id("m4"), value: Json::text("accepted") }];
    assert_eq!(declined.absent, expected);
    assert_eq!(ids(&explained("mediation.m1", "2025-02-22")), ["m1", "m2", "m3"]);
}

#[test]
fn what_may_have_begun_is_on_its_first_day_at_the_end_of_the_date() {
    let day = explained("actions.t.day", "2025-03-12");
    let [Absent::Possible { value, .. }] = day.absent.as_slice() else { panic!("{day:?}") };
    assert_eq!((day.value, value), (Json::Null, &Json::count(1)));
}

#[test]
fn an_answer_that_is_missing_is_named() {
    let offered = explained("mediation", "2025-02-07");
    assert_eq!(ids(&offered), ["m1", "m2"]);
    let missing = Absent::Answer { party: "employer".to_owned(), of: id("m1") };
    assert_eq!(offered.absent, [missing]);
}

#[test]
fn what_dates_and_corrects_an_event_explains_it_too() {
    // The strike may have begun before 12 February; the change of the 10th proves that it had.
    let stoppage = explained("phase", "2025-02-11");
    assert_eq!(ids(&stoppage), ["open", "s", "c"]);
    let effect = |id: &str| &stoppage.events.iter().find(|b| b.id.as_str() == id).unwrap().effect;
    assert_eq!(*effect("c"), Effect::Dates(id("s")));
    let wages = explained("issues.wages", "2025-02-11");
    assert_eq!(ids(&wages), ["p", "fix"]);
    assert_eq!(wages.events[1].effect, Effect::Corrects(id("p")));
}

#[test]
fn nothing_explains_what_no_state_has() {
    let nothing = explained("phase.x", "2025-02-22");
    assert_eq!((nothing.value, nothing.events.len()), (Json::Null, 0));
}

#[test]
fn what_is_not_in_the_state_is_explained_by_what_is_missing() {
    let later = explained("proposals.p", "2025-01-02");
    assert_eq!((later.value, later.events.len()), (Json::Null, 0));
    assert_eq!(later.absent, [Absent::Later(id("p"))]);
}
