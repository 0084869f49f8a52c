//! Decisions that reach back or are taken back: a ratification that failed in part, a recount, an
//! order that acts from an earlier day, an award of wages for years past.

use super::check;

/// The national rail agreement of 2022 at SMART-TD: tentative on September 15; on November 21 the
/// yardmasters' yes (62 percent) and the no of train and engine service (50.87 percent) were
/// announced together. Sources: railway and farm press of 2022-11-21 (hpj.com, "Fourth rail union
/// rejects deal"; cnbc.com, "SMART-TD votes down labor deal"). The days of recording are invented.
const SPLIT_DECISION: &str = "
    recorded 2022-01-03T12:00:00-05:00
    open 2022-01-01 dispute-opened title=T time_zone=America/New_York employers=employer unions=union
    recorded 2022-09-16T12:00:00-04:00
    yard 2022-01-01 unit unit=yard description=d employer=employer union=union
    train 2022-01-01 unit unit=train description=d employer=employer union=union
    g1 2022-09-15 agreement level=tentative parties=union,employer unit=yard items=wages:24 recommended=true subject_to=ratification
    g2 2022-09-15 agreement level=tentative parties=union,employer unit=train items=wages:24,attendance recommended=true subject_to=ratification
    recorded 2022-10-31T12:00:00-04:00
    c1 2022-10-31 vote-called purpose=ratification by=union of=g1 unit=yard
    c2 2022-10-31 vote-called purpose=ratification by=union of=g2 unit=train
    recorded 2022-11-21T12:00:00-05:00
    b1 2022-11-20 vote-result purpose=ratification by=union stage=final of=c1 unit=yard percent_yes=62.48
    g3 2022-11-21 agreement level=ratified parties=union,employer unit=yard of=g1
    recorded 2022-11-22T12:00:00-05:00
    b2 2022-11-20 vote-result purpose=ratification by=union stage=final of=c2 unit=train percent_no=50.87
";

#[test]
fn a_ratification_that_one_unit_refused_leaves_the_other_its_agreement() {
    check(
        SPLIT_DECISION,
        "
        2022-09-15  2022-09-16  -  phase=tentative-agreement agreements=g1,g2
        2022-11-20  2022-11-20  -  phase=tentative-agreement votes=[]
        2022-11-21  2022-11-21  -  phase=tentative-agreement warnings=[]
        2022-11-21  2022-11-21  agreements.g1  status=superseded
        2022-11-21  2022-11-21  agreements.g2  status=standing
        2022-11-21  2022-11-21  agreements.g3  status=standing level=ratified
        2022-11-21  2022-11-22  -  phase=bargaining warnings=agreement-voted-down:b2
        2022-11-21  2022-11-22  agreements.g2  status=failed since=2022-11-20 set_by=b2
        2022-11-21  2022-11-22  agreements.g3  status=standing
        2022-11-21  2022-11-22  issues.wages/yard.agreed   value=24 id=g3
        2022-11-21  2022-11-22  issues.wages/train  nothing
        2022-11-19  2022-11-22  -  phase=tentative-agreement warnings=[]
        ",
    );
}

#[test]
fn a_ratified_agreement_that_failed_in_some_issues_keeps_the_others_and_settles_no_more() {
    check(
        "
        recorded 2024-11-22T12:00:00-08:00
        g1 2024-11-15 agreement level=tentative parties=union,employer items=wages:5,health:80
        g2 2024-11-20 agreement level=ratified parties=union,employer of=g1
        recorded 2024-12-05T12:00:00-08:00
        x1 2024-11-30 agreement-failed of=g2 cause=court issues=health
        recorded 2024-12-10T12:00:00-08:00
        r1 - retraction of=x1
        recorded 2024-12-15T12:00:00-08:00
        x2 2024-12-12 agreement-failed of=g2 cause=repudiated
        ",
        "
        2024-12-01  2024-12-01  -  phase=settled issues=health,wages
        2024-12-01  2024-12-01  agreements.g2  status=standing
        2024-12-01  2024-12-05  -  phase=bargaining issues=wages
        2024-12-01  2024-12-05  agreements.g2  status=partly-failed set_by=x1
        2024-12-01  2024-12-05  issues.wages.agreed  value=5 id=g2
        2024-11-29  2024-12-05  -  phase=settled issues=health,wages
        2024-12-01  2024-12-10  -  phase=settled issues=health,wages
        2024-12-01  now         -  phase=settled issues=health,wages
        2024-12-12  now         -  phase=bargaining issues=[]
        2024-12-12  now         agreements.g2  status=failed set_by=x2
        2024-12-12  2024-12-10  -  phase=settled
        ",
    );
}

/// The election at Hanson Cold Storage in Indiana, 2016: 18 to 17 on the day, 19 to 17 certified
/// after the labor board had counted one of two challenged ballots, which the Seventh Circuit undid
/// on 2017-06-20 (16-3617). Source: Bloomberg BNA, "Ballot Scribbles May Change Outcome of Union
/// Election". The day of the vote, the last tally and the days of recording are invented.
const RECOUNT: &str = "
    recorded 2016-03-01T12:00:00-05:00
    open 2016-02-15 dispute-opened title=T time_zone=America/Indiana/Indianapolis employers=employer unions=union
    recorded 2016-03-10T18:00:00-05:00
    c1 2016-03-01 vote-called purpose=other by=union rule=majority
    b1 2016-03-10 vote-result purpose=other by=union stage=running of=c1 cast=37 yes=18 no=17
    recorded 2016-03-11T12:00:00-05:00
    b2 2016-03-11 vote-result purpose=other by=union stage=final of=c1 cast=37 yes=17 no=18
    recorded 2016-03-12T12:00:00-05:00
    x1 - amendment of=b2 set={\"yes\":18,\"no\":17}
    recorded 2016-03-28T12:00:00-04:00
    b3 2016-03-25 vote-result purpose=other by=union stage=official of=b2 cast=37 yes=19 no=17 outcome=passed
    recorded 2017-07-20T12:00:00-04:00
    b4 2017-07-14 vote-result purpose=other by=union stage=official of=b3 cast=37 yes=18 no=18 outcome=failed
";

#[test]
fn a_recount_replaces_the_count_from_its_date_and_is_remarked_on() {
    check(
        RECOUNT,
        "
        2016-03-10  2016-03-09  -  votes=[]
        2016-03-10  2016-03-10  votes.b1  stage=running yes=18 no=17 outcome=null
        2016-03-11  2016-03-11  votes.b2  stage=final yes=17 no=18
        2016-03-11  2016-03-12  votes.b2  stage=final yes=18 no=17
        2016-03-10  2016-03-12  votes.b1  stage=running
        2016-03-25  2016-03-25  votes.b2  stage=final yes=18 no=17
        2016-03-25  2016-03-28  votes.b3  stage=official yes=19 no=17 outcome=passed
        2016-03-24  2016-03-28  votes.b2  stage=final yes=18 no=17
        2017-07-13  now         votes.b3  yes=19 no=17
        2017-07-14  now         votes.b4  yes=18 no=18 outcome=failed

        2017-07-14  2016-03-28  -  votes=b3 warnings=[]
        2017-07-13  now         -  votes=b3 warnings=[]
        2017-07-14  now         -  votes=b4 warnings=final-vote-twice:b4
        ",
    );
}

/// The count at Kaiser ran at 1,799 to 24 and 1,937 to 31 (`K65` and `K66` of
/// `fixtures/kaiser-socal-2024.jsonl`); it was never published whole. What follows is invented.
#[test]
fn an_agreement_stands_or_falls_with_the_count_that_was_known() {
    check(
        "
        recorded 2025-05-05T12:00:00-07:00
        g1 2025-05-04 agreement level=tentative parties=union,employer recommended=true
        recorded 2025-05-07T20:00:00-07:00
        b1 2025-05-07 vote-result purpose=ratification by=union stage=running of=g1 yes=1799 no=24
        recorded 2025-05-08T20:00:00-07:00
        b2 2025-05-08T16:00 vote-result purpose=ratification by=union stage=running of=b1 yes=1937 no=31
        recorded 2025-05-09T12:00:00-07:00
        b3 2025-05-08 vote-result purpose=ratification by=union stage=final of=b2 yes=31 no=2190
        recorded 2025-05-10T12:00:00-07:00
        x1 - amendment of=b3 set={\"yes\":2190,\"no\":31}
        ",
        "
        2025-05-07  2025-05-07  votes.b1  yes=1799 no=24
        2025-05-08  2025-05-08  votes.b2  yes=1937 no=31
        2025-05-08  2025-05-08  -  phase=tentative-agreement warnings=[]
        2025-05-08  2025-05-09  -  phase=bargaining warnings=agreement-voted-down:b3
        2025-05-08  2025-05-09  agreements.g1  status=failed set_by=b3
        2025-05-08  2025-05-10  -  phase=tentative-agreement warnings=[]
        2025-05-08  2025-05-10  agreements.g1  status=standing
        2025-05-07  2025-05-09  agreements.g1  status=standing
        2025-05-08T16:00  2025-05-10  votes.b2  stage=running
        ",
    );
}

/// An order made now for then (nunc pro tunc), as courts make them; the case is invented. It forbade
/// nothing before it was made, whatever day it says that it acts from.
#[test]
fn an_order_that_acts_from_an_earlier_day_moves_nothing_before_it_was_made() {
    check(
        "
        recorded 2024-11-16T12:00:00-08:00
        n1 2024-10-20 notice notice=strike by=union
        s1 2024-11-02 action-started action=strike by=union
        e1 2024-11-15 action-ended of=s1 how=unilateral
        s2 2024-11-10 action-started action=overtime-ban by=union
        recorded 2024-11-21T12:00:00-08:00
        o1 2024-11-20 order body=court order=back-to-work to=union effective=2024-11-01
        recorded 2024-11-25T12:00:00-08:00
        s3 2024-11-24 action-started action=overtime-ban by=union
        ",
        "
        2024-11-10  2024-11-16  -  phase=stoppage orders=[]
        2024-11-10  now         -  phase=stoppage orders=[]
        2024-11-10  now         actions.s1  status=in-progress since=2024-11-02 day=9
        2024-11-15  now         actions.s1  status=ended day=14
        2024-11-19  now         -  phase=bargaining orders=[] warnings=[]
        2024-11-20  now         orders.o1  effective=2024-11-01 status=issued since=2024-11-20
        2024-11-20  2024-11-20  -  orders=[]
        2024-11-20  now         -  phase=bargaining warnings=[]
        2024-11-21  2024-11-20  -  warnings=[]
        2024-11-21  2024-11-21  -  warnings=action-after-order:s2
        2024-12-31  now         -  warnings=action-after-order:s2
        ",
    );
}

/// Wages for Ontario's hospital nurses, capped by a law of 2019 that a court struck down in November
/// 2022: an award of spring 2023 added 0.75 percent from 2020-04-01 and 1 percent from 2021-04-01.
/// Sources: ona.org, "Back Pay Awarded to Hospital Nurses in Bill 124 Reopener", 2023-04-01;
/// globalnews.ca/news/9658841. The steps before the award and the days of recording are invented.
const AWARD: &str = r#"
    recorded 2022-11-30T12:00:00-05:00
    open 2020-04-01 dispute-opened title=T time_zone=America/Toronto employers=employer unions=union
    k1 2020-06-08 contract contract=hospitals status=in-force effective=2020-04-01 expires=2023-03-31
    p1 2022-11-29 proposal by=union form=proposal items=wages:3
    recorded 2023-02-02T12:00:00-05:00
    o1 2023-01-16 mediation-offer procedure=interest-arbitration by=union to=employer
    a1 2023-01-20 acceptance of=o1 by=employer
    m1 2023-02-01 mediation of=o1 status=started
    recorded 2023-04-03T12:00:00-04:00
    r1 2023-04-01 report body=mediator binding=true of=o1 text=t items=[{"issue":"wages","terms":"from-2020-04-01","value":0.75,"unit":"percent","due":"2020-04-01"},{"issue":"wages-2021","terms":"from-2021-04-01","value":1,"unit":"percent","due":"2021-04-01"}]
    k2 2023-04-01 contract contract=hospitals status=in-force effective=2020-04-01
"#;

#[test]
fn an_award_settles_from_its_day_and_not_from_the_day_from_which_it_pays() {
    check(
        AWARD,
        "
        2020-04-02  now  -  phase=opened reports=[] issues=[]
        2021-04-02  now  -  phase=opened reports=[] issues=[]
        2022-11-29  now  issues.wages  agreed=null
        2023-02-01  now  -  phase=arbitration reports=[]
        2023-03-31  now  -  phase=arbitration reports=[]
        2023-03-31  now  issues.wages  agreed=null
        2023-04-01  2023-04-01  -  phase=arbitration reports=[]
        2023-04-01  2023-04-02  issues.wages  agreed=null
        2023-04-01  2023-04-03  -  phase=settled phase_since=2023-04-01 phase_set_by=r1 reports=r1
        2023-04-01  2023-04-03  mediation.o1  status=concluded result=award set_by=r1
        2023-04-01  2023-04-03  issues.wages.agreed  value=0.75 unit=percent id=r1
        2023-04-01  2023-04-03  issues.wages-2021.agreed  value=1 id=r1
        2023-04-01  2023-04-03  contracts.hospitals  effective=2020-04-01 expires=2023-03-31 id=k2
        2020-06-08  2023-04-03  contracts.hospitals  effective=2020-04-01 id=k1
        ",
    );
}
