//! What each event changed in the state, in effective order.

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::event::Fact;
use dispute_core::{Edtf, Json, Record, Slug, Target};

use crate::as_of::{AsOf, Step, course};
use crate::change::Change;
use crate::dispute::issue::{issues_among, issues_of};
use crate::dispute::rows::Rows;
use crate::dispute::{Fold, fold_of, row_to_json};
use crate::parts::row_name;

/// An event with what it changed, and what came due after it and before the next.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The position of the event in the record.
    pub n: usize,
    /// When it happened, as it reads now.
    pub occurred: Option<Edtf>,
    /// The changes, each part at most once.
    pub changes: Vec<Change>,
}

/// The events of a dispute up to a cut, each with what it changed: put one on the other, the
/// changes give the state at the cut, but for what it says about the record (its warnings, versions
/// and corrections) and the days of actions. `None` where there is no such dispute in the record.
pub fn timeline(record: &Record, dispute: &Slug, as_of: AsOf) -> Option<Vec<Entry>> {
    let record = &*as_of.known_part(record);
    let course = course(record, dispute, as_of);
    let mut fold = fold_of(record, dispute, as_of)?;
    let entry = |step: &Step<'_>| Entry {
        n: step.n,
        occurred: step.event.occurred.clone(),
        changes: Vec::new(),
    };
    let mut entries: Vec<Entry> = course.certain.iter().map(entry).collect();
    let mut teller = Teller { record, as_of, seen: BTreeMap::new() };
    fold.run_with(&course.certain, &mut |fold, order, step| {
        let id = course.certain.get(order).map(|step| step.id);
        let (Some(entry), Some(id)) = (entries.get_mut(order), id) else { return };
        for (part, to) in teller.parts_now(fold, step) {
            let to = without_day(to);
            let from = teller.seen.insert(part.clone(), to.clone()).unwrap_or(Json::Null);
            if from == to {
                continue;
            }
            match entry.changes.iter_mut().find(|change| change.part == part) {
                Some(change) => change.to = to,
                None => {
                    let events = vec![id.clone()];
                    entry.changes.push(Change { part, from, to, events, learned: false });
                }
            }
        }
    });
    Some(entries)
}

/// Tells the parts of the state that an event may have changed.
struct Teller<'a> {
    record: &'a Record,
    as_of: AsOf,
    /// The parts as they were last seen.
    seen: BTreeMap<String, Json>,
}

impl Teller<'_> {
    fn parts_now(&self, fold: &mut Fold<'_>, step: Option<&Step<'_>>) -> Vec<(String, Json)> {
        let record = self.record;
        let mut now: Vec<(String, Json)> =
            vec![("phase".to_owned(), Json::text(fold.phase.status))];
        let proposals = rows(record, "proposals", &mut fold.proposals, |r| r.to_json(), &mut now);
        let agreements =
            rows(record, "agreements", &mut fold.agreements, |r| r.to_json(), &mut now);
        rows(record, "actions", &mut fold.actions, |r| r.to_json(), &mut now);
        rows(record, "mediation", &mut fold.mediations, |r| r.to_json(), &mut now);
        rows(record, "charges", &mut fold.law.charges, |r| r.to_json(), &mut now);
        rows(record, "orders", &mut fold.law.orders, |r| r.to_json(), &mut now);
        rows(record, "findings", &mut fold.law.findings, |r| r.to_json(), &mut now);
        let mut issues = BTreeSet::new();
        for n in proposals {
            let items = fold.proposals.get(n).map(|proposal| proposal.items.as_slice());
            issues.extend(items.unwrap_or_default().iter().map(|item| item.issue.clone()));
        }
        for agreement in agreements.iter().filter_map(|n| fold.agreements.get(*n)) {
            issues.extend(issues_of(agreement, &fold.proposals, &fold.agreements));
        }
        if let Some(step) = step {
            if let Fact::Report(report) = &step.event.fact {
                let items = report.items.as_deref().unwrap_or_default();
                issues.extend(items.iter().map(|item| item.issue.clone()));
            }
            self.said(fold, step, &mut now);
        }
        self.tell_issues(fold, &issues, &mut now);
        now
    }

    fn tell_issues(&self, fold: &Fold<'_>, issues: &BTreeSet<Slug>, now: &mut Vec<(String, Json)>) {
        if issues.is_empty() {
            return;
        }
        let is_wanted = |issue: &Slug| issues.contains(issue);
        let table = issues_among(&fold.proposals, &fold.agreements, &fold.awards, &is_wanted);
        let rows: Vec<(String, Json)> = table
            .iter()
            .map(|issue| issue.to_json())
            .map(|row| (format!("issues.{}", row_name("issues", &row)), row))
            .collect();
        // A row that is gone: what was agreed failed, and nobody has a position.
        for issue in issues {
            let of_issue = |part: &str| {
                let rest = part.strip_prefix("issues.");
                rest.and_then(|rest| rest.strip_prefix(issue.as_str()))
                    .is_some_and(|unit| unit.is_empty() || unit.starts_with('/'))
            };
            let beginning = format!("issues.{issue}");
            let gone = self.seen_from(&beginning).filter(|part| of_issue(part));
            let gone = gone.filter(|part| !rows.iter().any(|(there, _)| there == *part));
            now.extend(gone.map(|part| (part.clone(), Json::Null)));
        }
        now.extend(rows);
    }

    /// The parts seen whose names begin so.
    fn seen_from<'s>(&'s self, beginning: &'s str) -> impl Iterator<Item = &'s String> {
        let from = self.seen.range(beginning.to_owned()..).map(|(part, _)| part);
        from.take_while(move |part| part.starts_with(beginning))
    }

    /// The parts that an event writes by itself.
    fn said(&self, fold: &Fold<'_>, step: &Step<'_>, now: &mut Vec<(String, Json)>) {
        let mut put = |part: String, value: Json| now.push((part, value));
        match &step.event.fact {
            Fact::Session(_) => {
                let sessions = fold.sessions_now().to_json();
                for part in ["held", "last", "next"] {
                    let value = sessions.get(part).cloned().unwrap_or(Json::Null);
                    put(format!("sessions.{part}"), value);
                }
            }
            Fact::VoteResult(_) => {
                let speaking = fold.votes.speaking();
                for part in self.seen_from("votes.") {
                    let is_there =
                        part.strip_prefix("votes.").is_some_and(|id| speaking.contains(id));
                    if !is_there {
                        put(part.clone(), Json::Null);
                    }
                }
                if let Some(row) = fold.votes.row(step.id) {
                    put(format!("votes.{}", step.id), row);
                }
            }
            Fact::Unit(unit) => {
                put(format!("units.{}", unit.unit), fold.described.unit_json(&unit.unit));
            }
            Fact::Contract(contract) => {
                let row = fold.described.contract_json(&contract.contract);
                put(format!("contracts.{}", contract.contract), row);
            }
            Fact::Withdrawal(withdrawal) => {
                if let Some(Target::Counts(n)) = self.record.target(&withdrawal.of)
                    && let (Some(recorded), Some(event)) =
                        (self.record.get(n), self.record.document(n))
                    && matches!(event.fact, Fact::Notice(_))
                {
                    let notice = Step { n, id: &recorded.id, event, ..*step };
                    self.tell_row("notices", &notice, fold, now);
                }
            }
            Fact::Statement(statement) => {
                put("statements.count".to_owned(), Json::count(fold.statements.count));
                let speaker = match &statement.on_behalf_of {
                    Some(party) => party.as_str(),
                    None => &statement.speaker,
                };
                put(format!("statements.last_by.{speaker}"), Json::text(step.id));
            }
            Fact::Gap(_) => put(format!("gaps.{}", step.id), Json::text(step.id)),
            Fact::Notice(_) => self.tell_row("notices", step, fold, now),
            Fact::DisputeLinked(_) => self.tell_row("links", step, fold, now),
            Fact::Implementation(_) => self.tell_row("implementations", step, fold, now),
            Fact::Report(_) => self.tell_row("reports", step, fold, now),
            Fact::Impact(_) => self.tell_row("impacts", step, fold, now),
            _ => {}
        }
    }

    fn tell_row(&self, key: &str, step: &Step<'_>, fold: &Fold<'_>, now: &mut Vec<(String, Json)>) {
        let is_withdrawn = fold.forewarnings.is_withdrawn(step.n);
        let row = row_to_json(self.record, step, self.as_of, is_withdrawn);
        now.extend(row.map(|row| (format!("{key}.{}", step.id), row)));
    }
}

/// The rows of a part that an event touched; tells their positions.
fn rows<R>(
    record: &Record,
    part: &str,
    rows: &mut Rows<R>,
    to_json: impl Fn(&R) -> Json,
    now: &mut Vec<(String, Json)>,
) -> Vec<usize> {
    let touched = rows.take_touched();
    for n in &touched {
        if let Some(event) = record.get(*n) {
            let row = rows.get(*n).map_or(Json::Null, &to_json);
            now.push((format!("{part}.{}", event.id), row));
        }
    }
    touched
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
