//! The state of one dispute (EVENTS.md, "The state of a dispute").

pub mod action;
pub mod agreement;
mod fold;
pub mod issue;
pub mod law;
pub mod mediation;
mod notice;
pub mod phase;
pub mod proposal;
mod review;
pub(crate) mod rows;
pub mod stamp;
pub mod table;
mod values;
pub mod vote;
pub mod warning;

use dispute_core::event::bargaining::{Implementation, Notice};
use dispute_core::event::law::{Charge, Finding, Order};
use dispute_core::event::people::Standard;
use dispute_core::event::public::Impact;
use dispute_core::event::schema::Named;
use dispute_core::event::setting_up::{DisputeLinked, DisputeOpened};
use dispute_core::event::third_party::Report;
use dispute_core::event::{Event, Fact};
use dispute_core::{EventId, Instant, Json, Record, Slug, Zone};

use crate::as_of::{AsOf, Course, Step, course};
use crate::dispute::action::Action;
use crate::dispute::agreement::Agreement;
pub use crate::dispute::fold::Statements;
pub(crate) use crate::dispute::fold::{Cause, Fold};
use crate::dispute::issue::{Issue, issues};
use crate::dispute::law::Matter;
use crate::dispute::mediation::Mediation;
use crate::dispute::phase::Phase;
use crate::dispute::proposal::{Proposal, items_to_json};
use crate::dispute::stamp::{Stamp, Standing};
use crate::dispute::table::{ContractRow, Sessions, UnitRow};
use crate::dispute::vote::Vote;
use crate::dispute::warning::Warning;

/// Where a dispute stands at a cut.
#[derive(Debug, Clone)]
pub struct State {
    /// The dispute.
    pub dispute: Slug,
    /// How it was opened.
    pub opened: DisputeOpened,
    /// The cut by date that was used.
    pub as_of: AsOf,
    /// The phase, with what brought it about.
    pub phase: Standing<Phase>,
    /// Actions and announcements.
    pub actions: Vec<Action>,
    /// Proposals.
    pub proposals: Vec<Proposal>,
    /// Mediation and other procedures.
    pub mediation: Vec<Mediation>,
    /// Agreements.
    pub agreements: Vec<Agreement>,
    /// Votes.
    pub votes: Vec<Vote>,
    /// Issues with both sides' positions.
    pub issues: Vec<Issue>,
    /// Sessions.
    pub sessions: Sessions,
    /// Units.
    pub units: Vec<UnitRow>,
    /// Contracts.
    pub contracts: Vec<ContractRow>,
    /// Notices; the flag tells whether it was withdrawn.
    pub notices: Vec<Dated<(Notice, bool)>>,
    /// Links to other disputes.
    pub links: Vec<Dated<DisputeLinked>>,
    /// Implementations.
    pub implementations: Vec<Dated<Implementation>>,
    /// Reports and awards.
    pub reports: Vec<Dated<Report>>,
    /// Charges.
    pub charges: Vec<Matter<Charge>>,
    /// Orders.
    pub orders: Vec<Matter<Order>>,
    /// Findings.
    pub findings: Vec<Matter<Finding>>,
    /// Impacts, each beside the standard that it is held against.
    pub impacts: Vec<Dated<(Impact, Option<Standard>)>>,
    /// Statements.
    pub statements: Statements,
    /// What is unusual.
    pub warnings: Vec<Warning>,
    /// What may have happened by the cut, but need not have.
    pub possible: Vec<EventId>,
    /// Other accounts of facts, by the account that counts.
    pub versions: Vec<(EventId, Vec<EventId>)>,
    /// Retracted events that had begun by the cut.
    pub retracted: Vec<EventId>,
    /// Amended events that had begun by the cut.
    pub amended: Vec<EventId>,
    /// Redacted events that had begun by the cut.
    pub redacted: Vec<EventId>,
    /// What is known not to be known.
    pub gaps: Vec<EventId>,
    /// How many events of the dispute had begun by the cut.
    pub events: u64,
}

/// What an event says, with its id and date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T> {
    /// The event.
    pub id: EventId,
    /// Its date, as recorded.
    pub occurred: String,
    /// What it says.
    pub what: T,
}

/// The last envelope of the prefix of the chain that a state rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its sequence.
    pub sequence: u64,
    /// Its digest, in hex.
    pub digest: String,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl State {
    /// The state of a dispute at a cut. `None` where there is no such dispute in the record: its
    /// opening is retracted, or was not known.
    pub fn of(record: &Record, dispute: &Slug, as_of: AsOf) -> Option<Self> {
        let record = &*as_of.known_part(record);
        let course = course(record, dispute, as_of);
        Self::after(record, dispute, as_of, &course)
    }

    /// The state after events that come in their order.
    pub(crate) fn after<'a>(
        record: &'a Record,
        dispute: &Slug,
        as_of: AsOf,
        course: &Course<'a>,
    ) -> Option<Self> {
        let (_, opened) = opening(record, dispute)?;
        let mut fold = fold_of(record, dispute, as_of)?;
        fold.run(&course.certain);
        Some(Self::put_together(record, dispute, opened, as_of, course, fold))
    }

    fn put_together<'a>(
        record: &'a Record,
        dispute: &Slug,
        opened: &DisputeOpened,
        as_of: AsOf,
        course: &Course<'a>,
        mut fold: Fold<'a>,
    ) -> Self {
        review::review(record, opened.time_zone, course, as_of.moment(), &mut fold);
        let place = |n: usize| {
            let step = course.certain.iter().find(|step| step.n == record.original(n));
            step.map(|step| step.order)
        };
        let orders: std::collections::HashMap<usize, usize> =
            course.certain.iter().map(|step| (step.n, step.order)).collect();
        // A version stands behind the account that counts.
        let order = |n: usize| match orders.get(&n) {
            Some(order) => (Some(*order), 0),
            None => (place(n), n),
        };
        let issues = issues(&fold.proposals, &fold.agreements, &fold.awards);
        let sessions = fold.sessions_now();
        let (units, contracts) = fold.described.into_rows();
        let zone = opened.time_zone;
        let id = |n: usize| record.get(n).map(|event| event.id.clone());
        let begun = |wanted: &dyn Fn(usize) -> bool| -> Vec<EventId> {
            course.begun.iter().filter(|(n, _)| wanted(*n)).filter_map(|(n, _)| id(*n)).collect()
        };
        Self {
            dispute: dispute.clone(),
            opened: opened.clone(),
            as_of,
            phase: fold.phase,
            actions: fold.actions.finished(zone, as_of.moment()),
            proposals: fold.proposals.into_vec(),
            mediation: fold.mediations.into_vec(),
            agreements: fold.agreements.into_vec(),
            votes: fold.votes.into_rows(),
            issues,
            sessions,
            units,
            contracts,
            notices: dated(course, |step| match &step.event.fact {
                Fact::Notice(notice) => {
                    Some((notice.clone(), fold.forewarnings.is_withdrawn(step.n)))
                }
                _ => None,
            }),
            links: dated(course, |step| match &step.event.fact {
                Fact::DisputeLinked(linked) => Some(linked.clone()),
                _ => None,
            }),
            implementations: dated(course, |step| match &step.event.fact {
                Fact::Implementation(implementation) => Some(implementation.clone()),
                _ => None,
            }),
            reports: dated(course, |step| match &step.event.fact {
                Fact::Report(report) => Some(report.clone()),
                _ => None,
            }),
            charges: fold.law.charges.into_vec(),
            orders: fold.law.orders.into_vec(),
            findings: fold.law.findings.into_vec(),
            impacts: dated(course, |step| match &step.event.fact {
                Fact::Impact(impact) => Some(beside_its_standard(record, impact, as_of)),
                _ => None,
            }),
            statements: fold.statements,
            warnings: fold.warnings.sorted_by_key(order),
            possible: course.possible.iter().filter_map(|n| id(*n)).collect(),
            versions: versions(record, course),
            retracted: begun(&|n| record.is_retracted(n) && !record.is_erased(n)),
            amended: begun(&|n| !record.amendments(n).is_empty() && !record.is_erased(n)),
            redacted: begun(&|n| record.is_erased(n)),
            gaps: begun(&|n| {
                record.counts(n)
                    && matches!(record.document(n).map(|event| &event.fact), Some(Fact::Gap(_)))
            }),
            events: u64::try_from(course.begun.len()).unwrap_or(u64::MAX),
        }
    }

    /// The zone in which the dispute's days are read.
    pub fn zone(&self) -> Zone {
        self.opened.time_zone
    }

    /// The day of the longest action in progress.
    pub fn day(&self) -> Option<i64> {
        let in_progress = |action: &&Action| action.status == action::ActionStatus::InProgress;
        self.actions.iter().filter(in_progress).filter_map(|action| action.day).max()
    }

    /// The state as one JSON object with the keys that EVENTS.md fixes; `phase_since` and
    /// `phase_set_by` are ours.
    pub fn to_json(&self, known: &Known) -> Json {
        let has_phase = self.phase.status != Phase::None;
        let phase = |text: String| if has_phase { Json::Text(text) } else { Json::Null };
        Json::object([
            ("schema", Json::text("dispute/state/v1")),
            ("dispute", Json::text(&self.dispute)),
            ("title", Json::text(&self.opened.title)),
            ("time_zone", Json::text(self.opened.time_zone)),
            ("employers", Json::texts(&self.opened.employers)),
            ("unions", Json::texts(&self.opened.unions)),
            ("on", Json::text_or_null(self.as_of.on)),
            (
                "known",
                Json::object([
                    ("sequence", Json::count(known.sequence)),
                    ("digest", Json::text(&known.digest)),
                    ("recorded_at", Json::text(known.recorded_at)),
                ]),
            ),
            ("phase", Json::text(self.phase.status)),
            ("phase_since", phase(self.phase.stamp.since.clone())),
            ("phase_set_by", phase(self.phase.stamp.set_by.to_string())),
            ("actions", list(&self.actions, Action::to_json)),
            ("proposals", list(&self.proposals, Proposal::to_json)),
            ("mediation", list(&self.mediation, Mediation::to_json)),
            ("agreements", list(&self.agreements, Agreement::to_json)),
            ("votes", list(&self.votes, Vote::to_json)),
            ("issues", list(&self.issues, Issue::to_json)),
            ("sessions", self.sessions.to_json()),
            ("units", list(&self.units, UnitRow::to_json)),
            ("contracts", list(&self.contracts, ContractRow::to_json)),
            ("notices", list(&self.notices, notice_to_json)),
            ("links", list(&self.links, link_to_json)),
            ("implementations", list(&self.implementations, implementation_to_json)),
            ("reports", list(&self.reports, report_to_json)),
            ("charges", list(&self.charges, Matter::<Charge>::to_json)),
            ("orders", list(&self.orders, Matter::<Order>::to_json)),
            ("findings", list(&self.findings, Matter::<Finding>::to_json)),
            ("impacts", list(&self.impacts, impact_to_json)),
            ("statements", statements_to_json(&self.statements)),
            ("warnings", list(&self.warnings, Warning::to_json)),
            ("possible", Json::texts(&self.possible)),
            (
                "versions",
                Json::Object(
                    self.versions.iter().map(|(id, v)| (id.to_string(), Json::texts(v))).collect(),
                ),
            ),
            ("retracted", Json::texts(&self.retracted)),
            ("amended", Json::texts(&self.amended)),
            ("redacted", Json::texts(&self.redacted)),
            ("gaps", Json::texts(&self.gaps)),
        ])
    }
}

/// The warnings of a dispute at a cut, without the rest of its state.
pub fn warnings_of(record: &Record, dispute: &Slug, as_of: AsOf) -> Vec<Warning> {
    let record = &*as_of.known_part(record);
    let Some(mut fold) = fold_of(record, dispute, as_of) else { return Vec::new() };
    let course = course(record, dispute, as_of);
    fold.run(&course.certain);
    review::review(record, record.zone_of(Some(dispute)), &course, as_of.moment(), &mut fold);
    fold.warnings.sorted_by_key(|n| n)
}

/// The opening of a dispute that stands.
pub(crate) fn opening<'a>(
    record: &'a Record,
    dispute: &Slug,
) -> Option<(&'a EventId, &'a DisputeOpened)> {
    let n = *record.openings(dispute).last()?;
    match &record.document(n)?.fact {
        Fact::DisputeOpened(opened) => Some((&record.get(n)?.id, opened)),
        _ => None,
    }
}

/// A fold of a dispute to which nothing has happened yet.
pub(crate) fn fold_of<'a>(record: &'a Record, dispute: &Slug, as_of: AsOf) -> Option<Fold<'a>> {
    let (id, opened) = opening(record, dispute)?;
    let origin = Stamp { since: String::new(), set_by: id.clone(), order: 0 };
    Some(Fold::new(record, opened.time_zone, as_of.moment(), origin))
}

/// The events of a kind, in effective order, with what each says.
fn dated<T>(course: &Course<'_>, what: impl Fn(&Step<'_>) -> Option<T>) -> Vec<Dated<T>> {
    let row = |step: &Step<'_>| what(step).map(|what| Dated::of(step, what));
    course.certain.iter().filter_map(row).collect()
}

impl<T> Dated<T> {
    fn of(step: &Step<'_>, what: T) -> Self {
        Self { id: step.id.clone(), occurred: Stamp::of(step).since, what }
    }
}

/// The row of an event that stands in the state as it was recorded; none where it has no such row.
/// `is_withdrawn` is asked of notices.
pub(crate) fn row_to_json(
    record: &Record,
    step: &Step<'_>,
    as_of: AsOf,
    is_withdrawn: bool,
) -> Option<Json> {
    Some(match &step.event.fact {
        Fact::Notice(notice) => notice_to_json(&Dated::of(step, (notice.clone(), is_withdrawn))),
        Fact::DisputeLinked(linked) => link_to_json(&Dated::of(step, linked.clone())),
        Fact::Implementation(made) => implementation_to_json(&Dated::of(step, made.clone())),
        Fact::Report(report) => report_to_json(&Dated::of(step, report.clone())),
        Fact::Impact(impact) => {
            impact_to_json(&Dated::of(step, beside_its_standard(record, impact, as_of)))
        }
        _ => return None,
    })
}

/// An impact with the standard that it is held against, as described at a cut.
fn beside_its_standard(
    record: &Record,
    impact: &Impact,
    as_of: AsOf,
) -> (Impact, Option<Standard>) {
    let standard = impact.standard.as_ref();
    (impact.clone(), standard.and_then(|slug| standard_at(record, &slug.0, as_of)))
}

/// The accounts of facts that stand beside those that count, both of what has certainly happened.
fn versions(record: &Record, course: &Course<'_>) -> Vec<(EventId, Vec<EventId>)> {
    let mut counted: Vec<&Step<'_>> = course.certain.iter().collect();
    counted.sort_by_key(|step| step.n);
    let listed: std::collections::HashSet<usize> =
        course.versions.iter().map(|step| step.n).collect();
    let row = |step: &&Step<'_>| {
        let versions = record.versions(step.n).iter().filter(|n| listed.contains(n));
        let ids: Vec<EventId> =
            versions.filter_map(|n| record.get(*n)).map(|event| event.id.clone()).collect();
        (!ids.is_empty()).then(|| (step.id.clone(), ids))
    };
    counted.iter().filter_map(row).collect()
}

/// What describes a party or a standard on a date, by the rule of descriptions: the latest that
/// holds by then, else the one recorded last. To ask for what was known too, take
/// [`AsOf::known_part`] of the record first.
pub fn described_at<'a>(
    record: &'a Record,
    named: Named,
    slug: &Slug,
    as_of: AsOf,
) -> Option<&'a Event> {
    let described = record.descriptions(named, slug);
    let by_then = described.iter().filter(|n| as_of.includes(record.span(**n)));
    let latest = by_then.max_by_key(|n| (record.span(**n).latest, record.original(**n)));
    latest.or(described.last()).and_then(|n| record.document(*n))
}

/// A standard as described at a cut.
fn standard_at(record: &Record, slug: &Slug, as_of: AsOf) -> Option<Standard> {
    match &described_at(record, Named::Standard, slug, as_of)?.fact {
        Fact::Standard(standard) => Some(standard.clone()),
        _ => None,
    }
}

fn list<T>(rows: &[T], to_json: impl Fn(&T) -> Json) -> Json {
    Json::List(rows.iter().map(to_json).collect())
}

fn notice_to_json(row: &Dated<(Notice, bool)>) -> Json {
    let (notice, withdrawn) = &row.what;
    Json::object([
        ("id", Json::text(&row.id)),
        ("occurred", Json::text(&row.occurred)),
        ("notice", Json::text(notice.notice)),
        ("by", Json::text(&notice.by)),
        ("to", Json::texts(notice.to.as_deref().unwrap_or_default())),
        ("effective", Json::text_or_null(notice.effective.as_ref())),
        ("withdrawn", Json::Bool(*withdrawn)),
    ])
}

fn link_to_json(row: &Dated<DisputeLinked>) -> Json {
    Json::object([
        ("id", Json::text(&row.id)),
        ("occurred", Json::text(&row.occurred)),
        ("other", Json::text_or_null(row.what.other.as_ref())),
        ("other_title", Json::text_or_null(row.what.other_title.as_ref())),
        ("relation", Json::text(row.what.relation)),
    ])
}

fn implementation_to_json(row: &Dated<Implementation>) -> Json {
    Json::object([
        ("id", Json::text(&row.id)),
        ("occurred", Json::text(&row.occurred)),
        ("by", Json::text(&row.what.by)),
        ("of", Json::text(&row.what.of)),
        ("issues", Json::texts(row.what.issues.as_deref().unwrap_or_default())),
    ])
}

fn report_to_json(row: &Dated<Report>) -> Json {
    Json::object([
        ("id", Json::text(&row.id)),
        ("occurred", Json::text(&row.occurred)),
        ("body", Json::text(&row.what.body)),
        ("binding", Json::Bool(row.what.binding)),
        ("text", Json::text(&row.what.text)),
        ("of", Json::text_or_null(row.what.of.as_ref())),
        ("items", items_to_json(row.what.items.as_deref().unwrap_or_default())),
    ])
}

fn impact_to_json(row: &Dated<(Impact, Option<Standard>)>) -> Json {
    let (impact, standard) = &row.what;
    let standard = standard.as_ref().map_or(Json::Null, |standard| {
        Json::object([
            ("standard", Json::text(&standard.standard)),
            ("citation", Json::text(&standard.citation)),
            ("limit", standard.limit.to_json()),
        ])
    });
    Json::object([
        ("id", Json::text(&row.id)),
        ("occurred", Json::text(&row.occurred)),
        ("metric", Json::text(&impact.metric)),
        ("value", impact.value.to_json()),
        ("unit", Json::text(&impact.unit)),
        ("comparator", Json::text_or_null(impact.comparator)),
        ("period", Json::text_or_null(impact.period.as_ref())),
        ("scope", Json::text_or_null(impact.scope.as_ref())),
        ("measured_by", Json::text_or_null(impact.measured_by.as_ref())),
        ("breach", Json::text_or_null(impact.breach)),
        ("standard", standard),
    ])
}

fn statements_to_json(statements: &Statements) -> Json {
    let last_by = statements.last_by.iter().map(|(who, id)| (who.clone(), Json::text(id)));
    Json::object([
        ("count", Json::count(statements.count)),
        ("last_by", Json::Object(last_by.collect())),
    ])
}
