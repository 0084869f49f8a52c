//! The state of a dispute, part by part, as EVENTS.md says: a stream, and what the state shows of
//! it at each date.

#![cfg(test)]

use dispute_core::{Edtf, Instant, Json};
use dispute_projection::{AsOf, Known, State, timeline};

use crate::written::{NOW, moment, record, slug};

#[path = "records/written.rs"]
mod written;

// Proposals

#[test]
fn a_proposal_has_the_status_that_the_latest_event_gave_it() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages,health
        p2 2024-10-03 proposal by=employer form=counter items=wages replies_to=p1
        j1 2024-10-04 rejection of=p1 by=employer
        j2 2024-10-05 rejection of=p1 by=employer issues=wages
        a1 2024-10-06 acceptance of=p1 by=employer issues=health
        a2 2024-10-07 acceptance of=p1 by=employer
        p3 2024-10-08 proposal by=employer form=counter items=wages replies_to=p1
        w1 2024-10-09 withdrawal of=p1 by=union
        ",
        "
        2024-10-02  proposals.p1  status=open since=2024-10-02 set_by=p1 answers={}
        2024-10-03  proposals.p1  status=countered since=2024-10-03 set_by=p2
        2024-10-04  proposals.p1  status=rejected since=2024-10-04 set_by=j1
        2024-10-05  proposals.p1  status=partly-rejected set_by=j2
        2024-10-06  proposals.p1  status=partly-accepted set_by=a1
        2024-10-07  proposals.p1  status=accepted set_by=a2
        2024-10-07  proposals.p1.answers.employer  answer=accepted since=2024-10-07 set_by=a2
        2024-10-08  proposals.p1  status=countered set_by=p3
        2024-10-09  proposals.p1  status=withdrawn since=2024-10-09 set_by=w1
        now         proposals.p2  status=open form=counter by=employer unit=null
        ",
    );
}

#[test]
fn an_answer_that_names_every_issue_is_whole_and_answers_are_not_summed() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages,health
        a1 2024-10-03 acceptance of=p1 by=employer issues=wages
        a2 2024-10-04 acceptance of=p1 by=employer issues=health
        a3 2024-10-05 acceptance of=p1 by=employer issues=health,wages,rest
        j1 2024-10-06 rejection of=p1 by=employer issues=wages,health
        ",
        "
        2024-10-04  proposals.p1  status=partly-accepted since=2024-10-03 set_by=a1
        2024-10-04  proposals.p1.answers.employer  answer=partly-accepted set_by=a2
        2024-10-05  proposals.p1  status=accepted set_by=a3
        2024-10-06  proposals.p1  status=rejected set_by=j1
        2024-10-06  proposals.p1.answers.employer  answer=rejected
        ",
    );
}

#[test]
fn of_several_answers_the_first_that_holds_decides() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages,health to=employer,mediator
        a1 2024-10-03 acceptance of=p1 by=employer
        a2 2024-10-04 acceptance of=p1 by=mediator condition=c
        a3 2024-10-05 acceptance of=p1 by=mediator
        j1 2024-10-06 rejection of=p1 by=local issues=wages
        j2 2024-10-07 rejection of=p1 by=court
        a4 2024-10-08 acceptance of=p1 by=court
        a5 2024-10-09 acceptance of=p1 by=local
        ",
        "
        2024-10-03  proposals.p1  status=partly-accepted set_by=a1
        2024-10-04  proposals.p1  status=partly-accepted set_by=a1
        2024-10-05  proposals.p1  status=accepted set_by=a3
        2024-10-06  proposals.p1  status=partly-rejected set_by=j1
        2024-10-07  proposals.p1  status=rejected set_by=j2
        2024-10-08  proposals.p1  status=partly-rejected set_by=a4
        2024-10-09  proposals.p1  status=accepted set_by=a5
        ",
    );
}

#[test]
fn a_vote_accepts_or_rejects_a_proposal() {
    check(
        "
        p1 2024-10-02 proposal by=employer form=final-offer items=wages
        c1 2024-10-03 vote-called purpose=employer-offer by=union of=p1
        b1 2024-10-04 vote-result purpose=employer-offer by=union stage=running of=c1 yes=1 no=9
        b2 2024-10-05 vote-result purpose=employer-offer by=union stage=final of=c1 yes=1 no=9
        b3 2024-10-06 vote-result purpose=employer-offer by=union stage=official of=b2 yes=9 no=1
        b4 2024-10-07 vote-result purpose=other by=union stage=official of=p1 yes=1 no=9
        ",
        "
        2024-10-04  proposals.p1  status=open
        2024-10-05  proposals.p1  status=rejected set_by=b2
        2024-10-07  proposals.p1  status=accepted set_by=b3
        ",
    );
}

#[test]
fn answers_counters_and_votes_do_not_undo_what_closes_a_proposal() {
    for (closing, status) in [
        ("x1 2024-10-03 withdrawal of=p1 by=employer", "withdrawn"),
        ("x1 2024-10-03 proposal by=employer form=package items=wages supersedes=p1", "superseded"),
        ("x1 2024-10-03 agreement level=item parties= proposals=p1", "agreed"),
        ("x1 2024-10-03 implementation by=employer of=p1", "implemented"),
    ] {
        check(
            &format!(
                "
                p1 2024-10-02 proposal by=employer form=final-offer items=wages expires=2024-12-01
                {closing}
                p3 2024-10-04 proposal by=union form=counter items=wages replies_to=p1
                j1 2024-10-05 rejection of=p1 by=union
                a1 2024-10-06 acceptance of=p1 by=union
                b1 2024-10-07 vote-result purpose=employer-offer by=union stage=final of=p1 outcome=passed
                "
            ),
            &format!(
                "
                2024-10-07  proposals.p1  status={status} since=2024-10-03 set_by=x1
                2024-10-07  proposals.p1.answers.union  answer=accepted set_by=a1
                2024-12-02  proposals.p1  status={status} since=2024-10-03 set_by=x1
                "
            ),
        );
    }
}

#[test]
fn a_proposal_expires_while_it_is_open_countered_or_partly_answered() {
    for (answer, at_the_end) in [
        ("", "expired"),
        ("x1 2024-10-03 proposal by=employer form=counter items= replies_to=p1", "expired"),
        ("x1 2024-10-03 rejection of=p1 by=employer issues=wages", "expired"),
        ("x1 2024-10-03 acceptance of=p1 by=employer condition=c", "expired"),
        ("x1 2024-10-03 rejection of=p1 by=employer", "rejected"),
        ("x1 2024-10-03 acceptance of=p1 by=employer", "accepted"),
    ] {
        check(
            &format!(
                "
                p1 2024-10-02 proposal by=union form=proposal items=wages,health expires=2024-10-10
                {answer}
                "
            ),
            &format!("2024-10-10  proposals.p1  status={at_the_end}"),
        );
    }
    check(
        "p1 2024-10-02 proposal by=union form=proposal items=wages expires=2024-10-10T17:00",
        "
        2024-10-10T16:59  proposals.p1  status=open
        2024-10-10T17:00  proposals.p1  status=expired since=2024-10-10T17:00 set_by=p1
        ",
    );
}

#[test]
fn what_is_past_its_date_expires_once_it_is_open_or_partly_answered_again() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages,health expires=2024-10-10
        j1 2024-10-03 rejection of=p1 by=employer
        j2 2024-10-12 rejection of=p1 by=employer issues=wages
        ",
        "
        2024-10-11  proposals.p1  status=rejected
        2024-10-12  proposals.p1  status=expired since=2024-10-10 set_by=p1
        ",
    );
}

#[test]
fn what_is_past_its_date_is_past_though_the_day_of_recording_is_not_over() {
    check(
        "p1 2024-10-02/.. proposal by=union form=proposal items=wages expires=2024-10-10",
        "now  proposals.p1  status=expired since=2024-10-10 set_by=p1",
    );
}

#[test]
fn a_proposal_lapses_after_all_events_of_that_moment() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages expires=2024-10-10
        a1 2024-10-10 acceptance of=p1 by=employer
        p2 2024-10-02 proposal by=union form=package items=wages expires=2024-10-10
        a2 2024-10-11T00:00 acceptance of=p2 by=employer
        ",
        "
        now  proposals.p1  status=accepted
        now  proposals.p2  status=expired set_by=p2
        ",
    );
}

#[test]
fn agreed_failed_and_implemented_need_an_event_that_covers_every_issue() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages,health
        p2 2024-10-02 proposal by=union form=proposal items=wages
        g1 2024-10-03 agreement level=item parties= proposals=p1,p2 items=wages
        g2 2024-10-04 agreement level=item parties= proposals=p1 items=wages,health,rest
        ",
        "
        2024-10-03  proposals.p1  status=partly-accepted set_by=g1
        2024-10-03  proposals.p2  status=agreed set_by=g1
        2024-10-04  proposals.p1  status=agreed set_by=g2
        ",
    );
    check(
        "
        p1 2024-10-02 proposal by=employer form=final-offer items=wages,health
        i1 2024-10-03 implementation by=employer of=p1 issues=wages
        i2 2024-10-04 implementation by=employer of=p1 issues=wages,health
        ",
        "
        2024-10-03  proposals.p1  status=open
        2024-10-04  proposals.p1  status=implemented set_by=i2
        2024-10-04  implementations.i1  of=p1 issues=wages
        ",
    );
}

#[test]
fn a_proposal_fails_with_its_agreement_unless_another_that_stands_names_it() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages
        p2 2024-10-02 proposal by=union form=package items=wages
        g1 2024-10-03 agreement level=tentative parties= proposals=p1,p2
        g2 2024-10-04 agreement level=tentative parties= proposals=p2
        f1 2024-10-05 agreement-failed of=g1 cause=voted-down
        j1 2024-10-06 rejection of=p1 by=employer
        ",
        "
        2024-10-05  proposals.p1  status=failed since=2024-10-05 set_by=f1
        2024-10-05  proposals.p2  status=agreed since=2024-10-03 set_by=g1
        2024-10-06  proposals.p1  status=failed set_by=f1
        ",
    );
    // A failure of some issues changes nothing; a failed vote is one of all.
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages,health
        g1 2024-10-03 agreement level=tentative parties= proposals=p1
        f1 2024-10-04 agreement-failed of=g1 cause=court issues=wages
        p2 2024-10-02 proposal by=union form=package items=wages,health
        g2 2024-10-03 agreement level=tentative parties= proposals=p2
        b1 2024-10-04 vote-result purpose=ratification by=union stage=final of=g2 outcome=failed
        ",
        "
        now  proposals.p1  status=agreed
        now  proposals.p2  status=failed set_by=b1
        ",
    );
}

#[test]
fn an_event_that_gives_the_status_already_held_changes_neither_its_date_nor_its_maker() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages
        j1 2024-10-03 rejection of=p1 by=employer
        j2 2024-10-04 rejection of=p1 by=employer
        j3 2024-10-05 rejection of=p1 by=mediator
        ",
        "
        now  proposals.p1  status=rejected since=2024-10-03 set_by=j1
        now  proposals.p1.answers.employer  set_by=j2
        ",
    );
}

// Mediation

#[test]
fn answers_give_an_offer_its_status_until_the_first_mediation() {
    check(
        "
        o1 2024-10-02 mediation-offer procedure=mediation by=mediator to=union,employer
        a1 2024-10-03 acceptance of=o1 by=union
        a2 2024-10-04 acceptance of=o1 by=employer condition=c
        a3 2024-10-05 acceptance of=o1 by=employer
        j1 2024-10-06 rejection of=o1 by=union
        a4 2024-10-07 acceptance of=o1 by=union
        m1 2024-10-08 mediation of=o1 status=scheduled scheduled_for=2024-10-20
        j2 2024-10-09 rejection of=o1 by=union
        m2 2024-10-20 mediation of=o1 status=started
        m3 2024-10-21 mediation of=o1 status=suspended by=employer
        m4 2024-10-22 mediation of=o1 status=resumed
        m5 2024-10-23 mediation of=o1 status=concluded by=union result=failed
        ",
        "
        2024-10-02  mediation.o1  status=offered since=2024-10-02 set_by=o1 procedure=mediation by=mediator
        2024-10-02  mediation.o1.answers.union  answer=none since=null set_by=null
        2024-10-03  mediation.o1  status=offered set_by=o1
        2024-10-04  mediation.o1  status=offered set_by=o1
        2024-10-04  mediation.o1.answers.employer  answer=conditional set_by=a2
        2024-10-05  mediation.o1  status=accepted set_by=a3
        2024-10-06  mediation.o1  status=declined set_by=j1
        2024-10-07  mediation.o1  status=accepted set_by=a4
        2024-10-08  mediation.o1  status=scheduled set_by=m1 scheduled_for=2024-10-20
        2024-10-09  mediation.o1  status=scheduled set_by=m1
        2024-10-09  mediation.o1.answers.union  answer=rejected set_by=j2
        2024-10-20  mediation.o1  status=in-session set_by=m2 scheduled_for=2024-10-20
        2024-10-21  mediation.o1  status=suspended broken_off_by=employer
        2024-10-22  mediation.o1  status=in-session set_by=m4 broken_off_by=null
        2024-10-23  mediation.o1  status=concluded broken_off_by=union result=failed
        ",
    );
}

#[test]
fn a_compelled_procedure_is_accepted_whatever_is_answered() {
    check(
        "
        o1 2024-10-02 mediation-offer procedure=inquiry by=court to=union compelled=true
        j1 2024-10-03 rejection of=o1 by=union
        ",
        "
        2024-10-03  mediation.o1  status=accepted since=2024-10-02 set_by=o1
        2024-10-03  mediation.o1.answers.union  answer=rejected
        ",
    );
}

#[test]
fn answers_after_a_withdrawal_change_nothing() {
    check(
        "
        o1 2024-10-02 mediation-offer procedure=mediation by=mediator to=union
        w1 2024-10-03 withdrawal of=o1 by=mediator
        a1 2024-10-04 acceptance of=o1 by=union
        ",
        "
        now  mediation.o1  status=withdrawn set_by=w1
        now  mediation.o1.answers.union  answer=none
        ",
    );
}

#[test]
fn who_broke_off_belongs_to_the_suspension_or_conclusion_that_stands() {
    check(
        "
        o1 2024-10-02 mediation-offer procedure=mediation by=mediator to=union
        m1 2024-10-03 mediation of=o1 status=started by=union
        m2 2024-10-04 mediation of=o1 status=suspended by=employer
        m3 2024-10-05 mediation of=o1 status=suspended by=union
        m4 2024-10-06 mediation of=o1 status=concluded
        w1 2024-10-07 withdrawal of=o1 by=mediator
        o2 2024-10-02 mediation-offer procedure=inquiry by=mediator to=union
        n2 2024-10-03 mediation of=o2 status=suspended by=employer
        t2 2024-10-04 report of=o2 body=mediator binding=false text=t
        o3 2024-10-02 mediation-offer procedure=mediation by=mediator to=union
        n3 2024-10-03 mediation of=o3 status=suspended by=employer
        w3 2024-10-04 withdrawal of=o3 by=mediator
        ",
        "
        2024-10-03  mediation.o1  broken_off_by=null
        2024-10-05  mediation.o1  broken_off_by=employer set_by=m2
        2024-10-06  mediation.o1  broken_off_by=null
        2024-10-07  mediation.o1  status=withdrawn broken_off_by=null
        2024-10-03  mediation.o2  broken_off_by=employer
        2024-10-04  mediation.o2  status=concluded broken_off_by=null
        2024-10-03  mediation.o3  broken_off_by=employer
        2024-10-04  mediation.o3  status=withdrawn broken_off_by=null
        ",
    );
}

#[test]
fn a_report_concludes_what_it_belongs_to_where_it_binds_or_finds_facts() {
    check(
        "
        o1 2024-10-02 mediation-offer procedure=mediation by=mediator to=union
        o2 2024-10-02 mediation-offer procedure=fact-finding by=mediator to=union
        o3 2024-10-02 mediation-offer procedure=interest-arbitration by=mediator to=union
        t1 2024-10-05 report of=o1 body=mediator binding=false text=t
        t2 2024-10-05 report of=o2 body=mediator binding=false text=t
        t3 2024-10-05 report of=o3 body=mediator binding=true text=t
        ",
        "
        now  mediation.o1  status=offered result=null
        now  mediation.o2  status=concluded set_by=t2 result=null
        now  mediation.o3  status=concluded set_by=t3 result=award
        now  reports.t3  binding=true of=o3
        ",
    );
}

#[test]
fn a_first_mediation_without_an_offer_is_the_row() {
    check(
        "
        m1 2024-10-02 mediation procedure=conciliation status=started by=union
        m2 2024-10-03 mediation of=m1 status=suspended by=union
        m3 2024-10-03 mediation of=m1 status=concluded result=settled
        m4 2024-10-04 mediation of=m1 status=resumed
        ",
        "
        2024-10-02  mediation.m1  status=in-session procedure=conciliation by=null answers={} broken_off_by=null
        now         mediation     m1
        now         mediation.m1  status=concluded set_by=m3 result=settled broken_off_by=null
        ",
    );
}

// Agreements

#[test]
fn an_agreement_is_superseded_by_the_one_that_carries_it_further() {
    check(
        "
        g1 2024-10-02 agreement level=in-principle parties=union,employer
        g2 2024-10-03 agreement level=tentative parties=union,employer of=g1
        f1 2024-10-04 agreement-failed of=g2 cause=voted-down
        f2 2024-10-05 agreement-failed of=g1 cause=other
        b1 2024-10-06 vote-result purpose=ratification by=union stage=final of=g1 outcome=failed
        ",
        "
        2024-10-02  agreements.g1  status=standing since=2024-10-02 set_by=g1 parties=union,employer
        2024-10-03  agreements.g1  status=superseded set_by=g2
        now         agreements.g1  status=superseded since=2024-10-03 set_by=g2
        now         agreements.g2  status=failed set_by=f1
        ",
    );
}

#[test]
fn an_agreement_that_has_failed_is_not_superseded() {
    check(
        "
        g1 2024-10-02 agreement level=tentative parties=
        f1 2024-10-03 agreement-failed of=g1 cause=voted-down
        g2 2024-10-04 agreement level=tentative parties= of=g1
        ",
        "now  agreements.g1  status=failed set_by=f1",
    );
}

#[test]
fn an_agreement_fails_in_part_before_or_after_a_failed_vote_until_a_failure_names_no_issues() {
    check(
        "
        g1 2024-10-02 agreement level=tentative parties= items=wages,health
        f1 2024-10-03 agreement-failed of=g1 cause=court issues=wages
        b1 2024-10-04 vote-result purpose=ratification by=union stage=final of=g1 outcome=failed
        f2 2024-10-05 agreement-failed of=g1 cause=court
        f3 2024-10-06 agreement-failed of=g1 cause=court issues=health
        ",
        "
        2024-10-03  agreements.g1  status=partly-failed set_by=f1
        2024-10-04  agreements.g1  status=partly-failed since=2024-10-03 set_by=f1
        2024-10-05  agreements.g1  status=failed set_by=f2
        2024-10-06  agreements.g1  status=failed since=2024-10-05 set_by=f2
        ",
    );
    check(
        "
        g1 2024-10-02 agreement level=tentative parties= items=wages,health
        b1 2024-10-03 vote-result purpose=ratification by=union stage=final of=g1 outcome=failed
        f1 2024-10-04 agreement-failed of=g1 cause=court issues=wages
        ",
        "
        2024-10-03  agreements.g1  status=failed set_by=b1
        2024-10-04  agreements.g1  status=partly-failed set_by=f1
        ",
    );
}

#[test]
fn answers_to_an_agreement_change_no_status() {
    check(
        "
        g1 2024-10-02 agreement level=tentative parties=
        j1 2024-10-03 rejection of=g1 by=union
        ",
        "now  agreements.g1  status=standing",
    );
}

// Votes

#[test]
fn results_that_lead_to_one_thing_are_one_vote_and_its_most_final_stage_speaks() {
    check(
        "
        g1 2024-10-02 agreement level=tentative parties=
        c1 2024-10-03 vote-called purpose=ratification by=union of=g1
        b1 2024-10-04 vote-result purpose=ratification by=union stage=running of=c1 yes=1
        b2 2024-10-05 vote-result purpose=ratification by=union stage=final of=g1 yes=2
        b3 2024-10-06 vote-result purpose=ratification by=union stage=running of=b1 yes=3
        b4 2024-10-07 vote-result purpose=ratification by=union stage=final of=b3 yes=4
        ",
        "
        2024-10-04  votes  b1
        2024-10-05  votes  b2
        2024-10-06  votes  b2
        2024-10-07  votes  b4
        2024-10-07  votes.b4  stage=final yes=4 no=null outcome=null unit=null subgroup=null
        ",
    );
}

#[test]
fn another_purpose_holder_unit_or_subgroup_is_another_vote() {
    check(
        "
        rn 2024-09-01 unit unit=rn description=d employer=employer union=union
        c1 2024-10-03 vote-called purpose=ratification by=union
        b1 2024-10-04 vote-result purpose=ratification by=union stage=final of=c1
        b2 2024-10-04 vote-result purpose=other by=union stage=final of=c1
        b3 2024-10-04 vote-result purpose=ratification by=local stage=final of=c1
        b4 2024-10-04 vote-result purpose=ratification by=union stage=final of=c1 unit=rn
        b5 2024-10-04 vote-result purpose=ratification by=union stage=final of=c1 subgroup=s
        b6 2024-10-04 vote-result purpose=ratification by=union stage=final
        b7 2024-10-04 vote-result purpose=ratification by=union stage=final note=n
        b8 2024-10-05 vote-result purpose=ratification by=union stage=official of=b7
        ",
        "now  votes  b1,b2,b3,b4,b5,b6,b8",
    );
}

#[test]
fn a_vote_is_decided_by_its_outcome_else_its_counts_else_its_percentages() {
    for (says, status) in [
        ("outcome=failed yes=9 no=1", "failed"),
        ("outcome=passed yes=1 no=9", "standing"),
        ("yes=5 no=5", "failed"),
        ("yes=6 no=5", "standing"),
        ("yes=6", "standing"),
        ("yes=1 percent_yes=40", "failed"),
        ("percent_yes=50", "failed"),
        ("percent_yes=50.1", "standing"),
        ("percent_no=50", "failed"),
        ("percent_no=49.9", "standing"),
        ("percent_yes=40 percent_no=30", "standing"),
        ("percent_turnout=90", "standing"),
    ] {
        check(
            &format!(
                "
                g1 2024-10-02 agreement level=tentative parties=
                b1 2024-10-04 vote-result purpose=ratification by=union stage=final of=g1 {says}
                "
            ),
            &format!("now  agreements.g1  status={status}"),
        );
    }
}

#[test]
fn a_result_for_a_unit_decides_only_what_has_that_unit() {
    check(
        "
        rn 2024-09-01 unit unit=rn description=d employer=employer union=union
        lv 2024-09-01 unit unit=lv description=d employer=employer union=union
        g1 2024-10-02 agreement level=tentative parties= unit=rn
        g2 2024-10-02 agreement level=tentative parties=
        b1 2024-10-04 vote-result purpose=ratification by=union stage=final of=g1 unit=lv outcome=failed
        b2 2024-10-04 vote-result purpose=ratification by=union stage=final of=g2 unit=rn outcome=failed
        b3 2024-10-05 vote-result purpose=ratification by=union stage=final of=g1 unit=rn outcome=failed
        ",
        "
        2024-10-04  agreements.g1  status=standing
        2024-10-05  agreements.g1  status=failed set_by=b3
        2024-10-05  agreements.g2  status=standing
        ",
    );
}

#[test]
fn a_rule_leaves_the_decision_to_the_outcome() {
    check(
        "
        g1 2024-10-02 agreement level=tentative parties=
        c1 2024-10-03 vote-called purpose=ratification by=union of=g1 rule=two-thirds
        b1 2024-10-04 vote-result purpose=ratification by=union stage=final of=c1 yes=1 no=9
        b2 2024-10-05 vote-result purpose=ratification by=union stage=official of=b1 yes=1 no=9
        b3 2024-10-06 vote-result purpose=ratification by=union stage=official of=b2 outcome=failed
        ",
        "
        2024-10-05  agreements.g1  status=standing
        2024-10-06  agreements.g1  status=failed set_by=b3
        ",
    );
}

// Issues

#[test]
fn a_position_is_the_latest_proposal_that_names_the_issue_open_or_not() {
    check(
        "
        rn 2024-09-01 unit unit=rn description=d employer=employer union=union
        p1 2024-10-02 proposal by=union form=proposal items=wages:5,health
        p2 2024-10-03 proposal by=employer form=counter items=wages:2 replies_to=p1
        p3 2024-10-04 proposal by=union form=package items=wages:4 supersedes=p1
        w1 2024-10-05 withdrawal of=p3 by=union
        p4 2024-10-06 proposal by=union form=proposal items=wages:9 unit=rn
        ",
        "
        2024-10-03  issues  health,wages
        2024-10-03  issues.wages.positions.union  id=p1 value=5 status=countered
        2024-10-03  issues.wages.positions.employer  id=p2 value=2 unit=null status=open
        2024-10-05  issues.wages.positions.union  id=p3 value=4 status=withdrawn
        2024-10-05  issues.health.positions.union  id=p1 status=superseded value=null
        2024-10-06  issues  health,wages,wages/rn
        2024-10-06  issues.wages.positions.union  id=p3
        2024-10-06  issues.wages/rn.positions.union  id=p4 value=9
        ",
    );
}

#[test]
fn what_is_agreed_is_the_latest_of_what_stands_its_items_its_proposals_or_what_it_carries_further()
{
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages:5,health:1
        g1 2024-10-03 agreement level=item parties= items=health:2
        g2 2024-10-04 agreement level=tentative parties= proposals=p1
        g3 2024-10-05 agreement level=ratified parties= of=g2
        f1 2024-10-06 agreement-failed of=g3 cause=court issues=wages
        f2 2024-10-07 agreement-failed of=g3 cause=court
        ",
        "
        2024-10-02  issues.health  agreed=null
        2024-10-03  issues.health.agreed  id=g1 value=2
        2024-10-04  issues.health.agreed  id=g2 value=1
        2024-10-05  issues.wages.agreed  id=g3 value=5
        2024-10-06  issues.wages  agreed=null
        2024-10-06  issues.health.agreed  id=g3 value=1
        2024-10-07  issues.health.agreed  id=g1 value=2
        ",
    );
}

#[test]
fn what_failed_of_an_agreement_is_not_agreed_where_it_is_carried_further() {
    check(
        "
        g1 2024-10-03 agreement level=tentative parties= items=wages:5,health:1
        f1 2024-10-04 agreement-failed of=g1 cause=court issues=wages
        g2 2024-10-05 agreement level=ratified parties= of=g1
        ",
        "
        2024-10-04  issues.health.agreed  id=g1
        2024-10-05  issues  health
        2024-10-05  issues.health.agreed  id=g2 value=1
        ",
    );
}

#[test]
fn what_is_agreed_stands_under_the_unit_of_the_agreement_else_of_its_proposals() {
    check(
        "
        rn 2024-09-01 unit unit=rn description=d employer=employer union=union
        p1 2024-10-02 proposal by=union form=proposal items=wages:5 unit=rn
        g1 2024-10-03 agreement level=tentative parties= proposals=p1 items=wages:4
        g2 2024-10-03 agreement level=tentative parties= unit=rn items=health:4
        t1 2024-10-04 report body=court binding=true text=t items=pensions:3
        t2 2024-10-04 report body=court binding=false text=t items=leave:3
        ",
        "
        now  issues  health/rn,pensions,wages/rn
        now  issues.wages/rn.agreed  id=g1 value=4
        now  issues.health/rn.agreed  id=g2
        now  issues.pensions.agreed  id=t1
        ",
    );
}

// Sessions

#[test]
fn the_next_session_is_the_soonest_that_is_not_over_and_that_no_later_one_settles() {
    check(
        "
        n1 2024-10-01 session status=scheduled parties= scheduled_for=2024-10-20
        n2 2024-10-02 session status=scheduled parties= scheduled_for=2024-10-10
        n3 2024-10-03 session status=requested parties= of=n2
        n4 2024-10-04 session status=cancelled parties= of=n2 by=union
        n5 2024-10-05 session status=scheduled parties= of=n1 scheduled_for=2024-10-25
        n6 2024-10-25T10:00 session status=held parties= of=n5
        n7 2024-10-26 session status=walked-out parties= by=union
        n8 2024-10-27 session status=scheduled parties= scheduled_for=2024-11
        n9 2024-10-28 session status=scheduled parties=
        ",
        "
        2024-10-01  sessions.next  id=n1 date=2024-10-20
        2024-10-01  sessions  held=0 last=null
        2024-10-02  sessions.next  id=n2 date=2024-10-10
        2024-10-03  sessions.next  id=n2
        2024-10-04  sessions.next  id=n1
        2024-10-05  sessions.next  id=n5
        2024-10-25T09:00  sessions.next  id=n5
        2024-10-25  sessions  next=null held=1
        2024-10-25  sessions.last  id=n6 date=2024-10-25T10:00
        2024-10-26  sessions.last  id=n7
        2024-10-26  sessions  held=2
        2024-11-29  sessions.next  id=n8 date=2024-11
        2024-11-30  sessions  next=null
        ",
    );
}

// Actions

#[test]
fn an_announcement_leaves_once_a_start_or_a_change_names_it() {
    check(
        "
        x1 2024-10-02 action-announced action=strike by=union from=2024-10-21 to=2024-10-25
        x2 2024-10-02 action-announced action=picket by=union from=2024-10-22
        x3 2024-10-02 action-announced action=boycott by=union
        w1 2024-10-03 withdrawal of=x3 by=union
        s1 2024-10-21 action-started action=strike by=union announced=x1
        c1 2024-10-22 action-changed of=s1 change=expanded announced=x2
        ",
        "
        2024-10-02  actions  x1,x2,x3
        2024-10-02  actions.x1  status=announced since=2024-10-21 until=2024-10-25 day=null workers=null
        2024-10-02  actions.x2  since=2024-10-22 until=null
        2024-10-03  actions.x3  status=withdrawn set_by=w1
        2024-10-21  actions  x2,x3,s1
        2024-10-22  actions  x3,s1
        2024-10-22  actions.s1  status=in-progress since=2024-10-21 until=null day=2
        ",
    );
}

#[test]
fn an_action_is_suspended_resumed_converted_and_ended_once() {
    check(
        "
        s1 2024-10-21 action-started action=overtime-ban by=union workers=100
        c1 2024-10-22 action-changed of=s1 change=suspended
        c2 2024-10-23 action-changed of=s1 change=resumed
        c3 2024-10-24 action-changed of=s1 change=converted action=strike
        e1 2024-10-25 action-ended of=s1 how=agreement
        e2 2024-10-26 action-ended of=s1 how=expiry
        ",
        "
        2024-10-21  actions.s1  status=in-progress action=overtime-ban by=union day=1
        2024-10-22  actions.s1  status=suspended day=2
        2024-10-23  actions.s1  status=in-progress
        2024-10-24  actions.s1  action=strike
        now         actions.s1  status=ended until=2024-10-25 day=5 set_by=e1
        ",
    );
}

#[test]
fn workers_are_the_last_total_with_those_who_joined_and_left_since() {
    check(
        "
        s1 2024-10-21 action-started action=strike by=union
        c1 2024-10-22 action-changed of=s1 change=expanded joined=5
        c2 2024-10-23 action-changed of=s1 change=expanded workers=100 joined=20
        c3 2024-10-24 action-changed of=s1 change=narrowed joined=1 left=11
        e1 2024-10-25 action-ended of=s1 how=unilateral workers=80
        ",
        "
        2024-10-22  actions.s1  workers=null
        2024-10-23  actions.s1  workers=100
        2024-10-24  actions.s1  workers=90
        2024-10-25  actions.s1  workers=80
        ",
    );
}

#[test]
fn an_action_ends_by_its_last_day_when_that_is_past() {
    check(
        "s1 2024-10-21 action-started action=strike by=union to=2024-10-25",
        "
        2024-10-25T23:58  actions.s1  status=in-progress until=null day=5
        2024-10-25  actions.s1  status=ended until=2024-10-25 day=5 set_by=s1
        2024-10-30  actions.s1  status=ended day=5
        ",
    );
    // After all events of that moment, and not before it can have begun.
    check(
        "
        s1 2024-10-21 action-started action=strike by=union to=2024-10-25
        e1 2024-10-25 action-ended of=s1 how=agreement
        s2 2024-10-21/2024-10-28 action-started action=strike by=local to=2024-10-25
        ",
        "
        2024-10-25  actions.s1  status=ended set_by=e1
        2024-10-25  actions  s1
        2024-10-28  actions.s2  status=ended until=2024-10-25 day=1
        ",
    );
}

#[test]
fn a_protest_without_a_last_day_is_over_with_its_own() {
    check(
        "
        s1 2024-10-21 action-started action=protest by=union
        s2 2024-10-21/2024-10-23 action-started action=protest by=union
        s3 2024-10-21 action-started action=protest by=union to=2024-10-22
        s4 2024-10-21 action-started action=protest by=local
        e4 2024-10-23 action-ended of=s4 how=unilateral
        ",
        "
        2024-10-21T12:00  actions  []
        2024-10-21  actions.s1  status=ended until=2024-10-21 day=1
        2024-10-21  actions.s3  status=in-progress
        2024-10-22  actions.s3  status=ended until=2024-10-22 day=2
        2024-10-22  actions.s4  status=ended until=2024-10-21 day=1
        2024-10-23  actions.s2  status=ended until=2024-10-21/2024-10-23 day=1
        2024-10-23  actions.s4  status=ended until=2024-10-23 day=3 set_by=e4
        ",
    );
}

#[test]
fn days_are_counted_on_the_calendar_of_the_dispute() {
    // The clocks were put back on 3 November and forward on 9 March.
    check(
        "
        s1 2024-11-02 action-started action=strike by=union
        s2 2025-03-08T23:30 action-started action=strike by=local
        ",
        "
        2024-11-03  actions.s1  day=2
        2024-11-04  actions.s1  day=3
        2025-03-08  actions.s2  day=1
        2025-03-09  actions.s2  day=2
        2025-03-09T00:00  actions.s2  day=2
        ",
    );
    check(
        "
        open 2023-01-01 dispute-opened title=T time_zone=Europe/London employers= unions=
        s1 2024-02-28 action-started action=strike by=union
        s2 2023-02-28 action-started action=strike by=local
        e2 2023-03-01 action-ended of=s2 how=unilateral
        ",
        "
        2024-02-29  actions.s1  day=2
        2024-03-01  actions.s1  day=3
        2024-03-01  actions.s2  day=2
        ",
    );
    check(
        "
        open 2023-01-01 dispute-opened title=T time_zone=Asia/Kolkata employers= unions=
        s1 2024-02-28T23:45 action-started action=strike by=union
        ",
        "
        2024-02-28  actions.s1  day=1
        2024-02-29T00:00  actions.s1  day=2
        2024-02-28T18:29Z  actions.s1  day=1
        2024-02-28T18:30Z  actions.s1  day=2
        ",
    );
}

#[test]
fn the_last_moment_at_which_an_action_can_have_begun_is_on_day_one() {
    check(
        "
        s1 2024-10-21/2024-10-23 action-started action=strike by=union
        s2 2024-10 action-started action=strike by=local
        c2 2024-10-22 action-changed of=s2 change=suspended
        ",
        "
        2024-10-22  actions  s2
        2024-10-22  actions.s2  day=1 status=suspended
        2024-10-23  actions.s1  day=1
        2024-10-25  actions.s1  day=3
        2024-10-25  actions.s2  day=4
        ",
    );
}

// Setting up, law, and what else has rows

#[test]
fn a_contract_keeps_what_a_later_event_leaves_out() {
    check(
        "
        rn 2024-09-01 unit unit=rn description=d employer=employer union=union size=10
        rn2 2024-10-01 unit unit=rn description=e employer=employer union=union
        c0 2024-08-01 contract contract=c-2017 status=superseded
        c1 2024-09-01 contract contract=c-2021 status=in-force unit=rn expires=2024-09-30 replaces=c-2017
        c2 2024-10-01 contract contract=c-2021 status=expired
        c3 2024-10-05 contract contract=c-2021 status=expired effective=2021-10-01
        c4 2024-10-10 contract contract=c-2021 status=extended expires=2024-12-31
        ",
        "
        2024-09-15  contracts.c-2021  id=c1 status=in-force since=2024-09-01 expires=2024-09-30
        2024-09-30  contracts.c-2021  status=in-force
        2024-10-05  contracts.c-2021  id=c3 status=expired since=2024-10-01 unit=rn effective=2021-10-01 expires=2024-09-30
        2024-10-10  contracts.c-2021  id=c4 status=extended since=2024-10-10 expires=2024-12-31 effective=2021-10-01
        2024-09-15  units.rn  id=rn size=10 description=d
        2024-10-10  units.rn  id=rn2 size=null description=e
        ",
    );
}

#[test]
fn charges_and_orders_have_their_latest_standing_and_a_finding_takes_the_place_of_another() {
    check(
        "
        h1 2024-10-02 charge forum=NLRB by=union against=employer allegations=a
        d1 2024-10-05 charge-disposed of=h1 disposition=complaint
        d2 2024-10-10 charge-disposed of=h1 disposition=settled
        o1 2024-10-02 order body=court order=cease to=union
        t1 2024-10-03 order-answered of=o1 by=union answer=defied
        t2 2024-10-04 order-answered of=o1 by=court answer=stayed
        f1 2024-10-02 finding body=court against=employer stage=opened
        f2 2024-10-12 finding body=court against=employer stage=issued of=f1
        f3 2024-10-14 finding body=court against=union stage=opened
        ",
        "
        2024-10-02  charges.h1  status=filed set_by=h1 forum=NLRB
        2024-10-05  charges.h1  status=complaint set_by=d1
        2024-10-10  charges.h1  status=settled set_by=d2 since=2024-10-10
        2024-10-02  orders.o1  status=issued order=cease
        2024-10-04  orders.o1  status=stayed set_by=t2
        2024-10-02  findings  f1
        2024-10-12  findings  f2
        2024-10-14  findings  f2,f3
        2024-10-14  findings.f2  status=issued set_by=f2
        ",
    );
}

#[test]
fn what_is_said_measured_served_and_tied_is_listed() {
    check(
        "
        st1 2024-01-01 standard standard=wait citation=A metric=days limit={\"op\":\"<=\",\"value\":10,\"unit\":\"days\"}
        st2 2024-10-05 standard standard=wait citation=B metric=days limit={\"op\":\"<=\",\"value\":10,\"unit\":\"days\"}
        i1 2024-10-02 impact metric=days value=20 unit=days standard=wait breach=claimed
        n1 2024-10-02 notice notice=strike by=union effective=2024-10-12
        w1 2024-10-03 withdrawal of=n1 by=union
        l1 2024-10-02 dispute-linked other_title=O relation=sympathy
        y1 2024-10-02 statement speaker=S text=t on_behalf_of=union
        y2 2024-10-03 statement speaker=S text=u
        y3 2024-10-04 statement speaker=U text=u on_behalf_of=union
        g1 2024-10-02 gap text=?
        ",
        "
        2024-10-02  impacts.i1  metric=days value=20 unit=days breach=claimed comparator=null
        2024-10-02  impacts.i1.standard  standard=wait citation=A
        2024-10-05  impacts.i1.standard  citation=B
        2024-10-02  notices.n1  notice=strike by=union effective=2024-10-12 withdrawn=false
        2024-10-03  notices.n1  withdrawn=true
        2024-10-02  links.l1  other=null other_title=O relation=sympathy
        2024-10-04  statements  count=3
        2024-10-03  statements.last_by  union=y1 S=y2
        2024-10-04  statements.last_by  union=y3
        2024-10-04  gaps  g1
        2024-10-01  gaps  []
        ",
    );
}

#[test]
fn before_its_first_description_a_standard_is_shown_as_last_recorded() {
    check(
        "
        st1 2024-10-10 standard standard=wait citation=A metric=days limit={\"op\":\"<=\",\"value\":1,\"unit\":\"d\"}
        st2 2024-10-05 standard standard=wait citation=B metric=days limit={\"op\":\"<=\",\"value\":1,\"unit\":\"d\"}
        i1 2024-10-02 impact metric=days value=20 unit=days standard=wait
        ",
        "
        2024-10-02  impacts.i1.standard  citation=B
        2024-10-05  impacts.i1.standard  citation=B
        2024-10-10  impacts.i1.standard  citation=A
        ",
    );
}

// Corrections and versions

#[test]
fn the_state_reads_an_event_as_amended() {
    check(
        "
        recorded 2024-10-03T12:00:00Z
        p1 2024-10-02 proposal by=union form=proposal items=wages:5 expires=2024-10-10
        recorded 2024-11-01T12:00:00Z
        m1 - amendment of=p1 set={\"occurred\":\"2024-10-01\",\"expires\":null}
        m2 - amendment of=p1 set={\"by\":\"local\"}
        r1 - retraction of=m2
        ",
        "
        2024-09-30  proposals  []
        2024-10-01  proposals.p1  status=open since=2024-10-01 by=union
        2024-10-01  amended  p1
        now         proposals.p1  status=open
        ",
    );
}

#[test]
fn a_retraction_counts_from_its_recording_whatever_the_date_and_can_be_retracted() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages
        r1 2024-12-01 retraction of=p1
        ",
        "
        2024-10-01  retracted  []
        2024-10-02  retracted  p1
        2024-10-02  proposals  []
        now         possible   []
        ",
    );
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages
        r1 - retraction of=p1
        r2 - retraction of=r1
        ",
        "
        now  proposals.p1  status=open
        now  retracted  []
        ",
    );
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages
        r1 - retraction of=p1
        r2 - retraction of=r1
        r3 - retraction of=r2
        ",
        "
        now  proposals  []
        now  retracted  p1
        ",
    );
}

#[test]
fn a_redaction_counts_as_a_retraction_and_is_listed_as_what_it_is() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages
        m1 - amendment of=p1 set={\"note\":\"n\"}
        j1 2024-10-03 rejection of=p1 by=employer
        redact p1
        ",
        "
        2024-10-02  proposals  []
        2024-10-01  redacted  []
        2024-10-02  redacted  p1
        now  retracted  []
        now  amended  []
        ",
    );
}

#[test]
fn versions_stand_beside_the_original_and_take_its_place_when_it_is_gone() {
    let stream = "
        p1 2024-10-02 proposal by=union form=proposal items=wages:5
        v1 2024-10-02 proposal by=local form=proposal items=wages:6 version_of=p1
        v2 2024-10-04 proposal by=union form=proposal items=wages:7 version_of=v1
        j1 2024-10-05 rejection of=v1 by=employer
        ";
    check(
        stream,
        "
        2024-10-03  versions.p1  v1
        2024-10-04  versions.p1  v1,v2
        now  proposals  p1
        now  proposals.p1  status=rejected set_by=j1 by=union
        now  issues.wages.positions.union  value=5 id=p1
        ",
    );
    check(
        &format!("{stream}\n r1 - retraction of=p1"),
        "
        now  proposals  v1
        now  proposals.v1  status=rejected set_by=j1 by=local
        now  versions.v1  v2
        now  issues.wages.positions.local  value=6 id=v1
        now  warnings  v2
        ",
    );
    check(
        &format!("{stream}\n r1 - retraction of=p1\n redact v1"),
        "
        2024-10-03  proposals  []
        now  proposals.v2  status=rejected set_by=j1
        now  versions  {}
        ",
    );
    check(
        &format!("{stream}\n r1 - retraction of=p1\n redact v1\n r2 - retraction of=v2"),
        "
        now  proposals  []
        now  warnings  j1
        ",
    );
}

#[test]
fn a_version_that_names_its_original_does_nothing_to_itself_in_its_place() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages
        v1 2024-10-03 proposal by=union form=package items=wages version_of=p1 supersedes=p1
        n1 2024-10-02 session status=scheduled parties= scheduled_for=2025-12
        n2 2024-10-03 session status=scheduled parties= scheduled_for=2025-12 version_of=n1 of=n1
        r1 - retraction of=p1
        r2 - retraction of=n1
        ",
        "
        now  proposals.v1  status=open
        now  sessions.next  id=n2
        ",
    );
}

#[test]
fn a_version_in_the_place_of_its_original_stands_there_among_events_of_the_same_moment() {
    check(
        "
        u1 2024-10-02 unit unit=rn description=first employer=employer union=union
        u2 2024-10-02 unit unit=rn description=second employer=employer union=union
        v1 2024-10-02 unit unit=rn description=third employer=employer union=union version_of=u1
        r1 - retraction of=u1
        ",
        "now  units.rn  description=second",
    );
}

// Dates

#[test]
fn what_may_have_happened_is_possible_and_counts_when_it_is_certain() {
    check(
        "
        g1 2024-10-02 gap text=?
        g2 2024-10-02/2024-10-04 gap text=?
        g3 ../2024-10-03 gap text=?
        g4 2024-10-02/.. gap text=?
        g5 2024-10-03T10:00 gap text=?
        g6 2024-10~ gap text=?
        ",
        "
        2024-10-01  gaps  g3,g6
        2024-10-01  possible  g3,g6
        2024-10-02  possible  g2,g3,g4,g6
        2024-10-03T10:00  possible  g2,g3,g4,g6
        2024-10-03T09:59  possible  g2,g3,g4,g6
        2024-10-03  possible  g2,g4,g6
        2024-10-04  possible  g4,g6
        2024-10-31  possible  g4
        2025-06-01  possible  g4
        2025-06-02  possible  []
        now  possible  []
        ",
    );
}

#[test]
fn an_event_happened_no_later_than_what_refers_to_it() {
    // Through all links: p1 and p2 are open at their end, and j1 is not.
    check(
        "
        p1 2024-10-01/.. proposal by=union form=proposal items=wages
        p2 2024-10-01/.. proposal by=employer form=counter items=wages replies_to=p1
        j1 2024-10-05 rejection of=p2 by=union
        ",
        "
        2024-10-04  proposals  []
        2024-10-04  possible  p1,p2
        2024-10-05  possible  []
        2024-10-05  proposals.p1  status=countered since=2024-10-01/..
        2024-10-05  proposals.p2  status=rejected
        ",
    );
}

#[test]
fn an_event_happened_no_earlier_than_what_it_refers_to() {
    check(
        "
        p1 2024-10-10 proposal by=union form=proposal items=wages
        p2 ../2024-10-20 proposal by=employer form=counter items=wages replies_to=p1
        j1 2024 rejection of=p2 by=union
        g1 2024 gap text=? about=p1
        ",
        "
        2024-10-09  possible  g1
        2024-10-10  possible  p2,j1,g1
        2024-10-20  possible  j1,g1
        2024-12-31  possible  []
        ",
    );
}

#[test]
fn references_of_what_is_retracted_and_of_versions_prove_nothing() {
    check(
        "
        p1 2024-10-01/.. proposal by=union form=proposal items=wages
        j1 2024-10-05 rejection of=p1 by=employer
        v1 2024-10-04 rejection of=p1 by=employer version_of=j1
        ",
        "
        2024-10-04  possible  p1
        2024-10-04  proposals  []
        2024-10-05  proposals.p1  status=rejected
        ",
    );
    check(
        "
        p1 2024-10-01/.. proposal by=union form=proposal items=wages
        j1 2024-10-05 rejection of=p1 by=employer
        r1 - retraction of=j1
        ",
        "
        2024-10-05  possible  p1
        2025-06-02  proposals.p1  status=open
        ",
    );
}

#[test]
fn nothing_happened_after_the_day_on_which_it_was_recorded() {
    check(
        "
        recorded 2024-10-10T05:00:00Z
        g1 2024 gap text=?
        ",
        "
        2024-10-08  possible  g1
        2024-10-09  possible  []
        ",
    );
}

#[test]
fn events_of_one_moment_count_in_the_order_of_recording_and_a_day_ends_after_its_times() {
    check(
        "
        p1 2024-10-02 proposal by=union form=proposal items=wages
        j1 2024-10-05 rejection of=p1 by=employer
        a1 2024-10-05 acceptance of=p1 by=employer
        p2 2024-10-02 proposal by=union form=package items=wages
        j2 2024-10-05 rejection of=p2 by=employer
        a2 2024-10-05T23:58 acceptance of=p2 by=employer
        ",
        "
        now  proposals.p1  status=accepted set_by=a1
        now  proposals.p2  status=rejected set_by=j2
        ",
    );
}

// Phases

#[test]
fn a_phase_is_the_first_that_holds() {
    check(
        "
        g0 2024-08-01 gap text=?
        g1 2024-09-02 gap text=?
        n1 2024-09-03 session status=requested parties=
        i1 2024-09-04 impasse by=union
        n2 2024-09-05 session status=scheduled parties=
        n3 2024-09-06 session status=held parties=
        o1 2024-09-07 mediation-offer procedure=mediation by=mediator to=union
        a1 2024-09-08 acceptance of=o1 by=union
        o2 2024-09-09 mediation-offer procedure=interest-arbitration by=court to=union compelled=true
        s1 2024-09-10 action-started action=strike by=union
        g2 2024-09-11 agreement level=tentative parties=
        g3 2024-09-12 agreement level=ratified parties= of=g2
        c1 2024-09-13 dispute-closed outcome=settled
        ",
        "
        2024-08-01  -  phase=none phase_since=null
        2024-09-01  -  phase=opened phase_since=2024-09-01 phase_set_by=open
        2024-09-02  -  phase=opened
        2024-09-03  -  phase=bargaining phase_set_by=n1
        2024-09-04  -  phase=impasse phase_set_by=i1
        2024-09-05  -  phase=impasse
        2024-09-06  -  phase=bargaining phase_set_by=n3
        2024-09-07  -  phase=bargaining
        2024-09-08  -  phase=mediation phase_set_by=a1
        2024-09-09  -  phase=arbitration phase_set_by=o2
        2024-09-10  -  phase=stoppage phase_set_by=s1
        2024-09-11  -  phase=tentative-agreement phase_set_by=g2
        2024-09-12  -  phase=settled phase_set_by=g3
        2024-09-13  -  phase=closed phase_set_by=c1
        ",
    );
}

#[test]
fn a_request_for_a_session_opens_bargaining() {
    check(
        "n1 2024-09-03 session status=requested parties=",
        "
        2024-09-02  -  phase=opened
        2024-09-03  -  phase=bargaining
        ",
    );
}

#[test]
fn an_impasse_lasts_until_a_session_is_held_or_a_proposal_or_an_agreement_made() {
    for (later, phase) in [
        ("x1 2024-10-02 session status=held parties=", "bargaining"),
        ("x1 2024-10-02 session status=walked-out parties=", "bargaining"),
        ("x1 2024-10-02 proposal by=union form=proposal items=wages", "bargaining"),
        ("x1 2024-10-02 agreement level=item parties= items=wages", "bargaining"),
        ("x1 2024-10-02 session status=declined parties=", "impasse"),
        ("x1 2024-10-02 notice notice=strike by=union", "impasse"),
        ("x1 2024-10-01T09:00 session status=held parties=", "impasse"),
    ] {
        check(
            &format!("i1 2024-10-01 impasse by=union\n{later}"),
            &format!("now  -  phase={phase}"),
        );
    }
}

#[test]
fn a_procedure_is_the_phase_while_it_is_under_way_and_nothing_has_begun_since() {
    check(
        "
        m1 2024-10-01 mediation procedure=mediation status=scheduled
        s1 2024-10-02 action-started action=strike by=union
        e1 2024-10-03 action-ended of=s1 how=unilateral
        m2 2024-10-04 mediation of=m1 status=started
        m3 2024-10-05 mediation of=m1 status=suspended
        m4 2024-10-06 mediation of=m1 status=resumed
        g1 2024-10-07 agreement level=tentative parties=
        f1 2024-10-08 agreement-failed of=g1 cause=voted-down
        ",
        "
        2024-10-01  -  phase=mediation
        2024-10-02  -  phase=stoppage
        2024-10-03  -  phase=bargaining
        2024-10-04  -  phase=mediation
        2024-10-05  -  phase=bargaining
        2024-10-06  -  phase=mediation
        2024-10-07  -  phase=tentative-agreement
        2024-10-08  -  phase=bargaining
        ",
    );
}

#[test]
fn a_stoppage_is_a_strike_or_lockout_in_progress() {
    for (form, phase) in [
        ("strike", "stoppage"),
        ("rotating-strike", "stoppage"),
        ("partial-strike", "stoppage"),
        ("sympathy-strike", "stoppage"),
        ("lockout", "stoppage"),
        ("overtime-ban", "bargaining"),
        ("work-to-rule", "bargaining"),
        ("hunger-strike", "bargaining"),
        ("picket", "bargaining"),
        ("protest", "bargaining"),
        ("boycott", "bargaining"),
    ] {
        check(
            &format!("s1 2024-10-02 action-started action={form} by=union"),
            &format!("2024-10-03  -  phase={phase}"),
        );
    }
    check(
        "
        s1 2024-10-02 action-started action=strike by=union to=2024-10-10
        c1 2024-10-03 action-changed of=s1 change=suspended
        c2 2024-10-04 action-changed of=s1 change=resumed
        c3 2024-10-05 action-changed of=s1 change=converted action=work-to-rule
        c4 2024-10-06 action-changed of=s1 change=converted action=rotating-strike
        ",
        "
        2024-10-02  -  phase=stoppage
        2024-10-03  -  phase=bargaining
        2024-10-04  -  phase=stoppage
        2024-10-05  -  phase=bargaining
        2024-10-06  -  phase=stoppage phase_set_by=c4
        2024-10-10  -  phase=bargaining phase_since=2024-10-10 phase_set_by=s1
        ",
    );
}

#[test]
fn agreements_give_a_phase_by_their_level_while_they_stand() {
    for (level, phase) in [
        ("item", "bargaining"),
        ("interim", "bargaining"),
        ("in-principle", "tentative-agreement"),
        ("tentative", "tentative-agreement"),
        ("settlement", "tentative-agreement"),
        ("ratified", "settled"),
        ("executed", "settled"),
    ] {
        check(
            &format!(
                "
                g1 2024-10-02 agreement level={level} parties= items=wages,health
                f1 2024-10-04 agreement-failed of=g1 cause=court issues=wages
                f2 2024-10-05 agreement-failed of=g1 cause=court
                "
            ),
            &format!(
                "
                2024-10-02  -  phase={phase}
                2024-10-05  -  phase=bargaining
                "
            ),
        );
    }
}

#[test]
fn an_agreement_for_a_unit_settles_once_every_unit_declared_by_then_has_one() {
    check(
        "
        rn 2024-09-01 unit unit=rn description=d employer=employer union=union
        lv 2024-10-10 unit unit=lv description=d employer=employer union=union
        g1 2024-10-02 agreement level=tentative parties= unit=rn
        g2 2024-10-11 agreement level=tentative parties= unit=lv
        g3 2024-10-12 agreement level=ratified parties= unit=rn of=g1
        g4 2024-10-13 agreement level=ratified parties= unit=lv of=g2
        ",
        "
        2024-10-02  -  phase=tentative-agreement
        2024-10-10  -  phase=bargaining phase_set_by=lv
        2024-10-11  -  phase=tentative-agreement
        2024-10-12  -  phase=tentative-agreement
        2024-10-13  -  phase=settled
        ",
    );
    // A ratified agreement of a unit counts for `tentative-agreement`, but is none.
    check(
        "
        rn 2024-09-01 unit unit=rn description=d employer=employer union=union
        lv 2024-09-01 unit unit=lv description=d employer=employer union=union
        g1 2024-10-02 agreement level=ratified parties= unit=rn
        g2 2024-10-03 agreement level=tentative parties= unit=lv
        f2 2024-10-04 agreement-failed of=g2 cause=voted-down
        g3 2024-10-05 agreement level=ratified parties=
        ",
        "
        2024-10-02  -  phase=bargaining
        2024-10-03  -  phase=tentative-agreement
        2024-10-04  -  phase=bargaining
        2024-10-05  -  phase=settled
        ",
    );
}

#[test]
fn an_arbitration_concluded_with_an_award_settles() {
    for (procedure, result, phase) in [
        ("interest-arbitration", "award", "settled"),
        ("voluntary-arbitration", "award", "settled"),
        ("voluntary-arbitration", "failed", "bargaining"),
        ("mediation", "award", "bargaining"),
    ] {
        check(
            &format!(
                "
                m1 2024-10-02 mediation procedure={procedure} status=started
                m2 2024-10-03 mediation of=m1 status=concluded result={result}
                "
            ),
            &format!("now  -  phase={phase}"),
        );
    }
    check(
        "
        m1 2024-10-02 mediation procedure=interest-arbitration status=started
        t1 2024-10-03 report of=m1 body=court binding=true text=t
        ",
        "
        2024-10-02  -  phase=arbitration
        2024-10-03  -  phase=settled phase_set_by=t1
        ",
    );
}

#[test]
fn a_closed_dispute_is_reopened_by_a_proposal_a_held_session_or_an_action() {
    for (later, phase) in [
        ("x1 2024-10-11 proposal by=union form=proposal items=wages", "bargaining"),
        ("x1 2024-10-11 session status=held parties=", "bargaining"),
        ("x1 2024-10-11 session status=walked-out parties=", "bargaining"),
        ("x1 2024-10-11 action-started action=strike by=union", "stoppage"),
        ("x1 2024-10-11 action-started action=picket by=union", "bargaining"),
        ("x1 2024-10-11 session status=scheduled parties=", "closed"),
        ("x1 2024-10-11 action-announced action=strike by=union", "closed"),
        ("x1 2024-10-11 agreement level=ratified parties=", "closed"),
        ("x1 2024-10-11 mediation procedure=mediation status=started", "closed"),
        ("x1 2024-10-09 proposal by=union form=proposal items=wages", "closed"),
    ] {
        check(
            &format!(
                "
                g1 2024-10-09 agreement level=ratified parties=
                c1 2024-10-10 dispute-closed outcome=settled
                {later}
                "
            ),
            &format!(
                "
                2024-10-09  -  phase=settled
                2024-10-10  -  phase=closed
                2024-10-11  -  phase={phase}
                "
            ),
        );
    }
}

#[test]
fn what_is_dated_before_the_opening_or_the_reopening_settles_nothing() {
    check(
        "
        g1 2024-08-20 agreement level=ratified parties=
        m1 2024-08-20 mediation procedure=interest-arbitration status=concluded result=award
        g2 2024-09-10 agreement level=tentative parties=
        c1 2024-10-10 dispute-closed outcome=settled
        n1 2024-10-11 session status=held parties=
        g3 2024-10-12 agreement level=tentative parties=
        ",
        "
        2024-08-20  -  phase=none
        2024-09-01  -  phase=bargaining
        2024-09-10  -  phase=tentative-agreement
        2024-10-11  -  phase=bargaining
        2024-10-12  -  phase=tentative-agreement
        ",
    );
}

#[test]
fn a_dispute_whose_opening_is_retracted_is_none_until_it_is_opened_again() {
    check(
        "
        open 2024-09-01 dispute-opened title=T time_zone=UTC employers= unions=
        n1 2024-10-02T23:30 session status=held parties=
        r1 - retraction of=open
        ",
        "now  no dispute",
    );
    check(
        "
        open 2024-09-01 dispute-opened title=T time_zone=UTC employers= unions=
        n1 2024-10-02T23:30 session status=held parties=
        r1 - retraction of=open
        open-2 2024-09-15 dispute-opened title=Again time_zone=Europe/Berlin employers= unions=
        ",
        "
        2024-09-14  -  phase=none title=Again
        2024-10-02  -  phase=bargaining time_zone=Europe/Berlin
        2024-10-02T21:29Z  sessions  held=0
        2024-10-02T21:30Z  sessions  held=1
        2024-09-15  retracted  open
        ",
    );
}

/// Whether the states of dispute `d` show what is expected: lines
///
/// ```text
/// DATE  PATH  value
/// DATE  PATH  key=value key=value
/// ```
///
/// A path leads from key to key; in a list, to the row of that id, party, unit, contract or issue,
/// and `-` is the state itself. A list is written as the names of its rows. A date is read in the
/// zone of the dispute, and means its end; `now` asks without a date.
fn check(stream: &str, expected: &str) {
    let record = record(stream);
    let dispute = slug("d");
    for line in expected.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let (date, path) = (words.next().unwrap(), words.next().unwrap());
        let zone = record.zone_of(Some(&dispute));
        let on = (date != "now").then(|| Edtf::parse(date).unwrap().span(zone).unwrap().latest);
        let as_of = AsOf { on: on.flatten(), ..AsOf::now(moment(NOW)) };
        let Some(state) = State::of(&record, &dispute, as_of) else {
            assert_eq!(path, "no", "there is no dispute: {line}");
            continue;
        };
        assert!(timeline(&record, &dispute, as_of).is_some());
        let state = state.to_json(&known());
        let found = path.split('.').filter(|key| *key != "-").try_fold(&state, step);
        let Some(found) = found else { panic!("there is no {path}: {line}\n{stream}") };
        for word in words {
            let (what, value) = match word.split_once('=') {
                Some((key, value)) => (found.get(key), value),
                None => (Some(found), word),
            };
            let what = what.map_or("nothing".to_owned(), shown);
            assert_eq!(what, value, "{line}\n{stream}");
        }
    }
}

fn known() -> Known {
    let recorded_at: Instant = moment(NOW);
    Known { sequence: 0, digest: String::new(), recorded_at }
}

fn step<'a>(json: &'a Json, key: &str) -> Option<&'a Json> {
    json.get(key).or_else(|| json.parts().iter().find(|row| name(row) == key))
}

/// What a row of a list is called.
fn name(row: &Json) -> String {
    let text = |key: &str| row.get(key).and_then(Json::as_text);
    if let (Some(issue), unit) = (text("issue"), text("bargaining_unit")) {
        return unit.map_or(issue.to_owned(), |unit| format!("{issue}/{unit}"));
    }
    let name = ["contract", "event", "id"].into_iter().find_map(text);
    let unit = row.get("description").and(text("unit"));
    unit.or(name).map_or_else(|| shown(row), str::to_owned)
}

fn shown(json: &Json) -> String {
    match json {
        Json::Text(text) => text.clone(),
        Json::List(rows) if rows.is_empty() => "[]".to_owned(),
        Json::List(rows) => rows.iter().map(name).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
