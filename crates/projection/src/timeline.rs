//! What each event changed in the state, in effective order.

use std::collections::HashMap;

use dispute_core::event::Fact;
use dispute_core::{EventId, Json, Record, Slug};

use crate::as_of::{AsOf, Step, course};
use crate::dispute::issue::{Issue, issues};
use crate::dispute::rows::Rows;
use crate::dispute::stamp::Stamp;
use crate::dispute::{Fold, fold_of};

/// A part of the state before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The part, by the names that the state has: `phase`, `proposals.kp-19`, `issues.wages`.
    pub part: String,
    /// What it was; null where it was not there.
    pub from: Json,
    /// What it is; null where it is no longer there.
    pub to: Json,
    /// The events behind the change.
    pub events: Vec<EventId>,
    /// Whether nothing happened, but the record learned of it.
    pub learned: bool,
}

/// An event with what it changed, and what came due after it and before the next.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// The event.
    pub step: Step<'a>,
    /// The changes, each part at most once.
    pub changes: Vec<Change>,
}

impl Change {
    /// `{part, from, to, events, learned}`
    pub fn to_json(&self) -> Json {
        Json::object([
            ("part", Json::text(&self.part)),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("events", Json::texts(&self.events)),
            ("learned", Json::Bool(self.learned)),
        ])
    }
}

/// The events of a dispute up to a cut, each with what it changed. `None` where there is no such
/// dispute in the record.
pub fn timeline<'a>(record: &'a Record, dispute: &Slug, as_of: AsOf) -> Option<Vec<Entry<'a>>> {
    let course = course(record, dispute, as_of);
    let mut fold = fold_of(record, dispute, as_of)?;
    let mut entries: Vec<Entry<'a>> =
        course.certain.iter().map(|step| Entry { step: *step, changes: Vec::new() }).collect();
    let mut parts = Parts::default();
    fold.run_with(&course.certain, &mut |fold, order, step| {
        let id = course.certain.get(order).map(|step| step.id.clone());
        let (Some(entry), Some(id)) = (entries.get_mut(order), id) else { return };
        parts.note(record, fold, step, &id, &mut entry.changes);
    });
    Some(entries)
}

/// The parts of the state as they were last seen.
#[derive(Default)]
struct Parts {
    seen: HashMap<String, Json>,
    issues: Vec<String>,
}

impl Parts {
    fn note(
        &mut self,
        record: &Record,
        fold: &mut Fold<'_>,
        step: Option<&Step<'_>>,
        id: &EventId,
        changes: &mut Vec<Change>,
    ) {
        let mut now: Vec<(String, Json)> =
            vec![("phase".to_owned(), Json::text(fold.phase.status))];
        let terms_moved = rows(record, "proposals", &mut fold.proposals, |r| r.to_json(), &mut now)
            | rows(record, "agreements", &mut fold.agreements, |r| r.to_json(), &mut now);
        rows(record, "actions", &mut fold.actions, |r| r.to_json(), &mut now);
        rows(record, "mediation", &mut fold.mediations, |r| r.to_json(), &mut now);
        rows(record, "charges", &mut fold.law.charges, |r| r.to_json(), &mut now);
        rows(record, "orders", &mut fold.law.orders, |r| r.to_json(), &mut now);
        rows(record, "findings", &mut fold.law.findings, |r| r.to_json(), &mut now);
        if let Some(step) = step {
            said(fold, step, &mut now);
        }
        let is_report = step.is_some_and(|step| matches!(step.event.fact, Fact::Report(_)));
        if terms_moved || is_report {
            let table = issues(&fold.proposals, &fold.agreements, &fold.awards);
            let named: Vec<(String, Json)> =
                table.iter().map(|issue| (issue_part(issue), issue.to_json())).collect();
            let gone = self.issues.iter().filter(|part| !named.iter().any(|(p, _)| p == *part));
            now.extend(gone.map(|part| (part.clone(), Json::Null)));
            self.issues = named.iter().map(|(part, _)| part.clone()).collect();
            now.extend(named);
        }
        for (part, to) in now {
            let to = without_day(to);
            let from = self.seen.insert(part.clone(), to.clone()).unwrap_or(Json::Null);
            if from == to {
                continue;
            }
            match changes.iter_mut().find(|change| change.part == part) {
                Some(change) => change.to = to,
                None => {
                    let events = vec![id.clone()];
                    changes.push(Change { part, from, to, events, learned: false });
                }
            }
        }
    }
}

/// The rows of a part that an event touched; tells whether there were any.
fn rows<R>(
    record: &Record,
    part: &str,
    rows: &mut Rows<R>,
    to_json: impl Fn(&R) -> Json,
    now: &mut Vec<(String, Json)>,
) -> bool {
    let touched = rows.take_touched();
    for n in &touched {
        if let Some(event) = record.get(*n) {
            let row = rows.get(*n).map_or(Json::Null, &to_json);
            now.push((format!("{part}.{}", event.id), row));
        }
    }
    !touched.is_empty()
}

/// The parts that an event writes by itself.
fn said(fold: &Fold<'_>, step: &Step<'_>, now: &mut Vec<(String, Json)>) {
    let said = Json::object([
        ("id", Json::text(step.id)),
        ("occurred", Json::text(Stamp::of(step).since)),
    ]);
    let part = match &step.event.fact {
        Fact::Session(_) => {
            now.push(("sessions.held".to_owned(), Json::count(fold.sessions.held())));
            let last = fold.sessions.last().map_or(Json::Null, |(id, _)| Json::text(id));
            now.push(("sessions.last".to_owned(), last));
            return;
        }
        Fact::VoteResult(_) => {
            now.extend(fold.votes.speaking(step).map(|(id, vote)| (format!("votes.{id}"), vote)));
            return;
        }
        Fact::Unit(unit) => format!("units.{}", unit.unit),
        Fact::Contract(contract) => {
            let row = fold.described.contract_json(&contract.contract);
            now.push((format!("contracts.{}", contract.contract), row));
            return;
        }
        Fact::Notice(_) => format!("notices.{}", step.id),
        Fact::DisputeLinked(_) => format!("links.{}", step.id),
        Fact::Implementation(_) => format!("implementations.{}", step.id),
        Fact::Report(_) => format!("reports.{}", step.id),
        Fact::Impact(_) => format!("impacts.{}", step.id),
        Fact::Gap(_) => format!("gaps.{}", step.id),
        Fact::Statement(_) => {
            now.push(("statements.count".to_owned(), Json::count(fold.statements.count)));
            return;
        }
        _ => return,
    };
    now.push((part, said));
}

fn issue_part(issue: &Issue) -> String {
    match &issue.bargaining_unit {
        Some(unit) => format!("issues.{}/{unit}", issue.issue),
        None => format!("issues.{}", issue.issue),
    }
}

/// Days pass by themselves; they are not what an event changed.
fn without_day(row: Json) -> Json {
    match row {
        Json::Object(members) => {
            Json::Object(members.into_iter().filter(|(key, _)| key != "day").collect())
        }
        other => other,
    }
}
