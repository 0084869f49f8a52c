//! The examples with which others explain two clocks, told as a labor dispute: same question, same
//! answer. What they call valid, effective or application time is when an event happened (`on`);
//! what they call transaction, system or append time is when it was recorded (`known`).

use dispute_core::event::Event;
use dispute_core::{EventId, Record, Recorded, RefusalCode, Slug};
use dispute_projection::course;

use super::{as_of, check, part, record, state};
use crate::written::slug;

/// The flat at Skovvej 30 in Aalborg, January 1998: Snodgrass, "Developing Time-Oriented Database
/// Applications in SQL" (2000), chapter 10, as XTDB retells it (`bitemporal/snodgrass.sql` of
/// xtdb/2x-playground).
///
/// A flat is an issue, its owner the value that is agreed for it (customer 145 is Eva Nielsen, 827
/// Peter Olsen). A sale is an agreement that carries the last one further; the flat leaves the bank
/// when the last one fails. A current modification is an event of its own day; one that is
/// sequenced is an amendment of a date, and the deletion of a period a retraction.
const FLAT: &str = "
    recorded 1998-01-01T12:00:00+01:00
    open 1998-01-01 dispute-opened title=T time_zone=Europe/Copenhagen employers=employer unions=union
    recorded 1998-01-10T12:00:00+01:00
    eva 1998-01-10 agreement level=item parties=union items=skovvej:145
    recorded 1998-01-15T12:00:00+01:00
    peter 1998-01-15 agreement level=item parties=union items=skovvej:827 of=eva
    recorded 1998-01-20T12:00:00+01:00
    sold 1998-01-20 agreement-failed of=peter cause=other
    recorded 1998-01-23T12:00:00+01:00
    eva-on-3 - amendment of=eva set={\"occurred\":\"1998-01-03\"}
    recorded 1998-01-26T12:00:00+01:00
    eva-on-5 - amendment of=eva set={\"occurred\":\"1998-01-05\"}
    recorded 1998-01-28T12:00:00+01:00
    peter-on-12 - amendment of=peter set={\"occurred\":\"1998-01-12\"}
    recorded 1998-01-30T12:00:00+01:00
    not-a-week - retraction of=eva
    recorded 1998-01-31T12:00:00+01:00
    other 1998-01-15 agreement level=item parties=union items=bygaden:827
";

/// Who owned the flat on a day of January (across), as known on another (down).
const OWNERS: &str = "
    known  02  03  04  05  09  10  11  12  14  15  19  20  31
    09     .   .   .   .   .   .   .   .   .   .   .   .   .
    10     .   .   .   .   .   145 145 145 145 145 145 145 145
    14     .   .   .   .   .   145 145 145 145 145 145 145 145
    15     .   .   .   .   .   145 145 145 145 827 827 827 827
    18     .   .   .   .   .   145 145 145 145 827 827 827 827
    20     .   .   .   .   .   145 145 145 145 827 827 .   .
    23     .   145 145 145 145 145 145 145 145 827 827 .   .
    26     .   .   .   145 145 145 145 145 145 827 827 .   .
    28     .   .   .   145 145 145 145 827 827 827 827 .   .
    29     .   .   .   145 145 145 145 827 827 827 827 .   .
    30     .   .   .   .   .   .   .   827 827 827 827 .   .
    31     .   .   .   .   .   .   .   827 827 827 827 .   .
";

#[test]
fn the_owner_of_a_flat_is_the_one_that_the_book_finds_at_every_pair_of_days() {
    let record = record(FLAT);
    let mut lines = OWNERS.lines().map(str::trim).filter(|line| !line.is_empty());
    let days: Vec<&str> = lines.next().unwrap().split_whitespace().skip(1).collect();
    for line in lines {
        let mut owners = line.split_whitespace();
        let known = owners.next().unwrap();
        let found: Vec<String> =
            days.iter().map(|on| owner(&record, "skovvej", on, known)).collect();
        assert_eq!(found, owners.collect::<Vec<_>>(), "known on January {known}");
    }
}

#[test]
fn who_owns_two_flats_at_once_is_asked_on_both_clocks() {
    let record = record(FLAT);
    // For five days he owned both, as was recorded on the 31st.
    let known_when = |on: &str, known: &str| {
        ["skovvej", "bygaden"].map(|flat| owner(&record, flat, on, known)) == ["827", "827"]
    };
    for day in 12..=31 {
        let on = format!("{day}");
        assert_eq!(known_when(&on, "31"), (15..20).contains(&day), "on January {day}");
        assert!(!known_when(&on, "30"), "on January {day}, as known on the 30th");
    }
}

fn owner(record: &Record, flat: &str, on: &str, known: &str) -> String {
    let state = state(record, &slug("d"), &format!("1998-01-{on}"), &format!("1998-01-{known}"));
    match part(state.as_ref(), &format!("issues.{flat}.agreed.value")).as_str() {
        "nothing" => ".".to_owned(),
        owner => owner.to_owned(),
    }
}

/// Who is in the country: the example of XTDB's page on bitemporality (v1-docs.xtdb.com) and of its
/// test `bitemp_test.clj`, from a paper of 1995 on indexing temporal data with B+ trees, section 7.
/// Day 0 is 2018-12-31.
///
/// A person is present while an action of that id is in progress; who travels on has a new one. What
/// they put again at an earlier valid time is a late event. A departure that was none is retracted: an
/// amendment could not date it after its own recording.
const BORDER: &str = "
    recorded 2018-12-31T12:00:00Z
    open 2018-12-31 dispute-opened title=T time_zone=UTC employers=employer unions=union
    p2-sfo 2018-12-31 action-started action=picket by=union
    p3-la 2018-12-31 action-started action=picket by=union
    recorded 2019-01-02T12:00:00Z
    p4-ny 2019-01-02 action-started action=picket by=union
    recorded 2019-01-03T12:00:00Z
    p4-left 2019-01-03 action-ended of=p4-ny how=unilateral
    recorded 2019-01-04T12:00:00Z
    p1-ny 2018-12-31 action-started action=picket by=union
    p1-left 2019-01-03 action-ended of=p1-ny how=unilateral
    p1-la 2019-01-04 action-started action=picket by=union
    p3-left 2019-01-04 action-ended of=p3-la how=unilateral
    recorded 2019-01-05T12:00:00Z
    p2-left 2019-01-05 action-ended of=p2-sfo how=unilateral
    recorded 2019-01-07T12:00:00Z
    p3-stayed - retraction of=p3-left
    p3-left-on-7 2019-01-07 action-ended of=p3-la how=unilateral
    recorded 2019-01-08T12:00:00Z
    p3-sfo 2019-01-08 action-started action=picket by=union
    p4-la 2019-01-08 action-started action=picket by=union
    recorded 2019-01-09T12:00:00Z
    p3-left-sfo 2019-01-09 action-ended of=p3-sfo how=unilateral
    recorded 2019-01-10T12:00:00Z
    p5-la 2019-01-10 action-started action=picket by=union
    recorded 2019-01-11T12:00:00Z
    p7-ny 2019-01-11 action-started action=picket by=union
    recorded 2019-01-12T12:00:00Z
    p6-ny 2019-01-12 action-started action=picket by=union
";

#[test]
fn who_was_in_the_country_on_a_day_depends_on_when_one_asked() {
    let record = record(BORDER);
    for (on, known, present) in [
        // The question of the paper: on day 2, as of day 3.
        ("2019-01-02", "2019-01-03", "p2-sfo p3-la p4-ny"),
        ("2019-01-02", "2019-01-01", "p2-sfo p3-la"),
        ("2019-01-02", "2019-01-04", "p1-ny p2-sfo p3-la p4-ny"),
        ("2019-01-02", "now", "p1-ny p2-sfo p3-la p4-ny"),
        ("2018-12-31", "2018-12-31", "p2-sfo p3-la"),
        ("2018-12-31", "now", "p1-ny p2-sfo p3-la"),
        ("2019-01-03", "2019-01-03", "p2-sfo p3-la"),
        ("2019-01-04", "2019-01-04", "p1-la p2-sfo"),
        ("2019-01-05", "2019-01-05", "p1-la"),
        ("2019-01-05", "2019-01-06", "p1-la"),
        // His departure on day 4 was an error.
        ("2019-01-05", "2019-01-07", "p1-la p3-la"),
        ("2019-01-07", "2019-01-07", "p1-la"),
        ("2019-01-08", "2019-01-08", "p1-la p3-sfo p4-la"),
        ("2019-01-09", "2019-01-09", "p1-la p4-la"),
        ("2019-01-12", "2019-01-12", "p1-la p4-la p5-la p6-ny p7-ny"),
    ] {
        let state = state(&record, &slug("d"), on, known).unwrap();
        let in_progress =
            |id: &&str| part(Some(&state), &format!("actions.{id}.status")) == "in-progress";
        let actions = part(Some(&state), "actions");
        let mut found: Vec<&str> = actions.split(',').filter(in_progress).collect();
        found.sort_unstable();
        assert_eq!(found.join(" "), present, "on {on}, as known on {known}");
    }
}

/// A salary that was raised on January 1 2020, paid, and found to be wrong: "Bi-Temporal
/// EventSourcing" in the manual of Rails Event Store (docs/advanced-topics/bi-temporal.md). The sums
/// are invented. Their new event with an earlier `valid_at` is a late event; the same day and a later
/// recording give it the last word.
#[test]
fn a_salary_that_was_entered_wrong_is_put_right_from_the_day_it_was_raised() {
    let raised = "
        recorded 2019-01-01T12:00:00Z
        open 2019-01-01 dispute-opened title=T time_zone=UTC employers=employer unions=union
        hired 2019-01-01 agreement level=item parties=union items=salary:5000
        recorded 2020-01-01T12:00:00Z
        raised 2020-01-01 agreement level=item parties=union items=salary:5500
        recorded 2020-02-03T12:00:00Z
    ";
    let late = "right 2020-01-01 agreement level=item parties=union items=salary:5050";
    let amended = r#"right - amendment of=raised set={"items":[{"issue":"salary","terms":"t","value":5050}]}"#;
    for right in [late, amended] {
        check(
            &format!("{raised}{right}"),
            "
            2019-12-31  now         issues.salary.agreed.value  5000
            2020-02-01  2019-12-31  issues.salary.agreed.value  5000
            2020-01-01  2020-02-01  issues.salary.agreed.value  5500
            2020-02-01  2020-02-01  issues.salary.agreed.value  5500
            2020-01-01  2020-02-03  issues.salary.agreed.value  5050
            2020-02-01  2020-02-03  issues.salary.agreed.value  5050
            2020-02-01  now         issues.salary.agreed.value  5050
            ",
        );
    }
}

/// Three events of the store's tests ("time order is respected" in `event_repository_lint.rb`), valid
/// on January 9, 6 and 3 and appended on 1, 3 and 2; here appended ten days later, since nothing is
/// recorded before it happened. `as_at` is the order of recording, `as_of` that of folding.
#[test]
fn events_stand_in_the_order_of_recording_and_are_folded_in_the_order_of_happening() {
    let record = record(
        "
        recorded 2020-01-01T12:00:00Z
        open 2020-01-01 dispute-opened title=T time_zone=UTC employers=employer unions=union
        recorded 2020-01-11T12:00:00Z
        e1 2020-01-09 session status=held parties=union
        recorded 2020-01-12T12:00:00Z
        e3 2020-01-03 session status=held parties=union
        recorded 2020-01-13T12:00:00Z
        e2 2020-01-06 session status=held parties=union
        ",
    );
    let dispute = slug("d");
    let recorded = record.recorded().iter().map(|event| event.id.as_str());
    assert_eq!(recorded.filter(|id| id.starts_with('e')).collect::<Vec<_>>(), ["e1", "e3", "e2"]);
    for (on, known, order) in [
        ("now", "now", "e3 e2 e1"),
        ("now", "2020-01-12", "e3 e1"),
        ("now", "2020-01-11", "e1"),
        ("2020-01-08", "now", "e3 e2"),
        ("2020-01-08", "2020-01-12", "e3"),
        ("2020-01-08", "2020-01-11", ""),
    ] {
        assert_eq!(folded(&record, &dispute, on, known), order, "on {on}, as known on {known}");
    }
}

/// What the store allows and a ledger of facts does not: to record today what is valid tomorrow. It
/// is announced instead.
#[test]
fn what_happens_only_later_is_announced_and_not_recorded_ahead() {
    let story = "
        recorded 2020-01-01T12:00:00Z
        open 2020-01-01 dispute-opened title=T time_zone=UTC employers=employer unions=union
    ";
    let mut planned = record(story);
    let last = planned.recorded().last().unwrap();
    let ahead = r#"{"kind":"session","id":"e1","dispute":"d","occurred":"2020-01-09","status":"held","parties":["union"]}"#;
    let ahead = Recorded::new(
        last.sequence.next(),
        last.recorded_at,
        EventId::parse("e1").unwrap(),
        Event::parse(ahead).unwrap(),
    );
    let refused = planned.admit(ahead, &|_| false).map_err(|refusal| refusal.code);
    assert_eq!(refused.err(), Some(RefusalCode::Future));
    check(
        &format!(
            "{story}\n p1 2020-01-01 session status=scheduled scheduled_for=2020-01-09 parties="
        ),
        "
        2020-01-01  2020-01-01  sessions  held=0 next.id=p1 next.date=2020-01-09
        2020-01-10  now         sessions  held=0 next=null
        ",
    );
}

/// The sessions that count, in the order of folding.
fn folded(record: &Record, dispute: &Slug, on: &str, known: &str) -> String {
    let as_of = as_of(record, dispute, on, known);
    let part = as_of.known_part(record);
    let course = course(&part, dispute, as_of);
    let ids = course.certain.iter().map(|step| step.id.as_str());
    ids.filter(|id| id.starts_with('e')).collect::<Vec<_>>().join(" ")
}
