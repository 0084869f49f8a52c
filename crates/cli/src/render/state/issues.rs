//! The issues, with a column for each side.

use std::collections::HashMap;

use dispute_core::event::Fact;
use dispute_core::event::value::PartySlug;
use dispute_core::{EventId, Slug};
use dispute_projection::dispute::issue::{Issue, Position};
use dispute_projection::dispute::proposal::{Proposal, ProposalAnswer, ProposalStatus};

use super::View;
use crate::render::sheet::{Sheet, held, ids_within};
use crate::render::text::{fit, flat, pad, spaces, width, wrap_within};
use crate::render::{Tone, dates, words};

/// How many issues that are not agreed are shown.
const SHOWN: usize = 5;
/// The narrowest output with a column for each side.
const TABLE: usize = 72;
/// The narrowest column of a side.
const NARROWEST: usize = 16;
/// The most lines of a cell.
const TALLEST: usize = 2;
/// Between columns.
const GAP: usize = 2;

/// A row of the table as it is shown.
struct Row {
    issue: String,
    cells: Vec<String>,
    stands: String,
    ids: Vec<String>,
}

impl View<'_> {
    /// The table of what is not agreed, both sides' positions first, and what is.
    pub(super) fn issues(&self, sheet: &mut Sheet) {
        let place: HashMap<&EventId, usize> =
            self.state.proposals.iter().enumerate().map(|(n, p)| (&p.id, n)).collect();
        let newest = |issue: &Issue| {
            issue.positions.values().filter_map(|position| place.get(&position.id)).max().copied()
        };
        // What both sides speak of comes first, then what one of them answered by name.
        let rank = |issue: &Issue| (issue.positions.len(), self.is_named(issue), newest(issue));
        let mut open: Vec<&Issue> =
            self.state.issues.iter().filter(|issue| issue.agreed.is_none()).collect();
        open.sort_by_key(|issue| std::cmp::Reverse(rank(issue)));
        // Once all is agreed, what the agreement does not name is no longer in dispute.
        let shown = if self.is_agreed() { 0 } else { SHOWN };
        let columns = sheet.options().width;
        let sides = self.sides(&open, columns);
        let rows: Vec<Row> = open.iter().take(shown).map(|issue| self.row(issue, &sides)).collect();
        if columns < TABLE {
            self.stacked(sheet, &sides, &rows);
        } else if !rows.is_empty() {
            self.table(sheet, &sides, &rows);
        }
        self.agreed(sheet);
        let rest: Vec<String> = open.iter().skip(shown).map(|issue| self.name(issue)).collect();
        if !rest.is_empty() {
            let issues = words::counted(rest.len(), "issue");
            let (label, by) =
                if shown == 0 { ("NOT NAMED", " by the agreement") } else { ("ALSO OPEN", "") };
            sheet.row(label, &format!("{issues}{by}: {}", rest.join(", ")), &[]);
        }
    }

    /// The parties with columns, as many as fit: unions, employers, others with positions.
    fn sides<'i>(&self, issues: &[&'i Issue], columns: usize) -> Vec<&'i PartySlug> {
        let opened = &self.state.opened;
        let mut sides: Vec<&PartySlug> =
            issues.iter().flat_map(|issue| issue.positions.keys()).collect();
        let rank = |party: &PartySlug| {
            let is_in = |parties: &[PartySlug]| parties.contains(party);
            (!is_in(&opened.unions), !is_in(&opened.employers), party.clone())
        };
        sides.sort_by_key(|party| rank(party));
        sides.dedup();
        if columns >= TABLE {
            sides.truncate((columns.saturating_sub(36) / (NARROWEST + GAP)).max(1));
        }
        sides
    }

    fn row(&self, issue: &Issue, sides: &[&PartySlug]) -> Row {
        let mut ids: Vec<String> = Vec::new();
        let cells = sides.iter().map(|party| match issue.positions.get(*party) {
            Some(position) => {
                ids.push(position.id.to_string());
                position_in_words(position)
            }
            None => match self.answer(issue, party) {
                Some((words, id)) => {
                    ids.push(id.to_string());
                    words
                }
                None => String::new(),
            },
        });
        let cells = cells.collect();
        Row { issue: self.name(issue), cells, stands: self.stands(issue), ids }
    }

    /// Whether an answer names the issue.
    fn is_named(&self, issue: &Issue) -> bool {
        let proposals = issue.positions.values().filter_map(|position| self.proposal(&position.id));
        let mut answers = proposals.flat_map(|proposal| proposal.answers.values());
        answers.any(|answer| self.answered(&answer.stamp.set_by).contains(&issue.issue))
    }

    /// The issues that an answer names; none where it is about all.
    fn answered(&self, id: &EventId) -> &[Slug] {
        let issues = match self.fact(id) {
            Some(Fact::Rejection(rejection)) => rejection.issues.as_deref(),
            Some(Fact::Acceptance(acceptance)) => acceptance.issues.as_deref(),
            _ => None,
        };
        issues.unwrap_or_default()
    }

    /// What a party that has no position of its own answered to another's.
    fn answer(&self, issue: &Issue, party: &PartySlug) -> Option<(String, EventId)> {
        let proposals = issue.positions.values().filter_map(|position| self.proposal(&position.id));
        proposals.rev().find_map(|proposal| {
            let answer = proposal.answers.get(party)?;
            let id = &answer.stamp.set_by;
            let issues = self.answered(id);
            let is_about = issues.is_empty() || issues.contains(&issue.issue);
            let word = match answer.status {
                ProposalAnswer::Accepted | ProposalAnswer::PartlyAccepted => "accepted",
                ProposalAnswer::Rejected | ProposalAnswer::PartlyRejected => "rejected",
            };
            let date = dates::in_column(&answer.stamp.since);
            is_about.then(|| (format!("{word} {date}"), id.clone()))
        })
    }

    /// Where an issue stands that is not agreed.
    fn stands(&self, issue: &Issue) -> String {
        use ProposalStatus::{Accepted, Implemented, PartlyAccepted, PartlyRejected};
        let has = |status| issue.positions.values().any(|position| position.status == status);
        let is_imposed = |position: &Position| {
            self.state.implementations.iter().any(|row| {
                let issues = row.what.issues.as_deref().unwrap_or_default();
                row.what.of == position.id && (issues.is_empty() || issues.contains(&issue.issue))
            })
        };
        if has(Implemented) || issue.positions.values().any(is_imposed) {
            return "imposed".to_owned();
        }
        if has(Accepted) {
            return "accepted".to_owned();
        }
        let only = issue.positions.values().next().filter(|_| issue.positions.len() == 1);
        let Some(only) = only else { return "apart".to_owned() };
        if !matches!(only.status, PartlyAccepted | PartlyRejected) {
            return words::plain(only.status.as_str());
        }
        let answers = self.proposal(&only.id).map(|proposal| proposal.answers.keys());
        let answer = answers.into_iter().flatten().find_map(|party| self.answer(issue, party));
        let word = answer.and_then(|(words, _)| words.split(' ').next().map(str::to_owned));
        word.unwrap_or_else(|| "open".to_owned())
    }

    fn proposal(&self, id: &EventId) -> Option<&Proposal> {
        self.state.proposals.iter().find(|proposal| proposal.id == *id)
    }

    /// The issue, with its unit where there are several.
    fn name(&self, issue: &Issue) -> String {
        let name = words::plain(issue.issue.as_str());
        let units: Vec<&Option<Slug>> =
            self.state.issues.iter().map(|issue| &issue.bargaining_unit).collect();
        match &issue.bargaining_unit {
            Some(unit) if units.iter().any(|other| **other != issue.bargaining_unit) => {
                format!("{name} ({unit})")
            }
            _ => name,
        }
    }

    fn table(&self, sheet: &mut Sheet, sides: &[&PartySlug], rows: &[Row]) {
        let columns = sheet.options().width;
        let widest = |cell: &dyn Fn(&Row) -> usize| rows.iter().map(cell).max().unwrap_or(0);
        let issue = widest(&|row| width(&row.issue)).clamp(5, columns / 5 - 1);
        let stands = widest(&|row| width(&row.stands)).clamp(6, 15);
        let ids_room = columns / 8;
        let ids_width = widest(&|row| width(&ids_within(&row.ids, ids_room)));
        let fixed = 2 + issue + stands + ids_width + GAP + 1;
        let side = columns.saturating_sub(fixed + GAP * sides.len()) / sides.len().max(1);
        let names = sides.iter().map(|party| fit(&self.names.short(party.as_str()), side));
        let names = names.map(|name| name.to_uppercase());
        let header = line(["ISSUE".to_owned()].into_iter().chain(names), issue, side);
        sheet.line(&[(Tone::Strong, &fit(&format!("{header}STANDS"), columns))]);
        for row in rows {
            let mut cells: Vec<Vec<String>> = vec![wrap_within(&row.issue, issue, TALLEST)];
            cells.extend(row.cells.iter().map(|cell| wrap_within(cell, side, TALLEST)));
            let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
            for n in 0..lines {
                let part = cells.iter().map(|cell| cell.get(n).cloned().unwrap_or_default());
                let left = line(part, issue, side);
                if n > 0 {
                    sheet.line(&[(Tone::Plain, &left)]);
                    continue;
                }
                let stands = fit(&row.stands, stands);
                let ids = ids_within(&row.ids, ids_room);
                let filled = width(&left) + width(&stands) + width(&ids);
                sheet.line(&[
                    (Tone::Plain, &left),
                    (Tone::Plain, &stands),
                    (Tone::Plain, &spaces(columns.saturating_sub(filled))),
                    (Tone::Faint, &ids),
                ]);
            }
        }
    }

    /// The same, one side under the other.
    fn stacked(&self, sheet: &mut Sheet, sides: &[&PartySlug], rows: &[Row]) {
        let names = self.names.all(sides.iter().map(|party| party.as_str()));
        for (n, row) in rows.iter().enumerate() {
            let label = if n == 0 { "ISSUES" } else { "" };
            let body = format!("{}: {}", row.issue, row.stands);
            sheet.tall_row((Tone::Strong, label), (Tone::Strong, &body), &row.ids, 2);
            let said = names.iter().zip(&row.cells).filter(|(_, cell)| !cell.is_empty());
            for (name, cell) in said {
                let body = format!("{}{name}: {cell}", held("", GAP));
                sheet.tall_row((Tone::Plain, ""), (Tone::Plain, &body), &[], TALLEST);
            }
        }
    }

    /// What is agreed: single terms on lines of their own where they are few, else their names.
    fn agreed(&self, sheet: &mut Sheet) {
        let agreed = self
            .state
            .issues
            .iter()
            .filter_map(|issue| issue.agreed.as_ref().map(|agreed| (self.name(issue), agreed)));
        let agreed: Vec<_> = agreed.collect();
        let mut whole: Vec<&EventId> = Vec::new();
        let on_items: Vec<String> = agreed
            .iter()
            .filter(|(_, agreed)| self.is_on_items(&agreed.id))
            .map(|(name, agreed)| {
                whole.push(&agreed.id);
                name.clone()
            })
            .collect();
        let others = agreed.iter().filter(|(_, agreed)| !self.is_on_items(&agreed.id));
        let mut label = "AGREED";
        for (name, agreed) in others.clone().take(SHOWN) {
            let body = format!("{name}: {}", words::terms(&agreed.item));
            let ids = [agreed.id.to_string()];
            sheet.tall_row((Tone::Strong, label), (Tone::Plain, &body), &ids, 2);
            label = "";
        }
        sheet.leave_out(others.count().saturating_sub(SHOWN), "agreed issue");
        if !on_items.is_empty() {
            let items = words::counted(on_items.len(), "item");
            let body = format!("on {items}: {}", on_items.join(", "));
            sheet.tall_row((Tone::Strong, label), (Tone::Plain, &body), &super::ids(whole), 2);
        }
    }

    fn is_on_items(&self, id: &EventId) -> bool {
        let agreement = self.state.agreements.iter().find(|agreement| agreement.id == *id);
        agreement.is_some_and(|agreement| agreement.level.as_str() == "item")
    }
}

/// A line of cells in their columns.
fn line(cells: impl Iterator<Item = String>, issue: usize, side: usize) -> String {
    let mut line = spaces(2);
    for (n, cell) in cells.enumerate() {
        line.push_str(&pad(&cell, if n == 0 { issue } else { side }));
        line.push_str(&spaces(GAP));
    }
    line
}

fn position_in_words(position: &Position) -> String {
    let terms = words::terms(&position.item);
    let closed = match position.status {
        ProposalStatus::Withdrawn | ProposalStatus::Expired | ProposalStatus::Failed => {
            format!("{}: ", position.status)
        }
        _ => String::new(),
    };
    flat(&format!("{closed}{terms}"))
}
