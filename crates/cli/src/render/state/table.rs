//! What happens around the table: third parties, talks, agreements and votes.

use std::collections::HashSet;

use dispute_core::EventId;
use dispute_core::event::Fact;
use dispute_core::event::vote::VoteCalled;
use dispute_projection::course;
use dispute_projection::dispute::agreement::{Agreement, AgreementStatus};
use dispute_projection::dispute::mediation::{Mediation, MediationAnswer, MediationStatus};
use dispute_projection::dispute::vote::Vote;

use super::{View, ids};
use crate::render::sheet::{Sheet, held};
use crate::render::text::{flat, width};
use crate::render::{Tone, dates, words};

/// How many procedures, agreements and votes are shown, the latest first.
const SHOWN: usize = 2;

impl View<'_> {
    /// Mediation, arbitration and what else third parties do.
    pub(super) fn procedures(&self, sheet: &mut Sheet) {
        let is_over = |m: &&Mediation| {
            matches!(m.standing.status, MediationStatus::Concluded | MediationStatus::Withdrawn)
        };
        let mut procedures: Vec<&Mediation> = self.state.mediation.iter().rev().collect();
        procedures.sort_by_key(is_over);
        for procedure in procedures.iter().take(SHOWN) {
            self.procedure(sheet, procedure);
        }
        let rest = procedures.len().saturating_sub(SHOWN);
        sheet.leave_out(rest, "procedure");
        for report in self.state.reports.iter().rev().take(SHOWN) {
            let what = if report.what.binding { "award" } else { "report" };
            let body = format!(
                "{what} of {}, {}: {}",
                self.names.short(report.what.body.as_str()),
                dates::in_words(&report.occurred),
                words::quoted(&report.what.text),
            );
            sheet.tall_row((Tone::Strong, "REPORT"), (Tone::Plain, &body), &ids([&report.id]), 2);
        }
        let rest = self.state.reports.len().saturating_sub(SHOWN);
        sheet.leave_out(rest, "report");
    }

    fn procedure(&self, sheet: &mut Sheet, procedure: &Mediation) {
        let stamp = &procedure.standing.stamp;
        let status = procedure.standing.status;
        let mut facts = vec![words::plain(status.as_str())];
        if let Some(first) = facts.first_mut() {
            match status {
                MediationStatus::Scheduled => {
                    if let Some(date) = &procedure.scheduled_for {
                        first.push_str(&format!(" for {}", dates::in_words(date)));
                    }
                }
                MediationStatus::InSession => {
                    first.push_str(&format!(", {}", dates::since(&stamp.since)));
                }
                MediationStatus::Suspended
                | MediationStatus::Concluded
                | MediationStatus::Withdrawn => {
                    first.push_str(&format!(" {}", dates::in_words(&stamp.since)));
                }
                MediationStatus::Offered
                | MediationStatus::Accepted
                | MediationStatus::Declined => {}
            }
        }
        if let Some(party) = &procedure.broken_off_by {
            facts.push(format!("broken off by {}", self.names.short(party.as_str())));
        }
        if let Some(result) = procedure.result {
            facts.push(format!("result: {result}"));
        }
        if !procedure.neutrals.is_empty() {
            let neutrals = self.names.all(procedure.neutrals.iter().map(|party| party.as_str()));
            facts.push(format!("with {}", words::listed(&neutrals)));
        }
        let begins = matches!(
            status,
            MediationStatus::Offered | MediationStatus::Accepted | MediationStatus::Declined
        );
        if let Some(by) = procedure.by.as_ref().filter(|_| begins) {
            let verb = if procedure.compelled { "ordered" } else { "offered" };
            let date = dates::in_brief(self.date(&procedure.id));
            facts.push(format!("{verb} by {}, {date}", self.names.short(by.as_str())));
        }
        let answered: Vec<&EventId> =
            procedure.answers.values().flatten().map(|answer| &answer.stamp.set_by).collect();
        let set_by = Some(&stamp.set_by).filter(|id| !answered.contains(id));
        let rows = ids([&procedure.id].into_iter().chain(set_by));
        let label = procedure.procedure.as_str().to_uppercase();
        let label =
            label.strip_prefix("VOLUNTARY-").or(label.strip_prefix("INTEREST-")).unwrap_or(&label);
        sheet.tall_row((Tone::Strong, label), (Tone::Plain, &facts.join(" · ")), &rows, 3);
        let is_over = matches!(status, MediationStatus::Concluded | MediationStatus::Withdrawn);
        if !is_over && !self.is_agreed() {
            self.answers(sheet, procedure);
        }
    }

    fn answers(&self, sheet: &mut Sheet, procedure: &Mediation) {
        let names = self.names.all(procedure.answers.keys().map(|party| party.as_str()));
        let widest = names.iter().map(|name| width(name)).max().unwrap_or(0);
        for (name, answer) in names.iter().zip(procedure.answers.values()) {
            let name = held(name, widest + 2);
            let Some(answer) = answer else {
                if !procedure.compelled {
                    sheet.row("", &format!("{name}no answer yet"), &[]);
                }
                continue;
            };
            let word = match answer.status {
                MediationAnswer::Conditional => "on a condition",
                other => other.as_str(),
            };
            let date = dates::in_words(&answer.stamp.since);
            let body = format!("{name}{}{date}", held(word, 10));
            let rows = ids([&answer.stamp.set_by]);
            sheet.tall_row((Tone::Plain, ""), (Tone::Plain, &body), &rows, 2);
        }
    }

    /// Sessions.
    pub(super) fn talks(&self, sheet: &mut Sheet) {
        let sessions = &self.state.sessions;
        let Some((last, date)) = &sessions.last else {
            if let Some((next, date)) = &sessions.next {
                let body = format!("none held · next {}", dates::in_words(date));
                sheet.row("TALKS", &body, &ids([next]));
            }
            return;
        };
        let mut body =
            format!("last held {} · {} held", dates::in_words(date), words::number(sessions.held));
        let next = sessions.next.as_ref();
        match next {
            Some((_, date)) => body.push_str(&format!(" · next {}", dates::in_words(date))),
            None => body.push_str(" · none scheduled"),
        }
        let rows = ids([last].into_iter().chain(next.map(|(id, _)| id)));
        sheet.tall_row((Tone::Strong, "TALKS"), (Tone::Plain, &body), &rows, 2);
    }

    /// Agreements but for those on single items, the latest first.
    pub(super) fn agreements(&self, sheet: &mut Sheet) {
        let whole = |a: &&Agreement| a.level.as_str() != "item";
        let shown = |a: &&Agreement| a.standing.status != AgreementStatus::Superseded;
        let agreements: Vec<&Agreement> =
            self.state.agreements.iter().rev().filter(whole).filter(shown).collect();
        for agreement in agreements.iter().take(SHOWN) {
            let mut rows = vec![&agreement.id];
            let body = self.agreement(agreement, &mut rows);
            let tone = if agreement.stands() { Tone::Strong } else { Tone::Plain };
            sheet.tall_row((Tone::Strong, "AGREEMENT"), (tone, &body), &ids(rows), 3);
        }
        sheet.leave_out(agreements.len().saturating_sub(SHOWN), "agreement");
    }

    fn agreement<'v>(&'v self, agreement: &'v Agreement, rows: &mut Vec<&'v EventId>) -> String {
        let level = words::plain(agreement.level.as_str());
        let mut facts = vec![format!("{level}, {}", dates::in_words(self.date(&agreement.id)))];
        let made = match self.fact(&agreement.id) {
            Some(Fact::Agreement(made)) => Some(made),
            _ => None,
        };
        match agreement.standing.status {
            AgreementStatus::Failed | AgreementStatus::PartlyFailed => {
                let stamp = &agreement.standing.stamp;
                let status = words::plain(agreement.standing.status.as_str());
                facts.push(format!(
                    "{status} {}{}",
                    dates::in_words(&stamp.since),
                    self.cause(&stamp.set_by)
                ));
                rows.push(&stamp.set_by);
            }
            AgreementStatus::Standing | AgreementStatus::Superseded => {
                if let Some(subject_to) = made.and_then(|made| made.subject_to) {
                    facts.push(format!("subject to {subject_to}"));
                }
            }
        }
        if let Some(unit) = &agreement.unit {
            facts.push(format!("for {unit}"));
        }
        if let Some(term) = made.and_then(|made| made.term.as_ref()) {
            let from =
                term.from.as_ref().map(|from| format!("from {}", dates::in_brief(from.as_str())));
            let to = term.to.as_ref().map(|to| format!("to {}", dates::in_brief(to.as_str())));
            let ends: Vec<String> = from.into_iter().chain(to).collect();
            if !ends.is_empty() {
                facts.push(format!("runs {}", ends.join(" ")));
            }
        }
        if let Some(carried) = made.and_then(|made| made.of.as_ref())
            && let Some(row) = self.state.agreements.iter().find(|a| a.id == *carried)
        {
            let level = words::plain(row.level.as_str());
            facts.push(format!("after the {level} one of {}", dates::in_brief(self.date(&row.id))));
            rows.push(&row.id);
        }
        facts.join(" · ")
    }

    fn cause(&self, id: &EventId) -> String {
        match self.fact(id) {
            Some(Fact::AgreementFailed(failed)) => {
                let issues = failed.issues.as_deref().unwrap_or_default();
                let issues: Vec<String> =
                    issues.iter().map(|issue| words::plain(issue.as_str())).collect();
                let on = if issues.is_empty() {
                    String::new()
                } else {
                    format!(" on {}", words::listed(&issues))
                };
                format!("{on} ({})", words::plain(failed.cause.as_str()))
            }
            Some(Fact::VoteResult(_)) => " (voted down)".to_owned(),
            _ => String::new(),
        }
    }

    /// Votes that were called and have no result, and results, the latest first.
    pub(super) fn votes(&self, sheet: &mut Sheet) {
        for (id, called) in self.calls_without_result() {
            let purpose = words::plain(called.purpose.as_str());
            let mut body = format!("{purpose}, called by {}", self.names.short(called.by.as_str()));
            if let Some(opens) = &called.opens {
                body.push_str(&format!(" · opens {}", dates::in_words(opens.as_str())));
            }
            if let Some(closes) = &called.closes {
                body.push_str(&format!(" · closes {}", dates::in_words(closes.as_str())));
            }
            sheet.tall_row((Tone::Strong, "VOTE"), (Tone::Plain, &body), &[id], 2);
        }
        for vote in self.state.votes.iter().rev().take(SHOWN) {
            sheet.tall_row(
                (Tone::Strong, "VOTE"),
                (Tone::Plain, &self.vote(vote)),
                &ids([&vote.id]),
                2,
            );
        }
        let rest = self.state.votes.len().saturating_sub(SHOWN);
        sheet.leave_out(rest, "vote");
    }

    fn calls_without_result(&self) -> Vec<(String, VoteCalled)> {
        let course = course(self.record, &self.state.dispute, self.state.as_of);
        let answered: HashSet<&EventId> = course
            .certain
            .iter()
            .filter_map(|step| match &step.event.fact {
                Fact::VoteResult(result) => result.of.as_ref(),
                _ => None,
            })
            .collect();
        let calls = course.certain.iter().rev().filter_map(|step| match &step.event.fact {
            Fact::VoteCalled(called) => Some((step.id, called)),
            _ => None,
        });
        let open = calls.filter(|(id, called)| {
            !answered.contains(id) && !called.of.as_ref().is_some_and(|of| answered.contains(of))
        });
        open.take(SHOWN).map(|(id, called)| (id.to_string(), called.clone())).collect()
    }

    fn vote(&self, vote: &Vote) -> String {
        let result = &vote.result;
        let purpose = words::plain(result.purpose.as_str());
        let date = dates::in_brief(self.date(&vote.id));
        let outcome = result.outcome.map_or(String::new(), |outcome| format!("{outcome}, "));
        let mut facts = vec![format!("{purpose}: {outcome}{date}")];
        facts.extend(words::counts(result));
        if let Some(unit) = &result.unit {
            facts.push(format!("unit {}", unit.as_str()));
        }
        if let Some(subgroup) = &result.subgroup {
            facts.push(format!("only {}", flat(subgroup)));
        }
        facts.push(match result.stage.as_str() {
            "running" => "count still running".to_owned(),
            stage => format!("{stage} result"),
        });
        facts.join(" · ")
    }
}
