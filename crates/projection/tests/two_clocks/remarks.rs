//! Warnings belong to the cut, like all of the state: what comes about only through something
//! recorded later was not remarked on before, and what comes about only later is not remarked on at
//! an earlier date. A case for each of the warnings of EVENTS.md, and for each that can be lifted.

use dispute_core::Record;
use dispute_projection::dispute::warning::WarningCode::{self, *};
use dispute_projection::{State, warnings_of};

use super::{as_of, record};
use crate::written::slug;

/// What is recorded on the first of November and of December.
const FIRST: &str = "recorded 2024-11-01T12:00:00-07:00";
const SECOND: &str = "recorded 2024-12-01T12:00:00-08:00";

/// A warning that somebody first had reason to give in December, about a day in October.
struct Case {
    code: WarningCode,
    /// The event that carries it.
    on: &'static str,
    /// What is recorded in November.
    given: &'static str,
    /// What is recorded in December, and raises it.
    raises: &'static str,
    /// The first day at whose end it holds.
    since: &'static str,
    /// The day before.
    before: &'static str,
}

const CASES: &[Case] = &[
    Case {
        code: AcceptAfterRejection,
        on: "a1",
        given: "
            p1 2024-10-01 proposal by=union form=proposal items=wages
            a1 2024-10-04 acceptance of=p1 by=employer
        ",
        raises: "j1 2024-10-02 rejection of=p1 by=employer",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: AnswerToClosedProposal,
        on: "j1",
        given: "
            p1 2024-10-01 proposal by=union form=proposal items=wages
            j1 2024-10-04 rejection of=p1 by=employer
        ",
        raises: "w1 2024-10-03 withdrawal of=p1 by=union",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: FinalOfferReopened,
        on: "p2",
        given: "p2 2024-10-04 proposal by=employer form=package items=wages",
        raises: "p1 2024-10-01 proposal by=employer form=final-offer items=wages",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: AgreementVotedDown,
        on: "b1",
        given: "
            g1 2024-10-01 agreement level=tentative parties=union
            b1 2024-10-04 vote-result purpose=ratification by=union stage=final of=g1 yes=4 no=5
        ",
        raises: "x1 - amendment of=g1 set={\"recommended\":true}",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: ResultContradictsCounts,
        on: "b1",
        given: "b1 2024-10-04 vote-result purpose=other by=union stage=final yes=4 no=5",
        raises: "x1 - amendment of=b1 set={\"outcome\":\"passed\"}",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: FinalVoteTwice,
        on: "b1",
        given: "
            c1 2024-10-01 vote-called purpose=other by=union
            b1 2024-10-06 vote-result purpose=other by=union stage=official of=c1 yes=5 no=4
        ",
        raises: "b2 2024-10-04 vote-result purpose=other by=union stage=official of=c1 yes=4 no=5",
        since: "2024-10-06",
        before: "2024-10-05",
    },
    Case {
        code: ActionWithoutNotice,
        on: "s1",
        given: "
            n1 2024-10-01 notice notice=strike by=union
            s1 2024-10-04 action-started action=strike by=union
        ",
        raises: "r1 - retraction of=n1",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: ActionDiffersFromNotice,
        on: "s1",
        given: "
            n1 2024-10-01 notice notice=strike by=union
            s1 2024-10-04 action-started action=strike by=union
        ",
        raises: "w1 2024-10-02 action-announced action=overtime-ban by=union",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: ActionAfterOrder,
        on: "s1",
        given: "
            n1 2024-10-01 notice notice=strike by=union
            s1 2024-10-04 action-started action=strike by=union
        ",
        raises: "o1 2024-10-10 order body=court order=back-to-work to=union deadline=2024-10-12",
        since: "2024-10-13",
        before: "2024-10-12",
    },
    Case {
        code: ActionOverlap,
        on: "s2",
        given: "s2 2024-10-04 action-started action=strike by=union",
        raises: "s1 2024-10-02 action-started action=lockout by=employer",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: WorkResumedBeforeRatification,
        on: "e1",
        given: "
            s1 2024-10-01 action-started action=strike by=union
            e1 2024-10-04 action-ended of=s1 how=agreement
            g1 2024-10-03 agreement level=ratified parties=union
        ",
        raises: "x1 - amendment of=g1 set={\"occurred\":\"2024-10-05\"}",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: ConflictingValues,
        on: "m2",
        given: "m1 2024-10-01 impact metric=canceled value=100 unit=visits period=2024-09 scope=all",
        raises: "m2 2024-10-04 impact metric=canceled value=200 unit=visits period=2024-09 scope=all",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: OccurredAfterSource,
        on: "n1",
        given: "n1 2024-10-04 session status=held parties=union",
        raises: "x1 - amendment of=n1 set={\"sources\":[{\"title\":\"t\",\"published\":\"2024-10-02\"}]}",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: SuspectedDuplicate,
        on: "n2",
        given: "n1 2024-10-04 session status=held parties=union",
        raises: "n2 2024-10-04 session status=held parties=union",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: RefersToRetracted,
        on: "j1",
        given: "
            p1 2024-10-01 proposal by=union form=proposal items=wages
            j1 2024-10-04 rejection of=p1 by=employer
        ",
        raises: "r1 - retraction of=p1",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: AfterClosing,
        on: "n1",
        given: "n1 2024-10-04 session status=held parties=union",
        raises: "c1 2024-10-02 dispute-closed outcome=lapsed",
        since: "2024-10-04",
        before: "2024-10-03",
    },
    Case {
        code: OutOfPlace,
        on: "x1",
        given: "
            s1 2024-10-01 action-started action=strike by=union
            x1 2024-10-04 action-changed of=s1 change=narrowed
        ",
        raises: "e1 2024-10-02 action-ended of=s1 how=unilateral",
        since: "2024-10-04",
        before: "2024-10-03",
    },
];

#[test]
fn a_warning_is_given_only_once_what_raises_it_is_recorded_and_only_from_its_day() {
    for case in CASES {
        let Case { code, on, given, raises, since, before } = case;
        let record = record(&format!("{FIRST}\n{given}\n{SECOND}\n{raises}"));
        let is_given = |date: &str, known: &str| carriers(&record, *code, date, known).contains(on);
        for (date, known, expected) in [
            (*before, "2024-11-30", false),
            (since, "2024-11-30", false),
            ("now", "2024-11-30", false),
            (before, "2024-12-01", false),
            (since, "2024-12-01", true),
            ("now", "2024-12-01", true),
            (before, "now", false),
            (since, "now", true),
            ("now", "now", true),
        ] {
            let found = is_given(date, known);
            assert_eq!(found, expected, "{code} on {on}: on {date}, as known on {known}");
        }
    }
}

#[test]
fn every_warning_has_its_case() {
    for code in WarningCode::ALL {
        assert!(CASES.iter().any(|case| case.code == *code), "{code}");
    }
}

#[test]
fn a_warning_is_lifted_only_once_what_lifts_it_is_recorded_and_only_from_its_day() {
    for (code, on, given, lifts, dates) in [
        (
            WorkResumedBeforeRatification,
            "e1",
            "
            s1 2024-10-01 action-started action=strike by=union
            e1 2024-10-04 action-ended of=s1 how=agreement
            ",
            "g1 2024-10-03 agreement level=ratified parties=union",
            [("2024-10-04", false), ("now", false)],
        ),
        (
            ActionWithoutNotice,
            "s1",
            "s1 2024-10-04 action-started action=strike by=union",
            "n1 2024-10-01 notice notice=strike by=union",
            [("2024-10-04", false), ("now", false)],
        ),
        (
            ActionAfterOrder,
            "s1",
            "
            s1 2024-10-01 action-started action=strike by=union
            o1 2024-10-04 order body=court order=cease to=union
            ",
            "e1 2024-10-05 action-ended of=s1 how=order",
            // On the day after the order it was still on.
            [("2024-10-05", true), ("now", true)],
        ),
        (
            ActionAfterOrder,
            "s1",
            "
            s1 2024-10-01 action-started action=strike by=union
            o1 2024-10-04 order body=court order=cease to=union
            ",
            "q1 2024-10-04 order-answered of=o1 by=court answer=stayed",
            [("2024-10-05", false), ("now", false)],
        ),
        (
            RefersToRetracted,
            "j1",
            "
            p1 2024-10-01 proposal by=union form=proposal items=wages
            j1 2024-10-04 rejection of=p1 by=employer
            r1 - retraction of=p1
            ",
            "v1 2024-10-02 proposal by=union form=proposal items=wages version_of=p1",
            [("2024-10-04", false), ("now", false)],
        ),
        (
            SuspectedDuplicate,
            "n2",
            "
            n1 2024-10-04 session status=held parties=union
            n2 2024-10-04 session status=held parties=union
            ",
            "x1 - amendment of=n2 set={\"number\":2}",
            [("2024-10-04", false), ("now", false)],
        ),
    ] {
        let record = record(&format!("{FIRST}\n{given}\n{SECOND}\n{lifts}"));
        for (date, stays) in dates {
            for (known, expected) in [("2024-11-30", true), ("2024-12-01", stays), ("now", stays)] {
                let found = carriers(&record, code, date, known).contains(&on);
                assert_eq!(found, expected, "{code} on {on}: on {date}, as known on {known}");
            }
        }
    }
}

/// The events that carry a warning, by both ways of asking.
fn carriers<'a>(record: &'a Record, code: WarningCode, on: &str, known: &str) -> Vec<&'a str> {
    let as_of = as_of(record, &slug("d"), on, known);
    let state = State::of(record, &slug("d"), as_of).unwrap();
    let of_code = |warnings: Vec<dispute_projection::dispute::warning::Warning>| {
        let mut events: Vec<_> =
            warnings.into_iter().filter(|w| w.code == code).map(|w| w.event).collect();
        events.sort();
        events
    };
    let events = of_code(state.warnings);
    assert_eq!(events, of_code(warnings_of(record, &slug("d"), as_of)));
    let is_one = |id: &&str| events.iter().any(|event| event.as_str() == *id);
    record.recorded().iter().map(|event| event.id.as_str()).filter(is_one).collect()
}
