//! For every warning of EVENTS.md, "Warnings": a stream that just raises it, on which event, and
//! its nearest neighbour that does not.

#![cfg(test)]

use dispute_projection::dispute::warning::WarningCode::{self, *};
use dispute_projection::{AsOf, State, warnings_of};

use crate::written::{NOW, moment, record, slug};

#[path = "records/written.rs"]
mod written;

/// A warning at its edge.
struct Case {
    code: WarningCode,
    /// What both streams begin with.
    given: &'static str,
    /// What raises the warning.
    raises: &'static str,
    /// The events that carry it, and no others.
    on: &'static str,
    /// What does not.
    quiet: &'static str,
}

const CASES: &[Case] = &[
    Case {
        code: AcceptAfterRejection,
        given: "
            p1 2024-10-02 proposal by=union form=proposal items=wages
            j1 2024-10-03 rejection of=p1 by=employer
        ",
        raises: "a1 2024-10-04 acceptance of=p1 by=employer",
        on: "a1",
        quiet: "a1 2024-10-04 acceptance of=p1 by=mediator",
    },
    Case {
        // The latest answer counts.
        code: AcceptAfterRejection,
        given: "
            p1 2024-10-02 proposal by=union form=proposal items=wages
            j1 2024-10-03 rejection of=p1 by=employer
            a1 2024-10-04 acceptance of=p1 by=employer
        ",
        raises: "
            j2 2024-10-05 rejection of=p1 by=employer issues=wages
            a2 2024-10-06 acceptance of=p1 by=employer
        ",
        on: "a1 a2",
        quiet: "
            a2 2024-10-06 acceptance of=p1 by=employer
            v1 2024-10-03 rejection of=p1 by=mediator version_of=j1
            r1 - retraction of=j1
        ",
    },
    Case {
        // A mediation offer can be answered too, and so can an agreement.
        code: AcceptAfterRejection,
        given: "
            o1 2024-10-02 mediation-offer procedure=mediation by=mediator to=union,employer
            g1 2024-10-02 agreement level=tentative parties=union,employer
        ",
        raises: "
            j1 2024-10-03 rejection of=o1 by=union
            j2 2024-10-03 rejection of=g1 by=union
            a1 2024-10-04 acceptance of=o1 by=union condition=c
            a2 2024-10-04 acceptance of=g1 by=union
        ",
        on: "a1 a2",
        quiet: "
            a1 2024-10-03 acceptance of=o1 by=union
            j1 2024-10-04 rejection of=o1 by=union
            j2 2024-10-04 rejection of=g1 by=union
            a2 2024-10-05 acceptance of=o1 by=employer
        ",
    },
    Case {
        code: AnswerToClosedProposal,
        given: "p1 2024-10-02 proposal by=union form=proposal items=wages expires=2024-10-10",
        raises: "
            w1 2024-10-03 withdrawal of=p1 by=union
            j1 2024-10-04 rejection of=p1 by=employer
            a1 2024-10-05 acceptance of=p1 by=employer
        ",
        on: "j1 a1",
        quiet: "
            j1 2024-10-03 rejection of=p1 by=employer
            a1 2024-10-04 acceptance of=p1 by=employer
            w1 2024-10-05 withdrawal of=p1 by=union
        ",
    },
    Case {
        // It lapses after all events of its last day.
        code: AnswerToClosedProposal,
        given: "p1 2024-10-02 proposal by=union form=proposal items=wages expires=2024-10-10",
        raises: "a1 2024-10-11T00:00 acceptance of=p1 by=employer",
        on: "a1",
        quiet: "a1 2024-10-10 acceptance of=p1 by=employer",
    },
    Case {
        // What was rejected is not closed.
        code: AnswerToClosedProposal,
        given: "
            p1 2024-10-02 proposal by=union form=proposal items=wages
            j1 2024-10-03 rejection of=p1 by=employer
        ",
        raises: "
            p2 2024-10-04 proposal by=union form=package items=wages supersedes=p1
            j2 2024-10-05 rejection of=p1 by=employer
        ",
        on: "j2",
        quiet: "
            p2 2024-10-04 proposal by=employer form=counter items=wages replies_to=p1
            j2 2024-10-05 rejection of=p1 by=employer
        ",
    },
    Case {
        code: AnswerToClosedProposal,
        given: "p1 2024-10-02 proposal by=union form=proposal items=wages,health",
        raises: "
            g1 2024-10-03 agreement level=tentative parties= proposals=p1
            f1 2024-10-04 agreement-failed of=g1 cause=voted-down
            j1 2024-10-05 rejection of=p1 by=employer
        ",
        on: "j1",
        quiet: "
            g1 2024-10-03 agreement level=item parties= proposals=p1 items=wages
            f1 2024-10-04 agreement-failed of=g1 cause=voted-down
            j1 2024-10-05 rejection of=p1 by=employer
        ",
    },
    Case {
        code: AnswerToClosedProposal,
        given: "p1 2024-10-02 proposal by=employer form=final-offer items=wages,health",
        raises: "
            i1 2024-10-03 implementation of=p1 by=employer issues=health,wages
            j1 2024-10-05 rejection of=p1 by=union
        ",
        on: "j1",
        quiet: "
            i1 2024-10-03 implementation of=p1 by=employer issues=health
            j1 2024-10-05 rejection of=p1 by=union
        ",
    },
    Case {
        code: FinalOfferReopened,
        given: "p1 2024-10-02 proposal by=employer form=final-offer items=wages",
        raises: "p2 2024-10-03 proposal by=employer form=package items=wages",
        on: "p2",
        quiet: "
            p2 2024-10-03 proposal by=union form=package items=wages
            p3 2024-10-01 proposal by=employer form=package items=wages
        ",
    },
    Case {
        code: FinalOfferReopened,
        given: "
            rn 2024-09-01 unit unit=rn description=d employer=employer union=union
            p1 2024-10-02 proposal by=employer form=final-offer items=wages unit=rn
        ",
        raises: "p2 2024-10-03 proposal by=employer form=final-offer items=wages unit=rn",
        on: "p2",
        quiet: "p2 2024-10-03 proposal by=employer form=final-offer items=wages",
    },
    Case {
        code: AgreementVotedDown,
        given: "
            g1 2024-10-02 agreement level=tentative parties=union recommended=true
            g2 2024-10-02 agreement level=tentative parties=union recommended=false
        ",
        raises: "
            b1 2024-10-05 vote-result purpose=ratification by=union stage=final of=g1 yes=49 no=50
            b2 2024-10-05 vote-result purpose=ratification by=union stage=final of=g2 yes=49 no=50
        ",
        on: "b1",
        quiet: "
            b1 2024-10-05 vote-result purpose=ratification by=union stage=final of=g1 yes=50 no=49
            b2 2024-10-05 vote-result purpose=ratification by=union stage=running of=g1 yes=49 no=50
            b3 2024-10-05 vote-result purpose=ratification by=union stage=final of=g1 yes=4 no=5 subgroup=s
            b4 2024-10-05 vote-result purpose=strike-authorization by=union stage=final of=g1 yes=4 no=5
        ",
    },
    Case {
        // A rule may ask for more than a majority, and only an outcome tells.
        code: AgreementVotedDown,
        given: "
            g1 2024-10-02 agreement level=tentative parties=union recommended=true
            c1 2024-10-03 vote-called purpose=ratification by=union of=g1 rule=two-thirds
        ",
        raises: "b1 2024-10-05 vote-result purpose=ratification by=union stage=official of=c1 yes=60 no=40 outcome=failed",
        on: "b1",
        quiet: "b1 2024-10-05 vote-result purpose=ratification by=union stage=official of=c1 yes=40 no=60",
    },
    Case {
        code: ResultContradictsCounts,
        given: "",
        raises: "
            b1 2024-10-05 vote-result purpose=other by=union stage=final yes=50 no=50 outcome=passed
            b2 2024-10-05 vote-result purpose=other by=employer stage=running yes=9 no=1 percent_yes=90.6
        ",
        on: "b1 b2",
        quiet: "
            b1 2024-10-05 vote-result purpose=other by=union stage=final yes=51 no=50 outcome=passed
            b2 2024-10-05 vote-result purpose=other by=employer stage=running yes=9 no=1 percent_yes=90.5
            b3 2024-10-05 vote-result purpose=other by=local stage=final yes=60 no=40 outcome=failed
        ",
    },
    Case {
        // A share of those that decided, or of all that were cast.
        code: ResultContradictsCounts,
        given: "",
        raises: "b1 2024-10-05 vote-result purpose=other by=union stage=final yes=60 no=20 cast=100 percent_yes=70",
        on: "b1",
        quiet: "
            b1 2024-10-05 vote-result purpose=other by=union stage=final yes=60 no=20 cast=100 percent_yes=75
            b2 2024-10-05 vote-result purpose=other by=local stage=final yes=60 no=20 cast=100 percent_yes=60
            b3 2024-10-05 vote-result purpose=other by=employer stage=final percent_yes=70 percent_no=70
        ",
    },
    Case {
        code: ResultContradictsCounts,
        given: "",
        raises: "b1 2024-10-05 vote-result purpose=other by=union stage=final cast=80 eligible=100 percent_turnout=81",
        on: "b1",
        quiet: "b1 2024-10-05 vote-result purpose=other by=union stage=final cast=80 eligible=100 percent_turnout=79.5",
    },
    Case {
        code: FinalVoteTwice,
        given: "
            g1 2024-10-02 agreement level=tentative parties=union
            c1 2024-10-03 vote-called purpose=ratification by=union of=g1
            b1 2024-10-05 vote-result purpose=ratification by=union stage=final of=c1
        ",
        raises: "
            b2 2024-10-06 vote-result purpose=ratification by=union stage=final of=g1
            b3 2024-10-07 vote-result purpose=ratification by=union stage=official of=b1
            b4 2024-10-08 vote-result purpose=ratification by=union stage=official of=b2
        ",
        on: "b2 b4",
        quiet: "
            b2 2024-10-06 vote-result purpose=ratification by=union stage=official of=g1
            b3 2024-10-07 vote-result purpose=ratification by=union stage=final of=g1 subgroup=s
            b4 2024-10-08 vote-result purpose=ratification by=local stage=final of=b1
            b5 2024-10-09 vote-result purpose=ratification by=union stage=final
            b6 2024-10-09 vote-result purpose=ratification by=union stage=final note=n
        ",
    },
    Case {
        code: ActionWithoutNotice,
        given: "",
        raises: "s1 2024-10-21 action-started action=partial-strike by=union",
        on: "s1",
        quiet: "
            s1 2024-10-21 action-started action=overtime-ban by=union
            s2 2024-10-21 action-started action=picket by=union
        ",
    },
    Case {
        code: ActionWithoutNotice,
        given: "n1 2024-10-10 notice notice=strike by=union",
        raises: "
            w1 2024-10-11 withdrawal of=n1 by=union
            s1 2024-10-21 action-started action=strike by=union
        ",
        on: "s1",
        quiet: "
            s1 2024-10-21 action-started action=strike by=union
            w1 2024-10-22 withdrawal of=n1 by=union
        ",
    },
    Case {
        // Since its party's last stoppage action began.
        code: ActionWithoutNotice,
        given: "
            n1 2024-10-10 notice notice=strike by=union
            s1 2024-10-21 action-started action=work-to-rule by=union
            e1 2024-10-22 action-ended of=s1 how=unilateral
        ",
        raises: "
            s2 2024-10-28 action-started action=strike by=union
            n2 2024-10-29 notice notice=strike by=employer
        ",
        on: "s2",
        quiet: "
            x1 2024-10-23 action-announced action=strike by=union from=2024-10-28
            s2 2024-10-28 action-started action=strike by=union
        ",
    },
    Case {
        // An announcement that the start names stands for a notice, though it was withdrawn.
        code: ActionWithoutNotice,
        given: "
            x1 2024-10-10 action-announced action=lockout by=employer
            w1 2024-10-11 withdrawal of=x1 by=employer
        ",
        raises: "s1 2024-10-21 action-started action=lockout by=employer",
        on: "s1",
        quiet: "s1 2024-10-21 action-started action=lockout by=employer announced=x1",
    },
    Case {
        // Notices of anything but a strike or a lockout announce no action.
        code: ActionWithoutNotice,
        given: "n1 2024-10-10 notice notice=right-to-strike by=union",
        raises: "s1 2024-10-21 action-started action=strike by=union",
        on: "s1",
        quiet: "
            x1 2024-10-20 action-announced action=picket by=union
            s1 2024-10-21 action-started action=strike by=union
        ",
    },
    Case {
        code: ActionDiffersFromNotice,
        given: "x1 2024-10-10 action-announced action=overtime-ban by=union",
        raises: "s1 2024-10-21 action-started action=strike by=union announced=x1",
        on: "s1",
        quiet: "s1 2024-10-21 action-started action=overtime-ban by=union announced=x1",
    },
    Case {
        // A strike notice covers every stoppage action but a lockout.
        code: ActionDiffersFromNotice,
        given: "n1 2024-10-10 notice notice=strike by=employer",
        raises: "s1 2024-10-21 action-started action=lockout by=employer",
        on: "s1",
        quiet: "s1 2024-10-21 action-started action=work-to-rule by=employer",
    },
    Case {
        // The last that stands counts, and only for stoppage actions.
        code: ActionDiffersFromNotice,
        given: "
            n1 2024-10-10 notice notice=strike by=union
            x1 2024-10-11 action-announced action=overtime-ban by=union
        ",
        raises: "s1 2024-10-21 action-started action=strike by=union",
        on: "s1",
        quiet: "
            s0 2024-10-20 action-started action=picket by=union
            w1 2024-10-20 withdrawal of=x1 by=union
            s1 2024-10-21 action-started action=strike by=union
        ",
    },
    Case {
        code: ActionAfterOrder,
        given: "s1 2024-10-21 action-started action=strike by=union",
        raises: "
            o1 2024-10-25 order body=court order=back-to-work to=union
            e1 2024-10-26T00:00 action-ended of=s1 how=order
        ",
        on: "s1",
        quiet: "
            o1 2024-10-25 order body=court order=back-to-work to=union
            e1 2024-10-25 action-ended of=s1 how=order
        ",
    },
    Case {
        code: ActionAfterOrder,
        given: "s1 2024-10-21 action-started action=strike by=union",
        raises: "
            o1 2024-10-25 order body=court order=cease to=employer,union deadline=2024-10-27
            e1 2024-10-28 action-ended of=s1 how=order
        ",
        on: "s1",
        quiet: "
            o1 2024-10-25 order body=court order=cease to=employer,union deadline=2024-10-27
            e1 2024-10-27 action-ended of=s1 how=order
        ",
    },
    Case {
        // The order must forbid it, name its party, find it begun, and not be stayed by then.
        code: ActionAfterOrder,
        given: "s1 2024-10-21 action-started action=overtime-ban by=union",
        raises: "
            o1 2024-10-25 order body=court order=declared-unlawful to=union
            t1 2024-10-26 order-answered of=o1 by=court answer=stayed
        ",
        on: "s1",
        quiet: "
            o1 2024-10-25 order body=court order=declared-unlawful to=union deadline=2024-10-26
            t1 2024-10-26 order-answered of=o1 by=court answer=stayed
            o2 2024-10-25 order body=court order=injunction to=union
            o3 2024-10-25 order body=court order=cease to=local
            o4 2024-10-20 order body=court order=cease to=union
        ",
    },
    Case {
        // What is suspended is not in progress; what is resumed is again.
        code: ActionAfterOrder,
        given: "
            s1 2024-10-21 action-started action=strike by=union
            c1 2024-10-24 action-changed of=s1 change=suspended
            o1 2024-10-25 order body=court order=cease to=union
        ",
        raises: "c2 2024-10-28 action-changed of=s1 change=resumed",
        on: "s1",
        quiet: "e1 2024-10-28 action-ended of=s1 how=order",
    },
    Case {
        // What began and ended on one day was in progress on it.
        code: ActionAfterOrder,
        given: "o1 2024-10-25 order body=court order=cease to=union deadline=2024-10-23",
        raises: "
            s1 2024-10-25 action-started action=strike by=union
            e1 2024-10-25 action-ended of=s1 how=unilateral
        ",
        on: "s1",
        quiet: "
            s1 2024-10-23 action-started action=strike by=union
            e1 2024-10-23 action-ended of=s1 how=unilateral
        ",
    },
    Case {
        // A boycott is no stoppage action.
        code: ActionAfterOrder,
        given: "o1 2024-10-25 order body=court order=cease to=union",
        raises: "s1 2024-10-25 action-started action=lockout by=union",
        on: "s1",
        quiet: "s1 2024-10-25 action-started action=boycott by=union",
    },
    Case {
        code: ActionOverlap,
        given: "s1 2024-10-21 action-started action=rotating-strike by=union",
        raises: "s2 2024-10-22 action-started action=lockout by=employer",
        on: "s2",
        quiet: "
            e1 2024-10-22 action-ended of=s1 how=unilateral
            s2 2024-10-22 action-started action=lockout by=employer
        ",
    },
    Case {
        // The later by date carries it, whichever was recorded first.
        code: ActionOverlap,
        given: "s1 2024-10-21 action-started action=strike by=union",
        raises: "s2 2024-10-20 action-started action=lockout by=employer",
        on: "s1",
        quiet: "s2 2024-10-20 action-started action=overtime-ban by=employer",
    },
    Case {
        // By conversion or resumption, on the later start.
        code: ActionOverlap,
        given: "
            s1 2024-10-20 action-started action=overtime-ban by=union
            s2 2024-10-21 action-started action=lockout by=employer
        ",
        raises: "c1 2024-10-22 action-changed of=s1 change=converted action=strike",
        on: "s2",
        quiet: "c1 2024-10-22 action-changed of=s1 change=converted action=work-to-rule",
    },
    Case {
        code: WorkResumedBeforeRatification,
        given: "s1 2024-10-21 action-started action=strike by=union",
        raises: "
            e1 2024-10-25 action-ended of=s1 how=agreement
            g1 2024-10-26T00:00 agreement level=ratified parties=union
        ",
        on: "e1",
        quiet: "
            e1 2024-10-25T08:00 action-ended of=s1 how=agreement
            g1 2024-10-25 agreement level=executed parties=union
        ",
    },
    Case {
        code: WorkResumedBeforeRatification,
        given: "s1 2024-10-21 action-started action=strike by=union",
        raises: "
            g1 2024-10-24 agreement level=tentative parties=union
            e1 2024-10-25 action-ended of=s1 how=agreement
        ",
        on: "e1",
        quiet: "
            g1 2024-10-24 agreement level=tentative parties=union
            e1 2024-10-25 action-ended of=s1 how=ratification
        ",
    },
    Case {
        code: ConflictingValues,
        given: "s1 2024-10-21 action-started action=strike by=union workers=2400",
        raises: "v1 2024-10-21 action-started action=strike by=union workers=2000 version_of=s1",
        on: "v1",
        quiet: "
            v1 2024-10-21 action-started action=strike by=union workers=2400.0 version_of=s1
            v2 2024-10-22 action-started action=lockout by=union version_of=s1
        ",
    },
    Case {
        // Terms are compared by issue.
        code: ConflictingValues,
        given: "p1 2024-10-02 proposal by=union form=proposal items=wages:5,health:3",
        raises: "v1 2024-10-02 proposal by=union form=proposal items=health:4,wages:5 version_of=p1",
        on: "v1",
        quiet: "v1 2024-10-02 proposal by=union form=proposal items=health:3,wages:5,rest:9 version_of=p1",
    },
    Case {
        // The version that takes the place of a retracted original is what others differ from.
        code: ConflictingValues,
        given: "
            s1 2024-10-21 action-started action=strike by=union workers=2400
            v1 2024-10-21 action-started action=strike by=union version_of=s1
            v2 2024-10-21 action-started action=strike by=union workers=2000 version_of=s1
        ",
        raises: "v3 2024-10-21 action-started action=strike by=union workers=2000 version_of=s1",
        on: "v2 v3",
        quiet: "r1 - retraction of=s1",
    },
    Case {
        code: ConflictingValues,
        given: "i1 2024-10-21 impact metric=visits value=100 unit=visits",
        raises: "
            i2 2024-10-22 impact metric=visits value=99 unit=visits period=2024-10-21
            i3 2024-10-22 impact metric=visits value=99 unit=visits
        ",
        on: "i2",
        quiet: "
            i2 2024-10-22 impact metric=visits value=99 unit=visits
            i3 2024-10-21 impact metric=visits value=99 unit=days
            i4 2024-10-21 impact metric=visits value=99 unit=visits scope=north
            i5 2024-10-21 impact metric=wait value=99 unit=visits
            i6 2024-10-21 impact metric=visits value=100 unit=visits scope=north comparator=at-most
        ",
    },
    Case {
        // `about` reaches a tenth either way.
        code: ConflictingValues,
        given: "i1 2024-10-21 impact metric=visits value=100 unit=visits comparator=about",
        raises: "
            i2 2024-10-21 impact metric=visits value=111 unit=visits comparator=at-least
            i3 2024-10-21 impact metric=visits value=121 unit=visits comparator=exact scope=s
            i4 2024-10-21 impact metric=visits value=133 unit=visits comparator=at-least scope=s
        ",
        on: "i2 i4",
        quiet: "
            i2 2024-10-21 impact metric=visits value=110 unit=visits comparator=at-least
            i3 2024-10-21 impact metric=visits value=110 unit=visits
        ",
    },
    Case {
        code: ConflictingValues,
        given: "i1 2024-10-21 impact metric=care value=closed unit=clinics",
        raises: "i2 2024-10-21 impact metric=care value=open unit=clinics",
        on: "i2",
        quiet: "i2 2024-10-21 impact metric=care value=closed unit=clinics note=n",
    },
    Case {
        code: OccurredAfterSource,
        given: "",
        raises: r#"g1 2024-10-21 gap text=? sources=[{"title":"t","published":"2024-10-20"}]"#,
        on: "g1",
        quiet: r#"g1 2024-10-21 gap text=? sources=[{"title":"t","published":"2024-10-21"},{"title":"u"}]"#,
    },
    Case {
        // As narrowed: it happened no earlier than what it refers to.
        code: OccurredAfterSource,
        given: "p1 2024-10-02 proposal by=union form=proposal items=wages",
        raises: r#"j1 2024-10 rejection of=p1 by=employer sources=[{"title":"t","published":"2024-10-01"}]"#,
        on: "j1",
        quiet: r#"g1 2024-10 gap text=? about=p1 sources=[{"title":"t","published":"2024-10-01"}]"#,
    },
    Case {
        code: SuspectedDuplicate,
        given: "s1 2024-10-21 statement speaker=S text=t note=n tags=a",
        raises: r#"s2 2024-10-21 statement speaker=S text=t certainty=reported sources=[{"title":"t"}]"#,
        on: "s2",
        quiet: "
            s2 2024-10-21 statement speaker=S text=t claimed_by=union
            s3 2024-10-21 statement speaker=S text=t version_of=s1
            s4 2024-10-22 statement speaker=S text=t
            s5 2024-10-21 statement speaker=S text=t certainty=confirmed
        ",
    },
    Case {
        // In one dispute.
        code: SuspectedDuplicate,
        given: "
            open 2024-09-01 dispute-opened title=T time_zone=UTC employers= unions=
            open-e 2024-09-01 dispute-opened dispute=e title=T time_zone=UTC employers= unions=
            g1 2024-10-21 gap text=?
        ",
        raises: "g2 2024-10-21 gap text=?",
        on: "g2",
        quiet: "g2 2024-10-21 gap dispute=e text=?",
    },
    Case {
        // As they read now.
        code: SuspectedDuplicate,
        given: "
            g1 2024-10-21 gap text=?
            g2 2024-10-21 gap text=!
        ",
        raises: r#"m1 - amendment of=g1 set={"text":"!"}"#,
        on: "g2",
        quiet: r#"m1 - amendment of=g1 set={"note":"!"}"#,
    },
    Case {
        code: RefersToRetracted,
        given: "
            p1 2024-10-02 proposal by=union form=proposal items=wages
            j1 2024-10-03 rejection of=p1 by=employer
            g1 2024-10-03 gap text=? about=p1
        ",
        raises: "r1 - retraction of=p1",
        on: "j1 g1",
        quiet: "
            v1 2024-10-02 proposal by=union form=proposal items=wages version_of=p1
            r1 - retraction of=p1
        ",
    },
    Case {
        // Redacted is as if retracted.
        code: RefersToRetracted,
        given: "
            p1 2024-10-02 proposal by=union form=proposal items=wages
            v1 2024-10-02 proposal by=union form=proposal items=wages version_of=p1
            j1 2024-10-03 rejection of=v1 by=employer
            r1 - retraction of=p1
        ",
        raises: "redact v1",
        on: "j1",
        quiet: "r2 - retraction of=r1",
    },
    Case {
        // By whatever key it refers to it, and unless it was retracted itself.
        code: RefersToRetracted,
        given: "
            n1 2024-10-01 notice notice=strike by=union
            x1 2024-10-02 action-announced action=strike by=union notice=n1
            s1 2024-10-03 statement speaker=S text=t about=union,n1
        ",
        raises: "redact n1",
        on: "x1 s1",
        quiet: "
            r1 - retraction of=x1
            r2 - retraction of=s1
            redact n1
        ",
    },
    Case {
        code: AfterClosing,
        given: "c1 2024-10-10 dispute-closed outcome=lapsed",
        raises: "
            p1 2024-10-11 proposal by=union form=proposal items=wages
            p2 2024-10-12 proposal by=union form=proposal items=wages
        ",
        on: "p1",
        quiet: "
            p1 2024-10-09 proposal by=union form=proposal items=wages
            x1 2024-10-11 action-announced action=strike by=union
            n1 2024-10-11 session status=scheduled parties=union
            g1 2024-10-11 agreement level=tentative parties=union
        ",
    },
    Case {
        code: AfterClosing,
        given: "c1 2024-10-10 dispute-closed outcome=settled",
        raises: "
            n1 2024-10-11 session status=walked-out parties=union
            c2 2024-10-12 dispute-closed outcome=settled
            s1 2024-10-13 action-started action=picket by=union
        ",
        on: "n1 s1",
        quiet: "n1 2024-10-11 session status=declined parties=union",
    },
    Case {
        code: OutOfPlace,
        given: "
            s1 2024-10-21 action-started action=strike by=union
            e1 2024-10-25 action-ended of=s1 how=unilateral
        ",
        raises: "
            c1 2024-10-26 action-changed of=s1 change=expanded
            e2 2024-10-27 action-ended of=s1 how=agreement
        ",
        on: "c1 e2",
        quiet: "c1 2024-10-24 action-changed of=s1 change=expanded",
    },
    Case {
        code: OutOfPlace,
        given: "s1 2024-10-21 action-started action=strike by=union",
        raises: "c1 2024-10-22 action-changed of=s1 change=resumed",
        on: "c1",
        quiet: "
            c1 2024-10-22 action-changed of=s1 change=suspended
            c2 2024-10-23 action-changed of=s1 change=suspended
            c3 2024-10-24 action-changed of=s1 change=resumed
        ",
    },
    Case {
        // Its `to` ends an action after all events of that day.
        code: OutOfPlace,
        given: "s1 2024-10-21 action-started action=strike by=union to=2024-10-22",
        raises: "e1 2024-10-23T00:00 action-ended of=s1 how=expiry",
        on: "e1",
        quiet: "e1 2024-10-22 action-ended of=s1 how=expiry",
    },
    Case {
        // An end moves that of a protest, which is over with its own day, once.
        code: OutOfPlace,
        given: "
            s1 2024-10-21 action-started action=protest by=union
            e1 2024-10-23 action-ended of=s1 how=unilateral
        ",
        raises: "e2 2024-10-24 action-ended of=s1 how=unilateral",
        on: "e2",
        quiet: "s2 2024-10-24 action-started action=protest by=union",
    },
    Case {
        code: OutOfPlace,
        given: "
            o1 2024-10-02 mediation-offer procedure=mediation by=mediator to=union
            m1 2024-10-03 mediation of=o1 status=concluded
        ",
        raises: "m2 2024-10-04 mediation of=o1 status=started",
        on: "m2",
        quiet: "o2 2024-10-04 report of=o1 body=mediator binding=false text=t",
    },
    Case {
        code: OutOfPlace,
        given: "m1 2024-10-03 mediation procedure=mediation status=started",
        raises: "m2 2024-10-04 mediation of=m1 status=resumed",
        on: "m2",
        quiet: "
            m2 2024-10-04 mediation of=m1 status=suspended
            m3 2024-10-05 mediation of=m1 status=resumed
        ",
    },
];

#[test]
fn every_warning_is_on_its_event_and_its_nearest_neighbour_is_quiet() {
    let failures: Vec<String> = CASES
        .iter()
        .flat_map(|case| [check(case, case.raises, case.on), check(case, case.quiet, "")])
        .filter_map(Result::err)
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn no_warning_is_missing_from_the_table() {
    let missing: Vec<_> =
        WarningCode::ALL.iter().filter(|code| !CASES.iter().any(|c| c.code == **code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Whether the warnings of the case's code are on exactly the events of a list.
fn check(case: &Case, lines: &str, on: &str) -> Result<(), String> {
    let record = record(&format!("{}\n{lines}", case.given));
    let as_of = AsOf::now(moment(NOW));
    let state = State::of(&record, &slug("d"), as_of).unwrap();
    let mut alone = warnings_of(&record, &slug("d"), as_of);
    alone.sort_by_key(|w| (w.event.clone(), w.code));
    let mut shown = state.warnings.clone();
    shown.sort_by_key(|w| (w.event.clone(), w.code));
    assert_eq!(shown, alone);
    let found: Vec<String> = state
        .warnings
        .iter()
        .filter(|warning| warning.code == case.code)
        .map(|warning| warning.event.to_string())
        .collect();
    let mut expected: Vec<&str> = on.split_whitespace().collect();
    let mut sorted = found.clone();
    sorted.sort();
    expected.sort_unstable();
    if sorted == expected {
        return Ok(());
    }
    let Case { code, given, .. } = case;
    Err(format!("{code} on {found:?}, not on {expected:?}:{given}  +{lines}"))
}
